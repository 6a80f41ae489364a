/* lloyd.h -- private to the room: one start of k-means (kmeans.h). Nothing here allocates but _init. */
#ifndef ADSIM_SEGMENTATION_LLOYD_H
#define ADSIM_SEGMENTATION_LLOYD_H

#include "models/segmentation/points.h"

typedef struct {
    const points_t *p; /* borrowed */
    const workers_t *workers;
    int k, width;            /* width: k rounded up to whole lanes */
    double *centre, *turned; /* k x d; the same by column, d x width, for all distances at once */
    double *earlier;         /* k x d: the centres of the round before */
    double *moved, *half;    /* k: how far each went; half way to its nearest neighbour */
    double *upper, *lower;   /* n: bounds of the distances to the own and to any other centre */
    double *sum, *total;     /* k x (1 + d) a chunk: weight, weight x columns; and of all */
    double *part;            /* of a chunk, whatever is summed */
    int *segment;            /* n */
    unsigned char *changed;  /* 1 = somebody of the chunk changed segment */
    int mover;               /* the centre that went farthest, */
    double farthest, next;   /* how far it went, and the next after it */
    int rounds;
    bool settled;
    double inertia;
} lloyd_t; /* zeroed = none */

status_t lloyd_init(lloyd_t *l, const points_t *p, int k, const workers_t *workers, error_t *err);
void lloyd_free(lloyd_t *l);

/* Centres by k-means++. How many were found: fewer than k if no more points differ. */
int lloyd_start(lloyd_t *l, rng_key_t key, uint32_t start);

/* From l->centre on, until nobody moves or `rounds` have passed. False: go_on said stop. */
bool lloyd_settle(lloyd_t *l, int rounds, const search_t *told, double done);

#endif
