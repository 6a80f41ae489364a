/* sources.h -- the files a scenario is made of: itself, what it extends, presets, --set. The first
 * pass of loading: they become one tree, in which every node still knows where it stood. */
#ifndef ADSIM_CONFIG_SOURCES_H
#define ADSIM_CONFIG_SOURCES_H

#include "models/base/status.h"
#include "sim/config/arena.h"
#include "sim/config/load.h"
#include "sim/config/tree.h"

typedef enum { SOURCE_SCENARIO, SOURCE_BASE, SOURCE_PRESET, SOURCE_SET } source_kind_t;

typedef struct source {
    struct source *next;
    document_t *doc;
    source_kind_t kind;
    const char *name; /* as the scenario names it */
    const char *path;
    bool installed; /* a preset of the installed data, not one beside the scenario */
    bool borrowed;  /* the document is that of another scenario */
} source_t;

typedef struct {
    arena_t *arena;
    diagnostics_t *d;
    error_t *err;
    status_t status;         /* not OK: a failure; complaints are in d */
    source_t *first;         /* owned; the scenario itself is the last one */
    const char *path;        /* of the scenario */
    source_t *like;          /* read before, for another scenario; borrowed; NULL = none */
    const char *data_dir[2]; /* where installed presets are looked for, in this order; NULL ends */
} sources_t;

/* The folder of the installed presets. */
extern const char data_dir[];

/* The whole tree; NULL after complaints or a failure (s->status). */
const node_t *sources_compose(sources_t *s, const char *path, const load_options_t *options);
void sources_free(sources_t *s);

/* Sets data_dir: `folder` alone, or, if NULL, $ADSIM_DATA and the build's own. */
void sources_look_in(sources_t *s, const char *folder);

/* The presets of a kind ("populations", "platforms") that a scenario may name, sorted, each with the
 * file it gets: of one name the first in the order of looking. `beside`: the scenario's folder with its
 * slash, "" for the current one. Returns how many, at most `most`; some may be missing when
 * s->status is no longer OK. */
typedef struct {
    const char *name, *path;
} preset_t;
size_t sources_presets(sources_t *s, const char *beside, const char *kind, preset_t *found,
                       size_t most);

/* overlay.c: the tree with the value at a path of keys and names of list items; NULL after a
 * complaint. */
const node_t *overlay(arena_t *a, diagnostics_t *d, const node_t *root, const char *path,
                      place_t at, const node_t *value);

#endif
