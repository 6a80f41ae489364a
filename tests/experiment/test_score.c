/* test_score.c -- scores of forecasts by hand. */
#include "sim/experiment/score.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void near_to(double got, double wanted)
{
    if (!(fabs(got - wanted) < 1e-6)) fail_msg("%.9g, not %.9g", got, wanted);
}

static const forecast_t even = {100, 90, 100, 110, 0.8}, skew = {105, 90, 100, 130, 0.8};

static void pit_is_exact_at_the_quantiles_and_normal_between(void **state)
{
    (void)state;
    near_to(score_of(&even, 90).pit, 0.1);
    near_to(score_of(&even, 100).pit, 0.5);
    near_to(score_of(&even, 110).pit, 0.9);
    near_to(score_of(&skew, 130).pit, 0.9);
    near_to(score_of(&skew, 90).pit, 0.1);
    near_to(score_of(&skew, 95).pit, 0.260834);  /* Phi(-1.281552 / 2) */
    near_to(score_of(&even, 115).pit, 0.972718); /* Phi(1.281552 x 1.5) */
}

static void interval_score_is_width_and_ten_times_what_lies_beyond(void **state)
{
    (void)state;
    near_to(score_of(&even, 105).interval, 0.2);
    near_to(score_of(&even, 115).interval, 0.2 + 10 * 5 / 100.0); /* a = 0.2 */
    near_to(score_of(&even, 80).interval, 0.2 + 10 * 10 / 100.0);
    near_to(score_of(&even, 115).off, 0.15);
    assert_true(score_of(&even, 110).inside);
    assert_true(score_of(&even, 90).inside);
    assert_false(score_of(&even, 110.001).inside);
    assert_false(score_of(&even, 89.999).inside);
}

static void what_is_certain_and_what_is_unknown(void **state)
{
    (void)state;
    const forecast_t certain = {7, 7, 7, 7, 0.8}, zero = {0, 0, 0, 4, 0.8},
                     unknown = {7, NAN, NAN, NAN, 0.8};
    near_to(score_of(&certain, 7).pit, 0.5);
    near_to(score_of(&certain, 8).pit, 1);
    near_to(score_of(&certain, 6).pit, 0);
    assert_true(isnan(score_of(&zero, 1).interval));
    near_to(score_of(&zero, 4).pit, 0.9);
    assert_true(isnan(score_of(&unknown, 7).pit));
    scorecard_t card = {0};
    score_t s = score_of(&unknown, 7);
    scorecard_add(&card, &unknown, &s);
    scorecard_finish(&card);
    assert_int_equal(card.n, 0);
}

static void coverage_and_its_chance(void **state)
{
    (void)state;
    static const double actual[] = {95, 100, 105, 120, 70};
    scorecard_t card = {0};
    for (int i = 0; i < 5; i++) {
        score_t s = score_of(&even, actual[i]);
        scorecard_add(&card, &even, &s);
    }
    scorecard_finish(&card);
    assert_int_equal(card.n, 5);
    assert_int_equal(card.inside, 3);
    near_to(card.level, 0.8);
    near_to(card.chance_of_fewer, 0.26272); /* 1 - 0.8^5 - 5 x 0.8^4 x 0.2 */
    near_to(card.interval, (5 * 0.2 + 10 * 10 / 100.0 + 10 * 20 / 100.0) / 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pit_is_exact_at_the_quantiles_and_normal_between),
        cmocka_unit_test(interval_score_is_width_and_ten_times_what_lies_beyond),
        cmocka_unit_test(what_is_certain_and_what_is_unknown),
        cmocka_unit_test(coverage_and_its_chance),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
