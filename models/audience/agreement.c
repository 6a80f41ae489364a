/* agreement.c -- counts the tables of a population: as the specification expects them, as people have them. */
#include "models/audience/agreement.h"

#include "models/audience/composition.h"
#include "models/audience/synthesis.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { TABLES_MOST = 2 * POP_ATTRIBUTES + POP_PLATFORMS + 64 };

typedef struct {
    agreements_t *out;
    const population_spec_t *spec;
    const population_t *pop;
    double
        *both; /* users of two platforms, see people_who_use_both; worked out when first needed */
    error_t *err;
} tables_t;

/* ---- What the specification expects -------------------------------------------------------------- */

static status_t expect_people(const tables_t *t, agreement_t *a)
{
    const fit_target_t *table = &a->table;
    size_t inner = a->n;
    status_t st = composition(t->spec, &table->by, a->fitted, t->err);
    if (st != OK) return st;
    for (int k = 0; k < table->n_given; k++)
        inner /= (size_t)t->spec->attribute[table->by.attribute[k]].n_levels;
    for (size_t row = 0; row < a->n; row += inner) {
        double people = 0;
        for (size_t e = row; e < row + inner; e++) people += a->fitted[e];
        for (size_t e = row; e < row + inner; e++)
            a->base[e] = table->n_given ? people : t->spec->size;
    }
    return OK;
}

typedef struct {
    const population_spec_t *spec;
    agreement_t *a;
} users_t;

static void add_users(void *context, const int *level, double people)
{
    const users_t *u = context;
    const fit_target_t *t = &u->a->table;
    size_t first = by_row(u->spec, &t->by, level) * (size_t)t->n_platforms;
    for (int j = 0; j < t->n_platforms; j++) {
        const platform_use_t *use = &u->spec->platform[t->platform[j]];
        u->a->base[first + (size_t)j] += people;
        u->a->fitted[first + (size_t)j] += people * use->share[by_row(u->spec, &use->by, level)];
    }
}

static void want(bool *wanted, const by_t *by)
{
    for (int k = 0; k < by->n; k++) wanted[by->attribute[k]] = true;
}

static status_t expect_use(const tables_t *t, agreement_t *a)
{
    bool wanted[POP_ATTRIBUTES] = {false};
    users_t u = {t->spec, a};
    want(wanted, &a->table.by);
    for (int j = 0; j < a->table.n_platforms; j++)
        want(wanted, &t->spec->platform[a->table.platform[j]].by);
    return composition_walk(t->spec, wanted, NULL, add_users, &u, t->err);
}

static status_t expect_overlap(tables_t *t, agreement_t *a)
{
    int n = a->table.n_platforms, all = t->spec->n_platforms;
    status_t st = OK;
    if (!t->both) {
        t->both = malloc((size_t)(all * all) * sizeof *t->both);
        st = t->both ? people_who_use_both(t->spec, t->both, t->err)
                     : fail_memory(t->err, "a table of overlaps");
    }
    for (int i = 0; i < n && st == OK; i++)
        for (int j = 0; j < n; j++) {
            int p = a->table.platform[i], q = a->table.platform[j];
            a->fitted[i * n + j] = t->both[p * all + q];
            a->base[i * n + j] = t->both[p * all + p];
        }
    return st;
}

/* ---- What people have ---------------------------------------------------------------------------- */

static size_t row_of_person(const population_t *pop, const by_t *by, size_t person)
{
    size_t row = 0;
    for (int k = 0; k < by->n; k++) {
        int a = by->attribute[k];
        row = row * (size_t)pop->spec->attribute[a].n_levels + pop->level[a][person];
    }
    return row;
}

static void count_person(const agreement_t *a, const population_t *pop, size_t person)
{
    const fit_target_t *t = &a->table;
    size_t width = (size_t)t->n_platforms;
    if (t->kind == TARGET_PEOPLE) {
        a->simulated[row_of_person(pop, &t->by, person)] += pop->weight;
        return;
    }
    size_t row = t->kind == TARGET_USE ? row_of_person(pop, &t->by, person) * width : 0;
    for (size_t i = 0; i < width; i++) {
        if (!(pop->uses[person] >> t->platform[i] & 1)) continue;
        if (t->kind == TARGET_USE) a->simulated[row + i] += pop->weight;
        for (size_t j = 0; j < width && t->kind == TARGET_OVERLAP; j++)
            if (pop->uses[person] >> t->platform[j] & 1) a->simulated[i * width + j] += pop->weight;
    }
}

static status_t count_people(const tables_t *t, agreement_t *a)
{
    if (!t->pop) return OK;
    a->simulated = calloc(a->n, sizeof *a->simulated);
    double *counted = malloc(2 * a->n * sizeof *counted);
    if (a->simulated && counted) {
        for (size_t i = 0; i < t->pop->n; i++) count_person(a, t->pop, i);
        for (size_t e = 0; e < a->n; e++) {
            counted[e] = a->simulated[e] / t->pop->weight;
            counted[a->n + e] = a->fitted[e] / t->pop->weight;
        }
        a->drawn = table_fit(counted, counted + a->n, a->n);
    }
    bool have = a->simulated && counted;
    free(counted);
    return have ? OK : fail_memory(t->err, "a table of people");
}

