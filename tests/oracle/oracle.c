/* oracle.c -- see oracle.h: people and luck. Section numbers are those of the model (MODEL); oracle_fly,
 * at the end, is the place to begin. */
#include "tests/oracle/oracle.h"

#include "tests/oracle/terms.h"

#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <stdlib.h>
#include <string.h>

enum { SETS = 4 };                                                     /* of two appeals */
enum { BEFORE_DAYS = 30, OPPORTUNITIES = 1 << 18, ENTRIES = 1 << 20 }; /* a day; a flight */

/* A person keeps two diaries: what she was shown, in the order of time; and her visits to the site and
 * orders, as they came about, which for an order may be long before its time. */
typedef struct entry {
    double at;
    const struct entry *before;          /* noted before this one; NULL = the first */
    int ad_set, creative, seen, clicked; /* of what was shown */
    int ordered, organic;                /* a conversion, not a visit; one that no ad caused */
    conversion_kind_t kind;              /* of a conversion */
} entry_t;

typedef struct {
    oracle_person_t who;
    uint64_t ad_sets;            /* bits: she is in their audience, pools left out */
    uint64_t truly;              /* ... as it is written, of platforms that she uses */
    int appeals;                 /* bits: that fit her */
    double affinity;             /* factor on her orders */
    double score;                /* of a lookalike */
    const entry_t *shown, *site; /* latest entries */
} person_t;

typedef struct {
    double at;
    person_t *person;
    int platform, placement;
} opportunity_t;

typedef struct {
    double log_stated, foreseen_sd; /* see terms.h */
    double log_value, pass_through;
    double budget, spent, spent_before; /* currency of simulated people; at the hour's begin */
    double first_guess, learning;       /* standard normal; log error of the estimate now */
    double results;                     /* real people's, expected */
    double rate_gain; /* log of results per impression as creatives take turns, over the begin's */
    int closed;
    int until_day; /* of a period: the first day after it; 0 = the flight's money is one */
    double users, opportunities, started; /* of the flight, for the fluid start; which it was */
    int scope[4];                         /* that it counts in */
} running_t;

struct oracle {
    oracle_audience_t audience;
    int people;
    gamma_table_t log_gamma[MAX_PLATFORMS];
    person_t *person;
    opportunity_t *today;
    entry_t *entry;
    int n_today, n_entries;
    /* of the flight */
    const scenario_t *sc;
    gsl_rng *rng;
    oracle_count_t *out;
    unsigned kinds;        /* bits: of conversions that are counted */
    double highest_demand; /* of any day, by its price */
    running_t run[MAX_AD_SETS];
    double click_intercept[MAX_CREATIVES][SETS],
        order_intercept[MAX_CREATIVES][SETS]; /* by the appeals that fit */
    struct
    { /* of an optimised rotation: beta law, and real people's results in this hour, and others */
        double a, b, hits, misses;
    } belief[MAX_CREATIVES];
    person_t **ranked;
};

static int happens(oracle_t *o, double probability)
{
    return gsl_rng_uniform(o->rng) < probability;
}

static double normal(oracle_t *o)
{
    return gsl_ran_gaussian_ziggurat(o->rng, 1);
}

static double between(double x, double low, double high)
{
    return fmin(fmax(x, low), high);
}

static double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

static void count(oracle_t *o, int a, oracle_metric_t metric, double n)
{
    for (int k = 0; k < 4; k++) o->out->value[o->run[a].scope[k]][metric] += n;
}

static void note(oracle_t *o, const entry_t **diary, entry_t entry)
{
    if (o->n_entries == ENTRIES) abort();
    entry.before = *diary;
    o->entry[o->n_entries] = entry;
    *diary = &o->entry[o->n_entries++];
}

/* ---- people (MODEL 2.3, 4.4) ---- */

static double appeal(const scenario_t *sc, int appeals, appeal_of_t of)
{
    double factor = 1;
    for (int k = 0; k < sc->n_appeals; k++)
        if (appeals >> k & 1)
            factor *= of == APPEAL_CLICK   ? sc->appeal[k].click
                      : of == APPEAL_ORDER ? sc->appeal[k].order
                                           : sc->appeal[k].organic;
    return factor;
}

static int is_found(const oracle_t *o, const oracle_person_t *who, int a)
{
    const ad_set_t *ad = &o->sc->ad_set[a];
    return who->customer && who->found[ad->platform] < o->sc->audience[ad->audience].match_rate;
}

static int is_in_audience(const oracle_t *o, const oracle_person_t *who, int a)
{
    const ad_set_t *ad = &o->sc->ad_set[a];
    oracle_person_t seen = as_labelled(who, ad->platform);
    return o->audience(&seen, ad->audience) &&
           (o->sc->audience[ad->audience].kind != AUDIENCE_LIST || is_found(o, who, a));
}

static int is_truly_in_audience(const oracle_t *o, const oracle_person_t *who, int a)
{
    const ad_set_t *ad = &o->sc->ad_set[a];
    return who->opportunities[ad->platform] > 0 && o->audience(who, ad->audience) &&
           (o->sc->audience[ad->audience].kind != AUDIENCE_LIST || who->customer);
}

