/* sample.c -- draws the people of a what-if model from the run's own: whom the ads could meet, at up to REACH times
 * the budget.
 *
 * Hardly anyone meets an ad: people are taken by what they meet. Whoever meets an opportunity that the run's own
 * bids could win is taken with one chance, whoever meets only dearer ones with a smaller one, each by the ad sets
 * she meets; she stands for so many more people (Horvitz and Thompson 1952). Of those with one chance every so
 * many-th is taken in the order of what she costs and how she answers (systematic sampling), so that the few are
 * spread as the many are. */
#include "sim/engine/sample.h"
#include "models/base/array.h"
#include "models/base/fixed.h"
#include "models/base/maths.h"
#include "sim/engine/flight.h"
#include "sim/engine/fluid.h"
#include "sim/engine/visits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double REACH = 4; /* times the run's own spend */
/* Effort above the fluid solution, which leaves out caps and own overlap: of the run's own bids, and of the range. */
static const double OWN_MARGIN = 0.35, RANGE_MARGIN = 0.5;
enum {
    CANDIDATES = 10000,    /* of the model, about */
    READ_AT_MOST = 150000, /* of one replication */
    READ_AT_LEAST = 30000, /* of all */
    REPLICATIONS_MOST = 32,
    PEOPLE_LEAST = 500
};

void sample_free(sample_t *s)
{
    free(s->item);
    *s = (sample_t){0};
}

/* ---- the flight ---- */

/* How far each ad set's effort may go. */
static void find_range(sample_t *s, const tuning_t *t, const world_t *w, const tally_t *tally)
{
    for (int a = 0; a < t->theta->n_ad_sets; a++) {
        const steering_t *steer = &t->steering[a];
        fluid_t plan = fluid_of(t, w, tally, a);
        double own = fmin(steer->start, steer->goal);
        double far = fluid_effort(&plan, REACH * fluid_spend(&plan, own));
        s->start[a] = own;
        s->most[a] = fmin(steer->highest, fmax(far, own + OWN_MARGIN) + RANGE_MARGIN);
        if (bid_has_goal(t->theta->ad_set[a].strategy))
            s->most[a] = fmin(s->most[a], steer->goal + RANGE_MARGIN);
    }
}

void sample_bids(workspace_t *ws)
{
    for (int a = 0; a < ws->world->sc->n_ad_sets; a++)
        ws->state[a] = (ad_set_state_t){
            .log_value = steering_log_value(&ws->tuning.steering[a], ws->sampled->most[a]),
            .pass_through = 1};
}

/* The value that an ad set puts on an opportunity at an effort, ln CPM. */
static double value_at(const workspace_t *ws, int a, double effort, double foreseen, int placement)
{
    const tuning_t *t = &ws->tuning;
    int p = t->theta->ad_set[a].platform;
    double own = ws->world->foreseen_ad_sets >> a & 1 ? foreseen + t->advantage[a][placement] : 0;
    return steering_log_value(&t->steering[a], effort) + t->market[p].log_median -
           t->ad_market[a].log_median + own;
}

status_t sample_opportunity(workspace_t *ws, const candidate_t *c, int placement, error_t *err)
{
    const world_t *w = ws->world;
    sample_t *s = ws->sampled;
    const person_t *who = &ws->crowd->person[c->person];
    int p = (int)c->platform;
    address_t at = w->address[p];
    rng_block_t price =
        rng_at(w->key, DRAW_PRICE, at.placement, 0, who->id | at.high, ws->replication, c->number);
    rng_block_t turn =
        rng_at(w->key, DRAW_VIEW, at.placement, 0, who->id | at.high, ws->replication, c->number);
    double dear =
        price_at(w, p, c->tick).now + ws->tuning.place_price[p][placement] - cheapness(w, who, p);
    double need = ws->tuning.market[p].log_median + ws->tuning.rank_sd[p] * (double)c->z + dear;
    sampled_t item = {.person = c->person,
                      .replication = ws->replication,
                      .tick = c->tick,
                      .luck = (uint16_t)(price.word[0] >> 16),
                      .turn = (uint8_t)(turn.word[0] >> 24),
                      .placement = (uint8_t)placement,
                      .need = (float)need,
                      .dear = (float)dear};
    double foreseen = foreseen_advantage(w, signal_of(w, who, ws->replication));
    for (uint64_t sets = bidders_at(ws, c, placement); sets; sets &= sets - 1) {
        int a = __builtin_ctzll(sets);
        if (value_at(ws, a, s->most[a], foreseen, placement) <= need) continue;
        item.ad_sets |= 1ull << a;
        double own = fmin(s->start[a] + OWN_MARGIN, s->most[a]);
        item.inner |= value_at(ws, a, own, foreseen, placement) > need;
    }
    if (!item.ad_sets) return OK;
    sampled_t *grown = array_grown(s->item, s->n, &s->capacity, sizeof *grown);
    if (!grown) return fail_memory(err, "the people of the what-if model");
    s->item = grown;
    s->item[s->n++] = item;
    return OK;
}

