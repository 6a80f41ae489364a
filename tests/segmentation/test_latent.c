/* test_latent.c -- latent classes reach the likelihoods that poLCA publishes; what is found is where a
 * plainly written EM stands still, with levels, weights, missing answers and a prior; and classes that were
 * planted are found. */
#include "models/segmentation/latent.h"
#include "tests/segmentation/table.h"

static error_t err;

/* Answers "1121" to yes/no items, people alike of each. */
typedef struct {
    const char *answers;
    int people;
} pattern_t;

static const pattern_t carcinoma[] = {
    {"1111111", 34}, {"1111211", 2},  {"1211111", 6}, {"1211112", 1},  {"1211211", 4},
    {"1211212", 5},  {"2111111", 2},  {"2121212", 1}, {"2211111", 2},  {"2211112", 1},
    {"2211211", 2},  {"2211212", 7},  {"2211222", 1}, {"2212112", 1},  {"2212212", 2},
    {"2212222", 3},  {"2221212", 13}, {"2221222", 5}, {"2222212", 10}, {"2222222", 16}};
static const pattern_t values[] = {{"1111", 20}, {"1112", 2}, {"1121", 9},  {"1122", 2},
                                   {"1211", 6},  {"1212", 1}, {"1221", 4},  {"1222", 1},
                                   {"2111", 38}, {"2112", 7}, {"2121", 24}, {"2122", 6},
                                   {"2211", 25}, {"2212", 6}, {"2221", 23}, {"2222", 42}};
enum { CARCINOMA = sizeof carcinoma / sizeof *carcinoma, VALUES = sizeof values / sizeof *values };

typedef struct {
    uint64_t yes[256];
    double weight[256];
    answers_t a;
} table_t;

static void table_of(table_t *t, const pattern_t *pattern, size_t n)
{
    memset(t, 0, sizeof *t);
    t->a = (answers_t){.n = n, .items = (int)strlen(pattern[0].answers), .yes = t->yes};
    t->a.weight = t->weight;
    for (size_t i = 0; i < n; i++) {
        t->weight[i] = pattern[i].people;
        for (int j = 0; j < t->a.items; j++)
            t->yes[i] |= (uint64_t)(pattern[i].answers[j] == '2') << j;
    }
}

static latent_t fitted(const answers_t *a, int k, double prior)
{
    latent_t m;
    search_t how = {.key = rng_key(1)};
    assert_int_equal(latent_init(&m, a, k, prior, &how, &err), OK);
    assert_true(m.settled);
    return m;
}

static void carcinoma_has_the_published_likelihoods(void **state)
{
    static const double loglik[] = {-524.464818, -317.256837, -293.704979, -289.285849};
    static const double bic[] = {0, 706.0739, 697.1357, 726.4629};
    static const double share[] = {0.444728, 0.373564, 0.181708};
    table_t t;
    (void)state;
    table_of(&t, carcinoma, CARCINOMA);
    for (int k = 1; k <= 4; k++) {
        latent_t m = fitted(&t.a, k, 0);
        ASSERT_NEAR(m.loglik, loglik[k - 1], 1e-5);
        assert_int_equal(m.parameters, 8 * k - 1);
        if (k > 1) ASSERT_NEAR(m.bic, bic[k - 1], 1e-4);
        for (int g = 0; k == 3 && g < 3; g++) ASSERT_NEAR(m.share[g], share[g], 1e-4);
        latent_free(&m);
    }
}

static void values_has_the_published_likelihoods(void **state)
{
    static const double loglik[] = {-543.649825, -504.46767, -503.301137};
    table_t t;
    (void)state;
    table_of(&t, values, VALUES);
    for (int k = 1; k <= 3; k++) {
        latent_t m = fitted(&t.a, k, 0);
        ASSERT_NEAR(m.loglik, loglik[k - 1], 1e-4);
        if (k == 2) ASSERT_NEAR(m.share[1], 0.279246, 1e-4);
        latent_free(&m);
    }
}

