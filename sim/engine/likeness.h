/* likeness.h -- inside the engine: what people truly are to the product: whom it suits, how near they
 * are to being customers, and whom a platform takes for customers' likes (MODEL 2.3). */
#ifndef ADSIM_ENGINE_LIKENESS_H
#define ADSIM_ENGINE_LIKENESS_H

#include "sim/engine/world.h"

/* By person of the population or window; NULL where all are alike. */
typedef struct {
    size_t first;     /* person */
    uint8_t *appeals; /* appeals that suit her (bits) */
    float *
        affinity; /* affinity_factor; of customers: how often they order, relative to all of them */
    uint64_t *chosen;   /* ad sets whose lookalike audience she is in (bits) */
    uint64_t *true_top; /* ... in which she would be, did the platform know her affinity */
} likeness_t;

status_t likeness_init(likeness_t *l, const world_t *w, const population_t *pop,
                       uint32_t replication, int threads, error_t *err);
/* The same without a world: of the ad sets of sc, whose lookalikes are chosen. */
status_t likeness_of_people(likeness_t *l, const scenario_t *sc, const population_t *pop,
                            rng_key_t key, int threads, error_t *err);
void likeness_free(likeness_t *l);

static inline unsigned appeals_of(const likeness_t *l, size_t person)
{
    return l->appeals ? l->appeals[person - l->first] : 0;
}
static inline float affinity_of(const likeness_t *l, size_t person)
{
    return l->affinity ? l->affinity[person - l->first] : 1;
}

#endif
