/* credit.c -- which ad sets, creatives and days are credited with the orders of one person. It reads the touch
 * list and changes nothing in it. */
#include "sim/engine/credit.h"
#include "models/base/fixed.h"
#include "sim/engine/workspace.h"

/* An order that may be credited. */
enum { PLAIN = -1 }; /* no touch caused it */
typedef struct {
    double weight; /* its probability, or expected number */
    int64_t tick;
    int cause; /* index among the person's touches, or PLAIN */
    int by_click;
    int drawn;   /* its weight holds a draw whose expectation is counted elsewhere */
    int several; /* orders through the brand: a Poisson number, not one at most */
} order_t;

/* What is being settled: the person's touches of one kind, and the tables of it. */
static const credit_touch_t *own_of(const workspace_t *ws)
{
    return ws->own + ws->own_first;
}
static credit_t *tables_of(workspace_t *ws)
{
    return &ws->credit[ws->own_kind];
}

status_t credit_reserve(workspace_t *ws, size_t n, error_t *err)
{
    status_t st = OK;
    for (unsigned kinds = ws->world->kinds; st == OK && kinds; kinds &= kinds - 1)
        st = credit_widen(&ws->credit[__builtin_ctz(kinds)], n, err);
    return st;
}

static credit_windows_t windows_of(const workspace_t *ws)
{
    const attribution_t *rule = &ws->tuning.theta->attribution;
    return (credit_windows_t){(uint32_t)(rule->click_window_days * TICKS_PER_DAY),
                              (uint32_t)(rule->view_window_days * TICKS_PER_DAY)};
}

static bool carries(const workspace_t *ws, credit_model_t model)
{
    return credit_carrier(ws->world->sc) == model;
}

/* ---- giving ---- */

static void give_credit(workspace_t *ws, size_t i, int row, credit_model_t model, double credit,
                        const order_t *order)
{
    int64_t *count = counters_of(ws, i, row) + count_credit(model, CREDITED_ORDERS);
    double paid = paid_at(ws, ws->own_kind, order->tick);
    count[CREDITED_ORDERS] += event_fixed(credit);
    sum_into(&count[CREDITED_REVENUE],
             nanos(credit * paid * ws->tuning.conversion[ws->own_kind].value));
    if (order->cause == PLAIN) count[CREDITED_ORGANIC] += event_fixed(credit);
}

static void give_ad_set_credit(workspace_t *ws, size_t i, int ad_set, credit_model_t model,
                               double credit, const order_t *order)
{
    give_credit(ws, i, scope_ad_set(ws->world->scopes, ad_set), model, credit, order);
    if (carries(ws, model))
        tables_of(ws)->day[day_place(ws, ad_set, order->tick)] += event_fixed(credit);
}

/* How an order is shared. */
typedef struct {
    double shared; /* its chance, of an order that is shared; 0 = it goes to one touch as a whole */
    int several;
    double value; /* of an order, in value_unit */
} sharing_t;

static sharing_t sharing_of(const workspace_t *ws, const order_t *order, double shared)
{
    double paid = paid_at(ws, ws->own_kind, order->tick);
    return (sharing_t){shared, order->several, paid * ws->tuning.unit[ws->own_kind]};
}

/* Event variance of an order of which, if it comes, a part is given: the whole by last touch, whose expected
 * credit is the chance to be the one; a share by the others. */
static void count_credit_variance(workspace_t *ws, int scope, double credit, sharing_t how)
{
    double square = ws->tuning.square[ws->own_kind], value = how.value;
    int64_t *removed = ws->removed + (size_t)scope * REMOVED_COUNTS;
    double part = how.shared > 0 ? credit / how.shared : 1, certain = how.several ? 0 : credit;
    removed[REMOVED_ATTRIBUTED] += event_fixed(credit * (part - certain));
    removed[REMOVED_ATTRIBUTED_REVENUE] +=
        event_fixed(value * value * (credit * part * square - credit * certain));
    removed[REMOVED_ATTRIBUTED_BOTH] += event_fixed(value * (credit * (part - certain)));
}

