/* audience_exact.c -- expected people of audiences, of their users on platforms, and of pairs.
 *
 * An audience is a static expression and, for lists and pools, a chance that depends on whether she has
 * bought before: to be found, to have visited. Given that, and the expression, such chances are
 * independent unless both audiences read the same draw; then there is no closed form here. */
#include "sim/experiment/audience_exact.h"

#include "models/audience/size.h"
#include "models/audience/targeting.h"
#include "models/base/maths.h"
#include "sim/engine/membership.h"
#include "sim/engine/parallel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The static part of one audience, or of what two have in common; NULL = everyone. */
typedef struct {
    const expression_t *program;
    expression_t *own; /* to be freed */
    double chance[2];  /* of a new person, of an existing customer */
} expectation_t;

typedef struct {
    audience_study_t *study;
    const scenario_t *theta;
    const expression_t *everyone, *customers; /* customers NULL: there are none */
    expression_t *uses[MAX_PLATFORMS];        /* NULL: a share, or nobody's */
    double share[MAX_PLATFORMS]; /* of people who use it, whoever they are; NAN: see uses */
    status_t *status;            /* by thread */
    error_t *err;                /* by thread */
} closed_forms_t;

/* Do some people visit the site more often than others who are as new? Then visits have no closed form. */
static bool visits_differ(const scenario_t *theta)
{
    bool differ = theta->product.affinity > 0;
    for (int k = 0; k < theta->n_appeals; k++) differ = differ || theta->appeal[k].organic != 1;
    return differ;
}

double pool_probability(const scenario_t *theta, const audience_t *audience, int customer)
{
    if (visits_differ(theta)) return NAN;
    double rate = visits_a_day(&theta->product, customer), q = theta->product.visit_to_order;
    double window = fmin(audience->window_days, WARM_UP_DAYS);
    double exclusion = fmin(audience->exclude_purchasers_days, WARM_UP_DAYS);
    /* Visits that did not end in an order count in the whole window; those that did, before the
     * exclusion. */
    double counted = rate * (1 - q) * window + rate * q * fmax(0, window - exclusion);
    return m_exp(-rate * q * exclusion) * -m_expm1(-counted);
}

/* --- programs --------------------------------------------------------------------------------- */

static status_t conjunction(const closed_forms_t *c, const expression_t *a, const expression_t *b,
                            expression_t **out, error_t *err)
{
    expression_t *not_b = NULL;
    *out = NULL;
    status_t st = expression_and_not(c->everyone, b ? b : c->everyone, &not_b, err);
    if (st == OK) st = expression_and_not(a ? a : c->everyone, not_b, out, err);
    expression_free(not_b);
    return st;
}

/* Expected people of a program; NAN if there is no closed form. */
static double program_people(const closed_forms_t *c, const expression_t *program)
{
    const population_spec_t *spec = c->theta->population;
    double people = NAN;
    if (!program) return spec->size;
    return audience_size_exact(program, spec, &people) ? people : NAN;
}

static status_t expected_people(const closed_forms_t *c, const expectation_t *x, double *people,
                                error_t *err)
{
    double all = program_people(c, x->program), customers = 0;
    if (x->chance[0] == x->chance[1]) {
        *people = all * x->chance[0];
        return OK;
    }
    if (c->customers) {
        expression_t *both;
        status_t st = conjunction(c, x->program, c->customers, &both, err);
        if (st != OK) return st;
        customers = program_people(c, both);
        expression_free(both);
    }
    *people = (all - customers) * x->chance[0] + customers * x->chance[1];
    return OK;
}

static expectation_t expectation_of(const closed_forms_t *c, int a)
{
    const audience_t *audience = &c->theta->audience[a];
    expectation_t x = {.program = audience->program, .chance = {1, 1}};
    if (audience->kind == AUDIENCE_LIST) {
        x.chance[0] = 0;
        x.chance[1] = audience->match_rate;
    }
    if (audience->kind == AUDIENCE_LOOKALIKE) x.chance[0] = x.chance[1] = audience->size;
    for (int k = 0; k < 2 && audience->kind == AUDIENCE_RETARGET; k++)
        x.chance[k] = pool_probability(c->theta, audience, k);
    return x;
}

