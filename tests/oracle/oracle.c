/* oracle.c -- see oracle.h. Section numbers are those of the model (MODEL). */
#include "tests/oracle/oracle.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BEFORE_DAYS = 30, GRID = 400, GAMMA_GRID = 2400 };

typedef struct {
    double at;
    int ad_set, creative, viewed, clicked;
} shown_t;

typedef struct {
    double at;
    int cause;    /* index of the impression; -1 = organic */
    int by_click; /* of a caused order: by the click, else by the sight */
} order_t;

typedef struct {
    oracle_person_t who;
    uint64_t static_member; /* bits of ad sets */
    shown_t *shown;
    double *visit;
    order_t *order;
    size_t n_shown, n_visits, n_orders, shown_room, visit_room, order_room;
} person_t;

typedef struct {
    double at;
    uint32_t person;
    int platform;
} opportunity_t;

typedef struct {
    double log_value, pass_through;
    double budget, spent, spent_at_hour; /* currency of simulated people */
    double first_guess, learning;
    double results; /* real, expected */
    int closed;
} running_t;

struct oracle {
    const scenario_t *sc;
    oracle_audience_t audience;
    size_t people;
    double weight;
    oracle_start_t start[MAX_AD_SETS];
    double click_intercept[MAX_CREATIVES], order_intercept[MAX_AD_SETS];
    double cost_at_stated[MAX_AD_SETS]; /* CPM an opportunity */
    double log_gamma[MAX_PLATFORMS][GAMMA_GRID + 1];
    person_t *person;
    opportunity_t *today;
    size_t n_today, today_room;
    running_t run[MAX_AD_SETS];
    gsl_rng *rng;
    oracle_count_t *count;
};

static void *grown(void *array, size_t n, size_t *room, size_t item)
{
    if (n < *room) return array;
    *room = *room ? 2 * *room : 4;
    array = realloc(array, *room * item);
    if (!array) abort();
    return array;
}

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

/* ---- calibration ---- */

/* E f(Z) by the trapezoidal rule, which converges at once for so smooth an integrand. */
static double logistic_mean(double intercept, double sd)
{
    double sum = 0, total = 0;
    for (int k = -GRID; k <= GRID; k++) {
        double z = 8.5 * k / GRID, density = exp(-z * z / 2);
        sum += density * logistic(intercept + sd * z);
        total += density;
    }
    return sum / total;
}

static double calibrated_intercept(double rate, double sd)
{
    double low = -60, high = 60;
    for (int k = 0; k < 100; k++) {
        double middle = (low + high) / 2;
        *(logistic_mean(middle, sd) < rate ? &low : &high) = middle;
    }
    return (low + high) / 2;
}

static double creative_ctr(const scenario_t *sc, int a, int creative)
{
    double ctr = sc->creative[creative].ctr;
    return isnan(ctr) ? sc->platform[sc->ad_set[a].platform].ctr : ctr;
}

static double order_rate(const scenario_t *sc, int a)
{
    return isnan(sc->ad_set[a].cvr) ? sc->response.cvr : sc->ad_set[a].cvr;
}

double oracle_results_per_mille(const scenario_t *sc, int a)
{
    const ad_set_t *ad = &sc->ad_set[a];
    objective_t objective = sc->campaign[ad->campaign].objective;
    if (objective == OBJECTIVE_AWARENESS) return 1000;
    double ctr = 0, weights = 0;
    for (int c = ad->first_creative; c < ad->first_creative + ad->n_creatives; c++) {
        ctr += sc->creative[c].weight * creative_ctr(sc, a, c);
        weights += sc->creative[c].weight;
    }
    ctr /= weights;
    if (objective == OBJECTIVE_TRAFFIC) return 1000 * ctr;
    return 1000 * (ctr * sc->response.visit_rate * order_rate(sc, a) +
                   sc->platform[ad->platform].viewability * sc->response.view_conversion);
}

/* ---- what an ad set bids ---- */

