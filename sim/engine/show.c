/* show.c -- the winner's ad is shown: which creative, how worn it is by now, and what she does. */
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "sim/engine/flight.h"

#include <math.h>

/* Decayed stock of the person's earlier impressions of the creative's family. */
static double exposure_stock(const workspace_t *ws, const candidate_t *c, int creative)
{
    uint64_t family = ws->world->sc->creative[creative].family;
    const touches_t *list = &ws->touches;
    for (const touch_t *t = touch_latest(list, ws->head[c->person]); t; t = touch_earlier(list, t))
        if (ws->world->sc->creative[t->creative].family == family) {
            double days = (double)(c->tick - t->tick) / TICKS_PER_DAY;
            return (double)t->stock * wear_decay(&ws->tuning.theta->response, days);
        }
    return 0;
}

/* The luck of what comes long after the touch: of its displaced order, and of those through the brand. */
static rng_block_t pull_of(const workspace_t *ws, size_t i, const touch_t *t)
{
    address_t at = ws->world->address[ws->world->sc->ad_set[t->ad_set].platform];
    return rng_at(ws->world->key, DRAW_PULL, at.placement, 0, ws->crowd->person[i].id | at.high,
                  ws->replication, t->number);
}

/* When the orders come that the touch brings through the brand, if it brings any. */
static int64_t brand_tick(const workspace_t *ws, const touch_t *t, rng_block_t pull)
{
    const response_t *r = &ws->tuning.theta->response;
    if (!(r->brand_effect > 0)) return t->tick;
    double life = brand_days(r) * TICKS_PER_DAY;
    return t->tick - (int64_t)(life * m_log(rng_unit_from_word(pull.word[2])));
}

/* Expected orders through the brand stock that the impression leaves, if it is seen: as many as she places by
 * herself at the time when they come. */
static double chance_by_brand(const workspace_t *ws, size_t i, const touch_t *t, double view)
{
    const scenario_t *theta = ws->tuning.theta;
    if (!(theta->response.brand_effect > 0)) return 0;
    double orders =
        organic_a_day(theta, &ws->crowd->person[i], conversion_by(ws, t)) *
        demand_at(&ws->tuning.demand,
                  WARM_UP_DAYS + (double)brand_tick(ws, t, pull_of(ws, i, t)) / TICKS_PER_DAY);
    return view * brand_orders(&theta->response, orders);
}

/* What the price of the day on which an order would come makes of its chance. */
static double at_price(const workspace_t *ws, const touch_t *t, double chance, int64_t tick)
{
    double paid = paid_at(ws, kind_of(ws, t), tick);
    return fmin(1, chance * price_orders(&ws->tuning.theta->product.price, paid));
}

/* P(order | visit) and P(order | seen) of a touch. */
static double chance_of_visit(const workspace_t *ws, size_t i, effects_t effects, const touch_t *t)
{
    double chance = person_order(&ws->tuning, &ws->crowd->person[i], effects, t->creative, t->tick);
    if (ws->tuning.sates) chance *= satiation_of(ws, t);
    if (!ws->tuning.promoted) return chance;
    return at_price(ws, t, chance, order_times(ws, i, t).by_click);
}
static double chance_of_sight(const workspace_t *ws, size_t i, const touch_t *t, double wear)
{
    double chance = person_sight(&ws->tuning, &ws->crowd->person[i], kind_of(ws, t), wear, t->tick);
    if (ws->tuning.sates) chance *= satiation_of(ws, t);
    if (!ws->tuning.promoted) return chance;
    return at_price(ws, t, chance, order_times(ws, i, t).by_sight);
}

order_chances_t order_chances(const workspace_t *ws, size_t i, effects_t effects, const touch_t *t)
{
    const response_t *r = &ws->tuning.theta->response;
    double view = viewability_of(ws, t), sight = 0, brand = chance_by_brand(ws, i, t, view);
    if (orders_charged(ws, t))
        return (order_chances_t){!!(t->flags & TOUCH_ORDERED), !!(t->flags & TOUCH_SIGHT_ORDERED),
                                 brand};
    if (view * conversion_by(ws, t)->view_conversion > 0)
        sight = view * chance_of_sight(ws, i, t, wear_factor(r, (double)t->stock - 1));
    return (order_chances_t){clicks_of(t) * r->visit_rate * chance_of_visit(ws, i, effects, t),
                             sight, brand};
}

