/* next_money.h -- where the next unit of money of a plan causes most, and which money causes least: the move between
 * two ad sets that a run's own numbers speak for. */
#ifndef ADSIM_REPORT_NEXT_MONEY_H
#define ADSIM_REPORT_NEXT_MONEY_H

#include "sim/report/results.h"

/* Revenue that one unit of money more would cause; lo..hi at the run's interval. */
typedef struct {
    double mean, lo, hi;
} rate_t;

typedef struct {
    const char *name;       /* borrowed from the results */
    int order;              /* in the scenario */
    const char *limited_by; /* "budget", ...; "" = unknown */
    double spend;           /* currency */
    double spent;           /* of its budget, 0..1; NAN = unknown */
    rate_t next;            /* NAN: it cannot spend more, or nobody knows */
} ad_set_money_t;

typedef enum {
    ADVICE_NONE,            /* fewer than two ad sets */
    ADVICE_UNCLEAR,         /* the ranges of the best and the worst overlap */
    ADVICE_SPEND_ELSEWHERE, /* an ad set cannot spend its budget */
    ADVICE_MOVE
} advice_t;

typedef struct {
    advice_t advice;
    const ad_set_money_t *from, *to; /* NULL where there is none */
    double amount;                   /* to move, currency */
    rate_t gain;                     /* caused revenue that the move brings, currency */
    double break_even; /* revenue that a unit of money must cause to come back; NAN = unknown */
    bool simulated;    /* all rates are from response_curve.csv */
    ad_set_money_t *ad_set;
    size_t n;
} next_money_t;

/* From summary.json, and response_curve.csv where it is there: marginal ROAS as simulated. Without it, an ad set that
 * its budget limits causes with the next money what it causes now, times how its impressions grow with its budget
 * (closed form): new impressions are taken to work as the present ones do. Ranges are as wide, relative to their
 * mean, as that of iROAS. The caller frees, also after a failure. */
status_t next_money_find(next_money_t *out, results_t *results, error_t *err);
void next_money_free(next_money_t *n);

#endif
