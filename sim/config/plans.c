/* plans.c -- the plans of a comparison: the `compare` block of a file, and the variants it makes. */
#include "sim/config/plans.h"
#include "sim/config/characters.h"
#include "sim/config/reader.h"
#include "sim/metrics/comparison.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- the block -------------------------------------------------------------------------------- */

/* The name of a variant, if its mapping is as it should be; NULL after a complaint. */
static const char *variant_name(reader_t *r, const key_row_t *row, const node_t *variant)
{
    if (!keys_check(r, row->section, variant)) return NULL;
    const node_t *name = node_get(variant, "name"), *set = node_get(variant, "set");
    if (set && set->kind != NODE_MAPPING)
        complain(r->d, SEVERITY_ERROR, set->place, "write path.to.key: value, one a line",
                 "'set' must be a mapping of paths");
    if (!name && variant->n == (set != NULL)) /* no key beside it is the name misspelt */
        complain(r->d, SEVERITY_ERROR, variant->place, NULL, "'name' is missing in variants[]");
    return name ? name_read(r, "name", name) : NULL;
}

static void variants_check(reader_t *r, const key_row_t *row, const node_t *list)
{
    const char *name[PLANS_AT_MOST];
    if (list->kind != NODE_SEQUENCE || list->n < 2 || list->n > PLANS_AT_MOST) {
        complain(r->d, SEVERITY_ERROR, list->place,
                 "such as [{name: current}, {name: more, set: {product.value: 70}}]",
                 "'variants' must be a list of 2 to %d plans", PLANS_AT_MOST);
        return;
    }
    for (size_t i = 0; i < list->n; i++) {
        name[i] = variant_name(r, row, list->item[i]);
        for (size_t k = 0; name[i] && k < i; k++) {
            if (!name[k] || strcmp(name[i], name[k])) continue;
            complain(r->d, SEVERITY_ERROR, node_get(list->item[i], "name")->place,
                     "rename one of them", "two variants are called '%s'", name[i]);
            complain_related(r->d, node_get(list->item[k], "name")->place, "the other one");
            break;
        }
    }
}

void compare_read(reader_t *r, const key_row_t *row, const node_t *node)
{
    block_told(r, row, node);
    r->silent = true; /* it changes nothing of the scenario itself */
    section_read(r, row->section, node, (char *)r->sc, node->place);
    r->silent = false;
    const key_row_t *variants = section_find(row->section, "variants");
    const node_t *list = node->kind == NODE_MAPPING ? row_node(variants, node) : NULL;
    if (list) variants_check(r, variants, list);
}

/* --- the plans -------------------------------------------------------------------------------- */

struct plans {
    loaded_t *base; /* the file whose variants they are; NULL = files of their own */
    loaded_t *plan[PLANS_AT_MOST];
    char *name[PLANS_AT_MOST];
    int n;
};

int plans_count(const plans_t *p)
{
    return p->n;
}

const char *const *plans_names(const plans_t *p)
{
    return (const char *const *)p->name;
}

const loaded_t *plans_loaded(const plans_t *p, int i)
{
    return p->plan[i];
}

void plans_free(plans_t *p)
{
    if (!p) return;
    for (int i = 0; i < PLANS_AT_MOST; i++) {
        loaded_free(p->plan[i]);
        free(p->name[i]);
    }
    loaded_free(p->base);
    free(p);
}

static const node_t *variants_of(const loaded_t *l)
{
    const node_t *block = node_get(loaded_reader(l)->root, "compare");
    return block ? node_get(block, "variants") : NULL;
}

