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

/* One kind of rivals or three, second price or first. */
typedef enum { ONE, ONE_FIRST, THREE, THREE_FIRST, MARKETS } market_kind_t;

static market_t market_of_kind(market_kind_t kind, double noise, double reserve)
{
    market_t m = {.log_median = log(8),
                  .log_sd = 0.7,
                  .score_noise = noise,
                  .reserve = reserve,
                  .kind = kind % 2 ? AUCTION_FIRST_PRICE : AUCTION_SECOND_PRICE};
    if (kind < THREE) return m;
    m.n_parts = 3;
    m.part[0] = (market_part_t){0.5, -0.6, 0.4, 0};
    m.part[1] = (market_part_t){0.3, 0, 0.7, 0};
    m.part[2] = (market_part_t){0.2, 1.2, 1.1, 0};
    return m;
}

static market_t market(double noise, double reserve)
{
    return market_of_kind(ONE, noise, reserve);
}

static offer_t offer_of(double value, double limit)
{
    return (offer_t){log(value), log(limit)};
}

typedef void check_t(const market_t *m, offer_t offer);

static void for_every_auction(check_t *check)
{
    for (int k = 0; k < MARKETS; k++)
        for (int n = 0; n < NOISES; n++)
            for (int r = 0; r < RESERVES; r++)
                for (int l = 0; l < LIMITS; l++)
                    for (int v = 0; v < VALUES; v++) {
                        market_t m = market_of_kind(k, noises[n], reserves[r]);
                        check(&m, offer_of(values[v], limits[l]));
                    }
}

/* The definition: given Z, the offer wins iff max(Y, r) lies below v exp(tau Z) and at most at l; Y is
 * lognormal, so what is left is one integral over Z. At first price min(v exp(tau Z), l) is paid. */
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
    if (m->kind == AUCTION_FIRST_PRICE) return exp(top) * normal_cdf(high);
    double tilted = normal_cdf(high - m->log_sd) - normal_cdf(low - m->log_sd);
    return m->reserve * normal_cdf(low) + exp(m->log_median + m->log_sd * m->log_sd / 2) * tilted;
}

static double weighed(double z, const void *context)
{
    return normal_density(z) * given_noise(z, context);
}

enum { FAR = 13 }; /* scores weigh by e^2z what they are as likely as e^(-z^2/2) */

static double by_definition_of_one(const market_t *m, offer_t offer, int cost)
{
    definition_t d = {*m, offer, cost};
    if (m->score_noise == 0) return given_noise(0, &d);
    /* Smooth but for two kinks, at the reserve and at the limit: integrate between them. */
    double floor = m->reserve > 0 ? log(m->reserve) : -INFINITY;
    double edge[4] = {-FAR, (floor - offer.log_value) / m->score_noise,
                      (offer.log_limit - offer.log_value) / m->score_noise, FAR};
    double from = -FAR, sum = 0;
    for (int i = 1; i < 4; i++) {
        double to = fmax(from, fmin(edge[i], FAR));
        sum += integral(weighed, &d, from, to, 40);
        from = to;
    }
    return sum;
}

static double by_definition(const market_t *m, offer_t offer, int cost)
{
    double sum = 0;
    if (!m->n_parts) return by_definition_of_one(m, offer, cost);
    for (int k = 0; k < m->n_parts; k++) {
        const market_part_t *part = &m->part[k];
        market_t one = {.log_median = m->log_median + part->log_shift,
                        .log_sd = part->log_sd,
                        .score_noise = m->score_noise,
                        .reserve = m->reserve,
                        .kind = m->kind};
        offer_t better = {offer.log_value + part->advantage, offer.log_limit + part->advantage};
        sum += part->weight * by_definition_of_one(&one, better, cost);
    }
    return sum;
}

static void closed_forms_match(const market_t *m, offer_t offer)
{
    assert_true(fabs(market_win_probability(m, offer) - by_definition(m, offer, 0)) < 1e-13);
    assert_true(fabs(market_expected_cost(m, offer) - by_definition(m, offer, 1)) <
                1e-12 * (1 + exp(offer.log_value)));
}

static void closed_forms_are_the_definition_integrated(void **state)
{
    (void)state;
    for_every_auction(closed_forms_match);
}

