/* drawn_doubts.c -- the tornado: which unsure or assumed value moves the answer most. */
#include "sim/report/drawn.h"

#include "sim/report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DOUBTS = 12, KEY_CELLS = 44 };

/* adsim sensitivity moves one value alone and calls its columns so; a run sorts the replications it makes anyway. */
static const char *column_low(const result_table_t *t)
{
    return result_column(t, "at_low") >= 0 ? "at_low" : "metric_low";
}
static const char *column_high(const result_table_t *t)
{
    return result_column(t, "at_high") >= 0 ? "at_high" : "metric_high";
}

static double base_of(const results_t *r, const result_table_t *t, const char *metric)
{
    char path[96];
    if (result_column(t, "base") >= 0) return result_number_of(t, 0, "base");
    snprintf(path, sizeof path, "totals.%.60s.mean", metric);
    return results_number(r, path);
}

/* A row of sensitivity.csv, and how far it moves the answer. */
typedef struct {
    size_t row;
    double swing;
} doubt_row_t;

static int widest_first(const void *a, const void *b)
{
    const doubt_row_t *x = a, *y = b;
    if (x->swing != y->swing) return x->swing > y->swing ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* The rows of one metric with a swing, the widest first. */
static size_t widest(const result_table_t *t, const char *metric, doubt_row_t *out)
{
    size_t n = 0;
    for (size_t i = 0; i < t->rows; i++) {
        double swing =
            fabs(result_number_of(t, i, column_high(t)) - result_number_of(t, i, column_low(t)));
        if (!strcmp(result_text_of(t, i, "metric"), metric) && swing > 0)
            out[n++] = (doubt_row_t){i, swing};
    }
    qsort(out, n, sizeof *out, widest_first);
    return n;
}

static void doubt_row(const result_table_t *t, size_t row, int number, plot_t *p)
{
    const char *key = result_text_of(t, row, "key"), *low = result_text_of(t, row, "low"),
               *high = result_text_of(t, row, "high"), *origin = result_text_of(t, row, "origin");
    plot_number(p, number);
    plot_text(p, key, KEY_CELLS);
    plot_text(p, low, NAME_CELLS);
    plot_text(p, high, NAME_CELLS);
    plot_number(p, result_number_of(t, row, column_low(t)));
    plot_number(p, result_number_of(t, row, column_high(t)));
    plot_text(p, origin, NAME_CELLS);
    plot_text(p, amount_any(result_number_of(t, row, column_low(t))).text, 0);
    plot_text(p, amount_any(result_number_of(t, row, column_high(t))).text, 0);
    plot_end(p);
}

status_t drawn_tornado(results_t *r, plot_t *p, error_t *err)
{
    const result_table_t *t;
    status_t st = results_table(r, "sensitivity.csv", &t, err);
    if (st != OK || !t->rows) return st;
    const char *metric = result_text_of(t, 0, "metric");
    double base = base_of(r, t, metric), least = base, most = base;
    doubt_row_t *doubt = malloc((t->rows + 1) * sizeof *doubt);
    if (!doubt) return fail_memory(err, "a figure");
    size_t n = widest(t, metric, doubt), shown = n < DOUBTS ? n : DOUBTS;
    char at_low[96], at_high[96];
    snprintf(at_low, sizeof at_low, "%s at low", drawn_label(metric));
    snprintf(at_high, sizeof at_high, "%s at high", drawn_label(metric));
    plot_columns(p, (const char *[]){"(number)", "key", "low", "high", at_low, at_high, "origin",
                                     "(low shown)", "(high shown)", NULL});
    for (size_t k = 0; k < shown; k++) {
        double low = result_number_of(t, doubt[k].row, column_low(t)),
               high = result_number_of(t, doubt[k].row, column_high(t));
        doubt_row(t, doubt[k].row, (int)k, p);
        least = fmin(least, fmin(low, high));
        most = fmax(most, fmax(low, high));
    }
    if (shown) {
        size_t first = doubt[0].row;
        double low = result_number_of(t, first, column_low(t)),
               high = result_number_of(t, first, column_high(t));
        snprintf(p->title, sizeof p->title, "%s hangs most on %s: from %s to %s",
                 drawn_label(metric), result_text_of(t, first, "key"),
                 amount_any(fmin(low, high)).text, amount_any(fmax(low, high)).text);
        snprintf(
            p->note, sizeof p->note,
            "%s when one value is low (orange) or high (blue) and all others stay; the line is "
            "the base, %s",
            drawn_label(metric), amount_any(base).text);
        plot_axis_within(p, least, most);
        plot_block(p);
        plot_number(p, base);
        plot_end(p);
    }
    free(doubt);
    return OK;
}
