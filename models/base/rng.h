/* rng.h -- chance, addressed by meaning (Philox4x32-10; Salmon et al., SC'11).
 *
 * A draw is a pure function of what it is for: seed, purpose, placement, day, person, replication
 * and index. Never of a thread, a scenario or the order of a loop; so any number of threads gives
 * the same bytes and two plans meet the same people with the same luck.
 *
 *   key = the seed of the experiment, 64 bits
 *   c0  = index
 *   c1  = purpose (8 bits) | placement (8) | day (16)
 *   c2  = person, low 32 bits
 *   c3  = person, high 12 bits | replication (20)                                             */
#ifndef ADSIM_BASE_RNG_H
#define ADSIM_BASE_RNG_H

/* Its checks of compile-time constants would let every room that draws call abort. */
#define R123_ASSERT(x) ((void)0)
#include <Random123/philox.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a draw is for. Frozen: a new purpose goes to the end, an old one never moves. */
typedef enum {
    DRAW_TRAIT = 1,  /* static traits of a person; index = which trait; placement as needed */
    DRAW_LABEL,      /* a vendor's or platform's label on a person */
    DRAW_MATCH,      /* is this member of a customer list found on the platform? */
    DRAW_OPEN_DAY,   /* does the person open the platform on this day? */
    DRAW_SILENT,     /* high word of the first gap of a candidate stream, four people a block */
    DRAW_CANDIDATE,  /* gap in rank and moment of candidate number `index` */
    DRAW_PRICE,      /* the rival's price given the rank; also the throttle's coin */
    DRAW_VIEW,       /* was the impression seen; which creative was shown */
    DRAW_CLICK,      /* click and visit, where later state depends on them */
    DRAW_CONVERSION, /* purchase, where later state depends on it */
    DRAW_DELAY,      /* how long after a click (or view) the conversion comes */
    DRAW_PULL,       /* when the displaced order would have come by itself */
    DRAW_VALUE,      /* order value */
    DRAW_ORGANIC,    /* organic visits of a person; index = which visit */
    DRAW_LEARNING,   /* learning-phase noise of an ad set; person = hash of its name */
    DRAW_PARAMETER,  /* an uncertain parameter; person = 44-bit hash of its key path */
    DRAW_SHUFFLE,    /* keyed permutations (strata within a cell, Latin hypercube) */
    DRAW_GROUP,      /* jackknife group of a person */
    DRAW_ROUNDING,   /* systematic rounding of cell counts */
    DRAW_PREDICTIVE, /* predictive draws of the estimates */
    DRAW_EFFECT,     /* how a person answers ads in this replication */
    DRAW_THROTTLE,   /* does the ad set take part in this auction; day = 16 bits of its hash */
    DRAW_HALF, /* which half of the people judges what the other half has found; placement = what */
    DRAW_BOOTSTRAP, /* how often a person counts in a bootstrap sample; replication = which sample */
    DRAW_TREATED,   /* is the person treated or held out in an experiment? */
    DRAW_OUTCOME,   /* orders as an experiment sees them; placement = of which platform */
    DRAW_START,     /* where a search for segments starts; person = which start */
    DRAW_RESAMPLE,  /* people drawn again, or made up, to judge segments; person = which sample */
    DRAW_TRIED, /* what came of an impression, where the platform learns which creative is best */
    DRAW_BRAND, /* orders through the brand, where later state depends on them; day = which */
    DRAW_CUSTOMER, /* how often an existing customer orders; index = which block */
    DRAW_PATH,     /* was an impression seen and clicked, on the path that attribution reads */
    DRAW_MACRO,    /* a day of the brand; person = 44-bit hash of a key path, replication = pair */
    DRAW_POST_VISIT, /* site visits that a brand's own posts bring; placement = of which platform */
    DRAW_HOLDOUT,    /* is the person held out in the plan's own experiment? */
    DRAW_REALISED,   /* orders of an impression as that experiment sees them */
    DRAW_SAMPLE, /* which replications a bootstrap sample holds; person = sample, index = place */
    DRAW_REGION, /* orders of a region as a geo experiment sees them; person = region */
    DRAW_SCRAMBLE, /* flips a bit of a Sobol point; placement = dimension, day = bit, person = bits above */
    DRAW_DESIGN, /* a point within its stratum of a Latin hypercube; person = hash of the coordinate */
    DRAW_ROW, /* which rows of a design a bootstrap sample holds; person = sample, index = place */
    DRAW_WHATIF /* who is taken into a what-if model */
} purpose_t;

