/* audience_study.c -- makes the people, asks of each which audiences she is in, and counts. */
#include "sim/experiment/audience_study.h"

#include "models/audience/labels.h"
#include "models/base/maths.h"
#include "models/base/touch.h"
#include "sim/engine/likeness.h"
#include "sim/engine/membership.h"
#include "sim/engine/parallel.h"
#include "sim/experiment/audience_exact.h"
#include "sim/experiment/run.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHUNK = 4096,      /* people worked on together */
    STRATUM_LEAST = 32 /* simulated people of neighbouring cells taken together for the error */
};
/* Without ad sets no budget asks for people; a million make a share certain to a tenth of a percent. */
static const double PEOPLE_WITHOUT_ADS = 1e6;

/* A sum over cells, each of which has its share of the sample, rounded. What is left to chance is who
 * within a cell is counted: n p (1 - p), the variance of independent people; traits are spread more evenly
 * than that, so the error is at most this. And the rounding: a variance of 1/4 a cell, which tells as far
 * as cells differ in p, for all together are exact. Neighbouring small cells are taken together, and no
 * stratum goes on from one chunk of people into the next. */
typedef struct {
    double variance, sum, squares; /* sum and squares: of p over the strata */
} moments_t;

/* What is counted of an audience: in it, and targeted, truly in it, both on each platform. */
enum { ON_TARGETED, ON_TRUTH, ON_BOTH, ON_COUNTS };

/* One thread's scratch. */
typedef struct {
    visits_t visits;
    int64_t *count, *cross, *cross_trait;
    int64_t *counted; /* [audience][counts] */
    int64_t *stratum; /* the same of the stratum being counted */
    status_t status;
    error_t err;
} worker_t;

typedef struct {
    audience_study_t *study;
    scenario_t *theta; /* uncertain values at their means */
    demand_t demand;
    scenario_t
        *shadow; /* theta with an ad set for each lookalike and platform; NULL = none needed */
    int lookalike[MAX_AUDIENCES][MAX_PLATFORMS]; /* 1 + its number there; 0 = none */
    int n_lookalikes;
    likeness_t *likeness; /* of MAX_AD_SETS lookalikes each */
    int n_likenesses;
    rng_key_t key;
    population_t pop;
    address_t address[MAX_PLATFORMS];
    int first_level[POP_ATTRIBUTES], trait[POP_TRAITS], first_platform, first_customer; /* facets */
    audience_set_t *in; /* of each person */
    moments_t *moments; /* [chunk][audience][counts] */
    double *strata;     /* [chunk] */
    worker_t *worker;
    int threads;
} census_t;

static size_t counts_of_one(const audience_study_t *s)
{
    return 1 + ON_COUNTS * (size_t)s->scenario->n_platforms;
}

static size_t counts_of_all(const audience_study_t *s)
{
    return (size_t)s->n_audiences * counts_of_one(s);
}

static size_t chunks_of(const audience_study_t *s)
{
    return (s->people + CHUNK - 1) / CHUNK;
}

int audience_set_count(audience_set_t s)
{
    int n = 0;
    for (int w = 0; w < AUDIENCE_WORDS; w++) n += __builtin_popcountll(s.word[w]);
    return n;
}

static bool contains(audience_set_t whole, audience_set_t part)
{
    for (int w = 0; w < AUDIENCE_WORDS; w++)
        if (part.word[w] & ~whole.word[w]) return false;
    return true;
}

/* The first audience of the set from `a` on; MAX_AUDIENCES if there is none. */
static int next_in(audience_set_t s, int a)
{
    for (; a < MAX_AUDIENCES; a = (a / 64 + 1) * 64) {
        uint64_t rest = s.word[a / 64] >> (a % 64);
        if (rest) return a + __builtin_ctzll(rest);
    }
    return MAX_AUDIENCES;
}

static size_t rows(const audience_study_t *s)
{
    return (size_t)s->n_audiences + 1; /* everyone last */
}

/* --- what there is to count ------------------------------------------------------------------- */

/* The attribute that says where people live, the coarsest first. */
static int place_attribute(const population_spec_t *spec)
{
    static const char *const names[] = {"region", "nation", "country", "state", "community"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        int found = population_attribute(spec, names[k]);
        if (found >= 0) return found;
    }
    return -1;
}

