/* load_csv_population.c -- people recorded one by one: a survey or a customer file becomes the population.
 *
 *   csv: people.csv, weight: w, columns: {sex: attribute, AGE: age, q7: {as: interest, name: fitness}, ...}
 *
 * A column is an attribute, the age (in years or bands), an interest, behaviour, own trait, the use of a
 * platform, or says who bought before. What the file lacks is said by the population's other sections and
 * drawn for each simulated person, given what was recorded of her. Weights are scaled to `size`. */
#include "sim/config/people_reader.h"

#include "models/audience/composition.h"
#include "models/audience/expression.h"
#include "models/audience/recorded.h"
#include "sim/config/characters.h"
#include "sim/config/csv_source.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VALUES_MOST = 1000, UNKNOWN_NONE = -1 };

typedef enum {
    AS_ATTRIBUTE,
    AS_AGE,
    AS_INTEREST,
    AS_BEHAVIOUR,
    AS_TRAIT,
    AS_PLATFORM,
    AS_CUSTOMERS,
    N_ROLES
} role_t;

static const csv_role_rule_t roles[N_ROLES] = {
    {"attribute", true, true, 3, {MISSING_UNKNOWN, MISSING_DROP, MISSING_ERROR}},
    {"age", true, false, 2, {MISSING_ERROR, MISSING_DROP}},
    {"interest", false, true, 3, {MISSING_ERROR, MISSING_NO, MISSING_DROP}},
    {"behaviour", false, true, 3, {MISSING_ERROR, MISSING_NO, MISSING_DROP}},
    {"trait", false, true, 3, {MISSING_ERROR, MISSING_NO, MISSING_DROP}},
    {"platform", false, true, 3, {MISSING_ERROR, MISSING_NO, MISSING_DROP}},
    {"customers", false, false, 3, {MISSING_ERROR, MISSING_NO, MISSING_DROP}},
};

/* A column on its way into the specification. */
typedef struct {
    int index;      /* of the attribute, trait or platform */
    uint8_t *level; /* attributes: for each code of the column */
    int unknown;    /* attributes: level of rows without a value; UNKNOWN_NONE */
    double people;  /* others: weight of those who have it */
} part_t;

typedef struct {
    people_reader_t *l;
    csv_source_t source;
    csv_wanted_t wanted[CSV_ROLES_MOST];
    const char *value[CSV_ROLES_MOST][VALUES_MOST]; /* that `levels` allow */
    part_t part[CSV_ROLES_MOST];
    recorded_form_t form;
    recorded_t *recorded;
    char *text; /* what is left of recorded->text */
    bool years; /* ages are in years */
} csv_people_t;

static role_t role_of(const csv_people_t *p, int k)
{
    return (role_t)p->source.role[k].role;
}

/* ---- What is asked of the file ----------------------------------------------------------------- */

/* Years, or a band: its number is then NAN. */
static const char *judge_age(const char *text, double *number, const void *context)
{
    int low, high;
    char *end;
    (void)context;
    *number = NAN;
    if (people_band(text, PEOPLE_AGE_MOST, &low, &high)) return NULL;
    long years = strtol(text, &end, 10);
    bool whole = *text >= '0' && *text <= '9' && !*end && end - text <= 3;
    *number = (double)years;
    return whole && years <= PEOPLE_AGE_MOST
               ? NULL
               : "write whole years from 0 to 120, or a band such as 25-34 or 65+";
}

/* The values that `levels` allow: a list of levels, or {VALUE: LEVEL}. */
static void allow_levels(csv_people_t *p, int k)
{
    const node_t *levels = p->source.role[k].levels;
    csv_wanted_t *w = &p->wanted[k];
    people_reader_t *l = p->l;
    if (levels->kind == NODE_SCALAR || levels->n < 1 || levels->n > VALUES_MOST) {
        complain(l->d, SEVERITY_ERROR, levels->place, NULL,
                 "'levels' is a list of 1 to %d levels, or a mapping {VALUE: LEVEL}", VALUES_MOST);
        return;
    }
    for (size_t i = 0; i < levels->n; i++) {
        const node_t *value = levels->kind == NODE_MAPPING ? levels->key[i] : levels->item[i];
        bool fine = people_name(l, value, p->value[k], (int)w->n_levels, "level");
        if (fine && levels->kind == NODE_MAPPING)
            fine = people_name(l, levels->item[i], NULL, 0, "level");
        if (fine) p->value[k][w->n_levels++] = value->text;
    }
    w->levels = p->value[k];
}

