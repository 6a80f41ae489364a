/* The engine and the brute-force oracle simulate the same plans; every count of every ad set must agree
 * (MODEL 11, L4). */
#include "models/base/fixed.h"
#include "tests/engine/town.h"
#include "tests/oracle/oracle.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 5000 };

/* 18 plans x 5 scopes x 14 counts: one run in 190 fails by chance. A bias of 4.6 + 2.33 standard errors
 * is found 99 times in 100; the smallest such bias is printed. */
static const double FALSE_ALARM_Z = 4.6, POWER_Z = 2.33;

/* How the engine calls what the oracle counts, and its unit. */
static const struct {
    const char *name;
    count_t count;
    double unit;
} metrics[ORACLE_METRICS] = {
    [ORACLE_IMPRESSIONS] = {"impressions", COUNT_IMPRESSIONS, 1},
    [ORACLE_REACH_1] = {"reach 1", COUNT_REACH_1, 1},
    [ORACLE_REACH_2] = {"reach 2", COUNT_REACH_2, 1},
    [ORACLE_REACH_3] = {"reach 3", COUNT_REACH_3, 1},
    [ORACLE_SPEND] = {"spend", COUNT_SPEND, MICROS},
    [ORACLE_VIEWS] = {"views", COUNT_VIEWS, EVENT_ONE},
    [ORACLE_CLICKS] = {"clicks", COUNT_CLICKS, EVENT_ONE},
    [ORACLE_VISITS] = {"visits", COUNT_VISITS, EVENT_ONE},
    [ORACLE_AD_CONVERSIONS] = {"ad conversions", COUNT_AD_CONVERSIONS, EVENT_ONE},
    [ORACLE_DISPLACED] = {"displaced", COUNT_DISPLACED, EVENT_ONE},
    [ORACLE_CONVERSIONS] = {"attributed", COUNT_CONVERSIONS, EVENT_ONE},
    [ORACLE_ORGANIC_CREDITED] = {"organic credited", COUNT_ORGANIC_CREDITED, EVENT_ONE},
    [ORACLE_PLATFORM_CONVERSIONS] = {"claimed", COUNT_PLATFORM_CONVERSIONS, EVENT_ONE},
    [ORACLE_ORGANIC] = {"organic", COUNT_ORGANIC, EVENT_ONE},
};

/* ---- plans ---- */

static int in_audience(const oracle_person_t *who, int audience)
{
    switch (audience) {
    case TOWN_SPORTS: return who->traits & 1;
    case TOWN_WOMEN: return who->level[0] == 1 && who->level[1] >= 1;
    default: return 1;
    }
}

static void stated(ad_set_t *ad, bid_strategy_t strategy, double bid)
{
    ad->strategy = strategy;
    ad->bid = bid;
}

static void every_ad_set(scenario_t *sc, pacing_t pacing, double budget)
{
    for (int a = 0; a < sc->n_ad_sets; a++) {
        sc->ad_set[a].pacing = pacing;
        sc->ad_set[a].budget = budget;
    }
}

/* Stated prices above and below each other, nothing else: no caps, no wear, no delay. */
static void plain(scenario_t *sc)
{
    static const double bid[] = {15, 25, 20, 12};
    every_ad_set(sc, PACING_ASAP, 1e6);
    for (int a = 0; a < 4; a++) {
        stated(&sc->ad_set[a], BID_MANUAL_CPM, bid[a]);
        sc->ad_set[a].cap.impressions = 0;
    }
    sc->campaign[0].cap.impressions = 0;
    sc->response.wear_in = sc->response.wear_out = 1;
    sc->response.delay_fast_share = 1;
    sc->response.delay_fast_hours = 0;
    sc->product.pull_forward = 0;
}

