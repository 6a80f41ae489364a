/* crowd.c -- from the whole population to the people some ad set could ever reach. */
#include "models/base/maths.h"
#include "models/response/response.h"
#include "sim/engine/count.h"
#include "sim/engine/parallel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 4096 }; /* people worked on together */

/* ---- who could ever be reached ---- */

int uses_platform(const world_t *w, const population_t *pop, size_t person, int p,
                  uint32_t replication)
{
    return platform_used(&w->sc->platform[p], w->address[p], pop, w->key, person, replication);
}

int list_finds(const world_t *w, const scenario_t *theta, int audience, int platform,
               uint32_t person, uint32_t replication)
{
    return list_found(w->address[platform], w->key, theta->audience[audience].match_rate, person,
                      replication);
}

int list_matched(const world_t *w, const scenario_t *theta, int ad_set, uint32_t person,
                 uint32_t replication)
{
    const ad_set_t *s = &theta->ad_set[ad_set];
    return list_finds(w, theta, s->audience, s->platform, person, replication);
}

bool program_holds(const expression_t *program, const population_t *pop, size_t person)
{
    return !program || expression_matches(program, pop, person);
}

/* As a platform sees her. */
static bool seems_to_hold(const world_t *w, const population_t *pop, const expression_t *program,
                          int platform, size_t person, uint32_t replication)
{
    const labels_t *labels = w->sc->platform[platform].labels;
    if (!program || !labels) return program_holds(program, pop, person);
    vendor_t vendor = vendor_of(w, platform, replication);
    return labels_match(labels, &vendor, program, pop, person);
}

bool program_seems_to_hold(const world_t *w, const population_t *pop, int a, size_t person,
                           uint32_t replication)
{
    const ad_set_t *s = &w->sc->ad_set[a];
    return seems_to_hold(w, pop, w->sc->audience[s->audience].program, s->platform, person,
                         replication);
}

/* May she ever be in the pool or list that the ad set leaves out? */
static bool may_be_excluded(const world_t *w, const population_t *pop, int a, size_t person,
                            uint32_t replication)
{
    const audience_t *out = &w->sc->audience[excluded_audience(w->sc, a)];
    if (out->kind == AUDIENCE_LIST && !bought_before(pop, person)) return false;
    return seems_to_hold(w, pop, out->program, w->sc->ad_set[a].platform, person, replication);
}

/* Is she truly in the audience as it is written? Of a list, every customer: who is found is drawn with
 * the match rate. */
static bool is_in(const world_t *w, const population_t *pop, const likeness_t *l, int a,
                  size_t person)
{
    const audience_t *audience = &w->sc->audience[w->sc->ad_set[a].audience];
    if (audience->kind == AUDIENCE_LOOKALIKE)
        return l->true_top[population_at(pop, person)] >> a & 1;
    if (audience->kind == AUDIENCE_LIST && !bought_before(pop, person)) return false;
    return program_holds(audience->program, pop, person);
}

/* Could the ad set ever reach her, as far as its platform knows? */
static bool seems_in(const world_t *w, const population_t *pop, const likeness_t *l, int a,
                     size_t person, uint32_t replication)
{
    const audience_t *audience = &w->sc->audience[w->sc->ad_set[a].audience];
    if (audience->kind == AUDIENCE_LOOKALIKE) return l->chosen[population_at(pop, person)] >> a & 1;
    if (audience->kind == AUDIENCE_LIST && !bought_before(pop, person)) return false;
    return program_seems_to_hold(w, pop, a, person, replication);
}

static found_t find_person(const world_t *w, const population_t *pop, const likeness_t *l,
                           size_t person, uint32_t replication)
{
    found_t of = {{0, 0, 0, 0}, 0};
    eligibility_t *e = &of.eligibility;
    for (int p = 0; p < w->sc->n_platforms; p++) {
        bool matters = w->platform_ad_sets[p] || w->brand_platforms >> p & 1;
        if (!matters || !uses_platform(w, pop, person, p, replication)) continue;
        of.uses |= 1u << p;
        for (uint64_t rest = w->platform_ad_sets[p]; rest; rest &= rest - 1) {
            int a = __builtin_ctzll(rest);
            uint64_t bit = 1ull << a;
            bool is = is_in(w, pop, l, a, person), seems = is;
            if (w->labels_err) seems = seems_in(w, pop, l, a, person, replication);
            if (is) e->truth |= bit;
            if (seems && w->pool_ad_sets & bit) e->pool |= bit;
            if (seems && !(w->pool_ad_sets & bit)) e->now |= bit;
            if (seems && (w->without_pool | w->without_list) & bit &&
                may_be_excluded(w, pop, a, person, replication))
                e->excludable |= bit;
        }
    }
    return of;
}

