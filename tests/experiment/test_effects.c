/* test_effects.c -- the accounts of single persons: they add up to the run's totals and leave them alone,
 * any number of threads gives the same, and the experiment drawn beside them is unbiased. */
#include "sim/experiment/effects.h"

#include "models/base/fixed.h"
#include "tests/engine/flights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 20000 };

static int setup(void **state)
{
    return town_begin(state, PEOPLE);
}

static person_effects_t effects_of_town(const town_t *town, size_t replications, int threads)
{
    person_effects_t e;
    error_t err = {""};
    run_options_t options = {.threads = threads};
    assert_int_equal(person_effects_init(&e, &town->sc, PEOPLE, replications, &options, &err), OK);
    return e;
}

/* --- accounts --- */

static void accounts_add_up_to_the_totals_and_change_nothing(void **state)
{
    town_t *town = *state;
    flight_t with, without;
    flight_begin(&with, &town->sc, PEOPLE);
    flight_begin(&without, &town->sc, PEOPLE);
    person_account_t *account = calloc(PEOPLE, sizeof *account);
    workspace_keep_accounts(with.ws, account);
    int64_t caused = 0, displaced = 0, accounts[2] = {0, 0};
    for (uint32_t r = 0; r < 3; r++) {
        flight_fly(&with, &town->sc, r);
        flight_fly(&without, &town->sc, r);
        size_t cells = (size_t)scopes_count(world_scopes(with.world)) * COUNTS;
        assert_memory_equal(with.totals.value, without.totals.value,
                            cells * sizeof *with.totals.value);
        caused +=
            plan_count(&with, COUNT_AD_CONVERSIONS) + plan_count(&with, COUNT_BRAND_CONVERSIONS);
        displaced += plan_count(&with, COUNT_DISPLACED);
    }
    for (size_t i = 0; i < PEOPLE; i++) {
        accounts[0] += account[i].caused;
        accounts[1] += account[i].displaced;
        assert_true(account[i].replications == 3 || account[i].replications == 0);
    }
    /* The totals know the exposure stock to more digits than the touch that settling reads. */
    assert_true(caused > 0 && fabs((double)(accounts[0] - caused)) < 1e-6 * (double)caused);
    assert_true(fabs((double)(accounts[1] - displaced)) < 1e-6 * (double)displaced);
    free(account);
    flight_end(&with);
    flight_end(&without);
}

static void threads_do_not_show(void **state)
{
    person_effects_t one = effects_of_town(*state, 4, 1), three = effects_of_town(*state, 4, 3);
    assert_int_equal(one.n, PEOPLE);
    assert_memory_equal(one.treated, three.treated, one.n);
    assert_memory_equal(one.outcome, three.outcome, one.n * sizeof *one.outcome);
    assert_memory_equal(one.effect, three.effect, one.n * sizeof *one.effect);
    assert_memory_equal(one.organic, three.organic, one.n * sizeof *one.organic);
    const trials_t *a = &one.trials, *b = &three.trials;
    assert_int_equal(a->n, b->n);
    assert_memory_equal(a->person, b->person, a->n * sizeof *a->person);
    assert_memory_equal(a->treated, b->treated, a->n);
    assert_memory_equal(a->trials, b->trials, a->n * sizeof *a->trials);
    assert_memory_equal(a->outcome, b->outcome, a->n * sizeof *a->outcome);
    assert_memory_equal(a->effect, b->effect, a->n * sizeof *a->effect);
    person_effects_free(&one);
    person_effects_free(&three);
}

static void more_replications_treat_the_same_people(void **state)
{
    person_effects_t few = effects_of_town(*state, 2, 1), more = effects_of_town(*state, 5, 1);
    assert_int_equal(more.replications, 6); /* whole pairs */
    assert_memory_equal(few.treated, more.treated, few.n);
    size_t treated = 0, apart = 0;
    for (size_t i = 0; i < few.n; i++) {
        treated += few.treated[i] == 1;
        apart += few.treated[i] > 1;
        if (few.treated[i] > 1) assert_true(few.effect[i] == 0 && few.outcome[i] == 0);
    }
    /* A coin each: |z| < 4, 1 in 16,000. */
    double n = (double)(few.n - apart);
    assert_true(fabs((double)treated - n / 2) < 4 * sqrt(n) / 2);
    assert_true(apart > 0 && apart < few.n / 2); /* users of neither platform */
    person_effects_free(&few);
    person_effects_free(&more);
}

