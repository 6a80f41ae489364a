/* response.c -- what an impression does to a person, as probabilities. */
#include "models/response/response.h"
#include "models/base/distribution.h"
#include "models/base/maths.h"

double logit_normal_mean(double intercept, double sd)
{
    return distribution_mean((distribution_t){LAW_LOGIT_NORMAL, intercept, sd});
}

typedef struct {
    double rate, sd;
} calibration_t;

static double mean_above_rate(double intercept, const void *context)
{
    const calibration_t *c = context;
    return logit_normal_mean(intercept, c->sd) - c->rate;
}

double affinity_factor(double b, double z)
{
    return b > 0 ? m_exp(b * (z - b / 2)) : 1;
}

double season_factor(const season_t *s, int month, int weekday)
{
    return m_exp(s->log_month[month - 1] + s->log_weekday[weekday]);
}

int season_varies(const season_t *s)
{
    for (int k = 0; k < 12; k++)
        if (s->log_month[k] != 0) return 1;
    for (int k = 0; k < 7; k++)
        if (s->log_weekday[k] != 0) return 1;
    return 0;
}

static const double LN_2 = 0.69314718055994530942;

double satiation_left(const satiation_t *s, double probability, double days)
{
    return 1 - probability * s->effect * m_exp(-LN_2 * days / s->half_life_days);
}

double repeat_orders(const product_t *p)
{
    const customer_base_t *c = &p->customers;
    return repeats_known(c) ? bgnbd_expected(&c->orders, c->horizon_days) : MATHS_NAN;
}

double repeat_revenue(const product_t *p)
{
    const customer_base_t *c = &p->customers;
    if (!repeats_known(c)) return MATHS_NAN;
    /* By the month, as the field discounts (Fader and Hardie); the last may be shorter. */
    const double month = 365.0 / 12;
    int months = (int)__builtin_ceil(c->horizon_days / month);
    lifetime_t l = {.period = c->horizon_days / months, .periods = months};
    l.discount = m_pow(1 + c->discount, l.period / 365) - 1;
    double value = c->spend.p > 0 ? spend_mean(&c->spend) : p->value;
    return value * discounted_repeats(&c->orders, &l);
}

double value_square(double mean, double sd)
{
    /* A drawn mean far below its spread: the law of order values is no longer a law, and what sums of
     * squares are counted in must hold them. */
    const double most = 1000;
    double spread = mean > 0 ? m_min(sd / mean, most) : 0;
    return 1 + spread * spread;
}

double logit_normal_intercept(double rate, double sd)
{
    if (rate > 0.5) return -logit_normal_intercept(1 - rate, sd);
    if (sd == 0) return logit(rate);
    /* A spread pulls the mean towards one half, and E expit(m + sZ) < E exp(m + sZ). */
    calibration_t c = {rate, sd};
    return root_between(mean_above_rate, &c, m_log(rate) - sd * sd / 2, logit(rate));
}

double wear_factor(const response_t *r, double stock)
{
    double worn_in = 1 - (1 - r->wear_in) * m_exp(-stock / r->wear_in_exposures);
    return m_pow(r->wear_out, stock) * worn_in / r->wear_in;
}

double wear_decay(const response_t *r, double days)
{
    return m_exp(-days / r->recovery_days);
}

double brand_days(const response_t *r)
{
    return r->brand_half_life_days / LN_2;
}

double brand_orders(const response_t *r, double organic_orders_a_day)
{
    return r->brand_effect * brand_days(r) * organic_orders_a_day;
}

static double exponential_cdf(double x, double mean)
{
    return mean > 0 ? -m_expm1(-x / mean) : 1;
}

double delay_hours(const delay_t *d, double which, double when)
{
    double mean = which < d->fast_share ? d->fast_hours : d->slow_hours;
    return -mean * m_log(when);
}

double delay_cdf(const delay_t *d, double hours)
{
    if (hours < 0) return 0;
    return d->fast_share * exponential_cdf(hours, d->fast_hours) +
           (1 - d->fast_share) * exponential_cdf(hours, d->slow_hours);
}

double foreseen_sd(const response_t *r)
{
    return __builtin_sqrt(r->prediction) * r->person_sd;
}

effects_t person_effects(const response_t *r, double signal, double own_click, double own_order)
{
    double rho = r->click_cvr_correlation;
    double click =
        __builtin_sqrt(r->prediction) * signal + __builtin_sqrt(1 - r->prediction) * own_click;
    return (effects_t){click, rho * click + __builtin_sqrt(1 - rho * rho) * own_order};
}
