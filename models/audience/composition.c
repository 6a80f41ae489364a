/* composition.c -- sums over the joint cells and the levels that are drawn: attributes are summed out in order. */
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

/* ---- One attribute after the other --------------------------------------------------------------- */

/* What is told apart in a table of people: attributes in ascending order, no groupings (their levels
 * follow), each by its levels or, where `kinds` is set, by kinds of them. */
typedef struct {
    int n, attribute[POP_ATTRIBUTES];
    const level_kinds_t *kinds[POP_ATTRIBUTES];
    size_t rows;
} told_t;

/* Attributes are drawn one after the other for all people at once. One is told apart from its turn on;
 * from when no later one goes by it, only as far as somebody wants to know it: then the people of levels
 * alike are added up. So the cost is that of the largest table, not of all combinations. */
typedef struct {
    const population_spec_t *spec;
    bool needed[POP_ATTRIBUTES]; /* wanted, or behind what is wanted */
    int gone_by_until
        [POP_ATTRIBUTES]; /* the last needed attribute that goes by it or its groupings */
    level_kinds_t
        kinds[POP_ATTRIBUTES]; /* of roots: levels alike in all that is wanted of them; 0: none */
    told_t told;
    double *people, *next; /* [told.rows], and of the attribute after it */
    size_t room;           /* of each */
    int level[POP_ATTRIBUTES + 1];
    composition_leaf_t *leaf;
    void *context;
} walk_t;

static bool is_drawn(const walk_t *w, int a)
{
    return w->needed[a] && !w->spec->attribute[a].grouping && !w->spec->attribute[a].recorded;
}

static int kind_of(const level_kinds_t *kinds, int level)
{
    return kinds && kinds->n ? kinds->of[level] : level;
}

/* Is nothing that is wanted different at two levels of a root? */
static bool levels_alike(const population_spec_t *spec, const bool *wanted,
                         const level_kinds_t *kinds, int root, int l, int m)
{
    for (int g = root; g < spec->n_attributes; g++) {
        if (!wanted[g] || attribute_root(spec, g) != root) continue;
        const level_kinds_t *of = kinds ? &kinds[g] : NULL;
        if (kind_of(of, level_at_root(spec, g, l)) != kind_of(of, level_at_root(spec, g, m)))
            return false;
    }
    return true;
}

static bool root_wanted(const population_spec_t *spec, const bool *wanted, int root)
{
    for (int g = root; g < spec->n_attributes; g++)
        if (wanted[g] && attribute_root(spec, g) == root) return true;
    return false;
}

static void find_kinds(walk_t *w, const bool *wanted, const level_kinds_t *kinds, int root)
{
    level_kinds_t *own = &w->kinds[root];
    if (!root_wanted(w->spec, wanted, root)) return;
    for (int l = 0; l < w->spec->attribute[root].n_levels; l++) {
        int k = 0;
        while (k < own->n && !levels_alike(w->spec, wanted, kinds, root, own->first[k], l)) k++;
        if (k == own->n) own->first[own->n++] = (uint8_t)l;
        own->of[l] = (uint8_t)k;
    }
}

static void walk_init(walk_t *w, const population_spec_t *spec, const bool *wanted,
                      const level_kinds_t *kinds, composition_leaf_t *leaf, void *context)
{
    *w = (walk_t){.spec = spec, .told.rows = 1, .leaf = leaf, .context = context};
    memcpy(w->needed, wanted, sizeof w->needed);
    composition_needs(spec, w->needed);
    for (int a = 0; a < spec->n_attributes; a++) {
        if (!is_drawn(w, a)) continue;
        find_kinds(w, wanted, kinds, a);
        for (int k = 0; k < spec->attribute[a].by.n; k++)
            w->gone_by_until[attribute_root(spec, spec->attribute[a].by.attribute[k])] = a;
    }
}

/* What is told apart after the turn of an attribute. False: in more rows than COMPOSITION_MOST. */
static bool tell(const walk_t *w, int last, told_t *told)
{
    *told = (told_t){.rows = 1};
    for (int a = 0; a <= last; a++) {
        bool gone_by = w->gone_by_until[a] > last;
        if (!is_drawn(w, a) || (!gone_by && !w->kinds[a].n)) continue;
        told->attribute[told->n] = a;
        told->kinds[told->n++] = gone_by ? NULL : &w->kinds[a];
        told->rows *= (size_t)(gone_by ? w->spec->attribute[a].n_levels : w->kinds[a].n);
        if (told->rows > COMPOSITION_MOST) return false;
    }
    return true;
}

static size_t kinds_told(const walk_t *w, const told_t *told, int i)
{
    return (size_t)(told->kinds[i] ? told->kinds[i]->n
                                   : w->spec->attribute[told->attribute[i]].n_levels);
}

static size_t row_told(const walk_t *w, const told_t *told, int n)
{
    size_t row = 0;
    for (int i = 0; i < n; i++)
        row = row * kinds_told(w, told, i) +
              (size_t)kind_of(told->kinds[i], w->level[told->attribute[i]]);
    return row;
}

static void follow_groupings(walk_t *w)
{
    for (int a = 0; a < w->spec->n_attributes; a++) {
        const attribute_t *x = &w->spec->attribute[a];
        if (w->needed[a] && x->grouping) w->level[a] = x->group[w->level[x->of]];
    }
}

static void set_levels(walk_t *w, size_t row)
{
    const told_t *told = &w->told;
    for (int i = told->n - 1; i >= 0; i--) {
        size_t n = kinds_told(w, told, i);
        int kind = (int)(row % n);
        w->level[told->attribute[i]] = told->kinds[i] ? told->kinds[i]->first[kind] : kind;
        row /= n;
    }
    follow_groupings(w);
}

