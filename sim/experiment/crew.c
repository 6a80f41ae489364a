/* crew.c -- sums over the processes of a run. */
#include "sim/experiment/crew.h"

enum { TAKEN = 64 }; /* cells that are sent at a time, of those that are written anew for it */

bool crew_deals(const crew_t *c, size_t i)
{
    return i % c->ranks == c->rank;
}

void crew_sum(const crew_t *c, int64_t *x, size_t n)
{
    if (c->ranks > 1) c->sum(x, n);
}

void crew_sum_tables(const crew_t *c, tables_t *t)
{
    if (c->ranks > 1) tables_each(t, c->sum);
}

/* Each in two parts that carry nothing into each other. */
void crew_sum_wide(const crew_t *c, wide_t *x, size_t n)
{
    for (size_t first = 0; c->ranks > 1 && first < n; first += TAKEN) {
        int64_t part[2 * TAKEN] = {0};
        for (size_t i = 0; i < TAKEN && first + i < n; i++) {
            part[2 * i] = (int64_t)(x[first + i] >> 32);
            part[2 * i + 1] = (int64_t)(x[first + i] & 0xffffffff);
        }
        c->sum(part, 2 * TAKEN);
        for (size_t i = 0; i < TAKEN && first + i < n; i++)
            x[first + i] = (wide_t)part[2 * i] * ((wide_t)1 << 32) + part[2 * i + 1];
    }
}

void crew_join(const crew_t *c, bool *flag, size_t n)
{
    for (size_t first = 0; c->ranks > 1 && first < n; first += TAKEN) {
        int64_t x[TAKEN] = {0};
        for (size_t i = 0; i < TAKEN && first + i < n; i++) x[i] = flag[first + i];
        c->sum(x, TAKEN);
        for (size_t i = 0; i < TAKEN && first + i < n; i++) flag[first + i] = x[i] > 0;
    }
}

status_t crew_agree(const crew_t *c, status_t own, error_t *err)
{
    int64_t failed = own != OK;
    crew_sum(c, &failed, 1);
    if (own != OK || !failed) return own;
    return fail(err, ERR_UNEXPECTED, "%lld of %zu ranks failed", (long long)failed, c->ranks);
}
