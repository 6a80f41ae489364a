/* counters.h -- what one replication counts, in integers, so that sums agree bit for bit however the
 * work was split. Simulated people, unweighted; the estimates weigh them. */
#ifndef ADSIM_METRICS_COUNTERS_H
#define ADSIM_METRICS_COUNTERS_H

#include "models/base/status.h"
#include "sim/scenario/scenario.h"

#include <stddef.h>
#include <stdint.h>

/* Base columns: a value per scope. Unit in brackets; [event] = 2^-32 expected event (fixed.h). */
typedef enum {
    COUNT_IMPRESSIONS, /* [1] */
    COUNT_REACH_1,     /* [1] people with at least 1, 2, 3, 5, 10 impressions */
    COUNT_REACH_2,
    COUNT_REACH_3,
    COUNT_REACH_5,
    COUNT_REACH_10,
    COUNT_SPEND,                /* [micros] */
    COUNT_VIEWS,                /* [event] impressions seen */
    COUNT_CLICKS,               /* [event] */
    COUNT_VISITS,               /* [event] ad-caused site visits */
    COUNT_AD_CONVERSIONS,       /* [event] orders that ads caused */
    COUNT_DISPLACED,            /* [event] of those, orders that would have come by themselves */
    COUNT_AD_REVENUE,           /* [nanos] order value of the ad-caused orders */
    COUNT_DISPLACED_REVENUE,    /* [nanos] */
    COUNT_CONVERSIONS,          /* [event] attributed, each order once over everything */
    COUNT_REVENUE,              /* [nanos] attributed */
    COUNT_PLATFORM_CONVERSIONS, /* [event] what the platform would claim on its own */
    COUNT_ORGANIC_CREDITED,     /* [event] of the attributed, orders that ads did not cause */
    COUNT_ORGANIC,       /* [event] orders without ads of the scope's audience (the plan's: of
                                 everyone) in the flight; a closed form */
    COUNT_OPPORTUNITIES, /* [1] eligible people's, expected: delivered or lost, each of them */
    COUNT_LOST_CAP,      /* [1] of those, kept out by a frequency cap */
    COUNT_LOST_OVERLAP,  /* [1] ... by another own ad set of higher value */
    COUNT_LOST_PRICE,    /* [1] ... outbid, or above the price limit or below the reserve */
    COUNT_LOST_BUDGET,   /* [1] ... budget spent, or passed over by the throttle */
    COUNT_LOST_SCHEDULE, /* [1] ... come while the ad set does not run; a closed form */
    /* People truly in the audience as it is written, whatever the platform's labels say of them. */
    COUNT_ON_TARGET,             /* [1] impressions shown to them */
    COUNT_ON_TARGET_CLICKS,      /* [event] */
    COUNT_ON_TARGET_CONVERSIONS, /* [event] caused less displaced */
    COUNT_REACH_ON_TARGET, /* [1] people reached by an ad set in whose audience they truly are */
    COUNT_TRUE_AUDIENCE,   /* [1] on the platform */
    COUNT_MISSED,          /* [1] of those, whom the ad set can never reach */
    COUNT_UNBILLED,        /* [micros] outcomes whose charge would have passed the budget */
    /* Losses above are of opportunities that no rival would have taken. Kept out, whether or not a rival
     * would have outbid it there: by anything before the auction, and of this by another own ad set. */
    COUNT_KEPT_OUT,   /* [thousandth] expected */
    COUNT_SUPPRESSED, /* [thousandth] expected */
    COUNT_AUCTIONS,   /* [1] auctions entered: opportunities less those kept out of; expected */
    COUNT_BRAND_CONVERSIONS, /* [event] orders that ads caused through the brand */
    COUNT_BRAND_REVENUE,     /* [nanos] */
    COUNT_NEW_CUSTOMERS,     /* [event] people who never bought, and would not have in the flight */
    COUNT_RUN_OFF, /* [event] of the orders that ads caused in either way, those after the flight */
    /* What the brand does besides ads, of platforms and the plan: closed forms. */
    COUNT_POST_CONVERSIONS, /* [event] orders that posts, influencers and sharing bring in the flight */
    COUNT_POST_REVENUE,     /* [nanos] */
    COUNT_POST_IMPRESSIONS, /* [event] of posts, influencers and what is shared; the plan's alone */
    COUNT_POST_REACH,       /* [event] people, by any of these; the plan's alone */
    COUNT_POST_REACH_TOO,   /* [event] of those whom ads reach; the plan's alone */
    COUNT_ORGANIC_COST,     /* [micros] of posts, influencers and answers to comments */
    COUNT_ANSWERED, /* [event] of the organic orders, those that answers bring; the plan's alone */
    COUNT_ANSWERED_REVENUE, /* [nanos] */
    COUNT_CRISES,           /* [event] organic orders that crises take; the plan's alone */
    /* What ads do for the brand. */
    COUNT_EARNED_VIEWS,     /* [event] views of what is shared after a view of an ad */
    COUNT_FOLLOWERS_GAINED, /* [event] of those whom ads reach */
    /* What every model of attribution credits, as COUNT_CONVERSIONS, _REVENUE and _ORGANIC_CREDITED are by the
     * scenario's: see count_credit. */
    COUNT_CREDITS,
    /* Of an experiment. By ad set: impressions that people held out would have been shown [1], and their price
     * [micros]. Of the plan alone: what the experimenter sees of both arms, see trial_t. */
    COUNT_GHOSTS = COUNT_CREDITS + 3 * CREDIT_MODELS,
    COUNT_GHOST_PRICE,
    COUNT_DISCOUNTS, /* [nanos] price cuts on the orders that ads cause, less on those displaced */
    COUNT_TRIAL,
    COUNTS = COUNT_TRIAL + 27
} count_t;

