/* responses.c -- the run's numbers times the what-if model's ratios. */
#include "sim/experiment/responses.h"

#include "models/base/maths.h"
#include "sim/engine/parallel.h"
#include "sim/metrics/scopes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Errors that know nothing of each other. */
static double together(double a, double b)
{
    return m_sqrt(a * a + b * b);
}

const char *const response_names[RESPONSES] = {"spend",
                                               "impressions",
                                               "reach",
                                               "clicks",
                                               "conversions",
                                               "revenue",
                                               "incremental_conversions",
                                               "incremental_revenue"};
const double response_step[RESPONSE_STEPS] = {0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3};

/* The next money's return is the slope between these multiples of a budget: between nearer ones the sample would
 * tell little. */
const double response_slope_from = 0.8, response_slope_to = 1.25;

/* What of a change the model misses besides the error of its sample: measured against whole runs at other budgets
 * (tests/experiment/stat_whatif.c, sim/engine/README.md). */
const double response_model_share = 0.05;
const double response_alike = 0.8, response_alike_share = 0.4, response_alike_plan = 0.1,
             response_spent = 0.97;

static const struct {
    quantity_t quantity;
    whatif_measure_t measure;
} told[RESPONSES] = {
    [RESPONSE_SPEND] = {QUANTITY_SPEND, WHATIF_SPEND},
    [RESPONSE_IMPRESSIONS] = {QUANTITY_IMPRESSIONS, WHATIF_IMPRESSIONS},
    [RESPONSE_REACH] = {QUANTITY_REACH, WHATIF_REACH},
    [RESPONSE_CLICKS] = {QUANTITY_CLICKS, WHATIF_CLICKS},
    [RESPONSE_CONVERSIONS] = {QUANTITY_CONVERSIONS, WHATIF_CAUSED},
    [RESPONSE_REVENUE] = {QUANTITY_REVENUE, WHATIF_CAUSED},
    [RESPONSE_INCREMENTAL_CONVERSIONS] = {QUANTITY_INCREMENTAL_CONVERSIONS, WHATIF_CAUSED},
    [RESPONSE_INCREMENTAL_REVENUE] = {QUANTITY_INCREMENTAL_REVENUE, WHATIF_CAUSED},
};

/* Credited orders are of two kinds: what ads cause, and what comes by itself after them. */
static int is_credited(response_kind_t k)
{
    return k == RESPONSE_CONVERSIONS || k == RESPONSE_REVENUE;
}

/* ---- the run ---- */

static response_values_t values_of(const study_t *s, int scope)
{
    response_values_t v = {0};
    for (int k = 0; k < RESPONSES; k++)
        v.value[k] = estimator_quantity(s->estimator, scope, told[k].quantity);
    return v;
}

static ran_t ran(const study_t *s)
{
    const scenario_t *sc = s->scenario;
    ran_t out = {0};
    for (int a = 0; a < sc->n_ad_sets; a++) {
        const ad_set_t *set = &sc->ad_set[a];
        double shown = estimator_quantity(s->estimator, a, QUANTITY_IMPRESSIONS);
        out.spend[a] = estimator_quantity(s->estimator, a, QUANTITY_SPEND);
        for (int c = set->first_creative; c < set->first_creative + set->n_creatives; c++) {
            int row = scope_creative(sc, c);
            double of_it = row > scope_plan(s->evidence.scopes)
                               ? estimator_quantity(s->estimator, row, QUANTITY_IMPRESSIONS)
                               : shown;
            out.creative_share[c] = shown > 0 ? of_it / shown : 1.0 / set->n_creatives;
        }
    }
    return out;
}

static void find_responders(responses_t *r, const scenario_t *sc)
{
    bool taken[MAX_CAMPAIGNS] = {false};
    for (int a = 0; a < sc->n_ad_sets; a++) {
        const ad_set_t *set = &sc->ad_set[a];
        const campaign_t *c = &sc->campaign[set->campaign];
        if (c->shares_budget && taken[set->campaign]) continue;
        responder_t *p = &r->responder[r->n++];
        taken[set->campaign] = true;
        *p = c->shares_budget
                 ? (responder_t){.name = c->name, .ad_set = -1, .budget = c->lifetime_budget}
                 : (responder_t){.name = set->name, .ad_set = a, .budget = set->budget};
        p->campaign = set->campaign;
        for (int b = 0; b < sc->n_ad_sets; b++)
            if (p->ad_set < 0 ? sc->ad_set[b].campaign == p->campaign : b == a)
                p->ad_sets |= 1ull << b;
        p->marginal = p->marginal_error = NAN;
        if (c->shares_budget ? c->daily.given : set->daily.given || c->daily.given)
            p->fixed = "its budget is a daily one";
        else if (c->shares_budget ? c->budget_schedule.n : set->budget_schedule.n)
            p->fixed = "its budget has a schedule";
        else if (!c->shares_budget && has_target_frequency(set))
            p->fixed = "it steers by a target frequency";
        else if (!(p->budget > 0))
            p->fixed = "it has no budget";
    }
}

