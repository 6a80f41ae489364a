/* load_population.c -- reads a population, telling everything that is wrong with it. */
#include "sim/config/load_population.h"

#include "models/audience/expression.h"
#include "models/base/nearest.h"
#include "sim/config/value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 60, AGE_MOST = 120, OLDEST = 90, CELLS_MOST = 65536, DIMENSIONS_MOST = 12 };
#define PEOPLE_MOST 1e11
#define SUM_TOLERANCE 0.002 /* three shares rounded to .1 % miss 100 % by .15 % at most */

typedef struct {
    const node_t *root;
    diagnostics_t *d;
    population_spec_t *spec;
    int oldest;
    const char *class_name[POP_CLASSES];
    const node_t *size; /* where the size stands, NULL if it was not given */
    status_t status;    /* ERR_MEMORY when memory is out */
    error_t *err;
} loader_t;

/* ---- Small things ------------------------------------------------------------------------------ */

static void complain_nearest(loader_t *l, place_t at, const char *word, const char *const *names,
                             size_t n, const char *what)
{
    char help[160] = "";
    const char *nearest = nearest_name(word, names, n);
    if (nearest) snprintf(help, sizeof help, "did you mean '%s'?", nearest);
    complain(l->d, SEVERITY_ERROR, at, nearest ? help : NULL, "unknown %s '%.60s'", what, word);
}

static bool is_kind(loader_t *l, const node_t *node, node_kind_t kind, const char *name)
{
    static const char *const word[] = {"a single value", "a list", "a mapping"};
    if (node->kind == kind) return true;
    complain(l->d, SEVERITY_ERROR, node->place, NULL, "'%s' must be %s, not %s", name, word[kind],
             word[node->kind]);
    return false;
}

/* Complains about every key of a mapping that is none of n. */
static void check_keys(loader_t *l, const node_t *mapping, const char *const *keys, size_t n,
                       const char *of)
{
    char what[100];
    snprintf(what, sizeof what, "key in %.60s:", of);
    for (size_t i = 0; i < mapping->n; i++) {
        const char *key = mapping->key[i]->text;
        size_t k = 0;
        while (k < n && strcmp(key, keys[k]) != 0) k++;
        if (k == n) complain_nearest(l, mapping->key[i]->place, key, keys, n, what);
    }
}

/* The value of a key that must be there. */
static const node_t *required(loader_t *l, const node_t *mapping, const char *key, const char *of)
{
    const node_t *node = node_get(mapping, key);
    if (!node) complain(l->d, SEVERITY_ERROR, mapping->place, NULL, "%s needs '%s'", of, key);
    return node;
}

/* The text of a scalar; NULL after a complaint. */
static const char *text_of(loader_t *l, const node_t *node, const char *name)
{
    return is_kind(l, node, NODE_SCALAR, name) ? node->text : NULL;
}

/* The source that stands in a mapping, or else the one of the group. */
static const char *source_of(loader_t *l, const node_t *mapping, const char *group)
{
    const node_t *node =
        mapping && mapping->kind == NODE_MAPPING ? node_get(mapping, "source") : NULL;
    const char *source = node ? text_of(l, node, "source") : group;
    return source ? source : "assumption";
}

/* A name that can be used: not empty, not too long, none of the names before it. */
static bool check_name(loader_t *l, const node_t *node, const char *const *before, int n,
                       const char *what)
{
    if (node->kind != NODE_SCALAR) return is_kind(l, node, NODE_SCALAR, what);
    if (node->text[0] == '\0' || strlen(node->text) > NAME_BYTES) {
        complain(l->d, SEVERITY_ERROR, node->place, NULL, "the name of %s has 1 to %d bytes", what,
                 NAME_BYTES);
        return false;
    }
    for (int i = 0; i < n; i++)
        if (expression_same_name(node->text, before[i])) {
            complain(l->d, SEVERITY_ERROR, node->place,
                     "capitals do not count, and space, _ and - are one",
                     "%s '%s' is there already", what, before[i]);
            return false;
        }
    return true;
}

