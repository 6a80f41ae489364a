/* audience_exact.c -- expected people of audiences, of what platforms make of them, and of pairs.
 *
 * An audience is a static expression and, for lists and pools, a chance that depends on whether she has
 * bought before: to be found, to have visited. Given that, and the expression, such chances are
 * independent unless both audiences read the same draw; then there is no closed form here. */
#include "sim/experiment/audience_exact.h"

#include "models/audience/labels.h"
#include "models/audience/targeting.h"
#include "models/base/maths.h"
#include "sim/engine/membership.h"
#include "sim/engine/parallel.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CONDITIONS = 6 };

/* Those who meet all conditions, each counted with her chance. */
typedef struct {
    condition_t condition[CONDITIONS];
    int n;
    const labels_t *labels; /* of the labelled conditions; NULL = none is */
    double chance[2];       /* of a new person, of an existing customer */
} crowd_t;

typedef struct {
    audience_study_t *study;
    const scenario_t *theta;
    expression_t *customers;           /* NULL: there are none */
    expression_t *uses[MAX_PLATFORMS]; /* NULL: a share, or nobody's */
    double share[MAX_PLATFORMS];       /* of people who use it, whoever they are; NAN: see uses */
    atomic_bool *out_of_memory;
} closed_forms_t;

/* Visitors of a pool who come so often on average: in it when the flight starts? */
typedef struct {
    double rate, q, window, exclusion, affinity;
} pool_t;

static double pool_at(const pool_t *p, double factor)
{
    double rate = p->rate * factor;
    /* Visits that did not end in an order count in the whole window; those that did, before the
     * exclusion. */
    double counted =
        rate * (1 - p->q) * p->window + rate * p->q * fmax(0, p->window - p->exclusion);
    return m_exp(-rate * p->q * p->exclusion) * -m_expm1(-counted);
}

static double pool_density(double z, const void *context)
{
    const pool_t *p = context;
    return pool_at(p, affinity_factor(p->affinity, z)) * normal_density(z);
}

/* New people have the affinities below those of customers. */
double pool_probability(const scenario_t *theta, const audience_t *audience, int customer)
{
    enum { PANELS = 16 };
    const double lowest = -9;
    double bought = theta->population->existing_customers;
    pool_t p = {.rate = average_visits_a_day(&theta->product, customer),
                .q = theta->product.visit_to_order,
                .window = fmin(audience->window_days, WARM_UP_DAYS),
                .exclusion = fmin(audience->exclude_purchasers_days, WARM_UP_DAYS),
                .affinity = theta->product.affinity};
    if (customer || !(p.affinity > 0)) return pool_at(&p, 1);
    if (bought >= 1) return 0;
    double highest = bought > 0 ? normal_quantile(1 - bought) : -lowest;
    return integral(pool_density, &p, lowest, highest, PANELS) / (1 - bought);
}

/* --- crowds ----------------------------------------------------------------------------------- */

static void require(crowd_t *x, const expression_t *who, bool labelled)
{
    if (who) x->condition[x->n++] = (condition_t){who, labelled};
}

/* Adds an audience without what it leaves out, a pool or list by its chance for those who have bought and
 * those who have not. ERR_INVALID: the chance differs from person to person. */
static status_t join(const closed_forms_t *c, crowd_t *x, const audience_t *audience, bool labelled,
                     error_t *why)
{
    const scenario_t *theta = c->theta;
    bool pool = audience->kind == AUDIENCE_RETARGET;
    if (audience->kind == AUDIENCE_LOOKALIKE)
        return fail(why, ERR_INVALID, "a lookalike takes whoever is most alike, person by person");
    if (pool && season_varies(&theta->product.season))
        return fail(why, ERR_INVALID, "its visits go by the season");
    if (pool && theta->product.price.n_promotions)
        return fail(why, ERR_INVALID, "its visits go by the price");
    if (pool && repeats_known(&theta->product.customers))
        return fail(why, ERR_INVALID, "its visits depend on how often each customer orders");
    if (pool && theta->n_appeals > 0)
        return fail(why, ERR_INVALID, "its visits depend on whom the product appeals to");
    if (audience->kind == AUDIENCE_LIST) {
        x->chance[0] = 0;
        x->chance[1] *= audience->match_rate;
    }
    for (int k = 0; pool && k < 2; k++) x->chance[k] *= pool_probability(theta, audience, k);
    require(x, audience->program, labelled);
    return OK;
}

