/* test_market.c -- what an ad set meets in its auctions: prices that shift with time, placements, kinds of
 * rivals, first price. Expected are sums over hours and placements of the closed forms of one lognormal. */
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "models/platform/hours.h"
#include "models/platform/prices.h"
#include "tests/engine/village.h"

#include <string.h>

enum { DAYS = 7, FEED = 0, STORIES = 1 };

static market_t plain_market(const platform_t *p, double log_shift)
{
    return (market_t){.log_median = log(p->rival_median_cpm) + log_shift,
                      .log_sd = p->rival_log_sd,
                      .score_noise = p->score_noise,
                      .reserve = p->reserve_cpm,
                      .kind = p->auction};
}

typedef struct {
    double win, cost; /* of an opportunity: P(win on the placement), E[price; win] in CPM */
} expected_t;

/* The flight begins on Monday, 2026-03-30: its third day is the first of April. */
static expected_t expected_on(const scenario_t *sc, int placement, double advantage)
{
    const platform_t *p = &sc->platform[0];
    double share = p->n_placements ? p->placement[placement].share : 1;
    double place = p->n_placements ? log(p->placement[placement].price) : 0;
    expected_t out = {0, 0};
    for (int day = 0; day < DAYS; day++)
        for (int hour = 0; hour < 24; hour++) {
            market_t m = plain_market(p, place + p->log_price.month[day < 2 ? 2 : 3] +
                                             p->log_price.weekday[day] + p->log_price.hour[hour]);
            offer_t offer = {log(sc->ad_set[0].bid) + advantage,
                             log(sc->ad_set[0].bid) + advantage};
            double part =
                share / DAYS * hours_share(p->hours_amplitude, p->hours_peak, hour, hour + 1);
            out.win += part * market_win_probability(&m, offer);
            out.cost += part * market_expected_cost(&m, offer);
        }
    return out;
}

static const int64_t *placement_counts(const flight_t *f, int ad_set, int placement)
{
    return workspace_tables(f->ws)->placement +
           (ad_set * PLATFORM_PLACEMENTS + placement) * PLACEMENT_COUNTS;
}

/* Wins are Poisson, prices spread by less than their mean: limits of 4.9 sd (1 run in 10^6), which 10,000
 * impressions turn into a bias of 5 % of the wins and of the price. */
static void counts_follow(double shown, double spend_micros, double opportunities, expected_t e)
{
    double wins = opportunities * e.win, cpm = spend_micros / MICROS * 1000 / shown;
    assert_true(shown > 2000);
    assert_true(fabs(shown - wins) < 4.9 * sqrt(wins));
    assert_true(fabs(cpm / (e.cost / e.win) - 1) < 4.9 / sqrt(shown));
}

static void flight_follows(const scenario_t *sc)
{
    flight_t f;
    int places = sc->platform[0].n_placements ? sc->platform[0].n_placements : 1;
    double opportunities = 20000 * sc->platform[0].opportunities_per_day * DAYS, all = 0;
    flight_begin(&f, sc, PEOPLE);
    flight_fly(&f, sc, 0);
    for (int k = 0; k < places; k++) {
        const int64_t *row = placement_counts(&f, 0, k);
        counts_follow((double)row[PLACEMENT_IMPRESSIONS], (double)row[PLACEMENT_SPEND],
                      opportunities, expected_on(sc, k, 0));
        all += (double)row[PLACEMENT_IMPRESSIONS];
        assert_true(row[PLACEMENT_REACH] > 0 && row[PLACEMENT_REACH] <= row[PLACEMENT_IMPRESSIONS]);
    }
    assert_true(all == (double)count_of(&f, 0, COUNT_IMPRESSIONS));
    flight_end(&f);
}

static scenario_t april(void **state)
{
    scenario_t sc = village(*state);
    strcpy(sc.start, "2026-03-30");
    sc.days = DAYS;
    sc.platform[0].activity_shape = 50; /* so that opportunities are near their mean */
    return sc;
}

