/* test_strategy.c -- bids that meet a budget or a goal do so, and are the best that do; plans in closed
 * form agree with people played one by one. (Published values are in test_known_answers.) */
#include "models/base/maths.h"
#include "models/base/rng.h"
#include "models/platform/pacing.h"
#include "models/platform/plan.h"
#include "models/platform/strategy.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static bool near(double value, double truth, double relative)
{
    return fabs(value - truth) <= relative * fabs(truth);
}

static market_t market(double noise, double reserve)
{
    return (market_t){
        .log_median = log(8), .log_sd = 0.7, .score_noise = noise, .reserve = reserve};
}

static const double noises[] = {0, 0.3, 2}, reserves[] = {0, 0.5};

static void a_multiplier_spends_the_budget(void **state)
{
    (void)state;
    for (int n = 0; n < 3; n++)
        for (int r = 0; r < 2; r++) {
            market_t m = market(noises[n], reserves[r]);
            offer_t offer = {log(20), INFINITY};
            double most = market_expected_cost(&m, offer);
            for (double share = 1e-4; share < 1; share *= 3) {
                double log_alpha = budget_log_multiplier(&m, offer, share * most);
                offer_t paced = {offer.log_value + log_alpha, INFINITY};
                assert_true(log_alpha < 1e-9);
                assert_true(near(market_expected_cost(&m, paced), share * most, 1e-9));
                market_t first = m;
                first.kind = AUCTION_FIRST_PRICE;
                paced.log_value =
                    offer.log_value + budget_log_multiplier(&first, offer, share * most);
                assert_true(near(market_expected_cost(&first, paced), share * most, 1e-9));
                assert_true(near(budget_pass_through(&m, offer, share * most), share, 1e-14));
            }
        }
}

static void a_multiplier_buys_more_than_a_throttle(void **state)
{
    (void)state;
    for (int n = 0; n < 3; n++) {
        market_t m = market(noises[n], 0);
        offer_t offer = {log(20), INFINITY};
        double spend = 0.3 * market_expected_cost(&m, offer);
        offer_t paced = {offer.log_value + budget_log_multiplier(&m, offer, spend), INFINITY};
        double throttled =
            budget_pass_through(&m, offer, spend) * market_win_probability(&m, offer);
        assert_true(market_win_probability(&m, paced) > throttled);
    }
}

static void a_budget_too_large_buys_nearly_everything(void **state)
{
    (void)state;
    market_t m = market(2, 0);
    offer_t offer = {0, INFINITY};
    offer_t paced = {budget_log_multiplier(&m, offer, 1e6), INFINITY};
    assert_true(near(market_win_probability(&m, paced), 0.999, 1e-12));
    paced.log_value = budget_log_multiplier(&m, offer, 0);
    assert_true(near(market_win_probability(&m, paced), 1e-7, 1e-9));
    assert_true(budget_pass_through(&m, offer, 1e6) == 1);
}

static void a_cost_cap_is_met_on_average(void **state)
{
    (void)state;
    for (int n = 0; n < 3; n++) {
        market_t m = market(noises[n], 0);
        double log_bid = cost_cap_log_bid(&m, 6);
        offer_t offer = {log_bid, INFINITY};
        double average = market_expected_cost(&m, offer) / market_win_probability(&m, offer);
        assert_true(near(average, 6, 1e-9));
        if (noises[n] == 0) assert_true(exp(log_bid) > 6); /* the cap is not a bid cap */
    }
}

static void a_roas_floor_is_met(void **state)
{
    (void)state;
    market_t m = market(0, 0);
    const value_law_t values = {log(10), 0.6};
    for (double roas = 1.2; roas < 5; roas *= 1.3) {
        value_outcome_t out = value_bidding(&m, values, target_roas_log_kappa(&m, values, roas));
        assert_true(near(out.value / out.cost, roas, 1e-9));
    }
    double log_kappa = value_budget_log_kappa(&m, values, 1.5);
    assert_true(near(value_bidding(&m, values, log_kappa).cost, 1.5, 1e-9));
}

