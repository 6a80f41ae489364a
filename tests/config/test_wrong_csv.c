/* test_wrong_csv.c -- CSV files, each wrong in a way of its own, and exactly what a person is told.
 *
 * tests/config/wrong_csv/NAME.csv and NAME.expected. GOLDEN=1 writes the expectations anew; git diff
 * judges them. What would be large is made here. Run from the top folder. */
#include "sim/config/csv_table.h"

#include <dirent.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { FILES_MOST = 200 };

static char *file_text(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) return NULL;
    char *text = calloc(1, 1 << 20);
    size_t n = fread(text, 1, (1 << 20) - 1, f);
    text[n] = '\0';
    fclose(f);
    return text;
}

static void wrong_file_is_told(void **state)
{
    static const csv_request_t everything = {.others = CSV_AUTO};
    const char *name = *state;
    char csv[300], expected[300];
    snprintf(csv, sizeof csv, "%s.csv", name);
    snprintf(expected, sizeof expected, "%s.expected", name);
    diagnostics_t *d = diagnostics_new();
    csv_table_t t;
    error_t err = {""};
    status_t status = csv_table_read(&t, csv, NULL, &everything, d, &err);
    csv_table_free(&t);
    assert_int_equal(status, ERR_INVALID);
    assert_string_not_equal(err.text, "");
    char *said = diagnostics_text(d, FORMAT_HUMAN, "nothing was run");
    diagnostics_free(d);
    if (getenv("GOLDEN")) {
        FILE *f = fopen(expected, "wb");
        fputs(said, f);
        fclose(f);
    } else {
        char *wanted = file_text(expected);
        if (!wanted) fail_msg("%s is missing: run with GOLDEN=1", expected);
        assert_string_equal(said, wanted);
        free(wanted);
    }
    free(said);
}

/* ---- Large ones -------------------------------------------------------------------------------- */

/* Reads `length` bytes; the first line of what is told. *used: how many of them it took. */
static char *told(const char *text, size_t length, uint64_t *used)
{
    diagnostics_t *d = diagnostics_new();
    error_t err = {""};
    csv_reader_t *r = NULL;
    status_t status = csv_open_text(&r, text, length, "large.csv", NULL, d, &err);
    *used = 0;
    if (status == OK) {
        while (csv_next(r)) continue;
        status = csv_status(r);
        *used = csv_bytes(r);
    }
    csv_close(r);
    assert_int_equal(status, ERR_INVALID);
    char *said = diagnostics_text(d, FORMAT_SHORT, NULL);
    diagnostics_free(d);
    *strchr(said, '\n') = '\0';
    return said;
}

/* `times` repetitions of a piece behind a beginning. */
static char *repeated(const char *begin, const char *piece, size_t times, size_t *length)
{
    size_t b = strlen(begin), p = strlen(piece);
    *length = b + p * times;
    char *text = malloc(*length);
    assert_non_null(text);
    memcpy(text, begin, b);
    for (size_t i = 0; i < times; i++) memcpy(text + b + i * p, piece, p);
    return text;
}

static void large_case(const char *begin, const char *piece, size_t times, uint64_t used_most,
                       const char *expected)
{
    size_t length;
    uint64_t used;
    char *text = repeated(begin, piece, times, &length), *said = told(text, length, &used);
    assert_string_equal(said, expected);
    assert_in_range(used, 0, used_most);
    free(said);
    free(text);
}

/* Hundred million bytes, of which the first megabyte is read. */
static void line_without_end(void **state)
{
    (void)state;
    large_case("a,b\n", "x", 100000000, 1 << 20,
               "large.csv:2:1: error: this field is longer than 65535 bytes "
               "(is this a CSV file?)");
}

static void quote_without_end(void **state)
{
    (void)state;
    large_case("a,b\n1,\"", "x,\n", 40000000, 1 << 20,
               "large.csv:2:3: error: this quoted field is longer than 65535 bytes "
               "(is its closing quote missing?)");
}

static void row_without_end(void **state)
{
    (void)state;
    large_case("a,b\n", "x,", 50000000, 10 << 20,
               "large.csv:2:1: error: this row is longer than 4194304 bytes (is a quote missing?)");
}

