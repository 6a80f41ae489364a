/* test_lift_test.c -- people held out: who they are, what they are not shown, and what the comparison finds. */
#include "models/base/fixed.h"
#include "sim/experiment/lift_test.h"
#include "tests/engine/town_brand.h"
#include "tests/engine/village.h"

#include <string.h>

static scenario_t tested(scenario_t sc, double holdout)
{
    sc.experiment = (lift_test_t){.design = EXPERIMENT_HOLDOUT,
                                  .holdout = holdout,
                                  .lift = 0.1,
                                  .confidence = 0.95,
                                  .power = 0.8};
    return sc;
}

/* The town has no regions: its ages will do. */
static scenario_t tested_by_age(scenario_t sc, double holdout)
{
    sc = tested(sc, holdout);
    sc.experiment.design = EXPERIMENT_GEO;
    sc.experiment.by = "age";
    sc.experiment.region_sd = 0.05;
    return sc;
}

static double trial(const flight_t *f, int what)
{
    return (double)plan_count(f, count_trial((trial_t)what));
}

/* ---- who, and what they are shown ---- */

static void nobody_held_out_changes_nothing(void **state)
{
    scenario_t sc[] = {((town_t *)*state)->sc, tested(((town_t *)*state)->sc, 0)};
    flight_t f[2];
    for (int k = 0; k < 2; k++) {
        flight_begin(&f[k], &sc[k], PEOPLE);
        flight_fly(&f[k], &sc[k], 5);
    }
    scopes_t s = world_scopes(f[0].world);
    for (int scope = 0; scope < scopes_rows(s); scope++)
        for (int c = 0; c < COUNT_TRIAL; c++)
            assert_true(count_of(&f[0], scope, (count_t)c) == count_of(&f[1], scope, (count_t)c));
    assert_true(trial(&f[0], TRIAL_PEOPLE) == 0);
    assert_true(trial(&f[1], TRIAL_PEOPLE) > 0 && trial(&f[1], TRIAL_PEOPLE + ARM_HELD) == 0);
    assert_true(trial(&f[1], TRIAL_EXPOSED) == (double)plan_count(&f[1], COUNT_REACH_1));
    for (int k = 0; k < 2; k++) flight_end(&f[k]);
}

static void whoever_is_held_out_is_shown_nothing_and_costs_nothing(void **state)
{
    scenario_t sc = tested(((town_t *)*state)->sc, 1);
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    for (int c = 0; c <= COUNT_ORGANIC_CREDITED; c++) assert_true(plan_count(&f, (count_t)c) == 0);
    assert_true(plan_count(&f, COUNT_GHOSTS) > 1000 && plan_count(&f, COUNT_GHOST_PRICE) > 0);
    assert_true(trial(&f, TRIAL_PEOPLE) == 0 && trial(&f, TRIAL_CAUSED) == 0);
    flight_end(&f);
}

/* Of 20,000 people .3 are held out, +- 4 standard errors; of both arms the same share is reached or would be,
 * and the same orders are expected. */
static void the_arms_differ_by_the_coin_alone(void **state)
{
    scenario_t sc = tested(village(*state), 0.3);
    sc.product.organic_existing = sc.product.organic_new; /* all alike */
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    double n[2], reached[2], organic[2];
    for (int k = 0; k < TRIAL_ARMS; k++) {
        n[k] = trial(&f, TRIAL_PEOPLE + k);
        reached[k] = trial(&f, TRIAL_EXPOSED + k) / n[k];
        organic[k] = trial(&f, TRIAL_ORGANIC + k) / n[k];
    }
    assert_true(fabs(n[ARM_HELD] / (n[0] + n[1]) - 0.3) < 4 * sqrt(0.21 / (n[0] + n[1])));
    double p = reached[ARM_TREATED];
    assert_true(fabs(reached[ARM_HELD] - p) < 4 * sqrt(p * (1 - p) * (1 / n[0] + 1 / n[1])));
    assert_true(fabs(organic[0] / organic[1] - 1) < 1e-9);
    flight_end(&f);
}

/* A paced budget goes to the others: as much is spent on .7 of the people. */
static void the_budget_goes_to_the_others(void **state)
{
    double spent[2];
    for (int k = 0; k < 2; k++) {
        scenario_t sc = ((town_t *)*state)->sc;
        if (k) sc = tested(sc, 0.3);
        flight_t f;
        flight_begin(&f, &sc, PEOPLE);
        flight_fly(&f, &sc, 0);
        spent[k] = (double)count_of(&f, 0, COUNT_SPEND);
        flight_end(&f);
    }
    assert_true(fabs(spent[1] / spent[0] - 1) < 0.05);
}

