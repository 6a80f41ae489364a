/* attribution.h -- what models of attribution credit, beside what the ads truly caused. */
#ifndef ADSIM_REPORT_ATTRIBUTION_H
#define ADSIM_REPORT_ATTRIBUTION_H

#include "sim/report/report.h"

/* attribution.csv: a row per model and ad set, campaign, platform, plan. */
status_t attribution_csv(const report_t *r, FILE *to, error_t *err);

/* The table and the sentence on the terminal, of the scenario's model. */
/* One sentence: how far credit is from cause, and where farthest; nothing without either. False when memory is out. */
bool attribution_finding(const study_t *s, page_t page, FILE *to);
status_t attribution_page(const study_t *s, page_t page, FILE *to, error_t *err);

#endif