static void the_gain_keeps_the_loop_stable(void **state)
{
    (void)state;
    assert_true(pace_gain(1.7) == 0.1 / 1.7);
    assert_true(pace_gain(0.01) == 0.3 && pace_gain(100) == 0.02);
    for (double e = 0.3; e < 5; e *= 1.2) assert_true(pace_gain(e) < pace_gain_limit(e));
}

static void a_step_that_overspent_lowers_the_bid(void **state)
{
    (void)state;
    assert_true(pace_step(1, 0.1, 200, 100) == 1 - 0.1);
    assert_true(pace_step(1, 0.1, 50, 100) == 1 + 0.05);
    assert_true(pace_step(1, 0.1, 1e9, 100) == 0.5);
    assert_true(pace_step(1, 0.1, 5, 0) == 1); /* nothing planned: no wind-up */
}

/* A closed loop on the closed-form market: from e^1.5 too high or low, the bid settles where the
 * budget lasts; beyond the stability limit it does not. */
static double bid_after(double start, double gain, int steps)
{
    market_t m = market(0, 0);
    double goal = market_expected_cost(&m, (offer_t){log(8), INFINITY}), log_bid = start;
    for (int i = 0; i < steps; i++) {
        double spent = market_expected_cost(&m, (offer_t){log_bid, INFINITY});
        log_bid = pace_step(log_bid, gain, spent, goal);
    }
    return log_bid - log(8);
}

static void the_loop_settles_below_its_limit_only(void **state)
{
    (void)state;
    market_t m = market(0, 0);
    double limit = pace_gain_limit(market_spend_elasticity(&m, (offer_t){log(8), INFINITY}));
    assert_true(fabs(bid_after(log(8) + 1.5, 0.06, 400)) < 1e-6);
    assert_true(fabs(bid_after(log(8) - 1.5, 0.06, 400)) < 1e-6);
    assert_true(fabs(bid_after(log(8) + 0.01, 0.95 * limit, 2000)) < 1e-6);
    assert_true(fabs(bid_after(log(8) + 0.01, 1.1 * limit, 2000)) > 0.01);
}

static plan_t small_plan(void)
{
    return (plan_t){.people = 200000,
                    .opportunities = 28,
                    .shape = 0.8,
                    .market = market(0.5, 0.5),
                    .offer = {log(7), log(6)},
                    .pass_through = 0.6,
                    .cap = 3,
                    .ctr = 0.01,
                    .wear_out = 0.9};
}

/* Each person's opportunities met one by one, priced by the auction itself; 4.9 sd (1 in 10^6). */
static void a_plan_is_what_its_people_come_to(void **state)
{
    (void)state;
    plan_t plan = small_plan();
    double reach = 0, impressions = 0, squares = 0, spend = 0, spend2 = 0, clicks = 0, clicks2 = 0;
    double rank_sd = market_rank_sd(&plan.market);
    for (uint32_t i = 0; i < plan.people; i++) {
        rng_block_t who = rng_at(rng_key(16), DRAW_TRAIT, 0, 0, i, 0, 0);
        double rate =
            plan.opportunities / plan.shape * gamma_quantile(plan.shape, rng_unit(who, 0));
        unsigned met = poisson_quantile(fmin(rate, 690), rng_unit(who, 1));
        double seen = 0, paid = 0, clicked = 0, price;
        for (uint32_t k = 0; k < met && seen < plan.cap; k++) {
            rng_block_t b = rng_at(rng_key(16), DRAW_CANDIDATE, 0, 0, i, 0, k);
            rng_block_t c = rng_at(rng_key(16), DRAW_PRICE, 0, 0, i, 0, k);
            if (rng_unit(c, 0) >= plan.pass_through) continue;
            double x = plan.market.log_median + rank_sd * normal_quantile(rng_unit(b, 0));
            if (!(x < plan.offer.log_value)) continue;
            if (!market_price(&plan.market, plan.market.log_median, plan.offer, x, rng_unit(b, 1),
                              &price))
                continue;
            clicked += plan.ctr * pow(plan.wear_out, seen);
            seen++;
            paid += price / 1000;
        }
        reach += seen > 0;
        impressions += seen, squares += seen * seen;
        spend += paid, spend2 += paid * paid;
        clicks += clicked, clicks2 += clicked * clicked;
    }
    plan_outcome_t out = plan_outcome(&plan);
    double n = plan.people, p = out.reach / n;
    assert_true(fabs(reach - out.reach) < 4.9 * sqrt(n * p * (1 - p)));
    assert_true(fabs(impressions - out.impressions) < 4.9 * out.impressions_sd);
    assert_true(near(sqrt(squares - impressions * impressions / n), out.impressions_sd, 0.01));
    assert_true(fabs(spend - out.spend) < 4.9 * sqrt(spend2 - spend * spend / n));
    assert_true(fabs(clicks - out.clicks) < 4.9 * sqrt(clicks2 - clicks * clicks / n));
}

