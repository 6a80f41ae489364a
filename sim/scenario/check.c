/* check.c -- rules that no single key can break: they need two. Reads only the scenario; the loader
 * knows where each field was written. */
#include "sim/scenario/check.h"

#include "models/base/maths.h"
#include "models/platform/prices.h"
#include "models/response/shapley.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void check_add(check_t *c, int warning, const void *field, const void *other, const char *help,
               const char *format, ...)
{
    if (c->n++ >= c->capacity) return;
    complaint_t *o = &c->out[c->n - 1];
    *o = (complaint_t){.field = field, .other = other, .warning = warning};
    snprintf(o->help, sizeof o->help, "%s", help ? help : "");
    va_list args;
    va_start(args, format);
    vsnprintf(o->text, sizeof o->text, format, args);
    va_end(args);
}

#define ERROR(...) check_add(c, 0, __VA_ARGS__)
#define WARN(...) check_add(c, 1, __VA_ARGS__)

/* --- plausibility ------------------------------------------------------------------------------ */

/* A value far from what is usual, and what may have been meant: a hundredth, when that is usual. */
static void plausible(check_t *c, const double *field, const char *name, double usual,
                      const char *of_what, double scale, const char *unit)
{
    enum { FACTOR = 10 };
    char help[80] = "";
    double value = *field;
    if (!(value > FACTOR * usual)) return;
    double guess = value / 100;
    if (guess <= FACTOR * usual && guess >= usual / FACTOR)
        snprintf(help, sizeof help, "did you mean %g%s?", guess * scale, unit);
    WARN(field, NULL, help, "%s %g%s is %.0f x %s (%g%s)", name, value * scale, unit, value / usual,
         of_what, usual * scale, unit);
}

static double usual_cvr(const scenario_t *sc, int ad_set)
{
    static const double usual[CONVERSION_KINDS] = {[CONVERSION_PURCHASE] = 0.03,
                                                   [CONVERSION_LEAD] = 0.0772,
                                                   [CONVERSION_INSTALL] = 0.2,
                                                   [CONVERSION_VISIT] = 1};
    return usual[ad_set_kind(sc, ad_set)];
}

static void check_plausible(check_t *c)
{
    const scenario_t *sc = c->sc;
    plausible(c, &sc->response.cvr, "cvr", 0.03, "the default", 100, "%");
    plausible(c, &sc->response.view_conversion, "view_conversion", 0.0001, "the default", 100, "%");
    plausible(c, &sc->product.organic_new, "organic_rate, a day,", 0.004 / 30, "the default", 100,
              "%");
    for (int a = 0; a < sc->n_ad_sets; a++)
        plausible(c, &sc->ad_set[a].cvr, "cvr", usual_cvr(sc, a), "the default", 100, "%");
    for (int p = 0; p < sc->n_platforms; p++) {
        plausible(c, &sc->platform[p].cpm, "cpm", 20, "an average Meta campaign", 1, "");
        plausible(c, &sc->platform[p].ctr, "ctr", 0.014, "the largest preset", 100, "%");
    }
    for (int k = 0; k < sc->n_creatives; k++)
        plausible(c, &sc->creative[k].ctr, "ctr", 0.014, "the largest preset", 100, "%");
    for (int a = 0; a < sc->n_ad_sets; a++)
        for (int k = 0; k < sc->ad_set[a].n_creatives; k++)
            plausible(c, &sc->creative[sc->ad_set[a].first_creative + k].cvr, "cvr",
                      usual_cvr(sc, a), "the default", 100, "%");
}

/* --- platforms --------------------------------------------------------------------------------- */

static bool population_knows(const population_spec_t *pop, const char *platform)
{
    for (int p = 0; p < pop->n_platforms; p++)
        if (!strcmp(pop->platform[p].name, platform)) return true;
    return false;
}

static bool minutes_differ(const platform_t *p)
{
    for (int b = 1; b < PLATFORM_AGE_BANDS; b++)
        if (p->minutes_per_day[b] != p->minutes_per_day[0]) return true;
    return false;
}

static void check_activity(check_t *c, const platform_t *p)
{
    bool minutes = !isnan(p->minutes_per_day[0]), opportunities = !isnan(p->opportunities_per_day);
    if (minutes && opportunities)
        ERROR(&p->opportunities_per_day, &p->minutes_per_day[0], "keep one of them",
              "'%s' has both opportunities_per_day and minutes_per_day", p->name);
    if (!minutes && !opportunities)
        ERROR(&p->name, NULL,
              "give activity: {opportunities_per_day: ...} or {minutes_per_day: ...}",
              "'%s' does not say how much people use it", p->name);
    if (minutes && !opportunities && minutes_differ(p) && c->sc->population->age < 0)
        ERROR(&p->minutes_per_day[0], &c->sc->population, "give one number for all ages",
              "'%s' has minutes by age, and the population has no ages", p->name);
}

