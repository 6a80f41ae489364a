/* strategy.h -- bids that meet a budget or a goal against a stationary market, in closed form.
 *
 * On the market of auction.h; every solution is a root of a monotone closed form.
 * Opportunities are auctions, money is CPM per opportunity unless said, so a budget in currency over
 * N opportunities is 1000 x budget / N per opportunity (MODEL 3.4, 3.5). */
#ifndef ADSIM_PLATFORM_STRATEGY_H
#define ADSIM_PLATFORM_STRATEGY_H

#include "models/auction/auction.h"

/* The bids a pacer stays between, as ln values: they win 1e-7 and 99.9 % of opportunities. At the upper
 * one the audience is exhausted, at the lower one a throttle has to help. */
double pace_least_log_value(const market_t *m);
double pace_most_log_value(const market_t *m);

/* ln of the bid multiplier alpha with E[cost](alpha v) = spend per opportunity; the price limit stays.
 * The nearer end of the pacer's range if no bid in it does. */
double budget_log_multiplier(const market_t *m, offer_t offer, double spend);

/* Share of opportunities to enter so that the unchanged bid spends as much; at most 1. */
double budget_pass_through(const market_t *m, offer_t offer, double spend);

/* One price of a result for n ad sets that share a budget, ln of currency: at it they together spend the
 * budget, `spend_at` being what the k-th spends at a price and rising in it. As each bids the price times
 * its rate of results, one more unit of money buys as many results in each: the split in which no money can
 * be moved for the better. `high` if they cannot spend it, `low` if they would spend more there. */
typedef double spend_at_t(const void *context, int k, double log_price);
double shared_log_price(spend_at_t *spend_at, const void *context, int n, double budget, double low,
                        double high);

/* Dual of the budget for a buyer who maximises value less cost and bids v/(1 + mu). */
double budget_dual(double log_multiplier);

/* Values per impression LN(log_mean, log_sd^2), which the bidder knows: the bid is kappa x value. What
 * the market's score noise adds is in the score alone. */
typedef struct {
    double log_mean, log_sd;
} value_law_t;
typedef struct {
    double win, value, cost; /* per opportunity: P(win), E[value; win], E[cost; win] */
} value_outcome_t;
value_outcome_t value_bidding(const market_t *m, value_law_t values, double log_kappa);

/* Highest ln kappa whose E[value; win] / E[cost; win] is `roas`, and that whose E[cost; win] is `spend`;
 * the nearer end of the pacer's range if none is. */
double target_roas_log_kappa(const market_t *m, value_law_t values, double roas);
double value_budget_log_kappa(const market_t *m, value_law_t values, double spend);
/* Dual of the ROAS floor while the budget does not bind: kappa = (1 + nu)/(nu roas). */
double target_roas_dual(double log_kappa, double roas);

/* A cap on the average cost is a ROAS floor whose value is the number of wins: the largest constant bid
 * (ln CPM) whose average cost per win is `cost`, CPM; and its dual nu, bid = cost + 1/nu. */
double cost_cap_log_bid(const market_t *m, double cost);
double cost_cap_dual(double bid, double cost);

#endif
