/* world.c -- builds what replications share, and runs them one after the other in a workspace. */
#include "sim/engine/world.h"
#include "models/base/date.h"
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "models/brand/cascade.h"
#include "models/platform/hours.h"
#include "sim/engine/workspace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the world ---- */

static void place_platforms(world_t *w)
{
    for (int p = 0; p < w->sc->n_platforms; p++)
        w->address[p] = platform_address(&w->sc->platform[p], w->sc->population);
}

static void sort_ad_sets(world_t *w)
{
    w->kinds = ad_sets_kinds(w->sc, ~0ull);
    for (int a = 0; a < w->sc->n_ad_sets; a++) {
        const audience_t *audience = &w->sc->audience[w->sc->ad_set[a].audience];
        int platform = w->sc->ad_set[a].platform;
        unsigned places = w->sc->ad_set[a].placements;
        w->platform_ad_sets[platform] |= 1ull << a;
        w->kind[a] = ad_set_kind(w->sc, a);
        w->kind_ad_sets[w->kind[a]] |= 1ull << a;
        for (int k = 0; k < PLATFORM_PLACEMENTS; k++)
            if (!places || places >> k & 1) w->placement_ad_sets[platform][k] |= 1ull << a;
        if (w->sc->platform[platform].labels) w->labels_err = 1;
        w->campaign_ad_sets[w->sc->ad_set[a].campaign] |= 1ull << a;
        if (value_is_estimated(w->sc, a)) w->foreseen_ad_sets |= 1ull << a;
        bool alike = !(w->foreseen_sd > 0) || ad_set_goal_result(w->sc, a) == RESULT_IMPRESSIONS;
        if (w->sc->ad_set[a].method == PACE_SMART && !alike) w->layered_ad_sets |= 1ull << a;
        if (audience->kind == AUDIENCE_LIST) w->list_ad_sets |= 1ull << a;
        if (audience->kind == AUDIENCE_LOOKALIKE) {
            w->lookalike_ad_sets |= 1ull << a;
            w->labels_err = 1; /* its score is no certain knowledge either */
        }
        if (audience->kind == AUDIENCE_RETARGET) {
            w->pool_ad_sets |= 1ull << a;
            if (audience->exclude_purchasers_days > 0) w->orders_drawn = 1;
        }
        if (!audience->excluded) continue;
        const audience_t *out = &w->sc->audience[audience->excluded - 1];
        *(out->kind == AUDIENCE_RETARGET ? &w->without_pool : &w->without_list) |= 1ull << a;
        if (out->exclude_purchasers_days > 0) w->orders_drawn = 1;
    }
}

/* By name, so that the order in which creatives are listed changes nothing. */
static int goes_before(const creative_t *x, const creative_t *y)
{
    return x->name && y->name && name_hash(x->name) < name_hash(y->name);
}

static void order_creatives(world_t *w)
{
    for (int a = 0; a < w->sc->n_ad_sets; a++) {
        const ad_set_t *s = &w->sc->ad_set[a];
        const creative_t *creative = w->sc->creative;
        int *turn = &w->turn[s->first_creative];
        for (int k = 0; k < s->n_creatives; k++) {
            int c = s->first_creative + k, at = k;
            w->creative_row[c] = s->n_creatives > 1 ? scope_creative(w->sc, c) : -1;
            for (; at > 0 && goes_before(&creative[c], &creative[turn[at - 1]]); at--)
                turn[at] = turn[at - 1];
            turn[at] = c;
        }
        if (s->n_creatives > 1 && s->rotation == ROTATION_OPTIMISED)
            w->optimised_ad_sets |= 1ull << a;
    }
}

static void add_caps(world_t *w, int a, const frequency_cap_t cap[MAX_CAPS], uint64_t ad_sets)
{
    for (int k = 0; k < MAX_CAPS; k++) {
        if (!cap[k].impressions) continue;
        w->cap[a][w->n_caps[a]++] =
            (cap_t){.ad_sets = ad_sets,
                    .most = cap[k].impressions,
                    .window_ticks = (uint32_t)(cap[k].window_days * TICKS_PER_DAY),
                    .flag = cap[k].event == CAP_VIEWS ? TOUCH_SEEN : 0};
        if (cap[k].event == CAP_VIEWS) w->sights_counted |= ad_sets;
    }
}

static void lay_caps(world_t *w)
{
    const scenario_t *sc = w->sc;
    for (int a = 0; a < sc->n_ad_sets; a++) {
        int campaign = sc->ad_set[a].campaign, platform = sc->ad_set[a].platform;
        add_caps(w, a, sc->ad_set[a].cap, 1ull << a);
        add_caps(w, a, sc->campaign[campaign].cap,
                 w->campaign_ad_sets[campaign] & w->platform_ad_sets[platform]);
        add_caps(w, a, sc->platform[platform].cap, w->platform_ad_sets[platform]);
    }
}

