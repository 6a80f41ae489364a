/* evidence.h -- evidence made by hand: one ad set, whose counts a test fills in. */
#ifndef ADSIM_TESTS_METRICS_EVIDENCE_H
#define ADSIM_TESTS_METRICS_EVIDENCE_H

#include "models/base/fixed.h"
#include "sim/metrics/estimate.h"

#include <stdlib.h>
#include <string.h>

enum { MADE_SCOPES = 4, MADE_PAIRS = 512 };

typedef struct {
    scenario_t *sc;
    population_spec_t people;
    evidence_t evidence;
    int64_t *value; /* [replication][scope][COUNTS] */
    double removed[MADE_SCOPES * REMOVED_COUNTS];
    economics_t economics[MADE_PAIRS];
    tables_t tables;
} made_t;

/* Sizes: `pairs`, weight; all counts 0, budget 1,000, one ad set, campaign, platform. */
static inline void made_init(made_t *m, size_t pairs, double weight)
{
    memset(m, 0, sizeof *m);
    m->sc = calloc(1, sizeof *m->sc);
    m->value = calloc(2 * pairs * MADE_SCOPES * COUNTS, sizeof *m->value);
    scopes_t scopes = {1, 1, 1, 0};
    if (!m->sc || !m->value || tables_init(&m->tables, scopes, 1, 0, 1, NULL) != OK) abort();
    m->people.size = 1e6;
    m->sc->population = &m->people;
    m->sc->seed = 11;
    m->sc->interval = 0.8;
    m->sc->precision = 0.01;
    m->sc->n_ad_sets = m->sc->n_campaigns = m->sc->n_platforms = 1;
    m->sc->ad_set[0].budget = 1000;
    m->sc->ad_set[0].name = "a";
    m->tables.replications = (int64_t)(2 * pairs);
    for (size_t j = 0; j < pairs && j < MADE_PAIRS; j++)
        m->economics[j] = (economics_t){.net_margin = 1, .cost = 1};
    m->evidence = (evidence_t){.scenario = m->sc,
                               .scopes = scopes,
                               .pairs = pairs,
                               .value = m->value,
                               .removed = m->removed,
                               .economics = m->economics,
                               .tables = &m->tables,
                               .weight = weight,
                               .audience = {4e6},
                               .elasticity = {1},
                               .pairs_share = true,
                               .people_sampled = weight > 1};
}

static inline void made_free(made_t *m)
{
    tables_free(&m->tables);
    free(m->value);
    free(m->sc);
}

/* Sets a count in every scope of a replication. */
static inline void made_set(made_t *m, size_t replication, count_t count, double value)
{
    for (int scope = 0; scope < MADE_SCOPES; scope++)
        m->value[(replication * MADE_SCOPES + (size_t)scope) * COUNTS + count] = fixed_round(value);
}

static inline void made_set_all(made_t *m, count_t count, double value)
{
    for (size_t r = 0; r < 2 * m->evidence.pairs; r++) made_set(m, r, count, value);
}

/* Deals a count's sum over replications to the groups, by shares that add to 1. */
static inline void made_deal(made_t *m, count_t count, const double share[JACKKNIFE_GROUPS])
{
    for (int scope = 0; scope < MADE_SCOPES; scope++) {
        double sum = 0;
        for (size_t r = 0; r < 2 * m->evidence.pairs; r++)
            sum += (double)m->value[(r * MADE_SCOPES + (size_t)scope) * COUNTS + count];
        for (int g = 0; g < JACKKNIFE_GROUPS; g++)
            m->tables.group[(scope * COUNTS + (int)count) * JACKKNIFE_GROUPS + g] =
                fixed_round(sum * share[g]);
    }
}

static inline estimate_t made_estimate(made_t *m, int scope, const char *column)
{
    estimator_t *e;
    if (estimator_new(&m->evidence, &e, NULL) != OK) abort();
    estimate_t x = estimator_column(e, scope, column_find(column));
    estimator_delete(e);
    return x;
}

#endif
