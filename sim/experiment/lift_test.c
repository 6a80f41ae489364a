/* lift_test.c -- arms of every replication, and what they come to. */
#include "sim/experiment/lift_test.h"
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "models/response/experiment.h"
#include "sim/engine/membership.h"
#include "sim/metrics/statistics.h"

#include <math.h>
#include <stdlib.h>

const char *lift_estimator_word(lift_estimator_t which)
{
    static const char *const word[] = {"itt", "ghost_ads", "psa", "exposed_vs_unexposed", "geo"};
    return word[which];
}

/* ---- one replication ---- */

static const int64_t *plan_counts(const evidence_t *v, size_t replication)
{
    size_t rows = (size_t)scopes_rows(v->scopes), plan = (size_t)scope_plan(v->scopes);
    return v->value + (replication * rows + plan) * COUNTS;
}

static double seen(const int64_t *count, int what)
{
    return (double)count[COUNT_TRIAL + what];
}

/* What is compared; `expected`: orders a person of both arms, as endless draws would have them. */
typedef struct {
    test_arm_t arm[TRIAL_ARMS];
    double expected[TRIAL_ARMS];
} compared_t;

static test_arm_t arm_of(const int64_t *count, trial_t people, trial_t orders, trial_t squares,
                         int arm)
{
    return (test_arm_t){seen(count, (int)people + arm), seen(count, (int)orders + arm),
                        seen(count, (int)squares + arm)};
}

/* Orders of one arm as they are expected, the caused ones among the treated. */
static double expected_orders(const int64_t *count, trial_t organic, int arm)
{
    double caused = arm == ARM_TREATED ? seen(count, TRIAL_CAUSED) : 0;
    return (seen(count, (int)organic + arm) + caused) / EVENT_ONE;
}

static compared_t by_coin(const int64_t *count, bool exposed)
{
    compared_t c;
    for (int k = 0; k < TRIAL_ARMS; k++) {
        c.arm[k] = exposed ? arm_of(count, TRIAL_EXPOSED, TRIAL_AFTER, TRIAL_AFTER_SQUARES, k)
                           : arm_of(count, TRIAL_PEOPLE, TRIAL_ORDERS, TRIAL_SQUARES, k);
        c.expected[k] = expected_orders(count, exposed ? TRIAL_ORGANIC_AFTER : TRIAL_ORGANIC, k) /
                        c.arm[k].people;
    }
    return c;
}

/* Exposed against unexposed people, all treated. Who is exposed may depend on her orders, those before
 * included, so that nothing but what was drawn will do. */
static compared_t by_exposure(const int64_t *count)
{
    test_arm_t all = arm_of(count, TRIAL_PEOPLE, TRIAL_ORDERS, TRIAL_SQUARES, ARM_TREATED);
    test_arm_t reached = {seen(count, TRIAL_EXPOSED + ARM_TREATED),
                          seen(count, TRIAL_EXPOSED_ORDERS), seen(count, TRIAL_EXPOSED_SQUARES)};
    test_arm_t others = {all.people - reached.people, all.orders - reached.orders,
                         all.squares - reached.squares};
    return (compared_t){{reached, others}, {arm_mean(reached), arm_mean(others)}};
}

static compared_t compared_by(const int64_t *count, lift_estimator_t which)
{
    return which == LIFT_EXPOSED ? by_exposure(count) : by_coin(count, which != LIFT_ITT);
}

/* What ads cause an average treated person of the comparison. */
static double truth_of(const int64_t *count, const compared_t *c)
{
    return seen(count, TRIAL_CAUSED) / EVENT_ONE / c->arm[ARM_TREATED].people;
}

/* ---- all of them ---- */

/* Means over replications. */
typedef struct {
    double people[TRIAL_ARMS], orders[TRIAL_ARMS], rate[TRIAL_ARMS];
    double variance[TRIAL_ARMS]; /* of a person's orders */
    double assigned;             /* people of both arms, exposed or not */
    double exposed;              /* ... those who were shown an ad, or would have been */
    double base; /* orders of an exposed person without ads, after her first impression */
    double true_effect, se, power, covered, price;
} means_t;

