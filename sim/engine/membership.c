/* membership.c -- draws behind platform use, lists and visits. */
#include "sim/engine/membership.h"

#include "models/base/array.h"
#include "models/base/maths.h"
#include "models/base/touch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static int platform_column(const population_spec_t *population, const char *name)
{
    for (int k = 0; k < population->n_platforms; k++)
        if (!strcmp(population->platform[k].name, name)) return k;
    return -1;
}

address_t platform_address(const platform_t *p, const population_spec_t *population)
{
    uint64_t hash = rng_path_hash(p->name);
    return (address_t){.placement = (uint32_t)(hash & 0xff),
                       .column = platform_column(population, p->name),
                       .high = (hash >> 8 & 0xfff) << 32};
}

int platform_used(const platform_t *p, address_t at, const population_t *pop, rng_key_t key,
                  size_t person, uint32_t replication)
{
    if (!(p->users < 1)) { /* NAN or 1 */
        if (p->users >= 1) return 1;
        return at.column >= 0 && pop->uses[population_at(pop, person)] >> at.column & 1;
    }
    rng_block_t b = rng_at(key, DRAW_LABEL, at.placement, 1, person | at.high, replication, 0);
    return rng_unit(b, 0) < p->users;
}

int list_found(address_t at, rng_key_t key, double match_rate, uint32_t person,
               uint32_t replication)
{
    rng_block_t b = rng_at(key, DRAW_MATCH, at.placement, 0, person | at.high, replication, 0);
    return rng_unit(b, 0) < match_rate;
}

/* --- visits ----------------------------------------------------------------------------------- */

double average_visits_a_day(const product_t *p, int customer)
{
    return (customer ? p->organic_existing : p->organic_new) / p->visit_to_order;
}

status_t visits_push(visits_t *v, visit_t visit, error_t *err)
{
    visit_t *grown = array_grown(v->visit, v->n, &v->capacity, sizeof *grown);
    if (!grown) return fail_memory(err, "organic visits");
    v->visit = grown;
    v->visit[v->n++] = visit;
    return OK;
}

void visits_free(visits_t *v)
{
    free(v->visit);
    *v = (visits_t){0};
}

int visit_layers(const demand_t *demand)
{
    return demand->highest > 1 ? (int)ceil(demand->highest) : 1;
}

uint32_t visit_layer_placement(int layer)
{
    return 2 * (uint32_t)layer + 1;
}

/* Of a day's demand, what lies within a layer. */
static double layer_share(const demand_t *demand, int layer, double days)
{
    return fmax(0, fmin(1, demand_at(demand, days) - layer));
}

typedef struct {
    rng_key_t key;
    uint32_t person, replication;
    double visits_a_day;
} visitor_t;

/* Whether she comes, and whether she orders then, is one draw. */
static status_t layer_visits(const scenario_t *theta, const demand_t *demand, const visitor_t *v,
                             int layer, visits_t *out, error_t *err)
{
    uint32_t placement = visit_layer_placement(layer);
    double days = 0, end = WARM_UP_DAYS + theta->days + theta->attribution.click_window_days;
    rng_block_t first =
        rng_at(v->key, DRAW_ORGANIC, placement, 0, v->person / 4, v->replication, 0);
    for (uint32_t number = 0;; number++) {
        rng_block_t b =
            rng_at(v->key, DRAW_ORGANIC, placement - 1, 0, v->person, v->replication, number);
        if (number == 0) b.word[0] = first.word[v->person % 4];
        days -= m_log(rng_unit(b, 0)) / v->visits_a_day;
        if (days > end) return OK;
        double share = layer_share(demand, layer, days);
        if (rng_unit(b, 1) >= share) continue;
        visit_t visit = {(int64_t)((days - WARM_UP_DAYS) * TICKS_PER_DAY),
                         rng_unit(b, 1) < share * theta->product.visit_to_order};
        status_t st = visits_push(out, visit, err);
        if (st != OK) return st;
    }
}

/* Visits are few, and those of a layer in order already. */
static void visits_sort(visits_t *v)
{
    for (size_t k = 1; k < v->n; k++) {
        visit_t moved = v->visit[k];
        size_t at = k;
        for (; at > 0 && v->visit[at - 1].tick > moved.tick; at--) v->visit[at] = v->visit[at - 1];
        v->visit[at] = moved;
    }
}

status_t person_visits(const scenario_t *theta, const demand_t *demand, rng_key_t key,
                       uint32_t person, double visits_a_day, uint32_t replication, visits_t *out,
                       error_t *err)
{
    status_t st = OK;
    int layers = visit_layers(demand);
    visitor_t v = {key, person, replication, visits_a_day};
    out->n = 0;
    if (visits_a_day <= 0) return OK;
    for (int layer = 0; st == OK && layer < layers; layer++)
        st = layer_visits(theta, demand, &v, layer, out, err);
    if (layers > 1) visits_sort(out);
    return st;
}