/* Both arms of an experiment, until the last click window is closed: [arm] 0 treated, 1 held out. Orders are
 * drawn; those of everybody, and those after the first impression of whoever was shown one, or would have been. */
typedef enum { ARM_TREATED, ARM_HELD, TRIAL_ARMS } arm_of_t;
typedef enum {
    TRIAL_PEOPLE,                               /* [arm] [1] */
    TRIAL_ORDERS = TRIAL_PEOPLE + TRIAL_ARMS,   /* [arm] [1] */
    TRIAL_SQUARES = TRIAL_ORDERS + TRIAL_ARMS,  /* [arm] [1] sum over people of squared orders */
    TRIAL_EXPOSED = TRIAL_SQUARES + TRIAL_ARMS, /* [arm] [1] people */
    TRIAL_AFTER = TRIAL_EXPOSED + TRIAL_ARMS,   /* [arm] [1] orders of the exposed after */
    TRIAL_AFTER_SQUARES = TRIAL_AFTER + TRIAL_ARMS, /* [arm] [1] */
    TRIAL_EXPOSED_ORDERS =
        TRIAL_AFTER_SQUARES + TRIAL_ARMS, /* [1] all orders of the treated exposed */
    TRIAL_EXPOSED_SQUARES,                /* [1] */
    /* Expected [event]: */
    TRIAL_CAUSED,  /* orders that ads cause, less those displaced */
    TRIAL_ORGANIC, /* [arm] orders that come by themselves, and by posts */
    TRIAL_ORGANIC_AFTER = TRIAL_ORGANIC + TRIAL_ARMS, /* [arm] ... of the exposed, after */
    /* With regions held out: of each arm's everybody, [arm] the root of the sum of squared organic orders of its
     * regions, and people [1]. */
    TRIAL_SPREAD = TRIAL_ORGANIC_AFTER + TRIAL_ARMS,
    TRIAL_BEFORE =
        TRIAL_SPREAD + TRIAL_ARMS, /* [arm] [event] orders of the days before the flight */
    /* ... as they are seen, drawn, of all real people. [1] */
    TRIAL_SEEN_BEFORE = TRIAL_BEFORE + TRIAL_ARMS, /* [arm] */
    TRIAL_SEEN = TRIAL_SEEN_BEFORE + TRIAL_ARMS,   /* [arm] */
    TRIAL_COUNTS = TRIAL_SEEN + TRIAL_ARMS
} trial_t;
_Static_assert(COUNTS - COUNT_TRIAL == TRIAL_COUNTS, "room for a trial");
static inline count_t count_trial(trial_t what)
{
    return (count_t)(COUNT_TRIAL + (int)what);
}

