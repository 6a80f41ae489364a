/* test_kmeans.c -- k-means finds the optima that R and scikit-learn find; bounds change no byte; weights
 * are repeated rows; starts are drawn by D^2; any number of hands gives the same bytes; and what cannot be
 * grouped is refused. */
#include "models/segmentation/criteria.h"
#include "models/segmentation/kmeans.h"
#include "tests/segmentation/table.h"

static numbers_t iris, wine, faithful;
static error_t err;

static void iris_has_the_published_inertias(void **state)
{
    static const double inertia[] = {681.3706,          152.3479517603579,  78.851441426146,
                                     57.22847321428572, 46.446182051282065, 39.03998724608726};
    (void)state;
    for (int k = 1; k <= 6; k++) {
        kmeans_t m;
        search_t how = {.key = rng_key(1)};
        assert_int_equal(kmeans_init(&m, &iris.points, k, &how, &err), OK);
        ASSERT_NEAR(m.inertia, inertia[k - 1], 1e-8 * inertia[k - 1]);
        assert_true(m.settled);
        assert_int_equal(m.restarts, 50);
        assert_true(m.agreeing >= 1 && m.agreeing <= 50);
        kmeans_free(&m);
    }
}

static void segments_come_by_falling_size(void **state)
{
    kmeans_t m;
    search_t how = {.key = rng_key(1)};
    (void)state;
    assert_int_equal(kmeans_init(&m, &iris.points, 3, &how, &err), OK);
    const double size[] = {62, 50, 38};
    for (int c = 0; c < 3; c++) assert_true(m.weight[c] == size[c]);
    for (size_t i = 0; i < iris.points.n; i++)
        assert_int_equal(m.segment[i], kmeans_nearest(&m, iris.x + i * 4));
    assert_int_equal(m.segment[0], 1); /* the 50 setosas */
    kmeans_free(&m);
}

/* Silhouettes and agreement with the species of the optima for each k. */
static void iris_has_the_published_criteria(void **state)
{
    static const double s[] = {0.6810461692, 0.5528190124, 0.498050505, 0.4887488871, 0.364834004};
    static const double ari[] = {0.5399218294, 0.7302382723, 0.6498176854, 0.6078964652};
    (void)state;
    for (int k = 2; k <= 6; k++) {
        kmeans_t m;
        double mean;
        search_t how = {.key = rng_key(1)};
        separation_t sep;
        assert_int_equal(kmeans_init(&m, &iris.points, k, &how, &err), OK);
        assert_int_equal(silhouette(&mean, NULL, &iris.points, m.segment, k, 0, &how, &err), OK);
        ASSERT_NEAR(mean, s[k - 2], 1e-9);
        if (k < 6) ASSERT_NEAR(adjusted_rand(m.segment, iris.label, 150), ari[k - 2], 1e-9);
        assert_int_equal(separation(&sep, &iris.points, m.segment, k, &err), OK);
        ASSERT_NEAR(sep.within, m.inertia, 1e-9);
        ASSERT_NEAR(sep.within + sep.between, 681.3706, 1e-8);
        if (k == 3) {
            ASSERT_NEAR(sep.calinski_harabasz, 561.6277566296, 1e-7);
            ASSERT_NEAR(sep.davies_bouldin, 0.6619715465, 1e-9);
        }
        kmeans_free(&m);
    }
}

static void faithful_has_the_published_groups(void **state)
{
    kmeans_t m;
    search_t how = {.key = rng_key(1)};
    (void)state;
    assert_int_equal(kmeans_init(&m, &faithful.points, 2, &how, &err), OK);
    ASSERT_NEAR(m.inertia, 8901.76872095, 1e-6);
    assert_true(m.weight[0] == 172 && m.weight[1] == 100);
    kmeans_free(&m);
}

/* --- bounds ----------------------------------------------------------------------------------- */

/* Lloyd's rounds as one would write them: every distance every time; sums of 512 people, joined in order. */
typedef struct {
    int k, rounds, *segment;
    double *centre;
} plain_t;

static int plain_nearest(const plain_t *l, const double *x, int d)
{
    int which = 0;
    double best = INFINITY;
    for (int c = 0; c < l->k; c++) {
        double square = 0;
        for (int j = 0; j < d; j++) {
            double away = x[j] - l->centre[c * d + j];
            square += away * away;
        }
        if (square < best) {
            best = square;
            which = c;
        }
    }
    return which;
}

