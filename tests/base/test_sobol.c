/* test_sobol.c -- points of sweeps: nets stay nets, scrambling is uniform and unbiased, strata are met once. */
#include "models/base/maths.h"
#include "models/base/sobol.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { M = 10, N = 1 << M };

/* Of the first 2^m points and of the 2^m after those, each cell of width 2^-m holds one, in every dimension. */
static void each_coordinate_is_a_net(void **state)
{
    (void)state;
    for (int d = 0; d < SOBOL_DIMENSIONS; d++)
        for (uint32_t first = 0; first <= 3 * N; first += N) {
            static uint8_t seen[N];
            memset(seen, 0, sizeof seen);
            for (uint32_t i = 0; i < N; i++) seen[sobol_bits(first + i, d) >> (32 - M)]++;
            for (int k = 0; k < N; k++) assert_int_equal(seen[k], 1);
        }
}

/* Every box of 2^-a x 2^-(m-t-a) holds 2^t of the first 2^m points: by counting, not by algebra. */
static uint32_t point[SOBOL_DIMENSIONS][N];

static int quality(int d, int e)
{
    static uint16_t seen[N];
    for (int t = 0; t <= M; t++) {
        bool fine = true;
        for (int a = 0; a <= M - t && fine; a++) {
            int b = M - t - a;
            memset(seen, 0, sizeof seen);
            for (uint32_t i = 0; i < N; i++) {
                uint32_t x = a ? point[d][i] >> (32 - a) : 0;
                uint32_t y = b ? point[e][i] >> (32 - b) : 0;
                seen[x << b | y]++;
            }
            for (int k = 0; k < 1 << (M - t); k++) fine = fine && seen[k] == 1 << t;
        }
        if (fine) return t;
    }
    return M;
}

static void pairs_of_coordinates_are_nets_too(void **state)
{
    (void)state;
    int worst = 0, of_the_first_ten = 0;
    for (int d = 0; d < SOBOL_DIMENSIONS; d++)
        for (uint32_t i = 0; i < N; i++) point[d][i] = sobol_bits(i, d);
    assert_int_equal(quality(0, 1), 0); /* (0,m,2): the best there is */
    for (int e = 1; e < SOBOL_DIMENSIONS; e++)
        for (int d = 0; d < e; d++) {
            int t = quality(d, e);
            if (t > worst) worst = t;
            if (e < 10 && t > of_the_first_ten) of_the_first_ten = t;
        }
    assert_int_equal(worst, 8);
    assert_int_equal(of_the_first_ten, 4);
}

/* Scrambled points are still one a cell, and another scrambling gives others. */
static void scrambling_keeps_the_net(void **state)
{
    (void)state;
    rng_key_t key = rng_key(7);
    int moved = 0;
    for (int d = 0; d < SOBOL_DIMENSIONS; d += 9) {
        static uint8_t seen[N];
        memset(seen, 0, sizeof seen);
        for (uint32_t i = 0; i < N; i++) {
            double u = sobol_unit(key, 3, i, d);
            assert_true(u > 0 && u < 1);
            seen[(int)(u * N)]++;
            moved += u != sobol_unit(key, 4, i, d);
        }
        for (int k = 0; k < N; k++) assert_int_equal(seen[k], 1);
    }
    assert_int_equal(moved, 8 * N);
}

/* One point over 4,096 scramblings is uniform: chi-square of 16 cells, 15 d.f., limit 37.7: 1 in 1000; each
 * of four points of two dimensions. A coin of 53 % is seen. */
static void a_scrambled_point_is_uniform(void **state)
{
    (void)state;
    enum { SCRAMBLINGS = 4096, CELLS = 16 };
    for (int d = 0; d < 2; d++)
        for (uint32_t i = 0; i < 4; i++) {
            double cell[CELLS] = {0}, chi = 0;
            for (uint32_t s = 0; s < SCRAMBLINGS; s++)
                cell[(int)(sobol_unit(rng_key(11), s, i, d) * CELLS)]++;
            for (int k = 0; k < CELLS; k++) {
                double off = cell[k] - (double)SCRAMBLINGS / CELLS;
                chi += off * off / ((double)SCRAMBLINGS / CELLS);
            }
            assert_true(chi < 37.7);
        }
}

