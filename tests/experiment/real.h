/* real.h -- what one real campaign does: a replication of everyone one to one in which every view,
 * click, visit, order and value is drawn and nothing is an expectation. For judging ranges.
 *
 * Impressions and prices are the engine's; what people do after them is drawn here a second time, from
 * the chances the engine states, with another generator, and credited by a rule written anew. Ad sets
 * must not retarget (their engine draws clicks itself); `observed` must be 1. */
#ifndef ADSIM_TESTS_EXPERIMENT_REAL_H
#define ADSIM_TESTS_EXPERIMENT_REAL_H

#include "models/base/fixed.h"
#include "sim/engine/workspace.h"

#include <gsl/gsl_randist.h>
#include <math.h>
#include <stdlib.h>

/* Of all ad sets together; incremental = less the displaced. */
typedef struct {
    double impressions, reach, spend, clicks;
    double incremental_conversions, incremental_revenue, conversions, revenue;
    double expected_clicks,
        expected_incremental; /* as the engine expects them of these impressions */
    double one;
} real_t;

typedef struct {
    const touch_t *touch;
    int viewed, clicked;
} real_touch_t;

typedef struct {
    workspace_t *ws;
    const product_t *product;
    gsl_rng *rng;
    unsigned long
        seed; /* not 0: what follows an impression is drawn by who met it when, the same in any plan */
    real_touch_t *own; /* one person's, the earliest first */
    size_t n, capacity;
    real_t sum;
} real_campaign_t;

/* Any key becomes one unlike its neighbours' (SplitMix64's finaliser; Steele, Lea & Flood 2014): taus2 takes 32 bits of a
 * seed, and the first numbers of seeds that lie close go together, so that who clicked ordered too often. */
static inline unsigned long real_mixed(uint64_t key)
{
    key = (key ^ key >> 30) * 0xbf58476d1ce4e5b9;
    key = (key ^ key >> 27) * 0x94d049bb133111eb;
    return (unsigned long)(key ^ key >> 31);
}

/* What follows is about this moment of this person, part `part` of it. */
static inline void real_moment(real_campaign_t *c, size_t person, int64_t tick, unsigned long part)
{
    if (!c->seed) return;
    uint64_t key = real_mixed(real_mixed(c->seed * 1000003 + person) + (uint64_t)tick * 4 + part);
    gsl_rng_set(c->rng, key);
}

static inline int real_happens(real_campaign_t *c, double chance)
{
    return gsl_rng_uniform(c->rng) < chance;
}

/* Lognormal with the product's mean and sd. */
static inline double real_value(real_campaign_t *c)
{
    double cv = c->product->value_sd / c->product->value, variance = log1p(cv * cv);
    return c->product->value * exp(gsl_ran_gaussian(c->rng, sqrt(variance)) - variance / 2);
}

static inline double real_viewability(const real_campaign_t *c, const touch_t *t)
{
    int platform = c->ws->world->sc->ad_set[t->ad_set].platform;
    return c->ws->tuning.theta->platform[platform].viewability;
}

static inline void real_collect(real_campaign_t *c, size_t i)
{
    c->n = 0;
    for (const touch_t *t = touch_latest(&c->ws->touches, c->ws->head[i]); t;
         t = touch_earlier(&c->ws->touches, t)) {
        if (c->n == c->capacity) {
            c->capacity = 2 * c->capacity + 16;
            c->own = realloc(c->own, c->capacity * sizeof *c->own);
            if (!c->own) abort();
        }
        c->own[c->n++].touch = t;
    }
    for (size_t k = 0; k < c->n / 2; k++) {
        real_touch_t late = c->own[k];
        c->own[k] = c->own[c->n - 1 - k];
        c->own[c->n - 1 - k] = late;
    }
}

/* Last touch, clicks before views: is the order anyone's? */
static inline int real_credited(const real_campaign_t *c, int64_t tick)
{
    const attribution_t *rule = &c->ws->tuning.theta->attribution;
    for (size_t k = 0; k < c->n; k++) {
        double ago = (double)(tick - (int64_t)c->own[k].touch->tick) / TICKS_PER_DAY;
        if (ago < 0) continue;
        if (c->own[k].clicked && ago <= rule->click_window_days) return 1;
        if (c->own[k].viewed && ago <= rule->view_window_days) return 1;
    }
    return 0;
}

