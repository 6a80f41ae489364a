/* rotation.c -- the chance that one of several beta variates is the highest.
 *
 * P(k) = integral of f_k times the product of the other distribution functions, over t = logit x, where a beta
 * density is bell-shaped with tails e^(a t) and e^(-b t). All of it is summed in one walk along t, in steps a
 * fraction of the narrowest bell there, by the trapezoid with both ends' slopes (error of fourth order):
 *   integral over h = h (g0 + g1)/2 + h^2 (g0' - g1')/12. */
#include "models/platform/rotation.h"
#include "models/base/maths.h"

belief_t rotation_belief(double expected_rate, double impressions, double results)
{
    double of_result = expected_rate > 0 ? 1 / expected_rate : 1;
    return (belief_t){1 + results, m_max(of_result - 1, 1) + m_max(impressions - results, 0)};
}

/* One belief along t: its density and slope here, and what lies below. Densities are in units of their height
 * over that of a normal law as wide, which cancels. */
typedef struct {
    double a, both; /* a, a + b */
    double top;     /* log of the density at its mode, and its height there */
    double height;
    double low, high, step; /* where it is not negligible; what the walk may step there */
    double density, slope, below;
} bell_t;

static double softplus(double t)
{
    return t > 36 ? t : m_log1p(m_exp(t));
}

/* What lies beyond has 1e-10 of the mass. */
static const double REACH_SD = 6.5, REACH_LOG = 23;
static const double STEP_SD = 0.2;

static bell_t bell_of(belief_t belief)
{
    double a = belief.a, b = belief.b, mode = m_log(a / b), sd = m_sqrt(1 / a + 1 / b);
    return (bell_t){.a = a,
                    .both = a + b,
                    .top = a * mode - (a + b) * softplus(mode),
                    .height = 1 / (sd * m_sqrt(2 * MATHS_PI)),
                    .low = mode - (REACH_SD * sd + REACH_LOG / a),
                    .high = mode + (REACH_SD * sd + REACH_LOG / b),
                    .step = STEP_SD * sd};
}

/* A place on the walk, with ln(1 + e^t) and e^t / (1 + e^t). */
typedef struct {
    double t, softplus, rate;
} point_t;

/* To a point h further on. */
static void advance(bell_t *g, point_t to, double h)
{
    double density = g->density, slope = g->slope;
    g->density = g->slope = 0;
    if (to.t >= g->low && to.t <= g->high) {
        g->density = g->height * m_exp(g->a * to.t - g->both * to.softplus - g->top);
        g->slope = g->density * (g->a - g->both * to.rate);
    }
    g->below += h * (density + g->density) / 2 + h * h * (slope - g->slope) / 12;
}

/* How far the next step goes from t; all that is left, at the end. */
static double step_from(const bell_t *bell, int n, double t, double end)
{
    double step = end - t;
    for (int k = 0; k < n; k++) {
        const bell_t *g = &bell[k];
        if (t < g->low)
            step = m_min(step, g->low - t);
        else if (t < g->high)
            step = m_min(step, g->step);
    }
    return step;
}

/* A creative's integrand at a point, and its slope. */
typedef struct {
    double value, slope;
} integrand_t;

/* The product of all distribution functions, and the sum of their relative slopes. */
static integrand_t product_of(const bell_t *bell, int n)
{
    integrand_t all = {1, 0};
    for (int k = 0; k < n; k++) {
        all.value *= bell[k].below;
        if (bell[k].below > 0) all.slope += bell[k].density / bell[k].below;
    }
    return all;
}

static integrand_t integrand_of(const bell_t *g, integrand_t all)
{
    if (!(all.value > 0) || !(g->density > 0)) return (integrand_t){0, 0};
    double others = all.value / g->below, value = g->density * others;
    return (integrand_t){value, g->slope * others + value * (all.slope - g->density / g->below)};
}

void rotation_shares(const belief_t *belief, int n, double *share)
{
    bell_t bell[ROTATION_MOST];
    integrand_t last[ROTATION_MOST];
    double t = MATHS_INFINITY, end = -MATHS_INFINITY, sum = 0;
    for (int k = 0; k < n; k++) {
        bell[k] = bell_of(belief[k]);
        last[k] = (integrand_t){0, 0};
        share[k] = 0;
        t = m_min(t, bell[k].low);
        end = m_max(end, bell[k].high);
    }
    while (t < end) {
        double h = step_from(bell, n, t, end);
        t = t + h < end ? t + h : end;
        point_t here = {t, softplus(t), expit(t)};
        for (int k = 0; k < n; k++) advance(&bell[k], here, h);
        integrand_t all = product_of(bell, n);
        for (int k = 0; k < n; k++) {
            integrand_t next = integrand_of(&bell[k], all);
            share[k] +=
                h * (last[k].value + next.value) / 2 + h * h * (last[k].slope - next.slope) / 12;
            last[k] = next;
        }
    }
    for (int k = 0; k < n; k++) sum += share[k];
    for (int k = 0; k < n; k++) share[k] /= sum;
}
