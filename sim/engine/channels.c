/* channels.c -- what the models that compare channels need of everybody, and what they make of it.
 *
 * Every order adds its path, with its probability, and a person adds the path of all that she saw or clicked,
 * with the rest. What another sample of people would have given is worked out with each jackknife group left
 * out, for credits do not add up over people: a group counts as what all give more than all without it. */
#include "models/base/fixed.h"
#include "models/response/markov.h"
#include "models/response/shapley.h"
#include "sim/engine/workspace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { GROUPS = JACKKNIFE_GROUPS, NO_GROUP = -1 };

/* ---- room ---- */

static size_t days_of(const world_t *w)
{
    return (size_t)(w->sc->days + w->run_off_days + 1) * (size_t)w->sc->n_ad_sets;
}

static size_t coalitions_of(const credit_t *c)
{
    return c->channels <= SHAPLEY_CHANNELS_MOST ? shapley_cells(c->channels) : 0;
}

status_t credit_init(credit_t *c, const world_t *w, error_t *err)
{
    *c = (credit_t){.channels = attribution_channels(w->sc)};
    for (int a = 0; a < w->sc->n_ad_sets; a++) c->of_ad_set[a] = attribution_channel(w->sc, a);
    size_t n = (size_t)c->channels, cells = markov_cells(c->channels), sets = coalitions_of(c);
    size_t room = n * n > sets ? n * n : sets;
    c->transitions = calloc(GROUPS * cells, sizeof *c->transitions);
    c->all_transitions = calloc(cells, sizeof *c->all_transitions);
    c->some_transitions = calloc(cells, sizeof *c->some_transitions);
    c->day = calloc(days_of(w), sizeof *c->day);
    c->room = calloc(room, sizeof *c->room);
    c->more_room = calloc(sets + 1, sizeof *c->more_room);
    bool fine = c->transitions && c->all_transitions && c->some_transitions && c->day && c->room &&
                c->more_room;
    if (sets) {
        c->coalition = calloc(GROUPS * sets, sizeof *c->coalition);
        c->all_coalitions = calloc(sets, sizeof *c->all_coalitions);
        fine = fine && c->coalition && c->all_coalitions;
    }
    return fine ? OK : fail_memory(err, "the paths of attribution");
}

void credit_free(credit_t *c)
{
    free(c->transitions);
    free(c->all_transitions);
    free(c->some_transitions);
    free(c->coalition);
    free(c->all_coalitions);
    free(c->day);
    free(c->room);
    free(c->more_room);
    free(c->touch);
    free(c->path);
    free(c->share);
    *c = (credit_t){.channels = 0};
}

void credit_cells(credit_t *c, const world_t *w, counted_t list[CREDIT_CELLS])
{
    _Static_assert(sizeof(coalition_t) == 2 * sizeof(int64_t), "two counts");
    list[0] = (counted_t){c->transitions, GROUPS * markov_cells(c->channels)};
    list[1] = (counted_t){(int64_t *)c->coalition, 2 * GROUPS * coalitions_of(c)};
    list[2] = (counted_t){c->day, days_of(w)};
}

void credit_clear(credit_t *c, const world_t *w)
{
    counted_t list[CREDIT_CELLS];
    credit_cells(c, w, list);
    for (int i = 0; i < CREDIT_CELLS; i++)
        if (list[i].n) memset(list[i].cell, 0, list[i].n * sizeof *list[i].cell);
}

status_t credit_widen(credit_t *c, size_t n, error_t *err)
{
    path_touch_t *touch = realloc(c->touch, n * sizeof *touch);
    if (touch) c->touch = touch;
    uint32_t *path = realloc(c->path, n * sizeof *path);
    if (path) c->path = path;
    double(*share)[PATH_MODELS] = realloc(c->share, n * sizeof *share);
    if (share) c->share = share;
    return touch && path && share ? OK : fail_memory(err, "one person's paths");
}

static void coalition_add(coalition_t *to, const coalition_t *from)
{
    to->ticks += from->ticks;
    to->orders += from->orders;
}

/* ---- a person ---- */

/* From one channel of a path to the next, and to its end. */
static void add_step(credit_t *c, int group, int *from, int to, int64_t events)
{
    int64_t *count = c->transitions + (size_t)group * markov_cells(c->channels);
    *markov_cell(count, c->channels, *from, to) += events;
    *from = to;
}

void channels_order(credit_t *c, int group, size_t m, int64_t events)
{
    int at = MARKOV_START;
    size_t set = 0;
    for (size_t k = m; k-- > 0;) {
        int channel = c->of_ad_set[c->touch[c->path[k]].ad_set];
        add_step(c, group, &at, channel + 1, events);
        set |= (size_t)1 << channel;
    }
    add_step(c, group, &at, markov_order(c->channels), events);
    c->ordered += events;
    if (c->coalition) c->coalition[(size_t)group * coalitions_of(c) + set].orders += events;
}

