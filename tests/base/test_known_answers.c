/* test_known_answers.c -- what `adsim selftest` shows: every case of configs/reference/cases.json and
 * allocation.json that a table of the rooms answers, each value within the case's own tolerance (one test a case; its name is
 * the id), that no other case is left out without a reason, and that the judge condemns. */
#include "sim/cli/known_answers.h"

#include "sim/allocate/known_allocation.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_TESTS = 256 };

static known_results_t all;

static void case_is_answered(void **state)
{
    const known_result_t *r = *state;
    if (*r->fault) print_error("%s\n", r->fault);
    for (size_t i = 0; i < r->n_values; i++)
        if (!known_value_met(&r->value[i]))
            print_error("%s = %.17g, not %.17g\n", r->value[i].name, r->value[i].got,
                        r->value[i].expected);
    assert_true(r->met);
}

/* Cases without an answer: a group, or one id of a group that has others, and what it waits for. The
 * same table stands in tests/README.md. */
typedef struct {
    const char *group, *id; /* id NULL: all of the group */
    const char *why;
} waiting_t;

static const waiting_t waiting[] = {
    {"rng", "rng_philox4x32_7", "a generator adsim does not use"},
    {"rng", "rng_threefry4x64_20", "a generator adsim does not use"},
    {"rng", "rng_philox4x64_10", "a generator adsim does not use"},
    {"pitfall", "gsl_binomial_overflow", "a generator adsim does not use"},
    {"segmentation", "seg_kmeans_iris", "its data are a file: tests/segmentation"},
    {"segmentation", "seg_gmm_iris", "its data are a file: tests/segmentation"},
    {"segmentation", "seg_mclust_iris_bic", "its data are a file: tests/segmentation"},
    {"segmentation", "seg_mclust_faithful", "its data are a file: tests/segmentation"},
    {"segmentation", "seg_wine_kmeans", "its data are a file: tests/segmentation"},
    {"sensitivity", NULL, "sampled: tests/metrics/test_indices meets them within .015"},
    {"inference", "plan_rare_event_n", "a run goes on for its means, not for a chance"},
    {"inference", "seq_conf_sequence", "another stopping rule: at doublings, the error split"},
    {"inference", "weights_kish", "simulated people weigh the same"},
    {"variance_reduction", "vr_stratified", "simulated people weigh the same"},
    {"inference", "merge_chan", "not needed: sums are integers"},
    {"variance_reduction", "vr_antithetic_exp",
     "not used: Latin hypercubes take out what adds up over parameters, for any of them"},
    {"variance_reduction", "vr_control_exp",
     "drawn, not a formula: tests/metrics/test_explained meets it"},
    {"variance_reduction", "vr_splitting",
     "not used: no total is rare; a chance that no pair met is told by its exact interval"},
};
enum { WAITING = sizeof waiting / sizeof *waiting };

static bool waits(const known_result_t *r, const waiting_t *w)
{
    return !strcmp(r->group, w->group) && (!w->id || !strcmp(r->id, w->id));
}

static void what_is_not_answered_is_said_to_wait(void **state)
{
    (void)state;
    int forgotten = 0;
    for (size_t i = 0; i < all.n; i++) {
        const known_result_t *r = &all.result[i];
        bool listed = false;
        for (size_t k = 0; k < WAITING; k++) listed = listed || waits(r, &waiting[k]);
        if (listed != r->answered) continue;
        print_error("%s (%s) %s\n", r->id, r->group,
                    listed ? "is answered: it does not wait" : "has no answer");
        forgotten++;
    }
    assert_int_equal(forgotten, 0);
}

static void every_reason_has_its_case(void **state)
{
    (void)state;
    for (size_t k = 0; k < WAITING; k++) {
        bool found = false;
        for (size_t i = 0; i < all.n; i++) found = found || waits(&all.result[i], &waiting[k]);
        if (!found) print_error("no case %s %s\n", waiting[k].group, waiting[k].id);
        assert_true(found);
    }
}

static void every_row_answers_a_case(void **state)
{
    (void)state;
    size_t rows = 0, answered = 0;
    for (size_t i = 0; i < all.n; i++) answered += all.result[i].answered;
    for (const known_answer_t *const *t = known_tables; *t; t++)
        for (const known_answer_t *a = *t; a->id; a++) rows++;
    for (const known_answer_t *a = known_in_allocation; a->id; a++) rows++;
    assert_int_equal(rows, answered);
}

/* --- the judge -------------------------------------------------------------------------------- */

static void right(known_case_t *c)
{
    known_found(c, "p", known_input(c, "x") / 4);
    c->found(c, "q", 0, 1);
    c->found(c, "q", 1, 2);
    known_found(c, "not asked", 7);
}

