/* sobol.c -- direction numbers, scrambling, strata. */
#include "models/base/sobol.h"

#include <stddef.h>

enum { BITS = 32, DEGREE_MOST = 9 };

/* Primitive polynomials modulo 2 in their order (coefficients between the first and the last as bits), and
 * the first direction integers m of each: odd, m_k < 2^k. These m were found by a random search, 3,000 tries
 * a dimension, for the least sum over all earlier dimensions j and m = 4, 6, ... 14 of t_jm^3 / m, where t is
 * the quality parameter of the first 2^m points in the two dimensions (Niederreiter 1992). With them t <= 8
 * for every pair of the first 1,024 points, t <= 4 among the first ten dimensions. */
typedef struct {
    int degree;
    uint32_t inner;
    uint32_t m[DEGREE_MOST];
} direction_t;

static const direction_t direction[SOBOL_DIMENSIONS - 1] = {
    {1, 0, {1}},
    {2, 1, {1, 3}},
    {3, 1, {1, 1, 3}},
    {3, 2, {1, 1, 5}},
    {4, 1, {1, 3, 3, 5}},
    {4, 4, {1, 3, 5, 9}},
    {5, 2, {1, 1, 5, 9, 27}},
    {5, 4, {1, 3, 7, 5, 25}},
    {5, 7, {1, 3, 1, 15, 29}},
    {5, 11, {1, 1, 3, 11, 13}},
    {5, 13, {1, 1, 1, 5, 25}},
    {5, 14, {1, 3, 3, 15, 3}},
    {6, 1, {1, 1, 1, 7, 25, 35}},
    {6, 13, {1, 3, 1, 7, 19, 1}},
    {6, 16, {1, 3, 7, 7, 27, 61}},
    {6, 19, {1, 3, 5, 5, 1, 27}},
    {6, 22, {1, 3, 1, 3, 9, 29}},
    {6, 25, {1, 1, 7, 9, 15, 39}},
    {7, 1, {1, 3, 3, 3, 19, 59, 37}},
    {7, 4, {1, 1, 5, 3, 15, 9, 79}},
    {7, 7, {1, 1, 1, 13, 23, 3, 99}},
    {7, 8, {1, 1, 5, 1, 21, 59, 123}},
    {7, 14, {1, 3, 7, 11, 21, 47, 51}},
    {7, 19, {1, 3, 5, 5, 11, 37, 91}},
    {7, 21, {1, 1, 7, 13, 1, 29, 57}},
    {7, 28, {1, 1, 7, 5, 17, 55, 5}},
    {7, 31, {1, 3, 5, 13, 23, 9, 123}},
    {7, 32, {1, 3, 3, 11, 31, 45, 109}},
    {7, 37, {1, 1, 7, 1, 1, 57, 15}},
    {7, 41, {1, 3, 7, 9, 1, 9, 49}},
    {7, 42, {1, 1, 7, 11, 17, 53, 29}},
    {7, 50, {1, 1, 3, 5, 13, 61, 77}},
    {7, 55, {1, 3, 1, 5, 19, 5, 101}},
    {7, 56, {1, 1, 7, 15, 29, 61, 101}},
    {7, 59, {1, 1, 1, 5, 29, 19, 37}},
    {7, 62, {1, 3, 7, 7, 1, 37, 61}},
    {8, 14, {1, 3, 5, 3, 25, 47, 69, 255}},
    {8, 21, {1, 3, 5, 15, 7, 39, 93, 159}},
    {8, 22, {1, 1, 7, 9, 15, 55, 95, 101}},
    {8, 38, {1, 1, 1, 1, 15, 31, 79, 207}},
    {8, 47, {1, 1, 1, 11, 1, 17, 37, 243}},
    {8, 49, {1, 1, 3, 15, 13, 53, 59, 41}},
    {8, 50, {1, 3, 1, 5, 11, 33, 25, 57}},
    {8, 52, {1, 1, 5, 7, 11, 25, 95, 47}},
    {8, 56, {1, 3, 1, 13, 31, 39, 35, 225}},
    {8, 67, {1, 1, 1, 5, 7, 49, 1, 115}},
    {8, 70, {1, 1, 3, 15, 1, 1, 17, 105}},
    {8, 84, {1, 3, 7, 15, 13, 33, 7, 219}},
    {8, 97, {1, 1, 3, 5, 25, 7, 91, 7}},
    {8, 103, {1, 1, 7, 11, 29, 3, 73, 239}},
    {8, 115, {1, 3, 3, 1, 23, 43, 69, 141}},
    {8, 122, {1, 3, 1, 1, 27, 63, 121, 113}},
    {9, 8, {1, 3, 1, 11, 23, 9, 107, 109, 87}},
    {9, 13, {1, 1, 7, 7, 7, 7, 3, 249, 39}},
    {9, 16, {1, 3, 3, 9, 31, 59, 1, 37, 375}},
    {9, 22, {1, 1, 1, 13, 19, 1, 75, 233, 125}},
    {9, 25, {1, 3, 3, 3, 9, 43, 107, 15, 473}},
    {9, 44, {1, 1, 5, 13, 31, 1, 57, 241, 425}},
    {9, 47, {1, 1, 5, 13, 27, 49, 1, 211, 291}},
    {9, 52, {1, 3, 5, 9, 31, 61, 71, 101, 447}},
    {9, 55, {1, 3, 5, 1, 31, 25, 93, 193, 123}},
    {9, 59, {1, 3, 7, 13, 13, 7, 105, 151, 255}},
    {9, 62, {1, 1, 5, 3, 23, 19, 85, 209, 321}},
};

