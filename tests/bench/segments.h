/* segments.h -- times of the searches for segments in a million people. */
#ifndef ADSIM_BENCH_SEGMENTS_H
#define ADSIM_BENCH_SEGMENTS_H

#include "models/base/status.h"

/* Wall seconds on RIG_THREADS threads. */
typedef struct {
    double kmeans; /* 16 columns, 8 segments: 50 starts on a sample, the best on with everyone */
    double kmeans_whole; /* 10 starts with everyone */
    double
        latent; /* 64 yes/no items, 8 classes: 50 starts on a sample, the best on with everyone */
} segments_t;

status_t segments_measure(segments_t *s, error_t *err);

#endif
