/* indices.h -- whose doubt is it? Sobol's indices of a number that several unsure ones make (MODEL 5.6).
 *
 * Saltelli's design: N rows of two independent points A and B, and for each input i the point A with B's value
 * of i. First index, what certainty about i alone would take off the variance: mean(f_B (f_ABi - f_A)) / V
 * (Saltelli 2010); total index, what i has a part in: mean((f_A - f_ABi)^2) / 2V (Jansen 1999). V is the variance
 * over A and B, less that of the luck within a simulation, which all points of a row share. */
#ifndef ADSIM_METRICS_INDICES_H
#define ADSIM_METRICS_INDICES_H

#include "models/base/rng.h"
#include "models/base/status.h"

#include <stddef.h>

/* Values of f by row. Borrowed. */
typedef struct {
    size_t rows;
    int inputs;
    const double *a, *b;
    const double *mixed; /* [input][rows] */
    double luck;         /* variance of f at a given point; 0 for a function without chance */
} saltelli_t;

typedef struct {
    double value, low, high; /* 95 % by the bootstrap of rows */
} index_t;
typedef struct {
    index_t first, total;
} indices_t;

/* The variance of f over its inputs; 0 if luck is all there is. */
double saltelli_variance(const saltelli_t *s);
/* Indices of every input into `out`; NAN where the variance is 0. */
status_t saltelli_indices(const saltelli_t *s, rng_key_t key, indices_t *out, error_t *err);

#endif
