/* test_choose.c -- criteria for the number of segments: hand-worked values, the published choices, and
 * planted numbers of segments that every criterion finds; columns of different kinds on one scale. */
#include "models/segmentation/choose.h"
#include "models/segmentation/criteria.h"
#include "models/segmentation/kmeans.h"
#include "models/segmentation/standard.h"
#include "tests/segmentation/table.h"

static numbers_t iris, wine, faithful;
static error_t err;

/* --- agreement -------------------------------------------------------------------------------- */

/* Hubert and Arabie by hand: 1 + 0 + 1 + 1 pairs together, 7 in the labels, 7 in the groups, 28 in all. */
static void rand_index_by_hand(void **state)
{
    static const int label[] = {0, 0, 0, 1, 1, 1, 2, 2}, group[] = {0, 0, 1, 1, 1, 2, 2, 2};
    (void)state;
    ASSERT_NEAR(adjusted_rand(label, group, 8), (3 - 49. / 28) / (7 - 49. / 28), 1e-15);
    ASSERT_NEAR(adjusted_rand(label, group, 8), 0.23809523809523808, 1e-15);
}

static void names_of_groups_do_not_matter(void **state)
{
    static const int a[] = {0, 0, 1, 1, 2, 2}, b[] = {5, 5, 63, 63, 0, 0}, one[6] = {0};
    (void)state;
    assert_true(adjusted_rand(a, b, 6) == 1);
    ASSERT_NEAR(normalised_information(a, b, 6), 1, 1e-15);
    assert_true(adjusted_rand(one, one, 6) == 1 && normalised_information(one, one, 6) == 1);
    assert_true(adjusted_rand(a, one, 6) == 0 && normalised_information(a, one, 6) == 0);
}

/* Two of two, crossed: information by hand. {0,0,1,1} and {0,0,0,1}: joint (2,1,1)/4. */
static void information_by_hand(void **state)
{
    static const int a[] = {0, 0, 1, 1}, b[] = {0, 0, 0, 1};
    double of_a = log(2), of_b = -(0.75 * log(0.75) + 0.25 * log(0.25));
    double both = -(0.5 * log(0.5) + 2 * 0.25 * log(0.25));
    (void)state;
    ASSERT_NEAR(normalised_information(a, b, 4), (of_a + of_b - both) / ((of_a + of_b) / 2), 1e-14);
}

/* --- silhouette ------------------------------------------------------------------------------- */

static void silhouettes_by_hand(void **state)
{
    static const double x[] = {1, 2, 3, 8, 9, 10};
    static const double s[] = {0.8125, 0.8571428571428571, 0.75, 0.75, 0.8571428571428571, 0.8125};
    static const int segment[] = {0, 0, 0, 1, 1, 1}, alone[] = {0, 0, 0, 1, 1, 2};
    points_t p = {6, 1, x, NULL};
    search_t how = {0};
    double mean, each[6];
    (void)state;
    assert_int_equal(silhouette(&mean, each, &p, segment, 2, 0, &how, &err), OK);
    for (int i = 0; i < 6; i++) ASSERT_NEAR(each[i], s[i], 1e-15);
    ASSERT_NEAR(mean, 0.8065476190476191, 1e-15);
    assert_int_equal(silhouette(&mean, each, &p, alone, 3, 0, &how, &err), OK);
    assert_true(each[5] == 0);
    assert_int_equal(silhouette(&mean, NULL, &p, (int[]){0, 0, 0, 0, 0, 0}, 2, 0, &how, &err), OK);
    assert_true(isnan(mean));
}

/* 2,000 of 20,000: the mean of 20 samples is that of all, within 4 standard errors. */
static void a_sample_speaks_for_everyone(void **state)
{
    enum { N = 12000, SAMPLES = 20 };
    double *x = clouds(N, 2, 3, 4, 9), all, sum = 0, square = 0;
    int *segment = malloc(N * sizeof *segment);
    points_t p = {N, 2, x, NULL};
    search_t how = {0};
    (void)state;
    for (int i = 0; i < N; i++) segment[i] = i % 3;
    assert_int_equal(silhouette(&all, NULL, &p, segment, 3, N, &how, &err), OK);
    for (uint64_t s = 0; s < SAMPLES; s++) {
        double one;
        how.key = rng_key(s + 100);
        assert_int_equal(silhouette(&one, NULL, &p, segment, 3, 1000, &how, &err), OK);
        sum += one;
        square += one * one;
    }
    double mean = sum / SAMPLES, sd = sqrt((square - sum * mean) / (SAMPLES - 1));
    assert_true(sd > 0 && sd < 0.02);
    ASSERT_NEAR(mean, all, 4 * sd / sqrt(SAMPLES));
    free(x);
    free(segment);
}

