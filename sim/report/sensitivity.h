/* sensitivity.h -- whose doubt it is, as a table and as a tornado on the terminal. */
#ifndef ADSIM_REPORT_SENSITIVITY_H
#define ADSIM_REPORT_SENSITIVITY_H

#include "sim/experiment/sensitivity.h"
#include "sim/report/report.h"

/* The folder: sensitivity.csv, resolved.yaml, run.json, figures/ unless figures is NULL. *files = how many. */
status_t sensitivity_write(const sensitivity_t *s, const loaded_t *loaded, const provenance_t *p,
                           const figures_how_t *figures, const char *target, size_t *files,
                           error_t *err);

/* The widest `rows` of them, with bars. */
status_t sensitivity_page(const sensitivity_t *s, const scenario_t *sc, page_t page, int rows,
                          FILE *to, error_t *err);

#endif
