/* labels.c -- labels drawn, and counted without drawing. */
#include "models/audience/labels.h"

#include "models/audience/composition.h"
#include "models/audience/program.h"
#include "models/audience/size.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { YEARS = 122 };

/* Streams of labels are hashes of what is labelled; a trait and an attribute of one name differ. */
static uint32_t stream_of(const char *name, uint32_t kind)
{
    uint64_t hash = name_hash(name) * 0x9e3779b97f4a7c15u + kind;
    return (uint32_t)(hash >> 32) ^ (uint32_t)hash;
}

/* ---- Rates ------------------------------------------------------------------------------------- */

/* The share of people who say yes to one question. */
static double share_of(expression_t *one, const population_spec_t *spec, instruction_t question)
{
    double people;
    question.yes = TARGET_ACCEPT;
    question.no = TARGET_REJECT;
    one->code[0] = question;
    return audience_size_exact(one, spec, &people, NULL) == OK ? people / spec->size : NAN;
}

/* The shares of an attribute's levels, all in one walk. */
static status_t share_levels(labels_t *l, const population_spec_t *spec, int attribute,
                             error_t *err)
{
    double *share = l->share[attribute];
    by_t by = {1, {attribute}};
    status_t status = composition(spec, &by, share, err);
    if (status != OK) return status;
    for (int k = 0; k < spec->attribute[attribute].n_levels; k++) share[k] /= spec->size;
    return OK;
}

status_t labels_init(labels_t *l, const population_spec_t *spec, error_t *err)
{
    memset(l, 0, sizeof *l);
    for (int q = 0; q < spec->n_traits; q++) {
        l->sensitivity[q] = l->specificity[q] = 1;
        l->trait_stream[q] = stream_of(spec->trait[q].name, (uint32_t)spec->trait[q].kind);
    }
    status_t status = OK;
    for (int a = 0; a < spec->n_attributes && status == OK; a++) {
        l->accuracy[a] = 1;
        if (spec->attribute[a].grouping) continue; /* follows the attribute behind it */
        l->attribute_stream[a] = stream_of(spec->attribute[a].name, TRAIT_OWN + 1);
        status = share_levels(l, spec, a, err);
    }
    return status;
}

double labels_prevalence(const population_spec_t *spec, int trait)
{
    expression_t *one = calloc(1, sizeof *one + sizeof(instruction_t));
    if (!one) return NAN;
    one->n = 1;
    instruction_t question = {.question = ASK_TRAITS, .mask = (uint64_t)1 << trait};
    double share = share_of(one, spec, question);
    free(one);
    return share;
}

static bool trait_errs(const labels_t *l, int trait)
{
    return l->sensitivity[trait] < 1 || l->specificity[trait] < 1;
}

bool labels_err(const labels_t *l, const population_spec_t *spec)
{
    for (int q = 0; q < spec->n_traits; q++)
        if (trait_errs(l, q)) return true;
    for (int a = 0; a < spec->n_attributes; a++)
        if (l->accuracy[a] < 1) return true;
    return false;
}

/* How likely, relative to others, a wrong label of a person of level `is` says `said`. */
static double wrong_weight(const labels_t *l, const population_spec_t *spec, int attribute, int is,
                           int said)
{
    if (said == is || (attribute == spec->age && abs(said - is) != 1)) return 0;
    return l->share[attribute][said];
}

static double wrong_weights(const labels_t *l, const population_spec_t *spec, int attribute, int is)
{
    double sum = 0;
    for (int k = 0; k < spec->attribute[attribute].n_levels; k++)
        sum += wrong_weight(l, spec, attribute, is, k);
    return sum;
}

/* P(wrong label says `said`); where there is no other level, even a wrong one is right. */
static double wrong_share(const labels_t *l, const population_spec_t *spec, int attribute, int is,
                          int said)
{
    double all = wrong_weights(l, spec, attribute, is);
    return all > 0 ? wrong_weight(l, spec, attribute, is, said) / all : said == is;
}

double labels_confusion(const labels_t *l, const population_spec_t *spec, int attribute, int is,
                        int said)
{
    double right = l->accuracy[attribute];
    return (said == is ? right : 0) + (1 - right) * wrong_share(l, spec, attribute, is, said);
}

