/* fit.c -- raking, copulas of traits, agreement of tables. */
#include "models/audience/fit.h"

#include "models/base/eigen.h"
#include "models/base/maths.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PATIENCE = 50, SWEEPS_MOST = 100000 };
#define RAKE_TOLERANCE 1e-10

/* ---- Raking ------------------------------------------------------------------------------------ */

size_t margin_entries(const int *side, int n_dimensions, unsigned kept, uint32_t *entry)
{
    size_t n_cells = 1, n = 1;
    for (int d = 0; d < n_dimensions; d++) {
        n_cells *= (size_t)side[d];
        if (kept >> d & 1) n *= (size_t)side[d];
    }
    for (size_t c = 0; c < n_cells; c++) {
        size_t rest = c, at = 0, stride = 1;
        for (int d = n_dimensions - 1; d >= 0; d--) {
            size_t level = rest % (size_t)side[d];
            rest /= (size_t)side[d];
            if (!(kept >> d & 1)) continue;
            at += level * stride;
            stride *= (size_t)side[d];
        }
        entry[c] = (uint32_t)at;
    }
    return n;
}

/* A table of counts (people = NULL), or of the shares of people who have a trait. */
typedef struct {
    double *table;
    const double *people;
    size_t n;
    const margin_t *margin;
    int n_margins;
    double *scale;  /* of each margin, to the total of the first; 1 for shares */
    double *sum;    /* scratch, as large as the largest margin */
    double *spread; /* the same, for shares: derivative of the sum by the log of the odds' factor */
} rake_t;

static void sum_margin(const rake_t *r, int m)
{
    const margin_t *x = &r->margin[m];
    memset(r->sum, 0, x->n * sizeof *r->sum);
    if (!r->people) {
        for (size_t c = 0; c < r->n; c++) r->sum[x->entry[c]] += r->table[c];
        return;
    }
    memset(r->spread, 0, x->n * sizeof *r->spread);
    for (size_t c = 0; c < r->n; c++) {
        double with = r->people[c] * r->table[c];
        r->sum[x->entry[c]] += with;
        r->spread[x->entry[c]] += with * (1 - r->table[c]);
    }
}

/* Greatest relative difference of sums from a margin; an empty entry that should be empty is right, one
 * that should not is off by 1. */
static double off_margin(const rake_t *r, int m)
{
    double worst = 0;
    for (size_t e = 0; e < r->margin[m].n; e++) {
        double target = r->margin[m].target[e] * r->scale[m];
        double off = target > 0 ? fabs(r->sum[e] / target - 1) : r->sum[e] > 0;
        if (off > worst) worst = off;
    }
    return worst;
}

/* Multiplies counts, or odds, so that the margin holds (odds: by one step of Newton's method, at most a
 * factor of e^3). Returns by how much the margin was off before. */
static double scale_to_margin(const rake_t *r, int m)
{
    const margin_t *x = &r->margin[m];
    sum_margin(r, m);
    double off = off_margin(r, m);
    for (size_t e = 0; e < x->n; e++) {
        double target = x->target[e] * r->scale[m];
        if (!r->people)
            r->sum[e] = r->sum[e] > 0 ? target / r->sum[e] : 0;
        else if (target > 0)
            r->sum[e] = r->spread[e] > 0
                            ? m_exp(fmin(fmax((target - r->sum[e]) / r->spread[e], -3), 3))
                            : 1;
        else
            r->sum[e] = 0;
    }
    if (!r->people) {
        for (size_t c = 0; c < r->n; c++) r->table[c] *= r->sum[x->entry[c]];
        return off;
    }
    for (size_t c = 0; c < r->n; c++) {
        double with = r->table[c] * r->sum[x->entry[c]];
        r->table[c] = with / (1 - r->table[c] + with);
    }
    return off;
}

static int worst_margin(const rake_t *r)
{
    int at = 0;
    double worst = 0;
    for (int m = 0; m < r->n_margins; m++) {
        sum_margin(r, m);
        double off = off_margin(r, m);
        if (off <= worst) continue;
        worst = off;
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
        for (int i = 0; i < 10; i++) scale_to_margin(r, m);
        for (int i = 0; i < 10; i++) scale_to_margin(r, k);
        sum_margin(r, m);
        double off = off_margin(r, m);
        if (off > most) {
            most = off;
            at = k;
        }
    }
    return at;
}

static status_t check_support(const rake_t *r, rake_report_t *report, error_t *err)
{
    for (int m = 0; m < r->n_margins; m++) {
        const margin_t *x = &r->margin[m];
        double total = 0;
        for (size_t e = 0; e < x->n; e++) total += x->target[e];
        *report = (rake_report_t){.pair = {m, -1}};
        if (!(total > 0) && !r->people)
            return fail(err, ERR_INVALID, "margin '%s' counts nobody", x->name);
        sum_margin(r, m);
        for (size_t e = 0; e < x->n; e++)
            if (x->target[e] > 0 && !(r->sum[e] > 0)) {
                report->empty = e;
                return fail(err, ERR_INVALID,
                            "margin '%s' has people in entry %zu, where the table has none",
                            x->name, e + 1);
            }
    }
    return OK;
}

