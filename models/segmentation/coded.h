/* coded.h -- private to the room: answers as bits, equal rows counted once. */
#ifndef ADSIM_SEGMENTATION_CODED_H
#define ADSIM_SEGMENTATION_CODED_H

#include "models/segmentation/latent.h"

enum { LATENT_COLUMNS = LATENT_ITEMS * LATENT_LEVELS };

typedef struct {
    size_t n, rows; /* people; rows of bits */
    int items, words, columns;
    /* One bit an item: set = level 1; everyone answered everything, all items have two levels. Otherwise
     * one bit a level of an item, none of an item that was not answered. */
    bool compact;
    uint64_t *bits;                 /* rows x words */
    double *weight;                 /* rows; NULL = 1 each */
    const double *own;              /* n, borrowed: people's weights; NULL = 1 each */
    uint32_t *row_of;               /* n; NULL = person i is row i */
    double people;                  /* sum of weights */
    int first[LATENT_ITEMS + 1];    /* of each item among all levels */
    double overall[LATENT_COLUMNS]; /* share of each level among those who answered */
    bool counted;                   /* equal rows are one */
} coded_t;

status_t coded_init(coded_t *c, const answers_t *a, error_t *err);
/* `most` people of it drawn by key, row by row. */
status_t coded_sample(coded_t *s, const coded_t *c, size_t most, rng_key_t key, error_t *err);
void coded_free(coded_t *c);

static inline int coded_levels(const coded_t *c, int item)
{
    return c->first[item + 1] - c->first[item];
}

/* Has row r this level of this item? False, too, if it was not answered. */
static inline bool coded_has(const coded_t *c, size_t r, int item, int level)
{
    int column = c->compact ? item : c->first[item] + level;
    bool set = c->bits[r * (size_t)c->words + (size_t)column / 64] >> column % 64 & 1;
    return c->compact ? set == (level == 1) : set;
}

static inline double coded_weight(const coded_t *c, size_t r)
{
    return c->weight ? c->weight[r] : 1;
}

#endif
