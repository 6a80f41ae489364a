/* test_maths.c -- the kernel's maths against libm, GSL and identities. Points come from fixed
 * addresses, so a test gives the same answer on each run; limits are those that maths.h promises. */
#include "models/base/maths.h"
#include "models/base/rng.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { MANY = 1000000, SOME = 20000 };

static double unit(int stream, int i)
{
    return rng_unit(rng_at(rng_key(42), DRAW_PARAMETER, 0, 0, (uint64_t)stream, 0, (uint32_t)i), 0);
}

static double between(int stream, int i, double low, double high)
{
    return low + (high - low) * unit(stream, i);
}

/* |value - truth| in units of the last place of truth (long double holds 11 bits more). */
static double ulps(double value, long double truth)
{
    double t = fabs((double)truth), ulp = nextafter(t, INFINITY) - t;
    return (double)(fabsl((long double)value - truth) / ulp);
}

static double relative(double value, double truth)
{
    return value == truth ? 0 : fabs(value - truth) / fabs(truth);
}

static void exp_is_within_one_ulp(void **state)
{
    (void)state;
    double worst = 0;
    for (int i = 0; i < MANY; i++) {
        double x = i % 2 ? between(1, i, -708, 709.7) : between(1, i, -2, 2);
        worst = fmax(worst, ulps(m_exp(x), expl(x)));
    }
    assert_true(worst < 0.9);
}

static void log_is_within_one_ulp(void **state)
{
    (void)state;
    double worst = 0;
    for (int i = 0; i < MANY; i++) {
        double x = i % 2 ? exp(between(2, i, -708, 709)) : between(2, i, 0.5, 2);
        worst = fmax(worst, ulps(m_log(x), logl(x)));
    }
    assert_true(worst < 0.9);
}

static void exp_and_log_keep_their_edges(void **state)
{
    (void)state;
    assert_true(m_exp(0) == 1 && m_log(1) == 0);
    assert_true(m_exp(-745.2) == 0 && m_exp(-INFINITY) == 0);
    assert_true(m_exp(-745.1) == 0x1p-1074);
    assert_true(m_exp(709.79) == INFINITY && m_exp(INFINITY) == INFINITY);
    assert_true(isfinite(m_exp(709.78)));
    assert_true(isnan(m_exp(NAN)) && isnan(m_log(NAN)) && isnan(m_log(-1)));
    assert_true(m_log(0) == -INFINITY && m_log(INFINITY) == INFINITY);
    assert_true(ulps(m_log(0x1p-1074), logl(0x1p-1074L)) < 1);
    assert_true(ulps(m_log(0x1.fffffffffffffp1023), logl(0x1.fffffffffffffp1023L)) < 1);
}

static void exp_never_falls(void **state)
{
    (void)state;
    for (int i = 0; i < MANY; i++) {
        double x = between(3, i, -700, 700);
        assert_true(m_exp(nextafter(x, INFINITY)) >= m_exp(x));
    }
}

static void small_arguments_keep_their_digits(void **state)
{
    (void)state;
    double worst = 0;
    for (int i = 0; i < SOME; i++) {
        double x = exp(between(4, i, -40, 0)) * (i % 2 ? 1 : -0.9);
        worst = fmax(worst, relative(m_log1p(x), (double)log1pl(x)));
        worst = fmax(worst, relative(m_expm1(x), (double)expm1l(x)));
    }
    assert_true(worst < 1e-15);
}

static void sine_and_cosine_are_within_one_ulp(void **state)
{
    (void)state;
    double worst = 0;
    for (int i = 0; i < MANY; i++) {
        double x = i % 2 ? between(5, i, -1e5, 1e5) : between(5, i, -8, 8);
        worst = fmax(worst, fmax(ulps(m_sin(x), sinl(x)), ulps(m_cos(x), cosl(x))));
    }
    for (int k = 1; k <= 60000; k++) { /* where the reduction loses most */
        double x = k * 1.5707963267948966;
        worst = fmax(worst, fmax(ulps(m_sin(x), sinl(x)), ulps(m_cos(x), cosl(x))));
    }
    assert_true(worst < 1);
}

