/* hours.c -- the daily wave of ad opportunities and its inverse. */
#include "models/platform/hours.h"
#include "models/base/maths.h"

static const double per_hour = 2 * MATHS_PI / 24;

/* Integral of 1 + a cos(2 pi (t - peak)/24) from midnight to t, in hours. */
static double hours_elapsed(double amplitude, double peak, double t)
{
    return t + amplitude / per_hour * (m_sin(per_hour * (t - peak)) + m_sin(per_hour * peak));
}

double hours_share(double amplitude, double peak, double from, double to)
{
    return (hours_elapsed(amplitude, peak, to) - hours_elapsed(amplitude, peak, from)) / 24;
}

double hours_quantile(double amplitude, double peak, double v)
{
    double target = 24 * v, low = 0, high = 24, t = target;
    if (amplitude == 0) return t;
    /* Newton inside a bracket that each step narrows: the rate may touch zero at the trough. */
    for (int i = 0; i < 60; i++) {
        double error = hours_elapsed(amplitude, peak, t) - target;
        if (error > 0)
            high = t;
        else
            low = t;
        double next = t - error / (1 + amplitude * m_cos(per_hour * (t - peak)));
        if (!(next > low && next < high)) next = (low + high) / 2;
        if (m_abs(next - t) < 1e-12) return next;
        t = next;
    }
    return t;
}

void profile_init(profile_t *profile, double amplitude, double peak)
{
    profile->hour[0] = 0;
    profile->hour[PROFILE_NODES] = 24;
    for (int k = 1; k < PROFILE_NODES; k++)
        profile->hour[k] = hours_quantile(amplitude, peak, (double)k / PROFILE_NODES);
    for (int h = 0; h < 24; h++) {
        profile->share[h] = hours_share(amplitude, peak, h, h + 1);
        profile->to_come[h] = hours_share(amplitude, peak, h, 24);
    }
}
