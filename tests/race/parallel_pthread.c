/* parallel_pthread.c -- sim/engine/parallel.h over POSIX threads, for ThreadSanitizer: it does not
 * understand libgomp's locks and would report races that are not there. */
#include "sim/engine/parallel.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { MOST_THREADS = 64 };

typedef struct {
    parallel_job_t job;
    void *context;
    size_t n;
    atomic_size_t next;
} shared_t;

typedef struct {
    shared_t *shared;
    int worker;
} worker_t;

static void *work(void *given)
{
    worker_t *w = given;
    for (;;) {
        /* Relaxed: handing out numbers must not order the jobs' own memory. */
        size_t i = atomic_fetch_add_explicit(&w->shared->next, 1, memory_order_relaxed);
        if (i >= w->shared->n) return NULL;
        w->shared->job(w->shared->context, i, w->worker);
    }
}

void parallel_for(size_t n, int threads, parallel_job_t job, void *context)
{
    shared_t shared = {job, context, n, 0};
    pthread_t thread[MOST_THREADS];
    worker_t worker[MOST_THREADS];
    if (threads > MOST_THREADS) threads = MOST_THREADS;
    for (int t = 0; t < threads; t++) {
        worker[t] = (worker_t){&shared, t};
        if (pthread_create(&thread[t], NULL, work, &worker[t])) abort();
    }
    for (int t = 0; t < threads; t++) pthread_join(thread[t], NULL);
}

void parallel_alone(void (*job)(void *context), void *context)
{
    static pthread_mutex_t one = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&one);
    job(context);
    pthread_mutex_unlock(&one);
}

int parallel_threads_available(void)
{
    return MOST_THREADS;
}