/* The attribute behind groupings: it is what a platform labels. */
static int root_of(const population_spec_t *spec, int attribute)
{
    while (spec->attribute[attribute].grouping) attribute = spec->attribute[attribute].of;
    return attribute;
}

/* The level of an attribute, or grouping, that a level of the one behind it belongs to. */
static int level_of(const population_spec_t *spec, int attribute, int root_level)
{
    const attribute_t *x = &spec->attribute[attribute];
    return x->grouping ? x->group[level_of(spec, x->of, root_level)] : root_level;
}

/* The band of an age in years. */
static int band_of(const population_spec_t *spec, int years)
{
    const attribute_t *bands = &spec->attribute[spec->age];
    int band = 0;
    while (band + 1 < bands->n_levels && years > bands->high_years[band]) band++;
    return band;
}

/* ---- Draws ------------------------------------------------------------------------------------- */

static rng_block_t label_luck(const vendor_t *v, size_t person, uint32_t stream)
{
    return rng_at(v->key, DRAW_LABEL, v->placement, 0, person | v->high, v->replication, stream);
}

bool label_of_trait(const labels_t *l, const vendor_t *v, const population_t *pop, size_t person,
                    int trait)
{
    bool has = pop->traits[population_at(pop, person)] >> trait & 1;
    if (!trait_errs(l, trait)) return has;
    double u = rng_unit(label_luck(v, person, l->trait_stream[trait]), 0);
    return u < (has ? l->sensitivity[trait] : 1 - l->specificity[trait]);
}

/* The level that a wrong label says at a uniform u. */
static int wrong_level(const labels_t *l, const population_spec_t *spec, int attribute, int is,
                       double u)
{
    double left = u * wrong_weights(l, spec, attribute, is);
    int said = is;
    for (int k = 0; k < spec->attribute[attribute].n_levels; k++) {
        double weight = wrong_weight(l, spec, attribute, is, k);
        if (!(weight > 0)) continue;
        said = k;
        if ((left -= weight) < 0) break;
    }
    return said;
}

/* The label of an attribute that is no grouping. */
static int label_of_root(const labels_t *l, const vendor_t *v, const population_t *pop,
                         size_t person, int root)
{
    int is = pop->level[root][population_at(pop, person)];
    if (root == pop->spec->age) return band_of(pop->spec, label_of_age(l, v, pop, person));
    rng_block_t luck = label_luck(v, person, l->attribute_stream[root]);
    if (rng_unit(luck, 0) < l->accuracy[root]) return is;
    return wrong_level(l, pop->spec, root, is, rng_unit(luck, 1));
}

int label_of_attribute(const labels_t *l, const vendor_t *v, const population_t *pop, size_t person,
                       int attribute)
{
    int root = root_of(pop->spec, attribute);
    if (l->accuracy[root] >= 1) return pop->level[attribute][population_at(pop, person)];
    return level_of(pop->spec, attribute, label_of_root(l, v, pop, person, root));
}

int label_of_age(const labels_t *l, const vendor_t *v, const population_t *pop, size_t person)
{
    int age = pop->spec->age;
    if (l->accuracy[age] >= 1) return pop->age_years[population_at(pop, person)];
    rng_block_t luck = label_luck(v, person, l->attribute_stream[age]);
    double right = rng_unit(luck, 0);
    if (right < l->accuracy[age]) return pop->age_years[population_at(pop, person)];
    const attribute_t *bands = &pop->spec->attribute[age];
    int band = wrong_level(l, pop->spec, age, pop->level[age][population_at(pop, person)],
                           rng_unit(luck, 1));
    /* What the first uniform has left over places her within the band. */
    double within = (right - l->accuracy[age]) / (1 - l->accuracy[age]);
    int low = bands->low_years[band], high = bands->high_years[band];
    return low + (int)(within * (high - low + 1));
}

static bool any_label(const labels_t *l, const vendor_t *v, const population_t *pop, size_t person,
                      uint64_t mask)
{
    for (; mask; mask &= mask - 1)
        if (label_of_trait(l, v, pop, person, __builtin_ctzll(mask))) return true;
    return false;
}

