/* reading.c -- how far everyone's candidate stream has to be read: as far as today's bids need, and a
 * little further, since reading on is a sweep over everyone. */
#include "sim/engine/flight.h"

#include <math.h>

/* Streams are read further than today's bids need, so that reading on, a sweep over everyone, is rare. */
static const double HEAD_ROOM = 0.25; /* ln 1.28 */

static reader_t reader_of(workspace_t *ws, int p, uint32_t from)
{
    return (reader_t){.world = ws->world,
                      .crowd = ws->crowd,
                      .tuning = &ws->tuning,
                      .profile = &ws->profile[p],
                      .ranks = &ws->ranks,
                      .platform = p,
                      .replication = ws->replication,
                      .turn = signal_turn(ws->replication),
                      .from = from,
                      .places = &ws->places[p]};
}

/* She may join pools of the platform from this tick on: read her stream as far as their ad sets could
 * bid for her. */
static status_t join_platform_pools(workspace_t *ws, int p, size_t i, uint32_t from, error_t *err)
{
    uint64_t pools = eligibility_of(ws->crowd, i)->pool & ws->world->platform_ad_sets[p];
    if (!pools) return OK;
    reader_t reader = reader_of(ws, p, from);
    size_t member = ws->crowd->members[p].of_person[i];
    double upto = stream_rank(&reader, member, pools, ws->read_upto);
    return stream_read(&reader, member, upto, &ws->calendar, err);
}

status_t join_pools(workspace_t *ws, size_t i, uint32_t from, error_t *err)
{
    status_t st = OK;
    for (int p = 0; st == OK && p < ws->world->sc->n_platforms; p++)
        st = join_platform_pools(ws, p, i, from, err);
    return st;
}

/* The value that an ad set's bid comes to when and where rivals will pay least from a tick on. */
static double reaching_value(const workspace_t *ws, int a, uint32_t from)
{
    return ranked_value(ws, a) - ws->tuning.least_price[a] -
           price_at(ws->world, ws->world->sc->ad_set[a].platform, from).least;
}

/* Of some ad sets (bits), those whose bids rose past what was read. */
static uint64_t risen(const workspace_t *ws, uint64_t ad_sets, uint32_t from)
{
    uint64_t found = 0;
    for (; ad_sets; ad_sets &= ad_sets - 1) {
        int a = __builtin_ctzll(ad_sets);
        if (!ws->state[a].closed && reaching_value(ws, a, from) > ws->read_upto[a])
            found |= 1ull << a;
    }
    return found;
}

/* Once we read on, for all of them, and as far as a first estimate that is too low will recover. */
static void raise_bounds(workspace_t *ws, uint64_t ad_sets, uint32_t from)
{
    for (; ad_sets; ad_sets &= ad_sets - 1) {
        int a = __builtin_ctzll(ad_sets);
        double upto = reaching_value(ws, a, from) - fmin(ws->state[a].learning, 0) + HEAD_ROOM;
        if (!ws->state[a].closed && upto > ws->read_upto[a]) ws->read_upto[a] = upto;
    }
}

status_t read_on(workspace_t *ws, uint32_t from, error_t *err)
{
    const world_t *w = ws->world;
    status_t st = OK;
    for (int p = 0; st == OK && p < w->sc->n_platforms; p++) {
        uint64_t pools = w->platform_ad_sets[p] & w->pool_ad_sets;
        uint64_t everyone = w->platform_ad_sets[p] & ~w->pool_ad_sets;
        if (risen(ws, everyone, from)) {
            raise_bounds(ws, everyone, from);
            reader_t reader = reader_of(ws, p, from);
            st = stream_read_all(&reader, ws->read_upto, &ws->calendar, err);
        }
        if (st != OK || !risen(ws, pools, from)) continue;
        raise_bounds(ws, pools, from);
        for (size_t k = 0; st == OK && k < ws->site.visitors.n; k++)
            st = join_platform_pools(ws, p, ws->site.visitors.index[k], from, err);
    }
    return st;
}
