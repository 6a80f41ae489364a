/* people.c -- see people.h. */
#include "tests/oracle/people.h"

#include "models/audience/labels.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>
#include <math.h>

void tabulate_gamma(double shape, gamma_table_t *log_gamma)
{
    for (int g = 0; g <= GAMMA_NODES; g++) {
        double z = 12.0 * g / GAMMA_NODES - 6;
        log_gamma->node[g] = log(gsl_cdf_gamma_Pinv(gsl_cdf_ugaussian_P(z), shape, 1 / shape));
    }
}

static double gamma_at(const gamma_table_t *log_gamma, double z)
{
    double at = fmin(fmax((z + 6) / 12, 0), 1 - 1e-9) * GAMMA_NODES;
    const double *low = &log_gamma->node[(int)at];
    return exp(low[0] + (at - floor(at)) * (low[1] - low[0]));
}

static void draw_levels(const population_spec_t *spec, double place, int *level)
{
    int cell = 0;
    for (double sum = spec->cell_count[0]; sum <= place * spec->size;)
        sum += spec->cell_count[++cell];
    for (int d = spec->n_joint - 1; d >= 0; cell /= spec->attribute[d--].n_levels)
        level[d] = cell % spec->attribute[d].n_levels;
}

static double normal(gsl_rng *rng)
{
    return gsl_ran_gaussian_ziggurat(rng, 1);
}

/* Use and activity of the platforms; one common factor joins the activities. */
static void draw_activity(oracle_person_t *who, const scenario_t *sc,
                          const gamma_table_t *log_gamma, gsl_rng *rng)
{
    double joint = sc->population->activity_correlation, common = normal(rng);
    for (int p = 0; p < sc->n_platforms; p++) {
        double z = sqrt(joint) * common + sqrt(1 - joint) * normal(rng);
        int uses = gsl_rng_uniform(rng) < sc->platform[p].users;
        who->opportunities[p] =
            uses ? sc->platform[p].opportunities_per_day * gamma_at(&log_gamma[p], z) : 0;
        who->found[p] = gsl_rng_uniform(rng);
    }
}

/* The share of the population of a level of a joint attribute. */
static double level_share(const population_spec_t *spec, int attribute, int level)
{
    double people = 0;
    for (size_t c = 0; c < spec->n_cells; c++) {
        size_t rest = c;
        for (int d = spec->n_joint - 1; d > attribute; d--)
            rest /= (size_t)spec->attribute[d].n_levels;
        if ((int)(rest % (size_t)spec->attribute[attribute].n_levels) == level)
            people += spec->cell_count[c];
    }
    return people / spec->size;
}

/* A level that is not the true one, in proportion to its people; of ages a neighbour. */
static int other_level(const population_spec_t *spec, int attribute, int truth, gsl_rng *rng)
{
    double weight[POP_LEVELS], sum = 0;
    int n = spec->attribute[attribute].n_levels, said = -1;
    for (int l = 0; l < n; l++) {
        int far = attribute == spec->age && l != truth - 1 && l != truth + 1;
        weight[l] = l == truth || far ? 0 : level_share(spec, attribute, l);
        sum += weight[l];
    }
    for (double left = sum * gsl_rng_uniform(rng); left >= 0;) left -= weight[++said];
    return said;
}

static void draw_labels(oracle_person_t *who, const scenario_t *sc, gsl_rng *rng)
{
    const population_spec_t *spec = sc->population;
    for (int p = 0; p < sc->n_platforms; p++) {
        const labels_t *rates = sc->platform[p].labels;
        who->noise[p] = normal(rng);
        who->said[p].traits = who->traits;
        for (int a = 0; a < spec->n_attributes; a++) who->said[p].level[a] = who->level[a];
        if (!rates) continue;
        who->said[p].traits = 0;
        for (int t = 0; t < spec->n_traits; t++) {
            double chance =
                who->traits >> t & 1 ? rates->sensitivity[t] : 1 - rates->specificity[t];
            who->said[p].traits |= (uint64_t)(gsl_rng_uniform(rng) < chance) << t;
        }
        for (int a = 0; a < spec->n_attributes; a++)
            if (gsl_rng_uniform(rng) >= rates->accuracy[a])
                who->said[p].level[a] = other_level(spec, a, who->level[a], rng);
    }
}

oracle_person_t as_labelled(const oracle_person_t *who, int platform)
{
    oracle_person_t seen = *who;
    seen.traits = who->said[platform].traits;
    for (int a = 0; a < POP_ATTRIBUTES; a++) seen.level[a] = who->said[platform].level[a];
    return seen;
}

oracle_person_t draw_person(const scenario_t *sc, double place, const gamma_table_t *log_gamma,
                            gsl_rng *rng)
{
    const population_spec_t *spec = sc->population;
    double seen = sc->response.prediction, rho = sc->response.click_cvr_correlation;
    oracle_person_t who = {.signal = normal(rng), .desirability = normal(rng)};
    draw_levels(spec, place, who.level);
    for (int t = 0; t < spec->n_traits; t++)
        who.traits |= (uint64_t)(gsl_rng_uniform(rng) < spec->trait[t].share[0]) << t;
    who.affinity = normal(rng);
    who.customer = who.affinity > gsl_cdf_ugaussian_Qinv(spec->existing_customers);
    who.click = sqrt(seen) * who.signal + sqrt(1 - seen) * normal(rng);
    who.conversion = rho * who.click + sqrt(1 - rho * rho) * normal(rng);
    draw_activity(&who, sc, log_gamma, rng);
    draw_labels(&who, sc, rng);
    return who;
}
