/* aim.c -- each aim is a search over the budget: the best split of every budget is the frontier, and what is
 * wanted is a point on it. */
#include "sim/allocate/aim.h"

#include "models/base/maths.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SCAN = 96, HALVINGS = 200 };
/* A budget that no plan reaches. */
static const double BUDGET_MOST = 1e13;

bool aim_has_goal(aim_t aim)
{
    return aim == AIM_MIN_SPEND || aim == AIM_TARGET_CPA || aim == AIM_TARGET_ROAS ||
           aim == AIM_TARGET_MROAS || aim == AIM_TARGET_FREQUENCY;
}

bool aim_chooses_spend(aim_t aim)
{
    return aim_has_goal(aim) || aim == AIM_MAX_PROFIT;
}

double aim_measure(const aiming_t *a, double spend, double response, double price)
{
    switch (a->aim) {
    case AIM_TARGET_CPA: return response > 0 ? spend / response : NAN;
    case AIM_TARGET_ROAS: return spend > 0 ? a->value * response / spend : NAN;
    case AIM_TARGET_MROAS: return a->value * price;
    case AIM_MAX_PROFIT: return a->value * response - spend;
    default: return response;
    }
}

/* --- the frontier ------------------------------------------------------------------------------- */

typedef struct {
    problem_t *problem; /* whose budget is moved */
    const aiming_t *aiming;
    solution_t *at;
    double least, most; /* budgets that may be asked for */
    status_t status;
    error_t *err;
} frontier_t;

static bool frontier_at(frontier_t *f, double budget)
{
    f->problem->budget = budget;
    if (f->status == OK) f->status = problem_solve_quick(f->problem, f->at, f->err);
    return f->status == OK;
}

static double measure_at(const frontier_t *f)
{
    return aim_measure(f->aiming, f->at->total_spend, f->at->total_response, f->at->price);
}

/* Is the goal met at the budget that was solved last? */
static bool is_met(const frontier_t *f)
{
    double m = measure_at(f), goal = f->aiming->goal, slack = 1e-12 * m_abs(goal);
    if (f->aiming->aim == AIM_TARGET_CPA) return m <= goal + slack;
    return m >= goal - slack;
}

/* `in` is met, `out` is not: budgets next to each other, of which *in is met. */
static void halve(frontier_t *f, double *in, double out)
{
    for (int k = 0; k < HALVINGS && f->status == OK; k++) {
        double middle = (*in + out) / 2;
        if (m_abs(out - *in) <= 1e-13 * (1 + m_abs(out)) || middle == *in || middle == out) break;
        if (!frontier_at(f, middle)) break;
        if (is_met(f))
            *in = middle;
        else
            out = middle;
    }
}

/* Above it no budget can keep the ratio: with the response at most price x + gain at half the goal's price, it
 * is gain / (half the price). */
static double ratio_most(const frontier_t *f)
{
    const problem_t *p = f->problem;
    const aiming_t *a = f->aiming;
    double price = a->aim == AIM_TARGET_CPA ? 0.5 / a->goal : 0.5 * a->goal / a->value, gain = 0;
    for (int i = 0; i < p->n; i++) {
        double x = cell_spend_at(p, &p->cell[i], price);
        gain += cell_response(p, &p->cell[i], x, NULL) - price * x;
    }
    return m_max(gain, 0) / price * 2 + f->least;
}

/* --- most, and where ---------------------------------------------------------------------------- */

/* Budgets to look at, close together near the least. */
static double scan_budget(const frontier_t *f, double top, int k)
{
    double share = (double)k / SCAN;
    return f->least + (top - f->least) * share * share;
}

/* The largest budget that keeps a return or a cost. */
static bool ratio_search(frontier_t *f, double *budget, double *best)
{
    double top = m_min(f->most, ratio_most(f)), last = -1, next = -1;
    bool cost = f->aiming->aim == AIM_TARGET_CPA;
    *best = NAN;
    for (int k = 0; k <= SCAN && f->status == OK; k++) {
        double b = scan_budget(f, top, k);
        if (!frontier_at(f, b)) return false;
        double m = measure_at(f);
        if (m_is_nan(m)) continue;
        if (m_is_nan(*best) || (cost ? m < *best : m > *best)) *best = m;
        if (is_met(f)) {
            last = b;
            next = -1;
        } else if (next < 0) {
            next = b;
        }
    }
    if (last < 0) {
        /* Concave curves return the most for the first money: below the first step of the scan. */
        double low = f->least + (top - f->least) * 1e-9;
        if (!frontier_at(f, low)) return false;
        double m = measure_at(f);
        if (!m_is_nan(m) && (m_is_nan(*best) || (cost ? m < *best : m > *best))) *best = m;
        if (!is_met(f)) return false;
        last = low;
        next = scan_budget(f, top, 1);
    }
    if (next > 0) halve(f, &last, next);
    *budget = last;
    return f->status == OK;
}

