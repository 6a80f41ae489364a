/* visits.h -- inside the engine: visits to the advertiser's own site, and orders placed there: what
 * fills a retargeting pool and what empties it.
 *
 * Organic visits are a Poisson stream of each person, the same whatever the ads do; an organic order is
 * a visit that ends in one. The world starts WARM_UP_DAYS before the flight, so that pools are filled
 * when it begins (MODEL 4.4). Posts bring visits of their own beside them. */
#ifndef ADSIM_ENGINE_VISITS_H
#define ADSIM_ENGINE_VISITS_H

#include "sim/engine/tuning.h"

/* The organic visits of a person of the crowd. */
status_t organic_visits(const world_t *world, const crowd_t *crowd, const tuning_t *t, size_t i,
                        uint32_t replication, visits_t *out, error_t *err);

/* The same and, after them in `out`, those that the brand's posts bring her to, each kind in time order; they too
 * end in an order with the stated share. */
status_t site_visits(const world_t *world, const crowd_t *crowd, const tuning_t *t, size_t i,
                     uint32_t replication, visits_t *out, error_t *err);

/* Orders that a person places by herself, on a day of average demand; and conversions of any kind. */
double organic_a_day(const scenario_t *theta, const person_t *who, const conversion_t *c);
double organic_orders_a_day(const scenario_t *theta, const person_t *who);
/* When the last click window closes and organic visits end: days after the flight's begin. */
double horizon_of(const scenario_t *theta);

/* People of the crowd, in the order they were added. */
typedef struct {
    uint32_t *index;
    size_t n, capacity;
} crowd_list_t;
status_t crowd_list_add(crowd_list_t *list, size_t i, error_t *err);

/* The visits and orders that pools look at, of all people who have any: heads by crowd index. */
typedef struct {
    int64_t tick;
    uint32_t earlier; /* position + 1 */
    uint32_t is_order;
} site_event_t;

typedef struct {
    site_event_t *event;
    size_t n, capacity;
    uint32_t *head;        /* by crowd index; NULL when no ad set retargets */
    crowd_list_t visitors; /* everyone in it */
} site_log_t;

/* Everyone who may join a pool and may visit the site without an ad in this replication; nearly all are passed
 * over by one word. */
status_t organic_visitors(const world_t *world, const crowd_t *crowd, const tuning_t *t,
                          uint32_t replication, crowd_list_t *out, error_t *err);

status_t site_log_add(site_log_t *log, size_t i, int64_t tick, int is_order, error_t *err);
void site_log_free(site_log_t *log);

/* Is the person in the pool at `tick`: a visit within the window, and no order within the exclusion? */
int pool_contains(const site_log_t *log, size_t i, int64_t tick, const audience_t *audience);

#endif
