/* test_csv.c -- what a CSV file means: fields, places, kinds of columns, codes and numbers. */
#include "sim/config/csv_table.h"

#include "models/base/rng.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

typedef struct {
    diagnostics_t *d;
    csv_reader_t *r;
    csv_table_t t;
    status_t status;
    char *said;
} opened_t;

static opened_t opened(const char *text, const csv_options_t *options)
{
    opened_t o = {.d = diagnostics_new()};
    o.status = csv_open_text(&o.r, text, strlen(text), "t.csv", options, o.d, NULL);
    return o;
}

static opened_t tabled(const char *text, const csv_request_t *request)
{
    static const csv_request_t everything = {.others = CSV_AUTO};
    if (!request) request = &everything;
    opened_t o = opened(text, &request->format);
    if (o.status == OK) o.status = csv_table_from(&o.t, o.r, request, o.d, NULL);
    o.said = diagnostics_text(o.d, FORMAT_SHORT, NULL);
    return o;
}

static void closed(opened_t *o)
{
    csv_table_free(&o->t);
    csv_close(o->r);
    diagnostics_free(o->d);
    free(o->said);
}

/* Rows as text: fields between bars, a row a line. */
static void rows_are(const char *text, const csv_options_t *options, const char *expected)
{
    char rows[1000] = "";
    opened_t o = opened(text, options);
    assert_int_equal(o.status, OK);
    const csv_field_t *f;
    while ((f = csv_next(o.r))) {
        for (size_t c = 0; c < csv_columns(o.r); c++)
            sprintf(rows + strlen(rows), "|%.*s", (int)f[c].length, f[c].text);
        strcat(rows, "|\n");
    }
    assert_int_equal(csv_status(o.r), OK);
    assert_int_equal(diagnostics_errors(o.d), 0);
    assert_string_equal(rows, expected);
    closed(&o);
}

/* ---- Rows and fields --------------------------------------------------------------------------- */

static void quotes_hold_separators_lines_and_quotes(void **state)
{
    (void)state;
    rows_are("a,b,c\n\"1,5\",\"x\ny\",\"he said \"\"no\"\"\"\n", NULL,
             "|1,5|x\ny|he said \"no\"|\n");
    rows_are("a,b\n\"\"\"\",\"\"\n", NULL, "|\"||\n");
    rows_are("a,b\n  x y\t,  \" z \" \n", NULL, "|x y| z |\n"); /* blanks in quotes count */
}

/* A byte-order mark, CRLF, a missing last line end and empty lines change nothing. */
static void ways_of_ending_lines_are_one(void **state)
{
    (void)state;
    static const char expected[] = "|1|x\r\ny|\n|2||\n";
    rows_are("a,b\n1,\"x\r\ny\"\n2,\n", NULL, expected);
    rows_are("a,b\r\n1,\"x\r\ny\"\r\n2,\r\n", NULL, expected);
    rows_are("\xef\xbb\xbf"
             "a,b\r\n\r\n1,\"x\r\ny\"\n\n\n2,",
             NULL, expected);
}

static void separator_is_found_or_given(void **state)
{
    (void)state;
    rows_are("a;b\n1,5;x\n", NULL, "|1,5|x|\n");
    rows_are("a\tb\n 1\t\n", NULL, "|1||\n");
    rows_are("\"a;b;c\",d\n1,2\n", NULL, "|1|2|\n"); /* what stands in quotes does not count */
    rows_are("a,b|c\n1,2|3\n", &(csv_options_t){.separator = '|'}, "|1,2|3|\n");
    rows_are("only\nx\n", NULL, "|x|\n");
}

