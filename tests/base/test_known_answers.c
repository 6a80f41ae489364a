/* test_known_answers.c -- every case of tests/reference/cases.json that a table of the rooms answers,
 * each value within the case's own tolerance. One test a case; its name is the id. */
#include "models/auction/known_auction.h"
#include "models/audience/known_audience.h"
#include "models/base/known.h"
#include "models/base/maths.h"
#include "models/platform/known_platform.h"
#include "models/response/known_response.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char cases_file[] = "tests/reference/cases.json";
static const known_answer_t *const tables[] = {known_in_base, known_in_auction, known_in_platform,
                                               known_in_audience, known_in_response};
enum { TABLES = sizeof tables / sizeof *tables, MOST_CASES = 256, MOST_VALUES = 256 };

static json_t *cases; /* the array of the file */

static const json_t *case_named(const char *id)
{
    size_t i;
    json_t *one;
    json_array_foreach(cases, i, one) if (strcmp(json_string_value(json_object_get(one, "id")),
                                                 id) == 0) return one;
    return NULL;
}

static const known_answer_t *answer_to(const char *id)
{
    for (int t = 0; t < TABLES; t++)
        for (const known_answer_t *a = tables[t]; a->id; a++)
            if (strcmp(a->id, id) == 0) return a;
    return NULL;
}

/* A number as the file writes it: 3, true, "0.399", "ln 6 ($ CPM)", or a word of eight hex digits. */
static bool number_of(const json_t *value, double *out)
{
    if (json_is_number(value)) return *out = json_number_value(value), true;
    if (json_is_boolean(value)) return *out = json_is_true(value), true;
    const char *text = json_string_value(value);
    if (!text) return false;
    char *end;
    if (strlen(text) == 8 && strspn(text, "0123456789abcdef") == 8)
        return *out = (double)strtoul(text, NULL, 16), true;
    if (strncmp(text, "ln ", 3) == 0) return *out = log(strtod(text + 3, NULL)), true;
    *out = strtod(text, &end);
    return end != text && *end == '\0';
}

/* Element `index` of a list, rows of a table one after the other. */
static const json_t *element(const json_t *value, int index)
{
    if (!json_is_array(value)) return index == 0 ? value : NULL;
    const json_t *first = json_array_get(value, 0);
    if (!json_is_array(first)) return json_array_get(value, (size_t)index);
    int width = (int)json_array_size(first);
    return element(json_array_get(value, (size_t)(index / width)), index % width);
}

static int elements(const json_t *value)
{
    int n = 0;
    while (element(value, n)) n++;
    return n;
}

/* A case being answered: the file's side of known_case_t. */
typedef struct {
    known_case_t base;
    const json_t *inputs, *expected;
    double relative, absolute;  /* tolerance */
    char seen[MOST_VALUES][48]; /* "name[index]" found so far */
    int n_seen, failures;
} reading_t;

static const json_t *input_named(const json_t *inputs, const char *name)
{
    const json_t *value = json_object_get(inputs, name);
    const char *base = json_string_value(json_object_get(inputs, "base"));
    if (value || !base) return value;
    return input_named(json_object_get(case_named(base), "inputs"), name);
}

static double read_input(known_case_t *c, const char *name, int index)
{
    reading_t *r = (reading_t *)c;
    double value;
    if (number_of(element(input_named(r->inputs, name), index), &value)) return value;
    print_error("no input %s[%d]\n", name, index);
    r->failures++;
    return NAN;
}

static int input_length(known_case_t *c, const char *name)
{
    const json_t *value = input_named(((reading_t *)c)->inputs, name);
    return elements(value);
}

static void judge(known_case_t *c, const char *name, int index, double value)
{
    reading_t *r = (reading_t *)c;
    const json_t *all = json_object_get(r->expected, name);
    double expected;
    if (!all) return; /* a sibling of this case states it */
    if (!number_of(element(all, index), &expected)) {
        print_error("nothing expected at %s[%d]\n", name, index);
        r->failures++;
        return;
    }
    assert_true(r->n_seen < MOST_VALUES);
    snprintf(r->seen[r->n_seen++], sizeof r->seen[0], "%s[%d]", name, index);
    if (fabs(value - expected) <= r->absolute + r->relative * fabs(expected)) return;
    print_error("%s[%d] = %.17g, not %.17g\n", name, index, value, expected);
    r->failures++;
}

static void check_found(reading_t *r, const char *name, const json_t *value, int index)
{
    double expected;
    char label[48];
    if (!number_of(value, &expected)) return; /* words, not a value */
    snprintf(label, sizeof label, "%s[%d]", name, index);
    for (int i = 0; i < r->n_seen; i++)
        if (strcmp(r->seen[i], label) == 0) return;
    print_error("%s was not answered\n", label);
    r->failures++;
}

static void check_all_found(reading_t *r)
{
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)r->expected, name, value)
    {
        int n = elements(value);
        for (int i = 0; i < n; i++) check_found(r, name, element(value, i), i);
    }
}

static void case_is_answered(void **state)
{
    const char *id = *state;
    const json_t *one = case_named(id), *tolerance = json_object_get(one, "tolerance");
    assert_non_null(one);
    reading_t r = {.base = {read_input, input_length, judge},
                   .inputs = json_object_get(one, "inputs"),
                   .expected = json_object_get(one, "expected"),
                   .relative = json_number_value(json_object_get(tolerance, "rel")),
                   .absolute = json_number_value(json_object_get(tolerance, "abs"))};
    answer_to(id)->answer(&r.base);
    check_all_found(&r);
    assert_int_equal(r.failures, 0);
}

/* Generators that adsim does not use. */
static const char *const not_ours[] = {"rng_philox4x32_7", "rng_threefry4x64_20",
                                       "rng_philox4x64_10"};
static const char *const our_groups[] = {"rng",        "auction",   "pacing",    "frequency_cap",
                                         "reach",      "delivery",  "response",  "attribution",
                                         "end_to_end", "targeting", "population"};

static bool among(const char *word, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(word, list[i]) == 0) return true;
    return false;
}

static void no_case_of_these_groups_is_left_out(void **state)
{
    (void)state;
    size_t i;
    json_t *one;
    int missing = 0;
    json_array_foreach(cases, i, one)
    {
        const char *id = json_string_value(json_object_get(one, "id"));
        const char *group = json_string_value(json_object_get(one, "group"));
        if (!among(group, our_groups, sizeof our_groups / sizeof *our_groups)) continue;
        if (among(id, not_ours, sizeof not_ours / sizeof *not_ours) || answer_to(id)) continue;
        print_error("%s (%s) has no answer\n", id, group);
        missing++;
    }
    assert_int_equal(missing, 0);
}

int main(void)
{
    json_error_t error;
    json_t *root = json_load_file(cases_file, 0, &error);
    if (!root) {
        fprintf(stderr, "%s:%d: %s\n", cases_file, error.line, error.text);
        return 1;
    }
    cases = json_object_get(root, "cases");
    struct CMUnitTest test[MOST_CASES] = {cmocka_unit_test(no_case_of_these_groups_is_left_out)};
    size_t n = 1;
    for (int t = 0; t < TABLES; t++)
        for (const known_answer_t *a = tables[t]; a->id && n < MOST_CASES; a++)
            test[n++] = (struct CMUnitTest){a->id, case_is_answered, NULL, NULL, (void *)a->id};
    int failed = _cmocka_run_group_tests("known answers", test, n, NULL, NULL);
    json_decref(root);
    return failed;
}
