/* test_run.c -- the Monte Carlo loop over a small town, and the rule that stops it. */
#include "tests/engine/town.h"
#include "tests/metrics/evidence.h"

#include "sim/experiment/run.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static study_t simulated(town_t *t, double replications, int threads)
{
    t->sc.replications = replications;
    study_t s;
    error_t err = {""};
    run_options_t how = {.threads = threads};
    assert_int_equal(study_open(&s, &t->sc, &how, &err), OK);
    return s;
}

static void any_number_of_threads_gives_the_same_bytes(void **state)
{
    (void)state;
    town_t t;
    town_init(&t, 20000);
    t.sc.people = 2000;
    study_t one = simulated(&t, 24, 1), three = simulated(&t, 24, 3);
    assert_int_equal(study_simulate(&one, NULL), OK);
    assert_int_equal(study_simulate(&three, NULL), OK);
    int scopes = scopes_count(one.evidence.scopes), rows = scopes_rows(one.evidence.scopes);
    assert_int_equal(study_replications(&one), 24);
    assert_memory_equal(one.value, three.value, 24 * (size_t)rows * COUNTS * sizeof *one.value);
    assert_memory_equal(one.estimate, three.estimate,
                        (size_t)scopes * COLUMNS * sizeof *one.estimate);
    assert_memory_equal(one.tables.timeline, three.tables.timeline,
                        4 * (size_t)tables_days(&one.tables) * TIMELINE_COUNTS * sizeof(int64_t));
    study_close(&one);
    study_close(&three);
    town_free(&t);
}

/* More replications go on where fewer ended. */
/* The engine that is asked for; or, as the people are few, the closed loop. */
static void a_study_streams_if_it_is_asked_to(void **state)
{
    (void)state;
    town_t t;
    town_init(&t, 20000);
    t.sc.people = 2000;
    study_t usual = simulated(&t, 4, 3);
    assert_false(usual.streams);
    t.sc.engine = ENGINE_STREAMING;
    study_t one = simulated(&t, 4, 1), three = simulated(&t, 4, 3);
    assert_true(one.streams);
    assert_int_equal(study_simulate(&usual, NULL), OK);
    assert_int_equal(study_simulate(&one, NULL), OK);
    assert_int_equal(study_simulate(&three, NULL), OK);
    size_t scopes = (size_t)scopes_count(one.evidence.scopes);
    assert_memory_equal(one.value, three.value, 4 * scopes * COUNTS * sizeof *one.value);
    assert_memory_equal(one.estimate, three.estimate, scopes * COLUMNS * sizeof *one.estimate);
    assert_memory_not_equal(one.value, usual.value, 4 * scopes * COUNTS * sizeof *one.value);
    assert_non_null(strstr(one.notices.item[0].text, "2000 simulated people were streamed"));
    study_close(&usual);
    study_close(&one);
    study_close(&three);
    town_free(&t);
}

static void a_longer_run_begins_with_the_shorter_one(void **state)
{
    (void)state;
    town_t t;
    town_init(&t, 20000);
    t.sc.people = 2000;
    study_t few = simulated(&t, 4, 2);
    assert_int_equal(study_simulate(&few, NULL), OK);
    study_t more = simulated(&t, 8, 2);
    assert_int_equal(study_simulate(&more, NULL), OK);
    size_t width = (size_t)scopes_rows(few.evidence.scopes) * COUNTS;
    assert_memory_equal(few.value, more.value, 4 * width * sizeof *few.value);
    study_close(&few);
    study_close(&more);
    town_free(&t);
}

