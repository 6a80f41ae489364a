/* document.h -- report.html: one file that needs nothing else, made of what a result folder holds.
 *
 * In order: the verdict, tiles, the recommended change, pictures by decision, assumptions, what is not modelled,
 * provenance, definitions. It is read with scripts off, printed on two pages, in light and dark, by keyboard and
 * screen reader; it asks the network for nothing, and its own policy forbids any script but its own. */
#ifndef ADSIM_REPORT_DOCUMENT_H
#define ADSIM_REPORT_DOCUMENT_H

#include "models/base/status.h"
#include "sim/report/pictures.h"
#include "sim/report/results.h"

#include <stdio.h>

/* Is there a page for such a folder? */
bool page_is_known(results_kind_t kind);

/* Writes the page of a folder. ERR_INVALID names the file that is damaged. */
status_t page_write(results_t *results, const pictures_t *pictures, FILE *to, error_t *err);

#endif
