/* compare_page.c -- the page of a comparison: the plans, which is the best, and what it does differently. */
#include "sim/report/compare.h"
#include "sim/report/table.h"
#include "sim/report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define DASH " \xe2\x80\x93 "
#define DOT " \xc2\xb7 "

typedef amount_t (*formatter_t)(double x);

static formatter_t format_of(unit_t unit)
{
    static const formatter_t format[] = {[UNIT_COUNT] = amount,
                                         [UNIT_PEOPLE] = amount,
                                         [UNIT_MONEY] = amount_money,
                                         [UNIT_RATIO] = amount_ratio,
                                         [UNIT_PERCENT] = amount_ratio};
    return format[unit];
}

/* With its sign: +0.12, -1,200, 0. */
static void put_step(char *text, size_t size, formatter_t format, double x)
{
    snprintf(text, size, "%s%s", x > 0 ? "+" : x < 0 ? "\xe2\x88\x92" : "", format(fabs(x)).text);
}

static void put_steps(char *text, size_t size, formatter_t format, double lo, double hi)
{
    char low[AMOUNT_LENGTH + 4], high[AMOUNT_LENGTH + 4];
    put_step(low, sizeof low, format, lo);
    put_step(high, sizeof high, format, hi);
    snprintf(text, size, "%s to %s", low, high);
}

/* --- the verdict ------------------------------------------------------------------------------ */

/* In what decides. */
static difference_t lead_over(const compare_t *c, int rival)
{
    return c->table[c->how.column].difference[c->leader][rival];
}

/* The plan that comes nearest to the leader. */
static int runner_up(const compare_t *c)
{
    int second = -1;
    double least = INFINITY;
    for (int p = 0; p < c->plans; p++) {
        if (p == c->leader) continue;
        double behind = fabs(lead_over(c, p).mean);
        if (isnan(behind) || behind >= least) continue;
        least = behind;
        second = p;
    }
    return second;
}

/* "by +0.12 over current (80 % range +0.02 to +0.21), better in 93 of 100 futures" */
static void put_lead(const compare_t *c, int second, char *text, size_t size)
{
    char step[48], range[112] = "";
    formatter_t format = format_of(columns[c->how.column].unit);
    difference_t x = lead_over(c, second);
    put_step(step, sizeof step, format, x.mean);
    if (!isnan(x.lo)) {
        char steps[80];
        put_steps(steps, sizeof steps, format, x.lo, x.hi);
        snprintf(range, sizeof range, " (%.0f %% range %s)", 100 * c->study[0].scenario->interval,
                 steps);
    }
    snprintf(text, size, "%s over %s%s, better in %.0f of 100 futures", step, c->name[second],
             range, 100 * x.better);
}

/* How many others the leader could not be told from. */
static void put_close(const compare_t *c, char *text, size_t size)
{
    int close = 0, last = c->leader;
    for (int p = 0; p < c->plans; p++) {
        if (p == c->leader) continue;
        difference_t x = lead_over(c, p);
        if (isnan(x.mean) || x.low > 0 || x.high < 0) continue;
        close++;
        last = p;
    }
    if (close == 1)
        snprintf(text, size, "%s", c->name[last]);
    else
        snprintf(text, size, "%d others", close);
}

void compare_verdict(const compare_t *c, char text[VERDICT_LENGTH])
{
    const char *metric = columns[c->how.column].label;
    char lead[320] = "", close[220];
    if (c->leader < 0 || c->verdict == COMPARED_UNKNOWN) {
        snprintf(text, VERDICT_LENGTH, "No plan has a value of %s.\n", metric);
        return;
    }
    int second = runner_up(c);
    if (second >= 0) put_lead(c, second, lead, sizeof lead);
    put_close(c, close, sizeof close);
    const char *best = c->name[c->leader];
    amount_t n = amount_whole((double)study_replications(&c->study[0]));
    switch (c->verdict) {
    case COMPARED_SEPARATED:
        snprintf(text, VERDICT_LENGTH, "%s is best in %s: %s.\n", best, metric, lead);
        break;
    case COMPARED_EQUAL:
        snprintf(text, VERDICT_LENGTH,
                 "%s and %s are equal in %s: they differ by less than %s.\n%s leads by a hair: "
                 "%s.\n",
                 best, close, metric, amount_percent(c->how.indifference).text, best, lead);
        break;
    case COMPARED_PEOPLE:
        snprintf(text, VERDICT_LENGTH,
                 "%s leads in %s, but it is not sure: %s.\n%s simulated people are too few to tell "
                 "it from %s; more replications would not help.\n",
                 best, metric, lead, amount(c->people).text, close);
        break;
    case COMPARED_INTERRUPTED:
        snprintf(text, VERDICT_LENGTH,
                 "%s leads in %s: %s.\nStopped early, after %s replications.\n", best, metric, lead,
                 n.text);
        break;
    default:
        snprintf(text, VERDICT_LENGTH,
                 "%s leads in %s, but it is not sure: %s.\n%s replications do not tell it from "
                 "%s.\n",
                 best, metric, lead, n.text, close);
    }
}

