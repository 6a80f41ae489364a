/* tuning.h -- inside the engine: the numbers that follow from one draw of the parameters, worked out
 * once for a pair of replications. */
#ifndef ADSIM_ENGINE_TUNING_H
#define ADSIM_ENGINE_TUNING_H

#include "models/auction/auction.h"
#include "sim/engine/world.h"

/* How an ad set steers its spending: one number, its effort, from 0 up. Above 0 the bid rises from
 * its floor; below 0 the bid stays at the floor and the ad set takes part in a share e^effort of
 * auctions. Pacing by throttle is the case where the floor is the bid itself. */
enum { STEERING_NODES = 65 };
typedef struct {
    double floor;   /* ln CPM of the value per impression at effort 0 */
    double highest; /* effort at which it wins 99.9 %, or at which the stated bid is reached */
    double start;   /* effort of the fluid solution */
    double limit;   /* ln CPM: price limit of a stated bid; INFINITY = none */
    double goal; /* effort at which the goal is met by closed form; INFINITY = there is no goal */
    /* At efforts evenly from 0 to highest: the elasticity of spend by the bid, and of a goal the log of
     * what a result costs on average, currency. */
    double elasticity[STEERING_NODES], log_cost[STEERING_NODES];
} steering_t;

typedef struct {
    const scenario_t *theta;
    market_t market[MAX_PLATFORMS];
    market_t ad_market[MAX_AD_SETS]; /* as an ad set meets it: rivals divided by its quality */
    double rank_sd[MAX_PLATFORMS];
    double mean_opportunities[MAX_PLATFORMS][NO_AGE_BAND + 1]; /* over the flight, by age band */
    /* By the appeals that suit a person: P(click | seen) and P(order | visit) of the average one, and
     * their logits. */
    double click_share[MAX_CREATIVES][APPEAL_SETS], click_intercept[MAX_CREATIVES][APPEAL_SETS];
    double order_share[MAX_AD_SETS][APPEAL_SETS], order_intercept[MAX_AD_SETS][APPEAL_SETS];
    double sight_factor[APPEAL_SETS]; /* on orders that the sight alone causes */
    double ctr[MAX_CREATIVES];        /* given, or the preset's */
    double action_rate[MAX_AD_SETS];  /* results per impression that the platform expects */
    double result_cost[MAX_AD_SETS];  /* currency that a result may cost by the goal; NAN = none */
    steering_t steering[MAX_AD_SETS];
} tuning_t;

void tuning_init(tuning_t *t, const world_t *world, const crowd_t *crowd, const scenario_t *theta);

/* The value per impression (ln CPM) and the share of auctions entered at an effort. */
double steering_log_value(const steering_t *s, double effort);
double steering_pass_through(double effort);
/* What a result costs on average (currency) when the value is bid, by closed form; and the effort at which
 * it costs so much, the nearer end if none does. Of an ad set with a goal. */
double steering_result_cost(const steering_t *s, double log_value);
double steering_goal_effort(const steering_t *s, double result_cost);
/* How strongly spend answers effort at a value (ln CPM); 1 where the share of auctions is what changes. */
double steering_elasticity(const steering_t *s, double effort, double log_value);

/* How a person answers ads: what the platform knows of her stays, the rest is drawn in every
 * replication, so that the people simulated stand for all who look like them. */
effects_t effects_of(const tuning_t *t, const world_t *w, const person_t *p, uint32_t replication);

/* Her probabilities at a first exposure: P(click | impression), P(order | visit), and by sight alone
 * P(order | seen), which wears. A probability that her affinity would lift past 1 is 1. */
double person_click(const tuning_t *t, const person_t *p, effects_t effects, int creative,
                    int platform);
double person_order(const tuning_t *t, const person_t *p, effects_t effects, int ad_set);
double person_sight(const tuning_t *t, const person_t *p, double wear);

#endif
