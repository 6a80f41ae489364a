/* columns.c -- the tables of quantities and of columns (formulas: the manual's table of metrics). */
#include "sim/metrics/columns.h"

#include "models/base/fixed.h"

#include <math.h>
#include <string.h>

#define CREDIT(model, what)                                                                        \
    [QUANTITY_CREDITS + CREDITED_COUNTS * CREDIT_##model + CREDITED_##                             \
        what] = {COUNT_CREDITS + CREDITED_COUNTS * CREDIT_##model + CREDITED_##what, -1, -1,
#define CREDITS(model)                                                                             \
    CREDIT(model, ORDERS) EVENT_ONE, EVENTS_RARE, 0, ANSWERS_AS_DELIVERY, 0                        \
    }                                                                                              \
    , CREDIT(model, REVENUE) NANOS, EVENTS_VALUED, 0, ANSWERS_AS_DELIVERY, 0                       \
    }                                                                                              \
    , CREDIT(model, ORGANIC) EVENT_ONE, EVENTS_RARE, 0, ANSWERS_AS_DELIVERY, 0                     \
    }

const quantity_row_t quantity_rows[QUANTITIES] = {
    [QUANTITY_IMPRESSIONS] = {COUNT_IMPRESSIONS, -1, -1, 1, EVENTS_DRAWN, 0, ANSWERS_AS_DELIVERY,
                              0},
    [QUANTITY_REACH] = {COUNT_REACH_1, -1, -1, 1, EVENTS_DRAWN, 0, ANSWERS_AS_REACH, 1},
    [QUANTITY_REACH_2] = {COUNT_REACH_2, -1, -1, 1, EVENTS_DRAWN, 0, ANSWERS_AS_REACH, 2},
    [QUANTITY_REACH_3] = {COUNT_REACH_3, -1, -1, 1, EVENTS_DRAWN, 0, ANSWERS_AS_REACH, 3},
    [QUANTITY_REACH_5] = {COUNT_REACH_5, -1, -1, 1, EVENTS_DRAWN, 0, ANSWERS_AS_REACH, 5},
    [QUANTITY_REACH_10] = {COUNT_REACH_10, -1, -1, 1, EVENTS_DRAWN, 0, ANSWERS_AS_REACH, 10},
    [QUANTITY_SPEND] = {COUNT_SPEND, -1, -1, MICROS, EVENTS_DRAWN, 0, ANSWERS_AS_SPEND, 0},
    [QUANTITY_VIEWS] = {COUNT_VIEWS, -1, -1, EVENT_ONE, EVENTS_VIEWS, 0, ANSWERS_AS_DELIVERY, 0},
    [QUANTITY_CLICKS] = {COUNT_CLICKS, -1, -1, EVENT_ONE, EVENTS_REMOVED, REMOVED_CLICKS,
                         ANSWERS_AS_DELIVERY, 0},
    [QUANTITY_VISITS] = {COUNT_VISITS, -1, -1, EVENT_ONE, EVENTS_VISITS, 0, ANSWERS_AS_DELIVERY, 0},
    [QUANTITY_AD_CONVERSIONS] = {COUNT_AD_CONVERSIONS, -1, -1, EVENT_ONE, EVENTS_RARE, 0,
                                 ANSWERS_AS_DELIVERY, 0},
    [QUANTITY_DISPLACED] = {COUNT_DISPLACED, -1, -1, EVENT_ONE, EVENTS_RARE, 0, ANSWERS_AS_DELIVERY,
                            0},
    [QUANTITY_BRAND_CONVERSIONS] = {COUNT_BRAND_CONVERSIONS, -1, -1, EVENT_ONE, EVENTS_RARE, 0,
                                    ANSWERS_AS_DELIVERY, 0},
    [QUANTITY_RUN_OFF] = {COUNT_RUN_OFF, -1, -1, EVENT_ONE, EVENTS_RARE, 0, ANSWERS_AS_DELIVERY, 0},
    [QUANTITY_DISCOUNTS] = {COUNT_DISCOUNTS, -1, -1, NANOS, EVENTS_REMOVED, REMOVED_DISCOUNTS,
                            ANSWERS_AS_DELIVERY, 0},
    [QUANTITY_NEW_CUSTOMERS] = {COUNT_NEW_CUSTOMERS, -1, -1, EVENT_ONE, EVENTS_RARE, 0,
                                ANSWERS_AS_DELIVERY, 0},
    [QUANTITY_INCREMENTAL_CONVERSIONS] = {COUNT_AD_CONVERSIONS, COUNT_BRAND_CONVERSIONS,
                                          COUNT_DISPLACED, EVENT_ONE, EVENTS_REMOVED,
                                          REMOVED_CONVERSIONS, ANSWERS_AS_DELIVERY, 0},
    [QUANTITY_INCREMENTAL_REVENUE] = {COUNT_AD_REVENUE, COUNT_BRAND_REVENUE,
                                      COUNT_DISPLACED_REVENUE, NANOS, EVENTS_REMOVED,
                                      REMOVED_REVENUE, ANSWERS_AS_DELIVERY, 0},
    [QUANTITY_CONVERSIONS] = {COUNT_CONVERSIONS, -1, -1, EVENT_ONE, EVENTS_REMOVED,
                              REMOVED_ATTRIBUTED, ANSWERS_AS_DELIVERY, 0},
    [QUANTITY_REVENUE] = {COUNT_REVENUE, -1, -1, NANOS, EVENTS_REMOVED, REMOVED_ATTRIBUTED_REVENUE,
                          ANSWERS_AS_DELIVERY, 0},
    [QUANTITY_PLATFORM_CONVERSIONS] = {COUNT_PLATFORM_CONVERSIONS, -1, -1, EVENT_ONE, EVENTS_RARE,
                                       0, ANSWERS_AS_DELIVERY, 0},
    [QUANTITY_ORGANIC_CREDITED] = {COUNT_ORGANIC_CREDITED, -1, -1, EVENT_ONE, EVENTS_RARE, 0,
                                   ANSWERS_AS_DELIVERY, 0},
    [QUANTITY_ORGANIC] = {COUNT_ORGANIC, -1, -1, EVENT_ONE, EVENTS_RARE, 0, ANSWERS_NOT, 0},
    [QUANTITY_OPPORTUNITIES] = {COUNT_OPPORTUNITIES, -1, -1, 1, EVENTS_DRAWN, 0, ANSWERS_NOT, 0},
    [QUANTITY_LOST_CAP] = {COUNT_LOST_CAP, -1, -1, 1, EVENTS_DRAWN, 0, ANSWERS_NOT, 0},
    [QUANTITY_LOST_OVERLAP] = {COUNT_LOST_OVERLAP, -1, -1, 1, EVENTS_DRAWN, 0, ANSWERS_NOT, 0},
    [QUANTITY_LOST_PRICE] = {COUNT_LOST_PRICE, -1, -1, 1, EVENTS_DRAWN, 0, ANSWERS_NOT, 0},
    [QUANTITY_LOST_BUDGET] = {COUNT_LOST_BUDGET, -1, -1, 1, EVENTS_DRAWN, 0, ANSWERS_NOT, 0},
    [QUANTITY_LOST_SCHEDULE] = {COUNT_LOST_SCHEDULE, -1, -1, 1, EVENTS_DRAWN, 0, ANSWERS_NOT, 0},
    [QUANTITY_ON_TARGET] = {COUNT_ON_TARGET, -1, -1, 1, EVENTS_DRAWN, 0, ANSWERS_AS_DELIVERY, 0},
    [QUANTITY_ON_TARGET_CLICKS] = {COUNT_ON_TARGET_CLICKS, -1, -1, EVENT_ONE, EVENTS_RARE, 0,
                                   ANSWERS_AS_DELIVERY, 0},
    [QUANTITY_ON_TARGET_CONVERSIONS] = {COUNT_ON_TARGET_CONVERSIONS, -1, -1, EVENT_ONE, EVENTS_RARE,
                                        0, ANSWERS_AS_DELIVERY, 0},
    [QUANTITY_REACH_ON_TARGET] = {COUNT_REACH_ON_TARGET, -1, -1, 1, EVENTS_DRAWN, 0,
                                  ANSWERS_AS_REACH, 1},
    [QUANTITY_TRUE_AUDIENCE] = {COUNT_TRUE_AUDIENCE, -1, -1, 1, EVENTS_DRAWN, 0, ANSWERS_NOT, 0},
    [QUANTITY_MISSED] = {COUNT_MISSED, -1, -1, 1, EVENTS_DRAWN, 0, ANSWERS_NOT, 0},
    [QUANTITY_UNBILLED] = {COUNT_UNBILLED, -1, -1, MICROS, EVENTS_DRAWN, 0, ANSWERS_NOT, 0},
    [QUANTITY_SUPPRESSED] = {COUNT_SUPPRESSED, -1, -1, THOUSANDTHS, EVENTS_DRAWN, 0, ANSWERS_NOT,
                             0},
    [QUANTITY_AUCTIONS] = {COUNT_AUCTIONS, -1, -1, 1, EVENTS_DRAWN, 0, ANSWERS_NOT, 0},
    [QUANTITY_POST_CONVERSIONS] = {COUNT_POST_CONVERSIONS, -1, -1, EVENT_ONE, EVENTS_RARE, 0,
                                   ANSWERS_NOT, 0},
    [QUANTITY_POST_REVENUE] = {COUNT_POST_REVENUE, -1, -1, NANOS, EVENTS_DRAWN, 0, ANSWERS_NOT, 0},
    [QUANTITY_POST_IMPRESSIONS] = {COUNT_POST_IMPRESSIONS, -1, -1, EVENT_ONE, EVENTS_DRAWN, 0,
                                   ANSWERS_NOT, 0},
    [QUANTITY_POST_REACH_ALONE] = {COUNT_POST_REACH, -1, COUNT_POST_REACH_TOO, EVENT_ONE,
                                   EVENTS_DRAWN, 0, ANSWERS_NOT, 0},
    [QUANTITY_ORGANIC_COST] = {COUNT_ORGANIC_COST, -1, -1, MICROS, EVENTS_DRAWN, 0, ANSWERS_NOT, 0},
    [QUANTITY_ANSWERED] = {COUNT_ANSWERED, -1, -1, EVENT_ONE, EVENTS_RARE, 0, ANSWERS_NOT, 0},
    [QUANTITY_ANSWERED_REVENUE] = {COUNT_ANSWERED_REVENUE, -1, -1, NANOS, EVENTS_DRAWN, 0,
                                   ANSWERS_NOT, 0},
    [QUANTITY_CRISES] = {COUNT_CRISES, -1, -1, EVENT_ONE, EVENTS_RARE, 0, ANSWERS_NOT, 0},
    [QUANTITY_EARNED_VIEWS] = {COUNT_EARNED_VIEWS, -1, -1, EVENT_ONE, EVENTS_RARE, 0,
                               ANSWERS_AS_DELIVERY, 0},
    [QUANTITY_FOLLOWERS_GAINED] = {COUNT_FOLLOWERS_GAINED, -1, -1, EVENT_ONE, EVENTS_RARE, 0,
                                   ANSWERS_AS_REACH, 1},
    CREDITS(LAST_TOUCH),
    CREDITS(FIRST_TOUCH),
    CREDITS(LINEAR),
    CREDITS(TIME_DECAY),
    CREDITS(POSITION),
    CREDITS(MARKOV),
    CREDITS(SHAPLEY),
    [QUANTITY_ONE] = {COUNTS, -1, -1, 1, EVENTS_DRAWN, 0, ANSWERS_NOT, 0},
};