static void add_replication(means_t *m, const evidence_t *v, const compared_t *c,
                            const int64_t *count)
{
    const lift_test_t *test = &v->scenario->experiment;
    contrast_t seen_by = contrast_of_arms(c->arm[ARM_TREATED], c->arm[ARM_HELD]);
    double truth = truth_of(count, c), se = seen_by.se / sqrt(v->weight);
    double organic = 0, exposed = 0;
    for (int k = 0; k < TRIAL_ARMS; k++) {
        m->people[k] += c->arm[k].people;
        m->orders[k] += c->arm[k].orders;
        m->rate[k] += c->expected[k];
        m->variance[k] += arm_variance(c->arm[k]);
        m->assigned += seen(count, TRIAL_PEOPLE + k);
        exposed += seen(count, TRIAL_EXPOSED + k);
        organic += seen(count, TRIAL_ORGANIC_AFTER + k) / EVENT_ONE;
    }
    m->exposed += exposed;
    m->base += organic / exposed;
    m->true_effect += truth;
    m->se += se;
    m->power += contrast_power(truth, se, test->confidence);
    m->covered += fabs(seen_by.effect - truth) <= critical_value(test->confidence) * seen_by.se;
    m->price += (double)count[COUNT_GHOST_PRICE] / MICROS;
}

static void divide(means_t *m, double n)
{
    double *field = (double *)m;
    for (size_t k = 0; k < sizeof *m / sizeof *field; k++) field[k] /= n;
}

static lift_result_t unknown(void)
{
    lift_result_t x;
    double *field = (double *)&x;
    for (size_t k = 0; k < sizeof x / sizeof *field; k++) field[k] = NAN;
    return x;
}

/* Effects of every replication: as a test among the simulated people finds them, and as expected. */
typedef struct {
    double *found, *expected;
} effects_found_t;

/* Where a test's effect falls about its mean: by what people do, and by what we do not know. */
static void find_range(const evidence_t *v, const effects_found_t *e, lift_result_t *x)
{
    pair_variance_t draws = pair_variance(e->found, v->pairs),
                    means = pair_variance(e->expected, v->pairs);
    double not_known = v->pairs_share ? fmax(0, means.parameters) : 0;
    double z = normal_quantile((1 + v->scenario->interval) / 2);
    double half = z * sqrt(not_known + draws.luck / v->weight);
    x->effect = mean_of(e->expected, 2 * v->pairs);
    x->lo = x->effect - half;
    x->hi = x->effect + half;
    x->mc_se = sqrt(means.of_means / (double)v->pairs);
}

/* The lift that is to be found is one of the people reached: among all who are compared it is diluted. Effects
 * and variances both grow with the time. */
static void find_size(const evidence_t *v, const means_t *m, lift_result_t *x)
{
    const lift_test_t *test = &v->scenario->experiment;
    double compared = m->people[ARM_TREATED] + m->people[ARM_HELD];
    double diluted = m->base * fmin(1, m->exposed / compared);
    x->detectable_lift = detectable_effect(test, m->se) / diluted;
    x->people = people_for_effect(test, test->lift * diluted, m->people[ARM_HELD] / compared,
                                  m->variance[ARM_TREATED], m->variance[ARM_HELD]) *
                m->assigned / compared;
    double days = v->scenario->days + v->scenario->attribution.click_window_days;
    x->weeks = days / 7 * x->people / (v->weight * m->assigned);
}

/* With fewer orders in an arm the normal interval is none. */
static const double ORDERS_FOR_INTERVAL = 10;

static lift_result_t result_of(const evidence_t *v, lift_estimator_t which, const means_t *m,
                               const effects_found_t *effects)
{
    double w = v->weight, se[TRIAL_ARMS];
    lift_result_t x = unknown();
    for (int k = 0; k < TRIAL_ARMS; k++) se[k] = sqrt(m->variance[k] / (w * m->people[k]));
    contrast_t c =
        contrast_of_means(m->rate[ARM_TREATED], se[ARM_TREATED], m->rate[ARM_HELD], se[ARM_HELD]);
    x.treated_people = w * m->people[ARM_TREATED];
    x.held_people = w * m->people[ARM_HELD];
    x.treated_rate = m->rate[ARM_TREATED];
    x.held_rate = m->rate[ARM_HELD];
    x.true_effect = m->true_effect;
    x.se = m->se;
    x.lift = c.lift;
    x.lift_se = c.lift_se;
    double base = which == LIFT_ITT ? m->rate[ARM_HELD] : m->base;
    if (base > 0) x.true_lift = m->true_effect / base;
    if (fmin(m->orders[ARM_TREATED], m->orders[ARM_HELD]) >= ORDERS_FOR_INTERVAL)
        x.coverage = m->covered;
    x.power = m->power;
    x.control_cost = which == LIFT_PSA ? w * m->price : 0;
    find_range(v, effects, &x);
    if (which != LIFT_EXPOSED && m->base > 0) find_size(v, m, &x);
    return x;
}

