/* document_allocation.c -- the page of an allocation: the best split, what it brings over today's, what holds each
 * cell, other budgets. */
#include "sim/report/document_parts.h"

#include <math.h>
#include <string.h>

static double at(const document_t *d, const char *path)
{
    return results_number(d->results, path);
}

static bool is_simulated(const document_t *d)
{
    return json_is_object(json_object_get(results_summary(d->results), "simulation"));
}

static bool is_evaluated(const document_t *d)
{
    return !strcmp(results_text(d->results, "objective"), "evaluate");
}

/* The metric of a simulated response; "" for curves of one's own, whose unit nobody knows. */
static const char *response_metric(const document_t *d)
{
    return results_text(d->results, "simulation.metric");
}

static const char *response_title(const document_t *d)
{
    return response_metric(d)[0] ? column_label(response_metric(d)) : "Response";
}

/* Responses are of any size: five digits that count, whole from a thousand on. */
static amount_t response_amount(double x)
{
    amount_t a;
    if (isnan(x) || fabs(x) >= 999.5) return isnan(x) ? amount(x) : amount_whole(x);
    snprintf(a.text, sizeof a.text, "%.4g", x);
    return a;
}

static amount_t response_step(double x)
{
    amount_t a;
    snprintf(a.text, sizeof a.text, "%s%.28s",
             x > 0   ? "+"
             : x < 0 ? "\xe2\x88\x92"
                     : "",
             response_amount(fabs(x)).text);
    return a;
}

static amount_t rate_amount(double x)
{
    amount_t a;
    if (isnan(x)) return amount(x);
    snprintf(a.text, sizeof a.text, "%.3g", x);
    return a;
}

static value_t spread_at(const document_t *d, const char *name)
{
    char path[3][64];
    static const char *const part[] = {"mean", "lo", "hi"};
    for (int i = 0; i < 3; i++) snprintf(path[i], sizeof path[i], "%s.%s", name, part[i]);
    return value_between(at(d, path[0]), at(d, path[1]), at(d, path[2]));
}

static double gain_of(const document_t *d)
{
    return at(d, "response") - at(d, "base.response");
}

static bool moves(const document_t *d)
{
    const json_t *cells = json_object_get(results_summary(d->results), "cells");
    for (size_t i = 0; i < json_array_size(cells); i++) {
        const json_t *cell = json_array_get(cells, i);
        double now = json_number_value(json_object_get(cell, "base_spend"));
        double best = json_number_value(json_object_get(cell, "spend"));
        if (fabs(best - now) > 0.005) return true;
    }
    return false;
}

static const char *base_words(const document_t *d)
{
    return strcmp(results_text(d->results, "base.split"), "even") ? "today's split"
                                                                  : "an even split";
}

/* --- the verdict ------------------------------------------------------------------------------------- */

static void write_facts(document_t *d)
{
    html_t *h = &d->html;
    char objective[64];
    snprintf(objective, sizeof objective, "%s", results_text(d->results, "objective"));
    text_words(objective);
    html_open(h, "p", "class", "facts");
    html_line(h, scenario_of(d), "bdi", "class", "scenario");
    html_textf(h, " \xc2\xb7 %s", objective);
    if (!isnan(at(d, "target"))) html_textf(h, " %.10g", at(d, "target"));
    if (!isnan(at(d, "budget")))
        html_textf(h, " \xc2\xb7 at most %s %s", amount_money(at(d, "budget")).text, d->currency);
    html_textf(h, is_simulated(d) ? " \xc2\xb7 simulated" : " \xc2\xb7 on your response curves");
    html_close(h);
}

static void write_finding(document_t *d)
{
    html_t *h = &d->html;
    double gain = gain_of(d), share = 100 * gain / at(d, "base.response");
    html_open(h, "h1", "id", "finding");
    if (is_evaluated(d))
        html_textf(h, "This split brings %s for %s %s", response_amount(at(d, "response")).text,
                   amount_money(at(d, "spend")).text, d->currency);
    else if (!moves(d))
        html_textf(h, "Nothing is to be moved: %s is the best found", base_words(d));
    else if (isfinite(share) && at(d, "base.response") > 0)
        html_textf(h, "Another split brings %.2g %% %s than %s", fabs(share),
                   gain >= 0 ? "more" : "less", base_words(d));
    else
        html_textf(h, "Another split brings %s than %s", response_step(gain).text, base_words(d));
    html_close(h);
    html_open(h, "p", "class", "lead");
    html_textf(h, "%s %s bring ", amount_money(at(d, "spend")).text, d->currency);
    put_term(d, response_metric(d)[0] ? response_metric(d) : "response", response_title(d));
    html_textf(h, " %s", response_amount(at(d, "response")).text);
    value_t range = spread_at(d, "certainty.response");
    if (!isnan(range.lo))
        html_textf(h, " (range %s to %s)", response_amount(range.lo).text,
                   response_amount(range.hi).text);
    html_textf(h, "; %s", base_words(d));
    html_textf(h, " brings %s for %s %s.", response_amount(at(d, "base.response")).text,
               amount_money(at(d, "base.spend")).text, d->currency);
    double gap = at(d, "gap");
    if (gap == 0)
        html_text(h, " No split within the limits brings more: that is proven.");
    else if (!isnan(gap))
        html_textf(h, " No split can bring more than %s.", response_amount(at(d, "bound")).text);
    html_close(h);
    if (json_is_false(json_object_get(results_summary(d->results), "reached")))
        html_line(
            h,
            "The target is out of reach within the limits; this is the split that comes nearest.",
            "p", "class", "notices wrong");
}

