/* stopping.h -- when enough replications have run (MODEL 5.4).
 *
 * Replications come in looks that double: R, 2R, 4R, ... (R = 128 when pairs share uncertain
 * parameters or common shocks, else 64). At a look the run is precise enough if,
 * for the plan's reach, incremental conversions and iroas, the 95 % half-width of mc_se is at most
 * `precision` of the mean, with at least 200 events counted and at least 25 skewness^2 replications (of
 * their luck: what uncertain values bring is spread evenly).
 * Only looks are tested; the first has 0.03 of the error, look k > 1 0.04/2^k, so that all looks
 * together keep 95 %. The people term does not shrink with R, its half-width stays at t(15). */
#ifndef ADSIM_EXPERIMENT_STOPPING_H
#define ADSIM_EXPERIMENT_STOPPING_H

#include "sim/metrics/estimate.h"

enum {
    WATCHED = 3,
    EVENTS_AT_LEAST = 200,
    MOST_REPLICATIONS = 65536 /* of an automatic run */
};

/* A watched metric at a look; half-widths relative to the mean. */
typedef struct {
    int column;
    bool matters; /* its mean is not 0 */
    double half_width, people_half_width;
    bool enough; /* half-width, events and skewness are as wanted */
} watch_t;

typedef enum {
    LOOK_ENOUGH,
    LOOK_MORE,  /* replications would help */
    LOOK_PEOPLE /* people would: more replications cannot bring the half-width down */
} verdict_t;

typedef struct {
    verdict_t verdict;
    watch_t watch[WATCHED];
} look_t;

size_t stopping_first_look(const scenario_t *sc); /* replications */
look_t stopping_look(estimator_t *e, const evidence_t *evidence, int number /* 1, 2, ... */);

/* The widest half-width, relative to the mean; `people`: of the people term alone. */
double look_half_width(const look_t *look);
double look_people_half_width(const look_t *look);

#endif