/* ---- who is taken ---- */

/* One person in one replication: her opportunities stand together, from `first` on. */
typedef struct {
    size_t first, n;
    uint64_t inner,
        outer;   /* ad sets (bits) of her opportunities within the run's own bids; of dearer ones */
    double cost; /* ln CPM that the cheapest needs, of a person who answers as the average one */
    whatif_person_t traits; /* all but the count and the weight */
} holder_t;

typedef struct {
    size_t n, capacity;
    holder_t *item;
} holders_t;

static int by_person_and_time(const void *a, const void *b)
{
    const sampled_t *x = a, *y = b;
    if (x->person != y->person) return x->person < y->person ? -1 : 1;
    if (x->tick != y->tick) return x->tick < y->tick ? -1 : 1;
    return (x->need > y->need) - (x->need < y->need);
}

static uint16_t upper_half(double value)
{
    float x = (float)value;
    uint32_t word;
    memcpy(&word, &x, sizeof word);
    return (uint16_t)((word + 0x7fff + (word >> 16 & 1)) >> 16);
}

static const double SIGNAL_UNIT = 0x1p-12;

static int16_t in_units(double x, double unit)
{
    return (int16_t)fmax(-32767, fmin(32767, floor(x / unit + 0.5)));
}

static whatif_person_t traits_of(const workspace_t *ws, uint32_t person)
{
    const person_t *p = &ws->crowd->person[person];
    double signal = signal_of(ws->world, p, ws->replication);
    return (whatif_person_t){.signal = in_units(signal, SIGNAL_UNIT),
                             .moved = upper_half(moved_by_ads(p)),
                             .organic = upper_half(organic_orders_a_day(ws->tuning.theta, p)),
                             .group = (uint8_t)(p->group % WHATIF_GROUPS),
                             .appeals = p->appeals};
}

/* Those met in the replication that has just flown: its opportunities are the last of the sample, from `from` on. */
static status_t find_holders(const workspace_t *ws, sample_t *s, size_t from, holders_t *to,
                             error_t *err)
{
    qsort(s->item + from, s->n - from, sizeof *s->item, by_person_and_time);
    for (size_t i = from; i < s->n; i++) {
        const sampled_t *x = &s->item[i];
        if (i == from || x->person != x[-1].person) {
            holder_t *grown = array_grown(to->item, to->n, &to->capacity, sizeof *grown);
            if (!grown) return fail_memory(err, "the people of the what-if model");
            to->item = grown;
            to->item[to->n++] =
                (holder_t){.first = i, .cost = INFINITY, .traits = traits_of(ws, x->person)};
        }
        holder_t *h = &to->item[to->n - 1];
        h->n++;
        h->cost = fmin(h->cost, (double)x->need -
                                    foreseen_advantage(ws->world, h->traits.signal * SIGNAL_UNIT));
        *(x->inner ? &h->inner : &h->outer) |= x->ad_sets;
    }
    return OK;
}

/* The chance with which people are taken, by what they meet: see WHATIF_WEIGHTS. Where `most` opportunities of every kind are
 * taken. */
typedef struct {
    double chance[WHATIF_WEIGHTS];
} chances_t;

