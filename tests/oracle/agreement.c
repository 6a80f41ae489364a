/* agreement.c -- see agreement.h.
 *
 * Both sides fly a plan in pairs of flights, each pair with one draw of the uncertain values; a sample is
 * the engine's mean of a pair less the oracle's. */
#include "tests/oracle/agreement.h"

#include "models/audience/labels.h"
#include "models/base/fixed.h"
#include "sim/engine/parallel.h"
#include "tests/engine/town.h"
#include "tests/oracle/oracle.h"

#include <gsl/gsl_cdf.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* A count is found wrong from |z| = 4.6, which chance alone does once in 240,000; a bias of 4.6 + 2.33
 * standard errors is found 99 times in 100. */
static const double FALSE_ALARM_Z = 4.6, POWER_Z = 2.33;

enum { NOTHING = COUNTS };
#define BY(model) (COUNT_CREDITS + CREDITED_COUNTS * CREDIT_##model)

/* How the engine calls what the oracle counts (less a second count, and more by a third), and its unit. */
static const struct {
    const char *name;
    int count, less;
    double unit;
    int more; /* 0 = nothing */
} metrics[ORACLE_METRICS] = {
    [ORACLE_IMPRESSIONS] = {"impressions", COUNT_IMPRESSIONS, NOTHING, 1},
    [ORACLE_REACH_1] = {"reach", COUNT_REACH_1, NOTHING, 1},
    [ORACLE_REACH_2] = {"reach 2", COUNT_REACH_2, NOTHING, 1},
    [ORACLE_REACH_3] = {"reach 3", COUNT_REACH_3, NOTHING, 1},
    [ORACLE_REACH_5] = {"reach 5", COUNT_REACH_5, NOTHING, 1},
    [ORACLE_REACH_10] = {"reach 10", COUNT_REACH_10, NOTHING, 1},
    [ORACLE_SPEND] = {"spend", COUNT_SPEND, NOTHING, MICROS},
    [ORACLE_VIEWS] = {"views", COUNT_VIEWS, NOTHING, EVENT_ONE},
    [ORACLE_CLICKS] = {"clicks drawn", COUNT_CLICKS, NOTHING, EVENT_ONE},
    [ORACLE_VISITS] = {"visits drawn", COUNT_VISITS, NOTHING, EVENT_ONE},
    [ORACLE_AD_CONVERSIONS] = {"ad conversions", COUNT_AD_CONVERSIONS, NOTHING, EVENT_ONE},
    [ORACLE_DISPLACED] = {"displaced", COUNT_DISPLACED, NOTHING, EVENT_ONE},
    [ORACLE_INCREMENTAL] = {"incremental drawn", COUNT_AD_CONVERSIONS, COUNT_DISPLACED, EVENT_ONE,
                            COUNT_BRAND_CONVERSIONS},
    [ORACLE_BRAND_CONVERSIONS] = {"brand conversions", COUNT_BRAND_CONVERSIONS, NOTHING, EVENT_ONE},
    [ORACLE_BRAND_REVENUE] = {"brand revenue", COUNT_BRAND_REVENUE, NOTHING, NANOS},
    [ORACLE_RUN_OFF] = {"run-off", COUNT_RUN_OFF, NOTHING, EVENT_ONE},
    [ORACLE_AD_REVENUE] = {"ad revenue", COUNT_AD_REVENUE, NOTHING, NANOS},
    [ORACLE_DISPLACED_REVENUE] = {"displaced revenue", COUNT_DISPLACED_REVENUE, NOTHING, NANOS},
    [ORACLE_CONVERSIONS] = {"attributed", COUNT_CONVERSIONS, NOTHING, EVENT_ONE},
    [ORACLE_REVENUE] = {"revenue", COUNT_REVENUE, NOTHING, NANOS},
    [ORACLE_ORGANIC_CREDITED] = {"organic credited", COUNT_ORGANIC_CREDITED, NOTHING, EVENT_ONE},
    [ORACLE_PLATFORM_CONVERSIONS] = {"claimed", COUNT_PLATFORM_CONVERSIONS, NOTHING, EVENT_ONE},
    [ORACLE_FIRST_TOUCH] = {"first touch", BY(FIRST_TOUCH), NOTHING, EVENT_ONE},
    [ORACLE_LINEAR] = {"linear", BY(LINEAR), NOTHING, EVENT_ONE},
    [ORACLE_TIME_DECAY] = {"time decay", BY(TIME_DECAY), NOTHING, EVENT_ONE},
    [ORACLE_POSITION] = {"position", BY(POSITION), NOTHING, EVENT_ONE},
    [ORACLE_ORGANIC] = {"organic", COUNT_ORGANIC, NOTHING, EVENT_ONE},
    [ORACLE_EXPECTED_CLICKS] = {"clicks", COUNT_CLICKS, NOTHING, EVENT_ONE},
    [ORACLE_EXPECTED_VISITS] = {"visits", COUNT_VISITS, NOTHING, EVENT_ONE},
    [ORACLE_EXPECTED_INCREMENTAL] = {"incremental", COUNT_AD_CONVERSIONS, COUNT_DISPLACED,
                                     EVENT_ONE, COUNT_BRAND_CONVERSIONS},
    [ORACLE_ON_TARGET] = {"on target", COUNT_ON_TARGET, NOTHING, 1},
    [ORACLE_REACH_ON_TARGET] = {"reach on target", COUNT_REACH_ON_TARGET, NOTHING, 1},
    [ORACLE_ON_TARGET_INCREMENTAL] = {"incremental o.t.", COUNT_ON_TARGET_CONVERSIONS, NOTHING,
                                      EVENT_ONE},
    [ORACLE_TRUE_AUDIENCE] = {"truly in", COUNT_TRUE_AUDIENCE, NOTHING, 1},
    [ORACLE_MISSED] = {"missed", COUNT_MISSED, NOTHING, 1},
};