/* Has its value an estimated action rate in it, so that the platform foresees and learns? */
static int is_estimated(const scenario_t *sc, int a)
{
    return sc->ad_set[a].strategy != BID_MANUAL_CPM &&
           sc->campaign[sc->ad_set[a].campaign].objective != OBJECTIVE_AWARENESS;
}

static double foreseen_log_sd(const scenario_t *sc, int a)
{
    return is_estimated(sc, a) ? sqrt(sc->response.prediction) * sc->response.person_sd : 0;
}

static double log_foreseen(const scenario_t *sc, int a, const oracle_person_t *who)
{
    double sd = foreseen_log_sd(sc, a);
    return sd * who->signal - sd * sd / 2;
}

/* ln CPM that the buyer states for the average person; INFINITY if she states none. */
static double log_stated(const scenario_t *sc, int a)
{
    const ad_set_t *ad = &sc->ad_set[a];
    if (ad->strategy == BID_LOWEST_COST) return INFINITY;
    return log(ad->strategy == BID_MANUAL_CPM ? ad->bid
                                              : ad->bid * oracle_results_per_mille(sc, a));
}

/* ---- people (MODEL 1, 3.1) ---- */

static int cell_of(const population_spec_t *spec, size_t i, size_t people)
{
    double upto = (double)spec->size * ((double)i + 0.5) / (double)people, sum = 0;
    for (int c = 0; c < (int)spec->n_cells; c++)
        if ((sum += spec->cell_count[c]) > upto) return c;
    return (int)spec->n_cells - 1;
}

/* The gamma of mean 1 joined to a normal: its quantile at Phi(z), from a table of its log that is good
 * to 1e-5. */
static void tabulate_gamma(oracle_t *o, int platform)
{
    double k = o->sc->platform[platform].activity_shape;
    for (int g = 0; g <= GAMMA_GRID; g++) {
        double z = 12.0 * g / GAMMA_GRID - 6;
        o->log_gamma[platform][g] = log(gsl_cdf_gamma_Pinv(gsl_cdf_ugaussian_P(z), k, 1 / k));
    }
}

static double gamma_at(const oracle_t *o, int platform, double z)
{
    double at = between((z + 6) / 12 * GAMMA_GRID, 0, GAMMA_GRID - 1e-9);
    const double *log_gamma = &o->log_gamma[platform][(int)at];
    return exp(log_gamma[0] + (at - floor(at)) * (log_gamma[1] - log_gamma[0]));
}

static void draw_activity(oracle_t *o, oracle_person_t *who)
{
    const population_spec_t *spec = o->sc->population;
    double common = normal(o), load = sqrt(spec->activity_correlation);
    for (int p = 0; p < o->sc->n_platforms; p++) {
        const platform_t *platform = &o->sc->platform[p];
        double z = load * common + sqrt(1 - load * load) * normal(o);
        who->opportunities[p] =
            happens(o, platform->users) ? platform->opportunities_per_day * gamma_at(o, p, z) : 0;
    }
}

static void draw_person(oracle_t *o, size_t i)
{
    const scenario_t *sc = o->sc;
    const population_spec_t *spec = sc->population;
    person_t *someone = &o->person[i];
    oracle_person_t *who = &someone->who;
    int cell = cell_of(spec, i, o->people);
    for (int d = spec->n_joint - 1; d >= 0; d--) {
        who->level[d] = cell % spec->attribute[d].n_levels;
        cell /= spec->attribute[d].n_levels;
    }
    who->traits = 0;
    for (int t = 0; t < spec->n_traits; t++)
        who->traits |= (uint64_t)happens(o, spec->trait[t].share[0]) << t;
    who->customer = happens(o, spec->existing_customers);
    who->signal = normal(o);
    who->click =
        sqrt(sc->response.prediction) * who->signal + sqrt(1 - sc->response.prediction) * normal(o);
    double rho = sc->response.click_cvr_correlation;
    who->conversion = rho * who->click + sqrt(1 - rho * rho) * normal(o);
    who->desirability = normal(o);
    draw_activity(o, who);
    someone->static_member = 0;
    for (int a = 0; a < sc->n_ad_sets; a++)
        someone->static_member |= (uint64_t)o->audience(who, sc->ad_set[a].audience) << a;
    someone->n_shown = someone->n_visits = someone->n_orders = 0;
}

