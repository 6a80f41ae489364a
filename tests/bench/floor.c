/* floor.c -- one Philox block a record: which person (word 0), a gap by one logarithm (word 1), a
 * price from a table (word 2), a click (word 3); one counter update.
 *
 * The floor asks for 32 records ahead of their use, since nothing forbids it: on a machine whose
 * people stand in memory it is three times as fast as the plain loop, which is told beside it. */
#include "tests/bench/floor.h"

#include "models/base/fixed.h"
#include "models/base/maths.h"

#include <stdlib.h>

int floor_init(floor_world_t *f, size_t people, uint64_t seed)
{
    *f = (floor_world_t){.people = people, .key = rng_key(seed)};
    f->person = malloc(people * sizeof *f->person);
    if (!f->person) return -1;
    for (size_t i = 0; i < people; i++) {
        double u = rng_unit(rng_at(f->key, DRAW_TRAIT, 0, 0, i, 0, 0), 0);
        f->person[i] = (floor_person_t){.rate = -100 * m_log(u), .click = 0.02 * u};
    }
    for (size_t p = 0; p < FLOOR_PRICES; p++)
        f->price[p] = micros(0.01 * m_exp(0.7 * normal_quantile(((double)p + 0.5) / FLOOR_PRICES)));
    return 0;
}

void floor_free(floor_world_t *f)
{
    free(f->person);
    *f = (floor_world_t){0};
}

/* What one block decides about one record. */
typedef struct {
    floor_person_t *person;
    rng_block_t words;
} visit_t;

static inline visit_t floor_draw(const floor_world_t *f, uint32_t replication, size_t k)
{
    rng_block_t b = rng_at(f->key, DRAW_CANDIDATE, 0, 0, k >> 32, replication, (uint32_t)k);
    return (visit_t){&f->person[(uint64_t)b.word[0] * f->people >> 32], b};
}

static inline int64_t floor_visit(const floor_world_t *f, visit_t v)
{
    floor_person_t *p = v.person;
    p->stock += -m_log(rng_unit_from_word(v.words.word[1])) / p->rate;
    int64_t price = f->price[v.words.word[2] % FLOOR_PRICES];
    int64_t click = rng_unit_from_word(v.words.word[3]) < p->click;
    p->impressions++;
    p->spend += price;
    p->clicks += click;
    return price + click;
}

int64_t floor_run(floor_world_t *f, uint32_t replication, size_t impressions)
{
    enum { AHEAD = 32 };
    visit_t visit[AHEAD];
    int64_t sum = 0;
    for (size_t k = 0; k < impressions; k += AHEAD) {
        size_t n = impressions - k < AHEAD ? impressions - k : AHEAD;
        for (size_t j = 0; j < n; j++) {
            visit[j] = floor_draw(f, replication, k + j);
            __builtin_prefetch(visit[j].person, 1);
        }
        for (size_t j = 0; j < n; j++) sum += floor_visit(f, visit[j]);
    }
    return sum;
}

int64_t floor_run_plain(floor_world_t *f, uint32_t replication, size_t impressions)
{
    int64_t sum = 0;
    for (size_t k = 0; k < impressions; k++) sum += floor_visit(f, floor_draw(f, replication, k));
    return sum;
}
