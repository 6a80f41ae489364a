/* floor.h -- the bare work of a delivered impression, without a model: what no simulator of single
 * impressions can undercut on this machine. The engine's time is told as a multiple of it. */
#ifndef ADSIM_BENCH_FLOOR_H
#define ADSIM_BENCH_FLOOR_H

#include "models/base/rng.h"

#include <stddef.h>
#include <stdint.h>

enum { FLOOR_PRICES = 1024 };

/* One person, as large as the state that the engine may keep of her. */
typedef struct {
    double rate;  /* ad opportunities over the flight */
    double click; /* click probability */
    double stock; /* sum of the gaps met */
    int64_t clicks;
    int64_t spend;
    uint32_t impressions, pad;
} floor_person_t;

_Static_assert(sizeof(floor_person_t) == 48, "DESIGN 5: 48-byte records");

typedef struct {
    floor_person_t *person;
    size_t people;
    int64_t price[FLOOR_PRICES]; /* micros, by cell of a uniform */
    rng_key_t key;
} floor_world_t;

/* Zero on success, -1 when memory is out. */
int floor_init(floor_world_t *f, size_t people, uint64_t seed);
void floor_free(floor_world_t *f);

/* Visits `impressions` records at random; returns a number that depends on every one of them.
 * floor_run asks memory for the next records in advance, floor_run_plain does not. */
int64_t floor_run(floor_world_t *f, uint32_t replication, size_t impressions);
int64_t floor_run_plain(floor_world_t *f, uint32_t replication, size_t impressions);

#endif
