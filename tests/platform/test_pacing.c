/* How a budget lasts: plans of spend by hand, and the controller in a loop with a market. */
#include "models/auction/auction.h"
#include "models/base/maths.h"
#include "models/platform/pacing.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void an_even_plan_gives_equal_parts(void **state)
{
    (void)state;
    assert_true(pace_share(pacing_fall(PACING_EVEN), 1, 4, 28) == 0.25);
    assert_true(pace_share(0, 1, 1, 28) == 1);
    assert_true(pace_share(0, 1, 0, 28) == 0);
    assert_true(pace_first(0) == 1);
}

/* Of 7: 4, 2 and 1 in the three thirds, whatever was spent before is taken from what is left. */
static void a_front_loaded_plan_halves_every_third(void **state)
{
    (void)state;
    double fall = pacing_fall(PACING_FRONT_LOADED), left = 7;
    for (int third = 0; third < 3; third++) {
        double spent = left * pace_share(fall, 4, 12 - 4 * third, 12);
        assert_true(fabs(spent - (4 >> third)) < 1e-12);
        left -= spent;
    }
    assert_true(fabs(left) < 1e-12);
    /* Its first step: ln 8 / (1 - 1/8) of an even one. */
    assert_true(fabs(pace_first(fall) - log(8) * 8 / 7) < 1e-12);
    assert_true(fabs(pace_share(fall, 1e-9, 1, 1) / 1e-9 - pace_first(fall)) < 1e-6);
}

/* However finely the flight is cut, the parts of the money that is left add up to the same curve. */
static void the_steps_of_a_plan_make_its_curve(void **state)
{
    (void)state;
    double fall = pacing_fall(PACING_FRONT_LOADED), left = 1;
    for (int hour = 0; hour < 672; hour++) {
        double x = hour / 672.0, curve = -m_expm1(-fall * x) / -m_expm1(-fall);
        assert_true(fabs(1 - left - curve) < 1e-12);
        left -= left * pace_share(fall, 1, 672 - hour, 672);
    }
    assert_true(fabs(left) < 1e-12);
}

/* --- the loop: spend answers the bid as the market's closed form says ------------------------------ */

static const market_t market = {.log_median = 1.5, .log_sd = 0.8};

/* Over all bids from one that wins in a thousand to one that wins nearly always. */
static void our_gain_settles_wherever_the_bid_is(void **state)
{
    (void)state;
    for (double win = 0.001; win < 0.995; win += 0.002) {
        double right = market_value_winning(&market, win), bid = right + 1;
        double planned = market_expected_cost(&market, (offer_t){right, INFINITY});
        for (int k = 0; k < 400; k++) {
            offer_t offer = {bid, INFINITY};
            double gain = pace_gain(market_spend_elasticity(&market, offer));
            assert_true(gain < pace_gain_limit(market_spend_elasticity(&market, offer)));
            bid = pace_step(bid, gain, market_expected_cost(&market, offer), planned);
        }
        assert_true(fabs(market_expected_cost(&market, (offer_t){bid, INFINITY}) / planned - 1) <
                    1e-3);
    }
}

/* Four layers of 10, 20, 30 and 40 % of the people, the best first: half of the auctions are all of the two
 * best ones and two thirds of the third. */
static void smart_pacing_throttles_the_low_layers_first(void **state)
{
    (void)state;
    const double within[] = {0.1, 0.2, 0.3, 0.4}, above[] = {0, 0.1, 0.3, 0.6};
    const double half[] = {1, 1, 2. / 3, 0};
    for (int k = 0; k < 4; k++)
        assert_true(fabs(pace_layer_pass(0.5, above[k], within[k]) - half[k]) < 1e-12);
    for (double pass = 0; pass <= 1; pass += 0.01) {
        double sum = 0;
        for (int k = 0; k < 4; k++) sum += within[k] * pace_layer_pass(pass, above[k], within[k]);
        assert_true(fabs(sum - pass) < 1e-12);
    }
    assert_true(pace_layer_pass(0.37, 0, 1) == 0.37); /* all alike: a throttle */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_even_plan_gives_equal_parts),
        cmocka_unit_test(a_front_loaded_plan_halves_every_third),
        cmocka_unit_test(the_steps_of_a_plan_make_its_curve),
        cmocka_unit_test(smart_pacing_throttles_the_low_layers_first),
        cmocka_unit_test(our_gain_settles_wherever_the_bid_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
