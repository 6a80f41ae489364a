/* choose.h -- how many segments? Each criterion's value at every k, and its own choice: where they
 * disagree, that is shown. */
#ifndef ADSIM_SEGMENTATION_CHOOSE_H
#define ADSIM_SEGMENTATION_CHOOSE_H

#include "models/segmentation/latent.h"
#include "models/segmentation/mixture.h"
#include "models/segmentation/points.h"

typedef enum { CLUSTER_KMEANS, CLUSTER_MIXTURE, CLUSTER_LATENT } cluster_method_t;

/* What is to be grouped, and by what. */
typedef struct {
    cluster_method_t method;
    points_t points;       /* k-means and mixtures */
    answers_t answers;     /* latent classes */
    mixture_shape_t shape; /* mixtures */
    double prior;          /* latent classes */
} cluster_task_t;

typedef enum {
    CRITERION_BIC,        /* least; mixtures and latent classes */
    CRITERION_SILHOUETTE, /* most; k-means and mixtures, k >= 2 */
    CRITERION_GAP, /* least k with gap(k) >= gap(k+1) - se(k+1) (Tibshirani and others 2001); k-means */
    CRITERION_STABILITY, /* most: mean adjusted Rand index of resampled solutions with the full one, k >= 2 */
    CRITERIA
} criterion_t;
extern const char *const criterion_names[CRITERIA];

typedef struct {
    int k_from, k_to; /* 1 <= k_from <= k_to <= SEGMENTS_MOST */
    bool ask[CRITERIA];
    int resamples;  /* stability; 0 = 20 */
    int references; /* gap; 0 = 20 */
    size_t asked;   /* people whose silhouettes are taken; 0 = 4,000 */
    size_t sample;  /* people of a resample and of a reference at most; 0 = 2,000 */
} choose_options_t;

typedef struct {
    int k_from, k_to;
    /* NAN where a criterion was not asked or does not apply. [criterion][k] */
    double value[CRITERIA][SEGMENTS_MOST + 1];
    double error[CRITERIA][SEGMENTS_MOST + 1]; /* standard error: gap, stability; otherwise NAN */
    int choice[CRITERIA];                      /* its k; 0 = none */
    double fit[SEGMENTS_MOST + 1];             /* inertia, or ln L */
    int best;   /* BIC's choice for models, else silhouette's, else the first that chose */
    bool agree; /* all that chose chose the same */
} choice_t;

/* A k that cannot be fitted (fewer different rows than k) has NAN everywhere, and no k after it is tried;
 * an error if k_from is such a k. */
status_t choose_segments(choice_t *c, const cluster_task_t *task, const choose_options_t *options,
                         const search_t *how, error_t *err);

#endif
