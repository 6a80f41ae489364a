/* shapley.h -- credit by Shapley's value of coalitions of channels (Shapley 1953).
 *
 * A coalition is the set of channels whose windows are open to a person at a moment. It is worth the orders a
 * day that come while exactly these are open, so that time which ends in no order counts as well; none is worth
 * nothing. In each coalition its orders are shared by the value of the game among its members, so that all
 * orders are given away (efficiency), channels that play the same part get the same (symmetry), and one that
 * adds nothing to any coalition gets nothing (dummy). Exact, by Harsanyi's dividends. KERNEL. */
#ifndef ADSIM_RESPONSE_SHAPLEY_H
#define ADSIM_RESPONSE_SHAPLEY_H

#include <stddef.h>

/* Sets of channels are bits: tables have 2^channels cells. */
enum { SHAPLEY_CHANNELS_MOST = 12 };
static inline size_t shapley_cells(int channels)
{
    return (size_t)1 << channels;
}

/* worth[set] of each coalition, worth[0] = 0, becomes its dividend: what it is worth beyond what the
 * coalitions in it are. */
void shapley_dividends(int channels, double *worth);

/* Adds up what every channel gets, if the game is played weight[set] times by each set: credit[channel].
 * Changes the weights. */
void shapley_credit(int channels, const double *dividend, double *weight, double *credit);

/* What the best of the coalitions with one member less is worth, 0 of a single channel: what may be taken of one of
 * which little is known, since nobody saw that the member adds anything. */
double shapley_best_part(const double *worth, size_t set);

#endif
