/* test_estimate.c -- estimates of synthetic counts whose truth is known. */
#include "tests/metrics/evidence.h"

#include "models/base/maths.h"
#include "models/base/rng.h"
#include "sim/metrics/statistics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define close_to(a, b, relative)                                                                   \
    assert_true(fabs((double)((a) - (b))) <= (relative)*fabs((double)(b)))

enum { AD_SET = 0, PLAN = 3 };

static double normal_at(uint64_t study, uint32_t index)
{
    return normal_quantile(rng_unit(rng_at(rng_key(77), DRAW_PARAMETER, 0, 0, study, 0, index), 0));
}

/* The check set of the metric definitions: 2,000,000 impressions to 800,000 of 4 million people for
 * 10,000, 24,000 clicks, 480 conversions worth 36,000, 360 of them caused. */
static void the_metrics_have_their_textbook_values(void **state)
{
    (void)state;
    made_t m;
    made_init(&m, 2, 1);
    m.people.size = 4e6;
    m.sc->ad_set[0].budget = 10000;
    made_set_all(&m, COUNT_IMPRESSIONS, 2e6);
    made_set_all(&m, COUNT_REACH_1, 8e5);
    made_set_all(&m, COUNT_SPEND, 10000 * MICROS);
    made_set_all(&m, COUNT_CLICKS, 24000 * EVENT_ONE);
    made_set_all(&m, COUNT_CONVERSIONS, 480 * EVENT_ONE);
    made_set_all(&m, COUNT_REVENUE, 36000 * NANOS);
    made_set_all(&m, COUNT_AD_CONVERSIONS, 400 * EVENT_ONE);
    made_set_all(&m, COUNT_DISPLACED, 40 * EVENT_ONE);
    made_set_all(&m, COUNT_AD_REVENUE, 30000 * NANOS);
    made_set_all(&m, COUNT_DISPLACED_REVENUE, 3000 * NANOS);
    made_set_all(&m, COUNT_ORGANIC, 120 * EVENT_ONE);
    const struct {
        const char *column;
        double value;
    } want[] = {{"frequency", 2.5}, {"reach_pct", 20}, {"grp", 50},
                {"cpm", 5},         {"ctr", 0.012},    {"cost_per_1000_reached", 12.5},
                {"cpc", 10.0 / 24}, {"cvr", 0.02},     {"cpa", 10000.0 / 480},
                {"roas", 3.6},      {"lift", 3},       {"incremental_conversions", 360},
                {"iroas", 2.7},     {"roi", 1.7},      {"icpa", 10000.0 / 360},
                {"spend", 10000}};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        close_to(made_estimate(&m, AD_SET, want[i].column).mean, want[i].value, 1e-12);
    made_free(&m);
}

/* 400 directly, of which 40 would have come by themselves, and 100 through the brand. */
static void what_comes_through_the_brand_is_incremental(void **state)
{
    (void)state;
    made_t m;
    made_init(&m, 2, 1);
    made_set_all(&m, COUNT_SPEND, 10000 * MICROS);
    made_set_all(&m, COUNT_AD_CONVERSIONS, 400 * EVENT_ONE);
    made_set_all(&m, COUNT_DISPLACED, 40 * EVENT_ONE);
    made_set_all(&m, COUNT_BRAND_CONVERSIONS, 100 * EVENT_ONE);
    made_set_all(&m, COUNT_AD_REVENUE, 30000 * NANOS);
    made_set_all(&m, COUNT_DISPLACED_REVENUE, 3000 * NANOS);
    made_set_all(&m, COUNT_BRAND_REVENUE, 7500 * NANOS);
    close_to(made_estimate(&m, AD_SET, "ad_conversions").mean, 400, 1e-12);
    close_to(made_estimate(&m, AD_SET, "brand_conversions").mean, 100, 1e-12);
    close_to(made_estimate(&m, AD_SET, "incremental_conversions").mean, 460, 1e-12);
    close_to(made_estimate(&m, AD_SET, "iroas").mean, 3.45, 1e-12);
    /* ... and with the 120 that come by themselves and the 20 that posts bring, all there are. */
    made_set_all(&m, COUNT_ORGANIC, 120 * EVENT_ONE);
    made_set_all(&m, COUNT_POST_CONVERSIONS, 20 * EVENT_ONE);
    close_to(made_estimate(&m, AD_SET, "total_conversions").mean, 600, 1e-12);
    made_free(&m);
}

