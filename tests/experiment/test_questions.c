/* Every scenario of configs/questions answers its question by the numbers in its first lines:
 *
 *     # Number: METRIC 1.7, METRIC of NAME 44 %   what comes of the plan
 *     # Change: KEY=VALUE                  what is set to make the other plan, a line a key
 *     # Finding: METRIC +12 %, METRIC of NAME -3 %   the other plan's numbers over the file's own
 *     # Overtakes: month 7                   the first from which on the last other plan is worth more
 *
 * A metric is a column of summary.csv or organic.csv, of the plan or, after `of`, of an ad set, campaign or platform;
 * MODEL.COLUMN of attribution.csv, and MODEL.misplaced: the share of a model's credit that stands at another ad set than
 * what is caused; ESTIMATOR.COLUMN of experiment.csv. `# Number:` after changes is of the plan so changed.
 *
 * Plans are simulated with the file's seed, people and replications, as the reader would. A finding
 * holds if each number stated is within its error (3 mc_se of the two means, taken as if they shared no
 * luck, and half a point of rounding) of the one found, and is itself more than 4 such errors from no
 * change; a number, if it is within 3 errors and its own rounding, and more than 4 of them from 0. With another seed a true finding would fail 1 time
 * in 300 for each number at most, and what is no more than luck would be taken for a finding 1 time in 15,000; the luck
 * that both plans share makes it rarer. The error of a lift test's number is told by eight parts of the
 * replications: it fails 1 time in 50 with another seed. */
#include "sim/experiment/lift_test.h"
#include "tests/experiment/loaded.h"

#include <glob.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { LINE = 1024, WORD = 64, CHANGES = 8, QUESTIONS = 64 };

typedef struct {
    char change[CHANGES][LINE];
    size_t changes;
} variant_t;

typedef struct {
    double mean, error; /* of the mean */
} found_t;

/* What is stated: "conversions of branded -3 %". */
typedef struct {
    char metric[WORD], scope[WORD]; /* "" = the plan */
    double value, rounding;         /* of a share, not of percent */
} stated_t;

/* ---- where a metric is found ---- */

static int scope_named(const study_t *s, const char *name)
{
    const scenario_t *sc = s->scenario;
    scopes_t k = s->evidence.scopes;
    if (!*name) return scope_plan(k);
    for (int a = 0; a < sc->n_ad_sets; a++)
        if (!strcmp(sc->ad_set[a].name, name)) return scope_ad_set(k, a);
    for (int c = 0; c < sc->n_campaigns; c++)
        if (!strcmp(sc->campaign[c].name, name)) return scope_campaign(k, c);
    for (int p = 0; p < sc->n_platforms; p++)
        if (!strcmp(sc->platform[p].name, name)) return scope_platform(k, p);
    fail_msg("'%s' is no ad set, campaign or platform", name);
    return -1;
}

/* What the brand does besides its ads. The ranges tell the error: they hold 80 % of the pairs, 2 x 1.28 sd. */
static bool find_of_brand(const study_t *s, const char *metric, found_t *out)
{
    const brand_study_t *b = &s->brand;
    double root = sqrt((double)s->evidence.pairs);
    if (!b->places) return false;
    for (int c = 0; c < ORGANIC_COLUMNS; c++) {
        range_t x = b->total[b->places - 1][c];
        if (strcmp(organic_columns[c].name, metric) != 0) continue;
        *out = (found_t){x.mean, (x.hi - x.lo) / (2 * 1.28) / root};
        return true;
    }
    return false;
}

static quantity_t credited(const study_t *s, credit_model_t model, credited_t what)
{
    static const quantity_t own[CREDITED_COUNTS] = {QUANTITY_CONVERSIONS, QUANTITY_REVENUE,
                                                    QUANTITY_ORGANIC_CREDITED};
    return s->scenario->attribution.model == model ? own[what] : quantity_credit(model, what);
}

/* Half of the differences between both shares of every ad set. */
static found_t misplaced(const study_t *s, credit_model_t model)
{
    found_t x = {0, 0};
    int plan = scope_plan(s->evidence.scopes);
    quantity_t orders = credited(s, model, CREDITED_ORDERS),
               caused = QUANTITY_INCREMENTAL_CONVERSIONS;
    for (int a = 0; a < s->scenario->n_ad_sets; a++) {
        estimate_t given = estimator_ratio(s->estimator, a, orders, plan, orders),
                   due = estimator_ratio(s->estimator, a, caused, plan, caused);
        x.mean += fabs(given.mean - due.mean) / 2;
        x.error += hypot(given.mc_se, due.mc_se) / 2;
    }
    return x;
}

