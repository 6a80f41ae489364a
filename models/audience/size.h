/* size.h -- how many real people an audience has, without drawing any (MODEL 2.1). */
#ifndef ADSIM_AUDIENCE_SIZE_H
#define ADSIM_AUDIENCE_SIZE_H

#include "models/audience/expression.h"

/* The expected number of real people in an audience, summed over the kinds of people that the
 * expression tells apart (levels of attributes, latent classes), and over the yes and no of each trait
 * and platform it asks for (Shannon expansion of its program). Exact up to rounding for up to two
 * platforms (normal laws in one and two dimensions); three and more by conditioning on one after the
 * other and Gauss-Legendre, to about 1e-8 of the people. Never an estimate. Errors, *people untouched:
 * ERR_INVALID, with the reason, when that would take more than some ten million steps (four platforms that go
 * by thousands of groups) or tell millions of kinds of people apart; ERR_MEMORY. */
status_t audience_size_exact(const expression_t *e, const population_spec_t *spec, double *people,
                             error_t *err);

#endif