/* --- one number each -------------------------------------------------------------------------- */

static status_t size_exact(const closed_forms_t *c, int a, error_t *err)
{
    expectation_t x = expectation_of(c, a);
    return expected_people(c, &x, &c->study->audience[a].size.exact, err);
}

static status_t platform_exact(const closed_forms_t *c, int a, int p, error_t *err)
{
    expectation_t x = expectation_of(c, a);
    double *people = &c->study->audience[a].on[p].exact;
    status_t st = OK;
    if (!isnan(c->share[p])) {
        st = expected_people(c, &x, people, err);
        *people *= c->share[p];
        return st;
    }
    if (!c->uses[p]) return OK;
    st = conjunction(c, x.program, c->uses[p], &x.own, err);
    x.program = x.own;
    if (st == OK) st = expected_people(c, &x, people, err);
    expression_free(x.own);
    return st;
}

static status_t pair_exact(const closed_forms_t *c, audience_pair_t *pair, error_t *err)
{
    expectation_t a = expectation_of(c, pair->a), b = expectation_of(c, pair->b), x = {0};
    audience_kind_t kind = c->theta->audience[pair->a].kind;
    if (kind != AUDIENCE_EXPRESSION && kind == c->theta->audience[pair->b].kind) return OK;
    for (int k = 0; k < 2; k++) x.chance[k] = a.chance[k] * b.chance[k];
    status_t st = conjunction(c, a.program, b.program, &x.own, err);
    x.program = x.own;
    if (st == OK) st = expected_people(c, &x, &pair->both.exact, err);
    expression_free(x.own);
    return st;
}

/* Job: audience, its platforms, and after them the pairs. */
static void job(void *context, size_t i, int worker)
{
    closed_forms_t *c = context;
    size_t width = 1 + (size_t)c->theta->n_platforms, sizes = (size_t)c->study->n_audiences * width;
    error_t *err = &c->err[worker];
    if (c->status[worker] != OK) return;
    if (i >= sizes)
        c->status[worker] = pair_exact(c, &c->study->pair[i - sizes], err);
    else if (i % width == 0)
        c->status[worker] = size_exact(c, (int)(i / width), err);
    else
        c->status[worker] = platform_exact(c, (int)(i / width), (int)(i % width) - 1, err);
}

/* --- lists ------------------------------------------------------------------------------------ */

static const distribution_t *match_law(const scenario_t *sc, const audience_t *audience)
{
    for (int k = 0; k < sc->n_uncertain; k++)
        if ((const char *)sc + sc->uncertain[k].offset == (const char *)&audience->match_rate)
            return &sc->uncertain[k].law;
    return NULL;
}

/* How many of the n on the list are found, at a probability p. A rate that is not Beta is so much more
 * uncertain than the luck of many people that the luck is left out; a certain one has luck alone. */
static double found_quantile(const distribution_t *law, double rate, double n, double p)
{
    static const double certain = 1e9; /* shapes of a rate without doubt */
    if (n < 1) return 0;
    if (!law) return list_match_quantile(n, rate * certain, (1 - rate) * certain, p);
    if (law->law == LAW_BETA) return list_match_quantile(n, law->a, law->b, p);
    return n * distribution_quantile(*law, p);
}

static status_t fill_list(const closed_forms_t *c, int a, error_t *err)
{
    audience_size_t *x = &c->study->audience[a];
    double rate = c->theta->audience[a].match_rate;
    const distribution_t *law = match_law(c->study->scenario, x->audience);
    expectation_t all = expectation_of(c, a);
    all.chance[1] = 1;
    status_t st = expected_people(c, &all, &x->listed.exact, err);
    double n = floor(x->listed.exact + 0.5);
    if (st != OK || !(n <= 1e9)) return st;
    x->low = rate > 0 && rate < 1 ? found_quantile(law, rate, n, 0.1) : n * rate;
    x->high = rate > 0 && rate < 1 ? found_quantile(law, rate, n, 0.9) : n * rate;
    return OK;
}