typedef enum {
    CREDITED_ORDERS,  /* [event] */
    CREDITED_REVENUE, /* [nanos] */
    CREDITED_ORGANIC, /* [event] */
    CREDITED_COUNTS
} credited_t;
static inline count_t count_credit(credit_model_t model, credited_t what)
{
    return (count_t)(COUNT_CREDITS + CREDITED_COUNTS * (int)model + (int)what);
}

/* Scopes in this order: ad sets, campaigns, platforms, the plan. Behind them are kept the rows of single
 * creatives, of ad sets that have several: those parts of an ad set's counts that come of a creative shown. */
typedef struct {
    int n_ad_sets, n_campaigns, n_platforms, n_creatives;
} scopes_t;
scopes_t scopes_of(const scenario_t *sc);
static inline int scopes_count(scopes_t s)
{
    return s.n_ad_sets + s.n_campaigns + s.n_platforms + 1;
}
static inline int scopes_rows(scopes_t s)
{
    return scopes_count(s) + s.n_creatives;
}
static inline int scope_ad_set(scopes_t s, int a)
{
    (void)s;
    return a;
}
static inline int scope_campaign(scopes_t s, int c)
{
    return s.n_ad_sets + c;
}
static inline int scope_platform(scopes_t s, int p)
{
    return s.n_ad_sets + s.n_campaigns + p;
}
static inline int scope_plan(scopes_t s)
{
    return s.n_ad_sets + s.n_campaigns + s.n_platforms;
}

/* The row of a creative, that of its ad set if it is the only one; and the ad set that a creative's row is of. */
int scope_creative(const scenario_t *sc, int creative);
int scope_owner(const scenario_t *sc, int scope);

enum {
    JACKKNIFE_GROUPS = 16,
    FREQUENCY_BINS = 21,  /* 1..20 impressions, and more */
    REACH_LEVELS = 5,     /* see reach_levels */
    TIMELINE_COUNTS = 10, /* columns of a day: see timeline_count_t */
    SEGMENT_COUNTS = 6,   /* see segment_count_t */
    PLACEMENT_COUNTS = 4, /* see placement_count_t */
    DAY_HOURS = 24,
    HOUR_COUNTS = 4 /* see hour_count_t */
};

/* Impressions from which on a person counts as reached: 1, 2, 3, 5, 10, and where she is counted. */
extern const struct reach_level {
    int at_least;
    count_t column;
} reach_levels[REACH_LEVELS];

typedef enum {
    HOUR_IMPRESSIONS,
    HOUR_SPEND,
    HOUR_OPPORTUNITIES, /* [thousandth] */
    HOUR_KEPT_OUT       /* [thousandth] before the auction, outside the schedule included */
} hour_count_t;

typedef enum {
    DAY_IMPRESSIONS,
    DAY_SPEND,
    DAY_CLICKS,
    DAY_AD_CONVERSIONS,
    DAY_DISPLACED,
    DAY_AD_REVENUE,
    DAY_NEW_REACH,   /* people reached for the first time */
    DAY_CONVERSIONS, /* attributed, on the day of the order */
    DAY_BRAND_CONVERSIONS,
    DAY_BRAND_REVENUE
} timeline_count_t;

typedef enum {
    SEGMENT_PEOPLE, /* eligible people */
    SEGMENT_IMPRESSIONS,
    SEGMENT_REACH,
    SEGMENT_SPEND,
    SEGMENT_CLICKS,
    SEGMENT_AD_CONVERSIONS
} segment_count_t;

typedef enum {
    PLACEMENT_IMPRESSIONS,
    PLACEMENT_REACH,
    PLACEMENT_SPEND,
    PLACEMENT_CLICKS
} placement_count_t;

