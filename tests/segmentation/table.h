/* table.h -- tables of tests/segmentation/data, hands for the work, and small things that several tests do. */
#ifndef ADSIM_TESTS_SEGMENTATION_TABLE_H
#define ADSIM_TESTS_SEGMENTATION_TABLE_H

#include "models/base/rng.h"
#include "models/segmentation/agreement.h"
#include "models/segmentation/points.h"
#include "sim/engine/parallel.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TABLE_ROWS = 512, TABLE_COLUMNS = 16 };

typedef struct {
    double x[TABLE_ROWS * TABLE_COLUMNS];
    int label
        [TABLE_ROWS]; /* what the last field says, numbered as they come; 0 if it is a column */
    points_t points;
} numbers_t;

/* All fields but the last are numbers; the last one too, if labelled is false. */
static inline void numbers_read(numbers_t *t, const char *path, bool labelled)
{
    char line[512], name[8][32];
    int names = 0;
    FILE *from = fopen(path, "r");
    assert_non_null(from);
    assert_non_null(fgets(line, sizeof line, from));
    t->points = (points_t){.x = t->x};
    while (fgets(line, sizeof line, from)) {
        int fields = 0;
        char *field[TABLE_COLUMNS + 1];
        for (char *f = strtok(line, ",\n"); f; f = strtok(NULL, ",\n")) field[fields++] = f;
        int d = labelled ? fields - 1 : fields, known = 0;
        for (int j = 0; j < d; j++)
            t->x[t->points.n * (size_t)d + (size_t)j] = strtod(field[j], NULL);
        while (labelled && known < names && strcmp(name[known], field[d])) known++;
        if (labelled && known == names) snprintf(name[names++], sizeof name[0], "%.31s", field[d]);
        t->label[t->points.n++] = known;
        t->points.d = d;
    }
    fclose(from);
}

/* Several hands, as sim lends them. */
typedef struct {
    void (*task)(void *, size_t);
    void *context;
} lent_t;
static inline void lent_task(void *context, size_t i, int worker)
{
    const lent_t *l = context;
    (void)worker;
    l->task(l->context, i);
}
static inline void hands_run(void *self, size_t n, void (*task)(void *, size_t), void *context)
{
    lent_t l = {task, context};
    parallel_for(n, *(const int *)self, lent_task, &l);
}
static inline workers_t hands(int *threads)
{
    return (workers_t){hands_run, threads};
}

/* Standard normal, addressed. */
static inline double normal_at(uint64_t seed, uint64_t person, uint32_t index)
{
    rng_block_t b = rng_at(rng_key(seed), DRAW_TRAIT, 0, 0, person, 0, index);
    return sqrt(-2 * log(rng_unit(b, 0))) * cos(2 * 3.14159265358979323846 * rng_unit(b, 1));
}

/* n people around k corners, `apart` from each other, with sd 1 in every direction. */
static inline double *clouds(size_t n, int d, int k, double apart, uint64_t seed)
{
    double *x = malloc(n * (size_t)d * sizeof *x);
    assert_non_null(x);
    for (size_t i = 0; i < n; i++)
        for (int j = 0; j < d; j++) {
            int corner = (int)(i % (size_t)k);
            double to = j == corner % d ? apart * (1 + corner / d) : 0;
            x[i * (size_t)d + (size_t)j] = to + normal_at(seed, i, (uint32_t)j);
        }
    return x;
}

#define ASSERT_NEAR(got, expected, allowed)                                                        \
    do {                                                                                           \
        double got_ = (got), expected_ = (expected);                                               \
        if (!(fabs(got_ - expected_) <= (allowed))) {                                              \
            print_error("%s = %.12g, not %.12g\n", #got, got_, expected_);                         \
            fail();                                                                                \
        }                                                                                          \
    } while (0)

#endif