/* 50 new customers for 1,000: 20 each. A first order of 60 at a margin of 50 % is worth 30; repeats of .9
 * orders, of 45 at present value, another 22.5. Profit 50 x 30 - 1,000 = 500, with the repeats 1,625. */
static void lifetime_value_is_that_of_new_customers(void **state)
{
    (void)state;
    made_t m;
    made_init(&m, 2, 1);
    for (int j = 0; j < 2; j++)
        m.economics[j] = (economics_t){
            .net_margin = 0.5, .cost = 1, .value = 60, .repeats = 0.9, .repeat_revenue = 45};
    made_set_all(&m, COUNT_SPEND, 1000 * MICROS);
    made_set_all(&m, COUNT_AD_CONVERSIONS, 50 * EVENT_ONE);
    made_set_all(&m, COUNT_AD_REVENUE, 3000 * NANOS);
    made_set_all(&m, COUNT_NEW_CUSTOMERS, 50 * EVENT_ONE);
    const struct {
        const char *column;
        double value;
    } want[] = {{"new_customers", 50},
                {"cac", 20},
                {"repeat_conversions", 45},
                {"clv", 52.5},
                {"roi", 0.5},
                {"lifetime_value", 1125},
                {"clv_cac", 2.625},
                {"lifetime_roi", 1.625}};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++)
        close_to(made_estimate(&m, AD_SET, want[i].column).mean, want[i].value, 1e-12);
    for (int j = 0; j < 2; j++) m.economics[j].repeats = m.economics[j].repeat_revenue = NAN;
    assert_true(isnan(made_estimate(&m, AD_SET, "clv").mean)); /* unknown */
    close_to(made_estimate(&m, AD_SET, "cac").mean, 20, 1e-12);
    made_free(&m);
}

/* margin 50 %, returns 10 %, fees 10 %, production 500 at the plan: 27,000 x .45 = 12,150 earned,
 * 11,500 paid; an ad set carries no production. */
static void roi_counts_fees_returns_and_production_once(void **state)
{
    (void)state;
    made_t m;
    made_init(&m, 2, 1);
    product_t product = {.margin = 0.5, .returns = 0.1, .fees = 0.1, .production = 500};
    m.economics[0] = m.economics[1] = economics_of(&product);
    made_set_all(&m, COUNT_SPEND, 10000 * MICROS);
    made_set_all(&m, COUNT_AD_REVENUE, 27000 * NANOS);
    close_to(made_estimate(&m, PLAN, "roi").mean, (12150.0 - 11500) / 11500, 1e-12);
    close_to(made_estimate(&m, AD_SET, "roi").mean, (12150.0 - 11000) / 11000, 1e-12);
    close_to(made_estimate(&m, PLAN, "costs").mean, 11500, 1e-12);
    made_free(&m);
}

/* ratio_mean_of_ratios: 100/50 and 300/300 make 400/350, not 1.5. */
/* 20 % off 100 orders of 60, 10 of them displaced and at the full price of 60: 4,800 - 600 paid for 90 orders that cost
 * 30 each. Of the regular price 1,200 - 0 were not paid. */
static void goods_cost_what_they_cost_whatever_is_paid(void **state)
{
    (void)state;
    made_t m;
    made_init(&m, 2, 1);
    product_t product = {.margin = 0.5};
    m.economics[0] = m.economics[1] = economics_of(&product);
    made_set_all(&m, COUNT_AD_REVENUE, 4800 * NANOS);
    made_set_all(&m, COUNT_DISPLACED_REVENUE, 600 * NANOS);
    made_set_all(&m, COUNT_DISCOUNTS, 1200 * NANOS);
    made_set_all(&m, COUNT_SPEND, 1000 * MICROS);
    close_to(made_estimate(&m, AD_SET, "discounts").mean, 1200, 1e-12);
    close_to(made_estimate(&m, AD_SET, "gross_profit").mean, 4200 - 90 * 30, 1e-12);
    close_to(made_estimate(&m, AD_SET, "profit").mean, 4200 - 90 * 30 - 1000, 1e-12);
    close_to(made_estimate(&m, AD_SET, "roi").mean, 0.5, 1e-12);
    /* A gross profit may then be a loss. */
    made_set_all(&m, COUNT_DISCOUNTS, 12000 * NANOS);
    m.sc->product.price.n_promotions = 1;
    estimate_t loss = made_estimate(&m, AD_SET, "gross_profit");
    assert_true(loss.mean < 0 && loss.hi < 0);
    made_free(&m);
}

