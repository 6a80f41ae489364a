/* final.c -- all people: a race between the splits that were found and today's, and what the winner brings beside
 * today's.
 *
 * Kim and Nelson (2001): after a few pairs of replications of every split, those that have fallen behind another by
 * too much drop out, and the rest go on. Pairs of replications are the same for all. Of these people, the split that
 * is left is the best, or brings within the indifference of it, with the chance that the procedure promises; what
 * another sample of people would change stands in the interval of the difference. */
#include "models/base/distribution.h"
#include "models/base/maths.h"
#include "sim/allocate/choose.h"
#include "sim/allocate/simulated.h"
#include "sim/experiment/run.h"
#include "sim/metrics/comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHECK_PAIRS = 32,      /* of the two that are compared */
    RISK_CHECK_PAIRS = 64, /* ... by a measure of risk */
    RACE_PAIRS = 10,
    RACE_STEP = 3 /* of every split to begin with; from look to look */
};
static const double WRONG = 0.05; /* chance to choose wrongly */
static const double INDIFFERENCE =
    0.01; /* of what today's split brings: less is no difference; assumption */

/* Plan 0 is today's. */
typedef struct {
    allocation_study_t *study;
    const allocation_options_t *options;
    int n;
    scenario_t *plan;
    study_t *flown;
    bool in[CONTENDERS];
    size_t pairs[CONTENDERS];
    status_t status;
    error_t *err;
} race_t;

/* --- opening and closing ---------------------------------------------------------------------------- */

static void race_close(race_t *r)
{
    for (int k = 0; r->flown && k < r->n; k++) study_close(&r->flown[k]);
    free(r->flown);
    free(r->plan);
}

static status_t race_open(race_t *r, const contenders_t *c, error_t *err)
{
    const allocation_study_t *s = r->study;
    const allocation_options_t *o = r->options;
    run_options_t run = {
        .threads = o->threads, .people = study_people(s->scenario), .interrupted = o->interrupted};
    r->n = c->n;
    r->plan = malloc((size_t)c->n * sizeof *r->plan);
    r->flown = calloc((size_t)c->n, sizeof *r->flown);
    if (!r->plan || !r->flown) return fail_memory(err, "the plans");
    for (int k = 0; k < c->n; k++) {
        simulator_plan(s->simulator, c->spend[k], &r->plan[k]);
        status_t st = study_open(&r->flown[k], &r->plan[k], &run, err);
        if (st == OK) st = study_begin(&r->flown[k], err);
        if (st != OK) return st;
    }
    return OK;
}

/* How long the race is nobody knows. */
static void step_tell(const race_t *r)
{
    step_t step = {"checking splits with all people", NAN, "replications", 0};
    for (int k = 0; k < r->n; k++) step.count += 2 * (int)r->pairs[k];
    if (r->options->progress) r->options->progress(r->options->context, &step);
}

static status_t race_advance(race_t *r, int k, size_t pairs, error_t *err)
{
    if (r->pairs[k] >= pairs) return OK;
    status_t st = study_advance(&r->flown[k], 2 * pairs, err);
    if (st == OK && r->flown[k].interrupted)
        st = fail(err, ERR_INTERRUPTED, "stopped before the split was found");
    r->pairs[k] = pairs;
    step_tell(r);
    return st;
}

/* --- the race --------------------------------------------------------------------------------------- */

static double count_of(const evidence_t *v, size_t replication, int column, size_t pair)
{
    size_t rows = (size_t)scopes_rows(v->scopes);
    const int64_t *count =
        v->value + (replication * rows + (size_t)scope_plan(v->scopes)) * (size_t)COUNTS;
    return form_of_plan(&columns[column].numerator, count, v->weight, &v->economics[pair],
                        v->scenario->population->size);
}

/* What a pair of replications says of the aim. */
static double pair_value(const race_t *r, int k, size_t pair)
{
    const allocation_study_t *s = r->study;
    const evidence_t *v = &r->flown[k].evidence;
    double sum = 0;
    for (size_t i = 2 * pair; i < 2 * pair + 2; i++) {
        double response = count_of(v, i, s->column, pair) / 2;
        sum += s->aiming.aim == AIM_MAX_PROFIT
                   ? s->aiming.value * response - count_of(v, i, column_find("spend"), pair) / 2
                   : response;
    }
    return sum;
}

/* Sum and variance over the first pairs of a - b. */
static double ahead(const race_t *r, int a, int b, size_t pairs, double *variance)
{
    double sum = 0, squares = 0;
    for (size_t j = 0; j < pairs; j++) sum += pair_value(r, a, j) - pair_value(r, b, j);
    for (size_t j = 0; variance && j < pairs; j++) {
        double x = pair_value(r, a, j) - pair_value(r, b, j) - sum / (double)pairs;
        squares += x * x;
    }
    if (variance) *variance = squares / (double)(pairs - 1);
    return sum;
}

