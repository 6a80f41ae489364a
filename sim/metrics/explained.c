/* explained.c -- a regression of pair means on the values drawn. */
#include "sim/metrics/explained.h"

#include "sim/metrics/statistics.h"

#include <gsl/gsl_blas.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    UNITS_A_TERM = 4,
    UNITS_OF_TURNS = 8 /* at least, or pairs stay single */
};
static const double WEIGHT_MOST = 3;

struct explained {
    size_t first_pair, pairs, unit, units;
    int n;              /* values that explain something */
    double *drawn;      /* [n][pairs], less their laws' means */
    double *qr, *tau;   /* of the units' means of them, less the means of these, [units][n] */
    double *tilt;       /* [units]: times a unit's mean, summed: the whole way of a series' mean */
    double gone;        /* share of it, 0..1 */
    double tilt_square; /* sum of squares of the tilts */
    double *rest[2];    /* scratch: of two series, [units] */
    double *slope[2];   /* ... [n] */
};

/* --- the regression ---------------------------------------------------------------------------- */

static double unit_mean(const explained_t *x, const double *series, size_t unit)
{
    return mean_of(series + unit * x->unit, x->unit);
}

/* The values of all pairs, less the mean of their law. False if they are all the same. */
static bool fill_drawn(const explained_t *x, const scenario_t *sc, int value, double *drawn)
{
    const uncertain_t *u = &sc->uncertain[value];
    double mean = fmin(fmax(distribution_mean(u->law), u->low), u->high);
    for (size_t j = 0; j < x->pairs; j++)
        drawn[j] =
            uncertain_quantile(u, scenario_share(sc, value, (uint32_t)(x->first_pair + j))) - mean;
    double square = deviations_squared(drawn, x->units * x->unit) / (double)x->units;
    return square > 1e-18 * mean * mean;
}

static gsl_matrix_view decomposition(const explained_t *x)
{
    return gsl_matrix_view_array(x->qr, x->units, (size_t)x->n);
}

/* Columns that say the same explain nothing that can be told apart: then none does. */
static void decompose(explained_t *x)
{
    if (!x->n) return;
    for (int k = 0; k < x->n; k++) {
        const double *drawn = x->drawn + (size_t)k * x->pairs;
        double mean = mean_of(drawn, x->units * x->unit);
        for (size_t u = 0; u < x->units; u++)
            x->qr[u * (size_t)x->n + (size_t)k] = unit_mean(x, drawn, u) - mean;
    }
    gsl_matrix_view qr = decomposition(x);
    gsl_vector_view tau = gsl_vector_view_array(x->tau, (size_t)x->n);
    gsl_linalg_QR_decomp(&qr.matrix, &tau.vector);
    for (int k = 0; k < x->n; k++) {
        double whole = deviations_squared(x->drawn + (size_t)k * x->pairs, x->units * x->unit);
        double own = x->qr[(size_t)k * (size_t)x->n + (size_t)k];
        if (!(own * own > 1e-12 * whole)) {
            x->n = 0;
            return;
        }
    }
}

/* The units of a series less their mean: what the values leave of them, and their slopes. */
static void fit(const explained_t *x, const double *series, double *rest, double *slope)
{
    double mean = mean_of(series, x->units * x->unit);
    for (size_t u = 0; u < x->units; u++) rest[u] = unit_mean(x, series, u) - mean;
    if (!x->n) return;
    gsl_matrix_view qr = decomposition(x);
    gsl_vector_view tau = gsl_vector_view_array(x->tau, (size_t)x->n),
                    y = gsl_vector_view_array(rest, x->units),
                    b = gsl_vector_view_array(slope, (size_t)x->n);
    gsl_linalg_QR_lssolve(&qr.matrix, &tau.vector, &y.vector, &b.vector, &y.vector);
}

/* --- the way to the laws' means ----------------------------------------------------------------- */

/* tilt = X (X'X)^-1 d, d = what the values' means are short of: for X = QR, Q R'^-1 d. */
static void find_tilt(explained_t *x)
{
    gsl_matrix_view qr = decomposition(x);
    gsl_matrix_view r = gsl_matrix_submatrix(&qr.matrix, 0, 0, (size_t)x->n, (size_t)x->n);
    gsl_vector_view tau = gsl_vector_view_array(x->tau, (size_t)x->n),
                    way = gsl_vector_view_array(x->tilt, (size_t)x->n),
                    tilt = gsl_vector_view_array(x->tilt, x->units);
    for (int k = 0; k < x->n; k++) x->tilt[k] = -mean_of(x->drawn + (size_t)k * x->pairs, x->pairs);
    gsl_blas_dtrsv(CblasUpper, CblasTrans, CblasNonUnit, &r.matrix, &way.vector);
    gsl_linalg_QR_Qvec(&qr.matrix, &tau.vector, &tilt.vector);
}

/* As far as every weight, 1 + pairs x tilt / unit, stays within its limits. */
static void find_way_gone(explained_t *x)
{
    double per_tilt = (double)x->pairs / (double)x->unit;
    x->gone = 1;
    for (size_t u = 0; u < x->units; u++) {
        double step = per_tilt * x->tilt[u], limit = step > 0 ? WEIGHT_MOST - 1 : 1;
        if (fabs(step) > limit) x->gone = fmin(x->gone, limit / fabs(step));
        x->tilt_square += x->tilt[u] * x->tilt[u];
    }
}

