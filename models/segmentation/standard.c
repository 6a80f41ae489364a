/* standard.c -- means, spreads and shares of columns, and the points they make. */
#include "models/segmentation/standard.h"

#include "models/base/maths.h"
#include "models/segmentation/chunk.h"

#include <stdlib.h>
#include <string.h>

const char *const standard_names[STANDARDS] = {"none", "sd", "sd-sample", "range", "robust"};

enum { LEVELS_MOST = COLUMNS_MOST };

void standardised_free(standardised_t *s)
{
    free(s->x);
    free(s->column);
    *s = (standardised_t){0};
}

/* --- a column of numbers ---------------------------------------------------------------------- */

typedef struct {
    double value, weight;
} weighed_t;

typedef struct {
    const double *weight; /* n; NULL = 1 each */
    size_t n;
    double people;
    weighed_t *sorted; /* n: scratch */
    standard_t how;
} columns_t;

static double weight_at(const columns_t *c, size_t i)
{
    return c->weight ? c->weight[i] : 1;
}

static int by_value(const void *a, const void *b)
{
    const weighed_t *x = a, *y = b;
    return (x->value > y->value) - (x->value < y->value);
}

/* Where a share p of the people lies below; the middle of two where it falls between them. */
static double quantile(const columns_t *c, double p)
{
    double below = 0, target = p * c->people;
    size_t last = 0;
    for (size_t i = 0; i < c->n; i++) {
        if (!(c->sorted[i].weight > 0)) continue;
        if (below > target) break;
        if (below == target && i > 0 && below > 0)
            return (c->sorted[last].value + c->sorted[i].value) / 2;
        below += c->sorted[i].weight;
        last = i;
    }
    return c->sorted[last].value;
}

static void sort(const columns_t *c, const double *x, double centre, bool absolute)
{
    for (size_t i = 0; i < c->n; i++) {
        double away = x[i] - centre;
        c->sorted[i] = (weighed_t){absolute ? m_abs(away) : away, weight_at(c, i)};
    }
    qsort(c->sorted, c->n, sizeof *c->sorted, by_value);
}

/* Mean and population sd (West 1979). */
static double spread(const columns_t *c, const double *x, double *mean)
{
    double weight = 0, square = 0;
    *mean = 0;
    for (size_t i = 0; i < c->n; i++) {
        double w = weight_at(c, i), away = x[i] - *mean;
        if (!(w > 0)) continue;
        weight += w;
        *mean += away * (w / weight);
        square += w * away * (x[i] - *mean);
    }
    return m_sqrt(square / weight);
}

static double robust_spread(const columns_t *c, const double *x, double *median)
{
    double mean;
    sort(c, x, 0, false);
    *median = quantile(c, 0.5);
    double quartiles = quantile(c, 0.75) - quantile(c, 0.25);
    sort(c, x, *median, true);
    double deviation = quantile(c, 0.5);
    if (deviation > 0) return 1.4826 * deviation;
    if (quartiles > 0) return quartiles / 1.349;
    return spread(c, x, &mean);
}

/* False: the column does not vary. */
static bool number_scale(const columns_t *c, const double *x, point_column_t *to)
{
    double least = MATHS_INFINITY, most = -MATHS_INFINITY;
    for (size_t i = 0; i < c->n; i++)
        if (weight_at(c, i) > 0) {
            least = m_min(least, x[i]);
            most = m_max(most, x[i]);
        }
    if (!(most > least)) return false;
    switch (c->how) {
    case STANDARD_RANGE:
        to->centre = least;
        to->scale = most - least;
        break;
    case STANDARD_ROBUST: to->scale = robust_spread(c, x, &to->centre); break;
    case STANDARD_SD: to->scale = spread(c, x, &to->centre); break;
    case STANDARD_SD_SAMPLE:
        to->scale = spread(c, x, &to->centre) * m_sqrt(c->people / (c->people - 1));
        break;
    default: to->scale = 1;
    }
    return to->scale > 0 && m_is_finite(to->scale);
}

/* --- a category ------------------------------------------------------------------------------- */

/* Its indicators, from the column `at` on; how many. 0: one level alone occurs. */
static int indicators(const columns_t *c, const table_column_t *from, int column,
                      point_column_t *at)
{
    double share[LEVELS_MOST] = {0}, vary = 0;
    int occur = 0, first = -1, n = 0;
    for (size_t i = 0; i < c->n; i++) share[from->level[i]] += weight_at(c, i) / c->people;
    for (int l = 0; l < from->n_levels; l++) {
        if (!(share[l] > 0)) continue;
        occur++;
        vary += share[l] * (1 - share[l]);
        if (first < 0) first = l;
    }
    if (c->how == STANDARD_SD_SAMPLE) vary *= c->people / (c->people - 1);
    /* One indicator for two levels: it alone makes the distance that both together would. */
    double scale = c->how == STANDARD_NONE    ? 1
                   : c->how == STANDARD_RANGE ? (occur == 2 ? 1 : m_sqrt(2))
                                              : m_sqrt(occur == 2 ? vary / 2 : vary);
    for (int l = 0; occur > 1 && l < from->n_levels; l++) {
        if (!(share[l] > 0) || (occur == 2 && l == first)) continue;
        bool centred = c->how != STANDARD_NONE && c->how != STANDARD_RANGE;
        at[n++] = (point_column_t){column, l, centred ? share[l] : 0, scale};
    }
    return n;
}

