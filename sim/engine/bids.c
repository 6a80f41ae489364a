/* bids.c -- what every ad set bids in the hour that comes: its plan for the budget, held against what it
 * has spent, and how well the platform knows its action rate by now. */
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "models/platform/hours.h"
#include "sim/engine/flight.h"

#include <math.h>

/* What keeps an ad set from bidding more this hour. */
static held_t holds_back(const workspace_t *ws, int a)
{
    const ad_set_state_t *s = &ws->state[a];
    const steering_t *t = &ws->tuning.steering[a];
    if (s->closed) return HELD_SPENT;
    if (s->goal < s->effort && s->goal < t->highest) return HELD_BY_GOAL;
    if (s->effort < t->highest) return HELD_BY_BUDGET;
    return isinf(t->limit) ? HELD_BY_AUDIENCE : HELD_BY_BID;
}

static void set_bid(workspace_t *ws, int a)
{
    ad_set_state_t *s = &ws->state[a];
    double effort = fmin(s->effort, s->goal);
    s->log_value = steering_log_value(&ws->tuning.steering[a], effort) + s->learning;
    s->pass_through = steering_pass_through(effort);
    ws->tables.held[a * HELD_COUNTS + holds_back(ws, a)]++;
}

/* The platform's estimate of the action rate errs by a lognormal factor, one draw for an ad set and
 * replication, that shrinks as results come in (MODEL 3.4). */
static const double RESULTS_TO_LEARN = 50;

static void learn(workspace_t *ws, int a)
{
    double omega0 = ws->tuning.theta->response.learning_noise;
    if (omega0 <= 0 || !(ws->world->foreseen_ad_sets >> a & 1)) return;
    double results = (double)ws->state[a].results / EVENT_ONE * ws->world->weight;
    double omega = omega0 / sqrt(1 + results / RESULTS_TO_LEARN);
    ws->state[a].learning = omega * ws->state[a].first_guess - omega * omega / 2;
}

static void steer(workspace_t *ws, int a, int hour)
{
    ad_set_state_t *s = &ws->state[a];
    const ad_set_t *set = &ws->world->sc->ad_set[a];
    if (set->pacing != PACING_EVEN || s->closed) return;
    const platform_t *p = &ws->tuning.theta->platform[set->platform];
    double planned =
        (double)(s->budget - s->spent_before_step) *
        hours_share_of_rest(p->hours_amplitude, p->hours_peak, hour, ws->world->sc->days);
    s->effort = steering_next(&ws->tuning.steering[a], s->effort, s->log_value,
                              (double)(s->spent - s->spent_before_step), planned);
}

void renew_bid(workspace_t *ws, int a, int hour)
{
    steer(ws, a, hour);
    pursue_goal(ws, a, hour);
    learn(ws, a);
    set_bid(ws, a);
}

void open_ad_sets(workspace_t *ws)
{
    for (int a = 0; a < ws->world->sc->n_ad_sets; a++) {
        const ad_set_t *s = &ws->tuning.theta->ad_set[a];
        ws->state[a] = (ad_set_state_t){.effort = ws->tuning.steering[a].start};
        /* Simulated people stand for many: their spend meets the budget divided by the weight. */
        ws->state[a].budget = s->pacing == PACING_CONSTANT
                                  ? INT64_MAX / 2
                                  : (int64_t)floor((double)micros(s->budget) / ws->world->weight);
        /* A shock to everyone alike: one draw for a pair of replications. */
        rng_block_t guess = rng_at(ws->world->key, DRAW_LEARNING, 0, 0, s->hash & 0xfffffffffff,
                                   ws->replication / 2, 0);
        ws->state[a].first_guess = normal_quantile(rng_unit(guess, 0));
        open_goal(ws, a);
        learn(ws, a);
        set_bid(ws, a);
        ws->read_upto[a] = -INFINITY;
    }
}