static void ask(csv_people_t *p)
{
    for (int k = 0; k < p->source.n_roles; k++) {
        csv_role_t *role = &p->source.role[k];
        if (role->role == AS_ATTRIBUTE && !strcmp(role->name->text, "age")) {
            role->role = AS_AGE;
            if (role->missing == MISSING_UNKNOWN) role->missing = MISSING_ERROR;
        }
        bool levels = role->role == AS_ATTRIBUTE || role->role == AS_AGE;
        p->wanted[k] = (csv_wanted_t){.column = role->column->text,
                                      .kind = levels ? CSV_CATEGORY : CSV_YES_NO,
                                      .asked = role->column->place,
                                      .whole = role->missing == MISSING_ERROR};
        if (role->role == AS_AGE)
            p->wanted[k].judge = judge_age; /* bands that are given group years */
        else if (role->levels)
            allow_levels(p, k);
    }
}

/* ---- Levels ------------------------------------------------------------------------------------ */

/* A text that the specification may borrow; NULL after a complaint. */
static const char *text_keep(csv_people_t *p, int k, const char *text)
{
    const csv_role_t *role = &p->source.role[k];
    if (strlen(text) > PEOPLE_NAME_BYTES) {
        complain(p->l->d, SEVERITY_ERROR, role->column->place, "give `levels: {VALUE: LEVEL}`",
                 "'%s' has the level '%s', but names of levels have at most %d bytes",
                 shown(role->column->text).text, shown(text).text, PEOPLE_NAME_BYTES);
        return NULL;
    }
    char *kept = strcpy(p->text, text);
    p->text += strlen(text) + 1;
    return kept;
}

/* Level of that name, added if it is new; -1 when there is no room. */
static int level_index(attribute_t *x, const char *name)
{
    for (int i = 0; i < x->n_levels; i++)
        if (expression_same_name(x->level[i], name)) return i;
    if (x->n_levels == POP_LEVELS) return -1;
    x->level[x->n_levels] = name;
    return x->n_levels++;
}

/* The number a value begins with; what merely can be read as one ("Nantes", "Infantry") begins with none. */
static bool begins_with_number(const char *text, double *number)
{
    char *end;
    *number = strtod(text, &end);
    return end != text && isfinite(*number);
}

/* By the numbers they begin with, else by their bytes: the order of rows does not matter. */
static int value_order(const void *a, const void *b)
{
    const char *x = *(const char *const *)a, *y = *(const char *const *)b;
    double p, q;
    bool numbers = begins_with_number(x, &p) & begins_with_number(y, &q);
    if (numbers && p != q) return p < q ? -1 : 1;
    return strcmp(x, y);
}

static bool too_many_levels(csv_people_t *p, int k)
{
    const csv_role_t *role = &p->source.role[k];
    complain(p->l->d, SEVERITY_ERROR, role->column->place,
             "group them with `levels: {VALUE: LEVEL}`, or leave the column out",
             "'%s' has more than %d levels", shown(role->column->text).text, POP_LEVELS);
    return false;
}

/* The levels that were found, sorted. */
static bool levels_found(csv_people_t *p, int k, attribute_t *x)
{
    const csv_column_t *c = p->source.column[k];
    const char **name = people_allocate(p->l, c->n_levels + 1, sizeof *name);
    if (!name) return false;
    for (size_t i = 0; i < c->n_levels; i++) name[i] = c->level[i].text;
    qsort(name, c->n_levels, sizeof *name, value_order);
    bool fine = true;
    for (size_t i = 0; i < c->n_levels && fine; i++) {
        int before = x->n_levels, at = level_index(x, name[i]);
        fine = at >= 0 || too_many_levels(p, k);
        if (fine && at == before) fine = (x->level[at] = text_keep(p, k, name[i])) != NULL;
    }
    free(name);
    return fine;
}