static void the_tables_add_up_to_the_counts(void **state)
{
    (void)state;
    town_t t;
    town_init(&t, 20000);
    t.sc.people = 2000;
    study_t s = simulated(&t, 6, 2);
    assert_int_equal(study_simulate(&s, NULL), OK);
    int rows = scopes_rows(s.evidence.scopes);
    for (int scope = 0; scope < rows; scope++) {
        int64_t counted = 0, grouped = 0, reached = 0, binned = 0;
        for (size_t r = 0; r < 6; r++) {
            const int64_t *value = &s.value[(r * (size_t)rows + (size_t)scope) * COUNTS];
            counted += value[COUNT_IMPRESSIONS];
            reached += value[COUNT_REACH_1];
        }
        for (int g = 0; g < JACKKNIFE_GROUPS; g++)
            grouped += s.tables.group[(scope * COUNTS + COUNT_IMPRESSIONS) * JACKKNIFE_GROUPS + g];
        for (int f = 0; f < FREQUENCY_BINS; f++)
            binned += s.tables.frequency[scope * FREQUENCY_BINS + f];
        assert_int_equal(counted, grouped);
        assert_int_equal(reached, binned);
        assert_true(counted > 0);
    }
    study_close(&s);
    town_free(&t);
}

/* Orders per visit uniform between 1 % and 9 %: sd 46 % of the mean, the same for the two of a pair,
 * another for each pair. One block of 16 pairs; luck adds some 10 % of the mean. */
static void every_pair_draws_its_own_parameters(void **state)
{
    (void)state;
    town_t t;
    town_init(&t, 20000);
    t.sc.people = 2000;
    t.sc.n_uncertain = 1;
    t.sc.uncertain[0] = (uncertain_t){.offset = offsetof(scenario_t, response.cvr),
                                      .law = {LAW_UNIFORM, 0.01, 0.09},
                                      .high = 1,
                                      .path = "response.cvr",
                                      .path_hash = rng_path_hash("response.cvr")};
    study_t s = simulated(&t, 32, 2);
    assert_int_equal(study_simulate(&s, NULL), OK);
    estimate_t e = study_estimate(&s, scope_plan(s.evidence.scopes), "ad_conversions");
    assert_true(e.sd_parameters > 0.2 * e.mean && e.sd_parameters < 0.6 * e.mean);
    assert_true(e.hi > 1.3 * e.mean && e.lo < 0.7 * e.mean);
    study_close(&s);
    town_free(&t);
}

static void an_odd_number_is_filled_up_to_pairs(void **state)
{
    (void)state;
    town_t t;
    town_init(&t, 20000);
    t.sc.people = 2000;
    study_t s = simulated(&t, 3, 2);
    assert_int_equal(study_simulate(&s, NULL), OK);
    assert_int_equal(study_replications(&s), 4);
    assert_non_null(strstr(s.notices.item[0].text, "pairs"));
    study_close(&s);
    town_free(&t);
}

/* --- Ctrl-C ----------------------------------------------------------------------------------- */

static volatile sig_atomic_t stop;

static void stop_at_ten(void *context, const progress_t *p)
{
    (void)context;
    if (p->done >= 10) stop = 1;
}

static void an_interrupted_run_reports_what_is_complete(void **state)
{
    (void)state;
    town_t t;
    town_init(&t, 20000);
    t.sc.people = 2000;
    stop = 0;
    study_t s = simulated(&t, 4000, 2);
    s.options.progress = stop_at_ten;
    s.options.interrupted = &stop;
    assert_int_equal(study_simulate(&s, NULL), OK);
    assert_true(s.interrupted);
    assert_in_range(study_replications(&s), 10, 3998);
    assert_int_equal(s.tables.replications, (int)study_replications(&s));
    assert_true(s.notices.n > 0 && strstr(s.notices.item[0].text, "Stopped early"));
    study_close(&s);
    town_free(&t);
}

static void a_run_stopped_before_anything_says_so(void **state)
{
    (void)state;
    town_t t;
    town_init(&t, 20000);
    t.sc.people = 2000;
    stop = 1;
    study_t s = simulated(&t, 40, 2);
    s.options.interrupted = &stop;
    error_t err = {""};
    assert_int_equal(study_simulate(&s, &err), ERR_INTERRUPTED);
    study_close(&s);
    town_free(&t);
}

static void a_target_gets_its_chance(void **state)
{
    (void)state;
    town_t t;
    town_init(&t, 20000);
    t.sc.people = 2000;
    t.sc.target = (target_t){"roas", 1e-6};
    study_t s = simulated(&t, 4, 1);
    assert_int_equal(study_simulate(&s, NULL), OK);
    assert_true(s.target.chance.share == 1);
    study_close(&s);
    town_free(&t);
}

