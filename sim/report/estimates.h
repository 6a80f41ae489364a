/* estimates.h -- estimates in files: as columns NAME, NAME_lo, NAME_hi, NAME_mc_se, and as a JSON object. */
#ifndef ADSIM_REPORT_ESTIMATES_H
#define ADSIM_REPORT_ESTIMATES_H

#include "sim/metrics/estimate.h"
#include "sim/report/csv.h"
#include "sim/report/json.h"

void estimate_header(csv_t *c, const char *name);
void csv_estimate(csv_t *c, const estimate_t *x);
json_t *estimate_json(const estimate_t *x);

#endif