static void caps(scenario_t *sc)
{
    plain(sc);
    sc->ad_set[0].cap = (frequency_cap_t){2, 1};
    sc->ad_set[1].cap = (frequency_cap_t){1, 0.25};
    sc->ad_set[3].cap = (frequency_cap_t){3, 2.5};
    sc->campaign[0].cap = (frequency_cap_t){4, 2};
}

static void wear_out(scenario_t *sc)
{
    plain(sc);
    sc->response.wear_in = 0.4;
    sc->response.wear_in_exposures = 2;
    sc->response.wear_out = 0.85;
    sc->response.recovery_days = 2;
    sc->creative[1].family = sc->creative[2].family = sc->creative[4].family;
}

static void delays(scenario_t *sc)
{
    plain(sc);
    sc->response.delay_fast_share = 0.5;
    sc->response.delay_fast_hours = 3;
    sc->response.delay_slow_hours = 50;
    sc->product.pull_forward = 0.3;
    sc->product.pull_forward_days = 4;
    sc->attribution.click_window_days = 2;
    sc->attribution.view_window_days = 0.5;
}

static void bid_caps(scenario_t *sc)
{
    static const double bid[] = {0.6, 0.8, 0.7, 0.1};
    plain(sc);
    sc->response.learning_noise = 0.1; /* more would decide which of two bids is higher */
    for (int a = 0; a < 4; a++) stated(&sc->ad_set[a], BID_CAP, bid[a]);
}

static void budget_binds(scenario_t *sc)
{
    plain(sc);
    sc->ad_set[0].budget = 15;
    sc->ad_set[1].budget = 25;
    sc->ad_set[2].budget = 10;
    sc->ad_set[3].budget = 30;
}

static void paced(scenario_t *sc)
{
    budget_binds(sc);
    for (int a = 0; a < 4; a++) {
        sc->ad_set[a].pacing = PACING_EVEN;
        stated(&sc->ad_set[a], BID_LOWEST_COST, NAN);
    }
}

static void paced_stated(scenario_t *sc)
{
    bid_caps(sc);
    every_ad_set(sc, PACING_EVEN, 20);
    sc->ad_set[1].budget = 1000; /* slack */
}

static void throttled(scenario_t *sc)
{
    budget_binds(sc);
    for (int a = 0; a < 4; a++) {
        sc->ad_set[a].pacing = PACING_EVEN;
        sc->ad_set[a].method = PACE_BY_THROTTLE;
    }
    sc->ad_set[3].budget = 1000;
}

static void constant_bid(scenario_t *sc)
{
    paced(sc);
    sc->response.learning_noise = 0;
    for (int a = 0; a < 4; a++) sc->ad_set[a].pacing = PACING_CONSTANT;
}

static void constant_throttle(scenario_t *sc)
{
    throttled(sc);
    for (int a = 0; a < 4; a++) sc->ad_set[a].pacing = PACING_CONSTANT;
}

static void retargeting(scenario_t *sc)
{
    plain(sc);
    sc->ad_set[2].audience = TOWN_VISITORS;
    sc->ad_set[2].cvr = 0.5;
    sc->audience[TOWN_VISITORS].window_days = 3;
    sc->audience[TOWN_VISITORS].exclude_purchasers_days = 2;
    sc->response.delay_fast_hours = 6;
}

static void quality_and_reserve(scenario_t *sc)
{
    plain(sc);
    sc->ad_set[0].quality = 2;
    sc->ad_set[1].quality = 0.7;
    sc->ad_set[3].quality = 1.5;
    sc->platform[0].reserve_cpm = 12;
    sc->platform[1].reserve_cpm = 8;
}

static void no_score_noise(scenario_t *sc)
{
    plain(sc);
    sc->platform[0].score_noise = sc->platform[1].score_noise = 0;
    sc->platform[0].reserve_cpm = 9;
    sc->ad_set[0].quality_cpm = 6;
    sc->ad_set[2].quality_cpm = -3;
    sc->ad_set[3].quality = 2;
}

