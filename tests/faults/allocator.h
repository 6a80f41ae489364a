/* allocator.h -- memory that runs out when a test says so. allocator.c stands in for malloc and its kin
 * in the whole program: adsim, libyaml, jansson and the C library all ask it. One thread. */
#ifndef ADSIM_TESTS_FAULTS_ALLOCATOR_H
#define ADSIM_TESTS_FAULTS_ALLOCATOR_H

#include <stdbool.h>

typedef enum {
    FAILS_ONCE,   /* the k-th request alone: the next one is served */
    FAILS_FOREVER /* the k-th and all after it: nothing is left to say why with */
} shortage_t;

/* From now on requests are counted, and the k-th (1, 2, ...) fails. */
enum { NONE_FAILS = 1000000000 };
void memory_fails_at(long k, shortage_t how);
/* Requests are served again, and no longer counted. Was one refused? */
bool memory_failed(void);

long memory_requests(void); /* counted so far */
long memory_held(void);     /* blocks given out and not given back */

#endif
