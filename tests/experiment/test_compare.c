/* test_compare.c -- plans side by side in a small town: who wins, when it is known, and what it costs to know. */
#include "tests/experiment/small_town.h"

#include "sim/experiment/compare.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { TWO = 2, PEOPLE = 2000 };
static const char *const names[] = {"a", "b", "c"};

typedef struct {
    town_t town[3];
    const scenario_t *plan[3];
    compare_t compare;
} contest_t;

static void contest_init(contest_t *c, int plans, bool uncertain)
{
    memset(c, 0, sizeof *c);
    for (int p = 0; p < plans; p++) {
        small_town_init(&c->town[p], PEOPLE, 10, uncertain, true);
        c->town[p].sc.interval = 0.8;
        c->plan[p] = &c->town[p].sc;
    }
}

static void contest_run(contest_t *c, int plans, compare_how_t how)
{
    error_t err = {""};
    if (!how.run.threads) how.run.threads = 2;
    if (!how.most) how.most = 512;
    how.column = column_find("incremental_conversions");
    assert_int_equal(compare_open(&c->compare, c->plan, names, plans, &how, &err), OK);
    assert_int_equal(compare_simulate(&c->compare, &err), OK);
}

static void contest_free(contest_t *c, int plans)
{
    compare_close(&c->compare);
    for (int p = 0; p < plans; p++) town_free(&c->town[p]);
}

static void a_much_larger_budget_is_told_at_the_first_look(void **state)
{
    (void)state;
    contest_t c;
    contest_init(&c, TWO, true);
    for (int a = 0; a < 3; a++) c.town[1].sc.ad_set[a].budget *= 2;
    contest_run(&c, TWO, (compare_how_t){.indifference = 0.01});
    assert_int_equal(c.compare.verdict, COMPARED_SEPARATED);
    assert_int_equal(c.compare.leader, 1);
    assert_int_equal(c.compare.looks, 1);
    assert_int_equal(study_replications(&c.compare.study[0]), 64);
    assert_true(c.compare.sure[1] > 0.999);
    contest_free(&c, TWO);
}

static void the_same_plan_twice_is_equal_to_itself(void **state)
{
    (void)state;
    contest_t c;
    contest_init(&c, TWO, true);
    contest_run(&c, TWO, (compare_how_t){.indifference = 0});
    assert_int_equal(c.compare.verdict, COMPARED_EQUAL);
    difference_t x = comparison_difference(c.compare.comparison, 0, 1, c.compare.confidence);
    assert_true(x.mean == 0 && x.low == 0 && x.high == 0 && x.better == 0.5);
    contest_free(&c, TWO);
}

/* A hundred-thousandth more money: known to be less than 5 % apart at once; told from 0 only with more replications. */
static void what_does_not_matter_need_not_be_known(void **state)
{
    (void)state;
    contest_t c;
    contest_init(&c, TWO, true);
    for (int a = 0; a < 3; a++) c.town[1].sc.ad_set[a].budget *= 1.00001;
    contest_run(&c, TWO, (compare_how_t){.indifference = 0.05});
    assert_int_equal(c.compare.verdict, COMPARED_EQUAL);
    assert_int_equal(c.compare.looks, 1);
    compare_close(&c.compare);
    contest_run(&c, TWO, (compare_how_t){.indifference = 0, .most = 64});
    assert_true(c.compare.verdict == COMPARED_SPENT || c.compare.verdict == COMPARED_PEOPLE);
    contest_free(&c, TWO);
}

/* Each plan's numbers are those of a run of its own. */
static void a_plan_compared_is_the_plan_run(void **state)
{
    (void)state;
    contest_t c;
    contest_init(&c, TWO, true);
    c.town[1].sc.ad_set[0].budget *= 1.5;
    contest_run(&c, TWO, (compare_how_t){.replications = 32});
    assert_int_equal(c.compare.looks, 1);
    for (int p = 0; p < TWO; p++) {
        study_t alone;
        error_t err = {""};
        run_options_t how = {.threads = 1};
        c.town[p].sc.replications = 32;
        assert_int_equal(study_open(&alone, c.plan[p], &how, &err), OK);
        assert_int_equal(study_simulate(&alone, &err), OK);
        size_t scopes = (size_t)scopes_count(alone.evidence.scopes);
        assert_memory_equal(alone.estimate, c.compare.study[p].estimate,
                            scopes * COLUMNS * sizeof *alone.estimate);
        study_close(&alone);
    }
    contest_free(&c, TWO);
}

