/* parallel.c -- the only file that knows OpenMP. */
#include "sim/engine/parallel.h"

#include <omp.h>

void parallel_for(size_t n, int threads, parallel_job_t job, void *context)
{
    if (threads == 1) { /* no team: libgomp ends the program when it finds no memory for one */
        for (size_t i = 0; i < n; i++) job(context, i, 0);
        return;
    }
#pragma omp parallel for schedule(dynamic, 1) num_threads(threads)
    for (size_t i = 0; i < n; i++) job(context, i, omp_get_thread_num());
}

void parallel_alone(void (*job)(void *context), void *context)
{
#pragma omp critical(parallel_alone)
    job(context);
}

int parallel_threads_available(void)
{
    return omp_get_num_procs();
}
