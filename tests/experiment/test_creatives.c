/* test_creatives.c -- what a study tells of single creatives: parts of their ad set's numbers with errors and
 * ranges of their own, the same however the work is split. */
#include "tests/experiment/loaded.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char path[] = "tests/experiment/creatives.yaml";
enum { CREATIVES = 3 }; /* of the first ad set */

static estimate_t estimate_of(const simulated_t *s, int creative, const char *metric)
{
    const study_t *study = &s->study;
    return estimator_column(study->estimator, scope_creative(study->scenario, creative),
                            column_find(metric));
}

static estimate_t share_of(const simulated_t *s, int creative)
{
    return estimator_share(s->study.estimator, scope_creative(s->study.scenario, creative),
                           QUANTITY_IMPRESSIONS);
}

static void parts_add_up_to_their_ad_set(void **state)
{
    (void)state;
    static const char *const metric[] = {"impressions",
                                         "spend",
                                         "clicks",
                                         "conversions",
                                         "views",
                                         "incremental_conversions",
                                         "on_target_impressions",
                                         "incremental_revenue"};
    simulated_t s;
    simulate(&s, path, NULL, 0);
    for (size_t m = 0; m < sizeof metric / sizeof *metric; m++) {
        double sum = 0, whole = study_estimate(&s.study, 0, metric[m]).mean;
        for (int c = 0; c < CREATIVES; c++) sum += estimate_of(&s, c, metric[m]).mean;
        assert_true(whole > 0 && fabs(sum / whole - 1) < 1e-9);
    }
    double shares = 0;
    for (int c = 0; c < CREATIVES; c++) shares += share_of(&s, c).mean;
    assert_true(fabs(shares - 1) < 1e-12);
    simulated_free(&s);
}

/* A single creative is its ad set, errors and ranges included. */
static void the_only_creative_is_its_ad_set(void **state)
{
    (void)state;
    simulated_t s;
    simulate(&s, path, NULL, 0);
    estimate_t one = estimate_of(&s, CREATIVES, "clicks"),
               set = study_estimate(&s.study, 1, "clicks");
    assert_memory_equal(&one, &set, sizeof one);
    estimate_t share = share_of(&s, CREATIVES);
    assert_true(share.mean == 1 && share.lo == 1 && share.hi == 1 && share.mc_se == 0);
    simulated_free(&s);
}

/* Which ad a platform finds to be the best is a matter of luck: its range is wide. By weights of the same
 * shares it is narrow; and its mean is where the clicks are. */
static void range_of_an_optimised_share_is_wide(void **state)
{
    (void)state;
    static const char *const even[] = {"campaigns.Shoes.ad_sets.runners.rotation=even"};
    simulated_t s, t;
    simulate(&s, path, NULL, 0);
    simulate(&t, path, even, 1);
    for (int c = 0; c < CREATIVES; c++) {
        estimate_t best = share_of(&s, c), third = share_of(&t, c);
        assert_true(best.lo < best.mean && best.mean < best.hi);
        assert_true(third.lo < third.mean && third.mean < third.hi);
        assert_true(best.hi - best.lo > 3 * (third.hi - third.lo));
        assert_true(best.mc_se > 2 * third.mc_se);
        assert_true(fabs(third.mean - 1. / 3) < 4 * third.mc_se);
    }
    assert_true(share_of(&s, 1).mean > 0.5);
    assert_true(study_estimate(&s.study, 0, "ctr").mean > study_estimate(&t.study, 0, "ctr").mean);
    simulated_free(&s);
    simulated_free(&t);
}

static void simulate_on(simulated_t *s, int threads)
{
    error_t err = {""};
    load_options_t load = {.n_set = 0};
    run_options_t run = {.threads = threads};
    *s = (simulated_t){.problems = diagnostics_new()};
    assert_int_equal(scenario_load(path, &load, s->problems, &s->loaded, &err), OK);
    assert_int_equal(study_open(&s->study, loaded_scenario(s->loaded), &run, &err), OK);
    assert_int_equal(study_simulate(&s->study, &err), OK);
}

static void threads_change_no_byte(void **state)
{
    (void)state;
    simulated_t one, three;
    simulate_on(&one, 1);
    simulate_on(&three, 3);
    const evidence_t *a = &one.study.evidence, *b = &three.study.evidence;
    size_t rows = (size_t)scopes_rows(a->scopes);
    assert_int_equal(a->scopes.n_creatives, CREATIVES);
    assert_memory_equal(a->value, b->value, 2 * a->pairs * rows * COUNTS * sizeof *a->value);
    assert_memory_equal(a->removed, b->removed, rows * REMOVED_COUNTS * sizeof *a->removed);
    assert_memory_equal(a->tables->group, b->tables->group,
                        rows * COUNTS * JACKKNIFE_GROUPS * sizeof *a->tables->group);
    simulated_free(&one);
    simulated_free(&three);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_add_up_to_their_ad_set),
        cmocka_unit_test(the_only_creative_is_its_ad_set),
        cmocka_unit_test(range_of_an_optimised_share_is_wide),
        cmocka_unit_test(threads_change_no_byte),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
