/* batch.h -- many scenarios at once: files, each with the points of its `sweep:` or as one point alone.
 *
 * Points are numbered over all files, in the order given. What is the same in all points of a file is read and
 * made once: its text, and its people unless a point changes them. The fingerprint says what was swept over:
 * sha256 of every value used but the swept ones, of the seed and of adsim's version; points of the same
 * fingerprint and the same swept values give the same numbers. */
#ifndef ADSIM_EXPERIMENT_BATCH_H
#define ADSIM_EXPERIMENT_BATCH_H

#include "models/base/status.h"
#include "sim/config/load.h"
#include "sim/config/sweep.h"
#include "sim/experiment/record.h"
#include "sim/experiment/run.h"

enum { FINGERPRINT = 65 };

typedef struct {
    const char *path; /* as it was given; borrowed */
    loaded_t *base;
    sweep_t *sweep;
    size_t first; /* of its points in the batch */
    char fingerprint[FINGERPRINT];
} batch_file_t;

typedef struct {
    batch_file_t *file;
    size_t n_files, points;
    const char **param; /* every swept path once, in the order they come */
    size_t n_params;
    char fingerprint[FINGERPRINT];
    const char *const *set; /* borrowed */
    size_t n_set;
} batch_t; /* zeroed = none */

/* Loads the files and reads their sweeps; `set` changes them all. Complaints of all files go to d:
 * ERR_INVALID. The caller frees, also after a failure. */
status_t batch_init(batch_t *b, const char *version, const char *const *files, size_t n,
                    const char *const *set, size_t n_set, diagnostics_t *d, error_t *err);
void batch_free(batch_t *b);

/* Tries every value of every list, and both ends of what lies between two, each with the first value of all
 * else: what is wrong goes to d, ERR_INVALID. */
status_t batch_check(const batch_t *b, diagnostics_t *d, error_t *err);

const batch_file_t *batch_file_of(const batch_t *b, size_t point);
/* The values of a point by param; NULL where its file does not sweep it. `text` has room for n_params; the
 * texts live as long as `p`, which the caller frees. */
status_t batch_values(const batch_t *b, size_t point, sweep_point_t *p, const char **text,
                      error_t *err);

/* Runs a point as `adsim run` runs its scenario, and writes what came of it. What is wrong with the point is
 * an outcome too; ERR_INTERRUPTED and ERR_MEMORY of the record are not. clock: seconds; NULL = none. */
typedef struct {
    int threads;
    const volatile sig_atomic_t *interrupted;
    double (*clock)(void);
} point_how_t;
status_t batch_run_point(const batch_t *b, size_t point, const point_how_t *how, record_t *out,
                         error_t *err);

/* Runs many points and gives each one's record to `keep`, one at a time, in no order: on one thread each, as
 * many at once as there are threads, and the last few, or such as would fill the memory together, one after
 * the other on all threads. The numbers are the same. keep's failure ends it. */
typedef struct {
    point_how_t how;
    status_t (*keep)(void *context, const record_t *r, error_t *err);
    void *context;
} batch_how_t;
status_t batch_run(const batch_t *b, const size_t *point, size_t n, const batch_how_t *how,
                   error_t *err);

#endif
