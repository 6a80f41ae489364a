/* keys_allocate.c -- the rows of `allocate`: what is wanted, what limits the split, curves of one's own. */
#include "sim/config/key_rows.h"

static const word_t aim_words[] = {
    {"max_value", "value maximize_value", AIM_MAX_VALUE, NULL},
    {"max_reach", "reach", AIM_MAX_REACH, "Reach"},
    {"max_reach_k", "reach_k", AIM_MAX_REACH_K, NULL},
    {"max_conversions", "conversions maximize_conversions", AIM_MAX_CONVERSIONS, NULL},
    {"max_incremental_conversions", "incremental_conversions", AIM_MAX_INCREMENTAL, NULL},
    {"max_revenue", "revenue maximize_conversion_value", AIM_MAX_REVENUE, NULL},
    {"max_profit", "profit", AIM_MAX_PROFIT, NULL},
    {"min_spend", "minimum_spend", AIM_MIN_SPEND, NULL},
    {"target_cpa", "cpa", AIM_TARGET_CPA, NULL},
    {"target_roas", "roas", AIM_TARGET_ROAS, NULL},
    {"target_mroas", "mroas target_marginal_roas", AIM_TARGET_MROAS, NULL},
    {"target_frequency", "frequency", AIM_TARGET_FREQUENCY, NULL},
    {"evaluate", "simulate", AIM_EVALUATE, NULL},
    {0}};
static const word_t cells_words[] = {{"ad_set", "ad_sets ad_group", CELLS_AD_SET, NULL},
                                     {"platform", "platforms", CELLS_PLATFORM, NULL},
                                     {"segment", "segments audience", CELLS_SEGMENT, NULL},
                                     {"period", "periods", CELLS_PERIOD, NULL},
                                     {0}};
static const word_t risk_words[] = {{"mean", NULL, RISK_MEAN, NULL},
                                    {"mean_minus_sd", NULL, RISK_MEAN_MINUS_SD, NULL},
                                    {"mean_minus_variance", NULL, RISK_MEAN_MINUS_VARIANCE, NULL},
                                    {"cvar", "expected_shortfall", RISK_CVAR, NULL},
                                    {"chance", "probability", RISK_CHANCE, NULL},
                                    {0}};
static const word_t form_words[] = {{"linear", NULL, CURVE_LINEAR, NULL},
                                    {"power", NULL, CURVE_POWER, NULL},
                                    {"log", "logarithmic", CURVE_LOG, NULL},
                                    {"michaelis_menten", NULL, CURVE_MICHAELIS_MENTEN, NULL},
                                    {"exponential", "poisson_reach", CURVE_EXPONENTIAL, NULL},
                                    {"hill", "s_curve", CURVE_HILL, NULL},
                                    {"logistic", "logistic_saturation", CURVE_LOGISTIC, NULL},
                                    {"tanh", "tanh_saturation", CURVE_TANH, NULL},
                                    {"nbd_reach", NULL, CURVE_NBD_REACH, NULL},
                                    {"goerg", "goerg_reach", CURVE_GOERG, NULL},
                                    {"points", NULL, CURVE_POINTS_JOINED, NULL},
                                    {0}};
static const word_t carry_words[] = {{"no", "false", 0, NULL}, {"yes", "true", 1, NULL}, {0}};

static const key_row_t goal_rows[] = {
    {.name = "metric",
     .kind = KEY_TEXT,
     .offset = offsetof(allocation_t, goal_metric),
     .fallback = NONE,
     .help = "the column that the goal is set in; that of the objective unless given"},
    {REAL("at_least", allocation_t, goal, ANY, 0, MONEY_MOST, NONE, NULL, NULL,
          "the least value that will do"),
     .certain = true, .unless = "at_most"},
    {REAL("at_most", allocation_t, goal, ANY, 0, MONEY_MOST, NONE, NULL, NULL,
          "the highest cost that will do: target_cpa"),
     .certain = true, .unless = "at_least"},
};
const section_t goal_section = {"target", goal_rows, COUNT(goal_rows)};