/* ---- visits and orders ---- */

static void book_visit(person_t *someone, double at)
{
    someone->visit =
        grown(someone->visit, someone->n_visits, &someone->visit_room, sizeof *someone->visit);
    someone->visit[someone->n_visits++] = at;
}

static void book_order(person_t *someone, order_t order)
{
    someone->order =
        grown(someone->order, someone->n_orders, &someone->order_room, sizeof *someone->order);
    someone->order[someone->n_orders++] = order;
}

/* Organic visits, each an order with the visit-to-order rate (MODEL 4.4). */
static void live_without_ads(oracle_t *o, person_t *someone)
{
    const product_t *product = &o->sc->product;
    double orders = someone->who.customer ? product->organic_existing : product->organic_new;
    double days = BEFORE_DAYS + o->sc->days + o->sc->attribution.click_window_days;
    if (orders <= 0) return;
    unsigned n = gsl_ran_poisson(o->rng, orders / product->visit_to_order * days);
    for (unsigned k = 0; k < n; k++) {
        double at = gsl_rng_uniform(o->rng) * days - BEFORE_DAYS;
        book_visit(someone, at);
        if (happens(o, product->visit_to_order)) book_order(someone, (order_t){at, -1, 0});
    }
}

static double delay_days(oracle_t *o)
{
    const response_t *r = &o->sc->response;
    double mean = happens(o, r->delay_fast_share) ? r->delay_fast_hours : r->delay_slow_hours;
    return mean > 0 ? gsl_ran_exponential(o->rng, mean / 24) : 0;
}

/* ---- may the ad set enter? ---- */

static int in_pool(const person_t *someone, const audience_t *audience, double now)
{
    int visited = 0;
    if (audience->kind != AUDIENCE_RETARGET) return 1;
    for (size_t k = 0; k < someone->n_visits; k++)
        visited |= someone->visit[k] <= now && someone->visit[k] > now - audience->window_days;
    for (size_t k = 0; k < someone->n_orders; k++)
        if (someone->order[k].at <= now &&
            someone->order[k].at > now - audience->exclude_purchasers_days)
            return 0;
    return visited;
}

static int is_capped(const person_t *someone, frequency_cap_t cap, uint64_t ad_sets, double now)
{
    int n = 0;
    for (size_t k = 0; k < someone->n_shown; k++)
        n += (int)(ad_sets >> someone->shown[k].ad_set & 1) &&
             someone->shown[k].at > now - cap.window_days;
    return cap.impressions > 0 && n >= cap.impressions;
}

static uint64_t campaign_on_platform(const scenario_t *sc, int campaign, int platform)
{
    uint64_t ad_sets = 0;
    for (int a = 0; a < sc->n_ad_sets; a++)
        if (sc->ad_set[a].campaign == campaign && sc->ad_set[a].platform == platform)
            ad_sets |= 1ull << a;
    return ad_sets;
}

static int may_enter(oracle_t *o, const person_t *someone, int a, int platform, double now)
{
    const ad_set_t *ad = &o->sc->ad_set[a];
    return ad->platform == platform && !o->run[a].closed && someone->static_member >> a & 1 &&
           in_pool(someone, &o->sc->audience[ad->audience], now) &&
           !is_capped(someone, ad->cap, 1ull << a, now) &&
           !is_capped(someone, o->sc->campaign[ad->campaign].cap,
                      campaign_on_platform(o->sc, ad->campaign, platform), now) &&
           (o->run[a].pass_through >= 1 || happens(o, o->run[a].pass_through));
}

/* ---- an impression and what follows ---- */