static void let_prices_shift(platform_t *p)
{
    p->log_price.month[2] = log(0.8);
    p->log_price.month[3] = log(1.3);
    p->log_price.weekday[5] =
        log(0.6); /* the cheapest hours come late: streams must be read for them */
    for (int h = 20; h < 24; h++) p->log_price.hour[h] = log(0.5);
}

static void let_there_be_placements(platform_t *p)
{
    p->n_placements = 2;
    p->placement[FEED] = (placement_t){"feed", 0.7, 1.2, NAN, 1};
    p->placement[STORIES] = (placement_t){"stories", 0.3, 0.5, 0.5, 0.8};
}

static void prices_shift_with_month_weekday_and_hour(void **state)
{
    scenario_t sc = april(state);
    let_prices_shift(&sc.platform[0]);
    flight_follows(&sc);
    sc.platform[0].score_noise = 0;
    flight_follows(&sc);
}

/* A factor for the whole flight is another median. */
static void a_dearer_month_is_a_dearer_market(void **state)
{
    scenario_t sc = april(state), dearer = sc;
    for (int m = 0; m < 12; m++) sc.platform[0].log_price.month[m] = log(1.25);
    dearer.platform[0].rival_median_cpm *= 1.25;
    flight_t f, g;
    flight_begin(&f, &sc, PEOPLE);
    flight_begin(&g, &dearer, PEOPLE);
    flight_fly(&f, &sc, 0);
    flight_fly(&g, &dearer, 0);
    int64_t shown = count_of(&f, 0, COUNT_IMPRESSIONS);
    assert_true(llabs(shown - count_of(&g, 0, COUNT_IMPRESSIONS)) <= 1); /* a last bit may decide */
    assert_true(llabs(count_of(&f, 0, COUNT_SPEND) - count_of(&g, 0, COUNT_SPEND)) < MICROS / 10);
    flight_end(&f);
    flight_end(&g);
}

static void placements_have_their_own_prices(void **state)
{
    scenario_t sc = april(state);
    let_there_be_placements(&sc.platform[0]);
    flight_follows(&sc);
    let_prices_shift(&sc.platform[0]);
    flight_follows(&sc);
}

/* Placements are marks of candidates: whoever keeps to one is shown there what she was shown there among
 * all, to the impression. */
static void an_ad_set_on_one_placement_misses_the_others_alone(void **state)
{
    scenario_t all = april(state);
    let_there_be_placements(&all.platform[0]);
    let_prices_shift(&all.platform[0]);
    flight_t f;
    flight_begin(&f, &all, PEOPLE);
    flight_fly(&f, &all, 0);
    for (int k = 0; k < 2; k++) {
        scenario_t one = all;
        one.ad_set[0].placements = 1u << k;
        flight_t g;
        flight_begin(&g, &one, PEOPLE);
        flight_fly(&g, &one, 0);
        for (int c = 0; c < PLACEMENT_COUNTS; c++) {
            assert_true(placement_counts(&g, 0, k)[c] == placement_counts(&f, 0, k)[c]);
            assert_true(placement_counts(&g, 0, !k)[c] == 0);
        }
        double share = (double)count_of(&g, 0, COUNT_OPPORTUNITIES) /
                       (double)count_of(&f, 0, COUNT_OPPORTUNITIES);
        assert_true(fabs(share - all.platform[0].placement[k].share) < 1e-5);
        flight_end(&g);
    }
    flight_end(&f);
}

/* Nobody differs and nothing wears: clicks an impression are the creative's rate times the placement's
 * factor, sights its viewability, without an error but that of fixed point. */
