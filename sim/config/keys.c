/* keys.c -- the table. Defaults that no source stands behind say "assumption" (MODEL 9.9). */
#include "sim/config/key_rows.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* --- words ----------------------------------------------------------------------------------- */

static const word_t objective_words[] = {
    {"awareness", "OUTCOME_AWARENESS", OBJECTIVE_AWARENESS, "Awareness"},
    {"traffic", "OUTCOME_TRAFFIC", OBJECTIVE_TRAFFIC, "Traffic"},
    {"sales", "OUTCOME_SALES", OBJECTIVE_SALES, "Sales"},
    {"engagement", "OUTCOME_ENGAGEMENT", WORD_LATER, NULL},
    {"leads", "OUTCOME_LEADS lead_generation", OBJECTIVE_LEADS, "Leads"},
    {"app_promotion", "OUTCOME_APP_PROMOTION app_installs", OBJECTIVE_APP_PROMOTION,
     "App promotion"},
    {0}};
/* The goals of Meta's optimization_goal. */
static const word_t goal_words[] = {
    {"impressions", "IMPRESSIONS", GOAL_IMPRESSIONS, "Impressions"},
    {"link_clicks", "LINK_CLICKS clicks", GOAL_LINK_CLICKS, "Link clicks"},
    {"landing_page_views", "LANDING_PAGE_VIEWS site_visits website_visits", GOAL_LANDING_PAGE_VIEWS,
     "Landing page views"},
    {"leads", "LEAD_GENERATION QUALITY_LEAD lead_generation lead", GOAL_LEADS, "Leads"},
    {"app_installs", "APP_INSTALLS installs", GOAL_APP_INSTALLS, "App installs"},
    {"conversions", "OFFSITE_CONVERSIONS CONVERSIONS purchases purchase", GOAL_PURCHASES,
     "Conversions"},
    {"reach", "REACH", WORD_LATER, NULL},
    {"value", "VALUE", WORD_LATER, NULL},
    {"thruplay", "THRUPLAY", WORD_LATER, NULL},
    {"ad_recall_lift", "AD_RECALL_LIFT", WORD_LATER, NULL},
    {0}};
static const word_t category_words[] = {
    {"none", "NONE", CATEGORY_NONE, NULL},
    {"housing", "HOUSING", CATEGORY_HOUSING, "Housing"},
    {"employment", "EMPLOYMENT", CATEGORY_EMPLOYMENT, "Employment"},
    {"credit", "CREDIT FINANCIAL_PRODUCTS_SERVICES", CATEGORY_CREDIT,
     "Financial products and services"},
    {0}};
static const word_t pacing_words[] = {{"even", "standard", PACING_EVEN, "Standard"},
                                      {"asap", "accelerated", PACING_ASAP, "Accelerated"},
                                      {"constant", NULL, PACING_CONSTANT, NULL},
                                      {"front_loaded", NULL, PACING_FRONT_LOADED, NULL},
                                      {0}};
static const word_t method_words[] = {{"bid", NULL, PACE_BY_BID, NULL},
                                      {"throttle", "throttling", PACE_BY_THROTTLE, NULL},
                                      {"smart", "smart_pacing", PACE_SMART, NULL},
                                      {0}};
static const word_t engine_words[] = {{"auto", NULL, ENGINE_AUTO, NULL},
                                      {"closed_loop", NULL, ENGINE_CLOSED_LOOP, NULL},
                                      {"streaming", NULL, ENGINE_STREAMING, NULL},
                                      {0}};
static const word_t attribution_words[] = {
    {"last_touch", "last_click last_interaction", CREDIT_LAST_TOUCH, NULL},
    {"first_touch", "first_click first_interaction", CREDIT_FIRST_TOUCH, NULL},
    {"linear", "even_credit", CREDIT_LINEAR, NULL},
    {"time_decay", NULL, CREDIT_TIME_DECAY, NULL},
    {"position", "position_based u_shaped", CREDIT_POSITION, NULL},
    {"markov", "markov_chain removal_effect", CREDIT_MARKOV, NULL},
    {"shapley", "shapley_value data_driven", CREDIT_SHAPLEY, NULL},
    {0}};
static const word_t channel_words[] = {{"ad_set", "ad_sets", CHANNEL_AD_SET, "Ad set"},
                                       {"campaign", "campaigns", CHANNEL_CAMPAIGN, "Campaign"},
                                       {"platform", "platforms", CHANNEL_PLATFORM, NULL},
                                       {0}};
static const word_t budget_words[] = {
    {"ad_set", "fixed", 0, "Ad set budget"},
    {"campaign", "campaign_budget_optimization seller_optimized", 1, "Advantage campaign budget"},
    {0}};
static const word_t buying_words[] = {
    {"auction", "AUCTION", 0, "Auction"},
    {"reserved", "RESERVED reach_and_frequency reservation", 1, "Reservation"},
    {0}};
static const word_t billing_words[] = {
    {"impressions", "IMPRESSIONS cpm", BILLED_IMPRESSIONS, "Impression"},
    {"link_clicks", "LINK_CLICKS clicks cpc", BILLED_CLICKS, "Link click"},
    {"conversions", "CONVERSIONS OFFSITE_CONVERSIONS purchase cpa", BILLED_CONVERSIONS,
     "Conversion"},
    {"thruplay", "THRUPLAY", WORD_LATER, NULL},
    {0}};
static const word_t retarget_words[] = {{"site_visitors", "website_visitors", 0, NULL}, {0}};
static const word_t lookalike_words[] = {{"customers", "customer_list", 0, NULL}, {0}};
static const word_t keep_words[] = {{"no", "false", 0, NULL}, {"yes", "true", 1, NULL}, {0}};
static const word_t list_words[] = {{"customers", "customer_list", 0, NULL}, {0}};

static const word_t auction_words[] = {
    {"second_price", "second-price", AUCTION_SECOND_PRICE, "Second price"},
    {"first_price", "first-price", AUCTION_FIRST_PRICE, "First price"},
    {0}};
static const word_t shading_words[] = {
    {"optimal", NULL, SHADING_OPTIMAL, NULL}, {"none", "off", SHADING_NONE, NULL}, {0}};

/* --- schedule, target, monte_carlo ----------------------------------------------------------- */

static const key_row_t schedule_rows[] = {
    {.name = "start",
     .kind = KEY_DATE,
     .offset = offsetof(scenario_t, start),
     .fallback_text = "2026-01-01",
     .fallback = NONE,
     .source = ASSUMED,
     .help = "first day of the flight"},
    {WHOLE("days", scenario_t, days, 1, FLIGHT_DAYS_MOST, NONE, "days", NULL,
           "length of the flight; or give its last day, `end`"),
     .required = true, .bare = true, .unless = "end"},
    {OWN("end", OWN_END, "last day of the flight, a date; instead of `days`"),
     .offset = offsetof(scenario_t, days)},
    LATER("dayparting", "give it to a campaign or an ad set"),
};
static const section_t schedule_section = {"schedule", schedule_rows, COUNT(schedule_rows)};

static const key_row_t target_rows[] = {
    {OWN("metric", OWN_METRIC, "the column that is wanted: roas, iroas, reach, ..."),
     .required = true, .offset = offsetof(scenario_t, target.metric)},
    {REAL("at_least", scenario_t, target.at_least, ANY, -MONEY_MOST, MONEY_MOST, NONE, NULL, NULL,
          "the least value that counts as a success"),
     .certain = true, .required = true},
    LATER("at_most", "state the inverse with at_least: roas instead of cpa"),
};
static const section_t target_section = {"target", target_rows, COUNT(target_rows)};

static const key_row_t monte_carlo_rows[] = {
    {REAL("replications", scenario_t, replications, COUNT, 2, 1048576, IS(0), NULL,
          "as many as the precision needs", "how often the plan is simulated"),
     .certain = true, .instead = "auto", .instead_value = 0},
    {REAL("precision", scenario_t, precision, SHARE, 0, 1, IS(0.01), "of the mean",
          "what 'precise enough' means for a first answer",
          "95 % half-width of the Monte Carlo error wanted of reach, incremental conversions and "
          "iroas"),
     .above_low = true, .certain = true},
    {REAL("interval", scenario_t, interval, SHARE, 0.5, 0.999, IS(0.8), NULL,
          "10th to 90th percentile", "level of the ranges lo..hi"),
     .certain = true},
};
static const section_t monte_carlo_section = {"monte_carlo", monte_carlo_rows,
                                              COUNT(monte_carlo_rows)};

/* --- product --------------------------------------------------------------------------------- */

