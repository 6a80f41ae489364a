/* load_csv_customers.c -- a list of customers: how many of the population bought before, and who they are.
 *
 *   customers: {csv: crm.csv, columns: {AGE: age, sex: attribute, ST: {as: attribute, name: state}}}
 *
 * It takes the place of the population's existing_customers. The list is counted by the columns that are
 * attributes of the population; a person's chance to be a customer is the customers of her kind over the
 * people of her kind. */
#include "sim/config/load_population.h"

#include "models/audience/composition.h"
#include "models/audience/expression.h"
#include "models/audience/recorded.h"
#include "models/base/nearest.h"
#include "sim/config/characters.h"
#include "sim/config/csv_source.h"
#include "sim/config/people_reader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AS_ATTRIBUTE, AS_AGE, N_ROLES };
enum { VALUES_MOST = 1000, KINDS_MOST = 1000 * 1000, CELLS_TOLD = 20 };

static const csv_role_rule_t roles[N_ROLES] = {
    {"attribute", true, true, 3, {MISSING_ERROR, MISSING_SPREAD, MISSING_DROP}},
    {"age", false, false, 3, {MISSING_ERROR, MISSING_SPREAD, MISSING_DROP}},
};

typedef struct {
    population_spec_t *spec;
    diagnostics_t *d;
    error_t *err;
    csv_source_t source;
    csv_wanted_t wanted[CSV_ROLES_MOST];
    const char *value[POP_BY][VALUES_MOST];
    uint8_t *level[POP_BY]; /* for each code of a column */
    by_t by;
    double *count;  /* customers of each kind */
    double *people; /* people of each kind */
    double total, complete;
} customers_t;

/* ---- Columns ----------------------------------------------------------------------------------- */

static int attribute_find(customers_t *c, const node_t *name)
{
    const population_spec_t *spec = c->spec;
    const char *names[POP_ATTRIBUTES];
    for (int a = 0; a < spec->n_attributes; a++) {
        names[a] = spec->attribute[a].name;
        if (expression_same_name(names[a], name->text)) return a;
    }
    char help[200] = "";
    const char *nearest = nearest_name(name->text, names, (size_t)spec->n_attributes);
    if (nearest) snprintf(help, sizeof help, "did you mean '%s'?", nearest);
    complain(c->d, SEVERITY_ERROR, name->place, help, "the population has no attribute '%s'",
             shown(name->text).text);
    return -1;
}

static int level_find(const attribute_t *x, const char *name)
{
    for (int i = 0; i < x->n_levels; i++)
        if (expression_same_name(name, x->level[i]) ||
            (x->alias[i] && expression_same_name(name, x->alias[i])))
            return i;
    return -1;
}

/* Years that lie in a band of the population, or one of its bands. Its number is the band's. */
static const char *judge_age(const char *text, double *number, const void *context)
{
    const attribute_t *age = context;
    char *end;
    long years = strtol(text, &end, 10);
    bool whole = *text >= '0' && *text <= '9' && !*end && end - text <= 3;
    int band = whole ? attribute_band(age, (int)years) : level_find(age, text);
    *number = band;
    if (band >= 0) return NULL;
    return whole ? "nobody in the population has that age"
                 : "write whole years, or a band of the population such as 25-34";
}

/* The values that a column may have: those of {VALUE: LEVEL}, or the population's levels. */
static void allow(customers_t *c, int k, const attribute_t *x)
{
    const node_t *levels = c->source.role[k].levels;
    const char **value = c->value[k];
    size_t n = 0;
    for (int i = 0; !levels && i < x->n_levels; i++) {
        value[n++] = x->level[i];
        if (x->alias[i]) value[n++] = x->alias[i];
    }
    if (levels && (levels->kind != NODE_MAPPING || !levels->n || levels->n > VALUES_MOST)) {
        complain(c->d, SEVERITY_ERROR, levels->place, NULL,
                 "'levels' of a list of customers is a mapping {VALUE: LEVEL}");
        return;
    }
    for (size_t i = 0; levels && i < levels->n; i++) {
        const node_t *to = levels->item[i];
        value[n++] = levels->key[i]->text;
        if (to->kind == NODE_SCALAR && level_find(x, to->text) >= 0) continue;
        const char *nearest =
            to->kind == NODE_SCALAR ? nearest_name(to->text, x->level, (size_t)x->n_levels) : NULL;
        char help[200] = "";
        if (nearest) snprintf(help, sizeof help, "did you mean '%s'?", nearest);
        complain(c->d, SEVERITY_ERROR, to->place, help, "'%s' has no level '%s'", x->name,
                 to->kind == NODE_SCALAR ? shown(to->text).text : "…");
    }
    c->wanted[k].levels = value;
    c->wanted[k].n_levels = n;
}

