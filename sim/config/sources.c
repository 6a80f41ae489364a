/* sources.c -- finds and reads the files, puts them on top of each other. */
#include "sim/config/sources.h"
#include "models/base/nearest.h"
#include "sim/config/characters.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { EXTENDS_MOST = 8 };

static void out_of_memory_here(sources_t *s)
{
    if (s->status == OK) s->status = fail_memory(s->err, "reading the scenario");
}

void sources_free(sources_t *s)
{
    for (source_t *p = s->first; p; p = p->next)
        if (!p->borrowed) document_free(p->doc);
    s->first = NULL; /* the entries lie in the arena */
}

/* Takes the document over. */
static source_t *source_add(sources_t *s, document_t *doc, source_kind_t kind, const char *name,
                            const char *path)
{
    source_t *p = arena_take(s->arena, sizeof *p);
    char *name_copy = arena_copy(s->arena, name, strlen(name));
    char *path_copy = arena_copy(s->arena, path, strlen(path));
    if (!p || !name_copy || !path_copy) {
        document_free(doc);
        out_of_memory_here(s);
        return NULL;
    }
    *p = (source_t){s->first, doc, kind, name_copy, path_copy, false, false};
    s->first = p;
    return p;
}

static source_t *source_find(source_t *first, source_kind_t kind, const char *path)
{
    while (first && (first->kind != kind || strcmp(first->path, path))) first = first->next;
    return first;
}

/* A document that another scenario has read. */
static source_t *source_borrow(sources_t *s, const source_t *from, const char *name)
{
    source_t *p = arena_take(s->arena, sizeof *p);
    char *copy = arena_copy(s->arena, name, strlen(name));
    if (!p || !copy) {
        out_of_memory_here(s);
        return NULL;
    }
    *p = (source_t){s->first, from->doc, from->kind, copy, from->path, false, true};
    s->first = p;
    return p;
}

/* Reads a file once. NULL: not readable (nothing is told), or a failure. */
static source_t *source_read(sources_t *s, source_kind_t kind, const char *name, const char *path)
{
    source_t *known = source_find(s->first, kind, path);
    if (known) return known;
    known = source_find(s->like, kind, path);
    if (known) return source_borrow(s, known, name);
    bool unreadable;
    document_t *doc = document_read(path, s->d, &unreadable);
    if (doc) return source_add(s, doc, kind, name, path);
    if (!unreadable) out_of_memory_here(s);
    return NULL;
}

/* --- presets ----------------------------------------------------------------------------------- */

/* The folder of the file in which a node stands; of the scenario for what has no file. */
static char *folder_of(sources_t *s, const node_t *node)
{
    const char *file = node->place.file;
    if (!file || !strcmp(file, "--set") || !strcmp(file, "stdin")) file = s->path;
    const char *slash = strrchr(file, '/');
    return slash ? arena_copy(s->arena, file, (size_t)(slash - file) + 1)
                 : arena_copy(s->arena, "", 0);
}

static bool is_path(const char *name)
{
    size_t n = strlen(name);
    return strchr(name, '/') || (n > 5 && !strcmp(name + n - 5, ".yaml"));
}

static char *joined(sources_t *s, const char *folder, const char *kind, const char *name)
{
    char *path = arena_format(s->arena, "%s%s/%s.yaml", folder, kind, name);
    if (!path) out_of_memory_here(s);
    return path;
}

static char *data_folder(sources_t *s, size_t i)
{
    char *folder = arena_format(s->arena, "%s/", s->data_dir[i]);
    if (!folder) out_of_memory_here(s);
    return folder;
}

