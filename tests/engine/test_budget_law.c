/* test_budget_law.c -- hundreds of plans drawn at random, from a millionth to a trillion of budget, every
 * bid, pacing, cap and overlap together: no budget is passed at any level, and no count contradicts
 * another. PLANS and the seed are fixed; a plan that breaks a law is named by its number. */
#include "models/base/fixed.h"
#include "tests/engine/town.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#ifndef PLANS
#define PLANS 150
#endif

enum {
    REPLICATIONS = 2,
    DAYS_MOST = 10,
    AD_SETS_MOST = 12,
    AUDIENCES = TOWN_AUDIENCES + 1,
    LIST = TOWN_AUDIENCES
};

/* --- chance ----------------------------------------------------------------------------------- */

typedef struct {
    uint64_t state;
} dice_t;

static uint64_t dice_word(dice_t *d) /* splitmix64, Steele et al. 2014 */
{
    uint64_t z = d->state += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

static int dice_below(dice_t *d, int n)
{
    return (int)(dice_word(d) % (uint64_t)n);
}

static double dice_between(dice_t *d, double low, double high)
{
    return low + (high - low) * (double)(dice_word(d) >> 11) * 0x1p-53;
}

/* All orders of magnitude alike. */
static double dice_magnitude(dice_t *d, double low, double high)
{
    return pow(10, dice_between(d, low, high));
}

/* --- a plan ----------------------------------------------------------------------------------- */

typedef struct {
    town_t town;
    scenario_t sc;
    size_t people;
} random_plan_t;

/* Half have no cap, a quarter one, a quarter several; some count views. */
static void draw_caps(dice_t *d, frequency_cap_t cap[MAX_CAPS])
{
    int n = dice_below(d, 2) ? 0 : dice_below(d, 2) ? 1 : 2 + dice_below(d, MAX_CAPS - 1);
    for (int k = 0; k < n; k++)
        cap[k] = (frequency_cap_t){1 + dice_below(d, 5), dice_magnitude(d, -1, 1),
                                   dice_below(d, 3) ? CAP_IMPRESSIONS : CAP_VIEWS};
}

static void draw_market(dice_t *d, platform_t *p)
{
    p->users = dice_between(d, 0.05, 1);
    p->opportunities_per_day = dice_magnitude(d, -1, 1.3);
    p->activity_shape = dice_magnitude(d, -0.7, 0.7);
    p->open_days = dice_between(d, 0.1, 1);
    p->rival_median_cpm = dice_magnitude(d, -1, 2.5);
    p->rival_log_sd = dice_between(d, 0.1, 1.5);
    p->score_noise = dice_below(d, 3) ? dice_between(d, 0, 2) : 0;
    p->desirability = dice_between(d, 0, 0.5);
    p->reserve_cpm = dice_below(d, 2) ? dice_magnitude(d, -2, 1) : 0;
    p->viewability = dice_between(d, 0.2, 1);
    draw_caps(d, p->cap);
}

/* What the rules of scenario_check allow: as soon as possible and throttling hold a stated bid. */
static void draw_bid(dice_t *d, ad_set_t *s, double reserve)
{
    s->strategy = (bid_strategy_t)dice_below(d, 3);
    bool stated = s->strategy != BID_LOWEST_COST;
    s->bid = s->strategy == BID_MANUAL_CPM ? reserve + dice_magnitude(d, -1, 4)
             : s->strategy == BID_CAP      ? dice_magnitude(d, -3, 5)
                                           : NAN;
    static const pacing_t unstated[] = {PACING_EVEN, PACING_EVEN, PACING_FRONT_LOADED,
                                        PACING_CONSTANT};
    s->pacing = stated ? (pacing_t)dice_below(d, 4) : unstated[dice_below(d, 4)];
    s->method = stated ? (pacing_method_t)dice_below(d, 3) : PACE_BY_BID;
}

/* Of half of them: some days, some hours, a pause; together they may leave nothing. */
static schedule_t draw_schedule(dice_t *d, int days)
{
    schedule_t s = {0};
    if (dice_below(d, 2)) return s;
    s.first_day = dice_below(d, days);
    s.end_day = s.first_day + 1 + dice_below(d, days - s.first_day);
    for (int day = 0; dice_below(d, 2) && day < WEEKDAYS; day++)
        s.silent[day] = (uint32_t)dice_word(d) & ALL_HOURS;
    if (!dice_below(d, 3)) s.pause[s.n_pauses++] = (days_t){1, 1 + dice_below(d, 2)};
    return s;
}

static void draw_ad_set(dice_t *d, random_plan_t *p, int a)
{
    static const char *const names[AD_SETS_MOST] = {"a", "b", "c", "d", "e", "f",
                                                    "g", "h", "i", "j", "k", "l"};
    scenario_t *sc = &p->sc;
    ad_set_t *s = &sc->ad_set[a];
    *s = town_ad_set(names[a], 0, dice_below(d, 2), dice_below(d, AUDIENCES),
                     dice_magnitude(d, -6, 12));
    if (!dice_below(d, 12)) s->budget = 0;
    /* Three of four are near what the town can spend: there they bind in the middle of the flight. */
    if (dice_below(d, 4)) s->budget = (double)p->people * dice_magnitude(d, -4, -1);
    draw_bid(d, s, sc->platform[s->platform].reserve_cpm);
    s->schedule = draw_schedule(d, sc->days);
    draw_caps(d, s->cap);
    s->quality = dice_magnitude(d, -1, 1);
    s->first_creative = sc->n_creatives;
    s->n_creatives = 1 + dice_below(d, 3);
    for (int k = 0; k < s->n_creatives; k++)
        sc->creative[sc->n_creatives++] =
            (creative_t){.name = "x",
                         .cvr = NAN,
                         .ctr = dice_magnitude(d, -4, 0) * sc->platform[s->platform].viewability,
                         .weight = dice_magnitude(d, -3, 3),
                         .family = (uint64_t)dice_below(d, 4)};
}

/* Some budgets are of days. The flight has the sum, as the loader writes it. */
static daily_budget_t draw_daily(dice_t *d, double *budget, int days)
{
    if (dice_below(d, 3)) return (daily_budget_t){0};
    daily_budget_t daily = {1, days ? *budget / days : 0, dice_below(d, 3) ? 0.75 : 0};
    *budget = daily.amount * days;
    return daily;
}

/* The platform splits it: then ad sets are paced together by their bids, and may have bounds. */
static void share_budget(dice_t *d, scenario_t *sc, int c)
{
    campaign_t *campaign = &sc->campaign[c];
    campaign->shares_budget = 1;
    campaign->daily = draw_daily(d, &campaign->lifetime_budget, campaign_days(sc, c));
    campaign->pacing =
        campaign->daily.given || dice_below(d, 2) ? PACING_EVEN : PACING_FRONT_LOADED;
    for (int a = campaign->first_ad_set; a < campaign->first_ad_set + campaign->n_ad_sets; a++) {
        ad_set_t *s = &sc->ad_set[a];
        s->budget = campaign->lifetime_budget / campaign->n_ad_sets;
        s->method = PACE_BY_BID;
        s->pacing = PACING_EVEN;
        if (!dice_below(d, 3)) s->spend_cap = s->budget * dice_magnitude(d, -2, 0.5);
        if (!dice_below(d, 3)) s->min_spend = s->budget * dice_between(d, 0, 1);
    }
}

/* Ad sets in the order of their campaigns, each campaign with the sum of its budgets. */
static void share_campaigns(dice_t *d, scenario_t *sc)
{
    sc->n_campaigns = 1 + dice_below(d, sc->n_ad_sets < 3 ? sc->n_ad_sets : 3);
    for (int c = 0, a = 0; c < sc->n_campaigns; c++) {
        int left = sc->n_ad_sets - a, later = sc->n_campaigns - 1 - c;
        int n = later ? 1 + dice_below(d, left - later) : left;
        sc->campaign[c] = (campaign_t){.name = "c",
                                       .objective = (objective_t)dice_below(d, 3),
                                       .schedule = draw_schedule(d, sc->days),
                                       .first_ad_set = a,
                                       .n_ad_sets = n};
        draw_caps(d, sc->campaign[c].cap);
        for (; n; n--, a++) {
            ad_set_t *s = &sc->ad_set[a];
            s->campaign = c;
            if (s->pacing == PACING_EVEN || s->pacing == PACING_ASAP)
                s->daily = draw_daily(d, &s->budget, ad_set_days(sc, a));
            sc->campaign[c].lifetime_budget += s->budget;
        }
        if (!dice_below(d, 3)) share_budget(d, sc, c);
    }
}

static void draw_plan(dice_t *d, random_plan_t *p)
{
    static const double weights[] = {1, 1, 7.25, 1000};
    p->people = (size_t)dice_magnitude(d, 2.7, 3.48); /* 500 to 3,000 */
    double size = floor((double)p->people * weights[dice_below(d, 4)]);
    town_init(&p->town, size);
    for (int k = 0; k < 12; k++) p->town.population->cell_count[k] = floor(size / 12);
    for (int k = 0; k < (int)size % 12; k++) p->town.population->cell_count[k]++;
    p->town.population->redraw = size == (double)p->people && dice_below(d, 2);
    p->sc = p->town.sc;
    scenario_t *sc = &p->sc;
    sc->seed = dice_word(d);
    sc->days = 1 + dice_below(d, 5 + 5 * !dice_below(d, 4));
    sc->people = (double)p->people;
    sc->n_audiences = AUDIENCES;
    sc->audience[LIST] =
        (audience_t){.name = "list", .kind = AUDIENCE_LIST, .match_rate = dice_between(d, 0, 1)};
    for (int k = 0; k < AUDIENCES; k++) { /* some leave out the visitors, some the list */
        int out = dice_below(d, 4);
        if (out == 0 && k != TOWN_VISITORS) sc->audience[k].excluded = 1 + TOWN_VISITORS;
        if (out == 1 && k != LIST) sc->audience[k].excluded = 1 + LIST;
    }
    for (int k = 0; k < 2; k++) draw_market(d, &sc->platform[k]);
    sc->product.pull_forward = dice_between(d, 0, 1);
    sc->response.cvr = dice_magnitude(d, -3, -0.5);
    sc->response.recovery_days = dice_below(d, 2) ? INFINITY : 5;
    sc->n_creatives = 0;
    sc->n_ad_sets = 1 + dice_below(d, AD_SETS_MOST);
    for (int a = 0; a < sc->n_ad_sets; a++) draw_ad_set(d, p, a);
    share_campaigns(d, sc);
}

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
           column == COUNT_PLATFORM_CONVERSIONS;
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

static void fly(const random_plan_t *p, seen_t *seen)
{
    error_t err = {""};
    world_t *world;
    workspace_t *ws;
    totals_t totals;
    assert_int_equal(world_new(&p->sc, p->people, 1, &world, &err), OK);
    assert_int_equal(workspace_new(world, &ws, &err), OK);
    assert_int_equal(totals_init(&totals, world_scopes(world), &err), OK);
    int scopes = scopes_count(world_scopes(world));
    int64_t before[AD_SETS_MOST][DAYS_MOST] = {0};
    int64_t *sum = calloc((size_t)scopes * COUNTS, sizeof *sum);
    for (uint32_t r = 0; r < REPLICATIONS; r++) {
        assert_int_equal(replication_run(world, &p->sc, r, ws, &totals, &err), OK);
        check_budgets(p, world, totals.value);
        check_daily_budgets(p, world, workspace_tables(ws), before);
        for (int scope = 0; scope < scopes; scope++) check_scope(p, world, totals.value, scope);
        for (int k = 0; k < scopes * COUNTS; k++) sum[k] += totals.value[k];
        look(seen, p, world, totals.value);
    }
    check_tables(p, workspace_tables(ws), sum);
    free(sum);
    totals_free(&totals);
    workspace_delete(ws);
    world_delete(world);
}

static void no_plan_breaks_a_law(void **state)
{
    (void)state;
    seen_t seen = {0};
    dice_t dice = {2026};
    static random_plan_t plan; /* too large for the stack's taste */
    for (plan_number = 0; plan_number < PLANS; plan_number++) {
        draw_plan(&dice, &plan);
        fly(&plan, &seen);
        town_free(&plan.town);
    }
    /* The plans are not all of one kind: the laws were tried where they can break. */
    printf("# %d ad sets spent out, %d had money left, %d showed nothing; %lld impressions\n",
           seen.spent_out, seen.full, seen.empty, (long long)seen.impressions);
    assert_true(seen.spent_out > PLANS / 4 && seen.full > PLANS / 4 && seen.empty > PLANS / 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_plan_breaks_a_law),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
