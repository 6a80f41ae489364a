/* known_designs.h -- the known answers about designs. */
#ifndef ADSIM_BASE_KNOWN_DESIGNS_H
#define ADSIM_BASE_KNOWN_DESIGNS_H

#include "models/base/known.h"

extern const known_answer_t known_in_designs[];

#endif
