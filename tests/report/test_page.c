/* test_page.c -- pages of result folders that hold anything at all: what a person named stays text, a picture brings
 * nothing along, the recommended change is what the numbers speak for. */
#include "sim/report/document.h"
#include "sim/report/html.h"
#include "sim/report/next_money.h"
#include "sim/report/svg_inline.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* --- a folder, and what is written ------------------------------------------------------------------- */

static char folder[] = "/tmp/adsim-page-XXXXXX";

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) ? 0 : -1;
}

static const char *path_of(const char *name)
{
    static char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int remove_folder(void **state)
{
    (void)state;
    static const char *const names[] = {"summary.json", "picture.svg", "timeline.csv",
                                        "assumptions.csv", "given.csv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) remove(path_of(names[i]));
    return rmdir(folder);
}

static void put(const char *name, const char *text)
{
    FILE *to = fopen(path_of(name), "w");
    assert_non_null(to);
    fputs(text, to);
    assert_int_equal(fclose(to), 0);
}

/* A folder with a timeline is a run's. */
static results_t *run_with(const char *summary)
{
    results_t *r;
    error_t err = {""};
    put("timeline.csv", "day,date\n");
    put("summary.json", summary);
    assert_int_equal(results_open(&r, folder, &err), OK);
    return r;
}

typedef struct {
    char *text;
    size_t length;
    FILE *to;
} written_t;

static void begin(written_t *w)
{
    *w = (written_t){.text = NULL};
    w->to = open_memstream(&w->text, &w->length);
    assert_non_null(w->to);
}

static void assert_written(written_t *w, const char *expected)
{
    assert_int_equal(fclose(w->to), 0);
    assert_string_equal(w->text, expected);
    free(w->text);
}

/* --- text ----------------------------------------------------------------------------------------------- */

static void text_is_never_markup(void **state)
{
    (void)state;
    written_t w;
    begin(&w);
    html_t h = {.to = w.to};
    html_open(&h, "a", "title", "\"><script>'&", "href", "#x");
    html_text(&h, "</a><b>&amp;\"'");
    html_close(&h);
    assert_int_equal(h.depth, 0);
    assert_written(&w, "<a title=\"&quot;&gt;&lt;script&gt;&#39;&amp;\" href=\"#x\">"
                       "&lt;/a&gt;&lt;b&gt;&amp;amp;&quot;&#39;</a>");
}

static void a_page_whose_elements_do_not_close_is_not_whole(void **state)
{
    (void)state;
    written_t w;
    begin(&w);
    html_t open = {.to = w.to}, closed = {.to = w.to}, twice = {.to = w.to}, deep = {.to = w.to};
    html_open(&open, "p");
    assert_false(html_is_whole(&open));
    html_open(&closed, "p");
    html_close(&closed);
    assert_true(html_is_whole(&closed));
    html_close(&twice);
    assert_false(html_is_whole(&twice));
    for (int k = 0; k <= HTML_DEPTH; k++) html_open(&deep, "p");
    while (deep.depth) html_close(&deep);
    assert_false(html_is_whole(&deep));
    fclose(w.to);
    free(w.text);
}

static void a_number_keeps_its_percent_sign(void **state)
{
    (void)state;
    written_t w;
    begin(&w);
    html_t h = {.to = w.to};
    html_textf(&h, "%d %% of %s, 3 %%", 7, "<x>");
    assert_written(&w, "7\xc2\xa0% of &lt;x&gt;, 3\xc2\xa0%");
}

/* NUL cannot come; the others have no place in HTML. */
static void bytes_that_are_no_text_become_marks(void **state)
{
    (void)state;
    written_t w;
    begin(&w);
    html_t h = {.to = w.to};
    html_text(&h, "a\x01"
                  "b\xff"
                  "c\xc3"
                  "d\xc2\x85"
                  "e\xef\xbf\xbf\xf0\x9f\x8e\xaf\n");
    assert_written(&w, "a\xef\xbf\xbd"
                       "b\xef\xbf\xbd"
                       "c\xef\xbf\xbd"
                       "d\xef\xbf\xbd"
                       "e\xef\xbf\xbd\xf0\x9f\x8e\xaf\n");
}

static void json_does_not_end_its_script(void **state)
{
    (void)state;
    written_t w;
    begin(&w);
    html_t h = {.to = w.to};
    html_json(&h, "{\"a\": \"</script><!--\"}");
    assert_written(&w, "{\"a\": \"\\u003c/script>\\u003c!--\"}");
}

/* --- pictures ------------------------------------------------------------------------------------------- */

static char *inlined(const char *svg, status_t expected)
{
    written_t w;
    error_t err = {""};
    put("picture.svg", svg);
    begin(&w);
    assert_int_equal(svg_inline(path_of("picture.svg"), 7, "It <grows>", 10, w.to, &err), expected);
    assert_int_equal(fclose(w.to), 0);
    if (expected == OK) return w.text;
    assert_non_null(strstr(err.text, "picture.svg"));
    free(w.text);
    return NULL;
}

static void a_picture_is_taken_over_with_names_of_its_own_and_without_its_head(void **state)
{
    (void)state;
    char *page = inlined(
        "<?xml version=\"1.0\"?>\n<svg \n viewBox=\"0 0 70 50\" xmlns=\"x\">\n<title>t</title>"
        "<defs><path id='a' d='M0,0'/></defs><use xlink:href='#a' fill='#ffffff'/>"
        "<polygon points = '0,0 1,1' clip-path=\"url(#a)\"/><text>a &lt; b</text></svg>",
        OK);
    assert_string_equal(
        page, "\n<svg class=\"drawn\" viewBox=\"0 10 70 40\" role=\"img\" aria-label=\"It "
              "&lt;grows&gt;\">"
              "<defs><path id=\"p7-a\" d=\"M0,0\"/></defs><use href=\"#p7-a\" fill=\"#ffffff\"/>"
              "<polygon points=\"0,0 1,1\" clip-path=\"url(#p7-a)\"/><text>a &lt; b</text></svg>");
    free(page);
}

static void a_picture_brings_nothing_that_acts_or_asks(void **state)
{
    (void)state;
    char *page =
        inlined("<svg viewBox=\"0 0 70 50\"><script>alert(1)</script><a href=\"http://x\"><rect "
                "onclick=\"f()\" "
                "width='1'/></a><image href=\"http://x/y.png\"/><use href=\"other.svg#a\"/>"
                "<foreignObject><b>x</b></foreignObject><rect fill=\"url(http://x)\"/><!-- "
                "<script> --></svg>",
                OK);
    assert_string_equal(strchr(page + 1, '>') + 1, "<rect width=\"1\"/><use/><rect/></svg>");
    free(page);
}

static void what_is_no_picture_is_an_error_with_its_name(void **state)
{
    (void)state;
    inlined("", ERR_INVALID);
    inlined("<svg viewBox=\"0 0 70\"><g/></svg>", ERR_INVALID);
    inlined("<svg viewBox=\"0 0 70 50\"><g/>", ERR_INVALID);
    inlined("<svg viewBox=\"0 0 70 50\"><path d='M0</svg>", ERR_INVALID);
    inlined("<svg viewBox=\"0 0 70 5\"><g/></svg>", ERR_INVALID); /* all head */
}

/* --- the recommended change ------------------------------------------------------------------------------ */

/* An ad set that spends 1000, whose caused revenue is `iroas` times that in lo..hi, and which shows 8 % more for
 * 10 % more budget: the next unit causes 0.8 of what one does now. */
#define AD_SET(name, lo, iroas, hi, spent, lift)                                                   \
    "{\"name\": \"" name                                                                           \
    "\", \"spend\": {\"mean\": 1000}, \"costs\": {\"mean\": 1100}, \"gross_profit\": "             \
    "{\"mean\": 500}, \"incremental_revenue\": {\"mean\": 1000}, \"iroas\": {\"mean\": " #iroas    \
    ", \"lo\": " #lo ", \"hi\": " #hi                                                              \
    "}, \"delivery\": {\"limited_by\": \"x\", \"budget_spent\": " #spent ", \"lift\": \"" lift     \
    "\", \"lift_impressions\": 0.08}}"
#define BUDGET "10 % more budget"

static next_money_t found(const char *ad_sets, results_t **r)
{
    char text[4096];
    next_money_t n;
    error_t err = {""};
    snprintf(text, sizeof text,
             "{\"version\": \"0\", \"scenario\": \"s\", \"totals\": {}, \"ad_sets\": [%s]}",
             ad_sets);
    *r = run_with(text);
    assert_int_equal(next_money_find(&n, *r, &err), OK);
    return n;
}

static void money_moves_from_the_worst_next_unit_to_the_best(void **state)
{
    (void)state;
    results_t *r;
    next_money_t n =
        found(AD_SET("a", 0.9, 1, 1.1, 1, BUDGET) "," AD_SET(
                  "b", 1.4, 1.5, 1.6, 1, BUDGET) "," AD_SET("c", 1.9, 2, 2.1, 1, BUDGET),
              &r);
    assert_int_equal(n.advice, ADVICE_MOVE);
    assert_false(n.simulated);
    assert_string_equal(n.from->name, "a");
    assert_string_equal(n.to->name, "c");
    assert_int_equal(n.to->order, 2);
    assert_float_equal(n.to->next.mean, 1.6, 1e-12);
    assert_float_equal(n.amount, 200, 1e-9); /* a fifth of what a spends */
    assert_float_equal(n.gain.mean, 200 * 0.8, 1e-9);
    assert_float_equal(n.gain.lo, 200 * 0.8 * (1.9 - 1.1), 1e-9);
    assert_float_equal(n.gain.hi, 200 * 0.8 * (2.1 - 0.9), 1e-9);
    assert_float_equal(n.break_even, 1.1 / 0.5, 1e-12);
    next_money_free(&n);
    results_close(r);
}

/* The curve knows better what the next unit causes than the present mean does. */
static void a_simulated_curve_outvotes_the_closed_form(void **state)
{
    (void)state;
    results_t *r;
    put("response_curve.csv",
        "changed,multiple,scope,marginal_roas\na,0.5,ad_set,\na,1,ad_set,3\na,1,plan,9\n"
        "b,1,ad_set,1\n");
    next_money_t n =
        found(AD_SET("a", 0.9, 1, 1.1, 1, BUDGET) "," AD_SET("b", 1.9, 2, 2.1, 1, BUDGET), &r);
    assert_true(n.simulated);
    assert_int_equal(n.advice, ADVICE_MOVE);
    assert_string_equal(n.from->name, "b");
    assert_float_equal(n.to->next.mean, 3, 1e-12);
    assert_float_equal(n.to->next.lo, 2.7, 1e-12); /* as wide as 0.9 to 1.1 around 1 */
    next_money_free(&n);
    results_close(r);
    remove(path_of("response_curve.csv"));
}

static void ranges_that_overlap_speak_for_no_change(void **state)
{
    (void)state;
    results_t *r;
    next_money_t n =
        found(AD_SET("a", 0.9, 1, 1.5, 1, BUDGET) "," AD_SET("b", 1.4, 2, 2.1, 1, BUDGET), &r);
    assert_int_equal(n.advice, ADVICE_UNCLEAR);
    next_money_free(&n);
    results_close(r);
}

static void money_that_lies_idle_goes_first(void **state)
{
    (void)state;
    results_t *r;
    next_money_t n = found(
        AD_SET("a", 2.9, 3, 3.1, 0.5, "a higher bid") "," AD_SET("b", 1.9, 2, 2.1, 1, BUDGET), &r);
    assert_int_equal(n.advice, ADVICE_SPEND_ELSEWHERE);
    assert_string_equal(n.from->name, "a");
    assert_string_equal(n.to->name, "b");
    assert_float_equal(n.amount, 1000, 1e-9); /* of 2000 */
    next_money_free(&n);
    results_close(r);
}

static void one_ad_set_has_nothing_to_move_to(void **state)
{
    (void)state;
    results_t *r;
    next_money_t n = found(AD_SET("a", 0.9, 1, 1.1, 0.5, BUDGET), &r);
    assert_int_equal(n.advice, ADVICE_NONE);
    next_money_free(&n);
    results_close(r);
}

/* --- pages of folders that lack nearly everything --------------------------------------------------------- */

static char *page_of(const char *summary)
{
    results_t *r = run_with(summary);
    pictures_t none = {.n = 0};
    written_t w;
    error_t err = {""};
    begin(&w);
    assert_int_equal(page_write(r, &none, w.to, &err), OK);
    assert_int_equal(fclose(w.to), 0);
    results_close(r);
    return w.text;
}

static void names_are_text_wherever_they_stand(void **state)
{
    (void)state;
    char *page = page_of("{\"version\": \"<v>\", \"scenario\": \"</title><script>a\\nb\", "
                         "\"totals\": {\"roas\": {\"mean\": 1}},"
                         "\"notices\": [\"<script>n\"], \"ad_sets\": [{\"name\": \"<script>s\", "
                         "\"delivery\": {\"limited_by\": "
                         "\"<script>l\"}}], \"currency\": \"<script>c\"}");
    size_t scripts = 0;
    for (const char *at = page; (at = strstr(at, "<script")); at++) scripts++;
    assert_int_equal(scripts, 1); /* the page's own */
    assert_non_null(strstr(page, "&lt;/title&gt;&lt;script&gt;a\nb"));
    assert_non_null(strstr(page, "&lt;script&gt;n"));
    assert_non_null(strstr(page, "&lt;script&gt;s"));
    assert_non_null(strstr(page, "&lt;script&gt;l"));
    free(page);
}

/* Texts where numbers should be, numbers where texts, lists where objects: a dash, no crash. */
static void a_summary_of_other_types_has_a_page_too(void **state)
{
    (void)state;
    static const char *const odd[] = {
        "{\"version\": 1, \"scenario\": 2, \"totals\": [], \"ad_sets\": {\"a\": 1}, \"target\": "
        "\"x\", \"notices\": 3}",
        "{\"version\": \"1\", \"scenario\": \"s\", \"totals\": {\"roas\": 3}, \"ad_sets\": [1, "
        "null, {\"name\": []}], "
        "\"target\": {\"probability\": 0.5}, \"notices\": [1, {\"text\": 2}]}",
    };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        char *page = page_of(odd[i]);
        assert_non_null(strstr(page, "</html>"));
        static const char *const never[] = {" nan", ">nan", "-nan", "(null)"};
        for (size_t k = 0; k < sizeof never / sizeof *never; k++)
            assert_null(strstr(page, never[k]));
        free(page);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_is_never_markup),
        cmocka_unit_test(a_page_whose_elements_do_not_close_is_not_whole),
        cmocka_unit_test(a_number_keeps_its_percent_sign),
        cmocka_unit_test(bytes_that_are_no_text_become_marks),
        cmocka_unit_test(json_does_not_end_its_script),
        cmocka_unit_test(a_picture_is_taken_over_with_names_of_its_own_and_without_its_head),
        cmocka_unit_test(a_picture_brings_nothing_that_acts_or_asks),
        cmocka_unit_test(what_is_no_picture_is_an_error_with_its_name),
        cmocka_unit_test(money_moves_from_the_worst_next_unit_to_the_best),
        cmocka_unit_test(a_simulated_curve_outvotes_the_closed_form),
        cmocka_unit_test(ranges_that_overlap_speak_for_no_change),
        cmocka_unit_test(money_that_lies_idle_goes_first),
        cmocka_unit_test(one_ad_set_has_nothing_to_move_to),
        cmocka_unit_test(names_are_text_wherever_they_stand),
        cmocka_unit_test(a_summary_of_other_types_has_a_page_too),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
