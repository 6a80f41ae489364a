/* cells.h -- what `adsim allocate` moves a plan's money between. */
#ifndef ADSIM_SCENARIO_CELLS_H
#define ADSIM_SCENARIO_CELLS_H

#include "sim/scenario/scenario.h"

/* In the order of the file. An ad set of a campaign that shares its budget stands for the whole campaign: between
 * its ad sets the platform moves the money. Cells by period are those of the ad sets, each in every period of the
 * flight, one after the other: equal parts of whole days, `allocate.periods` of them, or weeks from its first day. */
typedef struct {
    int n;
    const char *name
        [ALLOCATION_CELLS]; /* of an ad set, a campaign, a platform or an audience; and the period */
    int of_ad_set[MAX_AD_SETS]; /* its cell, the one of the first period */
    int torn;                   /* campaign that shares its budget over several cells; -1 = none */
    int n_periods;              /* 1: one budget for the whole flight */
    days_t period[BUDGET_PERIODS];
    int n_groups;                   /* n / n_periods */
    const char *group[MAX_AD_SETS]; /* names, the period left out */
    int too_many; /* periods that there would be; then there is one. 0 = they are not too many */
    char text[ALLOCATION_CELLS][232]; /* what `name` borrows */
} plan_cells_t;

void plan_cells(const scenario_t *sc, plan_cells_t *out);

/* Of an ad set's money by its own schedule, what lies in a period: evenly over the days on which it runs. */
double ad_set_budget_on(const scenario_t *sc, int ad_set, days_t days);

#endif
