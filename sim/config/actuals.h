/* actuals.h -- what an account paid and got: the CSV export of an ads manager, a row for each ad set, or for each of
 * its days.
 *
 * Columns are found by the words of the field ("Amount spent (USD)", "Cost", "Impr.", "Link clicks", "Results",
 * "Purchases conversion value"), or by the names of adsim's own columns. Others are left alone. Numbers may have
 * thousands separators, a currency sign, a decimal comma. Rows without a name and rows of totals are left out; rows of
 * one name are added up where that has a meaning (reach and ratios are not known then). */
#ifndef ADSIM_CONFIG_ACTUALS_H
#define ADSIM_CONFIG_ACTUALS_H

#include "models/base/status.h"
#include "sim/config/diagnostics.h"
#include "sim/metrics/columns.h"

typedef struct {
    char *name;
    int rows;              /* of the file */
    unsigned long line;    /* of the first */
    double value[COLUMNS]; /* in the column's unit; NAN = not given */
} actual_t;

typedef struct {
    actual_t *row; /* in the file's order */
    size_t n;
    bool has[COLUMNS];      /* by a column of the file */
    char *heading[COLUMNS]; /* as the file writes it; NULL */
    size_t left_out;        /* rows without a name, or of totals */
} actuals_t;                /* zeroed = none */

/* ERR_INVALID after complaints in d: no column of names, none of numbers, a number that is none. "-" is stdin. */
status_t actuals_read(actuals_t *a, const char *path, diagnostics_t *d, error_t *err);
void actuals_free(actuals_t *a);

const actual_t *actuals_find(const actuals_t *a, const char *name); /* NULL */

/* Fills in what follows from the rest: cpm, ctr, cpc, cvr, cpa, roas, frequency, where the file has them not. */
void actual_derive(actual_t *row);

/* The sum of all rows: what can be added, and what follows from it. The caller frees its name. */
actual_t actuals_sum(const actuals_t *a);

/* A number as people and exports write it: 1,234.50  1.234,50  $1,234  1 234; 1.234 is a thousand and more where things
 * are `counted` or paid, and a little more than one in a ratio. *missing: there is none (empty, -, n/a). NAN for that
 * and for what is no number. */
double actual_number(const char *text, size_t length, bool counted, bool *missing);

#endif
