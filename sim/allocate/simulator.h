/* simulator.h -- what a split of the plan's money brings, by simulation: the same people with the same luck for
 * every split, so that differences are those of the splits. The people are made once. */
#ifndef ADSIM_ALLOCATE_SIMULATOR_H
#define ADSIM_ALLOCATE_SIMULATOR_H

#include "models/base/status.h"
#include "sim/metrics/columns.h"
#include "sim/scenario/scenario.h"

#include <signal.h>

typedef struct {
    int threads;
    const volatile sig_atomic_t *interrupted; /* not 0 = stop; NULL = never */
} simulator_options_t;

typedef struct simulator simulator_t;

/* Cells are ad sets, or all ad sets of a platform, in the order of the file; a platform without any is no cell.
 * ERR_INVALID where a campaign shares its budget among its ad sets: nobody but the platform moves that money. */
status_t simulator_new(const scenario_t *sc, const simulator_options_t *o, simulator_t **out,
                       error_t *err);
void simulator_delete(simulator_t *s);

int simulator_cells(const simulator_t *s);
const char *simulator_cell_name(const simulator_t *s, int cell);
/* Money that the plan gives the cell, over the flight. */
double simulator_cell_budget(const simulator_t *s, int cell);
/* What an ad set gets of a split. */
double simulator_ad_set_budget(const simulator_t *s, const double *spend, int ad_set);

/* The scenario with another split; what it borrows stays borrowed. */
void simulator_plan(const simulator_t *s, const double *spend, scenario_t *out);

/* The plan's value of a column's numerator in each of `pairs` pairs of replications. */
status_t simulator_run(simulator_t *s, const double *spend, int column, size_t pairs, double *value,
                       error_t *err);
int simulator_plans(const simulator_t *s); /* simulated so far */

#endif
