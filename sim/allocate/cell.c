/* cell.c -- one cell: its curve over one period, or its money spread over several. */
#include "sim/allocate/problem.h"

#include "models/base/maths.h"
#include "sim/allocate/flights.h"

#include <math.h>
#include <stddef.h>

/* Beyond this nothing is bought: where neither budget nor limit ends a cell. */
static const double SPEND_MOST = 1e13;

/* --- several periods ------------------------------------------------------------------------------
 * With A for the effective spends, x_t = A_t - decay A_(t-1) >= 0 chains them, and
 * sum_t curve(A_t) - price x_t is a sum of concave functions of one A_t each: pooling adjacent violators
 * (blocks in which x_t = 0 but for the first) gives the exact maximum. */

enum { RUN_OFF = 400 }; /* periods after the last in which its effect may count */

typedef struct {
    int first, n;
    double start; /* A of its first period */
} block_t;

typedef struct {
    const problem_t *problem;
    const cell_t *cell;
    double price;
    int first, n;
} pool_t;

/* Does the effect of the block run on after the last period, and count? */
static int pool_run_off(const pool_t *q)
{
    bool last = q->first + q->n == q->problem->periods;
    return last && q->problem->carry_out ? RUN_OFF : 0;
}

static double pool_gain(double start, const void *context)
{
    const pool_t *q = context;
    int end = q->n + pool_run_off(q);
    double decay = q->cell->decay, left = 1, gain = 0;
    for (int k = 0; k < end && left > 1e-12; k++, left *= decay) {
        double paid = q->first + k == q->problem->periods - 1 ? 1 : 1 - decay;
        gain += left * curve_slope(&q->cell->curve, left * start);
        if (k < q->n) gain -= left * q->price * paid;
    }
    return gain;
}

static double effective_most(const cell_t *c)
{
    return m_min(c->high, SPEND_MOST) / m_max(1 - c->decay, 1e-3);
}

static double pool_start(const pool_t *q)
{
    double high = effective_most(q->cell);
    if (pool_gain(high, q) >= 0) return high;
    if (pool_gain(high * 1e-15, q) <= 0) return 0;
    return root_between(pool_gain, q, high * 1e-15, high);
}

static double block_end(const block_t *b, double decay)
{
    double left = b->start;
    for (int k = 0; k < b->n; k++) left *= decay;
    return left;
}

static void spread_at(const problem_t *p, const cell_t *c, double price, flight_plan_t *plan)
{
    block_t block[ALLOCATION_PERIODS];
    int n = 0;
    for (int t = 0; t < p->periods; t++) {
        pool_t q = {p, c, price, t, 1};
        block[n++] = (block_t){t, 1, pool_start(&q)};
        while (n > 1 && block[n - 1].start < block_end(&block[n - 2], c->decay)) {
            n--;
            q.first = block[n - 1].first;
            q.n = block[n - 1].n += block[n].n;
            block[n - 1].start = pool_start(&q);
        }
    }
    double before = 0;
    for (int b = 0, t = 0; b < n; b++)
        for (int k = 0; k < block[b].n; k++, t++) {
            plan->spend[t] = k ? 0 : m_max(block[b].start - c->decay * before, 0);
            before = k ? before * c->decay : block[b].start;
        }
}

static double plan_total(const problem_t *p, const flight_plan_t *plan)
{
    double sum = 0;
    for (int t = 0; t < p->periods; t++) sum += plan->spend[t];
    return sum;
}

void plan_effective(const flight_plan_t *plan, int periods, double decay, double *effective)
{
    for (int t = 0; t < periods; t++)
        effective[t] = plan->spend[t] + (t ? decay * effective[t - 1] : 0);
}

double plan_slope_after(const cell_t *c, double effective)
{
    double sum = 0, share = 1;
    for (int k = 0; k < RUN_OFF && share > 1e-12; k++, share *= c->decay)
        sum += share * curve_slope(&c->curve, effective * c->decay * share);
    return sum;
}

double plan_response(const problem_t *p, const cell_t *c, const flight_plan_t *plan)
{
    double effective[ALLOCATION_PERIODS], sum = 0;
    plan_effective(plan, p->periods, c->decay, effective);
    for (int t = 0; t < p->periods; t++) sum += curve_response(&c->curve, effective[t]);
    double left = effective[p->periods - 1];
    for (int k = 0; p->carry_out && k < RUN_OFF && left > 0; k++) {
        left *= c->decay;
        sum += curve_response(&c->curve, left);
    }
    return sum;
}

