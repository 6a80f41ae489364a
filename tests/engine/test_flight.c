/* Laws of a flight (MODEL 11, L3): they hold to the last impression, whatever the plan. */
#include "models/base/fixed.h"
#include "sim/engine/parallel.h"
#include "tests/engine/flights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 20000 };

static int setup(void **state)
{
    return town_begin(state, PEOPLE);
}

static void no_budget_is_passed_by_one_impression(void **state)
{
    town_t *town = *state;
    /* Times the town's own; the last cannot be spent. */
    static const double budgets[] = {0.1, 1, 10, 10000};
    for (int k = 0; k < 4; k++) {
        scenario_t sc = town->sc;
        for (int a = 0; a < 4; a++) sc.ad_set[a].budget *= budgets[k];
        sc.ad_set[3].pacing = PACING_ASAP;
        flight_t f;
        flight_begin(&f, &sc, PEOPLE);
        for (uint32_t r = 0; r < 2; r++) {
            flight_fly(&f, &sc, r);
            for (int a = 0; a < 4; a++)
                assert_true(count_of(&f, a, COUNT_SPEND) <= micros(sc.ad_set[a].budget));
        }
        flight_end(&f);
    }
}

static void a_budget_that_binds_is_spent(void **state)
{
    town_t *town = *state;
    flight_t f;
    flight_begin(&f, &town->sc, PEOPLE);
    flight_fly(&f, &town->sc, 0);
    for (int a = 0; a < 2; a++)
        assert_true((double)count_of(&f, a, COUNT_SPEND) >
                    0.95 * MICROS * town->sc.ad_set[a].budget);
    flight_end(&f);
}

static void without_budget_nothing_is_shown_and_organic_orders_stay(void **state)
{
    town_t *town = *state;
    scenario_t off = town->sc;
    for (int a = 0; a < 4; a++) off.ad_set[a].budget = 0;
    flight_t with, without;
    flight_begin(&with, &town->sc, PEOPLE);
    flight_begin(&without, &off, PEOPLE);
    flight_fly(&with, &town->sc, 0);
    flight_fly(&without, &off, 0);
    for (count_t c = COUNT_IMPRESSIONS; c < COUNT_ORGANIC; c++)
        assert_int_equal(plan_count(&without, c), 0);
    assert_int_equal(plan_count(&without, COUNT_ORGANIC), plan_count(&with, COUNT_ORGANIC));
    assert_true(plan_count(&with, COUNT_AD_CONVERSIONS) > 0);
    flight_end(&with);
    flight_end(&without);
}

/* Prices, bids, budgets and values in another currency at 2:1: the same impressions, twice the spend.
 * Bids are stated, for a paced bid follows spend, which is rounded to micros. */
static void doubling_all_money_doubles_money_alone(void **state)
{
    town_t *town = *state;
    scenario_t sc = town->sc;
    for (int a = 0; a < 4; a++) {
        sc.ad_set[a].strategy = a % 2 ? BID_MANUAL_CPM : BID_CAP;
        sc.ad_set[a].bid = a % 2 ? 6 : 14;
        sc.ad_set[a].budget = 1e5;
        sc.ad_set[a].pacing = PACING_ASAP;
    }
    scenario_t twice = sc;
    for (int p = 0; p < 2; p++) {
        twice.platform[p].rival_median_cpm *= 2;
        twice.platform[p].reserve_cpm *= 2;
    }
    for (int a = 0; a < 4; a++) {
        twice.ad_set[a].budget *= 2;
        twice.ad_set[a].bid *= 2;
    }
    twice.product.value *= 2;
    flight_t one, two;
    flight_begin(&one, &sc, PEOPLE);
    flight_begin(&two, &twice, PEOPLE);
    flight_fly(&one, &sc, 1);
    flight_fly(&two, &twice, 1);
    int64_t impressions = plan_count(&one, COUNT_IMPRESSIONS);
    assert_true(impressions > 10000);
    assert_int_equal(plan_count(&two, COUNT_IMPRESSIONS), impressions);
    assert_int_equal(plan_count(&two, COUNT_REACH_1), plan_count(&one, COUNT_REACH_1));
    assert_int_equal(plan_count(&two, COUNT_CLICKS), plan_count(&one, COUNT_CLICKS));
    int64_t rounding = plan_count(&two, COUNT_SPEND) - 2 * plan_count(&one, COUNT_SPEND);
    assert_true(llabs(rounding) <= 2 * impressions);
    flight_end(&one);
    flight_end(&two);
}