static void arc_sine_undoes_the_sine(void **state)
{
    (void)state;
    double worst = 0;
    for (int i = 0; i < SOME; i++) {
        double x = between(6, i, -1, 1);
        worst = fmax(worst, relative(m_asin(x), (double)asinl(x)));
    }
    assert_true(worst < 5e-16);
    assert_true(m_asin(1) == 1.5707963267948966 && m_asin(-1) == -1.5707963267948966);
}

static void lgamma_agrees_with_libm(void **state)
{
    (void)state;
    double worst = 0;
    for (int i = 0; i < SOME; i++) {
        double x = i % 2 ? between(7, i, 0, 12) : exp(between(7, i, -20, 20));
        worst = fmax(worst, relative(m_lgamma(x), (double)lgammal(x)));
    }
    assert_true(worst < 1e-14);
    assert_true(m_lgamma(1) == 0 && m_lgamma(2) == 0);
    assert_true(relative(m_lgamma(11), logl(3628800)) < 1e-15);
}

static void normal_cdf_holds_its_digits_in_the_tail(void **state)
{
    (void)state;
    double worst = 0;
    for (int i = 0; i < SOME; i++) {
        double z = between(8, i, -37, 8);
        long double truth = 0.5L * erfcl(-(long double)z * 0.70710678118654752440084436210485L);
        worst = fmax(worst, relative(normal_cdf(z), (double)truth));
    }
    assert_true(worst < 1e-14);
    assert_true(normal_cdf(0) == 0.5);
    assert_true(normal_cdf(-INFINITY) == 0 && normal_cdf(INFINITY) == 1);
}

static void quantile_undoes_the_normal_cdf(void **state)
{
    (void)state;
    double worst = 0, previous = -INFINITY;
    for (int i = 0; i < SOME; i++) {
        double z = between(9, i, -37, 0), p = normal_cdf(z);
        /* dz = dp / phi: what one rounding of p is worth comes off. */
        double slack = p * 0x1p-52 / normal_density(z);
        worst = fmax(worst, fmax(0, fabs(normal_quantile(p) - z) - slack) / (1 + fabs(z)));
    }
    assert_true(worst < 2e-14);
    for (int i = 1; i < SOME; i++) {
        double z = normal_quantile((double)i / SOME);
        assert_true(z > previous);
        previous = z;
    }
    assert_true(normal_quantile(0.5) == 0);
    assert_true(isfinite(normal_quantile(0x1p-53)) && isfinite(normal_quantile(1 - 0x1p-53)));
}

typedef struct {
    double b, rho;
} slice_t;

static double slice(double z, const void *context)
{
    const slice_t *s = context;
    double spread = sqrt((1 - s->rho) * (1 + s->rho));
    return normal_density(z) * normal_cdf((s->b - s->rho * z) / spread);
}

static void bivariate_normal_is_its_integral(void **state)
{
    (void)state;
    double worst = 0;
    for (int i = 0; i < 2000; i++) {
        double a = between(10, i, -5, 5), b = between(11, i, -5, 5);
        double rho = i % 4 ? between(12, i, -0.95, 0.95) : (i % 8 ? 0.99 : -0.99);
        slice_t s = {b, rho};
        worst = fmax(worst, fabs(normal2_cdf(a, b, rho) - integral(slice, &s, -10, a, 200)));
    }
    assert_true(worst < 1e-14);
}

static void bivariate_normal_has_its_corners(void **state)
{
    (void)state;
    for (int i = 0; i < 500; i++) {
        double a = between(13, i, -4, 4), b = between(14, i, -4, 4), rho = between(15, i, -1, 1);
        assert_true(fabs(normal2_cdf(a, b, 0) - normal_cdf(a) * normal_cdf(b)) < 1e-15);
        assert_true(fabs(normal2_cdf(a, b, 1) - normal_cdf(fmin(a, b))) < 1e-15);
        assert_true(fabs(normal2_cdf(a, b, -1) - fmax(0, normal_cdf(a) + normal_cdf(b) - 1)) <
                    1e-15);
        assert_true(fabs(normal2_cdf(a, b, rho) - normal2_cdf(b, a, rho)) < 1e-15);
        assert_true(normal2_cdf(a, INFINITY, rho) == normal_cdf(a));
        assert_true(normal2_cdf(-INFINITY, b, rho) == 0);
        /* P(X<a, Y<b) + P(X<a, Y>b) = P(X<a) */
        double both = normal2_cdf(a, b, rho) + normal2_cdf(a, -b, -rho);
        assert_true(fabs(both - normal_cdf(a)) < 2e-15);
    }
    /* P(X<0, Y<0) = 1/4 + asin(rho)/(2 pi), also where the two methods meet. */
    for (double rho = -0.95; rho < 1; rho += 0.05)
        assert_true(fabs(normal2_cdf(0, 0, rho) - 0.25 - asin(rho) / (2 * MATHS_PI)) < 1e-15);
}

