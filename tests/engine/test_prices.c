/* test_prices.c -- auctions within a flight: how often ours win, what they pay, how budgets last. */
#include "models/auction/auction.h"
#include "models/base/fixed.h"
#include "models/platform/reach.h"
#include "tests/engine/village.h"

#include <string.h>

static market_t market_of(const platform_t *p, double quality)
{
    return (market_t){.log_median = log(p->rival_median_cpm / quality),
                      .log_sd = p->rival_log_sd,
                      .score_noise = p->score_noise,
                      .reserve = p->reserve_cpm};
}

/* Won impressions are Poisson around opportunities x P(win), prices spread by less than .5 of their mean:
 * limits are 4.9 sd (1 run in 10^6), which 10,000 impressions at the least turn into a bias of 5 % in the
 * wins and 2.5 % in the price. */
static void prices_follow_their_closed_form(const scenario_t *sc, double quality)
{
    flight_t f;
    flight_begin(&f, sc, PEOPLE);
    flight_fly(&f, sc, 0);
    market_t market = market_of(&sc->platform[0], quality);
    offer_t offer = {log(sc->ad_set[0].bid), log(sc->ad_set[0].bid)};
    double wins =
        (double)count_of(&f, 0, COUNT_OPPORTUNITIES) * market_win_probability(&market, offer);
    double cpm = market_expected_cost(&market, offer) / market_win_probability(&market, offer);
    double shown = (double)count_of(&f, 0, COUNT_IMPRESSIONS);
    double paid = (double)count_of(&f, 0, COUNT_SPEND) / MICROS * 1000 / shown;
    assert_true(shown > 10000);
    assert_true(fabs(shown - wins) < 4.9 * sqrt(wins));
    assert_true(fabs(paid / cpm - 1) < 4.9 * 0.5 / sqrt(shown));
    flight_end(&f);
}

static void wins_and_prices_follow_the_market(void **state)
{
    scenario_t sc = village(*state);
    prices_follow_their_closed_form(&sc, 1);
    sc.platform[0].reserve_cpm = 8; /* most prices are the reserve */
    prices_follow_their_closed_form(&sc, 1);
    sc.platform[0].open_days = 0.9;
    sc.platform[0].reserve_cpm = 0;
    prices_follow_their_closed_form(&sc, 1);
}

/* Twice the quality makes every rival half as dear. */
static void quality_wins_more_and_pays_less(void **state)
{
    scenario_t sc = village(*state);
    sc.ad_set[0].quality = 2;
    prices_follow_their_closed_form(&sc, 2);
    sc.ad_set[0].quality = 0.7;
    prices_follow_their_closed_form(&sc, 0.7);
}

/* Without score noise a stated quality in CPM is added to the bid and taken off the price. */
static void quality_in_cpm_is_taken_off_the_price(void **state)
{
    scenario_t sc = village(*state);
    sc.platform[0].score_noise = 0;
    sc.platform[0].reserve_cpm = 0;
    sc.ad_set[0].bid = 10;
    sc.ad_set[0].quality_cpm = 5;
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    market_t market = market_of(&sc.platform[0], 1);
    offer_t offer = {log(15), INFINITY};
    double p = market_win_probability(&market, offer), cost = market_expected_cost(&market, offer);
    double shown = (double)count_of(&f, 0, COUNT_IMPRESSIONS);
    assert_true(fabs(shown / (p * (double)count_of(&f, 0, COUNT_OPPORTUNITIES)) - 1) < 0.02);
    double paid = (double)count_of(&f, 0, COUNT_SPEND) / MICROS * 1000 / shown;
    assert_true(paid > cost / p - 5 && paid < cost / p - 5 + 1); /* below 0 it pays 0 */
    flight_end(&f);
}

/* 20,000 people of gamma activity (shape 1/2) meet a Poisson number of ads each: reach is that of the
 * negative binomial, 4.9 sd = 340 people. With equal people it would be 6,000 more. */