typedef struct {
    uint32_t seed_low, seed_high;
} rng_key_t;

typedef struct {
    uint32_t word[4];
} rng_block_t;

static inline rng_key_t rng_key(uint64_t seed)
{
    return (rng_key_t){(uint32_t)seed, (uint32_t)(seed >> 32)};
}

/* The counter that stands for an address, and the four words that a counter has. */
static inline philox4x32_ctr_t rng_counter(purpose_t purpose, uint32_t placement, uint32_t day,
                                           uint64_t person, uint32_t replication, uint32_t index)
{
    return (philox4x32_ctr_t){
        {index, (uint32_t)purpose << 24 | (placement & 0xff) << 16 | (day & 0xffff),
         (uint32_t)person, (uint32_t)(person >> 32) << 20 | (replication & 0xfffff)}};
}
static inline rng_block_t rng_of_counter(rng_key_t key, philox4x32_ctr_t c)
{
    philox4x32_key_t k = {{key.seed_low, key.seed_high}};
    philox4x32_ctr_t r = philox4x32(c, k);
    return (rng_block_t){{r.v[0], r.v[1], r.v[2], r.v[3]}};
}

/* The four words at an address. person < 2^44, replication < 2^20, placement < 256, day < 65536. */
static inline rng_block_t rng_at(rng_key_t key, purpose_t purpose, uint32_t placement, uint32_t day,
                                 uint64_t person, uint32_t replication, uint32_t index)
{
    return rng_of_counter(key, rng_counter(purpose, placement, day, person, replication, index));
}

/* 64 bits of a block: half 0 is words 0 and 1, half 1 is words 2 and 3. */
static inline uint64_t rng_bits(rng_block_t b, int half)
{
    return (uint64_t)b.word[2 * half] << 32 | b.word[2 * half + 1];
}

/* Uniform on the open interval (0,1): the midpoint of one of 2^52 cells. (53 bits would round the
 * highest cell to 1.) */
static inline double rng_unit_from_bits(uint64_t bits)
{
    return ((double)(bits >> 12) + 0.5) * 0x1p-52;
}

static inline double rng_unit(rng_block_t b, int half)
{
    return rng_unit_from_bits(rng_bits(b, half));
}

/* Uniform on (0,1) from one word: the midpoint of one of 2^32 cells. For jitter inside a stratum and
 * for Bernoulli draws whose probability is far above 2^-20. */
static inline double rng_unit_from_word(uint32_t word)
{
    return ((double)word + 0.5) * 0x1p-32;
}

/* The four words of each of the blocks of people first .. first + n - 1, those of rng_at, faster. */
void rng_neighbours(rng_key_t key, purpose_t purpose, uint32_t placement, uint32_t day,
                    uint64_t first, size_t n, uint32_t replication, uint32_t index, uint32_t *word);

/* The same of one person: of days first_day .. first_day + n - 1 (all < 65536); and of indices first_index ..
 * first_index + n - 1 on day 0 (below 2^32). */
void rng_days(rng_key_t key, purpose_t purpose, uint32_t placement, uint32_t first_day, size_t n,
              uint64_t person, uint32_t replication, uint32_t index, uint32_t *word);
void rng_series(rng_key_t key, purpose_t purpose, uint32_t placement, uint64_t person,
                uint32_t replication, uint32_t first_index, size_t n, uint32_t *word);

/* One word for each of n people: word id % 4 of the block at (purpose, placement, day 0, person
 * (id | high) / 4, replication, index 0). `high` is a multiple of 2^32. */
void rng_words_of_four(rng_key_t key, purpose_t purpose, uint32_t placement, uint64_t high,
                       uint32_t replication, const uint32_t *id, size_t n, uint32_t *word);

/* 64-bit FNV-1a of a name; rng_path_hash is its 44-bit fold, the `person` of a named draw. */
uint64_t name_hash(const char *name);
uint64_t rng_path_hash(const char *key_path);

/* A keyed permutation of 0..n-1: where j goes. The same (key, stream, replication) gives the same
 * permutation; stream < 2^44 (rng_path_hash of what it is for, or a sum of such, cut to 44 bits).
 * Four Feistel rounds with cycle walking; for n < 64 a keyed Fisher-Yates shuffle. Cost O(1) (O(n) for
 * n < 64). */
uint64_t rng_permute(rng_key_t key, uint64_t stream, uint32_t replication, uint64_t j, uint64_t n);

#endif