static void write_chance(document_t *d)
{
    html_t *h = &d->html;
    double better = at(d, "certainty.p_better");
    if (isnan(better) || is_evaluated(d) || !moves(d)) return;
    int full = (int)lround(DOTS * better);
    char told[160];
    snprintf(told, sizeof told, "In %d of %d equally likely futures it beats %s", full, DOTS,
             base_words(d));
    html_open(h, "figure", "class", "chance");
    put_dots(d, full, told);
    html_open(h, "figcaption");
    html_textf(h, "%s.", told);
    html_close(h);
    html_close(h);
}

static void write_tiles(document_t *d)
{
    value_t none = value_between(NAN, NAN, NAN), step = spread_at(d, "certainty.difference");
    double better = at(d, "certainty.p_better"), next = at(d, "lambda");
    char chance[32], range[RANGE_LENGTH + 16] = "", note[96];
    open_tiles(d);
    put_tile(d, &(tile_t){.term = "spend",
                          .title = "Spend",
                          .value = amount_money(at(d, "spend")).text,
                          .unit = d->currency,
                          .range = none,
                          .mark = NAN});
    put_tile(d, &(tile_t){.term = response_metric(d)[0] ? response_metric(d) : "response",
                          .title = response_title(d),
                          .value = response_amount(at(d, "response")).text,
                          .range = none,
                          .mark = NAN});
    if (!is_evaluated(d)) {
        if (!isnan(step.lo))
            snprintf(range, sizeof range, "range %s to %s", response_step(step.lo).text,
                     response_step(step.hi).text);
        snprintf(note, sizeof note, "over %s", base_words(d));
        put_tile(d, &(tile_t){.term = "gain",
                              .title = "Gain",
                              .value = response_step(gain_of(d)).text,
                              .note = range[0] ? range : note,
                              .range = none,
                              .mark = NAN});
        if (!isnan(better)) {
            snprintf(chance, sizeof chance, "%.0f %%", 100 * better);
            put_tile(d, &(tile_t){.term = "p_better",
                                  .title = "Chance",
                                  .value = chance,
                                  .note = note,
                                  .range = none,
                                  .mark = NAN});
        }
    }
    if (next > 0) {
        snprintf(note, sizeof note, "that the next %.8s of budget brings", d->currency);
        put_tile(d, &(tile_t){.term = "marginal",
                              .title = "Next money",
                              .value = rate_amount(next).text,
                              .note = note,
                              .range = none,
                              .mark = NAN});
    }
    html_close(&d->html);
}

static status_t write_verdict(document_t *d, error_t *err)
{
    (void)err;
    write_facts(d);
    write_finding(d);
    write_chance(d);
    write_tiles(d);
    write_notices(d);
    return OK;
}

/* --- the split ---------------------------------------------------------------------------------------- */

static status_t write_split(document_t *d, error_t *err)
{
    const result_table_t *t;
    status_t st = results_table(d->results, "allocation.csv", &t, err);
    if (st != OK) return st;
    bool even = !strcmp(results_text(d->results, "base.split"), "even");
    const heading_t heading[] = {{"cell", "Cell", false},
                                 {"base_spend", even ? "Even" : "Now", true},
                                 {"spend", is_evaluated(d) ? "Plan" : "Best", true},
                                 {"change", "Change", true},
                                 {NULL, "It may be", true},
                                 {NULL, "Best, range", false},
                                 {"response", response_title(d), true},
                                 {"marginal", "Next money", true},
                                 {"limited_by", "Held by", false}};
    double top = 0;
    for (size_t r = 0; r < t->rows; r++)
        top = fmax(fmax(top, result_number_of(t, r, "spend")),
                   fmax(result_number_of(t, r, "spend_hi"), result_number_of(t, r, "base_spend")));
    char caption[128];
    snprintf(caption, sizeof caption, "The split, in %.8s; the tall line is %s", d->currency,
             base_words(d));
    open_table(d, caption, heading, sizeof heading / sizeof *heading, true);
    for (size_t r = 0; r < t->rows; r++) {
        double now = result_number_of(t, r, "base_spend"), best = result_number_of(t, r, "spend");
        double response = result_number_of(t, r, "response"),
               next = result_number_of(t, r, "marginal");
        value_t x = value_between(best, result_number_of(t, r, "spend_lo"),
                                  result_number_of(t, r, "spend_hi"));
        char range[RANGE_LENGTH];
        column_range("spend", x, range);
        if (isnan(x.lo) || isnan(x.hi)) x = value_between(best, best, best);
        html_open(&d->html, "tr");
        row_name(d, result_text_of(t, r, "cell"), (int)r);
        cell_amount(d, amount_money(now), now);
        cell_amount(d, amount_money(best), best);
        cell_amount(d, column_step("spend", best - now), best - now);
        html_line(&d->html, range, "td", "class", "number");
        html_open(&d->html, "td", "class", "drawing");
        put_range(d, x, 0, top, now);
        html_close(&d->html);
        cell_amount(d, response_amount(response), response);
        cell_amount(d, rate_amount(next), next);
        cell_text(d, result_text_of(t, r, "limited_by"));
        html_close(&d->html);
    }
    close_table(d);
    return OK;
}

