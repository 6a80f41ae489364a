/* Comparisons of plans whose counts are made by hand, so that their truth is known. */
#include "tests/metrics/evidence.h"

#include "models/base/maths.h"
#include "sim/metrics/comparison.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define close_to(a, b, absolute) assert_true(fabs((double)((a) - (b))) <= (absolute))

enum { PAIRS = 256, PLANS_MADE = 4 };

typedef struct {
    made_t plan[PLANS_MADE];
    estimator_t *estimator[PLANS_MADE];
    comparison_t *comparison;
    int n;
} plans_t;

static void plans_init(plans_t *p, int n, size_t pairs, double weight)
{
    memset(p, 0, sizeof *p);
    p->n = n;
    for (int i = 0; i < n; i++) {
        made_init(&p->plan[i], pairs, weight);
        p->plan[i].evidence.pairs_share = false;
        made_set_all(&p->plan[i], COUNT_SPEND, 1000 * MICROS);
    }
}

static comparison_t *plans_compare(plans_t *p, const char *column)
{
    for (int i = 0; i < p->n; i++)
        if (estimator_new(&p->plan[i].evidence, &p->estimator[i], NULL) != OK) abort();
    if (comparison_new(p->estimator, p->n, &p->comparison, NULL) != OK) abort();
    comparison_take(p->comparison, column_find(column));
    return p->comparison;
}

static void plans_free(plans_t *p)
{
    comparison_delete(p->comparison);
    for (int i = 0; i < p->n; i++) {
        estimator_delete(p->estimator[i]);
        made_free(&p->plan[i]);
    }
}

static double normal_at(uint64_t study, uint32_t replication, uint32_t index)
{
    rng_block_t b = rng_at(rng_key(78), DRAW_PARAMETER, 0, 0, study, replication, index);
    return normal_quantile(rng_unit(b, 0));
}

/* Plan i has reach mean[i] + what all share + what is its own, in each replication. */
static void deal_reach(plans_t *p, const double *mean, double shared, double own, uint64_t study)
{
    for (int i = 0; i < p->n; i++)
        for (size_t r = 0; r < 2 * p->plan[i].evidence.pairs; r++)
            made_set(&p->plan[i], r, COUNT_REACH_1,
                     mean[i] + shared * normal_at(study, (uint32_t)r, 0) +
                         own * normal_at(study, (uint32_t)r, (uint32_t)i + 1));
}

/* The same plan three times: no difference at all, and each is the best in a third of the futures. */
static void equal_plans_are_equal(void **state)
{
    (void)state;
    plans_t p;
    plans_init(&p, 3, PAIRS, 1);
    deal_reach(&p, (double[]){5e6, 5e6, 5e6}, 1e5, 0, 1);
    for (int i = 0; i < 3; i++) p.plan[i].removed[REMOVED_COUNTS * 3 + REMOVED_CLICKS] = 1e10;
    comparison_t *c = plans_compare(&p, "reach");
    difference_t x = comparison_difference(c, 0, 1, 0.95);
    assert_true(x.mean == 0 && x.mc_se == 0 && x.low == 0 && x.high == 0 && x.better == 0.5);
    close_to(x.lo, 0, 1e-3); /* of five million */
    close_to(x.hi, 0, 1e-3);
    assert_true(isinf(x.gain)); /* separate runs would never know */
    assert_true(x.loss == 0);
    double sure[3];
    comparison_bootstrap(c, sure);
    for (int i = 0; i < 3; i++) {
        close_to(comparison_standing(c, i).best, 1.0 / 3, 1e-12);
        assert_true(comparison_standing(c, i).loss == 0);
        close_to(sure[i], 1.0 / 3, 1e-9);
    }
    plans_free(&p);
}

