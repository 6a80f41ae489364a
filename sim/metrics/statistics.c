/* statistics.c -- the arithmetic of MODEL 5.1 to 5.4. */
#include "sim/metrics/statistics.h"

#include "models/base/maths.h"

#include <math.h>

double mean_of(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += x[i];
    return n ? sum / (double)n : NAN;
}

double deviations_squared(const double *x, size_t n)
{
    double mean = mean_of(x, n), sum = 0;
    for (size_t i = 0; i < n; i++) sum += (x[i] - mean) * (x[i] - mean);
    return sum;
}

double skewness(const double *x, size_t n)
{
    double mean = mean_of(x, n), m2 = 0, m3 = 0;
    for (size_t i = 0; i < n; i++) {
        double d = x[i] - mean;
        m2 += d * d;
        m3 += d * d * d;
    }
    m2 /= (double)n;
    m3 /= (double)n;
    return m2 > 0 ? m3 / (m2 * sqrt(m2)) : 0;
}

pair_variance_t pair_variance(const double *y, size_t pairs)
{
    pair_variance_t v = {0};
    if (!pairs) return v;
    double sum = 0;
    for (size_t j = 0; j < pairs; j++) {
        double d = y[2 * j] - y[2 * j + 1];
        v.luck += d * d / 2;
        sum += pair_mean(y, j);
    }
    v.luck /= (double)pairs;
    if (pairs < 2) return v;
    double mean = sum / (double)pairs;
    for (size_t j = 0; j < pairs; j++) {
        double d = pair_mean(y, j) - mean;
        v.of_means += d * d;
    }
    v.of_means /= (double)(pairs - 1);
    v.parameters = v.of_means - v.luck / 2;
    return v;
}

double predictive_variance(pair_variance_t v, double weight, double mean_error_squared)
{
    return fmax(0, v.parameters) + v.luck / weight + mean_error_squared;
}

double difference_variance(double of_a, double of_b, double covariance)
{
    return of_a + of_b - 2 * covariance;
}

double variance_in_common(double of_a, double of_b, double of_difference)
{
    return (of_a + of_b - of_difference) / 2;
}

double pairing_gain(double of_a, double of_b, double of_difference)
{
    double separate = difference_variance(of_a, of_b, 0);
    return of_difference > 0 ? separate / of_difference : separate > 0 ? INFINITY : NAN;
}

double ratio_variance(const ratio_t *r)
{
    double ratio = r->y / r->x;
    double v = r->var_y + ratio * ratio * r->var_x - 2 * ratio * r->cov;
    return fmax(0, v) / (r->x * r->x);
}

bool ratio_fieller(const ratio_t *r, double t, double *low, double *high)
{
    double a = r->x * r->x - t * t * r->var_x;
    double b = r->x * r->y - t * t * r->cov;
    double c = r->y * r->y - t * t * r->var_y;
    double discriminant = b * b - a * c;
    if (!(a > 0) || discriminant < 0) return false;
    double root = sqrt(discriminant);
    *low = (b - root) / a;
    *high = (b + root) / a;
    return true;
}

/* y = t^2/(df + t^2) is beta(1/2, df/2). Above 300 degrees the expansion in 1/df (Abramowitz and
 * Stegun 26.7.5), whose next term is below 1e-9 there. */
double student_quantile(double p, double df)
{
    if (df > 300) {
        double z = normal_quantile(p), z3 = z * z * z, z5 = z3 * z * z, z7 = z5 * z * z;
        return z + (z3 + z) / (4 * df) + (5 * z5 + 16 * z3 + 3 * z) / (96 * df * df) +
               (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * df * df * df);
    }
    double middle = fabs(2 * p - 1);
    if (middle == 0) return 0;
    double y = beta_quantile(0.5, df / 2, middle);
    double t = sqrt(df * y / (1 - y));
    return p < 0.5 ? -t : t;
}

void exact_interval(double hits, double n, double error, double *low, double *high)
{
    *low = hits > 0 ? beta_quantile(hits, n - hits + 1, error / 2) : 0;
    *high = hits < n ? beta_quantile(hits + 1, n - hits, 1 - error / 2) : 1;
}

