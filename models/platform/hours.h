/* hours.h -- when in the day ad opportunities come: 1 + a cos(2 pi (t - peak)/24), mean 1. */
#ifndef ADSIM_PLATFORM_HOURS_H
#define ADSIM_PLATFORM_HOURS_H

/* Share of a day's opportunities between two hours 0 <= from <= to <= 24 (daypart_sinusoid). */
double hours_share(double amplitude, double peak, double from, double to);

/* The hour of day (0..24) below which a share v of the day's opportunities lies, 0 < v < 1. */
double hours_quantile(double amplitude, double peak, double v);

#endif
