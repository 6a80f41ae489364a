/* test_solve.c -- the best split: against every split of a grid, by the conditions that a best one keeps, and by
 * laws: never over the budget, the order of cells does not matter, more budget never brings less, tighter limits
 * never more, no split beats the bound. */
#include "sim/allocate/aim.h"
#include "sim/allocate/flights.h"
#include "sim/allocate/risk.h"
#include "sim/allocate/search.h"
#include "tests/allocate/curves.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { PROBLEMS = 60 };
/* Spends are whole micros: the responses of a few of them. */
static const double MICROS = 1e-5;

static problem_t problem, other;
static solution_t best, second;

static void near_to(double got, double wanted, double relative)
{
    if (fabs(got - wanted) > relative * fmax(fabs(wanted), 1e-9))
        print_error("%.17g is not %.17g\n", got, wanted);
    assert_true(fabs(got - wanted) <= relative * fmax(fabs(wanted), 1e-9));
}

static void solved(const problem_t *p, solution_t *s)
{
    error_t err = {""};
    if (problem_solve(p, s, &err) != OK) fail_msg("%s", err.text);
    assert_true(problem_allows(p, s->spend));
    assert_true(s->total_response <= s->bound + MICROS);
}

/* --- by hand -------------------------------------------------------------------------------------- */

/* The best of all splits over three cells in steps of budget / 120. */
static double best_of_grid(const problem_t *p)
{
    enum { STEPS = 120 };
    double top = -1;
    for (int a = 0; a <= STEPS; a++)
        for (int b = 0; a + b <= STEPS; b++)
            for (int rest = 0; rest < 2; rest++) {
                double unit = p->budget / STEPS;
                double spend[3] = {a * unit, b * unit, rest ? (STEPS - a - b) * unit : 0};
                if (problem_allows(p, spend)) top = fmax(top, problem_response(p, spend));
            }
    return top;
}

static void no_split_of_a_grid_is_better(void **state)
{
    (void)state;
    for (int k = 0; k < PROBLEMS; k++) {
        problem_drawn(&problem, k, 3, true, true);
        solved(&problem, &best);
        double grid = best_of_grid(&problem);
        assert_true(best.total_response >= grid - MICROS);
        assert_true(best.gap < 1e-6); /* branch and bound closes it */
    }
}

static void minimums_if_used_are_kept_and_best(void **state)
{
    (void)state;
    for (int k = 0; k < PROBLEMS; k++) {
        problem_drawn(&problem, k, 3, k % 2, false);
        for (int i = 0; i < 3; i++) {
            problem.cell[i].optional = true;
            problem.cell[i].low = chance_of(k, i, 50, 0.2, 0.6) * problem.budget;
        }
        solved(&problem, &best);
        for (int i = 0; i < 3; i++)
            assert_true(best.spend[i] == 0 || best.spend[i] >= problem.cell[i].low - 1e-5);
        assert_true(best.total_response >= best_of_grid(&problem) - MICROS);
    }
}

static void groups_are_kept_and_best(void **state)
{
    (void)state;
    for (int k = 0; k < PROBLEMS; k++) {
        problem_drawn(&problem, k, 3, k % 2, false);
        problem.n_sides = 1;
        problem.side[0] = (side_t){.weight = {1, 1, 0}, .plain = true, .low = -INFINITY};
        problem.side[0].high = chance_of(k, 0, 51, 0.2, 0.9) * problem.budget;
        if (k % 3 == 0) {
            problem.side[0].low = problem.side[0].high;
            problem.side[0].high = INFINITY;
        }
        solved(&problem, &best);
        double grid = best_of_grid(&problem);
        assert_true(best.total_response >= grid - MICROS);
        assert_true(best.total_response <= grid * 1.06);
    }
}

