/* normal.c -- the normal law in one and two dimensions, and expectations under it. KERNEL file. */
#include "models/base/maths.h"

#include <stdbool.h>
#include <stddef.h>

static const double two_pi = 2 * MATHS_PI;
static const double density_at_zero = 0.39894228040143267794; /* 1 / m_sqrt(2 pi) */

double normal_density(double z)
{
    return density_at_zero * m_exp(-0.5 * z * z);
}

static double polynomial(const double *c, int n, double x) /* c[0] x^(n-1) + ... + c[n-1] */
{
    double sum = c[0];
    for (int i = 1; i < n; i++) sum = sum * x + c[i];
    return sum;
}

/* e^(-y^2/2) without losing digits to the square: y = t + rest with t on a grid of 1/16. */
static double exp_half_square(double y)
{
    double t = (double)(int)(y * 16) / 16, rest = (y - t) * (y + t);
    return m_exp(-0.5 * t * t) * m_exp(-0.5 * rest);
}

/* P(Z > y) for y > 0.67: rational functions of Cody, Math. Comp. 23 (1969), in the form of his
 * program ANORM (ACM TOMS 715). */
static double upper_tail(double y)
{
    static const double c[] = {
        1.0765576773720192317e-8, .39894151208813466764, 8.8831497943883759412,
        93.506656132177855979,    597.27027639480026226, 2494.5375852903726711,
        6848.1904505362823326,    11602.651437647350124, 9842.7148383839780218};
    static const double d[] = {1,
                               22.266688044328115691,
                               235.38790178262499861,
                               1519.377599407554805,
                               6485.558298266760755,
                               18615.571640885098091,
                               34900.952721145977266,
                               38912.003286093271411,
                               19685.429676859990727};
    static const double p[] = {.02307344176494017303,  .21589853405795699,
                               .1274011611602473639,   .022235277870649807,
                               .001421619193227893466, 2.9112874951168792e-5};
    static const double q[] = {1,
                               1.28426009614491121,
                               .468238212480865118,
                               .0659881378689285515,
                               .00378239633202758244,
                               7.29751555083966205e-5};
    if (y > 38.6) return 0;
    if (y <= 5.656854249492380195)
        return exp_half_square(y) * polynomial(c, 9, y) / polynomial(d, 9, y);
    double z = 1 / (y * y);
    double tail = (density_at_zero - z * polynomial(p, 6, z) / polynomial(q, 6, z)) / y;
    return exp_half_square(y) * tail;
}

double normal_cdf(double z)
{
    static const double a[] = {.065682337918207449113, 2.2352520354606839287, 161.02823106855587881,
                               1067.6894854603709582, 18154.981253343561249};
    static const double b[] = {1, 47.20258190468824187, 976.09855173777669322,
                               10260.932208618978205, 45507.789335026729956};
    double y = z < 0 ? -z : z;
    if (y <= 0.67448975) return 0.5 + z * (polynomial(a, 5, z * z) / polynomial(b, 5, z * z));
    return z < 0 ? upper_tail(y) : 1 - upper_tail(y);
}

/* Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988). */
static double quantile_of_tail(double p) /* -z, p < 0.075 */
{
    static const double c[] = {7.7454501427834140764e-4, .0227238449892691845833,
                               .24178072517745061177,    1.27045825245236838258,
                               3.64784832476320460504,   5.7694972214606914055,
                               4.6303378461565452959,    1.42343711074968357734};
    static const double d[] = {1.05075007164441684324e-9, 5.475938084995344946e-4,
                               .0151986665636164571966,   .14810397642748007459,
                               .68976733498510000455,     1.6763848301838038494,
                               2.05319162663775882187,    1};
    static const double e[] = {2.01033439929228813265e-7, 2.71155556874348757815e-5,
                               .0012426609473880784386,   .026532189526576123093,
                               .29656057182850489123,     1.7848265399172913358,
                               5.4637849111641143699,     6.6579046435011037772};
    static const double f[] = {2.04426310338993978564e-15, 1.4215117583164458887e-7,
                               1.8463183175100546818e-5,   7.868691311456132591e-4,
                               .0148753612908506148525,    .13692988092273580531,
                               .59983220655588793769,      1};
    double r = m_sqrt(-m_log(p));
    if (r <= 5) return polynomial(c, 8, r - 1.6) / polynomial(d, 8, r - 1.6);
    return polynomial(e, 8, r - 5) / polynomial(f, 8, r - 5);
}

double normal_quantile(double p)
{
    static const double a[] = {2509.0809287301226727, 33430.575583588128105, 67265.770927008700853,
                               45921.953931549871457, 13731.693765509461125, 1971.5909503065514427,
                               133.14166789178437745, 3.387132872796366608};
    static const double b[] = {
        5226.495278852545925,  28729.085735721942674, 39307.89580009271061,  21213.794301586595867,
        5394.1960214247511077, 687.1870074920579083,  42.313330701600911252, 1};
    double q = p - 0.5;
    if (q >= -0.425 && q <= 0.425) {
        double r = 0.180625 - q * q;
        return q * (polynomial(a, 8, r) / polynomial(b, 8, r));
    }
    return q < 0 ? -quantile_of_tail(p) : quantile_of_tail(1 - p);
}

