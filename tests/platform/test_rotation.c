/* test_rotation.c -- the chance that a creative's rate is the highest, against closed forms and quadrature. */
#include "models/platform/rotation.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_integration.h>
#include <gsl/gsl_randist.h>
#include <gsl/gsl_sf_gamma.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const double CLOSE = 1e-5; /* what the header states */

/* P(X > Y) of Beta(a, b) and Beta(c, d), a whole:
 *   sum over i < a of B(c + i, b + d) / ((b + i) B(1 + i, b) B(c, d)). */
static double chance_of_first(belief_t x, belief_t y)
{
    double sum = 0;
    for (int i = 0; i < (int)x.a; i++)
        sum += exp(gsl_sf_lnbeta(y.a + i, x.b + y.b) - log(x.b + i) - gsl_sf_lnbeta(1 + i, x.b) -
                   gsl_sf_lnbeta(y.a, y.b));
    return sum;
}

/* From none known to 5,000 results, a belief a hundred times as narrow as the other, rates near 0 and 1. */
static void two_have_their_closed_form(void **state)
{
    (void)state;
    static const belief_t pairs[][2] = {
        {{1, 1}, {1, 1}},
        {{2, 3}, {4, 5}},
        {{1, 99}, {30, 2000}},
        {{30, 2000}, {1, 99}},
        {{100, 10000}, {120, 10000}},
        {{1000, 1e5}, {1100, 1e5}},
        {{5, 500}, {2000, 1e5}},
        {{1, 1e6}, {3, 2e6}},
        {{50, 60}, {40, 30}},
        {{300, 20}, {280, 20}},
        {{1, 50}, {900, 30000}},
        {{1, 1}, {5000, 5e5}},
        {{20, 1}, {15, 1}},
        {{3, 4000}, {40, 4000}},
        {{1, 20}, {1, 20000}},
    };
    for (size_t k = 0; k < sizeof pairs / sizeof *pairs; k++) {
        double share[2], chance = chance_of_first(pairs[k][0], pairs[k][1]);
        rotation_shares(pairs[k], 2, share);
        assert_true(fabs(share[0] - chance) < CLOSE);
        assert_true(fabs(share[1] - (1 - chance)) < CLOSE);
    }
}

typedef struct {
    const belief_t *belief;
    int n, k;
} arm_t;

static double integrand(double x, void *context)
{
    const arm_t *arm = context;
    double y = gsl_ran_beta_pdf(x, arm->belief[arm->k].a, arm->belief[arm->k].b);
    for (int j = 0; j < arm->n; j++)
        if (j != arm->k) y *= gsl_cdf_beta_P(x, arm->belief[j].a, arm->belief[j].b);
    return y;
}

static void several_have_their_integral(void **state)
{
    (void)state;
    static const belief_t belief[] = {{3, 150}, {12, 700}, {40, 2100}, {1, 60}, {25, 2000}};
    enum { N = sizeof belief / sizeof *belief };
    double share[N], sum = 0;
    rotation_shares(belief, N, share);
    gsl_integration_workspace *w = gsl_integration_workspace_alloc(1000);
    for (int k = 0; k < N; k++) {
        arm_t arm = {belief, N, k};
        gsl_function f = {integrand, &arm};
        double chance, error;
        gsl_integration_qags(&f, 0, 0.3, 0, 1e-9, 1000, w, &chance, &error);
        assert_true(fabs(share[k] - chance) < CLOSE);
        sum += share[k];
    }
    gsl_integration_workspace_free(w);
    assert_true(fabs(sum - 1) < 1e-12);
}

static void equal_beliefs_take_equal_turns(void **state)
{
    (void)state;
    for (int n = 2; n <= ROTATION_MOST; n *= 2) {
        belief_t belief[ROTATION_MOST];
        double share[ROTATION_MOST];
        for (int k = 0; k < n; k++) belief[k] = (belief_t){7, 900};
        rotation_shares(belief, n, share);
        for (int k = 0; k < n; k++) assert_true(fabs(share[k] * n - 1) < 1e-9);
    }
}

/* Of 100 impressions: 2 results and 1 without. */
static void more_results_make_it_more_likely_the_best(void **state)
{
    (void)state;
    double before = 0;
    for (int results = 0; results < 12; results++) {
        const belief_t belief[] = {rotation_belief(0.02, 100, results),
                                   rotation_belief(0.02, 100, 2), rotation_belief(0.02, 0, 0)};
        double share[3];
        rotation_shares(belief, 3, share);
        assert_true(share[0] > before);
        before = share[0];
    }
}

/* As if one result had been seen, of 1/rate impressions, or of two if it is higher than a half. */
static void belief_begins_with_what_is_expected(void **state)
{
    (void)state;
    belief_t b = rotation_belief(0.01, 0, 0);
    assert_true(b.a == 1 && fabs(b.b - 99) < 1e-9);
    b = rotation_belief(0.01, 1000, 30);
    assert_true(b.a == 31 && fabs(b.b - 1069) < 1e-9);
    b = rotation_belief(0.9, 0, 0);
    assert_true(b.a == 1 && b.b == 1);
    b = rotation_belief(0.5, 10, 12);
    assert_true(b.a == 13 && b.b == 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_have_their_closed_form),
        cmocka_unit_test(several_have_their_integral),
        cmocka_unit_test(equal_beliefs_take_equal_turns),
        cmocka_unit_test(more_results_make_it_more_likely_the_best),
        cmocka_unit_test(belief_begins_with_what_is_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
