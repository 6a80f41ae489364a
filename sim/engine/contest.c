/* contest.c -- one candidate impression: which of our ad sets enters the auction, does it win, and what
 * does it pay. */
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "models/platform/pacing.h"
#include "sim/engine/flight.h"

#include <math.h>

/* Ad sets (bits) that run now and may have her in their audience: of a pool, whether she is in it now is still to be
 * seen. */
static uint64_t interested(const workspace_t *ws, const candidate_t *c)
{
    const eligibility_t *e = eligibility_of(ws->crowd, c->person);
    uint64_t sets = e->now;
    if (ws->site.head && ws->site.head[c->person]) sets |= e->pool;
    return sets & ws->world->platform_ad_sets[c->platform] &
           running_at(ws, (int)(c->tick / TICKS_PER_HOUR));
}

/* Does an ad set leave her out now: is she in a pool, or found of a list? */
static bool leaves_out(const workspace_t *ws, int a, const candidate_t *c, uint32_t people)
{
    const scenario_t *theta = ws->tuning.theta;
    int x = excluded_audience(theta, a);
    return ws->world->without_pool >> a & 1
               ? pool_contains(&ws->site, c->person, c->tick, &theta->audience[x])
               : list_finds(ws->world, theta, x, (int)c->platform, ws->crowd->person[c->person].id,
                            people);
}

/* Is she in the audience of an ad set that is interested, at this moment? */
static bool in_audience(const workspace_t *ws, int a, const candidate_t *c)
{
    const world_t *w = ws->world;
    const eligibility_t *e = eligibility_of(ws->crowd, c->person);
    uint64_t id = ws->crowd->person[c->person].id;
    uint32_t people = w->sc->population->redraw ? ws->replication : 0;
    if (!(e->now >> a & 1) &&
        !pool_contains(&ws->site, c->person, c->tick, &w->sc->audience[w->sc->ad_set[a].audience]))
        return false;
    if (w->list_ad_sets >> a & 1 && !list_matched(w, ws->tuning.theta, a, id, people)) return false;
    return !(e->excludable >> a & 1) || !leaves_out(ws, a, c, people);
}

static int capped(const workspace_t *ws, int a, const candidate_t *c)
{
    for (int k = 0; k < ws->world->n_caps[a]; k++)
        if (!cap_allows(&ws->world->cap[a][k], &ws->touches, ws->head[c->person], c->tick))
            return 1;
    return 0;
}

uint64_t bidders_at(const workspace_t *ws, const candidate_t *c, int placement)
{
    uint64_t found = 0;
    for (uint64_t s = interested(ws, c) & ws->world->placement_ad_sets[c->platform][placement]; s;
         s &= s - 1)
        if (in_audience(ws, __builtin_ctzll(s), c)) found |= s & -s;
    return found;
}

/* The share of a person's auctions that a throttled ad set enters. */
static double share_entered(const workspace_t *ws, int a, const candidate_t *c)
{
    const world_t *w = ws->world;
    double pass = ws->state[a].pass_through;
    if (pass >= 1 || !(w->layered_ad_sets >> a & 1)) return pass;
    int level =
        signal_level(&w->signal, ws->crowd->person[c->person].place + signal_turn(ws->replication));
    return pace_layer_pass(pass, w->signal.above[level], w->signal.within[level]);
}

/* Each throttled ad set tosses its own coin. */
static int takes_part(const workspace_t *ws, int a, const candidate_t *c)
{
    double share = share_entered(ws, a, c);
    if (share >= 1) return 1;
    address_t at = ws->world->address[c->platform];
    rng_block_t coin =
        rng_at(ws->world->key, DRAW_THROTTLE, at.placement,
               (uint32_t)(ws->world->sc->ad_set[a].hash & 0xffff),
               ws->crowd->person[c->person].id | at.high, ws->replication, c->number);
    return rng_unit(coin, 0) < share;
}

/* An ad set that wins up to a standard rank z is kept out of an auction for a reason. One
 * candidate that it would have won stands for 1/P(win) opportunities, most of which a rival would have
 * taken. */
