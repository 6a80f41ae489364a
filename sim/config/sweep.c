/* sweep.c -- reads `sweep:`, and makes the points of it. */
#include "sim/config/sweep.h"

#include "models/base/maths.h"
#include "models/base/sobol.h"
#include "sim/config/characters.h"
#include "sim/config/reader.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SUFFIX = 8 };

/* A swept key. Either a list of values, or numbers from..to, all with one suffix. */
typedef struct {
    const char *path;
    place_t at;
    const node_t *list; /* NULL: numbers */
    const node_t *range;
    size_t n; /* values; 0: anything between from and to */
    double from, to, step;
    bool log;
    char suffix[SUFFIX];
    const char *text; /* of the values, in short */
} axis_t;

struct sweep {
    arena_t arena;
    sweep_design_t design;
    size_t points;
    uint64_t seed;
    int n_axes;
    axis_t axis[SWEEP_AXES_MOST];
};

/* --- numbers of a range ----------------------------------------------------------------------- */

static const value_rule_t plain_rule = {
    .measure = MEASURE_ANY, .low = -INFINITY, .high = INFINITY, .bare = true, .certain = true};
static const value_rule_t duration_rule = {
    .measure = MEASURE_DAYS, .low = -INFINITY, .high = INFINITY, .bare = true, .certain = true};

double sweep_number(const char *text)
{
    double x;
    char help[200];
    if (number_parse(text, &plain_rule, &x, help) || number_parse(text, &duration_rule, &x, help))
        return x;
    return NAN;
}

/* The number before the suffix: ranges are counted in what is written, so that 10% + 2 x 10% is 30%. */
static bool range_number(diagnostics_t *d, const char *key, const node_t *node, double *out,
                         char suffix[SUFFIX])
{
    char help[200];
    double x;
    if (node->kind != NODE_SCALAR) {
        complain(d, SEVERITY_ERROR, node->place, "lists of values need no from and to",
                 "'%s' must be a number", key);
        return false;
    }
    if (!number_parse(node->text, &duration_rule, &x, help) &&
        !number_parse(node->text, &plain_rule, &x, help)) {
        complain(d, SEVERITY_ERROR, node->place, help, "'%s' must be a number, got '%s'", key,
                 shown(node->text).text);
        return false;
    }
    char *end;
    *out = strtod(node->text, &end);
    while (*end == ' ') end++;
    snprintf(suffix, SUFFIX, "%s", end);
    return true;
}

/* As short as it says the same to 15 digits. */
static const char *number_written(arena_t *a, double x, const char *suffix)
{
    x += 0.0; /* no negative zero */
    if (x == floor(x) && fabs(x) < 1e15) return arena_format(a, "%.0f%s", x, suffix);
    return arena_format(a, "%.15g%s", x, suffix);
}

/* What lies a share u of the way from one end to the other. */
static double between(const axis_t *x, double u)
{
    if (u <= 0) return x->from;
    if (u >= 1) return x->to;
    return x->log ? x->from * m_exp(u * m_log(x->to / x->from)) : x->from + u * (x->to - x->from);
}

static double range_value(const axis_t *x, size_t i)
{
    if (x->step != 0) return x->from + (double)i * x->step;
    return between(x, x->n > 1 ? (double)i / (double)(x->n - 1) : 0);
}

/* --- reading an axis -------------------------------------------------------------------------- */

static const node_t *required(diagnostics_t *d, const node_t *range, const char *key)
{
    const node_t *node = node_get(range, key);
    if (!node)
        complain(d, SEVERITY_ERROR, range->place, "write {from: 1, to: 10, step: 1}",
                 "'%s' is missing in sweep.over[]", key);
    return node;
}

static bool ends_read(axis_t *x, const node_t *range, diagnostics_t *d)
{
    const node_t *from = required(d, range, "from"), *to = required(d, range, "to");
    char suffix[SUFFIX];
    if (!from || !to || !range_number(d, "from", from, &x->from, x->suffix) ||
        !range_number(d, "to", to, &x->to, suffix))
        return false;
    if (!strcmp(suffix, x->suffix)) return true;
    complain(d, SEVERITY_ERROR, to->place, "write both alike: 10% and 40%, 7d and 28d",
             "'to' is written otherwise than 'from'");
    complain_related(d, from->place, "'from' is here");
    return false;
}

