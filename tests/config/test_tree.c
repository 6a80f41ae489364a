/* test_tree.c -- places, carets and limits of the YAML tree; the three forms of diagnostics. */
#include "sim/config/characters.h"
#include "sim/config/tree.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static document_t *parse(const char *text, diagnostics_t *d)
{
    return document_parse("t.yaml", text, strlen(text), d);
}

/* Parses what must parse. */
static document_t *fine(const char *text)
{
    diagnostics_t *d = diagnostics_new();
    document_t *doc = parse(text, d);
    assert_non_null(document_root(doc));
    assert_int_equal(diagnostics_errors(d), 0);
    diagnostics_free(d);
    return doc;
}

static void places_count_characters_from_one(void **state)
{
    (void)state;
    document_t *doc = fine("a: 1\nb:\n  - {\xc3\xa9t\xc3\xa9: \"x y\"}\n");
    const node_t *b = node_get(document_root(doc), "b");
    const node_t *value = node_get(b->item[0], "\xc3\xa9t\xc3\xa9");
    assert_int_equal(value->place.line, 3);
    assert_int_equal(value->place.column, 11);
    assert_int_equal(value->place.width, 5);
    assert_true(value->quoted);
    assert_int_equal(b->item[0]->place.column, 5);
    assert_int_equal(b->item[0]->place.width, 12);
    assert_string_equal(value->place.line_text, "  - {\xc3\xa9t\xc3\xa9: \"x y\"}");
    document_free(doc);
}

static void lines_end_in_every_way_yaml_knows(void **state)
{
    (void)state;
    document_t *doc = fine("a: 1\r\nb: 2\rc: 3\nd: 4");
    static const char *const key[] = {"a", "b", "c", "d"};
    for (int i = 0; i < 4; i++) {
        const node_t *node = node_get(document_root(doc), key[i]);
        assert_int_equal(node->place.line, i + 1);
        assert_int_equal(strlen(node->place.line_text), 4);
    }
    document_free(doc);
}

static void scalar_bytes_lead_back_to_the_file(void **state)
{
    (void)state;
    static const struct {
        const char *yaml, *word;
        int line, column;
    } cases[] = {
        {"a: one two", "two", 1, 8},
        {"a: \"one two\"", "two", 1, 9},
        {"a: 'it''s two'", "two", 1, 11},
        {"a: \"\\x6fne\\ttwo\"", "two", 1, 13},
        {"a: |\n  one\n  two\n", "two", 3, 3},
        {"a: >\n  one\n   two\n", "two", 3, 4},
        {"a: >\n\n  one two\n", "two", 3, 7},
        {"a: one\n  two", "two", 2, 3},
        {"a: \"one\n  two\"", "two", 2, 3},
        {"a: \"one \\\n  two\"", "two", 2, 3},
        {"a: \xe4\xb8\xad\xe6\x96\x87 two", "two", 1, 7},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        document_t *doc = fine(cases[i].yaml);
        const node_t *a = node_get(document_root(doc), "a");
        const char *word = strstr(a->text, cases[i].word);
        assert_non_null(word);
        place_t at = node_place_at(a, (size_t)(word - a->text), 3);
        if (at.line != cases[i].line || at.column != cases[i].column)
            fail_msg("%s: %d:%d, not %d:%d", cases[i].yaml, at.line, at.column, cases[i].line,
                     cases[i].column);
        assert_int_equal(at.width, 3);
        document_free(doc);
    }
}

static void part_of_an_argument_keeps_its_columns(void **state)
{
    (void)state;
    diagnostics_t *d = diagnostics_new();
    document_t *doc = document_parse_part("--set", "pr\xc3\xa9.x=[1, two]", 7, d);
    const node_t *two = document_root(doc)->item[1];
    assert_int_equal(two->place.column, 11);
    assert_string_equal(two->place.line_text, "pr\xc3\xa9.x=[1, two]");
    document_free(doc);
    diagnostics_free(d);
}

/* The text of one error of a document. */
static char *error_of(const char *yaml)
{
    diagnostics_t *d = diagnostics_new();
    document_t *doc = parse(yaml, d);
    assert_null(document_root(doc));
    assert_int_equal(diagnostics_errors(d), 1);
    char *text = diagnostics_text(d, FORMAT_SHORT, NULL);
    document_free(doc);
    diagnostics_free(d);
    return text;
}

static void sixty_four_levels_are_the_most(void **state)
{
    (void)state;
    char yaml[200] = "";
    for (int i = 0; i < 63; i++) strcat(yaml, "[");
    strcat(yaml, "x");
    for (int i = 0; i < 63; i++) strcat(yaml, "]");
    document_free(fine(yaml));
    memset(yaml, '[', 64);
    yaml[64] = '\0';
    strcat(yaml, "x");
    for (int i = 0; i < 64; i++) strcat(yaml, "]");
    char *text = error_of(yaml);
    assert_non_null(strstr(text, "t.yaml:1:65: error: values are nested more than 64 levels deep"));
    free(text);
}

