/* test_rng.c -- addresses, uniforms, names and permutations. (The generator's published vectors are in
 * test_known_answers.) Fixed seeds: statistical tests give the same answer on each run. */
#include "models/base/rng.h"
#include "models/base/variate.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* The address function's golden file: one line a purpose, in the order they were added. A purpose that
 * is added goes to the end of this table; a line that changes breaks every published seed. */
static const struct {
    purpose_t purpose;
    int number;
    uint64_t
        bits; /* half 0 at seed 2026, placement 3, day 17, person 2^40 + 5, replication 9, index 2 */
} golden[] = {
    {DRAW_TRAIT, 1, 0x1818490352121ca1},     {DRAW_LABEL, 2, 0x098e3915c4832024},
    {DRAW_MATCH, 3, 0xf72ff53ebf66c4bf},     {DRAW_OPEN_DAY, 4, 0xd8fb206a74b87ab7},
    {DRAW_SILENT, 5, 0x0b0536f387924187},    {DRAW_CANDIDATE, 6, 0xf0d6fcb76fb094e9},
    {DRAW_PRICE, 7, 0xba583f5c965eedfe},     {DRAW_VIEW, 8, 0x38a57077c7010134},
    {DRAW_CLICK, 9, 0xb1e662642810de18},     {DRAW_CONVERSION, 10, 0x8a1ee79bd9f88df6},
    {DRAW_DELAY, 11, 0x01da99a94b45d7ed},    {DRAW_PULL, 12, 0x45040ccddead0242},
    {DRAW_VALUE, 13, 0xc5b3cf2ec87854c1},    {DRAW_ORGANIC, 14, 0x926f87de6e820bb1},
    {DRAW_LEARNING, 15, 0xf3a3d91834eec129}, {DRAW_PARAMETER, 16, 0x41dc9a900000ce72},
    {DRAW_SHUFFLE, 17, 0xb14ca1a0eaa82f71},  {DRAW_GROUP, 18, 0x62aaa193a653d748},
    {DRAW_ROUNDING, 19, 0xf130c0671d524edf}, {DRAW_PREDICTIVE, 20, 0x0d294bd2d9ba8ae7},
};

static void no_purpose_ever_moves(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof golden / sizeof *golden; i++) {
        rng_block_t b =
            rng_at(rng_key(2026), golden[i].purpose, 3, 17, (UINT64_C(1) << 40) + 5, 9, 2);
        assert_int_equal(golden[i].purpose, golden[i].number);
        assert_true(rng_bits(b, 0) == golden[i].bits);
    }
}

/* Every bit of the address reaches the generator: flip one, and the block is another. */
static void every_bit_of_an_address_matters(void **state)
{
    (void)state;
    enum { SEED = 64, PLACEMENT = 8, DAY = 16, PERSON = 44, REPLICATION = 20, INDEX = 32 };
    uint64_t seen[SEED + PLACEMENT + DAY + PERSON + REPLICATION + INDEX + 1];
    size_t n = 0;
    seen[n++] = rng_bits(rng_at(rng_key(0), DRAW_CLICK, 0, 0, 0, 0, 0), 0);
    for (int b = 0; b < SEED; b++)
        seen[n++] = rng_bits(rng_at(rng_key(UINT64_C(1) << b), DRAW_CLICK, 0, 0, 0, 0, 0), 0);
    for (int b = 0; b < PLACEMENT; b++)
        seen[n++] = rng_bits(rng_at(rng_key(0), DRAW_CLICK, 1u << b, 0, 0, 0, 0), 0);
    for (int b = 0; b < DAY; b++)
        seen[n++] = rng_bits(rng_at(rng_key(0), DRAW_CLICK, 0, 1u << b, 0, 0, 0), 0);
    for (int b = 0; b < PERSON; b++)
        seen[n++] = rng_bits(rng_at(rng_key(0), DRAW_CLICK, 0, 0, UINT64_C(1) << b, 0, 0), 0);
    for (int b = 0; b < REPLICATION; b++)
        seen[n++] = rng_bits(rng_at(rng_key(0), DRAW_CLICK, 0, 0, 0, 1u << b, 0), 0);
    for (int b = 0; b < INDEX; b++)
        seen[n++] = rng_bits(rng_at(rng_key(0), DRAW_CLICK, 0, 0, 0, 0, 1u << b), 0);
    assert_int_equal(n, sizeof seen / sizeof *seen);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++) assert_true(seen[i] != seen[j]);
}

