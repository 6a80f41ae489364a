/* keys_brand.c -- the part of the table that says what a brand does by itself. */
#include "sim/config/key_rows.h"

#define BAND_OF_REACH                                                                              \
    "assumption: published medians lie between 2.2 % (Ignite 2021, Facebook) and 13.5 % "          \
    "(Socialinsider 2022, Instagram)"
#define BAND_OF_ENGAGEMENT "Buffer 2025: 1.16 % (Instagram) to 6.50 % (LinkedIn) per impression"
#define CASCADES "Goel, Watts & Goldstein: nearly all cascades end within a step of their seed"

/* --- posts ------------------------------------------------------------------------------------ */

const word_t post_kind_words[] = {{"image", "photo picture", POST_IMAGE, NULL},
                                  {"video", "reel reels short shorts", POST_VIDEO, NULL},
                                  {"carousel", "multi_image album", POST_CAROUSEL, NULL},
                                  {"text", "status", POST_TEXT, NULL},
                                  {"poll", NULL, POST_POLL, NULL},
                                  {"document", NULL, POST_DOCUMENT, NULL},
                                  {0}};
static const word_t yes_words[] = {{"no", "false", 0, NULL}, {"yes", "true", 1, NULL}, {0}};

static const key_row_t post_rows[] = {
    {NAME("post", post_plan_t, name, "name of these posts")},
    {WORD("kind", offsetof(post_plan_t, kind), post_kind_words, 0, ASSUMED, "what is posted")},
    {REAL("per_week", post_plan_t, per_week, NUMBER, 0, 700, NONE, "posts a week", NULL,
          "how many, spread over the week"),
     .certain = true, .required = true},
    {REAL("hour", post_plan_t, hour, NUMBER, 0, 24, IS(18), "hour of the day", ASSUMED,
          "when they are posted: readers come by the hours of the platform"),
     .certain = true},
    {REAL("reach", post_plan_t, reach, NUMBER, 0, 100, IS(1), "factor", UNLESS_GIVEN,
          "on the account's reach")},
    {WORD("user_made", offsetof(post_plan_t, user_made), yes_words, 0, UNLESS_GIVEN,
          "made by customers: comScore found 28 % more engagement where these are mixed in"),
     .aliases = "ugc user_generated"},
    {OWN("engagement", OWN_USUAL, "factor on the account's engagement"),
     .offset = offsetof(post_plan_t, engagement), .measure = MEASURE_NUMBER, .low = 0, .high = 100,
     .unit = "factor", .source = "LinkedIn by format, Socialinsider 2025; user-made: comScore"},
    {REAL("cost", post_plan_t, cost, MONEY, 0, 1e9, IS(0), "currency", UNLESS_GIVEN,
          "what a post costs to make")},
};
static const section_t post_section = {"posts[]", post_rows, COUNT(post_rows)};

