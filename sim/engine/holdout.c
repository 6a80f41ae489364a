/* holdout.c -- an experiment with people held out: who is, and what the experimenter sees of both arms.
 *
 * The coin of a person is tossed anew in every replication: each is another run of the experiment. Orders are
 * drawn, those that posts bring too, for that is what is seen; the truth beside them is expected. Both are counted until the last click window
 * closes, so that orders that come later, and displaced ones that would have come later, are missed. */
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "sim/engine/workspace.h"

/* ---- who is held out ---- */

/* Of the regions the share that is asked for, at least one, and not all; others in each replication. */
void holdout_begin(workspace_t *ws)
{
    const world_t *w = ws->world;
    ws->held_geos = 0;
    if (!w->n_geos) return;
    double wanted = w->sc->experiment.holdout * w->n_geos + 0.5;
    uint64_t n = wanted < 1 ? 1 : (uint64_t)wanted, geos = (uint64_t)w->n_geos;
    if (n >= geos) n = geos - 1;
    for (uint64_t g = 0; g < geos; g++)
        if (rng_permute(w->key, rng_path_hash("experiment"), ws->replication, g, geos) < n)
            ws->held_geos |= 1ull << g;
}

bool held_out(const workspace_t *ws, size_t i)
{
    const lift_test_t *x = &ws->world->sc->experiment;
    if (x->design == EXPERIMENT_NONE || !(x->holdout > 0)) return false;
    if (x->design == EXPERIMENT_GEO) return ws->held_geos >> ws->crowd->person[i].geo & 1;
    rng_block_t coin =
        rng_at(ws->world->key, DRAW_HOLDOUT, 0, 0, ws->crowd->person[i].id, ws->replication, 0);
    return rng_unit(coin, 0) < x->holdout;
}

/* ---- what is seen ---- */

/* What is seen of one person, and the truth. */
typedef struct {
    int orders, after; /* drawn: all, and from her first impression on */
    double caused;     /* expected, less displaced */
} outcome_seen_t;

/* Orders at `tick` by chance p that u decides; a part of them would have come by themselves later, and are
 * then missing if that is still within the time. */
static void add_caused(outcome_seen_t *seen, double p, double u, double displaced, int64_t tick,
                       int64_t by_itself, int64_t end)
{
    if (tick >= end) return;
    int missing = by_itself < end;
    int drawn = u < p && !(u < p * displaced && missing);
    seen->orders += drawn;
    seen->after += drawn;
}

static void see_touch(const workspace_t *ws, size_t i, const touch_t *t, effects_t effects,
                      int64_t end, outcome_seen_t *seen)
{
    double displaced = ws->tuning.theta->product.pull_forward;
    order_chances_t order = order_chances(ws, i, effects, t), p = chances_as_drawn(ws, t, order);
    order_times_t when = order_times(ws, i, t);
    address_t at = ws->world->address[ws->world->sc->ad_set[t->ad_set].platform];
    rng_block_t b = rng_at(ws->world->key, DRAW_REALISED, at.placement, 0,
                           ws->crowd->person[i].id | at.high, ws->replication, t->number);
    add_caused(seen, p.by_click, rng_unit(b, 0), displaced, when.by_click, when.by_itself, end);
    add_caused(seen, p.by_sight, rng_unit(b, 1), displaced, when.by_sight, when.by_itself, end);
    double left = when.by_itself < end ? 1 - displaced : 1;
    if (when.by_click < end) seen->caused += order.by_click * left;
    if (when.by_sight < end) seen->caused += order.by_sight * left;
    if (!(order.by_brand > 0) || when.by_brand >= end) return;
    rng_block_t later = rng_at(ws->world->key, DRAW_REALISED, at.placement, 1,
                               ws->crowd->person[i].id | at.high, ws->replication, t->number);
    int drawn = (int)poisson_quantile(p.by_brand, rng_unit(later, 0));
    seen->orders += drawn;
    seen->after += drawn;
    seen->caused += order.by_brand;
}

static void see_organic(const visits_t *visits, int64_t first, int64_t end, outcome_seen_t *seen)
{
    for (size_t k = 0; k < visits->n; k++) {
        const visit_t *v = &visits->visit[k];
        if (!v->ordered || v->tick < 0 || v->tick >= end) continue;
        seen->orders++;
        seen->after += v->tick >= first;
    }
}