static void very_deep_files_neither_overflow_nor_hang(void **state)
{
    (void)state;
    enum { DEEP = 2000000 };
    char *yaml = malloc(DEEP + 1);
    memset(yaml, '[', DEEP);
    yaml[DEEP] = '\0';
    char *text = error_of(yaml);
    assert_non_null(strstr(text, "64 levels"));
    free(text);
    free(yaml);
}

static void a_million_values_are_the_most(void **state)
{
    (void)state;
    enum { ITEMS = 1000001 };
    char *yaml = malloc(2 * ITEMS + 3), *to = yaml;
    *to++ = '[';
    for (int i = 0; i < ITEMS; i++) {
        *to++ = '1';
        *to++ = ',';
    }
    strcpy(to, "]");
    char *text = error_of(yaml);
    assert_non_null(strstr(text, "more than 1,000,000 values"));
    free(text);
    free(yaml);
}

static void sixty_four_mebibytes_are_the_most(void **state)
{
    (void)state;
    size_t n = ((size_t)64 << 20) + 1;
    char *yaml = malloc(n + 1);
    memset(yaml, ' ', n);
    yaml[n] = '\0';
    char *text = error_of(yaml);
    assert_non_null(strstr(text, "the file is larger than 64 MiB"));
    free(text);
    free(yaml);
}

static void many_duplicate_keys_are_found_in_no_time(void **state)
{
    (void)state;
    enum { KEYS = 300000 };
    char *yaml = malloc(16 * KEYS), *to = yaml;
    for (int i = 0; i < KEYS; i++) to += sprintf(to, "k%d: 1\n", i % (KEYS - 1));
    char *text = error_of(yaml);
    assert_non_null(strstr(text, "key 'k0' appears twice"));
    free(text);
    free(yaml);
}

static void carets_stand_below_what_they_mean(void **state)
{
    (void)state;
    diagnostics_t *d = diagnostics_new();
    /* a tab, two wide glyphs, then what is wrong: a wide glyph and a letter */
    place_t at = {"f",
                  "\t\xe4\xb8\xad\xe6\x96\x87 \xe5\xaf\x8c"
                  "x",
                  7, 5, 2};
    complain(d, SEVERITY_ERROR, at, "mend it", "wrong");
    char *text = diagnostics_text(d, FORMAT_HUMAN, "nothing was run");
    assert_string_equal(text, "f:7:5: error: wrong\n"
                              "   |\n"
                              " 7 | \t\xe4\xb8\xad\xe6\x96\x87 \xe5\xaf\x8cx\n"
                              "   | \t     ^^^\n"
                              "   = help: mend it\n"
                              "1 problem in f; nothing was run\n");
    free(text);
    diagnostics_free(d);
}

static void problems_are_told_in_the_order_of_their_places(void **state)
{
    (void)state;
    diagnostics_t *d = diagnostics_new();
    complain(d, SEVERITY_ERROR, (place_t){"b", NULL, 1, 1, 1}, NULL, "third");
    complain(d, SEVERITY_ERROR, (place_t){"a", NULL, 10, 2, 1}, NULL, "second");
    complain(d, SEVERITY_WARNING, (place_t){"a", NULL, 9, 7, 1}, "so", "first");
    char *text = diagnostics_text(d, FORMAT_SHORT, "nothing was run");
    assert_string_equal(text, "a:9:7: warning: first (so)\n"
                              "a:10:2: error: second\n"
                              "b:1:1: error: third\n"
                              "2 problems and 1 warning in 2 files; nothing was run\n");
    free(text);
    diagnostics_free(d);
}

static void json_holds_the_same(void **state)
{
    (void)state;
    diagnostics_t *d = diagnostics_new();
    complain(d, SEVERITY_ERROR, (place_t){"a\xff", NULL, 3, 4, 5}, NULL, "quote \" and \x1b");
    complain_related(d, (place_t){"a", NULL, 1, 2, 1}, "here");
    char *text = diagnostics_text(d, FORMAT_JSON, "nothing was run");
    assert_non_null(strstr(text, "\"errors\": 1"));
    assert_non_null(strstr(text, "\"file\": \"a\\\\xff\""));
    assert_non_null(strstr(text, "\"message\": \"quote \\\" and \\\\x1b\""));
    assert_non_null(strstr(text, "\"note\": \"here\""));
    free(text);
    diagnostics_free(d);
}

