/* world.h -- inside the engine: what all replications share, and the people among them who matter.
 *
 * The crowd is the part of the population that some ad set could ever reach, in columns. A membership
 * is one person on one platform. Memberships of a platform with equal eligibility, age band and nearly
 * equal desirability form a class: those of one level of signal share a bound on the rank up to which
 * their candidate streams can matter, so that a silent person costs a word and a compare. */
#ifndef ADSIM_ENGINE_WORLD_H
#define ADSIM_ENGINE_WORLD_H

#include "models/audience/labels.h"
#include "models/brand/path.h"
#include "models/platform/activity.h"
#include "models/platform/caps.h"
#include "models/platform/prices.h"
#include "sim/engine/eligibility.h"
#include "sim/engine/engine.h"
#include "sim/engine/membership.h"
#include "sim/engine/signal.h"
#include "sim/engine/tally.h"

#include <stdbool.h>

enum { CHEAPNESS_LEVELS = 24, NO_AGE_BAND = TALLY_AGE_BANDS - 1 };

/* Memberships that share a bound. */
typedef struct {
    uint64_t ad_sets; /* static eligibility on this platform */
    int age_band;
    float
        cheapness; /* log by which rivals pay less than for the average person: the highest of its members */
} class_t;

/* A person on a platform, as it is found that she is a member. */
typedef struct {
    uint32_t person; /* index into the crowd */
    float activity;  /* her opportunities relative to the mean of her age band */
} member_t;

/* One platform's members, those who are in an audience now before those whom pools alone may hold, each of the two
 * ascending by person. In columns, since the sweep over everyone reads no more than some of them. */
typedef struct {
    size_t n, n_bidding; /* all; those in an audience now */
    uint32_t *person;    /* see member_t */
    float *activity;
    uint16_t *class;      /* index into classes */
    uint16_t *below;      /* her cheapness below that of her class, in steps, rounded down */
    uint32_t *id, *place; /* of those in an audience now: her own, and that of her signal */
    uint32_t *of_person;  /* by crowd index: her place among the members; NULL where no pool is */
    size_t n_classes;
    class_t *classes;
} members_t;
#define BELOW_STEP 0x1p-18

/* The least that is surely no less than a member's own: bounds alone read it. */
static inline double member_cheapness(const members_t *m, size_t k)
{
    return (double)m->classes[m->class[k]].cheapness - m->below[k] * BELOW_STEP;
}

/* People who may join a pool: index in the crowd, and in the population. */
typedef struct {
    size_t n;
    uint32_t *person, *id;
} joiners_t;

/* A person of the crowd: what an auction and an answer need of her, tightly. */
typedef struct {
    uint32_t id;          /* in the population */
    uint32_t eligibility; /* its number; ad sets that she is not eligible for count for nothing */
    uint32_t place;       /* of the signal: what platforms know of how she answers ads */
    float desirability;   /* how much rivals want her; standard normal */
    float affinity;       /* factor on the orders that she places by herself; see likeness.h */
    uint16_t segment;
    uint16_t uses; /* platforms of ad sets or of the brand (bits) */
    uint8_t age_band : 4, customer : 1;
    uint8_t group;   /* jackknife group, see population_groups */
    uint8_t appeals; /* of the product that suit her (bits) */
    uint8_t geo;     /* her region, in an experiment with regions; else 0 */
} person_t;
_Static_assert(sizeof(person_t) == 28, "no gaps");

/* The same on those that ads cause: a customer who seldom orders is as open to them as any other. */
static inline double moved_by_ads(const person_t *p)
{
    return p->customer ? 1 : (double)p->affinity;
}

/* Who pays: an ad set's own budget, or a campaign's for all its ad sets. */
typedef struct {
    uint64_t ad_sets; /* bits */
    pacing_t pacing;
    double budget; /* currency over the flight */
    daily_budget_t daily;
    budget_schedule_t periods;
} payer_t;