static void words_of_a_batch_are_those_of_their_addresses(void **state)
{
    (void)state;
    enum { PEOPLE = 1000 };
    uint32_t id[PEOPLE], word[PEOPLE];
    const uint64_t highs[] = {0, UINT64_C(5) << 32, UINT64_C(0xfff) << 32};
    for (uint32_t i = 0; i < PEOPLE; i++) id[i] = i < 500 ? i : i * 4294900u;
    for (size_t h = 0; h < 3; h++)
        for (size_t n = 0; n <= PEOPLE; n += 37) { /* whole batches and what is left over */
            word[n < PEOPLE ? n : 0] = 12345;
            rng_words_of_four(rng_key(9), DRAW_SILENT, 3, highs[h], 77, id, n, word);
            if (n > 0 && n < PEOPLE) assert_int_equal(word[n], 12345);
            for (size_t i = 0; i < n; i++) {
                uint64_t person = (id[i] | highs[h]) / 4;
                rng_block_t b = rng_at(rng_key(9), DRAW_SILENT, 3, 0, person, 77, 0);
                assert_int_equal(word[i], b.word[id[i] % 4]);
            }
        }
}

/* Also across the end of the low 32 bits of a person, and for numbers that are no multiple of four. */
static void words_of_neighbours_are_those_of_their_addresses(void **state)
{
    (void)state;
    enum { PEOPLE = 70 };
    uint32_t word[4 * PEOPLE + 1];
    const uint64_t firsts[] = {0, 3, 1000001, 0xfffffff0u, UINT64_C(0x123ffffffff)};
    for (size_t f = 0; f < 5; f++)
        for (size_t n = 0; n <= PEOPLE; n += 7) {
            word[4 * n] = 12345;
            rng_neighbours(rng_key(9), DRAW_TRAIT, 5, 77, firsts[f], n, 3, 0xdeadbeef, word);
            assert_int_equal(word[4 * n], 12345);
            for (size_t i = 0; i < 4 * n; i++) {
                rng_block_t b =
                    rng_at(rng_key(9), DRAW_TRAIT, 5, 77, firsts[f] + i / 4, 3, 0xdeadbeef);
                assert_int_equal(word[i], b.word[i % 4]);
            }
        }
}

/* Days and candidates of one person, few or many: each width of register and what is left over. */
static void rows_of_one_person_are_those_of_their_addresses(void **state)
{
    (void)state;
    enum { MOST = 37 };
    const uint64_t person = UINT64_C(5) << 40 | 0xfffffffe;
    rng_block_t day[MOST], series[MOST];
    for (size_t n = 1; n <= MOST; n++) {
        rng_days(rng_key(9), DRAW_OPEN_DAY, 5, 0xff00, n, person, 3, 7, day[0].word);
        rng_series(rng_key(9), DRAW_CANDIDATE, 5, person, 3, 0xfffff0, n, series[0].word);
        for (size_t k = 0; k < n; k++) {
            uint32_t at = (uint32_t)k;
            rng_block_t a = rng_at(rng_key(9), DRAW_OPEN_DAY, 5, 0xff00 + at, person, 3, 7),
                        b = rng_at(rng_key(9), DRAW_CANDIDATE, 5, 0, person, 3, 0xfffff0 + at);
            assert_memory_equal(&a, &day[k], sizeof a);
            assert_memory_equal(&b, &series[k], sizeof b);
        }
    }
}

enum { DRAWS = 100000, CELLS = 100 };

