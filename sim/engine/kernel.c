/* kernel.c -- one ad set's flight, hour by hour, in room that the caller lends. KERNEL file. */
#include "sim/engine/kernel.h"
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "models/base/rng.h"
#include "models/platform/activity.h"
#include "models/platform/caps.h"
#include "models/platform/hours.h"
#include "models/platform/pacing.h"
#include "models/platform/plan.h"
#include "models/platform/steering.h"
#include "models/response/response.h"

/* ---- people ---- */

uint32_t kernel_plan_fields(void)
{
    return KERNEL_PLAN_FIELDS;
}

uint32_t kernel_counts(void)
{
    return KERNEL_COUNTS;
}

void kernel_people(const kernel_plan_t *plan, kernel_person_t *people, uint32_t n, uint64_t seed,
                   uint32_t replication)
{
    activity_table_t table;
    activity_table_init(&table, plan->shape);
    for (uint32_t i = 0; i < n; i++) {
        rng_block_t luck =
            rng_at(rng_key(seed), DRAW_TRAIT, (uint32_t)plan->placement, 0, i, replication, 0);
        double rank = (i + rng_unit(luck, 0)) / n;
        people[i] = (kernel_person_t){i, (float)activity_at(&table, rank)};
    }
}

static double total_activity(const kernel_person_t *people, uint32_t n)
{
    double sum = 0;
    for (uint32_t i = 0; i < n; i++) sum += (double)people[i].activity;
    return sum;
}

/* ---- the plan in closed form ---- */

static market_t market_of(const kernel_plan_t *p)
{
    return (market_t){.log_median = m_log(p->rival_median_cpm),
                      .log_sd = p->rival_log_sd,
                      .score_noise = p->score_noise,
                      .reserve = p->reserve_cpm};
}

/* A rolling window comes to this cap over the flight, as far as a closed form goes. */
static int flight_cap(const kernel_plan_t *p)
{
    double windows = p->days / p->cap_days;
    if (windows > __builtin_floor(windows)) windows = __builtin_floor(windows) + 1;
    return p->cap > 0 ? (int)m_min(windows * p->cap, 1e6) : 0;
}

typedef struct {
    steering_t steering;
    plan_t plan; /* offer and pass-through are those of the effort asked for */
    double budget;
} fluid_t;

static plan_outcome_t at_effort(const fluid_t *f, double effort)
{
    plan_t plan = f->plan;
    plan.offer = (offer_t){steering_log_value(&f->steering, effort), f->steering.limit};
    plan.pass_through = steering_pass_through(effort);
    return plan_outcome(&plan);
}

static double overspend(double effort, const void *context)
{
    const fluid_t *f = context;
    return at_effort(f, effort).spend - f->budget;
}

/* The plan for people who come to so many of average activity, started at the effort that spends the
 * budget or, spent as soon as possible, at the highest. */
static fluid_t fluid_of(const kernel_plan_t *p, double people, double budget)
{
    fluid_t f = {.plan = {.people = people,
                          .opportunities = p->opportunities_per_day * p->days,
                          .shape = p->shape,
                          .market = market_of(p),
                          .cap = flight_cap(p),
                          .ctr = p->ctr,
                          .wear_out = p->wear_out},
                 .budget = budget};
    f.steering = steering_of(&f.plan.market, p->bid_cpm, p->throttle != 0);
    f.steering.start = f.steering.highest;
    if (p->pacing != KERNEL_ASAP && overspend(f.steering.highest, &f) > 0)
        f.steering.start = root_between(overspend, &f, -14, f.steering.highest);
    if (p->pacing == KERNEL_EVEN)
        steering_tabulate(&f.steering, &f.plan.market, market_spend_elasticity);
    return f;
}

void kernel_closed_form(const kernel_plan_t *p, double people, kernel_outcome_t *out)
{
    fluid_t f = fluid_of(p, people, p->budget);
    plan_outcome_t o = at_effort(&f, f.steering.start);
    *out = (kernel_outcome_t){.bid_cpm = m_exp(steering_log_value(&f.steering, f.steering.start)),
                              .pass_through = steering_pass_through(f.steering.start),
                              .win_probability = o.win_probability,
                              .reach = o.reach,
                              .impressions = o.impressions,
                              .impressions_sd = o.impressions_sd,
                              .spend = o.spend,
                              .cpm = o.cpm,
                              .clicks = o.clicks};
}

