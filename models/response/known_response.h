/* known_response.h -- the known answers of this room (see base/known.h). */
#ifndef ADSIM_RESPONSE_KNOWN_RESPONSE_H
#define ADSIM_RESPONSE_KNOWN_RESPONSE_H

#include "models/base/known.h"

extern const known_answer_t known_in_response[];

#endif
