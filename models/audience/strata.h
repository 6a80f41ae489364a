/* strata.h -- uniform numbers that are spread evenly over the people of a cell.
 *
 * For one trait, the j-th of the n people of a cell gets u = (perm(j) + U) / n (MODEL 9.3): perm is a
 * keyed permutation and U uniform, so each of the n equal parts of (0,1) holds exactly one person and
 * a margin comes out to 1/n, while traits are independent of each other and of the order of people.
 * An independent draw (a redrawn population) is just uniform: counts are then binomial.
 *
 * The permutation is a generalised Feistel network on the smallest a x b rectangle that holds n
 * (Black and Rogaway 2002), four rounds, cycle walking for the few positions past n, on 16-bit halves
 * so that eight people fit one register; rng_permute keys itself anew for every position and would
 * cost ten times as much for the 40 traits of a person. Fewer than 64 people are shuffled
 * (Fisher-Yates). Both are keyed by one addressed block or a row of them. */
#ifndef ADSIM_AUDIENCE_STRATA_H
#define ADSIM_AUDIENCE_STRATA_H

#include "models/base/rng.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Compiled for every x86-64, for those with AVX2 and for those with AVX-512; sanitizers cannot start such programs.
 * Integers, and doubles without fused multiply-add, give the same answer either way. */
#if defined __x86_64__ && defined __gnu_linux__ && !defined __clang__ &&                           \
    !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
#define WIDE __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define WIDE
#endif

enum {
    STRATA_SHUFFLED = 64, /* cells below this size are shuffled */
    STRATA_BATCH = 256,   /* people handled at once at most */
    STRATA_RUNS = 32,     /* runs of them that have something in common */
    STRATA_BITS = 30      /* a cell holds at most 2^30 people */
};

/* The people of one cell, and whose luck it is. */
typedef struct {
    rng_key_t key;
    uint32_t replication;
    uint64_t cell;
    size_t first;     /* id of its first person */
    uint32_t n;       /* how many people it has */
    bool independent; /* no strata: every person on her own */
} strata_cell_t;

/* The network: sides of the rectangle, keys of the four round functions. */
typedef struct {
    uint16_t a, b;
    uint16_t factor[4], add[4];
} strata_network_t;

/* One trait over one cell. */
typedef struct {
    strata_cell_t cell;
    uint64_t stream; /* which trait; 56 bits count */
    strata_network_t network;
    uint8_t shuffled[STRATA_SHUFFLED]; /* cells below STRATA_SHUFFLED */
} strata_t;

void strata_init(strata_t *s, const strata_cell_t *cell, uint64_t stream);

/* Positions perm(j) of `count` <= STRATA_BATCH people from id `from` on, in an array of STRATA_BATCH; not
 * for independent draws. */
void strata_positions(const strata_t *s, size_t from, size_t count, uint32_t *position);

/* Where some people of a cell stand before they are permuted: the same for all its traits. */
typedef struct {
    size_t count;
    uint32_t j[STRATA_BATCH]; /* counted from the first person of the cell */
    uint16_t column[STRATA_BATCH], row[STRATA_BATCH];
} strata_places_t;

/* Columns and rows of the people whose j and count are set. */
void strata_places(const strata_cell_t *cell, strata_places_t *p);

/* Where a share cuts the strata of a cell: below it lie `whole` of them and `part` of the next. */
typedef struct {
    uint16_t column, row; /* of the next */
    uint32_t whole;
    double part;
} strata_cut_t;

strata_cut_t strata_cut(const strata_cell_t *cell, double share); /* 0..1 */

/* People at places, in runs that have a share in common. */
typedef struct {
    int n;
    uint16_t start[STRATA_RUNS + 1];
} strata_runs_t;

/* Sets `bit` in set[i], of STRATA_BATCH, for the people whose uniforms lie below the share that `cut`
 * has for their run. The stratum decides, except in the one that the share cuts; not for independent
 * draws. */
void strata_below(const strata_t *s, const strata_places_t *p, const strata_runs_t *runs,
                  const strata_cut_t *cut, uint16_t bit, uint16_t *set);

/* Their uniforms on (0,1). */
void strata_uniforms(const strata_t *s, size_t from, size_t count, double *u);

/* Standard normals, the quantiles of their uniforms. */
void strata_normals(const strata_t *s, size_t from, size_t count, double *z);

/* normal_quantile of each of n numbers in (0,1), in place, the same bits, four at a time where the
 * processor can. */
void normal_quantiles(double *x, size_t n);

/* Uniforms of `count` <= STRATA_BATCH people of the cell, in any order. */
void strata_uniforms_of(const strata_t *s, const uint32_t *person, size_t count, double *u);

/* The uniform of one person. */
double strata_uniform(const strata_t *s, size_t person);

#endif
