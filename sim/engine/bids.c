/* bids.c -- what every ad set bids in the hour that comes: the plan for the money that pays for it, held
 * against what was spent, and how well the platform knows its action rate by now. */
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "models/platform/pacing.h"
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

void set_bid(workspace_t *ws, int a, int hour)
{
    ad_set_state_t *s = &ws->state[a];
    double effort = fmin(s->effort, s->goal);
    s->log_value = steering_log_value(&ws->tuning.steering[a], effort) + s->learning + s->rate_gain;
    s->pass_through = steering_pass_through(effort);
    if (running_at(ws, hour) >> a & 1) ws->tables.held[a * HELD_COUNTS + holds_back(ws, a)]++;
}

/* The platform's estimate of the action rate errs by a lognormal factor, one draw for an ad set and
 * replication, that shrinks as results come in (MODEL 3.4). */
static void learn(workspace_t *ws, int a)
{
    double omega0 = ws->tuning.theta->response.learning_noise;
    if (omega0 <= 0 || !(ws->world->foreseen_ad_sets >> a & 1)) return;
    double results = (double)ws->state[a].results / EVENT_ONE * ws->world->weight;
    double omega = omega0 / sqrt(1 + results / RESULTS_TO_LEARN);
    ws->state[a].learning = omega * ws->state[a].first_guess - omega * omega / 2;
}

/* ---- steering ---- */

static int is_steered(pacing_t pacing)
{
    return pacing == PACING_EVEN || pacing == PACING_FRONT_LOADED;
}

static double elasticity_of(const workspace_t *ws, int a)
{
    const ad_set_state_t *s = &ws->state[a];
    return steering_elasticity(&ws->tuning.steering[a], s->effort, s->log_value);
}

/* How strongly a payer's spend answers its effort: the mean of its ad sets in schedule, weighted by what
 * they spend. NAN when none is. */
static double payer_elasticity(const workspace_t *ws, int k, int hour)
{
    double weight[MAX_AD_SETS], sum = 0, elasticity = 0;
    uint64_t sets = ws->world->payer[k].ad_sets;
    for (uint64_t s = sets; s; s &= s - 1) {
        int a = __builtin_ctzll(s);
        weight[a] = ws->tuning.weight[a] * opportunities_at(ws, a, hour).now;
        sum += weight[a];
    }
    for (uint64_t s = sets; s; s &= s - 1) {
        int a = __builtin_ctzll(s);
        if (weight[a] > 0) elasticity += weight[a] / sum * elasticity_of(ws, a);
    }
    return sum > 0 ? elasticity : NAN;
}

/* Impressions that an amount pays for at the prices of the start, of ad sets that share it alike. */
static double payments_of(const workspace_t *ws, uint64_t ad_sets, double amount)
{
    double price = 0;
    for (uint64_t s = ad_sets; s; s &= s - 1)
        price = fmax(price, ws->tuning.price[__builtin_ctzll(s)]);
    return price > 0 ? amount / price : INFINITY;
}

static void steer(workspace_t *ws, int k, int hour)
{
    const payer_t *payer = &ws->world->payer[k];
    purse_t *p = &ws->purse[k];
    double elasticity = payer_elasticity(ws, k, hour);
    bool open = false;
    for (uint64_t s = payer->ad_sets; s; s &= s - 1) open |= !ws->state[__builtin_ctzll(s)].closed;
    if (!is_steered(payer->pacing) || !open || isnan(elasticity)) return;
    planned_t plan = plan_hour(ws, k, hour);
    p->effort = pace_next(p->effort, elasticity, (double)p->worth, plan.spend, plan.fall,
                          payments_of(ws, payer->ad_sets, plan.spend));
}

/* The effort by which an ad set would spend an amount of its own, from where it stands. */
static double effort_to_spend(const workspace_t *ws, int a, int hour, int64_t amount)
{
    const ad_set_state_t *s = &ws->state[a];
    opportunities_t o = opportunities_at(ws, a, hour);
    double fall = pacing_fall(ws->world->payer[ws->world->payer_of[a]].pacing);
    if (!(o.now > 0)) return s->effort;
    double planned =
        (double)(amount - s->spent_before_step) * pace_share(fall, o.now, o.rest, o.whole);
    return pace_next(s->effort, elasticity_of(ws, a), (double)(s->spent - s->spent_before_step),
                     planned, fall * o.now / o.whole, payments_of(ws, 1ull << a, planned));
}

/* Every ad set bids its value at the one price of a result that its payer's effort stands for, unless its
 * own least or most spend holds it. */
static void follow_payer(workspace_t *ws, int a, int hour)
{
    int k = ws->world->payer_of[a];
    const steering_t *t = &ws->tuning.steering[a];
    ad_set_state_t *s = &ws->state[a];
    if (!is_steered(ws->world->payer[k].pacing)) return;
    double effort = ws->purse[k].effort + t->offset;
    if (ws->world->sc->ad_set[a].spend_cap > 0)
        effort = fmin(effort, effort_to_spend(ws, a, hour, s->spent_most));
    if (s->spent < s->spent_least)
        effort = fmax(effort, effort_to_spend(ws, a, hour, s->spent_least));
    s->effort = fmin(effort, most_effort(ws, a));
}

/* A payer's effort does not run away where none of its ad sets can follow. */
static void hold_payer(workspace_t *ws, int k)
{
    double most = -INFINITY;
    for (uint64_t s = ws->world->payer[k].ad_sets; s; s &= s - 1) {
        int a = __builtin_ctzll(s);
        most = fmax(most, most_effort(ws, a) - ws->tuning.steering[a].offset);
    }
    ws->purse[k].effort = fmin(ws->purse[k].effort, most);
}

void renew_bids(workspace_t *ws, int hour)
{
    const world_t *w = ws->world;
    for (int k = 0; k < w->n_payers; k++) steer(ws, k, hour);
    for (int a = 0; a < w->sc->n_ad_sets; a++) pursue_goal(ws, a, hour);
    for (int k = 0; k < w->n_payers; k++) hold_payer(ws, k);
    for (int a = 0; a < w->sc->n_ad_sets; a++) {
        follow_payer(ws, a, hour);
        pursue_frequency(ws, a, hour);
        learn(ws, a);
        renew_turns(ws, a);
    }
    end_hour(ws, hour);
    for (int a = 0; a < w->sc->n_ad_sets; a++) set_bid(ws, a, hour + 1);
}

/* ---- the begin ---- */

void open_ad_sets(workspace_t *ws)
{
    for (int a = 0; a < ws->world->sc->n_ad_sets; a++) {
        const ad_set_t *s = &ws->tuning.theta->ad_set[a];
        ws->state[a] = (ad_set_state_t){.effort = ws->tuning.steering[a].start};
        /* A shock to everyone alike: one draw for a pair of replications. */
        rng_block_t guess = rng_at(ws->world->key, DRAW_LEARNING, 0, 0, s->hash & 0xfffffffffff,
                                   ws->replication / 2, 0);
        ws->state[a].first_guess = normal_quantile(rng_unit(guess, 0));
        open_goal(ws, a);
        learn(ws, a);
        open_turns(ws, a);
    }
    open_purses(ws);
    for (int a = 0; a < ws->world->sc->n_ad_sets; a++) set_bid(ws, a, 0);
}
