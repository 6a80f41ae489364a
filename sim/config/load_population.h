/* load_population.h -- a population file or mapping becomes a specification of people. */
#ifndef ADSIM_CONFIG_LOAD_POPULATION_H
#define ADSIM_CONFIG_LOAD_POPULATION_H

#include "models/audience/population.h"
#include "models/base/status.h"
#include "sim/config/diagnostics.h"
#include "sim/config/tree.h"

/* root is a mapping. NULL after complaints (in d) or a failure (in err). The caller calls
 * population_spec_free and free; texts are borrowed from the document. */
population_spec_t *population_load(const node_t *root, diagnostics_t *d, error_t *err);

#endif
