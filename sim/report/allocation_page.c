/* allocation_page.c -- the page that `adsim allocate` prints: the verdict, the split, how sure, other budgets. */
#include "sim/report/allocation.h"

#include "sim/allocate/simulator.h"
#include "sim/report/table.h"
#include "sim/report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Responses are of any size: five digits that count, whole from a thousand on. */
static amount_t response_text(double x)
{
    amount_t a;
    if (isnan(x) || fabs(x) >= 999.5) return isnan(x) ? amount(x) : amount_whole(x);
    snprintf(a.text, sizeof a.text, "%.5g", x);
    return a;
}

static amount_t signed_text(amount_t a, double x)
{
    amount_t s;
    bool zero = !strcmp(a.text, "0") || !strcmp(a.text, "0.00");
    snprintf(s.text, sizeof s.text, "%s%.30s", x > 0 && !zero ? "+" : "", a.text);
    return s;
}

static amount_t rate_text(double x)
{
    amount_t a;
    if (isnan(x)) return amount(x);
    snprintf(a.text, sizeof a.text, isinf(x) ? "endless" : "%.4g", x);
    return a;
}

/* Of what there was: +27 %. */
static amount_t share_text(double gain, double base)
{
    if (!(fabs(base) > 0)) return amount(NAN);
    amount_t share = amount_percent(fabs(gain / base)), out;
    snprintf(out.text, sizeof out.text, "%s%.20s", gain < 0 ? "-" : "+", share.text);
    return out;
}

static const char *base_word(const allocation_study_t *s)
{
    return s->base_kind == BASE_CURRENT ? "now" : "even";
}

/* --- the verdict ----------------------------------------------------------------------------------- */

static void print_head(const allocation_study_t *s, page_t page, FILE *to)
{
    const char *bold = page.color ? "\033[1m" : "", *plain = page.color ? "\033[0m" : "";
    fprintf(to, "%s%s%s \xc2\xb7 %s", bold, s->scenario->name, plain, aim_names[s->aiming.aim]);
    if (isfinite(s->aiming.goal)) fprintf(to, " %.10g", s->aiming.goal);
    if (isfinite(s->problem.budget))
        fprintf(to, " \xc2\xb7 at most %s %s", amount_money(s->problem.budget).text,
                s->scenario->currency);
    fprintf(to, " \xc2\xb7 %d cells", s->problem.n);
    if (s->simulator) fprintf(to, " \xc2\xb7 %d plans simulated", simulator_plans(s->simulator));
    if (s->simulator && s->sample < s->people)
        fprintf(to, " for %s of %s people", amount_whole((double)s->sample).text,
                amount_whole((double)s->people).text);
    if (s->problem.periods > 1) fprintf(to, " \xc2\xb7 %d periods", s->problem.periods);
    if (s->uncertain && !s->simulator)
        fprintf(to, " \xc2\xb7 %s draws of the curves", amount_whole(s->draws.n).text);
    putc('\n', to);
}

static void print_gain(const allocation_study_t *s, FILE *to)
{
    const solution_t *x = &s->outcome.best, *base = &s->base;
    const char *than = s->base_kind == BASE_CURRENT ? "today's split" : "an even split";
    double gain = x->total_response - base->total_response;
    bool same_money = fabs(x->total_spend - base->total_spend) <= 1e-6 * x->total_spend;
    if (s->aiming.aim == AIM_EVALUATE) return;
    if (!s->moves)
        fprintf(to, "Nothing is to be moved: %s is the best%s.\n", than,
                x->gap == 0 ? "" : " that was found");
    else
        fprintf(to, "%s %s than %s%s%s: %s.\n", signed_text(response_text(fabs(gain)), gain).text,
                gain >= 0 ? "more" : "less", than, same_money ? "" : " of ",
                same_money ? "" : amount_money(base->total_spend).text,
                share_text(gain, base->total_response).text);
}

static void print_proof(const allocation_study_t *s, FILE *to)
{
    const solution_t *x = &s->outcome.best;
    if (s->aiming.aim == AIM_EVALUATE || s->aiming.aim == AIM_TARGET_FREQUENCY ||
        s->risk.measure != RISK_MEAN)
        return;
    if (isnan(x->gap)) return; /* simulated: nothing is proven */
    if (x->gap == 0)
        fputs("No split brings more: proven.\n", to);
    else
        fprintf(to, "No split can bring more than %s: at most %s %% above this one.\n",
                response_text(x->bound).text, rate_text(100 * x->gap).text);
}