/* ---- plans: what differs from the base plan ---- */

typedef struct {
    size_t offset, size; /* of a field of the scenario */
    int is_real;
    double value;
    double low, high; /* drawn evenly between them for every pair; the value is then a trap */
    size_t step;      /* to the same field of the next ad set; 0 = only this one */
} change_t;

#define FIELD(field) ((const scenario_t *)0)->field
#define CHANGE(field, x, low, high, step)                                                          \
    {                                                                                              \
        offsetof(scenario_t, field), sizeof(FIELD(field)),                                         \
            _Generic(FIELD(field), double : 1, default : 0), x, low, high, step                    \
    }
#define SET(field, x) CHANGE(field, x, 0, 0, 0)
#define DRAWN(field, low, high, trap) CHANGE(field, trap, low, high, 0)
#define ALL(field, x) CHANGE(ad_set[0].field, x, 0, 0, sizeof(ad_set_t)) /* of the ad sets */
#define CAP(owner, n, days) SET(owner.cap[0].impressions, n), SET(owner.cap[0].window_days, days)
#define CAP_TOO(owner, n, days)                                                                    \
    SET(owner.cap[1].impressions, n), SET(owner.cap[1].window_days, days)
#define BY_VIEWS(owner) SET(owner.cap[0].event, CAP_VIEWS)
#define BIDS(how, a, b, c, d)                                                                      \
    ALL(strategy, how), SET(ad_set[0].bid, a), SET(ad_set[1].bid, b), SET(ad_set[2].bid, c),       \
        SET(ad_set[3].bid, d)
#define BUDGETS(a, b, c, d)                                                                        \
    SET(ad_set[0].budget, a), SET(ad_set[1].budget, b), SET(ad_set[2].budget, c),                  \
        SET(ad_set[3].budget, d)
#define PACED ALL(pacing, PACING_EVEN), ALL(strategy, BID_LOWEST_COST)
#define WEAR                                                                                       \
    SET(response.wear_in, 0.7), SET(response.wear_in_exposures, 2), SET(response.wear_out, 0.85),  \
        SET(response.recovery_days, 2)
#define DELAYS                                                                                     \
    SET(response.delay.fast_share, 0.5), SET(response.delay.fast_hours, 3),                        \
        SET(response.delay.slow_hours, 50), SET(response.view_conversion, 0.15),                   \
        SET(attribution.click_window_days, 2), SET(attribution.view_window_days, 0.1)

#define PLACEMENT(p, k, of, priced, seen, clicked)                                                 \
    SET(platform[p].placement[k].share, of), SET(platform[p].placement[k].price, priced),          \
        SET(platform[p].placement[k].viewability, seen),                                           \
        SET(platform[p].placement[k].ctr, clicked)
#define PLACEMENTS                                                                                 \
    SET(platform[0].n_placements, 2), PLACEMENT(0, 0, 0.7, 1.2, NAN, 0.8),                         \
        PLACEMENT(0, 1, 0.3, 0.6, 0.5, 1.2), SET(platform[1].n_placements, 3),                     \
        PLACEMENT(1, 0, 0.2, 1, 0.9, 1), PLACEMENT(1, 1, 0.5, 0.8, NAN, 0.7),                      \
        PLACEMENT(1, 2, 0.3, 1.5, NAN, 1.4)
#define RIVAL(p, k, of, relative, sd)                                                              \
    SET(platform[p].rival[k].share, of), SET(platform[p].rival[k].median, relative),               \
        SET(platform[p].rival[k].log_sd, sd)
#define RIVALS                                                                                     \
    SET(platform[0].n_rivals, 2), RIVAL(0, 0, 0.7, 0.7, 0.4), RIVAL(0, 1, 0.3, 2.5, 1),            \
        SET(platform[1].n_rivals, 3), RIVAL(1, 0, 0.5, 0.5, 0.5), RIVAL(1, 1, 0.3, 1.2, 0.3),      \
        RIVAL(1, 2, 0.2, 4, 1.2)

#define CONVERSION(k, rate, sight, without_ads, share, later)                                      \
    SET(conversion[k].cvr, rate), SET(conversion[k].view_conversion, sight),                       \
        SET(conversion[k].organic, without_ads), SET(conversion[k].order_share, share),            \
        SET(conversion[k].pull_forward, later), SET(conversion[k].value_sd, NAN)