/* Revenue of mean 100 and a discount of a quarter of each order vary together: of profit = R/2 - D/2 at a margin of
 * 50 %, an order of 75 paid and 25 not has (37.5 - 12.5)^2 = 625 a piece, 50 pieces 31,250. */
static void revenue_and_discounts_vary_together(void **state)
{
    (void)state;
    made_t m;
    made_init(&m, 64, 1);
    product_t product = {.margin = 0.5};
    for (int j = 0; j < 64; j++) m.economics[j] = economics_of(&product);
    made_set_all(&m, COUNT_AD_REVENUE, 50 * 75 * NANOS);
    made_set_all(&m, COUNT_DISCOUNTS, 50 * 25 * NANOS);
    for (int scope = 0; scope < MADE_SCOPES; scope++) {
        double *removed = m.removed + scope * REMOVED_COUNTS;
        removed[REMOVED_REVENUE] = 50 * 75 * 75;
        removed[REMOVED_DISCOUNTS] = 50 * 25 * 25;
        removed[REMOVED_REVENUE_DISCOUNTS] = 50 * 75 * 25;
    }
    close_to(made_estimate(&m, AD_SET, "gross_profit").sd_people, sqrt(31250), 1e-9);
    made_free(&m);
}

/* What the ad sets of a scope count as results: clicks for traffic, impressions for awareness, conversions
 * of their kind. (Of several kinds: tests/cli/funnel.) */
static void results_are_what_all_ad_sets_of_a_scope_count(void **state)
{
    (void)state;
    made_t m;
    made_init(&m, 2, 1);
    made_set_all(&m, COUNT_SPEND, 100 * MICROS);
    made_set_all(&m, COUNT_IMPRESSIONS, 1000);
    made_set_all(&m, COUNT_CLICKS, 50 * EVENT_ONE);
    made_set_all(&m, COUNT_CONVERSIONS, 8 * EVENT_ONE);
    made_set_all(&m, COUNT_AD_CONVERSIONS, 5 * EVENT_ONE);
    const struct {
        objective_t objective;
        goal_t goal;
        double results;
    } want[] = {{OBJECTIVE_AWARENESS, GOAL_OF_OBJECTIVE, 1000},
                {OBJECTIVE_TRAFFIC, GOAL_OF_OBJECTIVE, 50},
                {OBJECTIVE_SALES, GOAL_OF_OBJECTIVE, 8},
                {OBJECTIVE_LEADS, GOAL_OF_OBJECTIVE, 8},
                {OBJECTIVE_APP_PROMOTION, GOAL_OF_OBJECTIVE, 8},
                {OBJECTIVE_TRAFFIC, GOAL_LANDING_PAGE_VIEWS, 5},
                {OBJECTIVE_SALES, GOAL_LINK_CLICKS, 50}};
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        m.sc->campaign[0].objective = want[i].objective;
        m.sc->ad_set[0].goal = want[i].goal;
        close_to(made_estimate(&m, PLAN, "results").mean, want[i].results, 1e-12);
        close_to(made_estimate(&m, PLAN, "cost_per_result").mean, 100 / want[i].results, 1e-12);
    }
    made_free(&m);
}

static void a_ratio_is_the_ratio_of_expectations(void **state)
{
    (void)state;
    made_t m;
    made_init(&m, 1, 1);
    for (size_t r = 0; r < 2; r++) {
        made_set(&m, r, COUNT_REVENUE, (r ? 300 : 100) * NANOS);
        made_set(&m, r, COUNT_SPEND, (r ? 300 : 50) * MICROS);
    }
    close_to(made_estimate(&m, PLAN, "roas").mean, 1.1428571428571428, 1e-12);
    made_free(&m);
}

static void a_zero_denominator_is_unknown_never_infinite(void **state)
{
    (void)state;
    made_t m;
    made_init(&m, 2, 1);
    made_set_all(&m, COUNT_SPEND, 10 * MICROS);
    estimate_t x = made_estimate(&m, PLAN, "cpc");
    assert_true(isnan(x.mean) && isnan(x.lo) && isnan(x.hi) && isnan(x.mc_se));
    assert_true(isnan(made_estimate(&m, PLAN, "lift").mean));
    made_free(&m);
}

