/* reach.h -- how many people meet an ad how often, in closed form (MODEL 3.6, 3.7).
 * Means are impressions per person over the flight; shape is k of the negative binomial (NBD). */
#ifndef ADSIM_PLATFORM_REACH_H
#define ADSIM_PLATFORM_REACH_H

/* P(N >= k), N ~ Poisson(mean), k >= 0. */
double poisson_at_least(double mean, int k);
/* P(N >= k), N ~ NBD(mean, shape). shape = INFINITY gives the Poisson. */
double nbd_at_least(double mean, double shape, int k);
/* E[min(N, cap)]: a flight cap tested before each auction. cap = 0: none. */
double poisson_capped_mean(double mean, int cap);
double nbd_capped_mean(double mean, double shape, int cap);

#endif