/* ---- the brand ---- */

/* Users by closed form: the same in a streaming world and its pilot. */
static status_t place_brand(world_t *w, error_t *err)
{
    const scenario_t *sc = w->sc;
    status_t st = OK;
    for (int k = 0; st == OK && k < sc->brand.n_accounts; k++) {
        int p = sc->brand.account[k].platform;
        double users;
        w->brand_platforms |= 1u << p;
        st = scenario_platform_users(sc, p, &users, err);
        w->place[p] =
            (brand_place_t){users, sc->platform[p].hours_amplitude, sc->platform[p].hours_peak};
    }
    return st;
}

/* ---- money and time ---- */

static void find_payers(world_t *w, const scenario_t *sc)
{
    int of_campaign[MAX_CAMPAIGNS];
    for (int k = 0; k < sc->n_campaigns; k++) of_campaign[k] = -1;
    for (int a = 0; a < sc->n_ad_sets; a++) {
        const ad_set_t *s = &sc->ad_set[a];
        const campaign_t *c = &sc->campaign[s->campaign];
        int k = c->shares_budget ? of_campaign[s->campaign] : -1;
        if (k < 0) {
            k = w->n_payers++;
            w->payer[k] =
                c->shares_budget
                    ? (payer_t){0, c->pacing, c->lifetime_budget, c->daily, c->budget_schedule}
                    : (payer_t){0, s->pacing, s->budget, s->daily, s->budget_schedule};
            of_campaign[s->campaign] = k;
        }
        w->payer[k].ad_sets |= 1ull << a;
        w->payer_of[a] = k;
    }
}

void world_fund(world_t *w, const scenario_t *sc)
{
    w->funding++;
    w->n_payers = 0;
    memset(w->payer, 0, sizeof w->payer);
    find_payers(w, sc);
}

static void schedule_ad_set(world_t *w, int a, int weekday)
{
    const ad_set_t *s = &w->sc->ad_set[a];
    const platform_t *p = &w->sc->platform[s->platform];
    const schedule_t *own = &s->schedule, *whole = &w->sc->campaign[s->campaign].schedule;
    int first = w->hours, end = 0;
    for (int hour = 0; hour < w->hours; hour++)
        if (schedule_runs(own, weekday, hour) && schedule_runs(whole, weekday, hour)) {
            w->running[hour] |= 1ull << a;
            if (hour < first) first = hour;
            end = hour + 1;
        }
    w->span_ticks[a] = end > first ? (uint32_t)(end - first) * TICKS_PER_HOUR : 0;
    for (int hour = 0; hour < w->hours; hour++)
        if (!(w->running[hour] >> a & 1)) w->silent_share[a][hour % 24] += 1.0 / w->sc->days;
    w->silent_days[a] =
        schedule_silent_days(own, whole, weekday, w->sc->days, p->hours_amplitude, p->hours_peak);
}

static status_t lay_schedules(world_t *w, error_t *err)
{
    w->running = calloc((size_t)w->hours, sizeof *w->running);
    if (!w->running) return fail_memory(err, "the hours of the flight");
    w->weekday = flight_weekday(w->sc);
    for (int a = 0; a < w->sc->n_ad_sets; a++) schedule_ad_set(w, a, w->weekday);
    return OK;
}

static void name_segments(world_t *w)
{
    static const char *const dimension[3] = {"age", "sex", "region"};
    w->n_segments = 1;
    for (int d = 0; d < 3; d++) {
        w->segment_dim[d] = population_attribute(w->sc->population, dimension[d]);
        w->segment_levels[d] =
            w->segment_dim[d] < 0 ? 1 : w->sc->population->attribute[w->segment_dim[d]].n_levels;
        w->n_segments *= w->segment_levels[d];
    }
}

static status_t tabulate_activity(world_t *w, error_t *err)
{
    for (int p = 0; p < w->sc->n_platforms; p++) {
        if (!w->platform_ad_sets[p]) continue;
        w->activity[p] = malloc(sizeof *w->activity[p]);
        if (!w->activity[p]) return fail_memory(err, "how active people are");
        activity_table_init(w->activity[p], w->sc->platform[p].activity_shape);
    }
    return OK;
}

/* ---- what rivals pay over the flight ---- */

static bool prices_shift(const platform_t *p)
{
    for (int m = 0; m < 12; m++)
        for (int d = 0; d < 7; d++)
            for (int h = 0; h < 24; h++)
                if (platform_price_shift(p, m, d, h) != 0) return true;
    return false;
}

