/* test_answers.c -- what people do after an impression, and how it is booked: clicks, visits, orders,
 * delay, displacement, pools, credit, and the variance of what was not drawn. */
#include "models/base/fixed.h"
#include "sim/metrics/columns.h"
#include "tests/engine/village.h"

static double events(const flight_t *f, int scope, count_t column)
{
    return (double)count_of(f, scope, column) / EVENT_ONE;
}

static double money(const flight_t *f, int scope, count_t column)
{
    return (double)count_of(f, scope, column) / NANOS;
}

static int near(double a, double b, double relative)
{
    return fabs(a - b) <= relative * fabs(b);
}

/* ---- clicks ---- */

/* Worn out by a factor .8 an exposure: the clicks of everyone with n impressions are known. */
static double clicks_of_frequencies(const tables_t *t, int scope, double ctr, double wear_out)
{
    double sum = 0;
    for (int n = 1; n < FREQUENCY_BINS; n++)
        sum += (double)t->frequency[scope * FREQUENCY_BINS + n - 1] * ctr * (1 - pow(wear_out, n)) /
               (1 - wear_out);
    return sum;
}

static scenario_t wearing_village(const town_t *town, double recovery_days)
{
    scenario_t sc = village(town);
    sc.ad_set[0].cap[0] = (frequency_cap_t){FREQUENCY_BINS - 1, 7, CAP_IMPRESSIONS};
    sc.response.wear_out = 0.8;
    sc.response.recovery_days = recovery_days;
    return sc;
}

static void clicks_wear_out_by_each_person_s_own_exposures(void **state)
{
    scenario_t sc = wearing_village(*state, INFINITY);
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    double clicks = clicks_of_frequencies(workspace_tables(f.ws), 0, 0.01, 0.8);
    assert_true(clicks > 50 && clicks < 0.008 * (double)count_of(&f, 0, COUNT_IMPRESSIONS));
    assert_true(near(events(&f, 0, COUNT_CLICKS), clicks, 1e-6));
    flight_end(&f);
}

static void a_rested_person_clicks_as_at_first(void **state)
{
    scenario_t sc = wearing_village(*state, 1e-9);
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    double first = 0.01 * (double)count_of(&f, 0, COUNT_IMPRESSIONS);
    assert_true(near(events(&f, 0, COUNT_CLICKS), first, 1e-6));
    flight_end(&f);
    sc.response.recovery_days = 3; /* recovers in part */
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    assert_true(events(&f, 0, COUNT_CLICKS) < 0.95 * first);
    flight_end(&f);
}

/* Two ad sets with creatives of one family wear each other out, of two families they do not. */
static void families_wear_out_apart(void **state)
{
    double clicks[2];
    for (int same = 0; same < 2; same++) {
        scenario_t sc = wearing_village(*state, INFINITY);
        sc.ad_set[0].cap[0] = (frequency_cap_t){2, 7, CAP_IMPRESSIONS};
        ad_set_t second = village_ad_set("second", 9);
        second.cap[0] = (frequency_cap_t){2, 7, CAP_IMPRESSIONS};
        village_add(&sc, second);
        if (same) sc.creative[1].family = sc.creative[0].family;
        flight_t f;
        flight_begin(&f, &sc, PEOPLE);
        flight_fly(&f, &sc, 0);
        clicks[same] = events(&f, 1, COUNT_CLICKS);
        if (!same) /* all its frequencies are in the bins */
            assert_true(
                near(clicks[0], clicks_of_frequencies(workspace_tables(f.ws), 1, 0.01, 0.8), 1e-6));
        flight_end(&f);
    }
    assert_true(clicks[1] < 0.9 * clicks[0]);
}

/* Click rates of people differ by a logit of sd 1.2; their mean is the stated one all the same. A rate's
 * sd is 1.7 times the mean, which over 37,000 impressions to 11,000 people leaves 2.3 %: the limit is 5 sd.
 * With logit(ctr) in the middle they would click 1.9 times as often. */
static void click_rates_of_people_average_to_the_stated_one(void **state)
{
    scenario_t sc = village(*state);
    sc.response.person_sd = 1.2;
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    double expected = 0.01 * (double)count_of(&f, 0, COUNT_IMPRESSIONS);
    assert_true(near(events(&f, 0, COUNT_CLICKS), expected, 0.12));
    flight_end(&f);
}

