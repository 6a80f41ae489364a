/* labels.h -- what a platform believes of people: labels that may be wrong (MODEL 2.2).
 *
 * Targeting acts on labels, outcomes on truth. Each vendor (the platform whose targeting is used) has
 * a yes/no label for each trait and a level for each attribute of each person:
 *   trait:      P(label | trait) = sensitivity, P(no label | no trait) = specificity;
 *   attribute:  right with P = accuracy, otherwise one of the other levels in proportion to their share
 *               of the population; of ages one of the neighbouring bands, in the same proportion, with
 *               all its years alike. A grouping follows the attribute behind it.
 * A label is drawn once for each person, trait and vendor and stays; labels of different traits err
 * independently of each other and of everything but the truth of their own trait. The same uniform
 * serves whatever the rates are: with a better rate a wrong label becomes right and a right one stays.
 * Customers and the use of platforms are known without error. */
#ifndef ADSIM_AUDIENCE_LABELS_H
#define ADSIM_AUDIENCE_LABELS_H

#include "models/audience/expression.h"

typedef struct labels {
    double sensitivity[POP_TRAITS], specificity[POP_TRAITS]; /* 0..1; 1 and 1 = no error */
    double accuracy[POP_ATTRIBUTES];          /* 0..1; 1 = no error; of groupings not read */
    double share[POP_ATTRIBUTES][POP_LEVELS]; /* of the population */
    uint32_t trait_stream[POP_TRAITS], attribute_stream[POP_ATTRIBUTES]; /* private */
} labels_t;

/* Labels without error, and the shares of the population that errors follow. */
status_t labels_init(labels_t *l, const population_spec_t *spec, error_t *err);
/* The share of the population that has a trait; NAN = takes too long to sum. */
double labels_prevalence(const population_spec_t *spec, int trait);
bool labels_err(const labels_t *l, const population_spec_t *spec); /* is any label ever wrong? */

/* P(label of `said` | truly of level `is`), not for ages. */
double labels_confusion(const labels_t *l, const population_spec_t *spec, int attribute, int is,
                        int said);

/* Whose luck it is: `placement` and `high` stand for the vendor; see rng.h. */
typedef struct {
    rng_key_t key;
    uint32_t placement;
    uint64_t high;
    uint32_t replication; /* 0 unless people are redrawn */
} vendor_t;

bool label_of_trait(const labels_t *l, const vendor_t *v, const population_t *pop, size_t person,
                    int trait);
int label_of_attribute(const labels_t *l, const vendor_t *v, const population_t *pop, size_t person,
                       int attribute);
int label_of_age(const labels_t *l, const vendor_t *v, const population_t *pop, size_t person);

/* Is the person in the audience as the vendor sees her? */
bool labels_match(const labels_t *l, const vendor_t *v, const expression_t *e,
                  const population_t *pop, size_t person);

/* ---- Closed form ---- */

/* A condition on a person: an audience by its labels, or in truth; NULL = everyone. */
typedef struct {
    const expression_t *audience;
    bool labelled;
} condition_t;

/* The expected number of real people who meet all conditions, labels of one vendor (l may be NULL when no
 * condition is labelled): exact, by audience_size_exact on a population to which the labels were added as
 * traits and attributes. Errors as there; ERR_INVALID as well when they would be too many. */
status_t labels_people(const labels_t *l, const population_spec_t *spec,
                       const condition_t *condition, int n, double *people, error_t *err);

/* Of an audience: people labelled in it, people truly in it, and both. */
typedef struct {
    double labelled, truth, both;
} labelled_t;
status_t labels_size(const labels_t *l, const population_spec_t *spec, const expression_t *audience,
                     labelled_t *out, error_t *err);

#endif