/* Attributed orders share with clicks what ad-caused orders share with them: the organic orders that
 * a click is credited with come by themselves. */
const shared_events_t shared_events[SHARED_EVENTS] = {
    {QUANTITY_INCREMENTAL_CONVERSIONS, QUANTITY_INCREMENTAL_REVENUE, REMOVED_CONVERSIONS_REVENUE},
    {QUANTITY_CONVERSIONS, QUANTITY_REVENUE, REMOVED_ATTRIBUTED_BOTH},
    {QUANTITY_CLICKS, QUANTITY_INCREMENTAL_CONVERSIONS, REMOVED_CLICKS_CONVERSIONS},
    {QUANTITY_CLICKS, QUANTITY_CONVERSIONS, REMOVED_CLICKS_CONVERSIONS},
    {QUANTITY_INCREMENTAL_REVENUE, QUANTITY_DISCOUNTS, REMOVED_REVENUE_DISCOUNTS},
};

double removed_factor(removed_t r, double order_value)
{
    switch (r) {
    case REMOVED_REVENUE:
    case REMOVED_DISCOUNTS:
    case REMOVED_REVENUE_DISCOUNTS:
    case REMOVED_ATTRIBUTED_REVENUE: return order_value * order_value / EVENT_ONE;
    case REMOVED_CONVERSIONS_REVENUE:
    case REMOVED_ATTRIBUTED_BOTH: return order_value / EVENT_ONE;
    default: return 1 / EVENT_ONE;
    }
}

