/* test_promotions.c -- a lower price brings more orders on its days, of ads and without them, and less for each. */
#include "models/base/fixed.h"
#include "tests/engine/town_brand.h"
#include "tests/engine/village.h"

enum { DAYS = 7 };

/* Nothing is late, so that the day of an order is that of its ad; ads leave a brand stock behind. */
static scenario_t plain(const town_t *town)
{
    scenario_t sc = village(town);
    sc.response.delay = (delay_t){.fast_share = 1};
    sc.response.brand_effect = 0.5;
    sc.product.pull_forward = 0;
    return sc;
}

static void promote(scenario_t *sc, int first, int last, double discount)
{
    price_plan_t *price = &sc->product.price;
    price->elasticity = -2;
    price->promotion[price->n_promotions++] = (promotion_t){"sale", first, last, discount};
}

static flight_t flown(const scenario_t *sc)
{
    flight_t f;
    flight_begin(&f, sc, PEOPLE);
    flight_fly(&f, sc, 0);
    return f;
}

static double ratio(const flight_t *f, const flight_t *g, count_t column)
{
    return (double)count_of(f, 0, column) / (double)count_of(g, 0, column);
}

/* ---- the law ---- */

static void discounts_of_one_day_multiply(void **state)
{
    (void)state;
    price_plan_t p = {
        .elasticity = -2, .n_promotions = 2, .promotion = {{"a", 1, 3, 0.2}, {"b", 3, 4, 0.5}}};
    assert_true(price_paid(&p, 0) == 1 && price_paid(&p, 5) == 1);
    assert_true(fabs(price_paid(&p, 1) - 0.8) < 1e-15 && fabs(price_paid(&p, 4) - 0.5) < 1e-15);
    assert_true(fabs(price_paid(&p, 3) - 0.4) < 1e-15);
    assert_true(fabs(price_orders(&p, 0.8) - 1 / 0.64) < 1e-12);
    assert_true(price_orders(&p, 1) == 1);
    assert_true(price_orders(&p, 0.01) == 32);
}

/* ---- the whole flight cheap ---- */

/* 20 % off at an elasticity of -2: 0.8^-2 as many orders of every origin, 0.8^-1 the revenue; a quarter of that
 * revenue was not paid. */
static void orders_follow_the_elasticity_and_revenue_the_price(void **state)
{
    scenario_t regular = plain(*state), cheap = regular;
    promote(&cheap, 0, DAYS - 1, 0.2);
    flight_t f = flown(&cheap), g = flown(&regular);
    const double more = 1 / 0.64, revenue = 1 / 0.8;
    assert_true(count_of(&f, 0, COUNT_IMPRESSIONS) == count_of(&g, 0, COUNT_IMPRESSIONS));
    assert_true(fabs(ratio(&f, &g, COUNT_AD_CONVERSIONS) / more - 1) < 1e-6);
    assert_true(fabs(ratio(&f, &g, COUNT_AD_REVENUE) / revenue - 1) < 1e-6);
    assert_true(fabs(ratio(&f, &g, COUNT_ORGANIC) / more - 1) < 1e-6);
    /* What comes through the brand comes in part after the flight. */
    double brand = ratio(&f, &g, COUNT_BRAND_CONVERSIONS);
    assert_true(brand > 1.1 && brand < more);
    double once = (double)count_of(&f, 0, COUNT_AD_REVENUE) / NANOS,
           through_brand = (double)count_of(&f, 0, COUNT_BRAND_REVENUE) / NANOS;
    double listed = 40 *
                    ((double)count_of(&f, 0, COUNT_AD_CONVERSIONS) +
                     (double)count_of(&f, 0, COUNT_BRAND_CONVERSIONS)) /
                    EVENT_ONE;
    double discounts = (double)count_of(&f, 0, COUNT_DISCOUNTS) / NANOS;
    assert_true(discounts > 0.2 * once);
    assert_true(fabs((once + through_brand + discounts) / listed - 1) < 1e-6);
    flight_end(&f);
    flight_end(&g);
}

/* Attribution credits what was paid: all orders of the flight at 80 % of 40. */
static void credit_is_of_what_was_paid(void **state)
{
    scenario_t sc = plain(*state);
    sc.response.brand_effect = 0;
    sc.product.organic_new = sc.product.organic_existing = 1e-12;
    promote(&sc, 0, DAYS - 1, 0.2);
    flight_t f = flown(&sc);
    double orders = (double)count_of(&f, 0, COUNT_CONVERSIONS) / EVENT_ONE,
           revenue = (double)count_of(&f, 0, COUNT_REVENUE) / NANOS;
    assert_true(orders > 10 && fabs(revenue / (32 * orders) - 1) < 1e-6);
    flight_end(&f);
}