/* Room for the next table, all zero. */
static status_t make_room(walk_t *w, size_t rows)
{
    if (rows > w->room) {
        double *people = realloc(w->people, rows * sizeof *people);
        if (people) w->people = people;
        double *next = realloc(w->next, rows * sizeof *next);
        if (next) w->next = next;
        if (!people || !next) return ERR_MEMORY;
        w->room = rows;
    }
    memset(w->next, 0, rows * sizeof *w->next);
    return OK;
}

static void turn(walk_t *w, const told_t *told)
{
    double *people = w->people;
    w->people = w->next;
    w->next = people;
    w->told = *told;
}

static status_t draw(walk_t *w, int a)
{
    const attribute_t *x = &w->spec->attribute[a];
    told_t told;
    if (!tell(w, a, &told)) return ERR_INVALID;
    if (make_room(w, told.rows) != OK) return ERR_MEMORY;
    const level_kinds_t *kinds = told.kinds[told.n - 1]; /* it is told last */
    size_t n = kinds_told(w, &told, told.n - 1);
    for (size_t row = 0; row < w->told.rows; row++) {
        if (!(w->people[row] > 0)) continue;
        set_levels(w, row);
        const double *share = x->share + by_row(w->spec, &x->by, w->level) * (size_t)x->n_levels;
        double *to = w->next + row_told(w, &told, told.n - 1) * n;
        for (int l = 0; l < x->n_levels; l++) to[kind_of(kinds, l)] += w->people[row] * share[l];
    }
    turn(w, &told);
    return OK;
}

/* The rest of the attributes, of people in w->people; then the leaves. */
static status_t walk_on(walk_t *w, int from)
{
    for (int a = from; a < w->spec->n_attributes; a++) {
        status_t st = is_drawn(w, a) ? draw(w, a) : OK;
        if (st != OK) return st;
    }
    for (size_t row = 0; row < w->told.rows; row++) {
        if (!(w->people[row] > 0)) continue;
        set_levels(w, row);
        w->leaf(w->context, w->level, w->people[row]);
    }
    return OK;
}

/* People who were recorded as a row. */
static status_t walk_row(walk_t *w, size_t row, double people)
{
    const recorded_t *r = w->spec->recorded;
    w->told = (told_t){.rows = 1};
    if (make_room(w, 1) != OK) return ERR_MEMORY;
    w->people[0] = people;
    for (int a = 0; a < r->form.n_attributes; a++) w->level[a] = r->level[a][row];
    return walk_on(w, r->form.n_attributes);
}

/* All recorded people: rows alike in what is needed at once. */
static status_t walk_recorded(walk_t *w)
{
    recorded_ask_t ask = {.years = false};
    memcpy(ask.attribute, w->needed, sizeof ask.attribute);
    size_t n;
    recorded_kind_t *kind = recorded_kinds(w->spec->recorded, &ask, &n);
    status_t st = kind ? OK : ERR_MEMORY;
    for (size_t k = 0; st == OK && k < n; k++) st = walk_row(w, kind[k].row, kind[k].people);
    free(kind);
    return st;
}

static status_t walk_cells(walk_t *w)
{
    const population_spec_t *spec = w->spec;
    told_t told;
    if (!tell(w, spec->n_joint - 1, &told)) return ERR_INVALID;
    if (make_room(w, told.rows) != OK) return ERR_MEMORY;
    for (size_t c = 0; c < spec->n_cells; c++) {
        size_t rest = c;
        for (int a = spec->n_joint - 1; a >= 0; a--) {
            w->level[a] = (int)(rest % (size_t)spec->attribute[a].n_levels);
            rest /= (size_t)spec->attribute[a].n_levels;
        }
        w->next[row_told(w, &told, told.n)] += spec->cell_count[c];
    }
    turn(w, &told);
    return walk_on(w, spec->n_joint);
}

static status_t walk_end(walk_t *w, status_t st, error_t *err)
{
    free(w->people);
    free(w->next);
    if (st == ERR_MEMORY) return fail_memory(err, "the composition of a population");
    if (st == ERR_INVALID)
        return fail(err, st,
                    "the attributes that go by each other have more than %d combinations of levels",
                    COMPOSITION_MOST);
    return st;
}

status_t composition_walk(const population_spec_t *spec, const bool wanted[POP_ATTRIBUTES],
                          const level_kinds_t *kinds, composition_leaf_t *leaf, void *context,
                          error_t *err)
{
    walk_t w;
    walk_init(&w, spec, wanted, kinds, leaf, context);
    return walk_end(&w, spec->recorded ? walk_recorded(&w) : walk_cells(&w), err);
}

status_t composition_walk_row(const population_spec_t *spec, const bool wanted[POP_ATTRIBUTES],
                              size_t row, double people, composition_leaf_t *leaf, void *context,
                              error_t *err)
{
    walk_t w;
    walk_init(&w, spec, wanted, NULL, leaf, context);
    return walk_end(&w, walk_row(&w, row, people), err);
}

/* ---- Tables --------------------------------------------------------------------------------------- */

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

status_t composition(const population_spec_t *spec, const by_t *by, double *people, error_t *err)
{
    sum_t s = {.spec = spec, .by = by, .people = people};
    bool wanted[POP_ATTRIBUTES] = {false};
    for (int k = 0; k < by->n; k++) {
        if (by->attribute[k] == BY_CLASS)
            s.classes = true;
        else
            wanted[by->attribute[k]] = true;
    }
    for (int a = 0; s.classes && a < spec->n_attributes; a++)
        wanted[a] |= s.class_by[a] = class_depends_on(spec, a);
    memset(people, 0, by_rows(spec, by) * sizeof *people);
    return composition_walk(spec, wanted, NULL, add_people, &s, err);
}