/* 1,000 people more in every replication, whatever its luck: known exactly, though each mean is not. */
static void shared_luck_drops_out(void **state)
{
    (void)state;
    plans_t p;
    plans_init(&p, 2, PAIRS, 1);
    deal_reach(&p, (double[]){5001000, 5000000}, 1e5, 0, 2);
    comparison_t *c = plans_compare(&p, "reach");
    difference_t x = comparison_difference(c, 0, 1, 0.95);
    close_to(x.mean, 1000, 1e-6);
    close_to(x.mc_se, 0, 1e-6);
    close_to(x.lo, 1000, 0.01);
    close_to(x.hi, 1000, 0.01);
    assert_true(x.better == 1 && x.loss == 0);
    difference_t y = comparison_difference(c, 1, 0, 0.95);
    close_to(y.mean, -1000, 1e-6);
    assert_true(y.better == 0);
    close_to(y.loss, 1000, 0.01);
    assert_int_equal(comparison_leader(c), 0);
    plans_free(&p);
}

/* Luck of sd 100 that both share and of sd 25 of each: a difference varies by 25 sqrt 2, not by 103 sqrt 2, so
 * separate runs would take 17 times as many. Over 512 replications the ratio is known to 9 %; 20 % is 2.3 sd. */
static void the_gain_is_what_separate_runs_would_take(void **state)
{
    (void)state;
    plans_t p;
    plans_init(&p, 2, PAIRS, 1);
    deal_reach(&p, (double[]){5e6, 5e6}, 100, 25, 3);
    comparison_t *c = plans_compare(&p, "reach");
    difference_t x = comparison_difference(c, 0, 1, 0.95);
    close_to(x.gain, 17, 3.4);
    /* Fewer degrees of freedom than the normal's widen it by 0.5 %. */
    close_to(x.mc_se, 25 * sqrt(2.0 / 512), 0.2);
    plans_free(&p);
}

/* Plan 0 is 30 better, each has luck of sd 40 of its own: it is better in Phi(30 / (40 sqrt 2)) = 70.2 % of the
 * futures, and choosing the other loses 30 Phi(.53) + 56.6 phi(.53) = 40.7 on average. Over 4,096 draws of 256
 * pairs' luck the share is known to 2.9 %, the loss to 2.5. */
static void chances_and_losses_are_those_of_the_normal_law(void **state)
{
    (void)state;
    plans_t p;
    plans_init(&p, 2, PAIRS, 1);
    deal_reach(&p, (double[]){5000030, 5000000}, 1000, 40, 4);
    comparison_t *c = plans_compare(&p, "reach");
    difference_t x = comparison_difference(c, 0, 1, 0.95);
    /* a draw's luck is +-(y - y')/sqrt 2 of a pair, its mean exact but for the simulation's error */
    double step = x.mean, sd = sqrt(2 * 40 * 40.0);
    close_to(step, 30, 4 * sd / sqrt(2 * PAIRS));
    close_to(x.better, normal_cdf(step / sd), 0.06);
    double density = exp(-step * step / (2 * sd * sd)) / sqrt(2 * 3.14159265358979);
    close_to(comparison_difference(c, 1, 0, 0.95).loss, step * normal_cdf(step / sd) + sd * density,
             5);
    close_to(x.better + comparison_difference(c, 1, 0, 0.95).better, 1, 1e-12);
    close_to(x.loss - comparison_difference(c, 1, 0, 0.95).loss, -step, 4);
    plans_free(&p);
}

/* Of a cost the smaller is the better one; a plan without a value is the worst. */
static void the_cheaper_plan_is_better(void **state)
{
    (void)state;
    plans_t p;
    plans_init(&p, 3, 4, 1);
    made_set_all(&p.plan[0], COUNT_IMPRESSIONS, 200000); /* CPM 5 */
    made_set_all(&p.plan[1], COUNT_IMPRESSIONS, 250000); /* CPM 4 */
    comparison_t *c = plans_compare(&p, "cpm");
    assert_int_equal(comparison_leader(c), 1);
    close_to(comparison_difference(c, 0, 1, 0.95).mean, 1, 1e-12);
    assert_true(comparison_difference(c, 1, 0, 0.95).better == 1);
    assert_true(isnan(comparison_difference(c, 1, 2, 0.95).mean));
    assert_true(comparison_standing(c, 1).best == 1);
    assert_true(comparison_standing(c, 2).best == 0);
    close_to(comparison_standing(c, 0).loss, 1, 1e-9);
    close_to(comparison_probability(c, 1, true, 4.5), 1, 0);
    close_to(comparison_probability(c, 0, true, 4.5), 0, 0);
    close_to(comparison_probability(c, 2, false, 0), 0, 0);
    plans_free(&p);
}

