/* cascade.c -- sizes of cascades. */
#include "models/brand/cascade.h"
#include "models/base/maths.h"

double cascade_mean(double reproduction)
{
    return 1 / (1 - reproduction);
}

double cascade_variance(double reproduction, double dispersion)
{
    double left = 1 - reproduction;
    double offspring = reproduction + reproduction * reproduction / dispersion;
    return offspring / (left * left * left);
}

double cascade_probability(double reproduction, double dispersion, int n)
{
    double others = n - 1;
    if (reproduction <= 0) return n == 1;
    if (!m_is_finite(dispersion)) {
        double mean = reproduction * n;
        return m_exp(others * m_log(mean) - mean - m_lgamma(others + 1)) / n;
    }
    double shape = dispersion * n, more = reproduction / (dispersion + reproduction);
    return m_exp(m_lgamma(others + shape) - m_lgamma(shape) - m_lgamma(others + 1) +
                 shape * m_log1p(-more) + others * m_log(more)) /
           n;
}

double earned_views_mean(double shares, double reproduction)
{
    return shares * (cascade_mean(reproduction) - 1);
}

double earned_views_at(double shares, double reproduction, double dispersion, double u)
{
    double mean = earned_views_mean(shares, reproduction);
    if (!(mean > 0)) return 0;
    double scale = shares * cascade_variance(reproduction, dispersion) / mean;
    return scale * gamma_quantile(mean / scale, u);
}

double bass_adopted(double p, double q, double t)
{
    double left = m_exp(-(p + q) * t);
    return (1 - left) / (1 + q / p * left);
}

double bass_peak_time(double p, double q)
{
    return q > p ? m_log(q / p) / (p + q) : 0;
}

double bass_peak_rate(double p, double q)
{
    return q > p ? (p + q) * (p + q) / (4 * q) : p;
}
