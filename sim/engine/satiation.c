/* satiation.c -- who has just ordered is less likely to order again after an ad.
 *
 * Each order that she placed before takes a part of her chance, which comes back by half in each half-life; what
 * comes by itself is stated as it is observed, and stays. Orders are expected, not drawn: one that came with
 * probability p takes p times its part. That leaves out that an order makes the next one rarer, so that having placed
 * both is rarer than by chance: too much is left, by at most effect^3 P^2 / 2 of her chance, P the orders expected of her
 * so far. Where orders are drawn, because pools go by them, those drawn count, and nothing is left out. */
#include "models/base/array.h"
#include "sim/engine/workspace.h"

#include <stdlib.h>

/* What an order at `when`, of a chance, leaves of hers now. */
static double left_by(const workspace_t *ws, double chance, int64_t when, uint32_t now)
{
    if (when > (int64_t)now || !(chance > 0)) return 1;
    return satiation_left(&ws->tuning.theta->product.satiation, chance,
                          (double)((int64_t)now - when) / TICKS_PER_DAY);
}

static double left_by_touches(const workspace_t *ws, size_t i, uint32_t now)
{
    double left = 1;
    for (const touch_t *t = touch_latest(&ws->touches, ws->head[i]); t;
         t = touch_earlier(&ws->touches, t)) {
        const sated_t *s = &ws->sated[t - ws->touches.touch];
        left *= left_by(ws, s->chance.by_click, s->when.by_click, now) *
                left_by(ws, s->chance.by_sight, s->when.by_sight, now) *
                left_by(ws, s->chance.by_brand, s->when.by_brand, now);
    }
    return left;
}

static double left_by_drawn(const workspace_t *ws, size_t i, uint32_t now)
{
    double left = 1;
    for (uint32_t at = ws->site.head[i]; at; at = ws->site.event[at - 1].earlier)
        if (ws->site.event[at - 1].is_order)
            left *= left_by(ws, 1, ws->site.event[at - 1].tick, now);
    return left;
}

static status_t left_by_organic(workspace_t *ws, size_t i, uint32_t now, double *left, error_t *err)
{
    status_t st =
        site_visits(ws->world, ws->crowd, &ws->tuning, i, ws->replication, &ws->sating_visits, err);
    for (size_t k = 0; st == OK && k < ws->sating_visits.n; k++)
        *left *= left_by(ws, ws->tuning.theta->product.visit_to_order,
                         ws->sating_visits.visit[k].tick, now);
    return st;
}

status_t satiation_find(workspace_t *ws, size_t i, const touch_t *t, error_t *err)
{
    ws->showing = t;
    ws->showing_left = 1;
    if (!ws->tuning.sates || kind_of(ws, t) != CONVERSION_PURCHASE) return OK;
    if (ws->world->orders_drawn && is_watched(ws->world, ws->crowd, i)) {
        ws->showing_left = left_by_drawn(ws, i, t->tick);
        return OK;
    }
    ws->showing_left = left_by_touches(ws, i, t->tick);
    return left_by_organic(ws, i, t->tick, &ws->showing_left, err);
}

status_t satiation_keep(workspace_t *ws, size_t i, const touch_t *t, order_chances_t order,
                        error_t *err)
{
    size_t at = ws->touches.n - 1;
    ws->showing = NULL;
    if (!ws->tuning.sates) return OK;
    sated_t *grown = array_grown(ws->sated, at, &ws->sated_capacity, sizeof *grown);
    if (!grown) return fail_memory(err, "what orders leave of the next ones");
    ws->sated = grown;
    ws->sated[at] = (sated_t){.left = ws->showing_left};
    if (kind_of(ws, t) != CONVERSION_PURCHASE) return OK;
    ws->sated[at].chance = order;
    ws->sated[at].when = order_times(ws, i, t);
    return OK;
}