static void clicks_and_sights_are_those_of_the_placement(void **state)
{
    scenario_t sc = april(state);
    let_there_be_placements(&sc.platform[0]);
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    const int64_t *feed = placement_counts(&f, 0, FEED),
                  *stories = placement_counts(&f, 0, STORIES);
    double shown[] = {(double)feed[PLACEMENT_IMPRESSIONS], (double)stories[PLACEMENT_IMPRESSIONS]};
    assert_true(fabs((double)feed[PLACEMENT_CLICKS] / EVENT_ONE / shown[0] / 0.01 - 1) < 1e-6);
    assert_true(fabs((double)stories[PLACEMENT_CLICKS] / EVENT_ONE / shown[1] / 0.008 - 1) < 1e-6);
    double views = 0.7 * shown[0] + 0.5 * shown[1];
    assert_true(fabs((double)count_of(&f, 0, COUNT_VIEWS) / EVENT_ONE / views - 1) < 1e-6);
    flight_end(&f);
}

/* Where the platform bids by the clicks it expects, it bids more where there are more. */
static void results_are_bid_for_where_they_are(void **state)
{
    scenario_t sc = april(state);
    let_there_be_placements(&sc.platform[0]);
    sc.campaign[0].objective = OBJECTIVE_TRAFFIC;
    sc.platform[0].placement[STORIES].ctr = 2;
    sc.ad_set[0].strategy = BID_CAP;
    sc.ad_set[0].bid = 1; /* a click; 0.01 x 1000 CPM where the rate is the average one */
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    sc.ad_set[0].bid = 10;
    for (int k = 0; k < 2; k++) {
        const int64_t *row = placement_counts(&f, 0, k);
        counts_follow((double)row[PLACEMENT_IMPRESSIONS], (double)row[PLACEMENT_SPEND],
                      20000.0 * sc.platform[0].opportunities_per_day * DAYS,
                      expected_on(&sc, k, log(sc.platform[0].placement[k].ctr)));
    }
    flight_end(&f);
}

/* ---- kinds of rivals, first price ---- */

static void wins_and_prices_follow_several_kinds_of_rivals(void **state)
{
    for (int noise = 0; noise < 2; noise++) {
        scenario_t sc = april(state);
        platform_t *p = &sc.platform[0];
        p->score_noise = 1.5 * noise;
        p->n_rivals = 2;
        p->rival[0] = (rival_t){"many", 0.75, 0.6, 0.4};
        p->rival[1] = (rival_t){"rich", 0.25, 3, 1};
        expected_t e = {0, 0};
        for (int k = 0; k < 2; k++) {
            market_t m = plain_market(p, log(p->rival[k].median));
            m.log_sd = p->rival[k].log_sd;
            offer_t offer = {log(10), log(10)};
            e.win += p->rival[k].share * market_win_probability(&m, offer);
            e.cost += p->rival[k].share * market_expected_cost(&m, offer);
        }
        flight_t f;
        flight_begin(&f, &sc, PEOPLE);
        flight_fly(&f, &sc, 0);
        counts_follow((double)count_of(&f, 0, COUNT_IMPRESSIONS),
                      (double)count_of(&f, 0, COUNT_SPEND), 20000 * p->opportunities_per_day * DAYS,
                      e);
        flight_end(&f);
    }
}

static void one_kind_of_rivals_is_no_mixture(void **state)
{
    scenario_t plain = april(state), one = plain;
    one.platform[0].n_rivals = 1;
    one.platform[0].rival[0] = (rival_t){"all", 1, 1, plain.platform[0].rival_log_sd};
    flight_t f, g;
    flight_begin(&f, &plain, PEOPLE);
    flight_begin(&g, &one, PEOPLE);
    flight_fly(&f, &plain, 0);
    flight_fly(&g, &one, 0);
    int64_t shown = count_of(&f, 0, COUNT_IMPRESSIONS);
    assert_true(llabs(shown - count_of(&g, 0, COUNT_IMPRESSIONS)) <= 1);
    flight_end(&f);
    flight_end(&g);
}

/* At first price the same auctions are won, of the same luck, and cost more; the shaded bid wins less and
 * pays less for each. */