/* ---- orders ---- */

static void orders_are_those_of_clicks_and_of_sights(void **state)
{
    scenario_t sc = village(*state);
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    double shown = (double)count_of(&f, 0, COUNT_IMPRESSIONS), clicks = events(&f, 0, COUNT_CLICKS);
    double orders = clicks * 0.8 * 0.05 + shown * 0.7 * 0.0005;
    assert_true(near(events(&f, 0, COUNT_VIEWS), shown * 0.7, 1e-6));
    assert_true(near(events(&f, 0, COUNT_VISITS), clicks * 0.8, 1e-5));
    assert_true(near(events(&f, 0, COUNT_AD_CONVERSIONS), orders, 1e-5));
    assert_true(near(events(&f, 0, COUNT_DISPLACED), orders * 0.1, 1e-4));
    assert_true(near(money(&f, 0, COUNT_AD_REVENUE), orders * 40, 1e-5));
    assert_true(near(money(&f, 0, COUNT_DISPLACED_REVENUE), orders * 4, 1e-4));
    flight_end(&f);
}

/* Orders are rare, so p(1-p) is p: a net order is worth 40, sd 30; of a displaced share nothing is
 * left. */
static void variances_hold_the_spread_of_order_values(void **state)
{
    scenario_t sc = village(*state);
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    const int64_t *removed = f.totals.removed;
    double net = events(&f, 0, COUNT_AD_CONVERSIONS) - events(&f, 0, COUNT_DISPLACED);
    double clicks = events(&f, 0, COUNT_CLICKS);
    assert_true(near((double)removed[REMOVED_CLICKS] / EVENT_ONE, clicks * 0.99, 1e-4));
    assert_true(near((double)removed[REMOVED_CONVERSIONS] / EVENT_ONE, net, 2e-3));
    assert_true(near((double)removed[REMOVED_REVENUE] * removed_factor(REMOVED_REVENUE, 40),
                     net * (1600 + 900), 2e-3));
    assert_true(near((double)removed[REMOVED_CONVERSIONS_REVENUE] *
                         removed_factor(REMOVED_CONVERSIONS_REVENUE, 40),
                     net * 40, 2e-3));
    flight_end(&f);
}

/* A wrong first estimate of the action rate moves what is bid, not what people do. Both bid so much
 * that every opportunity is won. */
static void a_wrong_estimate_moves_no_answer(void **state)
{
    scenario_t sc = village(*state);
    sc.ad_set[0].strategy = BID_CAP;
    sc.ad_set[0].bid = 1e9;
    scenario_t wrong = sc;
    wrong.response.learning_noise = 0.5;
    flight_t f, g;
    flight_begin(&f, &sc, PEOPLE / 10);
    flight_begin(&g, &wrong, PEOPLE / 10);
    flight_fly(&f, &sc, 0);
    flight_fly(&g, &wrong, 0);
    assert_true(count_of(&f, 0, COUNT_IMPRESSIONS) > 10000);
    assert_int_equal(count_of(&f, 0, COUNT_IMPRESSIONS), count_of(&g, 0, COUNT_IMPRESSIONS));
    assert_int_equal(count_of(&f, 0, COUNT_CLICKS), count_of(&g, 0, COUNT_CLICKS));
    assert_int_equal(count_of(&f, 0, COUNT_AD_CONVERSIONS), count_of(&g, 0, COUNT_AD_CONVERSIONS));
    flight_end(&f);
    flight_end(&g);
}

