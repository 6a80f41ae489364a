/* test_indices.c -- Sobol's indices against closed forms: Ishigami's function and the g-function
 * (configs/reference/cases.json: sobol_ishigami, sobol_g_function), and what luck does to them. */
#include "models/base/maths.h"
#include "models/base/sobol.h"
#include "models/base/variate.h"
#include "sim/metrics/indices.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

enum { INPUTS_MOST = 6, N = 1 << 13 };
static double f[(INPUTS_MOST + 2) * N];

/* x uniform on -pi..pi, a = 7, b = 0.1. */
static double ishigami(const double *u)
{
    double x[3];
    for (int i = 0; i < 3; i++) x[i] = 3.14159265358979323846 * (2 * u[i] - 1);
    return sin(x[0]) + 7 * sin(x[1]) * sin(x[1]) + 0.1 * x[2] * x[2] * x[2] * x[2] * sin(x[0]);
}

static double g_function(const double *u)
{
    static const double a[] = {0, 1, 4.5, 9, 99, 99};
    double product = 1;
    for (int i = 0; i < 6; i++) product *= (fabs(4 * u[i] - 2) + a[i]) / (1 + a[i]);
    return product;
}

/* luck: sd of a normal that all points of a row share. */
static saltelli_t design(double (*function)(const double *u), int inputs, double luck)
{
    rng_key_t key = rng_key(2026);
    for (uint32_t j = 0; j < N; j++) {
        double a[INPUTS_MOST], b[INPUTS_MOST], x[INPUTS_MOST];
        double z = luck * normal_quantile(rng_unit(rng_at(key, DRAW_TRAIT, 0, 0, j, 0, 0), 0));
        for (int i = 0; i < inputs; i++) {
            a[i] = sobol_unit(key, 0, j, i);
            b[i] = sobol_unit(key, 0, j, inputs + i);
        }
        f[j] = function(a) + z;
        f[N + j] = function(b) + z;
        for (int i = 0; i < inputs; i++) {
            for (int k = 0; k < inputs; k++) x[k] = k == i ? b[k] : a[k];
            f[(size_t)(2 + i) * N + j] = function(x) + z;
        }
    }
    return (saltelli_t){
        .rows = N, .inputs = inputs, .a = f, .b = f + N, .mixed = f + 2 * N, .luck = luck * luck};
}

static void meets(const saltelli_t *s, double variance, const double *first, const double *total,
                  double allowed)
{
    indices_t found[INPUTS_MOST];
    error_t err;
    assert_true(fabs(saltelli_variance(s) / variance - 1) < 0.02);
    assert_int_equal(saltelli_indices(s, rng_key(1), found, &err), OK);
    for (int i = 0; i < s->inputs; i++) {
        if (fabs(found[i].first.value - first[i]) > allowed ||
            fabs(found[i].total.value - total[i]) > allowed)
            fail_msg("input %d: %.4f not %.4f, %.4f not %.4f", i, found[i].first.value, first[i],
                     found[i].total.value, total[i]);
        /* the intervals hold the truth: each 95 % of the time, a third of their width more for all at once */
        double slack = (found[i].total.high - found[i].total.low) / 3 + 1e-4;
        assert_in_range(1000 * (found[i].total.low - slack < total[i]), 1000, 1000);
        assert_in_range(1000 * (found[i].total.high + slack > total[i]), 1000, 1000);
    }
}

static const double ishigami_first[] = {0.31390519114781146, 0.4424111447900409, 0},
                    ishigami_total[] = {0.5575888552099592, 0.4424111447900409, 0.2436836640621477};
static const double g_first[] = {0.7163425253108964,    0.1790856313277241,   0.02368074463837674,
                                 0.0071634252531089645, 7.163425253108964e-5, 7.163425253108964e-5},
                    g_total[] = {0.7872568939831723,     0.24223289045636068,
                                 0.03432182644068325,    0.010461885634327869,
                                 0.00010496408706152092, 0.00010496408706152092};

static void ishigamis_indices_come_out(void **state)
{
    (void)state;
    saltelli_t s = design(ishigami, 3, 0);
    meets(&s, 13.844587940719254, ishigami_first, ishigami_total, 0.015);
}

static void those_of_the_g_function_too(void **state)
{
    (void)state;
    saltelli_t s = design(g_function, 6, 0);
    double variance = 1;
    for (int i = 0; i < 6; i++) {
        static const double a[] = {0, 1, 4.5, 9, 99, 99};
        variance *= 1 + 1 / (3 * (1 + a[i]) * (1 + a[i]));
    }
    meets(&s, variance - 1, g_first, g_total, 0.015);
}

/* Luck as large as the doubt itself: left in the variance it would halve every index. */
static void luck_within_a_simulation_is_no_doubt(void **state)
{
    (void)state;
    saltelli_t s = design(ishigami, 3, sqrt(13.84));
    indices_t found[3];
    error_t err;
    assert_int_equal(saltelli_indices(&s, rng_key(1), found, &err), OK);
    for (int i = 0; i < 3; i++) {
        assert_true(fabs(found[i].first.value - ishigami_first[i]) < 0.08);
        assert_true(fabs(found[i].total.value - ishigami_total[i]) < 0.05);
    }
}

static double constant(const double *u)
{
    (void)u;
    return 3;
}

static void what_nothing_moves_has_no_indices(void **state)
{
    (void)state;
    saltelli_t s = design(constant, 2, 0);
    indices_t found[2];
    error_t err;
    assert_int_equal(saltelli_indices(&s, rng_key(1), found, &err), OK);
    assert_true(isnan(found[0].first.value) && isnan(found[1].total.value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ishigamis_indices_come_out),
        cmocka_unit_test(those_of_the_g_function_too),
        cmocka_unit_test(luck_within_a_simulation_is_no_doubt),
        cmocka_unit_test(what_nothing_moves_has_no_indices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
