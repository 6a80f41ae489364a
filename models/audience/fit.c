/* fit.c -- raking, copulas of traits, agreement of tables. */
#include "models/audience/fit.h"

#include "models/base/maths.h"

#include <math.h>
#include <stdlib.h>

enum { PATIENCE = 50, SWEEPS_MOST = 100000 };
#define RAKE_TOLERANCE 1e-10

typedef struct {
    double *table;
    const int *side;
    int n_dimensions;
    size_t n;
    const margin_t *margin;
    int n_margins;
    double *scale; /* of each margin, to the total of the first */
    double *sum;   /* scratch, as large as the largest margin */
} rake_t;

static size_t margin_size(const rake_t *r, int m)
{
    size_t size = 1;
    for (int d = 0; d < r->n_dimensions; d++)
        if (r->margin[m].kept >> d & 1) size *= (size_t)r->side[d];
    return size;
}

/* Which entry of a margin a cell of the table adds to. */
static size_t margin_entry(const rake_t *r, int m, size_t cell)
{
    size_t entry = 0, stride = 1;
    for (int d = r->n_dimensions - 1; d >= 0; d--) {
        size_t at = cell % (size_t)r->side[d];
        cell /= (size_t)r->side[d];
        if (!(r->margin[m].kept >> d & 1)) continue;
        entry += at * stride;
        stride *= (size_t)r->side[d];
    }
    return entry;
}

static void sum_margin(const rake_t *r, int m)
{
    for (size_t e = 0; e < margin_size(r, m); e++) r->sum[e] = 0;
    for (size_t c = 0; c < r->n; c++) r->sum[margin_entry(r, m, c)] += r->table[c];
}

/* Greatest relative difference of the table from a margin; an empty entry that should be empty is
 * right, one that should not is off by 1. */
static double residual(const rake_t *r, int m)
{
    double worst = 0;
    sum_margin(r, m);
    for (size_t e = 0; e < margin_size(r, m); e++) {
        double target = r->margin[m].target[e] * r->scale[m];
        double off = target > 0 ? fabs(r->sum[e] / target - 1) : r->sum[e] > 0;
        if (off > worst) worst = off;
    }
    return worst;
}

static void scale_to_margin(const rake_t *r, int m)
{
    sum_margin(r, m);
    for (size_t e = 0; e < margin_size(r, m); e++)
        r->sum[e] = r->sum[e] > 0 ? r->margin[m].target[e] * r->scale[m] / r->sum[e] : 0;
    for (size_t c = 0; c < r->n; c++) r->table[c] *= r->sum[margin_entry(r, m, c)];
}

static int worst_margin(const rake_t *r, double *worst)
{
    int at = 0;
    *worst = 0;
    for (int m = 0; m < r->n_margins; m++) {
        double off = residual(r, m);
        if (off <= *worst) continue;
        *worst = off;
        at = m;
    }
    return at;
}

/* The margin that undoes margin `m`: scaling to it moves the table furthest away from m. */
static int opponent(const rake_t *r, int m)
{
    int at = m == 0 ? 1 : 0;
    double most = -1;
    for (int k = 0; k < r->n_margins; k++) {
        if (k == m) continue;
        scale_to_margin(r, m);
        scale_to_margin(r, k);
        double off = residual(r, m);
        if (off > most) {
            most = off;
            at = k;
        }
    }
    return at;
}

static status_t check_support(const rake_t *r, error_t *err)
{
    for (int m = 0; m < r->n_margins; m++) {
        double total = 0;
        for (size_t e = 0; e < margin_size(r, m); e++) total += r->margin[m].target[e];
        if (!(total > 0))
            return fail(err, ERR_INVALID, "margin '%s' counts nobody", r->margin[m].name);
        sum_margin(r, m);
        for (size_t e = 0; e < margin_size(r, m); e++)
            if (r->margin[m].target[e] > 0 && !(r->sum[e] > 0))
                return fail(err, ERR_INVALID,
                            "margin '%s' has people in entry %zu, where the table has none",
                            r->margin[m].name, e + 1);
    }
    return OK;
}