static bool told(const study_t *s, const char *what, const char *why)
{
    for (size_t i = 0; i < s->notices.n; i++) {
        const char *text = s->notices.item[i].text;
        if (strstr(text, what) && strstr(text, why)) return true;
    }
    return false;
}

static void unspent_budgets_are_told_with_the_reason(void **state)
{
    (void)state;
    town_t t;
    town_init(&t, 20000);
    t.sc.people = 2000;
    t.sc.ad_set[0].budget = 1e6; /* more than its audience can take */
    t.sc.ad_set[3].bid = 0.05;   /* a stated bid */
    t.sc.ad_set[3].budget = 1000;
    study_t s = simulated(&t, 2, 1);
    assert_int_equal(study_simulate(&s, NULL), OK);
    assert_true(told(&s, "sports spends", "frequency cap"));
    assert_true(told(&s, "all spends", "its bid is too low"));
    assert_false(told(&s, "women spends", "its bid is too low")); /* outbid as paced bids are */
    assert_int_equal(s.delivery[0].limit, LIMIT_CAP);
    assert_int_equal(s.delivery[1].limit, LIMIT_BUDGET);
    assert_int_equal(s.delivery[3].limit, LIMIT_BID);
    assert_true(s.delivery[0].share > 0.5 && s.delivery[0].share < 1); /* of what it could win */
    assert_true(s.delivery[1].share == 1 && s.delivery[3].share == 1); /* of the hours */
    assert_true(s.delivery[0].lift > 0 && s.delivery[3].lift > 0.05);
    assert_true(fabs(s.delivery[3].spent - study_estimate(&s, 3, "spend").mean / 1000) < 1e-12);
    study_close(&s);
    town_free(&t);
}

/* Over two weeks, so half of what is counted; of the objective: orders caused, clicks. */
static void fewer_than_fifty_results_a_week_limit_learning(void **state)
{
    (void)state;
    town_t t;
    town_init(&t, 20000);
    t.sc.people = 20000;
    t.sc.days = 14;
    t.sc.ad_set[3].strategy = BID_LOWEST_COST;
    study_t s = simulated(&t, 2, 1);
    assert_int_equal(study_simulate(&s, NULL), OK);
    double orders = study_estimate(&s, 1, "ad_conversions").mean / 2;
    double clicks = study_estimate(&s, 3, "clicks").mean / 2;
    assert_true(fabs(s.delivery[1].results_per_week / orders - 1) < 1e-12);
    assert_true(fabs(s.delivery[3].results_per_week / clicks - 1) < 1e-12);
    assert_true(orders < 50 && clicks > 50);
    assert_true(s.delivery[1].learning_limited && !s.delivery[3].learning_limited);
    study_close(&s);
    town_free(&t);
}

static void a_frequency_that_is_missed_is_told(void **state)
{
    (void)state;
    town_t t;
    town_init(&t, 20000);
    t.sc.people = 20000;
    t.sc.ad_set[1].target_frequency = (target_frequency_t){2, 7};
    t.sc.ad_set[1].budget = 50;
    t.sc.ad_set[3].target_frequency = (target_frequency_t){40, 1};
    t.sc.campaign[0].cap[0].impressions = 0;
    study_t s = simulated(&t, 2, 1);
    assert_int_equal(study_simulate(&s, NULL), OK);
    assert_true(fabs(s.delivery[1].window_frequency - 2) < 0.1);
    assert_true(isnan(s.delivery[0].window_frequency));
    assert_true(told(&s, "all reaches people", "not 40 times"));
    assert_false(told(&s, "women reaches people", ""));
    study_close(&s);
    town_free(&t);
}

/* --- the stopping rule ------------------------------------------------------------------------ */

static void more_are_needed_where_pairs_differ(void **state)
{
    (void)state;
    scenario_t *sc = calloc(1, sizeof *sc);
    assert_int_equal(stopping_first_look(sc), 64);
    sc->response.learning_noise = 0.5;
    assert_int_equal(stopping_first_look(sc), 128);
    sc->response.learning_noise = 0;
    sc->n_uncertain = 1;
    assert_int_equal(stopping_first_look(sc), 128);
    free(sc);
}