static void reach_is_that_of_people_who_differ(void **state)
{
    scenario_t sc = village(*state);
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    market_t market = market_of(&sc.platform[0], 1);
    double win = market_win_probability(&market, (offer_t){log(10), log(10)});
    double reach = PEOPLE * nbd_at_least(42 * win, 0.5, 1);
    assert_true(fabs((double)count_of(&f, 0, COUNT_REACH_1) - reach) < 340);
    flight_end(&f);
}

/* Ages stand in bands of equal size; those over 65 spend ten times as long on the platform. */
static void people_meet_ads_by_the_minutes_of_their_age(void **state)
{
    scenario_t sc = village(*state);
    platform_t *p = &sc.platform[0];
    p->opportunities_per_day = NAN;
    p->posts_per_minute = 1;
    p->ad_load = 0.1;
    for (int band = 0; band < PLATFORM_AGE_BANDS; band++)
        p->minutes_per_day[band] = band < PLATFORM_AGE_BANDS - 1 ? 20 : 200;
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    double old = 0, young = 0;
    for (int s = 0; s < world_segments(f.world); s++) {
        double shown =
            (double)workspace_tables(f.ws)->segment[s * SEGMENT_COUNTS + SEGMENT_IMPRESSIONS];
        *(strcmp(world_segment_label(f.world, s, 0), "65+") ? &young : &old) += shown;
    }
    assert_true(young > 2000 && fabs(old / young - 2) < 0.27); /* sd .055: people differ */
    flight_end(&f);
}

/* ---- own ad sets ---- */

static void an_own_ad_set_of_lower_value_raises_no_price(void **state)
{
    scenario_t alone = village(*state), both = alone;
    village_add(&both, village_ad_set("lower", 9.9));
    flight_t f, g;
    flight_begin(&f, &alone, PEOPLE);
    flight_begin(&g, &both, PEOPLE);
    flight_fly(&f, &alone, 0);
    flight_fly(&g, &both, 0);
    assert_int_equal(count_of(&f, 0, COUNT_IMPRESSIONS), count_of(&g, 0, COUNT_IMPRESSIONS));
    assert_int_equal(count_of(&f, 0, COUNT_SPEND), count_of(&g, 0, COUNT_SPEND));
    assert_int_equal(count_of(&g, 1, COUNT_IMPRESSIONS), 0); /* always stood behind */
    assert_true(count_of(&g, 1, COUNT_LOST_OVERLAP) > 10000);
    flight_end(&f);
    flight_end(&g);
}

/* Whoever has had her one impression of the higher ad set is left to the lower. */
static void a_capped_ad_set_leaves_the_auction_to_its_sibling(void **state)
{
    scenario_t higher = village(*state), lower = higher, both;
    higher.ad_set[0].cap[0] = (frequency_cap_t){1, 7, CAP_IMPRESSIONS};
    both = higher;
    lower.ad_set[0] = village_ad_set("lower", 9);
    village_add(&both, lower.ad_set[0]);
    flight_t f, g;
    flight_begin(&f, &lower, PEOPLE);
    flight_begin(&g, &both, PEOPLE);
    flight_fly(&f, &lower, 0);
    flight_fly(&g, &both, 0);
    int64_t first = count_of(&g, 0, COUNT_IMPRESSIONS), second = count_of(&g, 1, COUNT_IMPRESSIONS);
    assert_int_equal(first, count_of(&g, 0, COUNT_REACH_1));
    assert_true(first > 5000 && second < count_of(&f, 0, COUNT_IMPRESSIONS));
    assert_true(second >= count_of(&f, 0, COUNT_IMPRESSIONS) - first);
    flight_end(&f);
    flight_end(&g);
}

/* ---- budgets ---- */

/* One simulated person stands for ten: her spend is a tenth of the plan's. */
static void weighted_spend_meets_the_budget(void **state)
{
    town_t *town = *state;
    flight_t f;
    flight_begin(&f, &town->sc, PEOPLE / 10);
    double most[4] = {0};
    for (uint32_t r = 0; r < 4; r++) {
        flight_fly(&f, &town->sc, r);
        for (int a = 0; a < 4; a++) {
            double spent = world_weight(f.world) * (double)count_of(&f, a, COUNT_SPEND) / MICROS;
            assert_true(spent <= town->sc.ad_set[a].budget);
            most[a] = fmax(most[a], spent / town->sc.ad_set[a].budget);
        }
    }
    assert_true(most[0] > 0.9 && most[1] > 0.9);
    flight_end(&f);
}