/* ---- some days cheap ---- */

/* The third day alone: the timeline is as it was on all others, and adds up to the totals. */
static void other_days_are_as_they_were(void **state)
{
    scenario_t regular = plain(*state), cheap = regular;
    regular.response.brand_effect = cheap.response.brand_effect = 0;
    promote(&cheap, 2, 2, 0.5);
    flight_t f = flown(&cheap), g = flown(&regular);
    int64_t revenue = 0;
    for (int day = 0; day < DAYS; day++) {
        const int64_t *x = &workspace_tables(f.ws)->timeline[day * TIMELINE_COUNTS];
        const int64_t *y = &workspace_tables(g.ws)->timeline[day * TIMELINE_COUNTS];
        double more = (double)x[DAY_AD_CONVERSIONS] / (double)y[DAY_AD_CONVERSIONS];
        assert_true(fabs(more - (day == 2 ? 4 : 1)) < 1e-6);
        revenue += x[DAY_AD_REVENUE];
    }
    assert_true(llabs(revenue - count_of(&f, 0, COUNT_AD_REVENUE)) < 1000000);
    flight_end(&f);
    flight_end(&g);
}

/* An order of the cheap first day displaces one at the regular price of the days after: net of those that come within
 * the promotion again, less is left than of orders at any one price. */
static void displaced_orders_cost_the_price_of_their_day(void **state)
{
    scenario_t sc = plain(*state);
    sc.response.brand_effect = 0;
    sc.product.pull_forward = 0.3;
    sc.product.pull_forward_days = 30;
    promote(&sc, 0, 0, 0.5);
    sc.days = 1;
    flight_t f = flown(&sc);
    double paid = (double)count_of(&f, 0, COUNT_AD_REVENUE) / NANOS,
           displaced = (double)count_of(&f, 0, COUNT_DISPLACED_REVENUE) / NANOS;
    /* A sixtieth of them come within the day still, at half the price, on average. */
    double expected = 0.3 * paid / 0.5 * (1 - 0.5 / 60);
    assert_true(fabs(displaced / expected - 1) < 0.01);
    flight_end(&f);
}

/* ---- posts ---- */

static void posts_bring_more_when_less_is_to_be_paid(void **state)
{
    scenario_t regular = plain(*state);
    regular.brand = town_brand();
    regular.brand.n_accounts = 1;
    scenario_t cheap = regular;
    promote(&cheap, 0, DAYS - 1, 0.2);
    flight_t f = flown(&cheap), g = flown(&regular);
    double orders = (double)plan_count(&f, COUNT_POST_CONVERSIONS) /
                    (double)plan_count(&g, COUNT_POST_CONVERSIONS),
           revenue = (double)plan_count(&f, COUNT_POST_REVENUE) /
                     (double)plan_count(&g, COUNT_POST_REVENUE);
    assert_true(plan_count(&g, COUNT_POST_CONVERSIONS) > 0);
    assert_true(fabs(orders * 0.64 - 1) < 1e-6 && fabs(revenue * 0.8 - 1) < 1e-6);
    flight_end(&f);
    flight_end(&g);
}

/* Leads cost nobody anything. */
static void promotions_move_no_leads(void **state)
{
    scenario_t regular = plain(*state);
    regular.campaign[0].objective = OBJECTIVE_LEADS;
    regular.response.brand_effect = 0;
    regular.conversion[CONVERSION_LEAD] =
        (conversion_t){.cvr = 0.1, .value = 5, .value_sd = 0, .delay = {.fast_share = 1}};
    scenario_t cheap = regular;
    promote(&cheap, 0, DAYS - 1, 0.2);
    flight_t f = flown(&cheap), g = flown(&regular);
    assert_true(count_of(&f, 0, COUNT_AD_CONVERSIONS) == count_of(&g, 0, COUNT_AD_CONVERSIONS));
    assert_true(count_of(&f, 0, COUNT_AD_REVENUE) == count_of(&g, 0, COUNT_AD_REVENUE));
    assert_true(count_of(&f, 0, COUNT_DISCOUNTS) == 0);
    flight_end(&f);
    flight_end(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(discounts_of_one_day_multiply),
        cmocka_unit_test(orders_follow_the_elasticity_and_revenue_the_price),
        cmocka_unit_test(credit_is_of_what_was_paid),
        cmocka_unit_test(other_days_are_as_they_were),
        cmocka_unit_test(displaced_orders_cost_the_price_of_their_day),
        cmocka_unit_test(posts_bring_more_when_less_is_to_be_paid),
        cmocka_unit_test(promotions_move_no_leads),
    };
    return cmocka_run_group_tests_name("promotions", tests, village_setup, town_end);
}
