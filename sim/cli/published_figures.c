/* published_figures.c -- `adsim selftest --published`: figures that others have measured, and beside each what comes of
 * the defaults. */
#include "sim/cli/cli.h"
#include "sim/cli/known_answers.h"
#include "sim/cli/terminal.h"
#include "sim/engine/parallel.h"
#include "sim/experiment/published.h"
#include "sim/report/table.h"
#include "sim/report/text.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const verdicts[] = {[PUBLISHED_MET] = "met",
                                       [PUBLISHED_NOT_MET] = "not met",
                                       [PUBLISHED_NOT_MODELLED] = "not modelled"};

/* --- the table -------------------------------------------------------------------------------- */

enum { WHAT, FIGURE, RANGE, DEFAULTS, VERDICT, BUSY, BUSY_VERDICT, TITLES };

static void figure_write(char cell[CELL_LENGTH], const published_row_t *r, double x)
{
    if (isnan(x))
        strcpy(cell, "-");
    else if (r->share)
        snprintf(cell, CELL_LENGTH, "%.1f %%", 100 * x);
    else
        snprintf(cell, CELL_LENGTH, "%.1f", x);
}

static void range_write(char cell[CELL_LENGTH], const published_row_t *r)
{
    if (r->share)
        snprintf(cell, CELL_LENGTH, "%g - %g %%", 100 * r->low, 100 * r->high);
    else
        snprintf(cell, CELL_LENGTH, "%g - %g", r->low, r->high);
}

static void add_row(table_text_t *t, int k, double value[PUBLISHED_PLANS][PUBLISHED_ROWS])
{
    const published_row_t *r = &published_rows[k];
    int row = t->n_rows++;
    t->name[row] = r->what;
    snprintf(t->cell[row][FIGURE], CELL_LENGTH, "%s", r->published);
    range_write(t->cell[row][RANGE], r);
    for (int plan = 0; plan < PUBLISHED_PLANS; plan++) {
        double x = value[plan][k];
        figure_write(t->cell[row][plan ? BUSY : DEFAULTS], r, x);
        strcpy(t->cell[row][plan ? BUSY_VERDICT : VERDICT],
               verdicts[published_verdict((published_t)k, x)]);
    }
}

static bool table_show(double value[PUBLISHED_PLANS][PUBLISHED_ROWS])
{
    table_text_t *t = calloc(1, sizeof *t);
    const char *const title[] = {"", "published", "taken as met", "defaults", "", "busier", ""};
    const int drop[] = {0, 0, 1, 0, 0, 2, 3};
    if (!t) return false;
    t->n_columns = TITLES;
    t->name_at_least = t->name_at_most = 40;
    memcpy(t->title, title, sizeof title);
    memcpy(t->drop, drop, sizeof drop);
    for (int k = 0; k < PUBLISHED_ROWS; k++) add_row(t, k, value);
    bool fine = table_print(t, terminal_width(), "", "", stdout);
    free(t);
    return fine;
}

static void notes_show(double value[PUBLISHED_PLANS][PUBLISHED_ROWS])
{
    int met = 0;
    puts("");
    for (int k = 0; k < PUBLISHED_ROWS; k++) {
        const published_row_t *r = &published_rows[k];
        published_verdict_t verdict =
            published_verdict((published_t)k, value[PUBLISHED_DEFAULTS][k]);
        met += verdict == PUBLISHED_MET;
        printf("%s: %s.\n", r->what, r->source);
        if (verdict != PUBLISHED_MET) printf("  %s: %s.\n", verdicts[verdict], r->note);
    }
    printf("\n%d of %d published figures met by the defaults, none of which was fitted to them.\n"
           "Busier: %s, three times the default,\n"
           "which is an assumption.\n",
           met, PUBLISHED_ROWS, published_busy);
}

/* --- the JSON --------------------------------------------------------------------------------- */

static json_t *row_json(int k, double value[PUBLISHED_PLANS][PUBLISHED_ROWS])
{
    const published_row_t *r = &published_rows[k];
    json_t *of[PUBLISHED_PLANS];
    for (int plan = 0; plan < PUBLISHED_PLANS; plan++) {
        double x = value[plan][k];
        of[plan] = json_pack("{so ss}", "value", isfinite(x) ? json_real(x) : json_null(),
                             "verdict", verdicts[published_verdict((published_t)k, x)]);
    }
    return json_pack("{ss ss ss sf sf so so ss ss*}", "name", r->name, "what", r->what, "published",
                     r->published, "low", r->low, "high", r->high, "defaults",
                     of[PUBLISHED_DEFAULTS], "busier", of[PUBLISHED_BUSY], "source", r->source,
                     "note", r->note);
}

static bool json_show(double value[PUBLISHED_PLANS][PUBLISHED_ROWS])
{
    json_t *rows = json_array();
    bool fine = true;
    for (int k = 0; fine && k < PUBLISHED_ROWS; k++)
        fine = !json_array_append_new(rows, row_json(k, value));
    json_t *root = json_pack("{ss ss so}", "version", ADSIM_VERSION, "busier", published_busy,
                             "published", rows);
    fine = fine && root && !json_dumpf(root, stdout, JSON_INDENT(2)) && putchar('\n') != EOF;
    json_decref(root);
    return fine;
}

int published_show(bool json)
{
    double value[PUBLISHED_PLANS][PUBLISHED_ROWS];
    error_t err = {""};
    status_t st = published_measure(parallel_threads_available(), value, &err);
    if (st != OK) {
        fprintf(stderr, "adsim selftest: %s\n", err.text);
        return st == ERR_UNREADABLE ? EXIT_NOT_READABLE : EXIT_UNEXPECTED;
    }
    bool fine = json ? json_show(value) : table_show(value);
    if (fine && !json) notes_show(value);
    if (!fine) fputs("adsim selftest: the figures cannot be shown\n", stderr);
    if (fflush(stdout) || ferror(stdout)) {
        fputs("adsim selftest: cannot write to stdout\n", stderr);
        return EXIT_NOT_WRITABLE;
    }
    return fine ? EXIT_FINE : EXIT_UNEXPECTED;
}