static status_t price_hours(world_t *w, int p, error_t *err)
{
    const platform_t *platform = &w->sc->platform[p];
    size_t hours = (size_t)w->hours;
    double *weight = malloc(2 * hours * sizeof *weight), *shift = weight + hours;
    price_hour_t *price = w->price[p] = malloc(hours * sizeof *price);
    if (!weight || !price) {
        free(weight);
        return fail_memory(err, "the prices of the flight's hours");
    }
    long first = date_day(date_parse(w->sc->start));
    for (size_t k = 0; k < hours; k++) {
        long day = first + (long)(k / 24);
        int hour = (int)(k % 24);
        shift[k] = price[k].now =
            platform_price_shift(platform, date_of_day(day).month - 1, date_weekday(day), hour);
        weight[k] = hours_share(platform->hours_amplitude, platform->hours_peak, hour, hour + 1) /
                    w->sc->days;
    }
    for (size_t k = hours; k-- > 0;)
        price[k].least =
            k + 1 < hours && price[k + 1].least < price[k].now ? price[k + 1].least : price[k].now;
    w->n_price_times[p] = shifts_condensed(weight, shift, hours, w->price_time[p]);
    free(weight);
    return OK;
}

static status_t lay_prices(world_t *w, error_t *err)
{
    status_t st = OK;
    for (int p = 0; st == OK && p < w->sc->n_platforms; p++) {
        w->n_price_times[p] = 1;
        w->price_time[p][0] = (market_part_t){.weight = 1};
        if (w->platform_ad_sets[p] && prices_shift(&w->sc->platform[p]))
            st = price_hours(w, p, err);
    }
    return st;
}

/* Days after the flight in which orders are told by the day: all that can be credited, and of those that ads
 * cause 95 % of the latest kind (MODEL 4.4), 99 % of what comes through the brand. */
static int run_off_days(const scenario_t *sc)
{
    enum { HALF_LIVES = 7 };
    const response_t *r = &sc->response;
    double slowest = 0;
    for (unsigned kinds = ad_sets_kinds(sc, ~0ull); kinds; kinds &= kinds - 1) {
        conversion_t c = scenario_conversion(sc, (conversion_kind_t)__builtin_ctz(kinds));
        slowest = fmax(slowest, c.delay.slow_hours);
    }
    double days = sc->attribution.click_window_days + 3 * slowest / 24;
    if (r->brand_effect > 0) days = fmax(days, HALF_LIVES * r->brand_half_life_days);
    return (int)ceil(days);
}

/* All but the people. */
static status_t lay_world(const scenario_t *sc, size_t people, size_t window, world_t **out,
                          error_t *err)
{
    world_t *w = *out = calloc(1, sizeof *w);
    if (!w) return fail_memory(err, "the world");
    w->sc = sc;
    w->people = people;
    w->window = window;
    w->weight = sc->population->size / (double)people;
    w->key = rng_key(sc->seed);
    w->scopes = scopes_of(sc);
    w->hours = 24 * sc->days;
    w->flight_ticks = (uint32_t)(sc->days * TICKS_PER_DAY);
    w->run_off_days = run_off_days(sc);
    w->foreseen_sd = foreseen_sd(&sc->response);
    signal_table_init(&w->signal);
    place_platforms(w);
    sort_ad_sets(w);
    order_creatives(w);
    lay_caps(w);
    find_payers(w, w->sc);
    name_segments(w);
    if (w->sc->experiment.design == EXPERIMENT_GEO) {
        w->geo_attribute = experiment_regions(w->sc);
        w->n_geos = w->sc->population->attribute[w->geo_attribute].n_levels;
    }
    status_t st = place_brand(w, err);
    if (st == OK) st = lay_prices(w, err);
    if (st == OK) st = lay_schedules(w, err);
    if (st == OK) st = tabulate_activity(w, err);
    return st;
}

static status_t world_or_none(world_t **out, status_t st)
{
    if (st == OK) return OK;
    world_delete(*out);
    *out = NULL;
    return st;
}

status_t world_new(const scenario_t *sc, size_t people, int threads, world_t **out, error_t *err)
{
    status_t st = lay_world(sc, people, 0, out, err);
    if (st == OK) st = crowd_init(&(*out)->crowd, *out, 0, threads, err);
    return world_or_none(out, st);
}

status_t world_new_streaming(const scenario_t *sc, size_t people, int threads, const crew_t *crew,
                             world_t **out, error_t *err)
{
    status_t st = lay_world(sc, people, WINDOW_PEOPLE, out, err);
    world_t *w = *out;
    if (st == OK) st = tally_init(&w->crowd.tally, w->scopes.n_ad_sets, w->n_segments, err);
    st = crew_agree(crew, st, err);
    if (st == OK) st = windows_count(w, 0, threads, crew, &w->crowd.tally, err);
    if (st == OK) w->pilot = streaming_pilot(w);
    return world_or_none(out, st);
}