#define LEADS                                                                                      \
    CONVERSION(CONVERSION_LEAD, 0.6, 0.05, 0.3, 0.25, 0.2),                                        \
        SET(conversion[CONVERSION_LEAD].value, NAN),                                               \
        SET(conversion[CONVERSION_LEAD].delay.fast_share, 0.6),                                    \
        SET(conversion[CONVERSION_LEAD].delay.fast_hours, 1),                                      \
        SET(conversion[CONVERSION_LEAD].delay.slow_hours, 20)
#define INSTALLS                                                                                   \
    CONVERSION(CONVERSION_INSTALL, 0.3, 0.01, 0.1, 0.1, 0),                                        \
        SET(conversion[CONVERSION_INSTALL].value, 7),                                              \
        SET(conversion[CONVERSION_INSTALL].delay.fast_share, 1)
#define VISITS                                                                                     \
    CONVERSION(CONVERSION_VISIT, NAN, 0.05, NAN, 0.05, 0.1),                                       \
        SET(conversion[CONVERSION_VISIT].value, NAN),                                              \
        SET(conversion[CONVERSION_VISIT].delay.fast_share, 1)
#define PROMOTION                                                                                  \
    SET(product.price.elasticity, -1.5), SET(product.price.n_promotions, 1),                       \
        SET(product.price.promotion[0].first, 1), SET(product.price.promotion[0].last, 1),         \
        SET(product.price.promotion[0].discount, 0.3)