static void be_born(oracle_t *o, int i)
{
    const scenario_t *sc = o->sc;
    person_t *someone = &o->person[i];
    double place = (i + 0.5) / o->people, b = sc->product.affinity;
    *someone = (person_t){.who = draw_person(sc, place, o->log_gamma, o->rng), .affinity = 1};
    for (int a = 0; a < sc->n_ad_sets; a++) {
        someone->ad_sets |= (uint64_t)is_in_audience(o, &someone->who, a) << a;
        someone->truly |= (uint64_t)is_truly_in_audience(o, &someone->who, a) << a;
    }
    for (int k = 0; k < sc->n_appeals; k++)
        someone->appeals |= o->audience(&someone->who, ORACLE_APPEAL + k) << k;
    if (!someone->who.customer) someone->affinity = exp(b * someone->who.affinity - b * b / 2);
}

static int highest_score_first(const void *a, const void *b)
{
    double x = (*(person_t *const *)a)->score, y = (*(person_t *const *)b)->score;
    return (x < y) - (x > y);
}

/* Leaves of some people's bit `a` those of the highest scores, a share of them. */
static void keep_the_highest(oracle_t *o, int n, uint64_t bit, double share, int truly)
{
    qsort(o->ranked, (size_t)n, sizeof *o->ranked, highest_score_first);
    for (int k = (int)floor(share * n + 0.5); k < n; k++)
        *(truly ? &o->ranked[k]->truly : &o->ranked[k]->ad_sets) &= ~bit;
}

/* MODEL 2.3: the platform's score hangs together with affinity, the more the larger its seed. */
static void choose_lookalikes(oracle_t *o, int a)
{
    const ad_set_t *ad = &o->sc->ad_set[a];
    const audience_t *like = &o->sc->audience[ad->audience];
    const population_spec_t *spec = o->sc->population;
    double seed = spec->size * spec->existing_customers * o->sc->platform[ad->platform].users *
                  like->match_rate,
           rho = like->correlation * sqrt(seed / (seed + 1000));
    for (int truly = 0; truly < 2; truly++) {
        int n = 0;
        for (person_t *one = o->person; one < o->person + o->people; one++) {
            uint64_t *sets = truly ? &one->truly : &one->ad_sets;
            if (!like->keep_seed && is_found(o, &one->who, a)) *sets &= ~(1ull << a);
            if (!(*sets >> a & 1) || one->who.opportunities[ad->platform] <= 0) continue;
            one->score = truly ? one->who.affinity
                               : rho * one->who.affinity +
                                     sqrt(1 - rho * rho) * one->who.noise[ad->platform];
            o->ranked[n++] = one;
        }
        keep_the_highest(o, n, 1ull << a, like->size, truly);
    }
}

static double orders_by_herself(const oracle_t *o, const person_t *someone) /* a day */
{
    const product_t *product = &o->sc->product;
    double orders = someone->who.customer ? product->organic_existing : product->organic_new;
    return orders * appeal(o->sc, someone->appeals, APPEAL_ORGANIC) * someone->affinity;
}

/* Organic visits, each an order with the visit-to-order rate, from before the flight until no click can
 * be credited any more. */
static void live_without_ads(oracle_t *o, person_t *someone)
{
    const product_t *product = &o->sc->product;
    double orders = orders_by_herself(o, someone);
    double days = BEFORE_DAYS + o->sc->days + o->sc->attribution.click_window_days;
    double visits = orders / product->visit_to_order * days * o->highest_demand;
    for (unsigned n = gsl_ran_poisson(o->rng, visits); n; n--) {
        double at = gsl_rng_uniform(o->rng) * days - BEFORE_DAYS;
        if (!happens(o, demand_on(o->sc, at) / o->highest_demand)) continue;
        note(o, &someone->site, (entry_t){.at = at});
        for (int kind = 0; kind < CONVERSION_KINDS; kind++)
            if (o->kinds >> kind & 1 &&
                happens(o, share_without_ads(o->sc, (conversion_kind_t)kind)))
                note(o, &someone->site,
                     (entry_t){at, NULL, 0, 0, 0, 0, 1, 1, (conversion_kind_t)kind});
    }
}

/* ---- may the ad set enter? (MODEL 3.6, 4.4) ---- */

static int is_in_pool(const person_t *someone, const audience_t *pool, double now)
{
    int visited = 0;
    if (pool->kind != AUDIENCE_RETARGET) return 1;
    for (const entry_t *e = someone->site; e; e = e->before) {
        if (e->at > now) continue;
        int bought = e->ordered && e->kind == CONVERSION_PURCHASE;
        if (bought && e->at > now - pool->exclude_purchasers_days) return 0;
        visited |= !e->ordered && e->at > now - pool->window_days;
    }
    return visited;
}

/* Has she had as many impressions (or sights) on this platform, of an ad set, a campaign or all (-1), as
 * one of the caps allows within its window? */