static void ask_column(customers_t *c, int k)
{
    const csv_role_t *role = &c->source.role[k];
    static const node_t age = {.kind = NODE_SCALAR, .text = "age"};
    node_t name = role->role == AS_AGE ? age : *role->name;
    name.place = role->name->place;
    int a = attribute_find(c, &name);
    if (a < 0) return;
    for (int b = 0; b < c->by.n; b++)
        if (c->by.attribute[b] == a)
            complain(c->d, SEVERITY_ERROR, name.place, NULL, "two columns are '%s'",
                     c->spec->attribute[a].name);
    c->by.attribute[c->by.n++] = a;
    c->wanted[k] = (csv_wanted_t){.column = role->column->text,
                                  .kind = CSV_CATEGORY,
                                  .asked = role->column->place,
                                  .whole = role->missing == MISSING_ERROR};
    if (a == c->spec->age) {
        if (role->levels)
            complain(c->d, SEVERITY_ERROR, role->levels->place,
                     "write whole years, or the population's bands, into the table",
                     "'levels' says nothing of ages: years and bands are read as they are");
        c->wanted[k].judge = judge_age;
        c->wanted[k].context = &c->spec->attribute[a];
    } else
        allow(c, k, &c->spec->attribute[a]);
}

static bool ask(customers_t *c)
{
    size_t before = diagnostics_errors(c->d);
    if (c->source.n_roles > POP_BY) {
        complain(c->d, SEVERITY_ERROR, c->source.role[POP_BY].column->place, NULL,
                 "a list of customers goes by at most %d attributes", POP_BY);
        return false;
    }
    for (int k = 0; k < c->source.n_roles; k++) ask_column(c, k);
    if (diagnostics_errors(c->d) > before) return false;
    if (by_rows(c->spec, &c->by) <= KINDS_MOST) return true;
    complain(c->d, SEVERITY_ERROR, c->source.columns->place, "name fewer columns",
             "these attributes have more than %d combinations of levels", KINDS_MOST);
    return false;
}

/* ---- Rows -------------------------------------------------------------------------------------- */

static bool levels_map(customers_t *c)
{
    for (int k = 0; k < c->source.n_roles; k++) {
        const csv_column_t *column = c->source.column[k];
        const attribute_t *x = &c->spec->attribute[c->by.attribute[k]];
        const node_t *levels = c->source.role[k].levels;
        c->level[k] = calloc(column->n_levels + 1, 1);
        if (!c->level[k]) return false;
        for (size_t i = 0; i < column->n_levels; i++) {
            const char *name = column->level[i].text;
            for (size_t j = 0; levels && j < levels->n; j++)
                if (expression_same_name(levels->key[j]->text, name)) {
                    name = levels->item[j]->text;
                    break;
                }
            int level = c->wanted[k].judge ? (int)column->level[i].number : level_find(x, name);
            c->level[k][i] = (uint8_t)level;
        }
    }
    return true;
}

static void rows_count(customers_t *c)
{
    int level[POP_ATTRIBUTES + 1] = {0};
    for (size_t i = 0; i < c->source.table.n_rows; i++) {
        if (csv_source_drops(&c->source, i)) continue;
        double weight = csv_source_weight(&c->source, i);
        bool complete = true;
        for (int k = 0; k < c->source.n_roles; k++) {
            unsigned code = csv_code(c->source.column[k], i);
            complete &= code != CSV_MISSING_CODE;
            if (code != CSV_MISSING_CODE) level[c->by.attribute[k]] = c->level[k][code];
        }
        c->total += weight;
        if (!complete) continue;
        c->complete += weight;
        c->count[by_row(c->spec, &c->by, level)] += weight;
    }
}

/* "age 18-24, sex female" */
static void kind_name(const customers_t *c, size_t row, char *text, size_t size)
{
    int level[POP_BY];
    for (int k = c->by.n - 1; k >= 0; k--) {
        size_t levels = (size_t)c->spec->attribute[c->by.attribute[k]].n_levels;
        level[k] = (int)(row % levels);
        row /= levels;
    }
    *text = '\0';
    for (int k = 0; k < c->by.n; k++) {
        const attribute_t *x = &c->spec->attribute[c->by.attribute[k]];
        snprintf(text + strlen(text), size - strlen(text), "%s%s %s", k ? ", " : "", x->name,
                 shown(x->level[level[k]]).text);
    }
}

