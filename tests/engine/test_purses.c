/* Who pays: budgets of days, and of campaigns whose money the platform moves to where a result costs least. */
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "models/platform/plan.h"
#include "models/platform/strategy.h"
#include "sim/engine/flight.h"
#include "tests/engine/flights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 20000, REPLICATIONS = 8 };

static int setup(void **state)
{
    return town_begin(state, PEOPLE);
}

/* --- one price of a result ------------------------------------------------------------------------- */

/* Two ad sets for everyone on two platforms, one of them three times as dear, where ads are clicked twice as
 * often; nobody differs from another but by her activity, nothing wears. */
static scenario_t two_markets(const town_t *town)
{
    scenario_t sc = town->sc;
    sc.n_campaigns = 1;
    sc.n_ad_sets = 2;
    sc.campaign[0] = (campaign_t){.name = "c",
                                  .objective = OBJECTIVE_TRAFFIC,
                                  .lifetime_budget = 300,
                                  .shares_budget = 1,
                                  .n_ad_sets = 2};
    for (int a = 0; a < 2; a++) {
        sc.ad_set[a] = town_ad_set(a ? "dear" : "cheap", 0, a, TOWN_EVERYONE, 150);
        sc.ad_set[a].first_creative = a;
        sc.creative[a].ctr = a ? 0.02 : 0.01;
        platform_t *p = &sc.platform[a];
        *p = town_platform(a ? "dear" : "cheap", 0.6, 4);
        p->open_days = 1;
        p->desirability = p->reserve_cpm = p->score_noise = 0;
        p->rival_median_cpm = a ? 30 : 10;
    }
    sc.response.person_sd = sc.response.learning_noise = sc.response.prediction = 0;
    sc.response.wear_in = sc.response.wear_out = 1;
    return sc;
}

typedef struct {
    plan_t plan[2];
    double rate[2]; /* clicks per impression */
} closed_form_t;

static plan_outcome_t outcome_at(const closed_form_t *c, int k, double log_price)
{
    plan_t plan = c->plan[k];
    plan.offer.log_value = log_price + log(1000 * c->rate[k]);
    return plan_outcome(&plan);
}

static double plan_spend(const void *context, int k, double log_price)
{
    return outcome_at(context, k, log_price).spend;
}

static closed_form_t closed_form(const flight_t *f, const scenario_t *sc)
{
    closed_form_t c;
    for (int a = 0; a < 2; a++) {
        const platform_t *p = &sc->platform[a];
        c.rate[a] = sc->creative[a].ctr;
        c.plan[a] =
            (plan_t){.people = (double)world_eligible(f->world, a),
                     .opportunities = 4 * sc->days,
                     .shape = p->activity_shape,
                     .market = {m_log(p->rival_median_cpm), p->rival_log_sd, p->score_noise, 0},
                     .offer = {0, INFINITY},
                     .pass_through = 1,
                     .ctr = c.rate[a],
                     .wear_out = 1};
    }
    return c;
}

/* Clicks that the next unit of money buys in one of the two. */
static double marginal_clicks(const closed_form_t *c, int k, double log_price)
{
    const double step = 1e-4;
    plan_outcome_t more = outcome_at(c, k, log_price + step),
                   less = outcome_at(c, k, log_price - step);
    return (more.clicks - less.clicks) / (more.spend - less.spend);
}

static void a_shared_budget_is_split_where_marginal_values_meet(void **state)
{
    scenario_t sc = two_markets(*state);
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    closed_form_t c = closed_form(&f, &sc);
    double price = shared_log_price(plan_spend, &c, 2, 300, -20, 10);
    assert_true(fabs(plan_spend(&c, 0, price) + plan_spend(&c, 1, price) - 300) < 1e-9);
    /* The next unit of money buys the same in both: one click a price. */
    for (int k = 0; k < 2; k++)
        assert_true(fabs(marginal_clicks(&c, k, price) * exp(price) - 1) < 1e-6);
    /* Neither an equal split nor all on one: the test would see either. */
    double cheap = plan_spend(&c, 0, price) / 300;
    assert_true(cheap > 0.55 && cheap < 0.95);
    double spend[2] = {0};
    for (uint32_t r = 0; r < REPLICATIONS; r++) {
        flight_fly(&f, &sc, r);
        for (int a = 0; a < 2; a++)
            spend[a] += (double)count_of(&f, a, COUNT_SPEND) / MICROS / REPLICATIONS;
        assert_true(count_of(&f, 0, COUNT_SPEND) + count_of(&f, 1, COUNT_SPEND) <= micros(300));
    }
    assert_true(spend[0] + spend[1] > 0.99 * 300);
    /* About 1,000 prices a replication, of log-sd below 1: the share's error is below 0.01 (3 sd). */
    assert_true(fabs(spend[0] / (spend[0] + spend[1]) - cheap) < 0.02);
    flight_end(&f);
}

