/* schedule.h -- when ads run: on which days of the flight, in which hours of which weekdays, and when they
 * pause. Boundaries lie on the hour. Days and hours of the flight count from 0. Leaves out: time zones;
 * all people live by one clock. */
#ifndef ADSIM_PLATFORM_SCHEDULE_H
#define ADSIM_PLATFORM_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

enum { PAUSES_MOST = 16, WEEKDAYS = 7, ALL_HOURS = (1 << 24) - 1 };

/* Days of the flight, both included. */
typedef struct {
    int first, last;
} days_t;

/* One that holds only zeros runs always. */
typedef struct {
    int first_day;
    int end_day; /* the first day after; 0 = the flight's end */
    uint32_t
        silent[WEEKDAYS]; /* 0 = Monday: bits of the hours of the day in which ads do not run */
    int n_pauses;
    days_t pause[PAUSES_MOST];
} schedule_t;

/* Do ads run in an hour of a flight whose first day is `weekday` (0 = Monday)? */
bool schedule_runs(const schedule_t *s, int weekday, int hour);

/* Days of a flight of `days` days on which some hour is in both schedules. */
int schedule_days(const schedule_t *s, const schedule_t *other, int weekday, days_t days);
bool schedule_runs_on(const schedule_t *s, const schedule_t *other, int weekday, int day);

/* The share of the opportunities of a flight of `days` days that come in hours that both schedules leave
 * out, in mean days; the daily wave is that of hours.h. */
double schedule_silent_days(const schedule_t *s, const schedule_t *other, int weekday, int days,
                            double amplitude, double peak);

#endif