/* Event variance that expectations leave out: that of a yes/no event of chance p. */
static int64_t bernoulli_variance(double p)
{
    return event_fixed(p * (1 - p));
}

/* What comes of the orders of a touch, in their value at the regular price. */
typedef struct {
    double ads, displaced,
        brand;    /* paid for those it causes at once, displaced ones, and through the brand */
    double net;   /* orders caused at once, less displaced */
    double price; /* mean share of the regular price that is paid for these */
} takings_t;

static takings_t takings_of(const workspace_t *ws, size_t i, const touch_t *t,
                            order_chances_t chance)
{
    double order = chance.by_click + chance.by_sight;
    double displaced = order * conversion_by(ws, t)->pull_forward, net = order - displaced;
    takings_t all = {order, displaced, chance.by_brand, net, 1};
    if (!ws->tuning.promoted) return all;
    conversion_kind_t kind = kind_of(ws, t);
    order_times_t when = order_times(ws, i, t);
    all.ads = chance.by_click * paid_at(ws, kind, when.by_click) +
              chance.by_sight * paid_at(ws, kind, when.by_sight);
    all.displaced *= paid_at(ws, kind, when.by_itself);
    all.brand *= paid_at(ws, kind, when.by_brand);
    if (net > 0) all.price = (all.ads - all.displaced) / net;
    return all;
}

/* Price cuts on what the touch brings, and what events leave out of them beside revenue. */
static void count_discounts(workspace_t *ws, const touch_t *t, int64_t *count, int64_t *removed,
                            order_chances_t chance, const takings_t *all)
{
    const conversion_t *c = conversion_by(ws, t);
    double square = ws->tuning.square[kind_of(ws, t)], unit = ws->tuning.unit[kind_of(ws, t)];
    double cut = all->net + chance.by_brand - (all->ads - all->displaced + all->brand);
    double brand_price = chance.by_brand > 0 ? all->brand / chance.by_brand : 1;
    double once = unit * unit * (all->net * square - all->net * all->net),
           through_brand = unit * unit * chance.by_brand * square;
    sum_into(&count[COUNT_DISCOUNTS], nanos(cut * c->value));
    removed[REMOVED_DISCOUNTS] +=
        event_fixed((1 - all->price) * (1 - all->price) * once +
                    (1 - brand_price) * (1 - brand_price) * through_brand);
    removed[REMOVED_REVENUE_DISCOUNTS] += event_fixed(
        all->price * (1 - all->price) * once + brand_price * (1 - brand_price) * through_brand);
}

/* Orders through the brand, a Poisson number: none of them would have come by itself. */
static void count_brand(workspace_t *ws, const touch_t *t, int64_t *count, int64_t *removed,
                        double order, double takings)
{
    conversion_kind_t kind = kind_of(ws, t);
    double paid = takings * ws->tuning.unit[kind];
    double price = order > 0 ? paid / order : 0;
    count[COUNT_BRAND_CONVERSIONS] += event_fixed(order);
    sum_into(&count[COUNT_BRAND_REVENUE], nanos(takings * conversion_by(ws, t)->value));
    removed[REMOVED_CONVERSIONS] += event_fixed(order);
    removed[REMOVED_REVENUE] += event_fixed(price * paid * ws->tuning.square[kind]);
    removed[REMOVED_CONVERSIONS_REVENUE] += event_fixed(paid);
}

/* By their law; where their chance goes by the day on which they would come, that day is drawn. */
static double later_orders(const workspace_t *ws, size_t i, const touch_t *t,
                           order_chances_t chance)
{
    const delay_t *delay = &conversion_by(ws, t)->delay;
    int64_t end = ws->world->flight_ticks;
    double days = (ws->world->flight_ticks - t->tick) / TICKS_PER_DAY;
    if (!ws->tuning.promoted)
        return (chance.by_click + chance.by_sight) * (1 - delay_cdf(delay, 24 * days));
    order_times_t when = order_times(ws, i, t);
    return (when.by_click >= end) * chance.by_click + (when.by_sight >= end) * chance.by_sight;
}

/* Of the orders that an impression causes, those that come after the flight. */
static void count_run_off(const workspace_t *ws, size_t i, int64_t *count, const touch_t *t,
                          order_chances_t chance)
{
    double later = later_orders(ws, i, t, chance);
    if (chance.by_brand > 0 && brand_tick(ws, t, pull_of(ws, i, t)) >= ws->world->flight_ticks)
        later += chance.by_brand;
    count[COUNT_RUN_OFF] += event_fixed(later);
}

