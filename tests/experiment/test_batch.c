/* test_batch.c -- a point of a sweep is its scenario run alone, bit for bit, whatever it shares with others and
 * however many run at a time; the store gives back what was kept. */
#include "sim/experiment/batch.h"
#include "sim/experiment/store.h"
#include "tests/experiment/loaded.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static const char *const town[] = {"tests/experiment/sweep/town.yaml"};

/* Three values each of what points share (a budget, a rate) and of what each makes anew (people, size, traits). */
static const char *const over[] = {"sweep={design: zip, over: {campaigns.c.lifetime_budget: [2, 5, "
                                   "9], response.cvr: [1%, 2%, {low: 1%, "
                                   "high: 3%}], seed: [1, 2, 3], population.size: [500, 500, 900], "
                                   "population.traits.eligible: [50%, 60%, 50%], "
                                   "people: [400, 500, 450]}}"};
static const char *const alone[3][6] = {
    {"campaigns.c.lifetime_budget=2", "response.cvr=1%", "seed=1", "population.size=500",
     "population.traits.eligible=50%", "people=400"},
    {"campaigns.c.lifetime_budget=5", "response.cvr=2%", "seed=2", "population.size=500",
     "population.traits.eligible=60%", "people=500"},
    {"campaigns.c.lifetime_budget=9", "response.cvr={low: 1%, high: 3%}", "seed=3",
     "population.size=900", "population.traits.eligible=50%", "people=450"}};

static void open_batch(batch_t *b, const char *const *set, size_t n_set)
{
    error_t err = {""};
    diagnostics_t *d = diagnostics_new();
    status_t st = batch_init(b, "test", town, 1, set, n_set, d, &err);
    if (st == OK) st = batch_check(b, d, &err);
    if (st != OK) fail_msg("%s%s", diagnostics_text(d, FORMAT_SHORT, NULL), err.text);
    diagnostics_free(d);
}

/* The plan's columns of one run. */
static void run_alone(const char *const *set, size_t n, double value[COLUMNS][RESULT_VALUES])
{
    simulated_t s;
    simulate(&s, town[0], set, n);
    for (int c = 0; c < COLUMNS; c++) {
        const estimate_t *x = &s.study.estimate[scope_plan(s.study.evidence.scopes) * COLUMNS + c];
        const double all[RESULT_VALUES] = {x->mean, x->lo, x->hi, x->mc_se};
        memcpy(value[c], all, sizeof all);
    }
    simulated_free(&s);
}

static bool same_number(double a, double b)
{
    return isfinite(a) ? a + 0.0 == b : !isfinite(b);
}

/* --- a store in a scratch file */
static char path[] = "/tmp/adsim-store-XXXXXX";

static status_t keep(void *context, const record_t *r, error_t *err)
{
    void **both = context;
    return store_keep(both[0], both[1], r, err);
}

static store_t *open_store(const batch_t *b)
{
    error_t err = {""};
    store_t *s = NULL;
    study_head_t head = {.version = "test",
                         .fingerprint = b->fingerprint,
                         .manifest = "{}",
                         .points = b->points,
                         .param = b->param,
                         .n_params = b->n_params};
    if (store_open(path, &head, &s, &err) != OK) fail_msg("%s", err.text);
    return s;
}

static void run_all(const batch_t *b, store_t *s, int threads)
{
    size_t point[64];
    error_t err = {""};
    void *both[] = {s, (void *)b};
    for (size_t p = 0; p < b->points; p++) point[p] = p;
    batch_how_t how = {.how = {.threads = threads}, .keep = keep, .context = both};
    if (batch_run(b, point, b->points, &how, &err) != OK) fail_msg("%s", err.text);
}

static double kept[3][COLUMNS][RESULT_VALUES];

static status_t take_plan(void *context, const store_point_t *p, error_t *err)
{
    (void)err;
    size_t *seen = context;
    const store_row_t *plan = &p->row[p->n_rows - 1];
    assert_string_equal(plan->scope, "plan");
    assert_string_equal(p->status, "done");
    assert_int_equal(p->n_rows, 4); /* an ad set, a campaign, a platform, the plan */
    memcpy(kept[p->point - 1], plan->value, sizeof plan->value);
    (*seen)++;
    return OK;
}

static void read_plans(store_t *s)
{
    error_t err = {""};
    size_t seen = 0;
    assert_int_equal(store_visit(s, true, 0, take_plan, &seen, &err), OK);
    assert_int_equal(seen, 3);
}

