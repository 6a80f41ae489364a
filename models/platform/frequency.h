/* frequency.h -- a target frequency: the average number of impressions of those who are reached in a window
 * (a week, say). The platform bids less for people it has not yet reached in the window, or less for those
 * it has, until first impressions are the share of all that makes the average (ours; ads managers do not
 * publish how they do it). */
#ifndef ADSIM_PLATFORM_FREQUENCY_H
#define ADSIM_PLATFORM_FREQUENCY_H

/* The share of first impressions among those still to come in a window so that the average at its end is
 * `target` (> 1), 0..1: `impressions` and `reached` so far, when `gone` (0..1) of the window is over. Before
 * the first impression 1 / target. */
double frequency_first_share(double target, double impressions, double reached, double gone);

/* The tilt of the next hour, after one with so many impressions, `first` of them first ones, of which
 * `wanted` was the share. Above 0, people not yet reached are bid e^-tilt; below 0 those reached, e^tilt.
 * Moves by at most 0.3 an hour, by less when there are few impressions, between -4 and 4. */
double frequency_next_tilt(double tilt, double impressions, double first, double wanted);

#endif
