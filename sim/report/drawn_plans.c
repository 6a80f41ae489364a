/* drawn_plans.c -- figures of a comparison: how far the others are behind the best plan, and which ad sets make the
 * difference. */
#include "sim/report/drawn.h"

#include "sim/report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- the difference --------------------------------------------------------------------------------- */

/* A pair stands once in comparison.csv, either way round: the other's value less the leader's. */
typedef struct {
    double mean, lo, hi, better;
} behind_t;

static bool find_behind(const result_table_t *t, const char *metric, const char *plan,
                        const char *leader, behind_t *out)
{
    for (size_t i = result_find(t, 0, "metric", metric); i < t->rows;
         i = result_find(t, i + 1, "metric", metric)) {
        const char *a = result_text_of(t, i, "a"), *b = result_text_of(t, i, "b");
        bool as_is = !strcmp(a, plan) && !strcmp(b, leader);
        if (!as_is && (strcmp(a, leader) != 0 || strcmp(b, plan) != 0)) continue;
        double sign = as_is ? 1 : -1, better = result_number_of(t, i, "p_a_better"),
               lo = result_number_of(t, i, "difference_lo"),
               hi = result_number_of(t, i, "difference_hi");
        *out = (behind_t){sign * result_number_of(t, i, "difference"), as_is ? lo : -hi,
                          as_is ? hi : -lo, as_is ? better : 1 - better};
        return !isnan(out->mean) && !isnan(out->lo);
    }
    return false;
}

static const char *plan_name(const results_t *r, size_t k)
{
    const json_t *plan = json_array_get(json_object_get(results_summary(r), "plans"), k);
    const char *name = json_string_value(json_object_get(plan, "name"));
    return name ? name : "";
}

static size_t plans_of(const results_t *r)
{
    return json_array_size(json_object_get(results_summary(r), "plans"));
}

/* The first sentence of the verdict. */
static void difference_finding(const results_t *r, plot_t *p)
{
    snprintf(p->title, sizeof p->title, "%s", results_text(r, "finding"));
    char *stop = strstr(p->title, ".\n");
    if (stop) *stop = 0;
}

status_t drawn_difference(results_t *r, plot_t *p, error_t *err)
{
    const result_table_t *t;
    const char *metric = results_text(r, "metric"), *leader = results_text(r, "leader");
    status_t st = results_table(r, "comparison.csv", &t, err);
    if (st != OK || !*leader) return st;
    double least = 0, most = 0;
    char column[96];
    int n = 0;
    difference_finding(r, p);
    char *best = text_fit(leader, 24);
    if (!best) return fail_memory(err, "a figure");
    snprintf(p->note, sizeof p->note,
             "Less that of %s, same people and luck: mean, and range of %.0f %%", best,
             100 * drawn_interval(r));
    free(best);
    snprintf(column, sizeof column, "%s less the best", drawn_label(metric));
    plot_columns(p, (const char *[]){"(number)", "plan", column, "low", "high", "better, %",
                                     "(label)", NULL});
    for (size_t k = 0; k < plans_of(r); k++) {
        behind_t x;
        const char *name = plan_name(r, k);
        if (!strcmp(name, leader) || !find_behind(t, metric, name, leader, &x)) continue;
        plot_number(p, n++);
        plot_text(p, name, NAME_CELLS);
        plot_number(p, x.mean);
        plot_number(p, x.lo);
        plot_number(p, x.hi);
        plot_number(p, 100 * x.better);
        plot_label(p, "%+.3g, better in %.0f %%", x.mean, 100 * x.better);
        plot_end(p);
        least = fmin(least, x.lo);
        most = fmax(most, x.hi);
    }
    if (p->rows) plot_axis_within(p, least, most);
    return OK;
}

/* --- the waterfall ---------------------------------------------------------------------------------- */

/* Ratios do not add up over ad sets; what they are made of does. */
static const char *additive(const char *metric)
{
    static const char *const ratio[][2] = {
        {"roas", "revenue"},
        {"iroas", "incremental_revenue"},
        {"roi", "incremental_revenue"},
        {"cpa", "conversions"},
        {"icpa", "incremental_conversions"},
        {"lift", "incremental_conversions"},
        {"cpm", "impressions"},
        {"cpc", "clicks"},
        {"ctr", "clicks"},
        {"cvr", "conversions"},
        {"frequency", "impressions"},
        {"reach_pct", "reach"},
        {"grp", "impressions"},
    };
    for (size_t k = 0; k < sizeof ratio / sizeof *ratio; k++)
        if (!strcmp(metric, ratio[k][0])) return ratio[k][1];
    return metric;
}