static bool answer(const labels_t *l, const vendor_t *v, const instruction_t *q,
                   const population_t *pop, size_t person)
{
    int years;
    switch ((question_t)q->question) {
    case ASK_AGE:
        years = label_of_age(l, v, pop, person);
        return years >= q->low_years && years <= q->high_years;
    case ASK_LEVEL: return q->mask >> label_of_attribute(l, v, pop, person, q->attribute) & 1;
    case ASK_TRAITS: return any_label(l, v, pop, person, q->mask);
    case ASK_USES: return (q->mask & pop->uses[population_at(pop, person)]) != 0;
    case ASK_CUSTOMER: return pop->customer[population_at(pop, person)] != 0;
    }
    return false;
}

bool labels_match(const labels_t *l, const vendor_t *v, const expression_t *e,
                  const population_t *pop, size_t person)
{
    int32_t at = e->entry;
    while (at >= 0) at = answer(l, v, &e->code[at], pop, person) ? e->code[at].yes : e->code[at].no;
    return at == TARGET_ACCEPT;
}

/* ---- Closed form -------------------------------------------------------------------------------
 *
 * Labels become traits and attributes of a population of their own. The label of trait T is "T ? A : B"
 * with two independent traits A, held by `sensitivity` of all, and B, held by 1 - specificity. The
 * label of an attribute is an attribute drawn given the true one; only what the conditions tell apart
 * is kept of its levels. The label of an age is the true age if the trait "right" holds, otherwise an
 * attribute drawn given the band: which of the stretches of years that the conditions tell apart. */

typedef struct {
    const labels_t *l;
    const population_spec_t *from;
    population_spec_t *to;
    /* in `to`; -1 = is not there */
    int trait[POP_TRAITS], if_yes[POP_TRAITS], if_no[POP_TRAITS]; /* by trait of `from` */
    int label[POP_ATTRIBUTES];                                    /* by attribute of `from` */
    int right_age;
    int kind[POP_ATTRIBUTES][YEARS]; /* of a level, or a year of age: what conditions tell apart */
    int kinds[POP_ATTRIBUTES];
    expression_t *program; /* over `to` */
    int32_t capacity;
    status_t status; /* what could not be added, and why */
    error_t *err;
} widened_t;

static int add_trait(widened_t *w, const double *share, double of_all)
{
    population_spec_t *to = w->to;
    if (to->n_traits == POP_TRAITS) {
        w->status = fail(w->err, ERR_INVALID,
                         "it asks for more than %d traits and labels of traits", POP_TRAITS);
        return -1;
    }
    trait_t *t = &to->trait[to->n_traits];
    *t = (trait_t){.name = "label", .kind = TRAIT_OWN};
    for (int g = 0; g < to->n_classes; g++) t->share[g] = share ? share[g] : of_all;
    return to->n_traits++;
}

static void add_asked_traits(widened_t *w, uint64_t asked, bool labelled)
{
    for (; asked; asked &= asked - 1) {
        int t = __builtin_ctzll(asked);
        if (w->trait[t] < 0) w->trait[t] = add_trait(w, w->from->trait[t].share, 0);
        if (!labelled || !trait_errs(w->l, t) || w->if_yes[t] >= 0) continue;
        w->if_yes[t] = add_trait(w, NULL, w->l->sensitivity[t]);
        w->if_no[t] = add_trait(w, NULL, 1 - w->l->specificity[t]);
    }
}

/* What a question asks of a labelled attribute: which levels, or years of age, say yes. */
typedef struct {
    int attribute; /* no grouping; -1 = it asks of no attribute */
    int n;
    bool yes[YEARS];
} asked_t;

static asked_t asked_of(const population_spec_t *spec, const instruction_t *q)
{
    asked_t a = {.attribute = -1};
    if (q->question != ASK_AGE && q->question != ASK_LEVEL) return a;
    a.attribute = q->question == ASK_AGE ? spec->age : root_of(spec, q->attribute);
    a.n = a.attribute == spec->age ? YEARS : POP_LEVELS;
    for (int k = 0; k < a.n; k++)
        if (q->question == ASK_AGE) {
            a.yes[k] = k >= q->low_years && k <= q->high_years;
        } else if (a.attribute == spec->age || k < spec->attribute[a.attribute].n_levels) {
            int level = a.attribute == spec->age ? band_of(spec, k) : k;
            a.yes[k] = q->mask >> level_of(spec, q->attribute, level) & 1;
        }
    return a;
}