static void million_columns(void **state)
{
    (void)state;
    large_case("a", ",a", 1000000, 0,
               "large.csv:1:1: error: the first row has more than 4096 columns "
               "(keep the columns you need)");
}

/* 4,096 columns are no problem, nor is a field of 65,535 bytes. */
static void largest_are_read(void **state)
{
    (void)state;
    diagnostics_t *d = diagnostics_new();
    csv_reader_t *r = NULL;
    char *text = malloc(1 << 20), *to = text;
    for (int c = 0; c < CSV_COLUMNS_MOST; c++) to += sprintf(to, "%sc%d", c ? "," : "", c);
    *to++ = '\n';
    for (int c = 0; c < CSV_COLUMNS_MOST - 1; c++) *to++ = ',';
    memset(to, 'x', CSV_FIELD_BYTES);
    to += CSV_FIELD_BYTES;
    assert_int_equal(csv_open_text(&r, text, (size_t)(to - text), "wide.csv", NULL, d, NULL), OK);
    assert_int_equal(csv_columns(r), CSV_COLUMNS_MOST);
    const csv_field_t *field = csv_next(r);
    assert_non_null(field);
    assert_int_equal(field[CSV_COLUMNS_MOST - 1].length, CSV_FIELD_BYTES);
    assert_null(csv_next(r));
    assert_int_equal(csv_status(r), OK);
    assert_int_equal(diagnostics_errors(d), 0);
    csv_close(r);
    diagnostics_free(d);
    free(text);
}

/* A hundred thousand wrong rows: twenty are shown, all are counted. */
static void many_problems_are_counted(void **state)
{
    (void)state;
    static const csv_request_t everything = {.others = CSV_AUTO};
    size_t length;
    char *text = repeated("a,b\n", "1\n", 100000, &length);
    diagnostics_t *d = diagnostics_new();
    csv_reader_t *r = NULL;
    csv_table_t t;
    assert_int_equal(csv_open_text(&r, text, length, "many.csv", NULL, d, NULL), OK);
    assert_int_equal(csv_table_from(&t, r, &everything, d, NULL), ERR_INVALID);
    csv_table_free(&t);
    csv_close(r);
    char *said = diagnostics_text(d, FORMAT_SHORT, "nothing was run");
    int lines = 0;
    for (const char *c = said; *c; c++) lines += *c == '\n';
    assert_int_equal(lines, 21);
    assert_non_null(strstr(said, "many.csv:21:1: error: 1 field in this row"));
    assert_non_null(strstr(said, "\n100000 problems in many.csv, the first 20 shown"));
    free(said);
    free(text);
    diagnostics_free(d);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct CMUnitTest *)a)->name, ((const struct CMUnitTest *)b)->name);
}

int main(void)
{
    static struct CMUnitTest tests[FILES_MOST];
    static char names[FILES_MOST][200];
    static const struct CMUnitTest large[] = {
        cmocka_unit_test(line_without_end), cmocka_unit_test(quote_without_end),
        cmocka_unit_test(row_without_end),  cmocka_unit_test(million_columns),
        cmocka_unit_test(largest_are_read), cmocka_unit_test(many_problems_are_counted),
    };
    size_t n = 0;
    if (chdir("tests/config/wrong_csv")) return 1;
    DIR *dir = opendir(".");
    if (!dir) return 1;
    for (struct dirent *e; (e = readdir(dir)) && n < FILES_MOST;) {
        size_t length = strlen(e->d_name);
        if (length <= 4 || strcmp(e->d_name + length - 4, ".csv")) continue;
        snprintf(names[n], sizeof names[n], "%.*s", (int)length - 4, e->d_name);
        tests[n] = (struct CMUnitTest){names[n], wrong_file_is_told, NULL, NULL, names[n]};
        n++;
    }
    closedir(dir);
    qsort(tests, n, sizeof *tests, by_name);
    for (size_t i = 0; i < sizeof large / sizeof *large; i++) tests[n++] = large[i];
    return _cmocka_run_group_tests("wrong CSV files", tests, n, NULL, NULL);
}