/* Impressions by day, over what they would be without the error, on the first and on the last day. */
static void a_wrong_estimate_is_forgotten_as_results_come_in(void **state)
{
    enum { PAIRS = 4 };
    scenario_t sc = village(*state);
    sc.campaign[0].objective = OBJECTIVE_TRAFFIC;
    sc.ad_set[0].strategy = BID_CAP;
    sc.ad_set[0].bid = 0.6;
    sc.days = 28;
    double error[2] = {0, 0};
    for (uint32_t pair = 0; pair < PAIRS; pair++) {
        int64_t shown[2][2];
        for (int noisy = 0; noisy < 2; noisy++) {
            sc.response.learning_noise = noisy ? 1 : 0;
            flight_t f;
            flight_begin(&f, &sc, PEOPLE / 4);
            flight_fly(&f, &sc, 2 * pair);
            const int64_t *day = workspace_tables(f.ws)->timeline;
            shown[noisy][0] = day[DAY_IMPRESSIONS];
            shown[noisy][1] = day[27 * TIMELINE_COUNTS + DAY_IMPRESSIONS];
            flight_end(&f);
        }
        for (int last = 0; last < 2; last++)
            error[last] += fabs(log((double)shown[1][last] / (double)shown[0][last])) / PAIRS;
    }
    assert_true(error[0] > 0.05 && error[1] < 0.6 * error[0]);
}

/* ---- when ---- */

static double in_days(const flight_t *f, timeline_count_t column, int from, int to)
{
    const tables_t *t = workspace_tables(f->ws);
    double sum = 0;
    for (int day = from; day < to; day++)
        sum += (double)t->timeline[day * TIMELINE_COUNTS + (int)column];
    return sum;
}

/* 60 % of orders come after 131 h on average, so of those that ads of a week cause, spread over it,
 * .6 (131/168)(1 - e^-(168/131)) = 33.8 % come after its end; a displaced order up to 30 days later. */
static void orders_come_after_their_clicks_also_past_the_end(void **state)
{
    scenario_t sc = village(*state);
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    int rows = tables_days(workspace_tables(f.ws));
    assert_int_equal(world_run_off_days(f.world), 24); /* 7 + 3 x 131 h / 24 h, rounded up */
    double all = in_days(&f, DAY_AD_CONVERSIONS, 0, rows);
    assert_true(near(all / EVENT_ONE, events(&f, 0, COUNT_AD_CONVERSIONS), 1e-3));
    assert_true(near(in_days(&f, DAY_AD_CONVERSIONS, 7, rows) / all, 0.338, 0.03));
    assert_true(near((double)count_of(&f, 0, COUNT_RUN_OFF) / all, 0.338, 0.03));
    assert_true(in_days(&f, DAY_AD_CONVERSIONS, rows - 1, rows) < 0.02 * all);
    double displaced = in_days(&f, DAY_DISPLACED, 0, rows);
    assert_true(near(displaced, 0.1 * all, 1e-3));
    assert_true(in_days(&f, DAY_DISPLACED, 14, rows) > 0.5 * displaced);
    flight_end(&f);
}

/* Each seen impression (7 in 10) leaves 1 in the stock, which is worth .5 x 14 d / ln 2 = 10.1 days' organic
 * orders, here .001 a day; none of them would have come by itself. Ads seen over the 7 days leave after
 * them (20.2/7)(1 - e^-(7/20.2)) = 84.5 % of these. */
static void orders_come_through_the_brand_long_after(void **state)
{
    scenario_t sc = village(*state);
    sc.product.organic_new = sc.product.organic_existing = 0.001;
    sc.response.cvr = sc.response.view_conversion = 0;
    sc.response.brand_effect = 0.5;
    sc.response.brand_half_life_days = 14;
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    double life = 14 / log(2), shown = (double)count_of(&f, 0, COUNT_IMPRESSIONS);
    double orders = 0.7 * shown * 0.5 * life * 0.001,
           brand = events(&f, 0, COUNT_BRAND_CONVERSIONS);
    assert_true(orders > 100 && near(brand, orders, 1e-6));
    assert_true(near(money(&f, 0, COUNT_BRAND_REVENUE), 40 * orders, 1e-6));
    assert_int_equal(count_of(&f, 0, COUNT_AD_CONVERSIONS), 0);
    assert_int_equal(count_of(&f, 0, COUNT_DISPLACED), 0);
    int rows = tables_days(workspace_tables(f.ws));
    assert_int_equal(world_run_off_days(f.world), 98); /* seven half-lives */
    assert_true(near(in_days(&f, DAY_BRAND_CONVERSIONS, 0, rows) / EVENT_ONE, orders, 1e-4));
    double late = life / 7 * (1 - exp(-7 / life));
    assert_true(near(events(&f, 0, COUNT_RUN_OFF), late * orders, 0.01));
    assert_true(near(in_days(&f, DAY_BRAND_CONVERSIONS, 7, rows) / EVENT_ONE, late * orders, 0.01));
    assert_true(near((double)f.totals.removed[REMOVED_CONVERSIONS] / EVENT_ONE, orders, 1e-6));
    flight_end(&f);
}

