/* study.c -- solve, compare, doubt. */
#include "sim/allocate/study.h"

#include "models/base/distribution.h"
#include "models/base/maths.h"
#include "sim/allocate/build.h"
#include "sim/allocate/flights.h"
#include "sim/allocate/simulated.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const double SURE = 0.8;
/* Above it, the price of money is that of none: nothing was bought by the last unit. */
static const double PRICE_MOST = 1e15;
/* Solves over draws and budgets look at curves that bend upwards in coarser steps. */
enum { DOUBT_GRID = 200, GOAL_DRAWS = 24 };

double allocation_goal(const scenario_t *sc)
{
    const allocation_t *a = &sc->allocation;
    bool of_response = a->aim == AIM_MIN_SPEND || a->aim <= AIM_MAX_REVENUE;
    return of_response ? a->goal : NAN;
}

/* --- the split -------------------------------------------------------------------------------------- */

static void evaluate(allocation_study_t *s, const double *spend)
{
    solution_of_split(&s->problem, spend, &s->outcome.best);
    s->outcome.reached = true;
    s->outcome.achieved = s->outcome.best.total_response;
}

static bool current_known(const problem_t *p)
{
    for (int i = 0; i < p->n; i++)
        if (m_is_nan(p->cell[i].current)) return false;
    return true;
}

static void current_split(const problem_t *p, double total, bool known, double *spend)
{
    for (int i = 0; i < p->n; i++) spend[i] = known ? p->cell[i].current : total / p->n;
}

/* From the best of means, today's and an even split, whichever keep the limits and the total. */
status_t study_with_risk(allocation_study_t *s, error_t *err)
{
    const problem_t *p = &s->problem;
    double start[BASES][ALLOCATION_CELLS], best = -INFINITY, at[ALLOCATION_CELLS];
    double total = s->outcome.best.total_spend;
    bool known = current_known(p);
    memcpy(start[0], s->outcome.best.spend, sizeof start[0]);
    current_split(p, total, false, start[1]);
    current_split(p, total, known, start[2]);
    memcpy(at, start[0], sizeof at);
    status_t st = OK;
    for (int k = 0; st == OK && k < BASES; k++) {
        double value = -INFINITY;
        if (!problem_allows(p, start[k])) continue;
        st = risk_climb(p, &s->draws, &s->risk, start[k], &value, err);
        if (value <= best) continue;
        best = value;
        memcpy(at, start[k], sizeof at);
    }
    for (int i = 0; i < p->n; i++) at[i] = floor(at[i] * 1e6 + 0.5) / 1e6;
    solution_of_split(p, at, &s->outcome.best);
    s->outcome.achieved = s->outcome.best.total_response;
    s->risk_value = best;
    return st;
}

bool study_has_risk_goal(const allocation_study_t *s)
{
    return s->aiming.aim == AIM_MIN_SPEND && s->risk.measure != RISK_MEAN;
}

/* Splits of budgets by a measure of risk, on the way to the least one that comes to a goal. */
typedef struct {
    const allocation_study_t *study;
    problem_t *problem; /* whose budget is moved */
    double spend[ALLOCATION_CELLS], value;
    status_t status;
    error_t *err;
} guarantee_t;

/* Does the budget's best split come to the goal? From the best of means and from an even split. */
static bool guarantees(guarantee_t *g, double budget, double goal)
{
    const allocation_study_t *s = g->study;
    solution_t x;
    double even[ALLOCATION_CELLS], of_even = -INFINITY;
    if (g->status != OK) return false;
    g->problem->budget = budget;
    g->status = problem_solve_quick(g->problem, &x, g->err);
    if (g->status != OK) return false;
    memcpy(g->spend, x.spend, sizeof g->spend);
    g->status = risk_climb_quick(g->problem, &s->draws, &s->risk, g->spend, &g->value, g->err);
    current_split(g->problem, x.total_spend, false, even);
    if (g->status == OK && problem_allows(g->problem, even))
        g->status = risk_climb_quick(g->problem, &s->draws, &s->risk, even, &of_even, g->err);
    if (of_even > g->value) {
        memcpy(g->spend, even, sizeof g->spend);
        g->value = of_even;
    }
    return g->status == OK && g->value >= goal;
}

