/* estimate.h -- from the counts of many replications to numbers that say how sure they are.
 *
 * Three uncertainties, never mixed (MODEL 5.1). Replications 2j and 2j+1 share their parameters and
 * differ in luck; w = real people per simulated person; Y = w x count.
 *   sd_parameters^2 = max(0, E), E = Cov(Y_2j, Y_2j+1): what we do not know;
 *   sd_people^2     = A/w + w x removed event variance, A = mean (Y_2j - Y_2j+1)^2/2: what N real
 *                     people happen to do;
 *   mc_se^2         = between replications (explained.h) + people: the error of `mean` alone, times
 *                     Student's t over 1.96, since few pairs and 16 groups tell it: mean +- 1.96 mc_se
 *                     holds in 95 %.
 * `mean` is that of the pairs at the known means of the uncertain values (explained.h): plain where nothing is uncertain.
 * lo, p50, hi and P(metric >= t) are counted on predictive draws of the realised value, in which
 * all three take part.
 *
 * The people term. The simulated people are one sample of size n; a delete-a-group jackknife over 16
 * random groups says what another sample would have changed. Three corrections:
 *   - a budget that binds pins spend: a sample with more cheap opportunities does not spend more, it
 *     pays less. So each group's deletion is taken at constant spend, at the margin: for an ad set a
 *     that spends its budget, Y_(-g) + e Y/S (S - S_(-g)), e = d ln Y / d ln S. For impressions and
 *     what comes of them e is the plan's elasticity of delivery. For people reached at least k times
 *     it is that times d ln reach_k / d ln impressions = k n_k / reach_k, n_k = people with exactly k:
 *     take away each impression with a small probability h, and reach_k loses the k h of those who
 *     have exactly k. (Exact for any mixed Poisson, the negative binomial included.)
 *   - the groups' luck, which R replications average to A/R, is in the between term already and is
 *     taken out;
 *   - factor 1 - 1/w: no error when the simulated people are the population. None either when the
 *     population is made anew in each replication. */
#ifndef ADSIM_METRICS_ESTIMATE_H
#define ADSIM_METRICS_ESTIMATE_H

#include "sim/metrics/columns.h"
#include "sim/metrics/explained.h"

#include <stdbool.h>

/* In the column's unit. NAN = unknown (a zero denominator, too few replications). */
typedef struct {
    double mean, lo, p50, hi;
    double level; /* of lo..hi, e.g. 0.8 */
    double sd_parameters, sd_people, mc_se;
} estimate_t;

enum { DRAWS_AT_LEAST = 4096 };

/* What the estimates are made from. All borrowed. */
typedef struct {
    const scenario_t *scenario;
    scopes_t scopes;
    size_t pairs, first_pair;     /* numbered by what was drawn for them */
    const int64_t *value;         /* [2 pairs][row][COUNTS] */
    const double *removed;        /* [row][REMOVED_COUNTS]: mean of a replication, whole units */
    const economics_t *economics; /* [pairs] */
    const tables_t *tables;
    double weight;                  /* real people per simulated person, >= 1 */
    double audience[MAX_AD_SETS];   /* real people eligible */
    double elasticity[MAX_AD_SETS]; /* d ln impressions / d ln budget, of the plan */
    bool pairs_share; /* pairs share uncertain parameters or common shocks; else E = 0 is known */
    bool people_sampled; /* one sample of people for all replications, not the whole population */
} evidence_t;

/* Do the two replications of a pair share anything that varies between pairs? */
bool pairs_share_chance(const scenario_t *sc);

typedef struct estimator estimator_t;

/* Prepares the draws. pairs >= 1. The evidence must outlive it. */
status_t estimator_new(const evidence_t *evidence, estimator_t **out, error_t *err);
void estimator_delete(estimator_t *e);

estimate_t estimator_column(estimator_t *e, int scope, int column);

