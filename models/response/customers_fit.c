/* customers_fit.c -- maximum likelihood of BG/NBD and Gamma-Gamma.
 *
 * Parameters are positive: the search is over their logarithms, by Nelder and Mead's simplex (GSL), which
 * needs no derivatives, started again from where it ended until that gains nothing. Standard errors come
 * from second differences at the maximum. GSL's error handler is off meanwhile: not from two threads. */
#include "models/response/customers.h"

#include "models/base/maths.h"

#include <gsl/gsl_errno.h>
#include <gsl/gsl_linalg.h>
#include <gsl/gsl_multimin.h>
#include <stdbool.h>
#include <stdlib.h>

enum { MOST = 4, STEPS = 2000, RESTARTS = 20 };
static const double LOG_BOUND = 13.815510557964274; /* ln 1e6 */

/* A model to fit, and the customers it is fitted to, by x. */
typedef struct {
    purchases_t *c;
    size_t n;
    double weight;
    int parameters;
    double (*of_x)(const double *parameter, double x);
    double (*of_rest)(const double *parameter, const purchases_t *c);
} likelihood_t;

static bgnbd_t bgnbd_of(const double *v)
{
    return (bgnbd_t){v[0], v[1], v[2], v[3]};
}
static double bgnbd_x(const double *v, double x)
{
    bgnbd_t m = bgnbd_of(v);
    return bgnbd_log_of_x(&m, x);
}
static double bgnbd_rest(const double *v, const purchases_t *c)
{
    bgnbd_t m = bgnbd_of(v);
    return bgnbd_log_of_times(&m, c);
}

static spend_t spend_of(const double *v)
{
    return (spend_t){v[0], v[1], v[2]};
}
static double spend_x(const double *v, double x)
{
    spend_t m = spend_of(v);
    return spend_log_of_x(&m, x);
}
static double spend_rest(const double *v, const purchases_t *c)
{
    spend_t m = spend_of(v);
    return spend_log_of_average(&m, c);
}

/* Minus the mean log-likelihood per unit of weight. */
static double mean_loss(const gsl_vector *log_parameter, void *context)
{
    const likelihood_t *l = context;
    double v[MOST], sum = 0, of_x = 0;
    for (int k = 0; k < l->parameters; k++) {
        double at = gsl_vector_get(log_parameter, (size_t)k);
        if (!(m_abs(at) <= LOG_BOUND)) return 1e10 * (1 + m_abs(at)); /* back inside */
        v[k] = m_exp(at);
    }
    for (size_t i = 0; i < l->n; i++) {
        const purchases_t *c = &l->c[i];
        if (i == 0 || c->x != c[-1].x) of_x = l->of_x(v, c->x);
        sum += c->weight * (of_x + l->of_rest(v, c));
    }
    return -sum / l->weight;
}

/* ---- the maximum ---- */

static int search_once(gsl_multimin_fminimizer *s, gsl_multimin_function *f, gsl_vector *at,
                       gsl_vector *step, double *least)
{
    int st = gsl_multimin_fminimizer_set(s, f, at, step);
    for (int k = 0; st == GSL_SUCCESS && k < STEPS; k++) {
        st = gsl_multimin_fminimizer_iterate(s);
        if (gsl_multimin_fminimizer_size(s) < 1e-7) break;
    }
    gsl_vector_memcpy(at, s->x);
    *least = s->fval;
    return st;
}

/* Moves `at` to the least loss. */
static status_t search(likelihood_t *l, gsl_vector *at, double *least, error_t *err)
{
    size_t n = (size_t)l->parameters;
    gsl_multimin_function f = {mean_loss, n, l};
    gsl_multimin_fminimizer *s =
        gsl_multimin_fminimizer_alloc(gsl_multimin_fminimizer_nmsimplex2, n);
    gsl_vector *step = gsl_vector_alloc(n);
    status_t st = s && step ? OK : fail_memory(err, "a fit of customers");
    double before = MATHS_INFINITY;
    for (int k = 0; st == OK && k < RESTARTS; k++) {
        gsl_vector_set_all(step, k ? 0.1 : 0.5);
        search_once(s, &f, at, step, least);
        if (!(before - *least > 1e-12 * m_abs(*least))) break;
        before = *least;
    }
    if (s) gsl_multimin_fminimizer_free(s);
    if (step) gsl_vector_free(step);
    return st;
}