/* The least of them, to a ten thousandth; *met = false: not even the most does. */
static double guarantee_budget(guarantee_t *g, double least, double most, double goal, bool *met)
{
    enum { HALVINGS = 40 };
    static const double EXACT = 1e-4;
    double low = least,
           high = m_min(m_max(g->study->outcome.best.total_spend, m_max(least, 1)), most);
    *met = guarantees(g, low, goal);
    if (*met) return low;
    while (!(*met = guarantees(g, high, goal)) && g->status == OK && high < most) {
        low = high;
        high = m_min(2 * high, most);
    }
    for (int k = 0; *met && k < HALVINGS && high - low > EXACT * high; k++) {
        double middle = (low + high) / 2;
        *(guarantees(g, middle, goal) ? &high : &low) = middle;
    }
    return high;
}

status_t study_risk_goal(allocation_study_t *s, double goal, error_t *err)
{
    static const double BUDGET_MOST = 1e13;
    feasibility_t possible;
    guarantee_t g = {.study = s, .err = err};
    bool met = false;
    if (!problem_feasible(&s->problem, &possible))
        return fail(err, ERR_INVALID, "%s", possible.text);
    g.problem = malloc(sizeof *g.problem);
    if (!g.problem) return fail_memory(err, "the search for a budget");
    *g.problem = s->problem;
    double most = m_min(m_min(s->problem.budget, possible.most), BUDGET_MOST);
    double budget = guarantee_budget(&g, possible.least, most, goal, &met);
    guarantees(&g, budget, goal);
    free(g.problem);
    if (g.status != OK) return g.status;
    for (int i = 0; i < s->problem.n; i++) g.spend[i] = floor(g.spend[i] * 1e6 + 0.5) / 1e6;
    solution_of_split(&s->problem, g.spend, &s->outcome.best);
    s->risk_value = g.value;
    s->outcome.achieved = s->outcome.best.total_response;
    for (int i = 0; i < s->problem.n && met; i++)
        if (s->outcome.best.held[i] == HOLD_BY_BUDGET) s->outcome.best.held[i] = HOLD_BY_TARGET;
    s->outcome.reached = met;
    s->outcome.attainable_high = met ? NAN : g.value;
    *s->outcome.text = 0;
    if (met) return OK;
    char words[200];
    aim_words_out_of_reach(&s->aiming, g.value, 4, words, sizeof words);
    snprintf(s->outcome.text, sizeof s->outcome.text, "by the measure of risk %s", words);
    return OK;
}

static status_t split_find(allocation_study_t *s, error_t *err)
{
    double spend[ALLOCATION_CELLS];
    if (s->aiming.aim == AIM_EVALUATE) {
        double total = m_is_finite(s->problem.budget) ? s->problem.budget : 0;
        current_split(&s->problem, total, current_known(&s->problem), spend);
        evaluate(s, spend);
        return OK;
    }
    status_t st = aim_solve(&s->problem, &s->aiming, &s->outcome, err);
    if (st == OK && study_has_risk_goal(s)) return study_risk_goal(s, s->aiming.goal, err);
    if (st == OK && s->risk.measure != RISK_MEAN) st = study_with_risk(s, err);
    return st;
}

void study_base(allocation_study_t *s)
{
    double spend[ALLOCATION_CELLS], total = s->outcome.best.total_spend;
    bool known = current_known(&s->problem);
    s->base_kind = known ? BASE_CURRENT : BASE_EVEN;
    current_split(&s->problem, total, known, spend);
    solution_of_split(&s->problem, spend, &s->base);
    s->base_allowed = problem_allows(&s->problem, spend);
    double moved = 0;
    for (int i = 0; i < s->problem.n; i++) moved += m_abs(spend[i] - s->outcome.best.spend[i]) / 2;
    s->moves = moved > 1e-3 * m_max(total, 1e-9);
}

static void flights_find(allocation_study_t *s)
{
    const problem_t *p = &s->problem;
    for (int i = 0; i < p->n && p->periods > 1; i++)
        cell_response(p, &p->cell[i], s->outcome.best.spend[i], &s->plan[i]);
}

