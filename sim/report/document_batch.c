/* document_batch.c -- the page of a batch: what its points bring, as one table that can be sorted. Summaries only: of
 * results.csv just the rows of whole plans and the columns shown are read, and at most POINTS_SHOWN points stand in
 * the page, so that it opens at once. */
#include "sim/report/document_parts.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { POINTS_SHOWN = 1000, PARAMS_SHOWN = 8 };

static const char *const metrics[] = {"spend", "reach", "conversions", "incremental_conversions",
                                      "roas",  "roi"};
enum { METRICS = sizeof metrics / sizeof *metrics };

/* What a batch is judged by. */
static const char JUDGE[] = "roas";

/* Columns of the table of points in this order: the swept values, the point, then each metric with its range. */
typedef struct {
    result_table_t points; /* rows of plans; the caller frees */
    const char *param[PARAMS_SHOWN];
    size_t params, swept; /* shown, in all */
    bool named;           /* several scenarios */
    size_t failed, wanted;
} points_t;

static status_t read_points(document_t *d, points_t *b, error_t *err)
{
    const result_table_t *all;
    *b = (points_t){.params = 0};
    status_t st = results_table(d->results, "points.csv", &all, err);
    if (st != OK) return st;
    for (size_t c = 0; c < all->columns; c++) {
        if (strncmp(all->name[c], "param_", 6)) continue;
        b->swept++;
        if (b->params < PARAMS_SHOWN) b->param[b->params++] = all->name[c];
    }
    for (size_t r = 0; r < all->rows; r++) {
        b->failed += !strcmp(result_text_of(all, r, "status"), "failed");
        b->named |=
            strcmp(result_text_of(all, r, "scenario"), result_text_of(all, 0, "scenario")) != 0;
    }
    double wanted = results_number(d->results, "points");
    b->wanted = isnan(wanted) ? all->rows : (size_t)wanted;
    enum { ALL = PARAMS_SHOWN + 2 + 3 * METRICS };
    const char *column[ALL];
    char range[2 * METRICS][64];
    size_t n = 0;
    for (size_t k = 0; k < b->params; k++) column[n++] = b->param[k];
    column[n++] = "point";
    column[n++] = "name";
    for (size_t k = 0; k < METRICS; k++) {
        snprintf(range[2 * k], sizeof range[0], "%s_lo", metrics[k]);
        snprintf(range[2 * k + 1], sizeof range[0], "%s_hi", metrics[k]);
        column[n++] = metrics[k];
        column[n++] = range[2 * k];
        column[n++] = range[2 * k + 1];
    }
    result_wanted_t wanted_rows = {.column = column, .columns = n, .where = "scope", .is = "plan"};
    return results_select(d->results, "results.csv", &wanted_rows, &b->points, err);
}

static value_t metric_at(const points_t *b, size_t row, size_t k)
{
    int c = (int)(b->params + 2 + 3 * k);
    value_t x =
        value_between(result_number(&b->points, row, c), result_number(&b->points, row, c + 1),
                      result_number(&b->points, row, c + 2));
    return x;
}

static size_t judge_index(void)
{
    for (size_t k = 0; k < METRICS; k++)
        if (!strcmp(metrics[k], JUDGE)) return k;
    return 0;
}

/* The points with the least and the greatest of what they are judged by; rows = none. */
static void find_ends(const points_t *b, size_t *worst, size_t *best)
{
    size_t k = judge_index();
    *worst = *best = b->points.rows;
    for (size_t r = 0; r < b->points.rows; r++) {
        double x = metric_at(b, r, k).mean;
        if (isnan(x)) continue;
        if (*best == b->points.rows || x > metric_at(b, *best, k).mean) *best = r;
        if (*worst == b->points.rows || x < metric_at(b, *worst, k).mean) *worst = r;
    }
}

/* The last part of a path says most. */
static const char *short_path(const char *column)
{
    const char *dot = strrchr(column, '.');
    return dot ? dot + 1 : column + strlen("param_");
}

static void put_values(document_t *d, const points_t *b, size_t row)
{
    for (size_t k = 0; k < b->params; k++) {
        const char *value = result_text(&b->points, row, (int)k);
        if (!value[0]) continue;
        html_text(&d->html, k ? ", " : "");
        html_text(&d->html, short_path(b->param[k]));
        html_text(&d->html, " ");
        html_name(&d->html, value);
    }
}

/* --- the verdict -------------------------------------------------------------------------------------- */

