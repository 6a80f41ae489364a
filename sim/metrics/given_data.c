/* given_data.c -- a regression on what was drawn, one value after another. */
#include "sim/metrics/given_data.h"

#include "models/base/maths.h"
#include "sim/metrics/statistics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DEGREE = 3 };
static const double CHANCE = 0.01;

/* Hermite polynomials in the normal quantile z of a share, of mean 0 and mean square 1. Legendre's in the share
 * itself were tried: a lognormal value of log-sd 0.3 came out 3 % off at its 90th percentile. */
static void polynomials(double z, double phi[DEGREE])
{
    phi[0] = z;
    phi[1] = (z * z - 1) / sqrt(2);
    phi[2] = (z * z - 3) * z / sqrt(6);
}

/* --- which values matter ---------------------------------------------------------------------- */

typedef struct {
    const given_data_t *data;
    int n, *input;  /* the values chosen, in their order */
    double *basis;  /* [1 + DEGREE n][pairs], orthonormal */
    double *rest;   /* of the metric by pair, what they do not explain */
    double *column; /* [DEGREE][pairs] of a value on trial */
    size_t n_basis;
} choice_t;

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++) sum += a[j] * b[j];
    return sum;
}

/* Takes what `from` has of a unit vector. */
static void take_off(double *from, const double *unit, size_t n)
{
    double part = dot(from, unit, n);
    for (size_t j = 0; j < n; j++) from[j] -= part * unit[j];
}

/* False if hardly anything is left of the vector. */
static bool make_unit(double *x, size_t n)
{
    double length = sqrt(dot(x, x, n));
    for (size_t j = 0; length > 1e-6 && j < n; j++) x[j] /= length;
    return length > 1e-6;
}

/* The columns of a value, orthonormal to all chosen and to one another; how many there are. Twice, or what
 * rounding leaves of the chosen ones would stay. */
static size_t try_columns(choice_t *c, int input)
{
    size_t pairs = c->data->pairs, kept = 0;
    for (size_t j = 0; j < pairs; j++) {
        double phi[DEGREE];
        polynomials(c->data->normal[(size_t)input * pairs + j], phi);
        for (size_t m = 0; m < DEGREE; m++) c->column[m * pairs + j] = phi[m];
    }
    for (size_t m = 0; m < DEGREE; m++) {
        double *x = c->column + kept * pairs;
        if (kept < m) memcpy(x, c->column + m * pairs, pairs * sizeof *x);
        for (int twice = 0; twice < 2; twice++) {
            for (size_t b = 0; b < c->n_basis; b++) take_off(x, c->basis + b * pairs, pairs);
            for (size_t b = 0; b < kept; b++) take_off(x, c->column + b * pairs, pairs);
        }
        kept += make_unit(x, pairs);
    }
    return kept;
}

/* The share of what is left that a value explains; 0 where it does not pass for more than noise. */
static double believed_share(choice_t *c, int input)
{
    size_t pairs = c->data->pairs, n = try_columns(c, input);
    double left = dot(c->rest, c->rest, pairs), explained = 0;
    if (!n || !(left > 0)) return 0;
    for (size_t m = 0; m < n; m++) {
        double part = dot(c->rest, c->column + m * pairs, pairs);
        explained += part * part;
    }
    double df = (double)(pairs - c->n_basis - n),
           needed = beta_quantile((double)n / 2, df / 2, 1 - CHANCE / c->data->inputs);
    return explained / left > needed ? explained / left : 0;
}

static bool is_chosen(const choice_t *c, int input)
{
    for (int i = 0; i < c->n; i++)
        if (c->input[i] == input) return true;
    return false;
}

static void choose(choice_t *c, int input)
{
    size_t pairs = c->data->pairs, n = try_columns(c, input);
    for (size_t m = 0; m < n; m++) take_off(c->rest, c->column + m * pairs, pairs);
    memcpy(c->basis + c->n_basis * pairs, c->column, n * pairs * sizeof *c->basis);
    c->n_basis += n;
    c->input[c->n++] = input;
}

/* As long as some value explains more than noise, and there are twice as many pairs as terms. */
static void choose_all(choice_t *c)
{
    size_t pairs = c->data->pairs;
    for (size_t j = 0; j < pairs; j++) c->basis[j] = 1 / sqrt((double)pairs);
    c->n_basis = 1;
    take_off(c->rest, c->basis, pairs);
    while (2 * (c->n_basis + DEGREE) <= pairs) {
        int best = -1;
        double most = 0;
        for (int k = 0; k < c->data->inputs; k++) {
            double share = is_chosen(c, k) ? 0 : believed_share(c, k);
            if (share > most) {
                most = share;
                best = k;
            }
        }
        if (best < 0) return;
        choose(c, best);
    }
}

/* --- what they do ----------------------------------------------------------------------------- */

