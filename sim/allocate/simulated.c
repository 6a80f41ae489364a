/* simulated.c -- the split of a scenario's money. Curves by simulation give a split as if responses added up; the
 * simulator itself then says what it brings, moves lots between cells as long as that gains, and compares the
 * result with today's plan: the same people, the same luck. */
#include "sim/allocate/simulated.h"

#include "models/base/maths.h"
#include "sim/allocate/build.h"
#include "sim/allocate/search.h"
#include "sim/experiment/compare.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXTENSIONS = 2, LOOKS = 12, LOOKS_A_CELL = 4 };

/* --- what is counted ------------------------------------------------------------------------------ */

static const struct {
    aim_t aim;
    const char *metric; /* of the target that asks for it; NULL = unless another is named */
    const char *column; /* the numerator is the response */
} responses[] = {
    {AIM_MAX_VALUE, NULL, "incremental_revenue"},
    {AIM_MAX_REACH, NULL, "reach"},
    {AIM_MAX_CONVERSIONS, NULL, "conversions"},
    {AIM_MAX_INCREMENTAL, NULL, "incremental_conversions"},
    {AIM_MAX_REVENUE, NULL, "incremental_revenue"},
    {AIM_MAX_PROFIT, NULL, "incremental_revenue"},
    {AIM_TARGET_CPA, "icpa", "incremental_conversions"},
    {AIM_TARGET_CPA, NULL, "conversions"},
    {AIM_TARGET_ROAS, "iroas", "incremental_revenue"},
    {AIM_TARGET_ROAS, NULL, "revenue"},
    {AIM_TARGET_MROAS, NULL, "incremental_revenue"},
    {AIM_MIN_SPEND, NULL, "incremental_conversions"},
    {AIM_EVALUATE, NULL, "incremental_conversions"},
};

static status_t column_choose(const allocation_t *a, int *column, error_t *err)
{
    char reach[16];
    *column = -1;
    if (a->aim == AIM_MAX_REACH_K) {
        snprintf(reach, sizeof reach, "reach_%d", (int)a->times);
        *column = column_find(reach);
        return *column >= 0 ? OK : fail(err, ERR_INVALID, "k is 2, 3, 5 or 10");
    }
    bool free_choice = a->aim == AIM_MIN_SPEND || a->aim == AIM_EVALUATE;
    if (free_choice && a->goal_metric) *column = column_find(a->goal_metric);
    for (size_t k = 0; *column < 0 && k < sizeof responses / sizeof *responses; k++) {
        const char *metric = responses[k].metric;
        bool named = metric && a->goal_metric && !strcmp(metric, a->goal_metric);
        if ((int)responses[k].aim == a->aim && (!metric || named))
            *column = column_find(responses[k].column);
    }
    if (*column < 0)
        return fail(err, ERR_INVALID,
                    "this objective is for curves of your own, not for a scenario");
    return OK;
}

/* --- the problem ---------------------------------------------------------------------------------- */

static void problem_of_scenario(allocation_study_t *s)
{
    const scenario_t *sc = s->scenario;
    const allocation_t *a = &sc->allocation;
    problem_t *p = &s->problem;
    int cell_of[MAX_AD_SETS];
    double sum = 0;
    *p = (problem_t){.n = simulator_cells(s->simulator), .lot = a->lot, .periods = 1};
    for (int i = 0; i < MAX_AD_SETS; i++) cell_of[i] = -1;
    for (int i = 0; i < p->n; i++) {
        p->cell[i] = (cell_t){.name = simulator_cell_name(s->simulator, i), .high = INFINITY};
        sum += p->cell[i].current = simulator_cell_budget(s->simulator, i);
        for (int k = 0; a->cells == CELLS_PLATFORM && k < sc->n_platforms; k++)
            if (sc->platform[k].name == p->cell[i].name) cell_of[k] = i;
    }
    p->budget = m_is_nan(a->budget) ? sum : a->budget;
    problem_limit(p, a, a->cells == CELLS_PLATFORM ? cell_of : NULL);
    if (s->aiming.aim == AIM_MAX_PROFIT)
        s->aiming.value = sc->product.margin * (1 - sc->product.returns) / (1 + sc->product.fees);
}

/* --- curves --------------------------------------------------------------------------------------- */

static double top_most(const problem_t *p, int i)
{
    return m_min(p->cell[i].high, p->budget);
}

/* How far the curves are looked at to begin with. */
static void tops_begin(const problem_t *p, double *top)
{
    for (int i = 0; i < p->n; i++) {
        double c = p->cell[i].current;
        double wanted = c > 0 ? 3 * c : 1.5 * p->budget / p->n;
        top[i] = m_max(m_min(wanted, top_most(p, i)), m_max(c, p->cell[i].low));
    }
}

