/* aim.h -- from what is wanted to the budget that gives it: most of something, least money for a result, a
 * return or a cost that must be kept. */
#ifndef ADSIM_ALLOCATE_AIM_H
#define ADSIM_ALLOCATE_AIM_H

#include "sim/allocate/solve.h"

#include <stddef.h>

typedef struct {
    aim_t aim;
    double goal;  /* of min_spend and the targets; NAN = none */
    double value; /* currency a response */
} aiming_t;

typedef struct {
    solution_t best;
    bool reached;                           /* the goal, if there is one */
    double achieved;                        /* the aim's own measure: response, ROAS, CPA, ... */
    double attainable_low, attainable_high; /* of that measure, over all budgets that are allowed */
    double unspent; /* of the budget: nothing takes it, or it is not worth it */
    char text[400]; /* why the goal is out of reach; "" = it is not */
} outcome_t;

/* The measure that a goal is set in, at a spend and response. */
double aim_measure(const aiming_t *a, double spend, double response, double price);
bool aim_has_goal(aim_t aim);
/* What is said of a goal out of reach: "the most that can be had is 812.3, below 1000", the first of these with so many
 * digits. */
void aim_words_out_of_reach(const aiming_t *a, double best, int digits, char *out, size_t size);
/* Is money left over on purpose? */
bool aim_chooses_spend(aim_t aim);

status_t aim_solve(const problem_t *p, const aiming_t *a, outcome_t *out, error_t *err);

#endif