static chances_t chances_at(const double met[WHATIF_WEIGHTS], double most)
{
    chances_t c;
    for (int k = 0; k < WHATIF_WEIGHTS; k++) c.chance[k] = met[k] > 0 ? fmin(1, most / met[k]) : 0;
    return c;
}

/* The kind of person whose chance is hers. */
static int kind_of_holder(const holder_t *h, const chances_t *c)
{
    int best = -1;
    for (int part = 0; part < 2; part++)
        for (uint64_t sets = part ? h->outer : h->inner; sets; sets &= sets - 1) {
            int k = part * WHATIF_AD_SETS + __builtin_ctzll(sets);
            if (best < 0 || c->chance[k] > c->chance[best]) best = k;
        }
    return best;
}

/* As many of every kind as make CANDIDATES opportunities in all. */
static chances_t find_chances(const holders_t *holders)
{
    double met[WHATIF_WEIGHTS] = {0}, most = CANDIDATES;
    for (size_t i = 0; i < holders->n; i++)
        for (int part = 0; part < 2; part++)
            for (uint64_t sets = part ? holders->item[i].outer : holders->item[i].inner; sets;
                 sets &= sets - 1)
                met[part * WHATIF_AD_SETS + __builtin_ctzll(sets)] += 1;
    for (;; most *= 0.85) {
        chances_t c = chances_at(met, most);
        double taken = 0;
        for (size_t i = 0; i < holders->n; i++)
            taken += (double)holders->item[i].n * c.chance[kind_of_holder(&holders->item[i], &c)];
        if (taken <= CANDIDATES || most < 1) return c;
    }
}

/* ---- the block ---- */

typedef struct {
    char *block;
    whatif_model_t *m;
    whatif_platform_t *platform;
    whatif_ad_set_t *ad_set;
    whatif_creative_t *creative;
    whatif_rate_t *rate;
    whatif_pattern_t *pattern;
    whatif_person_t *person;
    whatif_candidate_t *candidate;
} model_lists_t;

/* Places the lists behind a head whose counts are set; the block's size. */
static size_t place_lists(const whatif_model_t *m, char *block, model_lists_t *l)
{
    size_t at = whatif_padded(sizeof *m);
    l->block = block;
    l->m = (whatif_model_t *)block;
#define LIST(name, n)                                                                              \
    l->name = (void *)(block + at);                                                                \
    at += whatif_padded((size_t)(n) * sizeof *l->name);
    WHATIF_LISTS(LIST, m)
#undef LIST
    return at;
}

static void fill_platforms(const workspace_t *ws, whatif_platform_t *out)
{
    for (int p = 0; p < ws->world->sc->n_platforms; p++) {
        out[p].market = ws->tuning.market[p];
        out[p].rank_sd = ws->tuning.rank_sd[p];
        for (int k = 0; k < PLATFORM_PLACEMENTS; k++) {
            const placement_t *place = &ws->tuning.placement[p][k];
            double view = place->viewability;
            out[p].viewability[k] = view;
            /* Clicks are so many of the impressions that the platform as a whole shows to be seen. */
            out[p].ctr[k] =
                view > 0 ? place->ctr * ws->tuning.theta->platform[p].viewability / view : 0;
        }
    }
}

static void fill_ad_set(const workspace_t *ws, const sample_t *s, int a, whatif_ad_set_t *out)
{
    const world_t *w = ws->world;
    const tuning_t *t = &ws->tuning;
    const ad_set_t *set = &t->theta->ad_set[a];
    const steering_t *steer = &t->steering[a];
    const conversion_t *kind = &t->conversion[w->kind[a]];
    *out = (whatif_ad_set_t){
        .floor = steer->floor,
        .most = s->most[a],
        .start = s->start[a],
        .offset = steer->offset,
        .limit = steer->limit,
        .ln_quality = t->market[set->platform].log_median - t->ad_market[a].log_median,
        .quality_cpm = set->quality_cpm,
        .fixed_cpm = is_reserved(set) ? set->fixed_cpm : 0,
        .visit_rate = t->theta->response.visit_rate,
        .view_conversion = kind->view_conversion,
        .net = 1 - kind->pull_forward,
        .brand_orders =
            t->theta->response.brand_effect > 0 ? brand_orders(&t->theta->response, 1) : 0,
        .payer = w->payer_of[a],
        .platform = set->platform,
        .foreseen = (int32_t)(w->foreseen_ad_sets >> a & 1),
        .n_caps = w->n_caps[a],
        .first_creative = set->first_creative,
        .n_creatives = set->n_creatives};
    for (int k = 0; k < WHATIF_PLACEMENTS; k++) out->advantage[k] = t->advantage[a][k];
    for (int k = 0; k < w->n_caps[a]; k++)
        out->cap[k] = (whatif_cap_t){w->cap[a][k].ad_sets, w->cap[a][k].window_ticks,
                                     w->cap[a][k].most, w->cap[a][k].flag == TOUCH_SEEN};
}

