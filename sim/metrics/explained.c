/* explained.c -- a regression of pair means on the values drawn. */
#include "sim/metrics/explained.h"

#include "models/base/sobol.h"
#include "sim/metrics/statistics.h"

#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    GRID = 1024,       /* points of a law, by which the variance inside its strata is found */
    MOST_STRATA = 128, /* ... for more of them that of so many is taken, which is larger */
    UNITS_A_TERM = 4,
    UNITS_OF_TURNS = 8 /* at least, or pairs stay single */
};

struct explained {
    size_t first_pair, pairs, unit, units;
    int n, value[MAX_UNCERTAIN]; /* what explains: indices of the scenario's values */
    double *drawn;               /* [n][pairs], less their means over all units */
    double *qr, *tau;            /* of the units' means of them, [units][n] */
    double *off;                 /* [n]: v_k */
    double *rest[2], *slope[2];  /* scratch: of two series, [units] and [n] */
};

/* --- how far a value's mean is off ------------------------------------------------------------- */

/* Mean variance inside equal strata of a law, from its values at the midpoints of GRID cells. */
static double variance_in_strata(const double grid[GRID], size_t strata)
{
    size_t cells = GRID / strata;
    double squares = 0;
    for (size_t s = 0; s < strata; s++) squares += deviations_squared(grid + s * cells, cells);
    double n = (double)cells; /* of a uniform stratum, n midpoints see 1 - 1/n^2 of the variance */
    return squares / GRID * (n * n / (n * n - 1));
}

static double mean_variance(const uncertain_t *u, size_t pairs)
{
    double grid[GRID], sd = distribution_sd(u->law), whole, variance;
    for (int g = 0; g < GRID; g++) grid[g] = uncertain_quantile(u, (g + 0.5) / GRID);
    whole = variance_in_strata(grid, 1);
    double of_tails = fmax(0, sd * sd - whole); /* inside the outermost cells of the grid */
    variance = (double)(pairs % LATIN_BLOCK) * (whole + of_tails);
    for (size_t run = LATIN_BLOCK; run <= pairs; run *= 2)
        if (pairs & run)
            variance +=
                (double)run *
                (variance_in_strata(grid, run < MOST_STRATA ? run : MOST_STRATA) + of_tails);
    return variance / (double)pairs / (double)pairs;
}

/* --- the regression ---------------------------------------------------------------------------- */

static double unit_mean(const explained_t *x, const double *series, size_t unit)
{
    return mean_of(series + unit * x->unit, x->unit);
}

/* The values of all pairs, less their mean. False if they are all the same. */
static bool fill_drawn(const explained_t *x, const scenario_t *sc, int value, double *drawn)
{
    for (size_t j = 0; j < x->pairs; j++)
        drawn[j] = uncertain_quantile(&sc->uncertain[value],
                                      scenario_share(sc, value, (uint32_t)(x->first_pair + j)));
    double mean = mean_of(drawn, x->units * x->unit), most = 0;
    for (size_t j = 0; j < x->pairs; j++) {
        drawn[j] -= mean;
        most = fmax(most, fabs(drawn[j]));
    }
    return most > 1e-9 * fabs(mean);
}

static gsl_matrix_view decomposition(const explained_t *x)
{
    return gsl_matrix_view_array(x->qr, x->units, (size_t)x->n);
}

/* Columns that say the same explain nothing that can be told apart: then none does. */
static void decompose(explained_t *x)
{
    if (!x->n) return;
    for (size_t u = 0; u < x->units; u++)
        for (int k = 0; k < x->n; k++)
            x->qr[u * (size_t)x->n + (size_t)k] = unit_mean(x, x->drawn + (size_t)k * x->pairs, u);
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

/* --- the whole --------------------------------------------------------------------------------- */

static bool make_room(explained_t *x, size_t values)
{
    size_t n = values ? values : 1;
    x->drawn = calloc(n * x->pairs, sizeof *x->drawn);
    x->qr = calloc(n * x->units, sizeof *x->qr);
    x->tau = calloc(n, sizeof *x->tau);
    x->off = calloc(n, sizeof *x->off);
    bool room = x->drawn && x->qr && x->tau && x->off;
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
    for (size_t k = 0; k < values; k++) {
        if (!fill_drawn(x, sc, (int)k, x->drawn + (size_t)x->n * pairs)) continue;
        x->off[x->n] = mean_variance(&sc->uncertain[k], pairs);
        x->value[x->n++] = (int)k;
    }
    decompose(x);
    *out = x;
    return OK;
}

void explained_delete(explained_t *x)
{
    if (!x) return;
    free(x->drawn);
    free(x->qr);
    free(x->tau);
    free(x->off);
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

static double product(const explained_t *x, int a, int b)
{
    double left = 0, shifted = 0;
    for (size_t u = 0; u < x->units; u++) left += x->rest[a][u] * x->rest[b][u];
    for (int k = 0; k < x->n; k++) shifted += x->slope[a][k] * x->slope[b][k] * x->off[k];
    return left / (explained_df(x) * ((double)x->pairs / (double)x->unit)) + shifted;
}

covariance_t explained_covariance(const explained_t *x, const double *a, const double *b)
{
    if (x->units < 2) return (covariance_t){NAN, NAN, NAN};
    fit(x, a, x->rest[0], x->slope[0]);
    fit(x, b, x->rest[1], x->slope[1]);
    return (covariance_t){product(x, 0, 0), product(x, 1, 1), product(x, 0, 1)};
}

double explained_variance(const explained_t *x, const double *a)
{
    if (x->units < 2) return NAN;
    fit(x, a, x->rest[0], x->slope[0]);
    return product(x, 0, 0);
}

int explained_values(const explained_t *x)
{
    return x->n;
}

int explained_value(const explained_t *x, int k)
{
    return x->value[k];
}

void explained_split(const explained_t *x, double *series, double *step)
{
    if (!x->n) return;
    fit(x, series, x->rest[0], x->slope[0]);
    for (int k = 0; step && k < x->n; k++) step[k] = x->slope[0][k] * sqrt(x->off[k]);
    for (size_t j = 0; j < x->pairs; j++)
        for (int k = 0; k < x->n; k++)
            series[j] -= x->slope[0][k] * x->drawn[(size_t)k * x->pairs + j];
}

double explained_kept(const explained_t *x)
{
    return explained_df(x) / ((double)x->units - 1);
}
