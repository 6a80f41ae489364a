/* explain.c -- the key table told to a person (`adsim explain`) and to an editor (`adsim schema`). */
#include "models/base/nearest.h"
#include "sim/config/keys.h"
#include "sim/config/load.h"
#include "sim/config/sources.h"

#include <ctype.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

/* --- explain ----------------------------------------------------------------------------------- */

typedef struct {
    const char *wanted;
    FILE *to;
    int found;
    const char *names[512];
    size_t n_names;
} explain_t;

static const char *measure_words(const key_row_t *row)
{
    switch (row->measure) {
    case MEASURE_SHARE: return "a share, such as 40%";
    case MEASURE_MONEY: return "an amount, such as 60000 or 60k";
    case MEASURE_COUNT: return "a whole number";
    case MEASURE_DAYS:
    case MEASURE_HOURS: return "a duration, such as 7d or 6h";
    default: return "a number";
    }
}

static void print_words(FILE *to, const word_t *words)
{
    const char *between = "";
    fputs("  values    ", to);
    for (const word_t *w = words; w->name; w++) {
        fprintf(to, "%s%s%s", between, w->name, w->value == WORD_LATER ? " (not yet)" : "");
        between = ", ";
    }
    putc('\n', to);
}

static void print_range(FILE *to, const key_row_t *row)
{
    const char *unit = row->unit ? row->unit : "";
    fprintf(to, "  value     %s%s%s%s\n", measure_words(row), row->certain ? "" : ", or a law",
            row->instead ? ", or " : "", row->instead ? row->instead : "");
    fprintf(to, "  range     %s%s to %s%s%s\n", row->above_low ? "above " : "",
            number_text(row->low, row->measure).text, number_text(row->high, row->measure).text,
            *unit ? " " : "", unit);
}

static void print_children(FILE *to, const section_t *s)
{
    const char *between = "";
    fputs("  keys      ", to);
    for (size_t i = 0; i < s->n; i++) {
        if (s->row[i].kind == KEY_LATER || s->row[i].kind == KEY_NEVER) continue;
        fprintf(to, "%s%s", between, s->row[i].name);
        between = ", ";
    }
    putc('\n', to);
}

/* The file behind each name, for a scenario in the current folder. */
static void print_presets(FILE *to, const char *kind)
{
    enum { MOST = 64 };
    preset_t found[MOST];
    arena_t arena = {0};
    sources_t s = {.arena = &arena};
    sources_look_in(&s, NULL);
    size_t n = sources_presets(&s, "", kind, found, MOST);
    for (size_t i = 0; i < n; i++)
        fprintf(to, "  %-9s %s: %s\n", i ? "" : "presets", found[i].name, found[i].path);
    if (s.status != OK) fputs("  presets   out of memory\n", to);
    arena_free(&arena);
}

static void print_row(FILE *to, const key_row_t *row, const char *path)
{
    fprintf(to, "%s\n  %s\n", path, row->help);
    if (row->kind == KEY_LATER) fputs("  This key is not available yet.\n", to);
    if (row->kind == KEY_NEVER) fputs("  This key is refused here.\n", to);
    if (row->kind == KEY_NUMBER || row->kind == KEY_INT || row->kind == KEY_SEED ||
        (row->kind == KEY_OWN && row->high > 0))
        print_range(to, row);
    if (row->words) print_words(to, row->words);
    if (row->kind == KEY_DATE) fputs("  value     a date, such as 2026-03-02\n", to);
    if (row->section) print_children(to, row->section);
    if (row_has_fallback(row))
        fprintf(to, "  default   %s (%s)\n", row_fallback_text(row).text,
                row->source ? row->source : "unless given");
    else if (row->source)
        fprintf(to, "  default   %s\n", row->source);
    if (row->required) fputs("  required  yes\n", to);
    if (row->aliases) fprintf(to, "  also      %s\n", row->aliases);
    if (row->presets) print_presets(to, row->presets);
}

/* The key in full, its last parts, or an alias. */
static bool is_wanted(const char *wanted, const char *path, const key_row_t *row)
{
    size_t n = strlen(path), m = strlen(wanted);
    if (word_in(row->aliases, wanted)) return true;
    return m && m <= n && !strcmp(path + n - m, wanted) && (m == n || path[n - m - 1] == '.');
}