/* A bid of one's own still holds: the dear ad set, capped far below the price, shows next to nothing, and the
 * other takes the money. */
static void own_bid_limits_hold_in_a_shared_budget(void **state)
{
    scenario_t sc = two_markets(*state), capped = sc;
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    int64_t dear = count_of(&f, 1, COUNT_SPEND);
    flight_end(&f);
    capped.ad_set[1].strategy = BID_CAP;
    capped.ad_set[1].bid = 1e-4;
    flight_begin(&f, &capped, PEOPLE);
    flight_fly(&f, &capped, 0);
    assert_true(count_of(&f, 1, COUNT_SPEND) < dear / 20);
    assert_true((double)count_of(&f, 0, COUNT_SPEND) > 0.97 * MICROS * 300);
    flight_end(&f);
}

static void own_least_and_most_spend_hold(void **state)
{
    scenario_t sc = two_markets(*state);
    sc.ad_set[0].spend_cap = 90;
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    assert_true(count_of(&f, 0, COUNT_SPEND) <= micros(90));
    assert_true((double)count_of(&f, 0, COUNT_SPEND) > 0.97 * MICROS * 90);
    assert_true((double)count_of(&f, 1, COUNT_SPEND) > 0.95 * MICROS * 210);
    flight_end(&f);
    sc.ad_set[0].spend_cap = 0;
    sc.ad_set[1].min_spend = 200;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    assert_true((double)count_of(&f, 1, COUNT_SPEND) > 0.97 * MICROS * 200);
    assert_true((double)count_of(&f, 0, COUNT_SPEND) > 0.9 * MICROS * 100);
    assert_true(count_of(&f, 0, COUNT_SPEND) + count_of(&f, 1, COUNT_SPEND) <= micros(300));
    flight_end(&f);
}

/* The plan of a purse of several ad sets knows when each of them runs. */
static void a_shared_budget_lasts_over_different_schedules(void **state)
{
    scenario_t sc = two_markets(*state);
    sc.ad_set[0].schedule = (schedule_t){.end_day = 3};
    sc.ad_set[1].schedule = (schedule_t){.first_day = 4};
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    int64_t both = count_of(&f, 0, COUNT_SPEND) + count_of(&f, 1, COUNT_SPEND);
    assert_true(both <= micros(300) && (double)both > 0.95 * MICROS * 300);
    assert_true(count_of(&f, 1, COUNT_SPEND) > micros(20));
    assert_int_equal(day_row(f.ws, 1, 3 * TICKS_PER_DAY)[DAY_SPEND], 0);
    flight_end(&f);
}

/* --- budgets of days ------------------------------------------------------------------------------- */

/* 20 a day from Monday to Sunday of the next week but one: weeks of 6, 7 and 1 days. */
static scenario_t two_weeks(const town_t *town)
{
    scenario_t sc = two_markets(town);
    sc.n_ad_sets = 1;
    sc.days = 14;
    sc.campaign[0].n_ad_sets = 1;
    sc.campaign[0].shares_budget = 0;
    sc.ad_set[0].daily = (daily_budget_t){1, 20, 0.75};
    sc.ad_set[0].budget = sc.campaign[0].lifetime_budget = 280;
    return sc;
}

static double day_spend(const flight_t *f, int day)
{
    return (double)day_row(f->ws, 0, (int64_t)day * TICKS_PER_DAY)[DAY_SPEND] / MICROS;
}