static const key_row_t organic_rows[] = {
    {REAL("per", product_t, organic_new, DAYS, 0, 3650, IS(30), NULL, ASSUMED,
          "the time that the rates count"),
     .above_low = true, .certain = true},
    {REAL("new", product_t, organic_new, SHARE, 0, 100, IS(0.004), "orders a person", ASSUMED,
          "orders without ads, people who never bought")},
    {REAL("existing", product_t, organic_existing, SHARE, 0, 100, IS(0.06), "orders a person",
          ASSUMED, "orders without ads, existing customers")},
    {REAL("all", product_t, organic_new, SHARE, 0, 100, NONE, "orders a person", NULL,
          "orders without ads of everyone, instead of new and existing")},
};
static const section_t organic_rate_section = {"organic_rate", organic_rows, COUNT(organic_rows)};
const section_t *const organic_section = &organic_rate_section;

static const key_row_t cost_rows[] = {
    {REAL("fees", product_t, fees, SHARE, 0, 1, IS(0), "of spend", UNLESS_GIVEN,
          "agency and technology fees")},
    {REAL("production", product_t, production, MONEY, 0, MONEY_MOST, IS(0), "currency",
          UNLESS_GIVEN, "cost of the creatives, once")},
    {REAL("returns", product_t, returns, SHARE, 0, 1, IS(0), "of revenue", UNLESS_GIVEN,
          "share of revenue that is sent back")},
};
static const section_t cost_section = {"costs", cost_rows, COUNT(cost_rows)};

static const key_row_t appeal_rows[] = {
    {.name = "who",
     .kind = KEY_NAME,
     .offset = offsetof(appeal_t, text),
     .required = true,
     .fallback = NONE,
     .help = "an audience expression: the people whom the product suits so"},
    {REAL("ctr", appeal_t, click, NUMBER, 0, 1000, IS(1), "factor", UNLESS_GIVEN,
          "on their clicks per impression")},
    {REAL("cvr", appeal_t, order, NUMBER, 0, 1000, IS(1), "factor", UNLESS_GIVEN,
          "on their orders per site visit, and per sight of an ad")},
    {REAL("organic", appeal_t, organic, NUMBER, 0, 1000, IS(1), "factor", UNLESS_GIVEN,
          "on their orders and visits without ads")},
    SOURCE,
};
static const section_t appeal_section = {"appeal[]", appeal_rows, COUNT(appeal_rows)};

/* Factors by month, weekday or hour, kept as logs. */
#define BY(n, also, type, field, text)                                                             \
    {                                                                                              \
        OWN(n, OWN_FACTORS, text), .aliases = also, .offset = offsetof(type, field),               \
                                   .measure = MEASURE_NUMBER, .low = 0.01, .high = 100,            \
                                   .certain = true, .unit = "factor", .source = UNLESS_GIVEN       \
    }

static const key_row_t season_rows[] = {
    BY("by_month", NULL, product_t, season.log_month,
       "factors on organic orders by month, {nov: 1.4, dec: 1.6}; others 1. `organic_rate` is that "
       "of a "
       "month whose factor is 1"),
    BY("by_weekday", NULL, product_t, season.log_weekday,
       "factors on organic orders by weekday, {sat: 1.2, sun: 1.3}; others 1"),
};
static const section_t season_section = {"season", season_rows, COUNT(season_rows)};

static const key_row_t repeat_rows[] = {
    {REAL("r", product_t, customers.orders.r, NUMBER, 0, 1000, NONE, NULL, NULL,
          "shape of the gamma law of order rates over customers"),
     .above_low = true, .required = true, .certain = true},
    {REAL("alpha", product_t, customers.orders.alpha, DAYS, 0, 36500, NONE, NULL, NULL,
          "its scale: the mean rate is r / alpha"),
     .above_low = true, .required = true, .certain = true},
    {REAL("a", product_t, customers.orders.a, NUMBER, 0, 1000, NONE, NULL, NULL,
          "of the beta law of the chance to drop out after an order: its mean is a / (a + b)"),
     .above_low = true, .required = true, .certain = true},
    {REAL("b", product_t, customers.orders.b, NUMBER, 0, 1000, NONE, NULL, NULL,
          "... its other one"),
     .above_low = true, .required = true, .certain = true},
};
static const section_t repeat_section = {"orders", repeat_rows, COUNT(repeat_rows)};

static const key_row_t spend_rows[] = {
    {REAL("p", product_t, customers.spend.p, NUMBER, 0, 1e6, NONE, NULL, NULL,
          "shape of the gamma law of a customer's orders"),
     .above_low = true, .required = true},
    {REAL("q", product_t, customers.spend.q, NUMBER, 1, 1e6, NONE, NULL, NULL,
          "shape of the gamma law of rates over customers"),
     .above_low = true, .required = true},
    {REAL("gamma", product_t, customers.spend.gamma, MONEY, 0, 1e9, NONE, "currency", NULL,
          "its scale: the mean order is p gamma / (q - 1)"),
     .above_low = true, .required = true},
};
static const section_t spend_section = {"spend", spend_rows, COUNT(spend_rows)};

static const key_row_t customers_rows[] = {
    {SECTION("orders", 0, repeat_section,
             "BG/NBD: how often customers order again, and drop out (adsim segment fits it)")},
    {SECTION("spend", 0, spend_section,
             "Gamma-Gamma: what their repeat orders come to; the product's value unless given")},
    {REAL("since", product_t, customers.since_days, DAYS, 0, 36500, IS(730), NULL, ASSUMED,
          "existing customers placed their first order within this time, evenly"),
     .above_low = true, .certain = true},
    {REAL("horizon", product_t, customers.horizon_days, DAYS, 0, 36500, IS(365), NULL, ASSUMED,
          "a new customer's orders count up to this age"),
     .above_low = true, .certain = true},
    {REAL("discount", product_t, customers.discount, SHARE, 0, 10, IS(0.1), "a year", ASSUMED,
          "what comes a year later is worth this much less"),
     .certain = true},
};
static const section_t customers_section = {"customers", customers_rows, COUNT(customers_rows)};

static const key_row_t product_rows[] = {
    {REAL("value", product_t, value, MONEY, 0, 1e9, IS(40), "currency", ASSUMED,
          "mean value of an order"),
     .above_low = true},
    {REAL("value_sd", product_t, value_sd, MONEY, 0, 1e9, IS(30), "currency", ASSUMED,
          "spread between orders (standard deviation)")},
    {REAL("margin", product_t, margin, SHARE, 0, 1, IS(0.5), "of revenue",
          "Lewis & Rao, QJE 2015: margin 50 % in the worked case", "gross margin")},
    {OWN("organic_rate", OWN_ORGANIC_RATE, "orders that come without ads"),
     .section = &organic_rate_section},
    {REAL("visit_to_order", product_t, visit_to_order, SHARE, 0, 1, IS(0.03), "of visits", ASSUMED,
          "orders per organic site visit"),
     .above_low = true},
    {.name = "appeal",
     .kind = KEY_LIST,
     .section = &appeal_section,
     .fallback = NONE,
     .help = "people whom the product suits more than others, in truth: factors on their rates, "
             "multiplied where several fit"},
    {REAL("affinity", product_t, affinity, NUMBER, 0, 3, IS(0), "log",
          "all are alike unless given; 0.5 is a fair assumption where there are lookalikes",
          "how much people differ in how near they are to being customers: log-sd of a factor on "
          "the "
          "orders, with and without ads, of those who never bought; over everybody it averages 1"),
     .certain = true},
    {REAL("pull_forward", product_t, pull_forward, SHARE, 0, 1, IS(0.1), "of ad-caused orders",
          ASSUMED, "ad-caused orders that would have come by themselves later")},
    {REAL("pull_forward_days", product_t, pull_forward_days, DAYS, 0, 730, IS(30), NULL, ASSUMED,
          "... within this time"),
     .bare = true},
    {SECTION("costs", 0, cost_section, "what the campaign costs besides the ads")},
    {SECTION("season", 0, season_section,
             "when more is ordered without ads, and through the brand")},
    {SECTION("customers", 0, customers_section,
             "how customers order again, and what a new one is worth")},
    {SECTION("satiation", offsetof(product_t, satiation), satiation_section,
             "who has just ordered orders less after an ad; nothing unless given")},
    {SECTION("price", offsetof(product_t, price), price_section,
             "promotions: when less is paid than `value`, and what that does to orders")},
};
static const section_t product_section = {"product", product_rows, COUNT(product_rows)};

/* --- response, attribution ------------------------------------------------------------------- */

#define CHAPELLE "Chapelle, KDD 2014, Figure 1: 35 % in 1 h, 50 % in 24 h"