static int chosen_creative(oracle_t *o, const ad_set_t *ad)
{
    double weights = 0;
    int c = ad->first_creative, end = c + ad->n_creatives;
    for (int k = c; k < end; k++) weights += o->sc->creative[k].weight;
    double left = gsl_rng_uniform(o->rng) * weights;
    while (c < end - 1 && (left -= o->sc->creative[c].weight) >= 0) c++;
    return c;
}

/* g(A) of the earlier impressions of the creative's family (MODEL 4.2). */
static double wear(const oracle_t *o, const person_t *someone, int creative, double now)
{
    const response_t *r = &o->sc->response;
    double stock = 0;
    for (size_t k = 0; k < someone->n_shown; k++)
        if (o->sc->creative[someone->shown[k].creative].family == o->sc->creative[creative].family)
            stock += exp(-(now - someone->shown[k].at) / r->recovery_days);
    return pow(r->wear_out, stock) * (1 - (1 - r->wear_in) * exp(-stock / r->wear_in_exposures)) /
           r->wear_in;
}

static void count(oracle_t *o, int a, oracle_metric_t metric, double n)
{
    o->count->value[a][metric] += n;
    o->count->value[o->sc->n_ad_sets][metric] += n;
}

static void book_caused_order(oracle_t *o, person_t *someone, int a, double now, int by_click)
{
    count(o, a, ORACLE_AD_CONVERSIONS, 1);
    if (happens(o, o->sc->product.pull_forward)) count(o, a, ORACLE_DISPLACED, 1);
    book_order(someone, (order_t){now + delay_days(o), (int)someone->n_shown, by_click});
}

/* The expected results of an impression, as the learning of the platform counts them. */
static double expected_results(const oracle_t *o, int a, double click, double order, double sight)
{
    switch (o->sc->campaign[o->sc->ad_set[a].campaign].objective) {
    case OBJECTIVE_TRAFFIC: return click;
    case OBJECTIVE_SALES: return click * o->sc->response.visit_rate * order + sight;
    default: return 1;
    }
}

static void show(oracle_t *o, person_t *someone, int a, double now)
{
    const scenario_t *sc = o->sc;
    const response_t *r = &sc->response;
    const ad_set_t *ad = &sc->ad_set[a];
    double viewability = sc->platform[ad->platform].viewability;
    int creative = chosen_creative(o, ad);
    double g = wear(o, someone, creative, now);
    double click_when_viewed =
        fmin(1, g * logistic(o->click_intercept[creative] + r->person_sd * someone->who.click));
    double order_when_visiting =
        logistic(o->order_intercept[a] + r->person_sd * someone->who.conversion);
    int viewed = happens(o, viewability), clicked = viewed && happens(o, click_when_viewed);
    count(o, a, ORACLE_IMPRESSIONS, 1);
    count(o, a, ORACLE_VIEWS, viewed);
    count(o, a, ORACLE_CLICKS, clicked);
    if (clicked && happens(o, r->visit_rate)) {
        count(o, a, ORACLE_VISITS, 1);
        book_visit(someone, now);
        if (happens(o, order_when_visiting)) book_caused_order(o, someone, a, now, 1);
    }
    if (viewed && happens(o, r->view_conversion * g)) book_caused_order(o, someone, a, now, 0);
    o->run[a].results +=
        o->weight * expected_results(o, a, viewability * click_when_viewed, order_when_visiting,
                                     viewability * r->view_conversion * g);
    someone->shown = grown(someone->shown, someone->n_shown, &someone->shown_room, sizeof(shown_t));
    someone->shown[someone->n_shown++] = (shown_t){now, a, creative, viewed, clicked};
}

/* ---- the auction (MODEL 3.2, 3.3) ---- */

/* What an ad set's offer is worth to the platform and to the buyer: CPM. */
typedef struct {
    double value, limit, quality, quality_cpm;
} bid_t;

