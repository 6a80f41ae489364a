/* auction.h -- who wins one impression, and what it costs.
 *
 * The highest rival total value Y of an opportunity is lognormal, LN(mu, sigma^2), in CPM (currency
 * per 1000 impressions), or one of several lognormals by their weights. Our own value is v = bid x
 * estimated action rate x quality, also a CPM; the platform's prediction of it jumps from impression to
 * impression: v exp(tau Z), Z ~ N(0,1), in the score and not in the outcome (MODEL 3.2). With a reserve
 * r and a price limit l:
 *
 *   won iff  max(ln Y, ln r) - tau Z < ln v  and  max(Y, r) <= l
 *   second price: pay max(Y, r);  first price: pay the own score min(v exp(tau Z), l).
 *
 * X = ln Y - tau Z ~ N(mu, S^2), S^2 = sigma^2 + tau^2, is the opportunity's rank variable: given X,
 * ln Y ~ N(mu + (sigma^2/S^2)(X - mu), sigma^2 tau^2/S^2), which fixes Z and so the reserve test. Of
 * several lognormals, the one that X came from follows Bayes' rule.
 * All closed forms below are tested against shared known answers and by quadrature. */
#ifndef ADSIM_AUCTION_AUCTION_H
#define ADSIM_AUCTION_AUCTION_H

#include <stdbool.h>

/* A part of a market: a kind of rivals, or a time or place at which they bid more or less. */
typedef struct {
    double weight;    /* share of opportunities; those of a market sum to 1 */
    double log_shift; /* its log median less that of the market */
    double log_sd;    /* sigma > 0 */
    double advantage; /* log by which our value and our limit are higher in it */
} market_part_t;

typedef enum { AUCTION_SECOND_PRICE, AUCTION_FIRST_PRICE } auction_t;

enum { MARKET_PARTS = 72 };
typedef struct {
    double
        log_median; /* mu: log of the rival median, ln CPM; of several parts, what they shift from */
    double log_sd;  /* sigma > 0 */
    double score_noise; /* tau >= 0 */
    double reserve;     /* r >= 0, CPM; 0 = none */
    auction_t kind;
    int n_parts; /* 0 = one lognormal, LN(log_median, log_sd^2) */
    market_part_t part[MARKET_PARTS];
} market_t;

/* A value as it enters the auction. */
typedef struct {
    double log_value; /* ln v, ln CPM; -INFINITY = no bid */
    double log_limit; /* ln l, the price limit a stated bid sets; INFINITY = none */
} offer_t;

/* The market of whoever buys at several times and places: each part of `m` at each of `n` <= MARKET_PARTS
 * meetings, which differ in what they shift prices and advantages by (log_sd is not read). A part lighter
 * than 1e-12 is left out; n x parts <= MARKET_PARTS. */
market_t market_over(const market_t *m, const market_part_t *meeting, int n);

/* The market of people for whom rivals pay more or less, by a normal log of this sd. */
market_t market_widened(const market_t *m, double log_sd);

/* S, the log-sd of the rank variable. */
double market_rank_sd(const market_t *m);

/* P(X < x) of the rank variable, and the x below which a share 0 < u < 1 lies. No advantages. */
double market_rank(const market_t *m, double x);
double market_rank_quantile(const market_t *m, double u);

/* P(win) of one opportunity, and E[price; win] in CPM per opportunity (0 when lost). */
double market_win_probability(const market_t *m, offer_t offer);
double market_expected_cost(const market_t *m, offer_t offer);

/* E[exp(advantage); win]: wins weighed by what one brings in its part of the market, the value meant by
 * log_value being 1. Without advantages the win probability. */
double market_value_won(const market_t *m, offer_t offer);

/* E[v exp(tau Z); win], CPM per opportunity: divided by the win probability it exceeds the mean score
 * v exp(tau^2/2), the winner's curse. No limit, no reserve. */
double market_expected_score(const market_t *m, offer_t offer);

/* d ln E[cost] / d ln v: how strongly spend answers the bid (the controller's gain, MODEL 3.5d), the
 * limit held; 0 where nothing is ever won. And d ln P(win) / d ln v. */
double market_spend_elasticity(const market_t *m, offer_t offer);
double market_win_elasticity(const market_t *m, offer_t offer);

/* ln v whose win probability is p, 0 < p < 1 (no limit, no reserve). */
double market_value_winning(const market_t *m, double p);

/* The log of the rival median for which a paced lowest-cost buyer of the reference plan pays `cpm`, on a
 * market like `m` (its own log_median is not read, its reserve is left out):
 * budget in currency, `opportunities` = all ad opportunities of the eligible people over the
 * flight. Of one lognormal at second price d = q(1000 B/(cpm N)); mu = ln cpm - sigma^2/2 + ln F(d)
 * - ln F(d - sigma^2/S). NAN if the budget could buy every opportunity at that price. */
double market_log_median_for_cpm(const market_t *m, double cpm, double budget,
                                 double opportunities);

/* First price: ln of the bid that gains most for a buyer to whom an impression is worth exp(log_value)
 * when its score is average, and whose scores jump alike: max over b of (v/b - 1) E[cost], where
 * (v - b) f(b) = F(b) without noise, and in general (1 - b/v) d ln E[cost]/d ln b = 1. */
double market_shaded_log_bid(const market_t *m, double log_value);

/* What a winning opportunity costs, of a market whose log_median is `log_median` at the moment. `x` is its
 * rank variable, `u` uniform: the price given the rank. Returns false if the reserve or the limit keeps it
 * from being sold to this offer. No advantages. */
bool market_price(const market_t *m, double log_median, offer_t offer, double x, double u,
                  double *price_cpm);

#endif