static void lay_cross(audience_study_t *s)
{
    const population_spec_t *spec = s->scenario->population;
    int attribute[CROSS_DIMENSIONS] = {spec->age, population_attribute(spec, "sex"),
                                       place_attribute(spec)};
    s->n_cross = 1;
    for (int d = 0; d < CROSS_DIMENSIONS; d++) {
        s->cross_attribute[d] = attribute[d];
        s->cross_levels[d] = attribute[d] < 0 ? 1 : spec->attribute[attribute[d]].n_levels;
        s->n_cross *= s->cross_levels[d];
    }
}

static const char *const trait_dimension[] = {
    [TRAIT_INTEREST] = "interest", [TRAIT_BEHAVIOUR] = "behaviour", [TRAIT_OWN] = "trait"};

static void lay_facets(audience_study_t *s)
{
    const population_spec_t *spec = s->scenario->population;
    facet_t *f = s->facet;
    for (int a = 0; a < spec->n_attributes; a++)
        for (int l = 0; l < spec->attribute[a].n_levels; l++)
            *f++ =
                (facet_t){spec->attribute[a].name, spec->attribute[a].level[l], FACET_LEVEL, a, l};
    for (int kind = TRAIT_INTEREST; kind <= TRAIT_OWN; kind++)
        for (int t = 0; t < spec->n_traits; t++)
            if (spec->trait[t].kind == (trait_kind_t)kind)
                *f++ = (facet_t){trait_dimension[kind], spec->trait[t].name, FACET_TRAIT, t, 0};
    for (int p = 0; p < spec->n_platforms; p++)
        *f++ = (facet_t){"platform", spec->platform[p].name, FACET_PLATFORM, p, 0};
    for (int c = 0; c < 2 && spec->existing_customers > 0; c++)
        *f++ = (facet_t){"customers", c ? "existing" : "new", FACET_CUSTOMER, c, 0};
    s->n_facets = (int)(f - s->facet);
}

static size_t facets_at_most(const population_spec_t *spec)
{
    size_t n = (size_t)spec->n_traits + (size_t)spec->n_platforms + 2;
    for (int a = 0; a < spec->n_attributes; a++) n += (size_t)spec->attribute[a].n_levels;
    return n;
}

/* Where a list or lookalike is at home: on the platform of its first ad set, else on the scenario's first. */
static int home_of(const scenario_t *sc, int audience)
{
    for (int a = 0; a < sc->n_ad_sets; a++)
        if (sc->ad_set[a].audience == audience) return sc->ad_set[a].platform;
    return sc->n_platforms ? 0 : -1;
}

static void lay_audiences(audience_study_t *s)
{
    const scenario_t *sc = s->scenario;
    for (int a = 0; a < s->n_audiences; a++)
        s->audience[a] = (audience_size_t){
            .audience = &sc->audience[a], .home = home_of(sc, a), .low = NAN, .high = NAN};
    for (int k = 0; k < sc->n_ad_sets; k++)
        s->audience[sc->ad_set[k].audience].used_on |= 1u << sc->ad_set[k].platform;
    audience_pair_t *p = s->pair;
    for (int a = 0; a < s->n_audiences; a++)
        for (int b = a + 1; b < s->n_audiences; b++) *p++ = (audience_pair_t){.a = a, .b = b};
}

static status_t lay_out(audience_study_t *s, error_t *err)
{
    const population_spec_t *spec = s->scenario->population;
    size_t n = (size_t)s->n_audiences;
    lay_cross(s);
    size_t cells = rows(s) * (size_t)s->n_cross;
    bool with_traits = cells * (size_t)spec->n_traits <= CROSS_COUNTERS_AT_MOST;
    s->n_pairs = n * (n - 1) / 2;
    s->facet = malloc(facets_at_most(spec) * sizeof *s->facet);
    s->audience = malloc((n + 1) * sizeof *s->audience);
    s->pair = malloc((s->n_pairs + 1) * sizeof *s->pair);
    s->in_exactly = calloc(n + 1, sizeof *s->in_exactly);
    if (!s->facet || !s->audience || !s->pair || !s->in_exactly)
        return fail_memory(err, "the audiences");
    lay_facets(s);
    lay_audiences(s);
    s->count = calloc(rows(s) * (size_t)s->n_facets + 1, sizeof *s->count);
    s->cross = calloc(cells, sizeof *s->cross);
    if (with_traits) s->cross_trait = calloc(cells * (size_t)spec->n_traits + 1, sizeof(int64_t));
    if (!with_traits)
        notices_add(&s->notices, "age, sex and place by interest make too large a table: "
                                 "composition_cells.csv has no interests");
    if (!s->count || !s->cross || (with_traits && !s->cross_trait))
        return fail_memory(err, "the composition of the audiences");
    return OK;
}