static const key_row_t delay_rows[] = {
    {REAL("fast_share", response_t, delay.fast_share, SHARE, 0, 1, IS(0.3995), "of orders",
          CHAPELLE, "orders of the fast kind"),
     .off = 1},
    {REAL("fast", response_t, delay.fast_hours, HOURS, 0, 8760, IS(0.5), NULL, CHAPELLE,
          "mean delay of the fast kind"),
     .off = 0},
    {REAL("slow", response_t, delay.slow_hours, HOURS, 0, 8760, IS(131), NULL, CHAPELLE,
          "mean delay of the slow kind"),
     .off = 0},
};
static const section_t delay_section = {"delay", delay_rows, COUNT(delay_rows)};

static const key_row_t carry_over_rows[] = {
    {REAL(
        "effect", response_t, brand_effect, SHARE, 0, 10, IS(0), "of organic orders", ASSUMED,
        "each seen impression adds 1 to a person's brand stock; per unit of it she orders by this "
        "share more than she does by herself")},
    {REAL("half_life", response_t, brand_half_life_days, DAYS, 0, 365, IS(14), NULL, ASSUMED,
          "time in which half of the brand stock is gone"),
     .above_low = true, .certain = true},
};
static const section_t carry_over_section = {"brand", carry_over_rows, COUNT(carry_over_rows)};

static const key_row_t response_rows[] = {
    {REAL("person_sd", response_t, person_sd, NUMBER, 0, 4, IS(0.8), "logit", ASSUMED,
          "how much people differ: sd of the logit of a person's click and order rate"),
     .certain = true},
    {REAL("click_cvr_correlation", response_t, click_cvr_correlation, NUMBER, -1, 1, IS(0.3), NULL,
          ASSUMED, "correlation of a person's inclinations to click and to order")},
    {REAL("prediction", response_t, prediction, SHARE, 0, 1, IS(0.3), NULL, ASSUMED,
          "share of the variance of a person's click effect that the platform's estimate foresees"),
     .certain = true},
    {REAL("wear_in", response_t, wear_in, NUMBER, 0, 1, IS(0.6), NULL, ASSUMED,
          "effect of a first exposure relative to a worn-in one"),
     .above_low = true},
    {REAL("wear_in_exposures", response_t, wear_in_exposures, NUMBER, 0, 100, IS(3), "exposures",
          ASSUMED, "exposures in which an ad wears in"),
     .above_low = true},
    {REAL("wear_out", response_t, wear_out, NUMBER, 0, 1, IS(0.95), "factor per exposure", ASSUMED,
          "what each further exposure leaves of the effect"),
     .above_low = true},
    {REAL("recovery", response_t, recovery_days, DAYS, 0, 3650, IS(14), NULL, ASSUMED,
          "time in which the memory of exposures fades by e"),
     .above_low = true, .instead = "never", .instead_value = INFINITY},
    {REAL("visit_rate", response_t, visit_rate, SHARE, 0, 1, IS(1), "of clicks", ASSUMED,
          "site visits per click")},
    {REAL("cvr", response_t, cvr, SHARE, 0, 1, IS(0.03), "of visits", ASSUMED,
          "orders per site visit that an ad caused")},
    {REAL("view_conversion", response_t, view_conversion, SHARE, 0, 1,
          /* mean 0.0001, log-sd 1: ln 0.0001 - 1/2 */
          LAW(LAW_LOGNORMAL, -9.710340371976182, 1), "of viewed impressions", ASSUMED,
          "orders per viewed impression that the sight alone causes")},
    {SECTION("brand", 0, carry_over_section,
             "orders that seen ads bring later, through the brand")},
    {SECTION("delay", 0, delay_section, "time from the click or view to the order"),
     .instead = "none"},
    {REAL("learning_noise", response_t, learning_noise, NUMBER, 0, 3, IS(0.5), "log", ASSUMED,
          "log-sd of the platform's estimate of an ad set before any result")},
};
static const section_t response_section = {"response", response_rows, COUNT(response_rows)};

static const key_row_t attribution_rows[] = {
    {REAL("click_window", attribution_t, click_window_days, DAYS, 0, CLICK_WINDOW_MOST, IS(7), NULL,
          ASSUMED, "an order is credited to a click at most this long before"),
     .certain = true},
    {REAL("view_window", attribution_t, view_window_days, DAYS, 0, 90, IS(1), NULL, ASSUMED,
          "... or to a view"),
     .certain = true},
    {WORD("model", offsetof(attribution_t, model), attribution_words, CREDIT_LAST_TOUCH,
          "clicks before views, the latest first",
          "which touches get the credit; attribution.csv tells all models side by side")},
    {REAL("observed", attribution_t, observed, SHARE, 0, 1, IS(1), "of orders",
          "all are seen unless given", "orders that a platform can see")},
    {REAL("half_life", attribution_t, half_life_days, DAYS, 0, 365, IS(7), NULL,
          "Google Analytics: 7 days", "time in which a touch loses half its weight: time_decay"),
     .above_low = true, .certain = true},
    {REAL("first_share", attribution_t, first_share, SHARE, 0, 1, IS(0.4), "of an order",
          "Google Analytics: 40 %, 20 %, 40 %",
          "what the first of three touches or more gets: position"),
     .certain = true},
    {REAL("last_share", attribution_t, last_share, SHARE, 0, 1, IS(0.4), "of an order",
          "Google Analytics: 40 %, 20 %, 40 %",
          "... and the last; those between share the rest, two touches share as these do"),
     .certain = true},
    {WORD("channels", offsetof(attribution_t, channels), channel_words, CHANNEL_AD_SET,
          "each ad set is one", "what markov and shapley compare; shapley at most 12")},
};
static const section_t attribution_section = {"attribution", attribution_rows,
                                              COUNT(attribution_rows)};

/* --- experiment ------------------------------------------------------------------------------ */

static const word_t design_words[] = {
    {"holdout", "conversion_lift user_holdout ghost_ads", EXPERIMENT_HOLDOUT, "Conversion lift"},
    {"geo", "geo_holdout geolift geo_experiment", EXPERIMENT_GEO, NULL},
    {0}};
static const key_row_t experiment_rows[] = {
    {WORD("design", offsetof(lift_test_t, design), design_words, -1, NULL,
          "who is held out: people by a coin, or whole regions"),
     .required = true},
    {REAL("holdout", lift_test_t, holdout, SHARE, 0, 0.9, IS(0.1), "of people", ASSUMED,
          "people, or regions, to whom no ad is shown; the budget goes to the others"),
     .certain = true},
    {REAL("lift", lift_test_t, lift, SHARE, 0, 100, IS(0.08), "of orders without ads",
          "Johnson, Lewis & Nubbemeyer: 8 % in the median of 432 experiments",
          "the lift that the test is to find, for the people and weeks it takes"),
     .above_low = true, .certain = true},
    {REAL("confidence", lift_test_t, confidence, SHARE, 0.5, 0.999, IS(0.95), NULL,
          "what tests are judged by", "of the test's interval"),
     .above_low = true, .certain = true},
    {REAL("power", lift_test_t, power, SHARE, 0.5, 0.999, IS(0.8), NULL,
          "what tests are planned for", "chance to find that lift"),
     .above_low = true, .certain = true},
    {.name = "by",
     .kind = KEY_TEXT,
     .offset = offsetof(lift_test_t, by),
     .fallback = NONE,
     .help = "attribute of the population whose values are the regions of a geo design; state or "
             "region unless given"},
    {REAL("region_sd", lift_test_t, region_sd, NUMBER, 0, 3, IS(0.05), "log", ASSUMED,
          "how much the orders of a region change by themselves from the month before the test to "
          "the test: geo"),
     .certain = true},
};
static const section_t experiment_section = {"experiment", experiment_rows, COUNT(experiment_rows)};

/* --- frequency caps -------------------------------------------------------------------------- */

static const word_t cap_event_words[] = {
    {"impressions", "IMPRESSIONS impression", CAP_IMPRESSIONS, "Impressions"},
    {"views", "VIEWS view viewable_impressions VIDEO_VIEWS", CAP_VIEWS, NULL},
    {0}};
static const key_row_t cap_rows[] = {
    {WHOLE("impressions", frequency_cap_t, impressions, 1, 1000, NONE, "impressions a person", NULL,
           "at most this many ..."),
     .required = true, .aliases = "max_impressions max_frequency"},
    {REAL("window", frequency_cap_t, window_days, DAYS, 0, 730, NONE, NULL, NULL,
          "... within any stretch of this length"),
     .above_low = true, .certain = true, .required = true},
    {WORD("event", offsetof(frequency_cap_t, event), cap_event_words, 0, "what ads managers count",
          "what is counted: every impression, or those that were seen")},
    LATER("per", "a cap counts impressions a person; it spans the ad set, campaign or platform it "
                 "stands in"),
};
static const section_t cap_section = {"frequency_cap", cap_rows, COUNT(cap_rows)};