/* --- over draws ------------------------------------------------------------------------------------- */

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static spread_over_t spread_of(double *value, int n, double level)
{
    spread_over_t r = {0, NAN, NAN, NAN};
    for (int k = 0; k < n; k++) r.mean += value[k] / n;
    qsort(value, (size_t)n, sizeof *value, by_size);
    r.lo = quantile_of_sorted(value, n, (1 - level) / 2);
    r.p50 = quantile_of_sorted(value, n, 0.5);
    r.hi = quantile_of_sorted(value, n, (1 + level) / 2);
    return r;
}

static double share_at_least(const double *value, int n, double goal)
{
    int met = 0;
    for (int k = 0; k < n; k++) met += value[k] >= goal;
    return (double)met / n;
}

static void study_compare(allocation_study_t *s, double *best, double *base, int n)
{
    double level = s->scenario->interval, better = 0, loss = 0;
    for (int k = 0; k < n; k++) {
        better += best[k] > base[k] ? 1 : best[k] == base[k] ? 0.5 : 0;
        loss += m_max(base[k] - best[k], 0);
    }
    s->p_better = better / n;
    s->expected_loss = loss / n;
    double goal = allocation_goal(s->scenario);
    s->p_goal = m_is_nan(goal) ? NAN : share_at_least(best, n, goal);
    s->response = spread_of(best, n, level);
    s->base_response = spread_of(base, n, level);
}

/* The recommended split against the base, draw by draw. */
static status_t compare_splits(allocation_study_t *s, error_t *err)
{
    int n = s->draws.n;
    double *best = malloc(3 * (size_t)n * sizeof *best);
    if (!best) return fail_memory(err, "the comparison");
    double *base = best + n, *difference = base + n;
    draws_respond(&s->problem, &s->draws, s->outcome.best.spend, best);
    draws_respond(&s->problem, &s->draws, s->base.spend, base);
    for (int k = 0; k < n; k++) difference[k] = best[k] - base[k];
    s->difference = spread_of(difference, n, s->scenario->interval);
    study_compare(s, best, base, n);
    s->risk_base = risk_of(&s->risk, base, n);
    free(best);
    return OK;
}

/* A copy that is solved many times. */
static problem_t *doubt_problem(const allocation_study_t *s)
{
    problem_t *q = malloc(sizeof *q);
    if (!q) return NULL;
    *q = s->problem;
    q->lot = 0;
    q->grid = DOUBT_GRID;
    if (aim_chooses_spend(s->aiming.aim)) return q;
    q->budget = m_min(q->budget, m_max(s->outcome.best.total_spend, 1e-6));
    return q;
}

/* How the best split differs from draw to draw, and what it would bring to know the draw. */
status_t study_stability(allocation_study_t *s, error_t *err)
{
    bool goal = aim_chooses_spend(s->aiming.aim);
    int n = (int)m_min(s->draws.n, goal ? GOAL_DRAWS : STABILITY_DRAWS), found = 0;
    problem_t *q = doubt_problem(s), *drawn = malloc(sizeof *drawn);
    outcome_t *o = malloc(sizeof *o);
    double *spend = malloc((size_t)n * ALLOCATION_CELLS * sizeof *spend), regret = 0;
    bool memory = q && drawn && o && spend;
    for (int k = 0; memory && k < n; k++) {
        problem_of_draw(q, &s->draws, k, drawn);
        status_t st = goal ? aim_solve(drawn, &s->aiming, o, NULL)
                           : problem_solve_quick(drawn, &o->best, NULL);
        if (st != OK) continue;
        for (int i = 0; i < q->n; i++) spend[i * n + found] = o->best.spend[i];
        regret += m_max(o->best.total_response - problem_response(drawn, s->outcome.best.spend), 0);
        found++;
    }
    for (int i = 0; memory && found && i < q->n; i++)
        s->spend[i] = spread_of(spend + i * n, found, s->scenario->interval);
    s->regret = found && !goal ? regret / found : NAN;
    free(q);
    free(drawn);
    free(o);
    free(spend);
    return memory ? OK : fail_memory(err, "the stability of the split");
}