static bool step_read(axis_t *x, const node_t *range, const node_t *step, diagnostics_t *d)
{
    char suffix[SUFFIX];
    if (!range_number(d, "step", step, &x->step, suffix)) return false;
    if (strcmp(suffix, x->suffix) != 0) {
        complain(d, SEVERITY_ERROR, step->place, "write it as from and to",
                 "'step' is written otherwise than 'from'");
        return false;
    }
    if (x->step == 0 || x->log) {
        complain(d, SEVERITY_ERROR, step->place, x->log ? "say how many values: count: 5" : NULL,
                 x->log ? "'step' cannot stand with a log scale" : "'step' must not be 0");
        return false;
    }
    double steps = (x->to - x->from) / x->step;
    if (steps < -1e-9) {
        complain(d, SEVERITY_ERROR, range->place, "step the other way, or exchange the ends",
                 "no value lies between %g and %g by %g", x->from, x->to, x->step);
        return false;
    }
    if (steps >= SWEEP_POINTS_MOST) {
        complain(d, SEVERITY_ERROR, range->place, NULL, "%.3g values are more than %d", steps + 1,
                 SWEEP_POINTS_MOST);
        return false;
    }
    x->n = (size_t)floor(steps + 1e-9) + 1;
    return true;
}

static bool count_read(size_t *out, const node_t *node, const char *key, diagnostics_t *d)
{
    const value_rule_t rule = {.name = key,
                               .measure = MEASURE_COUNT,
                               .low = 1,
                               .high = SWEEP_POINTS_MOST,
                               .certain = true};
    value_t value;
    if (!value_read(node, &rule, 1, d, &value)) return false;
    *out = (size_t)value.value;
    if ((double)*out == value.value) return true;
    complain(d, SEVERITY_ERROR, node->place, NULL, "'%s' must be a whole number, got '%s'", key,
             shown(node->text).text);
    return false;
}

static bool scale_read(axis_t *x, const node_t *range, diagnostics_t *d)
{
    const node_t *scale = node_get(range, "scale");
    if (!scale) return true;
    bool word = scale->kind == NODE_SCALAR;
    x->log = word && !strcmp(scale->text, "log");
    if (!x->log && !(word && !strcmp(scale->text, "linear"))) {
        complain(d, SEVERITY_ERROR, scale->place, "linear or log", "no such scale%s%s%s",
                 word ? ": '" : "", word ? shown(scale->text).text : "", word ? "'" : "");
        return false;
    }
    if (!x->log || (x->from > 0 && x->to > 0)) return true;
    complain(d, SEVERITY_ERROR, scale->place, NULL, "a log scale needs ends above 0, not %g and %g",
             x->from, x->to);
    return false;
}

static bool is_sampled(const sweep_t *s)
{
    return s->design == SWEEP_LATIN || s->design == SWEEP_SOBOL;
}

static bool range_read(sweep_t *s, axis_t *x, const node_t *range, reader_t *r)
{
    size_t errors = diagnostics_errors(r->d);
    x->range = range;
    keys_check(r, sweep_over_section, range);
    if (!ends_read(x, range, r->d) || !scale_read(x, range, r->d)) return false;
    const node_t *step = node_get(range, "step"), *count = node_get(range, "count");
    if (step && count)
        complain(r->d, SEVERITY_ERROR, range->place, "keep one of them",
                 "'step' and 'count' both say how many values there are");
    else if (step)
        step_read(x, range, step, r->d);
    else if (count)
        count_read(&x->n, count, "count", r->d);
    else if (!is_sampled(s))
        complain(r->d, SEVERITY_ERROR, range->place,
                 "add step: or count:", "between %s and %s lie endless values",
                 shown(node_get(range, "from")->text).text,
                 shown(node_get(range, "to")->text).text);
    return diagnostics_errors(r->d) == errors;
}

