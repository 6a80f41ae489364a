/* batch.h -- what a study becomes besides its store: manifest.json, points.csv, results.csv, JSON, a page. */
#ifndef ADSIM_REPORT_BATCH_H
#define ADSIM_REPORT_BATCH_H

#include "models/base/status.h"
#include "sim/experiment/batch.h"
#include "sim/experiment/store.h"
#include "sim/report/report.h"

#include <stdio.h>

/* manifest.json as a text, with the values that all points have alike; malloc'ed; NULL when memory is out. */
char *manifest_text(const batch_t *b);

/* points.csv: a row a point. results.csv: a row a point and scope, the swept values first. */
status_t points_csv(store_t *s, FILE *to, error_t *err);
status_t results_csv(store_t *s, FILE *to, error_t *err);
/* {"fingerprint": ..., "points": [{"point": 1, "params": {...}, "results": [...]}, ...]} */
status_t results_json(store_t *s, FILE *to, error_t *err);

/* The files of a study's folder; each appears whole or not at all. *sha256 of each in the order of
 * study_files, for run.json. */
enum { STUDY_FILES = 5 };
extern const char *const study_files[STUDY_FILES];
typedef struct {
    char sha256[STUDY_FILES][65];
} study_digests_t;
status_t study_export(store_t *s, const char *folder, study_digests_t *digests, error_t *err);
/* Writes a file of a folder from its text. */
status_t study_write_text(const char *folder, const char *name, const char *text, error_t *err);
status_t study_run_json(const provenance_t *p, const char *fingerprint, const study_digests_t *d,
                        const char *folder, error_t *err);

/* The first points with what they bring, at most `rows` of them; named: with their scenarios. */
status_t study_page(store_t *s, bool named, page_t page, int rows, FILE *to, error_t *err);

#endif