static void an_audience_of_several_ad_sets_is_unknown(void **state)
{
    (void)state;
    made_t m;
    made_init(&m, 2, 1);
    made_set_all(&m, COUNT_REACH_1, 1000);
    m.evidence.scopes.n_ad_sets = m.sc->n_ad_sets = 1;
    assert_false(isnan(made_estimate(&m, PLAN, "reach_pct").mean)); /* the plan is the ad set */
    made_free(&m);
}

/* Reach of study s: 10,000 simulated + parameters (sd p) + luck (sd l), in simulated people. */
static void fill_reach(made_t *m, uint64_t study, double p, double l)
{
    for (size_t j = 0; j < m->evidence.pairs; j++)
        for (size_t k = 0; k < 2; k++)
            made_set(m, 2 * j + k, COUNT_REACH_1,
                     1e4 + p * normal_at(study, (uint32_t)j) +
                         l * normal_at(study, (uint32_t)(1000 + 2 * j + k)));
}

/* 256 pairs: sd of an estimated sd is 4.4 %; 13 % is 3 of them. Weight 25: luck counts a fifth. */
static void three_uncertainties_are_told_apart(void **state)
{
    (void)state;
    made_t m;
    made_init(&m, 256, 25);
    fill_reach(&m, 1, 30, 40);
    double even[JACKKNIFE_GROUPS];
    for (int g = 0; g < JACKKNIFE_GROUPS; g++) even[g] = 1.0 / JACKKNIFE_GROUPS;
    made_deal(&m, COUNT_REACH_1, even);
    estimate_t x = made_estimate(&m, PLAN, "reach");
    close_to(x.sd_parameters, 30 * 25, 0.16); /* the luck in the means adds to its noise */
    close_to(x.sd_people, 40 * 25 / 5.0, 0.13);
    assert_true(x.mc_se > 0 && x.mc_se < 0.2 * x.sd_parameters);
    m.evidence.pairs_share = false;
    assert_true(made_estimate(&m, PLAN, "reach").sd_parameters == 0);
    made_free(&m);
}

/* Removed event variance enters as weight x sum p(1-p): 400 simulated clicks at weight 4 are 1,600
 * clicks, sd 40. */
static void expected_events_get_their_variance_back(void **state)
{
    (void)state;
    made_t m;
    made_init(&m, 2, 4);
    made_set_all(&m, COUNT_CLICKS, 400 * EVENT_ONE);
    made_set_all(&m, COUNT_IMPRESSIONS, 40000);
    for (int scope = 0; scope < MADE_SCOPES; scope++)
        m.removed[scope * REMOVED_COUNTS + REMOVED_CLICKS] = 400;
    estimate_t x = made_estimate(&m, PLAN, "clicks");
    close_to(x.mean, 1600, 1e-12);
    close_to(x.sd_people, 40, 1e-12);
    close_to(x.hi - x.lo, 2 * 1.2815515655446004 * 40, 0.06); /* 4,096 draws: sd of the width 2 % */
    close_to(made_estimate(&m, PLAN, "ctr").sd_people, 40.0 / 160000, 1e-12);
    made_free(&m);
}

/* Conversions and revenue of the same events move together: with every order worth exactly 50 the
 * value of an order has no spread. */
static void shared_events_cancel_in_a_ratio(void **state)
{
    (void)state;
    made_t m;
    made_init(&m, 2, 1);
    made_set_all(&m, COUNT_CONVERSIONS, 100 * EVENT_ONE);
    made_set_all(&m, COUNT_CLICKS, 1000 * EVENT_ONE);
    for (int scope = 0; scope < MADE_SCOPES; scope++) {
        double *removed = &m.removed[scope * REMOVED_COUNTS];
        removed[REMOVED_CLICKS] = 1000;
        removed[REMOVED_ATTRIBUTED] = 100;
        removed[REMOVED_CLICKS_CONVERSIONS] = 100; /* each conversion is one of the clicks */
    }
    /* Var(conv - .1 clicks) = 100 + .01 x 1000 - 2 x .1 x 100 = 90; / 1000 clicks */
    close_to(made_estimate(&m, PLAN, "cvr").sd_people, sqrt(90) / 1000, 1e-12);
    made_free(&m);
}

