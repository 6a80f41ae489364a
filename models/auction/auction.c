/* auction.c -- closed forms of one auction against lognormal rivals, and the price of a draw.
 *
 * Two ways to win. Below the reserve (Y <= r): pay r, if -tau Z < ln v - ln r, whatever Y is. Above
 * it (r < Y <= l): pay Y, if X < ln v. X and ln Y are jointly normal with correlation sigma/S, so
 * both are values of the normal law in one or two dimensions. E[Y; .] is exp(mu + sigma^2/2) times
 * the probability under the law tilted by Y: ln Y and X both shifted by sigma^2.
 * A market of several parts is their sum by weight; its parts are lognormal_t. */
#include "models/auction/auction.h"
#include "models/base/maths.h"

/* One lognormal of a market. */
typedef struct {
    double log_median, log_sd, score_noise, reserve;
    auction_t kind;
} lognormal_t;

static double rank_sd(const lognormal_t *m)
{
    return m_sqrt(m->log_sd * m->log_sd + m->score_noise * m->score_noise);
}

static double log_reserve(double reserve)
{
    return reserve > 0 ? m_log(reserve) : -MATHS_INFINITY;
}

static double mean_price(const lognormal_t *m)
{
    return m_exp(m->log_median + m->log_sd * m->log_sd / 2);
}

static bool can_win(const lognormal_t *m, offer_t offer)
{
    return offer.log_value > -MATHS_INFINITY && log_reserve(m->reserve) <= offer.log_limit;
}

/* Is the reserve met? P(ln r - tau Z < ln v), and its derivative by ln v. */
static double reserve_met(const lognormal_t *m, offer_t offer)
{
    double margin = offer.log_value - log_reserve(m->reserve);
    if (m->score_noise == 0) return margin > 0;
    return normal_cdf(margin / m->score_noise);
}

static double reserve_met_slope(const lognormal_t *m, offer_t offer)
{
    if (m->score_noise == 0) return 0;
    return normal_density((offer.log_value - log_reserve(m->reserve)) / m->score_noise) /
           m->score_noise;
}

/* P(X < ln v, ln Y <= top) with both means shifted by `tilt`, and its derivative by ln v. */
static double rank_below(const lognormal_t *m, double log_value, double top, double tilt)
{
    double sd = rank_sd(m), centre = m->log_median + tilt;
    return normal2_cdf((log_value - centre) / sd, (top - centre) / m->log_sd, m->log_sd / sd);
}

static double rank_below_slope(const lognormal_t *m, double log_value, double top, double tilt)
{
    /* phi(d)/S times P(ln Y <= top | X = ln v). */
    double sd = rank_sd(m), centre = m->log_median + tilt, d = (log_value - centre) / sd;
    double share = m->log_sd * m->log_sd / (sd * sd);
    double excess = top - (centre + share * (log_value - centre));
    double spread = m->log_sd * m->score_noise / sd;
    double below = spread > 0 ? normal_cdf(excess / spread) : excess >= 0;
    return normal_density(d) / sd * below;
}

typedef double rank_function_t(const lognormal_t *m, double log_value, double top, double tilt);

/* Between reserve and limit: the larger probability less the smaller. */
static double above_reserve(const lognormal_t *m, offer_t offer, double tilt,
                            rank_function_t *below)
{
    double low = log_reserve(m->reserve), all = below(m, offer.log_value, offer.log_limit, tilt);
    return low > -MATHS_INFINITY ? m_max(all - below(m, offer.log_value, low, tilt), 0) : all;
}

static double rival_below_reserve(const lognormal_t *m)
{
    return m->reserve > 0 ? normal_cdf((log_reserve(m->reserve) - m->log_median) / m->log_sd) : 0;
}

static double win_probability(const lognormal_t *m, offer_t offer)
{
    if (!can_win(m, offer)) return 0;
    double below = rival_below_reserve(m) * reserve_met(m, offer);
    return m_min(below + above_reserve(m, offer, 0, rank_below), 1); /* the sum may round above */
}