static int is_capped(const oracle_t *o, const opportunity_t *at, const frequency_cap_t *cap,
                     int campaign, int ad_set)
{
    for (int k = 0; k < MAX_CAPS; k++) {
        int n = 0;
        for (const entry_t *e = at->person->shown; e; e = e->before) {
            const ad_set_t *ad = &o->sc->ad_set[e->ad_set];
            n += ad->platform == at->platform && (campaign < 0 || ad->campaign == campaign) &&
                 (ad_set < 0 || e->ad_set == ad_set) && e->at > at->at - cap[k].window_days &&
                 (cap[k].event != CAP_VIEWS || e->seen);
        }
        if (cap[k].impressions && n >= cap[k].impressions) return 1;
    }
    return 0;
}

/* Is she left out, being in a pool or on a list? */
static int is_excluded(const oracle_t *o, const opportunity_t *at, int a)
{
    int x = o->sc->audience[o->sc->ad_set[a].audience].excluded - 1;
    if (x < 0) return 0;
    oracle_person_t seen = as_labelled(&at->person->who, at->platform);
    const audience_t *out = &o->sc->audience[x];
    if (!o->audience(&seen, x)) return 0;
    return out->kind == AUDIENCE_LIST ? seen.customer && seen.found[at->platform] < out->match_rate
                                      : is_in_pool(at->person, out, at->at);
}

static int may_enter(oracle_t *o, const opportunity_t *at, int a)
{
    const ad_set_t *ad = &o->sc->ad_set[a];
    return ad->platform == at->platform && at->person->ad_sets >> a & 1 && !o->run[a].closed &&
           is_shown_on(ad, at->placement) &&
           is_in_pool(at->person, &o->sc->audience[ad->audience], at->at) &&
           !is_excluded(o, at, a) && !is_capped(o, at, ad->cap, ad->campaign, a) &&
           !is_capped(o, at, o->sc->campaign[ad->campaign].cap, ad->campaign, -1) &&
           !is_capped(o, at, o->sc->platform[at->platform].cap, -1, -1) &&
           happens(o, o->run[a].pass_through);
}

/* ---- an impression and what follows (MODEL 4.1 to 4.4) ---- */

/* Thompson sampling. */
static int seemingly_best(oracle_t *o, const ad_set_t *ad)
{
    int best = -1;
    double highest = -1;
    for (int c = ad->first_creative; c < ad->first_creative + ad->n_creatives; c++) {
        double rate = gsl_ran_beta(o->rng, o->belief[c].a, o->belief[c].b);
        if (rate <= highest) continue;
        highest = rate;
        best = c;
    }
    return best;
}

static int chosen_creative(oracle_t *o, const ad_set_t *ad)
{
    const creative_t *creative = o->sc->creative;
    int c = ad->first_creative, end = c + ad->n_creatives;
    double left = 0;
    if (ad->rotation == ROTATION_OPTIMISED) return seemingly_best(o, ad);
    for (int k = c; k < end; k++) left += creative[k].weight;
    left *= gsl_rng_uniform(o->rng);
    while (c < end - 1 && (left -= creative[c].weight) >= 0) c++;
    return c;
}

/* g(A) of the earlier impressions of the creative's family. */
static double wear(const oracle_t *o, const person_t *someone, int creative, double now)
{
    const response_t *r = &o->sc->response;
    double stock = 0;
    for (const entry_t *e = someone->shown; e; e = e->before)
        if (o->sc->creative[e->creative].family == o->sc->creative[creative].family)
            stock += exp(-(now - e->at) / r->recovery_days);
    return pow(r->wear_out, stock) * (1 - (1 - r->wear_in) * exp(-stock / r->wear_in_exposures)) /
           r->wear_in;
}

static double paid_for(const oracle_t *o, conversion_kind_t kind, double at)
{
    return kind == CONVERSION_PURCHASE ? paid_on(o->sc, at) : 1;
}

static double order_value(oracle_t *o, conversion_kind_t kind)
{
    double spread, mean = worth_of(o->sc, kind, &spread), cv = spread / mean;
    double sd = sqrt(log(1 + cv * cv));
    return gsl_ran_lognormal(o->rng, log(mean) - sd * sd / 2, sd);
}

/* The moment at which a conversion would come, of a click or a sight now. */
static double moment_after(oracle_t *o, int a, double now)
{
    const delay_t *d = delay_of(o->sc, a);
    double hours = happens(o, d->fast_share) ? d->fast_hours : d->slow_hours;
    return now + (hours > 0 ? gsl_ran_exponential(o->rng, hours / 24) : 0);
}

/* What the price at its moment makes of the chance of a conversion. */
static double chance_at(const oracle_t *o, int a, double chance, double at)
{
    return brought_by(o->sc, a) == CONVERSION_PURCHASE ? fmin(1, chance * demand_on(o->sc, at))
                                                       : chance;
}

