/* influencer.h -- people who post about the brand for a fee: their tiers, and whom several of them reach together
 * (MODEL 4.6). KERNEL file. */
#ifndef ADSIM_BRAND_INFLUENCER_H
#define ADSIM_BRAND_INFLUENCER_H

typedef enum { TIER_NANO, TIER_MICRO, TIER_MID, TIER_MACRO, TIER_MEGA, TIERS } tier_t;

/* What is usual in a tier, where nothing else is known. */
typedef struct {
    double followers;  /* geometric middle of the tier */
    double reach;      /* of followers, by a post */
    double engagement; /* per follower and post */
    double fee;        /* USD a post */
} tier_usual_t;
tier_usual_t tier_usual(tier_t tier);

/* Share of everybody whom someone of n influencers reaches. share[g]: of everybody, in community g;
 * reach[k * groups + g]: of community g, by influencer k (infl_union_reach). */
double influencers_union(const double *share, int groups, const double *reach, int n);

/* Of each community, whom one influencer reaches: `reached` is her share of everybody, `at_home` of that lies in
 * her own community and the rest in the others alike. */
void influencer_spread(const double *share, int groups, int home, double at_home, double reached,
                       double *reach);

#endif