/* --- how many --------------------------------------------------------------------------------- */

static bool all_of_them[CRITERIA] = {true, true, true, true};

static choice_t chosen(const cluster_task_t *task, int k_from, int k_to)
{
    choice_t c;
    choose_options_t o = {.k_from = k_from,
                          .k_to = k_to,
                          .sample = 300,
                          .asked = 1000,
                          .resamples = 8,
                          .references = 10};
    search_t how = {.key = rng_key(4), .restarts = 10};
    memcpy(o.ask, all_of_them, sizeof all_of_them);
    if (choose_segments(&c, task, &o, &how, &err) != OK) fail_msg("%s", err.text);
    return c;
}

static void planted_clouds_are_counted_by_every_criterion(void **state)
{
    (void)state;
    for (int planted = 2; planted <= 4; planted++) {
        double *x = clouds(600, 4, planted, 9, (uint64_t)planted);
        cluster_task_t task = {.method = CLUSTER_KMEANS, .points = {600, 4, x, NULL}};
        choice_t c = chosen(&task, 1, 6);
        assert_int_equal(c.choice[CRITERION_BIC], 0);
        assert_int_equal(c.choice[CRITERION_SILHOUETTE], planted);
        assert_int_equal(c.choice[CRITERION_GAP], planted);
        assert_int_equal(c.choice[CRITERION_STABILITY], planted);
        assert_int_equal(c.best, planted);
        assert_true(c.agree);
        assert_true(c.value[CRITERION_STABILITY][planted] > 0.99);
        task.method = CLUSTER_MIXTURE;
        task.shape = MIXTURE_VII;
        c = chosen(&task, 1, 5);
        assert_int_equal(c.choice[CRITERION_BIC], planted);
        assert_int_equal(c.choice[CRITERION_GAP], 0);
        assert_int_equal(c.best, planted);
        free(x);
    }
}

/* One cloud: the gap alone can say that there are no segments. */
static void one_cloud_has_no_segments(void **state)
{
    double *x = clouds(500, 3, 1, 0, 3);
    cluster_task_t task = {.method = CLUSTER_KMEANS, .points = {500, 3, x, NULL}};
    choice_t c = chosen(&task, 1, 5);
    (void)state;
    assert_int_equal(c.choice[CRITERION_GAP], 1);
    assert_true(c.choice[CRITERION_SILHOUETTE] > 1);
    assert_false(c.agree);
    free(x);
}

static void faithful_is_three_tied_groups_by_bic(void **state)
{
    cluster_task_t task = {.method = CLUSTER_MIXTURE, .points = faithful.points};
    (void)state;
    task.shape = MIXTURE_EEE;
    choice_t c = chosen(&task, 1, 5);
    assert_int_equal(c.choice[CRITERION_BIC], 3);
    task.points = iris.points;
    task.shape = MIXTURE_VEV;
    c = chosen(&task, 1, 4);
    assert_int_equal(c.choice[CRITERION_BIC], 2);
}

/* Two planted classes of 8 yes/no items. */
static void planted_classes_are_counted(void **state)
{
    uint64_t yes[1500] = {0};
    (void)state;
    for (uint64_t i = 0; i < 1500; i++)
        for (uint32_t j = 0; j < 8; j++) {
            double u = rng_unit(rng_at(rng_key(6), DRAW_TRAIT, 0, 0, i, 0, j), 0);
            yes[i] |= (uint64_t)(u < (i % 3 ? 0.15 : 0.85)) << j;
        }
    cluster_task_t task = {.method = CLUSTER_LATENT,
                           .answers = {.n = 1500, .items = 8, .yes = yes}};
    choice_t c = chosen(&task, 1, 4);
    assert_int_equal(c.choice[CRITERION_BIC], 2);
    assert_int_equal(c.choice[CRITERION_STABILITY], 2);
    assert_int_equal(c.choice[CRITERION_SILHOUETTE], 0);
    assert_true(c.agree);
}

