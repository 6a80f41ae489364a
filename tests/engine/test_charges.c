/* test_charges.c -- charging by click or by order costs the same on average and varies more; no budget is
 * passed, and what would have passed it is told. */
#include "models/base/fixed.h"
#include "tests/engine/village.h"

enum { FEW = PEOPLE / 10, TWINS = 24 };

/* Buyers at a stated CPM whose budget does not bind: whatever is charged, the same ads are shown. */
static scenario_t plain(const town_t *town, billing_t billing)
{
    scenario_t sc = village(town);
    sc.ad_set[0].billing = billing;
    sc.creative[0].ctr = 0.1;
    sc.response.cvr = 0.2;
    sc.response.view_conversion = 0.001;
    sc.response.visit_rate = 0.8;
    return sc;
}

/* Sums over replications of a count and of its difference from a twin's. */
typedef struct {
    double mean, difference, square;
} twins_t;

static void compare_twins(twins_t out[COUNTS], const scenario_t *sc, const scenario_t *twin,
                          int scope)
{
    flight_t f, g;
    flight_begin(&f, sc, FEW);
    flight_begin(&g, twin, FEW);
    for (uint32_t r = 0; r < TWINS; r++) {
        flight_fly(&f, sc, r);
        flight_fly(&g, twin, r);
        for (int c = 0; c < COUNTS; c++) {
            double d = (double)(count_of(&f, scope, (count_t)c) - count_of(&g, scope, (count_t)c));
            out[c].mean += (double)count_of(&f, scope, (count_t)c);
            out[c].difference += d;
            out[c].square += d * d;
        }
    }
    flight_end(&f);
    flight_end(&g);
}

/* |z| < 4.9: 1 run in 10^6, were the differences normal; two dozen of them say nearly so. */
static void assert_no_bias(const twins_t *t)
{
    assert_true(t->square > 0);
    assert_true(fabs(t->difference) < 4.9 * sqrt(t->square));
}

/* 24 replications of 8,000 impressions: spend errs by 0.7 % by click, 2 % by order, so biases of 3.5 and
 * 10 % are seen. */
static void charges_come_to_the_price_on_average(void **state)
{
    static const billing_t billings[] = {BILLED_CLICKS, BILLED_CONVERSIONS};
    static const double most[] = {0.01, 0.03};
    for (int k = 0; k < 2; k++) {
        scenario_t sc = plain(*state, billings[k]), twin = plain(*state, BILLED_IMPRESSIONS);
        twins_t t[COUNTS] = {0};
        compare_twins(t, &sc, &twin, 0);
        assert_true(t[COUNT_IMPRESSIONS].difference == 0);
        assert_no_bias(&t[COUNT_SPEND]);
        assert_no_bias(&t[COUNT_CLICKS]);
        assert_no_bias(&t[COUNT_AD_CONVERSIONS]);
        assert_no_bias(&t[COUNT_CONVERSIONS]);
        assert_true(sqrt(t[COUNT_SPEND].square) < most[k] * t[COUNT_SPEND].mean);
        assert_true(t[COUNT_UNBILLED].mean == 0);
    }
}

/* An impression of price p costs p/q with chance q: its variance is p^2 (1 - q)/q. */
static void charges_vary_as_outcomes_do(void **state)
{
    scenario_t sc = plain(*state, BILLED_CLICKS), twin = plain(*state, BILLED_IMPRESSIONS);
    sc.platform[0].rival_log_sd = twin.platform[0].rival_log_sd = 1e-3; /* one price for all */
    sc.platform[0].reserve_cpm = twin.platform[0].reserve_cpm = 0;
    sc.ad_set[0].bid = twin.ad_set[0].bid = 21;
    twins_t t[COUNTS] = {0};
    compare_twins(t, &sc, &twin, 0);
    double shown = t[COUNT_IMPRESSIONS].mean, price = 0.02 * MICROS, q = 0.1;
    double expected = shown * price * price * (1 - q) / q;
    /* chi-square of 24 degrees of freedom: within 0.26 and 2.6 of them but for 1 run in 10^4 */
    assert_true(t[COUNT_SPEND].square > 0.26 * expected);
    assert_true(t[COUNT_SPEND].square < 2.6 * expected);
}

/* With people who differ, wear, views that cap and pools that follow visits, what is counted is still
 * unbiased: the ad sets of the first campaign feed the pool of the third. */
