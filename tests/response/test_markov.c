/* test_markov.c -- removal effects of chains that a hand can follow, and of any chain by taking channels out. */
#include "models/response/markov.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { CHANNELS = 6, CELLS = (CHANNELS + 1) * (CHANNELS + 3) };

static int near(double a, double b)
{
    return fabs(a - b) < 1e-12;
}

static void add(int64_t *count, int channels, int from, int to, int64_t times)
{
    *markov_cell(count, channels, from, to) += times;
}

/* The textbook's: C1 C2 C3 with an order, C1 without, C2 C3 without. Of three paths one orders; without C1
 * one of six, without C2 or C3 none. */
static void the_published_example_comes_out(void **state)
{
    (void)state;
    enum { N = 3 };
    int64_t count[(N + 1) * (N + 3)] = {0};
    double room[N * N], effect[N];
    add(count, N, MARKOV_START, 1, 2);
    add(count, N, MARKOV_START, 2, 1);
    add(count, N, 1, 2, 1);
    add(count, N, 1, markov_nothing(N), 1);
    add(count, N, 2, 3, 2);
    add(count, N, 3, markov_order(N), 1);
    add(count, N, 3, markov_nothing(N), 1);
    markov_effects(count, N, room, effect);
    assert_true(near(effect[0], 0.5) && near(effect[1], 1) && near(effect[2], 1));
}

static void alone_a_channel_has_everything_and_an_unused_one_nothing(void **state)
{
    (void)state;
    enum { N = 2 };
    int64_t count[(N + 1) * (N + 3)] = {0};
    double room[N * N], effect[N];
    add(count, N, MARKOV_START, 2, 100);
    add(count, N, 2, 2, 50); /* twice in a row */
    add(count, N, 2, markov_order(N), 1);
    add(count, N, 2, markov_nothing(N), 99);
    markov_effects(count, N, room, effect);
    assert_true(effect[0] == 0 && near(effect[1], 1));
}

static void without_an_order_there_is_no_effect(void **state)
{
    (void)state;
    enum { N = 2 };
    int64_t count[(N + 1) * (N + 3)] = {0};
    double room[N * N], effect[N] = {7, 7};
    markov_effects(count, N, room, effect);
    assert_true(effect[0] == 0 && effect[1] == 0);
    add(count, N, MARKOV_START, 1, 3);
    add(count, N, 1, markov_nothing(N), 3);
    markov_effects(count, N, room, effect);
    assert_true(effect[0] == 0 && effect[1] == 0);
}

/* P(order) by walking the chain until hardly anything is under way; what comes to `removed` ends there. */
static double orders_without(int64_t *count, int removed)
{
    double at[CHANNELS + 1] = {1}, ordered = 0;
    for (int step = 0; step < 3000; step++) {
        double next[CHANNELS + 1] = {0};
        for (int from = 0; from <= CHANNELS; from++) {
            double sum = 0;
            for (int to = 1; to <= markov_nothing(CHANNELS); to++)
                sum += (double)*markov_cell(count, CHANNELS, from, to);
            for (int to = 1; to <= markov_order(CHANNELS); to++) {
                double p = at[from] * (double)*markov_cell(count, CHANNELS, from, to) / sum;
                if (to == markov_order(CHANNELS))
                    ordered += p;
                else if (to != removed)
                    next[to] += p;
            }
        }
        memcpy(at, next, sizeof at);
    }
    return ordered;
}

static void an_effect_is_what_is_lost_when_the_channel_is_taken_out(void **state)
{
    (void)state;
    uint32_t word = 1;
    for (int chain = 0; chain < 20; chain++) {
        int64_t count[CELLS] = {0};
        double room[CHANNELS * CHANNELS], effect[CHANNELS];
        for (int from = 0; from <= CHANNELS; from++)
            for (int to = 1; to <= markov_nothing(CHANNELS); to++) {
                word = word * 1664525u + 1013904223u;
                if (from || to <= CHANNELS) add(count, CHANNELS, from, to, 1 + (word >> 24));
            }
        markov_effects(count, CHANNELS, room, effect);
        double all = orders_without(count, 0);
        for (int j = 0; j < CHANNELS; j++)
            assert_true(fabs(effect[j] - (1 - orders_without(count, j + 1) / all)) < 1e-10);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_published_example_comes_out),
        cmocka_unit_test(alone_a_channel_has_everything_and_an_unused_one_nothing),
        cmocka_unit_test(without_an_order_there_is_no_effect),
        cmocka_unit_test(an_effect_is_what_is_lost_when_the_channel_is_taken_out),
    };
    return cmocka_run_group_tests_name("markov", tests, NULL, NULL);
}
