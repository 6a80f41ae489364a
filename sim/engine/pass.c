/* pass.c -- windows over threads. All that is counted is a sum of integers: it is the same however the
 * windows are dealt. */
#include "sim/engine/pass.h"
#include "sim/engine/parallel.h"

#include <stdlib.h>

status_t pass_init(pass_t *p, const world_t *world, int threads, error_t *err)
{
    *p = (pass_t){.world = world, .crew = crew_alone, .threads = threads};
    p->part = calloc((size_t)threads, sizeof *p->part);
    status_t st = p->part ? OK : fail_memory(err, "the threads' windows");
    for (int t = 0; st == OK && t < threads; t++) st = workspace_new(world, &p->part[t].ws, err);
    return st;
}

void pass_free(pass_t *p)
{
    for (int t = 0; p->part && t < p->threads; t++) workspace_delete(p->part[t].ws);
    free(p->part);
    tally_free(&p->redrawn);
    *p = (pass_t){0};
}

static status_t count_redrawn(pass_t *p, uint32_t replication, error_t *err)
{
    const world_t *w = p->world;
    tally_free(&p->redrawn);
    status_t st = tally_init(&p->redrawn, w->scopes.n_ad_sets, w->n_segments, err);
    st = crew_agree(&p->crew, st, err);
    if (st == OK) st = windows_count(w, replication, p->threads, &p->crew, &p->redrawn, err);
    for (int t = 0; t < p->threads; t++) p->part[t].ws->tally = &p->redrawn;
    return st;
}

status_t pass_tune(pass_t *p, const scenario_t *theta, uint32_t replication, error_t *err)
{
    workspace_t *first = p->part[0].ws;
    status_t st = OK;
    if (p->world->sc->population->redraw) st = count_redrawn(p, replication, err);
    for (int t = 0; st == OK && t < p->threads; t++) {
        window_close(&p->part[t].ws->window);
        st = window_open(&p->part[t].ws->window, p->world, replication, err);
        p->part[t].ws->replication = replication;
    }
    if (st == OK) st = replication_tune(first, theta, err);
    for (int t = 1; st == OK && t < p->threads; t++) p->part[t].ws->tuning = first->tuning;
    return st;
}

static void fly_window(void *context, size_t k, int thread)
{
    pass_t *p = context;
    passing_t *part = &p->part[thread];
    workspace_t *ws = part->ws;
    if (part->status != OK) return;
    part->status = window_move(&ws->window, p->world, k, ws->replication, NULL, &part->err);
    if (part->status == OK && ws->crowd->n) part->status = replication_fly(ws, &part->err);
}

status_t pass_fly(pass_t *p, path_t *path, error_t *err)
{
    for (int t = 0; t < p->threads; t++) {
        workspace_t *ws = p->part[t].ws;
        replication_begin(ws, ws->replication);
        tables_clear(&ws->tables);
        ws->followed = path;
        p->part[t].status = OK;
    }
    path_lay(path, p->part[0].ws);
    if (!crew_leads(&p->crew))
        tables_clear(&p->part[0].ws->tables); /* what holds bids back is counted once */
    crew_for(&p->crew, world_windows(p->world), p->threads, fly_window, p);
    status_t st = OK;
    for (int t = 0; st == OK && t < p->threads; t++)
        if (p->part[t].status != OK) st = fail(err, p->part[t].status, "%s", p->part[t].err.text);
    return crew_agree(&p->crew, st, err);
}

void pass_close(pass_t *p, totals_t *totals, tables_t *tables)
{
    workspace_t *first = p->part[0].ws;
    for (int t = 1; t < p->threads; t++) {
        replication_add(first, p->part[t].ws);
        tables_merge(&first->tables, &p->part[t].ws->tables);
    }
    replication_sum(first, &p->crew);
    crew_sum_tables(&p->crew, &first->tables);
    replication_close(first, totals);
    if (crew_leads(&p->crew)) tables_merge(tables, &first->tables);
}