/* Shares that come to a whole. */
static void check_whole_of(check_t *c, const double *first, double sum, const char *what,
                           const char *name)
{
    if (fabs(sum - 1) > 1e-6)
        ERROR(first, NULL, "let their shares come to 100%", "the %s of '%s' come to %.6g%%", what,
              name, 100 * sum);
}

static void check_market(check_t *c, const platform_t *p)
{
    double rivals = 0, placements = 0;
    for (int k = 0; k < p->n_rivals; k++) rivals += p->rival[k].share;
    for (int k = 0; k < p->n_placements; k++) placements += p->placement[k].share;
    if (p->n_rivals) check_whole_of(c, &p->rival[0].share, rivals, "kinds of rivals", p->name);
    if (p->n_placements)
        check_whole_of(c, &p->placement[0].share, placements, "placements", p->name);
    if (!isnan(p->cpm) && !isnan(p->rival_median_cpm))
        ERROR(&p->rival_median_cpm, &p->cpm, "keep one of them",
              "'%s' has both cpm and rival_median_cpm", p->name);
    if (isnan(p->cpm) && isnan(p->rival_median_cpm))
        ERROR(&p->name, NULL, "give market: {cpm: ...}", "'%s' does not say what ads cost",
              p->name);
    if (!isnan(p->cpm) && p->cpm < p->reserve_cpm)
        ERROR(&p->reserve_cpm, &p->cpm, NULL, "the reserve of '%s' is above its cpm", p->name);
}

static void check_platform(check_t *c, const platform_t *p)
{
    if (isnan(p->users) && !population_knows(c->sc->population, p->name))
        ERROR(&p->name, &c->sc->population, "give `users`, the share of people who use it",
              "the population does not say who uses '%s'", p->name);
    check_activity(c, p);
    check_market(c, p);
}

/* --- outcomes ---------------------------------------------------------------------------------- */

/* The largest factor that appeals come to in one person, were all of them to fit her; of a creative, or of
 * the product alone (-1). */
static double highest_appeal(const scenario_t *sc, int creative, appeal_of_t of)
{
    double highest = 1;
    for (unsigned k = 0; k < 1u << sc->n_appeals; k++)
        highest = fmax(highest, creative_appeal(sc, creative, k, of));
    return highest;
}

/* A rate that appeals act on, were all of them to fit a person. */
typedef struct {
    const double *field;
    double rate, factor;
    int creative;
} raised_t;

static void note_highest(raised_t *highest, const scenario_t *sc, int creative, appeal_of_t of,
                         const double *field, double rate)
{
    double factor = highest_appeal(sc, creative, of);
    if (rate <= 1 && rate * factor > highest->rate * highest->factor)
        *highest = (raised_t){field, rate, factor, creative};
}

static void refuse_above_one(check_t *c, const raised_t *r, const char *what, appeal_of_t of)
{
    const double *factor = of == APPEAL_CLICK ? &c->sc->appeal[0].click : &c->sc->appeal[0].order;
    for (int k = 0; k < c->sc->n_fits; k++)
        if (c->sc->fit[k].creative == r->creative)
            factor = of == APPEAL_CLICK ? &c->sc->fit[k].click : &c->sc->fit[k].order;
    if (r->rate * r->factor > 1)
        ERROR(
            factor, r->field, "lower the factors of `appeal` or `fit`",
            "%s %.3g%% times %.3g, what the appeals of the product and the fits of a creative come "
            "to together, is more than 100%%",
            what, 100 * r->rate, r->factor);
}

/* Of rates that appeals act on, the highest alone is told. */
static void check_appeals(check_t *c)
{
    const scenario_t *sc = c->sc;
    raised_t order = {0}, sight = {0}, click = {0};
    note_highest(&order, sc, -1, APPEAL_ORDER, &sc->response.cvr, sc->response.cvr);
    note_highest(&sight, sc, -1, APPEAL_ORDER, &sc->response.view_conversion,
                 sc->response.view_conversion);
    for (int a = 0; a < sc->n_ad_sets; a++) {
        const ad_set_t *s = &sc->ad_set[a];
        const platform_t *p = &sc->platform[s->platform];
        conversion_kind_t kind = ad_set_kind(sc, a);
        const conversion_t *stated = &sc->conversion[kind];
        bool purchase = kind == CONVERSION_PURCHASE;
        if (!purchase)
            note_highest(&sight, sc, -1, APPEAL_ORDER, &stated->view_conversion,
                         stated->view_conversion);
        for (int k = s->first_creative; k < s->first_creative + s->n_creatives; k++) {
            const creative_t *made = &sc->creative[k];
            const double *cvr = !isnan(made->cvr) ? &made->cvr
                                : !isnan(s->cvr)  ? &s->cvr
                                : purchase        ? &sc->response.cvr
                                                  : &stated->cvr;
            const double *ctr = isnan(made->ctr) ? &p->ctr : &made->ctr;
            if (kind != CONVERSION_VISIT) note_highest(&order, sc, k, APPEAL_ORDER, cvr, *cvr);
            note_highest(&click, sc, k, APPEAL_CLICK, ctr, *ctr / p->viewability);
        }
    }
    refuse_above_one(c, &order, "cvr", APPEAL_ORDER);
    refuse_above_one(c, &sight, "view_conversion", APPEAL_ORDER);
    refuse_above_one(c, &click, "clicks per seen impression,", APPEAL_CLICK);
}