/* The luck that plans share makes their difference many times surer than separate runs would: a tenth more
 * money in one of three ad sets. */
static void shared_luck_saves_replications(void **state)
{
    (void)state;
    contest_t c;
    contest_init(&c, TWO, true);
    c.town[1].sc.ad_set[0].budget *= 1.1;
    contest_run(&c, TWO, (compare_how_t){.replications = 64});
    difference_t x = comparison_difference(c.compare.comparison, 1, 0, 0.95);
    assert_true(x.gain > 10);
    contest_free(&c, TWO);
}

static void plans_meet_one_seed(void **state)
{
    (void)state;
    contest_t c;
    error_t err = {""};
    contest_init(&c, TWO, false);
    c.town[1].sc.seed++;
    compare_how_t how = {.most = 64, .run = {.threads = 1}};
    assert_int_equal(compare_open(&c.compare, c.plan, names, TWO, &how, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "'b' seed"));
    contest_free(&c, TWO);
}

static volatile sig_atomic_t stop;
static void stop_after_forty(void *context, const progress_t *p)
{
    (void)context;
    if (p->done >= 40) stop = 1;
}

/* Stopped while the second plan runs: both are cut to what the shorter one has, and pairs stay pairs. */
static void an_interrupted_comparison_compares_what_both_have(void **state)
{
    (void)state;
    contest_t c;
    contest_init(&c, TWO, true);
    c.town[1].sc.ad_set[0].budget *= 2;
    stop = 0;
    contest_run(
        &c, TWO,
        (compare_how_t){.replications = 32,
                        .run = {.threads = 1, .progress = stop_after_forty, .interrupted = &stop}});
    assert_int_equal(c.compare.verdict, COMPARED_INTERRUPTED);
    size_t n = study_replications(&c.compare.study[0]);
    assert_int_equal(n, study_replications(&c.compare.study[1]));
    assert_in_range(n, 2, 16);
    compare_t whole = c.compare;
    difference_t cut = comparison_difference(whole.comparison, 1, 0, 0.95);
    compare_close(&c.compare);
    contest_run(&c, TWO, (compare_how_t){.replications = n});
    difference_t same = comparison_difference(c.compare.comparison, 1, 0, 0.95);
    assert_true(cut.mean == same.mean);
    contest_free(&c, TWO);
}

/* The leader of three, with all pairs told apart. */
static void the_best_of_three_is_found(void **state)
{
    (void)state;
    contest_t c;
    contest_init(&c, 3, true);
    for (int a = 0; a < 3; a++) c.town[0].sc.ad_set[a].budget *= 1.3;
    for (int a = 0; a < 3; a++) c.town[2].sc.ad_set[a].budget *= 2;
    contest_run(&c, 3, (compare_how_t){.indifference = 0.01});
    assert_int_equal(c.compare.verdict, COMPARED_SEPARATED);
    assert_int_equal(c.compare.leader, 2);
    double best = 0;
    for (int p = 0; p < 3; p++) best += comparison_standing(c.compare.comparison, p).best;
    assert_true(fabs(best - 1) < 1e-9);
    contest_free(&c, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_much_larger_budget_is_told_at_the_first_look),
        cmocka_unit_test(the_same_plan_twice_is_equal_to_itself),
        cmocka_unit_test(what_does_not_matter_need_not_be_known),
        cmocka_unit_test(a_plan_compared_is_the_plan_run),
        cmocka_unit_test(shared_luck_saves_replications),
        cmocka_unit_test(plans_meet_one_seed),
        cmocka_unit_test(an_interrupted_comparison_compares_what_both_have),
        cmocka_unit_test(the_best_of_three_is_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