/* 32 pairs, reach 10,000 +- swing, alternating inside each pair: no spread of pair means. */
static void look_at_reach(made_t *m, double within, double between, int number, look_t *look)
{
    for (size_t r = 0; r < 2 * m->evidence.pairs; r++)
        made_set(m, r, COUNT_REACH_1,
                 10000 + (r % 2 ? within : -within) + (r / 2 % 2 ? between : -between));
    estimator_t *e;
    if (estimator_new(&m->evidence, &e, NULL) != OK) abort();
    *look = stopping_look(e, &m->evidence, number);
    estimator_delete(e);
}

static void a_look_is_satisfied_by_its_half_width(void **state)
{
    (void)state;
    made_t m;
    look_t look;
    made_init(&m, 32, 1);
    m.evidence.pairs_share = false;
    look_at_reach(&m, 0, 100, 1, &look);
    assert_int_equal(look.verdict, LOOK_ENOUGH); /* 1 % / sqrt(31) x 2.27 = .41 % */
    assert_true(fabs(look_half_width(&look) - 0.01 / sqrt(31) * 2.2717) < 2e-5); /* t(31), .985 */
    look_at_reach(&m, 0, 100, 2, &look);                                         /* t(31), .995 */
    assert_true(fabs(look_half_width(&look) - 0.01 / sqrt(31) * 2.7440) < 2e-5);
    look_at_reach(&m, 0, 300, 1, &look);
    assert_int_equal(look.verdict, LOOK_MORE);
    made_free(&m);
}

static void too_few_events_never_satisfy(void **state)
{
    (void)state;
    made_t m;
    look_t look;
    made_init(&m, 32, 1);
    made_set_all(&m, COUNT_AD_CONVERSIONS, 3 * EVENT_ONE); /* 64 x 3 < 200 */
    look_at_reach(&m, 0, 1, 1, &look);
    assert_int_equal(look.verdict, LOOK_MORE);
    made_set_all(&m, COUNT_AD_CONVERSIONS, 4 * EVENT_ONE);
    look_at_reach(&m, 0, 1, 1, &look);
    assert_int_equal(look.verdict, LOOK_ENOUGH);
    made_free(&m);
}

static void an_error_of_people_asks_for_people(void **state)
{
    (void)state;
    made_t m;
    look_t look;
    double share[JACKKNIFE_GROUPS];
    for (int g = 0; g < JACKKNIFE_GROUPS; g++) share[g] = (1 + (g % 2 ? 0.1 : -0.1)) / 16;
    made_init(&m, 32, 50);
    made_set_all(&m, COUNT_REACH_1, 10000);
    made_deal(&m, COUNT_REACH_1, share);
    look_at_reach(&m, 0, 1, 1, &look);
    assert_int_equal(look.verdict, LOOK_PEOPLE);
    made_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_threads_gives_the_same_bytes),
        cmocka_unit_test(a_study_streams_if_it_is_asked_to),
        cmocka_unit_test(a_longer_run_begins_with_the_shorter_one),
        cmocka_unit_test(the_tables_add_up_to_the_counts),
        cmocka_unit_test(every_pair_draws_its_own_parameters),
        cmocka_unit_test(an_odd_number_is_filled_up_to_pairs),
        cmocka_unit_test(an_interrupted_run_reports_what_is_complete),
        cmocka_unit_test(a_run_stopped_before_anything_says_so),
        cmocka_unit_test(a_target_gets_its_chance),
        cmocka_unit_test(unspent_budgets_are_told_with_the_reason),
        cmocka_unit_test(fewer_than_fifty_results_a_week_limit_learning),
        cmocka_unit_test(a_frequency_that_is_missed_is_told),
        cmocka_unit_test(more_are_needed_where_pairs_differ),
        cmocka_unit_test(a_look_is_satisfied_by_its_half_width),
        cmocka_unit_test(too_few_events_never_satisfy),
        cmocka_unit_test(an_error_of_people_asks_for_people),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
