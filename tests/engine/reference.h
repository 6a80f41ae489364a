/* reference.h -- the reference scenario of the golden cases, built without a file: one platform, one ad
 * set, a closed form for everything (MODEL 8, golden_*). */
#ifndef ADSIM_TESTS_ENGINE_REFERENCE_H
#define ADSIM_TESTS_ENGINE_REFERENCE_H

#include "models/audience/expression.h"
#include "sim/scenario/scenario.h"

#include <math.h>
#include <stdlib.h>

typedef struct {
    scenario_t sc;
    population_spec_t *population;
    expression_t *eligible;
} reference_t;

static inline void reference_init(reference_t *r, double size)
{
    population_spec_t *pop = calloc(1, sizeof *pop);
    *pop = (population_spec_t){.name = "reference",
                               .size = size,
                               .redraw = 1,
                               .age = -1,
                               .n_classes = 1,
                               .n_traits = 1,
                               .n_cells = 1};
    pop->class_weight[0] = 1;
    pop->trait[0] =
        (trait_t){.name = "eligible", .kind = TRAIT_OWN, .source = "test", .share = {0.3}};
    pop->cell_count = malloc(sizeof *pop->cell_count);
    pop->cell_count[0] = size;
    *r = (reference_t){.population = pop};
    error_t err = {""};
    expression_fault_t fault;
    if (expression_compile("eligible", pop, NULL, &r->eligible, &fault, &err) != OK) abort();
    scenario_t *sc = &r->sc;
    *sc = (scenario_t){.name = "golden",
                       .currency = "USD",
                       .seed = 1,
                       .start = "2026-03-02",
                       .days = 7,
                       .people = size,
                       .population = pop,
                       .n_platforms = 1,
                       .n_campaigns = 1,
                       .n_ad_sets = 1,
                       .n_creatives = 1,
                       .n_audiences = 1,
                       .interval = 0.8,
                       .precision = 0.01};
    sc->platform[0] = (platform_t){.name = "one",
                                   .label = "one",
                                   .users = 1,
                                   .opportunities_per_day = 4,
                                   .activity_shape = 0.8,
                                   .open_days = 1,
                                   .cpm = NAN,
                                   .rival_median_cpm = 6,
                                   .rival_log_sd = 0.8,
                                   .viewability = 0.7,
                                   .ctr = 0.01};
    sc->campaign[0] = (campaign_t){
        .name = "c", .objective = OBJECTIVE_SALES, .lifetime_budget = 1e6, .n_ad_sets = 1};
    sc->ad_set[0] = (ad_set_t){.name = "a",
                               .hash = name_hash("c/a"),
                               .budget = 1e6,
                               .strategy = BID_MANUAL_CPM,
                               .bid = 5,
                               .pacing = PACING_ASAP,
                               .cap = {{3, 7, CAP_IMPRESSIONS}},
                               .quality = 1,
                               .cvr = NAN,
                               .n_creatives = 1};
    sc->creative[0] =
        (creative_t){.name = "x", .ctr = 0.0084, .cvr = NAN, .weight = 1, .family = name_hash("x")};
    sc->audience[0] = (audience_t){.name = "eligible", .program = r->eligible};
    sc->product = (product_t){.value = 40,
                              .value_sd = 30,
                              .margin = 0.5,
                              .organic_new = 0.002 / 7,
                              .organic_existing = 0.002 / 7,
                              .visit_to_order = 0.03};
    sc->response = (response_t){.wear_in = 1,
                                .wear_in_exposures = 3,
                                .wear_out = 0.9,
                                .recovery_days = INFINITY,
                                .visit_rate = 1,
                                .cvr = 0.03,
                                .delay.fast_share = 1};
    sc->attribution = (attribution_t){.click_window_days = 7,
                                      .view_window_days = 1,
                                      .observed = 1,
                                      .half_life_days = 7,
                                      .first_share = 0.4,
                                      .last_share = 0.4};
}

static inline void reference_free(reference_t *r)
{
    expression_free(r->eligible);
    population_spec_free(r->population);
    free(r->population);
}

#endif
