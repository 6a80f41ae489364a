/* test_conversions.c -- leads, app installs, site visits and purchases, each with rates, delay and value of its own
 * and none in the way of another. */
#include "models/base/fixed.h"
#include "sim/metrics/columns.h"
#include "tests/engine/village.h"

static scenario_t of_objective(const town_t *town, objective_t objective)
{
    scenario_t sc = village(town);
    sc.campaign[0].objective = objective;
    sc.product.value = 50;
    sc.product.value_sd = 20;
    sc.conversion[CONVERSION_LEAD] = (conversion_t){.cvr = 0.08,
                                                    .view_conversion = 0.002,
                                                    .order_share = 0.25,
                                                    .value = NAN,
                                                    .value_sd = NAN,
                                                    .delay = {.fast_share = 1}};
    sc.conversion[CONVERSION_INSTALL] = (conversion_t){
        .cvr = 0.3, .order_share = 0.1, .value = 3, .value_sd = 1, .delay = {.fast_share = 1}};
    sc.conversion[CONVERSION_VISIT] = (conversion_t){
        .order_share = 0.05, .value = NAN, .value_sd = NAN, .delay = {.fast_share = 1}};
    return sc;
}

static flight_t flown(const scenario_t *sc)
{
    flight_t f;
    flight_begin(&f, sc, PEOPLE);
    flight_fly(&f, sc, 0);
    return f;
}

static double events(const flight_t *f, int scope, count_t column)
{
    return (double)count_of(f, scope, column) / EVENT_ONE;
}

/* Each impression rounds to 2^-33 of an event. */
static int same(double a, double b)
{
    return fabs(a - b) < 1e-4;
}

/* ---- rates and values ---- */

static void each_kind_converts_at_its_own_rates(void **state)
{
    static const struct {
        objective_t objective;
        double cvr, by_sight, value;
    } kinds[] = {{OBJECTIVE_SALES, 0.05, 0.0005, 50},
                 {OBJECTIVE_LEADS, 0.08, 0.002, 0.25 * 50},
                 {OBJECTIVE_APP_PROMOTION, 0.3, 0, 3}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        scenario_t sc = of_objective(*state, kinds[k].objective);
        flight_t f = flown(&sc);
        double conversions = events(&f, 0, COUNT_VISITS) * kinds[k].cvr +
                             events(&f, 0, COUNT_VIEWS) * kinds[k].by_sight;
        assert_true(conversions > 10);
        assert_true(same(events(&f, 0, COUNT_AD_CONVERSIONS), conversions));
        double revenue = (double)count_of(&f, 0, COUNT_AD_REVENUE) / NANOS;
        assert_true(fabs(revenue / (conversions * kinds[k].value) - 1) < 1e-6);
        flight_end(&f);
    }
}

/* Whoever comes has visited, how often she orders or not. */
static void every_visit_is_a_conversion_where_visits_are_the_goal(void **state)
{
    scenario_t sc = of_objective(*state, OBJECTIVE_TRAFFIC);
    sc.ad_set[0].goal = GOAL_LANDING_PAGE_VIEWS;
    sc.response.person_sd = 0.8;
    sc.product.affinity = 1;
    flight_t f = flown(&sc);
    assert_true(count_of(&f, 0, COUNT_VISITS) > 50 * (int64_t)EVENT_ONE);
    assert_true(same(events(&f, 0, COUNT_AD_CONVERSIONS), events(&f, 0, COUNT_VISITS)));
    flight_end(&f);
}

/* A lead is an order with a chance of 1/4: mean 12.5, E[X^2] = (50^2 + 20^2) / 4. Where 1/4 of leads become orders
 * of 50 +- 20, the variance left out of revenue is of that law, in currency. */
static void a_lead_varies_as_an_order_that_comes_or_not(void **state)
{
    scenario_t sc = of_objective(*state, OBJECTIVE_LEADS);
    conversion_t lead = scenario_conversion(&sc, CONVERSION_LEAD);
    assert_true(fabs(lead.value - 12.5) < 1e-12);
    assert_true(fabs(lead.value_sd * lead.value_sd + 12.5 * 12.5 - (2500 + 400) / 4.0) < 1e-9);
    flight_t f = flown(&sc);
    double unit = value_unit(&sc), conversions = events(&f, 0, COUNT_AD_CONVERSIONS);
    double removed =
        (double)f.totals.removed[REMOVED_REVENUE] * removed_factor(REMOVED_REVENUE, unit);
    assert_true(unit == 12.5);
    /* Less p^2 of each impression, far below 1 % of p. */
    assert_true(fabs(removed / (conversions * 725) - 1) < 0.01);
    flight_end(&f);
}

/* ---- two kinds at once ---- */