/* ---- columns ---- */

static void *fitting(void *column, size_t bytes)
{
    void *fits = column ? realloc(column, bytes ? bytes : 1) : NULL;
    return fits ? fits : column;
}

static uint16_t person_segment(const world_t *w, const population_t *pop, size_t person)
{
    int segment = 0;
    for (int d = 0; d < 3; d++) {
        int level =
            w->segment_dim[d] < 0 ? 0 : pop->level[w->segment_dim[d]][population_at(pop, person)];
        segment = segment * w->segment_levels[d] + level;
    }
    return (uint16_t)segment;
}

static int person_age_band(const population_t *pop, size_t person)
{
    return pop->age_years ? platform_age_band(pop->age_years[population_at(pop, person)])
                          : NO_AGE_BAND;
}

static person_t make_person(const world_t *w, const population_t *pop, uint32_t id,
                            uint32_t eligibility, uint32_t uses, double signal, double desirability,
                            uint8_t group, const likeness_t *l)
{
    return (person_t){.id = id,
                      .eligibility = eligibility,
                      .place = signal_place(signal),
                      .desirability = (float)desirability,
                      .segment = person_segment(w, pop, id),
                      .age_band = (uint8_t)person_age_band(pop, id),
                      .customer = bought_before(pop, id),
                      .group = group,
                      .appeals = (uint8_t)appeals_of(l, id),
                      .uses = (uint16_t)uses,
                      .geo = geo_of(w, pop, id),
                      .affinity = affinity_of(l, id)};
}

/* ---- members of a platform ---- */

static int cheapness_level(double cheaper)
{
    int level = (int)((cheaper + 2.4) * (CHEAPNESS_LEVELS / 4.8));
    return level < 0 ? 0 : level >= CHEAPNESS_LEVELS ? CHEAPNESS_LEVELS - 1 : level;
}

/* Finds the class of a member, or opens it. Classes are few; the table is searched by hash. */
typedef struct {
    uint64_t key_sets;
    uint32_t key_rest, class;
    int used;
} class_slot_t;

enum { CLASS_SLOTS = 1 << 16, CLASS_LIMIT = 3 << 14 }; /* a class is told by 16 bits */

static uint32_t class_find(members_t *m, class_slot_t *slots, uint64_t sets, int band, int level)
{
    uint32_t rest = (uint32_t)(band * CHEAPNESS_LEVELS + level);
    uint64_t hash = (sets ^ rest * 0x9e3779b97f4a7c15ull) * 0xbf58476d1ce4e5b9ull;
    size_t at = (size_t)(hash >> 48);
    while (slots[at].used && (slots[at].key_sets != sets || slots[at].key_rest != rest))
        at = (at + 1) % CLASS_SLOTS;
    if (!slots[at].used) {
        slots[at] = (class_slot_t){sets, rest, (uint32_t)m->n_classes, 1};
        m->classes[m->n_classes++] = (class_t){sets, band, -1e30f};
    }
    return slots[at].class;
}

static status_t members_allocate(members_t *m, size_t n, size_t n_bidding, size_t people,
                                 bool pools, error_t *err)
{
    struct {
        size_t bytes;
        void **column;
    } column[] = {{n * sizeof *m->person, (void **)&m->person},
                  {n * sizeof *m->activity, (void **)&m->activity},
                  {n * sizeof *m->class, (void **)&m->class},
                  {n * sizeof *m->below, (void **)&m->below},
                  {n_bidding * sizeof *m->id, (void **)&m->id},
                  {n_bidding * sizeof *m->place, (void **)&m->place},
                  {CLASS_LIMIT * sizeof *m->classes, (void **)&m->classes},
                  {pools ? people * sizeof *m->of_person : 0, (void **)&m->of_person}};
    for (size_t k = 0; k < sizeof column / sizeof *column; k++)
        if (column[k].bytes && !(*column[k].column = malloc(column[k].bytes)))
            return fail_memory(err, "the members of a platform");
    return OK;
}

