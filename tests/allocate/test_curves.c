/* test_curves.c -- every form: its slope by finite differences, its spend at a slope by the slope there, where it
 * bends; curves through points keep their points, their order and their bends; money over periods against a
 * search by hand. */
#include "sim/allocate/flights.h"
#include "tests/allocate/curves.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { FORMS_DRAWN = CURVE_POINTS_JOINED, DRAWN = 40 };

static void near_to(double got, double wanted, double relative)
{
    if (fabs(got - wanted) > relative * fmax(fabs(wanted), 1e-12))
        print_error("%.17g is not %.17g\n", got, wanted);
    assert_true(fabs(got - wanted) <= relative * fmax(fabs(wanted), 1e-12));
}

/* Central differences of step h: error h^2 f''' / 6, with h = 1e-4 x some 1e-8. */
static void slopes_are_those_of_the_responses(void **state)
{
    (void)state;
    for (int form = 0; form < FORMS_DRAWN; form++)
        for (int k = 0; k < DRAWN; k++) {
            curve_t c = curve_drawn((curve_form_t)form, k, form);
            double x = chance_of(k, form, 40, 1, 400), h = 1e-4 * x;
            if (form == CURVE_LINEAR && fabs(x - curve_saturates_at(&c)) < 2 * h) continue;
            if (curve_slope(&c, x) * x < 1e-5 * curve_response(&c, x)) continue; /* flat */
            double slope = (curve_response(&c, x + h) - curve_response(&c, x - h)) / (2 * h);
            near_to(curve_slope(&c, x), slope, 3e-6);
        }
}

static void spends_have_the_slope_that_was_asked(void **state)
{
    (void)state;
    for (int form = 0; form < FORMS_DRAWN; form++)
        for (int k = 0; k < DRAWN && form != CURVE_LINEAR; k++) {
            curve_t c = curve_drawn((curve_form_t)form, k, form);
            double from = curve_concave_from(&c);
            double x = from + chance_of(k, form, 41, 1, 400);
            near_to(curve_spend_at(&c, curve_slope(&c, x)), x, 1e-9);
            /* dearer money, less of it */
            assert_true(curve_spend_at(&c, 1.1 * curve_slope(&c, x)) < x);
        }
}

static void straight_lines_take_all_or_nothing(void **state)
{
    (void)state;
    curve_t c = curve_drawn(CURVE_LINEAR, 1, 1);
    double slope = c.parameter[PARAMETER_SLOPE], full = c.parameter[PARAMETER_MAX_RESPONSE] / slope;
    near_to(curve_spend_at(&c, slope * 0.999), full, 1e-12);
    assert_true(curve_spend_at(&c, slope * 1.001) == 0);
    assert_true(curve_slope(&c, full * 1.01) == 0);
    near_to(curve_response(&c, full * 2), c.parameter[PARAMETER_MAX_RESPONSE], 1e-12);
}

/* Below its inflexion an S-curve's slope rises, above it falls; there is none in the other forms. */
static void curves_bend_where_they_say(void **state)
{
    (void)state;
    for (int form = 0; form < FORMS_DRAWN; form++)
        for (int k = 0; k < DRAWN; k++) {
            curve_t c = curve_drawn((curve_form_t)form, k, form);
            double from = curve_concave_from(&c), step = 0.01 * (from + 10);
            for (double x = from + step; x < from + 300; x += step)
                assert_true(curve_slope(&c, x + step) <= curve_slope(&c, x) * (1 + 1e-12));
            if (form == CURVE_HILL)
                assert_true(curve_slope(&c, 0.97 * from) > curve_slope(&c, 0.9 * from));
            else
                assert_true(from == 0);
        }
}

static void names_of_one_curve_agree(void **state)
{
    (void)state;
    curve_t hill = curve_drawn(CURVE_HILL, 3, 3), mm = hill,
            logistic = curve_drawn(CURVE_LOGISTIC, 3, 3);
    hill.parameter[PARAMETER_SLOPE] = 1;
    mm.form = CURVE_MICHAELIS_MENTEN;
    for (double x = 1; x < 300; x *= 2) {
        near_to(curve_response(&hill, x), curve_response(&mm, x), 1e-14);
        double e = exp(-logistic.parameter[PARAMETER_RATE] * x);
        near_to(curve_response(&logistic, x),
                logistic.parameter[PARAMETER_MAX_RESPONSE] * (1 - e) / (1 + e), 1e-13);
    }
}

/* An S-curve brings the most per unit at half (slope - 1)^(1/slope); dearer money than that buys none of it, a little
 * cheaper money at least so much. */
