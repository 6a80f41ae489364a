/* experiment.h -- tests of what ads cause: people held out by a coin, and what the comparison can tell.
 *
 * A held-out person is shown no ad. Two means of orders a person are compared:
 *   intention to treat   everyone who might have been shown an ad, held out or not;
 *   ghost ads            those who were shown one, and those held out who would have been (Johnson, Lewis &
 *                        Nubbemeyer 2017): the same effect, not diluted by people whom no ad reaches;
 *   PSA                  the same people, who are shown a public service ad instead, which is paid for.
 *   geo                  whole regions are held out, and compared by how their orders change from before.
 * Exposed against unexposed people, without a coin, is no test: those who are much online are exposed more and
 * may order more. KERNEL. */
#ifndef ADSIM_RESPONSE_EXPERIMENT_H
#define ADSIM_RESPONSE_EXPERIMENT_H

typedef enum { EXPERIMENT_NONE, EXPERIMENT_HOLDOUT, EXPERIMENT_GEO } design_t;

/* Parameters. */
typedef struct {
    design_t design;
    double holdout;    /* share of people, or of regions, to whom no ad is shown, 0..1 */
    double lift;       /* relative lift that a test is to find, > 0 */
    double confidence; /* of its interval, in (0.5, 1) */
    double power;      /* chance to find it that is wanted, in (0.5, 1) */
    const char *by;    /* EXPERIMENT_GEO: the attribute whose levels are regions; NULL = unsaid */
    double region_sd;  /* ... how much their orders change by themselves from before the test to the
                          test: log-sd */
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

/* Whole regions held out (geo experiments): the orders of the treated regions less what the others' change from
 * before lets expect of them (ratio estimator of a difference in differences). Orders of the arms, each the sum of
 * regions, and the squares of each region's. */
typedef struct {
    double before, during; /* expected without ads; in all regions of the arm */
    double squares;        /* sum over its regions of (orders during)^2 */
} regions_t;
/* The orders caused, from what is seen of both arms. */
double regions_effect(regions_t treated, regions_t held);
/* Standard error of the orders caused: Poisson orders, and regions that change by log-sd `sd` by themselves.
 * `caused`: by the ads, in the treated regions. */
double regions_se(regions_t treated, regions_t held, double caused, double sd);

/* A region's orders as they come, of so many expected, when the region changes by itself by log-sd `sd` (it keeps
 * its mean) and z is its normal luck; and a Poisson number at a uniform u, of any mean. */
double region_changed(double expected, double sd, double z);
double orders_drawn(double expected, double u);

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