static void scale_margins(const rake_t *r)
{
    double first = 0;
    for (int m = 0; m < r->n_margins; m++) {
        double total = 0;
        for (size_t e = 0; e < margin_size(r, m); e++) total += r->margin[m].target[e];
        if (m == 0) first = total;
        r->scale[m] = first / total;
    }
}

static status_t sweep(const rake_t *r, int *sweeps, error_t *err)
{
    double best = INFINITY, worst;
    int since = 0, at = 0;
    for (int k = 1; k <= SWEEPS_MOST && since < PATIENCE; k++) {
        for (int m = 0; m < r->n_margins; m++) scale_to_margin(r, m);
        at = worst_margin(r, &worst);
        if (worst < RAKE_TOLERANCE) {
            if (sweeps) *sweeps = k;
            return OK;
        }
        since = worst < best * (1 - 1e-6) ? 0 : since + 1;
        if (worst < best) best = worst;
    }
    return fail(err, ERR_INVALID, "margins '%s' and '%s' contradict each other on this table",
                r->margin[at].name, r->margin[opponent(r, at)].name);
}

status_t rake(double *table, const int *side, int n_dimensions, const margin_t *margin,
              int n_margins, int *sweeps, error_t *err)
{
    rake_t r = {table, side, n_dimensions, 1, margin, n_margins, NULL, NULL};
    for (int d = 0; d < n_dimensions; d++) r.n *= (size_t)side[d];
    r.scale = malloc((size_t)n_margins * sizeof *r.scale);
    r.sum = malloc(r.n * sizeof *r.sum);
    status_t st = r.scale && r.sum ? OK : fail_memory(err, "raking a table");
    if (st == OK) st = check_support(&r, err);
    if (st == OK) {
        scale_margins(&r);
        st = sweep(&r, sweeps, err);
    }
    free(r.scale);
    free(r.sum);
    return st;
}

/* ---- Dependence -------------------------------------------------------------------------------- */

double trait_both(double p1, double p2, double rho)
{
    return normal2_cdf(normal_quantile(p1), normal_quantile(p2), rho);
}

double trait_phi(double p1, double p2, double both)
{
    return (both - p1 * p2) / sqrt(p1 * (1 - p1) * p2 * (1 - p2));
}

typedef struct {
    double z1, z2, both;
} tetrachoric_t;

static double excess(double rho, const void *context)
{
    const tetrachoric_t *t = context;
    return normal2_cdf(t->z1, t->z2, rho) - t->both;
}

double trait_tetrachoric(double p1, double p2, double both)
{
    tetrachoric_t t = {normal_quantile(p1), normal_quantile(p2), both};
    return root_between(excess, &t, -1, 1);
}

double copula_spearman(double rho)
{
    return 6 / MATHS_PI * m_asin(rho / 2);
}

double copula_kendall(double rho)
{
    return 2 / MATHS_PI * m_asin(rho);
}

double copula_orthant(double rho)
{
    return 0.25 + m_asin(rho) / (2 * MATHS_PI);
}

double latent_class_joint(const double *weight, const double *theta, int n_classes, int n_traits,
                          uint64_t has, uint64_t has_not)
{
    double sum = 0;
    for (int g = 0; g < n_classes; g++) {
        double p = weight[g];
        for (int q = 0; q < n_traits; q++) {
            double share = theta[g * n_traits + q];
            if (has >> q & 1) p *= share;
            if (has_not >> q & 1) p *= 1 - share;
        }
        sum += p;
    }
    return sum;
}

/* ---- Agreement --------------------------------------------------------------------------------- */

fit_t table_fit(const double *synthetic, const double *target, size_t n)
{
    fit_t fit = {0};
    double squares = 0, sum = 0;
    for (size_t c = 0; c < n; c++) {
        double off = synthetic[c] - target[c];
        double root = sqrt(synthetic[c]) - sqrt(target[c]);
        squares += off * off;
        sum += target[c];
        fit.tae += fabs(off);
        if (off != 0) fit.chi_square += off * off / target[c];
        fit.freeman_tukey += 4 * root * root;
    }
    fit.srmse = sqrt(squares / (double)n) / (sum / (double)n);
    fit.sae = fit.tae / sum;
    return fit;
}
