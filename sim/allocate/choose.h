/* choose.h -- which of several plans is best, when each look at one is uncertain. */
#ifndef ADSIM_ALLOCATE_CHOOSE_H
#define ADSIM_ALLOCATE_CHOOSE_H

/* Optimal computing budget allocation (Chen et al. 2000): looks in proportion to the shares, which sum to 1.
 * The best has the highest mean (or the lowest). */
void ocba_shares(const double *mean, const double *sd, int n, int lowest, double *share);
/* Whole looks that sum to `total`: each rounded to the nearest, the best takes what is left or too much. */
void ocba_looks(const double *mean, const double *sd, int n, int lowest, int total, int *looks);

/* Kim and Nelson's procedure (2001) chooses among k the best, or one within delta of it, with a chance of at
 * least 1 - alpha, after first looks n0. */
typedef struct {
    double eta, h2;
} kn_t;
kn_t kn_constants(double alpha, int k, int n0);
/* After r looks at all: has i fallen behind j by too much? sum: of their differences i - j over the looks;
 * variance: of one difference, from the first n0. */
int kn_is_out(const kn_t *kn, double sum, double variance, int r, double delta);

/* Indifference-zone constants: Dudewicz and Dalal's, and Rinott's. */
double dudewicz_dalal_h(int n0, int k, double p);
double rinott_h(int n0, int k, double p);

/* The chance of each of independent normal estimates to be the highest. */
void prob_best_independent(const double *mean, const double *se, int n, double *p);
/* ... and that a beats b, with d = mean of a - b and correlated errors. */
double prob_best_pair(double d, double se_a, double se_b, double correlation);

#endif
