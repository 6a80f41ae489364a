/* test_text.c -- numbers, names, dates, CSV fields and tables as a person sees them. */
#include "sim/report/csv.h"
#include "sim/report/table.h"
#include "sim/report/text.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void amounts_keep_three_digits_that_count(void **state)
{
    (void)state;
    const struct {
        double x;
        const char *text;
    } want[] = {{0, "0"},
                {0.534, "0.53"},
                {7.25, "7.25"},
                {9.999, "10.0"},
                {61.28, "61.3"},
                {99.96, "100"},
                {610.4, "610"},
                {999.6, "1,000"},
                {30000, "30,000"},
                {999499, "999,499"},
                {999501, "1.00 M"},
                {1214000, "1.21 M"},
                {259.8e6, "259.8 M"},
                {3.1e9, "3.10 B"},
                {-0.5, "-0.50"},
                {-1234, "-1,234"},
                {-0.2e-9, "0.00"},
                {NAN, "-"}};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        assert_string_equal(amount(want[i].x).text, want[i].text);
}

static void money_is_written_in_full(void **state)
{
    (void)state;
    assert_string_equal(amount_money(1250000).text, "1,250,000");
    assert_string_equal(amount_money(0.033).text, "0.03");
    assert_string_equal(amount_money(99.999).text, "100");
    assert_string_equal(amount_money(2.5e9).text, "2.50 B");
    assert_string_equal(amount_ratio(2.314).text, "2.31");
    assert_string_equal(amount_ratio(154.2).text, "154");
    assert_string_equal(amount_percent(0.0084).text, "0.84 %");
    assert_string_equal(amount_percent(0.0123).text, "1.2 %");
    assert_string_equal(amount_percent(0.12).text, "12 %");
    assert_string_equal(amount_whole(-0.2).text, "0");
}

static void wide_and_combining_letters_count_as_they_look(void **state)
{
    (void)state;
    assert_int_equal(text_cells("abc"), 3);
    assert_int_equal(text_cells("\xe6\x9d\xb1\xe4\xba\xac"), 4); /* two ideographs */
    assert_int_equal(text_cells("e\xcc\x81t\xc3\xa9"), 3);       /* e + combining acute */
    char *cut = text_fit("\xe6\x9d\xb1\xe4\xba\xac\xe6\x9d\xb1", 4);
    assert_string_equal(cut, "\xe6\x9d\xb1\xe2\x80\xa6"); /* a glyph is not halved */
    free(cut);
    cut = text_fit("Spring sale", 11);
    assert_string_equal(cut, "Spring sale");
    free(cut);
    cut = text_fit("Spring sale", 7);
    assert_string_equal(cut, "Spring\xe2\x80\xa6");
    free(cut);
}

static char *csv_row(const char *const *text, const double *real, int n)
{
    char *out = NULL;
    size_t length;
    csv_t c = {.to = open_memstream(&out, &length)};
    for (int i = 0; i < n; i++) text[i] ? csv_text(&c, text[i]) : csv_real(&c, real[i]);
    csv_end(&c);
    fclose(c.to);
    return out;
}

static void csv_fields_are_quoted_where_they_must_be(void **state)
{
    (void)state;
    const char *text[] = {"plain", "a,b", "say \"hi\"", "two\nlines", "", "\xc3\xa9"};
    char *row = csv_row(text, NULL, 6);
    assert_string_equal(row, "plain,\"a,b\",\"say \"\"hi\"\"\",\"two\nlines\",,\xc3\xa9\n");
    free(row);
}

static void csv_numbers_are_whole_or_ten_digits_or_nothing(void **state)
{
    (void)state;
    const char *text[8] = {0};
    const double real[] = {30000, 12345678901234, 1.0 / 3, NAN, INFINITY, -0.0, 2.5e-7, -3};
    char *row = csv_row(text, real, 8);
    assert_string_equal(row, "30000,12345678901234,0.3333333333,,,0,2.5e-07,-3\n");
    free(row);
}

/* --- tables ----------------------------------------------------------------------------------- */

static char *printed(const table_text_t *t, int width)
{
    char *out = NULL;
    size_t length;
    FILE *to = open_memstream(&out, &length);
    assert_true(table_print(t, width, "", "", to));
    fclose(to);
    return out;
}

static table_text_t *two_rows(void)
{
    table_text_t *t = calloc(1, sizeof *t);
    *t = (table_text_t){.title = {"", "spend", "reach", "(range)"},
                        .drop = {0, 0, 1, 2},
                        .tight = {false, false, false, true},
                        .n_columns = 4,
                        .n_rows = 2,
                        .name = {"\xe6\x9d\xb1\xe4\xba\xac", "a name that is long"}};
    const char *const cells[2][3] = {{"30,000", "1.21 M", ""}, {"5", "10", "(8 \xe2\x80\x93 12)"}};
    for (int r = 0; r < 2; r++)
        for (int c = 0; c < 3; c++) strcpy(t->cell[r][c + 1], cells[r][c]);
    return t;
}

