/* stream.h -- inside the engine: each person's own stream of candidate impressions, in ascending rank,
 * read only as far as it can matter, and dealt to the hours of the flight (MODEL 9.4).
 *
 * On a platform, a person's opportunities are a Poisson process over rank x time; rank u = F(X) is
 * uniform whatever the bids. Reading in ascending rank up to a bound visits exactly the opportunities
 * she could be won at by a value below that bound; when values rise, reading goes on from the old
 * bound, for the time that is left. */
#ifndef ADSIM_ENGINE_STREAM_H
#define ADSIM_ENGINE_STREAM_H

#include "models/platform/hours.h"
#include "sim/engine/tuning.h"

/* For functions that only ask memory in advance: gcc takes a call of one for a call without effect and
 * drops it, unless it stands in the caller. */
#define ALWAYS_INLINE inline __attribute__((always_inline))

typedef struct {
    uint32_t tick;
    uint32_t person; /* index in the crowd */
    float z;         /* its rank variable, in standard deviations from the market's median */
    uint32_t number : 24, platform : 8;
} candidate_t;
enum { NUMBERS = 1 << 24 }; /* candidates of a person on a platform, at most */

/* The candidates of a flight by hour: each hour a chain of blocks, the newest first, in no order. */
enum { BLOCK_CANDIDATES = 63 };
typedef struct {
    uint32_t n, next; /* position + 1 of the hour's block before this one */
    candidate_t candidate[BLOCK_CANDIDATES];
} calendar_block_t;

typedef struct {
    calendar_block_t *block;
    size_t n_blocks, capacity;
    size_t n;        /* candidates added since it was cleared */
    uint32_t *hour;  /* each hour's newest block, position + 1; 0 = none */
    uint32_t *added; /* each hour's candidates that were not yet taken */
    int hours;
} calendar_t;

status_t calendar_init(calendar_t *c, int hours, error_t *err);
void calendar_free(calendar_t *c);
void calendar_clear(calendar_t *c);
status_t calendar_add(calendar_t *c, candidate_t candidate, error_t *err);

/* The number of candidates of an hour; and: moves them to `to`, which has room. */
size_t calendar_hour_size(const calendar_t *c, int hour);
void calendar_take_hour(calendar_t *c, int hour, candidate_t *to);

/* Upper bounds of ranks, by value. */
enum { RANK_NODES = 16 * 19 };
typedef struct {
    double node[RANK_NODES + 1];
} rank_table_t;
void rank_table_init(rank_table_t *t);

/* Where the reading of a member's stream stands: at her next candidate. */
typedef struct {
    double rank;
    uint32_t number;
    uint32_t member;
} place_t;

/* The places of a platform's members, of those alone who are not silent. */
typedef struct {
    place_t *place;
    size_t n, capacity;
    uint32_t *of; /* by member: position + 1 of her place; 0: nothing was read */
} places_t;

/* Nothing was read of so many members. */
status_t places_init(places_t *p, size_t members, error_t *err);
void places_free(places_t *p);
void places_clear(places_t *p);

/* One stretch of reading, of moments from `from` on. */
typedef struct {
    const world_t *world;
    const crowd_t *crowd;
    const tuning_t *tuning;
    const profile_t *profile; /* of the platform */
    const rank_table_t *ranks;
    int platform;
    uint32_t replication;
    uint32_t turn; /* of signals */
    uint32_t from; /* tick */
    places_t *places;
} reader_t;

/* A bound of the rank up to which given values (ln, before advantage; by ad set) matter to a member,
 * over some ad sets (bits); 0 for none. */
double stream_rank(const reader_t *r, size_t member, uint64_t ad_sets, const double *value);

/* Asks memory in advance for what reading a member's stream will touch. */
static ALWAYS_INLINE void stream_look_ahead(const reader_t *r, size_t member)
{
    const members_t *m = &r->crowd->members[r->platform];
    __builtin_prefetch(&m->person[member]);
    __builtin_prefetch(&m->activity[member]);
    __builtin_prefetch(&m->class[member]);
    __builtin_prefetch(&m->below[member]);
    __builtin_prefetch(&r->places->of[member]);
}

/* On which of n <= 32 days from `day` on does the person (with the platform's high word) open the platform?
 * Bits, that of `day` the lowest. */
uint32_t stream_days_open(const reader_t *r, uint64_t person, uint32_t day, unsigned n);

/* Reads one member's stream on, as far as rank `upto`. */
status_t stream_read(const reader_t *r, size_t member, double upto, calendar_t *to, error_t *err);

/* Reads on for everyone in an audience of the platform, as far as the given values matter (ln, by ad
 * set; -INFINITY = not at all). */
status_t stream_read_all(const reader_t *r, const double *value, calendar_t *to, error_t *err);

#endif
