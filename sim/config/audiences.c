/* audiences.c -- audiences are compiled in any order: one that another names is compiled first. */
#include "models/base/nearest.h"
#include "sim/config/characters.h"
#include "sim/config/reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void audience_compile(reader_t *r, int i);

/* --- one expression -------------------------------------------------------------------------- */

/* Why a name that is an audience could still not be used. */
typedef enum { REFERS_WELL, REFERS_TO_ITSELF, REFERS_TO_POOL, REFERS_TO_FAULTY } reference_t;

typedef struct {
    reader_t *r;
    reference_t reference;
    const char *audience;
} scope_t;

static int audience_index(const reader_t *r, const char *name)
{
    for (int i = 0; i < r->n_named; i++)
        if (!strcmp(r->sc->audience[i].name, name)) return i;
    for (int i = 0; i < r->n_named; i++)
        if (expression_same_name(r->sc->audience[i].name, name)) return i;
    return -1;
}

static const expression_t *scope_find(void *context, const char *name)
{
    scope_t *scope = context;
    reader_t *r = scope->r;
    int i = audience_index(r, name);
    if (i < 0) return NULL;
    const audience_t *a = &r->sc->audience[i];
    if (r->audience_state[i] == NOT_COMPILED) audience_compile(r, i);
    scope->reference = a->kind != AUDIENCE_EXPRESSION || a->excluded ? REFERS_TO_POOL
                       : r->audience_state[i] == COMPILING           ? REFERS_TO_ITSELF
                       : r->audience_state[i] == NOT_COMPILABLE      ? REFERS_TO_FAULTY
                                                                     : REFERS_WELL;
    if (scope->reference == REFERS_WELL) return a->program;
    scope->audience = a->name;
    return NULL;
}

static const char *scope_suggest(void *context, const char *name)
{
    const reader_t *r = ((scope_t *)context)->r;
    const char *names[MAX_AUDIENCES];
    for (int i = 0; i < r->n_named; i++) names[i] = r->sc->audience[i].name;
    return nearest_name(name, names, (size_t)r->n_named);
}

static bool program_own(reader_t *r, expression_t *program)
{
    expression_t **grown =
        array_grow(r, r->program, r->n_programs, &r->programs_capacity, sizeof *r->program);
    if (!grown) {
        expression_free(program);
        return false;
    }
    r->program = grown;
    r->program[r->n_programs++] = program;
    return true;
}

static void complain_fault(reader_t *r, const node_t *node, const scope_t *scope,
                           const expression_fault_t *fault)
{
    place_t at = node ? node_place_at(node, fault->offset, fault->length) : (place_t){0};
    if (scope->reference == REFERS_TO_ITSELF)
        complain(r->d, SEVERITY_ERROR, at, "an audience is described by others, never by itself",
                 "audience '%s' refers to itself", shown(scope->audience).text);
    else if (scope->reference == REFERS_TO_POOL)
        complain(r->d, SEVERITY_ERROR, at,
                 "give it to an ad set of its own; a pool or list may stand alone in exclude:",
                 "'%s' is or leaves out a pool, a list or a lookalike, whose people change: it "
                 "cannot be "
                 "part of an expression",
                 shown(scope->audience).text);
    else if (scope->reference == REFERS_WELL)
        complain(r->d, SEVERITY_ERROR, at, fault->help, "%s", fault->text);
}

/* The program of a text; NULL after a complaint (or silently, when the audience it names is at fault).
 * node: where the text stands, NULL for our own. */
static const expression_t *text_compile(reader_t *r, const char *text, const node_t *node)
{
    scope_t context = {.r = r};
    expression_scope_t scope = {scope_find, scope_suggest, &context};
    expression_fault_t fault = {0};
    expression_t *program = NULL;
    status_t status = expression_compile(text, r->population, &scope, &program, &fault, r->err);
    if (status == OK) return program_own(r, program) ? program : NULL;
    if (status == ERR_INVALID)
        complain_fault(r, node, &context, &fault);
    else
        r->status = status;
    return NULL;
}

/* --- one audience ---------------------------------------------------------------------------- */