static void complain_kind(const customers_t *c, size_t row)
{
    char name[600];
    kind_name(c, row, name, sizeof name);
    complain(c->d, SEVERITY_ERROR, c->source.csv->place,
             "is the list of another country or of more than the population's people?",
             "the list has %.15g customers%s%s, but the population has %.15g people there",
             round(c->count[row]), c->by.n ? " of " : "", name, round(c->people[row]));
}

/* Customers over people, kind by kind; those without all values are spread as the others are. */
static void chances(customers_t *c)
{
    size_t rows = by_rows(c->spec, &c->by), told = 0;
    double spread = c->complete > 0 ? c->total / c->complete : 0;
    for (size_t r = 0; r < rows; r++) {
        c->count[r] *= spread;
        if (c->count[r] > c->people[r] * (1 + 1e-9)) {
            if (told++ < CELLS_TOLD) complain_kind(c, r);
        }
        c->count[r] = c->people[r] > 0 ? fmin(c->count[r] / c->people[r], 1) : 0;
    }
    if (!(c->complete > 0))
        complain(c->d, SEVERITY_ERROR, c->source.csv->place, NULL,
                 "no row of the list has a value in every column");
}

static status_t count(customers_t *c)
{
    size_t rows = by_rows(c->spec, &c->by);
    c->count = calloc(rows, sizeof *c->count);
    c->people = calloc(rows, sizeof *c->people);
    if (!c->count || !c->people || !levels_map(c)) return fail_memory(c->err, "the customers");
    status_t status = composition(c->spec, &c->by, c->people, c->err);
    if (status == ERR_INVALID)
        complain(c->d, SEVERITY_ERROR, c->source.columns->place, "name fewer columns", "%s",
                 c->err->text);
    if (status != OK) return status;
    rows_count(c);
    size_t before = diagnostics_errors(c->d);
    chances(c);
    if (diagnostics_errors(c->d) > before) return ERR_INVALID;
    population_spec_t *spec = c->spec;
    spec->existing_customers = fmin(c->total / spec->size, 1);
    spec->existing_customers_source = c->source.csv->text;
    spec->customer_by = c->by;
    free(spec->customer_share);
    spec->customer_share = c->count;
    c->count = NULL;
    return OK;
}

/* ---- The key ----------------------------------------------------------------------------------- */

static bool keys_known(const node_t *node, diagnostics_t *d)
{
    static const char *const keys[] = {CSV_SOURCE_KEYS};
    people_reader_t l = {.d = d};
    size_t before = diagnostics_errors(d);
    if (!people_kind(&l, node, NODE_MAPPING, "customers")) return false;
    people_keys(&l, node, keys, CSV_SOURCE_N_KEYS, "customers");
    people_required(&l, node, "csv", "customers");
    return diagnostics_errors(d) == before;
}

static status_t load(customers_t *c, const node_t *node, data_file_t *file)
{
    static const char key[] = "customers";
    if (c->spec->recorded && c->spec->recorded->customer) {
        complain(c->d, SEVERITY_ERROR, node->place, "keep one of them",
                 "a column of the population says who bought before, and so does this list");
        return ERR_INVALID;
    }
    if (!csv_source_parse(&c->source, node, roles, N_ROLES, c->d) || !ask(c)) return ERR_INVALID;
    status_t status = csv_source_read(&c->source, node, c->wanted, file, c->d, c->err);
    if (status != OK) return status;
    csv_source_tell(&c->source, c->d);
    file->key = key;
    return count(c);
}

status_t customers_load(const node_t *node, population_spec_t *spec, data_file_t *file,
                        diagnostics_t *d, error_t *err)
{
    if (!keys_known(node, d)) return ERR_INVALID;
    customers_t *c = calloc(1, sizeof *c);
    if (!c) return fail_memory(err, "the customers");
    c->spec = spec;
    c->d = d;
    c->err = err;
    status_t status = load(c, node, file);
    csv_table_free(&c->source.table);
    for (int k = 0; k < POP_BY; k++) free(c->level[k]);
    free(c->count);
    free(c->people);
    free(c);
    return status;
}