#define ONE(q)                                                                                     \
    {                                                                                              \
        1,                                                                                         \
        {                                                                                          \
            {                                                                                      \
                QUANTITY_##q, TIMES_1                                                              \
            }                                                                                      \
        }                                                                                          \
    }
#define SCALED(q, factor)                                                                          \
    {                                                                                              \
        1,                                                                                         \
        {                                                                                          \
            {                                                                                      \
                QUANTITY_##q, factor                                                               \
            }                                                                                      \
        }                                                                                          \
    }
#define CONSTANT(factor)                                                                           \
    {                                                                                              \
        1,                                                                                         \
        {                                                                                          \
            {                                                                                      \
                QUANTITY_ONE, factor                                                               \
            }                                                                                      \
        }                                                                                          \
    }
#define NOTHING                                                                                    \
    {                                                                                              \
        0,                                                                                         \
        {                                                                                          \
            {                                                                                      \
                0, 0                                                                               \
            }                                                                                      \
        }                                                                                          \
    }
#define COSTS                                                                                      \
    {                                                                                              \
        3,                                                                                         \
        {                                                                                          \
            {QUANTITY_SPEND, TIMES_COST}, {QUANTITY_ORGANIC_COST, PLAN_1},                         \
            {                                                                                      \
                QUANTITY_ONE, TIMES_PRODUCTION                                                     \
            }                                                                                      \
        }                                                                                          \
    }
