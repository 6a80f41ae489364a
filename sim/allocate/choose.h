/* choose.h -- which of several plans is best, when each look at one is uncertain. */
#ifndef ADSIM_ALLOCATE_CHOOSE_H
#define ADSIM_ALLOCATE_CHOOSE_H

#include <stdbool.h>

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

/* The whole procedure. Looks 0, 1, ... at a plan are independent of each other, look k of all plans may share its luck.
 * It ends with one plan left, or after `most` looks at each. */
enum { KN_PLANS = 32 };
typedef struct {
    int plans, first, step,
        most; /* looks at each plan: to begin with (n0), from look to look, at most */
    double alpha, delta;
    double (*value)(void *context, int plan, int look);
    /* Looks up to `looks` at the plans that are in are wanted; 0 = they cannot be had. NULL = there always are. */
    int (*ready)(void *context, const bool *in, int looks);
    void *context;
} kn_procedure_t;
/* in[plans]: which begin, and which are left. Returns the plan with the best mean among those left; -1 = not ready.
 * *looks: taken at these. */
int kn_choose(const kn_procedure_t *p, bool *in, int *looks);

/* Indifference-zone constants: Dudewicz and Dalal's, and Rinott's. */
double dudewicz_dalal_h(int n0, int k, double p);
double rinott_h(int n0, int k, double p);

/* The chance of each of independent normal estimates to be the highest. */
void prob_best_independent(const double *mean, const double *se, int n, double *p);
/* ... and that a beats b, with d = mean of a - b and correlated errors. */
double prob_best_pair(double d, double se_a, double se_b, double correlation);

#endif