/* False where an arm has too few people to tell anything. */
static bool add_up(const evidence_t *v, lift_estimator_t which, means_t *m, effects_found_t *e)
{
    for (size_t r = 0; r < 2 * v->pairs; r++) {
        const int64_t *count = plan_counts(v, r);
        compared_t c = compared_by(count, which);
        if (fmin(c.arm[ARM_TREATED].people, c.arm[ARM_HELD].people) < 2) return false;
        e->found[r] = arm_mean(c.arm[ARM_TREATED]) - arm_mean(c.arm[ARM_HELD]);
        e->expected[r] = c.expected[ARM_TREATED] - c.expected[ARM_HELD];
        add_replication(m, v, &c, count);
    }
    divide(m, (double)(2 * v->pairs));
    return v->pairs > 0;
}

/* ---- regions ---- */

/* The arms of all real people, as they are expected without ads. */
static regions_t regions_of(const evidence_t *v, const int64_t *count, int arm)
{
    double unit = v->weight / EVENT_ONE, spread = unit * seen(count, TRIAL_SPREAD + arm);
    return (regions_t){unit * seen(count, TRIAL_BEFORE + arm),
                       unit * seen(count, TRIAL_ORGANIC + arm), spread * spread};
}

/* ... and as one test sees them. */
static regions_t regions_seen(const evidence_t *v, const int64_t *count, int arm)
{
    double squares = regions_of(v, count, arm).squares;
    return (regions_t){seen(count, TRIAL_SEEN_BEFORE + arm), seen(count, TRIAL_SEEN + arm),
                       squares};
}

/* Orders average out over time, what regions do by themselves does not: weeks for the wanted lift, of a test whose
 * lift has this variance, so much of it from the regions; NAN if no time is enough. */
static double weeks_of_regions(const evidence_t *v, double variance, double of_regions)
{
    const lift_test_t *test = &v->scenario->experiment;
    double days = v->scenario->days + v->scenario->attribution.click_window_days;
    double wanted = test->lift / detectable_effect(test, 1), left = wanted * wanted - of_regions;
    return left > 0 ? days / 7 * (variance - of_regions) / left : NAN;
}

/* One test: of a person of the treated regions. */
typedef struct {
    double truth, found; /* what ads cause; what the test takes for it */
    double reported;     /* the error it would report */
    double se, alone;    /* that it has, and that of orders alone, if regions did not change */
    double people[TRIAL_ARMS], organic[TRIAL_ARMS];
} geo_test_t;

static geo_test_t geo_test(const evidence_t *v, const int64_t *count)
{
    double sd = v->scenario->experiment.region_sd;
    regions_t arm[TRIAL_ARMS], saw[TRIAL_ARMS];
    geo_test_t t;
    for (int k = 0; k < TRIAL_ARMS; k++) {
        arm[k] = regions_of(v, count, k);
        saw[k] = regions_seen(v, count, k);
        t.people[k] = v->weight * seen(count, TRIAL_PEOPLE + k);
        t.organic[k] = arm[k].during;
    }
    double caused = v->weight * seen(count, TRIAL_CAUSED) / EVENT_ONE,
           people = t.people[ARM_TREATED];
    double found = regions_effect(saw[ARM_TREATED], saw[ARM_HELD]);
    saw[ARM_TREATED].during -= found; /* what the test takes for orders without ads */
    t.truth = caused / people;
    t.found = found / people;
    t.reported = regions_se(saw[ARM_TREATED], saw[ARM_HELD], found, sd) / people;
    t.se = regions_se(arm[ARM_TREATED], arm[ARM_HELD], caused, sd) / people;
    t.alone = regions_se(arm[ARM_TREATED], arm[ARM_HELD], caused, 0) / people;
    return t;
}

