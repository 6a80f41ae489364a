/* terms.c -- see terms.h. */
#include "tests/oracle/terms.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

enum { NODES = 120 };

static const platform_t *platform_of(const scenario_t *sc, int a)
{
    return &sc->platform[sc->ad_set[a].platform];
}

/* ---- what the ads bring ---- */

optimised_t optimised_for(const scenario_t *sc, int a)
{
    goal_t goal = sc->ad_set[a].goal;
    objective_t objective = sc->campaign[sc->ad_set[a].campaign].objective;
    if (goal == GOAL_IMPRESSIONS) return FOR_IMPRESSIONS;
    if (goal == GOAL_LINK_CLICKS) return FOR_CLICKS;
    if (goal != GOAL_OF_OBJECTIVE) return FOR_CONVERSIONS;
    return objective == OBJECTIVE_AWARENESS ? FOR_IMPRESSIONS
           : objective == OBJECTIVE_TRAFFIC ? FOR_CLICKS
                                            : FOR_CONVERSIONS;
}

conversion_kind_t brought_by(const scenario_t *sc, int a)
{
    goal_t goal = sc->ad_set[a].goal;
    objective_t objective = sc->campaign[sc->ad_set[a].campaign].objective;
    int stated = goal == GOAL_LEADS || goal == GOAL_APP_INSTALLS || goal == GOAL_PURCHASES;
    if (goal == GOAL_LANDING_PAGE_VIEWS) return CONVERSION_VISIT;
    if (goal == GOAL_LEADS || (!stated && objective == OBJECTIVE_LEADS)) return CONVERSION_LEAD;
    if (goal == GOAL_APP_INSTALLS || (!stated && objective == OBJECTIVE_APP_PROMOTION))
        return CONVERSION_INSTALL;
    return CONVERSION_PURCHASE;
}

double by_sight_of(const scenario_t *sc, int a)
{
    conversion_kind_t kind = brought_by(sc, a);
    return kind == CONVERSION_PURCHASE ? sc->response.view_conversion
                                       : sc->conversion[kind].view_conversion;
}

const delay_t *delay_of(const scenario_t *sc, int a)
{
    conversion_kind_t kind = brought_by(sc, a);
    return kind == CONVERSION_PURCHASE ? &sc->response.delay : &sc->conversion[kind].delay;
}

double displaced_of(const scenario_t *sc, int a)
{
    conversion_kind_t kind = brought_by(sc, a);
    return kind == CONVERSION_PURCHASE ? sc->product.pull_forward
                                       : sc->conversion[kind].pull_forward;
}

double worth_of(const scenario_t *sc, conversion_kind_t kind, double *sd)
{
    double value = sc->product.value, spread = sc->product.value_sd;
    const conversion_t *c = &sc->conversion[kind];
    *sd = spread;
    if (kind == CONVERSION_PURCHASE) return value;
    double q =
        c->order_share; /* an order with this chance: its variance by that of the two parts */
    *sd = !isnan(c->value_sd) ? c->value_sd
          : isnan(c->value)   ? sqrt(q * spread * spread + q * (1 - q) * value * value)
                              : 0;
    return isnan(c->value) ? q * value : c->value;
}

double share_without_ads(const scenario_t *sc, conversion_kind_t kind)
{
    return kind == CONVERSION_PURCHASE ? sc->product.visit_to_order
           : kind == CONVERSION_VISIT  ? 1
                                       : sc->conversion[kind].organic;
}

double paid_on(const scenario_t *sc, double day)
{
    double paid = 1;
    for (int k = 0; k < sc->product.price.n_promotions; k++) {
        promotion_t sale = sc->product.price.promotion[k];
        if (day >= sale.first && day < sale.last + 1) paid *= 1 - sale.discount;
    }
    return paid;
}

double demand_on(const scenario_t *sc, double day)
{
    return pow(paid_on(sc, day), sc->product.price.elasticity);
}

static double ctr_of(const scenario_t *sc, int a, int creative)
{
    double ctr = sc->creative[creative].ctr;
    return isnan(ctr) ? platform_of(sc, a)->ctr : ctr;
}

