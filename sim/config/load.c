/* load.c -- two passes: files become one tree (sources.c), the tree becomes a scenario (read.c); then
 * the cross-checks, whose complaints find the lines of the fields they name. */
#include "sim/config/load.h"
#include "sim/config/reader.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct loaded {
    arena_t arena;
    sources_t sources;
    scenario_t scenario;
    reader_t reader;
    resolved_t *value;
    size_t n_values;
};

const scenario_t *loaded_scenario(const loaded_t *l)
{
    return &l->scenario;
}

const resolved_t *loaded_values(const loaded_t *l, size_t *n)
{
    *n = l->n_values;
    return l->value;
}

const data_file_t *loaded_data_files(const loaded_t *l, int *n)
{
    *n = l->reader.n_files;
    return l->reader.file;
}

const char *loaded_source_text(const loaded_t *l, size_t *length)
{
    return document_text(l->reader.main, length);
}

void loaded_free(loaded_t *l)
{
    if (!l) return;
    reader_t *r = &l->reader;
    for (size_t i = 0; i < r->n_programs; i++) expression_free(r->program[i]);
    free(r->program);
    free(r->line);
    free(r->field);
    if (r->population && !r->people_borrowed) {
        population_spec_free(r->population);
        free(r->population);
    }
    free(l->value);
    sources_free(&l->sources);
    arena_free(&l->arena);
    free(l);
}

/* The place of the field at an address: its own, or that of the last field before it. */
static place_t place_of_field(const reader_t *r, const void *field)
{
    size_t offset = (size_t)((const char *)field - (const char *)r->sc), best = 0;
    place_t at = r->root->place;
    for (size_t i = 0; i < r->n_fields; i++)
        if (r->field[i].offset <= offset && r->field[i].offset >= best) {
            best = r->field[i].offset;
            at = r->field[i].at;
        }
    return at;
}

enum { COMPLAINTS_MOST = 64 };

static void complain_all(reader_t *r, diagnostics_t *d, const complaint_t *found, size_t n)
{
    static const char note[] = "it clashes with this";
    for (size_t i = 0; i < n && i < COMPLAINTS_MOST; i++) {
        const complaint_t *c = &found[i];
        place_t at = place_of_field(r, c->field);
        complain(d, c->warning ? SEVERITY_WARNING : SEVERITY_ERROR, at, c->help, "%s", c->text);
        if (!c->other) continue;
        place_t other = place_of_field(r, c->other);
        if (other.line != at.line || other.column != at.column || other.file != at.file)
            complain_related(d, other, note);
    }
}

static void cross_check(reader_t *r)
{
    complaint_t *found = calloc(COMPLAINTS_MOST, sizeof *found);
    if (!found) {
        out_of_memory(r);
        return;
    }
    complain_all(r, r->d, found, scenario_check(r->sc, found, COMPLAINTS_MOST));
    free(found);
}

status_t loaded_look_at_audiences(loaded_t *l, diagnostics_t *d, error_t *err)
{
    complaint_t *found = calloc(COMPLAINTS_MOST, sizeof *found);
    audience_sizes_t *sizes = malloc(sizeof *sizes);
    if (found && sizes) {
        scenario_audience_sizes(&l->scenario, sizes);
        complain_all(&l->reader, d, found,
                     scenario_audience_warnings(&l->scenario, sizes, found, COMPLAINTS_MOST));
    }
    bool fine = found && sizes;
    free(found);
    free(sizes);
    return fine ? OK : fail_memory(err, "the sizes of audiences");
}

/* The name under which the population was found in the installed data; NULL if resolved.yaml must hold
 * the people themselves. A changed preset is no longer the preset. */
static const char *population_name(reader_t *r)
{
    const node_t *node = node_get(r->root, "population");
    for (const source_t *s = r->sources; node && s; s = s->next)
        if (s->installed && document_root(s->doc) == node) {
            const char *name = yaml_text(r->arena, s->name);
            if (!name) out_of_memory(r);
            return name;
        }
    return NULL;
}

static void values_collect(loaded_t *l)
{
    const reader_t *r = &l->reader;
    l->value = malloc((r->n_lines + 1) * sizeof *l->value);
    if (!l->value) {
        out_of_memory(&l->reader);
        return;
    }
    for (size_t i = 0; i < r->n_lines; i++)
        if (r->line[i].kind == LINE_VALUE) l->value[l->n_values++] = r->line[i].value;
}

static status_t load(loaded_t *l, const char *path, const load_options_t *options, diagnostics_t *d,
                     error_t *err)
{
    sources_t *s = &l->sources;
    const loaded_t *like = options ? options->like : NULL;
    *s = (sources_t){
        .arena = &l->arena, .d = d, .err = err, .like = like ? like->sources.first : NULL};
    size_t before = diagnostics_errors(d);
    const node_t *root = sources_compose(s, path, options);
    if (s->status != OK) return s->status;
    reader_t *r = &l->reader;
    *r = (reader_t){.sc = &l->scenario,
                    .arena = &l->arena,
                    .d = d,
                    .err = err,
                    .sources = s->first,
                    .block = options ? options->block : NULL,
                    .people_only = options && options->people_only,
                    .like = like ? &like->reader : NULL,
                    .root = root};
    for (const source_t *p = s->first; p; p = p->next)
        if (p->kind == SOURCE_SCENARIO) r->main = p->doc;
    if (root) {
        r->population_name = population_name(r);
        scenario_read(r);
        if (r->status == OK && !r->curves_only && diagnostics_errors(d) == before) cross_check(r);
        if (r->status == OK) values_collect(l);
    }
    if (r->status != OK) return r->status;
    if (diagnostics_lost(d)) return fail_memory(err, "the messages");
    if (diagnostics_errors(d) == before) return OK;
    return fail(err, ERR_INVALID, "'%s' is not a valid scenario", path);
}

status_t scenario_load(const char *path, const load_options_t *options, diagnostics_t *d,
                       loaded_t **out, error_t *err)
{
    error_t scratch;
    *out = NULL;
    loaded_t *l = calloc(1, sizeof *l);
    if (!l) return fail_memory(err, "the scenario");
    status_t status = load(l, path, options, d, err ? err : &scratch);
    if (status == OK)
        *out = l;
    else
        loaded_free(l);
    return status;
}

const reader_t *loaded_reader(const loaded_t *l)
{
    return &l->reader;
}
