/* doubts.c -- what was drawn beside what came of it. */
#include "sim/experiment/doubts.h"

#include "models/base/maths.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double run_doubt_swing(const run_doubt_t *d)
{
    return fabs(d->effect.high.mean - d->effect.low.mean);
}

static int by_swing(const void *a, const void *b)
{
    const run_doubt_t *x = a, *y = b;
    double of_x = run_doubt_swing(x), of_y = run_doubt_swing(y);
    if (of_x != of_y) return of_x > of_y ? -1 : 1;
    return strcmp(x->value->path, y->value->path);
}

static double at_share(const uncertain_t *u, double share)
{
    return fmin(fmax(distribution_quantile(u->law, share), u->low), u->high);
}

static void keep_found(run_doubts_t *d, const scenario_t *sc, const given_effect_t *effect)
{
    for (int k = 0; k < sc->n_uncertain; k++) {
        const uncertain_t *u = &sc->uncertain[k];
        if (effect[k].found)
            d->doubt[d->n++] =
                (run_doubt_t){u, at_share(u, GIVEN_LOW), at_share(u, GIVEN_HIGH), effect[k]};
    }
    qsort(d->doubt, d->n, sizeof *d->doubt, by_swing);
}

status_t run_doubts_init(run_doubts_t *d, estimator_t *e, error_t *err)
{
    const evidence_t *v = estimator_evidence(e);
    const scenario_t *sc = v->scenario;
    size_t inputs = (size_t)sc->n_uncertain, pairs = v->pairs;
    int target = sc->target.metric ? column_find(sc->target.metric) : -1;
    *d = (run_doubts_t){.column = target >= 0 ? target : column_find("iroas"),
                        .unsure = sc->n_uncertain};
    if (!inputs) return OK;
    double *normal = malloc(inputs * pairs * sizeof *normal),
           *above = malloc(2 * pairs * sizeof *above), *below = malloc(2 * pairs * sizeof *below);
    given_effect_t *effect = malloc(inputs * sizeof *effect);
    d->doubt = malloc(inputs * sizeof *d->doubt);
    status_t st = normal && above && below && effect && d->doubt
                      ? OK
                      : fail_memory(err, "the doubts of a run");
    if (st == OK) {
        for (size_t k = 0; k < inputs; k++)
            for (size_t j = 0; j < pairs; j++)
                normal[k * pairs + j] = normal_quantile(scenario_share(sc, (int)k, (uint32_t)j));
        estimator_series(e, scope_plan(v->scopes), d->column, above, below);
        given_data_t g = {pairs, sc->n_uncertain, normal, above, below};
        st = given_data_effects(&g, effect, err);
    }
    if (st == OK) keep_found(d, sc, effect);
    free(normal);
    free(above);
    free(below);
    free(effect);
    return st;
}

void run_doubts_free(run_doubts_t *d)
{
    free(d->doubt);
    *d = (run_doubts_t){0};
}
