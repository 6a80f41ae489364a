/* stat_engines.c -- both engines fly the same plans with the same people and the same luck, and agree in every
 * count within what the pilot of the second is off.
 *
 * A sample is the difference of the two in one replication, over the mean of the first. A count is wrong if
 * the mean difference passes what is allowed, PLAN_OFF or AD_SET_OFF, by more than 4.6 standard errors: with 11
 * degrees of freedom chance does that once in 1,300, were there the whole difference that is allowed; there is
 * a fifth of it in most. What is found 99 times in 100 is told for each plan. The pilot is a third of 12,000
 * people: one that is too small for its smallest ad set (MODEL 9.7: 2,000 impressions) bids unsteadily and pays
 * more for less. */
#include "models/base/fixed.h"
#include "tests/engine/flights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { PEOPLE = 12000, REPLICATIONS = 12 };
static const double PLAN_OFF = 0.005, AD_SET_OFF = 0.015;
static const double FALSE_ALARM_Z = 4.6, POWER_Z = 2.33;
static const double EVENTS_LEAST = 2000; /* of a count in all replications, or it is passed over */

/* ---- plans ---- */

static void as_it_is(scenario_t *sc)
{
    (void)
        sc; /* overlap, caps at two levels, a pool, a stated bid; budgets that bind and one that does not */
}
static void scale_budgets(scenario_t *sc, double factor)
{
    for (int a = 0; a < sc->n_ad_sets; a++) sc->ad_set[a].budget *= factor;
}
static void little_money(scenario_t *sc)
{
    scale_budgets(sc, 0.3);
}
static void more_money_than_people(scenario_t *sc)
{
    scale_budgets(sc, 20);
}
static void no_caps(scenario_t *sc)
{
    sc->ad_set[0].cap[0].impressions = sc->campaign[0].cap[0].impressions = 0;
}
static void stated_bids(scenario_t *sc)
{
    for (int a = 0; a < sc->n_ad_sets; a++) {
        sc->ad_set[a].strategy = BID_MANUAL_CPM;
        sc->ad_set[a].bid = 20 + 3 * a;
    }
}
static void as_soon_as_possible(scenario_t *sc)
{
    stated_bids(sc);
    for (int a = 0; a < sc->n_ad_sets; a++) sc->ad_set[a].pacing = PACING_ASAP;
}
static void some_as_soon_as_possible(scenario_t *sc)
{
    stated_bids(sc);
    sc->ad_set[0].pacing = PACING_ASAP;
}
static void throttled(scenario_t *sc)
{
    stated_bids(sc);
    for (int a = 0; a < sc->n_ad_sets; a++) sc->ad_set[a].method = PACE_BY_THROTTLE;
}
static void front_loaded(scenario_t *sc)
{
    for (int a = 0; a < sc->n_ad_sets; a++) sc->ad_set[a].pacing = PACING_FRONT_LOADED;
}
static void goals(scenario_t *sc)
{
    sc->ad_set[0].strategy = BID_COST_CAP;
    sc->ad_set[0].bid = 20;
    sc->ad_set[1].strategy = BID_MIN_ROAS;
    sc->ad_set[1].bid = 1.5;
}
static void one_purse(scenario_t *sc)
{
    sc->campaign[0].shares_budget = 1;
    sc->campaign[0].lifetime_budget = 372;
    sc->campaign[0].pacing = PACING_EVEN;
    sc->ad_set[1].spend_cap = 120;
    sc->ad_set[2].min_spend = 40;
}
static void budgets_of_days(scenario_t *sc)
{
    for (int a = 0; a < sc->n_ad_sets; a++)
        sc->ad_set[a].daily = (daily_budget_t){1, sc->ad_set[a].budget / sc->days, 0.25};
}
static void in_the_evening(scenario_t *sc)
{
    for (int day = 0; day < WEEKDAYS; day++) sc->ad_set[1].schedule.silent[day] = 0x0000ffff;
}
static void charged_by_click(scenario_t *sc)
{
    for (int a = 0; a < sc->n_ad_sets; a++) sc->ad_set[a].billing = BILLED_CLICKS;
}

typedef struct {
    const char *name;
    void (*set)(scenario_t *sc);
} plan_t;
#define PLAN(f)                                                                                    \
    {                                                                                              \
#f, f                                                                                      \
    }
static const plan_t plans[] = {
    PLAN(as_it_is),    PLAN(little_money),        PLAN(more_money_than_people),
    PLAN(no_caps),     PLAN(as_soon_as_possible), PLAN(some_as_soon_as_possible),
    PLAN(throttled),   PLAN(front_loaded),        PLAN(goals),
    PLAN(one_purse),   PLAN(budgets_of_days),     PLAN(in_the_evening),
    PLAN(stated_bids), PLAN(charged_by_click),
};
enum { PLANS = sizeof plans / sizeof *plans };

/* ---- differences ---- */

/* Losses are held against what was shown: whoever stops a minute earlier loses nearly nothing of that, and
 * much of what it lost before. */
static int compared_with(int column)
{
    switch (column) {
    case COUNT_LOST_CAP:
    case COUNT_LOST_OVERLAP:
    case COUNT_LOST_BUDGET: return COUNT_IMPRESSIONS;
    case COUNT_KEPT_OUT:
    case COUNT_SUPPRESSED: return -1; /* thousandths of opportunities */
    default: return column;
    }
}