static const char *list_text(arena_t *a, const node_t *list)
{
    enum { SHOWN_MOST = 6 };
    const char *text = arena_copy(a, "", 0);
    for (size_t i = 0; text && i < list->n && i < SHOWN_MOST; i++) {
        const node_t *item = list->item[i];
        const char *one = item->kind == NODE_SCALAR ? item->text : node_flow(a, item, NULL);
        text = one ? arena_format(a, "%s%s%s", text, i ? ", " : "", one) : NULL;
    }
    if (text && list->n > SHOWN_MOST)
        text = arena_format(a, "%s and %zu more", text, list->n - SHOWN_MOST);
    return text;
}

static const char *range_text(arena_t *a, const axis_t *x)
{
    const char *from = number_written(a, x->from, x->suffix),
               *to = number_written(a, x->to, x->suffix);
    if (!from || !to) return NULL;
    const char *log = x->log ? ", log scale" : "";
    if (!x->n) return arena_format(a, "between %s and %s%s", from, to, log);
    if (x->step == 0) return arena_format(a, "%zu from %s to %s%s", x->n, from, to, log);
    const char *step = number_written(a, x->step, x->suffix);
    return step ? arena_format(a, "%s to %s by %s", from, to, step) : NULL;
}

/* Keys that are used up before a point is made, or are for other commands. */
static bool may_be_swept(const node_t *key, diagnostics_t *d)
{
    static const char *const never[] = {"version", "extends", "set",
                                        "compare", "sweep",   "allocate"};
    for (size_t i = 0; i < sizeof never / sizeof *never; i++) {
        size_t n = strlen(never[i]);
        if (strncmp(key->text, never[i], n) || (key->text[n] && key->text[n] != '.')) continue;
        complain(d, SEVERITY_ERROR, key->place, NULL, "'%s' cannot be swept", never[i]);
        return false;
    }
    return true;
}

static void axis_read(sweep_t *s, const node_t *key, const node_t *values, reader_t *r)
{
    axis_t *x = &s->axis[s->n_axes];
    *x = (axis_t){.path = key->text, .at = key->place};
    if (!may_be_swept(key, r->d)) return;
    if (values->kind == NODE_MAPPING) {
        if (!range_read(s, x, values, r)) return;
    } else if (values->kind == NODE_SEQUENCE && values->n) {
        x->list = values;
        x->n = values->n;
    } else {
        complain(r->d, SEVERITY_ERROR, values->place,
                 "write [20000, 40000] or {from: 20000, to: 60000, step: 20000}",
                 values->kind == NODE_SEQUENCE ? "'%s' has no values"
                                               : "'%s' needs a list of values",
                 shown(key->text).text);
        return;
    }
    x->text = x->list ? list_text(&s->arena, x->list) : range_text(&s->arena, x);
    if (!x->text) out_of_memory(r);
    s->n_axes++;
}

/* --- how many points -------------------------------------------------------------------------- */

static void complain_points(diagnostics_t *d, place_t at, double points, double most)
{
    complain(d, SEVERITY_ERROR, at, "leave out values, or take points between them: design: sobol",
             "the grid has %.*g points, more than %.0f", points < 1e15 ? 15 : 3, points, most);
}

static void grid_count(sweep_t *s, const node_t *over, const node_t *points, size_t most,
                       diagnostics_t *d)
{
    double n = 1;
    for (int k = 0; k < s->n_axes; k++) n *= (double)s->axis[k].n;
    if (n > (double)most)
        complain_points(d, points ? points->place : over->place, n, (double)most);
    else
        s->points = (size_t)n;
}

