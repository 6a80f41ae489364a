/* test_budget_law.c -- hundreds of plans drawn at random, from a millionth to a trillion of budget, every
 * bid, pacing, cap and overlap together: no budget is passed at any level, and no count contradicts
 * another. PLANS and the seed are fixed; a plan that breaks a law is named by its number. */
#include "models/base/fixed.h"
#include "tests/engine/random_plan.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#ifndef PLANS
#define PLANS 150
#endif

enum { REPLICATIONS = 2 };

/* --- laws ------------------------------------------------------------------------------------- */

static int plan_number;
#define LAW(holds)                                                                                 \
    do {                                                                                           \
        if (!(holds)) fail_msg("plan %d, scope %d: not %s", plan_number, scope, #holds);           \
    } while (0)

/* A constant bid may pass its budget; the checker warns of it. */
static bool budget_binds(const ad_set_t *s)
{
    return s->pacing != PACING_CONSTANT;
}

/* The money of days is summed in currency and rounded to a micro. */
static double rounded_up(int64_t money)
{
    return (double)money * (1 + 1e-12) + 1;
}

/* No day passes the daily budget by more than its tolerance, no week the daily budget times its days. Money
 * of a replication: what the timeline holds more than before it. */
static void check_days(const random_plan_t *p, const world_t *world, uint64_t ad_sets,
                       const daily_budget_t *daily, pacing_t pacing, int64_t spend[][DAYS_MOST])
{
    const scenario_t *sc = &p->sc;
    int scope = __builtin_ctzll(ad_sets), days_of_week = 0;
    double weight = world_weight(world), week = 0;
    double most =
        (double)micros(daily->amount) * (1 + (pacing == PACING_ASAP ? 0 : daily->overspend));
    for (int day = 0; day < sc->days; day++) {
        int64_t spent = 0;
        bool runs = false;
        for (uint64_t s = ad_sets; s; s &= s - 1) {
            const ad_set_t *set = &sc->ad_set[__builtin_ctzll(s)];
            spent += spend[__builtin_ctzll(s)][day];
            runs |= schedule_runs_on(&set->schedule, &sc->campaign[set->campaign].schedule,
                                     flight_weekday(sc), day);
        }
        LAW(weight * (double)spent <= most);
        if ((flight_weekday(sc) + day) % WEEKDAYS == 6) { /* Sunday */
            week = 0;
            days_of_week = 0;
        }
        week += weight * (double)spent;
        days_of_week += runs;
        bool ends = day + 1 == sc->days || (flight_weekday(sc) + day + 1) % WEEKDAYS == 6;
        if (ends) LAW(week <= days_of_week * (double)micros(daily->amount));
    }
}

static void check_daily_budgets(const random_plan_t *p, const world_t *world, const tables_t *t,
                                int64_t before[][DAYS_MOST])
{
    const scenario_t *sc = &p->sc;
    int64_t spend[AD_SETS_MOST][DAYS_MOST];
    for (int a = 0; a < sc->n_ad_sets; a++)
        for (int day = 0; day < sc->days; day++) {
            int64_t all = t->timeline[(a * tables_days(t) + day) * TIMELINE_COUNTS + DAY_SPEND];
            spend[a][day] = all - before[a][day];
            before[a][day] = all;
        }
    for (int c = 0; c < sc->n_campaigns; c++) {
        const campaign_t *campaign = &sc->campaign[c];
        uint64_t all = ((1ull << campaign->n_ad_sets) - 1) << campaign->first_ad_set;
        if (campaign->daily.given)
            check_days(p, world, all, &campaign->daily, campaign->pacing, spend);
    }
    for (int a = 0; a < sc->n_ad_sets; a++)
        if (sc->ad_set[a].daily.given && !sc->campaign[sc->ad_set[a].campaign].shares_budget)
            check_days(p, world, 1ull << a, &sc->ad_set[a].daily, sc->ad_set[a].pacing, spend);
}

static void check_budgets(const random_plan_t *p, const world_t *world, const int64_t *value)
{
    const scenario_t *sc = &p->sc;
    scopes_t s = world_scopes(world);
    double weight = world_weight(world), plan_budget = 0;
    bool all_bind = true;
    for (int c = 0; c < sc->n_campaigns; c++) {
        const campaign_t *campaign = &sc->campaign[c];
        bool bind = true;
        for (int a = campaign->first_ad_set; a < campaign->first_ad_set + campaign->n_ad_sets;
             a++) {
            int scope = scope_ad_set(s, a);
            const ad_set_t *set = &sc->ad_set[a];
            double spend = weight * (double)value[scope * COUNTS + COUNT_SPEND];
            bind &= budget_binds(set);
            if (budget_binds(set) && !campaign->shares_budget)
                LAW(spend <= (set->daily.given ? rounded_up(micros(set->budget))
                                               : (double)micros(set->budget)));
            if (set->spend_cap > 0) LAW(spend <= (double)micros(set->spend_cap));
        }
        int scope = scope_campaign(s, c);
        if (bind) /* each ad set's budget is rounded to a micro */
            LAW(weight * (double)value[scope * COUNTS + COUNT_SPEND] <=
                campaign->lifetime_budget * MICROS * (1 + 1e-12) + campaign->n_ad_sets);
        plan_budget += campaign->lifetime_budget;
        all_bind &= bind;
    }
    int scope = scope_plan(s);
    if (all_bind)
        LAW(weight * (double)value[scope * COUNTS + COUNT_SPEND] <=
            plan_budget * MICROS * (1 + 1e-12) + sc->n_ad_sets);
}

/* People of the plan's ad sets that a scope holds; of reach, an upper bound. */
static bool scope_holds(const scenario_t *sc, scopes_t s, int scope, int a)
{
    return scope == a || scope == scope_campaign(s, sc->ad_set[a].campaign) ||
           scope == scope_platform(s, sc->ad_set[a].platform) || scope == scope_plan(s);
}

/* An order after a visit or a sight that was drawn, because a pool or a cap depended on it, is counted as an expectation by
 * means of a difference of mean zero: of one replication it may leave less than nothing. */
static bool may_fall_short(int column)
{
    return column == COUNT_CONVERSIONS || column == COUNT_REVENUE ||
           column == COUNT_PLATFORM_CONVERSIONS ||
           (column >= COUNT_CREDITS && column < COUNT_GHOSTS &&
            (column >= (int)count_credit(CREDIT_MARKOV, CREDITED_ORDERS) ||
             (column - COUNT_CREDITS) % CREDITED_COUNTS != CREDITED_ORGANIC));
}

/* What was not delivered was lost for one reason: to price, the budget, a cap or another own ad set. What
 * was kept out stands for at least itself. */
static void check_losses(const int64_t *v, int scope)
{
    int64_t before = v[COUNT_LOST_CAP] + v[COUNT_LOST_OVERLAP];
    LAW(v[COUNT_IMPRESSIONS] + before + v[COUNT_LOST_PRICE] + v[COUNT_LOST_BUDGET] +
            v[COUNT_LOST_SCHEDULE] ==
        v[COUNT_OPPORTUNITIES]);
    LAW(v[COUNT_IMPRESSIONS] <= v[COUNT_AUCTIONS] && v[COUNT_AUCTIONS] <= v[COUNT_OPPORTUNITIES]);
    LAW(v[COUNT_KEPT_OUT] >= THOUSANDTHS * before);
    LAW(v[COUNT_SUPPRESSED] >= THOUSANDTHS * v[COUNT_LOST_OVERLAP]);
    LAW(v[COUNT_SUPPRESSED] <= v[COUNT_KEPT_OUT]);
}

static bool counts_views(const frequency_cap_t cap[MAX_CAPS])
{
    for (int k = 0; k < MAX_CAPS; k++)
        if (cap[k].event == CAP_VIEWS) return true;
    return false;
}

static bool has_view_cap(const scenario_t *sc, int a)
{
    const ad_set_t *s = &sc->ad_set[a];
    return counts_views(s->cap) || counts_views(sc->campaign[s->campaign].cap) ||
           counts_views(sc->platform[s->platform].cap);
}

static void check_scope(const random_plan_t *p, const world_t *world, const int64_t *value,
                        int scope)
{
    const scenario_t *sc = &p->sc;
    scopes_t s = world_scopes(world);
    const int64_t *v = value + scope * COUNTS;
    int64_t impressions = 0, spend = 0, reach = 0, widest = 0, eligible = 0;
    bool drawn = false; /* anything of the plan */
    for (int a = 0; a < sc->n_ad_sets; a++) {
        const int64_t *own = value + a * COUNTS;
        const audience_t *audience = &sc->audience[sc->ad_set[a].audience];
        drawn |= audience->kind == AUDIENCE_RETARGET || audience->excluded || has_view_cap(sc, a);
        if (!scope_holds(sc, s, scope, a)) continue;
        impressions += own[COUNT_IMPRESSIONS];
        spend += own[COUNT_SPEND];
        reach += own[COUNT_REACH_1];
        eligible += (int64_t)world_eligible(world, a);
        if (own[COUNT_REACH_1] > widest) widest = own[COUNT_REACH_1];
    }
    for (int c = 0; c < COUNTS; c++) LAW(v[c] >= 0 || (drawn && may_fall_short(c)));
    check_losses(v, scope);
    LAW(v[COUNT_IMPRESSIONS] == impressions && v[COUNT_SPEND] == spend);
    LAW(v[COUNT_REACH_1] <= reach && v[COUNT_REACH_1] >= widest);
    LAW(v[COUNT_REACH_1] <= (int64_t)p->people);
    LAW(p->town.population->redraw || v[COUNT_REACH_1] <= eligible);
    LAW(v[COUNT_REACH_1] <= v[COUNT_IMPRESSIONS]); /* frequency >= 1 */
    LAW(!v[COUNT_REACH_1] == !v[COUNT_IMPRESSIONS]);
    LAW(v[COUNT_REACH_2] <= v[COUNT_REACH_1] && v[COUNT_REACH_3] <= v[COUNT_REACH_2]);
    LAW(v[COUNT_REACH_5] <= v[COUNT_REACH_3] && v[COUNT_REACH_10] <= v[COUNT_REACH_5]);
    LAW(v[COUNT_REACH_1] + v[COUNT_REACH_2] + v[COUNT_REACH_3] + 2 * v[COUNT_REACH_5] +
            5 * v[COUNT_REACH_10] <=
        v[COUNT_IMPRESSIONS]);
    LAW((double)v[COUNT_VIEWS] <= EVENT_ONE * (double)v[COUNT_IMPRESSIONS]);
    LAW(v[COUNT_CLICKS] <= v[COUNT_VIEWS]);
    LAW(v[COUNT_VISITS] <= v[COUNT_CLICKS]);
    LAW(v[COUNT_DISPLACED] <= v[COUNT_AD_CONVERSIONS]);
    LAW(v[COUNT_DISPLACED_REVENUE] <= v[COUNT_AD_REVENUE]);
}

/* The tables of both replications are the sums of their counts. */
static void check_tables(const random_plan_t *p, const tables_t *t, const int64_t *sum)
{
    int n = p->sc.n_ad_sets, days = tables_days(t);
    for (int scope = 0; scope < scopes_count(t->scopes); scope++) {
        const int64_t *v = sum + scope * COUNTS, *bin = t->frequency + scope * FREQUENCY_BINS;
        int64_t people = 0, at_least = 0;
        for (int f = 0; f < FREQUENCY_BINS; f++) {
            LAW(bin[f] >= 0);
            people += bin[f];
            at_least += (f + 1) * bin[f];
        }
        LAW(people == v[COUNT_REACH_1] && at_least <= v[COUNT_IMPRESSIONS]);
        LAW(bin[FREQUENCY_BINS - 1] || at_least == v[COUNT_IMPRESSIONS]);
        for (int c = 0; c < COUNT_ORGANIC; c++) {
            int64_t groups = 0;
            for (int g = 0; g < JACKKNIFE_GROUPS; g++)
                groups += t->group[(scope * COUNTS + c) * JACKKNIFE_GROUPS + g];
            LAW(groups == v[c]);
        }
    }
    for (int scope = 0; scope < n; scope++) {
        const int64_t *v = sum + scope * COUNTS;
        int64_t day[TIMELINE_COUNTS] = {0}, segment[SEGMENT_COUNTS] = {0};
        for (int k = 0; k < days * TIMELINE_COUNTS; k++)
            day[k % TIMELINE_COUNTS] += t->timeline[scope * days * TIMELINE_COUNTS + k];
        for (int k = 0; k < t->n_segments * SEGMENT_COUNTS; k++) {
            int64_t cell = t->segment[scope * t->n_segments * SEGMENT_COUNTS + k];
            LAW(cell >= 0);
            segment[k % SEGMENT_COUNTS] += cell;
        }
        int64_t hour[HOUR_COUNTS] = {0};
        for (int k = 0; k < DAY_HOURS * HOUR_COUNTS; k++)
            hour[k % HOUR_COUNTS] += t->hour[scope * DAY_HOURS * HOUR_COUNTS + k];
        LAW(hour[HOUR_IMPRESSIONS] == v[COUNT_IMPRESSIONS] && hour[HOUR_SPEND] == v[COUNT_SPEND]);
        const int64_t one = (int64_t)THOUSANDTHS, rounding = t->replications * (DAY_HOURS + one);
        LAW(llabs(hour[HOUR_OPPORTUNITIES] - one * v[COUNT_OPPORTUNITIES]) <= rounding);
        LAW(llabs(hour[HOUR_KEPT_OUT] - v[COUNT_KEPT_OUT] - one * v[COUNT_LOST_SCHEDULE]) <=
            rounding);
        LAW(day[DAY_IMPRESSIONS] == v[COUNT_IMPRESSIONS] && day[DAY_SPEND] == v[COUNT_SPEND]);
        LAW(day[DAY_CLICKS] == v[COUNT_CLICKS] && day[DAY_NEW_REACH] == v[COUNT_REACH_1]);
        LAW(segment[SEGMENT_IMPRESSIONS] == v[COUNT_IMPRESSIONS]);
        LAW(segment[SEGMENT_REACH] == v[COUNT_REACH_1] && segment[SEGMENT_SPEND] == v[COUNT_SPEND]);
        LAW(segment[SEGMENT_REACH] <= segment[SEGMENT_PEOPLE]);
        LAW(t->overlap[scope * n + scope] == v[COUNT_REACH_1]);
        for (int b = 0; b < n; b++)
            LAW(t->overlap[scope * n + b] == t->overlap[b * n + scope] &&
                t->overlap[scope * n + b] <= v[COUNT_REACH_1]);
    }
}

/* --- plans ------------------------------------------------------------------------------------ */

typedef struct {
    int spent_out, empty, full; /* ad sets: budget nearly gone; nothing shown; money left over */
    int64_t impressions;
} seen_t;

static void look(seen_t *seen, const random_plan_t *p, const world_t *world, const int64_t *value)
{
    for (int a = 0; a < p->sc.n_ad_sets; a++) {
        const int64_t *v = value + a * COUNTS;
        double spend = world_weight(world) * (double)v[COUNT_SPEND] / MICROS;
        seen->impressions += v[COUNT_IMPRESSIONS];
        if (!v[COUNT_IMPRESSIONS])
            seen->empty++;
        else if (spend > 0.98 * p->sc.ad_set[a].budget)
            seen->spent_out++;
        else
            seen->full++;
    }
}

/* Either engine; of the second the pilot is a third of the people. */
typedef struct {
    bool streams;
    world_t *world;
    workspace_t *ws;
    streaming_t *streaming;
    const tables_t *tables;
} engine_t;

static void engine_begin(engine_t *e, const random_plan_t *p)
{
    error_t err = {""};
    if (e->streams) {
        assert_int_equal(world_new_streaming(&p->sc, p->people, 1, &e->world, &err), OK);
        e->world->window = p->people / 5 + 1;
        e->world->pilot = p->people / 3;
        assert_int_equal(streaming_new(e->world, 1, &e->streaming, &err), OK);
        e->tables = streaming_tables(e->streaming);
    } else {
        assert_int_equal(world_new(&p->sc, p->people, 1, &e->world, &err), OK);
        assert_int_equal(workspace_new(e->world, &e->ws, &err), OK);
        e->tables = workspace_tables(e->ws);
    }
}

static void engine_run(engine_t *e, const random_plan_t *p, uint32_t replication, totals_t *totals)
{
    error_t err = {""};
    assert_int_equal(e->streams
                         ? streaming_run(e->streaming, &p->sc, replication, totals, &err)
                         : replication_run(e->world, &p->sc, replication, e->ws, totals, &err),
                     OK);
    /* On the pilot's path, level, stopped; and once or twice more for what others then spend. */
    if (e->streams) assert_in_range(streaming_passes(e->streaming), 1, 6);
}

static void engine_end(engine_t *e)
{
    streaming_delete(e->streaming);
    workspace_delete(e->ws);
    world_delete(e->world);
}

static void fly(const random_plan_t *p, bool streams, seen_t *seen)
{
    error_t err = {""};
    engine_t e = {.streams = streams};
    totals_t totals;
    engine_begin(&e, p);
    const world_t *world = e.world;
    assert_int_equal(totals_init(&totals, world_scopes(world), &err), OK);
    int scopes = scopes_count(world_scopes(world));
    int64_t before[AD_SETS_MOST][DAYS_MOST] = {0};
    int64_t *sum = calloc((size_t)scopes * COUNTS, sizeof *sum);
    for (uint32_t r = 0; r < REPLICATIONS; r++) {
        engine_run(&e, p, r, &totals);
        check_budgets(p, world, totals.value);
        check_daily_budgets(p, world, e.tables, before);
        for (int scope = 0; scope < scopes; scope++) check_scope(p, world, totals.value, scope);
        for (int k = 0; k < scopes * COUNTS; k++) sum[k] += totals.value[k];
        look(seen, p, world, totals.value);
    }
    check_tables(p, e.tables, sum);
    free(sum);
    totals_free(&totals);
    engine_end(&e);
}

static void fly_plans(bool streams, int plans)
{
    seen_t seen = {0};
    dice_t dice = {2026};
    static random_plan_t plan; /* too large for the stack's taste */
    for (plan_number = 0; plan_number < plans; plan_number++) {
        draw_plan(&dice, &plan);
        fly(&plan, streams, &seen);
        town_free(&plan.town);
    }
    /* The plans are not all of one kind: the laws were tried where they can break. */
    printf("# %d ad sets spent out, %d had money left, %d showed nothing; %lld impressions\n",
           seen.spent_out, seen.full, seen.empty, (long long)seen.impressions);
    assert_true(seen.spent_out > plans / 4 && seen.full > plans / 4 && seen.empty > plans / 8);
}

static void no_plan_breaks_a_law(void **state)
{
    (void)state;
    fly_plans(false, PLANS);
}

static void no_plan_breaks_a_law_when_it_is_streamed(void **state)
{
    (void)state;
    fly_plans(true, PLANS / 4); /* several passes each */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_plan_breaks_a_law),
        cmocka_unit_test(no_plan_breaks_a_law_when_it_is_streamed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
