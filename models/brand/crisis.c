/* crisis.c -- expected mentions of a crisis. */
#include "models/brand/crisis.h"
#include "models/base/maths.h"

double crisis_decay_rate(const crisis_rules_t *c)
{
    return c->decay * (1 - c->branching);
}

double crisis_half_life(const crisis_rules_t *c)
{
    return m_log(2) / crisis_decay_rate(c);
}

double mentions_stationary(double background, double branching)
{
    return background / (1 - branching);
}

double crisis_intensity(const crisis_rules_t *c, double severity, double hours)
{
    return severity * c->mentions * c->branching * c->decay * m_exp(-crisis_decay_rate(c) * hours);
}

/* Mentions within `hours` when an hour begins with this intensity and it decays at `rate`. */
static double excited(double intensity, double rate, double hours)
{
    return rate > 0 ? intensity / rate * -m_expm1(-rate * hours) : intensity * hours;
}

double crisis_mentions(const crisis_rules_t *c, double severity, double hours)
{
    if (!(hours > 0) || !(severity > 0)) return 0;
    double until = m_min(hours, c->response_hours);
    double n = severity * c->mentions +
               excited(crisis_intensity(c, severity, 0), crisis_decay_rate(c), until);
    if (!(hours > until)) return n;
    double calm = c->branching * c->calming;
    return n + excited(crisis_intensity(c, severity, until) * c->calming, c->decay * (1 - calm),
                       hours - until);
}

double crisis_mentions_unanswered(const crisis_rules_t *c, double severity)
{
    return severity * c->mentions / (1 - c->branching);
}

double crisis_blame(const crisis_rules_t *c, double severity, double from, double to)
{
    double all = crisis_mentions_unanswered(c, severity);
    if (!(all > 0)) return 0;
    return severity * (crisis_mentions(c, severity, to) - crisis_mentions(c, severity, from)) / all;
}
