/* drawn_time.c -- figures by day: what each ad set spends when; followers and their sentiment. */
#include "sim/report/drawn.h"

#include "sim/report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- the calendar ---------------------------------------------------------------------------------- */

enum { AD_SETS = 64, STRETCHES_MOST = 70 };

/* Spend of the ad sets by stretches of days. */
typedef struct {
    const char *name[AD_SETS];
    size_t n;
    int days, stretch, stretches; /* days in a stretch */
    double *spend;                /* [ad set][stretch] */
    double total[AD_SETS], most;
} calendar_t;

static size_t ad_set_of(calendar_t *c, const char *name)
{
    for (size_t i = 0; i < c->n; i++)
        if (!strcmp(c->name[i], name)) return i;
    if (c->n == AD_SETS) return AD_SETS;
    c->name[c->n] = name;
    return c->n++;
}

static bool calendar_fill(calendar_t *c, const result_table_t *t)
{
    int day = result_column(t, "day"), ad_set = result_column(t, "ad_set"),
        spend = result_column(t, "spend"), period = result_column(t, "period");
    for (size_t i = 0; i < t->rows; i++) {
        double d = result_number(t, i, day);
        if (!strcmp(result_text(t, i, period), "flight") && d > c->days && d < 36600)
            c->days = (int)d;
    }
    c->stretch = c->days <= STRETCHES_MOST ? 1 : c->days <= 7 * STRETCHES_MOST ? 7 : 30;
    c->stretches = (c->days + c->stretch - 1) / c->stretch;
    c->spend = calloc((size_t)c->stretches * AD_SETS + 1, sizeof *c->spend);
    if (!c->spend) return false;
    for (size_t i = 0; i < t->rows; i++) {
        double d = result_number(t, i, day), x = result_number(t, i, spend);
        if (!(d >= 1 && d <= c->days) || !(x >= 0)) continue;
        size_t a = ad_set_of(c, result_text(t, i, ad_set));
        if (a == AD_SETS) continue;
        double *cell =
            &c->spend[a * (size_t)c->stretches + (size_t)((int)d - 1) / (size_t)c->stretch];
        *cell += x;
        c->total[a] += x;
        c->most = fmax(c->most, *cell);
    }
    return true;
}

static const char *stretch_word(const calendar_t *c)
{
    return c->stretch == 1 ? "day" : c->stretch == 7 ? "week" : "month of thirty days";
}

static void calendar_finding(const calendar_t *c, plot_t *p)
{
    double first = 0, all = 0, peak = -1;
    int at = 0;
    for (int s = 0; s < c->stretches; s++) {
        double sum = 0;
        for (size_t a = 0; a < c->n; a++) sum += c->spend[a * (size_t)c->stretches + (size_t)s];
        all += sum;
        first += fmin(fmax(0.5 * c->stretches - s, 0), 1) * sum; /* half of a middle one */
        if (sum > peak * 1.0000001) {
            peak = sum;
            at = s;
        }
    }
    snprintf(p->title, sizeof p->title,
             "%s of the %s are spent in the first half; most on %s %d: %s",
             amount_percent(first / all).text, amount_money(all).text, stretch_word(c), at + 1,
             amount_money(peak).text);
    snprintf(p->note, sizeof p->note, "Spend by %s; the darker the more, the darkest is %s",
             stretch_word(c), amount_money(c->most).text);
}

static void calendar_rows(const calendar_t *c, plot_t *p)
{
    char peak[64];
    snprintf(peak, sizeof peak, "on the dearest %s", stretch_word(c));
    plot_columns(p, (const char *[]){"(row)", "ad set", "spend", "first with spend", "last", peak,
                                     "(label)", NULL});
    for (size_t a = 0; a < c->n; a++) {
        const double *row = &c->spend[a * (size_t)c->stretches];
        int first = -1, last = -1;
        double most = 0;
        for (int s = 0; s < c->stretches; s++) {
            most = fmax(most, row[s]);
            if (row[s] > 0) last = s;
            if (row[s] > 0 && first < 0) first = s;
        }
        plot_number(p, (double)a);
        plot_text(p, c->name[a], NAME_CELLS);
        plot_number(p, c->total[a]);
        plot_number(p, first < 0 ? NAN : first + 1);
        plot_number(p, last < 0 ? NAN : last + 1);
        plot_number(p, most);
        plot_text(p, amount_money(c->total[a]).text, 0);
        plot_end(p);
    }
}

static void calendar_cells(const calendar_t *c, plot_t *p)
{
    plot_block(p);
    for (size_t a = 0; a < c->n; a++)
        for (int s = 0; s < c->stretches; s++) {
            plot_number(p, s + 1);
            plot_number(p, (double)a);
            plot_number(p, c->spend[a * (size_t)c->stretches + (size_t)s] / c->most);
            plot_end(p);
        }
    plot_block(p); /* what the columns are called */
    plot_text(p, stretch_word(c), 0);
    plot_end(p);
}

status_t drawn_calendar(results_t *r, plot_t *p, error_t *err)
{
    const result_table_t *t;
    status_t st = results_table(r, "timeline.csv", &t, err);
    if (st != OK || !t->rows) return st;
    calendar_t *c = calloc(1, sizeof *c);
    bool fine = c && calendar_fill(c, t);
    if (fine && c->most > 0 && c->stretches > 1) {
        calendar_finding(c, p);
        calendar_rows(c, p);
        calendar_cells(c, p);
    }
    if (c) free(c->spend);
    free(c);
    return fine ? OK : fail_memory(err, "a figure");
}

/* --- followers ------------------------------------------------------------------------------------- */

static const char *const organic_columns_drawn[] = {"followers", "followers_lo", "followers_hi",
                                                    "sentiment", "sentiment_lo", "sentiment_hi"};
enum { ORGANIC_DRAWN = sizeof organic_columns_drawn / sizeof *organic_columns_drawn };

static void organic_finding(results_t *r, plot_t *p, double first, double last)
{
    const json_t *all =
        json_object_get(json_object_get(results_summary(r), "organic"), "platforms");
    const json_t *total = json_array_get(all, json_array_size(all) - 1);
    double mood = json_number_value(json_object_get(json_object_get(total, "sentiment"), "mean"));
    if (fabs(mood) < 0.005) mood = 0; /* no -0.00 */
    snprintf(p->title, sizeof p->title,
             "%s followers become %s; their sentiment is %+.2f on average", amount(first).text,
             amount(last).text, mood);
    snprintf(p->note, sizeof p->note, "Mean, and the range that holds %.0f %% of what may come",
             100 * drawn_interval(r));
}

status_t drawn_organic(results_t *r, plot_t *p, error_t *err)
{
    const result_table_t *t;
    status_t st = results_table(r, "organic.csv", &t, err);
    if (st != OK) return st;
    double first = NAN, last = NAN;
    plot_columns(p, (const char *[]){"month of thirty days", "followers", "low", "high",
                                     "sentiment", "low", "high", NULL});
    for (size_t i = result_find(t, 0, "platform", "all"); i < t->rows;
         i = result_find(t, i + 1, "platform", "all")) {
        double followers = result_number_of(t, i, "followers");
        if (isnan(first))
            first = followers - result_number_of(t, i, "followers_gained") +
                    result_number_of(t, i, "followers_lost");
        last = followers;
        plot_number(p, result_number_of(t, i, "day") / 30);
        for (int k = 0; k < ORGANIC_DRAWN; k++)
            plot_number(p, result_number_of(t, i, organic_columns_drawn[k]));
        plot_end(p);
    }
    organic_finding(r, p, first, last);
    return OK;
}