/* --- the whole -------------------------------------------------------------------------------- */

static status_t table_check(const table_column_t *column, int n_columns, size_t n, error_t *err)
{
    if (n_columns < 1 || n < 1) return fail(err, ERR_INVALID, "a table without rows or columns");
    for (int j = 0; j < n_columns; j++) {
        const table_column_t *t = &column[j];
        if (!t->number && (t->n_levels < 1 || t->n_levels > LEVELS_MOST))
            return fail(err, ERR_INVALID, "column '%.48s' has %d levels: 1 to %d are possible",
                        t->name, t->n_levels, LEVELS_MOST);
        for (size_t i = 0; i < n; i++) {
            if (t->number && !(m_abs(t->number[i]) <= 1e100))
                return fail(err, ERR_INVALID,
                            "column '%.48s', row %zu: %g is not a number within +-1e100", t->name,
                            i + 1, t->number[i]);
            if (!t->number && (t->level[i] < 0 || t->level[i] >= t->n_levels))
                return fail(err, ERR_INVALID, "column '%.48s', row %zu: level %d of %d", t->name,
                            i + 1, t->level[i], t->n_levels);
        }
    }
    return OK;
}

static status_t columns_take(standardised_t *s, const columns_t *c, const table_column_t *column,
                             int n_columns, error_t *err)
{
    int d = 0;
    for (int j = 0; j < n_columns; j++) {
        int levels = column[j].number ? 1 : column[j].n_levels, made;
        if (d + levels > COLUMNS_MOST)
            return fail(err, ERR_INVALID, "more than %d columns, levels of categories included",
                        COLUMNS_MOST);
        s->column[d] = (point_column_t){.column = j, .level = -1};
        made = column[j].number ? number_scale(c, column[j].number, &s->column[d])
                                : indicators(c, &column[j], j, s->column + d);
        s->dropped += made == 0;
        d += made;
    }
    if (d == 0)
        return fail(err, ERR_INVALID, "no column varies: there is nothing to tell people apart");
    s->points.d = d;
    return OK;
}

static void fill(standardised_t *s, const table_column_t *column)
{
    size_t d = (size_t)s->points.d;
    for (size_t e = 0; e < d; e++) {
        const point_column_t *to = &s->column[e];
        const table_column_t *from = &column[to->column];
        for (size_t i = 0; i < s->points.n; i++) {
            double value = from->number ? from->number[i] : from->level[i] == to->level;
            s->x[i * d + e] = (value - to->centre) / to->scale;
        }
    }
}

static status_t weights_sum(columns_t *c, error_t *err)
{
    for (size_t i = 0; i < c->n; i++) {
        double w = weight_at(c, i);
        if (!(w >= 0 && w <= 1e18))
            return fail(err, ERR_INVALID, "the weight of row %zu is %g: weights lie in 0..1e18",
                        i + 1, w);
        c->people += w;
    }
    return c->people > 0 ? OK : fail(err, ERR_INVALID, "all weights are 0");
}

status_t standardised_init(standardised_t *s, const table_column_t *column, int n_columns, size_t n,
                           const double *weight, standard_t how, error_t *err)
{
    columns_t c = {.weight = weight, .n = n, .how = how};
    *s = (standardised_t){.points = {.n = n, .weight = weight}};
    status_t st = table_check(column, n_columns, n, err);
    if (st == OK) st = weights_sum(&c, err);
    if (st != OK) return st;
    if (how == STANDARD_SD_SAMPLE && !(c.people > 1))
        return fail(err, ERR_INVALID, "a sample sd needs more than one row");
    c.sorted = how == STANDARD_ROBUST ? array_of(n, sizeof *c.sorted) : NULL;
    s->column = array_of(COLUMNS_MOST, sizeof *s->column);
    bool fine = s->column && (c.sorted || how != STANDARD_ROBUST);
    st = fine ? columns_take(s, &c, column, n_columns, err) : fail_memory(err, "the columns");
    free(c.sorted);
    if (st != OK) return st;
    s->points.x = s->x = array_of(n * (size_t)s->points.d, sizeof *s->x);
    if (!s->x) return fail_memory(err, "the columns");
    fill(s, column);
    return OK;
}