static void a_daily_budget_is_spent_every_day(void **state)
{
    scenario_t sc = two_weeks(*state);
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    double week[3] = {0};
    for (int day = 0; day < 14; day++) {
        assert_true(day_spend(&f, day) > 0.6 * 20 && day_spend(&f, day) <= 1.75 * 20);
        week[day < 6 ? 0 : day < 13 ? 1 : 2] += day_spend(&f, day);
    }
    assert_true(week[0] > 0.95 * 120 && week[0] <= 120);
    assert_true(week[1] > 0.97 * 140 && week[1] <= 140);
    assert_true(week[2] > 0.85 * 20 && week[2] <= 20); /* a Sunday alone: no day to make up for */
    flight_end(&f);
}

/* On Mondays ads run in one hour, on Tuesdays all day: the week's money goes to Tuesday, as far as a day may
 * pass its budget. */
static void a_day_passes_its_budget_by_its_tolerance_at_most(void **state)
{
    for (int tolerant = 0; tolerant < 2; tolerant++) {
        scenario_t sc = two_weeks(*state);
        sc.ad_set[0].daily.overspend = tolerant ? 0.75 : 0;
        sc.ad_set[0].schedule = (schedule_t){.end_day = 2};
        sc.ad_set[0].schedule.silent[0] = ALL_HOURS & ~1u;
        sc.ad_set[0].budget = 40;
        flight_t f;
        flight_begin(&f, &sc, PEOPLE);
        flight_fly(&f, &sc, 0);
        double most = tolerant ? 35 : 20;
        assert_true(day_spend(&f, 1) <= most && day_spend(&f, 1) > 0.93 * most);
        assert_true(day_spend(&f, 0) + day_spend(&f, 1) <= 40);
        flight_end(&f);
    }
}

static void spend_asap(ad_set_t *set)
{
    set->pacing = PACING_ASAP;
    set->strategy = BID_MANUAL_CPM;
    set->bid = 30;
}

/* As soon as possible: the daily budget itself, every day anew. */
static void what_closed_at_night_opens_in_the_morning(void **state)
{
    scenario_t sc = two_weeks(*state);
    spend_asap(&sc.ad_set[0]);
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    for (int day = 0; day < 14; day++)
        assert_true(day_spend(&f, day) <= 20 && day_spend(&f, day) > 0.99 * 20);
    assert_true(count_of(&f, 0, COUNT_LOST_BUDGET) > 100);
    flight_end(&f);
}

static void a_daily_budget_of_nothing_shows_nothing(void **state)
{
    scenario_t sc = two_weeks(*state);
    sc.ad_set[0].daily.amount = sc.ad_set[0].budget = sc.campaign[0].lifetime_budget = 0;
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    assert_int_equal(count_of(&f, 0, COUNT_IMPRESSIONS), 0);
    flight_end(&f);
}

/* --- periods --------------------------------------------------------------------------------------- */

/* 280 over two weeks, of one ad set. */
static scenario_t in_periods(const town_t *town, budget_schedule_t periods)
{
    scenario_t sc = two_weeks(town);
    sc.ad_set[0].daily.given = 0;
    sc.ad_set[0].budget_schedule = periods;
    return sc;
}

static double days_spend(const flight_t *f, int first, int last)
{
    double sum = 0;
    for (int day = first; day <= last; day++) sum += day_spend(f, day);
    return sum;
}

static const budget_schedule_t pulses = {
    3, 0, {{{0, 3}, 0.6}, {{6, 9}, 0.1}, {{10, 13}, 0.3}}}; /* nothing on days 4 and 5 */

static void assert_pulses(const flight_t *f, double budget)
{
    const double part[] = {0.6, 0.1, 0.3};
    for (int k = 0; k < 3; k++) {
        days_t days = pulses.period[k].days;
        double spent = days_spend(f, days.first, days.last), most = part[k] * budget;
        assert_true(spent <= most * (1 + 1e-12) && spent > 0.95 * most);
        for (int day = days.first; day <= days.last; day++) /* evenly within it */
            assert_true(fabs(day_spend(f, day) * 4 / spent - 1) < 0.15);
    }
    assert_true(days_spend(f, 4, 5) == 0);
}

static void each_period_spends_its_part_and_no_day_between(void **state)
{
    scenario_t sc = in_periods(*state, pulses);
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    assert_pulses(&f, 280);
    flight_end(&f);
}

