/* document_run.c -- the page of a run: will the plan reach its target, what does each ad set bring, what to change. */
#include "sim/report/document_parts.h"
#include "sim/report/next_money.h"
#include "sim/report/whatif_page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const json_t *totals_of(const document_t *d)
{
    return json_object_get(results_summary(d->results), "totals");
}

static const json_t *list_of(const document_t *d, const char *name)
{
    return json_object_get(results_summary(d->results), name);
}

static bool has_ads(const document_t *d)
{
    return json_array_size(list_of(d, "ad_sets")) > 0;
}

/* Is the chance to reach a target known? */
static bool has_chance(const document_t *d)
{
    return results_text(d->results, "target.metric")[0] &&
           !isnan(results_number(d->results, "target.at_least")) &&
           !isnan(results_number(d->results, "target.probability"));
}

/* --- the verdict ------------------------------------------------------------------------------------ */

/* 28 days from 2026-03-02 · 259.8 M people (535,737 simulated) · 256 replications · seed 42 */
static void write_facts(document_t *d)
{
    html_t *h = &d->html;
    html_open(h, "p", "class", "facts");
    html_line(h, scenario_of(d), "bdi", "class", "scenario");
    double days = results_number(d->results, "schedule.days");
    if (!isnan(days))
        html_textf(h, " \xc2\xb7 %.0f days from %s", days,
                   results_text(d->results, "schedule.start"));
    html_textf(h, " \xc2\xb7 %s people (%s simulated) \xc2\xb7 %s replications",
               amount(results_number(d->results, "population")).text,
               amount_whole(results_number(d->results, "people")).text,
               amount_whole(results_number(d->results, "replications")).text);
    html_close(h);
}

/* Spent, reached, caused; and whether it pays. */
static void write_outcome(document_t *d)
{
    html_t *h = &d->html;
    const json_t *totals = totals_of(d);
    value_t roi = value_of(totals, "roi");
    char range[RANGE_LENGTH];
    html_open(h, "p", "class", "lead");
    if (has_ads(d))
        html_textf(h,
                   "The plan spends %s %s, reaches %s people and causes %s conversions that would "
                   "not happen "
                   "without it.",
                   amount_money(value_of(totals, "spend").mean).text, d->currency,
                   amount_people(value_of(totals, "reach").mean).text,
                   amount(value_of(totals, "incremental_conversions").mean).text);
    else
        html_textf(h, "No ads: the brand's own posts reach %s people.",
                   amount_people(value_of(totals, "reach_any").mean).text);
    if (!isnan(roi.mean)) {
        column_range("roi", roi, range);
        html_text(h, roi.mean < 0 ? " It costs more than it earns: "
                                  : " It earns more than it costs: ");
        put_term(d, "roi", "ROI");
        html_textf(h, " %s", column_amount("roi", roi.mean).text);
        if (range[0]) html_textf(h, " (%s %s)", level_words(roi).text, range);
        html_text(h, ".");
    }
    html_close(h);
}

static void write_chance(document_t *d)
{
    html_t *h = &d->html;
    const char *metric = results_text(d->results, "target.metric");
    double share = results_number(d->results, "target.probability");
    double least = results_number(d->results, "target.at_least");
    double low = results_number(d->results, "target.probability_lo");
    double high = results_number(d->results, "target.probability_hi");
    int full = (int)lround(DOTS * share);
    char told[160];
    value_t x = value_of(totals_of(d), metric);
    html_open(h, "h1", "id", "finding");
    html_textf(h, "%s: %.0f %% chance to reach %s %.10g", chance_words(share), 100 * share,
               column_label(metric), least);
    html_close(h);
    snprintf(told, sizeof told, "%d of %d equally likely futures reach %s %.10g", full, DOTS,
             column_label(metric), least);
    html_open(h, "figure", "class", "chance");
    put_dots(d, full, told);
    html_open(h, "figcaption");
    html_textf(h, "%s. ", told);
    put_term(d, metric, column_label(metric));
    html_textf(h, " is expected at %s", column_amount(metric, x.mean).text);
    char range[RANGE_LENGTH];
    column_range(metric, x, range);
    if (range[0]) html_textf(h, " (%s %s)", level_words(x).text, range);
    html_text(h, ".");
    if (!isnan(low) && !isnan(high))
        html_textf(h, " The simulation knows the chance to %.0f\xe2\x80\x93%.0f %%.", 100 * low,
                   100 * high);
    html_close(h);
    html_close(h);
}

