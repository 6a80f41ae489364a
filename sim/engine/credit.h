/* credit.h -- inside the engine: who is credited with the orders of those who were reached, by every model of
 * attribution, from the same touches (MODEL 4.5).
 *
 * Last touch and what each platform claims are expectations over clicks and sights. For the other models each
 * touch is drawn once, given what the flight drew of it, and orders keep their probability. Markov and Shapley
 * look at all people at once: what they need of each is added to tables, and they share out a replication's
 * orders when everybody has flown. */
#ifndef ADSIM_ENGINE_CREDIT_H
#define ADSIM_ENGINE_CREDIT_H

#include "models/response/attribution.h"
#include "sim/engine/world.h"

/* A coalition of channels: how long its windows and no others were open, and the orders then. */
typedef struct {
    int64_t ticks;
    int64_t orders; /* [event] */
} coalition_t;

typedef struct {
    int channels;
    int of_ad_set[MAX_AD_SETS]; /* its channel */
    int64_t *transitions;       /* [group][markov_cells] */
    coalition_t *coalition;     /* [group][shapley_cells]; NULL = too many channels for it */
    int64_t *day; /* [ad set][day]: orders credited by the scenario's model, [event] */
    /* Room to work out credits in: tables of all groups, or of all but one; and numbers of channels. */
    int64_t *all_transitions, *some_transitions;
    coalition_t *all_coalitions;
    double *room, *more_room;
    /* One person: what became of each of her touches, the path of an order and its shares. */
    path_touch_t *touch;
    uint32_t *path;
    double (*share)[PATH_MODELS];
    size_t capacity;
    int64_t ordered; /* [event] her orders on a path so far */
} credit_t;

/* The caller frees, also after a failure. */
status_t credit_init(credit_t *c, const world_t *w, error_t *err);
void credit_free(credit_t *c);
/* At a replication's begin; and what adds up of it. */
void credit_clear(credit_t *c, const world_t *w);
enum { CREDIT_CELLS = 3 };
void credit_cells(credit_t *c, const world_t *w, counted_t list[CREDIT_CELLS]);
/* Room for a person of n touches. */
status_t credit_widen(credit_t *c, size_t n, error_t *err);

/* Who gives credit for the single order: the scenario's model, or for one that compares channels, linear, which
 * then says how a channel's credit falls on its ad sets, creatives and days. */
static inline credit_model_t credit_carrier(const scenario_t *sc)
{
    credit_model_t model = sc->attribution.model;
    return model == CREDIT_MARKOV || model == CREDIT_SHAPLEY ? CREDIT_LINEAR : model;
}

/* ---- channels.c: of a person in a jackknife group ---- */

/* An order of so much probability, on the path of m touches in c->path. */
void channels_order(credit_t *c, int group, size_t m, int64_t events);
/* All her touches, n: the path that ends in no order, and when whose windows were open. */
void channels_person(credit_t *c, int group, size_t n, credit_windows_t windows);

#endif