static void *allocate(loader_t *l, size_t n, size_t size)
{
    void *memory = calloc(n, size);
    if (!memory) l->status = fail_memory(l->err, "a population");
    return memory;
}

/* ---- Tables ------------------------------------------------------------------------------------ */

typedef struct {
    const char *name; /* of the attribute, "class" */
    const char *const *level;
    int n;
} dimension_t;

typedef struct {
    value_rule_t rule;
    dimension_t dimension[DIMENSIONS_MOST];
    int n_dimensions;
    bool sums; /* numbers along the last dimension sum to 1 and are made to do so exactly */
} table_t;

static dimension_t attribute_dimension(const population_spec_t *spec, int a)
{
    const attribute_t *x = &spec->attribute[a];
    return (dimension_t){x->name, x->level, x->n_levels};
}

static size_t table_size(const table_t *t, int from)
{
    size_t size = 1;
    for (int k = from; k < t->n_dimensions; k++) size *= (size_t)t->dimension[k].n;
    return size;
}

static int find_level(const dimension_t *x, const char *name)
{
    for (int i = 0; i < x->n; i++)
        if (expression_same_name(name, x->level[i])) return i;
    return -1;
}

static bool check_sum(loader_t *l, const table_t *t, const node_t *node, double *row, int n)
{
    double sum = 0;
    for (int i = 0; i < n; i++) sum += row[i];
    if (fabs(sum - 1) > SUM_TOLERANCE) {
        complain(l->d, SEVERITY_ERROR, node->place, NULL, "'%s' must sum to 100%%, not %.4g%%",
                 t->rule.name, 100 * sum);
        return false;
    }
    for (int i = 0; i < n; i++) row[i] /= sum;
    return true;
}

static bool read_table(loader_t *l, const table_t *t, int k, const node_t *node, double *out);

/* Rows written in the order of the levels. */
static bool read_list(loader_t *l, const table_t *t, int k, const node_t *node, double *out)
{
    const dimension_t *x = &t->dimension[k];
    size_t stride = table_size(t, k + 1);
    if (node->n != (size_t)x->n) {
        complain(l->d, SEVERITY_ERROR, node->place, NULL,
                 "'%s' has %zu entries here, one for each of the %d levels of %s is needed",
                 t->rule.name, node->n, x->n, x->name);
        return false;
    }
    bool ok = true;
    for (size_t i = 0; i < node->n; i++)
        ok = read_table(l, t, k + 1, node->item[i], out + i * stride) && ok;
    return ok;
}

/* Rows under the names of the levels, in any order. */
static bool read_mapping(loader_t *l, const table_t *t, int k, const node_t *node, double *out)
{
    const dimension_t *x = &t->dimension[k];
    size_t stride = table_size(t, k + 1);
    uint64_t seen = 0;
    bool ok = true;
    char what[100];
    snprintf(what, sizeof what, "level of %.60s", x->name);
    for (size_t i = 0; i < node->n; i++) {
        const char *key = node->key[i]->text;
        int level = find_level(x, key);
        if (level < 0) {
            complain_nearest(l, node->key[i]->place, key, x->level, (size_t)x->n, what);
            ok = false;
        } else {
            seen |= (uint64_t)1 << level;
            ok = read_table(l, t, k + 1, node->item[i], out + (size_t)level * stride) && ok;
        }
    }
    for (int i = 0; i < x->n; i++)
        if (!(seen >> i & 1)) {
            complain(l->d, SEVERITY_ERROR, node->place, NULL, "'%s' has nothing for %s %s",
                     t->rule.name, x->name, x->level[i]);
            ok = false;
        }
    return ok;
}

