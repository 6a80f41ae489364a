/* Random streams as the simulation addresses them: neighbouring people, days, replications, draws and
 * purposes are uniform and independent (MODEL 6.3).
 *
 * Each check gives a p-value; the least of 197 must pass 10^-6, which chance alone misses once in
 * 5,000 seeds (the seed is fixed), and all of them together must look uniform (Kolmogorov-Smirnov, 1 in
 * 10^4). What a check sees in 99 of 100 seeds:
 *   single, pair, triple    cells off by 5 % of their share (root mean square) at 65,536 draws
 *   serial correlation      0.028
 *   bits                    a bit that is 1 in 51.5 % of blocks */
#include "models/base/rng.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { DRAWS = 65536, MOST = 400 };
static const double LEAST = 1e-6;

/* The p-values of all checks of the program. */
static double p_values[MOST];
static int n_p;

static void judge(const char *what, const char *where, double p)
{
    if (n_p == MOST) abort();
    p_values[n_p++] = p;
    if (p < LEAST) print_message("# %s, %s: p = %.2g\n", what, where, p);
    assert_true(p >= LEAST);
}

/* ---- ways through the lattice of addresses ---- */

typedef struct {
    uint32_t placement, day, replication, index;
    uint64_t person;
} address_t;

/* The i-th address along a part, all others as in the middle of a run. */
typedef address_t path_t(uint32_t i);
static const address_t middle = {3, 11, 40, 2, 123456};

static address_t by_person(uint32_t i)
{
    address_t a = middle;
    a.person = i;
    return a;
}
static address_t by_far_person(uint32_t i) /* of another platform: above 2^32 */
{
    address_t a = middle;
    a.person = (UINT64_C(0xabc) << 32) + i;
    return a;
}
static address_t by_day(uint32_t i)
{
    address_t a = middle;
    a.day = i % 64; /* a flight, then the next person's */
    a.person = i / 64;
    return a;
}
static address_t by_replication(uint32_t i)
{
    address_t a = middle;
    a.replication = i;
    return a;
}
static address_t by_pair(uint32_t i) /* the two replications of a pair, person by person */
{
    address_t a = middle;
    a.replication = i % 2;
    a.person = i / 2;
    return a;
}
static address_t by_index(uint32_t i)
{
    address_t a = middle;
    a.index = i % 32; /* a stream's candidates, then the next person's */
    a.person = i / 32;
    return a;
}
static address_t by_placement(uint32_t i)
{
    address_t a = middle;
    a.placement = i % 4;
    a.person = i / 4;
    return a;
}

static const struct {
    const char *name;
    path_t *at;
} paths[] = {{"people", by_person},
             {"people of a platform", by_far_person},
             {"days", by_day},
             {"replications", by_replication},
             {"pairs of replications", by_pair},
             {"candidates", by_index},
             {"platforms", by_placement}};
enum { PATHS = sizeof paths / sizeof *paths };

/* One purpose of each kind of use. */
static const purpose_t purposes[] = {DRAW_TRAIT, DRAW_OPEN_DAY,   DRAW_CANDIDATE,
                                     DRAW_PRICE, DRAW_CONVERSION, DRAW_EFFECT};
enum { PURPOSES = sizeof purposes / sizeof *purposes };

static rng_block_t block_at(address_t a, purpose_t purpose)
{
    return rng_at(rng_key(20260302), purpose, a.placement, a.day, a.person, a.replication, a.index);
}

/* ---- checks ---- */

static double chi_square_p(const int *count, int cells, double expected)
{
    double sum = 0;
    for (int k = 0; k < cells; k++) sum += (count[k] - expected) * (count[k] - expected) / expected;
    return gsl_cdf_chisq_Q(sum, cells - 1);
}

static void check_single(const double *u, const char *where)
{
    static int count[256];
    memset(count, 0, sizeof count);
    for (int i = 0; i < DRAWS; i++) count[(int)(u[i] * 256)]++;
    judge("single", where, chi_square_p(count, 256, DRAWS / 256.0));
}

/* Neighbours (not overlapping) in a 16 x 16 table, then three in a row in 6 x 6 x 6. */
static void check_neighbours(const double *u, const char *where)
{
    static int pair[256], triple[216];
    memset(pair, 0, sizeof pair);
    memset(triple, 0, sizeof triple);
    for (int i = 0; i + 1 < DRAWS; i += 2) pair[(int)(u[i] * 16) * 16 + (int)(u[i + 1] * 16)]++;
    for (int i = 0; i + 2 < DRAWS; i += 3)
        triple[((int)(u[i] * 6) * 6 + (int)(u[i + 1] * 6)) * 6 + (int)(u[i + 2] * 6)]++;
    judge("pairs", where, chi_square_p(pair, 256, DRAWS / 2 / 256.0));
    judge("triples", where, chi_square_p(triple, 216, DRAWS / 3 / 216.0));
}

static void check_correlation(const double *u, int lag, const char *where)
{
    double sum = 0;
    for (int i = 0; i + lag < DRAWS; i++) sum += (u[i] - 0.5) * (u[i + lag] - 0.5);
    double z = 12 * sum / sqrt(DRAWS - lag);
    judge("correlation", where, 2 * gsl_cdf_ugaussian_Q(fabs(z)));
}