/* A general limit: x1 <= 1/2 x2 + something, two of them that share cells. */
static void linear_limits_are_kept_and_best(void **state)
{
    (void)state;
    for (int k = 0; k < PROBLEMS; k++) {
        problem_drawn(&problem, k, 3, false, false);
        for (int i = 0; i < 3; i++)
            if (problem.cell[i].curve.form == CURVE_LINEAR)
                problem.cell[i].curve = curve_drawn(CURVE_LOG, k, i);
        problem.n_sides = 2;
        problem.side[0] = (side_t){.weight = {1, -0.5, 0}, .low = -INFINITY, .high = 10};
        problem.side[1] = (side_t){.weight = {1, 0, 2}, .low = -INFINITY};
        problem.side[1].high = 0.8 * problem.budget;
        solved(&problem, &best);
        double grid = best_of_grid(&problem);
        assert_true(best.total_response >= grid * (1 - 1e-6));
        assert_true(best.gap < 1e-5);
    }
}

/* --- conditions ----------------------------------------------------------------------------------- */

/* Of concave curves: cells within their limits have one marginal; those at a maximum a higher one, those at a
 * minimum a lower. */
static void marginals_meet_at_one_price(void **state)
{
    (void)state;
    for (int k = 0; k < PROBLEMS; k++) {
        problem_drawn(&problem, k, 8, false, true);
        solved(&problem, &best);
        for (int i = 0; i < 8; i++) {
            const cell_t *c = &problem.cell[i];
            double x = best.spend[i], m = best.marginal[i];
            if (c->curve.form == CURVE_LINEAR) continue; /* a corner has two slopes */
            bool at_low = x <= c->low + 1e-5, at_high = x >= c->high - 1e-5;
            if (!at_low && !at_high) near_to(m, best.price, 1e-4);
            if (at_high && !at_low) assert_true(m >= best.price * (1 - 1e-4));
            if (at_low && !at_high) assert_true(m <= best.price * (1 + 1e-4));
        }
    }
}

/* A shadow price is what a unit more of the limit brings: solve again with it. */
static void shadow_prices_are_what_limits_cost(void **state)
{
    (void)state;
    int seen = 0;
    for (int k = 0; k < PROBLEMS; k++) {
        problem_drawn(&problem, k, 5, false, true);
        solved(&problem, &best);
        for (int i = 0; i < 5; i++) {
            if (best.held[i] != HOLD_BY_MAX && best.held[i] != HOLD_BY_MIN) continue;
            if (problem.cell[i].curve.form == CURVE_LINEAR || fabs(best.shadow[i]) < 1e-4) continue;
            other = problem;
            double h = 1e-3;
            *(best.held[i] == HOLD_BY_MAX ? &other.cell[i].high : &other.cell[i].low) += h;
            solved(&other, &second);
            near_to((second.total_response - best.total_response) / h, best.shadow[i], 2e-2);
            seen++;
        }
        other = problem;
        other.budget += 1e-3;
        solved(&other, &second);
        if (best.price > 1e-3)
            near_to((second.total_response - best.total_response) / 1e-3, best.price, 2e-2);
    }
    assert_true(seen > 20);
}

/* --- laws ----------------------------------------------------------------------------------------- */

/* A straight line through points that end at 50: what the next unit brings there is not known, and told to be what the
 * last brought. If the simulator was asked, it is known, also where it is the same. */
static void a_curve_that_ends_holds_unless_the_simulator_was_asked(void **state)
{
    (void)state;
    const double x[] = {0, 50}, y[] = {0, 100};
    spline_t *line = spline_new(x, y, 2);
    problem = (problem_t){.n = 2, .periods = 1, .budget = 100};
    cell_of(&problem, 0, (curve_t){.form = CURVE_POINTS_JOINED, .spline = line});
    cell_of(&problem, 1, curve_drawn(CURVE_LOG, 1, 1));
    problem.cell[0].high = 50;
    solved(&problem, &best);
    near_to(best.spend[0], 50, 1e-9);
    assert_int_equal(best.held[0], HOLD_BY_RANGE);
    near_to(best.marginal[0], 2, 1e-9);
    best.marginals_simulated = true;
    solution_explain(&problem, &best);
    assert_int_equal(best.held[0], HOLD_BY_BUDGET);
    free(line);
}

