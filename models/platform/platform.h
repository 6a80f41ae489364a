/* platform.h -- a simulated platform: who uses it, how many ad opportunities a person has, what the
 * rivals pay, what an ad does there by default. Parameters only; presets are configs/platforms. */
#ifndef ADSIM_PLATFORM_PLATFORM_H
#define ADSIM_PLATFORM_PLATFORM_H

#include "models/auction/auction.h"
#include "models/platform/campaign.h"

#include <stdbool.h>

/* A place on the platform where ads are shown: feed, stories, reels. */
typedef struct {
    const char *name;
    double share;       /* of the platform's opportunities, relative to the others, > 0 */
    double price;       /* factor on what rivals pay, > 0 */
    double viewability; /* share of impressions seen; NAN = the platform's */
    double ctr;         /* factor on everyone's clicks per impression, >= 0 */
} placement_t;

/* A kind of rivals: of the highest rival values, the share that are theirs, and their law. */
typedef struct {
    const char *name;
    double share;  /* relative to the others, > 0 */
    double median; /* factor on rival_median_cpm, > 0 */
    double log_sd; /* > 0 */
} rival_t;

/* Factors on what rivals pay, as their logs: 0 = no change. Months from January, weekdays from Monday,
 * hours of the day from midnight. */
typedef struct {
    double month[12], weekday[7], hour[24];
} price_calendar_t;

/* What a stated bid becomes where the winner pays her bid. */
typedef enum { SHADING_OPTIMAL, SHADING_NONE } shading_t;

enum { PLATFORM_AGE_BANDS = 6, PLATFORM_PLACEMENTS = 8, PLATFORM_RIVALS = 3 };
/* Lower edges of the age bands of the activity table: 18, 25, 35, 45, 55, 65. */
extern const int platform_age_edge[PLATFORM_AGE_BANDS];
int platform_age_band(int age_years); /* 0..5; younger than 18 counts as band 0 */

typedef struct {
    const char *name;  /* key: "facebook" */
    const char *label; /* "Facebook" */
    double users;      /* share of people who use it, 0..1; NAN = from the population's table */
    double minimum_audience; /* people below which it shows no ads; NAN = it states none */

    /* Activity (MODEL 3.1): mean ad opportunities a person and day, gamma between people. */
    double opportunities_per_day;               /* NAN = minutes x posts x ad load */
    double minutes_per_day[PLATFORM_AGE_BANDS]; /* of users, by age band */
    double posts_per_minute;                    /* feed posts seen a minute */
    double ad_load;                             /* ads as a share of feed posts, 0..1 */
    double activity_shape;                      /* k of the gamma between people, > 0 */
    double open_days;                           /* share of days a user opens it, (0, 1] */
    double hours_amplitude;                     /* a of 1 + a cos(2 pi (t - peak)/24); 0 = flat */
    double hours_peak;                          /* hour of the peak, 0..24 */

    /* Market (MODEL 3.2). */
    double cpm; /* what the reference plan pays, CPM; NAN if rival_median_cpm is given */
    double rival_median_cpm; /* NAN = solved from cpm */
    double rival_log_sd;     /* sigma, > 0 */
    double score_noise;      /* tau, >= 0 */
    double desirability;     /* kappa: log price per sd of a person's desirability */
    double reserve_cpm;      /* r, CPM; 0 = none */
    int n_rivals;            /* 0 = one kind, LN(rival_median_cpm, rival_log_sd) */
    rival_t rival[PLATFORM_RIVALS];
    price_calendar_t log_price;
    auction_t auction;
    shading_t shading;

    int n_placements; /* 0 = one place, like the platform */
    placement_t placement[PLATFORM_PLACEMENTS];

    double viewability; /* share of impressions seen, (0, 1] */
    double ctr; /* clicks per impression at a first exposure, for creatives that state none */

    frequency_cap_t cap[MAX_CAPS]; /* over all our ad sets on it */

    const struct labels *labels; /* what it believes of people; borrowed; NULL = the truth */
} platform_t;

/* Mean ad opportunities a day of a user in an age band, and over the bands. */
double platform_opportunities(const platform_t *p, int age_band);
double platform_mean_opportunities(const platform_t *p);

#endif