/* One number; populations hold no laws, they are redrawn as a whole or not at all. */
static bool read_number(loader_t *l, const node_t *node, const value_rule_t *rule, double *out)
{
    value_t value = {0};
    if (node->kind != NODE_SCALAR) {
        complain(l->d, SEVERITY_ERROR, node->place, NULL,
                 "'%s' must be one number here: a population is certain", rule->name);
        return false;
    }
    bool ok = value_read(node, rule, 1, l->d, &value);
    if (ok) *out = value.value;
    return ok;
}

/* Reads dimensions k and further into out. False after complaints. */
static bool read_table(loader_t *l, const table_t *t, int k, const node_t *node, double *out)
{
    if (k == t->n_dimensions) return read_number(l, node, &t->rule, out);
    const dimension_t *x = &t->dimension[k];
    if (node->kind == NODE_SCALAR) {
        complain(l->d, SEVERITY_ERROR, node->place, NULL,
                 "'%s' must have an entry for each of the %d levels of %s here", t->rule.name, x->n,
                 x->name);
        return false;
    }
    bool ok = node->kind == NODE_SEQUENCE ? read_list(l, t, k, node, out)
                                          : read_mapping(l, t, k, node, out);
    if (ok && t->sums && k + 1 == t->n_dimensions) ok = check_sum(l, t, node, out, x->n);
    return ok;
}

/* Numbers of a table in memory of their own; NULL after complaints or when memory is out. */
static double *load_table(loader_t *l, const table_t *t, const node_t *node)
{
    double *out = allocate(l, table_size(t, 0), sizeof *out);
    if (!out || read_table(l, t, 0, node, out)) return out;
    free(out);
    return NULL;
}

static value_rule_t share_rule(const char *name)
{
    return (value_rule_t){
        .name = name, .measure = MEASURE_SHARE, .low = 0, .high = 1, .certain = true};
}

/* ---- Attributes -------------------------------------------------------------------------------- */

/* "18-24" or "65+" as a band of years. */
static bool read_band(const char *text, int oldest, int *low, int *high)
{
    char rest;
    if (sscanf(text, "%3d-%3d%c", low, high, &rest) == 2)
        return *low >= 0 && *low <= *high && *high <= AGE_MOST;
    *high = oldest;
    return sscanf(text, "%3d%c%c", low, &rest, &rest) == 2 && text[strlen(text) - 1] == '+' &&
           *low >= 0 && *low <= *high;
}

static void read_bands(loader_t *l, attribute_t *age, const node_t *levels)
{
    bool taken[AGE_MOST + 1] = {false};
    for (int i = 0; i < age->n_levels; i++) {
        if (!read_band(age->level[i], l->oldest, &age->low_years[i], &age->high_years[i])) {
            complain(l->d, SEVERITY_ERROR, levels->item[i]->place, "write 18-24 or 65+",
                     "'%s' is not a band of ages between 0 and %d", age->level[i], AGE_MOST);
            age->low_years[i] = age->high_years[i] = 0;
            continue;
        }
        for (int year = age->low_years[i]; year <= age->high_years[i]; year++) {
            if (taken[year]) {
                complain(l->d, SEVERITY_ERROR, levels->item[i]->place, NULL,
                         "age %d is in two bands", year);
                break;
            }
            taken[year] = true;
        }
    }
}

static bool load_levels(loader_t *l, attribute_t *x, const node_t *levels)
{
    if (!is_kind(l, levels, NODE_SEQUENCE, "levels")) return false;
    if (levels->n < 1 || levels->n > POP_LEVELS) {
        complain(l->d, SEVERITY_ERROR, levels->place, NULL,
                 "'%s' has %zu levels, 1 to %d are possible", x->name, levels->n, POP_LEVELS);
        return false;
    }
    bool ok = true;
    for (size_t i = 0; i < levels->n; i++) {
        if (check_name(l, levels->item[i], x->level, x->n_levels, "level"))
            x->level[x->n_levels++] = levels->item[i]->text;
        else
            ok = false;
    }
    return ok;
}

/* A new attribute with its levels; NULL after a complaint. It counts only when spec->n_attributes is
 * raised. */
