/* results.h -- a result folder read back: which command wrote it, its summary.json, its tables. Pages and
 * pictures are made from nothing else, so that `adsim report DIR` needs no simulation.
 *
 * A folder may be damaged, or edited by hand: what is wrong with a file is one sentence with its line. What
 * a folder does not have is no error: its tables are empty, its pictures are left out. */
#ifndef ADSIM_REPORT_RESULTS_H
#define ADSIM_REPORT_RESULTS_H

#include "models/base/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum {
    RESULTS_RUN,
    RESULTS_COMPARISON,
    RESULTS_ALLOCATION,
    RESULTS_BATCH,
    RESULTS_SENSITIVITY,
    RESULTS_AUDIENCE,
    RESULTS_SEGMENTS
} results_kind_t;

/* What a CSV file says, as text. Fields have lost the blanks around them. */
typedef struct {
    size_t rows, columns;
    char *text;          /* owns all of them */
    const char **name;   /* of the columns */
    const char **field;  /* row * columns + column */
    unsigned long *line; /* in the file, of each row */
} result_table_t;        /* zeroed = none */

typedef struct results results_t;

/* ERR_UNREADABLE: no such folder. ERR_INVALID: it holds nothing that adsim wrote, or its summary.json is
 * damaged. */
status_t results_open(results_t **out, const char *folder, error_t *err);
void results_close(results_t *r); /* NULL too */

results_kind_t results_kind(const results_t *r);
const char *results_kind_word(results_kind_t kind); /* run, comparison, allocation, batch, ... */
const char *results_folder(const results_t *r);
/* summary.json, of a batch manifest.json; borrowed, never NULL (an empty object if there is none). */
const json_t *results_summary(const results_t *r);
bool results_has(const results_t *r, const char *file);

/* The whole table of a file, kept until the folder is closed. A missing file is a table without rows and
 * columns. ERR_INVALID names file and line. */
status_t results_table(results_t *r, const char *file, const result_table_t **out, error_t *err);

/* Of a large file only rows that have the text `is` in column `where` (NULL: all rows), and only the named
 * columns, in that order; one that the file has not is empty. The caller frees. */
typedef struct {
    const char *const *column; /* NULL = all */
    size_t columns;
    const char *where, *is;
} result_wanted_t;
status_t results_select(const results_t *r, const char *file, const result_wanted_t *wanted,
                        result_table_t *out, error_t *err);
void result_table_free(result_table_t *t);

/* -1: there is no such column. */
int result_column(const result_table_t *t, const char *name);
/* "" for an empty field and for column -1. */
const char *result_text(const result_table_t *t, size_t row, int column);
/* NaN for an empty field, for what is no number, for column -1. */
double result_number(const result_table_t *t, size_t row, int column);
/* By the column's name, for tables of few rows. */
const char *result_text_of(const result_table_t *t, size_t row, const char *column);
double result_number_of(const result_table_t *t, size_t row, const char *column);
/* The first row whose column has this text, from row `from` on; t->rows = none. */
size_t result_find(const result_table_t *t, size_t from, const char *column, const char *text);

/* A number or a text of summary.json by its path, "totals.roas.mean"; NaN, "" if it is not there. */
double results_number(const results_t *r, const char *path);
const char *results_text(const results_t *r, const char *path);

#endif