static void plain_centres(plain_t *l, const points_t *p)
{
    int d = p->d;
    size_t size = (size_t)(l->k * (d + 1));
    double *total = calloc(size, sizeof *total), *sum = malloc(size * sizeof *sum);
    for (size_t from = 0; from < p->n; from += 512) {
        memset(sum, 0, size * sizeof *sum);
        for (size_t i = from; i < p->n && i < from + 512; i++) {
            double w = p->weight ? p->weight[i] : 1, *own = sum + l->segment[i] * (d + 1);
            *own++ += w;
            for (int j = 0; j < d; j++) own[j] += w * p->x[i * (size_t)d + (size_t)j];
        }
        for (size_t e = 0; e < size; e++) total[e] += sum[e];
    }
    for (int c = 0; c < l->k; c++)
        for (int j = 0; j < d; j++)
            l->centre[c * d + j] = total[c * (d + 1) + 1 + j] / total[c * (d + 1)];
    free(total);
    free(sum);
}

static void plain_settle(plain_t *l, const points_t *p, int rounds)
{
    for (size_t i = 0; i < p->n; i++) l->segment[i] = -1;
    for (l->rounds = 0;; l->rounds++) {
        bool changed = false;
        for (size_t i = 0; i < p->n; i++) {
            int now = plain_nearest(l, p->x + i * (size_t)p->d, p->d);
            changed = changed || now != l->segment[i];
            l->segment[i] = now;
        }
        if (!changed || l->rounds == rounds) break;
        plain_centres(l, p);
    }
}

/* Segments are renamed by size: centres are compared as a set, people by the centre that they have. */
static void assert_same_bytes(const kmeans_t *m, const plain_t *l, const points_t *p)
{
    size_t row = (size_t)p->d * sizeof(double);
    assert_int_equal(m->rounds, l->rounds);
    for (size_t i = 0; i < p->n; i++)
        assert_memory_equal(m->centre + m->segment[i] * p->d, l->centre + l->segment[i] * p->d,
                            row);
}

static void compare_with_plain(const points_t *p, int k, int rounds)
{
    kmeans_t m;
    search_t how = {.rounds = rounds};
    plain_t l = {.k = k, .segment = malloc(p->n * sizeof(int))};
    size_t size = (size_t)(k * p->d);
    double *centre = malloc(2 * size * sizeof *centre);
    for (int c = 0; c < k; c++) /* bad on purpose: many rounds */
        memcpy(centre + c * p->d, p->x + (size_t)(c * p->d), (size_t)p->d * sizeof *centre);
    l.centre = memcpy(centre + size, centre, size * sizeof *centre);
    assert_int_equal(kmeans_from(&m, p, k, centre, &how, &err), OK);
    plain_settle(&l, p, rounds);
    assert_true(l.rounds >= 3);
    assert_same_bytes(&m, &l, p);
    free(centre);
    free(l.segment);
    kmeans_free(&m);
}

static void bounds_change_no_byte(void **state)
{
    static const struct {
        size_t n;
        int d, k;
        double apart, scale, offset;
    } cases[] = {
        {5000, 2, 7, 3, 1, 0},     {5000, 16, 8, 2, 1, 0},     {3000, 5, 20, 0, 1, 1e6},
        {3000, 3, 11, 1, 1e90, 0}, {3000, 3, 11, 1, 1e-90, 0}, {700, 40, 9, 1, 1, -1e3},
    };
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        size_t n = cases[c].n, d = (size_t)cases[c].d;
        double *x = clouds(n, cases[c].d, cases[c].k, cases[c].apart, c);
        double *w = malloc(n * sizeof *w);
        for (size_t e = 0; e < n * d; e++) x[e] = x[e] * cases[c].scale + cases[c].offset;
        for (size_t i = 0; i < n; i++) w[i] = 0.25 + (double)(i % 7);
        points_t p = {n, cases[c].d, x, NULL};
        compare_with_plain(&p, cases[c].k, 300);
        p.weight = w;
        compare_with_plain(&p, cases[c].k, 300);
        compare_with_plain(&p, cases[c].k, 5); /* and when it ends before it has settled */
        free(x);
        free(w);
    }
}

