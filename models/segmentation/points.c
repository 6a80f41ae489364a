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

/* --- equal rows ------------------------------------------------------------------------------- */

static uint64_t hash_of_row(const double *x, int d)
{
    uint64_t hash = 0;
    for (int j = 0; j < d; j++) {
        double_bits_t b = {.value = x[j] + 0.}; /* -0 is 0 */
        hash = (hash ^ b.bits) * 0x9e3779b97f4a7c15u;
        hash ^= hash >> 32;
    }
    return hash;
}

static bool rows_equal(const double *x, const double *y, int d)
{
    for (int j = 0; j < d; j++)
        if (x[j] != y[j]) return false;
    return true;
}

/* Where rows are looked up by their hash: number + 1 of a row, 0 = free. */
typedef struct {
    uint32_t *slot;
    size_t mask;
} lookup_t;

/* Numbers the rows of p; first[r] is the first person of row r. How many rows there are, `most` + 1 if more
 * than `most`. */
static size_t number_rows(const points_t *p, size_t most, const lookup_t *l, uint32_t *row_of,
                          uint32_t *first)
{
    size_t rows = 0;
    for (size_t i = 0; i < p->n; i++) {
        const double *x = p->x + i * (size_t)p->d;
        size_t at = hash_of_row(x, p->d) & l->mask;
        while (l->slot[at] && !rows_equal(x, p->x + first[l->slot[at] - 1] * (size_t)p->d, p->d))
            at = (at + 1) & l->mask;
        if (!l->slot[at]) {
            if (rows == most) return most + 1;
            first[rows] = (uint32_t)i;
            l->slot[at] = (uint32_t)++rows;
        }
        row_of[i] = l->slot[at] - 1;
    }
    return rows;
}

/* The rows themselves, and the weights of their people summed. */
static status_t copy_rows(distinct_t *q, const points_t *p, const uint32_t *first, size_t rows,
                          error_t *err)
{
    size_t d = (size_t)p->d;
    double *x = array_of(rows * d, sizeof *x), *weight = array_of(rows, sizeof *weight);
    q->points = (points_t){rows, p->d, x, weight};
    if (!x || !weight) return fail_memory(err, "the rows");
    for (size_t r = 0; r < rows; r++) memcpy(x + r * d, p->x + first[r] * d, d * sizeof *x);
    for (size_t i = 0; i < p->n; i++) weight[q->row_of[i]] += weight_of(p, i);
    return OK;
}

status_t distinct_init(distinct_t *q, const points_t *p, error_t *err)
{
    size_t most = p->n / 2, slots = 1; /* of more rows than that, counting once is not worth it */
    while (slots < 2 * most + 2) slots *= 2;
    lookup_t lookup = {array_of(slots, sizeof *lookup.slot), slots - 1};
    uint32_t *first = array_of(most, sizeof *first);
    *q = (distinct_t){.row_of = array_of(p->n, sizeof *q->row_of)};
    status_t st = OK;
    size_t rows = 0;
    if (lookup.slot && first && q->row_of)
        rows = number_rows(p, most, &lookup, q->row_of, first);
    else
        st = fail_memory(err, "the rows");
    if (st == OK && rows <= most) st = copy_rows(q, p, first, rows, err);
    if (st != OK) distinct_free(q);
    if (st == OK && rows > most) {
        distinct_free(q);
        q->points = *p;
    }
    free(first);
    free(lookup.slot);
    return st;
}

void distinct_free(distinct_t *q)
{
    if (q->row_of) points_free(&q->points);
    free(q->row_of);
    *q = (distinct_t){0};
}

/* From the last person on: no row comes after its people. */
void distinct_segments(const distinct_t *q, size_t people, int *segment)
{
    for (size_t i = people; q->row_of && i-- > 0;) segment[i] = segment[q->row_of[i]];
}

void distinct_numbers(const distinct_t *q, size_t people, double *number)
{
    for (size_t i = people; q->row_of && i-- > 0;) number[i] = number[q->row_of[i]];
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
