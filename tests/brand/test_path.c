/* test_path.c -- a brand's days, one after the other, against closed forms and by hand. */
#include "models/base/maths.h"
#include "models/brand/cascade.h"
#include "models/brand/path.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { DAYS = 365, MOST_PAIRS = 400 };

static const brand_place_t place[2] = {{1e6, 0.6, 20}, {1e6, 0, 0}};
static const double everybody = 2e6;

typedef struct {
    double value[DAYS * 2 * BRAND_COUNTS];
    brand_mood_t mood[DAYS];
    brand_path_t path;
} days_t;

static brand_path_t *walk(days_t *d, const brand_t *b, int days, uint32_t pair)
{
    d->path = (brand_path_t){.days = days, .places = 2, .value = d->value, .mood = d->mood};
    brand_path_draw(&d->path, b, place, everybody, rng_key(3), pair);
    return &d->path;
}

/* One account on a platform without hours; a post a day reaches a tenth of its followers. */
static brand_t plain(void)
{
    brand_t b = {.n_accounts = 1,
                 .n_plans = 1,
                 .n_communities = 1,
                 .community = {{"everybody else", 1}},
                 .usual_posts = 7,
                 .views_per_reach = 1.5,
                 .dispersion = 0.1,
                 .patience_hours = 24,
                 .sentiment = {.persistence = 0.9, .effect = 0.5},
                 .crises = {.mentions = 1000,
                            .branching = 0.6,
                            .decay = 0.5,
                            .response_hours = INFINITY,
                            .calming = 0.5},
                 .visit_rate = 0.01};
    b.plan[0] = (post_plan_t){.hash = 11, .per_week = 7, .reach = 1, .engagement = 1, .cost = 20};
    b.account[0] = (brand_account_t){.platform = 1,
                                     .hash = 12,
                                     .followers = 10000,
                                     .reach = 0.1,
                                     .per_follower = NAN,
                                     .per_reach = NAN,
                                     .per_impression = 0.04,
                                     .comments = 0.1,
                                     .shares = 0.2,
                                     .saves = 0.1,
                                     .ceiling = INFINITY,
                                     .n_plans = 1};
    return b;
}

/* 10,000 followers: 1,000 reached, 1,500 impressions, 60 reactions, 15 visits; 20 spent. */
static void a_post_brings_what_can_be_worked_out_by_hand(void **state)
{
    (void)state;
    static days_t d;
    brand_t b = plain();
    const double *day = brand_day(walk(&d, &b, 3, 0), 2, 1);
    static const struct {
        brand_count_t count;
        double value;
    } expected[] = {{BRAND_FOLLOWERS, 10000},  {BRAND_POSTS, 1},  {BRAND_REACH, 1000},
                    {BRAND_IMPRESSIONS, 1500}, {BRAND_LIKES, 36}, {BRAND_COMMENTS, 6},
                    {BRAND_SHARES, 12},        {BRAND_SAVES, 6},  {BRAND_FOLLOWER_VISITS, 15},
                    {BRAND_POST_COST, 20},     {BRAND_GAINED, 0}, {BRAND_EARNED_VIEWS, 0}};
    for (size_t k = 0; k < sizeof expected / sizeof *expected; k++)
        assert_true(fabs(day[expected[k].count] - expected[k].value) < 1e-9);
    b.account[0].per_reach = 0.04; /* of reach: 40 reactions; of followers: 400 */
    assert_true(fabs(brand_day(walk(&d, &b, 1, 0), 0, 1)[BRAND_LIKES] - 24) < 1e-9);
    b.account[0].per_follower = 0.04;
    assert_true(fabs(brand_day(walk(&d, &b, 1, 0), 0, 1)[BRAND_LIKES] - 240) < 1e-9);
}

/* Mean of many pairs against the closed form of a year: arrivals, growth at the usual posts, churn. The error of the
 * mean is 12 of 20,000; 4.9 of them (1 in 10^6) are 0.3 %. */
