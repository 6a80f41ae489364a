/* The streaming engine: on the path of the closed loop it tells the same, to the bit; on its pilot's path it
 * spends what is there and not more (of any plan: test_budget_law), with the memory of a window. */
#include "models/base/fixed.h"
#include "sim/engine/pass.h"
#include "tests/engine/flights.h"
#include "tests/engine/random_plan.h"
#include "tests/engine/town_brand.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 20000 };

#ifndef PLANS
#define PLANS 20
#endif

static int setup(void **state)
{
    return town_begin(state, PEOPLE);
}

/* ---- the same bytes ---- */

/* A closed loop that writes down its path, and everybody on this path a window at a time. */
typedef struct {
    flight_t closed;
    path_t path;
    world_t *world;
    pass_t pass;
    totals_t totals;
    tables_t tables;
} engines_t;

static void engines_begin(engines_t *e, const scenario_t *sc, size_t people, size_t window,
                          int threads)
{
    error_t err = {""};
    flight_begin(&e->closed, sc, people);
    flight_check(path_init(&e->path, e->closed.world->hours, sc, &err), &err);
    e->closed.ws->recorded = &e->path;
    flight_check(world_new_streaming(sc, people, threads, &e->world, &err), &err);
    e->world->window = window;
    flight_check(pass_init(&e->pass, e->world, threads, &err), &err);
    flight_check(totals_init(&e->totals, world_scopes(e->world), &err), &err);
    const tables_t *t = workspace_tables(e->closed.ws);
    flight_check(tables_init(&e->tables, t->scopes, t->days, t->run_off_days, t->n_segments, &err),
                 &err);
}

static void engines_fly(engines_t *e, const scenario_t *theta, uint32_t replication)
{
    error_t err = {""};
    flight_fly(&e->closed, theta, replication);
    flight_check(pass_tune(&e->pass, theta, replication, &err), &err);
    flight_check(pass_fly(&e->pass, &e->path, &err), &err);
    pass_close(&e->pass, &e->totals, &e->tables);
}

static void engines_end(engines_t *e)
{
    flight_end(&e->closed);
    path_free(&e->path);
    pass_free(&e->pass);
    world_delete(e->world);
    totals_free(&e->totals);
    tables_free(&e->tables);
}

static void assert_same(const char *what, int plan, const int64_t *a, const int64_t *b, size_t n)
{
    for (size_t k = 0; k < n; k++)
        if (a[k] != b[k])
            fail_msg("plan %d, %s: cell %zu is %lld streamed, %lld in the closed loop", plan, what,
                     k, (long long)b[k], (long long)a[k]);
}

static void assert_same_totals(int plan, const totals_t *a, const totals_t *b, scopes_t s)
{
    size_t rows = (size_t)scopes_rows(s);
    assert_same("totals", plan, a->value, b->value, rows * COUNTS);
    assert_same("removed", plan, a->removed, b->removed, rows * REMOVED_COUNTS);
    assert_same("candidates", plan, &a->candidates, &b->candidates, 1);
}

static void assert_same_tables(int plan, const tables_t *a, const tables_t *b)
{
    size_t scopes = (size_t)scopes_count(a->scopes), n = (size_t)a->scopes.n_ad_sets;
    size_t rows = (size_t)scopes_rows(a->scopes);
    size_t days = (size_t)tables_days(a), segments = (size_t)a->n_segments;
    assert_same("replications", plan, &a->replications, &b->replications, 1);
    assert_same("groups", plan, a->group, b->group, rows * COUNTS * JACKKNIFE_GROUPS);
    assert_same("frequency", plan, a->frequency, b->frequency, scopes * FREQUENCY_BINS);
    assert_same("timeline", plan, a->timeline, b->timeline, n * days * TIMELINE_COUNTS);
    assert_same("reach", plan, a->reach_day, b->reach_day, days * REACH_LEVELS);
    assert_same("segments", plan, a->segment, b->segment, n * segments * SEGMENT_COUNTS);
    assert_same("hours", plan, a->hour, b->hour, n * DAY_HOURS * HOUR_COUNTS);
    assert_same("overlap", plan, a->overlap, b->overlap, n * n);
    assert_same("held", plan, a->held, b->held, n * HELD_COUNTS);
    assert_same("windows", plan, a->window, b->window, n * WINDOW_COUNTS);
    assert_same("placements", plan, a->placement, b->placement,
                n * PLATFORM_PLACEMENTS * PLACEMENT_COUNTS);
}