static double whole_way(const explained_t *x, const double *series)
{
    double sum = 0;
    for (size_t u = 0; x->n && u < x->units; u++) sum += x->tilt[u] * unit_mean(x, series, u);
    return sum;
}

double explained_weight(const explained_t *x, size_t pair)
{
    size_t unit = pair / x->unit;
    double tilt = unit < x->units ? x->tilt[unit] / (double)x->unit : 0;
    return 1 + x->gone * (double)x->pairs * tilt;
}

double explained_shift(const explained_t *x, const double *series)
{
    return x->gone * whole_way(x, series);
}

static double rest_of_way(const explained_t *x, const double *series)
{
    return (1 - x->gone) * whole_way(x, series);
}

/* --- the whole --------------------------------------------------------------------------------- */

static bool make_room(explained_t *x, size_t values)
{
    size_t n = values ? values : 1;
    x->drawn = calloc(n * x->pairs, sizeof *x->drawn);
    x->qr = calloc(n * x->units, sizeof *x->qr);
    x->tau = calloc(n, sizeof *x->tau);
    x->tilt = calloc(x->units, sizeof *x->tilt);
    bool room = x->drawn && x->qr && x->tau && x->tilt;
    for (int i = 0; i < 2; i++) {
        x->rest[i] = calloc(x->units, sizeof *x->rest[i]);
        x->slope[i] = calloc(n, sizeof *x->slope[i]);
        room = room && x->rest[i] && x->slope[i];
    }
    return room;
}

static size_t most_of(size_t a, size_t b)
{
    return a > b ? a : b;
}

status_t explained_new(const scenario_t *sc, size_t first_pair, size_t pairs, bool turns,
                       explained_t **out, error_t *err)
{
    *out = NULL;
    explained_t *x = calloc(1, sizeof *x);
    if (!x) return fail_memory(err, "the error of means");
    size_t values = (size_t)sc->n_uncertain, needed = UNITS_A_TERM * (1 + values);
    x->first_pair = first_pair;
    x->pairs = pairs;
    x->unit = turns && pairs / SIGNAL_TURN >= most_of(UNITS_OF_TURNS, values ? needed : 0)
                  ? SIGNAL_TURN
                  : 1;
    x->units = pairs / x->unit;
    if (x->units < needed) values = 0;
    if (!make_room(x, values)) {
        explained_delete(x);
        return fail_memory(err, "the error of means");
    }
    for (size_t k = 0; k < values; k++)
        x->n += fill_drawn(x, sc, (int)k, x->drawn + (size_t)x->n * pairs);
    decompose(x);
    if (x->n) find_tilt(x);
    find_way_gone(x);
    *out = x;
    return OK;
}

void explained_delete(explained_t *x)
{
    if (!x) return;
    free(x->drawn);
    free(x->qr);
    free(x->tau);
    free(x->tilt);
    for (int i = 0; i < 2; i++) {
        free(x->rest[i]);
        free(x->slope[i]);
    }
    free(x);
}

size_t explained_unit(const explained_t *x)
{
    return x->unit;
}

double explained_df(const explained_t *x)
{
    return (double)x->units - 1 - x->n;
}

int explained_values(const explained_t *x)
{
    return x->n;
}

/* What a mean's variance is of a unit's: 1/n + d' (X'X)^-1 d. */
static double mean_of_unit(const explained_t *x)
{
    return (double)x->unit / (double)x->pairs + x->gone * x->gone * x->tilt_square;
}

static double product(const explained_t *x, const double *a, const double *b)
{
    double sum = 0;
    for (size_t u = 0; u < x->units; u++) sum += a[u] * b[u];
    return sum / explained_df(x) * mean_of_unit(x);
}

covariance_t explained_covariance(const explained_t *x, const double *a, const double *b)
{
    if (x->units < 2) return (covariance_t){NAN, NAN, NAN};
    fit(x, a, x->rest[0], x->slope[0]);
    fit(x, b, x->rest[1], x->slope[1]);
    double left_a = rest_of_way(x, a), left_b = rest_of_way(x, b);
    return (covariance_t){product(x, x->rest[0], x->rest[0]) + left_a * left_a,
                          product(x, x->rest[1], x->rest[1]) + left_b * left_b,
                          product(x, x->rest[0], x->rest[1]) + left_a * left_b};
}

double explained_variance(const explained_t *x, const double *a)
{
    if (x->units < 2) return NAN;
    double left = rest_of_way(x, a);
    fit(x, a, x->rest[0], x->slope[0]);
    return product(x, x->rest[0], x->rest[0]) + left * left;
}

double explained_rest(const explained_t *x, double *series)
{
    double left = rest_of_way(x, series);
    fit(x, series, x->rest[0], x->slope[0]);
    for (size_t j = 0; j < x->pairs; j++)
        for (int k = 0; k < x->n; k++)
            series[j] -= x->slope[0][k] * x->drawn[(size_t)k * x->pairs + j];
    double mean = mean_of(series, x->pairs);
    for (size_t j = 0; j < x->pairs; j++) series[j] -= mean;
    return left;
}

double explained_loss(const explained_t *x)
{
    return (double)x->units / explained_df(x) * mean_of_unit(x) * (double)x->pairs /
           (double)x->unit;
}
