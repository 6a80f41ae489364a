/* workers.h -- work for several hands, lent by the caller. Models start no threads; they cut their work
 * into tasks whose results do not depend on who does them or when, and hand the tasks to these. */
#ifndef ADSIM_BASE_WORKERS_H
#define ADSIM_BASE_WORKERS_H

#include <stddef.h>

typedef struct {
    /* Calls task(context, k) for k = 0..n_tasks-1, each once, in any order, perhaps at the same time;
     * returns when all are done. NULL: one after the other. */
    void (*run)(void *self, size_t n_tasks, void (*task)(void *context, size_t k), void *context);
    void *self;
} workers_t; /* zeroed = one after the other; so is a NULL pointer to one */

static inline void workers_run(const workers_t *w, size_t n_tasks,
                               void (*task)(void *context, size_t k), void *context)
{
    if (w && w->run) {
        w->run(w->self, n_tasks, task, context);
        return;
    }
    for (size_t k = 0; k < n_tasks; k++) task(context, k);
}

#endif
