/* load_margins.c -- the tables that a population is made to agree with: margins of people, use of
 * platforms, overlaps, checks; and continuous traits. */
#include "sim/config/people_reader.h"

#include "models/audience/expression.h"
#include "models/audience/fit.h"
#include "models/audience/synthesis.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OF_MOST = 3, WAYS = POP_PLATFORMS * POP_PLATFORMS };

void people_tolerance(people_reader_t *l, const node_t *node, double *out)
{
    value_rule_t rule = people_share_rule("tolerance");
    people_number(l, node, &rule, out);
}

/* The next target; it counts only when spec->n_targets is raised. NULL after a complaint. */
static fit_target_t *new_target(people_reader_t *l, const node_t *name, target_kind_t kind,
                                bool held_out, const char *source)
{
    population_spec_t *spec = l->spec;
    const char *before[PEOPLE_TARGETS];
    int n = 0;
    for (int t = 0; t < spec->n_targets; t++)
        if (spec->target[t].kind == kind && spec->target[t].held_out == held_out)
            before[n++] = spec->target[t].name;
    if (!people_name(l, name, before, n, "table")) return NULL;
    if (spec->n_targets == PEOPLE_TARGETS) {
        complain(l->d, SEVERITY_ERROR, name->place, NULL, "at most %d tables are possible",
                 PEOPLE_TARGETS);
        return NULL;
    }
    if (!spec->target) spec->target = people_allocate(l, PEOPLE_TARGETS, sizeof *spec->target);
    if (!spec->target) return NULL;
    fit_target_t *t = &spec->target[spec->n_targets];
    *t = (fit_target_t){.kind = kind, .name = name->text, .held_out = held_out, .source = source};
    l->target_place[spec->n_targets] = name->place;
    return t;
}

/* ---- People ------------------------------------------------------------------------------------ */

/* Makes every group of `inner` numbers sum to 1: shares that do so to their rounding, or counts. */
static bool make_shares(people_reader_t *l, const node_t *node, bool counts, double *number,
                        size_t n, size_t inner)
{
    for (size_t row = 0; row < n; row += inner) {
        double sum = 0;
        if (!counts && !people_sum(l, "shares", node, number + row, inner)) return false;
        for (size_t k = 0; k < inner && counts; k++) sum += number[row + k];
        if (counts && !(sum > 0)) {
            complain(l->d, SEVERITY_ERROR, node->place, NULL, "'people' counts nobody");
            return false;
        }
        for (size_t k = 0; k < inner && counts; k++) number[row + k] /= sum;
    }
    return true;
}

/* {of, given, shares | people}: dimensions are those given, then those of. */
static void read_people(people_reader_t *l, const node_t *node, fit_target_t *t)
{
    static const value_rule_t counted = {
        .name = "people", .measure = MEASURE_NUMBER, .low = 0, .high = 1e15, .certain = true};
    const node_t *of = people_required(l, node, "of", t->name);
    const node_t *shares = node_get(node, "shares"), *people = node_get(node, "people");
    people_table_t table = {.rule = people ? counted : people_share_rule("shares")};
    if (!of) return;
    if (!shares == !people) {
        complain(l->d, SEVERITY_ERROR, node->place, NULL, "'%s' needs 'shares' or 'people'",
                 t->name);
        return;
    }
    if (!people_by(l, node_get(node, "given"), "given", false, &t->by, &table)) return;
    t->n_given = t->by.n;
    if (!people_by(l, of, "of", false, &t->by, &table)) return;
    if (t->by.n - t->n_given > OF_MOST || t->by.n == t->n_given) {
        complain(l->d, SEVERITY_ERROR, of->place, NULL, "'of' names one to %d attributes", OF_MOST);
        return;
    }
    size_t n = people_table_size(&table, 0), inner = people_table_size(&table, t->n_given);
    t->stated = people_table(l, &table, people ? people : shares);
    if (t->stated &&
        !make_shares(l, people ? people : shares, people != NULL, t->stated, n, inner)) {
        free(t->stated);
        t->stated = NULL;
    }
}