static void assert_engines_agree(engines_t *e, int plan, uint32_t replications)
{
    for (uint32_t r = 0; r < replications; r++) {
        engines_fly(e, e->closed.world->sc, r);
        assert_same_totals(plan, &e->closed.totals, &e->totals, world_scopes(e->world));
    }
    assert_same_tables(plan, workspace_tables(e->closed.ws), &e->tables);
}

static void any_plan_is_the_same_on_the_path_of_the_closed_loop(void **state)
{
    (void)state;
    static random_plan_t plan;
    dice_t dice = {97};
    int closings = 0;
    for (int k = 0; k < PLANS; k++) {
        draw_plan(&dice, &plan);
        engines_t e = {0};
        engines_begin(&e, &plan.sc, plan.people, 1 + plan.people / 7, 1 + k % 3);
        assert_engines_agree(&e, k, 2);
        for (int d = 0; d < e.path.hours * e.path.ad_sets; d++)
            closings += e.path.decision[d].closing.tick != NEVER;
        engines_end(&e);
        town_free(&plan.town);
    }
    assert_true(closings > PLANS / 3); /* budgets that run out within an hour are among them */
}

/* Half of the people are on platforms of placements, rivals of two kinds, prices by the hour. */
static void set_market(scenario_t *sc)
{
    platform_t *p = &sc->platform[0];
    p->n_placements = 2;
    p->placement[0] = (placement_t){.share = 0.7, .price = 1.2, .viewability = NAN, .ctr = 0.8};
    p->placement[1] = (placement_t){.share = 0.3, .price = 0.6, .viewability = 0.5, .ctr = 1.2};
    sc->ad_set[0].placements = 1;
    p->log_price.hour[20] = -0.8;
    sc->platform[1].n_rivals = 2;
    sc->platform[1].rival[0] = (rival_t){.share = 0.7, .median = 0.7, .log_sd = 0.4};
    sc->platform[1].rival[1] = (rival_t){.share = 0.3, .median = 2.5, .log_sd = 1};
}

static void set_goals(scenario_t *sc)
{
    sc->ad_set[0].strategy = BID_COST_CAP;
    sc->ad_set[0].bid = 30;
    sc->ad_set[1].strategy = BID_MIN_ROAS;
    sc->ad_set[1].bid = 1.5;
    sc->ad_set[3].strategy = BID_HIGHEST_VALUE;
}

/* Outcomes are charged, and the money suffices: where it runs out the closed loop charges the rest of it. */
static void set_billing(scenario_t *sc)
{
    for (int a = 0; a < sc->n_ad_sets; a++) {
        sc->ad_set[a].budget *= 100;
        sc->ad_set[a].billing = a % 2 ? BILLED_CLICKS : BILLED_CONVERSIONS;
    }
}

static void set_first_price(scenario_t *sc)
{
    sc->platform[0].auction = AUCTION_FIRST_PRICE;
    sc->platform[1].auction = AUCTION_FIRST_PRICE;
}

static void set_appeals(scenario_t *sc)
{
    sc->n_appeals = 2;
    sc->appeal[0] = (appeal_t){"", sc->audience[TOWN_SPORTS].program, 1.3, 1.5, 2};
    sc->appeal[1] = (appeal_t){"", sc->audience[TOWN_WOMEN].program, 0.7, 0.8, 0.6};
    sc->product.affinity = 0.6;
}