#define ENTERED_OR_SUPPRESSED                                                                      \
    {                                                                                              \
        2,                                                                                         \
        {                                                                                          \
            {QUANTITY_AUCTIONS, TIMES_1},                                                          \
            {                                                                                      \
                QUANTITY_SUPPRESSED, TIMES_1                                                       \
            }                                                                                      \
        }                                                                                          \
    }
#define REACHED_ANYHOW                                                                             \
    {                                                                                              \
        2,                                                                                         \
        {                                                                                          \
            {QUANTITY_REACH, TIMES_1},                                                             \
            {                                                                                      \
                QUANTITY_POST_REACH_ALONE, TIMES_1                                                 \
            }                                                                                      \
        }                                                                                          \
    }
#define SHOWN_ANYHOW                                                                               \
    {                                                                                              \
        2,                                                                                         \
        {                                                                                          \
            {QUANTITY_IMPRESSIONS, TIMES_1},                                                       \
            {                                                                                      \
                QUANTITY_POST_IMPRESSIONS, TIMES_1                                                 \
            }                                                                                      \
        }                                                                                          \
    }
/* What ads cause, and posts and answers bring. */
#define EARNED                                                                                     \
    {QUANTITY_INCREMENTAL_REVENUE, TIMES_NET_MARGIN}, {QUANTITY_POST_REVENUE, PLAN_NET_MARGIN},    \
    {                                                                                              \
        QUANTITY_ANSWERED_REVENUE, PLAN_NET_MARGIN                                                 \
    }
#define GROSS_PROFIT                                                                               \
    {                                                                                              \
        4,                                                                                         \
        {                                                                                          \
            EARNED,                                                                                \
            {                                                                                      \
                QUANTITY_DISCOUNTS, LESS_GOODS                                                     \
            }                                                                                      \
        }                                                                                          \
    }
#define PROFIT                                                                                     \
    {                                                                                              \
        7,                                                                                         \
        {                                                                                          \
            EARNED, {QUANTITY_SPEND, LESS_COST}, {QUANTITY_ORGANIC_COST, LESS_PLAN_1},             \
                {QUANTITY_ONE, LESS_PRODUCTION},                                                   \
            {                                                                                      \
                QUANTITY_DISCOUNTS, LESS_GOODS                                                     \
            }                                                                                      \
        }                                                                                          \
    }

#define ALL_ORDERS                                                                                 \
    {                                                                                              \
        3,                                                                                         \
        {                                                                                          \
            {QUANTITY_INCREMENTAL_CONVERSIONS, TIMES_1}, {QUANTITY_ORGANIC, TIMES_1},              \
            {                                                                                      \
                QUANTITY_POST_CONVERSIONS, TIMES_1                                                 \
            }                                                                                      \
        }                                                                                          \
    }