/* How the split was chosen, and how much better one could be. */
static void print_choice(const allocation_study_t *s, FILE *to)
{
    const race_result_t *r = &s->race;
    if (!s->simulator || isnan(r->correct)) return;
    fprintf(to, "The best of %d splits, or within %s of it, with a chance of %s%.0f %%", r->splits,
            response_text(r->indifference).text, r->decided ? "at least " : "",
            floor(100 * r->correct + 1e-9));
    if (s->promise > 1e-6 * s->outcome.best.total_response)
        fprintf(to, "; where more money brings less and less, no split gains more than %s on it",
                response_text(s->promise).text);
    fputs(".\n", to);
}

/* The joint check. */
static void print_check(const allocation_study_t *s, FILE *to)
{
    print_choice(s, to);
    if (!s->simulator || !s->moves || s->aiming.aim == AIM_EVALUATE) return;
    fprintf(to,
            "Both plans simulated on the same people with the same luck: the mean difference lies "
            "in %s to %s.\n",
            response_text(s->gain_low).text, response_text(s->gain_high).text);
}

static void print_measure(const allocation_study_t *s, FILE *to)
{
    static const char *const name[] = {
        [AIM_TARGET_CPA] = "Cost per response", [AIM_TARGET_ROAS] = "ROAS",
        [AIM_TARGET_MROAS] = "Marginal ROAS",   [AIM_MAX_PROFIT] = "Profit",
        [AIM_TARGET_FREQUENCY] = "Frequency",   [AIM_EVALUATE] = NULL};
    if (name[s->aiming.aim])
        fprintf(to, "%s: %s\n", name[s->aiming.aim], response_text(s->outcome.achieved).text);
}

static void print_verdict(const allocation_study_t *s, FILE *to)
{
    const solution_t *x = &s->outcome.best;
    fprintf(to, "Spend %s: %s %s", amount_money(x->total_spend).text,
            s->simulator ? columns[s->column].label : "response",
            response_text(x->total_response).text);
    if (s->uncertain)
        fprintf(to, " (%.0f %% range %s to %s)", 100 * s->scenario->interval,
                response_text(s->response.lo).text, response_text(s->response.hi).text);
    if (isfinite(x->price) && x->price > 0)
        fprintf(to, "; the next unit of money brings %s", rate_text(x->price).text);
    fputs(".\n", to);
    print_measure(s, to);
    print_gain(s, to);
    print_check(s, to);
    print_proof(s, to);
}

/* --- the table ------------------------------------------------------------------------------------- */

enum { CELL, NOW, BEST, CHANGE, RANGE, RESPONSE, NEXT, HOLD, PRICE, COLUMNS_SHOWN };

/* Of cells by period: below the name of its ad set, the first day of a period. */
static const char *row_name(const allocation_study_t *s, int i, table_text_t *t)
{
    const char *name = s->problem.cell[i].name;
    int periods = s->simulator ? simulator_periods(s->simulator) : 1;
    if (periods == 1) return name;
    if (i % periods == 0) {
        t->section[t->n_rows] = true;
        t->name[t->n_rows++] = simulator_cell_group(s->simulator, i);
    }
    return name + strlen(name) - strlen("2026-03-02");
}

static void table_row(const allocation_study_t *s, int i, table_text_t *t)
{
    const solution_t *x = &s->outcome.best;
    const char *name = row_name(s, i, t);
    int row = t->n_rows++;
    double change = x->spend[i] - s->base.spend[i];
    char held[HOLD_LENGTH];
    held_write(s, i, held);
    t->name[row] = name;
    char(*cell)[CELL_LENGTH] = t->cell[row];
    snprintf(cell[NOW], CELL_LENGTH, "%s", amount_money(s->base.spend[i]).text);
    snprintf(cell[BEST], CELL_LENGTH, "%s", amount_money(x->spend[i]).text);
    snprintf(cell[CHANGE], CELL_LENGTH, "%s", signed_text(amount_money(change), change).text);
    if (s->uncertain && isfinite(s->spend[i].lo))
        snprintf(cell[RANGE], CELL_LENGTH, "%s\xe2\x80\x93%s", amount_money(s->spend[i].lo).text,
                 amount_money(s->spend[i].hi).text);
    snprintf(cell[RESPONSE], CELL_LENGTH, "%s", response_text(x->response[i]).text);
    snprintf(cell[NEXT], CELL_LENGTH, "%s", rate_text(x->marginal[i]).text);
    snprintf(cell[HOLD], CELL_LENGTH, "%.60s", s->aiming.aim == AIM_EVALUATE ? "" : held);
    if (x->shadow[i] != 0) snprintf(cell[PRICE], CELL_LENGTH, "%s", rate_text(x->shadow[i]).text);
}