static const key_row_t account_rows[] = {
    {OWN("platform", OWN_BRAND_PLATFORM, "one of `platforms`"),
     .offset = offsetof(brand_account_t, platform), .required = true},
    {REAL("followers", brand_account_t, followers, COUNT, 0, 1e9, NONE, "people", NULL,
          "when the flight begins"),
     .required = true},
    {REAL("reach", brand_account_t, reach, SHARE, 0, 1, LAW(LAW_BETA, 2, 18), "of followers",
          BAND_OF_REACH, "whom of its followers a post reaches, at the usual number of posts")},
    {REAL("engagement_per_follower", brand_account_t, per_follower, SHARE, 0, 10, NONE,
          "of followers", NULL, "likes, comments, shares and saves of a post"),
     .aliases = "engagement_rate_by_followers"},
    {REAL("engagement_per_reach", brand_account_t, per_reach, SHARE, 0, 10, NONE,
          "of people reached", NULL, "likes, comments, shares and saves of a post"),
     .aliases = "engagement_rate_by_reach"},
    /* 10th and 90th percentile: logits -4.445 and -2.666 */
    {REAL("engagement_per_impression", brand_account_t, per_impression, SHARE, 0, 10,
          LAW(LAW_LOGIT_NORMAL, -3.556, 0.694), "of impressions", BAND_OF_ENGAGEMENT,
          "likes, comments, shares and saves of a post"),
     .unless = "engagement_per_follower engagement_per_reach",
     .aliases = "engagement_rate_by_impressions"},
    {REAL("comments", brand_account_t, comments, SHARE, 0, 1, IS(0.06), "of engagement", ASSUMED,
          "of these, comments")},
    {REAL("shares", brand_account_t, shares, SHARE, 0, 1, IS(0.04), "of engagement", ASSUMED,
          "... shares")},
    {REAL("saves", brand_account_t, saves, SHARE, 0, 1, IS(0.05), "of engagement", ASSUMED,
          "... saves; the rest are likes")},
    {REAL("arrivals", brand_account_t, arrivals, NUMBER, 0, 1e7, IS(0), "followers a day",
          UNLESS_GIVEN, "followers who come whatever is posted")},
    {REAL("growth", brand_account_t, growth, SHARE, 0, 10, IS(0.015), "of followers in 30 days",
          "startmotionmedia 2024: -0.5 to 3 % net a month up to 100,000 followers, with churn",
          "followers gained while it posts as usual: more posts bring more, none bring none")},
    {REAL("churn", brand_account_t, churn, SHARE, 0, 10, IS(0.0075), "of followers in 30 days",
          ASSUMED, "followers who leave")},
    {REAL("ceiling", brand_account_t, ceiling, COUNT, 1, 1e10, IS(INFINITY), "people",
          "all who use the platform", "most who could ever follow"),
     .certain = true, .instead = "none", .instead_value = INFINITY},
    {.name = "posts",
     .kind = KEY_LIST,
     .section = &post_section,
     .fallback = NONE,
     .help = "what is posted every week, by kind and hour"},
};
static const section_t account_section = {"accounts[]", account_rows, COUNT(account_rows)};

static const key_row_t every_post_rows[] = {
    {REAL("usual", brand_t, usual_posts, NUMBER, 0, 700, IS(5), "posts a week",
          "Rival IQ 2023: brands post 5.04 times a week on Facebook",
          "number at which an account's reach and growth are stated"),
     .above_low = true, .certain = true},
    {REAL("falloff", brand_t, falloff, NUMBER, 0, 1, IS(0.3), NULL, ASSUMED,
          "log by which each post reaches fewer for each log of their number")},
    {REAL("views_per_reach", brand_t, views_per_reach, NUMBER, 1, 100, IS(1.2), "impressions",
          ASSUMED, "impressions of a post a person reached")},
    {REAL("spread", brand_t, post_noise, NUMBER, 0, 3, IS(0.8), "log", ASSUMED,
          "log-sd of the reach of single posts")},
    {REAL("life", brand_t, life_hours, HOURS, 0, 8760, IS(6), NULL, ASSUMED,
          "mean time after which a post is seen")},
    {REAL("user_posts", brand_t, user_posts, NUMBER, 0, 10, IS(0), "posts a follower and day",
          UNLESS_GIVEN, "what followers post about the brand by themselves")},
    {REAL("user_post_views", brand_t, user_post_views, NUMBER, 0, 1e6, IS(50), "views", ASSUMED,
          "views of each")},
};
static const section_t every_post_section = {"every_post", every_post_rows, COUNT(every_post_rows)};

/* --- influencers ------------------------------------------------------------------------------ */

static const word_t tier_words[] = {{"nano", NULL, TIER_NANO, "Nano, under 10k"},
                                    {"micro", NULL, TIER_MICRO, "Micro, 10k-100k"},
                                    {"mid", "mid_tier", TIER_MID, "Mid, 100k-500k"},
                                    {"macro", NULL, TIER_MACRO, "Macro, 500k-1M"},
                                    {"mega", "celebrity", TIER_MEGA, "Mega, above 1M"},
                                    {0}};

