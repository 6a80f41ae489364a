/* dual.c -- prices at which what the cells take fits the limits.
 *
 * What a cell takes falls as its price rises, so each price is a bracketed root. Where the taking jumps
 * (linear curves, S-curves), the two takings at the ends of the last bracket are mixed so that the limit is
 * met to the last unit: of concave cells the mixture is as good as either. */
#include "sim/allocate/dual.h"

#include "models/base/maths.h"

#include <math.h>
#include <string.h>

enum { PRICE_STEPS = 220, SIDE_ROUNDS = 40 };
static const double PRICE_MOST = 1e30;

typedef struct {
    const problem_t *problem;
    bool inner[ALLOCATION_LIMITS];
    double side_price[ALLOCATION_LIMITS];
} lagrangian_t;

double cell_price(const problem_t *p, int cell, double price, const double *side_price)
{
    for (int k = 0; k < p->n_sides; k++) price += side_price[k] * p->side[k].weight[cell];
    return price;
}

void sides_sort(const problem_t *p, bool inner[ALLOCATION_LIMITS])
{
    for (int k = 0; k < p->n_sides; k++) {
        inner[k] = p->side[k].plain;
        for (int j = 0; j < k && inner[k]; j++)
            for (int i = 0; inner[j] && i < p->n; i++)
                if (p->side[j].weight[i] != 0 && p->side[k].weight[i] != 0) inner[k] = false;
    }
}

/* --- a bracketed price -------------------------------------------------------------------------- */

/* Something is taken at a price; more of it at a lower one. */
typedef struct {
    double (*take)(void *context, double price, double *spend);
    void *context;
    double wanted;
} taking_t;

typedef struct {
    double price, excess;
    double spend[ALLOCATION_CELLS];
} end_t;

static void end_at(const taking_t *t, double price, end_t *out)
{
    out->price = price;
    out->excess = t->take(t->context, price, out->spend) - t->wanted;
}

/* Between two ends: where a straight line crosses 0, in the middle now and then. Prices that are far apart meet
 * at their geometric mean. */
static double next_price(const end_t *low, const end_t *high, int step)
{
    double line =
        low->price + (high->price - low->price) * low->excess / (low->excess - high->excess);
    double middle = (low->price + high->price) / 2;
    if (low->price > 0 && high->price > 4 * low->price) middle = m_sqrt(low->price * high->price);
    if (low->price == 0 && step < 60 && high->price > 1e-300) middle = high->price / 64;
    bool fits = step % 3 != 2 && line > low->price && line < high->price;
    return fits ? line : middle;
}

/* low takes too much, high does not; on return next to each other. */
static void ends_close(const taking_t *t, end_t *low, end_t *high)
{
    double enough = 1e-14 * (1 + m_abs(t->wanted));
    end_t at;
    for (int step = 0; step < PRICE_STEPS && high->excess < -enough; step++) {
        double price = next_price(low, high, step);
        if (!(price > low->price && price < high->price)) break;
        end_at(t, price, &at);
        *(at.excess > 0 ? low : high) = at;
        if (low->excess <= enough) {
            *high = *low;
            break;
        }
    }
}

static double ends_mix(const end_t *low, const end_t *high)
{
    double width = low->excess - high->excess;
    return width > 0 && low->excess > 0 ? m_min(m_max(-high->excess / width, 0), 1) : 0;
}

/* --- sides within a price of money -------------------------------------------------------------- */

static void take_cells(const lagrangian_t *l, double price, double *spend)
{
    const problem_t *p = l->problem;
    for (int i = 0; i < p->n; i++)
        spend[i] = cell_spend_at(p, &p->cell[i], cell_price(p, i, price, l->side_price));
}

typedef struct {
    lagrangian_t *lagrangian;
    int side;
    double price, sign; /* sign -1: a low end, where the price is paid out */
} side_taking_t;

static double take_side(void *context, double side_price, double *spend)
{
    side_taking_t *t = context;
    const problem_t *p = t->lagrangian->problem;
    const side_t *s = &p->side[t->side];
    t->lagrangian->side_price[t->side] = t->sign * side_price;
    double sum = 0;
    for (int i = 0; i < p->n; i++) {
        if (s->weight[i] == 0) continue;
        double price = cell_price(p, i, t->price, t->lagrangian->side_price);
        spend[i] = cell_spend_at(p, &p->cell[i], price);
        sum += spend[i];
    }
    return t->sign * sum;
}

/* An inner side at a price of money: its own price, and what its cells then take. */
static void side_settle(lagrangian_t *l, int k, double price, double *spend)
{
    const problem_t *p = l->problem;
    const side_t *s = &p->side[k];
    double sum = side_sum(p, s, spend);
    if (sum <= s->high && sum >= s->low) return;
    side_taking_t context = {l, k, price, sum > s->high ? 1 : -1};
    taking_t t = {take_side, &context, sum > s->high ? s->high : -s->low};
    end_t low = {0}, high = {0};
    memcpy(low.spend, spend, sizeof low.spend);
    high = low;
    end_at(&t, 0, &low);
    double top = m_max(price, 1e-9);
    for (end_at(&t, top, &high); high.excess > 0 && top < PRICE_MOST; end_at(&t, top, &high)) {
        low = high;
        top *= 4;
    }
    if (high.excess <= 0) ends_close(&t, &low, &high);
    double share = ends_mix(&low, &high);
    l->side_price[k] = context.sign * high.price;
    for (int i = 0; i < p->n; i++)
        if (s->weight[i] != 0) spend[i] = high.spend[i] + share * (low.spend[i] - high.spend[i]);
}

