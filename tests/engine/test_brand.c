/* test_brand.c -- what a brand does besides its ads, in the town: it knows nothing of ads, its crises and moods move
 * them, its posts bring people to the site. */
#include "models/base/fixed.h"
#include "tests/engine/flights.h"
#include "tests/engine/town_brand.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 20000 };

static scenario_t with_brand(void **state)
{
    scenario_t sc = ((town_t *)*state)->sc;
    sc.brand = town_brand();
    return sc;
}

static int same_totals(const flight_t *a, const flight_t *b)
{
    size_t cells = (size_t)scopes_rows(world_scopes(a->world)) * COUNTS;
    return !memcmp(a->totals.value, b->totals.value, cells * sizeof *a->totals.value);
}

/* Everyone's visits without ads: those of posts too. */
static uint64_t fingerprint(flight_t *f, uint32_t replication, size_t *of_posts)
{
    uint64_t sum = 0;
    error_t err = {""};
    visits_t visits = {0}, organic = {0};
    *of_posts = 0;
    for (size_t i = 0; i < f->ws->crowd->n; i++) {
        const crowd_t *crowd = f->ws->crowd;
        const tuning_t *t = &f->ws->tuning;
        flight_check(site_visits(f->world, crowd, t, i, replication, &visits, &err), &err);
        flight_check(organic_visits(f->world, crowd, t, i, replication, &organic, &err), &err);
        *of_posts += visits.n - organic.n;
        for (size_t k = 0; k < visits.n; k++)
            sum = (sum ^ (uint64_t)visits.visit[k].tick ^ (uint64_t)crowd->person[i].id << 40) *
                  0x100000001b3;
    }
    visits_free(&visits);
    visits_free(&organic);
    return sum;
}

/* Spend nothing, spend tenfold: the path of days and every visit stay, bit for bit. */
static void the_brand_knows_nothing_of_ads(void **state)
{
    scenario_t sc = with_brand(state), off, loud;
    sc.brand.post_noise = 0.8;
    sc.brand.sentiment.noise = 0.05;
    sc.brand.crises.per_year = 50;
    sc.brand.crises.severity = 0.1;
    off = loud = sc;
    for (int a = 0; a < sc.n_ad_sets; a++) {
        off.ad_set[a].budget = 0;
        loud.ad_set[a].budget *= 10;
    }
    const scenario_t *plan[] = {&sc, &off, &loud};
    flight_t f[3];
    uint64_t print[3];
    size_t of_posts[3], bytes = (size_t)(sc.days * sc.n_platforms * BRAND_COUNTS) * sizeof(double);
    for (int k = 0; k < 3; k++) {
        flight_begin(&f[k], plan[k], PEOPLE);
        flight_fly(&f[k], plan[k], 5);
        print[k] = fingerprint(&f[k], 5, &of_posts[k]);
    }
    assert_true(of_posts[0] > 100);
    for (int k = 1; k < 3; k++) {
        assert_true(print[k] == print[0]);
        assert_memory_equal(f[k].ws->brand.path.value, f[0].ws->brand.path.value, bytes);
        int scope = scope_plan(world_scopes(f[k].world));
        for (count_t c = COUNT_POST_CONVERSIONS; c <= COUNT_POST_REACH; c++)
            assert_true(count_of(&f[k], scope, c) == count_of(&f[0], scope, c));
        assert_true(count_of(&f[k], scope, COUNT_ORGANIC) == count_of(&f[0], scope, COUNT_ORGANIC));
    }
    for (int k = 0; k < 3; k++) flight_end(&f[k]);
}

static void a_crisis_of_no_severity_changes_nothing(void **state)
{
    scenario_t sc = with_brand(state), harmless = sc;
    harmless.brand.n_crises = 1;
    harmless.brand.crisis[0] = (crisis_t){"none", 2, 0};
    harmless.brand.crises.pause_days = 3;
    harmless.brand.crises.per_year = 365;
    harmless.brand.crises.lasting = 0.7;
    flight_t a, b;
    flight_begin(&a, &sc, PEOPLE);
    flight_begin(&b, &harmless, PEOPLE);
    flight_fly(&a, &sc, 0);
    flight_fly(&b, &harmless, 0);
    assert_true(same_totals(&a, &b));
    flight_end(&a);
    flight_end(&b);
}

