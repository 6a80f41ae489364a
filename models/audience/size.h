/* size.h -- how many real people an audience has, without drawing any (MODEL 2.1). */
#ifndef ADSIM_AUDIENCE_SIZE_H
#define ADSIM_AUDIENCE_SIZE_H

#include "models/audience/expression.h"

/* The expected number of real people in an audience, summed over the cells, the levels and latent
 * classes that the expression depends on, and over the yes and no of each trait it asks for (Shannon
 * expansion of its program). Exact up to rounding; the common factor of platform use is integrated by
 * the trapezoid rule, to about 1e-10. False, *people untouched, when that would take more than some
 * ten million steps. Never an estimate. */
bool audience_size_exact(const expression_t *e, const population_spec_t *spec, double *people);

#endif
