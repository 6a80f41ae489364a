/* drawn_money.c -- figures of what money brings: response curves with now and best, the next dollar, the change of
 * a split, what each budget is sure to bring. Of an allocation, or of a run that has response curves. */
#include "sim/report/drawn.h"

#include "sim/report/next_money.h"
#include "sim/report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Which files and columns tell of it. */
typedef struct {
    const char *curves, *cells; /* files: points of curves; a row a cell */
    const char *now_column,
        *now_text; /* rows of `cells` that count: of the spend now (NULL: all) */
    const char *name, *spend, *response; /* columns of the curves */
    const char *now, *best, *marginal;   /* columns of the cells; best NULL: there is none */
    const char *marginal_word;
} source_t;

static const source_t of_allocation = {
    .curves = "curves.csv",
    .cells = "allocation.csv",
    .name = "cell",
    .spend = "spend",
    .response = "response",
    .now = "base_spend",
    .best = "spend",
    .marginal = "marginal",
};
static const source_t of_run = {
    .curves = "response_curve.csv",
    .cells = "response_curve.csv",
    .now_column = "multiple",
    .now_text = "1",
    .name = "name",
    .spend = "spend",
    .response = "incremental_revenue",
    .now = "spend",
    .marginal = "marginal_roas",
    .marginal_word = "incremental revenue",
};

static const source_t *source_of(const results_t *r)
{
    return results_kind(r) == RESULTS_RUN ? &of_run : &of_allocation;
}

/* A run's file has the plan's answer too, beside that of the one whose budget changes. */
static bool is_own(const result_table_t *t, size_t row)
{
    return strcmp(result_text_of(t, row, "scope"), "plan") != 0;
}

static bool counts(const source_t *s, const result_table_t *cells, size_t row)
{
    if (!is_own(cells, row)) return false;
    return !s->now_column || !strcmp(result_text_of(cells, row, s->now_column), s->now_text);
}

/* What the response is counted in: "value", "reach", "incremental conversions". */
static void response_word(const results_t *r, char out[64])
{
    const char *objective = results_text(r, "objective"),
               *metric = results_text(r, "simulation.metric"), *own = source_of(r)->marginal_word;
    snprintf(out, 64, "%s",
             own                              ? own
             : *metric                        ? drawn_label(metric)
             : !strncmp(objective, "max_", 4) ? objective + 4
                                              : "response");
    for (char *c = out; *c; c++)
        if (*c == '_') *c = ' ';
}

static amount_t signed_amount(double x)
{
    amount_t a = amount_money(fabs(x)), out;
    snprintf(out.text, sizeof out.text, "%s%.28s", x < 0 ? "-" : x > 0 ? "+" : "", a.text);
    return out;
}

/* --- change in spend -------------------------------------------------------------------------------- */

status_t drawn_change(results_t *r, plot_t *p, error_t *err)
{
    const source_t *s = source_of(r);
    const result_table_t *t;
    status_t st = results_table(r, s->cells, &t, err);
    if (st != OK) return st;
    double most = 0;
    plot_columns(p, (const char *[]){"(number)", "cell", "spend now", "best spend", "change",
                                     "(label)", NULL});
    for (size_t i = 0; i < t->rows; i++) {
        double now = result_number_of(t, i, s->now), best = result_number_of(t, i, s->best);
        const char *name = result_text_of(t, i, s->name);
        plot_number(p, (double)i);
        plot_text(p, name, NAME_CELLS);
        plot_number(p, now);
        plot_number(p, best);
        plot_number(p, best - now);
        plot_text(p, isnan(best - now) ? amount_money(best).text : signed_amount(best - now).text,
                  0);
        plot_end(p);
        if (!(fabs(best - now) > most)) continue;
        most = fabs(best - now);
        double before = results_number(r, "base.response"), after = results_number(r, "response");
        char word[64], gain[80] = "";
        response_word(r, word);
        if (before > 0 && after > 0)
            snprintf(gain, sizeof gain, ": %+.1f %% %s", 100 * (after / before - 1), word);
        snprintf(p->title, sizeof p->title, "Move %s %s %s%s", amount_money(most).text,
                 best > now ? "into" : "out of", name, gain);
    }
    if (!(most > 0)) snprintf(p->title, sizeof p->title, "No change of the split brings more");
    snprintf(p->note, sizeof p->note, "Hollow: spend now. Full: best spend");
    return OK;
}

