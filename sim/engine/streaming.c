/* streaming.c -- the person-major engine (MODEL 9.6): a pilot of the closed loop finds the path of the bids,
 * and everybody passes on it, window after window.
 *
 * The pilot is a sample of the people with the parameters of the replication, its market and its part of the
 * money. On its path everybody spends what the plan does, but for what the sample is off. Two corrections
 * follow from what was spent, each with another pass:
 *   level  where everybody spends r times what their part of the pilot did, the pilot is given 1 / r of the
 *          money and flown again: its controller finds what all ad sets together have to bid then, those
 *          that stand in each other's way included;
 *   stops  a budget that would be passed closes at the last whole minute before. The minutes are paid out of
 *          the purses of the closed loop.
 * A stop may leave more to others: whoever then cannot pay closes some minutes earlier, so that it ends. No
 * budget is passed, by not one micro; of one that binds, beside what the pilot left, what is missed after the
 * level, and the spend of a minute, is unspent. */
#include "sim/engine/flight.h"
#include "sim/engine/ledger.h"
#include "sim/engine/pass.h"

#include "models/base/maths.h"

#include <stdlib.h>
#include <string.h>

/* People of a pilot: so many that an ad set's spend is off by a percent or two, a part of the people that
 * costs little beside their pass, and never more than memory easily holds. */
static const double PILOT_LEAST = 20000, PILOT_PART = 1.0 / 16, PILOT_MOST = 1e6;

/* What everybody may spend beside the pilot before it is flown again, log. */
static const double LEVEL = 0.001;

/* The pilot's stops come later for everybody by this part of the time they had: its people are not all, and
 * a stop that comes too late is found, one that comes too early is not. */
static const double STOPS_LATER = 0.02;

struct streaming {
    const world_t *world; /* borrowed */
    world_t *pilot;
    workspace_t *pilot_ws;
    totals_t pilot_totals; /* nobody asks for them */
    path_t path;
    ledger_t ledger, pilot_ledger;
    pass_t pass;
    tables_t tables;
    int passes;
};

/* ---- the pilot ---- */

size_t streaming_pilot(const world_t *w)
{
    double people = (double)w->people,
           wanted = fmax(fmax(PILOT_LEAST, scenario_people_auto(w->sc, NULL)), people * PILOT_PART);
    return (size_t)fmin(people, fmin(wanted, PILOT_MOST));
}

/* Of a crew each flies the same one, for which the others would only wait. */
static status_t fly_pilot(streaming_t *s, const scenario_t *theta, uint32_t replication,
                          error_t *err)
{
    ledger_clear(&s->pilot_ledger);
    s->pilot_ws->tuned_pair = -1; /* its money may be another */
    status_t st = replication_run(s->pilot, theta, replication, s->pilot_ws, &s->pilot_totals, err);
    return crew_agree(&s->pass.crew, st, err);
}

/* ---- everybody ---- */

static status_t pass(streaming_t *s, error_t *err)
{
    s->passes++;
    ledger_clear(&s->ledger);
    status_t st = pass_fly(&s->pass, &s->path, err);
    if (st == OK) ledger_sum_up(&s->ledger, &s->pass.crew);
    return st;
}

/* ---- stops ---- */

/* Pays a minute; the first ad set that a purse cannot pay closes all it pays for. */
static void pay_minute(const ledger_t *l, workspace_t *ws, int minute)
{
    for (int a = 0; a < l->ad_sets; a++) {
        int64_t spent = ledger_spent(l, a, minute);
        if (spent && !ws->state[a].closed) pay(ws, a, spent);
    }
}

/* Lets the purses pay for what everybody was shown, and closes the ad sets on the path for which they cannot,
 * some minutes earlier. Are there any? */
static bool stop_unpaid(streaming_t *s, int earlier)
{
    workspace_t *ws = s->pass.part[0].ws; /* whose purses pay for all */
    bool unpaid = false;
    open_purses(ws);
    for (int minute = 0; minute < s->ledger.hours * HOUR_MINUTES; minute++) {
        pay_minute(&s->ledger, ws, minute);
        for (int a = 0; a < s->ledger.ad_sets; a++) {
            int from = minute < earlier ? 0 : minute - earlier;
            if (!(ws->state[a].closed & ~CLOSED_BETWEEN_PERIODS)) continue;
            unpaid |= path_close(&s->path, a, (uint32_t)from * TICKS_PER_MINUTE,
                                 (uint32_t)(minute + 1) * TICKS_PER_MINUTE);
        }
        if ((minute + 1) % HOUR_MINUTES == 0) end_hour(ws, minute / HOUR_MINUTES);
    }
    return unpaid;
}

/* ---- the level ---- */