static bid_t bid_of(const oracle_t *o, const person_t *someone, int a)
{
    const ad_set_t *ad = &o->sc->ad_set[a];
    double foreseen = log_foreseen(o->sc, a, &someone->who);
    return (bid_t){.value =
                       exp(o->run[a].log_value + foreseen + o->run[a].learning) + ad->quality_cpm,
                   .limit = exp(log_stated(o->sc, a) + foreseen) + ad->quality_cpm,
                   .quality = ad->quality,
                   .quality_cpm = ad->quality_cpm};
}

static void meet(oracle_t *o, opportunity_t opportunity)
{
    const scenario_t *sc = o->sc;
    const platform_t *market = &sc->platform[opportunity.platform];
    person_t *someone = &o->person[opportunity.person];
    int chosen = -1;
    bid_t best = {0};
    for (int a = 0; a < sc->n_ad_sets; a++) {
        if (!may_enter(o, someone, a, opportunity.platform, opportunity.at)) continue;
        bid_t bid = bid_of(o, someone, a);
        if (chosen >= 0 && bid.value * bid.quality <= best.value * best.quality) continue;
        chosen = a;
        best = bid;
    }
    if (chosen < 0) return;
    double rival = market->rival_median_cpm * exp(market->desirability * someone->who.desirability +
                                                  market->rival_log_sd * normal(o));
    double met = fmax(rival / best.quality, market->reserve_cpm);
    if (met * exp(-market->score_noise * normal(o)) >= best.value || met > best.limit) return;
    double pays = fmax(rival / best.quality - best.quality_cpm, market->reserve_cpm) / 1000;
    running_t *run = &o->run[chosen];
    if (sc->ad_set[chosen].pacing != PACING_CONSTANT && run->spent + pays > run->budget) {
        run->closed = 1;
        return;
    }
    run->spent += pays;
    count(o, chosen, ORACLE_SPEND, pays);
    show(o, someone, chosen, opportunity.at);
}

/* ---- the controller (MODEL 3.5d) ---- */

/* d ln E[cost] / d ln value for the average person, by quadrature over the rival's price. */
static double spend_elasticity(const scenario_t *sc, int a, double log_value)
{
    const platform_t *m = &sc->platform[sc->ad_set[a].platform];
    double mu = log(m->rival_median_cpm / sc->ad_set[a].quality), sigma = m->rival_log_sd;
    double tau = m->score_noise, limit = log_stated(sc, a), cost = 0, slope = 0;
    if (tau == 0) {
        double d = (log_value - mu) / sigma;
        return gsl_ran_ugaussian_pdf(d) / sigma * exp(log_value - mu - sigma * sigma / 2) /
               gsl_cdf_ugaussian_P(d - sigma);
    }
    for (int k = -GRID; k <= GRID; k++) {
        double z = 8.5 * k / GRID, price = fmax(mu + sigma * z, log(m->reserve_cpm));
        if (price > limit) continue;
        double d = (log_value - price) / tau, weight = exp(price - z * z / 2);
        cost += weight * gsl_cdf_ugaussian_P(d);
        slope += weight * gsl_ran_ugaussian_pdf(d) / tau;
    }
    return slope / cost;
}

/* ln value that wins a share of the average person's opportunities. */
static double log_value_winning(const scenario_t *sc, int a, double share)
{
    const platform_t *m = &sc->platform[sc->ad_set[a].platform];
    return log(m->rival_median_cpm / sc->ad_set[a].quality) +
           hypot(m->rival_log_sd, m->score_noise) * gsl_cdf_ugaussian_Pinv(share);
}

/* Share of the flight's opportunities before an hour of it. */
static double profile_upto(const scenario_t *sc, int a, double hour)
{
    const platform_t *m = &sc->platform[sc->ad_set[a].platform];
    double turn = 2 * M_PI / 24;
    double area = hour + m->hours_amplitude / turn *
                             (sin(turn * (hour - m->hours_peak)) + sin(turn * m->hours_peak));
    return area / (24.0 * sc->days);
}

