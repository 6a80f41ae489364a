/* risk.h -- curves we are unsure of: draws of them, what a split brings in each, and one number for all. */
#ifndef ADSIM_ALLOCATE_RISK_H
#define ADSIM_ALLOCATE_RISK_H

#include "sim/allocate/problem.h"

#include <stddef.h>

/* Curves of all cells, drawn together: [draw][cell]. */
typedef struct {
    int n, cells;
    curve_t *curve;
    spline_t **spline; /* what curves through points borrow; NULL = none of one's own */
    double *offset;    /* response beside the sum over cells, as a problem has it */
} draws_t;             /* zeroed = none */

status_t draws_init(draws_t *d, int n, int cells, error_t *err);
void draws_free(draws_t *d);
static inline curve_t *draw_curve(const draws_t *d, int draw, int cell)
{
    return &d->curve[(size_t)draw * (size_t)d->cells + (size_t)cell];
}

/* The problem with the curves of one draw. */
void problem_of_draw(const problem_t *p, const draws_t *d, int draw, problem_t *out);

/* Replaces the problem's curves by the mean of the draws': the response that is expected of a spend. A mean of
 * curves is no curve of the catalogue; it is joined through points. `own`: room for the splines, to be freed one
 * by one. */
status_t problem_expect(problem_t *p, const draws_t *d, spline_t *own[ALLOCATION_CELLS],
                        error_t *err);

/* Adds what a cell's spend brings in each of the first n draws. Its plan over periods is made before they are known: it
 * is the problem's. */
void draws_add(const problem_t *p, const draws_t *d, int n, int cell, double spend, double *sum);
/* Responses of a split in every draw. */
void draws_respond(const problem_t *p, const draws_t *d, const double *spend, double *response);

typedef struct {
    risk_t measure;
    double aversion; /* lambda of mean - lambda sd; gamma of mean - gamma variance / 2 */
    double
        level; /* of cvar: 0.9 = the mean of the worst 10 %; of quantile: the chance to reach it */
    double threshold; /* of chance */
} risk_aim_t;

/* One number for n values, which are sorted on return. */
double risk_of(const risk_aim_t *r, double *value, int n);
double quantile_of_sorted(const double *sorted, int n, double p);

/* The split of the same total that is best by a measure of risk, climbing from `spend`. *best: its measure. */
status_t risk_climb(const problem_t *p, const draws_t *d, const risk_aim_t *r, double *spend,
                    double *best, error_t *err);
/* The same with fewer looks: near enough to tell budgets apart. */
status_t risk_climb_quick(const problem_t *p, const draws_t *d, const risk_aim_t *r, double *spend,
                          double *best, error_t *err);

#endif
