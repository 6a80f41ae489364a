/* test_money.c -- the currency is a matter of names: orders of 4 or of 4 million, the revenue varies alike,
 * and what cannot be counted is refused instead of wrapping around. */
#include "tests/experiment/loaded.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static const char town[] = "tests/report/small.yaml";

static void simulate_value(simulated_t *s, const char *value, const char *value_sd)
{
    const char *set[] = {value, value_sd};
    simulate(s, town, set, 2);
}

/* Sd and range of a column relative to its mean agree to 1e-5: rounding of counts, no more. */
static void compare(const study_t *a, const study_t *b, const char *column)
{
    estimate_t x = study_estimate(a, scope_plan(a->evidence.scopes), column),
               y = study_estimate(b, scope_plan(b->evidence.scopes), column);
    assert_true(x.mean > 0 && x.sd_people > 0);
    assert_true(fabs(x.sd_people / x.mean - y.sd_people / y.mean) < 1e-5);
    assert_true(fabs(x.lo / x.mean - y.lo / y.mean) < 1e-5);
    assert_true(fabs(x.hi / x.mean - y.hi / y.mean) < 1e-5);
}

static void orders_of_any_size_vary_alike(void **state)
{
    static const char *const column[] = {"revenue", "roas", "incremental_revenue", "iroas"};
    static const char *const value[][2] = {{"product.value=4", "product.value_sd=3"},
                                           {"product.value=4000", "product.value_sd=3000"},
                                           {"product.value=4M", "product.value_sd=3M"}};
    (void)state;
    simulated_t small, large;
    simulate_value(&small, value[0][0], value[0][1]);
    for (int v = 1; v < 3; v++) {
        simulate_value(&large, value[v][0], value[v][1]);
        for (size_t c = 0; c < sizeof column / sizeof *column; c++)
            compare(&small.study, &large.study, column[c]);
        simulated_free(&large);
    }
    simulated_free(&small);
}

static void expect_refusal(const char *const set[3], const char *sentence)
{
    load_options_t load = {.set = set, .n_set = 3};
    run_options_t run = {.threads = 2};
    diagnostics_t *d = diagnostics_new();
    loaded_t *l = NULL;
    study_t s;
    error_t err = {""};
    assert_int_equal(scenario_load(town, &load, d, &l, &err), OK);
    assert_int_equal(study_open(&s, loaded_scenario(l), &run, &err), OK);
    assert_int_equal(study_simulate(&s, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, sentence));
    study_close(&s);
    loaded_free(l);
    diagnostics_free(d);
}

static void revenue_that_cannot_be_counted_is_refused(void **state)
{
    (void)state;
    static const char *const large[] = {"product.value=1e9", "product.value_sd=1e9",
                                        "people=40000"};
    expect_refusal(large, "the revenue of one replication cannot be counted");
    static const char *const often[] = {"product.value=3e8", "product.value_sd=1e6",
                                        "monte_carlo.replications=256"};
    expect_refusal(often, "the revenue of 256 replications cannot be counted");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(orders_of_any_size_vary_alike),
        cmocka_unit_test(revenue_that_cannot_be_counted_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