/* Chi-square on CELLS equal cells, 99 d.f.: mean 99, sd 14; 180 is passed by chance once in 10^6.
 * A cell off by 10 % of its share in one place in ten shows (chi-square about 100 more). */
static double chi_square(const int *count, int cells, double expected)
{
    double sum = 0;
    for (int i = 0; i < cells; i++) sum += (count[i] - expected) * (count[i] - expected) / expected;
    return sum;
}

typedef double draw_t(uint32_t i);
static double by_person(uint32_t i)
{
    return rng_unit(rng_at(rng_key(1), DRAW_TRAIT, 0, 0, i, 0, 0), 0);
}
static double by_day(uint32_t i)
{
    return rng_unit(rng_at(rng_key(1), DRAW_OPEN_DAY, i >> 16, i & 0xffff, 3, 0, 0), 1);
}
static double by_replication(uint32_t i)
{
    return rng_unit(rng_at(rng_key(1), DRAW_VIEW, 0, 0, 3, i, 0), 0);
}
static double by_index(uint32_t i)
{
    return rng_unit_from_word(rng_at(rng_key(1), DRAW_CANDIDATE, 0, 0, 3, 0, i).word[2]);
}
static double by_seed(uint32_t i)
{
    return rng_unit(rng_at(rng_key(i), DRAW_PRICE, 0, 0, 3, 0, 0), 0);
}

static void draws_are_uniform_along_every_part(void **state)
{
    (void)state;
    draw_t *const draws[] = {by_person, by_day, by_replication, by_index, by_seed};
    for (size_t d = 0; d < sizeof draws / sizeof *draws; d++) {
        int single[CELLS] = {0}, pairs[CELLS] = {0}; /* neighbours: a 10 x 10 table */
        for (uint32_t i = 0; i < DRAWS; i++) {
            double u = draws[d](2 * i), v = draws[d](2 * i + 1);
            single[(int)(u * CELLS)]++;
            pairs[(int)(u * 10) * 10 + (int)(v * 10)]++;
        }
        assert_true(chi_square(single, CELLS, (double)DRAWS / CELLS) < 180);
        assert_true(chi_square(pairs, CELLS, (double)DRAWS / CELLS) < 180);
    }
}

static void names_have_the_published_hash(void **state)
{
    (void)state;
    /* FNV-1a, 64 bits: the vectors of its authors. */
    assert_true(name_hash("") == 0xcbf29ce484222325u);
    assert_true(name_hash("a") == 0xaf63dc4c8601ec8cu);
    assert_true(name_hash("foobar") == 0x85944171f73967e8u);
    assert_true(rng_path_hash("foobar") ==
                ((0x85944171f73967e8u >> 44 ^ 0x85944171f73967e8u) & 0xfffffffffffu));
    assert_true(rng_path_hash("foobar") >> 44 == 0);
}

static void a_permutation_meets_everyone_once(void **state)
{
    (void)state;
    const uint64_t sizes[] = {1, 2, 7, 63, 64, 65, 100, 1000, 4096, 5000};
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
        uint8_t met[5000] = {0};
        for (uint64_t j = 0; j < sizes[s]; j++) {
            uint64_t k = rng_permute(rng_key(3), 77, 4, j, sizes[s]);
            assert_true(k < sizes[s] && !met[k]);
            met[k] = 1;
        }
    }
    for (uint64_t j = 0; j < 1000; j++) /* as large as 64 bits hold */
        assert_true(rng_permute(rng_key(3), 77, 4, j, UINT64_MAX) < UINT64_MAX);
}

static void a_permutation_depends_on_its_whole_address(void **state)
{
    (void)state;
    const uint64_t sizes[] = {60, 1000};
    for (size_t s = 0; s < 2; s++) {
        int moved[3] = {0};
        for (uint64_t j = 0; j < sizes[s]; j++) {
            uint64_t k = rng_permute(rng_key(3), 77, 4, j, sizes[s]);
            moved[0] += k != rng_permute(rng_key(4), 77, 4, j, sizes[s]);
            moved[1] += k != rng_permute(rng_key(3), 78, 4, j, sizes[s]);
            moved[2] += k != rng_permute(rng_key(3), 77, 5, j, sizes[s]);
        }
        for (int i = 0; i < 3; i++) assert_true(moved[i] > (int)sizes[s] / 2);
    }
}

