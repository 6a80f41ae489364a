/* scenario.h -- the typed whole: every model's parameters in one struct, as a person wrote them with
 * defaults filled in. Const from the moment it is loaded.
 *
 * Plain data: a replication takes a shallow copy, puts its draw of the uncertain values into it and
 * goes. Texts and tables are borrowed from the loader (sim/config), which outlives every copy. */
#ifndef ADSIM_SCENARIO_SCENARIO_H
#define ADSIM_SCENARIO_SCENARIO_H

#include "models/audience/expression.h"
#include "models/audience/population.h"
#include "models/base/distribution.h"
#include "models/base/rng.h"
#include "models/brand/brand.h"
#include "models/platform/campaign.h"
#include "models/platform/platform.h"
#include "models/response/conversion.h"
#include "models/response/experiment.h"
#include "models/response/response.h"
#include "sim/scenario/allocation.h"

#include <stddef.h>
#include <stdint.h>

enum {
    MAX_PLATFORMS = 16,
    MAX_CAMPAIGNS = 32,
    MAX_AD_SETS = 64, /* an ad set is a bit of one word */
    MAX_CREATIVES = 256,
    MAX_AUDIENCES = 128,
    MAX_GEOS = POP_LEVELS,
    MAX_APPEALS = 6, /* they are told apart in 2^6 sets */
    APPEAL_SETS = 1 << MAX_APPEALS,
    MAX_FITS = 256,
    MAX_UNCERTAIN = 512,
    FLIGHT_DAYS_MOST = 1096, /* three years */
    CLICK_WINDOW_MOST = 90,  /* days */
    /* Pairs in a row in which what platforms know of people turns once around (sim/engine/signal.h). */
    SIGNAL_TURN = 4
};

typedef enum {
    AUDIENCE_EXPRESSION,
    AUDIENCE_RETARGET,
    AUDIENCE_LIST,
    AUDIENCE_LOOKALIKE
} audience_kind_t;

typedef struct {
    const char *name;
    audience_kind_t kind;
    const expression_t *program; /* static part: include and not exclude; NULL = everyone */
    int excluded; /* 1 + index of the pool or list whose members are left out at the time; 0 = none */
    /* AUDIENCE_RETARGET: people who visited the site within window_days and did not buy within
     * exclude_purchasers_days (0 = buyers stay). */
    double window_days, exclude_purchasers_days;
    /* AUDIENCE_LIST: existing customers, each found on the platform with this probability.
     * AUDIENCE_LOOKALIKE: the same of its seed, certain. */
    double match_rate;
    /* AUDIENCE_LOOKALIKE: of the platform's users that `program` lets in, the share of `size` that the
     * platform takes for the most like customers; correlation: of its score with their affinity, from an
     * endless seed; keep_seed: customers found on the platform stay in. */
    double size, correlation;
    int keep_seed;
} audience_t;

/* People whom the product suits more, or less, than others: factors on their rates. They follow the
 * truth, whatever any platform believes. */
typedef struct {
    const char *text; /* the expression as written */
    const expression_t *who;
    double click, order, organic; /* factors, >= 0 */
} appeal_t;

/* A cell of the matrix creative x segment: a creative that is made for some people, and suits them more, or
 * less, than its rates say. */
typedef struct {
    const char *text;     /* the segment, an expression as written */
    int creative, appeal; /* ... and which appeal holds whom it fits */
    double click, order;  /* factors, >= 0 */
} creative_fit_t;

typedef struct {
    size_t offset; /* of the double inside scenario_t */
    distribution_t law;
    double low, high;   /* range of its key, both included */
    const char *path;   /* key path, e.g. campaigns.Spring sale.ad_sets.ig-young.creatives.a.ctr */
    uint64_t path_hash; /* 44 bits: its address */
} uncertain_t;

typedef struct {
    const char *metric; /* "" = none */
    double at_least;
} target_t;

/* How plans are compared, where the file says so. */
typedef struct {
    const char *metric;          /* NULL = not said */
    double indifference;         /* share of the best plan's value; NAN = not said */
    double replications_at_most; /* of each plan; 0 = not said */
} compare_rules_t;

/* How the flight is simulated: all people step by step, held in memory; or person after person, made whenever
 * they are needed. */
typedef enum { ENGINE_AUTO, ENGINE_CLOSED_LOOP, ENGINE_STREAMING } engine_kind_t;

typedef struct {
    const char *name, *currency;
    uint64_t seed;
    char start[11]; /* ISO date */
    int days;
    double people; /* simulated people; 0 = auto */
    const population_spec_t *population;

    int n_platforms, n_campaigns, n_ad_sets, n_creatives, n_audiences, n_appeals, n_fits,
        n_uncertain;
    platform_t platform[MAX_PLATFORMS];
    campaign_t campaign[MAX_CAMPAIGNS];
    ad_set_t ad_set[MAX_AD_SETS]; /* in the order of their campaigns */
    creative_t creative[MAX_CREATIVES];
    audience_t audience[MAX_AUDIENCES];
    product_t product;
    appeal_t appeal[MAX_APPEALS]; /* those of fits alone have factors of 1 */
    creative_fit_t fit[MAX_FITS];
    response_t response;
    conversion_t conversion[CONVERSION_KINDS]; /* as stated; see scenario_conversion */
    attribution_t attribution;
    brand_t brand;
    lift_test_t experiment;
    target_t target;
    allocation_t allocation;
    compare_rules_t compare;

    double replications; /* 0 = auto */
    double precision;    /* 95 % half-width of mc_se wanted, relative to the mean */
    double interval;     /* level of lo..hi */
    engine_kind_t engine;

    uncertain_t uncertain[MAX_UNCERTAIN];
} scenario_t;

