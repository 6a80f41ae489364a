/* batch_page.c -- a study on the terminal: what each point brings. */
#include "sim/report/batch.h"

#include "sim/report/table.h"
#include "sim/report/text.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The plan's columns that are shown. */
typedef struct {
    const char *column, *title;
    amount_t (*write)(double x);
    bool ranged;
} shown_column_t;
static const shown_column_t shown_columns[] = {
    {"spend", "spend", amount_money, false},
    {"reach", "reach 1+", amount_people, false},
    {"conversions", "conversions", amount, false},
    {"incremental_conversions", "caused", amount, false},
    {"roas", "ROAS (range)", amount_ratio, true},
};
enum {
    SHOWN = sizeof shown_columns / sizeof *shown_columns,
    PARAMS_SHOWN = 4,
    VALUE_CELLS = 24 /* of a swept value and of its name */
};

typedef struct {
    table_text_t *table;
    int rows, params;
    bool named; /* files of several scenarios */
} page_state_t;

/* From the last part of a path on, or from as many as tell it from the others. */
static const char *short_path(const char *const *path, size_t n, size_t k)
{
    const char *from = path[k] + strlen(path[k]);
    for (bool alike = true; alike && from > path[k];) {
        while (from > path[k] && from[-1] != '.') from--;
        size_t length = strlen(from);
        alike = false;
        for (size_t i = 0; i < n; i++) {
            size_t other = strlen(path[i]);
            bool ends = other >= length && !strcmp(path[i] + other - length, from);
            bool part = other == length || (ends && path[i][other - length - 1] == '.');
            alike = alike || (i != k && ends && part);
        }
        if (alike && from > path[k]) from--;
    }
    return from;
}

static void cell(table_text_t *t, int row, int column, const char *text)
{
    snprintf(t->cell[row][column], CELL_LENGTH, "%.*s", CELL_LENGTH - 1, text);
}

static void put_results(page_state_t *s, int row, int column, const store_point_t *p)
{
    const store_row_t *plan = p->n_rows ? &p->row[p->n_rows - 1] : NULL;
    for (int k = 0; k < SHOWN; k++) {
        const shown_column_t *c = &shown_columns[k];
        char text[3 * AMOUNT_LENGTH + 8] = "failed";
        if (plan) {
            const double *x = plan->value[column_find(c->column)];
            if (c->ranged && !isnan(x[1]))
                snprintf(text, sizeof text, "%s (%s\xe2\x80\x93%s)", c->write(x[0]).text,
                         c->write(x[1]).text, c->write(x[2]).text);
            else
                snprintf(text, sizeof text, "%s", c->write(x[0]).text);
        }
        cell(s->table, row, column + k, plan || k == 0 ? text : "");
    }
}

static status_t page_point(void *context, const store_point_t *p, error_t *err)
{
    page_state_t *s = context;
    table_text_t *t = s->table;
    int row = s->rows++, column = 1;
    char *name = malloc(strlen(p->scenario) + 32);
    if (!name) return fail_memory(err, "the page");
    if (s->named)
        sprintf(name, "%zu %s", p->point, p->scenario);
    else
        sprintf(name, "%zu", p->point);
    t->name[row] = name;
    for (int k = 0; k < s->params; k++) {
        char *value = text_fit(p->param[k] ? p->param[k] : "", VALUE_CELLS);
        if (!value) return fail_memory(err, "the page");
        cell(t, row, column++, value);
        free(value);
    }
    put_results(s, row, column, p);
    return OK;
}

status_t study_page(store_t *s, bool named, page_t page, int rows, FILE *to, error_t *err)
{
    const char *const *param;
    size_t n_params;
    store_count_t count;
    status_t st = store_axes(s, &param, &n_params, err);
    if (st == OK) st = store_count(s, &count, err);
    table_text_t *t = calloc(1, sizeof *t);
    if (st == OK && !t) st = fail_memory(err, "the page");
    if (st != OK) {
        free(t);
        return st;
    }
    char *title[PARAMS_SHOWN] = {NULL};
    page_state_t state = {.table = t, .named = named};
    state.params = n_params < PARAMS_SHOWN ? (int)n_params : PARAMS_SHOWN;
    t->name_at_least = 5;
    t->title[t->n_columns++] = "";
    for (int k = 0; st == OK && k < state.params; k++) {
        title[k] = text_fit(short_path(param, n_params, (size_t)k), VALUE_CELLS);
        if (!title[k]) st = fail_memory(err, "the page");
        t->drop[t->n_columns] = k;
        t->title[t->n_columns++] = title[k];
    }
    for (int k = 0; k < SHOWN; k++) {
        t->drop[t->n_columns] = shown_columns[k].ranged ? 0 : PARAMS_SHOWN + SHOWN - k;
        t->title[t->n_columns++] = shown_columns[k].title;
    }
    if (st == OK)
        st = store_visit(s, true, (size_t)(rows < TABLE_ROWS ? rows : TABLE_ROWS), page_point,
                         &state, err);
    t->n_rows = state.rows;
    if (st == OK &&
        !table_print(t, page.width, page.color ? "\033[1m" : "", page.color ? "\033[0m" : "", to))
        st = fail_memory(err, "the page");
    size_t kept = count.done + count.failed, shown = (size_t)state.rows;
    if (st == OK && kept > shown) fprintf(to, "  ... and %zu more points\n", kept - shown);
    for (int r = 0; r < state.rows; r++) free((char *)t->name[r]);
    for (int k = 0; k < state.params; k++) free(title[k]);
    free(t);
    return st;
}