static int responder_of(const responses_t *r, int a)
{
    int k = 0;
    while (!(r->responder[k].ad_sets >> a & 1)) k++;
    return k;
}

static void find_alike(responses_t *r, const scenario_t *sc)
{
    for (int a = 0; a < sc->n_ad_sets; a++)
        for (int b = a + 1; b < sc->n_ad_sets; b++) {
            if (responder_of(r, a) == responder_of(r, b)) continue;
            if (whatif_alike(r->model, a, b) < response_alike) continue;
            r->alike[a] |= 1ull << b;
            r->alike[b] |= 1ull << a;
        }
}

/* ---- what is left out ---- */

static void note_ad_set(responses_t *r, const scenario_t *sc, int a)
{
    const ad_set_t *s = &sc->ad_set[a];
    if (pacing_of(sc, a) == PACING_FRONT_LOADED)
        notices_add(&r->left_out, "%s spends most of its budget first: here evenly.", s->name);
    if (bid_has_goal(s->strategy))
        notices_add(&r->left_out, "%s keeps to its goal by what results cost: here by closed form.",
                    s->name);
    if (s->billing != BILLED_IMPRESSIONS)
        notices_add(&r->left_out,
                    "%s pays for outcomes: here what they cost on average, by impression.",
                    s->name);
    if (s->rotation == ROTATION_OPTIMISED && s->n_creatives > 1)
        notices_add(&r->left_out, "%s shows its better creatives more often: here as the run did.",
                    s->name);
    if (s->method == PACE_SMART)
        notices_add(&r->left_out, "%s passes over people who answer least first: here over anyone.",
                    s->name);
    if (s->min_spend > 0 || s->spend_cap > 0)
        notices_add(&r->left_out, "%s has a least or a most spend of its own: here none.", s->name);
    if (s->daily.given)
        notices_add(&r->left_out, "%s has a daily budget: here one of the whole flight.", s->name);
    if (s->budget_schedule.n)
        notices_add(&r->left_out, "%s has a budget schedule: here one budget for the whole flight.",
                    s->name);
    if (has_target_frequency(s))
        notices_add(&r->left_out, "%s steers by a target frequency: here by its budget alone.",
                    s->name);
}

static void note_alike(responses_t *r, const scenario_t *sc)
{
    for (int a = 0; a < sc->n_ad_sets; a++)
        for (uint64_t sets = r->alike[a] >> a; sets; sets &= sets - 1)
            notices_add(&r->left_out,
                        "%s and %s bid for the same people: where one of them cannot spend its "
                        "budget, what each takes from the other is hardly known here, and the "
                        "error is wide.",
                        sc->ad_set[a].name, sc->ad_set[a + __builtin_ctzll(sets)].name);
}

static void note_all(responses_t *r, const scenario_t *sc)
{
    bool pools = false;
    for (int a = 0; a < sc->n_ad_sets; a++) {
        note_ad_set(r, sc, a);
        pools |= sc->audience[sc->ad_set[a].audience].kind == AUDIENCE_RETARGET;
    }
    note_alike(r, sc);
    if (pools)
        notices_add(&r->left_out,
                    "More ads bring more visitors to be retargeted: here visitors stay as many.");
    if (sc->product.satiation.effect > 0)
        notices_add(&r->left_out, "Buyers want less for a while: here they do not.");
    if (sc->product.price.n_promotions > 0)
        notices_add(&r->left_out, "Promotions are spread over the flight as in the run.");
    if (brand_acts(&sc->brand))
        notices_add(&r->left_out, "What the brand does by itself stays as in the run.");
}

/* ---- other budgets ---- */

/* A value that changes by a ratio: what the sample and the model are off. */
static void scale(response_values_t *v, int k, double ran, double ratio, double sample_error)
{
    double sample = ran * sample_error, model = response_model_share * ran * (ratio - 1);
    v->value[k] = ran * ratio;
    v->error[k] = sqrt(sample * sample + model * model);
}

