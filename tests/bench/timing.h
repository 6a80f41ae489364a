/* timing.h -- clocks and medians for the bench. No test uses them. */
#ifndef ADSIM_BENCH_TIMING_H
#define ADSIM_BENCH_TIMING_H

#include <stddef.h>

double seconds_wall(void);
double seconds_core(void);     /* of this process, all threads */
double seconds_children(void); /* core time of processes that have ended, theirs included */

/* Sorts x. */
double median(double *x, size_t n);

#endif
