/* lift_test.h -- what an experiment would have told, as a file, as JSON and on the terminal. */
#ifndef ADSIM_REPORT_LIFT_TEST_H
#define ADSIM_REPORT_LIFT_TEST_H

#include "sim/report/json.h"
#include "sim/report/report.h"

/* experiment.csv: a row per estimator. */
status_t lift_test_csv(const report_t *r, FILE *to, error_t *err);
int has_lift_test(const report_t *r);

/* `experiment` of summary.json; NULL when memory is out. */
json_t *lift_test_json(const study_t *s);

status_t lift_test_page(const study_t *s, page_t page, FILE *to, error_t *err);

#endif