static void no_score_noise_paced(scenario_t *sc)
{
    paced(sc);
    sc->platform[0].score_noise = sc->platform[1].score_noise = 0;
}

/* A person stands for ten; people differ more and come seldom, but then much. */
static void ten_each(scenario_t *sc)
{
    paced(sc);
    for (int a = 0; a < 4; a++) sc->ad_set[a].budget *= 10;
    for (int p = 0; p < 2; p++) {
        sc->platform[p].activity_shape = 0.5;
        sc->platform[p].open_days = 0.3;
    }
}

/* Nothing is estimated where impressions are the result. */
static void awareness(scenario_t *sc)
{
    paced(sc);
    sc->campaign[0].objective = sc->campaign[1].objective = OBJECTIVE_AWARENESS;
    stated(&sc->ad_set[1], BID_CAP, 0.015);
    sc->ad_set[3].pacing = PACING_ASAP;
    stated(&sc->ad_set[3], BID_CAP, 0.02);
    sc->ad_set[3].budget = 1000;
}

/* Everything at once: the town as it stands. */
static void town_itself(scenario_t *sc)
{
    sc->ad_set[2].audience = TOWN_VISITORS;
    sc->ad_set[0].budget = sc->ad_set[1].budget = 25;
    sc->ad_set[2].budget = 15;
    sc->ad_set[3].budget = 20;
    sc->ad_set[3].bid = 0.15;
}

static const struct plan {
    const char *name;
    void (*change)(scenario_t *sc);
    int pairs; /* of replications */
    int each;  /* real people that a simulated one stands for */
} plans[] = {
    {"plain", plain, 80, 1},
    {"caps", caps, 50, 1},
    {"wear_out", wear_out, 100, 1},
    {"delays", delays, 80, 1},
    {"bid_caps", bid_caps, 40, 1},
    {"budget_binds", budget_binds, 50, 1},
    {"paced", paced, 80, 1},
    {"paced_stated", paced_stated, 40, 1},
    {"throttled", throttled, 50, 1},
    {"constant_bid", constant_bid, 40, 1},
    {"constant_throttle", constant_throttle, 50, 1},
    {"retargeting", retargeting, 60, 1},
    {"quality_and_reserve", quality_and_reserve, 40, 1},
    {"no_score_noise", no_score_noise, 40, 1},
    {"no_score_noise_paced", no_score_noise_paced, 40, 1},
    {"ten_each", ten_each, 40, 10},
    {"awareness", awareness, 40, 1},
    {"town_itself", town_itself, 80, 1},
};

/* The town with many results an impression and people who differ little, so that counts are precise. */
static void richer_town(town_t *town, int each)
{
    town_init(town, (double)each * PEOPLE);
    scenario_t *sc = &town->sc;
    town->population->redraw = 1;
    sc->days = 3;
    town->population->trait[0].share[0] = 0.6;
    for (int p = 0; p < 2; p++) {
        sc->platform[p].users = 0.9 - 0.1 * p;
        sc->platform[p].activity_shape = 4;
    }
    sc->ad_set[2].audience = TOWN_EVERYONE;
    sc->response.person_sd = 0.6;
    sc->response.cvr = 0.4;
    sc->response.view_conversion = 0.02;
    sc->product.organic_new = 0.02;
    sc->product.organic_existing = 0.1;
    sc->product.visit_to_order = 0.2;
    for (int c = 0; c < sc->n_creatives; c++) sc->creative[c].ctr = 0.15 + 0.03 * c;
}

static int verbose, times = 1;
static struct {
    double weight, sum; /* of relative differences, each weighed by its precision */
} shared[ORACLE_METRICS];

/* ---- two samples ---- */

typedef struct {
    double n, mean, squares;
} sample_t;

static void sample_add(sample_t *s, double x)
{
    double off = x - s->mean;
    s->mean += off / ++s->n;
    s->squares += off * (x - s->mean);
}