/* The highest price at which the cell still spends the total; flat stretches are shared out between the two
 * spreads at their ends. */
static double price_of_total(const problem_t *p, const cell_t *c, double total, flight_plan_t *plan)
{
    flight_plan_t more, less;
    double low = 0, high = 1;
    for (int k = 0; k < 1100; k++, high *= 2) {
        spread_at(p, c, high, &less);
        if (plan_total(p, &less) <= total) break;
        low = high;
    }
    spread_at(p, c, low, &more);
    for (int k = 0; k < 200; k++) {
        double middle = low > 0 && high > 2 * low ? m_sqrt(low * high) : (low + high) / 2;
        if (low <= 0 && k < 40) middle = high / 16;
        if (middle <= low || middle >= high) break;
        flight_plan_t at;
        spread_at(p, c, middle, &at);
        if (plan_total(p, &at) > total) {
            low = middle;
            more = at;
        } else {
            high = middle;
            less = at;
        }
    }
    double a = plan_total(p, &less), b = plan_total(p, &more);
    double share = b > a ? m_min(m_max((total - a) / (b - a), 0), 1) : 0;
    for (int t = 0; t < p->periods; t++)
        plan->spend[t] = less.spend[t] + share * (more.spend[t] - less.spend[t]);
    return high;
}

/* --- one cell ----------------------------------------------------------------------------------- */

bool cell_is_scheduled(const problem_t *p, const cell_t *c)
{
    return p->periods > 1 && !c->whole;
}

bool cell_is_flown(const problem_t *p, const cell_t *c)
{
    return cell_is_scheduled(p, c) && curve_concave_from(&c->curve) > 0;
}

double cell_least(const cell_t *c)
{
    return c->optional ? 0 : c->low;
}

double cell_response(const problem_t *p, const cell_t *c, double spend, flight_plan_t *plan)
{
    flight_plan_t own;
    if (!cell_is_scheduled(p, c)) return curve_response(&c->curve, spend);
    if (!plan) plan = &own;
    *plan = (flight_plan_t){{0}};
    if (cell_is_flown(p, c)) return flights_spread(p, c, spend, true, plan);
    if (!(spend > 0)) return 0;
    price_of_total(p, c, spend, plan);
    return plan_response(p, c, plan);
}

double cell_slope(const problem_t *p, const cell_t *c, double spend)
{
    flight_plan_t plan;
    if (!cell_is_scheduled(p, c)) return curve_slope(&c->curve, spend);
    if (cell_is_flown(p, c)) {
        flights_spread(p, c, spend, true, &plan);
        return flights_slope(p, c, &plan);
    }
    return price_of_total(p, c, spend, &plan);
}

double cell_concave_from(const problem_t *p, const cell_t *c)
{
    if (cell_is_flown(p, c)) return INFINITY;
    return cell_is_scheduled(p, c) ? 0 : curve_concave_from(&c->curve);
}

typedef struct {
    double spend, gain;
} choice_t;

static choice_t better(const problem_t *p, const cell_t *c, double price, double spend,
                       choice_t best)
{
    double gain = cell_response(p, c, spend, NULL) - price * spend;
    bool more = gain > best.gain || (gain == best.gain && spend > best.spend);
    return more ? (choice_t){spend, gain} : best;
}

/* Where a spline bends upwards, its best may lie at any knot or between. */
static choice_t better_at_knots(const problem_t *p, const cell_t *c, double price, choice_t best)
{
    const spline_t *s = c->curve.spline;
    for (int k = 0; k + 1 < s->n; k++) {
        double from = s->slope[k] - price, to = s->slope[k + 1] - price;
        double at =
            from > 0 && to < 0 ? s->x[k] + (s->x[k + 1] - s->x[k]) * from / (from - to) : s->x[k];
        if (at >= c->low && at <= c->high) best = better(p, c, price, at, best);
    }
    return best;
}

static double concave_spend_at(const problem_t *p, const cell_t *c, double price)
{
    flight_plan_t plan;
    if (!cell_is_scheduled(p, c)) return m_min(curve_spend_at(&c->curve, price), SPEND_MOST);
    spread_at(p, c, m_max(price, 0), &plan);
    return m_min(plan_total(p, &plan), SPEND_MOST);
}

