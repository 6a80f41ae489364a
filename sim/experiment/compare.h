/* compare.h -- several plans under the same people, prices and luck, until it is known which is the best.
 *
 * All plans are simulated for as many people and replications; replication r of one meets the luck and the
 * parameters of replication r of the others. They run to looks of 64, 128, 256, ... replications. At a look the leader's difference from every other plan is taken with an interval that
 * holds for all pairs of plans (Bonferroni) and all looks (look k has 0.05/2^k of the error) in 95 % of
 * comparisons. It ends when each of these intervals is clear of 0, or within the indifference. */
#ifndef ADSIM_EXPERIMENT_COMPARE_H
#define ADSIM_EXPERIMENT_COMPARE_H

#include "sim/experiment/run.h"
#include "sim/metrics/comparison.h"

typedef enum {
    COMPARED_SEPARATED, /* the leader is the best */
    COMPARED_EQUAL,     /* those that are not clearly worse differ by less than the indifference */
    COMPARED_SPENT,     /* all replications have run, and it is not known */
    COMPARED_PEOPLE,    /* nor would more replications tell: other people would change the leader */
    COMPARED_INTERRUPTED,
    COMPARED_UNKNOWN /* no plan has a value of the metric */
} compared_t;

typedef struct {
    int column;
    double indifference; /* share of the leader's mean; 0 = every difference matters */
    size_t replications; /* exactly so many; 0 = until it is known */
    size_t most;         /* of these; even */
    run_options_t run;   /* people is chosen for all plans */
} compare_how_t;

/* A column of the whole plans. */
typedef struct {
    standing_t standing[PLANS_AT_MOST];
    difference_t difference[PLANS_AT_MOST][PLANS_AT_MOST]; /* [a][b], a not b */
} compared_column_t;

typedef struct {
    compare_how_t how;
    int plans;
    const char *const *name; /* borrowed */
    study_t *study;          /* of each plan */
    comparison_t *comparison;
    compared_t verdict;
    int leader; /* -1 = unknown */
    int looks;
    double confidence;        /* of the intervals of the last look */
    size_t people;            /* simulated, of each plan */
    compared_column_t *table; /* [COLUMNS], since compare_tabulate */
    /* Share of bootstrap samples in which the plan's mean is the best. */
    double sure[PLANS_AT_MOST];
} compare_t;

/* ERR_INVALID says why plans cannot meet the same luck: they have other seeds. */
status_t compare_open(compare_t *c, const scenario_t *const *plan, const char *const *name,
                      int plans, const compare_how_t *how, error_t *err);
status_t compare_simulate(compare_t *c, error_t *err);
/* Every column of every pair, once: files, JSON and page read it. After compare_simulate. */
status_t compare_tabulate(compare_t *c, error_t *err);
void compare_close(compare_t *c);

/* A plan's own estimate, of the whole plan. */
estimate_t compare_estimate(const compare_t *c, int plan, int column);

#endif
