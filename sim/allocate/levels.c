/* levels.c -- response curves by simulation: one cell's money is moved, the others' stays. */
#include "models/base/maths.h"
#include "models/base/rng.h"
#include "sim/allocate/simulated.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of what a cell spends at the centre; its top besides. */
static const double multiples[] = {0, 0.4, 1, 1.8};
enum { MULTIPLES = sizeof multiples / sizeof *multiples };

/* --- the centre ------------------------------------------------------------------------------------ */

/* Pairs share their parameters, their two replications nothing else: half of the mean square of the differences
 * between the two is the variance of luck, and half of that the luck left in a pair's mean. */
static double share_known(const levels_t *l, const double *replication)
{
    double mean = 0, spread = 0, luck = 0;
    for (int j = 0; j < l->pairs; j++) mean += l->at_centre[j] / l->pairs;
    for (int j = 0; j < l->pairs; j++) {
        double d = replication[2 * j] - replication[2 * j + 1], x = l->at_centre[j] - mean;
        spread += x * x / (l->pairs - 1);
        luck += d * d / 4 / l->pairs;
    }
    return spread > 0 ? m_sqrt(m_max(1 - luck / spread, 0)) : 0;
}

status_t levels_begin(levels_t *l, simulator_t *s, int column, error_t *err)
{
    double replication[2 * RISK_PAIRS];
    measures_t one = {1, {{column, false}}};
    status_t st = simulator_run(s, l->centre, &one, (size_t)l->pairs, replication, err);
    if (st != OK) return st;
    for (int j = 0; j < l->pairs; j++)
        l->at_centre[j] = (replication[2 * j] + replication[2 * j + 1]) / 2;
    simulator_by_group(s, column, &l->centre_by_group);
    l->known = share_known(l, replication);
    return OK;
}

/* --- points --------------------------------------------------------------------------------------- */

static bool is_there(const levels_t *l, int cell, double spend)
{
    for (int k = 0; k < l->n[cell]; k++)
        if (m_abs(l->spend[cell][k] - spend) <= 0.05 * spend + 1e-9) return true;
    return false;
}

static status_t level_add(levels_t *l, simulator_t *s, int cell, double spend, int column,
                          error_t *err)
{
    double split[ALLOCATION_CELLS];
    int at = l->n[cell];
    if (at == CURVE_LEVELS || is_there(l, cell, spend)) return OK;
    while (at > 0 && l->spend[cell][at - 1] > spend) at--;
    size_t after = (size_t)(l->n[cell] - at);
    memmove(&l->spend[cell][at + 1], &l->spend[cell][at], after * sizeof l->spend[cell][0]);
    memmove(&l->value[cell][at + 1], &l->value[cell][at], after * sizeof l->value[cell][0]);
    memmove(&l->by_group[cell][at + 1], &l->by_group[cell][at],
            after * sizeof l->by_group[cell][0]);
    l->n[cell]++;
    l->spend[cell][at] = spend;
    if (spend == l->centre[cell]) {
        memcpy(l->value[cell][at], l->at_centre, sizeof l->at_centre);
        l->by_group[cell][at] = l->centre_by_group;
        return OK;
    }
    memcpy(split, l->centre, sizeof split);
    split[cell] = spend;
    status_t st = simulator_response(s, split, column, (size_t)l->pairs, l->value[cell][at], err);
    simulator_by_group(s, column, &l->by_group[cell][at]);
    return st;
}

status_t levels_simulate(levels_t *l, simulator_t *s, int column, const double *top, error_t *err)
{
    status_t st = OK;
    for (int i = 0; i < simulator_cells(s); i++) {
        double centre = l->centre[i] > 0 ? l->centre[i] : top[i] / 3;
        for (int k = 0; st == OK && k < MULTIPLES; k++)
            if (multiples[k] * centre <= top[i])
                st = level_add(l, s, i, multiples[k] * centre, column, err);
        double last = l->n[i] ? l->spend[i][l->n[i] - 1] : 0;
        if (st == OK && top[i] > 3 * last)
            st = level_add(l, s, i, m_sqrt(top[i] * last), column, err);
        if (st == OK) st = level_add(l, s, i, top[i], column, err);
    }
    return st;
}

