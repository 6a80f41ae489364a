/* csv_table.h -- a CSV file as typed, compact columns: a million rows take their numbers and codes, not
 * their text.
 *
 * Every column is coded: its distinct values are kept once, a row holds the number of its value in one or
 * two bytes. A column of more than CSV_LEVELS_MOST different values is kept as doubles if they are all
 * numbers, and not at all otherwise (CSV_TEXT: names, addresses). */
#ifndef ADSIM_CONFIG_CSV_TABLE_H
#define ADSIM_CONFIG_CSV_TABLE_H

#include "sim/config/csv_reader.h"
#include "sim/config/value.h"

#include <math.h>

enum {
    CSV_LEVELS_MOST = 65534,  /* different values of a coded column */
    CSV_MISSING_CODE = 65535, /* csv_code of a missing value */
    CSV_SHOWN_LINES = 3,      /* lines of missing values that are remembered */
    CSV_ROWS_MOST = 1 << 28
};

typedef enum {
    CSV_AUTO, /* CSV_NUMBER if every value is a plain number (no 40%, no 007), else CSV_CATEGORY */
    CSV_NUMBER, /* what a number key of a scenario may be, within `rule` */
    CSV_CATEGORY, /* any text; one of `levels` if they are given (case, spaces, _ and - do not count) */
    CSV_YES_NO, /* 1 yes true, 0 no false, in any case */
    CSV_SKIP,   /* not kept */
    CSV_TEXT    /* only of what was read: an AUTO column of too many different texts */
} csv_kind_t;

/* What the caller knows about a column. */
typedef struct {
    const char *column; /* name in the file */
    csv_kind_t kind;
    place_t
        asked; /* where it was asked for, pointed at when the file has no such column; zeroed = in the
                      first row of the file */
    const value_rule_t *rule;  /* CSV_NUMBER: range and unit; NULL = any number */
    const char *const *levels; /* CSV_CATEGORY: the only ones; NULL = those found */
    size_t n_levels;
    bool whole; /* no value may be missing: told by line */
    /* CSV_CATEGORY: what a value must be besides, asked once for each different one. NULL if it is fine,
     * else the fix. *number is kept with the level. */
    const char *(*judge)(const char *text, double *number, const void *context);
    const void *context;
} csv_wanted_t;

/* A value as it was first met. */
typedef struct {
    const char *text;
    double number; /* CSV_NUMBER: the value; CSV_YES_NO: 0 or 1; NAN if it is none */
    uint64_t line; /* where it stood first */
    size_t n_rows; /* how often it stands */
    bool refused;  /* complained about */
} csv_level_t;

typedef struct {
    const char *name;
    size_t index; /* in the file */
    csv_kind_t kind;
    size_t n_levels; /* different values, in the order of their first rows; 0 if not coded */
    csv_level_t *level;
    uint8_t *code8; /* one of these per row: codes below 255 ... */
    uint16_t *code16;
    double *number; /* ... or numbers, NAN = missing; NULL otherwise */
    size_t n_missing;
    uint64_t missing_line[CSV_SHOWN_LINES]; /* the first lines without a value */
} csv_column_t;

typedef struct {
    size_t n_rows, n_columns;
    csv_column_t *column; /* all but the skipped ones, in the file's order */
    uint64_t bytes;       /* of the file */
    char sha256[65];
    uint32_t *line; /* of each row; NULL unless asked for */
    void *inside;   /* private */
} csv_table_t;

/* What is to be read. */
typedef struct {
    csv_options_t format;
    const csv_wanted_t *wanted;
    size_t n_wanted;
    csv_kind_t others; /* for columns nobody asked for: CSV_AUTO or CSV_SKIP */
    bool lines;        /* keep the line of each row */
} csv_request_t;

/* Reads the whole file. OK without complaints; else as csv_open. The caller frees, also after a failure.
 * Complaints: all that csv_reader tells, columns that are not there (did you mean), values that are no
 * numbers or lie outside their range, unknown levels, missing values of `whole` columns. */
status_t csv_table_read(csv_table_t *t, const char *path, const char *name,
                        const csv_request_t *request, diagnostics_t *d, error_t *err);
status_t csv_table_from(csv_table_t *t, csv_reader_t *r, const csv_request_t *request,
                        diagnostics_t *d, error_t *err); /* from an open reader, not closed */
void csv_table_free(csv_table_t *t);

/* The column of a name, or NULL. */
const csv_column_t *csv_table_column(const csv_table_t *t, const char *name);

/* Index of a row's level, CSV_MISSING_CODE if it has none; of coded columns. */
static inline unsigned csv_code(const csv_column_t *c, size_t row)
{
    if (c->code8) return c->code8[row] == UINT8_MAX ? CSV_MISSING_CODE : c->code8[row];
    return c->code16[row];
}

/* A row's number (CSV_NUMBER) or yes/no (CSV_YES_NO: 1, 0); NAN if it has none. */
static inline double csv_number(const csv_column_t *c, size_t row)
{
    if (c->number) return c->number[row];
    unsigned code = csv_code(c, row);
    return code == CSV_MISSING_CODE ? NAN : c->level[code].number;
}

/* Bytes that the columns take. */
size_t csv_table_memory(const csv_table_t *t);

#endif
