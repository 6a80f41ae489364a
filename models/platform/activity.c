/* activity.c -- quantiles of the gamma between people, from a table. */
#include "models/platform/activity.h"
#include "models/base/maths.h"

void activity_table_init(activity_table_t *t, double shape)
{
    t->shape = shape;
    for (int k = 1; k < ACTIVITY_NODES; k++)
        t->node[k] = gamma_quantile(shape, (double)k / ACTIVITY_NODES) / shape;
}

double activity_at(const activity_table_t *t, double rank)
{
    double at = rank * ACTIVITY_NODES;
    int k = (int)at;
    if (k < 64 || k >= ACTIVITY_NODES - 64) return gamma_quantile(t->shape, rank) / t->shape;
    double part = at - k;
    return t->node[k] + part * (t->node[k + 1] - t->node[k]);
}
