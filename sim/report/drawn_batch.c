/* drawn_batch.c -- figures of a batch: all points as spend and what it brings; the answer over the values swept. */
#include "sim/report/drawn.h"

#include "sim/report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What points are compared in: the first that is known of them. */
static const char *const metrics[] = {"iroas", "roas", "incremental_conversions", "reach"};
static const char *const brings[] = {"incremental_conversions", "conversions", "reach"};

static const char *first_known(const result_table_t *t, const char *const *metric, size_t n)
{
    for (size_t k = 0; k < n; k++)
        for (size_t i = 0; i < t->rows; i++)
            if (result_number_of(t, i, metric[k]) > 0) return metric[k];
    return NULL;
}

/* The plans' rows, of the columns that figures need: a batch may have a hundred thousand points. */
static status_t plan_table(const results_t *r, result_table_t *t, error_t *err)
{
    result_table_t head = {0};
    result_wanted_t none = {.where = "scope", .is = "no such scope"};
    status_t st = results_select(r, "results.csv", &none, &head, err);
    if (st != OK) return st;
    const char **column = malloc((head.columns + 16) * sizeof *column);
    size_t n = 0;
    if (!column) st = fail_memory(err, "a figure");
    static const char *const also[] = {
        "point",      "file", "name",    "spend",   "iroas", "iroas_lo",
        "iroas_hi",   "roas", "roas_lo", "roas_hi", "reach", "incremental_conversions",
        "conversions"};
    for (size_t i = 0; st == OK && i < head.columns; i++)
        if (!strncmp(head.name[i], "param_", 6)) column[n++] = head.name[i];
    for (size_t i = 0; st == OK && i < sizeof also / sizeof *also; i++) column[n++] = also[i];
    result_wanted_t plans = {.column = column, .columns = n, .where = "scope", .is = "plan"};
    if (st == OK) st = results_select(r, "results.csv", &plans, t, err);
    free(column);
    result_table_free(&head);
    return st;
}

/* --- the map of plans -------------------------------------------------------------------------------- */

typedef struct {
    double spend, brings;
    size_t row;
    bool front; /* no point brings more for less */
} point_t;

static int cheapest_first(const void *a, const void *b)
{
    const point_t *x = a, *y = b;
    if (x->spend != y->spend) return x->spend < y->spend ? -1 : 1;
    if (x->brings != y->brings) return x->brings > y->brings ? -1 : 1;
    return x->row < y->row ? -1 : 1;
}

static void plans_draw(const result_table_t *t, const char *metric, point_t *point, size_t n,
                       plot_t *p)
{
    double most = -INFINITY;
    size_t front = 0;
    qsort(point, n, sizeof *point, cheapest_first);
    for (size_t i = 0; i < n; i++) {
        point[i].front = point[i].brings > most;
        most = fmax(most, point[i].brings);
        front += point[i].front;
    }
    plot_columns(p,
                 (const char *[]){"point", "plan", "spend", drawn_label(metric), "(front)", NULL});
    for (size_t i = 0; i < n; i++) {
        plot_number(p, result_number_of(t, point[i].row, "point"));
        plot_text(p, result_text_of(t, point[i].row, "name"), NAME_CELLS);
        plot_number(p, point[i].spend);
        plot_number(p, point[i].brings);
        plot_number(p, point[i].front);
        plot_end(p);
    }
    size_t best = 0;
    for (size_t i = 1; i < n; i++)
        if (point[i].brings > point[best].brings) best = i;
    snprintf(
        p->title, sizeof p->title,
        "Of %zu points %zu are not beaten by a cheaper one; point %.0f brings most, %s %s for %s",
        n, front, result_number_of(t, point[best].row, "point"),
        amount_any(point[best].brings).text, drawn_label(metric),
        amount_money(point[best].spend).text);
    snprintf(p->note, sizeof p->note,
             "%s by spend; full: no point brings more for less, numbered as in points.csv",
             drawn_label(metric));
    drawn_sentence(p->note);
    plot_axis(p, 0, point[n - 1].spend);
    plot_axis(p, 0, most);
}

status_t drawn_plans(results_t *r, plot_t *p, error_t *err)
{
    enum { POINTS_MOST = 5000 }; /* more are a blot */
    result_table_t t;
    status_t st = plan_table(r, &t, err);
    if (st != OK) return st;
    const char *metric = first_known(&t, brings, sizeof brings / sizeof *brings);
    point_t *point = malloc((t.rows + 1) * sizeof *point);
    size_t n = 0;
    for (size_t i = 0; point && metric && i < t.rows && n < POINTS_MOST; i++) {
        double spend = result_number_of(&t, i, "spend"), x = result_number_of(&t, i, metric);
        if (spend >= 0 && x >= 0) point[n++] = (point_t){spend, x, i, false};
    }
    if (point && n > 1) plans_draw(&t, metric, point, n, p);
    if (!point) st = fail_memory(err, "a figure");
    free(point);
    result_table_free(&t);
    return st;
}

/* --- over the values swept ------------------------------------------------------------------------- */

enum { VALUES = 40, AXES = 2 };

/* The values of a swept key, in the order of the points. */
typedef struct {
    int column;
    const char *value[VALUES];
    size_t n;
} axis_t;

typedef struct {
    axis_t axis[AXES];
    int axes, others; /* others: swept too, and averaged over */
    double sum[VALUES][VALUES], count[VALUES][VALUES];
} map_t;

static size_t value_index(axis_t *a, const char *value)
{
    for (size_t i = 0; i < a->n; i++)
        if (!strcmp(a->value[i], value)) return i;
    if (a->n == VALUES) return VALUES;
    a->value[a->n] = value;
    return a->n++;
}