/* Opportunities that were withheld are not told as outbid. */
static void ghosts_are_no_losses(void **state)
{
    scenario_t sc = tested(village(*state), 0.5);
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    int64_t sum = count_of(&f, 0, COUNT_IMPRESSIONS) + count_of(&f, 0, COUNT_GHOSTS);
    for (int c = COUNT_LOST_CAP; c <= COUNT_LOST_SCHEDULE; c++) sum += count_of(&f, 0, (count_t)c);
    assert_true(sum == count_of(&f, 0, COUNT_OPPORTUNITIES));
    flight_end(&f);
}

/* Two of six regions are held out, not always the same; in these nobody is shown an ad, in each other somebody. */
static void whole_regions_are_held_out(void **state)
{
    enum { AGES = 6, SEXES = 2 };
    scenario_t sc = tested_by_age(((town_t *)*state)->sc, 0.33);
    uint64_t ever = 0;
    for (uint32_t r = 0; r < 20; r++) {
        flight_t f;
        flight_begin(&f, &sc, PEOPLE);
        flight_fly(&f, &sc, r);
        uint64_t held = f.ws->held_geos;
        ever |= held;
        assert_int_equal(__builtin_popcountll(held), 2);
        const tables_t *t = workspace_tables(f.ws);
        for (int age = 0; age < AGES; age++) {
            int64_t shown = 0;
            for (int a = 0; a < sc.n_ad_sets; a++)
                for (int sex = 0; sex < SEXES; sex++)
                    shown += t->segment[(a * t->n_segments + age * SEXES + sex) * SEGMENT_COUNTS +
                                        SEGMENT_IMPRESSIONS];
            assert_true((shown == 0) == (held >> age & 1));
        }
        flight_end(&f);
    }
    assert_int_equal(ever, 63);
}

/* The experimenter sees the orders of everybody: those of both arms are the plan's base. */
static void regions_hold_everybody(void **state)
{
    scenario_t sc = tested_by_age(((town_t *)*state)->sc, 0.33);
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    double people = trial(&f, TRIAL_PEOPLE) + trial(&f, TRIAL_PEOPLE + ARM_HELD);
    double organic = trial(&f, TRIAL_ORGANIC) + trial(&f, TRIAL_ORGANIC + ARM_HELD);
    assert_true(people == PEOPLE);
    double days = sc.days, watched = sc.days + sc.attribution.click_window_days;
    assert_true(fabs(organic * days / watched / (double)plan_count(&f, COUNT_ORGANIC) - 1) < 1e-6);
    assert_true(trial(&f, TRIAL_CAUSED) > 0);
    assert_true(trial(&f, TRIAL_CAUSED) < (double)(plan_count(&f, COUNT_AD_CONVERSIONS) +
                                                   plan_count(&f, COUNT_BRAND_CONVERSIONS)));
    flight_end(&f);
}

/* ---- orders that posts bring ---- */

static scenario_t with_posts(scenario_t sc)
{
    sc.brand = town_brand();
    sc.product.organic_new = sc.product.organic_existing = 0;
    return sc;
}

/* The orders of the people of a test are those of posts alone, which by themselves order nothing: those drawn in forty
 * replications are as many as expected, within 4.9 sd of a Poisson number (1 in 10^6; a missing sixth is seen). The
 * plan's count, of the flight, is theirs, since nobody else follows and nothing is posted after the flight. */
static void a_test_sees_the_orders_that_posts_bring(void **state)
{
    scenario_t sc = with_posts(tested(((town_t *)*state)->sc, 0.3));
    sc.ad_set[0].audience = TOWN_EVERYONE; /* all who use a platform are in the test */
    sc.ad_set[1].audience = TOWN_EVERYONE;
    sc.response.cvr = sc.response.view_conversion = 0;
    double drawn = 0, expected = 0, of_plan = 0;
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    for (uint32_t r = 0; r < 40; r++) {
        flight_fly(&f, &sc, r);
        for (int arm = 0; arm < TRIAL_ARMS; arm++) {
            drawn += trial(&f, TRIAL_ORDERS + arm);
            expected += trial(&f, TRIAL_ORGANIC + arm) / EVENT_ONE;
            assert_true(trial(&f, TRIAL_ORGANIC_AFTER + arm) > 0);
            assert_true(trial(&f, TRIAL_ORGANIC_AFTER + arm) < trial(&f, TRIAL_ORGANIC + arm));
        }
        of_plan += (double)plan_count(&f, COUNT_POST_CONVERSIONS) / EVENT_ONE;
    }
    print_message("# %.0f orders, expected %.1f, of the plan %.1f\n", drawn, expected, of_plan);
    assert_true(drawn > 200 && fabs(drawn - expected) < 4.9 * sqrt(expected));
    assert_true(fabs(expected / of_plan - 1) < 1e-6);
    flight_end(&f);
}