static double sample_variance(const sample_t *s) /* of the mean */
{
    return s->squares / (s->n - 1) / s->n;
}

typedef sample_t samples_t[MAX_AD_SETS + 1][ORACLE_METRICS];

static void fly_engine(const scenario_t *sc, int pairs, samples_t out)
{
    error_t err = {""};
    world_t *world;
    workspace_t *ws;
    totals_t totals;
    assert_int_equal(world_new(sc, PEOPLE, 1, &world, &err), OK);
    assert_int_equal(workspace_new(world, &ws, &err), OK);
    scopes_t scopes = world_scopes(world);
    assert_int_equal(totals_init(&totals, scopes, &err), OK);
    for (int pair = 0; pair < pairs; pair++) {
        oracle_count_t sum = {0};
        for (int half = 0; half < 2; half++) {
            assert_int_equal(
                replication_run(world, sc, (uint32_t)(2 * pair + half), ws, &totals, &err), OK);
            for (int s = 0; s <= sc->n_ad_sets; s++) {
                int scope = s < sc->n_ad_sets ? scope_ad_set(scopes, s) : scope_plan(scopes);
                for (int m = 0; m < ORACLE_METRICS; m++)
                    sum.value[s][m] += (double)totals.value[scope * COUNTS + metrics[m].count] /
                                       metrics[m].unit / 2;
            }
        }
        for (int s = 0; s <= sc->n_ad_sets; s++)
            for (int m = 0; m < ORACLE_METRICS; m++) sample_add(&out[s][m], sum.value[s][m]);
    }
    totals_free(&totals);
    workspace_delete(ws);
    world_delete(world);
}

/* Where the oracle's fluid solution does not count, because caps bind, both start where the engine does.
 * People who stay are stratified: their activity is nearest to what is expected of redrawn ones. */
static void find_start(town_t *town, oracle_start_t *start)
{
    error_t err = {""};
    world_t *world;
    ad_set_plan_t plan;
    town->population->redraw = 0;
    assert_int_equal(world_new(&town->sc, PEOPLE, 1, &world, &err), OK);
    for (int a = 0; a < town->sc.n_ad_sets; a++) {
        const ad_set_t *ad = &town->sc.ad_set[a];
        int capped = ad->cap.impressions || town->sc.campaign[ad->campaign].cap.impressions;
        world_plan(world, &town->sc, a, &plan);
        start[a] = capped ? (oracle_start_t){plan.start_value_cpm, plan.start_pass_through}
                          : (oracle_start_t){NAN, NAN};
    }
    world_delete(world);
    town->population->redraw = 1;
}

static void fly_oracle(const scenario_t *sc, int pairs, samples_t out, const oracle_start_t *start)
{
    gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
    gsl_rng_set(rng, (unsigned long)sc->seed);
    oracle_t *oracle = oracle_new(sc, PEOPLE, in_audience, start);
    for (int k = 0; k < 2 * pairs; k++) {
        oracle_count_t count;
        oracle_fly(oracle, rng, &count);
        for (int s = 0; s <= sc->n_ad_sets; s++)
            for (int m = 0; m < ORACLE_METRICS; m++) sample_add(&out[s][m], count.value[s][m]);
    }
    oracle_delete(oracle);
    gsl_rng_free(rng);
}

/* ---- comparison ---- */

typedef struct {
    double z, relative, relative_sd;
} gap_t;

static gap_t gap_between(const sample_t *engine, const sample_t *oracle)
{
    double difference = engine->mean - oracle->mean;
    double sd = sqrt(sample_variance(engine) + sample_variance(oracle));
    if (difference == 0) return (gap_t){0, 0, 0};
    return (gap_t){difference / sd, difference / oracle->mean, sd / oracle->mean};
}

