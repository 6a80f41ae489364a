/* fit.h -- tables that meet their margins, dependence between traits, and how well a synthetic table
 * agrees with its target (MODEL 1.1, 1.3, 1.4). */
#ifndef ADSIM_AUDIENCE_FIT_H
#define ADSIM_AUDIENCE_FIT_H

#include "models/base/status.h"

#include <stddef.h>
#include <stdint.h>

/* ---- Raking (iterative proportional fitting, MODEL 1.1) ---- */

enum { RAKE_DIMENSIONS = 8 };

/* Sums of a table over all dimensions but those whose bit is set in `kept`; the last kept dimension
 * runs fastest. */
typedef struct {
    const char *name;
    unsigned kept;
    const double *target; /* >= 0 */
} margin_t;

/* Scales the table (n_dimensions sides, last fastest) to the margins in turn until every margin holds
 * to a relative 1e-10; odds ratios of the table are kept, zeros stay zero. Margins are scaled to the
 * total of the first. *sweeps (may be NULL): how many it took. ERR_INVALID with the names when margins
 * contradict each other (the residual has not fallen over 50 sweeps) or ask for people where the table
 * is zero; the table is then of no use. */
status_t rake(double *table, const int *side, int n_dimensions, const margin_t *margin,
              int n_margins, int *sweeps, error_t *err);

/* ---- Dependence of two yes/no traits (MODEL 1.3) ---- */

/* Traits with shares p1 and p2 (0 < p < 1) that are thresholds of normals with correlation rho. */
double trait_both(double p1, double p2, double rho);         /* P(both) */
double trait_phi(double p1, double p2, double both);         /* phi coefficient */
double trait_tetrachoric(double p1, double p2, double both); /* the rho that gives P(both) */

/* Rank correlations and P(both above their medians) of a normal copula. */
double copula_spearman(double rho);
double copula_kendall(double rho);
double copula_orthant(double rho);

/* P(all traits of `has`, none of `has_not`) when traits are independent within latent classes:
 * theta[class * n_traits + trait]; bits of the sets are traits. */
double latent_class_joint(const double *weight, const double *theta, int n_classes, int n_traits,
                          uint64_t has, uint64_t has_not);

/* ---- Agreement of two tables (MODEL 1.4) ---- */

typedef struct {
    double srmse; /* root mean square error over mean of the target */
    double tae;   /* total absolute error */
    double sae;   /* tae / sum of the target */
    double chi_square, freeman_tukey;
} fit_t;
fit_t table_fit(const double *synthetic, const double *target, size_t n);

#endif