/* The file with a variant's changes. What is wrong with it and not with the file itself is told with its name. */
static status_t variant_load(plans_t *p, const char *file, const load_options_t *how,
                             const node_t *variant, diagnostics_t *d, error_t *err)
{
    const node_t *set = node_get(variant, "set");
    size_t n = set ? set->n : 0;
    char note[300];
    edit_t *edit = calloc(n + 1, sizeof *edit);
    diagnostics_t *own = diagnostics_new();
    status_t st = edit && own ? OK : fail_memory(err, "a variant");
    if (st == OK) {
        for (size_t i = 0; i < n; i++)
            edit[i] = (edit_t){set->key[i]->text, set->key[i]->place, set->item[i]};
        load_options_t changed = *how;
        changed.edit = edit;
        changed.n_edits = n;
        snprintf(note, sizeof note, " (in the variant '%s')", p->name[p->n]);
        st = scenario_load(file, &changed, own, &p->plan[p->n], err);
        diagnostics_take(d, own, note);
    }
    diagnostics_free(own);
    free(edit);
    return st;
}

static status_t variants_load(plans_t *p, const char *file, const load_options_t *how,
                              diagnostics_t *d, error_t *err)
{
    status_t first = OK;
    const node_t *list = variants_of(p->base);
    for (size_t i = 0; i < list->n; i++) {
        p->name[p->n] = strdup(node_get(list->item[i], "name")->text);
        if (!p->name[p->n]) return fail_memory(err, "the names of plans");
        text_put_on_one_line(p->name[p->n]);
        status_t st = variant_load(p, file, how, list->item[i], d, err);
        if (st != OK && st != ERR_INVALID) return st;
        if (first == OK) first = st; /* go on, to tell all that is wrong */
        p->n++;
    }
    return first;
}

/* A file's name without its folder and suffix. */
static char *stem(const char *file)
{
    const char *slash = strrchr(file, '/'), *name = slash ? slash + 1 : file;
    const char *dot = strrchr(name, '.');
    return strndup(name, dot && dot != name ? (size_t)(dot - name) : strlen(name));
}

/* Names that two files share become their paths. */
static status_t files_name(plans_t *p, const char *const *file, int files, error_t *err)
{
    for (int i = 0; i < files; i++)
        if (!(p->name[i] = stem(file[i]))) return fail_memory(err, "the names of plans");
    for (int i = 0; i < files; i++)
        for (int k = 0; k < files; k++) {
            char *own = stem(file[k]);
            bool same = own && k != i && !strcmp(p->name[i], own);
            char *path = same ? strdup(file[i]) : NULL;
            free(own);
            if (!own || (same && !path)) return fail_memory(err, "the names of plans");
            if (!same) continue;
            free(p->name[i]);
            p->name[i] = path;
            break;
        }
    return OK;
}

static status_t files_load(plans_t *p, const char *const *file, int files,
                           const load_options_t *how, diagnostics_t *d, error_t *err)
{
    status_t first = files_name(p, file, files, err);
    for (; first != ERR_MEMORY && p->n < files; p->n++) {
        status_t st = scenario_load(file[p->n], how, d, &p->plan[p->n], err);
        if (st != OK && st != ERR_INVALID) return st;
        if (first == OK) first = st;
    }
    return first;
}

static status_t load(plans_t *p, const char *const *file, int files, const load_options_t *how,
                     diagnostics_t *d, error_t *err)
{
    load_options_t quiet = *how;
    quiet.block = "compare";
    if (files > 1) return files_load(p, file, files, &quiet, d, err);
    status_t st = scenario_load(file[0], &quiet, d, &p->base, err);
    if (st != OK) return st;
    if (!variants_of(p->base))
        return fail(err, ERR_INVALID,
                    "'%s' has no variants to compare: give it a compare: block, or name another "
                    "file",
                    file[0]);
    return variants_load(p, file[0], &quiet, d, err);
}

status_t plans_load(const char *const *file, int files, const load_options_t *how, diagnostics_t *d,
                    plans_t **out, error_t *err)
{
    *out = NULL;
    plans_t *p = calloc(1, sizeof *p);
    if (!p) return fail_memory(err, "the plans");
    status_t st = load(p, file, files, how, d, err);
    if (st == OK)
        *out = p;
    else
        plans_free(p);
    return st;
}
