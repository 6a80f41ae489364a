/* stat_whatif.c -- what a run says of other budgets, beside whole runs at these budgets: every budget of a plan in turn
 * halved and doubled.
 *
 * Runs share their seed, so that a difference holds little of their luck. Of every number the program prints how far it
 * is off and in how many stated errors (the model's and the whole run's). Asserted: the largest differences, and that
 * two stated errors hold nearly all. Nothing here is drawn anew: a failure is a change of what the program says. */
#include "tests/experiment/loaded.h"

#include "sim/experiment/responses.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const double MULTIPLE[] = {0.5, 2};
static const char *const REPLICATIONS = "monte_carlo.replications=64";

static const struct {
    response_kind_t kind;
    double off_most; /* of an ad set, and of the plan */
} compared[] = {
    {RESPONSE_IMPRESSIONS, 0.06},
    {RESPONSE_REACH, 0.16},
    {RESPONSE_CONVERSIONS, 0.06},
    {RESPONSE_INCREMENTAL_CONVERSIONS, 0.075},
};
enum { COMPARED = sizeof compared / sizeof *compared };

/* Two stated errors hold so many of the numbers at least. */
static const double WITHIN_LEAST = 0.95;

/* Of all numbers of a plan. */
typedef struct {
    int n, within;
    double off[COMPARED];
} found_t;

static int step_of(double multiple)
{
    int step = 0;
    while (response_step[step] != multiple) step++;
    return step;
}

/* The plan with one budget changed. */
static scenario_t *changed(const scenario_t *sc, const responder_t *p, double multiple)
{
    scenario_t *out = malloc(sizeof *out);
    assert_non_null(out);
    *out = *sc;
    for (int a = 0; a < sc->n_ad_sets; a++)
        if (p->ad_sets >> a & 1) out->ad_set[a].budget *= multiple;
    out->campaign[p->campaign].lifetime_budget += (multiple - 1) * p->budget;
    return out;
}

static void compare(const study_t *run, int scope, const char *name, double multiple,
                    const response_values_t *said, found_t *found)
{
    for (int k = 0; k < COMPARED; k++) {
        response_kind_t kind = compared[k].kind;
        estimate_t is = study_estimate(run, scope, response_names[kind]);
        if (isnan(said->value[kind])) continue; /* reach of several ad sets */
        double off = said->value[kind] / is.mean - 1;
        double errors = (said->value[kind] - is.mean) / hypot(said->error[kind], is.mc_se);
        printf("  %-14s x %-3g %-24s %+6.1f %%  %+5.1f errors, stated %4.1f %%\n", name, multiple,
               response_names[kind], 100 * off, errors,
               100 * said->error[kind] / said->value[kind]);
        found->n++;
        found->within += fabs(errors) <= 2;
        found->off[k] = fmax(found->off[k], fabs(off));
    }
}

static void compare_run(const study_t *own, const responder_t *p, double multiple, found_t *found)
{
    study_t run;
    error_t err = {""};
    scenario_t *sc = changed(own->scenario, p, multiple);
    run_options_t how = {.threads = parallel_threads_available()};
    assert_int_equal(study_open(&run, sc, &how, &err), OK);
    assert_int_equal(study_simulate(&run, &err), OK);
    scopes_t scopes = run.evidence.scopes;
    int scope =
        p->ad_set < 0 ? scope_campaign(scopes, p->campaign) : scope_ad_set(scopes, p->ad_set);
    compare(&run, scope, p->name, multiple, &p->own[step_of(multiple)], found);
    compare(&run, scope_plan(scopes), "  plan", multiple, &p->plan[step_of(multiple)], found);
    study_close(&run);
    free(sc);
}

static found_t found_of(const char *path, const char *const *set, size_t n)
{
    simulated_t own;
    responses_t responses;
    error_t err = {""};
    found_t found = {0};
    simulate(&own, path, set, n);
    assert_int_equal(responses_init(&responses, &own.study, parallel_threads_available(), &err),
                     OK);
    printf("%s\n", path);
    for (int k = 0; k < responses.n; k++)
        for (size_t m = 0; m < sizeof MULTIPLE / sizeof *MULTIPLE; m++)
            compare_run(&own.study, &responses.responder[k], MULTIPLE[m], &found);
    printf("  within two errors: %d of %d; at most off:", found.within, found.n);
    for (int k = 0; k < COMPARED; k++)
        printf(" %s %.1f %%", response_names[compared[k].kind], 100 * found.off[k]);
    printf("\n");
    responses_free(&responses);
    simulated_free(&own);
    return found;
}

static void assert_near(const found_t *found)
{
    assert_true(found->within >= WITHIN_LEAST * found->n);
    for (int k = 0; k < COMPARED; k++) assert_true(found->off[k] <= compared[k].off_most);
}

static void of_three_platforms(void **state)
{
    (void)state;
    found_t found = found_of("configs/quickstart.yaml", &REPLICATIONS, 1);
    assert_near(&found);
}

static void of_ad_sets_that_share_people(void **state)
{
    (void)state;
    found_t found = found_of("tests/page/whatif.yaml", &REPLICATIONS, 1);
    assert_near(&found);
}

static void of_a_shared_budget_stated_bids_and_visitors(void **state)
{
    (void)state;
    found_t found = found_of("tests/page/whatif_mixed.yaml", &REPLICATIONS, 1);
    assert_near(&found);
}

static void of_ad_sets_for_the_same_people_that_spend_their_budgets(void **state)
{
    (void)state;
    found_t found = found_of("tests/page/whatif_twins.yaml", &REPLICATIONS, 1);
    assert_near(&found);
}

/* What each of them gets may be off by more than half; the stated error has to hold it. */
static void the_error_is_wide_where_one_of_them_cannot(void **state)
{
    (void)state;
    const char *const capped[] = {REPLICATIONS,
                                  "campaigns.c.frequency_cap={impressions: 1, window: 7d}"};
    found_t found = found_of("tests/page/whatif_twins.yaml", capped, 2);
    assert_true(found.within >= WITHIN_LEAST * found.n);
    assert_true(found.off[0] > compared[0].off_most);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_error_is_wide_where_one_of_them_cannot),
        cmocka_unit_test(of_ad_sets_for_the_same_people_that_spend_their_budgets),
        cmocka_unit_test(of_ad_sets_that_share_people),
        cmocka_unit_test(of_a_shared_budget_stated_bids_and_visitors),
        cmocka_unit_test(of_three_platforms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