static void no_count_is_realised_below_zero_and_no_spend_above_its_budget(void **state)
{
    (void)state;
    made_t m;
    made_init(&m, 2, 1);
    made_set_all(&m, COUNT_CLICKS, 0.2 * EVENT_ONE);
    for (int scope = 0; scope < MADE_SCOPES; scope++)
        m.removed[scope * REMOVED_COUNTS + REMOVED_CLICKS] = 0.2;
    for (size_t r = 0; r < 4; r++) made_set(&m, r, COUNT_SPEND, (r % 2 ? 999.9 : 1000) * MICROS);
    assert_true(made_estimate(&m, PLAN, "clicks").lo == 0);
    assert_true(made_estimate(&m, PLAN, "spend").hi <= 1000);
    for (size_t r = 0; r < 4; r++) made_set(&m, r, COUNT_SPEND, (r % 2 ? 1002 : 1004) * MICROS);
    m.sc->ad_set[0].pacing = PACING_CONSTANT; /* lifts the budget stop */
    assert_true(made_estimate(&m, PLAN, "spend").hi > 1002);
    made_free(&m);
}

/* One group holds all the surplus: the jackknife of 16 groups in a hand's arithmetic. Group shares
 * (1 + d)/16 and (1 - d)/16, half each: s.e. = relative d / sqrt(15). */
static void alternate(double share[JACKKNIFE_GROUPS], double d)
{
    for (int g = 0; g < JACKKNIFE_GROUPS; g++) share[g] = (1 + (g % 2 ? d : -d)) / JACKKNIFE_GROUPS;
}

/* Student's t of 15 degrees at 97.5 %, over the normal's: 1.96 mc_se is the half-width of 95 %. */
static const double T_15 = 2.1314495455597742 / 1.959963984540054;

static void the_people_term_is_the_jackknife_of_groups(void **state)
{
    (void)state;
    made_t m;
    made_init(&m, 2, 50);
    made_set_all(&m, COUNT_IMPRESSIONS, 1e6);
    double share[JACKKNIFE_GROUPS];
    alternate(share, 0.08);
    made_deal(&m, COUNT_IMPRESSIONS, share);
    double finite = sqrt(1 - 1.0 / 50); /* the population has 50 times the sample */
    close_to(made_estimate(&m, PLAN, "impressions").mc_se, T_15 * 5e7 * 0.08 / sqrt(15) * finite,
             1e-6);
    m.evidence.people_sampled = false;
    assert_true(made_estimate(&m, PLAN, "impressions").mc_se == 0);
    made_free(&m);
}

/* Groups that differ in their people alone: impressions and spend rise together. With the budget
 * spent and elasticity e, 1 % more people deliver (1 - e) % more; unspent, 1 % more. */
static void a_spent_budget_holds_the_people_term_at_the_margin(void **state)
{
    (void)state;
    made_t m;
    made_init(&m, 2, 50);
    made_set_all(&m, COUNT_IMPRESSIONS, 1e6);
    made_set_all(&m, COUNT_SPEND, 20 * MICROS); /* x 50 = the budget */
    double share[JACKKNIFE_GROUPS];
    alternate(share, 0.08);
    made_deal(&m, COUNT_IMPRESSIONS, share);
    made_deal(&m, COUNT_SPEND, share);
    double whole = T_15 * 5e7 * 0.08 / sqrt(15) * sqrt(1 - 1.0 / 50);
    m.evidence.elasticity[0] = 0.75;
    close_to(made_estimate(&m, PLAN, "impressions").mc_se, 0.25 * whole, 1e-5);
    assert_true(made_estimate(&m, PLAN, "spend").mc_se < 1e-9);
    m.sc->ad_set[0].pacing = PACING_CONSTANT; /* spend is not held */
    close_to(made_estimate(&m, PLAN, "impressions").mc_se, whole, 1e-5);
    m.sc->ad_set[0].pacing = PACING_EVEN;
    m.sc->ad_set[0].budget = 2000; /* half of it unspent: nothing pins it */
    close_to(made_estimate(&m, PLAN, "impressions").mc_se, whole, 1e-5);
    made_free(&m);
}

/* Reach answers to impressions by k n_k / reach_k: 400 of 1,000 reached people have one impression, so
 * reach at constant spend moves by 1 - .75 x .4 = .7 of its own. */
