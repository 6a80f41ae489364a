/* customers.h -- what existing customers will buy by themselves: how often (BG/NBD) and for how much
 * (Gamma-Gamma), and what that is worth today.
 *
 * BG/NBD (Fader, Hardie and Lee 2005): while alive a customer orders at her rate lambda, lambda ~
 * Gamma(r, rate alpha); after each order she drops out with her chance p, p ~ Beta(a, b). Of a customer
 * it knows x (repeat orders), t_x (age at the last one) and T (age now), all since her first order, in
 * one unit of time. Gamma-Gamma (Fader, Hardie and Lee 2005b): orders of a customer have mean z and
 * Gamma(p, rate nu) spread around it, nu ~ Gamma(q, rate gamma), independent of how often she orders.
 *
 * The expectation is summed as a series of positive terms instead of the paper's 2F1 with its
 * singularities at a = 1 and a + b = 1: with z = t/(alpha+t) and N ~ NBD,
 *   E X(t) = (1-z)^r  sum_{n>=1} (r)_n/n! z^n  S_n,   S_n = sum_{j<n} (b)_j/(a+b)_j,
 * S_n being the orders that n would-be orders come to, once dropping out is allowed for.
 *
 * The formulas (customers.c) are KERNEL; the fits (customers_fit.c) use GSL's minimiser. */
#ifndef ADSIM_RESPONSE_CUSTOMERS_H
#define ADSIM_RESPONSE_CUSTOMERS_H

#include "models/base/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct {
    double x;       /* repeat orders, whole, >= 0 */
    double t_x;     /* age at the last order, 0 <= t_x <= T; 0 if x = 0 */
    double T;       /* age now, > 0 */
    double average; /* mean amount of the repeat orders, > 0 if x > 0; for Gamma-Gamma alone */
    double weight;  /* > 0; customers alike */
} purchases_t;

typedef struct {
    double r, alpha, a, b; /* > 0; alpha in units of time */
} bgnbd_t;

/* ln of the density of a history; and its two parts, what only x decides and the rest: a fit works the
 * first out once for all who have the same x. */
double bgnbd_log_likelihood(const bgnbd_t *m, const purchases_t *c);
double bgnbd_log_of_x(const bgnbd_t *m, double x);
double bgnbd_log_of_times(const bgnbd_t *m, const purchases_t *c);
double bgnbd_expected(const bgnbd_t *m,
                      double t); /* E X(t): repeat orders of a new customer by age t */
double bgnbd_p_none(const bgnbd_t *m, double t); /* P(X(t) = 0) */
double bgnbd_p_alive(const bgnbd_t *m, const purchases_t *c);
/* Expected orders in the next t of a customer with this history. */
double bgnbd_future(const bgnbd_t *m, const purchases_t *c, double t);

/* Existing customers, whose first orders are spread evenly over the last `since`: their mean rate of repeat
 * orders today, those who dropped out included; and the rate of one of them, drawn at uniforms (0 if she has
 * dropped out): her lambda, her p as the share of one of two gamma variates, her age, and whether she still
 * is a customer, P(alive | lambda, p, T) = e^(-lambda p T). */
double bgnbd_mean_rate(const bgnbd_t *m, double since);
typedef struct {
    double lambda, dropping, staying, age, alive; /* (0, 1) */
} customer_luck_t;
double bgnbd_rate_at(const bgnbd_t *m, double since, customer_luck_t luck);

typedef struct {
    double p, q, gamma; /* > 0; gamma in currency */
} spend_t;

double spend_log_likelihood(const spend_t *m, const purchases_t *c); /* x > 0; of her average */
double spend_log_of_x(const spend_t *m, double x);
double spend_log_of_average(const spend_t *m, const purchases_t *c);
double spend_mean(const spend_t *m); /* of all customers; infinite unless q > 1 */
/* Expected mean order of a customer with this history; of one without, the mean of all. */
double spend_conditional(const spend_t *m, const purchases_t *c);

/* Present value of the expected orders of the next `periods` periods of `period` units each, an order of
 * a period discounted to its end at `discount` per period (0.01 = 1 %), times her expected order and the
 * margin. */
typedef struct {
    double period;   /* units of time, > 0 */
    int periods;     /* > 0 */
    double discount; /* > -1 */
    double margin;   /* 1 = revenue */
} lifetime_t;
double customer_value(const bgnbd_t *m, const spend_t *s, const purchases_t *c,
                      const lifetime_t *l);

/* Orders that a new customer places after her first, each counted at its present value when she places that:
 * what customer_value sums. */
double discounted_repeats(const bgnbd_t *m, const lifetime_t *l);

/* --- fits (customers_fit.c) --- */

typedef struct {
    bgnbd_t model;
    bgnbd_t error; /* standard errors, from the curvature at the maximum; NAN if there is none */
    double log_likelihood; /* at the maximum */
} bgnbd_fit_t;

typedef struct {
    spend_t model, error;
    double log_likelihood;
} spend_fit_t;

/* Maximum likelihood. ERR_INVALID names the customer (from 1) whose history is impossible, says that
 * nobody ordered again, or that the likelihood rises to the end of the parameters' range (1e-6..1e6), as
 * it does where nobody seems to drop out. Customers without repeat orders take no part in the spend model. */
status_t bgnbd_fit(const purchases_t *c, size_t n, bgnbd_fit_t *out, error_t *err);
status_t spend_fit(const purchases_t *c, size_t n, spend_fit_t *out, error_t *err);

#endif