void world_delete(world_t *world)
{
    if (!world) return;
    for (int p = 0; p < MAX_PLATFORMS; p++) {
        free(world->activity[p]);
        free(world->price[p]);
    }
    crowd_free(&world->crowd);
    free(world->running);
    free(world);
}

double world_weight(const world_t *world)
{
    return world->weight;
}
size_t world_people(const world_t *world)
{
    return world->people;
}
size_t world_pilot(const world_t *world)
{
    return world->pilot;
}
scopes_t world_scopes(const world_t *world)
{
    return world->scopes;
}
int world_run_off_days(const world_t *world)
{
    return world->run_off_days;
}
size_t world_eligible(const world_t *world, int ad_set)
{
    return world->crowd.tally.eligible[ad_set];
}
void world_audience_sizes(const world_t *w, audience_sizes_t *sizes)
{
    const tally_t *c = &w->crowd.tally;
    for (int a = 0; a < w->sc->n_ad_sets; a++) {
        bool pool = w->pool_ad_sets >> a & 1;
        sizes->users[a] = w->weight * (double)c->users[w->sc->ad_set[a].platform];
        sizes->people[a] = pool ? NAN : w->weight * (double)c->eligible[a];
        for (int b = 0; b < w->sc->n_ad_sets; b++)
            sizes->both[a][b] =
                pool || w->pool_ad_sets >> b & 1 ? NAN : w->weight * (double)c->eligible_both[a][b];
    }
}

int world_segments(const world_t *world)
{
    return world->n_segments;
}

const char *world_segment_label(const world_t *world, int segment, int dimension)
{
    int level = segment;
    for (int d = 2; d > dimension; d--) level /= world->segment_levels[d];
    level %= world->segment_levels[dimension];
    int attribute = world->segment_dim[dimension];
    return attribute < 0 ? "" : world->sc->population->attribute[attribute].level[level];
}

/* ---- a workspace ---- */

static size_t counters_size(const world_t *w)
{
    return (size_t)JACKKNIFE_GROUPS * (size_t)scopes_rows(w->scopes) * COUNTS;
}

static size_t removed_size(const world_t *w)
{
    return (size_t)scopes_rows(w->scopes) * REMOVED_COUNTS;
}

/* How many people or members a workspace has to do with at a time, when so many are in the world's crowd. */
static size_t people_at_once(const world_t *w, size_t in_crowd)
{
    if (w->window) return w->window;
    return w->sc->population->redraw ? w->people : in_crowd;
}

status_t workspace_new(const world_t *world, workspace_t **out, error_t *err)
{
    workspace_t *ws = *out = calloc(1, sizeof *ws);
    if (!ws) return fail_memory(err, "a thread's workspace");
    ws->world = world;
    ws->crowd = world->window ? &ws->window.crowd : &world->crowd;
    ws->tally = &world->crowd.tally;
    ws->tuned_pair = -1;
    rank_table_init(&ws->ranks);
    size_t people = people_at_once(world, world->crowd.n);
    ws->head = calloc(people + 1, sizeof *ws->head);
    ws->count = calloc(counters_size(world), sizeof *ws->count);
    ws->removed = calloc(removed_size(world), sizeof *ws->removed);
    int room = ws->head && ws->count && ws->removed;
    if (world->pool_ad_sets | world->without_pool) {
        ws->site.head = calloc(people + 1, sizeof *ws->site.head);
        room = room && ws->site.head;
    }
    for (int p = 0; p < world->sc->n_platforms; p++) {
        profile_init(&ws->profile[p], world->sc->platform[p].hours_amplitude,
                     world->sc->platform[p].hours_peak);
        if (!world->platform_ad_sets[p]) continue;
        size_t members = people_at_once(world, world->crowd.members[p].n);
        room = places_init(&ws->places[p], members, err) == OK && room;
    }
    status_t st = room ? OK : fail_memory(err, "a thread's workspace");
    if (st == OK) st = brand_effects_init(&ws->brand, world, err);
    if (st == OK) st = calendar_init(&ws->calendar, world->hours, err);
    for (unsigned kinds = world->kinds; st == OK && kinds; kinds &= kinds - 1)
        st = credit_init(&ws->credit[__builtin_ctz(kinds)], world, err);
    if (st == OK)
        st = tables_init(&ws->tables, world->scopes, world->sc->days, world->run_off_days,
                         world->n_segments, err);
    if (st != OK) {
        workspace_delete(ws);
        *out = NULL;
    }
    return st;
}

