/* labels.c -- `labels` of a platform: how often what it believes of people is wrong.
 *
 * {interests: RATES, behaviours: RATES, traits: RATES, attributes: RATES, NAME: RATES, ...}: groups first,
 * then single attributes and traits by name, which replace what their group says. RATES of a yes/no
 * trait are {sensitivity, specificity} or {sensitivity, ppv, prevalence}, of an attribute {accuracy}. */
#include "models/audience/labels.h"
#include "models/audience/targeting.h"
#include "models/base/nearest.h"
#include "sim/config/characters.h"
#include "sim/config/reader.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Of one entry; NAN = not given. */
typedef struct {
    double sensitivity, specificity, ppv, prevalence, accuracy;
} rates_t;

/* What an entry speaks of. */
typedef enum { OF_NOTHING, OF_TRAITS, OF_ATTRIBUTES } subject_kind_t;
typedef struct {
    subject_kind_t kind;
    bool group;
    uint64_t set; /* bits of traits or attributes */
} subject_t;

typedef struct {
    reader_t *r;
    const population_spec_t *spec;
    const key_row_t *row; /* of `labels` */
    labels_t *labels;
} entries_t;

/* --- what is meant ----------------------------------------------------------------------------- */

static uint64_t traits_of_kind(const population_spec_t *spec, trait_kind_t kind)
{
    uint64_t set = 0;
    for (int q = 0; q < spec->n_traits; q++) set |= (uint64_t)(spec->trait[q].kind == kind) << q;
    return set;
}

static subject_t group_named(const entries_t *e, const char *name)
{
    const key_row_t *group = section_find(e->row->section, name);
    if (!group) return (subject_t){0};
    if (!strcmp(group->name, "attributes"))
        return (subject_t){OF_ATTRIBUTES, true, ((uint64_t)1 << e->spec->n_attributes) - 1};
    trait_kind_t kind = !strcmp(group->name, "interests")    ? TRAIT_INTEREST
                        : !strcmp(group->name, "behaviours") ? TRAIT_BEHAVIOUR
                                                             : TRAIT_OWN;
    return (subject_t){OF_TRAITS, true, traits_of_kind(e->spec, kind)};
}

static subject_t subject_named(const entries_t *e, const char *name)
{
    subject_t found = group_named(e, name);
    if (found.kind) return found;
    for (int a = 0; a < e->spec->n_attributes; a++)
        if (expression_same_name(name, e->spec->attribute[a].name))
            return (subject_t){OF_ATTRIBUTES, false, (uint64_t)1 << a};
    for (int q = 0; q < e->spec->n_traits; q++)
        if (expression_same_name(name, e->spec->trait[q].name)) {
            found.kind = OF_TRAITS;
            found.set |= (uint64_t)1 << q;
        }
    return found;
}

static void complain_unknown_subject(const entries_t *e, const node_t *key)
{
    const char *names[POP_ATTRIBUTES + POP_TRAITS + 8];
    char help[200];
    size_t n = 0;
    for (size_t i = 0; i < e->row->section->n; i++) names[n++] = e->row->section->row[i].name;
    for (int a = 0; a < e->spec->n_attributes; a++) names[n++] = e->spec->attribute[a].name;
    for (int q = 0; q < e->spec->n_traits; q++) names[n++] = e->spec->trait[q].name;
    const char *nearest = nearest_name(key->text, names, n);
    snprintf(help, sizeof help, nearest ? "did you mean '%s'?" : "%s",
             nearest ? nearest
                     : "labels speak of interests, behaviours, traits, attributes, or of one of "
                       "them by its name");
    complain(e->r->d, SEVERITY_ERROR, key->place, help, "population '%s' has no '%s' to label",
             e->spec->name, shown(key->text).text);
}

/* --- rates ------------------------------------------------------------------------------------- */

