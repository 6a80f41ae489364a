/* rng.c -- names as numbers, and permutations that need no memory. KERNEL file. */
#include "models/base/rng.h"

enum { FEISTEL_ROUNDS = 4, SHUFFLED_AT_ONCE = 64 };

uint64_t name_hash(const char *name)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (; *name; name++) hash = (hash ^ (unsigned char)*name) * 0x100000001b3u;
    return hash;
}

uint64_t rng_path_hash(const char *key_path)
{
    uint64_t hash = name_hash(key_path);
    return (hash >> 44 ^ hash) & 0xfffffffffffu;
}

/* Words of the permutation `stream`: index counts rounds (or steps of the shuffle), `day` and
 * `placement` are free and carry the half that a Feistel round mixes. */
static uint64_t shuffle_bits(rng_key_t key, uint64_t stream, uint32_t replication, uint32_t index,
                             uint32_t half)
{
    return rng_bits(rng_at(key, DRAW_SHUFFLE, index, 0, stream, replication, half), 0);
}

/* Unbiased to 2^-32: a number below n < 2^32 from 64 random bits. */
static uint32_t below(uint64_t bits, uint32_t n)
{
    return (uint32_t)((bits >> 32) * n >> 32);
}

static uint64_t shuffled(rng_key_t key, uint64_t stream, uint32_t replication, uint64_t j,
                         uint32_t n)
{
    uint8_t place[SHUFFLED_AT_ONCE];
    for (uint32_t i = 0; i < n; i++) place[i] = (uint8_t)i;
    for (uint32_t i = n - 1; i > 0; i--) {
        uint32_t k = below(shuffle_bits(key, stream, replication, 255, i), i + 1);
        uint8_t kept = place[i];
        place[i] = place[k];
        place[k] = kept;
    }
    return place[j];
}

/* A balanced Feistel network on 2 x `bits` bits, each round keyed by a block of chance. */
static uint64_t feistel(rng_key_t key, uint64_t stream, uint32_t replication, uint64_t j,
                        unsigned bits)
{
    uint32_t mask = (uint32_t)((UINT64_C(1) << bits) - 1);
    uint32_t left = (uint32_t)(j >> bits), right = (uint32_t)j & mask;
    for (uint32_t round = 0; round < FEISTEL_ROUNDS; round++) {
        uint32_t next =
            left ^ ((uint32_t)shuffle_bits(key, stream, replication, round, right) & mask);
        left = right;
        right = next;
    }
    return (uint64_t)left << bits | right;
}

uint64_t rng_permute(rng_key_t key, uint64_t stream, uint32_t replication, uint64_t j, uint64_t n)
{
    if (n < SHUFFLED_AT_ONCE) return shuffled(key, stream, replication, j, (uint32_t)n);
    unsigned bits = 3; /* of half a number */
    while (bits < 32 && UINT64_C(1) << 2 * bits < n) bits++;
    /* Walk the cycle until it comes back below n: fewer than 4 steps on average. */
    do j = feistel(key, stream, replication, j, bits);
    while (j >= n);
    return j;
}
