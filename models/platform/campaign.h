/* campaign.h -- what a buyer sets up: campaigns, ad sets, creatives, their bids, budgets and caps. */
#ifndef ADSIM_PLATFORM_CAMPAIGN_H
#define ADSIM_PLATFORM_CAMPAIGN_H

#include "models/platform/schedule.h"

#include <stdint.h>

/* What a campaign is for; and what the platform optimises an ad set for, which follows from it unless stated. */
typedef enum {
    OBJECTIVE_AWARENESS,
    OBJECTIVE_TRAFFIC,
    OBJECTIVE_SALES,
    OBJECTIVE_LEADS,
    OBJECTIVE_APP_PROMOTION
} objective_t;
typedef enum {
    GOAL_OF_OBJECTIVE,
    GOAL_IMPRESSIONS,
    GOAL_LINK_CLICKS,
    GOAL_LANDING_PAGE_VIEWS,
    GOAL_LEADS,
    GOAL_APP_INSTALLS,
    GOAL_PURCHASES
} goal_t;

/* The result that a bid per result pays for: an impression, a click, a conversion of the ad set's kind. */
typedef enum { RESULT_IMPRESSIONS, RESULT_CLICKS, RESULT_CONVERSIONS } result_t;

/* Results a week that an ad set needs to leave its learning phase (Meta's rule of thumb); and results that halve
 * the variance of the platform's first estimate of its action rate (MODEL 3.4). */
enum { RESULTS_TO_LEARN = 50 };

/* What is advertised, where platforms forbid choosing people by age, sex or a fine place. */
typedef enum {
    CATEGORY_NONE,
    CATEGORY_HOUSING,
    CATEGORY_EMPLOYMENT,
    CATEGORY_CREDIT
} special_category_t;

/* What the platform bids for a result: all the budget allows (lowest cost; highest value counts results by
 * what they bring), a bid that the buyer states and never more (manual CPM, manual CPC, a cap on the bid),
 * or all that keeps to a goal on average: a cost per result, a return on what is spent. */
typedef enum {
    BID_LOWEST_COST,
    BID_MANUAL_CPM,
    BID_CAP,
    BID_HIGHEST_VALUE,
    BID_MANUAL_CPC,
    BID_COST_CAP,
    BID_MIN_ROAS
} bid_strategy_t;
/* Has the buyer stated what is bid at most, which is the most she pays for an impression too? */
static inline int bid_is_stated(bid_strategy_t s)
{
    return s == BID_MANUAL_CPM || s == BID_MANUAL_CPC || s == BID_CAP;
}
/* Must results be worth what is spent, on average? */
static inline int bid_has_goal(bid_strategy_t s)
{
    return s == BID_COST_CAP || s == BID_MIN_ROAS;
}

/* How the budget lasts: evenly over the opportunities; as soon as it can be spent; at a constant bid, which
 * may pass it; or most of it first (pacing.h). */
typedef enum { PACING_EVEN, PACING_ASAP, PACING_CONSTANT, PACING_FRONT_LOADED } pacing_t;
/* What is turned down to make it last: the bid; the share of auctions entered; or that share, of the people
 * who are foreseen to answer least first. */
typedef enum { PACE_BY_BID, PACE_BY_THROTTLE, PACE_SMART } pacing_method_t;

/* What is charged: every impression at its price, or an outcome at the price of its impression over the
 * chance that the platform gives it. */
typedef enum { BILLED_IMPRESSIONS, BILLED_CLICKS, BILLED_CONVERSIONS } billing_t;

/* At most `impressions` per person within any `window_days` (a rolling window), or, by views, as many that
 * were seen. 0 = no cap. */
typedef enum { CAP_IMPRESSIONS, CAP_VIEWS } cap_event_t;
typedef struct {
    int impressions;
    double window_days;
    cap_event_t event;
} frequency_cap_t;
enum { MAX_CAPS = 4 }; /* of an ad set, a campaign or a platform: all of them hold */

/* How often those who are reached shall be reached on average in each window: windows follow each other from
 * the flight's begin, the last may be shorter. 0 = no target. */
typedef struct {
    double impressions; /* > 1 */
    double window_days; /* whole hours */
} target_frequency_t;

