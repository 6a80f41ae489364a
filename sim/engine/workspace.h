/* workspace.h -- inside the engine: one thread's scratch, the dynamic state of one replication. */
#ifndef ADSIM_ENGINE_WORKSPACE_H
#define ADSIM_ENGINE_WORKSPACE_H

#include "sim/engine/brand.h"
#include "sim/engine/credit.h"
#include "sim/engine/ledger.h"
#include "sim/engine/sample.h"
#include "sim/engine/stream.h"
#include "sim/engine/visits.h"
#include "sim/engine/window.h"

#include <math.h>

/* Where a payer's money stands. Money is micros of simulated people's spend. */
typedef struct {
    double effort; /* see steering_t; of all its ad sets */
    int64_t budget,
        spent; /* of the term: the flight, a period of it, or a week of a daily budget */
    int64_t spent_before_step; /* in the term */
    int64_t worth; /* prices of what was shown in this step: what charges come to on average */
    int64_t day_limit, day_spent; /* of one day */
    int end_day;                  /* first day after the term */
    int period;                   /* of a budget schedule: the one that runs, or comes next */
} purse_t;

/* What keeps an ad set from paying another impression. */
enum { CLOSED_BY_PURSE = 1, CLOSED_BY_CAP = 2, CLOSED_BETWEEN_PERIODS = 4 };

/* Where an ad set stands in its flight. */
typedef struct {
    double effort;
    double first_guess; /* standard normal: how wrong the first estimate of its action rate is */
    double learning;    /* log error of the estimate now */
    /* As the rotation stands, results per impression over those at the begin (log), and charges likewise. */
    double rate_gain, charge_gain;
    double log_value; /* ln CPM it bids now, for the average person */
    double pass_through;
    int64_t spent, spent_before_step;
    int64_t spent_least, spent_most; /* its min_spend and spend_cap */
    double silent_to_come;           /* opportunities of the term outside its schedule, mean days */
    int closed;                      /* what keeps it from paying another impression (bits) */
    int64_t results, results_before_step; /* [event] what its bid is for, so far */
    double tilt;                          /* of a target frequency: see frequency.h */
    /* [window_count_t] of the window that runs */
    int64_t window[WINDOW_COUNTS], window_before_step[WINDOW_COUNTS];
    double goal; /* effort that its goal allows; INFINITY = it has none */
    /* What was lately spent, and what the results that came of it were to cost by closed form; micros. */
    double lately_spent, lately_foreseen;
} ad_set_state_t;

/* What the platform has counted of a creative of an optimised rotation, in real people. */
typedef struct {
    int64_t impressions, results;
} tried_t;

/* Opportunities that people are expected to have while an ad set's audience holds them as a pool, or
 * leaves them out as members of one, by hour of the day; `days`: on whole days, not yet split into hours.
 * In units of 2^-20, so that they add up to the same in any order. */
typedef struct {
    int64_t hour[24], days;
    int64_t outside[24]; /* of `hour`, those outside the ad set's schedule */
} presence_sum_t;
#define PRESENCE_ONE 0x1p20

/* When the orders come that a touch causes, in ticks after the flight's begin: by its click, by its sight
 * alone, and through the brand stock it leaves; and when the order would have come by itself, had it been
 * displaced. */
typedef struct {
    int64_t by_click, by_sight, by_brand, by_itself;
} order_times_t;

/* P(order | touch) caused by its click and by its sight alone, and the orders expected of it through the
 * brand, at the moment it was shown. */
typedef struct {
    double by_click, by_sight, by_brand;
} order_chances_t;

/* Of a touch, where orders sate: what earlier ones left of its chance, and its own. */
typedef struct {
    double left;
    order_chances_t chance;
    order_times_t when;
} sated_t;

typedef struct path path_t;

