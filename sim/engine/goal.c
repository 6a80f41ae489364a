/* goal.c -- a goal of efficiency: what a result may cost, or what must come back of what is spent. It lets
 * an ad set bid so much, the budget so much, and the lower bid is made.
 *
 * An average cost hardly answers the bid (its elasticity is about .1 where platforms' predictions are
 * noisy), so a step by step controller would come late or jump about. The closed form is asked instead
 * which bid costs so much on average, and corrected by how much dearer results have turned out. */
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "models/platform/pacing.h"
#include "sim/engine/flight.h"

#include <math.h>

/* Impressions after which experience counts as much as the closed form: the cost of one result differs by
 * about its mean from impression to impression, what the closed form leaves out (wear, errors of the
 * estimate) by a fifth. */
static const double PRIOR_IMPRESSIONS = 25;

/* Part of the flight in which experience fades by e: ads wear in and out while it lasts. */
static const double MEMORY = 0.25;

/* A budget that does not bind must not wait far above the goal. */
static const double WIND_UP = 0.5;

static double results_worth(const workspace_t *ws, int a, int64_t results)
{
    return (double)results / EVENT_ONE * ws->tuning.result_cost[a] * MICROS;
}

void open_goal(workspace_t *ws, int a)
{
    ws->state[a].goal = ws->tuning.steering[a].goal;
}

/* Adds the hour to what was lately spent and foreseen. */
static void remember(workspace_t *ws, int a)
{
    ad_set_state_t *s = &ws->state[a];
    double keep = m_exp(-1 / (MEMORY * ws->world->hours));
    double results = (double)(s->results - s->results_before_step) / EVENT_ONE;
    s->lately_spent = keep * s->lately_spent + (double)(s->spent - s->spent_before_step);
    /* By the rate that the closed form knows; what the rotation gains is surprise. */
    double log_value = s->log_value - s->rate_gain;
    s->lately_foreseen =
        keep * s->lately_foreseen +
        results * MICROS * steering_result_cost(&ws->tuning.steering[a], log_value);
}

void pursue_goal(workspace_t *ws, int a, int hour)
{
    ad_set_state_t *s = &ws->state[a];
    const steering_t *t = &ws->tuning.steering[a];
    const ad_set_t *set = &ws->world->sc->ad_set[a];
    if (isinf(s->goal) || !(ws->tuning.action_rate[a] > 0)) return;
    double rate = ws->tuning.action_rate[a], allowed = ws->tuning.result_cost[a];
    remember(ws, a);
    if (set->pacing != PACING_CONSTANT) {
        double gone = (hour + 1.0) / ws->world->hours;
        double prior = PRIOR_IMPRESSIONS * rate * allowed * MICROS;
        double wanted = allowed *
                        goal_catch_up((double)s->spent, results_worth(ws, a, s->results), gone) /
                        goal_surprise(s->lately_spent, s->lately_foreseen, prior);
        s->goal = steering_goal_effort(t, wanted);
    }
}

double most_effort(const workspace_t *ws, int a)
{
    return fmin(ws->tuning.steering[a].highest, ws->state[a].goal + WIND_UP);
}
