/* stream.c -- generates candidates; nearly everyone is dismissed by one word and one compare. */
#include "sim/engine/stream.h"
#include "models/base/array.h"
#include "models/base/maths.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- the calendar ---- */

status_t calendar_init(calendar_t *c, int hours, error_t *err)
{
    *c = (calendar_t){.hours = hours};
    c->hour = calloc((size_t)hours, sizeof *c->hour);
    c->added = calloc((size_t)hours, sizeof *c->added);
    return c->hour && c->added ? OK : fail_memory(err, "the hours of the flight");
}

void calendar_free(calendar_t *c)
{
    free(c->block);
    free(c->hour);
    free(c->added);
    *c = (calendar_t){0};
}

void calendar_clear(calendar_t *c)
{
    memset(c->hour, 0, (size_t)c->hours * sizeof *c->hour);
    memset(c->added, 0, (size_t)c->hours * sizeof *c->added);
    c->n_blocks = c->n = 0;
}

status_t calendar_add(calendar_t *c, candidate_t candidate, error_t *err)
{
    uint32_t hour = candidate.tick / TICKS_PER_HOUR, *head = &c->hour[hour];
    if (!*head || c->block[*head - 1].n == BLOCK_CANDIDATES) {
        calendar_block_t *grown = array_grown(c->block, c->n_blocks, &c->capacity, sizeof *grown);
        if (!grown) return fail_memory(err, "candidate impressions");
        c->block = grown;
        calendar_block_t *fresh = &c->block[c->n_blocks++];
        fresh->n = 0;
        fresh->next = *head;
        *head = (uint32_t)c->n_blocks;
    }
    calendar_block_t *block = &c->block[*head - 1];
    block->candidate[block->n++] = candidate;
    c->added[hour]++;
    c->n++;
    return OK;
}

size_t calendar_hour_size(const calendar_t *c, int hour)
{
    return c->added[hour];
}

void calendar_take_hour(calendar_t *c, int hour, candidate_t *to)
{
    for (uint32_t at = c->hour[hour]; at; at = c->block[at - 1].next) {
        const calendar_block_t *block = &c->block[at - 1];
        if (block->next) __builtin_prefetch(&c->block[block->next - 1]);
        memcpy(to, block->candidate, block->n * sizeof *to);
        to += block->n;
    }
    c->hour[hour] = c->added[hour] = 0;
}

/* ---- moments ---- */

/* Blocks of draws are made four at a time where the processor can, so that a few more cost nothing. */
enum { DRAWN_AT_ONCE = 4, DAYS_AT_ONCE = 32 };

static size_t in_fours(size_t n)
{
    return (n + DRAWN_AT_ONCE - 1) / DRAWN_AT_ONCE * DRAWN_AT_ONCE;
}

uint32_t stream_days_open(const reader_t *r, uint64_t person, uint32_t day, unsigned n)
{
    double share = r->tuning->theta->platform[r->platform].open_days;
    uint32_t placement = r->world->address[r->platform].placement, open = 0;
    if (share >= 1) return UINT32_MAX >> (DAYS_AT_ONCE - n);
    rng_block_t block[DAYS_AT_ONCE];
    if (n > 1)
        rng_days(r->world->key, DRAW_OPEN_DAY, placement, day, in_fours(n), person, r->replication,
                 0, block[0].word);
    else
        block[0] = rng_at(r->world->key, DRAW_OPEN_DAY, placement, day, person, r->replication, 0);
    for (unsigned k = 0; k < n; k++) open |= (uint32_t)(rng_unit(block[k], 0) < share) << k;
    return open;
}

/* The days of one person, as they are asked for: one by one, or where many will be, in stretches that are
 * kept. */
typedef struct {
    uint64_t person, made; /* stretches (bits) */
    bool many;
    uint32_t open[FLIGHT_DAYS_MOST / DAYS_AT_ONCE + 1];
} open_days_t;

