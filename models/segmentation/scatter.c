/* scatter.c -- covariances by shape; Cholesky factors with a floor; eigenvectors in order. */
#include "models/segmentation/scatter.h"

#include "models/base/eigen.h"
#include "models/base/maths.h"

#include <string.h>

enum { ALTERNATIONS = 100 };

/* --- factors ---------------------------------------------------------------------------------- */

/* L^-1 by rows, below and on the diagonal, over the factor's own place. */
static void invert_triangle(double *l, int d)
{
    for (int i = 0; i < d; i++) {
        double pivot = 1 / l[i * d + i];
        for (int j = 0; j < i; j++) {
            double sum = 0;
            for (int m = j; m < i; m++) sum += l[i * d + m] * l[m * d + j];
            l[i * d + j] = -sum * pivot;
        }
        l[i * d + i] = pivot;
    }
}

bool scatter_factor(double *covariance, int d, const double *floor, double *inverse,
                    double *log_det)
{
    bool floored = false;
    double *l = inverse;
    *log_det = 0;
    memset(l, 0, (size_t)(d * d) * sizeof *l);
    for (int i = 0; i < d; i++) {
        for (int j = 0; j < i; j++) {
            double sum = covariance[i * d + j];
            for (int m = 0; m < j; m++) sum -= l[i * d + m] * l[j * d + m];
            l[i * d + j] = sum / l[j * d + j];
        }
        double pivot = covariance[i * d + i];
        for (int m = 0; m < i; m++) pivot -= l[i * d + m] * l[i * d + m];
        if (!(pivot >= floor[i])) {
            covariance[i * d + i] += floor[i] - pivot;
            pivot = floor[i];
            floored = true;
        }
        l[i * d + i] = m_sqrt(pivot);
        *log_det += m_log(pivot);
    }
    invert_triangle(l, d);
    return floored;
}

/* --- eigenvectors ----------------------------------------------------------------------------- */

/* m becomes diagonal, its eigenvalues; columns of v the eigenvectors, by falling eigenvalue. */
static void eigenvectors(double *m, double *v, int d)
{
    eigen_symmetric(m, v, d);
    for (int i = 0; i < d; i++) { /* selection sort: d is small */
        int most = i;
        for (int j = i + 1; j < d; j++)
            if (m[j * d + j] > m[most * d + most]) most = j;
        double value = m[i * d + i];
        m[i * d + i] = m[most * d + most];
        m[most * d + most] = value;
        for (int r = 0; r < d; r++) {
            double kept = v[r * d + i];
            v[r * d + i] = v[r * d + most];
            v[r * d + most] = kept;
        }
    }
}

/* --- shapes ----------------------------------------------------------------------------------- */

typedef struct {
    double *w; /* k x d x d, scatter in, covariance out */
    const double *share;
    double weight;
    int k, d;
    double *scratch;
} scatters_t;

static double people_in(const scatters_t *s, int g)
{
    return m_max(s->share[g] * s->weight, 1e-300);
}

static void pool(const scatters_t *s)
{
    int size = s->d * s->d;
    for (int g = 1; g < s->k; g++)
        for (int e = 0; e < size; e++) s->w[e] += s->w[g * size + e];
    for (int e = 0; e < size; e++) s->w[e] /= s->weight;
    for (int g = 1; g < s->k; g++) memcpy(s->w + g * size, s->w, (size_t)size * sizeof *s->w);
}

static void each_by_its_people(const scatters_t *s)
{
    int size = s->d * s->d;
    for (int g = 0; g < s->k; g++)
        for (int e = 0; e < size; e++) s->w[g * size + e] /= people_in(s, g);
}

static void keep_diagonal(const scatters_t *s, bool round)
{
    for (int g = 0; g < s->k; g++) {
        double *w = s->w + g * s->d * s->d, sum = 0;
        for (int i = 0; i < s->d; i++) sum += w[i * s->d + i];
        for (int i = 0; i < s->d; i++)
            for (int j = 0; j < s->d; j++) {
                double own = round ? sum / s->d : w[i * s->d + i];
                w[i * s->d + j] = i == j ? own : 0;
            }
    }
}

/* W_g = D_g Omega_g D_g'. Sizes lambda_g and the shape A (determinant 1) by turns: A ~ sum of
 * Omega_g / lambda_g, lambda_g = sum of Omega_gi / A_i / (d n_g). */
static void one_shape(const scatters_t *s)
{
    int d = s->d, k = s->k, size = d * d;
    double *vectors = s->scratch, *shape = vectors + k * size, *lambda = shape + d;
    for (int g = 0; g < k; g++) {
        double trace = 0;
        eigenvectors(s->w + g * size, vectors + g * size, d);
        for (int i = 0; i < d; i++) trace += s->w[g * size + i * (d + 1)];
        lambda[g] = m_max(trace / (d * people_in(s, g)), 1e-300);
    }
    for (int turn = 0; turn < ALTERNATIONS; turn++) {
        double log = 0, change = 0;
        for (int i = 0; i < d; i++) {
            shape[i] = 0;
            for (int g = 0; g < k; g++)
                shape[i] += m_max(s->w[g * size + i * (d + 1)], 0) / lambda[g];
            shape[i] = m_max(shape[i], 1e-300);
            log += m_log(shape[i]) / d;
        }
        for (int i = 0; i < d; i++) shape[i] /= m_exp(log);
        for (int g = 0; g < k; g++) {
            double sum = 0;
            for (int i = 0; i < d; i++) sum += m_max(s->w[g * size + i * (d + 1)], 0) / shape[i];
            sum = m_max(sum / (d * people_in(s, g)), 1e-300);
            change = m_max(change, m_abs(sum - lambda[g]) / sum);
            lambda[g] = sum;
        }
        if (change < 1e-13) break;
    }
    for (int g = 0; g < k; g++) {
        const double *v = vectors + g * size;
        for (int i = 0; i < d; i++)
            for (int j = 0; j < d; j++) {
                double sum = 0;
                for (int m = 0; m < d; m++) sum += v[i * d + m] * shape[m] * v[j * d + m];
                s->w[g * size + i * d + j] = lambda[g] * sum;
            }
    }
}

size_t scatter_scratch(int k, int d)
{
    return (size_t)(k * d * d + d + k);
}

void scatter_to_covariance(mixture_shape_t shape, double *w, const double *share, double weight,
                           int k, int d, double *scratch)
{
    scatters_t s = {w, share, weight, k, d, scratch};
    switch (shape) {
    case MIXTURE_EII:
    case MIXTURE_EEI:
    case MIXTURE_EEE: pool(&s); break;
    case MIXTURE_VEV: one_shape(&s); break;
    default: each_by_its_people(&s);
    }
    if (shape <= MIXTURE_VVI) keep_diagonal(&s, shape <= MIXTURE_VII);
}
