/* known_auction.h -- the known answers of this room (see base/known.h). */
#ifndef ADSIM_AUCTION_KNOWN_AUCTION_H
#define ADSIM_AUCTION_KNOWN_AUCTION_H

#include "models/auction/auction.h"
#include "models/base/known.h"

extern const known_answer_t known_in_auction[];

/* The market of a case (mu, sigma; no noise, no reserve), and a bid without a price limit. */
market_t known_market(known_case_t *c);
offer_t known_offer(double value);

#endif
