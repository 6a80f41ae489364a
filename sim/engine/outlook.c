/* outlook.c -- what closed forms say of an ad set before it runs: its start, the prices of its limits, and
 * what would come of a limit that was a little wider. */
#include "models/base/maths.h"
#include "models/platform/strategy.h"
#include "sim/engine/fluid.h"

#include <math.h>

/* Of a bid per result, or of what is bid per revenue. */
static void find_duals(const tuning_t *t, int a, double effort, int held, ad_set_plan_t *out)
{
    const ad_set_t *set = &t->theta->ad_set[a];
    const steering_t *s = &t->steering[a];
    if (is_reserved(set)) {
        out->budget_dual = held ? 1000 / set->fixed_cpm : 0;
        return;
    }
    bool by_value = set->strategy == BID_MIN_ROAS || set->strategy == BID_HIGHEST_VALUE;
    double worth =
        t->action_rate[a] * (by_value ? t->conversion[ad_set_kind(t->theta, a)].value : 1);
    double bid = m_exp(steering_log_value(s, effort)) / (1000 * worth);
    if (held && worth > 0) out->budget_dual = steering_pass_through(effort) / bid;
    if (held || !(s->goal < s->highest) || !(s->goal > 0)) return;
    out->goal_dual = set->strategy == BID_MIN_ROAS ? target_roas_dual(m_log(bid), set->bid)
                                                   : cost_cap_dual(bid, set->bid);
}

static ad_set_plan_t plan_of(const world_t *world, const tuning_t *t, int a)
{
    const scenario_t *theta = t->theta;
    const steering_t *s = &t->steering[a];
    fluid_t plan = fluid_of(t, world, &world->crowd.tally, a);
    const double step = 0.01; /* of ln bid */
    double more, less, spend_more, spend_less, effort = fmin(s->start, s->goal);
    fluid_outcome(&plan, effort + step, &more, &spend_more);
    fluid_outcome(&plan, effort - step, &less, &spend_less);
    int held = effort < s->highest && s->start <= s->goal; /* by the budget */
    int free = spend_more > spend_less && less > 0 && held;
    ad_set_plan_t out = {
        .rival_median_cpm = m_exp(t->market[theta->ad_set[a].platform].log_median),
        .start_value_cpm = m_exp(steering_log_value(s, effort)),
        .start_pass_through = steering_pass_through(effort),
        .spend_elasticity =
            free ? (m_log(more) - m_log(less)) / (m_log(spend_more) - m_log(spend_less)) : 0,
    };
    if (bid_has_goal(theta->ad_set[a].strategy)) {
        out.result_cost = t->result_cost[a];
        out.least_result_cost = steering_result_cost(s, s->floor);
    }
    find_duals(t, a, effort, held, &out);
    return out;
}

void world_plans(const world_t *world, const scenario_t *theta, ad_set_plan_t *out)
{
    tuning_t t;
    tuning_init(&t, world, &world->crowd.tally, theta);
    for (int a = 0; a < theta->n_ad_sets; a++) out[a] = plan_of(world, &t, a);
}

/* ---- a wider limit ---- */

static const double MORE = 1.1; /* of what is bid, spent or there */

/* The effort at which the goal's cost per result is so much higher. */
static double effort_for_goal(const tuning_t *t, int a)
{
    return steering_goal_effort(&t->steering[a], MORE * t->result_cost[a]);
}

/* Widens the limit of an ad set's plan; returns the effort that it then goes at. */
static double relax(fluid_t *plan, tuning_t *t, const world_t *w, limit_t limit, double effort)
{
    int a = plan->ad_set;
    const platform_t *p = &t->theta->platform[t->theta->ad_set[a].platform];
    switch (limit) {
    case LIMIT_BUDGET: return fluid_effort(plan, MORE * fluid_spend(plan, effort));
    case LIMIT_BID: t->steering[a].limit += m_log(MORE); return effort + m_log(MORE);
    case LIMIT_GOAL: return fmax(effort, effort_for_goal(t, a));
    case LIMIT_AUDIENCE:
        for (int band = 0; band <= NO_AGE_BAND; band++) plan->activity[band] *= MORE;
        return effort;
    case LIMIT_CAP: plan->cap = fluid_cap(w, a, p->viewability, 1); return effort;
    case LIMIT_SCHEDULE: plan->running = 1; return effort;
    case LIMIT_OVERLAP:
    case LIMITS: break;
    }
    return NAN;
}

/* The limit of the ad set's steering stays widened. */
static relaxed_t relaxed_of(const world_t *world, tuning_t *t, int a, limit_t limit)
{
    relaxed_t r = {NAN, NAN, NAN, NAN};
    fluid_t plan = fluid_of(t, world, &world->crowd.tally, a);
    double effort = fmin(t->steering[a].start, t->steering[a].goal);
    fluid_outcome(&plan, effort, &r.impressions, &r.spend);
    effort = relax(&plan, t, world, limit, effort);
    if (!isnan(effort)) fluid_outcome(&plan, effort, &r.more_impressions, &r.more_spend);
    r.impressions *= world->weight;
    r.spend *= world->weight;
    r.more_impressions *= world->weight;
    r.more_spend *= world->weight;
    return r;
}

void world_relaxed(const world_t *world, const scenario_t *theta, const limit_t *limit,
                   relaxed_t *out)
{
    tuning_t t;
    tuning_init(&t, world, &world->crowd.tally, theta);
    for (int a = 0; a < theta->n_ad_sets; a++) out[a] = relaxed_of(world, &t, a, limit[a]);
}
