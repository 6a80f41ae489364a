/* response.h -- what a person does after an impression: sees, clicks, visits, buys, later buys less.
 *
 * p(click | impression) = ctr_i g(A); p(visit | click) = visit_rate; p(order | visit) = cvr_i;
 * p(order | view) = view_conversion g(A), caused by the sight alone. Person effects are logit-normal
 * with calibrated intercepts: the mean over people equals the stated rate (MODEL 4.1, 4.2). */
#ifndef ADSIM_RESPONSE_RESPONSE_H
#define ADSIM_RESPONSE_RESPONSE_H

#include "models/response/customers.h"
#include "models/response/price.h"

#include <stdint.h>

/* From a click or a sight to what it brings: a mixture of two exponentials. */
typedef struct {
    double fast_share; /* w; 1 with both means 0 = no delay */
    double fast_hours; /* a, mean */
    double slow_hours; /* b, mean */
} delay_t;

/* Parameters. */
typedef struct {
    double person_sd;             /* sd of the logit of a person's click (and order) rate */
    double click_cvr_correlation; /* of the person effects on clicking and ordering, -1..1 */
    double prediction;            /* share of the variance of a person's click effect that the
                                     platform's estimated action rate foresees, 0..1 */
    double wear_in;           /* g0: effect of a first exposure relative to a worn-in one, (0, 1] */
    double wear_in_exposures; /* a_in, > 0 */
    double wear_out;          /* r: factor per exposure, (0, 1] */
    double recovery_days;     /* tau_f: the exposure stock decays by e in this time; INFINITY */
    double visit_rate;        /* visits per click */
    double cvr;               /* orders per visit */
    double view_conversion;   /* orders per viewed impression that the sight alone causes */
    double brand_effect;      /* of a seen impression in her brand stock: more orders, relative to
                                 those that come by themselves; >= 0 */
    double brand_half_life_days; /* of the brand stock, > 0 */
    delay_t delay;
    double learning_noise; /* omega0: log-sd of the estimated action rate before any result */
} response_t;

/* How customers order again. Time in days. */
typedef struct {
    bgnbd_t orders;      /* r = 0: not known */
    spend_t spend;       /* of their orders; p = 0: the product's value */
    double since_days;   /* existing customers placed their first order within this time, evenly */
    double horizon_days; /* a new customer's orders count up to this age */
    double discount;     /* of what comes later, a year */
} customer_base_t;
static inline int repeats_known(const customer_base_t *c)
{
    return c->orders.r > 0;
}

/* How many orders come by themselves on a day, relative to a day on which every factor is 1; logs. */
typedef struct {
    double log_month[12], log_weekday[7]; /* January; Monday */
} season_t;

/* What an order takes, for a while, of the chance of another one after an ad. */
typedef struct {
    double effect; /* share of the chance that it takes at once, 0..1 */
    double half_life_days;
} satiation_t;

typedef struct {
    double value, value_sd;   /* mean and sd of an order, currency */
    double margin;            /* gross margin, 0..1 */
    double organic_new;       /* orders a person and day without ads, people who never bought */
    double organic_existing;  /* the same, existing customers */
    double visit_to_order;    /* orders per organic site visit */
    double affinity;          /* log-sd over people of how much more they order; see below */
    double pull_forward;      /* share of ad-caused orders that would have come by themselves */
    double pull_forward_days; /* ... within this time */
    double fees;              /* share of spend */
    double production;        /* currency, once */
    double returns;           /* share of revenue sent back */
    customer_base_t customers;
    season_t season;
    price_plan_t price;
    satiation_t satiation;
} product_t;

/* Who is credited with an order (attribution.h, markov.h, shapley.h). */
typedef enum {
    CREDIT_LAST_TOUCH,
    CREDIT_FIRST_TOUCH,
    CREDIT_LINEAR,
    CREDIT_TIME_DECAY,
    CREDIT_POSITION,
    CREDIT_MARKOV,
    CREDIT_SHAPLEY,
    CREDIT_MODELS
} credit_model_t;

/* What a channel is to the models that compare channels. */
typedef enum { CHANNEL_AD_SET, CHANNEL_CAMPAIGN, CHANNEL_PLATFORM } channel_t;

typedef struct {
    double click_window_days, view_window_days;
    double observed; /* share of conversions that a platform can see, 0..1 */
    credit_model_t model;
    double half_life_days; /* of CREDIT_TIME_DECAY, > 0 */
    double first_share,
        last_share;     /* of CREDIT_POSITION: of the first and the last of three touches
                                       or more, together at most 1; those between share the rest */
    channel_t channels; /* of CREDIT_MARKOV and CREDIT_SHAPLEY */
} attribution_t;

/* How much more than the average person somebody orders, by herself and after an ad's click or sight,
 * who stands at z of a standard normal affinity to being a customer: exp(b z - b^2/2), b the product's
 * affinity. Over everybody it averages 1. */
double affinity_factor(double b, double z);

/* What an order that came with a probability, so many days ago, leaves of her chance: 1 - p effect 2^(-days/half-life). */
double satiation_left(const satiation_t *s, double probability, double days);

/* What a new customer orders after her first order: in orders, and as their revenue at its present value; NAN
 * where it is not known how customers order again. */
double repeat_orders(const product_t *p);
double repeat_revenue(const product_t *p);

int season_varies(const season_t *s);
double season_factor(const season_t *s, int month /* 1..12 */, int weekday /* 0 = Monday */);

/* E[value^2] in squares of the mean value: 1 + (sd / mean)^2. */
double value_square(double mean, double sd);

/* Intercept m with E expit(m + sd Z) = rate, 0 < rate < 1 (resp_logit_normal_calibrate), and the
 * mean that an intercept gives. */
double logit_normal_intercept(double rate, double sd);
double logit_normal_mean(double intercept, double sd);

/* Log-sd of the part of a person's click effect that the platform foresees: its estimated action rate
 * is the average one times exp(foreseen_sd * signal - foreseen_sd^2 / 2), signal ~ N(0,1). */
double foreseen_sd(const response_t *r);

/* A person's standard normal effects on the logits of clicking and of ordering, from what the platform
 * knows of her (signal) and two standard normals that it does not know. */
typedef struct {
    double click, order;
} effects_t;
effects_t person_effects(const response_t *r, double signal, double own_click, double own_order);

/* g(A) = r^A (1 - (1-g0) e^{-A/a_in}) / g0; g(0) = 1. A = decayed stock of earlier impressions. */
double wear_factor(const response_t *r, double stock);

/* Stock left after `days`. */
double wear_decay(const response_t *r, double days);

/* Brand carry-over (MODEL 4.3): each seen impression adds 1 to a person's brand stock, which halves every
 * half-life; while it lasts she orders more, by brand_effect x stock x what she orders by herself. The orders
 * that one impression brings in all follow from this, and are as late as the stock is old: after an
 * exponential time of mean brand_days. */
double brand_days(const response_t *r);
double brand_orders(const response_t *r, double organic_orders_a_day);

/* Delay of a conversion in hours at uniforms (which, when). */
double delay_hours(const delay_t *d, double which, double when);
double delay_cdf(const delay_t *d, double hours);

#endif
