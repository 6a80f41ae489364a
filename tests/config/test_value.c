/* test_value.c -- numbers, units and laws: what is read, what is refused, and that what is written
 * reads back to the same bits. */
#include "sim/config/value.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static value_rule_t rule(measure_t q)
{
    return (value_rule_t){"x", q, -1e15, 1e15, false, false, false, NULL};
}

static void reads(measure_t q, const char *text, double expected)
{
    value_rule_t r = rule(q);
    double x = NAN;
    char help[200];
    if (!number_parse(text, &r, &x, help)) fail_msg("'%s' was refused: %s", text, help);
    if (x != expected) fail_msg("'%s' was read as %.17g, not %.17g", text, x, expected);
}

static void refuses(measure_t q, const char *text, const char *expected)
{
    value_rule_t r = rule(q);
    double x;
    char help[200];
    if (number_parse(text, &r, &x, help)) fail_msg("'%s' was read as %.17g", text, x);
    assert_string_equal(help, expected);
}

static void suffixes_shift_the_decimal_point(void **state)
{
    (void)state;
    reads(MEASURE_SHARE, "40%", 0.4);
    reads(MEASURE_SHARE, "40 %", 0.4);
    reads(MEASURE_SHARE, "0.84%", 0.0084); /* 0.84 / 100 is another double */
    reads(MEASURE_SHARE, "0.07", 0.07);
    reads(MEASURE_NUMBER, "120k", 120000);
    reads(MEASURE_MONEY, "1.5M", 1500000);
    reads(MEASURE_MONEY, "2.3k", 2300);
    reads(MEASURE_NUMBER, "-.5", -0.5);
    reads(MEASURE_NUMBER, "1e3", 1000);
    reads(MEASURE_NUMBER, "1e3k", 1000000);
    reads(MEASURE_NUMBER, "5.", 5);
}

static void durations_are_held_in_their_keys_unit(void **state)
{
    (void)state;
    reads(MEASURE_DAYS, "28d", 28);
    reads(MEASURE_DAYS, "6h", 0.25);
    reads(MEASURE_DAYS, "2w", 14);
    reads(MEASURE_DAYS, "36min", 0.025);
    reads(MEASURE_HOURS, "2d", 48);
    reads(MEASURE_HOURS, "30min", 0.5);
    reads(MEASURE_HOURS, "131h", 131);
}

static void what_could_be_read_in_two_ways_is_refused_with_the_fix(void **state)
{
    (void)state;
    refuses(MEASURE_NUMBER, "120,000", "write it without thousands separators: 120000");
    refuses(MEASURE_NUMBER, "1,234,567.5", "write it without thousands separators: 1234567.5");
    refuses(MEASURE_NUMBER, "120 000", "write it without thousands separators: 120000");
    refuses(MEASURE_NUMBER, "1.234.567", "write it without thousands separators: 1234567");
    refuses(MEASURE_NUMBER, "2_400_000", "write it without underscores: 2400000");
    refuses(MEASURE_NUMBER, "1,5", "decimals are written with a point: 1.5");
    refuses(MEASURE_NUMBER, "0x1F", "write it in decimal: 31");
    refuses(MEASURE_NUMBER, "0o17", "write it in decimal");
    refuses(MEASURE_NUMBER, "007", "write it without the leading zero");
    refuses(MEASURE_NUMBER, ".nan", "give a finite number, or leave the key out for its default");
    refuses(MEASURE_NUMBER, "-.INF", "give a finite number, or leave the key out for its default");
    refuses(MEASURE_NUMBER, "1e400", "it is too large");
    refuses(MEASURE_NUMBER, "12abc", "numbers are written 40%, 120k, 1.5M, 28d, 6h");
    refuses(MEASURE_NUMBER, "", "give a value, or leave the key out for its default");
    refuses(MEASURE_NUMBER, "40%", "write it without %");
    refuses(MEASURE_NUMBER, "7d", "this is not a duration: write the number alone");
    refuses(MEASURE_NUMBER, "1.5m", "millions are written 1.5M");
    refuses(MEASURE_NUMBER, "120K", "thousands are written 120k");
    refuses(MEASURE_NUMBER, "$60", "write the amount alone; `currency` names the money");
    refuses(MEASURE_DAYS, "7", "say of what: 7d are days, 7h hours");
    refuses(MEASURE_DAYS, "7 days", "durations are written 28d, 6h, 2w or 30min");
    refuses(MEASURE_SHARE, "40k", "write a percentage such as 40%, or a number from 0 to 1");
    refuses(MEASURE_NUMBER, ".", "numbers are written 40%, 120k, 1.5M, 28d, 6h");
    refuses(MEASURE_NUMBER, "1e", "numbers are written 40%, 120k, 1.5M, 28d, 6h");
}

