/* tally.h -- inside the engine: whom a crowd stands for, counted: what closed forms need of everybody.
 *
 * All are sums of integers over people, so that the tally of a population is that of its parts added
 * up, in any order: it may be counted a stretch of people at a time and never held as a whole. */
#ifndef ADSIM_ENGINE_TALLY_H
#define ADSIM_ENGINE_TALLY_H

#include "sim/engine/crew.h"
#include "sim/scenario/scenario.h"

#include <stddef.h>
#include <stdint.h>

enum { TALLY_AGE_BANDS = PLATFORM_AGE_BANDS + 1 }; /* the last: age unknown */
enum { SCOPES_MOST = MAX_AD_SETS + MAX_CAMPAIGNS + MAX_PLATFORMS + 1 };

/* People of a kind by the appeals that suit them: how many, and the sum of their factors on orders
 * (affinity_factor), in the fixed point of base/fixed.h. */
typedef struct {
    int64_t people[APPEAL_SETS], affinity[APPEAL_SETS];
} mix_t;

typedef struct {
    /* People who use a platform, eligible or not; 0 without ad sets or an account. And the sum of how likely
     * they are to follow the brand there, in fixed point. */
    size_t users[MAX_PLATFORMS];
    int64_t followers[MAX_PLATFORMS];
    size_t eligible[MAX_AD_SETS];                   /* members an ad set could ever reach */
    size_t eligible_both[MAX_AD_SETS][MAX_AD_SETS]; /* two ad sets of one platform */
    /* Members truly in its audience, and those of them labelled so; of a list found or not. */
    size_t true_people[MAX_AD_SETS], true_labelled[MAX_AD_SETS];
    /* Sum of relative activity (fixed point), by whether they bought before and by age band; of a list,
     * of all its members, found or not. */
    int64_t activity[MAX_AD_SETS][2][TALLY_AGE_BANDS];
    /* ... of those who may be on a list that the ad set leaves out. */
    int64_t listed_activity[MAX_AD_SETS][TALLY_AGE_BANDS];
    mix_t eligible_mix[MAX_AD_SETS]; /* of its members */
    mix_t organic[2][SCOPES_MOST];   /* of the scope's audience: new people, existing customers */
    int n_geos;                      /* regions of an experiment; 0 = none */
    mix_t geo[2][MAX_GEOS];          /* everybody by region: new people, existing customers */
    int64_t geo_followers[MAX_PLATFORMS][MAX_GEOS]; /* `followers` and `users` by region */
    int64_t geo_users[MAX_PLATFORMS][MAX_GEOS];
    size_t n_segment_people;
    int64_t *segment_people; /* [ad set][segment] */
} tally_t;

/* Nobody counted yet. The caller frees, also after a failure. */
status_t tally_init(tally_t *c, int n_ad_sets, int n_segments, error_t *err);
void tally_free(tally_t *c);
void tally_add(tally_t *into, const tally_t *of);
/* What the processes of a crew have counted. */
void tally_sum(tally_t *c, const crew_t *crew);

#endif
