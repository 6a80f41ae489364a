/* settle.c -- closes the accounts of everyone reached: how many people saw how much, and when their orders
 * come. It reads the touch list and changes nothing in it. */
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "sim/engine/workspace.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- reach and frequency ---- */

static void count_reach(int64_t *count, int64_t *frequency, int impressions)
{
    for (int k = 0; k < REACH_LEVELS; k++)
        if (impressions >= reach_levels[k].at_least) count[reach_levels[k].column]++;
    frequency[(impressions < FREQUENCY_BINS ? impressions : FREQUENCY_BINS) - 1]++;
}

/* On which day she came to each level; her touches come latest first. */
static void settle_reach_days(workspace_t *ws, size_t i, int impressions)
{
    int k = REACH_LEVELS - 1;
    for (const touch_t *t = touch_latest(&ws->touches, ws->head[i]); t && impressions;
         t = touch_earlier(&ws->touches, t), impressions--) {
        while (k > 0 && reach_levels[k].at_least > impressions) k--;
        if (reach_levels[k].at_least == impressions)
            ws->tables.reach_day[day_place(ws, 0, t->tick) * REACH_LEVELS + k]++;
    }
}

static void settle_reach(workspace_t *ws, size_t i, const int *shown /* by ad set */, uint64_t seen)
{
    const scenario_t *sc = ws->world->sc;
    scopes_t s = ws->world->scopes;
    int of_scope[MAX_AD_SETS + MAX_CAMPAIGNS + MAX_PLATFORMS + 1] = {0};
    bool on_target[MAX_AD_SETS + MAX_CAMPAIGNS + MAX_PLATFORMS + 1] = {false};
    uint64_t truth = truth_of(ws, i);
    for (uint64_t rest = seen; rest; rest &= rest - 1) {
        int a = __builtin_ctzll(rest);
        int into[] = {scope_ad_set(s, a), scope_campaign(s, sc->ad_set[a].campaign),
                      scope_platform(s, sc->ad_set[a].platform), scope_plan(s)};
        for (size_t k = 0; k < sizeof into / sizeof *into; k++) {
            of_scope[into[k]] += shown[a];
            on_target[into[k]] |= truth >> a & 1;
        }
        for (uint64_t other = seen; other; other &= other - 1)
            ws->tables.overlap[a * s.n_ad_sets + __builtin_ctzll(other)]++;
    }
    for (int scope = 0; scope < scopes_count(s); scope++)
        if (of_scope[scope]) {
            count_reach(counters_of(ws, i, scope),
                        ws->tables.frequency + (size_t)scope * FREQUENCY_BINS, of_scope[scope]);
            counters_of(ws, i, scope)[COUNT_REACH_ON_TARGET] += on_target[scope];
        }
    settle_reach_days(ws, i, of_scope[scope_plan(s)]);
    if (ws->tuning.brand)
        counters_of(ws, i, scope_plan(s))[COUNT_POST_REACH_TOO] += event_fixed(
            brand_seen(ws->tuning.brand, &ws->tuning.theta->brand, &ws->crowd->person[i]));
}

/* Of creatives that take turns: how many people saw how much of each. */
static void settle_creatives(workspace_t *ws, size_t i, size_t n)
{
    const int *row = ws->world->creative_row;
    if (!ws->world->scopes.n_creatives) return;
    for (size_t k = 0; k < n; k++) ws->shown[ws->own[k].creative]++;
    for (size_t k = 0; k < n; k++) {
        int creative = ws->own[k].creative, impressions = ws->shown[creative];
        ws->shown[creative] = 0;
        if (!impressions || row[creative] < 0) continue;
        int64_t *count = counters_of(ws, i, row[creative]);
        count_reach(count, ws->tables.frequency + (size_t)row[creative] * FREQUENCY_BINS,
                    impressions);
        count[COUNT_REACH_ON_TARGET] += truth_of(ws, i) >> ws->own[k].ad_set & 1;
    }
}

/* ---- days and segments ---- */