/* A least-squares fit of numerator and denominator over all pairs, or all but a group. */
typedef struct {
    const choice_t *choice;
    size_t terms;          /* 1 + DEGREE n */
    double *normal;        /* [terms][terms]: sums of products, then their Cholesky factor */
    double *above, *below; /* coefficients */
    double *variance;      /* of the linearised coefficients */
    double mean_above, mean_below, noise, parameters;
    given_effect_t *effect; /* of the chosen */
} fit_t;

/* Groups of pairs that are left out in turn: whole blocks, of many blocks several. */
static size_t groups_of(const given_data_t *g)
{
    enum { MOST = 32 };
    size_t blocks = g->pairs / GIVEN_BLOCK;
    return blocks < MOST ? blocks : MOST;
}

/* The last block takes what is left over. */
static size_t group_of(const given_data_t *g, size_t pair)
{
    size_t block = pair / GIVEN_BLOCK, blocks = g->pairs / GIVEN_BLOCK;
    return (block < blocks ? block : blocks - 1) * groups_of(g) / blocks;
}

static void terms_at(const choice_t *c, size_t pair, double *x)
{
    x[0] = 1;
    for (int i = 0; i < c->n; i++)
        polynomials(c->data->normal[(size_t)c->input[i] * c->data->pairs + pair],
                    x + 1 + DEGREE * i);
}

/* A = L L', in place; its columns are nearly orthogonal, so that no pivot is needed. */
static void factorise(double *a, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k <= i; k++) {
            double sum = a[i * n + k] - dot(a + i * n, a + k * n, k);
            a[i * n + k] = i == k ? sqrt(fmax(sum, 1e-12)) : sum / a[k * n + k];
        }
}

static void solve(const double *l, size_t n, double *x)
{
    for (size_t i = 0; i < n; i++) x[i] = (x[i] - dot(l + i * n, x, i)) / l[i * n + i];
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++) x[i] -= l[k * n + i] * x[k];
        x[i] /= l[i * n + i];
    }
}

/* Sums over the pairs of all groups but one. */
static size_t add_up(fit_t *f, size_t without, double *x)
{
    const given_data_t *g = f->choice->data;
    size_t terms = f->terms, n = 0;
    memset(f->normal, 0, terms * terms * sizeof *f->normal);
    memset(f->above, 0, terms * sizeof *f->above);
    memset(f->below, 0, terms * sizeof *f->below);
    for (size_t j = 0; j < g->pairs; j++) {
        if (group_of(g, j) == without) continue;
        terms_at(f->choice, j, x);
        for (size_t i = 0; i < terms; i++) {
            for (size_t k = 0; k <= i; k++) f->normal[i * terms + k] += x[i] * x[k];
            f->above[i] += x[i] * pair_mean(g->above, j);
            f->below[i] += x[i] * pair_mean(g->below, j);
        }
        n++;
    }
    f->mean_above = f->above[0] / (double)n;
    f->mean_below = f->below[0] / (double)n;
    return n;
}

/* The linearised metric of a replication, less its mean. */
static double linear(const fit_t *f, double above, double below)
{
    return (above - f->mean_above / f->mean_below * below) / f->mean_below;
}

/* The variance that is left, and the one that all uncertain values bring together. */
static void find_variances(fit_t *f, size_t without, size_t n, double *x)
{
    const given_data_t *g = f->choice->data;
    double left = 0, shared = 0;
    for (size_t j = 0; j < g->pairs; j++) {
        if (group_of(g, j) == without) continue;
        double a = linear(f, g->above[2 * j], g->below[2 * j]),
               b = linear(f, g->above[2 * j + 1], g->below[2 * j + 1]);
        terms_at(f->choice, j, x);
        double off =
            (a + b) / 2 - linear(f, dot(f->above, x, f->terms), dot(f->below, x, f->terms));
        left += off * off;
        shared += (a + b) * (a + b) / 4 / ((double)n - 1) - (a - b) * (a - b) / 4 / (double)n;
    }
    f->noise = left / (double)(n - f->terms);
    f->parameters = shared;
}

/* Of each coefficient: noise x the diagonal of the inverse of the sums of products. */
static void find_errors(fit_t *f, double *x)
{
    for (size_t i = 0; i < f->terms; i++) {
        memset(x, 0, f->terms * sizeof *x);
        x[i] = 1;
        solve(f->normal, f->terms, x);
        f->variance[i] = f->noise * x[i];
    }
}

static double conditional_mean(const fit_t *f, int i, double share)
{
    double phi[DEGREE], above = f->above[0], below = f->below[0];
    polynomials(normal_quantile(share), phi);
    for (int m = 0; m < DEGREE; m++) {
        above += f->above[1 + DEGREE * i + m] * phi[m];
        below += f->below[1 + DEGREE * i + m] * phi[m];
    }
    return above / below;
}