static void s_curves_get_nothing_or_enough(void **state)
{
    (void)state;
    problem_t *p = calloc(1, sizeof *p);
    for (int k = 0; k < DRAWN; k++) {
        *p = (problem_t){.n = 1, .periods = 1, .budget = 1000};
        cell_of(p, 0, curve_drawn(CURVE_HILL, k, 0));
        const curve_t *c = &p->cell[0].curve;
        double s = c->parameter[PARAMETER_SLOPE];
        double x = c->parameter[PARAMETER_HALF] * pow(s - 1, 1 / s),
               most = curve_response(c, x) / x;
        near_to(curve_best_average(c), x, 1e-12);
        near_to(curve_slope(c, x), most, 1e-9);
        assert_true(cell_spend_at(p, &p->cell[0], most * 1.001) == 0);
        assert_true(cell_spend_at(p, &p->cell[0], most * 0.999) >= x);
    }
    free(p);
}

/* --- points --------------------------------------------------------------------------------------- */

static void points_are_met_in_order(void **state)
{
    (void)state;
    const double x[] = {0, 10, 25, 60, 100, 180}, y[] = {0, 1, 8, 30, 34, 34};
    spline_t *s = spline_new(x, y, 6);
    curve_t c = {.form = CURVE_POINTS_JOINED, .spline = s};
    for (int k = 0; k < 6; k++) near_to(curve_response(&c, x[k]), y[k], 1e-12);
    for (double a = 0; a < 200; a += 0.37) {
        assert_true(curve_response(&c, a + 0.37) >= curve_response(&c, a) - 1e-12);
        double h = 1e-5, slope = (curve_response(&c, a + h) - curve_response(&c, a)) / h;
        assert_true(fabs(slope - curve_slope(&c, a + h / 2)) < 1e-4);
    }
    assert_true(curve_response(&c, 1000) == 34); /* nothing is known beyond: nothing is promised */
    assert_true(curve_concave_from(&c) > 10 && curve_concave_from(&c) <= 60);
    free(s);
}

static void concave_points_make_a_concave_curve(void **state)
{
    (void)state;
    double x[12], y[12];
    for (int k = 0; k < 12; k++) {
        x[k] = k * k;
        y[k] = 100 * (1 - exp(-x[k] / 40));
    }
    spline_t *s = spline_new(x, y, 12);
    curve_t c = {.form = CURVE_POINTS_JOINED, .spline = s};
    assert_true(curve_concave_from(&c) == 0);
    for (double a = 0.5; a < 110; a += 0.5) {
        assert_true(curve_slope(&c, a + 0.5) <= curve_slope(&c, a) + 1e-12);
        near_to(curve_response(&c, a), 100 * (1 - exp(-a / 40)), 2e-2);
        if (curve_slope(&c, a) > 0) near_to(curve_spend_at(&c, curve_slope(&c, a)), a, 1e-6);
    }
    free(s);
}

static void the_nearest_rising_sequence(void **state)
{
    (void)state;
    double y[] = {1, 3, 2, 2, 5, 4};
    const double wanted[] = {1, 7. / 3, 7. / 3, 7. / 3, 4.5, 4.5};
    isotonic(y, NULL, 6);
    for (int k = 0; k < 6; k++) near_to(y[k], wanted[k], 1e-15);
}

/* --- periods -------------------------------------------------------------------------------------- */

static double spread_response(const problem_t *p, const double *spend)
{
    flight_plan_t plan = {{0}};
    double effective[ALLOCATION_PERIODS], sum = 0;
    memcpy(plan.spend, spend, (size_t)p->periods * sizeof *spend);
    plan_effective(&plan, p->periods, p->cell[0].decay, effective);
    for (int t = 0; t < p->periods; t++) sum += curve_response(&p->cell[0].curve, effective[t]);
    double left = effective[p->periods - 1];
    for (int k = 0; p->carry_out && k < 400; k++)
        sum += curve_response(&p->cell[0].curve, left *= p->cell[0].decay);
    return sum;
}

/* What the best of all splits of 100 over 4 periods in steps of 2.5 brings. */
static double best_spread(const problem_t *p)
{
    double best = 0;
    for (int a = 0; a <= 40; a++)
        for (int b = 0; a + b <= 40; b++)
            for (int c = 0; a + b + c <= 40; c++) {
                double spend[] = {2.5 * a, 2.5 * b, 2.5 * c, 2.5 * (40 - a - b - c)};
                best = fmax(best, spread_response(p, spend));
            }
    return best;
}

/* What the spread that is found brings, which is of 100 and brings that. */
static double found_spread(const problem_t *p)
{
    flight_plan_t plan;
    double found = cell_response(p, &p->cell[0], 100, &plan), total = 0;
    for (int t = 0; t < 4; t++) total += plan.spend[t];
    near_to(total, 100, 1e-9);
    near_to(spread_response(p, plan.spend), found, 1e-9);
    return found;
}

