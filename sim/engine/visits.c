/* visits.c -- organic demand, and who is in a retargeting pool. */
#include "sim/engine/visits.h"
#include "models/base/array.h"
#include "models/base/maths.h"

#include <stdlib.h>

static double visits_a_day(const scenario_t *theta, const person_t *who)
{
    return average_visits_a_day(&theta->product, who->customer) *
           appeal_factor(theta, who->appeals, APPEAL_ORGANIC) * (double)who->affinity;
}

double organic_orders_a_day(const scenario_t *theta, const person_t *who)
{
    return visits_a_day(theta, who) * theta->product.visit_to_order;
}

double horizon_of(const scenario_t *theta)
{
    return theta->days + theta->attribution.click_window_days;
}

status_t organic_visits(const world_t *world, const crowd_t *crowd, const scenario_t *theta,
                        size_t i, uint32_t replication, visits_t *out, error_t *err)
{
    const person_t *p = &crowd->person[i];
    return person_visits(theta, world->key, p->id, visits_a_day(theta, p), replication, out, err);
}

status_t crowd_list_add(crowd_list_t *list, size_t i, error_t *err)
{
    uint32_t *grown = array_grown(list->index, list->n, &list->capacity, sizeof *grown);
    if (!grown) return fail_memory(err, "a list of people");
    list->index = grown;
    list->index[list->n++] = (uint32_t)i;
    return OK;
}

/* The first word below which a person with so many expected visits has none: -ln U >= 1 - U, no visit
 * if 1 - U exceeds the expected number; as words, with one to spare. */
static uint32_t silent_below(double expected)
{
    return expected >= 1 ? 0 : (uint32_t)((1 - expected) * 0x1p32 * (1 - 0x1p-31));
}

/* Those whose first gap may end before the horizon. */
static status_t visitors_among(const world_t *world, const crowd_t *crowd, const scenario_t *theta,
                               const joiners_t *j, uint32_t replication, crowd_list_t *out,
                               error_t *err)
{
    enum { BATCH = 256 };
    bool alike = theta->n_appeals == 0 && !(theta->product.affinity > 0);
    double horizon = WARM_UP_DAYS + horizon_of(theta);
    uint32_t least = 0;
    if (j->n) least = silent_below(horizon * visits_a_day(theta, &crowd->person[j->person[0]]));
    status_t st = OK;
    for (size_t from = 0; st == OK && from < j->n; from += BATCH) {
        uint32_t word[BATCH], found[BATCH];
        size_t n = j->n - from < BATCH ? j->n - from : BATCH, n_found = 0;
        rng_words_of_four(world->key, DRAW_ORGANIC, 1, 0, replication, j->id + from, n, word);
        for (size_t k = 0; k < n; k++) {
            uint32_t i = j->person[from + k];
            if (!alike) least = silent_below(horizon * visits_a_day(theta, &crowd->person[i]));
            found[n_found] = i;
            n_found += word[k] >= least;
        }
        for (size_t k = 0; st == OK && k < n_found; k++) st = crowd_list_add(out, found[k], err);
    }
    return st;
}

status_t organic_visitors(const world_t *world, const crowd_t *crowd, const scenario_t *theta,
                          uint32_t replication, crowd_list_t *out, error_t *err)
{
    status_t st = OK;
    out->n = 0;
    for (int customer = 0; st == OK && customer < 2; customer++)
        st = visitors_among(world, crowd, theta, &crowd->joiners[customer], replication, out, err);
    return st;
}

status_t site_log_add(site_log_t *log, size_t i, int64_t tick, int is_order, error_t *err)
{
    site_event_t *grown = array_grown(log->event, log->n, &log->capacity, sizeof *grown);
    if (!grown) return fail_memory(err, "site visits");
    log->event = grown;
    if (!log->head[i]) {
        status_t st = crowd_list_add(&log->visitors, i, err);
        if (st != OK) return st;
    }
    log->event[log->n++] = (site_event_t){tick, log->head[i], (uint32_t)is_order};
    log->head[i] = (uint32_t)log->n;
    return OK;
}

void site_log_free(site_log_t *log)
{
    free(log->event);
    free(log->head);
    free(log->visitors.index);
    *log = (site_log_t){0};
}

int pool_contains(const site_log_t *log, size_t i, int64_t tick, const audience_t *audience)
{
    double window = audience->window_days * TICKS_PER_DAY;
    double exclusion = audience->exclude_purchasers_days * TICKS_PER_DAY;
    int inside = 0;
    for (uint32_t at = log->head[i]; at; at = log->event[at - 1].earlier) {
        const site_event_t *e = &log->event[at - 1];
        double ago = (double)(tick - e->tick);
        if (ago < 0) continue; /* not yet */
        if (e->is_order && ago < exclusion) return 0;
        if (!e->is_order && ago <= window) inside = 1;
    }
    return inside;
}