/* A brand whose sentiment moves no rate leaves all that ads do as it is without a brand, but for pools, which posts
 * fill: of ad sets that retarget nobody. */
static void a_brand_without_effect_leaves_ads_alone(void **state)
{
    scenario_t sc = with_brand(state), none;
    sc.brand.sentiment.effect = 0;
    sc.ad_set[2].audience = TOWN_EVERYONE;
    none = sc;
    none.brand = (brand_t){0};
    flight_t a, b;
    flight_begin(&a, &sc, PEOPLE);
    flight_begin(&b, &none, PEOPLE);
    flight_fly(&a, &sc, 3);
    flight_fly(&b, &none, 3);
    static const count_t same[] = {COUNT_IMPRESSIONS, COUNT_REACH_1, COUNT_SPEND,  COUNT_CLICKS,
                                   COUNT_AD_REVENUE,  COUNT_VIEWS,   COUNT_ORGANIC};
    for (int scope = 0; scope < scopes_count(world_scopes(a.world)); scope++)
        for (size_t k = 0; k < sizeof same / sizeof *same; k++)
            assert_true(count_of(&a, scope, same[k]) == count_of(&b, scope, same[k]));
    int plan = scope_plan(world_scopes(a.world));
    assert_true(count_of(&a, plan, COUNT_ORGANIC_CREDITED) >
                count_of(&b, plan, COUNT_ORGANIC_CREDITED)); /* orders by posts are caught */
    assert_true(count_of(&b, plan, COUNT_POST_CONVERSIONS) == 0);
    flight_end(&a);
    flight_end(&b);
}

static double per_impression(const flight_t *f, count_t count)
{
    int plan = scope_plan(world_scopes(f->world));
    return (double)count_of(f, plan, count) / (double)count_of(f, plan, COUNT_IMPRESSIONS);
}

/* Good feeling of 0.4 at an effect of 0.5 lifts organic orders by e^0.2, exactly while nothing else moves it. */
static void sentiment_multiplies_demand_and_answers(void **state)
{
    scenario_t sc = with_brand(state), liked;
    sc.brand.answered = 0;
    sc.ad_set[2].audience = TOWN_EVERYONE;
    liked = sc;
    liked.brand.sentiment.start = 0.4;
    liked.brand.sentiment.persistence = sc.brand.sentiment.persistence = 1;
    flight_t a, b;
    flight_begin(&a, &sc, PEOPLE);
    flight_begin(&b, &liked, PEOPLE);
    flight_fly(&a, &sc, 0);
    flight_fly(&b, &liked, 0);
    int plan = scope_plan(world_scopes(a.world));
    double organic =
        (double)count_of(&b, plan, COUNT_ORGANIC) / (double)count_of(&a, plan, COUNT_ORGANIC);
    assert_true(fabs(organic - exp(0.2)) < 1e-9);
    double clicks = per_impression(&b, COUNT_CLICKS) / per_impression(&a, COUNT_CLICKS);
    double orders =
        per_impression(&b, COUNT_AD_CONVERSIONS) / per_impression(&a, COUNT_AD_CONVERSIONS);
    print_message("# clicks x %.4f, orders x %.4f\n", clicks, orders);
    assert_true(fabs(clicks - exp(0.2)) < 0.01); /* not the same impressions: bids learn */
    assert_true(orders > 1.35 && orders < exp(0.4) + 0.01); /* few by sight alone: e^0.2 */
    flight_end(&a);
    flight_end(&b);
}

/* From the answer on no ad is shown, for two days; before and after they are. */
static void a_crisis_pauses_ads(void **state)
{
    scenario_t sc = with_brand(state);
    sc.brand.n_crises = 1;
    sc.brand.crisis[0] = (crisis_t){"recall", 2, 0.3};
    sc.brand.crises.response_hours = 24;
    sc.brand.crises.pause_days = 2;
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    for (int a = 0; a < sc.n_ad_sets; a++)
        for (int day = 0; day < sc.days; day++) {
            int64_t shown = day_row(f.ws, a, day * (int64_t)TICKS_PER_DAY)[DAY_IMPRESSIONS];
            bool paused = day == 3 || day == 4;
            if (paused) assert_int_equal(shown, 0);
            if (!paused && a < 2) assert_true(shown > 0);
        }
    flight_end(&f);
}