/* As soon as possible, to the last impression that it can pay; what is bid is the buyer's. */
static void a_period_closes_and_the_next_one_opens(void **state)
{
    scenario_t sc = in_periods(*state, pulses);
    spend_asap(&sc.ad_set[0]);
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    assert_true(days_spend(&f, 0, 3) <= 168 && days_spend(&f, 0, 3) > 0.999 * 168);
    assert_true(days_spend(&f, 6, 9) <= 28 && days_spend(&f, 6, 9) > 0.995 * 28);
    assert_true(days_spend(&f, 10, 13) <= 84 && days_spend(&f, 10, 13) > 0.995 * 84);
    assert_true(days_spend(&f, 4, 5) == 0);
    flight_end(&f);
}

static void a_shared_budget_has_periods_too(void **state)
{
    scenario_t sc = two_markets(*state);
    sc.days = 14;
    sc.campaign[0].budget_schedule = pulses;
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    double first = 0, between = 0, all = 0;
    for (int a = 0; a < 2; a++)
        for (int day = 0; day < 14; day++) {
            double spent =
                (double)day_row(f.ws, a, (int64_t)day * TICKS_PER_DAY)[DAY_SPEND] / MICROS;
            first += day < 4 ? spent : 0;
            between += day == 4 || day == 5 ? spent : 0;
            all += spent;
        }
    assert_true(first <= 180 && first > 0.97 * 180);
    assert_true(between == 0);
    assert_true(all <= 300 && all > 0.97 * 300);
    flight_end(&f);
}

/* Its ads do not run in the first half: that money is not there in the second. */
static void what_a_period_leaves_the_next_does_not_get(void **state)
{
    const budget_schedule_t halves = {2, 0, {{{0, 6}, 0.5}, {{7, 13}, 0.5}}};
    scenario_t sc = in_periods(*state, halves);
    sc.ad_set[0].schedule = (schedule_t){.first_day = 7};
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    assert_true(days_spend(&f, 7, 13) <= 140 && days_spend(&f, 7, 13) > 0.97 * 140);
    flight_end(&f);
}

static void one_period_is_the_plain_budget_bit_for_bit(void **state)
{
    const budget_schedule_t whole = {1, 0, {{{0, 13}, 1}}}, none = {0};
    scenario_t plain = in_periods(*state, none), one = in_periods(*state, whole);
    flight_t f, g;
    flight_begin(&f, &plain, PEOPLE);
    flight_begin(&g, &one, PEOPLE);
    flight_fly(&f, &plain, 0);
    flight_fly(&g, &one, 0);
    size_t bytes = (size_t)scopes_count(world_scopes(f.world)) * COUNTS * sizeof(int64_t);
    assert_memory_equal(f.totals.value, g.totals.value, bytes);
    flight_end(&f);
    flight_end(&g);
}

/* The same bids but for what each week catches up with: within 0.5 % of impressions, 2 % a week. */
static void equal_parts_of_equal_weeks_are_nearly_the_plain_budget(void **state)
{
    const budget_schedule_t halves = {2, 0, {{{0, 6}, 0.5}, {{7, 13}, 0.5}}}, none = {0};
    scenario_t plain = in_periods(*state, none), weeks = in_periods(*state, halves);
    flight_t f, g;
    flight_begin(&f, &plain, PEOPLE);
    flight_begin(&g, &weeks, PEOPLE);
    double impressions = 0, all = 0;
    for (uint32_t r = 0; r < REPLICATIONS; r++) {
        flight_fly(&f, &plain, r);
        flight_fly(&g, &weeks, r);
        impressions +=
            (double)(count_of(&g, 0, COUNT_IMPRESSIONS) - count_of(&f, 0, COUNT_IMPRESSIONS));
        all += (double)count_of(&f, 0, COUNT_IMPRESSIONS);
    }
    assert_true(fabs(impressions / all) < 0.005);
    assert_true(fabs(days_spend(&g, 0, 6) / days_spend(&f, 0, 6) - 1) < 0.02);
    flight_end(&f);
    flight_end(&g);
}

/* --- smart pacing ---------------------------------------------------------------------------------- */