static void settle_touch(workspace_t *ws, size_t i, const touch_t *t, order_chances_t order,
                         order_times_t when, int first_of_ad_set)
{
    const conversion_t *c = conversion_by(ws, t);
    conversion_kind_t kind = kind_of(ws, t);
    double displaced = (order.by_click + order.by_sight) * c->pull_forward;
    int64_t *click_day = day_row(ws, t->ad_set, when.by_click);
    int64_t *sight_day = day_row(ws, t->ad_set, when.by_sight);
    click_day[DAY_AD_CONVERSIONS] += event_fixed(order.by_click);
    sum_into(&click_day[DAY_AD_REVENUE],
             nanos(order.by_click * paid_at(ws, kind, when.by_click) * c->value));
    sight_day[DAY_AD_CONVERSIONS] += event_fixed(order.by_sight);
    sum_into(&sight_day[DAY_AD_REVENUE],
             nanos(order.by_sight * paid_at(ws, kind, when.by_sight) * c->value));
    int64_t *brand_day = day_row(ws, t->ad_set, when.by_brand);
    brand_day[DAY_BRAND_CONVERSIONS] += event_fixed(order.by_brand);
    sum_into(&brand_day[DAY_BRAND_REVENUE],
             nanos(order.by_brand * paid_at(ws, kind, when.by_brand) * c->value));
    day_row(ws, t->ad_set, when.by_itself)[DAY_DISPLACED] += event_fixed(displaced);
    if (first_of_ad_set) day_row(ws, t->ad_set, t->tick)[DAY_NEW_REACH]++;
    int64_t *segment = segment_row(ws, t->ad_set, i);
    segment[SEGMENT_IMPRESSIONS]++;
    segment[SEGMENT_REACH] += first_of_ad_set;
    segment[SEGMENT_CLICKS] += event_fixed(clicks_of(t));
    segment[SEGMENT_AD_CONVERSIONS] += event_fixed(order.by_click + order.by_sight);
}

/* ---- new customers ---- */

/* What the touches of a person bring, net of what would have come by itself. */
typedef struct {
    double total;  /* orders expected */
    double no_one; /* P(none of them) */
} brought_t;

static double net_orders(const conversion_t *c, order_chances_t order)
{
    double direct = order.by_click + order.by_sight;
    return (direct * (1 - c->pull_forward) + order.by_brand) * c->order_share;
}

static void bring(const conversion_t *c, brought_t *b, double net, order_chances_t order)
{
    double stays = (1 - c->pull_forward) * c->order_share;
    b->total += net;
    b->no_one *= (1 - order.by_click * stays) * (1 - order.by_sight * stays);
    if (order.by_brand > 0) b->no_one *= m_exp(-order.by_brand * c->order_share);
}

/* She becomes a customer because of the ads if they bring an order and none comes by itself in the flight
 * (resp_incrementality_hazard). The touches share the credit by what each brings. */
static void settle_new_customer(workspace_t *ws, size_t i, size_t n, double mean_days, brought_t b)
{
    const person_t *who = &ws->crowd->person[i];
    if (who->customer || !(b.total > 0)) return;
    double organic = organic_orders_a_day(ws->tuning.theta, who) * mean_days;
    double per_order = m_exp(-organic) * (1 - b.no_one) / b.total;
    for (size_t k = 0; k < n; k++) {
        const touch_t *t = ws->own_touch[k];
        int row = ws->world->creative_row[t->creative];
        int64_t part = event_fixed(per_order * ws->own_net[k]);
        counters_of(ws, i, t->ad_set)[COUNT_NEW_CUSTOMERS] += part;
        if (row >= 0) counters_of(ws, i, row)[COUNT_NEW_CUSTOMERS] += part;
    }
}

/* ---- one person ---- */

static status_t own_reserve(workspace_t *ws, size_t n, error_t *err)
{
    if (n <= ws->own_capacity) return OK;
    credit_touch_t *own = realloc(ws->own, 2 * n * sizeof *own);
    if (own) ws->own = own;
    const touch_t **touch = realloc(ws->own_touch, 2 * n * sizeof *touch);
    if (touch) ws->own_touch = touch;
    double *net = realloc(ws->own_net, 2 * n * sizeof *net);
    if (net) ws->own_net = net;
    if (!own || !touch || !net) return fail_memory(err, "one person's impressions");
    ws->own_capacity = 2 * n;
    return credit_reserve(ws, ws->own_capacity, err);
}

/* Copies the person's touches of some ad sets (bits), latest first, behind the *n that are there, into the form
 * attribution reads. */
static status_t collect_touches(workspace_t *ws, size_t i, uint64_t ad_sets, size_t *n,
                                error_t *err)
{
    for (const touch_t *t = touch_latest(&ws->touches, ws->head[i]); t;
         t = touch_earlier(&ws->touches, t)) {
        if (!(ad_sets >> t->ad_set & 1)) continue;
        status_t st = own_reserve(ws, *n + 1, err);
        if (st != OK) return st;
        double view = viewability_of(ws, t);
        ws->own[*n] = (credit_touch_t){.tick = t->tick,
                                       .ad_set = t->ad_set,
                                       .creative = t->creative,
                                       .p_click = click_as_drawn(t, view),
                                       .p_view = sight_as_drawn(t, view)};
        ws->own_touch[(*n)++] = t;
    }
    return OK;
}

