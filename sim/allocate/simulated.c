/* simulated.c -- the split of a scenario's money. Curves by simulation give a split as if responses added up; the
 * simulator itself then says what it brings, moves lots between cells as long as that gains, and compares the
 * result with today's plan: the same people, the same luck. */
#include "sim/allocate/simulated.h"

#include "models/base/maths.h"
#include "sim/allocate/build.h"
#include "sim/experiment/run.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { EXTENSIONS = 4 };

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
    {AIM_TARGET_FREQUENCY, NULL, "reach"},
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

/* --- people --------------------------------------------------------------------------------------- */

/* Curves and search ask for differences between splits, and a run's people are many for the sake of levels and of
 * ranges: a sample of them will do. What it decides is put to all people before it is recommended. Few enough are
 * all taken. */
enum { SAMPLE_OF = 8, SAMPLE_LEAST = 20000 };

static size_t people_of_curves(const scenario_t *sc)
{
    size_t all = study_people(sc), sample = all / SAMPLE_OF;
    if (sample < SAMPLE_LEAST) sample = SAMPLE_LEAST;
    return sample < all ? sample : all;
}

/* --- the problem ---------------------------------------------------------------------------------- */

static void problem_of_scenario(allocation_study_t *s)
{
    const scenario_t *sc = s->scenario;
    const allocation_t *a = &sc->allocation;
    problem_t *p = &s->problem;
    double sum = 0;
    *p = (problem_t){.n = simulator_cells(s->simulator), .lot = a->lot, .periods = 1};
    for (int i = 0; i < p->n; i++) {
        bool runs = simulator_cell_runs(s->simulator, i);
        p->cell[i] = (cell_t){.name = simulator_cell_name(s->simulator, i),
                              .high = runs ? INFINITY : 0,
                              .high_given = !runs};
        sum += p->cell[i].current = simulator_cell_budget(s->simulator, i);
        p->cell[i].low = simulator_cell_least(s->simulator, i);
        p->cell[i].low_given = p->cell[i].low > 0;
    }
    p->budget = m_is_nan(a->budget) ? sum : a->budget;
    problem_limit(p, a);
    if (s->aiming.aim == AIM_MAX_PROFIT)
        s->aiming.value = sc->product.margin * (1 - sc->product.returns) / (1 + sc->product.fees);
}

/* --- curves --------------------------------------------------------------------------------------- */

/* As far as other budgets are told (study_frontier): what one cell alone gets of all the money is no end of it. */
static double top_most(const problem_t *p, int i)
{
    return m_min(p->cell[i].high, 2 * p->budget);
}

