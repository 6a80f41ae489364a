/* flight.h -- inside the engine: the parts of a flight's step, a file each.
 *
 *   bids     what every ad set bids this hour     purse    who pays, what is left, what is planned
 *   goal     what a cost per result or a return   reading  whose streams are read, and how far
 *            allows                               frequency  how often those reached shall be reached
 *   hour     the hour's candidates in order       contest  who of ours enters, wins, pays
 *   show     the ad is shown and answered         charge   what an outcome costs
 *   rotation which creative is shown              path     the bids of another flight, followed
 *   flight   the step, and the hours one after another */
#ifndef ADSIM_ENGINE_FLIGHT_H
#define ADSIM_ENGINE_FLIGHT_H

#include "sim/engine/workspace.h"

/* ---- purse ---- */

/* At the flight's begin, nothing spent and nobody closed; at the begin of an hour; and at its end, after the next hour's bids are known: days
 * and weeks turn. */
void open_purses(workspace_t *ws);
void begin_hour(workspace_t *ws);
void end_hour(workspace_t *ws, int hour);

/* Takes a price from who pays for the ad set; false if that would pass a budget, not by one micro: then what
 * would be passed closes. */
bool pay(workspace_t *ws, int ad_set, int64_t price);
/* The same where outcomes are charged: takes nothing yet; false if nothing is left. And: charges what is due for
 * an outcome as far as the money goes; returns what was charged. */
bool promise(workspace_t *ws, int ad_set, int64_t price);
int64_t charge(workspace_t *ws, int ad_set, int64_t due);

/* An ad set's opportunities in schedule, in mean days: of the hour, from it to the end of its payer's term, and
 * of the whole flight. */
typedef struct {
    double now, rest, whole;
} opportunities_t;
opportunities_t opportunities_at(const workspace_t *ws, int ad_set, int hour);

/* What a payer's plan gives to an hour, micros, and by how much its log pace falls until the next; nothing
 * while all its ad sets are outside their schedules. */
typedef struct {
    double spend, fall;
} planned_t;
planned_t plan_hour(const workspace_t *ws, int payer, int hour);

/* ---- bids ---- */

/* At the flight's begin: budgets of the simulated people, first bids. */
void open_ad_sets(workspace_t *ws);
/* At the end of an hour: next hour's bids, by what was spent and learned. */
void renew_bids(workspace_t *ws, int hour);
/* What an ad set bids in an hour at its effort; counts what holds it back. */
void set_bid(workspace_t *ws, int ad_set, int hour);

/* ---- goal ---- */

/* The effort that an ad set's goal allows at the flight's begin; and from the end of an hour on. */
void open_goal(workspace_t *ws, int ad_set);
void pursue_goal(workspace_t *ws, int ad_set, int hour);
/* The highest effort that the budget may wait at: little above what the goal allows. */
double most_effort(const workspace_t *ws, int ad_set);

/* The platform ranks us by bid x rate x quality. */
static inline double ranked_value(const workspace_t *ws, int a)
{
    int p = ws->world->sc->ad_set[a].platform;
    double ln_quality = ws->tuning.market[p].log_median - ws->tuning.ad_market[a].log_median;
    return ws->state[a].log_value + ln_quality;
}

/* ---- frequency ---- */

/* Was she shown the ad set's ads in the window of its target frequency that a moment lies in? */
bool reached_in_window(const workspace_t *ws, int a, size_t i, uint32_t tick);
/* Of an ad set with a target frequency: the log by which it bids less for her now, by its tilt; counts an impression; and
 * at the end of an hour, how it will bid in the next. */
double frequency_reluctance(const workspace_t *ws, int a, const candidate_t *c);
void count_in_window(workspace_t *ws, int a, size_t i, uint32_t tick);
void pursue_frequency(workspace_t *ws, int a, int hour);

/* ---- reading ---- */

/* Bids that rose past what was read: read on, for the time that is left. */
status_t read_on(workspace_t *ws, uint32_t from, error_t *err);
/* A person visits the site: wherever she may be retargeted, her stream matters from now on. */
status_t join_pools(workspace_t *ws, size_t i, uint32_t from, error_t *err);

/* ---- hour ---- */

/* Puts the hour's candidates in time order into ws->hour; later: those read while it runs as well. */
status_t gather_hour(workspace_t *ws, int hour, error_t *err);
status_t insert_late(workspace_t *ws, int hour, error_t *err);

/* ---- contest ---- */

typedef struct {
    int ad_set;      /* -1: nobody of ours */
    double foreseen; /* log of what the platform foresees of her response, there */
    double dearness; /* log of the price then, there and of her, over the one of average */
} bidder_t;

/* Ad sets (bits) that may bid for a candidate on its placement: it is in their audience, pool and schedule then. */
uint64_t bidders_at(const workspace_t *ws, const candidate_t *c, int placement);
/* Which of our ad sets enters the auction of a candidate, on its placement. */
bidder_t choose(workspace_t *ws, const candidate_t *c, int placement);
/* What the winner pays, micros, the agreed price where it is reserved; -1 if the price limit or the reserve
 * price keeps it from being sold. */
int64_t price_micros(const workspace_t *ws, const candidate_t *c, bidder_t b, double luck);

/* ---- rotation ---- */

/* At the flight's begin; and at the end of an hour. */
void open_turns(workspace_t *ws, int ad_set);
void renew_turns(workspace_t *ws, int ad_set);
int choose_creative(const workspace_t *ws, const candidate_t *c, const ad_set_t *s);
/* Notes what was shown to a person, and draws what came of it, at a rate of results. */
void count_tried(workspace_t *ws, size_t i, const touch_t *t, double rate);

/* ---- show ---- */

/* An ad set's ad is shown on a placement for a price: counts it and what she does, and charges what she
 * does where that is what is charged. */
status_t show(workspace_t *ws, const candidate_t *c, int ad_set, int placement, int64_t price,
              error_t *err);

/* The same of a person held out, to whom it is not shown: what it leaves with whoever keeps the log of an
 * experiment. Ghosts count for caps and wear, so that both arms are would-be shown the same. */
status_t withhold(workspace_t *ws, const candidate_t *c, int ad_set, int placement, int64_t price,
                  error_t *err);

/* ---- charge ---- */

/* What a touch costs at its impression's price, micros. */
int64_t charge_due(const workspace_t *ws, size_t i, const touch_t *t, int64_t price);

#endif