static const char *const people_keys_of[] = {"of", "given", "shares", "people", "source"};

static void load_margin(people_reader_t *l, const node_t *name, const node_t *node,
                        const char *group)
{
    if (!people_kind(l, node, NODE_MAPPING, name->text)) return;
    people_keys(l, node, people_keys_of, 5, name->text);
    fit_target_t *t = new_target(l, name, TARGET_PEOPLE, false, people_source(l, node, group));
    if (t) read_people(l, node, t);
    if (t && t->stated) l->spec->n_targets++;
}

/* Calls `load` for each entry but the source, which goes before that of the group. */
static void load_tables(people_reader_t *l, const node_t *node, const char *name, const char *group,
                        void (*load)(people_reader_t *, const node_t *, const node_t *,
                                     const char *))
{
    if (!people_kind(l, node, NODE_MAPPING, name)) return;
    const char *source = node_get(node, "source") ? people_source(l, node, group) : group;
    for (size_t i = 0; i < node->n && l->status == OK; i++)
        if (strcmp(node->key[i]->text, "source") != 0) load(l, node->key[i], node->item[i], source);
}

static void load_seed(people_reader_t *l, const node_t *node)
{
    static const char *const keys[] = {"of", "people", "source"};
    if (!people_kind(l, node, NODE_MAPPING, "seed")) return;
    people_keys(l, node, keys, 3, "seed");
    l->seed = (fit_target_t){.name = "seed", .source = people_source(l, node, NULL)};
    l->seed_place = node->place;
    if (people_required(l, node, "people", "seed")) read_people(l, node, &l->seed);
}

/* An attribute without shares of its own is what the margins make it: the first that is of it, which is
 * the one that is met, tells where its figures come from. */
static void take_sources(people_reader_t *l)
{
    population_spec_t *spec = l->spec;
    for (int t = 0; t < spec->n_targets; t++) {
        const fit_target_t *x = &spec->target[t];
        for (int k = x->n_given; x->kind == TARGET_PEOPLE && k < x->by.n; k++) {
            int a = x->by.attribute[k];
            attribute_t *of = a >= spec->n_joint ? &spec->attribute[a] : NULL;
            if (of && !of->grouping && !of->share && !strncmp(of->source, "assumption", 10))
                of->source = x->source;
        }
    }
}

void people_margins(people_reader_t *l, const node_t *node)
{
    static const char *const keys[] = {"source", "tolerance", "seed", "tables"};
    if (!people_kind(l, node, NODE_MAPPING, "margins")) return;
    people_keys(l, node, keys, 4, "margins");
    const node_t *tolerance = node_get(node, "tolerance"), *seed = node_get(node, "seed");
    const node_t *tables = people_required(l, node, "tables", "margins");
    if (tolerance) people_tolerance(l, tolerance, &l->people_tolerance);
    if (seed) load_seed(l, seed);
    if (tables) load_tables(l, tables, "tables", people_source(l, node, NULL), load_margin);
    take_sources(l);
}

/* ---- Platforms --------------------------------------------------------------------------------- */

static int platform_named(const people_reader_t *l, const char *name)
{
    for (int p = 0; p < l->spec->n_platforms; p++)
        if (expression_same_name(name, l->spec->platform[p].name)) return p;
    return -1;
}

/* `platforms: [NAME, ...]`; unknown ones are new when `may_add`. False after a complaint. */
static bool read_platforms(people_reader_t *l, const node_t *node, fit_target_t *t, bool may_add)
{
    if (!node || !people_kind(l, node, NODE_SEQUENCE, "platforms")) return false;
    for (size_t i = 0; i < node->n; i++) {
        const char *name = people_text(l, node->item[i], "platforms");
        int p = name ? platform_named(l, name) : -1;
        if (!name) return false;
        if (p < 0 && !may_add) {
            const char *names[POP_PLATFORMS];
            for (int k = 0; k < l->spec->n_platforms; k++) names[k] = l->spec->platform[k].name;
            people_unknown(l, node->item[i]->place, name, names, (size_t)l->spec->n_platforms,
                           "platform");
            return false;
        }
        if (p < 0) {
            if (!people_platform(l, node->item[i], t->source)) return false;
            p = l->spec->n_platforms++;
        }
        for (int k = 0; k < t->n_platforms; k++)
            if (t->platform[k] == p) {
                complain(l->d, SEVERITY_ERROR, node->item[i]->place, NULL, "'%s' is there already",
                         name);
                return false;
            }
        t->platform[t->n_platforms++] = p;
    }
    return true;
}

