/* flight.c -- a flight, hour by hour: candidates in time order, each an auction; the winner's ad is
 * shown and answered; at the hour's end every ad set compares what it spent with its plan. */
#include "sim/engine/flight.h"
#include "sim/engine/path.h"

/* Its price (words 0 and 1) and where on the platform it is (word 2). */
static rng_block_t luck_of(const workspace_t *ws, const candidate_t *c)
{
    address_t at = ws->world->address[c->platform];
    return rng_at(ws->world->key, DRAW_PRICE, at.placement, 0,
                  ws->crowd->person[c->person].id | at.high, ws->replication, c->number);
}

static int placement_of(const workspace_t *ws, const candidate_t *c)
{
    const platform_t *p = &ws->world->sc->platform[c->platform];
    if (!p->n_placements) return 0;
    return platform_placement_at(p, rng_unit_from_word(luck_of(ws, c).word[2]));
}

/* Of a path that is followed, when its ad sets close; else their purses know. */
static bool can_pay(workspace_t *ws, const candidate_t *c, int ad_set, int64_t price)
{
    if (ws->followed) return path_pays(ws, c, ad_set);
    bool by_impression = paid_for(ws, ad_set) == BILLED_IMPRESSIONS;
    bool paid = (by_impression ? pay : promise)(ws, ad_set, price);
    if (!paid && ws->recorded) path_record_closing(ws->recorded, ws, c);
    return paid;
}

/* One candidate: who of ours bids, does it win, can it pay, and what does she do. */
static status_t offer(workspace_t *ws, const candidate_t *c, error_t *err)
{
    int placement = placement_of(ws, c);
    if (ws->sampled) return sample_opportunity(ws, c, placement, err);
    bidder_t bidder = choose(ws, c, placement);
    if (bidder.ad_set < 0) return OK;
    int64_t price = price_micros(ws, c, bidder, rng_unit(luck_of(ws, c), 0));
    if (price < 0) {
        counters_of(ws, c->person, bidder.ad_set)[COUNT_LOST_PRICE]++;
        return OK;
    }
    if (held_out(ws, c->person)) return withhold(ws, c, bidder.ad_set, placement, price, err);
    if (!can_pay(ws, c, bidder.ad_set, price)) {
        counters_of(ws, c->person, bidder.ad_set)[COUNT_LOST_BUDGET]++;
        return OK;
    }
    return show(ws, c, bidder.ad_set, placement, price, err);
}

/* ---- the step ---- */

/* People come at random: asks memory in advance for what the next auctions will read of them, and for their
 * last two impressions, which caps look at. */
static ALWAYS_INLINE void look_ahead(const workspace_t *ws)
{
    enum { FAR = 24, NEAR = 16, NEXT = 8 };
    const candidate_t *next = ws->hour + ws->hour_at;
    size_t left = ws->hour_n - ws->hour_at;
    if (left > FAR) {
        uint32_t i = next[FAR].person;
        __builtin_prefetch(&ws->crowd->person[i]);
        __builtin_prefetch(&ws->head[i]);
        if (ws->site.head) __builtin_prefetch(&ws->site.head[i]);
    }
    if (left > NEAR) __builtin_prefetch(touch_latest(&ws->touches, ws->head[next[NEAR].person]));
    if (left <= NEXT) return;
    const touch_t *latest = touch_latest(&ws->touches, ws->head[next[NEXT].person]);
    if (latest) __builtin_prefetch(touch_earlier(&ws->touches, latest));
}

/* The bids of an hour: from what the last one brought, or as the path has them that is followed. */
static void decide(workspace_t *ws, int hour)
{
    if (ws->followed)
        path_enter(ws, hour);
    else if (ws->sampled && hour == 0)
        sample_bids(ws);
    else if (ws->sampled)
        return;
    else if (hour == 0)
        open_ad_sets(ws);
    else
        renew_bids(ws, hour - 1);
    if (ws->recorded) path_record(ws->recorded, ws, hour);
}

static status_t step(workspace_t *ws, int hour, error_t *err)
{
    status_t st = gather_hour(ws, hour, err);
    begin_hour(ws);
    while (st == OK && ws->hour_at < ws->hour_n) {
        look_ahead(ws);
        candidate_t c = ws->hour[ws->hour_at++];
        if (ws->followed) path_pass(ws, &c);
        st = offer(ws, &c, err);
        if (st == OK && ws->calendar.hour[hour]) st = insert_late(ws, hour, err);
    }
    if (st != OK || hour + 1 == ws->world->hours) return st;
    decide(ws, hour + 1);
    return read_on(ws, (uint32_t)(hour + 1) * TICKS_PER_HOUR, err);
}

/* ---- the flight ---- */

/* Asks memory in advance for what the pools will read of a person. */
static ALWAYS_INLINE void look_ahead_for_pools(workspace_t *ws, size_t at)
{
    enum { FAR = 16, NEAR = 8 };
    const crowd_t *crowd = ws->crowd;
    if (at + FAR >= ws->organic.n) return;
    uint32_t far = ws->organic.index[at + FAR], near = ws->organic.index[at + NEAR];
    look_ahead_at_visitor(ws, far);
    uint64_t pools = eligibility_of(crowd, near)->pool;
    for (int p = 0; p < ws->world->sc->n_platforms; p++) {
        if (!(pools & ws->world->platform_ad_sets[p])) continue;
        reader_t reader = {.crowd = crowd, .places = &ws->places[p], .platform = p};
        stream_look_ahead(&reader, crowd->members[p].of_person[near]);
    }
}

static int64_t first_visit(const visits_t *v)
{
    int64_t first = INT64_MAX;
    for (size_t k = 0; k < v->n; k++)
        if (v->visit[k].tick < first) first = v->visit[k].tick;
    return first;
}

/* People whose organic visits put them into a pool before or during the flight. */
static status_t open_pools(workspace_t *ws, error_t *err)
{
    const crowd_t *crowd = ws->crowd;
    const tuning_t *t = &ws->tuning;
    status_t st = organic_visitors(ws->world, crowd, t, ws->replication, &ws->organic, err);
    for (size_t at = 0; st == OK && at < ws->organic.n; at++) {
        look_ahead_for_pools(ws, at);
        size_t i = ws->organic.index[at];
        st = site_visits(ws->world, crowd, t, i, ws->replication, &ws->visits, err);
        for (size_t k = 0; st == OK && k < ws->visits.n; k++) {
            const visit_t *v = &ws->visits.visit[k];
            st = site_log_add(&ws->site, i, v->tick, 0, err);
            if (st == OK && v->ordered && ws->world->orders_drawn)
                st = site_log_add(&ws->site, i, v->tick, 1, err);
        }
        int64_t earliest = first_visit(&ws->visits);
        if (st == OK && earliest < ws->world->flight_ticks) {
            /* Whoever is in another audience too is read from the beginning: reading on for that
             * audience will start where this reading ends. */
            int64_t first = eligibility_of(crowd, i)->now ? 0 : earliest;
            st = join_pools(ws, i, first > 0 ? (uint32_t)first : 0, err);
        }
    }
    return st;
}

status_t flight_run(workspace_t *ws, error_t *err)
{
    for (int a = 0; a < ws->world->sc->n_ad_sets; a++) ws->read_upto[a] = -INFINITY;
    decide(ws, 0);
    status_t st = read_on(ws, 0, err);
    if (st == OK && ws->site.head) st = open_pools(ws, err);
    for (int hour = 0; st == OK && hour < ws->world->hours; hour++) st = step(ws, hour, err);
    return st;
}