/* Everything that a brand leaves to chance, and a crisis that pauses ads. */
static void set_brand(scenario_t *sc)
{
    sc->brand = town_brand();
    sc->brand.post_noise = 0.8;
    sc->brand.sentiment.noise = 0.05;
    sc->brand.n_crises = 1;
    sc->brand.crisis[0] = (crisis_t){"recall", 1, 0.5};
    sc->brand.crises.pause_days = 1;
}

static void set_experiment(scenario_t *sc)
{
    sc->experiment = (lift_test_t){.design = EXPERIMENT_HOLDOUT, .holdout = 0.3};
    sc->attribution.model = CREDIT_SHAPLEY;
}

static void set_regions(scenario_t *sc)
{
    sc->experiment = (lift_test_t){.design = EXPERIMENT_GEO, .holdout = 0.3, .by = "age"};
    sc->attribution.model = CREDIT_MARKOV;
}

static void market_goals_and_answers_are_the_same_on_the_path(void **state)
{
    const town_t *town = *state;
    void (*const set[])(scenario_t *) = {set_market,  set_goals, set_billing,    set_first_price,
                                         set_appeals, set_brand, set_experiment, set_regions};
    for (int k = 0; k < (int)(sizeof set / sizeof *set); k++) {
        scenario_t sc = town->sc;
        set[k](&sc);
        engines_t e = {0};
        engines_begin(&e, &sc, PEOPLE / 4, 700, 2);
        assert_engines_agree(&e, k, 2);
        assert_true(e.totals.value[scope_plan(world_scopes(e.world)) * COUNTS + COUNT_IMPRESSIONS] >
                    1000);
        engines_end(&e);
    }
}

/* ---- the whole engine ---- */

typedef struct {
    world_t *world;
    streaming_t *streaming;
    totals_t totals;
} streamed_t;

/* Of few people, made a tenth at a time; an eighth of them is the pilot. */
static void streamed_begin(streamed_t *s, const scenario_t *sc, size_t people, int threads)
{
    error_t err = {""};
    flight_check(world_new_streaming(sc, people, threads, &s->world, &err), &err);
    s->world->window = people / 10;
    s->world->pilot = people / 8;
    flight_check(streaming_new(s->world, threads, &s->streaming, &err), &err);
    flight_check(totals_init(&s->totals, world_scopes(s->world), &err), &err);
}

static void streamed_fly(streamed_t *s, const scenario_t *theta, uint32_t replication)
{
    error_t err = {""};
    flight_check(streaming_run(s->streaming, theta, replication, &s->totals, &err), &err);
}

static void streamed_end(streamed_t *s)
{
    streaming_delete(s->streaming);
    world_delete(s->world);
    totals_free(&s->totals);
}

static double streamed_spend(const streamed_t *s, int scope)
{
    return (double)s->totals.value[scope * COUNTS + COUNT_SPEND] / MICROS;
}

/* One ad set at a stated bid, as soon as possible: its path is the same without a budget, and can be followed
 * by hand to the last whole minute that the budget pays. */
static void a_stop_is_the_last_whole_minute_that_is_paid(void **state)
{
    scenario_t sc = ((town_t *)*state)->sc;
    sc.n_ad_sets = sc.n_campaigns = sc.campaign[0].n_ad_sets = 1;
    sc.ad_set[0].strategy = BID_MANUAL_CPM;
    sc.ad_set[0].bid = 20;
    sc.ad_set[0].pacing = PACING_ASAP;
    sc.ad_set[0].budget = 1e6;
    error_t err = {""};
    engines_t e = {0};
    ledger_t ledger;
    engines_begin(&e, &sc, PEOPLE, 3000, 1);
    flight_check(ledger_init(&ledger, 1, e.world->hours, &err), &err);
    e.pass.part[0].ws->ledger = &ledger;
    engines_fly(&e, &sc, 5);
    int64_t all = ledger_sum(&ledger, 1, 0, sc.days), budget = all / 3, paid = 0;
    int minute = 0;
    assert_int_equal(all, e.totals.value[COUNT_SPEND]);
    while (paid + ledger_spent(&ledger, 0, minute) <= budget)
        paid += ledger_spent(&ledger, 0, minute++);
    assert_true(paid < budget);
    sc.ad_set[0].budget = (double)budget / MICROS;
    streamed_t s;
    streamed_begin(&s, &sc, PEOPLE, 1);
    streamed_fly(&s, &sc, 5);
    assert_int_equal(s.totals.value[COUNT_SPEND], paid);
    assert_int_equal(streaming_passes(s.streaming), 3); /* on the pilot's path, level, stopped */
    streamed_end(&s);
    ledger_free(&ledger);
    engines_end(&e);
}

