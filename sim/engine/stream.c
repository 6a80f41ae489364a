/* stream.c -- generates candidates; nearly everyone is dismissed by one word and one compare. */
#include "sim/engine/stream.h"
#include "models/base/maths.h"
#include "models/platform/hours.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the calendar ---- */

status_t calendar_init(calendar_t *c, int hours, error_t *err)
{
    *c = (calendar_t){.hours = hours};
    c->hour = calloc((size_t)hours, sizeof *c->hour);
    return c->hour ? OK : fail_memory(err, "the hours of the flight");
}

void calendar_free(calendar_t *c)
{
    free(c->block);
    free(c->hour);
    *c = (calendar_t){0};
}

void calendar_clear(calendar_t *c)
{
    memset(c->hour, 0, (size_t)c->hours * sizeof *c->hour);
    c->n_blocks = c->n = 0;
}

static status_t calendar_grow(calendar_t *c, error_t *err)
{
    size_t capacity = c->capacity ? 2 * c->capacity : 1024;
    calendar_block_t *block =
        capacity < UINT32_MAX ? realloc(c->block, capacity * sizeof *block) : NULL;
    if (!block) return fail_memory(err, "candidate impressions");
    c->block = block;
    c->capacity = capacity;
    return OK;
}

status_t calendar_add(calendar_t *c, candidate_t candidate, error_t *err)
{
    uint32_t *head = &c->hour[candidate.tick / TICKS_PER_HOUR];
    if (!*head || c->block[*head - 1].n == BLOCK_CANDIDATES) {
        status_t st = c->n_blocks == c->capacity ? calendar_grow(c, err) : OK;
        if (st != OK) return st;
        calendar_block_t *fresh = &c->block[c->n_blocks++];
        fresh->n = 0;
        fresh->next = *head;
        *head = (uint32_t)c->n_blocks;
    }
    calendar_block_t *block = &c->block[*head - 1];
    block->candidate[block->n++] = candidate;
    c->n++;
    return OK;
}

size_t calendar_hour_size(const calendar_t *c, int hour)
{
    size_t n = 0;
    for (uint32_t at = c->hour[hour]; at; at = c->block[at - 1].next) n += c->block[at - 1].n;
    return n;
}

void calendar_take_hour(calendar_t *c, int hour, candidate_t *to)
{
    for (uint32_t at = c->hour[hour]; at; at = c->block[at - 1].next) {
        const calendar_block_t *block = &c->block[at - 1];
        memcpy(to, block->candidate, block->n * sizeof *to);
        to += block->n;
    }
    c->hour[hour] = 0;
}

/* ---- moments ---- */

void profile_init(profile_t *profile, const platform_t *platform)
{
    profile->hour[0] = 0;
    profile->hour[PROFILE_NODES] = 24;
    for (int k = 1; k < PROFILE_NODES; k++)
        profile->hour[k] = hours_quantile(platform->hours_amplitude, platform->hours_peak,
                                          (double)k / PROFILE_NODES);
}

/* The tick at a share v of the flight's opportunities. */
static uint32_t moment(const reader_t *r, double v)
{
    double days = v * r->world->sc->days;
    double day = floor(days), at = (days - day) * PROFILE_NODES;
    int k = (int)at;
    const double *hour = r->profile->hour;
    double hours = 24 * day + hour[k] + (at - k) * (hour[k + 1] - hour[k]);
    uint32_t tick = (uint32_t)(hours * TICKS_PER_HOUR);
    return tick < r->world->flight_ticks ? tick : r->world->flight_ticks - 1;
}

static int opens(const reader_t *r, uint64_t person, uint32_t tick)
{
    double open = r->tuning->theta->platform[r->platform].open_days;
    if (open >= 1) return 1;
    uint32_t day = (uint32_t)(tick / TICKS_PER_DAY);
    rng_block_t b = rng_at(r->world->key, DRAW_OPEN_DAY, r->world->address[r->platform].placement,
                           day, person, r->replication, 0);
    return rng_unit(b, 0) < open;
}

/* ---- one person ---- */

static double mean_opportunities(const reader_t *r, size_t member)
{
    const members_t *m = &r->crowd->members[r->platform];
    int band = r->crowd->person[m->crowd[member]].age_band;
    return (double)m->activity[member] * r->tuning->mean_opportunities[r->platform][band] /
           r->tuning->theta->platform[r->platform].open_days;
}