/* Two ad sets for everyone, one of which sells; the other stands in front of it, but not often. */
static scenario_t two_kinds(const town_t *town, goal_t second)
{
    scenario_t sc = of_objective(town, OBJECTIVE_SALES);
    ad_set_t other = village_ad_set("other", 11);
    other.goal = second;
    other.cap[0] = (frequency_cap_t){1, 2, CAP_IMPRESSIONS};
    village_add(&sc, other);
    sc.response.delay = (delay_t){.fast_share = 1};
    sc.product.organic_new = sc.product.organic_existing = 1e-12; /* nothing comes by itself */
    return sc;
}

/* With no delay and nothing organic every conversion is caused by a touch of its own ad set, which is credited with
 * it; of two that sell, one would be credited with some of the other's. */
static void credit_stays_within_a_kind(void **state)
{
    for (int leads = 0; leads < 2; leads++) {
        scenario_t sc = two_kinds(*state, leads ? GOAL_LEADS : GOAL_PURCHASES);
        flight_t f = flown(&sc);
        for (int model = 0; model < CREDIT_MODELS; model++) {
            count_t column = count_credit((credit_model_t)model, CREDITED_ORDERS);
            for (int a = 0; a < 2; a++) {
                double caused = events(&f, a, COUNT_AD_CONVERSIONS);
                double credited = events(&f, a, column), more = fabs(credited / caused - 1);
                assert_true(caused > 5);
                /* What is drawn of clicks and sights on paths that are shared moves nothing here. */
                assert_true(leads ? more < 1e-5 : model != CREDIT_FIRST_TOUCH || more > 0.01);
            }
        }
        flight_end(&f);
    }
}

/* Leads are worth a quarter of the orders beside them: variances of both are kept in one unit, so that they add up
 * in currency. Orders of 50 +- 20: E[X^2] = 2,900. */
static void variances_of_kinds_are_in_one_unit(void **state)
{
    scenario_t sc = two_kinds(*state, GOAL_LEADS);
    const double square[] = {2900 * 0.9, 725}, part = removed_factor(REMOVED_REVENUE, 50),
                 shared = removed_factor(REMOVED_CONVERSIONS_REVENUE, 50),
                 mean[] = {50 * 0.9, 12.5};
    flight_t f = flown(&sc);
    double all = 0;
    for (int a = 0; a < 2; a++) {
        const int64_t *removed = f.totals.removed + a * REMOVED_COUNTS;
        double caused = events(&f, a, COUNT_AD_CONVERSIONS),
               credited = events(&f, a, COUNT_CONVERSIONS);
        double revenue = part * (double)removed[REMOVED_REVENUE];
        all += revenue;
        assert_true(fabs(revenue / (square[a] * caused) - 1) < 0.01);
        assert_true(
            fabs(shared * (double)removed[REMOVED_CONVERSIONS_REVENUE] / (mean[a] * caused) - 1) <
            0.01);
        double attributed = part * (double)removed[REMOVED_ATTRIBUTED_REVENUE];
        assert_true(fabs(attributed / (square[a] / (a ? 1 : 0.9) * credited) - 1) < 0.01);
    }
    int plan = scope_plan(world_scopes(f.world));
    const int64_t *sum = f.totals.removed + plan * REMOVED_COUNTS;
    assert_true(fabs(part * (double)sum[REMOVED_REVENUE] / all - 1) < 1e-9);
    flight_end(&f);
}

/* Organic visits are credited to ads that bring what they convert to: none to leads that never come by themselves. */
static void what_comes_by_itself_is_of_its_kind(void **state)
{
    scenario_t sc = two_kinds(*state, GOAL_LEADS);
    sc.product.organic_new = sc.product.organic_existing = 0.01;
    flight_t f = flown(&sc);
    assert_true(events(&f, 0, COUNT_ORGANIC_CREDITED) > 1);
    assert_true(count_of(&f, 1, COUNT_ORGANIC_CREDITED) == 0);
    assert_true(count_of(&f, 1, COUNT_ORGANIC) == 0);
    flight_end(&f);
    sc.conversion[CONVERSION_LEAD].organic = 0.5 * sc.product.visit_to_order;
    f = flown(&sc);
    assert_true(events(&f, 1, COUNT_ORGANIC_CREDITED) > 0.5);
    assert_true(same(events(&f, 1, COUNT_ORGANIC), 0.5 * events(&f, 0, COUNT_ORGANIC)));
    flight_end(&f);
}

/* What one ad set brings changes nothing of what the other is shown, causes and is credited with. */
static void kinds_do_not_touch_each_other(void **state)
{
    scenario_t sc = two_kinds(*state, GOAL_LEADS);
    flight_t f = flown(&sc);
    sc.conversion[CONVERSION_LEAD].cvr = 0.4;
    sc.conversion[CONVERSION_LEAD].order_share = 0.9;
    flight_t g = flown(&sc);
    static const count_t counts[] = {COUNT_IMPRESSIONS, COUNT_AD_CONVERSIONS, COUNT_CONVERSIONS,
                                     COUNT_REVENUE,     COUNT_AD_REVENUE,     COUNT_DISPLACED};
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
        assert_true(count_of(&f, 0, counts[k]) == count_of(&g, 0, counts[k]));
    assert_true(count_of(&g, 1, COUNT_AD_CONVERSIONS) > 2 * count_of(&f, 1, COUNT_AD_CONVERSIONS));
    flight_end(&f);
    flight_end(&g);
}

