/* crew.h -- processes that share one run: each has the whole scenario, what there is to do is dealt among them, and
 * what was counted is added up, so that each holds what one process alone would.
 *
 * Dealt are the replications of a run (experiment/run.c), or the people of one that streams (pass.c). Everything
 * counted is an integer, so sums are the same in any order; a replication is a function of the seed and its number, a
 * window of people of that and its place, so it does not matter who makes it. Whatever was summed is the same in all
 * processes, and so is what they decide by it: when to stop, how many people to take, at which minute a budget
 * closes. How a sum is taken and items are handed out is the caller's (cli/spread.c, MPI). */
#ifndef ADSIM_ENGINE_CREW_H
#define ADSIM_ENGINE_CREW_H

#include "models/base/status.h"
#include "sim/engine/parallel.h"
#include "sim/metrics/counters.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Counts that lie together. */
typedef struct {
    int64_t *cell;
    size_t n;
} counted_t;

typedef struct {
    size_t rank, ranks;
    /* Adds x up over all ranks, into all of them; NULL where there is one. All call it, in the same order. */
    void (*sum)(int64_t *x, size_t n);
    /* Whoever is free takes the next number, from 0 on since all last called `recount`, in the order of asking.
     * NULL: items are dealt in turn. `take` is called by one thread at a time. */
    void (*recount)(void);
    size_t (*take)(void);
} crew_t;

/* A process alone. */
extern const crew_t crew_alone;

/* parallel_for of which each process makes a part: every item is made once, by one of them. All call it. */
void crew_for(const crew_t *c, size_t n, int threads, parallel_job_t job, void *context);

/* Does this process keep what all of them have? */
bool crew_leads(const crew_t *c);

/* What one process alone would hold: sums over all. */
void crew_sum(const crew_t *c, int64_t *x, size_t n);
void crew_sum_tables(const crew_t *c, tables_t *t);
__extension__ typedef __int128 wide_t;                    /* sums of removed variances pass 2^63 */
void crew_sum_wide(const crew_t *c, wide_t *x, size_t n); /* each below 2^94 */
void crew_join(const crew_t *c, bool *flag, size_t n);    /* true where any process has it */

/* A failure in one is one in all: its own, or ERR_UNEXPECTED that says how many others failed. */
status_t crew_agree(const crew_t *c, status_t own, error_t *err);

#endif
