/* test_luck.c -- whose luck a draw is: what shares it, and what must not (MODEL 6.2). */
#include "models/base/fixed.h"
#include "sim/metrics/statistics.h"
#include "tests/engine/flights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 20000 };

static int setup(void **state)
{
    return town_begin(state, PEOPLE);
}

static size_t width(const flight_t *f)
{
    return (size_t)scopes_count(world_scopes(f->world)) * COUNTS;
}

/* Counts of the first replication of a plan, to be freed. */
static int64_t *flown_once(const scenario_t *sc)
{
    flight_t f;
    flight_begin(&f, sc, PEOPLE);
    flight_fly(&f, sc, 0);
    int64_t *value = malloc(width(&f) * sizeof *value);
    memcpy(value, f.totals.value, width(&f) * sizeof *value);
    flight_end(&f);
    return value;
}

static void every_replication_has_its_own_luck(void **state)
{
    enum { FLIGHTS = 6 };
    town_t *town = *state;
    int64_t spend[FLIGHTS], clicks[FLIGHTS];
    flight_t f;
    flight_begin(&f, &town->sc, PEOPLE);
    for (uint32_t r = 0; r < FLIGHTS; r++) {
        flight_fly(&f, &town->sc, r);
        spend[r] = plan_count(&f, COUNT_SPEND);
        clicks[r] = plan_count(&f, COUNT_CLICKS);
        for (uint32_t earlier = 0; earlier < r; earlier++)
            assert_true(spend[r] != spend[earlier] && clicks[r] != clicks[earlier]);
    }
    flight_fly(&f, &town->sc, 0); /* and the same again when it is asked again */
    assert_true(plan_count(&f, COUNT_SPEND) == spend[0]);
    flight_end(&f);
}

/* A wrong first estimate of the action rate is a shock to everyone: both of a pair have it. 16 pairs;
 * of the spread of their means, luck would be all if it were drawn for each. */
static void the_two_of_a_pair_share_their_shock(void **state)
{
    enum { PAIRS = 16 };
    town_t *town = *state;
    scenario_t sc = town->sc;
    sc.response.learning_noise = 0.8;
    sc.ad_set[3].pacing = PACING_ASAP;
    sc.ad_set[3].budget = 1e6;
    for (int a = 0; a < 3; a++) sc.ad_set[a].budget = 0;
    double shown[2 * PAIRS];
    flight_t f;
    flight_begin(&f, &sc, PEOPLE / 5);
    for (uint32_t r = 0; r < 2 * PAIRS; r++) {
        flight_fly(&f, &sc, r);
        shown[r] = (double)count_of(&f, 3, COUNT_IMPRESSIONS);
    }
    pair_variance_t v = pair_variance(shown, PAIRS);
    assert_true(v.luck > 0 && v.parameters > 4 * v.luck);
    flight_end(&f);
}

/* Two platforms that differ in name alone, people who are equally active on both, two equal ad sets: the
 * same law, other luck. 24,000 impressions each, so the two differ by 1 % (1 sd). */
static void platforms_share_no_luck(void **state)
{
    town_t *town = *state;
    scenario_t sc = town->sc;
    town->population->activity_correlation = 1;
    sc.platform[0].users = 1;
    sc.platform[1] = sc.platform[0];
    sc.platform[1].name = "bazaar";
    sc.n_ad_sets = 2;
    sc.campaign[0].n_ad_sets = sc.campaign[1].n_ad_sets = 1;
    sc.campaign[0].cap[0] = (frequency_cap_t){0, 0, CAP_IMPRESSIONS};
    sc.campaign[1].objective = sc.campaign[0].objective;
    sc.campaign[1].first_ad_set = 1;
    for (int a = 0; a < 2; a++) {
        sc.ad_set[a] = town_ad_set(a ? "one" : "two", a, a, TOWN_EVERYONE, 1e6);
        sc.ad_set[a].strategy = BID_MANUAL_CPM;
        sc.ad_set[a].bid = 6;
        sc.ad_set[a].pacing = PACING_ASAP;
    }
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    double one = (double)count_of(&f, 0, COUNT_IMPRESSIONS),
           two = (double)count_of(&f, 1, COUNT_IMPRESSIONS);
    assert_true(count_of(&f, 0, COUNT_OPPORTUNITIES) == count_of(&f, 1, COUNT_OPPORTUNITIES));
    assert_true(one > 20000 && fabs(one / two - 1) < 0.05);
    assert_true(one != two);
    assert_true(count_of(&f, 0, COUNT_SPEND) != count_of(&f, 1, COUNT_SPEND));
    flight_end(&f);
    town->population->activity_correlation = 0.5;
}