static void explain_section(explain_t *e, const section_t *s, const char *prefix)
{
    for (size_t i = 0; i < s->n; i++) {
        const key_row_t *row = &s->row[i];
        char path[256];
        snprintf(path, sizeof path, "%s%s%s", prefix, *prefix ? "." : "", row->name);
        if (e->n_names < sizeof e->names / sizeof *e->names) e->names[e->n_names++] = row->name;
        if (is_wanted(e->wanted, path, row)) {
            if (e->found++) putc('\n', e->to);
            print_row(e->to, row, path);
        }
        if (row->section) explain_section(e, row->section, path);
    }
}

bool explain_key(const char *key, FILE *to, const char **nearest)
{
    explain_t e = {.wanted = key, .to = to};
    explain_section(&e, &top_section, "");
    const char *dot = strrchr(key, '.');
    *nearest = e.found ? NULL : nearest_name(dot ? dot + 1 : key, e.names, e.n_names);
    return e.found > 0;
}

/* --- schema ------------------------------------------------------------------------------------ */

static json_t *section_schema(const section_t *s);

static json_t *reference(const char *name)
{
    return json_pack("{s:s+}", "$ref", "#/definitions/", name);
}

static const char *definition_of(const key_row_t *row)
{
    switch (row->measure) {
    case MEASURE_SHARE: return row->certain ? "share" : "share_or_law";
    case MEASURE_DAYS:
    case MEASURE_HOURS: return row->certain ? "duration" : "duration_or_law";
    default: return row->certain ? "number" : "number_or_law";
    }
}

static json_t *constant(const char *word)
{
    return json_pack("{s:s}", "const", word);
}

static json_t *words_schema(const key_row_t *row)
{
    json_t *values = json_array();
    for (const word_t *w = row->words; w->name; w++) {
        if (w->value == WORD_LATER) continue;
        json_array_append_new(values, json_string(w->name));
        for (const char *alias = w->aliases; alias && *alias; alias += strspn(alias, " ")) {
            size_t n = strcspn(alias, " ");
            json_array_append_new(values, json_stringn(alias, n));
            alias += n;
        }
        if (w->label) json_array_append_new(values, json_string(w->label));
    }
    return json_pack("{s:o}", "enum", values);
}

static json_t *list_schema(const section_t *s, bool names_too)
{
    json_t *item = section_schema(s);
    if (names_too) item = json_pack("{s:[{s:s}, o]}", "anyOf", "type", "string", item);
    return json_pack("{s:s, s:i, s:o}", "type", "array", "minItems", 1, "items", item);
}

/* A file of people, among the keys of a population, which may be a name besides. */
static json_t *people_schema(const section_t *s, bool population)
{
    json_t *mapping = section_schema(s);
    if (!population) return mapping;
    json_object_del(mapping, "additionalProperties");
    return json_pack("{s:[{s:s}, o]}", "anyOf", "type", "string", mapping);
}

/* A mapping or one value that stands for it, or a list of such. */
static json_t *one_or_more_schema(const section_t *s)
{
    return json_pack("{s:[{s:[s, s]}, o, {s:s, s:{s:[{s:[s, s]}, o]}}]}", "anyOf", "type", "string",
                     "integer", section_schema(s), "type", "array", "items", "anyOf", "type",
                     "string", "integer", section_schema(s));
}