static void fill_creatives(const workspace_t *ws, const ran_t *run, const model_lists_t *l)
{
    const scenario_t *sc = ws->tuning.theta;
    for (int c = 0; c < sc->n_creatives; c++) {
        int family = c;
        while (family > 0 && sc->creative[family].family != sc->creative[c].family) family--;
        for (int k = 0; k <= c; k++)
            if (sc->creative[k].family == sc->creative[c].family) {
                family = k;
                break;
            }
        l->creative[c] = (whatif_creative_t){run->creative_share[c], family, 0};
        for (int k = 0; k < l->m->appeal_sets; k++)
            l->rate[c * l->m->appeal_sets + k] =
                (whatif_rate_t){(float)ws->tuning.click_share[c][k],
                                (float)fmin(1e9, ws->tuning.order_share[c][k])};
    }
}

static void fill_payers(const workspace_t *ws, const ran_t *run, whatif_model_t *m)
{
    const world_t *w = ws->world;
    for (int k = 0; k < w->n_payers; k++) {
        m->budget[k] = w->payer[k].budget;
        m->asap[k] = w->payer[k].pacing == PACING_ASAP;
        for (uint64_t sets = w->payer[k].ad_sets; sets; sets &= sets - 1)
            m->spend[k] += run->spend[__builtin_ctzll(sets)];
    }
}

static void fill_head(const workspace_t *ws, whatif_model_t *m)
{
    const scenario_t *sc = ws->tuning.theta;
    double sd = sc->response.person_sd, known = sqrt(sc->response.prediction);
    m->n_platforms = sc->n_platforms;
    m->n_ad_sets = sc->n_ad_sets;
    m->n_payers = ws->world->n_payers;
    m->n_creatives = sc->n_creatives;
    m->appeal_sets = 1 << sc->n_appeals;
    m->flight_ticks = ws->world->flight_ticks;
    m->click_window_days = sc->attribution.click_window_days;
    m->view_window_days = sc->attribution.view_window_days;
    m->foreseen_sd = ws->world->foreseen_sd;
    m->click_sd = sd * known;
    m->order_sd = sd * known * sc->response.click_cvr_correlation;
    m->response = sc->response;
    for (int k = 0; k < APPEAL_SETS; k++) m->sight_factor[k] = ws->tuning.sight_factor[k];
}

/* The number of an opportunity's pattern, added if it is new; -1: there are too many. */
static int pattern_of(whatif_pattern_t *pattern, int *n, const sampled_t *x)
{
    for (int k = 0; k < *n; k++)
        if (pattern[k].ad_sets == x->ad_sets && pattern[k].placement == x->placement) return k;
    if (*n > UINT16_MAX) return -1;
    pattern[*n] = (whatif_pattern_t){x->ad_sets, x->placement, 0};
    return (*n)++;
}

static whatif_candidate_t candidate_of(const workspace_t *ws, const sampled_t *x, int pattern)
{
    double when = x->tick / (double)ws->world->flight_ticks * 65536;
    return (whatif_candidate_t){.when = (uint16_t)fmin(65535, when),
                                .need = in_units((double)x->need, 0x1p-10),
                                .dear = in_units((double)x->dear, 0x1p-10),
                                .luck = x->luck,
                                .pattern = (uint16_t)pattern,
                                .turn = x->turn};
}

/* Candidates of one person in a model. */
enum { HER_CANDIDATES = UINT16_MAX };