/* --- one person ------------------------------------------------------------------------------- */

static bool is_customer(const census_t *c, size_t person)
{
    return c->pop.customer && c->pop.customer[person];
}

/* In the pool when the flight starts: a visit within the window, and no order within the exclusion. */
static bool in_pool(const visits_t *visits, const audience_t *audience)
{
    bool inside = false;
    for (size_t k = 0; k < visits->n && visits->visit[k].tick <= 0; k++) {
        double days_ago = -(double)visits->visit[k].tick / TICKS_PER_DAY;
        if (visits->visit[k].ordered && days_ago < audience->exclude_purchasers_days) return false;
        inside = inside || days_ago <= audience->window_days;
    }
    return inside;
}

/* What is asked of a person, and what was found out on the way. */
typedef struct {
    census_t *census;
    worker_t *worker;
    size_t person;
    bool visits_known;
} asked_t;

static double visits_a_day(const census_t *c, size_t person)
{
    return average_visits_a_day(&c->theta->product, is_customer(c, person)) *
           appeal_factor(c->theta, appeals_of(c->likeness, person), APPEAL_ORGANIC) *
           (double)affinity_of(c->likeness, person);
}

static bool visited(asked_t *q, const audience_t *audience)
{
    census_t *c = q->census;
    worker_t *w = q->worker;
    if (!q->visits_known && w->status == OK)
        w->status = person_visits(c->theta, &c->demand, c->key, (uint32_t)q->person,
                                  visits_a_day(c, q->person), 0, &w->visits, &w->err);
    q->visits_known = true;
    return in_pool(&w->visits, audience);
}

/* Does she fit what the audience says, as a platform sees her? platform < 0: in truth. */
static bool fits(const asked_t *q, const expression_t *program, int platform)
{
    const census_t *c = q->census;
    const labels_t *labels = platform < 0 ? NULL : c->theta->platform[platform].labels;
    if (!program) return true;
    if (!labels) return expression_matches(program, &c->pop, q->person);
    vendor_t vendor = {c->key, c->address[platform].placement, c->address[platform].high, 0};
    return labels_match(labels, &vendor, program, &c->pop, q->person);
}

/* Where the lookalike of this number was chosen, and whether she is of those. */
static const likeness_t *likeness_with(const census_t *c, int number)
{
    return &c->likeness[(number - 1) / MAX_AD_SETS];
}

static bool lookalike_has(const uint64_t *chosen, int number, size_t person)
{
    return chosen[person] >> (number - 1) % MAX_AD_SETS & 1;
}

/* Is she in it, as `seen_by` sees her (-1: in truth), where `place` looks for lists and lookalikes? */
static bool in_audience(asked_t *q, int a, int seen_by, int place)
{
    census_t *c = q->census;
    const audience_t *audience = &c->theta->audience[a];
    if (audience->kind == AUDIENCE_LOOKALIKE) {
        int number = place < 0 ? 0 : c->lookalike[a][place];
        return number && lookalike_has(likeness_with(c, number)->chosen, number, q->person);
    }
    if (!fits(q, audience->program, seen_by)) return false;
    if (audience->excluded && in_audience(q, audience->excluded - 1, seen_by, place)) return false;
    if (audience->kind == AUDIENCE_RETARGET) return visited(q, audience);
    if (audience->kind != AUDIENCE_LIST) return true;
    return is_customer(c, q->person) &&
           list_found(place < 0 ? (address_t){0} : c->address[place], c->key, audience->match_rate,
                      (uint32_t)q->person, 0);
}

/* Were there no labels and no scores, would she be in it on the platform? Of a lookalike: had the platform
 * known how near she is to being a customer. */
static bool truly_in(asked_t *q, int a, int platform)
{
    const census_t *c = q->census;
    if (c->theta->audience[a].kind != AUDIENCE_LOOKALIKE) return in_audience(q, a, -1, platform);
    int number = c->lookalike[a][platform];
    return number && lookalike_has(likeness_with(c, number)->true_top, number, q->person);
}