static void reach_answers_by_the_people_with_just_one_impression(void **state)
{
    (void)state;
    made_t m;
    made_init(&m, 2, 50);
    made_set_all(&m, COUNT_IMPRESSIONS, 3000000);
    made_set_all(&m, COUNT_REACH_1, 1000000);
    made_set_all(&m, COUNT_SPEND, 20 * MICROS);
    double share[JACKKNIFE_GROUPS];
    alternate(share, 0.08);
    made_deal(&m, COUNT_IMPRESSIONS, share);
    made_deal(&m, COUNT_REACH_1, share);
    made_deal(&m, COUNT_SPEND, share);
    for (int scope = 0; scope < MADE_SCOPES; scope++)
        m.tables.frequency[scope * FREQUENCY_BINS] = 400000 * m.tables.replications;
    m.evidence.elasticity[0] = 0.75;
    double whole = T_15 * 5e7 * 0.08 / sqrt(15) * sqrt(1 - 1.0 / 50);
    close_to(made_estimate(&m, PLAN, "reach").mc_se, 0.7 * whole, 1e-4);
    made_free(&m);
}

/* 400 studies of 64 pairs, parameters sd 30, luck sd 40 at weight 25, so a realised total has sd
 * 25 sqrt(30^2 + 40^2/25) around the truth. The 80 % range must hold 80 % of them: 320 +- 8; limits at
 * 4 sd, 288 and 352 (1 run in 16,000), catch a range 12 % too narrow or wide. The error of the mean:
 * mean z^2 of 400 lies within 1 +- .28 (4 sd). */
static void ranges_hold_what_they_promise(void **state)
{
    (void)state;
    enum { STUDIES = 400, PAIRS = 64 };
    int inside = 0;
    double z2 = 0;
    for (uint64_t study = 0; study < STUDIES; study++) {
        made_t m;
        made_init(&m, PAIRS, 25);
        m.evidence.people_sampled = false;
        fill_reach(&m, 100 + study, 30, 40);
        estimate_t x = made_estimate(&m, PLAN, "reach");
        double truth = 25 * 1e4;
        double realised = truth + 25 * (30 * normal_at(9000 + study, 0) +
                                        40 / sqrt(25) * normal_at(9000 + study, 1));
        inside += realised >= x.lo && realised <= x.hi;
        z2 += (x.mean - truth) * (x.mean - truth) / (x.mc_se * x.mc_se) / STUDIES;
        made_free(&m);
    }
    assert_in_range(inside, 288, 352);
    assert_true(z2 > 0.72 && z2 < 1.28);
}

/* 1,000 studies of 128 pairs and 1,000 of 8 (t of 7 degrees: 1.96 plain standard errors would hold 91 %):
 * mean +- 1.96 mc_se holds the truth in 950 +- 7; limits at 4 sd, 922 and 978. */
static void a_stated_error_holds_in_95_of_100(void **state)
{
    (void)state;
    enum { STUDIES = 1000 };
    static const size_t pairs[] = {128, 8};
    for (int k = 0; k < 2; k++) {
        int inside = 0;
        for (uint64_t study = 0; study < STUDIES; study++) {
            made_t m;
            made_init(&m, pairs[k], 25);
            m.evidence.people_sampled = false;
            fill_reach(&m, 20000 + study, 30, 40);
            estimate_t x = made_estimate(&m, PLAN, "reach");
            inside += fabs(x.mean - 25 * 1e4) <= 1.959963984540054 * x.mc_se;
            made_free(&m);
        }
        assert_in_range(inside, 922, 978);
    }
}

/* Reach of 10,000 simulated people, weight 25: parameters sd p, luck l, and the sample of people off
 * by a relative d. The chance of passing z standard deviations must lie in the stated range in 95 % of
 * 250 studies: 237.5 +- 3.4. Limits: 5 sd below, 220, and for a range no wider than need be, 249. (A
 * Wilson range for as many draws as pairs holds 80 to 120 where people are most of the error.) */