static void write_finding(document_t *d, const points_t *b, size_t worst, size_t best)
{
    html_t *h = &d->html;
    size_t k = judge_index();
    html_open(h, "h1", "id", "finding");
    if (best == b->points.rows)
        html_textf(h, "No point has a value of %s", column_label(JUDGE));
    else if (best == worst)
        html_textf(h, "One point, with a %s of %s", column_label(JUDGE),
                   column_amount(JUDGE, metric_at(b, best, k).mean).text);
    else
        html_textf(h, "%s from %s to %s over %s points", column_label(JUDGE),
                   column_amount(JUDGE, metric_at(b, worst, k).mean).text,
                   column_amount(JUDGE, metric_at(b, best, k).mean).text,
                   amount_whole((double)b->points.rows).text);
    html_close(h);
    if (best == b->points.rows) return;
    char range[RANGE_LENGTH];
    column_range(JUDGE, metric_at(b, best, k), range);
    html_open(h, "p", "class", "lead");
    html_textf(h, "Best is point %s: ", result_text(&b->points, best, (int)b->params));
    put_values(d, b, best);
    if (range[0])
        html_textf(h, " (%s %s, range %s)", column_label(JUDGE),
                   column_amount(JUDGE, metric_at(b, best, k).mean).text, range);
    html_text(h, ".");
    html_close(h);
}

static void write_tiles(document_t *d, const points_t *b, size_t worst, size_t best)
{
    value_t none = value_between(NAN, NAN, NAN);
    size_t k = judge_index();
    char note[96] = "", failed[48] = "";
    open_tiles(d);
    snprintf(note, sizeof note, "of %s", amount_whole((double)b->wanted).text);
    put_tile(d, &(tile_t){.term = "point",
                          .title = "Points done",
                          .value = amount_whole((double)b->points.rows).text,
                          .note = note,
                          .range = none,
                          .mark = NAN});
    if (b->failed) {
        snprintf(failed, sizeof failed, "%zu", b->failed);
        put_tile(d, &(tile_t){.title = "Points failed",
                              .value = failed,
                              .note = "for reasons told in points.csv",
                              .range = none,
                              .mark = NAN});
    }
    if (best < b->points.rows) {
        put_tile(d, &(tile_t){.term = JUDGE,
                              .title = "Best ROAS",
                              .value = column_amount(JUDGE, metric_at(b, best, k).mean).text,
                              .range = none,
                              .mark = NAN});
        put_tile(d, &(tile_t){.term = JUDGE,
                              .title = "Worst ROAS",
                              .value = column_amount(JUDGE, metric_at(b, worst, k).mean).text,
                              .range = none,
                              .mark = NAN});
    }
    char swept[32];
    snprintf(swept, sizeof swept, "%zu", b->swept);
    put_tile(d, &(tile_t){.title = "Keys swept", .value = swept, .range = none, .mark = NAN});
    html_close(&d->html);
}

/* --- the points --------------------------------------------------------------------------------------- */

static void write_points(document_t *d, const points_t *b)
{
    heading_t heading[1 + PARAMS_SHOWN + METRICS] = {{"point", "Point", true}};
    size_t n = 1, shown = b->points.rows < POINTS_SHOWN ? b->points.rows : POINTS_SHOWN;
    for (size_t k = 0; k < b->params; k++)
        heading[n++] = (heading_t){NULL, short_path(b->param[k]), true};
    for (size_t k = 0; k < METRICS; k++)
        heading[n++] = (heading_t){metrics[k], column_heading(metrics[k]), true};
    char caption[160];
    if (shown < b->points.rows)
        snprintf(caption, sizeof caption, "The first %s of %s points; results.csv has them all",
                 amount_whole((double)shown).text, amount_whole((double)b->points.rows).text);
    else
        snprintf(caption, sizeof caption, "The points");
    open_table(d, caption, heading, n, true);
    for (size_t r = 0; r < shown; r++) {
        html_open(&d->html, "tr");
        html_open(&d->html, "th", "scope", "row", "class", "number");
        html_text(&d->html, result_text(&b->points, r, (int)b->params));
        if (b->named) {
            html_text(&d->html, " ");
            html_name(&d->html, result_text(&b->points, r, (int)b->params + 1));
        }
        html_close(&d->html);
        for (size_t k = 0; k < b->params; k++)
            html_line(&d->html, result_text(&b->points, r, (int)k), "td", "class", "number");
        for (size_t k = 0; k < METRICS; k++) {
            value_t x = metric_at(b, r, k);
            if (!strcmp(metrics[k], JUDGE))
                cell_value(d, metrics[k], x);
            else
                cell_amount(d, column_amount(metrics[k], x.mean), x.mean);
        }
        html_close(&d->html);
    }
    close_table(d);
}

static status_t write_verdict(document_t *d, error_t *err)
{
    points_t b;
    size_t worst, best;
    html_t *h = &d->html;
    status_t st = read_points(d, &b, err);
    if (st != OK) return st;
    find_ends(&b, &worst, &best);
    html_open(h, "p", "class", "facts");
    html_line(h, scenario_of(d), "bdi", "class", "scenario");
    html_textf(h, " \xc2\xb7 batch of %s points", amount_whole((double)b.wanted).text);
    html_close(h);
    write_finding(d, &b, worst, best);
    write_tiles(d, &b, worst, best);
    html_open(h, "div", "id", "points", "class", "part");
    write_points(d, &b);
    html_close(h);
    result_table_free(&b.points);
    return OK;
}

const page_kind_t page_of_batch = {RESULTS_BATCH, "Batch", write_verdict, NULL, 0};
