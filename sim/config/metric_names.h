/* metric_names.h -- the columns that a target may name. (Apart, because metrics and config both have
 * a quantity_t.) */
#ifndef ADSIM_CONFIG_METRIC_NAMES_H
#define ADSIM_CONFIG_METRIC_NAMES_H

#include <stdbool.h>

/* Is it a column? If not, *nearest is the one that may have been meant, or NULL. */
bool metric_known(const char *name, const char **nearest);

#endif