static bool same_file(const char *a, const char *b)
{
    struct stat x, y;
    return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

/* Beside the scenario, then in the data folders. NULL: there is none. */
static source_t *preset_named(sources_t *s, const char *kind, const node_t *node)
{
    char *folder = folder_of(s, node);
    if (!folder) {
        out_of_memory_here(s);
        return NULL;
    }
    if (is_path(node->text)) {
        char *path = *node->text == '/' ? arena_copy(s->arena, node->text, strlen(node->text))
                                        : arena_format(s->arena, "%s%s", folder, node->text);
        if (!path) out_of_memory_here(s);
        return path ? source_read(s, SOURCE_PRESET, node->text, path) : NULL;
    }
    char *path = joined(s, folder, kind, node->text);
    source_t *found = path ? source_read(s, SOURCE_PRESET, node->text, path) : NULL;
    for (size_t i = 0; s->status == OK && i < 2 && s->data_dir[i]; i++) {
        folder = data_folder(s, i);
        path = folder ? joined(s, folder, kind, node->text) : NULL;
        bool beside = found != NULL;
        if (!beside && path) found = source_read(s, SOURCE_PRESET, node->text, path);
        if (found && (!beside || (path && same_file(found->path, path)))) found->installed = true;
    }
    return found;
}

/* The presets in a folder, added to those found before it. */
static size_t folder_presets(sources_t *s, const char *folder, const char *kind, preset_t *found,
                             size_t n, size_t most)
{
    char *path = arena_format(s->arena, "%s%s", folder, kind);
    DIR *dir = path ? opendir(path) : NULL;
    if (!path) out_of_memory_here(s);
    for (struct dirent *e = dir ? readdir(dir) : NULL; e && n < most; e = readdir(dir)) {
        size_t length = strlen(e->d_name);
        if (length <= 5 || strcmp(e->d_name + length - 5, ".yaml")) continue;
        found[n].name = arena_copy(s->arena, e->d_name, length - 5);
        found[n].path = arena_format(s->arena, "%s/%s", path, e->d_name);
        if (found[n].name && found[n].path)
            n++;
        else
            out_of_memory_here(s);
    }
    if (dir) closedir(dir);
    return n;
}

static int preset_order(const void *a, const void *b)
{
    return strcmp(((const preset_t *)a)->name, ((const preset_t *)b)->name);
}

static bool hidden(const preset_t *found, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (!strcmp(found[i].name, name)) return true;
    return false;
}

size_t sources_presets(sources_t *s, const char *beside, const char *kind, preset_t *found,
                       size_t most)
{
    size_t n = folder_presets(s, beside, kind, found, 0, most);
    for (size_t i = 0; i < 2 && s->data_dir[i]; i++) {
        const char *folder = data_folder(s, i);
        size_t seen = n;
        if (folder) n = folder_presets(s, folder, kind, found, n, most);
        for (size_t k = seen; k < n;)
            if (hidden(found, seen, found[k].name))
                found[k] = found[--n];
            else
                k++;
    }
    qsort(found, n, sizeof *found, preset_order);
    return n;
}

static void complain_preset(sources_t *s, const char *kind, const node_t *node)
{
    enum { MOST = 64 };
    preset_t found[MOST];
    const char *names[MOST];
    char help[400] = "";
    if (is_path(node->text)) {
        complain(s->d, SEVERITY_ERROR, node->place, NULL, "'%s' cannot be read",
                 shown(node->text).text);
        return;
    }
    char *folder = folder_of(s, node);
    size_t n = folder ? sources_presets(s, folder, kind, found, MOST) : 0;
    for (size_t i = 0; i < n; i++) names[i] = found[i].name;
    const char *nearest = nearest_name(node->text, names, n);
    if (nearest) {
        snprintf(help, sizeof help, "did you mean '%s'?", nearest);
    } else
        for (size_t i = 0; i < n; i++) {
            size_t used = strlen(help);
            snprintf(help + used, sizeof help - used, "%s%s", used ? ", " : "there is: ", names[i]);
        }
    complain(s->d, SEVERITY_ERROR, node->place, help, "no preset '%s' in %s/",
             shown(node->text).text, kind);
}

/* The mapping behind a name, or the node itself when there is none. */
static const node_t *preset_root(sources_t *s, const char *kind, const node_t *node, bool quiet)
{
    if (node->kind != NODE_SCALAR || !*node->text) return node;
    source_t *found = preset_named(s, kind, node);
    if (!found && s->status == OK && !quiet) complain_preset(s, kind, node);
    if (!found) return node;
    const node_t *root = document_root(found->doc);
    if (!root || root->kind == NODE_MAPPING) return root ? root : node;
    if (!quiet)
        complain(s->d, SEVERITY_ERROR, root->place, NULL, "a preset must be a mapping of keys");
    return node;
}

/* Names of presets become the presets. quiet: what is not found is told later. */
static const node_t *presets_expand(sources_t *s, const node_t *root, bool quiet)
{
    const node_t *population = node_get(root, "population"),
                 *platforms = node_get(root, "platforms");
    if (population) {
        const node_t *found = preset_root(s, "populations", population, quiet);
        if (found != population)
            root = node_with(s->arena, root, node_key(root, "population"), found);
    }
    if (!root) return NULL;
    const node_t *list = platforms && platforms->kind == NODE_SEQUENCE ? platforms : NULL;
    for (size_t i = 0; list && i < list->n && s->status == OK; i++) {
        const node_t *found = preset_root(s, "platforms", list->item[i], quiet);
        if (found != list->item[i]) list = node_with_item(s->arena, list, i, found);
    }
    if (list && list != platforms)
        root = node_with(s->arena, root, node_key(root, "platforms"), list);
    return root;
}

/* --- set ----------------------------------------------------------------------------------------- */

/* A path into a preset needs the preset in the tree. */
static const node_t *set_one(sources_t *s, const node_t *root, const char *path, place_t at,
                             const node_t *value)
{
    bool into = !strncmp(path, "population.", 11) || !strncmp(path, "platforms.", 10);
    if (into) root = presets_expand(s, root, true);
    size_t errors = diagnostics_errors(s->d);
    const node_t *changed = root ? overlay(s->arena, s->d, root, path, at, value) : NULL;
    if (!changed && diagnostics_errors(s->d) == errors) out_of_memory_here(s);
    return changed ? changed : root;
}

/* Is the whole argument UTF-8 without control characters? (The value is checked as any file is.) */
static bool argument_is_text(sources_t *s, const char *whole)
{
    size_t length = strlen(whole), at = 0;
    int column = 1;
    while (at < length) {
        uint32_t code = 0;
        size_t step = character_at(whole + at, length - at, &code);
        place_t place = {"--set", whole, 1, column++, 1};
        if (!step)
            complain(s->d, SEVERITY_ERROR, place, NULL, "byte 0x%02x is not UTF-8 text",
                     (unsigned char)whole[at]);
        else if (!character_allowed(code))
            complain(s->d, SEVERITY_ERROR, place, NULL, "control character U+%04X is not allowed",
                     (unsigned)code);
        else {
            at += step;
            continue;
        }
        return false;
    }
    return true;
}

/* "path=value" of the command line. */
static const node_t *set_text(sources_t *s, const node_t *root, const char *text)
{
    char *whole = arena_copy(s->arena, text, strlen(text));
    char *equals = whole ? strchr(whole, '=') : NULL;
    int width = whole ? (int)characters_count(whole, strlen(whole)) : 1;
    place_t at = {"--set", whole, 1, 1, width};
    if (!whole) {
        out_of_memory_here(s);
        return root;
    }
    if (!argument_is_text(s, whole)) return root;
    if (!equals || equals == whole || !equals[1]) {
        complain(s->d, SEVERITY_ERROR, at, "write it like product.value=60",
                 "'%s' is not PATH=VALUE", shown(whole).text);
        return root;
    }
    document_t *doc = document_parse_part("--set", whole, (size_t)(equals - whole) + 1, s->d);
    if (!doc) out_of_memory_here(s);
    if (!doc || !source_add(s, doc, SOURCE_SET, "--set", whole)) return root;
    char *path = arena_copy(s->arena, whole, (size_t)(equals - whole));
    at.width = (int)characters_count(whole, (size_t)(equals - whole));
    if (!path) out_of_memory_here(s);
    if (!document_root(doc) || !path) return root;
    return set_one(s, root, path, at, document_root(doc));
}

/* The `set:` mapping of a file. */
static const node_t *set_mapping(sources_t *s, const node_t *root, const node_t *set)
{
    if (set->kind != NODE_MAPPING) {
        complain(s->d, SEVERITY_ERROR, set->place, "write path.to.key: value, one a line",
                 "'set' must be a mapping of paths");
        return root;
    }
    for (size_t i = 0; i < set->n && root && s->status == OK; i++)
        root = set_one(s, root, set->key[i]->text, set->key[i]->place, set->item[i]);
    return root;
}

/* --- extends ------------------------------------------------------------------------------------- */

static const node_t *file_compose(sources_t *s, const source_t *source, int depth);

static const node_t *base_compose(sources_t *s, const node_t *extends, int depth)
{
    if (extends->kind != NODE_SCALAR || !*extends->text) {
        complain(s->d, SEVERITY_ERROR, extends->place, NULL,
                 "'extends' must be the path of a file");
        return NULL;
    }
    if (depth == EXTENDS_MOST) {
        complain(s->d, SEVERITY_ERROR, extends->place, "does it extend itself?",
                 "more than %d files extend each other", EXTENDS_MOST);
        return NULL;
    }
    bool absolute = *extends->text == '/';
    char *folder = absolute ? arena_copy(s->arena, "", 0) : folder_of(s, extends);
    char *path = folder ? arena_format(s->arena, "%s%s", folder, extends->text) : NULL;
    if (!path) out_of_memory_here(s);
    const source_t *base = path ? source_read(s, SOURCE_BASE, extends->text, path) : NULL;
    if (base) return file_compose(s, base, depth + 1);
    if (s->status == OK)
        complain(s->d, SEVERITY_ERROR, extends->place, NULL, "'%s' cannot be read",
                 shown(extends->text).text);
    return NULL;
}

/* A file on top of what it extends. */
static const node_t *file_compose(sources_t *s, const source_t *source, int depth)
{
    const node_t *own = document_root(source->doc), *root = own;
    if (!own) return NULL;
    if (own->kind != NODE_MAPPING) {
        complain(s->d, SEVERITY_ERROR, own->place, "start with version: 1",
                 "a scenario must be a mapping of keys");
        return NULL;
    }
    const node_t *extends = node_get(own, "extends"), *set = node_get(own, "set");
    if (extends) root = base_compose(s, extends, depth);
    for (size_t i = 0; extends && root && i < own->n; i++)
        if (strcmp(own->key[i]->text, "set") && strcmp(own->key[i]->text, "extends"))
            root = node_with(s->arena, root, own->key[i], own->item[i]);
    if (root && set) root = set_mapping(s, root, set);
    return root;
}

void sources_look_in(sources_t *s, const char *folder)
{
    const char *environment = getenv("ADSIM_DATA");
    s->data_dir[0] = folder ? folder : environment && *environment ? environment : data_dir;
    s->data_dir[1] = folder || s->data_dir[0] != environment ? NULL : data_dir;
}

bool installed_file(const char *name, char path[DATA_PATH])
{
    sources_t s = {0};
    struct stat found;
    sources_look_in(&s, NULL);
    for (int k = 0; k < 2 && s.data_dir[k]; k++)
        if (snprintf(path, DATA_PATH, "%s/%s", s.data_dir[k], name) < DATA_PATH &&
            stat(path, &found) == 0)
            return true;
    return false;
}

const node_t *sources_compose(sources_t *s, const char *path, const load_options_t *options)
{
    s->path = path;
    sources_look_in(s, options ? options->data_dir : NULL);
    source_t *main = source_read(s, SOURCE_SCENARIO, path, path);
    if (!main) {
        if (s->status == OK) s->status = fail(s->err, ERR_UNREADABLE, "cannot read '%s'", path);
        return NULL;
    }
    const node_t *root = file_compose(s, main, 0);
    for (size_t i = 0; options && root && s->status == OK && i < options->n_set; i++)
        root = set_text(s, root, options->set[i]);
    for (size_t i = 0; options && root && s->status == OK && i < options->n_edits; i++)
        root = set_one(s, root, options->edit[i].path, options->edit[i].at, options->edit[i].value);
    if (root) root = presets_expand(s, root, false);
    if (!root && s->status == OK && !diagnostics_errors(s->d)) out_of_memory_here(s);
    return s->status == OK ? root : NULL;
}
