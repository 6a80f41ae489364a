/* published.c -- where each figure is found in a simulated plan. */
#include "sim/experiment/published.h"
#include "models/base/fixed.h"
#include "models/brand/cascade.h"
#include "sim/config/load.h"
#include "sim/experiment/lift_test.h"

#include <math.h>
#include <string.h>

#define FACEBOOK_TESTS "Gordon, Moakler & Zettelmeyer 2022: medians of 663 Facebook experiments"
#define GOOGLE_TESTS "Johnson, Lewis & Nubbemeyer 2017: medians of 432 Google Display experiments"

/* clang-format off */
const published_row_t published_rows[PUBLISHED_ROWS] = {
    [PUBLISHED_DELAY_HOUR] = {"delay_1h", "orders within 1 h, of those in 30 days", "35 %", 0.33, 0.37, true,
        "Chapelle 2014", NULL},
    [PUBLISHED_DELAY_DAY] = {"delay_24h", "orders within 24 h", "50 %", 0.48, 0.52, true,
        "Chapelle 2014", NULL},
    [PUBLISHED_VIEW_THROUGH] = {"view_through", "orders credited without a click", "34 %", 0.29, 0.39, true,
        "Thesis/BMG360: mean of 70 US shops on Meta, 7 days after a click and 1 after a view", "most of them are orders that come by themselves, of which the default has few"},
    [PUBLISHED_LIFT_UPPER] = {"lift_upper", "lift of site visits", "17 to 28 %", 0.166, 0.28, true,
        GOOGLE_TESTS "; " FACEBOOK_TESTS, "people visit as seldom as they order by themselves"},
    [PUBLISHED_LIFT_MID] = {"lift_mid", "lift between visit and order", "19 %", 0.17, 0.21, true,
        FACEBOOK_TESTS, "no step between visit and order is simulated"},
    [PUBLISHED_LIFT_LOWER] = {"lift_lower", "lift of orders", "6 to 8 %", 0.06, 0.081, true,
        FACEBOOK_TESTS "; " GOOGLE_TESTS, "who sells more by herself has a smaller lift of the same ads"},
    [PUBLISHED_CASCADES] = {"cascades", "shares that nobody shares on", "most", 0.5, 1, true,
        "Goel, Watts & Goldstein 2012", NULL},
    [PUBLISHED_SALES_CV] = {"sales_cv", "variation of a person's purchases", "about 10", 8, 12, false,
        "Lewis & Rao 2015, 25 experiments: sd over mean", "the fewer orders there are, the more they vary"},
    [PUBLISHED_ON_TARGET] = {"on_target", "on target, audience by interest", "59 to 60 %", 0.54, 0.65, true,
        "Nielsen DAR 2016: 40,000 US campaigns", NULL},
};
/* clang-format on */

static int ad_set_named(const scenario_t *sc, const char *name)
{
    int a = 0;
    while (a < sc->n_ad_sets && strcmp(sc->ad_set[a].name, name) != 0) a++;
    return a;
}

static double of_plan(const study_t *s, const char *column)
{
    return study_estimate(s, scope_plan(s->evidence.scopes), column).mean;
}

/* Sum over replications of what the people held out do: they are shown no ad. */
static double held_out(const study_t *s, trial_t what)
{
    const evidence_t *v = &s->evidence;
    size_t rows = (size_t)scopes_rows(v->scopes), plan = (size_t)scope_plan(v->scopes);
    double sum = 0;
    for (size_t r = 0; r < 2 * v->pairs; r++)
        sum += (double)v->value[(r * rows + plan) * COUNTS + count_trial(what) + ARM_HELD];
    return sum;
}

/* Orders as they were drawn, each of its value: E N var(X) + var(N) E(X)^2 over (E N E X)^2. */
static double sales_cv(const study_t *s)
{
    const product_t *p = &s->scenario->product;
    double people = held_out(s, TRIAL_PEOPLE), mean = held_out(s, TRIAL_ORDERS) / people,
           variance = held_out(s, TRIAL_SQUARES) / people - mean * mean;
    double spread = p->value_sd / p->value;
    return sqrt(mean * spread * spread + variance) / mean;
}

