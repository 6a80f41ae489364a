/* maths.h -- exp, log, the normal law and quantiles that give the same bits on every x86-64.
 *
 * libm picks other code on other processors, so its last bit differs between machines; everything
 * that a result depends on uses these instead. Plain IEEE double arithmetic in a fixed order, no
 * fused multiply-add (the build says -ffp-contract=off), sqrt of the hardware (exactly rounded).
 * Accuracy is stated at each function and tested against libm and GSL. KERNEL file: it calls
 * nothing outside itself. */
#ifndef ADSIM_BASE_MATHS_H
#define ADSIM_BASE_MATHS_H

/* e^x, about 1 ulp. 0 below -745.2, +inf above 709.8. */
double m_exp(double x);

/* Natural logarithm, about 1 ulp, x > 0 normal. log 0 = -inf. */
double m_log(double x);

/* x^y for x > 0, by m_exp(y * m_log(x)), about |y log x| ulp. */
double m_pow(double x, double y);

/* sine of x for |x| <= 1e5, about 1 ulp (Cody-Waite reduction). */
double m_sin(double x);
double m_cos(double x);

/* ln Gamma(x), x > 0, relative 1e-14. */
double m_lgamma(double x);

/* Standard normal density, distribution function (relative 1e-14 down to z = -37) and quantile
 * (Wichura AS241, relative 1e-15). 0 < p < 1. */
double normal_density(double z);
double normal_cdf(double z);
double normal_quantile(double p);

/* P(X <= a, Y <= b) of the standard bivariate normal with correlation rho in [-1, 1]; absolute
 * 1e-14 (Drezner-Wesolowsky as improved by Genz 2004). */
double normal2_cdf(double a, double b, double rho);

/* 1 / (1 + e^-x) and its inverse ln(p / (1-p)), 0 < p < 1. */
double expit(double x);
double logit(double p);

/* Lower regularised incomplete gamma P(shape, x), and its inverse at p: the quantile of a gamma law
 * with that shape and scale 1. shape > 0, relative 1e-11. */
double gamma_cdf(double shape, double x);
double gamma_quantile(double shape, double p);

/* Regularised incomplete beta I_x(a, b) and its inverse in x. a, b > 0, relative 1e-11. */
double beta_cdf(double a, double b, double x);
double beta_quantile(double a, double b, double p);

/* The smallest k with P(Poisson(mean) <= k) >= u, by sequential inversion; mean < 700. One uniform,
 * monotone in u. */
unsigned poisson_quantile(double mean, double u);

/* Sum of f(x_i) w_i over the nodes of E f(Z), Z standard normal (Gauss-Hermite). n = 8, 16 or 32. */
typedef struct {
    const double *node, *weight;
    int n;
} quadrature_t;
quadrature_t normal_quadrature(int n);

/* The root of f in [low, high] (bisection guarded by the secant, to the last bits); f(low) and
 * f(high) must differ in sign or the end nearer to zero is returned. Deterministic. */
double root_between(double (*f)(double x, const void *context), const void *context, double low,
                    double high);

#endif