static attribute_t *new_attribute(loader_t *l, const node_t *name, const node_t *levels,
                                  const char *source)
{
    population_spec_t *spec = l->spec;
    const char *before[POP_ATTRIBUTES];
    for (int a = 0; a < spec->n_attributes; a++) before[a] = spec->attribute[a].name;
    if (!check_name(l, name, before, spec->n_attributes, "attribute")) return NULL;
    bool is_age = strcmp(name->text, "age") == 0;
    if (expression_is_keyword(name->text) && !is_age) {
        complain(l->d, SEVERITY_ERROR, name->place, NULL,
                 "'%s' has a meaning of its own in audiences and cannot be an attribute",
                 name->text);
        return NULL;
    }
    if (spec->n_attributes == POP_ATTRIBUTES) {
        complain(l->d, SEVERITY_ERROR, name->place, NULL, "at most %d attributes are possible",
                 POP_ATTRIBUTES);
        return NULL;
    }
    attribute_t *x = &spec->attribute[spec->n_attributes];
    *x = (attribute_t){.name = name->text, .source = source, .by = {-1, -1}};
    if (!load_levels(l, x, levels)) return NULL;
    if (is_age) {
        read_bands(l, x, levels);
        spec->age = spec->n_attributes;
    }
    return x;
}

static void check_total(loader_t *l, const node_t *people)
{
    population_spec_t *spec = l->spec;
    double total = 0;
    for (size_t c = 0; c < spec->n_cells; c++) total += spec->cell_count[c];
    if (total < 1 || total > PEOPLE_MOST)
        complain(l->d, SEVERITY_ERROR, people->place, NULL,
                 "the table counts %.15g people, 1 to %g are possible", total, PEOPLE_MOST);
    else if (l->size && spec->size != total) {
        complain(l->d, SEVERITY_ERROR, l->size->place, NULL,
                 "'size' is %.15g, but the table counts %.15g people", spec->size, total);
        complain_related(l->d, people->place, "the table");
    }
    spec->size = total;
}

static void load_joint(loader_t *l, const node_t *node)
{
    static const char *const keys[] = {"source", "attributes", "people"};
    population_spec_t *spec = l->spec;
    if (!is_kind(l, node, NODE_MAPPING, "joint")) return;
    check_keys(l, node, keys, 3, "joint");
    const node_t *attributes = required(l, node, "attributes", "joint");
    const node_t *people = required(l, node, "people", "joint");
    if (!attributes || !people || !is_kind(l, attributes, NODE_MAPPING, "attributes")) return;
    table_t table = {.rule = {.name = "people",
                              .measure = MEASURE_COUNT,
                              .low = 0,
                              .high = PEOPLE_MOST,
                              .certain = true}};
    bool ok = true;
    for (size_t i = 0; i < attributes->n; i++) {
        if (!new_attribute(l, attributes->key[i], attributes->item[i], source_of(l, node, NULL))) {
            ok = false;
            continue;
        }
        table.dimension[table.n_dimensions++] = attribute_dimension(spec, spec->n_attributes++);
        if (table_size(&table, 0) > CELLS_MOST) {
            complain(l->d, SEVERITY_ERROR, attributes->place, NULL,
                     "the joint table has more than %d cells", CELLS_MOST);
            return;
        }
    }
    if (!ok) return;
    spec->n_joint = spec->n_attributes;
    spec->cell_count = load_table(l, &table, people);
    if (!spec->cell_count) return;
    spec->n_cells = table_size(&table, 0);
    check_total(l, people);
}

