/* Ad sets that do not run all the time: nothing is shown outside a schedule, the money lasts over the hours
 * inside, and what was missed is counted. */
#include "models/base/fixed.h"
#include "models/platform/hours.h"
#include "models/platform/pacing.h"
#include "sim/engine/flight.h"
#include "tests/engine/flights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 20000, EVENING = 0x7c0000 /* 18 to 23 */, WOMEN = 1, POOL = 2, ALL = 3 };

static int setup(void **state)
{
    return town_begin(state, PEOPLE);
}

static schedule_t in_the_evening(void)
{
    schedule_t s = {0};
    for (int d = 0; d < WEEKDAYS; d++) s.silent[d] = ALL_HOURS & ~EVENING;
    return s;
}

/* Every ad set another schedule, the first campaign one of its own. */
static scenario_t scheduled_town(const town_t *town)
{
    scenario_t sc = town->sc;
    sc.ad_set[0].schedule = in_the_evening();
    sc.ad_set[1].schedule = (schedule_t){.first_day = 2, .end_day = 5};
    sc.ad_set[2].schedule = (schedule_t){.n_pauses = 1, .pause = {{1, 2}}};
    sc.ad_set[3].schedule = in_the_evening();
    sc.ad_set[3].schedule.silent[2] = ALL_HOURS; /* not on Wednesday */
    sc.campaign[0].schedule = (schedule_t){.end_day = 6};
    return sc;
}

static void nothing_is_shown_outside_a_schedule(void **state)
{
    const town_t *town = *state;
    scenario_t sc = scheduled_town(town);
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    int hours[4][24 * 7] = {0};
    for (size_t k = 0; k < f.ws->touches.n; k++)
        hours[f.ws->touches.touch[k].ad_set][f.ws->touches.touch[k].tick / TICKS_PER_HOUR]++;
    const schedule_t always = {0};
    for (int a = 0; a < 4; a++)
        for (int hour = 0; hour < 24 * 7; hour++) {
            bool runs = schedule_runs(&sc.ad_set[a].schedule, 0, hour) &&
                        schedule_runs(a < 3 ? &sc.campaign[0].schedule : &always, 0, hour);
            if (!runs) assert_int_equal(hours[a][hour], 0);
        }
    /* ... and something in its first and last hours. */
    assert_true(hours[0][18] && hours[0][22] && hours[0][5 * 24 + 22] && hours[1][48 + 18]);
    assert_true(hours[3][18] && hours[3][6 * 24 + 22]);
    flight_end(&f);
}

static void the_budget_is_spent_in_the_hours_it_has(void **state)
{
    const town_t *town = *state;
    scenario_t sc = scheduled_town(town);
    sc.response.learning_noise = 0; /* a first guess that is off takes longer to mend */
    for (int a = 0; a < 4; a++)
        sc.ad_set[a].budget *= 0.3; /* what they can spend in so few hours */
    for (int method = PACE_BY_BID; method <= PACE_BY_THROTTLE; method++) {
        sc.ad_set[ALL].method = (pacing_method_t)method;
        sc.ad_set[ALL].bid = 100;
        flight_t f;
        flight_begin(&f, &sc, PEOPLE);
        for (uint32_t r = 0; r < 2; r++) {
            flight_fly(&f, &sc, r);
            for (int a = 0; a < 4; a++) {
                double share = (double)count_of(&f, a, COUNT_SPEND) / MICROS / sc.ad_set[a].budget;
                assert_true(share <= 1);
                if (a != POOL) assert_true(share > 0.93); /* they stand in front of each other */
            }
        }
        flight_end(&f);
    }
}

/* A controller that wound up overnight would begin every evening far off its plan. */
static void hours_outside_move_no_bid(void **state)
{
    const town_t *town = *state;
    scenario_t sc = town->sc;
    sc.response.learning_noise = 0;
    sc.ad_set[WOMEN].schedule = in_the_evening();
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    f.ws->replication = 0;
    flight_fly(&f, &sc, 0);
    open_ad_sets(f.ws);
    double effort = f.ws->state[WOMEN].effort;
    for (int hour = 0; hour < 18; hour++) renew_bids(f.ws, hour);
    assert_true(f.ws->state[WOMEN].effort == effort);
    renew_bids(f.ws, 18); /* money was planned, and none was spent */
    assert_true(f.ws->state[WOMEN].effort > effort);
    flight_end(&f);
}

static void a_schedule_that_leaves_nothing_out_changes_no_bit(void **state)
{
    const town_t *town = *state;
    scenario_t sc = town->sc;
    for (int a = 0; a < 4; a++) sc.ad_set[a].schedule = (schedule_t){.end_day = 7};
    sc.campaign[0].schedule = (schedule_t){.end_day = 7};
    flight_t f, g;
    flight_begin(&f, &town->sc, PEOPLE);
    flight_begin(&g, &sc, PEOPLE);
    flight_fly(&f, &town->sc, 0);
    flight_fly(&g, &sc, 0);
    size_t bytes = (size_t)scopes_count(world_scopes(f.world)) * COUNTS * sizeof(int64_t);
    assert_memory_equal(f.totals.value, g.totals.value, bytes);
    flight_end(&f);
    flight_end(&g);
}