static void neighbours_are_uniform_and_independent(void **state)
{
    (void)state;
    static double u[DRAWS];
    for (int k = 0; k < PATHS; k++)
        for (int p = 0; p < PURPOSES; p++) {
            for (uint32_t i = 0; i < DRAWS; i++)
                u[i] = rng_unit(block_at(paths[k].at(i), purposes[p]), p % 2);
            check_single(u, paths[k].name);
            if (p % 3 == k % 3) check_neighbours(u, paths[k].name);
            check_correlation(u, 1, paths[k].name);
            if (p == k % PURPOSES)
                for (int lag = 2; lag <= 64; lag *= 2) check_correlation(u, lag, paths[k].name);
        }
}

/* What one address is used for says nothing of what it is used for next: purposes, halves of a block,
 * and words of 32 bits at the same person. */
static void uses_of_one_address_are_independent(void **state)
{
    (void)state;
    static double u[DRAWS];
    for (int p = 1; p < PURPOSES; p++) {
        for (uint32_t i = 0; i < DRAWS; i++)
            u[i] = rng_unit(block_at(by_person(i / 2), purposes[p - (int)(i % 2)]), 0);
        check_neighbours(u, "purposes");
    }
    for (uint32_t i = 0; i < DRAWS; i++)
        u[i] = rng_unit(block_at(by_person(i / 2), DRAW_CANDIDATE), (int)(i % 2));
    check_neighbours(u, "gap and moment of a candidate");
    for (uint32_t i = 0; i < DRAWS; i++)
        u[i] = rng_unit_from_word(block_at(by_person(i / 4), DRAW_DELAY).word[i % 4]);
    check_neighbours(u, "words of a block");
}

/* The word that decides whether a person is silent, one of four in a block. */
static void silent_words_are_uniform_and_independent(void **state)
{
    (void)state;
    static uint32_t id[DRAWS], word[DRAWS];
    static double u[DRAWS];
    for (uint32_t i = 0; i < DRAWS; i++) id[i] = i;
    for (uint32_t replication = 0; replication < 4; replication++) {
        rng_words_of_four(rng_key(20260302), DRAW_SILENT, 3, 0, replication, id, DRAWS, word);
        for (int i = 0; i < DRAWS; i++) u[i] = rng_unit_from_word(word[i]);
        check_single(u, "silent words");
        check_neighbours(u, "silent words");
        check_correlation(u, 1, "silent words");
        check_correlation(u, 4, "silent words"); /* the same word of the next block */
    }
}

/* Person x replication and person x day: a point with its right and its lower neighbour. */
static void a_lattice_is_independent_in_both_directions(void **state)
{
    (void)state;
    static int count[2][512];
    memset(count, 0, sizeof count);
    for (uint32_t i = 0; i < 256; i++)
        for (uint32_t j = 0; j < 256; j++)
            for (int way = 0; way < 2; way++) {
                int cell = 0;
                for (uint32_t corner = 0; corner < 3; corner++) {
                    address_t a = middle;
                    a.person = 2 * i + (corner == 1);
                    *(way ? &a.day : &a.replication) = 2 * j + (corner == 2);
                    cell = 8 * cell + (int)(8 * rng_unit(block_at(a, DRAW_OPEN_DAY), 0));
                }
                count[way][cell]++;
            }
    judge("lattice", "replications", chi_square_p(count[0], 512, 65536 / 512.0));
    judge("lattice", "days", chi_square_p(count[1], 512, 65536 / 512.0));
}

/* Every bit of a block is 1 in half of them, along every path. */
static void every_bit_is_even(void **state)
{
    (void)state;
    for (int k = 0; k < PATHS; k++) {
        int ones[128] = {0};
        double sum = 0;
        for (uint32_t i = 0; i < DRAWS / 2; i++) {
            rng_block_t b = block_at(paths[k].at(i), DRAW_CLICK);
            for (int bit = 0; bit < 128; bit++) ones[bit] += b.word[bit / 32] >> bit % 32 & 1;
        }
        for (int bit = 0; bit < 128; bit++) {
            double z = (ones[bit] - DRAWS / 4.0) / sqrt(DRAWS / 8.0);
            assert_true(fabs(z) < 6); /* 900 bits: 1 in 500,000 */
            sum += z * z;
        }
        judge("bits", paths[k].name, gsl_cdf_chisq_Q(sum, 128));
    }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* p-values of good streams are uniform: sqrt(n) D < 2.23, 1 in 10^4. Streams too even show here. */
static void all_p_values_together_are_uniform(void **state)
{
    (void)state;
    double most = 0;
    qsort(p_values, (size_t)n_p, sizeof *p_values, ascending);
    for (int k = 0; k < n_p; k++) {
        most = fmax(most, fabs(p_values[k] - (double)k / n_p));
        most = fmax(most, fabs(p_values[k] - (k + 1.0) / n_p));
    }
    print_message("# %d p-values, the least %.2g, sqrt(n) D = %.2f\n", n_p, p_values[0],
                  sqrt(n_p) * most);
    assert_true(sqrt(n_p) * most < 2.23);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(neighbours_are_uniform_and_independent),
        cmocka_unit_test(uses_of_one_address_are_independent),
        cmocka_unit_test(silent_words_are_uniform_and_independent),
        cmocka_unit_test(a_lattice_is_independent_in_both_directions),
        cmocka_unit_test(every_bit_is_even),
        cmocka_unit_test(all_p_values_together_are_uniform),
    };
    return cmocka_run_group_tests_name("streams", tests, NULL, NULL);
}
