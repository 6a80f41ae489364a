/* audience_exact.h -- closed forms beside the counts of an audience study (MODEL 2.1, 2.3). */
#ifndef ADSIM_EXPERIMENT_AUDIENCE_EXACT_H
#define ADSIM_EXPERIMENT_AUDIENCE_EXACT_H

#include "sim/experiment/audience_study.h"

enum { EXACT_PAIRS_AT_MOST = 1000 };

/* Fills .exact of sizes, of sizes on platforms (what labels miss only where the audience is used, or on
 * all platforms if it is nowhere) and of pairs, and how many of a list are found. theta:
 * uncertain values at their means. */
status_t audience_study_exact(audience_study_t *s, const scenario_t *theta, int threads,
                              error_t *err);

/* P(in the pool when the flight starts) of a new person or an existing customer: she has visited within
 * the window and has not ordered within the exclusion, both no longer than the days before the flight.
 * Visits are Poisson; orders are thinned visits. */
double pool_probability(const scenario_t *theta, const audience_t *audience, int customer);

#endif
