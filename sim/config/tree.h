/* tree.h -- a YAML file as a tree that remembers where everything stood. The only room that knows
 * libyaml. All nodes and texts live in the document and die with it. */
#ifndef ADSIM_CONFIG_TREE_H
#define ADSIM_CONFIG_TREE_H

#include "sim/config/diagnostics.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum { NODE_SCALAR, NODE_SEQUENCE, NODE_MAPPING } node_kind_t;

typedef struct node {
    node_kind_t kind;
    place_t place;            /* where it begins */
    const char *text;         /* scalars: the text, UTF-8 */
    bool quoted;              /* written in quotes: text, never a number */
    size_t n;                 /* items, or pairs of a mapping */
    const struct node **key;  /* mappings: n scalar keys, in the file's order */
    const struct node **item; /* sequences and mappings: n values */
} node_t;

typedef struct document document_t;

/* Reads a file ("-" = stdin). Complains about what is not YAML: syntax, bad UTF-8, duplicate keys,
 * aliases that are nested too deep, more than 64 levels, more than 1,000,000 nodes, over 64 MiB.
 * Returns NULL only when memory is out or the file cannot be read (then *unreadable). */
document_t *document_read(const char *path, diagnostics_t *d, bool *unreadable);
document_t *document_parse(const char *name, const char *text, size_t length, diagnostics_t *d);
void document_free(document_t *doc);
const node_t *document_root(const document_t *doc); /* NULL if it did not parse */

/* The value of a key, or NULL. */
const node_t *node_get(const node_t *mapping, const char *key);

#endif