static void wrong(known_case_t *c)
{
    known_found(c, "p", 0.25 + 2e-6);
    c->found(c, "q", 0, 1);
    c->found(c, "q", 1, 2);
}

static void incomplete(known_case_t *c)
{
    known_found(c, "p", 0.25);
    c->found(c, "q", 1, 2);
}

static void unknown(known_case_t *c)
{
    known_found(c, "p", 0.25);
    c->found(c, "q", 0, NAN);
    c->found(c, "q", 1, 2);
}

static void too_many(known_case_t *c)
{
    right(c);
    c->found(c, "q", 2, 3);
}

static void twice(known_case_t *c)
{
    wrong(c);
    known_found(c, "p", 0.25);
}

static void blind(known_case_t *c)
{
    known_input(c, "y");
    right(c);
}

static const char one_case[] =
    "{\"cases\": [{\"id\": \"a\", \"group\": \"g\", \"inputs\": {\"x\": 1}, \"tolerance\": "
    "{\"rel\": 4e-6}, \"expected\": {\"p\": 0.25, \"q\": [1, 2], \"word\": \"yes\"}}]}";

/* The result of one_case, answered so; with the farthest value's name and any fault. */
static void judged(void (*answer)(known_case_t *), bool met, const char *farthest,
                   const char *fault)
{
    const known_answer_t table[] = {{"a", answer}, {NULL, NULL}};
    const known_answer_t *const tables[] = {table, NULL};
    known_results_t r;
    assert_int_equal(known_results_init(&r, one_case, tables, NULL), OK);
    assert_int_equal(r.n, 1);
    assert_true(r.result[0].answered && r.result[0].n_values == 3);
    assert_int_equal(r.result[0].met, met);
    assert_string_equal(known_farthest(&r.result[0])->name, farthest);
    assert_string_equal(r.result[0].fault, fault);
    known_results_free(&r);
}

static void the_judge_acquits_and_condemns(void **state)
{
    (void)state;
    judged(right, true, "p", "");
    judged(wrong, false, "p", ""); /* 2e-6 off where 1e-6 is allowed */
    judged(incomplete, false, "q[0]", "");
    judged(unknown, false, "q[0]", "");
    judged(too_many, false, "p", "nothing is expected at q[2]");
    judged(twice, false, "p", "answered twice: p[0]");
    judged(blind, false, "p", "no input y[0]");
}

static void a_case_without_values_is_not_met(void **state)
{
    (void)state;
    const known_answer_t table[] = {{"a", right}, {NULL, NULL}};
    const known_answer_t *const tables[] = {table, NULL};
    known_results_t r;
    const char *text = "{\"cases\": [{\"id\": \"a\", \"group\": \"g\", \"inputs\": {\"x\": 1}}]}";
    assert_int_equal(known_results_init(&r, text, tables, NULL), OK);
    assert_true(r.result[0].answered && !r.result[0].met);
    assert_null(known_farthest(&r.result[0]));
    known_results_free(&r);
}

static void a_broken_text_is_told(void **state)
{
    (void)state;
    known_results_t r;
    error_t err = {""};
    assert_int_equal(known_results_init(&r, "{\n\"cases\": [", known_tables, &err), ERR_UNEXPECTED);
    assert_non_null(strstr(err.text, "line 2"));
    known_results_free(&r);
    assert_int_equal(known_results_init(&r, "{}", known_tables, &err), ERR_UNEXPECTED);
    known_results_free(&r);
    known_results_free(&r);
}

int main(void)
{
    error_t err = {""};
    if (known_results_init(&all, known_cases, known_tables, &err) != OK ||
        known_results_add(&all, known_allocations, known_allocation_tables, NULL, &err) != OK) {
        fprintf(stderr, "%s\n", err.text);
        return 1;
    }
    struct CMUnitTest test[MOST_TESTS] = {
        cmocka_unit_test(what_is_not_answered_is_said_to_wait),
        cmocka_unit_test(every_reason_has_its_case),
        cmocka_unit_test(every_row_answers_a_case),
        cmocka_unit_test(the_judge_acquits_and_condemns),
        cmocka_unit_test(a_case_without_values_is_not_met),
        cmocka_unit_test(a_broken_text_is_told),
    };
    size_t n = 6;
    for (size_t i = 0; i < all.n && n < MOST_TESTS; i++)
        if (all.result[i].answered)
            test[n++] =
                (struct CMUnitTest){all.result[i].id, case_is_answered, NULL, NULL, &all.result[i]};
    int failed = _cmocka_run_group_tests("known answers", test, n, NULL, NULL);
    known_results_free(&all);
    return failed;
}