static double take_money(void *context, double price, double *spend)
{
    lagrangian_t *l = context;
    const problem_t *p = l->problem;
    for (int k = 0; k < p->n_sides; k++)
        if (l->inner[k]) l->side_price[k] = 0;
    take_cells(l, price, spend);
    for (int k = 0; k < p->n_sides; k++)
        if (l->inner[k]) side_settle(l, k, price, spend);
    return problem_spend(p, spend);
}

/* --- the price of money ------------------------------------------------------------------------- */

/* The Lagrangian at these prices: a bound on every split. */
static double bound_at(const lagrangian_t *l, double price)
{
    const problem_t *p = l->problem;
    double sum = p->offset + (price > 0 ? price * p->budget : 0);
    for (int k = 0; k < p->n_sides; k++) {
        double own = l->side_price[k];
        if (own != 0) sum += own * (own > 0 ? p->side[k].high : p->side[k].low);
    }
    for (int i = 0; i < p->n; i++) {
        double each = cell_price(p, i, price, l->side_price);
        double x = cell_spend_at(p, &p->cell[i], each);
        sum += cell_response(p, &p->cell[i], x, NULL) - each * x;
    }
    return sum;
}

static void money_settle(lagrangian_t *l, dual_t *out)
{
    const problem_t *p = l->problem;
    taking_t t = {take_money, l, p->budget};
    end_t low, high;
    end_at(&t, 0, &low);
    high = low;
    if (low.excess > 0) {
        double top = 1e-6;
        for (end_at(&t, top, &high); high.excess > 0 && top < PRICE_MOST; end_at(&t, top, &high)) {
            low = high;
            top *= 16;
        }
        if (high.excess <= 0) ends_close(&t, &low, &high);
    }
    double share = ends_mix(&low, &high);
    out->price = high.price;
    for (int i = 0; i < p->n; i++) {
        out->spend[i] = high.spend[i] + share * (low.spend[i] - high.spend[i]);
        out->jump[i] = m_abs(low.spend[i] - high.spend[i]);
    }
    end_at(&t, high.price, &high); /* leaves the sides' prices */
    out->bound = bound_at(l, high.price);
}

/* --- sides that share cells, or have weights ---------------------------------------------------- */

typedef struct {
    lagrangian_t *lagrangian;
    dual_t *dual;
    int side;
    double sign;
} outer_taking_t;

static double take_outer(void *context, double side_price, double *spend)
{
    outer_taking_t *t = context;
    const problem_t *p = t->lagrangian->problem;
    t->lagrangian->side_price[t->side] = t->sign * side_price;
    money_settle(t->lagrangian, t->dual);
    memcpy(spend, t->dual->spend, sizeof t->dual->spend);
    return t->sign * side_sum(p, &p->side[t->side], spend);
}

/* One side's price, the others' as they are. Returns by how much its cells' spends moved. */
static double outer_settle(lagrangian_t *l, int k, dual_t *dual)
{
    const problem_t *p = l->problem;
    const side_t *s = &p->side[k];
    double before[ALLOCATION_CELLS], moved = 0;
    memcpy(before, dual->spend, sizeof before);
    l->side_price[k] = 0;
    money_settle(l, dual);
    double sum = side_sum(p, s, dual->spend);
    if (sum > s->high || sum < s->low) {
        outer_taking_t context = {l, dual, k, sum > s->high ? 1 : -1};
        taking_t t = {take_outer, &context, sum > s->high ? s->high : -s->low};
        end_t low, high;
        double top = m_max(dual->price, 1e-9);
        end_at(&t, 0, &low);
        for (end_at(&t, top, &high); high.excess > 0 && top < PRICE_MOST; end_at(&t, top, &high)) {
            low = high;
            top *= 4;
        }
        if (high.excess <= 0) ends_close(&t, &low, &high);
        end_at(&t, high.price, &high);
        double share = ends_mix(&low, &high);
        for (int i = 0; i < p->n; i++)
            dual->spend[i] = high.spend[i] + share * (low.spend[i] - high.spend[i]);
    }
    for (int i = 0; i < p->n; i++) moved += m_abs(dual->spend[i] - before[i]);
    return moved;
}

void problem_dual(const problem_t *p, dual_t *out)
{
    lagrangian_t l = {.problem = p};
    bool outer = false;
    *out = (dual_t){0};
    sides_sort(p, l.inner);
    money_settle(&l, out);
    for (int k = 0; k < p->n_sides; k++) outer = outer || !l.inner[k];
    for (int round = 0; outer && round < SIDE_ROUNDS; round++) {
        double moved = 0;
        for (int k = 0; k < p->n_sides; k++)
            if (!l.inner[k]) moved += outer_settle(&l, k, out);
        if (moved <= 1e-10 * m_max(problem_spend(p, out->spend), 1)) break;
    }
    memcpy(out->side_price, l.side_price, sizeof out->side_price);
    if (outer) out->bound = bound_at(&l, out->price);
}
