/* allocation.h -- what an allocation becomes: a page, a JSON text, a folder of tables. */
#ifndef ADSIM_REPORT_ALLOCATION_H
#define ADSIM_REPORT_ALLOCATION_H

#include "sim/allocate/study.h"
#include "sim/config/load.h"
#include "sim/report/report.h"

typedef struct {
    const allocation_study_t *study;
    const loaded_t *loaded;
    provenance_t provenance;
    const figures_how_t *figures; /* NULL = none */
} allocation_report_t;

status_t allocation_page(const allocation_report_t *r, page_t page, FILE *to, error_t *err);
/* {scenario, objective, cells: [...], spend, response, lambda, gap, ...} */
status_t allocation_json(const allocation_report_t *r, FILE *to, error_t *err);
/* A folder, whole or not at all:
 *   allocation.csv   a row a cell: today's spend and the recommended one with its range and limits, what they bring,
 *                    what the next unit of money brings and what it must bring to earn itself back
 *   frontier.csv     a row a budget: what its best split brings, with its range and the chance to meet the target
 *   curves.csv       points of every cell's response curve, with the band of its draws
 *   waterfall.csv    from what today's split brings, cell by cell and by what cells share, to the recommended one's
 *   schedule.csv     spends by period, where there are periods
 *   columns.csv      file, column, unit and meaning of every column of these
 *   allocation.json (also as summary.json), run.json */
status_t allocation_write(const allocation_report_t *r, const char *target, size_t *files,
                          error_t *err);

/* A scenario: the file, as it is to be found from there, with the recommended budgets. ERR_INVALID where there is
 * none. */
status_t allocation_plan(const allocation_report_t *r, const char *file, FILE *to, error_t *err);

/* "max", "group a + b": what holds a cell. */
enum { HOLD_LENGTH = 200 };
void held_write(const allocation_study_t *s, int cell, char out[HOLD_LENGTH]);
/* How the file writes the aim: max_value. */
extern const char *const aim_names[];

#endif