/* Two placements on a cheap and on a dear day, one of them better for us: four parts of each kind of
 * rivals, whose closed forms are those of the definition, and whose value at a win rate wins it. */
static void matches_over_meetings(const market_t *m, offer_t offer)
{
    const market_part_t meeting[] = {
        {0.3, -0.4, 0, 0.2}, {0.3, 0.1, 0, 0}, {0.4, 0.5, 0, -0.3}, {1e-15, 3, 0, 0}};
    market_t over = market_over(m, meeting, 4);
    assert_int_equal(over.n_parts, m->n_parts ? 9 : 3); /* the last is too rare to matter */
    closed_forms_match(&over, offer);
    over.reserve = 0;
    offer_t winning = {market_value_winning(&over, 0.03), INFINITY};
    assert_true(fabs(market_win_probability(&over, winning) / 0.03 - 1) < 1e-11);
}

static void a_market_over_meetings_is_a_mixture(void **state)
{
    (void)state;
    for_every_auction(matches_over_meetings);
    market_t m = market(2, 0.5), same = market_over(&m, &(market_part_t){1, 0, 0, 0}, 1);
    assert_int_equal(same.n_parts, 0); /* nothing differs: the bits stay */
}

/* Wins where ours are worth 3 count 3 times. Prices spread more for people who are wanted more or less. */
static void value_won_is_by_part_and_markets_widen(void **state)
{
    (void)state;
    market_t m = market(2, 0.5);
    const market_part_t meeting[] = {{0.6, 0, 0, 0}, {0.4, 0.5, 0, log(3)}};
    market_t over = market_over(&m, meeting, 2), wide = market_widened(&over, 0.4);
    offer_t offer = offer_of(9, 7), better = offer_of(27, 21);
    market_t dearer = m;
    dearer.log_median += 0.5;
    double won =
        0.6 * market_win_probability(&m, offer) + 0.4 * 3 * market_win_probability(&dearer, better);
    assert_true(fabs(market_value_won(&over, offer) / won - 1) < 1e-14);
    assert_true(market_value_won(&m, offer) == market_win_probability(&m, offer));
    quadrature_t q = normal_quadrature(32);
    double wins = 0;
    for (int k = 0; k < q.n; k++) {
        market_t then = over;
        then.log_median += 0.4 * q.node[k];
        wins += q.weight[k] * market_win_probability(&then, offer);
    }
    assert_true(fabs(market_win_probability(&wide, offer) / wins - 1) < 1e-9);
}

static void ranks_are_shares(void **state)
{
    (void)state;
    for (int k = 0; k < MARKETS; k++)
        for (int n = 0; n < NOISES; n++) {
            market_t m = market_of_kind(k, noises[n], 0);
            for (double u = 1e-9; u < 1; u *= 3)
                assert_true(fabs(market_rank(&m, market_rank_quantile(&m, u)) / u - 1) < 1e-11);
            double high = market_rank_quantile(&m, 1 - 1e-12);
            assert_true(fabs(market_rank(&m, high) - 1) < 1.001e-12);
        }
}

/* The rank variable and the price are drawn as the engine draws them. 20,000 draws an auction, 768
 * auctions, two averages each: 5.4 sd are passed by chance once in 10^4. An average off by 4 % of an
 * sd of the price would show. */
enum { DRAWS = 20000 };

/* The rank variables drawn, of the last market asked for: they do not depend on offers or reserves. */
static double rank_drawn(const market_t *m, uint32_t i)
{
    static double x[DRAWS], noise = -1;
    static int parts;
    if (noise != m->score_noise || parts != m->n_parts)
        for (uint32_t k = 0; k < DRAWS; k++)
            x[k] = market_rank_quantile(
                m, rng_unit(rng_at(rng_key(11), DRAW_PRICE, 0, 0, 0, 0, k), 0));
    noise = m->score_noise;
    parts = m->n_parts;
    return x[i];
}

