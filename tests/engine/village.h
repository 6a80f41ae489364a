/* village.h -- the town with all but one thing taken away: one platform that everyone uses, one ad set
 * for everyone at a stated CPM, no caps, no budget that binds, no person effects, no wear. What is left
 * has a closed form. */
#ifndef ADSIM_TESTS_ENGINE_VILLAGE_H
#define ADSIM_TESTS_ENGINE_VILLAGE_H

#include "tests/engine/flights.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

enum { PEOPLE = 20000 };

static int village_setup(void **state)
{
    return town_begin(state, PEOPLE);
}

static inline ad_set_t village_ad_set(const char *name, double cpm)
{
    ad_set_t s = town_ad_set(name, 0, 0, TOWN_EVERYONE, 1e6);
    s.strategy = BID_MANUAL_CPM;
    s.bid = cpm;
    s.pacing = PACING_ASAP;
    return s;
}

static inline scenario_t village(const town_t *town)
{
    scenario_t sc = town->sc;
    sc.n_campaigns = sc.n_ad_sets = sc.n_platforms = 1;
    sc.campaign[0] = (campaign_t){
        .name = "c", .objective = OBJECTIVE_SALES, .lifetime_budget = 1e6, .n_ad_sets = 1};
    sc.ad_set[0] = village_ad_set("all", 10);
    sc.platform[0].users = 1;
    sc.platform[0].open_days = 1;
    sc.platform[0].desirability = 0;
    sc.creative[0].ctr = 0.01;
    sc.response.person_sd = sc.response.learning_noise = 0;
    sc.response.wear_in = sc.response.wear_out = 1;
    sc.response.brand_effect = 0;
    return sc;
}

/* A second ad set of the same campaign, on the same platform. */
static inline void village_add(scenario_t *sc, ad_set_t second)
{
    second.first_creative = 1;
    sc->ad_set[1] = second;
    sc->creative[1] = sc->creative[0];
    sc->creative[1].family = 1;
    sc->n_ad_sets = sc->campaign[0].n_ad_sets = 2;
}

#endif
