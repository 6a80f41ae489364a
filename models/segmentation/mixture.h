/* mixture.h -- Gaussian mixtures, fitted by EM (Dempster, Laird and Rubin 1977) from k-means starts.
 *
 * BIC here is -2 ln L + df ln n: smaller is better, as in scikit-learn; mclust reports its negative. */
#ifndef ADSIM_SEGMENTATION_MIXTURE_H
#define ADSIM_SEGMENTATION_MIXTURE_H

#include "models/segmentation/points.h"

enum { MIXTURE_COLUMNS = 64 }; /* columns at most */

/* What the components' covariances share: mclust's three letters are volume, shape, orientation (E equal,
 * V varying, I none). */
typedef enum {
    MIXTURE_EII,
    MIXTURE_VII, /* "spherical" */
    MIXTURE_EEI,
    MIXTURE_VVI, /* "diagonal" */
    MIXTURE_EEE, /* "tied" */
    MIXTURE_VEV,
    MIXTURE_VVV, /* "full" */
    MIXTURE_SHAPES
} mixture_shape_t;

typedef struct {
    const char *name;  /* "VVV" */
    const char *other; /* "full"; NULL if it has none */
    const char *meaning;
} mixture_name_t;
extern const mixture_name_t mixture_names[MIXTURE_SHAPES];

/* Free parameters: k - 1 shares, k d means, and those of the covariances. */
int mixture_parameters(mixture_shape_t shape, int k, int d);

typedef struct {
    mixture_shape_t shape;
    int k, d;
    double *share;      /* k, sum 1; components by falling share */
    double *mean;       /* k x d */
    double *covariance; /* k x d x d */
    int *segment;       /* n: the component of the highest posterior */
    double *certainty;  /* n: that posterior, 1/k..1 */
    double loglik, bic;
    int parameters, rounds;
    bool settled;
    int restarts, agreeing; /* as in kmeans_t, on ln L within 1e-5 */
    double behind;          /* likewise, in ln L */
    /* Components of which a column's variance, given the columns before it, would be below a millionth
     * of the column's own: it rests there, and ln L says little. */
    int floored;
} mixture_t; /* zeroed = none */

/* ERR_INVALID if k is not 1..SEGMENTS_MOST, columns pass MIXTURE_COLUMNS or do not vary, or fewer than k rows
 * differ. The caller frees, also after a failure. */
status_t mixture_init(mixture_t *m, const points_t *p, int k, mixture_shape_t shape,
                      const search_t *how, error_t *err);
void mixture_free(mixture_t *m);

#endif