/* --- the next dollar -------------------------------------------------------------------------------- */

/* What the next unit of money is called: USD. */
typedef struct {
    char text[12];
} money_word_t;

static money_word_t money_word(const results_t *r)
{
    money_word_t word;
    const char *currency = results_text(r, "currency");
    snprintf(word.text, sizeof word.text, "%.8s", *currency ? currency : "dollar");
    return word;
}

/* What it should bring: where it earns itself back, else where the budget holds it; NAN = unknown. */
static status_t level_of(results_t *r, const result_table_t *t, double *level, const char **why,
                         error_t *err)
{
    next_money_t of_page = {.break_even = NAN};
    status_t st = OK;
    *why = "where it earns itself back";
    *level = t->rows ? result_number_of(t, 0, "break_even") : NAN;
    if (results_kind(r) == RESULTS_RUN) {
        st = next_money_find(&of_page, r, err);
        *level = of_page.break_even;
        next_money_free(&of_page);
    } else if (isnan(*level)) {
        *why = "where the budget holds it";
        *level = results_number(r, "lambda");
    }
    return st;
}

static void next_dollar_finding(plot_t *p, int cells, const char *money, const char *word,
                                const char *best, double most, const char *worst, double least)
{
    if (cells == 1)
        snprintf(p->title, sizeof p->title, "The next %s brings %s %s", money,
                 amount_any(most).text, word);
    else if (most - least < 1e-6 * fabs(most))
        snprintf(p->title, sizeof p->title, "The next %s brings %s %s wherever it goes", money,
                 amount_any(most).text, word);
    else
        snprintf(p->title, sizeof p->title, "The next %s brings most in %s, %s %s; least in %s, %s",
                 money, best, amount_any(most).text, word, worst, amount_any(least).text);
}

status_t drawn_next_dollar(results_t *r, plot_t *p, error_t *err)
{
    const source_t *s = source_of(r);
    const result_table_t *t;
    status_t st = results_table(r, s->cells, &t, err);
    if (st != OK || result_column(t, s->marginal) < 0) return st;
    char word[64], column[96];
    const char *best = "", *worst = "", *why;
    money_word_t money = money_word(r);
    double most = -INFINITY, least = INFINITY, level;
    int n = 0;
    st = level_of(r, t, &level, &why, err);
    if (st != OK) return st;
    response_word(r, word);
    snprintf(column, sizeof column, "%s of the next %s", word, money.text);
    plot_columns(p, (const char *[]){"(number)", "cell", column, "limited by", "(label)", NULL});
    for (size_t i = 0; i < t->rows; i++) {
        double x = result_number_of(t, i, s->marginal);
        const char *name = result_text_of(t, i, s->name);
        if (!counts(s, t, i) || isnan(x)) continue;
        plot_number(p, n++);
        plot_text(p, name, NAME_CELLS);
        plot_number(p, x);
        plot_text(p, result_text_of(t, i, "limited_by"), NAME_CELLS);
        plot_text(p, amount_any(x).text, 0);
        plot_end(p);
        if (x > most) best = name;
        if (x < least) worst = name;
        most = fmax(most, x);
        least = fmin(least, x);
    }
    if (!p->rows) return OK;
    next_dollar_finding(p, n, money.text, word, best, most, worst, least);
    if (isnan(level))
        snprintf(p->note, sizeof p->note, "%s of the next %s, at the spend now", word, money.text);
    else
        snprintf(p->note, sizeof p->note, "At the %s; the line is %s: %s",
                 s->best ? "best split" : "spend now", why, amount_any(level).text);
    drawn_sentence(p->note);
    plot_block(p);
    plot_number(p, level);
    plot_end(p);
    return OK;
}

/* --- response curves --------------------------------------------------------------------------------- */

enum { CURVES_MOST = 8 };