status_t stream_read(const reader_t *r, size_t member, double above, double upto, calendar_t *to,
                     error_t *err)
{
    uint32_t i = r->crowd->members[r->platform].crowd[member];
    address_t address = r->world->address[r->platform];
    uint64_t person = r->crowd->person[i].id | address.high;
    double mean = mean_opportunities(r, member), rank = 0;
    rng_block_t first =
        rng_at(r->world->key, DRAW_SILENT, address.placement, 0, person / 4, r->replication, 0);
    for (uint32_t number = 0; number < 1u << 24; number++) {
        rng_block_t b = rng_at(r->world->key, DRAW_CANDIDATE, address.placement, 0, person,
                               r->replication, number);
        if (number == 0) b.word[0] = first.word[person % 4];
        rank -= m_log(rng_unit(b, 0)) / mean;
        if (rank > upto) return OK;
        if (rank <= above) continue;
        uint32_t tick = moment(r, rng_unit(b, 1));
        if (tick < r->from || !opens(r, person, tick)) continue;
        candidate_t c = {tick, i, (float)normal_quantile(rank), number, (uint32_t)r->platform};
        status_t st = calendar_add(to, c, err);
        if (st != OK) return st;
    }
    return OK;
}

/* ---- everyone ---- */

double stream_rank(const reader_t *r, size_t member, uint64_t sets, const double *value)
{
    uint32_t i = r->crowd->members[r->platform].crowd[member];
    double plain = person_advantage(r->world, r->crowd, i, r->platform, 0);
    double foreseen = person_advantage(r->world, r->crowd, i, r->platform, 1);
    double best = -INFINITY;
    for (; sets; sets &= sets - 1) {
        int a = __builtin_ctzll(sets);
        double own = value[a] + (r->world->foreseen_ad_sets >> a & 1 ? foreseen : plain);
        if (own > best) best = own;
    }
    if (best == -INFINITY) return 0;
    return normal_cdf((best - r->tuning->market[r->platform].log_median) /
                      r->tuning->rank_sd[r->platform]);
}

static double highest(uint64_t sets, const double *value)
{
    double best = -INFINITY;
    for (; sets; sets &= sets - 1)
        if (value[__builtin_ctzll(sets)] > best) best = value[__builtin_ctzll(sets)];
    return best;
}

/* An upper bound of mean opportunities times rank, per unit of activity, for each class. */
static float *class_bounds(const reader_t *r, const double *value)
{
    const members_t *m = &r->crowd->members[r->platform];
    float *bound = malloc((m->n_classes + 1) * sizeof *bound);
    for (size_t k = 0; bound && k < m->n_classes; k++) {
        const class_t *c = &m->classes[k];
        double best = highest(c->ad_sets, value);
        double rank = best == -INFINITY ? 0
                                        : normal_cdf((best + (double)c->advantage -
                                                      r->tuning->market[r->platform].log_median) /
                                                     r->tuning->rank_sd[r->platform]);
        double mean = r->tuning->mean_opportunities[r->platform][c->age_band] /
                      r->tuning->theta->platform[r->platform].open_days;
        bound[k] = (float)(rank * mean * (1 + 1e-6)); /* rounding must never dismiss anyone */
    }
    return bound;
}

status_t stream_read_all(const reader_t *r, const double *old_value, const double *new_value,
                         calendar_t *to, error_t *err)
{
    const members_t *m = &r->crowd->members[r->platform];
    address_t address = r->world->address[r->platform];
    float *bound = class_bounds(r, new_value);
    if (!bound) return fail_memory(err, "the bounds of candidate streams");
    status_t st = OK;
    uint64_t block = UINT64_MAX;
    rng_block_t words = {{0}};
    for (size_t at = 0; st == OK && at < m->n_bidding; at++) {
        const struct bidding_member *b = &m->bidding[at];
        float most = bound[b->class] * b->activity;
        if (b->id / 4 != block) {
            block = b->id / 4;
            words = rng_at(r->world->key, DRAW_SILENT, address.placement, 0,
                           block | address.high / 4, r->replication, 0);
        }
        /* Silent if the first gap, -ln U, exceeds the bound; and -ln U > 1 - U. The last term covers
         * the low word of U and the float. */
        float silence = (float)(UINT32_MAX - words.word[b->id % 4]) * 0x1p-32f;
        if (silence > most + 1e-6f) continue;
        uint64_t sets = m->classes[b->class].ad_sets;
        double upto = stream_rank(r, b->member, sets, new_value);
        double above = stream_rank(r, b->member, sets, old_value);
        if (r->pool_read && (double)r->pool_read[b->member] > above)
            above = (double)r->pool_read[b->member];
        if (upto > above) st = stream_read(r, b->member, above, upto, to, err);
    }
    free(bound);
    return st;
}