/* Clicks, visits, orders and revenue are counted as expectations (MODEL 5.1): of its ad set, or in the row
 * of its creative. */
static void count_response(workspace_t *ws, size_t i, int row, const touch_t *t,
                           order_chances_t chance)
{
    const response_t *r = &ws->tuning.theta->response;
    const conversion_t *c = conversion_by(ws, t);
    double square = ws->tuning.square[kind_of(ws, t)], unit = ws->tuning.unit[kind_of(ws, t)];
    double view = viewability_of(ws, t);
    double click = clicks_of(t), order = chance.by_click + chance.by_sight;
    double displaced = order * c->pull_forward, net = order - displaced;
    takings_t all = takings_of(ws, i, t, chance);
    int64_t *count = counters_of(ws, i, row);
    count[COUNT_VIEWS] += event_fixed(view);
    count[COUNT_CLICKS] += event_fixed(click);
    count[COUNT_VISITS] += event_fixed(click * r->visit_rate);
    count[COUNT_AD_CONVERSIONS] += event_fixed(order);
    count[COUNT_DISPLACED] += event_fixed(displaced);
    if (truth_of(ws, i) >> t->ad_set & 1) {
        count[COUNT_ON_TARGET]++;
        count[COUNT_ON_TARGET_CLICKS] += event_fixed(click);
        count[COUNT_ON_TARGET_CONVERSIONS] +=
            event_fixed(order) - event_fixed(displaced) + event_fixed(chance.by_brand);
    }
    sum_into(&count[COUNT_AD_REVENUE], nanos(all.ads * c->value));
    sum_into(&count[COUNT_DISPLACED_REVENUE], nanos(all.displaced * c->value));
    int64_t *removed = ws->removed + (size_t)row * REMOVED_COUNTS;
    removed[REMOVED_CLICKS] += bernoulli_variance(click);
    removed[REMOVED_CONVERSIONS] += bernoulli_variance(net);
    unit *= all.price;
    removed[REMOVED_REVENUE] += event_fixed(unit * unit * (net * square - net * net));
    removed[REMOVED_CONVERSIONS_REVENUE] += event_fixed(unit * (net * (1 - net)));
    removed[REMOVED_CLICKS_CONVERSIONS] +=
        event_fixed(chance.by_click * (1 - c->pull_forward) * (1 - click));
    count_brand(ws, t, count, removed, chance.by_brand, all.brand);
    if (ws->tuning.promoted) count_discounts(ws, t, count, removed, chance, &all);
    count_run_off(ws, i, count, t, chance);
}

order_times_t order_times(const workspace_t *ws, size_t i, const touch_t *t)
{
    const ad_set_t *s = &ws->world->sc->ad_set[t->ad_set];
    address_t at = ws->world->address[s->platform];
    uint64_t person = ws->crowd->person[i].id | at.high;
    rng_block_t delay =
        rng_at(ws->world->key, DRAW_DELAY, at.placement, 0, person, ws->replication, t->number);
    rng_block_t pull = pull_of(ws, i, t);
    const delay_t *d = &conversion_by(ws, t)->delay;
    double click_hours =
        delay_hours(d, rng_unit_from_word(delay.word[0]), rng_unit_from_word(delay.word[1]));
    double sight_hours =
        delay_hours(d, rng_unit_from_word(delay.word[2]), rng_unit_from_word(delay.word[3]));
    int64_t click = t->tick + (int64_t)(click_hours * TICKS_PER_HOUR);
    double ahead = rng_unit(pull, 0) * ws->tuning.theta->product.pull_forward_days * TICKS_PER_DAY;
    return (order_times_t){click, t->tick + (int64_t)(sight_hours * TICKS_PER_HOUR),
                           brand_tick(ws, t, pull), click + (int64_t)ahead};
}

double sight_as_drawn(const touch_t *t, double view)
{
    double click = (double)t->p_click;
    if (t->flags & TOUCH_SIGHT_DRAWN) return !!(t->flags & TOUCH_SEEN);
    if (!(t->flags & TOUCH_DRAWN)) return view;
    return t->flags & TOUCH_CLICKED || click >= 1 ? 1 : (view - click) / (1 - click);
}

