/* frame_csv.c -- one pass over the file: every column is kept as numbers and as levels until it turns
 * out not to be one of them. */
#include "sim/experiment/frame_csv.h"

#include "models/base/array.h"
#include "models/base/date.h"
#include "models/base/nearest.h"
#include "sim/config/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* A column of words may begin with some that are numbers, "1, 2-10, 11-50"; not with as many as this. */
enum { NUMBERS_SURE = 20 };
enum { AGE_MOST = 120, NUMBER_LENGTH = 64, NAMES_MOST = 4096 };

/* --- a column while it is read ---------------------------------------------------------------- */

typedef struct {
    const char *name;
    double *number; /* NAN = missing; NULL once a value was no number */
    uint8_t *level; /* NULL once there were too many */
    size_t number_room, level_room;
    int n_levels;
    const char *level_name[FEATURE_LEVELS_MOST];
    size_t n_missing;
    size_t n_numbers; /* before a value that was none */
} raw_t;

typedef struct {
    csv_reader_t *csv;
    diagnostics_t *d;
    arena_t *arena;
    size_t n_columns, n;
    raw_t *raw;
    int id, weight; /* columns; -1 = none */
    size_t id_room;
} table_t;

/* Digits, signs, a point, an exponent; not the words and hexadecimals that strtod reads besides. */
static bool field_number(csv_field_t f, double *out)
{
    char text[NUMBER_LENGTH], *end;
    if (!f.length || f.length >= sizeof text) return false;
    memcpy(text, f.text, f.length);
    text[f.length] = 0;
    if (text[strspn(text, "0123456789+-.eE")]) return false;
    *out = strtod(text, &end);
    return !*end && isfinite(*out);
}

static int level_of(table_t *t, raw_t *c, csv_field_t f)
{
    for (int l = 0; l < c->n_levels; l++)
        if (!strncmp(c->level_name[l], f.text, f.length) && !c->level_name[l][f.length]) return l;
    if (c->n_levels == FEATURE_LEVELS_MOST) return -1;
    c->level_name[c->n_levels] = arena_copy(t->arena, f.text, f.length);
    return c->level_name[c->n_levels] ? c->n_levels++ : -2;
}

/* False when memory is out. */
static bool take_level(table_t *t, raw_t *c, csv_field_t f, bool missing)
{
    if (!c->level) return true;
    uint8_t *level = array_grown(c->level, t->n, &c->level_room, sizeof *level);
    if (!level) return false;
    c->level = level;
    int l = missing ? FEATURE_UNKNOWN : level_of(t, c, f);
    if (l >= 0) {
        level[t->n] = (uint8_t)l;
        return true;
    }
    free(level);
    c->level = NULL;
    return l != -2;
}

static bool take_number(table_t *t, raw_t *c, csv_field_t f, bool missing)
{
    double x = NAN;
    if (!c->number) return true;
    if (!missing && !field_number(f, &x)) {
        if (c->n_numbers >= NUMBERS_SURE)
            complain(t->d, SEVERITY_WARNING, csv_place(t->csv, (size_t)(c - t->raw)),
                     "write a number, or leave the field empty if it is not known",
                     "'%.100s' is not taken as numbers, because here is none", c->name);
        free(c->number);
        c->number = NULL;
        return true;
    }
    double *number = array_grown(c->number, t->n, &c->number_room, sizeof *number);
    if (!number) return false;
    c->number = number;
    c->n_numbers += !missing;
    number[t->n] = x;
    return true;
}

/* --- the file --------------------------------------------------------------------------------- */

static int column_named(table_t *t, const char *name, const char *what)
{
    const char *names[NAMES_MOST];
    size_t n = t->n_columns < NAMES_MOST ? t->n_columns : NAMES_MOST;
    if (!name) return -1;
    for (size_t c = 0; c < t->n_columns; c++)
        if (!strcasecmp(csv_name(t->csv, c), name)) return (int)c;
    for (size_t c = 0; c < n; c++) names[c] = csv_name(t->csv, c);
    const char *near = nearest_name(name, names, n);
    char help[200] = "";
    if (near) snprintf(help, sizeof help, "did you mean '%.100s'?", near);
    complain(t->d, SEVERITY_ERROR, csv_name_place(t->csv, 0), *help ? help : NULL,
             "%s: there is no column '%.100s'", what, name);
    return -1;
}

static double take_weight(table_t *t, csv_field_t f)
{
    double x;
    if (field_number(f, &x) && x > 0) return x;
    complain(t->d, SEVERITY_ERROR, csv_place(t->csv, (size_t)t->weight),
             "leave people without a weight out of the file", "a weight must be a number above 0");
    return 1;
}

