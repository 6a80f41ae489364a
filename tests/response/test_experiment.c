/* test_experiment.c -- differences of two arms and their errors, by hand. */
#include "models/base/maths.h"
#include "models/base/rng.h"
#include "models/response/experiment.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static int near(double a, double b)
{
    return fabs(a - b) <= 1e-12 * fabs(b);
}

/* Ten people, two orders of one and one of another: mean .3, squares 5, variance (5 - .9) / 9. */
static void an_arm_has_the_mean_and_variance_of_its_people(void **state)
{
    (void)state;
    test_arm_t a = {10, 3, 5};
    assert_true(near(arm_mean(a), 0.3) && near(arm_variance(a), 4.1 / 9));
    assert_true(isnan(arm_mean((test_arm_t){0, 0, 0})) &&
                isnan(arm_variance((test_arm_t){1, 1, 1})));
}

static void a_contrast_adds_the_squares_of_its_errors(void **state)
{
    (void)state;
    contrast_t c = contrast_of_means(6, 0.3, 4, 0.4);
    assert_true(c.effect == 2 && near(c.se, 0.5) && near(c.lift, 0.5));
    assert_true(near(c.lift_se, sqrt(0.09 + 1.5 * 1.5 * 0.16) / 4));
    c = contrast_of_means(6, 0.3, 0, 0);
    assert_true(c.effect == 6 && isnan(c.lift));
    test_arm_t a = {10, 3, 5}, b = {20, 2, 2};
    c = contrast_of_arms(a, b);
    assert_true(near(c.effect, 0.2));
    assert_true(near(c.se * c.se, 4.1 / 90 + (2 - 0.2) / 19 / 20));
}

/* Cohen's table: with 80 % power at 5 % an effect of 2.802 errors is told; one of 1.96 in half of the tests; none
 * in 5 %. */
static void power_is_that_of_the_tables(void **state)
{
    (void)state;
    lift_test_t test = {.confidence = 0.95, .power = 0.8};
    assert_true(fabs(detectable_effect(&test, 1) - 2.801585) < 1e-6);
    assert_true(fabs(contrast_power(2.801585, 1, 0.95) - 0.8) < 1e-6);
    assert_true(fabs(contrast_power(critical_value(0.95), 1, 0.95) - 0.5) < 1e-4);
    assert_true(fabs(contrast_power(0, 1, 0.95) - 0.05) < 1e-12);
}

/* As many people as that takes have an error of which the effect is 2.8. */
static void people_for_an_effect_have_its_error(void **state)
{
    (void)state;
    lift_test_t test = {.confidence = 0.95, .power = 0.8};
    double n = people_for_effect(&test, 0.001, 0.1, 0.011, 0.010);
    double se = sqrt(0.011 / (0.9 * n) + 0.010 / (0.1 * n));
    assert_true(near(detectable_effect(&test, se), 0.001));
    assert_true(near(people_for_effect(&test, 0.002, 0.1, 0.011, 0.010), n / 4));
}

/* Ten treated regions and six held out, of 200 to 1,700 orders before, drawn 4,000 times: Poisson (by a normal),
 * and each changed by `sd`. 4 standard errors of a standard deviation of so many are 4.5 %. */