static void drawn_prices_match(const market_t *m, offer_t offer)
{
    double wins = 0, paid = 0, squares = 0;
    for (uint32_t i = 0; i < DRAWS; i++) {
        double x = rank_drawn(m, i), price = 0;
        rng_block_t b = rng_at(rng_key(11), DRAW_PRICE, 0, 0, 0, 0, i);
        if (!(x < offer.log_value) ||
            !market_price(m, m->log_median, offer, x, rng_unit(b, 1), &price))
            continue;
        assert_true(price >= m->reserve && price <= exp(offer.log_limit) * (1 + 1e-14));
        assert_true(m->score_noise > 0 || price <= exp(offer.log_value) * (1 + 1e-14));
        wins++;
        paid += price;
        squares += price * price;
    }
    double p = market_win_probability(m, offer), cost = market_expected_cost(m, offer);
    /* Unlimited scores with so much noise have no mean that so few draws could tell. */
    if (m->kind == AUCTION_FIRST_PRICE && m->score_noise > 1 && offer.log_limit == INFINITY) return;
    double spread = sqrt(fmax(squares / DRAWS - cost * cost, 0) / DRAWS);
    assert_true(fabs(wins / DRAWS - p) <= 5.4 * sqrt(p * (1 - p) / DRAWS) + 1e-4);
    assert_true(fabs(paid / DRAWS - cost) <= 5.4 * spread + 1e-4 * (1 + m->reserve));
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
    assert_true(market_price(&m, m.log_median, offer_of(9, INFINITY), log(5), 0.3, &price));
    assert_true(price == m_exp(log(5)));
}

static void a_low_rival_leaves_the_reserve_to_pay(void **state)
{
    (void)state;
    market_t m = market(0, 6);
    double price = 0;
    assert_true(market_price(&m, m.log_median, offer_of(9, INFINITY), log(5), 0.3, &price));
    assert_true(price == 6);
    assert_false(
        market_price(&m, m.log_median, offer_of(5.5, INFINITY), log(5), 0.3, &price)); /* 5.5 < 6 */
    assert_false(
        market_price(&m, m.log_median, offer_of(9, 5.9), log(5), 0.3, &price));        /* 6 > 5.9 */
    assert_false(market_price(&m, m.log_median, offer_of(9, 7), log(8), 0.3, &price)); /* 8 > 7 */
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
    for (int i = 0; i < MARKETS * NOISES; i++)
        for (int r = 0; r < RESERVES; r++)
            for (int l = 0; l < LIMITS; l++) {
                market_t m = market_of_kind(i / NOISES, noises[i % NOISES], reserves[r]);
                double p = 0, cost = 0;
                for (double v = 0.01; v < 1000; v *= 1.3) {
                    double p2 = market_win_probability(&m, offer_of(v, limits[l]));
                    double cost2 = market_expected_cost(&m, offer_of(v, limits[l]));
                    assert_true(p2 >= p - 1e-15 && cost2 >= cost * (1 - 1e-13) - 1e-13);
                    p = p2;
                    cost = cost2;
                }
                assert_true(p <= 1);
            }
}

static void a_value_wins_what_it_was_asked_to(void **state)
{
    (void)state;
    for (int i = 0; i < MARKETS * NOISES; i++) {
        market_t m = market_of_kind(i / NOISES, noises[i % NOISES], 0);
        for (double p = 1e-7; p < 1; p *= 3) {
            offer_t offer = {market_value_winning(&m, p), INFINITY};
            assert_true(fabs(market_win_probability(&m, offer) / p - 1) < 1e-11);
        }
    }
}

