/* known_audience.h -- the known answers of this room (see base/known.h). */
#ifndef ADSIM_AUDIENCE_KNOWN_AUDIENCE_H
#define ADSIM_AUDIENCE_KNOWN_AUDIENCE_H

#include "models/base/known.h"

extern const known_answer_t known_in_audience[];

#endif
