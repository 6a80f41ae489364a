/* agreement.h -- how well a population agrees with the tables it was made from, and with tables that were
 * held out (MODEL 1.4). */
#ifndef ADSIM_AUDIENCE_AGREEMENT_H
#define ADSIM_AUDIENCE_AGREEMENT_H

#include "models/audience/fit.h"
#include "models/audience/population.h"

/* One table. Numbers are real people: those of a row of PEOPLE tables, users in a row of USE tables (the
 * platforms last), users of the row who also use the column in OVERLAP tables. */
typedef struct {
    fit_target_t
        table; /* as in the spec, or made up for tables that are met exactly; stated may be NULL */
    size_t n;
    double *wanted; /* what the table states; the fitted number where it states none */
    double *fitted; /* what the specification expects */
    double *base;   /* of whom the entry is a share: everybody, the given group, the row's users */
    double *simulated; /* weight of the people in `pop`; NULL without */
    fit_t fit;         /* fitted against wanted, real people */
    fit_t drawn;       /* simulated against fitted, simulated people; zero without `pop` */
} agreement_t;

typedef struct {
    agreement_t *table;
    int n;
} agreements_t;

/* All tables, in this order: the joint table and its one-way margins, attributes and platforms with tables
 * of their own, spec->target in its order (held_out ones too). `pop` may be NULL. The caller frees, also
 * after a failure. */
status_t population_agreements(agreements_t *out, const population_spec_t *spec,
                               const population_t *pop, error_t *err);
void agreements_free(agreements_t *a);

#endif