static bool find_of_attribution(const study_t *s, const char *metric, int scope, found_t *out)
{
    static const char *const models[CREDIT_MODELS] = {
        [CREDIT_LAST_TOUCH] = "last_touch.", [CREDIT_FIRST_TOUCH] = "first_touch.",
        [CREDIT_LINEAR] = "linear.",         [CREDIT_TIME_DECAY] = "time_decay.",
        [CREDIT_POSITION] = "position.",     [CREDIT_MARKOV] = "markov.",
        [CREDIT_SHAPLEY] = "shapley."};
    int m = 0;
    while (m < CREDIT_MODELS && strncmp(metric, models[m], strlen(models[m])) != 0) m++;
    if (m == CREDIT_MODELS) return false;
    credit_model_t model = (credit_model_t)m;
    const char *column = metric + strlen(models[m]);
    quantity_t orders = credited(s, model, CREDITED_ORDERS),
               organic = credited(s, model, CREDITED_ORGANIC);
    const struct {
        const char *name;
        quantity_t above, below;
    } columns_of_models[] = {{"conversions", orders, QUANTITY_ONE},
                             {"organic_share", organic, orders},
                             {"credited_over_caused", orders, QUANTITY_INCREMENTAL_CONVERSIONS}};
    if (!strcmp(column, "misplaced")) {
        *out = misplaced(s, model);
        return true;
    }
    for (size_t k = 0; k < sizeof columns_of_models / sizeof *columns_of_models; k++) {
        if (strcmp(column, columns_of_models[k].name) != 0) continue;
        estimate_t x = estimator_ratio(s->estimator, scope, columns_of_models[k].above, scope,
                                       columns_of_models[k].below);
        *out = (found_t){x.mean, x.mc_se};
        return true;
    }
    return false;
}

static double of_test(const evidence_t *v, lift_estimator_t which, size_t offset)
{
    lift_result_t x;
    error_t err = {""};
    if (lift_test_result(v, which, &x, &err) != OK) fail_msg("%s", err.text);
    return *(const double *)((const char *)&x + offset);
}

static bool find_of_experiment(const study_t *s, const char *metric, found_t *out)
{
    static const struct {
        const char *name;
        size_t offset;
    } fields[] = {{"lift", offsetof(lift_result_t, lift)},
                  {"true_lift", offsetof(lift_result_t, true_lift)},
                  {"power", offsetof(lift_result_t, power)},
                  {"detectable_lift", offsetof(lift_result_t, detectable_lift)},
                  {"people_needed", offsetof(lift_result_t, people)},
                  {"weeks_needed", offsetof(lift_result_t, weeks)}};
    enum { PARTS = 8 };
    const char *dot = strchr(metric, '.');
    int which = 0;
    size_t f = 0, fields_n = sizeof fields / sizeof *fields;
    if (!dot) return false;
    while (which < LIFT_ESTIMATORS &&
           strncmp(lift_estimator_word((lift_estimator_t)which), metric, (size_t)(dot - metric)))
        which++;
    while (f < fields_n && strcmp(fields[f].name, dot + 1)) f++;
    if (which == LIFT_ESTIMATORS || f == fields_n) return false;
    const evidence_t *v = &s->evidence;
    size_t pairs = v->pairs / PARTS;
    double sum = 0, squares = 0;
    assert_true(pairs > 0);
    for (size_t k = 0; k < PARTS; k++) {
        evidence_t part = *v;
        part.value += 2 * k * pairs * (size_t)scopes_rows(v->scopes) * COUNTS;
        part.pairs = pairs;
        double x = of_test(&part, (lift_estimator_t)which, fields[f].offset);
        sum += x;
        squares += x * x;
    }
    double variance = (squares - sum * sum / PARTS) / (PARTS - 1);
    *out = (found_t){of_test(v, (lift_estimator_t)which, fields[f].offset),
                     sqrt(fmax(0, variance) / PARTS)};
    return true;
}

static found_t find(const simulated_t *of, const stated_t *x)
{
    const study_t *s = &of->study;
    found_t found;
    int scope = scope_named(s, x->scope);
    if (find_of_attribution(s, x->metric, scope, &found)) return found;
    if (find_of_experiment(s, x->metric, &found)) return found;
    if (column_find(x->metric) < 0 && find_of_brand(s, x->metric, &found)) return found;
    if (column_find(x->metric) < 0) fail_msg("'%s' is no metric", x->metric);
    estimate_t e = study_estimate(s, scope, x->metric);
    return (found_t){e.mean, e.mc_se};
}

/* ---- what is stated ---- */

/* Reads one "METRIC [of NAME] VALUE [%]"; what follows it, NULL if it is none. */
static const char *read_stated(const char *at, stated_t *x)
{
    char number[WORD], *end;
    int length = 0;
    *x = (stated_t){.value = 0};
    if (sscanf(at, " %63s of %63s %63[-+0-9.]%n", x->metric, x->scope, number, &length) != 3) {
        x->scope[0] = 0;
        if (sscanf(at, " %63s %63[-+0-9.]%n", x->metric, number, &length) != 2) return NULL;
    }
    x->value = strtod(number, &end);
    assert_true(*end == 0);
    const char *point = strchr(number, '.');
    x->rounding = 0.5 * pow(10, point ? -(double)strlen(point + 1) : 0);
    at += length;
    if (strncmp(at, " %", 2) != 0) return at;
    x->value /= 100;
    x->rounding /= 100;
    return at + 2;
}

