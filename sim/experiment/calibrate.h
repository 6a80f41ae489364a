/* calibrate.h -- levels of prices and rates from what an account paid and got, shrunk to what was believed before.
 *
 * A level is a factor on what the plan says, 1 before any data.
 *   events  k ~ Poisson(level x expected), level ~ Gamma of mean 1 and the prior's sd s: with a = 1/s^2 the posterior is
 *           Gamma of mean (a + k)/(a + expected) and sd sqrt(a + k)/(a + expected); weight of the data
 *           expected/(a + expected). (The conjugate pair; Gelman et al., Bayesian Data Analysis, 2.6.)
 *   prices  ln(paid/simulated) of the n ad sets of a platform ~ N(ln level, t^2), level lognormal of mean 1 and sd s: the
 *           posterior is lognormal; t^2 = (3 x 0.2^2 + sum of squares about their mean)/(3 + n - 1), since few ad sets
 *           do not tell how far they lie apart (three of a spread of 20 % are assumed). */
#ifndef ADSIM_EXPERIMENT_CALIBRATE_H
#define ADSIM_EXPERIMENT_CALIBRATE_H

#include <stddef.h>

typedef struct {
    double factor; /* posterior mean */
    double sd;     /* of the factor */
    double weight; /* of the data, 0..1: 0 = the prior alone */
} level_t;

/* prior_sd > 0: relative. Without exposure (expected 0) the prior comes back. */
level_t level_of_events(double events, double expected, double prior_sd);
/* `ratio`: paid / simulated of each, > 0. */
level_t level_of_prices(const double *ratio, size_t n, double prior_sd);

#endif
