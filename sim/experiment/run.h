/* run.h -- one scenario, many replications: the Monte Carlo loop and everything it yields.
 *
 * study_open makes the people; study_simulate runs replications until the numbers are sure enough
 * (stopping.h) or exactly as many as the scenario asks for, and fills the estimates. Pairs of
 * replications are the unit of work: both share one draw of the parameters. All sums are integers and
 * values are kept by their replication, so any number of threads, or of processes (crew.h), gives the same bytes. */
#ifndef ADSIM_EXPERIMENT_RUN_H
#define ADSIM_EXPERIMENT_RUN_H

#include "models/base/status.h"
#include "sim/engine/crew.h"
#include "sim/engine/engine.h"
#include "sim/experiment/brand_study.h"
#include "sim/experiment/delivery.h"
#include "sim/experiment/doubts.h"
#include "sim/experiment/notices.h"
#include "sim/experiment/stopping.h"
#include "sim/metrics/estimate.h"

#include <signal.h>

/* How far a run is; called now and then from one thread. */
typedef struct {
    size_t done, planned; /* replications; planned = up to the next look */
} progress_t;

typedef struct {
    int threads;                                          /* >= 1 */
    size_t people;                                        /* simulated; 0 = as the scenario says */
    void (*progress)(void *context, const progress_t *p); /* NULL = none */
    void *context;
    const volatile sig_atomic_t *interrupted; /* not 0 = finish what has begun; NULL = never */
    const crew_t *crew; /* processes that make the replications together; NULL = this one alone */
} run_options_t;

typedef struct {
    const char *metric; /* "" = the scenario has no target */
    double at_least;
    probability_t chance;
} target_result_t;

struct study {
    /* since study_open */
    const scenario_t *scenario; /* borrowed */
    run_options_t options;
    world_t *world;
    bool people_auto;
    bool streams;           /* the engine: streaming, or else closed_loop */
    const char *engine_why; /* why so; no full sentence */

    /* since study_simulate */
    evidence_t evidence;             /* .pairs is 0 before */
    ad_set_plan_t plan[MAX_AD_SETS]; /* in closed form, at the parameters' means */
    estimator_t *estimator;
    estimate_t *estimate; /* [scope][COLUMNS] */
    tables_t tables;
    brand_study_t brand; /* what the brand does besides its ads */
    delivery_t delivery[MAX_AD_SETS];
    target_result_t target;
    run_doubts_t doubts;
    look_t look; /* the last one */
    int looks;
    int64_t candidates; /* candidate impressions of all replications */
    bool interrupted;
    notices_t notices;

    /* private */
    crew_t crew;
    struct study_worker *worker; /* while replications run */
    int64_t *value, *kept_candidates;
    double *removed;
    economics_t *economics;
    bool *done;
    size_t pairs_room;
};

/* `people` simulated people as the scenario says (auto: MODEL 9.7). The caller closes, also after a
 * failure. */
status_t study_open(study_t *s, const scenario_t *sc, const run_options_t *options, error_t *err);

/* ERR_INTERRUPTED if the person stopped it before one pair was complete; if later, OK and
 * s->interrupted. */
status_t study_simulate(study_t *s, error_t *err);

/* The same in steps, for plans that are compared: begin, then advance to so many replications (even, more each
 * time; fewer after an interruption) or cut back to them, with an estimator after each; then finish. */
status_t study_begin(study_t *s, error_t *err);
status_t study_advance(study_t *s, size_t replications, error_t *err);
status_t study_cut(study_t *s, size_t replications, error_t *err);
status_t study_finish(study_t *s, error_t *err);
void study_close(study_t *s);

/* Simulated people that a run takes: as the scenario says, or as many as MODEL 9.7 wants. */
size_t study_people(const scenario_t *sc);
/* The most that it takes by itself. */
size_t study_people_at_most(const scenario_t *sc);

size_t study_replications(const study_t *s);

/* Replications asked for, 0 = automatic; an odd number is filled up to whole pairs. */
size_t study_replications_asked(const scenario_t *sc);
estimate_t study_estimate(const study_t *s, int scope, const char *column);
/* Mean of a column of the whole plan, as soon as there is an estimator. */
double study_mean(const study_t *s, int column);

#endif