static void followers_keep_to_their_equation(void **state)
{
    (void)state;
    static days_t d;
    brand_t b = plain();
    brand_account_t *a = &b.account[0];
    a->arrivals = 20;
    a->growth = 0.03;
    a->churn = 0.015;
    growth_t g = {20, 0.001, place[1].people, 0.0005};
    double sum = 0, squares = 0;
    for (uint32_t pair = 0; pair < MOST_PAIRS; pair++) {
        double x = brand_day(walk(&d, &b, DAYS, pair), DAYS - 1, 1)[BRAND_FOLLOWERS];
        sum += x / MOST_PAIRS;
        squares += x * x / MOST_PAIRS;
    }
    double sd = sqrt(squares - sum * sum), exact = followers_after(&g, 10000, DAYS);
    print_message("# followers %.1f, exactly %.1f, sd %.1f\n", sum, exact, sd);
    assert_true(fabs(sum - exact) < 4.9 * sd / sqrt(MOST_PAIRS));
    assert_true(sd > 100 && sd < 300); /* about the root of all who came and left */
}

static void silence_lets_followers_go(void **state)
{
    (void)state;
    static days_t d;
    brand_t b = plain();
    b.account[0].growth = 0.06;
    b.account[0].churn = 0.03;
    double busy = brand_day(walk(&d, &b, 90, 0), 89, 1)[BRAND_FOLLOWERS];
    b.plan[0].per_week = 0;
    const double *quiet = brand_day(walk(&d, &b, 90, 0), 89, 1);
    assert_true(busy > 10500 && quiet[BRAND_FOLLOWERS] < 9400);
    assert_true(quiet[BRAND_GAINED] == 0 && quiet[BRAND_POSTS] == 0);
}

/* Shares of a day bring views of the mean stated, drawn anew each day: over a year and 100 pairs within 4.9 errors. */
static void what_is_shared_is_seen_by_others(void **state)
{
    (void)state;
    static days_t d;
    brand_t b = plain();
    b.reproduction = 0.4;
    double sum = 0, squares = 0;
    for (uint32_t pair = 0; pair < 100; pair++) {
        walk(&d, &b, DAYS, pair);
        for (int day = 0; day < DAYS; day++) {
            double x = brand_day(&d.path, day, 1)[BRAND_EARNED_VIEWS];
            sum += x / (100 * DAYS);
            squares += x * x / (100 * DAYS);
        }
    }
    double error = sqrt((squares - sum * sum) / (100 * DAYS));
    assert_true(fabs(sum - earned_views_mean(12, 0.4)) < 4.9 * error); /* 8 */
}

/* A crisis of severity 0.6 on the tenth day: its mentions and the feeling it costs, day by day. */
static void a_crisis_costs_feeling_and_is_forgotten(void **state)
{
    (void)state;
    static days_t d;
    brand_t b = plain();
    b.n_crises = 1;
    b.crisis[0] = (crisis_t){"recall", 9, 0.6};
    walk(&d, &b, 60, 0);
    double mentions = 0, feeling = 0, lowest = 0;
    for (int day = 0; day < 60; day++) {
        mentions += d.mood[day].crisis_mentions;
        lowest = fmin(lowest, d.mood[day].sentiment);
        assert_true(day > 9 || d.mood[day].sentiment == 0);
        double blame = crisis_blame(&b.crises, 0.6, 24 * (day - 9), 24 * (day - 8));
        assert_true(fabs(d.mood[day].sentiment - feeling) < 1e-12);
        feeling = 0.9 * feeling - blame;
    }
    assert_true(fabs(mentions - 0.6 * 2500) < 1e-6);
    assert_true(lowest < -0.55 && d.mood[59].sentiment > -0.01);
    assert_true(d.path.n_pauses == 0);
    assert_true(d.mood[20].quiet_factor == 1 && d.mood[20].factor < 1);
}

/* A tenth of what a crisis takes stays for good: the whole path is that of its blame, day by day, in closed form; once
 * the rest is forgotten, 0.06 of 0.6 are left, of an answered crisis as much less as it had fewer mentions. */
