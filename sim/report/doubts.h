/* doubts.h -- what a run's answer hangs on: sensitivity.csv, a part of summary.json, a line on the terminal.
 *
 * sensitivity.csv of a run has a row for each uncertain value whose effect on the metric is more than noise, the
 * widest first; none where nothing can be told. Columns:
 *   metric                the target's, or iroas, of the plan
 *   key, name, line       the value: its path, as a person says it, and its line in the scenario (empty: a preset's)
 *   low, high             the value at the 10th and 90th percentile of its law
 *   metric_low, metric_high  the metric's mean with the value there, all others as unsure as they are
 *   metric_low_se, metric_high_se  their errors
 *   first_order, first_order_se    share of the variance by all uncertain values that certainty about this one
 *                         would take away (Sobol's first-order index), and its error */
#ifndef ADSIM_REPORT_DOUBTS_H
#define ADSIM_REPORT_DOUBTS_H

#include "sim/report/json.h"
#include "sim/report/report.h"

status_t doubts_csv(const report_t *r, FILE *to, error_t *err);
int has_unsure_values(const report_t *r);

/* {metric, unsure: how many values are, values: [...]}; null where none is. */
json_t *doubts_json(const study_t *s);

/* "Largest doubts: ig-young click rate (ROAS 1.2 - 1.8), Instagram CPM (1.35 - 1.6)." or nothing. */
status_t doubts_line(const study_t *s, page_t page, FILE *to, error_t *err);

/* "ig-young click rate": what a value is called, by its path. malloc'ed, NULL when memory is out. */
char *doubt_name(const scenario_t *sc, const char *path);

#endif