static void without_money_nobody_is_moved(void **state)
{
    town_t *town = *state;
    double budget[4];
    for (int a = 0; a < 4; a++) {
        budget[a] = town->sc.ad_set[a].budget;
        town->sc.ad_set[a].budget = 0;
    }
    person_effects_t e = effects_of_town(town, 2, 1);
    double organic = 0;
    for (size_t i = 0; i < e.n; i++) {
        assert_true(e.effect[i] == 0);
        organic += e.organic[i];
    }
    assert_true(organic > 0);
    person_effects_free(&e);
    for (int a = 0; a < 4; a++) town->sc.ad_set[a].budget = budget[a];
}

/* --- the experiment --- */

typedef struct {
    double n, sum, square;
} mean_t;

static void mean_add(mean_t *m, double x)
{
    m->n++;
    m->sum += x;
    m->square += x * x;
}
static double mean_of(const mean_t *m)
{
    return m->sum / m->n;
}
static double mean_error(const mean_t *m)
{
    return sqrt((m->square / m->n - mean_of(m) * mean_of(m)) / m->n);
}

/* Treated less held out is the mean effect, and what the held out order is the organic demand: |z| < 4
 * each, 1 run in 5,000. 24 replications of 17,000 people show a bias of the effect of three fifths, and
 * counting the displaced would double it. */
static void the_experiment_is_unbiased(void **state)
{
    town_t *town = *state;
    double pull_forward = town->sc.product.pull_forward;
    town->sc.product.pull_forward = 0.5; /* so that what is displaced could not be overlooked */
    person_effects_t e = effects_of_town(town, 24, 2);
    town->sc.product.pull_forward = pull_forward;
    mean_t arm[2] = {0}, effect = {0}, organic = {0}, own = {0};
    for (size_t i = 0; i < e.n; i++) {
        if (e.treated[i] > 1) continue;
        mean_add(&arm[e.treated[i]], e.outcome[i]);
        mean_add(&effect, e.effect[i]);
        mean_add(&organic, e.organic[i]);
        if (e.treated[i] == 1) mean_add(&own, e.outcome[i] - e.organic[i] - e.effect[i]);
    }
    double lift = mean_of(&arm[1]) - mean_of(&arm[0]);
    double error = hypot(mean_error(&arm[0]), mean_error(&arm[1]));
    assert_true(fabs(lift - mean_of(&effect)) < 4 * error);
    assert_true(fabs(mean_of(&arm[0]) - mean_of(&organic)) < 4 * mean_error(&arm[0]));
    /* The same persons' outcome less their own truth: far less luck in it. */
    assert_true(fabs(mean_of(&own)) < 4 * mean_error(&own));
    assert_true(mean_error(&own) < 0.15 * mean_of(&effect));
    person_effects_free(&e);
}

/* The same people and orders, seen where an ad was: all that the ads cause is in it, what comes by itself
 * is what follows the first impression, each trial has its coin, and the lift is found with a smaller
 * error: |z| < 4, 1 run in 16,000 each. */