/* --- a target frequency ------------------------------------------------------------------------ */

static const key_row_t target_frequency_rows[] = {
    {REAL("impressions", target_frequency_t, impressions, NUMBER, 1, 1000, NONE,
          "impressions a person", NULL, "impressions of those who are reached, on average ..."),
     .above_low = true, .certain = true, .required = true,
     .aliases = "frequency target_frequency average_frequency"},
    {REAL("window", target_frequency_t, window_days, DAYS, 0, 730, NONE, NULL, NULL,
          "... in each stretch of this length, one after the other"),
     .above_low = true, .certain = true, .required = true, .aliases = "time_unit"},
};
static const section_t target_frequency_section = {"target_frequency", target_frequency_rows,
                                                   COUNT(target_frequency_rows)};

/* One cap, or a list of which all hold. */
#define CAPS(type, text)                                                                           \
    {                                                                                              \
        OWN("frequency_cap", OWN_CAPS, text), .offset = offsetof(type, cap),                       \
                                              .section = &cap_section                              \
    }

/* --- platforms ------------------------------------------------------------------------------- */

static const key_row_t activity_rows[] = {
    {REAL("opportunities_per_day", platform_t, opportunities_per_day, NUMBER, 0, 10000, NONE,
          "ad opportunities a user and day", NULL,
          "mean ad opportunities; instead of minutes x posts x ad load"),
     .above_low = true},
    {OWN("minutes_per_day", OWN_MINUTES, "minutes a user and day: one number, or one per age band"),
     .offset = offsetof(platform_t, minutes_per_day), .measure = MEASURE_NUMBER, .low = 0,
     .high = 1440, .unit = "minutes"},
    {REAL("posts_per_minute", platform_t, posts_per_minute, NUMBER, 0, 1000, IS(4),
          "posts a minute", ASSUMED, "feed posts that a person passes in a minute"),
     .above_low = true, .unless = "opportunities_per_day"},
    {REAL("ad_load", platform_t, ad_load, SHARE, 0, 1, IS(0.2), "of posts", ASSUMED,
          "share of feed posts that are ads"),
     .above_low = true, .unless = "opportunities_per_day"},
    {REAL("shape", platform_t, activity_shape, NUMBER, 0.01, 1000, IS(0.35), NULL,
          "Marketing A/B testing set, 588,101 users: k = 0.35 fits mean and quartiles",
          "k of the gamma law of activity between people; small = few heavy users"),
     .certain = true},
    {REAL("open_days", platform_t, open_days, SHARE, 0, 1, IS(0.5), "of days", ASSUMED,
          "share of days on which a user opens the platform"),
     .above_low = true},
};
static const section_t activity_section = {"activity", activity_rows, COUNT(activity_rows)};

static const key_row_t rival_rows[] = {
    {NAME("rival", rival_t, name, "name of a kind of rivals")},
    {REAL("share", rival_t, share, SHARE, 0, 1, NONE, "of the highest rival values", NULL,
          "how often the highest rival is of this kind; the kinds come to 100 %"),
     .above_low = true, .required = true},
    {REAL("median", rival_t, median, NUMBER, 1e-3, 1e3, IS(1), "factor", UNLESS_GIVEN,
          "median of their values, as a factor on rival_median_cpm")},
    {REAL("log_sd", rival_t, log_sd, NUMBER, 0, 5, IS(0.7), "log", ASSUMED,
          "spread of their values (log-sd)"),
     .above_low = true},
};
static const section_t rival_section = {"rivals[]", rival_rows, COUNT(rival_rows)};

static const key_row_t market_rows[] = {
    {REAL("cpm", platform_t, cpm, MONEY, 0, 1e5, NONE, "currency/1000 impressions", NULL,
          "what a paced plan of 10,000 USD in 28 days pays; the rivals' prices are solved from it"),
     .above_low = true},
    {REAL("rival_median_cpm", platform_t, rival_median_cpm, MONEY, 0, 1e6, NONE,
          "currency/1000 impressions", NULL, "median of the highest rival value, instead of cpm"),
     .above_low = true},
    {REAL("rival_log_sd", platform_t, rival_log_sd, NUMBER, 0, 5, IS(0.7), "log", ASSUMED,
          "spread of the rivals' values (log-sd)"),
     .above_low = true, .unless = "rivals"},
    {.name = "rivals",
     .kind = KEY_LIST,
     .section = &rival_section,
     .fallback = NONE,
     .help = "two or three kinds of rivals with a lognormal law each, instead of rival_log_sd"},
    {REAL("score_noise", platform_t, score_noise, NUMBER, 0, 5, IS(2), "log", ASSUMED,
          "how much the platform's prediction of our value jumps between impressions (log-sd)")},
    {REAL("desirability", platform_t, desirability, NUMBER, -3, 3, IS(0.2), "log per sd", ASSUMED,
          "how much more a desirable person costs"),
     .certain = true},
    {REAL("reserve_cpm", platform_t, reserve_cpm, MONEY, 0, 1e4, IS(0.5),
          "currency/1000 impressions", ASSUMED, "lowest price; 0 = none")},
    BY("by_month", "season seasonality", platform_t, log_price.month,
       "factors on what rivals pay by month, {nov: 1.24, dec: 1.14}; others 1. `cpm` is the price "
       "of a "
       "month whose factor is 1"),
    BY("by_weekday", "weekdays", platform_t, log_price.weekday,
       "factors on what rivals pay by weekday, {sat: 0.9, sun: 0.9}; others 1. `cpm` is the mean "
       "of a "
       "week"),
    BY("by_hour", NULL, platform_t, log_price.hour,
       "factors on what rivals pay by hour of the day, {0-6: 0.8, 18-23: 1.1}; others 1. `cpm` is "
       "the "
       "mean of a day"),
    {WORD("auction", offsetof(platform_t, auction), auction_words, 0, SECOND_PRICE,
          "what the winner pays: what would just have won, or her own bid")},
    {WORD("shading", offsetof(platform_t, shading), shading_words, 0,
          "what bidders at first price do",
          "at first price, what is bid for a stated bid: what gains most if that is what an "
          "impression "
          "is worth, or all of it")},
};
static const section_t market_section = {"market", market_rows, COUNT(market_rows)};

static const key_row_t hours_rows[] = {
    {REAL("amplitude", platform_t, hours_amplitude, NUMBER, 0, 1, IS(0.6), NULL, ASSUMED,
          "a of 1 + a cos(2 pi (t - peak)/24)"),
     .certain = true, .off = 0},
    {REAL("peak", platform_t, hours_peak, HOURS, 0, 24, IS(20), "hour of the day", ASSUMED,
          "when most ad opportunities come"),
     .certain = true, .bare = true, .off = 0},
};
static const section_t hours_section = {"hours", hours_rows, COUNT(hours_rows)};

/* Rates of labels (sim/config/labels.c); the first five in this order. Fixed: they decide who is in an
 * audience, and the people are the same in all replications. */
#define RATE(n, text)                                                                              \
    {                                                                                              \
        .name = n, .kind = KEY_NUMBER, .measure = MEASURE_SHARE, .low = 0, .high = 1,              \
        .certain = true, .fallback = NONE, .help = text                                            \
    }
static const key_row_t label_rows[] = {
    RATE("sensitivity", "of people who have the trait, the share that is labelled with it"),
    RATE("specificity",
         "of people who do not have the trait, the share that is not labelled with it"),
    RATE("ppv", "instead of specificity: of the people labelled, the share that has the trait"),
    RATE("prevalence",
         "share of people with the trait where the ppv was measured; each trait's own "
         "unless given"),
    RATE("accuracy", "of attributes: share of people whose label is right; other levels follow "
                     "their shares of the population, ages fall into a neighbouring band"),
    SOURCE,
};
static const section_t label_section = {"labels of a trait or attribute", label_rows,
                                        COUNT(label_rows)};
#define LABELS_OF(n, also, text)                                                                   \
    {                                                                                              \
        SECTION(n, 0, label_section, text), .aliases = also, .instead = "exact"                    \
    }
static const key_row_t labels_rows[] = {
    LABELS_OF("interests", NULL, "how often labels of interests are right"),
    LABELS_OF("behaviours", "behaviors", "how often labels of behaviours are right"),
    LABELS_OF("traits", NULL, "how often labels of own traits are right"),
    LABELS_OF("attributes", NULL, "how often labels of sex, age band, region, ... are right"),
};
static const section_t labels_section = {"labels", labels_rows, COUNT(labels_rows)};

