/* maths.h -- exp, log, the normal law and quantiles that give the same bits on every x86-64.
 *
 * libm picks other code on other processors, so its last bit differs between machines; everything
 * that a result depends on uses these instead. Plain IEEE double arithmetic in a fixed order, no
 * fused multiply-add (the build says -ffp-contract=off), sqrt of the hardware (exactly rounded).
 * Accuracy is stated at each function and tested against libm and GSL. KERNEL files (maths.c,
 * normal.c, special.c): they call nothing outside themselves. */
#ifndef ADSIM_BASE_MATHS_H
#define ADSIM_BASE_MATHS_H

#include <stdint.h>

#define MATHS_PI 3.14159265358979323846
#define MATHS_INFINITY __builtin_inf()
#define MATHS_NAN __builtin_nan("")

/* What <math.h> calls sqrt, fabs, ...: instructions of the processor, exact. */
static inline double m_sqrt(double x)
{
    return __builtin_sqrt(x);
}
static inline double m_abs(double x)
{
    return __builtin_fabs(x);
}
static inline double m_min(double a, double b)
{
    return b < a ? b : a;
}
static inline double m_max(double a, double b)
{
    return b > a ? b : a;
}
static inline int m_is_nan(double x)
{
    return x != x;
}
static inline int m_is_finite(double x)
{
    return m_abs(x) <= 0x1.fffffffffffffp1023;
}

typedef union {
    double value;
    uint64_t bits;
} double_bits_t;

/* e^x, below 1 ulp (2^-1074 where the result is subnormal). 0 below -745.2, +inf above 709.8.
 *
 * x = n ln 2 + r, |r| <= ln 2 / 2; e^r by its Taylor series to r^13 (remainder 4e-18); the factor
 * 2^n in two halves, so that overflow and underflow come out by themselves, without a branch. */
static inline double m_exp(double x)
{
    const double to_integer = 0x1.8p52; /* adding it rounds to an integer, in the low bits */
    x = x < -746 ? -746 : x;
    x = x > 710 ? 710 : x;
    double_bits_t shifted = {.value = x * 1.44269504088896340736 + to_integer};
    double n = shifted.value - to_integer;
    double high = x - n * 0x1.62e42feep-1, low = n * 0x1.a39ef35793c76p-33;
    double r = high - low, r2 = r * r, r4 = r2 * r2;
    double p0 = (1. / 2 + r * (1. / 6)) + r2 * (1. / 24 + r * (1. / 120));
    double p1 = (1. / 720 + r * (1. / 5040)) + r2 * (1. / 40320 + r * (1. / 362880));
    double p2 =
        (1. / 3628800 + r * (1. / 39916800)) + r2 * (1. / 479001600 + r * (1. / 6227020800.));
    double e = 1 + (high + (r2 * (p0 + r4 * (p1 + r4 * p2)) - low));
    uint64_t biased = shifted.bits + 2046; /* low bits: n + 2046 = (n1 + 1023) + (n2 + 1023) */
    uint64_t half = (biased & 0xfff) >> 1, rest = (biased & 0xfff) - half;
    double_bits_t scale1 = {.bits = half << 52}, scale2 = {.bits = rest << 52};
    return e * scale1.value * scale2.value;
}

/* Natural logarithm, below 1 ulp. log 0 = -inf, log of a negative number = NaN.
 *
 * x = 2^k m, sqrt(1/2) < m < sqrt 2, f = m - 1, s = f / (2 + f); log m = f - f^2/2 + s (f^2/2 + R)
 * with the minimax polynomial R(s^2) of FreeBSD's e_log.c (Sun Microsystems 1993). */
static inline double m_log(double x)
{
    double scaled = x < 0x1p-1022 ? x * 0x1p54 : x;
    double_bits_t b = {.value = scaled};
    uint64_t top = b.bits + (0x3ff0000000000000u - 0x3fe6a09e667f3bcdu);
    double k = (double)((int)(top >> 52) - 0x3ff) - (x < 0x1p-1022 ? 54 : 0);
    b.bits = (top & 0x000fffffffffffffu) + 0x3fe6a09e667f3bcdu;
    double f = b.value - 1, half = 0.5 * f * f, s = f / (2 + f), z = s * s, w = z * z;
    double odd = w * (3.999999999940941908e-01 +
                      w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01));
    double even = z * (6.666666666666735130e-01 +
                       w * (2.857142874366239149e-01 +
                            w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)));
    double log = s * (half + (odd + even)) + k * 1.90821492927058770002e-10 - half + f +
                 k * 6.93147180369123816490e-01;
    return x > 0 ? (x <= 0x1.fffffffffffffp1023 ? log : x) : (x == 0 ? -MATHS_INFINITY : MATHS_NAN);
}

/* x^y for x > 0, by m_exp(y * m_log(x)), about |y log x| ulp. */
static inline double m_pow(double x, double y)
{
    return m_exp(y * m_log(x));
}

/* ln(1 + x), x > -1, and e^x - 1: relative 1e-15 also near zero. */
double m_log1p(double x);
double m_expm1(double x);

/* sine and cosine of x for |x| <= 1e5, about 1 ulp (Cody-Waite reduction); arc sine, |x| <= 1. */
double m_sin(double x);
double m_cos(double x);
double m_asin(double x);

/* ln Gamma(x), x > 0, relative 1e-14. */
double m_lgamma(double x);

/* Standard normal density, distribution function (relative 1e-14 down to z = -37) and quantile
 * (Wichura AS241, relative 1e-15). 0 < p < 1. */
double normal_density(double z);
double normal_cdf(double z);
double normal_quantile(double p);

/* P(X <= a, Y <= b) of the standard bivariate normal with correlation rho in [-1, 1]; absolute
 * 1e-14 (Drezner-Wesolowsky as improved by Genz 2004). a and b may be infinite. */
double normal2_cdf(double a, double b, double rho);

/* 1 / (1 + e^-x) and its inverse ln(p / (1-p)), 0 < p < 1. */
double expit(double x);
double logit(double p);

/* Lower regularised incomplete gamma P(shape, x), its complement, and its inverse at p: the quantile
 * of a gamma law with that shape and scale 1. shape > 0, relative 1e-11. */
double gamma_cdf(double shape, double x);
double gamma_survival(double shape, double x);
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

/* Integral of f over [low, high]: composite Gauss-Legendre, `panels` panels of 20 nodes. */
double integral(double (*f)(double x, const void *context), const void *context, double low,
                double high, int panels);

/* The root of f in [low, high] (Brent: bisection guarded by the secant, to the last bits); f(low)
 * and f(high) must differ in sign or the end nearer to zero is returned. Deterministic. */
double root_between(double (*f)(double x, const void *context), const void *context, double low,
                    double high);

#endif