#define LIFETIME_PROFIT                                                                            \
    {                                                                                              \
        8,                                                                                         \
        {                                                                                          \
            EARNED, {QUANTITY_NEW_CUSTOMERS, TIMES_REPEAT_VALUE}, {QUANTITY_SPEND, LESS_COST},     \
                {QUANTITY_ORGANIC_COST, LESS_PLAN_1}, {QUANTITY_ONE, LESS_PRODUCTION},             \
            {                                                                                      \
                QUANTITY_DISCOUNTS, LESS_GOODS                                                     \
            }                                                                                      \
        }                                                                                          \
    }

/* clang-format off */
const column_t columns[COLUMNS] = {
    {"impressions", "impressions", UNIT_COUNT, ONE(IMPRESSIONS), NOTHING, "times an ad was shown"},
    {"reach", "reach", UNIT_PEOPLE, ONE(REACH), NOTHING, "people with at least 1 impression, counted, never added"},
    {"reach_2", "reach 2", UNIT_PEOPLE, ONE(REACH_2), NOTHING, "people with at least 2 impressions"},
    {"reach_3", "reach 3", UNIT_PEOPLE, ONE(REACH_3), NOTHING, "people with at least 3 impressions"},
    {"reach_5", "reach 5", UNIT_PEOPLE, ONE(REACH_5), NOTHING, "people with at least 5 impressions"},
    {"reach_10", "reach 10", UNIT_PEOPLE, ONE(REACH_10), NOTHING, "people with at least 10 impressions"},
    {"frequency", "frequency", UNIT_RATIO, ONE(IMPRESSIONS), ONE(REACH), "impressions / reach"},
    {"grp", "GRP", UNIT_PERCENT, SCALED(IMPRESSIONS, TIMES_100), CONSTANT(TIMES_POPULATION), "gross rating points: 100 impressions / population"},
    {"reach_pct", "reach %", UNIT_PERCENT, SCALED(REACH, TIMES_100), CONSTANT(TIMES_AUDIENCE), "100 reach / audience of the ad set"},
    {"spend", "spend", UNIT_MONEY, ONE(SPEND), NOTHING, "money charged, never above the budget"},
    {"cpm", "CPM", UNIT_MONEY, SCALED(SPEND, TIMES_1000), ONE(IMPRESSIONS), "1000 spend / impressions"},
    {"cost_per_1000_reached", "cost per 1000 reached", UNIT_MONEY, SCALED(SPEND, TIMES_1000), ONE(REACH), "1000 spend / reach"},
    {"views", "views", UNIT_COUNT, ONE(VIEWS), NOTHING, "impressions seen"},
    {"clicks", "clicks", UNIT_COUNT, ONE(CLICKS), NOTHING, "clicks on an ad"},
    {"ctr", "CTR", UNIT_RATIO, ONE(CLICKS), ONE(IMPRESSIONS), "clicks / impressions"},
    {"cpc", "CPC", UNIT_MONEY, ONE(SPEND), ONE(CLICKS), "spend / clicks"},
    {"visits", "visits", UNIT_COUNT, ONE(VISITS), NOTHING, "site visits after a click"},
    {"conversions", "conversions", UNIT_COUNT, ONE(CONVERSIONS), NOTHING, "orders (of an ad set that brings leads, app installs or site visits: those) credited by the scenario's attribution rule, each once over everything"},
    {"cvr", "CVR", UNIT_RATIO, ONE(CONVERSIONS), ONE(CLICKS), "conversions / clicks"},
    {"cpa", "CPA", UNIT_MONEY, ONE(SPEND), ONE(CONVERSIONS), "spend / conversions"},
    {"revenue", "revenue", UNIT_MONEY, ONE(REVENUE), NOTHING, "value of the credited orders, as it was paid"},
    {"roas", "ROAS", UNIT_RATIO, ONE(REVENUE), ONE(SPEND), "revenue / spend"},
    {"platform_conversions", "platform conversions", UNIT_COUNT, ONE(PLATFORM_CONVERSIONS), NOTHING, "orders that each platform would claim on its own; the claims of several overlap"},
    {"organic_credited", "organic credited", UNIT_COUNT, ONE(ORGANIC_CREDITED), NOTHING, "credited orders that no ad caused"},
    {"ad_conversions", "ad conversions", UNIT_COUNT, ONE(AD_CONVERSIONS), NOTHING, "orders that ads caused, displaced ones included"},
    {"brand_conversions", "brand conversions", UNIT_COUNT, ONE(BRAND_CONVERSIONS), NOTHING, "orders that ads caused through the brand stock they leave, later than a click or sight would"},
    {"displaced_conversions", "displaced conversions", UNIT_COUNT, ONE(DISPLACED), NOTHING, "of ad_conversions, orders that would have come by themselves later"},
    {"incremental_conversions", "incremental conversions", UNIT_COUNT, ONE(INCREMENTAL_CONVERSIONS), NOTHING, "what the ads caused: ad_conversions + brand_conversions - displaced_conversions"},
    {"run_off_conversions", "run-off conversions", UNIT_COUNT, ONE(RUN_OFF), NOTHING, "of ad_conversions and brand_conversions, orders that come after the flight"},
    {"incremental_revenue", "incremental revenue", UNIT_MONEY, ONE(INCREMENTAL_REVENUE), NOTHING, "value of the incremental conversions"},
    {"iroas", "iROAS", UNIT_RATIO, ONE(INCREMENTAL_REVENUE), ONE(SPEND), "incremental revenue / spend"},
    {"icpa", "iCPA", UNIT_MONEY, ONE(SPEND), ONE(INCREMENTAL_CONVERSIONS), "spend / incremental conversions"},
    {"organic_conversions", "organic conversions", UNIT_COUNT, ONE(ORGANIC), NOTHING, "orders of the audience without ads, in the flight"},
    {"total_conversions", "total conversions", UNIT_COUNT, ALL_ORDERS, NOTHING, "orders of the audience with the ads: ad_conversions + brand_conversions + organic_conversions + post_conversions - displaced_conversions"},
    {"lift", "lift", UNIT_RATIO, ONE(INCREMENTAL_CONVERSIONS), ONE(ORGANIC), "incremental conversions / conversions without ads"},
    {"new_customers", "new customers", UNIT_PEOPLE, ONE(NEW_CUSTOMERS), NOTHING, "people whom the ads made order for the first time, and who would not have ordered in the flight by themselves"},
    {"cac", "CAC", UNIT_MONEY, ONE(SPEND), ONE(NEW_CUSTOMERS), "customer acquisition cost: spend / new customers"},
    {"repeat_conversions", "repeat conversions", UNIT_COUNT, SCALED(NEW_CUSTOMERS, TIMES_REPEATS), NOTHING, "orders that the new customers will place after their first, up to customers.horizon (BG/NBD)"},
    {"lifetime_value", "lifetime value", UNIT_MONEY, SCALED(NEW_CUSTOMERS, TIMES_REPEAT_VALUE), NOTHING, "gross profit of the repeat conversions at its present value"},
    {"clv", "CLV", UNIT_MONEY, SCALED(NEW_CUSTOMERS, TIMES_LIFETIME), ONE(NEW_CUSTOMERS), "customer lifetime value: gross profit of a new customer's first order and, at its present value, of those after it"},
    {"clv_cac", "CLV : CAC", UNIT_RATIO, SCALED(NEW_CUSTOMERS, TIMES_LIFETIME), ONE(SPEND), "clv / cac"},
    {"gross_profit", "gross profit", UNIT_MONEY, GROSS_PROFIT, NOTHING, "(margin x incremental revenue - (1 - margin) x discounts) x (1 - returns): goods cost what they cost, whatever is paid; of the whole plan also margin x (1 - returns) x the revenue that posts and answers bring"},
    {"costs", "costs", UNIT_MONEY, COSTS, NOTHING, "spend + fees, and of the whole plan production and organic_cost"},
    {"profit", "profit", UNIT_MONEY, PROFIT, NOTHING, "gross profit - costs"},
    {"roi", "ROI", UNIT_RATIO, PROFIT, COSTS, "profit / costs"},
    {"lifetime_roi", "lifetime ROI", UNIT_RATIO, LIFETIME_PROFIT, COSTS, "(profit + lifetime value) / costs"},
    {"overlap_lost", "overlap lost", UNIT_RATIO, ONE(LOST_OVERLAP), ONE(OPPORTUNITIES), "share of opportunities where another own ad set stood in front"},
    {"cap_lost", "cap lost", UNIT_RATIO, ONE(LOST_CAP), ONE(OPPORTUNITIES), "share of opportunities kept out by a frequency cap"},
    {"price_lost", "price lost", UNIT_RATIO, ONE(LOST_PRICE), ONE(OPPORTUNITIES), "share of opportunities outbid, above the price limit or below the reserve"},
    {"budget_lost", "budget lost", UNIT_RATIO, ONE(LOST_BUDGET), ONE(OPPORTUNITIES), "share of opportunities passed over for the budget's sake"},
    {"schedule_lost", "schedule lost", UNIT_RATIO, ONE(LOST_SCHEDULE), ONE(OPPORTUNITIES), "share of opportunities that come while the ad set does not run"},
    {"on_target_impressions", "on-target impressions", UNIT_COUNT, ONE(ON_TARGET), NOTHING, "impressions of people who truly are in the ad set's audience as written, whatever its labels say"},
    {"on_target_pct", "on target %", UNIT_PERCENT, SCALED(ON_TARGET, TIMES_100), ONE(IMPRESSIONS), "100 on_target_impressions / impressions"},
    {"reach_on_target", "reach on target", UNIT_PEOPLE, ONE(REACH_ON_TARGET), NOTHING, "people reached by an ad set in whose audience they truly are"},
    {"reach_on_target_pct", "reach on target %", UNIT_PERCENT, SCALED(REACH_ON_TARGET, TIMES_100), ONE(REACH), "100 reach_on_target / reach"},
    {"missed_pct", "missed %", UNIT_PERCENT, SCALED(MISSED, TIMES_100), ONE(TRUE_AUDIENCE), "of people on the platform who truly are in the audience, the share that its labels (or the match of a list) keep out"},
    {"ctr_on_target", "CTR on target", UNIT_RATIO, ONE(ON_TARGET_CLICKS), ONE(ON_TARGET), "clicks / impressions of people truly in the audience"},
    {"effect_per_1000", "effect per 1000", UNIT_RATIO, SCALED(INCREMENTAL_CONVERSIONS, TIMES_1000), ONE(IMPRESSIONS), "1000 incremental conversions / impressions: the effect as diluted by wrong labels"},
    {"effect_on_target_per_1000", "effect on target per 1000", UNIT_RATIO, SCALED(ON_TARGET_CONVERSIONS, TIMES_1000), ONE(ON_TARGET), "the same of people truly in the audience: the effect undiluted"},
    {"unbilled", "unbilled", UNIT_MONEY, ONE(UNBILLED), NOTHING, "clicks or orders at the price they would have been charged, had the budget not been spent"},
    {"auctions", "auctions", UNIT_COUNT, ONE(AUCTIONS), NOTHING, "auctions entered: opportunities of eligible people less those that a cap, the budget or another own ad set kept it out of, whoever would have won them"},
    {"win_rate", "win rate", UNIT_RATIO, ONE(IMPRESSIONS), ONE(AUCTIONS), "impressions / auctions entered"},
    {"impression_share", "impression share", UNIT_RATIO, ONE(IMPRESSIONS), ONE(OPPORTUNITIES), "impressions / opportunities: what is left of 1 by overlap_lost, cap_lost, price_lost, budget_lost and schedule_lost"},
    {"auction_overlap", "auction overlap", UNIT_RATIO, ONE(SUPPRESSED), ENTERED_OR_SUPPRESSED, "of the auctions it would have entered, the share in which another own ad set of higher value stood in front of it"},
    {"post_conversions", "post conversions", UNIT_COUNT, ONE(POST_CONVERSIONS), NOTHING, "orders that the brand's posts, its influencers and what is shared bring in the flight; no ad causes them"},
    {"post_revenue", "post revenue", UNIT_MONEY, ONE(POST_REVENUE), NOTHING, "value of the post conversions"},
    {"reach_any", "reach, ads or posts", UNIT_PEOPLE, REACHED_ANYHOW, NOTHING, "people reached by an ad, or who saw a post of the brand, of its influencers or what was shared; each once"},
    {"frequency_any", "frequency, ads and posts", UNIT_RATIO, SHOWN_ANYHOW, REACHED_ANYHOW, "impressions of ads and of all these posts / reach_any"},
    {"earned_views", "earned views", UNIT_COUNT, ONE(EARNED_VIEWS), NOTHING, "views of ads that people shared"},
    {"followers_gained", "followers gained", UNIT_PEOPLE, ONE(FOLLOWERS_GAINED), NOTHING, "of the people whom ads reach, those who become followers of the brand"},
    {"results", "results", UNIT_COUNT, ONE(RESULTS), NOTHING, "what the ad sets are optimised for, as ads managers count it: credited conversions of their kind (of site visits: those that the ads cause), clicks (objective traffic) or impressions (awareness); empty where ad sets of different results come together"},
    {"cost_per_result", "cost per result", UNIT_MONEY, ONE(SPEND), ONE(RESULTS), "spend / results"},
    {"discounts", "discounts", UNIT_MONEY, ONE(DISCOUNTS), NOTHING, "of the incremental conversions, what promotions leave of the regular price unpaid"},
    {"organic_cost", "organic cost", UNIT_MONEY, ONE(ORGANIC_COST), NOTHING, "what the brand does besides its ads costs: posts, influencers, answers to comments; part of the costs of the whole plan"},
    {"answer_conversions", "answer conversions", UNIT_COUNT, ONE(ANSWERED), NOTHING, "of the organic conversions, those that answers to comments bring"},
    {"crisis_lost_conversions", "crisis lost conversions", UNIT_COUNT, ONE(CRISES), NOTHING, "organic conversions that crises take; no part of the profit, which is what the money brings"},
};
/* clang-format on */

