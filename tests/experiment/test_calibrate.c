/* test_calibrate.c -- levels by hand: what data and what was believed before make of each other. */
#include "sim/experiment/calibrate.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void near_to(double got, double wanted)
{
    if (!(fabs(got - wanted) < 1e-9)) fail_msg("%.12g, not %.12g", got, wanted);
}

static void events_are_gamma_and_poisson(void **state)
{
    (void)state;
    level_t l = level_of_events(30, 20, 0.5); /* a = 4: (4 + 30)/(4 + 20) */
    near_to(l.factor, 34.0 / 24);
    near_to(l.sd, sqrt(34) / 24);
    near_to(l.weight, 20.0 / 24);
    l = level_of_events(0, 20, 0.5); /* none is no proof of never */
    near_to(l.factor, 4.0 / 24);
    l = level_of_events(0, 0, 0.5); /* no exposure: as before */
    near_to(l.factor, 1);
    near_to(l.sd, 0.5);
    near_to(l.weight, 0);
    l = level_of_events(2e6, 1e6, 0.5);
    assert_true(fabs(l.factor - 2) < 1e-5);
}

static void prices_shrink_to_one_and_agreeing_ad_sets_shrink_less(void **state)
{
    (void)state;
    const double one[] = {2}, four[] = {2, 2, 2, 2}, apart[] = {1, 4, 1, 4};
    level_t none = level_of_prices(NULL, 0, 0.5);
    near_to(none.factor, 1);
    near_to(none.sd, 0.5);
    /* By hand: prior ln 1.25 = v, t2 = 3 x 0.04/3 = 0.04; weight = v/(v + 0.04). */
    double v = log(1.25), weight = v / (v + 0.04);
    level_t l = level_of_prices(one, 1, 0.5);
    near_to(l.weight, weight);
    near_to(l.factor, exp(weight * log(2) - (1 - weight) * v / 2 + (1 - weight) * v / 2));
    near_to(l.sd, l.factor * sqrt(exp((1 - weight) * v) - 1));
    assert_true(l.factor > 1 && l.factor < 2);
    level_t agree = level_of_prices(four, 4, 0.5), scatter = level_of_prices(apart, 4, 0.5);
    assert_true(agree.weight > l.weight && scatter.weight < agree.weight);
    assert_true(agree.sd < l.sd && scatter.sd > agree.sd);
    near_to(level_of_prices(four, 4, 0.5).weight, v / (v + 3 * 0.04 / 6 / 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(events_are_gamma_and_poisson),
        cmocka_unit_test(prices_shrink_to_one_and_agreeing_ad_sets_shrink_less),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