/* Of ad sets that bid for the same people, where one does not spend its budget, in the run or now: by how much the
 * most changed of them changes. Else 0. */
static double contested(const responses_t *r, int a, const double *budget, const whatif_answer_t *x)
{
    double moved = 0;
    bool unspent = false;
    if (!r->alike[a]) return 0;
    for (uint64_t sets = r->alike[a] | 1ull << a; sets; sets &= sets - 1) {
        int b = __builtin_ctzll(sets), k = responder_of(r, b);
        const responder_t *p = &r->responder[k];
        double ran = 0, now = 0;
        for (uint64_t its = p->ad_sets; its; its &= its - 1) {
            int c = __builtin_ctzll(its);
            ran += r->ran[c].value[RESPONSE_SPEND];
            now += r->ran[c].value[RESPONSE_SPEND] * x->ratio[c][WHATIF_SPEND];
        }
        unspent |= ran < response_spent * p->budget || now < response_spent * budget[k];
        moved = fmax(moved, fabs(x->ratio[b][WHATIF_IMPRESSIONS] - 1));
        if (p->budget > 0) moved = fmax(moved, fabs(budget[k] / p->budget - 1));
    }
    return unspent ? moved : 0;
}

/* alike_share: of what ad sets alike change by, so much is missed. */
static response_values_t ad_set_at(const responses_t *r, int a, double alike_share,
                                   const double *budget, const whatif_answer_t *x)
{
    response_values_t v;
    double taken = alike_share * contested(r, a, budget, x);
    double organic = r->organic[a];
    for (int k = 0; k < RESPONSES; k++) {
        double ratio = x->ratio[a][told[k].measure], error = x->error[a][told[k].measure];
        if (is_credited((response_kind_t)k)) {
            ratio = (1 - organic) * ratio + organic * x->ratio[a][WHATIF_ORGANIC];
            error = together((1 - organic) * error, organic * x->error[a][WHATIF_ORGANIC]);
        }
        scale(&v, k, r->ran[a].value[k], ratio, together(error, taken));
    }
    return v;
}

/* Ad sets together: people reached are the plan's alone. */
static void add(response_values_t *sum, const response_values_t *v, const response_values_t *ran)
{
    for (int k = 0; k < RESPONSES; k++) {
        sum->value[k] += v->value[k] - ran->value[k];
        sum->error[k] = together(sum->error[k], v->error[k]);
    }
}

static response_values_t plan_at(const responses_t *r, const scenario_t *sc, const double *budget,
                                 const whatif_answer_t *x)
{
    response_values_t plan = r->plan;
    for (int a = 0; a < sc->n_ad_sets; a++) {
        response_values_t v = ad_set_at(r, a, response_alike_plan, budget, x);
        add(&plan, &v, &r->ran[a]);
    }
    scale(&plan, RESPONSE_REACH, r->plan.value[RESPONSE_REACH], x->reach, x->reach_error);
    return plan;
}

/* Of a campaign nobody knows how many of its people several ad sets reach. */
static response_values_t responder_at(const responses_t *r, const responder_t *p,
                                      const double *budget, const whatif_answer_t *x)
{
    response_values_t sum = {0}, none = {0};
    for (uint64_t sets = p->ad_sets; sets; sets &= sets - 1) {
        response_values_t v = ad_set_at(r, __builtin_ctzll(sets), response_alike_share, budget, x);
        add(&sum, &v, &none);
    }
    if (p->ad_sets & (p->ad_sets - 1)) sum.value[RESPONSE_REACH] = sum.error[RESPONSE_REACH] = NAN;
    return sum;
}

typedef struct {
    responses_t *r;
    const scenario_t *scenario;
    char **room; /* by thread, opened */
} job_t;

static void ask(const job_t *j, int worker, const responder_t *p, double multiple,
                double budget[WHATIF_AD_SETS], whatif_answer_t *x)
{
    for (int k = 0; k < j->r->n; k++) budget[k] = j->r->responder[k].budget;
    budget[p - j->r->responder] *= multiple;
    whatif_answer(j->r->model, budget, 0, j->room[worker], x);
}

static void find_marginal(const job_t *j, int worker, responder_t *p)
{
    const double ends[] = {response_slope_from, response_slope_to};
    response_values_t plan[2];
    double spend[2];
    for (int e = 0; e < 2; e++) {
        double budget[WHATIF_AD_SETS];
        whatif_answer_t x;
        ask(j, worker, p, ends[e], budget, &x);
        plan[e] = plan_at(j->r, j->scenario, budget, &x);
        spend[e] = responder_at(j->r, p, budget, &x).value[RESPONSE_SPEND];
    }
    const int k = RESPONSE_INCREMENTAL_REVENUE;
    double more = spend[1] - spend[0];
    if (!(more > 0.05 * p->budget)) return; /* its budget is not what limits it */
    p->marginal = (plan[1].value[k] - plan[0].value[k]) / more;
    p->marginal_error = (plan[1].error[k] + plan[0].error[k]) / more;
}

