/* flights.c -- lots moved between periods, from several spreads: even, early, and one to all periods in pulses.
 *
 * The gradient over the periods is exact and says which to take from and which to give to; a move is kept where the
 * spread gains by it. Lots begin with half of the money, for between two pulses of an S-curve lies a valley that small
 * ones do not cross. */
#include "sim/allocate/flights.h"

#include "models/base/maths.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- the gradient --------------------------------------------------------------------------------- */

/* What a unit more in each period brings, there and by what is left of it later. */
static void gradient(const problem_t *p, const cell_t *c, const flight_plan_t *plan, double *slope)
{
    double effective[ALLOCATION_PERIODS], later = 0;
    plan_effective(plan, p->periods, c->decay, effective);
    if (p->carry_out) later = plan_slope_after(c, effective[p->periods - 1]);
    for (int t = p->periods - 1; t >= 0; t--)
        later = slope[t] = curve_slope(&c->curve, effective[t]) + c->decay * later;
}

double flights_slope(const problem_t *p, const cell_t *c, const flight_plan_t *plan)
{
    double slope[ALLOCATION_PERIODS], most = 0;
    gradient(p, c, plan, slope);
    for (int t = 0; t < p->periods; t++) most = m_max(most, slope[t]);
    return most;
}

/* --- lots ----------------------------------------------------------------------------------------- */

enum { TRIED = 3, HALVINGS = 16 }; /* periods that give, and that take; sizes of lots */

/* The periods with the highest slopes (of +1), or the lowest among those that have money (of -1). */
static int periods_pick(const problem_t *p, const flight_plan_t *plan, const double *slope,
                        int sign, int *out)
{
    int n = 0;
    for (int t = 0; t < p->periods; t++) {
        if (sign < 0 && !(plan->spend[t] > 0)) continue;
        int at = n < TRIED ? n++ : n;
        while (at > 0 && sign * slope[t] > sign * slope[out[at - 1]]) {
            if (at < TRIED) out[at] = out[at - 1];
            at--;
        }
        if (at < TRIED) out[at] = t;
    }
    return n;
}

static bool lot_move(const problem_t *p, const cell_t *c, double lot, flight_plan_t *plan,
                     double *now)
{
    double slope[ALLOCATION_PERIODS];
    int to[TRIED], from[TRIED];
    gradient(p, c, plan, slope);
    int takers = periods_pick(p, plan, slope, 1, to),
        givers = periods_pick(p, plan, slope, -1, from);
    for (int i = 0; i < takers; i++)
        for (int j = 0; j < givers; j++) {
            if (to[i] == from[j]) continue;
            flight_plan_t at = *plan;
            double moved = m_min(lot, at.spend[from[j]]);
            at.spend[from[j]] -= moved;
            at.spend[to[i]] += moved;
            double value = plan_response(p, c, &at);
            if (!(value > *now * (1 + 1e-13))) continue;
            *plan = at;
            *now = value;
            return true;
        }
    return false;
}

static double lots_move(const problem_t *p, const cell_t *c, double total, flight_plan_t *plan)
{
    double now = plan_response(p, c, plan), lot = total / 2;
    for (int k = 0; k < HALVINGS; k++, lot /= 3)
        for (int moves = 0; moves < 2 * p->periods && lot_move(p, c, lot, plan, &now); moves++)
            continue;
    return now;
}

/* --- from several spreads ------------------------------------------------------------------------- */

typedef struct {
    flight_plan_t plan;
    double value;
} flight_t;

/* The best of those that were offered, in falling order. */
enum { KEPT = 4 };
typedef struct {
    int n;
    flight_t flight[KEPT];
} kept_t;