static double win_slope(const lognormal_t *m, offer_t offer)
{
    if (!can_win(m, offer)) return 0;
    return rival_below_reserve(m) * reserve_met_slope(m, offer) +
           above_reserve(m, offer, 0, rank_below_slope);
}

static double second_price(const lognormal_t *m, offer_t offer)
{
    double tilt = m->log_sd * m->log_sd;
    return m->reserve * rival_below_reserve(m) * reserve_met(m, offer) +
           mean_price(m) * above_reserve(m, offer, tilt, rank_below);
}

static double second_price_slope(const lognormal_t *m, offer_t offer)
{
    double tilt = m->log_sd * m->log_sd;
    return m->reserve * rival_below_reserve(m) * reserve_met_slope(m, offer) +
           mean_price(m) * above_reserve(m, offer, tilt, rank_below_slope);
}

/* ---- first price: the score W = v exp(tau Z), ln W ~ N(ln v, tau^2), is what is paid ---- */

static double expected_score(const lognormal_t *m, offer_t offer)
{
    /* Tilted by exp(tau Z), X = ln Y - tau Z falls by tau^2. */
    double noise2 = m->score_noise * m->score_noise;
    double d = (offer.log_value - m->log_median + noise2) / rank_sd(m);
    return m_exp(offer.log_value + noise2 / 2) * normal_cdf(d);
}

/* E[W; Y < W, ln W <= top], tau > 0: under the law tilted by W, ln W ~ N(ln v + tau^2, tau^2) and the
 * margin X - ln v have correlation -tau/S. And its derivative by ln v. */
static double score_up_to(const lognormal_t *m, double log_value, double top)
{
    double tau = m->score_noise, sd = rank_sd(m);
    if (top == MATHS_INFINITY) return expected_score(m, (offer_t){log_value, top});
    double d = (log_value - m->log_median + tau * tau) / sd;
    return m_exp(log_value + tau * tau / 2) *
           normal2_cdf((top - log_value - tau * tau) / tau, d, -tau / sd);
}

static double score_up_to_slope(const lognormal_t *m, double log_value, double top)
{
    double tau = m->score_noise, sd = rank_sd(m), mean = m_exp(log_value + tau * tau / 2);
    double d = (log_value - m->log_median + tau * tau) / sd;
    if (top == MATHS_INFINITY) return mean * (normal_cdf(d) + normal_density(d) / sd);
    double a = (top - log_value - tau * tau) / tau, rho = -tau / sd, rest = m->log_sd / sd;
    double by_top = normal_density(a) * normal_cdf((d - rho * a) / rest) / tau;
    double by_margin = normal_density(d) * normal_cdf((a - rho * d) / rest) / sd;
    return score_up_to(m, log_value, top) + mean * (by_margin - by_top);
}

static double rival_below(const lognormal_t *m, double log_price)
{
    return normal_cdf((log_price - m->log_median) / m->log_sd);
}

static double first_price(const lognormal_t *m, offer_t offer)
{
    double low = log_reserve(m->reserve), tau = m->score_noise;
    if (tau == 0) {
        double paid = m_min(offer.log_value, offer.log_limit);
        return offer.log_value > low ? m_exp(paid) * rival_below(m, paid) : 0;
    }
    double sum = score_up_to(m, offer.log_value, offer.log_limit);
    if (low > -MATHS_INFINITY) sum = m_max(sum - score_up_to(m, offer.log_value, low), 0);
    if (offer.log_limit == MATHS_INFINITY) return sum;
    double cut = normal_cdf((offer.log_value - offer.log_limit) / tau);
    return sum + m_exp(offer.log_limit) * rival_below(m, offer.log_limit) * cut;
}

