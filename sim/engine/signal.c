/* signal.c -- ranks on a turning circle, and the normal law behind them. */
#include "sim/engine/signal.h"
#include "models/base/maths.h"
#include "sim/scenario/scenario.h"

enum { CELL_BITS = 20 };                   /* ranks in a cell: 2^32 / SIGNAL_CELLS */
static const int tail = SIGNAL_CELLS / 64; /* cells at both ends, where the curve is steep */

static double signal_of_rank(uint32_t rank)
{
    return normal_quantile(((double)rank + 0.5) * 0x1p-32);
}

static void weigh_levels(signal_table_t *t)
{
    for (int l = 0; l < SIGNAL_LEVELS; l++) t->within[l] = t->above[l] = t->mean[l] = 0;
    for (int k = 0; k < SIGNAL_CELLS; k++) {
        t->within[t->level[k]] += 1.0 / SIGNAL_CELLS;
        t->mean[t->level[k]] += (t->edge[k] + t->edge[k + 1]) / 2;
    }
    for (int l = SIGNAL_LEVELS - 1; l >= 0; l--) {
        if (t->within[l] > 0) t->mean[l] /= t->within[l] * SIGNAL_CELLS;
        if (l > 0) t->above[l - 1] = t->above[l] + t->within[l];
    }
}

void signal_table_init(signal_table_t *t)
{
    const double lowest = -3, step = 0.25;
    t->edge[0] = signal_of_rank(0);
    for (int k = 1; k < SIGNAL_CELLS; k++) t->edge[k] = normal_quantile((double)k / SIGNAL_CELLS);
    t->edge[SIGNAL_CELLS] = signal_of_rank(UINT32_MAX);
    for (int l = 0; l < SIGNAL_LEVELS; l++) t->most[l] = lowest + l * step;
    t->most[SIGNAL_LEVELS - 1] = t->edge[SIGNAL_CELLS];
    for (int k = 0, l = 0; k < SIGNAL_CELLS; k++) {
        while (t->edge[k + 1] > t->most[l]) l++;
        t->level[k] = (uint8_t)l;
    }
    weigh_levels(t);
}

uint32_t signal_place(double signal)
{
    double rank = normal_cdf(signal) * 0x1p32;
    return rank < (double)UINT32_MAX ? (uint32_t)rank : UINT32_MAX;
}

uint32_t signal_turn(uint32_t replication)
{
    /* Weyl sequences: the golden section of the arc that a turn leaves open, a quarter, and for what is
     * between the two of a pair 1/g^2 of the circle, g^3 = g + 1. (1/g of the circle for the first is
     * .7549: in quarters .02 from one turn to the next, and a run of eight turns knew but one angle.) */
    const uint32_t part = UINT32_MAX / SIGNAL_TURN + 1, step = 0x9E3779B9u / SIGNAL_TURN,
                   of_second = 0x91E10DA5u;
    uint32_t pair = replication / 2, turns = pair / SIGNAL_TURN;
    return pair % SIGNAL_TURN * part + turns * step + replication % 2 * (turns + 1) * of_second;
}

double signal_at(const signal_table_t *t, uint32_t rank)
{
    int cell = (int)(rank >> CELL_BITS);
    if (cell < tail || cell >= SIGNAL_CELLS - tail) return signal_of_rank(rank);
    double part = (double)(rank & ((1u << CELL_BITS) - 1)) * 0x1p-20;
    return t->edge[cell] + part * (t->edge[cell + 1] - t->edge[cell]);
}
