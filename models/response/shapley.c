/* shapley.c -- sums over subsets and supersets, a channel at a time. KERNEL file.
 *
 * With dividends d(T) the value of channel j in the game of set S is the sum of d(T) / |T| over T in S that
 * hold j. Over all S, weighted: d(T) / |T| times the weight of all S that hold T. */
#include "models/response/shapley.h"

void shapley_dividends(int channels, double *worth)
{
    for (int j = 0; j < channels; j++)
        for (size_t set = 0; set < shapley_cells(channels); set++)
            if (set >> j & 1) worth[set] -= worth[set ^ (size_t)1 << j];
}

void shapley_credit(int channels, const double *dividend, double *weight, double *credit)
{
    for (int j = 0; j < channels; j++)
        for (size_t set = 0; set < shapley_cells(channels); set++)
            if (!(set >> j & 1)) weight[set] += weight[set | (size_t)1 << j];
    for (int j = 0; j < channels; j++) credit[j] = 0;
    for (size_t set = 1; set < shapley_cells(channels); set++) {
        int members = 0;
        for (size_t rest = set; rest; rest &= rest - 1) members++;
        double part = dividend[set] * weight[set] / members;
        for (size_t rest = set; rest; rest &= rest - 1) credit[__builtin_ctzll(rest)] += part;
    }
}

double shapley_best_part(const double *worth, size_t set)
{
    double best = 0;
    for (size_t rest = set; rest; rest &= rest - 1) {
        double part = worth[set ^ (rest & -rest)];
        if (part > best) best = part;
    }
    return best;
}
