/* size.c -- sums the probability of an audience over everything a person can be. */
#include "models/audience/size.h"

#include "models/audience/composition.h"
#include "models/audience/program.h"
#include "models/audience/recorded.h"
#include "models/base/maths.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    STEPS_MOST = 20 * 1000 * 1000,
    ROWS_MOST = 4 * 1000 * 1000, /* kinds of people that the question tells apart */
    KINDS_FEW = 1024,
    YEARS = 122,
    KEPT = 64,          /* probabilities of sets of platforms that are kept */
    NORMAL2_STEPS = 10, /* what a bivariate normal probability costs */
    DECIDED_MOST = 6    /* platforms at once: each beyond the second costs a factor of 40 */
};

/* Below this a standard normal has 4e-11 of its people. */
#define NORMAL_END (-6.5)
#define PANEL_WIDTH 4.0

typedef enum { UNKNOWN, NO, YES } answer_t;

/* P(all of `yes` and none of `no` used), worked out for this kind of person. */
typedef struct {
    uint64_t yes, no;
    double chance;
} kept_t;

/* A kind of person, and what is already known of her. */
typedef struct {
    const expression_t *e;
    const population_spec_t *spec;
    uint64_t traits_asked, uses_asked;
    bool age_asked, customer_asked, class_asked;
    bool asked[POP_ATTRIBUTES]; /* the answers depend on its level */
    bool exact[POP_ATTRIBUTES]; /* ... on which of them it is, not only on what is asked of it */
    level_kinds_t kinds[POP_ATTRIBUTES];
    bool class_by[POP_ATTRIBUTES]; /* her class does */
    bool cut[YEARS];               /* an asked age range begins at this year */
    double threshold[POP_PLATFORMS];
    kept_t kept[KEPT];

    int level[POP_ATTRIBUTES + 1];
    int years;
    uint64_t traits_yes, traits_no, uses_yes, uses_no;
    uint64_t recorded_uses, recorded_no_uses; /* of the asked ones; known, not drawn */
    double decided;                           /* P(uses_yes and not uses_no) */
    answer_t customer;
    long steps;
} summary_t;

/* ---- What the program asks ---------------------------------------------------------------------- */

static void note_questions(summary_t *s)
{
    for (int32_t i = 0; i < s->e->n; i++) {
        const instruction_t *q = &s->e->code[i];
        if (q->question == ASK_LEVEL) s->asked[q->attribute] = true;
        if (q->question == ASK_TRAITS) s->traits_asked |= q->mask;
        if (q->question == ASK_USES) s->uses_asked |= q->mask;
        if (q->question == ASK_CUSTOMER) s->customer_asked = true;
        if (q->question != ASK_AGE) continue;
        s->age_asked = s->asked[s->spec->age] = s->exact[s->spec->age] = true;
        s->cut[q->low_years] = s->cut[q->high_years + 1] = true;
    }
}

static void note_by(summary_t *s, const by_t *by)
{
    for (int k = 0; k < by->n; k++) {
        if (by->attribute[k] == BY_CLASS)
            s->class_asked = true;
        else
            s->asked[by->attribute[k]] = s->exact[by->attribute[k]] = true;
    }
}

/* Attributes that matter: asked for, or behind a class, a platform or a purchase that is. */
static void note_all(summary_t *s)
{
    const population_spec_t *spec = s->spec;
    note_questions(s);
    s->class_asked = s->traits_asked != 0;
    if (s->customer_asked && spec->customer_share) note_by(s, &spec->customer_by);
    for (int p = 0; p < spec->n_platforms; p++)
        if (s->uses_asked >> p & 1) note_by(s, &spec->platform[p].by);
    for (int a = 0; a < spec->n_attributes && s->class_asked && spec->n_classes > 1; a++)
        if (class_depends_on(spec, a)) s->asked[a] = s->exact[a] = s->class_by[a] = true;
}

