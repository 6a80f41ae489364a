/* path.h -- a brand's days, one after the other: followers, reach, reactions, mentions, sentiment, costs.
 *
 * The path follows from the parameters and the luck of a pair of replications alone. It knows nothing of ads: so
 * whatever ads do, organic demand stays the same bit for bit. Numbers are of the real world, not of the people
 * simulated, and expected given what was drawn: the reach of each post, arrivals and losses of followers, what is
 * shared on, the chance in sentiment, crises. KERNEL file. */
#ifndef ADSIM_BRAND_PATH_H
#define ADSIM_BRAND_PATH_H

#include "models/base/rng.h"
#include "models/brand/brand.h"

/* Of a platform and a day. */
typedef enum {
    BRAND_FOLLOWERS, /* at its end */
    BRAND_GAINED,    /* followers */
    BRAND_LOST,
    BRAND_POSTS,
    BRAND_REACH, /* followers, by each post */
    BRAND_IMPRESSIONS,
    BRAND_INFLUENCER_VIEWS,
    BRAND_EARNED_VIEWS, /* by sharing, and of what followers post themselves */
    BRAND_LIKES,
    BRAND_COMMENTS,
    BRAND_SHARES,
    BRAND_SAVES,
    BRAND_MENTIONS,
    BRAND_FOLLOWER_VISITS, /* to the site, of followers and of others */
    BRAND_OTHER_VISITS,
    BRAND_POST_COST, /* of making posts, of influencers, of answers to comments */
    BRAND_FEES,
    BRAND_ANSWER_COST,
    BRAND_COUNTS
} brand_count_t;

/* What of a platform posts depend on. */
typedef struct {
    double people;                      /* who use it */
    double hours_amplitude, hours_peak; /* when in the day they do */
} brand_place_t;

/* A day of everything that is not a platform's: sentiment at its begin, and the factors on rates. Answers to
 * comments are seen by those who follow: they move followers' sentiment in full, and that of everybody by the
 * followers among them. */
typedef struct {
    double sentiment, community;     /* of everybody, of followers */
    double factor, community_factor; /* likewise */
    double quiet_factor;             /* of everybody, had there been neither crises nor answers */
    double unanswered_factor;        /* ... had no comment been answered */
    double crisis_mentions;
} brand_mood_t;

typedef struct {
    int days, places;
    double *value;      /* [day][place][BRAND_COUNTS] */
    brand_mood_t *mood; /* [day] */
    /* Hours from..to - 1 of the flight in which ads pause; ascending, they may overlap. */
    int n_pauses;
    struct {
        int from, to;
    } pause[4 * BRAND_CRISES];
} brand_path_t;

static inline double *brand_day(const brand_path_t *p, int day, int place)
{
    return p->value + ((long)day * p->places + place) * BRAND_COUNTS;
}

static inline double brand_cost(const double *counts)
{
    return counts[BRAND_POST_COST] + counts[BRAND_FEES] + counts[BRAND_ANSWER_COST];
}

/* Fills a path whose arrays the caller owns and whose days and places are set. */
void brand_path_draw(brand_path_t *path, const brand_t *b, const brand_place_t *place,
                     double everybody, rng_key_t key, uint32_t pair);

#endif