static status_t print_table(const allocation_study_t *s, page_t page, FILE *to, error_t *err)
{
    table_text_t *t = calloc(1, sizeof *t);
    if (!t) return fail_memory(err, "the page");
    const char *const title[COLUMNS_SHOWN] = {
        [CELL] = "",
        [NOW] = base_word(s),
        [BEST] = s->aiming.aim == AIM_EVALUATE ? "plan" : "best",
        [CHANGE] = "change",
        [RANGE] = s->uncertain ? "it may be" : "",
        [RESPONSE] = s->simulator ? columns[s->column].label : "response",
        [NEXT] = "next",
        [HOLD] = "held by",
        [PRICE] = "its price"};
    const int drop[COLUMNS_SHOWN] = {[CHANGE] = 3, [RANGE] = 2, [NEXT] = 1, [PRICE] = 4};
    t->n_columns = COLUMNS_SHOWN;
    memcpy(t->title, title, sizeof title);
    memcpy(t->drop, drop, sizeof drop);
    for (int i = 0; i < s->problem.n; i++) table_row(s, i, t);
    putc('\n', to);
    bool fine =
        table_print(t, page.width, page.color ? "\033[1m" : "", page.color ? "\033[0m" : "", to);
    free(t);
    return fine ? OK : fail_memory(err, "the page");
}

/* --- below it --------------------------------------------------------------------------------------- */

static int most_worth(const allocation_study_t *s)
{
    int best = 0;
    for (int i = 1; i < s->problem.n; i++)
        if (s->worth[i] > s->worth[best]) best = i;
    return best;
}

static void print_doubt(const allocation_study_t *s, FILE *to)
{
    const char *than = s->base_kind == BASE_CURRENT ? "today's split" : "an even split";
    if (!s->uncertain || s->aiming.aim == AIM_EVALUATE) return;
    putc('\n', to);
    if (s->moves && s->aiming.aim != AIM_EVALUATE)
        fprintf(to, "Chance to beat %s: %.0f %%; expected loss if it does not: %s.\n", than,
                100 * s->p_better, response_text(s->expected_loss).text);
    if (s->risk.measure != RISK_MEAN)
        fprintf(to, "Measure of risk: %s, of %s %s.\n", rate_text(s->risk_value).text, than,
                rate_text(s->risk_base).text);
    if (isfinite(s->p_goal))
        fprintf(to, "Chance to reach %.10g: %.0f %%.\n", allocation_goal(s->scenario),
                100 * s->p_goal);
    if (s->target.metric)
        fprintf(to, "Chance to reach %s %.10g: %.0f %%, of %s %.0f %%.\n",
                columns[column_find(s->target.metric)].label, s->target.at_least,
                100 * s->target.chance, than, 100 * s->target.base_chance);
    if (isfinite(s->sure_budget))
        fprintf(to,
                s->sure_up_to ? "A chance of %.0f %% it has up to a budget of %s.\n"
                              : "For a chance of %.0f %% it takes %s.\n",
                100 * s->sure_level, amount_money(s->sure_budget).text);
    if (isfinite(s->regret)) {
        int i = most_worth(s);
        fprintf(to, "To know all curves exactly would bring %s on average",
                response_text(s->regret).text);
        if (s->worth[i] > 0)
            fprintf(to, "; %s alone %s: find that out first", s->problem.cell[i].name,
                    response_text(s->worth[i]).text);
        fputs(".\n", to);
    }
}