/* The variance belongs to the order: a campaign that shares it among ad sets has it once. */
static void count_variances(workspace_t *ws, const double *credit, sharing_t how, uint64_t seen)
{
    const scenario_t *sc = ws->world->sc;
    scopes_t s = ws->world->scopes;
    double campaign[MAX_CAMPAIGNS] = {0}, platform[MAX_PLATFORMS] = {0}, plan = 0;
    for (uint64_t rest = seen; rest; rest &= rest - 1) {
        int a = __builtin_ctzll(rest);
        count_credit_variance(ws, scope_ad_set(s, a), credit[a], how);
        campaign[sc->ad_set[a].campaign] += credit[a];
        platform[sc->ad_set[a].platform] += credit[a];
        plan += credit[a];
    }
    for (int c = 0; c < s.n_campaigns; c++)
        if (campaign[c] > 0) count_credit_variance(ws, scope_campaign(s, c), campaign[c], how);
    for (int p = 0; p < s.n_platforms; p++)
        if (platform[p] > 0) count_credit_variance(ws, scope_platform(s, p), platform[p], how);
    count_credit_variance(ws, scope_plan(s), plan, how);
}

/* Clears what the creatives of a person's touches were given, and gives it to their rows. */
static void clear_creatives(const workspace_t *ws, size_t n, double *by_creative)
{
    for (size_t k = 0; k < n; k++) by_creative[own_of(ws)[k].creative] = 0;
}
static void give_creatives_credit(workspace_t *ws, size_t i, size_t n, double *by_creative,
                                  double visible, double shared, const order_t *order)
{
    for (size_t k = 0; k < n; k++) {
        int creative = own_of(ws)[k].creative, row = ws->world->creative_row[creative];
        double credit = by_creative[creative] * visible;
        by_creative[creative] = 0;
        if (row < 0 || !(credit > 0)) continue;
        give_credit(ws, i, row, credit_carrier(ws->world->sc), credit, order);
        if (!order->drawn) count_credit_variance(ws, row, credit, sharing_of(ws, order, shared));
    }
}

/* ---- last touch, and claims ---- */

/* What each platform would claim on its own: it sees only its own touches. */
static void give_claims(workspace_t *ws, size_t i, size_t n, const order_t *order, double visible,
                        uint64_t seen)
{
    for (int p = 0; p < ws->world->sc->n_platforms; p++) {
        uint64_t own = seen & ws->world->platform_ad_sets[p];
        double claim[MAX_AD_SETS];
        for (uint64_t rest = own; rest; rest &= rest - 1) claim[__builtin_ctzll(rest)] = 0;
        if (own)
            attribute_last_touch(own_of(ws), n, windows_of(ws), own, (uint32_t)order->tick,
                                 order->cause, order->by_click, claim, NULL);
        for (uint64_t rest = own; rest; rest &= rest - 1)
            counters_of(ws, i, __builtin_ctzll(rest))[COUNT_PLATFORM_CONVERSIONS] +=
                event_fixed(claim[__builtin_ctzll(rest)] * visible);
    }
}

