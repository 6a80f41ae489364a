/* test_statistics.c -- the arithmetic of estimates against shared known answers (ids as in
 * configs/reference/cases.json) and by hand. */
#include "sim/metrics/statistics.h"

#include "models/base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#define close_to(a, b, relative)                                                                   \
    assert_true(fabs((double)((a) - (b))) <= (relative)*fabs((double)(b)))

/* ratio_delta_fieller: revenue 120 (sd 60) over spend 50 (sd 15), 400 replications, correlation .35 */
static ratio_t known_ratio(void)
{
    return (ratio_t){.y = 120,
                     .x = 50,
                     .var_y = 60.0 * 60 / 400,
                     .var_x = 15.0 * 15 / 400,
                     .cov = 0.35 * 60 * 15 / 400};
}

static void delta_method_gives_the_known_error(void **state)
{
    (void)state;
    ratio_t r = known_ratio();
    close_to(sqrt(ratio_variance(&r)), 0.05817215828899595, 1e-12);
}

static void fieller_gives_the_known_interval(void **state)
{
    (void)state;
    ratio_t r = known_ratio();
    double low, high;
    assert_true(ratio_fieller(&r, student_quantile(0.975, 399), &low, &high));
    close_to(low, 2.2864550514634994, 1e-9);
    close_to(high, 2.5152856538062385, 1e-9);
}

static void fieller_is_unbounded_when_the_denominator_may_be_zero(void **state)
{
    (void)state;
    ratio_t r = {.y = 1, .x = 1, .var_y = 1, .var_x = 0.3};
    double low, high;
    assert_false(ratio_fieller(&r, 1.96, &low, &high)); /* 1 < 1.96^2 x 0.3 */
    r.var_x = 0.2;
    assert_true(ratio_fieller(&r, 1.96, &low, &high));
    assert_true(low < 1 && high > 1);
}

/* Pairs of two: {m + d, m - d} has luck 2 d^2 and mean m. */
static void pairs_part_luck_from_parameters(void **state)
{
    (void)state;
    const double y[] = {10 + 3, 10 - 3, 20 + 1, 20 - 1, 30 + 2, 30 - 2};
    pair_variance_t v = pair_variance(y, 3);
    close_to(v.luck, 2 * (9 + 1 + 4) / 3.0, 1e-15);
    close_to(v.of_means, 100, 1e-15);
    close_to(v.parameters, 100 - (9 + 1 + 4) / 3.0, 1e-15);
}

static void one_pair_knows_nothing_of_parameters(void **state)
{
    (void)state;
    const double y[] = {1, 5};
    pair_variance_t v = pair_variance(y, 1);
    assert_true(v.luck == 8 && v.parameters == 0 && v.of_means == 0);
}

/* nested_mc at n = 2: variance of means = 8^2 + 30^2/2 and what is left after the luck is 8^2. */
static void luck_is_taken_out_of_the_spread_of_means(void **state)
{
    (void)state;
    double d = sqrt(30.0 * 30 / 2), m = sqrt((64 + 450) / 2.0);
    const double y[] = {m + d, m - d, -m + d, -m - d};
    pair_variance_t v = pair_variance(y, 2);
    close_to(v.luck, 900, 1e-12);
    close_to(v.parameters, 64, 1e-12);
}

/* scaled_predictive_variance: 510,000 of luck at weight 50 are 10,200 of a million people. */
static void luck_of_a_sample_is_divided_by_its_weight(void **state)
{
    (void)state;
    pair_variance_t v = {.luck = 510000, .parameters = 295000};
    close_to(predictive_variance(v, 50, 0), 305200, 1e-15);
    close_to(sqrt(predictive_variance(v, 50, 0)), 552.4490926773253, 1e-12);
    v.parameters = -1;
    close_to(predictive_variance(v, 50, 4), 10204, 1e-15);
}

static void wilson_gives_the_known_interval(void **state)
{
    (void)state;
    double low, high;
    wilson_interval(0.017, 1000, 1.959963984540054, &low, &high); /* ci_wilson */
    close_to(low, 0.010640689856816326, 1e-12);
    close_to(high, 0.027055958840229925, 1e-12);
    wilson_interval(0, 64, 1.96, &low, &high);
    assert_true(low == 0 && high > 0 && high < 0.1);
}

/* Published tables of Student's t. */
static void student_agrees_with_the_tables(void **state)
{
    (void)state;
    close_to(student_quantile(0.975, 3), 3.182446305284263, 1e-9);
    close_to(student_quantile(0.975, 15), 2.131449545559323, 1e-9);
    close_to(student_quantile(0.025, 15), -2.131449545559323, 1e-9);
    close_to(student_quantile(0.975, 1e6), 1.95996636, 1e-8);
    assert_true(student_quantile(0.5, 7) == 0);
    close_to(student_quantile(0.9999, 300), student_quantile(0.9999, 300.001), 1e-6); /* no step */
}

/* As merge_chan: a sum of squares would lose all digits. */
static void a_spread_survives_a_large_offset(void **state)
{
    (void)state;
    const double x[] = {1e9, 1e9 + 1, 1e9 + 2};
    assert_true(deviations_squared(x, 3) == 2);
}

