/* test_brand_study.c -- what a brand comes to in money, and month by month, beside its ads. */
#include "tests/experiment/loaded.h"

#include "models/base/date.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static const char plan_file[] = "tests/experiment/brand.yaml";

static double of_plan(const simulated_t *s, const char *column)
{
    return study_estimate(&s->study, scope_plan(s->study.evidence.scopes), column).mean;
}

static double total(const simulated_t *s, organic_column_t column)
{
    const brand_study_t *b = &s->study.brand;
    return b->total[b->places - 1][column].mean;
}

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-6 * (1 + fabs(b));
}

/* What the months come to without discount is the plan's profit, less what the crisis takes: both count the same
 * orders and costs. */
static void months_undiscounted_are_the_profit(void **state)
{
    const simulated_t *s = *state;
    const brand_study_t *b = &s->study.brand;
    double posts = 0, ads = 0, organic = 0, spend = 0, cost = 0;
    for (int k = 0; k < b->n_months; k++) {
        posts += b->month[k].post_conversions;
        ads += b->month[k].ad_conversions;
        organic += b->month[k].organic_conversions;
        spend += b->month[k].spend;
        cost += b->month[k].cost;
    }
    assert_true(near(posts, of_plan(s, "post_conversions")));
    assert_true(near(ads, of_plan(s, "incremental_conversions")));
    assert_true(near(organic, of_plan(s, "organic_conversions")));
    assert_true(near(cost, of_plan(s, "organic_cost")));
    assert_true(near(spend + cost, of_plan(s, "costs")));
    assert_true(of_plan(s, "brand_conversions") > 0);
    double taken = 90 * 0.57 * of_plan(s, "crisis_lost_conversions");
    assert_true(taken > 0);
    assert_true(near(b->month[b->n_months - 1].present_value, of_plan(s, "profit") - taken));
}

/* The parts of the plan's ROI by hand. Posts: 3 a week over 90 days, at 25; a post of 100 every two weeks. */
static void roi_is_of_all_its_parts(void **state)
{
    const simulated_t *s = *state;
    double value = 90, net = 0.6 * 0.95;
    double posts = total(s, ORGANIC_POST_COST), fees = total(s, ORGANIC_FEES),
           answers = total(s, ORGANIC_ANSWER_COST);
    assert_true(posts == 25 * total(s, ORGANIC_POSTS) && fabs(posts / 25 - 3 * 90 / 7.0) < 1);
    assert_true(fabs(fees / 100 - 0.5 * 90 / 7) < 1);
    assert_true(near(answers, total(s, ORGANIC_COMMENTS) * 0.8 * 3 / 60 * 30));
    double organic = posts + fees + answers;
    assert_true(near(of_plan(s, "organic_cost"), organic));
    double costs = 1.1 * of_plan(s, "spend") + 300 + organic;
    double gross = net * value *
                   (of_plan(s, "incremental_conversions") + of_plan(s, "post_conversions") +
                    of_plan(s, "answer_conversions"));
    assert_true(near(of_plan(s, "costs"), costs) && near(of_plan(s, "gross_profit"), gross));
    assert_true(near(of_plan(s, "roi"), (gross - costs) / costs));
}

/* Campaigns and platforms are judged by their ads. */
static void roi_of_a_campaign_is_of_its_ads(void **state)
{
    const simulated_t *s = *state;
    scopes_t k = s->study.evidence.scopes;
    const int scope[] = {scope_ad_set(k, 0), scope_campaign(k, 0), scope_platform(k, 0)};
    for (size_t i = 0; i < sizeof scope / sizeof *scope; i++) {
        double costs = 1.1 * study_estimate(&s->study, scope[i], "spend").mean;
        double gross = 0.57 * study_estimate(&s->study, scope[i], "incremental_revenue").mean;
        double roi = study_estimate(&s->study, scope[i], "roi").mean;
        assert_true(near(roi, (gross - costs) / costs));
        assert_true(study_estimate(&s->study, scope[i], "gross_profit").lo >= 0);
    }
}

/* October 2026 has four Sundays, November five, December (its first thirty days from the first) four: organic orders of
 * months follow season and weekday where sentiment moves nothing. */
static void months_follow_the_season(void **state)
{
    (void)state;
    const char *set[] = {"organic.sentiment.effect=0"};
    simulated_t s;
    simulate(&s, plan_file, set, 1);
    const brand_study_t *b = &s.study.brand;
    long begin = date_day(date_parse("2026-10-02"));
    double expected[3] = {0}, all = 0;
    for (int day = 0; day < 90; day++) {
        static const double factor[13] = {[10] = 1, [11] = 1.5, [12] = 2};
        bool sunday = date_weekday(begin + day) == 6;
        expected[day / 30] += factor[date_of_day(begin + day).month] * (sunday ? 1.3 : 1);
    }
    for (int k = 0; k < 3; k++) all += expected[k];
    for (int k = 0; k < 3; k++)
        assert_true(near(b->month[k].organic_conversions,
                         of_plan(&s, "organic_conversions") * expected[k] / all));
    assert_true(b->month[1].organic_conversions > 1.4 * b->month[0].organic_conversions);
    assert_true(of_plan(&s, "answer_conversions") == 0);
    assert_true(of_plan(&s, "crisis_lost_conversions") == 0);
    simulated_free(&s);
}

/* A recall takes orders, answers bring some; without either none move. */
static void crises_take_and_answers_bring(void **state)
{
    static const char *const set[][2] = {
        {"organic.crises.scheduled.recall.severity=0", "organic.community_management.answered=0%"},
        {"organic.crises.scheduled.recall.severity=0", "organic.community_management.answered=80%"},
        {"organic.crises.lasting=0", "organic.community_management.answered=0%"},
        {"organic.crises.lasting=10%", "organic.community_management.answered=0%"}};
    double brought[4], taken[4], organic[4];
    (void)state;
    for (int k = 0; k < 4; k++) {
        simulated_t s;
        simulate(&s, plan_file, set[k], 2);
        brought[k] = of_plan(&s, "answer_conversions");
        taken[k] = of_plan(&s, "crisis_lost_conversions");
        organic[k] = of_plan(&s, "organic_conversions");
        simulated_free(&s);
    }
    print_message("# answers bring %.3f, recalls take %.3f, %.3f\n", brought[1], taken[2],
                  taken[3]);
    assert_true(brought[0] == 0 && taken[0] == 0 && taken[1] == 0 && brought[2] == 0);
    assert_true(near(organic[1] - organic[0], brought[1]) && brought[1] > 1);
    assert_true(near(organic[0] - organic[2], taken[2]) && taken[2] > 1);
    assert_true(near(organic[0] - organic[3], taken[3]) && taken[3] > 1.2 * taken[2]);
}

static int set_up(void **state)
{
    static simulated_t s;
    simulate(&s, plan_file, NULL, 0);
    *state = &s;
    return 0;
}

static int tear_down(void **state)
{
    simulated_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(months_undiscounted_are_the_profit),
        cmocka_unit_test(roi_is_of_all_its_parts),
        cmocka_unit_test(roi_of_a_campaign_is_of_its_ads),
        cmocka_unit_test(months_follow_the_season),
        cmocka_unit_test(crises_take_and_answers_bring),
    };
    return cmocka_run_group_tests_name("brand study", tests, set_up, tear_down);
}
