/* visits.c -- organic demand, and who is in a retargeting pool. */
#include "sim/engine/visits.h"
#include "models/base/maths.h"

#include <stdlib.h>

static double visits_a_day(const crowd_t *crowd, const scenario_t *theta, size_t i)
{
    const product_t *p = &theta->product;
    double orders = crowd->customer[i] ? p->organic_existing : p->organic_new;
    return orders / p->visit_to_order;
}

static double horizon_days(const scenario_t *theta)
{
    return WARM_UP_DAYS + theta->days + theta->attribution.click_window_days;
}

/* The high word of a person's first gap: four people a block. */
static uint32_t first_word(const world_t *w, uint32_t person, uint32_t replication)
{
    return rng_at(w->key, DRAW_ORGANIC, 1, 0, person / 4, replication, 0).word[person % 4];
}

int organic_silent(const world_t *world, const crowd_t *crowd, const scenario_t *theta, size_t i,
                   uint32_t replication)
{
    double expected = visits_a_day(crowd, theta, i) * horizon_days(theta);
    if (expected <= 0) return 1;
    /* -ln U >= 1 - U: no visit if 1 - U exceeds the expected number. */
    double short_of_one = (UINT32_MAX - first_word(world, crowd->person[i], replication)) * 0x1p-32;
    return short_of_one > expected + 0x1p-31;
}

static status_t visits_push(visits_t *v, visit_t visit, error_t *err)
{
    if (v->n == v->capacity) {
        size_t capacity = v->capacity ? 2 * v->capacity : 64;
        visit_t *grown = realloc(v->visit, capacity * sizeof *grown);
        if (!grown) return fail_memory(err, "organic visits");
        v->visit = grown;
        v->capacity = capacity;
    }
    v->visit[v->n++] = visit;
    return OK;
}

void visits_free(visits_t *v)
{
    free(v->visit);
    *v = (visits_t){0};
}

status_t organic_visits(const world_t *world, const crowd_t *crowd, const scenario_t *theta,
                        size_t i, uint32_t replication, visits_t *out, error_t *err)
{
    out->n = 0;
    if (organic_silent(world, crowd, theta, i, replication)) return OK;
    double rate = visits_a_day(crowd, theta, i), days = 0, end = horizon_days(theta);
    for (uint32_t number = 0;; number++) {
        rng_block_t b =
            rng_at(world->key, DRAW_ORGANIC, 0, 0, crowd->person[i], replication, number);
        if (number == 0) b.word[0] = first_word(world, crowd->person[i], replication);
        days -= m_log(rng_unit(b, 0)) / rate;
        if (days > end) return OK;
        visit_t visit = {(int64_t)((days - WARM_UP_DAYS) * TICKS_PER_DAY),
                         rng_unit(b, 1) < theta->product.visit_to_order};
        status_t st = visits_push(out, visit, err);
        if (st != OK) return st;
    }
}

status_t site_log_add(site_log_t *log, size_t i, int64_t tick, int is_order, error_t *err)
{
    if (log->n == log->capacity) {
        size_t capacity = log->capacity ? 2 * log->capacity : 4096;
        site_event_t *grown =
            capacity < UINT32_MAX ? realloc(log->event, capacity * sizeof *grown) : NULL;
        if (!grown) return fail_memory(err, "site visits");
        log->event = grown;
        log->capacity = capacity;
    }
    log->event[log->n++] = (site_event_t){tick, log->head[i], (uint32_t)is_order};
    log->head[i] = (uint32_t)log->n;
    return OK;
}

void site_log_free(site_log_t *log)
{
    free(log->event);
    free(log->head);
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
