/* followers.h -- how many follow an account: arrivals, growth by those who follow already up to a ceiling, and
 * churn (MODEL 4.6). Rates are per day. KERNEL file. */
#ifndef ADSIM_BRAND_FOLLOWERS_H
#define ADSIM_BRAND_FOLLOWERS_H

typedef struct {
    double arrivals; /* followers a day, whoever follows already */
    double growth;   /* g: followers that a follower brings a day, far from the ceiling */
    double ceiling;  /* M: most that could follow; INFINITY = no bound */
    double churn;    /* c: share of followers that leaves a day */
} growth_t;

/* Followers after `days` of dF = a + g F (1 - F/M) - c F, exactly: so that days add up to years. */
double followers_after(const growth_t *g, double followers, double days);

/* Where they settle without arrivals: M (1 - c/g). */
double followers_limit(const growth_t *g);

/* Those who came and those who left on the way from one number to the other, by the mean of both. */
typedef struct {
    double gained, lost;
} turnover_t;
turnover_t followers_turnover(const growth_t *g, double before, double after, double days);

/* Of arrivals and churn alone: the variance of their number, a Poisson number of arrivals and everybody
 * leaving on her own (followers_immigration_death). */
double followers_variance(const growth_t *g, double followers, double days);

#endif