/* The least budget for a response. */
static bool least_search(frontier_t *f, double *budget, double *best)
{
    double top = m_min(f->most, m_max(f->least, 1));
    if (!frontier_at(f, f->least)) return false;
    *best = f->at->total_response;
    *budget = f->least;
    if (is_met(f)) return true;
    while (frontier_at(f, top)) {
        *best = f->at->total_response;
        if (is_met(f) || top >= f->most || top >= BUDGET_MOST) break;
        top = m_min(top * 2, f->most);
    }
    if (f->status != OK || !is_met(f)) return false;
    *budget = top;
    halve(f, budget, f->least);
    return f->status == OK;
}

/* What the cells take at a price of money, within their sides. Falls with the price. */
static void price_search(frontier_t *f, double price, double *budget)
{
    double low = f->least, high = m_max(m_min(f->most, 1), low);
    while (frontier_at(f, high) && f->at->price > price && high < f->most) {
        low = high;
        high = m_min(high * 2, f->most);
    }
    if (f->status == OK && f->at->price <= price)
        for (int k = 0; k < HALVINGS && high - low > 1e-14 * high; k++) {
            double middle = (low + high) / 2;
            if (middle == low || middle == high || !frontier_at(f, middle)) break;
            if (f->at->price > price)
                low = middle;
            else
                high = middle;
        }
    *budget = high;
}

/* Most of value x response - spend where curves bend upwards: the best of a scan, then of the budgets beside
 * it. */
static void profit_scan(frontier_t *f, double price, double *budget)
{
    double top = f->most, best = -INFINITY;
    if (!(top < BUDGET_MOST)) {
        top = f->least;
        for (int i = 0; i < f->problem->n; i++)
            top += cell_spend_at(f->problem, &f->problem->cell[i], price);
        top = m_min(top, BUDGET_MOST);
    }
    double low = f->least, high = top;
    for (int round = 0; round < 5; round++) {
        double from = low, to = high;
        for (int k = 0; k <= SCAN / 4; k++) {
            double b = from + (to - from) * k / (SCAN / 4);
            if (!frontier_at(f, b)) return;
            double gain = f->at->total_response - price * f->at->total_spend;
            if (gain <= best) continue;
            best = gain;
            *budget = f->at->total_spend;
            low = m_max(b - (to - from) / (SCAN / 4), f->least);
            high = m_min(b + (to - from) / (SCAN / 4), top);
        }
    }
}

/* --- a frequency -------------------------------------------------------------------------------- */

typedef struct {
    const cell_t *cell;
    double cpm, goal;
} frequency_t;

static double frequency_over(double spend, const void *context)
{
    const frequency_t *w = context;
    return 1000 * spend / w->cpm - w->goal * curve_response(&w->cell->curve, spend);
}

static void frequency_split(const problem_t *p, const aiming_t *a, double *spend)
{
    for (int i = 0; i < p->n; i++) {
        const cell_t *c = &p->cell[i];
        frequency_t w = {c, c->curve.parameter[PARAMETER_CPM], a->goal};
        double high = 1;
        while (frequency_over(high, &w) <= 0 && high < BUDGET_MOST) high *= 2;
        double x = a->goal > 1 ? root_between(frequency_over, &w, high * 1e-12, high) : 0;
        spend[i] = m_min(m_max(x, c->low), c->high);
    }
}

static status_t frequency_solve(const problem_t *p, const aiming_t *a, outcome_t *out)
{
    double spend[ALLOCATION_CELLS], impressions = 0;
    frequency_split(p, a, spend);
    solution_of_split(p, spend, &out->best);
    for (int i = 0; i < p->n; i++) out->best.held[i] = HOLD_BY_TARGET;
    for (int i = 0; i < p->n; i++)
        impressions += 1000 * spend[i] / p->cell[i].curve.parameter[PARAMETER_CPM];
    out->achieved = impressions / out->best.total_response;
    out->reached = problem_allows(p, spend);
    if (!out->reached)
        snprintf(out->text, sizeof out->text,
                 "a frequency of %.10g takes %.10g, more than the budget or the limits allow",
                 a->goal, out->best.total_spend);
    return OK;
}

/* --- all aims ----------------------------------------------------------------------------------- */

static double budgets_most(const problem_t *p, const feasibility_t *possible)
{
    return m_min(m_min(p->budget, possible->most), BUDGET_MOST);
}