static int ranges_that_hold_a_chance(double p, double l, double d, double z)
{
    enum { STUDIES = 250, PAIRS = 32 };
    double threshold = 25 * (1e4 + z * sqrt(p * p + l * l / 25));
    int inside = 0;
    for (uint64_t study = 0; study < STUDIES; study++) {
        made_t m;
        double share[JACKKNIFE_GROUPS], off = 0;
        for (int g = 0; g < JACKKNIFE_GROUPS; g++) {
            share[g] =
                (1 + 4 * d * normal_at(40000 + study, 2000 + (uint32_t)g)) / JACKKNIFE_GROUPS;
            off += share[g];
        }
        made_init(&m, PAIRS, 25);
        fill_reach(&m, 40000 + study, p, l);
        for (size_t r = 0; r < 2 * PAIRS; r++) {
            double reach = (double)m.value[(r * MADE_SCOPES + PLAN) * COUNTS + COUNT_REACH_1];
            made_set(&m, r, COUNT_REACH_1, reach + 1e4 * (off - 1));
        }
        for (int g = 0; g < JACKKNIFE_GROUPS; g++) share[g] /= off;
        made_deal(&m, COUNT_REACH_1, share);
        m.evidence.people_sampled = d > 0;
        m.evidence.pairs_share = p > 0;
        estimator_t *e;
        if (estimator_new(&m.evidence, &e, NULL) != OK) abort();
        probability_t x = estimator_probability(e, PLAN, column_find("reach"), false, threshold);
        inside += x.low <= normal_cdf(-z) && normal_cdf(-z) <= x.high;
        estimator_delete(e);
        made_free(&m);
    }
    return inside;
}

static void the_range_of_a_chance_holds_it(void **state)
{
    (void)state;
    static const struct {
        double parameters, luck, people;
    } kinds[] = {{30, 40, 0}, {0, 40, 0}, {0, 40, 0.002}, {30, 40, 0.004}};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (int z = -1; z <= 1; z++) {
            int inside =
                ranges_that_hold_a_chance(kinds[k].parameters, kinds[k].luck, kinds[k].people, z);
            assert_in_range(inside, 220, 249);
        }
}

/* Of weight 1, with one uncertain value, whose log sd is 1. */
static void made_with_a_heavy_value(made_t *m, size_t pairs)
{
    made_init(m, pairs, 1);
    m->sc->n_uncertain = 1;
    m->sc->uncertain[0] = (uncertain_t){.law = {LAW_LOGNORMAL, 0, 1},
                                        .high = INFINITY,
                                        .path = "a",
                                        .path_hash = rng_path_hash("a")};
}

/* Clicks as a heavy-tailed value would have them: of 16 strata the largest draw makes the plain mean, but the mean of the
 * law is known, and so that of the clicks, of their ratios and of what may come. Tables are scaled up to it. */
static void a_mean_is_that_at_the_laws_means(void **state)
{
    (void)state;
    enum { PAIRS = 16 };
    made_t m;
    made_with_a_heavy_value(&m, PAIRS);
    double sum = 0;
    for (uint32_t r = 0; r < 2 * PAIRS; r++) {
        double drawn = uncertain_quantile(&m.sc->uncertain[0], scenario_share(m.sc, 0, r / 2));
        sum += 1000 * drawn;
        made_set(&m, r, COUNT_CLICKS, 1000 * drawn * EVENT_ONE);
        made_set(&m, r, COUNT_IMPRESSIONS, 1e5);
    }
    estimator_t *e;
    assert_int_equal(estimator_new(&m.evidence, &e, NULL), OK);
    double clicks = 1000 * exp(0.5), plain = sum / (2 * PAIRS);
    estimate_t x = estimator_column(e, PLAN, column_find("clicks"));
    assert_true(fabs(plain / clicks - 1) > 0.02);
    assert_true(fabs(x.mean / clicks - 1) < 1e-6 && x.mc_se < 1e-6 * clicks);
    assert_true(fabs(estimator_quantity(e, PLAN, QUANTITY_CLICKS) / clicks - 1) < 1e-6);
    assert_true(fabs(estimator_table_factor(e, PLAN, QUANTITY_CLICKS) * plain / clicks - 1) < 1e-6);
    assert_true(estimator_table_factor(e, PLAN, QUANTITY_IMPRESSIONS) == 1);
    assert_true(fabs(estimator_column(e, PLAN, column_find("ctr")).mean / (clicks / 1e5) - 1) <
                1e-6);
    double realised = 0, *draw = calloc(estimator_draws(e), sizeof *draw);
    assert_non_null(draw);
    noise_t *noise = calloc(estimator_draws(e), sizeof *noise);
    assert_non_null(noise);
    estimator_realise(e, PLAN, column_find("clicks"), noise, draw);
    for (size_t d = 0; d < estimator_draws(e); d++)
        realised += draw[d] / (double)estimator_draws(e);
    assert_true(fabs(realised / clicks - 1) < 0.01); /* some of the least would be below 0 */
    free(draw);
    free(noise);
    estimator_delete(e);
    made_free(&m);
}