static void ask_on_platform(asked_t *q, int p)
{
    const audience_study_t *s = q->census->study;
    for (int a = 0; a < s->n_audiences; a++) {
        int64_t *n = q->worker->stratum + (size_t)a * counts_of_one(s) + 1 + ON_COUNTS * (size_t)p;
        bool targeted = in_audience(q, a, p, p), truth = truly_in(q, a, p);
        n[ON_TARGETED] += targeted;
        n[ON_TRUTH] += truth;
        n[ON_BOTH] += targeted && truth;
    }
}

static audience_set_t ask(census_t *c, worker_t *w, size_t person)
{
    audience_set_t in = {{0}};
    asked_t q = {.census = c, .worker = w, .person = person};
    for (int a = 0; a < c->study->n_audiences; a++) {
        if (!in_audience(&q, a, -1, c->study->audience[a].home)) continue;
        in.word[a / 64] |= (uint64_t)1 << (a % 64);
        w->stratum[(size_t)a * counts_of_one(c->study)]++;
    }
    for (int p = 0; p < c->theta->n_platforms; p++)
        if (platform_used(&c->theta->platform[p], c->address[p], &c->pop, c->key, person, 0))
            ask_on_platform(&q, p);
    return in;
}

/* The stratum of n people ends: its counts become moments and join the sums. */
static void close_stratum(const census_t *c, worker_t *w, size_t chunk, int64_t people)
{
    size_t counts = counts_of_all(c->study);
    moments_t *m = c->moments + chunk * counts;
    double n = (double)people;
    for (size_t k = 0; k < counts; k++) {
        double in = (double)w->stratum[k], p = in / n;
        if (people > 1) m[k].variance += in * (n - in) / (n - 1);
        m[k].sum += p;
        m[k].squares += p * p;
        w->counted[k] += w->stratum[k];
    }
    memset(w->stratum, 0, counts * sizeof *w->stratum);
    c->strata[chunk]++;
}

/* The facets of a person. */
static int facets_of(const census_t *c, size_t person, int *facet)
{
    const population_t *pop = &c->pop;
    const population_spec_t *spec = pop->spec;
    int n = 0;
    for (int a = 0; a < spec->n_attributes; a++)
        facet[n++] = c->first_level[a] + pop->level[a][person];
    for (uint64_t rest = pop->traits ? pop->traits[person] : 0; rest; rest &= rest - 1)
        facet[n++] = c->trait[__builtin_ctzll(rest)];
    for (unsigned rest = pop->uses ? pop->uses[person] : 0; rest; rest &= rest - 1)
        facet[n++] = c->first_platform + __builtin_ctz(rest);
    if (spec->existing_customers > 0) facet[n++] = c->first_customer + is_customer(c, person);
    return n;
}

/* Where each facet stands in the study's list. */
static void index_facets(census_t *c)
{
    for (int f = c->study->n_facets - 1; f >= 0; f--) {
        const facet_t *x = &c->study->facet[f];
        if (x->kind == FACET_LEVEL) c->first_level[x->index] = f;
        if (x->kind == FACET_TRAIT) c->trait[x->index] = f;
        if (x->kind == FACET_PLATFORM) c->first_platform = f;
        if (x->kind == FACET_CUSTOMER) c->first_customer = f;
    }
}

static size_t cross_cell(const audience_study_t *s, const population_t *pop, size_t person)
{
    size_t cell = 0;
    for (int d = 0; d < CROSS_DIMENSIONS; d++) {
        int a = s->cross_attribute[d];
        cell = cell * (size_t)s->cross_levels[d] + (a < 0 ? 0 : pop->level[a][person]);
    }
    return cell;
}

static void count_person(const census_t *c, worker_t *w, size_t person, size_t row,
                         const int *facet, int n)
{
    const audience_study_t *s = c->study;
    int64_t *count = w->count + row * (size_t)s->n_facets;
    for (int k = 0; k < n; k++) count[facet[k]]++;
    size_t cell = row * (size_t)s->n_cross + cross_cell(s, &c->pop, person);
    w->cross[cell]++;
    if (!w->cross_trait || !c->pop.traits) return;
    int64_t *by_trait = w->cross_trait + cell * (size_t)c->pop.spec->n_traits;
    for (uint64_t rest = c->pop.traits[person]; rest; rest &= rest - 1)
        by_trait[__builtin_ctzll(rest)]++;
}

