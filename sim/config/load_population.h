/* load_population.h -- a population file or mapping becomes a specification of people.
 *
 *   name, source        texts
 *   size                real people; may be left out when `joint` counts them
 *   redraw              true: new people in each replication (reference scenarios)
 *   oldest              years at which an open last age band ends (90)
 *   csv, ...            people recorded one by one instead of `joint`, see load_csv_population.c
 *   joint               {source, attributes: {NAME: [LEVEL, ...], ...}, people: TABLE}
 *   attributes          {NAME: {source, levels: [LEVEL, ...], by: NAME or [NAME, ...], shares: TABLE}, ...}
 *                       without shares: from the margins; {source, of: NAME, groups: {LEVEL: [LEVEL of NAME,
 *                       ...], ...}}: a grouping, a function of another attribute
 *   margins             {source, tolerance, seed: {of, people}, tables: {TITLE: {source, of: NAME or [NAME,
 *                       ...], given: NAME or [NAME, ...], shares: TABLE or people: TABLE}, ...}}
 *   platforms           {source, NAME: SHARE or {source, by, shares: TABLE}, ...,
 *                       tolerance, tables: {TITLE: {source, by, platforms: [NAME, ...], shares: TABLE}, ...},
 *                       overlaps: {source, platforms, shares} or correlations: {source, platforms, values}}
 *   checks              {source, tables: {TITLE: as of margins, of platforms, or {overlap: [NAME, ...],
 *                       shares}}}: held out, for the fit page alone
 *   classes             {source, weights: {CLASS: SHARE, ...}, effects: {ATTRIBUTE: TABLE, ...}}
 *   interests, behaviours, traits   {source, NAME: SHARE or one share per class, ...}
 *   continuous          {source, traits: {NAME: LAW or {CLASS: LAW, ...}, ...}, correlations, spearman or
 *                       kendall: MATRIX or {CLASS: MATRIX, ...}}
 *   existing_customers  a number, {value, source}, or {source, by: NAMES and "class", shares: TABLE}
 *   activity_correlation   a number or {value, source}
 *
 * A LEVEL is a name or {CODE: name}. Tables of margins are met in the order of the file, after the joint
 * table; what a later one says otherwise than an earlier one is shifted to it, up to `tolerance` (5 points;
 * models/audience/synthesis.h).
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
