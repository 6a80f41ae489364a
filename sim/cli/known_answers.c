/* known_answers.c -- reads the cases, asks the rooms, judges. */
#include "sim/cli/known_answers.h"

#include "models/auction/known_auction.h"
#include "models/audience/known_audience.h"
#include "models/base/known_designs.h"
#include "models/base/maths.h"
#include "models/brand/known_brand.h"
#include "models/platform/known_platform.h"
#include "models/response/known_response.h"
#include "models/segmentation/known_clusters.h"
#include "models/segmentation/known_uplift.h"
#include "sim/allocate/known_allocation.h"
#include "sim/metrics/known_metrics.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const known_answer_t *const known_tables[] = {
    known_in_base,     known_in_designs,  known_in_auction, known_in_platform,
    known_in_audience, known_in_response, known_in_brand,   known_in_clusters,
    known_in_uplift,   known_in_metrics,  known_in_choice,  NULL};
const known_answer_t *const known_allocation_tables[] = {known_in_allocation, NULL};

/* --- what the file says ----------------------------------------------------------------------- */

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
    if (strncmp(text, "ln ", 3) == 0) return *out = m_log(strtod(text + 3, NULL)), true;
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
    return width ? element(json_array_get(value, (size_t)(index / width)), index % width) : NULL;
}

static int elements(const json_t *value)
{
    int n = 0;
    while (element(value, n)) n++;
    return n;
}

static const char *text_in(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static const json_t *case_named(const json_t *cases, const char *id)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)cases, i, one)
    {
        if (!strcmp(text_in(one, "id"), id)) return one;
    }
    return NULL;
}

/* --- one case --------------------------------------------------------------------------------- */

/* The file's side of known_case_t. */
typedef struct {
    known_case_t base;
    const json_t *cases, *inputs, *expected;
    known_result_t *result;
} reading_t;

static void fault(known_result_t *r, const char *what, const char *name, int index)
{
    if (!*r->fault) snprintf(r->fault, sizeof r->fault, "%s %.48s[%d]", what, name, index);
}

/* A case may lean on another's inputs: its `base`. */
static const json_t *input_named(const reading_t *r, const json_t *inputs, const char *name)
{
    const json_t *value = json_object_get(inputs, name);
    const char *base = json_string_value(json_object_get(inputs, "base"));
    if (value || !base) return value;
    return input_named(r, json_object_get(case_named(r->cases, base), "inputs"), name);
}

static double read_input(known_case_t *c, const char *name, int index)
{
    reading_t *r = (reading_t *)c;
    double value;
    if (number_of(element(input_named(r, r->inputs, name), index), &value)) return value;
    fault(r->result, "no input", name, index);
    return NAN;
}

static int input_length(known_case_t *c, const char *name)
{
    const reading_t *r = (reading_t *)c;
    return elements(input_named(r, r->inputs, name));
}

static void label_write(char out[KNOWN_NAME], const char *name, int index, bool list)
{
    if (list)
        snprintf(out, KNOWN_NAME, "%.48s[%d]", name, index);
    else
        snprintf(out, KNOWN_NAME, "%.48s", name);
}

static void take_found(known_case_t *c, const char *name, int index, double value)
{
    reading_t *r = (reading_t *)c;
    const json_t *all = json_object_get(r->expected, name);
    char label[KNOWN_NAME];
    if (!all) return; /* a sibling of this case states it */
    label_write(label, name, index, json_is_array(all) || json_is_object(all));
    for (size_t i = 0; i < r->result->n_values; i++) {
        known_value_t *v = &r->result->value[i];
        if (strcmp(v->name, label)) continue;
        if (!isnan(v->got)) fault(r->result, "answered twice:", name, index);
        v->got = value;
        return;
    }
    fault(r->result, "nothing is expected at", name, index);
}

static void expect_value(known_result_t *r, const char *name, int index, bool list,
                         const json_t *value, const json_t *tolerance)
{
    known_value_t *v = &r->value[r->n_values];
    if (!number_of(value, &v->expected)) return;
    label_write(v->name, name, index, list);
    v->allowed = json_number_value(json_object_get(tolerance, "abs")) +
                 json_number_value(json_object_get(tolerance, "rel")) * fabs(v->expected);
    v->got = NAN;
    r->n_values++;
}

/* Every number the case expects, not answered yet. Words are no values. Of {"1": .., "39": ..} the keys
 * are the indices. */
static status_t expect(known_result_t *r, const json_t *expected, const json_t *tolerance)
{
    const char *name, *key;
    json_t *list, *value;
    size_t room = 1;
    json_object_foreach((json_t *)expected, name, list) room +=
        (size_t)elements(list) + json_object_size(list);
    r->value = calloc(room, sizeof *r->value);
    if (!r->value) return ERR_MEMORY;
    json_object_foreach((json_t *)expected, name, list)
    {
        json_object_foreach(list, key, value)
            expect_value(r, name, atoi(key), true, value, tolerance);
        for (int i = 0; i < elements(list); i++)
            expect_value(r, name, i, json_is_array(list), element(list, i), tolerance);
    }
    return OK;
}