/* The cells whose curves are drawn: those with most money, at the best split or now. */
static double money_of(const source_t *s, const result_table_t *cells, size_t row)
{
    return result_number_of(cells, row, s->best ? s->best : s->now);
}

static size_t choose_cells(const source_t *s, const result_table_t *cells, size_t out[CURVES_MOST],
                           size_t *of)
{
    size_t n = 0;
    for (size_t i = 0; i < cells->rows; i++) {
        double spend = money_of(s, cells, i);
        size_t at = n;
        if (!counts(s, cells, i)) continue;
        ++*of;
        while (at > 0 && spend > money_of(s, cells, out[at - 1])) at--;
        if (at == CURVES_MOST) continue;
        if (n < CURVES_MOST) n++;
        memmove(&out[at + 1], &out[at], (n - 1 - at) * sizeof *out);
        out[at] = i;
    }
    return n;
}

/* Its number among those that count, which gives it its colour. */
static int number_of(const source_t *s, const result_table_t *cells, size_t row)
{
    int n = 0;
    for (size_t i = 0; i < row; i++) n += counts(s, cells, i);
    return n;
}

static void curve_rows(const source_t *s, const result_table_t *points, const char *cell, int line,
                       plot_t *p, line_end_t *end, double *most_x, double *most_y)
{
    *end = (line_end_t){.line = line};
    for (size_t i = result_find(points, 0, s->name, cell); i < points->rows;
         i = result_find(points, i + 1, s->name, cell)) {
        double x = result_number_of(points, i, s->spend),
               y = result_number_of(points, i, s->response);
        if (!is_own(points, i) || isnan(x) || isnan(y)) continue;
        plot_number(p, line);
        plot_text(p, cell, NAME_CELLS);
        plot_number(p, x);
        plot_number(p, y);
        plot_end(p);
        if (x >= end->x) {
            end->x = x;
            end->y = y;
        }
        *most_x = fmax(*most_x, x);
        *most_y = fmax(*most_y, y);
    }
}

/* On the curve, between its points. */
static double on_curve(const source_t *s, const result_table_t *points, const char *cell,
                       double spend)
{
    double x0 = NAN, y0 = NAN;
    for (size_t i = result_find(points, 0, s->name, cell); i < points->rows;
         i = result_find(points, i + 1, s->name, cell)) {
        double x = result_number_of(points, i, s->spend),
               y = result_number_of(points, i, s->response);
        if (!is_own(points, i)) continue;
        if (x >= spend) return x > x0 ? y0 + (y - y0) * (spend - x0) / (x - x0) : y;
        x0 = x;
        y0 = y;
    }
    return y0;
}

static void marks(const source_t *s, const result_table_t *cells, const result_table_t *points,
                  const size_t *chosen, size_t n, plot_t *p)
{
    plot_block(p);
    for (size_t k = 0; k < n; k++)
        for (int best = 0; best < 2; best++) {
            const char *column = best ? s->best : s->now;
            if (!column) continue;
            double spend = result_number_of(cells, chosen[k], column);
            plot_number(p, number_of(s, cells, chosen[k]));
            plot_number(p, best);
            plot_number(p, spend);
            plot_number(p, on_curve(s, points, result_text_of(cells, chosen[k], s->name), spend));
            plot_end(p);
        }
}

/* Of an allocation the cell that moves most; of a run the one whose next dollar brings most. */
static void response_finding(const source_t *s, const char *money, const result_table_t *cells,
                             const size_t *chosen, size_t n, plot_t *p)
{
    double most = -INFINITY;
    for (size_t k = 0; k < n; k++) {
        double now = result_number_of(cells, chosen[k], s->now),
               best = money_of(s, cells, chosen[k]),
               marginal = result_number_of(cells, chosen[k], s->marginal),
               weight = s->best ? fabs(best - now) : marginal;
        const char *name = result_text_of(cells, chosen[k], s->name);
        if (!(weight > most)) continue;
        most = weight;
        if (s->best)
            snprintf(p->title, sizeof p->title,
                     "%s is best at %s, now %s: there the next %s brings %s", name,
                     amount_money(best).text, amount_money(now).text, money,
                     amount_any(marginal).text);
        else
            snprintf(p->title, sizeof p->title,
                     "%s has the steepest curve now: at %s the next %s brings %s", name,
                     amount_money(now).text, money, amount_any(marginal).text);
    }
    if (isinf(most)) snprintf(p->title, sizeof p->title, "What each cell brings for its spend");
}

