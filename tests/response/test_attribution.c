/* test_attribution.c -- who is credited with an order, on touch lists a hand can follow. Moments are
 * ticks; the click window is 1,000 of them, the view window 100. */
#include "models/response/attribution.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { PLAIN = -1, AD_SETS = 4 };
static const credit_windows_t windows = {1000, 100};
static const uint64_t everyone = ~0ull;

static double credit[AD_SETS];

static double given(const credit_touch_t *touch, size_t n, uint64_t ad_sets, uint32_t tick,
                    int cause, int by_click)
{
    for (int a = 0; a < AD_SETS; a++) credit[a] = 0;
    return attribute_last_touch(touch, n, windows, ad_sets, tick, cause, by_click, credit, NULL);
}

static int is(double x, double value)
{
    return fabs(x - value) < 1e-15;
}

static void the_latest_click_takes_the_order(void **state)
{
    (void)state;
    const credit_touch_t touch[] = {{900, 0, 0, 1, 1}, {800, 1, 1, 1, 1}, {700, 2, 2, 1, 1}};
    assert_true(is(given(touch, 3, everyone, 950, PLAIN, 0), 1));
    assert_true(credit[0] == 1 && credit[1] == 0 && credit[2] == 0);
}

static void a_click_goes_before_a_later_view(void **state)
{
    (void)state;
    const credit_touch_t touch[] = {{900, 0, 0, 0, 1}, {200, 1, 1, 1, 1}};
    assert_true(is(given(touch, 2, everyone, 950, PLAIN, 0), 1));
    assert_true(credit[0] == 0 && credit[1] == 1);
}

static void a_view_counts_within_its_shorter_window(void **state)
{
    (void)state;
    const credit_touch_t touch[] = {{900, 0, 0, 0, 1}};
    assert_true(given(touch, 1, everyone, 1000, PLAIN, 0) == 1);
    assert_true(given(touch, 1, everyone, 1001, PLAIN, 0) == 0);
}

static void a_click_counts_within_its_window_and_no_longer(void **state)
{
    (void)state;
    const credit_touch_t touch[] = {{900, 0, 0, 1, 1}};
    assert_true(given(touch, 1, everyone, 1900, PLAIN, 0) == 1);
    assert_true(given(touch, 1, everyone, 1901, PLAIN, 0) == 0);
}

static void what_is_shown_after_the_order_gets_nothing(void **state)
{
    (void)state;
    const credit_touch_t touch[] = {{900, 0, 0, 1, 1}, {500, 1, 1, 1, 1}};
    assert_true(given(touch, 2, everyone, 600, PLAIN, 0) == 1);
    assert_true(credit[0] == 0 && credit[1] == 1);
}

static void a_platform_alone_sees_its_own_touches(void **state)
{
    (void)state;
    const credit_touch_t touch[] = {{900, 0, 0, 1, 1}, {800, 1, 1, 1, 1}};
    assert_true(given(touch, 2, 1u << 1, 950, PLAIN, 0) == 1);
    assert_true(credit[0] == 0 && credit[1] == 1);
}

/* Not drawn: clicked with .2, seen with .7; earlier clicked with .5, seen with .6. Both within the click
 * window, the first alone within the view window.
 *   clicks: .2, then .8 x .5 = .4; left .4
 *   view of the first, given no click: (.7 - .2)/.8 = .625 of what is left: .25 */
static void chances_share_the_order(void **state)
{
    (void)state;
    const credit_touch_t touch[] = {{900, 0, 0, 0.2, 0.7}, {600, 1, 1, 0.5, 0.6}};
    assert_true(is(given(touch, 2, everyone, 950, PLAIN, 0), 0.85));
    assert_true(is(credit[0], 0.45) && is(credit[1], 0.4));
}

static void no_order_is_credited_more_than_once(void **state)
{
    (void)state;
    credit_touch_t touch[40];
    for (int j = 0; j < 40; j++)
        touch[j] = (credit_touch_t){(uint32_t)(1000 - j), j % 4, j % 4, 0.3, 0.9};
    for (int cause = PLAIN; cause < 40; cause++)
        for (int by_click = 0; by_click < 2; by_click++) {
            double sum = 0, all = given(touch, 40, everyone, 1000, cause, by_click);
            for (int a = 0; a < AD_SETS; a++) sum += credit[a];
            assert_true(all <= 1 + 1e-12 && fabs(all - sum) < 1e-12);
        }
}

