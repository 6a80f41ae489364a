/* rng_batch.c -- many blocks at once: one word for each of many people, for the sweep over everyone, most of
 * whom it dismisses; and blocks at addresses in a row. The same words as rng_at, four or eight at a time where
 * the processor has AVX2 or AVX-512; integers give the same answer either way. */
#include "models/base/rng.h"

#include <stddef.h>
#include <string.h>

enum { BATCH = 64 };

/* The counters of a batch: all alike but for the third word. */
typedef struct {
    uint32_t c1, c3;
    uint32_t c2[BATCH];
} batch_t;

/* Counters that differ in one of their words, which rises by `step` from one to the next. */
typedef struct {
    uint32_t first[4], step[4];
} row_t;

static void blocks_plain(const batch_t *batch, size_t n, rng_key_t key, uint32_t *word)
{
    for (size_t i = 0; i < n; i++) {
        philox4x32_ctr_t c = {{0, batch->c1, batch->c2[i], batch->c3}};
        philox4x32_key_t k = {{key.seed_low, key.seed_high}};
        philox4x32_ctr_t block = philox4x32(c, k);
        memcpy(&word[4 * i], block.v, sizeof block.v);
    }
}

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__wasm__)
#include <immintrin.h>

/* The four words of four blocks. */
typedef struct {
    __m256i a, b, c, d;
} blocks_t;

/* Ten rounds in 64-bit lanes: a product of 32 x 32 bits is one instruction, and what it leaves above
 * the low word does no harm to the next. */
__attribute__((target("avx2"))) static inline blocks_t ten_rounds(blocks_t x, rng_key_t key)
{
    const __m256i m0 = _mm256_set1_epi64x(0xD2511F53), m1 = _mm256_set1_epi64x(0xCD9E8D57);
    uint32_t k0 = key.seed_low, k1 = key.seed_high;
    for (int round = 0; round < 10; round++) {
        __m256i p0 = _mm256_mul_epu32(x.a, m0), p1 = _mm256_mul_epu32(x.c, m1);
        x.a = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p1, 32), x.b),
                               _mm256_set1_epi64x(k0));
        x.c = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p0, 32), x.d),
                               _mm256_set1_epi64x(k1));
        x.b = p1;
        x.d = p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return x;
}

/* Word after word of each block. */
__attribute__((target("avx2"))) static inline void store_blocks(blocks_t x, uint32_t *word)
{
    const __m256i low = _mm256_set1_epi64x(0xffffffff);
    __m256i ab = _mm256_or_si256(_mm256_and_si256(x.a, low), _mm256_slli_epi64(x.b, 32));
    __m256i cd = _mm256_or_si256(_mm256_and_si256(x.c, low), _mm256_slli_epi64(x.d, 32));
    __m256i even = _mm256_unpacklo_epi64(ab, cd), odd = _mm256_unpackhi_epi64(ab, cd);
    __m256i *to = (__m256i *)word;
    _mm256_storeu_si256(to, _mm256_permute2x128_si256(even, odd, 0x20));
    _mm256_storeu_si256(to + 1, _mm256_permute2x128_si256(even, odd, 0x31));
}

/* Four blocks of a batch at a time, the last ones beyond its end. */
__attribute__((target("avx2"))) static void blocks_avx2(const batch_t *batch, size_t n,
                                                        rng_key_t key, uint32_t *word)
{
    for (size_t i = 0; i < n; i += 4) {
        blocks_t x = {_mm256_setzero_si256(), _mm256_set1_epi64x(batch->c1),
                      _mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i *)&batch->c2[i])),
                      _mm256_set1_epi64x(batch->c3)};
        store_blocks(ten_rounds(x, key), word + 4 * i);
    }
}

/* Four blocks of a row at a time. */
__attribute__((target("avx2"))) static void row_avx2(rng_key_t key, const row_t *row, size_t n,
                                                     uint32_t *word)
{
    const __m256i lane = _mm256_set_epi64x(3, 2, 1, 0);
    for (size_t i = 0; i + 4 <= n; i += 4) {
        __m256i at[4];
        for (int k = 0; k < 4; k++)
            at[k] = _mm256_add_epi64(_mm256_set1_epi64x(row->first[k] + row->step[k] * (uint32_t)i),
                                     _mm256_mul_epu32(lane, _mm256_set1_epi64x(row->step[k])));
        store_blocks(ten_rounds((blocks_t){at[0], at[1], at[2], at[3]}, key), word + 4 * i);
    }
}

