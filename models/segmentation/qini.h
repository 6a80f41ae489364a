/* qini.h -- the Qini curve: incremental conversions by the share of people treated, best first.
 *
 * Along the people in order of a score, Q = T - C n_T / n_C: conversions of the treated so far, less those
 * of the held out so far, scaled to as many people (C = 0 while nobody was held out). People of equal
 * scores are taken together and the curve is straight between, which is its mean over their orders. The
 * area under it (trapezoids, over the share of people 0..1), less that under the straight line to its end
 * (treating at random), is the Qini coefficient, in conversions of the treated. Intervals by the Poisson
 * bootstrap over people: each counts 0, 1, 2, ... times. */
#ifndef ADSIM_SEGMENTATION_QINI_H
#define ADSIM_SEGMENTATION_QINI_H

#include "models/base/rng.h"
#include "models/base/status.h"

#include <stddef.h>
#include <stdint.h>

typedef struct {
    size_t n;
    const double *score;
    const uint8_t *treated; /* 1 = treated, 0 = held out; else: no part */
    const double *outcome;
    const double *weight; /* NULL = 1; 0 leaves a person out */
    const uint32_t
        *person; /* rows of one person and one score are drawn together, as they belong together,
                               in bootstrap samples; NULL: each row is a person */
} qini_data_t;

typedef struct {
    double share; /* of people (by weight), 0..1 */
    double q;     /* incremental conversions of the treated among them */
} qini_point_t;

typedef struct {
    size_t n_points; /* from (0, 0) on: one more than there are distinct scores */
    qini_point_t *point;
    double area, random; /* under the curve; under the line */
    double coefficient;  /* area - random */
    double low, high;    /* 95 % interval of the coefficient; NAN without bootstrap */
} qini_t;

/* ERR_INVALID if an arm is empty or a value is not a number. The caller frees, also after a failure.
 * `bootstraps` = 0: no interval; 200 is customary. */
status_t qini_init(qini_t *out, const qini_data_t *d, int bootstraps, rng_key_t key, error_t *err);

/* The same curve without the luck of an experiment, where each person's true effect is known: q = the sum
 * of the effects of those treated so far. With the effect as score it is the best there can be. No
 * interval. */
status_t qini_of_effects(qini_t *out, const double *score, const double *effect,
                         const double *weight, size_t n, error_t *err);
void qini_free(qini_t *q);

/* The curve's value at a share of people, between points by the straight line. */
double qini_at(const qini_t *q, double share);

#endif
