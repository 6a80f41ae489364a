/* segments_plan.h -- --write: a scenario that targets the segments, one ad set each. */
#ifndef ADSIM_REPORT_SEGMENTS_PLAN_H
#define ADSIM_REPORT_SEGMENTS_PLAN_H

#include "sim/report/segments.h"

/* Of a scenario: the scenario, its audiences with the segments' added, its campaigns replaced by one with
 * the same money, split evenly. Of a table: a scenario whose population is the table. ERR_INVALID if no
 * segment has a rule. `folder`: of the file that is written, with its slash, "" for here. */
status_t segments_plan(const segments_report_t *r, const char *folder, FILE *to, error_t *err);

#endif