static void scale_margins(const rake_t *r)
{
    double first = 0;
    for (int m = 0; m < r->n_margins; m++) {
        double total = 0;
        for (size_t e = 0; e < r->margin[m].n; e++) total += r->margin[m].target[e];
        if (m == 0) first = total;
        r->scale[m] = r->people ? 1 : first / total;
    }
}

static status_t sweep(const rake_t *r, rake_report_t *report, error_t *err)
{
    double best = INFINITY;
    int since = 0;
    for (int k = 1; k <= SWEEPS_MOST && since < PATIENCE; k++) {
        double worst = 0;
        for (int m = 0; m < r->n_margins; m++) worst = fmax(worst, scale_to_margin(r, m));
        if (worst < RAKE_TOLERANCE) {
            *report = (rake_report_t){.sweeps = k, .pair = {-1, -1}};
            return OK;
        }
        since = worst < best * (1 - 1e-6) ? 0 : since + 1;
        if (worst < best) best = worst;
    }
    int at = worst_margin(r);
    *report = (rake_report_t){.pair = {at, opponent(r, at)}};
    return fail(err, ERR_INVALID, "margins '%s' and '%s' contradict each other on this table",
                r->margin[at].name, r->margin[report->pair[1]].name);
}

static status_t rake_any(rake_t *r, rake_report_t *report, error_t *err)
{
    rake_report_t unread;
    size_t most = 1;
    for (int m = 0; m < r->n_margins; m++)
        if (r->margin[m].n > most) most = r->margin[m].n;
    r->scale = malloc((size_t)r->n_margins * sizeof *r->scale);
    r->sum = malloc(most * sizeof *r->sum);
    r->spread = malloc(most * sizeof *r->spread);
    status_t st = r->scale && r->sum && r->spread ? OK : fail_memory(err, "raking a table");
    if (!report) report = &unread;
    if (st == OK) st = check_support(r, report, err);
    if (st == OK) {
        scale_margins(r);
        st = sweep(r, report, err);
    }
    free(r->scale);
    free(r->sum);
    free(r->spread);
    return st;
}

status_t rake(double *table, size_t n_cells, const margin_t *margin, int n_margins,
              rake_report_t *report, error_t *err)
{
    rake_t r = {.table = table, .n = n_cells, .margin = margin, .n_margins = n_margins};
    return rake_any(&r, report, err);
}

status_t rake_shares(double *share, const double *people, size_t n_cells, const margin_t *margin,
                     int n_margins, rake_report_t *report, error_t *err)
{
    rake_t r = {
        .table = share, .people = people, .n = n_cells, .margin = margin, .n_margins = n_margins};
    return rake_any(&r, report, err);
}

/* ---- Margins that say something of the same people ---- */

/* The group that an entry belongs to: union-find with halving of paths. */
static uint32_t group_of(uint32_t *parent, uint32_t x)
{
    while (parent[x] != x) x = parent[x] = parent[parent[x]];
    return x;
}

/* Entries of both margins (those of `earlier` after those of `later`) joined by the cells they share. */
static void join_entries(uint32_t *parent, const margin_t *later, const margin_t *earlier,
                         const double *table, size_t n_cells)
{
    for (size_t e = 0; e < later->n + earlier->n; e++) parent[e] = (uint32_t)e;
    for (size_t c = 0; c < n_cells; c++) {
        if (!(table[c] > 0)) continue;
        uint32_t a = group_of(parent, later->entry[c]);
        uint32_t b = group_of(parent, (uint32_t)later->n + earlier->entry[c]);
        if (a != b) parent[a] = b;
    }
}

/* Of each group: what the margins count, and its people. */
typedef struct {
    double later, earlier, people;
} group_sum_t;

/* The factor of the odds of the group's entries that makes their counts sum to the target. */
static double odds_factor(const margin_t *m, const double *people_of, uint32_t *parent,
                          uint32_t group, double target)
{
    double log_factor = 0;
    for (int step = 0; step < 100; step++) {
        double sum = 0, spread = 0, factor = m_exp(log_factor);
        for (size_t e = 0; e < m->n; e++) {
            if (group_of(parent, (uint32_t)e) != group || !(people_of[e] > 0)) continue;
            double p = m->target[e] / people_of[e];
            p = p * factor / (1 - p + p * factor);
            sum += people_of[e] * p;
            spread += people_of[e] * p * (1 - p);
        }
        if (!(spread > 0) || fabs(sum - target) < 1e-14 * target) break;
        log_factor += fmin(fmax((target - sum) / spread, -2), 2);
    }
    return m_exp(log_factor);
}

