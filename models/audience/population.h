/* population.h -- the people: a specification, and the columns made from it.
 *
 * A person is a pure function of (seed, id): ids run through the cells of the joint table in order,
 * so every margin is exact and neighbours are alike; within a cell each trait is stratified by a
 * keyed permutation (MODEL 9.3, strata.h). Columns, not objects.
 *
 * Redrawn populations (redraw = 1, the reference scenarios) are the exception: there every trait of
 * every person is drawn independently, so that counts follow the laws that the closed forms assume
 * (the number of people with a trait is binomial). Only the sizes of the joint cells stay exact. */
#ifndef ADSIM_AUDIENCE_POPULATION_H
#define ADSIM_AUDIENCE_POPULATION_H

#include "models/base/distribution.h"
#include "models/base/rng.h"
#include "models/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    POP_ATTRIBUTES = 20,      /* categorical attributes at most, the joint ones first */
    POP_LEVELS = 64,          /* levels of an attribute */
    POP_BY = 6,               /* attributes that a table goes by */
    POP_TRAITS = 64,          /* yes/no traits: interests, behaviours, own */
    POP_CLASSES = 32,         /* latent classes */
    POP_PLATFORMS = 16,       /* platforms whose use is tabulated */
    POP_CONTINUOUS = 16,      /* continuous traits */
    BY_CLASS = POP_ATTRIBUTES /* stands for the latent class where a table goes by it */
};

/* What the rows of a table go by: attributes, the last one fastest. */
typedef struct {
    int n;
    int attribute[POP_BY];
} by_t;

typedef struct {
    const char *name; /* "region", "sex", "age", "community", ... */
    int n_levels;
    const char *level[POP_LEVELS]; /* the short name, a code */
    const char *alias[POP_LEVELS]; /* another name of the level, or NULL */
    const char *source;            /* where its figures come from; "assumption" otherwise */
    /* Attributes after the joint ones are drawn given earlier attributes: share[row * n_levels + level];
     * or they are groupings, functions of an earlier attribute: level = group[level of `of`]. */
    by_t by;
    double *share;
    bool recorded; /* neither: the rows of `recorded` have it */
    bool grouping;
    int of;
    uint8_t group[POP_LEVELS];
    /* Set for "age": band of whole years, both ends included. */
    int low_years[POP_LEVELS], high_years[POP_LEVELS];
} attribute_t;

typedef enum { TRAIT_INTEREST, TRAIT_BEHAVIOUR, TRAIT_OWN } trait_kind_t;

typedef struct {
    const char *name;
    trait_kind_t kind;
    const char *source;
    double share[POP_CLASSES]; /* P(trait | latent class); of everybody when recorded */
    bool recorded;             /* the rows of `recorded` have it */
} trait_t;

typedef struct {
    const char *name; /* as the platform's key */
    const char *source;
    by_t by;
    double *share; /* P(uses | by), one number a row; of everybody when recorded */
    bool recorded; /* the rows of `recorded` have it: then it correlates with no other platform */
} platform_use_t;

/* A number on a continuous scale: within a class the traits' normal scores have a correlation matrix,
 * and each trait is its law's quantile of the normal's probability (MODEL 1.3). */
typedef struct {
    const char *name, *source;
    distribution_t law[POP_CLASSES];
} continuous_t;

/* A table that the population was fitted to, or that was held out to see how well it agrees. */
typedef enum { TARGET_PEOPLE, TARGET_USE, TARGET_OVERLAP } target_kind_t;

typedef struct {
    target_kind_t kind;
    const char *name, *source;
    bool held_out;
    /* PEOPLE: shares of everybody in each row, or with the first n_given attributes given, within them.
     * USE: P(uses platform | row). OVERLAP: P(uses the column | uses the row), a row and a column for
     * each of n_platforms. */
    by_t by;
    int n_given;
    int n_platforms, platform[POP_PLATFORMS]; /* USE: the last dimension of the table */
    double *stated;                           /* NAN where nothing is stated */
    double gap;           /* by how much a share it has in common with an earlier table differed */
    const char *gap_from; /* that table; NULL if they agreed */
} fit_target_t;

typedef struct {
    const char *name, *source;
    double size; /* real people, > 0, whole */
    int redraw;  /* 1: new people in each replication (reference scenarios) */
    int n_attributes, n_joint;
    attribute_t attribute[POP_ATTRIBUTES];
    double *cell_count; /* real people in each joint cell, last joint attribute fastest; one cell of
                           `size` people when n_joint = 0 */
    size_t n_cells;
    int age;       /* index of the attribute "age", -1 if the population has none */
    int n_classes; /* 1 when there are no latent classes */
    double class_weight[POP_CLASSES];                             /* base weight */
    double class_effect[POP_ATTRIBUTES][POP_LEVELS][POP_CLASSES]; /* factor by level; 1 = none */
    int n_traits;
    trait_t trait[POP_TRAITS];
    int n_platforms;
    platform_use_t platform[POP_PLATFORMS];
    /* Of the latent normals whose thresholds decide on use (tetrachoric); the diagonal is not read. It is
     * positive definite. */
    double use_correlation[POP_PLATFORMS][POP_PLATFORMS];
    double use_correlation_moved; /* greatest change that made it positive definite */
    double existing_customers;    /* share of people who bought before, 0..1 */
    const char *existing_customers_source;
    by_t customer_by;       /* attributes, BY_CLASS */
    double *customer_share; /* P(bought before | row), mean existing_customers; NULL: all alike */
    int n_continuous;
    continuous_t continuous[POP_CONTINUOUS];
    double
        *continuous_correlation; /* n_continuous x n_continuous for each class; NULL: independent */
    int n_targets;
    fit_target_t *target;        /* in the order of fitting */
    double activity_correlation; /* between a person's activities on two platforms (copula), 0..1 */
    struct recorded *recorded;   /* people recorded one by one (recorded.h); NULL: all are drawn */
} population_spec_t;

