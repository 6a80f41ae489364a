/* strata.c -- keyed permutations of a cell's people, many at a time. */
#include "models/audience/strata.h"

#include "models/base/maths.h"

#include <math.h>
#include <string.h>

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
static uint32_t columns_of(uint32_t n)
{
    uint32_t a = (uint32_t)sqrt(n);
    return a * a < n ? a + 1 : a;
}

static void key_rounds(strata_t *s)
{
    uint32_t a = columns_of(s->cell.n);
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

/* Batches are worked through in blocks of this size, so that loops over them have a fixed length. */
enum { BLOCK = 32 };

static size_t blocks_of(size_t count)
{
    return (count + BLOCK - 1) / BLOCK;
}

/* The network at `blocks` blocks of places, in the widest registers that the processor has. */
WIDE static void pass_all(strata_network_t k, size_t blocks, const uint16_t *restrict column,
                          const uint16_t *restrict row, uint16_t *restrict to_column,
                          uint16_t *restrict to_row)
{
    for (size_t i = 0; i < BLOCK * blocks; i++) {
        uint16_t x = column[i], y = row[i];
        pass(&k, &x, &y);
        to_column[i] = x;
        to_row[i] = y;
    }
}

/* Columns and rows as positions, and which of them lie past the cell. */
WIDE static void join(uint16_t a, uint32_t n, size_t blocks, const uint16_t *restrict column,
                      const uint16_t *restrict row, uint32_t *restrict position,
                      uint8_t *restrict past)
{
    for (size_t i = 0; i < BLOCK * blocks; i++) {
        position[i] = row[i] * (uint32_t)a + column[i];
        past[i] = position[i] >= n;
    }
}

/* Where somebody goes who stands at a column and row, walking on while that lies outside the cell. */
static uint32_t walk(const strata_t *s, uint16_t column, uint16_t row)
{
    const strata_network_t *k = &s->network;
    uint32_t position;
    do {
        pass(k, &column, &row);
        position = row * (uint32_t)k->a + column;
    } while (position >= s->cell.n);
    return position;
}

/* Which of the first `count` marks, 0 or 1 each, are 1; those after them become 0. */
static size_t list_marked(uint8_t *mark, size_t count, uint16_t *list)
{
    size_t found = 0;
    for (size_t i = count; i % 8; i++) mark[i] = 0;
    for (size_t i = 0; i < count; i += 8) {
        uint64_t eight;
        memcpy(&eight, mark + i, sizeof eight);
        for (; eight; eight &= eight - 1)
            list[found++] = (uint16_t)(i + (size_t)__builtin_ctzll(eight) / 8);
    }
    return found;
}

/* Where the people at these places go; `position` has room for STRATA_BATCH. */
static void permute(const strata_t *s, const strata_places_t *p, uint32_t *position)
{
    uint16_t column[STRATA_BATCH], row[STRATA_BATCH], list[STRATA_BATCH];
    uint8_t past[STRATA_BATCH];
    size_t blocks = blocks_of(p->count);
    pass_all(s->network, blocks, p->column, p->row, column, row);
    join(s->network.a, s->cell.n, blocks, column, row, position, past);
    size_t n = list_marked(past, p->count, list);
    for (size_t k = 0; k < n; k++) position[list[k]] = walk(s, column[list[k]], row[list[k]]);
}

/* Places up to the end of their block count as the first. */
static void fill_block(strata_places_t *p)
{
    for (size_t i = p->count; i % BLOCK; i++) p->column[i] = p->row[i] = 0;
}

void strata_places(const strata_cell_t *cell, strata_places_t *p)
{
    const uint32_t a = columns_of(cell->n);
    for (size_t i = 0; i < p->count; i++) {
        p->row[i] = (uint16_t)(p->j[i] / a);
        p->column[i] = (uint16_t)(p->j[i] - p->row[i] * a);
    }
    fill_block(p);
}

/* The places of neighbours. */
static void places_from(const strata_cell_t *cell, size_t from, size_t count, strata_places_t *p)
{
    const uint32_t a = columns_of(cell->n), j = (uint32_t)(from - cell->first);
    uint16_t at_column = (uint16_t)(j % a), at_row = (uint16_t)(j / a);
    p->count = count;
    for (size_t i = 0; i < count; i++) p->j[i] = j + (uint32_t)i;
    for (size_t done = 0; done < count; at_column = 0, at_row++) {
        size_t run = (size_t)(a - at_column);
        if (run > count - done) run = count - done;
        for (size_t i = 0; i < run; i++) {
            p->column[done + i] = (uint16_t)(at_column + i);
            p->row[done + i] = at_row;
        }
        done += run;
    }
    fill_block(p);
}

static void positions_at(const strata_t *s, const strata_places_t *p, uint32_t *position)
{
    if (s->cell.n >= STRATA_SHUFFLED) {
        permute(s, p, position);
        return;
    }
    for (size_t i = 0; i < p->count; i++) position[i] = s->shuffled[p->j[i]];
}

void strata_positions(const strata_t *s, size_t from, size_t count, uint32_t *position)
{
    strata_places_t p;
    places_from(&s->cell, from, count, &p);
    positions_at(s, &p, position);
}

/* U of a person: uniform on (0,1), what is left within the stratum. */
static double jitter_of(const strata_t *s, size_t person)
{
    return rng_unit_from_word(trait_block(s, person / 4).word[person % 4]);
}

strata_cut_t strata_cut(const strata_cell_t *cell, double share)
{
    double strata = share * cell->n;
    uint32_t whole = (uint32_t)strata;
    uint32_t a = cell->n < STRATA_SHUFFLED ? STRATA_SHUFFLED : columns_of(cell->n);
    return (strata_cut_t){(uint16_t)(whole % a), (uint16_t)(whole / a), whole, strata - whole};
}

/* Columns and rows to which people go before anybody walks on; a shuffled cell is one row. */
static void destinations(const strata_t *s, const strata_places_t *p, uint16_t *column,
                         uint16_t *row)
{
    if (s->cell.n >= STRATA_SHUFFLED) {
        pass_all(s->network, blocks_of(p->count), p->column, p->row, column, row);
        return;
    }
    memset(column, 0, STRATA_BATCH * sizeof *column);
    memset(row, 0, STRATA_BATCH * sizeof *row);
    for (size_t i = 0; i < p->count; i++) column[i] = s->shuffled[p->j[i]];
}

/* The cut of each person: blocks of the first run's, of the second run's over their end, ... */
static void spread_cuts(const strata_runs_t *runs, const strata_cut_t *cut, uint16_t *column,
                        uint16_t *row)
{
    for (int r = 0; r < runs->n; r++)
        for (size_t i = runs->start[r]; i < runs->start[r + 1]; i += BLOCK)
            for (size_t j = i; j < i + BLOCK; j++) {
                column[j] = cut[r].column;
                row[j] = cut[r].row;
            }
}

/* Sets `bit` for those who go below their cut; marks those who go to the stratum of the cut, or past
 * the cell: from column `end` of its last row on. */
WIDE static void compare_cuts(size_t blocks, uint16_t last, uint16_t end,
                              const uint16_t *restrict column, const uint16_t *restrict row,
                              const uint16_t *restrict cut_column, const uint16_t *restrict cut_row,
                              uint16_t bit, uint16_t *restrict set, uint8_t *restrict mark)
{
    for (size_t i = 0; i < BLOCK * blocks; i++) {
        uint16_t x = column[i], y = row[i];
        bool at_row = y == cut_row[i];
        set[i] |= (y < cut_row[i]) | (at_row & (x < cut_column[i])) ? bit : 0;
        mark[i] = (at_row & (x == cut_column[i])) | ((y == last) & (x >= end));
    }
}

/* Does a person who has gone to a column and row go below the cut in the end? */
static bool goes_below(const strata_t *s, uint32_t j, uint16_t column, uint16_t row,
                       strata_cut_t cut)
{
    uint32_t a = s->cell.n < STRATA_SHUFFLED ? STRATA_SHUFFLED : s->network.a;
    uint32_t position = row * a + column;
    if (position >= s->cell.n) position = walk(s, column, row);
    if (position != cut.whole) return position < cut.whole;
    return jitter_of(s, s->cell.first + j) < cut.part;
}

void strata_below(const strata_t *s, const strata_places_t *p, const strata_runs_t *runs,
                  const strata_cut_t *cut, uint16_t bit, uint16_t *set)
{
    uint16_t column[STRATA_BATCH], row[STRATA_BATCH], list[STRATA_BATCH];
    uint16_t cut_column[STRATA_BATCH + BLOCK], cut_row[STRATA_BATCH + BLOCK];
    uint8_t mark[STRATA_BATCH];
    bool shuffled = s->cell.n < STRATA_SHUFFLED;
    uint32_t a = shuffled ? STRATA_SHUFFLED : s->network.a, last = shuffled ? 0 : s->network.b - 1u;
    destinations(s, p, column, row);
    spread_cuts(runs, cut, cut_column, cut_row);
    compare_cuts(blocks_of(p->count), (uint16_t)last, (uint16_t)(s->cell.n - last * a), column, row,
                 cut_column, cut_row, bit, set, mark);
    size_t n = list_marked(mark, p->count, list);
    for (size_t k = 0, r = 0; k < n; k++) {
        size_t i = list[k];
        while (runs->start[r + 1] <= i) r++;
        if (goes_below(s, p->j[i], column[i], row[i], cut[r])) set[i] |= bit;
    }
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

/* The words of a batch's jitter, a block for four people; returns where those of `from` begin. */
static const uint32_t *jitter_words(const strata_t *s, size_t from, size_t count,
                                    uint32_t word[STRATA_BATCH + 8])
{
    rng_neighbours(s->cell.key, DRAW_TRAIT, (uint32_t)(s->stream >> 48),
                   (uint32_t)(s->stream >> 32), from / 4, (from + count + 3) / 4 - from / 4,
                   s->cell.replication, (uint32_t)s->stream, word);
    return word + from % 4;
}

static inline double in_stratum(const strata_t *s, uint32_t position, double jitter)
{
    double u = ((int32_t)position + jitter) * (1.0 / s->cell.n);
    return u < BELOW_ONE ? u : BELOW_ONE;
}

/* The same for a batch. */
WIDE static void all_in_stratum(double width, size_t count, const uint32_t *position,
                                const uint32_t *word, double *u)
{
    for (size_t i = 0; i < count; i++)
        u[i] = m_min(((int32_t)position[i] + rng_unit_from_word(word[i])) * width, BELOW_ONE);
}

void strata_uniforms(const strata_t *s, size_t from, size_t count, double *u)
{
    if (s->cell.independent) {
        independent_uniforms(s, from, count, u);
        return;
    }
    uint32_t position[STRATA_BATCH], word[STRATA_BATCH + 8];
    strata_positions(s, from, count, position);
    all_in_stratum(1.0 / s->cell.n, count, position, jitter_words(s, from, count, word), u);
}

/* Rational functions of Wichura's AS241, as in normal_quantile: both branches for everybody, since a
 * branch would be mispredicted for one in seven. The far tail (r > 5, p < 1.4e-11) is left to
 * normal_quantile. */
static inline double horner(const double c[8], double x)
{
    return ((((((c[0] * x + c[1]) * x + c[2]) * x + c[3]) * x + c[4]) * x + c[5]) * x + c[6]) * x +
           c[7];
}

/* m_log of a normal number, without its cases for others. */
static inline double log_normal_number(double x)
{
    double_bits_t b = {.value = x}, exponent;
    uint64_t top = b.bits + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
    exponent.bits = 0x4330000000000000u | top >> 52; /* 2^52 + the exponent */
    double k = exponent.value - (0x1p52 + 0x3ff);
    b.bits = (top & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu;
    double f = b.value - 1, half = 0.5 * f * f, s = f / (2 + f), z = s * s, w = z * z;
    double odd = w * (3.999999999940941908e-01 +
                      w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    double even = z * (6.666666666666735130e-01 +
                       w * (2.857142874366239149e-01 +
                            w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    return s * (half + (odd + even)) + k * 1.90821492927058770002e-10 - half + f +
           k * 6.93147180369123816490e-01;
}

#define QUANTILE_BATCH 256
#define FAR_TAIL 1.3887943864964021e-11 /* e^-25 */

/* Tells whether one lies in the far tail. */
WIDE static bool quantiles(const double *restrict u, double *restrict z)
{
    static const double a[] = {2509.0809287301226727, 33430.575583588128105, 67265.770927008700853,
                               45921.953931549871457, 13731.693765509461125, 1971.5909503065514427,
                               133.14166789178437745, 3.387132872796366608};
    static const double b[] = {
        5226.495278852545925,  28729.085735721942674, 39307.89580009271061,  21213.794301586595867,
        5394.1960214247511077, 687.1870074920579083,  42.313330701600911252, 1};
    static const double c[] = {7.7454501427834140764e-4, .0227238449892691845833,
                               .24178072517745061177,    1.27045825245236838258,
                               3.64784832476320460504,   5.7694972214606914055,
                               4.6303378461565452959,    1.42343711074968357734};
    static const double d[] = {1.05075007164441684324e-9, 5.475938084995344946e-4,
                               .0151986665636164571966,   .14810397642748007459,
                               .68976733498510000455,     1.6763848301838038494,
                               2.05319162663775882187,    1};
    double top[QUANTILE_BATCH], bottom[QUANTILE_BATCH];
    double far_top[QUANTILE_BATCH], far_bottom[QUANTILE_BATCH];
    for (int i = 0; i < QUANTILE_BATCH; i++) {
        double q = u[i] - 0.5, r = 0.180625 - q * q;
        top[i] = horner(a, r);
        bottom[i] = horner(b, r);
    }
    for (int i = 0; i < QUANTILE_BATCH; i++) {
        double r = m_sqrt(-log_normal_number(m_min(u[i], 1 - u[i]))) - 1.6;
        far_top[i] = horner(c, r);
        far_bottom[i] = horner(d, r);
    }
    for (int i = 0; i < QUANTILE_BATCH; i++) {
        double q = u[i] - 0.5, t = top[i], below = bottom[i], f = far_top[i], g = far_bottom[i];
        bool near = m_abs(q) <= 0.425;
        double sign = q < 0 ? -1 : 1;
        z[i] = (near ? q : sign) * ((near ? t : f) / (near ? below : g));
    }
    unsigned far = 0;
    for (int i = 0; i < QUANTILE_BATCH; i++)
        far |= (unsigned)(u[i] < FAR_TAIL) | (unsigned)(u[i] > 1 - FAR_TAIL);
    return far;
}

void normal_quantiles(double *x, size_t n)
{
    double u[QUANTILE_BATCH], z[QUANTILE_BATCH];
    for (size_t from = 0; from < n; from += QUANTILE_BATCH) {
        size_t count = n - from < QUANTILE_BATCH ? n - from : QUANTILE_BATCH;
        memcpy(u, x + from, count * sizeof *u);
        for (size_t i = count; i < QUANTILE_BATCH; i++) u[i] = 0.5;
        bool far = quantiles(u, z);
        memcpy(x + from, z, count * sizeof *z);
        for (size_t i = 0; far && i < count; i++)
            if (u[i] < FAR_TAIL || u[i] > 1 - FAR_TAIL) x[from + i] = normal_quantile(u[i]);
    }
}

void strata_normals(const strata_t *s, size_t from, size_t count, double *z)
{
    strata_uniforms(s, from, count, z);
    normal_quantiles(z, count);
}

void strata_uniforms_of(const strata_t *s, const uint32_t *person, size_t count, double *u)
{
    if (s->cell.independent || s->cell.n < STRATA_SHUFFLED) {
        for (size_t i = 0; i < count; i++) u[i] = strata_uniform(s, person[i]);
        return;
    }
    strata_places_t p = {.count = count};
    uint32_t position[STRATA_BATCH];
    for (size_t i = 0; i < count; i++) p.j[i] = person[i] - (uint32_t)s->cell.first;
    strata_places(&s->cell, &p);
    permute(s, &p, position);
    for (size_t i = 0; i < count; i++) u[i] = in_stratum(s, position[i], jitter_of(s, person[i]));
}

double strata_uniform(const strata_t *s, size_t person)
{
    if (s->cell.independent) return rng_unit(trait_block(s, person / 2), (int)(person % 2));
    uint32_t j = (uint32_t)(person - s->cell.first), a = s->network.a, position;
    if (s->cell.n < STRATA_SHUFFLED)
        position = s->shuffled[j];
    else
        position = walk(s, (uint16_t)(j % a), (uint16_t)(j / a));
    return in_stratum(s, position, jitter_of(s, person));
}