static double none(error_t *why, const char *text)
{
    fail(why, ERR_INVALID, "%s", text);
    return NAN;
}

static double people_meeting(const closed_forms_t *c, const crowd_t *x, error_t *why)
{
    double people = NAN;
    const population_spec_t *spec = c->theta->population;
    if (!x->n) return spec->size;
    if (labels_people(x->labels, spec, x->condition, x->n, &people, why) == ERR_MEMORY)
        *c->out_of_memory = true;
    return people;
}

static double expected_people(const closed_forms_t *c, const crowd_t *x, error_t *why)
{
    double all = people_meeting(c, x, why), customers = 0;
    if (x->chance[0] == x->chance[1]) return all * x->chance[0];
    if (c->customers) {
        crowd_t bought = *x;
        require(&bought, c->customers, false);
        customers = people_meeting(c, &bought, why);
    }
    return (all - customers) * x->chance[0] + customers * x->chance[1];
}

/* Everyone, or the users of a platform (-1: everyone). False: it is not known who they are. */
static bool users(const closed_forms_t *c, int platform, crowd_t *x)
{
    *x = (crowd_t){.chance = {1, 1}};
    if (platform < 0) return true;
    if (!isnan(c->share[platform]))
        x->chance[0] = x->chance[1] = c->share[platform];
    else if (c->uses[platform])
        require(x, c->uses[platform], false);
    else
        return false;
    return true;
}

/* --- one number each -------------------------------------------------------------------------- */

/* Of a lookalike: the share of those who may be chosen, the seed among them or not. */
static double lookalike_people(const closed_forms_t *c, const crowd_t *of, const audience_t *x,
                               error_t *why)
{
    crowd_t may = *of;
    require(&may, x->program, may.labels != NULL);
    double all = expected_people(c, &may, why), seed = 0;
    if (!x->keep_seed && c->customers) {
        require(&may, c->customers, false);
        seed = expected_people(c, &may, why) * x->match_rate;
    }
    return x->size * (all - seed);
}

typedef enum { IN_TRUTH = 1, AS_LABELLED = 2, BOTH = 3 } view_t;

/* People of an audience among the users of a platform: truly, as it sees them, or both. */
static double audience_people(const closed_forms_t *c, int a, int platform, view_t view,
                              error_t *why)
{
    const audience_t *audience = &c->theta->audience[a];
    const audience_t *out = audience->excluded ? &c->theta->audience[audience->excluded - 1] : NULL;
    const labels_t *labels = platform < 0 ? NULL : c->theta->platform[platform].labels;
    crowd_t x;
    if (!users(c, platform, &x)) return none(why, "who uses the platform is not tabulated");
    if (view & AS_LABELLED) x.labels = labels;
    bool labelled = x.labels != NULL;
    if (audience->kind == AUDIENCE_LOOKALIKE)
        return view == AS_LABELLED ? lookalike_people(c, &x, audience, why)
                                   : none(why, "a lookalike is what the platform sees, no truth");
    if (out && out->kind == audience->kind)
        return none(why, "it and what it leaves out go by the same list or the same visits");
    if (out && view == BOTH && labelled)
        return none(why, "it leaves out by labels, and the truth is asked for as well");
    if (join(c, &x, audience, labelled, why) != OK) return NAN;
    if (view == BOTH && labelled) require(&x, audience->program, false);
    double people = expected_people(c, &x, why);
    if (!out) return people;
    if (join(c, &x, out, labelled, why) != OK) return NAN;
    return people - expected_people(c, &x, why);
}

static double pair_people(const closed_forms_t *c, const audience_pair_t *pair)
{
    const audience_t *a = &c->theta->audience[pair->a], *b = &c->theta->audience[pair->b];
    crowd_t x = {.chance = {1, 1}};
    if (a->excluded || b->excluded) return NAN;
    if (a->kind != AUDIENCE_EXPRESSION && a->kind == b->kind) return NAN;
    if (join(c, &x, a, false, NULL) != OK || join(c, &x, b, false, NULL) != OK) return NAN;
    return expected_people(c, &x, NULL);
}

