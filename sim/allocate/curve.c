/* curve.c -- the catalogue of ALLOCATION 3. */
#include "sim/allocate/curve.h"

#include "models/base/maths.h"

#include <math.h>
#include <stdlib.h>

/* --- forms that are others by another name ------------------------------------------------------ */

/* Linear, power, log, Michaelis-Menten, exponential, Hill, tanh and the negative binomial remain. */
typedef struct {
    curve_form_t form;
    double top, scale, bend; /* height, spend scale, exponent or shape */
} plain_t;

static plain_t plain_of(const curve_t *c)
{
    const double *p = c->parameter;
    double people = p[PARAMETER_PEOPLE], reach = p[PARAMETER_MAX_REACH], cpm = p[PARAMETER_CPM];
    switch (c->form) {
    case CURVE_LINEAR:
        return (plain_t){CURVE_LINEAR, p[PARAMETER_MAX_RESPONSE], p[PARAMETER_SLOPE], 0};
    case CURVE_POWER: return (plain_t){CURVE_POWER, p[PARAMETER_SCALE], 1, p[PARAMETER_EXPONENT]};
    case CURVE_LOG: return (plain_t){CURVE_LOG, p[PARAMETER_SCALE], p[PARAMETER_K], 0};
    case CURVE_EXPONENTIAL:
        return (plain_t){CURVE_EXPONENTIAL, p[PARAMETER_MAX_RESPONSE], p[PARAMETER_K], 0};
    case CURVE_LOGISTIC:
        return (plain_t){CURVE_TANH, p[PARAMETER_MAX_RESPONSE], 2 / p[PARAMETER_RATE], 0};
    case CURVE_TANH: return (plain_t){CURVE_TANH, p[PARAMETER_MAX_RESPONSE], p[PARAMETER_K], 0};
    case CURVE_NBD_REACH:
        return (plain_t){CURVE_NBD_REACH, people, cpm * people / 1000, p[PARAMETER_SHAPE]};
    case CURVE_GOERG: return (plain_t){CURVE_MICHAELIS_MENTEN, reach, reach * cpm / 1000, 0};
    case CURVE_HILL:
        if (p[PARAMETER_SLOPE] != 1)
            return (plain_t){CURVE_HILL, p[PARAMETER_MAX_RESPONSE], p[PARAMETER_HALF],
                             p[PARAMETER_SLOPE]};
        /* fall through */
    case CURVE_MICHAELIS_MENTEN:
        return (plain_t){CURVE_MICHAELIS_MENTEN, p[PARAMETER_MAX_RESPONSE], p[PARAMETER_HALF], 0};
    default: return (plain_t){CURVE_POINTS_JOINED, 0, 1, 0};
    }
}

/* --- points ------------------------------------------------------------------------------------- */

