/* diagnostics.c -- keeps complaints, sorts them by place and tells them in three forms. */
#include "sim/config/diagnostics.h"
#include "sim/config/characters.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHOWN_MOST = 20,    /* problems told at once */
    KEPT_MOST = 10000,  /* problems kept to be sorted; the rest is counted */
    SNIPPET_CELLS = 100 /* of a longer line the part around the caret is shown */
};

typedef struct {
    place_t at, related;
    severity_t severity;
    char *message, *help, *note; /* help, note may be NULL */
    size_t order;
} problem_t;

struct diagnostics {
    problem_t *problem;
    size_t n, capacity;
    size_t errors, warnings;
    bool lost; /* memory was out for one that should have been kept */
};

diagnostics_t *diagnostics_new(void)
{
    diagnostics_t *d = calloc(1, sizeof *d);
    if (!d) return NULL;
    d->capacity = SHOWN_MOST;
    d->problem = calloc(d->capacity, sizeof *d->problem);
    if (d->problem) return d;
    free(d);
    return NULL;
}

void diagnostics_free(diagnostics_t *d)
{
    if (!d) return;
    for (size_t i = 0; i < d->n; i++) {
        free(d->problem[i].message);
        free(d->problem[i].help);
        free(d->problem[i].note);
        free((char *)d->problem[i].at.file);
        free((char *)d->problem[i].at.line_text);
        free((char *)d->problem[i].related.file);
        free((char *)d->problem[i].related.line_text);
    }
    free(d->problem);
    free(d);
}

size_t diagnostics_errors(const diagnostics_t *d)
{
    return d->errors;
}

size_t diagnostics_warnings(const diagnostics_t *d)
{
    return d->warnings;
}

bool diagnostics_lost(const diagnostics_t *d)
{
    return d->lost;
}

/* --- keeping ------------------------------------------------------------------------------- */

