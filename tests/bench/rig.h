/* rig.h -- the engine on a scenario file at a multiple of its budget, ready to be timed. */
#ifndef ADSIM_BENCH_RIG_H
#define ADSIM_BENCH_RIG_H

#include "sim/config/load.h"
#include "sim/engine/engine.h"

#include <stddef.h>
#include <stdint.h>

enum { RIG_THREADS = 2 };

typedef struct {
    loaded_t *loaded;
    scenario_t *scenario; /* the loaded one with its budgets multiplied */
    world_t *world;
    workspace_t *workspace[RIG_THREADS];
    totals_t totals[RIG_THREADS];
    double world_seconds; /* core time of world_new */
} rig_t;

/* Zeroed by the caller; freed by rig_free, also after a failure. */
status_t rig_init(rig_t *rig, const char *path, double budget_factor, size_t people, error_t *err);
void rig_free(rig_t *rig);

/* What replications first .. first + n - 1 did and took, on `threads` threads. */
typedef struct {
    double core_seconds, wall_seconds;
    double impressions, candidates;
} flight_time_t;
status_t rig_fly(rig_t *rig, uint32_t first, size_t n, int threads, flight_time_t *out,
                 error_t *err);

/* Core time of making `people` people of the scenario's population with traits added to 64 interests and
 * behaviours in all. */
status_t rig_people(const rig_t *rig, size_t people, double *core_seconds, error_t *err);

/* One streamed replication of the rig's plan, of so many people on all threads: core time of counting them, and
 * of the replication, its pilot and all its passes included. */
typedef struct {
    double count_seconds, run_seconds;
    int passes;
} stream_time_t;
status_t rig_stream(const rig_t *rig, size_t people, stream_time_t *out, error_t *err);

/* (person, ad set) pairs that a replication may have to look at. */
double rig_eligible(const rig_t *rig);

#endif