static void shift_group(margin_t *m, const double *people_of, uint32_t *parent, uint32_t group,
                        const group_sum_t *sum)
{
    double factor = people_of        ? odds_factor(m, people_of, parent, group, sum->earlier)
                    : sum->later > 0 ? sum->earlier / sum->later
                                     : 1;
    for (size_t e = 0; e < m->n; e++) {
        if (group_of(parent, (uint32_t)e) != group) continue;
        if (!people_of) {
            m->target[e] *= factor;
        } else if (people_of[e] > 0) {
            double p = m->target[e] / people_of[e];
            m->target[e] = people_of[e] * (p * factor / (1 - p + p * factor));
        }
    }
}

double margin_agree(margin_t *later, const margin_t *earlier, const double *table,
                    const double *people, size_t n_cells)
{
    size_t n = later->n + earlier->n;
    uint32_t *parent = malloc(n * sizeof *parent);
    group_sum_t *sum = calloc(n, sizeof *sum);
    double *people_of = calloc(later->n, sizeof *people_of);
    double worst = 0, all = 0;
    if (!parent || !sum || !people_of) worst = NAN;
    if (isnan(worst)) goto out;
    join_entries(parent, later, earlier, table, n_cells);
    for (size_t c = 0; people && c < n_cells; c++) {
        people_of[later->entry[c]] += people[c];
        sum[group_of(parent, later->entry[c])].people += people[c];
    }
    for (size_t e = 0; e < n; e++) {
        group_sum_t *s = &sum[group_of(parent, (uint32_t)e)];
        if (e < later->n)
            s->later += later->target[e];
        else
            s->earlier += earlier->target[e - later->n];
        if (e < later->n) all += later->target[e];
    }
    for (size_t g = 0; g < n; g++) {
        double off = fabs(sum[g].later - sum[g].earlier), of = people ? sum[g].people : all;
        if (parent[g] != g || !(off > 0) || !(of > 0)) continue;
        if (off / of > worst) worst = off / of;
        shift_group(later, people ? people_of : NULL, parent, (uint32_t)g, &sum[g]);
    }
out:
    free(parent);
    free(sum);
    free(people_of);
    return worst;
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

/* ---- Correlations that fit together ---- */

enum { CORRELATIONS_MOST = 16, REPAIR_STEPS = 1000 };

/* The nearest symmetric matrix without eigenvalues below `least`; returns the smallest before. */
static double raise_eigenvalues(double *r, int n, double least)
{
    double a[CORRELATIONS_MOST * CORRELATIONS_MOST], v[CORRELATIONS_MOST * CORRELATIONS_MOST];
    double smallest = INFINITY;
    memcpy(a, r, (size_t)(n * n) * sizeof *a);
    eigen_symmetric(a, v, n);
    for (int k = 0; k < n; k++) smallest = fmin(smallest, a[k * (n + 1)]);
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++) {
            double sum = 0;
            for (int k = 0; k < n; k++)
                sum += fmax(a[k * (n + 1)], least) * v[i * n + k] * v[j * n + k];
            r[i * n + j] = r[j * n + i] = sum;
        }
    return smallest;
}

double correlation_repair(double *r, int n, double least)
{
    enum { CELLS = CORRELATIONS_MOST * CORRELATIONS_MOST };
    double before[CELLS], correction[CELLS] = {0}, raised[CELLS], moved = 0;
    size_t bytes = (size_t)(n * n) * sizeof *r;
    memcpy(before, r, bytes);
    memcpy(raised, r, bytes);
    if (raise_eigenvalues(raised, n, least) >= least) return 0;
    /* Dykstra's correction belongs to the projection on the cone; the unit diagonal needs none. */
    for (int step = 0; step < REPAIR_STEPS; step++) {
        double change = 0;
        for (int i = 0; i < n * n; i++) raised[i] = r[i] - correction[i];
        memcpy(correction, raised, bytes);
        raise_eigenvalues(raised, n, least);
        for (int i = 0; i < n * n; i++) {
            correction[i] = raised[i] - correction[i];
            double to = i % (n + 1) == 0 ? 1 : raised[i];
            change = fmax(change, fabs(to - r[i]));
            r[i] = to;
        }
        if (change < 1e-12) break;
    }
    for (int i = 0; i < n * n; i++) moved = fmax(moved, fabs(r[i] - before[i]));
    return moved;
}

bool correlation_root(const double *r, int n, double *root)
{
    memset(root, 0, (size_t)(n * n) * sizeof *root);
    for (int i = 0; i < n; i++)
        for (int j = 0; j <= i; j++) {
            double rest = r[i * n + j];
            for (int k = 0; k < j; k++) rest -= root[i * n + k] * root[j * n + k];
            if (i == j && !(rest > 0)) return false;
            root[i * n + j] = i == j ? sqrt(rest) : rest / root[j * n + j];
        }
    return true;
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