/* Of everybody in the regions: exactly the plan's; and those of the time before are as many a day as those of its
 * first week, less influencers, of which there are none. */
static void regions_see_the_orders_that_posts_bring(void **state)
{
    scenario_t sc = with_posts(tested_by_age(((town_t *)*state)->sc, 0.33));
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    double during = trial(&f, TRIAL_ORGANIC) + trial(&f, TRIAL_ORGANIC + ARM_HELD);
    double before = trial(&f, TRIAL_BEFORE) + trial(&f, TRIAL_BEFORE + ARM_HELD);
    assert_true(fabs(during / (double)plan_count(&f, COUNT_POST_CONVERSIONS) - 1) < 1e-6);
    assert_true(before > 0 && during > 0);
    flight_end(&f);
}

/* Demand of March twice that of February: of the 30 days before 2 March 29 are February's. */
static void regions_know_the_season_before(void **state)
{
    scenario_t sc = tested_by_age(((town_t *)*state)->sc, 0.33);
    sc.product.season.log_month[2] = log(2);
    strcpy(sc.start, "2026-03-02");
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    double days = sc.days + sc.attribution.click_window_days;
    for (int arm = 0; arm < TRIAL_ARMS; arm++)
        assert_true(fabs(trial(&f, TRIAL_BEFORE + arm) / trial(&f, TRIAL_ORGANIC + arm) -
                         (29 + 2) / (2 * days)) < 1e-6);
    flight_end(&f);
}

/* ---- what is found ---- */

enum { RUNS = 200, FEW = 4000 };

/* Tests on as many replications; the caller frees the counts. */
static evidence_t fly_tests(const scenario_t *sc)
{
    flight_t f;
    flight_begin(&f, sc, FEW);
    scopes_t s = world_scopes(f.world);
    size_t cells = (size_t)scopes_rows(s) * COUNTS;
    int64_t *value = malloc(RUNS * cells * sizeof *value);
    if (!value) abort();
    for (uint32_t r = 0; r < RUNS; r++) {
        flight_fly(&f, sc, r);
        for (size_t k = 0; k < cells; k++) value[r * cells + k] = f.totals.value[k];
    }
    flight_end(&f);
    return (evidence_t){
        .scenario = sc, .scopes = s, .pairs = RUNS / 2, .value = value, .weight = 1};
}

static scenario_t busy_village(const town_t *town, double cvr, double view_conversion)
{
    scenario_t sc = tested(village(town), 0.4);
    sc.product.organic_new = sc.product.organic_existing = 0.2 / 30;
    sc.product.pull_forward = 0.4; /* nearly all of it is missing before the last window closes */
    sc.product.pull_forward_days = 3;
    sc.response.cvr = cvr;
    sc.response.view_conversion = view_conversion;
    sc.ad_set[0].cap[0] = (frequency_cap_t){2, 7, CAP_IMPRESSIONS};
    sc.platform[0].activity_shape = 0.2; /* many see nothing */
    return sc;
}

static lift_result_t result(const evidence_t *v, lift_estimator_t which)
{
    lift_result_t x;
    error_t err = {""};
    flight_check(lift_test_result(v, which, &x, &err), &err);
    return x;
}

/* The tests of the busy village with an effect, flown once. */
static evidence_t busy_tests(const town_t *town)
{
    static scenario_t sc;
    static evidence_t v;
    if (!v.value) {
        sc = busy_village(town, 0.4, 0.04);
        v = fly_tests(&sc);
    }
    return v;
}

static int forget_tests(void **state)
{
    free((void *)busy_tests(*state).value);
    return town_end(state);
}