static void points_are_their_scenarios_run_alone(void **state)
{
    (void)state;
    static double value[COLUMNS][RESULT_VALUES];
    for (int threads = 1; threads <= 2; threads++) {
        batch_t b;
        remove(path);
        open_batch(&b, over, 1);
        assert_int_equal(b.points, 3);
        store_t *s = open_store(&b);
        run_all(&b, s, threads);
        read_plans(s);
        for (size_t p = 0; p < 3; p++) {
            run_alone(alone[p], 6, value);
            for (int c = 0; c < COLUMNS; c++)
                for (int v = 0; v < RESULT_VALUES; v++)
                    if (!same_number(value[c][v], kept[p][c][v]))
                        fail_msg("point %zu: %s%s is %.17g in the sweep, %.17g alone", p + 1,
                                 columns[c].name, result_suffix[v], kept[p][c][v], value[c][v]);
        }
        assert_true(kept[0][column_find("reach")][0] != kept[1][column_find("reach")][0]);
        store_close(s);
        batch_free(&b);
    }
}

/* People are the base's own where a point does not change them, and only there. */
static void people_are_shared_where_they_are_alike(void **state)
{
    (void)state;
    static const struct {
        const char *set;
        bool shared;
    } points[] = {{"campaigns.c.lifetime_budget=7", true},
                  {"seed=9", true},
                  {"population.traits.eligible=50%", true},
                  {"population.traits.eligible=51%", false},
                  {"population.size=501", false},
                  {"population={size: 500, traits: {eligible: 50%}}", true}};
    error_t err = {""};
    diagnostics_t *d = diagnostics_new();
    loaded_t *base = NULL, *other;
    assert_int_equal(scenario_load(town[0], NULL, d, &base, &err), OK);
    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        load_options_t how = {.set = &points[i].set, .n_set = 1, .like = base};
        assert_int_equal(scenario_load(town[0], &how, d, &other, &err), OK);
        bool shared = loaded_scenario(other)->population == loaded_scenario(base)->population;
        if (shared != points[i].shared) fail_msg("%s", points[i].set);
        loaded_free(other);
    }
    loaded_free(base);
    diagnostics_free(d);
}

static size_t count_done(const bool *done, size_t n)
{
    size_t sum = 0;
    for (size_t i = 0; i < n; i++) sum += done[i];
    return sum;
}

/* A point of other values is another point; one that nothing changed stays; the rest is forgotten. */
static void only_what_is_still_wanted_is_complete(void **state)
{
    (void)state;
    static const char *const before[] = {"sweep={over: {seed: [1, 2, 3]}}"},
                             *const after[] = {"sweep={over: {seed: [1, 7]}}"};
    error_t err = {""};
    store_count_t count;
    bool done[3];
    batch_t b;
    remove(path);
    open_batch(&b, before, 1);
    store_t *s = open_store(&b);
    assert_int_equal(store_complete(s, &b, done, &err), OK);
    assert_int_equal(count_done(done, 3), 0);
    run_all(&b, s, 2);
    assert_int_equal(store_complete(s, &b, done, &err), OK);
    assert_int_equal(count_done(done, 3), 3);
    store_close(s);
    batch_free(&b);

    open_batch(&b, after, 1);
    s = open_store(&b);
    assert_int_equal(store_complete(s, &b, done, &err), OK);
    assert_true(done[0]);
    assert_false(done[1]);
    assert_int_equal(store_count(s, &count, &err), OK);
    assert_int_equal(count.done, 1);
    store_close(s);
    batch_free(&b);
}

/* What is not swept is in the fingerprint, what is swept is not. */
static void fingerprints_tell_studies_apart(void **state)
{
    (void)state;
    static const char *const set[][2] = {{"sweep={over: {seed: [1, 2]}}", "product.value=40"},
                                         {"sweep={over: {seed: [1, 2]}}", "seed=77"},
                                         {"sweep={over: {seed: [5]}}", "product.value=40"},
                                         {"sweep={over: {seed: [1, 2]}}", "product.value=41"},
                                         {"sweep={over: {product.value: [1, 2]}}", "seed=3"}};
    static const bool same[] = {true, true, true, false, false};
    char first[FINGERPRINT] = "";
    for (size_t i = 0; i < 5; i++) {
        batch_t b;
        open_batch(&b, set[i], 2);
        if (i == 0) memcpy(first, b.fingerprint, sizeof first);
        assert_int_equal(strcmp(first, b.fingerprint) == 0, same[i]);
        batch_free(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(points_are_their_scenarios_run_alone),
        cmocka_unit_test(people_are_shared_where_they_are_alike),
        cmocka_unit_test(only_what_is_still_wanted_is_complete),
        cmocka_unit_test(fingerprints_tell_studies_apart),
    };
    int fd = mkstemp(path);
    close(fd);
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    remove(path);
    return failed;
}