typedef struct {
    const sample_t *sample;
    holders_t holders;
    int replications;
    whatif_pattern_t *pattern;
    int *pattern_of; /* by position in the sample */
} drawn_t;

/* In the order of what they cost, in steps; within one step of how they answer, there and back. */
static int by_kind_and_cost(const void *a, const void *b)
{
    static const double STEP = 0.1;
    const holder_t *x = *(holder_t *const *)a, *y = *(holder_t *const *)b;
    if (x->traits.weight != y->traits.weight) return x->traits.weight < y->traits.weight ? -1 : 1;
    double s = floor(x->cost / STEP), t = floor(y->cost / STEP);
    if (s != t) return s < t ? -1 : 1;
    int order = (x->traits.signal > y->traits.signal) - (x->traits.signal < y->traits.signal);
    if (order) return fmod(s, 2) == 0 ? order : -order;
    return x->first < y->first ? -1 : 1;
}

static status_t count_taken(drawn_t *d, holder_t *h, whatif_model_t *m, error_t *err)
{
    h->traits.candidates = (uint16_t)h->n;
    m->n_people++;
    m->n_candidates += (int32_t)h->n;
    for (size_t k = h->first; k < h->first + h->n; k++) {
        d->pattern_of[k] = pattern_of(d->pattern, &m->n_patterns, &d->sample->item[k]);
        if (d->pattern_of[k] < 0)
            return fail(err, ERR_INVALID, "too many audiences that overlap for a what-if model");
    }
    return OK;
}

/* Who is taken: has a count of candidates. Counts lists. */
static status_t take(drawn_t *d, const chances_t *c, rng_key_t key, whatif_model_t *m, error_t *err)
{
    size_t n = d->holders.n;
    holder_t **order = malloc((n + 1) * sizeof *order);
    status_t st = order ? OK : fail_memory(err, "a what-if model");
    for (size_t i = 0; st == OK && i < n; i++) {
        order[i] = &d->holders.item[i];
        order[i]->traits.weight = (uint8_t)kind_of_holder(order[i], c);
    }
    if (st == OK) qsort(order, n, sizeof *order, by_kind_and_cost);
    double passed =
        0; /* of the chances so far, of one kind; a place is taken at each whole number */
    for (size_t i = 0; st == OK && i < n; i++) {
        int kind = order[i]->traits.weight;
        if (i == 0 || kind != order[i - 1]->traits.weight)
            passed = rng_unit(rng_at(key, DRAW_WHATIF, 0, 0, (uint64_t)kind, 0, 0), 0);
        double before = floor(passed);
        passed += c->chance[kind];
        if (floor(passed) > before && order[i]->n <= HER_CANDIDATES)
            st = count_taken(d, order[i], m, err);
    }
    free(order);
    return st;
}

static void fill_people(const workspace_t *ws, const drawn_t *d, const model_lists_t *l)
{
    size_t people = 0, candidates = 0;
    for (size_t i = 0; i < d->holders.n; i++) {
        const holder_t *h = &d->holders.item[i];
        if (!h->traits.candidates) continue;
        l->person[people++] = h->traits;
        for (size_t k = h->first; k < h->first + h->n; k++)
            l->candidate[candidates++] = candidate_of(ws, &d->sample->item[k], d->pattern_of[k]);
    }
    memcpy(l->pattern, d->pattern, (size_t)l->m->n_patterns * sizeof *l->pattern);
}

