/* known_metrics.h -- the known answers of this room (see models/base/known.h). */
#ifndef ADSIM_METRICS_KNOWN_METRICS_H
#define ADSIM_METRICS_KNOWN_METRICS_H

#include "models/base/known.h"

extern const known_answer_t known_in_metrics[];

#endif
