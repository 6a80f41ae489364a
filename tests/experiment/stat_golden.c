/* Fifty random plans, each run in the three ways of the reference scenarios (a budget that never binds,
 * held by a throttle, held by the bid), the engine against the closed form of models/platform/plan.
 *
 * Plans are a Latin hypercube over the ranges of `knobs`, from a fixed seed. The draw keeps to what the
 * closed form assumes, by construction; no plan is thrown away afterwards: people open the platform
 * every day, caps last the flight, nothing recovers, prices do not know people, the uncapped budget is
 * ten times what can be spent, and the others are what some bid below the stated one and above the
 * reserve spends. The engine works a held plan out anew for the people of each replication, so a
 * quantity Q is off by about Var(activity)/2 x d2 ln Q; people are enough to keep that variance below 4e-4.
 *
 * |estimate - truth| <= t se for every plan, way and metric at once: t(31) at 0.0005 by Bonferroni.
 * And the mean z of the fifty plans, by way and metric, against the normal at 0.0005, which sees a bias
 * that all plans share. With fresh seeds one run in 1000 would fail. Seen with 99 %:
 * a bias of 1.3 to 1.9 % in a plan of average error (iROAS 0.7 to 1.1 %, reach 2+ up to 4.5 %), of 0.07 to
 * 0.2 % in all plans (reach 2+ 0.5 %); the test prints them. */
#include "tests/experiment/loaded.h"

#include "models/base/maths.h"
#include "models/platform/plan.h"
#include "sim/metrics/statistics.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { PLANS = 50, REPLICATIONS = 64, SETTINGS = 32, SEED = 20260302 };
static const double FALSE_ALARM = 0.0005; /* of each of the two tests */

/* --- the draw --------------------------------------------------------------------------------- */

/* As drawn: in units of other knobs where that keeps a plan possible. */
typedef struct {
    double eligible, users, opportunities, shape, days, amplitude, peak;
    double bid, quality, log_sd, noise, rivals, reserve, shading;
    double cap, viewability, click, wear_out, visit_rate, cvr, value;
} drawn_t;

typedef struct {
    size_t offset;
    double low, high;
    bool in_log;
    double absent; /* share of plans that have 0 here */
} knob_t;

#define KNOB(field) offsetof(drawn_t, field)
static const knob_t knobs[] = {
    {KNOB(eligible), 0.4, 1, false, 0},
    {KNOB(users), 0.6, 1, false, 0},
    {KNOB(opportunities), 3, 60, true, 0}, /* of a person over the flight, mean */
    {KNOB(shape), 0.2, 5, true, 0},
    {KNOB(days), 2, 28, false, 0},
    {KNOB(amplitude), 0, 1, false, 0.3},
    {KNOB(peak), 0, 24, false, 0},
    {KNOB(bid), 0.5, 50, true, 0},
    {KNOB(quality), 0.5, 2, true, 0},
    {KNOB(log_sd), 0.3, 1.5, false, 0},
    {KNOB(noise), 0.2, 2.5, false, 0.4},
    {KNOB(rivals), 0.15, 0.9, false, 0},    /* share of rivals whom the bid beats without noise */
    {KNOB(reserve), 0.05, 0.9, false, 0.5}, /* of the paced bid */
    {KNOB(shading), 0.1, 1.5, false, 0}, /* the paced bid is lower by so many log-sd of the rank */
    {KNOB(cap), 1, 41, true, 0},         /* rounded down */
    {KNOB(viewability), 0.3, 1, false, 0},
    {KNOB(click), 0.002, 0.1, true, 0}, /* of those who see it */
    {KNOB(wear_out), 0.5, 1, false, 0},
    {KNOB(visit_rate), 0.3, 1, false, 0},
    {KNOB(cvr), 0.005, 0.2, true, 0},
    {KNOB(value), 5, 500, true, 0},
};
enum { KNOBS = sizeof knobs / sizeof *knobs };

