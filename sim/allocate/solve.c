/* solve.c -- the ladder: is it possible; the dual; lots and branches where cells bend upwards; the words. */
#include "sim/allocate/solve.h"

#include "models/base/maths.h"
#include "sim/allocate/dual.h"
#include "sim/allocate/flights.h"
#include "sim/allocate/lots.h"
#include "sim/allocate/search.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const held_names[HOLD_KINDS] = {
    [HOLD_BY_BUDGET] = "budget",
    [HOLD_BY_MAX] = "max",
    [HOLD_BY_MIN] = "min",
    [HOLD_FIXED] = "fixed",
    [HOLD_BY_MIN_IF_USED] = "min_if_used",
    [HOLD_BY_CHANGE] = "change_at_most",
    [HOLD_SATURATED] = "saturated",
    [HOLD_BY_RANGE] = "range",
    [HOLD_AT_ZERO] = "zero",
    [HOLD_BY_SIDE] = "group",
    [HOLD_BY_LOT] = "lot",
    [HOLD_BY_TARGET] = "target",
    [HOLD_BY_NOTHING] = "nothing",
};

/* Gaps below this are rounding. */
static const double PROVEN = 1e-9;
static const double MICRO = 1e-6;
enum { GRID_STEPS = 1000, NODES_MOST = 600 };

/* --- is it possible? ---------------------------------------------------------------------------- */

static void name_add(char *list, size_t size, const char *name)
{
    size_t used = strlen(list);
    snprintf(list + used, size - used, "%s%s", used ? ", " : "", name);
}

/* Least and most of a side, given the cells alone. */
static void side_range(const problem_t *p, const side_t *s, double *least, double *most)
{
    *least = *most = 0;
    for (int i = 0; i < p->n; i++) {
        double w = s->weight[i], low = cell_least(&p->cell[i]), high = p->cell[i].high;
        if (w == 0) continue;
        *least += w > 0 ? w * low : w * high;
        *most += w > 0 ? w * high : w * low;
    }
}

static bool cells_possible(const problem_t *p, feasibility_t *out)
{
    for (int i = 0; i < p->n; i++)
        if (p->cell[i].low > p->cell[i].high) {
            snprintf(out->text, sizeof out->text,
                     "%.100s must spend at least %.10g and at most %.10g", p->cell[i].name,
                     p->cell[i].low, p->cell[i].high);
            return false;
        }
    return true;
}

static bool sides_possible(const problem_t *p, feasibility_t *out)
{
    for (int k = 0; k < p->n_sides; k++) {
        const side_t *s = &p->side[k];
        double least, most, slack = 1e-9 * (1 + m_abs(s->low) + m_abs(s->high));
        side_range(p, s, &least, &most);
        if (!m_is_finite(s->low) && !m_is_finite(s->high)) continue;
        if (least > s->high + slack)
            snprintf(out->text, sizeof out->text,
                     "the least that its cells must spend brings %.120s to %.10g, above %.10g",
                     s->name, least, s->high);
        else if (most < s->low - slack)
            snprintf(out->text, sizeof out->text,
                     "the most that its cells may spend brings %.120s to %.10g, below %.10g",
                     s->name, most, s->low);
        if (*out->text) return false;
    }
    return true;
}

/* Least and most spend, groups included. */
static void spends_range(const problem_t *p, feasibility_t *out)
{
    bool inner[ALLOCATION_LIMITS];
    sides_sort(p, inner);
    out->least = out->most = 0;
    for (int i = 0; i < p->n; i++) {
        bool grouped = false;
        for (int k = 0; k < p->n_sides; k++)
            grouped = grouped || (inner[k] && p->side[k].weight[i] != 0);
        if (grouped) continue;
        out->least += cell_least(&p->cell[i]);
        out->most += p->cell[i].high;
    }
    for (int k = 0; k < p->n_sides; k++) {
        double least, most;
        if (!inner[k]) continue;
        side_range(p, &p->side[k], &least, &most);
        out->least += m_max(least, p->side[k].low);
        out->most += m_min(most, p->side[k].high);
    }
}

