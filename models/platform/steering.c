/* steering.c -- effort, and what follows from it. */
#include "models/platform/steering.h"
#include "models/base/maths.h"
#include "models/platform/pacing.h"
#include "models/platform/strategy.h"

steering_t steering_of(const market_t *m, double stated_cpm, bool throttled)
{
    double lowest = pace_least_log_value(m);
    if (m->score_noise == 0 && m->reserve > 0) lowest = m_log(m->reserve);
    if (m_is_nan(stated_cpm))
        return (steering_t){.floor = lowest,
                            .highest = pace_most_log_value(m) - lowest,
                            .limit = MATHS_INFINITY,
                            .goal = MATHS_INFINITY};
    double value = m_log(stated_cpm), floor = throttled ? value : m_min(lowest, value);
    return (steering_t){
        .floor = floor, .highest = value - floor, .limit = value, .goal = MATHS_INFINITY};
}

void steering_tabulate(steering_t *s, const market_t *m, elasticity_t *elasticity)
{
    for (int k = 0; k < STEERING_NODES; k++) {
        double effort = s->highest * k / (STEERING_NODES - 1);
        s->elasticity[k] = elasticity(m, (offer_t){s->floor + effort, s->limit});
    }
}

/* Where a value stands among the nodes of the tables; and a table there. */
static double node_of(const steering_t *s, double log_value)
{
    return (log_value - s->floor) / s->highest * (STEERING_NODES - 1);
}

static double at_node(const double *table, double at)
{
    if (!(at > 0)) return table[0];
    if (at >= STEERING_NODES - 1) return table[STEERING_NODES - 1];
    int k = (int)at;
    return table[k] + (at - k) * (table[k + 1] - table[k]);
}

double steering_log_value(const steering_t *s, double effort)
{
    return s->floor + (effort > 0 ? effort : 0);
}

double steering_pass_through(double effort)
{
    return effort < 0 ? m_exp(effort) : 1;
}

double steering_result_cost(const steering_t *s, double log_value)
{
    return m_exp(at_node(s->log_cost, node_of(s, log_value)));
}

double steering_goal_effort(const steering_t *s, double result_cost)
{
    double wanted = m_log(result_cost);
    int low = 0, high = STEERING_NODES - 1;
    if (!(wanted > s->log_cost[low])) return 0;
    if (wanted >= s->log_cost[high]) return s->highest;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        *(s->log_cost[middle] <= wanted ? &low : &high) = middle;
    }
    double part = (wanted - s->log_cost[low]) / (s->log_cost[high] - s->log_cost[low]);
    return s->highest * (low + part) / (STEERING_NODES - 1);
}

double steering_elasticity(const steering_t *s, double effort, double log_value)
{
    if (effort < 0 || !(s->highest > 0)) return 1;
    return at_node(s->elasticity, node_of(s, log_value));
}

double steering_next(const steering_t *s, double effort, double log_value, double spent,
                     double planned, double payments)
{
    double elasticity = steering_elasticity(s, effort, log_value);
    return m_min(pace_next(effort, elasticity, spent, planned, 0, payments), s->highest);
}
