/* people_reader.h -- private to sim/config: what reading a population carries along, and how names and
 * tables are read from its tree. */
#ifndef ADSIM_CONFIG_PEOPLE_READER_H
#define ADSIM_CONFIG_PEOPLE_READER_H

#include "models/audience/population.h"
#include "models/base/status.h"
#include "sim/config/diagnostics.h"
#include "sim/config/load.h"
#include "sim/config/tree.h"
#include "sim/config/value.h"

enum { PEOPLE_AGE_MOST = 120, PEOPLE_NAME_BYTES = 60 };
enum { PEOPLE_DIMENSIONS = 12, PEOPLE_TABLE_MOST = 4 * 1000 * 1000, PEOPLE_TARGETS = 64 };
#define PEOPLE_MOST 1e11

typedef struct {
    const node_t *root;
    diagnostics_t *d;
    population_spec_t *spec;
    int oldest;
    const char *class_name[POP_CLASSES];
    const node_t *size; /* where the size stands, NULL if it was not given */
    data_file_t *file;  /* what was read besides; may be NULL */
    bool csv_failed;    /* nothing can be said of what goes by its attributes */
    place_t attribute_place[POP_ATTRIBUTES];
    place_t target_place[PEOPLE_TARGETS];
    fit_target_t seed; /* stated NULL: none */
    place_t seed_place;
    double people_tolerance, use_tolerance; /* what tables may differ by in what they share */
    status_t status;                        /* ERR_MEMORY when memory is out */
    error_t *err;
} people_reader_t;

/* ---- Names and texts ---- */

/* "unknown WHAT 'WORD'", with the nearest name. */
void people_unknown(people_reader_t *l, place_t at, const char *word, const char *const *names,
                    size_t n, const char *what);
/* Complains unless the node is of this kind. */
bool people_kind(people_reader_t *l, const node_t *node, node_kind_t kind, const char *name);
/* Complains about every key of a mapping that is none of n. */
void people_keys(people_reader_t *l, const node_t *mapping, const char *const *keys, size_t n,
                 const char *of);
/* The value of a key that must be there. */
const node_t *people_required(people_reader_t *l, const node_t *mapping, const char *key,
                              const char *of);
/* The text of a scalar; NULL after a complaint. */
const char *people_text(people_reader_t *l, const node_t *node, const char *name);
/* The source that stands in a mapping, or else the one of the group. */
const char *people_source(people_reader_t *l, const node_t *mapping, const char *group);
/* A name that can be used: not empty, not too long, none of the names before it. */
bool people_name(people_reader_t *l, const node_t *node, const char *const *before, int n,
                 const char *what);
/* A new platform of that name; NULL after a complaint. It counts only when spec->n_platforms is raised. */
platform_use_t *people_platform(people_reader_t *l, const node_t *name, const char *source);
/* The same of a trait, and of an attribute, which has no levels yet. */
trait_t *people_trait(people_reader_t *l, const node_t *name, const char *source,
                      trait_kind_t kind);
attribute_t *people_attribute_new(people_reader_t *l, const node_t *name, const char *source);
/* Zeroed memory; NULL, and l->status set, when there is none. */
void *people_allocate(people_reader_t *l, size_t n, size_t size);
/* Calls `load` for each entry of a group but its source. */
void people_group(people_reader_t *l, const node_t *node, const char *name,
                  void (*load)(people_reader_t *, const node_t *, const node_t *, const char *));

/* "18-24" or "65+" (to `oldest`) as a band of years. */
bool people_band(const char *text, int oldest, int *low, int *high);

/* ---- Tables ---- */

/* What one dimension of a table goes by. */
typedef struct {
    const char *name; /* of the attribute, "class" */
    const char *const *level;
    const char *const *alias; /* other names of the levels; NULL: none has one */
    int n;
} dimension_t;

typedef struct {
    value_rule_t rule;
    dimension_t dimension[PEOPLE_DIMENSIONS];
    int n_dimensions;
    bool sums; /* numbers along the last dimension sum to 1 and are made to do so exactly */
} people_table_t;

dimension_t people_dimension(const people_reader_t *l, int attribute); /* or BY_CLASS */
size_t people_table_size(const people_table_t *t, int from);
/* The level of that name; -1 if there is none. */
int people_level(const dimension_t *x, const char *name);
/* The attribute of that name, after a complaint -1. */
int people_attribute(people_reader_t *l, const node_t *name);
/* `key`: none, one or a list of attributes, added to `by` and to the table's dimensions; "class" when
 * `classes`. False after a complaint. */
bool people_by(people_reader_t *l, const node_t *node, const char *key, bool classes, by_t *by,
               people_table_t *table);
/* Do shares sum to 1 to their rounding? Then they are made to do so exactly. */
bool people_sum(people_reader_t *l, const char *name, const node_t *node, double *row, size_t n);
/* One number; populations hold no laws, they are redrawn as a whole or not at all. */
bool people_number(people_reader_t *l, const node_t *node, const value_rule_t *rule, double *out);
/* Reads dimensions k and further into out. False after complaints. */
bool people_table_into(people_reader_t *l, const people_table_t *t, int k, const node_t *node,
                       double *out);
/* Numbers of a table in memory of their own; NULL after complaints or when memory is out. */
double *people_table(people_reader_t *l, const people_table_t *t, const node_t *node);
value_rule_t people_share_rule(const char *name);

/* ---- Sections that stand in load_csv_population.c ---- */

void people_csv(people_reader_t *l, const node_t *node);
void people_csv_key(people_reader_t *l, const node_t *node); /* a key that belongs to csv */
void people_csv_check(people_reader_t *l);                   /* when all is read */

/* ---- Sections that stand in load_margins.c ---- */

void people_margins(people_reader_t *l, const node_t *node);
void people_use_tables(people_reader_t *l, const node_t *node, const char *group);
void people_overlaps(people_reader_t *l, const node_t *node);
void people_correlations(people_reader_t *l, const node_t *node);
void people_checks(people_reader_t *l, const node_t *node);
void people_continuous(people_reader_t *l, const node_t *node);
void people_tolerance(people_reader_t *l, const node_t *node, double *out);
/* Completes the specification from the tables that were read. */
void people_synthesise(people_reader_t *l);

#endif
