/* pilot.c -- the threads' scratch. */
#include "sim/experiment/pilot.h"

#include <stdlib.h>

static status_t pilot_init(pilot_t *p, const world_t *world, error_t *err)
{
    status_t st = workspace_new(world, &p->workspace, err);
    if (st == OK) st = totals_init(&p->totals, world_scopes(world), err);
    if (st != OK) return st;
    p->theta = malloc(sizeof *p->theta);
    return p->theta ? OK : fail_memory(err, "a thread's scratch space");
}

status_t pilots_new(const world_t *world, int threads, pilot_t **out, error_t *err)
{
    status_t st = OK;
    *out = calloc((size_t)threads, sizeof **out);
    if (!*out) return fail_memory(err, "the threads' scratch space");
    for (int t = 0; st == OK && t < threads; t++) st = pilot_init(&(*out)[t], world, err);
    return st;
}

void pilots_delete(pilot_t *p, int threads)
{
    for (int t = 0; p && t < threads; t++) {
        workspace_delete(p[t].workspace);
        totals_free(&p[t].totals);
        free(p[t].theta);
    }
    free(p);
}

status_t pilots_status(const pilot_t *p, int threads, error_t *err)
{
    for (int t = 0; t < threads; t++)
        if (p[t].status != OK) return fail(err, p[t].status, "%s", p[t].err.text);
    return OK;
}