static void credit_last_touch(workspace_t *ws, size_t i, size_t n, const order_t *order,
                              double visible, uint64_t seen)
{
    double credit[MAX_AD_SETS], of_creative[MAX_CREATIVES];
    bool carries_on = carries(ws, CREDIT_LAST_TOUCH);
    double *by_creative = ws->world->scopes.n_creatives && carries_on ? of_creative : NULL;
    for (uint64_t rest = seen; rest; rest &= rest - 1) credit[__builtin_ctzll(rest)] = 0;
    if (by_creative) clear_creatives(ws, n, by_creative);
    if (attribute_last_touch(own_of(ws), n, windows_of(ws), ~0ull, (uint32_t)order->tick,
                             order->cause, order->by_click, credit, by_creative) <= 0)
        return;
    for (uint64_t rest = seen; rest; rest &= rest - 1) {
        int a = __builtin_ctzll(rest);
        credit[a] *= visible;
        give_ad_set_credit(ws, i, a, CREDIT_LAST_TOUCH, credit[a], order);
    }
    if (by_creative) give_creatives_credit(ws, i, n, by_creative, visible, 0, order);
    if (carries_on && !order->drawn) count_variances(ws, credit, sharing_of(ws, order, 0), seen);
    give_claims(ws, i, n, order, visible, seen);
}

/* ---- the models that share ---- */

/* Days are told, creatives and variances counted of the model that carries the scenario's. */
static void carry_shares(workspace_t *ws, size_t i, size_t n, size_t m, int model,
                         const order_t *order, double visible, uint64_t seen)
{
    const credit_t *c = tables_of(ws);
    double credit[MAX_AD_SETS], of_creative[MAX_CREATIVES];
    for (uint64_t rest = seen; rest; rest &= rest - 1) credit[__builtin_ctzll(rest)] = 0;
    clear_creatives(ws, n, of_creative);
    for (size_t k = 0; k < m; k++) {
        const credit_touch_t *touch = &own_of(ws)[c->path[k]];
        double share = c->share[k][model - CREDIT_FIRST_TOUCH];
        credit[touch->ad_set] += share * visible;
        of_creative[touch->creative] += share;
    }
    if (ws->world->scopes.n_creatives)
        give_creatives_credit(ws, i, n, of_creative, visible, visible, order);
    if (!order->drawn) count_variances(ws, credit, sharing_of(ws, order, visible), seen);
}

static void credit_path(workspace_t *ws, size_t i, size_t n, const order_t *order, double visible,
                        uint64_t seen)
{
    credit_t *c = tables_of(ws);
    size_t m = attribute_path(c->touch, n, windows_of(ws), (uint32_t)order->tick, order->cause,
                              order->by_click, c->path);
    if (!m) return;
    attribute_shares(&ws->tuning.theta->attribution, c->touch, c->path, m, c->share);
    for (int model = CREDIT_FIRST_TOUCH; model <= CREDIT_POSITION; model++) {
        for (size_t k = 0; k < m; k++) {
            double share = c->share[k][model - CREDIT_FIRST_TOUCH];
            if (share > 0)
                give_ad_set_credit(ws, i, c->touch[c->path[k]].ad_set, (credit_model_t)model,
                                   share * visible, order);
        }
        if (carries(ws, (credit_model_t)model))
            carry_shares(ws, i, n, m, model, order, visible, seen);
    }
    channels_order(c, ws->crowd->person[i].group, m, event_fixed(visible));
}

/* ---- orders ---- */

static void credit_order(workspace_t *ws, size_t i, size_t n, order_t order, uint64_t seen)
{
    if (order.weight <= 0 || order.tick < 0 || order.tick > UINT32_MAX) return;
    double visible = order.weight * ws->tuning.theta->attribution.observed;
    credit_last_touch(ws, i, n, &order, visible, seen);
    credit_path(ws, i, n, &order, visible, seen);
}

