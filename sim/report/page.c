/* page.c -- the summary that a run prints. */
#include "sim/report/attribution.h"
#include "sim/report/doubts.h"
#include "sim/report/funnel.h"
#include "sim/report/lift_test.h"
#include "sim/report/organic.h"
#include "sim/report/report.h"
#include "sim/report/table.h"
#include "sim/report/text.h"

#include "models/base/maths.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DOTS = 50 };

typedef struct {
    const char *bold, *good, *dim, *plain;
} style_t;

static style_t style_of(page_t page)
{
    if (!page.color) return (style_t){"", "", "", ""};
    return (style_t){"\033[1m", "\033[32m", "\033[2m", "\033[0m"};
}

/* --- what was run ----------------------------------------------------------------------------- */

static double total_budget(const scenario_t *sc)
{
    double sum = 0;
    for (int a = 0; a < sc->n_ad_sets; a++) sum += sc->ad_set[a].budget;
    return sum;
}

static bool print_head(const study_t *s, page_t page, FILE *to)
{
    const scenario_t *sc = s->scenario;
    style_t style = style_of(page);
    double people = (double)world_people(s->world);
    char simulated[64] = "", replications[64] = "";
    if (people < sc->population->size)
        snprintf(simulated, sizeof simulated, " (%s simulated)", amount(people).text);
    if (s->evidence.pairs)
        snprintf(replications, sizeof replications, " \xc2\xb7 %s replications",
                 amount_whole((double)study_replications(s)).text);
    return text_wrap(
        to, page.width, "  ",
        "%s%s%s \xc2\xb7 %s %s \xc2\xb7 %d days \xc2\xb7 %s people%s%s \xc2\xb7 seed %llu",
        style.bold, sc->name, style.plain, amount_money(total_budget(sc)).text, sc->currency,
        sc->days, amount(sc->population->size).text, simulated, replications,
        (unsigned long long)sc->seed);
}

/* The dots behind the sentence where they find room, else below it, in two rows if need be. */
static void print_dots(int full, int from, int n, style_t style, FILE *to)
{
    fputs(style.good, to);
    for (int i = from; i < from + n; i++) {
        if (i == full) fprintf(to, "%s%s", style.plain, style.dim);
        if (i > full && i == from) fputs(style.dim, to);
        fputs(i < full ? "\xe2\x97\x8f" : "\xe2\x97\x8b", to);
    }
    fprintf(to, "%s\n", style.plain);
}

static void print_chance(const study_t *s, page_t page, FILE *to)
{
    const target_result_t *t = &s->target;
    style_t style = style_of(page);
    if (!t->metric[0] || isnan(t->chance.share)) return;
    int full = (int)lround(DOTS * t->chance.share);
    char text[160];
    snprintf(text, sizeof text, "Chance to reach %s %.10g: %s%.0f %%%s  (%d of %d)",
             columns[column_find(t->metric)].label, t->at_least, style.bold, 100 * t->chance.share,
             style.plain, full, DOTS);
    int cells = (int)(text_cells(text) - text_cells(style.bold) - text_cells(style.plain));
    fputs(text, to);
    if (cells + 2 + DOTS <= page.width) {
        fputs("  ", to);
        print_dots(full, 0, DOTS, style, to);
        return;
    }
    int rows = DOTS + 2 <= page.width ? 1 : 2;
    fputc('\n', to);
    for (int r = 0; r < rows; r++) {
        fputs("  ", to);
        print_dots(full, r * DOTS / rows, DOTS / rows, style, to);
    }
}

/* --- the table -------------------------------------------------------------------------------- */

typedef amount_t (*formatter_t)(double x);

/* Columns of the page: their metric, what is shown of it, and when it is left out: frequency first, which is
 * impressions over reach, then the ranges; last what budgets are decided by: spend, ROAS, the next money. */
typedef struct {
    const char *title, *metric;
    const char *dash; /* between lo and hi, which are shown instead of the mean; NULL: the mean */
    formatter_t format;
    int drop;
} page_column_t;

static const page_column_t page_columns[] = {
    {"spend", "spend", NULL, amount_money, 0},
    {"reach 1+", "reach", NULL, amount, 2},
    {"freq", "frequency", NULL, amount_ratio, 6},
    {"conversions", "conversions", NULL, amount, 2},
    {"range", "conversions", " \xe2\x80\x93 ", amount, 5},
    {"caused", "incremental_conversions", NULL, amount, 3},
    {"ROAS", "roas", NULL, amount_ratio, 0},
    {"range", "roas", "\xe2\x80\x93", amount_ratio, 4},
    {"ROI", "roi", NULL, amount_ratio, 3},
};
enum { PAGE_COLUMNS = sizeof page_columns / sizeof *page_columns };

