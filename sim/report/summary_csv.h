/* summary_csv.h -- the rows of summary.csv: every scope of a plan with all its estimates. */
#ifndef ADSIM_REPORT_SUMMARY_CSV_H
#define ADSIM_REPORT_SUMMARY_CSV_H

#include "sim/experiment/run.h"
#include "sim/report/csv.h"

void summary_header(csv_t *c);
/* Rows that begin with `first`, of which the header must tell; NULL = they do not. */
void summary_rows(csv_t *c, const study_t *s, const char *first);

#endif
