/* flights.h -- one world flown replication by replication, for tests that read what happened. */
#ifndef ADSIM_TESTS_ENGINE_FLIGHTS_H
#define ADSIM_TESTS_ENGINE_FLIGHTS_H

#include "tests/engine/town.h"

#include <stdio.h>

typedef struct {
    world_t *world;
    workspace_t *ws;
    totals_t totals;
} flight_t;

/* The test program ends when something fails that is not its subject. */
static inline void flight_check(status_t st, const error_t *err)
{
    if (st == OK) return;
    fprintf(stderr, "%s\n", err->text);
    abort();
}

static inline void flight_begin(flight_t *f, const scenario_t *sc, size_t people)
{
    error_t err = {""};
    *f = (flight_t){0};
    flight_check(world_new(sc, people, 1, &f->world, &err), &err);
    flight_check(workspace_new(f->world, &f->ws, &err), &err);
    flight_check(totals_init(&f->totals, world_scopes(f->world), &err), &err);
}

static inline void flight_fly(flight_t *f, const scenario_t *theta, uint32_t replication)
{
    error_t err = {""};
    flight_check(replication_run(f->world, theta, replication, f->ws, &f->totals, &err), &err);
}

static inline void flight_end(flight_t *f)
{
    totals_free(&f->totals);
    workspace_delete(f->ws);
    world_delete(f->world);
}

static inline int64_t count_of(const flight_t *f, int scope, count_t column)
{
    return f->totals.value[scope * COUNTS + column];
}

/* The closed forms of one ad set. */
static inline ad_set_plan_t flight_plan(const world_t *world, const scenario_t *sc, int ad_set)
{
    ad_set_plan_t plan[MAX_AD_SETS];
    world_plans(world, sc, plan);
    return plan[ad_set];
}

static inline int64_t plan_count(const flight_t *f, count_t column)
{
    return count_of(f, scope_plan(world_scopes(f->world)), column);
}

#endif
