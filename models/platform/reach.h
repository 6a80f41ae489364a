/* reach.h -- how many people meet an ad how often, in closed form (MODEL 3.6, 3.7).
 * Means are impressions per person over the flight; shape is k of the negative binomial (NBD);
 * a reach is a share of people unless said. Thinning by a win probability w keeps the NBD's shape
 * and multiplies its mean by w. */
#ifndef ADSIM_PLATFORM_REACH_H
#define ADSIM_PLATFORM_REACH_H

/* P(N >= k), N ~ Poisson(mean), k >= 0. */
double poisson_at_least(double mean, int k);
/* P(N >= k), N ~ NBD(mean, shape). shape = INFINITY gives the Poisson. */
double nbd_at_least(double mean, double shape, int k);
/* E[min(N, cap)]: a flight cap tested before each auction. cap = 0: none. */
double poisson_capped_mean(double mean, int cap);
double nbd_capped_mean(double mean, double shape, int cap);
/* Var min(N, cap). cap = 0: none. */
double nbd_capped_variance(double mean, double shape, int cap);
/* P(N = k). */
double nbd_probability(double mean, double shape, int k);

/* Beta-binomial: each of n insertions reaches a person with her own probability, beta(a, b). And the
 * binomial, with the same probability for all. */
double bbd_probability(double a, double b, int n, int k);
double bbd_at_least(double a, double b, int n, int k);
double bbd_variance(double a, double b, int n);
double binomial_at_least(double p, int n, int k);

/* At most one impression in any window of `window` days (a dead-time counter): P(N >= k) over `days`
 * days for Poisson opportunities at `rate` a day, the mean, and the rate of a long flight. */
double rolling_cap_one_at_least(double rate, double window, double days, int k);
double rolling_cap_one_mean(double rate, double window, double days);
double rolling_cap_one_long_run(double rate, double window);
/* Mean impressions under a cap per calendar block of `block` days, the last block cut short. */
double calendar_cap_mean(double rate, int cap, double block, double days);

/* Reach of several channels: independent of each other (Sainsbury); exactly one of them. */
double reach_independent_union(const double *reach, int n);
double reach_exactly_one(const double *reach, int n);
/* ... sharing one gamma activity: NBDs with these means and one shape. */
double reach_shared_activity_union(const double *mean, int n, double shape);
/* ... people reached by two audiences that overlap, independent inside the overlap. */
double reach_overlap_union(double people1, double reach1, double people2, double reach2,
                           double people_in_both);
/* Reach of segments that hold shares of the people, each with its own Poisson mean. */
double reach_of_segments(const double *share, const double *mean, int n);

/* A fixed number of impressions falls on `people` at random: people reached, its sd, and the sd had
 * the total been Poisson. */
double occupancy_mean(double people, double impressions);
double occupancy_sd(double people, double impressions);
double occupancy_sd_poisson(double people, double impressions);
/* Impressions until `reached` of `people` have one (the coupon collector), and its sd. */
double collector_mean(int people, int reached);
double collector_sd(int people, int reached);

/* Goerg's curve through one point: `reach` people with `impressions`. rho = people it tends to. */
double goerg_limit(double impressions, double reach);
double goerg_at_least(double limit, double impressions, int k);

/* Gamma-Poisson planning model of the World Federation of Advertisers: a person's inventory is
 * 1 + NBD(alpha beta, alpha); buying a share of all of it, P(exactly k impressions). */
double wfa_frequency(double alpha, double beta, double share, int k);

#endif
