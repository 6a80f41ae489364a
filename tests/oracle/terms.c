/* terms.c -- see terms.h. */
#include "tests/oracle/terms.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_math.h>
#include <gsl/gsl_randist.h>
#include <math.h>

enum { NODES = 120 };

static const platform_t *platform_of(const scenario_t *sc, int a)
{
    return &sc->platform[sc->ad_set[a].platform];
}

static objective_t objective_of(const scenario_t *sc, int a)
{
    return sc->campaign[sc->ad_set[a].campaign].objective;
}

static double ctr_of(const scenario_t *sc, int a, int creative)
{
    double ctr = sc->creative[creative].ctr;
    return isnan(ctr) ? platform_of(sc, a)->ctr : ctr;
}

static double cvr_of(const scenario_t *sc, int a)
{
    return isnan(sc->ad_set[a].cvr) ? sc->response.cvr : sc->ad_set[a].cvr;
}

/* ---- bids (MODEL 3.4) ---- */

/* Results per impression that the platform expects of the average person. */
static double expected_action_rate(const scenario_t *sc, int a)
{
    const ad_set_t *ad = &sc->ad_set[a];
    double clicks = 0, weights = 0;
    for (int c = ad->first_creative; c < ad->first_creative + ad->n_creatives; c++) {
        clicks += sc->creative[c].weight * ctr_of(sc, a, c);
        weights += sc->creative[c].weight;
    }
    clicks /= weights;
    switch (objective_of(sc, a)) {
    case OBJECTIVE_TRAFFIC: return clicks;
    case OBJECTIVE_SALES:
        return clicks * sc->response.visit_rate * cvr_of(sc, a) +
               platform_of(sc, a)->viewability * sc->response.view_conversion;
    default: return 1;
    }
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
    return sc->ad_set[a].strategy != BID_MANUAL_CPM && objective_of(sc, a) != OBJECTIVE_AWARENESS;
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

double order_intercept(const scenario_t *sc, int a, double factor)
{
    return calibrated_intercept(factor * cvr_of(sc, a), sc->response.person_sd);
}

double profile_upto(const scenario_t *sc, int a, double hour)
{
    const platform_t *p = platform_of(sc, a);
    double turn = 2 * M_PI / 24;
    return (hour + p->hours_amplitude / turn *
                       (sin(turn * (hour - p->hours_peak)) + sin(turn * p->hours_peak))) /
           (24.0 * sc->days);
}

/* ---- pacing (MODEL 3.5) ---- */

double log_value_winning(const scenario_t *sc, int a, double share)
{
    const platform_t *p = platform_of(sc, a);
    return log(p->rival_median_cpm / sc->ad_set[a].quality) +
           hypot(p->rival_log_sd, p->score_noise) * gsl_cdf_ugaussian_Pinv(share);
}

/* E[price; win] of an opportunity, CPM, and P(win): of the average person or of anyone. What is foreseen,
 * F, raises value and limit alike, so that a person counts by D = ln Y - F, normal over people and rivals;
 * ln Y is regressed on it. Simpson's rule up to the highest D that can be won. */
static double expected_cost(const scenario_t *sc, int a, double log_value, int anyone, double *win)
{
    const platform_t *p = platform_of(sc, a);
    double foreseen = anyone * gsl_pow_2(foreseen_log_sd(sc, a)), tau = p->score_noise;
    double rivals = gsl_pow_2(p->rival_log_sd) + anyone * gsl_pow_2(p->desirability);
    double mu = log(p->rival_median_cpm / sc->ad_set[a].quality), centre = mu + foreseen / 2;
    double sd = sqrt(rivals + foreseen), share = rivals / (rivals + foreseen), cost = 0;
    double top = fmin(centre + 9 * sd, tau > 0 ? log_stated(sc, a) : log_value);
    double low = fmin(centre - 9 * sd, top - sd), step = (top - low) / NODES;
    *win = 0;
    for (int k = 0; k <= NODES; k++) {
        double d = low + k * step, met = fmax(d, log(p->reserve_cpm));
        if (met > top + 1e-9) continue;
        double weight = (k == 0 || k == NODES ? 1 : 2 + 2 * (k % 2)) * step / 3;
        weight *= gsl_ran_gaussian_pdf(d - centre, sd);
        if (tau > 0) weight *= gsl_cdf_ugaussian_P((log_value - met) / tau);
        double price = fmax(mu + share * (d - centre), log(p->reserve_cpm));
        *win += weight;
        cost += weight * exp(price + rivals * (1 - share) / 2);
    }
    return cost;
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
    double high = throttle ? 0 : fmin(log_stated(sc, a), log_value_winning(sc, a, 0.999));
    for (int k = 0; k < 30; k++) {
        double middle = (low + high) / 2, win;
        double cost = expected_cost(sc, a, throttle ? log_stated(sc, a) : middle, 1, &win);
        double wins = opportunities * win * (throttle ? exp(middle) : 1);
        if (capped)
            wins = users * capped_mean(wins / users, platform_of(sc, a)->activity_shape,
                                       ad->cap[0].impressions);
        *(wins * cost / win < 1000 * budget ? &low : &high) = middle;
    }
    return throttle ? exp(high) : high;
}