void workspace_delete(workspace_t *ws)
{
    if (!ws) return;
    brand_effects_free(&ws->brand);
    crowd_free(&ws->redrawn);
    window_close(&ws->window);
    calendar_free(&ws->calendar);
    touches_free(&ws->touches);
    free(ws->sated);
    visits_free(&ws->sating_visits);
    site_log_free(&ws->site);
    visits_free(&ws->visits);
    for (int k = 0; k < CONVERSION_KINDS; k++) credit_free(&ws->credit[k]);
    tables_free(&ws->tables);
    for (int p = 0; p < MAX_PLATFORMS; p++) places_free(&ws->places[p]);
    free(ws->hour);
    free(ws->head);
    free(ws->reached.index);
    free(ws->organic.index);
    free(ws->moment);
    free(ws->own);
    free(ws->own_touch);
    free(ws->own_net);
    free(ws->count);
    free(ws->removed);
    free(ws);
}

void workspace_forget_parameters(workspace_t *ws)
{
    ws->tuned_pair = -1;
}

const tables_t *workspace_tables(const workspace_t *ws)
{
    return &ws->tables;
}

/* ---- one replication ---- */

/* Forgets what happened to the crowd: only what was touched is swept. */
static void forget_people(workspace_t *ws)
{
    for (size_t k = 0; k < ws->reached.n; k++) ws->head[ws->reached.index[k]] = 0;
    for (size_t k = 0; k < ws->site.visitors.n; k++) ws->site.head[ws->site.visitors.index[k]] = 0;
    ws->reached.n = ws->site.visitors.n = ws->touches.n = ws->site.n = 0;
    for (int p = 0; p < MAX_PLATFORMS; p++) places_clear(&ws->places[p]);
    calendar_clear(&ws->calendar);
}

void replication_begin(workspace_t *ws, uint32_t replication)
{
    ws->replication = replication;
    ws->candidates = 0;
    memset(ws->count, 0, counters_size(ws->world) * sizeof *ws->count);
    memset(ws->removed, 0, removed_size(ws->world) * sizeof *ws->removed);
    memset(ws->present, 0, sizeof ws->present);
    for (unsigned kinds = ws->world->kinds; kinds; kinds &= kinds - 1)
        credit_clear(&ws->credit[__builtin_ctz(kinds)], ws->world);
    holdout_begin(ws);
}

static void tune_to_brand(workspace_t *ws)
{
    if (!brand_acts(&ws->world->sc->brand)) return;
    brand_effects_draw(&ws->brand, ws->world, ws->tally, ws->tuning.theta, ws->replication / 2);
    tune_brand(&ws->tuning, &ws->brand);
}

/* Bids are tuned once for both replications of a pair, anew for other budgets. */
static bool is_untuned(const workspace_t *ws)
{
    const world_t *w = ws->world;
    return ws->tuned_pair != ws->replication / 2 || ws->tuned_funding != w->funding ||
           w->sc->population->redraw;
}

status_t replication_tune(workspace_t *ws, const scenario_t *theta, error_t *err)
{
    const world_t *w = ws->world;
    if (w->sc->population->redraw && !w->window) {
        crowd_free(&ws->redrawn);
        ws->crowd = &ws->redrawn;
        ws->tally = &ws->redrawn.tally;
        status_t st = crowd_init(&ws->redrawn, w, ws->replication, 1, err);
        if (st != OK) return st;
    }
    if (is_untuned(ws)) tuning_init(&ws->tuning, w, ws->tally, theta);
    ws->tuning.theta = theta;
    if (is_untuned(ws)) tune_to_brand(ws);
    ws->tuned_pair = ws->replication / 2;
    ws->tuned_funding = w->funding;
    return OK;
}

status_t replication_fly(workspace_t *ws, error_t *err)
{
    forget_people(ws);
    status_t st = flight_run(ws, err);
    if (st == OK) st = settle(ws, err);
    if (st == OK) st = count_presence(ws, err);
    ws->candidates += (int64_t)ws->calendar.n;
    return st;
}

/* Sums of disjoint ad sets into campaigns, platforms and the plan; people are never summed. */
static int is_additive(int column)
{
    return !(column >= COUNT_REACH_1 && column <= COUNT_REACH_10) &&
           column != COUNT_REACH_ON_TARGET && column != COUNT_ORGANIC;
}

static void roll_up(int64_t *value, int width, const world_t *w, int (*additive)(int column))
{
    scopes_t s = w->scopes;
    for (int a = 0; a < s.n_ad_sets; a++) {
        const int64_t *from = value + scope_ad_set(s, a) * width;
        int into[3] = {scope_campaign(s, w->sc->ad_set[a].campaign),
                       scope_platform(s, w->sc->ad_set[a].platform), scope_plan(s)};
        for (int k = 0; k < 3; k++)
            for (int c = 0; c < width; c++)
                if (additive(c)) sum_into(&value[into[k] * width + c], from[c]);
    }
}

