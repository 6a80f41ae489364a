/* load.h -- from a YAML file to a scenario_t, or to all that is wrong with it. */
#ifndef ADSIM_CONFIG_LOAD_H
#define ADSIM_CONFIG_LOAD_H

#include "models/base/status.h"
#include "sim/config/diagnostics.h"
#include "sim/scenario/scenario.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Where a value came from, for resolved.yaml and assumptions.csv. */
typedef enum {
    ORIGIN_GIVEN,
    ORIGIN_DEFAULT,
    ORIGIN_ASSUMPTION,
    ORIGIN_PRESET,
    ORIGIN_SET
} origin_t;

typedef struct {
    const char *path;  /* key path */
    const char *value; /* as it would be written */
    const char *unit;
    origin_t origin;
    const char *source; /* FACTS row, file and line, "--set", or "assumption" */
    int line;           /* of the scenario, when given there; else 0 */
} resolved_t;

/* A file of data that the scenario names. */
enum { DATA_PATH = 4096, DATA_FILES = 3 };
typedef struct {
    const char *key;      /* "population", "customers", "calendar" */
    char path[DATA_PATH]; /* as it was opened */
    uint64_t rows, bytes;
    char sha256[65];
} data_file_t;

/* A value put at a path on top of the file and of --set, as `set:` does: a variant, a point of a sweep.
 * What is wrong with it is told at its own place. */
struct node;
typedef struct {
    const char *path;
    place_t at; /* where the path is written */
    const struct node *value;
} edit_t;

typedef struct loaded loaded_t; /* owns the scenario and everything it borrows */

typedef struct {
    const char *const *set; /* "path=value", later ones win */
    size_t n_set;
    const edit_t *edit; /* after those; borrowed, with the values, while the scenario is in use */
    size_t n_edits;
    /* Loaded before from the same file and `set`, and outliving what is loaded now: files are not read again, and
     * people who are written alike are taken over. NULL = none. */
    const loaded_t *like;
    const char *data_dir; /* installed presets; NULL = $ADSIM_DATA, then the build's */
    const char *block;    /* the block that the command is for: "compare"; "" = any; NULL = none.
                             With `allocate` a file with curves of its own needs no more */
    bool people_only; /* nothing but a population is asked for: no schedule, platforms, campaigns */
} load_options_t;

/* The path of a file of the installed data, "reference/published.yaml": of $ADSIM_DATA, or else of the build's. False
 * if there is none, or its name is too long. */
bool installed_file(const char *name, char path[DATA_PATH]);

/* Complaints go to d. Returns OK with *out when there are no errors; ERR_INVALID or ERR_UNREADABLE
 * otherwise (*out is NULL). After ERR_MEMORY only err is to be told: complaints may be missing, or follow
 * from what is missing. */
status_t scenario_load(const char *path, const load_options_t *options, diagnostics_t *d,
                       loaded_t **out, error_t *err);
void loaded_free(loaded_t *l);

const scenario_t *loaded_scenario(const loaded_t *l);
const resolved_t *loaded_values(const loaded_t *l, size_t *n); /* every value used, file order */
const char *loaded_source_text(const loaded_t *l, size_t *length); /* the file as read */
/* Warnings that take a look at the people: audiences too narrow, too broad, overlapping. */
status_t loaded_look_at_audiences(loaded_t *l, diagnostics_t *d, error_t *err);
const data_file_t *loaded_data_files(const loaded_t *l, int *n); /* tables it was made from */
/* resolved.yaml: a scenario that loads to the same values, each with its origin as a comment. */
status_t loaded_write_resolved(const loaded_t *l, FILE *to, error_t *err);

/* `adsim explain KEY` and `adsim schema`. explain: false if there is no such key (suggestion in
 * *nearest, or NULL). */
bool explain_key(const char *key, FILE *to, const char **nearest);
status_t schema_write(FILE *to, error_t *err);

#endif