void population_spec_free(population_spec_t *spec); /* tables and rows; texts are borrowed */

/* Index of the attribute of a name; -1 = there is none. */
int population_attribute(const population_spec_t *spec, const char *name);

/* What population_allocate works out once: where the cells begin, cumulative shares, thresholds. */
typedef struct population_tables population_tables_t;

/* The columns, NULL where the population has no such thing: of everybody simulated, or of a window, the
 * people first..first + n - 1 (a window moves over a population that is never held as a whole). */
typedef struct {
    const population_spec_t *spec; /* borrowed */
    size_t people;                 /* simulated in all */
    size_t first, n;               /* those in the columns */
    double weight;                 /* real people each stands for: size / people */
    uint16_t *cell;
    uint8_t *level[POP_ATTRIBUTES]; /* level of each attribute */
    uint8_t *age_years;
    uint64_t *traits;            /* bit t = has trait t */
    uint16_t *uses;              /* bit p = uses spec->platform[p] */
    uint8_t *customer;           /* 1 = existing customer */
    population_tables_t *tables; /* private */
} population_t;

/* Where a person stands in the columns. People are named by their number in the whole population. */
static inline size_t population_at(const population_t *pop, size_t person)
{
    return person - pop->first;
}

/* Makes n people, 1 to 2^30: population_allocate, then population_fill of all of them. `replication`
 * is 0 unless the population is redrawn. The caller frees, also after a failure. */
status_t population_init(population_t *pop, const population_spec_t *spec, size_t n, rng_key_t key,
                         uint32_t replication, error_t *err);
void population_free(population_t *pop);

/* Columns and tables for n people, nobody in them yet. ERR_INVALID if latent classes depend on so
 * many attributes that their table would pass a million rows. */
status_t population_allocate(population_t *pop, const population_spec_t *spec, size_t n,
                             rng_key_t key, uint32_t replication, error_t *err);

/* The same with columns for a window of at most `room` of the n people; nobody is in it yet. */
status_t population_allocate_window(population_t *pop, const population_spec_t *spec, size_t n,
                                    size_t room, rng_key_t key, uint32_t replication, error_t *err);

/* Puts the window on the people first..first + n - 1, n <= room, who are still to be made. */
void population_place(population_t *pop, size_t first, size_t n);
/* The same, and makes them: the same people as in any other window, or without one. */
void population_move(population_t *pop, size_t first, size_t n, rng_key_t key,
                     uint32_t replication);

/* Makes the people from..to-1, who have their places in the columns. Any split of the people over calls and threads gives the same people;
 * a redrawn population is filled again for its next replication. */
void population_fill(population_t *pop, size_t from, size_t to, rng_key_t key,
                     uint32_t replication);

/* Continuous traits, computed when needed, standard normal, stratified within the cell (independent
 * when redrawn). */
typedef enum { NORMAL_SIGNAL, NORMAL_DESIRABILITY } normal_trait_t;
double population_normal(const population_t *pop, size_t person, normal_trait_t which,
                         rng_key_t key, uint32_t replication);

/* Latent affinity to being a customer, standard normal, of people in ascending order: customers are
 * exactly those with the highest. */
void population_affinities(const population_t *pop, const uint32_t *person, size_t n, rng_key_t key,
                           uint32_t replication, double *out);

/* Uniform on (0,1), ends excluded, that places the person on the activity scale of a platform: a
 * one-factor Gaussian copula joins a person's platforms with spec->activity_correlation.
 * `platform_hash` is name_hash of the platform's name. */
double population_activity_rank(const population_t *pop, size_t person, uint64_t platform_hash,
                                rng_key_t key, uint32_t replication);

/* Deals people into `groups` <= 256 groups that are as alike as the sample is even: of equal size in each
 * cell, each with its share of every level of what a person's activities have in common. What differs
 * between such groups tells how far another sample would be off; were people dealt at random, groups
 * would differ by what stratification has taken out of the whole. Redrawn people are dealt in order. */
void population_groups(const population_t *pop, const uint32_t *person, size_t n, uint32_t groups,
                       rng_key_t key, uint32_t replication, uint8_t *group);

/* How many of n simulated people each joint cell gets (systematic rounding, MODEL 1.2): each cell and
 * each run of neighbouring cells within one person of its share, the expectation exact, the sum n. */
status_t population_cell_sizes(const population_spec_t *spec, size_t n, rng_key_t key,
                               uint32_t replication, size_t *cell_size /* n_cells */, error_t *err);

/* The same for a list of people in ascending order, three times as fast. */
void population_normals(const population_t *pop, const uint32_t *person, size_t n,
                        normal_trait_t which, rng_key_t key, uint32_t replication, double *out);
void population_activity_ranks(const population_t *pop, const uint32_t *person, size_t n,
                               uint64_t platform_hash, rng_key_t key, uint32_t replication,
                               double *out);

/* The values of a continuous trait (spec->continuous[trait]) for a list of people in ascending order:
 * within a latent class a Gaussian copula of the class's laws, stratified within the cell. */
void population_continuous(const population_t *pop, const uint32_t *person, size_t n, int trait,
                           rng_key_t key, uint32_t replication, double *out);

/* n whole things in proportion to weights (>= 0, not all 0) by systematic rounding at 0 < u < 1: each
 * count is the share rounded down or up, its mean over u the share itself. */
void round_systematically(const double *weight, size_t n_weights, size_t n, double u, size_t *out);

#endif
