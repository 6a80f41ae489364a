/* delivery.h -- the delivery status of an ad set: what keeps it from showing more, by how much, and what
 * would come of it if that were a little wider. */
#ifndef ADSIM_EXPERIMENT_DELIVERY_H
#define ADSIM_EXPERIMENT_DELIVERY_H

#include "sim/engine/engine.h"

#include <stdbool.h>

typedef struct {
    limit_t limit;
    /* Of the hours in which it ran, those in which the limit held its bid; or of the impressions that it could
     * have had, those that caps, schedule or own overlap kept from it. 0..1 */
    double share;
    double spent; /* of its budget; NAN where the campaign's pays, or there is none */
    /* With the limit wider as relaxed_t says: impressions more, as a share of those it has; and what a
     * thousand of them cost, currency. NAN: not known. */
    double lift, lift_cpm;
    double results_per_week; /* of its objective, in the days on which it ran */
    bool learning_limited;   /* they are fewer than RESULTS_TO_LEARN */
    double
        window_frequency; /* impressions of those reached in a window of its target frequency; NAN */
} delivery_t;

/* The platform's words for a limit: "budget"; and for it a little wider: "10 % more budget". */
const char *limit_word(limit_t limit);
const char *limit_lift(limit_t limit);

/* Whether enough results come to leave the learning phase: "complete", or "limited". */
const char *learning_word(const delivery_t *d);

typedef struct study study_t;

/* Of every ad set, once the estimates are there. ERR_MEMORY. */
status_t delivery_find(study_t *s, error_t *err);

/* Notices about money that stays, goals that cannot be met and frequencies that are missed. */
void delivery_notices(study_t *s);

#endif
