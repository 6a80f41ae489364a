/* curve.h -- response curves: value, slope, and the spend at which the slope falls to a given level.
 *
 * Every curve rises from response(0) = 0 (points: from their first) and never falls. It is concave from
 * curve_concave_from() on: 0 for all forms but a Hill curve of slope above 1 and points that bend upwards. */
#ifndef ADSIM_ALLOCATE_CURVE_H
#define ADSIM_ALLOCATE_CURVE_H

#include "sim/scenario/allocation.h"

/* A curve through points with a slope that is piecewise linear and continuous: it keeps the points' order and
 * their bends (Schumaker 1983). */
typedef struct {
    int n; /* knots */
    double *x, *y, *slope;
    double concave_from;
    double room[];
} spline_t;

typedef struct {
    curve_form_t form;
    double parameter[CURVE_PARAMETERS];
    const spline_t *spline; /* borrowed; of CURVE_POINTS_JOINED */
    double straight_to;     /* up to this spend it is a straight line instead: see curve_envelope */
} curve_t;

double curve_response(const curve_t *c, double spend);
/* Right-hand derivative; INFINITY of a power at 0. */
double curve_slope(const curve_t *c, double spend);
/* The largest spend from curve_concave_from() on with a slope of at least `slope`; 0 if there is none,
 * INFINITY if it never falls below. */
double curve_spend_at(const curve_t *c, double slope);
double curve_concave_from(const curve_t *c);
/* No more response above this spend; INFINITY. */
double curve_saturates_at(const curve_t *c);
bool curve_same(const curve_t *a, const curve_t *b);
/* The spend with the most response per unit; 0 where the first unit brings the most. */
double curve_best_average(const curve_t *c);

/* The least concave curve above: of an S a straight line to the best average, then the S itself. Of points that bend
 * upwards several times one that is above, if not the least. */
curve_t curve_envelope(const curve_t *c);

/* Points with rising spends and responses that never fall, at least 2. One block for free(); NULL when memory is
 * out. */
spline_t *spline_new(const double *spend, const double *response, int n);

/* The nearest sequence (least squares, weights or NULL) that never falls; in place, n <= ISOTONIC_MOST. */
enum { ISOTONIC_MOST = 512 };
void isotonic(double *y, const double *weight, int n);

#endif
