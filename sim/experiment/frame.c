/* frame.c -- columns out of the people of a scenario. */
#include "sim/experiment/frame.h"

#include "models/audience/expression.h"
#include "sim/engine/parallel.h"

#include <stdlib.h>
#include <string.h>

enum { CHUNK = 4096 }; /* people made at once */

/* --- columns ---------------------------------------------------------------------------------- */

void frame_free(frame_t *f)
{
    for (int c = 0; c < f->n_columns; c++) {
        free(f->column[c].number);
        free(f->column[c].level);
    }
    free(f->column);
    free(f->weight);
    free(f->id);
    arena_free(&f->arena);
    *f = (frame_t){0};
}

frame_column_t *frame_add(frame_t *f, const char *name, frame_group_t group, frame_kind_t kind,
                          int n_levels)
{
    if (!f->column) f->column = calloc(FRAME_COLUMNS, sizeof *f->column);
    if (!f->column || f->n_columns == FRAME_COLUMNS) return NULL;
    frame_column_t c = {.group = group, .kind = kind, .n_levels = n_levels};
    size_t n = f->n ? f->n : 1;
    c.name = arena_copy(&f->arena, name, strlen(name));
    if (kind == FRAME_NUMBER)
        c.number = calloc(n, sizeof *c.number);
    else
        c.level = calloc(n, sizeof *c.level);
    c.level_name = n_levels ? arena_take(&f->arena, (size_t)n_levels * sizeof *c.level_name) : NULL;
    f->column[f->n_columns] = c;
    f->n_columns++; /* frame_free gives back what there is */
    if (!c.name || (!c.number && !c.level) || (n_levels && !c.level_name)) return NULL;
    if (kind == FRAME_YES_NO) {
        c.level_name[0] = "no";
        c.level_name[1] = "yes";
    }
    return &f->column[f->n_columns - 1];
}

static const char *last_word(const char *name)
{
    const char *space = strrchr(name, ' ');
    return space ? space + 1 : name;
}

int frame_find(const frame_t *f, const char *name)
{
    int found = -1, n = 0;
    for (int c = 0; c < f->n_columns; c++)
        if (expression_same_name(f->column[c].name, name)) return c;
    for (int c = 0; c < f->n_columns; c++) {
        if (!expression_same_name(last_word(f->column[c].name), name)) continue;
        found = c;
        n++;
    }
    return n == 1 ? found : -1;
}

/* --- people of a scenario --------------------------------------------------------------------- */

static const struct {
    const char *prefix;
    frame_group_t group;
} trait_words[] = {
    [TRAIT_INTEREST] = {"interest ", FRAME_INTEREST},
    [TRAIT_BEHAVIOUR] = {"behaviour ", FRAME_BEHAVIOUR},
    [TRAIT_OWN] = {"", FRAME_TRAIT},
};

static frame_column_t *add_yes_no(frame_t *f, const char *prefix, const char *name,
                                  frame_group_t group)
{
    char *whole = arena_format(&f->arena, "%s%s", prefix, name);
    frame_column_t *c = whole ? frame_add(f, whole, group, FRAME_YES_NO, 2) : NULL;
    if (c) c->clause = c->name;
    return c;
}

/* Every column the population has, empty. */
static bool add_columns(frame_t *f, const population_spec_t *spec)
{
    frame_column_t *c;
    if (spec->age >= 0) {
        if (!(c = frame_add(f, "age", FRAME_AGE, FRAME_NUMBER, 0))) return false;
        c->clause = c->name;
    }
    for (int a = 0; a < spec->n_attributes; a++) {
        const attribute_t *x = &spec->attribute[a];
        if (a == spec->age) continue;
        if (!(c = frame_add(f, x->name, FRAME_ATTRIBUTE, FRAME_CATEGORY, x->n_levels)))
            return false;
        c->clause = c->name;
        memcpy(c->level_name, x->level, (size_t)x->n_levels * sizeof *x->level);
    }
    for (int t = 0; t < spec->n_traits; t++) {
        const trait_t *x = &spec->trait[t];
        if (!add_yes_no(f, trait_words[x->kind].prefix, x->name, trait_words[x->kind].group))
            return false;
    }
    for (int p = 0; p < spec->n_platforms; p++)
        if (!add_yes_no(f, "uses ", spec->platform[p].name, FRAME_PLATFORM)) return false;
    return !(spec->existing_customers > 0) || add_yes_no(f, "", "customers", FRAME_CUSTOMER);
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
    frame_column_t *c = f->column;
    if (spec->age >= 0) {
        for (size_t i = from; i < to; i++) c->number[i] = pop->age_years[i];
        c++;
    }
    for (int a = 0; a < spec->n_attributes; a++)
        if (a != spec->age) memcpy((c++)->level + from, pop->level[a] + from, to - from);
    for (int t = 0; t < spec->n_traits; t++, c++)
        for (size_t i = from; i < to; i++) c->level[i] = pop->traits[i] >> t & 1;
    for (int p = 0; p < spec->n_platforms; p++, c++)
        for (size_t i = from; i < to; i++) c->level[i] = pop->uses[i] >> p & 1;
    if (spec->existing_customers > 0) memcpy(c->level + from, pop->customer + from, to - from);
}

static void fill_chunk(void *context, size_t i, int worker)
{
    (void)worker;
    filling_t *x = context;
    size_t from = i * CHUNK, to = from + CHUNK < x->frame->n ? from + CHUNK : x->frame->n;
    population_fill(x->people, from, to, x->key, 0);
    copy_people(x->frame, x->people, from, to);
}

status_t frame_of_people(frame_t *f, const population_spec_t *spec, size_t people, uint64_t seed,
                         int threads, error_t *err)
{
    population_t pop = {0};
    *f = (frame_t){.n = people, .unit = spec->size / (double)people};
    status_t st = population_allocate(&pop, spec, people, rng_key(seed), 0, err);
    if (st == OK && !add_columns(f, spec)) st = fail_memory(err, "the columns of the people");
    if (st == OK) {
        filling_t x = {f, &pop, rng_key(seed)};
        parallel_for((people + CHUNK - 1) / CHUNK, threads, fill_chunk, &x);
    }
    population_free(&pop);
    return st;
}
