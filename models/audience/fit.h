/* fit.h -- tables that meet their margins, dependence between traits, and how well a synthetic table
 * agrees with its target (MODEL 1.1, 1.3, 1.4). */
#ifndef ADSIM_AUDIENCE_FIT_H
#define ADSIM_AUDIENCE_FIT_H

#include "models/base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- Raking (iterative proportional fitting, MODEL 1.1) ---- */

/* Sums of a table over groups of its cells: those of its margin. */
typedef struct {
    const char *name;
    size_t n;              /* entries */
    const uint32_t *entry; /* of each cell of the table: which entry it adds to */
    double *target;        /* n, >= 0 */
} margin_t;

/* The entries of a margin of a table with sides (last fastest) that keeps the dimensions whose bit is
 * set; the last kept dimension runs fastest. Returns their number. */
size_t margin_entries(const int *side, int n_dimensions, unsigned kept, uint32_t *entry);

/* How raking went. */
typedef struct {
    int sweeps;
    int pair
        [2]; /* margins that contradict each other; pair[1] = -1: pair[0] and the table's zeros */
    size_t empty; /* then: its entry where the table has nobody */
} rake_report_t;

/* Scales the table to the margins in turn until every margin holds to a relative 1e-10; odds ratios of
 * the table are kept, zeros stay zero. Margins are scaled to the total of the first. ERR_INVALID with
 * the names and *report (may be NULL) when margins contradict each other (the residual has not fallen
 * over 50 sweeps) or ask for people where the table is zero; the table is then of no use. */
status_t rake(double *table, size_t n_cells, const margin_t *margin, int n_margins,
              rake_report_t *report, error_t *err);

/* The same for a yes/no trait of people: `share` of each cell's people have it, 0..1, and margins count
 * those who do. Raking the table of people x yes/no to the margins and to the people themselves
 * changes the odds of each cell by a factor for each of its entries; here the factors are found one
 * margin at a time by Newton's method, which leaves the people alone. Cells without people take part. */
status_t rake_shares(double *share, const double *people, size_t n_cells, const margin_t *margin,
                     int n_margins, rake_report_t *report, error_t *err);

/* What two margins say of the same people: groups of cells that both can count (the connected unions of
 * their entries). Where they disagree, `later` is shifted to `earlier` within each group: counts by a
 * factor, shares by a factor of their odds. Returns the greatest disagreement before: with `people` (a
 * number a cell; margins count those of them with a trait) in shares of the group's people, without
 * (NULL) in shares of all. `table` tells which cells count at all (> 0). NAN when memory is out. */
double margin_agree(margin_t *later, const margin_t *earlier, const double *table,
                    const double *people, size_t n_cells);

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

/* The latent correlation of every pair is a target, but a matrix of targets need not be one of
 * correlations: the nearest one (Frobenius norm) with no eigenvalue below `least` by Higham's
 * alternating projections (IMA J. Numer. Anal. 22, 2002). r is n x n, n <= 16, symmetric with unit
 * diagonal; returns the greatest change of an entry, 0 when it was positive definite enough. */
double correlation_repair(double *r, int n, double least);

/* L with L L' = r, lower triangular, n x n; false if r is not positive definite. */
bool correlation_root(const double *r, int n, double *root);

/* ---- Agreement of two tables (MODEL 1.4) ---- */

typedef struct {
    double srmse; /* root mean square error over mean of the target */
    double tae;   /* total absolute error */
    double sae;   /* tae / sum of the target */
    double chi_square, freeman_tukey;
} fit_t;
fit_t table_fit(const double *synthetic, const double *target, size_t n);

#endif