/* Without a target, what a spent unit brings back is the finding. */
static void write_expectation(document_t *d)
{
    html_t *h = &d->html;
    const json_t *totals = totals_of(d);
    const char *metric = has_ads(d) ? "roas" : "roi";
    value_t x = value_of(totals, metric);
    char range[RANGE_LENGTH];
    column_range(metric, x, range);
    html_open(h, "h1", "id", "finding");
    if (isnan(x.mean))
        html_text(h, "What the plan brings");
    else
        html_textf(h, "Expect %s of %s%s%s%s", column_label(metric),
                   column_amount(metric, x.mean).text, range[0] ? " (range " : "", range,
                   range[0] ? ")" : "");
    html_close(h);
    html_open(h, "p", "class", "hint");
    html_text(h, "No target is set. Add ");
    html_line(h, "target: {metric: roas, at_least: 1.3}", "code");
    html_text(h, " to the scenario for the chance to reach it.");
    html_close(h);
}

/* --- tiles ------------------------------------------------------------------------------------------ */

typedef struct {
    const char *metric, *title;
    const char *beside, *words; /* another metric, told below: "2,450 caused by the ads" */
} run_tile_t;

static const run_tile_t ad_tiles[] = {
    {"spend", "Spend", "cpm", "per 1,000 impressions"},
    {"reach", "Reach", "frequency", "impressions a person"},
    {"conversions", "Conversions", "incremental_conversions", "caused by the ads"},
    {"roas", "ROAS", "iroas", "by what the ads caused"},
    {"roi", "ROI", "profit", "profit"},
};
static const run_tile_t brand_tiles[] = {
    {"organic_cost", "Cost", NULL, NULL},
    {"reach_any", "Reach", "frequency_any", "times a person"},
    {"post_conversions", "Orders by posts", "total_conversions", "in all"},
    {"roi", "ROI", "profit", "profit"},
};

/* At the end, over all platforms. */
static void put_followers(document_t *d)
{
    const json_t *platforms =
        json_object_get(json_object_get(results_summary(d->results), "organic"), "platforms");
    double followers = 0, gained = 0;
    for (size_t i = 0; i < json_array_size(platforms); i++) {
        const json_t *p = json_array_get(platforms, i);
        followers += value_of(p, "followers").mean;
        gained += value_of(p, "followers_gained").mean - value_of(p, "followers_lost").mean;
    }
    if (!json_array_size(platforms)) return;
    char note[64];
    snprintf(note, sizeof note, "%s in the flight", column_step("reach", gained).text);
    put_tile(d, &(tile_t){.term = "followers",
                          .title = "Followers",
                          .value = amount_people(followers).text,
                          .note = note,
                          .range = value_between(NAN, NAN, NAN),
                          .mark = NAN});
}

static void write_tiles(document_t *d)
{
    bool ads = has_ads(d);
    const run_tile_t *tile = ads ? ad_tiles : brand_tiles;
    size_t n = ads ? sizeof ad_tiles / sizeof *ad_tiles : sizeof brand_tiles / sizeof *brand_tiles;
    const json_t *totals = totals_of(d);
    const char *goal = results_text(d->results, "target.metric");
    open_tiles(d);
    for (size_t i = 0; i < n; i++) {
        value_t x = value_of(totals, tile[i].metric);
        char note[96] = "";
        bool money = !strcmp(tile[i].metric, "spend") || !strcmp(tile[i].metric, "organic_cost");
        if (tile[i].beside)
            snprintf(note, sizeof note, "%s %s",
                     column_amount(tile[i].beside, value_of(totals, tile[i].beside).mean).text,
                     tile[i].words);
        bool is_goal = !strcmp(goal, tile[i].metric);
        put_tile(d,
                 &(tile_t){.term = tile[i].metric,
                           .title = tile[i].title,
                           .value = column_amount(tile[i].metric, x.mean).text,
                           .unit = money ? d->currency : NULL,
                           .note = note[0] ? note : NULL,
                           .metric = tile[i].metric,
                           .range = x,
                           .mark = is_goal ? results_number(d->results, "target.at_least") : NAN});
    }
    put_followers(d);
    if (has_chance(d)) {
        char value[32], note[96];
        snprintf(value, sizeof value, "%.0f %%",
                 100 * results_number(d->results, "target.probability"));
        snprintf(note, sizeof note, "to reach %s %.10g", column_label(goal),
                 results_number(d->results, "target.at_least"));
        put_tile(d, &(tile_t){.term = "probability",
                              .title = "Chance",
                              .value = value,
                              .note = note,
                              .range = value_between(NAN, NAN, NAN),
                              .mark = NAN});
    }
    html_close(&d->html);
}

static status_t write_verdict(document_t *d, error_t *err)
{
    (void)err;
    write_facts(d);
    if (has_chance(d))
        write_chance(d);
    else
        write_expectation(d);
    write_outcome(d);
    write_tiles(d);
    write_notices(d);
    return OK;
}