/* How an order comes about: by itself, by an ad directly, by an ad through the brand. */
typedef enum { REAL_ORGANIC, REAL_BY_AD, REAL_BY_BRAND } real_cause_t;

static inline void real_order(real_campaign_t *c, int64_t tick, real_cause_t cause)
{
    double value = real_value(c);
    double displaced = cause == REAL_BY_AD ? c->product->pull_forward : 0;
    if (cause != REAL_ORGANIC && !real_happens(c, displaced)) {
        c->sum.incremental_conversions++;
        c->sum.incremental_revenue += value;
    }
    if (!real_credited(c, tick)) return;
    c->sum.conversions++;
    c->sum.revenue += value;
}

static inline void real_person(real_campaign_t *c, size_t i)
{
    workspace_t *ws = c->ws;
    effects_t effects = effects_of(&ws->tuning, ws->world, &ws->crowd->person[i], ws->replication);
    real_collect(c, i);
    for (size_t k = 0; k < c->n; k++) {
        double click = (double)c->own[k].touch->p_click,
               view = real_viewability(c, c->own[k].touch);
        real_moment(c, i, c->own[k].touch->tick, 0);
        c->own[k].clicked = real_happens(c, click);
        c->own[k].viewed = c->own[k].clicked || real_happens(c, (view - click) / (1 - click));
        c->sum.clicks += c->own[k].clicked;
    }
    for (size_t k = 0; k < c->n; k++) {
        const touch_t *t = c->own[k].touch;
        order_chances_t chance = order_chances(ws, i, effects, t);
        order_times_t when = order_times(ws, i, t);
        real_moment(c, i, t->tick, 1);
        if (c->own[k].clicked && real_happens(c, chance.by_click / (double)t->p_click))
            real_order(c, when.by_click, REAL_BY_AD);
        if (c->own[k].viewed && real_happens(c, chance.by_sight / real_viewability(c, t)))
            real_order(c, when.by_sight, REAL_BY_AD);
        double by_brand = chance.by_brand / real_viewability(c, t);
        unsigned orders = c->own[k].viewed ? gsl_ran_poisson(c->rng, by_brand) : 0;
        for (unsigned n = 0; n < orders; n++) real_order(c, when.by_brand, REAL_BY_BRAND);
    }
    error_t err;
    if (organic_visits(ws->world, ws->crowd, &ws->tuning, i, ws->replication, &ws->visits, &err) !=
        OK)
        abort();
    for (size_t k = 0; k < ws->visits.n; k++) {
        real_moment(c, i, ws->visits.visit[k].tick, 2);
        if (real_happens(c, c->product->visit_to_order))
            real_order(c, ws->visits.visit[k].tick, REAL_ORGANIC);
    }
}

/* After replication_run(..., ws, totals, ...) in a world of weight 1. `seed` of the draws, one row of them or, if
 * they are `shared` by plans, of each moment its own. */
static inline real_t real_campaign_of(workspace_t *ws, const totals_t *totals, unsigned long seed,
                                      bool shared)
{
    const int64_t *plan = totals->value + scope_plan(ws->world->scopes) * COUNTS;
    real_campaign_t c = {.ws = ws,
                         .product = &ws->tuning.theta->product,
                         .rng = gsl_rng_alloc(shared ? gsl_rng_taus2 : gsl_rng_mt19937),
                         .seed = shared ? seed : 0,
                         .sum = {.one = 1,
                                 .expected_clicks = (double)plan[COUNT_CLICKS] / EVENT_ONE,
                                 .expected_incremental =
                                     (double)(plan[COUNT_AD_CONVERSIONS] - plan[COUNT_DISPLACED] +
                                              plan[COUNT_BRAND_CONVERSIONS]) /
                                     EVENT_ONE,
                                 .impressions = (double)plan[COUNT_IMPRESSIONS],
                                 .reach = (double)plan[COUNT_REACH_1],
                                 .spend = (double)plan[COUNT_SPEND] / MICROS}};
    if (!c.rng) abort();
    gsl_rng_set(c.rng, seed);
    for (size_t k = 0; k < ws->reached.n; k++) real_person(&c, ws->reached.index[k]);
    gsl_rng_free(c.rng);
    free(c.own);
    return c.sum;
}

static inline real_t real_campaign(workspace_t *ws, const totals_t *totals, unsigned long seed)
{
    return real_campaign_of(ws, totals, seed, false);
}

#endif
