/* window.c -- makes people a window at a time, and counts them all so. */
#include "sim/engine/window.h"
#include "sim/engine/parallel.h"

#include <stdlib.h>

size_t world_windows(const world_t *w)
{
    return (w->people + w->window - 1) / w->window;
}

/* People who are not redrawn are those of replication 0. */
static uint32_t people_of(const world_t *w, uint32_t replication)
{
    return w->sc->population->redraw ? replication : 0;
}

status_t window_open(window_t *v, const world_t *w, uint32_t replication, error_t *err)
{
    *v = (window_t){0};
    return population_allocate_window(&v->people, w->sc->population, w->people, w->window, w->key,
                                      people_of(w, replication), err);
}

void window_close(window_t *v)
{
    crowd_free(&v->crowd);
    population_free(&v->people);
}

status_t window_move(window_t *v, const world_t *w, size_t k, uint32_t replication, tally_t *tally,
                     error_t *err)
{
    size_t first = k * w->window, left = w->people - first;
    uint32_t people = people_of(w, replication);
    population_move(&v->people, first, left < w->window ? left : w->window, w->key, people);
    crowd_free(&v->crowd);
    return crowd_of_window(&v->crowd, w, &v->people, people, 1, tally, err);
}

/* ---- everybody ---- */

typedef struct {
    window_t window;
    tally_t tally;
    status_t status;
    error_t err;
} counter_t;

typedef struct {
    const world_t *world;
    uint32_t replication;
    counter_t *counter; /* by worker */
} count_job_t;

static void count_window(void *context, size_t k, int worker)
{
    count_job_t *job = context;
    counter_t *c = &job->counter[worker];
    if (c->status == OK)
        c->status = window_move(&c->window, job->world, k, job->replication, &c->tally, &c->err);
}

static status_t counter_open(counter_t *c, const world_t *w, uint32_t replication, error_t *err)
{
    status_t st = tally_init(&c->tally, w->scopes.n_ad_sets, w->n_segments, err);
    return st == OK ? window_open(&c->window, w, replication, err) : st;
}

status_t windows_count(const world_t *w, uint32_t replication, int threads, const crew_t *crew,
                       tally_t *tally, error_t *err)
{
    count_job_t job = {w, replication, calloc((size_t)threads, sizeof *job.counter)};
    status_t st = job.counter ? OK : fail_memory(err, "the counts of people");
    for (int t = 0; st == OK && t < threads; t++)
        st = counter_open(&job.counter[t], w, replication, err);
    st = crew_agree(crew, st, err);
    if (st == OK) crew_for(crew, world_windows(w), threads, count_window, &job);
    for (int t = 0; job.counter && t < threads; t++) {
        counter_t *c = &job.counter[t];
        if (st == OK && c->status != OK) st = fail(err, c->status, "%s", c->err.text);
        if (st == OK) tally_add(tally, &c->tally);
        window_close(&c->window);
        tally_free(&c->tally);
    }
    free(job.counter);
    st = crew_agree(crew, st, err);
    if (st != OK) return st;
    tally_sum(tally, crew);
    tally->n_geos = w->n_geos; /* also where no window was counted */
    return OK;
}