bool problem_feasible(const problem_t *p, feasibility_t *out)
{
    *out = (feasibility_t){0};
    if (!cells_possible(p, out) || !sides_possible(p, out)) return false;
    spends_range(p, out);
    if (out->least <= p->budget + 1e-9 * (1 + m_abs(p->budget))) return true;
    char names[200] = "";
    for (int i = 0; i < p->n; i++)
        if (cell_least(&p->cell[i]) > 0) name_add(names, sizeof names, p->cell[i].name);
    for (int k = 0; k < p->n_sides; k++)
        if (p->side[k].plain && p->side[k].low > 0) name_add(names, sizeof names, p->side[k].name);
    snprintf(out->text, sizeof out->text,
             "the minimum spends of %s come to %.10g, more than the budget of %.10g", names,
             out->least, p->budget);
    return false;
}

/* --- candidates --------------------------------------------------------------------------------- */

typedef struct {
    double response, spend[ALLOCATION_CELLS];
} best_t;

static void best_take(best_t *b, const problem_t *p, const double *spend)
{
    if (!problem_allows(p, spend)) return;
    double response = problem_response(p, spend);
    if (response <= b->response) return;
    b->response = response;
    memcpy(b->spend, spend, (size_t)p->n * sizeof *spend);
}

/* Where a split with a step stands, only concave stretches of the curves are kept. */
static void problem_near(const problem_t *p, const double *spend, double step, problem_t *near)
{
    *near = *p;
    for (int i = 0; i < p->n; i++) {
        cell_t *c = &near->cell[i];
        double x = spend[i], from = cell_concave_from(p, c);
        bool off = c->optional && x < c->low * (1 - 1e-9);
        c->optional = false;
        if (off) {
            c->low = c->high = 0;
        } else if (from > c->low && x >= from - step) {
            c->low = m_min(from, c->high);
        } else if (from > c->low) {
            c->low = c->high = x;
        }
    }
}

static void best_polish(best_t *b, const problem_t *p, const double *spend, double step)
{
    problem_t *near = malloc(sizeof *near);
    dual_t *dual = malloc(sizeof *dual);
    if (near && dual) {
        problem_near(p, spend, step, near);
        problem_dual(near, dual);
        best_take(b, p, dual->spend);
    }
    free(near);
    free(dual);
}

/* --- branch and bound --------------------------------------------------------------------------- */

/* A box of splits, and what no split in it can surpass. */
typedef struct {
    double bound;
    int cell; /* where it is cut next, and at which spend */
    double at;
    double low[ALLOCATION_CELLS], high[ALLOCATION_CELLS];
    bool optional[ALLOCATION_CELLS];
} node_t;

typedef struct {
    const problem_t *problem;
    problem_t *box;
    dual_t *dual;
    node_t *node;
    int n;
    best_t *best;
} branches_t;

static bool is_open(const branches_t *b, double bound)
{
    return bound > b->best->response + PROVEN * m_abs(b->best->response);
}

/* Where the split at the bound is farthest from being one: the cell whose envelope lies highest above its
 * curve. */
static void node_choose(const branches_t *b, node_t *n)
{
    const problem_t *q = b->box;
    double most = 0;
    n->cell = -1;
    for (int i = 0; i < q->n; i++) {
        const cell_t *c = &q->cell[i];
        double x = b->dual->spend[i], from = cell_concave_from(q, c);
        if (b->dual->jump[i] <= 1e-9 * (1 + x)) continue;
        double price = cell_price(q, i, b->dual->price, b->dual->side_price);
        double top = cell_spend_at(q, c, price);
        double above = cell_response(q, c, top, NULL) - price * top -
                       (cell_response(q, c, x, NULL) - price * x);
        if (above <= most) continue;
        most = above;
        n->cell = i;
        n->at = c->optional ? c->low : from > c->low && from < c->high ? from : x;
    }
}

static void node_add(branches_t *b, const node_t *like)
{
    problem_t *q = b->box;
    feasibility_t possible;
    for (int i = 0; i < q->n; i++) {
        q->cell[i].low = like->low[i];
        q->cell[i].high = like->high[i];
        q->cell[i].optional = like->optional[i];
    }
    if (b->n == NODES_MOST || !problem_feasible(q, &possible)) return;
    problem_dual(q, b->dual);
    best_take(b->best, b->problem, b->dual->spend);
    if (!is_open(b, b->dual->bound)) return;
    node_t *n = &b->node[b->n];
    *n = *like;
    n->bound = b->dual->bound;
    node_choose(b, n);
    if (n->cell >= 0) b->n++;
}

