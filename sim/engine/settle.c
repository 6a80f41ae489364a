/* settle.c -- closes the accounts of everyone reached: how many people saw how much, when their orders
 * come, and which ad set is credited with each. It reads the touch list and changes nothing in it. */
#include "models/base/fixed.h"
#include "sim/engine/workspace.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { PLAIN = -1 }; /* an order that no touch caused */

/* ---- reach and frequency ---- */

static void count_reach(int64_t *count, int64_t *frequency, int impressions)
{
    static const struct {
        int at_least;
        count_t column;
    } levels[] = {{1, COUNT_REACH_1},
                  {2, COUNT_REACH_2},
                  {3, COUNT_REACH_3},
                  {5, COUNT_REACH_5},
                  {10, COUNT_REACH_10}};
    for (size_t k = 0; k < sizeof levels / sizeof *levels; k++)
        if (impressions >= levels[k].at_least) count[levels[k].column]++;
    frequency[(impressions < FREQUENCY_BINS ? impressions : FREQUENCY_BINS) - 1]++;
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
    const product_t *product = &ws->tuning.theta->product;
    double displaced = (order.by_click + order.by_sight) * product->pull_forward;
    int64_t *click_day = day_row(ws, t->ad_set, when.by_click);
    int64_t *sight_day = day_row(ws, t->ad_set, when.by_sight);
    click_day[DAY_AD_CONVERSIONS] += event_fixed(order.by_click);
    sum_into(&click_day[DAY_AD_REVENUE], nanos(order.by_click * product->value));
    sight_day[DAY_AD_CONVERSIONS] += event_fixed(order.by_sight);
    sum_into(&sight_day[DAY_AD_REVENUE], nanos(order.by_sight * product->value));
    day_row(ws, t->ad_set, when.by_itself)[DAY_DISPLACED] += event_fixed(displaced);
    if (first_of_ad_set) day_row(ws, t->ad_set, t->tick)[DAY_NEW_REACH]++;
    int64_t *segment = segment_row(ws, t->ad_set, i);
    segment[SEGMENT_IMPRESSIONS]++;
    segment[SEGMENT_REACH] += first_of_ad_set;
    segment[SEGMENT_CLICKS] += event_fixed(clicks_of(t));
    segment[SEGMENT_AD_CONVERSIONS] += event_fixed(order.by_click + order.by_sight);
}

/* ---- attribution ---- */

typedef struct {
    double weight; /* of the order: its probability */
    int64_t tick;
    int cause; /* index among the person's touches, or PLAIN */
    int by_click;
    int drawn; /* its weight holds a draw whose expectation is counted elsewhere */
} order_t;

static void count_credit_variance(workspace_t *ws, int scope, double credit)
{
    const product_t *p = &ws->tuning.theta->product;
    int64_t *removed = ws->removed + (size_t)scope * REMOVED_COUNTS;
    removed[REMOVED_ATTRIBUTED] += event_fixed(credit * (1 - credit));
    removed[REMOVED_ATTRIBUTED_REVENUE] += event_fixed(credit * order_square(p) - credit * credit);
    removed[REMOVED_ATTRIBUTED_BOTH] += event_fixed(credit * (1 - credit));
}

/* The variance belongs to the order: a campaign that shares it among ad sets has it once. */
static void count_variances(workspace_t *ws, const double *credit, uint64_t seen)
{
    const scenario_t *sc = ws->world->sc;
    scopes_t s = ws->world->scopes;
    double campaign[MAX_CAMPAIGNS] = {0}, platform[MAX_PLATFORMS] = {0}, plan = 0;
    for (uint64_t rest = seen; rest; rest &= rest - 1) {
        int a = __builtin_ctzll(rest);
        count_credit_variance(ws, scope_ad_set(s, a), credit[a]);
        campaign[sc->ad_set[a].campaign] += credit[a];
        platform[sc->ad_set[a].platform] += credit[a];
        plan += credit[a];
    }
    for (int c = 0; c < s.n_campaigns; c++)
        if (campaign[c] > 0) count_credit_variance(ws, scope_campaign(s, c), campaign[c]);
    for (int p = 0; p < s.n_platforms; p++)
        if (platform[p] > 0) count_credit_variance(ws, scope_platform(s, p), platform[p]);
    count_credit_variance(ws, scope_plan(s), plan);
}

static credit_windows_t windows_of(const workspace_t *ws)
{
    const attribution_t *rule = &ws->tuning.theta->attribution;
    return (credit_windows_t){(uint32_t)(rule->click_window_days * TICKS_PER_DAY),
                              (uint32_t)(rule->view_window_days * TICKS_PER_DAY)};
}

