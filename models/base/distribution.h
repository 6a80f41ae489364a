/* distribution.h -- a number we are unsure of: the law it is drawn from, once per replication pair.
 * All draws are by inversion, monotone in one uniform, so that two plans share their luck. */
#ifndef ADSIM_BASE_DISTRIBUTION_H
#define ADSIM_BASE_DISTRIBUTION_H

#include <stdbool.h>

typedef enum {
    LAW_CERTAIN,      /* a = the value */
    LAW_NORMAL,       /* a = mean, b = sd */
    LAW_LOGNORMAL,    /* a = log-mean, b = log-sd */
    LAW_LOGIT_NORMAL, /* a = mean of the logit, b = its sd */
    LAW_BETA,         /* a, b = shapes */
    LAW_UNIFORM,      /* a = low, b = high */
    LAW_GAMMA         /* a = shape, b = scale */
} law_t;

typedef struct {
    law_t law;
    double a, b;
} distribution_t;

double distribution_quantile(distribution_t d, double u); /* 0 < u < 1 */
double distribution_mean(distribution_t d);               /* logit-normal: by quadrature */
double distribution_sd(distribution_t d);

/* The law of a family through two of its quantiles (10th and 90th percentile as low, high), or a
 * mean and an sd. False if there is none (low >= high, outside the family's range, sd too large). */
typedef enum { FAMILY_SHARE, FAMILY_POSITIVE, FAMILY_REAL } family_t;
bool distribution_from_range(family_t family, double low, double high, distribution_t *out);
bool distribution_from_median_p90(family_t family, double median, double p90, distribution_t *out);
bool distribution_from_moments(family_t family, double mean, double sd, distribution_t *out);

#endif
