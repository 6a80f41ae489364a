/* latent.h -- latent classes: people of a class answer the items independently (Lazarsfeld; Goodman
 * 1974), fitted by EM. Items are yes/no, up to 64 in one word a person, or have up to LATENT_LEVELS levels.
 * Missing answers count for nothing (missing at random). BIC = -2 ln L + df ln n, smaller is better. */
#ifndef ADSIM_SEGMENTATION_LATENT_H
#define ADSIM_SEGMENTATION_LATENT_H

#include "models/segmentation/points.h"

#include <stdint.h>

enum { LATENT_LEVELS = 16, LATENT_ITEMS = 64, LATENT_MISSING = 255 };

/* Either yes (and known), or level and n_levels. */
typedef struct {
    size_t n;
    int items;               /* 1..LATENT_ITEMS */
    const uint64_t *yes;     /* bit j = yes to item j; n */
    const uint64_t *known;   /* bit j = item j was answered; NULL = all were */
    const uint8_t *level;    /* n x items: 0..n_levels-1 or LATENT_MISSING */
    const uint8_t *n_levels; /* of each item, 2..LATENT_LEVELS */
    const double *weight;    /* as in points_t */
} answers_t;

typedef struct {
    int k, items;
    int *
        first; /* items + 1: item j's levels stand at first[j]..first[j + 1] - 1 of a class's row */
    double *share; /* k, sum 1; classes by falling share */
    /* P(level | class): k rows of first[items]. Of a yes/no item: no, then yes. */
    double *answer;
    int *segment;      /* n: class of the highest posterior */
    double *certainty; /* n: that posterior */
    double loglik, bic;
    int parameters; /* k - 1 shares + k times the sum of (levels - 1) */
    int rounds;
    bool settled;
    int restarts, agreeing; /* as in kmeans_t, on ln L + ln prior within 1e-5 */
    double behind;          /* likewise, in ln L + ln prior */
    size_t patterns; /* different rows of answers; 0 when they were too many to be worth counting */
} latent_t;          /* zeroed = none */

/* prior: pseudo-people added to every class and item, spread as everyone answers; 0 = maximum likelihood.
 * It keeps P(level | class) off 0 and 1 (Galindo-Garre and Vermunt 2006). */
status_t latent_init(latent_t *m, const answers_t *a, int k, double prior, const search_t *how,
                     error_t *err);
void latent_free(latent_t *m);

/* P(yes to `item` | class) of a yes/no model. */
double latent_yes(const latent_t *m, int class, int item);

#endif