/* The knot at or before x. */
static int spline_piece(const spline_t *s, double x)
{
    int low = 0, high = s->n - 1;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (s->x[middle] <= x)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static double spline_response(const spline_t *s, double x)
{
    if (x >= s->x[s->n - 1]) return s->y[s->n - 1];
    if (x <= s->x[0]) return s->y[0];
    int k = spline_piece(s, x);
    double t = x - s->x[k], h = s->x[k + 1] - s->x[k];
    return s->y[k] + t * (s->slope[k] + (s->slope[k + 1] - s->slope[k]) * t / (2 * h));
}

static double spline_slope(const spline_t *s, double x)
{
    if (x >= s->x[s->n - 1]) return 0;
    if (x < s->x[0]) return 0;
    int k = spline_piece(s, x);
    double t = (x - s->x[k]) / (s->x[k + 1] - s->x[k]);
    return s->slope[k] + (s->slope[k + 1] - s->slope[k]) * t;
}

/* From the end backwards: the last piece on which the slope still reaches it. */
static double spline_spend_at(const spline_t *s, double slope)
{
    if (s->slope[s->n - 1] >= slope) return s->x[s->n - 1];
    for (int k = s->n - 2; k >= 0 && s->x[k + 1] > s->concave_from; k--)
        if (s->slope[k] >= slope)
            return s->x[k] + (s->x[k + 1] - s->x[k]) * (s->slope[k] - slope) /
                                 (s->slope[k] - s->slope[k + 1]);
    return 0;
}

static void knot_add(spline_t *s, double x, double y, double slope)
{
    s->x[s->n] = x;
    s->y[s->n] = y;
    s->slope[s->n++] = slope;
}

/* The knot between two points at which the slope may bend, and the slope there. */
static void piece_add(spline_t *s, double x, double h, double y, double secant, double a, double b)
{
    double from = a - secant, to = b - secant, at;
    if (m_abs(from + to) <= 1e-12 * secant) return;
    if (from * to >= 0)
        at = 0.5;
    else if (m_abs(to) < m_abs(from))
        at = to / (b - a);
    else
        at = 1 + from / (b - a);
    double middle = 2 * secant - (a * at + b * (1 - at));
    if (middle < 0) middle = 0;
    knot_add(s, x + at * h, y + at * h * (a + middle) / 2, middle);
}

/* Slopes at the points. The harmonic mean is at most twice the smaller secant: no slope falls below 0. */
static void slopes_find(const double *secant, int n, double *slope)
{
    for (int i = 1; i + 1 < n; i++) {
        double sum = secant[i - 1] + secant[i];
        slope[i] = sum > 0 ? 2 * secant[i - 1] * secant[i] / sum : 0;
    }
    slope[0] = n > 2 ? m_max((3 * secant[0] - slope[1]) / 2, 0) : secant[0];
    slope[n - 1] = n > 2 ? m_max((3 * secant[n - 2] - slope[n - 2]) / 2, 0) : secant[0];
}

spline_t *spline_new(const double *spend, const double *response, int n)
{
    size_t most = 2 * (size_t)n;
    spline_t *s = calloc(1, sizeof *s + 5 * most * sizeof *s->room);
    if (!s) return NULL;
    s->x = s->room;
    s->y = s->x + most;
    s->slope = s->y + most;
    double *secant = s->slope + most, *slope = secant + most;
    for (int i = 0; i + 1 < n; i++)
        secant[i] = (response[i + 1] - response[i]) / (spend[i + 1] - spend[i]);
    slopes_find(secant, n, slope);
    for (int i = 0; i + 1 < n; i++) {
        knot_add(s, spend[i], response[i], slope[i]);
        piece_add(s, spend[i], spend[i + 1] - spend[i], response[i], secant[i], slope[i],
                  slope[i + 1]);
    }
    knot_add(s, spend[n - 1], response[n - 1], slope[n - 1]);
    s->concave_from = s->x[0];
    for (int k = 0; k + 1 < s->n; k++)
        if (s->slope[k + 1] > s->slope[k] * (1 + 1e-9) + 1e-300) s->concave_from = s->x[k + 1];
    return s;
}

void isotonic(double *y, const double *weight, int n)
{
    double mean[ISOTONIC_MOST], mass[ISOTONIC_MOST];
    int length[ISOTONIC_MOST], blocks = 0;
    for (int i = 0; i < n; i++) {
        mean[blocks] = y[i];
        mass[blocks] = weight ? weight[i] : 1;
        length[blocks++] = 1;
        while (blocks > 1 && mean[blocks - 2] > mean[blocks - 1]) {
            double both = mass[blocks - 2] + mass[blocks - 1];
            mean[blocks - 2] =
                (mean[blocks - 2] * mass[blocks - 2] + mean[blocks - 1] * mass[blocks - 1]) / both;
            mass[blocks - 2] = both;
            length[blocks - 2] += length[blocks - 1];
            blocks--;
        }
    }
    for (int b = 0, i = 0; b < blocks; b++)
        for (int k = 0; k < length[b]; k++) y[i++] = mean[b];
}

/* --- asking ------------------------------------------------------------------------------------- */

/* 1 - (1 + x)^-k without cancellation. */
static double power_gap(double x, double k)
{
    return -m_expm1(-k * m_log1p(x));
}

static double form_response(const curve_t *c, double x)
{
    plain_t p = plain_of(c);
    double u = x / p.scale;
    if (c->form == CURVE_POINTS_JOINED) return spline_response(c->spline, x);
    if (!(x > 0)) return 0;
    switch (p.form) {
    case CURVE_LINEAR: return m_is_nan(p.top) ? p.scale * x : m_min(p.scale * x, p.top);
    case CURVE_POWER: return p.top * m_pow(x, p.bend);
    case CURVE_LOG: return p.top * m_log1p(u);
    case CURVE_EXPONENTIAL: return -p.top * m_expm1(-u);
    case CURVE_HILL: return p.top / (1 + m_pow(u, -p.bend));
    case CURVE_TANH: return p.top * (u > 20 ? 1 : m_expm1(2 * u) / (m_expm1(2 * u) + 2));
    case CURVE_NBD_REACH: return p.top * power_gap(u / p.bend, p.bend);
    default: return p.top * u / (1 + u);
    }
}

static double hill_slope(plain_t p, double u)
{
    if (!(u > 0)) return p.bend > 1 ? 0 : INFINITY;
    double e = m_pow(u, -p.bend);
    return p.top / p.scale * p.bend * e / u / ((1 + e) * (1 + e));
}

static double form_slope(const curve_t *c, double x)
{
    plain_t p = plain_of(c);
    double u = m_max(x, 0) / p.scale, e;
    if (c->form == CURVE_POINTS_JOINED) return spline_slope(c->spline, x);
    switch (p.form) {
    case CURVE_LINEAR: return !m_is_nan(p.top) && p.scale * x >= p.top ? 0 : p.scale;
    case CURVE_POWER:
        if (p.bend == 1) return p.top;
        return x > 0 ? p.top * p.bend * m_pow(x, p.bend - 1) : INFINITY;
    case CURVE_LOG: return p.top / p.scale / (1 + u);
    case CURVE_EXPONENTIAL: return p.top / p.scale * m_exp(-u);
    case CURVE_HILL: return hill_slope(p, u);
    case CURVE_TANH: e = m_exp(-2 * u); return p.top / p.scale * 4 * e / ((1 + e) * (1 + e));
    case CURVE_NBD_REACH: return p.top / p.scale * m_exp(-(p.bend + 1) * m_log1p(u / p.bend));
    default: return p.top / p.scale / ((1 + u) * (1 + u));
    }
}

double curve_concave_from(const curve_t *c)
{
    plain_t p = plain_of(c);
    if (c->straight_to > 0) return 0;
    if (c->form == CURVE_POINTS_JOINED)
        return c->spline->concave_from > c->spline->x[0] ? c->spline->concave_from : 0;
    if (p.form != CURVE_HILL || p.bend <= 1) return 0;
    return p.scale * m_pow((p.bend - 1) / (p.bend + 1), 1 / p.bend);
}

double curve_saturates_at(const curve_t *c)
{
    if (c->form == CURVE_POINTS_JOINED) return c->spline->x[c->spline->n - 1];
    double top = c->parameter[PARAMETER_MAX_RESPONSE];
    if (c->form != CURVE_LINEAR || m_is_nan(top)) return INFINITY;
    return top / c->parameter[PARAMETER_SLOPE];
}

typedef struct {
    const curve_t *curve;
    double slope;
} wanted_t;

static double slope_above(double x, const void *context)
{
    const wanted_t *w = context;
    return form_slope(w->curve, x) - w->slope;
}

/* Hill has no closed form: beyond this spend its slope top s k^s / x^(s+1) is below. */
static double hill_spend_at(const curve_t *c, plain_t p, double slope)
{
    wanted_t w = {c, slope};
    double low = m_max(curve_concave_from(c), p.scale * 1e-15);
    double high =
        p.scale * m_pow(p.top / p.scale * p.bend / slope, 1 / (p.bend + 1)) * (1 + 1e-9) + low;
    if (form_slope(c, low) < slope) return 0;
    return root_between(slope_above, &w, low, high);
}

static double form_spend_at(const curve_t *c, double slope)
{
    plain_t p = plain_of(c);
    double steepest = p.top / p.scale, ratio = steepest / slope, root;
    if (slope < 0) return INFINITY;
    if (c->form == CURVE_POINTS_JOINED) return spline_spend_at(c->spline, slope);
    if (p.form == CURVE_LINEAR) return p.scale >= slope ? curve_saturates_at(c) : 0;
    if (p.form == CURVE_POWER && p.bend == 1) return p.top >= slope ? INFINITY : 0;
    if (!(slope > 0)) return INFINITY;
    if (p.form == CURVE_POWER) return m_pow(p.top * p.bend / slope, 1 / (1 - p.bend));
    if (p.form == CURVE_HILL) return hill_spend_at(c, p, slope);
    if (ratio <= 1) return 0;
    switch (p.form) {
    case CURVE_LOG: return p.scale * (ratio - 1);
    case CURVE_EXPONENTIAL: return p.scale * m_log(ratio);
    case CURVE_TANH: root = m_sqrt(ratio); return p.scale * m_log(root + m_sqrt(ratio - 1));
    case CURVE_NBD_REACH: return p.scale * p.bend * m_expm1(m_log(ratio) / (p.bend + 1));
    default: return p.scale * (m_sqrt(ratio) - 1);
    }
}

static double straight_slope(const curve_t *c)
{
    return form_response(c, c->straight_to) / c->straight_to;
}

double curve_response(const curve_t *c, double x)
{
    return x < c->straight_to ? m_max(x, 0) * straight_slope(c) : form_response(c, x);
}

double curve_slope(const curve_t *c, double x)
{
    return x < c->straight_to ? straight_slope(c) : form_slope(c, x);
}

double curve_spend_at(const curve_t *c, double slope)
{
    if (!(c->straight_to > 0)) return form_spend_at(c, slope);
    return slope > straight_slope(c) ? 0 : m_max(form_spend_at(c, slope), c->straight_to);
}

static double average_gain(double x, const void *context)
{
    const curve_t *c = context;
    return x * curve_slope(c, x) - curve_response(c, x);
}

double curve_best_average(const curve_t *c)
{
    plain_t p = plain_of(c);
    double from = curve_concave_from(c);
    if (from <= 0) return 0;
    if (p.form == CURVE_HILL) return p.scale * m_pow(p.bend - 1, 1 / p.bend);
    return root_between(average_gain, c, from, curve_saturates_at(c));
}

/* No average over points is higher: in a piece, what its end brings over what its beginning costs. */
static double average_most(const spline_t *s)
{
    enum { PARTS = 64 };
    double most = m_max(s->slope[0], s->slope[1]); /* of the first piece */
    for (int k = 1; k + 1 < s->n; k++)
        for (int j = 0; j < PARTS; j++) {
            double from = s->x[k] + (s->x[k + 1] - s->x[k]) * j / PARTS,
                   to = s->x[k] + (s->x[k + 1] - s->x[k]) * (j + 1) / PARTS;
            most = m_max(most, spline_response(s, to) / from);
        }
    return most;
}

/* Convex, then concave? */
static bool is_s(const spline_t *s)
{
    for (int k = 0; k + 1 < s->n; k++)
        if (s->x[k + 1] <= s->concave_from && s->slope[k + 1] < s->slope[k]) return false;
    return true;
}

curve_t curve_envelope(const curve_t *c)
{
    curve_t above = *c;
    double from = curve_concave_from(c);
    if (!(from > 0)) return above;
    if (c->form != CURVE_POINTS_JOINED || (is_s(c->spline) && average_gain(from, c) > 0)) {
        above.straight_to = curve_best_average(c);
        return above;
    }
    above = (curve_t){.form = CURVE_LINEAR};
    above.parameter[PARAMETER_SLOPE] = average_most(c->spline);
    above.parameter[PARAMETER_MAX_RESPONSE] = c->spline->y[c->spline->n - 1];
    return above;
}

bool curve_same(const curve_t *a, const curve_t *b)
{
    for (int k = 0; k < CURVE_PARAMETERS; k++) {
        double x = a->parameter[k], y = b->parameter[k];
        if (x != y && !(m_is_nan(x) && m_is_nan(y))) return false;
    }
    return a->form == b->form && a->spline == b->spline && a->straight_to == b->straight_to;
}