/* The conversion that an ad causes; a displaced one would have come by itself, at the price of that time. */
static void cause_order(oracle_t *o, person_t *someone, int a, double at)
{
    conversion_kind_t kind = brought_by(o->sc, a);
    double value = order_value(o, kind);
    int displaced = happens(o, displaced_of(o->sc, a));
    double later = at + gsl_rng_uniform(o->rng) * o->sc->product.pull_forward_days;
    note(o, &someone->site, (entry_t){.at = at, .ordered = 1, .kind = kind});
    count(o, a, ORACLE_AD_CONVERSIONS, 1);
    count(o, a, ORACLE_RUN_OFF, at > o->sc->days);
    count(o, a, ORACLE_DISPLACED, displaced);
    count(o, a, ORACLE_INCREMENTAL, 1 - displaced);
    count(o, a, ORACLE_AD_REVENUE, value * paid_for(o, kind, at));
    count(o, a, ORACLE_DISPLACED_REVENUE, displaced * value * paid_for(o, kind, later));
}

/* MODEL 4.3: from one moment to another she orders as her brand stock tells, what each impression that she has
 * seen has left of itself. */
static void remember(oracle_t *o, person_t *someone, const entry_t *first, double from, double to)
{
    double life = o->sc->response.brand_half_life_days / M_LN2;
    double orders =
        o->sc->response.brand_effect * orders_by_herself(o, someone) * o->highest_demand;
    for (const entry_t *e = first; e && orders > 0; e = e->before) {
        if (!e->seen) continue;
        conversion_kind_t kind = brought_by(o->sc, e->ad_set);
        double rate = orders * share_without_ads(o->sc, kind) / o->sc->product.visit_to_order;
        double begin = fmax(from, e->at), left = exp(-(begin - e->at) / life),
               at_end = exp(-(to - e->at) / life);
        for (unsigned n = gsl_ran_poisson(o->rng, rate * life * (left - at_end)); n; n--) {
            double at = e->at - life * log(left - gsl_rng_uniform(o->rng) * (left - at_end));
            if (!happens(o, demand_on(o->sc, at) / o->highest_demand)) continue;
            note(o, &someone->site, (entry_t){.at = at, .ordered = 1, .kind = kind});
            count(o, e->ad_set, ORACLE_BRAND_CONVERSIONS, 1);
            count(o, e->ad_set, ORACLE_INCREMENTAL, 1);
            count(o, e->ad_set, ORACLE_BRAND_REVENUE, order_value(o, kind) * paid_for(o, kind, at));
            count(o, e->ad_set, ORACLE_RUN_OFF, at > o->sc->days);
        }
    }
}

/* What the purchases that she has placed so far leave of her chance of one more after an ad. */
static double left_after_orders(const oracle_t *o, const person_t *someone, int a, double now)
{
    const satiation_t *s = &o->sc->product.satiation;
    double left = 1;
    if (!(s->effect > 0) || brought_by(o->sc, a) != CONVERSION_PURCHASE) return 1;
    for (const entry_t *e = someone->site; e; e = e->before)
        if (e->ordered && e->kind == CONVERSION_PURCHASE && e->at <= now)
            left *= 1 - s->effect * pow(0.5, (now - e->at) / s->half_life_days);
    return left;
}

static void show(oracle_t *o, person_t *someone, int a, int placement, double now)
{
    const scenario_t *sc = o->sc;
    const response_t *r = &sc->response;
    int creative = chosen_creative(o, &sc->ad_set[a]);
    double g = wear(o, someone, creative, now), see = viewability_on(sc, a, placement);
    double logit =
        o->click_intercept[creative][someone->appeals] + r->person_sd * someone->who.click;
    double more = appeal(sc, someone->appeals, APPEAL_ORDER) * someone->affinity;
    double clicks = g * logistic(logit) * ctr_on(sc, a, placement) *
                    sc->platform[sc->ad_set[a].platform].viewability; /* an impression */
    double click = fmin(1, clicks / see), sight = fmin(1, by_sight_of(sc, a) * g * more);
    double order =
        fmin(1, someone->affinity * logistic(o->order_intercept[creative][someone->appeals] +
                                             r->person_sd * someone->who.conversion));
    if (brought_by(sc, a) == CONVERSION_VISIT) order = 1;
    double by_click = moment_after(o, a, now), by_sight = moment_after(o, a, now);
    double unsated = left_after_orders(o, someone, a, now);
    order = chance_at(o, a, order * unsated, by_click);
    sight = chance_at(o, a, sight * unsated, by_sight);
    int seen = happens(o, see), clicked = seen && happens(o, click);
    int visits = clicked && happens(o, r->visit_rate);
    note(o, &someone->shown, (entry_t){now, NULL, a, creative, seen, clicked, 0, 0, 0});
    if (visits) note(o, &someone->site, (entry_t){.at = now});
    if (visits && happens(o, order)) cause_order(o, someone, a, by_click);
    if (seen && happens(o, sight)) cause_order(o, someone, a, by_sight);
    entry_t this = {.at = now, .ad_set = a, .seen = seen};
    remember(o, someone, &this, now, ceil(24 * now) / 24);         /* the rest of this hour */
    double orders = see * (click * r->visit_rate * order + sight); /* expected */
    double life = r->brand_half_life_days / M_LN2;
    double some_time = now + (r->brand_effect > 0 ? gsl_ran_exponential(o->rng, life) : 0);
    double through_brand = see * r->brand_effect * life * orders_by_herself(o, someone) *
                           demand_on(sc, some_time) * share_without_ads(sc, brought_by(sc, a)) /
                           sc->product.visit_to_order;
    double caused = orders * (1 - displaced_of(sc, a)) + through_brand;
    int traffic = optimised_for(sc, a) == FOR_CLICKS;
    double each = sc->population->size / o->people, result = traffic ? see * click : orders;
    o->run[a].results += each * result;
    if (sc->ad_set[a].rotation == ROTATION_OPTIMISED) {
        unsigned answers = gsl_ran_binomial(o->rng, fmin(1, result), (unsigned)each);
        o->belief[creative].hits += answers;
        o->belief[creative].misses += each - answers;
    }
    count(o, a, ORACLE_IMPRESSIONS, 1);
    count(o, a, ORACLE_VIEWS, seen);
    count(o, a, ORACLE_CLICKS, clicked);
    count(o, a, ORACLE_VISITS, visits);
    count(o, a, ORACLE_EXPECTED_CLICKS, see * click);
    count(o, a, ORACLE_EXPECTED_VISITS, see * click * r->visit_rate);
    count(o, a, ORACLE_EXPECTED_INCREMENTAL, caused);
    if (!(someone->truly >> a & 1)) return;
    count(o, a, ORACLE_ON_TARGET, 1);
    count(o, a, ORACLE_ON_TARGET_INCREMENTAL, caused);
}