/* Plans that spend different money are not compared by what comes of it all. */
static bool print_spends(const compare_t *c, page_t page, FILE *to)
{
    double least = INFINITY, most = 0;
    for (int p = 0; p < c->plans; p++) {
        double spend = compare_estimate(c, p, column_find("spend")).mean;
        least = fmin(least, spend);
        most = fmax(most, spend);
    }
    bool per_money = columns[c->how.column].denominator.n > 0;
    if (per_money || most <= 1.05 * least) return true;
    return text_wrap(
        to, page.width, "  ",
        "They spend %s to %s: ROI, iROAS or iCPA (--metric) compare what the money does.",
        amount_money(least).text, amount_money(most).text);
}

/* What the shared luck was worth, and how sure the simulation is of its leader. */
static bool print_sureness(const compare_t *c, page_t page, FILE *to)
{
    int second = c->leader < 0 ? -1 : runner_up(c);
    if (second < 0) return true;
    difference_t x = lead_over(c, second);
    char apart[96] = "";
    if (isfinite(x.gain) && x.gain > 1.05)
        snprintf(apart, sizeof apart, ", for which separate runs would take %s times as many",
                 amount(x.gain).text);
    return text_wrap(
        to, page.width, "  ",
        "%s replications of each plan; the mean's difference is known to \xc2\xb1%s%s.",
        amount_whole((double)study_replications(&c->study[0])).text,
        format_of(columns[c->how.column].unit)((x.high - x.low) / 2).text, apart);
}

/* --- tables ----------------------------------------------------------------------------------- */

static const char *const shown[] = {
    "spend", "reach", "frequency", "conversions", "incremental_conversions", "roas", "roi"};
enum { SHOWN = sizeof shown / sizeof *shown };

static bool is_shown(int column)
{
    for (int i = 0; i < SHOWN; i++)
        if (column_find(shown[i]) == column) return true;
    return false;
}

static int print_plan_columns(table_text_t *t, const compare_t *c)
{
    static const char *const title[] = {"spend",  "reach 1+", "freq", "conversions",
                                        "caused", "ROAS",     "ROI"};
    static const int drop[] = {0, 3, 5, 4, 2, 1, 3};
    int n = 1;
    for (int i = 0; i < SHOWN; i++, n++) {
        t->title[n] = title[i];
        t->drop[n] = drop[i];
        for (int p = 0; p < c->plans; p++) {
            int column = column_find(shown[i]);
            snprintf(t->cell[p][n], CELL_LENGTH, "%s",
                     format_of(columns[column].unit)(compare_estimate(c, p, column).mean).text);
        }
    }
    return n;
}

/* The deciding metric with its range, and how often the plan is the best in it. */
static void print_decision(table_text_t *t, const compare_t *c, int n)
{
    const column_t *metric = &columns[c->how.column];
    formatter_t format = format_of(metric->unit);
    bool again = is_shown(c->how.column);
    int range = again ? n : n + 1, best = range + 1, loss = range + 2;
    if (!again) t->title[n] = metric->label;
    t->title[range] = again ? metric->label : "";
    t->tight[range] = !again;
    t->drop[range] = 2;
    t->title[best] = "best in";
    t->title[loss] = "loss if chosen";
    t->drop[loss] = 1;
    t->n_columns = loss + 1;
    for (int p = 0; p < c->plans; p++) {
        estimate_t x = compare_estimate(c, p, c->how.column);
        standing_t s = c->table[c->how.column].standing[p];
        if (!again) snprintf(t->cell[p][n], CELL_LENGTH, "%s", format(x.mean).text);
        if (!isnan(x.lo))
            snprintf(t->cell[p][range], CELL_LENGTH, "(%s%s%s)", format(x.lo).text, DASH,
                     format(x.hi).text);
        if (isnan(x.mean)) continue;
        snprintf(t->cell[p][best], CELL_LENGTH, "%.0f %%", 100 * s.best);
        snprintf(t->cell[p][loss], CELL_LENGTH, "%s", format(s.loss).text);
    }
}

static bool print_plans(const compare_t *c, page_t page, FILE *to)
{
    table_text_t *t = calloc(1, sizeof *t);
    if (!t) return false;
    t->title[0] = "";
    t->name_at_least = 16;
    t->n_rows = c->plans;
    for (int p = 0; p < c->plans; p++) t->name[p] = c->name[p];
    print_decision(t, c, print_plan_columns(t, c));
    bool fine =
        table_print(t, page.width, page.color ? "\033[1m" : "", page.color ? "\033[0m" : "", to);
    free(t);
    return fine;
}

