/* When ads run: hours counted by hand. The flights begin on a Monday unless said. */
#include "models/platform/hours.h"
#include "models/platform/schedule.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { MONDAY, SATURDAY = 5, HOURS_18_TO_23 = 0x7c0000 };

static int hours_run(const schedule_t *s, int weekday, int days)
{
    int n = 0;
    for (int hour = 0; hour < 24 * days; hour++) n += schedule_runs(s, weekday, hour);
    return n;
}

static void an_empty_schedule_runs_always(void **state)
{
    (void)state;
    const schedule_t always = {0};
    assert_int_equal(hours_run(&always, MONDAY, 28), 28 * 24);
    assert_true(schedule_silent_days(&always, &always, MONDAY, 28, 0.6, 20) == 0);
}

static void a_window_holds_both_its_days(void **state)
{
    (void)state;
    const schedule_t third_to_fifth = {.first_day = 2, .end_day = 5}, to_the_end = {.first_day = 2};
    assert_false(schedule_runs(&third_to_fifth, MONDAY, 47));
    assert_true(schedule_runs(&third_to_fifth, MONDAY, 48));
    assert_true(schedule_runs(&third_to_fifth, MONDAY, 119));
    assert_false(schedule_runs(&third_to_fifth, MONDAY, 120));
    assert_int_equal(hours_run(&to_the_end, MONDAY, 7), 5 * 24);
}

/* 18 to 23 is five hours: the hour that begins at 23 is out. Saturday is the sixth day of a flight that
 * begins on Monday, and the first of one that begins on Saturday. */
static void dayparts_follow_the_weekday_and_end_on_the_hour(void **state)
{
    (void)state;
    schedule_t s = {0};
    for (int d = 0; d < WEEKDAYS; d++)
        s.silent[d] = d < SATURDAY ? ALL_HOURS & ~HOURS_18_TO_23 : ALL_HOURS;
    assert_int_equal(hours_run(&s, MONDAY, 7), 5 * 5);
    assert_int_equal(hours_run(&s, SATURDAY, 2), 0);
    assert_int_equal(hours_run(&s, SATURDAY, 3), 5);
    assert_false(schedule_runs(&s, MONDAY, 17));
    assert_true(schedule_runs(&s, MONDAY, 18));
    assert_true(schedule_runs(&s, MONDAY, 22));
    assert_false(schedule_runs(&s, MONDAY, 23));
}

static void pauses_leave_out_whole_days(void **state)
{
    (void)state;
    const schedule_t s = {.n_pauses = 2, .pause = {{1, 1}, {5, 6}}};
    assert_int_equal(hours_run(&s, MONDAY, 7), 4 * 24);
    assert_false(schedule_runs(&s, MONDAY, 24));
    assert_true(schedule_runs(&s, MONDAY, 48));
}

/* The share of a daypart is that of the daily wave (daypart_sinusoid). */
static void silent_hours_weigh_by_the_opportunities_in_them(void **state)
{
    (void)state;
    schedule_t evening = {0};
    const schedule_t always = {0}, but_tuesday = {.n_pauses = 1, .pause = {{1, 1}}};
    for (int d = 0; d < WEEKDAYS; d++) evening.silent[d] = ALL_HOURS & ~HOURS_18_TO_23;
    double share = hours_share(0.6, 20, 18, 23);
    double silent = schedule_silent_days(&evening, &always, MONDAY, 7, 0.6, 20);
    assert_true(fabs(silent - 7 * (1 - share)) < 1e-12);
    /* What either schedule leaves out is left out, and counts once. */
    silent = schedule_silent_days(&evening, &but_tuesday, MONDAY, 7, 0.6, 20);
    assert_true(fabs(silent - (7 - 6 * share)) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_schedule_runs_always),
        cmocka_unit_test(a_window_holds_both_its_days),
        cmocka_unit_test(dayparts_follow_the_weekday_and_end_on_the_hour),
        cmocka_unit_test(pauses_leave_out_whole_days),
        cmocka_unit_test(silent_hours_weigh_by_the_opportunities_in_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
