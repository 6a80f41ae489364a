/* auction.c -- closed forms of one auction against a lognormal rival, and the price of a draw.
 *
 * Two ways to win. Below the reserve (Y <= r): pay r, if -tau Z < ln v - ln r, whatever Y is. Above
 * it (r < Y <= l): pay Y, if X < ln v. X and ln Y are jointly normal with correlation sigma/S, so
 * both are values of the normal law in one or two dimensions. E[Y; .] is exp(mu + sigma^2/2) times
 * the probability under the law tilted by Y: ln Y and X both shifted by sigma^2. */
#include "models/auction/auction.h"
#include "models/base/maths.h"

double market_rank_sd(const market_t *m)
{
    return m_sqrt(m->log_sd * m->log_sd + m->score_noise * m->score_noise);
}

static double log_reserve(const market_t *m)
{
    return m->reserve > 0 ? m_log(m->reserve) : -MATHS_INFINITY;
}

static double mean_price(const market_t *m)
{
    return m_exp(m->log_median + m->log_sd * m->log_sd / 2);
}

static bool can_win(const market_t *m, offer_t offer)
{
    return offer.log_value > -MATHS_INFINITY && log_reserve(m) <= offer.log_limit;
}

/* Is the reserve met? P(ln r - tau Z < ln v), and its derivative by ln v. */
static double reserve_met(const market_t *m, offer_t offer)
{
    double margin = offer.log_value - log_reserve(m);
    if (m->score_noise == 0) return margin > 0;
    return normal_cdf(margin / m->score_noise);
}

static double reserve_met_slope(const market_t *m, offer_t offer)
{
    if (m->score_noise == 0) return 0;
    return normal_density((offer.log_value - log_reserve(m)) / m->score_noise) / m->score_noise;
}

/* P(X < ln v, ln Y <= top) with both means shifted by `tilt`, and its derivative by ln v. */
static double rank_below(const market_t *m, double log_value, double top, double tilt)
{
    double sd = market_rank_sd(m), centre = m->log_median + tilt;
    return normal2_cdf((log_value - centre) / sd, (top - centre) / m->log_sd, m->log_sd / sd);
}

static double rank_below_slope(const market_t *m, double log_value, double top, double tilt)
{
    /* phi(d)/S times P(ln Y <= top | X = ln v). */
    double sd = market_rank_sd(m), centre = m->log_median + tilt, d = (log_value - centre) / sd;
    double share = m->log_sd * m->log_sd / (sd * sd);
    double excess = top - (centre + share * (log_value - centre));
    double spread = m->log_sd * m->score_noise / sd;
    double below = spread > 0 ? normal_cdf(excess / spread) : excess >= 0;
    return normal_density(d) / sd * below;
}

typedef double rank_function_t(const market_t *m, double log_value, double top, double tilt);

/* Between reserve and limit: the larger probability less the smaller. */
static double above_reserve(const market_t *m, offer_t offer, double tilt, rank_function_t *below)
{
    double low = log_reserve(m), all = below(m, offer.log_value, offer.log_limit, tilt);
    return low > -MATHS_INFINITY ? m_max(all - below(m, offer.log_value, low, tilt), 0) : all;
}

static double rival_below_reserve(const market_t *m)
{
    return m->reserve > 0 ? normal_cdf((log_reserve(m) - m->log_median) / m->log_sd) : 0;
}

double market_win_probability(const market_t *m, offer_t offer)
{
    if (!can_win(m, offer)) return 0;
    double below = rival_below_reserve(m) * reserve_met(m, offer);
    return m_min(below + above_reserve(m, offer, 0, rank_below), 1); /* the sum may round above */
}

double market_expected_cost(const market_t *m, offer_t offer)
{
    if (!can_win(m, offer)) return 0;
    double tilt = m->log_sd * m->log_sd;
    return m->reserve * rival_below_reserve(m) * reserve_met(m, offer) +
           mean_price(m) * above_reserve(m, offer, tilt, rank_below);
}

double market_expected_score(const market_t *m, offer_t offer)
{
    /* Tilted by exp(tau Z), X = ln Y - tau Z falls by tau^2. */
    double noise2 = m->score_noise * m->score_noise;
    double d = (offer.log_value - m->log_median + noise2) / market_rank_sd(m);
    return m_exp(offer.log_value + noise2 / 2) * normal_cdf(d);
}

double market_spend_elasticity(const market_t *m, offer_t offer)
{
    double cost = market_expected_cost(m, offer), tilt = m->log_sd * m->log_sd;
    if (!(cost > 0)) return 0;
    double slope = m->reserve * rival_below_reserve(m) * reserve_met_slope(m, offer) +
                   mean_price(m) * above_reserve(m, offer, tilt, rank_below_slope);
    return slope / cost;
}

double market_win_elasticity(const market_t *m, offer_t offer)
{
    double p = market_win_probability(m, offer);
    if (!(p > 0)) return 0;
    return (rival_below_reserve(m) * reserve_met_slope(m, offer) +
            above_reserve(m, offer, 0, rank_below_slope)) /
           p;
}

double market_value_winning(const market_t *m, double p)
{
    return m->log_median + market_rank_sd(m) * normal_quantile(p);
}

double market_log_median_for_cpm(double cpm, double budget, double opportunities, double log_sd,
                                 double score_noise)
{
    double share = 1000 * budget / (cpm * opportunities);
    if (!(share > 0 && share < 1)) return MATHS_NAN;
    double variance = log_sd * log_sd, d = normal_quantile(share);
    double rank_sd = m_sqrt(variance + score_noise * score_noise);
    return m_log(cpm) - variance / 2 + m_log(normal_cdf(d)) -
           m_log(normal_cdf(d - variance / rank_sd));
}

bool market_price(const market_t *m, offer_t offer, double x, double u, double *price_cpm)
{
    double log_price = x, floor = log_reserve(m);
    if (m->score_noise > 0) {
        double sd = market_rank_sd(m), share = m->log_sd * m->log_sd / (sd * sd);
        log_price = m->log_median + share * (x - m->log_median) +
                    m->log_sd * m->score_noise / sd * normal_quantile(u);
    }
    /* Where the reserve is the rival, it takes ln r - ln Y more to win. */
    bool at_reserve = log_price < floor;
    double needed = at_reserve ? x + (floor - log_price) : x;
    if (!(needed < offer.log_value) || !(m_max(log_price, floor) <= offer.log_limit)) return false;
    *price_cpm = at_reserve ? m->reserve : m_exp(log_price);
    return true;
}