/* The platforms of a table as one of its dimensions; `name` has room for them. */
static dimension_t platform_dimension(const people_reader_t *l, const fit_target_t *t,
                                      const char **name)
{
    for (int k = 0; k < t->n_platforms; k++) name[k] = l->spec->platform[t->platform[k]].name;
    return (dimension_t){"platforms", name, NULL, t->n_platforms};
}

/* {by, platforms, shares}: P(uses) with the platforms as the last dimension. */
static void read_use(people_reader_t *l, const node_t *node, fit_target_t *t, bool may_add)
{
    const char *name[POP_PLATFORMS];
    people_table_t table = {.rule = people_share_rule("shares")};
    const node_t *platforms = people_required(l, node, "platforms", t->name);
    const node_t *shares = people_required(l, node, "shares", t->name);
    if (!shares || !read_platforms(l, platforms, t, may_add)) return;
    if (!people_by(l, node_get(node, "by"), "by", false, &t->by, &table)) return;
    table.dimension[table.n_dimensions++] = platform_dimension(l, t, name);
    t->stated = people_table(l, &table, shares);
}

/* A platform with a table of its own is not fitted to others. */
static void refuse_own_table(people_reader_t *l, const node_t *node, const fit_target_t *t)
{
    for (int k = 0; k < t->n_platforms; k++)
        if (l->spec->platform[t->platform[k]].share)
            complain(l->d, SEVERITY_ERROR, node_get(node, "platforms")->place,
                     "give it either a table of its own or columns of 'tables'",
                     "'%s' has a table of its own", l->spec->platform[t->platform[k]].name);
}

static void load_use_table(people_reader_t *l, const node_t *name, const node_t *node,
                           const char *group)
{
    static const char *const keys[] = {"by", "platforms", "shares", "source"};
    if (!people_kind(l, node, NODE_MAPPING, name->text)) return;
    people_keys(l, node, keys, 4, name->text);
    fit_target_t *t = new_target(l, name, TARGET_USE, false, people_source(l, node, group));
    if (!t) return;
    read_use(l, node, t, true);
    if (!t->stated) return;
    refuse_own_table(l, node, t);
    l->spec->n_targets++;
}

void people_use_tables(people_reader_t *l, const node_t *node, const char *group)
{
    load_tables(l, node, "tables", group, load_use_table);
}

/* A square matrix with 1 on its diagonal, in memory of its own; NULL after a complaint. */
static double *read_matrix(people_reader_t *l, const node_t *node, const dimension_t *of,
                           value_rule_t rule)
{
    people_table_t table = {.rule = rule, .dimension = {*of, *of}, .n_dimensions = 2};
    double *matrix = people_table(l, &table, node);
    for (int i = 0; i < of->n && matrix; i++)
        if (matrix[i * of->n + i] != 1) {
            complain(l->d, SEVERITY_ERROR, node->place, NULL,
                     "'%s' must have %s where %s meets itself", rule.name,
                     rule.measure == MEASURE_SHARE ? "100%" : "1", of->level[i]);
            free(matrix);
            matrix = NULL;
        }
    return matrix;
}

