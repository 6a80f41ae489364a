/* test_demand.c -- a day's demand thins or adds to the visits of that day, and to nothing else. */
#include "models/base/fixed.h"
#include "tests/engine/flights.h"
#include "tests/engine/town.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 4000, DAYS = 28, TOWNSPEOPLE = 20000 };

static scenario_t plain(void)
{
    return (scenario_t){.seed = 7,
                        .days = DAYS,
                        .product = {.visit_to_order = 0.25},
                        .attribution = {.click_window_days = 7}};
}

/* Everyone's visits in two worlds of demand, one after the other. */
typedef struct {
    visits_t a, b;
    size_t n_a, n_b, orders_b, days[2][30 + DAYS + 7];
    int kept; /* every visit of a is one of b, ordered or not alike */
} twice_t;

static int holds(const visits_t *all, const visit_t *v)
{
    for (size_t k = 0; k < all->n; k++)
        if (all->visit[k].tick == v->tick) return 1;
    return 0;
}

static twice_t visits_twice(const scenario_t *sc, const demand_t *a, const demand_t *b)
{
    twice_t t = {.kept = 1};
    error_t err = {""};
    for (uint32_t person = 0; person < PEOPLE; person++) {
        flight_check(person_visits(sc, a, rng_key(sc->seed), person, 0.05, 0, &t.a, &err), &err);
        flight_check(person_visits(sc, b, rng_key(sc->seed), person, 0.05, 0, &t.b, &err), &err);
        t.n_a += t.a.n;
        t.n_b += t.b.n;
        for (size_t k = 0; k < t.a.n; k++) t.kept &= holds(&t.b, &t.a.visit[k]);
        for (size_t k = 0; k < t.b.n; k++) {
            t.orders_b += (size_t)t.b.visit[k].ordered;
            if (k) assert_true(t.b.visit[k].tick > t.b.visit[k - 1].tick);
            t.days[1][(size_t)(t.b.visit[k].tick / TICKS_PER_DAY + WARM_UP_DAYS)]++;
        }
        for (size_t k = 0; k < t.a.n; k++)
            t.days[0][(size_t)(t.a.visit[k].tick / TICKS_PER_DAY + WARM_UP_DAYS)]++;
    }
    visits_free(&t.a);
    visits_free(&t.b);
    return t;
}

/* 4000 people x 65 days x 0.05 visits. Poisson: within 4.9 sd of the mean (1 in 10^6); a day's rate off by
 * 5 % of the whole, or orders off by 5 %, is seen. */
static void higher_demand_keeps_every_visit_and_adds_to_them(void **state)
{
    (void)state;
    static demand_t even, busy;
    scenario_t sc = plain();
    demand_init(&even, &sc);
    demand_init(&busy, &sc);
    for (int day = 0; day < DAYS; day++) demand_multiply(&busy, day, 2.5);
    twice_t t = visits_twice(&sc, &even, &busy);
    assert_true(t.kept);
    double mean = PEOPLE * 0.05 * (65 + 1.5 * DAYS);
    assert_true(fabs((double)t.n_b - mean) < 4.9 * sqrt(mean));
    assert_true(fabs((double)t.orders_b - 0.25 * mean) < 4.9 * sqrt(0.25 * mean));
    for (int day = 0; day < 65; day++) /* the days around are as they were */
        if (day < 30 || day >= 30 + DAYS) assert_int_equal(t.days[0][day], t.days[1][day]);
}

static void lower_demand_leaves_visits_out(void **state)
{
    (void)state;
    static demand_t even, slow;
    scenario_t sc = plain();
    demand_init(&even, &sc);
    demand_init(&slow, &sc);
    for (int day = -30; day < DAYS + 7; day++) demand_multiply(&slow, day, day == 3 ? 0 : 0.4);
    twice_t t = visits_twice(&sc, &slow, &even);
    assert_true(t.kept);
    double mean = PEOPLE * 0.05 * 0.4 * 64;
    assert_true(fabs((double)t.n_a - mean) < 4.9 * sqrt(mean));
    assert_int_equal(t.days[0][33], 0);
}

/* Factors multiply; days beyond the table are nobody's concern. */
static void causes_of_demand_multiply(void **state)
{
    (void)state;
    static demand_t d;
    scenario_t sc = plain();
    demand_init(&d, &sc);
    assert_int_equal(d.days, 30 + DAYS + 7);
    assert_true(demand_over(&d, 0, DAYS) == DAYS);
    demand_multiply(&d, 2, 3);
    demand_multiply(&d, 2, 0.5);
    demand_multiply(&d, 5, 1e6);
    demand_multiply(&d, -31, 9);
    demand_multiply(&d, DAYS + 7, 9);
    assert_true(demand_over(&d, 2, 3) == 1.5);
    assert_true(demand_over(&d, 5, 6) == DEMAND_MOST);
    assert_true(demand_over(&d, -30, DAYS + 7) == 63 + 1.5 + DEMAND_MOST);
    assert_true(demand_at(&d, 32.9) == 1.5);
}