static void the_budget_is_kept_to_the_micro(void **state)
{
    (void)state;
    for (int k = 0; k < PROBLEMS; k++) {
        problem_drawn(&problem, k, 7, k % 2, k % 3 == 0);
        problem.budget = floor(problem.budget * 100) / 100;
        solved(&problem, &best);
        double sum = 0;
        for (int i = 0; i < 7; i++) {
            double micros = best.spend[i] * 1e6;
            assert_true(fabs(micros - nearbyint(micros)) < 1e-3);
            sum += nearbyint(micros);
        }
        assert_true(sum <= nearbyint(problem.budget * 1e6));
        if (best.price > 1e-6) assert_true(sum == nearbyint(problem.budget * 1e6));
    }
}

static void the_order_of_cells_does_not_matter(void **state)
{
    (void)state;
    for (int k = 0; k < PROBLEMS; k++) {
        problem_drawn(&problem, k, 6, k % 2, true);
        other = problem;
        for (int i = 0; i < 6; i++) other.cell[i] = problem.cell[5 - i];
        solved(&problem, &best);
        solved(&other, &second);
        near_to(second.total_response, best.total_response, 1e-7);
    }
}

static void more_budget_never_brings_less(void **state)
{
    (void)state;
    for (int k = 0; k < PROBLEMS / 2; k++) {
        problem_drawn(&problem, k, 5, k % 2, false);
        double before = 0, whole = problem.budget;
        for (int b = 1; b <= 10; b++) {
            problem.budget = whole * b / 5;
            solved(&problem, &best);
            assert_true(best.total_response >= before * (1 - 1e-9));
            before = best.total_response;
        }
    }
}

static void tighter_limits_never_bring_more(void **state)
{
    (void)state;
    for (int k = 0; k < PROBLEMS; k++) {
        problem_drawn(&problem, k, 5, k % 2, false);
        solved(&problem, &best);
        other = problem;
        int i = k % 5;
        other.cell[i].high = best.spend[i] * 0.7;
        solved(&other, &second);
        assert_true(second.total_response <= best.total_response * (1 + 1e-9));
        other = problem;
        other.cell[i].low = fmin(best.spend[i] + 0.1 * problem.budget, problem.budget);
        solved(&other, &second);
        assert_true(second.total_response <= best.total_response * (1 + 1e-9));
    }
}

/* --- lots ----------------------------------------------------------------------------------------- */

static void lots_are_whole_and_best(void **state)
{
    (void)state;
    for (int k = 0; k < PROBLEMS; k++) {
        problem_drawn(&problem, k, 3, k % 2, false);
        problem.lot = 10;
        problem.budget = 240;
        solved(&problem, &best);
        double top = 0;
        for (int a = 0; a <= 24; a++)
            for (int b = 0; a + b <= 24; b++) {
                double spend[] = {10. * a, 10. * b, 10. * (24 - a - b)};
                top = fmax(top, problem_response(&problem, spend));
            }
        for (int i = 0; i < 3; i++) assert_true(fabs(fmod(best.spend[i] + 5, 10) - 5) < 1e-5);
        near_to(best.total_response, top, 1e-12);
        assert_true(best.gap == 0);
    }
}

/* --- aims ----------------------------------------------------------------------------------------- */

static outcome_t outcome;

static void aimed(aim_t aim, double goal)
{
    aiming_t a = {aim, goal, 1};
    assert_int_equal(aim_solve(&problem, &a, &outcome, NULL), OK);
}

