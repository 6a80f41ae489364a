/* distribution.c -- laws of uncertain numbers: quantile, mean, sd, and the law that fits a range. */
#include "models/base/distribution.h"
#include "models/base/maths.h"

static const double z90 = 1.2815515655446004; /* normal quantile of .9 */

double distribution_quantile(distribution_t d, double u)
{
    switch (d.law) {
    case LAW_NORMAL: return d.a + d.b * normal_quantile(u);
    case LAW_LOGNORMAL: return m_exp(d.a + d.b * normal_quantile(u));
    case LAW_LOGIT_NORMAL: return expit(d.a + d.b * normal_quantile(u));
    case LAW_BETA: return beta_quantile(d.a, d.b, u);
    case LAW_UNIFORM: return d.a + (d.b - d.a) * u;
    case LAW_GAMMA: return d.b * gamma_quantile(d.a, u);
    case LAW_CERTAIN: break;
    }
    return d.a;
}

/* E expit(m + sZ)^power by the trapezoidal rule. The poles of expit lie pi/s off the real line, so a
 * step of min(1/2, 0.6/s) errs by less than 2 exp(-2 pi (pi/s)/step) = 1e-14 times the density there. */
static double logit_normal_moment(double m, double s, int power)
{
    if (s == 0) return power == 2 ? expit(m) * expit(m) : expit(m);
    double step = m_min(0.5, 0.6 / s), sum = 0;
    int nodes = (int)(8.5 / step) + 1;
    for (int i = -nodes; i <= nodes; i++) {
        double z = i * step, p = expit(m + s * z);
        sum += normal_density(z) * (power == 2 ? p * p : p);
    }
    return sum * step;
}

double distribution_mean(distribution_t d)
{
    switch (d.law) {
    case LAW_LOGNORMAL: return m_exp(d.a + d.b * d.b / 2);
    case LAW_LOGIT_NORMAL: return logit_normal_moment(d.a, d.b, 1);
    case LAW_BETA: return d.a / (d.a + d.b);
    case LAW_UNIFORM: return (d.a + d.b) / 2;
    case LAW_GAMMA: return d.a * d.b;
    case LAW_CERTAIN:
    case LAW_NORMAL: break;
    }
    return d.a;
}

double distribution_sd(distribution_t d)
{
    double mean = distribution_mean(d), n = d.a + d.b;
    switch (d.law) {
    case LAW_NORMAL: return d.b;
    case LAW_LOGNORMAL: return mean * m_sqrt(m_expm1(d.b * d.b));
    case LAW_LOGIT_NORMAL: return m_sqrt(m_max(0, logit_normal_moment(d.a, d.b, 2) - mean * mean));
    case LAW_BETA: return m_sqrt(d.a * d.b / (n * n * (n + 1)));
    case LAW_UNIFORM: return (d.b - d.a) * 0.28867513459481288; /* 1 / sqrt 12 */
    case LAW_GAMMA: return d.b * m_sqrt(d.a);
    case LAW_CERTAIN: break;
    }
    return 0;
}

/* Is the value inside the open range of the family? */
static bool in_family(family_t family, double x)
{
    if (!m_is_finite(x)) return false;
    if (family == FAMILY_REAL) return true;
    return x > 0 && (family == FAMILY_POSITIVE || x < 1);
}

/* The scale on which the family is normal. */
static double to_normal(family_t family, double x)
{
    return family == FAMILY_SHARE ? logit(x) : family == FAMILY_POSITIVE ? m_log(x) : x;
}

static law_t law_of(family_t family)
{
    return family == FAMILY_SHARE      ? LAW_LOGIT_NORMAL
           : family == FAMILY_POSITIVE ? LAW_LOGNORMAL
                                       : LAW_NORMAL;
}

bool distribution_from_range(family_t family, double low, double high, distribution_t *out)
{
    if (!in_family(family, low) || !in_family(family, high) || !(low < high)) return false;
    double a = to_normal(family, low), b = to_normal(family, high);
    *out = (distribution_t){law_of(family), (a + b) / 2, (b - a) / (2 * z90)};
    return true;
}

bool distribution_from_median_p90(family_t family, double median, double p90, distribution_t *out)
{
    if (!in_family(family, median) || !in_family(family, p90) || !(median < p90)) return false;
    double a = to_normal(family, median), b = to_normal(family, p90);
    *out = (distribution_t){law_of(family), a, (b - a) / z90};
    return true;
}

bool distribution_from_moments(family_t family, double mean, double sd, distribution_t *out)
{
    if (!in_family(family, mean) || !(sd > 0) || !m_is_finite(sd)) return false;
    if (family == FAMILY_REAL) {
        *out = (distribution_t){LAW_NORMAL, mean, sd};
    } else if (family == FAMILY_POSITIVE) {
        double variance = m_log1p((sd / mean) * (sd / mean));
        *out = (distribution_t){LAW_LOGNORMAL, m_log(mean) - variance / 2, m_sqrt(variance)};
    } else {
        double n = mean * (1 - mean) / (sd * sd) - 1; /* a + b of the beta */
        if (!(n > 0)) return false;
        *out = (distribution_t){LAW_BETA, mean * n, (1 - mean) * n};
    }
    return true;
}
