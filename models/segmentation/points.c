/* points.c -- what a table must be before groups are sought in it, and samples of it. */
#include "models/segmentation/points.h"

#include "models/base/maths.h"
#include "models/segmentation/chunk.h"

#include <stdlib.h>
#include <string.h>

static const double farthest = 1e100, heaviest = 1e18; /* their squares and sums stay finite */

static status_t weights_check(const double *weight, size_t n, error_t *err)
{
    double total = 0;
    for (size_t i = 0; weight && i < n; i++) {
        if (!(weight[i] >= 0 && weight[i] <= heaviest))
            return fail(err, ERR_INVALID, "the weight of row %zu is %g: weights lie in 0..1e18",
                        i + 1, weight[i]);
        total += weight[i];
    }
    if (weight && !(total > 0)) return fail(err, ERR_INVALID, "all weights are 0");
    return OK;
}

status_t points_check(const points_t *p, error_t *err)
{
    if (p->n < 1 || p->n > INT32_MAX)
        return fail(err, ERR_INVALID, "%zu rows: segments need 1 to 2147483647", p->n);
    if (p->d < 1 || p->d > COLUMNS_MOST)
        return fail(err, ERR_INVALID, "%d columns: segments need 1 to %d", p->d, COLUMNS_MOST);
    for (size_t i = 0; i < p->n; i++)
        for (int j = 0; j < p->d; j++) {
            double x = p->x[i * (size_t)p->d + (size_t)j];
            if (!(m_abs(x) <= farthest))
                return fail(err, ERR_INVALID,
                            "row %zu, column %d: %g is not a number within +-1e100", i + 1, j + 1,
                            x);
        }
    return weights_check(p->weight, p->n, err);
}

status_t search_interrupted(error_t *err)
{
    return fail(err, ERR_INTERRUPTED, "the search for segments was interrupted");
}

void *array_of(size_t n, size_t size)
{
    return calloc(n ? n : 1, size);
}

static int ascending(const void *a, const void *b)
{
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

size_t *people_drawn(size_t n, size_t most, rng_key_t key, uint64_t stream, size_t *drawn)
{
    *drawn = n < most ? n : most;
    size_t *person = array_of(*drawn, sizeof *person);
    if (!person) return NULL;
    for (size_t j = 0; j < *drawn; j++)
        person[j] = n <= most ? j : (size_t)rng_permute(key, stream, 0, j, n);
    if (n > most) qsort(person, *drawn, sizeof *person, ascending);
    return person;
}

status_t points_of_people(points_t *out, const points_t *p, const size_t *person, size_t n,
                          error_t *err)
{
    size_t d = (size_t)p->d;
    double *x = array_of(n * d, sizeof *x);
    double *weight = p->weight ? array_of(n, sizeof *weight) : NULL;
    *out = (points_t){n, p->d, x, weight};
    if (!x || (p->weight && !weight)) {
        points_free(out);
        return fail_memory(err, "a sample of people");
    }
    for (size_t i = 0; i < n; i++) {
        memcpy(x + i * d, p->x + person[i] * d, d * sizeof *x);
        if (weight) weight[i] = p->weight[person[i]];
    }
    return OK;
}

void points_free(points_t *own)
{
    free((void *)own->x);
    free((void *)own->weight);
    *own = (points_t){0};
}

void segments_rank(const double *size, const int *segment, size_t n, int k, int *rank)
{
    size_t first[SEGMENTS_MOST];
    for (int g = 0; g < k; g++) first[g] = n;
    for (size_t i = n; i-- > 0;) first[segment[i]] = i;
    for (int g = 0; g < k; g++) {
        rank[g] = 0;
        for (int h = 0; h < k; h++) {
            bool earlier = first[h] < first[g] || (first[h] == first[g] && h < g);
            rank[g] += size[h] > size[g] || (size[h] == size[g] && earlier);
        }
    }
}