struct workspace {
    const world_t *world;
    crowd_t redrawn;      /* of this replication, when the population is redrawn */
    window_t window;      /* of a streaming world */
    const crowd_t *crowd; /* the world's, the redrawn one, or the window's */
    const tally_t *tally; /* of everybody */
    path_t *recorded;     /* where the flight writes down its path; NULL = nowhere. Borrowed */
    bool
        pays_on_average; /* outcomes are charged at what they come to on average: few would tell little */
    ledger_t *ledger;       /* where it is entered what is spent when; NULL = nowhere. Borrowed */
    const path_t *followed; /* the path it follows; NULL = its purses and plans decide. Borrowed */
    sample_t *
        sampled; /* where it is written down whom ads could meet, none is shown; NULL = nowhere. Borrowed */
    uint32_t next_closing; /* of the path: when an ad set next closes within the hour; tick */
    tuning_t tuning;
    brand_effects_t brand; /* of its own; the one to read is the tuning's */
    int64_t tuned_pair;    /* pair the tuning belongs to; -1 = none */
    int tuned_funding;     /* ... and which budgets, see world_fund */
    uint32_t replication;
    profile_t profile[MAX_PLATFORMS];
    rank_table_t ranks;
    calendar_t calendar;
    candidate_t *hour; /* the hour's candidates in time order */
    size_t hour_n, hour_capacity, hour_at;
    touches_t touches;
    sated_t *sated; /* by touch, where orders sate; else NULL */
    size_t sated_capacity;
    const touch_t
        *showing;        /* the one that is being shown and not yet among the touches; else NULL */
    double showing_left; /* its `left` */
    visits_t sating_visits;
    uint32_t *head;       /* latest touch of each person of the crowd */
    crowd_list_t reached; /* people with a touch */
    site_log_t site;
    crowd_list_t organic;           /* people who may have organic visits */
    places_t places[MAX_PLATFORMS]; /* how far each member's stream was read */
    ad_set_state_t state[MAX_AD_SETS];
    double
        turns[MAX_CREATIVES]; /* share of its ad set's impressions that a creative gets this hour */
    tried_t tried[MAX_CREATIVES];
    purse_t purse[MAX_AD_SETS]; /* by payer */
    double
        read_upto[MAX_AD_SETS]; /* ln value, as the platform ranks it, up to which candidate streams
                                      have been read for an ad set */
    /* settling */
    int shown[MAX_CREATIVES]; /* to one person; all 0 between people */
    credit_touch_t *own;      /* one person's touches, kind after kind, of each latest first */
    size_t own_first;         /* of the kind that is being settled */
    conversion_kind_t own_kind;
    const touch_t **own_touch;
    double *own_net; /* orders that follow from each, less what would have come by itself */
    size_t own_capacity;
    credit_t credit[CONVERSION_KINDS]; /* of the kinds there are */
    uint64_t held_geos;                /* regions (bits) held out in this replication */
    visits_t visits;
    presence_sum_t present[MAX_AD_SETS];
    int64_t candidates; /* read in this replication */
    int64_t *moment;    /* when one person enters or leaves a pool, ascending */
    size_t n_moments, moments_capacity;
    /* [group][row][COUNTS], [row][REMOVED_COUNTS] */
    int64_t *count, *removed;
    tables_t tables;
    person_account_t *account; /* by person of the population; NULL = nobody asks. Borrowed */
};

/* Money as the simulated people meet it, who stand for many. */
static inline int64_t of_simulated(const workspace_t *ws, int64_t money)
{
    return (int64_t)floor((double)money / ws->world->weight);
}

/* Ad sets (bits) that run in an hour of the flight: in their schedules, and not paused by a crisis. */
static inline uint64_t running_at(const workspace_t *ws, int hour)
{
    const brand_effects_t *brand = ws->tuning.brand;
    return brand && brand_pauses(brand, hour) ? 0 : ws->world->running[hour];
}

/* Asks memory in advance for what pools read of a visitor: what stands at her own place. */
static ALWAYS_INLINE void look_ahead_at_visitor(const workspace_t *ws, uint32_t i)
{
    const crowd_t *crowd = ws->crowd;
    __builtin_prefetch(&crowd->person[i]);
    __builtin_prefetch(&ws->site.head[i]);
    for (int p = 0; p < ws->world->sc->n_platforms; p++)
        if (crowd->members[p].of_person) __builtin_prefetch(&crowd->members[p].of_person[i]);
}