static void fill_chunk(void *context, size_t chunk, int worker)
{
    (void)worker;
    census_t *c = context;
    size_t from = chunk * CHUNK, to = from + CHUNK < c->pop.n ? from + CHUNK : c->pop.n;
    population_fill(&c->pop, from, to, c->key, 0);
}

static void compose(const census_t *c, worker_t *w, size_t person)
{
    enum { FACETS_MOST = POP_ATTRIBUTES + POP_TRAITS + POP_PLATFORMS + 1 };
    const audience_study_t *s = c->study;
    int facet[FACETS_MOST], n = facets_of(c, person, facet);
    count_person(c, w, person, (size_t)s->n_audiences, facet, n);
    for (int a = next_in(c->in[person], 0); a < MAX_AUDIENCES; a = next_in(c->in[person], a + 1))
        count_person(c, w, person, (size_t)a, facet, n);
}

static void census_chunk(void *context, size_t chunk, int worker)
{
    census_t *c = context;
    worker_t *w = &c->worker[worker];
    size_t from = chunk * CHUNK, to = from + CHUNK < c->pop.n ? from + CHUNK : c->pop.n;
    size_t begin = from;
    for (size_t i = from; i < to; i++) {
        if (i - begin >= STRATUM_LEAST && c->pop.cell[i] != c->pop.cell[i - 1]) {
            close_stratum(c, w, chunk, (int64_t)(i - begin));
            begin = i;
        }
        c->in[i] = ask(c, w, i);
        compose(c, w, i);
    }
    close_stratum(c, w, chunk, (int64_t)(to - begin));
}

/* --- the census ------------------------------------------------------------------------------- */

static void census_free(census_t *c)
{
    for (int t = 0; c->worker && t < c->threads; t++) {
        visits_free(&c->worker[t].visits);
        free(c->worker[t].count);
        free(c->worker[t].cross);
        free(c->worker[t].cross_trait);
        free(c->worker[t].counted);
        free(c->worker[t].stratum);
    }
    free(c->worker);
    free(c->in);
    free(c->moments);
    free(c->strata);
    free(c->theta);
    free(c->shadow);
    for (int k = 0; k < c->n_likenesses; k++) likeness_free(&c->likeness[k]);
    free(c->likeness);
    population_free(&c->pop);
}

static status_t worker_init(worker_t *w, const audience_study_t *s, error_t *err)
{
    size_t facets = rows(s) * (size_t)s->n_facets + 1, cells = rows(s) * (size_t)s->n_cross;
    size_t traits = cells * (size_t)s->scenario->population->n_traits + 1;
    w->count = calloc(facets, sizeof *w->count);
    w->cross = calloc(cells, sizeof *w->cross);
    if (s->cross_trait) w->cross_trait = calloc(traits, sizeof *w->cross_trait);
    w->counted = calloc(counts_of_all(s) + 1, sizeof *w->counted);
    w->stratum = calloc(counts_of_all(s) + 1, sizeof *w->stratum);
    bool fine =
        w->count && w->cross && (w->cross_trait || !s->cross_trait) && w->counted && w->stratum;
    return fine ? OK : fail_memory(err, "a thread's counts");
}

static status_t census_init(census_t *c, audience_study_t *s, int threads, error_t *err)
{
    const scenario_t *sc = s->scenario;
    *c = (census_t){.study = s, .key = rng_key(sc->seed), .threads = threads};
    c->theta = malloc(sizeof *c->theta);
    c->in = malloc(s->people * sizeof *c->in);
    c->moments = calloc(chunks_of(s) * counts_of_all(s) + 1, sizeof *c->moments);
    c->strata = calloc(chunks_of(s), sizeof *c->strata);
    c->worker = calloc((size_t)threads, sizeof *c->worker);
    if (!c->theta || !c->in || !c->moments || !c->strata || !c->worker)
        return fail_memory(err, "the people");
    scenario_at_means(sc, c->theta);
    demand_init(&c->demand, c->theta);
    index_facets(c);
    for (int p = 0; p < sc->n_platforms; p++)
        c->address[p] = platform_address(&sc->platform[p], sc->population);
    status_t st = OK;
    for (int t = 0; st == OK && t < threads; t++) st = worker_init(&c->worker[t], s, err);
    return st == OK ? population_allocate(&c->pop, sc->population, s->people, c->key, 0, err) : st;
}