/* --- where a plain EM stands still ------------------------------------------------------------ */

typedef struct {
    double share[8], count[8][512], known[8][64], loglik;
} step_t;

static int level_at(const answers_t *a, size_t i, int j)
{
    if (a->level) return a->level[i * (size_t)a->items + (size_t)j];
    if (a->known && !(a->known[i] >> j & 1)) return LATENT_MISSING;
    return (int)(a->yes[i] >> j & 1);
}

static void plain_step(step_t *s, const latent_t *m, const answers_t *a)
{
    memset(s, 0, sizeof *s);
    for (size_t i = 0; i < a->n; i++) {
        double p[8], all = 0, w = a->weight ? a->weight[i] : 1;
        for (int g = 0; g < m->k; g++) {
            p[g] = m->share[g];
            for (int j = 0; j < a->items; j++) {
                int level = level_at(a, i, j);
                if (level == LATENT_MISSING) continue;
                p[g] *= m->answer[g * m->first[m->items] + m->first[j] + level];
            }
            all += p[g];
        }
        s->loglik += w * log(all);
        for (int g = 0; g < m->k; g++) {
            double r = w * p[g] / all;
            s->share[g] += r;
            for (int j = 0; j < a->items; j++) {
                int level = level_at(a, i, j);
                if (level == LATENT_MISSING) continue;
                s->count[g][m->first[j] + level] += r;
                s->known[g][j] += r;
            }
        }
    }
}

static void assert_stands_still(const latent_t *m, const answers_t *a, double prior, double allowed)
{
    static step_t s, one;
    double people = 0;
    latent_t all = fitted(a, 1, 0); /* its answers are everyone's */
    plain_step(&s, m, a);
    plain_step(&one, &all, a);
    ASSERT_NEAR(m->loglik, s.loglik, 1e-9 * fabs(s.loglik));
    ASSERT_NEAR(all.loglik, one.loglik, 1e-9 * fabs(one.loglik));
    for (int g = 0; g < m->k; g++) people += s.share[g];
    ASSERT_NEAR(m->bic, -2 * s.loglik + m->parameters * log(people), 1e-6);
    for (int g = 0; g < m->k; g++) {
        ASSERT_NEAR(m->share[g], s.share[g] / people, allowed);
        for (int j = 0; j < a->items; j++)
            for (int l = m->first[j]; l < m->first[j + 1]; l++) {
                double p = (s.count[g][l] + prior * one.count[0][l] / one.known[0][j]) /
                           (s.known[g][j] + prior);
                ASSERT_NEAR(m->answer[g * m->first[m->items] + l], p, allowed);
            }
    }
    latent_free(&all);
}

/* Three classes, 12 items of 2 to 5 levels; some answers missing, people of weight 0 to 2. */
enum { MANY = 3000, ITEMS = 12, CLASSES = 3 };
typedef struct {
    uint8_t level[MANY * ITEMS], n_levels[ITEMS];
    double weight[MANY];
    int class[MANY];
} survey_t;

static void survey_make(survey_t *s, double missing)
{
    for (int j = 0; j < ITEMS; j++) s->n_levels[j] = (uint8_t)(2 + j % 4);
    for (uint64_t i = 0; i < MANY; i++) {
        s->class[i] = (int)(i % CLASSES);
        s->weight[i] = 0.5 * (double)(i % 5);
        for (uint32_t j = 0; j < ITEMS; j++) {
            rng_block_t b = rng_at(rng_key(77), DRAW_TRAIT, 0, 0, i, 0, j);
            int levels = s->n_levels[j], own = (s->class[i] * (int)(j + 1)) % levels;
            bool as_class = rng_unit(b, 0) < 0.7;
            int any = (int)(rng_unit_from_word(b.word[2]) * levels);
            bool gone = rng_unit_from_word(b.word[3]) < missing;
            s->level[i * ITEMS + j] = (uint8_t)(gone ? LATENT_MISSING : as_class ? own : any);
        }
    }
}

