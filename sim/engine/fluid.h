/* fluid.h -- inside the engine: an ad set's flight at a constant effort, as if people were a fluid: what the
 * controller starts from. Leaves out own overlap, windows of caps, wear, what ads bring to pools. */
#ifndef ADSIM_ENGINE_FLUID_H
#define ADSIM_ENGINE_FLUID_H

#include "sim/engine/tuning.h"

#define FLUID_LEAST_EFFORT (-14.0)

typedef struct {
    const tuning_t *t;
    const world_t *w;
    int ad_set, foreseen;
    int cap;                          /* impressions a person over the flight; 0 = none */
    double activity[NO_AGE_BAND + 1]; /* who can be reached, in units of mean activity */
    double running;                   /* share of the flight's opportunities that are in schedule */
} fluid_t;

fluid_t fluid_of(const tuning_t *t, const world_t *w, const tally_t *tally, int ad_set);

/* The flight cap on impressions that an ad set's rolling windows come to, if each allowed so many more; 0 = none. */
int fluid_cap(const world_t *w, int ad_set, double viewability, int more);

/* Expected impressions and spend (currency) of the simulated people at an effort. */
void fluid_outcome(const fluid_t *plan, double effort, double *impressions, double *spend);
double fluid_spend(const fluid_t *plan, double effort);

/* The effort at which an ad set spends an amount, or its highest. */
double fluid_effort(const fluid_t *plan, double spend);

#endif