typedef struct {
    size_t n;
    person_t *person;
    eligibilities_t eligibilities;
    joiners_t joiners[2]; /* new people, and existing customers */
    members_t members[MAX_PLATFORMS];
    tally_t tally;
} crowd_t;

/* Log by which rivals pay more in an hour of the flight, and the least of it from that hour on. */
typedef struct {
    double now, least;
} price_hour_t;

struct world {
    const scenario_t *sc;
    size_t people;
    /* Of a streaming world, else 0: people made at a time, whenever they are needed; people of its pilot. */
    size_t window, pilot;
    double weight;
    rng_key_t key;
    scopes_t scopes;
    int hours, run_off_days;
    uint32_t flight_ticks;
    address_t address[MAX_PLATFORMS];
    uint64_t platform_ad_sets[MAX_PLATFORMS]; /* bits */
    uint32_t brand_platforms;                 /* bits: those with an account */
    brand_place_t place[MAX_PLATFORMS];
    uint64_t placement_ad_sets[MAX_PLATFORMS][PLATFORM_PLACEMENTS];
    uint64_t campaign_ad_sets[MAX_CAMPAIGNS];
    /* What ads bring: the kind of each ad set; the ad sets (bits) of each kind, and the kinds there are (bits). */
    conversion_kind_t kind[MAX_AD_SETS];
    uint64_t kind_ad_sets[CONVERSION_KINDS];
    unsigned kinds;
    price_hour_t *price[MAX_PLATFORMS]; /* by hour of the flight; NULL = prices do not shift */
    int n_price_times[MAX_PLATFORMS];   /* what they come to over the flight */
    market_part_t price_time[MAX_PLATFORMS][PRICE_NODES];
    uint64_t pool_ad_sets;      /* bits: ad sets of retargeting audiences */
    uint64_t list_ad_sets;      /* bits: ad sets of customer lists */
    uint64_t without_pool;      /* bits: ad sets whose audience leaves out a pool */
    uint64_t without_list;      /* bits: ... or a list */
    uint64_t lookalike_ad_sets; /* bits */
    uint64_t foreseen_ad_sets;  /* bits: their value holds an estimated action rate of the person */
    uint64_t layered_ad_sets;   /* bits: throttled by layers of foreseen response */
    double foreseen_sd;         /* log-sd of that estimate between people */
    signal_table_t signal;
    int labels_err;   /* some platform of an ad set is wrong about people */
    int orders_drawn; /* some pool excludes purchasers: orders must be drawn */
    int n_payers, payer_of[MAX_AD_SETS];
    int funding; /* how often the budgets have changed */
    payer_t payer[MAX_AD_SETS];
    int weekday;                     /* of the flight's first day; 0 = Monday */
    uint64_t *running;               /* by hour of the flight: ad sets (bits) in schedule */
    double silent_days[MAX_AD_SETS]; /* opportunities outside the schedule, in mean days */
    double silent_share[MAX_AD_SETS]
                       [24];          /* by hour of the day: of days, those it does not run then */
    uint32_t span_ticks[MAX_AD_SETS]; /* from its first hour in schedule to its last */
    int n_caps[MAX_AD_SETS];
    /* An ad set's own, its campaign's on its platform, and its platform's. */
    cap_t cap[MAX_AD_SETS][3 * MAX_CAPS];
    uint64_t sights_counted; /* bits: ad sets whose views some cap counts */
    /* Creatives: those of each ad set in an order of their own, whatever the file's; and their rows of counts,
     * -1 where the ad set has no other. */
    int turn[MAX_CREATIVES], creative_row[MAX_CREATIVES];
    uint64_t optimised_ad_sets; /* bits: several creatives, the better shown more often */
    int n_segments, segment_dim[3], segment_levels[3];
    int geo_attribute, n_geos; /* of an experiment with regions; n_geos = 0: there is none */
    activity_table_t *activity[MAX_PLATFORMS]; /* NULL where no ad set runs */
    /* Of replication 0, when the population is redrawn. Where people are made whenever they are needed, it
     * holds their tally alone. */
    crowd_t crowd;
};

