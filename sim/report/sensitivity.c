/* sensitivity.c -- sensitivity.csv, its JSON and the tornado. */
#include "sim/report/sensitivity.h"

#include "sim/report/assumptions.h"
#include "sim/report/csv.h"
#include "sim/report/folder.h"
#include "sim/report/json.h"
#include "sim/report/provenance.h"
#include "sim/report/publish.h"
#include "sim/report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* --- sensitivity.csv -------------------------------------------------------------------------- */

static void csv_index(csv_t *c, const index_t *x, bool known)
{
    csv_real(c, known ? x->value : NAN);
    csv_real(c, known ? x->low : NAN);
    csv_real(c, known ? x->high : NAN);
}

static void csv_doubt(csv_t *c, const sensitivity_t *s, const doubt_t *d, int m)
{
    csv_text(c, columns[s->column[m]].name);
    csv_text(c, d->path);
    csv_real(c, d->line ? d->line : NAN);
    csv_text(c, origin_words[d->origin]);
    csv_text(c, d->source);
    csv_text(c, d->value);
    csv_text(c, d->low);
    csv_text(c, d->high);
    csv_real(c, d->moved ? d->at_low[m] : NAN);
    csv_real(c, s->base[m]);
    csv_real(c, d->moved ? d->at_high[m] : NAN);
    csv_real(c, d->moved ? fabs(d->at_high[m] - d->at_low[m]) : NAN);
    csv_index(c, &d->indices[m].first, d->uncertain);
    csv_index(c, &d->indices[m].total, d->uncertain);
    csv_end(c);
}

static void write_csv(const sensitivity_t *s, FILE *to)
{
    static const char *const names[] = {"metric",  "key",      "line",    "origin",   "source",
                                        "value",   "low",      "high",    "at_low",   "base",
                                        "at_high", "swing",    "first",   "first_lo", "first_hi",
                                        "total",   "total_lo", "total_hi"};
    csv_t c = {.to = to};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) csv_text(&c, names[i]);
    csv_end(&c);
    for (int m = 0; m < s->n_metrics; m++)
        for (size_t i = 0; i < s->n; i++) csv_doubt(&c, s, &s->doubt[i], m);
}

/* --- summary.json ----------------------------------------------------------------------------- */

static json_t *json_index(const index_t *x, bool known)
{
    if (!known || !isfinite(x->value)) return json_null();
    return json_pack("{s:o, s:o, s:o}", "mean", json_number(x->value), "lo", json_number(x->low),
                     "hi", json_number(x->high));
}

static json_t *json_moves(const sensitivity_t *s, const doubt_t *d)
{
    json_t *list = json_array();
    for (int m = 0; m < s->n_metrics; m++)
        json_add(&list, json_pack("{s:s, s:o, s:o, s:o, s:o}", "metric", columns[s->column[m]].name,
                                  "at_low", json_number(d->moved ? d->at_low[m] : NAN), "at_high",
                                  json_number(d->moved ? d->at_high[m] : NAN), "first",
                                  json_index(&d->indices[m].first, d->uncertain), "total",
                                  json_index(&d->indices[m].total, d->uncertain)));
    return list;
}

static json_t *json_doubt(const sensitivity_t *s, const doubt_t *d)
{
    return json_pack("{s:s, s:o, s:s, s:s, s:s, s:s, s:s, s:o}", "key", d->path, "line",
                     d->line ? json_integer(d->line) : json_null(), "origin",
                     origin_words[d->origin], "source", d->source, "value", d->value, "low", d->low,
                     "high", d->high, "metrics", json_moves(s, d));
}

status_t sensitivity_json(const sensitivity_t *s, const scenario_t *sc, FILE *to, error_t *err)
{
    json_t *metrics = json_array(), *values = json_array();
    for (int m = 0; m < s->n_metrics; m++)
        json_add(&metrics, json_pack("{s:s, s:o, s:o}", "metric", columns[s->column[m]].name,
                                     "base", json_number(s->base[m]), "sd", json_number(s->sd[m])));
    for (size_t i = 0; i < s->n; i++) json_add(&values, json_doubt(s, &s->doubt[i]));
    return json_write(json_pack("{s:s, s:I, s:I, s:o, s:o}", "scenario", sc->name, "replications",
                                (json_int_t)s->replications, "rows", (json_int_t)s->rows, "metrics",
                                metrics, "values", values),
                      to, "summary.json", err);
}

/* --- the folder ------------------------------------------------------------------------------- */

static status_t write_all(const sensitivity_t *s, const loaded_t *loaded, const provenance_t *p,
                          const figures_how_t *figures, folder_t *f, error_t *err)
{
    FILE *to;
    status_t st = folder_open(f, "sensitivity.csv", &to, err);
    if (st == OK) {
        write_csv(s, to);
        st = folder_close(f, err);
    }
    if (st == OK) st = folder_open(f, "summary.json", &to, err);
    if (st == OK) st = sensitivity_json(s, loaded_scenario(loaded), to, err);
    if (st == OK) st = folder_close(f, err);
    if (st == OK) st = folder_open(f, "resolved.yaml", &to, err);
    if (st == OK) st = loaded_write_resolved(loaded, to, err);
    if (st == OK) st = folder_close(f, err);
    if (st == OK) st = publish_into(f, figures, err);
    if (st == OK) st = folder_open(f, "run.json", &to, err);
    if (st == OK) st = provenance_write(p, loaded, f, NULL, to, err);
    return st == OK ? folder_close(f, err) : st;
}

