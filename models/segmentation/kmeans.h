/* kmeans.h -- k groups with the least sum of squared distances to their means.
 *
 * Starts by k-means++ (Arthur and Vassilvitskii 2007: the next centre is drawn with probability
 * weight x D^2), then Lloyd's rounds with the bounds of Hamerly (2010), which leave out distances that
 * cannot matter: the same bytes as Lloyd's rounds without bounds, and for any number of workers. */
#ifndef ADSIM_SEGMENTATION_KMEANS_H
#define ADSIM_SEGMENTATION_KMEANS_H

#include "models/segmentation/points.h"

typedef struct {
    int k, d;
    double *centre; /* k x d; segments by falling weight, ties by their first member */
    double *weight; /* of each segment, k; their sum is that of all points */
    int *segment;   /* of each person, 0..k-1, the nearest centre; n */
    double inertia; /* sum of weight x squared distance to the own centre */
    int rounds;     /* of the start that was kept */
    bool settled;   /* no person changed segment in the last round */
    int restarts;   /* starts that were tried */
    int agreeing;   /* of them: ended at the kept inertia (relative 1e-6). 1 of 50: look again */
    double behind;  /* by how much the best of the others is worse; infinite if there are none */
} kmeans_t;         /* zeroed = none */

/* ERR_INVALID if k is not 1..SEGMENTS_MOST or fewer than k distinct points (of weight > 0) exist.
 * The caller frees, also after a failure. */
status_t kmeans_init(kmeans_t *m, const points_t *p, int k, const search_t *how, error_t *err);
void kmeans_free(kmeans_t *m);

/* One start, from these k x d centres. A centre that nobody is near goes to the person farthest from her
 * own. */
status_t kmeans_from(kmeans_t *m, const points_t *p, int k, const double *centre,
                     const search_t *how, error_t *err);

/* Start number `start` of those that kmeans_init tries: k x d centres by k-means++. */
status_t kmeans_start(double *centre, const points_t *p, int k, rng_key_t key, uint32_t start,
                      error_t *err);

/* The nearest centre of one point, the lower number of two equally near. */
int kmeans_nearest(const kmeans_t *m, const double *x);

#endif