/* A product whose integral is 1, by one scrambling of 1,024 points in six dimensions. */
static double product_of(uint32_t scrambling)
{
    double sum = 0;
    for (uint32_t i = 0; i < N; i++) {
        double f = 1;
        for (int d = 0; d < 6; d++)
            f *= 1 + (sobol_unit(rng_key(5), scrambling, i, d) - 0.5) / (d + 1);
        sum += f / N;
    }
    return sum;
}

/* The mean over scramblings is unbiased within 4 of its own errors (1 in 16,000 by chance), and its error is a
 * small part of that of chance: sd of f is .33, so 1,024 independent points err by .0103; these by a tenth at
 * most. */
static void scrambled_means_are_right_and_sharp(void **state)
{
    (void)state;
    enum { SCRAMBLINGS = 16 };
    double mean = 0, square = 0;
    for (uint32_t s = 0; s < SCRAMBLINGS; s++) {
        double x = product_of(s) - 1;
        mean += x / SCRAMBLINGS;
        square += x * x;
    }
    double sd = sqrt((square - SCRAMBLINGS * mean * mean) / (SCRAMBLINGS - 1));
    assert_true(fabs(mean) < 4 * sd / sqrt(SCRAMBLINGS));
    assert_true(sd < 0.00103);
    assert_true(sd > 0);
}

/* The mean of n points of one dimension, whose truth is 1/2: they lie one in each n-th, each anywhere in its own by
 * Owen's scrambling, so that the mean errs by a variance of 1 / (12 n^3). A digital shift, which flips all points
 * alike, moves them all as far: 1 / (12 n^2), 64 and 256 times as much here. 128 scramblings: chi-square of 128
 * d.f., limits 81.7 and 187.3, one by chance in 1000 (of each of 8); a variance off by the factor 1.8 is seen in 99 of
 * 100. */
static void each_point_is_scrambled_on_its_own(void **state)
{
    (void)state;
    enum { SCRAMBLINGS = 128 };
    for (int d = 0; d < 4; d++)
        for (uint32_t n = 64; n <= 256; n *= 4) {
            double chi = 0;
            for (uint32_t s = 0; s < SCRAMBLINGS; s++) {
                double mean = 0;
                for (uint32_t i = 0; i < n; i++) mean += sobol_unit(rng_key(7), s, i, d) / n;
                chi += (mean - 0.5) * (mean - 0.5) * 12 * pow(n, 3);
            }
            assert_true(chi > 81.7 && chi < 187.3);
        }
}

static void a_latin_hypercube_meets_each_stratum_once(void **state)
{
    (void)state;
    enum { POINTS = 200 };
    static const char *const axis[] = {"a.ctr", "b.ctr"};
    int same = 0;
    for (int k = 0; k < 2; k++) {
        uint8_t seen[POINTS] = {0};
        for (uint64_t j = 0; j < POINTS; j++) {
            double u = latin_unit(rng_key(3), rng_path_hash(axis[k]), j, POINTS);
            assert_true(u > 0 && u < 1);
            seen[(int)(u * POINTS)]++;
            same += (int)(u * POINTS) ==
                    (int)(latin_unit(rng_key(3), rng_path_hash(axis[!k]), j, POINTS) * POINTS);
        }
        for (int j = 0; j < POINTS; j++) assert_int_equal(seen[j], 1);
    }
    assert_true(same < 20); /* of 400; two permutations agree in 1 of 200 places */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_coordinate_is_a_net),
        cmocka_unit_test(pairs_of_coordinates_are_nets_too),
        cmocka_unit_test(scrambling_keeps_the_net),
        cmocka_unit_test(a_scrambled_point_is_uniform),
        cmocka_unit_test(scrambled_means_are_right_and_sharp),
        cmocka_unit_test(each_point_is_scrambled_on_its_own),
        cmocka_unit_test(a_latin_hypercube_meets_each_stratum_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