/* Fields straddle every edge of the reader's buffer and come out whole. */
static void rows_do_not_depend_on_the_buffer(void **state)
{
    (void)state;
    enum { ROWS = 60000 };
    char *text = malloc(ROWS * 40 + 10), *to = text + sprintf(text, "n,t\n");
    for (int i = 0; i < ROWS; i++)
        to += sprintf(to, "%d,\"%.*s\"\"\r\n%d\"\r\n", i, i % 17, "xxxxxxxxxxxxxxxxx", i);
    opened_t o = opened(text, NULL);
    for (int i = 0; i < ROWS; i++) {
        char n[20], t[40];
        const csv_field_t *f = csv_next(o.r);
        assert_non_null(f);
        sprintf(n, "%d", i);
        sprintf(t, "%.*s\"\r\n%d", i % 17, "xxxxxxxxxxxxxxxxx", i);
        assert_int_equal(f[0].length, strlen(n));
        assert_memory_equal(f[0].text, n, strlen(n));
        assert_int_equal(f[1].length, strlen(t));
        assert_memory_equal(f[1].text, t, strlen(t));
        assert_int_equal(csv_line(o.r), 2 + 2 * i);
    }
    assert_null(csv_next(o.r));
    assert_int_equal(csv_status(o.r), OK);
    closed(&o);
    free(text);
}

/* Lines count from 1, columns in characters; a field on the second line of its row is found there. */
static void fields_know_their_places(void **state)
{
    (void)state;
    opened_t o = opened("a,b,c\n\xc3\xa9\xc3\xa9,\"x\ny\",  zz \n", NULL);
    csv_next(o.r);
    place_t b = csv_place(o.r, 1), c = csv_place(o.r, 2);
    assert_int_equal(b.line, 2);
    assert_int_equal(b.column, 5); /* inside its quote */
    assert_int_equal(c.line, 3);
    assert_int_equal(c.column, 6);
    assert_int_equal(c.width, 2);
    assert_string_equal(c.line_text, "y\",  zz ");
    place_t name = csv_name_place(o.r, 2);
    assert_int_equal(name.line, 1);
    assert_int_equal(name.column, 5);
    closed(&o);
}

static void missing_words_are_ours_or_given(void **state)
{
    (void)state;
    static const char *const words[] = {"-9", "refused"};
    opened_t o = tabled("a\nNA\nN/A\n\"\"\nna\n-9\n", NULL);
    assert_int_equal(o.t.column[0].n_missing, 3);
    closed(&o);
    csv_request_t given = {.format = {.missing = words, .n_missing = 2}, .others = CSV_AUTO};
    o = tabled("a\nNA\nrefused\n\"\"\n-9\n", &given);
    assert_int_equal(o.t.column[0].n_missing, 3);
    assert_int_equal(o.t.column[0].missing_line[0], 3);
    assert_int_equal(o.t.column[0].missing_line[2], 5);
    closed(&o);
}

/* SHA-256 of "a,b\n1,2\n", as sha256sum gives it. */
static void hash_is_of_the_bytes(void **state)
{
    (void)state;
    opened_t o = tabled("a,b\n1,2\n", NULL);
    assert_string_equal(o.t.sha256,
                        "492d5ea496056f1a6a6592241032fab764c321596317930b4fa0e1e8bc3b7470");
    assert_int_equal(o.t.bytes, 8);
    closed(&o);
}

/* ---- Columns ----------------------------------------------------------------------------------- */

static void columns_find_their_kind(void **state)
{
    (void)state;
    opened_t o = tabled("n,zip,share,word,empty,e\n1,007,40%,x,,1e3\n-2.5,12,3,y,NA,2.\n", NULL);
    static const csv_kind_t kind[] = {CSV_NUMBER,   CSV_CATEGORY, CSV_CATEGORY,
                                      CSV_CATEGORY, CSV_CATEGORY, CSV_NUMBER};
    assert_int_equal(o.status, OK);
    for (int c = 0; c < 6; c++) assert_int_equal(o.t.column[c].kind, kind[c]);
    assert_true(csv_number(&o.t.column[0], 1) == -2.5);
    assert_true(isnan(csv_number(&o.t.column[1], 1)));
    assert_true(csv_number(&o.t.column[5], 0) == 1000);
    assert_int_equal(o.t.column[4].n_missing, 2);
    closed(&o);
}

/* Levels in the order of their first rows, with how often and where. */
static void levels_are_counted(void **state)
{
    (void)state;
    opened_t o = tabled("c\nx\ny\nx\n\"y\"\nz\nx\n", NULL);
    const csv_column_t *c = csv_table_column(&o.t, "c");
    assert_int_equal(c->n_levels, 3);
    assert_string_equal(c->level[1].text, "y");
    assert_int_equal(c->level[0].n_rows, 3);
    assert_int_equal(c->level[2].line, 6);
    assert_int_equal(csv_code(c, 3), 1);
    assert_null(csv_table_column(&o.t, "d"));
    closed(&o);
}

