/* em.h -- expectation and maximisation, round after round: from a start to where it settles, and of several
 * starts side by side. What is expected and maximised is the model's (mixture.c, latent.c). */
#ifndef ADSIM_SEGMENTATION_EM_H
#define ADSIM_SEGMENTATION_EM_H

#include "models/base/rng.h"
#include "models/base/status.h"
#include "models/segmentation/points.h"

#include <stdbool.h>

/* People whom starts are tried on where there are more, unless the search says otherwise. */
enum { EM_TRIED_ON = 10000, EM_AT_ONCE = 16 };

/* One run; the first member of a model's own state. */
typedef struct {
    double objective; /* what rounds raise: ln of the likelihood, or with ln of the prior */
    int rounds;
    bool settled; /* the last round raised it by nearly nothing */
} em_run_t;

typedef struct {
    /* Puts a start's parameters; false if there are fewer different people than segments. */
    bool (*begin)(em_run_t *e, rng_key_t key, uint32_t start);
    void (*expect)(em_run_t *e); /* posteriors of all people, summed; the objective */
    void (*maximise)(em_run_t *e);
} em_model_t;

/* From the parameters that stand to the end. False: the search was told to stop. */
bool em_settle(const em_model_t *model, em_run_t *e, const search_t *how);

/* How many runs to make room for: few people are started at many places at once, a thread each; of many
 * people all threads work on one start. */
int em_slots(size_t people, const search_t *how);
static inline const workers_t *em_workers(int slots, const search_t *how)
{
    return slots > 1 ? NULL : how->workers;
}

/* Settles all starts, less exactly than em_settle, and calls `keep` for each in their order. ERR_INVALID when one
 * could not begin, ERR_INTERRUPTED. */
typedef void em_keep_t(void *context, const em_run_t *e);
status_t em_try_starts(const em_model_t *model, em_run_t *const *slot, int slots,
                       const search_t *how, em_keep_t *keep, void *context, error_t *err);

#endif