/* Curves end where nothing was simulated. */
static void tops_hold(problem_t *p, const double *top, const problem_t *asked)
{
    for (int i = 0; i < p->n; i++) p->cell[i].high = m_min(asked->cell[i].high, top[i]);
}

/* Where the split stands at a curve's end and more is allowed: look farther. */
static bool tops_extend(const allocation_study_t *s, const problem_t *asked, double *top)
{
    bool more = false;
    for (int i = 0; i < asked->n; i++) {
        double most = top_most(asked, i);
        if (s->outcome.best.spend[i] < 0.97 * top[i] || top[i] >= most) continue;
        top[i] = m_min(2.5 * top[i], most);
        more = true;
    }
    return more;
}

static status_t solve_on_curves(allocation_study_t *s, error_t *err)
{
    double current[ALLOCATION_CELLS];
    for (int i = 0; i < s->problem.n; i++) current[i] = s->problem.cell[i].current;
    if (s->aiming.aim != AIM_EVALUATE) return aim_solve(&s->problem, &s->aiming, &s->outcome, err);
    solution_of_split(&s->problem, current, &s->outcome.best);
    s->outcome.reached = true;
    return OK;
}

static status_t curves_find(allocation_study_t *s, levels_t *l, error_t *err)
{
    double top[ALLOCATION_CELLS];
    problem_t *asked = malloc(sizeof *asked);
    if (!asked) return fail_memory(err, "the problem");
    *asked = s->problem;
    for (int i = 0; i < s->problem.n; i++) l->centre[i] = s->problem.cell[i].current;
    tops_begin(asked, top);
    status_t st = simulator_run(s->simulator, l->centre, s->column, CURVE_PAIRS, l->at_centre, err);
    bool more = true;
    for (int k = 0; st == OK && more && k <= EXTENSIONS; k++) {
        st = levels_simulate(l, s->simulator, s->column, top, err);
        if (st == OK)
            st = levels_fit(l, &s->problem, &s->draws, s->scenario->seed, s->own,
                            &s->problem.offset, err);
        tops_hold(&s->problem, top, asked);
        if (st == OK) st = solve_on_curves(s, err);
        more = st == OK && tops_extend(s, asked, top);
    }
    if (st == OK) st = levels_refine(l, s->simulator, s->column, s->outcome.best.spend, err);
    if (st == OK)
        st = levels_fit(l, &s->problem, &s->draws, s->scenario->seed, s->own, &s->problem.offset,
                        err);
    if (st == OK) st = solve_on_curves(s, err);
    free(asked);
    s->additive = s->outcome.best.total_response;
    s->uncertain = true;
    return st;
}

/* --- the simulator itself ------------------------------------------------------------------------- */

typedef struct {
    allocation_study_t *study;
    double value[CURVE_PAIRS];
    status_t status;
    error_t *err;
} joint_t;

static double mean_of(const double *x, int n)
{
    double sum = 0;
    for (int k = 0; k < n; k++) sum += x[k];
    return sum / n;
}

