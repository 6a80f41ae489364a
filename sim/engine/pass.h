/* pass.h -- inside the engine: everybody of a streaming world goes through the flight on one path, window
 * after window. Its state is one window's for each thread, however many people there are. */
#ifndef ADSIM_ENGINE_PASS_H
#define ADSIM_ENGINE_PASS_H

#include "sim/engine/path.h"

/* A thread's part. */
typedef struct {
    workspace_t *ws;
    status_t status;
    error_t err;
} passing_t;

typedef struct {
    const world_t *world; /* borrowed */
    crew_t crew;          /* who fly its windows together; each calls each of the functions below */
    int threads;
    passing_t *part; /* by thread */
    tally_t redrawn; /* of this replication, when the population is redrawn */
} pass_t;

/* The caller frees, also after a failure. */
status_t pass_init(pass_t *p, const world_t *world, int threads, error_t *err);
void pass_free(pass_t *p);

/* A replication's people and parameters; then a pass of them on a path, as often as wanted; and what the
 * last pass came to, its tables added to `tables` by who leads the crew. */
status_t pass_tune(pass_t *p, const scenario_t *theta, uint32_t replication, error_t *err);
status_t pass_fly(pass_t *p, path_t *path, error_t *err);
void pass_close(pass_t *p, totals_t *totals, tables_t *tables);

#endif
