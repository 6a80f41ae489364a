/* campaign.h -- what a buyer sets up: campaigns, ad sets, creatives, their bids, budgets and caps. */
#ifndef ADSIM_PLATFORM_CAMPAIGN_H
#define ADSIM_PLATFORM_CAMPAIGN_H

#include <stdint.h>

typedef enum { OBJECTIVE_AWARENESS, OBJECTIVE_TRAFFIC, OBJECTIVE_SALES } objective_t;
/* The result that the platform optimises and a bid per result pays for: an impression, a click, a
 * conversion. */

/* What is advertised, where platforms forbid choosing people by age, sex or a fine place. */
typedef enum {
    CATEGORY_NONE,
    CATEGORY_HOUSING,
    CATEGORY_EMPLOYMENT,
    CATEGORY_CREDIT
} special_category_t;

typedef enum { BID_LOWEST_COST, BID_MANUAL_CPM, BID_CAP } bid_strategy_t;
typedef enum { PACING_EVEN, PACING_ASAP, PACING_CONSTANT } pacing_t;
typedef enum { PACE_BY_BID, PACE_BY_THROTTLE } pacing_method_t;

/* At most `impressions` per person within any `window_days` (a rolling window), or, by views, as many that
 * were seen. 0 = no cap. */
typedef enum { CAP_IMPRESSIONS, CAP_VIEWS } cap_event_t;
typedef struct {
    int impressions;
    double window_days;
    cap_event_t event;
} frequency_cap_t;
enum { MAX_CAPS = 4 }; /* of an ad set, a campaign or a platform: all of them hold */

typedef struct {
    const char *name;
    double ctr; /* clicks per impression at a first exposure of the average member; NAN = preset */
    double weight;   /* share of rotation, > 0 */
    uint64_t family; /* hash of the name: equal names wear out together */
} creative_t;

typedef struct {
    const char *name;
    uint64_t hash; /* of "campaign/ad set": breaks ties, addresses its draws */
    int campaign, platform, audience;
    double budget; /* currency, over the flight */
    bid_strategy_t strategy;
    double bid; /* manual_cpm: CPM; bid_cap: currency per result; else NAN */
    pacing_t pacing;
    pacing_method_t method;
    frequency_cap_t cap[MAX_CAPS];
    double quality;     /* factor on the value, > 0 */
    double quality_cpm; /* added to the value, CPM; needs score_noise 0 */
    double cvr;         /* conversions per visit; NAN = response.cvr */
    int first_creative, n_creatives;
} ad_set_t;

typedef struct {
    const char *name;
    objective_t objective;
    special_category_t special_category;
    double lifetime_budget;        /* currency */
    frequency_cap_t cap[MAX_CAPS]; /* over all its ad sets, on each platform */
    int first_ad_set, n_ad_sets;
} campaign_t;

#endif