/* Cells that cannot be told apart: of them, the first is taken to get the most. */
static bool alike(const branches_t *b, const node_t *n, int i, int k)
{
    const problem_t *p = b->problem;
    if (!curve_same(&p->cell[i].curve, &p->cell[k].curve) || n->low[i] != n->low[k] ||
        n->high[i] != n->high[k] || n->optional[i] != n->optional[k])
        return false;
    for (int s = 0; s < p->n_sides; s++)
        if (p->side[s].weight[i] != p->side[s].weight[k]) return false;
    return true;
}

static void node_cut(branches_t *b, node_t n)
{
    node_t above = n, below = n;
    int i = n.cell, first = i;
    bool off = n.optional[i];
    while (first > 0 && alike(b, &n, i, first - 1)) first--;
    above.low[first] = off ? n.low[i] : n.at;
    above.optional[first] = false;
    for (int k = 0; k < b->problem->n; k++) {
        if (k < first || !alike(b, &n, i, k)) continue;
        below.high[k] = off ? 0 : n.at;
        if (off) below.low[k] = 0;
        below.optional[k] = false;
    }
    node_add(b, &above);
    node_add(b, &below);
}

static int highest(const branches_t *b)
{
    int best = 0;
    for (int k = 1; k < b->n; k++)
        if (b->node[k].bound > b->node[best].bound) best = k;
    return best;
}

/* The bound once all boxes that could hold more have been cut, or NODES_MOST of them. */
static double branches_bound(const problem_t *p, best_t *best, double root)
{
    branches_t b = {.problem = p, .best = best};
    b.box = malloc(sizeof *b.box);
    b.dual = malloc(sizeof *b.dual);
    b.node = malloc(NODES_MOST * sizeof *b.node);
    double bound = root;
    if (b.box && b.dual && b.node) {
        node_t whole = {.cell = -1};
        *b.box = *p;
        for (int i = 0; i < p->n; i++) {
            whole.low[i] = p->cell[i].low;
            whole.high[i] = p->cell[i].high;
            whole.optional[i] = p->cell[i].optional;
        }
        node_add(&b, &whole);
        int cuts = 0;
        for (; b.n > 0 && cuts < NODES_MOST && b.n < NODES_MOST - 1; cuts++) {
            int k = highest(&b);
            node_t n = b.node[k];
            b.node[k] = b.node[--b.n];
            if (is_open(&b, n.bound)) node_cut(&b, n);
        }
        bound = best->response;
        for (int k = 0; k < b.n; k++) bound = m_max(bound, b.node[k].bound);
        bound = m_min(bound, root);
    }
    free(b.box);
    free(b.dual);
    free(b.node);
    return bound;
}

/* --- lots --------------------------------------------------------------------------------------- */

/* Limits that are multiples of the lot. */
static void problem_in_lots(const problem_t *p, problem_t *q)
{
    *q = *p;
    if (m_is_finite(p->budget)) q->budget = floor(p->budget / p->lot + 1e-9) * p->lot;
    for (int i = 0; i < p->n; i++) {
        cell_t *c = &q->cell[i];
        if (c->low == c->high) continue; /* fixed: as it was said */
        c->low = ceil(c->low / p->lot - 1e-9) * p->lot;
        if (m_is_finite(c->high)) c->high = floor(c->high / p->lot + 1e-9) * p->lot;
    }
}

static double grid_step(const problem_t *p)
{
    double base = 0;
    for (int i = 0; i < p->n; i++) base += cell_least(&p->cell[i]);
    double room = m_max(p->budget - base, 0);
    if (p->lot <= 0) return m_max(room / (p->grid ? p->grid : GRID_STEPS), 1e-12);
    return p->lot * m_max(ceil(room / p->lot / LOTS_MOST), 1);
}

/* --- the best ----------------------------------------------------------------------------------- */

static bool has_outer(const problem_t *p)
{
    bool inner[ALLOCATION_LIMITS];
    sides_sort(p, inner);
    for (int k = 0; k < p->n_sides; k++)
        if (!inner[k]) return true;
    return false;
}