/* How much more (log) everybody spends of a payer's money on some days than the pilot, for whom they stand. */
static double spends_more(const streaming_t *s, int k, days_t days)
{
    uint64_t sets = s->world->payer[k].ad_sets;
    int first = days.first, end = days.last + 1;
    double all = (double)ledger_sum(&s->ledger, sets, first, end) * s->world->weight,
           pilot = (double)ledger_sum(&s->pilot_ledger, sets, first, end) * s->pilot->weight;
    return all > 0 && pilot > 0 ? m_log(all / pilot) : 0;
}

/* Each period of a schedule has a level of its own. */
static bool level_periods(streaming_t *s, int k)
{
    budget_schedule_t *schedule = &s->pilot->payer[k].periods;
    bool off = false;
    for (int j = 0; j < schedule->n; j++) {
        double more = spends_more(s, k, schedule->period[j].days);
        schedule->period[j].share *= m_exp(-more);
        off |= fabs(more) > LEVEL;
    }
    return off;
}

/* Gives the pilot so much money that everybody will spend the plan's. Was it off? */
static bool level(streaming_t *s)
{
    bool off = false;
    for (int k = 0; k < s->world->n_payers; k++) {
        payer_t *payer = &s->pilot->payer[k];
        if (payer->periods.n) {
            off |= level_periods(s, k);
            continue;
        }
        double more = spends_more(s, k, (days_t){0, s->world->sc->days - 1});
        payer->budget *= m_exp(-more);
        payer->daily.amount *= m_exp(-more);
        off |= fabs(more) > LEVEL;
    }
    return off;
}

/* ---- a replication ---- */

static status_t stream(streaming_t *s, const scenario_t *theta, uint32_t replication, error_t *err)
{
    memcpy(s->pilot->payer, s->world->payer, sizeof s->pilot->payer);
    status_t st = fly_pilot(s, theta, replication, err);
    if (st == OK) st = pass(s, err);
    bool off = st == OK && level(s);
    if (st == OK && off) st = fly_pilot(s, theta, replication, err);
    if (st == OK && (path_delay_stops(&s->path, STOPS_LATER) || off)) st = pass(s, err);
    for (int earlier = 0; st == OK && stop_unpaid(s, earlier); earlier = earlier ? 2 * earlier : 1)
        st = pass(s, err);
    return st;
}

status_t streaming_run(streaming_t *s, const scenario_t *theta, uint32_t replication,
                       totals_t *totals, error_t *err)
{
    s->passes = 0;
    status_t st = pass_tune(&s->pass, theta, replication, err);
    st = crew_agree(&s->pass.crew, st, err);
    if (st == OK) st = stream(s, theta, replication, err);
    if (st == OK) pass_close(&s->pass, totals, &s->tables);
    return st;
}

void streaming_share(streaming_t *s, const crew_t *crew)
{
    s->pass.crew = *crew;
}

/* ---- the engine ---- */

static status_t make_pilot(streaming_t *s, int threads, error_t *err)
{
    const world_t *w = s->world;
    status_t st = world_new(w->sc, w->pilot, threads, &s->pilot, err);
    if (st == OK) st = workspace_new(s->pilot, &s->pilot_ws, err);
    if (st == OK) st = totals_init(&s->pilot_totals, w->scopes, err);
    if (st == OK) st = path_init(&s->path, w->hours, w->sc, err);
    if (st == OK) st = ledger_init(&s->pilot_ledger, w->sc->n_ad_sets, w->hours, err);
    if (st != OK) return st;
    s->pilot_ws->pays_on_average = true;
    s->pilot_ws->recorded = &s->path;
    s->pilot_ws->ledger = &s->pilot_ledger;
    return OK;
}

status_t streaming_new(const world_t *world, int threads, streaming_t **out, error_t *err)
{
    streaming_t *s = *out = calloc(1, sizeof *s);
    if (!s) return fail_memory(err, "the streaming engine");
    s->world = world;
    status_t st = make_pilot(s, threads, err);
    if (st == OK) st = ledger_init(&s->ledger, world->sc->n_ad_sets, world->hours, err);
    if (st == OK) st = pass_init(&s->pass, world, threads, err);
    if (st == OK)
        st = tables_init(&s->tables, world->scopes, world->sc->days, world->run_off_days,
                         world->n_segments, err);
    for (int t = 0; st == OK && t < threads; t++) s->pass.part[t].ws->ledger = &s->ledger;
    if (st != OK) {
        streaming_delete(s);
        *out = NULL;
    }
    return st;
}

void streaming_delete(streaming_t *s)
{
    if (!s) return;
    workspace_delete(s->pilot_ws);
    world_delete(s->pilot);
    totals_free(&s->pilot_totals);
    path_free(&s->path);
    ledger_free(&s->ledger);
    ledger_free(&s->pilot_ledger);
    pass_free(&s->pass);
    tables_free(&s->tables);
    free(s);
}

const tables_t *streaming_tables(const streaming_t *s)
{
    return &s->tables;
}

int streaming_passes(const streaming_t *s)
{
    return s->passes;
}
