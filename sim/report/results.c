/* results.c -- which files a result folder has, and what they say. */
#include "sim/report/results.h"

#include "sim/config/csv_reader.h"
#include "sim/report/folder.h"
#include "sim/report/json.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A table that was read, by the name of its file. */
typedef struct {
    char *file;
    result_table_t table;
} kept_t;

struct results {
    char *folder;
    char *
        path; /* room for that of a file: looking for one asks for no memory, of which a lack would hide it */
    size_t path_room;
    results_kind_t kind;
    json_t *summary;
    size_t n_kept;
    kept_t **kept; /* each by itself: a table stays where it is */
};

/* --- which command wrote it ---------------------------------------------------------------------- */

/* The first whose file is there tells: more special ones first. */
static const struct {
    results_kind_t kind;
    const char *word, *file, *json;
} kinds[] = {
    {RESULTS_COMPARISON, "comparison", "comparison.csv", "summary.json"},
    {RESULTS_ALLOCATION, "allocation", "allocation.csv", "summary.json"},
    {RESULTS_BATCH, "batch", "manifest.json", "manifest.json"},
    {RESULTS_AUDIENCE, "audience", "composition.csv", "summary.json"},
    {RESULTS_SEGMENTS, "segments", "profile.csv", "summary.json"},
    {RESULTS_RUN, "run", "timeline.csv", "summary.json"},
    {RESULTS_SENSITIVITY, "sensitivity", "sensitivity.csv", "summary.json"},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

const char *results_kind_word(results_kind_t kind)
{
    for (size_t i = 0; i < KINDS; i++)
        if (kinds[i].kind == kind) return kinds[i].word;
    return "";
}

/* Until the next is asked for. */
static const char *path_of(const results_t *r, const char *file)
{
    snprintf(r->path, r->path_room, "%s/%s", r->folder, file);
    return r->path;
}

bool results_has(const results_t *r, const char *file)
{
    struct stat st;
    return !stat(path_of(r, file), &st) && S_ISREG(st.st_mode);
}

/* --- summary.json -------------------------------------------------------------------------------- */

static status_t read_summary(results_t *r, const char *file, error_t *err)
{
    if (results_has(r, file)) return json_read(path_of(r, file), &r->summary, err);
    r->summary = json_object();
    return r->summary ? OK : fail_memory(err, "the summary of a result folder");
}

static status_t find_kind(results_t *r, error_t *err)
{
    struct stat st;
    if (stat(r->folder, &st) || !S_ISDIR(st.st_mode))
        return fail(err, ERR_UNREADABLE, "there is no folder %s", r->folder);
    for (size_t i = 0; i < KINDS; i++) {
        if (!results_has(r, kinds[i].file)) continue;
        r->kind = kinds[i].kind;
        return read_summary(r, kinds[i].json, err);
    }
    return fail(err, ERR_INVALID,
                "%s holds no results: name a folder that adsim run, compare, allocate, sweep, "
                "audience, segment or sensitivity has written",
                r->folder);
}

status_t results_open(results_t **out, const char *folder, error_t *err)
{
    results_t *r = *out = calloc(1, sizeof *r);
    if (!r) return fail_memory(err, "a result folder");
    size_t length = strlen(folder);
    r->folder = strdup(folder);
    r->path_room = length + 1 + FOLDER_NAME;
    r->path = malloc(r->path_room);
    while (r->folder && length > 1 && r->folder[length - 1] == '/') r->folder[--length] = 0;
    status_t st = r->folder && r->path ? find_kind(r, err) : fail_memory(err, "a result folder");
    if (st != OK) {
        results_close(r);
        *out = NULL;
    }
    return st;
}

void results_close(results_t *r)
{
    if (!r) return;
    for (size_t i = 0; i < r->n_kept; i++) {
        free(r->kept[i]->file);
        result_table_free(&r->kept[i]->table);
        free(r->kept[i]);
    }
    free(r->kept);
    json_decref(r->summary);
    free(r->folder);
    free(r->path);
    free(r);
}

results_kind_t results_kind(const results_t *r)
{
    return r->kind;
}

const char *results_folder(const results_t *r)
{
    return r->folder;
}

const json_t *results_summary(const results_t *r)
{
    return r->summary;
}

static const json_t *at_path(const results_t *r, const char *path)
{
    char key[128];
    const json_t *at = r->summary;
    while (at && *path) {
        size_t length = strcspn(path, ".");
        if (length >= sizeof key) return NULL;
        memcpy(key, path, length);
        key[length] = 0;
        at = json_object_get(at, key);
        path += length + (path[length] == '.');
    }
    return at;
}

double results_number(const results_t *r, const char *path)
{
    const json_t *x = at_path(r, path);
    return json_is_number(x) ? json_number_value(x) : NAN;
}

const char *results_text(const results_t *r, const char *path)
{
    const json_t *x = at_path(r, path);
    return json_is_string(x) ? json_string_value(x) : "";
}

/* --- tables -------------------------------------------------------------------------------------- */

/* A table as it grows: texts by their places, as the buffer moves. */
typedef struct {
    char *text;
    size_t length, room;
    size_t *place; /* of the names, then of the fields */
    unsigned long *line;
    size_t places, places_room, rows, rows_room;
} growing_t;

static bool grow(void *array, size_t item, size_t wanted, size_t *room)
{
    if (wanted <= *room) return true;
    size_t more = *room ? *room : 256;
    while (more < wanted) more += more / 2;
    void **old = array, *grown = realloc(*old, more * item);
    if (!grown) return false;
    *old = grown;
    *room = more;
    return true;
}

static bool add_text(growing_t *g, const char *text, size_t length)
{
    if (!grow(&g->text, 1, g->length + length + 1, &g->room) ||
        !grow(&g->place, sizeof *g->place, g->places + 1, &g->places_room))
        return false;
    memcpy(g->text + g->length, text, length);
    g->text[g->length + length] = 0;
    g->place[g->places++] = g->length;
    g->length += length + 1;
    return true;
}

/* Columns of the file that are wanted; -1: the file has no such column. */
typedef struct {
    size_t n;
    int *from;
    int where;
} chosen_t;

static int column_of(const csv_reader_t *csv, const char *name)
{
    for (size_t i = 0; i < csv_columns(csv); i++)
        if (!strcmp(csv_name(csv, i), name)) return (int)i;
    return -1;
}

static bool choose(chosen_t *c, const csv_reader_t *csv, const result_wanted_t *wanted,
                   growing_t *g)
{
    c->n = wanted->column ? wanted->columns : csv_columns(csv);
    c->from = malloc((c->n + 1) * sizeof *c->from);
    c->where = wanted->where ? column_of(csv, wanted->where) : -1;
    bool fine = c->from != NULL;
    for (size_t i = 0; fine && i < c->n; i++) {
        const char *name = wanted->column ? wanted->column[i] : csv_name(csv, i);
        c->from[i] = wanted->column ? column_of(csv, name) : (int)i;
        fine = add_text(g, name, strlen(name));
    }
    return fine;
}

static bool is_wanted(const chosen_t *c, const result_wanted_t *wanted, const csv_field_t *field)
{
    if (!wanted->where) return true;
    if (c->where < 0) return false;
    return field[c->where].length == strlen(wanted->is) &&
           !memcmp(field[c->where].text, wanted->is, field[c->where].length);
}

static bool add_row(growing_t *g, const chosen_t *c, const csv_field_t *field, uint64_t line)
{
    if (!grow(&g->line, sizeof *g->line, g->rows + 1, &g->rows_room)) return false;
    g->line[g->rows++] = (unsigned long)line;
    for (size_t i = 0; i < c->n; i++) {
        csv_field_t none = {"", 0}, x = c->from[i] < 0 ? none : field[c->from[i]];
        if (!add_text(g, x.text, x.length)) return false;
    }
    return true;
}

static bool finish(growing_t *g, size_t columns, result_table_t *out)
{
    const char **name = malloc((g->places + 1) * sizeof *name);
    if (!name) return false;
    for (size_t i = 0; i < g->places; i++) name[i] = g->text + g->place[i];
    *out = (result_table_t){g->rows, columns, g->text, name, name + columns, g->line};
    free(g->place);
    return true;
}

/* The first complaint, as one line. */
static status_t complained(const diagnostics_t *d, error_t *err)
{
    char *text = diagnostics_text(d, FORMAT_SHORT, "");
    if (!text) return fail_memory(err, "what is wrong with a table");
    text[strcspn(text, "\n")] = 0;
    status_t st = fail(err, ERR_INVALID, "%s", text);
    free(text);
    return st;
}

static status_t read_rows(csv_reader_t *csv, const result_wanted_t *wanted, result_table_t *out,
                          error_t *err)
{
    growing_t g = {0};
    chosen_t chosen = {0};
    bool fine = choose(&chosen, csv, wanted, &g);
    for (const csv_field_t *row; fine && (row = csv_next(csv));)
        if (is_wanted(&chosen, wanted, row)) fine = add_row(&g, &chosen, row, csv_line(csv));
    fine = fine && finish(&g, chosen.n, out);
    free(chosen.from);
    if (fine) return csv_status(csv);
    free(g.text);
    free(g.place);
    free(g.line);
    return fail_memory(err, "a table of a result folder");
}

static status_t read_table(const char *path, const result_wanted_t *wanted, diagnostics_t *d,
                           result_table_t *out, error_t *err)
{
    csv_options_t format = {.separator = ',', .may_be_empty = true}; /* a plan without ads */
    csv_reader_t *csv;
    status_t st = csv_open(&csv, path, NULL, &format, d, err);
    if (st == OK) st = read_rows(csv, wanted, out, err);
    csv_close(csv);
    if (st == ERR_INVALID || (st == OK && diagnostics_errors(d))) st = complained(d, err);
    return st;
}

status_t results_select(const results_t *r, const char *file, const result_wanted_t *wanted,
                        result_table_t *out, error_t *err)
{
    *out = (result_table_t){0};
    if (!results_has(r, file)) return OK;
    diagnostics_t *d = diagnostics_new();
    status_t st = d ? read_table(path_of(r, file), wanted, d, out, err)
                    : fail_memory(err, "a table of a result folder");
    if (st != OK) result_table_free(out);
    diagnostics_free(d);
    return st;
}

static kept_t *keep(results_t *r, const char *file)
{
    kept_t **grown = realloc(r->kept, (r->n_kept + 1) * sizeof(kept_t *));
    if (!grown) return NULL;
    r->kept = grown;
    kept_t *k = calloc(1, sizeof *k);
    if (k) k->file = strdup(file);
    if (k && k->file) return grown[r->n_kept++] = k;
    free(k);
    return NULL;
}

status_t results_table(results_t *r, const char *file, const result_table_t **out, error_t *err)
{
    for (size_t i = 0; i < r->n_kept; i++)
        if (!strcmp(r->kept[i]->file, file)) {
            *out = &r->kept[i]->table;
            return OK;
        }
    result_table_t table;
    status_t st = results_select(r, file, &(result_wanted_t){0}, &table, err);
    if (st != OK) return st;
    kept_t *k = keep(r, file);
    if (!k) {
        result_table_free(&table);
        return fail_memory(err, "a table of a result folder");
    }
    k->table = table;
    *out = &k->table;
    return OK;
}

void result_table_free(result_table_t *t)
{
    free(t->text);
    free(t->name);
    free(t->line);
    *t = (result_table_t){0};
}

/* --- fields -------------------------------------------------------------------------------------- */

int result_column(const result_table_t *t, const char *name)
{
    for (size_t i = 0; i < t->columns; i++)
        if (!strcmp(t->name[i], name)) return (int)i;
    return -1;
}

const char *result_text(const result_table_t *t, size_t row, int column)
{
    return column < 0 ? "" : t->field[row * t->columns + (size_t)column];
}

double result_number(const result_table_t *t, size_t row, int column)
{
    const char *text = result_text(t, row, column);
    char *end;
    double x = strtod(text, &end);
    return *text && !*end && isfinite(x) ? x : NAN;
}

const char *result_text_of(const result_table_t *t, size_t row, const char *column)
{
    return result_text(t, row, result_column(t, column));
}

double result_number_of(const result_table_t *t, size_t row, const char *column)
{
    return result_number(t, row, result_column(t, column));
}

size_t result_find(const result_table_t *t, size_t from, const char *column, const char *text)
{
    int k = result_column(t, column);
    while (from < t->rows && strcmp(result_text(t, from, k), text) != 0) from++;
    return from;
}