static void levels_weights_missing_answers_and_a_prior_are_all_in(void **state)
{
    static survey_t s;
    (void)state;
    for (int c = 0; c < 8; c++) {
        double prior = c & 4 ? 25 : 0;
        survey_make(&s, c & 1 ? 0.2 : 0);
        answers_t a = {.n = MANY, .items = ITEMS, .level = s.level, .n_levels = s.n_levels};
        if (c & 2) a.weight = s.weight;
        latent_t m = fitted(&a, CLASSES, prior);
        assert_stands_still(&m, &a, prior, 1e-5);
        assert_true(adjusted_rand(m.segment, s.class, MANY) > 0.9);
        latent_free(&m);
    }
}

static void yes_no_answers_may_be_missing(void **state)
{
    static uint64_t yes[MANY], known[MANY];
    static uint8_t level[MANY * 9];
    uint8_t n_levels[9];
    (void)state;
    memset(n_levels, 2, sizeof n_levels);
    for (uint64_t i = 0; i < MANY; i++) {
        yes[i] = known[i] = 0;
        for (uint32_t j = 0; j < 9; j++) {
            rng_block_t b = rng_at(rng_key(78), DRAW_TRAIT, 0, 0, i, 0, j);
            uint64_t is = rng_unit(b, 0) < (i % 2 ? 0.8 : 0.2);
            uint64_t told = rng_unit(b, 1) < 0.9;
            yes[i] |= is << j;
            known[i] |= told << j;
            level[i * 9 + j] = (uint8_t)(told ? is : LATENT_MISSING);
        }
    }
    answers_t a = {.n = MANY, .items = 9, .yes = yes, .known = known};
    answers_t b = {.n = MANY, .items = 9, .level = level, .n_levels = n_levels};
    latent_t m = fitted(&a, 2, 0), n = fitted(&b, 2, 0);
    assert_stands_still(&m, &a, 0, 1e-5);
    assert_memory_equal(m.answer, n.answer, 2 * 18 * sizeof(double));
    assert_memory_equal(m.segment, n.segment, MANY * sizeof(int));
    latent_free(&m);
    latent_free(&n);
}

/* Known answers to all items, as bits, as levels, and row by row without counting equal rows. */
static void the_ways_to_write_answers_agree(void **state)
{
    table_t t;
    uint8_t level[CARCINOMA * 7], n_levels[7] = {2, 2, 2, 2, 2, 2, 2};
    (void)state;
    table_of(&t, carcinoma, CARCINOMA);
    for (size_t i = 0; i < CARCINOMA; i++)
        for (int j = 0; j < 7; j++) level[i * 7 + (size_t)j] = t.yes[i] >> j & 1;
    answers_t b = {.n = CARCINOMA, .items = 7, .level = level, .n_levels = n_levels};
    b.weight = t.weight;
    latent_t m = fitted(&t.a, 3, 0), n = fitted(&b, 3, 0);
    assert_memory_equal(m.answer, n.answer, 3 * 14 * sizeof(double));
    for (int g = 0; g < 3; g++)
        for (int j = 0; j < 7; j++)
            assert_true(latent_yes(&m, g, j) == m.answer[g * 14 + 2 * j + 1]);
    latent_free(&m);
    latent_free(&n);
}

static void equal_rows_are_counted_once(void **state)
{
    static uint64_t yes[118];
    size_t n = 0;
    table_t t;
    (void)state;
    table_of(&t, carcinoma, CARCINOMA);
    for (size_t i = 0; i < CARCINOMA; i++)
        for (int p = 0; p < carcinoma[i].people; p++) yes[n++] = t.yes[i];
    answers_t each = {.n = n, .items = 7, .yes = yes};
    assert_int_equal(n, 118);
    latent_t m = fitted(&t.a, 3, 0), by_person = fitted(&each, 3, 0);
    assert_int_equal(by_person.patterns, CARCINOMA);
    assert_memory_equal(m.answer, by_person.answer, 3 * 14 * sizeof(double));
    assert_int_equal(by_person.segment[0], m.segment[0]);
    assert_int_equal(by_person.segment[117], m.segment[CARCINOMA - 1]);
    latent_free(&m);
    latent_free(&by_person);
}