static double unit_of(int column)
{
    switch (column) {
    case COUNT_VIEWS:
    case COUNT_CLICKS:
    case COUNT_VISITS:
    case COUNT_AD_CONVERSIONS:
    case COUNT_DISPLACED:
    case COUNT_CONVERSIONS:
    case COUNT_PLATFORM_CONVERSIONS:
    case COUNT_ORGANIC_CREDITED:
    case COUNT_ORGANIC:
    case COUNT_ON_TARGET_CLICKS:
    case COUNT_ON_TARGET_CONVERSIONS: return EVENT_ONE;
    case COUNT_SPEND:
    case COUNT_UNBILLED: return MICROS / 100;
    case COUNT_AD_REVENUE:
    case COUNT_DISPLACED_REVENUE:
    case COUNT_REVENUE: return NANOS;
    default: return 1;
    }
}

/* Sums over replications of one count of one scope. */
typedef struct {
    double base, difference, square;
} sample_t;

static void take_sample(sample_t *s, const int64_t *closed, const int64_t *streamed, int column)
{
    int base = compared_with(column);
    double unit = unit_of(column), d = (double)(streamed[column] - closed[column]) / unit;
    s->base += base < 0 ? THOUSANDTHS * (double)closed[COUNT_OPPORTUNITIES]
                        : (double)closed[base] / unit_of(base);
    s->difference += d;
    s->square += d * d;
}

typedef struct {
    double mean, error; /* relative */
} gap_t;

static gap_t gap_of(const sample_t *s)
{
    double n = REPLICATIONS, mean = s->difference / n;
    double variance = (s->square / n - mean * mean) / (n - 1);
    return (gap_t){s->difference / s->base, sqrt(fmax(variance, 0)) * n / s->base};
}

static void fly_both(const scenario_t *sc, sample_t *sample)
{
    error_t err = {""};
    flight_t closed;
    world_t *world;
    streaming_t *streaming;
    totals_t totals;
    flight_begin(&closed, sc, PEOPLE);
    flight_check(world_new_streaming(sc, PEOPLE, 1, &crew_alone, &world, &err), &err);
    world->pilot = PEOPLE / 3;
    flight_check(streaming_new(world, 1, &streaming, &err), &err);
    flight_check(totals_init(&totals, world_scopes(world), &err), &err);
    int cells = scopes_count(world_scopes(world)) * COUNTS;
    for (uint32_t r = 0; r < REPLICATIONS; r++) {
        flight_fly(&closed, sc, r);
        flight_check(streaming_run(streaming, sc, r, &totals, &err), &err);
        for (int k = 0; k < cells; k++)
            take_sample(&sample[k], closed.totals.value + k / COUNTS * COUNTS,
                        totals.value + k / COUNTS * COUNTS, k % COUNTS);
    }
    totals_free(&totals);
    streaming_delete(streaming);
    world_delete(world);
    flight_end(&closed);
}

static void engines_agree(void **state)
{
    const plan_t *plan = *state;
    static town_t town;
    static sample_t sample[SCOPES_MOST * COUNTS];
    memset(sample, 0, sizeof sample);
    town_init(&town, PEOPLE);
    plan->set(&town.sc);
    fly_both(&town.sc, sample);
    scopes_t s = {town.sc.n_ad_sets, town.sc.n_campaigns, town.sc.n_platforms};
    gap_t worst = {0, 0}, power = {0, 0};
    int wrong = 0, compared = 0;
    for (int k = 0; k < scopes_count(s) * COUNTS; k++) {
        if (sample[k].base < EVENTS_LEAST) continue;
        bool whole = k / COUNTS == scope_plan(s);
        gap_t gap = gap_of(&sample[k]);
        double allowed = whole ? PLAN_OFF : AD_SET_OFF;
        compared++;
        if (fabs(gap.mean) > fabs(worst.mean)) worst = gap;
        if (whole && gap.error > power.error) power = gap;
        if (fabs(gap.mean) <= allowed + FALSE_ALARM_Z * gap.error) continue;
        print_message("# %s, scope %d, count %d: %+.2f %% +- %.2f %%\n", plan->name, k / COUNTS,
                      k % COUNTS, 100 * gap.mean, 100 * gap.error);
        wrong++;
    }
    int impressions = scope_plan(s) * COUNTS + COUNT_IMPRESSIONS;
    gap_t shown = gap_of(&sample[impressions]);
    print_message(
        "# %-26s %4d counts; impressions %+.2f %% +- %.2f %%, found from %.2f %% on; worst "
        "%+.2f %%\n",
        plan->name, compared, 100 * shown.mean, 100 * shown.error,
        100 * (PLAN_OFF + (FALSE_ALARM_Z + POWER_Z) * shown.error), 100 * worst.mean);
    town_free(&town);
    assert_true(compared > 100);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    struct CMUnitTest tests[PLANS];
    for (int k = 0; k < PLANS; k++)
        tests[k] = (struct CMUnitTest){plans[k].name, engines_agree, NULL, NULL, (void *)&plans[k]};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