static void compare_with_drawn_regions(double change)
{
    enum { REGIONS = 16, DRAWS = 4000 };
    double mean = 0, square = 0, caused = 300;
    regions_t arm[2] = {{0, 0, 0}, {0, 0, 0}};
    for (int g = 0; g < REGIONS; g++) {
        double rate = 200 + 100 * g;
        arm[g % 8 >= 5].before += rate;
        arm[g % 8 >= 5].during += rate / 2;
        arm[g % 8 >= 5].squares += rate / 2 * rate / 2;
    }
    for (uint32_t d = 0; d < DRAWS; d++) {
        double before[2] = {0, 0}, during[2] = {0, 0};
        for (uint32_t g = 0; g < REGIONS; g++) {
            int held = g % 8 >= 5;
            double rate = 200 + 100 * g, extra = held ? 0 : caused / 10;
            rng_block_t b = rng_at(rng_key(3), DRAW_REALISED, 0, 0, g, d, 0),
                        c = rng_at(rng_key(3), DRAW_REALISED, 0, 0, g, d, 1);
            before[held] += rate + sqrt(rate) * normal_quantile(rng_unit(b, 0));
            double base = rate / 2 * exp(change * normal_quantile(rng_unit(c, 0))) + extra;
            during[held] += base + sqrt(base) * normal_quantile(rng_unit(b, 1));
        }
        double found = during[0] - before[0] * during[1] / before[1];
        mean += found / DRAWS;
        square += found * found / DRAWS;
    }
    double se = regions_se(arm[0], arm[1], caused, change), sd = sqrt(square - mean * mean);
    assert_true(fabs(sd / se - 1) < 0.05);
    assert_true(fabs(mean - caused) < 5 * se / sqrt(DRAWS));
}

static void the_error_of_regions_is_that_of_drawn_ones(void **state)
{
    (void)state;
    compare_with_drawn_regions(0.001);
    compare_with_drawn_regions(0.05);
}

/* Of few as poisson_quantile says; of many the Poisson law's own distribution, from 0.003 % to all but 0.003 %. */
static void orders_are_a_poisson_number(void **state)
{
    (void)state;
    for (int k = 1; k < 40; k++)
        assert_true(orders_drawn(3.5, k / 40.0) == poisson_quantile(3.5, k / 40.0));
    static const double mean[] = {650, 5000, 50000};
    for (size_t m = 0; m < sizeof mean / sizeof *mean; m++)
        for (double z = -4; z <= 4; z += 0.002) {
            double k = orders_drawn(mean[m], normal_cdf(z));
            /* u lies between the chances of k - 1 and of k, in sd, to 0.03 of an order */
            double low = gsl_cdf_ugaussian_Pinv(gsl_cdf_poisson_P((unsigned)k - 1, mean[m])),
                   high = gsl_cdf_ugaussian_Pinv(gsl_cdf_poisson_P((unsigned)k, mean[m]));
            double allowed = 0.03 / sqrt(mean[m]);
            assert_true(low - allowed <= z && z <= high + allowed);
        }
}

/* A region keeps its mean: over a normal law's 9,999 quantiles, and its log-sd is the one stated. */
static void a_region_changes_about_its_mean(void **state)
{
    (void)state;
    double mean = 0, square = 0;
    enum { STEPS = 9999 };
    for (int k = 1; k <= STEPS; k++) {
        double x = region_changed(200, 0.1, normal_quantile((k - 0.5) / STEPS));
        mean += x / STEPS;
        square += log(x / 200) * log(x / 200) / STEPS;
    }
    assert_true(fabs(mean / 200 - 1) < 1e-4);
    assert_true(fabs(square - (0.1 * 0.1 + 0.005 * 0.005)) < 1e-5);
    assert_true(region_changed(200, 0, 3) == 200);
}

/* 100 orders became 150 where ads ran, 200 became 220 elsewhere: without ads they were 110. */
static void the_change_elsewhere_is_taken_off(void **state)
{
    (void)state;
    assert_true(near(regions_effect((regions_t){100, 150, 0}, (regions_t){200, 220, 0}), 40));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_arm_has_the_mean_and_variance_of_its_people),
        cmocka_unit_test(a_contrast_adds_the_squares_of_its_errors),
        cmocka_unit_test(power_is_that_of_the_tables),
        cmocka_unit_test(people_for_an_effect_have_its_error),
        cmocka_unit_test(the_error_of_regions_is_that_of_drawn_ones),
        cmocka_unit_test(orders_are_a_poisson_number),
        cmocka_unit_test(a_region_changes_about_its_mean),
        cmocka_unit_test(the_change_elsewhere_is_taken_off),
    };
    return cmocka_run_group_tests_name("experiment", tests, NULL, NULL);
}