static void fit(fit_t *f, size_t without, double *x)
{
    size_t n = add_up(f, without, x);
    factorise(f->normal, f->terms);
    solve(f->normal, f->terms, f->above);
    solve(f->normal, f->terms, f->below);
    find_variances(f, without, n, x);
    find_errors(f, x);
    for (int i = 0; i < f->choice->n; i++) {
        given_effect_t *e = &f->effect[i];
        double explained = 0;
        for (size_t t = 1 + DEGREE * (size_t)i; t < 1 + DEGREE * (size_t)(i + 1); t++) {
            double c = linear(f, f->above[t], f->below[t]);
            explained += c * c - f->variance[t];
        }
        *e = (given_effect_t){.found = true,
                              .low.mean = conditional_mean(f, i, GIVEN_LOW),
                              .high.mean = conditional_mean(f, i, GIVEN_HIGH),
                              .first = f->parameters > 0 ? explained / f->parameters : NAN};
    }
}

/* Adds what leaving out a group changes to the squares of the errors. */
static void add_change(double *square, double whole, double without, size_t groups)
{
    double n = (double)groups;
    *square += (without - whole) * (without - whole) * (n - 1) / n;
}

static void fit_all(fit_t *f, given_effect_t *out, double *x)
{
    const choice_t *c = f->choice;
    size_t groups = groups_of(c->data);
    fit(f, groups, x); /* without none */
    for (int i = 0; i < c->n; i++) out[c->input[i]] = f->effect[i];
    for (size_t b = 0; b < groups; b++) {
        fit(f, b, x);
        for (int i = 0; i < c->n; i++) {
            given_effect_t *e = &out[c->input[i]];
            add_change(&e->low.se, e->low.mean, f->effect[i].low.mean, groups);
            add_change(&e->high.se, e->high.mean, f->effect[i].high.mean, groups);
            add_change(&e->first_se, e->first, f->effect[i].first, groups);
        }
    }
    double few = student_quantile(0.975, (double)groups - 1) / normal_quantile(0.975);
    for (int i = 0; i < c->n; i++) {
        given_effect_t *e = &out[c->input[i]];
        e->low.se = few * sqrt(e->low.se);
        e->high.se = few * sqrt(e->high.se);
        e->first_se = few * sqrt(e->first_se);
    }
}

static status_t find_effects(const choice_t *c, given_effect_t *out, error_t *err)
{
    size_t terms = 1 + DEGREE * (size_t)c->n;
    fit_t f = {.choice = c, .terms = terms};
    double *room = calloc(terms * (terms + 4), sizeof *room);
    f.effect = calloc((size_t)c->n, sizeof *f.effect);
    status_t st = room && f.effect ? OK : fail_memory(err, "the doubts of a run");
    if (st == OK) {
        f.normal = room;
        f.above = room + terms * terms;
        f.below = f.above + terms;
        f.variance = f.below + terms;
        fit_all(&f, out, f.variance + terms);
    }
    free(room);
    free(f.effect);
    return st;
}

/* --- the whole -------------------------------------------------------------------------------- */

/* The linearised metric by pair; false where it has no value or never varies. */
static bool fill_rest(choice_t *c)
{
    const given_data_t *g = c->data;
    double above = mean_of(g->above, 2 * g->pairs), below = mean_of(g->below, 2 * g->pairs);
    if (!isfinite(above) || !isfinite(below) || below == 0) return false;
    for (size_t j = 0; j < g->pairs; j++)
        c->rest[j] = (pair_mean(g->above, j) - above / below * pair_mean(g->below, j)) / below;
    double scale = above / below, square = dot(c->rest, c->rest, g->pairs);
    return square > 1e-24 * scale * scale * (double)g->pairs;
}

status_t given_data_effects(const given_data_t *g, given_effect_t *out, error_t *err)
{
    memset(out, 0, (size_t)g->inputs * sizeof *out);
    if (!g->inputs || g->pairs < GIVEN_PAIRS) return OK;
    size_t most = 1 + DEGREE * (size_t)g->inputs;
    if (most > g->pairs / 2) most = g->pairs / 2;
    choice_t c = {.data = g,
                  .input = calloc((size_t)g->inputs, sizeof *c.input),
                  .basis = malloc(most * g->pairs * sizeof *c.basis),
                  .rest = malloc(g->pairs * sizeof *c.rest),
                  .column = malloc(DEGREE * g->pairs * sizeof *c.column)};
    status_t st =
        c.input && c.basis && c.rest && c.column ? OK : fail_memory(err, "the doubts of a run");
    if (st == OK && fill_rest(&c)) choose_all(&c);
    if (st == OK && c.n) st = find_effects(&c, out, err);
    free(c.input);
    free(c.basis);
    free(c.rest);
    free(c.column);
    return st;
}
