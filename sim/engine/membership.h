/* membership.h -- who uses a platform, whom it finds of a list, who visits the site: facts of a person
 * that the engine and whoever counts audiences read alike. All are pure functions of the seed and the
 * person, so that counts before a run are those of the run. */
#ifndef ADSIM_ENGINE_MEMBERSHIP_H
#define ADSIM_ENGINE_MEMBERSHIP_H

#include "models/audience/population.h"
#include "sim/engine/demand.h"

/* The address of a platform in random draws: 20 bits of the hash of its name, so that it is the same
 * in every scenario; and in the people's columns. */
typedef struct {
    uint32_t placement;
    int column;    /* in the population's table of use; -1: it stands in none */
    uint64_t high; /* goes above the person's number */
} address_t;
address_t platform_address(const platform_t *p, const population_spec_t *population);

/* Does the person use it? By the share that the platform states, or else by the population's own
 * table. `replication` is 0 unless people are redrawn; so below. */
int platform_used(const platform_t *p, address_t at, const population_t *pop, rng_key_t key,
                  size_t person, uint32_t replication);

/* Is a customer of a list found on the platform at this match rate? One draw a person and platform: a
 * higher rate finds the same people and more. */
int list_found(address_t at, rng_key_t key, double match_rate, uint32_t person,
               uint32_t replication);

typedef struct {
    int64_t tick; /* negative before the flight */
    int ordered;  /* this visit ended in an order (drawn) */
} visit_t;

typedef struct {
    visit_t *visit;
    size_t n, capacity;
} visits_t;
status_t visits_push(visits_t *v, visit_t visit, error_t *err);
void visits_free(visits_t *v);

/* Site visits a day of the average new person or customer, before what she likes is known. */
double average_visits_a_day(const product_t *p, int customer);

/* A person's organic visits come in layers, each a Poisson stream of her own: the first is thinned to a
 * day's demand up to 1, the next to what of it lies between 1 and 2, and so on. So a day of higher demand
 * keeps the visits of a lower one and adds to them, whatever other days are like. Words of a first gap
 * stand in blocks of four people, so that the silent are passed over by one word. */
int visit_layers(const demand_t *demand);
uint32_t visit_layer_placement(int layer); /* of those blocks; one less: of the other draws */

/* The organic visits of a person who comes `visits_a_day` times on a day of mean demand, from the warm-up to
 * the close of the last click window, in time order. */
status_t person_visits(const scenario_t *theta, const demand_t *demand, rng_key_t key,
                       uint32_t person, double visits_a_day, uint32_t replication, visits_t *out,
                       error_t *err);

#endif