status_t levels_refine(levels_t *l, simulator_t *s, int column, const double *spend, error_t *err)
{
    status_t st = OK;
    for (int i = 0; st == OK && i < simulator_cells(s); i++)
        st = level_add(l, s, i, spend[i], column, err);
    return st;
}

/* --- fits ----------------------------------------------------------------------------------------- */

/* Made to rise, and its increments to fall, in the least squares sense: what bends upwards between few noisy points is
 * luck. */
static spline_t *curve_through(const levels_t *l, int cell, double *y)
{
    double slope[CURVE_LEVELS], width[CURVE_LEVELS] = {0};
    int n = l->n[cell];
    for (int k = 0; k + 1 < n; k++) { /* falling slopes are rising ones turned round */
        width[n - 2 - k] = l->spend[cell][k + 1] - l->spend[cell][k];
        slope[n - 2 - k] = m_max((y[k + 1] - y[k]) / width[n - 2 - k], 0);
    }
    isotonic(slope, width, n - 1);
    y[0] = 0;
    for (int k = 0; k + 1 < n; k++) y[k + 1] = y[k] + slope[n - 2 - k] * width[n - 2 - k];
    return spline_new(l->spend[cell], y, n);
}

/* What the cell's money brings: the plan's value less that without it, weighted over the pairs. */
static spline_t *curve_fit(const levels_t *l, int cell, const double *weight)
{
    double y[CURVE_LEVELS];
    for (int k = 0; k < l->n[cell]; k++) {
        y[k] = 0;
        for (int j = 0; j < l->pairs; j++)
            y[k] += weight[j] * (l->value[cell][k][j] - l->value[cell][0][j]);
    }
    return curve_through(l, cell, y);
}

void pairs_resample(uint64_t seed, int draw, int pairs, double *weight)
{
    for (int j = 0; j < pairs; j++) weight[j] = 0;
    for (int j = 0; j < pairs; j++) {
        rng_block_t b = rng_at(rng_key(seed), DRAW_BOOTSTRAP, 0, 0, (uint64_t)draw, 0, (uint32_t)j);
        weight[(int)(rng_unit(b, 0) * pairs)] += 1.0 / pairs;
    }
}

/* Weights of the pairs in a draw; of -1, the mean. A future is drawn towards the mean by what is luck in it. */
static void draw_weights(const levels_t *l, uint64_t seed, int draw, bool futures, double *weight)
{
    bool mean = draw < 0;
    if (!mean && !futures) {
        pairs_resample(seed, draw, l->pairs, weight);
        return;
    }
    double known = mean ? 0 : l->known;
    for (int j = 0; j < l->pairs; j++) weight[j] = (1 - known) / l->pairs + (j == draw ? known : 0);
}

static double weighted(const double *value, const double *weight, int n)
{
    double sum = 0;
    for (int j = 0; j < n; j++) sum += weight[j] * value[j];
    return sum;
}

/* What the curves leave beside them at the centre is of the same pairs as they are: cells that share people move
 * together. */
status_t levels_fit(const levels_t *l, problem_t *p, draws_t *d, uint64_t seed,
                    spline_t *own[ALLOCATION_CELLS], error_t *err)
{
    double weight[RISK_PAIRS];
    bool futures = l->pairs > CURVE_PAIRS;
    draws_free(d);
    status_t st = draws_init(d, futures ? l->pairs : CURVE_DRAWS, p->n, err);
    if (st != OK) return st;
    for (int s = -1; s < d->n; s++) {
        draw_weights(l, seed, s, futures, weight);
        double *offset = s < 0 ? &p->offset : &d->offset[s];
        *offset = weighted(l->at_centre, weight, l->pairs);
        for (int i = 0; i < p->n; i++) {
            spline_t *fit = curve_fit(l, i, weight);
            if (!fit) return fail_memory(err, "the fitted curves");
            curve_t *c = s < 0 ? &p->cell[i].curve : draw_curve(d, s, i);
            *c = (curve_t){.form = CURVE_POINTS_JOINED, .spline = fit};
            *offset -= curve_response(c, l->centre[i]);
            if (s >= 0) {
                d->spline[s * p->n + i] = fit;
                continue;
            }
            free(own[i]);
            own[i] = fit;
        }
    }
    return OK;
}