static double first_price_slope(const lognormal_t *m, offer_t offer)
{
    double low = log_reserve(m->reserve), tau = m->score_noise;
    if (tau == 0) {
        double d = (offer.log_value - m->log_median) / m->log_sd;
        if (!(offer.log_value > low && offer.log_value <= offer.log_limit)) return 0;
        return m_exp(offer.log_value) * (normal_cdf(d) + normal_density(d) / m->log_sd);
    }
    double sum = score_up_to_slope(m, offer.log_value, offer.log_limit);
    if (low > -MATHS_INFINITY) sum -= score_up_to_slope(m, offer.log_value, low);
    if (offer.log_limit == MATHS_INFINITY) return sum;
    double cut = normal_density((offer.log_value - offer.log_limit) / tau) / tau;
    return sum + m_exp(offer.log_limit) * rival_below(m, offer.log_limit) * cut;
}

static double expected_cost(const lognormal_t *m, offer_t offer)
{
    if (!can_win(m, offer)) return 0;
    return m->kind == AUCTION_FIRST_PRICE ? first_price(m, offer) : second_price(m, offer);
}

static double cost_slope(const lognormal_t *m, offer_t offer)
{
    if (!can_win(m, offer)) return 0;
    return m->kind == AUCTION_FIRST_PRICE ? first_price_slope(m, offer)
                                          : second_price_slope(m, offer);
}

/* ---- markets of one part or of several ---- */

static lognormal_t whole(const market_t *m)
{
    return (lognormal_t){m->log_median, m->log_sd, m->score_noise, m->reserve, m->kind};
}

static lognormal_t part_of(const market_t *m, const market_part_t *part)
{
    return (lognormal_t){m->log_median + part->log_shift, part->log_sd, m->score_noise, m->reserve,
                         m->kind};
}

static double over_parts(const market_t *m, offer_t offer,
                         double of_one(const lognormal_t *m, offer_t offer))
{
    double sum = 0;
    if (!m->n_parts) {
        lognormal_t one = whole(m);
        return of_one(&one, offer);
    }
    for (int k = 0; k < m->n_parts; k++) {
        lognormal_t one = part_of(m, &m->part[k]);
        double advantage = m->part[k].advantage;
        sum += m->part[k].weight *
               of_one(&one, (offer_t){offer.log_value + advantage, offer.log_limit + advantage});
    }
    return sum;
}

market_t market_over(const market_t *m, const market_part_t *meeting, int n)
{
    const double least = 1e-12;
    market_t out = *m;
    market_part_t alone = {1, 0, m->log_sd, 0};
    const market_part_t *rivals = m->n_parts ? m->part : &alone;
    int n_rivals = m->n_parts ? m->n_parts : 1;
    if (n == 1 && !m->n_parts && meeting[0].log_shift == 0 && meeting[0].advantage == 0) return out;
    out.n_parts = 0;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n_rivals; k++) {
            double weight = meeting[i].weight * rivals[k].weight;
            if (weight < least) continue;
            out.part[out.n_parts++] =
                (market_part_t){weight, rivals[k].log_shift + meeting[i].log_shift,
                                rivals[k].log_sd, rivals[k].advantage + meeting[i].advantage};
        }
    return out;
}

market_t market_widened(const market_t *m, double log_sd)
{
    market_t out = *m;
    out.log_sd = m_sqrt(m->log_sd * m->log_sd + log_sd * log_sd);
    for (int k = 0; k < m->n_parts; k++)
        out.part[k].log_sd = m_sqrt(m->part[k].log_sd * m->part[k].log_sd + log_sd * log_sd);
    return out;
}

double market_rank_sd(const market_t *m)
{
    lognormal_t one = whole(m);
    if (!m->n_parts) return rank_sd(&one);
    double mean = 0, square = 0;
    for (int k = 0; k < m->n_parts; k++) {
        const market_part_t *p = &m->part[k];
        mean += p->weight * p->log_shift;
        square += p->weight * (p->log_shift * p->log_shift + p->log_sd * p->log_sd);
    }
    return m_sqrt(square - mean * mean + m->score_noise * m->score_noise);
}

