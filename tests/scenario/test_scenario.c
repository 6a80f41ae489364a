/* test_scenario.c -- draws of uncertain values, and how many people a plan needs. */
#include "sim/scenario/scenario.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static uncertain_t uncertain(size_t offset, const char *path, distribution_t law)
{
    return (uncertain_t){offset, law, 0, 1, path, rng_path_hash(path)};
}

static scenario_t *with_two_uncertain_values(void)
{
    scenario_t *sc = calloc(1, sizeof *sc);
    if (!sc) abort();
    sc->seed = 5;
    sc->n_uncertain = 2;
    sc->uncertain[0] = uncertain(offsetof(scenario_t, response.cvr), "response.cvr",
                                 (distribution_t){LAW_UNIFORM, 0, 1});
    sc->uncertain[1] = uncertain(offsetof(scenario_t, response.visit_rate), "response.visit_rate",
                                 (distribution_t){LAW_UNIFORM, 0, 1});
    return sc;
}

static double drawn_cvr(const scenario_t *sc, uint32_t pair)
{
    static scenario_t theta;
    scenario_draw(sc, pair, &theta);
    return theta.response.cvr;
}

/* However far a run has come: after 16, 32, 64, ... pairs as many strata are met once each, and so in any run of as
 * many pairs that begins at a multiple. */
static void as_many_pairs_meet_as_many_strata(void **state)
{
    (void)state;
    enum { PAIRS = 512 };
    scenario_t *sc = with_two_uncertain_values();
    for (uint32_t n = 16; n <= PAIRS; n *= 2)
        for (uint32_t first = 0; first < PAIRS; first += n) {
            bool met[PAIRS] = {false};
            for (uint32_t j = first; j < first + n; j++) {
                int stratum = (int)(drawn_cvr(sc, j) * n);
                assert_false(met[stratum]);
                met[stratum] = true;
            }
        }
    free(sc);
}

static void pairs_differ_in_order_and_in_place(void **state)
{
    (void)state;
    scenario_t *sc = with_two_uncertain_values();
    int same_stratum = 0;
    for (uint32_t j = 0; j < 16; j++) {
        double one = drawn_cvr(sc, j), next = drawn_cvr(sc, 16 + j);
        assert_true(one != next);
        same_stratum += (int)(one * 16) == (int)(next * 16);
    }
    assert_true(same_stratum < 6); /* one is expected; six or more: 1 in 1,700 */
    free(sc);
}

/* 1,024 pairs: the correlation of two independent columns of strata has sd 1/32; limit 4.9 of them. */
static void two_values_are_drawn_independently(void **state)
{
    (void)state;
    enum { PAIRS = 1024 };
    scenario_t *sc = with_two_uncertain_values(), *theta = calloc(1, sizeof *theta);
    double sum = 0;
    for (uint32_t pair = 0; pair < PAIRS; pair++) {
        scenario_draw(sc, pair, theta);
        sum += (theta->response.cvr - 0.5) * (theta->response.visit_rate - 0.5);
    }
    assert_true(fabs(sum / PAIRS * 12) < 4.9 / 32);
    free(theta);
    free(sc);
}

/* A plan that adds, drops or reorders uncertain values meets the same draws of the others. */
static void no_value_moves_another_s_draw(void **state)
{
    (void)state;
    scenario_t *two = with_two_uncertain_values(), *one = with_two_uncertain_values(),
               *turned = with_two_uncertain_values();
    one->n_uncertain = 1;
    turned->uncertain[0] = two->uncertain[1];
    turned->uncertain[1] = two->uncertain[0];
    turned->name = "another plan";
    for (uint32_t pair = 0; pair < 40; pair++) {
        assert_true(drawn_cvr(one, pair) == drawn_cvr(two, pair));
        assert_true(drawn_cvr(turned, pair) == drawn_cvr(two, pair));
    }
    free(turned);
    free(one);
    free(two);
}

static void a_draw_changes_what_is_uncertain_alone(void **state)
{
    (void)state;
    scenario_t *sc = with_two_uncertain_values(), *theta = calloc(1, sizeof *theta);
    sc->product.value = 40;
    scenario_draw(sc, 3, theta);
    assert_true(theta->response.cvr > 0 && theta->response.visit_rate > 0);
    theta->response.cvr = theta->response.visit_rate = 0;
    assert_memory_equal(theta, sc, sizeof *sc);
    free(theta);
    free(sc);
}

static void a_far_tail_stops_at_the_range_of_its_key(void **state)
{
    (void)state;
    scenario_t *sc = with_two_uncertain_values();
    sc->uncertain[0].law = (distribution_t){LAW_NORMAL, 0.5, 10};
    int low = 0, high = 0;
    for (uint32_t pair = 0; pair < 64; pair++) {
        double cvr = drawn_cvr(sc, pair);
        assert_true(cvr >= 0 && cvr <= 1);
        low += cvr == 0;
        high += cvr == 1;
    }
    assert_true(low > 20 && high > 20);
    free(sc);
}

static void at_the_means_every_value_has_its_mean(void **state)
{
    (void)state;
    scenario_t *sc = with_two_uncertain_values(), *means = calloc(1, sizeof *means);
    sc->uncertain[1].law = (distribution_t){LAW_BETA, 2, 6};
    scenario_at_means(sc, means);
    assert_true(means->response.cvr == 0.5 && means->response.visit_rate == 0.25);
    free(means);
    free(sc);
}

/* 10 M people, 100 USD at a CPM of 10: 10,000 impressions, of which a replication needs 1,000. */
static void people_are_as_many_as_the_smallest_ad_set_needs(void **state)
{
    (void)state;
    population_spec_t population = {.size = 1e7, .existing_customers = 0.01};
    scenario_t *sc = calloc(1, sizeof *sc);
    char why[160];
    sc->population = &population;
    sc->n_platforms = sc->n_audiences = 1;
    sc->n_ad_sets = 2;
    sc->platform[0] = (platform_t){.cpm = 10, .rival_median_cpm = NAN};
    sc->ad_set[0] = (ad_set_t){.name = "rich", .budget = 1e6};
    sc->ad_set[1] = (ad_set_t){.name = "poor", .budget = 100};
    assert_true(scenario_people_auto(sc, why) == 1e6);
    assert_non_null(strstr(why, "poor"));
    sc->n_ad_sets = 1;
    assert_true(scenario_people_auto(sc, why) == 20000);
    sc->audience[0] = (audience_t){.kind = AUDIENCE_LIST, .match_rate = 0.2};
    assert_true(scenario_people_auto(sc, why) == 100000); /* .01 x .2 of them are 200 */
    assert_non_null(strstr(why, "list"));
    population.size = 5000;
    assert_true(scenario_people_auto(sc, NULL) == 5000);
    free(sc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_many_pairs_meet_as_many_strata),
        cmocka_unit_test(pairs_differ_in_order_and_in_place),
        cmocka_unit_test(two_values_are_drawn_independently),
        cmocka_unit_test(no_value_moves_another_s_draw),
        cmocka_unit_test(a_draw_changes_what_is_uncertain_alone),
        cmocka_unit_test(a_far_tail_stops_at_the_range_of_its_key),
        cmocka_unit_test(at_the_means_every_value_has_its_mean),
        cmocka_unit_test(people_are_as_many_as_the_smallest_ad_set_needs),
    };
    return cmocka_run_group_tests_name("scenario", tests, NULL, NULL);
}