/* Chooses the lookalikes of the shadow's ad sets, and makes room for more. */
static status_t choose_lookalikes(census_t *c, error_t *err)
{
    status_t st = likeness_of_people(&c->likeness[c->n_likenesses++], c->shadow, &c->pop, c->key,
                                     c->threads, err);
    c->shadow->n_ad_sets = 0;
    return st;
}

/* An ad set for a lookalike on a platform, so that it can be chosen. */
static status_t add_lookalike(census_t *c, int audience, int platform, error_t *err)
{
    scenario_t *sc = c->shadow;
    if (platform < 0 || c->lookalike[audience][platform]) return OK;
    status_t st = sc->n_ad_sets == MAX_AD_SETS ? choose_lookalikes(c, err) : OK;
    sc->ad_set[sc->n_ad_sets++] = (ad_set_t){.audience = audience, .platform = platform};
    c->lookalike[audience][platform] = ++c->n_lookalikes;
    return st;
}

static status_t find_likeness(census_t *c, error_t *err)
{
    enum { LIKENESSES = (MAX_AUDIENCES * MAX_PLATFORMS + MAX_AD_SETS - 1) / MAX_AD_SETS };
    const audience_study_t *s = c->study;
    status_t st = OK;
    c->shadow = malloc(sizeof *c->shadow);
    c->likeness = calloc(LIKENESSES, sizeof *c->likeness);
    if (!c->shadow || !c->likeness) return fail_memory(err, "the lookalikes");
    *c->shadow = *c->theta;
    c->shadow->n_ad_sets = 0;
    for (int a = 0; a < s->n_audiences && st == OK; a++) {
        if (s->audience[a].audience->kind != AUDIENCE_LOOKALIKE) continue;
        st = add_lookalike(c, a, s->audience[a].home, err);
        for (int p = 0; p < c->theta->n_platforms && st == OK; p++)
            st = add_lookalike(c, a, p, err);
    }
    return st == OK ? choose_lookalikes(c, err) : st;
}

static void add_up(int64_t *into, const int64_t *from, size_t n)
{
    for (size_t k = 0; from && k < n; k++) into[k] += from[k];
}

/* The k-th count of all, over threads and chunks. */
static headcount_t headcount(const census_t *c, size_t k)
{
    const audience_study_t *s = c->study;
    moments_t m = {0};
    double strata = 0;
    headcount_t x = {.exact = NAN};
    for (int t = 0; t < c->threads; t++) x.simulated += c->worker[t].counted[k];
    for (size_t chunk = 0; chunk < chunks_of(s); chunk++) {
        const moments_t *part = &c->moments[chunk * counts_of_all(s) + k];
        m.variance += part->variance;
        m.sum += part->sum;
        m.squares += part->squares;
        strata += c->strata[chunk];
    }
    double rounding = (m.squares - m.sum * m.sum / strata) / 4;
    x.people = s->weight * (double)x.simulated;
    x.error = s->weight * m_sqrt(m.variance + fmax(0, rounding));
    return x;
}

static void take_headcounts(const census_t *c)
{
    audience_study_t *s = c->study;
    for (int a = 0; a < s->n_audiences; a++) {
        size_t k = (size_t)a * counts_of_one(s);
        s->audience[a].size = headcount(c, k);
        for (int p = 0; p < s->scenario->n_platforms; p++) {
            size_t on = k + 1 + ON_COUNTS * (size_t)p;
            s->audience[a].on[p] =
                (reach_t){headcount(c, on + ON_TARGETED), headcount(c, on + ON_TRUTH),
                          headcount(c, on + ON_BOTH)};
        }
    }
}

static status_t census_join(census_t *c, error_t *err)
{
    audience_study_t *s = c->study;
    size_t cells = rows(s) * (size_t)s->n_cross;
    for (int t = 0; t < c->threads; t++) {
        worker_t *w = &c->worker[t];
        if (w->status != OK) return fail(err, w->status, "%s", w->err.text);
        add_up(s->count, w->count, rows(s) * (size_t)s->n_facets);
        add_up(s->cross, w->cross, cells);
        add_up(s->cross_trait, w->cross_trait, cells * (size_t)c->pop.spec->n_traits);
    }
    take_headcounts(c);
    return OK;
}

/* --- who is in several ------------------------------------------------------------------------ */

