/* store.h -- the results of a batch in an SQLite file, one transaction a point: whatever ends the program, the
 * points that were kept are whole. The only room that opens a database.
 *
 *   study     key, value: version, fingerprint, points, manifest (JSON)
 *   axes      number, param: the swept paths in their order
 *   points    point (from 1), file, scenario, status (done, failed), reason, fingerprint, people, replications,
 *             seconds
 *   params    point, param, value (as written), number (what it stands for, or NULL)
 *   results   point, row, scope, name, campaign, platform, and of each column METRIC, METRIC_lo, METRIC_hi,
 *             METRIC_mc_se
 *   notices   point, notice
 *
 * WAL where the folder is on a local disk, so that others read while it is written; a rollback journal on a
 * network, where WAL's shared memory does not reach. */
#ifndef ADSIM_EXPERIMENT_STORE_H
#define ADSIM_EXPERIMENT_STORE_H

#include "models/base/status.h"
#include "sim/experiment/batch.h"
#include "sim/metrics/columns.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct store store_t;

/* The SQLite that is linked: "3.40.1". */
const char *store_library(void);

/* What a study is of; every store of it says the same. */
typedef struct {
    const char *version, *fingerprint, *manifest;
    size_t points;
    const char *const *param;
    size_t n_params;
} study_head_t;

/* Makes the file, or opens it if it is there and holds a study of the same fingerprint. ERR_INVALID, with both
 * fingerprints told, if it holds another; ERR_OUTPUT if it cannot be written. The caller closes, also after a
 * failure. */
status_t store_open(const char *path, const study_head_t *head, store_t **out, error_t *err);
/* Opens one to read. */
status_t store_open_to_read(const char *path, store_t **out, error_t *err);
/* Leaves one file that any SQLite can read. */
void store_close(store_t *s);

/* A text of `study`, "" without one; borrowed until the store is closed. */
const char *store_text(store_t *s, const char *key);
size_t store_points_wanted(store_t *s);

/* Keeps a point, whatever was kept of it before. */
status_t store_keep(store_t *s, const batch_t *b, const record_t *r, error_t *err);
/* Copies all points of another store of the same study that this one lacks, or has as failed. ERR_INVALID if it
 * is of another study. */
status_t store_join(store_t *s, const char *path, error_t *err);

/* Marks in `done` (room for b->points) the points that are complete: kept as done, with their file's fingerprint
 * and with the values that the batch has now. Kept points with other values are forgotten. */
status_t store_complete(store_t *s, const batch_t *b, bool *done, error_t *err);

/* A kept point. Texts are borrowed until the next one. */
typedef struct {
    const char *scope, *name, *campaign, *platform;
    double value[COLUMNS][RESULT_VALUES];
} store_row_t;
typedef struct {
    size_t point; /* from 1 */
    const char *file, *scenario, *status, *reason;
    double people, replications, seconds;
    size_t n_params;
    const char **param; /* by axis; NULL = its file does not sweep it */
    size_t n_rows;
    store_row_t *row;
} store_point_t;

/* The swept paths in their order, n_params of them; borrowed until the store is closed. */
status_t store_axes(store_t *s, const char *const **param, size_t *n_params, error_t *err);
/* Calls `visit` for the first `most` kept points in their order (0 = all); its failure ends it. with_rows: also
 * reads results. */
status_t store_visit(store_t *s, bool with_rows, size_t most,
                     status_t (*visit)(void *context, const store_point_t *p, error_t *err),
                     void *context, error_t *err);

typedef struct {
    size_t done, failed;
    double seconds; /* of all kept points */
} store_count_t;
status_t store_count(store_t *s, store_count_t *out, error_t *err);

#endif