/* A cheap generator of doubles of all sizes; the test is exhaustive in spirit, not random. */
static double next_double(uint64_t *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    double mantissa = (double)(*state >> 11) * 0x1p-53;
    return ldexp(mantissa + 0.5, (int)(*state % 60) - 30);
}

static void written_numbers_read_back_to_the_same_bits(void **state)
{
    (void)state;
    static const measure_t measures[] = {MEASURE_NUMBER, MEASURE_SHARE, MEASURE_MONEY, MEASURE_DAYS,
                                         MEASURE_HOURS};
    uint64_t s = 1;
    for (int i = 0; i < 20000; i++) {
        measure_t q = measures[i % 5];
        double x = next_double(&s);
        reads(q, number_text(x, q).text, x);
        reads(q, number_text(-x, q).text, -x);
    }
    reads(MEASURE_SHARE, number_text(0, MEASURE_SHARE).text, 0);
}

static void written_numbers_are_short(void **state)
{
    (void)state;
    assert_string_equal(number_text(0.4, MEASURE_SHARE).text, "40%");
    assert_string_equal(number_text(0.0084, MEASURE_SHARE).text, "0.84%");
    assert_string_equal(number_text(1e-7, MEASURE_NUMBER).text, "0.0000001");
    assert_string_equal(number_text(1e-9, MEASURE_NUMBER).text, "1e-9");
    assert_string_equal(number_text(60000, MEASURE_MONEY).text, "60000");
    assert_string_equal(number_text(-2.5, MEASURE_NUMBER).text, "-2.5");
    assert_string_equal(number_text(0.25, MEASURE_DAYS).text, "0.25d");
    assert_string_equal(number_text(1e20, MEASURE_NUMBER).text, "1e20");
    assert_string_equal(number_text(123456789, MEASURE_NUMBER).text, "123456789");
}

/* The value of a law written as YAML, or a refusal. */
static bool law(const char *yaml, value_rule_t r, double divisor, value_t *v)
{
    diagnostics_t *d = diagnostics_new();
    document_t *doc = document_parse("t", yaml, strlen(yaml), d);
    bool ok = value_read(document_root(doc), &r, divisor, d, v);
    assert_int_equal(ok, diagnostics_errors(d) == 0); /* never silent, never both */
    document_free(doc);
    diagnostics_free(d);
    return ok;
}

static const value_rule_t share = {"s", MEASURE_SHARE, 0, 1, false, false, false, NULL};
static const value_rule_t amount = {"m", MEASURE_MONEY, 0, 1e9, false, false, false, NULL};
static const value_rule_t real = {"r", MEASURE_NUMBER, -1e3, 1e3, false, false, false, NULL};

static void low_and_high_are_the_10th_and_90th_percentile(void **state)
{
    (void)state;
    value_t v;
    assert_true(law("{low: 2%, high: 4%}", share, 1, &v));
    assert_int_equal(v.law.law, LAW_LOGIT_NORMAL);
    assert_float_equal(distribution_quantile(v.law, 0.1), 0.02, 1e-12);
    assert_float_equal(distribution_quantile(v.law, 0.9), 0.04, 1e-12);
    assert_true(law("{low: 80, high: 100}", amount, 1, &v));
    assert_int_equal(v.law.law, LAW_LOGNORMAL);
    assert_float_equal(distribution_quantile(v.law, 0.9), 100, 1e-9);
    assert_true(law("{low: -1, high: 3}", real, 1, &v));
    assert_int_equal(v.law.law, LAW_NORMAL);
    assert_float_equal(v.value, 1, 1e-12);
}

