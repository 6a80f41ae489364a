/* steering.h -- how an ad set steers its spending: one number, its effort, from 0 up (MODEL 3.5d). Above
 * 0 the bid rises from its floor; below 0 the bid stays at the floor and the ad set takes part in a share
 * e^effort of auctions. Pacing by throttle is the case where the floor is the bid itself. KERNEL file. */
#ifndef ADSIM_PLATFORM_STEERING_H
#define ADSIM_PLATFORM_STEERING_H

#include "models/auction/auction.h"

enum { STEERING_NODES = 65 };
typedef struct {
    double floor;   /* ln CPM of the value per impression at effort 0 */
    double highest; /* effort at which it wins 99.9 %, or at which the stated bid is reached */
    double start;   /* effort of the fluid solution */
    double
        offset; /* effort less that of who pays, where several ad sets are paid together: equal efforts
                     * of theirs are then equal prices of a result; else 0 */
    double limit; /* ln CPM: price limit of a stated bid; INFINITY = none */
    double goal;  /* effort at which the goal is met by closed form; INFINITY = there is no goal */
    /* At efforts evenly from 0 to highest: the elasticity of spend by the bid, and of a goal the log of
     * what a result costs on average, currency. */
    double elasticity[STEERING_NODES], log_cost[STEERING_NODES];
} steering_t;

/* How far effort goes on a market: for a stated bid, CPM, `throttled` or not; NAN = lowest cost, whose bid
 * the platform sets between those that win 1e-7 and 99.9 %. There is no goal, `start` and the tables are 0. */
steering_t steering_of(const market_t *m, double stated_cpm, bool throttled);

/* Fills `elasticity` from the rest: of spend by the bid at the market's prices (market_spend_elasticity), or
 * at a fixed price (market_win_elasticity). */
typedef double elasticity_t(const market_t *m, offer_t offer);
void steering_tabulate(steering_t *s, const market_t *m, elasticity_t *elasticity);

/* The value per impression (ln CPM) and the share of auctions entered at an effort. */
double steering_log_value(const steering_t *s, double effort);
double steering_pass_through(double effort);
/* What a result costs on average (currency) when the value is bid, by closed form; and the effort at which
 * it costs so much, the nearer end if none does. Of an ad set with a goal. */
double steering_result_cost(const steering_t *s, double log_value);
double steering_goal_effort(const steering_t *s, double result_cost);
/* How strongly spend answers effort at a value (ln CPM); 1 where the share of auctions is what changes. */
double steering_elasticity(const steering_t *s, double effort, double log_value);

/* Next hour's effort, when an hour at this effort and value spent so much where so much was planned, which
 * pays for so many impressions. */
double steering_next(const steering_t *s, double effort, double log_value, double spent,
                     double planned, double payments);

#endif