static void zip_count(sweep_t *s, const node_t *points, size_t most, diagnostics_t *d)
{
    const axis_t *first = &s->axis[0];
    for (int k = 1; k < s->n_axes; k++)
        if (s->axis[k].n != first->n) {
            complain(d, SEVERITY_ERROR, s->axis[k].at, "zipped lists are equally long",
                     "'%s' has %zu values, '%s' has %zu", shown(s->axis[k].path).text, s->axis[k].n,
                     shown(first->path).text, first->n);
            return;
        }
    s->points = first->n;
    if (s->points > most)
        complain(d, SEVERITY_ERROR, points ? points->place : first->at, NULL,
                 "there are %zu points, more than %zu", s->points, most);
}

static void sample_count(sweep_t *s, const node_t *block, const node_t *points, diagnostics_t *d)
{
    if (!points) {
        complain(d, SEVERITY_ERROR, block->place, "add points: 256",
                 "a %s design needs to know how many points", sweep_design_word(s));
        return;
    }
    if (s->design != SWEEP_SOBOL) return;
    size_t power = 1;
    while (power < s->points) power *= 2;
    if (power != s->points)
        complain(d, SEVERITY_WARNING, points->place, NULL,
                 "%zu points fill the cube less evenly than %zu or %zu: powers of two do",
                 s->points, power / 2, power);
    if (s->n_axes > SOBOL_DIMENSIONS)
        complain(d, SEVERITY_ERROR, block->place, "design: latin has no such limit",
                 "Sobol points have at most %d keys, not %d", SOBOL_DIMENSIONS, s->n_axes);
}

/* --- the block -------------------------------------------------------------------------------- */

const char *sweep_design_word(const sweep_t *s)
{
    return section_find(sweep_section, "design")->words[s->design].name;
}

static void design_read(sweep_t *s, const node_t *design, diagnostics_t *d)
{
    if (!design) return;
    const key_row_t *row = section_find(sweep_section, "design");
    const char *names[8];
    size_t n = 0;
    for (const word_t *w = row->words; w->name; w++) {
        names[n++] = w->name;
        if (design->kind == NODE_SCALAR && !strcmp(design->text, w->name)) {
            s->design = (sweep_design_t)w->value;
            return;
        }
    }
    const char *text = design->kind == NODE_SCALAR ? design->text : "";
    const char *near = nearest_name(text, names, n);
    char help[100] = "grid, zip, latin or sobol";
    if (near) snprintf(help, sizeof help, "did you mean '%s'?", near);
    complain(d, SEVERITY_ERROR, design->place, help, "no such design: '%s'", shown(text).text);
}

static void block_read(sweep_t *s, const node_t *block, reader_t *r)
{
    size_t errors = diagnostics_errors(r->d), most = SWEEP_POINTS_MOST;
    if (!keys_check(r, sweep_section, block)) return;
    const node_t *over = node_get(block, "over"), *points = node_get(block, "points");
    design_read(s, node_get(block, "design"), r->d);
    if (points) count_read(&most, points, "points", r->d);
    if (!over || over->kind != NODE_MAPPING || !over->n || over->n > SWEEP_AXES_MOST) {
        if (over && over->kind == NODE_MAPPING && over->n)
            complain(r->d, SEVERITY_ERROR, over->place, NULL, "at most %d keys are swept, not %zu",
                     SWEEP_AXES_MOST, over->n);
        else
            complain(r->d, SEVERITY_ERROR, over ? over->place : block->place,
                     "write over: {seed: [1, 2, 3]}",
                     over ? "'over' must name the keys that change" : "'over' is missing in sweep");
        return;
    }
    for (size_t i = 0; i < over->n; i++) axis_read(s, over->key[i], over->item[i], r);
    if (diagnostics_errors(r->d) != errors) return;
    s->points = most;
    if (is_sampled(s)) sample_count(s, block, points, r->d);
    if (s->design == SWEEP_GRID) grid_count(s, over, points, most, r->d);
    if (s->design == SWEEP_ZIP) zip_count(s, points, most, r->d);
}