/* {platforms, shares}: the share of the row's users who also use the column. */
static void read_overlap(people_reader_t *l, const node_t *node, const char *key, fit_target_t *t)
{
    const char *name[POP_PLATFORMS];
    const node_t *platforms = people_required(l, node, key, t->name);
    const node_t *shares = people_required(l, node, "shares", t->name);
    if (!shares || !read_platforms(l, platforms, t, false)) return;
    dimension_t of = platform_dimension(l, t, name);
    t->stated = read_matrix(l, shares, &of, people_share_rule("shares"));
}

void people_overlaps(people_reader_t *l, const node_t *node)
{
    static const char *const keys[] = {"platforms", "shares", "source"};
    static const node_t name = {.kind = NODE_SCALAR, .text = "overlaps"};
    if (!people_kind(l, node, NODE_MAPPING, "overlaps")) return;
    people_keys(l, node, keys, 3, "overlaps");
    node_t placed = name;
    placed.place = node->place;
    fit_target_t *t = new_target(l, &placed, TARGET_OVERLAP, false, people_source(l, node, NULL));
    if (t) read_overlap(l, node, "platforms", t);
    if (t && t->stated) l->spec->n_targets++;
}

static bool check_symmetric(people_reader_t *l, const node_t *node, const dimension_t *of,
                            const double *matrix)
{
    for (int i = 0; i < of->n; i++)
        for (int j = 0; j < i; j++)
            if (matrix[i * of->n + j] != matrix[j * of->n + i]) {
                complain(l->d, SEVERITY_ERROR, node->place, NULL,
                         "%s with %s is %g, but %s with %s is %g", of->level[i], of->level[j],
                         matrix[i * of->n + j], of->level[j], of->level[i], matrix[j * of->n + i]);
                return false;
            }
    return true;
}

static const value_rule_t correlation_rule = {
    .name = "correlations", .measure = MEASURE_NUMBER, .low = -1, .high = 1, .certain = true};

void people_correlations(people_reader_t *l, const node_t *node)
{
    static const char *const keys[] = {"platforms", "values", "source"};
    const char *name[POP_PLATFORMS];
    fit_target_t t = {.name = "correlations"};
    if (!people_kind(l, node, NODE_MAPPING, "correlations")) return;
    people_keys(l, node, keys, 3, "correlations");
    const node_t *platforms = people_required(l, node, "platforms", t.name);
    const node_t *values = people_required(l, node, "values", t.name);
    if (!values || !read_platforms(l, platforms, &t, false)) return;
    dimension_t of = platform_dimension(l, &t, name);
    double *matrix = read_matrix(l, values, &of, correlation_rule);
    if (matrix && check_symmetric(l, values, &of, matrix))
        for (int i = 0; i < of.n; i++)
            for (int j = 0; j < of.n; j++)
                l->spec->use_correlation[t.platform[i]][t.platform[j]] = matrix[i * of.n + j];
    free(matrix);
}

/* ---- Checks ------------------------------------------------------------------------------------ */

static void load_check(people_reader_t *l, const node_t *name, const node_t *node,
                       const char *group)
{
    static const char *const use_keys[] = {"by", "platforms", "shares", "source"};
    static const char *const overlap_keys[] = {"overlap", "shares", "source"};
    if (!people_kind(l, node, NODE_MAPPING, name->text)) return;
    bool overlap = node_get(node, "overlap"), use = node_get(node, "platforms");
    target_kind_t kind = overlap ? TARGET_OVERLAP : use ? TARGET_USE : TARGET_PEOPLE;
    fit_target_t *t = new_target(l, name, kind, true, people_source(l, node, group));
    if (!t) return;
    if (overlap) {
        people_keys(l, node, overlap_keys, 3, name->text);
        read_overlap(l, node, "overlap", t);
    } else if (use) {
        people_keys(l, node, use_keys, 4, name->text);
        read_use(l, node, t, false);
    } else {
        people_keys(l, node, people_keys_of, 5, name->text);
        read_people(l, node, t);
    }
    if (t->stated) l->spec->n_targets++;
}