static void offer(const problem_t *p, const cell_t *c, const flight_plan_t *plan, kept_t *kept)
{
    flight_t new = {*plan, plan_response(p, c, plan)};
    int at = kept->n < KEPT ? kept->n++ : KEPT;
    for (; at > 0 && new.value > kept->flight[at - 1].value; at--)
        if (at < KEPT) kept->flight[at] = kept->flight[at - 1];
    if (at < KEPT) kept->flight[at] = new;
}

/* k pulses, evenly over the periods from the first; or in its first k periods. */
static void pulses(const problem_t *p, double total, int k, bool early, flight_plan_t *out)
{
    *out = (flight_plan_t){{0}};
    for (int j = 0; j < k; j++) out->spend[early ? j : j * p->periods / k] = total / k;
}

static void offer_scaled(const problem_t *p, const cell_t *c, const flight_plan_t *like,
                         double share, kept_t *kept)
{
    flight_plan_t plan = *like;
    for (int t = 0; t < p->periods; t++) plan.spend[t] *= share;
    offer(p, c, &plan, kept);
}

static double flight_search(const problem_t *p, const cell_t *c, double total,
                            const flight_plan_t *before, double share, flight_plan_t *out)
{
    kept_t kept = {0};
    flight_plan_t plan;
    for (int k = 1; k <= p->periods; k += 1 + k / 8)
        for (int early = 0; early < 2; early++) {
            pulses(p, total, k, early, &plan);
            offer(p, c, &plan, &kept);
        }
    pulses(p, total, p->periods, false, &plan);
    offer(p, c, &plan, &kept);
    if (before) offer_scaled(p, c, before, share, &kept);
    double best = -INFINITY;
    for (int k = 0; k < kept.n; k++) {
        double value = lots_move(p, c, total, &kept.flight[k].plan);
        if (value <= best) continue;
        best = value;
        *out = kept.flight[k].plan;
    }
    return best;
}

/* --- many totals ---------------------------------------------------------------------------------- */

/* Close together at small totals, where curves bend. */
static double total_at(double top, int k)
{
    double share = (double)k / FLIGHT_TOTALS;
    return top * share * share * share;
}

flights_t *flights_new(const problem_t *p, const cell_t *c, double top)
{
    flights_t *f = calloc(1, sizeof *f);
    double value[FLIGHT_TOTALS + 1];
    if (!f) return NULL;
    f->n = FLIGHT_TOTALS + 1;
    value[0] = plan_response(p, c, &f->plan[0]);
    for (int k = 1; k < f->n; k++) {
        f->total[k] = total_at(top, k);
        double found = cell_is_flown(p, c)
                           ? flight_search(p, c, f->total[k], k > 1 ? &f->plan[k - 1] : NULL,
                                           k > 1 ? f->total[k] / f->total[k - 1] : 1, &f->plan[k])
                           : cell_response(p, c, f->total[k], &f->plan[k]);
        value[k] = m_max(found, value[k - 1]);
    }
    f->value = spline_new(f->total, value, f->n);
    if (f->value) return f;
    flights_delete(f);
    return NULL;
}

void flights_delete(flights_t *f)
{
    if (f) free(f->value);
    free(f);
}

double flights_spread(const problem_t *p, const cell_t *c, double total, bool improve,
                      flight_plan_t *plan)
{
    const flights_t *f = c->flights;
    kept_t kept = {0};
    int k = 1;
    *plan = (flight_plan_t){{0}};
    if (!(total > 0)) return plan_response(p, c, plan);
    while (k + 1 < f->n && f->total[k] < total) k++;
    offer_scaled(p, c, &f->plan[k], total / f->total[k], &kept);
    if (k > 1) offer_scaled(p, c, &f->plan[k - 1], total / f->total[k - 1], &kept);
    double best = kept.flight[0].value;
    *plan = kept.flight[0].plan;
    for (int j = 0; improve && j < kept.n; j++) {
        double value = lots_move(p, c, total, &kept.flight[j].plan);
        if (value <= best) continue;
        best = value;
        *plan = kept.flight[j].plan;
    }
    return best;
}