/* `by`: no, one or two attributes that stand before. */
static bool load_by(loader_t *l, const node_t *node, int by[2], table_t *table)
{
    by[0] = by[1] = -1;
    if (!node) return true;
    const node_t *one[1] = {node};
    const node_t *const *item = node->kind == NODE_SEQUENCE ? node->item : one;
    size_t n = node->kind == NODE_SEQUENCE ? node->n : 1;
    if (n > 2 || node->kind == NODE_MAPPING) {
        complain(l->d, SEVERITY_ERROR, node->place, NULL, "'by' names one or two attributes");
        return false;
    }
    const char *names[POP_ATTRIBUTES];
    for (int a = 0; a < l->spec->n_attributes; a++) names[a] = l->spec->attribute[a].name;
    for (size_t i = 0; i < n; i++) {
        const char *name = text_of(l, item[i], "by");
        if (!name) return false;
        int a = find_level(&(dimension_t){"", names, l->spec->n_attributes}, name);
        if (a < 0) {
            complain_nearest(l, item[i]->place, name, names, (size_t)l->spec->n_attributes,
                             "attribute");
            return false;
        }
        by[i] = a;
        table->dimension[table->n_dimensions++] = attribute_dimension(l->spec, a);
    }
    return true;
}

static void load_attribute(loader_t *l, const node_t *name, const node_t *node, const char *group)
{
    static const char *const keys[] = {"source", "levels", "by", "shares"};
    if (!is_kind(l, node, NODE_MAPPING, name->text)) return;
    check_keys(l, node, keys, 4, name->text);
    const node_t *levels = required(l, node, "levels", name->text);
    const node_t *shares = required(l, node, "shares", name->text);
    if (!levels || !shares) return;
    attribute_t *x = new_attribute(l, name, levels, source_of(l, node, group));
    table_t table = {.rule = share_rule("shares"), .sums = true};
    if (!x || !load_by(l, node_get(node, "by"), x->by, &table)) return;
    table.dimension[table.n_dimensions++] = (dimension_t){x->name, x->level, x->n_levels};
    x->share = load_table(l, &table, shares);
    if (x->share) l->spec->n_attributes++;
}

/* Calls `load` for each entry of a group but its source. */
static void load_group(loader_t *l, const node_t *node, const char *name,
                       void (*load)(loader_t *, const node_t *, const node_t *, const char *))
{
    if (!is_kind(l, node, NODE_MAPPING, name)) return;
    const char *source = source_of(l, node, NULL);
    for (size_t i = 0; i < node->n && l->status == OK; i++)
        if (strcmp(node->key[i]->text, "source") != 0) load(l, node->key[i], node->item[i], source);
}

static void load_attributes(loader_t *l, const node_t *node)
{
    load_group(l, node, "attributes", load_attribute);
}

/* ---- Platforms --------------------------------------------------------------------------------- */

static void load_platform(loader_t *l, const node_t *name, const node_t *node, const char *group)
{
    static const char *const keys[] = {"source", "by", "shares", "loading"};
    static const value_rule_t loading_rule = {
        .name = "loading", .measure = MEASURE_NUMBER, .low = -0.99, .high = 0.99, .certain = true};
    population_spec_t *spec = l->spec;
    const char *before[POP_PLATFORMS];
    for (int p = 0; p < spec->n_platforms; p++) before[p] = spec->platform[p].name;
    if (!check_name(l, name, before, spec->n_platforms, "platform")) return;
    if (spec->n_platforms == POP_PLATFORMS) {
        complain(l->d, SEVERITY_ERROR, name->place, NULL, "at most %d platforms are possible",
                 POP_PLATFORMS);
        return;
    }
    platform_use_t *use = &spec->platform[spec->n_platforms];
    *use =
        (platform_use_t){.name = name->text, .source = source_of(l, node, group), .by = {-1, -1}};
    table_t table = {.rule = share_rule("shares")};
    const node_t *shares = node;
    if (node->kind == NODE_MAPPING) {
        check_keys(l, node, keys, 4, name->text);
        const node_t *loading = node_get(node, "loading");
        if (loading) read_number(l, loading, &loading_rule, &use->loading);
        shares = required(l, node, "shares", name->text);
        if (!shares || !load_by(l, node_get(node, "by"), use->by, &table)) return;
    }
    use->share = load_table(l, &table, shares);
    if (use->share) spec->n_platforms++;
}