static status_t best_in_lots(const problem_t *p, const dual_t *dual, best_t *best, bool *exact,
                             error_t *err)
{
    double spend[ALLOCATION_CELLS], step = grid_step(p);
    bool found = false;
    status_t st = OK;
    if (problem_is_concave(p) && !p->n_sides) {
        lots_greedy(p, p->lot, spend);
        found = *exact = true;
    } else {
        st = lots_best(p, step, dual, spend, &found, err);
        *exact = step == p->lot && !has_outer(p);
    }
    if (st == OK && found) {
        if (!*exact) {
            lots_mend(p, p->lot, spend);
            lots_exchange(p, p->lot, spend);
        }
        best_take(best, p, spend);
    }
    return st;
}

static status_t best_of_any_shape(const problem_t *p, const dual_t *dual, best_t *best,
                                  error_t *err)
{
    double spend[ALLOCATION_CELLS], step = grid_step(p);
    bool found = false;
    status_t st = lots_best(p, step, dual, spend, &found, err);
    if (st != OK || !found) return st;
    if (has_outer(p)) {
        lots_mend(p, step, spend);
        lots_exchange(p, step, spend);
    }
    best_take(best, p, spend);
    best_polish(best, p, spend, step);
    return OK;
}

/* Whole micros, at most the budget: what rounding leaves goes where the next unit brings the most. */
static void round_to_micros(const problem_t *p, const double *spend, double *out)
{
    double sum = 0, wanted = problem_spend(p, spend);
    if (m_abs(wanted - p->budget) < 1e-9 * (1 + wanted)) wanted = p->budget;
    double whole = m_is_finite(wanted) ? floor(wanted / MICRO + 1e-3) : 0;
    for (int i = 0; i < p->n; i++) {
        out[i] = floor(spend[i] / MICRO + 1e-3);
        sum += out[i];
    }
    for (; sum < whole; sum++) {
        int best = -1;
        for (int i = 0; i < p->n; i++) {
            const cell_t *c = &p->cell[i];
            bool room = out[i] > 0 && (out[i] + 1) * MICRO <= c->high * (1 + 1e-15);
            if (room && (best < 0 || spend[i] / MICRO - out[i] > spend[best] / MICRO - out[best]))
                best = i;
        }
        if (best < 0) break;
        out[best]++;
    }
    for (int i = 0; i < p->n; i++) out[i] /= 1e6;
}

/* --- what holds each cell ----------------------------------------------------------------------- */

static bool about(double a, double b)
{
    return a == b || (m_is_finite(b) && m_abs(a - b) <= 2e-6 + 1e-9 * m_abs(b));
}

/* The binding side with the largest say in the cell's price; -1. */
static int side_that_holds(const problem_t *p, const solution_t *s, int cell)
{
    int best = -1;
    for (int k = 0; k < p->n_sides; k++) {
        double say = m_abs(s->side_price[k] * p->side[k].weight[cell]);
        if (say > 0 && (best < 0 || say > m_abs(s->side_price[best] * p->side[best].weight[cell])))
            best = k;
    }
    return best;
}

/* Where a curve ends, what its last unit brought is the best that is known of the next. */
static double slope_before(const problem_t *p, const cell_t *c, double spend)
{
    return cell_slope(p, c, spend * (1 - 1e-6));
}

static hold_t what_holds(const problem_t *p, const solution_t *s, int cell)
{
    const cell_t *c = &p->cell[cell];
    double x = s->spend[cell];
    if (about(c->low, c->high)) return c->fixed ? HOLD_FIXED : HOLD_BY_CHANGE;
    if (c->optional && x < c->low && !about(x, c->low)) return HOLD_BY_MIN_IF_USED;
    if (about(x, c->high) && c->high_given) return c->change_limited ? HOLD_BY_CHANGE : HOLD_BY_MAX;
    bool curve_ends = x > 0 && about(x, c->high) && !c->high_given;
    if (curve_ends && !s->marginals_simulated) return HOLD_BY_RANGE;
    bool flat = x >= curve_saturates_at(&c->curve) - 2e-6 && !(s->marginal[cell] > 0);
    if (x > 0 && flat) return HOLD_SATURATED;
    if (c->low > 0 && about(x, c->low))
        return c->optional ? HOLD_BY_MIN_IF_USED : c->change_limited ? HOLD_BY_CHANGE : HOLD_BY_MIN;
    if (x <= 0) return HOLD_AT_ZERO;
    if (side_that_holds(p, s, cell) >= 0) return HOLD_BY_SIDE;
    if (p->lot > 0) return HOLD_BY_LOT;
    return s->price > 0 ? HOLD_BY_BUDGET : HOLD_BY_NOTHING;
}

