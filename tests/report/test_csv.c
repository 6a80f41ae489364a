/* test_csv.c -- a field of a CSV file is read back as what was written, and is never a formula. */
#include "sim/report/csv.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The bytes of one field. */
static const char *written(const char *text)
{
    static char out[256];
    FILE *to = fmemopen(out, sizeof out, "w");
    csv_t c = {.to = to};
    assert_non_null(to);
    csv_text(&c, text);
    fputc(0, to);
    fclose(to);
    return out;
}

static void a_formula_is_a_text(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"=1+1", "\"'=1+1\""},
        {"+A1", "\"'+A1\""},
        {"-A1", "\"'-A1\""},
        {"@SUM(A1)", "\"'@SUM(A1)\""},
        {"=HYPERLINK(\"x\",\"y\")", "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\""},
        {"-1+cmd|' /C calc'!A0", "\"'-1+cmd|' /C calc'!A0\""},
        {"\t=1", "\"'\t=1\""},
        {"\r=1", "\"'\r=1\""},
        {"\xef\xbc\x9d"
         "1",
         "\"'\xef\xbc\x9d"
         "1\""},
        {"-", "\"'-\""},
        {"-inf", "\"'-inf\""},
        {"-5 apples", "\"'-5 apples\""},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_string_equal(written(pairs[i][0]), pairs[i][1]);
}

static void other_texts_stand_as_they_are(void **state)
{
    (void)state;
    static const char *const plain[] = {"-0.25",
                                        "+3",
                                        "-5%",
                                        "a=1",
                                        "1-2",
                                        "",
                                        "x@y",
                                        "'=x",
                                        "\xe2\x88\x92"
                                        "3",
                                        "<script>",
                                        "{^_}"};
    for (size_t i = 0; i < sizeof plain / sizeof *plain; i++)
        assert_string_equal(written(plain[i]), plain[i]);
    assert_string_equal(written("a,\"b\"\nc"), "\"a,\"\"b\"\"\nc\"");
    assert_string_equal(written(NULL), "");
}

static void what_was_quoted_comes_back(void **state)
{
    (void)state;
    assert_string_equal(csv_plain("'=1+1"), "=1+1");
    assert_string_equal(csv_plain("'@x"), "@x");
    assert_string_equal(csv_plain("'tis"), "'tis");
    assert_string_equal(csv_plain("'-3"), "'-3");
    assert_string_equal(csv_plain("'"), "'");
    assert_string_equal(csv_plain(""), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_formula_is_a_text),
        cmocka_unit_test(other_texts_stand_as_they_are),
        cmocka_unit_test(what_was_quoted_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