static bool opens(const reader_t *r, open_days_t *d, uint32_t tick)
{
    uint32_t day = (uint32_t)(tick / TICKS_PER_DAY), stretch = day / DAYS_AT_ONCE;
    if (!d->many) return stream_days_open(r, d->person, day, 1);
    if (!(d->made >> stretch & 1)) {
        d->made |= 1ull << stretch;
        d->open[stretch] = stream_days_open(r, d->person, stretch * DAYS_AT_ONCE, DAYS_AT_ONCE);
    }
    return d->open[stretch] >> day % DAYS_AT_ONCE & 1;
}

/* ---- places ---- */

status_t places_init(places_t *p, size_t members, error_t *err)
{
    *p = (places_t){.of = calloc(members + 1, sizeof *p->of)};
    return p->of ? OK : fail_memory(err, "how far streams were read");
}

void places_free(places_t *p)
{
    free(p->place);
    free(p->of);
    *p = (places_t){0};
}

void places_clear(places_t *p)
{
    for (size_t k = 0; k < p->n; k++) p->of[p->place[k].member] = 0;
    p->n = 0;
}

static status_t places_keep(places_t *p, place_t at, error_t *err)
{
    uint32_t *of = &p->of[at.member];
    if (!*of) {
        place_t *grown = array_grown(p->place, p->n, &p->capacity, sizeof *grown);
        if (!grown) return fail_memory(err, "how far streams were read");
        p->place = grown;
        *of = (uint32_t)++p->n;
    }
    p->place[*of - 1] = at;
    return OK;
}

/* ---- one person ---- */

/* Candidates expected a day, from which on days are looked up in stretches. */
static const double MANY_CANDIDATES = 0.2;

static double mean_opportunities(const reader_t *r, size_t member)
{
    const members_t *m = &r->crowd->members[r->platform];
    int band = m->classes[m->class[member]].age_band;
    return (double)m->activity[member] * r->tuning->mean_opportunities[r->platform][band] /
           r->tuning->theta->platform[r->platform].open_days;
}

/* The high word of her first gap, from a block that serves four people. */
static uint32_t first_word(const reader_t *r, uint64_t person)
{
    return rng_at(r->world->key, DRAW_SILENT, r->world->address[r->platform].placement, 0,
                  person / 4, r->replication, 0)
        .word[person % 4];
}

/* The words of her candidates one after another, made several at a time where several will be read. */
enum { CANDIDATES_AT_ONCE = 16, FEW_CANDIDATES = 3 };
typedef struct {
    rng_block_t block[CANDIDATES_AT_ONCE];
    size_t at, n;
} words_t;

static rng_block_t candidate_words(const reader_t *r, words_t *w, uint64_t person, uint32_t number,
                                   double expected)
{
    uint32_t placement = r->world->address[r->platform].placement;
    if (w->at == w->n) {
        if (expected <= FEW_CANDIDATES)
            return rng_at(r->world->key, DRAW_CANDIDATE, placement, 0, person, r->replication,
                          number);
        w->n = expected < CANDIDATES_AT_ONCE ? in_fours((size_t)expected + 1) : CANDIDATES_AT_ONCE;
        w->at = 0;
        rng_series(r->world->key, DRAW_CANDIDATE, placement, person, r->replication, number, w->n,
                   w->block[0].word);
    }
    return w->block[w->at++];
}

/* The rank variable of a rank, in standard deviations from the market's median: of one kind of rivals the
 * normal quantile of the rank. */
static double standard_rank(const reader_t *r, double rank)
{
    const market_t *m = &r->tuning->market[r->platform];
    if (!m->n_parts) return normal_quantile(rank);
    return (market_rank_quantile(m, rank) - m->log_median) / r->tuning->rank_sd[r->platform];
}