static void fill_cell(char cell[CELL_LENGTH], const page_column_t *c, const estimate_t *x)
{
    if (!c->dash)
        snprintf(cell, CELL_LENGTH, "%s", c->format(x->mean).text);
    else if (isnan(x->lo) || isnan(x->hi))
        cell[0] = 0;
    else
        snprintf(cell, CELL_LENGTH, "(%s%s%s)", c->format(x->lo).text, c->dash,
                 c->format(x->hi).text);
}

/* The last column, where the run has response curves. */
static void fill_next_money(char cell[CELL_LENGTH], const report_t *report, int scope)
{
    double error;
    if (!report->responses) return;
    double next = responses_marginal(report->responses, report->study, scope, &error);
    if (!isnan(next)) snprintf(cell, CELL_LENGTH, "%s", amount_ratio(next).text);
}

static void add_scope(table_text_t *t, const report_t *report, int scope)
{
    const study_t *s = report->study;
    int r = t->n_rows++;
    t->name[r] = scope_name(s->scenario, s->evidence.scopes, scope);
    for (int c = 0; c < PAGE_COLUMNS; c++) {
        estimate_t x = study_estimate(s, scope, page_columns[c].metric);
        fill_cell(t->cell[r][c + 1], &page_columns[c], &x);
    }
    fill_next_money(t->cell[r][PAGE_COLUMNS + 1], report, scope);
}

static void add_section(table_text_t *t, const char *name)
{
    t->section[t->n_rows] = true;
    t->name[t->n_rows++] = name;
}

static void add_group(table_text_t *t, const report_t *report, const char *name, int first, int n)
{
    if (n < 2) return; /* one campaign is the plan */
    add_section(t, name);
    for (int i = 0; i < n; i++) add_scope(t, report, first + i);
}

static status_t print_table(const report_t *r, page_t page, FILE *to, error_t *err)
{
    const study_t *s = r->study;
    table_text_t *t = calloc(1, sizeof *t);
    if (!t) return fail_memory(err, "the summary");
    scopes_t scopes = s->evidence.scopes;
    char range[32];
    snprintf(range, sizeof range, "(%.0f %% range)", 100 * s->scenario->interval);
    t->title[0] = "";
    t->n_columns = PAGE_COLUMNS + 1;
    for (int c = 0; c < PAGE_COLUMNS; c++) {
        t->title[c + 1] = page_columns[c].dash ? range : page_columns[c].title;
        t->drop[c + 1] = page_columns[c].drop;
        t->tight[c + 1] = page_columns[c].dash != NULL;
    }
    if (r->responses && r->responses->model) {
        t->title[t->n_columns] = "next $1";
        t->drop[t->n_columns++] = 1;
    }
    for (int a = 0; a < scopes.n_ad_sets; a++) add_scope(t, r, scope_ad_set(scopes, a));
    add_group(t, r, "campaigns", scope_campaign(scopes, 0), scopes.n_campaigns);
    add_group(t, r, "platforms", scope_platform(scopes, 0), scopes.n_platforms);
    add_section(t, "plan");
    add_scope(t, r, scope_plan(scopes));
    style_t style = style_of(page);
    bool fine = table_print(t, page.width, style.bold, style.plain, to);
    free(t);
    return fine ? OK : fail_memory(err, "the summary");
}

/* --- what limits delivery ---------------------------------------------------------------------- */

static bool counts_hours(limit_t limit)
{
    return limit != LIMIT_CAP && limit != LIMIT_SCHEDULE && limit != LIMIT_OVERLAP;
}

static void fill_delivery(char cell[][CELL_LENGTH], const study_t *s, int a)
{
    const delivery_t *d = &s->delivery[a];
    double cpm = study_estimate(s, scope_ad_set(s->evidence.scopes, a), "cpm").mean;
    snprintf(cell[1], CELL_LENGTH, "%s", limit_word(d->limit));
    if (!isnan(d->share))
        snprintf(cell[2], CELL_LENGTH, "%.0f %% of %s", 100 * d->share,
                 counts_hours(d->limit) ? "hours" : "what it could win");
    if (!isnan(d->spent)) snprintf(cell[3], CELL_LENGTH, "%s", amount_percent(d->spent).text);
    snprintf(cell[4], CELL_LENGTH, "%s", limit_lift(d->limit));
    if (isnan(d->lift)) return;
    snprintf(cell[5], CELL_LENGTH, "%+.1f %%", 100 * d->lift);
    if (!isnan(d->lift_cpm)) snprintf(cell[6], CELL_LENGTH, "%s", amount_money(d->lift_cpm).text);
    snprintf(cell[7], CELL_LENGTH, "%s", amount_money(cpm).text);
}