static int compare_sets(const audience_set_t *a, const audience_set_t *b)
{
    for (int w = AUDIENCE_WORDS - 1; w >= 0; w--)
        if (a->word[w] != b->word[w]) return a->word[w] < b->word[w] ? -1 : 1;
    return 0;
}

static int by_set(const void *a, const void *b)
{
    return compare_sets(a, b);
}

static int by_people(const void *a, const void *b)
{
    const audience_pattern_t *x = a, *y = b;
    if (x->exactly != y->exactly) return x->exactly < y->exactly ? 1 : -1;
    return compare_sets(&x->in, &y->in);
}

static audience_pair_t *pair_of(const audience_study_t *s, int a, int b)
{
    size_t n = (size_t)s->n_audiences, i = (size_t)(a < b ? a : b), j = (size_t)(a < b ? b : a);
    return &s->pair[i * (2 * n - i - 1) / 2 + (j - i - 1)];
}

const audience_pair_t *audience_study_pair(const audience_study_t *s, int a, int b)
{
    return pair_of(s, a, b);
}

/* People who are in the same audiences: counted at once. */
static void count_alike(audience_study_t *s, audience_set_t in, int64_t people)
{
    s->in_exactly[audience_set_count(in)] += people;
    s->pattern[s->n_patterns_all++] = (audience_pattern_t){.in = in, .exactly = people};
    for (int a = next_in(in, 0); a < MAX_AUDIENCES; a = next_in(in, a + 1))
        for (int b = next_in(in, a + 1); b < MAX_AUDIENCES; b = next_in(in, b + 1))
            pair_of(s, a, b)->both.simulated += people;
}

/* Runs of equal sets become patterns; `in` is sorted. */
static void count_sets(audience_study_t *s, const audience_set_t *in)
{
    for (size_t from = 0, to; from < s->people; from = to) {
        for (to = from + 1; to < s->people && !compare_sets(&in[from], &in[to]); to++)
            ;
        count_alike(s, in[from], (int64_t)(to - from));
    }
}

static size_t count_patterns(const audience_study_t *s, const audience_set_t *in)
{
    size_t n = 1;
    for (size_t i = 1; i < s->people; i++) n += compare_sets(&in[i - 1], &in[i]) != 0;
    return n;
}

static void keep_largest(audience_study_t *s)
{
    qsort(s->pattern, s->n_patterns_all, sizeof *s->pattern, by_people);
    s->n_patterns = s->n_patterns_all < PATTERNS_KEPT ? s->n_patterns_all : PATTERNS_KEPT;
    for (size_t k = 0; k < s->n_patterns; k++)
        for (size_t j = 0; j < s->n_patterns_all; j++)
            if (contains(s->pattern[j].in, s->pattern[k].in))
                s->pattern[k].at_least += s->pattern[j].exactly;
    if (s->n_patterns < s->n_patterns_all)
        notices_add(
            &s->notices,
            "People are in %zu sets of audiences; the %d largest are in overlap_patterns.csv.",
            s->n_patterns_all, PATTERNS_KEPT);
}

static void weigh_pairs(audience_study_t *s)
{
    for (size_t k = 0; k < s->n_pairs; k++) {
        audience_pair_t *p = &s->pair[k];
        double in = (double)p->both.simulated, n = (double)s->people;
        int64_t either =
            s->audience[p->a].size.simulated + s->audience[p->b].size.simulated - p->both.simulated;
        p->both.people = s->weight * in;
        p->both.error =
            s->weight * m_sqrt(in * (n - in) / n); /* cells would only make it smaller */
        p->jaccard = either ? in / (double)either : NAN;
    }
}

static status_t find_overlaps(census_t *c, error_t *err)
{
    audience_study_t *s = c->study;
    qsort(c->in, s->people, sizeof *c->in, by_set);
    s->pattern = malloc(count_patterns(s, c->in) * sizeof *s->pattern);
    if (!s->pattern) return fail_memory(err, "the overlaps");
    count_sets(s, c->in);
    keep_largest(s);
    weigh_pairs(s);
    return OK;
}

double reach_on_target(const reach_t *r)
{
    return r->targeted.simulated ? (double)r->both.simulated / (double)r->targeted.simulated : NAN;
}

double reach_missed(const reach_t *r)
{
    return r->truth.simulated ? 1 - (double)r->both.simulated / (double)r->truth.simulated : NAN;
}

