/* test_losses.c -- where opportunities go: those of a pool against the ones its members really have, those
 * an ad set is kept out of against closed forms. (That they add up: test_budget_law.) */
#include "models/base/fixed.h"
#include "models/platform/hours.h"
#include "tests/engine/village.h"

/* ---- pools ---- */

/* One ad set that wins whatever its audience meets. */
static scenario_t winner_of_all(const town_t *town, int audience)
{
    scenario_t sc = village(town);
    sc.ad_set[0].audience = audience;
    sc.ad_set[0].bid = 1e6;
    sc.ad_set[0].budget = 1e9;
    sc.platform[0].open_days = 0.4;
    sc.platform[0].opportunities_per_day = 8;
    sc.platform[0].hours_amplitude = 0.8;
    sc.creative[0].ctr = 0.08; /* many join by a click, and many leave again as buyers */
    sc.response.cvr = 0.3;
    sc.response.delay.fast_hours = 6;
    sc.product.organic_new = 0.02;
    sc.audience[TOWN_VISITORS].window_days = 2.5;
    sc.audience[TOWN_VISITORS].exclude_purchasers_days = 3;
    return sc;
}

/* What they are expected to have, given when they are in the pool, is the mean of what they have: sums over
 * 15 flights, 4.9 sd of a Poisson number (about 1 %). Left-out people's time is missing from the whole. */
static void compare_presence(const scenario_t *sc, size_t people, double whole)
{
    enum { FLIGHTS = 15 };
    flight_t f;
    flight_begin(&f, sc, people);
    double met = 0, expected = 0, hour[DAY_HOURS] = {0};
    for (uint32_t r = 0; r < FLIGHTS; r++) {
        flight_fly(&f, sc, r);
        met += (double)count_of(&f, 0, COUNT_IMPRESSIONS);
        assert_int_equal(count_of(&f, 0, COUNT_LOST_BUDGET), 0);
        for (int h = 0; h < DAY_HOURS; h++) {
            expected += present_in_hour(f.ws, 0, h);
            hour[h] += present_in_hour(f.ws, 0, h);
        }
    }
    double opportunities = whole > 0 ? FLIGHTS * whole - expected : expected;
    print_message("# met %.0f, expected %.0f\n", met, opportunities);
    assert_true(met > 50000 && expected > 50000);
    assert_true(fabs(met - opportunities) < 4.9 * sqrt(opportunities));
    /* and they come by the hour as the platform's do, but for who joins when: 20 % */
    for (int h = 0; h < DAY_HOURS; h++)
        assert_true(fabs(hour[h] / expected / hours_share(0.8, 20, h, h + 1) - 1) < 0.2);
    flight_end(&f);
}

static void a_pool_has_the_opportunities_of_its_members_time(void **state)
{
    scenario_t sc = winner_of_all(*state, TOWN_VISITORS);
    compare_presence(&sc, 600, 0);
}

/* Everyone's opportunities, when nobody is left out: a closed form of the people alone. */
static double opportunities_of_all(const scenario_t *sc, size_t people)
{
    scenario_t all = *sc;
    flight_t f;
    all.audience[all.ad_set[0].audience].excluded = 0;
    all.ad_set[0].bid = 0.6; /* it hardly ever wins: the closed form is not raised by chance */
    flight_begin(&f, &all, people);
    flight_fly(&f, &all, 0);
    double n = (double)count_of(&f, 0, COUNT_OPPORTUNITIES);
    flight_end(&f);
    return n;
}

static void who_is_left_out_as_a_visitor_takes_her_time_along(void **state)
{
    enum { FEW = 600 };
    scenario_t sc = winner_of_all(*state, TOWN_EVERYONE);
    sc.audience[TOWN_EVERYONE].excluded = 1 + TOWN_VISITORS;
    sc.platform[0].open_days = 1; /* of the others' days nothing is known */
    compare_presence(&sc, FEW, opportunities_of_all(&sc, FEW));
}

