/* test_segments.c -- planted groups are found again, named, counted and given their rules; what cannot take
 * part is told; any number of threads gives the same. */
#include "models/base/maths.h"
#include "models/base/rng.h"
#include "sim/experiment/segments.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { N = 900, GROUPS_PLANTED = 3 };

static double uniform(size_t i, uint32_t which)
{
    return rng_unit(rng_at(rng_key(99), DRAW_TRAIT, 0, 0, i, 0, which), 0);
}

static int planted(size_t i)
{
    return i < 450 ? 0 : i < 750 ? 1 : 2; /* 450, 300 and 150 people */
}

/* Three groups ten apart in x and y; `runs`, `reads` and `cooks` are said of one group each, `coin` of
 * anybody; ages 20-29, 40-49, 60-69. */
static void plant(frame_t *f)
{
    static const char *const likes[] = {"runs", "reads", "cooks"};
    *f = (frame_t){.people = {.n = N}, .unit = 2};
    double *x = frame_numbers(f, frame_add(f, GROUP_OWN, FEATURE_NUMBER, "", "x"));
    double *y = frame_numbers(f, frame_add(f, GROUP_OWN, FEATURE_NUMBER, "", "y"));
    uint8_t *age = frame_bytes(f, frame_add(f, GROUP_AGE, FEATURE_YEARS, "", "age"));
    uint8_t *coin = frame_bytes(f, frame_add(f, GROUP_TRAIT, FEATURE_FLAG, "", "coin"));
    uint8_t *flag[3];
    for (int g = 0; g < 3; g++)
        flag[g] = frame_bytes(f, frame_add(f, GROUP_INTEREST, FEATURE_FLAG, "interest", likes[g]));
    for (size_t i = 0; i < N; i++) {
        int g = planted(i);
        x[i] = (g == 1 ? 10 : 0) + 0.5 * normal_quantile(uniform(i, 0));
        y[i] = (g == 2 ? 10 : 0) + 0.5 * normal_quantile(uniform(i, 1));
        age[i] = (uint8_t)(20 + 20 * g + (int)(10 * uniform(i, 2)));
        coin[i] = uniform(i, 3) < 0.5;
        for (int k = 0; k < 3; k++) flag[k][i] = k == g;
    }
}

static segments_options_t how(method_t method, int low, int high)
{
    return (segments_options_t){.method = method,
                                .k_low = low,
                                .k_high = high,
                                .standardise = STANDARD_SD,
                                .covariance = MIXTURE_VVV,
                                .restarts = 5,
                                .bootstraps = 5,
                                .seed = 7,
                                .threads = 2};
}

static void expect_planted(const segments_t *s)
{
    assert_int_equal(s->k, 3);
    for (size_t i = 0; i < N; i++) assert_int_equal(s->segment[i], planted(i));
    assert_true(s->of[0].people == 900 && s->of[1].people == 600 && s->of[2].people == 300);
    assert_true(fabs(s->of[2].share - 1. / 6) < 1e-12);
}

/* Segments are ordered by size, so the planted order comes back; the rules say what is said of one group. */
static void planted_groups_are_found_with_their_rules(void **state)
{
    (void)state;
    static const method_t methods[] = {METHOD_KMEANS, METHOD_GMM};
    frame_t f;
    plant(&f);
    for (int m = 0; m < 2; m++) {
        segments_t s;
        error_t err = {""};
        segments_options_t o = how(methods[m], 2, 5);
        o.columns = "x,y";
        if (segments_find(&s, &f, &o, &err) != OK) fail_msg("%s", err.text);
        expect_planted(&s);
        assert_true(s.choice.value[CRITERION_STABILITY][3] > 0.99);
        for (int g = 0; g < 3; g++) {
            assert_true(s.of[g].has_rule);
            assert_true(s.of[g].found.held_out.precision == 1);
            assert_true(s.of[g].found.held_out.recall == 1);
            assert_true(s.of[g].rule_people == s.of[g].people);
        }
        segments_free(&s);
    }
    frame_free(&f);
}

/* Whom an interest is said of, answers yes; the latent classes are the three interests. */
static void planted_classes_are_found(void **state)
{
    (void)state;
    frame_t f;
    segments_t s;
    error_t err = {""};
    plant(&f);
    segments_options_t o = how(METHOD_LCA, 2, 4);
    o.columns = "interests";
    if (segments_find(&s, &f, &o, &err) != OK) fail_msg("%s", err.text);
    assert_int_equal(s.n_used, 3);
    expect_planted(&s);
    segments_free(&s);
    frame_free(&f);
}

