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

double poisson_capped_mean(double mean, int cap)
{
    return nbd_capped_mean(mean, MATHS_INFINITY, cap);
}

/* E[min(N, K)] = E[N; N < K] + K P(N >= K), and n P(N = n) = mean P(N' = n - 1) with the size-biased
 * law N': the same Poisson, or the NBD of shape + 1 and mean x (shape + 1)/shape. */
double nbd_capped_mean(double mean, double shape, int cap)
{
    if (cap == 0) return mean;
    double biased_mean = m_is_finite(shape) ? mean * (shape + 1) / shape : mean;
    double short_of_cap = 1 - nbd_at_least(biased_mean, shape + 1, cap - 1);
    return mean * short_of_cap + cap * nbd_at_least(mean, shape, cap);
}

double nbd_capped_variance(double mean, double shape, int cap)
{
    if (cap == 0) return mean + mean * mean / shape;
    double first = nbd_capped_mean(mean, shape, cap), square = 0;
    for (int n = 1; n <= cap; n++) square += (2 * n - 1) * nbd_at_least(mean, shape, n);
    return square - first * first;
}

double nbd_probability(double mean, double shape, int k)
{
    if (!m_is_finite(shape)) return m_exp(k * m_log(mean) - mean - m_lgamma(k + 1.0));
    double ways = m_lgamma(shape + k) - m_lgamma(shape) - m_lgamma(k + 1.0);
    return m_exp(ways + k * m_log(mean / (mean + shape)) - shape * m_log1p(mean / shape));
}

static double log_beta(double a, double b)
{
    return m_lgamma(a) + m_lgamma(b) - m_lgamma(a + b);
}

static double log_choose(double n, double k)
{
    return m_lgamma(n + 1) - m_lgamma(k + 1) - m_lgamma(n - k + 1);
}

double bbd_probability(double a, double b, int n, int k)
{
    return m_exp(log_choose(n, k) + log_beta(a + k, b + n - k) - log_beta(a, b));
}

double bbd_at_least(double a, double b, int n, int k)
{
    double sum = 0;
    for (int i = n; i >= k; i--) sum += bbd_probability(a, b, n, i);
    return sum;
}

double bbd_variance(double a, double b, int n)
{
    double p = a / (a + b);
    return n * p * (1 - p) * (a + b + n) / (a + b + 1);
}

double binomial_at_least(double p, int n, int k)
{
    return k <= 0 ? 1 : beta_cdf(k, n - k + 1, p);
}

double rolling_cap_one_at_least(double rate, double window, double days, int k)
{
    /* k impressions need k waiting times and k - 1 dead times. */
    double open = days - (k - 1) * window;
    return open > 0 ? poisson_at_least(rate * open, k) : k <= 0;
}

double rolling_cap_one_mean(double rate, double window, double days)
{
    double sum = 0, next = 1;
    for (int k = 1; next > 1e-17 * sum; k++)
        sum += next = rolling_cap_one_at_least(rate, window, days, k);
    return sum;
}

double rolling_cap_one_long_run(double rate, double window)
{
    return rate / (1 + rate * window);
}

double calendar_cap_mean(double rate, int cap, double block, double days)
{
    double whole = (double)(long)(days / block);
    return whole * poisson_capped_mean(rate * block, cap) +
           poisson_capped_mean(rate * (days - whole * block), cap);
}

double reach_independent_union(const double *reach, int n)
{
    double none = 1;
    for (int i = 0; i < n; i++) none *= 1 - reach[i];
    return 1 - none;
}

double reach_exactly_one(const double *reach, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++) {
        double only = reach[i];
        for (int j = 0; j < n; j++) only *= j == i ? 1 : 1 - reach[j];
        sum += only;
    }
    return sum;
}

double reach_shared_activity_union(const double *mean, int n, double shape)
{
    double sum = 0;
    for (int i = 0; i < n; i++) sum += mean[i];
    return nbd_at_least(sum, shape, 1);
}

double reach_overlap_union(double people1, double reach1, double people2, double reach2,
                           double people_in_both)
{
    return people1 * reach1 + people2 * reach2 - people_in_both * reach1 * reach2;
}

double reach_of_segments(const double *share, const double *mean, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++) sum += share[i] * poisson_at_least(mean[i], 1);
    return sum;
}

double occupancy_mean(double people, double impressions)
{
    return -people * m_expm1(impressions * m_log1p(-1 / people));
}

double occupancy_sd(double people, double impressions)
{
    double one = m_exp(impressions * m_log1p(-1 / people)); /* P(a given person is missed) */
    double two = m_exp(impressions * m_log1p(-2 / people)); /* P(two given people are) */
    return m_sqrt(people * (people - 1) * two + people * one - people * people * one * one);
}

double occupancy_sd_poisson(double people, double impressions)
{
    double missed = m_exp(-impressions / people);
    return m_sqrt(people * missed * (1 - missed));
}

double collector_mean(int people, int reached)
{
    double sum = 0;
    for (int left = people; left > people - reached; left--) sum += (double)people / left;
    return sum;
}

double collector_sd(int people, int reached)
{
    double variance = 0;
    for (int left = people; left > people - reached; left--) {
        double p = (double)left / people; /* the next impression meets somebody new */
        variance += (1 - p) / (p * p);
    }
    return m_sqrt(variance);
}

double goerg_limit(double impressions, double reach)
{
    return impressions * reach / (impressions - reach);
}

double goerg_at_least(double limit, double impressions, int k)
{
    double share = impressions / (impressions + limit), power = limit;
    for (int i = 0; i < k; i++) power *= share;
    return power;
}

double wfa_frequency(double alpha, double beta, double share, int k)
{
    /* Thinned: NBD(share x alpha beta, alpha) and one more impression with probability `share`. */
    double mean = share * alpha * beta, without = nbd_probability(mean, alpha, k);
    return (1 - share) * without + (k > 0 ? share * nbd_probability(mean, alpha, k - 1) : 0);
}
