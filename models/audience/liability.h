/* liability.h -- private to the room: how near people of different chances are to what some of them have (liability
 * threshold model; Falconer 1965). Who belongs to a row of chance p has it when y = mean + z is above 0,
 * mean = Phi^-1(p) and z standard normal; so y compares people of all rows. Over everybody y is a mixture of
 * normals, and Phi^-1 of its distribution function turns y into a standard normal: MODEL 2.3's z. */
#ifndef ADSIM_AUDIENCE_LIABILITY_H
#define ADSIM_AUDIENCE_LIABILITY_H

#include "models/base/status.h"

#include <stddef.h>

/* The standard normal at LIABILITY_STEPS + 1 values of y, and how fast it rises there. */
enum { LIABILITY_END = 17, LIABILITY_PER_UNIT = 32 };
enum { LIABILITY_STEPS = 2 * LIABILITY_END * LIABILITY_PER_UNIT };
typedef struct {
    double rank[LIABILITY_STEPS + 1], slope[LIABILITY_STEPS + 1];
} liability_t;

/* The mean of a row of chance 0..1, between those of 1e-16 and 1 - 1e-16. */
double liability_mean(double chance);

/* Of n rows with so many people each (>= 0, not all 0). ERR_MEMORY. */
status_t liability_init(liability_t *l, const double *mean, const double *people, size_t n,
                        error_t *err);

/* The standard normal of y; rises with y; absolute error below 1e-6. */
double liability_rank(const liability_t *l, double y);

#endif