/* No split of a grid brings more, and the best is no farther below than a step can be. */
static void no_spread_over_periods_brings_more(void **state)
{
    (void)state;
    problem_t *p = calloc(1, sizeof *p);
    for (int k = 0; k < 12; k++) {
        curve_form_t form = k % 3 == 0 ? CURVE_LOG : k % 3 == 1 ? CURVE_EXPONENTIAL : CURVE_POWER;
        *p = (problem_t){.n = 1, .periods = 4, .carry_out = k >= 6, .budget = 100};
        cell_of(p, 0, curve_drawn(form, k, 0));
        p->cell[0].decay = 0.15 * (k % 6);
        double found = found_spread(p), best = best_spread(p);
        assert_true(found >= best * (1 - 1e-9));
        assert_true(found <= best * 1.01);
    }
    free(p);
}

/* The same of S-curves, where lots are moved: steeper and less steep ones, much and little money, with and without
 * what is left over. No curve of which some spread brings more lies below the one above. */
static void no_flights_of_an_s_curve_bring_more(void **state)
{
    (void)state;
    problem_t *p = calloc(1, sizeof *p), *above = calloc(1, sizeof *above);
    error_t err = {""};
    for (int k = 0; k < 24; k++) {
        flights_t *own[ALLOCATION_CELLS] = {NULL};
        *p = (problem_t){.n = 1, .periods = 4, .carry_out = k % 12 >= 6, .budget = 100};
        cell_of(p, 0, curve_drawn(CURVE_HILL, k, 0));
        p->cell[0].curve.parameter[PARAMETER_HALF] *= k < 12 ? 0.3 : 1;
        p->cell[0].decay = 0.15 * (k % 6);
        assert_int_equal(problem_fly(p, own, &err), OK);
        double found = found_spread(p), best = best_spread(p);
        if (found < best * (1 - 1e-9)) print_error("%d: %.10g of %.10g\n", k, found, best);
        assert_true(found >= best * (1 - 1e-9));
        problem_above(p, above);
        assert_true(cell_response(above, &above->cell[0], 100, NULL) >= found * (1 - 1e-9));
        flights_delete(own[0]);
    }
    free(above);
    free(p);
}

/* A straight line to the best average, then the curve: never below it, never bending upwards. Points that bend twice
 * have one that is above. */
static void the_curve_above_is_above_and_concave(void **state)
{
    (void)state;
    const double x[] = {0, 10, 25, 60, 100, 180}, once[] = {0, 1, 8, 30, 34, 34},
                 twice[] = {0, 8, 9, 10, 30, 32};
    spline_t *s = spline_new(x, once, 6), *b = spline_new(x, twice, 6);
    const curve_t curve[] = {curve_drawn(CURVE_HILL, 1, 0),
                             curve_drawn(CURVE_HILL, 2, 0),
                             {.form = CURVE_POINTS_JOINED, .spline = s},
                             {.form = CURVE_POINTS_JOINED, .spline = b}};
    for (int k = 0; k < 4; k++) {
        curve_t above = curve_envelope(&curve[k]);
        double step = 0.37, touches = INFINITY;
        assert_true(curve_concave_from(&above) == 0);
        for (double a = step; a < 400; a += step) {
            double y = curve_response(&above, a);
            assert_true(y >= curve_response(&curve[k], a) * (1 - 1e-9));
            assert_true(2 * y >= curve_response(&above, a - step) +
                                     curve_response(&above, a + step) - 1e-9 * y);
            touches = fmin(touches, y / curve_response(&curve[k], a) - 1);
        }
        assert_true(touches < (k < 3 ? 1e-4 : 0.2));
    }
    free(s);
    free(b);
}

static void the_price_of_a_spread_is_its_slope(void **state)
{
    (void)state;
    problem_t *p = calloc(1, sizeof *p);
    *p = (problem_t){.n = 1, .periods = 6, .budget = 100};
    cell_of(p, 0, curve_drawn(CURVE_LOG, 5, 0));
    p->cell[0].decay = 0.4;
    double h = 1e-3, up = cell_response(p, &p->cell[0], 100 + h, NULL),
           down = cell_response(p, &p->cell[0], 100 - h, NULL);
    near_to(cell_slope(p, &p->cell[0], 100), (up - down) / (2 * h), 1e-6);
    near_to(cell_spend_at(p, &p->cell[0], cell_slope(p, &p->cell[0], 100)), 100, 1e-6);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slopes_are_those_of_the_responses),
        cmocka_unit_test(spends_have_the_slope_that_was_asked),
        cmocka_unit_test(straight_lines_take_all_or_nothing),
        cmocka_unit_test(curves_bend_where_they_say),
        cmocka_unit_test(names_of_one_curve_agree),
        cmocka_unit_test(s_curves_get_nothing_or_enough),
        cmocka_unit_test(points_are_met_in_order),
        cmocka_unit_test(concave_points_make_a_concave_curve),
        cmocka_unit_test(the_nearest_rising_sequence),
        cmocka_unit_test(no_spread_over_periods_brings_more),
        cmocka_unit_test(no_flights_of_an_s_curve_bring_more),
        cmocka_unit_test(the_curve_above_is_above_and_concave),
        cmocka_unit_test(the_price_of_a_spread_is_its_slope),
    };
    return cmocka_run_group_tests_name("curves", tests, NULL, NULL);
}
