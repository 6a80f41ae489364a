/* csv_table.c -- codes the values of columns while rows pass by.
 *
 * One pass. A value is looked up among those of its column (open addressing); only a new one is parsed,
 * so a column of a hundred different ages costs a hundred conversions. When a column turns out to have
 * too many values its codes become numbers, or it is given up. */
#include "sim/config/csv_table.h"

#include "models/audience/expression.h"
#include "models/base/nearest.h"
#include "sim/config/arena.h"
#include "sim/config/characters.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { TOLD_ROWS = 3 }; /* that have the same wrong value; the rest is counted */
enum { SLOTS_FIRST = 64, ROWS_FIRST = 1024, NUMBER_BYTES = 400, LEVELS_NARROW = 255 };

/* The values of one column, while it is read. */
typedef struct {
    csv_column_t *c;
    const csv_wanted_t *wanted; /* NULL: nobody asked */
    uint32_t *slot;             /* 1 + index of the level; 0 = free */
    uint32_t *length;           /* of each level's text */
    uint64_t *hash;
    size_t n_slots, levels_capacity;
    bool all_numbers; /* so far */
    bool told;        /* that it has too many values */
} coder_t;

typedef struct {
    csv_table_t *t;
    csv_reader_t *r;
    const csv_request_t *request;
    diagnostics_t *d;
    error_t *err;
    status_t status;
    arena_t *arena;
    coder_t *coder;
    size_t capacity; /* rows there is room for */
} building_t;

/* ---- Numbers ----------------------------------------------------------------------------------- */

/* [-]digits[.digits], at most 15 of them, no leading zero: the quotient of two exact doubles is the
 * nearest one (Clinger 1990). Everything else takes the long way. */