/* iris: silhouette and stability say 2, as ever; the species are 3. What is known of each k is kept. */
static void iris_is_two_by_silhouette(void **state)
{
    cluster_task_t task = {.method = CLUSTER_KMEANS, .points = iris.points};
    choice_t c = chosen(&task, 2, 6);
    (void)state;
    assert_int_equal(c.choice[CRITERION_SILHOUETTE], 2);
    ASSERT_NEAR(c.value[CRITERION_SILHOUETTE][3], 0.5528190124, 1e-9);
    ASSERT_NEAR(c.fit[3], 78.851441426146, 1e-7);
    for (int k = 2; k <= 6; k++) {
        assert_true(c.error[CRITERION_GAP][k] > 0 && c.error[CRITERION_STABILITY][k] > 0);
        assert_true(isnan(c.error[CRITERION_SILHOUETTE][k]));
    }
    assert_true(isnan(c.fit[1]) && isnan(c.fit[7]));
}

static void a_choice_is_the_same_for_any_number_of_hands(void **state)
{
    cluster_task_t task = {.method = CLUSTER_KMEANS, .points = iris.points};
    choose_options_t o = {.k_from = 1, .k_to = 4, .resamples = 6, .references = 6};
    int threads = 5;
    workers_t w = hands(&threads);
    search_t alone = {.key = rng_key(4), .restarts = 10}, helped = alone;
    choice_t a, b;
    (void)state;
    helped.workers = &w;
    memcpy(o.ask, all_of_them, sizeof all_of_them);
    assert_int_equal(choose_segments(&a, &task, &o, &alone, &err), OK);
    assert_int_equal(choose_segments(&b, &task, &o, &helped, &err), OK);
    assert_memory_equal(a.value, b.value, sizeof a.value);
    assert_memory_equal(a.error, b.error, sizeof a.error);
}

static void a_k_beyond_the_different_rows_ends_the_list(void **state)
{
    double x[] = {1, 1, 2, 2, 5, 5};
    cluster_task_t task = {.method = CLUSTER_KMEANS, .points = {6, 1, x, NULL}};
    choice_t c = chosen(&task, 1, 5);
    (void)state;
    assert_true(c.fit[3] == 0 && isnan(c.fit[4]));
    choose_options_t o = {.k_from = 4, .k_to = 5};
    search_t how = {0};
    assert_int_equal(choose_segments(&c, &task, &o, &how, &err), ERR_INVALID);
    o = (choose_options_t){.k_from = 3, .k_to = 2};
    assert_int_equal(choose_segments(&c, &task, &o, &how, &err), ERR_INVALID);
}

/* --- one scale -------------------------------------------------------------------------------- */

/* Wine by its population sd: the published inertias and agreement with the three growers. In four groups
 * there are many near optima: the published 1175.428333 is one of ten starts, 1175.216677 the best of 2,000
 * (in scikit-learn, too). */
static void wine_by_sd_has_the_published_inertias(void **state)
{
    static const double inertia[] = {1658.758852429095, 1277.9284888446423, 1175.2166769747284};
    static double column[13][178];
    table_column_t t[13];
    standardised_t s;
    (void)state;
    for (int j = 0; j < 13; j++) {
        t[j] = (table_column_t){.name = "x", .number = column[j]};
        for (int i = 0; i < 178; i++) column[j][i] = wine.x[i * 13 + j];
    }
    assert_int_equal(standardised_init(&s, t, 13, 178, NULL, STANDARD_SD, &err), OK);
    for (int k = 2; k <= 4; k++) {
        kmeans_t m;
        search_t how = {.key = rng_key(1), .restarts = k == 4 ? 2000 : 0};
        assert_int_equal(kmeans_init(&m, &s.points, k, &how, &err), OK);
        ASSERT_NEAR(m.inertia, inertia[k - 2], 1e-7 * inertia[k - 2]);
        if (k == 3) ASSERT_NEAR(adjusted_rand(m.segment, wine.label, 178), 0.8974949815, 1e-9);
        kmeans_free(&m);
    }
    standardised_free(&s);
    standardised_free(&s);
}

