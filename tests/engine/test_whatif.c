/* test_whatif.c -- a what-if model of a plan says of other budgets what flights at these budgets bring. */
#include "models/base/fixed.h"
#include "sim/engine/whatif.h"
#include "tests/engine/village.h"

#include <math.h>
#include <stdlib.h>

enum { REPLICATIONS = 4 };

/* Everyone twice: two ad sets that bid for the same people, `cap` impressions a week each. */
static scenario_t rivals(const town_t *town, int cap, double one, double other)
{
    scenario_t sc = village(town);
    ad_set_t first = village_ad_set("first", 0), second = village_ad_set("second", 0);
    first.strategy = second.strategy = BID_LOWEST_COST;
    first.pacing = second.pacing = PACING_EVEN;
    first.bid = second.bid = NAN;
    first.budget = one;
    second.budget = other;
    first.cap[0] = second.cap[0] = (frequency_cap_t){cap, 7, CAP_IMPRESSIONS};
    sc.ad_set[0] = first;
    village_add(&sc, second);
    sc.campaign[0].lifetime_budget = one + other;
    return sc;
}

typedef struct {
    double of[MAX_AD_SETS][3]; /* spend, impressions, reach */
} flown_t;

static flown_t flown(const scenario_t *sc)
{
    static const count_t count[] = {COUNT_SPEND, COUNT_IMPRESSIONS, COUNT_REACH_1};
    flown_t x = {0};
    flight_t f;
    flight_begin(&f, sc, PEOPLE);
    for (uint32_t r = 0; r < REPLICATIONS; r++) {
        flight_fly(&f, sc, r);
        for (int a = 0; a < 2; a++)
            for (int k = 0; k < 3; k++)
                x.of[a][k] += (double)count_of(&f, a, count[k]) / REPLICATIONS;
    }
    flight_end(&f);
    return x;
}

typedef struct {
    whatif_model_t *model;
    void *room;
} asked_t;

static asked_t ask_about(const scenario_t *sc)
{
    flight_t f;
    asked_t asked;
    error_t err;
    ran_t run = {.spend = {0}};
    flown_t x = flown(sc);
    flight_begin(&f, sc, PEOPLE);
    double weight = world_weight(f.world);
    for (int a = 0; a < 2; a++) run.spend[a] = weight * x.of[a][0] / MICROS;
    for (int c = 0; c < 2; c++) run.creative_share[c] = 1;
    assert_int_equal(world_whatif(f.world, sc, &run, 1, &asked.model, &err), OK);
    flight_end(&f);
    assert_non_null(asked.model);
    asked.room = malloc((size_t)whatif_room(asked.model));
    whatif_open(asked.model, 4, asked.room);
    return asked;
}

static whatif_answer_t answer(const asked_t *asked, double first, double second)
{
    const double budget[WHATIF_AD_SETS] = {first, second};
    whatif_answer_t x;
    whatif_answer(asked->model, budget, 0, asked->room, &x);
    return x;
}

static void asked_free(asked_t *asked)
{
    free(asked->model);
    free(asked->room);
}

static void at_its_own_budgets_it_says_what_the_run_says(void **state)
{
    scenario_t sc = rivals(*state, 0, 40, 25);
    asked_t asked = ask_about(&sc);
    whatif_answer_t x = answer(&asked, 40, 25);
    for (int a = 0; a < 2; a++)
        for (int m = 0; m < WHATIF_MEASURES; m++) {
            if (m == WHATIF_ORGANIC) continue;
            assert_float_equal(x.ratio[a][m], 1, 1e-12);
            assert_float_equal(x.error[a][m], 0, 1e-12);
        }
    assert_float_equal(x.reach, 1, 1e-12);
    asked_free(&asked);
}

static void without_a_budget_nothing_is_shown_and_the_other_has_room(void **state)
{
    scenario_t sc = rivals(*state, 0, 40, 25);
    asked_t asked = ask_about(&sc);
    whatif_answer_t x = answer(&asked, 0, 25);
    for (int m = 0; m < WHATIF_MEASURES; m++) assert_true(x.ratio[0][m] == 0);
    assert_float_equal(x.ratio[1][WHATIF_SPEND], 1, 0.01);
    assert_true(x.ratio[1][WHATIF_IMPRESSIONS] > 1);
    asked_free(&asked);
}

static void answers_do_not_depend_on_what_was_asked_before(void **state)
{
    scenario_t sc = rivals(*state, 2, 40, 25);
    asked_t asked = ask_about(&sc);
    whatif_answer_t first = answer(&asked, 60, 10);
    answer(&asked, 1, 200);
    whatif_answer_t again = answer(&asked, 60, 10);
    assert_memory_equal(&first, &again, sizeof first);
    asked_free(&asked);
}

/* Of each measure the answer and the flights differ by less than four of both errors; the flights' is below 1.5 %.
 * With sound answers one in a thousand such tests would fail. Without caps the answer to twice the budget is off
 * by 10 errors, without the ad sets standing in each other's way by 6. */
static void assert_answers(const town_t *town, int cap, double first, double second)
{
    scenario_t now = rivals(town, cap, first, second), then = rivals(town, cap, 2 * first, second);
    flown_t before = flown(&now), after = flown(&then);
    asked_t asked = ask_about(&now);
    whatif_answer_t x = answer(&asked, 2 * first, second);
    for (int a = 0; a < 2; a++)
        for (int k = 0; k < 3; k++) {
            double is = after.of[a][k] / before.of[a][k], said = x.ratio[a][k];
            double off = (said - is) / hypot(x.error[a][k], 0.015 * is);
            if (fabs(off) > 4) print_error("ad set %d, %d: said %g, is %g\n", a, k, said, is);
            assert_true(fabs(off) < 4);
        }
    asked_free(&asked);
}

static void twice_the_budget_brings_what_flights_bring(void **state)
{
    assert_answers(*state, 0, 40, 25);
}

static void so_it_does_under_caps(void **state)
{
    assert_answers(*state, 1, 120, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(at_its_own_budgets_it_says_what_the_run_says),
        cmocka_unit_test(without_a_budget_nothing_is_shown_and_the_other_has_room),
        cmocka_unit_test(answers_do_not_depend_on_what_was_asked_before),
        cmocka_unit_test(twice_the_budget_brings_what_flights_bring),
        cmocka_unit_test(so_it_does_under_caps),
    };
    return cmocka_run_group_tests(tests, village_setup, town_end);
}
