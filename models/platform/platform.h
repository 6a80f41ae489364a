/* platform.h -- a simulated platform: who uses it, how many ad opportunities a person has, what the
 * rivals pay, what an ad does there by default. Parameters only; presets are configs/platforms. */
#ifndef ADSIM_PLATFORM_PLATFORM_H
#define ADSIM_PLATFORM_PLATFORM_H

#include "models/platform/campaign.h"

#include <stdbool.h>

enum { PLATFORM_AGE_BANDS = 6 };
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

    double viewability; /* share of impressions seen, (0, 1] */
    double ctr; /* clicks per impression at a first exposure, for creatives that state none */

    frequency_cap_t cap[MAX_CAPS]; /* over all our ad sets on it */

    const struct labels *labels; /* what it believes of people; borrowed; NULL = the truth */
} platform_t;

/* Mean ad opportunities a day of a user in an age band. */
double platform_opportunities(const platform_t *p, int age_band);

#endif