status_t drawn_response(results_t *r, plot_t *p, error_t *err)
{
    const source_t *s = source_of(r);
    const result_table_t *cells, *points;
    status_t st = results_table(r, s->cells, &cells, err);
    if (st == OK) st = results_table(r, s->curves, &points, err);
    if (st != OK || !cells->rows || !points->rows) return st;
    size_t chosen[CURVES_MOST], of = 0, n = choose_cells(s, cells, chosen, &of);
    line_end_t end[CURVES_MOST];
    char word[64], rest[80] = "";
    double most_x = 0, most_y = 0;
    plot_columns(p, (const char *[]){"(line)", "cell", "spend", "response", NULL});
    for (size_t k = 0; k < n; k++) {
        const char *name = result_text_of(cells, chosen[k], s->name);
        curve_rows(s, points, name, number_of(s, cells, chosen[k]), p, &end[k], &most_x, &most_y);
        char *fitted = text_fit(name, NAME_CELLS);
        snprintf(end[k].text, sizeof end[k].text, "%s", fitted ? fitted : name);
        free(fitted);
    }
    if (!(most_x > 0 && most_y > 0)) p->rows = 0;
    if (!p->rows) return OK;
    response_finding(s, money_word(r).text, cells, chosen, n, p);
    response_word(r, word);
    if (of > n) snprintf(rest, sizeof rest, "; the %zu of %zu with most money", n, of);
    snprintf(p->note, sizeof p->note, "%s by spend; hollow: now%s%s", word,
             s->best ? ", full: best" : "", rest);
    drawn_sentence(p->note);
    plot_axis(p, 0, most_x);
    plot_axis(p, 0, most_y);
    plot_line_ends(p, end, n, most_y);
    marks(s, cells, points, chosen, n, p);
    return OK;
}

/* --- the ladder ------------------------------------------------------------------------------------- */

status_t drawn_ladder(results_t *r, plot_t *p, error_t *err)
{
    const result_table_t *t;
    status_t st = results_table(r, "frontier.csv", &t, err);
    if (st != OK || !t->rows) return st;
    char word[64], column[96];
    double sure = results_number(r, "certainty.sure_budget"),
           level = results_number(r, "certainty.sure_level");
    size_t last = t->rows - 1;
    response_word(r, word);
    if (sure > 0)
        snprintf(p->title, sizeof p->title,
                 "It takes %s to reach the target with a chance of %.0f %%",
                 amount_money(sure).text, 100 * level);
    else
        snprintf(p->title, sizeof p->title, "%s brings %s %s; %s brings %s",
                 amount_money(result_number_of(t, 0, "budget")).text,
                 amount_any(result_number_of(t, 0, "response")).text, word,
                 amount_money(result_number_of(t, last, "budget")).text,
                 amount_any(result_number_of(t, last, "response")).text);
    snprintf(p->note, sizeof p->note,
             "%s at the best split; dark comes with a chance of 90 %%, pale is the range of 80 %%",
             word);
    drawn_sentence(p->note);
    snprintf(column, sizeof column, "%s", word);
    plot_columns(p, (const char *[]){"(number)", "budget", column, "low", "high", "(budget shown)",
                                     "(label)", NULL});
    for (size_t i = 0; i < t->rows; i++) {
        double x = result_number_of(t, i, "response"), lo = result_number_of(t, i, "response_lo"),
               hi = result_number_of(t, i, "response_hi"),
               budget = result_number_of(t, i, "budget");
        plot_number(p, (double)i);
        plot_number(p, budget);
        plot_number(p, x);
        plot_number(p, isnan(lo) ? x : lo);
        plot_number(p, isnan(hi) ? x : hi);
        plot_text(p, amount_money(budget).text, 0);
        plot_text(p, amount_any(x).text, 0);
        plot_end(p);
    }
    return OK;
}
