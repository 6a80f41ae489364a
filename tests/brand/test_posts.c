/* test_posts.c -- whom posts reach, the followers' and the influencers'. */
#include "models/base/maths.h"
#include "models/brand/influencer.h"
#include "models/brand/posts.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Twice the posts at falloff 0.3: each reaches 2^-0.3 = 0.812 of what it did, all of them 1.62 times as many. */
static void more_posts_reach_fewer_each_and_more_in_all(void **state)
{
    (void)state;
    assert_true(post_crowding(5, 5, 0.3) == 1);
    assert_true(fabs(post_crowding(10, 5, 0.3) - 0.8122523963562356) < 1e-14);
    double before = 0;
    for (double a_week = 0.5; a_week < 50; a_week *= 2) {
        double all = a_week * post_crowding(a_week, 5, 0.3);
        assert_true(all > before);
        before = all;
    }
    assert_true(post_crowding(0, 5, 0.3) == 1);
}

static void hours_of_posting_average_out(void **state)
{
    (void)state;
    double sum = 0, best = 0, hour_of_best = 0;
    for (int k = 0; k < 240; k++) {
        double factor = post_hour_factor(k / 10.0, 0.6, 20, 6);
        sum += factor / 240;
        if (factor > best) {
            best = factor;
            hour_of_best = k / 10.0;
        }
    }
    assert_true(fabs(sum - 1) < 1e-12);
    /* Its readers come after it: it should be out arctan(w 6) / w = 3.8 hours before the peak. */
    assert_true(fabs(hour_of_best - (20 - atan(MATHS_PI / 2) * 12 / MATHS_PI)) < 0.06);
    assert_true(fabs(best - (1 + 0.6 / sqrt(1 + MATHS_PI * MATHS_PI / 4))) < 1e-3);
    assert_true(post_hour_factor(20, 0.6, 20, 0) == 1.6);
}

static void posts_are_whole_and_come_to_their_number(void **state)
{
    (void)state;
    static const double a_week[] = {0, 0.5, 3, 7, 10.5, 35};
    for (int k = 0; k < 6; k++) {
        int year = 0;
        for (long day = -7; day < 364; day++) {
            int week = 0;
            for (long d = day; d < day + 7; d++) week += posts_on_day(a_week[k], d);
            assert_true(fabs(week - a_week[k]) < 1);
            if (day >= 0) year += posts_on_day(a_week[k], day);
        }
        assert_true(fabs(year - 52 * a_week[k]) < 1);
    }
}

/* The share 1 - (1 + m/k)^-k: of m = 2 and k = 0.5, 1 - 5^-0.5. */
static void followers_are_reached_unevenly(void **state)
{
    (void)state;
    assert_true(fabs(followers_reached(2, 0.5) - 0.5527864045000421) < 1e-14);
    assert_true(followers_reached(0, 0.35) == 0);
    assert_true(followers_reached(2, 0.35) < followers_reached(2, 5));
}

static void kinds_of_posts_average_out(void **state)
{
    (void)state;
    double sum = 0;
    for (int k = 0; k < POST_KINDS; k++) sum += post_kind_engagement((post_kind_t)k);
    assert_true(fabs(sum / POST_KINDS - 1) < 0.003);
}

/* Two influencers of the same community overlap more than strangers would; the spread keeps their reach. */
static void influencers_of_one_community_overlap(void **state)
{
    (void)state;
    const double share[] = {0.2, 0.8};
    double reach[4], apart[4], alone[2];
    influencer_spread(share, 2, 0, 0.8, 0.05, reach);
    influencer_spread(share, 2, 0, 0.8, 0.05, reach + 2);
    assert_true(fabs(reach[0] - 0.2) < 1e-15 && fabs(reach[1] - 0.0125) < 1e-15);
    assert_true(fabs(influencers_union(share, 2, reach, 1) - 0.05) < 1e-15);
    influencer_spread(share, 2, 0, 0.2, 0.05, apart); /* like everybody */
    influencer_spread(share, 2, 0, 0.2, 0.05, apart + 2);
    alone[0] = influencers_union(share, 2, reach, 2);
    alone[1] = influencers_union(share, 2, apart, 2);
    assert_true(alone[0] < alone[1]);
    assert_true(fabs(alone[1] - (1 - 0.95 * 0.95)) < 1e-15);
}

static void an_only_community_holds_everybody(void **state)
{
    (void)state;
    const double share = 1;
    double reach;
    influencer_spread(&share, 1, 0, 0.3, 0.05, &reach);
    assert_true(reach == 0.05);
}

static void larger_tiers_cost_more_and_engage_less(void **state)
{
    (void)state;
    for (int k = 1; k < TIERS; k++) {
        tier_usual_t less = tier_usual((tier_t)(k - 1)), more = tier_usual((tier_t)k);
        assert_true(more.followers > less.followers && more.fee > less.fee);
        assert_true(more.engagement < less.engagement && more.reach <= less.reach);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(more_posts_reach_fewer_each_and_more_in_all),
        cmocka_unit_test(hours_of_posting_average_out),
        cmocka_unit_test(posts_are_whole_and_come_to_their_number),
        cmocka_unit_test(followers_are_reached_unevenly),
        cmocka_unit_test(kinds_of_posts_average_out),
        cmocka_unit_test(influencers_of_one_community_overlap),
        cmocka_unit_test(an_only_community_holds_everybody),
        cmocka_unit_test(larger_tiers_cost_more_and_engage_less),
    };
    return cmocka_run_group_tests_name("posts", tests, NULL, NULL);
}