static status_t print_delivery(const study_t *s, page_t page, FILE *to, error_t *err)
{
    table_text_t *t = calloc(1, sizeof *t);
    if (!t) return fail_memory(err, "the delivery status");
    *t = (table_text_t){
        .title = {"", "limited by", "for", "spent", "with", "impressions", "at a CPM of", "now"},
        .drop = {0, 0, 4, 1, 0, 0, 2, 3},
        .n_columns = 8};
    for (int a = 0; a < s->scenario->n_ad_sets; a++) {
        int r = t->n_rows++;
        t->name[r] = s->scenario->ad_set[a].name;
        fill_delivery(t->cell[r], s, a);
    }
    style_t style = style_of(page);
    bool fine = table_print(t, page.width, style.bold, style.plain, to);
    free(t);
    fputc('\n', to);
    return fine ? OK : fail_memory(err, "the delivery status");
}

/* --- click rates given and realised ----------------------------------------------------------- */

/* The part of its ad set's impressions that a creative had; an equal one where there were none. */
static double part_shown(const study_t *s, const ad_set_t *ad_set, int creative)
{
    if (ad_set->n_creatives == 1) return 1;
    double shown = estimator_quantity(s->estimator, scope_creative(s->scenario, creative),
                                      QUANTITY_IMPRESSIONS);
    double all = estimator_quantity(
        s->estimator, scope_ad_set(s->evidence.scopes, (int)(ad_set - s->scenario->ad_set)),
        QUANTITY_IMPRESSIONS);
    return all > 0 ? shown / all : 1.0 / ad_set->n_creatives;
}

/* The chance that two of its impressions show creatives of one family. */
static double same_family(const study_t *s, const ad_set_t *ad_set)
{
    const creative_t *creative = &s->scenario->creative[ad_set->first_creative];
    double same = 0;
    for (int i = 0; i < ad_set->n_creatives; i++)
        for (int k = 0; k < ad_set->n_creatives; k++)
            if (creative[i].family == creative[k].family)
                same += part_shown(s, ad_set, ad_set->first_creative + i) *
                        part_shown(s, ad_set, ad_set->first_creative + k);
    return same;
}

/* Mean of the wear factor over the impressions delivered, from how many people had how many, these
 * taken as spread evenly over the flight and the creatives over them. */
static double mean_wear(const study_t *s, int a)
{
    const scenario_t *sc = s->scenario;
    double same = same_family(s, &sc->ad_set[a]), sum = 0, impressions = 0;
    for (int f = 1; f <= FREQUENCY_BINS; f++) {
        double people = (double)s->tables.frequency[a * FREQUENCY_BINS + f - 1], stock = 0;
        double kept = wear_decay(&sc->response, (double)sc->days / f);
        for (int j = 0; j < f; j++) {
            sum += people * wear_factor(&sc->response, same * stock);
            impressions += people;
            stock = (stock + 1) * kept;
        }
    }
    return impressions > 0 ? sum / impressions : NAN;
}

static double given_ctr(const study_t *s, const scenario_t *means, int a)
{
    const ad_set_t *ad_set = &s->scenario->ad_set[a];
    double sum = 0;
    for (int c = ad_set->first_creative; c < ad_set->first_creative + ad_set->n_creatives; c++) {
        double ctr = means->creative[c].ctr;
        sum +=
            part_shown(s, ad_set, c) * (isnan(ctr) ? means->platform[ad_set->platform].ctr : ctr);
    }
    return sum;
}

