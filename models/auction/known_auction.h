/* known_auction.h -- the known answers of this room (see base/known.h). */
#ifndef ADSIM_AUCTION_KNOWN_AUCTION_H
#define ADSIM_AUCTION_KNOWN_AUCTION_H

#include "models/base/known.h"

extern const known_answer_t known_in_auction[];

#endif