typedef struct {
    const result_table_t *t;
    int column, scope, plan, name;
} plans_table_t;

static double value_of(const plans_table_t *x, const char *plan, const char *scope,
                       const char *name)
{
    for (size_t i = 0; i < x->t->rows; i++)
        if (!strcmp(result_text(x->t, i, x->plan), plan) &&
            !strcmp(result_text(x->t, i, x->scope), scope) &&
            (!name || !strcmp(result_text(x->t, i, x->name), name)))
            return result_number(x->t, i, x->column);
    return NAN;
}

typedef struct {
    int n;
    double at; /* where the next step begins */
    double least, most;
} steps_t;

static void step(plot_t *p, steps_t *s, const char *name, double from, double to, int kind)
{
    bool change = kind == 1;
    double x = change ? to - from : to;
    plot_number(p, s->n++);
    plot_text(p, name, NAME_CELLS);
    plot_number(p, x);
    plot_number(p, from);
    plot_number(p, to);
    plot_number(p, change ? (to >= from ? 1 : -1) : 0);
    plot_label(p, "%s%s", !change ? "" : x < 0 ? "-" : "+", amount_any(fabs(x)).text);
    plot_end(p);
    s->at = to;
    s->least = fmin(s->least, fmin(from, to));
    s->most = fmax(s->most, fmax(from, to));
}

/* Ad sets of either plan, each once: those of the first, then what only the second has. */
static void ad_set_steps(const plans_table_t *x, const char *from, const char *to, plot_t *p,
                         steps_t *s, const char **largest, double *change)
{
    for (int second = 0; second < 2; second++)
        for (size_t i = 0; i < x->t->rows; i++) {
            const char *name = result_text(x->t, i, x->name);
            if (strcmp(result_text(x->t, i, x->plan), second ? to : from) != 0 ||
                strcmp(result_text(x->t, i, x->scope), "ad_set") != 0)
                continue;
            double before = value_of(x, from, "ad_set", name),
                   after = value_of(x, to, "ad_set", name);
            if (second && !isnan(before)) continue;
            double d = (isnan(after) ? 0 : after) - (isnan(before) ? 0 : before);
            step(p, s, name, s->at, s->at + d, 1);
            if (!(fabs(d) > fabs(*change))) continue;
            *change = d;
            *largest = name;
        }
}

status_t drawn_waterfall(results_t *r, plot_t *p, error_t *err)
{
    const char *metric = additive(results_text(r, "metric")), *from = plan_name(r, 0),
               *to = results_text(r, "leader");
    plans_table_t x = {0};
    status_t st = results_table(r, "plans.csv", &x.t, err);
    if (st != OK || plans_of(r) < 2) return st;
    if (!*to || !strcmp(to, from)) to = plan_name(r, 1);
    x.column = result_column(x.t, metric);
    x.scope = result_column(x.t, "scope");
    x.plan = result_column(x.t, "plan");
    x.name = result_column(x.t, "name");
    double before = value_of(&x, from, "plan", NULL), after = value_of(&x, to, "plan", NULL),
           change = 0;
    if (isnan(before) || isnan(after)) return OK;
    const char *largest = "";
    steps_t s = {0};
    plot_columns(p, (const char *[]){"(number)", "step", drawn_label(metric), "(from)", "(to)",
                                     "(kind)", "(label)", NULL});
    step(p, &s, from, 0, before, 0);
    ad_set_steps(&x, from, to, p, &s, &largest, &change);
    double rest = after - s.at, size = fmax(fabs(before), fabs(after));
    if (fabs(rest) > 1e-9 * size) step(p, &s, "counted in several", s.at, after, 1);
    step(p, &s, to, 0, after, 0);
    plot_axis(p, s.least, s.most);
    if (change)
        snprintf(p->title, sizeof p->title, "From %s to %s: %s%s %s; most of it by %s, %s%s", from,
                 to, after < before ? "-" : "+", amount_any(fabs(after - before)).text,
                 drawn_label(metric), largest, change < 0 ? "-" : "+",
                 amount_any(fabs(change)).text);
    else
        snprintf(p->title, sizeof p->title, "From %s to %s no ad set brings more or less", from,
                 to);
    snprintf(p->note, sizeof p->note,
             "%s of the plans, and of each ad set what it adds or takes away", drawn_label(metric));
    drawn_sentence(p->note);
    return OK;
}
