/* markov.h -- credit by removal from a first-order chain of channels (Anderl et al., IJRM 2016).
 *
 * Paths begin at a start, go from channel to channel, and end in an order or in nothing. A channel's removal
 * effect is the share of orders that would be lost if every path that comes to it ended there; orders are
 * shared in proportion to these effects. KERNEL. */
#ifndef ADSIM_RESPONSE_MARKOV_H
#define ADSIM_RESPONSE_MARKOV_H

#include <stddef.h>
#include <stdint.h>

/* States: the start, channels 1 to n, and the two ends, which have no row. */
enum { MARKOV_START = 0 };
static inline int markov_order(int channels)
{
    return channels + 1;
}
static inline int markov_nothing(int channels)
{
    return channels + 2;
}

/* Transitions counted: [from the start or a channel][to any state], column MARKOV_START always 0. */
static inline size_t markov_cells(int channels)
{
    return (size_t)(channels + 1) * (size_t)(channels + 3);
}
static inline int64_t *markov_cell(int64_t *count, int channels, int from, int to)
{
    return &count[from * (channels + 3) + to];
}

/* effect[channel 0 .. n - 1] of what was counted; all 0 if nothing ended in an order. `room`: n x n. */
void markov_effects(const int64_t *count, int channels, double *room, double *effect);

#endif