static bool take_id(table_t *t, frame_t *f, csv_field_t field)
{
    const char **id = array_grown(f->id, t->n, &t->id_room, sizeof *id);
    if (!id) return false;
    f->id = id;
    id[t->n] = arena_copy(t->arena, field.text, field.length);
    return id[t->n] != NULL;
}

static bool take_row(table_t *t, frame_t *f, const csv_field_t *row)
{
    for (size_t c = 0; c < t->n_columns; c++) {
        raw_t *x = &t->raw[c];
        bool missing = csv_is_missing(t->csv, row[c]);
        if ((int)c == t->id) {
            if (!take_id(t, f, row[c])) return false;
        } else if ((int)c == t->weight) {
            double *number = array_grown(x->number, t->n, &x->number_room, sizeof *number);
            if (!number) return false;
            x->number = number;
            number[t->n] = take_weight(t, row[c]);
        } else {
            x->n_missing += missing;
            if (!take_number(t, x, row[c], missing) || !take_level(t, x, row[c], missing))
                return false;
        }
    }
    t->n++;
    return true;
}

static status_t table_begin(table_t *t, const csv_source_t *source, error_t *err)
{
    t->n_columns = csv_columns(t->csv);
    t->raw = calloc(t->n_columns, sizeof *t->raw);
    if (!t->raw) return fail_memory(err, "the columns of the table");
    for (size_t c = 0; c < t->n_columns; c++) {
        t->raw[c].name = csv_name(t->csv, c);
        t->raw[c].number = array_grown(NULL, 0, &t->raw[c].number_room, sizeof(double));
        t->raw[c].level = array_grown(NULL, 0, &t->raw[c].level_room, 1);
        if (!t->raw[c].number || !t->raw[c].level)
            return fail_memory(err, "the columns of the table");
    }
    t->id = column_named(t, source->id, "--id");
    t->weight = column_named(t, source->weight, "--weight");
    return OK;
}

static void table_free(table_t *t)
{
    for (size_t c = 0; t->raw && c < t->n_columns; c++) {
        free(t->raw[c].number);
        free(t->raw[c].level);
    }
    free(t->raw);
    csv_close(t->csv);
}

/* --- what a column is ------------------------------------------------------------------------- */

static const char *const yes_words[] = {"1", "yes", "true", "y"};
static const char *const no_words[] = {"0", "no", "false", "n"};

static int yes_or_no(const char *text)
{
    for (int k = 0; k < 4; k++) {
        if (!strcasecmp(text, yes_words[k])) return 1;
        if (!strcasecmp(text, no_words[k])) return 0;
    }
    return -1;
}

static bool is_flag(const raw_t *c)
{
    if (!c->level) return false;
    for (int l = 0; l < c->n_levels; l++)
        if (yes_or_no(c->level_name[l]) < 0) return false;
    return true;
}

static bool is_age(const raw_t *c, size_t n)
{
    if (strcasecmp(c->name, "age") != 0 || !c->number) return false;
    for (size_t i = 0; i < n; i++) {
        double x = c->number[i];
        if (!isnan(x) && (x < 0 || x > AGE_MOST || x != floor(x))) return false;
    }
    return true;
}

static bool is_constant(const raw_t *c)
{
    return c->level && c->n_levels == 1 && !c->n_missing;
}

static const char *why_not(const raw_t *c, size_t n)
{
    if (c->n_missing == n) return "empty";
    if (is_constant(c)) return "the same for everybody";
    if (!c->number && !c->level) return "text";
    return NULL;
}

static bool add_numbers(frame_t *f, raw_t *c)
{
    feature_t *x = frame_add(f, GROUP_OWN, FEATURE_NUMBER, "", c->name);
    if (x) memcpy(frame_numbers(f, x), c->number, f->people.n * sizeof *c->number);
    return x != NULL;
}

static bool add_age(frame_t *f, raw_t *c)
{
    feature_t *x = frame_add(f, GROUP_AGE, FEATURE_YEARS, "", "age");
    char *name = arena_copy(&f->arena, c->name, strlen(c->name));
    if (!x || !name) return false;
    f->column[x - f->feature].own_name = name;
    for (size_t i = 0; i < f->people.n; i++)
        frame_bytes(f, x)[i] = isnan(c->number[i]) ? FEATURE_UNKNOWN : (uint8_t)c->number[i];
    return true;
}

static bool add_flag(frame_t *f, raw_t *c)
{
    feature_t *x = frame_add(f, GROUP_OWN, FEATURE_FLAG, "", c->name);
    for (size_t i = 0; x && i < f->people.n; i++) {
        uint8_t l = c->level[i];
        frame_bytes(f, x)[i] = l == FEATURE_UNKNOWN ? l : (uint8_t)yes_or_no(c->level_name[l]);
    }
    return x != NULL;
}