/* What the least spend for a response brings is that response; a smaller budget brings less. */
static void least_spend_is_the_inverse_of_most_response(void **state)
{
    (void)state;
    for (int k = 0; k < 20; k++) {
        problem_drawn(&problem, k, 5, k % 2, false);
        solved(&problem, &best);
        double budget = problem.budget;
        if (best.price < 1e-3) continue;
        problem.budget = INFINITY;
        aimed(AIM_MIN_SPEND, best.total_response);
        assert_true(outcome.reached);
        near_to(outcome.best.total_spend, budget, k % 2 ? 2e-3 : 1e-6);
        near_to(outcome.best.total_response, best.total_response, k % 2 ? 1e-3 : 1e-6);
    }
}

/* At the most spend that keeps a return, the return is kept; a hundredth more, and it is not. */
static void a_return_is_kept_and_no_more_could_be_spent(void **state)
{
    (void)state;
    for (int k = 0; k < 20; k++) {
        problem_drawn(&problem, k, 4, false, false);
        solved(&problem, &best);
        double goal = 0.9 * best.total_response / best.total_spend;
        problem.budget = INFINITY;
        aimed(AIM_TARGET_ROAS, goal);
        assert_true(outcome.reached);
        assert_true(outcome.achieved >= goal * (1 - 1e-6));
        problem.budget = outcome.best.total_spend * 1.01;
        solved(&problem, &best);
        assert_true(best.total_response / (outcome.best.total_spend * 1.01) < goal);
    }
}

static void what_cannot_be_had_is_said_with_the_best(void **state)
{
    (void)state;
    problem_drawn(&problem, 1, 3, false, false);
    for (int i = 0; i < 3; i++) {
        problem.cell[i].curve = curve_drawn(CURVE_MICHAELIS_MENTEN, 1, i);
        problem.cell[i].high = 50;
    }
    problem.budget = INFINITY;
    aimed(AIM_MIN_SPEND, 1e6);
    double most[] = {50, 50, 50};
    assert_false(outcome.reached);
    near_to(outcome.attainable_high, problem_response(&problem, most), 1e-9);
    assert_non_null(strstr(outcome.text, "below 1000000"));
}

static void impossible_limits_name_the_cells(void **state)
{
    (void)state;
    error_t err = {""};
    problem_drawn(&problem, 1, 3, false, false);
    problem.budget = 100;
    problem.cell[0].name = "search";
    problem.cell[2].name = "video";
    problem.cell[0].low = 70;
    problem.cell[2].low = 60;
    assert_int_equal(problem_solve(&problem, &best, &err), ERR_INVALID);
    assert_string_equal(err.text, "the minimum spends of search, video come to 130, more than the "
                                  "budget of 100");
}

/* --- responses that do not add up ------------------------------------------------------------------ */

/* P6: everybody is in both audiences; reach is 1 - e^-(x/6 + y/12) of a million for x and y thousands. */
static double joint_reach(void *context, const double *spend)
{
    (void)context;
    return 1e6 * (1 - exp(-(spend[0] / 6 + spend[1] / 12) / 1000));
}

static void overlap_sends_all_to_the_cheap_one(void **state)
{
    (void)state;
    problem = (problem_t){.n = 2, .periods = 1, .budget = 12000};
    for (int i = 0; i < 2; i++) {
        cell_of(&problem, i, curve_drawn(CURVE_EXPONENTIAL, 1, i));
        problem.cell[i].curve.parameter[PARAMETER_MAX_RESPONSE] = 1e6;
        problem.cell[i].curve.parameter[PARAMETER_K] = i ? 12000 : 6000;
    }
    solved(&problem, &best); /* adding reaches: some for both */
    assert_true(best.spend[1] > 1000);
    double spend[ALLOCATION_CELLS] = {6000, 6000};
    search_t s = {
        .problem = &problem, .value = joint_reach, .first = 3000, .last = 1, .looks_most = 500};
    near_to(joint_reach(NULL, spend), 776869.840, 1e-9);
    near_to(search_climb(&s, spend), 864664.717, 1e-8);
    near_to(spend[0], 12000, 1e-9);
    assert_true(spend[1] < 1e-6);
}