static json_t *own_schema(const key_row_t *row)
{
    switch (row->own) {
    case OWN_VERSION: return json_pack("{s:i}", "const", 1);
    case OWN_POPULATION: return people_schema(row->section, true);
    case OWN_CUSTOMERS:
    case OWN_CALENDAR: return people_schema(row->section, false);
    case OWN_WORDS: return json_pack("{s:[s, s]}", "type", "array", "object");
    case OWN_ORGANIC_RATE: return section_schema(row->section);
    case OWN_USUAL: return reference(definition_of(row));
    case OWN_MINUTES:
        return json_pack("{s:[o, {s:s}]}", "anyOf", reference("number_or_law"), "type", "object");
    case OWN_FACTORS:
        return json_pack("{s:[o, {s:s}]}", "anyOf", constant("flat"), "type", "object");
    case OWN_PLACEMENTS: return json_pack("{s:[s, s]}", "type", "string", "array");
    case OWN_OVERSPEND: return reference("share");
    case OWN_PURSE_PACING:
    case OWN_ROTATION: return words_schema(row);
    case OWN_MONEY:
        if (row->measure == MEASURE_MONEY) return reference("number");
        return json_pack("{s:[o, o]}", "anyOf", reference("number"), reference("share"));
    case OWN_BUDGET:
        return json_pack("{s:[o, o]}", "anyOf", reference("number"), reference("share"));
    case OWN_BID_STRATEGY:
        return json_pack("{s:[{s:s}, o]}", "anyOf", "type", "string", section_schema(row->section));
    case OWN_COMPARE: return section_schema(row->section);
    case OWN_VARIANTS:
    case OWN_BUDGET_SCHEDULE:
    case OWN_CREATIVES: return list_schema(row->section, false);
    case OWN_CAPS:
        return json_pack("{s:[o, o]}", "anyOf", section_schema(row->section),
                         list_schema(row->section, false));
    case OWN_SCHEDULE:
    case OWN_ALLOCATE: return section_schema(row->section);
    case OWN_GOAL:
        return json_pack("{s:[o, o]}", "anyOf", reference("number"), section_schema(row->section));
    case OWN_POINTS:
        return json_pack("{s:s, s:i, s:{s:s, s:i, s:i}}", "type", "array", "minItems", 2, "items",
                         "type", "array", "minItems", 2, "maxItems", 2);
    case OWN_LIMITS: return list_schema(row->section, false);
    case OWN_AMOUNT:
        return json_pack("{s:[o, o]}", "anyOf", reference("number"), reference("share"));
    case OWN_CELL: return json_pack("{s:s}", "type", "string");
    case OWN_CELLS: return json_pack("{s:s, s:{s:s}}", "type", "array", "items", "type", "string");
    case OWN_WEIGHTS: return json_pack("{s:s}", "type", "object");
    case OWN_DAY: return json_pack("{s:[s, s]}", "type", "string", "integer");
    case OWN_HOURS_OF_DAY:
    case OWN_WEEKDAYS: return json_pack("{s:[s, s]}", "type", "string", "array");
    case OWN_PAUSES:
    case OWN_DAYPARTING: return one_or_more_schema(row->section);
    case OWN_OVER:
        return json_pack("{s:s, s:{s:[{s:s}, o]}}", "type", "object", "additionalProperties",
                         "anyOf", "type", "array", section_schema(row->section));
    case OWN_NONE: return json_pack("{s:[s, s]}", "type", "string", "number");
    case OWN_LABELS:
        return json_pack("{s:[o, {s:s}]}", "anyOf", constant("exact"), "type", "object");
    default: return json_pack("{s:s}", "type", "string");
    }
}

static json_t *row_value_schema(const key_row_t *row)
{
    switch (row->kind) {
    case KEY_NUMBER:
    case KEY_INT: {
        json_t *number = reference(row->bare ? "bare_duration" : definition_of(row));
        if (!row->instead) return number;
        return json_pack("{s:[o, o]}", "anyOf", constant(row->instead), number);
    }
    case KEY_SEED: return json_pack("{s:s, s:i}", "type", "integer", "minimum", 0);
    case KEY_WORD: return words_schema(row);
    case KEY_DATE: return json_pack("{s:s, s:s}", "type", "string", "format", "date");
    case KEY_SECTION:
        if (!row->instead) return section_schema(row->section);
        return json_pack("{s:[o, o]}", "anyOf", constant(row->instead),
                         section_schema(row->section));
    case KEY_LIST: return list_schema(row->section, !strcmp(row->name, "platforms"));
    case KEY_NAMED:
        return json_pack("{s:s, s:{s:[{s:s}, o]}}", "type", "object", "additionalProperties",
                         "anyOf", "type", "string", section_schema(row->section));
    case KEY_OWN: return own_schema(row);
    case KEY_IGNORED:
        return row->section ? section_schema(row->section) : json_pack("{s:s}", "type", "object");
    case KEY_BEFORE:
        return json_pack("{s:s}", "type", !strcmp(row->name, "set") ? "object" : "string");
    default:
        if (!row->section) return json_pack("{s:s}", "type", "string");
        return json_pack("{s:[{s:s}, o]}", "anyOf", "type", "string", section_schema(row->section));
    }
}