static void a_share_of_a_crisis_is_never_forgotten(void **state)
{
    (void)state;
    static days_t d;
    brand_t b = plain();
    b.n_crises = 1;
    b.crisis[0] = (crisis_t){"recall", 9, 0.6};
    b.crises.lasting = 0.1;
    for (int answered = 0; answered < 2; answered++) {
        if (answered) b.crises.response_hours = 6;
        walk(&d, &b, DAYS, 0);
        for (int day = 0; day < 60; day++) {
            double feeling = 0;
            for (int of = 9; of < day; of++)
                feeling += sentiment_scarred(
                    &b.sentiment, -crisis_blame(&b.crises, 0.6, 24 * (of - 9), 24 * (of - 8)), 0.1,
                    day - 1 - of);
            assert_true(fabs(d.mood[day].sentiment - feeling) < 1e-12);
        }
        double mentions =
            crisis_mentions(&b.crises, 0.6, INFINITY) / crisis_mentions_unanswered(&b.crises, 0.6);
        assert_true(answered ? mentions < 0.9 : mentions == 1);
        assert_true(fabs(d.mood[DAYS - 1].sentiment + 0.06 * mentions) < 1e-12);
        assert_true(fabs(d.mood[DAYS - 1].factor - exp(-0.03 * mentions)) < 1e-12);
        assert_true(d.mood[DAYS - 1].quiet_factor == 1);
    }
}

/* Answers move followers in full and everybody by the half percent that follows; a day's delay takes e of it. */
static void answers_move_those_who_follow(void **state)
{
    (void)state;
    static days_t d;
    brand_t b = plain();
    b.answered = 0.8;
    b.sentiment.praise = 0.01;
    b.answer_minutes = 3;
    b.wage = 20;
    walk(&d, &b, 200, 0);
    assert_true(fabs(d.mood[199].community - 0.08) < 1e-9);
    assert_true(fabs(d.mood[199].sentiment - 0.08 * 10000 / everybody) < 1e-9);
    /* 20 for the post, 4.8 answers to 6 comments at a pound: liked by e^0.04 more. */
    double cost = brand_cost(brand_day(&d.path, 199, 1));
    assert_true(fabs(cost - (20 + 4.8 * m_exp(0.04))) < 1e-6);
    b.response_hours = 24;
    walk(&d, &b, 200, 0);
    assert_true(fabs(d.mood[199].community - 0.08 / m_exp(1)) < 1e-9);
}

/* The mean of a thousand days of chance: e^(beta S) less half its variance is 1. */
static void chance_moves_no_mean(void **state)
{
    (void)state;
    static days_t d;
    brand_t b = plain();
    b.n_plans = b.account[0].n_plans = 0;
    b.sentiment.noise = 0.2;
    double sum = 0, squares = 0;
    for (uint32_t pair = 0; pair < MOST_PAIRS; pair++) {
        double mean = 0;
        walk(&d, &b, DAYS, pair);
        for (int day = 0; day < DAYS; day++) mean += d.mood[day].factor / DAYS;
        sum += mean / MOST_PAIRS;
        squares += mean * mean / MOST_PAIRS;
    }
    double error = sqrt((squares - sum * sum) / MOST_PAIRS);
    print_message("# mean factor %.4f +- %.4f\n", sum, error);
    assert_true(fabs(sum - 1) < 4.9 * error &&
                error < 0.004); /* the variance left out would be 0.027 */
}

/* Crises by chance: two a year on average; 4.9 sd of 800 are 139. */
static void crises_come_as_often_as_stated(void **state)
{
    (void)state;
    static days_t d;
    brand_t b = plain();
    b.crises.per_year = 2;
    b.crises.severity = 0.1;
    b.crises.response_hours = 0;
    b.crises.pause_days = 0.1;
    int onsets = 0;
    for (uint32_t pair = 0; pair < MOST_PAIRS; pair++) onsets += walk(&d, &b, DAYS, pair)->n_pauses;
    print_message("# %d crises in %d years\n", onsets, MOST_PAIRS);
    assert_true(fabs(onsets - 2.0 * MOST_PAIRS) < 4.9 * sqrt(2.0 * MOST_PAIRS));
}