/* Of cells at a limit, what a unit more of it would bring: its own next unit less what that costs elsewhere. */
void solution_explain(const problem_t *p, solution_t *s)
{
    for (int i = 0; i < p->n; i++) {
        hold_t h = s->held[i] = what_holds(p, s, i);
        s->held_side[i] = h == HOLD_BY_SIDE ? side_that_holds(p, s, i) : -1;
        double price = cell_price(p, i, s->price, s->side_price);
        bool own = h != HOLD_BY_BUDGET && h != HOLD_BY_SIDE && h != HOLD_BY_LOT &&
                   h != HOLD_BY_NOTHING && h != HOLD_SATURATED && h != HOLD_BY_RANGE;
        if (h == HOLD_BY_RANGE) s->marginal[i] = slope_before(p, &p->cell[i], s->spend[i]);
        s->shadow[i] = h == HOLD_BY_SIDE ? s->side_price[s->held_side[i]]
                       : own             ? s->marginal[i] - price
                                         : 0;
        if (h == HOLD_BY_MAX && about(s->spend[i], curve_saturates_at(&p->cell[i].curve)))
            s->shadow[i] = 0;
    }
}

void solution_of_split(const problem_t *p, const double *spend, solution_t *out)
{
    *out = (solution_t){.bound = NAN, .gap = NAN, .price = NAN, .proof = PROOF_GAP};
    for (int i = 0; i < p->n; i++) {
        out->spend[i] = spend[i];
        out->response[i] = cell_response(p, &p->cell[i], spend[i], NULL);
        out->marginal[i] = cell_slope(p, &p->cell[i], spend[i]);
        out->held_side[i] = -1;
        out->total_response += out->response[i];
    }
    out->total_spend = problem_spend(p, spend);
    out->total_response += p->offset;
}

/* The price of money of a split that is no mixture: the dual of the stretches it lies on. */
static void prices_near(const problem_t *p, const double *spend, dual_t *dual)
{
    problem_t *near = malloc(sizeof *near);
    if (!near) return;
    problem_near(p, spend, 0, near);
    double bound = dual->bound;
    problem_dual(near, dual);
    dual->bound = bound;
    free(near);
}

static void solution_fill(const problem_t *p, const best_t *best, const dual_t *dual, double bound,
                          proof_t proof, solution_t *out)
{
    double spend[ALLOCATION_CELLS];
    round_to_micros(p, best->spend, spend);
    solution_of_split(p, spend, out);
    out->price = dual->price;
    memcpy(out->side_price, dual->side_price, sizeof out->side_price);
    out->bound = m_max(bound, best->response);
    double size = m_max(m_abs(best->response), 1e-300);
    out->gap = m_max((out->bound - best->response) / size, 0);
    if (out->gap < PROVEN) out->gap = 0;
    out->proof = out->gap > 0 && proof != PROOF_LOTS ? PROOF_GAP : proof;
    solution_explain(p, out);
}

static status_t solve_checked(const problem_t *p, bool prove, dual_t *dual, best_t *best,
                              solution_t *out, error_t *err)
{
    bool concave = problem_is_concave(p), exact = false;
    status_t st = OK;
    problem_dual(p, dual);
    double bound = dual->bound;
    proof_t proof = PROOF_CONCAVE;
    if (p->lot > 0) {
        st = best_in_lots(p, dual, best, &exact, err);
        proof = PROOF_LOTS;
        if (exact) bound = best->response;
        if (!exact) proof = PROOF_GAP;
    } else {
        best_take(best, p, dual->spend);
        if (!concave) {
            st = best_of_any_shape(p, dual, best, err);
            proof = PROOF_BRANCHES;
            if (st == OK && prove && best->response > -INFINITY)
                bound = branches_bound(p, best, bound);
        }
    }
    if (st != OK) return st;
    if (best->response == -INFINITY)
        return fail(err, ERR_INVALID, "no split keeps all limits at once%s",
                    p->lot > 0 ? " in whole lots" : "");
    if (!concave) prices_near(p, best->spend, dual);
    solution_fill(p, best, dual, bound, proof, out);
    return OK;
}

