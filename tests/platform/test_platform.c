/* test_platform.c -- age bands, opportunities and the hours of the day. */
#include "models/base/rng.h"
#include "models/platform/hours.h"
#include "models/platform/platform.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void every_age_has_its_band(void **state)
{
    (void)state;
    assert_int_equal(platform_age_band(13), 0); /* younger than the table: its first band */
    assert_int_equal(platform_age_band(18), 0);
    assert_int_equal(platform_age_band(24), 0);
    assert_int_equal(platform_age_band(25), 1);
    assert_int_equal(platform_age_band(64), 4);
    assert_int_equal(platform_age_band(65), 5);
    assert_int_equal(platform_age_band(100), 5);
}

static void opportunities_are_minutes_posts_and_ad_load_unless_stated(void **state)
{
    (void)state;
    platform_t p = {.opportunities_per_day = NAN,
                    .minutes_per_day = {30, 20, 10, 10, 10, 5},
                    .posts_per_minute = 2,
                    .ad_load = 0.25};
    assert_true(platform_opportunities(&p, 0) == 15);
    assert_true(platform_opportunities(&p, 5) == 2.5);
    p.opportunities_per_day = 4;
    assert_true(platform_opportunities(&p, 0) == 4);
}

static const double amplitudes[] = {0, 0.3, 0.6, 1}, peaks[] = {0, 8, 20, 24};

static void a_day_s_shares_add_up_to_one(void **state)
{
    (void)state;
    for (int a = 0; a < 4; a++)
        for (int p = 0; p < 4; p++) {
            double sum = 0;
            for (int h = 0; h < 24; h++) {
                double share = hours_share(amplitudes[a], peaks[p], h, h + 1);
                assert_true(share >= 0 && share <= (1 + amplitudes[a]) / 24);
                sum += share;
            }
            assert_true(fabs(sum - 1) < 1e-14);
            assert_true(hours_share(amplitudes[a], peaks[p], 9, 9) == 0);
        }
    /* Half the day around the peak: 1/2 + a/pi. */
    assert_true(fabs(hours_share(0.6, 12, 6, 18) - (0.5 + 0.6 / 3.14159265358979)) < 1e-13);
}

static void the_hour_of_a_share_holds_that_share(void **state)
{
    (void)state;
    for (int a = 0; a < 4; a++)
        for (int p = 0; p < 4; p++) {
            double previous = 0;
            for (int i = 1; i < 2000; i++) {
                double v = i / 2000., hour = hours_quantile(amplitudes[a], peaks[p], v);
                assert_true(hour > previous && hour < 24);
                assert_true(fabs(hours_share(amplitudes[a], peaks[p], 0, hour) - v) < 1e-13);
                previous = hour;
            }
            double first = rng_unit_from_bits(0), last = rng_unit_from_bits(UINT64_MAX);
            assert_true(hours_quantile(amplitudes[a], peaks[p], first) >= 0);
            assert_true(hours_quantile(amplitudes[a], peaks[p], last) <= 24);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_age_has_its_band),
        cmocka_unit_test(opportunities_are_minutes_posts_and_ad_load_unless_stated),
        cmocka_unit_test(a_day_s_shares_add_up_to_one),
        cmocka_unit_test(the_hour_of_a_share_holds_that_share),
    };
    return cmocka_run_group_tests_name("platform", tests, NULL, NULL);
}
