/* test_simulated.c -- splits of a scenario's money in small worlds whose answer is known: one audience that two ad sets
 * reach at 6 and at 12 a thousand (reach is 1,000,000 (1 - e^-(x / 6000 + y / 12000))), three regions apart, and two
 * creatives of which one is unsure. Seeds are fixed; the tolerances are several errors of 2,000 people and more. */
#include "models/base/maths.h"
#include "sim/allocate/simulated.h"
#include "sim/allocate/study.h"
#include "sim/config/load.h"
#include "sim/scenario/cells.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char overlap[] = "tests/cli/allocate_goal/plan.yaml";
static const char regions[] = "tests/cli/allocate_separable/plan.yaml";
static const char unsure[] = "tests/cli/allocate_risk_simulated/plan.yaml";
static const char purses[] = "tests/cli/allocate_shared/plan.yaml";

typedef struct {
    diagnostics_t *problems;
    loaded_t *loaded;
    allocation_study_t *study;
} allocated_t;

static void load(allocated_t *a, const char *path, const char *const *set, size_t n)
{
    error_t err = {""};
    load_options_t how = {.set = set, .n_set = n, .block = "allocate"};
    *a = (allocated_t){.problems = diagnostics_new()};
    if (scenario_load(path, &how, a->problems, &a->loaded, &err) != OK) fail_msg("%s", err.text);
}

static void allocate(allocated_t *a, const char *path, const char *const *set, size_t n)
{
    error_t err = {""};
    allocation_options_t how = {.threads = 2};
    load(a, path, set, n);
    a->study = calloc(1, sizeof *a->study);
    if (allocation_study_open(a->study, loaded_scenario(a->loaded), &how, &err) != OK)
        fail_msg("%s", err.text);
}

static void allocated_free(allocated_t *a)
{
    if (a->study) allocation_study_free(a->study);
    free(a->study);
    loaded_free(a->loaded);
    diagnostics_free(a->problems);
}

static void near_to(double got, double expected, double share)
{
    if (!(fabs(got - expected) <= share * fabs(expected)))
        fail_msg("%.10g is not within %g of %.10g", got, share, expected);
}

