/* known_platform.h -- the known answers of this room (see base/known.h). */
#ifndef ADSIM_PLATFORM_KNOWN_PLATFORM_H
#define ADSIM_PLATFORM_KNOWN_PLATFORM_H

#include "models/base/known.h"

extern const known_answer_t known_in_platform[];

#endif