static const key_row_t placement_rows[] = {
    {NAME("placement", placement_t, name, "name of the placement, as ad sets say it: feed")},
    {REAL("share", placement_t, share, SHARE, 0, 1, NONE, "of the platform's ad opportunities",
          NULL, "how many are here; those of a platform come to 100 %"),
     .above_low = true, .certain = true, .required = true},
    {REAL("price", placement_t, price, NUMBER, 0.01, 100, IS(1), "factor", UNLESS_GIVEN,
          "on what rivals pay here")},
    {REAL("viewability", placement_t, viewability, SHARE, 0, 1, NONE, "of impressions",
          "the platform's viewability", "share of impressions here that are seen"),
     .above_low = true},
    {REAL("ctr", placement_t, ctr, NUMBER, 0.01, 100, IS(1), "factor", UNLESS_GIVEN,
          "on everyone's clicks per impression")},
    SOURCE,
};
static const section_t placement_section = {"placements[]", placement_rows, COUNT(placement_rows)};

static const key_row_t platform_rows[] = {
    {NAME("platform", platform_t, name, "name of the platform, as the ad sets say it"),
     .aliases = "name"},
    {.name = "label",
     .kind = KEY_TEXT,
     .offset = offsetof(platform_t, label),
     .fallback = NONE,
     .help = "the name as it is printed"},
    SOURCE,
    {REAL("users", platform_t, users, SHARE, 0, 1, NONE, "of people", "from the population's table",
          "share of people who use it"),
     .above_low = true, .certain = true},
    {REAL("minimum_audience", platform_t, minimum_audience, COUNT, 0, 1e9, NONE, "people", NULL,
          "fewest people on the platform that an ad set may be shown to; `check` warns below"),
     .certain = true},
    {SECTION("activity", 0, activity_section, "how much people use it")},
    {SECTION("market", 0, market_section, "what the rivals pay")},
    {REAL("viewability", platform_t, viewability, SHARE, 0, 1, IS(0.7), "of impressions", ASSUMED,
          "share of impressions that are seen"),
     .above_low = true},
    {SECTION("hours", 0, hours_section, "when in the day ad opportunities come"),
     .instead = "flat"},
    {.name = "placements",
     .kind = KEY_LIST,
     .section = &placement_section,
     .fallback = NONE,
     .help = "where on the platform ads are shown; one place unless given"},
    {REAL("ctr", platform_t, ctr, SHARE, 0, 1, NONE, "of impressions", NULL,
          "clicks per impression at a first exposure, for creatives that state none"),
     .above_low = true},
    CAPS(platform_t, "at most so many impressions a person of all ad sets on it; a list: all of "
                     "them hold"),
    {OWN("labels", OWN_LABELS,
         "how often what the platform believes of people is right: exact, or rates by interests, "
         "behaviours, traits, attributes, or by the name of one of them. Audiences act on labels, "
         "people on what is true"),
     .section = &labels_section, .source = "no label is wrong unless given"},
};
static const section_t platform_section = {"platforms[]", platform_rows, COUNT(platform_rows)};

/* --- audiences ------------------------------------------------------------------------------- */

static const key_row_t purchasers_rows[] = {
    {REAL("purchasers", audience_t, exclude_purchasers_days, DAYS, 0, 365, NONE, NULL, NULL,
          "who bought within this time leaves the pool"),
     .certain = true, .required = true},
};
static const section_t exclude_section = {"exclude", purchasers_rows, COUNT(purchasers_rows)};
const section_t *const purchasers_section = &exclude_section;

static const key_row_t audience_rows[] = {
    {.name = "include",
     .kind = KEY_TEXT,
     .offset = NOWHERE,
     .fallback = NONE,
     .help = "an audience expression: who is in"},
    {.name = "exclude",
     .kind = KEY_TEXT,
     .offset = NOWHERE,
     .fallback = NONE,
     .help = "an audience expression: who is out; or a pool or list by its name alone, whose "
             "people are "
             "out while they are in it; of a pool also {purchasers: 30d}",
     .section = &exclude_section},
    {WORD("retarget", NOWHERE, retarget_words, -1, NULL,
          "people who visited the site within `window`")},
    {REAL("window", audience_t, window_days, DAYS, 0, 180, IS(30), NULL, ASSUMED,
          "how long a visitor stays in the pool"),
     .above_low = true, .certain = true},
    {WORD("list", NOWHERE, list_words, -1, NULL, "existing customers, found with `match_rate`")},
    {REAL("match_rate", audience_t, match_rate, SHARE, 0, 1, LAW(LAW_BETA, 9, 11), "of the list",
          "embertribe, nosheet, leadenforce: 30-50 % for e-mail lists",
          "share of the list that the platform finds"),
     .above_low = true},
    {WORD("lookalike", NOWHERE, lookalike_words, -1, NULL,
          "the people on the platform who are most like existing customers: `size`, `correlation`, "
          "`seed_match_rate` and `keep_seed` say how"),
     .aliases = "lookalike_audience lookalike_audiences similar_audience similar_audiences "
                "similar_segment predictive_audience"},
    {REAL("size", audience_t, size, SHARE, 0, 1, IS(0.01), "of the platform's users in `include`",
          ASSUMED, "how many are taken: the share with the highest score"),
     .above_low = true, .certain = true, .aliases = "ratio"},
    {REAL("correlation", audience_t, correlation, NUMBER, 0, 1, IS(0.5), NULL, ASSUMED,
          "of the platform's score with people's affinity to being customers, from an endless "
          "seed; a "
          "seed of n people it finds makes it sqrt(n/(n + 1000)) of that"),
     .certain = true},
    {REAL("seed_match_rate", audience_t, match_rate, SHARE, 0, 1, IS(0.45), "of customers",
          "embertribe, nosheet, leadenforce: 30-50 % for e-mail lists",
          "share of existing customers that the platform finds: the seed"),
     .above_low = true, .certain = true},
    {WORD("keep_seed", offsetof(audience_t, keep_seed), keep_words, 0, "as ads managers advise",
          "may customers of the seed be in it?")},
};
static const section_t audience_rows_section = {"audiences", audience_rows, COUNT(audience_rows)};
const section_t *const audience_section = &audience_rows_section;

/* --- campaigns ------------------------------------------------------------------------------- */

/* Read by schedule.c; these rows are for explain and the schema. */
#define DAY_ROWS                                                                                   \
    {OWN("start", OWN_DAY, "first day: a date, or its number in the flight (1 = the first)"),      \
     .source = "the flight's first", .aliases = "start_date"},                                     \
        {OWN("end", OWN_DAY, "last day, which it includes: a date, or its number in the flight"),  \
         .source = "the flight's last", .aliases = "end_date"},                                    \
    {                                                                                              \
        OWN("days", OWN_DAY, "how many days, instead of `end`")                                    \
    }
static const key_row_t period_rows[] = {
    {OWN("start", OWN_DAY, "first day of the period: a date, or its number in the flight"),
     .source = "the day after the period before", .aliases = "start_date"},
    {OWN("end", OWN_DAY, "last day, which it includes: a date, or its number in the flight"),
     .source = "the flight's last", .aliases = "end_date"},
    {OWN("days", OWN_DAY, "how many days, instead of `end`")},
    {OWN("budget", OWN_AMOUNT, "its part of the budget: a share, or in all periods an amount"),
     .measure = MEASURE_ANY, .low = 0, .high = MONEY_MOST, .certain = true,
     .unit = "currency, or share of the budget",
     .source = "an equal part of what the others leave"},
};
static const section_t period_section = {"budget_schedule[]", period_rows, COUNT(period_rows)};
const section_t *const budget_schedule_section = &period_section;

/* Exactly one of the two, of a campaign or of each of its ad sets (see budgets_share in read.c). */
#define MONEY_ROWS(type, field, which, whose)                                                      \
    {OWN("lifetime_budget", OWN_MONEY,                                                             \
         "money for the whole flight, " whose "; never passed. 0 = no ads are shown"),             \
     .offset = offsetof(type, field),                                                              \
     .measure = MEASURE_MONEY,                                                                     \
     .low = 0,                                                                                     \
     .high = MONEY_MOST,                                                                           \
     .certain = true,                                                                              \
     .unit = "currency",                                                                           \
     .purse = which,                                                                               \
     .aliases = "total_amount"},                                                                   \
        {OWN("daily_budget", OWN_MONEY,                                                            \
             "money for a day, " whose "; a week (Sunday to Saturday) never passes it times the "  \
             "days on which ads run"),                                                             \
         .offset = offsetof(type, daily.amount),                                                   \
         .measure = MEASURE_MONEY,                                                                 \
         .low = 0,                                                                                 \
         .high = MONEY_MOST,                                                                       \
         .certain = true,                                                                          \
         .unit = "currency a day",                                                                 \
         .purse = which},                                                                          \
        {.name = "daily_overspend",                                                                \
         .kind = KEY_OWN,                                                                          \
         .own = OWN_OVERSPEND,                                                                     \
         .offset = offsetof(type, daily.overspend),                                                \
         .measure = MEASURE_SHARE,                                                                 \
         .low = 0,                                                                                 \
         .high = 1,                                                                                \
         .certain = true,                                                                          \
         .fallback = IS(0.75),                                                                     \
         .unit = "of the daily budget",                                                            \
         .purse = which,                                                                           \
         .source =                                                                                 \
             "Meta: a day may cost up to 75 % more than the daily budget, a week 7 times it "      \
             "at most",                                                                            \
         .help = "by how much a day may pass the daily budget"},                                   \
    {                                                                                              \
        OWN("budget_schedule", OWN_BUDGET_SCHEDULE,                                                \
            "periods of the flight with a part of the lifetime budget each, " whose                \
            ": no period passes its part, nothing is spent between periods, and what one leaves "  \
            "unspent the next does not get"),                                                      \
            .offset = offsetof(type, budget_schedule), .section = &period_section, .purse = which, \
            .source = "one budget for the whole flight",                                           \
            .aliases = "budget_schedules budget_segments budget_scheduling"                        \
    }