static void a_terminal_gets_no_control_characters(void **state)
{
    (void)state;
    diagnostics_t *d = diagnostics_new();
    complain(d, SEVERITY_ERROR, (place_t){"f", "\x1b[31mred", 1, 1, 1}, "\x07", "%s", "\x1b[0m\n");
    char *text = diagnostics_text(d, FORMAT_HUMAN, NULL);
    for (const char *s = text; *s; s++) assert_true(*s == '\n' || (unsigned char)*s >= ' ');
    free(text);
    diagnostics_free(d);
}

static void more_than_twenty_are_counted(void **state)
{
    (void)state;
    diagnostics_t *d = diagnostics_new();
    for (int i = 0; i < 12000; i++)
        complain(d, SEVERITY_ERROR, (place_t){"f", NULL, i + 1, 1, 1}, NULL, "p");
    assert_int_equal(diagnostics_errors(d), 12000);
    char *text = diagnostics_text(d, FORMAT_SHORT, "nothing was run");
    assert_non_null(strstr(text, "f:20:1: error"));
    assert_null(strstr(text, "f:21:1: error"));
    assert_non_null(strstr(text, "12000 problems in f, the first 20 shown; nothing was run\n"));
    free(text);
    diagnostics_free(d);
}

static void characters_are_what_a_person_counts(void **state)
{
    (void)state;
    assert_int_equal(characters_count("\xc3\xa9t\xc3\xa9", 5), 3);
    assert_int_equal(characters_bytes("\xc3\xa9t\xc3\xa9", 2), 3);
    assert_int_equal(character_at("\xc0\x80", 2, NULL), 0);         /* overlong */
    assert_int_equal(character_at("\xed\xa0\x80", 3, NULL), 0);     /* surrogate */
    assert_int_equal(character_at("\xf4\x90\x80\x80", 4, NULL), 0); /* above U+10FFFF */
    assert_int_equal(character_at("\xf0\x9f\x98\x80", 4, NULL), 4);
    assert_int_equal(character_at("\xe4\xb8", 2, NULL), 0); /* cut off */
    assert_int_equal(character_cells(0x4e2d), 2);
    assert_int_equal(character_cells(0x301), 0);
    assert_int_equal(character_cells('a'), 1);
}

static void flow_text_reads_back(void **state)
{
    (void)state;
    static const char yaml[] =
        "a: [1, \"2\", x y, \"p: q\", \"\", \"no\", '#']\nb: {\"k,1\": 40%, 65+: z}\n"
        "c: |\n  two\n  lines\n";
    document_t *doc = fine(yaml);
    arena_t arena = {0};
    char *once = node_flow(&arena, document_root(doc), NULL);
    document_t *again = fine(once);
    assert_string_equal(node_flow(&arena, document_root(again), NULL), once);
    assert_string_equal(node_get(document_root(again), "c")->text, "two\nlines\n");
    document_free(again);
    document_free(doc);
    arena_free(&arena);
}

static void a_name_reads_on_one_line(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"two\nlines", "two lines"},
        {"  \r\n a \t\n b  c\n", "a b  c"},
        {" kept  as it is ", " kept  as it is "},
        {"\n\t", ""},
        {"\xe2\x80\xa8x\xc2\x85y", "x y"},
        {"\xd7\xa9\xd7\x9c\n\xf0\x9f\x8e\xaf", "\xd7\xa9\xd7\x9c \xf0\x9f\x8e\xaf"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char text[64];
        strcpy(text, pairs[i][0]);
        text_put_on_one_line(text);
        assert_string_equal(text, pairs[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(places_count_characters_from_one),
        cmocka_unit_test(lines_end_in_every_way_yaml_knows),
        cmocka_unit_test(scalar_bytes_lead_back_to_the_file),
        cmocka_unit_test(part_of_an_argument_keeps_its_columns),
        cmocka_unit_test(sixty_four_levels_are_the_most),
        cmocka_unit_test(very_deep_files_neither_overflow_nor_hang),
        cmocka_unit_test(a_million_values_are_the_most),
        cmocka_unit_test(sixty_four_mebibytes_are_the_most),
        cmocka_unit_test(many_duplicate_keys_are_found_in_no_time),
        cmocka_unit_test(carets_stand_below_what_they_mean),
        cmocka_unit_test(problems_are_told_in_the_order_of_their_places),
        cmocka_unit_test(json_holds_the_same),
        cmocka_unit_test(a_terminal_gets_no_control_characters),
        cmocka_unit_test(a_name_reads_on_one_line),
        cmocka_unit_test(more_than_twenty_are_counted),
        cmocka_unit_test(characters_are_what_a_person_counts),
        cmocka_unit_test(flow_text_reads_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
