/* sensitivity.h -- whose doubt it is, as a table and as a tornado on the terminal. */
#ifndef ADSIM_REPORT_SENSITIVITY_H
#define ADSIM_REPORT_SENSITIVITY_H

#include "sim/experiment/sensitivity.h"
#include "sim/report/report.h"

/* {scenario, replications, rows, metrics: [{metric, base, sd}], values: [{key, line, origin, source, value, low, high,
 *  metrics: [{metric, at_low, at_high, first, total}]}]}: first and total are {mean, lo, hi}, null without a law. */
status_t sensitivity_json(const sensitivity_t *s, const scenario_t *sc, FILE *to, error_t *err);

/* The folder: sensitivity.csv, summary.json, resolved.yaml, run.json, figures/ unless figures is NULL. *files = how many. */
status_t sensitivity_write(const sensitivity_t *s, const loaded_t *loaded, const provenance_t *p,
                           const figures_how_t *figures, const char *target, size_t *files,
                           error_t *err);

/* The widest `rows` of them, with bars, as wide as the page is: the values that were tried stand where there is room. */
status_t sensitivity_page(const sensitivity_t *s, const scenario_t *sc, page_t page, int rows,
                          FILE *to, error_t *err);

#endif
