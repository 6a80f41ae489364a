/* simulated.h -- private to sim/allocate: the study of a scenario whose responses are simulated. */
#ifndef ADSIM_ALLOCATE_SIMULATED_H
#define ADSIM_ALLOCATE_SIMULATED_H

#include "sim/allocate/simulator.h"
#include "sim/allocate/study.h"

enum {
    CURVE_PAIRS = LATIN_BLOCK / 2, /* pairs of replications behind each point of a curve */
    CHECK_PAIRS = 2 * LATIN_BLOCK, /* ... behind the joint check */
    CURVE_LEVELS = 12              /* points of a curve, at most */
};

/* Simulated points of every cell's curve: the others spend what they do at the centre. */
typedef struct {
    int n[ALLOCATION_CELLS];
    double spend[ALLOCATION_CELLS][CURVE_LEVELS];
    double value[ALLOCATION_CELLS][CURVE_LEVELS][CURVE_PAIRS]; /* of the whole plan */
    double centre[ALLOCATION_CELLS], at_centre[CURVE_PAIRS];
} levels_t;

/* Simulates points where there are none yet, up to each cell's `top`. */
status_t levels_simulate(levels_t *l, simulator_t *s, int column, const double *top, error_t *err);

/* Adds a point where a split stands. */
status_t levels_refine(levels_t *l, simulator_t *s, int column, const double *spend, error_t *err);

/* Rising curves through the mean of the points, and of CURVE_DRAWS resamples of the pairs. *offset: what the plan
 * brings besides the sum of its curves. */
status_t levels_fit(const levels_t *l, problem_t *p, draws_t *d, uint64_t seed,
                    spline_t *own[ALLOCATION_CELLS], double *offset, error_t *err);

/* The whole study. */
status_t simulated_study(allocation_study_t *s, const allocation_options_t *options, error_t *err);

/* --- study.c: what both kinds of studies do alike */
/* Today's split, or an even one, and whether the recommended one differs. */
void study_base(allocation_study_t *s);
status_t study_stability(allocation_study_t *s, error_t *err);
status_t study_frontier(allocation_study_t *s, error_t *err);
void study_tell(allocation_study_t *s);

#endif