static uint64_t bidding_for(const world_t *w, const crowd_t *c, int p, size_t i)
{
    return eligibility_of(c, i)->now & w->platform_ad_sets[p];
}

/* Puts a person among the members and into her class, which is as cheap as the cheapest in it. */
static void members_add(members_t *m, const world_t *w, const crowd_t *c, int p, member_t one,
                        size_t k, class_slot_t *slots)
{
    const person_t *who = &c->person[one.person];
    uint64_t now = bidding_for(w, c, p, one.person);
    double cheaper = cheapness(w, who, p);
    if (m->n_classes + 1 >= CLASS_LIMIT) now = w->platform_ad_sets[p]; /* a looser bound */
    uint32_t class = class_find(m, slots, now, who->age_band, cheapness_level(cheaper));
    if (m->classes[class].cheapness < (float)cheaper + 1e-6f)
        m->classes[class].cheapness = (float)cheaper + 1e-6f;
    m->person[k] = one.person;
    m->activity[k] = one.activity;
    m->class[k] = (uint16_t) class;
    if (m->of_person) m->of_person[one.person] = (uint32_t)k;
    if (k >= m->n_bidding) return;
    m->id[k] = who->id;
    m->place[k] = who->place;
}

/* How much less cheap a member is than her class, once all are in it. */
static void members_compare(members_t *m, const world_t *w, const crowd_t *c, int p)
{
    for (size_t k = 0; k < m->n; k++) {
        double below =
            (double)m->classes[m->class[k]].cheapness - cheapness(w, &c->person[m->person[k]], p);
        m->below[k] = (uint16_t)fmax(0, fmin(UINT16_MAX, floor(below / BELOW_STEP)));
    }
}

/* Everybody who was found to be a member, ascending by person. */
static status_t members_init(members_t *m, const world_t *w, const crowd_t *c, int p,
                             const member_t *found, size_t n, error_t *err)
{
    m->n = n;
    for (size_t k = 0; k < n; k++) m->n_bidding += bidding_for(w, c, p, found[k].person) != 0;
    bool pools = (w->pool_ad_sets | w->without_pool) & w->platform_ad_sets[p];
    status_t st = members_allocate(m, n, m->n_bidding, c->n, pools, err);
    class_slot_t *slots = calloc(CLASS_SLOTS, sizeof *slots);
    if (st == OK && !slots) st = fail_memory(err, "classes of members");
    size_t bidding = 0, others = m->n_bidding;
    for (size_t k = 0; st == OK && k < n; k++) {
        bool now = bidding_for(w, c, p, found[k].person);
        members_add(m, w, c, p, found[k], now ? bidding++ : others++, slots);
    }
    if (st == OK) members_compare(m, w, c, p);
    m->classes = fitting(m->classes, (m->n_classes + 1) * sizeof *m->classes);
    free(slots);
    return st;
}

/* ---- who may join a pool ---- */

static status_t joiners_init(joiners_t *j, const world_t *w, const crowd_t *c, int customer,
                             error_t *err)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++) n += is_watched(w, c, i) && c->person[i].customer == customer;
    j->person = malloc((n + 1) * sizeof *j->person);
    j->id = malloc((n + 1) * sizeof *j->id);
    if (!j->person || !j->id) return fail_memory(err, "who may join a pool");
    for (size_t i = 0; i < c->n; i++) {
        if (!is_watched(w, c, i) || c->person[i].customer != customer) continue;
        j->person[j->n] = (uint32_t)i;
        j->id[j->n++] = c->person[i].id;
    }
    return OK;
}

/* ---- the whole ---- */

enum { STAGE = 32 }; /* chunks of which it is known at a time who is eligible */

/* Of the people of a chunk, those of the crowd, or the members of a platform: how many, and where the first of
 * them stands among all. */