/* --- opening and closing ---------------------------------------------------------------------- */

static size_t people_wanted(const scenario_t *sc)
{
    if (sc->n_ad_sets || sc->people > 0) return study_people(sc);
    return (size_t)fmin(PEOPLE_WITHOUT_ADS, sc->population->size);
}

static status_t take_census(audience_study_t *s, const audience_options_t *options, error_t *err)
{
    census_t c;
    int threads = options->threads;
    status_t st = census_init(&c, s, threads, err);
    if (st == OK) {
        parallel_for(chunks_of(s), threads, fill_chunk, &c);
        st = find_likeness(&c, err);
    }
    if (st == OK && options->fit)
        st = population_agreements(&s->fit, s->scenario->population, &c.pop, err);
    if (st == OK) {
        parallel_for(chunks_of(s), threads, census_chunk, &c);
        st = census_join(&c, err);
    }
    if (st == OK) st = find_overlaps(&c, err);
    if (st == OK) st = audience_study_exact(s, c.theta, threads, err);
    census_free(&c);
    return st;
}

/* What ads managers would say of the ad sets' audiences. */
static status_t add_warnings(audience_study_t *s, error_t *err)
{
    enum { MOST = 12 };
    complaint_t *found = calloc(MOST, sizeof *found);
    audience_sizes_t *sizes = malloc(sizeof *sizes);
    bool fine = found && sizes;
    if (fine) {
        scenario_audience_sizes(s->scenario, sizes);
        size_t n = scenario_audience_warnings(s->scenario, sizes, found, MOST);
        for (size_t i = 0; i < n && i < MOST; i++) {
            found[i].text[0] = (char)toupper((unsigned char)found[i].text[0]);
            notices_add(&s->notices, "%s.", found[i].text);
        }
        if (n > MOST)
            notices_add(&s->notices, "%zu more warnings about audiences; adsim check has them.",
                        n - MOST);
    }
    free(found);
    free(sizes);
    return fine ? OK : fail_memory(err, "the warnings");
}

status_t audience_study_open(audience_study_t *s, const scenario_t *sc,
                             const audience_options_t *options, error_t *err)
{
    *s = (audience_study_t){.scenario = sc, .n_audiences = sc->n_audiences};
    if (!s->n_audiences && !options->fit)
        return fail(err, ERR_INVALID,
                    "the scenario has no audiences: give it audiences: {name: \"age 18-34\"}");
    s->people = people_wanted(sc);
    s->weight = sc->population->size / (double)s->people;
    status_t st = lay_out(s, err);
    if (st == OK) st = take_census(s, options, err);
    return st == OK ? add_warnings(s, err) : st;
}

void audience_study_close(audience_study_t *s)
{
    free(s->audience);
    free(s->pair);
    free(s->pattern);
    free(s->in_exactly);
    free(s->facet);
    free(s->count);
    free(s->cross);
    free(s->cross_trait);
    agreements_free(&s->fit);
    notices_free(&s->notices);
    *s = (audience_study_t){0};
}

/* --- profiles --------------------------------------------------------------------------------- */

profile_t profile_of(int64_t part, int64_t whole, int64_t part_of_all, int64_t all)
{
    const double z = 1.959963984540054; /* 95 % */
    double n = (double)whole, k = (double)part;
    profile_t p = {.share = NAN,
                   .everyone = (double)part_of_all / (double)all,
                   .index = NAN,
                   .lo = NAN,
                   .hi = NAN,
                   .simulated = part};
    p.few = n * p.everyone < PROFILE_LEAST;
    if (!whole) return p;
    p.share = k / n;
    if (!part_of_all) return p;
    double centre = (k + z * z / 2) / (n + z * z);
    double half = z / (n + z * z) * m_sqrt(k * (n - k) / n + z * z / 4);
    p.index = 100 * p.share / p.everyone;
    p.lo = 100 * fmax(0, centre - half) / p.everyone;
    p.hi = 100 * (centre + half) / p.everyone;
    return p;
}

profile_t audience_profile(const audience_study_t *s, int audience, int facet)
{
    size_t at = (size_t)s->n_facets;
    return profile_of(s->count[(size_t)audience * at + (size_t)facet],
                      s->audience[audience].size.simulated,
                      s->count[(size_t)s->n_audiences * at + (size_t)facet], (int64_t)s->people);
}
