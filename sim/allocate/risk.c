/* risk.c -- draws of curves and measures over them. */
#include "sim/allocate/risk.h"

#include "models/base/maths.h"
#include "sim/allocate/search.h"

#include <math.h>
#include <stdlib.h>

status_t draws_init(draws_t *d, int n, int cells, error_t *err)
{
    size_t curves = (size_t)n * (size_t)cells;
    *d = (draws_t){.n = n, .cells = cells};
    d->curve = calloc(curves + 1, sizeof *d->curve);
    d->spline = calloc(curves + 1, sizeof *d->spline);
    d->offset = calloc((size_t)n + 1, sizeof *d->offset);
    return d->curve && d->spline && d->offset ? OK : fail_memory(err, "draws of the curves");
}

void draws_free(draws_t *d)
{
    for (size_t i = 0; d->spline && i < (size_t)d->n * (size_t)d->cells; i++) free(d->spline[i]);
    free(d->spline);
    free(d->curve);
    free(d->offset);
    *d = (draws_t){0};
}

void problem_of_draw(const problem_t *p, const draws_t *d, int draw, problem_t *out)
{
    *out = *p;
    out->offset = d->offset[draw];
    for (int i = 0; i < p->n; i++) out->cell[i].curve = *draw_curve(d, draw, i);
}

/* --- expected curves ---------------------------------------------------------------------------- */

/* Points of a mean curve: close together at small spends, where curves bend. */
enum { MEAN_POINTS = 257 };

static bool is_certain(const draws_t *d, int cell)
{
    for (int s = 1; s < d->n; s++)
        if (!curve_same(draw_curve(d, 0, cell), draw_curve(d, s, cell))) return false;
    return true;
}

static double mean_response(const draws_t *d, int cell, double spend)
{
    double sum = 0;
    for (int s = 0; s < d->n; s++) sum += curve_response(draw_curve(d, s, cell), spend);
    return sum / d->n;
}

/* Straight lines through 0 have a straight mean, whatever the spend. */
static bool is_straight(const draws_t *d, int cell)
{
    for (int s = 0; s < d->n; s++) {
        const curve_t *c = draw_curve(d, s, cell);
        if (c->form != CURVE_LINEAR || !m_is_nan(c->parameter[PARAMETER_MAX_RESPONSE]))
            return false;
    }
    return true;
}

/* Where nothing says how much money there may be, all orders of magnitude are as close: 21 points for each. */
static const double SPEND_LEAST = 1e-3, SPEND_MOST = 1e9;

static double mean_point(int k, double top)
{
    double share = (double)k / (MEAN_POINTS - 1);
    if (m_is_finite(top)) return top * share * share * share;
    double orders = m_log(SPEND_MOST / SPEND_LEAST) * (k - 1) / (MEAN_POINTS - 2);
    return k ? SPEND_LEAST * m_exp(orders) : 0;
}

static spline_t *mean_spline(const draws_t *d, int cell, double top)
{
    double x[MEAN_POINTS], y[MEAN_POINTS];
    for (int k = 0; k < MEAN_POINTS; k++) {
        x[k] = mean_point(k, top);
        y[k] = k ? m_max(mean_response(d, cell, x[k]), y[k - 1]) : mean_response(d, cell, 0);
    }
    return spline_new(x, y, MEAN_POINTS);
}

static double mean_parameter(const draws_t *d, int cell, curve_parameter_t which)
{
    double sum = 0;
    for (int s = 0; s < d->n; s++) sum += draw_curve(d, s, cell)->parameter[which];
    return sum / d->n;
}

/* The highest spend that is ever looked at: the cell's own, or twice the budget; INFINITY where it has none. */
static double spend_top(const problem_t *p, int cell)
{
    return m_max(m_min(p->cell[cell].high, 2 * p->budget), SPEND_LEAST);
}

status_t problem_expect(problem_t *p, const draws_t *d, spline_t *own[ALLOCATION_CELLS],
                        error_t *err)
{
    for (int i = 0; i < p->n; i++) {
        curve_t *c = &p->cell[i].curve;
        own[i] = NULL;
        if (is_certain(d, i)) {
            *c = *draw_curve(d, 0, i);
        } else if (is_straight(d, i)) {
            *c = *draw_curve(d, 0, i);
            c->parameter[PARAMETER_SLOPE] = mean_parameter(d, i, PARAMETER_SLOPE);
        } else {
            double effective = p->periods > 1 ? 1 / m_max(1 - p->cell[i].decay, 1e-3) : 1;
            own[i] = mean_spline(d, i, spend_top(p, i) * effective);
            if (!own[i]) return fail_memory(err, "expected curves");
            *c = (curve_t){.form = CURVE_POINTS_JOINED, .spline = own[i]};
        }
    }
    return OK;
}

/* --- responses of a split ----------------------------------------------------------------------- */

void draws_add(const problem_t *p, const draws_t *d, int n, int cell, double spend, double *sum)
{
    flight_plan_t plan;
    cell_t c = p->cell[cell];
    bool planned = cell_is_scheduled(p, &c);
    if (planned) cell_response(p, &c, spend, &plan);
    for (int s = 0; s < n; s++) {
        c.curve = *draw_curve(d, s, cell);
        sum[s] += planned ? plan_response(p, &c, &plan) : cell_response(p, &c, spend, NULL);
    }
}

