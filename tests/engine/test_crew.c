/* test_crew.c -- sums over processes: with a made-up second rank that has counted the same, or the opposite. The
 * real ones are in test_run_mpi.sh. */
#include "sim/engine/crew.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void twice(int64_t *x, size_t n)
{
    for (size_t i = 0; i < n; i++) x[i] *= 2;
}

static void nothing_more(int64_t *x, size_t n)
{
    (void)x;
    (void)n;
}

static void one_has_failed(int64_t *x, size_t n)
{
    for (size_t i = 0; i < n; i++) x[i]++;
}

/* Around every carry, of both signs, more than are sent at a time. */
static void wide_sums_are_exact(void **state)
{
    (void)state;
    enum { N = 200 };
    crew_t crew = {.ranks = 2, .sum = twice}, alone = crew_alone;
    wide_t x[N], was[N];
    for (int i = 0; i < N; i++) {
        wide_t power = (wide_t)1 << (i % 93);
        was[i] = (i % 2 ? -1 : 1) * (power + i % 3 - 1);
        x[i] = was[i];
    }
    crew_sum_wide(&alone, x, N);
    for (int i = 0; i < N; i++) assert_true(x[i] == was[i]);
    crew_sum_wide(&crew, x, N);
    for (int i = 0; i < N; i++) assert_true(x[i] == 2 * was[i]);
}

/* Three made-up processes, one after another, each of two threads that mark what they make. */
enum { ITEMS = 20, MADE_UP = 3 };
static _Atomic int made[ITEMS];
static size_t next;

static void mark(void *context, size_t i, int worker)
{
    (void)context;
    assert_in_range(worker, 0, 1);
    assert_in_range(i, 0, ITEMS - 1);
    made[i]++;
}

static void recount_once(void) {}

static size_t take(void)
{
    return next++;
}

static void deal_to(const crew_t *crew, size_t ranks, size_t n)
{
    memset(made, 0, sizeof made);
    next = 0;
    for (size_t r = 0; r < ranks; r++) {
        crew_t own = *crew;
        own.rank = r;
        crew_for(&own, n, 2, mark, NULL);
    }
    for (size_t i = 0; i < ITEMS; i++) assert_int_equal(made[i], i < n);
}

/* Each item is made once, whether it is dealt or taken, also when there are fewer than processes. */
static void every_item_is_dealt_once(void **state)
{
    (void)state;
    crew_t in_turn = {.ranks = MADE_UP, .sum = twice};
    crew_t by_asking = {.ranks = MADE_UP, .sum = twice, .recount = recount_once, .take = take};
    for (size_t n = 0; n <= ITEMS; n++) {
        deal_to(&crew_alone, 1, n);
        deal_to(&in_turn, MADE_UP, n);
        deal_to(&by_asking, MADE_UP, n);
    }
}

static void a_flag_of_one_is_one_of_all(void **state)
{
    (void)state;
    enum { N = 130 };
    crew_t none = {.ranks = 2, .sum = nothing_more}, both = {.ranks = 2, .sum = twice};
    bool flag[N] = {[0] = true, [63] = true, [64] = true, [129] = true};
    crew_join(&both, flag, N);
    crew_join(&none, flag, N);
    for (int i = 0; i < N; i++) assert_int_equal(flag[i], i == 0 || i == 63 || i == 64 || i == 129);
}

static void a_failure_of_one_is_one_of_all(void **state)
{
    (void)state;
    error_t err = {"own"};
    crew_t other = {.ranks = 2, .sum = one_has_failed}, well = {.ranks = 2, .sum = nothing_more};
    assert_int_equal(crew_agree(&well, OK, &err), OK);
    assert_int_equal(crew_agree(&well, ERR_MEMORY, &err), ERR_MEMORY);
    assert_string_equal(err.text, "own");
    assert_int_equal(crew_agree(&other, OK, &err), ERR_UNEXPECTED);
    assert_string_equal(err.text, "1 of 2 ranks failed");
}

static void tables_are_added_up_as_a_whole(void **state)
{
    (void)state;
    crew_t crew = {.ranks = 2, .sum = twice};
    tables_t t, other;
    error_t err;
    scopes_t scopes = {2, 1, 1, 0};
    assert_int_equal(tables_init(&t, scopes, 3, 1, 2, &err), OK);
    assert_int_equal(tables_init(&other, scopes, 3, 1, 2, &err), OK);
    t.replications = 8;
    t.group[5] = 3;
    t.window[1] = -4;
    t.placement[7] = 1;
    tables_merge(&other, &t);
    tables_merge(&other, &t);
    crew_sum_tables(&crew, &t);
    assert_int_equal(t.replications, other.replications);
    assert_int_equal(t.group[5], other.group[5]);
    assert_int_equal(t.window[1], other.window[1]);
    assert_int_equal(t.placement[7], other.placement[7]);
    tables_free(&t);
    tables_free(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wide_sums_are_exact),
        cmocka_unit_test(every_item_is_dealt_once),
        cmocka_unit_test(a_flag_of_one_is_one_of_all),
        cmocka_unit_test(a_failure_of_one_is_one_of_all),
        cmocka_unit_test(tables_are_added_up_as_a_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