static void steer(oracle_t *o, int a, int hour)
{
    const scenario_t *sc = o->sc;
    running_t *run = &o->run[a];
    double begin = profile_upto(sc, a, hour), end = profile_upto(sc, a, hour + 1);
    double planned = (run->budget - run->spent_at_hour) * (end - begin) / (1 - begin);
    double off = (run->spent - run->spent_at_hour) / planned - 1;
    run->spent_at_hour = run->spent;
    if (sc->ad_set[a].pacing != PACING_EVEN || planned <= 0) return;
    if (sc->ad_set[a].method == PACE_BY_THROTTLE) { /* spend is proportional to the pass-through */
        run->pass_through *= exp(-between(0.1 * off, -0.5, 0.5));
        run->pass_through = fmin(run->pass_through, 1);
        return;
    }
    double gain = between(0.1 / spend_elasticity(sc, a, run->log_value + run->learning), 0.02, 0.3);
    run->log_value -= between(gain * off, -0.5, 0.5);
    run->log_value = between(run->log_value, log_value_winning(sc, a, 1e-7),
                             fmin(log_value_winning(sc, a, 0.999), log_stated(sc, a)));
}

static void learn(oracle_t *o, int a)
{
    double omega = o->sc->response.learning_noise / sqrt(1 + o->run[a].results / 50);
    if (!is_estimated(o->sc, a)) omega = 0;
    o->run[a].learning = omega * o->run[a].first_guess - omega * omega / 2;
}

/* ---- the fluid start (MODEL 3.5): expected spend of the flight = budget, no caps ---- */

/* E[cost] of an opportunity of anyone at a log value, CPM. What is foreseen, F, raises value and limit
 * alike, so that a person counts by D = ln Y - F, normal over people and rivals; ln Y is regressed on it.
 * Simpson's rule up to the highest D that can be won. */
static double average_cost(const scenario_t *sc, int a, double log_value)
{
    const platform_t *m = &sc->platform[sc->ad_set[a].platform];
    double foreseen = gsl_pow_2(foreseen_log_sd(sc, a)), tau = m->score_noise;
    double rivals = gsl_pow_2(m->rival_log_sd) + gsl_pow_2(m->desirability);
    double mu = log(m->rival_median_cpm / sc->ad_set[a].quality), centre = mu + foreseen / 2;
    double sd = sqrt(rivals + foreseen), share = rivals / (rivals + foreseen), cost = 0;
    double top = fmin(centre + 9 * sd, tau > 0 ? log_stated(sc, a) : log_value);
    double low = fmin(centre - 9 * sd, top - sd), step = (top - low) / GRID;
    for (int k = 0; k <= GRID; k++) {
        double d = low + k * step, met = fmax(d, log(m->reserve_cpm));
        double won = met > top + 1e-9 ? 0
                     : tau > 0        ? gsl_cdf_ugaussian_P((log_value - met) / tau)
                                      : 1;
        double price = fmax(mu + share * (d - centre), log(m->reserve_cpm));
        cost += (k == 0 || k == GRID ? 1
                 : k % 2             ? 4
                                     : 2) *
                won * exp(price + rivals * (1 - share) / 2) * gsl_ran_gaussian_pdf(d - centre, sd);
    }
    return cost * step / 3;
}

static double opportunities_of(const oracle_t *o, int a)
{
    double n = 0;
    for (size_t i = 0; i < o->people; i++)
        if (o->person[i].static_member >> a & 1)
            n += o->person[i].who.opportunities[o->sc->ad_set[a].platform] * o->sc->days;
    return n;
}

static void start_fluid(oracle_t *o, int a)
{
    running_t *run = &o->run[a];
    const ad_set_t *ad = &o->sc->ad_set[a];
    double stated = log_stated(o->sc, a), spend = 1000 * run->budget / opportunities_of(o, a);
    if (ad->method == PACE_BY_THROTTLE) {
        run->log_value = stated;
        run->pass_through = fmin(1, spend / o->cost_at_stated[a]);
        return;
    }
    double low = log_value_winning(o->sc, a, 1e-7);
    double high = fmin(stated, log_value_winning(o->sc, a, 0.999));
    for (int k = 0; k < 30; k++) {
        double middle = (low + high) / 2;
        *(average_cost(o->sc, a, middle) < spend ? &low : &high) = middle;
    }
    run->log_value = low;
    run->pass_through = 1;
}

