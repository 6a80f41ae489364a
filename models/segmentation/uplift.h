/* uplift.h -- who responds because of the ads: a shallow tree that splits by uplift, and the Qini curve
 * that says what following it would bring.
 *
 * Data: an experiment. Each person was treated (could see the ads) or held out at random; the outcome is
 * her conversions, on average over the trials she took part in, so that it may be a fraction. A person may
 * have a row in each arm, if she took part in several trials.
 *
 * The tree splits where treated and held-out differ most from each other in the children (Rzepakowski
 * and Jaroszewicz 2012): gain = sum over children n_child/n D(child) - D(parent), D the divergence of
 * the outcome's law (converted or not) among the treated from that among the held out, divided, when
 * normalised, by
 *   I = H(T/n, C/n) D(T : C) + T/n H(T) + C/n H(C) + 1/2,
 * where T and C are the laws of the split (which child) among treated and held out and H is the entropy
 * (KL) or the Gini impurity (the other two): a split that tells the arms apart is no split by uplift.
 * Default: Euclidean, which values an incremental conversion the same whatever the organic rate.
 *
 * Honest: one half of the people (by an addressed draw) chooses the splits, the other half estimates the
 * effects in the leaves, which are therefore unbiased, however the splits were chosen. A split must
 * leave `least_people` of each arm on both sides in the choosing half and separate the children's
 * uplifts by `least_z` standard errors; a split whose gain is not finite (KL and chi-square where an arm of
 * a child has no conversions) is not taken. Unknown values go with the no. */
#ifndef ADSIM_SEGMENTATION_UPLIFT_H
#define ADSIM_SEGMENTATION_UPLIFT_H

#include "models/base/rng.h"
#include "models/segmentation/feature.h"

enum { UPLIFT_DEPTH_MOST = 6, UPLIFT_NODES_MOST = 127, UPLIFT_LEAVES_MOST = 64 };

typedef enum { UPLIFT_EUCLIDEAN, UPLIFT_KL, UPLIFT_CHI_SQUARE, UPLIFT_DIVERGENCES } divergence_t;
extern const char *const divergence_name[UPLIFT_DIVERGENCES]; /* "euclidean", "kl", "chi-square" */

/* Of P(converted) = p among the treated from q among the held out, 0..1; infinite where KL or chi-square
 * have no value. */
double divergence(divergence_t d, double p, double q);

/* One arm in a part of the people; the squares are for errors. */
typedef struct {
    double people;      /* number; of trials, where rows are trials */
    double weight;      /* sum of w */
    double converted;   /* sum of w x outcome */
    double weight_2;    /* sum of w^2 */
    double converted_2; /* sum of w^2 x outcome */
    double square_2;    /* sum of w^2 x outcome^2 */
} arm_t;
typedef struct {
    arm_t treated, held_out;
} arms_t;

double arm_rate(const arm_t *a); /* conversions a person; NAN if empty */
double
uplift_of(const arms_t *a); /* rate of the treated - rate of the held out; NAN without both */
double uplift_error(const arms_t *a); /* standard error of it */

/* Gain of splitting a + b into a and b. */
double uplift_gain(divergence_t d, bool normalised, const arms_t *a, const arms_t *b);

/* Rows of an experiment. Without `person` they are the people, one each, in their order. */
typedef struct {
    const people_t *people;
    const uint8_t *treated; /* 1 = treated, 0 = held out, EXPERIMENT_ABSENT = takes no part */
    const double *outcome;  /* >= 0 */
    const uint32_t *person; /* of each row; all rows of a person are in one half. NULL: see above */
    size_t rows;            /* with `person` alone */
    const double
        *trials; /* a row is so many trials, each with one order or none, `outcome` of them with
                               one; > 0. NULL: one observation, whatever its outcome */
} experiment_t;
enum { EXPERIMENT_ABSENT = 2 };

typedef struct {
    divergence_t divergence; /* UPLIFT_EUCLIDEAN */
    bool normalised;         /* true */
    int depth;               /* 1..UPLIFT_DEPTH_MOST; 3 */
    double least_people; /* people (not weight) of each arm in a leaf of the choosing half; 200 */
    double least_z;      /* 3 */
} uplift_options_t;
uplift_options_t uplift_options(void); /* the defaults: assumptions */

typedef struct {
    int parent, yes, no; /* nodes; -1 = none. Node 0 is the root */
    int leaf; /* number of the leaf, 0 = largest effect in the choosing half; -1 if inner */
    condition_t question;  /* of an inner node: who answers it goes to `yes` */
    condition_t otherwise; /* the same of `no`, as plain as it can be put */
    double gain;
    arms_t chosen;   /* the half that chose the splits */
    arms_t estimate; /* the other half */
} uplift_node_t;

typedef struct {
    int n_nodes, n_leaves;
    uplift_node_t node[UPLIFT_NODES_MOST];
    int leaf_node[UPLIFT_LEAVES_MOST]; /* node of each leaf */
} uplift_tree_t;

status_t uplift_grow(const experiment_t *e, const uplift_options_t *o, rng_key_t key,
                     uplift_tree_t *out, error_t *err);

int uplift_leaf(const uplift_tree_t *t, const people_t *p, size_t i); /* number of her leaf */

/* The leaf of everyone, and whether she is of the estimating half (either may be NULL). */
void uplift_assign(const uplift_tree_t *t, const people_t *p, rng_key_t key, int *leaf,
                   uint8_t *estimates);

/* The conditions that lead to a leaf, the root's first, those on one feature as one; returns how many.
 * `out` has UPLIFT_DEPTH_MOST. Together they are its targeting rule: exact, as far as numbers and hidden
 * features take no part. */
int uplift_path(const uplift_tree_t *t, int leaf, condition_t *out);

#endif
