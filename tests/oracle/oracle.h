/* oracle.h -- the law of a flight a second time, by brute force (MODEL 11, L4): every ad opportunity is
 * an event with a rival, a score and a price of its own; nothing is thinned, sorted by rank or shared
 * with the engine. Clear and slow; to be read beside MODEL and believed, not to be used.
 *
 * It knows: people (cells, traits, customers), activity joined over platforms, open days, hours; lowest
 * cost, manual CPM and bid caps, each asap, even or constant, by bid or by throttle; quality, reserve,
 * price limits; prices by month, weekday and hour; placements; kinds of rivals; first price, shaded or
 * not; rolling caps of ad sets and campaigns; clicks, visits, orders, wear-out, delays,
 * pull-forward; brand stock; organic visits, retargeting pools, customer lists; attribution by last and first touch, linear, time decay,
 * position; learning; rotations;
 * kinds of conversions; promotions; satiation; people who stand for several; values drawn anew for each flight; labels that err, lookalikes, appeals
 * and affinity.
 * It leaves out: bid caps where appeals or affinity act, `observed` below 1, preset prices (rival_median_cpm must be given), tables of activity
 * and use by age, latent classes; pacing with quality_cpm.
 *
 * Time is days since the flight began. Money is currency; prices are CPM. */
#ifndef ADSIM_TESTS_ORACLE_ORACLE_H
#define ADSIM_TESTS_ORACLE_ORACLE_H

#include "tests/oracle/people.h"

/* Is the person, truly or as she is labelled, in what an audience includes and excludes? And, for
 * ORACLE_APPEAL + k, does the product's k-th appeal fit her? */
enum { ORACLE_APPEAL = 1000 };
typedef int (*oracle_audience_t)(const oracle_person_t *who, int audience);

/* What is counted in one flight, of simulated people. Every event is drawn and counted; the EXPECTED_
 * rows count its probability at the moment it was drawn, which has the same mean and less spread. */
typedef enum {
    ORACLE_IMPRESSIONS,
    ORACLE_REACH_1, /* people with at least 1, 2, 3, 5, 10 impressions */
    ORACLE_REACH_2,
    ORACLE_REACH_3,
    ORACLE_REACH_5,
    ORACLE_REACH_10,
    ORACLE_SPEND, /* currency */
    ORACLE_VIEWS,
    ORACLE_CLICKS,
    ORACLE_VISITS,
    ORACLE_AD_CONVERSIONS,
    ORACLE_DISPLACED,
    ORACLE_BRAND_CONVERSIONS, /* orders through the brand */
    ORACLE_BRAND_REVENUE,     /* currency */
    ORACLE_RUN_OFF,           /* orders that ads cause in either way, after the flight */
    ORACLE_INCREMENTAL,       /* caused by ads, through the brand too, less displaced */
    ORACLE_AD_REVENUE,        /* currency */
    ORACLE_DISPLACED_REVENUE,
    ORACLE_CONVERSIONS, /* attributed */
    ORACLE_REVENUE,     /* attributed, currency */
    ORACLE_ORGANIC_CREDITED,
    ORACLE_PLATFORM_CONVERSIONS, /* what each platform would claim on its own */
    ORACLE_FIRST_TOUCH,          /* attributed by other models */
    ORACLE_LINEAR,
    ORACLE_TIME_DECAY,
    ORACLE_POSITION,
    ORACLE_ORGANIC, /* orders without ads in the flight, of the scope's audience; of the
                                    plan: of everyone */
    ORACLE_EXPECTED_CLICKS,
    ORACLE_EXPECTED_VISITS,
    ORACLE_EXPECTED_INCREMENTAL,
    ORACLE_ON_TARGET, /* impressions of people truly in the audience */
    ORACLE_REACH_ON_TARGET,
    ORACLE_ON_TARGET_INCREMENTAL, /* expected */
    ORACLE_TRUE_AUDIENCE,         /* people of the platform truly in the audience */
    ORACLE_MISSED,                /* of those, whom labels or the match of a list keep out */
    ORACLE_METRICS
} oracle_metric_t;

/* Scopes in this order: ad sets, campaigns, platforms, the plan. */
enum { ORACLE_SCOPES = MAX_AD_SETS + MAX_CAMPAIGNS + MAX_PLATFORMS + 1 };
typedef struct {
    double value[ORACLE_SCOPES][ORACLE_METRICS];
} oracle_count_t;

typedef struct oracle oracle_t;

/* For flights of scenarios with these platforms; `people` simulated people. Aborts when memory is
 * short. */
oracle_t *oracle_new(const scenario_t *sc, size_t people, oracle_audience_t audience);
void oracle_delete(oracle_t *o);

/* One flight of a scenario with new people and new luck. */
void oracle_fly(oracle_t *o, const scenario_t *sc, gsl_rng *rng, oracle_count_t *out);

#endif
