/* estimates.h -- estimates as columns of a file: NAME, NAME_lo, NAME_hi, NAME_mc_se. */
#ifndef ADSIM_REPORT_ESTIMATES_H
#define ADSIM_REPORT_ESTIMATES_H

#include "sim/metrics/estimate.h"
#include "sim/report/csv.h"

void estimate_header(csv_t *c, const char *name);
void csv_estimate(csv_t *c, const estimate_t *x);

#endif
