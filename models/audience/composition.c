/* composition.c -- sums over the joint cells and the levels that are drawn. */
#include "models/audience/composition.h"

#include "models/audience/recorded.h"

#include <stdlib.h>
#include <string.h>

int by_levels(const population_spec_t *spec, int attribute)
{
    return attribute == BY_CLASS ? spec->n_classes : spec->attribute[attribute].n_levels;
}

size_t by_rows(const population_spec_t *spec, const by_t *by)
{
    size_t rows = 1;
    for (int k = 0; k < by->n; k++) rows *= (size_t)by_levels(spec, by->attribute[k]);
    return rows;
}

size_t by_row(const population_spec_t *spec, const by_t *by, const int level[POP_ATTRIBUTES + 1])
{
    size_t row = 0;
    for (int k = 0; k < by->n; k++)
        row = row * (size_t)by_levels(spec, by->attribute[k]) + (size_t)level[by->attribute[k]];
    return row;
}

bool class_depends_on(const population_spec_t *spec, int attribute)
{
    for (int l = 0; l < spec->attribute[attribute].n_levels; l++)
        for (int g = 0; g < spec->n_classes; g++)
            if (spec->class_effect[attribute][l][g] != 1) return true;
    return false;
}

void class_chances(const population_spec_t *spec, const int *level, const bool *counts,
                   double *chance)
{
    double sum = 0;
    for (int g = 0; g < spec->n_classes; g++) {
        chance[g] = spec->class_weight[g];
        for (int a = 0; a < spec->n_attributes; a++)
            if (counts[a]) chance[g] *= spec->class_effect[a][level[a]][g];
        sum += chance[g];
    }
    for (int g = 0; g < spec->n_classes; g++) chance[g] /= sum;
}

int attribute_root(const population_spec_t *spec, int attribute)
{
    while (spec->attribute[attribute].grouping) attribute = spec->attribute[attribute].of;
    return attribute;
}

/* Level of an attribute at a level of its root. */
static uint8_t level_at_root(const population_spec_t *spec, int attribute, int level)
{
    const attribute_t *x = &spec->attribute[attribute];
    return x->grouping ? x->group[level_at_root(spec, x->of, level)] : (uint8_t)level;
}

int attribute_band(const attribute_t *age, int years)
{
    for (int i = 0; i < age->n_levels; i++)
        if (years >= age->low_years[i] && years <= age->high_years[i]) return i;
    return -1;
}

bool attribute_map(const population_spec_t *spec, int fine, int coarse, uint8_t map[POP_LEVELS])
{
    int root = attribute_root(spec, fine);
    bool set[POP_LEVELS] = {false};
    if (root != attribute_root(spec, coarse)) return false;
    for (int l = 0; l < spec->attribute[root].n_levels; l++) {
        uint8_t from = level_at_root(spec, fine, l), to = level_at_root(spec, coarse, l);
        if (set[from] && map[from] != to) return false;
        set[from] = true;
        map[from] = to;
    }
    return true;
}

void composition_needs(const population_spec_t *spec, bool needed[POP_ATTRIBUTES])
{
    for (int a = spec->n_attributes - 1; a >= 0; a--) {
        const attribute_t *x = &spec->attribute[a];
        if (!needed[a]) continue;
        if (x->grouping) needed[x->of] = true;
        for (int k = 0; k < x->by.n; k++) needed[x->by.attribute[k]] = true;
    }
}

typedef struct {
    const population_spec_t *spec;
    const bool *needed;
    const level_kinds_t *kinds;
    bool merged[POP_ATTRIBUTES]; /* comes by kinds */
    void (*leaf)(void *context, const int *level, double people);
    void *context;
    int level[POP_ATTRIBUTES + 1];
    long leaves;
} walk_t;

/* Attributes a, a + 1, ... of the people who have the levels set so far. */
static void walk(walk_t *w, int a, double people)
{
    const population_spec_t *spec = w->spec;
    while (a < spec->n_attributes && (!w->needed[a] || spec->attribute[a].recorded)) a++;
    if (w->leaves > COMPOSITION_MOST) return;
    if (a == spec->n_attributes) {
        if (++w->leaves <= COMPOSITION_MOST) w->leaf(w->context, w->level, people);
        return;
    }
    const attribute_t *x = &spec->attribute[a];
    if (x->grouping) {
        w->level[a] = x->group[w->level[x->of]];
        walk(w, a + 1, people);
        return;
    }
    const double *share = x->share + by_row(spec, &x->by, w->level) * (size_t)x->n_levels;
    const level_kinds_t *kinds = w->merged[a] ? &w->kinds[a] : NULL;
    double of_kind[POP_LEVELS] = {0};
    int n = kinds ? kinds->n : x->n_levels;
    for (int l = 0; l < x->n_levels; l++) of_kind[kinds ? kinds->of[l] : l] += share[l];
    for (int k = 0; k < n; k++) {
        w->level[a] = kinds ? kinds->first[k] : k;
        if (of_kind[k] > 0) walk(w, a + 1, people * of_kind[k]);
    }
}