/* Reads what is given of one entry; false after a complaint. */
static bool rates_read(reader_t *r, const section_t *s, const node_t *node, rates_t *out)
{
    double *const field[] = {&out->sensitivity, &out->specificity, &out->ppv, &out->prevalence,
                             &out->accuracy};
    bool fine = true;
    for (size_t i = 0; i < sizeof field / sizeof *field; i++) {
        const key_row_t *row = &s->row[i];
        const node_t *given = node_get(node, row->name);
        *field[i] = NAN;
        if (!given) continue;
        value_rule_t rule = row_rule(row);
        value_t value;
        fine = value_read(given, &rule, 1, r->d, &value) && fine;
        if (!fine) continue;
        *field[i] = value.value;
        const node_t *source = node_get(node, "source");
        line_value(r, row, given, NULL, value.source ? value.source : source ? source->text : NULL);
    }
    return fine;
}

static bool refuse(reader_t *r, const node_t *node, const char *help, const char *text)
{
    complain(r->d, SEVERITY_ERROR, node->place, help, "%s", text);
    return false;
}

/* Do the rates fit what they are given for? */
static bool rates_fit(reader_t *r, const node_t *node, const char *name, subject_kind_t kind,
                      const rates_t *x)
{
    char text[200];
    bool of_traits =
        !isnan(x->sensitivity) || !isnan(x->specificity) || !isnan(x->ppv) || !isnan(x->prevalence);
    if (kind == OF_ATTRIBUTES) {
        if (!isnan(x->accuracy) && !of_traits) return true;
        snprintf(text, sizeof text, "the labels of '%s' are right with an accuracy", name);
        return refuse(r, node, "write {accuracy: 90%}", text);
    }
    snprintf(text, sizeof text, "the labels of '%s' need a sensitivity, and a specificity or a ppv",
             name);
    bool whole = !isnan(x->sensitivity) && isnan(x->specificity) != isnan(x->ppv);
    if (!whole || !isnan(x->accuracy))
        return refuse(r, node,
                      "write {sensitivity: 55%, specificity: 84%} or {sensitivity: 55%, ppv: 59%}",
                      text);
    if (isnan(x->prevalence) || !isnan(x->ppv)) return true;
    return refuse(r, node, "leave it out, or give a ppv",
                  "'prevalence' says where a ppv was measured");
}

/* The specificity that gives the stated PPV; NAN after a complaint. */
static double specificity_of(const entries_t *e, const node_t *node, int trait, const rates_t *x)
{
    if (isnan(x->ppv)) return x->specificity;
    double prevalence = isnan(x->prevalence) ? labels_prevalence(e->spec, trait) : x->prevalence;
    const char *name = e->spec->trait[trait].name;
    if (isnan(prevalence)) {
        complain(e->r->d, SEVERITY_ERROR, node->place,
                 "give the prevalence at which it was measured",
                 "how many people have '%s' takes too long to work out", name);
        return NAN;
    }
    if (x->ppv >= 1 || prevalence <= 0) return 1;
    double specificity = label_specificity_for_ppv(prevalence, x->sensitivity, x->ppv);
    if (specificity >= 0 && prevalence < 1) return specificity;
    double held = prevalence * x->sensitivity, least = held / (held + 1 - prevalence);
    complain(e->r->d, SEVERITY_ERROR, node->place,
             "a published ppv holds at the prevalence of its own audience: give it as `prevalence`",
             "no labels of '%s' have a ppv of %.3g %% and a sensitivity of %.3g %%: %.3g %% of "
             "people have it, so that the ppv is at least %.3g %% (specificity %.3g < 0)",
             name, 100 * x->ppv, 100 * x->sensitivity, 100 * prevalence, 100 * least, specificity);
    return NAN;
}

static void rates_set(const entries_t *e, const node_t *node, subject_t of, const rates_t *x)
{
    for (uint64_t rest = of.set; rest; rest &= rest - 1) {
        int k = __builtin_ctzll(rest);
        if (of.kind == OF_ATTRIBUTES) {
            if (!e->spec->attribute[k].grouping) e->labels->accuracy[k] = x->accuracy;
            continue;
        }
        double specificity = specificity_of(e, node, k, x);
        if (isnan(specificity)) continue;
        e->labels->sensitivity[k] = x->sensitivity;
        e->labels->specificity[k] = specificity;
    }
}