/* ---- room ---- */

typedef struct {
    uint32_t tick, person, number;
    float z;        /* normal quantile of its rank */
    uint32_t later; /* position + 1 of the next of its hour; 0 = none */
} candidate_t;

/* How far a person's stream was read, at her next candidate, and her latest touch. Rank 0: nothing. */
typedef struct {
    double rank;
    uint32_t number, head;
} place_t;

typedef struct {
    const kernel_plan_t *plan;
    const kernel_person_t *people;
    uint32_t n;
    rng_key_t key;
    uint32_t replication;
    int days;
    market_t market;
    double rank_sd;
    steering_t steering;
    cap_t cap;
    response_t response;
    profile_t profile;

    place_t *place;    /* by person */
    uint32_t *hour;    /* chain of each hour's candidates: the first's position + 1 */
    touches_t touches; /* grow upwards in the room that is left, */
    candidate_t *end;  /* candidates downwards from its end */
    size_t n_candidates;

    double read_upto; /* ln value up to which streams have been read */
    double price;     /* of an impression at the start, micros */
    double effort, log_value, pass_through;
    int64_t budget, spent, spent_before_hour;
    int closed; /* the next impression would have passed the budget */
    int64_t *count;
} flight_t;

/* The candidate at a position + 1. */
static candidate_t *candidate(const flight_t *f, uint32_t at)
{
    return f->end - at;
}

static int has_room(const flight_t *f, size_t touches, size_t candidates)
{
    size_t left = (size_t)((char *)f->end - (char *)f->touches.touch);
    return touches * sizeof(touch_t) + candidates * sizeof(candidate_t) <= left &&
           candidates < UINT32_MAX;
}

static int lend(flight_t *f, void *room, size_t bytes)
{
    size_t hours = 24 * (size_t)f->days, fixed = f->n * sizeof(place_t) + hours * sizeof(uint32_t);
    if (bytes < fixed + 8) return 0;
    f->place = room;
    f->hour = (uint32_t *)(f->place + f->n);
    f->touches.touch = (touch_t *)(f->hour + hours);
    f->end = (candidate_t *)((char *)room + bytes / 8 * 8);
    for (uint32_t i = 0; i < f->n; i++) f->place[i] = (place_t){0, 0, 0};
    for (size_t h = 0; h < hours; h++) f->hour[h] = 0;
    return 1;
}

/* Streams are read further than this hour's bid needs, if it is going to move. */
static double head_room(const kernel_plan_t *p)
{
    return p->pacing == KERNEL_EVEN ? 0.25 : 1e-6;
}

static double rank_of_value(const market_t *m, double log_value)
{
    return normal_cdf((log_value - m->log_median) / market_rank_sd(m));
}

double kernel_room(const kernel_plan_t *p, const kernel_person_t *people, uint32_t n)
{
    double activity = total_activity(people, n);
    fluid_t f = fluid_of(p, activity, p->budget / p->weight);
    double value = steering_log_value(&f.steering, f.steering.start);
    if (p->pacing == KERNEL_EVEN) value = m_min(value + 1, f.steering.floor + f.steering.highest);
    double candidates =
        activity * f.plan.opportunities * rank_of_value(&f.plan.market, value + 2 * head_room(p));
    double most = candidates + 10 * m_sqrt(candidates) + 1000;
    double touches = m_min(most, 1.5 * at_effort(&f, f.steering.start).impressions + 1000);
    return n * (double)sizeof(place_t) + p->days * 24 * sizeof(uint32_t) +
           most * sizeof(candidate_t) + touches * sizeof(touch_t);
}

/* ---- streams of candidates (MODEL 9.4) ---- */

static uint64_t person_address(const flight_t *f, uint32_t i)
{
    return f->people[i].id + (uint64_t)f->plan->person_high;
}