double market_win_probability(const market_t *m, offer_t offer)
{
    return over_parts(m, offer, win_probability);
}

double market_value_won(const market_t *m, offer_t offer)
{
    if (!m->n_parts) return market_win_probability(m, offer);
    double sum = 0;
    for (int k = 0; k < m->n_parts; k++) {
        lognormal_t one = part_of(m, &m->part[k]);
        double advantage = m->part[k].advantage;
        offer_t there = {offer.log_value + advantage, offer.log_limit + advantage};
        sum += m->part[k].weight * m_exp(advantage) * win_probability(&one, there);
    }
    return sum;
}

double market_expected_cost(const market_t *m, offer_t offer)
{
    return over_parts(m, offer, expected_cost);
}

double market_expected_score(const market_t *m, offer_t offer)
{
    return over_parts(m, offer, expected_score);
}

double market_spend_elasticity(const market_t *m, offer_t offer)
{
    double cost = market_expected_cost(m, offer);
    return cost > 0 ? over_parts(m, offer, cost_slope) / cost : 0;
}

double market_win_elasticity(const market_t *m, offer_t offer)
{
    double p = market_win_probability(m, offer);
    return p > 0 ? over_parts(m, offer, win_slope) / p : 0;
}

/* ---- quantiles ---- */

static double rank_probability(const lognormal_t *m, offer_t offer)
{
    return normal_cdf((offer.log_value - m->log_median) / rank_sd(m));
}

static double rank_excess(const lognormal_t *m, offer_t offer)
{
    return normal_cdf((m->log_median - offer.log_value) / rank_sd(m));
}

typedef struct {
    const market_t *market;
    double share;
} quantile_t;

/* Relative to what is small: the share below, or the share above. */
static double beyond_share(double x, const void *context)
{
    const quantile_t *q = context;
    offer_t at = {x, MATHS_INFINITY};
    if (q->share < 0.5) return over_parts(q->market, at, rank_probability) / q->share - 1;
    return 1 - over_parts(q->market, at, rank_excess) / (1 - q->share);
}

/* Where the rank variable, less each part's advantage, has a share below: between the same quantiles of
 * the parts. */
static double mixture_quantile(const market_t *m, double share)
{
    double low = MATHS_INFINITY, high = -MATHS_INFINITY, z = normal_quantile(share);
    for (int k = 0; k < m->n_parts; k++) {
        lognormal_t one = part_of(m, &m->part[k]);
        double at = one.log_median - m->part[k].advantage + rank_sd(&one) * z;
        low = m_min(low, at);
        high = m_max(high, at);
    }
    quantile_t q = {m, share};
    return low < high ? root_between(beyond_share, &q, low, high) : low;
}

double market_value_winning(const market_t *m, double p)
{
    if (m->n_parts) return mixture_quantile(m, p);
    return m->log_median + market_rank_sd(m) * normal_quantile(p);
}

double market_rank(const market_t *m, double x)
{
    return over_parts(m, (offer_t){x, MATHS_INFINITY}, rank_probability);
}

double market_rank_quantile(const market_t *m, double u)
{
    return market_value_winning(m, u);
}

/* ---- levels and bids ---- */

static double second_price_log_median(const market_t *m, double cpm, double share)
{
    double variance = m->log_sd * m->log_sd, d = normal_quantile(share);
    double rank_sd = m_sqrt(variance + m->score_noise * m->score_noise);
    return m_log(cpm) - variance / 2 + m_log(normal_cdf(d)) -
           m_log(normal_cdf(d - variance / rank_sd));
}

double market_log_median_for_cpm(const market_t *m, double cpm, double budget, double opportunities)
{
    double share = 1000 * budget / (cpm * opportunities);
    if (!(share > 0 && share < 1)) return MATHS_NAN;
    if (!m->n_parts && m->kind == AUCTION_SECOND_PRICE)
        return second_price_log_median(m, cpm, share);
    /* Without a reserve all money scales: what she pays where the median is 1 tells the level. */
    market_t at_one = *m;
    at_one.log_median = at_one.reserve = 0;
    offer_t offer = {market_value_winning(&at_one, share), MATHS_INFINITY};
    return m_log(cpm) - m_log(market_expected_cost(&at_one, offer) / share);
}

