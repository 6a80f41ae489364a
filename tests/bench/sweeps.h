/* sweeps.h -- what a sweep of many small points takes beside its points. */
#ifndef ADSIM_BENCH_SWEEPS_H
#define ADSIM_BENCH_SWEEPS_H

/* Of one thread: time over the sum of the points' own, as the store has it, and core time a point; 0 after a failure. */
typedef struct {
    double over_points, point_seconds;
} sweep_times_t;

void sweeps_measure(char *adsim, sweep_times_t *out);

#endif