static rng_block_t luck_at(const flight_t *f, purpose_t purpose, uint32_t day, uint64_t person,
                           uint32_t index)
{
    return rng_at(f->key, purpose, (uint32_t)f->plan->placement, day, person, f->replication,
                  index);
}

static int opens(const flight_t *f, uint64_t person, uint32_t tick)
{
    double open = f->plan->open_days;
    if (open >= 1) return 1;
    uint32_t day = (uint32_t)(tick / TICKS_PER_DAY);
    return rng_unit(luck_at(f, DRAW_OPEN_DAY, day, person, 0), 0) < open;
}

static int keep(flight_t *f, candidate_t c)
{
    if (!has_room(f, f->touches.n, f->n_candidates + 1)) return 0;
    uint32_t *first = &f->hour[c.tick / TICKS_PER_HOUR];
    c.later = *first;
    *first = (uint32_t)++f->n_candidates;
    *candidate(f, *first) = c;
    return 1;
}

/* Reads a person's stream on as far as rank `upto`, for moments from `from` on. */
static int read_person(flight_t *f, uint32_t i, double upto, uint32_t from)
{
    place_t *place = &f->place[i];
    if (place->rank > upto) return 1;
    uint64_t person = person_address(f, i);
    double mean = (double)f->people[i].activity * (f->plan->opportunities_per_day * f->days) /
                  f->plan->open_days;
    rng_block_t luck;
    if (place->rank == 0) {
        uint32_t first = luck_at(f, DRAW_SILENT, 0, person / 4, 0).word[person % 4];
        if (-m_log((first + 1.0) * 0x1p-32) > upto * mean) return 1; /* whatever the low word */
        luck = luck_at(f, DRAW_CANDIDATE, 0, person, 0);
        luck.word[0] = first;
        place->rank = -m_log(rng_unit(luck, 0)) / mean;
    } else {
        luck = luck_at(f, DRAW_CANDIDATE, 0, person, place->number);
    }
    while (place->rank <= upto) {
        uint32_t tick = profile_tick(&f->profile, f->days, rng_unit(luck, 1));
        if (tick >= from && opens(f, person, tick) &&
            !keep(f, (candidate_t){tick, i, place->number, (float)normal_quantile(place->rank), 0}))
            return 0;
        luck = luck_at(f, DRAW_CANDIDATE, 0, person, ++place->number);
        place->rank -= m_log(rng_unit(luck, 0)) / mean;
    }
    return 1;
}

/* A bid that rose past what was read: read everyone on, for the time that is left. */
static int read_on(flight_t *f, uint32_t from)
{
    if (f->closed || f->log_value <= f->read_upto) return 1;
    f->read_upto = f->log_value + head_room(f->plan);
    double upto = rank_of_value(&f->market, f->read_upto);
    for (uint32_t i = 0; i < f->n; i++)
        if (!read_person(f, i, upto, from)) return 0;
    return 1;
}

/* ---- an hour's candidates in time order ---- */

static int earlier(const candidate_t *a, const candidate_t *b)
{
    if (a->tick != b->tick) return a->tick < b->tick;
    if (a->person != b->person) return a->person < b->person;
    return a->number < b->number;
}

static uint32_t merge(const flight_t *f, uint32_t a, uint32_t b)
{
    uint32_t first = 0, *end = &first;
    while (a && b) {
        uint32_t *least = earlier(candidate(f, b), candidate(f, a)) ? &b : &a;
        *end = *least;
        end = &candidate(f, *least)->later;
        *least = *end;
    }
    *end = a ? a : b;
    return first;
}

/* Merge sort of a chain, from the bottom up: run k holds 2^k candidates or none. */
static uint32_t in_order(const flight_t *f, uint32_t chain)
{
    uint32_t run[32] = {0};
    while (chain) {
        uint32_t one = chain;
        chain = candidate(f, one)->later;
        candidate(f, one)->later = 0;
        int k = 0;
        for (; run[k]; k++) {
            one = merge(f, run[k], one);
            run[k] = 0;
        }
        run[k] = one;
    }
    for (int k = 0; k < 32; k++) chain = merge(f, run[k], chain);
    return chain;
}

