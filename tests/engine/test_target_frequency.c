/* test_target_frequency.c -- those who are reached are reached so often in each window as wanted, whatever the
 * frequency would be by itself. */
#include "models/base/fixed.h"
#include "models/platform/frequency.h"
#include "tests/engine/village.h"

#include <string.h>

/* 19,000 impressions of everyone's 3.4 million opportunities, four weeks: 2.3 a person reached in all. */
static scenario_t four_weeks(const town_t *town, double target, double budget)
{
    scenario_t sc = village(town);
    sc.days = 28;
    sc.ad_set[0].strategy = BID_LOWEST_COST;
    sc.ad_set[0].bid = NAN;
    sc.ad_set[0].pacing = PACING_EVEN;
    sc.ad_set[0].budget = budget;
    sc.ad_set[0].target_frequency = (target_frequency_t){target, 7};
    return sc;
}

typedef struct {
    double frequency; /* of a window */
    double spent, reach, impressions;
    int64_t window[WINDOW_COUNTS];
} delivery_t;

static delivery_t delivered(const scenario_t *sc)
{
    delivery_t d = {0};
    flight_t f;
    flight_begin(&f, sc, PEOPLE);
    flight_fly(&f, sc, 0);
    memcpy(d.window, workspace_tables(f.ws)->window, sizeof d.window);
    d.frequency = (double)d.window[WINDOW_IMPRESSIONS] / (double)d.window[WINDOW_REACH];
    d.spent = (double)count_of(&f, 0, COUNT_SPEND) / MICROS;
    d.reach = (double)count_of(&f, 0, COUNT_REACH_1);
    d.impressions = (double)count_of(&f, 0, COUNT_IMPRESSIONS);
    flight_end(&f);
    return d;
}

/* Some 4,000 windows of people are reached; the loop makes up for chance, so that what is left is its last
 * hours: a hundredth. */
static void the_average_is_met(void **state)
{
    static const double targets[] = {1.3, 2, 3, 5};
    for (size_t k = 0; k < sizeof targets / sizeof *targets; k++) {
        scenario_t sc = four_weeks(*state, targets[k], 200);
        delivery_t d = delivered(&sc);
        assert_true(fabs(d.frequency / targets[k] - 1) < 0.02);
        assert_true(d.spent > 0.99 * 200 && d.spent <= 200);
        assert_true(d.impressions == (double)d.window[WINDOW_IMPRESSIONS]);
    }
}

/* Fewer people, each more often: what else a target of frequency is for. */
static void a_higher_target_reaches_fewer(void **state)
{
    scenario_t low = four_weeks(*state, 1.3, 200), high = four_weeks(*state, 5, 200);
    assert_true(delivered(&high).reach < 0.4 * delivered(&low).reach);
}

/* Windows of the length of the flight: those reached in them are those reached. */
static void a_window_of_the_flight_counts_its_reach(void **state)
{
    scenario_t sc = four_weeks(*state, 3, 200);
    sc.ad_set[0].target_frequency.window_days = 28;
    delivery_t d = delivered(&sc);
    assert_true(d.reach == (double)d.window[WINDOW_REACH]);
    assert_true(fabs(d.impressions / d.reach / 3 - 1) < 0.02);
}

/* 100,000 impressions in four weeks are 1.2 a week and person at the least: the money is spent all the same. */
static void too_few_people_are_reached_more_often(void **state)
{
    scenario_t sc = four_weeks(*state, 1.2, 1500);
    delivery_t d = delivered(&sc);
    assert_true(d.frequency > 1.35 && d.frequency < 1.6);
    assert_true(d.spent > 0.98 * 1500);
}

/* Another ad set's impressions do not count, nor do they matter to a target of one's own. */
static void only_its_own_impressions_count(void **state)
{
    scenario_t sc = four_weeks(*state, 2, 200);
    ad_set_t other = sc.ad_set[0];
    other.name = "other";
    other.hash = name_hash(other.name);
    other.target_frequency = (target_frequency_t){0};
    village_add(&sc, other);
    sc.ad_set[0].target_frequency.window_days = 28;
    delivery_t d = delivered(&sc);
    assert_true(d.impressions == (double)d.window[WINDOW_IMPRESSIONS]);
    assert_true(d.reach == (double)d.window[WINDOW_REACH]);
    assert_true(fabs(d.frequency / 2 - 1) < 0.03);
}

/* ---- the rule ---- */

static void the_rest_of_a_window_makes_up_for_its_begin(void **state)
{
    (void)state;
    assert_true(frequency_first_share(2, 0, 0, 0) == 0.5);
    /* 100 impressions of 80 people in half of it: of the 100 to come 20 shall be first ones. */
    assert_float_equal(frequency_first_share(2, 100, 80, 0.5), 0.2, 1e-12);
    assert_true(frequency_first_share(2, 100, 100, 0.5) == 0);
    assert_true(frequency_first_share(1.01, 1000, 10, 0.5) == 1);
}

static void the_tilt_leans_against_what_there_is_too_much_of(void **state)
{
    (void)state;
    assert_true(frequency_next_tilt(0, 1000, 500, 0.5) == 0);
    assert_true(frequency_next_tilt(0, 1000, 600, 0.5) > 0);
    assert_true(frequency_next_tilt(0, 1000, 400, 0.5) < 0);
    assert_true(frequency_next_tilt(0, 1e9, 1e9, 0.1) == 0.3);
    assert_true(frequency_next_tilt(0, 4, 4, 0.5) < 0.06); /* four impressions tell little */
    assert_true(frequency_next_tilt(4, 1000, 1000, 0.5) == 4);
    assert_true(frequency_next_tilt(-4, 1000, 0, 0.5) == -4);
    assert_true(frequency_next_tilt(1, 0, 0, 0.5) == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_average_is_met),
        cmocka_unit_test(a_higher_target_reaches_fewer),
        cmocka_unit_test(a_window_of_the_flight_counts_its_reach),
        cmocka_unit_test(too_few_people_are_reached_more_often),
        cmocka_unit_test(only_its_own_impressions_count),
        cmocka_unit_test(the_rest_of_a_window_makes_up_for_its_begin),
        cmocka_unit_test(the_tilt_leans_against_what_there_is_too_much_of),
    };
    return cmocka_run_group_tests_name("target frequency", tests, village_setup, town_end);
}