static void the_order_of_ad_sets_changes_nothing(void **state)
{
    town_t *town = *state;
    scenario_t turned = town->sc; /* the first two ad sets change places */
    turned.ad_set[0] = town->sc.ad_set[1];
    turned.ad_set[1] = town->sc.ad_set[0];
    flight_t f, g;
    flight_begin(&f, &town->sc, PEOPLE);
    flight_begin(&g, &turned, PEOPLE);
    flight_fly(&f, &town->sc, 2);
    flight_fly(&g, &turned, 2);
    for (int c = 0; c < COUNTS; c++) {
        assert_int_equal(count_of(&f, 0, (count_t)c), count_of(&g, 1, (count_t)c));
        assert_int_equal(count_of(&f, 1, (count_t)c), count_of(&g, 0, (count_t)c));
        assert_int_equal(plan_count(&f, (count_t)c), plan_count(&g, (count_t)c));
    }
    flight_end(&f);
    flight_end(&g);
}

static void an_ad_set_nobody_is_eligible_for_changes_nothing(void **state)
{
    town_t *town = *state;
    expression_t *nobody;
    expression_fault_t fault;
    error_t err;
    assert_int_equal(expression_compile("sex male and sex female", town->population, NULL, &nobody,
                                        &fault, &err),
                     OK);
    scenario_t more = town->sc;
    more.audience[TOWN_AUDIENCES] = (audience_t){.name = "nobody", .program = nobody};
    more.n_audiences++;
    more.ad_set[4] = town_ad_set("ghost", 1, 0, TOWN_AUDIENCES, 100);
    more.ad_set[4].first_creative = more.n_creatives++;
    more.creative[more.ad_set[4].first_creative] = town->sc.creative[0];
    more.campaign[1].n_ad_sets = 2;
    more.n_ad_sets = 5;
    flight_t f, g;
    flight_begin(&f, &town->sc, PEOPLE);
    flight_begin(&g, &more, PEOPLE);
    flight_fly(&f, &town->sc, 0);
    flight_fly(&g, &more, 0);
    for (int c = 0; c < COUNTS; c++) {
        assert_int_equal(plan_count(&f, (count_t)c), plan_count(&g, (count_t)c));
        for (int a = 0; a < 4; a++)
            assert_int_equal(count_of(&f, a, (count_t)c), count_of(&g, a, (count_t)c));
    }
    assert_int_equal(count_of(&g, 4, COUNT_IMPRESSIONS), 0);
    flight_end(&f);
    flight_end(&g);
    expression_free(nobody);
}

/* The touch lists themselves are read: no stretch of the window holds more than the cap. */
static int most_within(const workspace_t *ws, size_t i, uint64_t ad_sets, double window_days)
{
    int most = 0;
    for (const touch_t *t = touch_latest(&ws->touches, ws->head[i]); t;
         t = touch_earlier(&ws->touches, t)) {
        int n = 0;
        for (const touch_t *e = t; e; e = touch_earlier(&ws->touches, e))
            n += (ad_sets >> e->ad_set & 1) && (t->tick - e->tick) < window_days * TICKS_PER_DAY;
        if (ad_sets >> t->ad_set & 1 && n > most) most = n;
    }
    return most;
}

static void no_rolling_window_holds_more_than_its_cap(void **state)
{
    town_t *town = *state;
    scenario_t sc = town->sc;
    for (int a = 0; a < 4; a++) sc.ad_set[a].budget *= 20;
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    int own = 0, campaign = 0;
    for (size_t k = 0; k < f.ws->reached.n; k++) {
        int m = most_within(f.ws, f.ws->reached.index[k], 1, 1),
            n = most_within(f.ws, f.ws->reached.index[k], 3, 2);
        if (m > own) own = m;
        if (n > campaign) campaign = n;
    }
    assert_int_equal(own, 2);      /* reached, and never passed */
    assert_int_equal(campaign, 4); /* "sports" and "women" on one platform */
    assert_true(count_of(&f, 0, COUNT_LOST_CAP) > 0);
    flight_end(&f);
}