/* Splits the kinds of levels of an attribute by whether they are in the mask. */
static void split_kinds(level_kinds_t *kinds, int n_levels, uint64_t mask)
{
    int out_of[POP_LEVELS], in_of[POP_LEVELS], n = 0; /* new kinds of each old one; -1: none yet */
    for (int k = 0; k < n_levels; k++) out_of[k] = in_of[k] = -1;
    for (int l = 0; l < n_levels; l++) {
        int *to = mask >> l & 1 ? &in_of[kinds->of[l]] : &out_of[kinds->of[l]];
        if (*to < 0) {
            kinds->first[n] = (uint8_t)l;
            *to = n++;
        }
        kinds->of[l] = (uint8_t)*to;
    }
    kinds->n = n;
}

/* Levels that answer every question alike, where nothing else depends on the level, are one kind. */
static void note_kinds(summary_t *s)
{
    for (int a = 0; a < s->spec->n_attributes; a++) {
        int n_levels = s->spec->attribute[a].n_levels;
        if (!s->asked[a]) continue;
        split_kinds(&s->kinds[a], n_levels, 0);
        for (int32_t i = 0; i < s->e->n; i++)
            if (s->e->code[i].question == ASK_LEVEL && s->e->code[i].attribute == a)
                split_kinds(&s->kinds[a], n_levels, s->e->code[i].mask);
        for (int l = 0; l < n_levels && s->exact[a]; l++)
            s->kinds[a].of[l] = s->kinds[a].first[l] = (uint8_t)l;
        if (s->exact[a]) s->kinds[a].n = n_levels;
    }
}

/* ---- Platforms ---------------------------------------------------------------------------------- */

/* P(z_i < below_i for all i) of n standard normals with correlations r. */
typedef struct {
    int n;
    double below[DECIDED_MOST];
    double r[DECIDED_MOST][DECIDED_MOST];
} orthant_t;

static double orthant(summary_t *s, const orthant_t *o);

/* The rest of them, given that the first is z. */
typedef struct {
    summary_t *s;
    const orthant_t *all;
    double slope[DECIDED_MOST], spread[DECIDED_MOST];
    orthant_t rest;
} given_first_t;

static double given_first(double z, const void *context)
{
    const given_first_t *g = context;
    orthant_t rest = g->rest;
    for (int i = 0; i < rest.n; i++)
        rest.below[i] = (g->all->below[i + 1] - g->slope[i] * z) / g->spread[i];
    return normal_density(z) * orthant(g->s, &rest);
}

static double orthant(summary_t *s, const orthant_t *o)
{
    if (o->n == 1) return normal_cdf(o->below[0]);
    s->steps += NORMAL2_STEPS;
    if (o->n == 2) return normal2_cdf(o->below[0], o->below[1], o->r[0][1]);
    if (s->steps > STEPS_MOST || o->below[0] <= NORMAL_END) return 0;
    given_first_t g = {.s = s, .all = o, .rest.n = o->n - 1};
    for (int i = 0; i < g.rest.n; i++) {
        g.slope[i] = o->r[0][i + 1];
        g.spread[i] = sqrt(1 - g.slope[i] * g.slope[i]);
    }
    for (int i = 0; i < g.rest.n; i++)
        for (int j = 0; j < g.rest.n; j++)
            g.rest.r[i][j] =
                (o->r[i + 1][j + 1] - g.slope[i] * g.slope[j]) / (g.spread[i] * g.spread[j]);
    double high = fmin(o->below[0], -NORMAL_END);
    int panels = (int)ceil((high - NORMAL_END) / PANEL_WIDTH);
    return integral(given_first, &g, NORMAL_END, high, panels);
}

