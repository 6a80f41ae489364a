/* terms.h -- what of the oracle's law follows from the scenario alone, without people or luck: what an ad
 * set bids and may expect, calibrated intercepts, the closed forms that pacing starts from and steers by.
 * Time is days (hours where said), money currency, prices CPM. */
#ifndef ADSIM_TESTS_ORACLE_TERMS_H
#define ADSIM_TESTS_ORACLE_TERMS_H

#include "sim/scenario/scenario.h"

/* ---- what the ads bring ---- */

/* A lead, an app install, a site visit or, if none of these, an order. */
conversion_kind_t brought_by(const scenario_t *sc, int a);
/* Of an ad set: P(what it brings | visit) of a creative, 1 for a visit; P(... | seen) without a click; its delay;
 * the part that would have come by itself; mean and sd of what one is worth at the regular price. */
double cvr_of(const scenario_t *sc, int a, int creative);
double by_sight_of(const scenario_t *sc, int a);
const delay_t *delay_of(const scenario_t *sc, int a);
double displaced_of(const scenario_t *sc, int a);
double worth_of(const scenario_t *sc, conversion_kind_t kind, double *sd);
/* P(conversion) of a site visit without ads. */
double share_without_ads(const scenario_t *sc, conversion_kind_t kind);

/* What is paid of the regular price on a day, and how many times as many then order. */
double paid_on(const scenario_t *sc, double day);
double demand_on(const scenario_t *sc, double day);

/* Clicks, or impressions, or what its ads bring: what the platform optimises an ad set for. */
typedef enum { FOR_IMPRESSIONS, FOR_CLICKS, FOR_CONVERSIONS } optimised_t;
optimised_t optimised_for(const scenario_t *sc, int a);

/* ---- bids ---- */

/* ln CPM that the buyer states for the average person; INFINITY if she states none. */
double log_stated(const scenario_t *sc, int a);

/* Results per impression that the platform expects of a creative, and of an ad set as its rotation begins. */
double creative_rate(const scenario_t *sc, int a, int creative);
double expected_action_rate(const scenario_t *sc, int a);

/* ln CPM that is bid for it: less at first price, where it is shaded (MODEL 3.2); as pacing begins. */
double log_bid(const scenario_t *sc, int a);

/* ---- the market: times, placements, kinds of rivals ---- */

/* Log by which rivals pay more at a moment (days) on a placement. */
double log_price_at(const scenario_t *sc, int platform, double now, int placement);

/* The placement, and the kind of rivals, that a uniform number falls on. */
typedef struct {
    double median, log_sd; /* median relative to the platform's */
} rival_law_t;
int placement_drawn(const platform_t *p, double u);
rival_law_t rival_of(const platform_t *p, double u);

/* Does the ad set run on a placement; the share of opportunities on its placements; P(seen) there, clicks an
 * impression relative to the platform's, and the factor by which an estimated value is higher there. */
int is_shown_on(const ad_set_t *ad, int placement);
double share_shown_on(const scenario_t *sc, int a);
double viewability_on(const scenario_t *sc, int a, int placement);
double ctr_on(const scenario_t *sc, int a, int placement);
double advantage_on(const scenario_t *sc, int a, int placement);

/* Has its value an estimated action rate in it, which the platform foresees and must learn? And the
 * log-sd over people of what is foreseen; 0 where nothing is. */
int is_estimated(const scenario_t *sc, int a);
double foreseen_log_sd(const scenario_t *sc, int a);

/* Logits of P(click | seen) of a creative and of P(order | visit), whose means over people are the
 * stated rates (MODEL 4.1) times a factor of appeal. */
double click_intercept(const scenario_t *sc, int a, int creative, double factor);
double order_intercept(const scenario_t *sc, int a, int creative, double factor);

/* Share of the flight's opportunities before an hour of it. */
double profile_upto(const scenario_t *sc, int a, double hour);

/* ln value that wins a share of the average person's opportunities. */
double log_value_winning(const scenario_t *sc, int a, double share);

/* d ln E[cost] / d ln value for the average person. */
double spend_elasticity(const scenario_t *sc, int a, double log_value);

/* The fluid solution (MODEL 3.5): the ln value, or the pass-through at the stated one, whose expected
 * spend over the flight is the budget. The audience's users on the platform as the flight begins, and all
 * their opportunities; a cap of the ad set counts if its window is the flight. */
double fluid_start(const scenario_t *sc, int a, double users, double opportunities, double budget);

#endif