static bool plain_number(const char *s, size_t length, double *out)
{
    static const double power[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                   1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    const char *end = s + length, *first = s;
    bool negative = length && *s == '-';
    if (negative) first = ++s;
    uint64_t digits = 0;
    for (; s < end && isdigit((unsigned char)*s); s++) digits = digits * 10 + (uint64_t)(*s - '0');
    size_t whole = (size_t)(s - first), decimals = 0;
    if (!whole || (whole > 1 && *first == '0') || whole > 15) return false;
    if (s < end && *s == '.') {
        for (s++; s < end && isdigit((unsigned char)*s); s++, decimals++)
            if (whole + decimals < 15) digits = digits * 10 + (uint64_t)(*s - '0');
        if (!decimals) return false;
    }
    if (s != end || whole + decimals > 15) return false;
    double value = (double)digits / power[decimals];
    *out = negative ? -value : value;
    return true;
}

static const value_rule_t any_number = {
    .name = "value", .measure = MEASURE_NUMBER, .low = -INFINITY, .high = INFINITY};

/* As a number key reads it; `help` says why not. */
static bool number_of(const char *text, size_t length, const value_rule_t *rule, double *out,
                      char help[200])
{
    if (rule->measure == MEASURE_NUMBER && plain_number(text, length, out)) return true;
    char copy[NUMBER_BYTES];
    if (length >= sizeof copy) length = sizeof copy - 1;
    memcpy(copy, text, length);
    copy[length] = '\0';
    return number_parse(copy, rule, out, help);
}

/* Of a column that nobody declared: plain numbers, with an exponent if need be, but no 40% and no 12k. */
static bool number_found(const char *text, size_t length, double *out)
{
    if (plain_number(text, length, out)) return true;
    char help[200];
    char last = length ? text[length - 1] : 'x';
    return (isdigit((unsigned char)last) || last == '.') &&
           number_of(text, length, &any_number, out, help);
}

static bool in_range(const value_rule_t *rule, double x)
{
    return x >= rule->low && x <= rule->high && !(rule->above_low && x == rule->low);
}

static double yes_no(const char *text)
{
    static const char *const no[] = {"0", "no", "false"}, *const yes[] = {"1", "yes", "true"};
    for (int i = 0; i < 3; i++) {
        if (!strcasecmp(text, no[i])) return 0;
        if (!strcasecmp(text, yes[i])) return 1;
    }
    return NAN;
}

/* ---- Complaints -------------------------------------------------------------------------------- */

static void complain_number(building_t *b, const coder_t *k, const char *text, size_t length)
{
    const value_rule_t *rule = k->wanted->rule ? k->wanted->rule : &any_number;
    place_t at = csv_place(b->r, k->c->index);
    char help[200] = "", copy[NUMBER_BYTES];
    double value = 0;
    snprintf(copy, sizeof copy, "%.*s", (int)length, text);
    if (!number_of(text, length, rule, &value, help)) {
        complain(b->d, SEVERITY_ERROR, at, help, "'%s' must be a number, got '%s'",
                 shown(k->c->name).text, shown(copy).text);
        return;
    }
    const char *unit = rule->unit ? rule->unit : "", *space = rule->unit ? " " : "";
    if (isinf(rule->high) || (rule->above_low && value <= rule->low))
        complain(b->d, SEVERITY_ERROR, at, NULL, "'%s' must be %s %s%s%s, not %s",
                 shown(k->c->name).text, rule->above_low ? "above" : "at least",
                 number_text(rule->low, MEASURE_NUMBER).text, space, unit, shown(copy).text);
    else
        complain(b->d, SEVERITY_ERROR, at, NULL, "'%s' lies in %s..%s%s%s, not %s",
                 shown(k->c->name).text, number_text(rule->low, MEASURE_NUMBER).text,
                 number_text(rule->high, MEASURE_NUMBER).text, space, unit, shown(copy).text);
}

static void complain_level(building_t *b, const coder_t *k, const char *text)
{
    char help[300] = "";
    const char *nearest = nearest_name(text, k->wanted->levels, k->wanted->n_levels);
    if (nearest) snprintf(help, sizeof help, "did you mean '%s'?", shown(nearest).text);
    complain(b->d, SEVERITY_ERROR, csv_place(b->r, k->c->index), help, "unknown level '%s' of %s",
             shown(text).text, shown(k->c->name).text);
}

static void complain_judged(building_t *b, const coder_t *k, const char *text)
{
    double number;
    complain(b->d, SEVERITY_ERROR, csv_place(b->r, k->c->index),
             k->wanted->judge(text, &number, k->wanted->context), "'%s' cannot be '%s'",
             shown(k->c->name).text, shown(text).text);
}

static void complain_value(building_t *b, const coder_t *k, const char *text)
{
    if (k->c->kind == CSV_NUMBER)
        complain_number(b, k, text, strlen(text));
    else if (k->c->kind == CSV_YES_NO)
        complain(b->d, SEVERITY_ERROR, csv_place(b->r, k->c->index), NULL,
                 "'%s' must be yes or no (1 or 0, true or false), got '%s'", shown(k->c->name).text,
                 shown(text).text);
    else if (k->wanted && k->wanted->levels)
        complain_level(b, k, text);
    else if (k->wanted && k->wanted->judge)
        complain_judged(b, k, text);
    else
        complain(b->d, SEVERITY_ERROR, csv_place(b->r, k->c->index), "a value stands on one line",
                 "'%s' holds control characters", shown(k->c->name).text);
}

static void complain_missing(building_t *b, const coder_t *k)
{
    complain(b->d, SEVERITY_ERROR, csv_place(b->r, k->c->index), NULL, "'%s' has no value here",
             shown(k->c->name).text);
}

static void complain_too_many(building_t *b, coder_t *k)
{
    if (k->told || !k->wanted) return;
    k->told = true;
    complain(b->d, SEVERITY_ERROR, csv_place(b->r, k->c->index),
             "is this a name or a number for each person? leave it out",
             "'%s' has more than %d different values", shown(k->c->name).text, CSV_LEVELS_MOST);
}

/* ---- Values of a column ------------------------------------------------------------------------ */

static bool holds_control(const char *text)
{
    size_t length = strlen(text);
    for (size_t at = 0; at < length;) {
        uint32_t code = 0;
        size_t step = character_at(text + at, length - at, &code);
        if (!step || character_is_control(code)) return true;
        at += step;
    }
    return false;
}

static bool is_wanted_level(const csv_wanted_t *w, const char *text)
{
    for (size_t i = 0; i < w->n_levels; i++)
        if (expression_same_name(text, w->levels[i])) return true;
    return false;
}

/* What a new value means in its column. */
static void level_judge(coder_t *k, csv_level_t *level, size_t length)
{
    char help[200];
    const value_rule_t *rule = k->wanted && k->wanted->rule ? k->wanted->rule : &any_number;
    level->number = NAN;
    switch (k->c->kind) {
    case CSV_NUMBER:
        level->refused = !number_of(level->text, length, rule, &level->number, help) ||
                         !in_range(rule, level->number);
        break;
    case CSV_YES_NO:
        level->number = yes_no(level->text);
        level->refused = isnan(level->number);
        break;
    case CSV_CATEGORY:
        level->refused = k->wanted && k->wanted->levels ? !is_wanted_level(k->wanted, level->text)
                                                        : holds_control(level->text);
        if (!level->refused && k->wanted && k->wanted->judge)
            level->refused =
                k->wanted->judge(level->text, &level->number, k->wanted->context) != NULL;
        break;
    case CSV_AUTO:
        if (!number_found(level->text, length, &level->number)) k->all_numbers = false;
        break;
    case CSV_SKIP:
    case CSV_TEXT: break;
    }
}

static uint64_t hash_of(const char *text, size_t length)
{
    uint64_t h = 0x9e3779b97f4a7c15u ^ length;
    while (length >= 8) {
        uint64_t w;
        memcpy(&w, text, 8);
        h = (h ^ w) * 0xbf58476d1ce4e5b9u;
        h ^= h >> 29;
        text += 8;
        length -= 8;
    }
    uint64_t w = 0;
    memcpy(&w, text, length);
    h = (h ^ w) * 0x94d049bb133111ebu;
    return h ^ h >> 32;
}

static void coder_end(coder_t *k)
{
    free(k->slot);
    free(k->length);
    free(k->hash);
    k->slot = k->length = NULL;
    k->hash = NULL;
}

static void *grown(building_t *b, void *array, size_t n, size_t size)
{
    void *more = realloc(array, n * size);
    if (!more && b->status == OK) b->status = fail_memory(b->err, "the columns of a CSV file");
    return more;
}

static bool slots_grow(building_t *b, coder_t *k)
{
    size_t n = k->n_slots ? 2 * k->n_slots : SLOTS_FIRST;
    uint32_t *slot = calloc(n, sizeof *slot);
    if (!slot) {
        b->status = fail_memory(b->err, "the values of a CSV file");
        return false;
    }
    for (size_t i = 0; i < k->c->n_levels; i++) {
        size_t at = k->hash[i] & (n - 1);
        while (slot[at]) at = (at + 1) & (n - 1);
        slot[at] = (uint32_t)i + 1;
    }
    free(k->slot);
    k->slot = slot;
    k->n_slots = n;
    return true;
}

static bool levels_grow(building_t *b, coder_t *k)
{
    if (k->c->n_levels < k->levels_capacity) return true;
    size_t n = k->levels_capacity ? 2 * k->levels_capacity : SLOTS_FIRST / 2;
    void *level = grown(b, k->c->level, n, sizeof *k->c->level);
    if (level) k->c->level = level;
    void *length = grown(b, k->length, n, sizeof *k->length);
    if (length) k->length = length;
    void *hash = grown(b, k->hash, n, sizeof *k->hash);
    if (hash) k->hash = hash;
    if (!level || !length || !hash) return false;
    k->levels_capacity = n;
    return slots_grow(b, k);
}

/* Index of a value's level, made if it is new; CSV_MISSING_CODE when there is no room for one more. */
static unsigned level_of(building_t *b, coder_t *k, csv_field_t f)
{
    uint64_t hash = hash_of(f.text, f.length);
    size_t at = k->n_slots ? hash & (k->n_slots - 1) : 0;
    for (; k->n_slots && k->slot[at]; at = (at + 1) & (k->n_slots - 1)) {
        uint32_t i = k->slot[at] - 1;
        if (k->hash[i] == hash && k->length[i] == f.length &&
            !memcmp(k->c->level[i].text, f.text, f.length))
            return i;
    }
    if (k->c->n_levels == CSV_LEVELS_MOST) return CSV_MISSING_CODE;
    size_t full = k->levels_capacity;
    if (!levels_grow(b, k)) return CSV_MISSING_CODE;
    char *text = arena_copy(b->arena, f.text, f.length);
    if (!text) {
        b->status = fail_memory(b->err, "the values of a CSV file");
        return CSV_MISSING_CODE;
    }
    if (full != k->levels_capacity)
        for (at = hash & (k->n_slots - 1); k->slot[at]; at = (at + 1) & (k->n_slots - 1)) continue;
    size_t i = k->c->n_levels++;
    k->slot[at] = (uint32_t)i + 1;
    k->hash[i] = hash;
    k->length[i] = (uint32_t)f.length;
    k->c->level[i] = (csv_level_t){.text = text, .line = csv_line(b->r)};
    level_judge(k, &k->c->level[i], f.length);
    return (unsigned)i;
}

/* ---- Rows of a column -------------------------------------------------------------------------- */

static void codes_widen(building_t *b, csv_column_t *c)
{
    c->code16 = grown(b, NULL, b->capacity, sizeof *c->code16);
    if (!c->code16) return;
    for (size_t i = 0; i < b->t->n_rows; i++)
        c->code16[i] = c->code8[i] == UINT8_MAX ? CSV_MISSING_CODE : c->code8[i];
    free(c->code8);
    c->code8 = NULL;
}

/* No codes any more; what is no number is given up. */
static void codes_leave(building_t *b, coder_t *k)
{
    csv_column_t *c = k->c;
    bool numbers = c->kind == CSV_NUMBER || (c->kind == CSV_AUTO && k->all_numbers);
    if (numbers) {
        double *number = grown(b, NULL, b->capacity, sizeof *number);
        if (!number) return;
        for (size_t i = 0; i < b->t->n_rows; i++) number[i] = csv_number(c, i);
        c->number = number;
        c->kind = CSV_NUMBER;
    } else {
        complain_too_many(b, k);
        c->kind = CSV_TEXT;
    }
    free(c->code8);
    free(c->code16);
    free(c->level);
    c->code8 = NULL;
    c->code16 = NULL;
    c->level = NULL;
    c->n_levels = 0;
    coder_end(k);
}

static void put_missing(building_t *b, coder_t *k, size_t row)
{
    csv_column_t *c = k->c;
    if (c->n_missing < CSV_SHOWN_LINES) c->missing_line[c->n_missing] = csv_line(b->r);
    c->n_missing++;
    if (k->wanted && k->wanted->whole && c->n_missing <= TOLD_ROWS) complain_missing(b, k);
    if (c->number)
        c->number[row] = NAN;
    else if (c->code8)
        c->code8[row] = UINT8_MAX;
    else if (c->code16)
        c->code16[row] = CSV_MISSING_CODE;
}

/* A column that has left its codes for numbers. */
static void put_number(building_t *b, coder_t *k, size_t row, csv_field_t f)
{
    csv_column_t *c = k->c;
    char help[200];
    if (!k->wanted || k->wanted->kind == CSV_AUTO) {
        if (number_found(f.text, f.length, &c->number[row])) return;
        free(c->number);
        c->number = NULL;
        c->kind = CSV_TEXT;
        return;
    }
    const value_rule_t *rule = k->wanted->rule ? k->wanted->rule : &any_number;
    if (!number_of(f.text, f.length, rule, &c->number[row], help) ||
        !in_range(rule, c->number[row]))
        complain_number(b, k, f.text, f.length);
}

static void put_code(building_t *b, coder_t *k, size_t row, csv_field_t f)
{
    csv_column_t *c = k->c;
    unsigned code = level_of(b, k, f);
    if (b->status != OK) return;
    if (code == CSV_MISSING_CODE) {
        codes_leave(b, k);
        if (c->number) put_number(b, k, row, f);
        return;
    }
    csv_level_t *level = &c->level[code];
    level->n_rows++;
    if (level->refused && level->n_rows <= TOLD_ROWS) complain_value(b, k, level->text);
    if (code >= LEVELS_NARROW && c->code8) codes_widen(b, c);
    if (c->code8)
        c->code8[row] = (uint8_t)code;
    else if (c->code16)
        c->code16[row] = (uint16_t)code;
}

static void put(building_t *b, coder_t *k, size_t row, csv_field_t f)
{
    if (k->c->kind == CSV_TEXT) return;
    if (csv_is_missing(b->r, f))
        put_missing(b, k, row);
    else if (k->c->number)
        put_number(b, k, row, f);
    else
        put_code(b, k, row, f);
}

/* ---- The table --------------------------------------------------------------------------------- */

static bool rows_grow(building_t *b)
{
    csv_table_t *t = b->t;
    if (t->n_rows < b->capacity) return true;
    size_t n = 2 * b->capacity;
    for (size_t k = 0; k < t->n_columns; k++) {
        csv_column_t *c = &t->column[k];
        void *more = c;
        if (c->code8 && (more = grown(b, c->code8, n, sizeof *c->code8))) c->code8 = more;
        if (c->code16 && (more = grown(b, c->code16, n, sizeof *c->code16))) c->code16 = more;
        if (c->number && (more = grown(b, c->number, n, sizeof *c->number))) c->number = more;
        if (!more) return false;
    }
    if (t->line) {
        uint32_t *more = grown(b, t->line, n, sizeof *more);
        if (!more) return false;
        t->line = more;
    }
    b->capacity = n;
    return true;
}

static const csv_wanted_t *wanted_of(const csv_request_t *q, const char *name)
{
    for (size_t i = 0; i < q->n_wanted; i++)
        if (!strcmp(q->wanted[i].column, name)) return &q->wanted[i];
    return NULL;
}

/* Columns that were asked for and are not there. */
static void wanted_check(building_t *b)
{
    const char *names[CSV_COLUMNS_MOST];
    size_t n = csv_columns(b->r);
    for (size_t c = 0; c < n; c++) names[c] = csv_name(b->r, c);
    for (size_t i = 0; i < b->request->n_wanted; i++) {
        const csv_wanted_t *w = &b->request->wanted[i];
        size_t c = 0;
        while (c < n && strcmp(names[c], w->column)) c++;
        if (c < n) continue;
        char help[300] = "";
        const char *nearest = nearest_name(w->column, names, n);
        if (nearest) snprintf(help, sizeof help, "did you mean '%s'?", shown(nearest).text);
        place_t header = csv_name_place(b->r, 0);
        header.width = 1;
        complain(b->d, SEVERITY_ERROR, w->asked.file ? w->asked : header, help,
                 "the file has no column '%s'", shown(w->column).text);
        if (w->asked.file) complain_related(b->d, header, "its columns");
    }
}

static void columns_begin(building_t *b)
{
    csv_table_t *t = b->t;
    size_t n = csv_columns(b->r);
    t->column = calloc(n, sizeof *t->column);
    b->coder = calloc(n, sizeof *b->coder);
    if (!t->column || !b->coder) {
        b->status = fail_memory(b->err, "the columns of a CSV file");
        return;
    }
    for (size_t i = 0; i < n && b->status == OK; i++) {
        const csv_wanted_t *w = wanted_of(b->request, csv_name(b->r, i));
        csv_kind_t kind = w ? w->kind : b->request->others;
        if (kind == CSV_SKIP) continue;
        csv_column_t *c = &t->column[t->n_columns];
        const char *name = csv_name(b->r, i);
        *c = (csv_column_t){.index = i, .kind = kind};
        c->name = arena_copy(b->arena, name, strlen(name));
        c->code8 = grown(b, NULL, b->capacity, sizeof *c->code8);
        if (!c->name) b->status = fail_memory(b->err, "the columns of a CSV file");
        b->coder[t->n_columns++] = (coder_t){.c = c, .wanted = w, .all_numbers = true};
    }
    if (b->request->lines) t->line = grown(b, NULL, b->capacity, sizeof *t->line);
}

static void rows_read(building_t *b)
{
    csv_table_t *t = b->t;
    const csv_field_t *field;
    while (b->status == OK && (field = csv_next(b->r))) {
        if (!rows_grow(b)) return;
        if (t->n_rows == CSV_ROWS_MOST) {
            complain(b->d, SEVERITY_ERROR, csv_place(b->r, 0), NULL, "more than %d rows",
                     CSV_ROWS_MOST);
            return;
        }
        if (t->line) t->line[t->n_rows] = (uint32_t)csv_line(b->r);
        for (size_t k = 0; k < t->n_columns; k++)
            put(b, &b->coder[k], t->n_rows, field[t->column[k].index]);
        t->n_rows++;
    }
    if (b->status == OK) b->status = csv_status(b->r);
}

/* How often what was told of a few rows is the case. */
static void complain_rest(building_t *b, const coder_t *k)
{
    const csv_column_t *c = k->c;
    place_t at = csv_name_place(b->r, c->index);
    if (k->wanted && k->wanted->whole && c->n_missing > TOLD_ROWS)
        complain(b->d, SEVERITY_ERROR, at, NULL, "'%s' has no value in %zu of %zu rows",
                 shown(c->name).text, c->n_missing, b->t->n_rows);
    for (size_t i = 0; i < c->n_levels; i++)
        if (c->level[i].refused && c->level[i].n_rows > TOLD_ROWS)
            complain(b->d, SEVERITY_ERROR, at, NULL, "'%s' stands in %zu of %zu rows of '%s'",
                     shown(c->level[i].text).text, c->level[i].n_rows, b->t->n_rows,
                     shown(c->name).text);
}

/* What columns turned out to be. */
static void columns_end(building_t *b)
{
    for (size_t k = 0; k < b->t->n_columns; k++) {
        csv_column_t *c = &b->t->column[k];
        complain_rest(b, &b->coder[k]);
        if (c->kind != CSV_AUTO) continue;
        c->kind = b->coder[k].all_numbers && c->n_levels ? CSV_NUMBER : CSV_CATEGORY;
        for (size_t i = 0; c->kind == CSV_CATEGORY && i < c->n_levels; i++)
            c->level[i].number = NAN;
    }
    b->t->bytes = csv_bytes(b->r);
    snprintf(b->t->sha256, sizeof b->t->sha256, "%s", csv_sha256(b->r));
}

status_t csv_table_from(csv_table_t *t, csv_reader_t *r, const csv_request_t *request,
                        diagnostics_t *d, error_t *err)
{
    size_t before = diagnostics_errors(d);
    *t = (csv_table_t){0};
    t->inside = calloc(1, sizeof(arena_t));
    if (!t->inside) return fail_memory(err, "the columns of a CSV file");
    building_t b = {t, r, request, d, err, OK, t->inside, NULL, ROWS_FIRST};
    wanted_check(&b);
    columns_begin(&b);
    if (b.status == OK) rows_read(&b);
    if (b.status == OK) columns_end(&b);
    for (size_t k = 0; b.coder && k < t->n_columns; k++) coder_end(&b.coder[k]);
    free(b.coder);
    if (b.status == OK && diagnostics_errors(d) > before)
        return fail(err, ERR_INVALID, "a CSV file is not valid");
    return b.status;
}

status_t csv_table_read(csv_table_t *t, const char *path, const char *name,
                        const csv_request_t *request, diagnostics_t *d, error_t *err)
{
    csv_reader_t *r;
    *t = (csv_table_t){0};
    status_t status = csv_open(&r, path, name, &request->format, d, err);
    if (status != OK) return status;
    status = csv_table_from(t, r, request, d, err);
    csv_close(r);
    return status;
}

void csv_table_free(csv_table_t *t)
{
    for (size_t k = 0; t->column && k < t->n_columns; k++) {
        csv_column_t *c = &t->column[k];
        free(c->level);
        free(c->code8);
        free(c->code16);
        free(c->number);
    }
    free(t->column);
    free(t->line);
    if (t->inside) arena_free(t->inside);
    free(t->inside);
    *t = (csv_table_t){0};
}

const csv_column_t *csv_table_column(const csv_table_t *t, const char *name)
{
    for (size_t k = 0; k < t->n_columns; k++)
        if (!strcmp(t->column[k].name, name)) return &t->column[k];
    return NULL;
}

size_t csv_table_memory(const csv_table_t *t)
{
    size_t bytes = t->line ? t->n_rows * sizeof *t->line : 0;
    for (size_t k = 0; k < t->n_columns; k++) {
        const csv_column_t *c = &t->column[k];
        bytes += c->n_levels * sizeof *c->level;
        bytes += t->n_rows * (c->code8 ? 1 : c->code16 ? 2 : c->number ? 8 : 0);
    }
    return bytes;
}
