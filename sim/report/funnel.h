/* funnel.h -- inside sim/report: from impressions to results, by what counts as a result. */
#ifndef ADSIM_REPORT_FUNNEL_H
#define ADSIM_REPORT_FUNNEL_H

#include "sim/report/report.h"

/* What an ad set counts as its results: "purchases", "leads", "link clicks", "impressions", ... */
const char *result_word(const scenario_t *sc, int ad_set);

int has_ad_sets(const report_t *r);
status_t funnel_csv(const report_t *r, FILE *to, error_t *err);
status_t funnel_page(const study_t *s, page_t page, FILE *to, error_t *err);

#endif
