/* segments.c -- a million people in eight overlapping clouds of 16 columns, and in eight classes of 64
 * interests. */
#include "tests/bench/segments.h"

#include "models/base/maths.h"
#include "models/base/variate.h"
#include "models/segmentation/kmeans.h"
#include "models/segmentation/latent.h"
#include "sim/engine/parallel.h"
#include "tests/bench/rig.h"
#include "tests/bench/timing.h"

#include <stdint.h>
#include <stdlib.h>

enum { PEOPLE = 1000000, COLUMNS = 16, INTERESTS = 64, SEGMENTS = 8, WHOLE_STARTS = 10 };
static const double apart =
    3; /* sd: a tenth of the people are nearer to another middle than to their own */

typedef struct {
    void (*task)(void *, size_t);
    void *context;
} lent_t;

static void lent_task(void *context, size_t i, int worker)
{
    const lent_t *l = context;
    (void)worker;
    l->task(l->context, i);
}

static void hands_run(void *self, size_t n, void (*task)(void *, size_t), void *context)
{
    lent_t l = {task, context};
    (void)self;
    parallel_for(n, RIG_THREADS, lent_task, &l);
}

static void clouds_make(double *x)
{
    for (uint64_t i = 0; i < PEOPLE; i++)
        for (uint32_t j = 0; j < COLUMNS; j += 2) {
            rng_block_t b = rng_at(rng_key(1), DRAW_TRAIT, 0, 0, i, 0, j);
            normal_pair_t z = normal_pair(rng_unit(b, 0), rng_unit(b, 1));
            double middle = i % SEGMENTS == j / 2 ? apart : 0;
            x[i * COLUMNS + j] = z.first + middle;
            x[i * COLUMNS + j + 1] = z.second;
        }
}

static void interests_make(uint64_t *yes)
{
    for (uint64_t i = 0; i < PEOPLE; i++) {
        yes[i] = 0;
        for (uint32_t j = 0; j < INTERESTS; j += 4) {
            rng_block_t b = rng_at(rng_key(2), DRAW_TRAIT, 0, 0, i, 0, j);
            for (uint32_t w = 0; w < 4; w++) {
                bool own = (j + w) % SEGMENTS == i % SEGMENTS;
                yes[i] |= (uint64_t)(rng_unit_from_word(b.word[w]) < (own ? 0.45 : 0.1)) << (j + w);
            }
        }
    }
}

static status_t time_kmeans(double *seconds, const double *x, search_t how, error_t *err)
{
    kmeans_t m;
    points_t p = {PEOPLE, COLUMNS, x, NULL};
    double began = seconds_wall();
    status_t st = kmeans_init(&m, &p, SEGMENTS, &how, err);
    *seconds = seconds_wall() - began;
    if (st == OK && !m.settled) st = fail(err, ERR_UNEXPECTED, "k-means has not settled");
    kmeans_free(&m);
    return st;
}

static status_t time_latent(double *seconds, const uint64_t *yes, search_t how, error_t *err)
{
    latent_t m;
    answers_t a = {.n = PEOPLE, .items = INTERESTS, .yes = yes};
    double began = seconds_wall();
    status_t st = latent_init(&m, &a, SEGMENTS, 0, &how, err);
    *seconds = seconds_wall() - began;
    if (st == OK && !m.settled) st = fail(err, ERR_UNEXPECTED, "the classes have not settled");
    latent_free(&m);
    return st;
}

status_t segments_measure(segments_t *s, error_t *err)
{
    double *x = malloc((size_t)PEOPLE * COLUMNS * sizeof *x);
    uint64_t *yes = malloc(PEOPLE * sizeof *yes);
    workers_t hands = {.run = hands_run};
    search_t how = {.key = rng_key(3), .workers = &hands}, whole = how;
    status_t st = x && yes ? OK : fail_memory(err, "people in segments");
    whole.restarts = WHOLE_STARTS;
    whole.start_on = SIZE_MAX;
    if (st == OK) {
        clouds_make(x);
        interests_make(yes);
        st = time_kmeans(&s->kmeans, x, how, err);
    }
    if (st == OK) st = time_kmeans(&s->kmeans_whole, x, whole, err);
    if (st == OK) st = time_latent(&s->latent, yes, how, err);
    free(x);
    free(yes);
    return st;
}
