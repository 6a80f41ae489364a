/* test_reach.c -- reach and frequency against sums, simulation and the laws they keep. (Published
 * values are in test_known_answers.) */
#include "models/base/maths.h"
#include "models/base/rng.h"
#include "models/platform/reach.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool near(double value, double truth, double relative)
{
    return fabs(value - truth) <= relative * fabs(truth) + 1e-300;
}

static const double means[] = {1e-8, 0.02, 0.7, 3, 40};
static const double shapes[] = {0.1, 0.35, 0.8, 5, INFINITY};
enum { MEANS = 5, SHAPES = 5 };

static void reach_is_the_sum_of_the_frequencies(void **state)
{
    (void)state;
    for (int m = 0; m < MEANS; m++)
        for (int s = 0; s < SHAPES; s++) {
            double rest = 0;
            for (int k = 20000; k >= 1; k--) {
                rest += nbd_probability(means[m], shapes[s], k);
                if (k <= 12) assert_true(near(nbd_at_least(means[m], shapes[s], k), rest, 1e-10));
            }
            assert_true(nbd_at_least(means[m], shapes[s], 0) == 1);
        }
}

static void a_capped_mean_is_the_sum_of_the_reaches(void **state)
{
    (void)state;
    for (int m = 0; m < MEANS; m++)
        for (int s = 0; s < SHAPES; s++) {
            double sum = 0, square = 0;
            for (int cap = 1; cap <= 30; cap++) {
                double reach = nbd_at_least(means[m], shapes[s], cap);
                sum += reach;
                square += (2 * cap - 1) * reach;
                assert_true(near(nbd_capped_mean(means[m], shapes[s], cap), sum, 1e-12));
                double variance = nbd_capped_variance(means[m], shapes[s], cap);
                assert_true(fabs(variance - (square - sum * sum)) <= 1e-9 * square);
            }
            assert_true(nbd_capped_mean(means[m], shapes[s], 0) == means[m]);
            assert_true(nbd_capped_mean(means[m], shapes[s], 30) <= means[m] * (1 + 1e-14));
        }
}

static void equal_people_are_poisson(void **state)
{
    (void)state;
    for (int m = 0; m < MEANS; m++)
        for (int k = 1; k < 6; k++) {
            double poisson = poisson_at_least(means[m], k);
            assert_true(nbd_at_least(means[m], INFINITY, k) == poisson);
            assert_true(near(nbd_at_least(means[m], 1e9, k), poisson, 1e-6));
        }
}

/* NBD = Poisson with a gamma mean: drawn so, 200,000 people; 4.9 sd, 1 in 10^6. */
static void nbd_people_are_gamma_poisson_people(void **state)
{
    (void)state;
    enum { PEOPLE = 200000, CAP = 3 };
    const double mean = 1.4, shape = 0.35;
    double reached = 0, capped = 0, squares = 0;
    for (uint32_t i = 0; i < PEOPLE; i++) {
        rng_block_t b = rng_at(rng_key(13), DRAW_TRAIT, 0, 0, i, 0, 0);
        double rate = mean / shape * gamma_quantile(shape, rng_unit(b, 0));
        double n = fmin(CAP, poisson_quantile(rate, rng_unit(b, 1)));
        reached += n > 0;
        capped += n;
        squares += n * n;
    }
    double p = nbd_at_least(mean, shape, 1), capped_mean = nbd_capped_mean(mean, shape, CAP);
    double sd = sqrt(nbd_capped_variance(mean, shape, CAP));
    assert_true(fabs(reached / PEOPLE - p) < 4.9 * sqrt(p * (1 - p) / PEOPLE));
    assert_true(fabs(capped / PEOPLE - capped_mean) < 4.9 * sd / sqrt(PEOPLE));
    double sample_sd = sqrt(squares / PEOPLE - pow(capped / PEOPLE, 2));
    assert_true(fabs(sample_sd / sd - 1) < 0.01);
}

/* A dead-time counter played out: 100,000 flights. */
static void a_rolling_cap_of_one_plays_out_as_computed(void **state)
{
    (void)state;
    enum { FLIGHTS = 100000 };
    const double rate = 0.5, window = 3, days = 28;
    double sum = 0, squares = 0, at_least_7 = 0;
    for (uint32_t i = 0; i < FLIGHTS; i++) {
        double t = 0, n = 0;
        for (uint32_t j = 0;; j++) {
            t += -log(rng_unit(rng_at(rng_key(14), DRAW_CANDIDATE, 0, 0, i, 0, j), 0)) / rate;
            if (t > days) break;
            n++;
            t += window;
        }
        sum += n;
        squares += n * n;
        at_least_7 += n >= 7;
    }
    double mean = sum / FLIGHTS, sd = sqrt(squares / FLIGHTS - mean * mean);
    double p = rolling_cap_one_at_least(rate, window, days, 7);
    assert_true(fabs(mean - rolling_cap_one_mean(rate, window, days)) < 4.9 * sd / sqrt(FLIGHTS));
    assert_true(fabs(at_least_7 / FLIGHTS - p) < 4.9 * sqrt(p * (1 - p) / FLIGHTS));
}

