/* pacing.c -- the controller that makes a budget last. */
#include "models/platform/pacing.h"
#include "models/base/maths.h"

static double clamp(double x, double low, double high)
{
    return x < low ? low : x > high ? high : x;
}

double pace_gain(double elasticity)
{
    return clamp(0.1 / elasticity, 0.02, 0.3);
}

double pace_step(double log_multiplier, double gain, double spent, double planned)
{
    if (!(planned > 0)) return log_multiplier;
    return log_multiplier - clamp(gain * (spent / planned - 1), -0.5, 0.5);
}

/* Measured: with so many in an hour, wins are 0.1 % from the closed form. */
static const double PAYMENTS_STEADY = 3;

double pace_next(double effort, double elasticity, double spent, double planned, double fall,
                 double payments)
{
    double ahead = fall > 0 ? fall / elasticity : 0;
    double gain = pace_gain(elasticity) * m_min(1, payments / PAYMENTS_STEADY);
    return pace_step(effort, gain, spent, planned) - ahead;
}

double pacing_fall(pacing_t pacing)
{
    const double ln_8 = 2.0794415416798357;
    return pacing == PACING_FRONT_LOADED ? ln_8 : 0;
}

double pace_share(double fall, double now, double rest, double whole)
{
    if (!(rest > 0)) return 0;
    if (!(fall > 0)) return now / rest;
    return m_expm1(-fall * now / whole) / m_expm1(-fall * rest / whole);
}

double pace_first(double fall)
{
    return fall > 0 ? -fall / m_expm1(-fall) : 1;
}

double pace_layer_pass(double pass, double above, double within)
{
    return clamp((pass - above) / within, 0, 1);
}

double pace_gain_limit(double elasticity)
{
    return 2 / elasticity;
}

double goal_catch_up(double spent, double allowed, double gone)
{
    const double most = 0.5; /* of the log, as in pace_step */
    if (!(allowed > 0)) return 1;
    double factor = 1 + (1 - spent / allowed) * gone / (1 - gone);
    return m_min(m_max(factor, m_exp(-most)), m_exp(most));
}

double goal_surprise(double spent, double foreseen, double prior)
{
    return (spent + prior) / (foreseen + prior);
}

double pace_dual_bid(double dual, double value)
{
    return value / (1 + dual);
}

double pace_dual_step(double dual, double rate, double planned, double spent)
{
    double next = dual - rate * (planned - spent);
    return next > 0 ? next : 0;
}

double pace_entropy_bid(double dual, double value)
{
    return value / dual;
}

double pace_entropy_step(double dual, double rate, double planned, double spent)
{
    return dual * m_exp(-rate * (planned - spent));
}