/* The largest steps, as sentences. */
static status_t write_change(document_t *d, error_t *err)
{
    const result_table_t *t;
    html_t *h = &d->html;
    status_t st = results_table(d->results, "allocation.csv", &t, err);
    if (st != OK) return st;
    if (is_evaluated(d) || !moves(d)) {
        html_line(h,
                  is_evaluated(d) ? "This split was evaluated, not searched for."
                                  : "Keep the split as it is.",
                  "p", "class", "advice");
        return OK;
    }
    html_open(h, "ul", "class", "advice");
    for (size_t r = 0; r < t->rows; r++) {
        double change = result_number_of(t, r, "change");
        if (!(fabs(change) > 0.005)) continue;
        html_open(h, "li");
        put_name(d, result_text_of(t, r, "cell"), (int)r);
        html_textf(h, ": %s %s, from %s to ", column_step("spend", change).text, d->currency,
                   amount_money(result_number_of(t, r, "base_spend")).text);
        html_line(h, amount_money(result_number_of(t, r, "spend")).text, "b");
        html_close(h);
    }
    html_close(h);
    double regret = at(d, "certainty.worth_knowing_all"), loss = at(d, "certainty.expected_loss");
    html_open(h, "p");
    if (!isnan(loss))
        html_textf(h, "Expected loss should %s be better after all: %s.", base_words(d),
                   response_amount(loss).text);
    if (regret > 0)
        html_textf(h, " To know all curves exactly would bring %s on average.",
                   response_amount(regret).text);
    html_close(h);
    return OK;
}

/* --- other budgets ------------------------------------------------------------------------------------ */

static bool has_frontier(const document_t *d)
{
    return json_array_size(json_object_get(results_summary(d->results), "frontier")) > 1;
}

static status_t write_frontier(document_t *d, error_t *err)
{
    const result_table_t *t;
    status_t st = results_table(d->results, "frontier.csv", &t, err);
    if (st != OK) return st;
    const heading_t heading[] = {{"budget", "Budget", true},
                                 {"response", response_title(d), true},
                                 {NULL, "Range", false},
                                 {"marginal", "Next money", true}};
    double top = 0;
    for (size_t r = 0; r < t->rows; r++)
        top = fmax(top,
                   fmax(result_number_of(t, r, "response"), result_number_of(t, r, "response_hi")));
    open_table(d, "Other budgets, each split best", heading, sizeof heading / sizeof *heading,
               true);
    for (size_t r = 0; r < t->rows; r++) {
        double budget = result_number_of(t, r, "budget"),
               response = result_number_of(t, r, "response");
        double next = result_number_of(t, r, "marginal");
        value_t x = value_between(response, result_number_of(t, r, "response_lo"),
                                  result_number_of(t, r, "response_hi"));
        if (isnan(x.lo) || isnan(x.hi)) x = value_between(response, response, response);
        html_open(&d->html, "tr");
        html_line(&d->html, amount_money(budget).text, "th", "scope", "row", "class", "number");
        cell_amount(d, response_amount(response), response);
        html_open(&d->html, "td", "class", "drawing");
        put_range(d, x, 0, top, NAN);
        html_close(&d->html);
        cell_amount(d, rate_amount(next), next);
        html_close(&d->html);
    }
    close_table(d);
    return OK;
}

static const section_row_t sections[] = {
    {"change", "Recommended change", NULL, write_change, true},
    {"split", "The split", NULL, write_split, true},
    {"budgets", "Other budgets", has_frontier, write_frontier, false},
};

const page_kind_t page_of_allocation = {RESULTS_ALLOCATION, "Allocation", write_verdict, sections,
                                        sizeof sections / sizeof *sections};