/* P(all of `yes`, none of `no`): not using is a normal with its sign changed. */
static double chance_of_uses(summary_t *s, uint64_t yes, uint64_t no)
{
    orthant_t o = {.n = 0};
    int platform[DECIDED_MOST];
    for (int p = 0; p < s->spec->n_platforms; p++) {
        bool in = yes >> p & 1, out = no >> p & 1;
        double below = out ? -s->threshold[p] : s->threshold[p];
        if ((!in && !out) || below == INFINITY) continue;
        if (below == -INFINITY) return 0;
        if (o.n == DECIDED_MOST) {
            s->steps = STEPS_MOST + 1;
            return 0;
        }
        platform[o.n] = p;
        o.below[o.n++] = below;
    }
    for (int i = 0; i < o.n; i++)
        for (int j = 0; j < o.n; j++) {
            bool opposed = (yes >> platform[i] ^ yes >> platform[j]) & 1;
            double r = s->spec->use_correlation[platform[i]][platform[j]];
            o.r[i][j] = i == j ? 1 : opposed ? -r : r;
        }
    return o.n == 0 ? 1 : orthant(s, &o);
}

static double kept_chance(summary_t *s, uint64_t yes, uint64_t no)
{
    kept_t *kept = &s->kept[(yes * 31 + no * 17) % KEPT];
    if (kept->yes != yes || kept->no != no || kept->chance < 0)
        *kept = (kept_t){yes, no, chance_of_uses(s, yes, no)};
    return kept->chance;
}

static void set_thresholds(summary_t *s)
{
    const population_spec_t *spec = s->spec;
    for (int p = 0; p < spec->n_platforms; p++) {
        if (!(s->uses_asked >> p & 1)) continue;
        double share = spec->platform[p].share[by_row(spec, &spec->platform[p].by, s->level)];
        s->threshold[p] = share <= 0 ? -INFINITY : share >= 1 ? INFINITY : normal_quantile(share);
    }
    for (int k = 0; k < KEPT; k++) s->kept[k].chance = -1;
}

/* ---- Sums --------------------------------------------------------------------------------------- */

static double reach(summary_t *s, int32_t at);

/* Splits on one undecided trait: with chance p its bit joins those she has. */
static double split_trait(summary_t *s, int32_t at, int trait)
{
    double p = s->spec->trait[trait].share[s->level[BY_CLASS]], sum = 0;
    uint64_t bit = (uint64_t)1 << trait;
    s->traits_yes |= bit;
    if (p > 0) sum += p * reach(s, at);
    s->traits_yes &= ~bit;
    s->traits_no |= bit;
    if (p < 1) sum += (1 - p) * reach(s, at);
    s->traits_no &= ~bit;
    return sum;
}

/* The same of a platform, given the platforms that are decided. */
static double split_use(summary_t *s, int32_t at, int platform)
{
    double before = s->decided, sum = 0;
    uint64_t bit = (uint64_t)1 << platform;
    if (!(before > 0)) return 0;
    double with = fmin(kept_chance(s, s->uses_yes | bit, s->uses_no), before);
    s->decided = with;
    s->uses_yes |= bit;
    if (with > 0) sum += with / before * reach(s, at);
    s->uses_yes &= ~bit;
    s->decided = before - with;
    s->uses_no |= bit;
    if (with < before) sum += (before - with) / before * reach(s, at);
    s->uses_no &= ~bit;
    s->decided = before;
    return sum;
}

static double split_customer(summary_t *s, int32_t at)
{
    const population_spec_t *spec = s->spec;
    double p = spec->customer_share
                   ? spec->customer_share[by_row(spec, &spec->customer_by, s->level)]
                   : spec->existing_customers;
    s->customer = YES;
    double sum = p * reach(s, at);
    s->customer = NO;
    sum += (1 - p) * reach(s, at);
    s->customer = UNKNOWN;
    return sum;
}

static int lowest_bit(uint64_t set)
{
    return __builtin_ctzll(set);
}

static answer_t any_of(uint64_t mask, uint64_t yes, uint64_t no)
{
    if (mask & yes) return YES;
    return mask & ~no ? UNKNOWN : NO;
}