static status_t solve(const problem_t *p, bool prove, solution_t *out, error_t *err)
{
    problem_t *q = malloc(sizeof *q);
    dual_t *dual = malloc(sizeof *dual);
    best_t *best = malloc(sizeof *best);
    status_t st = OK;
    feasibility_t possible;
    if (!q || !dual || !best) {
        st = fail_memory(err, "the best split");
        goto out;
    }
    *best = (best_t){.response = -INFINITY};
    if (p->lot > 0)
        problem_in_lots(p, q);
    else
        *q = *p;
    if (!problem_feasible(q, &possible))
        st = fail(err, ERR_INVALID, "%s", possible.text);
    else
        st = solve_checked(q, prove, dual, best, out, err);
out:
    free(q);
    free(dual);
    free(best);
    return st;
}

/* --- curves that bend upwards, over periods ------------------------------------------------------- */

/* With what spreads bring in place of each curve of a period, as one curve of the total. */
static void problem_of_totals(const problem_t *p, problem_t *out)
{
    *out = *p;
    for (int i = 0; i < p->n; i++) {
        const flights_t *f = p->cell[i].flights;
        if (!f) continue;
        out->cell[i].curve = (curve_t){.form = CURVE_POINTS_JOINED, .spline = f->value};
        out->cell[i].high = m_min(p->cell[i].high, f->total[f->n - 1]);
        out->cell[i].whole = true;
    }
}

static double response_of_split(void *context, const double *spend)
{
    return problem_response(context, spend);
}

/* A curve through some totals is near what spreads bring between them: small lots are moved on that itself. */
static void flown_polish(problem_t *p, double *spend)
{
    double total = problem_spend(p, spend);
    search_t s = {.problem = p,
                  .value = response_of_split,
                  .context = p,
                  .first = p->lot > 0 ? p->lot : total / 64,
                  .last = p->lot > 0 ? p->lot : total / 4096,
                  .looks_most = 24 * p->n};
    if (total > 0 && p->n > 1) search_climb(&s, spend);
}

/* The best split by the spreads that were found, and a bound by the curves above. */
static status_t solve_flown(const problem_t *p, bool prove, solution_t *out, error_t *err)
{
    problem_t *q = malloc(sizeof *q);
    dual_t *dual = malloc(sizeof *dual);
    double spend[ALLOCATION_CELLS];
    status_t st = q && dual ? OK : fail_memory(err, "the best split");
    if (st != OK) goto out;
    problem_of_totals(p, q);
    st = solve(q, prove, out, err);
    if (st != OK) goto out;
    solution_t of_totals = *out;
    memcpy(spend, out->spend, sizeof spend);
    *q = *p;
    if (prove) flown_polish(q, spend);
    round_to_micros(p, spend, out->spend);
    memcpy(spend, out->spend, sizeof spend);
    solution_of_split(p, spend, out);
    out->price = 0;
    for (int i = 0; i < p->n; i++) /* the next unit of budget goes where it brings the most */
        if (spend[i] < p->cell[i].high) out->price = m_max(out->price, out->marginal[i]);
    memcpy(out->side_price, of_totals.side_price, sizeof out->side_price);
    solution_explain(p, out);
    if (!prove) goto out;
    problem_above(p, q);
    problem_dual(q, dual);
    out->bound = m_max(dual->bound, out->total_response);
    out->gap = (out->bound - out->total_response) / m_max(m_abs(out->total_response), 1e-300);
    if (out->gap < PROVEN) out->gap = 0;
    out->proof = out->gap > 0 ? PROOF_GAP : PROOF_BRANCHES;
out:
    free(q);
    free(dual);
    return st;
}

status_t problem_solve(const problem_t *p, solution_t *out, error_t *err)
{
    return problem_is_flown(p) ? solve_flown(p, true, out, err) : solve(p, true, out, err);
}

status_t problem_solve_quick(const problem_t *p, solution_t *out, error_t *err)
{
    return problem_is_flown(p) ? solve_flown(p, false, out, err) : solve(p, false, out, err);
}