/* A plan: what differs from the base plan. */
#define PLAN(label, n, ...) .name = label, .pairs = n, .change = {__VA_ARGS__}
static const struct plan {
    const char *name;
    int pairs; /* of flights */
    change_t change[64];
    int each;   /* real people that a simulated one stands for; 0 = 1 */
    int people; /* simulated; 0 = 5000 */
    int truth;  /* platforms err about people, appeals and affinity act */
} plans[] = {
    {PLAN("base", 150, {0})},
    {PLAN("caps", 100, CAP(ad_set[0], 2, 1), CAP(ad_set[1], 1, 0.25), CAP(ad_set[3], 3, 2.5),
          CAP(campaign[0], 4, 2))},
    {PLAN("several_caps", 100, CAP(ad_set[0], 1, 0.5), CAP_TOO(ad_set[0], 3, 2.5),
          CAP(campaign[0], 3, 1), CAP_TOO(campaign[0], 5, 3), CAP(platform[1], 1, 0.25),
          CAP_TOO(platform[1], 3, 2))},
    /* Whose sights are drawn decides what is shown later and which orders are credited; then also who
     * of them visits. */
    {PLAN("view_caps", 120, DELAYS, CAP(ad_set[0], 1, 1), BY_VIEWS(ad_set[0]),
          CAP(campaign[0], 3, 2), BY_VIEWS(campaign[0]), CAP(platform[1], 2, 1),
          BY_VIEWS(platform[1]), CAP_TOO(platform[1], 4, 2))},
    {PLAN("view_caps_and_visits", 120, DELAYS, CAP(ad_set[0], 1, 1), BY_VIEWS(ad_set[0]),
          CAP(platform[1], 2, 1), BY_VIEWS(platform[1]), SET(ad_set[2].audience, TOWN_VISITORS),
          SET(audience[TOWN_VISITORS].window_days, 3))},
    {PLAN("wear_out", 100, WEAR)},
    {PLAN("delays", 150, DELAYS)},
    {PLAN("bid_caps", 110, BIDS(BID_CAP, 0.6, 0.8, 0.7, 0.1), SET(response.learning_noise, 0.1))},
    /* 10 and 15 CPM, and the noise decides which is higher, and whether either wins; what many are
     * seen to do lessens it within the day. */
    {PLAN("learning", 1500, BIDS(BID_CAP, 1.333, 1.648, 1.51, 0.0556), SET(days, 1),
          SET(response.cvr, 0.05), SET(response.view_conversion, 0.001),
          SET(response.learning_noise, 1)),
     .each = 100, .people = 250},
    {PLAN("budget_binds", 100, BUDGETS(15, 25, 10, 12))},
    {PLAN("paced", 100, PACED, BUDGETS(15, 25, 10, 20))},
    {PLAN("periods", 100, PACED, BUDGETS(15, 25, 10, 20), ALL(budget_schedule.n, 2),
          ALL(budget_schedule.period[0].share, 0.6), ALL(budget_schedule.period[1].share, 0.4),
          ALL(budget_schedule.period[1].days.first, 1), ALL(budget_schedule.period[1].days.last, 2),
          SET(ad_set[2].budget_schedule.period[1].days.first, 2))},
    {PLAN("paced_bid_caps", 150, BIDS(BID_CAP, 0.6, 0.8, 0.7, 0.1), ALL(pacing, PACING_EVEN),
          BUDGETS(20, 1000, 20, 20), SET(response.learning_noise, 0.1))},
    {PLAN("paced_manual", 100, ALL(pacing, PACING_EVEN), BUDGETS(34, 1000, 68, 14.5))},
    {PLAN("throttled", 100, ALL(pacing, PACING_EVEN), ALL(method, PACE_BY_THROTTLE),
          BUDGETS(15, 25, 10, 1000))},
    {PLAN("constant_bid", 140, PACED, ALL(pacing, PACING_CONSTANT), BUDGETS(15, 25, 10, 20),
          SET(response.learning_noise, 0))},
    {PLAN("constant_throttle", 140, ALL(pacing, PACING_CONSTANT), ALL(method, PACE_BY_THROTTLE),
          BUDGETS(15, 25, 10, 1000))},
    /* The fluid start knows caps as long as the flight, of people who are worth the same. */
    {PLAN("constant_capped", 120, PACED, ALL(pacing, PACING_CONSTANT), BUDGETS(15, 25, 10, 20),
          ALL(cap[0].impressions, 2), ALL(cap[0].window_days, 3), SET(response.learning_noise, 0),
          SET(response.prediction, 0), SET(platform[0].open_days, 1), SET(platform[1].open_days, 1),
          SET(platform[0].desirability, 0), SET(platform[1].desirability, 0))},
    {PLAN("retargeting", 100, SET(ad_set[2].audience, TOWN_VISITORS), SET(ad_set[2].cvr, 0.5),
          SET(audience[TOWN_VISITORS].window_days, 3),
          SET(audience[TOWN_VISITORS].exclude_purchasers_days, 2),
          SET(response.delay.fast_hours, 6))},
    {PLAN("quality_and_reserve", 110, SET(ad_set[0].quality, 2), SET(ad_set[1].quality, 0.7),
          SET(ad_set[3].quality, 1.5), SET(platform[0].reserve_cpm, 12),
          SET(platform[1].reserve_cpm, 8))},
    {PLAN("no_score_noise", 100, SET(platform[0].score_noise, 0), SET(platform[1].score_noise, 0),
          SET(platform[0].reserve_cpm, 9), SET(ad_set[0].quality_cpm, 6),
          SET(ad_set[2].quality_cpm, -3), SET(ad_set[3].quality, 2))},
    /* What quality adds lifts no price limit: a reserve above the stated bid keeps it out. */
    {PLAN("added_quality", 60, BIDS(BID_CAP, 0.015, 0.025, 0.020, 0.0125), ALL(quality_cpm, 6),
          SET(campaign[0].objective, OBJECTIVE_AWARENESS),
          SET(campaign[1].objective, OBJECTIVE_AWARENESS), SET(platform[0].score_noise, 0),
          SET(platform[1].score_noise, 0), SET(platform[0].reserve_cpm, 18),
          SET(platform[1].reserve_cpm, 14))},
    {PLAN("no_score_noise_paced", 120, PACED, BUDGETS(15, 25, 10, 20),
          SET(platform[0].score_noise, 0), SET(platform[1].score_noise, 0),
          SET(response.learning_noise, 0))},
    /* People come seldom, but then much. */
    {PLAN("ten_each", 100, PACED, BUDGETS(150, 250, 100, 200), SET(platform[0].open_days, 0.3),
          SET(platform[1].open_days, 0.3)),
     .each = 10},
    /* Nothing is estimated where impressions are the result. */
    {PLAN("awareness", 100, PACED, BUDGETS(15, 25, 10, 1000),
          SET(campaign[0].objective, OBJECTIVE_AWARENESS),
          SET(campaign[1].objective, OBJECTIVE_AWARENESS), SET(ad_set[1].strategy, BID_CAP),
          SET(ad_set[1].bid, 0.015), SET(ad_set[3].strategy, BID_CAP), SET(ad_set[3].bid, 0.02),
          SET(ad_set[3].pacing, PACING_ASAP))},
    /* Budgets bind where many of a list are found. */
    {PLAN("drawn_values", 180, DRAWN(platform[0].viewability, 0.4, 0.9, 0.5),
          DRAWN(platform[1].viewability, 0.4, 0.9, 0.9),
          DRAWN(audience[TOWN_EVERYONE].match_rate, 0.3, 0.9, 0.6),
          SET(audience[TOWN_EVERYONE].kind, AUDIENCE_LIST),
          SET(audience[TOWN_SPORTS].match_rate, 0.5),
          SET(audience[TOWN_SPORTS].kind, AUDIENCE_LIST), SET(ad_set[3].budget, 3))},
    /* One ad set retargets on labels, another's audience is a list. */
    {PLAN("labels", 150, SET(ad_set[2].audience, TOWN_VISITORS), SET(ad_set[2].cvr, 0.3),
          SET(audience[TOWN_VISITORS].window_days, 3),
          SET(audience[TOWN_VISITORS].exclude_purchasers_days, 2),
          SET(audience[TOWN_EVERYONE].kind, AUDIENCE_LIST),
          SET(audience[TOWN_EVERYONE].match_rate, 0.6),
          SET(audience[TOWN_WOMEN].excluded, 1 + TOWN_VISITORS)),
     .truth = 1},
    /* A fifth of everyone, its seed left out; paced. */
    {PLAN("lookalike", 150, PACED, BUDGETS(15, 25, 10, 20),
          SET(audience[TOWN_EVERYONE].kind, AUDIENCE_LOOKALIKE),
          SET(audience[TOWN_EVERYONE].size, 0.2), SET(audience[TOWN_EVERYONE].correlation, 0.8),
          SET(audience[TOWN_EVERYONE].match_rate, 0.5)),
     .truth = 1},
    /* The one that is clicked more sells less, a little; both wear out, and ten people answer for one. */
    {PLAN("rotation", 150, WEAR, BIDS(BID_CAP, 0.6, 0.8, 0.7, 0.1),
          SET(response.learning_noise, 0.1), SET(ad_set[0].rotation, ROTATION_OPTIMISED),
          SET(creative[0].ctr, 0.1), SET(creative[0].cvr, 0.7), SET(creative[1].ctr, 0.25),
          SET(creative[1].cvr, 0.5)),
     .each = 10},
    /* Half of the ads' orders come through the brand; whoever orders leaves the pool. */
    {PLAN("brand", 150, DELAYS, SET(response.brand_effect, 6),
          SET(response.brand_half_life_days, 2), SET(attribution.click_window_days, 4),
          SET(attribution.view_window_days, 1), SET(ad_set[2].audience, TOWN_VISITORS),
          SET(audience[TOWN_VISITORS].window_days, 3),
          SET(audience[TOWN_VISITORS].exclude_purchasers_days, 2))},
    /* One campaign sells, one asks for leads, one ad set of the first for site visits. */
    {PLAN("kinds", 150, DELAYS, SET(campaign[1].objective, OBJECTIVE_LEADS),
          SET(ad_set[1].goal, GOAL_LANDING_PAGE_VIEWS), LEADS, VISITS,
          SET(response.brand_effect, 1), SET(response.brand_half_life_days, 2),
          SET(ad_set[2].audience, TOWN_VISITORS), SET(audience[TOWN_VISITORS].window_days, 3),
          SET(audience[TOWN_VISITORS].exclude_purchasers_days, 2))},
    {PLAN("kinds_paced", 150, PACED, BUDGETS(15, 25, 10, 20), SET(ad_set[0].goal, GOAL_LEADS),
          SET(campaign[1].objective, OBJECTIVE_APP_PROMOTION), LEADS, INSTALLS)},
    {PLAN("promotion", 150, DELAYS, PROMOTION, SET(response.brand_effect, 1),
          SET(response.brand_half_life_days, 2), SET(ad_set[2].audience, TOWN_VISITORS),
          SET(audience[TOWN_VISITORS].window_days, 3),
          SET(audience[TOWN_VISITORS].exclude_purchasers_days, 2))},
    /* What is left out, of second order, is some tenths of a percent here, where a person is expected to order .1 times. */
    {PLAN("satiation", 300, DELAYS, SET(product.satiation.effect, 0.8),
          SET(product.satiation.half_life_days, 4), SET(response.cvr, 0.08),
          SET(response.view_conversion, 0.01))},
    /* Orders are drawn where buyers leave a pool; and leads sate nobody. */
    {PLAN("satiation_drawn", 150, DELAYS, SET(product.satiation.effect, 0.8),
          SET(product.satiation.half_life_days, 4), SET(ad_set[2].audience, TOWN_VISITORS),
          SET(ad_set[1].audience, TOWN_VISITORS), SET(ad_set[0].goal, GOAL_LEADS), LEADS,
          SET(audience[TOWN_VISITORS].window_days, 3),
          SET(audience[TOWN_VISITORS].exclude_purchasers_days, 0.5))},
    {PLAN("everything", 150, WEAR, DELAYS, PACED, BUDGETS(25, 25, 15, 20), CAP(ad_set[0], 2, 1),
          CAP(campaign[0], 4, 2), SET(ad_set[2].audience, TOWN_VISITORS))},
    /* The flight begins on Tuesday, the last of March. */
    {PLAN("prices_shift", 100, SET(platform[0].log_price.month[2], -0.3),
          SET(platform[0].log_price.weekday[3], 0.4), SET(platform[0].log_price.hour[3], 0.5),
          SET(platform[0].log_price.hour[20], -0.8), SET(platform[0].log_price.hour[21], -0.8),
          SET(platform[1].log_price.hour[9], 0.7), SET(platform[1].log_price.month[3], -0.4))},
    {PLAN("placements", 110, PLACEMENTS, BIDS(BID_CAP, 0.6, 0.8, 0.7, 0.1),
          SET(response.learning_noise, 0.1), SET(ad_set[0].placements, 1),
          SET(ad_set[3].placements, 6))},
    {PLAN("kinds_of_rivals", 100, RIVALS)},
    {PLAN("first_price", 110, SET(platform[0].auction, AUCTION_FIRST_PRICE),
          SET(platform[0].shading, SHADING_NONE), SET(platform[1].auction, AUCTION_FIRST_PRICE),
          SET(platform[0].reserve_cpm, 6), SET(ad_set[1].quality, 1.3))},
    {PLAN("market_paced", 120, PACED, BUDGETS(15, 25, 10, 20), RIVALS, PLACEMENTS,
          SET(platform[0].log_price.hour[20], -0.8), SET(platform[1].log_price.month[3], 0.4),
          SET(ad_set[1].placements, 2), SET(platform[1].auction, AUCTION_FIRST_PRICE))},
    {PLAN("market_without_noise", 100, RIVALS, SET(platform[0].score_noise, 0),
          SET(platform[1].score_noise, 0), SET(platform[0].log_price.hour[20], -0.8),
          SET(platform[1].auction, AUCTION_FIRST_PRICE), SET(platform[1].reserve_cpm, 5))},
};

