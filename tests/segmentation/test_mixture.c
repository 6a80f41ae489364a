/* test_mixture.c -- Gaussian mixtures reach the maxima that mclust and scikit-learn publish, count their
 * parameters alike, keep a component from collapsing, and give the same bytes for any number of hands. */
#include "models/segmentation/mixture.h"
#include "tests/segmentation/table.h"

static numbers_t iris, faithful;
static error_t err;

static mixture_t fitted(const points_t *p, int k, mixture_shape_t shape)
{
    mixture_t m;
    search_t how = {.key = rng_key(1)};
    assert_int_equal(mixture_init(&m, p, k, shape, &how, &err), OK);
    assert_true(m.settled);
    assert_int_equal(m.floored, 0);
    return m;
}

static void iris_in_three_has_the_published_likelihoods(void **state)
{
    static const struct {
        mixture_shape_t shape;
        double loglik;
    } at[] = {{MIXTURE_VVV, -180.18548}, {MIXTURE_EEE, -256.35404}, {MIXTURE_VII, -384.3141}};
    (void)state;
    for (size_t s = 0; s < sizeof at / sizeof *at; s++) {
        mixture_t m = fitted(&iris.points, 3, at[s].shape);
        ASSERT_NEAR(m.loglik, at[s].loglik, 2e-5);
        mixture_free(&m);
    }
}

/* The diagonal model has two maxima: k-means leads to -307.177572 (scikit-learn's and mclust's own start),
 * k-means++ without rounds to -306.860461 (scikit-learn with init_params='k-means++'). More starts find the
 * higher one. */
static void more_starts_find_the_higher_maximum(void **state)
{
    double highest = -INFINITY;
    mixture_t m = fitted(&iris.points, 3, MIXTURE_VVI);
    (void)state;
    ASSERT_NEAR(m.loglik, -306.860461, 2e-6);
    mixture_free(&m);
    for (uint64_t seed = 1; seed <= 20; seed++) { /* a first start is a k-means start */
        search_t how = {.key = rng_key(seed), .restarts = 1};
        assert_int_equal(mixture_init(&m, &iris.points, 3, MIXTURE_VVI, &how, &err), OK);
        highest = fmax(highest, m.loglik);
        mixture_free(&m);
    }
    ASSERT_NEAR(highest, -307.177572, 2e-6);
}

static void iris_in_full_has_the_published_shares(void **state)
{
    static const double share[] = {0.367473, 0.333333, 0.299194};
    mixture_t m = fitted(&iris.points, 3, MIXTURE_VVV);
    double sum = 0;
    (void)state;
    ASSERT_NEAR(m.bic, 580.83891, 1e-4);
    ASSERT_NEAR(adjusted_rand(m.segment, iris.label, 150), 0.9038742318, 1e-9);
    for (int g = 0; g < 3; g++) {
        ASSERT_NEAR(m.share[g], share[g], 1e-5);
        sum += m.share[g];
    }
    ASSERT_NEAR(sum, 1, 1e-12);
    for (size_t i = 0; i < 150; i++) assert_true(m.certainty[i] > 0.5 && m.certainty[i] <= 1);
    mixture_free(&m);
}

/* mclust's BIC is 2 ln L - df ln n: the negative of ours. Its own tolerance stops early, so that a
 * published number can only be passed, by little: VII,3 is -853.808990 in mclust with tol = 1e-12, too. */
static void iris_has_the_bic_of_mclust(void **state)
{
    static const struct {
        mixture_shape_t shape;
        int k;
        double bic;
    } at[] = {{MIXTURE_VEV, 2, -561.728462115}, {MIXTURE_VEV, 3, -562.552236906},
              {MIXTURE_VVV, 2, -574.01783227},  {MIXTURE_VVV, 3, -580.839630428},
              {MIXTURE_EEE, 3, -632.964732323}, {MIXTURE_VII, 3, -853.814407213},
              {MIXTURE_EII, 3, -878.764985789}};
    (void)state;
    for (size_t s = 0; s < sizeof at / sizeof *at; s++) {
        mixture_t m = fitted(&iris.points, at[s].k, at[s].shape);
        assert_true(-m.bic > at[s].bic - 1e-6);
        ASSERT_NEAR(-m.bic, at[s].bic, 0.006);
        if (s == 0) {
            ASSERT_NEAR(m.loglik, -215.725972234, 5e-4);
            assert_int_equal(m.parameters, 26);
        }
        mixture_free(&m);
    }
}

/* As mclust with tol = 1e-13; the published -1130.26406829 and -1126.32623647 are its default, which stops
 * earlier. */