/* Where the bids start is worked out for the real budget, whoever stands for whom. */
static void a_start_is_the_same_for_a_tenth_of_the_people(void **state)
{
    town_t *town = *state;
    flight_t all, tenth;
    flight_begin(&all, &town->sc, PEOPLE);
    flight_begin(&tenth, &town->sc, PEOPLE / 10);
    for (int a = 0; a < 2; a++) {
        ad_set_plan_t p = flight_plan(all.world, &town->sc, a);
        ad_set_plan_t q = flight_plan(tenth.world, &town->sc, a);
        assert_true(fabs(log(p.start_value_cpm / q.start_value_cpm)) < 0.2);
    }
    flight_end(&all);
    flight_end(&tenth);
}

/* Two equal ad sets stand in each other's way, which their start does not know: the controller raises
 * both until each spends its budget, about evenly over the days. */
static void a_budget_lasts_to_the_last_day(void **state)
{
    scenario_t sc = village(*state);
    village_add(&sc, village_ad_set("too", 10));
    for (int a = 0; a < 2; a++) {
        sc.ad_set[a].strategy = BID_LOWEST_COST;
        sc.ad_set[a].pacing = PACING_EVEN;
        sc.ad_set[a].budget = 60;
    }
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    const tables_t *t = workspace_tables(f.ws);
    for (int a = 0; a < 2; a++) {
        assert_true((double)count_of(&f, a, COUNT_SPEND) > 0.97 * 60 * MICROS);
        for (int day = 1; day < 7; day++) {
            int64_t spent = t->timeline[(a * tables_days(t) + day) * TIMELINE_COUNTS + DAY_SPEND];
            assert_true(fabs((double)spent / MICROS / (60.0 / 7) - 1) < 0.25);
        }
    }
    flight_end(&f);
}

/* For the same money a lower bid buys the cheaper impressions, a throttle some of all. Without score
 * noise, rivals at 20 CPM and a bid of 30, about half as many. */
static void a_throttle_buys_less_than_a_paced_bid(void **state)
{
    scenario_t sc = village(*state);
    sc.platform[0].score_noise = 0;
    sc.ad_set[0].pacing = PACING_EVEN;
    sc.ad_set[0].bid = 30;
    sc.ad_set[0].budget = 500;
    double shown[2];
    for (int method = PACE_BY_BID; method <= PACE_BY_THROTTLE; method++) {
        sc.ad_set[0].method = (pacing_method_t)method;
        flight_t f;
        flight_begin(&f, &sc, PEOPLE / 10);
        flight_fly(&f, &sc, 0);
        shown[method] = (double)count_of(&f, 0, COUNT_IMPRESSIONS);
        assert_true((double)count_of(&f, 0, COUNT_SPEND) > 0.95 * 50 * MICROS);
        flight_end(&f);
    }
    assert_true(shown[PACE_BY_BID] > 1.5 * shown[PACE_BY_THROTTLE]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wins_and_prices_follow_the_market),
        cmocka_unit_test(quality_wins_more_and_pays_less),
        cmocka_unit_test(quality_in_cpm_is_taken_off_the_price),
        cmocka_unit_test(reach_is_that_of_people_who_differ),
        cmocka_unit_test(people_meet_ads_by_the_minutes_of_their_age),
        cmocka_unit_test(an_own_ad_set_of_lower_value_raises_no_price),
        cmocka_unit_test(a_capped_ad_set_leaves_the_auction_to_its_sibling),
        cmocka_unit_test(weighted_spend_meets_the_budget),
        cmocka_unit_test(a_start_is_the_same_for_a_tenth_of_the_people),
        cmocka_unit_test(a_budget_lasts_to_the_last_day),
        cmocka_unit_test(a_throttle_buys_less_than_a_paced_bid),
    };
    return cmocka_run_group_tests_name("prices", tests, village_setup, town_end);
}