/* Splits the kinds of an attribute's levels (or years) at one more question. */
static void tell_apart(widened_t *w, const asked_t *asked)
{
    int *kind = w->kind[asked->attribute], split[2 * YEARS], kinds = 0;
    for (int k = 0; k < 2 * YEARS; k++) split[k] = -1;
    for (int k = 0; k < asked->n; k++) {
        int *to = &split[2 * kind[k] + asked->yes[k]];
        if (*to < 0) *to = kinds++;
        kind[k] = *to;
    }
    w->kinds[asked->attribute] = kinds;
}

static void note_questions(widened_t *w, const condition_t *c)
{
    for (int32_t i = 0; c->audience && i < c->audience->n; i++) {
        const instruction_t *q = &c->audience->code[i];
        if (q->question == ASK_TRAITS) add_asked_traits(w, q->mask, c->labelled);
        asked_t asked = c->labelled ? asked_of(w->from, q) : (asked_t){.attribute = -1};
        if (asked.attribute >= 0 && w->l->accuracy[asked.attribute] < 1) tell_apart(w, &asked);
    }
}

/* P(label is of this kind | true level), of ages that were taken for another band's. */
static double kind_share(const widened_t *w, int a, int is, int kind)
{
    const attribute_t *x = &w->from->attribute[a];
    double sum = 0;
    for (int said = 0; said < x->n_levels; said++) {
        if (a != w->from->age) {
            if (w->kind[a][said] == kind) sum += labels_confusion(w->l, w->from, a, is, said);
            continue;
        }
        int years = 0, low = x->low_years[said], high = x->high_years[said];
        for (int y = low; y <= high; y++) years += w->kind[a][y] == kind;
        sum += wrong_share(w->l, w->from, a, is, said) * years / (high - low + 1);
    }
    return sum;
}

/* The label of an attribute, drawn given the true level. */
static void add_attribute(widened_t *w, int a)
{
    population_spec_t *to = w->to;
    int levels = w->from->attribute[a].n_levels, kinds = w->kinds[a], at = to->n_attributes;
    if (at == POP_ATTRIBUTES || kinds > POP_LEVELS) {
        w->status = fail(w->err, ERR_INVALID,
                         "its labels need more than %d attributes or %d kinds of levels",
                         POP_ATTRIBUTES, POP_LEVELS);
        return;
    }
    attribute_t *x = &to->attribute[at];
    *x = (attribute_t){.name = "label", .n_levels = kinds, .by = {1, {a}}};
    x->share = malloc((size_t)(levels * kinds) * sizeof *x->share);
    if (!x->share) {
        w->status = fail_memory(w->err, "the labels of an audience");
        return;
    }
    for (int l = 0; l < levels; l++)
        for (int k = 0; k < kinds; k++) x->share[l * kinds + k] = kind_share(w, a, l, k);
    for (int k = 0; k < kinds; k++)
        for (int g = 0; g < to->n_classes; g++) to->class_effect[at][k][g] = 1;
    to->n_attributes++;
    w->label[a] = at;
    if (a == w->from->age) w->right_age = add_trait(w, NULL, w->l->accuracy[a]);
}

static int32_t emit(widened_t *w, instruction_t instruction)
{
    expression_t *p = w->program;
    if (p->n == w->capacity) {
        int32_t capacity = 2 * w->capacity;
        p = realloc(p, sizeof *p + (size_t)capacity * sizeof(instruction_t));
        if (!p) {
            w->status = fail_memory(w->err, "the labels of an audience");
            return TARGET_REJECT;
        }
        w->program = p;
        w->capacity = capacity;
    }
    p->code[p->n] = instruction;
    return p->n++;
}

static int32_t ask_trait(widened_t *w, int trait, int32_t yes, int32_t no)
{
    instruction_t q = {.question = ASK_TRAITS, .yes = yes, .no = no, .mask = (uint64_t)1 << trait};
    return emit(w, q);
}

/* Any of several traits, one after the other. */
static int32_t ask_traits(widened_t *w, const instruction_t *q, bool labelled, int32_t yes,
                          int32_t no)
{
    int32_t next = no;
    for (uint64_t rest = q->mask; rest; rest &= rest - 1) {
        int t = __builtin_ctzll(rest);
        if (labelled && trait_errs(w->l, t)) {
            int32_t if_yes = ask_trait(w, w->if_yes[t], yes, next);
            int32_t if_no = ask_trait(w, w->if_no[t], yes, next);
            next = ask_trait(w, w->trait[t], if_yes, if_no);
        } else {
            next = ask_trait(w, w->trait[t], yes, next);
        }
    }
    return next;
}