static answer_t known(const summary_t *s, const instruction_t *q)
{
    bool yes = false;
    switch ((question_t)q->question) {
    case ASK_AGE: yes = s->years >= q->low_years && s->years <= q->high_years; break;
    case ASK_LEVEL: yes = q->mask >> s->level[q->attribute] & 1; break;
    case ASK_TRAITS: return any_of(q->mask, s->traits_yes, s->traits_no);
    case ASK_USES:
        return any_of(q->mask, s->uses_yes | s->recorded_uses, s->uses_no | s->recorded_no_uses);
    case ASK_CUSTOMER: return s->customer;
    }
    return yes ? YES : NO;
}

/* P(accepted | what is known) from an instruction or a target on. */
static double reach(summary_t *s, int32_t at)
{
    const instruction_t *code = s->e->code;
    while (at >= 0) {
        if (++s->steps > STEPS_MOST) return 0;
        const instruction_t *q = &code[at];
        answer_t answer = known(s, q);
        if (answer == UNKNOWN && q->question == ASK_CUSTOMER) return split_customer(s, at);
        if (answer == UNKNOWN && q->question == ASK_TRAITS)
            return split_trait(s, at, lowest_bit(q->mask & ~s->traits_no));
        if (answer == UNKNOWN)
            return split_use(s, at, lowest_bit(q->mask & ~(s->uses_no | s->recorded_no_uses)));
        at = answer == YES ? q->yes : q->no;
    }
    return at == TARGET_ACCEPT;
}

static double over_classes(summary_t *s)
{
    const population_spec_t *spec = s->spec;
    double chance[POP_CLASSES], sum = 0;
    s->level[BY_CLASS] = 0;
    if (!s->class_asked || spec->n_classes < 2) return reach(s, s->e->entry);
    class_chances(spec, s->level, s->class_by, chance);
    for (int g = 0; g < spec->n_classes; g++) {
        s->level[BY_CLASS] = g;
        if (chance[g] > 0) sum += chance[g] * reach(s, s->e->entry);
    }
    return sum;
}

/* Years between two cuts answer every question alike. */
static double over_years(summary_t *s)
{
    bool recorded = s->spec->recorded && s->spec->recorded->age_years;
    if (!s->age_asked || recorded) return over_classes(s);
    const attribute_t *age = &s->spec->attribute[s->spec->age];
    int low = age->low_years[s->level[s->spec->age]],
        high = age->high_years[s->level[s->spec->age]];
    double sum = 0;
    for (int from = low, to; from <= high; from = to) {
        for (to = from + 1; to <= high && !s->cut[to]; to++)
            ;
        s->years = from;
        sum += (to - from) * over_classes(s);
    }
    return sum / (high - low + 1);
}

/* ---- Kinds of people ---------------------------------------------------------------------------- */

/* Real people by the kinds of levels of the asked attributes, which alone tell people apart. */
typedef struct {
    const summary_t *s;
    double *people;
    size_t n;
    double
        few[KINDS_FEW]; /* holds them when they are few: most sizes need no memory of their own */
} kinds_t;

static void add_kind(void *context, const int *level, double people)
{
    kinds_t *k = context;
    size_t at = 0;
    for (int a = 0; a < k->s->spec->n_attributes; a++)
        if (k->s->asked[a]) at = at * (size_t)k->s->kinds[a].n + k->s->kinds[a].of[level[a]];
    k->people[at] += people;
}

static status_t kinds_init(kinds_t *k, const summary_t *s, error_t *err)
{
    k->s = s;
    k->people = NULL;
    k->n = 1;
    for (int a = 0; a < s->spec->n_attributes; a++) {
        if (s->asked[a]) k->n *= (size_t)s->kinds[a].n;
        if (k->n > ROWS_MOST)
            return fail(err, ERR_INVALID, "it tells more than %d kinds of people apart", ROWS_MOST);
    }
    if (k->n <= KINDS_FEW)
        k->people = memset(k->few, 0, k->n * sizeof *k->few);
    else
        k->people = calloc(k->n, sizeof *k->people);
    if (!k->people) return fail_memory(err, "the kinds of people in an audience");
    return composition_walk(s->spec, s->asked, s->kinds, add_kind, k, err);
}

