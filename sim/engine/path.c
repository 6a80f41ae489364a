/* path.c -- writes down the path of a flight, and leads another one along it. */
#include "sim/engine/path.h"
#include "sim/engine/flight.h"

#include <stdlib.h>
#include <string.h>

status_t path_init(path_t *p, int hours, const scenario_t *sc, error_t *err)
{
    *p = (path_t){.hours = hours, .ad_sets = sc->n_ad_sets, .creatives = sc->n_creatives};
    p->decision = calloc((size_t)hours * (size_t)p->ad_sets, sizeof *p->decision);
    p->turns = calloc((size_t)hours * (size_t)p->creatives, sizeof *p->turns);
    return p->decision && p->turns ? OK : fail_memory(err, "the path of the bids");
}

void path_free(path_t *p)
{
    free(p->decision);
    free(p->turns);
    *p = (path_t){0};
}

static double *turns_at(const path_t *p, int hour)
{
    return &p->turns[hour * p->creatives];
}

/* ---- writing it down ---- */

void path_record(path_t *p, const workspace_t *ws, int hour)
{
    for (int a = 0; a < p->ad_sets; a++) {
        const ad_set_state_t *s = &ws->state[a];
        *path_at(p, hour, a) = (decision_t){.effort = s->effort,
                                            .goal = s->goal,
                                            .learning = s->learning,
                                            .rate_gain = s->rate_gain,
                                            .charge_gain = s->charge_gain,
                                            .tilt = s->tilt,
                                            .closed = s->closed,
                                            .closing = {.tick = NEVER}};
    }
    memcpy(turns_at(p, hour), ws->turns, (size_t)p->creatives * sizeof *ws->turns);
}

static moment_t moment_of(const workspace_t *ws, const candidate_t *c)
{
    return (moment_t){c->tick, ws->crowd->person[c->person].id, c->platform, c->number};
}

void path_record_closing(path_t *p, const workspace_t *ws, const candidate_t *c)
{
    for (int a = 0; a < p->ad_sets; a++) {
        decision_t *d = path_at(p, (int)(c->tick / TICKS_PER_HOUR), a);
        if (ws->state[a].closed && !d->closed && d->closing.tick == NEVER)
            d->closing = moment_of(ws, c);
    }
}

/* ---- changing it ---- */

bool path_close(path_t *p, int a, uint32_t from, uint32_t to)
{
    bool news = false;
    for (uint32_t tick = from; tick < to; tick = (tick / TICKS_PER_HOUR + 1) * TICKS_PER_HOUR) {
        decision_t *d = path_at(p, (int)(tick / TICKS_PER_HOUR), a);
        if (d->closed || d->closing.tick <= tick) continue;
        d->closing = (moment_t){.tick = tick};
        if (tick % TICKS_PER_HOUR == 0) d->closed = CLOSED_BY_PURSE;
        news = true;
    }
    return news;
}

/* When an ad set closes in an hour; its end if it does not. */
static uint32_t open_until(const path_t *p, int hour, int a)
{
    const decision_t *d = path_at(p, hour, a);
    uint32_t begin = (uint32_t)hour * TICKS_PER_HOUR, end = begin + TICKS_PER_HOUR;
    if (d->closed) return begin;
    return d->closing.tick < end ? d->closing.tick : end;
}

static void open_hour(decision_t *d)
{
    d->closed = 0;
    d->closing = (moment_t){.tick = NEVER};
}

static bool delay_stops(path_t *p, int a, double part)
{
    uint32_t opened = 0, stop = NEVER; /* it is open since; it closes, NEVER while it is open */
    bool any = false;
    for (int hour = 0; hour < p->hours; hour++) {
        uint32_t begin = (uint32_t)hour * TICKS_PER_HOUR, end = begin + TICKS_PER_HOUR,
                 closes = open_until(p, hour, a);
        if (path_at(p, hour, a)->closed &
            CLOSED_BETWEEN_PERIODS) { /* no stop, and none reaches in */
            opened = end;
            stop = NEVER;
            continue;
        }
        if (closes > begin && stop != NEVER) {
            opened = begin;
            stop = NEVER;
        }
        if (closes == end) continue;
        if (stop == NEVER) stop = closes + (uint32_t)(part * (closes - opened));
        open_hour(path_at(p, hour, a));
        path_close(p, a, stop > begin ? stop : begin, end);
        any = true;
    }
    return any;
}

bool path_delay_stops(path_t *p, double part)
{
    bool any = false;
    for (int a = 0; a < p->ad_sets; a++) any |= delay_stops(p, a, part);
    return any;
}

/* ---- following it ---- */

void path_lay(path_t *p, workspace_t *ws)
{
    for (int hour = 0; hour < p->hours; hour++)
        for (int a = 0; a < p->ad_sets; a++) {
            decision_t *d = path_at(p, hour, a);
            ad_set_state_t *s = &ws->state[a];
            s->effort = d->effort;
            s->goal = d->goal;
            s->learning = d->learning;
            s->rate_gain = d->rate_gain;
            s->closed = d->closed;
            set_bid(ws, a, hour);
            d->log_value = s->log_value;
            d->pass_through = s->pass_through;
        }
}

void path_enter(workspace_t *ws, int hour)
{
    ws->next_closing = NEVER;
    for (int a = 0; a < ws->followed->ad_sets; a++) {
        const decision_t *d = path_at(ws->followed, hour, a);
        ad_set_state_t *s = &ws->state[a];
        s->learning = d->learning;
        s->rate_gain = d->rate_gain;
        s->charge_gain = d->charge_gain;
        s->tilt = d->tilt;
        s->log_value = d->log_value;
        s->pass_through = d->pass_through;
        s->closed = d->closed;
        s->results = 0; /* nobody learns from them here, and of everybody they would be too many */
        if (d->closing.tick < ws->next_closing) ws->next_closing = d->closing.tick;
    }
    memcpy(ws->turns, turns_at(ws->followed, hour),
           (size_t)ws->followed->creatives * sizeof *ws->turns);
}

static bool is_before(moment_t x, moment_t y)
{
    if (x.tick != y.tick) return x.tick < y.tick;
    if (x.person != y.person) return x.person < y.person;
    if (x.platform != y.platform) return x.platform < y.platform;
    return x.number < y.number;
}

static const decision_t *decision_on(const workspace_t *ws, const candidate_t *c, int a)
{
    return path_at(ws->followed, (int)(c->tick / TICKS_PER_HOUR), a);
}

void path_pass(workspace_t *ws, const candidate_t *c)
{
    if (c->tick < ws->next_closing) return;
    for (int a = 0; a < ws->followed->ad_sets; a++)
        if (is_before(decision_on(ws, c, a)->closing, moment_of(ws, c)))
            ws->state[a].closed = CLOSED_BY_PURSE;
}

bool path_pays(const workspace_t *ws, const candidate_t *c, int a)
{
    return c->tick < ws->next_closing ||
           is_before(moment_of(ws, c), decision_on(ws, c, a)->closing);
}