static void calendar_blocks_deliver_more_than_a_rolling_window(void **state)
{
    (void)state;
    for (double rate = 0.05; rate < 20; rate *= 2)
        assert_true(calendar_cap_mean(rate, 1, 3, 27) >= rolling_cap_one_mean(rate, 3, 27));
}

static void a_beta_binomial_of_equals_is_binomial(void **state)
{
    (void)state;
    double sum = 0;
    for (int k = 0; k <= 10; k++) sum += bbd_probability(0.5, 2, 10, k);
    assert_true(near(sum, 1, 1e-14));
    for (int k = 0; k <= 10; k++)
        assert_true(fabs(bbd_at_least(2e5, 8e5, 10, k) - binomial_at_least(0.2, 10, k)) < 1e-4);
}

static void reach_of_a_union_lies_between_its_bounds(void **state)
{
    (void)state;
    const double mean[] = {1, 1.5, 0.2};
    for (int s = 0; s < SHAPES; s++) {
        double reach[3], most = 0, sum = 0;
        for (int i = 0; i < 3; i++) {
            reach[i] = nbd_at_least(mean[i], shapes[s], 1);
            most = fmax(most, reach[i]);
            sum += reach[i];
        }
        double together = reach_shared_activity_union(mean, 3, shapes[s]);
        double apart = reach_independent_union(reach, 3);
        assert_true(together >= most && together <= apart + 1e-15 && apart <= sum);
        assert_true(reach_exactly_one(reach, 3) <= apart);
    }
}

/* 1500 impressions dropped on 1000 people, 2,000 times. */
static void dropped_impressions_reach_as_computed(void **state)
{
    (void)state;
    enum { PEOPLE = 1000, IMPRESSIONS = 1500, TIMES = 2000 };
    double sum = 0, squares = 0;
    for (uint32_t t = 0; t < TIMES; t++) {
        uint8_t met[PEOPLE] = {0};
        int reached = 0;
        for (uint32_t i = 0; i < IMPRESSIONS; i++) {
            double u = rng_unit(rng_at(rng_key(15), DRAW_CANDIDATE, 0, 0, 0, t, i), 0);
            uint8_t *person = &met[(int)(u * PEOPLE)];
            reached += !*person;
            *person = 1;
        }
        sum += reached;
        squares += (double)reached * reached;
    }
    double mean = sum / TIMES, sd = sqrt(squares / TIMES - mean * mean);
    double expected = occupancy_sd(PEOPLE, IMPRESSIONS);
    assert_true(fabs(mean - occupancy_mean(PEOPLE, IMPRESSIONS)) < 4.9 * expected / sqrt(TIMES));
    assert_true(fabs(sd / expected - 1) < 4.9 / sqrt(2. * TIMES));
    assert_true(expected < occupancy_sd_poisson(PEOPLE, IMPRESSIONS));
}

static void a_collector_of_one_needs_one(void **state)
{
    (void)state;
    assert_true(collector_mean(1000, 1) == 1 && collector_sd(1000, 1) == 0);
    assert_true(near(collector_mean(2, 2), 3, 1e-15) && near(collector_sd(2, 2), sqrt(2), 1e-15));
}

static void goerg_passes_through_its_point(void **state)
{
    (void)state;
    double limit = goerg_limit(1e6, 4e5);
    assert_true(near(goerg_at_least(limit, 1e6, 1), 4e5, 1e-15));
    assert_true(goerg_at_least(limit, 1e12, 1) < limit);
}

static void wfa_frequencies_are_a_law(void **state)
{
    (void)state;
    double sum = 0, mean = 0;
    for (int k = 0; k < 400; k++) {
        double p = wfa_frequency(0.7, 3, 0.4, k);
        sum += p;
        mean += k * p;
    }
    assert_true(near(sum, 1, 1e-13));
    assert_true(near(mean, 0.4 * (1 + 0.7 * 3), 1e-12)); /* the share of the whole inventory */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reach_is_the_sum_of_the_frequencies),
        cmocka_unit_test(a_capped_mean_is_the_sum_of_the_reaches),
        cmocka_unit_test(equal_people_are_poisson),
        cmocka_unit_test(nbd_people_are_gamma_poisson_people),
        cmocka_unit_test(a_rolling_cap_of_one_plays_out_as_computed),
        cmocka_unit_test(calendar_blocks_deliver_more_than_a_rolling_window),
        cmocka_unit_test(a_beta_binomial_of_equals_is_binomial),
        cmocka_unit_test(reach_of_a_union_lies_between_its_bounds),
        cmocka_unit_test(dropped_impressions_reach_as_computed),
        cmocka_unit_test(a_collector_of_one_needs_one),
        cmocka_unit_test(goerg_passes_through_its_point),
        cmocka_unit_test(wfa_frequencies_are_a_law),
    };
    return cmocka_run_group_tests_name("reach", tests, NULL, NULL);
}
