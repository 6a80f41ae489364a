/* count.h -- inside the engine: who is counted in a tally. */
#ifndef ADSIM_ENGINE_COUNT_H
#define ADSIM_ENGINE_COUNT_H

#include "sim/engine/likeness.h"

/* What is found of a person before it is known whether she will be of the crowd. */
typedef struct {
    eligibility_t eligibility;
    uint32_t uses; /* platforms of ad sets or of the brand (bits) */
} found_t;

/* Adds n people of a population or window from the place `from` in its columns on, found[0] the first of
 * them: who uses each platform, who truly is in each audience, and organic demand, for the plan's audience is
 * everyone. */
void count_everybody(tally_t *c, const world_t *w, const population_t *pop, const likeness_t *l,
                     size_t from, size_t n, const found_t *found);

/* Adds n people of a crowd from `first` on: the organic demand of each scope's audience, lists at the stated
 * match rate. */
void count_crowd(tally_t *c, const world_t *w, const crowd_t *crowd, size_t first, size_t n,
                 uint32_t replication);

/* Adds n members of a platform of the crowd: who is eligible, lists likewise; how active all are who could be, everyone on a
 * list included (which of them are found follows from the rate that is drawn). */
void count_members(tally_t *c, const world_t *w, const crowd_t *crowd, int platform,
                   const member_t *member, size_t n, uint32_t replication);

#endif
