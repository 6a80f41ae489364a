/* simulator.h -- what a split of the plan's money brings, by simulation: the same people with the same luck for
 * every split, so that differences are those of the splits. The people are made once. */
#ifndef ADSIM_ALLOCATE_SIMULATOR_H
#define ADSIM_ALLOCATE_SIMULATOR_H

#include "models/base/status.h"
#include "sim/experiment/step.h"
#include "sim/metrics/columns.h"
#include "sim/scenario/scenario.h"

#include <signal.h>

typedef struct {
    size_t people; /* simulated; 0 = as many as a run of the scenario takes */
    int threads;
    const volatile sig_atomic_t *interrupted;            /* not 0 = stop; NULL = never */
    void (*progress)(void *context, const step_t *step); /* after each plan; NULL = none */
    void *context;
} simulator_options_t;

typedef struct simulator simulator_t;

/* Cells are those of cells.h. ERR_INVALID where one would tear a campaign that shares its budget apart: nobody but
 * the platform moves that money. */
status_t simulator_new(const scenario_t *sc, const simulator_options_t *o, simulator_t **out,
                       error_t *err);
void simulator_delete(simulator_t *s);

int simulator_cells(const simulator_t *s);
const char *simulator_cell_name(const simulator_t *s, int cell);
/* Of cells by period, how many each ad set has, one after the other, and whose a cell is; 1 = cells are not by
 * period. A cell's name ends with the first day of its period. */
int simulator_periods(const simulator_t *s);
const char *simulator_cell_group(const simulator_t *s, int cell);
/* Money that the plan gives the cell, over the flight; and the least it can do with: what campaigns promise their
 * ad sets. */
double simulator_cell_budget(const simulator_t *s, int cell);
double simulator_cell_least(const simulator_t *s, int cell);
/* False of a period in which it has no day to run. */
bool simulator_cell_runs(const simulator_t *s, int cell);
/* What an ad set gets of a split, over the flight. */
double simulator_ad_set_budget(const simulator_t *s, const double *spend, int ad_set);

/* The scenario with another split; what it borrows stays borrowed. */
void simulator_plan(const simulator_t *s, const double *spend, scenario_t *out);

/* What is counted of a plan: numerators of columns, or what stands below them. */
enum { MEASURES_MOST = 4 };
typedef struct {
    int n;
    struct {
        int column;
        bool below;
    } of[MEASURES_MOST];
} measures_t;

/* The whole plan's measures in each of `pairs` pairs of replications, value[2 pair + replication][measure]. */
status_t simulator_run(simulator_t *s, const double *spend, const measures_t *measures,
                       size_t pairs, double *value, error_t *err);
/* One column alone, value[pair]: the mean of a pair's two replications. */
status_t simulator_response(simulator_t *s, const double *spend, int column, size_t pairs,
                            double *value, error_t *err);
/* Parts that random groups of the people have in the plan that was simulated last: what another sample of people would
 * have changed is told by leaving each group out. */
typedef struct {
    double response[JACKKNIFE_GROUPS], spend[JACKKNIFE_GROUPS];
} by_group_t;
void simulator_by_group(const simulator_t *s, int column, by_group_t *out);
/* Share of the people who are not simulated and might have been; 0 where they are made anew in each replication. */
double simulator_left_out(const simulator_t *s);
int simulator_plans(const simulator_t *s); /* simulated so far */
/* What the next plans are simulated for, and about how many they are: for progress. 0 = nobody knows. */
void simulator_step(simulator_t *s, const char *doing, int plans);
size_t simulator_people(const simulator_t *s);

#endif