status_t sensitivity_write(const sensitivity_t *s, const loaded_t *loaded, const provenance_t *p,
                           const figures_how_t *figures, const char *target, size_t *files,
                           error_t *err)
{
    folder_t f;
    status_t st = folder_begin(&f, target, err);
    if (st != OK) return st;
    return folder_end(&f, write_all(s, loaded, p, figures, &f, err), files, err);
}

/* --- the tornado ------------------------------------------------------------------------------ */

enum { TEXT = 64, NUMBERS_CELLS = 26, VALUES_CELLS = 22 };

/* Cells of a line's parts, and what the bars span. */
typedef struct {
    int key, bar;
    bool values; /* the tried ones, behind the numbers */
    double low, high;
} tornado_t;

static tornado_t tornado_of(page_t page)
{
    tornado_t t = {.bar = page.width < 90 ? 12 : 24, .values = page.width >= 90};
    int left = page.width - NUMBERS_CELLS - t.bar - (t.values ? VALUES_CELLS : 0);
    t.key = left < 16 ? 16 : left > 44 ? 44 : left;
    return t;
}

/* Where on the bar a value stands. */
static int place(double x, const tornado_t *t)
{
    double share = t->high > t->low ? (x - t->low) / (t->high - t->low) : 0;
    return (int)floor(share * (t->bar - 1) + 0.5);
}

static void print_bar(const doubt_t *d, double base, const tornado_t *t, FILE *to)
{
    int a = place(fmin(d->at_low[0], d->at_high[0]), t),
        b = place(fmax(d->at_low[0], d->at_high[0]), t), middle = place(base, t);
    for (int k = 0; k < t->bar; k++)
        fputs(k == middle ? "\xe2\x94\x82" : k >= a && k <= b ? "\xe2\x96\x88" : " ", to);
}

static status_t print_doubt(const sensitivity_t *s, const doubt_t *d, const tornado_t *t, FILE *to,
                            error_t *err)
{
    char values[2 * TEXT + 8], share[32] = "";
    const char *key = d->path;
    size_t cells = text_cells(key);
    while (cells > (size_t)t->key && strchr(key, '.')) { /* the end of a path says most */
        key = strchr(key, '.') + 1;
        cells = text_cells(key);
    }
    char *fitted = text_fit(key, (size_t)t->key);
    if (!fitted) return fail_memory(err, "the page");
    if (d->uncertain && isfinite(d->indices[0].total.value))
        snprintf(share, sizeof share, "%3.0f %%", 100 * fmax(0, d->indices[0].total.value));
    snprintf(values, sizeof values, "%s\xe2\x80\xa6%s", d->low, d->high);
    fprintf(to, "  %s%*s ", fitted, t->key - (int)text_cells(fitted), "");
    print_bar(d, s->base[0], t, to);
    fprintf(to, " %7s %7s  %5s", amount_ratio(d->at_low[0]).text, amount_ratio(d->at_high[0]).text,
            share);
    if (t->values) fprintf(to, "  %s", values);
    if (t->values && d->line) fprintf(to, " (line %d)", d->line);
    fputs("\n", to);
    free(fitted);
    return OK;
}

status_t sensitivity_page(const sensitivity_t *s, const scenario_t *sc, page_t page, int rows,
                          FILE *to, error_t *err)
{
    tornado_t t = tornado_of(page);
    t.low = t.high = s->base[0];
    status_t st = OK;
    for (size_t i = 0; i < s->n; i++) {
        if (!(doubt_swing(&s->doubt[i], 0) > 0)) continue;
        t.low = fmin(t.low, fmin(s->doubt[i].at_low[0], s->doubt[i].at_high[0]));
        t.high = fmax(t.high, fmax(s->doubt[i].at_low[0], s->doubt[i].at_high[0]));
    }
    bool told = text_wrap(to, page.width, "  ",
                          "%s \xc2\xb7 %zu unsure or assumed values \xc2\xb7 %s flights", sc->name,
                          s->n, amount_whole((double)s->replications).text);
    if (told && s->sd[0] > 0)
        told = text_wrap(to, page.width, "  ",
                         "%s is %s with all at their means; the unsure values together move it by "
                         "%s (one sd)",
                         columns[s->column[0]].label, amount_ratio(s->base[0]).text,
                         amount_ratio(s->sd[0]).text);
    else if (told)
        told = text_wrap(to, page.width, "  ",
                         "%s is %s with all at their means; %zu rows do not tell what the unsure "
                         "values move it by from luck",
                         columns[s->column[0]].label, amount_ratio(s->base[0]).text, s->rows);
    if (!told) return fail_memory(err, "the page");
    fputc('\n', to);
    fprintf(to, "  %-*s %-*s %7s %7s  %5s%s\n", t.key, "", t.bar, "", "low", "high", "part",
            t.values ? "  values" : "");
    int shown = 0;
    for (size_t i = 0; st == OK && i < s->n && shown < rows; i++) {
        if (!(doubt_swing(&s->doubt[i], 0) > 0)) continue;
        st = print_doubt(s, &s->doubt[i], &t, to, err);
        shown++;
    }
    if (st != OK) return st;
    fputc('\n', to);
    bool fine = text_wrap(to, page.width, "  ",
                          "low, high: the metric at the 10th and 90th percentile of an unsure "
                          "value, or with an assumed one a fifth lower and higher.") &&
                text_wrap(to, page.width, "  ",
                          "part: of the variance of the unsure values, what this one has a part "
                          "in.");
    return fine ? OK : fail_memory(err, "the page");
}