static const key_row_t pause_rows[] = {DAY_ROWS};
static const section_t pause_section = {"pauses[]", pause_rows, COUNT(pause_rows)};

static const key_row_t daypart_rows[] = {
    {OWN("hours", OWN_HOURS_OF_DAY,
         "hours of the day, from-to: 18-23 runs from 18:00 to 23:00; or a list of them"),
     .source = "all day"},
    {OWN("days", OWN_WEEKDAYS, "mon, mon-fri, weekdays, weekends, every_day, or a list of them"),
     .source = "every day"},
};
static const section_t daypart_section = {"dayparting", daypart_rows, COUNT(daypart_rows)};

static const key_row_t own_schedule_rows[] = {
    DAY_ROWS,
    {OWN("dayparting", OWN_DAYPARTING,
         "hours of the day by weekday: 18-23, {hours: 18-23, days: mon-fri}, or a list of such; "
         "nothing runs in other hours"),
     .section = &daypart_section, .source = "all hours",
     .aliases = "ad_schedule adset_schedule day_parting"},
    {OWN("pauses", OWN_PAUSES,
         "days on which nothing runs: a date, the number of a day, or {start, end}; or a list"),
     .section = &pause_section, .source = "none"},
};
static const section_t own_schedule_section = {"schedule", own_schedule_rows,
                                               COUNT(own_schedule_rows)};
const section_t *const schedules_section = &own_schedule_section;

/* Compiled into appeals by fits_compile. */
static const key_row_t fit_rows[] = {
    {.name = "who",
     .kind = KEY_NAME,
     .offset = offsetof(creative_fit_t, text),
     .required = true,
     .fallback = NONE,
     .help = "an audience expression: a segment of people"},
    {REAL("ctr", creative_fit_t, click, NUMBER, 0, 1000, IS(1), "factor", UNLESS_GIVEN,
          "on their clicks per impression of this creative")},
    {REAL("cvr", creative_fit_t, order, NUMBER, 0, 1000, IS(1), "factor", UNLESS_GIVEN,
          "on their orders per site visit that this creative brings")},
    SOURCE,
};
static const section_t fit_section = {"fit[]", fit_rows, COUNT(fit_rows)};

static const key_row_t creative_rows[] = {
    {NAME("creative", creative_t, name, "name of the creative"), .aliases = "ad"},
    {REAL("ctr", creative_t, ctr, SHARE, 0, 1, NONE, "of impressions", "the platform's ctr",
          "clicks per impression at a first exposure of the average member of the audience"),
     .above_low = true},
    {REAL("cvr", creative_t, cvr, SHARE, 0, 1, NONE, "of visits", "the ad set's cvr",
          "conversions per site visit of those who come by this creative")},
    {REAL("weight", creative_t, weight, NUMBER, 0, 1e6, IS(1), NULL, "equal rotation",
          "share of a weighted rotation, relative to the others"),
     .above_low = true, .certain = true},
    {.name = "family",
     .kind = KEY_TEXT,
     .offset = offsetof(creative_t, family_name),
     .fallback = NONE,
     .source = "its own name",
     .help = "creatives of one family, in any ad set, wear out together: whoever has seen one has "
             "seen them all"},
    {.name = "fit",
     .kind = KEY_LIST,
     .section = &fit_section,
     .fallback = NONE,
     .help =
         "segments that the creative suits more, or less, than its rates say, in truth: factors, "
         "multiplied where several fit"},
};
static const section_t creative_section = {"creatives[]", creative_rows, COUNT(creative_rows)};

/* The screens of Google Ads, LinkedIn and Campaign Manager 360, and the words of their APIs. */
static const word_t rotation_words[] = {
    {"weighted", "WEIGHT_STRATEGY_CUSTOM", ROTATION_WEIGHTED, "Custom"},
    {"even", "evenly ROTATE_FOREVER ROTATE_INDEFINITELY ROUND_ROBIN WEIGHT_STRATEGY_EQUAL",
     ROTATION_EVEN, "Rotate ads evenly"},
    {"optimised", "optimized optimize OPTIMIZE WEIGHT_STRATEGY_OPTIMIZED", ROTATION_OPTIMISED,
     "Optimize for performance"},
    {0}};

/* A strategy is a word, or a row below with its amount. */
static const word_t strategy_words[] = {
    {"lowest_cost",
     "highest_volume lowest_cost_without_cap maximize_conversions maximize_clicks "
     "maximum_delivery",
     BID_LOWEST_COST, "Highest volume"},
    {"highest_value", "maximize_conversion_value maximize_value", BID_HIGHEST_VALUE,
     "Highest value"},
    {"bid_cap", NULL, BID_CAP, "Bid cap"},
    {"manual_cpm", NULL, BID_MANUAL_CPM, "Manual CPM"},
    {"manual_cpc", NULL, BID_MANUAL_CPC, "Manual CPC"},
    {"cost_cap", NULL, BID_COST_CAP, "Cost per result goal"},
    {"min_roas", NULL, BID_MIN_ROAS, "ROAS goal"},
    {0}};

static const key_row_t bid_rows[] = {
    {REAL("bid_cap", ad_set_t, bid, MONEY, 0, 1e9, NONE, "currency a result", NULL,
          "most that is bid for a result (impression, click or conversion, by the objective)"),
     .above_low = true, .aliases = "lowest_cost_with_bid_cap bid_cap maximum_cost_bid"},
    {REAL("manual_cpm", ad_set_t, bid, MONEY, 0, 1e6, NONE, "currency/1000 impressions", NULL,
          "the bid for a thousand impressions"),
     .above_low = true, .aliases = "target_cpm manual_cpm"},
    {REAL("manual_cpc", ad_set_t, bid, MONEY, 0, 1e6, NONE, "currency a click", NULL,
          "the bid for a click, whatever the objective: an impression is worth it times the click "
          "rate that the platform expects"),
     .above_low = true, .aliases = "max_cpc manual_cpc manual_bidding"},
    {REAL("cost_cap", ad_set_t, bid, MONEY, 0, 1e9, NONE, "currency a result", NULL,
          "what a result (impression, click or caused conversion, by the objective) may cost on "
          "average; "
          "single ones may cost more"),
     .above_low = true, .aliases = "cost_cap cost_per_result_goal target_cpa target_cost"},
    {REAL("min_roas", ad_set_t, bid, ANY, 0, 1e6, NONE, "revenue per currency spent", NULL,
          "what the conversions that the ads cause must be worth on average for each unit spent"),
     .above_low = true,
     .aliases = "lowest_cost_with_min_roas min_roas roas_goal target_roas minimum_roas"},
};
static const section_t bid_rows_section = {"bid_strategy", bid_rows, COUNT(bid_rows)};
const section_t *const bid_section = &bid_rows_section;

