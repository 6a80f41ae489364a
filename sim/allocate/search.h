/* search.h -- the best split where responses do not add up (overlap, caps, risk): money is moved between cells,
 * in smaller and smaller lots, as long as the joint outcome gains. */
#ifndef ADSIM_ALLOCATE_SEARCH_H
#define ADSIM_ALLOCATE_SEARCH_H

#include "sim/allocate/problem.h"

typedef struct {
    const problem_t *problem; /* for its limits */
    /* The outcome of a split, the same for the same split. */
    double (*value)(void *context, const double *spend);
    /* NULL, or about what a cell's step changes: where a look is dear, only the exchanges that promise the most are
     * looked at. */
    double (*guess)(void *context, int cell, double from, double to);
    void *context;
    double first, last; /* lots, from the largest to the smallest */
    int looks_most;     /* at the outcome */
    int looks;          /* taken so far */
} search_t;

/* Moves `spend` uphill; returns its outcome, which is never below that of the start. */
double search_climb(search_t *s, double *spend);

#endif
