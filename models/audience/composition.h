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

/* Calls `leaf` for every combination of levels of the needed attributes (marked by composition_needs)
 * that somebody has, with the number of real people who have it; levels of others are not set. Drawn
 * attributes that no needed one goes by or groups come by kinds (NULL: by levels). False when there are
 * more than COMPOSITION_MOST combinations; those after are left out. */
enum { COMPOSITION_MOST = 20 * 1000 * 1000 };
bool composition_walk(const population_spec_t *spec, const bool needed[POP_ATTRIBUTES],
                      const level_kinds_t *kinds,
                      void (*leaf)(void *context, const int *level, double people), void *context);

/* The same of `people` who were recorded as this row: what of them is drawn. */
bool composition_walk_row(const population_spec_t *spec, const bool needed[POP_ATTRIBUTES],
                          size_t row, double people,
                          void (*leaf)(void *context, const int *level, double people),
                          void *context);

/* Real people in each row of `by`, which may contain BY_CLASS. False as above. */
bool composition(const population_spec_t *spec, const by_t *by, double *people);
/* ERR_INVALID when there are too many combinations, ERR_MEMORY. */
status_t composition_count(const population_spec_t *spec, const by_t *by, double *people);

#endif