static void the_reference_plan_pays_its_cpm(void **state)
{
    (void)state;
    for (int i = 0; i < MARKETS * NOISES; i++)
        for (double cpm = 2; cpm < 50; cpm *= 3) {
            double n_opportunities = 20e6 * 28 * 10, budget = 1e4;
            market_t m = market_of_kind(i / NOISES, noises[i % NOISES], 0);
            m.log_median = market_log_median_for_cpm(&m, cpm, budget, n_opportunities);
            /* It buys budget/cpm impressions: bid for that share and see what it pays. */
            double share = 1000 * budget / (cpm * n_opportunities);
            offer_t offer = {market_value_winning(&m, share), INFINITY};
            double paid = market_expected_cost(&m, offer) / market_win_probability(&m, offer);
            assert_true(fabs(paid / cpm - 1) < 1e-10);
        }
    market_t m = market(2, 0);
    assert_true(isnan(market_log_median_for_cpm(&m, 2, 1e4, 1e6))); /* 5 of 1 million */
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

/* ---- first price ---- */

static void the_shaded_bid_earns_most(void **state)
{
    (void)state;
    for (int k = ONE_FIRST; k < MARKETS; k += 2)
        for (int n = 0; n < NOISES; n++)
            for (double value = 0.5; value < 400; value *= 2.5) {
                market_t m = market_of_kind(k, noises[n], 0);
                double log_bid = market_shaded_log_bid(&m, log(value)), best = exp(log_bid);
                assert_true(best < value);
                double most =
                    (value / best - 1) * market_expected_cost(&m, (offer_t){log_bid, INFINITY});
                for (double bid = value * 1e-4; bid < value; bid *= 1.01) {
                    double cost = market_expected_cost(&m, offer_of(bid, INFINITY));
                    assert_true((value / bid - 1) * cost <= most * (1 + 1e-12));
                }
            }
}

/* A reserve that the unshaded bid would pass by little is met, or nothing is bid that could win. */
static void a_shaded_bid_meets_the_reserve(void **state)
{
    (void)state;
    market_t m = market_of_kind(ONE_FIRST, 0, 6);
    double bid = exp(market_shaded_log_bid(&m, log(6.5)));
    assert_true(bid > 6 && bid < 6.5);
    assert_true(market_expected_cost(&m, offer_of(5, INFINITY)) == 0);
}

/* Whoever shades pays less for each win than who does not, also where both win as often. */
static void shading_never_pays_more(void **state)
{
    (void)state;
    for (int n = 0; n < NOISES; n++)
        for (double value = 1; value < 100; value *= 3) {
            market_t m = market_of_kind(ONE_FIRST, noises[n], 0.5);
            offer_t plain = {log(value), INFINITY},
                    shaded = {market_shaded_log_bid(&m, log(value)), INFINITY};
            double p = market_win_probability(&m, plain), q = market_win_probability(&m, shaded);
            double paid = market_expected_cost(&m, plain),
                   paid_shaded = market_expected_cost(&m, shaded);
            assert_true(q < p && paid_shaded / q < paid / p);
            /* The unshaded bid let into so many auctions that it wins as often: it pays more. */
            assert_true(paid * (q / p) > paid_shaded);
        }
}

/* Revenue equivalence: where each of two bidders of one law bids what the other is worth on average, if
 * less (b(v) = E[Y | Y < v], which is the second price's E[cost] / P(win)), no other bid earns more, and
 * the seller gets at first price what she gets at second price. */
static double worth_below(double value)
{
    market_t m = market(0, 0);
    return market_expected_cost(&m, offer_of(value, INFINITY)) /
           market_win_probability(&m, offer_of(value, INFINITY));
}

static double revenue_density(double z, const void *context)
{
    const int *first = context;
    market_t m = market(0, 0);
    double value = exp(m.log_median + m.log_sd * z), win = normal_cdf(z);
    double paid =
        *first ? worth_below(value) * win : market_expected_cost(&m, offer_of(value, INFINITY));
    return normal_density(z) * paid;
}

static void first_and_second_price_raise_the_same(void **state)
{
    (void)state;
    market_t m = market(0, 0);
    for (double value = 1; value < 60; value *= 1.7) {
        double best =
            (value - worth_below(value)) * market_win_probability(&m, offer_of(value, INFINITY));
        for (double as = 0.5; as < 60; as *= 1.1) { /* she bids as one of another value would */
            double gain =
                (value - worth_below(as)) * market_win_probability(&m, offer_of(as, INFINITY));
            assert_true(gain <= best * (1 + 1e-12));
        }
    }
    double first = integral(revenue_density, &(int){1}, -8, 8, 40);
    double second = integral(revenue_density, &(int){0}, -8, 8, 40);
    assert_true(fabs(first / second - 1) < 1e-12);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_forms_are_the_definition_integrated),
        cmocka_unit_test(a_market_over_meetings_is_a_mixture),
        cmocka_unit_test(value_won_is_by_part_and_markets_widen),
        cmocka_unit_test(ranks_are_shares),
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
        cmocka_unit_test(the_shaded_bid_earns_most),
        cmocka_unit_test(a_shaded_bid_meets_the_reserve),
        cmocka_unit_test(shading_never_pays_more),
        cmocka_unit_test(first_and_second_price_raise_the_same),
    };
    return cmocka_run_group_tests_name("auction", tests, NULL, NULL);
}