static void gamma_law_agrees_with_gsl_and_itself(void **state)
{
    (void)state;
    double worst = 0, inverse = 0;
    for (int i = 0; i < SOME; i++) {
        double shape = exp(between(16, i, -3, 6)), x = shape * exp(between(17, i, -2, 1.5));
        double p = gamma_cdf(shape, x), q = gamma_survival(shape, x);
        worst = fmax(worst, fabs(p + q - 1));
        if (p > 1e-200) worst = fmax(worst, relative(p, gsl_cdf_gamma_P(x, shape, 1)));
        if (q > 1e-200) worst = fmax(worst, relative(q, gsl_cdf_gamma_Q(x, shape, 1)));
        double u = i % 3 ? unit(18, i) : exp(between(18, i, -30, 0));
        double y = gamma_quantile(shape, u);
        double back =
            u < 0.5 ? relative(gamma_cdf(shape, y), u) : relative(gamma_survival(shape, y), 1 - u);
        inverse = fmax(inverse, back);
    }
    /* GSL is off by 4e-11 at shape .18, x .18 (against 30-digit arithmetic; ours by 3e-16). */
    assert_true(worst < 1e-10);
    assert_true(inverse < 1e-11);
}

static void gamma_law_of_shape_one_is_exponential(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        double u = unit(19, i);
        assert_true(relative(gamma_quantile(1, u), -log1p(-u)) < 1e-13);
        assert_true(relative(gamma_survival(1, 30 * u), exp(-30 * u)) < 1e-14);
    }
}

static void beta_law_agrees_with_gsl_and_itself(void **state)
{
    (void)state;
    double worst = 0, inverse = 0;
    for (int i = 0; i < SOME; i++) {
        double a = exp(between(20, i, -2, 5)), b = exp(between(21, i, -2, 5)), x = unit(22, i);
        double p = beta_cdf(a, b, x), truth = gsl_cdf_beta_P(x, a, b);
        if (truth > 1e-200) worst = fmax(worst, relative(p, truth));
        double u = i % 3 ? unit(23, i) : exp(between(23, i, -30, 0));
        double y = beta_quantile(a, b, u);
        if (y < 1e-300 || y > 0.999) continue; /* 1 - y has lost its digits */
        inverse = fmax(inverse, fabs(beta_cdf(a, b, y) - u) / fmin(u, 1 - u));
    }
    assert_true(worst < 1e-10); /* GSL promises no more */
    assert_true(inverse < 1e-10);
    assert_true(beta_cdf(2, 3, 0) == 0 && beta_cdf(2, 3, 1) == 1);
}

static void poisson_quantile_is_the_least_that_suffices(void **state)
{
    (void)state;
    const double means[] = {0.01, 2, 30, 300, 690};
    for (int m = 0; m < 5; m++)
        for (int i = 0; i < 1000; i++) {
            double u = unit(24, i);
            unsigned k = poisson_quantile(means[m], u);
            assert_true(gsl_cdf_poisson_P(k, means[m]) >= u - 1e-12);
            if (k > 0) assert_true(gsl_cdf_poisson_P(k - 1, means[m]) < u + 1e-12);
        }
    assert_true(poisson_quantile(2, 1 - 0x1p-53) < 40); /* the sum of terms stays below u */
}

static double power_of_z(double z, const void *context)
{
    double product = 1;
    for (int i = 0; i < *(const int *)context; i++) product *= z;
    return product * normal_density(z);
}