static const node_t *part(const node_t *audience, const char *key)
{
    if (audience->kind == NODE_MAPPING) return node_get(audience, key);
    bool text = audience->kind == NODE_SCALAR; /* the audience written as one text */
    return text && !strcmp(key, "include") ? audience : NULL;
}

/* The pool or list that a text names and nothing else; -1 if it is an expression. */
static int dynamic_named(const reader_t *r, const node_t *text)
{
    bool name = text->kind == NODE_SCALAR && !expression_is_keyword(text->text);
    int i = name ? audience_index(r, text->text) : -1;
    bool dynamic = i >= 0 && (r->sc->audience[i].kind == AUDIENCE_RETARGET ||
                              r->sc->audience[i].kind == AUDIENCE_LIST);
    return dynamic ? i : -1;
}

/* The pool or list that an audience leaves out; -1 if it leaves out none. `exclude` may be NULL, or say who
 * leaves a pool by buying: {purchasers: ..}. */
static int dynamic_left_out(const reader_t *r, const node_t *exclude)
{
    return exclude && exclude->kind != NODE_MAPPING ? dynamic_named(r, exclude) : -1;
}

/* What is left out must not leave out a pool or list in its turn: A without (B without C) takes three
 * memberships to tell. True after a complaint. */
static bool complain_leaves_out(reader_t *r, int i, int dynamic, const node_t *exclude)
{
    const char *name = r->sc->audience[dynamic].name;
    int next = dynamic_left_out(r, part(r->audience_node[dynamic], "exclude"));
    if (dynamic == i)
        complain(r->d, SEVERITY_ERROR, exclude->place, NULL, "audience '%s' leaves itself out",
                 shown(name).text);
    else if (next >= 0)
        complain(r->d, SEVERITY_ERROR, exclude->place, "leave out one that leaves out neither",
                 "'%s' leaves out '%s', a pool or list itself: it cannot be left out",
                 shown(name).text, shown(r->sc->audience[next].name).text);
    return dynamic == i || next >= 0;
}

static const expression_t *audience_program(reader_t *r, int i, const node_t *node)
{
    const node_t *include = part(node, "include"), *exclude = part(node, "exclude");
    if (exclude && exclude->kind == NODE_MAPPING) exclude = NULL; /* {purchasers: ..} of a pool */
    int dynamic = dynamic_left_out(r, exclude);
    if (dynamic >= 0 && complain_leaves_out(r, i, dynamic, exclude)) return NULL;
    if (dynamic >= 0) {
        r->sc->audience[i].excluded = dynamic + 1;
        exclude = NULL;
    }
    if ((include && !text_read(r, "include", include)) ||
        (exclude && !text_read(r, "exclude", exclude)))
        return NULL;
    field_note(r, &r->sc->audience[i].program, include && !exclude ? include->place : node->place);
    const expression_t *in = text_compile(r, include ? include->text : "everyone", include);
    const expression_t *out = exclude ? text_compile(r, exclude->text, exclude) : NULL;
    if (!in || !exclude) return in;
    expression_t *both = NULL;
    if (!out) return NULL;
    status_t status = expression_and_not(in, out, &both, r->err);
    if (status == OK) return program_own(r, both) ? both : NULL;
    if (status == ERR_INVALID)
        complain(r->d, SEVERITY_ERROR, node->place, NULL, "%s", r->err->text);
    else
        r->status = status;
    return NULL;
}

static void audience_compile(reader_t *r, int i)
{
    r->audience_state[i] = COMPILING;
    r->sc->audience[i].program = audience_program(r, i, r->audience_node[i]);
    r->audience_state[i] = r->sc->audience[i].program ? COMPILED : NOT_COMPILABLE;
}

static audience_kind_t audience_kind(const node_t *node)
{
    if (node->kind != NODE_MAPPING) return AUDIENCE_EXPRESSION;
    if (node_get(node, "retarget")) return AUDIENCE_RETARGET;
    if (row_node(section_find(audience_section, "lookalike"), node)) return AUDIENCE_LOOKALIKE;
    return node_get(node, "list") ? AUDIENCE_LIST : AUDIENCE_EXPRESSION;
}

