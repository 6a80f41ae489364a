/* choose.c -- ranking and selection. */
#include "sim/allocate/choose.h"

#include "models/base/maths.h"
#include "sim/metrics/statistics.h"

#include <math.h>

/* --- OCBA --------------------------------------------------------------------------------------- */

static int best_of(const double *mean, int n, int lowest)
{
    int best = 0;
    for (int i = 1; i < n; i++)
        if (lowest ? mean[i] < mean[best] : mean[i] > mean[best]) best = i;
    return best;
}

void ocba_shares(const double *mean, const double *sd, int n, int lowest, double *share)
{
    int best = best_of(mean, n, lowest);
    double squares = 0, sum = 0;
    for (int i = 0; i < n; i++) {
        if (i == best) continue;
        double ratio = sd[i] / (mean[i] - mean[best]);
        share[i] = ratio * ratio;
        squares += share[i] * share[i] / (sd[i] * sd[i]);
        sum += share[i];
    }
    share[best] = sd[best] * m_sqrt(squares);
    sum += share[best];
    for (int i = 0; i < n; i++) share[i] /= sum;
}

void ocba_looks(const double *mean, const double *sd, int n, int lowest, int total, int *looks)
{
    double share[64];
    int best = best_of(mean, n, lowest), left = total;
    ocba_shares(mean, sd, n, lowest, share);
    for (int i = 0; i < n; i++) {
        looks[i] = (int)floor(share[i] * total + 0.5);
        left -= looks[i];
    }
    looks[best] += left;
}

/* --- Kim and Nelson ----------------------------------------------------------------------------- */

kn_t kn_constants(double alpha, int k, int n0)
{
    double eta = 0.5 * m_expm1(-2 * m_log(2 * alpha / (k - 1)) / (n0 - 1));
    return (kn_t){eta, 2 * eta * (n0 - 1)};
}

int kn_is_out(const kn_t *kn, double sum, double variance, int r, double delta)
{
    double reach = m_max(0, (kn->h2 * variance / (delta * delta) - r) * delta / 2);
    return sum < -reach;
}

static int plans_in(const kn_procedure_t *p, const bool *in)
{
    int n = 0;
    for (int i = 0; i < p->plans; i++) n += in[i];
    return n;
}

/* Of the difference of two plans, over the first looks. */
static double variance_of_difference(const kn_procedure_t *p, int a, int b)
{
    double mean = 0, squares = 0;
    for (int k = 0; k < p->first; k++)
        mean += (p->value(p->context, a, k) - p->value(p->context, b, k)) / p->first;
    for (int k = 0; k < p->first; k++) {
        double x = p->value(p->context, a, k) - p->value(p->context, b, k) - mean;
        squares += x * x;
    }
    return squares / (p->first - 1);
}

/* Those that have fallen behind another that is in. */
static void drop_behind(const kn_procedure_t *p, const kn_t *kn, const double *sum,
                        double variance[KN_PLANS][KN_PLANS], int looks, bool *in)
{
    bool out[KN_PLANS] = {false};
    for (int a = 0; a < p->plans; a++)
        for (int b = 0; b < p->plans; b++)
            if (a != b && in[a] && in[b])
                out[a] |= kn_is_out(kn, sum[a] - sum[b], variance[a][b], looks, p->delta) != 0;
    for (int a = 0; a < p->plans; a++) in[a] &= !out[a];
}

int kn_choose(const kn_procedure_t *p, bool *in, int *looks)
{
    double sum[KN_PLANS] = {0}, variance[KN_PLANS][KN_PLANS] = {{0}};
    int n = plans_in(p, in), best = -1;
    kn_t kn = kn_constants(p->alpha, n > 1 ? n : 2, p->first);
    *looks = 0;
    for (int next = p->first; next <= p->most; next += p->step) {
        if (p->ready && !p->ready(p->context, in, next)) return -1;
        for (int a = 0; a < p->plans; a++)
            for (int k = *looks; k < next && in[a]; k++) sum[a] += p->value(p->context, a, k);
        for (int a = 0; a < p->plans && !*looks; a++)
            for (int b = 0; b < p->plans; b++)
                if (a != b && in[a] && in[b]) variance[a][b] = variance_of_difference(p, a, b);
        *looks = next;
        drop_behind(p, &kn, sum, variance, next, in);
        if (plans_in(p, in) <= 1) break;
    }
    for (int a = 0; a < p->plans; a++)
        if (in[a] && (best < 0 || sum[a] > sum[best])) best = a;
    return best;
}