/* The order came from a click, so that one happened: only a later click stands before it. */
static void the_click_that_caused_an_order_is_certain(void **state)
{
    (void)state;
    const credit_touch_t touch[] = {
        {900, 0, 0, 0.2, 0.7}, {600, 1, 1, 0.01, 0.7}, {500, 2, 2, 0.5, 0.6}};
    assert_true(is(given(touch, 3, everyone, 950, 1, 1), 1));
    assert_true(is(credit[0], 0.2) && is(credit[1], 0.8) && credit[2] == 0);
}

/* Seen for certain, and clicked with .1/.5 = .2 given that it was seen. */
static void the_sight_that_caused_an_order_is_certain(void **state)
{
    (void)state;
    const credit_touch_t touch[] = {{900, 0, 0, 0.1, 0.5}};
    assert_true(is(given(touch, 1, everyone, 950, 0, 0), 1));
    assert_true(is(given(touch, 1, everyone, 1500, 0, 0), 0.2)); /* the view window is over */
}

static void without_touches_nobody_is_credited(void **state)
{
    (void)state;
    assert_true(given(NULL, 0, everyone, 950, PLAIN, 0) == 0);
}

/* ---- paths ---- */

static const attribution_t rule = {.half_life_days = 2 / TICKS_PER_DAY, /* two ticks */
                                   .first_share = 0.4,
                                   .last_share = 0.4};

/* Touches of one path, seen or clicked as said, each `kept` from its tick to that of the one before it. */
static path_touch_t at(uint32_t tick, int clicked, int seen, uint32_t later)
{
    return (path_touch_t){
        tick, 0, (uint8_t)clicked, (uint8_t)seen, (uint8_t)clicked, time_kept(&rule, later - tick)};
}

static void a_path_holds_the_touches_whose_own_window_is_open(void **state)
{
    (void)state;
    const path_touch_t touch[] = {at(960, 1, 1, 960), at(930, 0, 1, 960), at(880, 0, 0, 930),
                                  at(840, 0, 1, 880), at(500, 1, 1, 840), at(400, 0, 1, 500),
                                  at(10, 1, 1, 400)};
    uint32_t path[7];
    /* One is later, one unseen, two views are old. */
    assert_int_equal(attribute_path(touch, 7, windows, 950, PLAIN, 0, path), 3);
    assert_true(path[0] == 1 && path[1] == 4 && path[2] == 6);
    assert_int_equal(attribute_path(touch, 7, windows, 1010, PLAIN, 0, path), 4);
    assert_true(path[0] == 0 && path[1] == 1 && path[2] == 4 && path[3] == 6);
    assert_int_equal(attribute_path(touch, 7, windows, 1011, PLAIN, 0, path), 3);
}

static void the_touch_that_caused_an_order_is_on_its_path(void **state)
{
    (void)state;
    const path_touch_t touch[] = {at(960, 0, 0, 960), at(500, 0, 1, 960)};
    uint32_t path[2];
    assert_int_equal(attribute_path(touch, 2, windows, 970, PLAIN, 0, path), 0);
    assert_int_equal(attribute_path(touch, 2, windows, 970, 0, 0, path), 1);
    assert_int_equal(attribute_path(touch, 2, windows, 970, 1, 1, path), 1);
    assert_int_equal(path[0], 1);
    /* Its view is old, but if it was seen it was clicked. */
    path_touch_t old = at(800, 0, 0, 800);
    assert_int_equal(attribute_path(&old, 1, windows, 970, 0, 0, path), 0);
    old.clicked_if_seen = 1;
    assert_int_equal(attribute_path(&old, 1, windows, 970, 0, 0, path), 1);
    assert_int_equal(attribute_path(&old, 1, windows, 970, PLAIN, 0, path), 0);
}

enum { FIRST, LINEAR, DECAY, POSITION };