void exact_count_interval(double events, double error, double *low, double *high)
{
    *low = events > 0 ? gamma_quantile(events, error / 2) : 0;
    *high = gamma_quantile(events + 1, 1 - error / 2);
}

void wilson_interval(double share, double n, double z, double *low, double *high)
{
    double centre = share + z * z / (2 * n);
    double half = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n));
    double scale = 1 + z * z / n;
    *low = fmax(0, (centre - half) / scale);
    *high = fmin(1, (centre + half) / scale);
}

static void swap(double *a, double *b)
{
    double t = *a;
    *a = *b;
    *b = t;
}

/* Moves the values of x[low..high-1] that are less than the pivot, or not more, to the front; where they end. Without a
 * branch: which side a value falls on cannot be foretold, and a wrong guess costs more than a swap. */
static size_t partition(double *x, size_t low, size_t high, double pivot, bool or_equal)
{
    size_t end = low;
    for (size_t i = low; i < high; i++) {
        double value = x[i];
        x[i] = x[end];
        x[end] = value;
        end += or_equal ? value <= pivot : value < pivot;
    }
    return end;
}

/* Selection (Hoare 1961, with Lomuto's partition) about the median of three. */
double order_statistic(double *x, size_t n, size_t k)
{
    size_t low = 0, high = n - 1;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (x[middle] < x[low]) swap(&x[middle], &x[low]);
        if (x[high] < x[low]) swap(&x[high], &x[low]);
        if (x[middle] < x[high]) swap(&x[middle], &x[high]); /* the pivot stands last */
        size_t less = partition(x, low, high, x[high], false);
        swap(&x[less], &x[high]);
        if (k < less) {
            high = less - 1;
            continue;
        }
        if (k == less) break;
        /* Where none is less, many may be equal: they are passed over at once. */
        low = less > low ? less + 1 : partition(x, less + 1, high + 1, x[less], true);
        if (k < low) break;
    }
    return x[k];
}

static size_t quantile_place(size_t n, double p)
{
    double rank = ceil(p * (double)n);
    size_t k = rank < 1 ? 0 : (size_t)rank - 1;
    return k < n ? k : n - 1;
}

double sample_quantile(double *x, size_t n, double p)
{
    return order_statistic(x, n, quantile_place(n, p));
}

/* Once the median stands in its place, the smaller half is before it and the larger behind. */
spread_t sample_spread(double *x, size_t n, double tail)
{
    size_t middle = quantile_place(n, 0.5), low = quantile_place(n, tail),
           high = quantile_place(n, 1 - tail);
    spread_t s = {.p50 = order_statistic(x, n, middle)};
    s.lo = low < middle ? order_statistic(x, middle, low) : s.p50;
    s.hi =
        high > middle ? order_statistic(x + middle + 1, n - middle - 1, high - middle - 1) : s.p50;
    return s;
}

/* P(Bin(n, p) = k). */
static double binomial_share(size_t n, double p, size_t k)
{
    double x = (double)k, rest = (double)(n - k);
    return m_exp(m_lgamma((double)n + 1) - m_lgamma(x + 1) - m_lgamma(rest + 1) + x * m_log(p) +
                 rest * m_log(1 - p));
}

/* Of n values Bin(n, p) lie below the quantile: the j-th smallest does if they are at least j. */
rank_interval_t quantile_ranks(size_t n, double p, double error)
{
    rank_interval_t r = {0, n + 1, 0};
    double below = 0, above = 0;
    for (size_t j = 0; j <= n; j++) { /* below = P(Bin <= j) */
        below += binomial_share(n, p, j);
        if (below > error / 2) break;
        r.low = j + 1;
    }
    for (size_t j = n; j > 0; j--) { /* above = P(Bin >= j) */
        above += binomial_share(n, p, j);
        if (above > error / 2) break;
        r.high = j;
    }
    for (size_t k = r.low; k < r.high && k <= n; k++) r.coverage += binomial_share(n, p, k);
    return r;
}