static status_t read_member(const reader_t *r, size_t member, uint64_t person, uint32_t first,
                            double upto, calendar_t *to, error_t *err)
{
    uint32_t read = r->places->of[member];
    place_t at = read ? r->places->place[read - 1] : (place_t){.member = (uint32_t)member};
    if (at.rank > upto) return OK;
    double mean = mean_opportunities(r, member);
    if (at.rank == 0 && -m_log((first + 1.0) * 0x1p-32) > upto * mean)
        return OK; /* silent, whatever the low word */
    words_t words;
    words.at = words.n = 0;
    rng_block_t b = candidate_words(r, &words, person, at.number, (upto - at.rank) * mean);
    if (at.rank == 0) {
        b.word[0] = first;
        at.rank = -m_log(rng_unit(b, 0)) / mean;
    }
    open_days_t days;
    days.person = person;
    days.made = 0;
    days.many = (upto - at.rank) * mean > MANY_CANDIDATES * r->world->sc->days;
    status_t st = OK;
    while (st == OK && at.rank <= upto) {
        if (at.number == NUMBERS)
            return fail(err, ERR_INVALID,
                        "one person meets more than %d ad opportunities on '%s': lower its "
                        "opportunities a day",
                        NUMBERS, r->world->sc->platform[r->platform].name);
        uint32_t tick = profile_tick(r->profile, r->world->sc->days, rng_unit(b, 1));
        if (tick >= r->from && opens(r, &days, tick)) {
            candidate_t c = {tick, r->crowd->members[r->platform].person[member],
                             (float)standard_rank(r, at.rank), at.number, (uint32_t)r->platform};
            st = calendar_add(to, c, err);
        }
        b = candidate_words(r, &words, person, ++at.number, (upto - at.rank) * mean);
        at.rank -= m_log(rng_unit(b, 0)) / mean;
    }
    return st == OK ? places_keep(r->places, at, err) : st;
}

status_t stream_read(const reader_t *r, size_t member, double upto, calendar_t *to, error_t *err)
{
    size_t i = r->crowd->members[r->platform].person[member];
    uint64_t person = r->crowd->person[i].id | r->world->address[r->platform].high;
    return read_member(r, member, person, first_word(r, person), upto, to, err);
}

/* ---- bounds ---- */

/* An upper bound of the normal distribution function, monotone and cheap: how far a stream is read need
 * not be exact, only the same each time. Linear between nodes, which lies above the curve where that is
 * convex (z < 0); the last factor covers the rest and the rounding. */
static const double RANK_LEAST = -10, RANK_STEP = 1.0 / 16, RANK_SLACK = 1 + 1e-3;

void rank_table_init(rank_table_t *t)
{
    for (int k = 0; k <= RANK_NODES; k++)
        t->node[k] = RANK_SLACK * normal_cdf(RANK_LEAST + k * RANK_STEP);
}

static double rank_bound(const rank_table_t *t, double z)
{
    double at = (z - RANK_LEAST) / RANK_STEP;
    if (!(at > 0)) return z == -INFINITY ? 0 : t->node[0];
    if (at >= RANK_NODES) return 1;
    int k = (int)at;
    double bound = t->node[k] + (at - k) * (t->node[k + 1] - t->node[k]);
    return bound < 1 ? bound : 1;
}

static double value_rank(const reader_t *r, double log_value)
{
    const market_t *m = &r->tuning->market[r->platform];
    if (!m->n_parts)
        return rank_bound(r->ranks, (log_value - m->log_median) / r->tuning->rank_sd[r->platform]);
    double bound = 0, noise = m->score_noise;
    for (int k = 0; k < m->n_parts; k++) {
        const market_part_t *p = &m->part[k];
        double sd = m_sqrt(p->log_sd * p->log_sd + noise * noise);
        bound += p->weight * rank_bound(r->ranks, (log_value - m->log_median - p->log_shift) / sd);
    }
    return bound < 1 ? bound : 1;
}

static double highest(uint64_t sets, const double *value)
{
    double best = -INFINITY;
    for (; sets; sets &= sets - 1)
        if (value[__builtin_ctzll(sets)] > best) best = value[__builtin_ctzll(sets)];
    return best;
}

/* The highest value of those who meet the average person, and of those to whom the platform foresees
 * more. */
static double best_value(const world_t *w, uint64_t sets, const double *value, double foreseen)
{
    double plain = highest(sets & ~w->foreseen_ad_sets, value);
    double more = highest(sets & w->foreseen_ad_sets, value) + foreseen;
    return more > plain ? more : plain;
}

