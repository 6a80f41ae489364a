/* lots.c -- the multiple-choice knapsack: each cell one of its spends, the sum within the budget. */
#include "sim/allocate/lots.h"

#include "models/base/maths.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- the dynamic programme ---------------------------------------------------------------------- */

typedef struct {
    const problem_t *problem;
    const dual_t *prices;
    bool inner[ALLOCATION_LIMITS];
    double lot;
    int steps;
    double *value, *whole, *group, *next; /* steps + 1 of each */
    uint16_t *choice;                     /* [table][steps + 1] */
} programme_t;

/* Spend of a cell that is given k steps. */
static double spend_of(const programme_t *d, int cell, int k)
{
    const cell_t *c = &d->problem->cell[cell];
    double x = m_min(cell_least(c) + k * d->lot, c->high);
    return c->optional && x < c->low - 1e-9 * c->low ? 0 : x;
}

/* Sides outside the programme are paid for. */
static double outer_price(const programme_t *d, int cell)
{
    double sum = 0;
    for (int k = 0; k < d->problem->n_sides; k++)
        if (!d->inner[k]) sum += d->prices->side_price[k] * d->problem->side[k].weight[cell];
    return sum;
}

static void cell_table(const programme_t *d, int cell)
{
    const problem_t *p = d->problem;
    double price = outer_price(d, cell), before = -1;
    for (int k = 0; k <= d->steps; k++) {
        double x = spend_of(d, cell, k);
        d->value[k] = k && x == before ? d->value[k - 1]
                                       : cell_response(p, &p->cell[cell], x, NULL) - price * x;
        before = x;
    }
}

/* The best of giving k steps to the table `add` and the rest to `sum`. */
static void join(const programme_t *d, double *sum, const double *add, uint16_t *choice)
{
    for (int b = 0; b <= d->steps; b++) {
        double best = -INFINITY;
        int at = 0;
        for (int k = 0; k <= b; k++) {
            double v = sum[b - k] + add[k];
            if (v > best) {
                best = v;
                at = k;
            }
        }
        d->next[b] = best;
        choice[b] = (uint16_t)at;
    }
    memcpy(sum, d->next, (size_t)(d->steps + 1) * sizeof *sum);
}

static void table_zero(const programme_t *d, double *table)
{
    for (int b = 0; b <= d->steps; b++) table[b] = b ? -INFINITY : 0;
}

/* Steps that a group may take. */
static void group_cut(const programme_t *d, int side)
{
    const problem_t *p = d->problem;
    double base = 0;
    for (int i = 0; i < p->n; i++)
        if (p->side[side].weight[i] != 0) base += cell_least(&p->cell[i]);
    double low = ceil((p->side[side].low - base) / d->lot - 1e-9),
           high = floor((p->side[side].high - base) / d->lot + 1e-9);
    for (int b = 0; b <= d->steps; b++)
        if (b < low || b > high) d->group[b] = -INFINITY;
}

/* Tables are joined: cells of each group, the groups, the other cells. Rows of `choice`: cells, then groups. */
static int group_of(const programme_t *d, int cell)
{
    for (int k = 0; k < d->problem->n_sides; k++)
        if (d->inner[k] && d->problem->side[k].weight[cell] != 0) return k;
    return -1;
}

static uint16_t *row_of(const programme_t *d, int table)
{
    return d->choice + (size_t)table * (size_t)(d->steps + 1);
}

static void programme_run(const programme_t *d)
{
    const problem_t *p = d->problem;
    table_zero(d, d->whole);
    for (int k = 0; k < p->n_sides; k++) {
        if (!d->inner[k]) continue;
        table_zero(d, d->group);
        for (int i = 0; i < p->n; i++) {
            if (group_of(d, i) != k) continue;
            cell_table(d, i);
            join(d, d->group, d->value, row_of(d, i));
        }
        group_cut(d, k);
        join(d, d->whole, d->group, row_of(d, p->n + k));
    }
    for (int i = 0; i < p->n; i++) {
        if (group_of(d, i) >= 0) continue;
        cell_table(d, i);
        join(d, d->whole, d->value, row_of(d, i));
    }
}