/* The counters of a person's group for an ad set. */
static inline int64_t *counters_of(const workspace_t *ws, size_t i, int scope)
{
    int rows = scopes_rows(ws->world->scopes);
    return ws->count + ((size_t)ws->crowd->person[i].group * (size_t)rows + (size_t)scope) * COUNTS;
}

/* Rows of the tables: a day of an ad set (the last holds all that comes later), an hour of the day, a
 * person's segment. */
static inline int64_t day_place(const workspace_t *ws, int ad_set, int64_t tick)
{
    int64_t rows = tables_days(&ws->tables), day = tick / (int64_t)TICKS_PER_DAY;
    if (day >= rows) day = rows - 1;
    return ad_set * rows + day;
}
static inline int64_t *day_row(const workspace_t *ws, int ad_set, int64_t tick)
{
    return ws->tables.timeline + day_place(ws, ad_set, tick) * TIMELINE_COUNTS;
}
static inline int64_t *hour_row(const workspace_t *ws, int ad_set, int64_t tick)
{
    int64_t hour = tick % (int64_t)TICKS_PER_DAY / TICKS_PER_HOUR;
    return ws->tables.hour + (ad_set * DAY_HOURS + hour) * HOUR_COUNTS;
}
static inline int64_t *segment_row(const workspace_t *ws, int ad_set, size_t i)
{
    size_t row = (size_t)ad_set * (size_t)ws->world->n_segments + ws->crowd->person[i].segment;
    return ws->tables.segment + row * SEGMENT_COUNTS;
}

/* Ad sets in whose audience a person truly is, whatever their labels say. */
static inline uint64_t truth_of(const workspace_t *ws, size_t i)
{
    return eligibility_of(ws->crowd, i)->truth;
}

static inline int64_t *placement_row(const workspace_t *ws, int ad_set, int placement)
{
    return ws->tables.placement + (ad_set * PLATFORM_PLACEMENTS + placement) * PLACEMENT_COUNTS;
}

/* P(seen) of what was shown. */
static inline double viewability_of(const workspace_t *ws, const touch_t *t)
{
    return ws->tuning.placement[ws->world->sc->ad_set[t->ad_set].platform][t->placement]
        .viewability;
}

/* The kind of conversions that a touch may bring; it is an order to the functions below, whatever it is. */
static inline conversion_kind_t kind_of(const workspace_t *ws, const touch_t *t)
{
    return ws->world->kind[t->ad_set];
}
static inline const conversion_t *conversion_by(const workspace_t *ws, const touch_t *t)
{
    return &ws->tuning.conversion[kind_of(ws, t)];
}

/* The share of its regular price that is paid for an order, at a moment. */
static inline double paid_at(const workspace_t *ws, conversion_kind_t kind, int64_t tick)
{
    if (!ws->tuning.promoted || kind != CONVERSION_PURCHASE) return 1;
    return price_paid(&ws->tuning.theta->product.price, (int)(tick / (int64_t)TICKS_PER_DAY));
}

order_times_t order_times(const workspace_t *ws, size_t i, const touch_t *t);

order_chances_t order_chances(const workspace_t *ws, size_t i, effects_t effects, const touch_t *t);

/* Satiation (satiation.c): finds what her orders have left of the chance of a touch that is about to be shown; and keeps
 * it, with what the touch may bring, once it is the latest of all. */
status_t satiation_find(workspace_t *ws, size_t i, const touch_t *t, error_t *err);
status_t satiation_keep(workspace_t *ws, size_t i, const touch_t *t, order_chances_t order,
                        error_t *err);
static inline double satiation_of(const workspace_t *ws, const touch_t *t)
{
    return t == ws->showing ? ws->showing_left : ws->sated[t - ws->touches.touch].left;
}