/* A stratum of its own for each plan and knob. */
static double knob_uniform(uint32_t plan, uint32_t knob)
{
    rng_key_t key = rng_key(SEED);
    double stratum = (double)rng_permute(key, knob + 1, 0, plan, PLANS);
    return (stratum + rng_unit(rng_at(key, DRAW_PARAMETER, 0, 0, plan, 0, knob), 0)) / PLANS;
}

static drawn_t plan_draw(uint32_t plan)
{
    drawn_t d;
    for (uint32_t k = 0; k < KNOBS; k++) {
        const knob_t *knob = &knobs[k];
        double u = knob_uniform(plan, k), *field = (double *)((char *)&d + knob->offset);
        double at = (u - knob->absent) / (1 - knob->absent);
        *field = at < 0         ? 0
                 : knob->in_log ? knob->low * m_pow(knob->high / knob->low, at)
                                : knob->low + (knob->high - knob->low) * at;
    }
    d.days = floor(d.days);
    d.cap = floor(d.cap);
    return d;
}

/* --- a plan, and what it comes to -------------------------------------------------------------- */

typedef enum { UNCAPPED, THROTTLED, PACED, WAYS } way_t;
static const char *const way_name[WAYS] = {"uncapped", "throttled", "paced"};

typedef struct {
    drawn_t drawn;
    double size, rival_median, reserve, budget[WAYS];
    plan_t closed[WAYS];
} variant_t;

/* So many people that the activity of a replication's eligible ones varies little, and that at least
 * 300 of them are reached. */
static double population_size(const drawn_t *d, const plan_t *least)
{
    plan_t one = *least;
    one.people = 1;
    double eligible = fmax(2500 * (1 + 1 / d->shape), 300 / plan_outcome(&one).reach);
    return ceil(eligible / (d->eligible * d->users));
}

static void variant_init(variant_t *v, uint32_t plan)
{
    drawn_t d = plan_draw(plan);
    double rank_sd = sqrt(d.log_sd * d.log_sd + d.noise * d.noise);
    double log_alpha = -d.shading * rank_sd, log_bid = m_log(d.bid);
    *v = (variant_t){.drawn = d};
    v->reserve = d.reserve * d.bid * m_exp(log_alpha);
    v->rival_median = d.bid * d.quality * m_exp(-d.log_sd * normal_quantile(d.rivals));
    plan_t full = {.people = 1,
                   .opportunities = d.opportunities,
                   .shape = d.shape,
                   .market = {.log_median = m_log(v->rival_median / d.quality),
                              .log_sd = d.log_sd,
                              .score_noise = d.noise,
                              .reserve = v->reserve},
                   .offer = {log_bid, log_bid}, /* a stated bid is a price limit too */
                   .pass_through = 1,
                   .cap = (int)d.cap,
                   .ctr = d.viewability * d.click,
                   .wear_out = d.wear_out};
    plan_t paced = full, throttled = full;
    paced.offer.log_value += log_alpha;
    throttled.pass_through = plan_pass_through(&full, plan_outcome(&paced).spend);
    v->size = population_size(&d, &throttled);
    double people = v->size * d.eligible * d.users;
    full.people = paced.people = throttled.people = people;
    v->closed[UNCAPPED] = full;
    v->closed[THROTTLED] = throttled;
    v->closed[PACED] = paced;
    v->budget[UNCAPPED] = 10 * plan_outcome(&full).spend;
    v->budget[THROTTLED] = v->budget[PACED] = plan_outcome(&paced).spend;
}

enum { REACH, REACH_2, IMPRESSIONS, SPEND, CLICKS, CAUSED, IROAS, METRICS };
static const char *const metric_name[METRICS] = {
    "reach", "reach_2", "impressions", "spend", "clicks", "incremental_conversions", "iroas"};

static void truth_of(const variant_t *v, way_t way, double truth[METRICS])
{
    plan_outcome_t out = plan_outcome(&v->closed[way]);
    truth[REACH] = out.reach;
    truth[REACH_2] = plan_reach_at_least(&v->closed[way], 2);
    truth[IMPRESSIONS] = out.impressions;
    truth[SPEND] = out.spend;
    truth[CLICKS] = out.clicks;
    truth[CAUSED] = out.clicks * v->drawn.visit_rate * v->drawn.cvr;
    truth[IROAS] = truth[CAUSED] * v->drawn.value / out.spend;
}

