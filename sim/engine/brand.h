/* brand.h -- inside the engine: what a brand does by itself meets the same people as its ads.
 *
 * The path of days (models/brand/path.h) is drawn for a pair of replications, with its parameters. Followers are few:
 * whether one simulated person, who stands for many, follows is no draw but a probability, and what she is shown
 * is an expectation. Site visits alone are drawn, for pools go by them: a Poisson stream of each person and platform,
 * run at the speed of the path. */
#ifndef ADSIM_ENGINE_BRAND_H
#define ADSIM_ENGINE_BRAND_H

#include "models/brand/path.h"
#include "sim/engine/tally.h"
#include "sim/engine/world.h"

/* What the days of a path mean for one person of weight 1. Sums up to each day since the begin of the warm-up,
 * [platform][day + 1]: site visits a person gets for each unit of her likelihood to follow, and as one of all
 * users. */
typedef struct brand {
    brand_path_t path;
    int days;                      /* warm-up and flight */
    double *follower, *other;      /* [platform][days + 1] */
    double share[MAX_PLATFORMS];   /* probability to follow, for each unit of likelihood */
    double reached[MAX_PLATFORMS]; /* of followers, those who saw a post */
    double strangers;              /* of everybody, who saw an influencer's or a shared post */
    double people;                 /* real ones who saw any of all that */
    double impressions;            /* real ones, of all that */
    /* Real ones of the flight; and the same, each times what is paid of the regular price on its day. */
    double visits[MAX_PLATFORMS], paid[MAX_PLATFORMS];
} brand_effects_t;

/* Of the world's scenario; nothing is allocated where there is no brand. The caller frees, also after a failure. */
status_t brand_effects_init(brand_effects_t *e, const world_t *w, error_t *err);
void brand_effects_free(brand_effects_t *e);

/* The path of a pair, and what it means for the people of the tally. */
void brand_effects_draw(brand_effects_t *e, const world_t *w, const tally_t *tally,
                        const scenario_t *theta, uint32_t pair);

/* How likely someone is to follow, relative to others on the platform (float: the sum over people is counted in
 * fixed point). */
static inline float follower_likelihood(const brand_t *b, int customer, float affinity)
{
    return customer ? affinity * (float)b->customer_odds : affinity;
}

/* P(she saw any post of the brand, its influencers or what was shared). */
double brand_seen(const brand_effects_t *e, const brand_t *b, const person_t *who);

/* Do no ads run in an hour of the flight, because of a crisis? */
bool brand_pauses(const brand_effects_t *e, int hour);

#endif
