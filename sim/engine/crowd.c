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

static eligibility_t eligibility(const world_t *w, const population_t *pop, const likeness_t *l,
                                 size_t person, uint32_t replication)
{
    eligibility_t e = {0};
    for (int p = 0; p < w->sc->n_platforms; p++) {
        bool matters = w->platform_ad_sets[p] || w->brand_platforms >> p & 1;
        if (!matters || !uses_platform(w, pop, person, p, replication)) continue;
        e.uses |= 1u << p;
        for (uint64_t rest = w->platform_ad_sets[p]; rest; rest &= rest - 1) {
            int a = __builtin_ctzll(rest);
            uint64_t bit = 1ull << a;
            bool is = is_in(w, pop, l, a, person), seems = is;
            if (w->labels_err) seems = seems_in(w, pop, l, a, person, replication);
            if (is) e.truth |= bit;
            if (seems && w->pool_ad_sets & bit) e.pool |= bit;
            if (seems && !(w->pool_ad_sets & bit)) e.now |= bit;
            if (seems && (w->without_pool | w->without_list) & bit &&
                may_be_excluded(w, pop, a, person, replication))
                e.excludable |= bit;
        }
    }
    return e;
}

/* ---- columns ---- */

/* Room for n people: memory that none of them needs in the end was never touched, and goes back. */
static status_t crowd_allocate(crowd_t *c, const world_t *w, size_t n, error_t *err)
{
    size_t room = n ? n : 1;
    c->person = malloc(room * sizeof *c->person);
    bool pools = (w->pool_ad_sets | w->without_pool) != 0,
         excludes = (w->without_pool | w->without_list) != 0;
    c->pool_sets = pools ? malloc(room * sizeof *c->pool_sets) : NULL;
    c->excludable = excludes ? malloc(room * sizeof *c->excludable) : NULL;
    c->truth = w->labels_err ? malloc(room * sizeof *c->truth) : NULL;
    if (!c->person || (pools && !c->pool_sets) || (excludes && !c->excludable) ||
        (w->labels_err && !c->truth))
        return fail_memory(err, "the people");
    return OK;
}

static void *fitting(void *column, size_t bytes)
{
    void *fits = column ? realloc(column, bytes ? bytes : 1) : NULL;
    return fits ? fits : column;
}

