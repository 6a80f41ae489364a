/* synthesis.h -- completes a specification from the tables it should agree with (MODEL 1.1): attributes
 * without shares are raked to tables of people, platforms without shares to tables of use, and the
 * correlations of the platforms are solved from overlaps.
 *
 * Tables come from surveys and do not agree to the digit in what they share (the share of graduates in
 * "education by age" and in "income by education"). They are taken in the order of the file: where a
 * later one disagrees with an earlier one it is shifted to it, counts by a factor, use by a factor of
 * its odds, and the gap is kept in the table; a gap above the tolerance is a fault. */
#ifndef ADSIM_AUDIENCE_SYNTHESIS_H
#define ADSIM_AUDIENCE_SYNTHESIS_H

#include "models/audience/population.h"

enum { SYNTHESIS_CELLS = 200000, SYNTHESIS_FAULTS = 32 };

/* What is wrong with tables: numbers of spec->target. */
typedef struct {
    int target, other; /* other = -1: the joint table, or nothing else */
    char text[256];
} synthesis_fault_t;

typedef struct {
    int n;
    synthesis_fault_t fault[SYNTHESIS_FAULTS];
} synthesis_faults_t;

/* Gives shares to the attributes that have none (and are neither joint nor groupings), from the targets
 * of people that are not held out, starting from `seed` (a table of people as target; NULL: uniform).
 * ERR_INVALID with faults when tables contradict each other or use too many attributes. */
status_t synthesise_people(population_spec_t *spec, const fit_target_t *seed, double tolerance,
                           synthesis_faults_t *faults, error_t *err);

/* Gives shares to the platforms that have none, from the targets of use. */
status_t synthesise_use(population_spec_t *spec, double tolerance, synthesis_faults_t *faults,
                        error_t *err);

/* Solves use_correlation so that the overlaps of the targets come out given the use; then makes the
 * whole matrix positive definite. Where the target states both directions, the mean of the two implied
 * numbers of people is met. */
status_t synthesise_overlaps(population_spec_t *spec, synthesis_faults_t *faults, error_t *err);

/* both[i * n_platforms + j] of spec: real people who use i and j; the diagonal holds who use i. */
status_t people_who_use_both(const population_spec_t *spec, double *both, error_t *err);

#endif
