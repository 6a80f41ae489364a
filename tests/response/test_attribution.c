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
    };
    return cmocka_run_group_tests_name("attribution", tests, NULL, NULL);
}