/* The pilot's 2,500 people are off by up to a tenth, after the level by one or two percent. */
static void a_budget_that_binds_is_spent(void **state)
{
    const town_t *town = *state;
    streamed_t s;
    streamed_begin(&s, &town->sc, PEOPLE, 1);
    for (uint32_t r = 0; r < 4; r++) {
        streamed_fly(&s, &town->sc, r);
        for (int a = 0; a < 2; a++) {
            double budget = town->sc.ad_set[a].budget;
            assert_true(streamed_spend(&s, a) <= budget);
            assert_true(streamed_spend(&s, a) > 0.96 * budget);
        }
    }
    streamed_end(&s);
}

static void threads_change_nothing(void **state)
{
    const town_t *town = *state;
    streamed_t s[3];
    for (int k = 0; k < 3; k++) {
        streamed_begin(&s[k], &town->sc, PEOPLE, 1 + 2 * k);
        for (uint32_t r = 0; r < 2; r++) streamed_fly(&s[k], &town->sc, r);
    }
    for (int k = 1; k < 3; k++) {
        assert_same_totals(0, &s[0].totals, &s[k].totals, world_scopes(s[0].world));
        assert_same_tables(0, streaming_tables(s[0].streaming), streaming_tables(s[k].streaming));
    }
    for (int k = 0; k < 3; k++) streamed_end(&s[k]);
}

/* What a workspace holds that grows while a flight runs, and the people in it. */
static size_t bytes_held(const workspace_t *ws)
{
    return ws->touches.capacity * sizeof *ws->touches.touch +
           ws->calendar.capacity * sizeof *ws->calendar.block +
           ws->hour_capacity * sizeof *ws->hour + ws->site.capacity * sizeof *ws->site.event +
           ws->site.visitors.capacity * sizeof *ws->site.visitors.index +
           ws->reached.capacity * sizeof *ws->reached.index +
           ws->organic.capacity * sizeof *ws->organic.index +
           ws->window.people.n * sizeof *ws->window.people.cell +
           ws->crowd->n * sizeof *ws->crowd->person;
}

/* Arrays double when they are full: a window a little fuller may hold twice as much, eight times as many
 * people may not hold more. */
static void memory_does_not_depend_on_the_number_of_people(void **state)
{
    scenario_t sc = ((town_t *)*state)->sc;
    size_t bytes[2];
    for (int k = 0; k < 2; k++) {
        engines_t e = {0};
        engines_begin(&e, &sc, k ? 8 * PEOPLE : PEOPLE, 2000, 1);
        engines_fly(&e, &sc, 0);
        bytes[k] = bytes_held(e.pass.part[0].ws);
        assert_null(e.world->crowd.person);
        engines_end(&e);
    }
    assert_true(bytes[0] > 0 && bytes[1] <= 2 * bytes[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(market_goals_and_answers_are_the_same_on_the_path),
        cmocka_unit_test(any_plan_is_the_same_on_the_path_of_the_closed_loop),
        cmocka_unit_test(a_stop_is_the_last_whole_minute_that_is_paid),
        cmocka_unit_test(a_budget_that_binds_is_spent),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(memory_does_not_depend_on_the_number_of_people),
    };
    return cmocka_run_group_tests(tests, setup, town_end);
}