/* What it would bring to know one cell's curve before the money is spent. */
static status_t worth_find(allocation_study_t *s, error_t *err)
{
    int n = (int)m_min(s->draws.n, WORTH_DRAWS);
    problem_t *q = doubt_problem(s), *p = malloc(sizeof *p);
    solution_t *x = malloc(sizeof *x);
    bool memory = q && p && x;
    for (int i = 0; memory && i < q->n; i++) {
        double gain = 0;
        bool differs = false;
        for (int k = 1; k < s->draws.n && !differs; k++)
            differs = !curve_same(draw_curve(&s->draws, 0, i), draw_curve(&s->draws, k, i));
        for (int k = 0; differs && k < n; k++) {
            *p = *q;
            p->cell[i].curve = *draw_curve(&s->draws, k, i);
            if (problem_solve_quick(p, x, NULL) == OK)
                gain += m_max(x->total_response - problem_response(p, s->outcome.best.spend), 0);
        }
        s->worth[i] = gain / n;
    }
    free(q);
    free(p);
    free(x);
    return memory ? OK : fail_memory(err, "what is worth finding out");
}

/* --- over budgets ------------------------------------------------------------------------------------ */

/* The chance that the scenario's target is met where its metric has this mean, if it is spread there as it is at the
 * recommended split, in logs. */
static double chance_at(const allocation_study_t *s, double mean)
{
    const spread_over_t *v = &s->target.value;
    double z = normal_quantile((1 + s->scenario->interval) / 2);
    double sd = m_log(v->hi / v->lo) / (2 * z);
    if (!(mean > 0 && v->lo > 0 && sd > 0)) return NAN;
    /* ... and with the chance that was counted at that split. */
    double own = normal_quantile(m_min(m_max(s->target.chance, 1e-4), 1 - 1e-4));
    return normal_cdf(own + m_log(mean / v->mean) / sd);
}

/* Over all replications. */
static double mean_of_measure(const double *value, int which, int measures)
{
    double sum = 0;
    for (int r = 0; r < 2 * CURVE_PAIRS; r++) sum += value[r * measures + which];
    return sum / (2 * CURVE_PAIRS);
}

static void range_shift(spread_over_t *range, double scale, double shift)
{
    range->mean = scale * range->mean + shift;
    range->lo = scale * range->lo + shift;
    range->p50 = scale * range->p50 + shift;
    range->hi = scale * range->hi + shift;
}

/* Cells that share people bring less together: what is simulated counts, the range moves with it. Where the search
 * has moved lots, the curves do not know how to split: the recommended split in proportion. */
static status_t frontier_jointly(allocation_study_t *s, double *spend, frontier_point_t *f,
                                 error_t *err)
{
    enum { RESPONSE, ABOVE, BELOW };
    double value[2 * CURVE_PAIRS * MEASURES_MOST];
    const solution_t *x = &s->outcome.best;
    int target = s->target.metric ? column_find(s->target.metric) : -1;
    measures_t what = {target < 0 ? 1 : 3, {{s->column, false}, {target, false}, {target, true}}};
    for (int i = 0; s->search_moved && i < s->problem.n; i++)
        spend[i] = x->spend[i] * f->budget / m_max(x->total_spend, 1e-9);
    status_t st = simulator_run(s->simulator, spend, &what, CURVE_PAIRS, value, err);
    if (st != OK) return st;
    double mean = mean_of_measure(value, RESPONSE, what.n);
    range_shift(&f->range, s->scale, s->scale * (mean - f->response));
    f->response = s->scale * mean;
    f->marginal = s->search_moved ? NAN : s->scale * f->marginal;
    if (target >= 0)
        f->target = mean_of_measure(value, ABOVE, what.n) / mean_of_measure(value, BELOW, what.n);
    return OK;
}

/* A sample of the people stands behind the budgets, all of them behind the recommended one: there they agree. */
static void chances_find(allocation_study_t *s)
{
    double level = NAN;
    for (int k = 0; k < s->n_frontier; k++)
        if (m_abs(s->frontier[k].budget / s->outcome.best.total_spend - 1) < 1e-6)
            level = s->target.value.mean / s->frontier[k].target;
    for (int k = 0; k < s->n_frontier; k++) {
        s->frontier[k].target *= level;
        s->frontier[k].p_target = chance_at(s, s->frontier[k].target);
    }
}