/* ---- one candidate ---- */

/* A throttled ad set takes part in a share of auctions. */
static int takes_part(const flight_t *f, const candidate_t *c, uint64_t person)
{
    if (f->pass_through >= 1) return 1;
    rng_block_t coin = luck_at(f, DRAW_THROTTLE, (uint32_t)f->plan->ad_set_hash, person, c->number);
    return rng_unit(coin, 0) < f->pass_through;
}

static void count_response(int64_t *count, const kernel_plan_t *p, double click, double order)
{
    double displaced = order * p->pull_forward;
    count[KERNEL_VIEWS] += event_fixed(p->viewability);
    count[KERNEL_CLICKS] += event_fixed(click);
    count[KERNEL_VISITS] += event_fixed(click * p->visit_rate);
    count[KERNEL_CONVERSIONS] += event_fixed(order);
    count[KERNEL_DISPLACED] += event_fixed(displaced);
    sum_into(&count[KERNEL_REVENUE], nanos(order * p->value));
    sum_into(&count[KERNEL_DISPLACED_REVENUE], nanos(displaced * p->value));
}

/* Expected, not drawn: what a person does with an impression, worn by those before it. */
static void show(flight_t *f, const candidate_t *c, int64_t price)
{
    const kernel_plan_t *p = f->plan;
    place_t *place = &f->place[c->person];
    const touch_t *last = touch_latest(&f->touches, place->head);
    double stock = 0;
    if (last)
        stock = (double)last->stock *
                wear_decay(&f->response, (double)(c->tick - last->tick) / TICKS_PER_DAY);
    double wear = wear_factor(&f->response, stock), view = p->viewability;
    double click = m_min(view, wear * (view * (p->ctr / view)));
    float p_click = float_at_most(click);
    double by_click = (double)p_click * p->visit_rate * m_min(1, p->cvr);
    double by_sight = view * m_min(1, p->view_conversion * wear);
    f->touches.touch[f->touches.n++] = (touch_t){.tick = c->tick,
                                                 .earlier = place->head,
                                                 .number = c->number,
                                                 .stock = (float)(stock + 1),
                                                 .p_click = p_click};
    place->head = (uint32_t)f->touches.n;
    f->count[KERNEL_IMPRESSIONS]++;
    f->count[KERNEL_SPEND] += price;
    count_response(f->count, p, (double)p_click, by_click + by_sight);
}

/* Micros that a candidate costs; -1 if the price limit or the reserve keeps it from being sold. */
static int64_t price_micros(const flight_t *f, const candidate_t *c, uint64_t person)
{
    double x = f->market.log_median + f->rank_sd * (double)c->z, cpm;
    double luck = rng_unit(luck_at(f, DRAW_PRICE, 0, person, c->number), 0);
    offer_t offer = {f->log_value, f->steering.limit};
    return market_price(&f->market, f->market.log_median, offer, x, luck, &cpm)
               ? fixed_round(cpm * (MICROS / 1000))
               : -1;
}

/* The count of why it stays out of an auction that it could win; 0 if it enters. */
static int why_not_entered(const flight_t *f, const candidate_t *c, uint64_t person)
{
    if (f->closed) return KERNEL_LOST_BUDGET;
    if (f->cap.most && !cap_allows(&f->cap, &f->touches, f->place[c->person].head, c->tick))
        return KERNEL_LOST_CAP;
    return takes_part(f, c, person) ? 0 : KERNEL_LOST_BUDGET;
}

/* Does it enter the auction, win, and can it pay? Then it is shown, if there is room. */
static int offer(flight_t *f, const candidate_t *c)
{
    if ((double)c->z >= (f->log_value - f->market.log_median) / f->rank_sd) return 1; /* outbid */
    uint64_t person = person_address(f, c->person);
    int lost = why_not_entered(f, c, person);
    int64_t price = lost ? -1 : price_micros(f, c, person);
    if (!lost && price < 0) lost = KERNEL_LOST_PRICE;
    if (!lost && f->spent + price > f->budget) {
        f->closed = 1; /* not one impression past the budget */
        lost = KERNEL_LOST_BUDGET;
    }
    if (lost) {
        f->count[lost]++;
        return 1;
    }
    if (!has_room(f, f->touches.n + 1, f->n_candidates)) return 0;
    f->spent += price;
    show(f, c, price);
    return 1;
}

