/* test_response.c -- rates keep their means, wear follows its formula, delays their law; closed forms
 * against sums and simulation. (Published values are in test_known_answers.) */
#include "models/base/maths.h"
#include "models/base/rng.h"
#include "models/response/closed_form.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool near(double value, double truth, double relative)
{
    return fabs(value - truth) <= relative * fabs(truth);
}

static response_t defaults(void)
{
    return (response_t){.wear_in = 0.6,
                        .wear_in_exposures = 3,
                        .wear_out = 0.95,
                        .recovery_days = 14,
                        .delay.fast_share = 0.3995,
                        .delay.fast_hours = 0.5,
                        .delay.slow_hours = 131};
}

static void calibration_keeps_the_mean_rate(void **state)
{
    (void)state;
    for (double rate = 1e-6; rate < 1; rate = rate < 0.1 ? rate * 7 : rate + 0.17)
        for (double sd = 0; sd <= 3; sd += 0.5) {
            double m = logit_normal_intercept(rate, sd);
            assert_true(near(logit_normal_mean(m, sd), rate, 1e-12));
            assert_true(near(logit_normal_intercept(1 - rate, sd), -m, 1e-9) || fabs(m) < 1e-9);
        }
}

static double spread_rate(double z, const void *context)
{
    const double *m_sd = context;
    return normal_density(z) / (1 + exp(-m_sd[0] - m_sd[1] * z));
}

static void the_mean_rate_is_its_integral(void **state)
{
    (void)state;
    for (double m = -8; m <= 2; m += 2.5)
        for (double sd = 0.1; sd < 12; sd *= 2) {
            double m_sd[] = {m, sd}, truth = integral(spread_rate, m_sd, -10, 10, 100);
            assert_true(near(logit_normal_mean(m, sd), truth, 1e-11));
        }
}

static void a_first_exposure_has_factor_one(void **state)
{
    (void)state;
    response_t r = defaults();
    assert_true(wear_factor(&r, 0) == 1);
    /* By hand: stock 3, .95^3 (1 - .4 / e)/.6 */
    assert_true(near(wear_factor(&r, 3), 0.857375 * (1 - 0.4 * exp(-1)) / 0.6, 1e-14));
    r.wear_in = 1;
    assert_true(near(wear_factor(&r, 10), pow(0.95, 10), 1e-14));
    r.wear_out = 1;
    assert_true(wear_factor(&r, 50) == 1);
}

static void the_effect_peaks_at_a_stock_of_3_3(void **state)
{
    (void)state;
    response_t r = defaults();
    double best = 0;
    for (double a = 0; a < 20; a += 0.01)
        if (wear_factor(&r, a) > wear_factor(&r, best)) best = a;
    assert_true(fabs(best - 3.3) < 0.05);
}

static void a_stock_decays_by_e_in_its_recovery_time(void **state)
{
    (void)state;
    response_t r = defaults();
    assert_true(near(wear_decay(&r, 14), exp(-1), 1e-15));
    assert_true(wear_decay(&r, 0) == 1);
    r.recovery_days = INFINITY;
    assert_true(wear_decay(&r, 1000) == 1);
}

/* 100,000 delays: Kolmogorov's distance above 2.7/sqrt(n) comes once in 10^6. */
static void drawn_delays_follow_their_law(void **state)
{
    (void)state;
    enum { DELAYS = 100000, POINTS = 7 };
    const double hours[POINTS] = {0.1, 0.5, 1, 24, 100, 168, 720};
    response_t r = defaults();
    double below[POINTS] = {0};
    for (uint32_t i = 0; i < DELAYS; i++) {
        rng_block_t b = rng_at(rng_key(17), DRAW_DELAY, 0, 0, i, 0, 0);
        double delay = delay_hours(&r.delay, rng_unit(b, 0), rng_unit(b, 1));
        assert_true(delay >= 0);
        for (int p = 0; p < POINTS; p++) below[p] += delay <= hours[p];
    }
    for (int p = 0; p < POINTS; p++)
        assert_true(fabs(below[p] / DELAYS - delay_cdf(&r.delay, hours[p])) < 2.7 / sqrt(DELAYS));
}

static void no_delay_means_at_once(void **state)
{
    (void)state;
    response_t r = {.delay.fast_share = 1};
    assert_true(delay_hours(&r.delay, 0.7, 0.001) == 0);
    assert_true(delay_cdf(&r.delay, 0) == 1 && delay_cdf(&r.delay, -1) == 0);
}

static void a_delay_passes_through_its_points(void **state)
{
    (void)state;
    response_t r = {0};
    assert_true(delay_fit(0.5, 1, 0.35, 24, 0.5, &r.delay));
    assert_true(near(delay_cdf(&r.delay, 1), 0.35, 1e-12) &&
                near(delay_cdf(&r.delay, 24), 0.5, 1e-12));
    assert_false(delay_fit(0.5, 1, 0.5, 24, 0.4, &r.delay)); /* a share that falls */
}

