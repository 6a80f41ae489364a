/* lots.h -- private to sim/allocate: splits into lots. */
#ifndef ADSIM_ALLOCATE_LOTS_H
#define ADSIM_ALLOCATE_LOTS_H

#include "sim/allocate/dual.h"

/* The best split of the budget in steps of `lot` above each cell's least spend, by dynamic programming over
 * value tables; sides that `inner` does not mark are paid for at their prices. False when no split in lots
 * keeps all limits. Needs steps^2 / 2 looks a cell. */
enum { LOTS_MOST = 4000 };
status_t lots_best(const problem_t *p, double lot, const dual_t *prices, double *spend, bool *found,
                   error_t *err);

/* Lot by lot to the cell where it brings the most: the best split of concave cells without sides. */
void lots_greedy(const problem_t *p, double lot, double *spend);

/* Moves single lots until limits that prices alone did not hold are kept. */
void lots_mend(const problem_t *p, double lot, double *spend);

/* Moves single lots between cells, and unspent ones into them, as long as that brings more. */
void lots_exchange(const problem_t *p, double lot, double *spend);

#endif