/* The search never ends below its start, and keeps limits. */
static void the_search_keeps_limits(void **state)
{
    (void)state;
    problem = (problem_t){.n = 2, .periods = 1, .budget = 12000};
    for (int i = 0; i < 2; i++) cell_of(&problem, i, curve_drawn(CURVE_LOG, 1, i));
    problem.cell[0].high = 9000;
    double spend[ALLOCATION_CELLS] = {1000, 11000};
    search_t s = {
        .problem = &problem, .value = joint_reach, .first = 3000, .last = 1, .looks_most = 500};
    search_climb(&s, spend);
    near_to(spend[0], 9000, 1e-9);
    near_to(spend[1], 3000, 1e-9);
}

/* --- S-curves over periods ------------------------------------------------------------------------ */

static void flown(problem_t *p, solution_t *s)
{
    error_t err = {""};
    flights_t *own[ALLOCATION_CELLS] = {NULL};
    assert_int_equal(problem_fly(p, own, &err), OK);
    solved(p, s);
    for (int i = 0; i < p->n; i++) flights_delete(own[i]);
}

/* P7 with periods for cells, x^2 / (x^2 + 100^2) in each: 500 over ten are five at 100, and no more than 500 / 200 is
 * ruled out by the straight line above; 450 are five at 90; two periods take 130 at once and 150 evenly. */
static void periods_of_an_s_curve_are_its_cells(void **state)
{
    (void)state;
    static const struct {
        int periods;
        double budget, value, bound;
    } p7[] = {{10, 500, 2.5, 2.5},
              {10, 450, 2.23756906077348, 2.25},
              {2, 130, 0.628252788104089, 0.65},
              {2, 150, 0.72, 0.75}};
    for (size_t k = 0; k < sizeof p7 / sizeof *p7; k++) {
        problem = (problem_t){.n = 1, .periods = p7[k].periods, .budget = p7[k].budget};
        cell_of(&problem, 0, curve_drawn(CURVE_HILL, 1, 0));
        problem.cell[0].curve.parameter[PARAMETER_MAX_RESPONSE] = 1;
        problem.cell[0].curve.parameter[PARAMETER_HALF] = 100;
        problem.cell[0].curve.parameter[PARAMETER_SLOPE] = 2;
        flown(&problem, &best);
        near_to(best.total_response, p7[k].value, 1e-7);
        near_to(best.bound, p7[k].bound, 1e-6);
        near_to(best.gap, p7[k].bound / p7[k].value - 1, 1e-4);
        near_to(best.total_spend, p7[k].budget, 1e-9);
    }
}

/* Two S-curves and one without an S over three periods with something left: no split of a grid over cells and periods
 * brings more, and the bound is above all of them. */
static void no_flights_of_several_cells_bring_more(void **state)
{
    (void)state;
    enum { STEPS = 10 };
    for (int k = 0; k < 4; k++) {
        problem = (problem_t){.n = 2, .periods = 3, .budget = 200};
        cell_of(&problem, 0, curve_drawn(CURVE_HILL, k, 0));
        cell_of(&problem, 1, curve_drawn(k % 2 ? CURVE_LOG : CURVE_HILL, k, 1));
        problem.cell[0].decay = 0.3;
        problem.cell[1].decay = 0.15 * k;
        flown(&problem, &best);
        double top = 0, unit = problem.budget / STEPS;
        int n[5];
        for (n[0] = 0; n[0] <= STEPS; n[0]++)
            for (n[1] = 0; n[0] + n[1] <= STEPS; n[1]++)
                for (n[2] = 0; n[0] + n[1] + n[2] <= STEPS; n[2]++)
                    for (n[3] = 0; n[0] + n[1] + n[2] + n[3] <= STEPS; n[3]++)
                        for (n[4] = 0; n[0] + n[1] + n[2] + n[3] + n[4] <= STEPS; n[4]++) {
                            int left = STEPS - n[0] - n[1] - n[2] - n[3] - n[4];
                            flight_plan_t plan[2] = {{{n[0] * unit, n[1] * unit, n[2] * unit}},
                                                     {{n[3] * unit, n[4] * unit, left * unit}}};
                            double sum = 0;
                            for (int i = 0; i < 2; i++)
                                sum += plan_response(&problem, &problem.cell[i], &plan[i]);
                            top = fmax(top, sum);
                        }
        if (best.total_response < top) print_error("%d: %g of %g\n", k, best.total_response, top);
        assert_true(best.total_response >= top * (1 - 1e-9));
        assert_true(best.bound >= best.total_response && best.gap < 0.25);
    }
}