static int is_impression_variance(int column)
{
    return column != REMOVED_ATTRIBUTED && column != REMOVED_ATTRIBUTED_REVENUE &&
           column != REMOVED_ATTRIBUTED_BOTH; /* those were counted per order and scope */
}

/* ---- opportunities ---- */

/* By hour of the day: those that people are expected to have on an ad set's placements while they are in its
 * audience, and those of them that come outside its schedule. */
typedef struct {
    double all[DAY_HOURS], outside[DAY_HOURS];
} expected_t;

static expected_t expected_opportunities(const workspace_t *ws, int a)
{
    const scenario_t *theta = ws->tuning.theta;
    const world_t *w = ws->world;
    const tally_t *c = ws->tally;
    const ad_set_t *set = &theta->ad_set[a];
    const audience_t *audience = &theta->audience[set->audience];
    const profile_t *profile = &ws->profile[set->platform];
    bool pool = w->pool_ad_sets >> a & 1;
    double found = audience->kind == AUDIENCE_LIST ? audience->match_rate : 1;
    double left_out = 0; /* who is found of one list is found of another of no lower match rate */
    if (w->without_list >> a & 1)
        left_out = fmin(found, theta->audience[excluded_audience(theta, a)].match_rate);
    double sum = 0;
    for (int band = 0; band <= NO_AGE_BAND && !pool; band++)
        sum += (found * (double)(c->activity[a][0][band] + c->activity[a][1][band]) -
                left_out * (double)c->listed_activity[a][band]) /
               EVENT_ONE * ws->tuning.mean_opportunities[set->platform][band] * ws->tuning.share[a];
    expected_t of = {{0}, {0}};
    for (int h = 0; h < DAY_HOURS; h++) {
        double here = sum * profile_in_hour(profile, h);
        double present = present_in_hour(ws, a, h),
               outside = (double)ws->present[a].outside[h] / PRESENCE_ONE;
        of.all[h] = pool ? present : here - present;
        of.outside[h] = pool ? outside : here * w->silent_share[a][h] - outside;
    }
    return of;
}

/* Whoever was outbid mostly never became a candidate: of the expected opportunities, what was neither
 * delivered nor lost otherwise. (By chance there may have been more than expected, and of the expected more
 * left out than there were.) Auctions entered: of the opportunities those that nothing kept it out of
 * beforehand. */
typedef struct {
    int64_t opportunities, outside, outbid, auctions;
} account_t;

static account_t account_of(const int64_t *ad_set, double expected, double expected_outside)
{
    int64_t opportunities = fixed_round(expected), outside = fixed_round(fmax(expected_outside, 0));
    int64_t entered = ad_set[COUNT_IMPRESSIONS] + ad_set[COUNT_LOST_PRICE];
    int64_t known = outside + entered + ad_set[COUNT_LOST_CAP] + ad_set[COUNT_LOST_OVERLAP] +
                    ad_set[COUNT_LOST_BUDGET] + ad_set[COUNT_GHOSTS];
    if (opportunities < known) opportunities = known;
    int64_t auctions = opportunities - outside - ad_set[COUNT_KEPT_OUT] / (int64_t)THOUSANDTHS;
    return (account_t){opportunities, outside, opportunities - known,
                       auctions > entered ? auctions : entered};
}

static account_t account_opportunities(workspace_t *ws, int a, const int64_t *ad_set)
{
    expected_t of = expected_opportunities(ws, a);
    double all = 0, outside = 0;
    for (int h = 0; h < DAY_HOURS; h++) {
        all += of.all[h];
        outside += of.outside[h];
    }
    account_t account = account_of(ad_set, all, outside);
    for (int h = 0; h < DAY_HOURS; h++) {
        int64_t *row = hour_row(ws, a, (int64_t)h * TICKS_PER_HOUR);
        double of_all = all > 0 ? of.all[h] / all : 1.0 / DAY_HOURS;
        double of_outside = outside > 0 ? of.outside[h] / outside : 0;
        row[HOUR_OPPORTUNITIES] +=
            fixed_round(THOUSANDTHS * of_all * (double)account.opportunities);
        row[HOUR_KEPT_OUT] += fixed_round(THOUSANDTHS * of_outside * (double)account.outside);
    }
    return account;
}

double organic_people(const scenario_t *theta, const mix_t *m)
{
    double sum = 0;
    for (unsigned k = 0; k < 1u << theta->n_appeals; k++)
        sum += (double)m->affinity[k] / EVENT_ONE * appeal_factor(theta, k, APPEAL_ORGANIC);
    return sum;
}