/* Affinity has no bound: past this share of people whose chance of an order it would lift above 1, where
 * it stops, a person should know. */
static const double CUT_MOST = 1e-4;

static void check_affinity(check_t *c)
{
    const scenario_t *sc = c->sc;
    double b = sc->product.affinity, cvr = sc->response.cvr * highest_appeal(sc, -1, APPEAL_ORDER);
    if (!(b > 0) || !(cvr > 0) || cvr > 1) return;
    double cut = normal_cdf(m_log(cvr) / b - b / 2);
    if (cut > CUT_MOST)
        WARN(&sc->product.affinity, &sc->response.cvr, "lower affinity, or write affinity: 0",
             "by their affinity %.2g%% of people would order more often than they visit, at a cvr "
             "of "
             "%.3g%%: their chance stops at 100%%, and the mean falls short of the stated one",
             100 * cut, 100 * cvr);
}

/* --- campaigns --------------------------------------------------------------------------------- */

/* Money below a millionth is rounding. */
static bool more(double a, double b)
{
    return a > b * (1 + 1e-9) + 1e-6;
}

/* Where each ad set has its own part, of the flight's money or of each day's. */
static void check_parts(check_t *c, const campaign_t *campaign)
{
    const ad_set_t *first = &c->sc->ad_set[campaign->first_ad_set];
    const double *whole =
        campaign->daily.given ? &campaign->daily.amount : &campaign->lifetime_budget;
    double sum = 0;
    for (int a = 0; a < campaign->n_ad_sets; a++)
        sum += campaign->daily.given ? first[a].daily.amount : first[a].budget;
    if (more(sum, *whole))
        ERROR(&first[campaign->n_ad_sets - 1].budget, whole, NULL,
              "the ad sets of '%s' get %.10g, more than its %.10g", campaign->name, sum, *whole);
    else if (more(*whole, sum))
        WARN(whole, &first[campaign->n_ad_sets - 1].budget, NULL,
             "the ad sets of '%s' get %.10g of its %.10g; the rest stays unspent", campaign->name,
             sum, *whole);
}

/* Where the platform splits it. */
/* One price of a result needs results of one kind. */
static void check_shared_results(check_t *c, const campaign_t *campaign)
{
    const scenario_t *sc = c->sc;
    int first = campaign->first_ad_set;
    for (int a = first + 1; a < first + campaign->n_ad_sets; a++) {
        bool alike = ad_set_goal_result(sc, a) == ad_set_goal_result(sc, first) &&
                     (ad_set_goal_result(sc, a) != RESULT_CONVERSIONS ||
                      ad_set_kind(sc, a) == ad_set_kind(sc, first));
        if (!alike)
            ERROR(&sc->ad_set[a].goal, &campaign->shares_budget,
                  "give them one optimization_goal, or use budget_mode: ad_set",
                  "the budget of '%s' is split by one price of a result, and its ad sets count "
                  "different results",
                  campaign->name);
    }
}

static void check_shared(check_t *c, const campaign_t *campaign)
{
    check_shared_results(c, campaign);
    const ad_set_t *first = &c->sc->ad_set[campaign->first_ad_set], *last = first;
    double least = 0;
    if (campaign->pacing == PACING_CONSTANT)
        ERROR(&campaign->pacing, &campaign->shares_budget,
              "use pacing: even, or budget_mode: ad_set",
              "'%s' shares its budget and cannot hold constant bids", campaign->name);
    for (const ad_set_t *s = first; s < first + campaign->n_ad_sets; s++) {
        least += s->min_spend;
        if (s->min_spend > 0) last = s;
        if (s->method != PACE_BY_BID)
            ERROR(
                &s->method, &campaign->shares_budget, "leave it out, or use budget_mode: ad_set",
                "the budget of '%s' is split by one price of a result, which '%s' pays by its bid",
                campaign->name, s->name);
        if (s->spend_cap > 0 && s->min_spend > s->spend_cap)
            ERROR(&s->min_spend, &s->spend_cap, NULL,
                  "'%s' must spend %.10g and may spend %.10g at most", s->name, s->min_spend,
                  s->spend_cap);
    }
    if (more(least, campaign->lifetime_budget))
        ERROR(&last->min_spend, &campaign->lifetime_budget, "lower some min_spend",
              "the ad sets of '%s' must spend %.10g, more than its %.10g", campaign->name, least,
              campaign->lifetime_budget);
}

