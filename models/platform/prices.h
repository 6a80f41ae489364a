/* prices.h -- what rivals pay on a platform, when and where: the level that its cpm comes from, the shifts
 * of prices by month, weekday and hour, and its placements (MODEL 3.2). KERNEL file. */
#ifndef ADSIM_PLATFORM_PRICES_H
#define ADSIM_PLATFORM_PRICES_H

#include "models/platform/platform.h"

#include <stddef.h>

/* The market of an opportunity where and when every factor is 1. Its level is `rival_median_cpm`, or follows
 * from `cpm`: what the reference plan (10,000 in currency, 28 days, 20 M people, lowest cost) pays on
 * average over weekdays, hours and placements in a month whose factor is 1. */
market_t platform_market(const platform_t *p);

/* Log by which rivals pay more than that at a time: month 0..11, weekday 0..6 (Monday first), hour 0..23. */
double platform_price_shift(const platform_t *p, int month, int weekday, int hour);

/* A placement, that of a platform without any included (its own viewability, no factors), which is number
 * 0; and the share of all opportunities that is on some placements (bits; 0 = all). */
placement_t platform_placement(const platform_t *p, int placement);
double platform_share_on(const platform_t *p, unsigned placements);

/* The placement that a uniform number 0 < u < 1 falls on, by their shares. */
int platform_placement_at(const platform_t *p, double u);

/* Up to PRICE_NODES log shifts that stand for `n` with their weights (whose sum is 1): the mean of every
 * polynomial of degree up to 2 PRICE_NODES - 1 in the shift is the same (Gauss quadrature; Golub and Welsch
 * 1969). Returns how many; fewer where there are fewer shifts. */
enum { PRICE_NODES = 3 };
int shifts_condensed(const double *weight, const double *log_shift, size_t n,
                     market_part_t node[PRICE_NODES]);

/* The meetings (market_over) of whoever buys at some times, `time` with n_times <= PRICE_NODES nodes, on some
 * placements (bits; 0 = all), where her value is higher by a log `advantage` (by placement; NULL = none).
 * Returns how many. */
enum { PRICE_MEETINGS = PRICE_NODES * PLATFORM_PLACEMENTS };
int platform_meetings(const platform_t *p, const market_part_t *time, int n_times,
                      unsigned placements, const double *advantage,
                      market_part_t meeting[PRICE_MEETINGS]);

#endif