/* Index of the new audience; -1 after a complaint. */
static int audience_add(reader_t *r, const char *name, const node_t *node)
{
    scenario_t *sc = r->sc;
    if (sc->n_audiences == MAX_AUDIENCES) {
        complain(r->d, SEVERITY_ERROR, node->place, NULL, "more than %d audiences", MAX_AUDIENCES);
        return -1;
    }
    for (int k = 0; k < sc->n_audiences; k++)
        if (!strcmp(sc->audience[k].name, name)) {
            complain(r->d, SEVERITY_ERROR, node->place, NULL, "two audiences read '%s'",
                     shown(name).text);
            return -1;
        }
    int i = sc->n_audiences++;
    sc->audience[i] = (audience_t){.name = name, .kind = audience_kind(node)};
    r->audience_node[i] = node;
    r->audience_state[i] = NOT_COMPILED;
    field_note(r, &sc->audience[i].name, node->place);
    return i;
}

/* --- its rows -------------------------------------------------------------------------------- */

static void expression_line(reader_t *r, const key_row_t *row, const node_t *node)
{
    if (node->kind != NODE_SCALAR) return;
    char *text = yaml_text(r->arena, node->text);
    if (!text) {
        out_of_memory(r);
        return;
    }
    line_value(r, row, node, text, NULL);
}

static void exclude_read(reader_t *r, const key_row_t *row, const node_t *node, audience_t *a)
{
    if (node->kind != NODE_MAPPING) {
        expression_line(r, row, node);
        return;
    }
    if (a->kind != AUDIENCE_RETARGET) {
        complain(r->d, SEVERITY_ERROR, node->place,
                 "write an expression, such as exclude: customers",
                 "'exclude: {purchasers: ...}' belongs to an audience with retarget:");
        return;
    }
    size_t mark;
    path_push(r, row->name, &mark);
    line_open(r, row->name);
    section_read(r, purchasers_section, node, (char *)a, node->place);
    line_close(r);
    path_pop(r, mark);
}

/* Rows of one kind of audience alone, and the key that makes it. */
static const struct {
    const char *row;
    audience_kind_t kind;
    const char *key;
} row_kinds[] = {
    {"window", AUDIENCE_RETARGET, "retarget"},
    {"match_rate", AUDIENCE_LIST, "list"},
    {"size", AUDIENCE_LOOKALIKE, "lookalike"},
    {"correlation", AUDIENCE_LOOKALIKE, "lookalike"},
    {"seed_match_rate", AUDIENCE_LOOKALIKE, "lookalike"},
    {"keep_seed", AUDIENCE_LOOKALIKE, "lookalike"},
};

/* The key of the kind of audience to which a row belongs when it is not this one; NULL = it does. */
static const char *row_belongs_elsewhere(const key_row_t *row, audience_kind_t kind)
{
    for (size_t k = 0; k < sizeof row_kinds / sizeof *row_kinds; k++)
        if (!strcmp(row->name, row_kinds[k].row))
            return kind == row_kinds[k].kind ? NULL : row_kinds[k].key;
    return NULL;
}

static void audience_row_read(reader_t *r, const key_row_t *row, const node_t *value, audience_t *a,
                              place_t at)
{
    const char *elsewhere = row_belongs_elsewhere(row, a->kind);
    if (elsewhere) {
        if (value)
            complain(r->d, SEVERITY_ERROR, value->place, NULL,
                     "'%s' belongs to an audience with %s:", row->name, elsewhere);
    } else if (!strcmp(row->name, "exclude")) {
        if (value) exclude_read(r, row, value, a);
    } else if (!strcmp(row->name, "include")) {
        if (value) expression_line(r, row, value);
    } else
        row_read(r, row, value, (char *)a, at);
}

/* A pool, a list and a lookalike are three audiences. */
static void complain_two_kinds(reader_t *r, const node_t *node, const char *name)
{
    static const char *const kind[] = {"retarget", "list", "lookalike"};
    const char *found[3];
    size_t n = 0;
    for (size_t k = 0; k < 3; k++)
        if (node->kind == NODE_MAPPING && row_node(section_find(audience_section, kind[k]), node))
            found[n++] = kind[k];
    if (n > 1)
        complain(r->d, SEVERITY_ERROR, node->place, "make two audiences of it",
                 "audience '%s' has both %s: and %s:", shown(name).text, found[0], found[1]);
}