static void the_first_price_is_the_own_bid(void **state)
{
    scenario_t second = april(state);
    second.platform[0].reserve_cpm = 4;
    scenario_t first = second;
    first.platform[0].auction = AUCTION_FIRST_PRICE;
    first.platform[0].shading = SHADING_NONE;
    flight_follows(&first);
    scenario_t shaded = first;
    shaded.platform[0].shading = SHADING_OPTIMAL;
    flight_t f[3];
    const scenario_t *sc[] = {&second, &first, &shaded};
    double shown[3], cpm[3];
    for (int k = 0; k < 3; k++) {
        flight_begin(&f[k], sc[k], PEOPLE);
        flight_fly(&f[k], sc[k], 0);
        shown[k] = (double)count_of(&f[k], 0, COUNT_IMPRESSIONS);
        cpm[k] = (double)count_of(&f[k], 0, COUNT_SPEND) / MICROS * 1000 / shown[k];
        flight_end(&f[k]);
    }
    assert_true(shown[0] == shown[1] && shown[2] < shown[1]);
    assert_true(cpm[0] >= 4 && cpm[0] < cpm[1] && cpm[1] <= 10 && cpm[2] < cpm[1]);
}

/* Without noise every price is the bid, to the millionth: stated, or shaded for the market. */
static void without_noise_every_first_price_is_the_bid(void **state)
{
    for (int shading = SHADING_OPTIMAL; shading <= SHADING_NONE; shading++) {
        scenario_t sc = april(state);
        platform_t *p = &sc.platform[0];
        p->score_noise = p->reserve_cpm = 0;
        p->auction = AUCTION_FIRST_PRICE;
        p->shading = (shading_t)shading;
        market_t m = plain_market(p, 0);
        double bid = shading == SHADING_NONE ? 10 : exp(market_shaded_log_bid(&m, log(10)));
        flight_t f;
        flight_begin(&f, &sc, PEOPLE);
        flight_fly(&f, &sc, 0);
        double shown = (double)count_of(&f, 0, COUNT_IMPRESSIONS);
        double paid = (double)count_of(&f, 0, COUNT_SPEND) / shown;
        assert_true(shown > 1000 && fabs(paid - bid * MICROS / 1000) < 0.51);
        flight_end(&f);
    }
}

/* A paced buyer spends what she has, whatever the market: on cheap hours and places too. */
static void budgets_last_where_prices_shift(void **state)
{
    for (int kind = AUCTION_SECOND_PRICE; kind <= AUCTION_FIRST_PRICE; kind++) {
        scenario_t sc = april(state);
        let_prices_shift(&sc.platform[0]);
        let_there_be_placements(&sc.platform[0]);
        sc.platform[0].auction = (auction_t)kind;
        sc.campaign[0].objective = OBJECTIVE_TRAFFIC;
        sc.ad_set[0].strategy = BID_LOWEST_COST;
        sc.ad_set[0].pacing = PACING_EVEN;
        sc.ad_set[0].budget = 300;
        flight_t f;
        flight_begin(&f, &sc, PEOPLE);
        flight_fly(&f, &sc, 0);
        double spent = (double)count_of(&f, 0, COUNT_SPEND) / MICROS;
        assert_true(spent <= 300 && spent > 290);
        sc.ad_set[0].pacing = PACING_CONSTANT; /* the start alone spends it, within luck */
        flight_fly(&f, &sc, 2);
        double alone = (double)count_of(&f, 0, COUNT_SPEND) / MICROS;
        assert_true(alone > 270 && alone < 330);
        flight_end(&f);
    }
}

/* ---- levels, calendars ---- */

/* The reference plan, one bid for 28 days on 20 M people, pays the preset's cpm on average over the week
 * and the placements, whatever these are. */