static void a_table_is_aligned_by_cells_not_bytes(void **state)
{
    (void)state;
    table_text_t *t = two_rows();
    char *out = printed(t, 80);
    assert_string_equal(out, "                        spend   reach  (range)\n"
                             "  \xe6\x9d\xb1\xe4\xba\xac                 30,000  1.21 M\n"
                             "  a name that is long       5      10 (8 \xe2\x80\x93 12)\n");
    free(out);
    free(t);
}

/* Names give way first, to 12 cells; then columns, the most dispensable first. */
static void every_line_keeps_within_the_width_while_it_can(void **state)
{
    (void)state;
    table_text_t *t = two_rows();
    for (int width = 22; width <= 60; width++) {
        char *out = printed(t, width), *rest = out;
        for (char *line; (line = strtok_r(rest, "\n", &rest));)
            assert_true(text_cells(line) <= (size_t)width);
        free(out);
    }
    char *narrow = printed(t, 10); /* the first column and what is never dropped remain */
    assert_non_null(strstr(narrow, "30,000"));
    assert_null(strstr(narrow, "1.21 M"));
    assert_non_null(strstr(narrow, "a name that\xe2\x80\xa6"));
    free(narrow);
    free(t);
}

/* The lines of a wrapped text. */
static const char *wrapped(int width, const char *text)
{
    static char out[512];
    memset(out, 0, sizeof out);
    FILE *to = fmemopen(out, sizeof out, "w");
    assert_non_null(to);
    assert_true(text_wrap(to, width, "  ", "%s", text));
    fclose(to);
    return out;
}

static void a_text_is_wrapped_at_blanks(void **state)
{
    (void)state;
    assert_string_equal(wrapped(11, "one two three four"), "one two\n  three\n  four\n");
    assert_string_equal(wrapped(7, "one two"), "one two\n");
    assert_string_equal(wrapped(6, "one two"), "one\n  two\n");
    assert_string_equal(wrapped(4, "endlessword it"), "endlessword\n  it\n");
    assert_string_equal(wrapped(9, "up by 15 % now"), "up by\n  15 %\n  now\n"); /* no % alone */
    assert_string_equal(wrapped(0, "a b"), "a\n  b\n");
    assert_string_equal(wrapped(20, ""), "\n");
}

static void parts_between_dots_stay_together(void **state)
{
    (void)state;
    assert_string_equal(wrapped(22, "a plan \xc2\xb7 8 days \xc2\xb7 seed 42"),
                        "a plan \xc2\xb7 8 days \xc2\xb7\n  seed 42\n");
    assert_string_equal(wrapped(12, "a very long name \xc2\xb7 seed 42"),
                        "a very long\n  name \xc2\xb7\n  seed 42\n");
}

static void wide_letters_take_two_cells_and_colours_none(void **state)
{
    (void)state;
    assert_string_equal(wrapped(8, "\xe7\x9b\xae\xe6\xa8\x99 abc d"),
                        "\xe7\x9b\xae\xe6\xa8\x99 abc\n  d\n");
    assert_string_equal(wrapped(7, "\033[1mone\033[0m two"), "\033[1mone\033[0m two\n");
}

/* What fold_close makes of a text in `width` cells. */
static char *folded(const char *text, int width)
{
    fold_t fold;
    char *out = NULL;
    size_t length;
    FILE *to = open_memstream(&out, &length), *lines = fold_open(&fold);
    fputs(text, lines);
    assert_true(fold_close(&fold, to, width));
    fclose(to);
    return out;
}

static void lines_fold_between_words_alone(void **state)
{
    (void)state;
    const struct {
        const char *text, *want;
    } row[] = {
        {"short\n\n  as it is\n", "short\n\n  as it is\n"},
        {"one two three four five\n", "one two three\n  four five\n"},
        {"  deeper than the other\n", "  deeper than\n    the other\n"},
        {"it takes 1.63 M x\n", "it takes\n  1.63 M x\n"},
        {"a share of 12 % of it\n", "a share of\n  12 % of it\n"},
        {"\xe6\x9d\xb1\xe4\xba\xac\xe6\x9d\xb1\xe4\xba\xac 1234 56\n", /* eight cells */
         "\xe6\x9d\xb1\xe4\xba\xac\xe6\x9d\xb1\xe4\xba\xac 1234\n  56\n"},
        {"a long name here \xc2\xb7 b c\n", "a long name\n  here \xc2\xb7 b c\n"},
        {"\033[1mbold one\033[0m two\n", "\033[1mbold one\033[0m two\n"},
    };
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        char *is = folded(row[i].text, 13);
        assert_string_equal(is, row[i].want);
        free(is);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_wrapped_at_blanks),
        cmocka_unit_test(parts_between_dots_stay_together),
        cmocka_unit_test(wide_letters_take_two_cells_and_colours_none),
        cmocka_unit_test(amounts_keep_three_digits_that_count),
        cmocka_unit_test(money_is_written_in_full),
        cmocka_unit_test(wide_and_combining_letters_count_as_they_look),
        cmocka_unit_test(csv_fields_are_quoted_where_they_must_be),
        cmocka_unit_test(csv_numbers_are_whole_or_ten_digits_or_nothing),
        cmocka_unit_test(a_table_is_aligned_by_cells_not_bytes),
        cmocka_unit_test(every_line_keeps_within_the_width_while_it_can),
        cmocka_unit_test(lines_fold_between_words_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