static status_t build(const workspace_t *ws, drawn_t *d, const ran_t *run, whatif_model_t **out,
                      error_t *err)
{
    whatif_model_t head = {0};
    model_lists_t l;
    chances_t c = find_chances(&d->holders);
    fill_head(ws, &head);
    d->pattern = malloc((size_t)(UINT16_MAX + 1) * sizeof *d->pattern);
    d->pattern_of = malloc((d->sample->n + 1) * sizeof *d->pattern_of);
    if (!d->pattern || !d->pattern_of) return fail_memory(err, "a what-if model");
    status_t st = take(d, &c, ws->world->key, &head, err);
    if (st != OK) return st;
    fill_payers(ws, run, &head);
    for (int k = 0; k < WHATIF_WEIGHTS; k++)
        if (c.chance[k] > 0)
            head.weight[k] = (float)(ws->world->weight / (c.chance[k] * d->replications));
    size_t bytes = place_lists(&head, NULL, &l);
    char *block = calloc(1, bytes);
    if (!block) return fail_memory(err, "a what-if model");
    head.bytes = (double)bytes;
    memcpy(block, &head, sizeof head);
    place_lists(&head, block, &l);
    fill_platforms(ws, l.platform);
    for (int a = 0; a < head.n_ad_sets; a++) fill_ad_set(ws, d->sample, a, &l.ad_set[a]);
    fill_creatives(ws, run, &l);
    fill_people(ws, d, &l);
    *out = l.m;
    return OK;
}

/* ---- the whole ---- */

/* How far bids may go, and how many opportunities of one replication that makes, by closed form. */
static status_t find_reach(sample_t *s, const world_t *w, const scenario_t *theta, double *expected,
                           error_t *err)
{
    tuning_t *t = malloc(sizeof *t);
    *expected = 0;
    if (!t) return fail_memory(err, "a what-if model");
    tuning_init(t, w, &w->crowd.tally, theta);
    find_range(s, t, w, &w->crowd.tally);
    for (int a = 0; a < theta->n_ad_sets; a++) {
        fluid_t plan = fluid_of(t, w, &w->crowd.tally, a);
        double impressions, spend;
        plan.cap = 0;
        fluid_outcome(&plan, s->most[a], &impressions, &spend);
        *expected += impressions;
    }
    free(t);
    return OK;
}

static status_t fly_and_write_down(workspace_t *ws, const scenario_t *theta, uint32_t replication,
                                   drawn_t *d, error_t *err)
{
    size_t from = ws->sampled->n;
    replication_begin(ws, replication);
    status_t st = replication_tune(ws, theta, err);
    if (st == OK) st = replication_fly(ws, err);
    return st == OK ? find_holders(ws, ws->sampled, from, &d->holders, err) : st;
}

/* Of a world that is read in full. */
static status_t sample_world(const world_t *w, const scenario_t *theta, const ran_t *run,
                             sample_t *sample, double expected, whatif_model_t **out, error_t *err)
{
    workspace_t *ws = NULL;
    double wanted = ceil(READ_AT_LEAST / fmax(expected, 1));
    drawn_t d = {.sample = sample, .replications = (int)fmin(REPLICATIONS_MOST, fmax(2, wanted))};
    status_t st = workspace_new(w, &ws, err);
    if (st == OK) ws->sampled = sample;
    for (int r = 0; st == OK && r < d.replications; r++)
        st = fly_and_write_down(ws, theta, (uint32_t)r, &d, err);
    if (st == OK && d.holders.n > 0) st = build(ws, &d, run, out, err);
    free(d.holders.item);
    free(d.pattern);
    free(d.pattern_of);
    workspace_delete(ws);
    return st;
}

/* People that are enough. */
static size_t people_wanted(const world_t *w, double expected)
{
    size_t people = w->window ? w->pilot : w->people;
    expected *= (double)people / (double)w->people;
    if (expected > READ_AT_MOST) people = (size_t)((double)people * READ_AT_MOST / expected);
    if (people >= PEOPLE_LEAST) return people;
    return PEOPLE_LEAST < w->people ? PEOPLE_LEAST : w->people;
}

status_t world_whatif(const world_t *world, const scenario_t *theta, const ran_t *run, int threads,
                      whatif_model_t **out, error_t *err)
{
    sample_t sample = {0};
    world_t *small = NULL;
    double expected;
    *out = NULL;
    status_t st = find_reach(&sample, world, theta, &expected, err);
    size_t people = people_wanted(world, expected);
    bool whole = people == world->people && !world->window;
    if (st == OK && !whole) st = world_new(world->sc, people, threads, &small, err);
    if (st == OK && !whole) st = find_reach(&sample, small, theta, &expected, err);
    if (st == OK) st = sample_world(whole ? world : small, theta, run, &sample, expected, out, err);
    sample_free(&sample);
    world_delete(small);
    return st;
}