static int in_audience(const oracle_person_t *who, int audience)
{
    switch (audience) {
    case ORACLE_APPEAL: return in_audience(who, TOWN_SPORTS);
    case ORACLE_APPEAL + 1: return in_audience(who, TOWN_WOMEN);
    case TOWN_SPORTS: return who->traits & 1;
    case TOWN_WOMEN: return who->level[0] == 1 && who->level[1] >= 1;
    default: return 1;
    }
}

/* Stated prices above and below each other on overlapping audiences; many results an impression and
 * people who differ little, so that counts are precise; no caps, no wear, no delay. */
static void base_plan(town_t *town, int people, int each)
{
    static const double bid[] = {15, 25, 20, 12};
    town_init(town, (double)each * people);
    scenario_t *sc = &town->sc;
    town->population->redraw = 1;
    town->population->trait[0].share[0] = 0.6;
    town->population->existing_customers = 0.3;
    sc->days = 3;
    strcpy(sc->start, "2026-03-31");
    for (int p = 0; p < 2; p++) {
        sc->platform[p].users = 0.9 - 0.1 * p;
        sc->platform[p].opportunities_per_day = 4 - p;
        sc->platform[p].activity_shape = 4;
    }
    for (int a = 0; a < 4; a++) {
        ad_set_t *ad = &sc->ad_set[a];
        ad->strategy = BID_MANUAL_CPM;
        ad->bid = bid[a];
        ad->budget = 1e6;
        ad->pacing = PACING_ASAP;
        ad->cap[0].impressions = 0;
    }
    sc->ad_set[2].audience = TOWN_SPORTS;
    sc->campaign[0].cap[0].impressions = 0;
    for (int c = 0; c < sc->n_creatives; c++) sc->creative[c].ctr = 0.15 + 0.03 * c;
    sc->creative[1].family = sc->creative[2].family = sc->creative[4].family;
    sc->response = (response_t){.person_sd = 0.6,
                                .click_cvr_correlation = 0.3,
                                .prediction = 0.3,
                                .wear_in = 1,
                                .wear_in_exposures = 3,
                                .wear_out = 1,
                                .recovery_days = 14,
                                .visit_rate = 0.8,
                                .cvr = 0.4,
                                .view_conversion = 0.02,
                                .delay.fast_share = 1,
                                .learning_noise = 0.5};
    sc->product.organic_new = 0.02;
    sc->product.organic_existing = 0.1;
    sc->product.visit_to_order = 0.2;
    sc->product.pull_forward = 0.3;
    sc->product.pull_forward_days = 4;
}