/* One metric over the ad sets and the plan; returns how many disagree. */
static int compare_metric(const char *plan, int metric, samples_t engine, samples_t oracle, int n)
{
    int wrong = 0, worst = 0;
    gap_t gap[MAX_AD_SETS + 1];
    for (int s = 0; s <= n; s++) {
        gap[s] = gap_between(&engine[s][metric], &oracle[s][metric]);
        wrong += !(fabs(gap[s].z) < FALSE_ALARM_Z);
        if (fabs(gap[s].z) > fabs(gap[worst].z)) worst = s;
        if (verbose)
            print_message("#   %-17s %s %d: engine %.6g, oracle %.6g (%+.2f %%), z %+.2f\n",
                          metrics[metric].name, s < n ? "ad set" : "plan", s,
                          engine[s][metric].mean, oracle[s][metric].mean, 100 * gap[s].relative,
                          gap[s].z);
    }
    print_message(
        "# %-20s %-17s worst z %+5.2f (%+.2f %%, %s %d); a bias of the plan is caught from "
        "%.2f %%\n",
        plan, metrics[metric].name, gap[worst].z, 100 * gap[worst].relative,
        worst < n ? "ad set" : "plan", worst, 100 * (FALSE_ALARM_Z + POWER_Z) * gap[n].relative_sd);
    if (gap[n].relative_sd > 0) {
        double weight = 1 / (gap[n].relative_sd * gap[n].relative_sd);
        shared[metric].weight += weight;
        shared[metric].sum += weight * gap[n].relative;
    }
    return wrong;
}

static void plan_agrees(void **state)
{
    const struct plan *plan = *state;
    static samples_t engine, oracle;
    memset(engine, 0, sizeof engine);
    memset(oracle, 0, sizeof oracle);
    oracle_start_t start[MAX_AD_SETS];
    town_t town;
    richer_town(&town, plan->each);
    plan->change(&town.sc);
    town.sc.seed = (uint64_t)(plan - plans) + 1000 * (uint64_t)times;
    find_start(&town, start);
    fly_engine(&town.sc, times * plan->pairs, engine);
    fly_oracle(&town.sc, times * plan->pairs, oracle, start);
    int wrong = 0;
    for (int m = 0; m < ORACLE_METRICS; m++)
        wrong += compare_metric(plan->name, m, engine, oracle, town.sc.n_ad_sets);
    town_free(&town);
    assert_int_equal(wrong, 0);
}

/* A bias of every plan that is too small for one of them. */
static void no_bias_is_shared_by_all_plans(void **state)
{
    (void)state;
    int wrong = 0;
    for (int m = 0; m < ORACLE_METRICS; m++) {
        double sd = 1 / sqrt(shared[m].weight), relative = shared[m].sum / shared[m].weight;
        wrong += !(fabs(relative / sd) < FALSE_ALARM_Z);
        print_message("# %-20s %-17s z %+5.2f (%+.2f %%); caught from %.2f %%\n", "all plans",
                      metrics[m].name, relative / sd, 100 * relative,
                      100 * (FALSE_ALARM_Z + POWER_Z) * sd);
    }
    assert_int_equal(wrong, 0);
}

/* stat_oracle [PLAN|all [TIMES]]: tells every count; TIMES as many replications, with other luck. */
int main(int argc, char **argv)
{
    enum { PLANS = sizeof plans / sizeof *plans };
    struct CMUnitTest tests[PLANS + 1];
    size_t n = 0;
    verbose = argc > 1;
    if (argc > 2) times = atoi(argv[2]);
    for (size_t k = 0; k < PLANS; k++)
        if (argc < 2 || !strcmp(argv[1], "all") || !strcmp(argv[1], plans[k].name))
            tests[n++] =
                (struct CMUnitTest){plans[k].name, plan_agrees, NULL, NULL, (void *)&plans[k]};
    if (n == PLANS)
        tests[n++] = (struct CMUnitTest)cmocka_unit_test(no_bias_is_shared_by_all_plans);
    return _cmocka_run_group_tests("oracle", tests, n, NULL, NULL);
}
