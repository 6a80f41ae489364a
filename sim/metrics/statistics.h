/* statistics.h -- the arithmetic that estimates rest on: variances of pairs, ratios, intervals, order
 * statistics. Plain functions of numbers, tested against shared known answers. */
#ifndef ADSIM_METRICS_STATISTICS_H
#define ADSIM_METRICS_STATISTICS_H

#include <stdbool.h>
#include <stddef.h>

double mean_of(const double *x, size_t n);

/* Sum of squared deviations from the mean, two passes (a sum of squares loses every digit at 1e9). */
double deviations_squared(const double *x, size_t n);

/* Skewness m3 / m2^1.5; 0 for constant values. */
double skewness(const double *x, size_t n);

/* Of pair j of replications, which stand at 2 j and 2 j + 1. */
static inline double pair_mean(const double *y, size_t j)
{
    return (y[2 * j] + y[2 * j + 1]) / 2;
}

/* Variance inside and between pairs (MODEL 5.1): y holds y[2j], y[2j+1], which share parameters.
 *   luck       = mean (y[2j] - y[2j+1])^2 / 2
 *   parameters = variance of the pair means - luck / 2, which estimates Cov(y[2j], y[2j+1]); it may
 *                come out negative. 0 with fewer than 2 pairs. */
typedef struct {
    double luck, parameters, of_means;
} pair_variance_t;
pair_variance_t pair_variance(const double *y, size_t pairs);

/* What a realised total varies by: max(0, parameters) + luck / weight + error of the mean squared. */
double predictive_variance(pair_variance_t v, double weight, double mean_error_squared);

/* Two means that share luck: the variance of their difference, from theirs and their covariance; that covariance, from
 * the variance of the difference; and how many times more a difference of two separate means varies. */
double difference_variance(double of_a, double of_b, double covariance);
double variance_in_common(double of_a, double of_b, double of_difference);
double pairing_gain(double of_a, double of_b, double of_difference); /* NAN where nothing varies */

/* A ratio y/x of two means with the (co)variances of the means. */
typedef struct {
    double y, x;
    double var_y, var_x, cov;
} ratio_t;
double ratio_variance(const ratio_t *r); /* delta method */
/* Fieller's interval at t standard errors. False if it is unbounded (x within t errors of 0). */
bool ratio_fieller(const ratio_t *r, double t, double *low, double *high);

/* Quantile of Student's t with df degrees (df > 0), 0 < p < 1. */
double student_quantile(double p, double df);

/* Wilson's interval of a proportion: `share` of n, n > 0, at z standard errors. */
void wilson_interval(double share, double n, double z, double *low, double *high);

/* The exact interval of a proportion of which `hits` of n independent trials were seen, 0 <= hits <= n, n > 0, not
 * whole where n is an equivalent: holds the truth with a chance of at least 1 - error (Clopper and Pearson 1934). */
void exact_interval(double hits, double n, double error, double *low, double *high);

/* The exact interval of what was to be expected where so many rare events were counted, >= 0 (Poisson; Garwood 1936):
 * holds it with a chance of at least 1 - error. Of none, up to 3.7 of 95 %. */
void exact_count_interval(double events, double error, double *low, double *high);

/* Between which of n ordered values the quantile p lies with a chance of at least 1 - error, whatever the law:
 * the low-th and the high-th smallest, counted from 1 (0 and n + 1: no value is so far out), and the chance. */
typedef struct {
    size_t low, high;
    double coverage;
} rank_interval_t;
rank_interval_t quantile_ranks(size_t n, double p, double error);

/* The k-th smallest of x (k from 0); reorders x. No NANs. */
double order_statistic(double *x, size_t n, size_t k);

/* The quantile p of n values as one of them: the smallest with at least p n values up to it. */
double sample_quantile(double *x, size_t n, double p);

/* Its quantiles tail <= 1/2, 1/2 and 1 - tail. */
typedef struct {
    double lo, p50, hi;
} spread_t;
spread_t sample_spread(double *x, size_t n, double tail);

#endif
