/* keys_conversion.c -- the part of the table that says what conversions besides orders are, and what promotions do. */
#include "sim/config/key_rows.h"

/* --- kinds of conversions ----------------------------------------------------------------------- */

#define LEADS_OF_META "WordStream/LocaliQ 2025: 7.72 % of clicks of Meta campaigns for leads"

#define DELAY_ROWS(share, fast_mean, slow_mean)                                                    \
    {                                                                                              \
        {REAL("fast_share", delay_t, fast_share, SHARE, 0, 1, IS(share), "of conversions",         \
              ASSUMED, "conversions of the fast kind"),                                            \
         .off = 1},                                                                                \
            {REAL("fast", delay_t, fast_hours, HOURS, 0, 8760, IS(fast_mean), NULL, ASSUMED,       \
                  "mean delay of the fast kind"),                                                  \
             .off = 0},                                                                            \
        {                                                                                          \
            REAL("slow", delay_t, slow_hours, HOURS, 0, 8760, IS(slow_mean), NULL, ASSUMED,        \
                 "mean delay of the slow kind"),                                                   \
                .off = 0                                                                           \
        }                                                                                          \
    }

static const key_row_t lead_delay_rows[] = DELAY_ROWS(0.9, 0.25, 24);
static const key_row_t install_delay_rows[] = DELAY_ROWS(0.9, 0.1, 24);
static const key_row_t visit_delay_rows[] = DELAY_ROWS(1, 0, 0);
static const section_t lead_delay = {"delay", lead_delay_rows, COUNT(lead_delay_rows)};
static const section_t install_delay = {"delay", install_delay_rows, COUNT(install_delay_rows)};
static const section_t visit_delay = {"delay", visit_delay_rows, COUNT(visit_delay_rows)};

#define OF_VISITS(mean, src, what)                                                                 \
    {                                                                                              \
        REAL("cvr", conversion_t, cvr, SHARE, 0, 1, IS(mean), "of visits", src,                    \
             what " per site visit that an ad caused")                                             \
    }
#define BY_SIGHT(law, a, b, src, what)                                                             \
    {                                                                                              \
        REAL("view_conversion", conversion_t, view_conversion, SHARE, 0, 1, LAW(law, a, b),        \
             "of viewed impressions", src,                                                         \
             what " per viewed impression that the sight alone causes")                            \
    }
#define WITHOUT_ADS(what)                                                                          \
    {                                                                                              \
        REAL("organic_cvr", conversion_t, organic, SHARE, 0, 1, IS(0), "of organic site visits",   \
             UNLESS_GIVEN, what " per site visit that comes without ads")                          \
    }
#define ORDERS_OF(share, what)                                                                     \
    {                                                                                              \
        REAL("order_share", conversion_t, order_share, SHARE, 0, 1, IS(share), "of " what,         \
             ASSUMED, what " that become an order: that many new customers come of them"),         \
            .aliases = "close_rate"                                                                \
    }
#define VALUE_OF(what)                                                                             \
    {                                                                                              \
        REAL("value", conversion_t, value, MONEY, 0, 1e9, NONE, "currency",                        \
             "order_share x product.value",                                                        \
             "revenue that one of the " what " is worth; the margin applies to it")                \
    }
#define VALUE_SD_OF(what)                                                                          \
    {                                                                                              \
        REAL("value_sd", conversion_t, value_sd, MONEY, 0, 1e9, NONE, "currency",                  \
             "an order comes of one or not; 0 where `value` is given",                             \
             "spread between " what " (standard deviation)")                                       \
    }
#define DISPLACED(what)                                                                            \
    {                                                                                              \
        REAL("pull_forward", conversion_t, pull_forward, SHARE, 0, 1, IS(0), "of ad-caused " what, \
             UNLESS_GIVEN,                                                                         \
             "those that would have come by themselves within product.pull_forward_days")          \
    }
#define DELAY(s, what)                                                                             \
    {                                                                                              \
        SECTION("delay", offsetof(conversion_t, delay), s,                                         \
                "time from the click or view to " what),                                           \
            .instead = "none"                                                                      \
    }

