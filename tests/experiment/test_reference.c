/* The three reference scenarios against their closed form, through the whole program but its pages:
 * file, people, engine, estimates. |estimate - truth| <= max(4 mc_se, 0.2 %); fixed seed, so it passes
 * or fails for good; with a fresh seed one such comparison of the eighteen would fail in 900 runs. With
 * mc_se <= 0.25 % it finds a bias of 1.5 % with 97 % power, a quarter of the people being simulated, for speed.
 * Fifty plans like these are held to a tenth of a percent by stat_golden. */
#include "tests/experiment/loaded.h"

#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

typedef struct {
    const char *metric, *in_case;
    double most_mc_se; /* of the mean */
} compared_t;

static const compared_t compared[] = {
    {"reach", "reach", 0.0025},
    {"impressions", "impressions", 0.0025},
    {"spend", "spend", 0.0025},
    {"clicks", "clicks", 0.0025},
    {"incremental_conversions", "conversions", 0.0025},
    {"iroas", "roas", 0.0025},
};

static double known(const char *id, const char *field)
{
    json_error_t at;
    json_t *file = json_load_file("configs/reference/cases.json", 0, &at), *found;
    size_t k;
    double value = NAN;
    json_array_foreach(json_object_get(file, "cases"), k,
                       found) if (!strcmp(json_string_value(json_object_get(found, "id")), id))
        value = json_number_value(json_object_get(json_object_get(found, "expected"), field));
    json_decref(file);
    return value;
}

static void meets(const char *path, const char *id, const char *replications)
{
    simulated_t s;
    char set[64];
    snprintf(set, sizeof set, "monte_carlo.replications=%s", replications);
    simulate(&s, path, (const char *const[]){set, "people=250000"}, 2);
    for (size_t k = 0; k < sizeof compared / sizeof *compared; k++) {
        const compared_t *c = &compared[k];
        estimate_t e = study_estimate(&s.study, scope_plan(world_scopes(s.study.world)), c->metric);
        double truth = known(id, c->in_case);
        print_message("%s %s: %.6g, closed form %.6g, z %.2f, mc_se %.3f %%\n", id, c->metric,
                      e.mean, truth, (e.mean - truth) / e.mc_se, 100 * e.mc_se / truth);
        assert_true(fabs(e.mean - truth) <= fmax(4 * e.mc_se, 0.002 * truth));
        assert_true(e.mc_se <= c->most_mc_se * truth);
    }
    simulated_free(&s);
}

static void uncapped_budget_meets_its_closed_form(void **state)
{
    (void)state;
    meets("configs/reference/golden-uncapped.yaml", "golden_uncapped_budget", "12");
}

static void throttled_budget_meets_its_closed_form(void **state)
{
    (void)state;
    meets("configs/reference/golden-throttled.yaml", "golden_throttled_budget", "8");
}

static void paced_budget_meets_its_closed_form(void **state)
{
    (void)state;
    meets("configs/reference/golden-paced.yaml", "golden_paced_budget", "8");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(uncapped_budget_meets_its_closed_form),
        cmocka_unit_test(throttled_budget_meets_its_closed_form),
        cmocka_unit_test(paced_budget_meets_its_closed_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