void draws_respond(const problem_t *p, const draws_t *d, const double *spend, double *response)
{
    for (int s = 0; s < d->n; s++) response[s] = d->offset[s];
    for (int i = 0; i < p->n; i++) draws_add(p, d, d->n, i, spend[i], response);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double quantile_of_sorted(const double *sorted, int n, double p)
{
    double at = p * (n - 1);
    int k = (int)floor(at);
    if (k >= n - 1) return sorted[n - 1];
    return sorted[k] + (at - k) * (sorted[k + 1] - sorted[k]);
}

/* Mean of the lowest share of the values; the one at the edge counts in part. */
static double tail_mean(const double *sorted, int n, double share)
{
    double weight = share * n, sum = 0, left = weight;
    for (int i = 0; i < n && left > 0; i++, left--) sum += sorted[i] * m_min(left, 1);
    return sum / weight;
}

/* The largest value that at least a share `chance` of them reaches. */
static double reached_with_chance(const double *sorted, int n, double chance)
{
    int below = (int)floor((1 - chance) * n + 1e-9);
    return sorted[below < n ? below : n - 1];
}

double risk_of(const risk_aim_t *r, double *value, int n)
{
    double mean = 0, variance = 0;
    int reached = 0;
    qsort(value, (size_t)n, sizeof *value, by_size);
    for (int s = 0; s < n; s++) mean += value[s] / n;
    for (int s = 0; s < n; s++) variance += (value[s] - mean) * (value[s] - mean) / n;
    for (int s = 0; s < n; s++) reached += value[s] >= r->threshold;
    switch (r->measure) {
    case RISK_MEAN_MINUS_SD: return mean - r->aversion * m_sqrt(variance);
    case RISK_MEAN_MINUS_VARIANCE: return mean - r->aversion / 2 * variance;
    case RISK_CVAR: return tail_mean(value, n, 1 - r->level);
    case RISK_CHANCE: return (double)reached / n;
    case RISK_QUANTILE: return reached_with_chance(value, n, r->level);
    default: return mean;
    }
}

/* --- the split with the least of it --------------------------------------------------------------- */

typedef struct {
    const problem_t *problem;
    const draws_t *draws;
    const risk_aim_t *aim;
    double *cell;  /* [cell][draw]: responses to `spend` */
    double *total; /* scratch */
    double spend[ALLOCATION_CELLS];
} measured_t;

/* Few steps change more than one cell. */
static void cell_update(measured_t *m, int i, double spend)
{
    const problem_t *p = m->problem;
    double *row = m->cell + (size_t)i * (size_t)m->draws->n;
    if (m->spend[i] == spend) return;
    m->spend[i] = spend;
    for (int s = 0; s < m->draws->n; s++) row[s] = 0;
    draws_add(p, m->draws, m->draws->n, i, spend, row);
}

/* A chance has plateaus: how far the draws that fail fall short leads over them. */
static double shortfall(const risk_aim_t *r, const double *value, int n)
{
    double sum = 0;
    for (int s = 0; s < n; s++) sum += m_max(r->threshold - value[s], 0);
    return r->threshold != 0 ? sum / n / m_abs(r->threshold) : sum / n;
}

static double measure(void *context, const double *spend)
{
    measured_t *m = context;
    int n = m->draws->n;
    for (int s = 0; s < n; s++) m->total[s] = m->draws->offset[s];
    for (int i = 0; i < m->problem->n; i++) {
        cell_update(m, i, spend[i]);
        for (int s = 0; s < n; s++) m->total[s] += m->cell[(size_t)i * (size_t)n + (size_t)s];
    }
    double value = risk_of(m->aim, m->total, n);
    if (m->aim->measure == RISK_CHANCE) value -= 1e-3 * shortfall(m->aim, m->total, n);
    return value;
}

static status_t climb(const problem_t *p, const draws_t *d, const risk_aim_t *r, int looks,
                      double *spend, double *best, error_t *err)
{
    enum { FLOWN = 400 }; /* each look searches spreads */
    size_t n = (size_t)d->n;
    if (problem_is_flown(p)) looks = looks < FLOWN ? looks : FLOWN;
    measured_t m = {.problem = p, .draws = d, .aim = r};
    for (int i = 0; i < ALLOCATION_CELLS; i++) m.spend[i] = NAN;
    m.cell = malloc((size_t)p->n * n * sizeof *m.cell);
    m.total = malloc(n * sizeof *m.total);
    bool memory = m.cell && m.total;
    if (memory) {
        double total = problem_spend(p, spend), lot = p->lot > 0 ? p->lot : total / 1048576;
        double first = lot;
        while (first < total / 8) first *= 2;
        search_t s = {.problem = p,
                      .value = measure,
                      .context = &m,
                      .first = first,
                      .last = lot,
                      .looks_most = looks};
        if (total > 0) search_climb(&s, spend);
        measure(&m, spend);
        *best = risk_of(r, m.total, d->n);
    }
    free(m.cell);
    free(m.total);
    return memory ? OK : fail_memory(err, "the search over risks");
}

status_t risk_climb(const problem_t *p, const draws_t *d, const risk_aim_t *r, double *spend,
                    double *best, error_t *err)
{
    return climb(p, d, r, 40000, spend, best, err);
}

status_t risk_climb_quick(const problem_t *p, const draws_t *d, const risk_aim_t *r, double *spend,
                          double *best, error_t *err)
{
    return climb(p, d, r, 100 * p->n, spend, best, err);
}
