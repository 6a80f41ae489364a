/* reach.c -- reach and frequency in closed form. */
#include "models/platform/reach.h"
#include "models/base/maths.h"

double poisson_at_least(double mean, int k)
{
    return k <= 0 ? 1 : gamma_cdf(k, mean);
}

double nbd_at_least(double mean, double shape, int k)
{
    if (!m_is_finite(shape)) return poisson_at_least(mean, k);
    return k <= 0 ? 1 : beta_cdf(k, shape, mean / (mean + shape));
}

/* E[min(N, K)] = E[N; N < K] + K P(N >= K), and n P(N = n) = mean P(N' = n - 1) with the size-biased
 * law N': the same Poisson, or the NBD of shape + 1 and mean x (shape + 1)/shape. */
double poisson_capped_mean(double mean, int cap)
{
    return nbd_capped_mean(mean, MATHS_INFINITY, cap);
}

double nbd_capped_mean(double mean, double shape, int cap)
{
    if (cap == 0) return mean;
    double biased_mean = !m_is_finite(shape) ? mean : mean * (shape + 1) / shape;
    double short_of_cap = 1 - nbd_at_least(biased_mean, shape + 1, cap - 1);
    return mean * short_of_cap + cap * nbd_at_least(mean, shape, cap);
}