double known_error(const known_value_t *v)
{
    return fabs(v->got - v->expected);
}

bool known_value_met(const known_value_t *v)
{
    return known_error(v) <= v->allowed;
}

/* Errors in units of what is allowed; an unanswered value is farther off than any other. */
static double distance(const known_value_t *v)
{
    double error = known_error(v);
    if (isnan(error)) return INFINITY;
    return error > 0 ? error / v->allowed : 0;
}

const known_value_t *known_farthest(const known_result_t *r)
{
    const known_value_t *farthest = r->n_values ? &r->value[0] : NULL;
    for (size_t i = 1; i < r->n_values; i++)
        if (distance(&r->value[i]) > distance(farthest)) farthest = &r->value[i];
    return farthest;
}

static const known_answer_t *answer_to(const char *id, const known_answer_t *const *tables)
{
    for (; *tables; tables++)
        for (const known_answer_t *a = *tables; a->id; a++)
            if (!strcmp(a->id, id)) return a;
    return NULL;
}

static status_t case_answer(known_result_t *r, const json_t *cases, const json_t *one,
                            const known_answer_t *answer)
{
    reading_t reading = {.base = {read_input, input_length, take_found},
                         .cases = cases,
                         .inputs = json_object_get(one, "inputs"),
                         .expected = json_object_get(one, "expected"),
                         .result = r};
    if (expect(r, reading.expected, json_object_get(one, "tolerance")) != OK) return ERR_MEMORY;
    r->answered = true;
    answer->answer(&reading.base);
    r->met = r->n_values > 0 && !*r->fault;
    for (size_t i = 0; i < r->n_values; i++) r->met = r->met && known_value_met(&r->value[i]);
    return OK;
}

/* --- all of them ------------------------------------------------------------------------------ */

static bool group_listed(const known_results_t *r, const char *group)
{
    for (size_t i = 0; i < r->n; i++)
        if (!strcmp(r->result[i].group, group)) return true;
    return false;
}

static status_t group_answer(known_results_t *r, const char *group, const json_t *cases,
                             const known_answer_t *const *tables)
{
    size_t i;
    json_t *one;
    json_array_foreach((json_t *)cases, i, one)
    {
        if (strcmp(text_in(one, "group"), group)) continue;
        known_result_t *result = &r->result[r->n++];
        *result = (known_result_t){
            .id = text_in(one, "id"), .group = group, .title = text_in(one, "title")};
        const known_answer_t *answer = answer_to(result->id, tables);
        if (answer && case_answer(result, cases, one, answer) != OK) return ERR_MEMORY;
    }
    return OK;
}

static bool group_asked(const char *group, const char *const *groups)
{
    for (; groups && *groups; groups++)
        if (!strcmp(*groups, group)) return true;
    return !groups;
}

/* The cases of a text, which r->file then owns; NULL after a failure. */
static const json_t *cases_read(known_results_t *r, const char *text, error_t *err)
{
    json_error_t at;
    json_t *file = json_loads(text, 0, &at), *files = r->file ? r->file : json_array();
    const json_t *cases = json_object_get(file, "cases");
    r->file = files;
    if (!json_is_array(cases))
        fail(err, ERR_UNEXPECTED, "the known answers cannot be read: line %d: %s", at.line,
             file ? "no list of cases" : at.text);
    if (file && json_array_append_new(files, file)) cases = NULL;
    return json_is_array(cases) ? cases : NULL;
}

status_t known_results_add(known_results_t *r, const char *text,
                           const known_answer_t *const *tables, const char *const *groups,
                           error_t *err)
{
    size_t i;
    json_t *one;
    const json_t *cases = cases_read(r, text, err);
    if (!cases) return ERR_UNEXPECTED;
    known_result_t *room =
        realloc(r->result, (r->n + json_array_size(cases) + 1) * sizeof *r->result);
    if (!room) return fail_memory(err, "the known answers");
    r->result = room;
    json_array_foreach((json_t *)cases, i, one)
    {
        const char *group = text_in(one, "group");
        if (!group_asked(group, groups)) continue;
        if (!group_listed(r, group) && group_answer(r, group, cases, tables) != OK)
            return fail_memory(err, "the known answers");
    }
    return OK;
}

status_t known_results_init(known_results_t *r, const char *text,
                            const known_answer_t *const *tables, error_t *err)
{
    *r = (known_results_t){0};
    return known_results_add(r, text, tables, NULL, err);
}

void known_results_free(known_results_t *r)
{
    for (size_t i = 0; i < r->n; i++) free(r->result[i].value);
    free(r->result);
    json_decref(r->file);
    *r = (known_results_t){0};
}