/* A schedule says itself when a lifetime budget is spent. */
static void check_budget_schedule(check_t *c, const budget_schedule_t *b, const char *name,
                                  const pacing_t *pacing, const daily_budget_t *daily,
                                  const double *budget)
{
    if (!b->n) return;
    if (daily->given)
        ERROR(b, &daily->amount, "give a lifetime_budget, or no budget_schedule",
              "'%s' has a budget of days and periods for it", name);
    if (*pacing == PACING_FRONT_LOADED || *pacing == PACING_CONSTANT)
        ERROR(pacing, b, "use pacing: even or asap: the schedule says when most is spent",
              "'%s' has a budget_schedule and a pacing for the whole flight", name);
    if (b->sum > 0 && (more(b->sum, *budget) || more(*budget, b->sum)))
        ERROR(b, budget, "write shares, such as 25%: they follow the budget",
              "the periods of '%s' get %.10g, not its budget of %.10g", name, b->sum, *budget);
}

static void check_budgets(check_t *c, const campaign_t *campaign)
{
    if (campaign->shares_budget)
        check_shared(c, campaign);
    else
        check_parts(c, campaign);
    check_budget_schedule(c, &campaign->budget_schedule, campaign->name, &campaign->pacing,
                          &campaign->daily, &campaign->lifetime_budget);
}

/* A daily budget has no most of it to spend first. */
static void check_daily(check_t *c, const ad_set_t *s)
{
    const campaign_t *campaign = &c->sc->campaign[s->campaign];
    const pacing_t *pacing = campaign->shares_budget ? &campaign->pacing : &s->pacing;
    const daily_budget_t *daily = campaign->shares_budget ? &campaign->daily : &s->daily;
    if (daily->given && *pacing == PACING_FRONT_LOADED)
        ERROR(pacing, &daily->amount, "use pacing: even, or a lifetime_budget",
              "'%s' has a budget of days and cannot spend most of it first", s->name);
}

/* Money of periods in which nothing runs. */
static void check_periods(check_t *c, const ad_set_t *s)
{
    const scenario_t *sc = c->sc;
    const budget_schedule_t *b = &s->budget_schedule;
    for (int k = 0; k < b->n; k++) {
        const budget_period_t *p = &b->period[k];
        if (p->share > 0 && !ad_set_days_in(sc, (int)(s - sc->ad_set), p->days))
            WARN(&p->share, &s->schedule, "move its money to days on which it runs",
                 "'%s' runs on none of the days %d to %d: %.3g %% of its budget stay unspent",
                 s->name, p->days.first + 1, p->days.last + 1, 100 * p->share);
    }
}

static void check_ctr(check_t *c, const ad_set_t *s, const creative_t *k)
{
    const platform_t *p = &c->sc->platform[s->platform];
    double ctr = isnan(k->ctr) ? p->ctr : k->ctr;
    if (isnan(ctr))
        ERROR(&k->name, &p->name, "give the creative a ctr, or the platform",
              "creative '%s' has no ctr, and '%s' has no default", k->name, p->name);
    else if (ctr > p->viewability)
        ERROR(&k->ctr, &p->viewability, "ctr counts impressions, seen or not",
              "ctr %g%% of '%s' is more than the %g%% that are seen", 100 * ctr, k->name,
              100 * p->viewability);
    for (int i = 0; i < p->n_placements; i++) {
        placement_t place = platform_placement(p, i);
        if (ctr <= p->viewability && ctr * place.ctr > place.viewability)
            ERROR(&p->placement[i].ctr, &k->ctr, "ctr counts impressions, seen or not",
                  "ctr %g%% of '%s' times %g on '%s' is more than the %g%% that are seen there",
                  100 * ctr, k->name, place.ctr, place.name, 100 * place.viewability);
    }
}

/* Strategies that count what orders bring. */
static void check_value(check_t *c, const ad_set_t *s)
{
    const campaign_t *campaign = &c->sc->campaign[s->campaign];
    int a = (int)(s - c->sc->ad_set);
    bool by_value = s->strategy == BID_HIGHEST_VALUE || s->strategy == BID_MIN_ROAS;
    if (by_value && ad_set_goal_result(c->sc, a) != RESULT_CONVERSIONS)
        ERROR(&s->strategy, &campaign->objective,
              "use objective: sales, or lowest_cost or {cost_cap: ...}",
              "'%s' bids by the value of orders, which its campaign is not optimised for", s->name);
}