static void the_reference_plan_pays_its_cpm_over_times_and_places(void **state)
{
    for (int how = 0; how < 8; how++) {
        platform_t p = april(state).platform[0];
        p.cpm = 12;
        p.rival_median_cpm = NAN;
        p.reserve_cpm = 0;
        if (how & 1) {
            let_there_be_placements(&p);
            for (int h = 0; h < 6; h++) p.log_price.hour[h] = log(0.7);
            p.log_price.weekday[6] = log(1.4);
        }
        if (how & 2) {
            p.n_rivals = 2;
            p.rival[0] = (rival_t){"many", 0.75, 0.6, 0.4};
            p.rival[1] = (rival_t){"rich", 0.25, 3, 1};
        }
        if (how & 4) p.auction = AUCTION_FIRST_PRICE;
        market_t m = platform_market(&p);
        double wanted = 1000 * 1e4 / (12 * 20e6 * 28 * p.opportunities_per_day);
        double low = -30, high = 10, win = 0, cost = 0;
        for (int i = 0; i < 100;
             i++) { /* the bid that wins the impressions that 10,000 buy at 12 */
            double bid = (low + high) / 2;
            win = cost = 0;
            for (int k = 0; k < (p.n_placements ? 2 : 1); k++)
                for (int d = 0; d < 7; d++)
                    for (int h = 0; h < 24; h++) {
                        placement_t place = platform_placement(&p, k);
                        double part = place.share *
                                      hours_share(p.hours_amplitude, p.hours_peak, h, h + 1) / 7;
                        market_t then = m;
                        then.log_median += log(place.price) + platform_price_shift(&p, 0, d, h);
                        win += part * market_win_probability(&then, (offer_t){bid, INFINITY});
                        cost += part * market_expected_cost(&then, (offer_t){bid, INFINITY});
                    }
            *(win < wanted ? &low : &high) = bid;
        }
        assert_true(fabs(cost / win / 12 - 1) < 1e-4);
    }
}

static double power(double x, int n)
{
    return n ? x * power(x, n - 1) : 1;
}

static void few_shifts_stand_for_many(void **state)
{
    (void)state;
    double weight[168], shift[168];
    for (int i = 0; i < 168; i++) {
        weight[i] = hours_share(0.6, 20, i % 24, i % 24 + 1) / 7;
        shift[i] = 0.3 * sin(i) + 0.1 * (i / 24 == 6);
    }
    market_part_t node[PRICE_NODES];
    assert_int_equal(shifts_condensed(weight, shift, 168, node), PRICE_NODES);
    for (int degree = 0; degree < 2 * PRICE_NODES; degree++) {
        double exact = 0, found = 0;
        for (int i = 0; i < 168; i++) exact += weight[i] * power(shift[i], degree);
        for (int k = 0; k < PRICE_NODES; k++)
            found += node[k].weight * power(node[k].log_shift, degree);
        assert_true(fabs(found - exact) < 1e-14);
    }
    double two[] = {0.25, 0.75}, apart[] = {-0.1, 0.2};
    assert_int_equal(shifts_condensed(two, apart, 2, node), 2);
    double same[] = {0.2, 0.2};
    assert_int_equal(shifts_condensed(two, same, 2, node), 1);
    assert_true(node[0].weight == 1 && fabs(node[0].log_shift - 0.2) < 1e-16);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prices_shift_with_month_weekday_and_hour),
        cmocka_unit_test(a_dearer_month_is_a_dearer_market),
        cmocka_unit_test(placements_have_their_own_prices),
        cmocka_unit_test(an_ad_set_on_one_placement_misses_the_others_alone),
        cmocka_unit_test(clicks_and_sights_are_those_of_the_placement),
        cmocka_unit_test(results_are_bid_for_where_they_are),
        cmocka_unit_test(wins_and_prices_follow_several_kinds_of_rivals),
        cmocka_unit_test(one_kind_of_rivals_is_no_mixture),
        cmocka_unit_test(the_first_price_is_the_own_bid),
        cmocka_unit_test(without_noise_every_first_price_is_the_bid),
        cmocka_unit_test(budgets_last_where_prices_shift),
        cmocka_unit_test(the_reference_plan_pays_its_cpm_over_times_and_places),
        cmocka_unit_test(few_shifts_stand_for_many),
    };
    return cmocka_run_group_tests_name("market", tests, village_setup, town_end);
}
