/* whatif.h -- other budgets for a plan that has been run, in milliseconds: a few thousand of the people who could
 * meet its ads, with their opportunities, are auctioned anew.
 *
 * What does not depend on budgets was settled by the engine when they were drawn (sample.c): who they are, when
 * they meet an opportunity, which ad sets may bid for it (audience, pool, list, schedule, placement), what rivals
 * ask there. What budgets change is simulated here, person by person in time order: bids, own ad sets in each
 * other's way, frequency caps, prices, wear, clicks, orders caused. Every ad set holds one bid through its flight,
 * the one that spends its money; the engine steers hour by hour around it.
 *
 * Answers are ratios to the run's own plan, simulated the same way with the same people and the same luck: what the
 * sample is off on the whole cancels, and at the run's own budgets every ratio is 1.
 *
 * A model is one block of plain numbers without pointers, the same bytes for this program and for a page that carries
 * it. Left out: learning, goals that move with results (their first bid is the highest), charging by outcome (prices on average),
 * optimised rotation (shares as they were), visits that ads bring into pools, satiation, promotions, the brand's
 * days. KERNEL file. */
#ifndef ADSIM_ENGINE_WHATIF_H
#define ADSIM_ENGINE_WHATIF_H

#include "models/auction/auction.h"
#include "models/response/response.h"

#include <stddef.h>
#include <stdint.h>

enum {
    WHATIF_AD_SETS = 64,
    WHATIF_GROUPS =
        16, /* random groups of people, for the error; a coarse answer takes some of them */
    WHATIF_PLACEMENTS = 8, /* of a platform */
    WHATIF_CAPS = 12       /* of an ad set */
};

/* Rivals of a platform when and where every factor is 1. */
typedef struct {
    market_t market;
    double rank_sd;
    double viewability[WHATIF_PLACEMENTS], ctr[WHATIF_PLACEMENTS]; /* P(seen); factor on clicks */
} whatif_platform_t;

typedef struct {
    uint64_t ad_sets; /* bits: whose impressions count */
    double window_ticks;
    int32_t most, views; /* views: counts what was seen */
} whatif_cap_t;

typedef struct {
    double floor, least, most; /* of effort, see steering_t: ln CPM at effort 0; the range */
    double start;              /* effort of the fluid solution */
    double offset;             /* effort over its payer's */
    double limit;              /* ln CPM, price limit; INFINITY = none */
    double ln_quality, quality_cpm;
    double fixed_cpm; /* reserved buying; 0 = in the auction */
    double advantage[WHATIF_PLACEMENTS];
    double visit_rate, view_conversion, net; /* net = 1 - share displaced */
    double
        brand_orders; /* orders through the brand of a seen impression, in organic orders a day */
    int32_t payer, platform, foreseen, n_caps;
    int32_t first_creative, n_creatives;
    whatif_cap_t cap[WHATIF_CAPS];
} whatif_ad_set_t;

/* Creatives stand by ad set; the shares of one add up to 1. */
typedef struct {
    double share; /* of its ad set's impressions, as the run had them */
    int32_t family, unused;
} whatif_creative_t;

/* Of the average person by the appeals that suit her: P(click | seen) and P(order | visit). */
typedef struct {
    float click, order;
} whatif_rate_t;

/* Who may bid for an opportunity, and where it is. */
typedef struct {
    uint64_t ad_sets; /* bits */
    int32_t placement, unused;
} whatif_pattern_t;

/* A person in one replication. Numbers in 16 bits: the upper half of a float. */
typedef struct {
    uint16_t candidates;   /* so many of the list are hers, after those of the people before */
    int16_t signal;        /* what platforms know of how she answers, in 2^-12 */
    uint16_t moved;        /* factor on orders that ads cause */
    uint16_t organic;      /* orders a day that she places by herself */
    uint8_t weight, group; /* index into `weight` */
    uint8_t appeals, unused;
} whatif_person_t;