static void any_number_of_threads_gives_the_same(void **state)
{
    (void)state;
    frame_t f;
    segments_t one, three;
    error_t err = {""};
    plant(&f);
    segments_options_t o = how(METHOD_KMEANS, 2, 6);
    o.threads = 1;
    assert_int_equal(segments_find(&one, &f, &o, &err), OK);
    o.threads = 3;
    assert_int_equal(segments_find(&three, &f, &o, &err), OK);
    assert_int_equal(one.k, three.k);
    assert_memory_equal(one.segment, three.segment, N * sizeof *one.segment);
    assert_memory_equal(one.choice.value, three.choice.value, sizeof one.choice.value);
    for (int g = 0; g < one.k; g++) {
        assert_string_equal(one.of[g].name, three.of[g].name);
        assert_string_equal(one.of[g].rule, three.of[g].rule);
    }
    segments_free(&one);
    segments_free(&three);
    frame_free(&f);
}

/* --- columns ---------------------------------------------------------------------------------- */

static status_t with_columns(method_t method, const char *columns, const char *exclude,
                             segments_t *s, error_t *err)
{
    static frame_t f; /* outlives the segments */
    static const char *const shades[] = {"light", "middle", "dark"};
    frame_free(&f);
    plant(&f);
    feature_t *shade = frame_add(&f, GROUP_ATTRIBUTE, FEATURE_LEVELS, "", "shade");
    shade->n_levels = 3;
    shade->level = shades;
    for (size_t i = 0; i < N; i++) frame_bytes(&f, shade)[i] = i % 3;
    segments_options_t o = how(method, 3, 3);
    o.bootstraps = 0;
    o.columns = columns;
    o.exclude = exclude;
    return segments_find(s, &f, &o, err);
}

static void each_method_has_columns_of_its_own(void **state)
{
    (void)state;
    static const struct {
        method_t method;
        const char *columns, *exclude;
        int n;
    } cases[] = {
        {METHOD_KMEANS, NULL, NULL, 8},        /* all */
        {METHOD_GMM, NULL, NULL, 3},           /* x, y, age */
        {METHOD_LCA, NULL, NULL, 4},           /* the yes/no */
        {METHOD_LCA, NULL, "coin", 3},         /* less one */
        {METHOD_KMEANS, "interest", NULL, 3},  /* a group, singular */
        {METHOD_KMEANS, "Runs, age", NULL, 2}, /* names without their word */
        {METHOD_KMEANS, NULL, "interests,x", 4},
        {METHOD_GMM, "x,coin", NULL, 2}, /* yes/no when asked for */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        segments_t s;
        error_t err = {""};
        status_t st = with_columns(cases[i].method, cases[i].columns, cases[i].exclude, &s, &err);
        if (st != OK) fail_msg("case %zu: %s", i, err.text);
        assert_int_equal(s.n_used, cases[i].n);
        segments_free(&s);
    }
}