static double joint_value(void *context, const double *spend)
{
    joint_t *j = context;
    allocation_study_t *s = j->study;
    if (j->status == OK)
        j->status = simulator_run(s->simulator, spend, s->column, CURVE_PAIRS, j->value, j->err);
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

/* From the curves' split, and from today's where that is no worse; the better of the two. */
static status_t search_find(allocation_study_t *s, error_t *err)
{
    const problem_t *p = &s->problem;
    joint_t joint = {.study = s, .err = err};
    double start[2][ALLOCATION_CELLS] = {{0}}, value[2], lot = p->lot;
    double total = m_max(s->outcome.best.total_spend, 1e-6);
    search_t search = {.problem = p, .value = joint_value, .guess = curve_guess, .context = &joint};
    search.first = lot > 0 ? m_max(floor(total / 4 / lot), 1) * lot : total / 4;
    search.last = lot > 0 ? lot : total / 32;
    memcpy(start[0], s->outcome.best.spend, sizeof start[0]);
    for (int i = 0; i < p->n; i++) start[1][i] = p->cell[i].current;
    double before = joint_value(&joint, start[0]), today = joint_value(&joint, start[1]);
    int starts = problem_allows(p, start[1]) && today >= before ? 2 : 1;
    for (int k = 0; joint.status == OK && k < starts; k++) {
        search.looks = 0;
        search.looks_most = LOOKS + LOOKS_A_CELL * p->n;
        value[k] = search_climb(&search, start[k]);
    }
    if (joint.status != OK) return joint.status;
    int best = starts == 2 && value[1] > value[0];
    s->search_moved = value[best] > before + 1e-9 * m_abs(before);
    if (!s->search_moved) return OK;
    for (int i = 0; i < p->n; i++) start[best][i] = floor(start[best][i] * 100 + 1e-6) / 100;
    solution_t on_curves = s->outcome.best;
    solution_of_split(p, start[best], &s->outcome.best);
    memcpy(s->outcome.best.side_price, on_curves.side_price, sizeof on_curves.side_price);
    s->outcome.best.price = on_curves.price;
    return OK;
}

/* Where lots were moved, the curves no longer tell what the next unit brings, nor what a cell does: the simulator is
 * asked, with a lot more and without the cell. */
static status_t marginals_find(allocation_study_t *s, error_t *err)
{
    solution_t *x = &s->outcome.best;
    double base[CURVE_PAIRS], more[CURVE_PAIRS], at[ALLOCATION_CELLS];
    double lot = m_max(x->total_spend / 32, 1e-6);
    memcpy(at, x->spend, sizeof at);
    status_t st = simulator_run(s->simulator, at, s->column, CURVE_PAIRS, base, err);
    x->price = 0;
    for (int i = 0; st == OK && i < s->problem.n; i++) {
        at[i] += lot;
        st = simulator_run(s->simulator, at, s->column, CURVE_PAIRS, more, err);
        at[i] = x->spend[i];
        x->marginal[i] = (mean_of(more, CURVE_PAIRS) - mean_of(base, CURVE_PAIRS)) / lot;
        if (st == OK && x->spend[i] > 0) {
            at[i] = 0;
            st = simulator_run(s->simulator, at, s->column, CURVE_PAIRS, more, err);
            x->response[i] = mean_of(base, CURVE_PAIRS) - mean_of(more, CURVE_PAIRS);
            at[i] = x->spend[i];
        }
        const cell_t *c = &s->problem.cell[i];
        bool held = at[i] >= c->high && c->high_given;
        if (at[i] > c->low && !held) x->price = m_max(x->price, x->marginal[i]);
    }
    solution_explain(&s->problem, x);
    return st;
}

/* --- the joint check ------------------------------------------------------------------------------- */

static void keep_current(allocation_study_t *s)
{
    double current[ALLOCATION_CELLS];
    for (int i = 0; i < s->problem.n; i++) current[i] = s->problem.cell[i].current;
    double price = s->outcome.best.price;
    solution_of_split(&s->problem, current, &s->outcome.best);
    s->outcome.best.price = price;
    s->moves = false;
}

static bool wants_most(const allocation_study_t *s)
{
    return s->aiming.aim <= AIM_MAX_REVENUE;
}

static spread_over_t spread_of_estimate(estimate_t x)
{
    return (spread_over_t){x.mean, x.lo, x.p50, x.hi};
}

static void check_read(allocation_study_t *s, compare_t *c)
{
    const char *name = columns[s->column].name;
    int scope = scope_plan(c->study[0].evidence.scopes);
    double goal = allocation_goal(s->scenario);
    comparison_take(c->comparison, s->column);
    difference_t d = comparison_difference(c->comparison, 0, 1, c->confidence);
    s->response = spread_of_estimate(study_estimate(&c->study[0], scope, name));
    s->base_response = spread_of_estimate(study_estimate(&c->study[1], scope, name));
    s->spent = study_estimate(&c->study[0], scope, "spend").mean;
    s->base_spent = study_estimate(&c->study[1], scope, "spend").mean;
    s->difference = (spread_over_t){d.mean, d.lo, d.p50, d.hi};
    s->gain_low = d.mean - 1.96 * d.mc_se;
    s->gain_high = d.mean + 1.96 * d.mc_se;
    s->p_better = d.better;
    s->expected_loss = d.loss;
    if (!m_is_nan(goal)) s->p_goal = comparison_probability(c->comparison, 0, false, goal);
}

/* The recommended split and today's, by the comparison that `adsim compare` makes. */
static status_t compare_plans(allocation_study_t *s, const allocation_options_t *o, error_t *err)
{
    static const char *const name[] = {"recommended", "current"};
    compare_t c = {0};
    compare_how_t how = {.column = s->column,
                         .replications = 2 * CHECK_PAIRS,
                         .most = 2 * CHECK_PAIRS,
                         .run = {.threads = o->threads, .interrupted = o->interrupted}};
    scenario_t *plan = malloc(2 * sizeof *plan);
    if (!plan) return fail_memory(err, "the plans");
    simulator_plan(s->simulator, s->outcome.best.spend, &plan[0]);
    simulator_plan(s->simulator, s->base.spend, &plan[1]);
    const scenario_t *both[] = {&plan[0], &plan[1]};
    status_t st = compare_open(&c, both, name, 2, &how, err);
    if (st == OK) st = compare_simulate(&c, err);
    if (st == OK) check_read(s, &c);
    compare_close(&c);
    free(plan);
    return st;
}

/* The base against itself. */
static void nothing_gained(allocation_study_t *s)
{
    keep_current(s);
    s->response = s->base_response;
    s->spent = s->base_spent;
    s->difference = (spread_over_t){0, 0, 0, 0};
    s->gain_low = s->gain_high = s->expected_loss = 0;
    s->p_better = 0.5;
}

static status_t check_jointly(allocation_study_t *s, const allocation_options_t *o, error_t *err)
{
    solution_t *x = &s->outcome.best;
    study_base(s);
    status_t st = compare_plans(s, o, err);
    if (st != OK) return st;
    if (wants_most(s) && s->difference.mean < 0 && s->base_allowed) nothing_gained(s);
    x->total_response = s->response.mean;
    s->base.total_response = s->base_response.mean;
    s->outcome.achieved = aim_measure(&s->aiming, x->total_spend, x->total_response, x->price);
    return OK;
}

/* Few replications stand behind a curve: they tell differences between splits well, the level less so. What cells
 * bring is put on the level of the joint check. */
static status_t level_find(allocation_study_t *s, error_t *err)
{
    double value[CURVE_PAIRS];
    solution_t *x = &s->outcome.best;
    status_t st = simulator_run(s->simulator, x->spend, s->column, CURVE_PAIRS, value, err);
    if (st != OK) return st;
    double mean = mean_of(value, CURVE_PAIRS);
    s->scale = mean > 0 ? x->total_response / mean : 1;
    for (int i = 0; i < s->problem.n; i++) {
        x->response[i] *= s->scale;
        x->marginal[i] *= s->scale;
        x->shadow[i] *= s->scale;
        s->base.response[i] *= s->scale;
        s->base.marginal[i] *= s->scale;
    }
    for (int k = 0; k < s->problem.n_sides; k++) x->side_price[k] *= s->scale;
    x->price *= s->scale;
    s->additive *= s->scale;
    return OK;
}

/* --- the whole ------------------------------------------------------------------------------------- */

static void tell_overlap(allocation_study_t *s)
{
    const solution_t *x = &s->outcome.best;
    double sum = 0;
    for (int i = 0; i < s->problem.n; i++) sum += x->response[i];
    double shared = 1 - x->total_response / m_max(sum, 1e-300);
    if (shared > 0.02)
        notices_add(&s->notices,
                    "Cells work on the same people: together they bring %.0f %% less than each "
                    "beside the others as they are today, added up",
                    100 * shared);
    if (shared < -0.02)
        notices_add(
            &s->notices,
            "Cells work on the same people: without one of them, others would reach its people; "
            "what each brings adds up to %.0f %% of the whole",
            100 * sum / m_max(x->total_response, 1e-300));
    if (s->spent < 0.98 * x->total_spend)
        notices_add(&s->notices,
                    "Of the recommended %.10g, platforms would spend %.0f: some cells cannot take "
                    "their money",
                    x->total_spend, s->spent);
}

status_t simulated_study(allocation_study_t *s, const allocation_options_t *options, error_t *err)
{
    simulator_options_t how = {options->threads, options->interrupted};
    levels_t *l = calloc(1, sizeof *l);
    status_t st = l ? column_choose(&s->scenario->allocation, &s->column, err)
                    : fail_memory(err, "the curves");
    if (st == OK && s->risk.measure != RISK_MEAN)
        st = fail(err, ERR_INVALID, "measures of risk are for curves of your own");
    if (st == OK) st = simulator_new(s->scenario, &how, &s->simulator, err);
    if (st != OK) goto out;
    problem_of_scenario(s);
    st = curves_find(s, l, err);
    if (st == OK && (wants_most(s) || s->aiming.aim == AIM_MAX_PROFIT)) st = search_find(s, err);
    if (st == OK && s->search_moved) st = marginals_find(s, err);
    if (st == OK) st = check_jointly(s, options, err);
    if (st == OK) st = level_find(s, err);
    /* Where lots were moved, other curves would not have moved them so. */
    if (st == OK && s->aiming.aim != AIM_EVALUATE && !s->search_moved) st = study_stability(s, err);
    if (st == OK) st = study_frontier(s, err);
    if (st == OK) {
        s->outcome.best.gap = s->outcome.best.bound = NAN; /* of curves that were added up */
        s->regret = NAN;
        study_tell(s);
        tell_overlap(s);
    }
out:
    free(l);
    return st;
}
