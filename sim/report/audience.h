/* audience.h -- what an audience study becomes: a page, a JSON text, a folder of tables and figures. */
#ifndef ADSIM_REPORT_AUDIENCE_H
#define ADSIM_REPORT_AUDIENCE_H

#include "sim/config/load.h"
#include "sim/experiment/audience_study.h"
#include "sim/report/figures.h"
#include "sim/report/report.h"

typedef struct {
    const audience_study_t *study;
    const loaded_t *loaded;
    provenance_t provenance;
} audience_report_t;

/* Writes the figures of a study into figures/ of the folder; how->context is set by it. */
status_t audience_figures(const audience_study_t *s, folder_t *folder, const figures_how_t *how,
                          error_t *err);

/* The page for the terminal, as wide as it says. */
status_t audience_report_page(const audience_report_t *r, page_t page, FILE *to, error_t *err);

/* The page of --fit: how well the population agrees with each of its tables. */
status_t audience_report_fit(const audience_report_t *r, page_t page, FILE *to, error_t *err);

/* The largest miss of a table, as a share of whom the entry is a share of. */
double agreement_worst(const agreement_t *a);

/* {population, people, audiences, overlaps, ...}. */
status_t audience_report_json(const audience_report_t *r, FILE *to, error_t *err);

/* Writes the folder, whole or not at all. `figures`: NULL = none. *files = how many it holds. */
status_t audience_report_write(const audience_report_t *r, const char *target,
                               const figures_how_t *figures, size_t *files, error_t *err);

/* Facets in which an audience differs from everyone by more than chance, the most over-indexed first.
 * What the audience's rule decides (all or none of its people, and the other levels of such an
 * attribute) is left out: it is no news. Returns how many were put into `facet` (n_facets at most). */
int audience_traits(const audience_study_t *s, int audience, bool more, int *facet);

/* A share of an audience that is far more, or far less, than its share of everyone. */
static inline double audience_share(const audience_study_t *s, double people)
{
    return people / s->scenario->population->size;
}

#endif