/* Job: an audience, its platforms, and after all audiences the pairs. */
static void job(void *context, size_t i, int worker)
{
    (void)worker;
    closed_forms_t *c = context;
    size_t width = 1 + (size_t)c->theta->n_platforms, sizes = (size_t)c->study->n_audiences * width;
    if (i >= sizes) {
        audience_pair_t *pair = &c->study->pair[i - sizes];
        pair->both.exact = pair_people(c, pair);
        return;
    }
    int a = (int)(i / width), p = (int)(i % width) - 1;
    audience_size_t *x = &c->study->audience[a];
    bool lookalike = x->audience->kind == AUDIENCE_LOOKALIKE;
    if (p < 0) {
        x->size.exact = lookalike ? audience_people(c, a, x->home, AS_LABELLED, &x->not_exact)
                                  : audience_people(c, a, -1, IN_TRUTH, &x->not_exact);
        return;
    }
    x->on[p].targeted.exact = audience_people(c, a, p, AS_LABELLED, NULL);
    if (!c->theta->platform[p].labels && !lookalike) /* it knows the truth */
        x->on[p].truth.exact = x->on[p].both.exact = x->on[p].targeted.exact;
    else if (!x->used_on || x->used_on >> p & 1) {
        x->on[p].truth.exact = audience_people(c, a, p, IN_TRUTH, NULL);
        x->on[p].both.exact = audience_people(c, a, p, BOTH, NULL);
    }
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

static void fill_list(const closed_forms_t *c, int a)
{
    audience_size_t *x = &c->study->audience[a];
    double rate = c->theta->audience[a].match_rate;
    const distribution_t *law = match_law(c->study->scenario, x->audience);
    crowd_t all = {.chance = {0, 1}};
    require(&all, x->audience->program, false);
    x->listed.exact = expected_people(c, &all, NULL);
    double n = floor(x->listed.exact + 0.5);
    if (!(n <= 1e9)) return;
    x->low = rate > 0 && rate < 1 ? found_quantile(law, rate, n, 0.1) : n * rate;
    x->high = rate > 0 && rate < 1 ? found_quantile(law, rate, n, 0.9) : n * rate;
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
    c->share[p] = platform->users;
    if (!isnan(platform->users)) return OK;
    status_t st = expression_uses(platform->name, c->theta->population, &c->uses[p], err);
    if (st == ERR_INVALID) c->share[p] = 0; /* a platform that the population does not know */
    return st == ERR_INVALID ? OK : st;
}

static void run_jobs(closed_forms_t *c, int threads)
{
    audience_study_t *s = c->study;
    size_t jobs = (size_t)s->n_audiences * (1 + (size_t)c->theta->n_platforms);
    for (size_t k = 0; k < s->n_pairs; k++) s->pair[k].both.exact = NAN;
    if (s->n_pairs <= EXACT_PAIRS_AT_MOST)
        jobs += s->n_pairs;
    else
        notices_add(&s->notices,
                    "Overlaps of more than %d pairs are counted alone, without closed form.",
                    EXACT_PAIRS_AT_MOST);
    parallel_for(jobs, threads, job, c);
    for (int a = 0; a < s->n_audiences; a++)
        if (s->audience[a].audience->kind == AUDIENCE_LIST) fill_list(c, a);
}

status_t audience_study_exact(audience_study_t *s, const scenario_t *theta, int threads,
                              error_t *err)
{
    atomic_bool out_of_memory = false;
    closed_forms_t c = {.study = s, .theta = theta, .out_of_memory = &out_of_memory};
    status_t st = OK;
    if (theta->population->existing_customers > 0) st = compile(&c, "customers", &c.customers, err);
    for (int p = 0; st == OK && p < theta->n_platforms; p++) st = prepare_platform(&c, p, err);
    if (st == OK) run_jobs(&c, threads);
    if (st == OK && out_of_memory) st = fail_memory(err, "the closed forms of audiences");
    for (int p = 0; p < theta->n_platforms; p++) expression_free(c.uses[p]);
    expression_free(c.customers);
    return st;
}