/* What posts bring: of one simulated person for `weight` real ones; visits, and the same at what was paid then. */
static void count_post_orders(int64_t *count, const product_t *p, double visits, double paid)
{
    count[COUNT_POST_CONVERSIONS] = event_fixed(visits * p->visit_to_order);
    count[COUNT_POST_REVENUE] = nanos(paid * p->visit_to_order * p->value);
}

/* What the brand does besides its ads, and what these do for it. */
static void count_brand(const workspace_t *ws, int64_t *value)
{
    const scenario_t *theta = ws->tuning.theta;
    const brand_t *b = &theta->brand;
    const brand_effects_t *e = ws->tuning.brand;
    scopes_t s = ws->world->scopes;
    double weight = ws->world->weight, visits = 0, paid = 0, cost = 0;
    for (int p = 0; p < s.n_platforms; p++) {
        int64_t *platform = value + scope_platform(s, p) * COUNTS;
        count_post_orders(platform, &theta->product, e->visits[p] / weight, e->paid[p] / weight);
        platform[COUNT_ORGANIC_COST] = micros(e->cost[p] / weight);
        visits += e->visits[p];
        paid += e->paid[p];
        cost += e->cost[p];
    }
    int64_t *plan = value + scope_plan(s) * COUNTS;
    plan[COUNT_ORGANIC_COST] = micros(cost / weight);
    count_post_orders(plan, &theta->product, visits / weight, paid / weight);
    plan[COUNT_POST_IMPRESSIONS] = event_fixed(e->impressions / weight);
    plan[COUNT_POST_REACH] = event_fixed(e->people / weight);
    for (int scope = 0; scope < scopes_count(s); scope++) {
        int64_t *count = value + scope * COUNTS;
        double shares = (double)count[COUNT_VIEWS] / EVENT_ONE * b->share_rate;
        count[COUNT_EARNED_VIEWS] = event_fixed(earned_views_mean(shares, b->reproduction));
        count[COUNT_FOLLOWERS_GAINED] = event_fixed((double)count[COUNT_REACH_1] * b->follow_rate);
    }
}

static uint64_t ad_sets_of_scope(const world_t *w, int scope)
{
    scopes_t s = w->scopes;
    if (scope < s.n_ad_sets) return 1ull << scope;
    if (scope < scope_platform(s, 0)) return w->campaign_ad_sets[scope - s.n_ad_sets];
    return scope < scope_plan(s) ? w->platform_ad_sets[scope - scope_platform(s, 0)] : ~0ull;
}

/* Conversions of the kinds that a scope's ad sets bring, for each order that comes by itself. */
static double organic_for_each_order(const workspace_t *ws, int scope)
{
    double sum = 0, per_visit = ws->tuning.theta->product.visit_to_order;
    unsigned kinds = ad_sets_kinds(ws->world->sc, ad_sets_of_scope(ws->world, scope));
    for (; kinds; kinds &= kinds - 1)
        sum +=
            scenario_conversion(ws->tuning.theta, (conversion_kind_t)__builtin_ctz(kinds)).organic /
            per_visit;
    return sum;
}

/* What answers and crises make of the organic conversions of everybody; revenue is of orders. */
static void count_moved(const workspace_t *ws, double a_day, int64_t *plan)
{
    const scenario_t *theta = ws->tuning.theta;
    moved_t days = {0, 0};
    double paid = 0, each = organic_for_each_order(ws, scope_plan(ws->world->scopes));
    for (int day = 0; day < theta->days; day++) {
        moved_t of_day = brand_moved(ws->tuning.brand, &ws->tuning.demand, day);
        days.answers += of_day.answers;
        days.crises += of_day.crises;
        paid += of_day.answers * price_paid(&theta->product.price, day);
    }
    plan[COUNT_ANSWERED] = event_fixed(a_day * days.answers * each);
    plan[COUNT_ANSWERED_REVENUE] = nanos(a_day * paid * theta->product.value);
    plan[COUNT_CRISES] = event_fixed(a_day * days.crises * each);
}

/* Facts of a replication that have a closed form: organic orders, eligible opportunities, whom labels
 * and lists miss. */