/* ---- Tables -------------------------------------------------------------------------------------- */

static size_t entries_of(const population_spec_t *spec, const fit_target_t *t)
{
    size_t width = (size_t)t->n_platforms;
    if (t->kind == TARGET_OVERLAP) return width * width;
    return by_rows(spec, &t->by) * (t->kind == TARGET_USE ? width : 1);
}

static status_t add_table(tables_t *t, const fit_target_t *table)
{
    agreement_t *a = &t->out->table[t->out->n++];
    *a = (agreement_t){.table = *table, .n = entries_of(t->spec, table)};
    a->wanted = calloc(a->n, sizeof *a->wanted);
    a->fitted = calloc(a->n, sizeof *a->fitted);
    a->base = calloc(a->n, sizeof *a->base);
    if (!a->wanted || !a->fitted || !a->base) return fail_memory(t->err, "a table of people");
    status_t st = table->kind == TARGET_PEOPLE ? expect_people(t, a)
                  : table->kind == TARGET_USE  ? expect_use(t, a)
                                               : expect_overlap(t, a);
    for (size_t e = 0; e < a->n && st == OK; e++)
        a->wanted[e] = table->stated ? table->stated[e] * a->base[e] : a->fitted[e];
    if (st == OK) a->fit = table_fit(a->fitted, a->wanted, a->n);
    return st == OK ? count_people(t, a) : st;
}

static status_t add_joint(tables_t *t)
{
    const population_spec_t *spec = t->spec;
    fit_target_t whole = {.name = "joint", .source = spec->source, .by.n = spec->n_joint};
    status_t st = OK;
    if (spec->n_joint == 0) return OK;
    for (int a = 0; a < spec->n_joint && a < POP_BY; a++) whole.by.attribute[a] = a;
    if (spec->n_joint > 1 && spec->n_joint <= POP_BY) st = add_table(t, &whole);
    for (int a = 0; a < spec->n_joint && st == OK; a++) {
        const attribute_t *x = &spec->attribute[a];
        st = add_table(t, &(fit_target_t){.name = x->name, .source = x->source, .by = {1, {a}}});
    }
    return st;
}

static bool is_stated(const population_spec_t *spec, int attribute)
{
    for (int k = 0; k < spec->n_targets; k++)
        for (int d = spec->target[k].n_given; d < spec->target[k].by.n; d++)
            if (spec->target[k].kind == TARGET_PEOPLE && !spec->target[k].held_out &&
                attribute_root(spec, spec->target[k].by.attribute[d]) == attribute)
                return true;
    return false;
}

/* Attributes that are drawn by a table of their own. */
static status_t add_attributes(tables_t *t)
{
    const population_spec_t *spec = t->spec;
    status_t st = OK;
    for (int a = spec->n_joint; a < spec->n_attributes && st == OK; a++) {
        const attribute_t *x = &spec->attribute[a];
        if (x->grouping || is_stated(spec, a) || x->by.n == POP_BY) continue;
        fit_target_t own = {.name = x->name, .source = x->source, .by = x->by, .n_given = x->by.n};
        own.by.attribute[own.by.n++] = a;
        st = add_table(t, &own);
    }
    return st;
}

static status_t add_platforms(tables_t *t)
{
    const population_spec_t *spec = t->spec;
    status_t st = OK;
    for (int p = 0; p < spec->n_platforms && st == OK; p++) {
        bool stated = false;
        for (int k = 0; k < spec->n_targets; k++)
            for (int j = 0; j < spec->target[k].n_platforms; j++)
                stated |= spec->target[k].kind == TARGET_USE && !spec->target[k].held_out &&
                          spec->target[k].platform[j] == p;
        const platform_use_t *use = &spec->platform[p];
        if (!stated)
            st = add_table(t, &(fit_target_t){.kind = TARGET_USE,
                                              .name = use->name,
                                              .source = use->source,
                                              .by = use->by,
                                              .n_platforms = 1,
                                              .platform = {p}});
    }
    return st;
}

status_t population_agreements(agreements_t *out, const population_spec_t *spec,
                               const population_t *pop, error_t *err)
{
    tables_t t = {.out = out, .spec = spec, .pop = pop, .err = err};
    *out = (agreements_t){.table = calloc(TABLES_MOST, sizeof *out->table)};
    status_t st = out->table ? add_joint(&t) : fail_memory(err, "the tables of people");
    if (st == OK) st = add_attributes(&t);
    if (st == OK) st = add_platforms(&t);
    for (int k = 0; k < spec->n_targets && st == OK; k++) st = add_table(&t, &spec->target[k]);
    free(t.both);
    return st;
}

void agreements_free(agreements_t *a)
{
    for (int k = 0; k < a->n; k++) {
        free(a->table[k].wanted);
        free(a->table[k].fitted);
        free(a->table[k].base);
        free(a->table[k].simulated);
    }
    free(a->table);
    *a = (agreements_t){0};
}