double cvr_of(const scenario_t *sc, int a, int creative)
{
    conversion_kind_t kind = brought_by(sc, a);
    if (kind == CONVERSION_VISIT) return 1;
    if (!isnan(sc->creative[creative].cvr)) return sc->creative[creative].cvr;
    if (!isnan(sc->ad_set[a].cvr)) return sc->ad_set[a].cvr;
    return kind == CONVERSION_PURCHASE ? sc->response.cvr : sc->conversion[kind].cvr;
}

/* ---- bids (MODEL 3.4) ---- */

/* Results per impression of a creative that the platform expects of the average person where ads are seen so
 * often and clicked so much more than on average. */
static double creative_rate_where(const scenario_t *sc, int a, int creative, double viewability,
                                  double factor)
{
    double clicks = factor * ctr_of(sc, a, creative);
    switch (optimised_for(sc, a)) {
    case FOR_CLICKS: return clicks;
    case FOR_CONVERSIONS:
        return clicks * sc->response.visit_rate * cvr_of(sc, a, creative) +
               viewability * by_sight_of(sc, a);
    default: return 1;
    }
}

double creative_rate(const scenario_t *sc, int a, int creative)
{
    return creative_rate_where(sc, a, creative, platform_of(sc, a)->viewability, 1);
}

/* Of an ad set whose creatives take turns by their weights. */
static double action_rate_where(const scenario_t *sc, int a, double viewability, double factor)
{
    const ad_set_t *ad = &sc->ad_set[a];
    double results = 0, weights = 0;
    for (int c = ad->first_creative; c < ad->first_creative + ad->n_creatives; c++) {
        double weight = ad->rotation == ROTATION_WEIGHTED ? sc->creative[c].weight : 1;
        results += weight * creative_rate_where(sc, a, c, viewability, factor);
        weights += weight;
    }
    return results / weights;
}

double expected_action_rate(const scenario_t *sc, int a)
{
    return action_rate_where(sc, a, platform_of(sc, a)->viewability, 1);
}

double log_stated(const scenario_t *sc, int a)
{
    switch (sc->ad_set[a].strategy) {
    case BID_MANUAL_CPM: return log(sc->ad_set[a].bid);
    case BID_CAP: return log(1000 * sc->ad_set[a].bid * expected_action_rate(sc, a));
    default: return INFINITY;
    }
}

int is_estimated(const scenario_t *sc, int a)
{
    return sc->ad_set[a].strategy != BID_MANUAL_CPM && optimised_for(sc, a) != FOR_IMPRESSIONS;
}

double foreseen_log_sd(const scenario_t *sc, int a)
{
    return is_estimated(sc, a) ? sqrt(sc->response.prediction) * sc->response.person_sd : 0;
}

/* ---- intercepts, hours ---- */

/* E logistic(intercept + sd Z) by the trapezoidal rule, which converges at once for so smooth a function. */
static double logistic_mean(double intercept, double sd)
{
    double sum = 0, total = 0;
    for (int k = -NODES; k <= NODES; k++) {
        double z = 8.5 * k / NODES, density = exp(-z * z / 2);
        sum += density / (1 + exp(-intercept - sd * z));
        total += density;
    }
    return sum / total;
}

static double calibrated_intercept(double rate, double sd)
{
    double low = -40, high = 40;
    for (int k = 0; k < 50; k++) {
        double middle = (low + high) / 2;
        *(logistic_mean(middle, sd) < rate ? &low : &high) = middle;
    }
    return low;
}

double click_intercept(const scenario_t *sc, int a, int creative, double factor)
{
    return calibrated_intercept(factor * ctr_of(sc, a, creative) / platform_of(sc, a)->viewability,
                                sc->response.person_sd);
}

double order_intercept(const scenario_t *sc, int a, int creative, double factor)
{
    return calibrated_intercept(factor * cvr_of(sc, a, creative), sc->response.person_sd);
}

