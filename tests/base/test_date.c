/* Dates as days, counted by hand and against a calendar that is walked day by day. */
#include "models/base/date.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void dates_cross_months_and_leap_days(void **state)
{
    (void)state;
    assert_string_equal(date_after("2026-02-26", 3).text, "2026-03-01");
    assert_string_equal(date_after("2028-02-28", 1).text, "2028-02-29");
    assert_string_equal(date_after("2026-12-31", 1).text, "2027-01-01");
    assert_string_equal(date_after("2100-02-28", 1).text, "2100-03-01");
    assert_string_equal(date_after("2026-03-02", 0).text, "2026-03-02");
    assert_string_equal(date_after("2026-03-02", -2).text, "2026-02-28");
}

static int days_in(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static void every_day_of_500_years_follows_the_one_before(void **state)
{
    (void)state;
    long day = date_day((date_t){1900, 1, 1});
    assert_int_equal(date_day((date_t){1970, 1, 1}), 0);
    assert_int_equal(day, -25567);
    for (int y = 1900; y < 2400; y++)
        for (int m = 1; m <= 12; m++)
            for (int d = 1; d <= days_in(y, m); d++, day++) {
                assert_int_equal(date_day((date_t){y, m, d}), day);
                date_t back = date_of_day(day);
                assert_true(back.year == y && back.month == m && back.day == d);
                assert_int_equal(date_weekday(day + 1), (date_weekday(day) + 1) % 7);
            }
}

static void weekdays_begin_on_monday(void **state)
{
    (void)state;
    assert_int_equal(date_weekday(date_day(date_parse("2026-03-02"))), 0); /* a Monday */
    assert_int_equal(date_weekday(date_day(date_parse("1969-07-20"))), 6); /* a Sunday */
    assert_int_equal(date_weekday(date_day(date_parse("2000-01-01"))), 5); /* a Saturday */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_cross_months_and_leap_days),
        cmocka_unit_test(every_day_of_500_years_follows_the_one_before),
        cmocka_unit_test(weekdays_begin_on_monday),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
