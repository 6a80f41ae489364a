/* plan.c -- one ad set's flight in closed form. */
#include "models/platform/plan.h"
#include "models/base/maths.h"
#include "models/platform/reach.h"
#include "models/platform/strategy.h"

static double wins_per_person(const plan_t *p)
{
    return p->opportunities * p->pass_through * market_win_probability(&p->market, p->offer);
}

/* E of the sum over impressions n of wear_out^(n-1). Without a cap the NBD's generating function at r:
 * (1 - (1 + w (1-r)/k)^-k)/(1 - r). */
static double exposures_worn(const plan_t *p, double wins)
{
    double lost = 1 - p->wear_out, sum = 0, factor = 1;
    if (lost == 0) return nbd_capped_mean(wins, p->shape, p->cap);
    if (p->cap == 0) return nbd_at_least(wins * lost, p->shape, 1) / lost;
    for (int n = 1; n <= p->cap; n++) {
        sum += factor * nbd_at_least(wins, p->shape, n);
        factor *= p->wear_out;
    }
    return sum;
}

plan_outcome_t plan_outcome(const plan_t *plan)
{
    plan_outcome_t out = {.win_probability = market_win_probability(&plan->market, plan->offer)};
    if (!(out.win_probability > 0)) return out;
    double cost = market_expected_cost(&plan->market, plan->offer), wins = wins_per_person(plan);
    out.wins = wins;
    out.reach = plan->people * nbd_at_least(wins, plan->shape, 1);
    out.impressions = plan->people * nbd_capped_mean(wins, plan->shape, plan->cap);
    out.impressions_sd = m_sqrt(plan->people * nbd_capped_variance(wins, plan->shape, plan->cap));
    out.cpm = cost / out.win_probability;
    out.spend = out.impressions * out.cpm / 1000;
    out.clicks = plan->people * plan->ctr * exposures_worn(plan, wins);
    return out;
}

double plan_reach_at_least(const plan_t *plan, int k)
{
    if (plan->cap > 0 && k > plan->cap) return 0;
    return plan->people * nbd_at_least(wins_per_person(plan), plan->shape, k);
}

typedef struct {
    plan_t plan;
    double budget;
} budget_t;

static double overspend_at_value(double log_value, const void *context)
{
    budget_t b = *(const budget_t *)context;
    b.plan.offer.log_value = log_value;
    return plan_outcome(&b.plan).spend - b.budget;
}

static double overspend_at_rate(double pass_through, const void *context)
{
    budget_t b = *(const budget_t *)context;
    b.plan.pass_through = pass_through;
    return plan_outcome(&b.plan).spend - b.budget;
}

double plan_log_multiplier(const plan_t *plan, double budget)
{
    budget_t b = {*plan, budget};
    return root_between(overspend_at_value, &b, pace_least_log_value(&plan->market),
                        pace_most_log_value(&plan->market)) -
           plan->offer.log_value;
}

double plan_pass_through(const plan_t *plan, double budget)
{
    budget_t b = {*plan, budget};
    return root_between(overspend_at_rate, &b, 0, 1);
}

double plan_spend_elasticity(const plan_t *plan)
{
    /* spend = people E[min(W,K)] c/P with W's mean N P: its elasticity by P is that of the capped
     * mean, mean E[W; W < K]-like: d E[min(W,K)]/d ln w = w P(W' < K), W' the size-biased wins. */
    double wins = wins_per_person(plan), shape = plan->shape;
    if (!(wins > 0)) return 0;
    double biased = m_is_finite(shape) ? wins * (shape + 1) / shape : wins;
    double uncapped = plan->cap ? 1 - nbd_at_least(biased, shape + 1, plan->cap) : 1;
    double of_mean = wins * uncapped / nbd_capped_mean(wins, shape, plan->cap);
    double of_win = market_win_elasticity(&plan->market, plan->offer);
    return (of_mean - 1) * of_win + market_spend_elasticity(&plan->market, plan->offer);
}
