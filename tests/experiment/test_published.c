/* test_published.c -- the table of published figures: those that the defaults meet stay met, and those that they do not
 * stay about where they were found. The plan's seed is fixed. */
#include "sim/engine/parallel.h"
#include "sim/experiment/published.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

static double value[PUBLISHED_PLANS][PUBLISHED_ROWS];

/* Where it is not met, within which bounds it lies. */
typedef struct {
    published_verdict_t verdict;
    double low, high;
} place_of_t;

static const place_of_t met = {PUBLISHED_MET, 0, 0}, none = {PUBLISHED_NOT_MODELLED, 0, 0};

static void check(const char *plan, const double *found, const place_of_t *expected)
{
    int moved = 0;
    for (int k = 0; k < PUBLISHED_ROWS; k++) {
        const published_row_t *r = &published_rows[k];
        published_verdict_t verdict = published_verdict((published_t)k, found[k]);
        bool place = verdict != PUBLISHED_NOT_MET ||
                     (found[k] > expected[k].low && found[k] < expected[k].high);
        bool stays = verdict == expected[k].verdict && place;
        print_message("# %s, %s: published %s, adsim %.4g%s\n", plan, r->name, r->published,
                      found[k], stays ? "" : " HAS LEFT ITS PLACE");
        moved += !stays;
        assert_true(verdict == PUBLISHED_MET || r->note);
    }
    assert_int_equal(moved, 0);
}

/* By default three are not met; they come in together where people order three times as often by themselves, all but the
 * lift of visits, which are then as many more (and orders, by a half of a point). */
static void no_figure_leaves_its_place(void **state)
{
    (void)state;
    const place_of_t defaults[PUBLISHED_ROWS] = {
        [PUBLISHED_DELAY_HOUR] = met,
        [PUBLISHED_DELAY_DAY] = met,
        [PUBLISHED_VIEW_THROUGH] = {PUBLISHED_NOT_MET, 0.15, 0.25},
        [PUBLISHED_LIFT_UPPER] = met,
        [PUBLISHED_LIFT_MID] = none,
        [PUBLISHED_LIFT_LOWER] = {PUBLISHED_NOT_MET, 0.2, 0.3},
        [PUBLISHED_CASCADES] = met,
        [PUBLISHED_SALES_CV] = {PUBLISHED_NOT_MET, 15, 17},
        [PUBLISHED_ON_TARGET] = met};
    check("defaults", value[PUBLISHED_DEFAULTS], defaults);
}

static void people_who_order_thrice_as_often_are_those_of_the_experiments(void **state)
{
    (void)state;
    const place_of_t busy[PUBLISHED_ROWS] = {
        [PUBLISHED_DELAY_HOUR] = met,   [PUBLISHED_DELAY_DAY] = met,
        [PUBLISHED_VIEW_THROUGH] = met, [PUBLISHED_LIFT_UPPER] = {PUBLISHED_NOT_MET, 0.05, 0.09},
        [PUBLISHED_LIFT_MID] = none,    [PUBLISHED_LIFT_LOWER] = {PUBLISHED_NOT_MET, 0.081, 0.1},
        [PUBLISHED_CASCADES] = met,     [PUBLISHED_SALES_CV] = met,
        [PUBLISHED_ON_TARGET] = met};
    check("busy", value[PUBLISHED_BUSY], busy);
}

static void a_verdict_is_of_the_range(void **state)
{
    (void)state;
    assert_int_equal(published_verdict(PUBLISHED_DELAY_HOUR, 0.33), PUBLISHED_MET);
    assert_int_equal(published_verdict(PUBLISHED_DELAY_HOUR, 0.3299), PUBLISHED_NOT_MET);
    assert_int_equal(published_verdict(PUBLISHED_DELAY_HOUR, 0.3701), PUBLISHED_NOT_MET);
    assert_int_equal(published_verdict(PUBLISHED_DELAY_HOUR, NAN), PUBLISHED_NOT_MODELLED);
}

static int set_up(void **state)
{
    (void)state;
    error_t err = {""};
    if (published_measure(parallel_threads_available(), value, &err) == OK) return 0;
    print_message("# %s\n", err.text);
    return -1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_figure_leaves_its_place),
        cmocka_unit_test(people_who_order_thrice_as_often_are_those_of_the_experiments),
        cmocka_unit_test(a_verdict_is_of_the_range),
    };
    return cmocka_run_group_tests_name("published", tests, set_up, NULL);
}