/* Drawn effects average to the truth: each of 200 tests errs by se, their mean by se / 14; 4 of these are seen. */
static void estimates_are_unbiased(void **state)
{
    evidence_t v = busy_tests(*state);
    for (int which = LIFT_ITT; which <= LIFT_PSA; which++) {
        lift_result_t x = result(&v, (lift_estimator_t)which);
        assert_true(x.true_effect > x.se);
        assert_true(fabs(x.effect - x.true_effect) < 4 * x.mc_se + 1e-9);
        double drawn = 0;
        for (size_t r = 0; r < RUNS; r++) {
            const int64_t *count =
                v.value +
                (r * (size_t)scopes_rows(v.scopes) + (size_t)scope_plan(v.scopes)) * COUNTS +
                COUNT_TRIAL;
            int orders = which == LIFT_ITT ? TRIAL_ORDERS : TRIAL_AFTER,
                people = which == LIFT_ITT ? TRIAL_PEOPLE : TRIAL_EXPOSED;
            drawn += ((double)count[orders] / (double)count[people] -
                      (double)count[orders + ARM_HELD] / (double)count[people + ARM_HELD]) /
                     RUNS;
        }
        assert_true(fabs(drawn - x.true_effect) < 4 * x.se / sqrt(RUNS));
        /* Of 200 intervals at 95 %: 4 standard errors of the share. */
        assert_true(fabs(x.coverage - 0.95) < 4 * sqrt(0.95 * 0.05 / RUNS));
    }
}

/* Without an effect a test finds one in 5 of 100 (4 standard errors of the share of 200). */
static void a_test_of_nothing_finds_nothing(void **state)
{
    scenario_t sc = busy_village(*state, 0, 0);
    evidence_t v = fly_tests(&sc);
    for (int which = LIFT_ITT; which <= LIFT_GHOST_ADS; which++) {
        lift_result_t x = result(&v, (lift_estimator_t)which);
        assert_true(x.true_effect == 0 && fabs(x.power - 0.05) < 1e-9);
        assert_true(fabs(x.coverage - 0.95) < 4 * sqrt(0.95 * 0.05 / RUNS));
    }
    free((void *)v.value);
}

/* The same effect among all is smaller by the share reached, and found less often. */
static void intention_to_treat_is_diluted(void **state)
{
    evidence_t v = busy_tests(*state);
    lift_result_t itt = result(&v, LIFT_ITT), ghost = result(&v, LIFT_GHOST_ADS),
                  psa = result(&v, LIFT_PSA);
    double reached = ghost.treated_people / itt.treated_people;
    assert_true(reached < 0.9);
    assert_true(fabs(itt.true_effect / (reached * ghost.true_effect) - 1) < 0.01);
    assert_true(itt.power < ghost.power && itt.people > 1.1 * ghost.people);
    assert_true(psa.effect == ghost.effect && psa.control_cost > 0 && ghost.control_cost == 0);
}

/* Visitors are shown the ads, and visitors order: without a coin even ads that do nothing seem to sell. */
static void exposed_against_unexposed_is_no_test(void **state)
{
    scenario_t sc = busy_village(*state, 0, 0);
    sc.product.organic_new = sc.product.organic_existing = 0.02 / 30; /* few visit */
    sc.ad_set[0].audience = TOWN_VISITORS;
    sc.audience[TOWN_VISITORS].exclude_purchasers_days = 0;
    evidence_t v = fly_tests(&sc);
    lift_result_t naive = result(&v, LIFT_EXPOSED), itt = result(&v, LIFT_ITT),
                  ghost = result(&v, LIFT_GHOST_ADS);
    assert_true(fabs(ghost.lift) < 0.05);
    assert_true(naive.true_effect == 0 && itt.true_effect == 0);
    assert_true(naive.lift > 0.5 && naive.effect > 8 * naive.mc_se && fabs(itt.lift) < 1e-9);
    free((void *)v.value);
}

/* Ten times the people behind each simulated one: errors fall by the root, and so do ranges. */
static void errors_are_those_of_all_real_people(void **state)
{
    evidence_t v = busy_tests(*state);
    lift_result_t one = result(&v, LIFT_GHOST_ADS);
    v.weight = 10;
    lift_result_t ten = result(&v, LIFT_GHOST_ADS);
    assert_true(fabs(ten.se * sqrt(10) / one.se - 1) < 1e-9);
    assert_true(fabs((ten.hi - ten.lo) * sqrt(10) / (one.hi - one.lo) - 1) < 1e-9);
    assert_true(fabs(ten.people / one.people - 1) < 1e-9 &&
                fabs(10 * ten.weeks / one.weeks - 1) < 1e-9);
    /* The spread of tests is what each reports: 100 pairs tell a standard deviation to 7 %. */
    double sd = (one.hi - one.lo) / (2 * critical_value(v.scenario->interval));
    assert_true(fabs(sd / one.se - 1) < 0.28);
}