/* The cell whose curve is the least concave one above. */
static cell_t cell_above(const cell_t *c)
{
    cell_t above = *c;
    above.curve = curve_envelope(&c->curve);
    above.flights = NULL;
    return above;
}

double cell_spend_at(const problem_t *p, const cell_t *c, double price)
{
    if (cell_is_flown(p, c)) {
        cell_t above = cell_above(c);
        return cell_spend_at(p, &above, price);
    }
    double high = m_min(c->high, SPEND_MOST), inside = concave_spend_at(p, c, price);
    inside = m_min(m_max(inside, c->low), high);
    if (!c->optional && cell_concave_from(p, c) <= c->low) return inside;
    choice_t best = {-1, -INFINITY};
    best = better(p, c, price, inside, best);
    best = better(p, c, price, c->low, best);
    best = better(p, c, price, high, best);
    if (c->optional) best = better(p, c, price, 0, best);
    if (c->curve.form == CURVE_POINTS_JOINED) best = better_at_knots(p, c, price, best);
    return best.spend;
}

/* --- curves that bend upwards, over periods ------------------------------------------------------- */

/* As far as totals are looked at: as limits and twice the budget allow, of an S-curve no farther than twenty times what has
 * the best average in all periods. */
static double total_most(const problem_t *p, const cell_t *c)
{
    double most = m_min(c->high, 2 * p->budget), best = curve_best_average(&c->curve);
    if (best > 0) most = m_min(most, 20 * p->periods * best);
    return m_max(most, 1e-3);
}

bool problem_is_flown(const problem_t *p)
{
    for (int i = 0; i < p->n; i++)
        if (cell_is_flown(p, &p->cell[i])) return true;
    return false;
}

status_t problem_fly(problem_t *p, flights_t *own[ALLOCATION_CELLS], error_t *err)
{
    bool flown = problem_is_flown(p);
    for (int i = 0; i < p->n; i++) {
        cell_t *c = &p->cell[i];
        bool ends = m_is_finite(m_min(c->high, p->budget)); /* else its exact spreads are as good */
        if (!flown || !cell_is_scheduled(p, c) || !(ends || cell_is_flown(p, c))) continue;
        own[i] = flights_new(p, c, total_most(p, c));
        if (!own[i]) return fail_memory(err, "spreads over periods");
        c->flights = own[i];
    }
    return OK;
}

void problem_above(const problem_t *p, problem_t *out)
{
    *out = *p;
    for (int i = 0; i < p->n; i++)
        if (cell_is_flown(p, &p->cell[i])) out->cell[i] = cell_above(&p->cell[i]);
}

/* --- all of them ---------------------------------------------------------------------------------- */

bool problem_is_concave(const problem_t *p)
{
    for (int i = 0; i < p->n; i++) {
        const cell_t *c = &p->cell[i];
        if (c->optional || (cell_concave_from(p, c) > c->low && c->low < c->high)) return false;
    }
    return true;
}

double problem_response(const problem_t *p, const double *spend)
{
    double sum = p->offset;
    for (int i = 0; i < p->n; i++) sum += cell_response(p, &p->cell[i], spend[i], NULL);
    return sum;
}

double problem_spend(const problem_t *p, const double *spend)
{
    double sum = 0;
    for (int i = 0; i < p->n; i++) sum += spend[i];
    return sum;
}

double side_sum(const problem_t *p, const side_t *s, const double *spend)
{
    double sum = 0;
    for (int i = 0; i < p->n; i++) sum += s->weight[i] * spend[i];
    return sum;
}

static double slack_of(double amount)
{
    return 1e-6 + 1e-9 * m_abs(amount);
}

bool problem_allows(const problem_t *p, const double *spend)
{
    for (int i = 0; i < p->n; i++) {
        const cell_t *c = &p->cell[i];
        double x = spend[i], slack = slack_of(x);
        bool off = c->optional && x <= slack;
        if (!off && (x < c->low - slack || x > c->high + slack)) return false;
    }
    for (int k = 0; k < p->n_sides; k++) {
        double sum = side_sum(p, &p->side[k], spend), slack = slack_of(sum) * p->n;
        if (sum < p->side[k].low - slack || sum > p->side[k].high + slack) return false;
    }
    return problem_spend(p, spend) <= p->budget + slack_of(p->budget);
}