/* Reach in proportion to a heavy-tailed value, and luck beside it: the error that a regression leaves is not skewed
 * (64 pairs: the skewness of normals has sd .21; limit 4 of them), the replications are. */
static void what_values_bring_is_not_taken_for_skewed_luck(void **state)
{
    (void)state;
    enum { PAIRS = 64 };
    made_t m;
    made_with_a_heavy_value(&m, PAIRS);
    double value[2 * PAIRS];
    for (uint32_t r = 0; r < 2 * PAIRS; r++) {
        double drawn = uncertain_quantile(&m.sc->uncertain[0], scenario_share(m.sc, 0, r / 2));
        value[r] = 10000 + 100 * drawn + 20 * normal_at(7, r);
        made_set(&m, r, COUNT_REACH_1, value[r]);
    }
    estimator_t *e;
    assert_int_equal(estimator_new(&m.evidence, &e, NULL), OK);
    assert_true(skewness(value, 2 * PAIRS) > 2);
    assert_true(fabs(estimator_mean_error(e, PLAN, column_find("reach")).skewness) < 0.84);
    estimator_delete(e);
    made_free(&m);
}

static void a_chance_is_counted_on_the_same_draws(void **state)
{
    (void)state;
    made_t m;
    made_init(&m, 64, 25);
    fill_reach(&m, 5, 30, 40);
    estimator_t *e;
    assert_int_equal(estimator_new(&m.evidence, &e, NULL), OK);
    estimate_t x = estimator_column(e, PLAN, column_find("reach"));
    int reach = column_find("reach");
    assert_true(fabs(estimator_probability(e, PLAN, reach, false, x.hi).share - 0.1) < 0.001);
    assert_true(fabs(estimator_probability(e, PLAN, reach, true, x.lo).share - 0.1) < 0.001);
    assert_true(estimator_probability(e, PLAN, reach, false, 0).share == 1);
    probability_t half = estimator_probability(e, PLAN, reach, false, x.p50);
    assert_true(half.low < 0.5 && half.high > 0.5);
    assert_true(isnan(estimator_probability(e, PLAN, column_find("cpc"), false, 1).share));
    estimator_delete(e);
    made_free(&m);
}

static void one_pair_gives_a_mean_and_no_error(void **state)
{
    (void)state;
    made_t m;
    made_init(&m, 1, 1);
    made_set(&m, 0, COUNT_REACH_1, 10);
    made_set(&m, 1, COUNT_REACH_1, 20);
    estimate_t x = made_estimate(&m, PLAN, "reach");
    assert_true(x.mean == 15 && isnan(x.mc_se) && x.lo < 15 && x.hi > 15);
    made_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_metrics_have_their_textbook_values),
        cmocka_unit_test(what_comes_through_the_brand_is_incremental),
        cmocka_unit_test(lifetime_value_is_that_of_new_customers),
        cmocka_unit_test(roi_counts_fees_returns_and_production_once),
        cmocka_unit_test(goods_cost_what_they_cost_whatever_is_paid),
        cmocka_unit_test(revenue_and_discounts_vary_together),
        cmocka_unit_test(results_are_what_all_ad_sets_of_a_scope_count),
        cmocka_unit_test(a_ratio_is_the_ratio_of_expectations),
        cmocka_unit_test(a_zero_denominator_is_unknown_never_infinite),
        cmocka_unit_test(an_audience_of_several_ad_sets_is_unknown),
        cmocka_unit_test(three_uncertainties_are_told_apart),
        cmocka_unit_test(expected_events_get_their_variance_back),
        cmocka_unit_test(shared_events_cancel_in_a_ratio),
        cmocka_unit_test(no_count_is_realised_below_zero_and_no_spend_above_its_budget),
        cmocka_unit_test(the_people_term_is_the_jackknife_of_groups),
        cmocka_unit_test(a_spent_budget_holds_the_people_term_at_the_margin),
        cmocka_unit_test(reach_answers_by_the_people_with_just_one_impression),
        cmocka_unit_test(ranges_hold_what_they_promise),
        cmocka_unit_test(a_stated_error_holds_in_95_of_100),
        cmocka_unit_test(the_range_of_a_chance_holds_it),
        cmocka_unit_test(a_mean_is_that_at_the_laws_means),
        cmocka_unit_test(what_values_bring_is_not_taken_for_skewed_luck),
        cmocka_unit_test(a_chance_is_counted_on_the_same_draws),
        cmocka_unit_test(one_pair_gives_a_mean_and_no_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