static const key_row_t ad_set_rows[] = {
    {NAME("ad_set", ad_set_t, name, "name of the ad set"), .aliases = "ad_group"},
    {OWN("platform", OWN_PLATFORM, "one of `platforms`"), .required = true},
    {OWN("audience", OWN_AUDIENCE, "one of `audiences`, or an expression"), .required = true},
    {OWN("budget", OWN_BUDGET, "share of the campaign's budget, or an amount"),
     .offset = offsetof(ad_set_t, budget), .measure = MEASURE_ANY, .low = 0, .high = MONEY_MOST,
     .certain = true, .unit = "currency, or share of the campaign",
     .unless = "daily_budget lifetime_budget", .purse = PURSE_OWN,
     .source = "an equal part of what the others leave"},
    MONEY_ROWS(ad_set_t, budget, PURSE_OWN, "instead of a part of the campaign's"),
    {OWN("min_spend", OWN_MONEY,
         "least that this ad set shall spend of the campaign's shared budget over the flight: an "
         "amount, or a share of it"),
     .offset = offsetof(ad_set_t, min_spend), .measure = MEASURE_ANY, .low = 0, .high = MONEY_MOST,
     .above_low = true, .certain = true, .unit = "currency, or share of the campaign",
     .purse = PURSE_SHARED, .source = "none",
     .aliases = "min_spend_target lifetime_min_spend_target"},
    {OWN("spend_cap", OWN_MONEY,
         "most that this ad set may spend of the campaign's shared budget over the flight: an "
         "amount, or a share of it"),
     .offset = offsetof(ad_set_t, spend_cap), .measure = MEASURE_ANY, .low = 0, .high = MONEY_MOST,
     .above_low = true, .certain = true, .unit = "currency, or share of the campaign",
     .purse = PURSE_SHARED, .source = "none", .aliases = "lifetime_spend_cap"},
    {OWN("bid_strategy", OWN_BID_STRATEGY,
         "lowest_cost, highest_value, or one of bid_cap, cost_cap, min_roas, manual_cpm, "
         "manual_cpc "
         "with its amount, such as {cost_cap: 25}"),
     .section = &bid_rows_section, .words = strategy_words,
     .source = "what ads managers choose unasked"},
    {REAL("fixed_cpm", ad_set_t, fixed_cpm, MONEY, 0, 1e6, NONE, "currency/1000 impressions",
          "the auction's prices", "what was agreed on for reserved buying, whoever else bids"),
     .above_low = true, .certain = true, .aliases = "reservation_cpm booked_cpm"},
    {WORD("pacing", offsetof(ad_set_t, pacing), pacing_words, 0, "what ads managers choose unasked",
          "how the budget lasts"),
     .purse = PURSE_OWN, .aliases = "delivery"},
    {WORD("pacing_method", offsetof(ad_set_t, method), method_words, 0, ASSUMED,
          "what is turned down to make it last: the bid; the share of auctions entered (throttle); "
          "or that share, of the people first who are foreseen to answer least (smart)")},
    CAPS(ad_set_t, "at most so many impressions a person of this ad set; a list: all of them hold"),
    {OWN("creatives", OWN_CREATIVES, "the ads that take turns"), .aliases = "ads",
     .section = &creative_section},
    {OWN("rotation", OWN_ROTATION,
         "how several creatives take turns: by their weights, evenly, or as platforms do unless "
         "told "
         "otherwise, the better ones more and more often (optimised: Thompson sampling by the "
         "results of the objective, learned hour by hour)"),
     .offset = offsetof(ad_set_t, rotation), .words = rotation_words, .fallback_text = "weighted",
     .source = ASSUMED, .aliases = "ad_rotation creative_rotation ad_rotation_mode"},
    {REAL("quality", ad_set_t, quality, NUMBER, 0.01, 100, IS(1), "factor", "an average ad",
          "how the platform rates the ad: a factor on the value")},
    {REAL("quality_cpm", ad_set_t, quality_cpm, NUMBER, -1e4, 1e4, IS(0),
          "currency/1000 impressions", UNLESS_GIVEN, "quality as an amount added to the value")},
    {REAL("cvr", ad_set_t, cvr, SHARE, 0, 1, NONE, "of visits", "that of its kind of conversions",
          "conversions per site visit, for this ad set")},
    {WORD("billing_event", offsetof(ad_set_t, billing), billing_words, 0,
          "what ads managers charge unasked",
          "what is charged: impressions at their prices, or clicks or caused conversions at that "
          "price "
          "over "
          "the chance the platform expects; a conversion is charged on the day of its ad"),
     .aliases = "billing"},
    {WORD("optimization_goal", offsetof(ad_set_t, goal), goal_words, -1, "the campaign's objective",
          "the result that the platform optimises this ad set for, and with it the kind of "
          "conversions that its ads bring: landing_page_views site visits, leads leads, "
          "app_installs app installs, conversions orders; impressions and link_clicks leave that "
          "kind to the objective"),
     .aliases = "optimisation_goal performance_goal"},
    {OWN("placements", OWN_PLACEMENTS,
         "of the platform's placements those to be shown on, [feed, stories], or all"),
     .aliases = "positions facebook_positions instagram_positions",
     .source = "all, what ads managers choose unasked (Advantage+ placements)"},
    LATER("targeting", "describe the audience under `audiences`"),
    LATER("custom_audiences", "write an audience with list: or retarget:"),
    {OWN("schedule", OWN_SCHEDULE, "when it runs, within its campaign's schedule"),
     .section = &own_schedule_section, .offset = offsetof(ad_set_t, schedule),
     .source = "the whole flight"},
    {SECTION("target_frequency", offsetof(ad_set_t, target_frequency), target_frequency_section,
             "how often those who are reached shall be reached on average in each window"),
     .source = "none: as often as it comes"},
};
static const section_t ad_set_section = {"ad_sets[]", ad_set_rows, COUNT(ad_set_rows)};

static const key_row_t campaign_rows[] = {
    {NAME("campaign", campaign_t, name, "name of the campaign")},
    {WORD("objective", offsetof(campaign_t, objective), objective_words, 2, ASSUMED,
          "the result that the platform optimises")},
    {WORD("special_category", offsetof(campaign_t, special_category), category_words, -1, NULL,
          "housing, employment or credit: platforms forbid targeting by age, sex or a fine place; "
          "`check` warns"),
     .aliases = "special_ad_category special_ad_categories"},
    MONEY_ROWS(campaign_t, lifetime_budget, PURSE_ANY, "of all its ad sets"),
    {WORD("budget_mode", offsetof(campaign_t, shares_budget), budget_words, 0,
          "each ad set has its own budget",
          "who splits the budget: you, or the platform, which moves money to where a result costs "
          "least")},
    {OWN("pacing", OWN_PURSE_PACING, "how a shared budget lasts"),
     .offset = offsetof(campaign_t, pacing), .words = pacing_words, .purse = PURSE_SHARED,
     .source = "what ads managers choose unasked"},
    {WORD("buying_type", offsetof(campaign_t, reserved), buying_words, 0,
          "what ads managers choose unasked",
          "how ads are bought: in the auction at its prices, or reserved (reach and frequency): "
          "each ad set books its budget's worth of impressions at its fixed_cpm, and the platform "
          "bids what delivers them evenly")},
    CAPS(campaign_t, "at most so many impressions a person of the campaign, on each platform; a "
                     "list: all of them hold"),
    {LIST("ad_sets", ad_set_section, "who sees which ads where"), .aliases = "ad_groups"},
    {OWN("schedule", OWN_SCHEDULE, "when its ad sets run, within the flight"),
     .section = &own_schedule_section, .offset = offsetof(campaign_t, schedule),
     .source = "the whole flight"},
    LATER("holdout_percentage", "incremental results are exact without a hold-out"),
};
static const section_t campaign_section = {"campaigns[]", campaign_rows, COUNT(campaign_rows)};

/* --- the scenario ---------------------------------------------------------------------------- */

/* --- files of people (read by csv_source.c; these rows are for explain and the schema) --------- */

#define TEXT_ROW(n, h)                                                                             \
    {                                                                                              \
        .name = n, .kind = KEY_TEXT, .fallback = NONE, .help = h                                   \
    }
static const key_row_t csv_column_rows[] = {
    TEXT_ROW("as", "attribute, age, interest, behaviour, trait, platform or customers"),
    TEXT_ROW("name", "what it is called here; the column's name unless given"),
    {.name = "levels",
     .kind = KEY_OWN,
     .own = OWN_WORDS,
     .fallback = NONE,
     .help = "the only levels, a list, or {VALUE: LEVEL}; those found in the file unless given"},
    TEXT_ROW("missing",
             "what becomes of rows without a value: error, drop (told), unknown (a level of "
             "its own), no, or spread (customers: as the others)"),
};
static const section_t csv_column_section = {"a column", csv_column_rows, COUNT(csv_column_rows)};

static const key_row_t csv_rows[] = {
    TEXT_ROW("csv", "a table of people with a row each, beside this file or in the current folder"),
    TEXT_ROW("weight", "column of the rows' weights, above 0; every row weighs 1 unless given"),
    {.name = "columns",
     .kind = KEY_NAMED,
     .section = &csv_column_section,
     .fallback = NONE,
     .help = "what the file's columns are: {COLUMN: attribute} or {COLUMN: {as: attribute, ...}}"},
    TEXT_ROW("separator",
             "comma, semicolon, tab or a character; found in the first row unless given"),
    {.name = "missing",
     .kind = KEY_OWN,
     .own = OWN_WORDS,
     .fallback = NONE,
     .help = "words that mean no value, besides the empty field; NA and N/A unless given"},
    TEXT_ROW("sha256", "what the file's hash must be; any file will do unless given"),
};
const section_t csv_section = {"a file of people", csv_rows, COUNT(csv_rows)};

