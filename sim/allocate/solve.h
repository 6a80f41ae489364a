/* solve.h -- the best split of a budget over cells whose responses add up, and a bound on what any split can
 * bring (the solver ladder of ALLOCATION 5).
 *
 * Concave cells: the price of money is found at which what the cells take comes to the budget (dual
 * bisection); exact. Any shape: a dynamic programme over lots, each cell then polished where its curve is
 * concave, and branch and bound until the bound of the Lagrangian meets it. Groups that share no cell are
 * solved exactly in all of these; other linear limits by their multipliers. */
#ifndef ADSIM_ALLOCATE_SOLVE_H
#define ADSIM_ALLOCATE_SOLVE_H

#include "sim/allocate/problem.h"

#include <stdint.h>

/* What holds a cell where it is. */
typedef enum {
    HOLD_BY_BUDGET, /* its next unit brings as much as any other's */
    HOLD_BY_MAX,
    HOLD_BY_MIN,
    HOLD_FIXED,
    HOLD_BY_MIN_IF_USED, /* not worth its least spend */
    HOLD_BY_CHANGE,
    HOLD_SATURATED, /* more brings nothing */
    HOLD_BY_RANGE,  /* its curve was looked at no farther */
    HOLD_AT_ZERO,   /* its first unit brings less than the others' next */
    HOLD_BY_SIDE,   /* a group or a linear limit */
    HOLD_BY_LOT,
    HOLD_BY_TARGET,  /* the aim asks for no more */
    HOLD_BY_NOTHING, /* money is left, yet it is not worth its price */
    HOLD_KINDS
} hold_t;
extern const char *const held_names[HOLD_KINDS];

typedef enum { PROOF_CONCAVE, PROOF_LOTS, PROOF_BRANCHES, PROOF_GAP } proof_t;

typedef struct {
    double spend[ALLOCATION_CELLS]; /* whole micros */
    double response[ALLOCATION_CELLS], marginal[ALLOCATION_CELLS];
    bool marginals_simulated; /* else they are slopes of the curves, and end where these do */
    hold_t held[ALLOCATION_CELLS];
    int held_side[ALLOCATION_CELLS];      /* of HOLD_BY_SIDE */
    double shadow[ALLOCATION_CELLS];      /* response per unit by which the cell's limit moves */
    double side_price[ALLOCATION_LIMITS]; /* > 0: at its high end; < 0: at its low one */
    double total_spend, total_response;
    double price; /* lambda: response of the next unit of budget */
    double bound; /* no split brings more */
    double gap;   /* (bound - response) / response; 0 = proven */
    proof_t proof;
} solution_t;

/* Why a problem has no solution, or its budget no use. */
typedef struct {
    double least, most; /* spends that the limits allow */
    char text[400];     /* names what binds; "" = feasible */
} feasibility_t;

/* Least and most that can be spent. False, with the words, if no split keeps all limits. */
bool problem_feasible(const problem_t *p, feasibility_t *out);

/* The best split. ERR_INVALID if there is none (err: why). */
status_t problem_solve(const problem_t *p, solution_t *out, error_t *err);
/* The same without branch and bound: of S-curves the gap may stay open. */
status_t problem_solve_quick(const problem_t *p, solution_t *out, error_t *err);

/* Today's, or any, split: its responses and marginals; held and prices are those of `at` (or NULL). */
void solution_of_split(const problem_t *p, const double *spend, solution_t *out);

/* What holds each cell of a split with marginals and a price, and at which price. */
void solution_explain(const problem_t *p, solution_t *s);

#endif