/* Where 0 and 1 go, over 20,000 permutations: 99 d.f. as above. */
static void every_place_is_equally_likely(void **state)
{
    (void)state;
    int small[10 * 10] = {0}, large[CELLS] = {0};
    for (uint64_t stream = 0; stream < 20000; stream++) {
        uint64_t a = rng_permute(rng_key(5), stream, 0, 0, 10);
        small[a * 10 + rng_permute(rng_key(5), stream, 0, 1, 10)]++;
        large[rng_permute(rng_key(5), stream, 0, 17, 100)]++;
    }
    double chi = 0; /* ordered pairs of different places: 90 cells */
    for (int i = 0; i < 100; i++) {
        double expected = 20000. / 90;
        if (i / 10 == i % 10)
            assert_int_equal(small[i], 0);
        else
            chi += (small[i] - expected) * (small[i] - expected) / expected;
    }
    assert_true(chi < 180);
    assert_true(chi_square(large, CELLS, 200) < 180);
}

static void alias_table_draws_its_law(void **state)
{
    (void)state;
    const double p[] = {0, 0.05, 0.1, 0.4, 0.3, 0.15};
    double keep[6];
    int alias[6], work[6], count[6] = {0};
    alias_build(p, 6, keep, alias, work);
    for (uint32_t i = 0; i < DRAWS; i++) count[alias_draw(keep, alias, 6, by_person(i))]++;
    assert_int_equal(count[0], 0);
    double chi = 0; /* 4 d.f.: 33 is passed by chance once in 10^6 */
    for (int j = 1; j < 6; j++) chi += pow(count[j] - DRAWS * p[j], 2) / (DRAWS * p[j]);
    assert_true(chi < 33);
    const double even[] = {0.25, 0.25, 0.25, 0.25};
    alias_build(even, 4, keep, alias, work);
    for (int j = 0; j < 4; j++) assert_true(alias_probability(keep, alias, 4, j) == 0.25);
}

static void box_muller_pairs_are_normal(void **state)
{
    (void)state;
    double sum = 0, squares = 0, product = 0;
    for (uint32_t i = 0; i < DRAWS; i++) {
        normal_pair_t z = normal_pair(by_person(2 * i), by_person(2 * i + 1));
        sum += z.first + z.second;
        squares += z.first * z.first + z.second * z.second;
        product += z.first * z.second;
    }
    double se = 1 / sqrt(2. * DRAWS);
    assert_true(fabs(sum / (2. * DRAWS)) < 4.9 * se); /* 1 in 10^6 */
    assert_true(fabs(squares / (2. * DRAWS) - 1) < 4.9 * sqrt(2) * se);
    assert_true(fabs(product / DRAWS) < 4.9 / sqrt(DRAWS));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_purpose_ever_moves),
        cmocka_unit_test(every_bit_of_an_address_matters),
        cmocka_unit_test(words_of_a_batch_are_those_of_their_addresses),
        cmocka_unit_test(words_of_neighbours_are_those_of_their_addresses),
        cmocka_unit_test(rows_of_one_person_are_those_of_their_addresses),
        cmocka_unit_test(draws_are_uniform_along_every_part),
        cmocka_unit_test(names_have_the_published_hash),
        cmocka_unit_test(a_permutation_meets_everyone_once),
        cmocka_unit_test(a_permutation_depends_on_its_whole_address),
        cmocka_unit_test(every_place_is_equally_likely),
        cmocka_unit_test(alias_table_draws_its_law),
        cmocka_unit_test(box_muller_pairs_are_normal),
    };
    return cmocka_run_group_tests_name("rng", tests, NULL, NULL);
}