double click_as_drawn(const touch_t *t, double view)
{
    double click = (double)t->p_click;
    if (t->flags & TOUCH_DRAWN) return !!(t->flags & TOUCH_CLICKED);
    if (t->flags & TOUCH_SIGHT_DRAWN) return t->flags & TOUCH_SEEN ? click / view : 0;
    return click;
}

outcome_t visit_as_drawn(const touch_t *t, double view, double visit_rate)
{
    if (t->flags & TOUCH_DRAWN)
        return (outcome_t){clicks_of(t) * visit_rate, !!(t->flags & TOUCH_VISITED)};
    return (outcome_t){(double)t->p_click * visit_rate, click_as_drawn(t, view) * visit_rate};
}

/* Where a cap counts views, the sight is drawn, at the address of its impression. */
static void draw_sight(const workspace_t *ws, size_t i, touch_t *t)
{
    const ad_set_t *s = &ws->world->sc->ad_set[t->ad_set];
    address_t at = ws->world->address[s->platform];
    rng_block_t sight = rng_at(ws->world->key, DRAW_VIEW, at.placement, 0,
                               ws->crowd->person[i].id | at.high, ws->replication, t->number);
    int seen = rng_unit(sight, 1) < sight_as_drawn(t, viewability_of(ws, t));
    t->flags |= TOUCH_SIGHT_DRAWN | (seen ? TOUCH_SEEN : 0);
}

/* What comes of an impression, drawn where later state or money depends on it: she may enter a pool, or leave
 * it as a buyer; and clicks or orders may be what is charged. */
typedef struct {
    bool visited, ordered, saw_order;
} answer_t;

static answer_t draw_answer(const workspace_t *ws, size_t i, touch_t *t, effects_t effects,
                            double by_sight)
{
    const ad_set_t *s = &ws->world->sc->ad_set[t->ad_set];
    address_t at = ws->world->address[s->platform];
    uint64_t person = ws->crowd->person[i].id | at.high;
    rng_block_t click =
        rng_at(ws->world->key, DRAW_CLICK, at.placement, 0, person, ws->replication, t->number);
    rng_block_t order = rng_at(ws->world->key, DRAW_CONVERSION, at.placement, 0, person,
                               ws->replication, t->number);
    bool clicked = rng_unit(click, 0) < (double)t->p_click;
    bool visited = clicked && rng_unit(click, 1) < ws->tuning.theta->response.visit_rate;
    bool ordered = visited && rng_unit(order, 0) < chance_of_visit(ws, i, effects, t);
    t->flags |= TOUCH_DRAWN | (clicked ? TOUCH_CLICKED : 0) | (visited ? TOUCH_VISITED : 0);
    if (ws->world->sights_counted >> t->ad_set & 1) draw_sight(ws, i, t);
    /* Sights that order are as likely as ads are seen, and a click tells that it was. */
    double view = viewability_of(ws, t);
    bool saw_order = rng_unit(order, 1) < by_sight / view * sight_as_drawn(t, view);
    return (answer_t){visited, ordered, saw_order};
}

/* Marks a touch of which outcomes are charged. It brings one order at most. */
static void mark_charged(touch_t *t, billing_t billing, answer_t a)
{
    t->flags |= TOUCH_CHARGED;
    if (billing != BILLED_CONVERSIONS) return;
    t->flags |= a.ordered ? TOUCH_ORDERED : a.saw_order ? TOUCH_SIGHT_ORDERED : 0;
}

/* The orders that the touch brings through the brand, if it was seen, each at its time: arrivals of unit rate up
 * to the number expected at the highest demand, of which that of their day is kept. */