/* Customers are a tenth, and 60 % of them are found: 4.9 sd over 15 flights with other people found. */
static void who_is_left_out_as_listed_is_expected_to_be(void **state)
{
    enum { FLIGHTS = 15, FEW = 600 };
    town_t *town = *state;
    scenario_t sc = winner_of_all(town, TOWN_EVERYONE);
    sc.audience[TOWN_WOMEN].kind = AUDIENCE_LIST;
    sc.audience[TOWN_WOMEN].program = town->program[TOWN_EVERYONE];
    sc.audience[TOWN_WOMEN].match_rate = 0.6;
    sc.audience[TOWN_EVERYONE].excluded = 1 + TOWN_WOMEN;
    town->population->redraw = 1;
    double met = 0, expected = 0;
    flight_t f, rare;
    scenario_t seldom = sc;
    seldom.ad_set[0].bid = 0.6;
    flight_begin(&f, &sc, FEW);
    flight_begin(&rare, &seldom, FEW);
    for (uint32_t r = 0; r < FLIGHTS; r++) {
        flight_fly(&f, &sc, r);
        flight_fly(&rare, &seldom, r);
        met += (double)count_of(&f, 0, COUNT_IMPRESSIONS);
        expected += (double)count_of(&rare, 0, COUNT_OPPORTUNITIES);
    }
    town->population->redraw = 0;
    /* 900 customers, found or not, with 56 opportunities each, sd 97 */
    double sd = sqrt(expected + 900 * 0.24 * (56 * 56 + 97 * 97));
    print_message("# met %.0f, expected %.0f, sd %.0f\n", met, expected, sd);
    assert_true(fabs(met - expected) < 4.9 * sd);
    flight_end(&f);
    flight_end(&rare);
}

/* ---- auctions entered ---- */

/* "b" bids more for women from 25 on than "all" does for everyone, and is never capped: of all's auctions
 * it takes their share, wherever a rival would have won as well. 1/P(win) is one number for all, so the
 * count's error is that of some 10,000 candidates: 4.9 sd are 5 %. */
static void auction_overlap_is_the_share_of_a_dearer_sibling(void **state)
{
    scenario_t sc = village(*state);
    ad_set_t b = village_ad_set("b", 14);
    b.audience = TOWN_WOMEN;
    b.hash++;
    village_add(&sc, b);
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    double opportunities = (double)count_of(&f, 0, COUNT_OPPORTUNITIES);
    double women = (double)count_of(&f, 1, COUNT_OPPORTUNITIES);
    double suppressed = (double)count_of(&f, 0, COUNT_SUPPRESSED) / THOUSANDTHS;
    print_message("# %.0f suppressed of %.0f, %.0f seen\n", suppressed, women,
                  (double)count_of(&f, 0, COUNT_LOST_OVERLAP));
    assert_true(count_of(&f, 0, COUNT_LOST_OVERLAP) > 8000);
    assert_true(fabs(suppressed / women - 1) < 0.05);
    assert_true(fabs((double)count_of(&f, 0, COUNT_AUCTIONS) / (opportunities - women) - 1) < 0.05);
    assert_int_equal(count_of(&f, 1, COUNT_AUCTIONS), count_of(&f, 1, COUNT_OPPORTUNITIES));
    assert_int_equal(count_of(&f, 1, COUNT_SUPPRESSED), 0);
    flight_end(&f);
}

/* A throttle that takes part in a third of auctions enters a third, though it loses most of them. */
static void a_throttle_enters_its_share_of_auctions(void **state)
{
    scenario_t sc = village(*state);
    sc.ad_set[0].pacing = PACING_CONSTANT;
    sc.ad_set[0].method = PACE_BY_THROTTLE;
    flight_t f;
    ad_set_plan_t plan;
    sc.ad_set[0].budget = 60;
    flight_begin(&f, &sc, PEOPLE);
    plan = flight_plan(f.world, &sc, 0);
    assert_true(plan.start_pass_through > 0.1 && plan.start_pass_through < 0.9);
    flight_fly(&f, &sc, 0);
    double entered = (double)count_of(&f, 0, COUNT_AUCTIONS);
    double all = (double)count_of(&f, 0, COUNT_OPPORTUNITIES);
    print_message("# %.3f entered, %.3f throttled\n", entered / all, plan.start_pass_through);
    assert_true(fabs(entered / all - plan.start_pass_through) < 0.02);
    flight_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pool_has_the_opportunities_of_its_members_time),
        cmocka_unit_test(who_is_left_out_as_a_visitor_takes_her_time_along),
        cmocka_unit_test(who_is_left_out_as_listed_is_expected_to_be),
        cmocka_unit_test(auction_overlap_is_the_share_of_a_dearer_sibling),
        cmocka_unit_test(a_throttle_enters_its_share_of_auctions),
    };
    return cmocka_run_group_tests(tests, village_setup, town_end);
}
