/* variant.c -- copies the lines of a key, or writes its composed value as flow. */
#include "sim/config/variant.h"

#include "sim/config/reader.h"

#include <string.h>

static bool named(const char *name, const char *const *list)
{
    for (; *list; list++)
        if (!strcmp(*list, name)) return true;
    return false;
}

/* --- has anything changed the key? ------------------------------------------------------------ */

static bool path_begins(const char *path, const char *key)
{
    size_t n = strlen(key);
    return !strncmp(path, key, n) && (path[n] == '.' || path[n] == '=' || path[n] == 0);
}

static bool set_in(const node_t *set, const char *key)
{
    for (size_t i = 0; set && set->kind == NODE_MAPPING && i < set->n; i++)
        if (path_begins(set->key[i]->text, key)) return true;
    return false;
}

/* Does the scenario's value of the key name a preset that stands beside it? */
static bool names_a_neighbour(const reader_t *r, const node_t *value)
{
    if (value->kind == NODE_SEQUENCE)
        for (size_t i = 0; i < value->n; i++)
            if (names_a_neighbour(r, value->item[i])) return true;
    if (value->kind != NODE_SCALAR) return false;
    for (const source_t *s = r->sources; s; s = s->next)
        if (s->kind == SOURCE_PRESET && !s->installed && !strcmp(s->name, value->text)) return true;
    return false;
}

static bool changed(const reader_t *r, const node_t *own, const char *key)
{
    for (const source_t *s = r->sources; s; s = s->next)
        if (s->kind == SOURCE_SET && path_begins(s->path, key)) return true;
    bool presets = !strcmp(key, "population") || !strcmp(key, "platforms");
    return set_in(node_get(own, "set"), key) ||
           (presets && names_a_neighbour(r, node_get(own, key)));
}

/* --- lines ------------------------------------------------------------------------------------ */

/* The line after the key's last: that of the next key which stands at the margin, 0 = to the end. False
 * if keys share a line, as in {a: 1, b: 2}. */
static bool lines_of(const node_t *own, const char *key, int *first, int *after)
{
    const node_t *it = node_key(own, key);
    *first = it->place.line;
    *after = 0;
    for (size_t i = 0; i < own->n; i++) {
        const place_t *p = &own->key[i]->place;
        if (p->column != 1 || (own->key[i] != it && p->line == *first)) return false;
        if (p->line > *first && (!*after || p->line < *after)) *after = p->line;
    }
    return true;
}

static const char *line_at(const char *text, const char *end, int line)
{
    while (--line > 0 && text) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        text = newline ? newline + 1 : end;
    }
    return text;
}

/* Comments and empty lines above the next key belong to it. */
static const char *without_tail(const char *from, const char *to)
{
    while (to > from) {
        const char *line = to - 1;
        while (line > from && line[-1] != '\n') line--;
        if (*line != '#' && *line != '\n' && *line != '\r') break;
        to = line;
    }
    return to;
}

static void copy_lines(const reader_t *r, int first, int after, FILE *to)
{
    size_t length;
    const char *text = document_text(r->main, &length), *end = text + length;
    const char *from = line_at(text, end, first);
    const char *until = without_tail(from, after ? line_at(text, end, after) : end);
    fwrite(from, 1, (size_t)(until - from), to);
    if (until > from && until[-1] != '\n') putc('\n', to);
}

/* --- the whole -------------------------------------------------------------------------------- */

static bool write_flow(const node_t *key, const node_t *value, const char *indent, FILE *to)
{
    arena_t a = {0};
    char *name = yaml_text(&a, key->text), *text = node_flow(&a, value, NULL);
    if (name && text) fprintf(to, "%s%s: %s\n", indent, name, text);
    arena_free(&a);
    return name && text;
}

status_t loaded_write_keys(const loaded_t *l, const char *const *without, FILE *to, error_t *err)
{
    const reader_t *r = loaded_reader(l);
    const node_t *own = document_root(r->main);
    for (size_t i = 0; i < r->root->n; i++) {
        const node_t *key = r->root->key[i];
        int first, after;
        if (named(key->text, without)) continue;
        bool here = node_get(own, key->text) && !changed(r, own, key->text);
        if (here && lines_of(own, key->text, &first, &after))
            copy_lines(r, first, after, to);
        else if (!write_flow(key, r->root->item[i], "", to))
            return fail_memory(err, "the scenario");
    }
    return OK;
}

status_t loaded_write_items(const loaded_t *l, const char *key, FILE *to, error_t *err)
{
    const node_t *node = node_get(loaded_reader(l)->root, key);
    for (size_t i = 0; node && node->kind == NODE_MAPPING && i < node->n; i++)
        if (!write_flow(node->key[i], node->item[i], "  ", to))
            return fail_memory(err, "the scenario");
    return OK;
}

status_t yaml_write_text(const char *text, FILE *to, error_t *err)
{
    arena_t a = {0};
    char *quoted = yaml_text(&a, text);
    if (quoted) fputs(quoted, to);
    arena_free(&a);
    return quoted ? OK : fail_memory(err, "a text");
}
