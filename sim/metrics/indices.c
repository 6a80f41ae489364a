/* indices.c -- estimators of Saltelli and Jansen, and their bootstrap. */
#include "sim/metrics/indices.h"

#include "sim/metrics/statistics.h"

#include <math.h>
#include <stdlib.h>

enum { SAMPLES = 400 };

/* Sums over a choice of rows, with the mean of all taken off: f_B f_AB - f_B f_A loses digits otherwise. */
typedef struct {
    double first, total;
} sums_t;

/* Variance over A and B of the chosen rows (NULL = each once), less luck. */
static double variance_of(const saltelli_t *s, const size_t *row)
{
    double mean = 0, squares = 0, n = 2 * (double)s->rows;
    for (size_t k = 0; k < s->rows; k++) {
        size_t j = row ? row[k] : k;
        mean += (s->a[j] + s->b[j]) / n;
    }
    for (size_t k = 0; k < s->rows; k++) {
        size_t j = row ? row[k] : k;
        squares += (s->a[j] - mean) * (s->a[j] - mean) + (s->b[j] - mean) * (s->b[j] - mean);
    }
    return fmax(0, squares / (n - 1) - s->luck);
}

double saltelli_variance(const saltelli_t *s)
{
    return variance_of(s, NULL);
}

static sums_t sums_of(const saltelli_t *s, int input, const size_t *row, double centre)
{
    const double *mixed = s->mixed + (size_t)input * s->rows;
    double n = (double)s->rows;
    sums_t sum = {0, 0};
    for (size_t k = 0; k < s->rows; k++) {
        size_t j = row ? row[k] : k;
        sum.first += (s->b[j] - centre) * (mixed[j] - s->a[j]) / n;
        sum.total += (mixed[j] - s->a[j]) * (mixed[j] - s->a[j]) / (2 * n);
    }
    return sum;
}

static void choose_rows(size_t *row, size_t n, rng_key_t key, uint64_t sample)
{
    for (size_t k = 0; k < n; k++) {
        rng_block_t b = rng_at(key, DRAW_ROW, 0, 0, sample, 0, (uint32_t)k);
        row[k] = (size_t)(rng_unit(b, 0) * (double)n);
    }
}

static index_t index_of(double value, double *sample)
{
    return (index_t){value, sample_quantile(sample, SAMPLES, 0.025),
                     sample_quantile(sample, SAMPLES, 0.975)};
}

status_t saltelli_indices(const saltelli_t *s, rng_key_t key, indices_t *out, error_t *err)
{
    size_t inputs = (size_t)s->inputs;
    size_t *row = malloc(s->rows * sizeof *row);
    double *sample = malloc((2 * inputs * SAMPLES + 1) * sizeof *sample);
    status_t st = row && sample ? OK : fail_memory(err, "the bootstrap of indices");
    double variance = saltelli_variance(s),
           centre = (mean_of(s->a, s->rows) + mean_of(s->b, s->rows)) / 2;
    for (uint64_t d = 0; st == OK && d < SAMPLES; d++) {
        choose_rows(row, s->rows, key, d);
        double of_sample = variance_of(s, row);
        for (size_t i = 0; i < inputs; i++) {
            sums_t sum = sums_of(s, (int)i, row, centre);
            sample[2 * i * SAMPLES + d] = of_sample > 0 ? sum.first / of_sample : 0;
            sample[(2 * i + 1) * SAMPLES + d] = of_sample > 0 ? sum.total / of_sample : 0;
        }
    }
    for (size_t i = 0; st == OK && i < inputs; i++) {
        sums_t sum = sums_of(s, (int)i, NULL, centre);
        out[i].first = index_of(sum.first / variance, sample + 2 * i * SAMPLES);
        out[i].total = index_of(sum.total / variance, sample + (2 * i + 1) * SAMPLES);
        if (!(variance > 0)) out[i].first = out[i].total = (index_t){NAN, NAN, NAN};
    }
    free(row);
    free(sample);
    return st;
}