/* --- many people ------------------------------------------------------------------------------ */

enum { CROWD = 30000, INTERESTS = 64, PLANTED = 5 };

/* In class g interest j has probability .5 if j % PLANTED = g, else .1. */
static uint64_t *crowd_make(int *class)
{
    uint64_t *yes = calloc(CROWD, sizeof *yes);
    assert_non_null(yes);
    for (uint64_t i = 0; i < CROWD; i++) {
        class[i] = (int)(i % PLANTED);
        for (uint32_t j = 0; j < INTERESTS; j++) {
            double u = rng_unit(rng_at(rng_key(5), DRAW_TRAIT, 0, 0, i, 0, j), 0);
            yes[i] |= (uint64_t)(u < ((int)j % PLANTED == class[i] ? 0.5 : 0.1)) << j;
        }
    }
    return yes;
}

/* The best rule there is, with the planted probabilities known, puts 97.1 % of the people right, which is an
 * adjusted Rand index of .934. Each P(yes | class) of 6,000 people: sd at most .0066; within 5 sd, all 320. */
static void planted_classes_are_found(void **state)
{
    static int class[CROWD];
    uint64_t *yes = crowd_make(class);
    answers_t a = {.n = CROWD, .items = INTERESTS, .yes = yes};
    search_t how = {.key = rng_key(2), .restarts = 10, .start_on = 3000};
    latent_t m;
    (void)state;
    assert_int_equal(latent_init(&m, &a, PLANTED, 0, &how, &err), OK);
    assert_int_equal(m.patterns, 0); /* hardly two rows are alike */
    ASSERT_NEAR(adjusted_rand(m.segment, class, CROWD), 0.934, 0.006);
    for (int g = 0; g < PLANTED; g++) {
        int planted = class[0];
        ASSERT_NEAR(m.share[g], 1. / PLANTED, 0.012);
        for (size_t i = 0; i < CROWD; i++)
            if (m.segment[i] == g && m.certainty[i] > 0.999) planted = class[i];
        for (int j = 0; j < INTERESTS; j++)
            ASSERT_NEAR(latent_yes(&m, g, j), j % PLANTED == planted ? 0.5 : 0.1, 5 * 0.0066);
    }
    latent_free(&m);
    free(yes);
}

static void any_number_of_hands_gives_the_same_bytes(void **state)
{
    static const size_t start_on[] = {2000, SIZE_MAX};
    static int class[CROWD];
    uint64_t *yes = crowd_make(class);
    (void)state;
    for (int s = 0; s < 2; s++) {
        answers_t a = {.n = CROWD, .items = s ? 10 : INTERESTS, .yes = yes};
        search_t alone = {.key = rng_key(2), .restarts = 3, .start_on = start_on[s], .rounds = 30};
        int threads = 7;
        workers_t w = hands(&threads);
        search_t helped = alone;
        latent_t one, many;
        helped.workers = &w;
        assert_int_equal(latent_init(&one, &a, PLANTED, 1, &alone, &err), OK);
        assert_int_equal(latent_init(&many, &a, PLANTED, 1, &helped, &err), OK);
        assert_memory_equal(one.answer, many.answer,
                            (size_t)a.items * PLANTED * 2 * sizeof(double));
        assert_memory_equal(one.certainty, many.certainty, CROWD * sizeof(double));
        assert_memory_equal(&one.loglik, &many.loglik, sizeof(double));
        latent_free(&one);
        latent_free(&many);
    }
    free(yes);
}

