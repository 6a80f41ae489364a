/* test_glossary.c -- the list of words is whole, has no word twice, and is found by what a page says. */
#include "sim/config/load.h"
#include "sim/report/glossary.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

static void every_term_is_whole_and_found_by_name_and_label(void **state)
{
    (void)state;
    size_t n;
    glossary_term_t *all = glossary_terms(&n);
    assert_non_null(all);
    assert_true(n > 200);
    for (size_t i = 0; i < n; i++) {
        glossary_term_t found;
        if (!*all[i].label || strlen(all[i].meaning) < 3) fail_msg("%s is not whole", all[i].name);
        if (!glossary_find(all[i].name, &found)) fail_msg("%s is not found", all[i].name);
        assert_string_equal(found.name, all[i].name);
        if (!glossary_find(all[i].label, &found)) fail_msg("'%s' is not found", all[i].label);
        assert_string_equal(found.name, all[i].name);
    }
    free(all);
}

static void terms_are_in_the_order_of_the_alphabet(void **state)
{
    (void)state;
    size_t n;
    glossary_term_t *all = glossary_terms(&n);
    assert_non_null(all);
    for (size_t i = 1; i < n; i++)
        if (strcasecmp(all[i - 1].label, all[i].label) >= 0)
            fail_msg("'%s' before '%s'", all[i - 1].label, all[i].label);
    free(all);
}

static void a_term_names_keys_that_there_are(void **state)
{
    (void)state;
    size_t n;
    const char *nearest;
    FILE *away = fopen("/dev/null", "w");
    glossary_term_t *all = glossary_terms(&n);
    assert_non_null(away);
    assert_non_null(all);
    for (size_t i = 0; i < n; i++)
        if (*all[i].key && !explain_key(all[i].key, away, &nearest))
            fail_msg("%s names the key %s", all[i].name, all[i].key);
    free(all);
    fclose(away);
}

static void ranges_headings_and_case_lead_to_the_term(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        {"roas_lo", "roas"},
        {"iroas_mc_se", "iroas"},
        {"value_hi", "value"},
        {"reach 1+", "reach"},
        {"Freq", "frequency"},
        {"ROAS (80 % range)", "roas"},
        {"over-credited", "credited_over_caused"},
        {"next $1", "marginal_roas"},
        {"param_campaigns.a.budget", "param"},
        {"LO", "lo"},
        {"cost per 1000 reached", "cost_per_1000_reached"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        glossary_term_t found;
        if (!glossary_find(pairs[i][0], &found)) fail_msg("'%s' is not found", pairs[i][0]);
        assert_string_equal(found.name, pairs[i][1]);
    }
}

static void what_is_no_term_is_not_found(void **state)
{
    (void)state;
    static const char *const none[] = {"", "(80 % range)", "_lo", "roaz", "roas_hill"};
    glossary_term_t found;
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        if (glossary_find(none[i], &found)) fail_msg("'%s' is %s", none[i], found.name);
    char endless[5000];
    memset(endless, 'a', sizeof endless - 1);
    endless[sizeof endless - 1] = 0;
    assert_false(glossary_find(endless, &found));
    assert_null(glossary_nearest(endless));
    assert_string_equal(glossary_nearest("iroaz"), "iroas");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_term_is_whole_and_found_by_name_and_label),
        cmocka_unit_test(terms_are_in_the_order_of_the_alphabet),
        cmocka_unit_test(a_term_names_keys_that_there_are),
        cmocka_unit_test(ranges_headings_and_case_lead_to_the_term),
        cmocka_unit_test(what_is_no_term_is_not_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