/* Event variance that "expected, not drawn" removed (MODEL 5.1), per scope, in [event]: sums of
 * p(1-p) and the like. Revenue is counted in mean orders (see value_unit), so that no currency is too small to be
 * summed. */
typedef enum {
    REMOVED_CLICKS,              /* sum p(1-p), [event] */
    REMOVED_CONVERSIONS,         /* ad-caused, net of displaced, [event] */
    REMOVED_ATTRIBUTED,          /* [event] */
    REMOVED_REVENUE,             /* of incremental revenue, mean order^2 */
    REMOVED_ATTRIBUTED_REVENUE,  /* mean order^2 */
    REMOVED_CONVERSIONS_REVENUE, /* covariance incremental conversions x revenue, mean order */
    REMOVED_ATTRIBUTED_BOTH,     /* covariance attributed conversions x revenue, mean order */
    REMOVED_CLICKS_CONVERSIONS,  /* covariance clicks x incremental conversions, [event] */
    REMOVED_DISCOUNTS,           /* of price cuts on incremental conversions, mean order^2 */
    REMOVED_REVENUE_DISCOUNTS,   /* their covariance with incremental revenue, mean order^2 */
    REMOVED_COUNTS
} removed_t;

/* What kept an ad set from bidding more, in hours of the flight. */
typedef enum {
    HELD_BY_AUDIENCE, /* nothing: it wins all it can */
    HELD_BY_BUDGET,   /* pacing */
    HELD_BY_BID,      /* the bid that the buyer states */
    HELD_BY_GOAL,     /* the cost per result or the return on spend that is wanted */
    HELD_SPENT,       /* the budget is spent */
    HELD_COUNTS
} held_t;

/* Of an ad set with a target frequency, over its windows. */
typedef enum {
    WINDOW_IMPRESSIONS,
    WINDOW_REACH, /* people reached in a window, anew in each */
    WINDOW_COUNTS
} window_count_t;

/* Kept for every replication: value[row * COUNTS + count], removed[row * REMOVED_COUNTS + r]. */
typedef struct {
    int64_t *value;
    int64_t *removed;
    int64_t candidates; /* candidate impressions generated, for the bench */
} totals_t;

/* Summed over replications. All arrays are owned; sizes follow from scopes, days and segments. */
typedef struct {
    scopes_t scopes;
    int days, run_off_days; /* timeline has days + run_off_days + 1 rows; the last = later */
    int n_segments;         /* age band x sex x region cells as far as the population has them */
    int64_t replications;
    int64_t *group;     /* [row][COUNTS][JACKKNIFE_GROUPS] */
    int64_t *frequency; /* [row][FREQUENCY_BINS]: people with exactly f impressions */
    int64_t *timeline;  /* [ad set][day][TIMELINE_COUNTS] */
    int64_t *
        reach_day; /* [day][REACH_LEVELS]: people who came to so many of the plan's impressions then */
    int64_t *segment;   /* [ad set][segment][SEGMENT_COUNTS] */
    int64_t *hour;      /* [ad set][hour of the day][HOUR_COUNTS] */
    int64_t *overlap;   /* [ad set][ad set]: people reached by both */
    int64_t *held;      /* [ad set][HELD_COUNTS]: hours */
    int64_t *window;    /* [ad set][WINDOW_COUNTS] */
    int64_t *placement; /* [ad set][PLATFORM_PLACEMENTS][PLACEMENT_COUNTS] */
} tables_t;

status_t totals_init(totals_t *t, scopes_t scopes, error_t *err);
void totals_free(totals_t *t);
void totals_clear(totals_t *t, scopes_t scopes);

status_t tables_init(tables_t *t, scopes_t scopes, int days, int run_off_days, int n_segments,
                     error_t *err);
void tables_free(tables_t *t);
int tables_days(const tables_t *t); /* rows of a timeline: flight, run-off and later */
void tables_clear(tables_t *t);
void tables_merge(tables_t *into, const tables_t *from); /* integer sums: any order */

#endif
