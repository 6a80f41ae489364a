/* provenance.h -- run.json of a result folder. */
#ifndef ADSIM_REPORT_PROVENANCE_H
#define ADSIM_REPORT_PROVENANCE_H

#include "sim/report/folder.h"
#include "sim/report/report.h"

/* Writes who made the folder's files, the tables of people it was made from (loaded may be NULL) and all
 * digests; of a study that simulated something (or NULL) how much, and by which engine. */
status_t provenance_write(const provenance_t *p, const loaded_t *loaded, const folder_t *f,
                          const study_t *study, FILE *to, error_t *err);

#endif