/* An order after a click of which visit or sight was drawn: what is shown later depends on the draw, so
 * its credit must be worked out in the world in which it happened. To count every order as an expectation
 * all the same, what its own ad set would get if no other touch shared it is taken at the visit's
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
        for (int model = CREDIT_LAST_TOUCH; model <= CREDIT_POSITION; model++)
            give_ad_set_credit(ws, i, t->ad_set, (credit_model_t)model, more, &order);
        tables_of(ws)->path[0] = (uint32_t)order.cause;
        channels_order(tables_of(ws), ws->crowd->person[i].group, 1, event_fixed(more));
        if (row >= 0) {
            give_credit(ws, i, row, credit_carrier(ws->world->sc), more, &order);
            count_credit_variance(ws, row, expected[t->ad_set], sharing_of(ws, &order, 0));
        }
        counters_of(ws, i, t->ad_set)[COUNT_PLATFORM_CONVERSIONS] += event_fixed(more);
        count_variances(ws, expected, sharing_of(ws, &order, 0), 1ull << t->ad_set);
    }
    order.weight = visit.outcome * cvr;
    order.drawn = 1;
    credit_order(ws, i, n, order, seen);
}

void credit_touch(workspace_t *ws, size_t i, size_t n, size_t k, order_chances_t chance,
                  order_times_t when, uint64_t seen)
{
    const touch_t *t = ws->own_touch[ws->own_first + k];
    order_t clicked = {
        .weight = chance.by_click, .tick = when.by_click, .cause = (int)k, .by_click = 1};
    order_t sighted = {.weight = chance.by_sight, .tick = when.by_sight, .cause = (int)k};
    order_t branded = {
        .weight = chance.by_brand, .tick = when.by_brand, .cause = (int)k, .several = 1};
    if (t->flags & (TOUCH_DRAWN | TOUCH_SIGHT_DRAWN) && !orders_charged(ws, t)) {
        double view = viewability_of(ws, t);
        credit_drawn_visit(ws, i, n, clicked, t,
                           visit_as_drawn(t, view, ws->tuning.theta->response.visit_rate), seen);
        sighted.weight *= sight_as_drawn(t, view) / view;
        branded.weight *= sight_as_drawn(t, view) / view;
    } else {
        credit_order(ws, i, n, clicked, seen);
    }
    credit_order(ws, i, n, sighted, seen);
    credit_order(ws, i, n, branded, seen);
}

/* Visits that come by themselves or by posts: each ends in an order with the stated share. */
status_t credit_organic(workspace_t *ws, size_t i, size_t n, uint64_t seen, error_t *err)
{
    double share = ws->tuning.conversion[ws->own_kind].organic;
    if (!(share > 0)) return OK;
    status_t st =
        site_visits(ws->world, ws->crowd, &ws->tuning, i, ws->replication, &ws->visits, err);
    uint32_t first = own_of(ws)[n - 1].tick;
    for (size_t k = 0; st == OK && k < ws->visits.n; k++) {
        const visit_t *v = &ws->visits.visit[k];
        if (v->tick < first) continue;
        credit_order(ws, i, n, (order_t){.weight = share, .tick = v->tick, .cause = PLAIN}, seen);
    }
    return st;
}

/* ---- a person's path ---- */

void credit_begin(workspace_t *ws, size_t i, size_t n)
{
    const scenario_t *theta = ws->tuning.theta;
    for (size_t k = 0; k < n; k++) {
        const credit_touch_t *own = &own_of(ws)[k];
        address_t at = ws->world->address[theta->ad_set[own->ad_set].platform];
        rng_block_t b =
            rng_at(ws->world->key, DRAW_PATH, at.placement, 0, ws->crowd->person[i].id | at.high,
                   ws->replication, ws->own_touch[ws->own_first + k]->number);
        double u = rng_unit(b, 0);
        uint32_t later = k ? own[-1].tick - own->tick : 0;
        tables_of(ws)->touch[k] = (path_touch_t){.tick = own->tick,
                                                 .ad_set = own->ad_set,
                                                 .clicked = u < own->p_click,
                                                 .seen = u < own->p_view,
                                                 .clicked_if_seen = u * own->p_view < own->p_click,
                                                 .kept = time_kept(&theta->attribution, later)};
    }
    tables_of(ws)->ordered = 0;
}

void credit_end(workspace_t *ws, size_t i, size_t n)
{
    channels_person(tables_of(ws), ws->crowd->person[i].group, n, windows_of(ws));
}