/* How far the curves are looked at to begin with. */
static void tops_begin(const problem_t *p, double *top)
{
    for (int i = 0; i < p->n; i++) {
        double c = p->cell[i].current;
        double wanted = c > 0 ? 3 * c : 1.5 * p->budget / p->n;
        top[i] = m_max(m_min(wanted, m_min(p->cell[i].high, p->budget)), m_max(c, p->cell[i].low));
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
    if (s->aiming.aim == AIM_TARGET_FREQUENCY) { /* the budget is looked for later */
        s->outcome.reached = true;
        return problem_solve(&s->problem, &s->outcome.best, err);
    }
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
    simulator_step(s->simulator, "response curves", 1 + 4 * s->problem.n);
    status_t st = levels_begin(l, s->simulator, s->column, err);
    bool more = true;
    for (int k = 0; st == OK && more && k <= EXTENSIONS; k++) {
        st = levels_simulate(l, s->simulator, s->column, top, err);
        if (st == OK) st = levels_fit(l, &s->problem, &s->draws, s->scenario->seed, s->own, err);
        tops_hold(&s->problem, top, asked);
        if (st == OK) st = solve_on_curves(s, err);
        more = st == OK && tops_extend(s, asked, top);
    }
    if (st == OK) st = levels_refine(l, s->simulator, s->column, s->outcome.best.spend, err);
    if (st == OK) st = levels_fit(l, &s->problem, &s->draws, s->scenario->seed, s->own, err);
    if (st == OK) st = solve_on_curves(s, err);
    free(asked);
    s->additive = s->outcome.best.total_response;
    s->uncertain = true;
    return st;
}

/* --- levels --------------------------------------------------------------------------------------- */

/* Few replications stand behind a curve: they tell differences between splits well, the level less so. What cells
 * bring is put on the level of the joint check. */
static status_t level_find(allocation_study_t *s, error_t *err)
{
    double value[CURVE_PAIRS], mean = 0;
    solution_t *x = &s->outcome.best;
    status_t st = simulator_response(s->simulator, x->spend, s->column, CURVE_PAIRS, value, err);
    if (st != OK) return st;
    for (int j = 0; j < CURVE_PAIRS; j++) mean += value[j] / CURVE_PAIRS;
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
    s->promise *= s->scale;
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

static bool searches(const allocation_study_t *s)
{
    aim_t aim = s->aiming.aim;
    return (aim <= AIM_MAX_REVENUE || aim == AIM_MAX_PROFIT) && s->risk.measure == RISK_MEAN;
}

/* Splits worth a look by all people; today's comes first. */
static status_t contenders_find(allocation_study_t *s, contenders_t *found,
                                const allocation_options_t *options, error_t *err)
{
    double current[ALLOCATION_CELLS];
    status_t st = OK;
    for (int i = 0; i < s->problem.n; i++) current[i] = s->problem.cell[i].current;
    contender_add(found, &s->problem, current);
    simulator_step(s->simulator, "moving money between cells", 0);
    if (searches(s)) return joint_search(s, found, err);
    if (aim_has_goal(s->aiming.aim)) st = joint_goal(s, options, err);
    if (st == OK && s->risk.measure != RISK_MEAN) st = study_with_risk(s, err);
    contender_add(found, &s->problem, s->outcome.best.spend);
    return st;
}

/* A sample of the people and curves that are added up lead to a budget; what all people say of its split corrects
 * what is aimed at. */
static status_t risk_goal_with_all(allocation_study_t *s, const allocation_options_t *options,
                                   error_t *err)
{
    enum { CHECKS = 3 };
    static const double EXACT = 0.01; /* as exact as the futures behind it */
    double goal = s->aiming.goal, aimed = goal, current[ALLOCATION_CELLS];
    status_t st = OK;
    for (int i = 0; i < s->problem.n; i++) current[i] = s->problem.cell[i].current;
    for (int k = 0; st == OK && k < CHECKS; k++) {
        contenders_t found = {0};
        contender_add(&found, &s->problem, current);
        st = study_risk_goal(s, aimed, err);
        contender_add(&found, &s->problem, s->outcome.best.spend);
        bool reached = s->outcome.reached;
        if (st == OK) st = final_check(s, &found, options, err);
        if (!reached || m_abs(s->risk_value / goal - 1) <= EXACT) break;
        aimed *= goal / s->risk_value;
    }
    if (st != OK || !s->outcome.reached || s->risk_value >= (1 - EXACT) * goal) return st;
    s->outcome.reached = false;
    snprintf(s->outcome.text, sizeof s->outcome.text,
             "all people say that the split comes to %.4g by the measure of risk, below %.10g",
             s->risk_value, goal);
    return OK;
}

/* The recommended split, as all people say of it. */
static status_t split_find(allocation_study_t *s, const allocation_options_t *options, error_t *err)
{
    contenders_t found = {0};
    if (study_has_risk_goal(s)) return risk_goal_with_all(s, options, err);
    status_t st = contenders_find(s, &found, options, err);
    if (st == OK) st = final_check(s, &found, options, err);
    if (st == OK && aim_has_goal(s->aiming.aim) && !s->outcome.reached) joint_goal_out_of_reach(s);
    return st;
}

static status_t bound_find(allocation_study_t *s, const levels_t *l, error_t *err)
{
    people_change_t change[ALLOCATION_CELLS];
    status_t st = levels_people(l, s->outcome.best.spend, change, err);
    if (st == OK) joint_bound(s, change);
    return st;
}

static status_t doubts_find(allocation_study_t *s, const levels_t *l, error_t *err)
{
    aim_t aim = s->aiming.aim;
    bool frequency = aim == AIM_TARGET_FREQUENCY, evaluated = aim == AIM_EVALUATE;
    status_t st = OK;
    simulator_step(s->simulator, "what the next money brings", 0);
    if (s->search_moved) st = joint_marginals(s, err);
    if (st == OK && searches(s) && aim != AIM_MAX_PROFIT) st = bound_find(s, l, err);
    if (st == OK) st = level_find(s, err);
    /* Where lots were moved, other curves would not have moved them so. */
    if (st == OK && !evaluated && !frequency && !s->search_moved) st = study_stability(s, err);
    return st == OK && s->risk.measure == RISK_MEAN ? study_frontier(s, err) : st;
}

status_t simulated_study(allocation_study_t *s, const allocation_options_t *options, error_t *err)
{
    simulator_options_t how = {.people = people_of_curves(s->scenario),
                               .threads = options->threads,
                               .interrupted = options->interrupted,
                               .progress = options->progress,
                               .context = options->context};
    levels_t *l = calloc(1, sizeof *l);
    status_t st = l ? column_choose(&s->scenario->allocation, &s->column, err)
                    : fail_memory(err, "the curves");
    if (st == OK) st = simulator_new(s->scenario, &how, &s->simulator, err);
    if (st != OK) goto out;
    l->pairs = s->risk.measure == RISK_MEAN ? CURVE_PAIRS : RISK_PAIRS;
    s->sample = simulator_people(s->simulator);
    problem_of_scenario(s);
    st = curves_find(s, l, err);
    if (st == OK) st = split_find(s, options, err);
    if (st == OK) st = doubts_find(s, l, err);
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