/* --- what comes beside the cells ----------------------------------------------------------------- */

/* One cell brings 1 a unit in every draw; the other 0.8 or 1.3, in turn. */
static void sure_and_unsure(draws_t *d)
{
    error_t err = {""};
    problem = (problem_t){.n = 2, .periods = 1, .budget = 10};
    assert_int_equal(draws_init(d, 100, 2, &err), OK);
    for (int i = 0; i < 2; i++) cell_of(&problem, i, (curve_t){.form = CURVE_LINEAR});
    for (int s = 0; s < d->n; s++)
        for (int i = 0; i < 2; i++) {
            curve_t *c = draw_curve(d, s, i);
            *c = (curve_t){.form = CURVE_LINEAR};
            c->parameter[PARAMETER_MAX_RESPONSE] = NAN;
            c->parameter[PARAMETER_SLOPE] = i == 0 ? 1 : s % 2 ? 1.3 : 0.8;
        }
}

/* 12 are wanted: with 3 beside the cells the sure one has them in every draw, without them the unsure one in half. */
static void a_chance_counts_what_comes_beside_the_cells(void **state)
{
    (void)state;
    error_t err = {""};
    draws_t d;
    double spend[ALLOCATION_CELLS] = {0, 10}, chance;
    risk_aim_t wanted = {.measure = RISK_CHANCE, .threshold = 12};
    sure_and_unsure(&d);
    for (int s = 0; s < d.n; s++) d.offset[s] = 3;
    assert_int_equal(risk_climb(&problem, &d, &wanted, spend, &chance, &err), OK);
    near_to(chance, 1, 1e-12);
    assert_true(spend[0] > 5 - 1e-6);
    draws_free(&d);
}

/* Where it comes in the draws in which the unsure cell fails, that one is the sure one: 13 in all of them. */
static void what_comes_beside_the_cells_may_differ_by_draw(void **state)
{
    (void)state;
    error_t err = {""};
    draws_t d;
    double spend[ALLOCATION_CELLS] = {10, 0}, worst, response[100];
    risk_aim_t tail = {.measure = RISK_CVAR, .level = 0.9};
    sure_and_unsure(&d);
    for (int s = 0; s < d.n; s++) d.offset[s] = s % 2 ? 0 : 5;
    assert_int_equal(risk_climb(&problem, &d, &tail, spend, &worst, &err), OK);
    near_to(spend[1], 10, 1e-4);
    near_to(worst, 13, 1e-4);
    draws_respond(&problem, &d, spend, response);
    for (int s = 0; s < d.n; s++) near_to(response[s], 13, 1e-4);
    draws_free(&d);
}

/* A plan over periods is made before anybody knows which draw is true: what it brings there is not what a plan for that
 * draw would. */
static void draws_meet_the_plan_that_is_made(void **state)
{
    (void)state;
    error_t err = {""};
    draws_t d;
    flight_plan_t plan;
    double response[2], spend[ALLOCATION_CELLS] = {100};
    problem = (problem_t){.n = 1, .periods = 3, .budget = 100};
    cell_of(&problem, 0, curve_drawn(CURVE_LOG, 1, 0));
    problem.cell[0].decay = 0.5;
    assert_int_equal(draws_init(&d, 2, 1, &err), OK);
    for (int s = 0; s < 2; s++) {
        *draw_curve(&d, s, 0) = problem.cell[0].curve;
        draw_curve(&d, s, 0)->parameter[PARAMETER_K] = s ? 300 : 3;
    }
    cell_response(&problem, &problem.cell[0], 100, &plan);
    draws_respond(&problem, &d, spend, response);
    for (int s = 0; s < 2; s++) {
        cell_t c = problem.cell[0];
        c.curve = *draw_curve(&d, s, 0);
        near_to(response[s], plan_response(&problem, &c, &plan), 1e-12);
        assert_true(cell_response(&problem, &c, 100, NULL) > response[s] * (1 + 1e-4));
    }
    draws_free(&d);
}