/* The row's help with its unit, range, default and source. */
static json_t *row_description(const key_row_t *row)
{
    char text[800];
    snprintf(text, sizeof text, "%s", row->help);
    size_t used = strlen(text);
    if (row->kind == KEY_NUMBER)
        snprintf(text + used, sizeof text - used, " (%s to %s%s%s)",
                 number_text(row->low, row->measure).text,
                 number_text(row->high, row->measure).text, row->unit ? " " : "",
                 row->unit ? row->unit : "");
    used = strlen(text);
    if (row_has_fallback(row))
        snprintf(text + used, sizeof text - used, ". Default: %s (%s)", row_fallback_text(row).text,
                 row->source ? row->source : "unless given");
    return json_string(text);
}

static json_t *row_schema(const key_row_t *row)
{
    json_t *value = row_value_schema(row);
    /* Beside $ref, draft-07 ignores everything. */
    if (json_object_get(value, "$ref")) value = json_pack("{s:[o]}", "allOf", value);
    json_object_set_new(value, "description", row_description(row));
    return value;
}

static json_t *section_schema(const section_t *s)
{
    json_t *properties = json_object(), *required = json_array();
    for (size_t i = 0; i < s->n; i++) {
        const key_row_t *row = &s->row[i];
        if (row->kind == KEY_LATER || row->kind == KEY_NEVER) continue;
        json_object_set_new(properties, row->name, row_schema(row));
        for (const char *alias = row->aliases; alias && *alias; alias += strspn(alias, " ")) {
            char name[64];
            size_t n = strcspn(alias, " ");
            snprintf(name, sizeof name, "%.*s", (int)n, alias);
            json_object_set_new(properties, name, row_schema(row));
            alias += n;
        }
        /* What has another name, or may come from `extends`, cannot be demanded here. */
        if (row->required && !row->aliases && !row->unless && s != &top_section)
            json_array_append_new(required, json_string(row->name));
    }
    json_t *schema = json_pack("{s:s, s:b, s:o}", "type", "object", "additionalProperties", 0,
                               "properties", properties);
    if (json_array_size(required))
        json_object_set_new(schema, "required", required);
    else
        json_decref(required);
    return schema;
}

static const char number_pattern[] = "^[-+]?[0-9.]+([eE][-+]?[0-9]+)?[kM]?$";
static const char share_pattern[] = "^[0-9.]+ ?%$";
static const char duration_pattern[] = "^[0-9.]+(w|d|h|min)$";

static json_t *texts_or_numbers(const char *pattern)
{
    return json_pack("{s:[{s:s}, {s:s, s:s}]}", "anyOf", "type", "number", "type", "string",
                     "pattern", pattern);
}

/* A number, or a mapping that is a law of it. */
static json_t *or_law(const char *name)
{
    static const char *const keys[] = {"low", "high", "median", "p90",   "mean",  "sd",    "dist",
                                       "a",   "b",    "mu",     "sigma", "value", "source"};
    json_t *properties = json_object();
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        json_object_set_new(properties, keys[i], json_object());
    return json_pack("{s:[o, {s:s, s:b, s:o}]}", "anyOf", reference(name), "type", "object",
                     "additionalProperties", 0, "properties", properties);
}

static json_t *definitions(void)
{
    return json_pack("{s:o, s:o, s:{s:s, s:s}, s:o, s:o, s:o, s:o}", "number",
                     texts_or_numbers(number_pattern), "share", texts_or_numbers(share_pattern),
                     "duration", "type", "string", "pattern", duration_pattern, "bare_duration",
                     texts_or_numbers(duration_pattern), "number_or_law", or_law("number"),
                     "share_or_law", or_law("share"), "duration_or_law", or_law("duration"));
}

status_t schema_write(FILE *to, error_t *err)
{
    json_t *schema = section_schema(&top_section);
    json_t *head =
        json_pack("{s:s, s:s, s:o}", "$schema", "http://json-schema.org/draft-07/schema#", "title",
                  "adsim scenario", "definitions", definitions());
    if (!schema || !head || json_object_update(head, schema)) {
        json_decref(schema);
        json_decref(head);
        return fail_memory(err, "the schema");
    }
    json_dumpf(head, to, JSON_INDENT(2));
    putc('\n', to);
    json_decref(schema);
    json_decref(head);
    return ferror(to) ? fail(err, ERR_OUTPUT, "the schema cannot be written") : OK;
}