static status_t find_all(const study_t *own, const study_t *clicks_alone,
                         double value[PUBLISHED_ROWS], error_t *err)
{
    const scenario_t *sc = own->scenario;
    const delay_t *delay = &sc->response.delay;
    const double month = 30 * 24;
    lift_result_t lift;
    status_t st = lift_test_result(&own->evidence, LIFT_GHOST_ADS, &lift, err);
    if (st != OK) return st;
    double base = lift.true_effect / lift.true_lift; /* orders of a person reached, without ads */
    double visits = of_plan(own, "visits") / lift.treated_people;
    value[PUBLISHED_DELAY_HOUR] = delay_cdf(delay, 1) / delay_cdf(delay, month);
    value[PUBLISHED_DELAY_DAY] = delay_cdf(delay, 24) / delay_cdf(delay, month);
    value[PUBLISHED_VIEW_THROUGH] =
        1 - of_plan(clicks_alone, "conversions") / of_plan(own, "conversions");
    value[PUBLISHED_LIFT_UPPER] = visits * sc->product.visit_to_order / base;
    value[PUBLISHED_LIFT_MID] = NAN;
    value[PUBLISHED_LIFT_LOWER] = lift.true_lift;
    value[PUBLISHED_CASCADES] =
        cascade_probability(sc->brand.reproduction, sc->brand.dispersion, 1);
    value[PUBLISHED_SALES_CV] = sales_cv(own);
    value[PUBLISHED_ON_TARGET] =
        study_estimate(own, ad_set_named(sc, "interest"), "on_target_pct").mean / 100;
    return OK;
}

/* ---- the plans ---- */

/* Three times the default, which is an assumption. */
const char *const published_busy = "product.organic_rate={new: 1.2%, existing: 18%, per: 30d}";

typedef struct {
    diagnostics_t *problems;
    loaded_t *loaded;
    study_t study;
} simulated_plan_t;

static status_t simulate_plan(simulated_plan_t *s, const char *const *set, size_t n, int threads,
                              error_t *err)
{
    char path[DATA_PATH];
    load_options_t load = {.set = set, .n_set = n};
    run_options_t run = {.threads = threads};
    if (!installed_file("reference/published.yaml", path))
        return fail(err, ERR_UNREADABLE,
                    "reference/published.yaml is not among the installed data");
    s->problems = diagnostics_new();
    status_t st = s->problems ? OK : fail_memory(err, "the plan of published figures");
    if (st == OK) st = scenario_load(path, &load, s->problems, &s->loaded, err);
    if (st == OK) st = study_open(&s->study, loaded_scenario(s->loaded), &run, err);
    return st == OK ? study_simulate(&s->study, err) : st;
}

static void plan_free(simulated_plan_t *s)
{
    study_close(&s->study);
    loaded_free(s->loaded);
    diagnostics_free(s->problems);
}

static status_t measure_plan(published_plan_t plan, int threads, double value[PUBLISHED_ROWS],
                             error_t *err)
{
    const char *const set[] = {published_busy, "attribution.view_window=0d"};
    const char *const *own = plan == PUBLISHED_BUSY ? set : set + 1;
    size_t n = plan == PUBLISHED_BUSY;
    simulated_plan_t with = {0}, without = {0};
    status_t st = simulate_plan(&with, own, n, threads, err);
    if (st == OK) st = simulate_plan(&without, own, n + 1, threads, err);
    if (st == OK) st = find_all(&with.study, &without.study, value, err);
    plan_free(&with);
    plan_free(&without);
    return st;
}

status_t published_measure(int threads, double value[PUBLISHED_PLANS][PUBLISHED_ROWS], error_t *err)
{
    status_t st = OK;
    for (int plan = 0; st == OK && plan < PUBLISHED_PLANS; plan++)
        st = measure_plan((published_plan_t)plan, threads, value[plan], err);
    return st;
}

published_verdict_t published_verdict(published_t row, double value)
{
    const published_row_t *r = &published_rows[row];
    if (isnan(value)) return PUBLISHED_NOT_MODELLED;
    return value >= r->low && value <= r->high ? PUBLISHED_MET : PUBLISHED_NOT_MET;
}
