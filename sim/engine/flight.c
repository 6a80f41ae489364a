/* flight.c -- a flight, hour by hour: candidates in time order, each an auction; the winner's ad is
 * shown and answered; at the hour's end every ad set compares what it spent with its plan. */
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "models/platform/hours.h"
#include "models/platform/pacing.h"
#include "sim/engine/workspace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Streams are read further than today's bids need, so that reading on, a sweep over everyone, is rare. */
static const double HEAD_ROOM = 0.25; /* ln 1.28 */

/* ---- bids ---- */

/* The platform ranks us by bid x rate x quality. */
static double ranked_value(const workspace_t *ws, int a)
{
    int p = ws->world->sc->ad_set[a].platform;
    double ln_quality = ws->tuning.market[p].log_median - ws->tuning.ad_market[a].log_median;
    return ws->state[a].log_value + ln_quality;
}

static void set_bid(workspace_t *ws, int a)
{
    ad_set_state_t *s = &ws->state[a];
    s->log_value = steering_log_value(&ws->tuning.steering[a], s->effort) + s->learning;
    s->pass_through = steering_pass_through(s->effort);
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

/* ---- reading candidate streams ---- */

static reader_t reader_of(const workspace_t *ws, int p, uint32_t from)
{
    return (reader_t){.world = ws->world,
                      .crowd = ws->crowd,
                      .tuning = &ws->tuning,
                      .profile = &ws->profile[p],
                      .ranks = &ws->ranks,
                      .platform = p,
                      .replication = ws->replication,
                      .turn = signal_turn(ws->replication),
                      .run = ws->run,
                      .from = from,
                      .place = ws->place[p]};
}

/* She may join pools of the platform from this tick on: read her stream as far as their ad sets could
 * bid for her. */
static status_t join_platform_pools(workspace_t *ws, int p, size_t i, uint32_t from, error_t *err)
{
    uint64_t pools = ws->crowd->pool_sets[i] & ws->world->platform_ad_sets[p];
    if (!pools) return OK;
    reader_t reader = reader_of(ws, p, from);
    size_t member = ws->crowd->members[p].of_person[i];
    double upto = stream_rank(&reader, member, pools, ws->read_upto);
    return stream_read(&reader, member, upto, &ws->calendar, err);
}

/* A person visits the site: wherever she may be retargeted, her stream matters from now on. */
static status_t join_pools(workspace_t *ws, size_t i, uint32_t from, error_t *err)
{
    status_t st = OK;
    for (int p = 0; st == OK && p < ws->world->sc->n_platforms; p++)
        st = join_platform_pools(ws, p, i, from, err);
    return st;
}

/* Of some ad sets (bits), those whose bids rose past what was read. */
static uint64_t risen(const workspace_t *ws, uint64_t ad_sets)
{
    uint64_t found = 0;
    for (; ad_sets; ad_sets &= ad_sets - 1) {
        int a = __builtin_ctzll(ad_sets);
        if (!ws->state[a].closed && ranked_value(ws, a) > ws->read_upto[a]) found |= 1ull << a;
    }
    return found;
}

/* Once we read on, for all of them, and as far as a first estimate that is too low will recover. */
static void raise_bounds(workspace_t *ws, uint64_t ad_sets)
{
    for (; ad_sets; ad_sets &= ad_sets - 1) {
        int a = __builtin_ctzll(ad_sets);
        double upto = ranked_value(ws, a) - fmin(ws->state[a].learning, 0) + HEAD_ROOM;
        if (!ws->state[a].closed && upto > ws->read_upto[a]) ws->read_upto[a] = upto;
    }
}

/* Bids that rose past what was read: read on, for the time that is left. */
static status_t read_on(workspace_t *ws, uint32_t from, error_t *err)
{
    const world_t *w = ws->world;
    status_t st = OK;
    for (int p = 0; st == OK && p < w->sc->n_platforms; p++) {
        uint64_t pools = w->platform_ad_sets[p] & w->pool_ad_sets;
        uint64_t everyone = w->platform_ad_sets[p] & ~w->pool_ad_sets;
        if (risen(ws, everyone)) {
            raise_bounds(ws, everyone);
            reader_t reader = reader_of(ws, p, from);
            st = stream_read_all(&reader, ws->read_upto, &ws->calendar, err);
        }
        if (st != OK || !risen(ws, pools)) continue;
        raise_bounds(ws, pools);
        for (size_t k = 0; st == OK && k < ws->site.visitors.n; k++)
            st = join_platform_pools(ws, p, ws->site.visitors.index[k], from, err);
    }
    return st;
}

/* ---- the hour's candidates in time order ---- */

static int earlier(const candidate_t *a, const candidate_t *b)
{
    if (a->tick != b->tick) return a->tick < b->tick;
    if (a->person != b->person) return a->person < b->person;
    if (a->platform != b->platform) return a->platform < b->platform;
    return a->number < b->number;
}

static status_t hour_reserve(workspace_t *ws, size_t n, error_t *err)
{
    if (n <= ws->hour_capacity) return OK;
    size_t capacity = 2 * n;
    candidate_t *grown =
        realloc(ws->hour, 2 * capacity * sizeof *grown); /* half of it is scratch */
    if (!grown) return fail_memory(err, "an hour's candidates");
    ws->hour = grown;
    ws->hour_capacity = capacity;
    return OK;
}

/* Moves each candidate left to its place; quick, since a counting sort by second went before. */
static void settle_order(candidate_t *c, size_t n)
{
    for (size_t k = 1; k < n; k++) {
        candidate_t moving = c[k];
        size_t at = k;
        for (; at > 0 && earlier(&moving, &c[at - 1]); at--) c[at] = c[at - 1];
        c[at] = moving;
    }
}

static void sort_by_second(const candidate_t *from, candidate_t *to, size_t n)
{
    uint32_t place[3601] = {0};
    for (size_t k = 0; k < n; k++) place[from[k].tick % TICKS_PER_HOUR / 32 + 1]++;
    for (int s = 0; s < 3600; s++) place[s + 1] += place[s];
    for (size_t k = 0; k < n; k++) to[place[from[k].tick % TICKS_PER_HOUR / 32]++] = from[k];
}

enum { FEW = 256 }; /* candidates that an insertion sort alone puts in order soonest */

static status_t gather_hour(workspace_t *ws, int hour, error_t *err)
{
    size_t n = calendar_hour_size(&ws->calendar, hour);
    status_t st = hour_reserve(ws, n, err);
    if (st != OK) return st;
    candidate_t *to = n > FEW ? ws->hour + ws->hour_capacity : ws->hour;
    calendar_take_hour(&ws->calendar, hour, to);
    if (n > FEW) sort_by_second(to, ws->hour, n);
    settle_order(ws->hour, n);
    ws->hour_n = n;
    ws->hour_at = 0;
    return OK;
}

/* Candidates read within the hour that is running take their places among those still to come. */
static status_t insert_late(workspace_t *ws, int hour, error_t *err)
{
    size_t n = calendar_hour_size(&ws->calendar, hour);
    status_t st = hour_reserve(ws, ws->hour_n + n, err);
    if (st != OK) return st;
    calendar_take_hour(&ws->calendar, hour, ws->hour + ws->hour_n);
    ws->hour_n += n;
    settle_order(ws->hour + ws->hour_at, ws->hour_n - ws->hour_at);
    return OK;
}

/* ---- one auction ---- */

typedef struct {
    int ad_set;      /* -1: nobody of ours */
    double foreseen; /* log of what the platform foresees of her response */
    double dearness; /* log of her price over the average person's */
} bidder_t;

/* Of ad sets (bits), those that leave her out now: she is in a pool, or found of a list. */
static uint64_t excluded_now(const workspace_t *ws, const candidate_t *c, uint64_t sets,
                             uint32_t people)
{
    const scenario_t *theta = ws->tuning.theta;
    uint64_t out = 0;
    for (; sets; sets &= sets - 1) {
        int a = __builtin_ctzll(sets), x = excluded_audience(theta, a);
        int leaves = ws->world->without_pool >> a & 1
                         ? pool_contains(&ws->site, c->person, c->tick, &theta->audience[x])
                         : list_finds(ws->world, theta, x, (int)c->platform,
                                      ws->crowd->person[c->person].id, people);
        if (leaves) out |= 1ull << a;
    }
    return out;
}

static uint64_t eligible_now(const workspace_t *ws, const candidate_t *c)
{
    uint64_t sets = ws->crowd->person[c->person].ad_sets;
    if (ws->crowd->pool_sets && ws->site.head[c->person])
        for (uint64_t s = ws->crowd->pool_sets[c->person]; s; s &= s - 1) {
            int a = __builtin_ctzll(s);
            const audience_t *audience =
                &ws->world->sc->audience[ws->world->sc->ad_set[a].audience];
            if (pool_contains(&ws->site, c->person, c->tick, audience)) sets |= 1ull << a;
        }
    sets &= ws->world->platform_ad_sets[c->platform];
    uint32_t people = ws->world->sc->population->redraw ? ws->replication : 0;
    for (uint64_t s = sets & ws->world->list_ad_sets; s; s &= s - 1) {
        int a = __builtin_ctzll(s);
        if (!list_matched(ws->world, ws->tuning.theta, a, ws->crowd->person[c->person].id, people))
            sets &= ~(1ull << a);
    }
    if (ws->crowd->excludable)
        sets &= ~excluded_now(ws, c, sets & ws->crowd->excludable[c->person], people);
    return sets;
}

static int capped(const workspace_t *ws, int a, const candidate_t *c)
{
    for (int k = 0; k < ws->world->n_caps[a]; k++)
        if (!cap_allows(&ws->world->cap[a][k], &ws->touches, ws->head[c->person], c->tick))
            return 1;
    return 0;
}

/* A throttled ad set takes part in a share of auctions; each tosses its own coin. */
static int takes_part(const workspace_t *ws, int a, const candidate_t *c)
{
    if (ws->state[a].pass_through >= 1) return 1;
    address_t at = ws->world->address[c->platform];
    rng_block_t coin =
        rng_at(ws->world->key, DRAW_THROTTLE, at.placement,
               (uint32_t)(ws->world->sc->ad_set[a].hash & 0xffff),
               ws->crowd->person[c->person].id | at.high, ws->replication, c->number);
    return rng_unit(coin, 0) < ws->state[a].pass_through;
}

/* Our own ad sets never bid against each other: of those that could win, the one of highest value
 * enters (MODEL 3.3). Equal values are decided by the hash of the name. */
static bidder_t choose(workspace_t *ws, const candidate_t *c)
{
    const world_t *w = ws->world;
    const person_t *who = &ws->crowd->person[c->person];
    double plain = cheapness(w, who, (int)c->platform);
    double foreseen = foreseen_advantage(w, signal_of(w, who, ws->replication));
    double median = ws->tuning.market[c->platform].log_median, sd = ws->tuning.rank_sd[c->platform];
    bidder_t best = {-1, 0, -plain};
    double best_value = -INFINITY;
    for (uint64_t s = eligible_now(ws, c); s; s &= s - 1) {
        int a = __builtin_ctzll(s);
        double own = w->foreseen_ad_sets >> a & 1 ? foreseen : 0;
        double value = ranked_value(ws, a) + own;
        if ((double)c->z >= (value + plain - median) / sd) continue; /* outbid */
        int64_t *count = counters_of(ws, c->person, a);
        if (ws->state[a].closed) {
            count[COUNT_LOST_BUDGET]++;
        } else if (capped(ws, a, c)) {
            count[COUNT_LOST_CAP]++;
        } else if (!takes_part(ws, a, c)) {
            count[COUNT_LOST_BUDGET]++;
        } else if (best.ad_set >= 0 &&
                   (value < best_value ||
                    (value == best_value &&
                     w->sc->ad_set[a].hash > w->sc->ad_set[best.ad_set].hash))) {
            count[COUNT_LOST_OVERLAP]++;
        } else {
            if (best.ad_set >= 0) counters_of(ws, c->person, best.ad_set)[COUNT_LOST_OVERLAP]++;
            best = (bidder_t){a, own, -plain};
            best_value = value;
        }
    }
    return best;
}

/* What the winner pays, micros; -1 if the price limit or the reserve keeps it from being sold. */
static int64_t price_micros(const workspace_t *ws, const candidate_t *c, bidder_t b, double luck)
{
    const ad_set_t *s = &ws->tuning.theta->ad_set[b.ad_set];
    market_t market = ws->tuning.ad_market[b.ad_set];
    double x = market.log_median + b.dearness + market_rank_sd(&market) * (double)c->z;
    market.log_median += b.dearness;
    double limit = ws->tuning.steering[b.ad_set].limit + (s->strategy == BID_CAP ? b.foreseen : 0);
    offer_t offer = {ws->state[b.ad_set].log_value + b.foreseen, limit};
    double cpm;
    if (!market_price(&market, offer, x, luck, &cpm)) return -1;
    double price = fmax(cpm - s->quality_cpm, market.reserve);
    if (s->quality_cpm != 0 && market.reserve + s->quality_cpm > m_exp(limit) * (1 + 1e-12))
        return -1; /* the reserve is above the stated bid, which what is added does not raise */
    return fixed_round(price * (MICROS / 1000));
}

/* ---- show, respond ---- */

static int choose_creative(const workspace_t *ws, const candidate_t *c, const ad_set_t *s)
{
    if (s->n_creatives == 1) return s->first_creative;
    const creative_t *creative = &ws->tuning.theta->creative[s->first_creative];
    double total = 0;
    for (int k = 0; k < s->n_creatives; k++) total += creative[k].weight;
    address_t at = ws->world->address[c->platform];
    rng_block_t b = rng_at(ws->world->key, DRAW_VIEW, at.placement, 0,
                           ws->crowd->person[c->person].id | at.high, ws->replication, c->number);
    double point = rng_unit(b, 0) * total;
    int k = 0;
    while (k < s->n_creatives - 1 && point >= creative[k].weight) point -= creative[k++].weight;
    return s->first_creative + k;
}

/* Decayed stock of the person's earlier impressions of the creative's family. */
static double exposure_stock(const workspace_t *ws, const candidate_t *c, int creative)
{
    uint64_t family = ws->world->sc->creative[creative].family;
    const touches_t *list = &ws->touches;
    for (const touch_t *t = touch_latest(list, ws->head[c->person]); t; t = touch_earlier(list, t))
        if (ws->world->sc->creative[t->creative].family == family) {
            double days = (double)(c->tick - t->tick) / TICKS_PER_DAY;
            return (double)t->stock * wear_decay(&ws->tuning.theta->response, days);
        }
    return 0;
}

order_chances_t order_chances(const workspace_t *ws, size_t i, effects_t effects, const touch_t *t)
{
    const response_t *r = &ws->tuning.theta->response;
    const person_t *who = &ws->crowd->person[i];
    double view = viewability_of(ws, t->ad_set), sight = 0;
    if (view * r->view_conversion > 0)
        sight = view * person_sight(&ws->tuning, who, wear_factor(r, (double)t->stock - 1));
    return (order_chances_t){(double)t->p_click * r->visit_rate *
                                 person_order(&ws->tuning, who, effects, t->ad_set),
                             sight};
}

/* Event variance that expectations leave out: that of a yes/no event of chance p. */
static int64_t bernoulli_variance(double p)
{
    return event_fixed(p * (1 - p));
}

/* Clicks, visits, orders and revenue are counted as expectations (MODEL 5.1). */
static void count_response(workspace_t *ws, size_t i, const touch_t *t, double by_click,
                           double by_sight)
{
    const product_t *product = &ws->tuning.theta->product;
    const response_t *r = &ws->tuning.theta->response;
    double view = viewability_of(ws, t->ad_set);
    double click = (double)t->p_click, order = by_click + by_sight;
    double displaced = order * product->pull_forward, net = order - displaced;
    int64_t *count = counters_of(ws, i, t->ad_set);
    count[COUNT_VIEWS] += event_fixed(view);
    count[COUNT_CLICKS] += event_fixed(click);
    count[COUNT_VISITS] += event_fixed(click * r->visit_rate);
    count[COUNT_AD_CONVERSIONS] += event_fixed(order);
    count[COUNT_DISPLACED] += event_fixed(displaced);
    if (truth_of(ws, i) >> t->ad_set & 1) {
        count[COUNT_ON_TARGET]++;
        count[COUNT_ON_TARGET_CLICKS] += event_fixed(click);
        count[COUNT_ON_TARGET_CONVERSIONS] += event_fixed(order) - event_fixed(displaced);
    }
    sum_into(&count[COUNT_AD_REVENUE], nanos(order * product->value));
    sum_into(&count[COUNT_DISPLACED_REVENUE], nanos(displaced * product->value));
    int64_t *removed = ws->removed + (size_t)t->ad_set * REMOVED_COUNTS;
    removed[REMOVED_CLICKS] += bernoulli_variance(click);
    removed[REMOVED_CONVERSIONS] += bernoulli_variance(net);
    removed[REMOVED_REVENUE] += event_fixed(net * order_square(product) - net * net);
    removed[REMOVED_CONVERSIONS_REVENUE] += bernoulli_variance(net);
    removed[REMOVED_CLICKS_CONVERSIONS] +=
        event_fixed(by_click * (1 - product->pull_forward) * (1 - click));
}

order_times_t order_times(const workspace_t *ws, size_t i, const touch_t *t)
{
    const ad_set_t *s = &ws->world->sc->ad_set[t->ad_set];
    address_t at = ws->world->address[s->platform];
    uint64_t person = ws->crowd->person[i].id | at.high;
    rng_block_t delay =
        rng_at(ws->world->key, DRAW_DELAY, at.placement, 0, person, ws->replication, t->number);
    rng_block_t pull =
        rng_at(ws->world->key, DRAW_PULL, at.placement, 0, person, ws->replication, t->number);
    const response_t *r = &ws->tuning.theta->response;
    double click_hours =
        delay_hours(r, rng_unit_from_word(delay.word[0]), rng_unit_from_word(delay.word[1]));
    double sight_hours =
        delay_hours(r, rng_unit_from_word(delay.word[2]), rng_unit_from_word(delay.word[3]));
    int64_t click = t->tick + (int64_t)(click_hours * TICKS_PER_HOUR);
    double ahead = rng_unit(pull, 0) * ws->tuning.theta->product.pull_forward_days * TICKS_PER_DAY;
    return (order_times_t){click, t->tick + (int64_t)(sight_hours * TICKS_PER_HOUR),
                           click + (int64_t)ahead};
}

double seen_given_click(const touch_t *t, double view, int clicked)
{
    double click = (double)t->p_click;
    if (clicked || click >= 1) return 1;
    return (view - click) / (1 - click);
}

/* Where later state depends on it, clicks, visits and orders are drawn: she may enter a pool, or leave
 * it as a buyer. */
static status_t draw_response(workspace_t *ws, size_t i, touch_t *t, effects_t effects,
                              double by_sight, error_t *err)
{
    const ad_set_t *s = &ws->world->sc->ad_set[t->ad_set];
    address_t at = ws->world->address[s->platform];
    uint64_t person = ws->crowd->person[i].id | at.high;
    rng_block_t click =
        rng_at(ws->world->key, DRAW_CLICK, at.placement, 0, person, ws->replication, t->number);
    rng_block_t order = rng_at(ws->world->key, DRAW_CONVERSION, at.placement, 0, person,
                               ws->replication, t->number);
    t->flags |= TOUCH_DRAWN;
    int clicked = rng_unit(click, 0) < (double)t->p_click;
    int visited = clicked && rng_unit(click, 1) < ws->tuning.theta->response.visit_rate;
    int ordered = visited && rng_unit(order, 0) < person_order(&ws->tuning, &ws->crowd->person[i],
                                                               effects, t->ad_set);
    /* Sights that order are as likely as ads are seen, and a click tells that it was. */
    double view = viewability_of(ws, t->ad_set);
    int saw_order = rng_unit(order, 1) < by_sight / view * seen_given_click(t, view, clicked);
    if (clicked) t->flags |= TOUCH_CLICKED;
    if (visited) t->flags |= TOUCH_VISITED;
    status_t st = OK;
    if (visited) st = site_log_add(&ws->site, i, t->tick, 0, err);
    if (st == OK && ws->world->orders_drawn && (ordered || saw_order)) {
        order_times_t when = order_times(ws, i, t);
        if (ordered) st = site_log_add(&ws->site, i, when.by_click, 1, err);
        if (st == OK && saw_order) st = site_log_add(&ws->site, i, when.by_sight, 1, err);
    }
    if (st == OK && visited) st = join_pools(ws, i, t->tick + 1, err);
    return st;
}

static void count_day(workspace_t *ws, const touch_t *t, int64_t paid)
{
    int64_t *row = day_row(ws, t->ad_set, t->tick);
    row[DAY_IMPRESSIONS]++;
    row[DAY_SPEND] += paid;
    row[DAY_CLICKS] += event_fixed((double)t->p_click);
}

/* Rounding must not make a click more likely than the sight of the ad. */
static float float_at_most(double p)
{
    float rounded = (float)p;
    return (double)rounded > p ? nextafterf(rounded, 0) : rounded;
}

static status_t show(workspace_t *ws, const candidate_t *c, int a, int64_t paid, error_t *err)
{
    const scenario_t *theta = ws->tuning.theta;
    const ad_set_t *s = &ws->world->sc->ad_set[a];
    int creative = choose_creative(ws, c, s);
    double stock = exposure_stock(ws, c, creative), wear = wear_factor(&theta->response, stock);
    double view = theta->platform[c->platform].viewability;
    const person_t *who = &ws->crowd->person[c->person];
    effects_t effects = effects_of(&ws->tuning, ws->world, who, ws->replication);
    double click =
        fmin(view, wear * person_click(&ws->tuning, who, effects, creative, (int)c->platform));
    double by_sight = view * person_sight(&ws->tuning, who, wear);
    touch_t touch = {.tick = c->tick,
                     .number = c->number,
                     .stock = (float)(stock + 1),
                     .p_click = float_at_most(click),
                     .ad_set = (uint8_t)a,
                     .creative = (uint8_t)creative};
    double by_click = (double)touch.p_click * theta->response.visit_rate *
                      person_order(&ws->tuning, who, effects, a);
    status_t st = OK;
    if (!ws->head[c->person]) st = crowd_list_add(&ws->reached, c->person, err);
    if (st == OK && is_watched(ws->world, ws->crowd, c->person))
        st = draw_response(ws, c->person, &touch, effects, by_sight, err);
    if (st == OK) st = touches_add(&ws->touches, &ws->head[c->person], touch, err);
    if (st != OK) return st;
    int64_t *count = counters_of(ws, c->person, a);
    count[COUNT_IMPRESSIONS]++;
    count[COUNT_SPEND] += paid;
    count_response(ws, c->person, &touch, by_click, by_sight);
    count_day(ws, &touch, paid);
    segment_row(ws, a, c->person)[SEGMENT_SPEND] += paid;
    objective_t objective = theta->campaign[s->campaign].objective;
    ws->state[a].results += objective == OBJECTIVE_SALES     ? event_fixed(by_click + by_sight)
                            : objective == OBJECTIVE_TRAFFIC ? event_fixed(click)
                                                             : (int64_t)EVENT_ONE;
    return OK;
}

/* One candidate: who of ours bids, does it win, can it pay, and what does she do. */
static status_t offer(workspace_t *ws, const candidate_t *c, error_t *err)
{
    bidder_t bidder = choose(ws, c);
    if (bidder.ad_set < 0) return OK;
    ad_set_state_t *s = &ws->state[bidder.ad_set];
    address_t at = ws->world->address[c->platform];
    rng_block_t luck =
        rng_at(ws->world->key, DRAW_PRICE, at.placement, 0,
               ws->crowd->person[c->person].id | at.high, ws->replication, c->number);
    int64_t price = price_micros(ws, c, bidder, rng_unit(luck, 0));
    if (price < 0) {
        counters_of(ws, c->person, bidder.ad_set)[COUNT_LOST_PRICE]++;
        return OK;
    }
    if (s->spent + price > s->budget) {
        s->closed = 1; /* not one impression past the budget */
        counters_of(ws, c->person, bidder.ad_set)[COUNT_LOST_BUDGET]++;
        return OK;
    }
    s->spent += price;
    return show(ws, c, bidder.ad_set, price, err);
}

/* ---- the step ---- */

/* People come at random: asks memory in advance for what the next auctions will read of them. */
static ALWAYS_INLINE void look_ahead(const workspace_t *ws)
{
    enum { FAR = 16, NEAR = 8 };
    const candidate_t *next = ws->hour + ws->hour_at;
    size_t left = ws->hour_n - ws->hour_at;
    if (left > FAR) {
        uint32_t i = next[FAR].person;
        __builtin_prefetch(&ws->crowd->person[i]);
        __builtin_prefetch(&ws->head[i]);
        if (ws->crowd->pool_sets) {
            __builtin_prefetch(&ws->crowd->pool_sets[i]);
            __builtin_prefetch(&ws->site.head[i]);
        }
        if (ws->crowd->truth) __builtin_prefetch(&ws->crowd->truth[i]);
    }
    if (left > NEAR) __builtin_prefetch(touch_latest(&ws->touches, ws->head[next[NEAR].person]));
}

/* The share of an hour in the opportunities from it to the flight's end. */
static double share_of_rest(const platform_t *p, int hour, int days)
{
    int of_day = hour % 24;
    double now = hours_share(p->hours_amplitude, p->hours_peak, of_day, of_day + 1);
    double rest =
        hours_share(p->hours_amplitude, p->hours_peak, of_day, 24) + (days - 1 - hour / 24);
    return rest > 0 ? now / rest : 0;
}

static void steer(workspace_t *ws, int a, int hour)
{
    ad_set_state_t *s = &ws->state[a];
    const ad_set_t *set = &ws->world->sc->ad_set[a];
    if (set->pacing != PACING_EVEN || s->closed) return;
    const steering_t *t = &ws->tuning.steering[a];
    double planned =
        (double)(s->budget - s->spent_before_step) *
        share_of_rest(&ws->tuning.theta->platform[set->platform], hour, ws->world->sc->days);
    double elasticity = steering_elasticity(t, s->effort, s->log_value);
    double effort = pace_step(s->effort, pace_gain(elasticity),
                              (double)(s->spent - s->spent_before_step), planned);
    s->effort = fmin(effort, t->highest);
}

static status_t step(workspace_t *ws, int hour, error_t *err)
{
    const scenario_t *sc = ws->world->sc;
    status_t st = gather_hour(ws, hour, err);
    for (int a = 0; a < sc->n_ad_sets; a++) ws->state[a].spent_before_step = ws->state[a].spent;
    while (st == OK && ws->hour_at < ws->hour_n) {
        look_ahead(ws);
        candidate_t c = ws->hour[ws->hour_at++];
        st = offer(ws, &c, err);
        if (st == OK && ws->calendar.hour[hour]) st = insert_late(ws, hour, err);
    }
    if (st != OK || hour + 1 == ws->world->hours) return st;
    for (int a = 0; a < sc->n_ad_sets; a++) {
        steer(ws, a, hour);
        learn(ws, a);
        set_bid(ws, a);
    }
    return read_on(ws, (uint32_t)(hour + 1) * TICKS_PER_HOUR, err);
}

/* ---- the flight ---- */

static void open_ad_sets(workspace_t *ws)
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
        learn(ws, a);
        set_bid(ws, a);
        ws->read_upto[a] = -INFINITY;
    }
}

