/* variate.h -- variates from uniforms. Those that plans must share are monotone in one uniform (see
 * maths.h: normal_quantile, gamma_quantile, poisson_quantile); these are for when that is not needed.
 * KERNEL file. */
#ifndef ADSIM_BASE_VARIATE_H
#define ADSIM_BASE_VARIATE_H

/* Two independent standard normals from two uniforms (Box and Muller 1958). */
typedef struct {
    double first, second;
} normal_pair_t;
normal_pair_t normal_pair(double u0, double u1);

/* Failures before the next success of probability p: floor(ln u / ln(1 - p)). Mean (1-p)/p. */
double geometric_skip(double p, double u);
double geometric_mean(double p);
double geometric_variance(double p);

/* Alias table of n categories (Vose 1991): category `alias[i]` with probability 1 - keep[i] when
 * column i was hit, i itself otherwise. p sums to 1; the arrays are the caller's, n each, and `work`
 * n too. */
void alias_build(const double *p, int n, double *keep, int *alias, int *work);
int alias_draw(const double *keep, const int *alias, int n, double u);

/* P(category j) that a table gives: exactly p[j] up to rounding. */
double alias_probability(const double *keep, const int *alias, int n, int j);

#endif