/* Both platforms err about people, one more than the other; the product suits some more. */
static void let_truth_differ(town_t *town, labels_t labels[2])
{
    scenario_t *sc = &town->sc;
    for (int p = 0; p < 2; p++) {
        assert_int_equal(labels_init(&labels[p], town->population, NULL), OK);
        labels[p].sensitivity[0] = 0.7 - 0.1 * p;
        labels[p].specificity[0] = 0.6 + 0.2 * p;
        labels[p].accuracy[0] = 0.85;
        labels[p].accuracy[1] = 0.7;
        sc->platform[p].labels = &labels[p];
    }
    sc->n_appeals = 2;
    sc->appeal[0] = (appeal_t){"", town->program[TOWN_SPORTS], 1.3, 1.5, 2};
    sc->appeal[1] = (appeal_t){"", town->program[TOWN_WOMEN], 0.7, 0.8, 0.6};
    sc->product.affinity = 0.6;
    sc->response.cvr = 0.1;
}

static void apply(scenario_t *sc, const change_t *c)
{
    for (int a = 0; a < (c->step ? sc->n_ad_sets : 1); a++) {
        void *field = (char *)sc + c->offset + (size_t)a * c->step;
        int whole = (int)c->value;
        memcpy(field, c->is_real ? (const void *)&c->value : (const void *)&whole, c->size);
    }
    if (c->high > c->low)
        sc->uncertain[sc->n_uncertain++] = (uncertain_t){.offset = c->offset,
                                                         .law = {LAW_UNIFORM, c->low, c->high},
                                                         .low = c->low,
                                                         .high = c->high,
                                                         .path = "",
                                                         .path_hash = c->offset};
}

/* ---- flights ---- */

enum { THREADS = 2 };

typedef double counts_t[ORACLE_SCOPES][ORACLE_METRICS];

typedef struct {
    const scenario_t *sc;
    unsigned seed;
    int scopes;
    world_t *world;
    struct {
        workspace_t *workspace;
        totals_t totals;
        oracle_t *oracle;
        gsl_rng *rng;
        int failed;
    } worker[THREADS];
    counts_t *engine, *oracle; /* by pair: means of the two flights */
} flights_t;