void aim_words_out_of_reach(const aiming_t *a, double best, int digits, char *out, size_t size)
{
    static const char *const what[] = {[AIM_MIN_SPEND] = "most",
                                       [AIM_TARGET_CPA] = "lowest cost per response",
                                       [AIM_TARGET_ROAS] = "highest return",
                                       [AIM_TARGET_MROAS] = "highest marginal return",
                                       [AIM_TARGET_FREQUENCY] = "highest frequency"};
    snprintf(out, size, "the %s that can be had is %.*g, %s %.10g", what[a->aim], digits, best,
             a->aim == AIM_TARGET_CPA ? "above" : "below", a->goal);
}

/* The budget that the aim takes; false where the goal is out of reach, and *budget the nearest. */
static bool budget_search(frontier_t *f, double *budget, double *best)
{
    const aiming_t *a = f->aiming;
    double price = a->aim == AIM_TARGET_MROAS ? a->goal / a->value : 1 / a->value;
    *best = NAN;
    switch (a->aim) {
    case AIM_TARGET_CPA:
    case AIM_TARGET_ROAS: return ratio_search(f, budget, best);
    case AIM_MIN_SPEND: return least_search(f, budget, best);
    case AIM_TARGET_MROAS:
    case AIM_MAX_PROFIT:
        if (problem_is_concave(f->problem) && f->problem->lot <= 0)
            price_search(f, price, budget);
        else
            profit_scan(f, price, budget);
        return true;
    default: *budget = f->most; return true;
    }
}

/* Where the goal is out of reach: the budget that comes nearest to it. */
static double nearest_budget(frontier_t *f, const aiming_t *a)
{
    if (a->aim == AIM_MIN_SPEND) return f->most;
    double top = m_min(f->most, ratio_most(f)), at = f->least, best = NAN;
    for (int k = 0; k <= SCAN && frontier_at(f, scan_budget(f, top, k)); k++) {
        double m = measure_at(f);
        bool more = m_is_nan(best) || (a->aim == AIM_TARGET_CPA ? m < best : m > best);
        if (m_is_nan(m) || !more) continue;
        best = m;
        at = f->problem->budget;
    }
    return at;
}

/* Straight lines without end, and nothing else that ends the spend. */
static status_t endless(const problem_t *p, const solution_t *x, error_t *err)
{
    int most = 0;
    for (int i = 1; i < p->n; i++)
        if (x->spend[i] > x->spend[most]) most = i;
    return fail(err, ERR_INVALID,
                "nothing ends the spend of %.100s: give it a max, or give a budget",
                p->cell[most].name);
}

/* Where the aim asks for less than the budget, it is the aim that holds. */
static void held_by_aim(const aiming_t *a, double asked, solution_t *x, int n)
{
    bool less = x->total_spend < asked - 1e-5;
    for (int i = 0; i < n && less && aim_chooses_spend(a->aim); i++)
        if (x->held[i] == HOLD_BY_BUDGET) x->held[i] = HOLD_BY_TARGET;
}

static status_t aim_search(frontier_t *f, double asked, outcome_t *out, error_t *err)
{
    const aiming_t *a = f->aiming;
    double budget = f->most, best = NAN;
    out->reached = budget_search(f, &budget, &best);
    if (f->status != OK) return f->status;
    if (!out->reached) {
        aim_words_out_of_reach(a, best, 10, out->text, sizeof out->text);
        budget = nearest_budget(f, a);
        if (f->status != OK) return f->status;
    }
    f->problem->budget = budget;
    status_t st = problem_solve(f->problem, &out->best, err);
    if (st != OK) return st;
    if (out->best.total_spend > BUDGET_MOST / 100) return endless(f->problem, &out->best, err);
    held_by_aim(a, asked, &out->best, f->problem->n);
    out->achieved =
        aim_measure(a, out->best.total_spend, out->best.total_response, out->best.price);
    out->attainable_high = m_is_nan(best) ? out->achieved : best;
    out->unspent = m_is_finite(asked) && !aim_chooses_spend(a->aim)
                       ? m_max(asked - out->best.total_spend, 0)
                       : 0;
    if (out->unspent < 5e-7) out->unspent = 0;
    return OK;
}

status_t aim_solve(const problem_t *p, const aiming_t *a, outcome_t *out, error_t *err)
{
    feasibility_t possible;
    *out = (outcome_t){.attainable_low = NAN, .attainable_high = NAN};
    if (!problem_feasible(p, &possible)) return fail(err, ERR_INVALID, "%s", possible.text);
    if (a->aim == AIM_TARGET_FREQUENCY) return frequency_solve(p, a, out);
    frontier_t f = {.aiming = a, .err = err};
    f.problem = malloc(sizeof *f.problem);
    f.at = malloc(sizeof *f.at);
    status_t st = f.problem && f.at ? OK : fail_memory(err, "the frontier");
    if (st == OK) {
        *f.problem = *p;
        f.least = possible.least;
        f.most = budgets_most(p, &possible);
        st = aim_search(&f, p->budget, out, err);
    }
    free(f.problem);
    free(f.at);
    return st;
}
