/* influencer.c -- tiers, and union of audiences. */
#include "models/brand/influencer.h"
#include "models/base/maths.h"

tier_usual_t tier_usual(tier_t tier)
{
    /* Engagement: Instagram, Statista/HypeAuditor 2025. Reach: The Cirqle, 350,000 creators, May 2024, micro 15.7
     * and macro 3.2 %; between and beyond them assumption. Fees: geometric middle of the ranges of nubtle.com
     * 2024 for an Instagram post; above 5,000 assumption. */
    static const tier_usual_t usual[TIERS] = {
        [TIER_NANO] = {3000, 0.157, 0.048, 32},       [TIER_MICRO] = {32000, 0.157, 0.024, 220},
        [TIER_MID] = {220000, 0.071, 0.018, 1100},    [TIER_MACRO] = {710000, 0.032, 0.015, 3500},
        [TIER_MEGA] = {2000000, 0.032, 0.012, 10000},
    };
    return usual[tier];
}

double influencers_union(const double *share, int groups, const double *reach, int n)
{
    double sum = 0;
    for (int g = 0; g < groups; g++) {
        double none = 1;
        for (int k = 0; k < n; k++) none *= 1 - reach[k * groups + g];
        sum += share[g] * (1 - none);
    }
    return sum;
}

void influencer_spread(const double *share, int groups, int home, double at_home, double reached,
                       double *reach)
{
    double others = 1 - share[home];
    if (!(others > 0)) at_home = 1;
    for (int g = 0; g < groups; g++) {
        double part = g == home ? at_home / share[home] : (1 - at_home) / others;
        reach[g] = m_min(1, reached * part);
    }
}