/* --- the engine ------------------------------------------------------------------------------- */

typedef struct {
    char text[SETTINGS][96];
    const char *set[SETTINGS];
    size_t n;
} settings_t;

static void set_to(settings_t *s, const char *path, const char *format, double value)
{
    char number[40];
    assert_true(s->n < SETTINGS);
    snprintf(number, sizeof number, format, value);
    snprintf(s->text[s->n], sizeof s->text[0], "%s=%s", path, number);
    s->set[s->n] = s->text[s->n];
    s->n++;
}

static void set_value(settings_t *s, const char *path, double value)
{
    set_to(s, path, "%.17g", value);
}

/* A seed of its own: under one seed all plans would meet the same people with the same luck, and their
 * errors would add up instead of averaging out. */
static void settings_of(settings_t *s, const variant_t *v, way_t way, uint32_t seed)
{
    const drawn_t *d = &v->drawn;
    *s = (settings_t){.n = 0};
    set_to(s, "seed", "%.0f", seed);
    set_to(s, "monte_carlo.replications", "%.0f", REPLICATIONS);
    set_to(s, "population.size", "%.0f", v->size);
    set_to(s, "people", "%.0f", v->size);
    set_value(s, "population.traits.eligible", d->eligible);
    set_to(s, "schedule.days", "%.0f", d->days);
    set_value(s, "platforms.one.users", d->users);
    set_value(s, "platforms.one.activity.opportunities_per_day", d->opportunities / d->days);
    set_value(s, "platforms.one.activity.shape", d->shape);
    set_value(s, "platforms.one.market.rival_median_cpm", v->rival_median);
    set_value(s, "platforms.one.market.rival_log_sd", d->log_sd);
    set_value(s, "platforms.one.market.score_noise", d->noise);
    set_value(s, "platforms.one.market.reserve_cpm", v->reserve);
    set_value(s, "platforms.one.viewability", d->viewability);
    if (d->amplitude > 0) {
        set_to(s, "platforms.one.hours", "{amplitude: %.17g}", d->amplitude);
        set_value(s, "platforms.one.hours.peak", d->peak);
    }
    set_value(s, "product.value", d->value);
    set_value(s, "response.wear_out", d->wear_out);
    set_value(s, "response.visit_rate", d->visit_rate);
    set_value(s, "response.cvr", d->cvr);
    set_value(s, "campaigns.c.lifetime_budget", v->budget[way]);
    set_value(s, "campaigns.c.ad_sets.a.bid_strategy.manual_cpm", d->bid);
    set_value(s, "campaigns.c.ad_sets.a.quality", d->quality);
    set_to(s, "campaigns.c.ad_sets.a.frequency_cap.impressions", "%.0f", d->cap);
    set_to(s, "campaigns.c.ad_sets.a.frequency_cap.window", "%.0fd", d->days);
    set_value(s, "campaigns.c.ad_sets.a.creatives.x.ctr", d->viewability * d->click);
}

/* What was run, so that it can be run again by hand. */
static void tell_settings(const settings_t *s, const char *path)
{
    print_message("adsim run %s", path);
    for (size_t i = 0; i < s->n; i++) print_message(" --set '%s'", s->set[i]);
    print_message("\n");
}

/* --- the comparison --------------------------------------------------------------------------- */

typedef struct {
    double z, error; /* sums over plans, by metric: z, se / truth */
    int compared;
} score_t;

static double one_limit(void)
{
    return student_quantile(1 - FALSE_ALARM / (2.0 * PLANS * WAYS * METRICS), REPLICATIONS / 2 - 1);
}

