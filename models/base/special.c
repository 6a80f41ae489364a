/* special.c -- gamma and beta functions, their distribution functions and quantiles. KERNEL file.
 *
 * Densities are written with Loader's saddle-point terms (Fast and accurate computation of binomial
 * probabilities, 2000), which lose no digits when the parameters are large. Quantiles are Newton on
 * the log of the tail against the log (gamma) or logit (beta) of x: there every tail is concave, so
 * that the iteration cannot run away. */
#include "models/base/maths.h"

#include <stdbool.h>

static const double half_log_two_pi = 0.91893853320467274178;

/* ln Gamma(2 + e), |e| <= 1/2: e (1 - gamma) + sum over k >= 2 of (-1)^k (zeta(k) - 1) e^k / k. */
static double lgamma_near_two(double e)
{
    static const double term[] = {
        0.32246703342411321824,     -0.067352301053198095133,   0.020580808427784547879,
        -0.0073855510286739852663,  0.0028905103307415232858,   -0.0011927539117032609771,
        0.00050966952474304242234,  -0.00022315475845357937976, 0.000099457512781808533715,
        -0.0000449262367381331417,  0.000020507212775670691553, -9.439488275268395904e-6,
        4.3748667899074878042e-6,   -2.0392157538013662368e-6,  9.5514121304074198329e-7,
        -4.4924691987645660433e-7,  2.1207184805554665869e-7,   -1.0043224823968099609e-7,
        4.7698101693639805658e-8,   -2.271109460894316491e-8,   1.0838659214896954091e-8,
        -5.1834750419700466551e-9,  2.4836745438024783172e-9,   -1.1921401405860912074e-9,
        5.7313672416788620133e-10,  -2.7595228851242331452e-10, 1.3304764374244489481e-10,
        -6.4229645638381000221e-11, 3.1044247747322272762e-11,  -1.5021384080754142171e-11};
    int n = sizeof term / sizeof *term;
    double sum = 0;
    for (int i = n - 1; i >= 0; i--) sum = sum * e + term[i];
    return e * (0.42278433509846713939 + e * sum);
}

/* ln Gamma(x) - ((x - 1/2) ln x - x + ln(2 pi)/2): Stirling's series for x >= 10. */
static double stirling_series(double x)
{
    static const double term[] = {0.083333333333333333333,   -0.0027777777777777777778,
                                  0.00079365079365079365079, -0.0005952380952380952381,
                                  0.00084175084175084175084, -0.0019175269175269175269,
                                  0.0064102564102564102564,  -0.02955065359477124183};
    double y = 1 / (x * x), sum = 0;
    for (int i = 7; i >= 0; i--) sum = sum * y + term[i];
    return sum / x;
}

double m_lgamma(double x)
{
    if (x >= 10) return (x - 0.5) * m_log(x) - x + half_log_two_pi + stirling_series(x);
    if (x < 0.5) return lgamma_near_two(x) - m_log1p(x) - m_log(x);
    if (x < 1.5) return lgamma_near_two(x - 1) - m_log(x);
    double product = 1;
    while (x > 2.5) product *= --x;
    return lgamma_near_two(x - 2) + (product > 1 ? m_log(product) : 0);
}

/* The same remainder for any x > 0. */
static double stirling_error(double x)
{
    if (x >= 10) return stirling_series(x);
    return m_lgamma(x) - ((x - 0.5) * m_log(x) - x + half_log_two_pi);
}

/* x ln(x/m) + m - x >= 0 without cancellation when x is near m (Loader's bd0). */
static double deviance(double x, double m)
{
    double d = x - m;
    if (m_abs(d) > 0.1 * (x + m)) return x * m_log(x / m) - d;
    double v = d / (x + m), sum = d * v, power = 2 * x * v, v2 = v * v;
    for (int j = 1; j < 100; j++) {
        power *= v2;
        double next = sum + power / (2 * j + 1);
        if (next == sum) break;
        sum = next;
    }
    return sum;
}

/* x^a e^-x / Gamma(a): the density of ln X for a gamma law. `error`: stirling_error(a), half of what it takes. */
static double gamma_log_density(double a, double error, double x)
{
    return m_exp(-error - deviance(a, x)) * m_sqrt(a / (2 * MATHS_PI));
}

/* sum over n of x^n / ((a)(a+1)...(a+n)): P(a, x) is this times x^a e^-x / Gamma(a). */
static double gamma_series(double a, double x)
{
    double term = 1 / a, sum = term;
    for (double n = 1; term > sum * 1e-17; n++) {
        term *= x / (a + n);
        sum += term;
    }
    return sum;
}

/* Continued fraction of Q(a, x) (Abramowitz and Stegun 6.5.31), by Lentz's method. */
static double gamma_fraction(double a, double x)
{
    const double tiny = 1e-300;
    double b = x + 1 - a, c = 1 / tiny, d = 1 / b, h = d;
    for (int n = 1; n < 100000; n++) {
        double an = -n * (n - a);
        b += 2;
        d = an * d + b;
        d = 1 / (m_abs(d) < tiny ? tiny : d);
        c = b + an / c;
        if (m_abs(c) < tiny) c = tiny;
        h *= c * d;
        if (m_abs(c * d - 1) < 4e-16) break;
    }
    return h;
}

