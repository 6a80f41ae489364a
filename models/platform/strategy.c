/* strategy.c -- bids that meet a budget or a goal. */
#include "models/platform/strategy.h"
#include "models/base/maths.h"

double pace_least_log_value(const market_t *m)
{
    return market_value_winning(m, 1e-7);
}

double pace_most_log_value(const market_t *m)
{
    return market_value_winning(m, 0.999);
}

typedef double goal_t(const market_t *m, offer_t offer, double log_value);

/* goal(ln v) = target, for a market and the offer's limit. */
typedef struct {
    const market_t *market;
    offer_t offer;
    goal_t *goal;
    double target;
} search_t;

static double beyond_target(double log_value, const void *context)
{
    const search_t *s = context;
    return s->goal(s->market, s->offer, log_value) - s->target;
}

/* The log value that meets the target; the nearer end of the range if none does. */
static double log_value_for(const market_t *m, offer_t offer, goal_t *goal, double target)
{
    search_t s = {m, offer, goal, target};
    return root_between(beyond_target, &s, pace_least_log_value(m), pace_most_log_value(m));
}

static double cost_at(const market_t *m, offer_t offer, double log_value)
{
    return market_expected_cost(m, (offer_t){log_value, offer.log_limit});
}

double budget_log_multiplier(const market_t *m, offer_t offer, double spend)
{
    return log_value_for(m, offer, cost_at, spend) - offer.log_value;
}

double budget_pass_through(const market_t *m, offer_t offer, double spend)
{
    return m_min(1, spend / market_expected_cost(m, offer));
}

typedef struct {
    spend_at_t *spend_at;
    const void *context;
    int n;
    double budget;
} shared_t;

static double overspend(double log_price, const void *context)
{
    const shared_t *s = context;
    double sum = 0;
    for (int k = 0; k < s->n; k++) sum += s->spend_at(s->context, k, log_price);
    return sum - s->budget;
}

double shared_log_price(spend_at_t *spend_at, const void *context, int n, double budget, double low,
                        double high)
{
    shared_t s = {spend_at, context, n, budget};
    return overspend(high, &s) <= 0 ? high : root_between(overspend, &s, low, high);
}

double budget_dual(double log_multiplier)
{
    return m_expm1(-log_multiplier);
}

/* Values that vary from impression to impression enter the auction like score noise. */
static market_t with_values(const market_t *m, value_law_t values)
{
    market_t noisy = *m;
    noisy.score_noise = m_sqrt(m->score_noise * m->score_noise + values.log_sd * values.log_sd);
    return noisy;
}

value_outcome_t value_bidding(const market_t *m, value_law_t values, double log_kappa)
{
    /* Tilted by the value, exp(s Z), the log of the score rises by s^2. */
    market_t noisy = with_values(m, values);
    double variance = values.log_sd * values.log_sd;
    offer_t offer = {log_kappa + values.log_mean, MATHS_INFINITY};
    offer_t tilted = {offer.log_value + variance, MATHS_INFINITY};
    return (value_outcome_t){market_win_probability(&noisy, offer),
                             m_exp(values.log_mean + variance / 2) *
                                 market_value_won(&noisy, tilted),
                             market_expected_cost(&noisy, offer)};
}

typedef struct {
    const market_t *market;
    value_law_t values;
    double roas;
} efficiency_t;

/* Value less roas x cost falls through 0 as kappa rises: what is won last is what costs most. */
static double short_of_roas(double log_kappa, const void *context)
{
    const efficiency_t *e = context;
    value_outcome_t out = value_bidding(e->market, e->values, log_kappa);
    return out.value > 0 ? e->roas * out.cost / out.value - 1 : -1; /* below the reserve: nothing */
}

double target_roas_log_kappa(const market_t *m, value_law_t values, double roas)
{
    efficiency_t e = {m, values, roas};
    market_t noisy = with_values(m, values);
    return root_between(short_of_roas, &e, pace_least_log_value(&noisy) - values.log_mean,
                        pace_most_log_value(&noisy) - values.log_mean);
}

double value_budget_log_kappa(const market_t *m, value_law_t values, double spend)
{
    market_t noisy = with_values(m, values);
    return budget_log_multiplier(&noisy, (offer_t){values.log_mean, MATHS_INFINITY}, spend);
}

double target_roas_dual(double log_kappa, double roas)
{
    return 1 / (m_exp(log_kappa) * roas - 1);
}

double cost_cap_log_bid(const market_t *m, double cost)
{
    return target_roas_log_kappa(m, (value_law_t){0, 0}, 1 / cost);
}

double cost_cap_dual(double bid, double cost)
{
    return 1 / (bid - cost);
}