/* Ten draws of an S-curve, half at 91 to 109, with a budget of 1,000 and without any: its mean to a part in 1,000 at
 * spends from a hundredth of the half to a hundred times it. */
static void an_expected_curve_is_right_at_every_spend(void **state)
{
    (void)state;
    static const double budgets[] = {1000, INFINITY};
    error_t err = {""};
    for (int b = 0; b < 2; b++) {
        draws_t d;
        spline_t *own[ALLOCATION_CELLS];
        problem = (problem_t){.n = 1, .periods = 1, .budget = budgets[b]};
        cell_of(&problem, 0, (curve_t){.form = CURVE_HILL});
        problem.cell[0].high = INFINITY;
        assert_int_equal(draws_init(&d, 10, 1, &err), OK);
        for (int s = 0; s < d.n; s++) {
            curve_t *c = draw_curve(&d, s, 0);
            *c = (curve_t){.form = CURVE_HILL};
            c->parameter[PARAMETER_MAX_RESPONSE] = 1000;
            c->parameter[PARAMETER_HALF] = 91 + 2 * s;
            c->parameter[PARAMETER_SLOPE] = 2;
        }
        assert_int_equal(problem_expect(&problem, &d, own, &err), OK);
        for (double spend = 1; spend < 1e4; spend *= 1.07) {
            double sum = 0;
            for (int s = 0; s < d.n; s++) sum += curve_response(draw_curve(&d, s, 0), spend) / d.n;
            if (b || spend < 2000)
                near_to(curve_response(&problem.cell[0].curve, spend) / sum, 1, 1e-3);
        }
        free(own[0]);
        draws_free(&d);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_split_of_a_grid_is_better),
        cmocka_unit_test(minimums_if_used_are_kept_and_best),
        cmocka_unit_test(groups_are_kept_and_best),
        cmocka_unit_test(linear_limits_are_kept_and_best),
        cmocka_unit_test(marginals_meet_at_one_price),
        cmocka_unit_test(shadow_prices_are_what_limits_cost),
        cmocka_unit_test(a_curve_that_ends_holds_unless_the_simulator_was_asked),
        cmocka_unit_test(the_budget_is_kept_to_the_micro),
        cmocka_unit_test(the_order_of_cells_does_not_matter),
        cmocka_unit_test(more_budget_never_brings_less),
        cmocka_unit_test(tighter_limits_never_bring_more),
        cmocka_unit_test(lots_are_whole_and_best),
        cmocka_unit_test(least_spend_is_the_inverse_of_most_response),
        cmocka_unit_test(a_return_is_kept_and_no_more_could_be_spent),
        cmocka_unit_test(what_cannot_be_had_is_said_with_the_best),
        cmocka_unit_test(impossible_limits_name_the_cells),
        cmocka_unit_test(overlap_sends_all_to_the_cheap_one),
        cmocka_unit_test(the_search_keeps_limits),
        cmocka_unit_test(draws_meet_the_plan_that_is_made),
        cmocka_unit_test(an_expected_curve_is_right_at_every_spend),
        cmocka_unit_test(periods_of_an_s_curve_are_its_cells),
        cmocka_unit_test(no_flights_of_several_cells_bring_more),
        cmocka_unit_test(a_chance_counts_what_comes_beside_the_cells),
        cmocka_unit_test(what_comes_beside_the_cells_may_differ_by_draw),
    };
    return cmocka_run_group_tests_name("best splits", tests, NULL, NULL);
}