static void every_model_shares_a_path_as_it_says(void **state)
{
    (void)state;
    /* Four touches on the path, each a half-life after the other; one between them is not on it. */
    const path_touch_t touch[] = {at(108, 1, 1, 108), at(106, 1, 1, 108), at(105, 0, 0, 106),
                                  at(104, 1, 1, 105), at(102, 1, 1, 104)};
    const uint32_t path[] = {0, 1, 3, 4};
    double share[4][PATH_MODELS];
    attribute_shares(&rule, touch, path, 4, share);
    const double first[] = {0, 0, 0, 1}, position[] = {0.4, 0.1, 0.1, 0.4},
                 decay[] = {8.0 / 15, 4.0 / 15, 2.0 / 15, 1.0 / 15};
    for (int k = 0; k < 4; k++) {
        assert_true(share[k][FIRST] == first[k] && share[k][LINEAR] == 0.25);
        assert_true(is(share[k][DECAY], decay[k]) && is(share[k][POSITION], position[k]));
    }
}

static void two_touches_share_as_the_ends_do_and_one_has_all(void **state)
{
    (void)state;
    attribution_t uneven = rule;
    uneven.first_share = 0.6;
    uneven.last_share = 0.2;
    const path_touch_t touch[] = {at(104, 1, 1, 104), at(102, 1, 1, 104)};
    const uint32_t path[] = {0, 1};
    double share[2][PATH_MODELS];
    attribute_shares(&uneven, touch, path, 2, share);
    assert_true(is(share[0][POSITION], 0.25) && is(share[1][POSITION], 0.75));
    assert_true(is(share[0][DECAY], 2.0 / 3) && is(share[1][DECAY], 1.0 / 3));
    attribute_shares(&uneven, touch, path, 1, share);
    for (int model = 0; model < PATH_MODELS; model++) assert_true(share[0][model] == 1);
    uneven.first_share = uneven.last_share = 0; /* all to those between, of which there are none */
    attribute_shares(&uneven, touch, path, 2, share);
    assert_true(share[0][POSITION] == 0.5 && share[1][POSITION] == 0.5);
}

static void shares_of_any_path_add_up_to_the_order(void **state)
{
    (void)state;
    enum { TOUCHES = 40 };
    path_touch_t touch[TOUCHES];
    uint32_t path[TOUCHES];
    double share[TOUCHES][PATH_MODELS];
    for (uint32_t j = 0; j < TOUCHES; j++) {
        path[j] = j;
        touch[j] = at(900 - 20 * j, 1, 1, j ? 920 - 20 * j : 900);
    }
    for (size_t m = 1; m <= TOUCHES; m++) {
        attribute_shares(&rule, touch, path, m, share);
        for (int model = 0; model < PATH_MODELS; model++) {
            double sum = 0;
            for (size_t k = 0; k < m; k++) {
                assert_true(share[k][model] >= 0);
                sum += share[k][model];
            }
            assert_true(fabs(sum - 1) < 1e-12);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_latest_click_takes_the_order),
        cmocka_unit_test(a_click_goes_before_a_later_view),
        cmocka_unit_test(a_view_counts_within_its_shorter_window),
        cmocka_unit_test(a_click_counts_within_its_window_and_no_longer),
        cmocka_unit_test(what_is_shown_after_the_order_gets_nothing),
        cmocka_unit_test(a_platform_alone_sees_its_own_touches),
        cmocka_unit_test(chances_share_the_order),
        cmocka_unit_test(no_order_is_credited_more_than_once),
        cmocka_unit_test(the_click_that_caused_an_order_is_certain),
        cmocka_unit_test(the_sight_that_caused_an_order_is_certain),
        cmocka_unit_test(without_touches_nobody_is_credited),
        cmocka_unit_test(a_path_holds_the_touches_whose_own_window_is_open),
        cmocka_unit_test(the_touch_that_caused_an_order_is_on_its_path),
        cmocka_unit_test(every_model_shares_a_path_as_it_says),
        cmocka_unit_test(two_touches_share_as_the_ends_do_and_one_has_all),
        cmocka_unit_test(shares_of_any_path_add_up_to_the_order),
    };
    return cmocka_run_group_tests_name("attribution", tests, NULL, NULL);
}
