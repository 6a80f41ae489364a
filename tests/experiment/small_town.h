/* small_town.h -- studies small enough to repeat by the thousand: the town with three ad sets, three
 * days, everything certain or five parameters not, budgets that bind or do not. */
#ifndef ADSIM_TESTS_EXPERIMENT_SMALL_TOWN_H
#define ADSIM_TESTS_EXPERIMENT_SMALL_TOWN_H

#include "tests/engine/town.h"

#include <stddef.h>

/* `at` of the scenario, of log-sd `sd` around what it is, never above `high`. */
static inline void small_town_unsure(scenario_t *sc, const char *path, double *at, double sd,
                                     double high)
{
    distribution_t law = {LAW_LOGNORMAL, log(*at) - sd * sd / 2, sd};
    sc->uncertain[sc->n_uncertain++] = (uncertain_t){.offset = (size_t)((char *)at - (char *)sc),
                                                     .law = law,
                                                     .high = high,
                                                     .path = path,
                                                     .path_hash = rng_path_hash(path)};
}

/* Simulated people who stand for `weight` each. Slack budgets: stated bids, as fast as can be. */
static inline void small_town_init(town_t *t, double people, double weight, bool uncertain,
                                   bool binding)
{
    town_init(t, people * weight);
    scenario_t *sc = &t->sc;
    sc->people = people;
    sc->days = 3;
    sc->n_ad_sets = 3;
    sc->n_creatives = 4;
    sc->campaign[0].n_ad_sets = 2;
    sc->campaign[1].first_ad_set = 2;
    sc->campaign[0].cap[0].impressions = 0;
    sc->ad_set[2] = sc->ad_set[3];
    sc->ad_set[2].first_creative = 3;
    for (int a = 0; a < 3; a++) {
        sc->ad_set[a].cap[0].impressions = 0;
        sc->ad_set[a].budget = binding ? 0.01 * people * weight : 1e9;
        sc->ad_set[a].strategy = binding ? BID_LOWEST_COST : BID_MANUAL_CPM;
        sc->ad_set[a].bid = binding ? NAN : 15;
        sc->ad_set[a].pacing = binding ? PACING_EVEN : PACING_ASAP;
    }
    for (int p = 0; p < 2; p++) sc->platform[p].activity_shape = 2;
    for (int c = 0; c < 4; c++) sc->creative[c].ctr = 0.12 + 0.02 * c;
    sc->response.cvr = 0.4;
    sc->response.view_conversion = 0.002;
    sc->response.learning_noise = uncertain ? 0.3 : 0;
    if (!uncertain) return;
    small_town_unsure(sc, "cvr", &sc->response.cvr, 0.2, 1);
    small_town_unsure(sc, "value", &sc->product.value, 0.15, 1e6);
    small_town_unsure(sc, "cpm", &sc->platform[0].rival_median_cpm, 0.2, 1e6);
    small_town_unsure(sc, "ctr 0", &sc->creative[0].ctr, 0.25, 0.7);
    small_town_unsure(sc, "ctr 3", &sc->creative[3].ctr, 0.25, 0.7);
}

#endif
