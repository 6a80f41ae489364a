/* allocation.h -- what a person asks of `adsim allocate`: the objective, the limits, and response curves of
 * her own, as they stand in the file. Plain data; money in the account's currency. */
#ifndef ADSIM_SCENARIO_ALLOCATION_H
#define ADSIM_SCENARIO_ALLOCATION_H

#include <stdbool.h>

enum {
    ALLOCATION_CELLS = 128,
    ALLOCATION_LIMITS = 32,
    ALLOCATION_PERIODS = 104, /* two years of weeks */
    CURVE_POINTS = 64
};

/* Forms of response curves: response y to spend x (ALLOCATION 3). */
typedef enum {
    CURVE_LINEAR,           /* min(slope x, max_response) */
    CURVE_POWER,            /* scale x^exponent */
    CURVE_LOG,              /* scale ln(1 + x/k) */
    CURVE_MICHAELIS_MENTEN, /* max_response x / (half + x) */
    CURVE_EXPONENTIAL,      /* max_response (1 - e^(-x/k)) */
    CURVE_HILL,             /* max_response x^slope / (x^slope + half^slope) */
    CURVE_LOGISTIC,         /* max_response (1 - e^(-rate x)) / (1 + e^(-rate x)) */
    CURVE_TANH,             /* max_response tanh(x/k) */
    CURVE_NBD_REACH,        /* people (1 - (1 + f/shape)^-shape), f = 1000 x / (cpm people) */
    CURVE_GOERG,            /* max_reach x / (x + max_reach cpm / 1000) */
    CURVE_POINTS_JOINED,    /* through points of one's own */
    CURVE_FORMS
} curve_form_t;

typedef enum {
    PARAMETER_SLOPE,
    PARAMETER_MAX_RESPONSE,
    PARAMETER_SCALE,
    PARAMETER_EXPONENT,
    PARAMETER_K,
    PARAMETER_HALF,
    PARAMETER_RATE,
    PARAMETER_PEOPLE,
    PARAMETER_CPM,
    PARAMETER_SHAPE,
    PARAMETER_MAX_REACH,
    CURVE_PARAMETERS
} curve_parameter_t;

typedef struct {
    int n;
    double spend[CURVE_POINTS], response[CURVE_POINTS];
} curve_points_t;

/* A curve of one's own. An amount that was not given is NAN. */
typedef struct {
    const char *name;
    int form;                           /* curve_form_t */
    double parameter[CURVE_PARAMETERS]; /* NAN where the form has none */
    curve_points_t *points;             /* borrowed; NULL = none */
    double min, max, fixed, min_if_used, current;
    double adstock; /* share of a period's effect that is left in the next, 0..1 */
} own_curve_t;

/* A limit of one cell, or of the sum over several. Shares are of the stated budget. */
typedef enum { AMOUNT_NONE, AMOUNT_MONEY, AMOUNT_SHARE } amount_kind_t;
typedef struct {
    double value;
    int kind; /* amount_kind_t */
} limit_amount_t;

typedef struct {
    int cell[ALLOCATION_CELLS], n; /* index of a curve, or of a plan's cell (cells.h) */
    double weight[ALLOCATION_CELLS];
    bool weighted; /* a linear constraint; else a cell or a group */
    limit_amount_t min, max, fixed, min_if_used;
} spend_limit_t;

typedef enum {
    AIM_MAX_VALUE,
    AIM_MAX_REACH,
    AIM_MAX_REACH_K,
    AIM_MAX_CONVERSIONS,
    AIM_MAX_INCREMENTAL,
    AIM_MAX_REVENUE,
    AIM_MAX_PROFIT,
    AIM_MIN_SPEND,
    AIM_TARGET_CPA,
    AIM_TARGET_ROAS,
    AIM_TARGET_MROAS,
    AIM_TARGET_FREQUENCY,
    AIM_EVALUATE
} aim_t;

typedef enum {
    RISK_MEAN,
    RISK_MEAN_MINUS_SD,
    RISK_MEAN_MINUS_VARIANCE,
    RISK_CVAR,
    RISK_CHANCE,
    RISK_QUANTILE /* what is reached with a chance of `level`: a chance beside the goal of min_spend */
} risk_t;

typedef struct {
    int aim;                 /* aim_t */
    double budget;           /* NAN = as much as the aim asks for, or the plan's */
    double goal;             /* of min_spend and the targets; NAN = none */
    double times;            /* k of max_reach_k: people who saw it at least so often */
    const char *goal_metric; /* NULL = the aim's own */
    double value;            /* what a response is worth, currency */
    double lot;              /* 0 = none */
    double change_at_most;   /* share of the current spend; NAN = any */
    int periods;             /* of curves, and of cells by period; 1 = not given */
    int carry_out;           /* effects after the last period count */
    int cells;               /* what is moved: see cells_t */
    int risk;                /* risk_t */
    double aversion, level, threshold;
    int n_curves, n_limits;
    own_curve_t curve[ALLOCATION_CELLS];
    spend_limit_t limit[ALLOCATION_LIMITS];
} allocation_t;

/* Ad sets (a campaign that shares its budget is one); all of a platform; all of an audience; ad sets, period by
 * period. */
typedef enum { CELLS_AD_SET, CELLS_PLATFORM, CELLS_SEGMENT, CELLS_PERIOD } cells_t;

/* The parameters that a form has, as bits; a parameter's key. */
extern const unsigned curve_form_parameters[CURVE_FORMS];

#endif
