/* dual.h -- private to sim/allocate: the Lagrangian of a problem and its best prices. */
#ifndef ADSIM_ALLOCATE_DUAL_H
#define ADSIM_ALLOCATE_DUAL_H

#include "sim/allocate/problem.h"

typedef struct {
    double price;                         /* of money, >= 0 */
    double side_price[ALLOCATION_LIMITS]; /* > 0: the high end costs; < 0: the low one */
    double spend[ALLOCATION_CELLS];       /* at those prices; of several such, the one that fits */
    double jump[ALLOCATION_CELLS];        /* by how much it could differ at the same prices */
    double bound;                         /* no split brings more */
} dual_t;

/* Sides that share no cell with an earlier one of their kind are solved within each price of money; `inner`
 * marks them. */
void sides_sort(const problem_t *p, bool inner[ALLOCATION_LIMITS]);

void problem_dual(const problem_t *p, dual_t *out);

/* What a cell pays for a unit: money and its sides. */
double cell_price(const problem_t *p, int cell, double price, const double *side_price);

#endif
