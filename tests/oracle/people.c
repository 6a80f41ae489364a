/* people.c -- see people.h. */
#include "tests/oracle/people.h"

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

oracle_person_t draw_person(const scenario_t *sc, double place, const gamma_table_t *log_gamma,
                            gsl_rng *rng)
{
    const population_spec_t *spec = sc->population;
    double seen = sc->response.prediction, rho = sc->response.click_cvr_correlation;
    oracle_person_t who = {.signal = normal(rng), .desirability = normal(rng)};
    draw_levels(spec, place, who.level);
    for (int t = 0; t < spec->n_traits; t++)
        who.traits |= (uint64_t)(gsl_rng_uniform(rng) < spec->trait[t].share[0]) << t;
    who.customer = gsl_rng_uniform(rng) < spec->existing_customers;
    who.click = sqrt(seen) * who.signal + sqrt(1 - seen) * normal(rng);
    who.conversion = rho * who.click + sqrt(1 - rho * rho) * normal(rng);
    draw_activity(&who, sc, log_gamma, rng);
    return who;
}