/* Events that were expected, not drawn: of plans that share their luck they are the same events, of plans that do
 * not they are not. Each plan has an event variance of 100^2. */
static double spread_with_events(double shared, double own)
{
    plans_t p;
    plans_init(&p, 2, PAIRS, 1);
    for (int i = 0; i < 2; i++)
        for (size_t r = 0; r < 2 * PAIRS; r++)
            made_set(&p.plan[i], r, COUNT_CLICKS,
                     (1e6 + shared * normal_at(5, (uint32_t)r, 0) +
                      own * normal_at(5, (uint32_t)r, (uint32_t)i + 1)) *
                         EVENT_ONE);
    for (int i = 0; i < 2; i++)
        for (int scope = 0; scope < MADE_SCOPES; scope++)
            p.plan[i].removed[scope * REMOVED_COUNTS + REMOVED_CLICKS] = 1e4;
    comparison_t *c = plans_compare(&p, "clicks");
    difference_t x = comparison_difference(c, 0, 1, 0.95);
    double spread = (x.hi - x.lo) / 2.5631; /* of a normal law's 80 % */
    plans_free(&p);
    return spread;
}

static void plans_share_events_as_they_share_luck(void **state)
{
    (void)state;
    assert_true(spread_with_events(10, 0.001) < 1);
    /* luck of sd 10 each, events of sd 100 each: sqrt(2 (10^2 + 100^2)) = 142; 4,096 draws: +- 2 % */
    close_to(spread_with_events(0.001, 10), 142, 9);
    /* half of the luck's variance is shared, so half of the events': sqrt((50 + 50) + (1e4 + ...)) = 100.5 */
    close_to(spread_with_events(sqrt(50), sqrt(50)), 100.5, 9);
}

/* All that plan 0 shows is among what plan 1 does, which shows as much again: luck of variance 100 and 200, events of
 * 100^2 and twice that. The difference is what plan 1 shows besides: sqrt(100 + 100^2) = 100.5. (A correlation, .71,
 * would share that part of the events, and give 126.) */
static void what_is_among_the_other_is_shared_as_a_whole(void **state)
{
    (void)state;
    plans_t p;
    plans_init(&p, 2, PAIRS, 1);
    for (int i = 0; i < 2; i++) {
        for (size_t r = 0; r < 2 * PAIRS; r++) {
            double both = normal_at(9, (uint32_t)r, 0), more = normal_at(9, (uint32_t)r, 1);
            made_set(&p.plan[i], r, COUNT_CLICKS,
                     (1e6 + 10 * both + (i ? 1e6 + 10 * more : 0)) * EVENT_ONE);
        }
        for (int scope = 0; scope < MADE_SCOPES; scope++)
            p.plan[i].removed[scope * REMOVED_COUNTS + REMOVED_CLICKS] = (1 + i) * 1e4;
    }
    difference_t x = comparison_difference(plans_compare(&p, "clicks"), 0, 1, 0.95);
    close_to((x.hi - x.lo) / 2.5631, 100.5, 9);
    plans_free(&p);
}

/* How often the ranges of all three differences hold the truth: at least in 95 % of 1,000 studies. Bonferroni
 * gives 95.6 % here; 1,000 studies know that to 0.65 %, so 93.7 % is passed by chance once in 500, and an error
 * of the mean that is 10 % too small (92 %) is caught. */
static void all_pairs_are_held_at_once(void **state)
{
    (void)state;
    enum { STUDIES = 1000 };
    const double mean[] = {5e6, 5e6 + 3, 5e6 - 4};
    int held = 0;
    for (uint64_t study = 0; study < STUDIES; study++) {
        plans_t p;
        plans_init(&p, 3, 8, 1);
        deal_reach(&p, mean, 50, 10, 100 + study);
        comparison_t *c = plans_compare(&p, "reach");
        bool all = true;
        for (int a = 0; a < 3; a++)
            for (int b = a + 1; b < 3; b++) {
                difference_t x = comparison_difference(c, a, b, 0.95);
                double truth = mean[a] - mean[b];
                all &= x.low <= truth && truth <= x.high;
            }
        held += all;
        plans_free(&p);
    }
    assert_in_range(held, (int)(0.937 * STUDIES), (int)(0.978 * STUDIES));
}