/* The first two keys with more than one value; seeds are luck and averaged over. */
static void choose_axes(map_t *m, const result_table_t *t)
{
    for (size_t k = 0; k < t->columns; k++) {
        if (strncmp(t->name[k], "param_", 6) != 0) continue;
        axis_t a = {.column = (int)k};
        for (size_t i = 0; i < t->rows; i++) value_index(&a, result_text(t, i, a.column));
        if (a.n < 2) continue;
        if (m->axes < AXES && strcmp(t->name[k], "param_seed") != 0)
            m->axis[m->axes++] = a;
        else
            m->others++;
    }
}

static bool is_number(const char *text)
{
    char *end;
    double x = strtod(text, &end);
    (void)x;
    return *text && (!*end || !strcmp(end, "%"));
}

static int by_value(const void *a, const void *b)
{
    double x = strtod(*(const char *const *)a, NULL), y = strtod(*(const char *const *)b, NULL);
    return (x > y) - (x < y);
}

static void sort_axis(axis_t *a)
{
    for (size_t i = 0; i < a->n; i++)
        if (!is_number(a->value[i])) return; /* words stay in the order of the file */
    qsort(a->value, a->n, sizeof *a->value, by_value);
}

static void map_fill(map_t *m, const result_table_t *t, int metric)
{
    for (size_t i = 0; i < t->rows; i++) {
        size_t at[AXES] = {0, 0};
        double x = result_number(t, i, metric);
        for (int k = 0; k < m->axes; k++)
            at[k] = value_index(&m->axis[k], result_text(t, i, m->axis[k].column));
        if (isnan(x) || at[0] == VALUES || at[1] == VALUES) continue;
        m->sum[at[0]][at[1]] += x;
        m->count[at[0]][at[1]]++;
    }
}

static double map_value(const map_t *m, size_t a, size_t b)
{
    return m->count[a][b] > 0 ? m->sum[a][b] / m->count[a][b] : NAN;
}

static const char *axis_name(const map_t *m, const result_table_t *t, int k)
{
    return k < m->axes ? t->name[m->axis[k].column] + 6 : "";
}

static void map_rows(const map_t *m, const result_table_t *t, const char *metric, plot_t *p)
{
    size_t wide = m->axis[0].n, tall = m->axes > 1 ? m->axis[1].n : 1, best_a = 0, best_b = 0;
    double least = INFINITY, most = -INFINITY;
    plot_columns(p, (const char *[]){"(column)", "(row)", axis_name(m, t, 0),
                                     m->axes > 1 ? axis_name(m, t, 1) : "(no second)",
                                     drawn_label(metric), "(label)", NULL});
    for (size_t b = 0; b < tall; b++)
        for (size_t a = 0; a < wide; a++) {
            double x = map_value(m, a, b);
            plot_number(p, (double)a);
            plot_number(p, (double)b);
            plot_text(p, m->axis[0].value[a], NAME_CELLS);
            plot_text(p, m->axes > 1 ? m->axis[1].value[b] : "", NAME_CELLS);
            plot_number(p, x);
            plot_text(p, isnan(x) ? "" : amount_any(x).text, 0);
            plot_end(p);
            if (isnan(x)) continue;
            if (x > most) {
                best_a = a;
                best_b = b;
            }
            most = fmax(most, x);
            least = fmin(least, x);
        }
    if (isinf(most)) {
        p->rows = 0;
        return;
    }
    int at = snprintf(p->title, sizeof p->title, "%s is highest, %s, at %s %s", drawn_label(metric),
                      amount_any(most).text, axis_name(m, t, 0), m->axis[0].value[best_a]);
    if (m->axes > 1 && at > 0 && (size_t)at < sizeof p->title)
        snprintf(p->title + at, sizeof p->title - (size_t)at, " and %s %s", axis_name(m, t, 1),
                 m->axis[1].value[best_b]);
    snprintf(p->note, sizeof p->note, "%s%s; from %s (pale) to %s (dark)", drawn_label(metric),
             m->others ? ", mean over the other values swept" : "", amount_any(least).text,
             amount_any(most).text);
    drawn_sentence(p->note);
}

static void map_levels(const axis_t *a, const char *name, plot_t *p)
{
    plot_block(p);
    for (size_t i = 0; i < a->n; i++) {
        size_t cells = text_cells(a->value[i]);
        plot_number(p, (double)i);
        plot_number(p, cells < NAME_CELLS ? (double)cells : NAME_CELLS);
        plot_text(p, a->value[i], NAME_CELLS);
        plot_text(p, name, 60);
        plot_end(p);
    }
}

status_t drawn_sweep(results_t *r, plot_t *p, error_t *err)
{
    result_table_t t;
    status_t st = plan_table(r, &t, err);
    if (st != OK) return st;
    const char *metric = first_known(&t, metrics, sizeof metrics / sizeof *metrics);
    map_t *m = calloc(1, sizeof *m);
    if (m && metric) {
        static const axis_t one = {.column = -1, .value = {""}, .n = 1};
        choose_axes(m, &t);
        for (int k = 0; k < m->axes; k++) sort_axis(&m->axis[k]);
        map_fill(m, &t, result_column(&t, metric));
        if (m->axes) map_rows(m, &t, metric, p);
        if (p->rows) {
            map_levels(&m->axis[0], axis_name(m, &t, 0), p);
            map_levels(m->axes > 1 ? &m->axis[1] : &one, axis_name(m, &t, 1), p);
        }
    }
    if (!m) st = fail_memory(err, "a figure");
    free(m);
    result_table_free(&t);
    return st;
}