/* Column k of a dimension's generator matrix as 32 bits of a fraction. */
static void columns_of(int dimension, uint32_t v[BITS])
{
    if (dimension == 0) { /* van der Corput */
        for (int k = 0; k < BITS; k++) v[k] = 1u << (BITS - 1 - k);
        return;
    }
    const direction_t *d = &direction[dimension - 1];
    int s = d->degree;
    for (int k = 0; k < BITS; k++) {
        if (k < s) {
            v[k] = d->m[k] << (BITS - 1 - k);
            continue;
        }
        v[k] = v[k - s] ^ v[k - s] >> s;
        for (int j = 1; j < s; j++)
            if (d->inner >> (s - 1 - j) & 1) v[k] ^= v[k - j];
    }
}

uint32_t sobol_bits(uint32_t index, int dimension)
{
    uint32_t v[BITS], bits = 0;
    columns_of(dimension, v);
    for (int k = 0; index >> k; k++) {
        if (index >> k & 1) bits ^= v[k];
        if (k == BITS - 1) break; /* a shift by all 32 bits means nothing */
    }
    return bits;
}

double sobol_unit(rng_key_t key, uint32_t scrambling, uint32_t index, int dimension)
{
    uint32_t bits = sobol_bits(index, dimension), scrambled = 0;
    for (uint32_t k = 0; k < BITS; k++) {
        uint32_t above = k ? bits >> (BITS - k) : 0;
        rng_block_t coin = rng_at(key, DRAW_SCRAMBLE, (uint32_t)dimension, k, above, scrambling, 0);
        scrambled |= ((bits >> (BITS - 1 - k) ^ coin.word[0]) & 1) << (BITS - 1 - k);
    }
    return rng_unit_from_word(scrambled);
}

double latin_unit(rng_key_t key, uint64_t stream, uint64_t j, uint64_t n)
{
    /* Uncertain values are permuted by their paths too (scenario_draw): another stream. */
    uint64_t shuffle = (stream + rng_path_hash("latin hypercube")) & ((UINT64_C(1) << 44) - 1);
    uint64_t stratum = rng_permute(key, shuffle, 0, j, n);
    rng_block_t b = rng_at(key, DRAW_DESIGN, (uint32_t)(j >> 32), 0, stream, 0, (uint32_t)j);
    return ((double)stratum + rng_unit(b, 0)) / (double)n;
}

/* All bits flipped, each by a coin that belongs to the bits above it. */
static uint32_t scrambled(rng_key_t key, uint64_t stream, uint32_t stratum, uint32_t bits)
{
    uint32_t flipped = bits;
    for (uint32_t k = 0; k < BITS; k++) {
        uint32_t above = k ? bits >> (BITS - k) : 0;
        rng_block_t coin = rng_at(key, DRAW_PARAMETER, stratum, k, stream, 0, above);
        flipped ^= (coin.word[0] & 1) << (BITS - 1 - k);
    }
    return flipped;
}

double latin_sequence_unit(rng_key_t key, uint64_t stream, uint32_t j)
{
    uint32_t block = j / LATIN_BLOCK;
    uint64_t stratum = rng_permute(key, stream, block, j % LATIN_BLOCK, LATIN_BLOCK);
    uint32_t place = scrambled(key, stream, (uint32_t)stratum, sobol_bits(block, 0));
    return ((double)stratum + rng_unit_from_word(place)) / LATIN_BLOCK;
}