static void worn_clicks_are_the_sum_over_impressions(void **state)
{
    (void)state;
    const double mean = 5, ctr = 0.012;
    for (double wear_out = 0.5; wear_out < 1; wear_out += 0.1) {
        /* sum over n of r^(n-1) P(N >= n), N Poisson */
        double p = exp(-mean), reach = 1, sum = 0;
        for (int n = 1; n < 80; n++) {
            reach -= p;
            sum += pow(wear_out, n - 1) * fmax(reach, 0);
            p *= mean / n;
        }
        assert_true(near(clicks_worn(ctr, wear_out, mean, INFINITY), ctr * sum, 1e-12));
        assert_true(near(clicks_worn(ctr, wear_out, mean, 1e8), ctr * sum, 1e-6));
    }
    assert_true(clicks_worn(ctr, 1, mean, 0.8) == ctr * mean);
}

static void a_spread_of_click_rates_means_fewer_clickers(void **state)
{
    (void)state;
    for (int n = 2; n < 1000; n *= 3) {
        double product = 1; /* P(no click) = product of (b + j)/(a + b + j) */
        for (int j = 0; j < n; j++) product *= (49.5 + j) / (50 + j);
        assert_true(near(click_at_least_once(0.5, 49.5, n), 1 - product, 1e-11));
        assert_true(click_at_least_once(0.5, 49.5, n) < click_at_least_once_alike(0.01, n));
    }
}

/* A steady stream seen after 20 recovery times, 50,000 people; 4.9 sd (1 in 10^6). */
static void a_simulated_stock_has_its_moments(void **state)
{
    (void)state;
    enum { PEOPLE = 50000 };
    const double rate = 0.5, recovery = 4, wear_out = 0.9;
    double sum = 0, squares = 0, worn = 0, worn2 = 0;
    for (uint32_t i = 0; i < PEOPLE; i++) {
        double stock = 0, age = 0;
        for (uint32_t j = 0; age < 20 * recovery; j++) {
            age -= log(rng_unit(rng_at(rng_key(18), DRAW_VIEW, 0, 0, i, 0, j), 0)) / rate;
            stock += exp(-age / recovery);
        }
        sum += stock, squares += stock * stock;
        worn += pow(wear_out, stock), worn2 += pow(wear_out, 2 * stock);
    }
    double variance = stock_variance(rate, recovery), mean_worn = worn / PEOPLE;
    assert_true(fabs(sum / PEOPLE - stock_mean(rate, recovery)) < 4.9 * sqrt(variance / PEOPLE));
    double sample = squares / PEOPLE - pow(sum / PEOPLE, 2);
    assert_true(fabs(sample / variance - 1) < 0.06);
    double sd = sqrt(worn2 / PEOPLE - mean_worn * mean_worn);
    assert_true(fabs(mean_worn - stock_worn(rate, recovery, wear_out)) < 4.9 * sd / sqrt(PEOPLE));
}

static void what_ads_add_is_what_is_more(void **state)
{
    (void)state;
    for (double ad = 1e-9; ad < 3; ad *= 10) {
        double more = hazard_conversion(0.02, ad) - hazard_conversion(0.02, 0);
        assert_true(fabs(hazard_incremental(0.02, ad) - more) < 1e-15);
    }
    assert_true(hazard_incremental(0.02, 0) == 0);
}

static void an_open_window_credits_everything(void **state)
{
    (void)state;
    assert_true(organic_credited(0.4, 0) == 0 && organic_credited(0.4, 1e4) == 1);
    assert_true(near(attributed_rate(0.001, 0.4, 1e4, 0.0005), 0.0012, 1e-14));
}

static void adstock_carries_geometrically(void **state)
{
    (void)state;
    const double x[] = {1, 0, 0, 0, 0, 0};
    double out[6], sum = 0;
    adstock(x, 6, 0.7, out);
    for (int t = 0; t < 6; t++) sum += out[t];
    assert_true(near(out[5], pow(0.7, 5), 1e-14));
    assert_true(near(adstock_total(0.7, 6), sum, 1e-14));
    assert_true(near(pow(0.7, adstock_half_life(0.7)), 0.5, 1e-14));
}

static void hill_is_half_at_its_half_point(void **state)
{
    (void)state;
    assert_true(hill(0, 3, 2) == 0 && hill(3, 3, 2) == 0.5);
    assert_true(near(hill(6, 3, 2), 0.8, 1e-14)); /* 36/(36 + 9) */
    assert_true(near(hill_poisson_mean(400, 3, 2), 1, 1e-3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calibration_keeps_the_mean_rate),
        cmocka_unit_test(the_mean_rate_is_its_integral),
        cmocka_unit_test(a_first_exposure_has_factor_one),
        cmocka_unit_test(the_effect_peaks_at_a_stock_of_3_3),
        cmocka_unit_test(a_stock_decays_by_e_in_its_recovery_time),
        cmocka_unit_test(drawn_delays_follow_their_law),
        cmocka_unit_test(no_delay_means_at_once),
        cmocka_unit_test(a_delay_passes_through_its_points),
        cmocka_unit_test(worn_clicks_are_the_sum_over_impressions),
        cmocka_unit_test(a_spread_of_click_rates_means_fewer_clickers),
        cmocka_unit_test(a_simulated_stock_has_its_moments),
        cmocka_unit_test(what_ads_add_is_what_is_more),
        cmocka_unit_test(an_open_window_credits_everything),
        cmocka_unit_test(adstock_carries_geometrically),
        cmocka_unit_test(hill_is_half_at_its_half_point),
    };
    return cmocka_run_group_tests_name("response", tests, NULL, NULL);
}
