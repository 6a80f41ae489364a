/* targeting.h -- what a label, a list or a lookalike is worth, in closed form (MODEL 2.2, 2.3, 2.4).
 * Rates and shares are 0..1; sizes are people. */
#ifndef ADSIM_AUDIENCE_TARGETING_H
#define ADSIM_AUDIENCE_TARGETING_H

/* ---- A noisy yes/no label on people (MODEL 2.2) ---- */

typedef struct {
    double prevalence;  /* share of people who truly have the trait */
    double sensitivity; /* P(label | trait) */
    double specificity; /* P(no label | no trait) */
} label_t;

double label_size(label_t l); /* P(label) */
double label_ppv(label_t l);  /* P(trait | label); NAN if nobody is labelled */
double label_npv(label_t l);  /* P(no trait | no label); NAN if everybody is */
double label_lift(label_t l); /* PPV / prevalence */

/* The specificity that gives a PPV at this prevalence and sensitivity; below 0 if there is none. */
double label_specificity_for_ppv(double prevalence, double sensitivity, double ppv);

/* A rate among the labelled and among the rest, when it is `rate` with the trait and `rate_other`
 * without: what a campaign measures is diluted. */
double label_rate_inside(label_t l, double rate, double rate_other);
double label_rate_outside(label_t l, double rate, double rate_other);

/* ---- Lookalikes: the top share q by a score that correlates with a latent affinity (MODEL 2.3) ---- */

typedef struct {
    double mean_latent;         /* E[affinity | chosen], in sd */
    double rate;                /* P(converter | chosen) */
    double lift;                /* rate / base rate */
    double share_of_converters; /* P(chosen | converter) */
} lookalike_t;

/* correlation in (-1, 1), 0 < q < 1 chosen, 0 < base_rate < 1 the most affine people convert. */
lookalike_t lookalike(double correlation, double q, double base_rate);

/* E[exp(b z - b^2/2) | chosen] of a latent affinity z: how much more the chosen order when affinity acts
 * with log-sd b; Phi(b rho - t) / q, t = the normal quantile at 1 - q. */
double lookalike_affinity(double correlation, double q, double b);

/* The correlation that a seed of n people reaches when an endless one would reach `correlation`:
 * rho sqrt(n / (n + 1000)) (assumption). */
double lookalike_correlation(double correlation, double seed_size);

/* ---- Customer lists (MODEL 2.3) ---- */

/* Members found on a platform of a list of n people. The match rate is Beta(a, b), the same for all;
 * sd_given_rate is the luck alone, at rate a/(a+b). */
typedef struct {
    double mean, sd_given_rate, sd;
} list_match_t;
list_match_t list_match(double n, double a, double b);

/* Smallest k with P(matched <= k) >= p, beta-binomial, by summation: O(n), n <= 10^9. */
double list_match_quantile(double n, double a, double b, double p);

/* ---- Overlap of two audiences chosen at random (MODEL 2.4) ---- */

/* Sizes n1, n2 of `people`, independent and fixed: hypergeometric. */
typedef struct {
    double mean, sd, jaccard; /* jaccard of the mean overlap */
} overlap_t;
overlap_t overlap_random(double people, double n1, double n2);

#endif
