/* crew.h -- processes that share one run: each has the whole scenario and all its people, replications are dealt
 * among them, and what was counted is added up, so that each holds what one process alone would.
 *
 * Everything counted is an integer, so sums are the same in any order; a replication is a function of the seed and
 * its number, so it does not matter who makes it. Whatever was summed is the same in all processes, and so is what
 * they decide by it: when to stop, how many people to take. Replications are dealt in turn: those of one scenario
 * cost alike. */
#ifndef ADSIM_EXPERIMENT_CREW_H
#define ADSIM_EXPERIMENT_CREW_H

#include "models/base/status.h"
#include "sim/metrics/counters.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct {
    size_t rank, ranks;
    /* Adds x up over all ranks, into all of them; NULL where there is one. All call it, in the same order. */
    void (*sum)(int64_t *x, size_t n);
} crew_t;

/* Is it this process that makes item i? */
bool crew_deals(const crew_t *c, size_t i);

/* What one process alone would hold: sums over all. */
void crew_sum(const crew_t *c, int64_t *x, size_t n);
void crew_sum_tables(const crew_t *c, tables_t *t);
__extension__ typedef __int128 wide_t;                    /* sums of removed variances pass 2^63 */
void crew_sum_wide(const crew_t *c, wide_t *x, size_t n); /* each below 2^94 */
void crew_join(const crew_t *c, bool *flag, size_t n);    /* true where any process has it */

/* A failure in one is one in all: its own, or ERR_UNEXPECTED that says how many others failed. */
status_t crew_agree(const crew_t *c, status_t own, error_t *err);

#endif
