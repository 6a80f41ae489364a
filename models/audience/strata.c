/* strata.c -- keyed permutations of a cell's people, many at a time. */
#include "models/audience/strata.h"

#include <math.h>

/* The last number before 1: the highest stratum of a large cell rounds to 1 otherwise. */
#define BELOW_ONE (1 - 0x1p-53)

/* The block of a trait for four neighbouring people (or, for independent draws, two). */
static rng_block_t trait_block(const strata_t *s, uint64_t group)
{
    return rng_at(s->cell.key, DRAW_TRAIT, (uint32_t)(s->stream >> 48), (uint32_t)(s->stream >> 32),
                  group, s->cell.replication, (uint32_t)s->stream);
}

/* Block number `k` of the key of the permutation. */
static rng_block_t key_block(const strata_t *s, uint32_t k)
{
    return rng_at(s->cell.key, DRAW_SHUFFLE, (uint32_t)(s->stream >> 48),
                  (uint32_t)(s->stream >> 32), s->cell.cell << 4 | k, s->cell.replication,
                  (uint32_t)s->stream);
}

/* Fisher-Yates; 32-bit words decide, which favours no position by more than 64/2^32. */
static void shuffle(strata_t *s)
{
    rng_block_t block = {{0}};
    for (uint32_t i = 0; i < s->cell.n; i++) s->shuffled[i] = (uint8_t)i;
    for (uint32_t i = 0; i + 1 < s->cell.n; i++) {
        if (i % 4 == 0) block = key_block(s, i / 4);
        uint32_t left = s->cell.n - i;
        uint32_t j = i + (uint32_t)((uint64_t)block.word[i % 4] * left >> 32);
        uint8_t moved = s->shuffled[i];
        s->shuffled[i] = s->shuffled[j];
        s->shuffled[j] = moved;
    }
}

/* a b is the smallest rectangle near the square that holds n: a b - n < a. */
static void key_rounds(strata_t *s)
{
    uint32_t a = (uint32_t)sqrt(s->cell.n);
    if (a * a < s->cell.n) a++;
    s->a = (uint16_t)a;
    s->b = (uint16_t)((s->cell.n + a - 1) / a);
    rng_block_t key = key_block(s, 0);
    for (int r = 0; r < 4; r++) {
        s->factor[r] = (uint16_t)(key.word[r] >> 16 | 1);
        s->add[r] = (uint16_t)key.word[r];
    }
}

void strata_init(strata_t *s, const strata_cell_t *cell, uint64_t stream)
{
    s->cell = *cell;
    s->stream = stream;
    if (cell->independent) return;
    if (cell->n < STRATA_SHUFFLED)
        shuffle(s);
    else
        key_rounds(s);
}

/* The round function: 16 bits hashed (xorshift-multiply, constants of Wellons' hash16_xm2) and scaled
 * to 0..side-1. */
static inline uint16_t round_value(uint16_t x, uint16_t factor, uint16_t add, uint16_t side)
{
    x = (uint16_t)(x * factor + add);
    x ^= (uint16_t)(x >> 8);
    x = (uint16_t)(x * 0x88b5u);
    x ^= (uint16_t)(x >> 7);
    x = (uint16_t)(x * 0xdb2du);
    x ^= (uint16_t)(x >> 9);
    return (uint16_t)((uint32_t)x * side >> 16);
}

/* x + y modulo side, both below it. */
static inline uint16_t add_modulo(uint16_t x, uint16_t y, uint16_t side)
{
    uint16_t sum = (uint16_t)(x + y), less = (uint16_t)(sum - side);
    return sum < less ? sum : less; /* below side, the difference wraps to a large number */
}

/* One pass of the network over `count` positions given as column + a row. */
static void feistel(const strata_t *s, size_t count, uint16_t *column, uint16_t *row)
{
    const uint16_t a = s->a, b = s->b;
    for (int r = 0; r < 4; r += 2) {
        const uint16_t f0 = s->factor[r], c0 = s->add[r], f1 = s->factor[r + 1], c1 = s->add[r + 1];
        for (size_t i = 0; i < count; i++) {
            column[i] = add_modulo(column[i], round_value(row[i], f0, c0, a), a);
            row[i] = add_modulo(row[i], round_value(column[i], f1, c1, b), b);
        }
    }
}

/* Walks on until the position lies within the cell. */
static uint32_t walk(const strata_t *s, uint32_t position)
{
    while (position >= s->cell.n) {
        uint16_t column = (uint16_t)(position % s->a), row = (uint16_t)(position / s->a);
        feistel(s, 1, &column, &row);
        position = row * (uint32_t)s->a + column;
    }
    return position;
}

void strata_positions(const strata_t *s, size_t from, size_t count, uint32_t *position)
{
    uint32_t j = (uint32_t)(from - s->cell.first);
    if (s->cell.n < STRATA_SHUFFLED) {
        for (size_t i = 0; i < count; i++) position[i] = s->shuffled[j + i];
        return;
    }
    uint16_t column[STRATA_BATCH], row[STRATA_BATCH];
    uint16_t at_column = (uint16_t)(j % s->a), at_row = (uint16_t)(j / s->a);
    for (size_t i = 0; i < count; i++) {
        column[i] = at_column;
        row[i] = at_row;
        if (++at_column == s->a) {
            at_column = 0;
            at_row++;
        }
    }
    feistel(s, count, column, row);
    const uint32_t a = s->a;
    uint32_t past = 0;
    for (size_t i = 0; i < count; i++) {
        position[i] = row[i] * a + column[i];
        past |= position[i] >= s->cell.n;
    }
    if (past)
        for (size_t i = 0; i < count; i++) position[i] = walk(s, position[i]);
}

double strata_jitter(const strata_t *s, size_t person)
{
    return rng_unit_from_word(trait_block(s, person / 4).word[person % 4]);
}

static void independent_uniforms(const strata_t *s, size_t from, size_t count, double *u)
{
    rng_block_t block = trait_block(s, from / 2);
    for (size_t i = 0; i < count; i++) {
        size_t person = from + i;
        if (person % 2 == 0) block = trait_block(s, person / 2);
        u[i] = rng_unit(block, (int)(person % 2));
    }
}

/* The jitter of a batch, a block for four people. */
static void jitters(const strata_t *s, size_t from, size_t count, double *u)
{
    size_t i = 0;
    while (i < count) {
        rng_block_t block = trait_block(s, (from + i) / 4);
        if ((from + i) % 4 == 0 && i + 4 <= count) {
            for (int k = 0; k < 4; k++) u[i + (size_t)k] = rng_unit_from_word(block.word[k]);
            i += 4;
        } else {
            u[i] = rng_unit_from_word(block.word[(from + i) % 4]);
            i++;
        }
    }
}

void strata_uniforms(const strata_t *s, size_t from, size_t count, double *u)
{
    if (s->cell.independent) {
        independent_uniforms(s, from, count, u);
        return;
    }
    uint32_t position[STRATA_BATCH];
    const double width = 1.0 / s->cell.n;
    strata_positions(s, from, count, position);
    jitters(s, from, count, u);
    for (size_t i = 0; i < count; i++) {
        double x = ((int32_t)position[i] + u[i]) * width;
        u[i] = x < BELOW_ONE ? x : BELOW_ONE;
    }
}

double strata_uniform(const strata_t *s, size_t person)
{
    double u;
    strata_uniforms(s, person, 1, &u);
    return u;
}
