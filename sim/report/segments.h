/* segments.h -- what segments become: a page on the terminal, a folder of files, an `audiences:` block, a
 * scenario that targets them. */
#ifndef ADSIM_REPORT_SEGMENTS_H
#define ADSIM_REPORT_SEGMENTS_H

#include "sim/experiment/segments.h"
#include "sim/report/report.h"

typedef struct {
    const segments_t *segments;
    const loaded_t *loaded; /* NULL: the people come from a table */
    const char *source;     /* the file */
    const char *name;       /* the scenario's, or the file's */
    bool members;           /* write members.csv */
    provenance_t provenance;
} segments_report_t;

/* In summary.json under "scenario": what tells a folder of segments of the same people. */
enum { SEGMENTS_TITLE = 300 };
void segments_title(const char *name, char to[SEGMENTS_TITLE]);

status_t segments_page(const segments_report_t *r, page_t page, FILE *to, error_t *err);
status_t segments_json(const segments_report_t *r, FILE *to, error_t *err);
status_t segments_write(const segments_report_t *r, const char *target, size_t *files,
                        error_t *err);

/* The audiences of all rules, indented, each with what it is worth; NULL `only` = all. */
status_t segments_audiences(const segments_report_t *r, FILE *to, error_t *err);

#endif