/* A site visit needs no rate of those that convert. */
static void check_visit_rates(check_t *c, const ad_set_t *s)
{
    const scenario_t *sc = c->sc;
    const double *cvr = isnan(s->cvr) ? NULL : &s->cvr;
    for (int k = 0; k < s->n_creatives; k++)
        if (!isnan(sc->creative[s->first_creative + k].cvr))
            cvr = &sc->creative[s->first_creative + k].cvr;
    if (cvr && ad_set_kind(sc, (int)(s - sc->ad_set)) == CONVERSION_VISIT)
        WARN(cvr, &s->goal, "leave it out",
             "the cvr of '%s' has no effect: its ads bring site visits, and each is a conversion",
             s->name);
}

static void check_charge(check_t *c, const ad_set_t *s)
{
    const response_t *r = &c->sc->response;
    conversion_kind_t kind = ad_set_kind(c->sc, (int)(s - c->sc->ad_set));
    double cvr = 0, by_sight = scenario_conversion(c->sc, kind).view_conversion;
    for (int k = 0; k < s->n_creatives; k++)
        cvr = fmax(cvr, creative_cvr(c->sc, s, s->first_creative + k));
    if (s->billing == BILLED_CONVERSIONS && cvr * r->visit_rate == 0 && by_sight == 0)
        ERROR(&s->billing,
              !isnan(s->cvr)                ? &s->cvr
              : kind == CONVERSION_PURCHASE ? &r->cvr
                                            : &c->sc->conversion[kind].cvr,
              "charge impressions or link_clicks", "'%s' is charged for %s, and its ads bring none",
              s->name, kind == CONVERSION_PURCHASE ? "orders" : conversion_word(kind));
}

static void check_bid(check_t *c, const ad_set_t *s)
{
    const platform_t *p = &c->sc->platform[s->platform];
    bool stated = bid_is_stated(s->strategy), goal = bid_has_goal(s->strategy);
    const campaign_t *campaign = &c->sc->campaign[s->campaign];
    const pacing_t *pacing = campaign->shares_budget ? &campaign->pacing : &s->pacing;
    if (*pacing == PACING_ASAP && !stated && !goal)
        ERROR(pacing, &s->strategy,
              "give bid_strategy a bid or a goal, such as {bid_cap: ...}, or pacing: even",
              "'%s' spends as soon as possible and so needs a stated bid", s->name);
    if (s->method != PACE_BY_BID && !stated)
        ERROR(&s->method, &s->strategy,
              "give {bid_cap: ...}, {manual_cpc: ...} or {manual_cpm: ...}, or pacing_method: bid",
              "'%s' throttles and so needs a stated bid to hold", s->name);
    if (s->strategy == BID_MANUAL_CPM && s->bid < p->reserve_cpm)
        ERROR(&s->bid, &p->reserve_cpm, "it can never show",
              "the bid of '%s', %g, is below the lowest price on '%s', %g", s->name, s->bid,
              p->name, p->reserve_cpm);
    check_value(c, s);
    check_charge(c, s);
    if (s->quality_cpm != 0 && goal)
        ERROR(&s->quality_cpm, &s->strategy, "use `quality`, a factor",
              "quality_cpm of '%s' cannot be added where a goal sets the bid", s->name);
    if (s->quality_cpm != 0 && p->score_noise != 0)
        ERROR(
            &s->quality_cpm, &p->score_noise,
            "use `quality`, a factor on the value, or score_noise: 0",
            "quality_cpm of '%s' is added to the value, which needs a platform without score noise",
            s->name);
    const response_t *r = &c->sc->response;
    bool estimated = value_is_estimated(c->sc, (int)(s - c->sc->ad_set)) &&
                     (foreseen_sd(r) > 0 || r->learning_noise > 0);
    if (s->quality_cpm != 0 && estimated)
        ERROR(
            &s->quality_cpm, &c->sc->campaign[s->campaign].objective,
            "use `quality`, a factor, or objective: awareness, or bid_strategy: {manual_cpm: ...}",
            "quality_cpm of '%s' cannot be added to a value that the platform estimates for each "
            "person",
            s->name);
    if (s->pacing == PACING_CONSTANT && !c->sc->population->redraw)
        WARN(&s->pacing, NULL, "use pacing: even",
             "'%s' holds a constant bid and may pass its budget: meant for reference scenarios",
             s->name);
}