/* The place is that of her signal. */
static double member_rank(const reader_t *r, size_t member, uint32_t place, uint64_t sets,
                          const double *value)
{
    double signal = signal_at(&r->world->signal, place + r->turn);
    double best = best_value(r->world, sets, value, foreseen_advantage(r->world, signal));
    return value_rank(r, best + member_cheapness(&r->crowd->members[r->platform], member));
}

double stream_rank(const reader_t *r, size_t member, uint64_t sets, const double *value)
{
    size_t i = r->crowd->members[r->platform].person[member];
    return member_rank(r, member, r->crowd->person[i].place, sets, value);
}

/* Upper bounds of mean opportunities times rank, per unit of activity, for each class and level of the
 * signal. */
static float *class_bounds(const reader_t *r, const double *value)
{
    const members_t *m = &r->crowd->members[r->platform];
    float *bound = malloc((m->n_classes + 1) * SIGNAL_LEVELS * sizeof *bound);
    for (size_t k = 0; bound && k < m->n_classes; k++) {
        const class_t *c = &m->classes[k];
        double mean = r->tuning->mean_opportunities[r->platform][c->age_band] /
                      r->tuning->theta->platform[r->platform].open_days;
        for (int l = 0; l < SIGNAL_LEVELS; l++) {
            double foreseen = foreseen_advantage(r->world, r->world->signal.most[l]);
            double rank = value_rank(r, best_value(r->world, c->ad_sets, value, foreseen) +
                                            (double)c->cheapness);
            /* rounding must never dismiss anyone */
            bound[k * SIGNAL_LEVELS + (size_t)l] = (float)(rank * mean * (1 + 1e-6));
        }
    }
    return bound;
}

/* ---- everyone ---- */

/* Members that may not be silent, of `n` from position `from` on: their positions. -ln U > 1 - U, so
 * the first gap exceeds the bound if 1 - U does; the last term covers the low word of U and the float. */
static size_t find_loud(const reader_t *r, const float *bound, size_t from, size_t n,
                        uint32_t *word, uint32_t *loud)
{
    const members_t *m = &r->crowd->members[r->platform];
    address_t address = r->world->address[r->platform];
    rng_words_of_four(r->world->key, DRAW_SILENT, address.placement, address.high, r->replication,
                      m->id + from, n, word);
    size_t found = 0;
    for (size_t k = 0; k < n; k++) {
        int level = signal_level(&r->world->signal, m->place[from + k] + r->turn);
        float most = bound[(size_t)m->class[from + k] * SIGNAL_LEVELS + (size_t)level] *
                     m->activity[from + k];
        loud[found] = (uint32_t)k;
        found += (float)(UINT32_MAX - word[k]) * 0x1p-32f <= most + 1e-6f;
    }
    return found;
}

status_t stream_read_all(const reader_t *r, const double *value, calendar_t *to, error_t *err)
{
    enum { BATCH = 256, AHEAD = 8 };
    const members_t *m = &r->crowd->members[r->platform];
    uint64_t high = r->world->address[r->platform].high;
    float *bound = class_bounds(r, value);
    status_t st = bound ? OK : fail_memory(err, "the bounds of candidate streams");
    for (size_t from = 0; st == OK && from < m->n_bidding; from += BATCH) {
        uint32_t word[BATCH], loud[BATCH];
        size_t n = m->n_bidding - from < BATCH ? m->n_bidding - from : BATCH;
        size_t found = find_loud(r, bound, from, n, word, loud);
        for (size_t k = 0; st == OK && k < found; k++) {
            if (k + AHEAD < found) stream_look_ahead(r, from + loud[k + AHEAD]);
            size_t member = from + loud[k];
            double upto = member_rank(r, member, m->place[member],
                                      m->classes[m->class[member]].ad_sets, value);
            st = read_member(r, member, m->id[member] | high, word[loud[k]], upto, to, err);
        }
    }
    free(bound);
    return st;
}
