/* plan.h -- one ad set's flight in closed form: reach, impressions, spend and clicks under a flight
 * cap, and the bid or the throttle that spends a budget (the fluid limit of MODEL 3.5d).
 *
 * A person's opportunities are NBD(opportunities, shape); each is won with the market's probability,
 * so her wins W are NBD too and she sees min(W, cap). The n-th impression draws ctr x wear_out^(n-1)
 * clicks. Leaves out: windows shorter than the flight, recovery, wear-in, other ad sets, days a
 * person does not open the platform. */
#ifndef ADSIM_PLATFORM_PLAN_H
#define ADSIM_PLATFORM_PLAN_H

#include "models/auction/auction.h"

typedef struct {
    double people;        /* eligible people who use the platform */
    double opportunities; /* ad opportunities of a person over the flight, mean */
    double shape;         /* of the gamma between people; INFINITY = all alike */
    market_t market;
    offer_t offer;
    double pass_through; /* share of opportunities that are entered, 0..1 */
    int cap;             /* impressions a person and flight; 0 = none */
    double ctr;          /* clicks per impression at a first exposure */
    double wear_out;     /* factor per exposure, (0, 1] */
} plan_t;

typedef struct {
    double win_probability;
    double wins;        /* of a person, before the cap */
    double reach;       /* people */
    double impressions; /* all */
    double impressions_sd;
    double spend; /* currency */
    double cpm;   /* currency per 1000 impressions */
    double clicks;
} plan_outcome_t;

plan_outcome_t plan_outcome(const plan_t *plan);

/* People with at least k impressions. */
double plan_reach_at_least(const plan_t *plan, int k);

/* ln of the factor on the value (the price limit stays) that spends `budget`; the nearer end of the
 * pacer's range (strategy.h) if none in it does. */
double plan_log_multiplier(const plan_t *plan, double budget);

/* The pass-through rate that spends `budget` at the offered value; 1 if it cannot. */
double plan_pass_through(const plan_t *plan, double budget);

/* d ln spend / d ln value at the plan's offer: the market's elasticity, damped by the cap. */
double plan_spend_elasticity(const plan_t *plan);

#endif
