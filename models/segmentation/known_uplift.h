/* known_uplift.h -- the known answers about uplift (see base/known.h). */
#ifndef ADSIM_SEGMENTATION_KNOWN_UPLIFT_H
#define ADSIM_SEGMENTATION_KNOWN_UPLIFT_H

#include "models/base/known.h"

extern const known_answer_t known_in_uplift[];

#endif