/* How sure the simulation is of its leader: means .1 apart, errors .05 and .06, correlation 0.9, are told apart
 * in Phi(.1 / .0265) = 99.99 % of samples, independent ones in 90 % (MODEL 5.7). */
static double sure_of_leader(double shared, double own_a, double own_b)
{
    plans_t p;
    plans_init(&p, 2, PAIRS, 1);
    double scale = sqrt(2 * PAIRS), sum[3] = {0};
    for (uint32_t r = 0; r < 2 * PAIRS; r++)
        for (uint32_t k = 0; k < 3; k++) sum[k] += normal_at(6, r, k) / (2 * PAIRS);
    for (uint32_t r = 0; r < 2 * PAIRS; r++) {
        double luck = normal_at(6, r, 0) - sum[0];
        double a = normal_at(6, r, 1) - sum[1], b = normal_at(6, r, 2) - sum[2];
        made_set(&p.plan[0], r, COUNT_CLICKS,
                 (1000.1 + scale * (shared * luck + own_a * a)) * EVENT_ONE);
        made_set(&p.plan[1], r, COUNT_CLICKS,
                 (1000 + scale * (shared * luck + own_b * b)) * EVENT_ONE);
    }
    double sure[2];
    comparison_bootstrap(plans_compare(&p, "clicks"), sure);
    close_to(sure[0] + sure[1], 1, 1e-9);
    plans_free(&p);
    return sure[0];
}

static void the_bootstrap_is_as_sure_as_the_normal_law(void **state)
{
    (void)state;
    close_to(sure_of_leader(0, 0.05, 0.06), 0.8998, 0.02);
    /* 0.052^2 shared; the rest of .05^2 + .06^2 - 2 x .0027 = 0.0007 is .0265^2 */
    assert_true(sure_of_leader(0.052, 0.0187, 0.0187) > 0.998);
}

/* Another sample of people moves both plans alike: the groups' parts are subtracted before they are squared. */
static void shared_people_drop_out(void **state)
{
    (void)state;
    double even[JACKKNIFE_GROUPS], odd[JACKKNIFE_GROUPS];
    for (int g = 0; g < JACKKNIFE_GROUPS; g++) {
        even[g] = (1 + (g % 2 ? 0.1 : -0.1)) / JACKKNIFE_GROUPS;
        odd[g] = (1 - (g % 2 ? 0.1 : -0.1)) / JACKKNIFE_GROUPS;
    }
    for (int opposed = 0; opposed < 2; opposed++) {
        plans_t p;
        plans_init(&p, 2, 64, 50);
        deal_reach(&p, (double[]){5e5, 5e5}, 10, 0, 7);
        made_deal(&p.plan[0], COUNT_REACH_1, even);
        made_deal(&p.plan[1], COUNT_REACH_1, opposed ? odd : even);
        comparison_t *c = plans_compare(&p, "reach");
        difference_t x = comparison_difference(c, 0, 1, 0.95);
        /* Each mean is unsure by 0.1 / 4 of it, as 16 groups that vary by 10 % are: 25e6 x .1 / 4 x 16/15. */
        if (opposed)
            assert_true(x.people_se > 2 * 25e6 * 0.1 / 4 && x.people_se < 2.4 * 25e6 * 0.1 / 4);
        else
            assert_true(x.people_se < 1);
        plans_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_plans_are_equal),
        cmocka_unit_test(shared_luck_drops_out),
        cmocka_unit_test(the_gain_is_what_separate_runs_would_take),
        cmocka_unit_test(chances_and_losses_are_those_of_the_normal_law),
        cmocka_unit_test(the_cheaper_plan_is_better),
        cmocka_unit_test(plans_share_events_as_they_share_luck),
        cmocka_unit_test(what_is_among_the_other_is_shared_as_a_whole),
        cmocka_unit_test(all_pairs_are_held_at_once),
        cmocka_unit_test(the_bootstrap_is_as_sure_as_the_normal_law),
        cmocka_unit_test(shared_people_drop_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
