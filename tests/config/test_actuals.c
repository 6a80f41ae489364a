/* test_actuals.c -- exports of ads managers: words of columns, numbers as people write them, days that add up. */
#include "sim/config/actuals.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void numbers_are_read_as_people_write_them(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        double counted, ratio;
    } rows[] = {
        {"1234.5", 1234.5, 1234.5},
        {"1,234", 1234, 1234},
        {"1,234,567.25", 1234567.25, 1234567.25},
        {"1.234,50", 1234.5, 1234.5},
        {"1234,5", 1234.5, 1234.5},
        {"12,34", 12.34, 12.34},
        {"$9,990", 9990, 9990},
        {"\xe2\x82\xac 12.5", 12.5, 12.5},
        {"1 234", 1234, 1234},
        {"1.234.567", 1234567, 1234567},
        {"1.000", 1000, 1},
        {"0.005", 0.005, 0.005},
        {"0,005", 0.005, 0.005},
        {"2.31%", 0.0231, 0.0231},
        {"1'234.5", 1234.5, 1234.5},
        {"0", 0, 0},
        {"1.234", 1234, 1.234},
        {"12.3456", 12.3456, 12.3456},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        bool missing;
        for (int counted = 0; counted < 2; counted++) {
            double x = actual_number(rows[i].text, strlen(rows[i].text), counted, &missing);
            double wanted = counted ? rows[i].counted : rows[i].ratio;
            if (missing || fabs(x - wanted) > 1e-9) fail_msg("'%s' reads %g", rows[i].text, x);
        }
    }
}

static void what_is_missing_is_not_wrong(void **state)
{
    (void)state;
    static const char *const none[] = {"", "-", "--", "\xe2\x80\x94", "N/A", " "};
    static const char *const wrong[] = {"many", "1e3",  "12abc", "nan",
                                        "inf",  "0x10", "1.2.3", "--5"};
    bool missing;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        assert_true(isnan(actual_number(none[i], strlen(none[i]), true, &missing)));
        assert_true(missing);
    }
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        double x = actual_number(wrong[i], strlen(wrong[i]), true, &missing);
        if (!isnan(x) || missing) fail_msg("'%s' reads %g", wrong[i], x);
    }
}

/* Reads a text as a file; what is wrong is in *told. */
static status_t read_text(const char *text, actuals_t *a, char told[2000])
{
    char path[] = "/tmp/adsim-actuals-XXXXXX";
    int fd = mkstemp(path);
    error_t err = {""};
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    diagnostics_t *d = diagnostics_new();
    assert_non_null(d);
    status_t st = actuals_read(a, path, d, &err);
    char *said = diagnostics_text(d, FORMAT_SHORT, NULL);
    snprintf(told, 2000, "%s", said ? said : "");
    free(said);
    diagnostics_free(d);
    unlink(path);
    return st;
}

static double value(const actual_t *row, const char *column)
{
    assert_non_null(row);
    return row->value[column_find(column)];
}

static void days_of_an_ad_set_add_up_and_reach_does_not(void **state)
{
    (void)state;
    actuals_t a;
    char told[2000];
    const char *text =
        "\xef\xbb\xbf"
        "Day;Ad set name;Amount spent (EUR);Impr.;Reach;Clicks (all);Link clicks;Purchases\r\n"
        "1;one;10,50;1.000;800;30;20;2\r\n"
        "2;one;9,50;1.000;700;30;20;1\r\n"
        "1;two;5;400;390;9;4;\r\n"
        ";;25;2400;;;;3\r\n"
        ";Total: account;25;2400;;;;3\r\n";
    assert_int_equal(read_text(text, &a, told), OK);
    assert_int_equal(a.n, 2);
    assert_int_equal(a.left_out, 2);
    actual_t *one = (actual_t *)actuals_find(&a, "one");
    assert_int_equal(one->rows, 2);
    assert_true(fabs(value(one, "spend") - 20) < 1e-12);
    assert_true(fabs(value(one, "impressions") - 2000) < 1e-12);
    assert_true(isnan(value(one, "reach")));
    assert_true(value(one, "clicks") == 40); /* link clicks, not all clicks */
    assert_true(value(one, "conversions") == 3);
    assert_true(isnan(value(actuals_find(&a, "two"), "conversions")));
    assert_true(value(actuals_find(&a, "two"), "reach") == 390);
    actual_derive(one);
    assert_true(fabs(value(one, "cpc") - 0.5) < 1e-12);
    assert_true(fabs(value(one, "cpa") - 20.0 / 3) < 1e-12);
    assert_true(isnan(value(one, "frequency")));
    actual_t sum = actuals_sum(&a);
    assert_true(fabs(value(&sum, "spend") - 25) < 1e-12);
    assert_true(isnan(value(&sum, "conversions"))); /* of one ad set it is not known */
    actuals_free(&a);
}

static void what_is_wrong_is_told_with_its_place(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"colour,shape\nred,round\n", "no column says which ad set a row is about"},
        {"name,colour\na,red\n", "no column has what was paid or came of it"},
        {"name,spend\na,many\n", ":2:3: error: 'spend' must be a number of 0 or more, got 'many'"},
        {"name,spend\na,-5\n", "got '-5'"},
        {"name,spend\nTotal,5\n", "it has no rows of ad sets"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        actuals_t a;
        char told[2000];
        assert_int_equal(read_text(rows[i][0], &a, told), ERR_INVALID);
        if (!strstr(told, rows[i][1])) fail_msg("'%s' instead of '%s'", told, rows[i][1]);
        actuals_free(&a);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_as_people_write_them),
        cmocka_unit_test(what_is_missing_is_not_wrong),
        cmocka_unit_test(days_of_an_ad_set_add_up_and_reach_does_not),
        cmocka_unit_test(what_is_wrong_is_told_with_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