/* Whole numbers on a grid: people half way between two centres, and the lower number takes them. */
static void ties_go_to_the_lower_number(void **state)
{
    double x[4000];
    (void)state;
    for (int i = 0; i < 2000; i++) {
        x[2 * i] = i * 7 % 11;
        x[2 * i + 1] = i * 5 % 13;
    }
    points_t p = {2000, 2, x, NULL};
    compare_with_plain(&p, 9, 300);
}

/* --- hands, weights, starts ------------------------------------------------------------------- */

static void any_number_of_hands_gives_the_same_bytes(void **state)
{
    enum { N = 30000, D = 4, K = 5 };
    static const size_t start_on[] = {0, 4000, SIZE_MAX};
    double *x = clouds(N, D, K, 3, 5);
    (void)state;
    for (size_t s = 0; s < 3; s++) {
        kmeans_t one, many;
        int threads = 7;
        workers_t w = hands(&threads);
        points_t p = {N, D, x, NULL};
        search_t alone = {.key = rng_key(3), .restarts = 6, .start_on = start_on[s]};
        search_t helped = alone;
        helped.workers = &w;
        assert_int_equal(kmeans_init(&one, &p, K, &alone, &err), OK);
        assert_int_equal(kmeans_init(&many, &p, K, &helped, &err), OK);
        assert_memory_equal(one.centre, many.centre, K * D * sizeof(double));
        assert_memory_equal(one.segment, many.segment, N * sizeof(int));
        assert_memory_equal(&one.inertia, &many.inertia, sizeof(double));
        assert_int_equal(one.agreeing, many.agreeing);
        kmeans_free(&one);
        kmeans_free(&many);
    }
    free(x);
}

/* Starts tried on 2,000 of 30,000 people end where starts with everyone end. */
static void starts_on_a_sample_end_where_starts_on_all_end(void **state)
{
    double *x = clouds(30000, 4, 5, 3, 5);
    points_t p = {30000, 4, x, NULL};
    search_t few = {.key = rng_key(3), .restarts = 10, .start_on = 2000}, all = few;
    kmeans_t a, b;
    (void)state;
    all.start_on = SIZE_MAX;
    assert_int_equal(kmeans_init(&a, &p, 5, &few, &err), OK);
    assert_int_equal(kmeans_init(&b, &p, 5, &all, &err), OK);
    ASSERT_NEAR(a.inertia, b.inertia, 1e-5 * b.inertia);
    assert_true(adjusted_rand(a.segment, b.segment, p.n) > 0.995);
    kmeans_free(&a);
    kmeans_free(&b);
    free(x);
}

/* Row i of weight w = w rows alike: the same optimum, centre and sizes. */
static void a_weight_is_a_number_of_rows(void **state)
{
    double twice[TABLE_ROWS * 4], weight[150];
    size_t n = 0;
    (void)state;
    for (size_t i = 0; i < 150; i++) {
        weight[i] = (double)(i % 4);
        for (size_t w = 0; w < i % 4; w++)
            memcpy(twice + 4 * n++, iris.x + 4 * i, 4 * sizeof(double));
    }
    points_t p = {150, 4, iris.x, weight}, q = {n, 4, twice, NULL};
    search_t how = {.key = rng_key(1)};
    kmeans_t a, b;
    double s, t;
    separation_t u, v;
    int segment[TABLE_ROWS];
    assert_int_equal(kmeans_init(&a, &p, 3, &how, &err), OK);
    assert_int_equal(kmeans_init(&b, &q, 3, &how, &err), OK);
    ASSERT_NEAR(a.inertia, b.inertia, 1e-9);
    for (int c = 0; c < 3; c++) assert_true(a.weight[c] == b.weight[c]);
    for (int e = 0; e < 12; e++) ASSERT_NEAR(a.centre[e], b.centre[e], 1e-12);
    for (size_t i = 0; i < n; i++) segment[i] = kmeans_nearest(&a, twice + 4 * i);
    assert_int_equal(silhouette(&s, NULL, &p, a.segment, 3, 0, &how, &err), OK);
    assert_int_equal(silhouette(&t, NULL, &q, segment, 3, 0, &how, &err), OK);
    ASSERT_NEAR(s, t, 1e-12);
    assert_int_equal(separation(&u, &p, a.segment, 3, &err), OK);
    assert_int_equal(separation(&v, &q, segment, 3, &err), OK);
    ASSERT_NEAR(u.calinski_harabasz, v.calinski_harabasz, 1e-9);
    ASSERT_NEAR(u.davies_bouldin, v.davies_bouldin, 1e-12);
    kmeans_free(&a);
    kmeans_free(&b);
}