/* Backwards, the last joined first. False if nothing was possible. */
static bool programme_read(const programme_t *d, double *spend)
{
    const problem_t *p = d->problem;
    int best = 0;
    for (int b = 1; b <= d->steps; b++)
        if (d->whole[b] > d->whole[best]) best = b;
    if (!(d->whole[best] > -INFINITY)) return false;
    for (int i = p->n - 1; i >= 0; i--) {
        if (group_of(d, i) >= 0) continue;
        int k = row_of(d, i)[best];
        spend[i] = spend_of(d, i, k);
        best -= k;
    }
    for (int g = p->n_sides - 1; g >= 0; g--) {
        if (!d->inner[g]) continue;
        int rest = row_of(d, p->n + g)[best];
        best -= rest;
        for (int i = p->n - 1; i >= 0; i--) {
            if (group_of(d, i) != g) continue;
            int k = row_of(d, i)[rest];
            spend[i] = spend_of(d, i, k);
            rest -= k;
        }
    }
    return true;
}

status_t lots_best(const problem_t *p, double lot, const dual_t *prices, double *spend, bool *found,
                   error_t *err)
{
    programme_t d = {.problem = p, .prices = prices, .lot = lot};
    double base = 0;
    for (int i = 0; i < p->n; i++) base += cell_least(&p->cell[i]);
    *found = false;
    if (base > p->budget * (1 + 1e-12)) return OK;
    d.steps = (int)m_min(floor((p->budget - base) / lot + 1e-6), LOTS_MOST);
    size_t width = (size_t)d.steps + 1;
    sides_sort(p, d.inner);
    d.value = malloc(4 * width * sizeof *d.value);
    d.choice = malloc((size_t)(p->n + p->n_sides) * width * sizeof *d.choice);
    if (d.value && d.choice) {
        d.whole = d.value + width;
        d.group = d.whole + width;
        d.next = d.group + width;
        programme_run(&d);
        *found = programme_read(&d, spend);
    }
    bool memory = d.value && d.choice;
    free(d.value);
    free(d.choice);
    return memory ? OK : fail_memory(err, "the split in lots");
}

/* --- lot by lot --------------------------------------------------------------------------------- */

static double step_up(const problem_t *p, int cell, double lot, double x)
{
    const cell_t *c = &p->cell[cell];
    double to = c->optional && x < c->low ? c->low : x + lot;
    return to <= c->high * (1 + 1e-12) ? to : NAN;
}

static double step_down(const problem_t *p, int cell, double lot, double x)
{
    const cell_t *c = &p->cell[cell];
    double to = x - lot;
    if (c->optional && x > 0 && to < c->low - 1e-9 * lot) to = 0;
    return x > 0 && to >= cell_least(c) - 1e-9 * lot ? m_max(to, 0) : NAN;
}

static double gain_between(const problem_t *p, int cell, double from, double to)
{
    const cell_t *c = &p->cell[cell];
    return cell_response(p, c, to, NULL) - cell_response(p, c, from, NULL);
}

void lots_greedy(const problem_t *p, double lot, double *spend)
{
    double left = p->budget, gain[ALLOCATION_CELLS];
    for (int i = 0; i < p->n; i++) {
        spend[i] = cell_least(&p->cell[i]);
        left -= spend[i];
    }
    for (int i = 0; i < p->n; i++) {
        double to = step_up(p, i, lot, spend[i]);
        gain[i] = m_is_nan(to) ? 0 : gain_between(p, i, spend[i], to);
    }
    while (left >= lot * (1 - 1e-9)) {
        int best = 0;
        for (int i = 1; i < p->n; i++)
            if (gain[i] > gain[best]) best = i;
        if (!(gain[best] > 0)) break;
        spend[best] += lot;
        left -= lot;
        double to = step_up(p, best, lot, spend[best]);
        gain[best] = m_is_nan(to) ? 0 : gain_between(p, best, spend[best], to);
    }
}