void people_checks(people_reader_t *l, const node_t *node)
{
    static const char *const keys[] = {"source", "tables"};
    if (!people_kind(l, node, NODE_MAPPING, "checks")) return;
    people_keys(l, node, keys, 2, "checks");
    const node_t *tables = people_required(l, node, "tables", "checks");
    if (tables) load_tables(l, tables, "tables", people_source(l, node, NULL), load_check);
}

/* ---- Continuous traits ------------------------------------------------------------------------- */

/* Do the keys of a mapping name classes? */
static bool goes_by_class(const people_reader_t *l, const node_t *node)
{
    dimension_t of = people_dimension(l, BY_CLASS);
    return l->class_name[0] && node->kind == NODE_MAPPING && node->n > 0 &&
           people_level(&of, node->key[0]->text) >= 0;
}

/* The value for each class: the same node for all, or the node under its name. False after complaints. */
static bool class_nodes(people_reader_t *l, const node_t *node, const char *name,
                        const node_t *of_class[POP_CLASSES])
{
    dimension_t of = people_dimension(l, BY_CLASS);
    for (int g = 0; g < l->spec->n_classes; g++) of_class[g] = goes_by_class(l, node) ? NULL : node;
    if (!goes_by_class(l, node)) return true;
    for (size_t i = 0; i < node->n; i++) {
        int g = people_level(&of, node->key[i]->text);
        if (g >= 0)
            of_class[g] = node->item[i];
        else
            people_unknown(l, node->key[i]->place, node->key[i]->text, of.level, (size_t)of.n,
                           "class");
        if (g < 0) return false;
    }
    for (int g = 0; g < of.n; g++)
        if (!of_class[g]) {
            complain(l->d, SEVERITY_ERROR, node->place, NULL, "'%s' has nothing for class %s", name,
                     of.level[g]);
            return false;
        }
    return true;
}

static void load_continuous_trait(people_reader_t *l, const node_t *name, const node_t *node,
                                  const char *group)
{
    population_spec_t *spec = l->spec;
    const value_rule_t rule = {
        .name = name->text, .measure = MEASURE_NUMBER, .low = -1e12, .high = 1e12};
    const char *before[POP_CONTINUOUS];
    const node_t *of_class[POP_CLASSES];
    for (int k = 0; k < spec->n_continuous; k++) before[k] = spec->continuous[k].name;
    if (!people_name(l, name, before, spec->n_continuous, "trait")) return;
    if (spec->n_continuous == POP_CONTINUOUS) {
        complain(l->d, SEVERITY_ERROR, name->place, NULL,
                 "at most %d continuous traits are possible", POP_CONTINUOUS);
        return;
    }
    if (!class_nodes(l, node, name->text, of_class)) return;
    continuous_t *x = &spec->continuous[spec->n_continuous];
    *x = (continuous_t){.name = name->text, .source = people_source(l, node, group)};
    for (int g = 0; g < spec->n_classes; g++) {
        value_t value;
        if (!value_read(of_class[g], &rule, 1, l->d, &value)) return;
        x->law[g] = value.law;
    }
    spec->n_continuous++;
}

/* The latent correlation of normals whose ranks correlate so. */
static double latent_correlation(const char *key, double rank)
{
    if (strcmp(key, "spearman") == 0) return 2 * sin(acos(-1) / 6 * rank);
    return strcmp(key, "kendall") == 0 ? sin(acos(-1) / 2 * rank) : rank;
}