/* Points 0, 1, 3 with weights 1, 1, 2. The first is drawn by weight (1/4, 1/4, 1/2), the second by weight
 * x D^2: the pair {0, 1} with probability 1/4 x 1/19 + 1/4 x 1/9 = .040936, {0, 3} with 1/4 x 18/19 +
 * 1/2 x 9/13 = .582996. Drawn by D: .083333 and .514286. 40,000 starts: the sd of a share is .0010 and
 * .0025; within 4 sd, 1 run in 8,000 by chance. Smallest bias seen: .01. */
static void starts_are_drawn_by_weight_and_squared_distance(void **state)
{
    enum { STARTS = 40000 };
    double x[] = {0, 1, 3}, w[] = {1, 1, 2}, pair[5] = {0};
    points_t p = {3, 1, x, w};
    (void)state;
    for (uint32_t s = 0; s < STARTS; s++) {
        double centre[2];
        assert_int_equal(kmeans_start(centre, &p, 2, rng_key(8), s, &err), OK);
        pair[(int)(centre[0] + centre[1])]++;
    }
    ASSERT_NEAR(pair[1] / STARTS, 0.040936, 4 * 0.0010);
    ASSERT_NEAR(pair[3] / STARTS, 0.582996, 4 * 0.0025);
    ASSERT_NEAR((pair[1] + pair[3] + pair[4]) / STARTS, 1, 0);
}

/* --- the odd ---------------------------------------------------------------------------------- */

/* Centres 0 and 1 are at the same place: 1 loses everyone and goes to the person farthest from hers. */
/* Every start by itself: how far the best that ends elsewhere stays behind the best of all. */
static void the_next_best_is_told(void **state)
{
    (void)state;
    for (int k = 2; k <= 5; k++) {
        kmeans_t all, one;
        search_t how = {.key = rng_key(1), .restarts = 30};
        assert_int_equal(kmeans_init(&all, &iris.points, k, &how, &err), OK);
        double centre[5 * 4], behind = INFINITY;
        int agreeing = 0;
        for (uint32_t s = 0; s < 30; s++) {
            assert_int_equal(kmeans_start(centre, &iris.points, k, how.key, s, &err), OK);
            assert_int_equal(kmeans_from(&one, &iris.points, k, centre, &how, &err), OK);
            double gap = one.inertia - all.inertia;
            if (gap <= 1e-6 * all.inertia)
                agreeing++;
            else
                behind = fmin(behind, gap);
            kmeans_free(&one);
        }
        assert_int_equal(all.agreeing, agreeing);
        if (isinf(behind))
            assert_true(isinf(all.behind));
        else
            ASSERT_NEAR(all.behind, behind, 1e-6 * all.inertia);
        kmeans_free(&all);
    }
}

static void an_empty_segment_is_filled_again(void **state)
{
    double x[] = {0, 1, 2, 10, 11, 12, 100}, centre[] = {5, 5, 5};
    points_t p = {7, 1, x, NULL};
    search_t how = {0};
    kmeans_t m;
    (void)state;
    assert_int_equal(kmeans_from(&m, &p, 3, centre, &how, &err), OK);
    const double sum = 4; /* {0,1,2} and {10,11,12} give 2 each, {100} 0 */
    assert_true(m.inertia == sum && m.settled);
    assert_true(m.weight[0] == 3 && m.weight[1] == 3 && m.weight[2] == 1);
    kmeans_free(&m);
}

static void refused(const points_t *p, int k, const char *why)
{
    kmeans_t m;
    search_t how = {0};
    assert_int_equal(kmeans_init(&m, p, k, &how, &err), ERR_INVALID);
    if (!strstr(err.text, why)) print_error("%s\n", err.text);
    assert_non_null(strstr(err.text, why));
    kmeans_free(&m);
    kmeans_free(&m); /* also twice */
}