static void other_forms_name_their_law(void **state)
{
    (void)state;
    value_t v;
    assert_true(law("{median: 31, p90: 42}", amount, 1, &v));
    assert_float_equal(distribution_quantile(v.law, 0.5), 31, 1e-9);
    assert_float_equal(distribution_quantile(v.law, 0.9), 42, 1e-9);
    assert_true(law("{mean: 45%, sd: 11%}", share, 1, &v));
    assert_int_equal(v.law.law, LAW_BETA);
    assert_float_equal(v.value, 0.45, 1e-12);
    assert_float_equal(distribution_sd(v.law), 0.11, 1e-12);
    assert_true(law("{dist: beta, a: 9, b: 11}", share, 1, &v));
    assert_float_equal(v.value, 0.45, 1e-12);
    assert_true(law("{dist: uniform, low: 10%, high: 30%}", share, 1, &v));
    assert_float_equal(v.value, 0.2, 1e-12);
    assert_true(law("{dist: normal, low: 10, high: 12}", amount, 1, &v));
    assert_int_equal(v.law.law, LAW_NORMAL);
}

static void a_rate_per_time_is_scaled_before_its_law(void **state)
{
    (void)state;
    value_t v;
    assert_true(law("{low: 3, high: 6}", amount, 30, &v));
    assert_float_equal(distribution_quantile(v.law, 0.1), 0.1, 1e-12);
    assert_false(law("{dist: lognormal, mu: 1, sigma: 1}", amount, 30, &v));
}

static void laws_that_leave_their_range_are_refused(void **state)
{
    (void)state;
    value_t v;
    assert_false(law("{dist: normal, mean: 12, sd: 5}", amount, 1, &v));
    assert_true(law("{dist: normal, mean: 100, sd: 5}", amount, 1, &v)); /* 20 sd above 0 */
    assert_false(law("{dist: uniform, low: 50%, high: 130%}", share, 1, &v));
    assert_false(law("{low: 0%, high: 4%}", share, 1, &v));
    assert_false(law("{mean: 1%, sd: 40%}", share, 1, &v));
    assert_false(law("{low: 5, high: 5}", amount, 1, &v));
}

static void a_value_may_carry_its_source(void **state)
{
    (void)state;
    value_t v;
    diagnostics_t *d = diagnostics_new();
    static const char yaml[] = "{value: 12, source: a page}";
    document_t *doc = document_parse("t", yaml, strlen(yaml), d);
    assert_true(value_read(document_root(doc), &amount, 1, d, &v));
    assert_float_equal(v.value, 12, 0);
    assert_string_equal(v.source, "a page");
    document_free(doc);
    diagnostics_free(d);
}

static void written_laws_read_back_to_the_same_bits(void **state)
{
    (void)state;
    static const char *const yaml[] = {"{low: 2%, high: 4%}", "{mean: 45%, sd: 11%}",
                                       "{dist: uniform, low: 10%, high: 30%}"};
    for (size_t i = 0; i < 3; i++) {
        value_t v, again;
        assert_true(law(yaml[i], share, 1, &v));
        assert_true(law(law_text(v.law).text, share, 1, &again));
        assert_memory_equal(&v.law, &again.law, sizeof v.law);
    }
}

static void dates_exist(void **state)
{
    (void)state;
    assert_true(date_valid("2026-03-02"));
    assert_true(date_valid("2024-02-29"));
    assert_true(date_valid("2000-02-29"));
    assert_false(date_valid("2026-02-29"));
    assert_false(date_valid("1900-02-29"));
    assert_false(date_valid("2026-13-01"));
    assert_false(date_valid("2026-04-31"));
    assert_false(date_valid("2026-4-3"));
    assert_false(date_valid("2026-03-02 "));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(suffixes_shift_the_decimal_point),
        cmocka_unit_test(durations_are_held_in_their_keys_unit),
        cmocka_unit_test(what_could_be_read_in_two_ways_is_refused_with_the_fix),
        cmocka_unit_test(written_numbers_read_back_to_the_same_bits),
        cmocka_unit_test(written_numbers_are_short),
        cmocka_unit_test(low_and_high_are_the_10th_and_90th_percentile),
        cmocka_unit_test(other_forms_name_their_law),
        cmocka_unit_test(a_rate_per_time_is_scaled_before_its_law),
        cmocka_unit_test(laws_that_leave_their_range_are_refused),
        cmocka_unit_test(a_value_may_carry_its_source),
        cmocka_unit_test(written_laws_read_back_to_the_same_bits),
        cmocka_unit_test(dates_exist),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
