/* test_outlook.c -- what closed forms say would come of a wider limit comes when it is made wider. */
#include "models/base/fixed.h"
#include "tests/engine/village.h"

#include <math.h>

enum { REPLICATIONS = 2 };

typedef struct {
    double impressions, spend;
} flown_t;

/* People and prices are the same for all scenarios: differences are sure to a fraction of their levels. */
static flown_t flown(const scenario_t *sc)
{
    flown_t x = {0};
    flight_t f;
    flight_begin(&f, sc, PEOPLE);
    for (uint32_t r = 0; r < REPLICATIONS; r++) {
        flight_fly(&f, sc, r);
        x.impressions += (double)count_of(&f, 0, COUNT_IMPRESSIONS) / REPLICATIONS;
        x.spend += (double)count_of(&f, 0, COUNT_SPEND) / MICROS / REPLICATIONS;
    }
    flight_end(&f);
    return x;
}

static relaxed_t relaxed_in(const world_t *world, const scenario_t *sc, limit_t limit)
{
    const limit_t limits[MAX_AD_SETS] = {limit};
    relaxed_t r[MAX_AD_SETS];
    world_relaxed(world, sc, limits, r);
    return r[0];
}

static relaxed_t relaxed(const scenario_t *sc, limit_t limit)
{
    flight_t f;
    flight_begin(&f, sc, PEOPLE);
    relaxed_t r = relaxed_in(f.world, sc, limit);
    flight_end(&f);
    return r;
}

/* Of what the closed form adds, the simulation adds as much, to a `part` of it. */
static void assert_comes(const scenario_t *now, const scenario_t *wider, limit_t limit, double part)
{
    relaxed_t r = relaxed(now, limit);
    flown_t before = flown(now), after = flown(wider);
    double more = after.impressions / before.impressions - 1;
    double dearer = after.spend / before.spend - 1;
    assert_true(fabs(r.impressions / before.impressions - 1) < 0.03);
    assert_true(more > 0.01);
    assert_true(fabs((r.more_impressions / r.impressions - 1) / more - 1) < part);
    assert_true(fabs((r.more_spend / r.spend - 1) / dearer - 1) < part);
}

static scenario_t paced(const town_t *town)
{
    scenario_t sc = village(town);
    sc.ad_set[0].strategy = BID_LOWEST_COST;
    sc.ad_set[0].bid = NAN;
    sc.ad_set[0].pacing = PACING_EVEN;
    sc.ad_set[0].budget = 300;
    return sc;
}

static void more_budget(void **state)
{
    scenario_t now = paced(*state), wider = now;
    wider.ad_set[0].budget *= 1.1;
    assert_comes(&now, &wider, LIMIT_BUDGET, 0.05);
}

static void a_higher_bid(void **state)
{
    scenario_t now = village(*state), wider = now;
    wider.ad_set[0].bid *= 1.1;
    assert_comes(&now, &wider, LIMIT_BID, 0.05);
}

/* An average cost hardly answers the bid, so a tenth of it is a good deal of impressions. */
static void an_easier_goal(void **state)
{
    scenario_t now = paced(*state), wider;
    now.campaign[0].objective = OBJECTIVE_TRAFFIC;
    now.ad_set[0].strategy = BID_COST_CAP;
    now.ad_set[0].bid = 2;
    now.ad_set[0].budget = 1e6;
    wider = now;
    wider.ad_set[0].bid *= 1.1;
    assert_comes(&now, &wider, LIMIT_GOAL, 0.1);
}

static void caps_of_one_more(void **state)
{
    scenario_t now = village(*state), wider;
    now.ad_set[0].bid = 200;
    now.ad_set[0].cap[0] = (frequency_cap_t){3, 7, CAP_IMPRESSIONS};
    wider = now;
    wider.ad_set[0].cap[0].impressions = 4;
    assert_comes(&now, &wider, LIMIT_CAP, 0.05);
}

static void the_whole_flight(void **state)
{
    scenario_t now = village(*state), wider = now;
    now.ad_set[0].schedule.silent[0] = now.ad_set[0].schedule.silent[1] = (1u << 24) - 1;
    assert_comes(&now, &wider, LIMIT_SCHEDULE, 0.05);
}

/* Nearly all of a tenth more people; and nobody knows what own ad sets in front would leave. */
static void more_people(void **state)
{
    scenario_t sc = paced(*state);
    sc.ad_set[0].budget = 1e6;
    relaxed_t r = relaxed(&sc, LIMIT_AUDIENCE);
    assert_float_equal(r.more_impressions / r.impressions, 1.1, 1e-9);
    assert_float_equal(r.more_spend / r.spend, 1.1, 1e-9);
    assert_true(isnan(relaxed(&sc, LIMIT_OVERLAP).more_impressions));
}

/* 287 impressions in four weeks, 0.4 an hour: spend of an hour is hardly more than chance. A controller that
 * answers all of it pays for its jumping about, 0.45 % of the impressions for the money spent; one that knows
 * pays 0.05 %. 1,600 flights tell 0.1 %: between the two stand two of their errors each. */
static void few_impressions_are_bought_as_well_as_many(void **state)
{
    enum { FLIGHTS = 1600 };
    scenario_t sc = paced(*state);
    double impressions = 0, spent = 0;
    flight_t f;
    sc.days = 28;
    sc.ad_set[0].budget = 2;
    flight_begin(&f, &sc, PEOPLE);
    relaxed_t start = relaxed_in(f.world, &sc, LIMIT_BUDGET);
    for (uint32_t r = 0; r < FLIGHTS; r++) {
        flight_fly(&f, &sc, r);
        impressions += (double)count_of(&f, 0, COUNT_IMPRESSIONS) / FLIGHTS;
        spent += (double)count_of(&f, 0, COUNT_SPEND) / MICROS / FLIGHTS;
    }
    flight_end(&f);
    assert_true(spent > 0.99 * sc.ad_set[0].budget);
    double lost = 1 - impressions / spent * sc.ad_set[0].budget / start.impressions;
    print_message("%.2f %% lost\n", 100 * lost);
    assert_true(lost < 0.0025 && lost > -0.003);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(more_budget),
        cmocka_unit_test(a_higher_bid),
        cmocka_unit_test(an_easier_goal),
        cmocka_unit_test(caps_of_one_more),
        cmocka_unit_test(the_whole_flight),
        cmocka_unit_test(more_people),
        cmocka_unit_test(few_impressions_are_bought_as_well_as_many),
    };
    return cmocka_run_group_tests_name("outlook", tests, village_setup, town_end);
}
