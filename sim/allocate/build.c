/* build.c -- cells, limits and draws from what a person wrote. */
#include "sim/allocate/build.h"

#include "models/base/maths.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DRAWS_USUAL = 1024 };

/* --- limits --------------------------------------------------------------------------------------- */

static double amount_of(const limit_amount_t *a, double budget, double otherwise)
{
    if (a->kind == AMOUNT_NONE) return otherwise;
    return a->kind == AMOUNT_SHARE ? a->value * budget : a->value;
}

static void cell_low(cell_t *c, double low)
{
    if (!(low > c->low)) return;
    c->low = low;
    c->low_given = true;
}

static void cell_high(cell_t *c, double high)
{
    if (!(high < c->high)) return;
    c->high = high;
    c->high_given = true;
}

static void cell_fix(cell_t *c, double spend)
{
    c->low = c->high = spend;
    c->low_given = c->high_given = c->fixed = true;
}

static void limit_of_cell(problem_t *p, const spend_limit_t *l)
{
    cell_t *c = &p->cell[l->cell[0]];
    double used = amount_of(&l->min_if_used, p->budget, NAN);
    double fixed = amount_of(&l->fixed, p->budget, NAN);
    cell_low(c, amount_of(&l->min, p->budget, 0));
    cell_high(c, amount_of(&l->max, p->budget, INFINITY));
    if (!m_is_nan(fixed)) cell_fix(c, fixed);
    if (used > 0) {
        cell_low(c, used);
        c->optional = true;
    }
}

/* "a + b", "a - 2 b" */
static void side_name(const problem_t *p, const spend_limit_t *l, char *out, size_t size)
{
    *out = 0;
    for (int k = 0; k < l->n; k++) {
        size_t used = strlen(out);
        double w = l->weight[k];
        const char *sign = w < 0 ? (used ? " - " : "-") : used ? " + " : "";
        if (m_abs(w) == 1)
            snprintf(out + used, size - used, "%s%s", sign, p->cell[l->cell[k]].name);
        else
            snprintf(out + used, size - used, "%s%.6g %s", sign, m_abs(w),
                     p->cell[l->cell[k]].name);
    }
}

static void limit_of_sum(problem_t *p, const spend_limit_t *l)
{
    side_t *s = &p->side[p->n_sides++];
    *s = (side_t){.plain = !l->weighted};
    double fixed = amount_of(&l->fixed, p->budget, NAN);
    s->low = amount_of(&l->min, p->budget, l->weighted ? -INFINITY : 0);
    s->high = amount_of(&l->max, p->budget, INFINITY);
    if (!m_is_nan(fixed)) s->low = s->high = fixed;
    for (int k = 0; k < l->n; k++) s->weight[l->cell[k]] = l->weight[k];
    side_name(p, l, s->name, sizeof s->name);
}

/* No more than a share away from what is spent today. */
static void limit_change(problem_t *p, double share)
{
    for (int i = 0; i < p->n; i++) {
        cell_t *c = &p->cell[i];
        if (m_is_nan(share) || m_is_nan(c->current) || c->fixed) continue;
        double low = c->current * m_max(1 - share, 0), high = c->current * (1 + share);
        if (low > c->low || high < c->high) c->change_limited = true;
        cell_low(c, low);
        cell_high(c, high);
    }
}

void problem_limit(problem_t *p, const allocation_t *a)
{
    for (int k = 0; k < a->n_limits; k++) {
        const spend_limit_t *l = &a->limit[k];
        if (l->n == 1 && !l->weighted)
            limit_of_cell(p, l);
        else if (l->n)
            limit_of_sum(p, l);
    }
    limit_change(p, a->change_at_most);
}

/* --- curves --------------------------------------------------------------------------------------- */

static spline_t *spline_of(const curve_points_t *points)
{
    double x[CURVE_POINTS + 1] = {0}, y[CURVE_POINTS + 1] = {0};
    int first = points->spend[0] > 0; /* nothing spent brings nothing */
    for (int k = 0; k < points->n; k++) {
        x[first + k] = points->spend[k];
        y[first + k] = points->response[k];
    }
    return spline_new(x, y, first + points->n);
}

static void curve_of(const own_curve_t *own, const spline_t *spline, curve_t *c)
{
    *c = (curve_t){.form = (curve_form_t)own->form, .spline = spline};
    memcpy(c->parameter, own->parameter, sizeof c->parameter);
}

/* The most that points tell of: in each period up to the last of them, with what is left of those before. */
static double points_end(const problem_t *p, const own_curve_t *own)
{
    double last = own->points->spend[own->points->n - 1];
    return p->periods > 1 ? last * (1 + (p->periods - 1) * (1 - own->adstock)) : last;
}

status_t problem_of_curves(problem_t *p, const scenario_t *sc, spline_t *points[ALLOCATION_CELLS],
                           error_t *err)
{
    const allocation_t *a = &sc->allocation;
    *p = (problem_t){.n = a->n_curves, .lot = a->lot, .periods = a->periods};
    p->carry_out = a->carry_out != 0;
    p->budget = m_is_nan(a->budget) ? INFINITY : a->budget;
    for (int i = 0; i < p->n; i++) {
        const own_curve_t *own = &a->curve[i];
        cell_t *c = &p->cell[i];
        if (own->points && !(points[i] = spline_of(own->points)))
            return fail_memory(err, "the curves");
        *c = (cell_t){.name = own->name, .high = INFINITY, .current = own->current};
        c->decay = own->adstock;
        curve_of(own, points[i], &c->curve);
        if (own->points) c->high = points_end(p, own);
        if (!m_is_nan(own->min)) cell_low(c, own->min);
        if (!m_is_nan(own->max)) cell_high(c, own->max);
        if (!m_is_nan(own->fixed)) cell_fix(c, own->fixed);
        if (own->min_if_used > 0) {
            cell_low(c, own->min_if_used);
            c->optional = true;
        }
    }
    problem_limit(p, a);
    return OK;
}

status_t draws_of_curves(draws_t *d, const problem_t *p, const scenario_t *sc, error_t *err)
{
    int n = !sc->n_uncertain ? 1 : sc->replications > 0 ? (int)sc->replications : DRAWS_USUAL;
    scenario_t *theta = malloc(sizeof *theta);
    status_t st = theta ? draws_init(d, n, p->n, err) : fail_memory(err, "draws of the curves");
    for (int s = 0; st == OK && s < n; s++) {
        scenario_draw(sc, (uint32_t)s, theta);
        for (int i = 0; i < p->n; i++)
            curve_of(&theta->allocation.curve[i], p->cell[i].curve.spline, draw_curve(d, s, i));
    }
    free(theta);
    return st;
}