typedef struct {
    const market_t *market;
    double log_value;
} shading_t;

/* The gain of a bid, of a value of 1 at an average score; and what has the sign of its slope. */
static double shading_gain(const shading_t *s, double log_bid)
{
    return m_expm1(s->log_value - log_bid) *
           market_expected_cost(s->market, (offer_t){log_bid, MATHS_INFINITY});
}

static double shading_slope(double log_bid, const void *context)
{
    const shading_t *s = context;
    double elasticity = market_spend_elasticity(s->market, (offer_t){log_bid, MATHS_INFINITY});
    return -m_expm1(log_bid - s->log_value) * elasticity - 1;
}

double market_shaded_log_bid(const market_t *m, double log_value)
{
    /* Several parts may have several peaks: the best of many bids tells which one is climbed. No bid below
     * those that win 1e-12 of opportunities is looked at: there the price is the value for all one gains. */
    enum { NODES = 256 };
    shading_t s = {m, log_value};
    double low = m_min(market_value_winning(m, 1e-12), log_value - 1), best = log_value, most = 0;
    double step = (log_value - low) / NODES;
    for (int k = 0; k < NODES; k++) {
        double log_bid = low + k * step, gain = shading_gain(&s, log_bid);
        if (!(gain > most)) continue;
        most = gain;
        best = log_bid;
    }
    if (!(most > 0)) return log_value;
    return root_between(shading_slope, &s, best - step, m_min(best + step, log_value));
}

/* ---- the price of a draw ---- */

/* Which part a rank variable came from, by Bayes' rule and a uniform number; leaves in *u what is uniform
 * given that. */
static lognormal_t part_behind(const market_t *m, double x, double *u)
{
    double density[MARKET_PARTS] = {0}, sum = 0;
    for (int k = 0; k < m->n_parts; k++) {
        lognormal_t one = part_of(m, &m->part[k]);
        double sd = rank_sd(&one);
        density[k] = m->part[k].weight * normal_density((x - one.log_median) / sd) / sd;
        sum += density[k];
    }
    int k = 0;
    double left = *u * sum;
    while (k < m->n_parts - 1 && left >= density[k]) left -= density[k++];
    double within = left / density[k];
    *u = within > 0x1p-53 ? m_min(within, 1 - 0x1p-53) : 0x1p-53;
    return part_of(m, &m->part[k]);
}

bool market_price(const market_t *m, double log_median, offer_t offer, double x, double u,
                  double *price_cpm)
{
    lognormal_t one = whole(m);
    one.log_median = log_median;
    if (m->n_parts) {
        one = part_behind(m, x - log_median + m->log_median, &u);
        one.log_median += log_median - m->log_median;
    }
    double log_price = x, floor = log_reserve(m->reserve);
    if (m->score_noise > 0) {
        double sd = rank_sd(&one), share = one.log_sd * one.log_sd / (sd * sd);
        log_price = one.log_median + share * (x - one.log_median) +
                    one.log_sd * m->score_noise / sd * normal_quantile(u);
    }
    /* Where the reserve is the rival, it takes ln r - ln Y more to win. */
    bool at_reserve = log_price < floor;
    double needed = at_reserve ? x + (floor - log_price) : x;
    if (!(needed < offer.log_value) || !(m_max(log_price, floor) <= offer.log_limit)) return false;
    if (m->kind == AUCTION_FIRST_PRICE) /* the score: ln v + tau Z = ln v + ln Y - x */
        *price_cpm = m_exp(m_min(offer.log_value + (log_price - x), offer.log_limit));
    else
        *price_cpm = at_reserve ? m->reserve : m_exp(log_price);
    return true;
}