static void path_without_order(credit_t *c, int group, size_t n)
{
    int at = MARKOV_START;
    int64_t events = (int64_t)EVENT_ONE - c->ordered;
    if (events <= 0) return;
    for (size_t k = n; k-- > 0;)
        if (c->touch[k].seen) add_step(c, group, &at, c->of_ad_set[c->touch[k].ad_set] + 1, events);
    if (at != MARKOV_START) add_step(c, group, &at, markov_nothing(c->channels), events);
}

/* When the window of a touch closes, later one of both; its own moment if it opened none. */
static int64_t closing(const path_touch_t *t, credit_windows_t windows)
{
    uint32_t click = t->clicked ? windows.click_ticks : 0, view = t->seen ? windows.view_ticks : 0;
    return (int64_t)t->tick + (click > view ? click : view);
}

/* Moves the clock of a person's open windows forward, closing those that are over on the way. */
typedef struct {
    int64_t now, until[SHAPLEY_CHANNELS_MOST];
    size_t open;
} windows_open_t;

static void pass_time(coalition_t *of, windows_open_t *w, int64_t to)
{
    while (w->open && w->now < to) {
        int64_t next = to;
        for (size_t rest = w->open; rest; rest &= rest - 1)
            if (w->until[__builtin_ctzll(rest)] < next) next = w->until[__builtin_ctzll(rest)];
        of[w->open].ticks += next - w->now;
        w->now = next;
        for (size_t rest = w->open; rest; rest &= rest - 1)
            if (w->until[__builtin_ctzll(rest)] <= next) w->open &= ~(rest & -rest);
    }
    w->now = to;
}

static void time_of_coalitions(credit_t *c, int group, size_t n, credit_windows_t windows)
{
    coalition_t *of = c->coalition + (size_t)group * coalitions_of(c);
    windows_open_t w = {.open = 0};
    for (size_t k = n; k-- > 0;) {
        int channel = c->of_ad_set[c->touch[k].ad_set];
        int64_t until = closing(&c->touch[k], windows);
        pass_time(of, &w, c->touch[k].tick);
        if (until == c->touch[k].tick) continue;
        if (!(w.open >> channel & 1) || until > w.until[channel]) w.until[channel] = until;
        w.open |= (size_t)1 << channel;
    }
    pass_time(of, &w, INT64_MAX);
}

void channels_person(credit_t *c, int group, size_t n, credit_windows_t windows)
{
    path_without_order(c, group, n);
    if (c->coalition) time_of_coalitions(c, group, n, windows);
}

/* ---- what linear gave ---- */

/* Kinds of conversions are shared out one by one, each among its own ad sets. */

static int64_t *credits_of(const workspace_t *ws, int group, int row, credit_model_t model)
{
    size_t rows = (size_t)scopes_rows(ws->world->scopes);
    return ws->count + ((size_t)group * rows + (size_t)row) * COUNTS +
           count_credit(model, CREDITED_ORDERS);
}

/* Of all groups but one: what ad sets are given, in events, nanos and events. */
typedef struct {
    double of[MAX_AD_SETS][CREDITED_COUNTS];
} credits_t;

static credits_t linear_without(const workspace_t *ws, conversion_kind_t kind, int left_out)
{
    credits_t sum = {{{0}}};
    for (uint64_t rest = ws->world->kind_ad_sets[kind]; rest; rest &= rest - 1)
        for (int g = 0; g < GROUPS; g++)
            for (int k = 0; k < CREDITED_COUNTS; k++)
                if (g != left_out)
                    sum.of[__builtin_ctzll(rest)][k] +=
                        (double)credits_of(ws, g, __builtin_ctzll(rest), CREDIT_LINEAR)[k];
    return sum;
}

/* ---- what channels are given: orders [event] by channel ---- */

static void markov_without(credit_t *c, int left_out, double orders, double *given)
{
    size_t cells = markov_cells(c->channels);
    memcpy(c->some_transitions, c->all_transitions, cells * sizeof *c->all_transitions);
    if (left_out != NO_GROUP)
        for (size_t k = 0; k < cells; k++)
            c->some_transitions[k] -= c->transitions[(size_t)left_out * cells + k];
    double effects = 0;
    markov_effects(c->some_transitions, c->channels, c->room, given);
    for (int j = 0; j < c->channels; j++) effects += given[j];
    for (int j = 0; j < c->channels; j++) given[j] *= effects > 0 ? orders / effects : 0;
}

