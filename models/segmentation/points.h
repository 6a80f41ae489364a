/* points.h -- a table of numbers in which groups are sought, and how a search is run. */
#ifndef ADSIM_SEGMENTATION_POINTS_H
#define ADSIM_SEGMENTATION_POINTS_H

#include "models/base/rng.h"
#include "models/base/status.h"
#include "models/base/workers.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    SEGMENTS_MOST = 64, /* segments of a solution */
    COLUMNS_MOST = 512  /* columns of a table, indicators of categories counted one by one */
};

/* Person i's column j is x[i * d + j]. Double, not float: sums of squares are compared to 8 digits, and
 * bounds on distances are only worth something when rounding is far below the gaps they prove. */
typedef struct {
    size_t n; /* people, 1 to 2^31 - 1 */
    int d;    /* columns, 1 to COLUMNS_MOST */
    const double *x;
    /* Frequencies: a person of weight 2 counts as two people, in sums and in the n of a BIC. Survey
     * weights are scaled to a sum of n first. NULL = 1 each; >= 0, not all 0. */
    const double *weight;
} points_t;

/* ERR_INVALID, with row and column (from 1), for sizes out of range, a number that is not finite or
 * beyond +-1e100, a weight that is negative or not finite. Every search checks its points itself. */
status_t points_check(const points_t *p, error_t *err);

/* What a search needs besides its data. Zeroed = the defaults. */
typedef struct {
    rng_key_t key;   /* chance of starts and samples */
    int restarts;    /* starts, of which the best solution is kept; 0 = 50 */
    int rounds;      /* of one start at most; 0 = the search's own */
    size_t start_on; /* n above this: starts are tried on so many people, drawn by key, and the best
                       * goes on with all; 0 = 50,000. SIZE_MAX: every start sees everyone */
    const workers_t *workers;
    /* Told now and then how much is done, 0..1; false stops the search: ERR_INTERRUPTED. NULL: no. */
    bool (*go_on)(void *context, double done);
    void *context;
} search_t;

#endif