static void fill_change(table_text_t *t, const compare_t *c, int rival, int column)
{
    formatter_t format = format_of(columns[column].unit);
    difference_t x = c->table[column].difference[rival][c->leader];
    double from = compare_estimate(c, c->leader, column).mean;
    int r = t->n_rows++;
    t->name[r] = columns[column].label;
    snprintf(t->cell[r][1], CELL_LENGTH, "%s", format(from).text);
    snprintf(t->cell[r][2], CELL_LENGTH, "%s",
             format(compare_estimate(c, rival, column).mean).text);
    if (isnan(x.mean)) return;
    put_step(t->cell[r][3], CELL_LENGTH, format, x.mean);
    double share = from != 0 ? 100 * x.mean / fabs(from) : NAN;
    if (fabs(share) < 0.05)
        snprintf(t->cell[r][4], CELL_LENGTH, "0.0 %%");
    else if (!isnan(share))
        snprintf(t->cell[r][4], CELL_LENGTH, "%+.1f %%", share);
    if (!isnan(x.lo)) put_steps(t->cell[r][5], CELL_LENGTH, format, x.lo, x.hi);
    snprintf(t->cell[r][6], CELL_LENGTH, "%.0f %%", 100 * x.better);
}

const char *const compare_told[] = {"spend",
                                    "impressions",
                                    "reach",
                                    "clicks",
                                    "conversions",
                                    "incremental_conversions",
                                    "incremental_revenue",
                                    "iroas",
                                    "icpa",
                                    "roi",
                                    NULL};

/* What a plan does differently from the best one. */
static bool print_changes(const compare_t *c, int rival, page_t page, FILE *to)
{
    enum { PLAN_CELLS = 20 };
    table_text_t *t = calloc(1, sizeof *t);
    char *leader = text_fit(c->name[c->leader], PLAN_CELLS),
         *other = text_fit(c->name[rival], PLAN_CELLS);
    bool fine = t && leader && other;
    if (!fine) goto out;
    char range[32];
    snprintf(range, sizeof range, "(%.0f %% range)", 100 * c->study[0].scenario->interval);
    *t = (table_text_t){.title = {"", leader, other, "difference", "", range, "better in"},
                        .drop = {0, 1, 0, 0, 2, 3, 4},
                        .name_at_least = 23,
                        .n_columns = 7};
    for (const char *const *metric = compare_told; *metric; metric++)
        fill_change(t, c, rival, column_find(*metric));
    fine = table_print(t, page.width, page.color ? "\033[1m" : "", page.color ? "\033[0m" : "", to);
out:
    free(leader);
    free(other);
    free(t);
    return fine;
}

/* --- the page --------------------------------------------------------------------------------- */

static bool print_head(const compare_report_t *r, page_t page, FILE *to)
{
    const compare_t *c = r->compare;
    const scenario_t *sc = c->study[0].scenario;
    char simulated[64] = "";
    if ((double)c->people < sc->population->size)
        snprintf(simulated, sizeof simulated, " (%s simulated)", amount((double)c->people).text);
    return text_wrap(to, page.width, "  ",
                     "%s%s%s" DOT "%d plans under the same people, prices and luck" DOT
                     "%s people%s" DOT "seed %llu",
                     page.color ? "\033[1m" : "", r->name, page.color ? "\033[0m" : "", c->plans,
                     amount(sc->population->size).text, simulated, (unsigned long long)sc->seed);
}

/* Its sentences, a line each. */
static bool print_verdict(const compare_t *c, page_t page, FILE *to)
{
    char verdict[VERDICT_LENGTH];
    compare_verdict(c, verdict);
    bool fine = true;
    for (const char *line = verdict; fine && *line;) {
        size_t n = strcspn(line, "\n");
        fine = text_wrap(to, page.width, "  ", "%.*s", (int)n, line);
        line += n + (line[n] != 0);
    }
    return fine;
}

status_t compare_report_page(const compare_report_t *r, page_t page, FILE *to, error_t *err)
{
    enum { RIVALS_SHOWN = 3 };
    const compare_t *c = r->compare;
    bool fine = print_head(r, page, to) && print_verdict(c, page, to) && print_spends(c, page, to);
    fputc('\n', to);
    fine = fine && print_plans(c, page, to);
    for (int p = 0; fine && c->leader >= 0 && c->plans <= RIVALS_SHOWN + 1 && p < c->plans; p++) {
        if (p == c->leader) continue;
        fputc('\n', to);
        fine = print_changes(c, p, page, to);
    }
    fputc('\n', to);
    fine = fine && print_sureness(c, page, to);
    return fine ? OK : fail_memory(err, "the page of the comparison");
}
