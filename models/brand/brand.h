/* brand.h -- what a brand does by itself, apart from ads: parameters of accounts and their posts, influencers,
 * community management, word of mouth, sentiment and crises. Plain data; rates are per day unless named
 * otherwise, money is account currency. */
#ifndef ADSIM_BRAND_BRAND_H
#define ADSIM_BRAND_BRAND_H

#include "models/brand/crisis.h"
#include "models/brand/followers.h"
#include "models/brand/influencer.h"
#include "models/brand/posts.h"
#include "models/brand/sentiment.h"

#include <stdint.h>

enum {
    BRAND_ACCOUNTS = 16, /* one a platform */
    BRAND_PLANS = 64,    /* of posts, of all accounts */
    BRAND_INFLUENCERS = 64,
    BRAND_COMMUNITIES = 8,
    BRAND_CRISES = 16
};

/* Posts of one kind that come week after week. */
typedef struct {
    const char *name;
    uint64_t hash; /* 44 bits of its key path: the address of its luck */
    post_kind_t kind;
    double per_week;
    double hour;       /* of the day at which they are posted */
    double reach;      /* factor on the account's */
    double engagement; /* factor on the account's */
    double cost;       /* of a post */
    int user_made;     /* by customers */
} post_plan_t;

/* A single post of a calendar. */
typedef struct {
    int day;     /* of the flight, from 0 */
    int account; /* index */
    post_kind_t kind;
    double hour, reach, engagement, cost;
} calendar_post_t;

typedef struct {
    int platform; /* index into the scenario's */
    uint64_t hash;
    double followers; /* when the flight begins */
    double reach;     /* of followers, by a post at the usual frequency */
    /* Likes, comments, shares and saves per impression, reached person or follower: the first that is given. */
    double per_follower, per_reach, per_impression;
    double comments, shares, saves; /* shares of these; the rest are likes */
    double arrivals;                /* followers a day that come by themselves */
    double
        growth; /* share of followers that comes anew in 30 days while the account posts as usual */
    double churn; /* ... that leaves */
    double ceiling;
    int first_plan, n_plans;
} brand_account_t;

typedef struct {
    const char *name;
    int platform;
    uint64_t hash;
    tier_t tier;
    int community;  /* index of her own; 0 where there are none */
    double at_home; /* share of her audience that lies in it */
    double followers, reach, engagement, fee;
    double trust;    /* factor on site visits per view */
    int disclosed;   /* her posts are labelled as paid */
    double per_week; /* posts */
    int first, days; /* from this day of the flight, so many of it */
    double hour;
} influencer_t;

typedef struct {
    const char *name;
    double share; /* of all people */
} community_t;

/* A crisis with a date. */
typedef struct {
    const char *name;
    int day;
    double severity;
} crisis_t;

typedef struct {
    int n_accounts, n_plans, n_influencers, n_communities, n_crises;
    brand_account_t account[BRAND_ACCOUNTS];
    post_plan_t plan[BRAND_PLANS];
    influencer_t influencer[BRAND_INFLUENCERS];
    community_t community[BRAND_COMMUNITIES]; /* the last: everybody else */
    crisis_t crisis[BRAND_CRISES];
    const calendar_post_t *calendar; /* ascending by day; borrowed */
    int n_calendar;

    /* Of every post. */
    double usual_posts; /* a week at which reach was measured */
    double falloff;     /* log reach of a post per log of their number, negative */
    double views_per_reach;
    double post_noise, influencer_noise; /* log-sd of a post's reach */
    double life_hours;                   /* mean time at which a post is seen */
    double disclosure;                   /* factor on trust where a post is labelled as paid */
    double user_posts, user_post_views;  /* of followers: a follower and day, views of each */

    /* Word of mouth: shares per view that is no follower's; see cascade.h. */
    double share_rate, reproduction, dispersion;

    /* Community management. */
    double answered, response_hours; /* share of comments, and how fast */
    double patience_hours;           /* an answer counts e times less after this time */
    double answer_minutes, wage;     /* work of an answer; currency an hour */

    double mentions; /* a follower, when nothing happens */
    sentiment_t sentiment;
    crisis_rules_t crises;

    double visit_rate;    /* site visits per view */
    double customer_odds; /* how much likelier customers are to follow than others alike */
    double follow_rate;   /* followers per reached person who is none */
    double discount_rate; /* a year */
} brand_t;

/* Is there anything at all? */
static inline int brand_acts(const brand_t *b)
{
    return b->n_accounts > 0;
}

#endif