typedef struct {
    size_t n, first;
} run_t;

typedef struct {
    const world_t *world;
    crowd_t *crowd;
    uint32_t replication;
    int threads;
    tally_t *tally,
        *tally_of_other; /* of the first thread and of the others; NULL = nobody is counted */
    /* The people who are looked at now: the window they are in, and of a stage of it the place in the columns,
     * what was found of everyone, and by chunk how many will be where. */
    const population_t *window;
    likeness_t likeness;
    size_t from;
    found_t *found;
    run_t people[STAGE], members[STAGE][MAX_PLATFORMS];
    /* By platform, all members so far; room is for everybody: what is not needed is never touched. */
    member_t *member[MAX_PLATFORMS];
    size_t n_members[MAX_PLATFORMS];
} making_t;

static tally_t *tally_of(const making_t *m, int worker)
{
    return worker ? &m->tally_of_other[worker - 1] : m->tally;
}

static uint64_t sets_of(const found_t *of)
{
    return of->eligibility.now | of->eligibility.pool;
}

/* Where a chunk of the stage ends, in it. */
static size_t chunk_end(const making_t *m, size_t chunk)
{
    size_t left = m->window->n - m->from;
    return (chunk + 1) * CHUNK < left ? (chunk + 1) * CHUNK : left;
}

static void find_eligible(void *context, size_t chunk, int worker)
{
    making_t *m = context;
    const world_t *w = m->world;
    size_t begin = chunk * CHUNK, end = chunk_end(m, chunk), first = m->window->first + m->from;
    m->people[chunk].n = 0;
    memset(m->members[chunk], 0, sizeof m->members[chunk]);
    for (size_t k = begin; k < end; k++) {
        m->found[k] = find_person(w, m->window, &m->likeness, first + k, m->replication);
        uint64_t sets = sets_of(&m->found[k]);
        m->people[chunk].n += sets != 0;
        for (int p = 0; p < w->sc->n_platforms; p++)
            m->members[chunk][p].n += (sets & w->platform_ad_sets[p]) != 0;
    }
    if (m->tally)
        count_everybody(tally_of(m, worker), w, m->window, &m->likeness, m->from + begin,
                        end - begin, m->found + begin);
}

/* What matters of it while the flight runs. */
static eligibility_t lasting(const found_t *of)
{
    eligibility_t e = of->eligibility;
    e.truth &= sets_of(of);
    return e;
}

/* Gives those of a chunk who were found their places after all before them, and the numbers of what they are to the
 * ad sets. */
static status_t place_found(making_t *m, size_t chunk, error_t *err)
{
    crowd_t *c = m->crowd;
    status_t st = OK;
    m->people[chunk].first = c->n;
    for (size_t k = chunk * CHUNK; st == OK && k < chunk_end(m, chunk); k++) {
        if (!sets_of(&m->found[k])) continue;
        eligibility_t e = lasting(&m->found[k]);
        st = eligibilities_find(&c->eligibilities, &e, &c->person[c->n++].eligibility, err);
    }
    for (int p = 0; p < m->world->sc->n_platforms; p++) {
        m->members[chunk][p].first = m->n_members[p];
        m->n_members[p] += m->members[chunk][p].n;
    }
    return st;
}

static void fill_people(const making_t *m, size_t chunk)
{
    uint32_t id[CHUNK];
    double signal[CHUNK], desirability[CHUNK];
    uint8_t group[CHUNK];
    size_t n = 0, first = m->window->first + m->from;
    for (size_t k = chunk * CHUNK; k < chunk_end(m, chunk); k++)
        if (sets_of(&m->found[k])) id[n++] = (uint32_t)(first + k);
    if (n == 0) return;
    rng_key_t key = m->world->key;
    population_normals(m->window, id, n, NORMAL_SIGNAL, key, m->replication, signal);
    population_normals(m->window, id, n, NORMAL_DESIRABILITY, key, m->replication, desirability);
    population_groups(m->window, id, n, JACKKNIFE_GROUPS, key, m->replication, group);
    for (size_t k = 0; k < n; k++) {
        person_t *person = &m->crowd->person[m->people[chunk].first + k];
        *person = make_person(m->world, m->window, id[k], person->eligibility,
                              m->found[id[k] - first].uses, signal[k], desirability[k], group[k],
                              &m->likeness);
    }
}