static void touches_come_in_time_order_and_only_to_the_eligible(void **state)
{
    town_t *town = *state;
    flight_t f;
    flight_begin(&f, &town->sc, PEOPLE);
    flight_fly(&f, &town->sc, 0);
    for (size_t k = 1; k < f.ws->touches.n; k++)
        assert_true(f.ws->touches.touch[k - 1].tick <= f.ws->touches.touch[k].tick);
    int retargeted = 0;
    for (size_t k = 0; k < f.ws->reached.n; k++) {
        uint32_t i = f.ws->reached.index[k];
        for (const touch_t *t = touch_latest(&f.ws->touches, f.ws->head[i]); t;
             t = touch_earlier(&f.ws->touches, t)) {
            if (t->ad_set != 2) {
                assert_true(eligibility_of(f.ws->crowd, i)->now >> t->ad_set & 1);
                continue;
            }
            retargeted++;
            assert_true(pool_contains(&f.ws->site, i, t->tick, &town->sc.audience[TOWN_VISITORS]));
        }
    }
    assert_true(retargeted > 100);
    flight_end(&f);
}

static void counts_never_contradict_each_other(void **state)
{
    town_t *town = *state;
    flight_t f;
    flight_begin(&f, &town->sc, PEOPLE);
    for (uint32_t r = 0; r < 4; r++) {
        flight_fly(&f, &town->sc, r);
        scopes_t s = world_scopes(f.world);
        int64_t sum_reach = 0;
        for (int scope = 0; scope < scopes_count(s); scope++) {
            const int64_t *v = f.totals.value + scope * COUNTS;
            for (int c = 0; c < COUNTS; c++) assert_true(v[c] >= 0);
            assert_true(v[COUNT_REACH_1] <= v[COUNT_IMPRESSIONS]);
            assert_true(v[COUNT_REACH_10] <= v[COUNT_REACH_5] &&
                        v[COUNT_REACH_5] <= v[COUNT_REACH_3]);
            assert_true(v[COUNT_REACH_3] <= v[COUNT_REACH_2] &&
                        v[COUNT_REACH_2] <= v[COUNT_REACH_1]);
            assert_true(v[COUNT_CLICKS] <= v[COUNT_VIEWS] && v[COUNT_VISITS] <= v[COUNT_CLICKS]);
            assert_true(v[COUNT_DISPLACED] <= v[COUNT_AD_CONVERSIONS]);
            assert_true(v[COUNT_ORGANIC_CREDITED] <= v[COUNT_CONVERSIONS]);
            assert_true(v[COUNT_CONVERSIONS] <=
                        v[COUNT_PLATFORM_CONVERSIONS] + 4096); /* rounding */
        }
        for (int a = 0; a < 4; a++) sum_reach += count_of(&f, a, COUNT_REACH_1);
        assert_true(plan_count(&f, COUNT_REACH_1) < sum_reach); /* they overlap */
        assert_true(plan_count(&f, COUNT_IMPRESSIONS) ==
                    (int64_t)f.ws->touches.n); /* every impression has its touch */
    }
    flight_end(&f);
}

static void a_higher_cap_shows_no_fewer_ads(void **state)
{
    town_t *town = *state;
    scenario_t sc = town->sc, more;
    sc.ad_set[0].strategy = sc.ad_set[1].strategy = BID_MANUAL_CPM;
    sc.ad_set[0].bid = sc.ad_set[1].bid = 20;
    for (int a = 0; a < 4; a++) {
        sc.ad_set[a].budget = 1e6;
        sc.ad_set[a].pacing = PACING_ASAP;
    }
    sc.ad_set[2].budget = 0; /* nothing that depends on what was shown before */
    sc.campaign[0].cap[0].impressions = 0;
    more = sc;
    more.ad_set[0].cap[0].impressions = 3;
    flight_t f, g;
    flight_begin(&f, &sc, PEOPLE);
    flight_begin(&g, &more, PEOPLE);
    flight_fly(&f, &sc, 0);
    flight_fly(&g, &more, 0);
    assert_true(plan_count(&g, COUNT_IMPRESSIONS) > plan_count(&f, COUNT_IMPRESSIONS));
    flight_end(&f);
    flight_end(&g);
}