static size_t min_size(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The same characters, with '?' for what a terminal must not get. */
static char *line_copy(char *to, const char *from, size_t bytes)
{
    for (size_t i = 0; i < bytes;) {
        uint32_t code = 0;
        size_t step = character_at(from + i, bytes - i, &code);
        bool plain = step && (code == '\t' || !character_is_control(code));
        if (plain)
            memcpy(to, from + i, step);
        else
            *to = '?';
        to += plain ? step : 1;
        i += step ? step : 1;
    }
    return to;
}

/* Only the part of a long line that will be shown: a far column is then the 51st. */
static char *line_cut(const char *line, int column)
{
    static const char dots[] = "…";
    size_t skip = column > SNIPPET_CELLS ? (size_t)(column - SNIPPET_CELLS / 2) : 0;
    const char *from = line + characters_bytes(line, skip);
    size_t bytes = characters_bytes(from, SNIPPET_CELLS);
    char *cut = malloc(bytes + 2 * sizeof dots);
    if (!cut) return NULL;
    char *to = skip ? strcpy(cut, dots) + strlen(dots) : cut;
    to = line_copy(to, from, bytes);
    strcpy(to, from[bytes] ? dots : "");
    return cut;
}

static char *text_kept(diagnostics_t *d, const char *text)
{
    char *copy = strdup(text);
    if (!copy) d->lost = true;
    return copy;
}

static place_t place_kept(diagnostics_t *d, place_t at)
{
    at.file = text_kept(d, at.file ? at.file : "");
    if (!at.line_text) return at;
    at.line_text = line_cut(at.line_text, at.column);
    if (!at.line_text) d->lost = true;
    return at;
}

static bool grow(diagnostics_t *d)
{
    if (d->n < d->capacity) return true;
    size_t capacity = min_size(2 * d->capacity, KEPT_MOST);
    if (capacity <= d->n) return false;
    problem_t *more = realloc(d->problem, capacity * sizeof *more);
    if (!more) {
        d->lost = true;
        return false;
    }
    d->problem = more;
    d->capacity = capacity;
    return true;
}

void complain(diagnostics_t *d, severity_t severity, place_t at, const char *help,
              const char *format, ...)
{
    if (severity == SEVERITY_ERROR)
        d->errors++;
    else
        d->warnings++;
    if (!grow(d)) return;
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    d->problem[d->n] = (problem_t){.at = place_kept(d, at),
                                   .severity = severity,
                                   .message = text_kept(d, message),
                                   .help = help && *help ? text_kept(d, help) : NULL,
                                   .order = d->n};
    d->n++;
}

void complain_related(diagnostics_t *d, place_t related, const char *note)
{
    if (!d->n || d->errors + d->warnings != d->n) return; /* the last one was not kept */
    problem_t *p = &d->problem[d->n - 1];
    if (p->note) return;
    p->related = place_kept(d, related);
    p->note = text_kept(d, note);
}

static bool same_problem(const problem_t *a, const problem_t *b)
{
    bool here = a->at.line == b->at.line && a->at.column == b->at.column;
    return here && a->at.file && b->at.file && !strcmp(a->at.file, b->at.file) && a->message &&
           b->message && !strcmp(a->message, b->message);
}

/* A problem of another list: its lines are cut already. */
static void take(diagnostics_t *d, const problem_t *p, const char *note)
{
    place_t at = p->at, related = p->related;
    at.line_text = related.line_text = NULL;
    size_t before = d->n;
    complain(d, p->severity, at, p->help, "%s%s", p->message ? p->message : "", note);
    if (p->note) complain_related(d, related, p->note);
    if (d->n == before) return; /* counted, not kept */
    if (p->at.line_text) d->problem[before].at.line_text = text_kept(d, p->at.line_text);
    if (p->note && p->related.line_text)
        d->problem[before].related.line_text = text_kept(d, p->related.line_text);
}

void diagnostics_take(diagnostics_t *d, const diagnostics_t *from, const char *note)
{
    size_t known = d->n;
    for (size_t i = 0; i < from->n; i++) {
        bool told = false;
        for (size_t k = 0; k < known && !told; k++)
            told = same_problem(&d->problem[k], &from->problem[i]);
        if (!told) take(d, &from->problem[i], note);
    }
    d->errors += from->errors + from->warnings - from->n; /* those that were only counted */
    d->lost |= from->lost;
}

/* --- telling ------------------------------------------------------------------------------- */

static const char *problem_file(const problem_t *p)
{
    return p->at.file ? p->at.file : "";
}

static int problem_order(const void *a, const void *b)
{
    const problem_t *p = a, *q = b;
    int files = strcmp(problem_file(p), problem_file(q));
    if (files) return files;
    if (p->at.line != q->at.line) return p->at.line < q->at.line ? -1 : 1;
    if (p->at.column != q->at.column) return p->at.column < q->at.column ? -1 : 1;
    return p->order < q->order ? -1 : p->order > q->order;
}

static const char *safe(const char *text, char *buffer, size_t capacity)
{
    text_made_safe(text ? text : "", buffer, capacity);
    return buffer;
}

static const char *severity_word(severity_t s)
{
    return s == SEVERITY_ERROR ? "error" : "warning";
}

static void print_head(FILE *to, place_t at, const char *word, const char *message)
{
    char file[1024], text[2048];
    fprintf(to, "%s:", safe(at.file, file, sizeof file));
    if (at.line > 0) fprintf(to, "%d:%d:", at.line, at.column);
    fprintf(to, " %s: %s", word, safe(message, text, sizeof text));
}

static int digits(int n)
{
    int d = 1;
    while (n >= 10) {
        n /= 10;
        d++;
    }
    return d;
}

/* The line and its caret. A tab is repeated as a tab, a wide glyph takes two cells. */
static void print_snippet(FILE *to, place_t at)
{
    if (!at.line_text || at.line <= 0) return;
    int gutter = digits(at.line), column = at.column;
    const char *line = at.line_text;
    if (column > SNIPPET_CELLS) column = SNIPPET_CELLS / 2 + 1; /* as line_cut did */
    fprintf(to, " %*s |\n %d | %s\n %*s | ", gutter, "", at.line, line, gutter, "");
    size_t length = strlen(line), i = 0;
    int carets = 0;
    for (int c = 1; i < length && c < column + at.width; c++) {
        uint32_t code = 0;
        size_t step = character_at(line + i, length - i, &code);
        int cells = step ? character_cells(code) : 1;
        if (c >= column)
            for (int k = 0; k < cells; k++, carets++) putc('^', to);
        else if (code == '\t')
            putc('\t', to);
        else
            fprintf(to, "%*s", cells, "");
        i += step ? step : 1;
    }
    fputs(carets ? "\n" : "^\n", to);
}

static void print_human(FILE *to, const problem_t *p)
{
    char text[2048];
    print_head(to, p->at, severity_word(p->severity), p->message);
    putc('\n', to);
    print_snippet(to, p->at);
    if (p->help)
        fprintf(to, " %*s = help: %s\n", digits(p->at.line), "", safe(p->help, text, sizeof text));
    if (!p->note) return;
    print_head(to, p->related, "note", p->note);
    putc('\n', to);
    print_snippet(to, p->related);
}

static void print_short(FILE *to, const problem_t *p)
{
    char text[2048];
    print_head(to, p->at, severity_word(p->severity), p->message);
    if (p->help) fprintf(to, " (%s)", safe(p->help, text, sizeof text));
    putc('\n', to);
}

/* "in bad.yaml", or "in 2 files". */
static void print_where(FILE *to, const diagnostics_t *d)
{
    size_t files = 0;
    char text[1024];
    for (size_t i = 0; i < d->n; i++)
        if (!i || strcmp(problem_file(&d->problem[i]), problem_file(&d->problem[i - 1]))) files++;
    if (files == 1)
        fprintf(to, " in %s", safe(problem_file(&d->problem[0]), text, sizeof text));
    else
        fprintf(to, " in %zu files", files);
}

static void print_count(FILE *to, size_t n, const char *what)
{
    fprintf(to, "%zu %s%s", n, what, n == 1 ? "" : "s");
}

static void print_tail(FILE *to, const diagnostics_t *d, const char *verdict)
{
    if (d->errors) print_count(to, d->errors, "problem");
    if (d->errors && d->warnings) fputs(" and ", to);
    if (d->warnings) print_count(to, d->warnings, "warning");
    print_where(to, d);
    if (d->errors + d->warnings > SHOWN_MOST) fprintf(to, ", the first %d shown", SHOWN_MOST);
    if (verdict && *verdict) fprintf(to, "; %s", verdict);
    putc('\n', to);
}

static json_t *place_json(place_t at)
{
    char file[1024];
    return json_pack("{s:s, s:i, s:i, s:i}", "file", safe(at.file, file, sizeof file), "line",
                     at.line, "column", at.column, "width", at.width);
}

/* A text, null without one. NULL when memory is out, as all of these. */
static json_t *text_json(const char *text)
{
    char buffer[2048];
    return text ? json_string(safe(text, buffer, sizeof buffer)) : json_null();
}

static json_t *related_json(const problem_t *p)
{
    if (!p->note) return json_null();
    json_t *related = place_json(p->related);
    if (related && !json_object_set_new(related, "note", text_json(p->note))) return related;
    json_decref(related);
    return NULL;
}

static json_t *problem_json(const problem_t *p)
{
    json_t *j = place_json(p->at);
    if (!j) return NULL;
    if (!json_object_set_new(j, "severity", json_string(severity_word(p->severity))) &&
        !json_object_set_new(j, "message", text_json(p->message)) &&
        !json_object_set_new(j, "help", text_json(p->help)) &&
        !json_object_set_new(j, "related", related_json(p)))
        return j;
    json_decref(j);
    return NULL;
}

static json_t *problems_json(const diagnostics_t *d)
{
    json_t *all = json_array();
    for (size_t i = 0; all && i < min_size(d->n, SHOWN_MOST); i++)
        if (json_array_append_new(all, problem_json(&d->problem[i]))) {
            json_decref(all);
            return NULL;
        }
    return all;
}

static bool print_json(FILE *to, const diagnostics_t *d)
{
    json_t *whole = json_pack("{s:I, s:I, s:o}", "errors", (json_int_t)d->errors, "warnings",
                              (json_int_t)d->warnings, "problems", problems_json(d));
    bool fine = whole && !json_dumpf(whole, to, JSON_INDENT(2));
    json_decref(whole);
    putc('\n', to);
    return fine;
}

static bool print_all(FILE *to, const diagnostics_t *d, error_format_t format, const char *verdict)
{
    if (format == FORMAT_JSON) return print_json(to, d);
    for (size_t i = 0; i < min_size(d->n, SHOWN_MOST); i++)
        if (format == FORMAT_HUMAN)
            print_human(to, &d->problem[i]);
        else
            print_short(to, &d->problem[i]);
    if (d->n) print_tail(to, d, verdict);
    return true;
}

char *diagnostics_text(const diagnostics_t *d, error_format_t format, const char *verdict)
{
    char *text = NULL;
    size_t length = 0;
    qsort(d->problem, d->n, sizeof *d->problem, problem_order);
    FILE *to = open_memstream(&text, &length);
    if (!to) return NULL;
    bool fine = print_all(to, d, format, verdict) && !ferror(to);
    if (fclose(to) == 0 && fine) return text;
    free(text);
    return NULL;
}