static void give_credit(workspace_t *ws, size_t i, int row, double credit, const order_t *order)
{
    int64_t *count = counters_of(ws, i, row);
    count[COUNT_CONVERSIONS] += event_fixed(credit);
    sum_into(&count[COUNT_REVENUE], nanos(credit * ws->tuning.theta->product.value));
    if (order->cause == PLAIN) count[COUNT_ORGANIC_CREDITED] += event_fixed(credit);
}

static void give_ad_set_credit(workspace_t *ws, size_t i, int ad_set, double credit,
                               const order_t *order)
{
    give_credit(ws, i, scope_ad_set(ws->world->scopes, ad_set), credit, order);
    day_row(ws, ad_set, order->tick)[DAY_CONVERSIONS] += event_fixed(credit);
}

/* Clears what the creatives of a person's touches were given, and gives it to their rows. */
static void clear_creatives(const workspace_t *ws, size_t n, double *by_creative)
{
    for (size_t k = 0; k < n; k++) by_creative[ws->own[k].creative] = 0;
}
static void give_creatives_credit(workspace_t *ws, size_t i, size_t n, double *by_creative,
                                  double visible, const order_t *order)
{
    for (size_t k = 0; k < n; k++) {
        int creative = ws->own[k].creative, row = ws->world->creative_row[creative];
        double credit = by_creative[creative] * visible;
        by_creative[creative] = 0;
        if (row < 0 || !(credit > 0)) continue;
        give_credit(ws, i, row, credit, order);
        if (!order->drawn) count_credit_variance(ws, row, credit);
    }
}

/* What each platform would claim on its own: it sees only its own touches. */
static void give_claims(workspace_t *ws, size_t i, size_t n, const order_t *order, double visible,
                        uint64_t seen)
{
    for (int p = 0; p < ws->world->sc->n_platforms; p++) {
        uint64_t own = seen & ws->world->platform_ad_sets[p];
        double claim[MAX_AD_SETS];
        for (uint64_t rest = own; rest; rest &= rest - 1) claim[__builtin_ctzll(rest)] = 0;
        if (own)
            attribute_last_touch(ws->own, n, windows_of(ws), own, (uint32_t)order->tick,
                                 order->cause, order->by_click, claim, NULL);
        for (uint64_t rest = own; rest; rest &= rest - 1)
            counters_of(ws, i, __builtin_ctzll(rest))[COUNT_PLATFORM_CONVERSIONS] +=
                event_fixed(claim[__builtin_ctzll(rest)] * visible);
    }
}

static void credit_order(workspace_t *ws, size_t i, size_t n, order_t order, uint64_t seen)
{
    if (order.weight <= 0 || order.tick < 0 || order.tick > UINT32_MAX) return;
    double credit[MAX_AD_SETS], of_creative[MAX_CREATIVES];
    double *by_creative = ws->world->scopes.n_creatives ? of_creative : NULL;
    for (uint64_t rest = seen; rest; rest &= rest - 1) credit[__builtin_ctzll(rest)] = 0;
    if (by_creative) clear_creatives(ws, n, by_creative);
    if (attribute_last_touch(ws->own, n, windows_of(ws), ~0ull, (uint32_t)order.tick, order.cause,
                             order.by_click, credit, by_creative) <= 0)
        return;
    double visible = order.weight * ws->tuning.theta->attribution.observed;
    for (uint64_t rest = seen; rest; rest &= rest - 1) {
        credit[__builtin_ctzll(rest)] *= visible;
        give_ad_set_credit(ws, i, __builtin_ctzll(rest), credit[__builtin_ctzll(rest)], &order);
    }
    if (by_creative) give_creatives_credit(ws, i, n, by_creative, visible, &order);
    if (!order.drawn) count_variances(ws, credit, seen);
    give_claims(ws, i, n, &order, visible, seen);
}

/* An order after a click of which visit or sight was drawn: what is shown later depends on the draw, so
 * its credit must be worked out in the world in which it happened. To count every order as an expectation
 * all the same, what its own ad set would get if no later click came between is taken at the visit's
 * probability instead of its draw; the difference has mean zero and is known beforehand. */