/* Levels in the order of their names, so that the order of rows does not matter. */
static bool add_levels(frame_t *f, raw_t *c)
{
    feature_t *x = frame_add(f, GROUP_OWN, FEATURE_LEVELS, "", c->name);
    const char **name = arena_take(&f->arena, (size_t)c->n_levels * sizeof *name);
    if (!x || !name) return false;
    uint8_t place[FEATURE_LEVELS_MOST];
    for (int l = 0; l < c->n_levels; l++) {
        place[l] = 0;
        for (int m = 0; m < c->n_levels; m++)
            if (strcmp(c->level_name[m], c->level_name[l]) < 0) place[l]++;
        name[place[l]] = c->level_name[l];
    }
    x->n_levels = c->n_levels;
    x->level = name;
    for (size_t i = 0; i < f->people.n; i++) {
        uint8_t l = c->level[i];
        frame_bytes(f, x)[i] = l == FEATURE_UNKNOWN ? l : place[l];
    }
    return true;
}

static bool add_column(frame_t *f, raw_t *c)
{
    if (f->people.n_features == FRAME_COLUMNS) return true;
    int before = f->people.n_features;
    bool fine = is_flag(c)               ? add_flag(f, c)
                : is_age(c, f->people.n) ? add_age(f, c)
                : c->number              ? add_numbers(f, c)
                                         : add_levels(f, c);
    if (fine) f->column[before].n_missing = c->n_missing;
    return fine;
}

static void tell_left_out(char to[LEFT_OUT_LENGTH], const char *name, const char *why)
{
    size_t used = strlen(to);
    if (used + strlen(name) + strlen(why) + 16 < LEFT_OUT_LENGTH)
        snprintf(to + used, LEFT_OUT_LENGTH - used, "%s%s (%s)", used ? ", " : "", name, why);
    else if (used + 8 < LEFT_OUT_LENGTH && (used < 3 || strcmp(to + used - 3, "...") != 0))
        strcpy(to + used, ", ...");
}

/* Weights with mean 1. */
static bool take_weights(frame_t *f, const char *name, const double *weight)
{
    double sum = 0;
    size_t n = f->people.n;
    f->weight = malloc((n ? n : 1) * sizeof *f->weight);
    f->weight_column = arena_copy(&f->arena, name, strlen(name));
    if (!f->weight || !f->weight_column) return false;
    for (size_t i = 0; i < n; i++) sum += weight[i];
    for (size_t i = 0; i < n; i++) f->weight[i] = weight[i] / (sum / (double)n);
    f->unit = sum / (double)n;
    f->people.weight = f->weight;
    return true;
}

static status_t table_end(table_t *t, frame_t *f, char left_out[LEFT_OUT_LENGTH], error_t *err)
{
    f->people.n = t->n;
    bool fine = true;
    for (size_t c = 0; fine && c < t->n_columns; c++) {
        raw_t *x = &t->raw[c];
        if ((int)c == t->id) continue;
        const char *why = (int)c == t->weight ? NULL : why_not(x, t->n);
        if (why)
            tell_left_out(left_out, x->name, why);
        else
            fine = (int)c == t->weight ? take_weights(f, x->name, x->number) : add_column(f, x);
    }
    return fine ? OK : fail_memory(err, "the columns of the table");
}

status_t frame_of_csv(frame_t *f, const csv_source_t *source, diagnostics_t *d,
                      char left_out[LEFT_OUT_LENGTH], error_t *err)
{
    table_t t = {.d = d, .arena = &f->arena, .id = -1, .weight = -1};
    *f = (frame_t){.unit = 1};
    left_out[0] = 0;
    size_t before = diagnostics_errors(d);
    status_t st = csv_open(&t.csv, source->path, NULL, NULL, d, err);
    if (st == OK) st = table_begin(&t, source, err);
    while (st == OK) {
        const csv_field_t *row = csv_next(t.csv);
        if (!row) break;
        if (!take_row(&t, f, row)) st = fail_memory(err, "the rows of the table");
    }
    if (st == OK) st = csv_status(t.csv);
    if (st == OK && diagnostics_errors(d) > before) st = ERR_INVALID;
    if (st == OK && !t.n)
        st = fail(err, ERR_INVALID, "'%s' has no rows below its first", source->path);
    if (st == OK) st = table_end(&t, f, left_out, err);
    table_free(&t);
    return st;
}

/* --- orders ----------------------------------------------------------------------------------- */

bool order_day(const char *text, double *day)
{
    if (!date_valid(text)) return false;
    *day = (double)date_day(date_parse(text));
    return true;
}

/* Names of customers and their numbers: open addressing. */
typedef struct {
    uint32_t *slot; /* number + 1; 0 = free */
    size_t room;    /* a power of 2 */
} index_t;

static size_t hash_of(csv_field_t f)
{
    size_t h = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < f.length; i++) h = (h ^ (unsigned char)f.text[i]) * 1099511628211u;
    return h;
}

