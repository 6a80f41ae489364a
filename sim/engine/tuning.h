/* tuning.h -- inside the engine: the numbers that follow from one draw of the parameters, worked out
 * once for a pair of replications. */
#ifndef ADSIM_ENGINE_TUNING_H
#define ADSIM_ENGINE_TUNING_H

#include "models/platform/steering.h"
#include "sim/engine/brand.h"
#include "sim/engine/demand.h"
#include "sim/engine/world.h"

typedef struct {
    const scenario_t *theta;
    demand_t demand;
    conversion_t conversion[CONVERSION_KINDS]; /* of the kinds there are */
    double square[CONVERSION_KINDS];           /* E[value^2] of one, in squares of its mean */
    double unit[CONVERSION_KINDS];             /* its mean value, in that of value_unit */
    bool sates;                                /* orders take of the chance of others */
    bool promoted;                             /* on some day less is paid than the regular price */
    const brand_effects_t *brand;              /* NULL = none, or none that is foreseen. Borrowed */
    market_t market[MAX_PLATFORMS]; /* of an opportunity when and where every factor is 1 */
    market_t
        ad_market[MAX_AD_SETS]; /* as an ad set meets it over the flight and its placements: rivals
                                        divided by its quality */
    double rank_sd[MAX_PLATFORMS];
    placement_t placement[MAX_PLATFORMS][PLATFORM_PLACEMENTS]; /* one at least */
    double place_price[MAX_PLATFORMS][PLATFORM_PLACEMENTS];    /* log of its price factor */
    double advantage[MAX_AD_SETS][PLATFORM_PLACEMENTS]; /* log of what results an impression there
                             brings over the average one, where the platform bids by results */
    double least_price[MAX_AD_SETS]; /* log price less advantage on the best of its placements */
    double share[MAX_AD_SETS];       /* of opportunities, those on its placements */
    double mean_opportunities[MAX_PLATFORMS][NO_AGE_BAND + 1]; /* over the flight, by age band */
    /* By the appeals that suit a person: P(click | seen) and P(order | visit) of the average one, and
     * their logits. */
    double click_share[MAX_CREATIVES][APPEAL_SETS], click_intercept[MAX_CREATIVES][APPEAL_SETS];
    double order_share[MAX_CREATIVES][APPEAL_SETS], order_intercept[MAX_CREATIVES][APPEAL_SETS];
    double sight_factor[APPEAL_SETS]; /* on orders that the sight alone causes */
    double ctr[MAX_CREATIVES];        /* given, or the preset's */
    double turns[MAX_CREATIVES];      /* share of its ad set's impressions at the begin */
    /* Of optimised rotations, on placements as a whole: results and charges per impression of a creative,
     * and of the ad set at the begin what its rotation goes by. */
    double result_rate[MAX_CREATIVES], charged_rate[MAX_CREATIVES];
    double tried_rate[MAX_AD_SETS];
    double action_rate[MAX_AD_SETS]; /* results per impression that the platform expects */
    double charge_rate[MAX_AD_SETS][PLATFORM_PLACEMENTS]; /* charges per impression, likewise */
    double result_cost[MAX_AD_SETS]; /* currency that a result may cost by the goal; NAN = none */
    steering_t steering[MAX_AD_SETS];
    double weight[MAX_AD_SETS]; /* spend of a mean day's opportunities at the start, relative */
    double price[MAX_AD_SETS];  /* of an impression at the start, micros; 0: not known */
    double payer_start[MAX_AD_SETS]; /* effort of the fluid solution, see steering_t */
    /* Of a budget schedule: by how much the fluid solution of a period lies above that of the last one with
     * money, the first above that of the whole flight; 0 of one without. */
    double period_step[MAX_AD_SETS][BUDGET_PERIODS];
} tuning_t;

/* What an optimised rotation counts of an ad set: the results that the platform optimises, clicks where these
 * are impressions, of which every creative brings as many. */
result_t rotation_result(const scenario_t *sc, int ad_set);

/* `tally`: of the people simulated. */
void tuning_init(tuning_t *t, const world_t *world, const tally_t *tally, const scenario_t *theta);

/* The brand's days come into it: they move demand, and answers to ads. */
void tune_brand(tuning_t *t, const brand_effects_t *brand);

/* What people's mood about the brand multiplies their answers by, at a moment of the flight. */
static inline double mood_at(const tuning_t *t, uint32_t tick)
{
    return t->brand ? t->brand->path.mood[tick / (uint32_t)TICKS_PER_DAY].factor : 1;
}

/* How a person answers ads: what the platform knows of her stays, the rest is drawn in every
 * replication, so that the people simulated stand for all who look like them. */
effects_t effects_of(const tuning_t *t, const world_t *w, const person_t *p, uint32_t replication);

/* Her probabilities at a first exposure: P(click | impression), P(conversion | visit), and by sight alone
 * P(conversion | seen), which wears. A probability that her affinity or her mood would lift past 1 is
 * 1. */
double person_click(const tuning_t *t, const person_t *p, effects_t effects, int creative,
                    int platform);
double person_order(const tuning_t *t, const person_t *p, effects_t effects, int creative,
                    uint32_t tick);
double person_sight(const tuning_t *t, const person_t *p, conversion_kind_t kind, double wear,
                    uint32_t tick);

#endif
