/* audience_study.c -- makes the people, asks of each which audiences she is in, and counts. */
#include "sim/experiment/audience_study.h"

#include "models/base/maths.h"
#include "models/base/touch.h"
#include "sim/engine/membership.h"
#include "sim/engine/parallel.h"
#include "sim/experiment/audience_exact.h"
#include "sim/experiment/run.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    CHUNK = 4096,      /* people worked on together */
    STRATUM_LEAST = 32 /* simulated people of neighbouring cells taken together for the error */
};
/* Without ad sets no budget asks for people; a million make a share certain to a tenth of a percent. */
static const double PEOPLE_WITHOUT_ADS = 1e6;

/* What a person is to an advertiser: the audiences she is in and the platforms she uses. */
typedef struct {
    audience_set_t in;
    uint32_t uses;
} place_t;

/* One thread's scratch. */
typedef struct {
    visits_t visits;
    int64_t *count, *cross, *cross_trait;
    status_t status;
    error_t err;
} worker_t;

typedef struct {
    audience_study_t *study;
    scenario_t *theta; /* uncertain values at their means */
    rng_key_t key;
    population_t pop;
    address_t address[MAX_PLATFORMS];
    place_t *place; /* of each person */
    worker_t *worker;
    int threads;
} census_t;

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

static int attribute_named(const population_spec_t *spec, const char *name)
{
    for (int k = 0; k < spec->n_attributes; k++)
        if (!strcmp(spec->attribute[k].name, name)) return k;
    return -1;
}

/* The attribute that says where people live, the coarsest first. */
static int place_attribute(const population_spec_t *spec)
{
    static const char *const names[] = {"region", "nation", "country", "state", "community"};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        int found = attribute_named(spec, names[k]);
        if (found >= 0) return found;
    }
    return -1;
}