/* The levels that are allowed, in their order. */
static bool levels_given(csv_people_t *p, int k, attribute_t *x)
{
    const node_t *levels = p->source.role[k].levels;
    for (size_t i = 0; i < levels->n; i++)
        if (level_index(x, levels->item[i]->text) < 0) return too_many_levels(p, k);
    return true;
}

/* What a value of the file is called. */
static const char *level_name(const csv_people_t *p, int k, const char *value)
{
    const node_t *levels = p->source.role[k].levels;
    for (size_t i = 0; levels && levels->kind == NODE_MAPPING && i < levels->n; i++)
        if (expression_same_name(levels->key[i]->text, value)) return levels->item[i]->text;
    return value;
}

static bool attribute_levels(csv_people_t *p, int k, attribute_t *x)
{
    const csv_column_t *c = p->source.column[k];
    part_t *part = &p->part[k];
    if (!(p->source.role[k].levels ? levels_given(p, k, x) : levels_found(p, k, x))) return false;
    part->level = people_allocate(p->l, c->n_levels + 1, 1);
    if (!part->level) return false;
    for (size_t i = 0; i < c->n_levels; i++)
        part->level[i] = (uint8_t)level_index(x, level_name(p, k, c->level[i].text));
    if (!c->n_missing || p->source.role[k].missing != MISSING_UNKNOWN) return true;
    part->unknown = level_index(x, "unknown");
    return part->unknown >= 0 || too_many_levels(p, k);
}

/* ---- Age --------------------------------------------------------------------------------------- */

/* Bands of the ads managers (Meta, Google, TikTok report these), and two for those below. */
static const char *const usual_bands[] = {"0-12",  "13-17", "18-24", "25-34",
                                          "35-44", "45-54", "55-64", "65+"};

static void add_band(csv_people_t *p, attribute_t *age, const char *text, place_t at)
{
    int i = age->n_levels, low, high;
    people_reader_t *l = p->l;
    if (!people_band(text, l->oldest, &low, &high)) {
        complain(l->d, SEVERITY_ERROR, at, "write 18-24 or 65+",
                 "'%s' is not a band of ages between 0 and %d", shown(text).text, PEOPLE_AGE_MOST);
        return;
    }
    for (int year = low; year <= high; year++)
        if (attribute_band(age, year) >= 0) {
            complain(l->d, SEVERITY_ERROR, at, NULL, "age %d is in two bands", year);
            return;
        }
    if (i == POP_LEVELS) return;
    age->level[i] = text;
    age->low_years[i] = low;
    age->high_years[i] = high;
    age->n_levels++;
}

/* Youngest and oldest; are they years, bands, or both? */
typedef struct {
    int least, most;
    bool years, bands;
} ages_t;

static ages_t ages_of(const csv_column_t *c)
{
    ages_t ages = {.least = PEOPLE_AGE_MOST};
    for (size_t i = 0; i < c->n_levels; i++) {
        double years = c->level[i].number;
        if (isnan(years)) {
            ages.bands = true;
            continue;
        }
        ages.years = true;
        if (years < ages.least) ages.least = (int)years;
        if (years > ages.most) ages.most = (int)years;
    }
    return ages;
}

static void complain_both(csv_people_t *p, int k)
{
    const csv_column_t *c = p->source.column[k];
    uint64_t band = 0, years = 0;
    for (size_t i = 0; i < c->n_levels; i++) {
        uint64_t *first = isnan(c->level[i].number) ? &band : &years;
        if (!*first) *first = c->level[i].line;
    }
    complain(p->l->d, SEVERITY_ERROR, p->source.role[k].column->place, NULL,
             "'%s' has years (line %llu) and bands (line %llu): make it one of them",
             shown(c->name).text, (unsigned long long)years, (unsigned long long)band);
}

