/* document_comparison.c -- the page of a comparison: which plan is best, how sure, and what it does differently. */
#include "sim/report/compare.h"
#include "sim/report/document_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const json_t *plans_of(const document_t *d)
{
    return json_object_get(results_summary(d->results), "plans");
}

static const char *text_of(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static double number_of(const json_t *object, const char *key)
{
    const json_t *x = json_object_get(object, key);
    return json_is_number(x) ? json_number_value(x) : NAN;
}

static const json_t *plan_named(const document_t *d, const char *name)
{
    const json_t *plans = plans_of(d);
    for (size_t i = 0; i < json_array_size(plans); i++)
        if (!strcmp(text_of(json_array_get(plans, i), "name"), name))
            return json_array_get(plans, i);
    return NULL;
}

static const char *leader_of(const document_t *d)
{
    return results_text(d->results, "leader");
}

/* --- differences ------------------------------------------------------------------------------------- */

/* What plan `to` has more than plan `from` of a metric. */
typedef struct {
    value_t step;
    double better; /* chance that `to` is */
} step_t;

static step_t step_between(const result_table_t *t, const char *metric, const char *from,
                           const char *to)
{
    for (size_t r = result_find(t, 0, "metric", metric); r < t->rows;
         r = result_find(t, r + 1, "metric", metric)) {
        const char *a = result_text_of(t, r, "a"), *b = result_text_of(t, r, "b");
        double mean = result_number_of(t, r, "difference"),
               lo = result_number_of(t, r, "difference_lo"),
               hi = result_number_of(t, r, "difference_hi"),
               better = result_number_of(t, r, "p_a_better");
        if (!strcmp(a, to) && !strcmp(b, from))
            return (step_t){value_between(mean, lo, hi), better};
        if (!strcmp(a, from) && !strcmp(b, to))
            return (step_t){value_between(-mean, -hi, -lo), 1 - better};
    }
    return (step_t){value_between(NAN, NAN, NAN), NAN};
}

static void step_text(const char *metric, value_t x, char out[RANGE_LENGTH])
{
    out[0] = 0;
    if (!isnan(x.lo) && !isnan(x.hi))
        snprintf(out, RANGE_LENGTH, "%s to %s", column_step(metric, x.lo).text,
                 column_step(metric, x.hi).text);
}

/* The plan whose value comes nearest to the leader's. */
static const char *runner_up(const document_t *d, const result_table_t *t)
{
    const json_t *plans = plans_of(d);
    const char *leader = leader_of(d), *metric = results_text(d->results, "metric"), *second = "";
    double least = INFINITY;
    for (size_t i = 0; i < json_array_size(plans); i++) {
        const char *name = text_of(json_array_get(plans, i), "name");
        if (!strcmp(name, leader)) continue;
        double behind = fabs(step_between(t, metric, name, leader).step.mean);
        if (behind < least) {
            least = behind;
            second = name;
        }
    }
    return second;
}

/* --- the verdict ------------------------------------------------------------------------------------- */

static void write_facts(document_t *d)
{
    html_t *h = &d->html;
    html_open(h, "p", "class", "facts");
    html_line(h, scenario_of(d), "bdi", "class", "scenario");
    html_textf(h,
               " \xc2\xb7 %zu plans under the same people, prices and luck \xc2\xb7 %s simulated "
               "people \xc2\xb7 "
               "%s replications of each",
               json_array_size(plans_of(d)),
               amount_whole(results_number(d->results, "people")).text,
               amount_whole(results_number(d->results, "replications")).text);
    html_close(h);
}

static bool is_verdict(const document_t *d, const char *word)
{
    return !strcmp(results_text(d->results, "verdict"), word);
}

/* A name that may read like a part of the sentence: run "less LinkedIn". */
static void put_quoted(document_t *d, const char *name)
{
    html_text(&d->html, "\xe2\x80\x9c");
    html_name(&d->html, name);
    html_text(&d->html, "\xe2\x80\x9d");
}

/* The heading begins the finding; what follows it there stands below. */
static void write_finding(document_t *d)
{
    html_t *h = &d->html;
    const char *label = column_label(results_text(d->results, "metric")), *leader = leader_of(d);
    const char *words = is_verdict(d, "separated") ? " is best in " : " leads in ";
    const char *doubt =
        is_verdict(d, "separated") || is_verdict(d, "interrupted") ? "" : ", but it is not sure";
    const char *finding = results_text(d->results, "finding"), *rest = NULL;
    html_open(h, "h1", "id", "finding");
    if (!leader[0] || is_verdict(d, "unknown")) {
        html_textf(h, "No plan has a value of %s", label);
    } else if (is_verdict(d, "equal")) {
        html_textf(h, "As good as equal in %s; a hair ahead: ", label);
        put_quoted(d, leader);
    } else {
        put_quoted(d, leader);
        html_textf(h, "%s%s%s", words, label, doubt);
        rest = strstr(finding, ": ");
        size_t told = strlen(leader) + strlen(words) + strlen(label) + strlen(doubt);
        if (rest && (size_t)(rest - finding) != told) rest = NULL;
    }
    html_close(h);
    html_line(h, rest ? rest + 2 : finding, "p", "class", "lead");
}

static void write_standing(document_t *d)
{
    html_t *h = &d->html;
    double best = number_of(plan_named(d, leader_of(d)), "p_best");
    if (isnan(best)) return;
    char told[160];
    int full = (int)lround(DOTS * best);
    snprintf(told, sizeof told,
             "In %d of %d equally likely futures it is the best of the %zu plans", full, DOTS,
             json_array_size(plans_of(d)));
    html_open(h, "figure", "class", "chance");
    put_dots(d, full, told);
    html_open(h, "figcaption");
    html_textf(h, "%s.", told);
    html_close(h);
    html_close(h);
}

static void write_tiles(document_t *d, const result_table_t *t)
{
    const json_t *leader = plan_named(d, leader_of(d));
    const char *metric = results_text(d->results, "metric"), *second = runner_up(d, t);
    if (!leader) return;
    value_t value = value_of(json_object_get(leader, "totals"), metric);
    step_t lead = step_between(t, metric, second, leader_of(d));
    char range[RANGE_LENGTH], note[320], chance[32], better[64] = "";
    open_tiles(d);
    put_tile(d, &(tile_t){.term = metric,
                          .title = column_label(metric),
                          .value = column_amount(metric, value.mean).text,
                          .metric = metric,
                          .range = value,
                          .mark = NAN});
    value_t nothing = value_between(NAN, NAN, NAN);
    if (second[0]) {
        step_text(metric, lead.step, range);
        char *shown = text_fit(second, 28);
        snprintf(note, sizeof note, "over %s%s%s", shown ? shown : "the next",
                 range[0] ? ", range " : "", range);
        free(shown);
        put_tile(d, &(tile_t){.title = "Difference",
                              .value = column_step(metric, lead.step.mean).text,
                              .note = note,
                              .range = nothing,
                              .mark = NAN});
        if (!isnan(lead.better))
            snprintf(better, sizeof better, "better than the next in %.0f", 100 * lead.better);
    }
    snprintf(chance, sizeof chance, "%.0f %%", 100 * number_of(leader, "p_best"));
    put_tile(d, &(tile_t){.term = "p_best",
                          .title = "Best of all",
                          .value = chance,
                          .note = better[0] ? better : NULL,
                          .range = nothing,
                          .mark = NAN});
    put_tile(d, &(tile_t){.term = "expected_loss",
                          .title = "Expected loss",
                          .value = column_amount(metric, number_of(leader, "expected_loss")).text,
                          .note = "of the leader, should another plan be better",
                          .range = nothing,
                          .mark = NAN});
    value_t spend = value_of(json_object_get(leader, "totals"), "spend");
    put_tile(d, &(tile_t){.term = "spend",
                          .title = "Spend",
                          .value = amount_money(spend.mean).text,
                          .unit = d->currency,
                          .metric = "spend",
                          .range = spend,
                          .mark = NAN});
    html_close(&d->html);
}

static status_t write_verdict(document_t *d, error_t *err)
{
    const result_table_t *t;
    status_t st = results_table(d->results, "comparison.csv", &t, err);
    if (st != OK) return st;
    write_facts(d);
    write_finding(d);
    write_standing(d);
    write_tiles(d, t);
    write_notices(d);
    return OK;
}

static size_t leader_place(const document_t *d)
{
    const json_t *plans = plans_of(d);
    size_t i = 0;
    while (i < json_array_size(plans) &&
           strcmp(text_of(json_array_get(plans, i), "name"), leader_of(d)) != 0)
        i++;
    return i;
}

/* --- the recommended change --------------------------------------------------------------------------- */

static status_t write_change(document_t *d, error_t *err)
{
    (void)err;
    html_t *h = &d->html;
    bool known = leader_of(d)[0] && !is_verdict(d, "unknown");
    html_open(h, "p", "class", "advice");
    if (known && is_verdict(d, "separated")) {
        html_text(h, "Run ");
        put_quoted(d, leader_of(d));
        html_text(h, ".");
    } else if (known && is_verdict(d, "equal")) {
        html_text(h, "Choose by something else: in this they are equal.");
    } else {
        html_text(h, "No change is clear yet.");
    }
    html_close(h);
    if (known && is_verdict(d, "separated")) {
        char command[64];
        snprintf(command, sizeof command, "adsim run plan-%02zu-*.yaml", leader_place(d) + 1);
        put_command(d, command);
    }
    if (is_verdict(d, "too_few_people"))
        html_line(
            h,
            "More simulated people would tell them apart (people: in the scenario, or --people).",
            "p");
    else if (is_verdict(d, "replications_spent") || is_verdict(d, "interrupted"))
        html_line(h, "More replications would tell them apart (--replications).", "p");
    double least = INFINITY, most = 0;
    for (size_t i = 0; i < json_array_size(plans_of(d)); i++) {
        double spend =
            value_of(json_object_get(json_array_get(plans_of(d), i), "totals"), "spend").mean;
        least = fmin(least, spend);
        most = fmax(most, spend);
    }
    if (most > 1.05 * least) {
        html_open(h, "p");
        html_textf(h,
                   "They spend %s to %s %s: a plan that spends more brings more. ROI, iROAS and "
                   "iCPA below "
                   "compare what the money does.",
                   amount_money(least).text, amount_money(most).text, d->currency);
        html_close(h);
    }
    return OK;
}

/* --- the plans ---------------------------------------------------------------------------------------- */

static status_t write_plans(document_t *d, error_t *err)
{
    (void)err;
    const char *metric = results_text(d->results, "metric");
    static const char *const shown[] = {"spend", "incremental_conversions", "roas", "iroas", "roi"};
    enum { SHOWN = sizeof shown / sizeof *shown };
    heading_t heading[SHOWN + 5] = {{"plan", "Plan", false}};
    size_t n = 1;
    for (size_t c = 0; c < SHOWN; c++)
        if (strcmp(shown[c], metric) != 0)
            heading[n++] = (heading_t){shown[c], column_heading(shown[c]), true};
    heading[n++] = (heading_t){metric, column_heading(metric), true};
    heading[n++] = (heading_t){NULL, "Range", false};
    heading[n++] = (heading_t){"p_best", "Best in", true};
    heading[n++] = (heading_t){"expected_loss", "Loss if chosen", true};
    const json_t *plans = plans_of(d);
    double low = 0, high = 0;
    for (size_t i = 0; i < json_array_size(plans); i++) {
        value_t x = value_of(json_object_get(json_array_get(plans, i), "totals"), metric);
        low = fmin(low, x.lo);
        high = fmax(high, x.hi);
    }
    open_table(d, "The plans; ranges hold what may happen in most futures", heading, n, true);
    for (size_t i = 0; i < json_array_size(plans); i++) {
        const json_t *plan = json_array_get(plans, i), *totals = json_object_get(plan, "totals");
        bool leads = !strcmp(text_of(plan, "name"), leader_of(d));
        if (leads)
            html_open(&d->html, "tr", "class", "whole");
        else
            html_open(&d->html, "tr");
        row_name(d, text_of(plan, "name"), (int)i);
        for (size_t c = 0; c < SHOWN; c++) {
            double x = value_of(totals, shown[c]).mean;
            if (!strcmp(shown[c], metric)) continue;
            cell_amount(d, column_amount(shown[c], x), x);
        }
        cell_value(d, metric, value_of(totals, metric));
        html_open(&d->html, "td", "class", "drawing");
        put_range(d, value_of(totals, metric), low, high, NAN);
        html_close(&d->html);
        double best = number_of(plan, "p_best"), loss = number_of(plan, "expected_loss");
        amount_t share;
        snprintf(share.text, sizeof share.text, "%.0f %%", 100 * best);
        cell_amount(d, isnan(best) ? amount(NAN) : share, best);
        cell_amount(d, column_amount(metric, loss), loss);
        html_close(&d->html);
    }
    close_table(d);
    return OK;
}

/* --- what the others do differently -------------------------------------------------------------------- */

static void write_pair(document_t *d, const result_table_t *t, const json_t *leader,
                       const json_t *other)
{
    html_t *h = &d->html;
    const char *a = text_of(leader, "name"), *b = text_of(other, "name");
    const heading_t heading[] = {{NULL, "", false},     {NULL, a, true},
                                 {NULL, b, true},       {NULL, "difference", true},
                                 {NULL, "range", true}, {"p_a_better", "better in", true}};
    char caption[512];
    snprintf(caption, sizeof caption, "%.200s beside %.200s", b, a);
    open_table(d, caption, heading, sizeof heading / sizeof *heading, false);
    for (const char *const *metric = compare_told; *metric; metric++) {
        step_t x = step_between(t, *metric, a, b);
        double mine = value_of(json_object_get(leader, "totals"), *metric).mean;
        double theirs = value_of(json_object_get(other, "totals"), *metric).mean;
        char range[RANGE_LENGTH];
        if (isnan(x.step.mean)) continue;
        step_text(*metric, x.step, range);
        html_open(h, "tr");
        html_open(h, "th", "scope", "row");
        put_term(d, *metric, column_label(*metric));
        html_close(h);
        cell_amount(d, column_amount(*metric, mine), mine);
        cell_amount(d, column_amount(*metric, theirs), theirs);
        cell_amount(d, column_step(*metric, x.step.mean), x.step.mean);
        html_line(h, range, "td", "class", "number");
        amount_t share;
        snprintf(share.text, sizeof share.text, "%.0f %%", 100 * x.better);
        cell_amount(d, isnan(x.better) ? amount(NAN) : share, x.better);
        html_close(h);
    }
    close_table(d);
}

static status_t write_differences(document_t *d, error_t *err)
{
    const result_table_t *t;
    const json_t *leader = plan_named(d, leader_of(d)), *plans = plans_of(d);
    status_t st = results_table(d->results, "comparison.csv", &t, err);
    if (st != OK || !leader) return st;
    for (size_t i = 0; i < json_array_size(plans); i++)
        if (json_array_get(plans, i) != leader) write_pair(d, t, leader, json_array_get(plans, i));
    return OK;
}

static bool has_leader(const document_t *d)
{
    return plan_named(d, leader_of(d)) != NULL;
}

static const section_row_t sections[] = {
    {"change", "Recommended change", NULL, write_change, true},
    {"plans", "The plans", NULL, write_plans, true},
    {"differences", "What the others do differently", has_leader, write_differences, false},
};

const page_kind_t page_of_comparison = {RESULTS_COMPARISON, "Comparison", write_verdict, sections,
                                        sizeof sections / sizeof *sections};