/* A quantity of one scope over one of another; over QUANTITY_ONE the quantity itself. */
estimate_t estimator_ratio(estimator_t *e, int scope, quantity_t q, int below, quantity_t of);

/* What stands above and below the line of a column in every replication, [2 pairs] each, real units. */
void estimator_series(estimator_t *e, int scope, int column, double *above, double *below);

/* The part that a creative's row has of the quantity of its ad set. */
estimate_t estimator_share(estimator_t *e, int row, quantity_t q);

/* Share of the predictive draws with a value of at least (at most) `threshold`; draws without a value
 * count as failing. low..high holds the share that endless replications of everyone would give in 95 %
 * of runs: Wilson's interval for the independent draws that the pairs are worth (where none or all of them meet it
 * Clopper and Pearson's for the pairs: of 0 in 64, up to 5.6 %), and what another
 * sample of people would change by moving the mean. */
typedef struct {
    double share, low, high;
} probability_t;
probability_t estimator_probability(estimator_t *e, int scope, int column, bool at_most,
                                    double threshold);

/* The error of a mean in its parts, for the stopping rule. */
typedef struct {
    double mean;
    double between_se, between_df; /* between replications */
    double people_se;              /* df = 15 */
    double skewness;               /* of the luck in the replications' values, linearised */
} mean_error_t;
mean_error_t estimator_mean_error(estimator_t *e, int scope, int column);

/* --- for plans that met the same people and the same luck, see comparison.h --- */

/* What moves a column's mean: each replication's part (linearised; they sum to 0) and what it changes by
 * when a group of people is left out. Of two plans they may be subtracted, part by part. */
typedef struct {
    double mean; /* NAN = there is none */
    bool
        steady; /* its denominator is more than 4 errors from 0, so that the parts tell the error */
    double *linear; /* [2 pairs], the caller's */
    double group[JACKKNIFE_GROUPS];
} influence_t;
void estimator_influence(estimator_t *e, int scope, int column, influence_t *out);

const explained_t *estimator_explained(const estimator_t *e);

/* The error of a mean that has these parts, and of how many degrees of freedom it is (Satterthwaite 1946).
 * between is NAN with fewer than 2 units. Of parts of several plans the estimator is that of any of them: what the
 * values of another explain stays in the error. */
typedef struct {
    double between, people; /* variances */
    double df;
} part_error_t;
part_error_t estimator_part_error(const estimator_t *e, const influence_t *parts);

/* The normals of one predictive draw of one plan: of the simulation's error and of the events that were
 * expected, not drawn; each for a column's numerator and denominator. Those of plan 0 are a run's own. */
typedef struct {
    double error[2], events[2];
} noise_t;
noise_t noise_at(uint64_t seed, size_t draw, int plan);

/* The ad sets' parts of a column of the plan, linearised like the whole: what each adds to the variance of the
 * events that were expected, not drawn, and its luck inside each pair, y_2j - y_2j+1. The last part is what is no ad
 * set's, without luck; of a column that rests on credit, which moves between ad sets, each has the orders that it
 * caused, and the last part is those that came by themselves, with the whole's luck. variance[ad sets + 1], luck[ad sets + 1][pairs]; all 0 if the column has no mean. */
void estimator_event_parts(estimator_t *e, int column, double *variance, double *luck);

size_t estimator_draws(const estimator_t *e);
const evidence_t *estimator_evidence(const estimator_t *e);
/* The column's realised values on the predictive draws, NAN = none. */
void estimator_realise(estimator_t *e, int scope, int column, const noise_t *noise, double *out);

/* Mean of a replication in real units; a quantity's value over the whole scope. */
double estimator_quantity(const estimator_t *e, int scope, quantity_t q);

/* Tables are plain sums over replications. What their cells of a scope's quantity are multiplied by, so that they add up
 * to its mean; 1 where nothing is uncertain. */
double estimator_table_factor(const estimator_t *e, int scope, quantity_t q);

#endif
