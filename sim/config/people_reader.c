/* people_reader.c -- names and tables of a population file. */
#include "sim/config/people_reader.h"

#include "models/audience/expression.h"
#include "models/base/nearest.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SUM_TOLERANCE 0.002 /* three shares rounded to .1 % miss 100 % by .15 % at most */
#define ROUNDING 0.0005     /* what one share rounded to .1 % is off by at most */

/* ---- Small things ------------------------------------------------------------------------------ */

void people_unknown(people_reader_t *l, place_t at, const char *word, const char *const *names,
                    size_t n, const char *what)
{
    char help[160] = "";
    const char *nearest = nearest_name(word, names, n);
    if (nearest) snprintf(help, sizeof help, "did you mean '%s'?", nearest);
    complain(l->d, SEVERITY_ERROR, at, nearest ? help : NULL, "unknown %s '%.60s'", what, word);
}

bool people_kind(people_reader_t *l, const node_t *node, node_kind_t kind, const char *name)
{
    static const char *const word[] = {"a single value", "a list", "a mapping"};
    if (node->kind == kind) return true;
    complain(l->d, SEVERITY_ERROR, node->place, NULL, "'%s' must be %s, not %s", name, word[kind],
             word[node->kind]);
    return false;
}

void people_keys(people_reader_t *l, const node_t *mapping, const char *const *keys, size_t n,
                 const char *of)
{
    char what[100];
    snprintf(what, sizeof what, "key in %.60s:", of);
    for (size_t i = 0; i < mapping->n; i++) {
        const char *key = mapping->key[i]->text;
        size_t k = 0;
        while (k < n && strcmp(key, keys[k]) != 0) k++;
        if (k == n) people_unknown(l, mapping->key[i]->place, key, keys, n, what);
    }
}

const node_t *people_required(people_reader_t *l, const node_t *mapping, const char *key,
                              const char *of)
{
    const node_t *node = node_get(mapping, key);
    if (!node) complain(l->d, SEVERITY_ERROR, mapping->place, NULL, "%s needs '%s'", of, key);
    return node;
}

const char *people_text(people_reader_t *l, const node_t *node, const char *name)
{
    return people_kind(l, node, NODE_SCALAR, name) ? node->text : NULL;
}

const char *people_source(people_reader_t *l, const node_t *mapping, const char *group)
{
    const node_t *node =
        mapping && mapping->kind == NODE_MAPPING ? node_get(mapping, "source") : NULL;
    const char *source = node ? people_text(l, node, "source") : group;
    return source ? source : "assumption";
}

