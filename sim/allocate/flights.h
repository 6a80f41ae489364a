/* flights.h -- private to sim/allocate: the money of a curve that bends upwards over periods.
 *
 * Where a curve is an S, money is better spent in flights than evenly, and how many flights there should be changes with
 * the money. Nothing proves a spread to be the best; what no spread can surpass comes from the least concave curve above
 * the S (curve_envelope), of which the best spread is known exactly. */
#ifndef ADSIM_ALLOCATE_FLIGHTS_H
#define ADSIM_ALLOCATE_FLIGHTS_H

#include "sim/allocate/problem.h"

/* The best spreads that were found of many totals, and a curve through what they bring. */
enum { FLIGHT_TOTALS = 64 };
struct flights {
    int n;
    double total[FLIGHT_TOTALS + 1];
    flight_plan_t plan[FLIGHT_TOTALS + 1];
    spline_t *value; /* for the split between cells; what a spread brings is always worked out */
};

/* Totals up to `top`. One for flights_delete(); NULL when memory is out. */
flights_t *flights_new(const problem_t *p, const cell_t *c, double top);
void flights_delete(flights_t *f);

/* A total's spread: those of the totals beside it in proportion, the better one; improved, or as it is. */
double flights_spread(const problem_t *p, const cell_t *c, double total, bool improve,
                      flight_plan_t *plan);
/* What the next unit brings where it brings the most. */
double flights_slope(const problem_t *p, const cell_t *c, const flight_plan_t *plan);

#endif