/* Site visits drawn over eight replications against those of the path: 4.9 of their errors (1 in 10^6), about 7 %.
 * The town's people are the real ones. */
static void visits_come_to_those_of_the_path(void **state)
{
    scenario_t sc = with_brand(state);
    sc.ad_set[0].audience = TOWN_EVERYONE; /* all who use a platform are in the crowd */
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    double expected = 0;
    size_t drawn = 0, n;
    for (uint32_t replication = 0; replication < 8; replication++) {
        flight_fly(&f, &sc, replication);
        const brand_effects_t *e = f.ws->tuning.brand;
        error_t err = {""};
        visits_t visits = {0}, organic = {0};
        for (size_t i = 0; i < f.ws->crowd->n; i++) {
            flight_check(
                site_visits(f.world, f.ws->crowd, &f.ws->tuning, i, replication, &visits, &err),
                &err);
            flight_check(
                organic_visits(f.world, f.ws->crowd, &f.ws->tuning, i, replication, &organic, &err),
                &err);
            for (n = organic.n; n < visits.n; n++) drawn += visits.visit[n].tick >= 0;
        }
        visits_free(&visits);
        visits_free(&organic);
        expected += e->visits[0] + e->visits[1];
    }
    print_message("# %zu visits, expected %.1f\n", drawn, expected);
    assert_true(fabs((double)drawn - expected) < 4.9 * sqrt(expected));
    assert_true(expected > 5000);
    flight_end(&f);
}

/* Ads and posts reach no more than both together, and no fewer than either. */
static void reach_of_both_is_between(void **state)
{
    scenario_t sc = with_brand(state);
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    flight_fly(&f, &sc, 0);
    int plan = scope_plan(world_scopes(f.world));
    double ads = (double)count_of(&f, plan, COUNT_REACH_1);
    double posts = (double)count_of(&f, plan, COUNT_POST_REACH) / EVENT_ONE;
    double both = (double)count_of(&f, plan, COUNT_POST_REACH_TOO) / EVENT_ONE;
    assert_true(posts > 1000 && both > 0);
    assert_true(both < ads && both < posts);
    /* Ads reach active people on the same platforms, customers among them: likelier followers than anybody. */
    assert_true(both > ads * posts / PEOPLE);
    flight_end(&f);
}

/* The path of a pair is that of both its replications, and another pair's another. */
static void a_pair_shares_its_path(void **state)
{
    scenario_t sc = with_brand(state);
    sc.brand.post_noise = 0.8;
    flight_t f;
    flight_begin(&f, &sc, PEOPLE);
    double first[3];
    for (uint32_t k = 0; k < 3; k++) {
        flight_fly(&f, &sc, k);
        first[k] = f.ws->tuning.brand->impressions;
    }
    assert_true(first[0] == first[1] && first[1] != first[2]);
    flight_end(&f);
    flight_begin(&f, &sc, PEOPLE); /* whichever of the two is flown first */
    flight_fly(&f, &sc, 1);
    assert_true(f.ws->tuning.brand->impressions == first[0]);
    flight_end(&f);
}

static int set_up(void **state)
{
    return town_begin(state, PEOPLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_brand_knows_nothing_of_ads),
        cmocka_unit_test(a_crisis_of_no_severity_changes_nothing),
        cmocka_unit_test(a_brand_without_effect_leaves_ads_alone),
        cmocka_unit_test(sentiment_multiplies_demand_and_answers),
        cmocka_unit_test(a_crisis_pauses_ads),
        cmocka_unit_test(visits_come_to_those_of_the_path),
        cmocka_unit_test(reach_of_both_is_between),
        cmocka_unit_test(a_pair_shares_its_path),
    };
    return cmocka_run_group_tests_name("brand", tests, set_up, town_end);
}
