/* test_auction.c -- one auction: closed forms against the definition integrated outright, prices drawn
 * against the closed forms, and the laws every auction keeps. */
#include "models/auction/auction.h"
#include "models/base/maths.h"
#include "models/base/rng.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* All ways to have noise, a reserve and a limit; reserve and limit on both sides of the value. */
static const double noises[] = {0, 0.3, 2};
static const double reserves[] = {0, 0.5, 6, 40};
static const double limits[] = {INFINITY, 9, 3, 0.4};
static const double values[] = {0.02, 2, 9, 60};
enum { NOISES = 3, RESERVES = 4, LIMITS = 4, VALUES = 4 };

static market_t market(double noise, double reserve)
{
    return (market_t){
        .log_median = log(8), .log_sd = 0.7, .score_noise = noise, .reserve = reserve};
}

static offer_t offer_of(double value, double limit)
{
    return (offer_t){log(value), log(limit)};
}

typedef void check_t(const market_t *m, offer_t offer);

static void for_every_auction(check_t *check)
{
    for (int n = 0; n < NOISES; n++)
        for (int r = 0; r < RESERVES; r++)
            for (int l = 0; l < LIMITS; l++)
                for (int v = 0; v < VALUES; v++) {
                    market_t m = market(noises[n], reserves[r]);
                    check(&m, offer_of(values[v], limits[l]));
                }
}

/* The definition: given Z, the offer wins iff max(Y, r) lies below v exp(tau Z) and at most at l; Y is
 * lognormal, so what is left is one integral over Z. */
typedef struct {
    market_t market;
    offer_t offer;
    int cost; /* 0: P(win), 1: E[price; win] */
} definition_t;

static double given_noise(double z, const definition_t *d)
{
    const market_t *m = &d->market;
    double floor = m->reserve > 0 ? log(m->reserve) : -INFINITY;
    double top = fmin(d->offer.log_value + m->score_noise * z, d->offer.log_limit);
    if (!(top > floor)) return 0;
    double high = (top - m->log_median) / m->log_sd, low = (floor - m->log_median) / m->log_sd;
    if (!d->cost) return normal_cdf(high);
    double tilted = normal_cdf(high - m->log_sd) - normal_cdf(low - m->log_sd);
    return m->reserve * normal_cdf(low) + exp(m->log_median + m->log_sd * m->log_sd / 2) * tilted;
}

static double weighed(double z, const void *context)
{
    return normal_density(z) * given_noise(z, context);
}

static double by_definition(const market_t *m, offer_t offer, int cost)
{
    definition_t d = {*m, offer, cost};
    if (m->score_noise == 0) return given_noise(0, &d);
    /* Smooth but for two kinks, at the reserve and at the limit: integrate between them. */
    double floor = m->reserve > 0 ? log(m->reserve) : -INFINITY;
    double edge[4] = {-9, (floor - offer.log_value) / m->score_noise,
                      (offer.log_limit - offer.log_value) / m->score_noise, 9};
    double from = -9, sum = 0;
    for (int i = 1; i < 4; i++) {
        double to = fmax(from, fmin(edge[i], 9));
        sum += integral(weighed, &d, from, to, 40);
        from = to;
    }
    return sum;
}

static void closed_forms_match(const market_t *m, offer_t offer)
{
    assert_true(fabs(market_win_probability(m, offer) - by_definition(m, offer, 0)) < 1e-13);
    assert_true(fabs(market_expected_cost(m, offer) - by_definition(m, offer, 1)) < 1e-12);
}

static void closed_forms_are_the_definition_integrated(void **state)
{
    (void)state;
    for_every_auction(closed_forms_match);
}

/* The rank variable and the price are drawn as the engine draws them. 40,000 draws an auction, 192
 * auctions, two averages each: 5.2 sd are passed by chance once in 10^4. An average off by 3 % of an
 * sd of the price would show. */
enum { DRAWS = 40000 };

