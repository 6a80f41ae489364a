/* load_population.h -- a population file or mapping becomes a specification of people.
 *
 *   name, source        texts
 *   size                real people; may be left out when `joint` counts them
 *   redraw              true: new people in each replication (reference scenarios)
 *   oldest              years at which an open last age band ends (90)
 *   csv, ...            people recorded one by one instead of `joint`, see load_csv_population.c
 *   joint               {source, attributes: {NAME: [LEVEL, ...], ...}, people: TABLE}
 *   attributes          {NAME: {source, levels: [...], by: NAME or [NAME, NAME], shares: TABLE}, ...}
 *   platforms           {source, NAME: {source, by, shares: TABLE, loading}, ...}
 *   classes             {source, weights: {CLASS: SHARE, ...}, effects: {ATTRIBUTE: TABLE, ...}}
 *   interests, behaviours, traits   {source, NAME: SHARE or one share per class, ...}
 *   existing_customers, activity_correlation   a number or {value, source}
 *
 * A TABLE nests one mapping (or list) per attribute it goes by, in that order; the last attribute's
 * levels, or the levels that are drawn, stand in a list. Shares of a row sum to 100 %. */
#ifndef ADSIM_CONFIG_LOAD_POPULATION_H
#define ADSIM_CONFIG_LOAD_POPULATION_H

#include "models/audience/population.h"
#include "models/base/status.h"
#include "sim/config/diagnostics.h"
#include "sim/config/load.h"
#include "sim/config/tree.h"

/* root is a mapping. *file: the file of people it was made from, if it names one (may be NULL). NULL after complaints (in d) or a failure (in err). The caller calls
 * population_spec_free and free; texts are borrowed from the document. */
population_spec_t *population_load(const node_t *root, diagnostics_t *d, error_t *err);
population_spec_t *population_load_file(const node_t *root, data_file_t *file, diagnostics_t *d,
                                        error_t *err);

/* A list of customers, {csv, weight, columns, ...}: gives the population the chance of each of its people to
 * have bought before, so that the list's customers are in it, in their number and composition. ERR_INVALID
 * after complaints. */
status_t customers_load(const node_t *node, population_spec_t *spec, data_file_t *file,
                        diagnostics_t *d, error_t *err);

#endif