static const key_row_t variant_rows[] = {
    {.name = "name",
     .kind = KEY_NAME,
     .offset = NOWHERE,
     .required = true,
     .fallback = NONE,
     .help = "what the plan is called"},
    {.name = "set",
     .kind = KEY_BEFORE,
     .fallback = NONE,
     .help = "what it changes: path.to.key: value, list items by name; nothing unless given"},
};
static const section_t variant_section = {"variants[]", variant_rows, COUNT(variant_rows)};

static const key_row_t compare_rows[] = {
    {.name = "variants",
     .kind = KEY_OWN,
     .own = OWN_VARIANTS,
     .section = &variant_section,
     .required = true,
     .fallback = NONE,
     .help = "the plans: this file, each with its own changes; 2 to 16"},
    {OWN("metric", OWN_METRIC,
         "the column that decides which is the best; the target's, else iroas unless given"),
     .offset = offsetof(scenario_t, compare.metric)},
    {REAL("indifference", scenario_t, compare.indifference, SHARE, 0, 1, NONE, NULL,
          "monte_carlo.precision",
          "differences below this share of the best plan's value do not matter: plans that are "
          "known to be so close are called equal"),
     .certain = true},
    {REAL("replications_at_most", scenario_t, compare.replications_at_most, COUNT, 2, 1e6,
          IS(65536), NULL, ASSUMED,
          "when to give up: replications of each plan that an automatic comparison takes"),
     .certain = true},
};
static const section_t compare_section = {"compare", compare_rows, COUNT(compare_rows)};

static const key_row_t top_rows[] = {
    {OWN("version", OWN_VERSION, "of this format: 1")},
    {.name = "extends",
     .kind = KEY_BEFORE,
     .fallback = NONE,
     .help = "a scenario to start from; `set` changes it"},
    {.name = "set",
     .kind = KEY_BEFORE,
     .fallback = NONE,
     .help = "changes: path.to.key: value, list items by name"},
    {.name = "name",
     .kind = KEY_TEXT,
     .offset = offsetof(scenario_t, name),
     .fallback_text = "scenario",
     .fallback = NONE,
     .source = "no name was given",
     .help = "what the plan is called"},
    {.name = "currency",
     .kind = KEY_CODE,
     .offset = offsetof(scenario_t, currency),
     .fallback_text = "USD",
     .fallback = NONE,
     .source = "the benchmarks are in USD",
     .help = "ISO code of the account's money"},
    {.name = "seed",
     .kind = KEY_SEED,
     .offset = offsetof(scenario_t, seed),
     .measure = MEASURE_COUNT,
     .low = 0,
     .high = 18446744073709551615.0,
     .certain = true,
     .fallback = IS(1),
     .source = "any number is as good",
     .help = "number that fixes all chance: the same seed gives the same bytes"},
    {SECTION("schedule", 0, schedule_section, "when the ads run"), .required = true},
    {OWN("population", OWN_POPULATION,
         "the people: a preset's name, a path, or a mapping. Names are looked up in populations/ "
         "beside the scenario, then in $ADSIM_DATA, then in the installed data. A mapping holds "
         "name, "
         "size, joint, attributes, margins, platforms, classes, interests, behaviours, traits, "
         "continuous, existing_customers (us-adults.yaml shows them), or the keys of a file of "
         "people"),
     .required = true, .presets = "populations", .section = &csv_section},
    {OWN("customers", OWN_CUSTOMERS,
         "a list of customers, {csv: crm.csv, columns: {...}}: how many of the people bought "
         "before, and "
         "who they are by the columns that are attributes of the population"),
     .section = &csv_section},
    {REAL("people", scenario_t, people, COUNT, 1, 1e9, IS(0), "people",
          "the lumpiness guard decides", "simulated people; each stands for population / people"),
     .certain = true, .instead = "auto", .instead_value = 0},
    {LIST("platforms", platform_section, "a preset's name, a path, or mappings"),
     .presets = "platforms"},
    {SECTION("product", offsetof(scenario_t, product), product_section, "what is sold")},
    {SECTION("response", offsetof(scenario_t, response), response_section,
             "what people do after an impression")},
    {SECTION("attribution", offsetof(scenario_t, attribution), attribution_section,
             "which orders are credited to ads")},
    {SECTION("experiment", offsetof(scenario_t, experiment), experiment_section,
             "a test of what the ads cause, run with the plan")},
    {.name = "audiences",
     .kind = KEY_NAMED,
     .section = &audience_rows_section,
     .fallback = NONE,
     .help = "named groups of people"},
    {LIST("campaigns", campaign_section, "the plan"), .unless = "organic"},
    {OWN("conversions", OWN_CONVERSIONS,
         "rates, delays and values of the conversions that are no purchases: leads, app installs, "
         "site visits; what no ad set brings may be left out"),
     .section = &conversions_section},
    {SECTION("organic", offsetof(scenario_t, brand), brand_section,
             "what the brand does besides ads: accounts, posts, influencers, community")},
    {SECTION("target", 0, target_section, "what the plan must reach")},
    {SECTION("monte_carlo", 0, monte_carlo_section, "how sure the answer must be")},
    {WORD("engine", offsetof(scenario_t, engine), engine_words, ENGINE_AUTO,
          "the number of people decides",
          "how the flight is simulated: closed_loop holds all people in memory and takes them "
          "through the flight hour by hour; streaming makes them window after window, in constant "
          "memory, on the bids that a pilot of up to a million people has found; auto streams more "
          "than 5,000,000 simulated people, unless a lookalike is chosen among them")},
    NEVER("frequency_cap",
          "no platform knows what another has shown: cap an ad set, a campaign (on each platform) "
          "or a platform"),
    {.name = "compare",
     .kind = KEY_OWN,
     .own = OWN_COMPARE,
     .section = &compare_section,
     .fallback = NONE,
     .help = "variants of this plan that adsim compare runs under the same luck"},
    {.name = "sweep",
     .kind = KEY_IGNORED,
     .fallback = NONE,
     .section = &sweep_keys,
     .help = "a batch of variants: which values of which keys adsim sweep tries"},
    {OWN("allocate", OWN_ALLOCATE, "what adsim allocate is to find: the best split of a budget"),
     .section = &allocate_section},
};
const section_t top_section = {"the scenario", top_rows, COUNT(top_rows)};

/* --- asking ---------------------------------------------------------------------------------- */

/* As people write it: "Cost per result goal" is cost_per_result_goal. */
static bool same_word(const char *name, const char *word, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int c = word[i] == ' ' ? '_' : tolower((unsigned char)word[i]);
        if (tolower((unsigned char)name[i]) != c) return false;
    }
    return true;
}

bool word_in(const char *list, const char *word)
{
    size_t length = strlen(word);
    while (list && *list && length) {
        size_t n = strcspn(list, " ");
        if (n == length && same_word(list, word, n)) return true;
        list += n;
        list += strspn(list, " ");
    }
    return false;
}

const key_row_t *section_find(const section_t *s, const char *name)
{
    for (size_t i = 0; i < s->n; i++)
        if (!strcmp(s->row[i].name, name)) return &s->row[i];
    for (size_t i = 0; i < s->n; i++)
        if (word_in(s->row[i].aliases, name)) return &s->row[i];
    return NULL;
}

value_rule_t row_rule(const key_row_t *row)
{
    return (value_rule_t){row->name,      row->measure, row->low,     row->high,
                          row->above_low, row->bare,    row->certain, row->unit};
}

bool row_has_fallback(const key_row_t *row)
{
    return row->fallback_text || (row->kind == KEY_WORD && row->fallback_word >= 0) ||
           !isnan(row->fallback.a);
}

law_text_t row_fallback_text(const key_row_t *row)
{
    law_text_t t = {""};
    if (row->fallback_text)
        snprintf(t.text, sizeof t.text, "%s", row->fallback_text);
    else if (row->kind == KEY_WORD && row->fallback_word >= 0)
        snprintf(t.text, sizeof t.text, "%s", row->words[row->fallback_word].name);
    else if (isnan(row->fallback.a))
        return t;
    else if (row->instead && row->section == NULL && row->fallback.a == row->instead_value)
        snprintf(t.text, sizeof t.text, "%s", row->instead);
    else if (row->fallback.law == LAW_CERTAIN)
        snprintf(t.text, sizeof t.text, "%s", number_text(row->fallback.a, row->measure).text);
    else
        t = law_text(row->fallback);
    return t;
}