/* ---- the auction (MODEL 3.2, 3.3) ---- */

static double foreseen(const oracle_t *o, const person_t *someone, int a)
{
    double sd = o->run[a].foreseen_sd;
    return exp(sd * someone->who.signal - sd * sd / 2);
}

/* Of the own ad sets that enter, the one of the highest total value, and its value; -1 = none. */
static int own_winner(oracle_t *o, const opportunity_t *at, double *value)
{
    int chosen = -1;
    double best = 0;
    for (int a = 0; a < o->sc->n_ad_sets; a++) {
        if (!may_enter(o, at, a)) continue;
        const ad_set_t *ad = &o->sc->ad_set[a];
        double own = exp(o->run[a].log_value + o->run[a].learning + o->run[a].rate_gain) *
                     foreseen(o, at->person, a) * advantage_on(o->sc, a, at->placement);
        double total = (own + ad->quality_cpm) * ad->quality;
        if (chosen >= 0 && total <= best) continue;
        chosen = a;
        best = total;
        *value = own;
    }
    return chosen;
}

static void meet(oracle_t *o, const opportunity_t *at)
{
    const platform_t *market = &o->sc->platform[at->platform];
    double value = 0;
    int a = own_winner(o, at, &value);
    if (a < 0) return;
    const ad_set_t *ad = &o->sc->ad_set[a];
    running_t *run = &o->run[a];
    rival_law_t law = rival_of(market, gsl_rng_uniform(o->rng));
    double rival =
        market->rival_median_cpm * law.median *
        exp(market->desirability * at->person->who.desirability +
            log_price_at(o->sc, at->platform, at->at, at->placement) + law.log_sd * normal(o));
    double price = fmax(rival / ad->quality - ad->quality_cpm, market->reserve_cpm);
    double limit = exp(log_stated(o->sc, a) + run->rate_gain) * foreseen(o, at->person, a) *
                   advantage_on(o->sc, a, at->placement);
    double score = value * exp(market->score_noise * normal(o));
    if (price >= score || price > limit) return;
    if (market->auction == AUCTION_FIRST_PRICE) price = fmin(score, limit);
    run->closed = ad->pacing != PACING_CONSTANT && run->spent + price / 1000 > run->budget;
    if (run->closed) return;
    run->spent += price / 1000;
    count(o, a, ORACLE_SPEND, price / 1000);
    show(o, at->person, a, at->placement, at->at);
}

/* ---- the end of an hour (MODEL 3.4, 3.5d) ---- */

static void steer(oracle_t *o, int a, int hour)
{
    const scenario_t *sc = o->sc;
    running_t *run = &o->run[a];
    double begin = profile_upto(sc, a, hour), end = profile_upto(sc, a, hour + 1);
    double last = run->until_day ? profile_upto(sc, a, 24 * run->until_day) : 1;
    double planned = (run->budget - run->spent_before) * (end - begin) / (last - begin);
    double off = (run->spent - run->spent_before) / planned - 1;
    run->spent_before = run->spent;
    if (sc->ad_set[a].pacing != PACING_EVEN || planned <= 0) return;
    if (sc->ad_set[a].method == PACE_BY_THROTTLE) { /* spend is proportional to pass-through */
        run->pass_through = fmin(1, run->pass_through * exp(-between(0.1 * off, -0.5, 0.5)));
        return;
    }
    double gain = between(
        0.1 / spend_elasticity(sc, a, run->log_value + run->learning + run->rate_gain), 0.02, 0.3);
    run->log_value =
        between(run->log_value - between(gain * off, -0.5, 0.5), log_value_winning(sc, a, 1e-7),
                fmin(log_value_winning(sc, a, 0.999), log_bid(sc, a)));
}

