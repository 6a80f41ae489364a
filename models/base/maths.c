/* maths.c -- elementary functions, roots and integrals. KERNEL file: freestanding. */
#include "models/base/maths.h"

#include <stdbool.h>

double m_log1p(double x)
{
    /* The rounding of 1 + x is put right to first order (Kahan). */
    double y = 1 + x;
    if (y == 1) return x;
    return m_log(y) + (x - (y - 1)) / y;
}

double m_expm1(double x)
{
    if (x < -0.35 || x > 0.35) return m_exp(x) - 1;
    /* x + x^2/2! + ... + x^15/15!, remainder below 1e-17 of x. */
    double sum = 0;
    for (int n = 15; n >= 2; n--) sum = (sum + 1) * x / n;
    return x + x * sum;
}

/* x = quadrant pi/2 + high + low. pi/2 in pieces of 33 bits: quadrant times a piece is exact. */
typedef struct {
    int quadrant;
    double high, low;
} reduced_t;

static reduced_t reduce(double x)
{
    double n = x * 6.36619772367581382433e-01;
    n = (double)(long)(n + (n < 0 ? -0.5 : 0.5));
    double a = x - n * 1.57079632673412561417e+00;
    double b = n * 6.07710050630396597660e-11;
    double sum = a - b, part = sum - a;
    double rest = (a - (sum - part)) - (b + part) - n * 2.02226624879595063154e-21;
    reduced_t r = {(int)((long)n & 3), sum + rest, 0};
    r.low = (sum - r.high) + rest;
    return r;
}

/* Kernels on [-pi/4, pi/4]: minimax polynomials of FreeBSD's k_sin.c and k_cos.c. */
static double sin_kernel(double x, double y)
{
    double z = x * x, w = z * z, v = z * x;
    double r = 8.33333333332248946124e-03 +
               z * (-1.98412698298579493134e-04 + z * 2.75573137070700676789e-06) +
               z * w * (-2.50507602534068634195e-08 + z * 1.58969099521155010221e-10);
    return x - ((z * (0.5 * y - v * r) - y) + v * 1.66666666666666324348e-01);
}

static double cos_kernel(double x, double y)
{
    double z = x * x, w = z * z, half = 0.5 * z, c = 1 - half;
    double r = z * (4.16666666666666019037e-02 +
                    z * (-1.38888888888741095749e-03 + z * 2.48015872894767294178e-05)) +
               w * w *
                   (-2.75573143513906633035e-07 +
                    z * (2.08757232129817482790e-09 + z * -1.13596475577881948265e-11));
    return c + (((1 - c) - half) + (z * r - x * y));
}

static double sin_from_quadrant(reduced_t r)
{
    double s = r.quadrant & 1 ? cos_kernel(r.high, r.low) : sin_kernel(r.high, r.low);
    return r.quadrant & 2 ? -s : s;
}

double m_sin(double x)
{
    return sin_from_quadrant(reduce(x));
}

double m_cos(double x)
{
    reduced_t r = reduce(x);
    r.quadrant++;
    return sin_from_quadrant(r);
}

double m_asin(double x)
{
    /* (asin x - x)/x^3 by the rational function of FreeBSD's e_asin.c on |x| <= 1/2; beyond it,
     * asin x = pi/2 - 2 asin m_sqrt((1-x)/2). */
    double size = x < 0 ? -x : x;
    int near_one = size > 0.5;
    double z = near_one ? (1 - size) / 2 : size * size;
    double p =
        z * (1.66666666666666657415e-01 +
             z * (-3.25565818622400915405e-01 +
                  z * (2.01212532134862925881e-01 +
                       z * (-4.00555345006794114027e-02 +
                            z * (7.91534994289814532176e-04 + z * 3.47933107596021167570e-05)))));
    double q = 1 + z * (-2.40339491173441421878e+00 +
                        z * (2.02094576023350569471e+00 +
                             z * (-6.88283971605453293030e-01 + z * 7.70381505559019352791e-02)));
    double root = near_one ? m_sqrt(z) : size;
    double angle = root + root * (p / q);
    if (near_one) angle = MATHS_PI / 2 - 2 * angle;
    return x < 0 ? -angle : angle;
}

double expit(double x)
{
    return x >= 0 ? 1 / (1 + m_exp(-x)) : m_exp(x) / (1 + m_exp(x));
}

double logit(double p)
{
    return p < 0.25 ? m_log(p) - m_log1p(-p) : m_log(p / (1 - p));
}

unsigned poisson_quantile(double mean, double u)
{
    double term = m_exp(-mean), sum = term;
    unsigned k = 0;
    /* Past the mean a term that no longer adds to the sum ends it: u above all that doubles reach. */
    while (sum < u && (k < mean || sum + term > sum)) {
        term *= mean / ++k;
        sum += term;
    }
    return k;
}

double root_between(double (*f)(double x, const void *context), const void *context, double low,
                    double high)
{
    double a = low, b = high, fa = f(a, context), fb = f(b, context);
    if ((fa > 0) == (fb > 0) || fa == 0 || fb == 0) return m_abs(fa) < m_abs(fb) ? a : b;
    /* False position with the Illinois weight: the end that stays counts half, so that both ends
     * close in. Every third step halves the bracket, whatever f is like. */
    for (int i = 0; i < 240; i++) {
        double middle = a + (b - a) / 2, x = b - fb * ((b - a) / (fb - fa));
        if (middle == a || middle == b) break;
        bool inside = (x > a && x < b) || (x > b && x < a);
        if (!inside || i % 3 == 2) x = middle;
        double fx = f(x, context);
        if (fx == 0) return x;
        if ((fx > 0) == (fb > 0)) {
            fa /= 2;
        } else {
            a = b;
            fa = fb;
        }
        b = x;
        fb = fx;
    }
    return b;
}