/* --- the recommended change -------------------------------------------------------------------------- */

static void put_rate(document_t *d, double mean, double lo, double hi)
{
    html_textf(&d->html, "%s (%s\xe2\x80\x93%s)", amount_ratio(mean).text, amount_ratio(lo).text,
               amount_ratio(hi).text);
}

static void put_unspent(document_t *d, const next_money_t *n)
{
    html_t *h = &d->html;
    html_open(h, "p", "class", "advice");
    html_text(h, "Move money out of ");
    put_name(d, n->from->name, n->from->order);
    html_textf(h, ": it can spend only %s of its budget.", amount_percent(n->from->spent).text);
    html_close(h);
    html_open(h, "p");
    html_textf(h, "%s %s stay unspent there", amount_money(n->amount).text, d->currency);
    if (n->from->limited_by[0]) html_textf(h, " (limited by %s)", n->from->limited_by);
    html_text(h, ". The next one spent on ");
    put_name(d, n->to->name, n->to->order);
    html_text(h, " causes ");
    put_rate(d, n->to->next.mean, n->to->next.lo, n->to->next.hi);
    html_text(h, " of revenue.");
    html_close(h);
}

static void put_move(document_t *d, const next_money_t *n)
{
    html_t *h = &d->html;
    html_open(h, "p", "class", "advice");
    html_textf(h, "Move %s %s from ", amount_money(n->amount).text, d->currency);
    put_name(d, n->from->name, n->from->order);
    html_text(h, " to ");
    put_name(d, n->to->name, n->to->order);
    html_text(h, ".");
    html_close(h);
    html_open(h, "p");
    html_textf(h, "The next %s spent causes ", d->currency);
    put_rate(d, n->to->next.mean, n->to->next.lo, n->to->next.hi);
    html_text(h, " of revenue there, and ");
    put_rate(d, n->from->next.mean, n->from->next.lo, n->from->next.hi);
    html_textf(h, " here: the move brings about %s %s of caused revenue (%s to %s).",
               column_step("spend", n->gain.mean).text, d->currency,
               column_step("spend", n->gain.lo).text, column_step("spend", n->gain.hi).text);
    html_close(h);
}

/* When even the best next money does not come back. */
static void put_break_even(document_t *d, const next_money_t *n)
{
    html_t *h = &d->html;
    if (isnan(n->break_even) || !n->to) return;
    html_open(h, "p");
    if (n->to->next.mean >= n->break_even)
        html_textf(
            h,
            "At your margin a %s must cause %s of revenue to come back: there, more budget earns "
            "more than it costs.",
            d->currency, amount_ratio(n->break_even).text);
    else {
        html_textf(
            h,
            "Yet no ad set earns its next %s back: at your margin it must cause %s of revenue, and "
            "the best, ",
            d->currency, amount_ratio(n->break_even).text);
        put_name(d, n->to->name, n->to->order);
        html_textf(h,
                   ", causes %s. Moving money loses less; only better offers, creatives or "
                   "audiences, or a "
                   "smaller budget, make it pay.",
                   amount_ratio(n->to->next.mean).text);
    }
    html_close(h);
}

static status_t write_change(document_t *d, error_t *err)
{
    html_t *h = &d->html;
    next_money_t next;
    status_t st = next_money_find(&next, d->results, err);
    if (st != OK) return st;
    switch (next.advice) {
    case ADVICE_SPEND_ELSEWHERE: put_unspent(d, &next); break;
    case ADVICE_MOVE: put_move(d, &next); break;
    case ADVICE_UNCLEAR:
        html_line(h, "No change is clear.", "p", "class", "advice");
        html_line(h,
                  "The ranges of what the next money causes overlap between all ad sets: from "
                  "these numbers no "
                  "move between them is known to gain.",
                  "p");
        break;
    default:
        html_line(h, "There is nothing to move money to.", "p", "class", "advice");
        html_line(h,
                  "With one ad set, other audiences, creatives or budgets are the changes to try.",
                  "p");
    }
    put_break_even(d, &next);
    html_open(h, "p");
    html_text(h, "The best split of the whole budget, simulated and compared with this one:");
    html_close(h);
    put_command(d, results_has(d->results, "resolved.yaml") ? "adsim allocate resolved.yaml"
                                                            : "adsim allocate scenario.yaml");
    html_line(h,
              next.simulated
                  ? "What the next money causes is simulated: response_curve.csv has the whole "
                    "curves."
                  : "Next money is what an ad set causes now, times how its impressions grow with "
                    "its budget; new impressions are taken to work as the present ones do.",
              "p", "class", "hint");
    next_money_free(&next);
    return OK;
}

/* --- what each ad set brings ------------------------------------------------------------------------- */

