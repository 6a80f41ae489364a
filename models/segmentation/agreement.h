/* agreement.h -- how far two groupings of the same people agree, whatever the groups are called.
 * Labels are 0..SEGMENTS_MOST-1. weight NULL = 1 each. */
#ifndef ADSIM_SEGMENTATION_AGREEMENT_H
#define ADSIM_SEGMENTATION_AGREEMENT_H

#include <stddef.h>

/* Adjusted Rand index (Hubert and Arabie 1985): 1 alike, 0 on average by chance. 1 if both are one group. */
double adjusted_rand(const int *a, const int *b, size_t n);

/* Mutual information over the arithmetic mean of the entropies, 0..1; 1 if both are one group. */
double normalised_information(const int *a, const int *b, size_t n);

#endif