/* Clicks of a touch as they are counted: expected, or drawn where they are charged. */
static inline double clicks_of(const touch_t *t)
{
    return t->flags & TOUCH_CHARGED ? !!(t->flags & TOUCH_CLICKED) : (double)t->p_click;
}
/* What the purses of an ad set pay for. */
static inline billing_t paid_for(const workspace_t *ws, int ad_set)
{
    return ws->pays_on_average ? BILLED_IMPRESSIONS : ws->world->sc->ad_set[ad_set].billing;
}
/* Are its orders drawn, because they are charged? */
static inline bool orders_charged(const workspace_t *ws, const touch_t *t)
{
    return ws->world->sc->ad_set[t->ad_set].billing == BILLED_CONVERSIONS;
}

/* P(seen) and P(clicked) of a touch after what was drawn of it; P(seen) was `view` beforehand. */
double sight_as_drawn(const touch_t *t, double view);
double click_as_drawn(const touch_t *t, double view);
/* Whether it led to a visit: P(visit) beforehand and afterwards. */
typedef struct {
    double chance, outcome;
} outcome_t;
outcome_t visit_as_drawn(const touch_t *t, double view, double visit_rate);

/* Credits (credit.c): of a person of n touches of a kind, from own_first on, what became of each; of one touch, the
 * orders it causes; those that come by themselves, on visits after the first touch; and what is known of all her
 * paths. `seen`: the ad sets of these touches (bits). When everybody has flown: what the models that compare channels
 * give, and what the scenario's model does, into the counts and days of ad sets and creatives. */
status_t credit_reserve(workspace_t *ws, size_t n, error_t *err);
void credit_begin(workspace_t *ws, size_t i, size_t n);
void credit_touch(workspace_t *ws, size_t i, size_t n, size_t k, order_chances_t order,
                  order_times_t when, uint64_t seen);
status_t credit_organic(workspace_t *ws, size_t i, size_t n, uint64_t seen, error_t *err);
void credit_end(workspace_t *ws, size_t i, size_t n);
void credit_close(workspace_t *ws);

/* An experiment (holdout.c): is a person held out in this replication; and, after a flight, what the
 * experimenter sees of everybody. */
void holdout_begin(workspace_t *ws);
bool held_out(const workspace_t *ws, size_t i);
status_t holdout_count(workspace_t *ws, error_t *err);
/* And what is known of regions in closed form, into the plan's counts. */
void holdout_close(const workspace_t *ws, int64_t *plan);
/* How many average people order as much as these. */
double organic_people(const scenario_t *theta, const mix_t *m);

/* Chances of an order after the click and after the sight of a touch, given what was drawn of it while
 * the flight ran. */
order_chances_t chances_as_drawn(const workspace_t *ws, const touch_t *t, order_chances_t order);

/* When a person was first shown an ad; after the flight if never. */
int64_t first_impression(const workspace_t *ws, size_t i);

/* Accounts of single persons (account.c): a touch of a person; and everyone's organic orders. */
void account_touch(workspace_t *ws, size_t i, const touch_t *t, order_chances_t order);
status_t account_everyone(workspace_t *ws, error_t *err);

/* After a flight: adds those who were in it to `present`. And: the opportunities of an hour of the day. */
status_t count_presence(workspace_t *ws, error_t *err);
double present_in_hour(const workspace_t *ws, int ad_set, int hour);

/* A replication, part by part: forgets the last one; works out the parameters; takes the crowd through the
 * flight and settles; and, when everybody has flown, adds up. */
void replication_begin(workspace_t *ws, uint32_t replication);
status_t replication_tune(workspace_t *ws, const scenario_t *theta, error_t *err);
status_t replication_fly(workspace_t *ws, error_t *err);
void replication_close(workspace_t *ws, totals_t *totals);
/* Adds what another workspace has counted of the same replication, tables left out; or those of a crew. */
void replication_add(workspace_t *ws, workspace_t *of);
void replication_sum(workspace_t *ws, const crew_t *crew);

/* The whole flight of one replication; settle closes the accounts of everyone reached. */
status_t flight_run(workspace_t *ws, error_t *err);
status_t settle(workspace_t *ws, error_t *err);

#endif