double profile_upto(const scenario_t *sc, int a, double hour)
{
    const platform_t *p = platform_of(sc, a);
    double turn = 2 * M_PI / 24;
    return (hour + p->hours_amplitude / turn *
                       (sin(turn * (hour - p->hours_peak)) + sin(turn * p->hours_peak))) /
           (24.0 * sc->days);
}

/* ---- the market (MODEL 3.2) ---- */

/* Month (0..11) and weekday (0 = Monday, by Zeller's rule) some days after a date. */
static void calendar_at(const char *start, int days, int *month, int *weekday)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = atoi(start), m = atoi(start + 5), day = atoi(start + 8) + days;
    for (;;) {
        int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        int length = lengths[m - 1] + (m == 2 && leap);
        if (day <= length) break;
        day -= length;
        if (++m > 12) {
            m = 1;
            year++;
        }
    }
    *month = m - 1;
    int y = m < 3 ? year - 1 : year, from_march = m < 3 ? m + 12 : m;
    int saturday = (day + 13 * (from_march + 1) / 5 + y + y / 4 - y / 100 + y / 400) % 7;
    *weekday = (saturday + 5) % 7;
}

double log_price_at(const scenario_t *sc, int platform, double now, int placement)
{
    const platform_t *p = &sc->platform[platform];
    int month, weekday, hour = (int)floor(24 * (now - floor(now)));
    calendar_at(sc->start, (int)floor(now), &month, &weekday);
    return p->log_price.month[month] + p->log_price.weekday[weekday] + p->log_price.hour[hour] +
           (p->n_placements ? log(p->placement[placement].price) : 0);
}

int placement_drawn(const platform_t *p, double u)
{
    int k = 0;
    while (k < p->n_placements - 1 && (u -= p->placement[k].share) >= 0) k++;
    return k;
}

rival_law_t rival_of(const platform_t *p, double u)
{
    int k = 0;
    if (!p->n_rivals) return (rival_law_t){1, p->rival_log_sd};
    while (k < p->n_rivals - 1 && (u -= p->rival[k].share) >= 0) k++;
    return (rival_law_t){p->rival[k].median, p->rival[k].log_sd};
}

int is_shown_on(const ad_set_t *ad, int placement)
{
    return !ad->placements || ad->placements >> placement & 1;
}

double share_shown_on(const scenario_t *sc, int a)
{
    const platform_t *p = platform_of(sc, a);
    double share = 0;
    for (int k = 0; k < p->n_placements; k++)
        if (is_shown_on(&sc->ad_set[a], k)) share += p->placement[k].share;
    return p->n_placements ? share : 1;
}

double viewability_on(const scenario_t *sc, int a, int placement)
{
    const platform_t *p = platform_of(sc, a);
    if (!p->n_placements || isnan(p->placement[placement].viewability)) return p->viewability;
    return p->placement[placement].viewability;
}

double ctr_on(const scenario_t *sc, int a, int placement)
{
    const platform_t *p = platform_of(sc, a);
    return p->n_placements ? p->placement[placement].ctr : 1;
}

double advantage_on(const scenario_t *sc, int a, int placement)
{
    if (!is_estimated(sc, a)) return 1;
    return action_rate_where(sc, a, viewability_on(sc, a, placement), ctr_on(sc, a, placement)) /
           expected_action_rate(sc, a);
}

/* Opportunities of an ad set that are alike: how many of all, and what rivals and its own value are. */
enum { ATOMS_MOST = 200 };
typedef struct {
    double weight, log_shift, log_sd, log_advantage;
} atom_t;

static int add_atom(atom_t *atom, int n, atom_t one)
{
    for (int k = 0; k < n; k++)
        if (fabs(atom[k].log_shift - one.log_shift) < 1e-12 && atom[k].log_sd == one.log_sd &&
            atom[k].log_advantage == one.log_advantage) {
            atom[k].weight += one.weight;
            return n;
        }
    atom[n] = one;
    return n + 1;
}