static void load_platforms(loader_t *l, const node_t *node)
{
    load_group(l, node, "platforms", load_platform);
}

/* ---- Classes and traits ------------------------------------------------------------------------ */

static dimension_t class_dimension(const loader_t *l)
{
    return (dimension_t){"class", l->class_name, l->spec->n_classes};
}

static bool load_class_weights(loader_t *l, const node_t *weights)
{
    population_spec_t *spec = l->spec;
    if (!is_kind(l, weights, NODE_MAPPING, "weights")) return false;
    if (weights->n < 1 || weights->n > POP_CLASSES) {
        complain(l->d, SEVERITY_ERROR, weights->place, NULL,
                 "1 to %d classes are possible, not %zu", POP_CLASSES, weights->n);
        return false;
    }
    int n = 0;
    for (size_t i = 0; i < weights->n; i++)
        if (check_name(l, weights->key[i], l->class_name, n, "class"))
            l->class_name[n++] = weights->key[i]->text;
    if ((size_t)n < weights->n) return false;
    spec->n_classes = n;
    table_t table = {.rule = share_rule("weights"), .n_dimensions = 1, .sums = true};
    table.dimension[0] = class_dimension(l);
    return read_table(l, &table, 0, weights, spec->class_weight);
}

/* A row without a class that can be had leaves a person without one. */
static void check_effects(loader_t *l, const node_t *node, int a)
{
    const population_spec_t *spec = l->spec;
    for (int level = 0; level < spec->attribute[a].n_levels; level++) {
        double sum = 0;
        for (int g = 0; g < spec->n_classes; g++)
            sum += spec->class_weight[g] * spec->class_effect[a][level][g];
        if (!(sum > 0))
            complain(l->d, SEVERITY_ERROR, node->place, NULL, "%s %s leaves no class possible",
                     spec->attribute[a].name, spec->attribute[a].level[level]);
    }
}

static void load_class_effect(loader_t *l, const node_t *name, const node_t *node,
                              const char *group)
{
    (void)group;
    population_spec_t *spec = l->spec;
    const char *names[POP_ATTRIBUTES];
    for (int a = 0; a < spec->n_attributes; a++) names[a] = spec->attribute[a].name;
    int a = find_level(&(dimension_t){"", names, spec->n_attributes}, name->text);
    if (a < 0) {
        complain_nearest(l, name->place, name->text, names, (size_t)spec->n_attributes,
                         "attribute");
        return;
    }
    table_t table = {.rule = {.name = "effects",
                              .measure = MEASURE_NUMBER,
                              .low = 0,
                              .high = 1e6,
                              .certain = true},
                     .n_dimensions = 2};
    table.dimension[0] = attribute_dimension(spec, a);
    table.dimension[1] = class_dimension(l);
    double *effect = load_table(l, &table, node);
    if (!effect) return;
    for (int level = 0; level < spec->attribute[a].n_levels; level++)
        memcpy(spec->class_effect[a][level], effect + level * spec->n_classes,
               (size_t)spec->n_classes * sizeof(double));
    free(effect);
    check_effects(l, node, a);
}

static void load_classes(loader_t *l, const node_t *node)
{
    static const char *const keys[] = {"source", "weights", "effects"};
    if (!is_kind(l, node, NODE_MAPPING, "classes")) return;
    check_keys(l, node, keys, 3, "classes");
    const node_t *weights = required(l, node, "weights", "classes");
    const node_t *effects = node_get(node, "effects");
    if (weights && load_class_weights(l, weights) && effects)
        load_group(l, effects, "effects", load_class_effect);
}