static void ghost_ads_see_the_same_with_less_luck(void **state)
{
    person_effects_t e = effects_of_town(*state, 24, 2);
    const trials_t *t = &e.trials;
    double *caused = calloc(e.n, sizeof *caused), trials[2] = {0}, orders[2] = {0}, truth = 0;
    mean_t plain[2] = {0}, effect = {0};
    for (size_t r = 0; r < t->n; r++) {
        size_t i = t->person[r];
        assert_true(e.treated[i] <= 1 && t->trials[r] >= 1);
        assert_true(r == 0 || i > t->person[r - 1] || (i == t->person[r - 1] && t->treated[r]));
        trials[t->treated[r]] += t->trials[r];
        orders[t->treated[r]] += t->trials[r] * t->outcome[r];
        truth += t->trials[r] * t->effect[r];
        caused[i] += t->trials[r] * t->effect[r];
        assert_true(t->organic[r] * t->trials[r] <= e.organic[i] * (double)e.replications + 1e-9);
    }
    for (size_t i = 0; i < e.n; i++) {
        assert_true(fabs(caused[i] - e.effect[i] * (double)e.replications) < 1e-9);
        if (e.treated[i] > 1) continue;
        mean_add(&plain[e.treated[i]], e.outcome[i]);
        mean_add(&effect, e.effect[i]);
    }
    double all = trials[0] + trials[1];
    assert_true(fabs(trials[1] - all / 2) < 4 * sqrt(all) / 2);
    double p = orders[1] / trials[1], q = orders[0] / trials[0];
    double error = sqrt(p * (1 - p) / trials[1] + q * (1 - q) / trials[0]);
    assert_true(fabs(p - q - truth / all) < 4 * error);
    double plain_error = hypot(mean_error(&plain[0]), mean_error(&plain[1]));
    assert_true(error / (truth / all) < 0.9 * plain_error / mean_of(&effect));
    free(caused);
    person_effects_free(&e);
}

/* New people order .01 times in 30 days, one in ten of all .06 times. */
static void organic_demand_is_the_rate_of_the_flight(void **state)
{
    person_effects_t e = effects_of_town(*state, 8, 2);
    mean_t organic = {0};
    for (size_t i = 0; i < e.n; i++)
        if (e.treated[i] <= 1) mean_add(&organic, e.organic[i]);
    double expected = (0.9 * 0.01 + 0.1 * 0.06) * 7 / 30;
    assert_true(fabs(mean_of(&organic) - expected) < 4 * mean_error(&organic) + 1e-5);
    person_effects_free(&e);
}

static void correlation_is_one_with_the_truth_itself(void **state)
{
    person_effects_t e = effects_of_town(*state, 2, 1);
    double *score = malloc(e.n * sizeof *score);
    for (size_t i = 0; i < e.n; i++) score[i] = 3 - 2 * e.effect[i];
    assert_true(fabs(person_effects_correlation(&e, e.effect) - 1) < 1e-12);
    assert_true(fabs(person_effects_correlation(&e, score) + 1) < 1e-12);
    for (size_t i = 0; i < e.n; i++) score[i] = 1;
    assert_true(isnan(person_effects_correlation(&e, score)));
    free(score);
    person_effects_free(&e);
}

static void what_makes_no_sense_is_refused(void **state)
{
    town_t *town = *state;
    person_effects_t e;
    error_t err = {""};
    volatile sig_atomic_t stop = 1;
    run_options_t options = {.threads = 1, .interrupted = &stop};
    assert_int_equal(person_effects_init(&e, &town->sc, PEOPLE, 4, &options, &err),
                     ERR_INTERRUPTED);
    person_effects_free(&e);
    assert_int_equal(person_effects_init(&e, &town->sc, PEOPLE, 0, &options, &err), ERR_INVALID);
    person_effects_free(&e);
    town->population->redraw = 1;
    assert_int_equal(person_effects_init(&e, &town->sc, PEOPLE, 4, &options, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "population.redraw"));
    person_effects_free(&e);
    town->population->redraw = 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accounts_add_up_to_the_totals_and_change_nothing),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(more_replications_treat_the_same_people),
        cmocka_unit_test(without_money_nobody_is_moved),
        cmocka_unit_test(the_experiment_is_unbiased),
        cmocka_unit_test(ghost_ads_see_the_same_with_less_luck),
        cmocka_unit_test(organic_demand_is_the_rate_of_the_flight),
        cmocka_unit_test(correlation_is_one_with_the_truth_itself),
        cmocka_unit_test(what_makes_no_sense_is_refused),
    };
    return cmocka_run_group_tests_name("effects", tests, setup, town_end);
}
