/* whatif_page.h -- the what-if section of a run's page: response curves, and sliders where the page can carry the
 * simulator. */
#ifndef ADSIM_REPORT_WHATIF_PAGE_H
#define ADSIM_REPORT_WHATIF_PAGE_H

#include "sim/report/document_parts.h"

bool has_whatif(const document_t *d);
status_t write_whatif(document_t *d, error_t *err);

#endif
