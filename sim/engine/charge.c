/* charge.c -- charging by outcome: a click, or an order that the ad caused, costs the price of its impression
 * over the chance that the platform gave it. On average that is the price; what comes of single impressions
 * decides what is spent, and so it is drawn. */
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "sim/engine/flight.h"

#include <math.h>

/* The platform's estimate of the chance, given what it foresees of her. */
static double chance_foreseen(const workspace_t *ws, size_t i, const touch_t *t)
{
    double signal = signal_of(ws->world, &ws->crowd->person[i], ws->replication);
    return fmin(
        1, ws->tuning.charge_rate[t->ad_set][t->placement] *
               m_exp(ws->state[t->ad_set].charge_gain + foreseen_advantage(ws->world, signal)));
}

int64_t charge_due(const workspace_t *ws, size_t i, const touch_t *t, int64_t price)
{
    int charged = TOUCH_CLICKED;
    switch (paid_for(ws, t->ad_set)) {
    case BILLED_IMPRESSIONS: return price;
    case BILLED_CLICKS: break;
    case BILLED_CONVERSIONS: charged = TOUCH_ORDERED | TOUCH_SIGHT_ORDERED; break;
    }
    if (!(t->flags & charged)) return 0;
    return fixed_round((double)price / chance_foreseen(ws, i, t));
}
