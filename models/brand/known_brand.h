/* known_brand.h -- the known answers of this room (see base/known.h). */
#ifndef ADSIM_BRAND_KNOWN_BRAND_H
#define ADSIM_BRAND_KNOWN_BRAND_H

#include "models/base/known.h"

extern const known_answer_t known_in_brand[];

#endif