/* The members of a platform: who they are, and how active. */
static void fill_members(const making_t *m, size_t chunk, int p)
{
    uint32_t id[CHUNK];
    double rank[CHUNK];
    member_t *member = m->member[p] + m->members[chunk][p].first;
    size_t n = 0, first = m->people[chunk].first, end = first + m->people[chunk].n;
    if (m->members[chunk][p].n == 0) return;
    for (size_t i = first; i < end; i++) {
        if (!member_sets(m->world, m->crowd, i, p)) continue;
        member[n] = (member_t){.person = (uint32_t)i};
        id[n++] = m->crowd->person[i].id;
    }
    population_activity_ranks(m->window, id, n, name_hash(m->world->sc->platform[p].name),
                              m->world->key, m->replication, rank);
    for (size_t k = 0; k < n; k++)
        member[k].activity = (float)activity_at(m->world->activity[p], rank[k]);
}

static void fill_crowd(void *context, size_t chunk, int worker)
{
    making_t *m = context;
    const run_t *people = &m->people[chunk];
    fill_people(m, chunk);
    for (int p = 0; p < m->world->sc->n_platforms; p++) fill_members(m, chunk, p);
    if (!m->tally) return;
    for (int p = 0; p < m->world->sc->n_platforms; p++) {
        const run_t *members = &m->members[chunk][p];
        count_members(tally_of(m, worker), m->world, m->crowd, p, m->member[p] + members->first,
                      members->n, m->replication);
    }
    count_crowd(tally_of(m, worker), m->world, m->crowd, people->first, people->n, m->replication);
}

/* Those of a window join the crowd, stage by stage, so that what everybody is eligible for never stands in memory
 * at once. */
static status_t making_add(making_t *m, const population_t *window, error_t *err)
{
    m->window = window;
    status_t st = likeness_init(&m->likeness, m->world, window, m->replication, m->threads, err);
    for (m->from = 0; st == OK && m->from < window->n; m->from += STAGE * CHUNK) {
        size_t left = window->n - m->from, n = left < STAGE * CHUNK ? left : STAGE * CHUNK;
        size_t chunks = (n + CHUNK - 1) / CHUNK;
        parallel_for(chunks, m->threads, find_eligible, m);
        for (size_t k = 0; st == OK && k < chunks; k++) st = place_found(m, k, err);
        if (st == OK) parallel_for(chunks, m->threads, fill_crowd, m);
    }
    likeness_free(&m->likeness);
    return st;
}

/* Room for so many people; each thread but the first counts into a tally of its own. */
static status_t making_open(making_t *m, size_t people, error_t *err)
{
    const world_t *w = m->world;
    size_t most = people < STAGE * CHUNK ? people : STAGE * CHUNK, others = (size_t)m->threads - 1;
    m->found = malloc((most + 1) * sizeof *m->found);
    m->crowd->person = malloc((people + 1) * sizeof *m->crowd->person);
    status_t st = m->found && m->crowd->person ? OK : fail_memory(err, "the people");
    for (int p = 0; st == OK && p < w->sc->n_platforms; p++) {
        if (!w->platform_ad_sets[p]) continue;
        m->member[p] = malloc((people + 1) * sizeof *m->member[p]);
        if (!m->member[p]) st = fail_memory(err, "the members of a platform");
    }
    if (st != OK || !m->tally || !others) return st;
    m->tally_of_other = calloc(others, sizeof *m->tally_of_other);
    if (!m->tally_of_other) return fail_memory(err, "the counts of people");
    for (size_t t = 0; st == OK && t < others; t++)
        st = tally_init(&m->tally_of_other[t], w->scopes.n_ad_sets, w->n_segments, err);
    return st;
}

