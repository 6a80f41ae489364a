/* comparison.h -- plans that met the same people, prices and luck: how far apart a column of the whole plan
 * is, and how sure that is (MODEL 5.5, 5.7).
 *
 * Two doubts, told apart as everywhere:
 *   - of the simulation: the error of a difference of means. Replication r of one plan is replication r of
 *     the other, so its parts are subtracted before they are squared; so are the groups of people's. What
 *     both share drops out, which is why far fewer replications do than for separate runs.
 *   - of the future: what we do not know and what people happen to do. Draw d of one plan has the same
 *     parameters and the same luck as draw d of the other; the shares of draws are the chances below. The
 *     events that were expected, not drawn, are shared ad set by ad set: as all plans meet the same
 *     candidates, the fewer impressions of an ad set are among the more, and their events are the same; as
 *     far as it reaches the same people, of which its luck tells. Credit moves: an order that one
 *     plan credits to an ad set and the other to another is the same order, so that of what rests on credit events
 *     are shared by the ad set that caused them, and those that came by themselves as the whole plan's luck is.
 * Plans are numbered from 0. "Better" is more, or less where the column is a cost. */
#ifndef ADSIM_METRICS_COMPARISON_H
#define ADSIM_METRICS_COMPARISON_H

#include "models/base/status.h"
#include "sim/metrics/estimate.h"

enum { PLANS_AT_MOST = 16 };

typedef struct comparison comparison_t;

/* Two estimators or more, of as many pairs of replications each, borrowed. */
status_t comparison_new(estimator_t *const *estimator, int plans, comparison_t **out, error_t *err);
void comparison_delete(comparison_t *c);

/* Takes up a column; what follows is about it. */
void comparison_take(comparison_t *c, int column);

/* Of plan a less plan b, in the column's unit; NAN = unknown. */
typedef struct {
    double mean;
    double lo, p50, hi; /* of the realised difference, at the scenario's interval */
    double mc_se;       /* error of the mean: mean +- 1.96 mc_se holds it in 95 % of runs */
    double people_se;   /* the part of it that more replications do not bring down */
    double low,
        high; /* where the mean lies, for all pairs of plans at once: Bonferroni, see confidence */
    double better; /* share of the futures in which a is better than b; equal ones count half */
    double loss;   /* expected loss of choosing a: mean of what b is better by, 0 where it is not */
    double
        gain; /* variance of the mean's difference between separate runs over the one here; NAN = both 0 */
} difference_t;
difference_t comparison_difference(const comparison_t *c, int a, int b, double confidence);

typedef struct {
    double best; /* share of the futures in which no plan is better; equal ones share it */
    double loss; /* expected loss of choosing it: mean of what the best one is better by */
} standing_t;
standing_t comparison_standing(const comparison_t *c, int plan);

/* The plan with the best mean; -1 if none has one. */
int comparison_leader(const comparison_t *c);

/* How often each plan has the best mean when the replications (in their units) are drawn again with
 * replacement and the people with them: how sure the simulation is of its leader. share[plans]. */
void comparison_bootstrap(const comparison_t *c, double *share);

/* Share of the futures in which the plan's value is at least (at most) `threshold`; one without a value fails. */
double comparison_probability(const comparison_t *c, int plan, bool at_most, double threshold);

/* The column's realised values of a plan on the predictive draws, which are the same futures for all plans; *n of
 * them, NAN = none. */
const double *comparison_realised(const comparison_t *c, int plan, size_t *n);

#endif
