/* rig.c */
#include "tests/bench/rig.h"

#include "sim/engine/parallel.h"
#include "tests/bench/timing.h"

#include <stdio.h>
#include <stdlib.h>

static void multiply_budgets(scenario_t *sc, double factor)
{
    for (int c = 0; c < sc->n_campaigns; c++) sc->campaign[c].lifetime_budget *= factor;
    for (int a = 0; a < sc->n_ad_sets; a++) sc->ad_set[a].budget *= factor;
}

static status_t load(rig_t *rig, const char *path, double budget_factor, error_t *err)
{
    diagnostics_t *d = diagnostics_new();
    if (!d) return fail_memory(err, "the scenario");
    load_options_t options = {0};
    status_t st = scenario_load(path, &options, d, &rig->loaded, err);
    char *said = st == OK ? NULL : diagnostics_text(d, FORMAT_SHORT, "nothing was measured");
    if (said) fail(err, st, "%s", said);
    free(said);
    diagnostics_free(d);
    if (st != OK) return st;
    rig->scenario = malloc(sizeof *rig->scenario);
    if (!rig->scenario) return fail_memory(err, "the scenario");
    *rig->scenario = *loaded_scenario(rig->loaded);
    multiply_budgets(rig->scenario, budget_factor);
    return OK;
}

status_t rig_init(rig_t *rig, const char *path, double budget_factor, size_t people, error_t *err)
{
    status_t st = load(rig, path, budget_factor, err);
    if (st != OK) return st;
    double began = seconds_core();
    st = world_new(rig->scenario, people, 1, &rig->world, err);
    rig->world_seconds = seconds_core() - began;
    for (int t = 0; t < RIG_THREADS && st == OK; t++) {
        st = workspace_new(rig->world, &rig->workspace[t], err);
        if (st == OK) st = totals_init(&rig->totals[t], world_scopes(rig->world), err);
    }
    return st;
}

void rig_free(rig_t *rig)
{
    for (int t = 0; t < RIG_THREADS; t++) {
        totals_free(&rig->totals[t]);
        workspace_delete(rig->workspace[t]);
    }
    world_delete(rig->world);
    free(rig->scenario);
    loaded_free(rig->loaded);
    *rig = (rig_t){0};
}

typedef struct {
    rig_t *rig;
    uint32_t first;
    status_t st[RIG_THREADS];
    error_t err[RIG_THREADS];
    double impressions[RIG_THREADS], candidates[RIG_THREADS];
    scenario_t *theta[RIG_THREADS];
} flights_t;

static void fly_one(void *context, size_t i, int worker)
{
    flights_t *f = context;
    if (f->st[worker] != OK) return;
    rig_t *rig = f->rig;
    uint32_t replication = f->first + (uint32_t)i;
    totals_t *totals = &rig->totals[worker];
    scenario_draw(rig->scenario, replication / 2, f->theta[worker]);
    f->st[worker] = replication_run(rig->world, f->theta[worker], replication,
                                    rig->workspace[worker], totals, &f->err[worker]);
    int plan = scope_plan(world_scopes(rig->world));
    f->impressions[worker] += (double)totals->value[plan * COUNTS + COUNT_IMPRESSIONS];
    f->candidates[worker] += (double)totals->candidates;
}

status_t rig_fly(rig_t *rig, uint32_t first, size_t n, int threads, flight_time_t *out,
                 error_t *err)
{
    flights_t f = {.rig = rig, .first = first};
    status_t st = OK;
    *out = (flight_time_t){0};
    for (int t = 0; t < threads; t++) {
        f.theta[t] = malloc(sizeof *f.theta[t]);
        if (!f.theta[t]) st = fail_memory(err, "a scenario");
    }
    if (st == OK) {
        double core = seconds_core(), wall = seconds_wall();
        parallel_for(n, threads, fly_one, &f);
        out->core_seconds = seconds_core() - core;
        out->wall_seconds = seconds_wall() - wall;
    }
    for (int t = 0; t < threads; t++) {
        out->impressions += f.impressions[t];
        out->candidates += f.candidates[t];
        if (f.st[t] != OK) st = fail(err, f.st[t], "%s", f.err[t].text);
        free(f.theta[t]);
    }
    return st;
}

/* Repeats the traits under new names until there are 64. */
static void add_traits(population_spec_t *spec)
{
    static char name[POP_TRAITS][24];
    int own = spec->n_traits;
    for (int q = own; q < POP_TRAITS && own > 0; q++) {
        snprintf(name[q], sizeof name[q], "trait %d", q);
        spec->trait[q] = spec->trait[q % own];
        spec->trait[q].name = name[q];
    }
    if (own > 0) spec->n_traits = POP_TRAITS;
}

status_t rig_people(const rig_t *rig, size_t people, double *core_seconds, error_t *err)
{
    population_t pop = {0};
    population_spec_t *spec = malloc(sizeof *spec);
    if (!spec) return fail_memory(err, "a population");
    *spec = *rig->scenario->population; /* its tables stay where they are */
    add_traits(spec);
    status_t st = population_allocate(&pop, spec, people, rng_key(1), 0, err);
    if (st == OK) population_fill(&pop, 0, people, rng_key(1), 0); /* memory is there afterwards */
    double began = seconds_core();
    if (st == OK) population_fill(&pop, 0, people, rng_key(1), 0);
    *core_seconds = seconds_core() - began;
    population_free(&pop);
    free(spec);
    return st;
}

double rig_eligible(const rig_t *rig)
{
    double pairs = 0;
    for (int a = 0; a < rig->scenario->n_ad_sets; a++)
        pairs += (double)world_eligible(rig->world, a);
    return pairs;
}

status_t rig_stream(const rig_t *rig, size_t people, stream_time_t *out, error_t *err)
{
    world_t *world = NULL;
    streaming_t *streaming = NULL;
    totals_t totals = {0};
    double began = seconds_core();
    status_t st = world_new_streaming(rig->scenario, people, RIG_THREADS, &crew_alone, &world, err);
    out->count_seconds = seconds_core() - began;
    if (st == OK) st = streaming_new(world, RIG_THREADS, &streaming, err);
    if (st == OK) st = totals_init(&totals, world_scopes(world), err);
    began = seconds_core();
    if (st == OK) st = streaming_run(streaming, rig->scenario, 0, &totals, err);
    out->run_seconds = seconds_core() - began;
    out->passes = st == OK ? streaming_passes(streaming) : 0;
    totals_free(&totals);
    streaming_delete(streaming);
    world_delete(world);
    return st;
}
