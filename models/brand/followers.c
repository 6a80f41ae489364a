/* followers.c -- the solution of the followers' equation. */
#include "models/brand/followers.h"
#include "models/base/maths.h"

double followers_after(const growth_t *g, double followers, double days)
{
    /* dF = a + b F - e F^2: a Riccati equation with constant coefficients. */
    double a = g->arrivals, b = g->growth - g->churn, e = g->growth / g->ceiling;
    double root = m_sqrt(b * b + 4 * a * e), left = m_exp(-root * days);
    double span = root > 0 ? -m_expm1(-root * days) / root : days;
    double above = followers * (1 + left + b * span) + 2 * a * span;
    double below = 1 + left + (2 * e * followers - b) * span;
    return above / below;
}

double followers_limit(const growth_t *g)
{
    return g->ceiling * (1 - g->churn / g->growth);
}

turnover_t followers_turnover(const growth_t *g, double before, double after, double days)
{
    double mean = (before + after) / 2;
    double gained = days * (g->arrivals + g->growth * m_max(0, mean * (1 - mean / g->ceiling)));
    return (turnover_t){gained, m_max(0, before + gained - after)};
}

double followers_variance(const growth_t *g, double followers, double days)
{
    double stay = m_exp(-g->churn * days), gone = -m_expm1(-g->churn * days);
    double arrived = g->churn > 0 ? g->arrivals / g->churn * gone : g->arrivals * days;
    return followers * stay * gone + arrived;
}
