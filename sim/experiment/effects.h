/* effects.h -- what the ads do to each person, known and as an experiment would show it.
 *
 * Runs replications of a scenario and keeps, for every simulated person, the truth that only a simulator
 * has: the conversions the ads cause, less those they displace, and those that come by themselves,
 * expected per flight. Beside the truth stand two experiments whose outcomes are drawn, as an analyst would
 * see them; in both, budgets, pacing and everyone else's ads are as if all were treated.
 *
 * By person (intention to treat): a coin for each; the treated have the orders drawn from both streams
 * (displaced ones left out), the held out those that come by themselves.
 *
 * By trial, with ghost ads: what an ad does is easier to see where there was one. A trial is a replication
 * in which the person was shown an ad; a coin for each trial says whether she is treated or the ads are
 * withheld, which the platform logs; orders count from her first impression on (Johnson, Lewis and
 * Nubbemeyer 2017). Its effects are those of being shown the ads. As each trial has its own coin, a person
 * is mostly in both arms, and her own demand, which differs far more between people than what ads do, is no
 * error: each simulated person stands for many alike.
 *
 * All sums are integers, joined by person: any number of threads gives the same bytes. */
#ifndef ADSIM_EXPERIMENT_EFFECTS_H
#define ADSIM_EXPERIMENT_EFFECTS_H

#include "sim/experiment/run.h"

/* The experiment by trial: the trials of a person in one arm are a row. */
typedef struct {
    size_t n;
    uint32_t *person;
    uint8_t *treated; /* 1 = treated, 0 = held out */
    double *trials;   /* > 0: a weight of the row */
    double *outcome;  /* conversions a trial, as an analyst sees them */
    double *effect;   /* true: expected incremental conversions of a trial that is treated */
    double *organic;  /* expected conversions a trial that come by themselves */
} trials_t;

typedef struct {
    size_t n;            /* simulated people, by their number in the population */
    double weight;       /* real people each stands for */
    size_t replications; /* flights */
    /* The experiment by person: */
    uint8_t *treated; /* 1 = treated, 0 = held out, 2 = no ad set could ever reach her: no part */
    double *outcome;  /* conversions a flight, as an analyst sees them */
    double *effect;   /* true: expected incremental conversions a flight */
    double *organic;  /* expected conversions a flight that come by themselves */
    trials_t trials;
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