/* What the platform optimises an ad set for, never GOAL_OF_OBJECTIVE; the result that it thereby counts, and
 * the one that its bid is for, which is clicks where the buyer bids for those. */
goal_t ad_set_goal(const scenario_t *sc, int ad_set);
result_t ad_set_goal_result(const scenario_t *sc, int ad_set);
result_t ad_set_result(const scenario_t *sc, int ad_set);

/* The one kind of conversions that an ad set's ads bring: that of its goal, or of its campaign's objective. */
conversion_kind_t ad_set_kind(const scenario_t *sc, int ad_set);
/* The kinds (bits) of some ad sets (bits); purchases where there are none. */
unsigned ad_sets_kinds(const scenario_t *sc, uint64_t ad_sets);
conversion_t scenario_conversion(const scenario_t *sc, conversion_kind_t kind);
/* "purchases", "leads", ... */
const char *conversion_word(conversion_kind_t kind);
/* What values are counted in: the highest mean value of the kinds of the plan's ad sets. */
double value_unit(const scenario_t *sc);

/* Does an estimated action rate of the person stand in the ad set's value? Unless the buyer states a CPM
 * or wants impressions. */
bool value_is_estimated(const scenario_t *sc, int ad_set);

/* Orders per visit of those whom a creative of an ad set brings. */
double creative_cvr(const scenario_t *sc, const ad_set_t *ad_set, int creative);

/* May people be made one after another? Not where an ad set's lookalike is chosen: the share with the highest
 * score of all. */
bool scenario_can_stream(const scenario_t *sc);

/* Which channel an ad set is of, numbered as their first ad sets come; and how many there are. */
int attribution_channel(const scenario_t *sc, int ad_set);
int attribution_channels(const scenario_t *sc);

/* The attribute that an experiment with regions goes by: the one it names, or else state or region; -1 = the
 * population has none. */
int experiment_regions(const scenario_t *sc);

/* The weekday of the flight's first day; 0 = Monday. */
int flight_weekday(const scenario_t *sc);
/* Days on which an ad set runs, in the flight and in a part of it; and on which some ad set of a campaign does. */
int ad_set_days(const scenario_t *sc, int ad_set);
int ad_set_days_in(const scenario_t *sc, int ad_set, days_t days);
int campaign_days(const scenario_t *sc, int campaign);

/* How the budget lasts that pays for an ad set: its own, or its campaign's. */
pacing_t pacing_of(const scenario_t *sc, int ad_set);

/* The product of a factor of the appeals in a set (bits). */
typedef enum { APPEAL_CLICK, APPEAL_ORDER, APPEAL_ORGANIC } appeal_of_t;
double appeal_factor(const scenario_t *sc, unsigned appeals, appeal_of_t of);
/* The same of a creative: of the product's appeals and of whom it is made for. */
double creative_appeal(const scenario_t *sc, int creative, unsigned appeals, appeal_of_t of);

/* Real people who use a platform, by closed form; everyone where the population does not know it. ERR_MEMORY. */
status_t scenario_platform_users(const scenario_t *sc, int platform, double *users, error_t *err);

/* Customers that a platform finds of the seed of a lookalike, real people, at the stated match rate;
 * NAN when that has no closed form. */
double lookalike_seed(const scenario_t *sc, const audience_t *audience, int platform);

/* The parameters of replication pair `pair` (replications 2 pair and 2 pair + 1): base with every
 * uncertain value drawn. The pairs are a Latin hypercube that grows (latin_sequence_unit): after 16, 32, 64, ...
 * pairs every value has met as many equal strata of its law once each. Addressed by the value's key path, so that no value
 * moves another's draw (MODEL 5.1). */
void scenario_draw(const scenario_t *base, uint32_t pair, scenario_t *out);
/* Where in its law an uncertain value is drawn for a pair, 0..1. */
double scenario_share(const scenario_t *base, int uncertain, uint32_t pair);
/* The uncertain value there, within its key's range. */
double uncertain_quantile(const uncertain_t *u, double share);

/* The base itself, uncertain values at their means. */
void scenario_at_means(const scenario_t *base, scenario_t *out);

/* A rule that a loaded scenario breaks: the field at fault (an address inside the scenario) and a
 * second one it clashes with (or NULL). */
typedef struct {
    const void *field, *other;
    int warning; /* 1: implausible, but runs */
    char text[256], help[256];
} complaint_t;

/* Every cross-field rule at once; returns how many were broken (also past `capacity`). */
size_t scenario_check(const scenario_t *sc, complaint_t *out, size_t capacity);

/* Real people, by ad set: of its audience as its platform sees it, of all users of the platform, and of two
 * ad sets of one platform both; NAN = not known. Pools count everyone who may join. */
typedef struct {
    double people[MAX_AD_SETS], users[MAX_AD_SETS], both[MAX_AD_SETS][MAX_AD_SETS];
} audience_sizes_t;

/* By closed form, without making people; known of audiences that are an expression. */
void scenario_audience_sizes(const scenario_t *sc, audience_sizes_t *out);

/* What ads managers warn of: audiences too narrow, too broad, or hardly different from another one on the
 * same platform. As scenario_check. */
size_t scenario_audience_warnings(const scenario_t *sc, const audience_sizes_t *sizes,
                                  complaint_t *out, size_t capacity);

/* People to simulate when the file says auto (MODEL 9.7): from the file alone. The guard's reason is
 * written to `why` (may be NULL). */
double scenario_people_auto(const scenario_t *sc, char why[160]);

#endif
