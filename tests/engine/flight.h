/* flight.h -- one flight after the other of one world, and what it counted. */
#ifndef ADSIM_TESTS_ENGINE_FLIGHT_H
#define ADSIM_TESTS_ENGINE_FLIGHT_H

#include "sim/engine/engine.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

typedef struct {
    world_t *world;
    workspace_t *ws;
    totals_t totals;
} flight_t;

static inline void flight_begin(flight_t *f, const scenario_t *sc, size_t people)
{
    error_t err = {""};
    *f = (flight_t){0};
    assert_int_equal(world_new(sc, people, 1, &f->world, &err), OK);
    assert_int_equal(workspace_new(f->world, &f->ws, &err), OK);
    assert_int_equal(totals_init(&f->totals, world_scopes(f->world), &err), OK);
}

static inline void flight_fly(flight_t *f, const scenario_t *sc, uint32_t replication)
{
    error_t err = {""};
    assert_int_equal(replication_run(f->world, sc, replication, f->ws, &f->totals, &err), OK);
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

static inline int64_t plan_count(const flight_t *f, count_t column)
{
    return count_of(f, scope_plan(world_scopes(f->world)), column);
}

#endif