static void load_copula(people_reader_t *l, const node_t *node, const char *key)
{
    population_spec_t *spec = l->spec;
    const char *name[POP_CONTINUOUS];
    const node_t *of_class[POP_CLASSES];
    size_t n = (size_t)spec->n_continuous, cells = n * n;
    double root[WAYS];
    value_rule_t rule = correlation_rule;
    rule.name = key;
    for (int k = 0; k < spec->n_continuous; k++) name[k] = spec->continuous[k].name;
    dimension_t of = {"continuous", name, NULL, spec->n_continuous};
    if (n == 0 || !class_nodes(l, node, key, of_class)) return;
    spec->continuous_correlation =
        people_allocate(l, (size_t)spec->n_classes * cells, sizeof(double));
    for (size_t g = 0; g < (size_t)spec->n_classes && spec->continuous_correlation; g++) {
        double *matrix = read_matrix(l, of_class[g], &of, rule);
        double *to = spec->continuous_correlation + g * cells;
        bool ok = matrix && check_symmetric(l, of_class[g], &of, matrix);
        for (size_t k = 0; k < cells && ok; k++)
            to[k] = k % (n + 1) == 0 ? 1 : latent_correlation(key, matrix[k]);
        if (ok && !correlation_root(to, spec->n_continuous, root))
            complain(l->d, SEVERITY_ERROR, of_class[g]->place, "bring them nearer to 0",
                     "no traits correlate like this: the matrix is not positive definite");
        free(matrix);
        if (!ok) return;
    }
}

void people_continuous(people_reader_t *l, const node_t *node)
{
    static const char *const keys[] = {"source", "traits", "correlations", "spearman", "kendall"};
    if (!people_kind(l, node, NODE_MAPPING, "continuous")) return;
    people_keys(l, node, keys, 5, "continuous");
    const node_t *traits = people_required(l, node, "traits", "continuous");
    if (!traits) return;
    const char *source = people_source(l, node, NULL);
    load_tables(l, traits, "traits", source, load_continuous_trait);
    const node_t *given = NULL;
    for (int k = 2; k < 5; k++) {
        const node_t *matrix = node_get(node, keys[k]);
        if (matrix && given)
            complain(l->d, SEVERITY_ERROR, matrix->place, NULL,
                     "give one of 'correlations', 'spearman' and 'kendall'");
        else if (matrix)
            load_copula(l, given = matrix, keys[k]);
    }
}

/* ---- Synthesis --------------------------------------------------------------------------------- */

static void tell_faults(people_reader_t *l, const synthesis_faults_t *f)
{
    for (int k = 0; k < f->n; k++) {
        const synthesis_fault_t *x = &f->fault[k];
        place_t at = x->target >= 0 ? l->target_place[x->target] : l->root->place;
        complain(l->d, SEVERITY_ERROR, at, NULL, "%s", x->text);
        if (x->other >= 0) complain_related(l->d, l->target_place[x->other], "the other table");
    }
}

/* Every attribute without shares is in some margin. */
static bool check_margins(people_reader_t *l)
{
    const population_spec_t *spec = l->spec;
    bool ok = true;
    for (int a = spec->n_joint; a < spec->n_attributes; a++) {
        const attribute_t *x = &spec->attribute[a];
        bool named = x->grouping || x->share;
        for (int t = 0; t < spec->n_targets && !named; t++)
            for (int k = 0; k < spec->target[t].by.n && !named; k++) {
                int b = spec->target[t].by.attribute[k];
                while (spec->attribute[b].grouping) b = spec->attribute[b].of;
                named =
                    b == a && spec->target[t].kind == TARGET_PEOPLE && !spec->target[t].held_out;
            }
        if (named) continue;
        complain(l->d, SEVERITY_ERROR, l->attribute_place[a],
                 "give it 'shares', or a table of 'margins' that names it", "'%s' has no shares",
                 x->name);
        ok = false;
    }
    return ok;
}

void people_synthesise(people_reader_t *l)
{
    synthesis_faults_t faults = {0};
    error_t err = {""};
    if (!check_margins(l)) return;
    status_t st = synthesise_people(l->spec, l->seed.stated ? &l->seed : NULL, l->people_tolerance,
                                    &faults, &err);
    if (st == OK) st = synthesise_use(l->spec, l->use_tolerance, &faults, &err);
    if (st == OK) st = synthesise_overlaps(l->spec, &faults, &err);
    tell_faults(l, &faults);
    if (st == ERR_MEMORY)
        l->status = fail_memory(l->err, "a population");
    else if (st != OK && faults.n == 0)
        complain(l->d, SEVERITY_ERROR, l->root->place, NULL, "%s", err.text);
}