static void faithful_has_the_published_mixtures(void **state)
{
    static const double mean[] = {4.28978101, 79.96954915, 2.03652349, 54.47988565};
    mixture_t full = fitted(&faithful.points, 2, MIXTURE_VVV);
    mixture_t tied = fitted(&faithful.points, 3, MIXTURE_EEE);
    (void)state;
    ASSERT_NEAR(full.loglik, -1130.26396018, 1e-7);
    ASSERT_NEAR(full.bic, 2322.1919593, 3e-4);
    ASSERT_NEAR(full.share[0], 0.64407179, 1e-4);
    for (int e = 0; e < 4; e++) ASSERT_NEAR(full.mean[e], mean[e], 1e-4 * mean[e]);
    ASSERT_NEAR(tied.loglik, -1126.315928, 1e-6);
    ASSERT_NEAR(tied.bic, 2314.31629567, 0.03);
    mixture_free(&full);
    mixture_free(&tied);
}

/* One component is the sample's own mean and covariance; ln L in closed form. */
static void one_component_is_the_normal_law(void **state)
{
    double x[] = {0, 0, 2, 0, 0, 4, 2, 4};
    points_t p = {4, 2, x, NULL};
    mixture_t m;
    search_t how = {.key = rng_key(1)};
    (void)state;
    assert_int_equal(mixture_init(&m, &p, 1, MIXTURE_VVV, &how, &err), OK);
    ASSERT_NEAR(m.mean[0], 1, 1e-15);
    ASSERT_NEAR(m.mean[1], 2, 1e-15);
    ASSERT_NEAR(m.covariance[0], 1, 1e-15);
    ASSERT_NEAR(m.covariance[3], 4, 1e-15);
    ASSERT_NEAR(m.loglik, -4 * (log(2 * 3.14159265358979323846) + log(4) / 2 + 1), 1e-12);
    ASSERT_NEAR(m.bic, -2 * m.loglik + 5 * log(4), 1e-12);
    mixture_free(&m);
}

static void parameters_are_counted_as_mclust_does(void **state)
{
    (void)state;
    static const int of_iris_in_3[] = {15, 17, 18, 26, 24, 38, 44};
    for (int s = 0; s < MIXTURE_SHAPES; s++)
        assert_int_equal(mixture_parameters((mixture_shape_t)s, 3, 4), of_iris_in_3[s]);
}

/* A better fit for every freedom given: the nested shapes in their order. */
static void more_freedom_never_fits_worse(void **state)
{
    static const mixture_shape_t chain[][4] = {
        {MIXTURE_EII, MIXTURE_VII, MIXTURE_VVI, MIXTURE_VVV},
        {MIXTURE_EII, MIXTURE_EEI, MIXTURE_EEE, MIXTURE_VEV},
    };
    (void)state;
    for (int c = 0; c < 2; c++) {
        double before = -INFINITY;
        for (int s = 0; s < 4; s++) {
            mixture_t m = fitted(&iris.points, 2, chain[c][s]);
            assert_true(m.loglik > before);
            before = m.loglik;
            mixture_free(&m);
        }
    }
}

static void a_weight_is_a_number_of_rows(void **state)
{
    double twice[TABLE_ROWS * 4], weight[150];
    size_t n = 0;
    (void)state;
    for (size_t i = 0; i < 150; i++) {
        weight[i] = (double)(i % 3);
        for (size_t w = 0; w < i % 3; w++)
            memcpy(twice + 4 * n++, iris.x + 4 * i, 4 * sizeof(double));
    }
    points_t p = {150, 4, iris.x, weight}, q = {n, 4, twice, NULL};
    mixture_t a = fitted(&p, 2, MIXTURE_EEE), b = fitted(&q, 2, MIXTURE_EEE);
    ASSERT_NEAR(a.loglik, b.loglik, 1e-6);
    ASSERT_NEAR(a.bic, b.bic, 2e-6);
    ASSERT_NEAR(a.share[0], b.share[0], 1e-6);
    mixture_free(&a);
    mixture_free(&b);
}

/* Iris four times over, in another order each time: each copy is where the first is, ln L is that of weight
 * 4, and the search sees a row once (its answer is that of weights to the last bit). */
static void equal_rows_are_counted_once(void **state)
{
    enum { COPIES = 4, N = 150 * COPIES };
    static const int step[COPIES] = {1, 7, 11, 13};
    double x[N * 4], weight[150], distinct[150 * 4];
    size_t of[N], rows = 0, row_of[150];
    (void)state;
    for (size_t i = 0; i < N; i++) {
        of[i] = i % 150 * (size_t)step[i / 150] % 150;
        memcpy(x + 4 * i, iris.x + 4 * of[i], 4 * sizeof(double));
    }
    for (size_t i = 0; i < 150; i++) {
        size_t r = 0;
        while (r < rows && memcmp(distinct + 4 * r, iris.x + 4 * i, 4 * sizeof(double)) != 0) r++;
        if (r == rows) {
            memcpy(distinct + 4 * rows, iris.x + 4 * i, 4 * sizeof(double));
            weight[rows++] = 0;
        }
        row_of[i] = r;
        weight[r] += COPIES;
    }
    points_t p = {N, 4, x, NULL}, q = {rows, 4, distinct, weight};
    mixture_t all = fitted(&p, 3, MIXTURE_VVI), once = fitted(&q, 3, MIXTURE_VVI);
    assert_true(all.loglik == once.loglik && all.bic == once.bic);
    for (size_t i = 0; i < N; i++) {
        assert_int_equal(all.segment[i], once.segment[row_of[of[i]]]);
        assert_true(all.certainty[i] == once.certainty[row_of[of[i]]]);
    }
    mixture_free(&all);
    mixture_free(&once);
}