static void keep_out(const workspace_t *ws, const candidate_t *c, int a, double z, count_t why)
{
    const market_t *m = &ws->tuning.market[c->platform];
    double wins = m->n_parts ? market_rank(m, m->log_median + z * ws->tuning.rank_sd[c->platform])
                             : normal_cdf(z);
    int64_t *count = counters_of(ws, c->person, a), stands_for = fixed_round(THOUSANDTHS / wins);
    count[why]++;
    count[COUNT_KEPT_OUT] += stands_for;
    if (why == COUNT_LOST_OVERLAP) count[COUNT_SUPPRESSED] += stands_for;
    hour_row(ws, a, c->tick)[HOUR_KEPT_OUT] += stands_for;
}

/* Our own ad sets never bid against each other: of those that could win, the one of highest value
 * enters (MODEL 3.3). Equal values are decided by the hash of the name. */
bidder_t choose(workspace_t *ws, const candidate_t *c, int placement)
{
    const world_t *w = ws->world;
    const person_t *who = &ws->crowd->person[c->person];
    double plain = cheapness(w, who, (int)c->platform) -
                   price_at(w, (int)c->platform, c->tick).now -
                   ws->tuning.place_price[c->platform][placement];
    double foreseen = foreseen_advantage(w, signal_of(w, who, ws->replication));
    double median = ws->tuning.market[c->platform].log_median, sd = ws->tuning.rank_sd[c->platform];
    bidder_t best = {-1, 0, -plain};
    double best_value = -INFINITY, best_z = 0;
    uint64_t here = w->placement_ad_sets[c->platform][placement];
    for (uint64_t s = interested(ws, c) & here; s; s &= s - 1) {
        int a = __builtin_ctzll(s);
        double own =
            w->foreseen_ad_sets >> a & 1 ? foreseen + ws->tuning.advantage[a][placement] : 0;
        if (ws->state[a].tilt != 0) own -= frequency_reluctance(ws, a, c);
        double value = ranked_value(ws, a) + own;
        double z = (value + plain - median) / sd; /* what it wins up to */
        if ((double)c->z >= z) continue;          /* outbid: as many are, so this is asked first */
        if (!in_audience(ws, a, c)) continue;
        if (ws->state[a].closed) {
            keep_out(ws, c, a, z, COUNT_LOST_BUDGET);
        } else if (capped(ws, a, c)) {
            keep_out(ws, c, a, z, COUNT_LOST_CAP);
        } else if (!takes_part(ws, a, c)) {
            keep_out(ws, c, a, z, COUNT_LOST_BUDGET);
        } else if (best.ad_set >= 0 &&
                   (value < best_value ||
                    (value == best_value &&
                     w->sc->ad_set[a].hash > w->sc->ad_set[best.ad_set].hash))) {
            keep_out(ws, c, a, z, COUNT_LOST_OVERLAP);
        } else {
            if (best.ad_set >= 0) keep_out(ws, c, best.ad_set, best_z, COUNT_LOST_OVERLAP);
            best = (bidder_t){a, own, -plain};
            best_value = value;
            best_z = z;
        }
    }
    return best;
}

int64_t price_micros(const workspace_t *ws, const candidate_t *c, bidder_t b, double luck)
{
    const ad_set_t *s = &ws->tuning.theta->ad_set[b.ad_set];
    if (is_reserved(s)) return fixed_round(s->fixed_cpm * (MICROS / 1000));
    const market_t *market = &ws->tuning.market[c->platform];
    double median = ws->tuning.ad_market[b.ad_set].log_median + b.dearness;
    double x = median + ws->tuning.rank_sd[c->platform] * (double)c->z;
    const ad_set_state_t *state = &ws->state[b.ad_set];
    double limit = ws->tuning.steering[b.ad_set].limit + state->rate_gain + b.foreseen;
    offer_t offer = {state->log_value + b.foreseen, limit};
    double cpm;
    if (!market_price(market, median, offer, x, luck, &cpm)) return -1;
    double price = fmax(cpm - s->quality_cpm, market->reserve);
    if (s->quality_cpm != 0 && market->reserve + s->quality_cpm > m_exp(limit) * (1 + 1e-12))
        return -1; /* the reserve is above the stated bid, which what is added does not raise */
    return fixed_round(price * (MICROS / 1000));
}
