/* summary_csv.h -- the rows of summary.csv: every scope of a plan with all its estimates, and where the plan
 * was asked about other budgets, what the next currency causes: marginal_roas, which no estimator counts and which
 * has no range, only an error; empty where it is not known. */
#ifndef ADSIM_REPORT_SUMMARY_CSV_H
#define ADSIM_REPORT_SUMMARY_CSV_H

#include "sim/experiment/responses.h"
#include "sim/experiment/run.h"
#include "sim/report/csv.h"

/* responses: NULL = nobody asked, no such columns. */
void summary_header(csv_t *c, const responses_t *responses);
/* Rows that begin with `first`, of which the header must tell; NULL = they do not. */
void summary_rows(csv_t *c, const study_t *s, const responses_t *responses, const char *first);

#endif