static void find_curve(void *context, size_t i, int worker)
{
    const job_t *j = context;
    responder_t *p = &j->r->responder[i];
    for (int step = 0; step < RESPONSE_STEPS; step++) {
        double budget[WHATIF_AD_SETS];
        whatif_answer_t x;
        ask(j, worker, p, response_step[step], budget, &x);
        p->own[step] = responder_at(j->r, p, budget, &x);
        p->plan[step] = plan_at(j->r, j->scenario, budget, &x);
    }
    find_marginal(j, worker, p);
}

static status_t find_curves(responses_t *r, const scenario_t *sc, int threads, error_t *err)
{
    job_t j = {r, sc, calloc((size_t)threads, sizeof *j.room)};
    size_t bytes = (size_t)whatif_room(r->model);
    bool room = j.room;
    for (int t = 0; room && t < threads; t++) {
        j.room[t] = malloc(bytes);
        room = j.room[t];
        if (room) whatif_open(r->model, 0, j.room[t]);
    }
    if (room) parallel_for((size_t)r->n, threads, find_curve, &j);
    for (int t = 0; j.room && t < threads; t++) free(j.room[t]);
    free(j.room);
    return room ? OK : fail_memory(err, "the response curves");
}

status_t responses_init(responses_t *r, const study_t *s, int threads, error_t *err)
{
    const scenario_t *sc = s->scenario;
    *r = (responses_t){0};
    if (sc->n_ad_sets == 0) {
        r->missing = "the plan has no ads";
        return OK;
    }
    find_responders(r, sc);
    for (int a = 0; a < sc->n_ad_sets; a++) {
        double all = estimator_quantity(s->estimator, a, QUANTITY_CONVERSIONS);
        r->ran[a] = values_of(s, a);
        if (all > 0)
            r->organic[a] = estimator_quantity(s->estimator, a, QUANTITY_ORGANIC_CREDITED) / all;
    }
    r->plan = values_of(s, scope_plan(s->evidence.scopes));
    ran_t run = ran(s);
    scenario_t *means = malloc(sizeof *means);
    if (!means) return fail_memory(err, "the response curves");
    scenario_at_means(sc, means);
    status_t st = world_whatif(s->world, means, &run, threads, &r->model, err);
    free(means);
    if (st != OK) return st;
    if (!r->model || !(r->plan.value[RESPONSE_SPEND] > 0)) {
        free(r->model);
        r->model = NULL;
        r->missing = "the run shows no ad";
        return OK;
    }
    find_alike(r, sc);
    note_all(r, sc);
    if (r->left_out.lost) return fail_memory(err, "the response curves");
    return find_curves(r, sc, threads < r->n ? threads : r->n, err);
}

void responses_free(responses_t *r)
{
    free(r->model);
    notices_free(&r->left_out);
    *r = (responses_t){0};
}

static int is_in(const study_t *s, const responder_t *p, int scope)
{
    scopes_t all = s->evidence.scopes;
    const scenario_t *sc = s->scenario;
    if (scope == scope_plan(all)) return 1;
    if (scope == scope_campaign(all, p->campaign)) return 1;
    if (p->ad_set < 0) return 0;
    return scope == scope_ad_set(all, p->ad_set) ||
           scope == scope_platform(all, sc->ad_set[p->ad_set].platform);
}

double responses_marginal(const responses_t *r, const study_t *s, int scope, double *error)
{
    double brings = 0, spend = 0, square = 0;
    *error = NAN;
    for (int k = 0; k < r->n; k++) {
        const responder_t *p = &r->responder[k];
        if (!is_in(s, p, scope)) continue;
        double own = 0;
        for (uint64_t sets = p->ad_sets; sets; sets &= sets - 1)
            own += r->ran[__builtin_ctzll(sets)].value[RESPONSE_SPEND];
        if (!r->model || isnan(p->marginal)) return NAN;
        brings += own * p->marginal;
        square += own * p->marginal_error * (own * p->marginal_error);
        spend += own;
    }
    if (!(spend > 0)) return NAN;
    *error = sqrt(square) / spend;
    return brings / spend;
}