/* An influencer from the fifth day on, for ten days, a post a day: 500 views each at a fee of 30. */
static void an_influencer_posts_in_her_days(void **state)
{
    (void)state;
    static days_t d;
    brand_t b = plain();
    b.n_influencers = 1;
    b.disclosure = 1;
    b.influencer[0] = (influencer_t){.platform = 1,
                                     .followers = 5000,
                                     .reach = 0.1,
                                     .engagement = 0.02,
                                     .fee = 30,
                                     .trust = 1.5,
                                     .per_week = 7,
                                     .first = 4,
                                     .days = 10};
    walk(&d, &b, 30, 0);
    for (int day = 0; day < 30; day++) {
        const double *of = brand_day(&d.path, day, 1);
        bool hers = day >= 4 && day < 14;
        assert_true(fabs(of[BRAND_INFLUENCER_VIEWS] - (hers ? 500 : 0)) < 1e-9);
        assert_true(fabs(of[BRAND_OTHER_VISITS] - (hers ? 7.5 : 0)) < 1e-9);
        assert_true(of[BRAND_FEES] == (hers ? 30 : 0) && of[BRAND_POST_COST] == 20);
        assert_true(brand_cost(of) == (hers ? 50 : 20));
    }
}

/* Posts of a calendar stand beside those of the week, and crowd them. */
static void a_calendar_adds_posts(void **state)
{
    (void)state;
    static days_t d;
    brand_t b = plain();
    const calendar_post_t post[] = {{3, 0, POST_VIDEO, 0, 1, 2, 100},
                                    {3, 0, POST_IMAGE, 0, 1, 1, 0}};
    b.calendar = post;
    b.n_calendar = 2;
    walk(&d, &b, 12, 0);
    for (int day = 0; day < 12; day++) {
        const double *of = brand_day(&d.path, day, 1);
        assert_true(of[BRAND_POSTS] == (day == 3 ? 3 : 1));
        assert_true(brand_cost(of) == (day == 3 ? 120 : 20));
    }
    assert_true(fabs(brand_day(&d.path, 3, 1)[BRAND_COMMENTS] - 4 * 6) < 1e-9);
    b.falloff = 0.3; /* nine posts instead of seven in the week */
    walk(&d, &b, 12, 0);
    double each = 1000 * pow(9 / 7.0, -0.3);
    assert_true(fabs(brand_day(&d.path, 9, 1)[BRAND_REACH] - each) < 1e-9);
    assert_true(fabs(brand_day(&d.path, 10, 1)[BRAND_REACH] - 1000) < 1e-9);
}

static void luck_is_addressed_by_name_and_day(void **state)
{
    (void)state;
    static days_t a, b;
    brand_t one = plain(), two = plain();
    one.post_noise = two.post_noise = 0.8;
    two.n_plans = 2; /* another plan before it in the list leaves its posts as they were */
    two.plan[1] = two.plan[0];
    two.plan[0] = (post_plan_t){.hash = 77, .per_week = 0, .reach = 1};
    two.account[0].n_plans = 2;
    walk(&a, &one, 60, 4);
    walk(&b, &two, 60, 4);
    assert_memory_equal(a.value, b.value, sizeof(double) * 60 * 2 * BRAND_COUNTS);
    walk(&b, &two, 30, 4); /* nor do later days move earlier ones */
    assert_memory_equal(a.value, b.value, sizeof(double) * 30 * 2 * BRAND_COUNTS);
    walk(&b, &one, 60, 5);
    assert_true(memcmp(a.value, b.value, sizeof(double) * 60 * 2 * BRAND_COUNTS) != 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_post_brings_what_can_be_worked_out_by_hand),
        cmocka_unit_test(followers_keep_to_their_equation),
        cmocka_unit_test(silence_lets_followers_go),
        cmocka_unit_test(what_is_shared_is_seen_by_others),
        cmocka_unit_test(a_crisis_costs_feeling_and_is_forgotten),
        cmocka_unit_test(a_share_of_a_crisis_is_never_forgotten),
        cmocka_unit_test(answers_move_those_who_follow),
        cmocka_unit_test(chance_moves_no_mean),
        cmocka_unit_test(crises_come_as_often_as_stated),
        cmocka_unit_test(an_influencer_posts_in_her_days),
        cmocka_unit_test(a_calendar_adds_posts),
        cmocka_unit_test(luck_is_addressed_by_name_and_day),
    };
    return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