static void credit_drawn_visit(workspace_t *ws, size_t i, size_t n, order_t order, const touch_t *t,
                               outcome_t visit, uint64_t seen)
{
    double cvr = visit.chance > 0 ? order.weight / visit.chance : 0;
    double visible = cvr * ws->tuning.theta->attribution.observed;
    if (order.tick - t->tick <= windows_of(ws).click_ticks && order.tick <= UINT32_MAX) {
        double expected[MAX_AD_SETS], more = (visit.chance - visit.outcome) * visible;
        int row = ws->world->creative_row[t->creative];
        expected[t->ad_set] = visit.chance * visible;
        give_ad_set_credit(ws, i, t->ad_set, more, &order);
        if (row >= 0) {
            give_credit(ws, i, row, more, &order);
            count_credit_variance(ws, row, expected[t->ad_set]);
        }
        counters_of(ws, i, t->ad_set)[COUNT_PLATFORM_CONVERSIONS] += event_fixed(more);
        count_variances(ws, expected, 1ull << t->ad_set);
    }
    order.weight = visit.outcome * cvr;
    order.drawn = 1;
    credit_order(ws, i, n, order, seen);
}

/* Orders that come by themselves or by posts, on visits after the first touch: each visit ends in one with the
 * stated share, or did, where it was drawn. */
static status_t credit_organic(workspace_t *ws, size_t i, size_t n, uint64_t seen, error_t *err)
{
    const scenario_t *theta = ws->tuning.theta;
    status_t st =
        site_visits(ws->world, ws->crowd, &ws->tuning, i, ws->replication, &ws->visits, err);
    uint32_t first = ws->own[n - 1].tick;
    for (size_t k = 0; st == OK && k < ws->visits.n; k++) {
        const visit_t *v = &ws->visits.visit[k];
        if (v->tick < first) continue;
        credit_order(
            ws, i, n,
            (order_t){.weight = theta->product.visit_to_order, .tick = v->tick, .cause = PLAIN},
            seen);
    }
    return st;
}

/* ---- one person ---- */

static status_t own_reserve(workspace_t *ws, size_t n, error_t *err)
{
    if (n <= ws->own_capacity) return OK;
    credit_touch_t *own = realloc(ws->own, 2 * n * sizeof *own);
    if (own) ws->own = own;
    const touch_t **touch = realloc(ws->own_touch, 2 * n * sizeof *touch);
    if (touch) ws->own_touch = touch;
    if (!own || !touch) return fail_memory(err, "one person's impressions");
    ws->own_capacity = 2 * n;
    return OK;
}

/* Copies the person's touches, latest first, into the form attribution reads. */
static status_t collect_touches(workspace_t *ws, size_t i, size_t *n, error_t *err)
{
    *n = 0;
    for (const touch_t *t = touch_latest(&ws->touches, ws->head[i]); t;
         t = touch_earlier(&ws->touches, t)) {
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

static status_t settle_person(workspace_t *ws, size_t i, error_t *err)
{
    int shown[MAX_AD_SETS] = {0};
    unsigned places[MAX_AD_SETS] = {0}; /* bits: placements on which she was shown it */
    uint64_t seen = 0;
    size_t n;
    status_t st = collect_touches(ws, i, &n, err);
    if (st != OK) return st;
    for (size_t k = 0; k < n; k++) seen |= 1ull << ws->own[k].ad_set;
    effects_t effects = effects_of(&ws->tuning, ws->world, &ws->crowd->person[i], ws->replication);
    for (size_t k = n; k-- > 0;) { /* from her first impression on */
        const touch_t *t = ws->own_touch[k];
        order_chances_t order = order_chances(ws, i, effects, t);
        order_times_t when = order_times(ws, i, t);
        settle_touch(ws, i, t, order, when, shown[t->ad_set]++ == 0);
        placement_row(ws, t->ad_set, t->placement)[PLACEMENT_REACH] +=
            !(places[t->ad_set] >> t->placement & 1);
        places[t->ad_set] |= 1u << t->placement;
        if (ws->account) account_touch(ws, i, t, order);
        order_t clicked = {
            .weight = order.by_click, .tick = when.by_click, .cause = (int)k, .by_click = 1};
        order_t sighted = {.weight = order.by_sight, .tick = when.by_sight, .cause = (int)k};
        if (t->flags & (TOUCH_DRAWN | TOUCH_SIGHT_DRAWN) && !orders_charged(ws, t)) {
            double view = viewability_of(ws, t);
            credit_drawn_visit(ws, i, n, clicked, t,
                               visit_as_drawn(t, view, ws->tuning.theta->response.visit_rate),
                               seen);
            sighted.weight *= sight_as_drawn(t, view) / view;
        } else {
            credit_order(ws, i, n, clicked, seen);
        }
        credit_order(ws, i, n, sighted, seen);
    }
    settle_reach(ws, i, shown, seen);
    settle_creatives(ws, i, n);
    return credit_organic(ws, i, n, seen, err);
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
    status_t st = OK;
    for (size_t k = 0; st == OK && k < ws->reached.n; k++) {
        look_ahead(ws, k);
        st = settle_person(ws, ws->reached.index[k], err);
    }
    if (st == OK) st = account_everyone(ws, err);
    return st;
}
