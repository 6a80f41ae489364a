/* pilot.h -- what one thread needs to fly replications of a world, for those who drive the threads themselves. */
#ifndef ADSIM_EXPERIMENT_PILOT_H
#define ADSIM_EXPERIMENT_PILOT_H

#include "sim/engine/engine.h"

typedef struct {
    workspace_t *workspace;
    totals_t totals;   /* of the last flight */
    scenario_t *theta; /* its parameters */
    status_t status;   /* of this thread's flights; not OK = it flies no more */
    error_t err;
} pilot_t;

/* One for each thread. The caller deletes them, also after a failure. */
status_t pilots_new(const world_t *world, int threads, pilot_t **out, error_t *err);
void pilots_delete(pilot_t *p, int threads);
/* OK, or the failure of the first that failed. */
status_t pilots_status(const pilot_t *p, int threads, error_t *err);

#endif