/* --- all of them ------------------------------------------------------------------------------ */

static status_t compile(const closed_forms_t *c, const char *text, expression_t **out, error_t *err)
{
    expression_fault_t fault;
    status_t st = expression_compile(text, c->theta->population, NULL, out, &fault, err);
    return st == ERR_INVALID ? OK : st; /* a name that cannot be written: no closed form */
}

static status_t prepare_platform(closed_forms_t *c, int p, error_t *err)
{
    const platform_t *platform = &c->theta->platform[p];
    char text[EXPRESSION_NAME + 16];
    c->share[p] = platform->users;
    if (!isnan(platform->users)) return OK;
    bool known = false;
    for (int k = 0; k < c->theta->population->n_platforms; k++)
        known = known || !strcmp(c->theta->population->platform[k].name, platform->name);
    if (!known) c->share[p] = 0;
    char quote = strchr(platform->name, '"') ? '\'' : '"';
    int length = snprintf(text, sizeof text, "uses %c%s%c", quote, platform->name, quote);
    if (!known || length >= (int)sizeof text) return OK;
    return compile(c, text, &c->uses[p], err);
}

static void unknown_so_far(audience_study_t *s)
{
    for (int a = 0; a < s->n_audiences; a++) {
        s->audience[a].size.exact = s->audience[a].listed.exact = NAN;
        for (int p = 0; p < MAX_PLATFORMS; p++) s->audience[a].on[p].exact = NAN;
    }
    for (size_t k = 0; k < s->n_pairs; k++) s->pair[k].both.exact = NAN;
}

static status_t run_jobs(closed_forms_t *c, int threads, error_t *err)
{
    audience_study_t *s = c->study;
    size_t jobs = (size_t)s->n_audiences * (1 + (size_t)c->theta->n_platforms);
    if (s->n_pairs <= EXACT_PAIRS_AT_MOST)
        jobs += s->n_pairs;
    else
        notices_add(&s->notices,
                    "overlaps of more than %d pairs are counted alone, without closed form",
                    EXACT_PAIRS_AT_MOST);
    parallel_for(jobs, threads, job, c);
    for (int t = 0; t < threads; t++)
        if (c->status[t] != OK) return fail(err, c->status[t], "%s", c->err[t].text);
    status_t st = OK;
    for (int a = 0; st == OK && a < s->n_audiences; a++)
        if (s->audience[a].audience->kind == AUDIENCE_LIST) st = fill_list(c, a, err);
    return st;
}

status_t audience_study_exact(audience_study_t *s, const scenario_t *theta, int threads,
                              error_t *err)
{
    closed_forms_t c = {.study = s, .theta = theta};
    expression_t *everyone = NULL, *customers = NULL;
    c.status = calloc((size_t)threads, sizeof *c.status);
    c.err = calloc((size_t)threads, sizeof *c.err);
    status_t st = c.status && c.err ? OK : fail_memory(err, "the closed forms");
    if (st == OK) st = compile(&c, "everyone", &everyone, err);
    if (st == OK && theta->population->existing_customers > 0)
        st = compile(&c, "customers", &customers, err);
    c.everyone = everyone;
    c.customers = customers;
    for (int p = 0; st == OK && p < theta->n_platforms; p++) st = prepare_platform(&c, p, err);
    if (st == OK) {
        unknown_so_far(s);
        st = run_jobs(&c, threads, err);
    }
    for (int p = 0; p < theta->n_platforms; p++) expression_free(c.uses[p]);
    expression_free(everyone);
    expression_free(customers);
    free(c.status);
    free(c.err);
    return st;
}
