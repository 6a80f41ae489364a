/* drawn_outcome.c -- figures of what a run brings: the chance of its target, who brings it, what is credited for
 * it, where people are lost on the way. */
#include "sim/report/drawn.h"

#include "sim/report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- fifty futures ------------------------------------------------------------------------------- */

status_t drawn_dots(results_t *r, plot_t *p, error_t *err)
{
    (void)err;
    enum { DOTS = 50, A_ROW = 10 };
    double share = results_number(r, "target.probability"), dots = results_number(r, "target.dots"),
           least = results_number(r, "target.at_least");
    const char *metric = drawn_label(results_text(r, "target.metric"));
    if (isnan(share) || isnan(dots)) return OK;
    char goal[AMOUNT_LENGTH];
    if (fabs(least) < 1e4)
        snprintf(goal, sizeof goal, "%.4g", least); /* as the person has written it */
    else
        snprintf(goal, sizeof goal, "%s", amount(least).text);
    snprintf(p->title, sizeof p->title, "Chance to reach %s %s: %s, %.0f of 50 futures", metric,
             goal, amount_percent(share).text, dots);
    snprintf(p->note, sizeof p->note,
             "One dot is a future that is as likely as any other; full dots reach the target");
    plot_columns(p, (const char *[]){"future", "of 50", "chance, %", NULL});
    for (int hit = 1; hit >= 0; hit--) {
        plot_label(p, "%s %s %s", metric, hit ? "is at least" : "is less than", goal);
        plot_number(p, hit ? dots : DOTS - dots);
        plot_number(p, 100 * (hit ? share : 1 - share));
        plot_end(p);
    }
    plot_block(p);
    for (int k = 0; k < DOTS; k++) {
        plot_number(p, k % A_ROW);
        plot_number(p, k / A_ROW);
        plot_number(p, k < dots);
        plot_end(p);
    }
    return OK;
}

/* --- two bars an ad set ----------------------------------------------------------------------------- */

static void pair_row(plot_t *p, int number, const char *name, double above, double below,
                     const char *label_above, const char *label_below)
{
    plot_number(p, number);
    plot_text(p, name, NAME_CELLS);
    plot_number(p, above);
    plot_number(p, below);
    plot_text(p, label_above, 0);
    plot_text(p, label_below, 0);
    plot_end(p);
}

static bool is_ad_set(const result_table_t *t, size_t row)
{
    return !strcmp(result_text_of(t, row, "scope"), "ad_set");
}

static double sum_of(const result_table_t *t, int column)
{
    double sum = 0;
    for (size_t i = 0; i < t->rows; i++) {
        double x = is_ad_set(t, i) ? result_number(t, i, column) : 0;
        sum += x > 0 ? x : 0;
    }
    return sum;
}

/* What ad sets are compared in: the first that any of them brings. */
static const char *outcome_of(const result_table_t *t)
{
    static const char *const outcome[] = {"incremental_conversions", "conversions", "clicks",
                                          "reach"};
    for (size_t k = 0; k < sizeof outcome / sizeof *outcome; k++)
        if (sum_of(t, result_column(t, outcome[k])) > 0) return outcome[k];
    return NULL;
}

status_t drawn_shares(results_t *r, plot_t *p, error_t *err)
{
    const result_table_t *t;
    status_t st = results_table(r, "summary.csv", &t, err);
    const char *outcome = st == OK ? outcome_of(t) : NULL;
    if (!outcome) return st;
    int spend = result_column(t, "spend"), brings = result_column(t, outcome), n = 0;
    double all_spend = sum_of(t, spend), all = sum_of(t, brings), widest = -1;
    if (!(all_spend > 0)) return OK;
    char below[64];
    snprintf(below, sizeof below, "of the %s, %%", drawn_label(outcome));
    plot_columns(p, (const char *[]){"(number)", "ad set", "of the spend, %", below,
                                     "(spend shown)", "(outcome shown)", NULL});
    for (size_t i = 0; i < t->rows; i++) {
        if (!is_ad_set(t, i)) continue;
        const char *name = result_text_of(t, i, "name");
        double paid = drawn_share(result_number(t, i, spend), all_spend),
               brought = drawn_share(result_number(t, i, brings), all);
        amount_t above = amount_percent(paid), under = amount_percent(brought);
        pair_row(p, n++, name, 100 * paid, 100 * brought, above.text, under.text);
        if (fabs(paid - brought) <= widest) continue;
        widest = fabs(paid - brought);
        snprintf(p->title, sizeof p->title, "%s takes %s of the spend and brings %s of the %s",
                 name, above.text, under.text, drawn_label(outcome));
    }
    snprintf(p->note, sizeof p->note, "Grey: share of the spend. Coloured: share of the %s",
             drawn_label(outcome));
    if (n < 2) p->rows = 0; /* one ad set takes and brings all */
    return OK;
}