static void count_seen(workspace_t *ws, size_t i, int arm, bool exposed, const outcome_seen_t *seen)
{
    int64_t *count = counters_of(ws, i, scope_plan(ws->world->scopes)) + COUNT_TRIAL;
    count[TRIAL_PEOPLE + arm]++;
    count[TRIAL_ORDERS + arm] += seen->orders;
    count[TRIAL_SQUARES + arm] += seen->orders * seen->orders;
    if (!exposed) return;
    count[TRIAL_EXPOSED + arm]++;
    count[TRIAL_AFTER + arm] += seen->after;
    count[TRIAL_AFTER_SQUARES + arm] += seen->after * seen->after;
    if (arm != ARM_TREATED) return;
    count[TRIAL_EXPOSED_ORDERS] += seen->orders;
    count[TRIAL_EXPOSED_SQUARES] += seen->orders * seen->orders;
}

static void count_expected(workspace_t *ws, size_t i, int arm, int64_t first, int64_t end,
                           double caused)
{
    int64_t *count = counters_of(ws, i, scope_plan(ws->world->scopes)) + COUNT_TRIAL;
    const demand_t *demand = &ws->tuning.demand;
    const person_t *who = &ws->crowd->person[i];
    double a_day = organic_orders_a_day(ws->tuning.theta, who);
    double days = (double)end / TICKS_PER_DAY, begin = (double)first / TICKS_PER_DAY;
    count[TRIAL_CAUSED] += event_fixed(caused);
    count[TRIAL_ORGANIC + arm] +=
        event_fixed(a_day * demand_between(demand, 0, days) +
                    post_orders_between(ws->world, &ws->tuning, who, 0, days));
    if (first < ws->world->flight_ticks)
        count[TRIAL_ORGANIC_AFTER + arm] +=
            event_fixed(a_day * demand_between(demand, begin, days) +
                        post_orders_between(ws->world, &ws->tuning, who, begin, days));
}

static status_t see_person(workspace_t *ws, size_t i, error_t *err)
{
    const scenario_t *theta = ws->tuning.theta;
    int64_t end = (int64_t)(horizon_of(theta) * TICKS_PER_DAY), first = first_impression(ws, i);
    outcome_seen_t seen = {0};
    bool held = held_out(ws, i), exposed = first < ws->world->flight_ticks;
    status_t st =
        site_visits(ws->world, ws->crowd, &ws->tuning, i, ws->replication, &ws->visits, err);
    if (st != OK) return st;
    see_organic(&ws->visits, first, end, &seen);
    if (exposed && !held) {
        effects_t effects =
            effects_of(&ws->tuning, ws->world, &ws->crowd->person[i], ws->replication);
        for (const touch_t *t = touch_latest(&ws->touches, ws->head[i]); t;
             t = touch_earlier(&ws->touches, t))
            see_touch(ws, i, t, effects, end, &seen);
    }
    int arm = held ? ARM_HELD : ARM_TREATED;
    count_seen(ws, i, arm, exposed, &seen);
    count_expected(ws, i, arm, first, end, seen.caused);
    return OK;
}

/* Of regions only the orders that ads cause are counted one by one. */
static void count_caused(workspace_t *ws, size_t i)
{
    int64_t end = (int64_t)(horizon_of(ws->tuning.theta) * TICKS_PER_DAY);
    outcome_seen_t seen = {0};
    effects_t effects = effects_of(&ws->tuning, ws->world, &ws->crowd->person[i], ws->replication);
    for (const touch_t *t = touch_latest(&ws->touches, ws->head[i]); t;
         t = touch_earlier(&ws->touches, t))
        see_touch(ws, i, t, effects, end, &seen);
    counters_of(ws, i, scope_plan(ws->world->scopes))[count_trial(TRIAL_CAUSED)] +=
        event_fixed(seen.caused);
}

status_t holdout_count(workspace_t *ws, error_t *err)
{
    status_t st = OK;
    design_t design = ws->world->sc->experiment.design;
    if (design == EXPERIMENT_HOLDOUT)
        for (size_t i = 0; st == OK && i < ws->crowd->n; i++) st = see_person(ws, i, err);
    if (design == EXPERIMENT_GEO)
        for (size_t k = 0; k < ws->reached.n; k++)
            if (!held_out(ws, ws->reached.index[k])) count_caused(ws, ws->reached.index[k]);
    return st;
}

/* ---- whole regions ---- */

/* Orders of everybody in a region that no ad causes, expected: of its simulated people. */
typedef struct {
    double before, during;
} region_orders_t;

