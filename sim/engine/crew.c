/* crew.c -- what processes that share a run deal among them, and add up. */
#include "sim/engine/crew.h"

enum { TAKEN = 64 }; /* cells that are sent at a time, of those that are written anew for it */

const crew_t crew_alone = {.ranks = 1};

bool crew_leads(const crew_t *c)
{
    return c->rank == 0;
}

/* ---- dealing ---- */

typedef struct {
    const crew_t *crew;
    size_t n;
    parallel_job_t job;
    void *context;
    size_t taken; /* by whoever has just asked */
} deal_t;

static void make_own(void *context, size_t i, int worker)
{
    const deal_t *d = context;
    d->job(d->context, d->crew->rank + i * d->crew->ranks, worker);
}

static void take_next(void *context)
{
    deal_t *d = context;
    d->taken = d->crew->take();
}

static void make_taken(void *context, size_t i, int worker)
{
    (void)i;
    for (deal_t own = *(const deal_t *)context;;) {
        parallel_alone(take_next, &own);
        if (own.taken >= own.n) return;
        own.job(own.context, own.taken, worker);
    }
}

void crew_for(const crew_t *c, size_t n, int threads, parallel_job_t job, void *context)
{
    deal_t d = {c, n, job, context, 0};
    if (c->ranks > 1 && c->take) {
        c->recount();
        parallel_for((size_t)threads, threads, make_taken, &d);
    } else if (c->rank < n) {
        parallel_for((n - c->rank - 1) / c->ranks + 1, threads, make_own, &d);
    }
}

/* ---- sums ---- */

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
