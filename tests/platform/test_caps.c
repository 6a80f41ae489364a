/* test_caps.c -- frequency caps against brute force over the list of touches, and against the closed forms
 * of plans so simple that they have one. */
#include "models/base/rng.h"
#include "models/platform/caps.h"
#include "models/platform/reach.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static rng_key_t key(void)
{
    return rng_key(20261130);
}

/* A number below n, of draw `index` of trial `trial`. */
static uint32_t dice(uint32_t trial, uint32_t index, uint32_t n)
{
    return (uint32_t)(rng_unit(rng_at(key(), DRAW_TRAIT, 0, 0, trial, 0, index), 0) * n);
}

static double unit(uint32_t trial, uint32_t index)
{
    return rng_unit(rng_at(key(), DRAW_TRAIT, 1, 0, trial, 0, index), 0);
}

/* ---- many caps at once ---- */

enum { CAPS = 4, OFFERS = 60, AD_SETS = 3 };

typedef struct {
    uint32_t tick;
    int ad_set, seen;
} shown_t;

/* The cap read literally: how many of those that count lie within the window that ends at `tick`? */
static bool counts_fewer(const cap_t *cap, const shown_t *shown, int n, uint32_t tick)
{
    int counted = 0;
    for (int k = 0; k < n; k++)
        counted += cap->ad_sets >> shown[k].ad_set & 1 && (!cap->flag || shown[k].seen) &&
                   (uint64_t)shown[k].tick + cap->window_ticks > tick;
    return counted < cap->most;
}

static cap_t random_cap(uint32_t trial, uint32_t number)
{
    uint32_t at = 1000 + 10 * number;
    return (cap_t){.ad_sets = 1 + dice(trial, at, (1 << AD_SETS) - 1),
                   .most = 1 + (int)dice(trial, at + 1, 5),
                   .window_ticks = 1 + dice(trial, at + 2, 400),
                   .flag = dice(trial, at + 3, 2) ? TOUCH_SEEN : 0};
}

/* 3,000 people with 60 offers each, often at one tick; each cap is asked at every offer. */
static void a_cap_allows_what_brute_force_allows(void **state)
{
    (void)state;
    int allowed = 0, refused = 0;
    for (uint32_t trial = 0; trial < 3000; trial++) {
        touches_t list = {0};
        uint32_t head = 0, tick = 0;
        shown_t shown[OFFERS];
        int n = 0;
        cap_t cap[CAPS];
        for (uint32_t c = 0; c < CAPS; c++) cap[c] = random_cap(trial, c);
        for (uint32_t offer = 0; offer < OFFERS; offer++) {
            tick += dice(trial, 3 * offer, 40) * dice(trial, 500 + offer, 2);
            bool all = true;
            for (int c = 0; c < CAPS; c++) {
                bool allows = cap_allows(&cap[c], &list, head, tick);
                assert_int_equal(allows, counts_fewer(&cap[c], shown, n, tick));
                all = all && allows;
            }
            refused += !all;
            if (!all) continue;
            allowed++;
            shown[n] = (shown_t){tick, (int)dice(trial, 3 * offer + 1, AD_SETS),
                                 (int)dice(trial, 3 * offer + 2, 2)};
            touch_t touch = {.tick = tick,
                             .ad_set = (uint8_t)shown[n].ad_set,
                             .flags = TOUCH_SIGHT_DRAWN | (shown[n].seen ? TOUCH_SEEN : 0)};
            assert_int_equal(touches_add(&list, &head, touch, NULL), OK);
            n++;
        }
        touches_free(&list);
    }
    assert_true(allowed > 20000 && refused > 20000);
}

/* ---- against closed forms ---- */

typedef struct {
    double impressions, views; /* means of a person */
} capped_t;

/* People with Poisson offers, `rate` a day over `days`, each shown if the cap allows it and seen with
 * `view`. */
static capped_t play(cap_t cap, double rate, double days, double view, uint32_t people)
{
    capped_t sum = {0, 0};
    for (uint32_t i = 0; i < people; i++) {
        touches_t list = {0};
        uint32_t head = 0, k = 0;
        for (double at = -log(unit(i, 0)) / rate; at < days; at -= log(unit(i, ++k)) / rate) {
            uint32_t tick = (uint32_t)(at * TICKS_PER_DAY);
            if (!cap_allows(&cap, &list, head, tick)) continue;
            int seen = unit(i, 100000 + k) < view;
            touch_t touch = {.tick = tick, .flags = seen ? TOUCH_SEEN : 0};
            assert_int_equal(touches_add(&list, &head, touch, NULL), OK);
            sum.impressions++;
            sum.views += seen;
        }
        touches_free(&list);
    }
    return (capped_t){sum.impressions / people, sum.views / people};
}

static cap_t cap_of(int most, double days, uint8_t flag)
{
    return (cap_t){1, most, (uint32_t)(days * TICKS_PER_DAY), flag};
}

/* 40,000 people: a mean's sd is at most .011, the limit 4.9 of them (1 run in 10^6); calendar blocks would
 * deliver 7.385 instead of 5.780 (cap_sliding_window_1). */
static void one_in_a_window_is_a_dead_time_counter(void **state)
{
    (void)state;
    double mean = rolling_cap_one_mean(0.5, 3, 28);
    capped_t is = play(cap_of(1, 3, 0), 0.5, 28, 1, 40000);
    assert_true(fabs(is.impressions - mean) < 0.05);
    assert_true(fabs(calendar_cap_mean(0.5, 1, 3, 28) - mean) > 1);
}

/* A cap as long as the flight lets min(N, n) through; of views, min(N_seen, n), each after 1/view
 * impressions. */
static void a_flight_cap_lets_the_first_ones_through(void **state)
{
    (void)state;
    double offers = 0.4 * 6, view = 0.6;
    capped_t is = play(cap_of(2, 7, 0), offers / 7, 7, 1, 40000);
    assert_true(fabs(is.impressions - poisson_capped_mean(offers, 2)) < 0.025);
    capped_t by_views = play(cap_of(2, 7, TOUCH_SEEN), offers / 7, 7, view, 40000);
    double views = poisson_capped_mean(offers * view, 2);
    assert_true(fabs(by_views.views - views) < 0.025);
    assert_true(fabs(by_views.impressions - views / view) < 0.045);
}

/* Whatever lies between: a rolling window never lets more through than calendar blocks do, and n in a
 * window no less than a share of what n windows of one let through. */
static void a_rolling_window_is_stricter_than_a_calendar(void **state)
{
    (void)state;
    for (int n = 1; n <= 3; n++) {
        double rolling = play(cap_of(n, 1, 0), 4, 14, 1, 5000).impressions;
        assert_true(rolling < calendar_cap_mean(4, n, 1, 14));
        assert_true(rolling > 14 * n * 0.6);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cap_allows_what_brute_force_allows),
        cmocka_unit_test(one_in_a_window_is_a_dead_time_counter),
        cmocka_unit_test(a_flight_cap_lets_the_first_ones_through),
        cmocka_unit_test(a_rolling_window_is_stricter_than_a_calendar),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