static void any_number_of_hands_gives_the_same_bytes(void **state)
{
    enum { N = 25000, D = 3, K = 3 };
    static const size_t start_on[] = {0, 2000, SIZE_MAX};
    double *x = clouds(N, D, K, 4, 5);
    (void)state;
    for (size_t s = 0; s < 3; s++) {
        mixture_t one, many;
        int threads = 7;
        workers_t w = hands(&threads);
        points_t p = {N, D, x, NULL};
        search_t alone = {.key = rng_key(3), .restarts = 4, .start_on = start_on[s]};
        search_t helped = alone;
        helped.workers = &w;
        assert_int_equal(mixture_init(&one, &p, K, MIXTURE_VVV, &alone, &err), OK);
        assert_int_equal(mixture_init(&many, &p, K, MIXTURE_VVV, &helped, &err), OK);
        assert_memory_equal(one.covariance, many.covariance, K * D * D * sizeof(double));
        assert_memory_equal(one.certainty, many.certainty, N * sizeof(double));
        assert_memory_equal(&one.loglik, &many.loglik, sizeof(double));
        for (int g = 0; g < K; g++) ASSERT_NEAR(one.share[g], 1. / K, 0.01);
        mixture_free(&one);
        mixture_free(&many);
    }
    free(x);
}

/* --- the odd ---------------------------------------------------------------------------------- */

/* Half of the people are at one place: without a floor ln L would be infinite. */
static void a_component_does_not_collapse(void **state)
{
    double *x = clouds(200, 2, 1, 0, 1);
    points_t p = {200, 2, x, NULL};
    search_t how = {.key = rng_key(1), .restarts = 4};
    mixture_t m;
    (void)state;
    for (size_t i = 0; i < 200; i++) x[i] = 1; /* the first 100 */
    assert_int_equal(mixture_init(&m, &p, 2, MIXTURE_VVV, &how, &err), OK);
    assert_int_equal(m.floored, 1);
    assert_true(isfinite(m.loglik));
    mixture_free(&m);
    free(x);
}

static void refused(const points_t *p, int k, const char *why)
{
    mixture_t m;
    search_t how = {0};
    assert_int_equal(mixture_init(&m, p, k, MIXTURE_VVV, &how, &err), ERR_INVALID);
    if (!strstr(err.text, why)) print_error("%s\n", err.text);
    assert_non_null(strstr(err.text, why));
    mixture_free(&m);
    mixture_free(&m);
}

static void what_has_no_mixture_is_refused(void **state)
{
    double x[130] = {1, 1, 2, 1, 3, 1}, nan[] = {1, NAN}, far[] = {1e100, -1e100};
    (void)state;
    refused(&(points_t){3, 2, x, NULL}, 1, "column 2 hardly varies");
    refused(&(points_t){2, 65, x, NULL}, 1, "at most 64");
    refused(&(points_t){2, 1, x, NULL}, 1, "column 1 hardly varies");
    refused(&(points_t){2, 1, nan, NULL}, 1, "row 2, column 1");
    refused(&(points_t){6, 1, x, NULL}, 5, "fewer different rows");
    refused(&(points_t){6, 1, x, NULL}, 65, "1 to 64");
    refused(&(points_t){1, 1, x, NULL}, 1, "hardly varies");
    mixture_t m;
    search_t how = {0};
    points_t huge = {2, 1, far, NULL};
    assert_int_equal(mixture_init(&m, &huge, 1, MIXTURE_VVV, &how, &err), OK);
    assert_true(isfinite(m.loglik));
    mixture_free(&m);
}

static int read_all(void **state)
{
    (void)state;
    numbers_read(&iris, "tests/segmentation/data/iris.csv", true);
    numbers_read(&faithful, "tests/segmentation/data/faithful.csv", false);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(iris_in_three_has_the_published_likelihoods),
        cmocka_unit_test(more_starts_find_the_higher_maximum),
        cmocka_unit_test(iris_in_full_has_the_published_shares),
        cmocka_unit_test(iris_has_the_bic_of_mclust),
        cmocka_unit_test(faithful_has_the_published_mixtures),
        cmocka_unit_test(one_component_is_the_normal_law),
        cmocka_unit_test(parameters_are_counted_as_mclust_does),
        cmocka_unit_test(more_freedom_never_fits_worse),
        cmocka_unit_test(a_weight_is_a_number_of_rows),
        cmocka_unit_test(equal_rows_are_counted_once),
        cmocka_unit_test(any_number_of_hands_gives_the_same_bytes),
        cmocka_unit_test(a_component_does_not_collapse),
        cmocka_unit_test(what_has_no_mixture_is_refused),
    };
    return cmocka_run_group_tests(tests, read_all, NULL);
}
