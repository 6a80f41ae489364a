/* doubts.h -- which of a run's uncertain values its answer hangs on, by the replications it has made anyway
 * (metrics/given_data.h). The metric is the target's, or iroas, of the plan. */
#ifndef ADSIM_EXPERIMENT_DOUBTS_H
#define ADSIM_EXPERIMENT_DOUBTS_H

#include "sim/metrics/given_data.h"

typedef struct {
    const uncertain_t *value; /* borrowed from the scenario */
    double low, high;         /* the value at the 10th and 90th percentile of its law */
    given_effect_t effect;
} run_doubt_t;

typedef struct {
    int column;         /* the metric */
    int unsure;         /* uncertain values of the scenario */
    size_t n;           /* those whose effect is more than noise */
    run_doubt_t *doubt; /* the one that moves the metric most first */
} run_doubts_t;         /* zeroed = none */

/* By what a run's estimates are made from. The caller frees, also after a failure. ERR_MEMORY. */
status_t run_doubts_init(run_doubts_t *d, estimator_t *e, error_t *err);
void run_doubts_free(run_doubts_t *d);

double run_doubt_swing(const run_doubt_t *d); /* |metric at high - at low| */

#endif