/* The customers of the town order ten times as often by themselves, and so they do through the brand. */
static void who_orders_more_remembers_more(void **state)
{
    scenario_t sc = village(*state);
    sc.response.brand_effect = 0.5;
    sc.response.brand_half_life_days = 14;
    double orders[2];
    for (int customers = 0; customers < 2; customers++) {
        sc.product.organic_new = customers ? 0 : 0.001;
        sc.product.organic_existing = customers ? 0.01 : 0;
        flight_t f;
        flight_begin(&f, &sc, PEOPLE);
        flight_fly(&f, &sc, 0);
        orders[customers] = events(&f, 0, COUNT_BRAND_CONVERSIONS);
        flight_end(&f);
    }
    double share = ((town_t *)*state)->population->existing_customers;
    assert_true(near(orders[1] / orders[0], 10 * share / (1 - share), 0.1));
}

/* ---- new customers ---- */

/* Whoever is reached n times orders with 1 - (1 - q)^n because of ads, q = .7 x .0005 net of a tenth, and in
 * 7 days by herself with 1 - e^-(7 x .01): she is new if she does the one and not the other. Nobody who
 * bought before is. */
static void new_customers_would_not_have_come_by_themselves(void **state)
{
    scenario_t sc = village(*state);
    sc.response.cvr = 0;
    sc.response.view_conversion = 0.05;
    sc.product.organic_new = 0.01;
    sc.ad_set[0].cap[0] = (frequency_cap_t){FREQUENCY_BINS - 1, 7, CAP_IMPRESSIONS};
    for (int everyone = 0; everyone < 2; everyone++) {
        town_t *town = *state;
        double before = town->population->existing_customers;
        if (everyone) town->population->existing_customers = 1;
        flight_t f;
        flight_begin(&f, &sc, PEOPLE);
        flight_fly(&f, &sc, 0);
        double q = 0.7 * 0.05 * 0.9, new = 0;
        const int64_t *people = workspace_tables(f.ws)->frequency;
        for (int n = 1; n < FREQUENCY_BINS; n++) new += (double)people[n - 1] * (1 - pow(1 - q, n));
        new *= exp(-0.07) * (1 - before);
        if (everyone)
            assert_int_equal(count_of(&f, 0, COUNT_NEW_CUSTOMERS), 0);
        else /* who is a customer is not who is reached: 2 % of people, 1 % of the count */
            assert_true(new > 500 && near(events(&f, 0, COUNT_NEW_CUSTOMERS), new, 0.01));
        flight_end(&f);
        town->population->existing_customers = before;
    }
}

/* A customer's organic orders spread by BG/NBD, with the same mean; what ads cause stays as it was. */
static void customers_order_more_or_less_often(void **state)
{
    scenario_t sc = village(*state);
    sc.product.organic_new = 0;
    sc.product.organic_existing = 0.01;
    double organic[2], caused[2], credited[2];
    town_t *town = *state;
    double before = town->population->existing_customers;
    town->population->existing_customers = 0.5;
    for (int known = 0; known < 2; known++) {
        if (known)
            sc.product.customers = (customer_base_t){
                .orders = {0.243, 31, 0.793, 2.426}, .since_days = 730, .horizon_days = 365};
        flight_t f;
        flight_begin(&f, &sc, PEOPLE);
        flight_fly(&f, &sc, 0);
        organic[known] = events(&f, 0, COUNT_ORGANIC);
        caused[known] = events(&f, 0, COUNT_AD_CONVERSIONS);
        credited[known] = events(&f, 0, COUNT_ORGANIC_CREDITED);
        flight_end(&f);
    }
    town->population->existing_customers = before;
    assert_true(caused[0] == caused[1]);
    /* 10,000 customers whose rates have an sd of 3.6 means: 3.6 %, 4 sd. */
    assert_true(organic[0] != organic[1] && near(organic[1], organic[0], 0.15));
    assert_true(near(credited[1], credited[0], 0.25));
}

