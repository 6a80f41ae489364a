/* published.h -- figures that others have measured, and beside each what comes of the simulator's defaults.
 *
 * A figure is met if the simulated one lies in the range stated with it: between two measurements where there are two, else
 * about the one within what a reader would take for the same. Nothing is fitted to it: where a figure is not met, the
 * table says so. */
#ifndef ADSIM_EXPERIMENT_PUBLISHED_H
#define ADSIM_EXPERIMENT_PUBLISHED_H

#include "sim/experiment/run.h"

typedef enum {
    PUBLISHED_DELAY_HOUR,
    PUBLISHED_DELAY_DAY,
    PUBLISHED_VIEW_THROUGH,
    PUBLISHED_LIFT_UPPER,
    PUBLISHED_LIFT_MID,
    PUBLISHED_LIFT_LOWER,
    PUBLISHED_CASCADES,
    PUBLISHED_SALES_CV,
    PUBLISHED_ON_TARGET,
    PUBLISHED_ROWS
} published_t;

typedef struct {
    const char *name;      /* as a key */
    const char *what;      /* is measured, in words */
    const char *published; /* the figure */
    double low, high;      /* taken as met */
    bool share;            /* shown in percent */
    const char *source;
    const char *note; /* why it is not met, or not modelled; NULL = nothing to say */
} published_row_t;
extern const published_row_t published_rows[PUBLISHED_ROWS];

/* The plan of configs/reference/published.yaml: as it is, and where people order more by themselves. */
typedef enum { PUBLISHED_DEFAULTS, PUBLISHED_BUSY, PUBLISHED_PLANS } published_plan_t;
extern const char *const published_busy; /* the change, path=value */

/* Simulates both, each twice: with its windows of attribution and without one after a view. A value NAN is not
 * modelled. */
status_t published_measure(int threads, double value[PUBLISHED_PLANS][PUBLISHED_ROWS],
                           error_t *err);

typedef enum { PUBLISHED_MET, PUBLISHED_NOT_MET, PUBLISHED_NOT_MODELLED } published_verdict_t;
published_verdict_t published_verdict(published_t row, double value);

#endif