static void outcomes_are_unbiased_where_everything_interacts(void **state)
{
    town_t *town = *state;
    for (int billing = BILLED_CLICKS; billing <= BILLED_CONVERSIONS; billing++) {
        scenario_t sc = town->sc, twin;
        for (int a = 0; a < sc.n_ad_sets; a++) {
            sc.ad_set[a].budget = 1e6;
            sc.ad_set[a].strategy = BID_MANUAL_CPM;
            sc.ad_set[a].bid = 10;
            sc.ad_set[a].pacing = PACING_ASAP;
        }
        sc.response.cvr = 0.2;
        sc.response.view_conversion = 0.001;
        sc.response.visit_rate = 0.8;
        twin = sc;
        for (int a = 0; a < sc.n_ad_sets; a++) sc.ad_set[a].billing = (billing_t)billing;
        scopes_t scopes = scopes_of(&sc);
        twins_t t[COUNTS] = {0};
        compare_twins(t, &sc, &twin, scope_plan(scopes));
        assert_true(t[COUNT_IMPRESSIONS].difference == 0);
        assert_no_bias(&t[COUNT_CLICKS]);
        assert_no_bias(&t[COUNT_AD_CONVERSIONS]);
        assert_no_bias(&t[COUNT_CONVERSIONS]);
        assert_no_bias(&t[COUNT_PLATFORM_CONVERSIONS]);
        assert_no_bias(&t[COUNT_DISPLACED]);
    }
}

/* What is charged is what happened: whole clicks, whole orders. */
static void charged_outcomes_are_whole(void **state)
{
    for (int billing = BILLED_CLICKS; billing <= BILLED_CONVERSIONS; billing++) {
        scenario_t sc = plain(*state, (billing_t)billing);
        flight_t f;
        flight_begin(&f, &sc, FEW);
        flight_fly(&f, &sc, 0);
        assert_true(count_of(&f, 0, COUNT_CLICKS) > 100 * (int64_t)EVENT_ONE);
        assert_true(count_of(&f, 0, COUNT_CLICKS) % (int64_t)EVENT_ONE == 0);
        if (billing == BILLED_CONVERSIONS)
            assert_true(count_of(&f, 0, COUNT_AD_CONVERSIONS) % (int64_t)EVENT_ONE == 0);
        flight_end(&f);
    }
}

/* No click costs more than is bid for it, whoever is foreseen to click. */
static void a_click_costs_its_bid_at_most(void **state)
{
    scenario_t sc = village(*state);
    sc.ad_set[0].strategy = BID_MANUAL_CPC;
    sc.ad_set[0].bid = 1.5;
    sc.ad_set[0].billing = BILLED_CLICKS;
    sc.response.person_sd = 0.8;
    sc.response.prediction = 0.3;
    flight_t f;
    flight_begin(&f, &sc, FEW);
    for (uint32_t r = 0; r < 4; r++) {
        flight_fly(&f, &sc, r);
        double clicks = (double)count_of(&f, 0, COUNT_CLICKS) / EVENT_ONE;
        double spent = (double)count_of(&f, 0, COUNT_SPEND) / MICROS;
        assert_true(clicks > 50 && spent <= 1.5 * clicks + 1e-3);
        assert_true(spent > 0.3 * clicks);
    }
    flight_end(&f);
}

/* A budget for some clicks: spent to the last micro and not one more; what came of ads shown before it was
 * gone is told. */
static void no_outcome_passes_the_budget(void **state)
{
    for (int billing = BILLED_CLICKS; billing <= BILLED_CONVERSIONS; billing++) {
        scenario_t sc = plain(*state, (billing_t)billing);
        sc.ad_set[0].budget = 400; /* of 10 that each simulated person stands for */
        flight_t f;
        flight_begin(&f, &sc, FEW);
        int64_t unbilled = 0, budget = (int64_t)(40 * MICROS);
        for (uint32_t r = 0; r < 12; r++) {
            flight_fly(&f, &sc, r);
            assert_true(count_of(&f, 0, COUNT_SPEND) == budget);
            unbilled += count_of(&f, 0, COUNT_UNBILLED);
        }
        assert_true(unbilled > 0);
        flight_end(&f);
    }
}

/* Pacing goes by what outcomes come to on average, and makes up for their luck: a budget lasts. */
static void a_budget_charged_by_click_lasts(void **state)
{
    scenario_t sc = plain(*state, BILLED_CLICKS);
    sc.ad_set[0].strategy = BID_LOWEST_COST;
    sc.ad_set[0].pacing = PACING_EVEN;
    sc.ad_set[0].budget = 2000;
    flight_t f;
    flight_begin(&f, &sc, FEW);
    double spent = 0;
    for (uint32_t r = 0; r < 12; r++) {
        flight_fly(&f, &sc, r);
        spent += (double)count_of(&f, 0, COUNT_SPEND) / MICROS / 200 / 12;
    }
    const int64_t *days = workspace_tables(f.ws)->timeline;
    double last = (double)days[6 * TIMELINE_COUNTS + DAY_SPEND] / 12 / MICROS;
    flight_end(&f);
    assert_true(spent > 0.95 && last > 0.5 * 200 / 7);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charges_come_to_the_price_on_average),
        cmocka_unit_test(charges_vary_as_outcomes_do),
        cmocka_unit_test(outcomes_are_unbiased_where_everything_interacts),
        cmocka_unit_test(charged_outcomes_are_whole),
        cmocka_unit_test(a_click_costs_its_bid_at_most),
        cmocka_unit_test(no_outcome_passes_the_budget),
        cmocka_unit_test(a_budget_charged_by_click_lasts),
    };
    return cmocka_run_group_tests_name("charges", tests, village_setup, town_end);
}
