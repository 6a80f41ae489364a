/* strata.c -- keyed permutations of a cell's people, many at a time. */
#include "models/audience/strata.h"

#include <math.h>

/* The last number before 1: the highest stratum of a large cell rounds to 1 otherwise. */
#define BELOW_ONE (1 - 0x1p-53)

/* Compiled once for every x86-64 and once for those with AVX2; sanitizers cannot start such programs. */
#if defined __x86_64__ && defined __gnu_linux__ && !defined __clang__ &&                           \
    !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
#define WIDE __attribute__((target_clones("avx2", "default")))
#else
#define WIDE
#endif

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
    strata_network_t *k = &s->network;
    k->a = (uint16_t)a;
    k->b = (uint16_t)((s->cell.n + a - 1) / a);
    rng_block_t key = key_block(s, 0);
    for (int r = 0; r < 4; r++) {
        k->factor[r] = (uint16_t)(key.word[r] >> 16 | 1);
        k->add[r] = (uint16_t)key.word[r];
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

/* The network at column x, row y. */
static inline void pass(const strata_network_t *k, uint16_t *x, uint16_t *y)
{
    *x = add_modulo(*x, round_value(*y, k->factor[0], k->add[0], k->a), k->a);
    *y = add_modulo(*y, round_value(*x, k->factor[1], k->add[1], k->b), k->b);
    *x = add_modulo(*x, round_value(*y, k->factor[2], k->add[2], k->a), k->a);
    *y = add_modulo(*y, round_value(*x, k->factor[3], k->add[3], k->b), k->b);
}

/* The same for `count` places at once, in the widest registers that the processor has; integers give
 * the same answer in any of them. */
WIDE static void pass_all(strata_network_t k, size_t count, uint16_t *column, uint16_t *row)
{
    for (size_t i = 0; i < count; i++) {
        uint16_t x = column[i], y = row[i];
        pass(&k, &x, &y);
        column[i] = x;
        row[i] = y;
    }
}

/* Where a position goes, walking on while that lies outside the cell. */
static uint32_t walk(const strata_t *s, uint32_t position)
{
    const strata_network_t *k = &s->network;
    do {
        uint16_t column = (uint16_t)(position % k->a), row = (uint16_t)(position / k->a);
        pass(k, &column, &row);
        position = row * (uint32_t)k->a + column;
    } while (position >= s->cell.n);
    return position;
}

/* Where the people at these columns and rows go. */
static void permute(const strata_t *s, size_t count, uint16_t *column, uint16_t *row,
                    uint32_t *position)
{
    const uint32_t a = s->network.a;
    uint32_t past = 0;
    pass_all(s->network, count, column, row);
    for (size_t i = 0; i < count; i++) {
        position[i] = row[i] * a + column[i];
        past |= position[i] >= s->cell.n;
    }
    if (past)
        for (size_t i = 0; i < count; i++)
            if (position[i] >= s->cell.n) position[i] = walk(s, position[i]);
}

void strata_positions(const strata_t *s, size_t from, size_t count, uint32_t *position)
{
    uint32_t j = (uint32_t)(from - s->cell.first);
    if (s->cell.n < STRATA_SHUFFLED) {
        for (size_t i = 0; i < count; i++) position[i] = s->shuffled[j + i];
        return;
    }
    const uint32_t a = s->network.a;
    uint16_t column[STRATA_BATCH], row[STRATA_BATCH];
    uint16_t at_column = (uint16_t)(j % a), at_row = (uint16_t)(j / a);
    for (size_t done = 0; done < count; at_column = 0, at_row++) {
        size_t run = (size_t)(a - at_column);
        if (run > count - done) run = count - done;
        for (size_t i = 0; i < run; i++) {
            column[done + i] = (uint16_t)(at_column + i);
            row[done + i] = at_row;
        }
        done += run;
    }
    permute(s, count, column, row, position);
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

static inline double in_stratum(const strata_t *s, uint32_t position, double jitter)
{
    double u = ((int32_t)position + jitter) * (1.0 / s->cell.n);
    return u < BELOW_ONE ? u : BELOW_ONE;
}

void strata_uniforms(const strata_t *s, size_t from, size_t count, double *u)
{
    if (s->cell.independent) {
        independent_uniforms(s, from, count, u);
        return;
    }
    uint32_t position[STRATA_BATCH];
    strata_positions(s, from, count, position);
    jitters(s, from, count, u);
    for (size_t i = 0; i < count; i++) u[i] = in_stratum(s, position[i], u[i]);
}

void strata_uniforms_of(const strata_t *s, const uint32_t *person, size_t count, double *u)
{
    if (s->cell.independent || s->cell.n < STRATA_SHUFFLED) {
        for (size_t i = 0; i < count; i++) u[i] = strata_uniform(s, person[i]);
        return;
    }
    uint16_t column[STRATA_BATCH], row[STRATA_BATCH];
    uint32_t position[STRATA_BATCH];
    for (size_t i = 0; i < count; i++) {
        uint32_t j = person[i] - (uint32_t)s->cell.first;
        row[i] = (uint16_t)(j / s->network.a);
        column[i] = (uint16_t)(j - row[i] * (uint32_t)s->network.a);
    }
    permute(s, count, column, row, position);
    for (size_t i = 0; i < count; i++)
        u[i] = in_stratum(s, position[i], strata_jitter(s, person[i]));
}

double strata_uniform(const strata_t *s, size_t person)
{
    if (s->cell.independent) return rng_unit(trait_block(s, person / 2), (int)(person % 2));
    uint32_t j = (uint32_t)(person - s->cell.first);
    uint32_t position = s->cell.n < STRATA_SHUFFLED ? s->shuffled[j] : walk(s, j);
    return in_stratum(s, position, strata_jitter(s, person));
}
