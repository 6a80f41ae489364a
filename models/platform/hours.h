/* hours.h -- when in the day ad opportunities come: 1 + a cos(2 pi (t - peak)/24), mean 1. KERNEL file. */
#ifndef ADSIM_PLATFORM_HOURS_H
#define ADSIM_PLATFORM_HOURS_H

#include "models/base/touch.h"

/* Share of a day's opportunities between two hours 0 <= from <= to <= 24 (daypart_sinusoid). */
double hours_share(double amplitude, double peak, double from, double to);

/* The hour of day (0..24) below which a share v of the day's opportunities lies, 0 < v < 1. */
double hours_quantile(double amplitude, double peak, double v);

/* Both from tables, for the hours and moments of a flight. */
enum { PROFILE_NODES = 1024 };
typedef struct {
    double hour[PROFILE_NODES + 1]; /* hour of day at share k / PROFILE_NODES */
    double share[24],
        to_come[24]; /* of a day's opportunities: in an hour, and from it to midnight */
} profile_t;
void profile_init(profile_t *profile, double amplitude, double peak);

/* Opportunities, in those of a mean day: in an hour of the flight (from 0), and from it to the end of the
 * day before `end_day`. */
static inline double profile_in_hour(const profile_t *profile, int hour)
{
    return profile->share[hour % 24];
}
static inline double profile_until_day(const profile_t *profile, int hour, int end_day)
{
    return profile->to_come[hour % 24] + (end_day - 1 - hour / 24);
}

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
