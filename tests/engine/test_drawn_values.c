/* test_drawn_values.c -- a drawn value acts like a stated one: for every key that may be uncertain, a
 * replication whose draw is x equals, to the last bit, the replication of a file that says x. Whatever
 * reads the file's first value instead of the draw fails here. */
#include "sim/config/load.h"
#include "sim/engine/engine.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static const char file[] = "tests/engine/drawn/everything.yaml";
enum { PEOPLE = 1500, PATH = 160 };

/* NULL if the file with the setting is refused. */
static loaded_t *load(const char *setting)
{
    diagnostics_t *d = diagnostics_new();
    loaded_t *loaded = NULL;
    error_t err;
    load_options_t options = {.set = &setting, .n_set = setting != NULL, .data_dir = "configs"};
    if (scenario_load(file, &options, d, &loaded, &err) != OK) loaded = NULL;
    diagnostics_free(d);
    return loaded;
}

static void fly(const scenario_t *sc, const scenario_t *theta, totals_t *out)
{
    world_t *world;
    workspace_t *ws;
    error_t err;
    assert_int_equal(world_new(sc, PEOPLE, 1, &world, &err), OK);
    assert_int_equal(workspace_new(world, &ws, &err), OK);
    assert_int_equal(totals_init(out, world_scopes(world), &err), OK);
    assert_int_equal(replication_run(world, theta, 0, ws, out, &err), OK);
    workspace_delete(ws);
    world_delete(world);
}

static size_t size_of(const scenario_t *sc)
{
    scopes_t s = scopes_of(sc);
    return (size_t)scopes_count(s) * COUNTS * sizeof(int64_t);
}

/* Of the loaded uncertain values, the one of the path; its draw. */
static double drawn(const scenario_t *sc, const scenario_t *theta, const char *path)
{
    for (int k = 0; k < sc->n_uncertain; k++)
        if (!strcmp(sc->uncertain[k].path, path)) {
            double x;
            memcpy(&x, (const char *)theta + sc->uncertain[k].offset, sizeof x);
            return x;
        }
    return NAN;
}

/* The base of organic orders is counted once, at the first match rate of a list. */
static void forget_organic(totals_t *t, const scenario_t *sc)
{
    for (size_t k = COUNT_ORGANIC; k < size_of(sc) / sizeof(int64_t); k += COUNTS) t->value[k] = 0;
}

/* Compares the two worlds for one key. False if it may not be uncertain. `matters`: the totals differ
 * from those of the file as it is. */
static bool drawn_like_stated(const char *path, double value, const char *unit,
                              const totals_t *plain, bool *matters)
{
    char setting[2 * PATH];
    snprintf(setting, sizeof setting, "%s={dist: uniform, low: %.10g%s, high: %.10g%s}", path,
             0.8 * value, unit, 0.95 * value, unit);
    loaded_t *uncertain = load(setting);
    if (!uncertain) return false;
    const scenario_t *sc = loaded_scenario(uncertain);
    scenario_t *theta = malloc(sizeof *theta);
    scenario_draw(sc, 0, theta);
    double x = drawn(sc, theta, path);
    if (isnan(x)) fail_msg("%s: not found among the uncertain values", path);
    /* A number, and then x to the last bit in its place. */
    snprintf(setting, sizeof setting, "%s=%.10g%s", path, value, unit);
    loaded_t *stated = load(setting);
    assert_non_null(stated);
    scenario_t *certain = malloc(sizeof *certain), *own = malloc(sizeof *own);
    *certain = *loaded_scenario(stated);
    for (int k = 0; k < sc->n_uncertain; k++)
        if (!strcmp(sc->uncertain[k].path, path))
            memcpy((char *)certain + sc->uncertain[k].offset, &x, sizeof x);
    scenario_draw(certain, 0, own);
    totals_t a, b;
    fly(sc, theta, &a);
    fly(certain, own, &b);
    if (strstr(path, "match_rate")) forget_organic(&a, sc), forget_organic(&b, sc);
    if (memcmp(a.value, b.value, size_of(sc)) != 0)
        fail_msg("%s: a draw of %.6g differs from a file that says so", path, x);
    *matters = memcmp(a.value, plain->value, size_of(sc)) != 0;
    totals_free(&a);
    totals_free(&b);
    free(theta);
    free(certain);
    free(own);
    loaded_free(uncertain);
    loaded_free(stated);
    return true;
}

/* Keys that no total of a replication answers to: money that the estimates reckon with, the day on which
 * a displaced order would have come (the timeline's alone), and a reserve below all rivals (the other
 * platform's is felt). */
static bool changes_nothing(const char *path)
{
    static const char *const idle[] = {"product.costs.", "product.margin", "product.value_sd",
                                       "product.pull_forward_days",
                                       "platforms.village.market.reserve_cpm"};
    for (size_t k = 0; k < sizeof idle / sizeof *idle; k++)
        if (!strncmp(path, idle[k], strlen(idle[k]))) return true;
    return false;
}

static void a_drawn_value_acts_like_a_stated_one(void **state)
{
    (void)state;
    loaded_t *loaded = load(NULL);
    assert_non_null(loaded);
    totals_t plain;
    fly(loaded_scenario(loaded), loaded_scenario(loaded), &plain);
    size_t n, compared = 0;
    const resolved_t *value = loaded_values(loaded, &n);
    for (size_t k = 0; k < n; k++) {
        char *end;
        double number = strtod(value[k].value, &end);
        if (end == value[k].value || number == 0) continue; /* a word, or nothing to scale */
        bool matters = false;
        if (!drawn_like_stated(value[k].path, number, end, &plain, &matters)) continue;
        compared++;
        if (matters == changes_nothing(value[k].path))
            fail_msg("%s changes %s", value[k].path, matters ? "something" : "nothing");
    }
    print_message("%zu keys compared\n", compared);
    assert_true(compared >= 40);
    totals_free(&plain);
    loaded_free(loaded);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_drawn_value_acts_like_a_stated_one)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