static void lay_cross(audience_study_t *s)
{
    const population_spec_t *spec = s->scenario->population;
    int attribute[CROSS_DIMENSIONS] = {spec->age, attribute_named(spec, "sex"),
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

/* Where a list is looked for: on the platform of its first ad set, else on the scenario's first. */
static int list_platform(const scenario_t *sc, int audience)
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
            .audience = &sc->audience[a],
            .list_platform = sc->audience[a].kind == AUDIENCE_LIST ? list_platform(sc, a) : -1,
            .low = NAN,
            .high = NAN};
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
    s->audience = malloc(n * sizeof *s->audience);
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

/* Among the most affine people, as a lookalike would have it: the platform chooses others, as many. */
static bool is_alike(const census_t *c, const audience_t *audience, size_t person)
{
    uint32_t id = (uint32_t)person;
    double z;
    population_affinities(&c->pop, &id, 1, c->key, 0, &z);
    return z > normal_quantile(1 - audience->size);
}

static bool in_audience(census_t *c, worker_t *w, size_t person, int a, bool *visits_known)
{
    const audience_t *audience = &c->theta->audience[a];
    if (audience->program && !expression_matches(audience->program, &c->pop, person)) return false;
    if (audience->kind == AUDIENCE_EXPRESSION) return true;
    if (audience->kind == AUDIENCE_LOOKALIKE) return is_alike(c, audience, person);
    if (audience->kind == AUDIENCE_LIST) {
        int p = c->study->audience[a].list_platform;
        address_t at = p < 0 ? (address_t){0} : c->address[p];
        return is_customer(c, person) &&
               list_found(at, c->key, audience->match_rate, (uint32_t)person, 0);
    }
    if (!*visits_known && w->status == OK)
        w->status = person_visits(c->theta, c->key, (uint32_t)person, is_customer(c, person),
                                  person_organic_factor(c->theta, &c->pop, c->key, person, 0), 0,
                                  &w->visits, &w->err);
    *visits_known = true;
    return in_pool(&w->visits, audience);
}

static place_t find_place(census_t *c, worker_t *w, size_t person)
{
    place_t place = {0};
    bool visits_known = false;
    for (int a = 0; a < c->study->n_audiences; a++)
        if (in_audience(c, w, person, a, &visits_known))
            place.in.word[a / 64] |= (uint64_t)1 << (a % 64);
    for (int p = 0; p < c->theta->n_platforms; p++)
        if (platform_used(&c->theta->platform[p], c->address[p], &c->pop, c->key, person, 0))
            place.uses |= 1u << p;
    return place;
}

static bool has_facet(const population_t *pop, const facet_t *f, size_t person)
{
    switch (f->kind) {
    case FACET_LEVEL: return pop->level[f->index][person] == f->level;
    case FACET_TRAIT: return pop->traits[person] >> f->index & 1;
    case FACET_PLATFORM: return pop->uses[person] >> f->index & 1;
    case FACET_CUSTOMER: return (pop->customer && pop->customer[person]) == f->index;
    }
    return false;
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

static void census_chunk(void *context, size_t chunk, int worker)
{
    enum { FACETS_MOST = POP_ATTRIBUTES + POP_TRAITS + POP_PLATFORMS + 1 };
    census_t *c = context;
    worker_t *w = &c->worker[worker];
    const audience_study_t *s = c->study;
    size_t from = chunk * CHUNK, to = from + CHUNK < s->people ? from + CHUNK : s->people;
    population_fill(&c->pop, from, to, c->key, 0);
    for (size_t i = from; i < to; i++) {
        int facet[FACETS_MOST], n = 0;
        c->place[i] = find_place(c, w, i);
        for (int f = 0; f < s->n_facets; f++)
            if (has_facet(&c->pop, &s->facet[f], i)) facet[n++] = f;
        count_person(c, w, i, (size_t)s->n_audiences, facet, n);
        for (int a = next_in(c->place[i].in, 0); a < MAX_AUDIENCES;
             a = next_in(c->place[i].in, a + 1))
            count_person(c, w, i, (size_t)a, facet, n);
    }
}

/* --- the census ------------------------------------------------------------------------------- */

static void census_free(census_t *c)
{
    for (int t = 0; c->worker && t < c->threads; t++) {
        visits_free(&c->worker[t].visits);
        free(c->worker[t].count);
        free(c->worker[t].cross);
        free(c->worker[t].cross_trait);
    }
    free(c->worker);
    free(c->place);
    free(c->theta);
    population_free(&c->pop);
}

static status_t census_init(census_t *c, audience_study_t *s, int threads, error_t *err)
{
    const scenario_t *sc = s->scenario;
    *c = (census_t){.study = s, .key = rng_key(sc->seed), .threads = threads};
    c->theta = malloc(sizeof *c->theta);
    c->place = malloc(s->people * sizeof *c->place);
    c->worker = calloc((size_t)threads, sizeof *c->worker);
    if (!c->theta || !c->place || !c->worker) return fail_memory(err, "the people");
    scenario_at_means(sc, c->theta);
    for (int p = 0; p < sc->n_platforms; p++) c->address[p] = platform_address(&sc->platform[p]);
    size_t facets = rows(s) * (size_t)s->n_facets + 1, cells = rows(s) * (size_t)s->n_cross;
    size_t traits = cells * (size_t)sc->population->n_traits + 1;
    for (int t = 0; t < threads; t++) {
        worker_t *w = &c->worker[t];
        w->count = calloc(facets, sizeof *w->count);
        w->cross = calloc(cells, sizeof *w->cross);
        if (s->cross_trait) w->cross_trait = calloc(traits, sizeof *w->cross_trait);
        if (!w->count || !w->cross || (s->cross_trait && !w->cross_trait))
            return fail_memory(err, "a thread's counts");
    }
    return population_allocate(&c->pop, sc->population, s->people, c->key, 0, err);
}

static void add_up(int64_t *into, const int64_t *from, size_t n)
{
    for (size_t k = 0; from && k < n; k++) into[k] += from[k];
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
    return OK;
}

/* --- errors of the counts --------------------------------------------------------------------- */

/* A count is a sum over cells, each of which has its share of the sample, rounded. What is left to chance
 * is who within a cell is in the audience: n p (1 - p), the variance of independent people; traits are
 * spread more evenly than that, so the error is at most this. And the rounding: a variance of 1/4 each,
 * which tells as far as cells differ in p, for all together are exact. Neighbouring small cells are taken
 * together. */
typedef struct {
    int64_t people;
    int64_t *in;                      /* [audience][size, then each platform] */
    double *variance, *sum, *squares; /* of p over strata */
    double strata;
    size_t n;
} stratum_t;

static void stratum_close(stratum_t *t)
{
    double n = (double)t->people;
    for (size_t k = 0; k < t->n; k++) {
        double in = (double)t->in[k], p = in / n;
        if (t->people > 1) t->variance[k] += in * (n - in) / (n - 1);
        t->sum[k] += p;
        t->squares[k] += p * p;
    }
    memset(t->in, 0, t->n * sizeof *t->in);
    t->people = 0;
    t->strata++;
}

static double stratum_error(const stratum_t *t, size_t k)
{
    double rounding = (t->squares[k] - t->sum[k] * t->sum[k] / t->strata) / 4;
    return m_sqrt(t->variance[k] + fmax(0, rounding));
}

static void stratum_free(stratum_t *t)
{
    free(t->in);
    free(t->variance);
}

static status_t stratum_init(stratum_t *t, size_t n, error_t *err)
{
    *t = (stratum_t){.n = n};
    t->in = calloc(n, sizeof *t->in);
    t->variance = calloc(3 * n, sizeof *t->variance);
    if (!t->in || !t->variance) return fail_memory(err, "the errors of the counts");
    t->sum = t->variance + n;
    t->squares = t->sum + n;
    return OK;
}

static void stratum_add(stratum_t *t, const audience_study_t *s, place_t place)
{
    size_t width = 1 + (size_t)s->scenario->n_platforms;
    t->people++;
    for (int a = next_in(place.in, 0); a < MAX_AUDIENCES; a = next_in(place.in, a + 1)) {
        int64_t *in = t->in + (size_t)a * width;
        in[0]++;
        for (uint32_t rest = place.uses; rest; rest &= rest - 1) in[1 + __builtin_ctz(rest)]++;
    }
}

static void take_errors(audience_study_t *s, const stratum_t *t)
{
    size_t width = 1 + (size_t)s->scenario->n_platforms;
    for (int a = 0; a < s->n_audiences; a++) {
        size_t first = (size_t)a * width;
        s->audience[a].size.error = s->weight * stratum_error(t, first);
        for (size_t p = 0; p + 1 < width; p++)
            s->audience[a].on[p].error = s->weight * stratum_error(t, first + p + 1);
    }
}

static status_t find_errors(const census_t *c, error_t *err)
{
    audience_study_t *s = c->study;
    stratum_t t;
    status_t st =
        stratum_init(&t, (size_t)s->n_audiences * (1 + (size_t)s->scenario->n_platforms), err);
    for (size_t i = 0; st == OK && i < s->people; i++) {
        if (i && c->pop.cell[i] != c->pop.cell[i - 1] && t.people >= STRATUM_LEAST)
            stratum_close(&t);
        stratum_add(&t, s, c->place[i]);
    }
    if (st == OK) {
        stratum_close(&t);
        take_errors(s, &t);
    }
    stratum_free(&t);
    return st;
}

/* --- who is in several ------------------------------------------------------------------------ */

static int compare_sets(const audience_set_t *a, const audience_set_t *b)
{
    for (int w = AUDIENCE_WORDS - 1; w >= 0; w--)
        if (a->word[w] != b->word[w]) return a->word[w] < b->word[w] ? -1 : 1;
    return 0;
}

static int by_place(const void *a, const void *b)
{
    const place_t *x = a, *y = b;
    int sets = compare_sets(&x->in, &y->in);
    return sets ? sets : (x->uses > y->uses) - (x->uses < y->uses);
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

/* People who are alike in both: counted at once. */
static void count_alike(audience_study_t *s, place_t place, int64_t people)
{
    s->in_exactly[audience_set_count(place.in)] += people;
    for (int a = next_in(place.in, 0); a < MAX_AUDIENCES; a = next_in(place.in, a + 1)) {
        audience_size_t *x = &s->audience[a];
        x->size.simulated += people;
        for (uint32_t rest = place.uses; rest; rest &= rest - 1)
            x->on[__builtin_ctz(rest)].simulated += people;
        for (int b = next_in(place.in, a + 1); b < MAX_AUDIENCES; b = next_in(place.in, b + 1)) {
            audience_pair_t *p = pair_of(s, a, b);
            p->both.simulated += people;
            for (uint32_t rest = place.uses; rest; rest &= rest - 1)
                p->both_on[__builtin_ctz(rest)] += people;
        }
    }
}

/* Runs of equal places become patterns; `place` is sorted. */
static void count_places(audience_study_t *s, const place_t *place)
{
    for (size_t from = 0, to; from < s->people; from = to) {
        for (to = from + 1; to < s->people && !by_place(&place[from], &place[to]); to++)
            ;
        int64_t people = (int64_t)(to - from);
        count_alike(s, place[from], people);
        audience_pattern_t *last = s->n_patterns_all ? &s->pattern[s->n_patterns_all - 1] : NULL;
        if (last && !compare_sets(&last->in, &place[from].in))
            last->exactly += people;
        else
            s->pattern[s->n_patterns_all++] =
                (audience_pattern_t){.in = place[from].in, .exactly = people};
    }
}

static size_t count_patterns(const audience_study_t *s, const place_t *place)
{
    size_t n = 1;
    for (size_t i = 1; i < s->people; i++) n += compare_sets(&place[i - 1].in, &place[i].in) != 0;
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
        notices_add(&s->notices, "people are in %zu sets of audiences; the %d largest were kept",
                    s->n_patterns_all, PATTERNS_KEPT);
}

static void take_people(const audience_study_t *s, headcount_t *x)
{
    x->people = s->weight * (double)x->simulated;
}

static void weigh(audience_study_t *s)
{
    for (int a = 0; a < s->n_audiences; a++) {
        take_people(s, &s->audience[a].size);
        for (int p = 0; p < s->scenario->n_platforms; p++) take_people(s, &s->audience[a].on[p]);
    }
    for (size_t k = 0; k < s->n_pairs; k++) {
        audience_pair_t *p = &s->pair[k];
        double in = (double)p->both.simulated, n = (double)s->people;
        int64_t either =
            s->audience[p->a].size.simulated + s->audience[p->b].size.simulated - p->both.simulated;
        take_people(s, &p->both);
        p->both.error =
            s->weight * m_sqrt(in * (n - in) / n); /* cells would only make it smaller */
        p->jaccard = either ? in / (double)either : NAN;
    }
}

/* Sorts the people by what they are in; the order of cells is lost. */
static status_t find_overlaps(census_t *c, error_t *err)
{
    audience_study_t *s = c->study;
    qsort(c->place, s->people, sizeof *c->place, by_place);
    s->pattern = malloc(count_patterns(s, c->place) * sizeof *s->pattern);
    if (!s->pattern) return fail_memory(err, "the overlaps");
    count_places(s, c->place);
    keep_largest(s);
    weigh(s);
    return OK;
}

/* --- opening and closing ---------------------------------------------------------------------- */

static size_t people_wanted(const scenario_t *sc)
{
    if (sc->n_ad_sets || sc->people > 0) return study_people(sc);
    return (size_t)fmin(PEOPLE_WITHOUT_ADS, sc->population->size);
}

static status_t take_census(audience_study_t *s, int threads, error_t *err)
{
    census_t c;
    status_t st = census_init(&c, s, threads, err);
    if (st == OK) {
        parallel_for((s->people + CHUNK - 1) / CHUNK, threads, census_chunk, &c);
        st = census_join(&c, err);
    }
    if (st == OK) st = find_errors(&c, err);
    if (st == OK) st = find_overlaps(&c, err);
    if (st == OK) st = audience_study_exact(s, c.theta, threads, err);
    census_free(&c);
    return st;
}

status_t audience_study_open(audience_study_t *s, const scenario_t *sc, int threads, error_t *err)
{
    *s = (audience_study_t){.scenario = sc, .n_audiences = sc->n_audiences};
    if (!s->n_audiences)
        return fail(err, ERR_INVALID,
                    "the scenario has no audiences: give it audiences: {name: \"age 18-34\"}");
    s->people = people_wanted(sc);
    s->weight = sc->population->size / (double)s->people;
    status_t st = lay_out(s, err);
    return st == OK ? take_census(s, threads, err) : st;
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
