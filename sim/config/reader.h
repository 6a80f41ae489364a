/* reader.h -- private to sim/config: what the second pass of loading carries along while the tree
 * becomes a scenario. */
#ifndef ADSIM_CONFIG_READER_H
#define ADSIM_CONFIG_READER_H

#include "models/base/status.h"
#include "sim/config/arena.h"
#include "sim/config/keys.h"
#include "sim/config/load.h"
#include "sim/config/sources.h"
#include "sim/config/tree.h"
#include "sim/scenario/cells.h"

/* A line of resolved.yaml. */
typedef enum { LINE_OPEN, LINE_ITEM, LINE_VALUE } line_kind_t;

typedef struct {
    line_kind_t kind;
    int depth;
    const char *key;
    resolved_t value;  /* of LINE_VALUE */
    const char *label; /* screen label of a word; NULL */
} line_t;

/* Where a field of the scenario was written, so that scenario_check's complaints find their line. */
typedef struct {
    size_t offset;
    place_t at;
} field_t;

typedef enum { NOT_COMPILED, COMPILING, COMPILED, NOT_COMPILABLE } compiled_t;

typedef struct reader {
    scenario_t *sc;
    arena_t *arena;
    diagnostics_t *d;
    error_t *err;
    status_t status;           /* not OK: a failure (memory); complaints are in d */
    const struct reader *like; /* of a scenario loaded before; NULL = none */
    const document_t *main;
    const source_t *sources;
    const node_t *root;
    const char *population_name; /* NULL when the file holds the mapping itself */

    line_t *line;
    size_t n_lines, lines_capacity;
    int depth;
    bool people_only;  /* of the whole only the population must be given */
    bool idle;         /* the value being read has no effect: no line */
    bool silent;       /* nor has the whole block, on this scenario */
    const char *block; /* the block that the command is for; NULL = none */
    bool curves_only;  /* `allocate` has curves of its own: nothing is there to be simulated */
    const plan_cells_t *cells; /* of the plan, once they were asked for */
    field_t *field;
    size_t n_fields, fields_capacity;
    char path[1024]; /* of the section being read, with a dot at its end; "" at the top */
    int campaign;    /* index of the one being read */
    size_t budget_line[MAX_AD_SETS]; /* line of an ad set's budget that is not known yet */
    data_file_t file[DATA_FILES];    /* tables of people that were read */
    int n_files;
    population_spec_t *population; /* owned by the caller, as are the programs */
    bool people_borrowed;          /* ... unless they are those of `like` */
    const struct labels
        *exact_labels; /* of the population, once a platform needs them; else NULL */
    expression_t **program;
    size_t n_programs, programs_capacity;
    int n_named; /* audiences with names of their own; expressions of ad sets follow them */
    const node_t *audience_node[MAX_AUDIENCES];
    const node_t *appeal_node[MAX_APPEALS], *fit_node[MAX_FITS]; /* their segments in the file */
    compiled_t audience_state[MAX_AUDIENCES];
} reader_t;

/* Of a loaded scenario: its lines. */
const reader_t *loaded_reader(const loaded_t *l);

/* Reads everything into r->sc. */
void scenario_read(reader_t *r);

/* --- for the keys with a grammar of their own */
/* The rows of a section; node NULL = all defaults. `at`: what to point at when there is no node. */
void section_read(reader_t *r, const section_t *s, const node_t *node, char *base, place_t at);
void row_read(reader_t *r, const key_row_t *row, const node_t *node, char *base, place_t at);
/* Complains about keys that are not the section's. False if node is no mapping. */
bool keys_check(reader_t *r, const section_t *s, const node_t *node);
const node_t *row_node(const key_row_t *row, const node_t *mapping);

void line_open(reader_t *r, const char *key);
void line_close(reader_t *r);
void line_item(reader_t *r);
void line_item_end(reader_t *r);
/* A value as given in the node (its text is kept), or a default when node is NULL. */
void line_value(reader_t *r, const key_row_t *row, const node_t *node, const char *text,
                const char *source);