static void credit_finding(plot_t *p, const char *name, double credited, double caused)
{
    double over = credited / caused - 1;
    if (fabs(over) < 0.005)
        snprintf(p->title, sizeof p->title, "Attribution credits each ad set what it causes");
    else
        snprintf(p->title, sizeof p->title, "%s is credited %.0f %% %s than it causes: %s, not %s",
                 name, 100 * fabs(over), over > 0 ? "more" : "less", amount(credited).text,
                 amount(caused).text);
}

status_t drawn_credit(results_t *r, plot_t *p, error_t *err)
{
    const result_table_t *t;
    status_t st = results_table(r, "summary.csv", &t, err);
    if (st != OK) return st;
    int credited = result_column(t, "conversions"),
        caused = result_column(t, "incremental_conversions"), n = 0;
    if (!(sum_of(t, credited) + sum_of(t, caused) > 0)) return OK;
    double most = -1;
    plot_columns(p, (const char *[]){"(number)", "ad set", "conversions credited",
                                     "conversions caused", "(credited shown)", "(caused shown)",
                                     NULL});
    for (size_t i = 0; i < t->rows; i++) {
        if (!is_ad_set(t, i)) continue;
        const char *name = result_text_of(t, i, "name");
        double x = result_number(t, i, credited), y = result_number(t, i, caused);
        pair_row(p, n++, name, x, y, amount(x).text, amount(y).text);
        if (!(y > 0) || fabs(x - y) <= most) continue;
        most = fabs(x - y);
        credit_finding(p, name, x, y);
    }
    if (most < 0) snprintf(p->title, sizeof p->title, "Credit, and what the ads cause");
    snprintf(p->note, sizeof p->note,
             "Grey: conversions that attribution credits. Coloured: those the ads cause");
    return OK;
}

/* --- the funnel ------------------------------------------------------------------------------------ */

static const struct {
    const char *column, *label;
} steps[] = {
    {"impressions", "impressions"}, {"views", "seen"}, {"clicks", "clicks"},
    {"visits", "visits"},           {"results", NULL},
};
enum { STEPS = sizeof steps / sizeof *steps };

/* The kind of result that most is spent on: a row of funnel.csv. */
static size_t main_result(const result_table_t *t)
{
    size_t best = t->rows;
    for (size_t i = 0; i < t->rows; i++) {
        if (strcmp(result_text_of(t, i, "scope"), "result") != 0) continue;
        double spend = result_number_of(t, i, "spend");
        if (best == t->rows || spend > result_number_of(t, best, "spend")) best = i;
    }
    return best;
}

status_t drawn_funnel(results_t *r, plot_t *p, error_t *err)
{
    const result_table_t *t;
    status_t st = results_table(r, "funnel.csv", &t, err);
    size_t row = st == OK ? main_result(t) : 0;
    if (st != OK || row == t->rows) return st;
    double before = NAN, shown = result_number_of(t, row, "impressions"),
           last = result_number_of(t, row, "results");
    if (!(shown > 0)) return OK;
    const char *result = result_text_of(t, row, "name");
    size_t clicks = !strcmp(result, "link clicks"); /* are the results */
    if (last > 0)
        snprintf(p->title, sizeof p->title, "One of %s impressions ends in %s, for %s each",
                 amount(round(shown / last)).text, result,
                 amount_money(result_number_of(t, row, "cost_per_result")).text);
    else
        snprintf(p->title, sizeof p->title, "%s impressions end in no %s", amount(shown).text,
                 result);
    snprintf(p->note, sizeof p->note,
             "Of ad sets that are after %s; the axis is logarithmic, behind each step its share of "
             "the one before",
             result);
    plot_columns(p, (const char *[]){"(number)", "step", "people or times", "of the step before, %",
                                     "(label)", NULL});
    for (size_t k = 0; k + clicks < STEPS; k++) {
        double x = result_number_of(t, row, steps[k].column), share = 100 * x / before;
        plot_number(p, (double)k);
        plot_text(p, steps[k].label ? steps[k].label : result, NAME_CELLS);
        plot_number(p, x);
        plot_number(p, share);
        if (isfinite(share))
            plot_label(p, "%s  (%s)", amount(x).text, amount_percent(share / 100).text);
        else
            plot_text(p, amount(x).text, 0);
        plot_end(p);
        before = x;
    }
    return OK;
}
