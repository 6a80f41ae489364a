/* publish.h -- what is made of a result folder's tables: figures/ and report.html. Commands that simulate
 * call it last; `adsim report` calls it for a folder that stands. Same tables, same bytes. */
#ifndef ADSIM_REPORT_PUBLISH_H
#define ADSIM_REPORT_PUBLISH_H

#include "sim/report/figures.h"
#include "sim/report/folder.h"

/* Adds figures and page to a folder that is being written and has its tables. how NULL: nothing is made. */
status_t publish_into(folder_t *f, const figures_how_t *how, error_t *err);

/* Makes them anew in a folder that stands, each file whole or not at all; its run.json gets their digests.
 * *files = how many were written. */
status_t publish_again(const char *folder, const figures_how_t *how, size_t *files, error_t *err);

/* Draws one figure of the folder once more, from its .gp and .dat as they stand there, as FOLDER/figures/NAME.FORMAT
 * (svg, png, pdf). ERR_INVALID: there is none of that name; the sentence names those there are. */
status_t publish_figure(const char *folder, const char *name, const char *format,
                        const figures_how_t *how, error_t *err);

#endif