static const key_row_t community_rows[] = {
    {NAME("community", community_t, name, "name of a community of interest")},
    {REAL("share", community_t, share, SHARE, 0, 1, NONE, "of all people", NULL,
          "how many belong to it"),
     .above_low = true, .certain = true, .required = true},
};
static const section_t community_section = {"communities[]", community_rows, COUNT(community_rows)};

static const key_row_t influencer_rows[] = {
    {NAME("influencer", influencer_t, name, "who posts about the brand")},
    {OWN("platform", OWN_BRAND_PLATFORM, "one of `platforms`"),
     .offset = offsetof(influencer_t, platform), .required = true},
    {WORD("tier", offsetof(influencer_t, tier), tier_words, 1, ASSUMED,
          "by followers: what is usual there holds for what is not given")},
    {OWN("followers", OWN_USUAL, "people who follow her"),
     .offset = offsetof(influencer_t, followers), .measure = MEASURE_COUNT, .low = 0, .high = 1e9,
     .unit = "people", .source = "middle of the tier"},
    {OWN("reach", OWN_USUAL, "whom of them a post reaches"),
     .offset = offsetof(influencer_t, reach), .measure = MEASURE_SHARE, .low = 0, .high = 10,
     .unit = "of followers", .source = "The Cirqle 2024: micro 15.7 %, macro 3.2 %"},
    {OWN("engagement", OWN_USUAL, "likes, comments, shares and saves of a post"),
     .offset = offsetof(influencer_t, engagement), .measure = MEASURE_SHARE, .low = 0, .high = 10,
     .unit = "of followers", .source = "Statista/HypeAuditor 2025, Instagram, by tier"},
    {OWN("fee", OWN_USUAL, "what a post costs"), .offset = offsetof(influencer_t, fee),
     .measure = MEASURE_MONEY, .low = 0, .high = 1e9, .unit = "currency",
     .source = "nubtle.com 2024, Instagram, by tier"},
    {REAL("per_week", influencer_t, per_week, NUMBER, 0, 100, IS(1), "posts a week", ASSUMED,
          "how often she posts"),
     .certain = true},
    {WHOLE("start", influencer_t, first, 1, FLIGHT_DAYS_MOST, NONE, "day of the flight",
           "the flight's first", "her first day")},
    {WHOLE("days", influencer_t, days, 1, FLIGHT_DAYS_MOST, NONE, "days", "to the flight's end",
           "for how long")},
    {REAL("hour", influencer_t, hour, NUMBER, 0, 24, IS(18), "hour of the day", ASSUMED,
          "when she posts"),
     .certain = true},
    {REAL("trust", influencer_t, trust, NUMBER, 0, 100, IS(1.5), "factor", ASSUMED,
          "on site visits per view, of those who trust her")},
    {WORD("disclosed", offsetof(influencer_t, disclosed), yes_words, 1, "the law in most countries",
          "her posts are labelled as paid")},
    {OWN("community", OWN_COMMUNITY, "one of `communities`, where most of her audience is"),
     .offset = offsetof(influencer_t, community), .source = "anybody"},
    {REAL("at_home", influencer_t, at_home, SHARE, 0, 1, IS(0.7), "of her audience", ASSUMED,
          "how much of it lies in her community"),
     .certain = true},
};
static const section_t influencer_section = {"influencers[]", influencer_rows,
                                             COUNT(influencer_rows)};

/* --- community management, word of mouth, sentiment, crises ------------------------------------- */

static const key_row_t community_care_rows[] = {
    {REAL("answered", brand_t, answered, SHARE, 0, 1, IS(0), "of comments", UNLESS_GIVEN,
          "comments that the company answers")},
    {REAL("response_time", brand_t, response_hours, HOURS, 0, 8760, IS(12), NULL, ASSUMED,
          "how long an answer takes")},
    {REAL("patience", brand_t, patience_hours, HOURS, 0, 8760, IS(24), NULL, ASSUMED,
          "time after which an answer moves sentiment e times less"),
     .above_low = true},
    {REAL("minutes", brand_t, answer_minutes, NUMBER, 0, 600, IS(3), "minutes an answer", ASSUMED,
          "work of an answer")},
    {REAL("wage", brand_t, wage, MONEY, 0, 1e6, IS(30), "currency an hour", ASSUMED,
          "cost of that work")},
};
static const section_t community_care_section = {"community_management", community_care_rows,
                                                 COUNT(community_care_rows)};