/* What is known of a person as her touches are gone through. */
typedef struct {
    int shown[MAX_AD_SETS];
    unsigned places[MAX_AD_SETS]; /* bits: placements on which she was shown it */
    uint64_t seen;                /* ad sets (bits) of the kind that is gone through */
    brought_t brought;
} person_sum_t;

static void settle_kind_touch(workspace_t *ws, size_t i, size_t n, size_t k, effects_t effects,
                              person_sum_t *sum)
{
    size_t at = ws->own_first + k;
    const touch_t *t = ws->own_touch[at];
    const conversion_t *c = conversion_by(ws, t);
    order_chances_t order = order_chances(ws, i, effects, t);
    order_times_t when = order_times(ws, i, t);
    settle_touch(ws, i, t, order, when, sum->shown[t->ad_set]++ == 0);
    placement_row(ws, t->ad_set, t->placement)[PLACEMENT_REACH] +=
        !(sum->places[t->ad_set] >> t->placement & 1);
    sum->places[t->ad_set] |= 1u << t->placement;
    ws->own_net[at] = net_orders(c, order);
    bring(c, &sum->brought, ws->own_net[at], order);
    if (ws->account) account_touch(ws, i, t, order);
    credit_touch(ws, i, n, k, order, when, sum->seen);
}

/* Her n touches from own_first on, all of one kind: a kind of conversions is credited among them alone. */
static status_t settle_kind(workspace_t *ws, size_t i, size_t n, conversion_kind_t kind,
                            effects_t effects, person_sum_t *sum, error_t *err)
{
    ws->own_kind = kind;
    sum->seen = 0;
    for (size_t k = 0; k < n; k++) sum->seen |= 1ull << ws->own[ws->own_first + k].ad_set;
    credit_begin(ws, i, n);
    for (size_t k = n; k-- > 0;) /* from her first impression on */
        settle_kind_touch(ws, i, n, k, effects, sum);
    status_t st = credit_organic(ws, i, n, sum->seen, err);
    credit_end(ws, i, n);
    return st;
}

/* `mean_days`: of average demand, that the flight is worth. */
static status_t settle_person(workspace_t *ws, size_t i, double mean_days, error_t *err)
{
    person_sum_t sum = {.brought = {.no_one = 1}};
    effects_t effects = effects_of(&ws->tuning, ws->world, &ws->crowd->person[i], ws->replication);
    uint64_t seen = 0;
    size_t n = 0;
    status_t st = OK;
    for (unsigned kinds = ws->world->kinds; st == OK && kinds; kinds &= kinds - 1) {
        conversion_kind_t kind = (conversion_kind_t)__builtin_ctz(kinds);
        ws->own_first = n;
        st = collect_touches(ws, i, ws->world->kind_ad_sets[kind], &n, err);
        size_t of_kind = n - ws->own_first;
        if (st == OK && of_kind) st = settle_kind(ws, i, of_kind, kind, effects, &sum, err);
        if (of_kind) seen |= sum.seen;
    }
    if (st != OK) return st;
    settle_new_customer(ws, i, n, mean_days, sum.brought);
    settle_reach(ws, i, sum.shown, seen);
    settle_creatives(ws, i, n);
    return OK;
}

/* People come at random: asks memory in advance for what the next accounts will read. */
static ALWAYS_INLINE void look_ahead(const workspace_t *ws, size_t k)
{
    enum { FAR = 16, NEAR = 8 };
    const uint32_t *person = ws->reached.index;
    if (k + FAR >= ws->reached.n) return;
    __builtin_prefetch(&ws->head[person[k + FAR]]);
    __builtin_prefetch(&ws->crowd->person[person[k + FAR]]);
    __builtin_prefetch(touch_latest(&ws->touches, ws->head[person[k + NEAR]]));
}

status_t settle(workspace_t *ws, error_t *err)
{
    double mean_days = demand_over(&ws->tuning.demand, 0, ws->tuning.theta->days);
    status_t st = OK;
    for (size_t k = 0; st == OK && k < ws->reached.n; k++) {
        look_ahead(ws, k);
        if (!held_out(ws, ws->reached.index[k]))
            st = settle_person(ws, ws->reached.index[k], mean_days, err);
    }
    if (st == OK) st = account_everyone(ws, err);
    if (st == OK) st = holdout_count(ws, err);
    return st;
}