static status_t print_click_rates(const study_t *s, page_t page, FILE *to, error_t *err)
{
    table_text_t *t = calloc(1, sizeof *t);
    scenario_t *means = malloc(sizeof *means);
    bool fine = t && means;
    if (fine) {
        scenario_at_means(s->scenario, means);
        *t = (table_text_t){
            .title = {"", "click rate given", "realised", "by frequency", "by who was reached"},
            .drop = {0, 0, 0, 2, 1},
            .n_columns = 5};
        for (int a = 0; a < s->scenario->n_ad_sets; a++) {
            int scope = scope_ad_set(s->evidence.scopes, a), r = t->n_rows++;
            double given = given_ctr(s, means, a), wear = mean_wear(s, a);
            double realised = study_estimate(s, scope, "ctr").mean;
            t->name[r] = s->scenario->ad_set[a].name;
            snprintf(t->cell[r][1], CELL_LENGTH, "%s", amount_percent(given).text);
            snprintf(t->cell[r][2], CELL_LENGTH, "%s", amount_percent(realised).text);
            if (isnan(realised) || isnan(wear)) continue;
            snprintf(t->cell[r][3], CELL_LENGTH, "\xc3\x97 %.2f", wear);
            snprintf(t->cell[r][4], CELL_LENGTH, "\xc3\x97 %.2f", realised / (given * wear));
        }
        style_t style = style_of(page);
        fine = table_print(t, page.width, style.bold, style.plain, to);
    }
    free(t);
    free(means);
    return fine ? OK : fail_memory(err, "the click rates");
}

/* --- labels and truth --------------------------------------------------------------------------- */

/* Do outcomes depend on who people are? Otherwise the effect in the audience is that of all. */
static bool truth_matters(const scenario_t *sc)
{
    return sc->n_appeals > 0 || sc->product.affinity > 0;
}

/* Whom labels bring, whom they miss, and what that leaves of the effect; nothing where they are true. */
static status_t print_targeting(const study_t *s, page_t page, FILE *to, error_t *err)
{
    bool wrong = false;
    for (int a = 0; a < s->scenario->n_ad_sets; a++)
        wrong |= study_estimate(s, scope_ad_set(s->evidence.scopes, a), "on_target_pct").mean <
                 100 * (1 - 1e-9);
    if (!wrong) return OK;
    table_text_t *t = calloc(1, sizeof *t);
    if (!t) return fail_memory(err, "the labels");
    char range[32];
    snprintf(range, sizeof range, "(%.0f %% range)", 100 * s->scenario->interval);
    *t = (table_text_t){.title = {"", "truly in the audience", range, "of these missed",
                                  "caused per 1000 shown", "per 1000 truly in"},
                        .drop = {0, 0, 4, 0, 2, 1},
                        .tight = {false, false, true},
                        .n_columns = truth_matters(s->scenario) ? 6 : 4};
    for (int a = 0; a < s->scenario->n_ad_sets; a++) {
        int scope = scope_ad_set(s->evidence.scopes, a), r = t->n_rows++;
        estimate_t on_target = study_estimate(s, scope, "on_target_pct");
        t->name[r] = s->scenario->ad_set[a].name;
        snprintf(t->cell[r][1], CELL_LENGTH, "%s", amount_percent(on_target.mean / 100).text);
        if (!isnan(on_target.lo) && !isnan(on_target.hi))
            snprintf(t->cell[r][2], CELL_LENGTH, "(%.0f\xe2\x80\x93%.0f)", on_target.lo,
                     on_target.hi);
        snprintf(t->cell[r][3], CELL_LENGTH, "%s",
                 amount_percent(study_estimate(s, scope, "missed_pct").mean / 100).text);
        snprintf(t->cell[r][4], CELL_LENGTH, "%s",
                 amount(study_estimate(s, scope, "effect_per_1000").mean).text);
        snprintf(t->cell[r][5], CELL_LENGTH, "%s",
                 amount(study_estimate(s, scope, "effect_on_target_per_1000").mean).text);
    }
    style_t style = style_of(page);
    fputc('\n', to);
    bool fine = table_print(t, page.width, style.bold, style.plain, to);
    free(t);
    return fine ? OK : fail_memory(err, "the labels");
}

/* "budget (4 ad sets), goal (ig-young)": what keeps them from showing more. */
static bool print_limits(const study_t *s, page_t page, FILE *to)
{
    char text[512] = "";
    const scenario_t *sc = s->scenario;
    uint64_t told = 0;
    for (int a = 0; a < sc->n_ad_sets; a++) {
        int alike = 0;
        if (told >> a & 1) continue;
        for (int b = a; b < sc->n_ad_sets; b++) {
            if (strcmp(limit_word(s->delivery[a].limit), limit_word(s->delivery[b].limit)))
                continue;
            told |= UINT64_C(1) << b;
            alike++;
        }
        size_t used = strlen(text);
        char *name = alike == 1 ? text_fit(sc->ad_set[a].name, 24) : NULL;
        snprintf(text + used, sizeof text - used, "%s%s (", used ? ", " : "",
                 limit_word(s->delivery[a].limit));
        used = strlen(text);
        if (name)
            snprintf(text + used, sizeof text - used, "%s)", name);
        else
            snprintf(text + used, sizeof text - used, "%d of %d ad sets)", alike, sc->n_ad_sets);
        free(name);
    }
    return text_wrap(to, page.width, "  ", "Limited by %s; -v explains it all, ad set by ad set.",
                     text);
}

