/* criteria.h -- how well separated given groups are. segment[i] is 0..k-1; squared Euclidean geometry. */
#ifndef ADSIM_SEGMENTATION_CRITERIA_H
#define ADSIM_SEGMENTATION_CRITERIA_H

#include "models/segmentation/points.h"

/* Mean silhouette (Rousseeuw 1987), s = (b - a) / max(a, b), 0 in a group of one, -1..1; Euclidean.
 * With more than `most` people (0 = 4,000) both who is asked and whom they are compared with are `most`
 * drawn by key, the cost being their square. each: s of everyone asked in order, NAN for others; n, or
 * NULL. NAN if there is but one group. */
status_t silhouette(double *mean, double *each, const points_t *p, const int *segment, int k,
                    size_t most, const search_t *how, error_t *err);

/* Groups without anybody are left out. */
typedef struct {
    double within;  /* sum of weight x squared distance to the own mean: the inertia */
    double between; /* the same of the means to the mean of all */
    /* (between / (groups - 1)) / (within / (n - groups)) (Calinski and Harabasz 1974): more is better. */
    double calinski_harabasz;
    /* Mean over groups of the worst (spread + other's spread) / distance of the means, spread being the
     * mean distance to the own mean (Davies and Bouldin 1979): less is better. */
    double davies_bouldin;
} separation_t; /* NAN where there is but one group */

status_t separation(separation_t *s, const points_t *p, const int *segment, int k, error_t *err);

#endif