static void what_cannot_take_part_is_told(void **state)
{
    (void)state;
    static const struct {
        method_t method;
        const char *columns, *exclude, *told;
    } cases[] = {
        {METHOD_GMM, "x,shade", NULL, "'shade' cannot take part: a Gaussian mixture takes numbers"},
        {METHOD_LCA, "age", NULL, "'age' cannot take part: latent classes need yes/no columns"},
        {METHOD_KMEANS, "run", NULL, "there is no column 'run'; did you mean 'runs'?"},
        {METHOD_KMEANS, "x,,y", NULL, "columns are written name,name"},
        {METHOD_LCA, NULL, "interests,coin", "there is no column for latent classes"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        segments_t s;
        error_t err = {""};
        assert_int_equal(
            with_columns(cases[i].method, cases[i].columns, cases[i].exclude, &s, &err),
            ERR_INVALID);
        if (!strstr(err.text, cases[i].told)) fail_msg("case %zu: %s", i, err.text);
        segments_free(&s);
    }
}

/* Nine people without x: k-means leaves them out, latent classes without x do not. */
static void who_lacks_a_value_is_in_no_segment(void **state)
{
    (void)state;
    frame_t f;
    segments_t s;
    error_t err = {""};
    plant(&f);
    for (size_t i = 0; i < N; i += 100) frame_numbers(&f, &f.feature[0])[i] = NAN;
    segments_options_t o = how(METHOD_KMEANS, 3, 3);
    o.columns = "x,y";
    assert_int_equal(segments_find(&s, &f, &o, &err), OK);
    assert_int_equal(s.n_left_out, 9);
    for (size_t i = 0; i < N; i++) assert_int_equal(s.segment[i], i % 100 ? planted(i) : -1);
    segments_free(&s);
    o = how(METHOD_KMEANS, 2, 64);
    f.people.n = 20;
    assert_int_equal(segments_find(&s, &f, &o, &err), ERR_INVALID);
    assert_non_null(strstr(err.text, "cannot make 64 segments"));
    segments_free(&s);
    f.people.n = N;
    frame_free(&f);
}

/* A weight of 4 for the third group makes it the largest: 450, 300 and 600 people. */
static void weights_count_people(void **state)
{
    (void)state;
    frame_t f;
    segments_t s;
    error_t err = {""};
    plant(&f);
    f.weight = malloc(N * sizeof *f.weight);
    for (size_t i = 0; i < N; i++) f.weight[i] = (planted(i) == 2 ? 4. : 1.) * N / 1350;
    f.unit = 1350. / N;
    f.people.weight = f.weight;
    segments_options_t o = how(METHOD_KMEANS, 3, 3);
    o.columns = "x,y";
    assert_int_equal(segments_find(&s, &f, &o, &err), OK);
    assert_true(fabs(s.of[0].people - 600) < 1e-9);
    assert_true(fabs(s.of[1].people - 450) < 1e-9);
    assert_true(fabs(s.of[2].people - 300) < 1e-9);
    assert_int_equal(s.segment[N - 1], 0);
    segments_free(&s);
    frame_free(&f);
}

/* --- RFM -------------------------------------------------------------------------------------- */

/* Who bought yesterday, often and for much leads the list; who never had a value is in none. Shares of
 * revenue sum to 1. */
static void rfm_orders_customers_and_shares_revenue(void **state)
{
    (void)state;
    enum { CUSTOMERS = 100 };
    frame_t f = {.people = {.n = CUSTOMERS}, .unit = 1};
    segments_t s;
    error_t err = {""};
    double *r = frame_numbers(&f, frame_add(&f, GROUP_OWN, FEATURE_NUMBER, "", "r"));
    double *q = frame_numbers(&f, frame_add(&f, GROUP_OWN, FEATURE_NUMBER, "", "q"));
    double *m = frame_numbers(&f, frame_add(&f, GROUP_OWN, FEATURE_NUMBER, "", "m"));
    for (int i = 0; i < CUSTOMERS; i++) {
        r[i] = i + 1;
        q[i] = CUSTOMERS - i;
        m[i] = 10 * (CUSTOMERS - i);
    }
    m[50] = NAN;
    segments_options_t o = how(METHOD_RFM, 2, 8);
    rfm_source_t source = {.recency = "r", .frequency = "q", .monetary = "m"};
    assert_int_equal(segments_rfm(&s, &f, &o, &source, &err), OK);
    assert_string_equal(s.of[0].name, "champions");
    assert_int_equal(s.segment[0], 0);
    assert_int_equal(s.segment[50], -1);
    assert_int_equal(s.n_left_out, 1);
    assert_int_equal(s.rfm[0].recency, 5);
    assert_int_equal(s.rfm[99].recency, 1);
    double sum = 0;
    for (int g = 0; g < s.k; g++) sum += s.measure[0].value[g];
    assert_string_equal(s.measure[0].name, "revenue_share");
    assert_true(fabs(sum - 1) < 1e-12);
    segments_free(&s);
    source.monetary = "n";
    assert_int_equal(segments_rfm(&s, &f, &o, &source, &err), ERR_INVALID);
    assert_string_equal(err.text, "--monetary: there is no column 'n'");
    segments_free(&s);
    frame_free(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(planted_groups_are_found_with_their_rules),
        cmocka_unit_test(planted_classes_are_found),
        cmocka_unit_test(any_number_of_threads_gives_the_same),
        cmocka_unit_test(each_method_has_columns_of_its_own),
        cmocka_unit_test(what_cannot_take_part_is_told),
        cmocka_unit_test(who_lacks_a_value_is_in_no_segment),
        cmocka_unit_test(weights_count_people),
        cmocka_unit_test(rfm_orders_customers_and_shares_revenue),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
