/* joint.c -- what cells bring together: the search over splits and over budgets on the simulator itself, what the next
 * unit of money brings there, and how much better any split could be. */
#include "models/base/maths.h"
#include "models/base/rng.h"
#include "sim/allocate/search.h"
#include "sim/allocate/simulated.h"
#include "sim/experiment/run.h"
#include "sim/metrics/statistics.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LOOKS = 12, LOOKS_A_CELL = 4 };

/* --- splits of one budget --------------------------------------------------------------------------- */

typedef struct {
    allocation_study_t *study;
    double value[CURVE_PAIRS];
    status_t status;
    error_t *err;
} joint_t;

static double joint_value(void *context, const double *spend)
{
    joint_t *j = context;
    allocation_study_t *s = j->study;
    if (j->status == OK)
        j->status =
            simulator_response(s->simulator, spend, s->column, CURVE_PAIRS, j->value, j->err);
    if (j->status != OK) return -INFINITY;
    double response = mean_of(j->value, CURVE_PAIRS);
    if (s->aiming.aim != AIM_MAX_PROFIT) return response;
    return s->aiming.value * response - problem_spend(&s->problem, spend);
}

static double curve_guess(void *context, int cell, double from, double to)
{
    const joint_t *j = context;
    const problem_t *p = &j->study->problem;
    return cell_response(p, &p->cell[cell], to, NULL) -
           cell_response(p, &p->cell[cell], from, NULL);
}

void contender_add(contenders_t *c, const problem_t *p, const double *spend)
{
    for (int k = 0; k < c->n; k++) {
        double moved = 0;
        for (int i = 0; i < p->n; i++) moved += m_abs(spend[i] - c->spend[k][i]) / 2;
        if (moved <= 1e-3 * m_max(problem_spend(p, spend), 1e-9)) return;
    }
    if (c->n < CONTENDERS) memcpy(c->spend[c->n++], spend, sizeof c->spend[0]);
}

/* Lots from a quarter of the money to a thirty-second; or to the person's own, of which they are multiples. */
static void lots_choose(search_t *search, double total, double lot)
{
    search->first = lot > 0 ? lot : total / 4;
    search->last = lot > 0 ? lot : total / 32;
    while (lot > 0 && 2 * search->first <= total / 4) search->first *= 2;
}

status_t joint_search(allocation_study_t *s, contenders_t *found, error_t *err)
{
    const problem_t *p = &s->problem;
    joint_t joint = {.study = s, .err = err};
    double start[2][ALLOCATION_CELLS] = {{0}}, value[2];
    search_t search = {.problem = p, .value = joint_value, .guess = curve_guess, .context = &joint};
    lots_choose(&search, m_max(s->outcome.best.total_spend, 1e-6), p->lot);
    memcpy(start[0], s->outcome.best.spend, sizeof start[0]);
    for (int i = 0; i < p->n; i++) start[1][i] = p->cell[i].current;
    double before = joint_value(&joint, start[0]), today = joint_value(&joint, start[1]);
    contender_add(found, p, start[0]);
    int starts = problem_allows(p, start[1]) && today >= before ? 2 : 1;
    for (int k = 0; joint.status == OK && k < starts; k++) {
        search.looks = 0;
        search.looks_most = LOOKS + LOOKS_A_CELL * p->n;
        value[k] = search_climb(&search, start[k]);
        for (int i = 0; i < p->n; i++) start[k][i] = floor(start[k][i] * 100 + 1e-6) / 100;
        if (value[k] > before + 1e-9 * m_abs(before)) contender_add(found, p, start[k]);
    }
    return joint.status;
}

/* --- marginals -------------------------------------------------------------------------------------- */

/* The mean over resamples of pairs of (more - base) / step. */
static void marginal_draws(const allocation_study_t *s, const double *base, const double *more,
                           double step, double *out)
{
    double weight[CURVE_PAIRS];
    for (int d = 0; d < CURVE_DRAWS; d++) {
        pairs_resample(s->scenario->seed, d, CURVE_PAIRS, weight);
        out[d] = 0;
        for (int j = 0; j < CURVE_PAIRS; j++) out[d] += weight[j] * (more[j] - base[j]) / step;
    }
}