/* Whoever visits is among those who are looked at, however many layers there are. */
static void nobody_who_visits_is_passed_over(void **state)
{
    scenario_t sc = ((town_t *)*state)->sc;
    flight_t f;
    flight_begin(&f, &sc, TOWNSPEOPLE);
    flight_fly(&f, &sc, 0);
    tuning_t *t = &f.ws->tuning;
    error_t err = {""};
    crowd_list_t found = {0};
    visits_t visits = {0};
    for (int day = -30; day < sc.days; day++) demand_multiply(&t->demand, day, 2.2);
    flight_check(organic_visitors(f.world, f.ws->crowd, t, 0, &found, &err), &err);
    size_t at = 0, visitors = 0, n = f.ws->crowd->joiners[0].n + f.ws->crowd->joiners[1].n;
    for (int customer = 0; customer < 2; customer++)
        for (size_t k = 0; k < f.ws->crowd->joiners[customer].n; k++) {
            uint32_t i = f.ws->crowd->joiners[customer].person[k];
            flight_check(organic_visits(f.world, f.ws->crowd, t, i, 0, &visits, &err), &err);
            bool looked_at = at < found.n && found.index[at] == i;
            at += looked_at;
            visitors += visits.n > 0;
            if (visits.n) assert_true(looked_at);
        }
    assert_int_equal(at, found.n);
    assert_true(visitors > 0 && found.n < n);
    free(found.index);
    visits_free(&visits);
    flight_end(&f);
}

static int set_up(void **state)
{
    return town_begin(state, TOWNSPEOPLE);
}

/* March is worth 1.5 of February, Sundays twice a weekday. The 28 days from Monday, 2 March, hold 4 Sundays:
 * 1.5 (24 + 4 x 2) = 48 days. Of the 30 before, the last is a Sunday in March and four others are Sundays:
 * 3 + 4 x 2 + 25 = 36. */
static void seasons_go_by_the_calendar(void **state)
{
    (void)state;
    scenario_t sc = plain();
    strcpy(sc.start, "2026-03-02");
    sc.product.season.log_month[2] = log(1.5);
    sc.product.season.log_weekday[6] = log(2);
    static demand_t d;
    demand_init(&d, &sc);
    double mean_days = demand_over(&d, 0, DAYS), before = demand_over(&d, -30, 0);
    assert_int_equal(flight_weekday(&sc), 0);
    assert_true(fabs(mean_days - 48) < 1e-9);
    assert_true(fabs(before - 36) < 1e-9);
    assert_true(fabs(demand_at(&d, WARM_UP_DAYS + 6) - 3) < 1e-12); /* a Sunday in March */
    assert_true(fabs(demand_at(&d, WARM_UP_DAYS + 0) - 1.5) < 1e-12);
    assert_true(fabs(demand_at(&d, WARM_UP_DAYS - 2) - 1) < 1e-12); /* Saturday, 28 February */
    assert_true(fabs(d.highest - 3) < 1e-12);
}

/* In a season of 1.5 half as many more orders come by themselves, and through the brand; ads bring what they did. */
static void a_season_moves_what_comes_by_itself_and_through_the_brand(void **state)
{
    (void)state;
    double organic[2], brand[2], caused[2];
    for (int high = 0; high < 2; high++) {
        town_t town;
        town_init(&town, TOWNSPEOPLE);
        for (int k = 0; high && k < 12; k++) town.sc.product.season.log_month[k] = log(1.5);
        flight_t f;
        flight_begin(&f, &town.sc, TOWNSPEOPLE);
        flight_fly(&f, &town.sc, 0);
        organic[high] = (double)plan_count(&f, COUNT_ORGANIC);
        brand[high] = (double)plan_count(&f, COUNT_BRAND_CONVERSIONS);
        caused[high] = (double)plan_count(&f, COUNT_AD_CONVERSIONS);
        flight_end(&f);
        town_free(&town);
    }
    assert_true(fabs(organic[1] / organic[0] - 1.5) < 1e-6);
    /* More visitors fill the pools, whose ad set then shows others: 10 %. */
    assert_true(fabs(brand[1] / brand[0] - 1.5) < 0.15);
    assert_true(fabs(caused[1] / caused[0] - 1) < 0.1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seasons_go_by_the_calendar),
        cmocka_unit_test(a_season_moves_what_comes_by_itself_and_through_the_brand),
        cmocka_unit_test(higher_demand_keeps_every_visit_and_adds_to_them),
        cmocka_unit_test(lower_demand_leaves_visits_out),
        cmocka_unit_test(causes_of_demand_multiply),
        cmocka_unit_test(nobody_who_visits_is_passed_over),
    };
    return cmocka_run_group_tests_name("demand", tests, set_up, town_end);
}
