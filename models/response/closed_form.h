/* closed_form.h -- what a flight's response comes to, in closed form (MODEL 4): for planning, and as
 * known answers for the simulation. Rates and windows share one unit of time. */
#ifndef ADSIM_RESPONSE_CLOSED_FORM_H
#define ADSIM_RESPONSE_CLOSED_FORM_H

#include "models/response/response.h"

/* P(at least one click in n impressions), click rates beta(a, b) between people. */
double click_at_least_once(double a, double b, double n);
/* The same when everyone clicks at one rate. */
double click_at_least_once_alike(double rate, double n);

/* Clicks a person when the n-th impression draws ctr x wear_out^(n-1): impressions NBD(mean, shape),
 * shape = INFINITY for Poisson. wear_out 1 gives ctr x mean. */
double clicks_worn(double ctr, double wear_out, double mean, double shape);

/* The exposure stock sum e^(-(t - t_j)/tau) of a steady Poisson stream (shot noise): its mean, its
 * variance, and E wear_out^stock = exp(-rate tau integral over (0,1) of (1 - r^x)/x). */
double stock_mean(double rate, double recovery);
double stock_variance(double rate, double recovery);
double stock_worn(double rate, double recovery, double wear_out);

/* Geometric adstock a_t = x_t + carry a_(t-1), n steps; the sum of one unit over `steps` steps
 * (INFINITY: for ever); the steps after which half is left. */
void adstock(const double *x, int n, double carry, double *out);
double adstock_total(double carry, double steps);
double adstock_half_life(double carry);

/* Hill response x^slope / (x^slope + half^slope), and its mean over a Poisson frequency. */
double hill(double x, double half, double slope);
double hill_poisson_mean(double mean, double half, double slope);

/* A delay mixture through two points: share1 by hours1 and share2 by hours2, the fast mean given.
 * Returns 0 if no slow mean fits. */
int delay_fit(double fast_hours, double hours1, double share1, double hours2, double share2,
              delay_t *out);

/* Organic hazard l0 and ad hazard l1 over a flight: P(conversion), and what the ads add. */
double hazard_conversion(double organic, double ad);
double hazard_incremental(double organic, double ad);

/* Share of organic conversions that a view window credits to ads shown at `rate`. */
double organic_credited(double rate, double window);
/* Attributed conversions per person and time: organic ones credited, and those the ads cause. */
double attributed_rate(double organic, double rate, double window, double effect);

/* sd of the sum of a Poisson number of amounts with this mean and sd: sqrt(n E X^2). */
double compound_poisson_sd(double count, double mean, double sd);

#endif