/* Two flights of either side at the values drawn for the pair. */
static void fly_pair(void *context, size_t pair, int worker)
{
    flights_t *f = context;
    static _Thread_local scenario_t drawn;
    static _Thread_local oracle_count_t flown;
    error_t err;
    totals_t *totals = &f->worker[worker].totals;
    scenario_draw(f->sc, (uint32_t)pair, &drawn);
    gsl_rng_set(f->worker[worker].rng, 1000003ul * f->seed + pair);
    for (int half = 0; half < 2; half++) {
        f->worker[worker].failed |=
            replication_run(f->world, &drawn, (uint32_t)(2 * pair) + (uint32_t)half,
                            f->worker[worker].workspace, totals, &err) != OK;
        oracle_fly(f->worker[worker].oracle, &drawn, f->worker[worker].rng, &flown);
        for (int s = 0; s < f->scopes; s++)
            for (int m = 0; m < ORACLE_METRICS; m++) {
                const int64_t *value = &totals->value[s * COUNTS];
                int64_t less = metrics[m].less == NOTHING ? 0 : value[metrics[m].less];
                if (metrics[m].more) less -= value[metrics[m].more];
                f->engine[pair][s][m] +=
                    (double)(value[metrics[m].count] - less) / metrics[m].unit / 2;
                f->oracle[pair][s][m] += flown.value[s][m] / 2;
            }
    }
}

static void flights_init(flights_t *f, const scenario_t *sc, int people, size_t pairs)
{
    error_t err = {""};
    *f = (flights_t){.sc = sc, .seed = (unsigned)sc->seed};
    assert_int_equal(world_new(sc, (size_t)people, 1, &f->world, &err), OK);
    f->scopes = scopes_count(world_scopes(f->world));
    f->engine = calloc(pairs, sizeof *f->engine);
    f->oracle = calloc(pairs, sizeof *f->oracle);
    assert_true(f->engine && f->oracle);
    for (int w = 0; w < THREADS; w++) {
        assert_int_equal(workspace_new(f->world, &f->worker[w].workspace, &err), OK);
        assert_int_equal(totals_init(&f->worker[w].totals, world_scopes(f->world), &err), OK);
        f->worker[w].oracle = oracle_new(sc, (size_t)people, in_audience);
        f->worker[w].rng = gsl_rng_alloc(gsl_rng_mt19937);
    }
}

static void flights_free(flights_t *f)
{
    for (int w = 0; w < THREADS; w++) {
        workspace_delete(f->worker[w].workspace);
        totals_free(&f->worker[w].totals);
        oracle_delete(f->worker[w].oracle);
        gsl_rng_free(f->worker[w].rng);
    }
    world_delete(f->world);
    free(f->engine);
    free(f->oracle);
}

/* ---- comparison ---- */

enum { PLANS = sizeof plans / sizeof *plans };

static agreement_t run;

/* How far the engine is above the oracle, relative to it, and the standard error of that. */
typedef struct {
    double mean; /* of the oracle */
    double relative, error;
    double freedom; /* degrees of */
} gap_t;

/* The normal deviate that is as unlikely as its t. */
static double gap_z(gap_t g)
{
    if (g.relative == 0) return 0;
    double z = gsl_cdf_ugaussian_Qinv(gsl_cdf_tdist_Q(fabs(g.relative) / g.error, g.freedom));
    return copysign(z, g.relative);
}

static double gap_found(gap_t g) /* the smallest bias that is found 99 times in 100 */
{
    return (FALSE_ALARM_Z + POWER_Z) * g.error;
}

static struct {
    int agrees;
    gap_t gap[ORACLE_METRICS]; /* of the whole plan */
} found[PLANS];

/* No gap where both saw next to nothing: too few for a t. Where the oracle saw nothing, relative to the
 * engine. */
static gap_t gap_of(const flights_t *f, size_t pairs, int scope, int metric)
{
    enum { LEAST = 100 };
    double mean = 0, oracle = 0, squares = 0, n = (double)pairs;
    for (size_t k = 0; k < pairs; k++) {
        mean += (f->engine[k][scope][metric] - f->oracle[k][scope][metric]) / n;
        oracle += f->oracle[k][scope][metric] / n;
    }
    if (n * oracle < LEAST && n * (oracle + mean) < LEAST) return (gap_t){0, 0, 0, 0};
    for (size_t k = 0; k < pairs; k++) {
        double off = f->engine[k][scope][metric] - f->oracle[k][scope][metric] - mean;
        squares += off * off;
    }
    double base = oracle > 0 ? oracle : mean;
    return (gap_t){oracle, mean / base, sqrt(squares / (n - 1) / n) / base, n - 1};
}

static const char *scope_name(const scenario_t *sc, int scope)
{
    if (scope < sc->n_ad_sets) return sc->ad_set[scope].name;
    scope -= sc->n_ad_sets;
    if (scope < sc->n_campaigns) return sc->campaign[scope].name;
    scope -= sc->n_campaigns;
    return scope < sc->n_platforms ? sc->platform[scope].name : "plan";
}

