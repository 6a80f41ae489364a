/* plans.h -- the plans of a comparison: files, or one file with the changes of each of its variants. */
#ifndef ADSIM_CONFIG_PLANS_H
#define ADSIM_CONFIG_PLANS_H

#include "sim/config/load.h"

typedef struct plans plans_t; /* owns the scenarios */

/* Two files or more are plans, called by their names without folder and suffix; of one file the variants of its
 * `compare` block are (a file that is read again: not stdin). All that is wrong with any of them goes to d.
 * ERR_INVALID with an empty d: err says why the file has no plans. */
status_t plans_load(const char *const *file, int files, const load_options_t *how, diagnostics_t *d,
                    plans_t **out, error_t *err);
void plans_free(plans_t *p);

int plans_count(const plans_t *p);
const char *const *plans_names(const plans_t *p);
const loaded_t *plans_loaded(const plans_t *p, int i);

#endif