/* Of lognormal laws of log-sd 1 the means are 0.0002 and 0.0005: ln of them - 1/2. */
static const key_row_t lead_rows[] = {
    OF_VISITS(0.0772, LEADS_OF_META, "leads"),
    BY_SIGHT(LAW_LOGNORMAL, -9.017193191416237, 1, ASSUMED, "leads"),
    WITHOUT_ADS("leads"),
    ORDERS_OF(0.1, "leads"),
    VALUE_OF("leads"),
    VALUE_SD_OF("leads"),
    DISPLACED("leads"),
    DELAY(lead_delay, "the lead"),
};
static const key_row_t install_rows[] = {
    OF_VISITS(0.2, ASSUMED, "app installs"),
    BY_SIGHT(LAW_LOGNORMAL, -8.100902459542082, 1, ASSUMED, "app installs"),
    WITHOUT_ADS("app installs"),
    ORDERS_OF(0.05, "app installs"),
    VALUE_OF("app installs"),
    VALUE_SD_OF("app installs"),
    DISPLACED("app installs"),
    DELAY(install_delay, "the install"),
};
static const key_row_t visit_rows[] = {
    BY_SIGHT(LAW_CERTAIN, 0, 0, "ads managers count landing page views after clicks alone",
             "site visits"),
    ORDERS_OF(0.03, "site visits"),
    VALUE_OF("site visits"),
    VALUE_SD_OF("site visits"),
    DISPLACED("site visits"),
    DELAY(visit_delay, "the visit"),
};
static const section_t lead_section = {"lead", lead_rows, COUNT(lead_rows)};
static const section_t install_section = {"app_install", install_rows, COUNT(install_rows)};
static const section_t visit_section = {"visit", visit_rows, COUNT(visit_rows)};

static const key_row_t conversions_rows[] = {
    {SECTION("lead", offsetof(scenario_t, conversion[CONVERSION_LEAD]), lead_section,
             "leads: what ads bring by objective: leads, or optimization_goal: leads"),
     .aliases = "leads"},
    {SECTION("app_install", offsetof(scenario_t, conversion[CONVERSION_INSTALL]), install_section,
             "app installs: objective: app_promotion, or optimization_goal: app_installs"),
     .aliases = "app_installs install installs"},
    {SECTION("visit", offsetof(scenario_t, conversion[CONVERSION_VISIT]), visit_section,
             "site visits: optimization_goal: landing_page_views"),
     .aliases = "visits site_visit landing_page_view"},
    NEVER("purchase", "write it under `response` (rates, delay) and `product` (value)"),
};
const section_t conversions_section = {"conversions", conversions_rows, COUNT(conversions_rows)};

/* --- satiation ---------------------------------------------------------------------------------- */

static const key_row_t satiation_rows[] = {
    {REAL("effect", satiation_t, effect, SHARE, 0, 1, NONE, "of the chance", NULL,
          "what an order takes at once of a person's chance to order after an ad, by click or "
          "sight; "
          "orders that come by themselves are stated as they are observed, and stay"),
     .required = true},
    {REAL("half_life", satiation_t, half_life_days, DAYS, 0, 3650, IS(30), NULL, ASSUMED,
          "time in which half of that chance has come back"),
     .above_low = true},
};
const section_t satiation_section = {"satiation", satiation_rows, COUNT(satiation_rows)};

/* --- promotions --------------------------------------------------------------------------------- */

static const key_row_t promotion_rows[] = {
    {NAME("promotion", promotion_t, name, "name of the promotion")},
    {REAL("discount", promotion_t, discount, SHARE, 0, 0.95, NONE, "of the regular price", NULL,
          "how much less is paid for an order placed on its days"),
     .above_low = true, .required = true},
    {OWN("start", OWN_DAY, "first day: a date, or its number in the flight (1 = the first)"),
     .source = "the flight's first", .aliases = "start_date"},
    {OWN("end", OWN_DAY, "last day, which it includes: a date, or its number in the flight"),
     .source = "the flight's last", .aliases = "end_date"},
    {OWN("days", OWN_DAY, "how many days, instead of `end`")},
};
static const section_t promotion_section = {"promotions[]", promotion_rows, COUNT(promotion_rows)};

static const key_row_t price_rows[] = {
    {REAL("elasticity", price_plan_t, elasticity, NUMBER, -10, 0, IS(-2), NULL, ASSUMED,
          "of orders to the price, those that ads bring and those that come by themselves: at -2 a "
          "price 20 % lower brings 0.8^-2 = 1.56 times as many")},
    {LIST("promotions", promotion_section,
          "days on which less is paid; those of one day multiply")},
};
const section_t price_section = {"price", price_rows, COUNT(price_rows)};
