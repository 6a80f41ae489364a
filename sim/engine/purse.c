/* purse.c -- whose money pays for an ad set, what is left of it, what its plan gives to an hour, and when it
 * closes.
 *
 * A purse pays for one ad set, or for all of a campaign whose budget the platform splits. Its money is for a
 * term: the flight; or a period of its budget schedule, between which it is empty; or of a daily budget the days
 * of a week (Sunday to Saturday, as the ads managers count) in which its ad sets run; then no day may pass the
 * daily budget by more than its tolerance. What a term leaves the next does not get. A plan follows the opportunities of the hours in schedule, weighted by what each ad set spends at the
 * fluid start; hours outside have no part of it and move no bid. */
#include "models/base/fixed.h"
#include "models/platform/hours.h"
#include "models/platform/pacing.h"
#include "sim/engine/flight.h"

#include <math.h>

enum { SATURDAY = 5 };
static const int64_t NO_LIMIT = INT64_MAX / 2;

/* ---- opportunities, in mean days ---- */

static const profile_t *profile_of(const workspace_t *ws, int a)
{
    return &ws->profile[ws->world->sc->ad_set[a].platform];
}

static bool runs(const workspace_t *ws, int a, int hour)
{
    return ws->world->running[hour] >> a & 1;
}

/* Of an ad set in the hours of some days, those outside its schedule; and of a day from an hour on, those
 * in it. */
static double silent_in_days(const workspace_t *ws, int a, int first_day, int end_day)
{
    double silent = 0;
    for (int hour = 24 * first_day; hour < 24 * end_day; hour++)
        if (!runs(ws, a, hour)) silent += profile_in_hour(profile_of(ws, a), hour);
    return silent;
}

static double left_of_day(const workspace_t *ws, int a, int hour)
{
    double left = 0;
    for (int h = hour; h < 24 * (hour / 24 + 1); h++)
        if (runs(ws, a, h)) left += profile_in_hour(profile_of(ws, a), h);
    return left;
}

opportunities_t opportunities_at(const workspace_t *ws, int a, int hour)
{
    const profile_t *p = profile_of(ws, a);
    const purse_t *purse = &ws->purse[ws->world->payer_of[a]];
    return (opportunities_t){.now = running_at(ws, hour) >> a & 1 ? profile_in_hour(p, hour) : 0,
                             .rest = profile_until_day(p, hour, purse->end_day) -
                                     ws->state[a].silent_to_come,
                             .whole = ws->world->sc->days - ws->world->silent_days[a]};
}

/* ---- terms ---- */

static bool runs_on(const workspace_t *ws, uint64_t ad_sets, int day)
{
    for (int hour = 24 * day; hour < 24 * (day + 1); hour++)
        if (ws->world->running[hour] & ad_sets) return true;
    return false;
}

/* The week's money: the daily budget for each of its days on which ads run. */
static void open_week(workspace_t *ws, purse_t *p, const payer_t *payer, int day)
{
    int weekday = (ws->world->weekday + day) % WEEKDAYS, days = 0;
    int end = day + 1 + (SATURDAY - weekday + WEEKDAYS) % WEEKDAYS;
    if (end > ws->world->sc->days) end = ws->world->sc->days;
    for (int d = day; d < end; d++) days += runs_on(ws, payer->ad_sets, d);
    p->end_day = end;
    p->budget = of_simulated(ws, days * micros(payer->daily.amount));
    p->spent = 0;
    for (uint64_t s = payer->ad_sets; s; s &= s - 1) {
        int a = __builtin_ctzll(s);
        ws->state[a].silent_to_come = silent_in_days(ws, a, day, end);
    }
}

/* What the first `n` periods have together: their differences add up to the budget, to the micro. */
static int64_t of_periods(const workspace_t *ws, const payer_t *payer, int n)
{
    double share = 0;
    for (int j = 0; j < n; j++) share += payer->periods.period[j].share;
    if (fabs(share - 1) < 1e-9) share = 1;
    return of_simulated(ws, micros(payer->budget * share));
}

/* Bids go from the level of the last period with money to that of this one, and with them what the controller
 * has learned. */
