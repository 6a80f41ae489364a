/* chunk.h -- private to the room: sums that are the same bytes for any number of workers. People are cut
 * into pieces that depend on n alone; each piece is summed by itself, and the sums are joined in order. */
#ifndef ADSIM_SEGMENTATION_CHUNK_H
#define ADSIM_SEGMENTATION_CHUNK_H

#include "models/segmentation/points.h"

/* Loops over people's columns run as wide as the processor can: the same bits at any width, since lanes
 * are never summed across and nothing is contracted. */
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define WIDE
#endif
#define INLINED static inline __attribute__((always_inline))

enum {
    LANES = 8,
    CHUNK = 512, /* people of one sum of k-means */
    PARTS = 64,  /* sums of EM at most: each is large */
    /* Fewer people than this: workers take whole starts. Those that share the people of one start meet
     * after every round, and wait for each other longer than such a round takes. */
    ALONE_BELOW = 1 << 16
};

/* Eight numbers side by side. */
typedef double lanes_t __attribute__((vector_size(LANES * sizeof(double))));

static inline size_t chunks_of(size_t n)
{
    return (n + CHUNK - 1) / CHUNK;
}

/* Parts of whole chunks. */
static inline size_t part_size(size_t n)
{
    return (chunks_of(n) + PARTS - 1) / PARTS * CHUNK;
}
static inline size_t parts_of(size_t n)
{
    size_t size = part_size(n);
    return (n + size - 1) / size;
}

static inline double weight_of(const points_t *p, size_t i)
{
    return p->weight ? p->weight[i] : 1;
}

static inline bool search_goes_on(const search_t *how, double done)
{
    return !how->go_on || how->go_on(how->context, done);
}
status_t search_interrupted(error_t *err);
enum { RESTARTS = 50 };
static inline int search_restarts(const search_t *how)
{
    return how->restarts > 0 ? how->restarts : RESTARTS;
}

/* calloc of n x size that cannot wrap around; NULL when memory is out. */
void *array_of(size_t n, size_t size);

/* `most` of n people by a keyed permutation, in ascending order; all of them if n <= most. The caller
 * frees; NULL when memory is out. */
size_t *people_drawn(size_t n, size_t most, rng_key_t key, uint64_t stream, size_t *drawn);

/* Rows of p, copied; the caller frees x and weight. */
status_t points_of_people(points_t *out, const points_t *p, const size_t *person, size_t n,
                          error_t *err);
void points_free(points_t *own);

/* Equal rows counted once, in the order of their first people. */
typedef struct {
    points_t
        points; /* the rows, with what their people weigh; those given where few rows are equal */
    uint32_t *row_of; /* of each person; NULL = person i is row i */
} distinct_t;         /* zeroed = none */

status_t distinct_init(distinct_t *q, const points_t *p, error_t *err);
void distinct_free(distinct_t *q);

/* What was found of rows, n of them, for the people: in place, in an array of people. */
void distinct_segments(const distinct_t *q, size_t people, int *segment);
void distinct_numbers(const distinct_t *q, size_t people, double *number);

/* Which of k things comes first, second, ...: by falling size, ties by first member. rank[old] = new. */
void segments_rank(const double *size, const int *segment, size_t n, int k, int *rank);

#endif
