/* known_allocation.h -- the known answers of allocation: those of configs/reference/allocation.json, and the
 * groups optimisation and selection of cases.json. */
#ifndef ADSIM_ALLOCATE_KNOWN_ALLOCATION_H
#define ADSIM_ALLOCATE_KNOWN_ALLOCATION_H

#include "models/base/known.h"

extern const known_answer_t known_in_allocation[], known_in_choice[];

#endif