int column_find(const char *name)
{
    for (int c = 0; c < COLUMNS; c++)
        if (!strcmp(columns[c].name, name)) return c;
    return -1;
}

bool column_less_is_better(int column)
{
    static const char *const costs[] = {"cpm",
                                        "cost_per_1000_reached",
                                        "cpc",
                                        "cpa",
                                        "icpa",
                                        "cac",
                                        "costs",
                                        "overlap_lost",
                                        "cap_lost",
                                        "price_lost",
                                        "unbilled",
                                        "budget_lost",
                                        "schedule_lost",
                                        "missed_pct",
                                        "auction_overlap",
                                        "spend",
                                        "displaced_conversions"};
    for (size_t i = 0; i < sizeof costs / sizeof *costs; i++)
        if (!strcmp(columns[column].name, costs[i])) return true;
    return false;
}

const char *unit_name(unit_t unit)
{
    static const char *const names[] = {"events", "people", "currency", "ratio", "%"};
    return names[unit];
}

economics_t economics_of(const product_t *product)
{
    return (economics_t){.net_margin = product->margin * (1 - product->returns),
                         .goods = (1 - product->margin) * (1 - product->returns),
                         .cost = 1 + product->fees,
                         .production = product->production,
                         .value = product->value,
                         .repeats = repeat_orders(product),
                         .repeat_revenue = repeat_revenue(product)};
}

