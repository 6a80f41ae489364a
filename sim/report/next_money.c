/* next_money.c -- where the next unit of money causes most, and which money causes least. */
#include "sim/report/next_money.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What delivery.csv's lift is of: a budget larger by this. */
static const double LIFT_STEP = 0.1;
static const char LIFT_OF_BUDGET[] = "10 % more budget";

/* Less of a budget is money that lies idle. */
static const double SPENT_ENOUGH = 0.9;

/* So much is moved at most: rates are slopes, and hold near where they were taken (assumption). */
static const double MOVED_OF_GIVER = 0.2, MOVED_OF_TAKER = 0.5;

static double number_at(const json_t *object, const char *a, const char *b)
{
    const json_t *x = json_object_get(json_object_get(object, a), b);
    return json_is_number(x) ? json_number_value(x) : NAN;
}

static const char *text_at(const json_t *object, const char *a, const char *b)
{
    const char *text = json_string_value(json_object_get(json_object_get(object, a), b));
    return text ? text : "";
}

/* Simulated, at today's budget; NAN: there is no such curve. */
static double marginal_roas(const result_table_t *curve, const char *name)
{
    for (size_t r = result_find(curve, 0, "changed", name); r < curve->rows;
         r = result_find(curve, r + 1, "changed", name)) {
        double x = result_number_of(curve, r, "marginal_roas");
        if (!strcmp(result_text_of(curve, r, "scope"), "ad_set") && !isnan(x)) return x;
    }
    return NAN;
}

/* Of what one unit of money causes now, so much the next one does. */
static double next_of_now(const json_t *x, const char *name, const result_table_t *curve,
                          bool *simulated)
{
    double marginal = marginal_roas(curve, name);
    *simulated = !isnan(marginal);
    if (*simulated) return marginal / number_at(x, "iroas", "mean");
    if (strcmp(text_at(x, "delivery", "lift"), LIFT_OF_BUDGET) != 0) return NAN;
    return number_at(x, "delivery", "lift_impressions") / LIFT_STEP;
}

static ad_set_money_t read_ad_set(const json_t *x, int order, const result_table_t *curve,
                                  bool *simulated)
{
    const char *name = json_string_value(json_object_get(x, "name"));
    ad_set_money_t a = {.name = name ? name : "",
                        .order = order,
                        .limited_by = text_at(x, "delivery", "limited_by"),
                        .spend = number_at(x, "spend", "mean"),
                        .spent = number_at(x, "delivery", "budget_spent")};
    double growth = next_of_now(x, a.name, curve, simulated);
    a.next = (rate_t){growth * number_at(x, "iroas", "mean"), growth * number_at(x, "iroas", "lo"),
                      growth * number_at(x, "iroas", "hi")};
    return a;
}

/* Revenue that pays for a unit of money: what the plan's costs are to its spend, over what is left of revenue. */
static double break_even_of(const json_t *ad_set)
{
    double margin = number_at(ad_set, "gross_profit", "mean") /
                    number_at(ad_set, "incremental_revenue", "mean");
    double cost = number_at(ad_set, "costs", "mean") / number_at(ad_set, "spend", "mean");
    return margin > 0 && cost > 0 ? cost / margin : NAN;
}

static bool is_known(const ad_set_money_t *a)
{
    return !isnan(a->next.mean) && !isnan(a->next.lo) && !isnan(a->next.hi);
}

/* Two digits that count. */
static double rounded(double x)
{
    if (!(x > 0)) return 0;
    double step = pow(10, floor(log10(x)) - 1);
    return round(x / step) * step;
}

static void find_ends(next_money_t *n)
{
    for (size_t i = 0; i < n->n; i++) {
        const ad_set_money_t *a = &n->ad_set[i];
        if (!is_known(a)) continue;
        if (!n->to || a->next.mean > n->to->next.mean) n->to = a;
        if (a->spend > 0 && (!n->from || a->next.mean < n->from->next.mean)) n->from = a;
    }
}

/* The ad set with most money that it cannot spend. */
static const ad_set_money_t *idle_most(const next_money_t *n, double *idle)
{
    const ad_set_money_t *most = NULL;
    *idle = 0;
    for (size_t i = 0; i < n->n; i++) {
        const ad_set_money_t *a = &n->ad_set[i];
        if (!(a->spent > 0 && a->spent < SPENT_ENOUGH)) continue;
        double left = a->spend / a->spent - a->spend;
        if (left > *idle) {
            *idle = left;
            most = a;
        }
    }
    return most;
}

static void advise(next_money_t *n)
{
    double idle;
    const ad_set_money_t *sleeper = idle_most(n, &idle);
    find_ends(n);
    n->advice = n->n < 2 ? ADVICE_NONE : ADVICE_UNCLEAR;
    if (n->n < 2 || !n->to) return;
    if (sleeper && sleeper != n->to) {
        n->advice = ADVICE_SPEND_ELSEWHERE;
        n->from = sleeper;
        n->amount = rounded(idle);
        return;
    }
    if (!n->from || n->from == n->to || !(n->from->next.hi < n->to->next.lo)) return;
    n->advice = ADVICE_MOVE;
    n->amount = rounded(fmin(MOVED_OF_GIVER * n->from->spend, MOVED_OF_TAKER * n->to->spend));
    n->gain = (rate_t){n->amount * (n->to->next.mean - n->from->next.mean),
                       n->amount * (n->to->next.lo - n->from->next.hi),
                       n->amount * (n->to->next.hi - n->from->next.lo)};
}

status_t next_money_find(next_money_t *out, results_t *results, error_t *err)
{
    const result_table_t *curve;
    *out = (next_money_t){.break_even = NAN, .simulated = true};
    status_t st = results_table(results, "response_curve.csv", &curve, err);
    if (st != OK) return st;
    const json_t *list = json_object_get(results_summary(results), "ad_sets");
    out->ad_set = calloc(json_array_size(list) + 1, sizeof *out->ad_set);
    if (!out->ad_set) return fail_memory(err, "report.html");
    for (size_t i = 0; i < json_array_size(list); i++) {
        bool simulated;
        out->ad_set[out->n++] = read_ad_set(json_array_get(list, i), (int)i, curve, &simulated);
        out->simulated &= simulated;
    }
    advise(out);
    if (out->to) out->break_even = break_even_of(json_array_get(list, (size_t)out->to->order));
    return OK;
}

void next_money_free(next_money_t *n)
{
    free(n->ad_set);
    *n = (next_money_t){.advice = ADVICE_NONE};
}
