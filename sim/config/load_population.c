/* load_population.c -- reads a population, telling everything that is wrong with it. */
#include "sim/config/load_population.h"

#include "models/audience/composition.h"
#include "models/audience/expression.h"
#include "sim/config/people_reader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OLDEST = 90, CELLS_MOST = 65536 };
#define TOLERANCE 0.05 /* points that surveys may differ by (assumption) */

/* ---- Attributes -------------------------------------------------------------------------------- */

bool people_band(const char *text, int oldest, int *low, int *high)
{
    char rest;
    if (sscanf(text, "%3d-%3d%c", low, high, &rest) == 2)
        return *low >= 0 && *low <= *high && *high <= PEOPLE_AGE_MOST;
    *high = oldest;
    return sscanf(text, "%3d%c%c", low, &rest, &rest) == 2 && text[strlen(text) - 1] == '+' &&
           *low >= 0 && *low <= *high;
}

static void read_bands(people_reader_t *l, attribute_t *age, const node_t *levels)
{
    bool taken[PEOPLE_AGE_MOST + 1] = {false};
    for (int i = 0; i < age->n_levels; i++) {
        if (!people_band(age->level[i], l->oldest, &age->low_years[i], &age->high_years[i])) {
            complain(l->d, SEVERITY_ERROR, levels->item[i]->place, "write 18-24 or 65+",
                     "'%s' is not a band of ages between 0 and %d", age->level[i], PEOPLE_AGE_MOST);
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

/* A level: its name, or {CODE: name}. */
static bool load_level(people_reader_t *l, attribute_t *x, const node_t *node)
{
    const char *before[2 * POP_LEVELS];
    int n = 0;
    for (int i = 0; i < x->n_levels; i++) {
        before[n++] = x->level[i];
        if (x->alias[i]) before[n++] = x->alias[i];
    }
    bool pair = node->kind == NODE_MAPPING;
    if (pair && node->n != 1) {
        complain(l->d, SEVERITY_ERROR, node->place, "write {CA: California}",
                 "a level has one code and one name");
        return false;
    }
    const node_t *code = pair ? node->key[0] : node;
    if (!people_name(l, code, before, n, "level")) return false;
    if (pair && !people_name(l, node->item[0], before, n, "level")) return false;
    x->alias[x->n_levels] = pair ? node->item[0]->text : NULL;
    x->level[x->n_levels++] = code->text;
    return true;
}

static bool load_levels(people_reader_t *l, attribute_t *x, const node_t *levels)
{
    if (!people_kind(l, levels, NODE_SEQUENCE, "levels")) return false;
    if (levels->n < 1 || levels->n > POP_LEVELS) {
        complain(l->d, SEVERITY_ERROR, levels->place, NULL,
                 "'%s' has %zu levels, 1 to %d are possible", x->name, levels->n, POP_LEVELS);
        return false;
    }
    bool ok = true;
    for (size_t i = 0; i < levels->n; i++) ok = load_level(l, x, levels->item[i]) && ok;
    return ok;
}

attribute_t *people_attribute_new(people_reader_t *l, const node_t *name, const char *source)
{
    population_spec_t *spec = l->spec;
    const char *before[POP_ATTRIBUTES];
    for (int a = 0; a < spec->n_attributes; a++) before[a] = spec->attribute[a].name;
    if (!people_name(l, name, before, spec->n_attributes, "attribute")) return NULL;
    bool is_age = strcmp(name->text, "age") == 0;
    if ((expression_is_keyword(name->text) && !is_age) ||
        expression_same_name(name->text, "class")) {
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
    *x = (attribute_t){.name = name->text, .source = source};
    l->attribute_place[spec->n_attributes] = name->place;
    return x;
}

static attribute_t *new_attribute(people_reader_t *l, const node_t *name, const node_t *levels,
                                  const char *source)
{
    attribute_t *x = people_attribute_new(l, name, source);
    if (!x || !load_levels(l, x, levels)) return NULL;
    if (strcmp(x->name, "age") == 0) {
        read_bands(l, x, levels);
        l->spec->age = l->spec->n_attributes;
    }
    return x;
}

static void check_total(people_reader_t *l, const node_t *people)
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

static void load_joint(people_reader_t *l, const node_t *node)
{
    static const char *const keys[] = {"source", "attributes", "people"};
    population_spec_t *spec = l->spec;
    if (!people_kind(l, node, NODE_MAPPING, "joint")) return;
    people_keys(l, node, keys, 3, "joint");
    const node_t *attributes = people_required(l, node, "attributes", "joint");
    const node_t *people = people_required(l, node, "people", "joint");
    if (!attributes || !people || !people_kind(l, attributes, NODE_MAPPING, "attributes")) return;
    people_table_t table = {.rule = {.name = "people",
                                     .measure = MEASURE_COUNT,
                                     .low = 0,
                                     .high = PEOPLE_MOST,
                                     .certain = true}};
    bool ok = true;
    for (size_t i = 0; i < attributes->n; i++) {
        if (!new_attribute(l, attributes->key[i], attributes->item[i],
                           people_source(l, node, NULL))) {
            ok = false;
            continue;
        }
        table.dimension[table.n_dimensions++] = people_dimension(l, spec->n_attributes++);
        if (people_table_size(&table, 0) > CELLS_MOST) {
            complain(l->d, SEVERITY_ERROR, attributes->place, NULL,
                     "the joint table has more than %d cells", CELLS_MOST);
            return;
        }
    }
    if (!ok) return;
    spec->n_joint = spec->n_attributes;
    spec->cell_count = people_table(l, &table, people);
    if (!spec->cell_count) return;
    spec->n_cells = people_table_size(&table, 0);
    check_total(l, people);
}

/* The levels of a group: every level of `of` is in one. */
static bool load_group_levels(people_reader_t *l, attribute_t *x, int group, const node_t *node,
                              bool *taken)
{
    const node_t *one[1] = {node};
    const node_t *const *item = node->kind == NODE_SEQUENCE ? node->item : one;
    size_t n = node->kind == NODE_SEQUENCE ? node->n : 1;
    const dimension_t of = people_dimension(l, x->of);
    bool ok = true;
    for (size_t i = 0; i < n; i++) {
        const char *name = people_text(l, item[i], "groups");
        int level = name ? people_level(&of, name) : -1;
        char what[100];
        snprintf(what, sizeof what, "level of %.60s", of.name);
        if (name && level < 0)
            people_unknown(l, item[i]->place, name, of.level, (size_t)of.n, what);
        if (level >= 0 && taken[level])
            complain(l->d, SEVERITY_ERROR, item[i]->place, NULL, "%s %s is in two groups", of.name,
                     of.level[level]);
        ok = ok && level >= 0 && !taken[level];
        if (level < 0) continue;
        taken[level] = true;
        x->group[level] = (uint8_t)group;
    }
    return ok;
}

/* {of: ATTRIBUTE, groups: {GROUP: [LEVEL, ...], ...}}: a function of another attribute. */
static void load_grouping(people_reader_t *l, const node_t *name, const node_t *node,
                          const char *group)
{
    static const char *const keys[] = {"source", "of", "groups"};
    bool taken[POP_LEVELS] = {false};
    people_keys(l, node, keys, 3, name->text);
    const node_t *of = people_required(l, node, "of", name->text);
    const node_t *groups = people_required(l, node, "groups", name->text);
    if (!of || !groups || !people_text(l, of, "of")) return;
    int attribute = people_attribute(l, of);
    attribute_t *x = people_attribute_new(l, name, people_source(l, node, group));
    if (attribute < 0 || !x || !people_kind(l, groups, NODE_MAPPING, "groups")) return;
    if (strcmp(x->name, "age") == 0) {
        complain(l->d, SEVERITY_ERROR, name->place, "give the grouping another name, such as age4",
                 "age itself cannot be a grouping");
        return;
    }
    x->grouping = true;
    x->of = attribute;
    bool ok = true;
    for (size_t i = 0; i < groups->n && x->n_levels < POP_LEVELS; i++) {
        ok = load_level(l, x, groups->key[i]) && ok;
        if (ok) ok = load_group_levels(l, x, x->n_levels - 1, groups->item[i], taken);
    }
    const attribute_t *whole = &l->spec->attribute[attribute];
    for (int level = 0; level < whole->n_levels && ok; level++)
        if (!taken[level]) {
            complain(l->d, SEVERITY_ERROR, groups->place, NULL, "%s %s is in no group", whole->name,
                     whole->level[level]);
            ok = false;
        }
    if (ok) l->spec->n_attributes++;
}

static void load_attribute(people_reader_t *l, const node_t *name, const node_t *node,
                           const char *group)
{
    static const char *const keys[] = {"source", "levels", "by", "shares"};
    if (!people_kind(l, node, NODE_MAPPING, name->text)) return;
    if (node_get(node, "of") || node_get(node, "groups")) {
        load_grouping(l, name, node, group);
        return;
    }
    people_keys(l, node, keys, 4, name->text);
    const node_t *levels = people_required(l, node, "levels", name->text);
    const node_t *shares = node_get(l->root, "margins")
                               ? node_get(node, "shares")
                               : people_required(l, node, "shares", name->text);
    const node_t *by = node_get(node, "by");
    if (!levels) return;
    attribute_t *x = new_attribute(l, name, levels, people_source(l, node, group));
    people_table_t table = {.rule = people_share_rule("shares"), .sums = true};
    if (!x) return;
    if (!shares) { /* from the margins */
        if (by) complain(l->d, SEVERITY_ERROR, by->place, NULL, "'by' stands beside 'shares'");
        l->spec->n_attributes++;
        return;
    }
    if (!people_by(l, by, "by", false, &x->by, &table)) return;
    table.dimension[table.n_dimensions++] = (dimension_t){x->name, x->level, x->alias, x->n_levels};
    x->share = people_table(l, &table, shares);
    if (x->share) l->spec->n_attributes++;
}

static void load_attributes(people_reader_t *l, const node_t *node)
{
    people_group(l, node, "attributes", load_attribute);
}

/* ---- Platforms --------------------------------------------------------------------------------- */

/* One table of one platform, or one number. */
static void load_platform(people_reader_t *l, const node_t *name, const node_t *node,
                          const char *group)
{
    static const char *const keys[] = {"source", "by", "shares"};
    platform_use_t *use = people_platform(l, name, people_source(l, node, group));
    people_table_t table = {.rule = people_share_rule("shares")};
    const node_t *shares = node;
    if (!use) return;
    if (node->kind == NODE_MAPPING) {
        people_keys(l, node, keys, 3, name->text);
        shares = people_required(l, node, "shares", name->text);
        if (!shares || !people_by(l, node_get(node, "by"), "by", false, &use->by, &table)) return;
    }
    use->share = people_table(l, &table, shares);
    if (use->share) l->spec->n_platforms++;
}

/* What in `platforms` is not a platform. */
static bool is_platform(const char *key)
{
    static const char *const others[] = {"source", "tables", "tolerance", "overlaps",
                                         "correlations"};
    for (size_t k = 0; k < sizeof others / sizeof *others; k++)
        if (strcmp(key, others[k]) == 0) return false;
    return true;
}

static void load_platforms(people_reader_t *l, const node_t *node)
{
    if (!people_kind(l, node, NODE_MAPPING, "platforms")) return;
    const char *source = people_source(l, node, NULL);
    const node_t *tolerance = node_get(node, "tolerance"), *tables = node_get(node, "tables");
    const node_t *overlaps = node_get(node, "overlaps");
    const node_t *correlations = node_get(node, "correlations");
    for (size_t i = 0; i < node->n && l->status == OK; i++)
        if (is_platform(node->key[i]->text)) load_platform(l, node->key[i], node->item[i], source);
    if (tolerance) people_tolerance(l, tolerance, &l->use_tolerance);
    if (tables && l->status == OK) people_use_tables(l, tables, source);
    if (overlaps && correlations)
        complain(l->d, SEVERITY_ERROR, node_key(node, "correlations")->place,
                 "the correlations are solved from the overlaps",
                 "give either 'overlaps' or 'correlations'");
    else if (overlaps && l->status == OK)
        people_overlaps(l, overlaps);
    else if (correlations && l->status == OK)
        people_correlations(l, correlations);
}

/* ---- Classes and traits ------------------------------------------------------------------------ */

static bool load_class_weights(people_reader_t *l, const node_t *weights)
{
    population_spec_t *spec = l->spec;
    if (!people_kind(l, weights, NODE_MAPPING, "weights")) return false;
    if (weights->n < 1 || weights->n > POP_CLASSES) {
        complain(l->d, SEVERITY_ERROR, weights->place, NULL,
                 "1 to %d classes are possible, not %zu", POP_CLASSES, weights->n);
        return false;
    }
    int n = 0;
    for (size_t i = 0; i < weights->n; i++)
        if (people_name(l, weights->key[i], l->class_name, n, "class"))
            l->class_name[n++] = weights->key[i]->text;
    if ((size_t)n < weights->n) return false;
    spec->n_classes = n;
    people_table_t table = {.rule = people_share_rule("weights"), .n_dimensions = 1, .sums = true};
    table.dimension[0] = people_dimension(l, BY_CLASS);
    return people_table_into(l, &table, 0, weights, spec->class_weight);
}

/* A row without a class that can be had leaves a person without one. */
static void check_effects(people_reader_t *l, const node_t *node, int a)
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

static void load_class_effect(people_reader_t *l, const node_t *name, const node_t *node,
                              const char *group)
{
    (void)group;
    population_spec_t *spec = l->spec;
    int a = people_attribute(l, name);
    if (a < 0) return;
    people_table_t table = {.rule = {.name = "effects",
                                     .measure = MEASURE_NUMBER,
                                     .low = 0,
                                     .high = 1e6,
                                     .certain = true},
                            .n_dimensions = 2};
    table.dimension[0] = people_dimension(l, a);
    table.dimension[1] = people_dimension(l, BY_CLASS);
    double *effect = people_table(l, &table, node);
    if (!effect) return;
    for (int level = 0; level < spec->attribute[a].n_levels; level++)
        memcpy(spec->class_effect[a][level], effect + level * spec->n_classes,
               (size_t)spec->n_classes * sizeof(double));
    free(effect);
    check_effects(l, node, a);
}

static void load_classes(people_reader_t *l, const node_t *node)
{
    static const char *const keys[] = {"source", "weights", "effects"};
    if (!people_kind(l, node, NODE_MAPPING, "classes")) return;
    people_keys(l, node, keys, 3, "classes");
    const node_t *weights = people_required(l, node, "weights", "classes");
    const node_t *effects = node_get(node, "effects");
    if (weights && load_class_weights(l, weights) && effects)
        people_group(l, effects, "effects", load_class_effect);
}

trait_t *people_trait(people_reader_t *l, const node_t *name, const char *source, trait_kind_t kind)
{
    population_spec_t *spec = l->spec;
    const char *before[POP_TRAITS];
    int n = 0;
    for (int q = 0; q < spec->n_traits; q++)
        if (spec->trait[q].kind == kind) before[n++] = spec->trait[q].name;
    if (!people_name(l, name, before, n, "trait")) return NULL;
    if (kind == TRAIT_OWN && expression_is_keyword(name->text)) {
        complain(l->d, SEVERITY_ERROR, name->place, NULL,
                 "'%s' has a meaning of its own in audiences and cannot be a trait", name->text);
        return NULL;
    }
    if (spec->n_traits == POP_TRAITS) {
        complain(l->d, SEVERITY_ERROR, name->place, NULL, "at most %d traits are possible",
                 POP_TRAITS);
        return NULL;
    }
    trait_t *trait = &spec->trait[spec->n_traits];
    *trait = (trait_t){.name = name->text, .kind = kind, .source = source};
    return trait;
}

static void load_trait(people_reader_t *l, const node_t *name, const node_t *node,
                       const char *group, trait_kind_t kind)
{
    population_spec_t *spec = l->spec;
    trait_t *trait = people_trait(l, name, group, kind);
    if (!trait) return;
    people_table_t table = {.rule = people_share_rule(name->text)};
    if (node->kind != NODE_SCALAR)
        table.dimension[table.n_dimensions++] = people_dimension(l, BY_CLASS);
    if (node->kind != NODE_SCALAR && l->class_name[0] == NULL) {
        complain(l->d, SEVERITY_ERROR, node->place, "give one share, or add 'classes'",
                 "'%s' has a share per class, but the population has no classes", name->text);
        return;
    }
    if (!people_table_into(l, &table, 0, node, trait->share)) return;
    for (int g = 1; node->kind == NODE_SCALAR && g < spec->n_classes; g++)
        trait->share[g] = trait->share[0];
    spec->n_traits++;
}

static void load_interest(people_reader_t *l, const node_t *name, const node_t *node,
                          const char *group)
{
    load_trait(l, name, node, group, TRAIT_INTEREST);
}

static void load_behaviour(people_reader_t *l, const node_t *name, const node_t *node,
                           const char *group)
{
    load_trait(l, name, node, group, TRAIT_BEHAVIOUR);
}

static void load_own(people_reader_t *l, const node_t *name, const node_t *node, const char *group)
{
    load_trait(l, name, node, group, TRAIT_OWN);
}

static void load_interests(people_reader_t *l, const node_t *node)
{
    people_group(l, node, "interests", load_interest);
}

static void load_behaviours(people_reader_t *l, const node_t *node)
{
    people_group(l, node, "behaviours", load_behaviour);
}

static void load_traits(people_reader_t *l, const node_t *node)
{
    people_group(l, node, "traits", load_own);
}

/* ---- The whole --------------------------------------------------------------------------------- */

/* A number, or {value, source}. */
static void load_sourced(people_reader_t *l, const node_t *node, const value_rule_t *rule,
                         double *out, const char **source)
{
    static const char *const keys[] = {"value", "source"};
    const node_t *number = node->kind == NODE_MAPPING ? node_get(node, "value") : node;
    if (number != node && number) people_keys(l, node, keys, 2, rule->name);
    people_number(l, number ? number : node, rule, out);
    if (source) *source = people_source(l, node, NULL);
}

static void load_name(people_reader_t *l, const node_t *node)
{
    const char *name = people_text(l, node, "name");
    if (name) l->spec->name = name;
}

static void load_source(people_reader_t *l, const node_t *node)
{
    const char *source = people_text(l, node, "source");
    if (source) l->spec->source = source;
}

static void load_size(people_reader_t *l, const node_t *node)
{
    static const value_rule_t rule = {.name = "size",
                                      .measure = MEASURE_COUNT,
                                      .low = 1,
                                      .high = PEOPLE_MOST,
                                      .certain = true,
                                      .unit = "people"};
    people_number(l, node, &rule, &l->spec->size);
    l->size = node;
}

static void load_redraw(people_reader_t *l, const node_t *node)
{
    const char *text = people_text(l, node, "redraw");
    if (!text) return;
    l->spec->redraw = strcmp(text, "true") == 0;
    if (!l->spec->redraw && strcmp(text, "false") != 0)
        complain(l->d, SEVERITY_ERROR, node->place, NULL,
                 "'redraw' must be true or false, got '%.60s'", text);
}

static void load_oldest(people_reader_t *l, const node_t *node)
{
    static const value_rule_t rule = {.name = "oldest",
                                      .measure = MEASURE_COUNT,
                                      .low = 1,
                                      .high = PEOPLE_AGE_MOST,
                                      .certain = true,
                                      .unit = "years"};
    double years = OLDEST;
    people_number(l, node, &rule, &years);
    l->oldest = (int)years;
}

/* One number, or shares by attributes and by class. */
static void load_customers(people_reader_t *l, const node_t *node)
{
    static const char *const keys[] = {"by", "shares", "source"};
    population_spec_t *spec = l->spec;
    value_rule_t rule = people_share_rule("existing_customers");
    people_table_t table = {.rule = rule};
    if (node->kind != NODE_MAPPING || !node_get(node, "shares")) {
        load_sourced(l, node, &rule, &spec->existing_customers, &spec->existing_customers_source);
        return;
    }
    people_keys(l, node, keys, 3, rule.name);
    spec->existing_customers_source = people_source(l, node, NULL);
    const node_t *by = people_required(l, node, "by", rule.name);
    if (by && people_by(l, by, "by", true, &spec->customer_by, &table))
        spec->customer_share = people_table(l, &table, node_get(node, "shares"));
}

static void load_correlation(people_reader_t *l, const node_t *node)
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
    void (*load)(people_reader_t *, const node_t *);
} sections[] = {
    {"name", load_name},
    {"source", load_source},
    {"size", load_size},
    {"redraw", load_redraw},
    {"oldest", load_oldest},
    {"csv", people_csv}, /* with the five after it */
    {"weight", people_csv_key},
    {"separator", people_csv_key},
    {"missing", people_csv_key},
    {"sha256", people_csv_key},
    {"columns", people_csv_key},
    {"joint", load_joint},
    {"attributes", load_attributes},
    {"margins", people_margins},
    {"platforms", load_platforms},
    {"checks", people_checks},
    {"classes", load_classes},
    {"interests", load_interests},
    {"behaviours", load_behaviours},
    {"traits", load_traits},
    {"continuous", people_continuous},
    {"existing_customers", load_customers},
    {"activity_correlation", load_correlation},
};
enum { N_SECTIONS = sizeof sections / sizeof *sections };

static void load_sections(people_reader_t *l)
{
    const char *keys[N_SECTIONS];
    for (size_t k = 0; k < N_SECTIONS; k++) keys[k] = sections[k].key;
    people_keys(l, l->root, keys, N_SECTIONS, "population");
    for (size_t k = 0; k < N_SECTIONS && l->status == OK && !l->csv_failed; k++) {
        const node_t *node = node_get(l->root, sections[k].key);
        if (node) sections[k].load(l, node);
    }
}

/* Without a joint table everybody is in one cell. */
static void load_one_cell(people_reader_t *l)
{
    population_spec_t *spec = l->spec;
    if (node_get(l->root, "joint") || node_get(l->root, "csv")) return;
    if (!l->size)
        complain(l->d, SEVERITY_ERROR, l->root->place, NULL,
                 "a population needs 'size', a 'joint' table or a 'csv' file");
    spec->cell_count = people_allocate(l, 1, sizeof *spec->cell_count);
    if (!spec->cell_count) return;
    spec->cell_count[0] = spec->size;
    spec->n_cells = 1;
}

static population_spec_t *new_spec(people_reader_t *l)
{
    population_spec_t *spec = people_allocate(l, 1, sizeof *spec);
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

/* The share of everybody who bought before, from shares by attributes and class. */
static void count_customers(people_reader_t *l)
{
    population_spec_t *spec = l->spec;
    if (!spec->customer_share) return;
    size_t rows = by_rows(spec, &spec->customer_by);
    double *people = people_allocate(l, rows, sizeof *people);
    if (!people) return;
    error_t why;
    status_t status = composition(spec, &spec->customer_by, people, &why);
    if (status == ERR_MEMORY) l->status = fail_memory(l->err, "the customers");
    if (status == ERR_INVALID)
        complain(l->d, SEVERITY_ERROR, l->root->place, NULL, "'existing_customers': %s", why.text);
    spec->existing_customers = 0;
    for (size_t r = 0; r < rows; r++)
        spec->existing_customers += people[r] * spec->customer_share[r] / spec->size;
    free(people);
}

population_spec_t *population_load(const node_t *root, diagnostics_t *d, error_t *err)
{
    return population_load_file(root, NULL, d, err);
}

population_spec_t *population_load_file(const node_t *root, data_file_t *file, diagnostics_t *d,
                                        error_t *err)
{
    people_reader_t l = {.root = root,
                         .file = file,
                         .d = d,
                         .oldest = OLDEST,
                         .people_tolerance = TOLERANCE,
                         .use_tolerance = TOLERANCE,
                         .err = err};
    if (!people_kind(&l, root, NODE_MAPPING, "population")) return NULL;
    size_t before = diagnostics_errors(d);
    l.spec = new_spec(&l);
    if (!l.spec) return NULL;
    load_sections(&l);
    if (l.status == OK) load_one_cell(&l);
    if (l.status == OK && diagnostics_errors(d) == before) people_synthesise(&l);
    if (l.status == OK && diagnostics_errors(d) == before) people_csv_check(&l);
    if (l.status == OK && diagnostics_errors(d) == before) count_customers(&l);
    free(l.seed.stated);
    if (l.status == OK && diagnostics_errors(d) == before) return l.spec;
    population_spec_free(l.spec);
    free(l.spec);
    return NULL;
}
