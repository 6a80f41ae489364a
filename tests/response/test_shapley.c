/* test_shapley.c -- Shapley's value: by hand, by its axioms, and over all orders in which channels may join. */
#include "models/response/shapley.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { CHANNELS = 5, SETS = 1 << CHANNELS };

static int near(double a, double b)
{
    return fabs(a - b) < 1e-12;
}

static void credit_of(const double *worth, const double *weight, double *credit)
{
    double dividend[SETS], times[SETS];
    memcpy(dividend, worth, sizeof dividend);
    memcpy(times, weight, sizeof times);
    shapley_dividends(CHANNELS, dividend);
    shapley_credit(CHANNELS, dividend, times, credit);
}

/* Two channels worth 4 and 6 an hour alone, 14 together, open together for an hour: each brings its own and
 * half of the 4 that neither brings alone. With two more hours of the first alone it has 8 more. */
static void two_channels_by_hand(void **state)
{
    (void)state;
    double worth[] = {0, 4, 6, 14}, weight[] = {0, 2, 0, 1}, credit[2];
    shapley_dividends(2, worth);
    assert_true(worth[1] == 4 && worth[2] == 6 && worth[3] == 4);
    shapley_credit(2, worth, weight, credit);
    assert_true(near(credit[0], 4 + 2 + 8) && near(credit[1], 6 + 2));
}

/* The gloves: one left, two right; a pair is worth 1. The left one has 2/3, each right one 1/6. */
static void the_glove_game(void **state)
{
    (void)state;
    double worth[] = {0, 0, 0, 1, 0, 1, 0, 1}, weight[] = {0, 0, 0, 0, 0, 0, 0, 1}, credit[3];
    shapley_dividends(3, worth);
    shapley_credit(3, worth, weight, credit);
    assert_true(near(credit[0], 2.0 / 3) && near(credit[1], 1.0 / 6) && near(credit[2], 1.0 / 6));
}

static void random_game(uint32_t *word, double *worth, double *weight)
{
    worth[0] = weight[0] = 0;
    for (int set = 1; set < SETS; set++) {
        *word = *word * 1664525u + 1013904223u;
        worth[set] = *word >> 20;
        *word = *word * 1664525u + 1013904223u;
        weight[set] = *word >> 24;
    }
}

/* What a channel adds when it joins, averaged over the orders of joining: place k of n has k! (n-k-1)! / n! */
static double averaged(const double *worth, int set, int channel)
{
    static const double factorial[] = {1, 1, 2, 6, 24, 120};
    int n = __builtin_popcount((unsigned)set), others = set & ~(1 << channel);
    double sum = 0;
    for (int part = others;; part = (part - 1) & others) {
        int k = __builtin_popcount((unsigned)part);
        sum += factorial[k] * factorial[n - k - 1] / factorial[n] *
               (worth[part | 1 << channel] - worth[part]);
        if (!part) return sum;
    }
}

static void any_game_has_the_value_of_its_orders_of_joining(void **state)
{
    (void)state;
    uint32_t word = 2;
    for (int game = 0; game < 20; game++) {
        double worth[SETS], weight[SETS], credit[CHANNELS];
        random_game(&word, worth, weight);
        credit_of(worth, weight, credit);
        for (int j = 0; j < CHANNELS; j++) {
            double wanted = 0;
            for (int set = 1; set < SETS; set++)
                if (set >> j & 1) wanted += weight[set] * averaged(worth, set, j);
            assert_true(fabs(credit[j] - wanted) < 1e-6);
        }
    }
}

static void all_is_given_away(void **state) /* efficiency */
{
    (void)state;
    uint32_t word = 3;
    double worth[SETS], weight[SETS], credit[CHANNELS], all = 0, given = 0;
    random_game(&word, worth, weight);
    credit_of(worth, weight, credit);
    for (int set = 1; set < SETS; set++) all += weight[set] * worth[set];
    for (int j = 0; j < CHANNELS; j++) given += credit[j];
    assert_true(fabs(given - all) < 1e-9 * all);
}

static void a_channel_that_adds_nothing_gets_nothing(void **state) /* dummy */
{
    (void)state;
    uint32_t word = 4;
    double worth[SETS], weight[SETS], credit[CHANNELS];
    random_game(&word, worth, weight);
    for (int set = 0; set < SETS; set++)
        if (set >> 2 & 1) worth[set] = worth[set & ~4];
    credit_of(worth, weight, credit);
    assert_true(fabs(credit[2]) < 1e-9);
}

static int exchanged(int set) /* channels 1 and 3 */
{
    return (set & ~10) | (set >> 1 & 1) << 3 | (set >> 3 & 1) << 1;
}

static void channels_of_one_part_get_the_same(void **state) /* symmetry */
{
    (void)state;
    uint32_t word = 5;
    double worth[SETS], weight[SETS], credit[CHANNELS];
    random_game(&word, worth, weight);
    for (int set = 0; set < SETS; set++)
        if (exchanged(set) < set) {
            worth[set] = worth[exchanged(set)];
            weight[set] = weight[exchanged(set)];
        }
    credit_of(worth, weight, credit);
    assert_true(fabs(credit[1] - credit[3]) < 1e-6 && fabs(credit[1] - credit[0]) > 1);
}

static void the_best_part_of_a_coalition_lacks_one_member(void **state)
{
    (void)state;
    const double worth[] = {0, 3, 5, 0, 0, 4, 2, 0};
    assert_true(shapley_best_part(worth, 1) == 0);
    assert_true(shapley_best_part(worth, 3) == 5);
    assert_true(shapley_best_part(worth, 7) == 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_channels_by_hand),
        cmocka_unit_test(the_glove_game),
        cmocka_unit_test(any_game_has_the_value_of_its_orders_of_joining),
        cmocka_unit_test(all_is_given_away),
        cmocka_unit_test(a_channel_that_adds_nothing_gets_nothing),
        cmocka_unit_test(channels_of_one_part_get_the_same),
        cmocka_unit_test(the_best_part_of_a_coalition_lacks_one_member),
    };
    return cmocka_run_group_tests_name("shapley", tests, NULL, NULL);
}