static status_t print_details(const study_t *s, page_t page, FILE *to, error_t *err)
{
    status_t st = funnel_page(s, page, to, err);
    if (st == OK) st = print_delivery(s, page, to, err);
    if (st == OK) st = print_click_rates(s, page, to, err);
    if (st == OK) st = print_targeting(s, page, to, err);
    fputc('\n', to);
    return st == OK ? attribution_page(s, page, to, err) : st;
}

/* What decides first; what explains it with -v. */
static status_t print_ads(const report_t *r, page_t page, FILE *to, error_t *err)
{
    const study_t *s = r->study;
    status_t st = print_table(r, page, to, err);
    fputc('\n', to);
    if (st == OK && page.detail) return print_details(s, page, to, err);
    if (st != OK) return st;
    bool fine = attribution_finding(s, page, to) && print_limits(s, page, to);
    return fine ? OK : fail_memory(err, "the summary");
}

status_t report_page(const report_t *r, page_t page, FILE *to, error_t *err)
{
    const study_t *s = r->study;
    if (!print_head(s, page, to)) return fail_memory(err, "the summary");
    print_chance(s, page, to);
    fputc('\n', to);
    status_t st = OK;
    if (s->scenario->n_ad_sets) st = print_ads(r, page, to, err);
    if (st == OK) st = lift_test_page(s, page, to, err);
    if (st == OK) st = report_organic_lines(s, page, to, err);
    if (st != OK) return st;
    if (s->doubts.n) fputc('\n', to);
    st = doubts_line(s, page, to, err);
    if (st != OK) return st;
    size_t assumed = report_assumptions(r->loaded);
    if (assumed && !s->doubts.n) fputc('\n', to);
    bool fine = !assumed ||
                text_wrap(to, page.width, "  ", "Assumed, not given by you: %zu value%s, see %s.",
                          assumed, assumed == 1 ? "" : "s",
                          r->figures ? "\"assumptions\" in the report" : "assumptions.csv");
    return fine ? OK : fail_memory(err, "the summary");
}

/* --- a dry run -------------------------------------------------------------------------------- */

status_t report_plan(const study_t *s, page_t page, FILE *to, error_t *err)
{
    const scenario_t *sc = s->scenario;
    style_t style = style_of(page);
    table_text_t *t = calloc(1, sizeof *t);
    scenario_t *means = malloc(sizeof *means);
    bool fine = t && means;
    if (fine) {
        ad_set_plan_t plan[MAX_AD_SETS];
        scenario_at_means(sc, means);
        world_plans(s->world, means, plan);
        fine = print_head(s, page, to);
        *t = (table_text_t){
            .title = {"", "budget", "audience", "simulated", "rival CPM", "first bid CPM"},
            .drop = {0, 0, 0, 1, 3, 2},
            .n_columns = 6};
        for (int a = 0; a < sc->n_ad_sets; a++) {
            int k = t->n_rows++;
            t->name[k] = sc->ad_set[a].name;
            bool shared = sc->campaign[sc->ad_set[a].campaign].shares_budget;
            snprintf(t->cell[k][1], CELL_LENGTH, "%s",
                     shared ? "shared" : amount_money(sc->ad_set[a].budget).text);
            snprintf(t->cell[k][2], CELL_LENGTH, "%s", amount(s->evidence.audience[a]).text);
            snprintf(t->cell[k][3], CELL_LENGTH, "%s",
                     amount_whole((double)world_eligible(s->world, a)).text);
            snprintf(t->cell[k][4], CELL_LENGTH, "%s", amount_money(plan[a].rival_median_cpm).text);
            snprintf(t->cell[k][5], CELL_LENGTH, "%s", amount(plan[a].start_value_cpm).text);
        }
        fine = fine && table_print(t, page.width, style.bold, style.plain, to);
    }
    free(t);
    free(means);
    if (!fine) return fail_memory(err, "the plan");
    if (sc->replications > 0)
        fprintf(to, "It would run %s replications",
                amount_whole((double)study_replications_asked(sc)).text);
    else
        fprintf(to, "It would run at least %s replications, until the error is %.2g %%",
                amount_whole((double)stopping_first_look(sc)).text, 100 * sc->precision);
    fprintf(to, "; nothing was run.\n");
    return OK;
}
