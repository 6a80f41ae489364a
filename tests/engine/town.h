/* town.h -- a small town for engine tests, built without a file: two platforms, two campaigns, four ad
 * sets that overlap, one of them retargeting, caps at two levels, everything that can interact on. */
#ifndef ADSIM_TESTS_ENGINE_TOWN_H
#define ADSIM_TESTS_ENGINE_TOWN_H

#include "models/audience/expression.h"
#include "sim/engine/workspace.h"
#include "sim/scenario/scenario.h"

#include <math.h>
#include <stdlib.h>

enum { TOWN_SPORTS, TOWN_WOMEN, TOWN_EVERYONE, TOWN_VISITORS, TOWN_AUDIENCES };

typedef struct {
    scenario_t sc;
    population_spec_t *population;
    expression_t *program[TOWN_AUDIENCES];
} town_t;

static inline population_spec_t *town_population(double size)
{
    static const char *const ages[] = {"18-24", "25-34", "35-44", "45-54", "55-64", "65+"};
    population_spec_t *pop = calloc(1, sizeof *pop);
    *pop = (population_spec_t){.name = "town",
                               .size = size,
                               .n_attributes = 2,
                               .n_joint = 2,
                               .age = 1,
                               .n_classes = 1,
                               .n_traits = 1,
                               .n_cells = 12,
                               .existing_customers = 0.1,
                               .activity_correlation = 0.5};
    pop->attribute[0] = (attribute_t){.name = "sex", .n_levels = 2, .level = {"male", "female"}};
    pop->attribute[1] = (attribute_t){.name = "age", .n_levels = 6};
    for (int k = 0; k < 6; k++) {
        pop->attribute[1].level[k] = ages[k];
        pop->attribute[1].low_years[k] = platform_age_edge[k];
        pop->attribute[1].high_years[k] = k < 5 ? platform_age_edge[k + 1] - 1 : 90;
    }
    pop->class_weight[0] = 1;
    pop->trait[0] = (trait_t){.name = "sports", .kind = TRAIT_INTEREST, .share = {0.4}};
    pop->cell_count = malloc(12 * sizeof *pop->cell_count);
    for (int k = 0; k < 12; k++) pop->cell_count[k] = size / 12;
    return pop;
}

static inline platform_t town_platform(const char *name, double users, double a_day)
{
    return (platform_t){.name = name,
                        .label = name,
                        .users = users,
                        .opportunities_per_day = a_day,
                        .activity_shape = 0.5,
                        .open_days = 0.7,
                        .hours_amplitude = 0.6,
                        .hours_peak = 20,
                        .cpm = NAN,
                        .rival_median_cpm = 20,
                        .rival_log_sd = 0.7,
                        .score_noise = 1.5,
                        .desirability = 0.2,
                        .reserve_cpm = 0.5,
                        .viewability = 0.7,
                        .ctr = 0.01};
}

static inline ad_set_t town_ad_set(const char *name, int campaign, int platform, int audience,
                                   double budget)
{
    return (ad_set_t){.name = name,
                      .hash = name_hash(name),
                      .campaign = campaign,
                      .platform = platform,
                      .audience = audience,
                      .budget = budget,
                      .strategy = BID_LOWEST_COST,
                      .bid = NAN,
                      .quality = 1,
                      .cvr = NAN,
                      .n_creatives = 1};
}

static inline attribution_t town_attribution(double click_window_days, double view_window_days)
{
    return (attribution_t){.click_window_days = click_window_days,
                           .view_window_days = view_window_days,
                           .observed = 1,
                           .half_life_days = 7,
                           .first_share = 0.4,
                           .last_share = 0.4};
}

