/* given_data.h -- whose doubt it is, from a sample that was drawn for another end.
 *
 * A run draws its uncertain values anyway, a Latin hypercube in every 16 pairs, and both replications
 * of a pair share the draw. So what its metric has to do with each value is in the run already: "given-data"
 * indices (Plischke, Borgonovo and Smith 2013), here by regression on Hermite polynomials of degree 1 to 3 in z, the
 * normal of the same share of the value's law, orthogonal over independent values (Sudret 2008). The part of value k,
 * f_k(z) = sum of c_m phi_m(z), is E[metric | z_k = z] less the mean, whatever the others do;
 *   first-order index  S_k = sum of (c_m^2 - se(c_m)^2) / Cov(Y_2j, Y_2j+1),
 * the squares less what noise adds to them, over the variance that all values bring together (MODEL 5.1), luck
 * left out.
 *
 * A response that turns more than twice within a value's law shows in part only; responses to rates, prices and
 * values do not.
 *
 * Values enter one by one, the one that explains most first, as long as what it explains is more than noise: its
 * share of what is left is beta(3/2, df/2) by chance, and is believed where that happens in 1 of 100 runs over all
 * values together (Bonferroni). Of the others nothing is said: they may matter, less than this sample can tell. A
 * run of few pairs tells nothing. Errors are those of leaving out blocks in turn (jackknife), times Student's t
 * over 1.96, for blocks are few: +- 1.96 of them holds in 95 %. */
#ifndef ADSIM_METRICS_GIVEN_DATA_H
#define ADSIM_METRICS_GIVEN_DATA_H

#include "models/base/sobol.h"
#include "models/base/status.h"
#include "sim/metrics/estimate.h"

#include <stdbool.h>
#include <stddef.h>

/* Borrowed. */
typedef struct {
    size_t pairs;
    int inputs;
    const double
        *normal; /* [inputs][pairs]: where in its law each value was drawn, as a standard normal */
    const double *above; /* [2 pairs]: the metric's numerator in every replication ... */
    const double *below; /* ... and its denominator; the metric is the ratio of their means */
} given_data_t;

/* The metric's mean where the value is at a share of its law and all others are as unsure as they are. */
typedef struct {
    double mean, se;
} conditional_t;

typedef struct {
    bool found;              /* else it cannot be told from noise, and the rest is 0 */
    conditional_t low, high; /* at the 10th and at the 90th percentile */
    double first, first_se;  /* first-order index; a little below 0 or above 1 by chance */
} given_effect_t;

#define GIVEN_LOW 0.1
#define GIVEN_HIGH 0.9
/* Pairs that are left out together, a hypercube in themselves, and from how many pairs on something is told. */
enum { GIVEN_BLOCK = LATIN_BLOCK, GIVEN_PAIRS = 4 * GIVEN_BLOCK };

/* The effect of every value into `out` [inputs]. ERR_MEMORY. */
status_t given_data_effects(const given_data_t *g, given_effect_t *out, error_t *err);

#endif