static coalition_t coalition_without(const credit_t *c, int left_out, size_t set)
{
    coalition_t of = c->all_coalitions[set];
    if (left_out == NO_GROUP) return of;
    const coalition_t *out = &c->coalition[(size_t)left_out * coalitions_of(c) + set];
    return (coalition_t){of.ticks - out->ticks, of.orders - out->orders};
}

/* So much time, in which it were worth what the best of its parts is, is added to what is known of a coalition
 * (ticks; assumption). Without it a coalition of a few seconds, with an order in it, would tell what all larger
 * ones hold of it. */
static const double TAKEN_AS_KNOWN = 30 * TICKS_PER_DAY;

static double mean_worth(const credit_t *c, int left_out)
{
    double ticks = 0, orders = 0;
    for (size_t set = 1; set < coalitions_of(c); set++) {
        coalition_t of = coalition_without(c, left_out, set);
        ticks += (double)of.ticks;
        orders += (double)of.orders;
    }
    return ticks > 0 ? orders / ticks : 0;
}

/* Worths are orders per tick; every set plays so often that its orders are given away. Where nothing is worth
 * anything they are shared evenly beforehand. */
static void shapley_without(credit_t *c, int left_out, double *given)
{
    double *worth = c->room, *weight = c->more_room, even[SHAPLEY_CHANNELS_MOST] = {0};
    double mean = mean_worth(c, left_out);
    worth[0] = weight[0] = 0;
    for (size_t set = 1; set < coalitions_of(c); set++) {
        coalition_t of = coalition_without(c, left_out, set);
        double orders = (double)of.orders, part = shapley_best_part(worth, set);
        worth[set] = (orders + TAKEN_AS_KNOWN * (part > 0 ? part : mean)) /
                     ((double)of.ticks + TAKEN_AS_KNOWN);
        weight[set] = worth[set] > 0 ? orders / worth[set] : 0;
        for (size_t rest = worth[set] > 0 ? 0 : set; rest; rest &= rest - 1)
            even[__builtin_ctzll(rest)] += orders / __builtin_popcountll(set);
    }
    shapley_dividends(c->channels, worth);
    shapley_credit(c->channels, worth, weight, given);
    for (int j = 0; j < c->channels; j++) given[j] += even[j];
}

/* ---- what their ad sets are given ---- */

/* A channel's credit falls on its ad sets as linear gives it, evenly if that gives nothing; its part of organic
 * orders is linear's, and its revenue the mean order's. */
static credits_t to_ad_sets(const credit_t *c, uint64_t ad_sets, const double *given,
                            const credits_t *linear, const double *whole)
{
    credits_t credit = {{{0}}};
    double of_channel[MAX_AD_SETS] = {0};
    int members[MAX_AD_SETS] = {0};
    for (uint64_t rest = ad_sets; rest; rest &= rest - 1) {
        int a = __builtin_ctzll(rest);
        of_channel[c->of_ad_set[a]] += linear->of[a][CREDITED_ORDERS];
        members[c->of_ad_set[a]]++;
    }
    for (uint64_t rest = ad_sets; rest; rest &= rest - 1) {
        int a = __builtin_ctzll(rest);
        int j = c->of_ad_set[a];
        double own = linear->of[a][CREDITED_ORDERS];
        double orders = given[j] * (of_channel[j] > 0 ? own / of_channel[j] : 1.0 / members[j]);
        credit.of[a][CREDITED_ORDERS] = orders;
        if (own > 0)
            credit.of[a][CREDITED_ORGANIC] = orders * linear->of[a][CREDITED_ORGANIC] / own;
        if (whole[CREDITED_ORDERS] > 0)
            credit.of[a][CREDITED_REVENUE] =
                orders * whole[CREDITED_REVENUE] / whole[CREDITED_ORDERS];
    }
    return credit;
}

static credits_t credits_without(workspace_t *ws, conversion_kind_t kind, credit_model_t model,
                                 int left_out)
{
    credit_t *c = &ws->credit[kind];
    int ad_sets = ws->world->scopes.n_ad_sets;
    credits_t linear = linear_without(ws, kind, left_out);
    double whole[CREDITED_COUNTS] = {0}, given[MAX_AD_SETS];
    for (int a = 0; a < ad_sets; a++)
        for (int k = 0; k < CREDITED_COUNTS; k++) whole[k] += linear.of[a][k];
    if (model == CREDIT_MARKOV)
        markov_without(c, left_out, whole[CREDITED_ORDERS], given);
    else
        shapley_without(c, left_out, given);
    return to_ad_sets(c, ws->world->kind_ad_sets[kind], given, &linear, whole);
}

/* Revenue that cannot be counted is refused later (see sum_into): until then it is anything. */
static int64_t rounded(double x)
{
    return x > -0x1p62 && x < 0x1p62 ? fixed_round(x) : 0;
}