static void age_bands(csv_people_t *p, int k, attribute_t *age, const ages_t *ages)
{
    const csv_role_t *role = &p->source.role[k];
    const node_t *levels = role->levels;
    if (levels && levels->kind == NODE_SEQUENCE) {
        for (size_t i = 0; i < levels->n; i++) {
            const char *text = people_text(p->l, levels->item[i], "levels");
            if (text) add_band(p, age, text, levels->item[i]->place);
        }
    } else if (levels) {
        complain(p->l->d, SEVERITY_ERROR, levels->place, "such as [18-34, 35-54, 55+]",
                 "'levels' of an age must be a list of bands");
    } else if (ages->years) {
        for (size_t i = ages->least < 13 ? 0 : ages->least < 18 ? 1 : 2; i < 8; i++)
            add_band(p, age, usual_bands[i], role->column->place);
    } else {
        attribute_t found = {.n_levels = 0};
        if (!levels_found(p, k, &found)) return;
        for (int i = 0; i < found.n_levels; i++)
            add_band(p, age, found.level[i], role->column->place);
    }
}

/* Each value of the file gets its band. */
static bool age_levels(csv_people_t *p, int k, attribute_t *age)
{
    const csv_column_t *c = p->source.column[k];
    ages_t ages = ages_of(c);
    size_t before = diagnostics_errors(p->l->d);
    if (ages.years && ages.bands) complain_both(p, k);
    p->years = ages.years;
    if (ages.most > p->l->oldest) p->l->oldest = ages.most;
    age_bands(p, k, age, &ages);
    part_t *part = &p->part[k];
    part->level = people_allocate(p->l, c->n_levels + 1, 1);
    if (!part->level || diagnostics_errors(p->l->d) > before) return false;
    for (size_t i = 0; i < c->n_levels; i++) {
        const csv_level_t *v = &c->level[i];
        int band = ages.years ? attribute_band(age, (int)v->number) : -1;
        for (int b = 0; !ages.years && b < age->n_levels; b++)
            if (expression_same_name(age->level[b], v->text)) band = b;
        part->level[i] = (uint8_t)band;
        if (band < 0)
            complain(p->l->d, SEVERITY_ERROR, p->source.role[k].levels->place, NULL,
                     "age %s (line %llu of the file, %zu row%s) is in no band", shown(v->text).text,
                     (unsigned long long)v->line, v->n_rows, v->n_rows == 1 ? "" : "s");
    }
    return diagnostics_errors(p->l->d) == before;
}

/* ---- Into the specification -------------------------------------------------------------------- */

static void add_attribute(csv_people_t *p, int k)
{
    people_reader_t *l = p->l;
    const csv_role_t *role = &p->source.role[k];
    population_spec_t *spec = l->spec;
    static const node_t age = {.kind = NODE_SCALAR, .text = "age"};
    bool is_age = role->role == AS_AGE;
    node_t name = is_age ? age : *role->name;
    name.place = role->name->place;
    attribute_t *x = people_attribute_new(l, &name, p->source.csv->text);
    if (!x) return;
    x->recorded = true;
    p->part[k].unknown = UNKNOWN_NONE;
    p->part[k].index = spec->n_attributes;
    if (!(is_age ? age_levels(p, k, x) : attribute_levels(p, k, x))) return;
    if (is_age) spec->age = spec->n_attributes;
    spec->n_attributes++;
}

static void add_trait(csv_people_t *p, int k)
{
    static const trait_kind_t kind[] = {
        [AS_INTEREST] = TRAIT_INTEREST, [AS_BEHAVIOUR] = TRAIT_BEHAVIOUR, [AS_TRAIT] = TRAIT_OWN};
    population_spec_t *spec = p->l->spec;
    trait_t *trait =
        people_trait(p->l, p->source.role[k].name, p->source.csv->text, kind[role_of(p, k)]);
    if (!trait) return;
    trait->recorded = true;
    p->part[k].index = spec->n_traits;
    p->form.traits |= (uint64_t)1 << spec->n_traits++;
}

static void add_platform(csv_people_t *p, int k)
{
    population_spec_t *spec = p->l->spec;
    platform_use_t *use = people_platform(p->l, p->source.role[k].name, p->source.csv->text);
    if (!use) return;
    use->recorded = true;
    use->share = people_allocate(p->l, 1, sizeof *use->share);
    p->part[k].index = spec->n_platforms;
    p->form.uses |= (uint64_t)1 << spec->n_platforms++;
}