/* The platform bids for what was booked, and charges what was agreed on. */
static void check_reserved(check_t *c, const ad_set_t *s)
{
    const campaign_t *campaign = &c->sc->campaign[s->campaign];
    if (campaign->reserved && !is_reserved(s))
        ERROR(&s->fixed_cpm, &campaign->reserved, "give it a fixed_cpm, such as fixed_cpm: 8",
              "'%s' is reserved and so needs the price that was agreed on", s->name);
    if (!campaign->reserved && is_reserved(s))
        ERROR(&s->fixed_cpm, &campaign->reserved, "give its campaign buying_type: reserved",
              "'%s' has a fixed_cpm, and its campaign buys in the auction", s->name);
    if (!campaign->reserved || !is_reserved(s)) return;
    if (s->strategy != BID_LOWEST_COST)
        ERROR(&s->strategy, &campaign->reserved,
              "leave bid_strategy out, or use buying_type: auction",
              "'%s' is reserved: the platform bids what delivers it", s->name);
    if (s->billing != BILLED_IMPRESSIONS)
        ERROR(&s->billing, &campaign->reserved, "use billing_event: impressions",
              "'%s' is reserved, and what is reserved are impressions", s->name);
    if (campaign->shares_budget)
        ERROR(&campaign->shares_budget, &campaign->reserved, "use budget_mode: ad_set",
              "the ad sets of '%s' are booked one by one, so none can take another's budget",
              campaign->name);
}

/* What ads managers ask of the seed of a lookalike: at least 100 people of one country. */
static const double SEED_LEAST = 100;

static void check_lookalike(check_t *c, const ad_set_t *s, const audience_t *a)
{
    double seed = lookalike_seed(c->sc, a, s->platform);
    const char *platform = c->sc->platform[s->platform].label;
    if (seed < SEED_LEAST)
        WARN(&s->audience, &a->size, "platforms make no lookalike of so few",
             "'%s' finds %.0f customers of the seed of '%s', less than %.0f", platform, seed,
             a->name, SEED_LEAST);
    if (!(c->sc->product.affinity > 0))
        WARN(&s->audience, &c->sc->product.affinity, "give product.affinity, such as 0.5",
             "'%s' seeks the likes of customers, and the likes of customers order like everyone",
             a->name);
}

static void check_audience(check_t *c, const ad_set_t *s)
{
    enum { WARM_UP_DAYS = 30 }; /* the world starts so long before the flight */
    const audience_t *a = &c->sc->audience[s->audience];
    bool of_customers = a->kind == AUDIENCE_LIST || a->kind == AUDIENCE_LOOKALIKE;
    if (of_customers && !(c->sc->population->existing_customers > 0))
        ERROR(&s->audience, &c->sc->population, "give the population existing_customers",
              "'%s' is %s customers, and the population has none", a->name,
              a->kind == AUDIENCE_LIST ? "a list of" : "made of");
    else if (a->kind == AUDIENCE_LOOKALIKE)
        check_lookalike(c, s, a);
    if (a->kind == AUDIENCE_LOOKALIKE && c->sc->engine == ENGINE_STREAMING)
        ERROR(&c->sc->engine, &s->audience, "write engine: closed_loop, and fewer people",
              "'%s' is a share of all people at once, and a streaming engine never holds them all",
              a->name);
    if (a->kind == AUDIENCE_RETARGET && a->window_days > WARM_UP_DAYS)
        WARN(&a->window_days, NULL, NULL,
             "visits are simulated from %d days before the flight; a window of %g days is not full",
             WARM_UP_DAYS, a->window_days);
}

/* The first of some caps without which this one would be the same: it allows no more, in no shorter
 * window, of no rarer event; NULL if there is none. */
static const frequency_cap_t *narrower(const frequency_cap_t *cap,
                                       const frequency_cap_t others[MAX_CAPS])
{
    for (const frequency_cap_t *o = others; o < others + MAX_CAPS; o++)
        if (o != cap && o->impressions > 0 && o->impressions <= cap->impressions &&
            o->window_days >= cap->window_days &&
            (o->event == CAP_IMPRESSIONS || cap->event == CAP_VIEWS))
            return o;
    return NULL;
}

static void check_cap(check_t *c, const frequency_cap_t *cap,
                      const frequency_cap_t others[MAX_CAPS], const char *whose, const char *why)
{
    const frequency_cap_t *o = cap->impressions > 0 ? narrower(cap, others) : NULL;
    if (o) WARN(cap, o, NULL, "the frequency cap of '%s' never binds: %s", whose, why);
}

static void check_own_caps(check_t *c, const frequency_cap_t cap[MAX_CAPS], const char *whose)
{
    for (int k = 0; k < MAX_CAPS; k++)
        check_cap(c, &cap[k], cap, whose, "another one of its caps allows no more");
}

