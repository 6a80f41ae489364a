/* organic.c -- what a brand does besides its ads, as files and lines: organic.csv, months.csv, the part of
 * summary.json, the lines on the terminal. */
#include "sim/report/organic.h"

#include "sim/report/csv.h"
#include "sim/report/text.h"

#include "models/base/date.h"

#include <math.h>

int report_has_brand(const report_t *r)
{
    return r->study->brand.places > 0;
}

static const char *place_name(const study_t *s, int place)
{
    int p = s->brand.platform[place];
    return p < 0 ? "all" : s->scenario->platform[p].name;
}

/* --- files ------------------------------------------------------------------------------------ */

static void range_header(csv_t *c, const char *name)
{
    static const char *const suffix[] = {"", "_lo", "_hi"};
    for (int k = 0; k < 3; k++) {
        char full[64];
        snprintf(full, sizeof full, "%s%s", name, suffix[k]);
        csv_text(c, full);
    }
}

static void csv_range(csv_t *c, range_t x)
{
    csv_real(c, x.mean);
    csv_real(c, x.lo);
    csv_real(c, x.hi);
}

status_t report_organic_csv(const report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const study_t *s = r->study;
    const brand_study_t *b = &s->brand;
    csv_t c = {.to = to};
    csv_text(&c, "day");
    csv_text(&c, "date");
    csv_text(&c, "platform");
    for (int k = 0; k < ORGANIC_COLUMNS; k++) range_header(&c, organic_columns[k].name);
    csv_end(&c);
    for (int day = 0; day < b->days; day++)
        for (int place = 0; place < b->places; place++) {
            const range_t *row =
                &b->day[((size_t)day * (size_t)b->places + (size_t)place) * ORGANIC_COLUMNS];
            csv_real(&c, day + 1);
            csv_text(&c, date_after(s->scenario->start, day).text);
            csv_text(&c, place_name(s, place));
            for (int k = 0; k < ORGANIC_COLUMNS; k++) csv_range(&c, row[k]);
            csv_end(&c);
        }
    return OK;
}

/* Months of thirty days: sprint and marathon side by side. */
static const struct {
    const char *name;
    size_t offset;
} month_columns[] = {
    {"followers", offsetof(organic_month_t, followers)},
    {"sentiment", offsetof(organic_month_t, sentiment)},
    {"post_conversions", offsetof(organic_month_t, post_conversions)},
    {"incremental_conversions", offsetof(organic_month_t, ad_conversions)},
    {"organic_conversions", offsetof(organic_month_t, organic_conversions)},
    {"spend", offsetof(organic_month_t, spend)},
    {"cost", offsetof(organic_month_t, cost)},
    {"present_value", offsetof(organic_month_t, present_value)},
};
enum { MONTH_COLUMNS = sizeof month_columns / sizeof *month_columns };

static double month_value(const organic_month_t *m, int column)
{
    return *(const double *)((const char *)m + month_columns[column].offset);
}

status_t report_months_csv(const report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const brand_study_t *b = &r->study->brand;
    csv_t c = {.to = to};
    csv_text(&c, "month");
    csv_text(&c, "first_day");
    csv_text(&c, "days");
    for (int k = 0; k < MONTH_COLUMNS; k++) csv_text(&c, month_columns[k].name);
    csv_end(&c);
    for (int i = 0; i < b->n_months; i++) {
        csv_real(&c, i + 1);
        csv_text(&c, date_after(r->study->scenario->start, b->month[i].first_day).text);
        csv_real(&c, b->month[i].days);
        for (int k = 0; k < MONTH_COLUMNS; k++) csv_real(&c, month_value(&b->month[i], k));
        csv_end(&c);
    }
    return OK;
}

static double followers_at_first(const scenario_t *sc)
{
    double sum = 0;
    for (int k = 0; k < sc->brand.n_accounts; k++) sum += sc->brand.account[k].followers;
    return sum;
}

/* --- summary.json ----------------------------------------------------------------------------- */

static json_t *range_json(range_t x)
{
    return json_pack("{so so so}", "mean", json_number(x.mean), "lo", json_number(x.lo), "hi",
                     json_number(x.hi));
}

/* Takes over `value`; false when memory is out. */
static bool put(json_t *object, const char *name, json_t *value)
{
    return object && !json_object_set_new(object, name, value);
}

static json_t *totals_json(const study_t *s, int place)
{
    json_t *o = json_pack("{ss}", "platform", place_name(s, place));
    bool fine = o != NULL;
    for (int k = 0; fine && k < ORGANIC_COLUMNS; k++)
        fine = put(o, organic_columns[k].name, range_json(s->brand.total[place][k]));
    if (fine) return o;
    json_decref(o);
    return NULL;
}