/* Those that posts bring, up to a day since the begin of the warm-up. */
static double region_post_orders(const workspace_t *ws, int g, int day)
{
    const brand_effects_t *e = ws->tuning.brand;
    const tally_t *c = ws->tally;
    double visits = 0;
    for (uint32_t rest = e ? ws->world->brand_platforms : 0; rest; rest &= rest - 1) {
        int p = __builtin_ctz(rest), at = p * (e->days + 1) + (day < e->days ? day : e->days);
        visits += (double)c->geo_followers[p][g] / EVENT_ONE * e->follower[at] +
                  (double)c->geo_users[p][g] * e->other[at];
    }
    return visits * ws->tuning.theta->product.visit_to_order;
}

static region_orders_t region_orders(const workspace_t *ws, int g)
{
    const scenario_t *theta = ws->tuning.theta;
    const demand_t *demand = &ws->tuning.demand;
    const double rate[2] = {theta->product.organic_new, theta->product.organic_existing};
    double a_day = 0, posts = region_post_orders(ws, g, (int)WARM_UP_DAYS);
    for (int customer = 0; customer < 2; customer++)
        a_day += organic_people(theta, &ws->tally->geo[customer][g]) * rate[customer];
    return (region_orders_t){a_day * demand_over(demand, -(int)WARM_UP_DAYS, 0) + posts,
                             a_day * demand_between(demand, 0, horizon_of(theta)) +
                                 region_post_orders(ws, g, (int)WARM_UP_DAYS + theta->days) -
                                 posts};
}

/* The luck of region g: 0 and 1 uniform, for the orders before and during; 2 normal, for its own change. */
typedef struct {
    double before, during, change;
} region_luck_t;

static region_luck_t region_luck(const workspace_t *ws, uint64_t g)
{
    rng_block_t b = rng_at(ws->world->key, DRAW_REGION, 0, 0, g, ws->replication, 0),
                c = rng_at(ws->world->key, DRAW_REGION, 0, 0, g, ws->replication, 1);
    return (region_luck_t){rng_unit(b, 0), rng_unit(b, 1), normal_quantile(rng_unit(c, 0))};
}

/* Adds what is seen of a region: it changes by itself, and its orders come as they come. */
static void see_region(const workspace_t *ws, int g, int arm, region_orders_t orders,
                       int64_t *trial)
{
    double weight = ws->world->weight, sd = ws->world->sc->experiment.region_sd;
    region_luck_t luck = region_luck(ws, (uint64_t)g);
    double during = region_changed(weight * orders.during, sd, luck.change);
    trial[TRIAL_SEEN_BEFORE + arm] += (int64_t)orders_drawn(weight * orders.before, luck.before);
    trial[TRIAL_SEEN + arm] += (int64_t)orders_drawn(during, luck.during);
}

/* What ads cause in all treated regions is seen with them: a Poisson number of its own. */
static void see_caused(const workspace_t *ws, int64_t *trial)
{
    rng_block_t b = rng_at(ws->world->key, DRAW_REGION, 0, 0, MAX_GEOS, ws->replication, 0);
    double caused = ws->world->weight * (double)trial[TRIAL_CAUSED] / EVENT_ONE;
    if (caused > 0)
        trial[TRIAL_SEEN + ARM_TREATED] += (int64_t)orders_drawn(caused, rng_unit(b, 0));
}

/* The experimenter sees the orders of everybody in a region, whoever might have been shown an ad. */
void holdout_close(const workspace_t *ws, int64_t *plan)
{
    double during[TRIAL_ARMS] = {0}, squares[TRIAL_ARMS] = {0}, before[TRIAL_ARMS] = {0};
    int64_t *trial = plan + COUNT_TRIAL;
    if (!ws->world->n_geos) return;
    for (int g = 0; g < ws->world->n_geos; g++) {
        int arm = ws->held_geos >> g & 1 ? ARM_HELD : ARM_TREATED;
        region_orders_t orders = region_orders(ws, g);
        for (int k = 0; k < APPEAL_SETS; k++)
            trial[TRIAL_PEOPLE + arm] +=
                ws->tally->geo[0][g].people[k] + ws->tally->geo[1][g].people[k];
        before[arm] += orders.before;
        during[arm] += orders.during;
        squares[arm] += orders.during * orders.during;
        see_region(ws, g, arm, orders, trial);
    }
    see_caused(ws, trial);
    for (int arm = 0; arm < TRIAL_ARMS; arm++) {
        trial[TRIAL_BEFORE + arm] = event_fixed(before[arm]);
        trial[TRIAL_ORGANIC + arm] = event_fixed(during[arm]);
        trial[TRIAL_SPREAD + arm] = event_fixed(__builtin_sqrt(squares[arm]));
    }
}