/* ---- its curvature ---- */

static double loss_beside(likelihood_t *l, const gsl_vector *at, gsl_vector *work, size_t i,
                          double di, size_t j, double dj)
{
    gsl_vector_memcpy(work, at);
    gsl_vector_set(work, i, gsl_vector_get(work, i) + di);
    gsl_vector_set(work, j, gsl_vector_get(work, j) + dj);
    return mean_loss(work, l);
}

/* Second differences; the step balances the rounding of the loss against the fourth derivative. */
static void curvature(likelihood_t *l, const gsl_vector *at, gsl_vector *work, gsl_matrix *out)
{
    const double h = 1e-3;
    for (size_t i = 0; i < at->size; i++)
        for (size_t j = 0; j <= i; j++) {
            double second =
                loss_beside(l, at, work, i, h, j, h) - loss_beside(l, at, work, i, h, j, -h) -
                loss_beside(l, at, work, i, -h, j, h) + loss_beside(l, at, work, i, -h, j, -h);
            gsl_matrix_set(out, i, j, second / (4 * h * h) * l->weight);
            gsl_matrix_set(out, j, i, gsl_matrix_get(out, i, j));
        }
}

/* Standard errors of the parameters (not of their logarithms); NAN where the loss has no curvature. */
static status_t errors(likelihood_t *l, const gsl_vector *at, double *out, error_t *err)
{
    size_t n = at->size;
    gsl_vector *work = gsl_vector_alloc(n);
    gsl_matrix *hessian = gsl_matrix_alloc(n, n);
    status_t st = work && hessian ? OK : fail_memory(err, "a fit of customers");
    if (st == OK) {
        curvature(l, at, work, hessian);
        int bent = gsl_linalg_cholesky_decomp1(hessian) == GSL_SUCCESS &&
                   gsl_linalg_cholesky_invert(hessian) == GSL_SUCCESS;
        for (size_t k = 0; k < n; k++)
            out[k] = bent ? m_exp(gsl_vector_get(at, k)) * m_sqrt(gsl_matrix_get(hessian, k, k))
                          : MATHS_NAN;
    }
    if (work) gsl_vector_free(work);
    if (hessian) gsl_matrix_free(hessian);
    return st;
}

/* ---- both ---- */

static status_t refuse_edge(const gsl_vector *at, const char *const *name, error_t *err)
{
    for (size_t k = 0; k < at->size; k++)
        if (m_abs(gsl_vector_get(at, k)) > LOG_BOUND - 1)
            return fail(
                err, ERR_INVALID,
                "the likelihood of these customers rises as %s goes to %s: the model does not "
                "fit them",
                name[k], gsl_vector_get(at, k) > 0 ? "infinity" : "zero");
    return OK;
}

/* Fits from `start`; fills the parameters, their errors and the log-likelihood. */
static status_t fit(likelihood_t *l, const double *start, const char *const *name,
                    double *parameter, double *error, double *log_likelihood, error_t *err)
{
    gsl_error_handler_t *handler = gsl_set_error_handler_off();
    gsl_vector *at = gsl_vector_alloc((size_t)l->parameters);
    status_t st = at ? OK : fail_memory(err, "a fit of customers");
    if (st != OK) goto out;
    for (int k = 0; k < l->parameters; k++) gsl_vector_set(at, (size_t)k, m_log(start[k]));
    double least;
    st = search(l, at, &least, err);
    if (st == OK) st = refuse_edge(at, name, err);
    if (st != OK) goto out;
    for (int k = 0; k < l->parameters; k++) parameter[k] = m_exp(gsl_vector_get(at, (size_t)k));
    *log_likelihood = -least * l->weight;
    st = errors(l, at, error, err);
out:
    if (at) gsl_vector_free(at);
    gsl_set_error_handler(handler);
    return st;
}

/* ---- what may be fitted ---- */

