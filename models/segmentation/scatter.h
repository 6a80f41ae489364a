/* scatter.h -- private to the room: the covariances that maximise the likelihood of a mixture, given how
 * its people scatter, for each shape (Celeux and Govaert 1995). */
#ifndef ADSIM_SEGMENTATION_SCATTER_H
#define ADSIM_SEGMENTATION_SCATTER_H

#include "models/segmentation/mixture.h"

/* In: k scatter matrices W_g (d x d) = sum of r (x - mean)(x - mean)', and the components' shares of
 * `weight`. Out, in their place: the covariances. */
void scatter_to_covariance(mixture_shape_t shape, double *w, const double *share, double weight,
                           int k, int d, double *scratch);
size_t scatter_scratch(int k, int d); /* doubles */

/* Inverse of the Cholesky factor of `covariance` (lower triangle, zeros above) and ln of its determinant.
 * A pivot below floor[i] is raised to it, in the covariance too; true if one was. */
bool scatter_factor(double *covariance, int d, const double *floor, double *inverse,
                    double *log_det);

#endif