static int atoms_of(const scenario_t *sc, int a, atom_t *atom)
{
    const platform_t *p = platform_of(sc, a);
    int n = 0, places = p->n_placements ? p->n_placements : 1,
        kinds = p->n_rivals ? p->n_rivals : 1;
    for (int place = 0; place < places; place++)
        for (int hour = 0; hour < 24 * sc->days && is_shown_on(&sc->ad_set[a], place); hour++)
            for (int kind = 0; kind < kinds; kind++) {
                double share = p->n_rivals ? p->rival[kind].share : 1;
                double median = p->n_rivals ? p->rival[kind].median : 1;
                double sd = p->n_rivals ? p->rival[kind].log_sd : p->rival_log_sd;
                double here = p->n_placements ? p->placement[place].share : 1;
                double now = profile_upto(sc, a, hour + 1) - profile_upto(sc, a, hour);
                double shift = log_price_at(sc, sc->ad_set[a].platform, (hour + 0.5) / 24, place);
                n = add_atom(atom, n,
                             (atom_t){share * now * here / share_shown_on(sc, a),
                                      shift + log(median), sd, log(advantage_on(sc, a, place))});
            }
    return n;
}

/* ---- pacing (MODEL 3.5) ---- */

static double log_median(const scenario_t *sc, int a)
{
    return log(platform_of(sc, a)->rival_median_cpm / sc->ad_set[a].quality);
}

double log_value_winning(const scenario_t *sc, int a, double share)
{
    atom_t atom[ATOMS_MOST];
    int n = atoms_of(sc, a, atom);
    double low = -60, high = 60;
    for (int k = 0; k < 60; k++) {
        double middle = (low + high) / 2, won = 0;
        for (int i = 0; i < n; i++)
            won += atom[i].weight *
                   gsl_cdf_ugaussian_P(
                       (middle + atom[i].log_advantage - log_median(sc, a) - atom[i].log_shift) /
                       hypot(atom[i].log_sd, platform_of(sc, a)->score_noise));
        *(won < share ? &low : &high) = middle;
    }
    return low;
}

/* What is paid at first price by a score v exp(tau Z) that passes what it met, at most the limit. */
static double own_score_paid(double log_value, double tau, double met, double limit)
{
    if (tau == 0) return log_value > met ? exp(fmin(log_value, limit)) : 0;
    double beyond = isinf(limit) ? 1 : gsl_cdf_ugaussian_P((limit - log_value - tau * tau) / tau);
    double within = beyond - gsl_cdf_ugaussian_P((met - log_value - tau * tau) / tau);
    double cut = isinf(limit) ? 0 : exp(limit) * gsl_cdf_ugaussian_P((log_value - limit) / tau);
    return exp(log_value + tau * tau / 2) * within + cut;
}

/* E[price; win] of an opportunity, CPM, and P(win): of the average person or of anyone. What is foreseen,
 * F, raises value and limit alike, so that a person counts by D = ln Y - F, normal over people and rivals;
 * ln Y is regressed on it, and so is F. Simpson's rule up to the highest D that can be won. */
static double cost_of_atom(const scenario_t *sc, int a, const atom_t *atom, double log_value,
                           double limit, int anyone, double *win)
{
    const platform_t *p = platform_of(sc, a);
    double foreseen = anyone * gsl_pow_2(foreseen_log_sd(sc, a)), tau = p->score_noise;
    double rivals = gsl_pow_2(atom->log_sd) + anyone * gsl_pow_2(p->desirability);
    double mu = log_median(sc, a) + atom->log_shift, centre = mu + foreseen / 2;
    double sd = sqrt(rivals + foreseen), share = rivals / (rivals + foreseen), cost = 0;
    double top = fmin(centre + 9 * sd, tau > 0 ? limit : fmin(log_value, limit));
    double low = fmin(centre - 9 * sd, top - sd), step = (top - low) / NODES;
    *win = 0;
    for (int k = 0; k <= NODES; k++) {
        double d = low + k * step, met = fmax(d, log(p->reserve_cpm));
        if (met > top + 1e-9) continue;
        double weight = (k == 0 || k == NODES ? 1 : 2 + 2 * (k % 2)) * step / 3;
        weight *= gsl_ran_gaussian_pdf(d - centre, sd);
        double passes = tau > 0 ? gsl_cdf_ugaussian_P((log_value - met) / tau) : 1;
        *win += weight * passes;
        if (p->auction == AUCTION_FIRST_PRICE) {
            double f = -foreseen / 2 - (1 - share) * (d - centre);
            cost += weight * exp(f + foreseen * share / 2) *
                    own_score_paid(log_value, tau, tau > 0 ? met : -INFINITY, limit);
        } else {
            double price = fmax(mu + share * (d - centre), log(p->reserve_cpm));
            cost += weight * passes * exp(price + rivals * (1 - share) / 2);
        }
    }
    return cost;
}

