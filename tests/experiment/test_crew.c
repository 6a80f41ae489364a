/* test_crew.c -- sums over processes: with a made-up second rank that has counted the same, or the opposite. The
 * real ones are in test_run_mpi.sh. */
#include "sim/experiment/crew.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

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
    crew_t crew = {0, 2, twice}, alone = {0, 1, NULL};
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

/* Each item is one process's, and no other's. */
static void every_item_is_dealt_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < 20; i++) {
        int taken = 0;
        for (size_t r = 0; r < 3; r++) taken += crew_deals(&(crew_t){r, 3, twice}, i);
        assert_int_equal(taken, 1);
        assert_true(crew_deals(&(crew_t){.ranks = 1}, i));
    }
}

static void a_flag_of_one_is_one_of_all(void **state)
{
    (void)state;
    enum { N = 130 };
    crew_t none = {0, 2, nothing_more}, both = {0, 2, twice};
    bool flag[N] = {[0] = true, [63] = true, [64] = true, [129] = true};
    crew_join(&both, flag, N);
    crew_join(&none, flag, N);
    for (int i = 0; i < N; i++) assert_int_equal(flag[i], i == 0 || i == 63 || i == 64 || i == 129);
}

static void a_failure_of_one_is_one_of_all(void **state)
{
    (void)state;
    error_t err = {"own"};
    crew_t other = {0, 2, one_has_failed}, well = {0, 2, nothing_more};
    assert_int_equal(crew_agree(&well, OK, &err), OK);
    assert_int_equal(crew_agree(&well, ERR_MEMORY, &err), ERR_MEMORY);
    assert_string_equal(err.text, "own");
    assert_int_equal(crew_agree(&other, OK, &err), ERR_UNEXPECTED);
    assert_string_equal(err.text, "1 of 2 ranks failed");
}

static void tables_are_added_up_as_a_whole(void **state)
{
    (void)state;
    crew_t crew = {0, 2, twice};
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