static void step_efforts(workspace_t *ws, int k, double step)
{
    ws->purse[k].effort += step;
    for (uint64_t s = ws->world->payer[k].ad_sets; s; s &= s - 1) {
        int a = __builtin_ctzll(s);
        ws->state[a].effort = fmin(ws->state[a].effort + step, most_effort(ws, a));
    }
}

/* The period that begins with a day; or the days until the next one, in which nothing may be spent. */
static void open_period(workspace_t *ws, int k, int day)
{
    const payer_t *payer = &ws->world->payer[k];
    purse_t *p = &ws->purse[k];
    const budget_period_t *next = &payer->periods.period[p->period];
    bool left = p->period < payer->periods.n, runs = left && next->days.first <= day;
    p->end_day = !left ? ws->world->sc->days : runs ? next->days.last + 1 : next->days.first;
    p->budget = p->spent = 0;
    if (runs) {
        p->budget = of_periods(ws, payer, p->period + 1) - of_periods(ws, payer, p->period);
        step_efforts(ws, k, ws->tuning.period_step[k][p->period++]);
    }
    for (uint64_t s = payer->ad_sets; s; s &= s - 1) {
        ad_set_state_t *set = &ws->state[__builtin_ctzll(s)];
        set->silent_to_come = silent_in_days(ws, __builtin_ctzll(s), day, p->end_day);
        set->closed &= ~(CLOSED_BY_PURSE | CLOSED_BETWEEN_PERIODS);
        if (!(p->budget > 0)) set->closed |= CLOSED_BETWEEN_PERIODS;
    }
}

static void open_purse(workspace_t *ws, int k)
{
    const payer_t *payer = &ws->world->payer[k];
    purse_t *p = &ws->purse[k];
    *p = (purse_t){.effort = ws->tuning.payer_start[k],
                   .budget = of_simulated(ws, micros(payer->budget)),
                   .day_limit = NO_LIMIT,
                   .end_day = ws->world->sc->days};
    for (uint64_t s = payer->ad_sets; s; s &= s - 1)
        ws->state[__builtin_ctzll(s)].silent_to_come = ws->world->silent_days[__builtin_ctzll(s)];
    if (payer->daily.given) {
        /* As soon as possible needs no tolerance: it is there to smooth. */
        double most = payer->pacing == PACING_ASAP ? 0 : payer->daily.overspend;
        p->day_limit =
            of_simulated(ws, (int64_t)floor((double)micros(payer->daily.amount) * (1 + most)));
        open_week(ws, p, payer, 0);
    }
    if (payer->periods.n) open_period(ws, k, 0);
    if (payer->pacing == PACING_CONSTANT) p->budget = p->day_limit = NO_LIMIT;
}

/* Nothing is spent yet. */
static void open_ad_set(workspace_t *ws, int a)
{
    const ad_set_t *set = &ws->tuning.theta->ad_set[a];
    ad_set_state_t *s = &ws->state[a];
    s->spent = 0;
    s->closed = 0;
    s->spent_least = of_simulated(ws, micros(set->min_spend));
    s->spent_most = set->spend_cap > 0 ? of_simulated(ws, micros(set->spend_cap)) : NO_LIMIT;
}

void open_purses(workspace_t *ws)
{
    for (int a = 0; a < ws->world->sc->n_ad_sets; a++) open_ad_set(ws, a);
    for (int k = 0; k < ws->world->n_payers; k++) open_purse(ws, k);
}

/* A new day of a daily budget, or period of a schedule, opens what the last one closed. */
static void open_day(workspace_t *ws, int k, int day)
{
    const payer_t *payer = &ws->world->payer[k];
    purse_t *p = &ws->purse[k];
    if (payer->periods.n && day == p->end_day && day < ws->world->sc->days) open_period(ws, k, day);
    if (!payer->daily.given || payer->pacing == PACING_CONSTANT) return;
    p->day_spent = 0;
    if (day == p->end_day) open_week(ws, p, payer, day);
    for (uint64_t s = payer->ad_sets; s; s &= s - 1)
        ws->state[__builtin_ctzll(s)].closed &= ~CLOSED_BY_PURSE;
}