/* The budget at which the chance passes SURE, between two that were looked at. */
static void sure_between(allocation_study_t *s)
{
    double sure = normal_quantile(SURE);
    s->sure_level = SURE;
    for (int k = 0; k + 1 < s->n_frontier; k++) {
        const frontier_point_t *a = &s->frontier[k], *b = a + 1;
        if (!(a->p_target >= SURE) == !(b->p_target >= SURE)) continue;
        double from = normal_quantile(m_min(m_max(a->p_target, 1e-6), 1 - 1e-6));
        double to = normal_quantile(m_min(m_max(b->p_target, 1e-6), 1 - 1e-6));
        s->sure_budget = a->budget * m_pow(b->budget / a->budget, (sure - from) / (to - from));
        s->sure_up_to = a->p_target >= SURE;
        return;
    }
}

/* What the next money brings: the price of money, or where a jump of what is taken has none, what a hundredth more
 * of the budget would bring. NAN = not known. */
static double next_of_budget(problem_t *q, const solution_t *x)
{
    if (x->price > 0 && x->price < PRICE_MOST) return x->price;
    solution_t more;
    double budget = q->budget, step = 0.01 * budget;
    q->budget = budget + step;
    status_t st = problem_solve_quick(q, &more, NULL);
    q->budget = budget;
    return st == OK ? m_max(more.total_response - x->total_response, 0) / step : NAN;
}

static status_t frontier_point(const allocation_study_t *s, problem_t *q, double budget,
                               double *response, frontier_point_t *out, double *spend)
{
    solution_t x;
    q->budget = budget;
    status_t st = problem_solve_quick(q, &x, NULL);
    if (st != OK) return st;
    *out = (frontier_point_t){.budget = budget,
                              .spend = x.total_spend,
                              .response = x.total_response,
                              .marginal = next_of_budget(q, &x),
                              .target = NAN,
                              .p_target = NAN,
                              .range = {NAN, NAN, NAN, NAN}};
    draws_respond(&s->problem, &s->draws, x.spend, response);
    memcpy(spend, x.spend, sizeof x.spend);
    return OK;
}

/* Of FRONTIER_POINTS steps up to twice the spend, as bits: 0.5, 0.8, 1, 1.2, 1.5 and 2 times. */
static const unsigned FRONTIER_SIMULATED =
    1u << 5 | 1u << 8 | 1u << 10 | 1u << 12 | 1u << 15 | 1u << 20;

status_t study_frontier(allocation_study_t *s, error_t *err)
{
    problem_t *q = doubt_problem(s);
    double *response = malloc((size_t)s->draws.n * sizeof *response);
    double top = 2 * m_max(s->outcome.best.total_spend, 1e-6), goal = allocation_goal(s->scenario);
    bool memory = q && response;
    double spend[ALLOCATION_CELLS];
    status_t st = OK;
    if (s->simulator) simulator_step(s->simulator, "other budgets", 6);
    for (int k = 1; memory && st == OK && k <= FRONTIER_POINTS; k++) {
        frontier_point_t *f = &s->frontier[s->n_frontier];
        if (s->simulator && !(FRONTIER_SIMULATED >> k & 1)) continue;
        double budget = top * k / FRONTIER_POINTS;
        if (frontier_point(s, q, budget, response, f, spend) != OK) continue;
        if (s->uncertain && !m_is_nan(goal))
            f->p_target = share_at_least(response, s->draws.n, goal);
        if (s->uncertain) f->range = spread_of(response, s->draws.n, s->scenario->interval);
        if (s->simulator) st = frontier_jointly(s, spend, f, err);
        s->n_frontier++;
    }
    free(q);
    free(response);
    if (s->target.metric) {
        chances_find(s);
        sure_between(s);
    }
    return memory ? st : fail_memory(err, "the frontier");
}