static void drawn_prices_match(const market_t *m, offer_t offer)
{
    double wins = 0, paid = 0, squares = 0, sd = market_rank_sd(m);
    for (uint32_t i = 0; i < DRAWS; i++) {
        rng_block_t b = rng_at(rng_key(11), DRAW_PRICE, 0, 0, 0, 0, i);
        double x = m->log_median + sd * normal_quantile(rng_unit(b, 0)), price = 0;
        if (!(x < offer.log_value) || !market_price(m, offer, x, rng_unit(b, 1), &price)) continue;
        assert_true(price >= m->reserve && price <= exp(offer.log_limit) * (1 + 1e-14));
        wins++;
        paid += price;
        squares += price * price;
    }
    double p = market_win_probability(m, offer), cost = market_expected_cost(m, offer);
    double spread = sqrt(fmax(squares / DRAWS - cost * cost, 0) / DRAWS);
    assert_true(fabs(wins / DRAWS - p) <= 5.2 * sqrt(p * (1 - p) / DRAWS) + 1e-4);
    assert_true(fabs(paid / DRAWS - cost) <= 5.2 * spread + 1e-4 * (1 + m->reserve));
}

static void drawn_prices_follow_the_closed_forms(void **state)
{
    (void)state;
    for_every_auction(drawn_prices_match);
}

static void elasticity_matches(const market_t *m, offer_t offer)
{
    /* With no noise a limit on the value's own spot is a kink; elsewhere the closed forms are smooth. */
    const double step = 1e-5;
    offer_t up = {offer.log_value + step, offer.log_limit};
    offer_t down = {offer.log_value - step, offer.log_limit};
    double p = market_win_probability(m, offer), cost = market_expected_cost(m, offer);
    if (m->score_noise == 0 && fabs(offer.log_limit - offer.log_value) < step) return;
    if (cost < 1e-9) return;
    double of_cost = (market_expected_cost(m, up) - market_expected_cost(m, down)) / (2 * step);
    double of_win = (market_win_probability(m, up) - market_win_probability(m, down)) / (2 * step);
    assert_true(fabs(market_spend_elasticity(m, offer) - of_cost / cost) < 1e-6 / fmin(1, cost));
    assert_true(fabs(market_win_elasticity(m, offer) - of_win / p) < 1e-6 / fmin(1, p));
}

static void elasticities_are_the_slopes(void **state)
{
    (void)state;
    for_every_auction(elasticity_matches);
}

static void is_a_probability(const market_t *m, offer_t offer)
{
    double p = market_win_probability(m, offer);
    assert_true(p >= 0 && p <= 1);
    assert_true(market_expected_cost(m, offer) >= 0);
}

static void win_probabilities_lie_between_0_and_1(void **state)
{
    (void)state;
    for_every_auction(is_a_probability);
}

static void no_bid_wins_nothing(void **state)
{
    (void)state;
    market_t m = market(2, 0.5);
    offer_t none = {-INFINITY, INFINITY};
    assert_true(market_win_probability(&m, none) == 0 && market_expected_cost(&m, none) == 0);
    assert_true(market_spend_elasticity(&m, none) == 0 && market_win_elasticity(&m, none) == 0);
}

static void without_noise_the_rank_is_the_price(void **state)
{
    (void)state;
    market_t m = market(0, 0);
    double price = 0;
    assert_true(market_price(&m, offer_of(9, INFINITY), log(5), 0.3, &price));
    assert_true(price == m_exp(log(5)));
}

static void a_low_rival_leaves_the_reserve_to_pay(void **state)
{
    (void)state;
    market_t m = market(0, 6);
    double price = 0;
    assert_true(market_price(&m, offer_of(9, INFINITY), log(5), 0.3, &price));
    assert_true(price == 6);
    assert_false(market_price(&m, offer_of(5.5, INFINITY), log(5), 0.3, &price)); /* 5.5 < 6 */
    assert_false(market_price(&m, offer_of(9, 5.9), log(5), 0.3, &price));        /* 6 > 5.9 */
    assert_false(market_price(&m, offer_of(9, 7), log(8), 0.3, &price));          /* 8 > 7 */
}