static void check_caps(check_t *c, const ad_set_t *s)
{
    check_own_caps(c, s->cap, s->name);
    const campaign_t *campaign = &c->sc->campaign[s->campaign];
    const platform_t *platform = &c->sc->platform[s->platform];
    for (int k = 0; k < MAX_CAPS; k++) {
        check_cap(c, &s->cap[k], campaign->cap, s->name, "its campaign allows no more");
        check_cap(c, &s->cap[k], platform->cap, s->name, "its platform allows no more");
    }
}

/* A target that a cap forbids, or whose windows do not fall on hours. */
static void check_target_frequency(check_t *c, const ad_set_t *s)
{
    const target_frequency_t *target = &s->target_frequency;
    const frequency_cap_t *lists[] = {s->cap, c->sc->campaign[s->campaign].cap,
                                      c->sc->platform[s->platform].cap};
    double hours = target->window_days * 24;
    if (!has_target_frequency(s)) return;
    if (hours < 1 || fabs(hours - round(hours)) > 1e-6)
        ERROR(&target->window_days, NULL, "use 7d, or 24h",
              "the window of the target frequency of '%s', %g hours, is no number of whole hours",
              s->name, hours);
    for (size_t l = 0; l < sizeof lists / sizeof *lists; l++)
        for (const frequency_cap_t *cap = lists[l]; cap < lists[l] + MAX_CAPS; cap++)
            if (cap->impressions > 0 && cap->event == CAP_IMPRESSIONS &&
                cap->window_days >= target->window_days && cap->impressions < target->impressions)
                ERROR(&target->impressions, cap, "raise the cap or lower the target",
                      "'%s' cannot be shown %g times in %g days to anybody: a frequency cap allows "
                      "%d in %g days",
                      s->name, target->impressions, target->window_days, cap->impressions,
                      cap->window_days);
}

static bool ever_runs(const scenario_t *sc, const schedule_t *a, const schedule_t *b)
{
    int weekday = flight_weekday(sc);
    for (int hour = 0; hour < 24 * sc->days; hour++)
        if (schedule_runs(a, weekday, hour) && schedule_runs(b, weekday, hour)) return true;
    return false;
}

/* What of a schedule keeps every hour out: its place is pointed at. */
static const void *silent_part(const scenario_t *sc, const schedule_t *s, const schedule_t *other)
{
    schedule_t without = *s;
    without.n_pauses = 0;
    if (ever_runs(sc, &without, other)) return &s->n_pauses;
    memset(without.silent, 0, sizeof without.silent);
    return ever_runs(sc, &without, other) ? (const void *)s->silent : (const void *)s;
}

/* Weights say something of a weighted rotation alone. */
static void check_weights(check_t *c, const ad_set_t *s)
{
    if (s->n_creatives < 2 || s->rotation == ROTATION_WEIGHTED) return;
    for (int k = 0; k < s->n_creatives; k++) {
        const creative_t *x = &c->sc->creative[s->first_creative + k];
        if (x->weight != 1)
            WARN(&x->weight, &s->rotation, "write rotation: weighted, or no weight",
                 "the weight of '%s' has no effect: its ad set rotates %s", x->name,
                 s->rotation == ROTATION_EVEN ? "evenly" : "by what the platform learns");
    }
}

static void check_schedule(check_t *c, const ad_set_t *s)
{
    const schedule_t *whole = &c->sc->campaign[s->campaign].schedule, always = {0};
    if (!ever_runs(c->sc, whole, &always) || ever_runs(c->sc, &s->schedule, whole)) return;
    bool alone = ever_runs(c->sc, &s->schedule, &always);
    ERROR(silent_part(c->sc, &s->schedule, whole), alone ? whole : NULL,
          "give it an hour of the flight that no pause holds",
          alone ? "'%s' never runs: no hour of its schedule lies in its campaign's"
                : "'%s' never runs: no hour of the flight lies in its schedule",
          s->name);
}

static void check_campaign_schedule(check_t *c, const campaign_t *campaign)
{
    const schedule_t always = {0};
    if (!ever_runs(c->sc, &campaign->schedule, &always))
        ERROR(silent_part(c->sc, &campaign->schedule, &always), NULL,
              "give it an hour of the flight that no pause holds",
              "'%s' never runs: no hour of the flight lies in its schedule", campaign->name);
}

static void check_ad_set(check_t *c, const ad_set_t *s)
{
    for (int k = 0; k < s->n_creatives; k++)
        check_ctr(c, s, &c->sc->creative[s->first_creative + k]);
    check_weights(c, s);
    check_visit_rates(c, s);
    check_bid(c, s);
    check_reserved(c, s);
    check_daily(c, s);
    check_budget_schedule(c, &s->budget_schedule, s->name, &s->pacing, &s->daily, &s->budget);
    check_periods(c, s);
    check_audience(c, s);
    check_caps(c, s);
    check_target_frequency(c, s);
    check_schedule(c, s);
}

/* ---- attribution ---- */

