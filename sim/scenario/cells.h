/* cells.h -- what `adsim allocate` moves a plan's money between. */
#ifndef ADSIM_SCENARIO_CELLS_H
#define ADSIM_SCENARIO_CELLS_H

#include "sim/scenario/scenario.h"

/* In the order of the file. An ad set of a campaign that shares its budget stands for the whole campaign: between
 * its ad sets the platform moves the money. */
typedef struct {
    int n;
    const char *name[MAX_AD_SETS]; /* of an ad set, a campaign, a platform or an audience */
    int of_ad_set[MAX_AD_SETS];    /* its cell */
    int torn; /* campaign that shares its budget over several cells; -1 = none */
} plan_cells_t;

void plan_cells(const scenario_t *sc, plan_cells_t *out);

#endif