status_t joint_marginals(allocation_study_t *s, error_t *err)
{
    solution_t *x = &s->outcome.best;
    double base[CURVE_PAIRS], more[CURVE_PAIRS], at[ALLOCATION_CELLS];
    double lot = m_max(x->total_spend / 32, 1e-6);
    memcpy(at, x->spend, sizeof at);
    status_t st = simulator_response(s->simulator, at, s->column, CURVE_PAIRS, base, err);
    x->price = 0;
    x->marginals_simulated = true;
    for (int i = 0; st == OK && i < s->problem.n; i++) {
        at[i] += lot;
        st = simulator_response(s->simulator, at, s->column, CURVE_PAIRS, more, err);
        at[i] = x->spend[i];
        if (st != OK) break;
        x->marginal[i] = (mean_of(more, CURVE_PAIRS) - mean_of(base, CURVE_PAIRS)) / lot;
        marginal_draws(s, base, more, lot, s->marginal[i]);
        if (x->spend[i] > 0) {
            at[i] = 0;
            st = simulator_response(s->simulator, at, s->column, CURVE_PAIRS, more, err);
            x->response[i] = mean_of(base, CURVE_PAIRS) - mean_of(more, CURVE_PAIRS);
            at[i] = x->spend[i];
        }
        const cell_t *c = &s->problem.cell[i];
        bool held = at[i] >= c->high && c->high_given;
        if (at[i] > c->low && !held) x->price = m_max(x->price, x->marginal[i]);
    }
    solution_explain(&s->problem, x);
    for (int i = 0; i < s->problem.n && aim_has_goal(s->aiming.aim) && s->outcome.reached; i++)
        if (x->held[i] == HOLD_BY_BUDGET) x->held[i] = HOLD_BY_TARGET;
    return st;
}

/* --- a bound ---------------------------------------------------------------------------------------- */

static const double SURE = 0.95; /* that no split brings more */

/* By how much the marginals promise more of the same money on the cells that bring the most (Frank and Wolfe 1956):
 * where the joint response is concave, no split within the limits of the cells gains more. Groups only forbid. */
