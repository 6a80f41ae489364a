/* columns.h -- every column of the output is one row: its name, unit, meaning and formula. The CSV,
 * the JSON, the terminal and the manual read that row; nothing else knows what "cpa" is.
 *
 * A column is a ratio of two linear forms over base quantities (a denominator without terms is 1).
 * Its mean is the ratio of the forms' expectations, never a mean of ratios (MODEL 5.2). */
#ifndef ADSIM_METRICS_COLUMNS_H
#define ADSIM_METRICS_COLUMNS_H

#include "models/response/response.h"
#include "sim/metrics/counters.h"

#include <stdbool.h>

/* Base quantities: one count, or one less another, in whole units (events, currency). */
typedef enum {
    QUANTITY_IMPRESSIONS,
    QUANTITY_REACH,
    QUANTITY_REACH_2,
    QUANTITY_REACH_3,
    QUANTITY_REACH_5,
    QUANTITY_REACH_10,
    QUANTITY_SPEND,
    QUANTITY_VIEWS,
    QUANTITY_CLICKS,
    QUANTITY_VISITS,
    QUANTITY_AD_CONVERSIONS,
    QUANTITY_DISPLACED,
    QUANTITY_BRAND_CONVERSIONS,
    QUANTITY_RUN_OFF,
    QUANTITY_NEW_CUSTOMERS,
    QUANTITY_DISCOUNTS,
    QUANTITY_INCREMENTAL_CONVERSIONS, /* ad-caused + brand-caused - displaced */
    QUANTITY_INCREMENTAL_REVENUE,
    QUANTITY_CONVERSIONS,
    QUANTITY_REVENUE,
    QUANTITY_PLATFORM_CONVERSIONS,
    QUANTITY_ORGANIC_CREDITED,
    QUANTITY_ORGANIC,
    QUANTITY_OPPORTUNITIES,
    QUANTITY_LOST_CAP,
    QUANTITY_LOST_OVERLAP,
    QUANTITY_LOST_PRICE,
    QUANTITY_LOST_BUDGET,
    QUANTITY_LOST_SCHEDULE,
    QUANTITY_ON_TARGET,
    QUANTITY_ON_TARGET_CLICKS,
    QUANTITY_ON_TARGET_CONVERSIONS,
    QUANTITY_REACH_ON_TARGET,
    QUANTITY_TRUE_AUDIENCE,
    QUANTITY_MISSED,
    QUANTITY_UNBILLED,
    QUANTITY_SUPPRESSED,
    QUANTITY_AUCTIONS,
    QUANTITY_POST_CONVERSIONS,
    QUANTITY_POST_REVENUE,
    QUANTITY_POST_IMPRESSIONS,
    QUANTITY_POST_REACH_ALONE, /* people reached by posts and by no ad */
    QUANTITY_ORGANIC_COST,
    QUANTITY_ANSWERED,
    QUANTITY_ANSWERED_REVENUE,
    QUANTITY_CRISES,
    QUANTITY_EARNED_VIEWS,
    QUANTITY_FOLLOWERS_GAINED,
    QUANTITY_CREDITS, /* what every model of attribution credits: see quantity_credit */
    QUANTITY_ONE = QUANTITY_CREDITS + CREDITED_COUNTS * CREDIT_MODELS, /* the constant 1 */
    QUANTITIES,
    QUANTITY_RESULTS = QUANTITIES /* stands for what the scope's ad sets count as results */
} quantity_t;
static inline quantity_t quantity_credit(credit_model_t model, credited_t what)
{
    return (quantity_t)(QUANTITY_CREDITS + CREDITED_COUNTS * (int)model + (int)what);
}

/* Where the event variance that "expected, not drawn" removed from a quantity is found. */
typedef enum {
    EVENTS_DRAWN,   /* nothing was removed */
    EVENTS_REMOVED, /* summed by the engine, see removed */
    EVENTS_RARE,    /* Poisson: p(1-p) = p for the rare events counted */
    EVENTS_VALUED,  /* the value of the rare orders counted one row before */
    EVENTS_VIEWS,   /* n v (1 - v) */
    EVENTS_VISITS   /* thinned clicks: visits - (visits/clicks)^2 sum p_click^2 */
} event_variance_t;

/* How a quantity answers when an ad set spends a little more (the people term of mc_se). */
typedef enum {
    ANSWERS_NOT,
    ANSWERS_AS_SPEND,
    ANSWERS_AS_DELIVERY, /* like impressions */
    ANSWERS_AS_REACH     /* like the number of people with at least `k` impressions */
} answer_t;