static int runners(const race_t *r)
{
    int n = 0;
    for (int k = 0; k < r->n; k++) n += r->in[k];
    return n;
}

/* Of those that are still in when time is up: the chance that no other is better by the indifference. */
static double chance_of(const race_t *r, int leader, size_t pairs, double delta)
{
    double wrong = 0;
    for (int k = 0; k < r->n; k++) {
        double variance;
        if (k == leader || !r->in[k]) continue;
        double mean = ahead(r, leader, k, pairs, &variance) / (double)pairs;
        double error = m_sqrt(variance / (double)pairs);
        wrong += error > 0 ? normal_cdf(-(mean + delta) / error) : 0;
    }
    return m_max(1 - WRONG - wrong, 0);
}

static double race_value(void *context, int plan, int pair)
{
    return pair_value(context, plan, (size_t)pair);
}

static int race_ready(void *context, const bool *in, int pairs)
{
    race_t *r = context;
    for (int k = 0; k < r->n && r->status == OK; k++)
        if (in[k] || pairs == RACE_PAIRS) r->status = race_advance(r, k, (size_t)pairs, r->err);
    return r->status == OK;
}

/* Fills study->race; *leader = the split that is recommended. */
static status_t race_run(race_t *r, int *leader)
{
    race_result_t *result = &r->study->race;
    double mean = 0;
    int n = runners(r), pairs;
    if (!race_ready(r, r->in, RACE_PAIRS)) return r->status;
    for (size_t j = 0; j < RACE_PAIRS; j++) mean += pair_value(r, 0, j) / RACE_PAIRS;
    *result = (race_result_t){.splits = n, .indifference = m_max(INDIFFERENCE * m_abs(mean), 1e-9)};
    kn_procedure_t kn = {.plans = r->n,
                         .first = RACE_PAIRS,
                         .step = RACE_STEP,
                         .most = CHECK_PAIRS,
                         .alpha = WRONG,
                         .delta = result->indifference,
                         .value = race_value,
                         .ready = race_ready,
                         .context = r};
    *leader = kn_choose(&kn, r->in, &pairs);
    if (*leader < 0) return r->status;
    result->decided = runners(r) == 1;
    result->correct = n < 2 ? NAN
                      : result->decided
                          ? 1 - WRONG
                          : chance_of(r, *leader, (size_t)pairs, result->indifference);
    for (int k = 0; k < r->n; k++) result->replications += 2 * (int)r->pairs[k];
    return OK;
}

/* --- the winner beside today's ---------------------------------------------------------------------- */

static spread_over_t spread_of_estimate(estimate_t x)
{
    return (spread_over_t){x.mean, x.lo, x.p50, x.hi};
}

static int whole_plan(const study_t *f)
{
    return scope_plan(f->evidence.scopes);
}

static void check_read(allocation_study_t *s, const study_t *winner, const study_t *today)
{
    const char *name = columns[s->column].name;
    const target_t *target = &s->scenario->target;
    double goal = allocation_goal(s->scenario);
    s->response = spread_of_estimate(study_estimate(winner, whole_plan(winner), name));
    s->base_response = spread_of_estimate(study_estimate(today, whole_plan(today), name));
    s->spent = study_estimate(winner, whole_plan(winner), "spend").mean;
    s->base_spent = study_estimate(today, whole_plan(today), "spend").mean;
    s->impressions = study_estimate(winner, whole_plan(winner), "impressions").mean;
    if (!m_is_nan(goal))
        s->p_goal =
            estimator_probability(winner->estimator, whole_plan(winner), s->column, false, goal)
                .share;
    if (!target->metric || !*target->metric) return;
    s->target.metric = target->metric;
    s->target.at_least = target->at_least;
    s->target.chance = winner->target.chance.share;
    s->target.base_chance = today->target.chance.share;
    s->target.value =
        spread_of_estimate(study_estimate(winner, whole_plan(winner), target->metric));
    s->target.base_value =
        spread_of_estimate(study_estimate(today, whole_plan(today), target->metric));
}

static status_t compare_risks(allocation_study_t *s, const comparison_t *c, error_t *err)
{
    size_t n;
    const double *realised[2] = {comparison_realised(c, 0, &n), comparison_realised(c, 1, &n)};
    double *value = malloc(n * sizeof *value);
    if (!value) return fail_memory(err, "the measure of risk");
    for (int k = 0; k < 2; k++) {
        memcpy(value, realised[k], n * sizeof *value);
        *(k ? &s->risk_base : &s->risk_value) = risk_of(&s->risk, value, (int)n);
    }
    free(value);
    return OK;
}