static void begin(oracle_t *o)
{
    for (int a = 0; a < o->sc->n_ad_sets; a++) {
        const ad_set_t *ad = &o->sc->ad_set[a];
        running_t *run = &o->run[a];
        *run = (running_t){.log_value = log_stated(o->sc, a),
                           .pass_through = 1,
                           .budget = ad->budget / o->weight,
                           .first_guess = normal(o)};
        if (ad->pacing != PACING_ASAP) {
            start_fluid(o, a);
            if (!isnan(o->start[a].value_cpm)) run->log_value = log(o->start[a].value_cpm);
            if (!isnan(o->start[a].pass_through)) run->pass_through = o->start[a].pass_through;
        }
        learn(o, a);
    }
}

/* ---- a flight ---- */

static double moment_of_day(oracle_t *o, const platform_t *platform)
{
    double a = platform->hours_amplitude, hour;
    do hour = 24 * gsl_rng_uniform(o->rng);
    while (!happens(o, (1 + a * cos(2 * M_PI / 24 * (hour - platform->hours_peak))) / (1 + a)));
    return hour / 24;
}

static int has_ad_sets(const oracle_t *o, const person_t *someone, int platform)
{
    for (int a = 0; a < o->sc->n_ad_sets; a++)
        if (o->sc->ad_set[a].platform == platform && someone->static_member >> a & 1) return 1;
    return 0;
}

static int earlier_first(const void *a, const void *b)
{
    double x = ((const opportunity_t *)a)->at, y = ((const opportunity_t *)b)->at;
    return (x > y) - (x < y);
}

static void draw_day(oracle_t *o, int day)
{
    o->n_today = 0;
    for (uint32_t i = 0; i < o->people; i++)
        for (int p = 0; p < o->sc->n_platforms; p++) {
            const platform_t *platform = &o->sc->platform[p];
            double rate = o->person[i].who.opportunities[p] / platform->open_days;
            if (rate == 0 || !has_ad_sets(o, &o->person[i], p)) continue;
            if (!happens(o, platform->open_days)) continue;
            for (unsigned n = gsl_ran_poisson(o->rng, rate); n > 0; n--) {
                o->today = grown(o->today, o->n_today, &o->today_room, sizeof *o->today);
                o->today[o->n_today++] = (opportunity_t){day + moment_of_day(o, platform), i, p};
            }
        }
    qsort(o->today, o->n_today, sizeof *o->today, earlier_first);
}

/* ---- accounts (MODEL 4.5) ---- */

/* The impression that gets the credit for an order at `at`, among those of some ad sets; -1 = none. */
static int credited_touch(const person_t *someone, uint64_t ad_sets, double at,
                          attribution_t windows)
{
    int view = -1;
    for (int k = (int)someone->n_shown - 1; k >= 0; k--) {
        const shown_t *t = &someone->shown[k];
        if (t->at > at || !(ad_sets >> t->ad_set & 1)) continue;
        if (t->clicked && at - t->at <= windows.click_window_days) return k;
        if (view < 0 && t->viewed && at - t->at <= windows.view_window_days) view = k;
    }
    return view;
}

static void credit_order(oracle_t *o, const person_t *someone, order_t order)
{
    const scenario_t *sc = o->sc;
    int touch = credited_touch(someone, ~0ull, order.at, sc->attribution);
    if (touch < 0) return;
    count(o, someone->shown[touch].ad_set, ORACLE_CONVERSIONS, 1);
    count(o, someone->shown[touch].ad_set, ORACLE_ORGANIC_CREDITED, order.cause < 0);
    for (int p = 0; p < sc->n_platforms; p++) {
        uint64_t own = 0;
        for (int c = 0; c < sc->n_campaigns; c++) own |= campaign_on_platform(sc, c, p);
        touch = credited_touch(someone, own, order.at, sc->attribution);
        if (touch >= 0) count(o, someone->shown[touch].ad_set, ORACLE_PLATFORM_CONVERSIONS, 1);
    }
}