/* The same for eight at a time. */
__attribute__((target("avx512f"))) static void row_avx512(rng_key_t key, const row_t *row, size_t n,
                                                          uint32_t *word)
{
    const __m512i m0 = _mm512_set1_epi64(0xD2511F53), m1 = _mm512_set1_epi64(0xCD9E8D57);
    const __m512i low = _mm512_set1_epi64(0xffffffff);
    const __m512i lane = _mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0);
    const __m512i first = _mm512_set_epi64(11, 3, 10, 2, 9, 1, 8, 0);
    const __m512i last = _mm512_set_epi64(15, 7, 14, 6, 13, 5, 12, 4);
    for (size_t i = 0; i + 8 <= n; i += 8) {
        __m512i at[4];
        for (int k = 0; k < 4; k++)
            at[k] = _mm512_add_epi64(_mm512_set1_epi64(row->first[k] + row->step[k] * (uint32_t)i),
                                     _mm512_mul_epu32(lane, _mm512_set1_epi64(row->step[k])));
        __m512i a = at[0], b = at[1], c = at[2], d = at[3];
        uint32_t k0 = key.seed_low, k1 = key.seed_high;
        for (int round = 0; round < 10; round++) {
            __m512i p0 = _mm512_mul_epu32(a, m0), p1 = _mm512_mul_epu32(c, m1);
            a = _mm512_xor_si512(_mm512_xor_si512(_mm512_srli_epi64(p1, 32), b),
                                 _mm512_set1_epi64(k0));
            c = _mm512_xor_si512(_mm512_xor_si512(_mm512_srli_epi64(p0, 32), d),
                                 _mm512_set1_epi64(k1));
            b = p1;
            d = p0;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        __m512i ab = _mm512_or_si512(_mm512_and_si512(a, low), _mm512_slli_epi64(b, 32));
        __m512i cd = _mm512_or_si512(_mm512_and_si512(c, low), _mm512_slli_epi64(d, 32));
        _mm512_storeu_si512(word + 4 * i, _mm512_permutex2var_epi64(ab, first, cd));
        _mm512_storeu_si512(word + 4 * i + 16, _mm512_permutex2var_epi64(ab, last, cd));
    }
}

/* How many of the first blocks were made. */
static size_t wide_row(rng_key_t key, const row_t *row, size_t n, uint32_t *word)
{
    if (__builtin_cpu_supports("avx512f") && n >= 8) {
        row_avx512(key, row, n, word);
        return n / 8 * 8;
    }
    if (!__builtin_cpu_supports("avx2")) return 0;
    row_avx2(key, row, n, word);
    return n / 4 * 4;
}

static void blocks(const batch_t *batch, size_t n, rng_key_t key, uint32_t *word)
{
    if (__builtin_cpu_supports("avx2"))
        blocks_avx2(batch, n, key, word);
    else
        blocks_plain(batch, n, key, word);
}
#else
static void blocks(const batch_t *batch, size_t n, rng_key_t key, uint32_t *word)
{
    blocks_plain(batch, n, key, word);
}

static size_t wide_row(rng_key_t key, const row_t *row, size_t n, uint32_t *word)
{
    (void)key, (void)row, (void)n, (void)word;
    return 0;
}
#endif

/* The row's word that steps must not pass 2^32. */
static void make_row(rng_key_t key, const row_t *row, size_t n, uint32_t *word)
{
    for (size_t i = wide_row(key, row, n, word); i < n; i++) {
        philox4x32_ctr_t c;
        for (int k = 0; k < 4; k++) c.v[k] = row->first[k] + row->step[k] * (uint32_t)i;
        rng_block_t b = rng_of_counter(key, c);
        memcpy(&word[4 * i], b.word, sizeof b.word);
    }
}

static row_t row_at(purpose_t purpose, uint32_t placement, uint32_t day, uint64_t person,
                    uint32_t replication, uint32_t index)
{
    philox4x32_ctr_t c = rng_counter(purpose, placement, day, person, replication, index);
    return (row_t){{c.v[0], c.v[1], c.v[2], c.v[3]}, {0}};
}

void rng_neighbours(rng_key_t key, purpose_t purpose, uint32_t placement, uint32_t day,
                    uint64_t first, size_t n, uint32_t replication, uint32_t index, uint32_t *word)
{
    row_t row = row_at(purpose, placement, day, first, replication, index);
    row.step[2] = 1;
    size_t in_row = UINT32_MAX - (uint32_t)first; /* up to where the low word ends */
    if (in_row > n) in_row = n;
    make_row(key, &row, in_row, word);
    for (size_t i = in_row; i < n; i++) {
        rng_block_t b = rng_at(key, purpose, placement, day, first + i, replication, index);
        for (int k = 0; k < 4; k++) word[4 * i + (size_t)k] = b.word[k];
    }
}

void rng_days(rng_key_t key, purpose_t purpose, uint32_t placement, uint32_t first_day, size_t n,
              uint64_t person, uint32_t replication, uint32_t index, uint32_t *word)
{
    row_t row = row_at(purpose, placement, first_day, person, replication, index);
    row.step[1] = 1;
    make_row(key, &row, n, word);
}

void rng_series(rng_key_t key, purpose_t purpose, uint32_t placement, uint64_t person,
                uint32_t replication, uint32_t first_index, size_t n, uint32_t *word)
{
    row_t row = row_at(purpose, placement, 0, person, replication, first_index);
    row.step[0] = 1;
    make_row(key, &row, n, word);
}

void rng_words_of_four(rng_key_t key, purpose_t purpose, uint32_t placement, uint64_t high,
                       uint32_t replication, const uint32_t *id, size_t n, uint32_t *word)
{
    uint64_t above = high / 4; /* a block serves four people */
    batch_t batch = {.c1 = (uint32_t)purpose << 24 | (placement & 0xff) << 16,
                     .c3 = (uint32_t)(above >> 32) << 20 | (replication & 0xfffff)};
    for (size_t from = 0; from < n; from += BATCH) {
        uint32_t of[4 * BATCH], at[BATCH], last = id[from] / 4;
        size_t count = n - from < BATCH ? n - from : BATCH, block = 0;
        for (size_t i = 0; i < count; i++) { /* neighbours in the list often share a block */
            uint32_t four = id[from + i] / 4;
            block += four != last;
            batch.c2[block] = four | (uint32_t)above;
            at[i] = (uint32_t)block * 4 + id[from + i] % 4;
            last = four;
        }
        blocks(&batch, block + 1, key, of);
        for (size_t i = 0; i < count; i++) word[from + i] = of[at[i]];
    }
}