static double expected_cost(const scenario_t *sc, int a, double log_value, int anyone, double *win)
{
    atom_t atom[ATOMS_MOST];
    int n = atoms_of(sc, a, atom);
    double cost = 0;
    *win = 0;
    for (int i = 0; i < n; i++) {
        double one, better = atom[i].log_advantage;
        cost += atom[i].weight * cost_of_atom(sc, a, &atom[i], log_value + better,
                                              log_stated(sc, a) + better, anyone, &one);
        *win += atom[i].weight * one;
    }
    return cost;
}

/* ---- shading: the bid that gains most of the average person, by golden section ---- */

static double gain(const scenario_t *sc, int a, double log_bid)
{
    atom_t atom[ATOMS_MOST];
    int n = atoms_of(sc, a, atom);
    double sum = 0, win;
    for (int i = 0; i < n; i++)
        sum += atom[i].weight *
               cost_of_atom(sc, a, &atom[i], log_bid + atom[i].log_advantage, INFINITY, 0, &win);
    return (exp(log_stated(sc, a) - log_bid) - 1) * sum;
}

double log_bid(const scenario_t *sc, int a)
{
    const platform_t *p = platform_of(sc, a);
    double stated = log_stated(sc, a);
    if (p->auction != AUCTION_FIRST_PRICE || p->shading == SHADING_NONE || isinf(stated))
        return stated;
    double low = stated - 8, high = stated, golden = (sqrt(5) - 1) / 2;
    if (p->score_noise == 0) low = fmax(low, log(p->reserve_cpm)); /* less wins nothing */
    for (int k = 0; k < 50; k++) {
        double left = high - golden * (high - low), right = low + golden * (high - low);
        if (gain(sc, a, left) < gain(sc, a, right))
            low = left;
        else
            high = right;
    }
    return (low + high) / 2;
}

double spend_elasticity(const scenario_t *sc, int a, double log_value)
{
    double h = 0.01, win, above = expected_cost(sc, a, log_value + h, 0, &win);
    return log(above / expected_cost(sc, a, log_value - h, 0, &win)) / (2 * h);
}

/* E min(W, cap), W negative binomial. */
static double capped_mean(double mean, double shape, int cap)
{
    double sum = 0;
    for (int k = 0; k < cap; k++)
        sum += gsl_cdf_negative_binomial_Q((unsigned)k, shape / (shape + mean), shape);
    return sum;
}

double fluid_start(const scenario_t *sc, int a, double users, double opportunities, double budget)
{
    const ad_set_t *ad = &sc->ad_set[a];
    int throttle = ad->method == PACE_BY_THROTTLE;
    int capped = ad->cap[0].impressions && ad->cap[0].window_days >= sc->days;
    double low = throttle ? log(1e-7) : log_value_winning(sc, a, 1e-7);
    double high = throttle ? 0 : fmin(log_bid(sc, a), log_value_winning(sc, a, 0.999));
    for (int k = 0; k < 30; k++) {
        double middle = (low + high) / 2, win;
        double cost = expected_cost(sc, a, throttle ? log_bid(sc, a) : middle, 1, &win);
        double wins = opportunities * win * (throttle ? exp(middle) : 1);
        if (capped)
            wins = users * capped_mean(wins / users, platform_of(sc, a)->activity_shape,
                                       ad->cap[0].impressions);
        *(wins * cost / win < 1000 * budget ? &low : &high) = middle;
    }
    return throttle ? exp(high) : high;
}
