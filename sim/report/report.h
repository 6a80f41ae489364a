/* report.h -- what a finished study becomes: a folder of files, a JSON text, a page on the terminal. */
#ifndef ADSIM_REPORT_REPORT_H
#define ADSIM_REPORT_REPORT_H

#include "sim/config/load.h"
#include "sim/experiment/responses.h"
#include "sim/experiment/run.h"
#include "sim/metrics/scopes.h"
#include "sim/report/figures.h"

#include <stdbool.h>
#include <stdio.h>

/* Everything that may differ between machines; goes into run.json alone. */
typedef struct {
    const char *command_line, *host, *started; /* ISO 8601, UTC */
    char *const *argument;                     /* the command and its arguments; borrowed */
    int arguments;
    double seconds; /* simulating */
    int threads;
} provenance_t;

/* The commit the program was built from, "-dirty" if it was changed since; "unknown" without git. */
extern const char git_id[];

typedef struct {
    const study_t *study;
    const loaded_t *loaded;
    provenance_t provenance;
    const figures_how_t *figures; /* NULL = none */
    const responses_t *responses; /* NULL = none */
} report_t;

/* Writes the result folder, whole or not at all. *files = how many it holds. */
status_t report_write(const report_t *r, const char *target, size_t *files, error_t *err);

/* summary.json. */
status_t report_summary_json(const report_t *r, FILE *to, error_t *err);

/* The page for the terminal: at most `width` cells wide as far as the numbers allow. */
typedef struct {
    int width;
    bool color;
    bool detail; /* of a run: the tables behind the first one too */
} page_t;
status_t report_page(const report_t *r, page_t page, FILE *to, error_t *err);

/* What a dry run prints: people, audiences, where the bids would start. */
status_t report_plan(const study_t *s, page_t page, FILE *to, error_t *err);

/* Values that adsim assumed: no source, not given. */
size_t report_assumptions(const loaded_t *loaded);

#endif
