/* audience_fit.c -- the page of `adsim audience --fit`. */
#include "sim/report/audience.h"
#include "sim/report/table.h"
#include "sim/report/text.h"

#include <math.h>
#include <stdlib.h>

double agreement_worst(const agreement_t *a)
{
    double worst = 0;
    for (size_t k = 0; k < a->n; k++)
        if (a->base[k] > 0) worst = fmax(worst, fabs(a->fitted[k] - a->wanted[k]) / a->base[k]);
    return worst;
}

static const char *const kind_word[] = {
    [TARGET_PEOPLE] = "people", [TARGET_USE] = "use", [TARGET_OVERLAP] = "overlap"};

static void put_fit(char cell[CELL_LENGTH], double x)
{
    snprintf(cell, CELL_LENGTH, x < 1e-9 ? "0" : x < 0.00005 ? "< 0.0001" : "%.4f", x);
}

static void add_table(table_text_t *t, const agreement_t *a)
{
    int r = t->n_rows++;
    t->name[r] = a->table.name;
    snprintf(t->cell[r][1], CELL_LENGTH, "%s", kind_word[a->table.kind]);
    snprintf(t->cell[r][2], CELL_LENGTH, "%s", amount_whole((double)a->n).text);
    put_fit(t->cell[r][3], a->fit.srmse);
    snprintf(t->cell[r][4], CELL_LENGTH, "%s", amount_people(floor(a->fit.tae + 0.5)).text);
    snprintf(t->cell[r][5], CELL_LENGTH, "%s",
             amount_percent(a->fit.sae < 1e-9 ? 0 : a->fit.sae).text);
    snprintf(t->cell[r][6], CELL_LENGTH, "%s",
             amount_people(floor(a->fit.freeman_tukey + 0.5)).text);
    snprintf(t->cell[r][7], CELL_LENGTH, "%s", amount_people(floor(a->fit.chi_square + 0.5)).text);
    snprintf(t->cell[r][8], CELL_LENGTH, "%.1f", 100 * agreement_worst(a));
    put_fit(t->cell[r][9], a->drawn.srmse);
}

static bool print_tables(const audience_study_t *s, bool held_out, const char *title, page_t page,
                         FILE *to)
{
    table_text_t *t = calloc(1, sizeof *t);
    if (!t) return false;
    *t = (table_text_t){.title = {title, "of", "cells", "SRMSE", "TAE", "SAE", "F-T", "chi2",
                                  "worst, points", "drawn"},
                        .drop = {0, 4, 3, 0, 5, 6, 7, 8, 1, 2},
                        .n_columns = 10,
                        .name_at_least = 26};
    for (int k = 0; k < s->fit.n && t->n_rows < TABLE_ROWS; k++)
        if (s->fit.table[k].table.held_out == held_out) add_table(t, &s->fit.table[k]);
    bool fine = true;
    if (t->n_rows) {
        fputc('\n', to);
        fine = table_print(t, page.width, page.color ? "\033[1m" : "", page.color ? "\033[0m" : "",
                           to);
    }
    free(t);
    return fine;
}

status_t audience_report_fit(const audience_report_t *r, page_t page, FILE *to, error_t *err)
{
    const audience_study_t *s = r->study;
    const population_spec_t *spec = s->scenario->population;
    fprintf(to, "%s \xc2\xb7 %s people (%s simulated) \xc2\xb7 %d tables\n", spec->name,
            amount_people(spec->size).text, amount_people((double)s->people).text, s->fit.n);
    bool fine = print_tables(s, false, "tables it was made from", page, to) &&
                print_tables(s, true, "tables held out", page, to);
    if (!fine) return fail_memory(err, "the fit");
    fputs("\n  SRMSE: root mean square error over the mean of a cell; below 0.05 is close.\n"
          "  TAE: people in the wrong cell, twice; SAE: TAE of everyone. F-T: Freeman-Tukey.\n"
          "  worst: the largest miss of a share. drawn: SRMSE of the simulated people\n"
          "  against what the tables make of them.\n",
          to);
    return OK;
}
