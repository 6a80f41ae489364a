/* experiment.h -- tests of what ads cause: people held out by a coin, and what the comparison can tell.
 *
 * A held-out person is shown no ad. Two means of orders a person are compared:
 *   intention to treat   everyone who might have been shown an ad, held out or not;
 *   ghost ads            those who were shown one, and those held out who would have been (Johnson, Lewis &
 *                        Nubbemeyer 2017): the same effect, not diluted by people whom no ad reaches;
 *   PSA                  the same people, who are shown a public service ad instead, which is paid for.
 * Exposed against unexposed people, without a coin, is no test: those who are much online are exposed more and
 * may order more. KERNEL. */
#ifndef ADSIM_RESPONSE_EXPERIMENT_H
#define ADSIM_RESPONSE_EXPERIMENT_H

typedef enum { EXPERIMENT_NONE, EXPERIMENT_HOLDOUT } design_t;

/* Parameters. */
typedef struct {
    design_t design;
    double holdout;    /* share of people to whom no ad is shown, 0..1 */
    double lift;       /* relative lift that a test is to find, > 0 */
    double confidence; /* of its interval, in (0.5, 1) */
    double power;      /* chance to find it that is wanted, in (0.5, 1) */
} lift_test_t;

/* Orders of one arm: of each person y, the sums of y and of y^2. */
typedef struct {
    double people, orders, squares;
} test_arm_t;
double arm_mean(test_arm_t a);
double arm_variance(test_arm_t a); /* of a person's y; NAN below two people */

/* A difference of two means, and the same relative to the second. */
typedef struct {
    double effect, se;
    double lift, lift_se; /* by the delta method; NAN without orders in the second */
} contrast_t;
contrast_t contrast_of_means(double treated, double treated_se, double held, double held_se);
contrast_t contrast_of_arms(test_arm_t treated, test_arm_t held);

/* An interval of this confidence is the estimate +- so many standard errors. */
double critical_value(double confidence);

/* Chance that an effect is told from zero, on either side, by an estimate with this standard error. */
double contrast_power(double effect, double se, double confidence);
/* The smallest effect that is told with the power wanted. */
double detectable_effect(const lift_test_t *x, double se);
/* People of both arms together whom that takes for an effect, when a share `held` is held out and a person's
 * orders vary so in each arm. */
double people_for_effect(const lift_test_t *x, double effect, double held, double treated_variance,
                         double held_variance);

/* Standard error of a return on spend: that of the mean sales of two arms, times margin over cost a person
 * (Lewis & Rao 2015). And: people an arm for a wanted one. */
double roi_se(double sales_se, double margin, double cost);
double people_for_roi_se(double sales_sd, double margin, double cost, double se);

#endif