static void add_customers(csv_people_t *p, int k)
{
    const node_t *column = p->source.role[k].column;
    const node_t *given = node_get(p->l->root, "existing_customers");
    if (p->form.customer)
        complain(p->l->d, SEVERITY_ERROR, column->place, NULL, "two columns are the customers");
    p->form.customer = true;
    p->l->spec->existing_customers_source = p->source.csv->text;
    if (!given) return;
    complain(p->l->d, SEVERITY_ERROR, given->place, "keep one of them",
             "column '%s' says who bought before", shown(column->text).text);
    complain_related(p->l->d, column->place, "here");
}

static void add_columns(csv_people_t *p)
{
    for (int k = 0; k < p->source.n_roles && p->l->status == OK; k++) switch (role_of(p, k)) {
        case AS_ATTRIBUTE:
        case AS_AGE: add_attribute(p, k); break;
        case AS_INTEREST:
        case AS_BEHAVIOUR:
        case AS_TRAIT: add_trait(p, k); break;
        case AS_PLATFORM: add_platform(p, k); break;
        case AS_CUSTOMERS: add_customers(p, k); break;
        case N_ROLES: break;
        }
    p->form.n_attributes = p->l->spec->n_attributes;
    p->form.years = p->years;
}

/* ---- Rows -------------------------------------------------------------------------------------- */

static void person_take(csv_people_t *p, int k, size_t row, recorded_person_t *who)
{
    const csv_column_t *c = p->source.column[k];
    const part_t *part = &p->part[k];
    unsigned code = csv_code(c, row);
    bool yes = code != CSV_MISSING_CODE && c->level[code].number == 1;
    switch (role_of(p, k)) {
    case AS_ATTRIBUTE:
        who->level[part->index] =
            code == CSV_MISSING_CODE ? (uint8_t)part->unknown : part->level[code];
        break;
    case AS_AGE:
        who->level[part->index] = part->level[code];
        if (p->years) who->age_years = (uint8_t)c->level[code].number;
        break;
    case AS_INTEREST:
    case AS_BEHAVIOUR:
    case AS_TRAIT: who->traits |= (uint64_t)yes << part->index; break;
    case AS_PLATFORM: who->uses = (uint16_t)(who->uses | yes << part->index); break;
    case AS_CUSTOMERS: who->customer = yes; break;
    case N_ROLES: break;
    }
}

/* All rows that are kept; their number in *n, their weights' sum in *total. */
static recorded_row_t *rows_take(csv_people_t *p, size_t *n, double *total)
{
    size_t rows = p->source.table.n_rows;
    recorded_row_t *row = people_allocate(p->l, rows, sizeof *row);
    *n = 0;
    *total = 0;
    for (size_t i = 0; row && i < rows; i++) {
        if (csv_source_drops(&p->source, i)) continue;
        recorded_person_t who = {.traits = 0};
        for (int k = 0; k < p->source.n_roles; k++) person_take(p, k, i, &who);
        double weight = csv_source_weight(&p->source, i);
        recorded_row_set(&row[*n], &p->form, &who, weight, *n);
        *total += weight;
        ++*n;
    }
    return row;
}

/* Weights become real people. */
static bool rows_scale(csv_people_t *p, recorded_row_t *row, size_t n, double total)
{
    people_reader_t *l = p->l;
    if (n == 0) {
        complain(l->d, SEVERITY_ERROR, p->source.csv->place, NULL, "no row of the file is left");
        return false;
    }
    if (!l->size) l->spec->size = round(total);
    if (!(total > 0) || l->spec->size < 1 || l->spec->size > PEOPLE_MOST) {
        complain(l->d, SEVERITY_ERROR, p->source.csv->place, "give the population's size",
                 "the file counts %.15g people, 1 to %g are possible", total, PEOPLE_MOST);
        return false;
    }
    for (size_t i = 0; i < n; i++) row[i].weight *= l->spec->size / total;
    return true;
}