static void run(simulated_t *s, const char *path, const variant_t *v)
{
    const char *set[CHANGES];
    for (size_t k = 0; k < v->changes; k++) set[k] = v->change[k];
    simulate(s, path, set, v->changes);
}

/* One 'METRIC +12 %' of a finding. */
static void finding_holds(const char *path, const simulated_t *was, const simulated_t *is,
                          const stated_t *x)
{
    found_t before = find(was, x), after = find(is, x);
    double ratio = after.mean / before.mean, change = ratio - 1;
    double error = fabs(ratio) * hypot(before.error / before.mean, after.error / after.mean);
    print_message("%s: %s %s %+.1f %% (+-%.1f), stated %+g %%\n", path, x->metric, x->scope,
                  100 * change, 100 * error, 100 * x->value);
    if (!(fabs(change - x->value) <= 3 * error + x->rounding))
        fail_msg("%s states %s %+g %%, and it is %+.1f %%", path, x->metric, 100 * x->value,
                 100 * change);
    if (!(fabs(change) > 4 * error))
        fail_msg("%s: %s %+.1f %% is no more than luck", path, x->metric, 100 * change);
}

/* One 'METRIC 1.7'. */
static void number_holds(const char *path, const simulated_t *of, const stated_t *x)
{
    found_t found = find(of, x);
    print_message("%s: %s %s %.4g (+-%.2g), stated %g\n", path, x->metric, x->scope, found.mean,
                  found.error, x->value);
    if (!(fabs(found.mean - x->value) <= 3 * found.error + x->rounding))
        fail_msg("%s states %s %g, and it is %.4g", path, x->metric, x->value, found.mean);
    if (!(fabs(found.mean) > 4 * found.error))
        fail_msg("%s: %s %.4g is no more than luck", path, x->metric, found.mean);
}

/* All of a line; `was` NULL: numbers of `is`. */
static void line_holds(const char *path, const simulated_t *was, const simulated_t *is,
                       const char *line)
{
    stated_t x;
    int numbers = 0;
    for (const char *at = line; (at = read_stated(at, &x)); at++, numbers++) {
        if (was)
            finding_holds(path, was, is, &x);
        else
            number_holds(path, is, &x);
        if (*at != ',') {
            assert_true(*at == 0);
            numbers++;
            break;
        }
    }
    assert_true(numbers > 0);
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

/* The plans of a question as its lines are read. */
typedef struct {
    const char *path;
    simulated_t was, is; /* the file's own, and the last other plan */
    variant_t variant;   /* changes that no plan was made of yet */
    bool changed;        /* `is` is there */
    int findings;
} question_t;

static void take_changes(question_t *q)
{
    if (!q->variant.changes) return;
    if (q->changed) simulated_free(&q->is);
    run(&q->is, q->path, &q->variant);
    q->changed = true;
    q->variant.changes = 0;
}

static void take_line(question_t *q, const char *line)
{
    int month;
    if (!strncmp(line, "# Change: ", 10)) {
        assert_true(q->variant.changes < CHANGES);
        strcpy(q->variant.change[q->variant.changes++], line + 10);
    } else if (!strncmp(line, "# Finding: ", 11)) {
        take_changes(q);
        assert_true(q->changed);
        line_holds(q->path, &q->was, &q->is, line + 11);
        q->findings++;
    } else if (!strncmp(line, "# Number: ", 10)) {
        take_changes(q);
        line_holds(q->path, NULL, q->changed ? &q->is : &q->was, line + 10);
        q->findings++;
    } else if (sscanf(line, "# Overtakes: month %d", &month) == 1) {
        assert_true(q->changed);
        assert_int_equal(overtakes(&q->was, &q->is), month);
    }
}

static void its_finding_holds(void **state)
{
    question_t *q = calloc(1, sizeof *q);
    assert_non_null(q);
    q->path = *state;
    FILE *file = fopen(q->path, "r");
    assert_non_null(file);
    run(&q->was, q->path, &q->variant);
    char line[LINE];
    while (fgets(line, sizeof line, file) && line[0] == '#') {
        line[strcspn(line, "\n")] = 0;
        take_line(q, line);
    }
    assert_true(q->findings > 0 && !q->variant.changes);
    if (q->changed) simulated_free(&q->is);
    simulated_free(&q->was);
    fclose(file);
    free(q);
}

/* All questions, or those that the arguments name. */
int main(int argc, char **argv)
{
    glob_t files;
    const char *pattern = argc > 1 ? argv[1] : "configs/questions/*.yaml";
    if (glob(pattern, 0, NULL, &files) != 0) return 1;
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
