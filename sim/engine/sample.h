/* sample.h -- inside the engine: a flight that shows nothing and writes down whom its ads could meet, when and at
 * what price, for answers to other budgets (whatif.h). */
#ifndef ADSIM_ENGINE_SAMPLE_H
#define ADSIM_ENGINE_SAMPLE_H

#include "sim/engine/engine.h"
#include "sim/engine/stream.h"
#include "sim/engine/whatif.h"

/* An opportunity that some ad set could win within its range. */
typedef struct {
    uint32_t person, replication, tick; /* person: of the crowd at that time */
    uint16_t luck;
    uint8_t turn, placement, inner; /* inner: at no more than the run's own bids */
    float need, dear;               /* see whatif_candidate_t */
    uint64_t ad_sets;               /* bits */
} sampled_t;

typedef struct sample {
    size_t n, capacity;
    sampled_t *item;
    double start[MAX_AD_SETS],
        most[MAX_AD_SETS]; /* effort, of the fluid solution, and of the range */
} sample_t;
void sample_free(sample_t *s);

/* What the flight does instead of steering bids, and instead of an auction. */
void sample_bids(workspace_t *ws);
status_t sample_opportunity(workspace_t *ws, const candidate_t *c, int placement, error_t *err);

#endif