static void print_limits(const allocation_study_t *s, FILE *to)
{
    for (int k = 0; k < s->problem.n_sides; k++) {
        const side_t *x = &s->problem.side[k];
        double price = s->outcome.best.side_price[k];
        fprintf(to, "%s%s: %s", k ? "" : "\nLimits:\n  ", x->name,
                amount_money(side_sum(&s->problem, x, s->outcome.best.spend)).text);
        if (isfinite(x->low) && x->low != 0)
            fprintf(to, ", at least %s", amount_money(x->low).text);
        if (isfinite(x->high)) fprintf(to, ", at most %s", amount_money(x->high).text);
        if (price != 0) fprintf(to, "; one unit more brings %s", rate_text(price).text);
        fputs(k + 1 < s->problem.n_sides ? "\n  " : "\n", to);
    }
}

/* Half the budget, four fifths, ... double; all of few. */
static bool is_shown(const allocation_study_t *s, const frontier_point_t *f)
{
    static const double shares[] = {0.5, 0.8, 1, 1.2, 1.5, 2};
    double share = f->budget / s->outcome.best.total_spend;
    bool shown = s->n_frontier <= 8;
    for (size_t k = 0; k < sizeof shares / sizeof *shares; k++)
        shown = shown || fabs(share - shares[k]) < 1e-6;
    return shown;
}

enum { BUDGET = 1, FRONTIER_RESPONSE, FRONTIER_RANGE, FRONTIER_NEXT, FRONTIER_COLUMNS };

static void frontier_row(const allocation_study_t *s, const frontier_point_t *f, table_text_t *t)
{
    int row = t->n_rows++;
    char(*cell)[CELL_LENGTH] = t->cell[row];
    t->name[row] = "";
    snprintf(cell[BUDGET], CELL_LENGTH, "%s", amount_money(f->budget).text);
    snprintf(cell[FRONTIER_RESPONSE], CELL_LENGTH, "%s", response_text(f->response).text);
    if (s->uncertain)
        snprintf(cell[FRONTIER_RANGE], CELL_LENGTH, "(%s\xe2\x80\x93%s)",
                 response_text(f->range.lo).text, response_text(f->range.hi).text);
    if (isfinite(f->marginal))
        snprintf(cell[FRONTIER_NEXT], CELL_LENGTH, "%s", rate_text(f->marginal).text);
}

static status_t print_frontier(const allocation_study_t *s, page_t page, FILE *to, error_t *err)
{
    if (s->n_frontier < 2) return OK;
    table_text_t *t = calloc(1, sizeof *t);
    if (!t) return fail_memory(err, "the page");
    char range[32];
    snprintf(range, sizeof range, "(%.0f %% range)", 100 * s->scenario->interval);
    *t =
        (table_text_t){.title = {"", "budget", s->simulator ? columns[s->column].label : "response",
                                 s->uncertain ? range : "", "next"},
                       .tight = {[FRONTIER_RANGE] = true},
                       .drop = {[FRONTIER_RANGE] = 2, [FRONTIER_NEXT] = 1},
                       .n_columns = FRONTIER_COLUMNS};
    for (int k = 0; k < s->n_frontier; k++)
        if (is_shown(s, &s->frontier[k])) frontier_row(s, &s->frontier[k], t);
    fputs("\nOther budgets, each split best:\n", to);
    bool fine =
        table_print(t, page.width, page.color ? "\033[1m" : "", page.color ? "\033[0m" : "", to);
    free(t);
    return fine ? OK : fail_memory(err, "the page");
}

static void print_schedule(const allocation_study_t *s, FILE *to)
{
    if (s->problem.periods == 1) return;
    fputs("\nBy period:\n", to);
    for (int i = 0; i < s->problem.n; i++) {
        fprintf(to, "  %s:", s->problem.cell[i].name);
        for (int t = 0; t < s->problem.periods; t++)
            fprintf(to, " %s", amount_money(s->plan[i].spend[t]).text);
        putc('\n', to);
    }
}

status_t allocation_page(const allocation_report_t *r, page_t page, FILE *to, error_t *err)
{
    const allocation_study_t *s = r->study;
    fold_t above, below;
    FILE *lines = fold_open(&above);
    if (lines) print_head(s, page, lines);
    if (lines) print_verdict(s, lines);
    if (!fold_close(&above, to, page.width)) return fail_memory(err, "the page");
    status_t st = print_table(s, page, to, err);
    if (st != OK) return st;
    lines = fold_open(&below);
    if (lines) {
        print_limits(s, lines);
        print_schedule(s, lines);
        print_doubt(s, lines);
    }
    if (!fold_close(&below, to, page.width)) return fail_memory(err, "the page");
    return print_frontier(s, page, to, err);
}
