/* explained.h -- how sure a mean over pairs of replications is, where much of what pairs differ by is known: the
 * uncertain values that were drawn for them.
 *
 * The pairs' draws are a Latin hypercube that grows (scenario_draw), so that a value's own mean over the pairs is off by
 * far less than chance would have it. Pairs are therefore no independent sample, and the variance of their means says
 * too much. With y_j = b_0 + sum of b_k x_jk + e_j, x_jk the values of pair j,
 *   Var(mean y) = s^2 / n + sum of b_k^2 v_k,
 * s^2 = the variance that a regression leaves, of n - 1 - values degrees of freedom: luck, and whatever of the response
 * is not linear in the values, all of it as if pairs were independent (Owen 1992: a hypercube takes out what is
 * additive; it never does worse than chance by more than n / (n - 1)); v_k = the variance of the value's mean over n
 * pairs: of n = 16, 32, 64, ... pairs that meet n strata once, the mean variance inside a stratum over n. Others are taken as
 * runs of so many, one for each bit of n, that know nothing of each other, and the rest as drawn by chance.
 *
 * With fewer than 4 units for each term nothing is explained, and the means are as sure as independent ones are. */
#ifndef ADSIM_METRICS_EXPLAINED_H
#define ADSIM_METRICS_EXPLAINED_H

#include "models/base/status.h"
#include "sim/scenario/scenario.h"

typedef struct explained explained_t;

/* Variances of two means and what they share. */
typedef struct {
    double aa, bb, ab;
} covariance_t;

/* turns: pairs are spread evenly over what platforms know of people, SIGNAL_TURN in a row; they are then taken together,
 * if that leaves enough of them. */
status_t explained_new(const scenario_t *sc, size_t first_pair, size_t pairs, bool turns,
                       explained_t **out, error_t *err);
void explained_delete(explained_t *x);

/* Pairs whose means are taken together: 1 or SIGNAL_TURN. */
size_t explained_unit(const explained_t *x);

/* Degrees of freedom of the errors below; 0 or less: they are unknown. */
double explained_df(const explained_t *x);

/* Of the means of two series, one value a pair. NAN with fewer than 2 units. A last, incomplete unit counts in n but
 * not in the spread. */
covariance_t explained_covariance(const explained_t *x, const double *a, const double *b);
/* ... and of one alone. */
double explained_variance(const explained_t *x, const double *a);

/* How many values explain something, and which one (an index of the scenario's). */
int explained_values(const explained_t *x);
int explained_value(const explained_t *x, int k);

/* Takes out of a series, one value a pair, what the values explain; step[k] = b_k sqrt(v_k), what a value's mean may be
 * off by (NULL: not asked). The variance of what is left is s^2 times explained_kept, since slopes are fitted to it. */
void explained_split(const explained_t *x, double *series, double *step);
double explained_kept(const explained_t *x);

#endif