/* The people of a replication: the population made, filtered, put into columns, counted, some of it at a time. */
status_t crowd_init(crowd_t *crowd, const world_t *world, uint32_t replication, int threads,
                    error_t *err);
/* Those of a window, `crowd` empty: columns alone; they are added to `tally` unless that is NULL. The caller
 * frees, also after a failure. */
status_t crowd_of_window(crowd_t *crowd, const world_t *world, const population_t *window,
                         uint32_t replication, int threads, tally_t *tally, error_t *err);
void crowd_free(crowd_t *crowd);

/* Is a customer of a list found on a platform, at theta's match rate? One draw a person and platform: a
 * higher rate finds the same people and more. `replication` is 0 unless people are redrawn. */
int list_finds(const world_t *w, const scenario_t *theta, int audience, int platform,
               uint32_t person, uint32_t replication);
/* The same of the list behind an ad set. */
int list_matched(const world_t *w, const scenario_t *theta, int ad_set, uint32_t person,
                 uint32_t replication);

static inline bool bought_before(const population_t *pop, size_t person)
{
    return pop->customer && pop->customer[population_at(pop, person)];
}

/* Is the person a user of a platform? */
int uses_platform(const world_t *w, const population_t *pop, size_t person, int platform,
                  uint32_t replication);

/* The region of a person, where an experiment has regions. */
static inline uint8_t geo_of(const world_t *w, const population_t *pop, size_t person)
{
    return w->n_geos ? pop->level[w->geo_attribute][population_at(pop, person)] : 0;
}

/* Does she fit what an audience includes and excludes: in truth, and as an ad set's platform sees her? */
bool program_holds(const expression_t *program, const population_t *pop, size_t person);
bool program_seems_to_hold(const world_t *w, const population_t *pop, int ad_set, size_t person,
                           uint32_t replication);

/* Whose luck labels on a platform are. */
static inline vendor_t vendor_of(const world_t *w, int platform, uint32_t replication)
{
    return (vendor_t){w->key, w->address[platform].placement, w->address[platform].high,
                      replication};
}

/* The pool or list that an ad set leaves out. */
static inline int excluded_audience(const scenario_t *sc, int ad_set)
{
    return sc->audience[sc->ad_set[ad_set].audience].excluded - 1;
}

static inline const eligibility_t *eligibility_of(const crowd_t *c, size_t i)
{
    return &c->eligibilities.of[c->person[i].eligibility];
}

/* Do the visits and orders of a person of the crowd matter while the flight runs? */
static inline bool is_watched(const world_t *w, const crowd_t *c, size_t i)
{
    const eligibility_t *e = eligibility_of(c, i);
    return e->pool || e->excludable & w->without_pool;
}

/* Ad sets of a platform that a person of the crowd could ever meet, in a pool or not. */
static inline uint64_t member_sets(const world_t *w, const crowd_t *c, size_t i, int p)
{
    const eligibility_t *e = eligibility_of(c, i);
    return (e->now | e->pool) & w->platform_ad_sets[p];
}

/* What platforms know of a person in a replication. */
static inline double signal_of(const world_t *w, const person_t *p, uint32_t replication)
{
    return signal_at(&w->signal, p->place + signal_turn(replication));
}

/* Log by which a platform's estimate of a person's action rate exceeds the average, given her signal; and
 * by which rivals pay less for her (MODEL 3.2): they want her by her desirability. */
static inline double foreseen_advantage(const world_t *w, double signal)
{
    return w->foreseen_sd * (signal - w->foreseen_sd / 2);
}
static inline double cheapness(const world_t *w, const person_t *p, int platform)
{
    return -w->sc->platform[platform].desirability * (double)p->desirability;
}

/* Log by which rivals pay more at a time than when every factor is 1, and the least that is from then on. */
static inline price_hour_t price_at(const world_t *w, int platform, uint32_t tick)
{
    return w->price[platform] ? w->price[platform][tick / TICKS_PER_HOUR] : (price_hour_t){0, 0};
}

#endif