/* ---- the flight ---- */

static void set_bid(flight_t *f)
{
    f->log_value = steering_log_value(&f->steering, f->effort);
    f->pass_through = steering_pass_through(f->effort);
}

/* At the end of an hour: compares what it spent with its plan. */
static void renew_bid(flight_t *f, int hour)
{
    const kernel_plan_t *p = f->plan;
    if (p->pacing != KERNEL_EVEN || f->closed) return;
    double planned = (double)(f->budget - f->spent_before_hour) *
                     pace_share(0, profile_in_hour(&f->profile, hour),
                                profile_until_day(&f->profile, hour, f->days), f->days);
    f->effort =
        steering_next(&f->steering, f->effort, f->log_value,
                      (double)(f->spent - f->spent_before_hour), planned, planned / f->price);
    set_bid(f);
}

static int fly(flight_t *f)
{
    int hours = 24 * f->days;
    set_bid(f);
    if (!read_on(f, 0)) return 0;
    for (int hour = 0; hour < hours; hour++) {
        f->spent_before_hour = f->spent;
        uint32_t at = in_order(f, f->hour[hour]);
        for (; at; at = candidate(f, at)->later)
            if (!offer(f, candidate(f, at))) return 0;
        if (hour + 1 == hours) break;
        renew_bid(f, hour);
        if (!read_on(f, (uint32_t)(hour + 1) * TICKS_PER_HOUR)) return 0;
    }
    return 1;
}

static void count_reach(flight_t *f)
{
    static const uint32_t least[] = {1, 2, 3, 5, 10};
    for (uint32_t i = 0; i < f->n; i++) {
        uint32_t seen = 0;
        const touch_t *t = touch_latest(&f->touches, f->place[i].head);
        for (; t; t = touch_earlier(&f->touches, t)) seen++;
        for (int k = 0; k < 5; k++) f->count[KERNEL_REACH_1 + k] += seen >= least[k];
    }
}

static response_t response_of(const kernel_plan_t *p)
{
    return (response_t){.wear_in = p->wear_in,
                        .wear_in_exposures = p->wear_in_exposures,
                        .wear_out = p->wear_out,
                        .recovery_days = p->recovery_days};
}

uint32_t kernel_simulate(const kernel_plan_t *p, const kernel_person_t *people, uint32_t n,
                         uint64_t seed, uint32_t replication, void *room, size_t bytes,
                         int64_t count[KERNEL_COUNTS])
{
    int64_t counted[KERNEL_COUNTS] = {0};
    fluid_t fluid = fluid_of(p, total_activity(people, n), p->budget / p->weight);
    flight_t f = {.plan = p,
                  .people = people,
                  .n = n,
                  .key = rng_key(seed),
                  .replication = replication,
                  .days = (int)p->days,
                  .market = fluid.plan.market,
                  .rank_sd = market_rank_sd(&fluid.plan.market),
                  .steering = fluid.steering,
                  .cap = {1, (int)p->cap, (uint32_t)(p->cap_days * TICKS_PER_DAY), 0},
                  .response = response_of(p),
                  .read_upto = -MATHS_INFINITY,
                  .price = at_effort(&fluid, fluid.steering.start).cpm * (MICROS / 1000),
                  .effort = fluid.steering.start,
                  .budget = p->pacing == KERNEL_CONSTANT
                                ? INT64_MAX / 2
                                : (int64_t)__builtin_floor((double)micros(p->budget) / p->weight),
                  .count = counted};
    profile_init(&f.profile, p->hours_amplitude, p->hours_peak);
    if (!lend(&f, room, bytes) || !fly(&f)) return 0;
    count_reach(&f);
    for (int k = 0; k < KERNEL_COUNTS; k++) count[k] = counted[k];
    return 1;
}