static status_t check(const purchases_t *c, size_t n, error_t *err)
{
    double again = 0;
    for (size_t i = 0; i < n; i++) {
        const char *wrong = NULL;
        if (!(c[i].x >= 0 && c[i].x <= 1e9) || c[i].x != (double)(int64_t)c[i].x)
            wrong = "its repeat orders are not a whole number";
        else if (!(c[i].T > 0) || !m_is_finite(c[i].T))
            wrong = "its age is not above 0";
        else if (!(c[i].t_x >= 0 && c[i].t_x <= c[i].T))
            wrong = "its last order does not lie between its first and now";
        else if ((c[i].x > 0) != (c[i].t_x > 0))
            wrong = "the day of its last order does not go with its repeat orders";
        else if (!(c[i].weight > 0) || !m_is_finite(c[i].weight))
            wrong = "its weight is not above 0";
        if (wrong) return fail(err, ERR_INVALID, "customer %zu: %s", i + 1, wrong);
        again += c[i].x;
    }
    if (!(again > 0)) return fail(err, ERR_INVALID, "no customer ordered a second time");
    return OK;
}

static status_t check_averages(const purchases_t *c, size_t n, error_t *err)
{
    for (size_t i = 0; i < n; i++)
        if (c[i].x > 0 && (!(c[i].average > 0) || !m_is_finite(c[i].average)))
            return fail(err, ERR_INVALID, "customer %zu: its mean repeat order is not above 0",
                        i + 1);
    return OK;
}

/* By x, and equals in an order that does not depend on how they came. */
static int by_history(const void *a, const void *b)
{
    const purchases_t *x = a, *y = b;
    const double left[] = {x->x, x->t_x, x->T, x->average, x->weight};
    const double right[] = {y->x, y->t_x, y->T, y->average, y->weight};
    for (int k = 0; k < 5; k++)
        if (left[k] != right[k]) return left[k] < right[k] ? -1 : 1;
    return 0;
}

/* Copies the customers, or those of them who ordered again. The caller frees l->c. */
static status_t likelihood_init(likelihood_t *l, const purchases_t *c, size_t n, bool repeaters,
                                error_t *err)
{
    l->c = malloc((n + 1) * sizeof *l->c);
    if (!l->c) return fail_memory(err, "a fit of customers");
    for (size_t i = 0; i < n; i++)
        if (!repeaters || c[i].x > 0) l->c[l->n++] = c[i];
    qsort(l->c, l->n, sizeof *l->c, by_history);
    for (size_t i = 0; i < l->n; i++) l->weight += l->c[i].weight;
    return OK;
}

/* ---- the models ---- */

status_t bgnbd_fit(const purchases_t *c, size_t n, bgnbd_fit_t *out, error_t *err)
{
    static const char *const name[] = {"r", "alpha", "a", "b"};
    likelihood_t l = {.parameters = 4, .of_x = bgnbd_x, .of_rest = bgnbd_rest};
    double age = 0, orders = 0, v[4], e[4];
    status_t st = check(c, n, err);
    if (st == OK) st = likelihood_init(&l, c, n, false, err);
    for (size_t i = 0; i < l.n; i++) {
        age += l.c[i].weight * l.c[i].T;
        orders += l.c[i].weight * l.c[i].x;
    }
    /* To begin with: rates spread widely about the mean seen, one order in four the last. */
    const double start[] = {0.5, 0.5 * age / orders, 1, 3};
    if (st == OK) st = fit(&l, start, name, v, e, &out->log_likelihood, err);
    free(l.c);
    if (st != OK) return st;
    out->model = bgnbd_of(v);
    out->error = bgnbd_of(e);
    return OK;
}

status_t spend_fit(const purchases_t *c, size_t n, spend_fit_t *out, error_t *err)
{
    static const char *const name[] = {"p", "q", "gamma"};
    likelihood_t l = {.parameters = 3, .of_x = spend_x, .of_rest = spend_rest};
    double amount = 0, v[3], e[3];
    status_t st = check(c, n, err);
    if (st == OK) st = check_averages(c, n, err);
    if (st == OK) st = likelihood_init(&l, c, n, true, err);
    for (size_t i = 0; i < l.n; i++) amount += l.c[i].weight * l.c[i].average;
    const double start[] = {4, 4, 0.75 * amount / l.weight}; /* p gamma / (q - 1) = the mean seen */
    if (st == OK) st = fit(&l, start, name, v, e, &out->log_likelihood, err);
    free(l.c);
    if (st != OK) return st;
    out->model = spend_of(v);
    out->error = spend_of(e);
    return OK;
}
