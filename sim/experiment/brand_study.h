/* brand_study.h -- what a brand's days come to over the pairs of replications: a value of each day and platform with
 * its range, totals of the flight, and months side by side with what the ads bring.
 *
 * The path of a pair is a pure function of its parameters and luck, so it is worked out again instead of being
 * kept. Pairs are taken in order: the same sums for any number of threads. */
#ifndef ADSIM_EXPERIMENT_BRAND_STUDY_H
#define ADSIM_EXPERIMENT_BRAND_STUDY_H

#include "models/base/status.h"
#include "sim/metrics/estimate.h"

typedef struct world world_t;

/* Of a day of a platform or of all; a total of the flight. One row of a table each: name, unit, meaning. */
typedef enum {
    ORGANIC_FOLLOWERS,
    ORGANIC_GAINED,
    ORGANIC_LOST,
    ORGANIC_POSTS,
    ORGANIC_REACH,
    ORGANIC_IMPRESSIONS,
    ORGANIC_INFLUENCER_VIEWS,
    ORGANIC_EARNED_VIEWS,
    ORGANIC_ENGAGEMENTS,
    ORGANIC_LIKES,
    ORGANIC_COMMENTS,
    ORGANIC_SHARES,
    ORGANIC_SAVES,
    ORGANIC_RATE,
    ORGANIC_MENTIONS,
    ORGANIC_SENTIMENT,
    ORGANIC_COMMUNITY,
    ORGANIC_RESPONSE,
    ORGANIC_VISITS,
    ORGANIC_CONVERSIONS,
    ORGANIC_COST,
    ORGANIC_VALUE,
    ORGANIC_POST_COST,
    ORGANIC_FEES,
    ORGANIC_ANSWER_COST,
    ORGANIC_COLUMNS
} organic_column_t;

typedef struct {
    const char *name;
    unit_t unit;
    const char *meaning;
} organic_row_t;
extern const organic_row_t organic_columns[ORGANIC_COLUMNS];

typedef struct {
    double mean, lo, hi;
} range_t;

/* A month of thirty days; the last may be shorter. Expected values. */
typedef struct {
    int first_day, days;
    double followers, sentiment; /* at its end; of these, on average */
    double post_conversions, ad_conversions, organic_conversions;
    double spend, cost;   /* of ads with their fees; of posts, influencers and answers */
    double present_value; /* of all months up to it, see below */
} organic_month_t;

typedef struct {
    int days, places;                /* places: platforms with an account, and all of them */
    int platform[MAX_PLATFORMS + 1]; /* index of each; -1 = all */
    range_t *day;                    /* [day][place][ORGANIC_COLUMNS] */
    range_t total[MAX_PLATFORMS + 1][ORGANIC_COLUMNS]; /* of the flight; followers at its end */
    int n_months;
    organic_month_t month[(FLIGHT_DAYS_MOST + 29) / 30];
} brand_study_t;

/* `pairs` of the scenario's replications in this world. Nothing is made where there is no brand. Present value: margin
 * of what ads caused, posts and answers brought, less what crises took and all costs, discounted day by day:
 * undiscounted the plan's profit less the crises. The caller frees, also after a failure. */
status_t brand_study_init(brand_study_t *b, const world_t *w, const estimator_t *e, error_t *err);
void brand_study_free(brand_study_t *b);

#endif