static const struct {
    heading_t heading;
    const char *metric;
    bool ranged;
} ad_set_columns[] = {
    {{"spend", "Spend", true}, "spend", false},
    {{"reach", "Reach", true}, "reach", false},
    {{"frequency", "Freq.", true}, "frequency", false},
    {{"conversions", "Conversions", true}, "conversions", true},
    {{"incremental_conversions", "Caused", true}, "incremental_conversions", false},
    {{"roas", "ROAS", true}, "roas", true},
    {{"roi", "ROI", true}, "roi", false},
};
enum { AD_SET_COLUMNS = sizeof ad_set_columns / sizeof *ad_set_columns };

typedef struct {
    double top, mark; /* of the ranges of ROAS that are drawn */
} roas_scale_t;

static void write_scope(document_t *d, const json_t *scope, const char *name, int order,
                        roas_scale_t scale)
{
    html_t *h = &d->html;
    row_name(d, name, order);
    for (size_t c = 0; c < AD_SET_COLUMNS; c++) {
        value_t x = value_of(scope, ad_set_columns[c].metric);
        if (ad_set_columns[c].ranged)
            cell_value(d, ad_set_columns[c].metric, x);
        else
            cell_amount(d, column_amount(ad_set_columns[c].metric, x.mean), x.mean);
    }
    html_open(h, "td", "class", "drawing");
    put_range(d, value_of(scope, "roas"), 0, scale.top, scale.mark);
    html_close(h);
    const char *limit =
        json_string_value(json_object_get(json_object_get(scope, "delivery"), "limited_by"));
    cell_text(d, limit ? limit : "");
}

static void write_group(document_t *d, const char *list, const char *title, bool coloured,
                        roas_scale_t scale)
{
    html_t *h = &d->html;
    const json_t *scopes = list_of(d, list);
    size_t n = json_array_size(scopes);
    if (!n || (n < 2 && !coloured)) return;
    html_open(h, "tr", "class", coloured ? "group" : "group detail");
    html_line(h, title, "th", "scope", "rowgroup", "colspan", "10");
    html_close(h);
    for (size_t i = 0; i < n; i++) {
        const json_t *scope = json_array_get(scopes, i);
        const char *name = json_string_value(json_object_get(scope, "name"));
        html_open(h, "tr", "class", coloured ? "one" : "detail");
        write_scope(d, scope, name ? name : "", coloured ? (int)i : -1, scale);
        html_close(h);
    }
}

static status_t write_ad_sets(document_t *d, error_t *err)
{
    (void)err;
    heading_t heading[AD_SET_COLUMNS + 3] = {{"ad_set", "Ad set", false}};
    for (size_t c = 0; c < AD_SET_COLUMNS; c++) heading[c + 1] = ad_set_columns[c].heading;
    heading[AD_SET_COLUMNS + 1] = (heading_t){"roas", "ROAS, range", false};
    heading[AD_SET_COLUMNS + 2] = (heading_t){"limited_by", "Limited by", false};
    const char *goal = results_text(d->results, "target.metric");
    roas_scale_t scale = {value_of(totals_of(d), "roas").hi,
                          strcmp(goal, "roas") ? NAN
                                               : results_number(d->results, "target.at_least")};
    const json_t *ad_sets = list_of(d, "ad_sets");
    for (size_t i = 0; i < json_array_size(ad_sets); i++)
        scale.top = fmax(scale.top, value_of(json_array_get(ad_sets, i), "roas").hi);
    if (!isnan(scale.mark)) scale.top = fmax(scale.top, 1.05 * scale.mark);
    char caption[160];
    snprintf(caption, sizeof caption,
             "What each part of the plan brings, in %.8s; behind it, in brackets, the %s%s",
             d->currency, level_words(value_of(totals_of(d), "spend")).text,
             isnan(scale.mark) ? "" : "; the tall line is the target");
    open_table(d, caption, heading, AD_SET_COLUMNS + 3, false);
    write_group(d, "ad_sets", "Ad sets", true, scale);
    write_group(d, "campaigns", "Campaigns", false, scale);
    write_group(d, "platforms", "Platforms", false, scale);
    html_open(&d->html, "tr", "class", "whole");
    write_scope(d, totals_of(d), "The whole plan", -1, scale);
    html_close(&d->html);
    close_table(d);
    return OK;
}

static const section_row_t sections[] = {
    {"change", "Recommended change", has_ads, write_change, true},
    {"ad-sets", "What each ad set brings", has_ads, write_ad_sets, true},
    {"what-if", "What if", has_whatif, write_whatif, true},
};

const page_kind_t page_of_run = {RESULTS_RUN, "Run", write_verdict, sections,
                                 sizeof sections / sizeof *sections};
