/* presence.c -- how many ad opportunities people have while they are in a retargeting pool, or are left out
 * because they are in one: their rates over the time they are there, on the days on which they open the
 * platform. What candidates cannot tell, since most are never read (MODEL 9.4). */
#include "sim/engine/workspace.h"

#include "models/base/array.h"
#include "models/base/fixed.h"
#include "models/platform/hours.h"

/* One person and one ad set. */
typedef struct {
    workspace_t *ws;
    size_t i;
    int ad_set;
    const audience_t *pool;    /* she must be in it; NULL: she is in the audience anyhow */
    const audience_t *without; /* whose members are left out; NULL: none are */
    double a_day;              /* her opportunities on a day on which she opens the platform */
} presence_t;

static status_t moment_add(workspace_t *ws, int64_t tick, error_t *err)
{
    if (tick <= 0 || tick >= ws->world->flight_ticks) return OK;
    int64_t *grown = array_grown(ws->moment, ws->n_moments, &ws->moments_capacity, sizeof *grown);
    if (!grown) return fail_memory(err, "when people enter and leave pools");
    ws->moment = grown;
    size_t at = ws->n_moments++;
    for (; at > 0 && grown[at - 1] > tick; at--) grown[at] = grown[at - 1];
    grown[at] = tick;
    return OK;
}

/* When her being in a pool may begin or end. */
static status_t add_moments(const presence_t *p, const audience_t *pool, error_t *err)
{
    const site_log_t *log = &p->ws->site;
    int64_t window = (int64_t)(pool->window_days * TICKS_PER_DAY) + 1; /* its last tick is inside */
    int64_t exclusion = (int64_t)(pool->exclude_purchasers_days * TICKS_PER_DAY);
    status_t st = OK;
    for (uint32_t at = log->head[p->i]; st == OK && at; at = log->event[at - 1].earlier) {
        const site_event_t *e = &log->event[at - 1];
        st = moment_add(p->ws, e->tick, err);
        if (st == OK) st = moment_add(p->ws, e->tick + (e->is_order ? exclusion : window), err);
    }
    return st;
}

/* Of an ad set that retargets, whether she may be shown it; of another, whether she is left out. */
static bool is_present(const presence_t *p, int64_t tick)
{
    const site_log_t *log = &p->ws->site;
    bool out = p->without && pool_contains(log, p->i, tick, p->without);
    return p->pool ? !out && pool_contains(log, p->i, tick, p->pool) : out;
}

static int64_t presence_fixed(double opportunities)
{
    return fixed_round(opportunities * PRESENCE_ONE);
}

static void add_part_of_day(const presence_t *p, int64_t day, double from, double to)
{
    const world_t *w = p->ws->world;
    int platform = w->sc->ad_set[p->ad_set].platform;
    const platform_t *wave = &w->sc->platform[platform];
    presence_sum_t *sum = &p->ws->present[p->ad_set];
    for (int h = (int)from; h < to; h++) {
        double begin = from > h ? from : h, end = to < h + 1 ? to : h + 1;
        double share = end - begin == 1
                           ? profile_in_hour(&p->ws->profile[platform], h)
                           : hours_share(wave->hours_amplitude, wave->hours_peak, begin, end);
        int64_t here = presence_fixed(p->a_day * share);
        sum->hour[h] += here;
        if (!(running_at(p->ws, 24 * (int)day + h) >> p->ad_set & 1)) sum->outside[h] += here;
    }
}

/* Of a day on which she opens the platform, what lies between two moments. */
static void add_day(const presence_t *p, int64_t day, int64_t from, int64_t to)
{
    const workspace_t *ws = p->ws;
    const int64_t day_ticks = (int64_t)TICKS_PER_DAY, midnight = day * day_ticks;
    int64_t begin = from > midnight ? from - midnight : 0;
    int64_t end = to < midnight + day_ticks ? to - midnight : day_ticks;
    if (end - begin == day_ticks && !(ws->world->silent_days[p->ad_set] > 0))
        p->ws->present[p->ad_set].days += presence_fixed(p->a_day);
    else
        add_part_of_day(p, day, (double)begin / TICKS_PER_HOUR, (double)end / TICKS_PER_HOUR);
}