/* --- other people --------------------------------------------------------------------------------- */

enum { GROUPS = JACKKNIFE_GROUPS, NOBODY = -1 };

/* Of all groups but one, scaled up to all people. */
static double without(const double of_group[GROUPS], int group)
{
    double sum = 0;
    for (int g = 0; g < GROUPS; g++) sum += g == group ? 0 : of_group[g];
    return group == NOBODY ? sum : sum * GROUPS / (GROUPS - 1.0);
}

/* By how much spend differs, for the same bids, where a group is left out: at the level nearest to a spend. */
static double spend_without(const levels_t *l, int cell, double spend, int group)
{
    int k = 1;
    for (int j = 2; j < l->n[cell]; j++)
        if (m_abs(l->spend[cell][j] - spend) < m_abs(l->spend[cell][k] - spend)) k = j;
    const by_group_t *at = &l->by_group[cell][k], *none = &l->by_group[cell][0];
    double all = without(at->spend, NOBODY) - without(none->spend, NOBODY);
    double rest = without(at->spend, group) - without(none->spend, group);
    return all > 0 && rest > 0 ? rest / all : 1;
}

/* The cell's curve where a group is left out. */
static spline_t *fit_without(const levels_t *l, int cell, int group)
{
    double y[CURVE_LEVELS];
    for (int k = 0; k < l->n[cell]; k++)
        y[k] = without(l->by_group[cell][k].response, group) -
               without(l->by_group[cell][0].response, group);
    return curve_through(l, cell, y);
}

static curve_t joined(const spline_t *fit)
{
    return (curve_t){.form = CURVE_POINTS_JOINED, .spline = fit};
}

/* By which power of spend the slope changes, from three quarters of it to four thirds: points are too far apart to tell
 * it at one spend. */
static double slope_power(const curve_t *c, double spend, double end)
{
    double from = 0.75 * spend, to = m_min(spend / 0.75, end);
    double before = curve_slope(c, from), after = curve_slope(c, to);
    return from < to && before > 0 && after > 0 ? m_log(after / before) / m_log(to / from) : 0;
}

/* False when memory is out. */
static bool change_find(const levels_t *l, int cell, double spend, people_change_t *change)
{
    double end = l->spend[cell][l->n[cell] - 1] * (1 - 1e-9), at = m_min(spend, end);
    spline_t *fit = fit_without(l, cell, NOBODY);
    if (!fit) return false;
    curve_t all = joined(fit);
    double slope = curve_slope(&all, at), power = slope > 0 ? slope_power(&all, at, end) : 0;
    free(fit);
    for (int g = 0; slope > 0 && g < GROUPS; g++) {
        double less = spend_without(l, cell, spend, g);
        fit = fit_without(l, cell, g);
        if (!fit) return false;
        curve_t rest = joined(fit);
        change->without[g] = curve_slope(&rest, at) / slope / less * m_pow(less, -power) - 1;
        free(fit);
    }
    return true;
}

status_t levels_people(const levels_t *l, const double *spend,
                       people_change_t change[ALLOCATION_CELLS], error_t *err)
{
    for (int i = 0; i < ALLOCATION_CELLS; i++) {
        change[i] = (people_change_t){{0}};
        if (l->n[i] > 1 && !change_find(l, i, spend[i], &change[i]))
            return fail_memory(err, "curves without a group of people");
    }
    return OK;
}