/* ---- credit ---- */

/* Orders at once, windows that are open: every order goes to the touch that caused it, and on top come
 * organic orders that the ads did not cause. */
static void an_order_at_once_is_credited_to_its_touch(void **state)
{
    scenario_t sc = village(*state);
    sc.response.delay.fast_share = 1;
    sc.response.delay.fast_hours = 0;
    sc.response.view_conversion = 0;
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    double caused = events(&f, 0, COUNT_AD_CONVERSIONS);
    double organic = events(&f, 0, COUNT_ORGANIC_CREDITED);
    assert_true(organic > 0 && caused > 10);
    assert_true(near(events(&f, 0, COUNT_CONVERSIONS), caused + organic, 1e-4));
    assert_true(near(money(&f, 0, COUNT_REVENUE), 40 * (caused + organic), 1e-4));
    flight_end(&f);
    sc.attribution.observed = 0.5; /* half of all orders can be seen */
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    assert_true(near(events(&f, 0, COUNT_CONVERSIONS), (caused + organic) / 2, 1e-4));
    flight_end(&f);
    sc.attribution = town_attribution(0, 0);
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    assert_true(events(&f, 0, COUNT_ORGANIC_CREDITED) == 0);
    flight_end(&f);
}

/* A wider view window credits more organic orders: with ads seen all the time, in proportion while it
 * is short. The click window hardly matters, for few ads are clicked. */
static void the_view_window_is_the_one_that_credits_views(void **state)
{
    scenario_t sc = village(*state);
    double credited[3];
    const attribution_t windows[] = {town_attribution(7, 0.01), town_attribution(0.01, 0.5),
                                     town_attribution(7, 0.5)};
    for (int k = 0; k < 3; k++) {
        sc.attribution = windows[k];
        flight_t f;
        flight_begin(&f, &sc, PEOPLE);
        flight_fly(&f, &sc, 0);
        credited[k] = events(&f, 0, COUNT_ORGANIC_CREDITED);
        flight_end(&f);
    }
    assert_true(credited[0] > 0 && credited[1] > 3 * credited[0] && credited[2] > credited[1]);
}

/* Orders that come after the flight's end, within the window, are credited too. */
static void orders_of_the_run_off_are_credited(void **state)
{
    scenario_t sc = village(*state);
    sc.attribution = town_attribution(30, 30);
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    int rows = tables_days(workspace_tables(f.ws));
    assert_true(in_days(&f, DAY_CONVERSIONS, 7, rows) >
                0.2 * in_days(&f, DAY_CONVERSIONS, 0, rows));
    assert_true(events(&f, 0, COUNT_CONVERSIONS) > events(&f, 0, COUNT_AD_CONVERSIONS));
    flight_end(&f);
}

/* ---- pools ---- */

static scenario_t retargeting_village(const town_t *town)
{
    scenario_t sc = village(town);
    ad_set_t pool = village_ad_set("visitors", 20);
    pool.audience = TOWN_VISITORS;
    village_add(&sc, pool);
    return sc;
}

static void organic_visits_fill_the_pool_before_the_flight(void **state)
{
    scenario_t sc = retargeting_village(*state);
    sc.ad_set[0].budget = 0; /* nobody comes by an ad */
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    const tables_t *t = workspace_tables(f.ws);
    int64_t first_day = t->timeline[tables_days(t) * TIMELINE_COUNTS + DAY_IMPRESSIONS];
    assert_int_equal(count_of(&f, 0, COUNT_IMPRESSIONS), 0);
    assert_true(first_day > 100); /* about 20 % visited within 14 days */
    assert_true((double)count_of(&f, 1, COUNT_IMPRESSIONS) > 6 * (double)first_day);
    flight_end(&f);
}

/* Without organic demand the pool is empty until the other ad set brings visitors, by 1 click in 5: more
 * each day. The pool's ad set runs on another platform, whose streams nobody else reads. */
