/* standard.h -- columns of different kinds brought to one scale, so that none rules by its unit.
 *
 * A category becomes indicators, one a level that occurs (a single one if two occur), scaled so that the
 * whole category weighs as much as one number. Under the rules of the sd and the robust one: times
 * 1 / sqrt(sum p_l (1 - p_l)), so that two people drawn at random differ on average by a squared distance
 * of 2 in the category, as in a number of sd 1, however many levels it has. Under the range: any two
 * levels are one range apart. (Hennig and Liao 2013, JRSS C 62:309-369, with their factor q = 1; they
 * advise q = 1/2 where the lumps of categories shall attract segments even less.) */
#ifndef ADSIM_SEGMENTATION_STANDARD_H
#define ADSIM_SEGMENTATION_STANDARD_H

#include "models/segmentation/points.h"

typedef enum {
    STANDARD_NONE,      /* as it is */
    STANDARD_SD,        /* (x - mean) / sd, population sd (divides by n) */
    STANDARD_SD_SAMPLE, /* the same, sample sd (divides by n - 1), as R's scale() */
    STANDARD_RANGE,     /* (x - least) / (most - least) */
    STANDARD_ROBUST, /* (x - median) / (1.4826 x median absolute deviation; if 0, IQR / 1.349; if 0, sd) */
    STANDARDS
} standard_t;
extern const char
    *const standard_names[STANDARDS]; /* "none", "sd", "sd-sample", "range", "robust" */

/* A column of a table as people have it: numbers or levels. */
typedef struct {
    const char *name;
    const double *number; /* n; or NULL and */
    const int *level;     /* n: 0..n_levels-1 */
    int n_levels;
} table_column_t;

/* What became of a column of the points: x = (number - centre) / scale, or an indicator of a level. */
typedef struct {
    int column; /* of the table */
    int level;  /* of an indicator; -1 = a number */
    double centre, scale;
} point_column_t;

typedef struct {
    points_t points;        /* x owned; weight borrowed */
    point_column_t *column; /* points.d of them */
    int dropped;            /* columns of the table that do not vary, left out */
    double *x;              /* private */
} standardised_t;           /* zeroed = none */

/* ERR_INVALID if nothing varies, a number is not finite, or a level is out of its range. */
status_t standardised_init(standardised_t *s, const table_column_t *column, int n_columns, size_t n,
                           const double *weight, standard_t how, error_t *err);
void standardised_free(standardised_t *s);

#endif
