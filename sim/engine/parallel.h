/* parallel.h -- the only door to threads. */
#ifndef ADSIM_ENGINE_PARALLEL_H
#define ADSIM_ENGINE_PARALLEL_H

#include <stddef.h>

/* Calls job(context, i, worker) for i = 0..n-1, at most `threads` at a time, in no order; worker is
 * 0..threads-1 and names scratch space that no other call uses meanwhile. */
typedef void (*parallel_job_t)(void *context, size_t i, int worker);
void parallel_for(size_t n, int threads, parallel_job_t job, void *context);

/* Calls job(context) while no other thread is in a job called so. */
void parallel_alone(void (*job)(void *context), void *context);

/* Processors this process may use. */
int parallel_threads_available(void);

#endif