static void set_kind(summary_t *s, size_t kind)
{
    for (int a = s->spec->n_attributes - 1; a >= 0; a--) {
        if (!s->asked[a]) continue;
        s->level[a] = s->kinds[a].first[kind % (size_t)s->kinds[a].n];
        kind /= (size_t)s->kinds[a].n;
    }
}

/* ---- Recorded people ---------------------------------------------------------------------------- */

typedef struct {
    summary_t *s;
    double sum;
} part_t;

static void add_part(void *context, const int *level, double people)
{
    part_t *p = context;
    memcpy(p->s->level, level, POP_ATTRIBUTES * sizeof *level);
    set_thresholds(p->s);
    if (p->s->steps <= STEPS_MOST) p->sum += people * over_years(p->s);
}

/* What was recorded of a row and is asked for is known. */
static void set_row(summary_t *s, size_t row)
{
    const recorded_t *r = s->spec->recorded;
    uint64_t traits = s->traits_asked & r->form.traits, uses = s->uses_asked & r->form.uses;
    s->traits_yes = traits ? r->traits[row] & traits : 0;
    s->traits_no = traits & ~s->traits_yes;
    s->recorded_uses = uses ? r->uses[row] & uses : 0;
    s->recorded_no_uses = uses & ~s->recorded_uses;
    if (r->age_years) s->years = r->age_years[row];
    if (r->customer) s->customer = r->customer[row] ? YES : NO;
}

/* Rows alike in what is asked count at once; what is drawn of them is summed as ever. */
static status_t size_recorded(summary_t *s, double *people, error_t *err)
{
    const population_spec_t *spec = s->spec;
    bool needed[POP_ATTRIBUTES];
    memcpy(needed, s->asked, sizeof needed);
    composition_needs(spec, needed);
    recorded_ask_t ask = {.years = s->age_asked,
                          .customer = s->customer_asked,
                          .traits = s->traits_asked,
                          .uses = s->uses_asked};
    memcpy(ask.attribute, needed, sizeof ask.attribute);
    size_t n;
    part_t part = {s, 0};
    recorded_kind_t *kind = recorded_kinds(spec->recorded, &ask, &n);
    status_t st = kind ? OK : fail_memory(err, "the kinds of recorded people in an audience");
    for (size_t k = 0; st == OK && k < n && s->steps <= STEPS_MOST; k++) {
        set_row(s, kind[k].row);
        st =
            composition_walk_row(spec, s->asked, kind[k].row, kind[k].people, add_part, &part, err);
    }
    free(kind);
    *people = part.sum;
    return st;
}

static status_t size_drawn(summary_t *s, double *people, error_t *err)
{
    kinds_t kinds;
    note_kinds(s);
    status_t st = kinds_init(&kinds, s, err);
    *people = 0;
    for (size_t k = 0; st == OK && k < kinds.n && s->steps <= STEPS_MOST; k++) {
        if (!(kinds.people[k] > 0)) continue;
        set_kind(s, k);
        set_thresholds(s);
        *people += kinds.people[k] * over_years(s);
    }
    if (kinds.n > KINDS_FEW) free(kinds.people);
    return st;
}

status_t audience_size_exact(const expression_t *e, const population_spec_t *spec, double *people,
                             error_t *err)
{
    summary_t s = {.e = e, .spec = spec, .decided = 1};
    double sum;
    note_all(&s);
    status_t st = spec->recorded ? size_recorded(&s, &sum, err) : size_drawn(&s, &sum, err);
    if (st == OK && s.steps > STEPS_MOST)
        st = fail(err, ERR_INVALID, "it asks for too many platforms or traits at once");
    if (st == OK) *people = sum;
    return st;
}
