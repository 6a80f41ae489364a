/* people.h -- a small population for tests, with everything in it that a population can have:
 * region x age, education by age, three latent classes by age, five traits, three platforms. */
#ifndef ADSIM_TESTS_AUDIENCE_PEOPLE_H
#define ADSIM_TESTS_AUDIENCE_PEOPLE_H

#include "models/audience/population.h"

#include <stdlib.h>
#include <string.h>

enum { REGION, AGE, EDUCATION };
enum { FITNESS, YOGA, BUYER, GOLD, SILVER };

static double *people_table(size_t n, const double *from)
{
    double *to = malloc(n * sizeof *to);
    memcpy(to, from, n * sizeof *to);
    return to;
}

/* The caller frees with population_spec_free and free. */
static population_spec_t *people_spec(void)
{
    static const double count[] = {1200, 1800, 3000, 800, 2200, 1000};
    static const double education[] = {0.5, 0.5, 0.3, 0.7, 0.6, 0.4};
    static const double use_a[] = {0.9, 0.6, 0.3}, use_b[] = {0.4}, use_c[] = {0.2, 0.5};
    static const double share[][3] = {
        {0.7, 0.2, 0.1}, {0.1, 0.3, 0.5}, {0.4, 0.4, 0.05}, {0.25, 0.25, 0.25}, {0.05, 0.6, 0.9}};
    static const char *const name[] = {"fitness", "yoga", "frequent_buyer", "gold", "silver"};
    static const trait_kind_t kind[] = {TRAIT_INTEREST, TRAIT_INTEREST, TRAIT_BEHAVIOUR, TRAIT_OWN,
                                        TRAIT_OWN};
    population_spec_t *s = calloc(1, sizeof *s);
    s->name = "small";
    s->size = 10000;
    s->n_attributes = 3;
    s->n_joint = 2;
    s->attribute[REGION] =
        (attribute_t){.name = "region", .n_levels = 2, .level = {"West", "North East"}};
    s->attribute[AGE] = (attribute_t){.name = "age",
                                      .n_levels = 3,
                                      .level = {"18-34", "35-54", "55+"},
                                      .low_years = {18, 35, 55},
                                      .high_years = {34, 54, 90}};
    s->attribute[EDUCATION] = (attribute_t){.name = "education",
                                            .n_levels = 2,
                                            .level = {"school", "college"},
                                            .by = {1, {AGE}},
                                            .share = people_table(6, education)};
    s->n_cells = 6;
    s->cell_count = people_table(6, count);
    s->age = AGE;
    s->n_classes = 3;
    for (int a = 0; a < POP_ATTRIBUTES; a++)
        for (int l = 0; l < POP_LEVELS; l++)
            for (int g = 0; g < POP_CLASSES; g++) s->class_effect[a][l][g] = 1;
    s->class_weight[0] = 0.5;
    s->class_weight[1] = 0.3;
    s->class_weight[2] = 0.2;
    s->class_effect[AGE][0][0] = 2;
    s->class_effect[AGE][2][2] = 5;
    s->class_effect[EDUCATION][1][1] = 3;
    s->n_traits = 5;
    for (int q = 0; q < s->n_traits; q++) {
        s->trait[q] = (trait_t){.name = name[q], .kind = kind[q]};
        memcpy(s->trait[q].share, share[q], sizeof share[q]);
    }
    s->n_platforms = 3;
    s->platform[0] =
        (platform_use_t){.name = "alpha", .by = {1, {AGE}}, .share = people_table(3, use_a)};
    s->platform[1] = (platform_use_t){.name = "beta", .share = people_table(1, use_b)};
    s->platform[2] =
        (platform_use_t){.name = "gamma", .by = {1, {EDUCATION}}, .share = people_table(2, use_c)};
    static const double correlation[3][3] = {{1, 0.48, -0.3}, {0.48, 1, -0.4}, {-0.3, -0.4, 1}};
    for (int p = 0; p < 3; p++)
        memcpy(s->use_correlation[p], correlation[p], sizeof correlation[p]);
    s->existing_customers = 0.1;
    s->activity_correlation = 0.5;
    return s;
}

/* One cell, one trait that 30 % have, new people in each replication. */
static inline population_spec_t *people_redrawn(void)
{
    static const double count[] = {1e6};
    population_spec_t *s = calloc(1, sizeof *s);
    s->name = "redrawn";
    s->size = 1e6;
    s->redraw = 1;
    s->age = -1;
    s->n_cells = 1;
    s->cell_count = people_table(1, count);
    s->n_classes = 1;
    s->class_weight[0] = 1;
    s->n_traits = 1;
    s->trait[0] = (trait_t){.name = "eligible", .kind = TRAIT_OWN, .share = {0.3}};
    return s;
}

static inline void people_free(population_spec_t *s)
{
    population_spec_free(s);
    free(s);
}

#endif