#define ALLOCATE(a, path, ...)                                                                     \
    allocate(a, path, (const char *const[]){__VA_ARGS__},                                          \
             sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* Curves that are added up would spend 7,600 over both. */
static void a_goal_is_looked_for_on_the_simulator(void **state)
{
    (void)state;
    allocated_t a;
    ALLOCATE(&a, overlap, "people=2000");
    const solution_t *x = &a.study->outcome.best;
    assert_true(a.study->outcome.reached);
    near_to(x->total_spend, 6000 * log(1 / 0.3), 0.02);
    assert_true(x->spend[1] < 0.02 * x->total_spend);
    near_to(a.study->response.mean, 700000, 0.01);
    assert_int_equal(x->held[0], HOLD_BY_TARGET);
    allocated_free(&a);
}

/* A person sees 1.5 on average where 1,000 x / 6 = 1.5 reach(x), all on the cheap one. */
static void a_frequency_is_met_by_the_least_spend(void **state)
{
    (void)state;
    allocated_t a;
    double low = 1, high = 12000;
    while (high - low > 1e-6) {
        double x = (low + high) / 2;
        *(1000 * x / 6 < 1.5 * 1e6 * -expm1(-x / 6000) ? &low : &high) = x;
    }
    ALLOCATE(&a, overlap, "allocate.objective=target_frequency", "allocate.target=1.5");
    near_to(a.study->outcome.best.total_spend, low, 0.03);
    near_to(a.study->outcome.achieved, 1.5, 0.01);
    allocated_free(&a);
}

static void what_the_money_cannot_reach_is_told(void **state)
{
    (void)state;
    allocated_t a;
    ALLOCATE(&a, overlap, "allocate.target={metric: reach, at_least: 950000}");
    assert_false(a.study->outcome.reached);
    near_to(a.study->outcome.attainable_high, 1e6 * -expm1(-2), 0.01);
    near_to(a.study->outcome.best.spend[0], 12000, 1e-6);
    assert_non_null(strstr(a.study->outcome.text, "below 950000"));
    allocated_free(&a);
}

/* Today's split is the best there is. */
static void the_best_is_left_alone(void **state)
{
    (void)state;
    allocated_t a;
    ALLOCATE(&a, overlap, "allocate={objective: max_reach}",
             "campaigns.reserved.ad_sets.at 6.budget=12000",
             "campaigns.reserved.ad_sets.at 12.budget=0");
    assert_false(a.study->moves);
    near_to(a.study->outcome.best.spend[0], 12000, 1e-9);
    assert_true(a.study->difference.mean == 0);
    allocated_free(&a);
}

/* 13,466, 10,000 and 6,534 of 30,000; the bound covers what the optimum has over the split that was found. */
static void a_bound_covers_the_optimum(void **state)
{
    (void)state;
    allocated_t a;
    ALLOCATE(&a, regions, "people=1750", "monte_carlo.replications=32",
             "platforms.one.activity.opportunities_per_day=12");
    const solution_t *x = &a.study->outcome.best;
    double best = 1e6 * -expm1(-13465.7359028 / 5000) + 5e5 * -expm1(-2) +
                  2.5e5 * -expm1(-6534.2640972 / 5000);
    double found = 1e6 * -expm1(-x->spend[0] / 5000) + 5e5 * -expm1(-x->spend[1] / 5000) +
                   2.5e5 * -expm1(-x->spend[2] / 5000);
    near_to(found, best, 0.002);
    assert_true(a.study->promise >= best - found);
    assert_true(a.study->promise < 0.05 * best);
    near_to(x->total_spend, 30000, 1e-6);
    assert_true(a.study->race.decided && a.study->race.correct == 0.95);
    allocated_free(&a);
}

/* On average the unsure creative sells a tenth more; the worst tenth of its futures a thirteenth less than the sure one,
 * yet not the worst tenth of its means over eight pairs. */
#define UNSURE "campaigns.reserved.ad_sets.unknown.creatives.u.cvr={mean: 11%, sd: 1%}"
static void a_measure_of_risk_turns_to_the_sure(void **state)
{
    (void)state;
    allocated_t mean, worst;
    ALLOCATE(&mean, unsure, "people=500", UNSURE);
    ALLOCATE(&worst, unsure, "people=500", UNSURE, "allocate.risk={measure: cvar, level: 90%}");
    assert_true(mean.study->outcome.best.spend[1] > 7900);
    assert_true(worst.study->outcome.best.spend[0] > 6000);
    assert_true(worst.study->risk_value > worst.study->risk_base);
    allocated_free(&mean);
    allocated_free(&worst);
}

/* Orders that people place anyway are credited to ads that they saw, once: they grow with the reach of both ad sets,
 * and the curves of the two leave a good part beside them. It rises and falls with the rate of these orders, which is
 * unsure by a fifth, as the curves do: so does their sum. */
static void what_comes_beside_the_cells_is_of_the_same_future(void **state)
{
    (void)state;
    allocated_t a;
    double response[128], mean = 0, squares = 0;
    ALLOCATE(
        &a, overlap, "people=500", "allocate.objective=max_conversions",
        "product={value: 40, organic_rate: {new: {mean: 40%, sd: 8%}, existing: 40%, per: 7d}, "
        "pull_forward: 0}",
        "attribution={click_window: 7d, view_window: 7d, model: last_touch}",
        "allocate.target={metric: conversions, at_least: 1}",
        "allocate.risk={measure: chance, at_least: 400000}");
    const draws_t *d = &a.study->draws;
    assert_true(d->n <= 128 && a.study->problem.offset > 0.1 * a.study->base_response.mean);
    draws_respond(&a.study->problem, d, a.study->base.spend, response);
    for (int s = 0; s < d->n; s++) mean += response[s] / d->n;
    for (int s = 0; s < d->n; s++) squares += (response[s] - mean) * (response[s] - mean) / d->n;
    near_to(sqrt(squares) / mean, 0.2, 0.05);
    allocated_free(&a);
}

/* Of 3,000 people about 300 are in the audience, who stand for N = 100,000: reach is N (1 - e^-(x / (N 6 / 1000))), and at
 * 1,200 the next unit brings e^-2 / 0.006. Other people would be more or fewer, and so would those that the same money
 * meets: without a group of them N' = 16/15 (N - theirs), and the next unit e^-(1200 / (N' 6 / 1000)) / 0.006. At the same
 * bids instead of the same money it would be N' / N of it: half of the change. The sum of what is found times what is
 * expected is within a quarter of what it should be: the groups' luck over 16 replications is a fifth of their spread. */
static void other_people_would_change_what_the_next_money_brings(void **state)
{
    (void)state;
    allocated_t a;
    simulator_t *s = NULL;
    error_t err = {""};
    simulator_options_t how = {.threads = 2};
    levels_t *l = calloc(1, sizeof *l);
    people_change_t change[ALLOCATION_CELLS];
    const double split[ALLOCATION_CELLS] = {1200, 0}, top[ALLOCATION_CELLS] = {3600, 0};
    int reach = column_find("reach");
    load(&a, overlap,
         (const char *const[]){"people=3000", "population.traits={everybody: 100%, few: 10%}",
                               "audiences.all.include=few", "allocate={objective: max_reach}"},
         4);
    assert_int_equal(simulator_new(loaded_scenario(a.loaded), &how, &s, &err), OK);
    l->pairs = CURVE_PAIRS;
    memcpy(l->centre, split, sizeof split);
    assert_int_equal(levels_begin(l, s, reach, &err), OK);
    assert_int_equal(levels_simulate(l, s, reach, top, &err), OK);
    assert_int_equal(levels_people(l, split, change, &err), OK);
    /* At three times the money nearly all are reached. */
    const by_group_t *most = &l->by_group[0][l->n[0] - 1];
    double all = 0, found = 0, expected = 0;
    for (int g = 0; g < JACKKNIFE_GROUPS; g++) all += most->response[g];
    for (int g = 0; g < JACKKNIFE_GROUPS; g++) {
        double rest = (all - most->response[g]) * 16 / 15 / all;
        double would = exp(2 - 2 / rest) - 1;
        found += change[0].without[g] * would;
        expected += would * would;
    }
    near_to(all, 100000, 0.1);
    near_to(found, expected, 0.25);
    assert_true(sqrt(expected) > 0.05);
    free(l);
    simulator_delete(s);
    allocated_free(&a);
}

static void a_shared_purse_is_one_cell_and_days_stay_days(void **state)
{
    (void)state;
    allocated_t a;
    simulator_t *s = NULL;
    error_t err = {""};
    simulator_options_t how = {.threads = 1};
    load(&a, purses, NULL, 0);
    const scenario_t *sc = loaded_scenario(a.loaded);
    assert_int_equal(simulator_new(sc, &how, &s, &err), OK);
    assert_int_equal(simulator_cells(s), 2);
    assert_string_equal(simulator_cell_name(s, 0), "one purse");
    assert_string_equal(simulator_cell_name(s, 1), "c");
    near_to(simulator_cell_budget(s, 0), 700, 1e-12);
    near_to(simulator_cell_least(s, 0), 70, 1e-12);
    scenario_t *plan = malloc(sizeof *plan);
    simulator_plan(s, (double[]){1400, 2100}, plan);
    near_to(plan->campaign[0].lifetime_budget, 1400, 1e-12);
    near_to(plan->ad_set[1].budget, 700, 1e-12);
    near_to(plan->ad_set[2].daily.amount, 300, 1e-12);
    near_to(plan->campaign[1].daily.amount, 300, 1e-12);
    free(plan);
    simulator_delete(s);
    allocated_free(&a);
}

/* ... and has the groups of people that it had, whatever was simulated between. */
static void a_plan_is_simulated_once(void **state)
{
    (void)state;
    allocated_t a;
    simulator_t *s = NULL;
    error_t err = {""};
    simulator_options_t how = {.threads = 1};
    const double split[][ALLOCATION_CELLS] = {{3000, 0}, {2000, 1000}};
    double value[3][2], more[4];
    by_group_t of[3];
    int reach = column_find("reach"), turn[] = {0, 1, 0};
    load(&a, overlap, (const char *const[]){"people=500"}, 1);
    assert_int_equal(simulator_new(loaded_scenario(a.loaded), &how, &s, &err), OK);
    for (int k = 0; k < 3; k++) {
        assert_int_equal(simulator_response(s, split[turn[k]], reach, 2, value[k], &err), OK);
        simulator_by_group(s, reach, &of[k]);
    }
    assert_int_equal(simulator_plans(s), 2);
    assert_memory_equal(value[0], value[2], sizeof value[0]);
    assert_memory_not_equal(value[0], value[1], sizeof value[0]);
    assert_memory_equal(&of[0], &of[2], sizeof of[0]);
    assert_int_equal(simulator_response(s, split[0], reach, 4, more, &err), OK);
    assert_int_equal(simulator_plans(s), 3); /* more pairs are another look */
    simulator_delete(s);
    allocated_free(&a);
}

static void a_torn_purse_is_refused(void **state)
{
    (void)state;
    allocated_t a;
    simulator_t *s = NULL;
    error_t err = {""};
    simulator_options_t how = {.threads = 1};
    load(&a, purses, (const char *const[]){"allocate.cells=segment"}, 1);
    assert_int_equal(simulator_new(loaded_scenario(a.loaded), &how, &s, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "'one purse' shares its budget"));
    simulator_delete(s);
    allocated_free(&a);
}

/* What a person waiting is told: each step by its name, in order, its share never falling, what is counted rising. */
typedef struct {
    char doing[256];
    step_t last;
    int shares;
    bool fell;
} watched_t;

static void watch(void *context, const step_t *step)
{
    watched_t *w = context;
    bool same = w->last.doing && !strcmp(w->last.doing, step->doing);
    size_t used = strlen(w->doing);
    if (!same) snprintf(w->doing + used, sizeof w->doing - used, "%s; ", step->doing);
    w->fell = w->fell || (same && (step->done < w->last.done || step->count <= w->last.count)) ||
              step->done > 1;
    w->shares += !isnan(step->done);
    w->last = *step;
}

static void who_waits_is_told_what_is_done(void **state)
{
    (void)state;
    allocated_t a;
    watched_t w = {.doing = ""};
    error_t err = {""};
    allocation_options_t how = {.threads = 1, .progress = watch, .context = &w};
    load(&a, overlap, (const char *const[]){"people=500", "allocate.objective=max_reach"}, 2);
    a.study = calloc(1, sizeof *a.study);
    assert_int_equal(allocation_study_open(a.study, loaded_scenario(a.loaded), &how, &err), OK);
    assert_string_equal(w.doing, "response curves; moving money between cells; "
                                 "checking splits with all people; what the next money brings; "
                                 "other budgets; ");
    assert_true(w.shares > 10); /* of curves and budgets, how much is left is known */
    assert_false(w.fell);
    allocated_free(&a);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_waits_is_told_what_is_done),
        cmocka_unit_test(a_goal_is_looked_for_on_the_simulator),
        cmocka_unit_test(a_frequency_is_met_by_the_least_spend),
        cmocka_unit_test(what_the_money_cannot_reach_is_told),
        cmocka_unit_test(the_best_is_left_alone),
        cmocka_unit_test(a_bound_covers_the_optimum),
        cmocka_unit_test(a_measure_of_risk_turns_to_the_sure),
        cmocka_unit_test(what_comes_beside_the_cells_is_of_the_same_future),
        cmocka_unit_test(other_people_would_change_what_the_next_money_brings),
        cmocka_unit_test(a_shared_purse_is_one_cell_and_days_stay_days),
        cmocka_unit_test(a_plan_is_simulated_once),
        cmocka_unit_test(a_torn_purse_is_refused),
    };
    return cmocka_run_group_tests_name("splits of a scenario", tests, NULL, NULL);
}