/* 0, 1, 2, 3, 100: by each rule, the first two columns' worth by hand. */
static void numbers_are_scaled_by_their_rule(void **state)
{
    static const double x[] = {0, 1, 2, 3, 100}, same[] = {4, 4, 4, 4, 4};
    const double mean = 21.2,
                 square = 21.2 * 21.2 + 20.2 * 20.2 + 19.2 * 19.2 + 18.2 * 18.2 + 78.8 * 78.8;
    const struct {
        standard_t how;
        double centre, scale;
    } rule[] = {{STANDARD_NONE, 0, 1},
                {STANDARD_SD, mean, sqrt(square / 5)},
                {STANDARD_SD_SAMPLE, mean, sqrt(square / 4)},
                {STANDARD_RANGE, 0, 100},
                {STANDARD_ROBUST, 2, 1.4826}}; /* deviations 2, 1, 0, 1, 98: median 1 */
    table_column_t t[] = {{.name = "same", .number = same}, {.name = "x", .number = x}};
    (void)state;
    for (size_t r = 0; r < sizeof rule / sizeof *rule; r++) {
        standardised_t s;
        assert_int_equal(standardised_init(&s, t, 2, 5, NULL, rule[r].how, &err), OK);
        assert_int_equal(s.points.d, 1);
        assert_int_equal(s.dropped, 1);
        assert_int_equal(s.column[0].column, 1);
        ASSERT_NEAR(s.column[0].centre, rule[r].centre, 1e-13);
        ASSERT_NEAR(s.column[0].scale, rule[r].scale, 1e-13);
        ASSERT_NEAR(s.points.x[4], (100 - rule[r].centre) / rule[r].scale, 1e-12);
        standardised_free(&s);
    }
}

/* Half of the people at one value: no absolute deviation, then the quartiles, then the sd. */
static void the_robust_rule_always_finds_a_scale(void **state)
{
    static const double x[] = {0, 0, 0, 0, 0, 1, 9, 9}, y[] = {0, 0, 0, 0, 0, 0, 0, 8};
    table_column_t t[] = {{.name = "x", .number = x}, {.name = "y", .number = y}};
    standardised_t s;
    (void)state;
    assert_int_equal(standardised_init(&s, t, 2, 8, NULL, STANDARD_ROBUST, &err), OK);
    ASSERT_NEAR(s.column[0].scale, 5 / 1.349, 1e-13); /* quartiles 0 and (1 + 9) / 2 */
    ASSERT_NEAR(s.column[1].scale, sqrt(7), 1e-13);
    standardised_free(&s);
}

/* Mean squared distance of two people drawn at random, with replacement. */
static double mean_square_distance(const standardised_t *s, int column)
{
    size_t n = s->points.n, d = (size_t)s->points.d;
    double sum = 0;
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++)
            for (size_t j = 0; j < d; j++) {
                double away = s->points.x[a * d + j] - s->points.x[b * d + j];
                if (s->column[j].column == column) sum += away * away;
            }
    return sum / (double)(n * n);
}

/* A category weighs what a number does: 2, with 2 levels or 10, even or uneven. */
static void a_category_weighs_as_one_number(void **state)
{
    enum { N = 60 };
    double number[N];
    int two[N], ten[N], uneven[N];
    table_column_t t[] = {{.name = "number", .number = number},
                          {.name = "two", .level = two, .n_levels = 3},
                          {.name = "ten", .level = ten, .n_levels = 10},
                          {.name = "uneven", .level = uneven, .n_levels = 4}};
    (void)state;
    for (int i = 0; i < N; i++) {
        number[i] = i * i;
        two[i] = i % 5 ? 2 : 0;
        ten[i] = i % 10;
        uneven[i] = i < 40 ? 0 : i < 58 ? 1 : i - 56;
    }
    standardised_t s;
    assert_int_equal(standardised_init(&s, t, 4, N, NULL, STANDARD_SD, &err), OK);
    assert_int_equal(s.points.d, 1 + 1 + 10 + 4);
    for (int column = 0; column < 4; column++)
        ASSERT_NEAR(mean_square_distance(&s, column), 2, 1e-12);
    standardised_free(&s);
    assert_int_equal(standardised_init(&s, t, 4, N, NULL, STANDARD_RANGE, &err), OK);
    for (int e = 2; e < 12; e++) assert_true(s.column[e].level == e - 2);
    double square = 0; /* of two people who differ in "ten" */
    for (int e = 2; e < 12; e++) square += pow(s.points.x[e] - s.points.x[16 + e], 2);
    ASSERT_NEAR(square, 1, 1e-15);
    standardised_free(&s);
}