/* Each test draws the orders that an experiment with regions sees, before and during: its error averages to nothing
 * (of 200 tests 4 standard errors), spreads as it reports (200 tell a standard deviation to 5 %, of which 4), and 95 %
 * of its intervals hold the truth. An estimate that is the truth has no error. */
static void a_geo_test_errs_as_it_reports(void **state)
{
    scenario_t sc = busy_village(*state, 0.4, 0.04);
    sc.experiment.design = EXPERIMENT_GEO;
    sc.experiment.by = "age";
    sc.experiment.region_sd = 0.05;
    evidence_t v = fly_tests(&sc);
    v.weight = (double)PEOPLE / FEW; /* regions are drawn with all real people */
    lift_result_t x = result(&v, LIFT_GEO);
    print_message("# effect %.5f, truth %.5f, se %.5f, coverage %.3f\n", x.effect, x.true_effect,
                  x.se, x.coverage);
    assert_true(x.effect != x.true_effect && x.true_effect > 0);
    assert_true(fabs(x.effect - x.true_effect) < 4 * x.se / sqrt(RUNS));
    assert_true(fabs(x.coverage - 0.95) < 4 * sqrt(0.95 * 0.05 / RUNS));
    double sd = (x.hi - x.lo) / (2 * critical_value(v.scenario->interval));
    assert_true(sd / x.se > 0.8 && sd / x.se < 1.35); /* and what ads cause differs by luck */
    free((void *)v.value);
}

/* Orders of regions average out: to halve the lift that is found takes four times the time; what regions do by
 * themselves does not, and above what the wanted lift allows no time is enough. */
static void regions_that_drift_are_not_cured_by_time(void **state)
{
    scenario_t sc = busy_village(*state, 0, 0);
    sc.experiment.design = EXPERIMENT_GEO;
    sc.experiment.by = "age";
    evidence_t v = fly_tests(&sc);
    double weeks[3];
    for (int k = 0; k < 3; k++) {
        sc.experiment.lift = k == 1 ? 0.05 : 0.1;
        sc.experiment.region_sd = k == 2 ? 0.1 : 0;
        lift_result_t x = result(&v, LIFT_GEO);
        weeks[k] = x.weeks;
        double days = sc.days + sc.attribution.click_window_days, found = x.detectable_lift;
        if (k < 2) {
            double needed = days / 7 * pow(found / sc.experiment.lift, 2);
            assert_true(fabs(x.weeks / needed - 1) < 0.02); /* arms differ from test to test */
        }
    }
    assert_true(fabs(weeks[1] / weeks[0] - 4) < 1e-9);
    assert_true(isnan(weeks[2]));
    free((void *)v.value);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nobody_held_out_changes_nothing),
        cmocka_unit_test(a_test_sees_the_orders_that_posts_bring),
        cmocka_unit_test(regions_see_the_orders_that_posts_bring),
        cmocka_unit_test(regions_know_the_season_before),
        cmocka_unit_test(a_geo_test_errs_as_it_reports),
        cmocka_unit_test(whoever_is_held_out_is_shown_nothing_and_costs_nothing),
        cmocka_unit_test(the_arms_differ_by_the_coin_alone),
        cmocka_unit_test(the_budget_goes_to_the_others),
        cmocka_unit_test(ghosts_are_no_losses),
        cmocka_unit_test(whole_regions_are_held_out),
        cmocka_unit_test(regions_hold_everybody),
        cmocka_unit_test(estimates_are_unbiased),
        cmocka_unit_test(a_test_of_nothing_finds_nothing),
        cmocka_unit_test(intention_to_treat_is_diluted),
        cmocka_unit_test(exposed_against_unexposed_is_no_test),
        cmocka_unit_test(errors_are_those_of_all_real_people),
        cmocka_unit_test(regions_that_drift_are_not_cured_by_time),
    };
    return cmocka_run_group_tests_name("holdout", tests, village_setup, forget_tests);
}