static void yes_and_no_have_three_spellings(void **state)
{
    (void)state;
    static const csv_wanted_t wanted[] = {{.column = "t", .kind = CSV_YES_NO}};
    csv_request_t q = {.wanted = wanted, .n_wanted = 1, .others = CSV_SKIP};
    opened_t o = tabled("t,u\n1,\nYES,\ntrue,\n0,\nno,\nFalse,\nNA,\n", &q);
    assert_int_equal(o.status, OK);
    assert_int_equal(o.t.n_columns, 1);
    for (size_t i = 0; i < 6; i++) assert_true(csv_number(&o.t.column[0], i) == (i < 3));
    assert_true(isnan(csv_number(&o.t.column[0], 6)));
    closed(&o);
    o = tabled("t\n2\n", &q);
    assert_string_equal(o.said, "t.csv:2:1: error: 't' must be yes or no (1 or 0, true or false), "
                                "got '2'\n1 problem in t.csv\n");
    closed(&o);
}

/* As strict as a number of a scenario; every line that breaks the rule is told. */
static void numbers_are_strict(void **state)
{
    (void)state;
    static const value_rule_t above_0 = {
        .name = "w", .measure = MEASURE_NUMBER, .low = 0, .high = INFINITY, .above_low = true};
    static const csv_wanted_t wanted[] = {
        {.column = "w", .kind = CSV_NUMBER, .rule = &above_0, .whole = true}};
    csv_request_t q = {.wanted = wanted, .n_wanted = 1};
    opened_t o = tabled("w\n1\n12abc\n\"1,234\"\nnan\ninf\n-1\n0\nNA\n12abc\n1e999\n0x1F\n", &q);
    assert_int_equal(o.status, ERR_INVALID);
    assert_string_equal(
        o.said,
        "t.csv:3:1: error: 'w' must be a number, got '12abc' (numbers are written 40%, 120k, 1.5M, "
        "28d, 6h)\n"
        "t.csv:4:2: error: 'w' must be a number, got '1,234' (write it without thousands "
        "separators: 1234)\n"
        "t.csv:5:1: error: 'w' must be a number, got 'nan' (give a finite number, or leave the key "
        "out for its default)\n"
        "t.csv:6:1: error: 'w' must be a number, got 'inf' (give a finite number, or leave the key "
        "out for its default)\n"
        "t.csv:7:1: error: 'w' must be above 0, not -1\n"
        "t.csv:8:1: error: 'w' must be above 0, not 0\n"
        "t.csv:9:1: error: 'w' has no value here\n"
        "t.csv:10:1: error: 'w' must be a number, got '12abc' (numbers are written 40%, 120k, "
        "1.5M, 28d, 6h)\n"
        "t.csv:11:1: error: 'w' must be a number, got '1e999' (it is too large)\n"
        "t.csv:12:1: error: 'w' must be a number, got '0x1F' (write it in decimal: 31)\n"
        "10 problems in t.csv\n");
    closed(&o);
}

static void declared_levels_are_the_only_ones(void **state)
{
    (void)state;
    static const char *const levels[] = {"female", "male", "no answer"};
    static const csv_wanted_t wanted[] = {
        {.column = "sex", .kind = CSV_CATEGORY, .levels = levels, .n_levels = 3},
        {.column = "agee", .kind = CSV_NUMBER}};
    csv_request_t q = {.wanted = wanted, .n_wanted = 2};
    opened_t o = tabled("sex,age\nMale,1\nfemlae,2\nno_answer,3\nfemlae,4\n", &q);
    assert_string_equal(o.said,
                        "t.csv:1:1: error: the file has no column 'agee' (did you mean 'age'?)\n"
                        "t.csv:3:1: error: unknown level 'femlae' of sex (did you mean 'female'?)\n"
                        "t.csv:5:1: error: unknown level 'femlae' of sex (did you mean 'female'?)\n"
                        "3 problems in t.csv\n");
    closed(&o);
}

/* ---- Storage ----------------------------------------------------------------------------------- */

