/* rng_batch.c -- one word for each of many people: the sweep over everyone, most of whom it dismisses.
 * The same words as rng_at, four people at a time where the processor has AVX2; integers give the same
 * answer either way. */
#include "models/base/rng.h"

#include <stddef.h>

enum { BATCH = 64 };

/* The counters of a batch: all alike but for the third word. */
typedef struct {
    uint32_t c1, c3;
    uint32_t c2[BATCH];
    uint32_t which[BATCH]; /* word of the block that is wanted */
} batch_t;

static void words_plain(const batch_t *batch, rng_key_t key, uint32_t *out)
{
    for (int i = 0; i < BATCH; i++) {
        philox4x32_ctr_t c = {{0, batch->c1, batch->c2[i], batch->c3}};
        philox4x32_key_t k = {{key.seed_low, key.seed_high}};
        out[i] = philox4x32(c, k).v[batch->which[i]];
    }
}

#if defined(__x86_64__) && defined(__GNUC__) && !defined(__wasm__)
#include <immintrin.h>

/* Ten rounds in 64-bit lanes: a product of 32 x 32 bits is one instruction, and what it leaves above
 * the low word does no harm to the next. */
__attribute__((target("avx2"))) static void words_avx2(const batch_t *batch, rng_key_t key,
                                                       uint32_t *out)
{
    const __m256i m0 = _mm256_set1_epi64x(0xD2511F53), m1 = _mm256_set1_epi64x(0xCD9E8D57);
    for (int i = 0; i < BATCH; i += 4) {
        __m256i a = _mm256_setzero_si256(), b = _mm256_set1_epi64x(batch->c1);
        __m256i c = _mm256_cvtepu32_epi64(_mm_loadu_si128((const __m128i *)&batch->c2[i]));
        __m256i d = _mm256_set1_epi64x(batch->c3);
        uint32_t k0 = key.seed_low, k1 = key.seed_high;
        for (int round = 0; round < 10; round++) {
            __m256i p0 = _mm256_mul_epu32(a, m0), p1 = _mm256_mul_epu32(c, m1);
            a = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p1, 32), b),
                                 _mm256_set1_epi64x(k0));
            c = _mm256_xor_si256(_mm256_xor_si256(_mm256_srli_epi64(p0, 32), d),
                                 _mm256_set1_epi64x(k1));
            b = p1;
            d = p0;
            k0 += 0x9E3779B9u;
            k1 += 0xBB67AE85u;
        }
        uint64_t word[4][4];
        _mm256_storeu_si256((__m256i *)word[0], a);
        _mm256_storeu_si256((__m256i *)word[1], b);
        _mm256_storeu_si256((__m256i *)word[2], c);
        _mm256_storeu_si256((__m256i *)word[3], d);
        for (int j = 0; j < 4; j++) out[i + j] = (uint32_t)word[batch->which[i + j]][j];
    }
}

static void words(const batch_t *batch, rng_key_t key, uint32_t *out)
{
    if (__builtin_cpu_supports("avx2"))
        words_avx2(batch, key, out);
    else
        words_plain(batch, key, out);
}
#else
static void words(const batch_t *batch, rng_key_t key, uint32_t *out)
{
    words_plain(batch, key, out);
}
#endif

void rng_words_of_four(rng_key_t key, purpose_t purpose, uint32_t placement, uint64_t high,
                       uint32_t replication, const uint32_t *id, size_t n, uint32_t *word)
{
    uint64_t above = high / 4; /* a block serves four people */
    batch_t batch = {.c1 = (uint32_t)purpose << 24 | (placement & 0xff) << 16,
                     .c3 = (uint32_t)(above >> 32) << 20 | (replication & 0xfffff)};
    for (size_t from = 0; from < n; from += BATCH) {
        uint32_t out[BATCH];
        size_t count = n - from < BATCH ? n - from : BATCH;
        for (size_t i = 0; i < BATCH; i++) {
            uint32_t person = id[from + (i < count ? i : 0)];
            batch.c2[i] = person / 4 | (uint32_t)above;
            batch.which[i] = person % 4;
        }
        words(&batch, key, out);
        for (size_t i = 0; i < count; i++) word[from + i] = out[i];
    }
}
