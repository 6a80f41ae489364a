/* known_clusters.h -- the known answers of agreement, silhouettes and latent classes (see base/known.h). */
#ifndef ADSIM_SEGMENTATION_KNOWN_CLUSTERS_H
#define ADSIM_SEGMENTATION_KNOWN_CLUSTERS_H

#include "models/base/known.h"

extern const known_answer_t known_in_clusters[];

#endif