/* Gauss-Legendre nodes > 0 and weights on [-1, 1]. */
static const double legendre_6[] = {0.23861918608319690863, 0.66120938646626451366,
                                    0.93246951420315202781};
static const double legendre_weight_6[] = {0.46791393457269104739, 0.36076157304813860757,
                                           0.17132449237917034504};
static const double legendre_12[] = {0.12523340851146891547, 0.36783149899818019375,
                                     0.5873179542866174473,  0.76990267419430468704,
                                     0.90411725637047485668, 0.98156063424671925069};
static const double legendre_weight_12[] = {0.249147045813402785,   0.23349253653835480876,
                                            0.20316742672306592175, 0.16007832854334622633,
                                            0.10693932599531843096, 0.047175336386511827195};
static const double legendre_20[] = {
    0.076526521133497333755, 0.22778585114164507808, 0.37370608871541956067, 0.510867001950827098,
    0.63605368072651502545,  0.74633190646015079261, 0.83911697182221882339, 0.91223442825132590587,
    0.96397192727791379127,  0.99312859918509492479};
static const double legendre_weight_20[] = {0.1527533871307258507,   0.14917298647260374679,
                                            0.14209610931838205133,  0.1316886384491766269,
                                            0.11819453196151841731,  0.10193011981724043504,
                                            0.083276741576704748725, 0.06267204833410906357,
                                            0.040601429800386941331, 0.017614007139152118312};

static quadrature_t legendre_half(int n) /* n = number of positive nodes: 3, 6 or 10 */
{
    if (n <= 3) return (quadrature_t){legendre_6, legendre_weight_6, 3};
    if (n <= 6) return (quadrature_t){legendre_12, legendre_weight_12, 6};
    return (quadrature_t){legendre_20, legendre_weight_20, 10};
}

double integral(double (*f)(double x, const void *context), const void *context, double low,
                double high, int panels)
{
    quadrature_t g = legendre_half(10);
    double half = (high - low) / (2 * panels), sum = 0;
    for (int p = 0; p < panels; p++) {
        double middle = low + (2 * p + 1) * half;
        for (int i = 0; i < g.n; i++)
            sum += g.weight[i] *
                   (f(middle - half * g.node[i], context) + f(middle + half * g.node[i], context));
    }
    return sum * half;
}

/* Genz, Statistics and Computing 14 (2004): P(X > h, Y > k). For |rho| < 0.925 the integral over the
 * angle asin(rho) of Drezner and Wesolowsky. */
static double upper_quadrant_moderate(double h, double k, double rho)
{
    double size = m_abs(rho), square = (h * h + k * k) / 2, angle = m_asin(rho), sum = 0;
    quadrature_t g = legendre_half(size < 0.3 ? 3 : size < 0.75 ? 6 : 10);
    for (int i = 0; i < 2 * g.n; i++) {
        double x = i < g.n ? g.node[i] : -g.node[i - g.n];
        double s = m_sin(angle * (1 + x) / 2);
        sum += g.weight[i % g.n] * m_exp((s * h * k - square) / (1 - s * s));
    }
    return sum * angle / (2 * two_pi) + normal_cdf(-h) * normal_cdf(-k);
}

/* ... near |rho| = 1 the difference to the degenerate law, its singular part integrated exactly. */
static double upper_quadrant_strong(double h, double k, double rho)
{
    if (rho < 0) k = -k;
    double hk = h * k, as = (1 - rho) * (1 + rho), a = m_sqrt(as), sum = 0;
    if (as > 0) {
        double bs = (h - k) * (h - k), b = m_sqrt(bs), c = (4 - hk) / 8, d = (12 - hk) / 16;
        sum = a * m_exp(-(bs / as + hk) / 2) *
              (1 - c * (bs - as) * (1 - d * bs / 5) / 3 + c * d * as * as / 5);
        if (-hk < 100)
            sum -= m_exp(-hk / 2) * m_sqrt(two_pi) * normal_cdf(-b / a) * b *
                   (1 - c * bs * (1 - d * bs / 5) / 3);
        quadrature_t g = legendre_half(10);
        for (int i = 0; i < 2 * g.n; i++) {
            double x = i < g.n ? g.node[i] : -g.node[i - g.n];
            double root = a / 2 * (1 + x), xs = root * root, rs = m_sqrt(1 - xs);
            double e = -(bs / xs + hk) / 2;
            if (e <= -100) continue;
            sum += a / 2 * g.weight[i % g.n] * m_exp(e) *
                   (m_exp(-hk * (1 - rs) / (2 * (1 + rs))) / rs - (1 + c * xs * (1 + d * xs)));
        }
        sum = -sum / two_pi;
    }
    if (rho > 0) return sum + normal_cdf(-(h > k ? h : k));
    if (h >= k) return -sum;
    return (h < 0 ? normal_cdf(k) - normal_cdf(h) : normal_cdf(-h) - normal_cdf(-k)) - sum;
}