static void crowd_fit(crowd_t *c)
{
    c->person = fitting(c->person, c->n * sizeof *c->person);
    c->pool_sets = fitting(c->pool_sets, c->n * sizeof *c->pool_sets);
    c->excludable = fitting(c->excludable, c->n * sizeof *c->excludable);
    c->truth = fitting(c->truth, c->n * sizeof *c->truth);
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
                            const eligibility_t *e, double signal, double desirability,
                            uint8_t group, const likeness_t *l)
{
    return (person_t){.ad_sets = e->now,
                      .id = id,
                      .place = signal_place(signal),
                      .desirability = (float)desirability,
                      .segment = person_segment(w, pop, id),
                      .age_band = (uint8_t)person_age_band(pop, id),
                      .customer = bought_before(pop, id),
                      .group = group,
                      .appeals = (uint8_t)appeals_of(l, id),
                      .uses = (uint16_t)e->uses,
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

static status_t members_allocate(members_t *m, size_t n, error_t *err)
{
    m->member = malloc((n + 1) * sizeof *m->member);
    m->bidding = malloc((n + 1) * sizeof *m->bidding);
    m->bidding_id = malloc((n + 1) * sizeof *m->bidding_id);
    m->bidding_class = malloc((n + 1) * sizeof *m->bidding_class);
    m->bidding_place = malloc((n + 1) * sizeof *m->bidding_place);
    m->bidding_activity = malloc((n + 1) * sizeof *m->bidding_activity);
    m->classes = malloc(CLASS_LIMIT * sizeof *m->classes);
    if (!m->member || !m->bidding || !m->bidding_id || !m->bidding_class || !m->bidding_place ||
        !m->bidding_activity || !m->classes)
        return fail_memory(err, "the members of a platform");
    return OK;
}

/* Puts member k into its class and, if she is in an audience now, among those bid for. Pools read on
 * later. */
static void members_classify(members_t *m, size_t k, const world_t *w, const crowd_t *c, int p,
                             class_slot_t *slots)
{
    size_t i = m->member[k].person;
    uint64_t now = c->person[i].ad_sets & w->platform_ad_sets[p];
    double cheaper = cheapness(w, &c->person[i], p);
    if (m->n_classes + 1 >= CLASS_LIMIT) now = w->platform_ad_sets[p]; /* a looser bound */
    uint32_t class = class_find(m, slots, now, c->person[i].age_band, cheapness_level(cheaper));
    if (m->classes[class].cheapness < (float)cheaper + 1e-6f)
        m->classes[class].cheapness = (float)cheaper + 1e-6f;
    m->member[k].place = c->person[i].place;
    m->member[k].class = (uint16_t) class;
    if (!now) return;
    m->bidding[m->n_bidding] = (uint32_t)k;
    m->bidding_id[m->n_bidding] = c->person[i].id;
    m->bidding_class[m->n_bidding] = (uint16_t) class;
    m->bidding_place[m->n_bidding] = m->member[k].place;
    m->bidding_activity[m->n_bidding++] = m->member[k].activity;
}

/* How much less cheap a member is than her class, once all are in it. */
static void members_compare(members_t *m, const world_t *w, const crowd_t *c, int p)
{
    for (size_t k = 0; k < m->n; k++) {
        member_t *one = &m->member[k];
        double below =
            (double)m->classes[one->class].cheapness - cheapness(w, &c->person[one->person], p);
        one->below = (uint16_t)fmax(0, fmin(UINT16_MAX, floor(below / BELOW_STEP)));
    }
}

/* How active the members are on the platform, a chunk at a time. */
static void members_activate(members_t *m, const world_t *w, const crowd_t *c,
                             const population_t *pop, int p, uint32_t replication)
{
    uint64_t name = name_hash(w->sc->platform[p].name);
    for (size_t from = 0; from < m->n; from += CHUNK) {
        size_t n = m->n - from < CHUNK ? m->n - from : CHUNK;
        uint32_t id[CHUNK];
        double rank[CHUNK];
        for (size_t k = 0; k < n; k++) id[k] = c->person[m->member[from + k].person].id;
        population_activity_ranks(pop, id, n, name, w->key, replication, rank);
        for (size_t k = 0; k < n; k++)
            m->member[from + k].activity = (float)activity_at(w->activity[p], rank[k]);
    }
}

/* Where a person of the crowd stands among the members. */
static status_t members_index(members_t *m, const crowd_t *c, error_t *err)
{
    m->of_person = malloc((c->n + 1) * sizeof *m->of_person);
    if (!m->of_person) return fail_memory(err, "the members of a platform");
    for (size_t k = 0; k < m->n; k++) m->of_person[m->member[k].person] = (uint32_t)k;
    return OK;
}

static status_t members_init(members_t *m, const world_t *w, const crowd_t *c,
                             const population_t *pop, int p, uint32_t replication, error_t *err)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n; i++) n += member_sets(w, c, i, p) != 0;
    class_slot_t *slots = calloc(CLASS_SLOTS, sizeof *slots);
    status_t st = slots ? members_allocate(m, n, err) : fail_memory(err, "classes of members");
    if (st != OK) goto out;
    for (size_t i = 0; i < c->n; i++)
        if (member_sets(w, c, i, p)) m->member[m->n++] = (member_t){.person = (uint32_t)i};
    if ((w->pool_ad_sets | w->without_pool) & w->platform_ad_sets[p]) st = members_index(m, c, err);
    if (st != OK) goto out;
    members_activate(m, w, c, pop, p, replication);
    for (size_t k = 0; k < m->n; k++) members_classify(m, k, w, c, p, slots);
    members_compare(m, w, c, p);
    m->classes = fitting(m->classes, (m->n_classes + 1) * sizeof *m->classes);
out:
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

typedef struct {
    const world_t *world;
    const population_t *pop;
    const likeness_t *likeness;
    crowd_t *crowd;
    uint32_t replication;
    /* Of a stage: its place in the columns; who is eligible there; and by chunk how many, and the crowd index
     * of the first of them. */
    size_t from;
    eligibility_t *eligible;
    size_t found[STAGE], first[STAGE];
} crowd_job_t;

static bool in_crowd(const eligibility_t *e)
{
    return (e->now | e->pool) != 0;
}

/* Where a chunk of the stage ends, in it. */
static size_t chunk_end(const crowd_job_t *job, size_t chunk)
{
    size_t left = job->pop->n - job->from;
    return (chunk + 1) * CHUNK < left ? (chunk + 1) * CHUNK : left;
}

static void find_eligible(void *context, size_t chunk, int worker)
{
    (void)worker;
    crowd_job_t *job = context;
    job->found[chunk] = 0;
    for (size_t k = chunk * CHUNK; k < chunk_end(job, chunk); k++) {
        job->eligible[k] = eligibility(job->world, job->pop, job->likeness,
                                       job->pop->first + job->from + k, job->replication);
        job->found[chunk] += in_crowd(&job->eligible[k]);
    }
}

static void fill_crowd(void *context, size_t chunk, int worker)
{
    (void)worker;
    crowd_job_t *job = context;
    uint32_t id[CHUNK];
    double signal[CHUNK], desirability[CHUNK];
    uint8_t group[CHUNK];
    size_t n = 0, first = job->pop->first + job->from;
    for (size_t k = chunk * CHUNK; k < chunk_end(job, chunk); k++)
        if (in_crowd(&job->eligible[k])) id[n++] = (uint32_t)(first + k);
    if (n == 0) return;
    rng_key_t key = job->world->key;
    population_normals(job->pop, id, n, NORMAL_SIGNAL, key, job->replication, signal);
    population_normals(job->pop, id, n, NORMAL_DESIRABILITY, key, job->replication, desirability);
    population_groups(job->pop, id, n, JACKKNIFE_GROUPS, key, job->replication, group);
    for (size_t k = 0; k < n; k++) {
        size_t i = job->first[chunk] + k;
        eligibility_t e = job->eligible[id[k] - first];
        if (job->crowd->pool_sets) job->crowd->pool_sets[i] = e.pool;
        if (job->crowd->truth) job->crowd->truth[i] = e.truth;
        if (job->crowd->excludable) job->crowd->excludable[i] = e.excludable;
        job->crowd->person[i] = make_person(job->world, job->pop, id[k], &e, signal[k],
                                            desirability[k], group[k], job->likeness);
    }
}

/* Stage by stage, so that what everybody is eligible for never stands in memory at once. */
static status_t find_crowd(crowd_job_t *job, int threads, tally_t *tally, error_t *err)
{
    crowd_t *crowd = job->crowd;
    status_t st = crowd_allocate(crowd, job->world, job->pop->n, err);
    for (job->from = 0; st == OK && job->from < job->pop->n; job->from += STAGE * CHUNK) {
        size_t left = job->pop->n - job->from, n = left < STAGE * CHUNK ? left : STAGE * CHUNK;
        size_t chunks = (n + CHUNK - 1) / CHUNK;
        parallel_for(chunks, threads, find_eligible, job);
        for (size_t k = 0; k < chunks; k++) {
            job->first[k] = crowd->n;
            crowd->n += job->found[k];
        }
        parallel_for(chunks, threads, fill_crowd, job);
        if (tally)
            count_everybody(tally, job->world, job->pop, job->likeness, job->from, n,
                            job->eligible);
    }
    if (st == OK) crowd_fit(crowd);
    return st;
}

status_t crowd_of_window(crowd_t *crowd, const world_t *world, const population_t *window,
                         uint32_t replication, int threads, tally_t *tally, error_t *err)
{
    likeness_t likeness = {0};
    size_t most = window->n < STAGE * CHUNK ? window->n : STAGE * CHUNK;
    crowd_job_t job = {.world = world,
                       .pop = window,
                       .likeness = &likeness,
                       .eligible = malloc((most + 1) * sizeof *job.eligible),
                       .crowd = crowd,
                       .replication = replication};
    status_t st = job.eligible ? OK : fail_memory(err, "who is eligible");
    if (st == OK) st = likeness_init(&likeness, world, window, replication, threads, err);
    if (st == OK) st = find_crowd(&job, threads, tally, err);
    free(job.eligible);
    for (int p = 0; st == OK && p < world->sc->n_platforms; p++)
        if (world->platform_ad_sets[p])
            st = members_init(&crowd->members[p], world, crowd, window, p, replication, err);
    for (int customer = 0; st == OK && crowd->pool_sets && customer < 2; customer++)
        st = joiners_init(&crowd->joiners[customer], world, crowd, customer, err);
    if (st == OK && tally) count_crowd(tally, world, crowd, replication);
    likeness_free(&likeness);
    return st;
}

status_t crowd_init(crowd_t *crowd, const world_t *world, uint32_t replication, int threads,
                    error_t *err)
{
    *crowd = (crowd_t){0};
    population_t pop = {0};
    status_t st = tally_init(&crowd->tally, world->scopes.n_ad_sets, world->n_segments, err);
    if (st == OK)
        st = population_init(&pop, world->sc->population, world->people, world->key, replication,
                             err);
    if (st == OK)
        st = crowd_of_window(crowd, world, &pop, replication, threads, &crowd->tally, err);
    population_free(&pop);
    return st;
}

void crowd_free(crowd_t *c)
{
    free(c->person);
    free(c->pool_sets);
    free(c->truth);
    free(c->excludable);
    tally_free(&c->tally);
    for (int customer = 0; customer < 2; customer++) {
        free(c->joiners[customer].person);
        free(c->joiners[customer].id);
    }
    for (int p = 0; p < MAX_PLATFORMS; p++) {
        members_t *m = &c->members[p];
        free(m->member);
        free(m->of_person);
        free(m->bidding);
        free(m->bidding_id);
        free(m->bidding_class);
        free(m->bidding_place);
        free(m->bidding_activity);
        free(m->classes);
    }
    *c = (crowd_t){0};
}