void begin_hour(workspace_t *ws)
{
    for (int a = 0; a < ws->world->sc->n_ad_sets; a++) {
        ws->state[a].spent_before_step = ws->state[a].spent;
        ws->state[a].results_before_step = ws->state[a].results;
    }
    for (int k = 0; k < ws->world->n_payers; k++) {
        ws->purse[k].spent_before_step = ws->purse[k].spent;
        ws->purse[k].worth = 0;
    }
}

void end_hour(workspace_t *ws, int hour)
{
    for (int a = 0; a < ws->world->sc->n_ad_sets; a++)
        if (!runs(ws, a, hour))
            ws->state[a].silent_to_come -= profile_in_hour(profile_of(ws, a), hour);
    for (int k = 0; (hour + 1) % 24 == 0 && k < ws->world->n_payers; k++)
        open_day(ws, k, (hour + 1) / 24);
}

/* ---- the plan ---- */

planned_t plan_hour(const workspace_t *ws, int k, int hour)
{
    const payer_t *payer = &ws->world->payer[k];
    const purse_t *p = &ws->purse[k];
    double now = 0, rest = 0, whole = 0, of_day = 0, fall = pacing_fall(payer->pacing);
    for (uint64_t s = payer->ad_sets; s; s &= s - 1) {
        int a = __builtin_ctzll(s);
        opportunities_t o = opportunities_at(ws, a, hour);
        double weight = ws->tuning.weight[a];
        now += weight * o.now;
        rest += weight * o.rest;
        whole += weight * o.whole;
        if (payer->daily.given) of_day += weight * left_of_day(ws, a, hour);
    }
    if (!(now > 0)) return (planned_t){0, 0};
    double spend = (double)(p->budget - p->spent_before_step) * pace_share(fall, now, rest, whole);
    if (payer->daily.given) {
        double spent_today = (double)(p->day_spent - (p->spent - p->spent_before_step));
        spend = fmin(spend, ((double)p->day_limit - spent_today) * now / of_day);
    }
    return (planned_t){spend, fall * now / whole};
}

/* ---- paying ---- */

/* Is so much left for an ad set? What has it not closes. */
static bool affords(workspace_t *ws, int a, int64_t price)
{
    int k = ws->world->payer_of[a];
    purse_t *p = &ws->purse[k];
    ad_set_state_t *s = &ws->state[a];
    if (p->spent + price > p->budget || p->day_spent + price > p->day_limit) {
        for (uint64_t all = ws->world->payer[k].ad_sets; all; all &= all - 1)
            ws->state[__builtin_ctzll(all)].closed |= CLOSED_BY_PURSE;
        return false;
    }
    if (s->spent + price > s->spent_most) {
        s->closed |= CLOSED_BY_CAP;
        return false;
    }
    return true;
}

static purse_t *purse_of(workspace_t *ws, int a)
{
    return &ws->purse[ws->world->payer_of[a]];
}

static void take(workspace_t *ws, int a, int64_t money)
{
    purse_t *p = purse_of(ws, a);
    ws->state[a].spent += money;
    p->spent += money;
    p->day_spent += money;
}

bool pay(workspace_t *ws, int a, int64_t price)
{
    if (!affords(ws, a, price)) return false;
    take(ws, a, price);
    purse_of(ws, a)->worth += price;
    return true;
}

bool promise(workspace_t *ws, int a, int64_t price)
{
    if (!affords(ws, a, 1)) return false;
    purse_of(ws, a)->worth += price;
    return true;
}

int64_t charge(workspace_t *ws, int a, int64_t due)
{
    const purse_t *p = purse_of(ws, a);
    const ad_set_state_t *s = &ws->state[a];
    const int64_t left[] = {p->budget - p->spent, p->day_limit - p->day_spent,
                            s->spent_most - s->spent};
    int64_t paid = due;
    for (size_t i = 0; i < sizeof left / sizeof *left; i++)
        if (left[i] < paid) paid = left[i];
    take(ws, a, paid);
    return paid;
}