/* What was missed has a closed form; with what was shown and lost otherwise it makes all there was. */
static void opportunities_outside_are_counted(void **state)
{
    const town_t *town = *state;
    scenario_t sc = scheduled_town(town);
    flight_t f, always;
    flight_begin(&f, &sc, PEOPLE);
    flight_begin(&always, &town->sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    flight_fly(&always, &town->sc, 0);
    double evening = hours_share(0.6, 20, 18, 23);
    double runs[4] = {6 * evening / 7, 3. / 7, 4. / 7, 6 * evening / 7};
    for (int a = 0; a < 4; a++) {
        int64_t all = count_of(&f, a, COUNT_OPPORTUNITIES);
        int64_t lost = count_of(&f, a, COUNT_LOST_SCHEDULE);
        assert_int_equal(count_of(&always, a, COUNT_LOST_SCHEDULE), 0);
        if (a != POOL) { /* who is in the pool, and when, depends on the flight */
            assert_int_equal(all, count_of(&always, a, COUNT_OPPORTUNITIES));
            assert_true(llabs(lost - (int64_t)((1 - runs[a]) * (double)all)) <= 1);
        }
        int64_t sum = count_of(&f, a, COUNT_IMPRESSIONS) + lost;
        for (count_t c = COUNT_LOST_CAP; c <= COUNT_LOST_BUDGET; c++) sum += count_of(&f, a, c);
        assert_int_equal(sum, all);
    }
    flight_end(&f);
    flight_end(&always);
}

/* Of seven parts four, two and one in the thirds of the opportunities; here of the days, which are alike. A
 * mean of 8 replications, within 8 %: caps damp what the fall of the bid does. An even plan is 42 % off. */
static void front_loaded_money_halves_every_third(void **state)
{
    const town_t *town = *state;
    scenario_t sc = town->sc;
    sc.days = 6;
    sc.response.learning_noise = 0;
    sc.ad_set[WOMEN].pacing = sc.ad_set[ALL].pacing = PACING_FRONT_LOADED;
    sc.ad_set[ALL].method = PACE_BY_THROTTLE;
    sc.ad_set[ALL].bid = 100;
    sc.ad_set[0].budget = sc.ad_set[2].budget = 0;
    sc.ad_set[WOMEN].budget = 80; /* few meet their cap */
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    for (uint32_t r = 0; r < 8; r++) flight_fly(&f, &sc, r);
    for (int a = WOMEN; a <= ALL; a += ALL - WOMEN) {
        double third[3] = {0}, sum = 0;
        for (int day = 0; day < 6; day++)
            third[day / 2] +=
                (double)day_row(f.ws, a, (int64_t)day * TICKS_PER_DAY)[DAY_SPEND] / MICROS / 8;
        for (int k = 0; k < 3; k++) sum += third[k];
        assert_true(sum > 0.98 * sc.ad_set[a].budget && sum <= sc.ad_set[a].budget);
        for (int k = 0; k < 3; k++) assert_true(fabs(third[k] / sum / ((4 >> k) / 7.) - 1) < 0.08);
    }
    flight_end(&f);
}

/* What the ads cause is nothing, and what comes by itself is the same to the last bit. */
static void without_budget_organic_numbers_keep_their_bits(void **state)
{
    const town_t *town = *state;
    scenario_t off = scheduled_town(town);
    for (int a = 0; a < 4; a++) off.ad_set[a].budget = 0;
    for (int p = PACING_EVEN; p <= PACING_FRONT_LOADED; p++) {
        if (p == PACING_CONSTANT) continue; /* it may pass its budget */
        for (int a = 0; a < 4; a++) off.ad_set[a].pacing = (pacing_t)p;
        flight_t with, without;
        flight_begin(&with, &town->sc, PEOPLE);
        flight_begin(&without, &off, PEOPLE);
        flight_fly(&with, &town->sc, 0);
        flight_fly(&without, &off, 0);
        for (int scope = 0; scope < scopes_count(world_scopes(with.world)); scope++) {
            for (count_t c = COUNT_IMPRESSIONS; c < COUNT_ORGANIC; c++)
                assert_int_equal(count_of(&without, scope, c), 0);
            assert_int_equal(count_of(&without, scope, COUNT_ORGANIC),
                             count_of(&with, scope, COUNT_ORGANIC));
        }
        flight_end(&with);
        flight_end(&without);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_shown_outside_a_schedule),
        cmocka_unit_test(the_budget_is_spent_in_the_hours_it_has),
        cmocka_unit_test(hours_outside_move_no_bid),
        cmocka_unit_test(a_schedule_that_leaves_nothing_out_changes_no_bit),
        cmocka_unit_test(opportunities_outside_are_counted),
        cmocka_unit_test(front_loaded_money_halves_every_third),
        cmocka_unit_test(without_budget_organic_numbers_keep_their_bits),
    };
    return cmocka_run_group_tests(tests, setup, town_end);
}
