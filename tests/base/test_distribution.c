/* test_distribution.c -- laws of uncertain numbers keep what they were fitted to. */
#include "models/base/distribution.h"
#include "models/base/maths.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool near(double value, double truth, double relative)
{
    return fabs(value - truth) <= relative * fabs(truth);
}

static void a_range_holds_the_10th_and_90th_percentile(void **state)
{
    (void)state;
    distribution_t d;
    assert_true(distribution_from_range(FAMILY_SHARE, 0.02, 0.04, &d));
    assert_int_equal(d.law, LAW_LOGIT_NORMAL);
    assert_true(near(distribution_quantile(d, 0.1), 0.02, 1e-14));
    assert_true(near(distribution_quantile(d, 0.9), 0.04, 1e-14));
    assert_true(distribution_from_range(FAMILY_POSITIVE, 3, 12, &d));
    assert_int_equal(d.law, LAW_LOGNORMAL);
    assert_true(near(distribution_quantile(d, 0.5), 6, 1e-14)); /* sqrt(3 x 12) */
    assert_true(near(distribution_quantile(d, 0.9), 12, 1e-14));
    assert_true(distribution_from_range(FAMILY_REAL, -1, 3, &d));
    assert_int_equal(d.law, LAW_NORMAL);
    assert_true(near(distribution_quantile(d, 0.1), -1, 1e-14));
    assert_true(distribution_mean(d) == 1);
}

static void a_median_stays_the_median(void **state)
{
    (void)state;
    distribution_t d;
    assert_true(distribution_from_median_p90(FAMILY_POSITIVE, 31, 42, &d));
    assert_true(near(distribution_quantile(d, 0.5), 31, 1e-14));
    assert_true(near(distribution_quantile(d, 0.9), 42, 1e-14));
    assert_true(distribution_from_median_p90(FAMILY_SHARE, 0.3, 0.6, &d));
    assert_true(near(distribution_quantile(d, 0.9), 0.6, 1e-14));
}

static void moments_are_kept(void **state)
{
    (void)state;
    const struct {
        family_t family;
        double mean, sd;
        law_t law;
    } rows[] = {{FAMILY_SHARE, 0.45, 0.11, LAW_BETA},
                {FAMILY_POSITIVE, 40, 30, LAW_LOGNORMAL},
                {FAMILY_REAL, -2, 5, LAW_NORMAL}};
    for (size_t i = 0; i < 3; i++) {
        distribution_t d;
        assert_true(distribution_from_moments(rows[i].family, rows[i].mean, rows[i].sd, &d));
        assert_int_equal(d.law, rows[i].law);
        assert_true(near(distribution_mean(d), rows[i].mean, 1e-14));
        assert_true(near(distribution_sd(d), rows[i].sd, 1e-13));
    }
}

static void what_no_law_fits_is_refused(void **state)
{
    (void)state;
    distribution_t d;
    assert_false(distribution_from_range(FAMILY_SHARE, 0.4, 0.2, &d));
    assert_false(distribution_from_range(FAMILY_SHARE, 0.2, 0.2, &d));
    assert_false(distribution_from_range(FAMILY_SHARE, 0, 0.2, &d));
    assert_false(distribution_from_range(FAMILY_SHARE, 0.2, 1, &d));
    assert_false(distribution_from_range(FAMILY_POSITIVE, -1, 2, &d));
    assert_false(distribution_from_range(FAMILY_REAL, NAN, 2, &d));
    assert_false(distribution_from_median_p90(FAMILY_POSITIVE, 3, 2, &d));
    assert_false(distribution_from_moments(FAMILY_SHARE, 0.5, 0.5, &d)); /* beyond any beta */
    assert_false(distribution_from_moments(FAMILY_POSITIVE, 3, 0, &d));
    assert_false(distribution_from_moments(FAMILY_REAL, 3, INFINITY, &d));
}

static const distribution_t laws[] = {
    {LAW_CERTAIN, 3, 0},         {LAW_NORMAL, 1, 2}, {LAW_LOGNORMAL, 0.5, 0.7},
    {LAW_LOGIT_NORMAL, -3, 1.4}, {LAW_BETA, 9, 11},  {LAW_UNIFORM, -1, 4},
    {LAW_GAMMA, 2.5, 3},
};
enum { LAWS = sizeof laws / sizeof *laws, GRID = 100000 };

/* Mean and sd against the midpoint rule over the quantile function; its error is in the tails, below
 * 1e-3 of an sd for the heaviest of these. */
static void mean_and_sd_are_those_of_the_quantiles(void **state)
{
    (void)state;
    for (int l = 0; l < LAWS; l++) {
        double sum = 0, squares = 0;
        for (int i = 0; i < GRID; i++) {
            double x = distribution_quantile(laws[l], (i + 0.5) / GRID);
            sum += x / GRID;
            squares += x * x / GRID;
        }
        assert_true(fabs(distribution_mean(laws[l]) - sum) < 1e-4);
        assert_true(fabs(distribution_sd(laws[l]) - sqrt(fmax(0, squares - sum * sum))) < 2e-3);
    }
}

static void quantiles_rise_with_the_uniform(void **state)
{
    (void)state;
    for (int l = 1; l < LAWS; l++)
        for (int i = 1; i < 2000; i++)
            assert_true(distribution_quantile(laws[l], (i + 1) / 2001.) >
                        distribution_quantile(laws[l], i / 2001.));
}

static void the_widest_spread_makes_a_coin(void **state)
{
    (void)state;
    /* sd of the logit 200: the value is 0 or 1, each with probability one half. */
    distribution_t d = {LAW_LOGIT_NORMAL, 0, 200};
    assert_true(near(distribution_mean(d), 0.5, 1e-9));
    assert_true(near(distribution_sd(d), 0.5, 5e-3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_range_holds_the_10th_and_90th_percentile),
        cmocka_unit_test(a_median_stays_the_median),
        cmocka_unit_test(moments_are_kept),
        cmocka_unit_test(what_no_law_fits_is_refused),
        cmocka_unit_test(mean_and_sd_are_those_of_the_quantiles),
        cmocka_unit_test(quantiles_rise_with_the_uniform),
        cmocka_unit_test(the_widest_spread_makes_a_coin),
    };
    return cmocka_run_group_tests_name("distribution", tests, NULL, NULL);
}