static void add_stretch(const presence_t *p, int64_t from, int64_t to)
{
    enum { DAYS = 32 }; /* looked up at a time */
    const workspace_t *ws = p->ws;
    int platform = ws->world->sc->ad_set[p->ad_set].platform;
    reader_t reader = {.world = ws->world,
                       .tuning = &ws->tuning,
                       .platform = platform,
                       .replication = ws->replication};
    uint64_t person = ws->crowd->person[p->i].id | ws->world->address[platform].high;
    const int64_t day_ticks = (int64_t)TICKS_PER_DAY, end = (to + day_ticks - 1) / day_ticks;
    for (int64_t day = from / day_ticks; day < end; day += DAYS) {
        unsigned n = end - day < DAYS ? (unsigned)(end - day) : DAYS;
        uint32_t open = stream_days_open(&reader, person, (uint32_t)day, n);
        for (; open; open &= open - 1) add_day(p, day + __builtin_ctz(open), from, to);
    }
}

static status_t add_presence(const presence_t *p, error_t *err)
{
    workspace_t *ws = p->ws;
    int64_t from = 0;
    ws->n_moments = 0;
    status_t st = p->pool ? add_moments(p, p->pool, err) : OK;
    if (st == OK && p->without) st = add_moments(p, p->without, err);
    for (size_t k = 0; st == OK && k <= ws->n_moments; k++) {
        int64_t to = k < ws->n_moments ? ws->moment[k] : ws->world->flight_ticks;
        if (to > from && is_present(p, from + (to - from) / 2)) add_stretch(p, from, to);
        from = to;
    }
    return st;
}

/* Is she found where a list decides, at the match rate of the pair? */
static bool is_listed(const workspace_t *ws, size_t i, int a)
{
    const world_t *w = ws->world;
    uint32_t id = ws->crowd->person[i].id, people = w->sc->population->redraw ? ws->replication : 0;
    if (w->list_ad_sets >> a & 1) return list_matched(w, ws->tuning.theta, a, id, people);
    bool may = w->without_list >> a & 1 && eligibility_of(ws->crowd, i)->excludable >> a & 1;
    return !may || !list_finds(w, ws->tuning.theta, excluded_audience(w->sc, a),
                               w->sc->ad_set[a].platform, id, people);
}

static status_t of_visitor(workspace_t *ws, size_t i, error_t *err)
{
    const world_t *w = ws->world;
    const crowd_t *c = ws->crowd;
    const eligibility_t *e = eligibility_of(c, i);
    uint64_t out = e->excludable & w->without_pool;
    uint64_t sets = (e->pool & w->pool_ad_sets) | (e->now & out);
    status_t st = OK;
    for (; st == OK && sets; sets &= sets - 1) {
        int a = __builtin_ctzll(sets), p = w->sc->ad_set[a].platform;
        if (!is_listed(ws, i, a)) continue;
        const members_t *m = &c->members[p];
        const scenario_t *theta = ws->tuning.theta;
        presence_t presence = {
            .ws = ws,
            .i = i,
            .ad_set = a,
            .pool = w->pool_ad_sets >> a & 1 ? &theta->audience[theta->ad_set[a].audience] : NULL,
            .without = out >> a & 1 ? &theta->audience[excluded_audience(theta, a)] : NULL,
            .a_day = (double)m->activity[m->of_person[i]] *
                     ws->tuning.mean_opportunities[p][c->person[i].age_band] * ws->tuning.share[a] /
                     theta->days / theta->platform[p].open_days};
        st = add_presence(&presence, err);
    }
    return st;
}

/* Visitors come at random: asks memory in advance for what is read of the next. */
static ALWAYS_INLINE void look_ahead(const workspace_t *ws, size_t at)
{
    enum { FAR = 16, NEAR = 8 };
    const uint32_t *visitor = ws->site.visitors.index;
    if (at + FAR >= ws->site.visitors.n) return;
    look_ahead_at_visitor(ws, visitor[at + FAR]);
    uint32_t near = visitor[at + NEAR];
    const eligibility_t *e = eligibility_of(ws->crowd, near);
    for (int p = 0; p < ws->world->sc->n_platforms; p++) {
        const members_t *m = &ws->crowd->members[p];
        if (m->of_person && (e->now | e->pool) & ws->world->platform_ad_sets[p])
            __builtin_prefetch(&m->activity[m->of_person[near]]);
    }
    __builtin_prefetch(&ws->site.event[ws->site.head[near] - 1]);
}

status_t count_presence(workspace_t *ws, error_t *err)
{
    status_t st = OK;
    for (size_t k = 0; st == OK && k < ws->site.visitors.n; k++) {
        look_ahead(ws, k);
        st = of_visitor(ws, ws->site.visitors.index[k], err);
    }
    return st;
}

double present_in_hour(const workspace_t *ws, int a, int hour)
{
    const presence_sum_t *sum = &ws->present[a];
    const profile_t *profile = &ws->profile[ws->world->sc->ad_set[a].platform];
    return ((double)sum->hour[hour] + (double)sum->days * profile_in_hour(profile, hour)) /
           PRESENCE_ONE;
}