double normal2_cdf(double a, double b, double rho)
{
    const double far = 38.6; /* nothing below, everything above */
    if (a < -far || b < -far) return 0;
    if (a > far) return normal_cdf(b);
    if (b > far) return normal_cdf(a);
    double p = m_abs(rho) < 0.925 ? upper_quadrant_moderate(-a, -b, rho)
                                  : upper_quadrant_strong(-a, -b, rho);
    return p < 0 ? 0 : p > 1 ? 1 : p;
}

/* Gauss-Hermite, probabilists' scaling. */
static const double hermite_8[] = {
    -4.1445471861258943321, -2.8024858612875416991, -1.6365190424351079992, -0.53907981135137510807,
    0.53907981135137510807, 1.6365190424351079992,  2.8024858612875416991,  4.1445471861258943321};
static const double hermite_weight_8[] = {0.00011261453837536777039, 0.0096352201207882671869,
                                          0.11723990766175901512,    0.37301225767907734993,
                                          0.37301225767907734993,    0.11723990766175901512,
                                          0.0096352201207882671869,  0.00011261453837536777039};
static const double hermite_16[] = {
    -6.6308781983931284802, -5.4722257059493430884, -4.4929553025200112427, -3.6008736241715482882,
    -2.7602450476307016168, -1.9519803457163334645, -1.1638291005549647742, -0.38676060450055734772,
    0.38676060450055734772, 1.1638291005549647742,  1.9519803457163334645,  2.7602450476307016168,
    3.6008736241715482882,  4.4929553025200112427,  5.4722257059493430884,  6.6308781983931284802};
static const double hermite_weight_16[] = {
    1.4978147231618397325e-10, 1.3094732162868227394e-7,  0.00001530003216248727197,
    0.00052598492657390924383, 0.0072669376011847333662,  0.047284752354014028806,
    0.15833837275094961773,    0.28656852123801212258,    0.28656852123801212258,
    0.15833837275094961773,    0.047284752354014028806,   0.0072669376011847333662,
    0.00052598492657390924383, 0.00001530003216248727197, 1.3094732162868227394e-7,
    1.4978147231618397325e-10};
static const double hermite_32[] = {
    -10.077422674229465946,  -9.0643992107024061748, -8.2197287653822454014,
    -7.4607557541215187579,  -6.7559308305407047448, -6.088964309076986814,
    -5.45003327362342807,    -4.8326046132444886126, -4.2320211099954097951,
    -3.6447812498808331112,  -3.0681351690131213054, -2.4998404151873952454,
    -1.9380049059257173503,  -1.3809801992721441616, -0.82728490377976519178,
    -0.27554641923027580801, 0.27554641923027580801, 0.82728490377976519178,
    1.3809801992721441616,   1.9380049059257173503,  2.4998404151873952454,
    3.0681351690131213054,   3.6447812498808331112,  4.2320211099954097951,
    4.8326046132444886126,   5.45003327362342807,    6.088964309076986814,
    6.7559308305407047448,   7.4607557541215187579,  8.2197287653822454014,
    9.0643992107024061748,   10.077422674229465946};
static const double hermite_weight_32[] = {
    4.1246074890182693364e-23, 5.2084495919608612944e-19, 6.7552902236701187406e-16,
    2.3780648557778086759e-13, 3.3475012398012070049e-11, 2.312518412074240541e-9,
    8.8812907131058950894e-8,  2.0596221039534288761e-6,  0.000030559803060896301541,
    0.00030255702581706249216, 0.0020620510513078847176,  0.0099034617023205918768,
    0.034109847726092050511,   0.08534480827208076015,    0.15653899375759844489,
    0.21170556988047931757,    0.21170556988047931757,    0.15653899375759844489,
    0.08534480827208076015,    0.034109847726092050511,   0.0099034617023205918768,
    0.0020620510513078847176,  0.00030255702581706249216, 0.000030559803060896301541,
    2.0596221039534288761e-6,  8.8812907131058950894e-8,  2.312518412074240541e-9,
    3.3475012398012070049e-11, 2.3780648557778086759e-13, 6.7552902236701187406e-16,
    5.2084495919608612944e-19, 4.1246074890182693364e-23};

quadrature_t normal_quadrature(int n)
{
    if (n <= 8) return (quadrature_t){hermite_8, hermite_weight_8, 8};
    if (n <= 16) return (quadrature_t){hermite_16, hermite_weight_16, 16};
    return (quadrature_t){hermite_32, hermite_weight_32, 32};
}