/* The least budget whose best split reaches the goal in enough draws. */
static status_t sure_find(allocation_study_t *s, double goal, error_t *err)
{
    enum { HALVINGS = 40, DOUBLINGS = 12 };
    problem_t *q = doubt_problem(s);
    double *response = malloc((size_t)s->draws.n * sizeof *response);
    bool memory = q && response;
    double low = 0, high = m_max(s->outcome.best.total_spend, 1e-6);
    frontier_point_t f;
    double spend[ALLOCATION_CELLS];
    bool met = false;
    for (int k = 0; memory && k < DOUBLINGS && !met; k++) {
        if (frontier_point(s, q, high, response, &f, spend) == OK)
            met = share_at_least(response, s->draws.n, goal) >= SURE;
        if (!met) {
            low = high;
            high *= 2;
        }
    }
    for (int k = 0; met && k < HALVINGS && high - low > 1e-6 * high; k++) {
        double middle = (low + high) / 2;
        bool fine = frontier_point(s, q, middle, response, &f, spend) == OK &&
                    share_at_least(response, s->draws.n, goal) >= SURE;
        *(fine ? &high : &low) = middle;
    }
    s->sure_level = SURE;
    s->sure_budget = met ? high : NAN;
    free(q);
    free(response);
    return memory ? OK : fail_memory(err, "the budget for a certain goal");
}

/* --- for pictures ------------------------------------------------------------------------------------ */

double study_break_even(const allocation_study_t *s)
{
    aim_t aim = s->aiming.aim;
    if (!s->simulator) {
        bool money = aim == AIM_MAX_VALUE || aim == AIM_MAX_REVENUE || aim == AIM_MAX_PROFIT ||
                     aim == AIM_TARGET_ROAS || aim == AIM_TARGET_MROAS;
        return money ? 1 / s->aiming.value : NAN;
    }
    const form_t *form = &columns[s->column].numerator;
    quantity_t quantity = form->term[0].quantity;
    scenario_t *means = malloc(sizeof *means);
    if (!means) return NAN;
    scenario_at_means(s->scenario, means);
    economics_t e = economics_of(&means->product);
    free(means);
    double earned = e.net_margin / e.cost;
    if (quantity == QUANTITY_CONVERSIONS || quantity == QUANTITY_INCREMENTAL_CONVERSIONS)
        earned *= e.value;
    else if (quantity != QUANTITY_REVENUE && quantity != QUANTITY_INCREMENTAL_REVENUE)
        return NAN;
    return earned > 0 ? 1 / earned : NAN;
}

spread_over_t study_curve_band(const allocation_study_t *s, int cell, double spend)
{
    enum { BAND_DRAWS = 256 };
    spread_over_t none = {NAN, NAN, NAN, NAN};
    double value[BAND_DRAWS] = {0};
    int n = (int)m_min(s->draws.n, BAND_DRAWS);
    if (!s->uncertain) return none;
    draws_add(&s->problem, &s->draws, n, cell, spend, value);
    for (int k = 0; k < n; k++) value[k] *= s->scale;
    return spread_of(value, n, s->scenario->interval);
}

/* --- what should be said ---------------------------------------------------------------------------- */

static void name_add(char *list, size_t size, const char *name)
{
    size_t used = strlen(list);
    snprintf(list + used, size - used, "%s%s", used ? ", " : "", name);
}

static void tell_unspent(allocation_study_t *s)
{
    const solution_t *x = &s->outcome.best;
    char full[120] = "", done[120] = "", side[120] = "";
    for (int i = 0; i < s->problem.n; i++) {
        hold_t h = x->held[i];
        const char *name = s->problem.cell[i].name;
        if (h == HOLD_BY_MAX || h == HOLD_BY_CHANGE || h == HOLD_FIXED)
            name_add(full, sizeof full, name);
        else if (h == HOLD_SATURATED)
            name_add(done, sizeof done, name);
        else if (h == HOLD_BY_SIDE)
            name_add(side, sizeof side, name);
    }
    notices_add(&s->errors, "%.10g of the budget of %.10g cannot be spent:%s%.100s%s%.100s%s%.100s",
                s->outcome.unspent, s->problem.budget, *full ? " their limits hold " : "", full,
                *done ? "; more brings nothing in " : "", done,
                *side ? "; a group's limit holds " : "", side);
}