bool people_name(people_reader_t *l, const node_t *node, const char *const *before, int n,
                 const char *what)
{
    if (node->kind != NODE_SCALAR) return people_kind(l, node, NODE_SCALAR, what);
    if (node->text[0] == '\0' || strlen(node->text) > PEOPLE_NAME_BYTES) {
        complain(l->d, SEVERITY_ERROR, node->place, NULL, "the name of %s has 1 to %d bytes", what,
                 PEOPLE_NAME_BYTES);
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

platform_use_t *people_platform(people_reader_t *l, const node_t *name, const char *source)
{
    population_spec_t *spec = l->spec;
    const char *before[POP_PLATFORMS];
    for (int p = 0; p < spec->n_platforms; p++) before[p] = spec->platform[p].name;
    if (!people_name(l, name, before, spec->n_platforms, "platform")) return NULL;
    if (spec->n_platforms == POP_PLATFORMS) {
        complain(l->d, SEVERITY_ERROR, name->place, NULL, "at most %d platforms are possible",
                 POP_PLATFORMS);
        return NULL;
    }
    platform_use_t *use = &spec->platform[spec->n_platforms];
    *use = (platform_use_t){.name = name->text, .source = source};
    return use;
}

void *people_allocate(people_reader_t *l, size_t n, size_t size)
{
    void *memory = calloc(n, size);
    if (!memory) l->status = fail_memory(l->err, "a population");
    return memory;
}

void people_group(people_reader_t *l, const node_t *node, const char *name,
                  void (*load)(people_reader_t *, const node_t *, const node_t *, const char *))
{
    if (!people_kind(l, node, NODE_MAPPING, name)) return;
    const char *source = people_source(l, node, NULL);
    for (size_t i = 0; i < node->n && l->status == OK; i++)
        if (strcmp(node->key[i]->text, "source") != 0) load(l, node->key[i], node->item[i], source);
}

/* ---- Tables ------------------------------------------------------------------------------------ */

dimension_t people_dimension(const people_reader_t *l, int attribute)
{
    if (attribute == BY_CLASS)
        return (dimension_t){"class", l->class_name, NULL, l->spec->n_classes};
    const attribute_t *x = &l->spec->attribute[attribute];
    return (dimension_t){x->name, x->level, x->alias, x->n_levels};
}

size_t people_table_size(const people_table_t *t, int from)
{
    size_t size = 1;
    for (int k = from; k < t->n_dimensions; k++) size *= (size_t)t->dimension[k].n;
    return size;
}

int people_level(const dimension_t *x, const char *name)
{
    for (int i = 0; i < x->n; i++)
        if (expression_same_name(name, x->level[i]) ||
            (x->alias && x->alias[i] && expression_same_name(name, x->alias[i])))
            return i;
    return -1;
}

int people_attribute(people_reader_t *l, const node_t *name)
{
    const char *names[POP_ATTRIBUTES];
    int n = l->spec->n_attributes;
    for (int a = 0; a < n; a++) names[a] = l->spec->attribute[a].name;
    int found = people_level(&(dimension_t){"", names, NULL, n}, name->text);
    if (found < 0) people_unknown(l, name->place, name->text, names, (size_t)n, "attribute");
    return found;
}

bool people_by(people_reader_t *l, const node_t *node, const char *key, bool classes, by_t *by,
               people_table_t *table)
{
    if (!node) return true;
    const node_t *one[1] = {node};
    const node_t *const *item = node->kind == NODE_SEQUENCE ? node->item : one;
    size_t n = node->kind == NODE_SEQUENCE ? node->n : 1;
    if ((size_t)by->n + n > POP_BY || node->kind == NODE_MAPPING) {
        complain(l->d, SEVERITY_ERROR, node->place, NULL, "'%s' names one to %d attributes", key,
                 POP_BY);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (!people_text(l, item[i], key)) return false;
        bool class = classes && expression_same_name(item[i]->text, "class");
        int a = class ? BY_CLASS : people_attribute(l, item[i]);
        if (a < 0) return false;
        by->attribute[by->n++] = a;
        table->dimension[table->n_dimensions++] = people_dimension(l, a);
    }
    return true;
}

bool people_sum(people_reader_t *l, const char *name, const node_t *node, double *row, size_t n)
{
    double sum = 0, tolerance = fmax(SUM_TOLERANCE, ROUNDING * (double)n);
    for (size_t i = 0; i < n; i++) sum += row[i];
    if (fabs(sum - 1) > tolerance) {
        complain(l->d, SEVERITY_ERROR, node->place, NULL, "'%s' must sum to 100%%, not %.4g%%",
                 name, 100 * sum);
        return false;
    }
    for (size_t i = 0; i < n; i++) row[i] /= sum;
    return true;
}

/* Rows written in the order of the levels. */
static bool read_list(people_reader_t *l, const people_table_t *t, int k, const node_t *node,
                      double *out)
{
    const dimension_t *x = &t->dimension[k];
    size_t stride = people_table_size(t, k + 1);
    if (node->n != (size_t)x->n) {
        complain(l->d, SEVERITY_ERROR, node->place, NULL,
                 "'%s' has %zu entries here, one for each of the %d levels of %s is needed",
                 t->rule.name, node->n, x->n, x->name);
        return false;
    }
    bool ok = true;
    for (size_t i = 0; i < node->n; i++)
        ok = people_table_into(l, t, k + 1, node->item[i], out + i * stride) && ok;
    return ok;
}

/* Rows under the names of the levels, in any order. */
static bool read_mapping(people_reader_t *l, const people_table_t *t, int k, const node_t *node,
                         double *out)
{
    const dimension_t *x = &t->dimension[k];
    size_t stride = people_table_size(t, k + 1);
    uint64_t seen = 0;
    bool ok = true;
    char what[100];
    snprintf(what, sizeof what, "level of %.60s", x->name);
    for (size_t i = 0; i < node->n; i++) {
        const char *key = node->key[i]->text;
        int level = people_level(x, key);
        if (level < 0) {
            people_unknown(l, node->key[i]->place, key, x->level, (size_t)x->n, what);
            ok = false;
        } else {
            seen |= (uint64_t)1 << level;
            ok = people_table_into(l, t, k + 1, node->item[i], out + (size_t)level * stride) && ok;
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

bool people_number(people_reader_t *l, const node_t *node, const value_rule_t *rule, double *out)
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

bool people_table_into(people_reader_t *l, const people_table_t *t, int k, const node_t *node,
                       double *out)
{
    if (k == t->n_dimensions) return people_number(l, node, &t->rule, out);
    const dimension_t *x = &t->dimension[k];
    if (node->kind == NODE_SCALAR) {
        complain(l->d, SEVERITY_ERROR, node->place, NULL,
                 "'%s' must have an entry for each of the %d levels of %s here", t->rule.name, x->n,
                 x->name);
        return false;
    }
    bool ok = node->kind == NODE_SEQUENCE ? read_list(l, t, k, node, out)
                                          : read_mapping(l, t, k, node, out);
    if (ok && t->sums && k + 1 == t->n_dimensions)
        ok = people_sum(l, t->rule.name, node, out, (size_t)x->n);
    return ok;
}

double *people_table(people_reader_t *l, const people_table_t *t, const node_t *node)
{
    for (int k = t->n_dimensions - 1; k >= 0; k--)
        if (people_table_size(t, k) > PEOPLE_TABLE_MOST) {
            complain(l->d, SEVERITY_ERROR, node->place, NULL, "'%s' has more than %d numbers",
                     t->rule.name, PEOPLE_TABLE_MOST);
            return NULL;
        }
    double *out = people_allocate(l, people_table_size(t, 0), sizeof *out);
    if (!out || people_table_into(l, t, 0, node, out)) return out;
    free(out);
    return NULL;
}

value_rule_t people_share_rule(const char *name)
{
    return (value_rule_t){
        .name = name, .measure = MEASURE_SHARE, .low = 0, .high = 1, .certain = true};
}