double factor_value(factor_t factor, const economics_t *economics, bool whole_plan,
                    double population, double audience)
{
    double production = whole_plan ? economics->production : 0;
    switch (factor) {
    case TIMES_1: return 1;
    case TIMES_100: return 100;
    case TIMES_1000: return 1000;
    case TIMES_POPULATION: return population;
    case TIMES_AUDIENCE: return audience;
    case TIMES_NET_MARGIN: return economics->net_margin;
    case TIMES_COST: return economics->cost;
    case LESS_COST: return -economics->cost;
    case TIMES_PRODUCTION: return production;
    case LESS_PRODUCTION: return -production;
    case LESS_GOODS: return -economics->goods;
    case TIMES_UNKNOWN: break;
    case PLAN_NET_MARGIN: return whole_plan ? economics->net_margin : 0;
    case PLAN_1: return whole_plan;
    case LESS_PLAN_1: return whole_plan ? -1 : 0;
    case TIMES_REPEATS: return economics->repeats;
    case TIMES_REPEAT_VALUE: return economics->net_margin * economics->repeat_revenue;
    case TIMES_LIFETIME:
        return economics->net_margin * (economics->value + economics->repeat_revenue);
    }
    return NAN;
}

int64_t row_count(const quantity_row_t *row, const int64_t *count, int stride)
{
    int64_t value = count[row->plus * stride];
    if (row->also >= 0) value += count[row->also * stride];
    if (row->minus >= 0) value -= count[row->minus * stride];
    return value;
}

double quantity_value(quantity_t q, const int64_t *count)
{
    if (q == QUANTITY_ONE) return 1;
    const quantity_row_t *row = &quantity_rows[q];
    return (double)row_count(row, count, 1) / row->unit;
}

double form_of_plan(const form_t *form, const int64_t *count, double weight,
                    const economics_t *economics, double population)
{
    double sum = form->n ? 0 : 1;
    for (int t = 0; t < form->n; t++) {
        term_t term = form->term[t];
        double factor = factor_value(term.factor, economics, true, population, NAN);
        if (term.quantity != QUANTITY_ONE) factor *= weight;
        sum += factor * quantity_value(term.quantity, count);
    }
    return sum;
}
