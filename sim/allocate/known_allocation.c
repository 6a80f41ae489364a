/* known_allocation.c -- problems with known answers, put to the solvers as they are used. */
#include "sim/allocate/known_allocation.h"

#include "models/base/distribution.h"
#include "models/base/maths.h"
#include "models/base/rng.h"
#include "sim/allocate/aim.h"
#include "sim/allocate/choose.h"
#include "sim/allocate/risk.h"

#include <math.h>
#include <stdlib.h>

/* --- a problem as a case states it ---------------------------------------------------------------- */

static const char *const parameter_names[CURVE_PARAMETERS] = {
    [PARAMETER_SLOPE] = "slope",
    [PARAMETER_MAX_RESPONSE] = "max_response",
    [PARAMETER_SCALE] = "scale",
    [PARAMETER_EXPONENT] = "exponent",
    [PARAMETER_K] = "k",
    [PARAMETER_HALF] = "half",
    [PARAMETER_RATE] = "rate",
    [PARAMETER_PEOPLE] = "people",
    [PARAMETER_CPM] = "cpm",
    [PARAMETER_SHAPE] = "shape",
    [PARAMETER_MAX_REACH] = "max_reach",
};

static double given(known_case_t *c, const char *name, int i, double otherwise)
{
    return c->length(c, name) ? c->input(c, name, i) : otherwise;
}

/* All cells of one form; NULL when memory is out. */
static problem_t *problem_read(known_case_t *c, curve_form_t form)
{
    problem_t *p = calloc(1, sizeof *p);
    if (!p) return NULL;
    p->budget = given(c, "budget", 0, INFINITY);
    p->periods = (int)given(c, "periods", 0, 1);
    p->carry_out = given(c, "carry_out", 0, 0) != 0;
    for (int k = 0; k < CURVE_PARAMETERS; k++) {
        int n = c->length(c, parameter_names[k]);
        for (int i = 0; i < n; i++)
            p->cell[i].curve.parameter[k] = c->input(c, parameter_names[k], i);
        if (n > p->n) p->n = n;
    }
    if (form == CURVE_LINEAR)
        for (int i = 0; i < p->n; i++) p->cell[i].curve.parameter[PARAMETER_MAX_RESPONSE] = NAN;
    for (int i = 0; i < p->n; i++) {
        cell_t *cell = &p->cell[i];
        cell->curve.form = form;
        cell->name = "a cell";
        cell->low = given(c, "min", i, 0);
        cell->high = given(c, "max", i, INFINITY);
        cell->low_given = cell->low > 0;
        cell->high_given = m_is_finite(cell->high);
        cell->decay = given(c, "adstock", 0, 0);
    }
    return p;
}

