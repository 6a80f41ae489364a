/* closed_form.c -- what a flight's response comes to. */
#include "models/response/closed_form.h"
#include "models/base/maths.h"

double click_at_least_once(double a, double b, double n)
{
    /* 1 - B(a, b + n)/B(a, b) */
    return -m_expm1(m_lgamma(b + n) + m_lgamma(a + b) - m_lgamma(b) - m_lgamma(a + b + n));
}

double click_at_least_once_alike(double rate, double n)
{
    return -m_expm1(n * m_log1p(-rate));
}

double clicks_worn(double ctr, double wear_out, double mean, double shape)
{
    double lost = 1 - wear_out;
    if (lost == 0) return ctr * mean;
    double log_kept = m_is_finite(shape) ? -shape * m_log1p(mean * lost / shape) : -mean * lost;
    return ctr * -m_expm1(log_kept) / lost;
}

double stock_mean(double rate, double recovery)
{
    return rate * recovery;
}

double stock_variance(double rate, double recovery)
{
    return rate * recovery / 2;
}

static double worn_per_age(double x, const void *context)
{
    double log_wear = *(const double *)context;
    return -m_expm1(log_wear * x) / x;
}

double stock_worn(double rate, double recovery, double wear_out)
{
    double log_wear = m_log(wear_out);
    return m_exp(-rate * recovery * integral(worn_per_age, &log_wear, 0, 1, 4));
}

void adstock(const double *x, int n, double carry, double *out)
{
    double stock = 0;
    for (int t = 0; t < n; t++) out[t] = stock = x[t] + carry * stock;
}

double adstock_total(double carry, double steps)
{
    double left = m_is_finite(steps) ? m_pow(carry, steps) : 0;
    return (1 - left) / (1 - carry);
}

double adstock_half_life(double carry)
{
    return m_log(0.5) / m_log(carry);
}

double hill(double x, double half, double slope)
{
    if (!(x > 0)) return 0;
    return 1 / (1 + m_pow(half / x, slope));
}

double hill_poisson_mean(double mean, double half, double slope)
{
    double probability = m_exp(-mean), sum = 0;
    for (int n = 1; n < mean || probability > 1e-18; n++) {
        probability *= mean / n;
        sum += probability * hill(n, half, slope);
    }
    return sum;
}

typedef struct {
    double fast, hours1, share1, hours2, share2;
} delay_points_t;

/* The fast share that the first point asks for, given the slow mean. */
static double fast_share(const delay_points_t *p, double slow)
{
    double fast_by = -m_expm1(-p->hours1 / p->fast), slow_by = -m_expm1(-p->hours1 / slow);
    return (p->share1 - slow_by) / (fast_by - slow_by);
}

static double second_point_error(double log_slow, const void *context)
{
    const delay_points_t *p = context;
    double slow = m_exp(log_slow), w = fast_share(p, slow);
    return p->share2 + w * m_expm1(-p->hours2 / p->fast) + (1 - w) * m_expm1(-p->hours2 / slow);
}

int delay_fit(double fast_hours, double hours1, double share1, double hours2, double share2,
              delay_t *out)
{
    delay_points_t p = {fast_hours, hours1, share1, hours2, share2};
    double low = m_log(2 * fast_hours), high = m_log(1e6 * hours2);
    if ((second_point_error(low, &p) > 0) == (second_point_error(high, &p) > 0)) return 0;
    double slow = m_exp(root_between(second_point_error, &p, low, high));
    out->fast_hours = fast_hours;
    out->slow_hours = slow;
    out->fast_share = fast_share(&p, slow);
    return out->fast_share >= 0 && out->fast_share <= 1;
}

double hazard_conversion(double organic, double ad)
{
    return -m_expm1(-(organic + ad));
}

double hazard_incremental(double organic, double ad)
{
    return m_exp(-organic) * -m_expm1(-ad);
}

double organic_credited(double rate, double window)
{
    return -m_expm1(-rate * window);
}

double attributed_rate(double organic, double rate, double window, double effect)
{
    return organic * organic_credited(rate, window) + rate * effect;
}

double compound_poisson_sd(double count, double mean, double sd)
{
    return m_sqrt(count * (mean * mean + sd * sd));
}
