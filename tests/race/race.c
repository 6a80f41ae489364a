/* race.c -- four threads make a town and fly twelve replications over it; ThreadSanitizer watches, and
 * the counts must be those of one thread. `make race` builds the engine and this with clang. */
#include "sim/engine/parallel.h"
#include "tests/engine/town.h"

#include <stdio.h>
#include <string.h>

enum { PEOPLE = 12000, FLIGHTS = 12, THREADS = 4 };

typedef struct {
    const scenario_t *sc;
    world_t *world;
    workspace_t *workspace[THREADS];
    totals_t totals[FLIGHTS];
    status_t status[FLIGHTS];
} flights_t;

static void fly(void *context, size_t i, int worker)
{
    flights_t *f = context;
    error_t err;
    scenario_t *theta = malloc(sizeof *theta);
    f->status[i] = ERR_MEMORY;
    if (!theta) return;
    scenario_draw(f->sc, (uint32_t)(i / 2), theta);
    f->status[i] =
        replication_run(f->world, theta, (uint32_t)i, f->workspace[worker], &f->totals[i], &err);
    free(theta);
}

static status_t fly_all(flights_t *f, const scenario_t *sc, int threads)
{
    error_t err;
    *f = (flights_t){.sc = sc};
    status_t st = world_new(sc, PEOPLE, threads, &f->world, &err);
    for (int t = 0; t < threads && st == OK; t++)
        st = workspace_new(f->world, &f->workspace[t], &err);
    for (int i = 0; i < FLIGHTS && st == OK; i++)
        st = totals_init(&f->totals[i], world_scopes(f->world), &err);
    if (st == OK) parallel_for(FLIGHTS, threads, fly, f);
    for (int i = 0; i < FLIGHTS && st == OK; i++) st = f->status[i];
    return st;
}

static void land_all(flights_t *f)
{
    for (int i = 0; i < FLIGHTS; i++) totals_free(&f->totals[i]);
    for (int t = 0; t < THREADS; t++) workspace_delete(f->workspace[t]);
    world_delete(f->world);
}

static int differing(const flights_t *a, const flights_t *b)
{
    size_t size = sizeof(int64_t) * COUNTS * (size_t)scopes_count(world_scopes(a->world));
    int n = 0;
    for (int i = 0; i < FLIGHTS; i++)
        n += memcmp(a->totals[i].value, b->totals[i].value, size) != 0;
    return n;
}

int main(void)
{
    town_t town;
    town_init(&town, PEOPLE);
    flights_t alone, together;
    status_t st = fly_all(&alone, &town.sc, 1);
    status_t st2 = fly_all(&together, &town.sc, THREADS);
    int bad = st != OK || st2 != OK || differing(&alone, &together) > 0;
    if (bad)
        printf("race: status %d and %d, %d of %d replications differ\n", st, st2,
               st == OK && st2 == OK ? differing(&alone, &together) : 0, FLIGHTS);
    else
        printf("race: ok (%d replications on %d threads equal one thread)\n", FLIGHTS, THREADS);
    land_all(&together);
    land_all(&alone);
    town_free(&town);
    return bad;
}