/* The platform's error about an action rate shrinks with the results it has seen. */
static void learn(oracle_t *o, int a)
{
    running_t *run = &o->run[a];
    double omega = o->sc->response.learning_noise / sqrt(1 + run->results / 50);
    run->learning = is_estimated(o->sc, a) ? omega * run->first_guess - omega * omega / 2 : 0;
}

/* What the platform now believes of its creatives, and what results that comes to: 1,000 impressions show. */
static void rotate(oracle_t *o, int a)
{
    enum { TRIES = 1000 };
    const ad_set_t *ad = &o->sc->ad_set[a];
    double rate = 0;
    if (ad->rotation != ROTATION_OPTIMISED) return;
    for (int c = ad->first_creative; c < ad->first_creative + ad->n_creatives; c++) {
        o->belief[c].a += o->belief[c].hits;
        o->belief[c].b += o->belief[c].misses;
        o->belief[c].hits = o->belief[c].misses = 0;
    }
    for (int k = 0; k < TRIES; k++) rate += creative_rate(o->sc, a, seemingly_best(o, ad)) / TRIES;
    if (is_estimated(o->sc, a)) o->run[a].rate_gain = log(rate / expected_action_rate(o->sc, a));
}

/* ---- a flight ---- */

static void begin(oracle_t *o, int a)
{
    const scenario_t *sc = o->sc;
    const ad_set_t *ad = &sc->ad_set[a];
    running_t *run = &o->run[a];
    double users = 0, opportunities = 0, start;
    *run = (running_t){.log_stated = log_stated(sc, a),
                       .foreseen_sd = foreseen_log_sd(sc, a),
                       .log_value = log_bid(sc, a),
                       .pass_through = 1,
                       .budget = ad->budget * o->people / sc->population->size,
                       .first_guess = normal(o),
                       .scope = {a, sc->n_ad_sets + ad->campaign,
                                 sc->n_ad_sets + sc->n_campaigns + ad->platform,
                                 sc->n_ad_sets + sc->n_campaigns + sc->n_platforms}};
    for (int k = 0; k < 1 << sc->n_appeals; k++) {
        for (int c = ad->first_creative; c < ad->first_creative + ad->n_creatives; c++) {
            o->click_intercept[c][k] = click_intercept(sc, a, c, appeal(sc, k, APPEAL_CLICK));
            o->order_intercept[c][k] = order_intercept(sc, a, c, appeal(sc, k, APPEAL_ORDER));
        }
    }
    for (int c = ad->first_creative; c < ad->first_creative + ad->n_creatives; c++) {
        o->belief[c].a = 1; /* one result is seen of each, as if all were the average one */
        o->belief[c].b = fmax(1, 1 / expected_action_rate(sc, a) - 1);
        o->belief[c].hits = o->belief[c].misses = 0;
    }
    learn(o, a);
    if (ad->pacing == PACING_ASAP) return;
    for (const person_t *one = o->person; one < o->person + o->people; one++) {
        double a_day = one->who.opportunities[ad->platform];
        if (!(one->ad_sets >> a & 1) || !is_in_pool(one, &sc->audience[ad->audience], 0)) continue;
        users += a_day > 0;
        opportunities += a_day * sc->days * share_shown_on(sc, a);
    }
    start = fluid_start(sc, a, users, opportunities, run->budget);
    *(ad->method == PACE_BY_THROTTLE ? &run->pass_through : &run->log_value) = start;
    run->users = users;
    run->opportunities = opportunities;
    run->started = start;
}

/* Each period has its money for itself; the bid is moved from where it stands by what closed forms say of so much
 * money in so few days. */
static void begin_day(oracle_t *o, int a, int day)
{
    const ad_set_t *ad = &o->sc->ad_set[a];
    running_t *run = &o->run[a];
    for (int k = 0; k < ad->budget_schedule.n; k++) {
        const budget_period_t *period = &ad->budget_schedule.period[k];
        double whole = ad->budget * o->people / o->sc->population->size;
        if (day == period->days.first) {
            run->until_day = period->days.last + 1;
            run->budget = period->share * whole;
            run->spent = run->spent_before = 0;
            run->closed = 0;
            if (ad->pacing == PACING_ASAP) continue;
            double days = run->until_day - day,
                   start = fluid_start(o->sc, a, run->users, run->opportunities,
                                       run->budget * o->sc->days / days);
            run->log_value += start - run->started;
            run->started = start;
        }
        if (day == period->days.last + 1 || (day == 0 && k == 0 && period->days.first > 0))
            run->budget = run->spent = run->spent_before = 0;
    }
    if (ad->budget_schedule.n && run->budget <= 0) run->closed = 1;
}

