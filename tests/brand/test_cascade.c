/* test_cascade.c -- simulated cascades have the sizes that the closed forms say. */
#include "models/base/maths.h"
#include "models/base/rng.h"
#include "models/brand/cascade.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { CASCADES = 200000, SIZES = 8 };

/* Offspring drawn by another generator than ours: Poisson, or Poisson with a gamma mean. */
static int cascade_size(gsl_rng *rng, double reproduction, double dispersion)
{
    int size = 1, waiting = 1;
    while (waiting-- > 0) {
        double mean = isinf(dispersion) ? reproduction
                                        : gsl_ran_gamma(rng, dispersion, reproduction / dispersion);
        int offspring = (int)gsl_ran_poisson(rng, mean);
        size += offspring;
        waiting += offspring;
    }
    return size;
}

/* Sizes 1..7 and more: chi-square of 7 degrees, 42 is passed by chance once in 10^6; P(1) off by 0.6 points is
 * seen. The mean within 4.9 of its errors. */
static void check_sizes(double reproduction, double dispersion)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    double count[SIZES] = {0}, sum = 0, chi = 0, upto = 0;
    for (int i = 0; i < CASCADES; i++) {
        int size = cascade_size(rng, reproduction, dispersion);
        count[size < SIZES ? size - 1 : SIZES - 1]++;
        sum += size;
    }
    gsl_rng_free(rng);
    for (int n = 1; n <= SIZES; n++) {
        double p = n < SIZES ? cascade_probability(reproduction, dispersion, n) : 1 - upto;
        upto += p;
        assert_true(p > 0);
        chi += pow(count[n - 1] - CASCADES * p, 2) / (CASCADES * p);
    }
    print_message("# R %g, k %g: chi-square %.1f, 7 d.f.\n", reproduction, dispersion, chi);
    assert_true(chi < 42);
    double error = sqrt(cascade_variance(reproduction, dispersion) / CASCADES);
    assert_true(fabs(sum / CASCADES - cascade_mean(reproduction)) < 4.9 * error);
}

static void sizes_follow_borel(void **state)
{
    (void)state;
    check_sizes(0.4, INFINITY);
}

static void sizes_follow_dwass(void **state)
{
    (void)state;
    check_sizes(0.4, 0.1);
    check_sizes(0.05, 0.1); /* the default: 96 % stay alone (MODEL 11, L5) */
    assert_true(fabs(cascade_probability(0.05, 0.1, 1) - 0.96) < 0.001);
}

static void probabilities_of_all_sizes_sum_to_one(void **state)
{
    (void)state;
    double sum = 0, mean = 0;
    for (int n = 1; n < 4000; n++) {
        double p = cascade_probability(0.6, 0.5, n);
        sum += p;
        mean += n * p;
    }
    assert_true(fabs(sum - 1) < 1e-9);
    assert_true(fabs(mean - cascade_mean(0.6)) < 1e-6);
    assert_true(cascade_probability(0, 0.1, 1) == 1 && cascade_probability(0, 0.1, 2) == 0);
}

/* 40 shares at R = 0.2 bring 10 views. Mean and variance of 20,000 strata of the uniform: within 0.5 %. */
static void earned_views_have_the_mean_and_spread_of_their_cascades(void **state)
{
    (void)state;
    enum { STRATA = 20000 };
    double sum = 0, squares = 0;
    assert_true(fabs(earned_views_mean(40, 0.2) - 10) < 1e-12);
    for (int i = 0; i < STRATA; i++) {
        double views = earned_views_at(40, 0.2, 0.1, (i + 0.5) / STRATA);
        assert_true(views >= 0);
        sum += views / STRATA;
        squares += views * views / STRATA;
    }
    assert_true(fabs(sum - 10) < 0.05);
    double variance = 40 * cascade_variance(0.2, 0.1);
    assert_true(fabs(squares - sum * sum - variance) < 0.005 * variance);
    assert_true(earned_views_at(40, 0, 0.1, 0.7) == 0);
    assert_true(earned_views_at(0, 0.2, 0.1, 0.7) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_follow_borel),
        cmocka_unit_test(sizes_follow_dwass),
        cmocka_unit_test(probabilities_of_all_sizes_sum_to_one),
        cmocka_unit_test(earned_views_have_the_mean_and_spread_of_their_cascades),
    };
    return cmocka_run_group_tests_name("cascade", tests, NULL, NULL);
}