static const key_row_t risk_rows[] = {
    {WORD(
        "measure", offsetof(allocation_t, risk), risk_words, RISK_MEAN,
        "what planners look at unless they say otherwise",
        "what is made the most of: the mean; the mean less `aversion` standard deviations, or "
        "less half of `aversion` variances; cvar, the mean of the worst cases beyond `level`; "
        "chance, that of `at_least`. Of min_spend it is held against the target: the least budget "
        "for which it comes to that")},
    {REAL("aversion", allocation_t, aversion, NUMBER, 0, 1e6, IS(1), NULL, ASSUMED,
          "how much a standard deviation, or half a variance, weighs"),
     .certain = true},
    {REAL("level", allocation_t, level, SHARE, 0.01, 0.999, IS(0.9), NULL, ASSUMED,
          "of cvar: 90 % looks at the worst tenth; of chance beside min_spend: how sure the target "
          "must be"),
     .certain = true},
    {REAL("at_least", allocation_t, threshold, ANY, 0, MONEY_MOST, NONE, NULL, NULL,
          "of chance: the response that must be reached"),
     .certain = true},
};
static const section_t risk_section = {"risk", risk_rows, COUNT(risk_rows)};

#define AMOUNT(n, type, field, text)                                                               \
    {                                                                                              \
        OWN(n, OWN_AMOUNT, text), .offset = offsetof(type, field), .measure = MEASURE_ANY,         \
                                  .low = 0, .high = MONEY_MOST, .certain = true                    \
    }
static const key_row_t limit_rows[] = {
    {OWN("cell", OWN_CELL,
         "the name of an ad set, platform or curve; or give `cells`. Of cells by period: an ad set "
         "in all "
         "of them, a period by its first day in all ad sets, or both: ig-young 2026-03-09")},
    {OWN("cells", OWN_CELLS, "names: the limit is of their sum")},
    {OWN("weights", OWN_WEIGHTS, "{NAME: number}: the limit is of the sum of number x spend")},
    AMOUNT("min", spend_limit_t, min, "least spend, an amount or a share of the budget"),
    AMOUNT("max", spend_limit_t, max, "most spend, likewise"),
    AMOUNT("fixed", spend_limit_t, fixed, "exact spend, likewise"),
    AMOUNT("min_if_used", spend_limit_t, min_if_used,
           "this much or nothing, likewise; of one cell"),
};
const section_t limit_section = {"limits[]", limit_rows, COUNT(limit_rows)};