/* What takes everybody to be there. */
static status_t making_close(making_t *m, error_t *err)
{
    const world_t *w = m->world;
    crowd_t *c = m->crowd;
    bool pools = w->pool_ad_sets | w->without_pool;
    c->person = fitting(c->person, c->n * sizeof *c->person);
    eligibilities_close(&c->eligibilities);
    status_t st = OK;
    for (int p = 0; st == OK && p < w->sc->n_platforms; p++) {
        if (!w->platform_ad_sets[p]) continue;
        st = members_init(&c->members[p], w, c, p, m->member[p], m->n_members[p], err);
        free(m->member[p]);
        m->member[p] = NULL;
    }
    for (int customer = 0; st == OK && pools && customer < 2; customer++)
        st = joiners_init(&c->joiners[customer], w, c, customer, err);
    for (int t = 0; m->tally_of_other && t + 1 < m->threads; t++)
        tally_add(m->tally, &m->tally_of_other[t]);
    return st;
}

static void making_free(making_t *m)
{
    for (int t = 0; m->tally_of_other && t + 1 < m->threads; t++) tally_free(&m->tally_of_other[t]);
    for (int p = 0; p < MAX_PLATFORMS; p++) free(m->member[p]);
    free(m->tally_of_other);
    free(m->found);
}

status_t crowd_of_window(crowd_t *crowd, const world_t *world, const population_t *window,
                         uint32_t replication, int threads, tally_t *tally, error_t *err)
{
    making_t m = {.world = world,
                  .crowd = crowd,
                  .replication = replication,
                  .threads = threads,
                  .tally = tally};
    status_t st = making_open(&m, window->n, err);
    if (st == OK) st = making_add(&m, window, err);
    if (st == OK) st = making_close(&m, err);
    making_free(&m);
    return st;
}

/* ---- everybody, window after window ---- */

typedef struct {
    population_t *window;
    rng_key_t key;
    uint32_t replication;
} window_making_t;

static void make_people(void *context, size_t chunk, int worker)
{
    (void)worker;
    const window_making_t *job = context;
    size_t from = job->window->first + chunk * CHUNK, end = job->window->first + job->window->n;
    population_fill(job->window, from, from + CHUNK < end ? from + CHUNK : end, job->key,
                    job->replication);
}

static status_t make_everybody(making_t *m, population_t *window, size_t room, error_t *err)
{
    window_making_t job = {window, m->world->key, m->replication};
    size_t people = m->world->people;
    status_t st = OK;
    for (size_t first = 0; st == OK && first < people; first += room) {
        population_place(window, first, people - first < room ? people - first : room);
        parallel_for((window->n + CHUNK - 1) / CHUNK, m->threads, make_people, &job);
        st = making_add(m, window, err);
    }
    return st;
}

/* Lookalikes are chosen among all: where there are any, everybody stands in one window. */
static size_t window_room(const world_t *w)
{
    return w->lookalike_ad_sets || w->people < STAGE * CHUNK ? w->people : STAGE * CHUNK;
}

status_t crowd_init(crowd_t *crowd, const world_t *world, uint32_t replication, int threads,
                    error_t *err)
{
    *crowd = (crowd_t){0};
    population_t window = {0};
    size_t room = window_room(world);
    making_t m = {.world = world,
                  .crowd = crowd,
                  .replication = replication,
                  .threads = threads,
                  .tally = &crowd->tally};
    status_t st = tally_init(&crowd->tally, world->scopes.n_ad_sets, world->n_segments, err);
    if (st == OK)
        st = population_allocate_window(&window, world->sc->population, world->people, room,
                                        world->key, replication, err);
    if (st == OK) st = making_open(&m, world->people, err);
    if (st == OK) st = make_everybody(&m, &window, room, err);
    population_free(&window);
    if (st == OK) st = making_close(&m, err);
    making_free(&m);
    return st;
}

void crowd_free(crowd_t *c)
{
    free(c->person);
    eligibilities_free(&c->eligibilities);
    tally_free(&c->tally);
    for (int customer = 0; customer < 2; customer++) {
        free(c->joiners[customer].person);
        free(c->joiners[customer].id);
    }
    for (int p = 0; p < MAX_PLATFORMS; p++) {
        members_t *m = &c->members[p];
        free(m->person);
        free(m->activity);
        free(m->class);
        free(m->below);
        free(m->id);
        free(m->place);
        free(m->of_person);
        free(m->classes);
    }
    *c = (crowd_t){0};
}
