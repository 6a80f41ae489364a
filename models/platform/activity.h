/* activity.h -- how active a person is on a platform, relative to the mean of her kind: a gamma of mean 1
 * between people (MODEL 3.1). KERNEL file. */
#ifndef ADSIM_PLATFORM_ACTIVITY_H
#define ADSIM_PLATFORM_ACTIVITY_H

/* Quantile of the unit-mean gamma: the ends of equal shares and, in both tails, the exact inverse. */
enum { ACTIVITY_NODES = 4096 };
typedef struct {
    double shape;
    double node[ACTIVITY_NODES];
} activity_table_t;
void activity_table_init(activity_table_t *t, double shape);

/* The activity below which a share `rank` of people lies, 0 < rank < 1. */
double activity_at(const activity_table_t *t, double rank);

#endif