static double moment_of_day(oracle_t *o, const platform_t *platform)
{
    double a = platform->hours_amplitude, hour;
    do hour = 24 * gsl_rng_uniform(o->rng);
    while (!happens(o, (1 + a * cos(2 * M_PI / 24 * (hour - platform->hours_peak))) / (1 + a)));
    return hour / 24;
}

static int earlier_first(const void *a, const void *b)
{
    double x = ((const opportunity_t *)a)->at, y = ((const opportunity_t *)b)->at;
    return (x > y) - (x < y);
}

static void draw_day(oracle_t *o, int day)
{
    o->n_today = 0;
    for (person_t *one = o->person; one < o->person + o->people; one++)
        for (int p = 0; p < o->sc->n_platforms && one->ad_sets; p++) {
            const platform_t *platform = &o->sc->platform[p];
            if (!happens(o, platform->open_days)) continue;
            double rate = one->who.opportunities[p] / platform->open_days;
            for (unsigned n = gsl_ran_poisson(o->rng, rate); n > 0; n--) {
                if (o->n_today == OPPORTUNITIES) abort();
                double moment = moment_of_day(o, platform);
                int place = placement_drawn(platform, gsl_rng_uniform(o->rng));
                o->today[o->n_today++] = (opportunity_t){day + moment, one, p, place};
            }
        }
    qsort(o->today, (size_t)o->n_today, sizeof *o->today, earlier_first);
}

/* ---- after the flight (MODEL 4.5) ---- */

/* The impression that gets the credit for an order, on one platform or on any (-1); NULL = none. */
static const entry_t *credited(const oracle_t *o, const person_t *someone, const entry_t *order,
                               int platform)
{
    double at = order->at;
    attribution_t window = o->sc->attribution;
    const entry_t *view = NULL;
    for (const entry_t *e = someone->shown; e; e = e->before) {
        if (e->at > at || brought_by(o->sc, e->ad_set) != order->kind) continue;
        if (platform >= 0 && o->sc->ad_set[e->ad_set].platform != platform) continue;
        if (e->clicked && at - e->at <= window.click_window_days) return e;
        if (!view && e->seen && at - e->at <= window.view_window_days) view = e;
    }
    return view;
}

static int is_open(const oracle_t *o, const entry_t *e, const entry_t *order)
{
    attribution_t window = o->sc->attribution;
    double ago = order->at - e->at;
    return ago >= 0 && brought_by(o->sc, e->ad_set) == order->kind &&
           ((e->clicked && ago <= window.click_window_days) ||
            (e->seen && ago <= window.view_window_days));
}

/* The models that share an order among all impressions whose windows are open. */
static void share_order(oracle_t *o, const person_t *someone, const entry_t *order)
{
    double at = order->at;
    attribution_t rule = o->sc->attribution;
    int open = 0, place = 0;
    double weights = 0;
    for (const entry_t *e = someone->shown; e; e = e->before) {
        if (!is_open(o, e, order)) continue;
        open++;
        weights += pow(0.5, (at - e->at) / rule.half_life_days);
    }
    for (const entry_t *e = someone->shown; e; e = e->before) {
        if (!is_open(o, e, order)) continue;
        int first = ++place == open, last = place == 1;
        double position = first && last ? 1
                          : open == 2   ? (first ? rule.first_share : rule.last_share) /
                                            (rule.first_share + rule.last_share)
                          : first ? rule.first_share
                          : last  ? rule.last_share
                                  : (1 - rule.first_share - rule.last_share) / (open - 2);
        count(o, e->ad_set, ORACLE_FIRST_TOUCH, first);
        count(o, e->ad_set, ORACLE_LINEAR, 1.0 / open);
        count(o, e->ad_set, ORACLE_TIME_DECAY,
              pow(0.5, (at - e->at) / rule.half_life_days) / weights);
        count(o, e->ad_set, ORACLE_POSITION, position);
    }
}

static void credit_order(oracle_t *o, const person_t *someone, const entry_t *order)
{
    share_order(o, someone, order);
    const entry_t *touch = credited(o, someone, order, -1);
    if (!touch) return;
    count(o, touch->ad_set, ORACLE_CONVERSIONS, 1);
    count(o, touch->ad_set, ORACLE_REVENUE,
          order_value(o, order->kind) * paid_for(o, order->kind, order->at));
    count(o, touch->ad_set, ORACLE_ORGANIC_CREDITED, order->organic);
    for (int p = 0; p < o->sc->n_platforms; p++)
        if ((touch = credited(o, someone, order, p)))
            count(o, touch->ad_set, ORACLE_PLATFORM_CONVERSIONS, 1);
}