/* The tail from its density. */
static double gamma_tail(double a, double x, double density, bool upper)
{
    if (!(x > 0)) return upper ? 1 : 0;
    if (x > 1e300) return upper ? 0 : 1;
    bool series = x < a + 1;
    double tail = density * (series ? gamma_series(a, x) : gamma_fraction(a, x));
    if (tail > 1) tail = 1;
    return series == upper ? 1 - tail : tail;
}

static double gamma_tail_at(double a, double x, bool upper)
{
    bool inside = x > 0 && x <= 1e300; /* beyond, it is not asked for */
    return gamma_tail(a, x, inside ? gamma_log_density(a, stirling_error(a), x) : 0, upper);
}

double gamma_cdf(double shape, double x)
{
    return gamma_tail_at(shape, x, false);
}

double gamma_survival(double shape, double x)
{
    return gamma_tail_at(shape, x, true);
}

/* One Newton step in the log of x or its logit, for a tail that rises (lower) or falls (upper). */
static double tail_step(double tail, double density, double target, bool upper)
{
    double step = (m_log(target) - m_log(tail)) * tail / density;
    step = step > 3 ? 3 : step < -3 ? -3 : step;
    return upper ? -step : step;
}

/* Wilson and Hilferty's cube; the leading term of the series where that fails. */
static double gamma_start(double a, double p)
{
    double low = (m_log(p) + m_lgamma(a + 1)) / a;
    double cube = 1 - 1 / (9 * a) + normal_quantile(p) / (3 * m_sqrt(a));
    if (a < 0.25 || cube < 0.3) return low;
    return m_log(a) + 3 * m_log(cube);
}

double gamma_quantile(double shape, double p)
{
    bool upper = p > 0.5;
    double target = upper ? 1 - p : p, y = gamma_start(shape, p);
    if (y < -45) return m_exp(y); /* the later terms of the series are below an ulp */
    double error = stirling_error(shape);
    for (int i = 0; i < 200; i++) {
        double x = m_exp(y), density = gamma_log_density(shape, error, x);
        double step = tail_step(gamma_tail(shape, x, density, upper), density, target, upper);
        y += step;
        if (!(m_abs(step) > 1e-15 * (1 + m_abs(y)))) break;
    }
    return m_exp(y);
}

/* x^a y^b / B(a, b) with y = 1 - x: the density of logit X for a beta law. */
static double beta_logit_density(double a, double b, double x, double y)
{
    double n = a + b;
    return m_exp(stirling_error(n) - stirling_error(a) - stirling_error(b) - deviance(a, n * x) -
                 deviance(b, n * y)) *
           m_sqrt(a / n * b / (2 * MATHS_PI));
}

/* Continued fraction of I_x(a, b) (Abramowitz and Stegun 26.5.8), by Lentz's method. */
static double beta_fraction(double a, double b, double x)
{
    const double tiny = 1e-300;
    double c = 1, d = 1 - (a + b) * x / (a + 1);
    d = 1 / (m_abs(d) < tiny ? tiny : d);
    double h = d;
    for (int m = 1; m < 100000; m++) {
        double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
        double odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
        double change = 1;
        for (int half = 0; half < 2; half++) {
            double term = half ? odd : even;
            d = 1 + term * d;
            d = 1 / (m_abs(d) < tiny ? tiny : d);
            c = 1 + term / c;
            if (m_abs(c) < tiny) c = tiny;
            change = c * d;
            h *= change;
        }
        if (m_abs(change - 1) < 4e-16) break;
    }
    return h;
}

static double beta_tail(double a, double b, double x, double y)
{
    if (x <= 0) return 0;
    if (y <= 0) return 1;
    double density = beta_logit_density(a, b, x, y);
    if (x <= (a + 1) / (a + b + 2)) return density * beta_fraction(a, b, x) / a;
    return 1 - density * beta_fraction(b, a, y) / b;
}

double beta_cdf(double a, double b, double x)
{
    return beta_tail(a, b, x, 1 - x);
}

/* logit of x at which the lower tail is p <= 1/2: from the left of the root (I_x <= x^a / (a B)), or
 * from the normal law of the logit where that is nearer. */
static double beta_start(double a, double b, double p)
{
    double log_beta = m_lgamma(a) + m_lgamma(b) - m_lgamma(a + b);
    double left = (m_log(p) + m_log(a) + log_beta) / a;
    if (a < 1 || b < 1 || left < -30) return left < 30 ? left : 30;
    return m_log(a / b) + normal_quantile(p) * m_sqrt(1 / a + 1 / b);
}

double beta_quantile(double a, double b, double p)
{
    bool mirrored = p > 0.5;
    double target = mirrored ? 1 - p : p, a1 = mirrored ? b : a, b1 = mirrored ? a : b;
    double u = beta_start(a1, b1, target);
    for (int i = 0; i < 200 && u > -700; i++) {
        double x = expit(u), y = expit(-u), tail = beta_tail(a1, b1, x, y);
        double step = tail_step(tail, beta_logit_density(a1, b1, x, y), target, false);
        u += step;
        if (!(m_abs(step) > 1e-15 * (1 + m_abs(u)))) break;
    }
    return expit(mirrored ? -u : u);
}
