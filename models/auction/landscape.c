/* landscape.c -- several rivals, total value, own overlap. */
#include "models/auction/landscape.h"
#include "models/base/maths.h"

enum { PANELS = 32 };
static const double farthest = 9; /* normal deviates beyond weigh less than 1e-18 */

static double lognormal_cdf(double log_median, double log_sd, double x)
{
    return x > 0 ? normal_cdf((m_log(x) - log_median) / log_sd) : 0;
}

double landscape_win_probability(const landscape_t *l, double bid)
{
    double below = lognormal_cdf(l->log_median, l->log_sd, bid);
    if (l->rivals == RIVALS_POISSON) return m_exp(-l->count * (1 - below));
    return below > 0 ? m_pow(below, l->count) : l->count == 0;
}

static double win_probability_at(double bid, const void *context)
{
    return landscape_win_probability(context, bid);
}

double landscape_expected_cost(const landscape_t *l, double bid, double reserve)
{
    if (!(bid > reserve)) return 0;
    return bid * landscape_win_probability(l, bid) -
           integral(win_probability_at, l, reserve, bid, PANELS);
}

typedef struct {
    double log_median, log_sd;
    int n, k;
} order_t;

/* exp(mu + s z) phi(z) Phi(z)^(n-k) Phi(-z)^(k-1), without its binomial factor. */
static double order_density(double z, const void *context)
{
    const order_t *o = context;
    double value = m_exp(o->log_median + o->log_sd * z) * normal_density(z);
    double below = normal_cdf(z), above = normal_cdf(-z);
    for (int i = 0; i < o->n - o->k; i++) value *= below;
    for (int i = 0; i < o->k - 1; i++) value *= above;
    return value;
}

double lognormal_order_mean(double log_median, double log_sd, int n, int k)
{
    order_t o = {log_median, log_sd, n, k};
    double ways = m_exp(m_lgamma(n + 1) - m_lgamma(k) - m_lgamma(n - k + 1));
    double centre = log_sd > 0 ? log_sd : 0; /* exp(s z) phi(z) peaks there */
    return ways * integral(order_density, &o, -farthest, farthest + centre, PANELS);
}

double lognormal_price_below(double log_median, double log_sd, double highest, double u)
{
    double p = lognormal_cdf(log_median, log_sd, highest) * u;
    return m_exp(log_median + log_sd * normal_quantile(p));
}

double total_value(total_value_bid_t b)
{
    return b.bid * b.action_rate + b.quality;
}

total_value_outcome_t total_value_auction(const total_value_bid_t *bids, size_t n)
{
    total_value_outcome_t out = {0, 0, 0};
    double best = total_value(bids[0]), second = 0;
    for (size_t i = 1; i < n; i++) {
        double value = total_value(bids[i]);
        if (value > best) {
            second = best;
            best = value;
            out.winner = i;
        } else {
            second = m_max(second, value);
        }
    }
    out.price_per_impression = m_max(0, second - bids[out.winner].quality);
    out.price_per_action = out.price_per_impression / bids[out.winner].action_rate;
    return out;
}

typedef struct {
    log_value_t own, other, rival;
} overlap_t;

static double beats_both(double z, const void *context)
{
    const overlap_t *o = context;
    double value = o->own.mean + o->own.sd * z;
    return normal_density(z) * normal_cdf((value - o->other.mean) / o->other.sd) *
           normal_cdf((value - o->rival.mean) / o->rival.sd);
}

own_overlap_t auc_own_overlap(log_value_t first, log_value_t second, log_value_t rival)
{
    overlap_t one = {first, second, rival}, two = {second, first, rival};
    double sd = m_sqrt(first.sd * first.sd + second.sd * second.sd);
    return (own_overlap_t){normal_cdf((first.mean - second.mean) / sd),
                           integral(beats_both, &one, -farthest, farthest, PANELS),
                           integral(beats_both, &two, -farthest, farthest, PANELS)};
}
