/* town_brand.h -- a brand that many in the town follow. */
#ifndef ADSIM_TESTS_ENGINE_TOWN_BRAND_H
#define ADSIM_TESTS_ENGINE_TOWN_BRAND_H

#include "tests/engine/town.h"

static inline void town_post(brand_t *b, const char *name, double per_week)
{
    b->plan[b->n_plans++] = (post_plan_t){.name = name,
                                          .hash = rng_path_hash(name),
                                          .per_week = per_week,
                                          .hour = 18,
                                          .reach = 1,
                                          .engagement = 1,
                                          .cost = 10};
}

/* A brand that many in the town follow, on both platforms. Nothing is left to chance but where it says so. */
static inline brand_t town_brand(void)
{
    brand_t b = {.n_accounts = 2,
                 .n_communities = 1,
                 .community = {{"everybody else", 1}},
                 .usual_posts = 5,
                 .falloff = 0.3,
                 .views_per_reach = 1.2,
                 .life_hours = 6,
                 .share_rate = 0.002,
                 .reproduction = 0.05,
                 .dispersion = 0.1,
                 .answered = 0.5,
                 .response_hours = 4,
                 .patience_hours = 24,
                 .answer_minutes = 3,
                 .wage = 30,
                 .mentions = 0.001,
                 .sentiment = {.persistence = 0.9, .praise = 0.01, .effect = 0.5},
                 .crises = {.mentions = 1000,
                            .branching = 0.6,
                            .decay = 0.5,
                            .response_hours = 24,
                            .calming = 0.5},
                 .visit_rate = 0.05,
                 .customer_odds = 5,
                 .follow_rate = 0.001,
                 .discount_rate = 0.08};
    for (int k = 0; k < 2; k++) {
        b.account[k] = (brand_account_t){.platform = k,
                                         .hash = rng_path_hash(k ? "bazaar" : "agora"),
                                         .followers = 4000,
                                         .reach = 0.2,
                                         .per_follower = NAN,
                                         .per_reach = NAN,
                                         .per_impression = 0.03,
                                         .comments = 0.1,
                                         .shares = 0.1,
                                         .saves = 0.1,
                                         .growth = 0.01,
                                         .churn = 0.005,
                                         .ceiling = INFINITY,
                                         .first_plan = b.n_plans};
        town_post(&b, k ? "clips" : "pictures", 7);
        b.account[k].n_plans = 1;
    }
    return b;
}

#endif