/* --- the block --------------------------------------------------------------------------------- */

static void entry_read(const entries_t *e, const node_t *key, const node_t *node, subject_t of)
{
    static const rates_t exact = {1, 1, NAN, NAN, 1};
    reader_t *r = e->r;
    const section_t *rates = e->row->section->row[0].section;
    rates_t given;
    size_t mark;
    if (is_word(node, "exact")) {
        key_row_t row = {.name = key->text};
        rates_set(e, node, of, &exact);
        line_value(r, &row, node, NULL, NULL);
        return;
    }
    if (node->kind != NODE_MAPPING) {
        refuse(r, node, "write exact, or {sensitivity: 55%, ppv: 59%}, or {accuracy: 90%}",
               "how often labels are right is 'exact' or a mapping of rates");
        return;
    }
    if (!keys_check(r, rates, node)) return;
    path_push(r, key->text, &mark);
    line_open(r, key->text);
    if (rates_read(r, rates, node, &given) && rates_fit(r, node, key->text, of.kind, &given))
        rates_set(e, node, of, &given);
    line_close(r);
    path_pop(r, mark);
}

/* Labels of a grouping are those of what it groups. True if there is nothing to read. */
static bool complain_grouping(const entries_t *e, const node_t *key, subject_t of)
{
    int k = __builtin_ctzll(of.set | 1ull << 63);
    if (of.kind != OF_ATTRIBUTES || of.group || !e->spec->attribute[k].grouping) return false;
    const char *behind = e->spec->attribute[e->spec->attribute[k].of].name;
    if (!is_of_preset(e->r, key))
        complain(e->r->d, SEVERITY_ERROR, key->place, "give the accuracy of what it groups",
                 "'%s' groups '%s' and is labelled as that is", key->text, behind);
    return true;
}

/* One pass over groups, one over single names. A preset may speak of what this population lacks. */
static void entries_read(const entries_t *e, const node_t *node, bool groups)
{
    for (size_t i = 0; i < node->n; i++) {
        subject_t of = subject_named(e, node->key[i]->text);
        if (!of.kind) {
            if (groups && !is_of_preset(e->r, node->key[i]))
                complain_unknown_subject(e, node->key[i]);
        } else if (of.group == groups && !complain_grouping(e, node->key[i], of)) {
            entry_read(e, node->key[i], node->item[i], of);
        }
    }
}

void labels_read(reader_t *r, const key_row_t *row, const node_t *node, platform_t *platform,
                 place_t at)
{
    field_note(r, &platform->labels, node ? node->place : at);
    if (!node || is_word(node, "exact")) {
        line_word(r, row, node, "exact");
        return;
    }
    if (node->kind != NODE_MAPPING) {
        complain(r->d, SEVERITY_ERROR, node->place,
                 "write labels: exact, or labels: {interests: {sensitivity: 55%, ppv: 59%}}",
                 "'%s' must be exact or a mapping", row->name);
        return;
    }
    if (!r->population) return; /* without people nothing can be said of labels */
    entries_t e = {r, r->population, row, arena_take(r->arena, sizeof *e.labels)};
    if (!e.labels) {
        out_of_memory(r);
        return;
    }
    /* The shares of the population are summed once for all platforms. */
    if (!r->exact_labels) {
        labels_t *exact = arena_take(r->arena, sizeof *exact);
        error_t why = {""};
        status_t status = exact ? labels_init(exact, r->population, &why) : ERR_MEMORY;
        if (status == ERR_INVALID)
            complain(r->d, SEVERITY_ERROR, node->place,
                     "write labels: exact, or let attributes depend on fewer others", "%s",
                     why.text);
        else if (status != OK)
            out_of_memory(r);
        if (status != OK) return;
        r->exact_labels = exact;
    }
    *e.labels = *r->exact_labels;
    size_t mark;
    path_push(r, row->name, &mark);
    line_open(r, row->name);
    entries_read(&e, node, true);
    entries_read(&e, node, false);
    line_close(r);
    path_pop(r, mark);
    if (labels_err(e.labels, r->population)) platform->labels = e.labels;
}