static status_t tell_pools_of_brand(workspace_t *ws, size_t i, const touch_t *t, error_t *err)
{
    enum { KEPT = 1 << 15 }; /* of the address: is the arrival kept? */
    const scenario_t *theta = ws->tuning.theta;
    const demand_t *demand = &ws->tuning.demand;
    address_t at = ws->world->address[ws->world->sc->ad_set[t->ad_set].platform];
    uint64_t person = ws->crowd->person[i].id | at.high;
    double orders = organic_orders_a_day(theta, &ws->crowd->person[i]) * demand->highest;
    double expected = brand_orders(&theta->response, orders), arrived = 0;
    double life = brand_days(&theta->response);
    status_t st = OK;
    for (uint32_t k = 0; st == OK; k++) {
        rng_block_t luck =
            rng_at(ws->world->key, DRAW_BRAND, at.placement, k, person, ws->replication, t->number);
        if (k == 0 && rng_unit(luck, 1) >= sight_as_drawn(t, viewability_of(ws, t))) break;
        arrived -= m_log(rng_unit(luck, 0));
        if (!(arrived < expected)) break;
        double day = t->tick / TICKS_PER_DAY - life * m_log(1 - arrived / expected);
        double keep = demand_at(demand, WARM_UP_DAYS + day) / demand->highest;
        rng_block_t kept = rng_at(ws->world->key, DRAW_BRAND, at.placement, k | KEPT, person,
                                  ws->replication, t->number);
        if (rng_unit(kept, 0) < keep)
            st = site_log_add(&ws->site, i, (int64_t)(day * TICKS_PER_DAY), 1, err);
    }
    return st;
}

/* Visits and purchases are what pools go by. */
static status_t tell_pools(workspace_t *ws, size_t i, const touch_t *t, answer_t a, error_t *err)
{
    status_t st = OK;
    if (a.visited) st = site_log_add(&ws->site, i, t->tick, 0, err);
    bool drawn = ws->world->orders_drawn && kind_of(ws, t) == CONVERSION_PURCHASE;
    if (st == OK && drawn && (a.ordered || a.saw_order)) {
        order_times_t when = order_times(ws, i, t);
        if (a.ordered) st = site_log_add(&ws->site, i, when.by_click, 1, err);
        if (st == OK && a.saw_order) st = site_log_add(&ws->site, i, when.by_sight, 1, err);
    }
    if (st == OK && drawn && ws->tuning.theta->response.brand_effect > 0)
        st = tell_pools_of_brand(ws, i, t, err);
    if (st == OK && a.visited) st = join_pools(ws, i, t->tick + 1, err);
    return st;
}

/* Draws of a touch what must be known of it now. */
static status_t draw_what_matters(workspace_t *ws, size_t i, touch_t *t, effects_t effects,
                                  double by_sight, error_t *err)
{
    billing_t billing = ws->world->sc->ad_set[t->ad_set].billing;
    bool watched = is_watched(ws->world, ws->crowd, i), charged = billing != BILLED_IMPRESSIONS;
    if (!watched && !charged) {
        if (ws->world->sights_counted >> t->ad_set & 1) draw_sight(ws, i, t);
        return OK;
    }
    answer_t answer = draw_answer(ws, i, t, effects, by_sight);
    if (charged) mark_charged(t, billing, answer);
    return watched ? tell_pools(ws, i, t, answer, err) : OK;
}

static void count_day(workspace_t *ws, const touch_t *t, int64_t paid)
{
    int64_t *row = day_row(ws, t->ad_set, t->tick);
    row[DAY_IMPRESSIONS]++;
    row[DAY_SPEND] += paid;
    row[DAY_CLICKS] += event_fixed(clicks_of(t));
    int64_t *hour = hour_row(ws, t->ad_set, t->tick);
    hour[HOUR_IMPRESSIONS]++;
    hour[HOUR_SPEND] += paid;
}

static void count_placement(workspace_t *ws, const touch_t *t, int64_t paid)
{
    int64_t *row = placement_row(ws, t->ad_set, t->placement);
    row[PLACEMENT_IMPRESSIONS]++;
    row[PLACEMENT_SPEND] += paid;
    row[PLACEMENT_CLICKS] += event_fixed(clicks_of(t));
}

/* What its buyer is charged, and what that would have been without a budget to pass; micros. */
typedef struct {
    int64_t paid, unbilled;
} charged_t;

static void count_shown(workspace_t *ws, size_t i, int row, const touch_t *t, order_chances_t order,
                        charged_t charged)
{
    int64_t *count = counters_of(ws, i, row);
    count[COUNT_IMPRESSIONS]++;
    count[COUNT_SPEND] += charged.paid;
    count[COUNT_UNBILLED] += charged.unbilled;
    count_response(ws, i, row, t, order);
}