static void every_price_scales_with_the_money(void **state)
{
    (void)state;
    /* Cents for dollars: all CPMs x 100, the same wins, 100 times the cost. */
    market_t m = market(2, 0.5), cents = m;
    cents.log_median += log(100);
    cents.reserve *= 100;
    offer_t in_cents = offer_of(900, 700);
    double p = market_win_probability(&m, offer_of(9, 7));
    assert_true(fabs(market_win_probability(&cents, in_cents) - p) < 1e-14);
    double cost = market_expected_cost(&m, offer_of(9, 7));
    assert_true(fabs(market_expected_cost(&cents, in_cents) - 100 * cost) < 1e-11);
}

static void more_value_never_wins_less(void **state)
{
    (void)state;
    for (int n = 0; n < NOISES; n++)
        for (int r = 0; r < RESERVES; r++)
            for (int l = 0; l < LIMITS; l++) {
                market_t m = market(noises[n], reserves[r]);
                double p = 0, cost = 0;
                for (double v = 0.01; v < 1000; v *= 1.3) {
                    double p2 = market_win_probability(&m, offer_of(v, limits[l]));
                    double cost2 = market_expected_cost(&m, offer_of(v, limits[l]));
                    assert_true(p2 >= p - 1e-15 && cost2 >= cost - 1e-13);
                    p = p2;
                    cost = cost2;
                }
                assert_true(p <= 1);
            }
}

static void a_value_wins_what_it_was_asked_to(void **state)
{
    (void)state;
    for (int n = 0; n < NOISES; n++) {
        market_t m = market(noises[n], 0);
        for (double p = 1e-7; p < 1; p *= 3) {
            offer_t offer = {market_value_winning(&m, p), INFINITY};
            assert_true(fabs(market_win_probability(&m, offer) / p - 1) < 1e-12);
        }
    }
}

static void the_reference_plan_pays_its_cpm(void **state)
{
    (void)state;
    for (int n = 0; n < NOISES; n++)
        for (double cpm = 2; cpm < 50; cpm *= 3) {
            double n_opportunities = 20e6 * 28 * 10, budget = 1e4;
            market_t m = market(noises[n], 0);
            m.log_median =
                market_log_median_for_cpm(cpm, budget, n_opportunities, m.log_sd, m.score_noise);
            /* It buys budget/cpm impressions: bid for that share and see what it pays. */
            double share = 1000 * budget / (cpm * n_opportunities);
            offer_t offer = {market_value_winning(&m, share), INFINITY};
            double paid = market_expected_cost(&m, offer) / market_win_probability(&m, offer);
            assert_true(fabs(paid / cpm - 1) < 1e-10);
        }
    assert_true(isnan(market_log_median_for_cpm(2, 1e4, 1e6, 0.7, 2))); /* 5 of 1 million */
}

static void the_winner_is_cursed(void **state)
{
    (void)state;
    market_t m = market(0.5, 0);
    offer_t offer = offer_of(4, INFINITY);
    double score = market_expected_score(&m, offer) / market_win_probability(&m, offer);
    assert_true(score > 4 * exp(0.125));
    m.score_noise = 0;
    score = market_expected_score(&m, offer) / market_win_probability(&m, offer);
    assert_true(fabs(score - 4) < 1e-14);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_forms_are_the_definition_integrated),
        cmocka_unit_test(drawn_prices_follow_the_closed_forms),
        cmocka_unit_test(elasticities_are_the_slopes),
        cmocka_unit_test(win_probabilities_lie_between_0_and_1),
        cmocka_unit_test(no_bid_wins_nothing),
        cmocka_unit_test(without_noise_the_rank_is_the_price),
        cmocka_unit_test(a_low_rival_leaves_the_reserve_to_pay),
        cmocka_unit_test(every_price_scales_with_the_money),
        cmocka_unit_test(more_value_never_wins_less),
        cmocka_unit_test(a_value_wins_what_it_was_asked_to),
        cmocka_unit_test(the_reference_plan_pays_its_cpm),
        cmocka_unit_test(the_winner_is_cursed),
    };
    return cmocka_run_group_tests_name("auction", tests, NULL, NULL);
}
