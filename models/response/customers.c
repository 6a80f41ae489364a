/* customers.c -- the formulas of BG/NBD, Gamma-Gamma and lifetime value. KERNEL file. */
#include "models/response/customers.h"

#include "models/base/maths.h"

/* ---- how often ---- */

/* ln of the two ways to have bought x times: alive, or dead since the last order. */
typedef struct {
    double alive, dead; /* ln; dead = -infinity without repeat orders */
} ways_t;

static ways_t ways(const bgnbd_t *m, const purchases_t *c)
{
    double shape = m->r + c->x;
    return (ways_t){-shape * m_log(m->alpha + c->T),
                    c->x > 0 ? m_log(m->a / (m->b + c->x - 1)) - shape * m_log(m->alpha + c->t_x)
                             : -MATHS_INFINITY};
}

double bgnbd_log_of_x(const bgnbd_t *m, double x)
{
    double orders = m_lgamma(m->r + x) - m_lgamma(m->r) + m->r * m_log(m->alpha);
    double dropout =
        m_lgamma(m->a + m->b) - m_lgamma(m->a + m->b + x) + m_lgamma(m->b + x) - m_lgamma(m->b);
    return orders + dropout;
}

double bgnbd_log_of_times(const bgnbd_t *m, const purchases_t *c)
{
    ways_t w = ways(m, c);
    double high = m_max(w.alive, w.dead), low = m_min(w.alive, w.dead);
    return high + m_log1p(m_exp(low - high));
}

double bgnbd_log_likelihood(const bgnbd_t *m, const purchases_t *c)
{
    return bgnbd_log_of_x(m, c->x) + bgnbd_log_of_times(m, c);
}

double bgnbd_p_none(const bgnbd_t *m, double t)
{
    return m_exp(-m->r * m_log1p(t / m->alpha));
}

double bgnbd_p_alive(const bgnbd_t *m, const purchases_t *c)
{
    ways_t w = ways(m, c);
    return 1 / (1 + m_exp(w.dead - w.alive));
}

double bgnbd_expected(const bgnbd_t *m, double t)
{
    if (!(t > 0)) return 0;
    /* Terms may pass the range of a double where r t / alpha is large: they are kept small, and the power
     * of ten that was taken out is put back at the end. */
    const double large = 1e200;
    double z = t / (m->alpha + t), log_scale = -m->r * m_log1p(t / m->alpha);
    double weight = 1, surviving = 1, counted = 0, sum = 0;
    for (double n = 1;; n++) {
        weight *= z * (m->r + n - 1) / n;
        counted += surviving;
        surviving *= (m->b + n - 1) / (m->a + m->b + n - 1);
        double term = weight * counted;
        sum += term;
        if (sum > large) {
            weight /= large;
            sum /= large;
            log_scale += m_log(large);
        }
        /* The terms that follow shrink at least this fast; `counted` grows slower than n. */
        double ratio = z * m_max((m->r + n) / (n + 1), 1) * (n + 1) / n;
        if (ratio < 1 && term * ratio < 1e-16 * (1 - ratio) * sum) break;
    }
    return sum * m_exp(log_scale);
}

double bgnbd_future(const bgnbd_t *m, const purchases_t *c, double t)
{
    bgnbd_t now = {m->r + c->x, m->alpha + c->T, m->a, m->b + c->x}; /* what her history leaves */
    return bgnbd_p_alive(m, c) * bgnbd_expected(&now, t);
}

double bgnbd_mean_rate(const bgnbd_t *m, double since)
{
    /* E X'(T) over ages T: what is ordered up to the highest of them, spread over it. */
    return bgnbd_expected(m, since) / since;
}

double bgnbd_rate_at(const bgnbd_t *m, double since, customer_luck_t luck)
{
    double lambda = gamma_quantile(m->r, luck.lambda) / m->alpha;
    double drop = gamma_quantile(m->a, luck.dropping), stay = gamma_quantile(m->b, luck.staying);
    double p = drop + stay > 0 ? drop / (drop + stay) : 0;
    return luck.alive < m_exp(-lambda * p * since * luck.age) ? lambda : 0;
}

/* ---- for how much ---- */

double spend_log_of_x(const spend_t *m, double x)
{
    double shape = m->p * x;
    return m_lgamma(shape + m->q) - m_lgamma(shape) - m_lgamma(m->q) + m->q * m_log(m->gamma) +
           shape * m_log(x);
}

double spend_log_of_average(const spend_t *m, const purchases_t *c)
{
    double shape = m->p * c->x;
    return (shape - 1) * m_log(c->average) - (shape + m->q) * m_log(m->gamma + c->x * c->average);
}

double spend_log_likelihood(const spend_t *m, const purchases_t *c)
{
    return spend_log_of_x(m, c->x) + spend_log_of_average(m, c);
}

double spend_mean(const spend_t *m)
{
    return m->q > 1 ? m->p * m->gamma / (m->q - 1) : MATHS_INFINITY;
}

double spend_conditional(const spend_t *m, const purchases_t *c)
{
    if (!(c->x > 0)) return spend_mean(m);
    double below = m->p * c->x + m->q - 1;
    return below > 0 ? m->p * (m->gamma + c->x * c->average) / below : MATHS_INFINITY;
}

/* ---- what that is worth ---- */

double discounted_repeats(const bgnbd_t *m, const lifetime_t *l)
{
    double sum = 0, factor = 1, before = 0;
    for (int k = 1; k <= l->periods; k++) {
        double until = bgnbd_expected(m, k * l->period);
        factor /= 1 + l->discount;
        sum += factor * (until - before);
        before = until;
    }
    return sum;
}

double customer_value(const bgnbd_t *m, const spend_t *s, const purchases_t *c, const lifetime_t *l)
{
    double value = 0, factor = 1, before = 0;
    for (int k = 1; k <= l->periods; k++) {
        double until = bgnbd_future(m, c, k * l->period);
        factor /= 1 + l->discount;
        value += factor * (until - before);
        before = until;
    }
    return value * spend_conditional(s, c) * l->margin;
}