/* name, index, measure, low, high, unit, help */
#define PARAMETER(n, which, q, lo, hi, u, text)                                                    \
    {                                                                                              \
        REAL(n, own_curve_t, parameter[PARAMETER_##which], q, lo, hi, NONE, u, NULL, text),        \
            .above_low = true                                                                      \
    }
#define SPEND(n, field, text)                                                                      \
    {                                                                                              \
        REAL(n, own_curve_t, field, MONEY, 0, MONEY_MOST, NONE, "currency", NULL, text),           \
            .certain = true                                                                        \
    }
static const key_row_t curve_rows[] = {
    {NAME("name", own_curve_t, name, "what the money is spent on")},
    {WORD("form", offsetof(own_curve_t, form), form_words, -1, NULL,
          "linear: min(slope x, max_response); power: scale x^exponent; log: scale ln(1 + x/k); "
          "michaelis_menten: max_response x/(half + x); exponential: max_response (1 - e^(-x/k)); "
          "hill: max_response x^slope/(half^slope + x^slope); logistic: max_response "
          "(1 - e^(-rate x))/(1 + e^(-rate x)); tanh: max_response tanh(x/k); nbd_reach: people "
          "reached, gamma-Poisson exposure; goerg: max_reach x/(max_reach cpm/1000 + x); or "
          "`points`"),
     .required = true, .unless = "points"},
    PARAMETER("slope", SLOPE, NUMBER, 0, 1e12, NULL,
              "linear: response per unit; hill: its steepness"),
    PARAMETER("max_response", MAX_RESPONSE, NUMBER, 0, 1e15, "responses",
              "what no spend surpasses"),
    PARAMETER("scale", SCALE, NUMBER, 0, 1e15, NULL, "power, log: factor on the whole"),
    PARAMETER("exponent", EXPONENT, SHARE, 0, 1, NULL, "power: 1 is a straight line"),
    PARAMETER("k", K, MONEY, 0, MONEY_MOST, "currency",
              "log, exponential, tanh: the scale of spend"),
    PARAMETER("half", HALF, MONEY, 0, MONEY_MOST, "currency",
              "michaelis_menten, hill: spend with half of max_response"),
    PARAMETER("rate", RATE, NUMBER, 0, 1e6, "a unit of currency",
              "logistic: how fast it saturates"),
    PARAMETER("people", PEOPLE, NUMBER, 0, 1e10, "people", "nbd_reach: who can be reached"),
    PARAMETER("cpm", CPM, MONEY, 0, 1e6, "currency/1000 impressions",
              "nbd_reach, goerg: price of impressions"),
    PARAMETER("shape", SHAPE, NUMBER, 0, 1e6, NULL,
              "nbd_reach: of the gamma law of activity; small = few heavy users"),
    PARAMETER("max_reach", MAX_REACH, NUMBER, 0, 1e10, "people", "goerg: who can be reached"),
    {OWN("points", OWN_POINTS,
         "[[spend, response], ...]: joined by a smooth line that never falls")},
    SPEND("min", min, "least spend"),
    SPEND("max", max, "most spend"),
    SPEND("fixed", fixed, "exact spend"),
    SPEND("min_if_used", min_if_used, "this much or nothing"),
    SPEND("current", current, "what is spent today, of the whole time"),
    {REAL("adstock", own_curve_t, adstock, SHARE, 0, 0.999, IS(0), "of a period's effect",
          "nothing is left unless given",
          "what is left of it in the next period: effective spend_t = spend_t + adstock x "
          "effective spend_(t-1); the curve is of a period's effective spend"),
     .certain = true},
};
static const section_t curve_section = {"curves[]", curve_rows, COUNT(curve_rows)};

static const key_row_t allocate_rows[] = {
    {WORD("objective", offsetof(allocation_t, aim), aim_words, AIM_MAX_VALUE, "the usual question",
          "what the split is to give")},
    {REAL("budget", allocation_t, budget, MONEY, 0, 9e12, NONE, "currency",
          "the plan's own; of curves none", "what may be spent, at most"),
     .above_low = true, .certain = true},
    {OWN("target", OWN_GOAL, "the value to be reached: of min_spend and the target_... objectives"),
     .section = &goal_section},
    {REAL("k", allocation_t, times, COUNT, 2, 10, IS(2), "impressions", ASSUMED,
          "max_reach_k: people who saw at least so many"),
     .certain = true},
    {REAL("value", allocation_t, value, MONEY, 0, MONEY_MOST, IS(1), "currency a response",
          "responses of curves are money unless given",
          "what a response is worth: max_profit, target_roas, target_mroas"),
     .above_low = true, .certain = true},
    {WORD("cells", offsetof(allocation_t, cells), cells_words, CELLS_AD_SET,
          "budgets are set there",
          "what the money is moved between: ad sets, all of a platform, all of an audience; or the "
          "weeks of the flight (or `periods` of them), ad set by ad set")},
    {OWN("limits", OWN_LIMITS, "least and most of cells, of groups and of weighted sums"),
     .section = &limit_section},
    {REAL("change_at_most", allocation_t, change_at_most, SHARE, 0, 10, NONE, "of current spend",
          "any change", "how far a cell may move from what is spent today"),
     .certain = true},
    {REAL("lot", allocation_t, lot, MONEY, 0, MONEY_MOST, IS(0), "currency", "any amount",
          "spends are multiples of it"),
     .certain = true},
    {WHOLE("periods", allocation_t, periods, 1, ALLOCATION_PERIODS, NONE, "periods", NULL,
           "over how many periods (weeks) each curve's money is spread, 1 unless given; of cells: "
           "period, equal parts of the flight, its weeks unless given")},
    {WORD("carry_out", offsetof(allocation_t, carry_out), carry_words, 0, "as Meridian has it",
          "does what is left after the last period count?")},
    {SECTION("risk", 0, risk_section, "what is made the most of when curves are uncertain")},
    {.name = "curves",
     .kind = KEY_LIST,
     .section = &curve_section,
     .fallback = NONE,
     .help = "instead of simulating: response curves of your own. Their numbers may be uncertain"},
};
const section_t allocate_section = {"allocate", allocate_rows, COUNT(allocate_rows)};
