/* lift_test.h -- what the experiment of a scenario would tell, and how far that is from the truth.
 *
 * Every replication is one run of the test among the simulated people, of whom each stands for `weight`: it
 * errs as a test among so few does (regions, whose orders are those of all real people, do not). The errors of a test among all real people are these over the root of the
 * weight, since they are means over so many more people of the same kind; what parameters do to the effect
 * stays. Intervals are judged where they can be: at the simulated size, against the truth of each
 * replication. */
#ifndef ADSIM_EXPERIMENT_LIFT_TEST_H
#define ADSIM_EXPERIMENT_LIFT_TEST_H

#include "sim/metrics/estimate.h"

typedef enum {
    LIFT_ITT,       /* everyone, held out or not */
    LIFT_GHOST_ADS, /* exposed, and those who would have been */
    LIFT_PSA,       /* the same people, at the price of showing them something else */
    LIFT_EXPOSED,   /* no test: exposed against unexposed */
    LIFT_GEO,       /* regions, by how their orders change */
    LIFT_ESTIMATORS
} lift_estimator_t;

/* Orders a person are counted until the last click window closes. NAN = unknown. */
typedef struct {
    double treated_people, held_people; /* real people compared */
    double treated_rate, held_rate;     /* orders a person */
    double effect, true_effect; /* orders a treated person, mean of tests; and what ads cause */
    double lo, hi; /* range of the effect that a test finds, at the scenario's interval */
    double se;     /* that a test reports of its effect */
    double mc_se;  /* of `effect` itself */
    double lift, lift_se, true_lift; /* relative to the orders of those held out */
    double
        coverage; /* of tests among the simulated people, the intervals that hold the truth; NAN where
                        their orders are too few for an interval */
    double power;           /* chance that a test tells the true effect from nothing */
    double detectable_lift; /* with the power wanted: of the people reached */
    double people, weeks;   /* in the test, for the lift it is to find; weeks of this plan */
    double control_cost;    /* currency: what those held out are shown */
} lift_result_t;

status_t lift_test_result(const evidence_t *v, lift_estimator_t which, lift_result_t *out,
                          error_t *err);
/* Which are those of the scenario's design? */
bool lift_estimator_fits(const scenario_t *sc, lift_estimator_t which);
const char *lift_estimator_word(lift_estimator_t which);

#endif
