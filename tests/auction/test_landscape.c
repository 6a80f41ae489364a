/* test_landscape.c -- several rivals, first price, total value and own overlap, against simulation and
 * the laws of their auctions. (Published values are in test_known_answers.) */
#include "models/auction/auction.h"
#include "models/auction/landscape.h"
#include "models/base/maths.h"
#include "models/base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

enum { DRAWS = 200000 };

static double normal(uint32_t draw, uint32_t which)
{
    return normal_quantile(rng_unit(rng_at(rng_key(12), DRAW_PRICE, 0, which, 0, 0, draw), 0));
}

/* 4.9 sd: 1 in 10^6 by chance. */
static void assert_mean(double sum, double squares, double expected)
{
    double mean = sum / DRAWS, sd = sqrt(squares / DRAWS - mean * mean);
    assert_true(fabs(mean - expected) < 4.9 * sd / sqrt(DRAWS));
}

static void one_rival_is_the_plain_auction(void **state)
{
    (void)state;
    market_t m = {.log_median = 1, .log_sd = 0.6, .reserve = 1.5};
    landscape_t l = {1, 0.6, RIVALS_FIXED, 1};
    for (double bid = 1.6; bid < 20; bid *= 1.5) {
        offer_t offer = {log(bid), INFINITY};
        assert_true(fabs(landscape_win_probability(&l, bid) - market_win_probability(&m, offer)) <
                    1e-14);
        assert_true(fabs(landscape_expected_cost(&l, bid, 1.5) - market_expected_cost(&m, offer)) <
                    1e-12);
    }
    assert_true(landscape_expected_cost(&l, 1.4, 1.5) == 0);
}

static void no_rivals_leave_the_reserve(void **state)
{
    (void)state;
    const rivals_t kinds[] = {RIVALS_FIXED, RIVALS_POISSON};
    for (int k = 0; k < 2; k++) {
        landscape_t l = {1, 0.6, kinds[k], 0};
        assert_true(landscape_win_probability(&l, 2) == 1);
        assert_true(fabs(landscape_expected_cost(&l, 2, 1.5) - 1.5) < 1e-14);
    }
}

static void rivals_cost_what_simulated_rivals_cost(void **state)
{
    (void)state;
    enum { RIVALS = 4 };
    const double bid = 5, reserve = 2;
    landscape_t l = {1, 0.6, RIVALS_FIXED, RIVALS};
    double wins = 0, paid = 0, squares = 0, first = 0, first2 = 0, second = 0, second2 = 0;
    for (uint32_t i = 0; i < DRAWS; i++) {
        double high = 0, next = 0;
        for (uint32_t r = 0; r < RIVALS; r++) {
            double y = exp(1 + 0.6 * normal(i, r));
            next = fmax(next, fmin(high, y));
            high = fmax(high, y);
        }
        double price = high < bid ? fmax(high, reserve) : 0;
        wins += high < bid;
        paid += price;
        squares += price * price;
        first += high, first2 += high * high;
        second += next, second2 += next * next;
    }
    assert_mean(wins, wins, landscape_win_probability(&l, bid));
    assert_mean(paid, squares, landscape_expected_cost(&l, bid, reserve));
    assert_mean(first, first2, lognormal_order_mean(1, 0.6, RIVALS, 1));
    assert_mean(second, second2, lognormal_order_mean(1, 0.6, RIVALS, 2));
}

static void ranks_share_out_the_mean(void **state)
{
    (void)state;
    double sum = 0;
    for (int k = 1; k <= 7; k++) sum += lognormal_order_mean(0.3, 0.9, 7, k);
    assert_true(fabs(sum / (7 * exp(0.3 + 0.405)) - 1) < 1e-13);
}

static void thinned_prices_have_the_law_of_prices_below(void **state)
{
    (void)state;
    /* P(price <= y | price < highest) = F(y)/F(highest): the u that gives y. */
    for (double u = 0.01; u < 1; u += 0.07) {
        double y = lognormal_price_below(1, 0.6, 8, u);
        double share = normal_cdf((log(y) - 1) / 0.6) / normal_cdf((log(8) - 1) / 0.6);
        assert_true(fabs(share - u) < 1e-14);
    }
}

static void the_winner_pays_what_would_just_have_won(void **state)
{
    (void)state;
    /* Values .25, .20, .15: the first wins; at a bid of 7.5 per action it would tie with the second. */
    total_value_bid_t bid[] = {{10, 0.02, 0.05}, {6, 0.03, 0.02}, {15, 0.01, 0}};
    total_value_outcome_t out = total_value_auction(bid, 3);
    assert_int_equal(out.winner, 0);
    bid[0].bid = out.price_per_action;
    assert_true(fabs(total_value(bid[0]) - total_value(bid[1])) < 1e-15);
    assert_true(out.price_per_action <= 10);
}

static void quality_alone_can_win_for_nothing(void **state)
{
    (void)state;
    total_value_bid_t bid[] = {{1, 0.01, 0}, {1, 0.01, 0.5}};
    total_value_outcome_t out = total_value_auction(bid, 2);
    assert_int_equal(out.winner, 1);
    assert_true(out.price_per_impression == 0);
}

static void a_lone_bid_pays_nothing_and_ties_go_to_the_first(void **state)
{
    (void)state;
    total_value_bid_t bid[] = {{2, 0.01, 0}, {2, 0.01, 0}};
    assert_true(total_value_auction(bid, 1).price_per_impression == 0);
    total_value_outcome_t out = total_value_auction(bid, 2);
    assert_int_equal(out.winner, 0);
    assert_true(fabs(out.price_per_impression - 0.02) < 1e-17);
}

static void own_ad_sets_do_not_bid_against_each_other(void **state)
{
    (void)state;
    const log_value_t one = {0, 0.5}, two = {0.2, 0.5}, rival = {0.3, 0.6};
    own_overlap_t o = auc_own_overlap(one, two, rival);
    double chosen = 0, first = 0, second = 0;
    for (uint32_t i = 0; i < DRAWS; i++) {
        double a = one.mean + one.sd * normal(i, 0), b = two.mean + two.sd * normal(i, 1);
        double y = rival.mean + rival.sd * normal(i, 2);
        chosen += a > b;
        first += a > b && a > y;
        second += b > a && b > y;
    }
    assert_mean(chosen, chosen, o.first_enters);
    assert_mean(first, first, o.first_wins);
    assert_mean(second, second, o.second_wins);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_rival_is_the_plain_auction),
        cmocka_unit_test(no_rivals_leave_the_reserve),
        cmocka_unit_test(rivals_cost_what_simulated_rivals_cost),
        cmocka_unit_test(ranks_share_out_the_mean),
        cmocka_unit_test(thinned_prices_have_the_law_of_prices_below),
        cmocka_unit_test(the_winner_pays_what_would_just_have_won),
        cmocka_unit_test(quality_alone_can_win_for_nothing),
        cmocka_unit_test(a_lone_bid_pays_nothing_and_ties_go_to_the_first),
        cmocka_unit_test(own_ad_sets_do_not_bid_against_each_other),
    };
    return cmocka_run_group_tests_name("landscape", tests, NULL, NULL);
}
