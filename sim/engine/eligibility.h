/* eligibility.h -- inside the engine: what people are to the ad sets. Many people are the same to all of them: each
 * different eligibility stands once in a register, which stays in a core's cache, and a person has its number. */
#ifndef ADSIM_ENGINE_ELIGIBILITY_H
#define ADSIM_ENGINE_ELIGIBILITY_H

#include "models/base/status.h"

#include <stddef.h>
#include <stdint.h>

/* Ad sets (bits), whether or not any of them will ever reach her. */
typedef struct {
    uint64_t now;        /* static audiences */
    uint64_t pool;       /* retargeting audiences: those she joins while she is in their pool */
    uint64_t truth;      /* audiences that she truly fits, reached or not */
    uint64_t excludable; /* ad sets of a pool or list that they leave out and she may be in */
} eligibility_t;

typedef struct {
    eligibility_t *of; /* by number */
    size_t n, capacity;
    uint32_t *slot; /* numbers + 1, by hash */
    size_t n_slots; /* a power of two */
} eligibilities_t;

/* The number of an eligibility, a new one if it has none yet. */
status_t eligibilities_find(eligibilities_t *r, const eligibility_t *e, uint32_t *number,
                            error_t *err);
/* No new ones will come. */
void eligibilities_close(eligibilities_t *r);
void eligibilities_free(eligibilities_t *r);

#endif
