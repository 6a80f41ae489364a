/* compare.h -- what a comparison of plans becomes: a folder of files, a JSON text, a page on the terminal.
 *
 * comparison.csv: every pair of plans and every metric. ranking.csv: every plan and metric, how often it is the
 * best. plans.csv: summary.csv of every plan. plan-NN-NAME.yaml: each plan by itself, as resolved.yaml is. */
#ifndef ADSIM_REPORT_COMPARE_H
#define ADSIM_REPORT_COMPARE_H

#include "sim/config/plans.h"
#include "sim/experiment/compare.h"
#include "sim/report/report.h"

typedef struct {
    const compare_t *compare;
    const plans_t *plans;
    const char *name; /* of the comparison: the first plan's scenario */
    provenance_t provenance;
    const figures_how_t *figures; /* NULL = none */
} compare_report_t;

status_t compare_report_write(const compare_report_t *r, const char *target, size_t *files,
                              error_t *err);
status_t compare_report_json(const compare_report_t *r, FILE *to, error_t *err); /* summary.json */
status_t compare_report_page(const compare_report_t *r, page_t page, FILE *to, error_t *err);

/* The metrics by which a page tells what one plan does differently from another; NULL behind the last. */
extern const char *const compare_told[];

/* The verdict as a word of summary.json, "separated", and as the sentences that a person reads. */
const char *compared_word(compared_t verdict);
enum { VERDICT_LENGTH = 1024 };
void compare_verdict(const compare_t *c, char text[VERDICT_LENGTH]);

#endif