/* Returns how many metrics are off. */
static int variant_compare(const variant_t *v, way_t way, uint32_t seed, score_t tally[METRICS])
{
    simulated_t s;
    settings_t settings;
    char path[64];
    double truth[METRICS];
    int off = 0;
    settings_of(&settings, v, way, seed);
    snprintf(path, sizeof path, "configs/reference/golden-%s.yaml", way_name[way]);
    simulate(&s, path, settings.set, settings.n);
    truth_of(v, way, truth);
    int scope = scope_plan(world_scopes(s.study.world));
    for (int k = 0; k < METRICS; k++) {
        mean_error_t e =
            estimator_mean_error(s.study.estimator, scope, column_find(metric_name[k]));
        double z = (e.mean - truth[k]) / e.between_se;
        if (truth[k] == 0) { /* reach_2 under a cap of 1 */
            off += e.mean != 0;
            continue;
        }
        tally[k].z += z;
        tally[k].error += e.between_se / truth[k];
        tally[k].compared++;
        bool fine = fabs(z) <= one_limit();
        off += !fine;
        if (!fine)
            print_message("%s %s: %.6g, closed form %.6g, z %.2f\n", way_name[way], metric_name[k],
                          e.mean, truth[k], z);
    }
    if (off) tell_settings(&settings, path);
    simulated_free(&s);
    return off;
}

/* A bias that all plans share: the mean of n values of Student's t with f degrees has variance
 * f/(f - 2)/n. */
static int shared_bias(way_t way, const score_t tally[METRICS])
{
    double limit = -normal_quantile(FALSE_ALARM / (2.0 * WAYS * METRICS));
    double df = REPLICATIONS / 2 - 1, seen_at = one_limit() + 2.33;
    int off = 0;
    for (int k = 0; k < METRICS; k++) {
        double n = tally[k].compared, z = tally[k].z / sqrt(n * df / (df - 2));
        double error = tally[k].error / n;
        print_message("%-9s %-23s mean z %5.2f (limit %.2f), se %.3f %%; bias seen: one plan "
                      "%.2f %%, all %.2f %%\n",
                      way_name[way], metric_name[k], z, limit, 100 * error, 100 * error * seen_at,
                      100 * error * (limit + 2.33) / sqrt(n));
        off += fabs(z) > limit;
    }
    return off;
}

static void plans_meet_their_closed_form(way_t way)
{
    score_t tally[METRICS] = {{0}};
    int off = 0;
    for (uint32_t plan = 0; plan < PLANS; plan++) {
        variant_t v;
        variant_init(&v, plan);
        off += variant_compare(&v, way, 1 + plan + PLANS * way, tally);
    }
    off += shared_bias(way, tally);
    assert_int_equal(off, 0);
}

static void uncapped_plans_meet_their_closed_form(void **state)
{
    (void)state;
    plans_meet_their_closed_form(UNCAPPED);
}

static void throttled_plans_meet_their_closed_form(void **state)
{
    (void)state;
    plans_meet_their_closed_form(THROTTLED);
}

static void paced_plans_meet_their_closed_form(void **state)
{
    (void)state;
    plans_meet_their_closed_form(PACED);
}

/* The solvers find the bid and the throttle that a budget was made from. */
static void budgets_lead_back_to_the_bid(void **state)
{
    (void)state;
    for (uint32_t plan = 0; plan < PLANS; plan++) {
        variant_t v;
        variant_init(&v, plan);
        const plan_t *full = &v.closed[UNCAPPED], *paced = &v.closed[PACED];
        double found = plan_log_multiplier(full, v.budget[PACED]);
        assert_true(fabs(found - (paced->offer.log_value - full->offer.log_value)) < 1e-7);
        double spend = plan_outcome(&v.closed[THROTTLED]).spend;
        assert_true(fabs(spend - v.budget[THROTTLED]) < 1e-9 * spend);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(budgets_lead_back_to_the_bid),
        cmocka_unit_test(uncapped_plans_meet_their_closed_form),
        cmocka_unit_test(throttled_plans_meet_their_closed_form),
        cmocka_unit_test(paced_plans_meet_their_closed_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