status_t show(workspace_t *ws, const candidate_t *c, int a, int placement, int64_t price,
              error_t *err)
{
    const scenario_t *theta = ws->tuning.theta;
    const ad_set_t *s = &ws->world->sc->ad_set[a];
    int creative = choose_creative(ws, c, s);
    double stock = exposure_stock(ws, c, creative), wear = wear_factor(&theta->response, stock);
    const placement_t *place = &ws->tuning.placement[c->platform][placement];
    double view = place->viewability;
    const person_t *who = &ws->crowd->person[c->person];
    effects_t effects = effects_of(&ws->tuning, ws->world, who, ws->replication);
    double click =
        fmin(view, wear * place->ctr * mood_at(&ws->tuning, c->tick) *
                       person_click(&ws->tuning, who, effects, creative, (int)c->platform));
    touch_t touch = {.tick = c->tick,
                     .number = c->number,
                     .stock = (float)(stock + 1),
                     .p_click = float_at_most(click),
                     .ad_set = (uint8_t)a,
                     .creative = (uint8_t)creative,
                     .placement = (uint8_t)placement};
    status_t st = ws->tuning.sates ? satiation_find(ws, c->person, &touch, err) : OK;
    order_chances_t order = {.by_sight = view * chance_of_sight(ws, c->person, &touch, wear),
                             .by_brand = chance_by_brand(ws, c->person, &touch, view)};
    if (has_target_frequency(s)) count_in_window(ws, a, c->person, c->tick);
    if (st == OK && !ws->head[c->person]) st = crowd_list_add(&ws->reached, c->person, err);
    if (st == OK) st = draw_what_matters(ws, c->person, &touch, effects, order.by_sight, err);
    if (st == OK) st = touches_add(&ws->touches, &ws->head[c->person], touch, err);
    if (st != OK) return st;
    order.by_click = clicks_of(&touch) * theta->response.visit_rate *
                     chance_of_visit(ws, c->person, effects, &touch);
    if (orders_charged(ws, &touch)) order = order_chances(ws, c->person, effects, &touch);
    if (ws->tuning.sates) st = satiation_keep(ws, c->person, &touch, order, err);
    if (st != OK) return st;
    int64_t due = charge_due(ws, c->person, &touch, price);
    bool at_once = paid_for(ws, a) == BILLED_IMPRESSIONS || ws->followed;
    int64_t paid = at_once ? due : charge(ws, a, due);
    if (ws->ledger) ledger_enter(ws->ledger, a, c->tick, paid);
    count_shown(ws, c->person, a, &touch, order, (charged_t){paid, due - paid});
    if (ws->world->creative_row[creative] >= 0)
        count_shown(ws, c->person, ws->world->creative_row[creative], &touch, order,
                    (charged_t){paid, due - paid});
    count_day(ws, &touch, paid);
    count_placement(ws, &touch, paid);
    segment_row(ws, a, c->person)[SEGMENT_SPEND] += paid;
    if (touch.flags & TOUCH_CHARGED) click = clicks_of(&touch);
    result_t result = ad_set_result(theta, a);
    ws->state[a].results += result == RESULT_CONVERSIONS
                                ? event_fixed(order.by_click + order.by_sight)
                            : result == RESULT_CLICKS ? event_fixed(click)
                                                      : (int64_t)EVENT_ONE;
    if (ws->world->optimised_ad_sets >> a & 1)
        count_tried(ws, c->person, &touch,
                    result == RESULT_CONVERSIONS ? order.by_click + order.by_sight : click);
    return OK;
}

status_t withhold(workspace_t *ws, const candidate_t *c, int a, int placement, int64_t price,
                  error_t *err)
{
    int creative = choose_creative(ws, c, &ws->world->sc->ad_set[a]);
    touch_t touch = {.tick = c->tick,
                     .number = c->number,
                     .stock = (float)(exposure_stock(ws, c, creative) + 1),
                     .ad_set = (uint8_t)a,
                     .creative = (uint8_t)creative,
                     .placement = (uint8_t)placement};
    if (ws->world->sights_counted >> a & 1) draw_sight(ws, c->person, &touch);
    int64_t *count = counters_of(ws, c->person, a);
    count[COUNT_GHOSTS]++;
    count[COUNT_GHOST_PRICE] += price;
    status_t st = OK;
    if (!ws->head[c->person]) st = crowd_list_add(&ws->reached, c->person, err);
    if (st == OK) st = touches_add(&ws->touches, &ws->head[c->person], touch, err);
    ws->showing_left = 1;
    return st == OK ? satiation_keep(ws, c->person, &touch, (order_chances_t){0}, err) : st;
}
