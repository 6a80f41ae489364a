/* Every scenario of configs/questions answers its question by the numbers in its first lines:
 *
 *     # Change: KEY=VALUE                  what is set to make the other plan, a line a key
 *     # Finding: METRIC +12 %, METRIC -3 %   the other plan's numbers over the file's own
 *     # Overtakes: month 7                   the first from which on the last other plan is worth more
 *
 * Both plans are simulated with the file's seed, people and replications, as the reader would. A finding
 * holds if each number stated is within its error (3 mc_se of the two means, taken as if they shared no
 * luck, and half a point of rounding) of the one found, and is itself more than 4 such errors from no
 * change. With another seed a true finding would fail 1 time in 300 for each number at most, and what is
 * no more than luck would be taken for a finding 1 time in 15,000; the luck that both plans share makes it
 * rarer. */
#include "tests/experiment/loaded.h"

#include <glob.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { LINE = 1024, CHANGES = 8, QUESTIONS = 64 };

typedef struct {
    char change[CHANGES][LINE];
    size_t changes;
} variant_t;

typedef struct {
    double mean, error; /* relative */
} found_t;

/* What the brand does besides its ads. The ranges tell the error: they hold 80 % of the pairs, 2 x 1.28 sd. */
static bool find_of_brand(const simulated_t *s, const char *metric, found_t *out)
{
    const brand_study_t *b = &s->study.brand;
    double root = sqrt((double)s->study.evidence.pairs);
    if (!b->places) return false;
    for (int c = 0; c < ORGANIC_COLUMNS; c++) {
        range_t x = b->total[b->places - 1][c];
        if (strcmp(organic_columns[c].name, metric) != 0) continue;
        *out = (found_t){x.mean, (x.hi - x.lo) / (2 * 1.28) / root / fabs(x.mean)};
        return true;
    }
    return false;
}

static found_t find(const simulated_t *s, const char *metric)
{
    found_t of_brand;
    if (column_find(metric) < 0 && find_of_brand(s, metric, &of_brand)) return of_brand;
    estimate_t e = study_estimate(&s->study, scope_plan(world_scopes(s->study.world)), metric);
    return (found_t){e.mean, e.mc_se / fabs(e.mean)};
}

static void run(simulated_t *s, const char *path, const variant_t *v)
{
    const char *set[CHANGES];
    for (size_t k = 0; k < v->changes; k++) set[k] = v->change[k];
    simulate(s, path, set, v->changes);
}

/* One 'METRIC +12 %' of a finding. */
static void holds(const char *path, const simulated_t *was, const simulated_t *is,
                  const char *metric, double stated)
{
    found_t before = find(was, metric), after = find(is, metric);
    double change = 100 * (after.mean / before.mean - 1);
    double error = 100 * after.mean / before.mean * hypot(before.error, after.error);
    print_message("%s: %s %+.1f %% (+-%.1f), stated %+g %%\n", path, metric, change, error, stated);
    if (!(fabs(change - stated) <= 3 * error + 0.5))
        fail_msg("%s states %s %+g %%, and it is %+.1f %%", path, metric, stated, change);
    if (!(fabs(change) > 4 * error))
        fail_msg("%s: %s %+.1f %% is no more than luck", path, metric, change);
}

static int finding_holds(const char *path, const simulated_t *was, const simulated_t *is,
                         const char *finding)
{
    char metric[64];
    double stated;
    int numbers = 0, length;
    for (const char *at = finding; sscanf(at, "%63s %lf %%%n", metric, &stated, &length) == 2;) {
        holds(path, was, is, metric, stated);
        numbers++;
        at += length;
        if (*at != ',') break;
        at++;
    }
    return numbers;
}

/* The first month from which on the other plan is worth more than the file's own. */
static int overtakes(const simulated_t *was, const simulated_t *is)
{
    const brand_study_t *a = &was->study.brand, *b = &is->study.brand;
    int month = a->n_months;
    while (month > 0 && b->month[month - 1].present_value > a->month[month - 1].present_value)
        month--;
    return month + 1;
}

static void its_finding_holds(void **state)
{
    const char *path = *state;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    variant_t none = {.changes = 0}, variant = none;
    simulated_t was, is = {0};
    run(&was, path, &none);
    int findings = 0, month;
    char line[LINE];
    while (fgets(line, sizeof line, file) && line[0] == '#') {
        line[strcspn(line, "\n")] = 0;
        if (!strncmp(line, "# Change: ", 10)) {
            assert_true(variant.changes < CHANGES);
            strcpy(variant.change[variant.changes++], line + 10);
        } else if (!strncmp(line, "# Finding: ", 11)) {
            assert_true(variant.changes > 0);
            if (findings++) simulated_free(&is);
            run(&is, path, &variant);
            assert_true(finding_holds(path, &was, &is, line + 11) > 0);
            variant.changes = 0;
        } else if (sscanf(line, "# Overtakes: month %d", &month) == 1) {
            assert_true(findings > 0);
            assert_int_equal(overtakes(&was, &is), month);
        }
    }
    assert_true(findings > 0);
    simulated_free(&is);
    simulated_free(&was);
    fclose(file);
}

int main(void)
{
    glob_t files;
    if (glob("configs/questions/*.yaml", 0, NULL, &files) != 0) return 1;
    static struct CMUnitTest tests[QUESTIONS];
    size_t n = 0;
    for (; n < files.gl_pathc && n < QUESTIONS; n++)
        tests[n] = (struct CMUnitTest){.name = files.gl_pathv[n],
                                       .test_func = its_finding_holds,
                                       .initial_state = files.gl_pathv[n]};
    int failed = _cmocka_run_group_tests("questions", tests, n, NULL, NULL);
    globfree(&files);
    return failed;
}
