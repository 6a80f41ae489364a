/* oracle.h -- the law of a flight a second time, by brute force (MODEL 11, L4): every ad opportunity is
 * an event with a rival, a score and a price of its own; nothing is thinned, sorted by rank, expected
 * instead of drawn or shared with the engine. Clear and slow; to be believed, not to be used.
 *
 * It knows: people (cells, traits, customers), activity joined over platforms, open days, hours;
 * lowest cost, manual CPM and bid caps, each asap, even or constant, by bid or by throttle; quality,
 * reserve, price limits; rolling caps of ad sets and campaigns; clicks, visits, orders, wear-out,
 * delays, pull-forward; organic visits, retargeting pools; last-touch attribution; learning.
 * It leaves out: `observed` below 1, uncertain values, customer lists, preset prices (rival_median_cpm
 * must be given).
 *
 * Time is days since the flight began. Money is currency; prices are CPM. */
#ifndef ADSIM_TESTS_ORACLE_ORACLE_H
#define ADSIM_TESTS_ORACLE_ORACLE_H

#include "sim/scenario/scenario.h"

#include <gsl/gsl_rng.h>

typedef struct {
    int level[POP_ATTRIBUTES];
    uint64_t traits;
    int customer; /* bought before */
    double signal, click, conversion,
        desirability;                    /* standard normal; the platform sees the first */
    double opportunities[MAX_PLATFORMS]; /* a day, long-run mean; 0 = does not use it */
} oracle_person_t;

/* Is the person in the static part of an audience? */
typedef int (*oracle_audience_t)(const oracle_person_t *who, int audience);

/* What the oracle counts in one replication, of simulated people. */
typedef enum {
    ORACLE_IMPRESSIONS,
    ORACLE_REACH_1, /* people with at least 1, 2, 3 impressions */
    ORACLE_REACH_2,
    ORACLE_REACH_3,
    ORACLE_SPEND, /* currency */
    ORACLE_VIEWS,
    ORACLE_CLICKS,
    ORACLE_VISITS,
    ORACLE_AD_CONVERSIONS,
    ORACLE_DISPLACED,
    ORACLE_CONVERSIONS, /* attributed */
    ORACLE_ORGANIC_CREDITED,
    ORACLE_PLATFORM_CONVERSIONS, /* what each platform would claim on its own */
    ORACLE_ORGANIC, /* orders without ads in the flight, of the audience on its platform;
                                    of the plan: of everyone */
    ORACLE_METRICS
} oracle_metric_t;

/* Where a paced ad set starts: the value it bids (CPM, for the average person, without quality_cpm) and
 * the share of opportunities it enters. NAN = the oracle's own fluid solution, which knows no caps
 * and no quality_cpm. */
typedef struct {
    double value_cpm, pass_through;
} oracle_start_t;

typedef struct {
    double value[MAX_AD_SETS + 1][ORACLE_METRICS]; /* by ad set; the plan stands after the last */
} oracle_count_t;

typedef struct oracle oracle_t;

/* The scenario is borrowed; start = one for each ad set. Aborts when memory is short. */
oracle_t *oracle_new(const scenario_t *sc, size_t people, oracle_audience_t audience,
                     const oracle_start_t *start);
void oracle_delete(oracle_t *o);

/* One flight with new people and new luck. */
void oracle_fly(oracle_t *o, gsl_rng *rng, oracle_count_t *out);

/* What a bid per result is worth per 1000 impressions: results per impression x 1000. */
double oracle_results_per_mille(const scenario_t *sc, int ad_set);

#endif