/* How far ahead streams are read must not matter: reading on gives the same candidates. */
static void reading_streams_on_gives_what_reading_far_gives(void **state)
{
    town_t *town = *state;
    scenario_t sc = town->sc;
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    reader_t reader = {.world = f.world,
                       .crowd = f.ws->crowd,
                       .tuning = &f.ws->tuning,
                       .profile = &f.ws->profile[0],
                       .ranks = &f.ws->ranks,
                       .places = &f.ws->places[0]};
    calendar_t far, on;
    error_t err;
    assert_int_equal(calendar_init(&far, f.world->hours, &err), OK);
    assert_int_equal(calendar_init(&on, f.world->hours, &err), OK);
    double low[MAX_AD_SETS], high[MAX_AD_SETS];
    for (int a = 0; a < MAX_AD_SETS; a++) {
        low[a] = 1 + 0.1 * a;
        high[a] = 2.5;
    }
    places_clear(reader.places);
    assert_int_equal(stream_read_all(&reader, high, &far, &err), OK);
    places_clear(reader.places); /* from the beginning again */
    assert_int_equal(stream_read_all(&reader, low, &on, &err), OK);
    size_t first = on.n;
    assert_int_equal(stream_read_all(&reader, high, &on, &err), OK);
    assert_true(first > 1000 && on.n > first);
    assert_int_equal(far.n, on.n);
    uint64_t sum_far = 0, sum_on = 0; /* order-free fingerprints */
    for (int h = 0; h < f.world->hours; h++) {
        candidate_t c[8192];
        size_t n = calendar_hour_size(&far, h);
        assert_true(n < 8192 && n == calendar_hour_size(&on, h));
        calendar_take_hour(&far, h, c);
        for (size_t k = 0; k < n; k++) sum_far += (uint64_t)c[k].person * c[k].tick + c[k].number;
        calendar_take_hour(&on, h, c);
        for (size_t k = 0; k < n; k++) sum_on += (uint64_t)c[k].person * c[k].tick + c[k].number;
    }
    assert_int_equal(sum_far, sum_on);
    calendar_free(&far);
    calendar_free(&on);
    flight_end(&f);
}

/* What is drawn for a pair counts, not what the file's first reading says. */
static void a_drawn_viewability_is_the_one_that_is_seen(void **state)
{
    town_t *town = *state;
    scenario_t theta = town->sc;
    theta.platform[0].viewability = 0.35;
    flight_t f;
    flight_begin(&f, &town->sc, PEOPLE);
    flight_fly(&f, &theta, 0);
    double seen = (double)count_of(&f, 0, COUNT_VIEWS) / EVENT_ONE;
    assert_true(fabs(seen - 0.35 * (double)count_of(&f, 0, COUNT_IMPRESSIONS)) < 1e-3);
    flight_end(&f);
}

/* A customer list is found with the match rate that was drawn; a higher rate finds the same and more. */
static void a_drawn_match_rate_finds_that_share_of_a_list(void **state)
{
    town_t *town = *state;
    scenario_t sc = town->sc, theta;
    sc.audience[TOWN_EVERYONE].kind = AUDIENCE_LIST;
    sc.audience[TOWN_EVERYONE].match_rate = 0.4;
    sc.ad_set[3].budget = 1e6; /* everyone who can be reached often is */
    sc.ad_set[3].pacing = PACING_ASAP;
    sc.ad_set[3].bid = 2000;
    theta = sc;
    theta.audience[TOWN_EVERYONE].match_rate = 0.8;
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    int64_t at_40 = count_of(&f, 3, COUNT_REACH_1);
    assert_true(at_40 > 200 && at_40 <= (int64_t)world_eligible(f.world, 3));
    flight_fly(&f, &theta, 2);
    /* About 1,000 customers use the platform: 400 and 800 are found, give or take 16. */
    assert_true(llabs(count_of(&f, 3, COUNT_REACH_1) - 2 * at_40) < 120);
    flight_end(&f);
}