static const key_row_t mouth_rows[] = {
    {REAL("share_rate", brand_t, share_rate, SHARE, 0, 1, IS(0.002), "of views", ASSUMED,
          "shares per view of an ad or of an influencer's post")},
    {REAL("reproduction", brand_t, reproduction, NUMBER, 0, 0.99, IS(0.05), "views a share",
          CASCADES,
          "how far sharing goes on: views, each shared again, that a share brings; below 1")},
    {REAL("dispersion", brand_t, dispersion, NUMBER, 0, 1000, IS(0.1), NULL, ASSUMED,
          "how evenly: the smaller, the more it is a few shares that spread"),
     .above_low = true},
    {REAL("follow_rate", brand_t, follow_rate, SHARE, 0, 1, IS(0.001), "of people reached", ASSUMED,
          "people who become followers after an ad, an influencer's post or what was shared")},
    {REAL("mentions", brand_t, mentions, NUMBER, 0, 100, IS(0.0001), "mentions a follower and day",
          ASSUMED, "how often the brand is talked of when nothing happens")},
};
static const section_t mouth_section = {"word_of_mouth", mouth_rows, COUNT(mouth_rows)};

static const key_row_t sentiment_rows[] = {
    {REAL("start", brand_t, sentiment.start, NUMBER, -5, 5, IS(0), NULL, UNLESS_GIVEN,
          "when the flight begins; 0 is as always")},
    {REAL("persistence", brand_t, sentiment.persistence, SHARE, 0, 0.999, IS(0.9), "a day", ASSUMED,
          "what a day leaves of it: half is gone in 6.6 days at 90 %")},
    {REAL("spread", brand_t, sentiment.noise, NUMBER, 0, 2, IS(0.05), NULL, ASSUMED,
          "sd of what chance adds in a day")},
    {REAL("praise", brand_t, sentiment.praise, NUMBER, 0, 1, IS(0.01), "a day", ASSUMED,
          "what a day brings on which every comment is answered at once")},
    {REAL("effect", brand_t, sentiment.effect, NUMBER, 0, 5, IS(0.5), "log", ASSUMED,
          "log of the factor on clicks, orders, organic demand, reactions and arrivals of "
          "followers per unit of sentiment")},
};
static const section_t sentiment_section = {"sentiment", sentiment_rows, COUNT(sentiment_rows)};

static const key_row_t crisis_rows[] = {
    {NAME("crisis", crisis_t, name, "name of the crisis")},
    {WHOLE("day", crisis_t, day, 1, FLIGHT_DAYS_MOST, NONE, "day of the flight", NULL,
           "on which it breaks out"),
     .required = true},
    {REAL("severity", crisis_t, severity, NUMBER, 0, 20, NONE, "units of sentiment", NULL,
          "what it takes from sentiment if nobody answers"),
     .required = true},
};
static const section_t crisis_section = {"scheduled[]", crisis_rows, COUNT(crisis_rows)};

