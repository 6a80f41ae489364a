/* build.h -- private to sim/allocate: from the scenario's block to a problem. */
#ifndef ADSIM_ALLOCATE_BUILD_H
#define ADSIM_ALLOCATE_BUILD_H

#include "sim/allocate/study.h"

/* Cells of curves of one's own, with their limits; the curves are those of the parameters' means. */
status_t problem_of_curves(problem_t *p, const scenario_t *sc, spline_t *points[ALLOCATION_CELLS],
                           error_t *err);
/* The limits of the block. */
void problem_limit(problem_t *p, const allocation_t *a);
/* Draws of the curves as the scenario's uncertain values fall. */
status_t draws_of_curves(draws_t *d, const problem_t *p, const scenario_t *sc, error_t *err);

#endif