static void visits_that_ads_bring_fill_the_pool(void **state)
{
    scenario_t sc = retargeting_village(*state);
    sc.n_platforms = 2;
    sc.platform[1] = sc.platform[0];
    sc.platform[1].name = "bazaar";
    sc.ad_set[1].platform = 1;
    sc.creative[0].ctr = 0.2;
    sc.product.organic_new = sc.product.organic_existing = 0;
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    const int64_t *day =
        workspace_tables(f.ws)->timeline + tables_days(workspace_tables(f.ws)) * TIMELINE_COUNTS;
    assert_true(day[6 * TIMELINE_COUNTS + DAY_IMPRESSIONS] > 3 * day[DAY_IMPRESSIONS]);
    assert_true(day[6 * TIMELINE_COUNTS + DAY_IMPRESSIONS] > 500);
    flight_end(&f);
    sc.creative[0].ctr = 0; /* no clicks, no visitors */
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    assert_int_equal(count_of(&f, 1, COUNT_IMPRESSIONS), 0);
    flight_end(&f);
}

/* An order within 7 days keeps her out: with many orders a visit, the pool is smaller. */
static void buyers_leave_the_pool(void **state)
{
    scenario_t sc = retargeting_village(*state), stay;
    sc.ad_set[0].budget = 0;
    sc.product.visit_to_order = 0.9;
    sc.product.organic_new *= 20;
    stay = sc;
    stay.audience[TOWN_VISITORS].exclude_purchasers_days = 0;
    flight_t f, g;
    flight_begin(&f, &sc, PEOPLE);
    flight_begin(&g, &stay, PEOPLE);
    flight_fly(&f, &sc, 0);
    flight_fly(&g, &stay, 0);
    int64_t left = count_of(&f, 1, COUNT_IMPRESSIONS), all = count_of(&g, 1, COUNT_IMPRESSIONS);
    assert_true(left > 100 && (double)left < 0.75 * (double)all);
    flight_end(&f);
    flight_end(&g);
}

/* ---- groups ---- */

/* 16 groups of people, a sixteenth of the impressions each: sd of a group's share 5 %, by activity. */
static void every_group_of_people_has_its_share(void **state)
{
    scenario_t sc = village(*state);
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    const int64_t *group = workspace_tables(f.ws)->group + COUNT_IMPRESSIONS * JACKKNIFE_GROUPS;
    double mean = (double)count_of(&f, 0, COUNT_IMPRESSIONS) / JACKKNIFE_GROUPS;
    for (int g = 0; g < JACKKNIFE_GROUPS; g++) assert_true(near((double)group[g], mean, 0.25));
    flight_end(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(clicks_wear_out_by_each_person_s_own_exposures),
        cmocka_unit_test(a_rested_person_clicks_as_at_first),
        cmocka_unit_test(families_wear_out_apart),
        cmocka_unit_test(click_rates_of_people_average_to_the_stated_one),
        cmocka_unit_test(orders_are_those_of_clicks_and_of_sights),
        cmocka_unit_test(variances_hold_the_spread_of_order_values),
        cmocka_unit_test(a_wrong_estimate_moves_no_answer),
        cmocka_unit_test(a_wrong_estimate_is_forgotten_as_results_come_in),
        cmocka_unit_test(orders_come_after_their_clicks_also_past_the_end),
        cmocka_unit_test(orders_come_through_the_brand_long_after),
        cmocka_unit_test(who_orders_more_remembers_more),
        cmocka_unit_test(new_customers_would_not_have_come_by_themselves),
        cmocka_unit_test(customers_order_more_or_less_often),
        cmocka_unit_test(an_order_at_once_is_credited_to_its_touch),
        cmocka_unit_test(the_view_window_is_the_one_that_credits_views),
        cmocka_unit_test(orders_of_the_run_off_are_credited),
        cmocka_unit_test(organic_visits_fill_the_pool_before_the_flight),
        cmocka_unit_test(visits_that_ads_bring_fill_the_pool),
        cmocka_unit_test(buyers_leave_the_pool),
        cmocka_unit_test(every_group_of_people_has_its_share),
    };
    return cmocka_run_group_tests_name("answers", tests, village_setup, town_end);
}
