/* frame_csv.h -- a person's own table becomes a frame: a row a person, columns typed by what they hold.
 *
 * A column is yes/no when it holds nothing but 1/0, yes/no, true/false or y/n; the age when it is called
 * so and holds whole years; a number when all its values are numbers; a category when it has at most 64
 * different values. Other columns (names, free text, empty ones, ones that are the same for everybody)
 * take no part, which `left_out` tells. An empty field is a missing value. */
#ifndef ADSIM_EXPERIMENT_FRAME_CSV_H
#define ADSIM_EXPERIMENT_FRAME_CSV_H

#include "models/segmentation/rfm.h"
#include "sim/config/csv_reader.h"
#include "sim/experiment/frame.h"

typedef struct {
    const char *path;   /* "-" = stdin */
    const char *id;     /* column with the names of people; NULL = none */
    const char *weight; /* column of weights > 0; NULL = none */
} csv_source_t;

enum { LEFT_OUT_LENGTH = 400 };

/* Problems with their places go to d (ERR_INVALID). `left_out`: "name (text), x (empty)"; "" if no
 * column was. The caller frees, also after a failure. */
status_t frame_of_csv(frame_t *f, const csv_source_t *source, diagnostics_t *d,
                      char left_out[LEFT_OUT_LENGTH], error_t *err);

/* A till's roll: a row an order. */
typedef struct {
    const char *path, *customer, *date, *amount; /* columns; dates are written 2026-03-02 */
} orders_source_t;

typedef struct {
    size_t n, n_customers;
    transaction_t *order;       /* days since 1970-01-01 */
    const char **customer;      /* names */
    double first_day, last_day; /* of all orders */
    arena_t arena;
} orders_t;

status_t orders_of_csv(orders_t *o, const orders_source_t *source, diagnostics_t *d, error_t *err);
void orders_free(orders_t *o);

/* Days since 1970-01-01 of an ISO date; false if it is none. */
bool order_day(const char *text, double *day);

#endif