/* n different values, then all of them again; the last row is missing. */
static opened_t column_of(size_t n, const char *prefix)
{
    char *text = malloc(2 * n * 20 + 10), *to = text + sprintf(text, "v,k\n");
    for (size_t i = 0; i < 2 * n; i++) to += sprintf(to, "%s%zu,\n", prefix, i % n);
    sprintf(to, ",\n");
    opened_t o = tabled(text, NULL);
    free(text);
    return o;
}

/* Codes take one byte, two bytes, or become numbers; what a row says stays the same. */
static void storage_grows_without_a_trace(void **state)
{
    (void)state;
    static const struct {
        size_t n;
        int width;
    } cases[] = {{2, 1},     {254, 1},   {255, 1},   {256, 2},  {257, 2},
                 {65533, 2}, {65534, 2}, {65535, 8}, {70000, 8}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        size_t n = cases[k].n;
        opened_t o = column_of(n, "");
        const csv_column_t *c = &o.t.column[0];
        assert_int_equal(o.status, OK);
        assert_int_equal(c->kind, CSV_NUMBER);
        assert_int_equal(c->code8 ? 1 : c->code16 ? 2 : 8, cases[k].width);
        assert_int_equal(o.t.n_rows, 2 * n + 1);
        for (size_t i = 0; i < 2 * n; i++) assert_true(csv_number(c, i) == (double)(i % n));
        assert_true(isnan(csv_number(c, 2 * n)));
        assert_int_equal(c->n_missing, 1);
        closed(&o);
    }
}

static void texts_of_everybody_are_given_up(void **state)
{
    (void)state;
    opened_t o = column_of(65534, "x");
    assert_int_equal(o.t.column[0].kind, CSV_CATEGORY);
    assert_int_equal(csv_code(&o.t.column[0], 65533 + 2), 1);
    closed(&o);
    o = column_of(65535, "x");
    assert_int_equal(o.status, OK);
    assert_int_equal(o.t.column[0].kind, CSV_TEXT);
    assert_in_range(csv_table_memory(&o.t), 0, 3 * o.t.n_rows); /* the other column alone */
    closed(&o);
}

/* The short way to a double gives the one that strtod gives: 100,000 decimals of 1 to 17 digits. */
static void decimals_are_the_nearest_doubles(void **state)
{
    (void)state;
    rng_key_t key = rng_key(7);
    for (uint32_t i = 0; i < 1000; i++) {
        char text[100 * 32] = "v\n", *to = text + 2;
        double expected[100];
        for (uint32_t j = 0; j < 100; j++) {
            double u = rng_unit(rng_at(key, DRAW_ROUNDING, i, 0, j, 0, 0), 0);
            int digits = 1 + (int)((i + j) % 17);
            char *at = to;
            to += sprintf(to, "%s%.*f\n", j % 2 ? "-" : "", digits, u * pow(10, (int)(i % 6)));
            expected[j] = strtod(at, NULL);
        }
        opened_t o = tabled(text, NULL);
        assert_int_equal(o.status, OK);
        for (size_t j = 0; j < 100; j++) assert_true(csv_number(&o.t.column[0], j) == expected[j]);
        closed(&o);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(quotes_hold_separators_lines_and_quotes),
        cmocka_unit_test(ways_of_ending_lines_are_one),
        cmocka_unit_test(separator_is_found_or_given),
        cmocka_unit_test(rows_do_not_depend_on_the_buffer),
        cmocka_unit_test(fields_know_their_places),
        cmocka_unit_test(missing_words_are_ours_or_given),
        cmocka_unit_test(hash_is_of_the_bytes),
        cmocka_unit_test(columns_find_their_kind),
        cmocka_unit_test(levels_are_counted),
        cmocka_unit_test(yes_and_no_have_three_spellings),
        cmocka_unit_test(numbers_are_strict),
        cmocka_unit_test(declared_levels_are_the_only_ones),
        cmocka_unit_test(storage_grows_without_a_trace),
        cmocka_unit_test(texts_of_everybody_are_given_up),
        cmocka_unit_test(decimals_are_the_nearest_doubles),
    };
    return cmocka_run_group_tests_name("CSV", tests, NULL, NULL);
}
