/* account.c -- what the ads do to single persons, for those who ask (workspace_keep_accounts).
 *
 * Orders are purchases alone. Reads what settling reads and changes nothing of it: a run with accounts gives the
 * same results. */
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "sim/engine/workspace.h"

order_chances_t chances_as_drawn(const workspace_t *ws, const touch_t *t, order_chances_t order)
{
    if (!(t->flags & (TOUCH_DRAWN | TOUCH_SIGHT_DRAWN)) || orders_charged(ws, t)) return order;
    double view = viewability_of(ws, t);
    outcome_t visit = visit_as_drawn(t, view, ws->tuning.theta->response.visit_rate);
    double seen = sight_as_drawn(t, view) / view;
    return (order_chances_t){visit.chance > 0 ? visit.outcome * order.by_click / visit.chance : 0,
                             order.by_sight * seen, order.by_brand * seen};
}

/* The coin of a person's trial. */
static int is_treated(const workspace_t *ws, size_t i)
{
    enum { OF_A_TRIAL = 1 }; /* 0: of a person, once for all */
    return rng_at(ws->world->key, DRAW_TREATED, OF_A_TRIAL, 0, ws->crowd->person[i].id,
                  ws->replication, 0)
               .word[0] &
           1;
}

void account_touch(workspace_t *ws, size_t i, const touch_t *t, order_chances_t order)
{
    person_account_t *a = &ws->account[ws->crowd->person[i].id];
    double displaced = ws->tuning.theta->product.pull_forward;
    if (kind_of(ws, t) != CONVERSION_PURCHASE) return;
    a->caused += event_fixed(order.by_click + order.by_sight + order.by_brand);
    a->displaced += event_fixed((order.by_click + order.by_sight) * displaced);
    /* An experiment sees an order more only where it would not have come by itself. */
    order_chances_t drawn = chances_as_drawn(ws, t, order);
    address_t at = ws->world->address[ws->world->sc->ad_set[t->ad_set].platform];
    uint64_t person = ws->crowd->person[i].id | at.high;
    rng_block_t b =
        rng_at(ws->world->key, DRAW_OUTCOME, at.placement, 0, person, ws->replication, t->number);
    rng_block_t later =
        rng_at(ws->world->key, DRAW_OUTCOME, at.placement, 1, person, ws->replication, t->number);
    uint32_t orders = (rng_unit(b, 0) < drawn.by_click * (1 - displaced)) +
                      (rng_unit(b, 1) < drawn.by_sight * (1 - displaced)) +
                      poisson_quantile(drawn.by_brand, rng_unit(later, 0));
    a->caused_drawn += orders;
    if (is_treated(ws, i)) a->orders[1] += orders;
}

int64_t first_impression(const workspace_t *ws, size_t i)
{
    int64_t first = ws->world->flight_ticks;
    for (const touch_t *t = touch_latest(&ws->touches, ws->head[i]); t;
         t = touch_earlier(&ws->touches, t))
        first = t->tick;
    return first;
}

/* Of the flight alone, as the totals count them. */
static status_t account_organic(workspace_t *ws, size_t i, error_t *err)
{
    const scenario_t *theta = ws->tuning.theta;
    person_account_t *a = &ws->account[ws->crowd->person[i].id];
    int64_t first = first_impression(ws, i), end = ws->world->flight_ticks;
    int treated = is_treated(ws, i);
    status_t st =
        organic_visits(ws->world, ws->crowd, &ws->tuning, i, ws->replication, &ws->visits, err);
    for (size_t k = 0; st == OK && k < ws->visits.n; k++) {
        const visit_t *v = &ws->visits.visit[k];
        if (v->tick < 0 || v->tick >= end) continue;
        int64_t order = event_fixed(theta->product.visit_to_order);
        a->organic += order;
        a->organic_drawn += (uint32_t)v->ordered;
        if (v->tick < first) continue;
        a->organic_after += order;
        a->orders[treated] += (uint32_t)v->ordered;
    }
    a->replications++;
    a->shown[treated] += first < end;
    return st;
}

status_t account_everyone(workspace_t *ws, error_t *err)
{
    status_t st = OK;
    for (size_t i = 0; st == OK && ws->account && i < ws->crowd->n; i++)
        st = account_organic(ws, i, err);
    return st;
}

void workspace_keep_accounts(workspace_t *ws, person_account_t *account)
{
    ws->account = account;
}