static void load_trait(loader_t *l, const node_t *name, const node_t *node, const char *group,
                       trait_kind_t kind)
{
    population_spec_t *spec = l->spec;
    const char *before[POP_TRAITS];
    int n = 0;
    for (int q = 0; q < spec->n_traits; q++)
        if (spec->trait[q].kind == kind) before[n++] = spec->trait[q].name;
    if (!check_name(l, name, before, n, "trait")) return;
    if (kind == TRAIT_OWN && expression_is_keyword(name->text)) {
        complain(l->d, SEVERITY_ERROR, name->place, NULL,
                 "'%s' has a meaning of its own in audiences and cannot be a trait", name->text);
        return;
    }
    if (spec->n_traits == POP_TRAITS) {
        complain(l->d, SEVERITY_ERROR, name->place, NULL, "at most %d traits are possible",
                 POP_TRAITS);
        return;
    }
    trait_t *trait = &spec->trait[spec->n_traits];
    *trait = (trait_t){.name = name->text, .kind = kind, .source = group};
    table_t table = {.rule = share_rule(name->text)};
    if (node->kind != NODE_SCALAR) table.dimension[table.n_dimensions++] = class_dimension(l);
    if (node->kind != NODE_SCALAR && l->class_name[0] == NULL) {
        complain(l->d, SEVERITY_ERROR, node->place, "give one share, or add 'classes'",
                 "'%s' has a share per class, but the population has no classes", name->text);
        return;
    }
    if (!read_table(l, &table, 0, node, trait->share)) return;
    for (int g = 1; node->kind == NODE_SCALAR && g < spec->n_classes; g++)
        trait->share[g] = trait->share[0];
    spec->n_traits++;
}

static void load_interest(loader_t *l, const node_t *name, const node_t *node, const char *group)
{
    load_trait(l, name, node, group, TRAIT_INTEREST);
}

static void load_behaviour(loader_t *l, const node_t *name, const node_t *node, const char *group)
{
    load_trait(l, name, node, group, TRAIT_BEHAVIOUR);
}

static void load_own(loader_t *l, const node_t *name, const node_t *node, const char *group)
{
    load_trait(l, name, node, group, TRAIT_OWN);
}

static void load_interests(loader_t *l, const node_t *node)
{
    load_group(l, node, "interests", load_interest);
}

static void load_behaviours(loader_t *l, const node_t *node)
{
    load_group(l, node, "behaviours", load_behaviour);
}

static void load_traits(loader_t *l, const node_t *node)
{
    load_group(l, node, "traits", load_own);
}

/* ---- The whole --------------------------------------------------------------------------------- */

/* A number, or {value, source}. */
static void load_sourced(loader_t *l, const node_t *node, const value_rule_t *rule, double *out,
                         const char **source)
{
    static const char *const keys[] = {"value", "source"};
    const node_t *number = node->kind == NODE_MAPPING ? node_get(node, "value") : node;
    if (number != node && number) check_keys(l, node, keys, 2, rule->name);
    read_number(l, number ? number : node, rule, out);
    if (source) *source = source_of(l, node, NULL);
}

static void load_name(loader_t *l, const node_t *node)
{
    const char *name = text_of(l, node, "name");
    if (name) l->spec->name = name;
}

static void load_source(loader_t *l, const node_t *node)
{
    const char *source = text_of(l, node, "source");
    if (source) l->spec->source = source;
}

static void load_size(loader_t *l, const node_t *node)
{
    static const value_rule_t rule = {.name = "size",
                                      .measure = MEASURE_COUNT,
                                      .low = 1,
                                      .high = PEOPLE_MOST,
                                      .certain = true,
                                      .unit = "people"};
    read_number(l, node, &rule, &l->spec->size);
    l->size = node;
}

static void load_redraw(loader_t *l, const node_t *node)
{
    const char *text = text_of(l, node, "redraw");
    if (!text) return;
    l->spec->redraw = strcmp(text, "true") == 0;
    if (!l->spec->redraw && strcmp(text, "false") != 0)
        complain(l->d, SEVERITY_ERROR, node->place, NULL,
                 "'redraw' must be true or false, got '%.60s'", text);
}