/* A word or name, which has no source of its own: given, it says where; not given, why it is the default. */
void line_word(reader_t *r, const key_row_t *row, const node_t *node, const char *text);
void field_note(reader_t *r, const void *field, place_t at);
void uncertain_add(reader_t *r, const key_row_t *row, const char *key, const void *field,
                   distribution_t law, double divisor, place_t at);

/* A text that is not empty; NULL after a complaint. */
const char *text_read(reader_t *r, const char *what, const node_t *node);
/* A name that may be part of a key path: not empty, at most 200 bytes, no control characters. */
const char *name_read(reader_t *r, const char *what, const node_t *node);
/* A name as it reads in a line, see text_put_on_one_line. NULL when memory is out. */
const char *text_on_one_line(reader_t *r, const char *text);
void path_push(reader_t *r, const char *part, size_t *mark);
void path_pop(reader_t *r, size_t mark);
void out_of_memory(reader_t *r);
void *array_grow(reader_t *r, void *array, size_t n, size_t *capacity, size_t size);
bool is_word(const node_t *node, const char *word);

/* Was it written in a preset of the installed data? */
bool is_of_preset(const reader_t *r, const node_t *node);

/* labels.c */
void labels_read(reader_t *r, const key_row_t *row, const node_t *node, platform_t *platform,
                 place_t at);

/* market.c */
void factors_read(reader_t *r, const key_row_t *row, const node_t *node, char *base, place_t at);
void placements_read(reader_t *r, const key_row_t *row, const node_t *node, ad_set_t *a,
                     place_t at);

/* A number, or the row's default. */
void number_row_read(reader_t *r, const key_row_t *row, const node_t *node, char *base, place_t at);
/* Index of a platform by its name. */
void platform_refer(reader_t *r, const key_row_t *row, const node_t *node, int *platform);

/* A mapping that names a table, with the path that was opened and its hash. NULL when memory is out. */
const node_t *data_named(reader_t *r, const node_t *node, const data_file_t *file);

/* calendar.c */
void calendar_read(reader_t *r, const key_row_t *row, const node_t *node);

/* brand.c */
void community_refer(reader_t *r, const key_row_t *row, const node_t *node, int *community);
/* A number that is usual for the kind or tier read before, unless given. */
void usual_read(reader_t *r, const key_row_t *row, const node_t *node, char *base, place_t at);
/* What follows from the whole of `organic`, once it is read. */
void brand_bind(reader_t *r);

/* plans.c */
void compare_read(reader_t *r, const key_row_t *row, const node_t *node);

/* Is this block for the command? */
bool is_asked(const reader_t *r, const char *block);
/* Tells that a block is for another command, unless it is not. */
void block_told(reader_t *r, const key_row_t *row, const node_t *node);

/* schedule.c */
void flight_end_read(reader_t *r, const key_row_t *row, const node_t *node, int *days);
void schedule_read(reader_t *r, const key_row_t *row, const node_t *node, schedule_t *schedule,
                   place_t at);
void budget_schedule_read(reader_t *r, const key_row_t *row, const node_t *node,
                          budget_schedule_t *to);

/* First and last day, from 0, that `start`, `end` or `days` of a mapping name; the flight's unless they do. */
void days_of_flight_read(reader_t *r, const section_t *s, const node_t *mapping, int *first,
                         int *last);

/* conversions.c */
void conversions_read(reader_t *r, const key_row_t *row, const node_t *node, place_t at);
/* allocate.c */
void allocate_read(reader_t *r, const key_row_t *row, const node_t *node);
/* Curves of one's own and no campaigns: nothing is simulated. */
bool has_curves_only(const node_t *root);
void curves_read(reader_t *r);
void goal_read(reader_t *r, const key_row_t *row, const node_t *node);
void points_read(reader_t *r, const key_row_t *row, const node_t *node, own_curve_t *curve);

/* audiences.c */
void audiences_read(reader_t *r, const key_row_t *row, const node_t *node);
/* Index of an audience by name, or of a new one compiled from the expression; -1 after a complaint. */
int audience_refer(reader_t *r, const node_t *node);
/* Compiles the expressions of the product's appeals, once audiences have their names. */
void appeals_compile(reader_t *r);
/* Finds, or adds, the appeals that hold whom the creatives are made for. After appeals_compile. */
void fits_compile(reader_t *r);

#endif
