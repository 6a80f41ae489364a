/* calibrate.c -- Gamma-Poisson and normal shrinkage. */
#include "sim/experiment/calibrate.h"

#include "models/base/maths.h"

level_t level_of_events(double events, double expected, double prior_sd)
{
    double a = 1 / (prior_sd * prior_sd), rate = a + expected;
    return (level_t){(a + events) / rate, m_sqrt(a + events) / rate, expected / rate};
}

level_t level_of_prices(const double *ratio, size_t n, double prior_sd)
{
    const double ASSUMED = 3, APART = 0.2; /* ad sets, and the spread of their levels */
    double prior = m_log1p(prior_sd * prior_sd), sum = 0, squares = 0;
    if (!n) return (level_t){1, prior_sd, 0};
    for (size_t i = 0; i < n; i++) sum += m_log(ratio[i]);
    double mean = sum / (double)n;
    for (size_t i = 0; i < n; i++) squares += (m_log(ratio[i]) - mean) * (m_log(ratio[i]) - mean);
    double apart = (ASSUMED * APART * APART + squares) / (ASSUMED + (double)n - 1);
    double weight = prior / (prior + apart / (double)n), left = (1 - weight) * prior;
    /* The prior's mean of the factor itself is 1, so its logarithm lies half a variance lower. */
    double centre = weight * mean - (1 - weight) * prior / 2;
    double factor = m_exp(centre + left / 2);
    return (level_t){factor, factor * m_sqrt(m_expm1(left)), weight};
}
