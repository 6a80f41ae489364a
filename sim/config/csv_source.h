/* csv_source.h -- private to sim/config: a CSV file as a scenario names it,
 *
 *   csv         path, beside the file that names it, else in the current folder
 *   weight      column of the rows' weights, above 0; all rows weigh 1 without
 *   separator   comma, semicolon, tab or a character; found in the first row unless given
 *   missing     words that mean "no value" besides the empty field; NA and N/A unless given
 *   sha256      what the file's hash must be; unless given any file will do
 *   columns     {COLUMN: ROLE or {as: ROLE, ...}}, what its columns are: see the reader of the section */
#ifndef ADSIM_CONFIG_CSV_SOURCE_H
#define ADSIM_CONFIG_CSV_SOURCE_H

#include "sim/config/csv_table.h"
#include "sim/config/load.h"
#include "sim/config/tree.h"

enum { CSV_ROLES_MOST = 128 }; /* columns that are used */

/* What becomes of rows without a value in a column. */
typedef enum { MISSING_ERROR, MISSING_DROP, MISSING_UNKNOWN, MISSING_NO, MISSING_SPREAD } missing_t;

/* A column that is used, as the scenario describes it. */
typedef struct {
    const node_t *column; /* its name in the file */
    int role;             /* index in the section's roles */
    const node_t *name;   /* what it becomes; the column's name unless given */
    const node_t *levels; /* list, or {VALUE: LEVEL}; NULL */
    missing_t missing;
} csv_role_t;

/* Roles that a section knows, each with what may become of missing values, the default first. */
typedef struct {
    const char *word;
    bool levels; /* has them */
    bool named;  /* may have another name than its column */
    int n_missing;
    missing_t missing[4];
} csv_role_rule_t;

typedef struct {
    const node_t *csv, *weight, *columns;
    const char *sha256; /* NULL = any */
    csv_options_t format;
    const char *missing_word[CSV_MISSING_WORDS];
    int n_roles;
    csv_role_t role[CSV_ROLES_MOST];
    csv_table_t table;
    const csv_column_t *column[CSV_ROLES_MOST]; /* of each role, after reading */
    const csv_column_t *weights;                /* NULL: all are 1 */
} csv_source_t;

/* The keys above, for check_keys. */
#define CSV_SOURCE_KEYS "csv", "weight", "separator", "missing", "sha256", "columns"
enum { CSV_SOURCE_N_KEYS = 6 };

/* Reads the keys of a mapping that has `csv`. False after complaints. */
bool csv_source_parse(csv_source_t *s, const node_t *mapping, const csv_role_rule_t *rule,
                      int n_rules, diagnostics_t *d);
/* Reads the file: the table has the roles' columns and the weights. `kind` per role. OK, or ERR_INVALID
 * after complaints (also when it cannot be read), or ERR_MEMORY. `file` is filled: what was read. The
 * caller frees the table, also after a failure. */
status_t csv_source_read(csv_source_t *s, const node_t *mapping, const csv_wanted_t *wanted,
                         data_file_t *file, diagnostics_t *d, error_t *err);

/* Is the row left out because a column that says `missing: drop` has no value in it? */
bool csv_source_drops(const csv_source_t *s, size_t row);
/* Warns of the rows left out, by column. */
void csv_source_tell(const csv_source_t *s, diagnostics_t *d);
double csv_source_weight(const csv_source_t *s, size_t row);

#endif