static void check_attribution(check_t *c)
{
    const attribution_t *a = &c->sc->attribution;
    if (a->view_window_days > a->click_window_days)
        WARN(&a->view_window_days, &a->click_window_days, NULL, "views count longer than clicks");
    if (a->first_share + a->last_share > 1)
        ERROR(&a->first_share, &a->last_share, NULL,
              "the first and the last touch share %g %% of an order",
              100 * (a->first_share + a->last_share));
    if (a->model == CREDIT_SHAPLEY && attribution_channels(c->sc) > SHAPLEY_CHANNELS_MOST)
        ERROR(&a->model, NULL, "write channels: campaign, or channels: platform",
              "shapley compares at most %d channels, not %d", SHAPLEY_CHANNELS_MOST,
              attribution_channels(c->sc));
}

/* What is counted of everybody are orders. */
static void check_experiment_counts(check_t *c)
{
    const scenario_t *sc = c->sc;
    for (int a = 0; a < sc->n_ad_sets; a++)
        if (ad_set_kind(sc, a) != CONVERSION_PURCHASE) {
            ERROR(&sc->experiment.design, &sc->ad_set[a].name, "leave the experiment out",
                  "the experiment counts orders, and the ads of '%s' bring %s", sc->ad_set[a].name,
                  conversion_word(ad_set_kind(sc, a)));
            return;
        }
}

static void check_experiment(check_t *c)
{
    enum { LEAST = 4 }; /* two on either side */
    const lift_test_t *x = &c->sc->experiment;
    if (x->design != EXPERIMENT_NONE) check_experiment_counts(c);
    if (x->design != EXPERIMENT_GEO) return;
    int attribute = experiment_regions(c->sc);
    const void *field = x->by ? (const void *)&x->by : (const void *)&x->design;
    if (attribute < 0)
        ERROR(field, &c->sc->population, "name an attribute of the population: by: region",
              "the population has no regions to hold out");
    else if (c->sc->population->attribute[attribute].n_levels < LEAST)
        ERROR(field, &c->sc->population, NULL, "%d regions are too few to compare: %d at least",
              c->sc->population->attribute[attribute].n_levels, LEAST);
}

/* Below what goods cost. */
static void check_price(check_t *c)
{
    const product_t *p = &c->sc->product;
    for (int k = 0; k < p->price.n_promotions; k++) {
        const promotion_t *x = &p->price.promotion[k];
        if (x->discount > p->margin)
            WARN(&x->discount, &p->margin, NULL,
                 "'%s' sells at a loss: its discount, %.3g%%, is more than the margin, %.3g%%",
                 x->name, 100 * x->discount, 100 * p->margin);
    }
}

static void check_whole(check_t *c)
{
    enum { SPREAD_MOST = 100 }; /* sums of squared orders must fit their counters */
    const scenario_t *sc = c->sc;
    const response_t *r = &sc->response;
    if (sc->people > sc->population->size)
        ERROR(&sc->people, &sc->population, "write people: auto",
              "%.0f simulated people are more than the %.0f there are", sc->people,
              sc->population->size);
    if (sc->product.value > 0 && sc->product.value_sd > SPREAD_MOST * sc->product.value)
        ERROR(&sc->product.value_sd, &sc->product.value, NULL,
              "the spread between orders, %g, is more than %d times their mean, %g",
              sc->product.value_sd, SPREAD_MOST, sc->product.value);
    check_price(c);
    if (r->delay.fast_hours > r->delay.slow_hours)
        WARN(&r->delay.fast_hours, &r->delay.slow_hours, "exchange them",
             "the fast orders are slower (%g h) than the slow ones (%g h)", r->delay.fast_hours,
             r->delay.slow_hours);
}

size_t scenario_check(const scenario_t *sc, complaint_t *out, size_t capacity)
{
    check_t check = {sc, out, capacity, 0}, *c = &check;
    check_whole(c);
    check_attribution(c);
    check_experiment(c);
    for (int p = 0; p < sc->n_platforms; p++) check_platform(c, &sc->platform[p]);
    for (int p = 0; p < sc->n_platforms; p++)
        check_own_caps(c, sc->platform[p].cap, sc->platform[p].name);
    for (int k = 0; k < sc->n_campaigns; k++)
        check_own_caps(c, sc->campaign[k].cap, sc->campaign[k].name);
    for (int k = 0; k < sc->n_campaigns; k++) {
        check_budgets(c, &sc->campaign[k]);
        check_campaign_schedule(c, &sc->campaign[k]);
    }
    for (int a = 0; a < sc->n_ad_sets; a++) check_ad_set(c, &sc->ad_set[a]);
    check_appeals(c);
    check_affinity(c);
    check_brand(c);
    check_rules(c);
    check_plausible(c);
    return c->n;
}
