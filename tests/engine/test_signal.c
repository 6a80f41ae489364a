/* test_signal.c -- what platforms know of people: in each replication standard normal over people, over
 * the replications every size for everyone. */
#include "models/base/maths.h"
#include "sim/engine/signal.h"
#include "sim/scenario/scenario.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static signal_table_t table;

static int open_table(void **state)
{
    (void)state;
    signal_table_init(&table);
    return 0;
}

/* 65,537 ranks, the ends included. */
static uint32_t rank_number(uint32_t k)
{
    return k < 65536 ? k << 16 : UINT32_MAX;
}

static void a_signal_is_the_normal_quantile_of_its_rank(void **state)
{
    (void)state;
    for (uint32_t k = 0; k <= 65536; k++) {
        uint32_t rank = rank_number(k);
        double exact = normal_quantile(((double)rank + 0.5) * 0x1p-32);
        assert_true(fabs(signal_at(&table, rank) - exact) < 2e-5);
        assert_true(k == 0 || signal_at(&table, rank) >= signal_at(&table, rank_number(k - 1)));
    }
    for (double z = -5; z <= 5; z += 0.01)
        assert_true(fabs(signal_at(&table, signal_place(z)) - z) < 1e-3);
}

/* Bounds on streams rest on it: nobody's signal is above the most of her level. */
static void no_signal_is_above_its_level(void **state)
{
    (void)state;
    for (uint32_t k = 0; k <= 65536; k++) {
        uint32_t rank = rank_number(k);
        int level = signal_level(&table, rank);
        assert_true(signal_at(&table, rank) <= table.most[level]);
        assert_true(level == 0 || signal_at(&table, rank) > table.most[level - 1] - 0.2);
    }
}

/* How often a place came to lie in each sixteenth of the circle. */
static void expect_even(const int *met, int n)
{
    for (int k = 0; k < 16; k++) assert_true(abs(met[k] - n / 16) <= 3);
}

/* Weyl's sequences are even to a few places, where independent draws would stray by 11 (one sd). */
static void over_the_pairs_everyone_meets_every_signal(void **state)
{
    (void)state;
    enum { PAIRS = 2048 };
    int first[16] = {0}, second[16] = {0}, between[16] = {0};
    for (uint32_t pair = 0; pair < PAIRS; pair++) {
        uint32_t a = signal_turn(2 * pair), b = signal_turn(2 * pair + 1);
        first[a >> 28]++;
        second[b >> 28]++;
        between[(b - a) >> 28]++;
    }
    expect_even(first, PAIRS);
    expect_even(second, PAIRS);
    for (int k = 0; k < 16; k++) /* the two of a pair: one angle for four pairs */
        assert_true(abs(between[k] - PAIRS / 16) <= 3 * SIGNAL_TURN);
}

static void pairs_in_a_row_turn_by_quarters(void **state)
{
    (void)state;
    for (uint32_t replication = 0; replication < 400; replication += 2 * SIGNAL_TURN)
        for (uint32_t pair = 1; pair < SIGNAL_TURN; pair++)
            for (uint32_t half = 0; half < 2; half++)
                assert_int_equal(signal_turn(replication + 2 * pair + half) -
                                     signal_turn(replication + 2 * (pair - 1) + half),
                                 1u << 30);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_signal_is_the_normal_quantile_of_its_rank),
        cmocka_unit_test(no_signal_is_above_its_level),
        cmocka_unit_test(over_the_pairs_everyone_meets_every_signal),
        cmocka_unit_test(pairs_in_a_row_turn_by_quarters),
    };
    return cmocka_run_group_tests(tests, open_table, NULL);
}