/* The shares of everybody who has what was recorded. */
static void shares_count(csv_people_t *p)
{
    population_spec_t *spec = p->l->spec;
    const recorded_t *r = p->recorded;
    double traits[POP_TRAITS] = {0}, uses[POP_PLATFORMS] = {0}, customers = 0;
    for (size_t i = 0; i < r->n_rows; i++) {
        double share = r->weight[i] / spec->size;
        for (int q = 0; r->traits && q < spec->n_traits; q++)
            traits[q] += r->traits[i] >> q & 1 ? share : 0;
        for (int q = 0; r->uses && q < spec->n_platforms; q++)
            uses[q] += r->uses[i] >> q & 1 ? share : 0;
        customers += r->customer && r->customer[i] ? share : 0;
    }
    for (int q = 0; q < spec->n_traits; q++)
        for (int g = 0; g < POP_CLASSES; g++) spec->trait[q].share[g] = fmin(traits[q], 1);
    for (int q = 0; q < spec->n_platforms; q++) spec->platform[q].share[0] = fmin(uses[q], 1);
    if (r->customer) spec->existing_customers = fmin(customers, 1);
}

static void record(csv_people_t *p)
{
    size_t n;
    double total;
    people_reader_t *l = p->l;
    recorded_row_t *row = rows_take(p, &n, &total);
    csv_table_free(&p->source.table);
    if (row && rows_scale(p, row, n, total)) {
        char *text = p->recorded->text;
        l->status = recorded_init(p->recorded, &p->form, row, n, l->err);
        p->recorded->text = text;
        if (l->status == OK) l->status = recorded_cells(p->recorded, l->spec, l->err);
        if (l->status == OK) shares_count(p);
    }
    free(row);
}

/* ---- The section ------------------------------------------------------------------------------- */

static void csv_people_read(csv_people_t *p, data_file_t *file)
{
    people_reader_t *l = p->l;
    size_t before = diagnostics_errors(l->d);
    ask(p);
    if (diagnostics_errors(l->d) > before) return;
    status_t status = csv_source_read(&p->source, l->root, p->wanted, file, l->d, l->err);
    if (status == ERR_MEMORY) l->status = status;
    if (status != OK) return;
    csv_source_tell(&p->source, l->d);
    l->spec->recorded = p->recorded = people_allocate(l, 1, sizeof *p->recorded);
    if (!p->recorded) return;
    p->text = p->recorded->text =
        people_allocate(l, (size_t)POP_ATTRIBUTES * POP_LEVELS, PEOPLE_NAME_BYTES + 1);
    if (!p->text) return;
    add_columns(p);
    if (l->status == OK && diagnostics_errors(l->d) == before) record(p);
}

void people_csv(people_reader_t *l, const node_t *node)
{
    static const char key[] = "population";
    size_t before = diagnostics_errors(l->d);
    data_file_t unused, *file = l->file ? l->file : &unused;
    const node_t *joint = node_get(l->root, "joint");
    if (joint) {
        complain(l->d, SEVERITY_ERROR, joint->place, "keep one of them",
                 "people come from a 'joint' table or from a 'csv' file");
        complain_related(l->d, node->place, "the file");
        return;
    }
    csv_people_t *p = people_allocate(l, 1, sizeof *p);
    if (!p) return;
    p->l = l;
    if (people_required(l, l->root, "columns", "a population from a file") &&
        csv_source_parse(&p->source, l->root, roles, N_ROLES, l->d))
        csv_people_read(p, file);
    l->csv_failed = diagnostics_errors(l->d) > before;
    if (l->file && l->spec->recorded) l->file->key = key;
    csv_table_free(&p->source.table);
    for (int k = 0; k < p->source.n_roles; k++) free(p->part[k].level);
    free(p);
}

void people_csv_key(people_reader_t *l, const node_t *node)
{
    if (!node_get(l->root, "csv"))
        complain(l->d, SEVERITY_ERROR, node->place, "name the file: csv: people.csv",
                 "this belongs to a 'csv' file, and there is none");
}

/* Use that was recorded is what it is: correlations could only change what is drawn. */
void people_csv_check(people_reader_t *l)
{
    const population_spec_t *spec = l->spec;
    for (int p = 0; p < spec->n_platforms; p++)
        for (int q = 0; spec->platform[p].recorded && q < spec->n_platforms; q++)
            if (q != p && spec->use_correlation[p][q] != 0) {
                complain(l->d, SEVERITY_ERROR, l->root->place, NULL,
                         "the use of '%s' is recorded: it cannot have a correlation of its own",
                         spec->platform[p].name);
                return;
            }
}