/* --- the odd ---------------------------------------------------------------------------------- */

static void refused(answers_t a, int k, double prior, const char *why)
{
    latent_t m;
    search_t how = {0};
    assert_int_equal(latent_init(&m, &a, k, prior, &how, &err), ERR_INVALID);
    if (!strstr(err.text, why)) print_error("%s\n", err.text);
    assert_non_null(strstr(err.text, why));
    latent_free(&m);
    latent_free(&m);
}

static void what_has_no_classes_is_refused(void **state)
{
    uint64_t yes[] = {0, 1, 1}, known[] = {1, 1, 1};
    uint8_t level[] = {0, 1, 3}, three = 3, one = 1, seventeen = 17;
    double minus[] = {1, 1, -1}, none[] = {0, 0, 0}, nan[] = {NAN, 1, 1};
    (void)state;
    refused((answers_t){.n = 3, .items = 1, .yes = yes}, 3, 0, "3 segments, but only 2 different");
    refused((answers_t){.n = 3, .items = 1, .yes = yes}, 65, 0, "1 to 64");
    refused((answers_t){.n = 3, .items = 1, .yes = yes}, 0, 0, "1 to 64");
    refused((answers_t){.n = 0, .items = 1, .yes = yes}, 1, 0, "0 rows");
    refused((answers_t){.n = 3, .items = 0, .yes = yes}, 1, 0, "0 items");
    refused((answers_t){.n = 3, .items = 65, .yes = yes}, 1, 0, "65 items");
    refused((answers_t){.n = 3, .items = 2, .yes = yes, .known = known}, 1, 0, "item 2 was never");
    refused((answers_t){.n = 3, .items = 1, .level = level, .n_levels = &three}, 1, 0,
            "row 3, item 1: level 3 of 3");
    refused((answers_t){.n = 3, .items = 1, .level = level, .n_levels = &one}, 1, 0,
            "has 1 levels");
    refused((answers_t){.n = 3, .items = 1, .level = level, .n_levels = &seventeen}, 1, 0,
            "has 17 levels");
    refused((answers_t){.n = 3, .items = 1, .yes = yes, .weight = minus}, 1, 0, "row 3 is -1");
    refused((answers_t){.n = 3, .items = 1, .yes = yes, .weight = nan}, 1, 0, "row 1 is");
    refused((answers_t){.n = 3, .items = 1, .yes = yes, .weight = none}, 1, 0, "all weights are 0");
    refused((answers_t){.n = 3, .items = 1, .yes = yes}, 1, NAN, "a prior of");
}

static void items_that_do_not_vary_do_no_harm(void **state)
{
    uint64_t yes[] = {6, 7, 6, 7, 7, 7}; /* items 1 and 2: everyone; item 3: nobody */
    answers_t a = {.n = 6, .items = 4, .yes = yes};
    latent_t m = fitted(&a, 2, 0);
    (void)state;
    ASSERT_NEAR(m.loglik, 2 * log(2. / 6) + 4 * log(4. / 6), 1e-8);
    latent_free(&m);
    answers_t single = {.n = 1, .items = 4, .yes = yes};
    m = fitted(&single, 1, 0);
    ASSERT_NEAR(m.loglik, 0, 1e-8);
    latent_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(carcinoma_has_the_published_likelihoods),
        cmocka_unit_test(values_has_the_published_likelihoods),
        cmocka_unit_test(levels_weights_missing_answers_and_a_prior_are_all_in),
        cmocka_unit_test(yes_no_answers_may_be_missing),
        cmocka_unit_test(the_ways_to_write_answers_agree),
        cmocka_unit_test(equal_rows_are_counted_once),
        cmocka_unit_test(planted_classes_are_found),
        cmocka_unit_test(any_number_of_hands_gives_the_same_bytes),
        cmocka_unit_test(what_has_no_classes_is_refused),
        cmocka_unit_test(items_that_do_not_vary_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