status_t sweep_read(const loaded_t *l, diagnostics_t *d, sweep_t **out, error_t *err)
{
    sweep_t *s = *out = calloc(1, sizeof *s);
    if (!s) return fail_memory(err, "the sweep");
    size_t errors = diagnostics_errors(d);
    reader_t r = {.arena = &s->arena, .d = d, .err = err};
    const node_t *block = node_get(loaded_reader(l)->root, "sweep");
    s->points = 1;
    s->seed = loaded_scenario(l)->seed;
    if (block) block_read(s, block, &r);
    if (r.status != OK) return r.status;
    if (diagnostics_errors(d) == errors) return OK;
    return fail(err, ERR_INVALID, "the sweep is not valid");
}

void sweep_free(sweep_t *s)
{
    if (s) arena_free(&s->arena);
    free(s);
}

sweep_design_t sweep_design(const sweep_t *s)
{
    return s->design;
}

size_t sweep_points(const sweep_t *s)
{
    return s->points;
}

int sweep_axes(const sweep_t *s)
{
    return s->n_axes;
}

const char *sweep_path(const sweep_t *s, int axis)
{
    return s->axis[axis].path;
}

int sweep_line(const sweep_t *s, int axis)
{
    return s->axis[axis].at.line;
}

size_t sweep_values(const sweep_t *s, int axis)
{
    return s->axis[axis].n;
}

bool sweep_is_list(const sweep_t *s, int axis)
{
    return s->axis[axis].list != NULL;
}

const char *sweep_values_text(const sweep_t *s, int axis)
{
    return s->axis[axis].text;
}

/* --- points ----------------------------------------------------------------------------------- */

/* Where a point stands on an axis: a value's number, or how far between the ends. */
typedef struct {
    size_t value;
    double share;
} position_t;

static position_t position(const sweep_t *s, int axis, size_t point)
{
    const axis_t *x = &s->axis[axis];
    size_t below = point;
    double u = 0;
    switch (s->design) {
    case SWEEP_GRID:
        for (int k = s->n_axes - 1; k > axis; k--) below /= s->axis[k].n;
        return (position_t){.value = below % x->n};
    case SWEEP_ZIP: return (position_t){.value = point};
    case SWEEP_LATIN:
        u = latin_unit(rng_key(s->seed), rng_path_hash(x->path), point, s->points);
        break;
    case SWEEP_SOBOL: u = sobol_unit(rng_key(s->seed), 0, (uint32_t)point, axis); break;
    }
    return (position_t){.value = (size_t)(u * (double)x->n), .share = u};
}

static status_t put_value(const axis_t *x, position_t p, sweep_point_t *out, error_t *err)
{
    const node_t *node = x->list ? x->list->item[p.value] : NULL;
    const char *text = NULL;
    if (!node) {
        double number = x->n ? range_value(x, p.value) : between(x, p.share);
        text = number_written(&out->arena, number, x->suffix);
        node = text ? node_scalar(&out->arena, text, x->range->place) : NULL;
    } else {
        text = node->kind == NODE_SCALAR ? node->text : node_flow(&out->arena, node, NULL);
    }
    if (!node || !text) return fail_memory(err, "a point of the sweep");
    out->edit[out->n] = (edit_t){x->path, x->at, node};
    out->text[out->n++] = text;
    return OK;
}

status_t sweep_point(const sweep_t *s, size_t point, sweep_point_t *out, error_t *err)
{
    status_t st = OK;
    *out = (sweep_point_t){.n = 0};
    for (int k = 0; st == OK && k < s->n_axes; k++)
        st = put_value(&s->axis[k], position(s, k, point), out, err);
    return st;
}

status_t sweep_point_with(const sweep_t *s, int axis, size_t value, sweep_point_t *out,
                          error_t *err)
{
    status_t st = OK;
    *out = (sweep_point_t){.n = 0};
    for (int k = 0; st == OK && k < s->n_axes; k++) {
        position_t p = position(s, k, 0);
        if (k == axis) p = (position_t){.value = value, .share = (double)value};
        st = put_value(&s->axis[k], p, out, err);
    }
    return st;
}

void sweep_point_free(sweep_point_t *p)
{
    arena_free(&p->arena);
    *p = (sweep_point_t){.n = 0};
}
