/* composition.h -- what a specification says of the people before any is drawn: how many have which
 * levels of which attributes. Exact; population, size and synthesis count with it. */
#ifndef ADSIM_AUDIENCE_COMPOSITION_H
#define ADSIM_AUDIENCE_COMPOSITION_H

#include "models/audience/population.h"

/* Rows of a table that goes by these attributes (1 when none); BY_CLASS counts the latent classes. */
int by_levels(const population_spec_t *spec, int attribute);
size_t by_rows(const population_spec_t *spec, const by_t *by);

/* The row of a person with these levels (level[BY_CLASS]: her class). */
size_t by_row(const population_spec_t *spec, const by_t *by, const int level[POP_ATTRIBUTES + 1]);

/* Do latent classes depend on the attribute? */
bool class_depends_on(const population_spec_t *spec, int attribute);

/* P(class | levels): proportional to the weight times the effects of the levels of the attributes whose
 * `counts` is set. */
void class_chances(const population_spec_t *spec, const int *level, const bool *counts,
                   double *chance);

/* The attribute at the end of a chain of groupings: age for age4. */
int attribute_root(const population_spec_t *spec, int attribute);

/* The band of `age` that a year lies in; -1 if it lies in none. */
int attribute_band(const attribute_t *age, int years);

/* For each level of `fine` the level of `coarse`, where `coarse` is `fine` or a function of it: the same
 * root, and no level of `fine` lies in two of `coarse`. False if it is no function of it. */
bool attribute_map(const population_spec_t *spec, int fine, int coarse, uint8_t map[POP_LEVELS]);

/* Marks the attributes that must be known to know those marked: what they go by, what they group. */
void composition_needs(const population_spec_t *spec, bool needed[POP_ATTRIBUTES]);

/* Levels of an attribute that need not be told apart, as one kind. n = 0: every level is its own. */
typedef struct {
    int n;
    uint8_t of[POP_LEVELS];    /* kind of each level */
    uint8_t first[POP_LEVELS]; /* a level of each kind, that stands for it */
} level_kinds_t;

/* Called with the levels of the wanted attributes (and of those that their groupings come from; others are
 * not set), and the number of real people who have them. */
typedef void composition_leaf_t(void *context, const int *level, double people);

/* Calls `leaf` once for every combination of levels of the wanted attributes that somebody has. Attributes
 * come by kinds (NULL: by levels): one level of each kind stands for it. Errors: ERR_INVALID when more than
 * COMPOSITION_MOST combinations have to be told apart, ERR_MEMORY; then no leaf was called, or not all. */
enum { COMPOSITION_MOST = 4 * 1000 * 1000 };
status_t composition_walk(const population_spec_t *spec, const bool wanted[POP_ATTRIBUTES],
                          const level_kinds_t *kinds, composition_leaf_t *leaf, void *context,
                          error_t *err);

/* The same of `people` who were recorded as this row: what of them is drawn. */
status_t composition_walk_row(const population_spec_t *spec, const bool wanted[POP_ATTRIBUTES],
                              size_t row, double people, composition_leaf_t *leaf, void *context,
                              error_t *err);

/* Real people in each row of `by`, which may contain BY_CLASS. Errors as above. */
status_t composition(const population_spec_t *spec, const by_t *by, double *people, error_t *err);

#endif
