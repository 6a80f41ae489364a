/* eligibility.c -- the register of different eligibilities: a table searched by hash, at most half full. */
#include "sim/engine/eligibility.h"

#include "models/base/array.h"

#include <stdbool.h>
#include <stdlib.h>

static bool is_same(const eligibility_t *a, const eligibility_t *b)
{
    return a->now == b->now && a->pool == b->pool && a->truth == b->truth &&
           a->excludable == b->excludable;
}

static size_t first_slot(const eligibilities_t *r, const eligibility_t *e)
{
    const uint64_t word[] = {e->now, e->pool, e->truth, e->excludable};
    uint64_t hash = 0;
    for (size_t k = 0; k < sizeof word / sizeof *word; k++)
        hash = (hash ^ word[k] ^ hash >> 32) * 0x9e3779b97f4a7c15ull;
    return (size_t)(hash >> 32) & (r->n_slots - 1);
}

/* Where an eligibility stands, or may be put. */
static uint32_t *find_slot(const eligibilities_t *r, const eligibility_t *e)
{
    size_t at = first_slot(r, e);
    while (r->slot[at] && !is_same(&r->of[r->slot[at] - 1], e)) at = (at + 1) & (r->n_slots - 1);
    return &r->slot[at];
}

static status_t widen(eligibilities_t *r, error_t *err)
{
    size_t n_slots = r->n_slots ? 2 * r->n_slots : 1024;
    uint32_t *slot = calloc(n_slots, sizeof *slot);
    if (!slot) return fail_memory(err, "who is eligible");
    free(r->slot);
    r->slot = slot;
    r->n_slots = n_slots;
    for (size_t k = 0; k < r->n; k++) *find_slot(r, &r->of[k]) = (uint32_t)k + 1;
    return OK;
}

status_t eligibilities_find(eligibilities_t *r, const eligibility_t *e, uint32_t *number,
                            error_t *err)
{
    if (2 * r->n >= r->n_slots) {
        status_t st = widen(r, err);
        if (st != OK) return st;
    }
    uint32_t *slot = find_slot(r, e);
    if (!*slot) {
        eligibility_t *grown = array_grown(r->of, r->n, &r->capacity, sizeof *grown);
        if (!grown) return fail_memory(err, "who is eligible");
        r->of = grown;
        r->of[r->n++] = *e;
        *slot = (uint32_t)r->n;
    }
    *number = *slot - 1;
    return OK;
}

void eligibilities_close(eligibilities_t *r)
{
    free(r->slot);
    r->slot = NULL;
    r->n_slots = 0;
}

void eligibilities_free(eligibilities_t *r)
{
    free(r->of);
    free(r->slot);
    *r = (eligibilities_t){0};
}
