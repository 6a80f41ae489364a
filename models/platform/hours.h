/* hours.h -- when in the day ad opportunities come: 1 + a cos(2 pi (t - peak)/24), mean 1. KERNEL file. */
#ifndef ADSIM_PLATFORM_HOURS_H
#define ADSIM_PLATFORM_HOURS_H

#include "models/base/touch.h"

/* Share of a day's opportunities between two hours 0 <= from <= to <= 24 (daypart_sinusoid). */
double hours_share(double amplitude, double peak, double from, double to);

/* The hour of day (0..24) below which a share v of the day's opportunities lies, 0 < v < 1. */
double hours_quantile(double amplitude, double peak, double v);

/* The share of an hour of the flight (from 0) in the opportunities from it to the flight's end. */
double hours_share_of_rest(double amplitude, double peak, int hour, int days);

/* The same inverse for moments of a flight, from a table. */
enum { PROFILE_NODES = 1024 };
typedef struct {
    double hour[PROFILE_NODES + 1]; /* hour of day at share k / PROFILE_NODES */
} profile_t;
void profile_init(profile_t *profile, double amplitude, double peak);

/* The tick below which a share v of the opportunities of a flight of `days` lies, 0 < v < 1. */
static inline uint32_t profile_tick(const profile_t *profile, int days, double v)
{
    double at_day = v * days;
    double day = __builtin_floor(at_day), at = (at_day - day) * PROFILE_NODES;
    int k = (int)at;
    const double *hour = profile->hour;
    double hours = 24 * day + hour[k] + (at - k) * (hour[k + 1] - hour[k]);
    uint32_t tick = (uint32_t)(hours * TICKS_PER_HOUR);
    uint32_t end = (uint32_t)(days * TICKS_PER_DAY);
    return tick < end ? tick : end - 1;
}

#endif