/* Plans are compared on the same people with the same luck: neither a plan's name nor what it does
 * elsewhere moves a draw. */
static void another_plan_s_name_moves_no_luck(void **state)
{
    town_t *town = *state;
    scenario_t sc = town->sc;
    sc.name = "city";
    sc.campaign[0].name = "c2";
    int64_t *one = flown_once(&town->sc), *two = flown_once(&sc);
    size_t scopes = (size_t)(sc.n_ad_sets + sc.n_campaigns + sc.n_platforms + 1);
    assert_memory_equal(one, two, scopes * COUNTS * sizeof *one);
    free(one);
    free(two);
}

static void what_runs_elsewhere_moves_no_luck_here(void **state)
{
    static const count_t here[] = {COUNT_IMPRESSIONS, COUNT_REACH_1,  COUNT_SPEND,
                                   COUNT_CLICKS,      COUNT_LOST_CAP, COUNT_LOST_PRICE,
                                   COUNT_LOST_OVERLAP};
    town_t *town = *state;
    scenario_t sc = town->sc;
    sc.ad_set[2].budget = sc.ad_set[3].budget = 0; /* all of the other platform */
    int64_t *one = flown_once(&town->sc), *two = flown_once(&sc);
    assert_true(one[3 * COUNTS + COUNT_IMPRESSIONS] > 1000);
    for (size_t k = 0; k < sizeof here / sizeof *here; k++)
        for (int a = 0; a < 2; a++)
            assert_true(one[a * COUNTS + here[k]] == two[a * COUNTS + here[k]]);
    free(one);
    free(two);
}

static void another_seed_is_other_luck(void **state)
{
    town_t *town = *state;
    scenario_t sc = town->sc;
    sc.seed++;
    int64_t *one = flown_once(&town->sc), *two = flown_once(&sc);
    assert_true(one[COUNT_SPEND] != two[COUNT_SPEND]);
    free(one);
    free(two);
}

/* Sums over a redrawn town differ with its people; over a town that stays they do not. */
static void a_redrawn_town_has_other_people(void **state)
{
    town_t *town = *state;
    for (int redraw = 0; redraw < 2; redraw++) {
        town->population->redraw = redraw;
        flight_t f;
        flight_begin(&f, &town->sc, PEOPLE);
        int64_t seen[3];
        for (uint32_t r = 0; r < 3; r++) {
            flight_fly(&f, &town->sc, r);
            seen[r] = count_of(&f, 0, COUNT_OPPORTUNITIES);
        }
        assert_true((seen[0] != seen[1] && seen[1] != seen[2]) == redraw);
        flight_end(&f);
    }
    town->population->redraw = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_replication_has_its_own_luck),
        cmocka_unit_test(the_two_of_a_pair_share_their_shock),
        cmocka_unit_test(platforms_share_no_luck),
        cmocka_unit_test(another_plan_s_name_moves_no_luck),
        cmocka_unit_test(what_runs_elsewhere_moves_no_luck_here),
        cmocka_unit_test(another_seed_is_other_luck),
        cmocka_unit_test(a_redrawn_town_has_other_people),
    };
    return cmocka_run_group_tests_name("luck", tests, setup, town_end);
}