static inline void town_init(town_t *t, double size)
{
    static const char *const text[TOWN_AUDIENCES] = {"interest sports", "sex female and age 25+",
                                                     "everyone", "everyone"};
    *t = (town_t){.population = town_population(size)};
    scenario_t *sc = &t->sc;
    *sc = (scenario_t){.name = "town",
                       .currency = "USD",
                       .seed = 7,
                       .start = "2026-03-02",
                       .days = 7,
                       .people = size,
                       .population = t->population,
                       .n_platforms = 2,
                       .n_campaigns = 2,
                       .n_ad_sets = 4,
                       .n_creatives = 5,
                       .n_audiences = TOWN_AUDIENCES,
                       .interval = 0.8,
                       .precision = 0.01};
    for (int k = 0; k < TOWN_AUDIENCES; k++) {
        error_t err = {""};
        expression_fault_t fault;
        if (expression_compile(text[k], t->population, NULL, &t->program[k], &fault, &err) != OK)
            abort();
        sc->audience[k] = (audience_t){.name = text[k], .program = t->program[k]};
    }
    sc->audience[TOWN_VISITORS].kind = AUDIENCE_RETARGET;
    sc->audience[TOWN_VISITORS].window_days = 14;
    sc->audience[TOWN_VISITORS].exclude_purchasers_days = 7;
    sc->platform[0] = town_platform("agora", 0.7, 6);
    sc->platform[1] = town_platform("bazaar", 0.5, 3);
    sc->campaign[0] = (campaign_t){.name = "c0",
                                   .objective = OBJECTIVE_SALES,
                                   .lifetime_budget = 600,
                                   .n_ad_sets = 3,
                                   .cap = {{4, 2, CAP_IMPRESSIONS}}};
    sc->campaign[1] = (campaign_t){.name = "c1",
                                   .objective = OBJECTIVE_TRAFFIC,
                                   .lifetime_budget = 200,
                                   .first_ad_set = 3,
                                   .n_ad_sets = 1};
    double worth = size / 20000; /* budgets keep their proportion to the town */
    sc->ad_set[0] = town_ad_set("sports", 0, 0, TOWN_SPORTS, 250 * worth);
    sc->ad_set[1] = town_ad_set("women", 0, 0, TOWN_WOMEN, 250 * worth);
    sc->ad_set[2] = town_ad_set("visitors", 0, 1, TOWN_VISITORS, 60 * worth);
    sc->ad_set[3] = town_ad_set("all", 1, 1, TOWN_EVERYONE, 150 * worth);
    sc->ad_set[0].cap[0] = (frequency_cap_t){2, 1, CAP_IMPRESSIONS};
    sc->ad_set[0].n_creatives = 2;
    sc->ad_set[3].strategy = BID_CAP;
    sc->ad_set[3].bid = 2.5;
    for (int a = 0, c = 0; a < 4; c += sc->ad_set[a++].n_creatives)
        sc->ad_set[a].first_creative = c;
    for (int c = 0; c < 5; c++)
        sc->creative[c] = (creative_t){.name = "x",
                                       .ctr = 0.008 + 0.002 * c,
                                       .cvr = NAN,
                                       .weight = 1 + c,
                                       .family = (uint64_t)c};
    sc->product = (product_t){.value = 40,
                              .value_sd = 30,
                              .margin = 0.5,
                              .organic_new = 0.01 / 30,
                              .organic_existing = 0.06 / 30,
                              .visit_to_order = 0.03,
                              .pull_forward = 0.1,
                              .pull_forward_days = 30};
    sc->response = (response_t){.person_sd = 0.8,
                                .click_cvr_correlation = 0.3,
                                .prediction = 0.3,
                                .wear_in = 0.6,
                                .wear_in_exposures = 3,
                                .wear_out = 0.95,
                                .recovery_days = 14,
                                .visit_rate = 0.8,
                                .cvr = 0.05,
                                .view_conversion = 0.0005,
                                .brand_effect = 0.2,
                                .brand_half_life_days = 3,
                                .delay.fast_share = 0.4,
                                .delay.fast_hours = 0.5,
                                .delay.slow_hours = 131,
                                .learning_noise = 0.5};
    sc->attribution = town_attribution(7, 1);
}

static inline void town_free(town_t *t)
{
    for (int k = 0; k < TOWN_AUDIENCES; k++) expression_free(t->program[k]);
    population_spec_free(t->population);
    free(t->population);
}

/* The one town of a test program, as its tests' state: at its begin, and at its end. */
static inline int town_begin(void **state, double size)
{
    static town_t town;
    town_init(&town, size);
    *state = &town;
    return 0;
}

static inline int town_end(void **state)
{
    town_free(*state);
    return 0;
}

#endif