static void a_plan_spends_its_budget_either_way(void **state)
{
    (void)state;
    const int caps[] = {0, 1, 3};
    for (int c = 0; c < 3; c++) {
        plan_t plan = small_plan(), paced, throttled;
        plan.cap = caps[c];
        plan.pass_through = 1;
        double budget = 0.3 * plan_outcome(&plan).spend;
        paced = throttled = plan;
        paced.offer.log_value += plan_log_multiplier(&plan, budget);
        throttled.pass_through = plan_pass_through(&plan, budget);
        assert_true(near(plan_outcome(&paced).spend, budget, 1e-9));
        assert_true(near(plan_outcome(&throttled).spend, budget, 1e-9));
        assert_true(plan_outcome(&paced).impressions > plan_outcome(&throttled).impressions);
        throttled.pass_through = plan_pass_through(&plan, 1e9);
        assert_true(throttled.pass_through == 1);
    }
}

static void a_plan_s_elasticity_is_its_slope(void **state)
{
    (void)state;
    const int caps[] = {0, 1, 3};
    const double shapes[] = {0.35, INFINITY};
    for (int c = 0; c < 3; c++)
        for (int s = 0; s < 2; s++) {
            plan_t plan = small_plan(), up, down;
            plan.cap = caps[c];
            plan.shape = shapes[s];
            up = down = plan;
            up.offer.log_value += 1e-5;
            down.offer.log_value -= 1e-5;
            double slope = log(plan_outcome(&up).spend / plan_outcome(&down).spend) / 2e-5;
            assert_true(fabs(plan_spend_elasticity(&plan) - slope) < 1e-6);
        }
}

static void a_cap_without_effect_changes_nothing(void **state)
{
    (void)state;
    plan_t plan = small_plan();
    plan.opportunities = 0.01;
    plan.cap = 40;
    plan_outcome_t capped = plan_outcome(&plan);
    plan.cap = 0;
    plan_outcome_t free = plan_outcome(&plan);
    assert_true(near(capped.impressions, free.impressions, 1e-12));
    assert_true(near(capped.clicks, free.clicks, 1e-12));
    assert_true(near(capped.impressions_sd, free.impressions_sd, 1e-12));
    assert_true(plan_reach_at_least(&plan, 1) == free.reach);
}

static void no_bid_no_show(void **state)
{
    (void)state;
    plan_t plan = small_plan();
    plan.offer.log_value = -INFINITY;
    plan_outcome_t out = plan_outcome(&plan);
    assert_true(out.reach == 0 && out.spend == 0 && out.clicks == 0);
    assert_true(plan_spend_elasticity(&plan) == 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_multiplier_spends_the_budget),
        cmocka_unit_test(a_multiplier_buys_more_than_a_throttle),
        cmocka_unit_test(a_budget_too_large_buys_nearly_everything),
        cmocka_unit_test(a_cost_cap_is_met_on_average),
        cmocka_unit_test(a_roas_floor_is_met),
        cmocka_unit_test(the_gain_keeps_the_loop_stable),
        cmocka_unit_test(a_step_that_overspent_lowers_the_bid),
        cmocka_unit_test(the_loop_settles_below_its_limit_only),
        cmocka_unit_test(a_plan_is_what_its_people_come_to),
        cmocka_unit_test(a_plan_spends_its_budget_either_way),
        cmocka_unit_test(a_plan_s_elasticity_is_its_slope),
        cmocka_unit_test(a_cap_without_effect_changes_nothing),
        cmocka_unit_test(no_bid_no_show),
    };
    return cmocka_run_group_tests_name("strategy", tests, NULL, NULL);
}