static json_t *month_json(const organic_month_t *m, int number)
{
    json_t *o = json_pack("{si si}", "month", number, "days", m->days);
    bool fine = o != NULL;
    for (int k = 0; fine && k < MONTH_COLUMNS; k++)
        fine = put(o, month_columns[k].name, json_number(month_value(m, k)));
    if (fine) return o;
    json_decref(o);
    return NULL;
}

json_t *report_organic_json(const study_t *s)
{
    const brand_study_t *b = &s->brand;
    json_t *platforms = json_array(), *months = json_array();
    bool fine = platforms && months;
    for (int k = 0; fine && k < b->places; k++)
        fine = !json_array_append_new(platforms, totals_json(s, k));
    for (int k = 0; fine && k < b->n_months; k++)
        fine = !json_array_append_new(months, month_json(&b->month[k], k + 1));
    if (fine) return json_pack("{so so}", "platforms", platforms, "months", months);
    json_decref(platforms);
    json_decref(months);
    return NULL;
}

/* --- the terminal ----------------------------------------------------------------------------- */

static double of_plan(const study_t *s, const char *column)
{
    return study_estimate(s, scope_plan(s->evidence.scopes), column).mean;
}

/* The plan's ROI in its parts: ads and all of this together. */
static void print_roi(const study_t *s, FILE *to)
{
    const range_t *all = s->brand.total[s->brand.places - 1];
    double net = 0, production = 0, roi = of_plan(s, "roi");
    size_t pairs = s->evidence.pairs;
    for (size_t k = 0; k < pairs; k++) {
        net += s->evidence.economics[k].net_margin / (double)pairs;
        production += s->evidence.economics[k].production / (double)pairs;
    }
    double ads = net * of_plan(s, "incremental_revenue"), posts = all[ORGANIC_VALUE].mean,
           gross = of_plan(s, "gross_profit"), costs = of_plan(s, "costs"),
           organic = of_plan(s, "organic_cost"),
           answered = estimator_quantity(s->estimator, scope_plan(s->evidence.scopes),
                                         QUANTITY_ANSWERED_REVENUE);
    if (!(costs > 0)) return;
    fprintf(to, "ROI of the whole plan %.2f: margin %s (ads %s, posts %s, answers %s)", roi,
            amount_money(gross).text, amount_money(ads).text, amount_money(posts).text,
            amount_money(net * answered).text);
    fprintf(to, " for %s (ads with fees %s, production %s,", amount_money(costs).text,
            amount_money(costs - production - organic).text, amount_money(production).text);
    fprintf(to, " posts %s, influencers %s, answers %s).\n",
            amount_money(all[ORGANIC_POST_COST].mean).text,
            amount_money(all[ORGANIC_FEES].mean).text,
            amount_money(all[ORGANIC_ANSWER_COST].mean).text);
}

static void print_lines(const study_t *s, FILE *to)
{
    const brand_study_t *b = &s->brand;
    const range_t *all = b->total[b->places - 1];
    double before = followers_at_first(s->scenario);
    if (s->scenario->n_ad_sets) fputc('\n', to);
    fprintf(to, "Besides ads: %s followers become %s", amount(before).text,
            amount(all[ORGANIC_FOLLOWERS].mean).text);
    fprintf(to, " (%s \xe2\x80\x93 %s), their sentiment %+.2f on average",
            amount(all[ORGANIC_FOLLOWERS].lo).text, amount(all[ORGANIC_FOLLOWERS].hi).text,
            fabs(all[ORGANIC_COMMUNITY].mean) < 0.005 ? 0 : all[ORGANIC_COMMUNITY].mean);
    if (!isnan(all[ORGANIC_RATE].mean))
        fprintf(to, ", %s of impressions engage", amount_percent(all[ORGANIC_RATE].mean).text);
    fprintf(to, ".\n%s post%s of its own, influencers and answers cost %s and bring %s orders",
            amount_whole(all[ORGANIC_POSTS].mean).text,
            lround(all[ORGANIC_POSTS].mean) == 1 ? "" : "s",
            amount_money(all[ORGANIC_COST].mean).text, amount(all[ORGANIC_CONVERSIONS].mean).text);
    fprintf(to, " (%s \xe2\x80\x93 %s) worth %s of margin; see organic.csv, months.csv.\n",
            amount(all[ORGANIC_CONVERSIONS].lo).text, amount(all[ORGANIC_CONVERSIONS].hi).text,
            amount_money(all[ORGANIC_VALUE].mean).text);
    double taken = of_plan(s, "crisis_lost_conversions");
    if (taken > 0)
        fprintf(to, "Crises take %s of the orders that come by themselves.\n", amount(taken).text);
    print_roi(s, to);
}

status_t report_organic_lines(const study_t *s, page_t page, FILE *to, error_t *err)
{
    fold_t fold;
    if (!s->brand.places) return OK;
    FILE *lines = fold_open(&fold);
    if (lines) print_lines(s, lines);
    return fold_close(&fold, to, page.width) ? OK : fail_memory(err, "the organic side");
}
