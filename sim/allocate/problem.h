/* problem.h -- a budget to be split over cells whose responses add up, and what limits the split.
 *
 * Money is in the account's currency. A cell spends 0 (if `optional`) or `low`..`high`. With periods, a cell's
 * money is spread over them so that it brings the most: the effective spend of a period is
 * A_t = x_t + decay A_(t-1) (geometric adstock, as Robyn has it), its response curve(A_t); what is left after
 * the last period counts if carry_out. The spread is exact of concave curves, and looked for of others. */
#ifndef ADSIM_ALLOCATE_PROBLEM_H
#define ADSIM_ALLOCATE_PROBLEM_H

#include "models/base/status.h"
#include "sim/allocate/curve.h"

typedef struct flights flights_t; /* flights.h */

typedef struct {
    const char *name;
    curve_t curve;
    double low, high;
    bool optional;            /* may also get nothing: a minimum if used */
    double current;           /* what it gets today; NAN = unknown */
    double decay;             /* share of a period's effect that is left in the next */
    bool whole;               /* the curve is that of all periods together */
    const flights_t *flights; /* borrowed; of periods, where a curve bends upwards: problem_fly */
    /* Which of the limits low and high are: for the words. */
    bool low_given, high_given, fixed, change_limited;
} cell_t;

/* low <= sum over cells of weight x <= high; -INFINITY and INFINITY: no such end. */
typedef struct {
    double weight[ALLOCATION_CELLS];
    double low, high;
    bool plain; /* weights of 0 and 1 alone */
    char name[160];
} side_t;

typedef struct {
    int n, n_sides;
    cell_t cell[ALLOCATION_CELLS];
    side_t side[ALLOCATION_LIMITS];
    double budget; /* at most; INFINITY */
    double lot;    /* 0: any amount */
    double offset; /* response beside the sum over cells: overlap of simulated cells */
    int grid;      /* steps of a first look at curves that bend upwards; 0 = 1,000 */
    int periods;   /* at least 1 */
    bool carry_out;
} problem_t;

/* --- one cell */
/* Where the money of a cell goes, by period. */
typedef struct {
    double spend[ALLOCATION_PERIODS];
} flight_plan_t;

/* What a plan brings; and by how much that grows with what is left of the last period's effect when it is over. */
double plan_response(const problem_t *p, const cell_t *c, const flight_plan_t *plan);
double plan_slope_after(const cell_t *c, double effective);
/* Effective spends: each period's own and what is left of those before. */
void plan_effective(const flight_plan_t *plan, int periods, double decay, double *effective);
bool cell_is_scheduled(const problem_t *p, const cell_t *c);
/* ... and does its curve bend upwards, so that its spread is not known exactly? */
bool cell_is_flown(const problem_t *p, const cell_t *c);
bool problem_is_flown(const problem_t *p); /* any? */
/* Where there are any: looks for the spreads of all cells over periods, up to twice the budget, before anything else is
 * asked of them. The caller deletes them. */
status_t problem_fly(problem_t *p, flights_t *own[ALLOCATION_CELLS], error_t *err);
/* The problem whose curves are the least concave ones above: no split of it brings less. */
void problem_above(const problem_t *p, problem_t *out);
/* Response of a total spend; of a scheduled cell at its best spread (plan may be NULL). */
double cell_response(const problem_t *p, const cell_t *c, double spend, flight_plan_t *plan);
/* What the next unit brings. */
double cell_slope(const problem_t *p, const cell_t *c, double spend);
/* The allowed spend that maximises response - price * spend; of several, the largest. */
double cell_spend_at(const problem_t *p, const cell_t *c, double price);
/* Above this spend the response is concave. */
double cell_concave_from(const problem_t *p, const cell_t *c);
double cell_least(const cell_t *c); /* 0 or low */
bool problem_is_concave(const problem_t *p);

double problem_response(const problem_t *p, const double *spend);
double problem_spend(const problem_t *p, const double *spend);
double side_sum(const problem_t *p, const side_t *s, const double *spend);
/* Within every limit, up to rounding? */
bool problem_allows(const problem_t *p, const double *spend);

#endif
