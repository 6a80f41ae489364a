/* test_requirement.c -- what --require understands. */
#include "sim/cli/requirement.h"
#include "sim/metrics/columns.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void a_requirement_is_read_in_its_parts(void **state)
{
    (void)state;
    requirement_t r;
    char why[160];
    assert_true(requirement_parse("P(roas>=1.3)>=0.75", &r, why));
    assert_int_equal(r.column, column_find("roas"));
    assert_true(!r.at_most && r.threshold == 1.3 && r.at_least == 0.75);
    assert_true(requirement_parse(" P( cpa <= 20 ) >= 90% ", &r, why));
    assert_int_equal(r.column, column_find("cpa"));
    assert_true(r.at_most && r.threshold == 20 && r.at_least == 0.9);
    assert_true(requirement_parse("P(roi>=-10%)>=1", &r, why));
    assert_true(r.threshold == -0.1);
}

static void anything_else_is_refused_with_the_reason(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "roas>=1.3",
                                        "P(roas>=1.3)",
                                        "P(roas>1.3)>=0.75",
                                        "P(roas>=)>=0.75",
                                        "P(roas>=1.3)>=0.75 and",
                                        "P(roas>=1.3)>=75",
                                        "P(roas>=nan)>=0.5",
                                        "P(roas>=1.3)<=0.75",
                                        "P(profits>=1.3)>=0.75"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        requirement_t r;
        char why[160] = "";
        assert_false(requirement_parse(wrong[i], &r, why));
        assert_true(why[0]);
    }
}

static void a_misspelt_metric_is_guessed(void **state)
{
    (void)state;
    requirement_t r;
    char why[160];
    assert_false(requirement_parse("P(reech>=1)>=0.5", &r, why));
    assert_non_null(strstr(why, "did you mean 'reach'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_requirement_is_read_in_its_parts),
        cmocka_unit_test(anything_else_is_refused_with_the_reason),
        cmocka_unit_test(a_misspelt_metric_is_guessed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
