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

/* Between over within variance, (B / (k-1)) / (W / (n-k)) (Calinski and Harabasz 1974): more is better. */
double calinski_harabasz(const points_t *p, const int *segment, int k);

/* Mean over groups of the worst (spread_i + spread_j) / distance_ij (Davies and Bouldin 1979): less is better. */
double davies_bouldin(const points_t *p, const int *segment, int k);

#endif