static int falling(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

static void found_solution(known_case_t *c, const problem_t *p, const outcome_t *o, double value)
{
    const solution_t *s = &o->best;
    double sorted[ALLOCATION_CELLS], even[ALLOCATION_CELLS];
    for (int i = 0; i < p->n; i++) {
        sorted[i] = s->spend[i];
        even[i] = p->budget / p->n;
        c->found(c, "x", i, s->spend[i]);
        c->found(c, "response", i, s->response[i]);
    }
    for (int i = 0; i < 2 && i < p->n; i++) c->found(c, "shadow", i, s->shadow[i]);
    if (p->n > 2) c->found(c, "shadow", 2, s->shadow[2]);
    qsort(sorted, (size_t)p->n, sizeof *sorted, falling);
    for (int i = 0; i < p->n; i++) c->found(c, "sorted", i, sorted[i]);
    known_found(c, "value", s->total_response);
    known_found(c, "spend", s->total_spend);
    known_found(c, "lambda", s->price);
    known_found(c, "marginal", value * s->price);
    known_found(c, "bound", s->bound);
    known_found(c, "gap", s->gap);
    known_found(c, "unspent", o->unspent);
    known_found(c, "reached", o->reached);
    known_found(c, "attainable", o->attainable_high);
    known_found(c, "profit", value * s->total_response - s->total_spend);
    if (m_is_finite(p->budget)) known_found(c, "equal_split", problem_response(p, even));
}

static void aim_answer(known_case_t *c, curve_form_t form, aim_t aim)
{
    problem_t *p = problem_read(c, form);
    outcome_t *o = malloc(sizeof *o);
    aiming_t a = {aim, given(c, "goal", 0, NAN), 1};
    if (p && o && aim_solve(p, &a, o, NULL) == OK) found_solution(c, p, o, a.value);
    free(p);
    free(o);
}

#define SPLIT(name, form, aim)                                                                     \
    static void name(known_case_t *c)                                                              \
    {                                                                                              \
        aim_answer(c, form, aim);                                                                  \
    }
SPLIT(powers, CURVE_POWER, AIM_MAX_VALUE)
SPLIT(logs, CURVE_LOG, AIM_MAX_VALUE)
SPLIT(michaelis_mentens, CURVE_MICHAELIS_MENTEN, AIM_MAX_VALUE)
SPLIT(exponentials, CURVE_EXPONENTIAL, AIM_MAX_VALUE)
SPLIT(hills, CURVE_HILL, AIM_MAX_VALUE)
SPLIT(target_roas, CURVE_POWER, AIM_TARGET_ROAS)
SPLIT(target_cpa, CURVE_POWER, AIM_TARGET_CPA)
SPLIT(target_mroas, CURVE_POWER, AIM_TARGET_MROAS)
SPLIT(max_profit, CURVE_POWER, AIM_MAX_PROFIT)
SPLIT(min_spend, CURVE_POWER, AIM_MIN_SPEND)

/* --- frequency ---------------------------------------------------------------------------------- */

/* Meridian's return of a frequency f is proportional to f^(s-1) / (f^s + ec^s): a Hill curve's response per
 * unit. */
static void best_frequency(known_case_t *c)
{
    curve_t hill = {.form = CURVE_HILL};
    hill.parameter[PARAMETER_MAX_RESPONSE] = 1;
    hill.parameter[PARAMETER_HALF] = known_input(c, "ec");
    hill.parameter[PARAMETER_SLOPE] = known_input(c, "s");
    known_found(c, "f", m_max(curve_best_average(&hill), 1));
}

static void goerg(known_case_t *c)
{
    curve_t reach = {.form = CURVE_GOERG};
    reach.parameter[PARAMETER_MAX_REACH] = known_input(c, "max_reach");
    reach.parameter[PARAMETER_CPM] = 1000; /* an impression costs 1 */
    for (int i = 0; i < c->length(c, "impressions"); i++)
        c->found(c, "reach", i, curve_response(&reach, c->input(c, "impressions", i)));
}

/* --- time ----------------------------------------------------------------------------------------- */

static void flighting(known_case_t *c, curve_form_t form)
{
    problem_t *p = problem_read(c, form);
    flight_plan_t plan;
    if (!p) return;
    known_found(c, "value", cell_response(p, &p->cell[0], p->budget, &plan));
    for (int t = 0; t < p->periods; t++) c->found(c, "plan", t, plan.spend[t]);
    free(p);
}

static void linear_flighting(known_case_t *c)
{
    flighting(c, CURVE_LINEAR);
}

static void concave_flighting(known_case_t *c)
{
    flighting(c, CURVE_MICHAELIS_MENTEN);
}

static void adstock_path(known_case_t *c)
{
    flight_plan_t plan = {{0}};
    double path[ALLOCATION_PERIODS];
    int n = c->length(c, "spend");
    for (int t = 0; t < n; t++) plan.spend[t] = c->input(c, "spend", t);
    plan_effective(&plan, n, known_input(c, "adstock"), path);
    known_found_list(c, "path", path, n);
}

/* --- risk ----------------------------------------------------------------------------------------- */

enum { STRATA = 255 }; /* of each of two laws: every pair of them once */

/* Two independent normal slopes, in all pairs of strata. */
static bool slopes_draw(known_case_t *c, draws_t *d)
{
    distribution_t law[2];
    for (int i = 0; i < 2; i++)
        law[i] = (distribution_t){LAW_NORMAL, c->input(c, "mean", i), c->input(c, "sd", i)};
    if (draws_init(d, STRATA * STRATA, 2, NULL) != OK) return false;
    for (int s = 0; s < d->n; s++)
        for (int i = 0; i < 2; i++) {
            curve_t *curve = draw_curve(d, s, i);
            curve->form = CURVE_LINEAR;
            curve->parameter[PARAMETER_MAX_RESPONSE] = NAN;
            curve->parameter[PARAMETER_SLOPE] =
                distribution_quantile(law[i], ((i ? s / STRATA : s % STRATA) + 0.5) / STRATA);
        }
    return true;
}

static void mean_minus_variance(known_case_t *c)
{
    problem_t *p = calloc(1, sizeof *p);
    draws_t d = {0};
    risk_aim_t aim = {.measure = RISK_MEAN_MINUS_VARIANCE, .aversion = known_input(c, "gamma")};
    double spend[ALLOCATION_CELLS] = {0}, best;
    if (p && slopes_draw(c, &d)) {
        p->n = 2;
        p->periods = 1;
        p->budget = known_input(c, "budget");
        for (int i = 0; i < 2; i++) p->cell[i] = (cell_t){.name = "a cell", .high = INFINITY};
        spend[0] = p->budget;
        if (risk_climb(p, &d, &aim, spend, &best, NULL) == OK) known_found_list(c, "x", spend, 2);
    }
    draws_free(&d);
    free(p);
}

static void normal_tail(known_case_t *c)
{
    enum { DRAWS = 1000 };
    double value[DRAWS], level = known_input(c, "level");
    distribution_t law = {LAW_NORMAL, known_input(c, "mean"), known_input(c, "sd")};
    risk_aim_t aim = {.measure = RISK_CVAR, .level = level};
    for (int s = 0; s < DRAWS; s++) value[s] = distribution_quantile(law, (s + 0.5) / DRAWS);
    known_found(c, "cvar", risk_of(&aim, value, DRAWS));
    known_found(c, "var", quantile_of_sorted(value, DRAWS, 1 - level));
}

/* --- selection ------------------------------------------------------------------------------------ */

static void ocba_published(known_case_t *c)
{
    double mean[KNOWN_MOST], sd[KNOWN_MOST];
    int looks[KNOWN_MOST], n = known_inputs(c, "mean", mean);
    known_inputs(c, "variance", sd);
    for (int i = 0; i < n; i++) sd[i] = m_sqrt(sd[i]);
    ocba_looks(mean, sd, n, 1, (int)known_input(c, "runs"), looks);
    for (int i = 0; i < n; i++) c->found(c, "runs", i, looks[i]);
}

static void ocba(known_case_t *c)
{
    double mean[KNOWN_MOST], sd[KNOWN_MOST], share[KNOWN_MOST], total = known_input(c, "total");
    int n = known_inputs(c, "mean", mean);
    known_inputs(c, "sd", sd);
    ocba_shares(mean, sd, n, 0, share);
    for (int i = 0; i < n; i++) c->found(c, "alloc", i, total * share[i]);
}

static void kim_nelson(known_case_t *c)
{
    kn_t kn =
        kn_constants(known_input(c, "alpha"), (int)known_input(c, "k"), (int)known_input(c, "n0"));
    known_found(c, "eta", kn.eta);
    known_found(c, "h2", kn.h2);
}

static void independent(known_case_t *c)
{
    double mean[KNOWN_MOST], se[KNOWN_MOST], p[KNOWN_MOST];
    int n = known_inputs(c, "mean", mean);
    known_inputs(c, "se", se);
    prob_best_independent(mean, se, n, p);
    known_found_list(c, "p_best", p, n);
}

static void pair(known_case_t *c)
{
    double d = known_input(c, "d"), sa = known_input(c, "sa"), sb = known_input(c, "sb");
    known_found(c, "p", prob_best_pair(d, sa, sb, known_input(c, "r")));
    known_found(c, "p_if_independent", prob_best_pair(d, sa, sb, 0));
}

static void zones(known_case_t *c)
{
    int n0 = (int)known_input(c, "n0");
    double p = known_input(c, "P");
    for (int i = 0; i < c->length(c, "k"); i++) {
        int k = (int)c->input(c, "k", i);
        c->found(c, "dudewicz_dalal", i, dudewicz_dalal_h(n0, k, p));
        c->found(c, "rinott", i, rinott_h(n0, k, p));
    }
}

/* Plans of equal spread, the best of them ahead by the indifference, chosen again and again. */
typedef struct {
    rng_key_t key;
    uint64_t race;
    double ahead;
} slippage_t;

static double slippage_value(void *context, int plan, int look)
{
    const slippage_t *s = context;
    rng_block_t b = rng_at(s->key, DRAW_BOOTSTRAP, (uint32_t)plan, 0, s->race, 0, (uint32_t)look);
    return normal_quantile(rng_unit(b, 0)) + (plan == 0 ? s->ahead : 0);
}

static void kim_nelson_races(known_case_t *c)
{
    int races = (int)known_input(c, "races"), right = 0, looks;
    slippage_t s = {rng_key((uint64_t)known_input(c, "seed")), 0, known_input(c, "delta")};
    kn_procedure_t kn = {.plans = (int)known_input(c, "k"),
                         .first = (int)known_input(c, "n0"),
                         .step = 1,
                         .most = 1000,
                         .alpha = known_input(c, "alpha"),
                         .delta = s.ahead,
                         .value = slippage_value,
                         .context = &s};
    for (; s.race < (uint64_t)races; s.race++) {
        bool in[KN_PLANS];
        for (int k = 0; k < kn.plans; k++) in[k] = true;
        right += kn_choose(&kn, in, &looks) == 0;
    }
    known_found(c, "chosen_rightly", (double)right / races);
}

/* A newsvendor (SimOpt CNTNEWS-1): what is bought and not sold brings its salvage, so that price min(x, d) + salvage
 * (x - d)+ - cost x is (cost - salvage) (value min(x, d) - x): a straight line that ends at the demand d. */
static void newsvendor(known_case_t *c)
{
    double price = known_input(c, "price"), cost = known_input(c, "cost"),
           salvage = known_input(c, "salvage");
    int n = (int)known_input(c, "draws");
    problem_t *p = calloc(1, sizeof *p);
    outcome_t *o = malloc(sizeof *o);
    spline_t *own[ALLOCATION_CELLS] = {NULL};
    draws_t d = {0};
    aiming_t aim = {AIM_MAX_PROFIT, NAN, (price - salvage) / (cost - salvage)};
    if (!p || !o || draws_init(&d, n, 1, NULL) != OK) goto out;
    rng_key_t key = rng_key((uint64_t)known_input(c, "seed"));
    for (int s = 0; s < n; s++) {
        double u = rng_unit(rng_at(key, DRAW_BOOTSTRAP, 0, 0, (uint64_t)s, 0, 0), 0);
        curve_t *curve = draw_curve(&d, s, 0);
        curve->form = CURVE_LINEAR;
        curve->parameter[PARAMETER_SLOPE] = 1;
        curve->parameter[PARAMETER_MAX_RESPONSE] =
            m_pow(m_pow(1 - u, -1 / known_input(c, "k")) - 1, 1 / known_input(c, "c"));
    }
    *p = (problem_t){.n = 1, .periods = 1, .budget = known_input(c, "budget")};
    p->cell[0] = (cell_t){.name = "a cell", .high = p->budget};
    if (problem_expect(p, &d, own, NULL) == OK && aim_solve(p, &aim, o, NULL) == OK) {
        known_found(c, "x", o->best.spend[0]);
        known_found(c, "profit", (cost - salvage) * o->achieved);
    }
out:
    free(own[0]);
    draws_free(&d);
    free(p);
    free(o);
}

/* a (1 - e^(-b x)) */
static void water_filling(known_case_t *c)
{
    problem_t *p = calloc(1, sizeof *p);
    solution_t *s = malloc(sizeof *s);
    double even[KNOWN_MOST];
    if (!p || !s) goto out;
    p->n = c->length(c, "a");
    p->periods = 1;
    p->budget = known_input(c, "budget");
    for (int i = 0; i < p->n; i++) {
        p->cell[i] = (cell_t){.name = "a cell", .high = INFINITY, .curve.form = CURVE_EXPONENTIAL};
        p->cell[i].curve.parameter[PARAMETER_MAX_RESPONSE] = c->input(c, "a", i);
        p->cell[i].curve.parameter[PARAMETER_K] = 1 / c->input(c, "b", i);
        even[i] = p->budget / p->n;
    }
    if (problem_solve(p, s, NULL) != OK) goto out;
    known_found_list(c, "x", s->spend, p->n);
    known_found(c, "marginal", s->price);
    known_found(c, "response", s->total_response);
    known_found(c, "equal_split_response", problem_response(p, even));
out:
    free(p);
    free(s);
}

const known_answer_t known_in_allocation[] = {
    {"p1_square_root", powers},
    {"p3_one_gets_nothing", logs},
    {"p3_entry_point", logs},
    {"p4_michaelis_menten_2200", michaelis_mentens},
    {"p4_michaelis_menten_800", michaelis_mentens},
    {"p4_michaelis_menten_1000", michaelis_mentens},
    {"p4_cap_and_its_price", michaelis_mentens},
    {"p4_unspendable", michaelis_mentens},
    {"p5_disjoint_reach", exponentials},
    {"p7_five_of_ten", hills},
    {"p7_450_over_ten", hills},
    {"p7_two_at_130", hills},
    {"p7_two_at_141", hills},
    {"p7_two_at_142", hills},
    {"p7_two_at_150", hills},
    {"p9_target_roas_2", target_roas},
    {"p9_target_roas_1_3", target_roas},
    {"p9_target_roas_1", target_roas},
    {"p9_target_cpa", target_cpa},
    {"p9_target_mroas", target_mroas},
    {"p9_profit", max_profit},
    {"p9_min_spend", min_spend},
    {"p9_out_of_reach", target_roas},
    {"p10_frequency_2_2", best_frequency},
    {"p10_frequency_3_3", best_frequency},
    {"p10_frequency_1.5_2.5", best_frequency},
    {"p10_frequency_2_1", best_frequency},
    {"p10_frequency_2_0.5", best_frequency},
    {"p11_goerg", goerg},
    {"p12_newsvendor", newsvendor},
    {"p12_newsvendor_profit", newsvendor},
    {"p13_ocba", ocba_published},
    {"p13_kn", kim_nelson},
    {"p13_kn_races", kim_nelson_races},
    {"p14_mean_minus_variance", mean_minus_variance},
    {"p14_cvar_normal", normal_tail},
    {"p16_all_in_the_first_week", linear_flighting},
    {"p16_carry_out", linear_flighting},
    {"p16_even", concave_flighting},
    {"p16_path", adstock_path},
    {0},
};

const known_answer_t known_in_choice[] = {
    {"ocba_allocation", ocba}, {"prob_best_independent", independent}, {"prob_best_pair", pair},
    {"rs_constants", zones},   {"opt_water_filling", water_filling},   {0},
};
