/* membership.c -- draws behind platform use, lists and visits. */
#include "sim/engine/membership.h"

#include "models/base/array.h"
#include "models/base/maths.h"
#include "models/base/touch.h"

#include <stdlib.h>
#include <string.h>

address_t platform_address(const platform_t *p)
{
    uint64_t hash = rng_path_hash(p->name);
    return (address_t){(uint32_t)(hash & 0xff), (hash >> 8 & 0xfff) << 32};
}

/* The platform's place in the population's table of use; -1 if it stands in none. */
static int platform_column(const population_spec_t *spec, const platform_t *p)
{
    for (int k = 0; k < spec->n_platforms; k++)
        if (!strcmp(spec->platform[k].name, p->name)) return k;
    return -1;
}

int platform_used(const platform_t *p, address_t at, const population_t *pop, rng_key_t key,
                  size_t person, uint32_t replication)
{
    if (!(p->users < 1)) { /* NAN or 1 */
        if (p->users >= 1) return 1;
        int column = platform_column(pop->spec, p);
        return column >= 0 && pop->uses[population_at(pop, person)] >> column & 1;
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

static status_t visits_push(visits_t *v, visit_t visit, error_t *err)
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

status_t person_visits(const scenario_t *theta, rng_key_t key, uint32_t person, double visits_a_day,
                       uint32_t replication, visits_t *out, error_t *err)
{
    out->n = 0;
    double days = 0, end = WARM_UP_DAYS + theta->days + theta->attribution.click_window_days;
    if (visits_a_day <= 0) return OK;
    /* The high word of the first gap stands in a block of four people (visits.c). */
    rng_block_t first = rng_at(key, DRAW_ORGANIC, 1, 0, person / 4, replication, 0);
    for (uint32_t number = 0;; number++) {
        rng_block_t b = rng_at(key, DRAW_ORGANIC, 0, 0, person, replication, number);
        if (number == 0) b.word[0] = first.word[person % 4];
        days -= m_log(rng_unit(b, 0)) / visits_a_day;
        if (days > end) return OK;
        visit_t visit = {(int64_t)((days - WARM_UP_DAYS) * TICKS_PER_DAY),
                         rng_unit(b, 1) < theta->product.visit_to_order};
        status_t st = visits_push(out, visit, err);
        if (st != OK) return st;
    }
}