static bool same_text(const char *a, csv_field_t f)
{
    return !strncmp(a, f.text, f.length) && !a[f.length];
}

static bool index_grow(index_t *x, const orders_t *o)
{
    size_t room = x->room ? 2 * x->room : 1024;
    uint32_t *slot = calloc(room, sizeof *slot);
    if (!slot) return false;
    for (size_t c = 0; c < o->n_customers; c++) {
        csv_field_t name = {o->customer[c], strlen(o->customer[c])};
        size_t at = hash_of(name) & (room - 1);
        while (slot[at]) at = (at + 1) & (room - 1);
        slot[at] = (uint32_t)c + 1;
    }
    free(x->slot);
    *x = (index_t){slot, room};
    return true;
}

/* The number of a customer, a new one when the name is new; -1 when memory is out. */
static int64_t customer_number(index_t *x, orders_t *o, size_t *room, csv_field_t name)
{
    if (2 * o->n_customers >= x->room && !index_grow(x, o)) return -1;
    size_t at = hash_of(name) & (x->room - 1);
    for (; x->slot[at]; at = (at + 1) & (x->room - 1))
        if (same_text(o->customer[x->slot[at] - 1], name)) return x->slot[at] - 1;
    const char **list = array_grown(o->customer, o->n_customers, room, sizeof *list);
    if (!list) return -1;
    o->customer = list;
    list[o->n_customers] = arena_copy(&o->arena, name.text, name.length);
    if (!list[o->n_customers]) return -1;
    x->slot[at] = (uint32_t)o->n_customers + 1;
    return (int64_t)o->n_customers++;
}

/* A row's date and amount; false after a complaint. */
static bool read_order(table_t *t, const csv_field_t *row, const int column[3], transaction_t *out)
{
    char date[16] = "";
    csv_field_t f = row[column[1]];
    if (f.length < sizeof date) memcpy(date, f.text, f.length);
    bool dated = order_day(date, &out->day), paid = field_number(row[column[2]], &out->amount);
    if (!dated)
        complain(t->d, SEVERITY_ERROR, csv_place(t->csv, (size_t)column[1]),
                 "write it like 2026-03-02", "this is not a date");
    if (!paid)
        complain(t->d, SEVERITY_ERROR, csv_place(t->csv, (size_t)column[2]),
                 "write it like 1234.50", "an amount must be a number");
    if (!row[column[0]].length)
        complain(t->d, SEVERITY_ERROR, csv_place(t->csv, (size_t)column[0]), NULL,
                 "an order without its customer");
    return dated && paid && row[column[0]].length;
}

static status_t read_orders(table_t *t, orders_t *o, const int column[3], error_t *err)
{
    index_t index = {0};
    size_t room = 0, names_room = 0;
    status_t st = OK;
    for (const csv_field_t *row; st == OK && (row = csv_next(t->csv));) {
        transaction_t x;
        if (!read_order(t, row, column, &x)) continue;
        int64_t customer = customer_number(&index, o, &names_room, row[column[0]]);
        transaction_t *list = array_grown(o->order, o->n, &room, sizeof *list);
        if (list) o->order = list;
        if (customer < 0 || !list) {
            st = fail_memory(err, "the orders");
            break;
        }
        x.customer = (uint32_t)customer;
        if (!o->n || x.day < o->first_day) o->first_day = x.day;
        if (!o->n || x.day > o->last_day) o->last_day = x.day;
        list[o->n++] = x;
    }
    free(index.slot);
    return st;
}

status_t orders_of_csv(orders_t *o, const orders_source_t *source, diagnostics_t *d, error_t *err)
{
    table_t t = {.d = d};
    *o = (orders_t){0};
    size_t before = diagnostics_errors(d);
    status_t st = csv_open(&t.csv, source->path, NULL, NULL, d, err);
    int column[3] = {-1, -1, -1};
    if (st == OK) {
        t.n_columns = csv_columns(t.csv);
        column[0] = column_named(&t, source->customer, "--customer");
        column[1] = column_named(&t, source->date, "--date");
        column[2] = column_named(&t, source->amount, "--amount");
        if (diagnostics_errors(d) > before) st = ERR_INVALID;
    }
    if (st == OK) st = read_orders(&t, o, column, err);
    if (st == OK) st = csv_status(t.csv);
    if (st == OK && diagnostics_errors(d) > before) st = ERR_INVALID;
    if (st == OK && !o->n)
        st = fail(err, ERR_INVALID, "'%s' has no rows below its first", source->path);
    csv_close(t.csv);
    return st;
}

void orders_free(orders_t *o)
{
    free(o->order);
    free(o->customer);
    arena_free(&o->arena);
    *o = (orders_t){0};
}
