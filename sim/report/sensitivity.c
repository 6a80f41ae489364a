/* sensitivity.c -- sensitivity.csv and the tornado. */
#include "sim/report/sensitivity.h"

#include "sim/report/csv.h"
#include "sim/report/folder.h"
#include "sim/report/provenance.h"
#include "sim/report/publish.h"
#include "sim/report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const origin_word[] = {[ORIGIN_GIVEN] = "given",
                                          [ORIGIN_DEFAULT] = "default",
                                          [ORIGIN_ASSUMPTION] = "assumption",
                                          [ORIGIN_PRESET] = "preset",
                                          [ORIGIN_SET] = "set"};

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
    csv_text(c, origin_word[d->origin]);
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

static status_t write_all(const sensitivity_t *s, const loaded_t *loaded, const provenance_t *p,
                          const figures_how_t *figures, folder_t *f, error_t *err)
{
    FILE *to;
    status_t st = folder_open(f, "sensitivity.csv", &to, err);
    if (st == OK) {
        write_csv(s, to);
        st = folder_close(f, err);
    }
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

enum { BAR = 24, KEY_CELLS = 44, TEXT = 64 };

/* Where on the bar a value stands, 0..BAR. */
static int place(double x, double low, double high)
{
    double share = high > low ? (x - low) / (high - low) : 0;
    return (int)floor(share * (BAR - 1) + 0.5);
}

static void print_bar(const doubt_t *d, double base, double low, double high, FILE *to)
{
    int a = place(fmin(d->at_low[0], d->at_high[0]), low, high),
        b = place(fmax(d->at_low[0], d->at_high[0]), low, high), middle = place(base, low, high);
    for (int k = 0; k < BAR; k++)
        fputs(k == middle ? "\xe2\x94\x82" : k >= a && k <= b ? "\xe2\x96\x88" : " ", to);
}

static status_t print_doubt(const sensitivity_t *s, const doubt_t *d, double low, double high,
                            FILE *to, error_t *err)
{
    char values[2 * TEXT + 8], share[32] = "";
    const char *key = d->path;
    size_t cells = text_cells(key);
    while (cells > KEY_CELLS && strchr(key, '.')) { /* the end of a path says most */
        key = strchr(key, '.') + 1;
        cells = text_cells(key);
    }
    char *fitted = text_fit(key, KEY_CELLS);
    if (!fitted) return fail_memory(err, "the page");
    if (d->uncertain && isfinite(d->indices[0].total.value))
        snprintf(share, sizeof share, "%3.0f %%", 100 * fmax(0, d->indices[0].total.value));
    snprintf(values, sizeof values, "%s\xe2\x80\xa6%s", d->low, d->high);
    fprintf(to, "  %s%*s ", fitted, (int)(KEY_CELLS - text_cells(fitted)), "");
    print_bar(d, s->base[0], low, high, to);
    fprintf(to, " %7s %7s  %5s  %s", amount_ratio(d->at_low[0]).text,
            amount_ratio(d->at_high[0]).text, share, values);
    if (d->line) fprintf(to, " (line %d)", d->line);
    fputs("\n", to);
    free(fitted);
    return OK;
}

status_t sensitivity_page(const sensitivity_t *s, const scenario_t *sc, page_t page, int rows,
                          FILE *to, error_t *err)
{
    (void)page;
    double low = s->base[0], high = s->base[0];
    status_t st = OK;
    for (size_t i = 0; i < s->n; i++) {
        if (!(doubt_swing(&s->doubt[i], 0) > 0)) continue;
        low = fmin(low, fmin(s->doubt[i].at_low[0], s->doubt[i].at_high[0]));
        high = fmax(high, fmax(s->doubt[i].at_low[0], s->doubt[i].at_high[0]));
    }
    fprintf(to, "%s \xc2\xb7 %zu unsure or assumed values \xc2\xb7 %s flights\n", sc->name, s->n,
            amount_whole((double)s->replications).text);
    fprintf(
        to,
        "%s is %s with all at their means; the unsure values together move it by %s (one sd)\n\n",
        columns[s->column[0]].label, amount_ratio(s->base[0]).text, amount_ratio(s->sd[0]).text);
    fprintf(to, "  %-*s %-*s %7s %7s  %5s  values\n", KEY_CELLS, "", BAR, "", "low", "high",
            "part");
    int shown = 0;
    for (size_t i = 0; st == OK && i < s->n && shown < rows; i++) {
        if (!(doubt_swing(&s->doubt[i], 0) > 0)) continue;
        st = print_doubt(s, &s->doubt[i], low, high, to, err);
        shown++;
    }
    fputs("\nlow, high: the metric at the 10th and 90th percentile of an unsure value, or with an "
          "assumed one a "
          "fifth lower and higher.\npart: of the variance of the unsure values, what this one has "
          "a part in.\n",
          to);
    return st;
}