static void skewness_of_a_rare_one_is_known(void **state)
{
    (void)state;
    double x[100] = {0};
    x[0] = 1; /* Bernoulli(.01): (1 - 2p)/sqrt(p(1-p)) */
    close_to(skewness(x, 100), 0.98 / sqrt(0.0099), 1e-12);
    const double same[] = {3, 3, 3};
    assert_true(skewness(same, 3) == 0);
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Whatever the chance, the exact interval of what came of 12 trials holds it in 95 % of runs or more: summed over all
 * that may come. Wilson's does not: .92 at .96. */
static void the_exact_interval_never_holds_less(void **state)
{
    (void)state;
    enum { TRIALS = 12 };
    double low[TRIALS + 1], high[TRIALS + 1];
    for (int x = 0; x <= TRIALS; x++) exact_interval(x, TRIALS, 0.05, &low[x], &high[x]);
    assert_true(low[0] == 0 && high[TRIALS] == 1);
    for (int i = 1; i < 100; i++) {
        double p = i / 100.0, held = 0, choose = 1;
        for (int x = 0; x <= TRIALS; x++) {
            if (p >= low[x] && p <= high[x]) held += choose * pow(p, x) * pow(1 - p, TRIALS - x);
            choose *= (double)(TRIALS - x) / (x + 1);
        }
        assert_true(held >= 0.95);
    }
}

/* The same of a count, whatever was to be expected: summed over all counts that may come. By hand: of 0 events, -ln
 * .025 = 3.689 at the most; of 1, a chance of .025 of 1 or more at -ln .975 = .02532. */
static void the_exact_count_interval_never_holds_less(void **state)
{
    (void)state;
    enum { MOST = 64 };
    double low[MOST], high[MOST];
    for (int x = 0; x < MOST; x++) exact_count_interval(x, 0.05, &low[x], &high[x]);
    assert_true(low[0] == 0 && fabs(high[0] + log(0.025)) < 1e-9);
    assert_true(fabs(low[1] + log(0.975)) < 1e-9);
    for (int i = 1; i <= 150; i++) {
        double mean = i / 10.0, held = 0, chance = exp(-mean);
        for (int x = 0; x < MOST; x++) {
            if (mean >= low[x] && mean <= high[x]) held += chance;
            chance *= mean / (x + 1);
        }
        assert_true(held >= 0.95);
    }
}

static void pairs_gain_what_they_share(void **state)
{
    (void)state;
    assert_true(difference_variance(9, 16, 10) == 5);
    assert_true(variance_in_common(9, 16, 5) == 10);
    assert_true(pairing_gain(9, 16, 5) == 5);
    assert_true(pairing_gain(9, 16, 25) == 1); /* nothing shared, nothing gained */
    assert_true(isinf(pairing_gain(9, 9, 0)));
    assert_true(isnan(pairing_gain(0, 0, 0)));
}

/* All lengths to 64, with many ties: every rank against a sorted copy. */
static void order_statistics_agree_with_sorting(void **state)
{
    (void)state;
    for (uint32_t n = 1; n <= 64; n++) {
        double x[64], sorted[64];
        for (uint32_t k = 0; k < n; k++) {
            for (uint32_t i = 0; i < n; i++)
                sorted[i] = x[i] =
                    (double)(rng_at(rng_key(5), DRAW_PREDICTIVE, 0, 0, i, n, k).word[0] %
                             (1 + n / 2));
            qsort(sorted, n, sizeof *sorted, by_value);
            assert_true(order_statistic(x, n, k) == sorted[k]);
        }
    }
}

static void quantiles_are_values_that_occurred(void **state)
{
    (void)state;
    double x[] = {50, 10, 40, 20, 30};
    assert_true(sample_quantile(x, 5, 0.5) == 30);
    assert_true(sample_quantile(x, 5, 0.2) == 10);
    assert_true(sample_quantile(x, 5, 0.21) == 20);
    assert_true(sample_quantile(x, 5, 1) == 50);
    assert_true(sample_quantile(x, 5, 0) == 10);
    /* all three at once are what they are one by one, for every size and tail */
    double many[40], again[40];
    for (size_t n = 1; n <= 40; n++)
        for (int t = 0; t <= 10; t++) {
            for (size_t k = 0; k < n; k++) many[k] = again[k] = (double)(k * 17 % 23);
            spread_t s = sample_spread(many, n, t / 20.0);
            assert_true(s.lo == sample_quantile(again, n, t / 20.0));
            assert_true(s.p50 == sample_quantile(again, n, 0.5));
            assert_true(s.hi == sample_quantile(again, n, 1 - t / 20.0));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(delta_method_gives_the_known_error),
        cmocka_unit_test(fieller_gives_the_known_interval),
        cmocka_unit_test(fieller_is_unbounded_when_the_denominator_may_be_zero),
        cmocka_unit_test(pairs_part_luck_from_parameters),
        cmocka_unit_test(one_pair_knows_nothing_of_parameters),
        cmocka_unit_test(luck_is_taken_out_of_the_spread_of_means),
        cmocka_unit_test(luck_of_a_sample_is_divided_by_its_weight),
        cmocka_unit_test(wilson_gives_the_known_interval),
        cmocka_unit_test(student_agrees_with_the_tables),
        cmocka_unit_test(a_spread_survives_a_large_offset),
        cmocka_unit_test(skewness_of_a_rare_one_is_known),
        cmocka_unit_test(the_exact_interval_never_holds_less),
        cmocka_unit_test(the_exact_count_interval_never_holds_less),
        cmocka_unit_test(pairs_gain_what_they_share),
        cmocka_unit_test(order_statistics_agree_with_sorting),
        cmocka_unit_test(quantiles_are_values_that_occurred),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
