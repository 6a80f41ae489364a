/* tree.h -- a YAML file as a tree that remembers where everything stood. The only room that knows
 * libyaml. All nodes and texts live in the document and die with it. */
#ifndef ADSIM_CONFIG_TREE_H
#define ADSIM_CONFIG_TREE_H

#include "sim/config/arena.h"
#include "sim/config/diagnostics.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum { NODE_SCALAR, NODE_SEQUENCE, NODE_MAPPING } node_kind_t;

typedef struct document document_t;

typedef struct node {
    node_kind_t kind;
    place_t place;            /* where it begins */
    const char *text;         /* scalars: the text, UTF-8 */
    bool quoted;              /* written in quotes: text, never a number */
    size_t n;                 /* items, or pairs of a mapping */
    const struct node **key;  /* mappings: n scalar keys, in the file's order */
    const struct node **item; /* sequences and mappings: n values */
    const document_t *origin; /* the file it stands in; NULL if it was made up */
} node_t;

/* Reads a file ("-" = stdin). Complains about what is not YAML: syntax, bad UTF-8, duplicate keys,
 * anchors, tags, more than one document, more than 64 levels, more than 1,000,000 nodes, over 64 MiB.
 * Returns NULL only when memory is out or the file cannot be read (then *unreadable). */
document_t *document_read(const char *path, diagnostics_t *d, bool *unreadable);
document_t *document_parse(const char *name, const char *text, size_t length, diagnostics_t *d);
/* The value of `whole` = "path=value", which begins at byte `from`: places count in `whole`. */
document_t *document_parse_part(const char *name, const char *whole, size_t from, diagnostics_t *d);
void document_free(document_t *doc);
const node_t *document_root(const document_t *doc);               /* NULL if it did not parse */
const char *document_text(const document_t *doc, size_t *length); /* as read */

/* The value of a key, or NULL. */
const node_t *node_get(const node_t *mapping, const char *key);
/* The key itself, for its place. */
const node_t *node_key(const node_t *mapping, const char *key);

/* Do two nodes say the same, wherever they stand? NULLs are alike. */
bool node_same(const node_t *a, const node_t *b);

/* A stretch of a scalar's text (bytes from `offset` on) as a place of the file. */
place_t node_place_at(const node_t *scalar, size_t offset, size_t length);

/* Copies with one change, made in the arena; everything else is shared. NULL when memory is out. */
const node_t *node_with(arena_t *a, const node_t *mapping, const node_t *key, const node_t *value);
const node_t *node_with_item(arena_t *a, const node_t *node, size_t i, const node_t *value);
const node_t *node_scalar(arena_t *a, const char *text, place_t at);
const node_t *node_mapping(arena_t *a, place_t at); /* an empty one */

/* The node written on one line, as YAML flow; keys named `without` (or NULL) are left out. */
char *node_flow(arena_t *a, const node_t *node, const char *without);
/* A text as a YAML scalar, quoted where needed. */
char *yaml_text(arena_t *a, const char *text);

#endif
