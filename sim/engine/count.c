/* count.c -- counts people into a tally. */
#include "sim/engine/count.h"
#include "models/base/fixed.h"
#include "sim/engine/brand.h"

/* ---- everybody ---- */

static void mix_add(mix_t *m, unsigned appeals, float affinity)
{
    m->people[appeals]++;
    m->affinity[appeals] += event_fixed((double)affinity);
}

static void count_truth(tally_t *c, const found_t *of)
{
    const eligibility_t *e = &of->eligibility;
    for (uint32_t p = of->uses; p; p &= p - 1) c->users[__builtin_ctz(p)]++;
    for (uint64_t s = e->truth; s; s &= s - 1) {
        int a = __builtin_ctzll(s);
        c->true_people[a]++;
        c->true_labelled[a] += (e->now | e->pool) >> a & 1;
    }
}

static void count_followers(tally_t *c, const world_t *w, uint32_t uses, int customer,
                            float affinity, int geo)
{
    float likelihood = follower_likelihood(&w->sc->brand, customer, affinity);
    for (uint32_t rest = uses & w->brand_platforms; rest; rest &= rest - 1) {
        int p = __builtin_ctz(rest);
        c->followers[p] += event_fixed((double)likelihood);
        c->geo_followers[p][geo] += event_fixed((double)likelihood);
        c->geo_users[p][geo]++;
    }
}

void count_everybody(tally_t *c, const world_t *w, const population_t *pop, const likeness_t *l,
                     size_t from, size_t n, const found_t *found)
{
    int plan = scope_plan(w->scopes);
    c->n_geos = w->n_geos;
    for (size_t k = 0; k < n; k++) {
        size_t person = pop->first + from + k;
        count_truth(c, &found[k]);
        int geo = w->n_geos ? geo_of(w, pop, person) : 0;
        count_followers(c, w, found[k].uses, bought_before(pop, person), affinity_of(l, person),
                        geo);
        mix_add(&c->organic[bought_before(pop, person)][plan], appeals_of(l, person),
                affinity_of(l, person));
        if (w->n_geos)
            mix_add(&c->geo[bought_before(pop, person)][geo], appeals_of(l, person),
                    affinity_of(l, person));
    }
}

/* ---- the crowd ---- */

/* Her ad sets, those of lists only where she is found at the stated match rate. */
static uint64_t found_sets(const world_t *w, const crowd_t *c, size_t i, uint32_t replication)
{
    const eligibility_t *e = eligibility_of(c, i);
    uint64_t sets = e->now | e->pool;
    for (uint64_t s = sets & w->list_ad_sets; s; s &= s - 1) {
        int a = __builtin_ctzll(s);
        if (!list_matched(w, w->sc, a, c->person[i].id, replication)) sets &= ~(1ull << a);
    }
    for (uint64_t out = sets & e->excludable & w->without_list; out; out &= out - 1) {
        int a = __builtin_ctzll(out);
        if (list_finds(w, w->sc, excluded_audience(w->sc, a), w->sc->ad_set[a].platform,
                       c->person[i].id, replication))
            sets &= ~(1ull << a);
    }
    return sets;
}

static void count_found(tally_t *c, const world_t *w, const person_t *who, uint64_t found)
{
    for (uint64_t s = found; s; s &= s - 1) {
        int a = __builtin_ctzll(s);
        c->eligible[a]++;
        for (uint64_t other = found; other; other &= other - 1)
            c->eligible_both[a][__builtin_ctzll(other)]++;
        mix_add(&c->eligible_mix[a], who->appeals, (float)moved_by_ads(who));
        c->segment_people[(size_t)a * (size_t)w->n_segments + who->segment]++;
    }
}

void count_members(tally_t *c, const world_t *w, const crowd_t *crowd, int p,
                   const member_t *member, size_t n, uint32_t replication)
{
    for (const member_t *m = member; m < member + n; m++) {
        const person_t *who = &crowd->person[m->person];
        uint64_t sets = member_sets(w, crowd, m->person, p);
        for (uint64_t s = sets; s; s &= s - 1)
            c->activity[__builtin_ctzll(s)][who->customer][who->age_band] +=
                event_fixed((double)m->activity);
        uint64_t may = eligibility_of(crowd, m->person)->excludable & w->without_list;
        for (uint64_t s = sets & may; s; s &= s - 1)
            c->listed_activity[__builtin_ctzll(s)][who->age_band] +=
                event_fixed((double)m->activity);
        count_found(c, w, who,
                    found_sets(w, crowd, m->person, replication) & w->platform_ad_sets[p]);
    }
}

/* People who never bought, and existing customers, in the audience of each scope: the base of organic
 * orders. */
static void count_organic(tally_t *c, const world_t *w, const person_t *who, uint64_t sets)
{
    scopes_t s = w->scopes;
    mix_t *of = c->organic[who->customer];
    for (int a = 0; a < s.n_ad_sets; a++)
        if (sets >> a & 1) mix_add(&of[scope_ad_set(s, a)], who->appeals, who->affinity);
    for (int k = 0; k < s.n_campaigns; k++)
        if (sets & w->campaign_ad_sets[k])
            mix_add(&of[scope_campaign(s, k)], who->appeals, who->affinity);
    for (int p = 0; p < s.n_platforms; p++)
        if (sets & w->platform_ad_sets[p])
            mix_add(&of[scope_platform(s, p)], who->appeals, who->affinity);
}

void count_crowd(tally_t *c, const world_t *w, const crowd_t *crowd, size_t first, size_t n,
                 uint32_t replication)
{
    for (size_t i = first; i < first + n; i++)
        count_organic(c, w, &crowd->person[i], found_sets(w, crowd, i, replication));
}