/* Asks memory in advance for what the pools will read of a person. */
static ALWAYS_INLINE void look_ahead_for_pools(const workspace_t *ws, size_t at)
{
    enum { FAR = 16, NEAR = 8 };
    const crowd_t *crowd = ws->crowd;
    if (at + FAR >= ws->organic.n) return;
    uint32_t far = ws->organic.index[at + FAR], near = ws->organic.index[at + NEAR];
    __builtin_prefetch(&crowd->person[far]);
    __builtin_prefetch(&crowd->pool_sets[far]);
    __builtin_prefetch(&ws->site.head[far]);
    for (int p = 0; p < ws->world->sc->n_platforms; p++) {
        if (!(crowd->pool_sets[near] & ws->world->platform_ad_sets[p])) continue;
        reader_t reader = {.crowd = crowd, .place = ws->place[p], .platform = p};
        stream_look_ahead(&reader, crowd->members[p].of_person[near]);
    }
}

/* People whose organic visits put them into a pool before or during the flight. */
static status_t open_pools(workspace_t *ws, error_t *err)
{
    const crowd_t *crowd = ws->crowd;
    const scenario_t *theta = ws->tuning.theta;
    status_t st = organic_visitors(ws->world, crowd, theta, ws->replication, &ws->organic, err);
    for (size_t at = 0; st == OK && at < ws->organic.n; at++) {
        look_ahead_for_pools(ws, at);
        size_t i = ws->organic.index[at];
        st = organic_visits(ws->world, crowd, theta, i, ws->replication, &ws->visits, err);
        for (size_t k = 0; st == OK && k < ws->visits.n; k++) {
            const visit_t *v = &ws->visits.visit[k];
            st = site_log_add(&ws->site, i, v->tick, 0, err);
            if (st == OK && v->ordered && ws->world->orders_drawn)
                st = site_log_add(&ws->site, i, v->tick, 1, err);
        }
        if (st == OK && ws->visits.n && ws->visits.visit[0].tick < ws->world->flight_ticks) {
            /* Whoever is in another audience too is read from the beginning: reading on for that
             * audience will start where this reading ends. */
            int64_t first = crowd->person[i].ad_sets ? 0 : ws->visits.visit[0].tick;
            st = join_pools(ws, i, first > 0 ? (uint32_t)first : 0, err);
        }
    }
    return st;
}

status_t flight_run(workspace_t *ws, error_t *err)
{
    open_ad_sets(ws);
    status_t st = read_on(ws, 0, err);
    if (st == OK && ws->crowd->pool_sets) st = open_pools(ws, err);
    for (int hour = 0; st == OK && hour < ws->world->hours; hour++) st = step(ws, hour, err);
    return st;
}
