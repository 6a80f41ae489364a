/* whatif_files.h -- response_curve.csv, and whatif.json: what a page needs to answer other budgets by itself. */
#ifndef ADSIM_REPORT_WHATIF_FILES_H
#define ADSIM_REPORT_WHATIF_FILES_H

#include "sim/report/report.h"

/* The simulator for pages; no such file where it was built without clang and wasm-ld. */
extern const char whatif_path[];

status_t response_curve_csv(const report_t *r, FILE *to, error_t *err);
status_t whatif_json(const report_t *r, FILE *to, error_t *err);
int has_responses(const report_t *r);

#endif