/* An opportunity. */
typedef struct {
    uint16_t when; /* in 2^-16 of the flight */
    int16_t need;  /* ln CPM that a value must pass, in 2^-10 */
    int16_t dear;  /* ln of the price there, then and of her over the average one, in 2^-10 */
    uint16_t luck; /* of its price, in 2^-16 */
    uint16_t pattern;
    uint8_t turn, unused; /* which creative, in 2^-8 */
} whatif_candidate_t;

enum { WHATIF_WEIGHTS = 2 * WHATIF_AD_SETS };

/* The head of the block. The lists stand behind it in this order, each from a multiple of 8 bytes on: platforms,
 * ad sets, creatives, rates [creative][appeal_sets], patterns, people, candidates. */
typedef struct whatif_model {
    double bytes; /* of the whole block */
    int32_t n_platforms, n_ad_sets, n_payers, n_creatives, appeal_sets, n_patterns, n_people,
        n_candidates;
    double flight_ticks, click_window_days, view_window_days;
    double foreseen_sd, click_sd, order_sd; /* of the log of value, clicks and orders, by signal */
    response_t response;                    /* its wear */
    double sight_factor[64];                /* by appeals */
    double spend[WHATIF_AD_SETS];           /* by payer: real currency that the run spent */
    double budget[WHATIF_AD_SETS];          /* ... and might */
    int32_t asap[WHATIF_AD_SETS];           /* by payer: it spends as soon as it can */
    float weight[WHATIF_WEIGHTS];           /* real people that one stands for */
} whatif_model_t;

/* The lists and how long they are, in their order; each begins at a multiple of 8 bytes. */
#define WHATIF_LISTS(LIST, m)                                                                      \
    LIST(platform, (m)->n_platforms)                                                               \
    LIST(ad_set, (m)->n_ad_sets)                                                                   \
    LIST(creative, (m)->n_creatives)                                                               \
    LIST(rate, (m)->n_creatives *(m)->appeal_sets)                                                 \
    LIST(pattern, (m)->n_patterns)                                                                 \
    LIST(person, (m)->n_people)                                                                    \
    LIST(candidate, (m)->n_candidates)

static inline size_t whatif_padded(size_t bytes)
{
    return (bytes + 7) / 8 * 8;
}

/* What is measured of an ad set: each answers budgets in its own way. */
typedef enum {
    WHATIF_SPEND,
    WHATIF_IMPRESSIONS,
    WHATIF_REACH,
    WHATIF_CLICKS,
    WHATIF_CAUSED,  /* orders */
    WHATIF_ORGANIC, /* orders that come by themselves, for which it is credited */
    WHATIF_MEASURES
} whatif_measure_t;

/* Ratios to the run's own plan, and their errors: of each ad set; of the plan the people reached by any of them.
 * An ad set that the run did not show has ratio 0. */
typedef struct {
    double ratio[WHATIF_AD_SETS][WHATIF_MEASURES], error[WHATIF_AD_SETS][WHATIF_MEASURES];
    double reach, reach_error;
    double effort[WHATIF_AD_SETS]; /* by payer */
} whatif_answer_t;

/* How alike two ad sets are in whom they meet: of the opportunities that either might bid for and both could afford,
 * so much of them both might. 0..1; 0 = on two platforms. */
double whatif_alike(const whatif_model_t *model, int a, int b);

/* For a page to hold against its own lists. */
uint32_t whatif_measures(void);
uint32_t whatif_answer_bytes(void);

/* Bytes of room that answers to a model need. The room's first contents do not matter. */
double whatif_room(const whatif_model_t *model);

/* Once before answers: puts opportunities in order and simulates the run's own plan with everybody and with the
 * people of the first `coarse` groups. */
void whatif_open(const whatif_model_t *model, uint32_t coarse, void *room);

/* What comes of other budgets (real currency, by payer), with everybody, or with fewer: `coarse` not 0. `room` was
 * opened; nothing else that it holds matters, and the same budgets have the same answer. */
void whatif_answer(const whatif_model_t *model, const double *budget, uint32_t coarse, void *room,
                   whatif_answer_t *out);

#endif
