/* known_brand.c -- the cases that word of mouth, followers, sentiment and influencers answer. */
#include "models/brand/known_brand.h"
#include "models/base/maths.h"
#include "models/brand/cascade.h"
#include "models/brand/crisis.h"
#include "models/brand/followers.h"
#include "models/brand/influencer.h"
#include "models/brand/sentiment.h"

#include <stddef.h>

static void borel(known_case_t *c)
{
    double r = known_input(c, "R"), p[5];
    for (int n = 1; n <= 5; n++) p[n - 1] = cascade_probability(r, MATHS_INFINITY, n);
    known_found(c, "mean", cascade_mean(r));
    known_found(c, "var", cascade_variance(r, MATHS_INFINITY));
    known_found_list(c, "P", p, 5);
    known_found(c, "P_size_1", p[0]);
}

static void dwass(known_case_t *c)
{
    double r = known_input(c, "R"), k = known_input(c, "k");
    known_found(c, "P_size_1", cascade_probability(r, k, 1));
    known_found(c, "P_size_2", cascade_probability(r, k, 2));
    known_found(c, "mean", cascade_mean(r));
    known_found(c, "var", cascade_variance(r, k));
}

static void hawkes(known_case_t *c)
{
    crisis_rules_t crisis = {.mentions = known_input(c, "n0"),
                             .branching = known_input(c, "n"),
                             .decay = known_input(c, "beta_per_hour"),
                             .response_hours = MATHS_INFINITY};
    known_found(c, "total_events", crisis_mentions(&crisis, 1, MATHS_INFINITY));
    known_found(c, "stationary_rate", mentions_stationary(known_input(c, "mu0"), crisis.branching));
    known_found(c, "decay_rate", crisis_decay_rate(&crisis));
    known_found(c, "half_life_hours", crisis_half_life(&crisis));
    known_found(c, "extra_at_10h_per_hour", crisis_intensity(&crisis, 1, 10));
}

static void bass(known_case_t *c)
{
    double p = known_input(c, "p"), q = known_input(c, "q"), t[KNOWN_MOST];
    int n = known_inputs(c, "t", t);
    for (int i = 0; i < n; i++) c->found(c, "F", i, bass_adopted(p, q, t[i]));
    known_found(c, "t_peak", bass_peak_time(p, q));
    known_found(c, "peak_rate", bass_peak_rate(p, q));
}

static void logistic(known_case_t *c)
{
    double t[KNOWN_MOST];
    growth_t g = {0, known_input(c, "g"), known_input(c, "M"), known_input(c, "churn")};
    int n = known_inputs(c, "t_days", t);
    for (int i = 0; i < n; i++)
        c->found(c, "F", i, followers_after(&g, known_input(c, "F0"), t[i]));
    known_found(c, "K", followers_limit(&g));
}

static void immigration_death(known_case_t *c)
{
    growth_t g = {known_input(c, "arrivals_per_day"), 0, MATHS_INFINITY, known_input(c, "churn")};
    double before = known_input(c, "F0"), t = known_input(c, "t");
    known_found(c, "mean", followers_after(&g, before, t));
    known_found(c, "var", followers_variance(&g, before, t));
}

static void autoregression(known_case_t *c)
{
    sentiment_t s = {.persistence = known_input(c, "phi"), .noise = known_input(c, "sd")};
    double shock = known_input(c, "shock");
    known_found(c, "stationary_sd", sentiment_sd(&s));
    known_found(c, "half_life_days", sentiment_half_life(&s));
    known_found(c, "mean_after_14", sentiment_left(&s, shock, 14));
    known_found(c, "cumulated_loss", sentiment_total(&s, shock));
    known_found(c, "days_to_below_0_05", sentiment_days_until(&s, shock, 0.05));
}

static void communities(known_case_t *c)
{
    double share[KNOWN_MOST], r[KNOWN_MOST], alone[KNOWN_MOST], all = 1, sum = 0;
    int groups = known_inputs(c, "share", share), n = known_inputs(c, "r", r) / groups;
    for (int k = 0; k < n; k++) {
        alone[k] = influencers_union(share, groups, r + k * groups, 1);
        sum += alone[k];
    }
    known_found(c, "union", influencers_union(share, groups, r, n));
    known_found(c, "independent_union", influencers_union(&all, 1, alone, n));
    known_found(c, "sum", sum);
}

const known_answer_t known_in_brand[] = {
    {"wom_galton_watson", borel},
    {"wom_negbin_offspring", dwass},
    {"wom_hawkes", hawkes},
    {"wom_bass", bass},
    {"followers_logistic", logistic},
    {"followers_immigration_death", immigration_death},
    {"sentiment_ar1", autoregression},
    {"infl_union_reach", communities},
    {NULL, NULL},
};