/* Means over tests. */
typedef struct {
    double truth, reported, variance, alone, power, covered;
    double people[TRIAL_ARMS], organic[TRIAL_ARMS];
} geo_means_t;

static geo_means_t geo_add_up(const evidence_t *v, effects_found_t *e)
{
    const lift_test_t *test = &v->scenario->experiment;
    geo_means_t m = {.truth = 0};
    size_t n = 2 * v->pairs;
    for (size_t r = 0; r < n; r++) {
        geo_test_t t = geo_test(v, plan_counts(v, r));
        e->found[r] = t.found;
        e->expected[r] = t.truth;
        m.truth += t.truth;
        m.reported += t.reported;
        m.variance += t.se * t.se;
        m.alone += t.alone * t.alone;
        m.power += contrast_power(t.truth, t.se, test->confidence);
        m.covered += fabs(t.found - t.truth) <= critical_value(test->confidence) * t.reported;
        for (int k = 0; k < TRIAL_ARMS; k++) {
            m.people[k] += t.people[k];
            m.organic[k] += t.organic[k];
        }
    }
    double *field = (double *)&m;
    for (size_t k = 0; k < sizeof m / sizeof *field; k++) field[k] /= (double)n;
    return m;
}

/* Where a test's effect falls: errors are of all real people already; what ads cause differs by the luck of those
 * simulated, and by what we do not know. Leaves errors where effects were found. */
static void geo_range(const evidence_t *v, effects_found_t *e, lift_result_t *x)
{
    size_t n = 2 * v->pairs;
    x->effect = mean_of(e->found, n);
    x->mc_se = sqrt(pair_variance(e->found, v->pairs).of_means / (double)v->pairs);
    for (size_t r = 0; r < n; r++) e->found[r] -= e->expected[r];
    pair_variance_t errors = pair_variance(e->found, v->pairs),
                    caused = pair_variance(e->expected, v->pairs);
    double not_known = v->pairs_share ? fmax(0, caused.parameters) : 0;
    double half = critical_value(v->scenario->interval) *
                  sqrt(errors.luck + caused.luck / v->weight + not_known);
    x->lo = x->effect - half;
    x->hi = x->effect + half;
}

static lift_result_t geo_result(const evidence_t *v, effects_found_t *e)
{
    const lift_test_t *test = &v->scenario->experiment;
    geo_means_t m = geo_add_up(v, e);
    lift_result_t x = unknown();
    geo_range(v, e, &x);
    double people = m.people[ARM_TREATED], rate = m.organic[ARM_TREATED] / people;
    x.treated_people = people;
    x.held_people = m.people[ARM_HELD];
    x.treated_rate = rate + m.truth;
    x.held_rate = m.organic[ARM_HELD] / x.held_people;
    x.true_effect = m.truth;
    x.se = m.reported;
    x.coverage = m.covered;
    x.lift = x.effect / rate;
    x.lift_se = x.se / rate;
    x.true_lift = x.true_effect / rate;
    x.power = m.power;
    x.detectable_lift = detectable_effect(test, sqrt(m.variance)) / rate;
    x.weeks =
        weeks_of_regions(v, m.variance / (rate * rate), (m.variance - m.alone) / (rate * rate));
    x.control_cost = 0;
    return x;
}

bool lift_estimator_fits(const scenario_t *sc, lift_estimator_t which)
{
    return (sc->experiment.design == EXPERIMENT_GEO) == (which == LIFT_GEO);
}

status_t lift_test_result(const evidence_t *v, lift_estimator_t which, lift_result_t *out,
                          error_t *err)
{
    means_t m = {.assigned = 0};
    size_t n = 2 * v->pairs + 1;
    effects_found_t e = {calloc(n, sizeof(double)), calloc(n, sizeof(double))};
    status_t st = e.found && e.expected ? OK : fail_memory(err, "the lift test");
    *out = unknown();
    if (st == OK && which == LIFT_GEO && v->pairs)
        *out = geo_result(v, &e);
    else if (st == OK && which != LIFT_GEO && add_up(v, which, &m, &e))
        *out = result_of(v, which, &m, &e);
    free(e.found);
    free(e.expected);
    return st;
}