static void a_weight_is_a_number_of_rows(void **state)
{
    static const double x[] = {1, 5, 7, 9}, w[] = {1, 0, 3, 2}, each[] = {1, 7, 7, 7, 9, 9};
    static const int level[] = {0, 3, 1, 2}, level_each[] = {0, 1, 1, 1, 2, 2};
    table_column_t a[] = {{.name = "x", .number = x}, {.name = "l", .level = level, .n_levels = 4}};
    table_column_t b[] = {{.name = "x", .number = each},
                          {.name = "l", .level = level_each, .n_levels = 4}};
    (void)state;
    for (int how = 0; how < STANDARDS; how++) {
        standardised_t s, t;
        assert_int_equal(standardised_init(&s, a, 2, 4, w, (standard_t)how, &err), OK);
        assert_int_equal(standardised_init(&t, b, 2, 6, NULL, (standard_t)how, &err), OK);
        assert_int_equal(s.points.d, t.points.d);
        for (int j = 0; j < s.points.d; j++) {
            ASSERT_NEAR(s.column[j].centre, t.column[j].centre, 1e-14);
            ASSERT_NEAR(s.column[j].scale, t.column[j].scale, 1e-14);
        }
        standardised_free(&s);
        standardised_free(&t);
    }
}

static void refused(const table_column_t *t, size_t n, const double *w, const char *why)
{
    standardised_t s;
    assert_int_equal(standardised_init(&s, t, 1, n, w, STANDARD_SD, &err), ERR_INVALID);
    if (!strstr(err.text, why)) print_error("%s\n", err.text);
    assert_non_null(strstr(err.text, why));
    standardised_free(&s);
}

static void what_cannot_be_scaled_is_refused(void **state)
{
    static const double same[] = {1, 1}, nan[] = {1, NAN}, minus[] = {-1, 1};
    static const int level[] = {0, 5};
    (void)state;
    refused(&(table_column_t){.name = "x", .number = same}, 2, NULL, "no column varies");
    refused(&(table_column_t){.name = "x", .number = nan}, 2, NULL, "column 'x', row 2: nan");
    refused(&(table_column_t){.name = "x", .level = level, .n_levels = 5}, 2, NULL, "level 5 of 5");
    refused(&(table_column_t){.name = "x", .level = level, .n_levels = 513}, 2, NULL, "513 levels");
    refused(&(table_column_t){.name = "x", .number = same}, 2, minus, "row 1 is -1");
    refused(&(table_column_t){.name = "x", .number = same}, 0, NULL, "without rows");
}

static int read_all(void **state)
{
    (void)state;
    numbers_read(&iris, "tests/segmentation/data/iris.csv", true);
    numbers_read(&wine, "tests/segmentation/data/wine.csv", true);
    numbers_read(&faithful, "tests/segmentation/data/faithful.csv", false);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rand_index_by_hand),
        cmocka_unit_test(names_of_groups_do_not_matter),
        cmocka_unit_test(information_by_hand),
        cmocka_unit_test(silhouettes_by_hand),
        cmocka_unit_test(a_sample_speaks_for_everyone),
        cmocka_unit_test(planted_clouds_are_counted_by_every_criterion),
        cmocka_unit_test(one_cloud_has_no_segments),
        cmocka_unit_test(faithful_is_three_tied_groups_by_bic),
        cmocka_unit_test(planted_classes_are_counted),
        cmocka_unit_test(iris_is_two_by_silhouette),
        cmocka_unit_test(a_choice_is_the_same_for_any_number_of_hands),
        cmocka_unit_test(a_k_beyond_the_different_rows_ends_the_list),
        cmocka_unit_test(wine_by_sd_has_the_published_inertias),
        cmocka_unit_test(numbers_are_scaled_by_their_rule),
        cmocka_unit_test(the_robust_rule_always_finds_a_scale),
        cmocka_unit_test(a_category_weighs_as_one_number),
        cmocka_unit_test(a_weight_is_a_number_of_rows),
        cmocka_unit_test(what_cannot_be_scaled_is_refused),
    };
    return cmocka_run_group_tests(tests, read_all, NULL);
}
