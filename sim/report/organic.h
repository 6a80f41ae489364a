/* organic.h -- private to sim/report: what a brand does besides its ads. */
#ifndef ADSIM_REPORT_ORGANIC_H
#define ADSIM_REPORT_ORGANIC_H

#include "sim/report/json.h"
#include "sim/report/report.h"

int report_has_brand(const report_t *r);
status_t report_organic_csv(const report_t *r, FILE *to, error_t *err);
status_t report_months_csv(const report_t *r, FILE *to, error_t *err);

/* `organic` of summary.json; NULL when memory is out. */
json_t *report_organic_json(const study_t *s);

/* Nothing where there is no brand. */
status_t report_organic_lines(const study_t *s, page_t page, FILE *to, error_t *err);

#endif
