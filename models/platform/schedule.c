/* schedule.c -- hours in and out of a schedule. */
#include "models/platform/schedule.h"
#include "models/platform/hours.h"

static bool pauses_on(const schedule_t *s, int day)
{
    for (int k = 0; k < s->n_pauses; k++)
        if (day >= s->pause[k].first && day <= s->pause[k].last) return true;
    return false;
}

bool schedule_runs(const schedule_t *s, int weekday, int hour)
{
    int day = hour / 24;
    if (day < s->first_day || (s->end_day && day >= s->end_day) || pauses_on(s, day)) return false;
    return !(s->silent[(weekday + day) % WEEKDAYS] >> hour % 24 & 1);
}

bool schedule_runs_on(const schedule_t *s, const schedule_t *other, int weekday, int day)
{
    for (int hour = 24 * day; hour < 24 * (day + 1); hour++)
        if (schedule_runs(s, weekday, hour) && schedule_runs(other, weekday, hour)) return true;
    return false;
}

int schedule_days(const schedule_t *s, const schedule_t *other, int weekday, days_t days)
{
    int n = 0;
    for (int day = days.first; day <= days.last; day++)
        n += schedule_runs_on(s, other, weekday, day);
    return n;
}

double schedule_silent_days(const schedule_t *s, const schedule_t *other, int weekday, int days,
                            double amplitude, double peak)
{
    double silent = 0;
    for (int hour = 0; hour < 24 * days; hour++)
        if (!schedule_runs(s, weekday, hour) || !schedule_runs(other, weekday, hour))
            silent += hours_share(amplitude, peak, hour % 24, hour % 24 + 1);
    return silent;
}
