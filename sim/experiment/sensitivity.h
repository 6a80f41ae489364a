/* sensitivity.h -- which doubt matters: of the values that a scenario is unsure of, and of those that nobody gave.
 *
 * Uncertain values: Sobol's indices over their laws (metrics/indices.h), on Sobol points (Latin hypercubes where
 * there are too many); and one at a time, at the 10th and the 90th percentile with all others at their means.
 * Assumed values without a law are moved by a fifth, one at a time. All points see the same people with the same
 * luck, so that what differs is the value's doing. Metrics are the plan's. */
#ifndef ADSIM_EXPERIMENT_SENSITIVITY_H
#define ADSIM_EXPERIMENT_SENSITIVITY_H

#include "models/base/status.h"
#include "sim/config/load.h"
#include "sim/experiment/run.h"
#include "sim/metrics/indices.h"

#include <stdbool.h>
#include <stddef.h>

enum { SENSITIVITY_METRICS = 4 };

typedef struct {
    const char *path;
    const char *value;  /* as it is used */
    const char *source; /* file and line, or where the default is from */
    int line;           /* of the scenario; 0 = not given there */
    origin_t origin;
    bool uncertain;         /* else an assumption without a law */
    bool moved;             /* else it is no number that could be moved */
    char low[64], high[64]; /* the values that were tried; "" = refused */
    double at_low[SENSITIVITY_METRICS], at_high[SENSITIVITY_METRICS]; /* NAN = refused */
    indices_t indices[SENSITIVITY_METRICS];                           /* of uncertain ones */
} doubt_t;

typedef struct {
    int n_metrics, column[SENSITIVITY_METRICS];
    double base[SENSITIVITY_METRICS]; /* all at their means */
    double sd[SENSITIVITY_METRICS];   /* by the uncertain values together */
    size_t rows, replications;        /* of the design; flights in all */
    doubt_t *doubt;                   /* by the first metric's swing, the widest first */
    size_t n;
} sensitivity_t; /* zeroed = none */

typedef struct {
    const char *file; /* as the scenario was loaded from */
    const char *const *set;
    size_t n_set;
    int column;          /* the metric that sorts; -1: the target's, or iroas */
    size_t rows;         /* of the design, a power of two */
    size_t replications; /* a value moved alone */
    bool assumptions;
    run_options_t run; /* progress counts flights */
} sensitivity_how_t;

/* What would be done: the doubts in the file's order, which of them are moved, and the flights; nothing flies. */
status_t sensitivity_plan(sensitivity_t *s, const loaded_t *base, const sensitivity_how_t *how,
                          error_t *err);
/* The caller frees, also after a failure; `base` must outlive it. ERR_INTERRUPTED if the person stopped it. */
status_t sensitivity_init(sensitivity_t *s, const loaded_t *base, const sensitivity_how_t *how,
                          error_t *err);
void sensitivity_free(sensitivity_t *s);

double doubt_swing(const doubt_t *d, int metric); /* |high - low|; 0 where one of them is unknown */

#endif
