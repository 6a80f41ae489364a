/* auction.h -- who wins one impression, and what it costs.
 *
 * The highest rival total value Y of an opportunity is lognormal, LN(mu, sigma^2), in CPM (currency
 * per 1000 impressions). Our own value is v = bid x estimated action rate x quality, also a CPM; the
 * platform's prediction of it jumps from impression to impression: v exp(tau Z), Z ~ N(0,1), in the
 * score and not in the outcome (MODEL 3.2). Second price with reserve r and a price limit l:
 *
 *   won iff  max(ln Y, ln r) - tau Z < ln v  and  max(Y, r) <= l ;   pay max(Y, r).
 *
 * X = ln Y - tau Z ~ N(mu, S^2), S^2 = sigma^2 + tau^2, is the opportunity's rank variable: given X,
 * ln Y ~ N(mu + (sigma^2/S^2)(X - mu), sigma^2 tau^2/S^2), which fixes Z and so the reserve test.
 * All closed forms below are tested against shared known answers and by quadrature. */
#ifndef ADSIM_AUCTION_AUCTION_H
#define ADSIM_AUCTION_AUCTION_H

#include <stdbool.h>

typedef struct {
    double log_median;  /* mu: log of the rival median, ln CPM */
    double log_sd;      /* sigma > 0 */
    double score_noise; /* tau >= 0 */
    double reserve;     /* r >= 0, CPM; 0 = none */
} market_t;

/* A value as it enters the auction. */
typedef struct {
    double log_value; /* ln v, ln CPM; -INFINITY = no bid */
    double log_limit; /* ln l, the price limit a stated bid sets; INFINITY = none */
} offer_t;

/* S, the log-sd of the rank variable. */
double market_rank_sd(const market_t *m);

/* P(win) of one opportunity, and E[price; win] in CPM per opportunity (0 when lost). */
double market_win_probability(const market_t *m, offer_t offer);
double market_expected_cost(const market_t *m, offer_t offer);

/* E[v exp(tau Z); win], CPM per opportunity: divided by the win probability it exceeds the mean score
 * v exp(tau^2/2), the winner's curse. No limit, no reserve. */
double market_expected_score(const market_t *m, offer_t offer);

/* d ln E[cost] / d ln v: how strongly spend answers the bid (the controller's gain, MODEL 3.5d), the
 * limit held; 0 where nothing is ever won. And d ln P(win) / d ln v. */
double market_spend_elasticity(const market_t *m, offer_t offer);
double market_win_elasticity(const market_t *m, offer_t offer);

/* ln v whose win probability is p (no limit, no reserve). */
double market_value_winning(const market_t *m, double p);

/* The log of the rival median for which a paced lowest-cost buyer of the reference plan pays `cpm`:
 * budget in currency, `opportunities` = all ad opportunities of the eligible people over the
 * flight. d = q(1000 B/(cpm N)); mu = ln cpm - sigma^2/2 + ln F(d) - ln F(d - sigma^2/S).
 * NAN if the budget could buy every opportunity at that price. */
double market_log_median_for_cpm(double cpm, double budget, double opportunities, double log_sd,
                                 double score_noise);

/* What a winning opportunity costs. `x` is its rank variable, `u` uniform: the price given the rank.
 * Returns false if the reserve or the limit keeps it from being sold to this offer. */
bool market_price(const market_t *m, offer_t offer, double x, double u, double *price_cpm);

#endif
