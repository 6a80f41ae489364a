/* effects.h -- what the ads do to each person, known and as an experiment would show it.
 *
 * Runs replications of a scenario and keeps, for every simulated person, the truth that only a simulator
 * has: the conversions the ads cause, less those they displace, and those that come by themselves,
 * expected per flight. Beside it stands an experiment of ghost ads: each person is treated or held out
 * by an addressed coin; in each replication the treated have the orders drawn from both streams
 * (displaced ones left out), the held out those that come by themselves. Budgets, pacing and everyone
 * else's ads are as if all were treated.
 *
 * A replication is one trial of each person, so n people and R replications are an experiment on n x R
 * real people. All sums are integers, joined by person: any number of threads gives the same bytes. */
#ifndef ADSIM_EXPERIMENT_EFFECTS_H
#define ADSIM_EXPERIMENT_EFFECTS_H

#include "sim/experiment/run.h"

typedef struct {
    size_t n;            /* simulated people, by their number in the population */
    double weight;       /* real people each stands for */
    size_t replications; /* trials of each */
    /* By person: */
    uint8_t *treated; /* 1 = treated, 0 = held out, 2 = no ad set could ever reach her: no part */
    double *outcome;  /* conversions a trial, as an analyst sees them */
    double *effect;   /* true: expected incremental conversions a flight */
    double *organic;  /* expected conversions a flight that come by themselves */
} person_effects_t;

/* Runs `replications` (filled up to whole pairs) with `people` simulated people. ERR_INVALID if the
 * population is redrawn in each replication; ERR_INTERRUPTED if the person stopped it. The caller frees,
 * also after a failure. */
status_t person_effects_init(person_effects_t *e, const scenario_t *sc, size_t people,
                             size_t replications, const run_options_t *options, error_t *err);
void person_effects_free(person_effects_t *e);

/* Pearson's correlation of a score with the true effect, over those who take part; NAN if all scores or
 * all effects are equal. */
double person_effects_correlation(const person_effects_t *e, const double *score);

#endif