static int32_t ask(widened_t *w, instruction_t q, bool labelled)
{
    if (q.question == ASK_TRAITS) return ask_traits(w, &q, labelled, q.yes, q.no);
    asked_t asked = labelled ? asked_of(w->from, &q) : (asked_t){.attribute = -1};
    int attribute = asked.attribute;
    if (attribute < 0 || !(w->l->accuracy[attribute] < 1)) return emit(w, q);
    instruction_t label = {
        .question = ASK_LEVEL, .attribute = (uint8_t)w->label[attribute], .yes = q.yes, .no = q.no};
    for (int k = 0; k < asked.n; k++)
        if (asked.yes[k]) label.mask |= (uint64_t)1 << w->kind[attribute][k];
    int32_t wrong = emit(w, label);
    return attribute == w->from->age ? ask_trait(w, w->right_age, emit(w, q), wrong) : wrong;
}

static int32_t moved(const int32_t *to, int32_t target, int32_t accept)
{
    if (target == TARGET_ACCEPT) return accept;
    return target == TARGET_REJECT ? TARGET_REJECT : to[target];
}

/* Writes one condition down; whoever meets it goes on at `accept`. Returns where it begins. */
static int32_t write_condition(widened_t *w, const condition_t *c, int32_t accept)
{
    const expression_t *e = c->audience;
    if (!e) return accept;
    int32_t *to = malloc(((size_t)e->n + 1) * sizeof *to);
    if (!to) {
        w->status = fail_memory(w->err, "the labels of an audience");
        return TARGET_REJECT;
    }
    for (int32_t i = 0; i < e->n && w->status == OK; i++) {
        instruction_t q = e->code[i];
        q.yes = moved(to, q.yes, accept);
        q.no = moved(to, q.no, accept);
        to[i] = ask(w, q, c->labelled);
    }
    int32_t entry = w->status != OK ? TARGET_REJECT : moved(to, e->entry, accept);
    free(to);
    return entry;
}

static status_t widen(widened_t *w, const condition_t *condition, int n)
{
    enum { FIRST = 64 };
    w->right_age = -1;
    for (int t = 0; t < POP_TRAITS; t++) w->trait[t] = w->if_yes[t] = w->if_no[t] = -1;
    for (int a = 0; a < POP_ATTRIBUTES; a++) w->label[a] = -1;
    w->program = calloc(1, sizeof *w->program + FIRST * sizeof(instruction_t));
    w->to = malloc(sizeof *w->to);
    if (w->to) *w->to = *w->from;
    if (!w->program || !w->to) return fail_memory(w->err, "the labels of an audience");
    w->capacity = FIRST;
    if (!w->from->recorded) w->to->n_traits = 0;
    for (int t = 0; t < w->to->n_traits; t++)
        w->trait[t] = t; /* rows tell traits by their numbers */
    for (int k = 0; k < n; k++) note_questions(w, &condition[k]);
    for (int a = 0; a < w->from->n_attributes && w->status == OK; a++)
        if (w->kinds[a]) add_attribute(w, a);
    int32_t entry = TARGET_ACCEPT;
    for (int k = n - 1; k >= 0 && w->status == OK; k--)
        entry = write_condition(w, &condition[k], entry);
    w->program->entry = entry;
    return w->status;
}

status_t labels_people(const labels_t *l, const population_spec_t *spec,
                       const condition_t *condition, int n, double *people, error_t *err)
{
    widened_t w = {.l = l, .from = spec, .err = err};
    status_t st = widen(&w, condition, n);
    if (st == OK) st = audience_size_exact(w.program, w.to, people, err);
    for (int a = spec->n_attributes; w.to && a < w.to->n_attributes; a++)
        free(w.to->attribute[a].share);
    free(w.to);
    free(w.program);
    return st;
}

status_t labels_size(const labels_t *l, const population_spec_t *spec, const expression_t *audience,
                     labelled_t *out, error_t *err)
{
    const condition_t both[] = {{audience, true}, {audience, false}};
    status_t st = labels_people(l, spec, &both[0], 1, &out->labelled, err);
    if (st == OK) st = labels_people(l, spec, &both[1], 1, &out->truth, err);
    if (st == OK) st = labels_people(l, spec, both, 2, &out->both, err);
    return st;
}
