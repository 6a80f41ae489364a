/* curves.h -- one curve of every form, and problems made of them by addressed chance. */
#ifndef ADSIM_TESTS_ALLOCATE_CURVES_H
#define ADSIM_TESTS_ALLOCATE_CURVES_H

#include "models/base/rng.h"
#include "sim/allocate/problem.h"

#include <math.h>
#include <string.h>

/* Uniform of (low, high), the same for the same three numbers. */
static inline double chance_of(int problem, int cell, int which, double low, double high)
{
    rng_block_t b = rng_at(rng_key(7), DRAW_PARAMETER, 0, (uint32_t)cell, (uint64_t)problem, 0,
                           (uint32_t)which);
    return low + (high - low) * rng_unit(b, 0);
}

/* A curve whose numbers are drawn; S-shaped if it is a Hill curve. */
static inline curve_t curve_drawn(curve_form_t form, int problem, int cell)
{
    curve_t c = {.form = form};
    for (int k = 0; k < CURVE_PARAMETERS; k++) c.parameter[k] = NAN;
    c.parameter[PARAMETER_MAX_RESPONSE] = chance_of(problem, cell, 0, 50, 300);
    c.parameter[PARAMETER_SCALE] = chance_of(problem, cell, 1, 1, 30);
    c.parameter[PARAMETER_EXPONENT] = chance_of(problem, cell, 2, 0.3, 0.8);
    c.parameter[PARAMETER_K] = chance_of(problem, cell, 3, 20, 200);
    c.parameter[PARAMETER_HALF] = chance_of(problem, cell, 4, 30, 150);
    c.parameter[PARAMETER_RATE] = chance_of(problem, cell, 5, 0.005, 0.05);
    c.parameter[PARAMETER_PEOPLE] = chance_of(problem, cell, 6, 5000, 50000);
    c.parameter[PARAMETER_CPM] = chance_of(problem, cell, 7, 3, 12);
    c.parameter[PARAMETER_SHAPE] = chance_of(problem, cell, 8, 0.2, 2);
    c.parameter[PARAMETER_MAX_REACH] = chance_of(problem, cell, 9, 2000, 40000);
    c.parameter[PARAMETER_SLOPE] = form == CURVE_HILL ? chance_of(problem, cell, 10, 1.5, 3)
                                                      : chance_of(problem, cell, 10, 0.2, 1);
    return c;
}

static inline void cell_of(problem_t *p, int i, curve_t c)
{
    p->cell[i] = (cell_t){.name = "a cell", .curve = c, .high = INFINITY, .current = NAN};
}

/* n cells of the concave forms (or of S-curves too), some with limits. */
static inline void problem_drawn(problem_t *p, int problem, int n, bool s_curves, bool limits)
{
    static const curve_form_t concave[] = {CURVE_POWER,    CURVE_LOG,  CURVE_MICHAELIS_MENTEN,
                                           CURVE_LOGISTIC, CURVE_TANH, CURVE_EXPONENTIAL,
                                           CURVE_LINEAR};
    memset(p, 0, sizeof *p);
    p->n = n;
    p->periods = 1;
    p->budget = chance_of(problem, 99, 0, 100, 400);
    for (int i = 0; i < n; i++) {
        curve_form_t form = concave[(size_t)chance_of(problem, i, 20, 0, 7)];
        if (s_curves && chance_of(problem, i, 21, 0, 1) < 0.6) form = CURVE_HILL;
        cell_of(p, i, curve_drawn(form, problem, i));
        if (!limits) continue;
        if (chance_of(problem, i, 22, 0, 1) < 0.3)
            p->cell[i].low = chance_of(problem, i, 23, 0, p->budget / n / 2);
        if (chance_of(problem, i, 24, 0, 1) < 0.4)
            p->cell[i].high = p->cell[i].low + chance_of(problem, i, 25, 0, p->budget / 2);
        p->cell[i].low_given = p->cell[i].low > 0;
        p->cell[i].high_given = isfinite(p->cell[i].high);
    }
}

#endif