/* ---- what leads lead to ---- */

/* A pool that buyers leave keeps those who only asked. */
static void leads_empty_no_pool(void **state)
{
    int64_t shown[2];
    for (int many = 0; many < 2; many++) {
        scenario_t sc = two_kinds(*state, GOAL_LEADS);
        sc.ad_set[1].audience =
            TOWN_VISITORS; /* in the pool, and for whom its visitors order or ask */
        sc.product.organic_new = sc.product.organic_existing = 0.01;
        sc.conversion[CONVERSION_LEAD].cvr = many ? 1 : 0;
        sc.conversion[CONVERSION_LEAD].view_conversion = 0;
        flight_t f = flown(&sc);
        shown[many] = count_of(&f, 1, COUNT_IMPRESSIONS);
        flight_end(&f);
    }
    assert_true(shown[0] > 100);
    assert_true(shown[0] == shown[1]);
}

/* One lead in four makes a customer; chances are small, so that hardly anybody is one already. */
static void new_customers_come_of_the_leads_that_order(void **state)
{
    scenario_t sc = of_objective(*state, OBJECTIVE_LEADS);
    sc.population = ((town_t *)*state)->population;
    sc.product.organic_new = sc.product.organic_existing = 1e-12;
    flight_t f = flown(&sc);
    double leads = events(&f, 0, COUNT_AD_CONVERSIONS), new = events(&f, 0, COUNT_NEW_CUSTOMERS);
    assert_true(fabs(new / (0.9 * 0.25 * leads) - 1) <
                0.05); /* a tenth bought before, give or take */
    flight_end(&f);
}

/* ---- goals ---- */

/* A cost cap is for the ad set's own results, a return on spend for what these are worth. */
static void goals_go_by_the_ad_sets_own_kind(void **state)
{
    scenario_t sc = of_objective(*state, OBJECTIVE_LEADS);
    sc.ad_set[0].pacing = PACING_EVEN;
    sc.ad_set[0].strategy = BID_MIN_ROAS;
    sc.ad_set[0].bid = 2;
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    ad_set_plan_t plan = flight_plan(f.world, &sc, 0);
    assert_true(fabs(plan.result_cost - 12.5 / 2) < 1e-9);
    for (uint32_t r = 0; r < 4; r++) flight_fly(&f, &sc, r);
    double spend = (double)count_of(&f, 0, COUNT_SPEND) / MICROS;
    assert_true(spend > 10);
    assert_true((double)count_of(&f, 0, COUNT_AD_REVENUE) / NANOS > 1.8 * spend);
    flight_end(&f);
}

/* What is charged are leads: at what an impression costs over the chance of one, whose rate is the leads'. */
static void leads_may_be_what_is_charged(void **state)
{
    scenario_t sc = of_objective(*state, OBJECTIVE_LEADS);
    double spend[2] = {0, 0};
    for (int by_lead = 0; by_lead < 2; by_lead++) {
        sc.ad_set[0].billing = by_lead ? BILLED_CONVERSIONS : BILLED_IMPRESSIONS;
        flight_t f;
        flight_begin(&f, &sc, PEOPLE);
        for (uint32_t r = 0; r < 16; r++) {
            flight_fly(&f, &sc, r);
            spend[by_lead] += (double)count_of(&f, 0, COUNT_SPEND) / MICROS;
        }
        flight_end(&f);
    }
    /* 16 x about 40 leads: sd 4 %; 4.5 sd. At the purchases' rate it would be 1.6 times as much. */
    assert_true(fabs(spend[1] / spend[0] - 1) < 0.18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_kind_converts_at_its_own_rates),
        cmocka_unit_test(every_visit_is_a_conversion_where_visits_are_the_goal),
        cmocka_unit_test(a_lead_varies_as_an_order_that_comes_or_not),
        cmocka_unit_test(credit_stays_within_a_kind),
        cmocka_unit_test(variances_of_kinds_are_in_one_unit),
        cmocka_unit_test(what_comes_by_itself_is_of_its_kind),
        cmocka_unit_test(kinds_do_not_touch_each_other),
        cmocka_unit_test(leads_empty_no_pool),
        cmocka_unit_test(new_customers_come_of_the_leads_that_order),
        cmocka_unit_test(goals_go_by_the_ad_sets_own_kind),
        cmocka_unit_test(leads_may_be_what_is_charged),
    };
    return cmocka_run_group_tests_name("conversions", tests, village_setup, town_end);
}
