/* frequency.c -- steers towards a target frequency. */
#include "models/platform/frequency.h"
#include "models/base/maths.h"

/* At an elasticity of wins of 1 to 3 by the bid, stable as in pacing (below 2 / elasticity). */
static const double GAIN = 0.3;
static const double TILT_MOST = 4;
/* Impressions below which an hour says little. */
static const double FEW = 10;

double frequency_first_share(double target, double impressions, double reached, double gone)
{
    if (!(impressions > 0) || !(gone > 0) || gone >= 1) return 1 / target;
    double all = impressions / gone;
    double share = (all / target - reached) / (all - impressions);
    return m_min(m_max(share, 0), 1);
}

double frequency_next_tilt(double tilt, double impressions, double first, double wanted)
{
    double error = (first - wanted * impressions) / (wanted * impressions + FEW);
    double next = tilt + GAIN * m_min(m_max(error, -1), 1);
    return m_min(m_max(next, -TILT_MOST), TILT_MOST);
}