static void load_oldest(loader_t *l, const node_t *node)
{
    static const value_rule_t rule = {.name = "oldest",
                                      .measure = MEASURE_COUNT,
                                      .low = 1,
                                      .high = AGE_MOST,
                                      .certain = true,
                                      .unit = "years"};
    double years = OLDEST;
    read_number(l, node, &rule, &years);
    l->oldest = (int)years;
}

static void load_customers(loader_t *l, const node_t *node)
{
    value_rule_t rule = share_rule("existing_customers");
    load_sourced(l, node, &rule, &l->spec->existing_customers, &l->spec->existing_customers_source);
}

static void load_correlation(loader_t *l, const node_t *node)
{
    static const value_rule_t rule = {.name = "activity_correlation",
                                      .measure = MEASURE_NUMBER,
                                      .low = 0,
                                      .high = 1,
                                      .certain = true};
    load_sourced(l, node, &rule, &l->spec->activity_correlation, NULL);
}

/* In the order of reading: what a table goes by is known before the table. */
static const struct {
    const char *key;
    void (*load)(loader_t *, const node_t *);
} sections[] = {
    {"name", load_name},
    {"source", load_source},
    {"size", load_size},
    {"redraw", load_redraw},
    {"oldest", load_oldest},
    {"joint", load_joint},
    {"attributes", load_attributes},
    {"platforms", load_platforms},
    {"classes", load_classes},
    {"interests", load_interests},
    {"behaviours", load_behaviours},
    {"traits", load_traits},
    {"existing_customers", load_customers},
    {"activity_correlation", load_correlation},
};
enum { N_SECTIONS = sizeof sections / sizeof *sections };

static void load_sections(loader_t *l)
{
    const char *keys[N_SECTIONS];
    for (size_t k = 0; k < N_SECTIONS; k++) keys[k] = sections[k].key;
    check_keys(l, l->root, keys, N_SECTIONS, "population");
    for (size_t k = 0; k < N_SECTIONS && l->status == OK; k++) {
        const node_t *node = node_get(l->root, sections[k].key);
        if (node) sections[k].load(l, node);
    }
}

/* Without a joint table everybody is in one cell. */
static void load_one_cell(loader_t *l)
{
    population_spec_t *spec = l->spec;
    if (node_get(l->root, "joint")) return;
    if (!l->size)
        complain(l->d, SEVERITY_ERROR, l->root->place, NULL,
                 "a population needs 'size' or a 'joint' table");
    spec->cell_count = allocate(l, 1, sizeof *spec->cell_count);
    if (!spec->cell_count) return;
    spec->cell_count[0] = spec->size;
    spec->n_cells = 1;
}

static population_spec_t *new_spec(loader_t *l)
{
    population_spec_t *spec = allocate(l, 1, sizeof *spec);
    if (!spec) return NULL;
    spec->name = "population";
    spec->source = spec->existing_customers_source = "assumption";
    spec->age = -1;
    spec->n_classes = 1;
    spec->class_weight[0] = 1;
    spec->activity_correlation = 0.5; /* MODEL 3.1, assumption */
    for (int a = 0; a < POP_ATTRIBUTES; a++)
        for (int level = 0; level < POP_LEVELS; level++)
            for (int g = 0; g < POP_CLASSES; g++) spec->class_effect[a][level][g] = 1;
    return spec;
}

population_spec_t *population_load(const node_t *root, diagnostics_t *d, error_t *err)
{
    loader_t l = {.root = root, .d = d, .oldest = OLDEST, .err = err};
    if (!is_kind(&l, root, NODE_MAPPING, "population")) return NULL;
    size_t before = diagnostics_errors(d);
    l.spec = new_spec(&l);
    if (!l.spec) return NULL;
    load_sections(&l);
    if (l.status == OK) load_one_cell(&l);
    if (l.status == OK && diagnostics_errors(d) == before) return l.spec;
    population_spec_free(l.spec);
    free(l.spec);
    return NULL;
}
