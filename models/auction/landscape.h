/* landscape.h -- other auctions than auction.h's: several rivals, total value, two own ad sets. Closed forms and integrals; money in the unit of the bids. */
#ifndef ADSIM_AUCTION_LANDSCAPE_H
#define ADSIM_AUCTION_LANDSCAPE_H

#include <stddef.h>

typedef enum {
    RIVALS_FIXED,  /* exactly `count` rivals */
    RIVALS_POISSON /* a Poisson number of rivals, mean `count` */
} rivals_t;

/* Independent rivals, each bidding LN(log_median, log_sd^2). */
typedef struct {
    double log_median, log_sd;
    rivals_t rivals;
    double count;
} landscape_t;

/* P(no rival above `bid`) = F^n or exp(-nu (1 - F)). */
double landscape_win_probability(const landscape_t *l, double bid);

/* Second price with a reserve: E[pay; win] = b G(b) - integral of G from r to b; 0 if bid <= reserve. */
double landscape_expected_cost(const landscape_t *l, double bid, double reserve);

/* E of the k-th largest of n independent LN(log_median, log_sd^2); k = 1 the largest. */
double lognormal_order_mean(double log_median, double log_sd, int n, int k);

/* Price of a candidate when the stream holds only rivals below `highest` (dominated thinning):
 * F^-1(F(highest) u). It is won by bid b iff the price is below b. */
double lognormal_price_below(double log_median, double log_sd, double highest, double u);

/* Total value: bid per action x estimated action rate + quality, all per impression. The highest wins
 * and pays what would just have won. */
typedef struct {
    double bid, action_rate, quality;
} total_value_bid_t;
typedef struct {
    size_t winner;                                 /* the first of equals */
    double price_per_impression, price_per_action; /* of the winner; at least 0 */
} total_value_outcome_t;
double total_value(total_value_bid_t b);
total_value_outcome_t total_value_auction(const total_value_bid_t *bids, size_t n); /* n >= 1 */

/* Two own ad sets whose log values are normal (mean, sd) and independent of each other and of the log
 * of the rival's: only the higher own value enters. */
typedef struct {
    double first_enters;            /* P(the first has the higher value) */
    double first_wins, second_wins; /* P(it enters and beats the rival) */
} own_overlap_t;
typedef struct {
    double mean, sd;
} log_value_t;
own_overlap_t auc_own_overlap(log_value_t first, log_value_t second, log_value_t rival);

#endif
