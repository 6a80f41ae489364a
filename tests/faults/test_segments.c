/* test_segments.c -- every request for memory of every search for segments is refused once: an error, said
 * in one sentence, and nothing kept. */
#include "models/segmentation/choose.h"
#include "models/segmentation/criteria.h"
#include "models/segmentation/kmeans.h"
#include "models/segmentation/standard.h"
#include "tests/faults/allocator.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

enum { N = 60 };

static double x[2 * N], weight[N];
static uint64_t yes[N], known[N];
static uint8_t level[2 * N], n_levels[2] = {3, 2};
static int segment[N], category[N];

static const points_t points = {N, 2, x, weight};
static const search_t how = {.restarts = 3, .rounds = 20},
                      sampled = {.restarts = 3, .start_on = 40};

static status_t search_kmeans(error_t *err)
{
    kmeans_t m;
    status_t st = kmeans_init(&m, &points, 3, &sampled, err);
    kmeans_free(&m);
    double centre[4];
    return st == OK ? kmeans_start(centre, &points, 2, rng_key(1), 0, err) : st;
}

static status_t search_mixture(error_t *err)
{
    mixture_t m;
    status_t st = mixture_init(&m, &points, 2, MIXTURE_VEV, &sampled, err);
    mixture_free(&m);
    return st;
}

static status_t search_latent(error_t *err)
{
    answers_t bits = {.n = N, .items = 6, .yes = yes, .weight = weight};
    answers_t levels = {.n = N, .items = 2, .level = level, .n_levels = n_levels, .weight = weight};
    search_t few = {.restarts = 3, .start_on = 4};
    latent_t m;
    status_t st = latent_init(&m, &bits, 2, 1, &few, err);
    latent_free(&m);
    if (st != OK) return st;
    st = latent_init(&m, &levels, 2, 0, &how, err);
    latent_free(&m);
    return st;
}

static status_t judge(error_t *err)
{
    double mean;
    separation_t s;
    status_t st = silhouette(&mean, NULL, &points, segment, 3, 20, &how, err);
    return st == OK ? separation(&s, &points, segment, 3, err) : st;
}

static status_t choose(error_t *err)
{
    choice_t c;
    choose_options_t o = {.k_from = 1, .k_to = 2, .ask = {true, true, true, true}};
    cluster_task_t task = {.method = CLUSTER_KMEANS, .points = points};
    o.resamples = o.references = 2;
    status_t st = choose_segments(&c, &task, &o, &how, err);
    if (st != OK) return st;
    task.method = CLUSTER_LATENT;
    task.answers = (answers_t){.n = N, .items = 6, .yes = yes, .known = known};
    return choose_segments(&c, &task, &o, &how, err);
}

static status_t scale(error_t *err)
{
    table_column_t t[] = {{.name = "x", .number = x},
                          {.name = "category", .level = category, .n_levels = 5}};
    standardised_t s;
    status_t st = standardised_init(&s, t, 2, N, weight, STANDARD_ROBUST, err);
    standardised_free(&s);
    return st;
}

typedef status_t (*attempt_t)(error_t *);

/* An empty sentence or two of them would be a failure that nobody understands. */
static void survives_every_shortage(void **state)
{
    attempt_t attempt = *(const attempt_t *)*state;
    error_t err = {""};
    memory_fails_at(NONE_FAILS, FAILS_ONCE);
    assert_int_equal(attempt(&err), OK);
    long requests = memory_requests(), held = memory_held();
    assert_true(requests > 1);
    for (int forever = 0; forever < 2; forever++)
        for (long k = 1; k <= requests; k++) {
            err.text[0] = '\0';
            memory_fails_at(k, forever ? FAILS_FOREVER : FAILS_ONCE);
            status_t st = attempt(&err);
            assert_true(memory_failed());
            if (st != ERR_MEMORY) print_error("request %ld: status %d, %s\n", k, st, err.text);
            assert_int_equal(st, ERR_MEMORY);
            assert_non_null(strstr(err.text, "out of memory"));
            assert_int_equal(memory_held(), held);
        }
    printf("# %ld requests\n", requests);
}

static int make(void **state)
{
    (void)state;
    for (int i = 0; i < N; i++) {
        x[2 * i] = i % 3 * 10 + i * 7 % 5;
        x[2 * i + 1] = i % 3 * 4 + i * 11 % 7;
        weight[i] = 1 + i % 2;
        segment[i] = i % 3;
        category[i] = i * 3 % 5;
        yes[i] = i % 2 ? 7u : 56u ^ (unsigned)(i % 4);
        known[i] = 63u ^ (unsigned)(1 << i % 6);
        level[2 * i] = (uint8_t)(i % 4 == 3 ? LATENT_MISSING : i % 3);
        level[2 * i + 1] = (uint8_t)(i / 2 % 2);
    }
    return 0;
}

int main(void)
{
    static const attempt_t attempts[] = {search_kmeans, search_mixture, search_latent,
                                         judge,         choose,         scale};
    static const char *const names[] = {"k_means",  "mixtures", "latent_classes",
                                        "criteria", "choosing", "scaling"};
    struct CMUnitTest tests[6];
    for (size_t t = 0; t < 6; t++)
        tests[t] = (struct CMUnitTest){names[t], survives_every_shortage, NULL, NULL,
                                       (void *)&attempts[t]};
    return cmocka_run_group_tests(tests, make, NULL);
}