/* Groups count as what they add to all; what is then missing of all, for credits do not add up, is spread evenly
 * over them, which leaves their differences as they are. */
static void close_model(workspace_t *ws, conversion_kind_t kind, credit_model_t model)
{
    uint64_t ad_sets = ws->world->kind_ad_sets[kind];
    credits_t all = credits_without(ws, kind, model, NO_GROUP);
    for (int g = 0; g < GROUPS; g++) {
        credits_t without = credits_without(ws, kind, model, g);
        for (uint64_t rest = ad_sets; rest; rest &= rest - 1)
            for (int k = 0, a = __builtin_ctzll(rest); k < CREDITED_COUNTS; k++)
                credits_of(ws, g, a, model)[k] = rounded(all.of[a][k] - without.of[a][k]);
    }
    for (uint64_t rest = ad_sets; rest; rest &= rest - 1)
        for (int a = __builtin_ctzll(rest), k = 0; k < CREDITED_COUNTS; k++) {
            int64_t missing = rounded(all.of[a][k]);
            for (int g = 0; g < GROUPS; g++) sum_into(&missing, -credits_of(ws, g, a, model)[k]);
            for (int g = 0; g < GROUPS; g++) {
                int64_t part = missing / (GROUPS - g);
                sum_into(&credits_of(ws, g, a, model)[k], part);
                missing -= part;
            }
        }
}

static void sum_tables(credit_t *c)
{
    size_t cells = markov_cells(c->channels), sets = coalitions_of(c);
    memset(c->all_transitions, 0, cells * sizeof *c->all_transitions);
    if (sets) memset(c->all_coalitions, 0, sets * sizeof *c->all_coalitions);
    for (size_t g = 0; g < GROUPS; g++) {
        for (size_t k = 0; k < cells; k++) c->all_transitions[k] += c->transitions[g * cells + k];
        for (size_t k = 0; k < sets; k++)
            coalition_add(&c->all_coalitions[k], &c->coalition[g * sets + k]);
    }
}

/* ---- the scenario's model ---- */

/* What the scenario's model gives an ad set over what the model that carries it does. */
static double carried(const workspace_t *ws, int ad_set)
{
    const scenario_t *sc = ws->world->sc;
    double given = 0, carrier = 0;
    if (sc->attribution.model == credit_carrier(sc)) return 1;
    for (int g = 0; g < GROUPS; g++) {
        given += (double)credits_of(ws, g, ad_set, sc->attribution.model)[CREDITED_ORDERS];
        carrier += (double)credits_of(ws, g, ad_set, credit_carrier(sc))[CREDITED_ORDERS];
    }
    return carrier > 0 ? given / carrier : 0;
}

static void choose_row(workspace_t *ws, int row, credit_model_t model, double factor)
{
    static const count_t into[CREDITED_COUNTS] = {COUNT_CONVERSIONS, COUNT_REVENUE,
                                                  COUNT_ORGANIC_CREDITED};
    for (int g = 0; g < GROUPS; g++) {
        int64_t *credit = credits_of(ws, g, row, model);
        int64_t *count = credit - count_credit(model, CREDITED_ORDERS);
        for (int k = 0; k < CREDITED_COUNTS; k++)
            count[into[k]] = factor == 1 ? credit[k] : rounded(factor * (double)credit[k]);
    }
}

static void choose_days(workspace_t *ws, int ad_set, double factor)
{
    for (int day = 0; day < tables_days(&ws->tables); day++) {
        int64_t tick = day * (int64_t)TICKS_PER_DAY;
        int64_t credit = ws->credit[ws->world->kind[ad_set]].day[day_place(ws, ad_set, tick)];
        day_row(ws, ad_set, tick)[DAY_CONVERSIONS] +=
            factor == 1 ? credit : fixed_round(factor * (double)credit);
    }
}

void credit_close(workspace_t *ws)
{
    const scenario_t *sc = ws->world->sc;
    scopes_t s = ws->world->scopes;
    for (unsigned kinds = ws->world->kinds; kinds; kinds &= kinds - 1) {
        conversion_kind_t kind = (conversion_kind_t)__builtin_ctz(kinds);
        sum_tables(&ws->credit[kind]);
        close_model(ws, kind, CREDIT_MARKOV);
        if (ws->credit[kind].coalition) close_model(ws, kind, CREDIT_SHAPLEY);
    }
    for (int a = 0; a < s.n_ad_sets; a++) {
        choose_row(ws, scope_ad_set(s, a), sc->attribution.model, 1);
        choose_days(ws, a, carried(ws, a));
    }
    for (int row = scopes_count(s); row < scopes_rows(s); row++)
        choose_row(ws, row, credit_carrier(sc), carried(ws, scope_owner(sc, row)));
}