/* Marks the attributes that come by kinds: nothing needed depends on their very level. */
static void mark_merged(walk_t *w)
{
    const population_spec_t *spec = w->spec;
    for (int a = 0; a < spec->n_attributes; a++) w->merged[a] = w->kinds && w->kinds[a].n > 0;
    for (int a = 0; a < spec->n_attributes; a++) {
        const attribute_t *x = &spec->attribute[a];
        if (!w->needed[a]) continue;
        if (x->grouping) w->merged[x->of] = false;
        for (int k = 0; k < x->by.n; k++) w->merged[x->by.attribute[k]] = false;
    }
}

bool composition_walk_row(const population_spec_t *spec, const bool needed[POP_ATTRIBUTES],
                          size_t row, double people,
                          void (*leaf)(void *context, const int *level, double people),
                          void *context)
{
    walk_t w = {.spec = spec, .needed = needed, .leaf = leaf, .context = context};
    for (int a = 0; a < spec->recorded->form.n_attributes; a++)
        w.level[a] = spec->recorded->level[a][row];
    walk(&w, spec->recorded->form.n_attributes, people);
    return w.leaves <= COMPOSITION_MOST;
}

static status_t walk_end(const walk_t *w)
{
    return w->leaves <= COMPOSITION_MOST ? OK : ERR_INVALID;
}

/* Of recorded people: rows alike in what is needed at once. */
static status_t walk_recorded(walk_t *w)
{
    const recorded_t *r = w->spec->recorded;
    recorded_ask_t ask = {.years = false};
    memcpy(ask.attribute, w->needed, sizeof ask.attribute);
    size_t n;
    recorded_kind_t *kind = recorded_kinds(r, &ask, &n);
    if (!kind) return ERR_MEMORY;
    for (size_t k = 0; k < n; k++) {
        for (int a = 0; a < r->form.n_attributes; a++) w->level[a] = r->level[a][kind[k].row];
        walk(w, r->form.n_attributes, kind[k].people);
    }
    free(kind);
    return walk_end(w);
}

static status_t walk_all(walk_t *w)
{
    const population_spec_t *spec = w->spec;
    if (spec->recorded) return walk_recorded(w);
    for (size_t c = 0; c < spec->n_cells; c++) {
        size_t rest = c;
        for (int a = spec->n_joint - 1; a >= 0; a--) {
            w->level[a] = (int)(rest % (size_t)spec->attribute[a].n_levels);
            rest /= (size_t)spec->attribute[a].n_levels;
        }
        if (spec->cell_count[c] > 0) walk(w, spec->n_joint, spec->cell_count[c]);
    }
    return walk_end(w);
}

bool composition_walk(const population_spec_t *spec, const bool needed[POP_ATTRIBUTES],
                      const level_kinds_t *kinds,
                      void (*leaf)(void *context, const int *level, double people), void *context)
{
    walk_t w = {.spec = spec, .needed = needed, .kinds = kinds, .leaf = leaf, .context = context};
    mark_merged(&w);
    return walk_all(&w) == OK;
}

typedef struct {
    const population_spec_t *spec;
    const by_t *by;
    bool classes, class_by[POP_ATTRIBUTES];
    double *people;
} sum_t;

static void add_people(void *context, const int *level, double people)
{
    sum_t *s = context;
    if (!s->classes) {
        s->people[by_row(s->spec, s->by, level)] += people;
        return;
    }
    double chance[POP_CLASSES];
    int with_class[POP_ATTRIBUTES + 1];
    memcpy(with_class, level, sizeof with_class);
    class_chances(s->spec, level, s->class_by, chance);
    for (int g = 0; g < s->spec->n_classes; g++) {
        with_class[BY_CLASS] = g;
        s->people[by_row(s->spec, s->by, with_class)] += people * chance[g];
    }
}

bool composition(const population_spec_t *spec, const by_t *by, double *people)
{
    return composition_count(spec, by, people) == OK;
}

status_t composition_count(const population_spec_t *spec, const by_t *by, double *people)
{
    sum_t s = {.spec = spec, .by = by, .people = people};
    bool needed[POP_ATTRIBUTES] = {false};
    for (int k = 0; k < by->n; k++) {
        if (by->attribute[k] == BY_CLASS)
            s.classes = true;
        else
            needed[by->attribute[k]] = true;
    }
    for (int a = 0; s.classes && a < spec->n_attributes; a++)
        needed[a] |= s.class_by[a] = class_depends_on(spec, a);
    composition_needs(spec, needed);
    memset(people, 0, by_rows(spec, by) * sizeof *people);
    walk_t w = {.spec = spec, .needed = needed, .leaf = add_people, .context = &s};
    return walk_all(&w);
}
