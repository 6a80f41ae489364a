/* explained.h -- the mean over pairs of replications, and how sure it is, where much of what pairs differ by is known:
 * the uncertain values that were drawn for them, and the means of the laws that these were drawn from.
 *
 * With y_j = b_0 + sum of b_k x_jk + e_j, x_jk the values of pair j and b fitted by least squares, the mean is that of
 * the regression at the laws' means (the regression estimator: Cochran 1977, 7.1; control variates of known mean,
 * MODEL 5.5):
 *   mean = mean of y + sum of b_k (E x_k - mean of x_k).
 * It is a weighted mean of the pairs, whose weights go by the values alone and so are the same for everything that is
 * counted: what adds up, adds up still. Weights stay within 0 and WEIGHT_MOST, so that no mean is below 0 or above a
 * budget that no pair passes: where a law's tail is so long that pairs miss much of its mean, only part of the way is
 * gone, and the rest counts as an error.
 *   Var(mean) = s^2 (1/n + d' (X'X)^-1 d) + (rest of the way)^2, d = the way gone,
 * s^2 = the variance that the regression leaves, of n - 1 - values degrees of freedom: luck, and whatever of the
 * response is not linear in the values, all of it as if pairs were independent (their draws are a Latin hypercube that
 * grows, scenario_draw, which never does worse than chance by more than n / (n - 1): Owen 1992).
 *
 * With fewer than 4 units for each term nothing is explained, and the means are plain, as sure as independent ones. */
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

/* What a pair counts in every mean, 0 to WEIGHT_MOST; 1 on average. */
double explained_weight(const explained_t *x, size_t pair);

/* What the values tell that the plain mean of a series, one value a pair, is short of its mean. */
double explained_shift(const explained_t *x, const double *series);

/* How many values explain something. */
int explained_values(const explained_t *x);

/* Leaves of a series, one value a pair, what neither its mean nor the values explain. The variance of its mean is the
 * mean square of these over the pairs, n of them, times explained_loss / n, and the square of the rest of the way,
 * returned. */
double explained_rest(const explained_t *x, double *series);
double explained_loss(const explained_t *x);

#endif