static void what_cannot_be_grouped_is_refused(void **state)
{
    double x[] = {1, 1, 1, 2}, nan[] = {1, NAN}, far[] = {1, -1e101}, minus[] = {1, -1, 1, 1};
    double none[] = {0, 0, 0, 0}, last[] = {1, 1, 1, 0};
    (void)state;
    refused(&(points_t){4, 1, x, NULL}, 3, "3 segments, but only 2 different rows");
    refused(&(points_t){4, 1, x, last}, 2, "only 1 different rows");
    refused(&(points_t){2, 1, x, NULL}, 65, "1 to 64");
    refused(&(points_t){2, 1, x, NULL}, 0, "1 to 64");
    refused(&(points_t){0, 1, x, NULL}, 1, "0 rows");
    refused(&(points_t){1, 0, x, NULL}, 1, "0 columns");
    refused(&(points_t){2, 1, nan, NULL}, 1, "row 2, column 1: nan");
    refused(&(points_t){1, 2, far, NULL}, 1, "row 1, column 2: -1e+101");
    refused(&(points_t){4, 1, x, minus}, 1, "the weight of row 2 is -1");
    refused(&(points_t){4, 1, x, none}, 1, "all weights are 0");
}

static void the_least_and_the_largest_are_grouped(void **state)
{
    double one[] = {7}, huge[] = {1e100, -1e100, 1e100, -1e100};
    points_t p = {1, 1, one, NULL}, q = {4, 1, huge, NULL};
    search_t how = {0};
    kmeans_t m;
    (void)state;
    assert_int_equal(kmeans_init(&m, &p, 1, &how, &err), OK);
    assert_true(m.inertia == 0 && m.segment[0] == 0 && m.centre[0] == 7);
    kmeans_free(&m);
    assert_int_equal(kmeans_init(&m, &q, 2, &how, &err), OK);
    assert_true(m.inertia == 0 && m.weight[0] == 2);
    kmeans_free(&m);
}

/* k different rows of many: each its own segment. */
static void duplicates_are_no_obstacle(void **state)
{
    double x[300];
    (void)state;
    for (int i = 0; i < 300; i++) x[i] = i % 9;
    points_t p = {100, 3, x, NULL};
    search_t how = {0};
    kmeans_t m;
    int k = 1;
    while (kmeans_init(&m, &p, k, &how, &err) == OK) {
        k++;
        kmeans_free(&m);
    }
    kmeans_free(&m);
    assert_int_equal(k, 4); /* three rows differ, so a fourth segment is refused */
}

static bool never(void *context, double done)
{
    (void)context;
    return done < 0.5;
}

static void a_search_can_be_stopped(void **state)
{
    kmeans_t m;
    search_t how = {.go_on = never};
    (void)state;
    assert_int_equal(kmeans_init(&m, &iris.points, 3, &how, &err), ERR_INTERRUPTED);
    kmeans_free(&m);
}

static int read_all(void **state)
{
    (void)state;
    numbers_read(&iris, "tests/segmentation/data/iris.csv", true);
    numbers_read(&wine, "tests/segmentation/data/wine.csv", true);
    numbers_read(&faithful, "tests/segmentation/data/faithful.csv", false);
    return !(iris.points.n == 150 && iris.points.d == 4 && wine.points.n == 178 &&
             wine.points.d == 13 && faithful.points.n == 272);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(iris_has_the_published_inertias),
        cmocka_unit_test(segments_come_by_falling_size),
        cmocka_unit_test(iris_has_the_published_criteria),
        cmocka_unit_test(faithful_has_the_published_groups),
        cmocka_unit_test(bounds_change_no_byte),
        cmocka_unit_test(ties_go_to_the_lower_number),
        cmocka_unit_test(any_number_of_hands_gives_the_same_bytes),
        cmocka_unit_test(starts_on_a_sample_end_where_starts_on_all_end),
        cmocka_unit_test(a_weight_is_a_number_of_rows),
        cmocka_unit_test(starts_are_drawn_by_weight_and_squared_distance),
        cmocka_unit_test(the_next_best_is_told),
        cmocka_unit_test(an_empty_segment_is_filled_again),
        cmocka_unit_test(what_cannot_be_grouped_is_refused),
        cmocka_unit_test(the_least_and_the_largest_are_grouped),
        cmocka_unit_test(duplicates_are_no_obstacle),
        cmocka_unit_test(a_search_can_be_stopped),
    };
    return cmocka_run_group_tests(tests, read_all, NULL);
}