static status_t compare_read(allocation_study_t *s, comparison_t *c, error_t *err)
{
    comparison_take(c, s->column);
    difference_t d = comparison_difference(c, 0, 1, 0.95);
    s->difference = (spread_over_t){d.mean, d.lo, d.p50, d.hi};
    s->gain_low = d.mean - 1.96 * d.mc_se;
    s->gain_high = d.mean + 1.96 * d.mc_se;
    s->gain_people = 1.96 * d.people_se;
    s->p_better = d.better;
    s->expected_loss = d.loss;
    return s->risk.measure == RISK_MEAN ? OK : compare_risks(s, c, err);
}

/* The base against itself. */
static void nothing_gained(allocation_study_t *s)
{
    s->response = s->base_response;
    s->spent = s->base_spent;
    s->target.chance = s->target.base_chance;
    s->target.value = s->target.base_value;
    s->difference = (spread_over_t){0, 0, 0, 0};
    s->gain_low = s->gain_high = s->gain_people = s->expected_loss = 0;
    s->p_better = 0.5;
    s->risk_value = s->risk_base;
    s->race.kept = true;
}

static status_t race_compare(race_t *r, int leader, error_t *err)
{
    allocation_study_t *s = r->study;
    size_t pairs = s->risk.measure == RISK_MEAN ? CHECK_PAIRS : RISK_CHECK_PAIRS;
    study_t *winner = &r->flown[leader], *today = &r->flown[0];
    comparison_t *c = NULL;
    status_t st = race_advance(r, leader, pairs, err);
    if (st == OK) st = race_advance(r, 0, pairs, err);
    if (st == OK) st = study_finish(winner, err);
    if (st == OK && leader) st = study_finish(today, err);
    if (st != OK) return st;
    estimator_t *both[2] = {winner->estimator, today->estimator};
    check_read(s, winner, today);
    st = comparison_new(both, 2, &c, err);
    if (st == OK) st = compare_read(s, c, err);
    comparison_delete(c);
    return st;
}

/* Is today's split no worse than the winner by what the aim looks at? */
static bool base_is_better(const allocation_study_t *s)
{
    if (s->risk.measure != RISK_MEAN) return s->risk_value < s->risk_base;
    if (s->aiming.aim == AIM_MAX_PROFIT)
        return s->aiming.value * s->difference.mean < s->spent - s->base_spent;
    return s->difference.mean < 0;
}

/* What holds the cells of the curves' own split is known already. */
static void split_take(allocation_study_t *s, const double *spend)
{
    solution_t before = s->outcome.best;
    double moved = 0;
    for (int i = 0; i < s->problem.n; i++) moved += m_abs(spend[i] - before.spend[i]);
    if (!(moved > 0)) return;
    solution_of_split(&s->problem, spend, &s->outcome.best);
    s->outcome.best.price = before.price;
    memcpy(s->outcome.best.side_price, before.side_price, sizeof before.side_price);
    solution_explain(&s->problem, &s->outcome.best);
}

static void check_take(allocation_study_t *s)
{
    solution_t *x = &s->outcome.best;
    x->total_response = s->response.mean;
    s->base.total_response = s->base_response.mean;
    bool frequency = s->aiming.aim == AIM_TARGET_FREQUENCY;
    s->outcome.achieved = frequency
                              ? s->impressions / s->response.mean
                              : aim_measure(&s->aiming, s->spent, x->total_response, x->price);
}

status_t final_check(allocation_study_t *s, const contenders_t *c,
                     const allocation_options_t *options, error_t *err)
{
    race_t r = {.study = s, .options = options, .err = err};
    bool of_one_budget = !aim_has_goal(s->aiming.aim) && s->aiming.aim != AIM_EVALUATE;
    bool base_runs = of_one_budget && problem_allows(&s->problem, c->spend[0]);
    int leader = c->n - 1;
    status_t st = race_open(&r, c, err);
    for (int k = 0; k < c->n; k++) r.in[k] = k || base_runs || c->n == 1;
    if (st == OK && s->risk.measure == RISK_MEAN) st = race_run(&r, &leader);
    if (st == OK) st = race_compare(&r, leader, err);
    race_close(&r);
    if (st != OK) return st;
    s->people = study_people(s->scenario);
    if (of_one_budget) s->search_moved = leader > 1 && s->risk.measure == RISK_MEAN;
    if (leader && base_runs && base_is_better(s)) leader = 0;
    if (!leader) nothing_gained(s);
    split_take(s, c->spend[leader]);
    study_base(s);
    check_take(s);
    return OK;
}