static void plan_agrees(void **state)
{
    const struct plan *plan = *state;
    size_t pairs = (size_t)(run.effort * plan->pairs) + 2;
    static town_t town;
    flights_t f;
    int people = plan->people ? plan->people : 5000;
    base_plan(&town, people, plan->each ? plan->each : 1);
    static labels_t labels[2];
    if (plan->truth) let_truth_differ(&town, labels);
    for (const change_t *c = plan->change; c->size; c++) apply(&town.sc, c);
    town.sc.seed = (uint64_t)(plan - plans) + 1000 * (uint64_t)(run.luck + 1);
    flights_init(&f, &town.sc, people, pairs);
    parallel_for(pairs, THREADS, fly_pair, &f);
    int wrong = 0, worst_metric = 0, worst_scope = 0;
    gap_t worst = {0, 0, 0, 0};
    for (int m = 0; m < ORACLE_METRICS; m++)
        for (int s = 0; s < f.scopes; s++) {
            gap_t gap = gap_of(&f, pairs, s, m);
            double z = gap_z(gap);
            wrong += !(fabs(z) < FALSE_ALARM_Z);
            if (!(fabs(z) < FALSE_ALARM_Z) || run.tell_all)
                print_message("#   %-20s %-17s %-8s oracle %-10.6g engine %+6.2f %%, z %+.2f\n",
                              plan->name, metrics[m].name, scope_name(&town.sc, s), gap.mean,
                              100 * gap.relative, z);
            if (!(fabs(z) <= fabs(gap_z(worst)))) {
                worst = gap;
                worst_metric = m;
                worst_scope = s;
            }
            if (s == f.scopes - 1) found[plan - plans].gap[m] = gap;
        }
    found[plan - plans].agrees = !wrong;
    print_message("# %-20s worst z %+5.2f: %s of %s, %+.2f %%\n", plan->name, gap_z(worst),
                  metrics[worst_metric].name, scope_name(&town.sc, worst_scope),
                  100 * worst.relative);
    for (int w = 0; w < THREADS; w++) assert_false(f.worker[w].failed);
    flights_free(&f);
    town_free(&town);
    assert_int_equal(wrong, 0);
}

/* The gaps of the plans that agree together, each weighed by its precision. */
static gap_t pooled(int metric)
{
    double weights = 0, sum = 0;
    for (int k = 0; k < PLANS; k++) {
        gap_t gap = found[k].gap[metric];
        if (!found[k].agrees || !(gap.error > 0)) continue;
        weights += 1 / (gap.error * gap.error);
        sum += gap.relative / (gap.error * gap.error);
    }
    return weights > 0 ? (gap_t){0, sum / weights, 1 / sqrt(weights), 1e6} : (gap_t){0, 0, 0, 0};
}

/* A bias of every plan that is too small to be seen in one of them. */
static void no_bias_is_shared_by_all_plans(void **state)
{
    static const oracle_metric_t shown[] = {
        ORACLE_IMPRESSIONS,          ORACLE_REACH_1,    ORACLE_SPEND, ORACLE_EXPECTED_CLICKS,
        ORACLE_EXPECTED_INCREMENTAL, ORACLE_CONVERSIONS};
    enum { SHOWN = sizeof shown / sizeof *shown };
    (void)state;
    int wrong = 0;
    print_message("# Smallest bias of the plan found 99 times in 100, %%\n# %-21s", "");
    for (int m = 0; m < SHOWN; m++) print_message(" %11s", metrics[shown[m]].name);
    for (int k = 0; k < PLANS; k++) {
        if (!found[k].agrees) continue;
        print_message("\n# %-21s", plans[k].name);
        for (int m = 0; m < SHOWN; m++)
            print_message(" %11.2f", 100 * gap_found(found[k].gap[shown[m]]));
    }
    print_message("\n# All plans together\n");
    for (int m = 0; m < ORACLE_METRICS; m++) {
        gap_t all = pooled(m);
        wrong += !(fabs(gap_z(all)) < FALSE_ALARM_Z);
        print_message("#   %-18s z %+5.2f, %+.2f %%; found from %.2f %%\n", metrics[m].name,
                      gap_z(all), 100 * all.relative, 100 * gap_found(all));
    }
    assert_int_equal(wrong, 0);
}

static int is_wanted(const char *const *only, const char *plan)
{
    if (!only) return 1;
    while (*only && strcmp(*only, plan)) only++;
    return *only != NULL;
}

int agreement_test(agreement_t how)
{
    struct CMUnitTest tests[PLANS + 1];
    size_t n = 0;
    run = how;
    for (size_t k = 0; k < PLANS; k++)
        if (is_wanted(how.only, plans[k].name))
            tests[n++] =
                (struct CMUnitTest){plans[k].name, plan_agrees, NULL, NULL, (void *)&plans[k]};
    tests[n++] = (struct CMUnitTest)cmocka_unit_test(no_bias_is_shared_by_all_plans);
    return _cmocka_run_group_tests("oracle", tests, n, NULL, NULL);
}