static void quadrature_has_the_normal_moments(void **state)
{
    (void)state;
    const int sizes[] = {8, 16, 32};
    for (int s = 0; s < 3; s++) {
        quadrature_t g = normal_quadrature(sizes[s]);
        assert_int_equal(g.n, sizes[s]);
        double moment[3] = {0};
        for (int i = 0; i < g.n; i++) {
            moment[0] += g.weight[i];
            moment[1] += g.weight[i] * pow(g.node[i], 4);
            moment[2] += g.weight[i] * pow(g.node[i], 14);
        }
        assert_true(relative(moment[0], 1) < 1e-14);
        assert_true(relative(moment[1], 3) < 1e-13);
        assert_true(relative(moment[2], 135135) < 1e-12);
    }
    int power = 6;
    assert_true(relative(integral(power_of_z, &power, -12, 12, 8), 15) < 1e-13);
}

static double cubic(double x, const void *context)
{
    return x * x * x - *(const double *)context;
}

static double step_at_third(double x, const void *context)
{
    (void)context;
    return x < 1. / 3 ? -1 : 1e-9;
}

static void root_is_found_to_the_last_bits(void **state)
{
    (void)state;
    for (int i = 0; i < 1000; i++) {
        double cube = between(25, i, 1e-9, 1000);
        double root = root_between(cubic, &cube, 0, 1e6);
        assert_true(relative(root, cbrt(cube)) < 1e-15);
        assert_true(root_between(cubic, &cube, 1e6, 0) > 0);
    }
    assert_true(fabs(root_between(step_at_third, NULL, 0, 1) - 1. / 3) < 1e-15);
    double far = 8;
    assert_true(root_between(cubic, &far, 3, 5) == 3); /* no root there: the nearer end */
    assert_true(root_between(cubic, &far, 2, 5) == 2);
}

static void expit_and_logit_undo_each_other(void **state)
{
    (void)state;
    for (int i = 0; i < SOME; i++) {
        double x = between(26, i, -30, 3);
        assert_true(fabs(logit(expit(x)) - x) < 4e-15 * (1 + fabs(x)));
        assert_true(fabs(expit(x) + expit(-x) - 1) < 3e-16);
    }
}

/* The same bits everywhere: a digest of results, computed once. It moves if a formula, a constant or
 * the order of an operation moves -- and must not move with compiler, optimisation or processor. */
static void results_keep_their_bits(void **state)
{
    (void)state;
    uint64_t digest = 0;
    for (int i = 0; i < SOME; i++) {
        double u = unit(27, i), x = between(28, i, -30, 30);
        double values[] = {m_exp(x),
                           m_log(u),
                           m_sin(x),
                           m_cos(x),
                           normal_cdf(x / 4),
                           normal_quantile(u),
                           m_lgamma(30 * u),
                           gamma_cdf(2 * u, u),
                           normal2_cdf(x / 9, u, u)};
        for (size_t v = 0; v < sizeof values / sizeof *values; v++) {
            double_bits_t b = {.value = values[v]};
            digest = (digest ^ b.bits) * 0x100000001b3u;
        }
    }
    assert_true(digest == 0xe5370ce6f3135fbbu);
}

int main(void)
{
    gsl_set_error_handler_off();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exp_is_within_one_ulp),
        cmocka_unit_test(log_is_within_one_ulp),
        cmocka_unit_test(exp_and_log_keep_their_edges),
        cmocka_unit_test(exp_never_falls),
        cmocka_unit_test(small_arguments_keep_their_digits),
        cmocka_unit_test(sine_and_cosine_are_within_one_ulp),
        cmocka_unit_test(arc_sine_undoes_the_sine),
        cmocka_unit_test(lgamma_agrees_with_libm),
        cmocka_unit_test(normal_cdf_holds_its_digits_in_the_tail),
        cmocka_unit_test(quantile_undoes_the_normal_cdf),
        cmocka_unit_test(bivariate_normal_is_its_integral),
        cmocka_unit_test(bivariate_normal_has_its_corners),
        cmocka_unit_test(gamma_law_agrees_with_gsl_and_itself),
        cmocka_unit_test(gamma_law_of_shape_one_is_exponential),
        cmocka_unit_test(beta_law_agrees_with_gsl_and_itself),
        cmocka_unit_test(poisson_quantile_is_the_least_that_suffices),
        cmocka_unit_test(quadrature_has_the_normal_moments),
        cmocka_unit_test(root_is_found_to_the_last_bits),
        cmocka_unit_test(expit_and_logit_undo_each_other),
        cmocka_unit_test(results_keep_their_bits),
    };
    return cmocka_run_group_tests_name("maths", tests, NULL, NULL);
}