static void count_reach(oracle_t *o, const person_t *someone)
{
    int n[MAX_AD_SETS + 1] = {0}, plan = o->sc->n_ad_sets;
    for (size_t k = 0; k < someone->n_shown; k++) n[someone->shown[k].ad_set]++, n[plan]++;
    for (int s = 0; s <= plan; s++)
        for (int f = 1; f <= 3; f++) o->count->value[s][ORACLE_REACH_1 + f - 1] += n[s] >= f;
}

/* Orders without ads in the flight: of an ad set's audience on its platform; of everyone. */
static void count_organic(oracle_t *o, const person_t *someone)
{
    int n = 0, plan = o->sc->n_ad_sets;
    for (size_t k = 0; k < someone->n_orders; k++) {
        const order_t *order = &someone->order[k];
        n += order->cause < 0 && order->at >= 0 && order->at < o->sc->days;
    }
    for (int a = 0; a < plan; a++)
        if (someone->static_member >> a & 1 &&
            someone->who.opportunities[o->sc->ad_set[a].platform] > 0)
            o->count->value[a][ORACLE_ORGANIC] += n;
    o->count->value[plan][ORACLE_ORGANIC] += n;
}

static void settle_person(oracle_t *o, const person_t *someone)
{
    count_reach(o, someone);
    count_organic(o, someone);
    for (size_t k = 0; k < someone->n_orders; k++) credit_order(o, someone, someone->order[k]);
}

static void end_hour(oracle_t *o, int hour)
{
    for (int a = 0; a < o->sc->n_ad_sets; a++) {
        steer(o, a, hour);
        learn(o, a);
    }
}

void oracle_fly(oracle_t *o, gsl_rng *rng, oracle_count_t *out)
{
    o->rng = rng;
    o->count = out;
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < o->people; i++) {
        draw_person(o, i);
        live_without_ads(o, &o->person[i]);
    }
    begin(o);
    int hour = 0;
    for (int day = 0; day < o->sc->days; day++) {
        draw_day(o, day);
        for (size_t k = 0; k < o->n_today; k++) {
            while (o->today[k].at * 24 >= hour + 1) end_hour(o, hour++);
            meet(o, o->today[k]);
        }
        while (hour < 24 * (day + 1)) end_hour(o, hour++);
    }
    for (size_t i = 0; i < o->people; i++) settle_person(o, &o->person[i]);
}

oracle_t *oracle_new(const scenario_t *sc, size_t people, oracle_audience_t audience,
                     const oracle_start_t *start)
{
    oracle_t *o = calloc(1, sizeof *o);
    person_t *person = calloc(people, sizeof *person);
    if (!o || !person) abort();
    o->sc = sc;
    o->audience = audience;
    o->people = people;
    o->weight = sc->population->size / (double)people;
    o->person = person;
    for (int p = 0; p < sc->n_platforms; p++) tabulate_gamma(o, p);
    for (int a = 0; a < sc->n_ad_sets; a++) {
        const ad_set_t *ad = &sc->ad_set[a];
        double viewability = sc->platform[ad->platform].viewability, sd = sc->response.person_sd;
        o->start[a] = start[a];
        o->cost_at_stated[a] = average_cost(sc, a, log_stated(sc, a));
        o->order_intercept[a] = calibrated_intercept(order_rate(sc, a), sd);
        for (int c = ad->first_creative; c < ad->first_creative + ad->n_creatives; c++)
            o->click_intercept[c] = calibrated_intercept(creative_ctr(sc, a, c) / viewability, sd);
    }
    return o;
}

void oracle_delete(oracle_t *o)
{
    for (size_t i = 0; i < o->people; i++) {
        free(o->person[i].shown);
        free(o->person[i].visit);
        free(o->person[i].order);
    }
    free(o->person);
    free(o->today);
    free(o);
}