/* How the creatives of an ad set take turns: by their weights; equally often; or as their results tell the
 * platform, the better ones more and more often (rotation.h). */
typedef enum { ROTATION_WEIGHTED, ROTATION_EVEN, ROTATION_OPTIMISED } rotation_t;

typedef struct {
    const char *name;
    double ctr; /* clicks per impression at a first exposure of the average member; NAN = preset */
    double cvr; /* conversions per visit of those it brings; NAN = the ad set's */
    double weight;           /* share of a weighted rotation, > 0 */
    const char *family_name; /* NULL = its own name */
    uint64_t family;         /* its hash: creatives of one family wear out together */
} creative_t;

/* A budget of days: no day may pass it by more than `overspend`, a share of it, and no week, Sunday to
 * Saturday, may pass it times the week's days on which ads run. */
typedef struct {
    int given;        /* 0: the budget is one of the whole flight */
    double amount;    /* currency a day */
    double overspend; /* 0..1 */
} daily_budget_t;

/* Parts of the flight with a part of the budget each, in order of time (Meta: budget scheduling; DV360: budget
 * segments). No part passes its own; nothing is spent outside of them, and what one leaves unspent the next does
 * not get. n = 0: the budget is one for the whole flight. */
enum { BUDGET_PERIODS = 53 }; /* a year of weeks */
typedef struct {
    days_t days;
    double share; /* of the budget, 0..1; they add up to 1 */
} budget_period_t;
typedef struct {
    int n;
    double sum; /* currency, of parts that were given as amounts; 0 = they are shares */
    budget_period_t period[BUDGET_PERIODS];
} budget_schedule_t;

typedef struct {
    const char *name;
    uint64_t hash; /* of "campaign/ad set": breaks ties, addresses its draws */
    int campaign, platform, audience;
    unsigned placements; /* bits: of the platform's placements; 0 = all */
    /* Currency, over the flight; where the campaign's purse pays, an equal part of its budget, and nobody is
     * held to it. */
    double budget;
    daily_budget_t daily;
    budget_schedule_t budget_schedule;
    /* Where the campaign's purse pays: what this ad set shall spend at least, and may at most, over the
     * flight; 0 = not stated. */
    double min_spend, spend_cap;
    schedule_t schedule; /* within its campaign's */
    goal_t goal;
    bid_strategy_t strategy;
    double
        fixed_cpm; /* what was agreed on for 1000 impressions that are reserved; not > 0: it buys in
                         the auction */
    /* manual_cpm: CPM; manual_cpc: currency per click; bid_cap, cost_cap: currency per result; min_roas:
     * revenue per currency spent; else NAN */
    double bid;
    billing_t billing;
    pacing_t pacing;
    pacing_method_t method;
    frequency_cap_t cap[MAX_CAPS];
    target_frequency_t target_frequency;
    double quality;     /* factor on the value, > 0 */
    double quality_cpm; /* added to the value, CPM; needs score_noise 0 */
    double cvr;         /* conversions per visit; NAN = response.cvr */
    rotation_t rotation;
    int first_creative, n_creatives;
} ad_set_t;

/* Reserved buying (reach and frequency): the buyer books budget / fixed_cpm thousand impressions at a fixed
 * price, and the platform bids on her behalf whatever delivers them evenly. */
static inline int is_reserved(const ad_set_t *s)
{
    return s->fixed_cpm > 0;
}

static inline int has_target_frequency(const ad_set_t *s)
{
    return s->target_frequency.impressions > 0;
}

typedef struct {
    const char *name;
    objective_t objective;
    special_category_t special_category;
    int reserved; /* its ad sets are bought at their fixed_cpm, outside the auction's prices */
    double lifetime_budget; /* currency, over the flight */
    daily_budget_t daily;
    budget_schedule_t budget_schedule;
    int shares_budget; /* one purse for all ad sets: the platform moves money between them */
    pacing_t pacing;   /* of that purse */
    schedule_t schedule;
    frequency_cap_t cap[MAX_CAPS]; /* over all its ad sets, on each platform */
    int first_ad_set, n_ad_sets;
} campaign_t;

#endif
