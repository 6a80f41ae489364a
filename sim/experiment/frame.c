/* frame.c -- columns out of the people of a scenario. */
#include "sim/experiment/frame.h"

#include "models/audience/expression.h"
#include "sim/engine/parallel.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 4096 }; /* people made at once */

const char *const group_plural[GROUPS] = {
    [GROUP_ATTRIBUTE] = "attributes", [GROUP_INTEREST] = "interests",
    [GROUP_BEHAVIOUR] = "behaviours", [GROUP_TRAIT] = "traits",
    [GROUP_PLATFORM] = "platforms",
};

/* --- columns ---------------------------------------------------------------------------------- */

void frame_free(frame_t *f)
{
    for (int c = 0; c < f->people.n_features; c++) free(f->column[c].values);
    free(f->feature);
    free(f->column);
    free(f->weight);
    free(f->id);
    arena_free(&f->arena);
    *f = (frame_t){0};
}

feature_t *frame_add(frame_t *f, group_t group, feature_kind_t kind, const char *word,
                     const char *name)
{
    if (!f->feature) {
        f->feature = calloc(FRAME_COLUMNS, sizeof *f->feature);
        f->column = calloc(FRAME_COLUMNS, sizeof *f->column);
        f->people.feature = f->feature;
    }
    int c = f->people.n_features;
    if (!f->feature || !f->column || c == FRAME_COLUMNS) return NULL;
    size_t size = kind == FEATURE_NUMBER ? sizeof(double) : 1;
    void *values = calloc(f->people.n ? f->people.n : 1, size);
    char *own = arena_copy(&f->arena, name, strlen(name));
    char *label = arena_format(&f->arena, "%s%s%s", word, *word ? " " : "", name);
    f->column[c] =
        (frame_column_t){.group = group, .label = label, .own_name = own, .values = values};
    f->feature[c] = (feature_t){.kind = kind, .name = own, .word = word};
    f->people.n_features++; /* from here on frame_free gives back */
    if (kind == FEATURE_NUMBER)
        f->feature[c].number = values;
    else
        f->feature[c].value = values;
    return values && own && label ? &f->feature[c] : NULL;
}

uint8_t *frame_bytes(frame_t *f, const feature_t *feature)
{
    return f->column[feature - f->feature].values;
}

double *frame_numbers(frame_t *f, const feature_t *feature)
{
    return f->column[feature - f->feature].values;
}

int frame_find(const frame_t *f, const char *label)
{
    int found = -1, n = 0;
    for (int c = 0; c < f->people.n_features; c++)
        if (expression_same_name(f->column[c].label, label)) return c;
    for (int c = 0; c < f->people.n_features; c++) {
        if (!expression_same_name(f->feature[c].name, label)) continue;
        found = c;
        n++;
    }
    return n == 1 ? found : -1;
}

/* --- people of a scenario --------------------------------------------------------------------- */

static const struct {
    const char *word;
    group_t group;
} trait_words[] = {
    [TRAIT_INTEREST] = {"interest", GROUP_INTEREST},
    [TRAIT_BEHAVIOUR] = {"behaviour", GROUP_BEHAVIOUR},
    [TRAIT_OWN] = {"", GROUP_TRAIT},
};

/* Bands of the age say nothing that the age does not. */
static bool is_column(const population_spec_t *spec, int a)
{
    return !(spec->attribute[a].grouping && spec->attribute[a].of == spec->age);
}

static bool is_assumed(const char *source)
{
    return source && !strncmp(source, "assumption", 10);
}

static bool add_attribute(frame_t *f, const population_spec_t *spec, int a)
{
    const attribute_t *x = &spec->attribute[a];
    if (a == spec->age) return frame_add(f, GROUP_AGE, FEATURE_YEARS, "", x->name) != NULL;
    feature_t *c = frame_add(f, GROUP_ATTRIBUTE, FEATURE_LEVELS, "", x->name);
    if (!c) return false;
    c->n_levels = x->n_levels;
    c->level = x->level;
    f->column[c - f->feature].aside = x->grouping || is_assumed(x->source);
    return true;
}

/* Every column the population has, empty. */
static bool add_columns(frame_t *f, const population_spec_t *spec)
{
    bool fine = true;
    for (int a = 0; fine && a < spec->n_attributes; a++)
        fine = !is_column(spec, a) || add_attribute(f, spec, a);
    for (int t = 0; fine && t < spec->n_traits; t++) {
        const trait_t *x = &spec->trait[t];
        fine = frame_add(f, trait_words[x->kind].group, FEATURE_FLAG, trait_words[x->kind].word,
                         x->name);
    }
    for (int p = 0; fine && p < spec->n_platforms; p++)
        fine = frame_add(f, GROUP_PLATFORM, FEATURE_FLAG, "uses", spec->platform[p].name);
    if (fine && spec->existing_customers > 0)
        fine = frame_add(f, GROUP_CUSTOMER, FEATURE_FLAG, "", "customers");
    return fine;
}

typedef struct {
    frame_t *frame;
    population_t *people;
    rng_key_t key;
} filling_t;

/* The columns of the people from..to-1, in the order of add_columns. */
static void copy_people(frame_t *f, const population_t *pop, size_t from, size_t to)
{
    const population_spec_t *spec = pop->spec;
    const frame_column_t *c = f->column;
    for (int a = 0; a < spec->n_attributes; a++) {
        if (!is_column(spec, a)) continue;
        const uint8_t *source = a == spec->age ? pop->age_years : pop->level[a];
        memcpy((uint8_t *)(c++)->values + from, source + from, to - from);
    }
    for (int t = 0; t < spec->n_traits; t++) {
        uint8_t *value = (c++)->values;
        for (size_t i = from; i < to; i++) value[i] = pop->traits[i] >> t & 1;
    }
    for (int p = 0; p < spec->n_platforms; p++) {
        uint8_t *value = (c++)->values;
        for (size_t i = from; i < to; i++) value[i] = pop->uses[i] >> p & 1;
    }
    if (spec->existing_customers > 0)
        memcpy((uint8_t *)c->values + from, pop->customer + from, to - from);
}

static void fill_chunk(void *context, size_t i, int worker)
{
    (void)worker;
    filling_t *x = context;
    size_t n = x->people->n, from = i * CHUNK, to = from + CHUNK < n ? from + CHUNK : n;
    population_fill(x->people, from, to, x->key, 0);
    copy_people(x->frame, x->people, from, to);
}

status_t frame_of_people(frame_t *f, const population_spec_t *spec, size_t people, uint64_t seed,
                         int threads, error_t *err)
{
    population_t pop = {0};
    *f = (frame_t){.people = {.n = people}, .unit = spec->size / (double)people};
    status_t st = population_allocate(&pop, spec, people, rng_key(seed), 0, err);
    if (st == OK && !add_columns(f, spec)) st = fail_memory(err, "the columns of the people");
    if (st == OK) {
        filling_t x = {f, &pop, rng_key(seed)};
        parallel_for((people + CHUNK - 1) / CHUNK, threads, fill_chunk, &x);
    }
    population_free(&pop);
    return st;
}