static double promise_of(const problem_t *p, const double *spend, const double *marginal)
{
    double gain = 0, left = m_max(p->budget, problem_spend(p, spend));
    bool filled[ALLOCATION_CELLS] = {false};
    for (int i = 0; i < p->n; i++) {
        double least = cell_least(&p->cell[i]);
        gain += marginal[i] * (least - spend[i]);
        left -= least;
    }
    for (int round = 0; round < p->n && left > 0; round++) {
        int best = -1;
        for (int i = 0; i < p->n; i++)
            if (!filled[i] && marginal[i] > 0 && (best < 0 || marginal[i] > marginal[best]))
                best = i;
        if (best < 0) break;
        const cell_t *c = &p->cell[best];
        double room = c->high_given ? m_max(c->high - cell_least(c), 0) : left,
               taken = m_min(room, left);
        gain += marginal[best] * taken;
        left -= taken;
        filled[best] = true;
    }
    return m_max(gain, 0);
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Other people, as the groups of the simulated ones differ: a normal for each group (a jackknife), wider by as much as
 * Student's t for so few. The groups' luck is counted here too, though the pairs have it: the bound errs upwards. */
static void people_draw(const allocation_study_t *s, int draw, double z[JACKKNIFE_GROUPS])
{
    enum { OF_PEOPLE = 1 }; /* apart from the draws of pairs */
    double few = student_quantile(SURE, JACKKNIFE_GROUPS - 1) / normal_quantile(SURE);
    double spread = few * m_sqrt(simulator_left_out(s->simulator) * (JACKKNIFE_GROUPS - 1.0) /
                                 JACKKNIFE_GROUPS);
    for (int g = 0; g < JACKKNIFE_GROUPS; g++) {
        rng_block_t b = rng_at(rng_key(s->scenario->seed), DRAW_BOOTSTRAP, OF_PEOPLE, 0,
                               (uint64_t)draw, 0, (uint32_t)g);
        z[g] = spread * normal_quantile(rng_unit(b, 0));
    }
}

/* What the next unit brings, if other people might be sampled. */
static double with_people(double marginal, const people_change_t *change,
                          const double z[JACKKNIFE_GROUPS])
{
    double share = 1;
    for (int g = 0; g < JACKKNIFE_GROUPS; g++) share += z[g] * change->without[g];
    return marginal * m_max(share, 0);
}

/* What the next unit brings each cell on a draw of the pairs. */
static void marginals_on(const allocation_study_t *s, int draw, double *marginal)
{
    for (int i = 0; i < s->problem.n; i++) {
        cell_t c = s->problem.cell[i];
        c.curve = *draw_curve(&s->draws, draw % s->draws.n, i);
        /* From below: at a curve's end the last unit counts, not the next. */
        marginal[i] = s->search_moved
                          ? s->marginal[i][draw]
                          : cell_slope(&s->problem, &c, s->outcome.best.spend[i] * (1 - 1e-9));
    }
}

void joint_bound(allocation_study_t *s, const people_change_t *change)
{
    enum { PEOPLE_DRAWS = 8, DRAWS = CURVE_DRAWS * PEOPLE_DRAWS };
    const problem_t *p = &s->problem;
    double promise[DRAWS], z[JACKKNIFE_GROUPS];
    double marginal[ALLOCATION_CELLS], at[ALLOCATION_CELLS];
    for (int d = 0; d < DRAWS; d++) {
        if (d % PEOPLE_DRAWS == 0) marginals_on(s, d / PEOPLE_DRAWS, marginal);
        people_draw(s, d, z);
        for (int i = 0; i < p->n; i++) at[i] = with_people(marginal[i], &change[i], z);
        promise[d] = promise_of(p, s->outcome.best.spend, at);
    }
    qsort(promise, DRAWS, sizeof *promise, by_size);
    s->promise = quantile_of_sorted(promise, DRAWS, SURE);
}

/* --- a goal ------------------------------------------------------------------------------------------ */

enum { GOAL_LOOKS = 24, GOAL_CHECKS = 3 };
/* The goal is met within this share: as exact as the simulation itself. */
static const double GOAL_EXACT = 0.005;
/* Marginal returns: of the next 5 % of spend. */
static const double NEXT_STEP = 0.05;

typedef struct {
    allocation_study_t *study;
    problem_t *problem; /* whose budget is moved */
    solution_t *at;
    const double *shape; /* a split whose shares are taken; NULL = the curves' split */
    double least, most;
    int looks;
    status_t status;
    error_t *err;
} goal_search_t;

static bool wants_least(aim_t aim)
{
    return aim == AIM_MIN_SPEND || aim == AIM_TARGET_FREQUENCY;
}

static measures_t goal_measures(const allocation_study_t *s)
{
    return (measures_t){
        3,
        {{s->column, false}, {column_find("spend"), false}, {column_find("impressions"), false}}};
}

typedef struct {
    double response, spent, impressions;
} brought_t;

static status_t split_brings(const allocation_study_t *s, simulator_t *simulator,
                             const double *spend, size_t pairs, brought_t *out, error_t *err)
{
    measures_t what = goal_measures(s);
    double *value = malloc(2 * pairs * MEASURES_MOST * sizeof *value);
    if (!value) return fail_memory(err, "a plan's replications");
    status_t st = simulator_run(simulator, spend, &what, pairs, value, err);
    *out = (brought_t){0};
    for (size_t r = 0; st == OK && r < 2 * pairs; r++) {
        const double *of = value + r * (size_t)what.n;
        out->response += of[0] / (2 * (double)pairs);
        out->spent += of[1] / (2 * (double)pairs);
        out->impressions += of[2] / (2 * (double)pairs);
    }
    free(value);
    return st;
}

/* The aim's measure of the best split of a budget. */
static double measure_of_split(goal_search_t *g, simulator_t *simulator, const double *spend,
                               size_t pairs)
{
    const allocation_study_t *s = g->study;
    brought_t now = {0}, next = {0};
    double more[ALLOCATION_CELLS];
    if (g->status == OK) g->status = split_brings(s, simulator, spend, pairs, &now, g->err);
    if (g->status != OK) return NAN;
    switch (s->aiming.aim) {
    case AIM_TARGET_CPA: return now.response > 0 ? now.spent / now.response : NAN;
    case AIM_TARGET_ROAS: return now.spent > 0 ? s->aiming.value * now.response / now.spent : NAN;
    case AIM_TARGET_FREQUENCY: return now.response > 0 ? now.impressions / now.response : NAN;
    case AIM_TARGET_MROAS: break;
    default: return now.response;
    }
    for (int i = 0; i < s->problem.n; i++) more[i] = spend[i] * (1 + NEXT_STEP);
    g->status = split_brings(s, simulator, more, pairs, &next, g->err);
    double spent = next.spent - now.spent;
    return spent > 0 ? s->aiming.value * (next.response - now.response) / spent : 0;
}

/* The split of a budget: in the shares of one that was searched, where limits allow them, or as the curves say. */
static void split_at(goal_search_t *g, double budget)
{
    double spend[ALLOCATION_CELLS], whole = g->shape ? problem_spend(g->problem, g->shape) : 0;
    g->problem->budget = budget;
    for (int i = 0; i < g->problem->n; i++)
        spend[i] = whole > 0 ? floor(g->shape[i] / whole * budget * 100) / 100 : 0;
    if (whole > 0 && problem_allows(g->problem, spend))
        solution_of_split(g->problem, spend, g->at);
    else if (g->status == OK)
        g->status = problem_solve_quick(g->problem, g->at, g->err);
}

static double measure_at(goal_search_t *g, double budget)
{
    g->looks++;
    split_at(g, budget);
    return measure_of_split(g, g->study->simulator, g->at->spend, CURVE_PAIRS);
}

static bool is_met(aim_t aim, double measure, double goal)
{
    return aim == AIM_TARGET_CPA ? measure <= goal : measure >= goal;
}

/* Budgets from `in`, where the goal is met, to `out`, where it is not: in steps of a fifth, until they are close. */
static double goal_between(goal_search_t *g, double in, double m_in, double out, double m_out,
                           double goal)
{
    while (g->status == OK && g->looks < GOAL_LOOKS && m_abs(in / out - 1) > 1e-3 &&
           m_abs(m_in / goal - 1) > GOAL_EXACT / 5) {
        /* By the secant in logs, kept off the ends, where one of them would stand still. */
        double share = m_log(m_in / goal) / m_log(m_in / m_out);
        share = m_is_finite(share) ? m_min(m_max(share, 0.1), 0.9) : 0.5;
        double budget = in * m_pow(out / in, share), m = measure_at(g, budget);
        bool met = is_met(g->study->aiming.aim, m, goal);
        *(met ? &in : &out) = budget;
        *(met ? &m_in : &m_out) = m;
    }
    return in;
}

/* The budget that keeps the goal; false = none does, and the one that comes nearest, with what it brings. */
static bool goal_budget(goal_search_t *g, double goal, double *budget, double *best)
{
    static const double shares[] = {0.5, 0.25, 0.1, 0.03};
    aim_t aim = g->study->aiming.aim;
    bool least = wants_least(aim);
    double last = g->most, m_last = measure_at(g, last);
    *budget = last;
    *best = m_last;
    if (is_met(aim, m_last, goal) != least) return is_met(aim, m_last, goal);
    for (size_t k = 0; g->status == OK && k < sizeof shares / sizeof *shares; k++) {
        double b = m_max(shares[k] * g->most, g->least);
        if (!(b < last)) break;
        double m = measure_at(g, b);
        if (!least && (m_is_nan(*best) || (aim == AIM_TARGET_CPA ? m < *best : m > *best))) {
            *best = m;
            *budget = b;
        }
        bool met = is_met(aim, m, goal);
        if (met != least) {
            *budget = least ? goal_between(g, last, m_last, b, m, goal)
                            : goal_between(g, b, m, last, m_last, goal);
            return g->status == OK;
        }
        last = b;
        m_last = m;
    }
    if (least) *budget = last; /* even the least meets it */
    return least;
}

void joint_goal_out_of_reach(allocation_study_t *s)
{
    char words[200];
    aim_t aim = s->aiming.aim;
    double *best = &s->outcome.attainable_high, had = s->outcome.achieved;
    s->outcome.reached = is_met(aim, had, s->aiming.goal);
    if (s->outcome.reached) return;
    if (m_is_nan(*best) || is_met(aim, had, *best)) *best = had;
    aim_words_out_of_reach(&s->aiming, *best, 4, words, sizeof words);
    snprintf(s->outcome.text, sizeof s->outcome.text, "%s, with %.10g%s", words,
             problem_spend(&s->problem, s->outcome.best.spend),
             m_is_nan(s->scenario->allocation.budget) && wants_least(aim) && s->problem.budget > 0
                 ? ", the plan's money; allocate.budget allows more"
                 : "");
}

/* Lots moved on the simulator, at one budget: true if the split gains by it. */
static bool goal_shape(goal_search_t *g, double budget, double *shape)
{
    allocation_study_t *s = g->study;
    joint_t joint = {.study = s, .err = g->err};
    search_t search = {.problem = g->problem,
                       .value = joint_value,
                       .guess = curve_guess,
                       .context = &joint,
                       .looks_most = LOOKS + LOOKS_A_CELL * s->problem.n};
    split_at(g, budget);
    lots_choose(&search, m_max(g->at->total_spend, 1e-6), s->problem.lot);
    memcpy(shape, g->at->spend, sizeof g->at->spend);
    double before = joint_value(&joint, shape), after = search_climb(&search, shape);
    if (g->status == OK) g->status = joint.status;
    return g->status == OK && after > before * (1 + 1e-3);
}

/* A sample's level may be off: the goal is looked for where all people would meet it. */
static bool goal_with_all(goal_search_t *g, simulator_t *all, double *shape, double *budget,
                          double *best)
{
    allocation_study_t *s = g->study;
    aim_t aim = s->aiming.aim;
    double goal = s->aiming.goal, aimed = goal;
    bool found = false;
    for (int k = 0; g->status == OK && k < GOAL_CHECKS; k++) {
        g->looks = 0;
        found = goal_budget(g, aimed, budget, best);
        if (k == 0 && goal_shape(g, *budget, shape)) {
            g->shape = shape;
            g->looks = 0;
            found = goal_budget(g, aimed, budget, best);
        }
        double sampled = measure_at(g, *budget);
        if (!all) return found;
        double whole = measure_of_split(g, all, g->at->spend, CURVE_PAIRS);
        double level = whole / sampled;
        *best *= level;
        if (!m_is_finite(level)) return false;
        bool exact = m_abs(whole / goal - 1) <= GOAL_EXACT;
        if (exact || (!found && !is_met(aim, whole, goal))) return found || exact;
        if (is_met(aim, whole, goal) && *budget >= g->most * (1 - 1e-9) && !wants_least(aim))
            return true;
        aimed *= goal / whole;
    }
    return found;
}

status_t joint_goal(allocation_study_t *s, const allocation_options_t *options, error_t *err)
{
    feasibility_t possible;
    goal_search_t g = {.study = s, .err = err};
    simulator_options_t how = {.threads = options->threads, .interrupted = options->interrupted};
    simulator_t *all = NULL;
    double budget = 0, best = NAN, shape[ALLOCATION_CELLS];
    g.problem = malloc(sizeof *g.problem);
    g.at = malloc(sizeof *g.at);
    if (!g.problem || !g.at) g.status = fail_memory(err, "the search for a budget");
    if (g.status == OK && !problem_feasible(&s->problem, &possible))
        g.status = fail(err, ERR_INVALID, "%s", possible.text);
    if (g.status == OK && simulator_people(s->simulator) < study_people(s->scenario))
        g.status = simulator_new(s->scenario, &how, &all, err);
    if (g.status == OK) {
        *g.problem = s->problem;
        g.least = m_max(possible.least, 1e-6);
        g.most = m_min(s->problem.budget, possible.most);
        s->outcome.reached = goal_with_all(&g, all, shape, &budget, &best);
    }
    if (g.status == OK) {
        s->outcome.best = *g.at;
        s->search_moved =
            true; /* curves beside today's money of the others do not tell of this split */
        s->outcome.attainable_high = s->outcome.reached ? NAN : best;
        *s->outcome.text = 0;
        for (int i = 0; i < s->problem.n; i++)
            if (s->outcome.best.held[i] == HOLD_BY_BUDGET && budget < g.most * (1 - 1e-6))
                s->outcome.best.held[i] = HOLD_BY_TARGET;
    }
    simulator_delete(all);
    free(g.problem);
    free(g.at);
    return g.status;
}
