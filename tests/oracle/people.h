/* people.h -- the oracle's people: drawn one by one, nothing stratified (MODEL 1, 3.1). */
#ifndef ADSIM_TESTS_ORACLE_PEOPLE_H
#define ADSIM_TESTS_ORACLE_PEOPLE_H

#include "sim/scenario/scenario.h"

#include <gsl/gsl_rng.h>

typedef struct {
    int level[POP_ATTRIBUTES];
    uint64_t traits;
    int customer; /* bought before */
    double signal, click, conversion,
        desirability;                    /* standard normal; the platform sees the first */
    double opportunities[MAX_PLATFORMS]; /* a day, long-run mean; 0 = does not use it */
    double found[MAX_PLATFORMS];         /* uniform: on a list if below its match rate */
    double affinity;                     /* standard normal; the highest are customers */
    double noise[MAX_PLATFORMS];         /* standard normal: of the platform's score of her */
    struct {
        uint64_t traits;
        int level[POP_ATTRIBUTES];
    } said[MAX_PLATFORMS]; /* what the platform believes of her */
} oracle_person_t;

/* The gamma of mean 1 at normal quantiles: its log, good to 1e-5. */
enum { GAMMA_NODES = 2400 };
typedef struct {
    double node[GAMMA_NODES + 1];
} gamma_table_t;
void tabulate_gamma(double shape, gamma_table_t *log_gamma);

/* As a platform sees her. */
oracle_person_t as_labelled(const oracle_person_t *who, int platform);

/* A person at a place 0..1 of the population, whose cells stand in order; one table a platform. */
oracle_person_t draw_person(const scenario_t *sc, double place, const gamma_table_t *log_gamma,
                            gsl_rng *rng);

#endif