/* --- indifference zones ------------------------------------------------------------------------- */

typedef struct {
    int nu, k;
    double p, h, x;
} zone_t;

static double t_density(double t, int nu)
{
    double log_c = m_lgamma((nu + 1) / 2.) - m_lgamma(nu / 2.) - 0.5 * m_log(nu * MATHS_PI);
    return m_exp(log_c - (nu + 1) / 2. * m_log1p(t * t / nu));
}

static double t_cdf(double t, int nu)
{
    double tail = 0.5 * beta_cdf(nu / 2., 0.5, nu / (nu + t * t));
    return t > 0 ? 1 - tail : tail;
}

static double dudewicz_dalal_part(double t, const void *context)
{
    const zone_t *z = context;
    return m_pow(t_cdf(t + z->h, z->nu), z->k - 1) * t_density(t, z->nu);
}

static double dudewicz_dalal_gap(double h, const void *context)
{
    zone_t z = *(const zone_t *)context;
    z.h = h;
    return integral(dudewicz_dalal_part, &z, -40, 40, 40) - z.p;
}

double dudewicz_dalal_h(int n0, int k, double p)
{
    zone_t z = {.nu = n0 - 1, .k = k, .p = p};
    return root_between(dudewicz_dalal_gap, &z, 0.01, 20);
}

/* Rinott: E over two chi-squares x and y with nu degrees of freedom. */
static double chi_square_density(double x, int nu)
{
    double half = nu / 2.;
    return m_exp((half - 1) * m_log(x / 2) - x / 2 - m_lgamma(half)) / 2;
}

static double rinott_inner(double y, const void *context)
{
    const zone_t *z = context;
    return normal_cdf(z->h / m_sqrt(z->nu * (1 / z->x + 1 / y))) * chi_square_density(y, z->nu);
}

static double chi_square_most(int nu)
{
    return nu + 12 * m_sqrt(2. * nu) + 40;
}

static double rinott_outer(double x, const void *context)
{
    zone_t z = *(const zone_t *)context;
    z.x = x;
    double each = integral(rinott_inner, &z, 1e-9, chi_square_most(z.nu), 8);
    return m_pow(each, z.k - 1) * chi_square_density(x, z.nu);
}

static double rinott_gap(double h, const void *context)
{
    zone_t z = *(const zone_t *)context;
    z.h = h;
    return integral(rinott_outer, &z, 1e-9, chi_square_most(z.nu), 8) - z.p;
}

double rinott_h(int n0, int k, double p)
{
    zone_t z = {.nu = n0 - 1, .k = k, .p = p};
    return root_between(rinott_gap, &z, 0.5, 12);
}

/* --- chances to be the best --------------------------------------------------------------------- */

typedef struct {
    const double *mean, *se;
    int n, of;
} rivals_t;

static double beats_all(double z, const void *context)
{
    const rivals_t *r = context;
    double x = r->mean[r->of] + r->se[r->of] * z, product = normal_density(z);
    for (int j = 0; j < r->n; j++)
        if (j != r->of) product *= normal_cdf((x - r->mean[j]) / r->se[j]);
    return product;
}

void prob_best_independent(const double *mean, const double *se, int n, double *p)
{
    rivals_t r = {mean, se, n, 0};
    for (; r.of < n; r.of++) p[r.of] = integral(beats_all, &r, -12, 12, 60);
}

double prob_best_pair(double d, double se_a, double se_b, double correlation)
{
    return normal_cdf(
        d / m_sqrt(difference_variance(se_a * se_a, se_b * se_b, correlation * se_a * se_b)));
}