static void audience_read(reader_t *r, int i)
{
    audience_t *a = &r->sc->audience[i];
    const node_t *node = r->audience_node[i];
    size_t mark;
    if (r->audience_state[i] == NOT_COMPILED) audience_compile(r, i);
    path_push(r, a->name, &mark);
    line_open(r, a->name);
    if (node->kind == NODE_SCALAR)
        expression_line(r, section_find(audience_section, "include"), node);
    else if (keys_check(r, audience_section, node))
        for (size_t k = 0; k < audience_section->n; k++) {
            const key_row_t *row = &audience_section->row[k];
            audience_row_read(r, row, row_node(row, node), a, node->place);
        }
    complain_two_kinds(r, node, a->name);
    if (node->kind == NODE_MAPPING && !node->n)
        complain(r->d, SEVERITY_ERROR, node->place, "write everyone for all people",
                 "audience '%s' is empty", shown(a->name).text);
    line_close(r);
    path_pop(r, mark);
}

void audiences_read(reader_t *r, const key_row_t *row, const node_t *node)
{
    if (!node) return;
    if (node->kind != NODE_MAPPING) {
        complain(r->d, SEVERITY_ERROR, node->place, "write name: {include: \"age 18-34\"}",
                 "'%s' must be a mapping of names", row->name);
        return;
    }
    if (!r->population || !node->n) return; /* without people nothing can be said of audiences */
    for (size_t i = 0; i < node->n; i++) {
        const char *name = name_read(r, "the name of an audience", node->key[i]);
        if (name) audience_add(r, name, node->item[i]);
    }
    r->n_named = r->sc->n_audiences;
    size_t mark;
    path_push(r, row->name, &mark);
    line_open(r, row->name);
    for (int i = 0, n = r->n_named; i < n && r->status == OK; i++) audience_read(r, i);
    line_close(r);
    path_pop(r, mark);
}

void appeals_compile(reader_t *r)
{
    for (int k = 0; k < r->sc->n_appeals; k++) {
        appeal_t *a = &r->sc->appeal[k];
        if (a->text && r->population) a->who = text_compile(r, a->text, r->appeal_node[k]);
    }
}

/* The appeal of the same words; one without effect of its own if there is none yet, -1 after a complaint. */
static int appeal_of(reader_t *r, const creative_fit_t *fit, const node_t *who)
{
    scenario_t *sc = r->sc;
    for (int k = 0; k < sc->n_appeals; k++)
        if (sc->appeal[k].text && !strcmp(sc->appeal[k].text, fit->text)) return k;
    if (sc->n_appeals == MAX_APPEALS) {
        complain(r->d, SEVERITY_ERROR, who->place, "make do with fewer segments",
                 "more than %d different segments in `fit` and `appeal` together", MAX_APPEALS);
        return -1;
    }
    sc->appeal[sc->n_appeals] =
        (appeal_t){fit->text, r->population ? text_compile(r, fit->text, who) : NULL, 1, 1, 1};
    return sc->n_appeals++;
}

void fits_compile(reader_t *r)
{
    bool room = true;
    for (int k = 0; k < r->sc->n_fits && room; k++) {
        creative_fit_t *fit = &r->sc->fit[k];
        if (!fit->text) continue; /* told */
        fit->appeal = appeal_of(r, fit, r->fit_node[k]);
        room = fit->appeal >= 0;
    }
}

int audience_refer(reader_t *r, const node_t *node)
{
    const char *text = text_read(r, "audience", node);
    if (!text || !r->population) return -1;
    const char *name = text_on_one_line(r, text);
    if (!name) return -1;
    int i = audience_index(r, name);
    if (i >= 0) return i;
    for (i = r->n_named; i < r->sc->n_audiences; i++)
        if (!strcmp(r->sc->audience[i].name, text)) return i;
    i = audience_add(r, text, node);
    if (i >= 0) audience_compile(r, i);
    return i;
}