static void count_closed_forms(workspace_t *ws, int64_t *value)
{
    const scenario_t *theta = ws->tuning.theta;
    const tally_t *c = ws->tally;
    scopes_t s = ws->world->scopes;
    double days = demand_over(&ws->tuning.demand, 0, theta->days);
    double a_day = 0; /* of everybody: the last scope is the plan's */
    for (int scope = 0; scope < scopes_count(s); scope++) {
        a_day = organic_people(theta, &c->organic[0][scope]) * theta->product.organic_new +
                organic_people(theta, &c->organic[1][scope]) * theta->product.organic_existing;
        value[scope * COUNTS + COUNT_ORGANIC] =
            event_fixed(a_day * days * organic_for_each_order(ws, scope));
    }
    if (ws->tuning.brand) {
        count_brand(ws, value);
        count_moved(ws, a_day, value + scope_plan(s) * COUNTS);
    }
    for (int a = 0; a < theta->n_ad_sets; a++) {
        const audience_t *audience = &theta->audience[theta->ad_set[a].audience];
        const ad_set_t *set = &theta->ad_set[a];
        int into[] = {scope_ad_set(s, a), scope_campaign(s, set->campaign),
                      scope_platform(s, set->platform), scope_plan(s)};
        account_t rest = account_opportunities(ws, a, value + into[0] * COUNTS);
        double found = audience->kind == AUDIENCE_LIST ? audience->match_rate : 1;
        int64_t truth = (int64_t)c->true_people[a],
                missed = truth - fixed_round(found * (double)c->true_labelled[a]);
        for (size_t k = 0; k < sizeof into / sizeof *into; k++) {
            value[into[k] * COUNTS + COUNT_OPPORTUNITIES] += rest.opportunities;
            value[into[k] * COUNTS + COUNT_LOST_PRICE] += rest.outbid;
            value[into[k] * COUNTS + COUNT_LOST_SCHEDULE] += rest.outside;
            value[into[k] * COUNTS + COUNT_AUCTIONS] += rest.auctions;
            value[into[k] * COUNTS + COUNT_TRUE_AUDIENCE] += truth;
            value[into[k] * COUNTS + COUNT_MISSED] += missed;
        }
    }
}

void replication_close(workspace_t *ws, totals_t *totals)
{
    const world_t *w = ws->world;
    int rows = scopes_rows(w->scopes);
    size_t width = (size_t)rows * COUNTS;
    memset(totals->value, 0, width * sizeof *totals->value);
    credit_close(ws);
    for (int g = 0; g < JACKKNIFE_GROUPS; g++) {
        int64_t *group = ws->count + (size_t)g * width;
        roll_up(group, COUNTS, w, is_additive);
        for (size_t k = 0; k < width; k++) {
            sum_into(&totals->value[k], group[k]);
            sum_into(&ws->tables.group[k * JACKKNIFE_GROUPS + (size_t)g], group[k]);
        }
    }
    count_closed_forms(ws, totals->value);
    holdout_close(ws, totals->value + scope_plan(w->scopes) * COUNTS);
    roll_up(ws->removed, REMOVED_COUNTS, w, is_impression_variance);
    memcpy(totals->removed, ws->removed, (size_t)rows * REMOVED_COUNTS * sizeof *totals->removed);
    totals->candidates = ws->candidates;
    ws->tables.replications++;
    for (int a = 0; a < w->scopes.n_ad_sets; a++)
        for (int s = 0; s < w->n_segments; s++)
            ws->tables.segment[((size_t)a * (size_t)w->n_segments + (size_t)s) * SEGMENT_COUNTS +
                               SEGMENT_PEOPLE] +=
                ws->tally->segment_people[(size_t)a * (size_t)w->n_segments + (size_t)s];
}

/* What windows count besides the tables. */
enum { COUNTED = 4 + CREDIT_CELLS * CONVERSION_KINDS };
static int counted(workspace_t *ws, counted_t list[COUNTED])
{
    const world_t *w = ws->world;
    int n = 0;
    list[n++] = (counted_t){ws->count, counters_size(w)};
    list[n++] = (counted_t){ws->removed, removed_size(w)};
    list[n++] = (counted_t){(int64_t *)ws->present, sizeof ws->present / (sizeof(int64_t))};
    list[n++] = (counted_t){&ws->candidates, 1};
    for (unsigned kinds = w->kinds; kinds; kinds &= kinds - 1) {
        credit_cells(&ws->credit[__builtin_ctz(kinds)], w, list + n);
        n += CREDIT_CELLS;
    }
    return n;
}

void replication_add(workspace_t *ws, workspace_t *of)
{
    counted_t to[COUNTED], from[COUNTED];
    int n = counted(ws, to);
    counted(of, from);
    for (int i = 0; i < n; i++)
        for (size_t k = 0; k < to[i].n; k++) sum_into(&to[i].cell[k], from[i].cell[k]);
}

void replication_sum(workspace_t *ws, const crew_t *crew)
{
    counted_t list[COUNTED];
    int n = counted(ws, list);
    for (int i = 0; i < n; i++) crew_sum(crew, list[i].cell, list[i].n);
}

status_t replication_run(const world_t *world, const scenario_t *theta, uint32_t replication,
                         workspace_t *ws, totals_t *totals, error_t *err)
{
    (void)world;
    replication_begin(ws, replication);
    status_t st = replication_tune(ws, theta, err);
    if (st == OK) st = replication_fly(ws, err);
    if (st == OK) replication_close(ws, totals);
    return st;
}