typedef struct {
    count_t plus;
    int also, minus; /* count_t, -1 = none: added, taken away */
    double unit;     /* what the count is divided by */
    event_variance_t events;
    removed_t removed; /* of EVENTS_REMOVED */
    answer_t answer;
    int k; /* of ANSWERS_AS_REACH */
} quantity_row_t;

extern const quantity_row_t quantity_rows[QUANTITIES];

/* Covariances that the removed events share: quantities a and b, and where the sum is kept. */
typedef struct {
    quantity_t a, b;
    removed_t removed;
} shared_events_t;
enum { SHARED_EVENTS = 5 };
extern const shared_events_t shared_events[SHARED_EVENTS];

/* Factor of a removed sum: to events, currency or currency squared, when the mean order is this. */
double removed_factor(removed_t r, double order_value);

/* Constants of a form. */
typedef enum {
    TIMES_1,
    TIMES_100,
    TIMES_1000,
    TIMES_POPULATION, /* real people of the population */
    TIMES_AUDIENCE,   /* real people eligible; unknown above one ad set */
    TIMES_NET_MARGIN, /* margin (1 - returns) */
    TIMES_COST,       /* 1 + fees */
    TIMES_PRODUCTION, /* production, at the plan; 0 for its parts */
    /* Of a new customer; unknown unless it is known how customers order again. */
    TIMES_REPEATS,      /* orders after the first */
    TIMES_REPEAT_VALUE, /* gross profit of these at its present value */
    TIMES_LIFETIME,     /* ... and of the first */
    TIMES_UNKNOWN,      /* of what has no number */
    LESS_COST,          /* - (1 + fees) */
    LESS_PRODUCTION,    /* - production */
    LESS_GOODS, /* - (1 - margin) (1 - returns): what goods cost though less is paid for them */
    /* At the plan; 0 for its parts: ad sets, campaigns and platforms are judged by their ads. */
    PLAN_NET_MARGIN, /* margin (1 - returns) */
    PLAN_1,
    LESS_PLAN_1 /* - 1 */
} factor_t;

typedef struct {
    quantity_t quantity;
    factor_t factor;
} term_t;

enum { FORM_TERMS = 8 };
typedef struct {
    int n;
    term_t term[FORM_TERMS];
} form_t;

typedef enum { UNIT_COUNT, UNIT_PEOPLE, UNIT_MONEY, UNIT_RATIO, UNIT_PERCENT } unit_t;

typedef struct {
    const char *name, *label; /* as a key, and as a person reads it: roas, ROAS */
    unit_t unit;
    form_t numerator, denominator; /* denominator.n = 0: 1 */
    const char *meaning;           /* one line, for the manual; the formula stands in it */
} column_t;

enum { COLUMNS = 76 };
extern const column_t columns[COLUMNS];

/* Index of a column by name, -1 if there is none. */
int column_find(const char *name);
const char *unit_name(unit_t unit);

/* Is the smaller value the better one: a cost, a loss? */
bool column_less_is_better(int column);

/* What turns quantities into money earned: of one draw of the parameters. */
typedef struct {
    double net_margin;              /* margin (1 - returns) */
    double goods;                   /* (1 - margin) (1 - returns) */
    double cost;                    /* 1 + fees */
    double production;              /* currency */
    double value;                   /* of an order, currency */
    double repeats, repeat_revenue; /* of a new customer, see repeat_orders; NAN = not known */
} economics_t;
economics_t economics_of(const product_t *product);

/* Does it take away? */
static inline bool factor_is_loss(factor_t factor)
{
    return factor == LESS_COST || factor == LESS_PRODUCTION || factor == LESS_PLAN_1;
}

/* The value of a factor. audience NAN = unknown. */
double factor_value(factor_t factor, const economics_t *economics, bool whole_plan,
                    double population, double audience);

/* What a column's numerator, or what stands below it (1 where there is none), comes to over a whole plan, of the counts of
 * one replication: in real people, of which each counted one stands for `weight`. */
double form_of_plan(const form_t *form, const int64_t *count, double weight,
                    const economics_t *economics, double population);

/* The count that a quantity is of; counts stand `stride` apart. */
int64_t row_count(const quantity_row_t *row, const int64_t *count, int stride);

/* The value of a quantity in whole units from a scope's COUNTS counts, unweighted. */
double quantity_value(quantity_t q, const int64_t *count);

#endif