/* The best single move; false if none brings more. */
static bool move_once(const problem_t *p, double lot, double *spend)
{
    double best = 1e-12 * m_abs(problem_response(p, spend)), now[ALLOCATION_CELLS];
    double left = p->budget - problem_spend(p, spend);
    int from = -1, into = -1;
    memcpy(now, spend, (size_t)p->n * sizeof *now);
    for (int i = 0; i < p->n; i++) {
        double up = step_up(p, i, lot, spend[i]);
        if (m_is_nan(up)) continue;
        double gain = gain_between(p, i, spend[i], up);
        for (int j = -1; j < p->n; j++) { /* -1: out of what is unspent */
            double down = j < 0 ? 0 : step_down(p, j, lot, spend[j]);
            if (j == i || m_is_nan(down)) continue;
            double freed = left + (j < 0 ? 0 : spend[j] - down);
            if (up - spend[i] > freed + 1e-9 * lot) continue;
            double more = gain + (j < 0 ? 0 : gain_between(p, j, spend[j], down));
            if (more <= best) continue;
            now[i] = up;
            if (j >= 0) now[j] = down;
            if (problem_allows(p, now)) {
                best = more;
                from = j;
                into = i;
            }
            now[i] = spend[i];
            if (j >= 0) now[j] = spend[j];
        }
    }
    if (into < 0) return false;
    spend[into] = step_up(p, into, lot, spend[into]);
    if (from >= 0) spend[from] = step_down(p, from, lot, spend[from]);
    return true;
}

/* By how much limits are broken. */
static double broken(const problem_t *p, const double *spend)
{
    double sum = m_max(problem_spend(p, spend) - p->budget, 0);
    for (int k = 0; k < p->n_sides; k++) {
        double x = side_sum(p, &p->side[k], spend);
        sum += m_max(x - p->side[k].high, 0) + m_max(p->side[k].low - x, 0);
    }
    return sum;
}

/* The single move that mends the most, of these the one that costs the least; false if none mends. */
static bool mend_once(const problem_t *p, double lot, double *spend)
{
    double before = broken(p, spend), best = 0, cost = INFINITY, to[ALLOCATION_CELLS];
    double at[ALLOCATION_CELLS];
    memcpy(at, spend, (size_t)p->n * sizeof *at);
    for (int i = -1; i < p->n; i++)
        for (int j = -1; j < p->n; j++) {
            double up = i < 0 ? 0 : step_up(p, i, lot, spend[i]),
                   down = j < 0 ? 0 : step_down(p, j, lot, spend[j]);
            if (i == j || m_is_nan(up) || m_is_nan(down)) continue;
            if (i >= 0) at[i] = up;
            if (j >= 0) at[j] = down;
            double mended = before - broken(p, at), lost = -problem_response(p, at);
            bool more = mended > best + 1e-9 || (best > 0 && mended > best - 1e-9 && lost < cost);
            if (mended > 1e-9 && more) {
                best = mended;
                cost = lost;
                memcpy(to, at, (size_t)p->n * sizeof *to);
            }
            if (i >= 0) at[i] = spend[i];
            if (j >= 0) at[j] = spend[j];
        }
    if (!(best > 0)) return false;
    memcpy(spend, to, (size_t)p->n * sizeof *to);
    return true;
}

void lots_mend(const problem_t *p, double lot, double *spend)
{
    enum { MOVES_MOST = 4000 };
    for (int k = 0; k < MOVES_MOST && !problem_allows(p, spend) && mend_once(p, lot, spend); k++)
        continue;
}

void lots_exchange(const problem_t *p, double lot, double *spend)
{
    enum { MOVES_MOST = 2000 };
    for (int k = 0; k < MOVES_MOST && move_once(p, lot, spend); k++) continue;
}