/* Reach of every scope, and the orders without ads of its audience; of the plan: of everyone. */
static void settle(oracle_t *o, const person_t *someone)
{
    static const int at_least[] = {1, 2, 3, 5, 10};
    const scenario_t *sc = o->sc;
    int plan = o->run[0].scope[3], organic[CONVERSION_KINDS] = {0};
    unsigned counted[ORACLE_SCOPES] = {0}; /* kinds (bits) that a scope's ad sets bring */
    int shown[ORACLE_SCOPES] = {0}, eligible[ORACLE_SCOPES] = {[0] = 0},
        on_target[ORACLE_SCOPES] = {0};
    for (int a = 0; a < sc->n_ad_sets; a++)
        for (int k = 0; k < 4; k++)
            eligible[o->run[a].scope[k]] |=
                someone->ad_sets >> a & 1 && someone->who.opportunities[sc->ad_set[a].platform] > 0;
    for (int a = 0; a < sc->n_ad_sets; a++)
        for (int k = 0; k < 4; k++) counted[o->run[a].scope[k]] |= 1u << brought_by(sc, a);
    for (int a = 0; a < sc->n_ad_sets; a++) {
        count(o, a, ORACLE_TRUE_AUDIENCE, someone->truly >> a & 1);
        count(o, a, ORACLE_MISSED, someone->truly >> a & ~someone->ad_sets >> a & 1);
    }
    for (const entry_t *e = someone->shown; e; e = e->before)
        for (int k = 0; k < 4; k++) {
            shown[o->run[e->ad_set].scope[k]]++;
            on_target[o->run[e->ad_set].scope[k]] |= someone->truly >> e->ad_set & 1;
        }
    for (const entry_t *e = someone->site; e; e = e->before) {
        if (e->ordered) credit_order(o, someone, e);
        organic[e->kind] += e->organic && e->at >= 0 && e->at < sc->days;
    }
    for (int s = 0; s <= plan; s++) {
        for (int f = 0; f < 5; f++) o->out->value[s][ORACLE_REACH_1 + f] += shown[s] >= at_least[f];
        o->out->value[s][ORACLE_REACH_ON_TARGET] += on_target[s];
        for (int k = 0; k < CONVERSION_KINDS; k++)
            if ((eligible[s] || s == plan) && counted[s] >> k & 1)
                o->out->value[s][ORACLE_ORGANIC] += organic[k];
    }
}

static void remember_all(oracle_t *o, double from, double to)
{
    for (person_t *one = o->person; one < o->person + o->people; one++)
        remember(o, one, one->shown, from, to);
}

void oracle_fly(oracle_t *o, const scenario_t *sc, gsl_rng *rng, oracle_count_t *out)
{
    o->sc = sc;
    o->rng = rng;
    o->out = out;
    o->n_entries = 0;
    memset(out, 0, sizeof *out);
    o->kinds = 0;
    o->highest_demand = 1;
    for (int a = 0; a < sc->n_ad_sets; a++) o->kinds |= 1u << brought_by(sc, a);
    for (int day = 0; day < sc->days; day++)
        o->highest_demand = fmax(o->highest_demand, demand_on(sc, day));
    for (int i = 0; i < o->people; i++) {
        be_born(o, i);
        live_without_ads(o, &o->person[i]);
    }
    for (int a = 0; a < sc->n_ad_sets; a++)
        if (sc->audience[sc->ad_set[a].audience].kind == AUDIENCE_LOOKALIKE)
            choose_lookalikes(o, a);
    for (int a = 0; a < sc->n_ad_sets; a++) begin(o, a);
    for (int day = 0; day < sc->days; day++) {
        draw_day(o, day);
        for (int a = 0; a < sc->n_ad_sets; a++) begin_day(o, a, day);
        for (int hour = 24 * day, k = 0; hour < 24 * (day + 1); hour++) {
            remember_all(o, hour / 24.0, (hour + 1) / 24.0);
            for (; k < o->n_today && o->today[k].at * 24 < hour + 1; k++) meet(o, &o->today[k]);
            for (int a = 0; a < sc->n_ad_sets; a++) {
                steer(o, a, hour);
                learn(o, a);
                rotate(o, a);
            }
        }
    }
    remember_all(o, sc->days, INFINITY);
    for (int i = 0; i < o->people; i++) settle(o, &o->person[i]);
}

oracle_t *oracle_new(const scenario_t *sc, size_t people, oracle_audience_t audience)
{
    oracle_t *o = calloc(1, sizeof *o);
    if (!o) abort();
    o->audience = audience;
    o->people = (int)people;
    o->person = calloc(people, sizeof *o->person);
    o->today = calloc(OPPORTUNITIES, sizeof *o->today);
    o->entry = calloc(ENTRIES, sizeof *o->entry);
    o->ranked = calloc(people, sizeof *o->ranked);
    if (!o->person || !o->today || !o->entry || !o->ranked) abort();
    for (int p = 0; p < sc->n_platforms; p++)
        tabulate_gamma(sc->platform[p].activity_shape, &o->log_gamma[p]);
    return o;
}

void oracle_delete(oracle_t *o)
{
    free(o->person);
    free(o->today);
    free(o->entry);
    free(o->ranked);
    free(o);
}