/* A plan for redrawn people is worked out on those of the first replication. */
static void the_start_of_a_redrawn_town_fits_its_budget(void **state)
{
    town_t *town = *state;
    flight_t fixed, redrawn;
    flight_begin(&fixed, &town->sc, PEOPLE);
    town->population->redraw = 1;
    flight_begin(&redrawn, &town->sc, PEOPLE);
    for (int a = 0; a < 4; a++) {
        ad_set_plan_t p = flight_plan(fixed.world, &town->sc, a);
        ad_set_plan_t q = flight_plan(redrawn.world, &town->sc, a);
        assert_true(fabs(log(q.start_value_cpm / p.start_value_cpm)) < 0.1);
        assert_true(world_eligible(redrawn.world, a) > 0);
    }
    town->population->redraw = 0;
    flight_end(&fixed);
    flight_end(&redrawn);
}

typedef struct {
    const scenario_t *sc;
    world_t *world;
    workspace_t *ws[4];
    totals_t totals[8];
} race_t;

static void run_one(void *context, size_t i, int worker)
{
    race_t *r = context;
    error_t err;
    if (replication_run(r->world, r->sc, (uint32_t)i, r->ws[worker], &r->totals[i], &err) != OK)
        abort();
}

static void fly_eight(race_t *r, const scenario_t *sc, int threads)
{
    error_t err;
    *r = (race_t){.sc = sc};
    assert_int_equal(world_new(sc, PEOPLE, threads, &r->world, &err), OK);
    for (int k = 0; k < threads; k++)
        assert_int_equal(workspace_new(r->world, &r->ws[k], &err), OK);
    for (int k = 0; k < 8; k++)
        assert_int_equal(totals_init(&r->totals[k], world_scopes(r->world), &err), OK);
    parallel_for(8, threads, run_one, r);
}

static void land_eight(race_t *r)
{
    for (int k = 0; k < 8; k++) totals_free(&r->totals[k]);
    for (int k = 0; k < 4; k++) workspace_delete(r->ws[k]);
    world_delete(r->world);
}

static void one_thread_equals_four(void **state)
{
    town_t *town = *state;
    race_t one, four;
    fly_eight(&one, &town->sc, 1);
    fly_eight(&four, &town->sc, 4);
    size_t width = (size_t)scopes_count(world_scopes(one.world)) * COUNTS;
    for (int k = 0; k < 8; k++)
        assert_memory_equal(one.totals[k].value, four.totals[k].value, width * sizeof(int64_t));
    land_eight(&one);
    land_eight(&four);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_budget_is_passed_by_one_impression),
        cmocka_unit_test(a_budget_that_binds_is_spent),
        cmocka_unit_test(without_budget_nothing_is_shown_and_organic_orders_stay),
        cmocka_unit_test(doubling_all_money_doubles_money_alone),
        cmocka_unit_test(the_order_of_ad_sets_changes_nothing),
        cmocka_unit_test(an_ad_set_nobody_is_eligible_for_changes_nothing),
        cmocka_unit_test(no_rolling_window_holds_more_than_its_cap),
        cmocka_unit_test(touches_come_in_time_order_and_only_to_the_eligible),
        cmocka_unit_test(counts_never_contradict_each_other),
        cmocka_unit_test(a_higher_cap_shows_no_fewer_ads),
        cmocka_unit_test(reading_streams_on_gives_what_reading_far_gives),
        cmocka_unit_test(a_drawn_match_rate_finds_that_share_of_a_list),
        cmocka_unit_test(a_drawn_viewability_is_the_one_that_is_seen),
        cmocka_unit_test(the_start_of_a_redrawn_town_fits_its_budget),
        cmocka_unit_test(one_thread_equals_four),
    };
    return cmocka_run_group_tests(tests, setup, town_end);
}