static const key_row_t crises_rows[] = {
    {.name = "scheduled",
     .kind = KEY_LIST,
     .section = &crisis_section,
     .fallback = NONE,
     .help = "crises on days that are known"},
    {REAL("per_year", brand_t, crises.per_year, NUMBER, 0, 365, IS(1), "crises a year", ASSUMED,
          "crises that come by chance")},
    {REAL("severity", brand_t, crises.severity, NUMBER, 0, 20, IS(0.1), "units of sentiment",
          ASSUMED, "median of what one of those takes from sentiment if nobody answers")},
    {REAL("severity_sd", brand_t, crises.severity_sd, NUMBER, 0, 2, IS(1), "log", ASSUMED,
          "log-sd of that")},
    {REAL("mentions", brand_t, crises.mentions, NUMBER, 0, 1e9, IS(1000),
          "mentions a unit of sentiment", ASSUMED, "that come at once when it breaks out")},
    {REAL("branching", brand_t, crises.branching, NUMBER, 0, 0.99, IS(0.6), "mentions", ASSUMED,
          "that each leads to; below 1")},
    {REAL("decay", brand_t, crises.decay, NUMBER, 0, 100, IS(0.5), "an hour", ASSUMED,
          "how fast a mention stops leading to others"),
     .above_low = true},
    {REAL("response", brand_t, crises.response_hours, HOURS, 0, 8760, IS(24), NULL, ASSUMED,
          "until the company answers"),
     .instead = "never", .instead_value = INFINITY},
    {REAL("calming", brand_t, crises.calming, NUMBER, 0, 1, IS(0.5), "factor", ASSUMED,
          "on what each mention leads to from then on")},
    {REAL(
        "lasting", brand_t, crises.lasting, SHARE, 0, 1, IS(0.1), "of what it takes",
        "assumption: of 78 firestorms 40 % were still seen in the brand's perception in the long "
        "term, 58 % in the short (Hansen, Kupfer & Hennig-Thurau 2018); how much of it is not told",
        "part of what a crisis takes from sentiment that never comes back")},
    {REAL("pause_ads", brand_t, crises.pause_days, DAYS, 0, 365, IS(0), NULL, UNLESS_GIVEN,
          "for which no ads run, from the answer on"),
     .certain = true},
};
static const section_t crises_section = {"crises", crises_rows, COUNT(crises_rows)};

/* --- the whole -------------------------------------------------------------------------------- */

static const key_row_t brand_rows[] = {
    {LIST("accounts", account_section, "the brand's own accounts, one a platform")},
    {OWN("calendar", OWN_CALENDAR,
         "a table of single posts beside those of every week: {csv: posts.csv, columns: {DATE: "
         "date, "
         "CHANNEL: platform}}; other columns may be day, kind, hour, reach, engagement, cost"),
     .section = &csv_section},
    {.name = "communities",
     .kind = KEY_LIST,
     .section = &community_section,
     .fallback = NONE,
     .help = "groups within which influencers share their audiences"},
    {.name = "influencers",
     .kind = KEY_LIST,
     .section = &influencer_section,
     .fallback = NONE,
     .help = "who posts about the brand for a fee"},
    {REAL("influencer_spread", brand_t, influencer_noise, NUMBER, 0, 3, IS(0.8), "log", ASSUMED,
          "log-sd of the views of an influencer's post")},
    {REAL("disclosure", brand_t, disclosure, NUMBER, 0, 10, IS(0.9), "factor", ASSUMED,
          "on trust where a post is labelled as paid")},
    {SECTION("every_post", 0, every_post_section, "what holds for every post")},
    {SECTION("community_management", 0, community_care_section,
             "answers to comments, which lift sentiment")},
    {SECTION("word_of_mouth", 0, mouth_section, "what is shared, and who follows after it")},
    {SECTION("sentiment", 0, sentiment_section, "how people feel about the brand")},
    {SECTION("crises", 0, crises_section, "waves of bad mentions, and the answer to them")},
    {REAL("visit_rate", brand_t, visit_rate, SHARE, 0, 1, IS(0.003), "of views", ASSUMED,
          "site visits per view of a post")},
    {REAL("customer_odds", brand_t, customer_odds, NUMBER, 0.01, 1000, IS(5), "times", ASSUMED,
          "how much likelier an existing customer follows than another person who is as near to "
          "the product"),
     .certain = true},
    {REAL("discount_rate", brand_t, discount_rate, SHARE, 0, 1, IS(0.08), "a year", ASSUMED,
          "for present values of what comes later"),
     .certain = true},
};
const section_t brand_section = {"organic", brand_rows, COUNT(brand_rows)};
