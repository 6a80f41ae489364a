/* ledger.h -- inside the engine: what every ad set spends in every minute of a flight. Threads enter side by
 * side; sums of integers are the same in any order. Micros of the simulated people's spend. */
#ifndef ADSIM_ENGINE_LEDGER_H
#define ADSIM_ENGINE_LEDGER_H

#include "sim/engine/crew.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum { HOUR_MINUTES = 60 };
#define TICKS_PER_MINUTE 1920u

typedef struct {
    int ad_sets, hours;
    _Atomic int64_t *spent; /* [minute][ad set] */
} ledger_t;

status_t ledger_init(ledger_t *l, int ad_sets, int hours, error_t *err);
void ledger_free(ledger_t *l);
void ledger_clear(ledger_t *l);

static inline void ledger_enter(ledger_t *l, int ad_set, uint32_t tick, int64_t paid)
{
    size_t minute = tick / TICKS_PER_MINUTE;
    atomic_fetch_add_explicit(&l->spent[minute * (size_t)l->ad_sets + (size_t)ad_set], paid,
                              memory_order_relaxed);
}
static inline int64_t ledger_spent(const ledger_t *l, int ad_set, int minute)
{
    return l->spent[minute * l->ad_sets + ad_set];
}

/* What the processes of a crew have entered. */
void ledger_sum_up(ledger_t *l, const crew_t *crew);

/* Spent by some ad sets (bits) on the days from first to end - 1. */
int64_t ledger_sum(const ledger_t *l, uint64_t ad_sets, int first_day, int end_day);

#endif
