/* test_followers.c -- the followers' equation, against its laws and small steps. */
#include "models/brand/followers.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Runge-Kutta in a thousand steps. */
static double by_small_steps(const growth_t *g, double f, double days)
{
    enum { STEPS = 1000 };
    double h = days / STEPS;
#define SLOPE(x) (g->arrivals + g->growth * (x) * (1 - (x) / g->ceiling) - g->churn * (x))
    for (int i = 0; i < STEPS; i++) {
        double a = SLOPE(f), b = SLOPE(f + h / 2 * a), c = SLOPE(f + h / 2 * b),
               d = SLOPE(f + h * c);
        f += h / 6 * (a + 2 * b + 2 * c + d);
    }
    return f;
}

static const growth_t kinds[] = {
    {0, 0, INFINITY, 0},          {40, 0, INFINITY, 0},      {0, 0.01, INFINITY, 0.004},
    {0, 0.004, INFINITY, 0.01},   {25, 0.03, 200000, 0.005}, {0, 0.03, 8000, 0.005},
    {40, 0.005, INFINITY, 0.005}, {0, 0.005, 9000, 0.005},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void followers_solve_their_equation(void **state)
{
    (void)state;
    for (int k = 0; k < KINDS; k++) {
        double exact = followers_after(&kinds[k], 5000, 90);
        assert_true(fabs(exact - by_small_steps(&kinds[k], 5000, 90)) < 1e-7 * exact);
        assert_true(followers_after(&kinds[k], 5000, 0) == 5000);
    }
}

static void days_add_up_to_a_year(void **state)
{
    (void)state;
    for (int k = 0; k < KINDS; k++) {
        double day_by_day = 5000;
        for (int day = 0; day < 365; day++) day_by_day = followers_after(&kinds[k], day_by_day, 1);
        double at_once = followers_after(&kinds[k], 5000, 365);
        assert_true(fabs(day_by_day - at_once) < 1e-9 * at_once);
    }
}

static void they_settle_at_their_limit(void **state)
{
    (void)state;
    growth_t g = {0, 0.03, 200000, 0.005};
    assert_true(fabs(followers_after(&g, 5, 5000) - followers_limit(&g)) < 1e-3);
    assert_true(fabs(followers_after(&g, 900000, 5000) - followers_limit(&g)) < 1e-3);
    assert_true(followers_after(&g, 0, 100) == 0);
}

/* 1000 at 1 % a day, 20 arrive: 1009.93 are there, 10.05 left, 19.98 came. */
static void who_came_less_who_left_is_the_difference(void **state)
{
    (void)state;
    growth_t g = {20, 0, INFINITY, 0.01};
    double after = followers_after(&g, 1000, 1);
    turnover_t t = followers_turnover(&g, 1000, after, 1);
    assert_true(fabs(t.gained - t.lost - (after - 1000)) < 1e-9);
    assert_true(fabs(t.lost - 10.05) < 0.01 && fabs(t.gained - 20) < 0.05);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(followers_solve_their_equation),
        cmocka_unit_test(days_add_up_to_a_year),
        cmocka_unit_test(they_settle_at_their_limit),
        cmocka_unit_test(who_came_less_who_left_is_the_difference),
    };
    return cmocka_run_group_tests_name("followers", tests, NULL, NULL);
}