/* One ad set for everyone with a stated bid, money for about a third of what it could buy. */
static scenario_t throttled(const town_t *town, pacing_method_t method, double prediction)
{
    scenario_t sc = two_markets(town);
    sc.n_ad_sets = sc.campaign[0].n_ad_sets = 1;
    sc.campaign[0].shares_budget = 0;
    sc.ad_set[0].strategy = BID_CAP;
    sc.ad_set[0].bid = 1;
    sc.ad_set[0].budget = 150;
    sc.ad_set[0].method = method;
    sc.response.person_sd = 0.8;
    sc.response.prediction = prediction;
    return sc;
}

static void smart_pacing_without_prediction_is_throttling(void **state)
{
    scenario_t throttle = throttled(*state, PACE_BY_THROTTLE, 0), smart = throttle;
    smart.ad_set[0].method = PACE_SMART;
    flight_t f, g;
    flight_begin(&f, &throttle, PEOPLE);
    flight_begin(&g, &smart, PEOPLE);
    flight_fly(&f, &throttle, 0);
    flight_fly(&g, &smart, 0);
    assert_true(f.ws->state[0].pass_through < 0.9);
    size_t bytes = (size_t)scopes_count(world_scopes(f.world)) * COUNTS * sizeof(int64_t);
    assert_memory_equal(f.totals.value, g.totals.value, bytes);
    flight_end(&f);
    flight_end(&g);
}

typedef struct {
    double spend, clicks, first_day;
} bought_t;

static bought_t fly_throttled(const town_t *town, pacing_method_t method)
{
    scenario_t sc = throttled(town, method, 0.5);
    flight_t f;
    bought_t sum = {0};
    flight_begin(&f, &sc, PEOPLE);
    for (uint32_t r = 0; r < REPLICATIONS; r++) {
        flight_fly(&f, &sc, r);
        sum.spend += (double)count_of(&f, 0, COUNT_SPEND) / MICROS;
        sum.clicks += (double)count_of(&f, 0, COUNT_CLICKS) / EVENT_ONE;
    }
    sum.first_day = day_spend(&f, 0);
    flight_end(&f);
    return sum;
}

static void smart_pacing_buys_more_clicks_for_the_same_money(void **state)
{
    bought_t throttle = fly_throttled(*state, PACE_BY_THROTTLE),
             smart = fly_throttled(*state, PACE_SMART);
    assert_true(throttle.spend > 0.99 * 150 * REPLICATIONS);
    assert_true(smart.spend > 0.99 * 150 * REPLICATIONS && smart.spend <= 150 * REPLICATIONS);
    assert_true(smart.clicks > 1.15 * throttle.clicks);
    /* Its start is worked out as well as the throttle's: a seventh goes on the first day. */
    assert_true(fabs(throttle.first_day * 7 / throttle.spend - 1) < 0.1);
    assert_true(fabs(smart.first_day * 7 / smart.spend - 1) < 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_shared_budget_is_split_where_marginal_values_meet),
        cmocka_unit_test(own_bid_limits_hold_in_a_shared_budget),
        cmocka_unit_test(own_least_and_most_spend_hold),
        cmocka_unit_test(a_shared_budget_lasts_over_different_schedules),
        cmocka_unit_test(a_daily_budget_is_spent_every_day),
        cmocka_unit_test(a_day_passes_its_budget_by_its_tolerance_at_most),
        cmocka_unit_test(what_closed_at_night_opens_in_the_morning),
        cmocka_unit_test(a_daily_budget_of_nothing_shows_nothing),
        cmocka_unit_test(each_period_spends_its_part_and_no_day_between),
        cmocka_unit_test(a_period_closes_and_the_next_one_opens),
        cmocka_unit_test(a_shared_budget_has_periods_too),
        cmocka_unit_test(what_a_period_leaves_the_next_does_not_get),
        cmocka_unit_test(one_period_is_the_plain_budget_bit_for_bit),
        cmocka_unit_test(equal_parts_of_equal_weeks_are_nearly_the_plain_budget),
        cmocka_unit_test(smart_pacing_without_prediction_is_throttling),
        cmocka_unit_test(smart_pacing_buys_more_clicks_for_the_same_money),
    };
    return cmocka_run_group_tests(tests, setup, town_end);
}
