/* markov.c -- removal effects of all channels from one inverse. KERNEL file.
 *
 * With N = (I - Q)^-1, Q the chances to go from channel to channel, a path from the start ever comes to
 * channel j with chance h_j = (s N)_j / N_jj and, once there, ends in an order with chance c_j = (N o)_j. A path
 * that comes to j ends there when j is removed, so that h_j c_j of s c is lost. */
#include "models/response/markov.h"

static double chance(const int64_t *row, int channels, int to)
{
    double sum = 0;
    for (int state = 1; state <= markov_nothing(channels); state++) sum += (double)row[state];
    return sum > 0 ? (double)row[to] / sum : 0;
}

/* room = I - Q. */
static void fill(const int64_t *count, int n, double *room)
{
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            room[i * n + j] = (i == j) - chance(count + (i + 1) * (n + 3), n, j + 1);
}

/* Its inverse in place (Gauss-Jordan). Rows are diagonally dominant, since every path ends: no pivoting. */
static void invert(double *a, int n)
{
    for (int k = 0; k < n; k++) {
        double pivot = 1 / a[k * n + k];
        a[k * n + k] = 1;
        for (int j = 0; j < n; j++) a[k * n + j] *= pivot;
        for (int i = 0; i < n; i++) {
            if (i == k) continue;
            double factor = a[i * n + k];
            a[i * n + k] = 0;
            for (int j = 0; j < n; j++) a[i * n + j] -= factor * a[k * n + j];
        }
    }
}

void markov_effects(const int64_t *count, int n, double *room, double *effect)
{
    double orders = 0;
    fill(count, n, room);
    invert(room, n);
    for (int j = 0; j < n; j++) {
        double come = 0, order = 0;
        for (int i = 0; i < n; i++) {
            come += chance(count, n, i + 1) * room[i * n + j];
            order += room[j * n + i] * chance(count + (i + 1) * (n + 3), n, markov_order(n));
        }
        effect[j] = come / room[j * n + j] * order;
        orders += chance(count, n, j + 1) * order;
    }
    for (int j = 0; j < n; j++) effect[j] = orders > 0 ? effect[j] / orders : 0;
}