void study_tell(allocation_study_t *s)
{
    const solution_t *x = &s->outcome.best;
    if (s->outcome.unspent > 0) tell_unspent(s);
    if (*s->outcome.text)
        notices_add(&s->errors, "The target is out of reach: %s", s->outcome.text);
    if (x->gap > 1e-6)
        notices_add(&s->notices, "A better split is not ruled out: the bound is %.3g %% higher",
                    100 * x->gap);
    if (s->uncertain && problem_is_flown(&s->problem))
        notices_add(&s->notices, "How the split would differ with other curves is not looked at: "
                                 "S-curves over periods take too long");
    if (!s->base_allowed && s->base_kind == BASE_CURRENT)
        notices_add(&s->notices,
                    "The current split breaks a limit; the recommended one keeps them");
}

/* --- the whole -------------------------------------------------------------------------------------- */

static void aims_set(allocation_study_t *s)
{
    const allocation_t *a = &s->scenario->allocation;
    s->aiming = (aiming_t){(aim_t)a->aim, a->goal, a->value};
    s->risk = (risk_aim_t){(risk_t)a->risk, a->aversion, a->level, a->threshold};
    if (study_has_risk_goal(s) && s->risk.measure == RISK_CHANCE) s->risk.measure = RISK_QUANTILE;
}

static void nothing_uncertain(allocation_study_t *s)
{
    const spread_over_t none = {NAN, NAN, NAN, NAN};
    s->response = s->base_response = s->difference = none;
    for (int i = 0; i < ALLOCATION_CELLS; i++) s->spend[i] = none;
    s->p_better = s->expected_loss = s->regret = s->p_goal = s->sure_budget = NAN;
    s->risk_value = s->risk_base = NAN;
    s->scale = 1;
    s->promise = s->race.correct = NAN;
    s->target = (allocation_target_t){NULL, NAN, NAN, NAN, none, none};
}

static status_t doubt(allocation_study_t *s, error_t *err)
{
    double goal = allocation_goal(s->scenario);
    bool most = !aim_chooses_spend(s->aiming.aim) && s->aiming.aim != AIM_EVALUATE;
    status_t st = compare_splits(s, err);
    /* Spreads of an S-curve are looked for once; for every draw it would take too long. */
    bool flown = problem_is_flown(&s->problem);
    if (st == OK && s->aiming.aim != AIM_EVALUATE && !flown) st = study_stability(s, err);
    if (st == OK && most && s->risk.measure == RISK_MEAN && !flown) st = worth_find(s, err);
    if (st == OK && !m_is_nan(goal) && s->risk.measure == RISK_MEAN) st = sure_find(s, goal, err);
    return st;
}

static status_t study_find(allocation_study_t *s, error_t *err)
{
    status_t st = problem_expect(&s->problem, &s->draws, s->own, err);
    if (st == OK) st = problem_fly(&s->problem, s->flights, err);
    if (st == OK) st = split_find(s, err);
    if (st != OK) return st;
    study_base(s);
    flights_find(s);
    if (s->uncertain) st = doubt(s, err);
    bool of_means = s->aiming.aim != AIM_TARGET_FREQUENCY && s->risk.measure == RISK_MEAN;
    if (st == OK && of_means) st = study_frontier(s, err);
    study_tell(s);
    return st;
}

static status_t curves_study(allocation_study_t *s, error_t *err)
{
    status_t st = problem_of_curves(&s->problem, s->scenario, s->points, err);
    if (st == OK) st = draws_of_curves(&s->draws, &s->problem, s->scenario, err);
    s->uncertain = s->draws.n > 1;
    return st == OK ? study_find(s, err) : st;
}

status_t allocation_study_open(allocation_study_t *s, const scenario_t *sc,
                               const allocation_options_t *options, error_t *err)
{
    *s = (allocation_study_t){.scenario = sc};
    aims_set(s);
    nothing_uncertain(s);
    return sc->allocation.n_curves ? curves_study(s, err) : simulated_study(s, options, err);
}

void allocation_study_free(allocation_study_t *s)
{
    for (int i = 0; i < ALLOCATION_CELLS; i++) {
        free(s->own[i]);
        free(s->points[i]);
        s->own[i] = s->points[i] = NULL;
        flights_delete(s->flights[i]);
        s->flights[i] = NULL;
    }
    draws_free(&s->draws);
    simulator_delete(s->simulator);
    s->simulator = NULL;
    notices_free(&s->errors);
    notices_free(&s->notices);
}
