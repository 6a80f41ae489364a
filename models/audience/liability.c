/* liability.c -- the mixture's distribution function, tabulated. */
#include "models/audience/liability.h"

#include "models/base/maths.h"

#include <stdlib.h>

static const double least_chance = 1e-16;
/* Rows that near are one, with their mean: what their distribution function is off by is a 10^7th. */
static const double merged_within = 1. / 256;

typedef struct {
    double mean, people;
} row_t;

double liability_mean(double chance)
{
    return normal_quantile(m_min(m_max(chance, least_chance), 1 - least_chance));
}

static int by_mean(const void *a, const void *b)
{
    double x = ((const row_t *)a)->mean, y = ((const row_t *)b)->mean;
    return (x > y) - (x < y);
}

/* Rows in order, neighbours put together, shares for people. How many are left. */
static size_t merge(row_t *row, size_t n)
{
    size_t merged = 0;
    double all = 0;
    qsort(row, n, sizeof *row, by_mean);
    for (size_t r = 0, next; r < n; r = next) {
        double people = 0, sum = 0;
        for (next = r; next < n && row[next].mean - row[r].mean < merged_within; next++) {
            people += row[next].people;
            sum += row[next].people * (row[next].mean - row[r].mean);
        }
        all += people;
        row[merged++] = (row_t){row[r].mean + sum / people, people};
    }
    for (size_t r = 0; r < merged; r++) row[r].people /= all;
    return merged;
}

static void tabulate(liability_t *l, const row_t *row, size_t n, int step)
{
    double y = (double)step / LIABILITY_PER_UNIT - LIABILITY_END;
    double below = 0, above = 0, density = 0;
    for (size_t r = 0; r < n; r++) {
        double z = y - row[r].mean;
        below += row[r].people * normal_cdf(z);
        above += row[r].people * normal_cdf(-z);
        density += row[r].people * normal_density(z);
    }
    l->rank[step] = below < above ? normal_quantile(below) : -normal_quantile(above);
    l->slope[step] = density / normal_density(l->rank[step]);
}

status_t liability_init(liability_t *l, const double *mean, const double *people, size_t n,
                        error_t *err)
{
    row_t *row = malloc((n ? n : 1) * sizeof *row);
    size_t rows = 0;
    if (!row) return fail_memory(err, "the customers");
    for (size_t r = 0; r < n; r++)
        if (people[r] > 0) row[rows++] = (row_t){mean[r], people[r]};
    rows = merge(row, rows);
    for (int step = 0; step <= LIABILITY_STEPS; step++) tabulate(l, row, rows, step);
    free(row);
    return OK;
}

/* Cubic through the values and slopes at both ends of a step (Hermite). */
double liability_rank(const liability_t *l, double y)
{
    double at =
        (m_min(m_max(y, -LIABILITY_END), LIABILITY_END) + LIABILITY_END) * LIABILITY_PER_UNIT;
    int step = (int)at < LIABILITY_STEPS ? (int)at : LIABILITY_STEPS - 1;
    double t = at - step, rise = l->rank[step + 1] - l->rank[step];
    double from = l->slope[step] / LIABILITY_PER_UNIT, to = l->slope[step + 1] / LIABILITY_PER_UNIT;
    return l->rank[step] + t * (from + t * (3 * rise - 2 * from - to + t * (from + to - 2 * rise)));
}
