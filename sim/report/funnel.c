/* funnel.c -- funnel.csv and the table on the page: ad sets, and all that count the same as a result together. */
#include "sim/report/funnel.h"
#include "sim/report/estimates.h"
#include "sim/report/table.h"
#include "sim/report/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *result_word(const scenario_t *sc, int ad_set)
{
    switch (ad_set_result(sc, ad_set)) {
    case RESULT_IMPRESSIONS: return "impressions";
    case RESULT_CLICKS: return "link clicks";
    case RESULT_CONVERSIONS: break;
    }
    return conversion_word(ad_set_kind(sc, ad_set));
}

int has_ad_sets(const report_t *r)
{
    return r->study->scenario->n_ad_sets > 0;
}

/* --- ad sets together --------------------------------------------------------------------------- */

static uint64_t counting_alike(const scenario_t *sc, int ad_set)
{
    uint64_t alike = 0;
    for (int a = 0; a < sc->n_ad_sets; a++)
        if (!strcmp(result_word(sc, a), result_word(sc, ad_set))) alike |= 1ull << a;
    return alike;
}

static uint64_t ad_sets_in(const scenario_t *sc, scopes_t s, int scope)
{
    uint64_t in = 0;
    for (int a = 0; a < sc->n_ad_sets; a++)
        if (scope == scope_plan(s) || scope == scope_ad_set(s, a) ||
            scope == scope_campaign(s, sc->ad_set[a].campaign) ||
            scope == scope_platform(s, sc->ad_set[a].platform))
            in |= 1ull << a;
    return in;
}

/* The scope that these ad sets are all of; -1 = none, whose ranges nobody has worked out. */
static int scope_of(const study_t *s, uint64_t ad_sets)
{
    scopes_t scopes = s->evidence.scopes;
    for (int scope = 0; scope < scopes_count(scopes); scope++)
        if (ad_sets_in(s->scenario, scopes, scope) == ad_sets) return scope;
    return -1;
}

static double sum_of(const study_t *s, uint64_t ad_sets, const char *column)
{
    double sum = 0;
    for (; ad_sets; ad_sets &= ad_sets - 1)
        sum += study_estimate(s, scope_ad_set(s->evidence.scopes, __builtin_ctzll(ad_sets)), column)
                   .mean;
    return sum;
}

static estimate_t estimate_of(const study_t *s, uint64_t ad_sets, const char *column, double mean)
{
    int scope = scope_of(s, ad_sets);
    if (scope >= 0) return study_estimate(s, scope, column);
    return (estimate_t){.mean = mean, .lo = NAN, .p50 = NAN, .hi = NAN, .mc_se = NAN};
}

/* The stages before the result, as columns. */
static const char *const stage[] = {"impressions", "views", "clicks", "visits"};
enum { STAGES = sizeof stage / sizeof *stage };

typedef struct {
    double stage[STAGES];
    estimate_t results, cost;
} funnel_t;

static funnel_t funnel_of(const study_t *s, uint64_t ad_sets)
{
    funnel_t f;
    double results = sum_of(s, ad_sets, "results"), spend = sum_of(s, ad_sets, "spend");
    for (int k = 0; k < STAGES; k++) f.stage[k] = sum_of(s, ad_sets, stage[k]);
    f.results = estimate_of(s, ad_sets, "results", results);
    f.cost = estimate_of(s, ad_sets, "cost_per_result", results > 0 ? spend / results : NAN);
    return f;
}

/* --- funnel.csv --------------------------------------------------------------------------------- */

static void write_row(csv_t *c, const study_t *s, const char *kind, const char *name, int first,
                      uint64_t ad_sets)
{
    funnel_t f = funnel_of(s, ad_sets);
    csv_text(c, kind);
    csv_text(c, name);
    csv_text(c, result_word(s->scenario, first));
    for (int k = 0; k < STAGES; k++) csv_real(c, f.stage[k]);
    csv_estimate(c, &f.results);
    csv_real(c, sum_of(s, ad_sets, "spend"));
    csv_estimate(c, &f.cost);
    csv_end(c);
}

status_t funnel_csv(const report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const study_t *s = r->study;
    const scenario_t *sc = s->scenario;
    csv_t c = {.to = to};
    csv_text(&c, "scope");
    csv_text(&c, "name");
    csv_text(&c, "result");
    for (int k = 0; k < STAGES; k++) csv_text(&c, stage[k]);
    estimate_header(&c, "results");
    csv_text(&c, "spend");
    estimate_header(&c, "cost_per_result");
    csv_end(&c);
    for (int a = 0; a < sc->n_ad_sets; a++)
        write_row(&c, s, "ad_set", sc->ad_set[a].name, a, 1ull << a);
    for (int a = 0; a < sc->n_ad_sets; a++) {
        uint64_t alike = counting_alike(sc, a);
        if (__builtin_ctzll(alike) == a) write_row(&c, s, "result", result_word(sc, a), a, alike);
    }
    return OK;
}

/* --- the page ----------------------------------------------------------------------------------- */

static void add_row(table_text_t *t, const study_t *s, int first, uint64_t ad_sets)
{
    funnel_t f = funnel_of(s, ad_sets);
    int r = t->n_rows++;
    t->name[r] = result_word(s->scenario, first);
    for (int k = 0; k < STAGES; k++)
        snprintf(t->cell[r][k + 1], CELL_LENGTH, "%s", amount(f.stage[k]).text);
    snprintf(t->cell[r][STAGES + 1], CELL_LENGTH, "%s", amount(f.results.mean).text);
    if (!isnan(f.cost.mean))
        snprintf(t->cell[r][STAGES + 2], CELL_LENGTH, "%s", amount(f.cost.mean).text);
}

status_t funnel_page(const study_t *s, page_t page, FILE *to, error_t *err)
{
    const scenario_t *sc = s->scenario;
    table_text_t *t = calloc(1, sizeof *t);
    if (!t) return fail_memory(err, "the funnel");
    *t = (table_text_t){.title = {"counted as a result", "impressions", "seen", "clicks", "visits",
                                  "results", "cost of one"},
                        .drop = {0, 3, 4, 2, 1},
                        .n_columns = STAGES + 3};
    for (int a = 0; a < sc->n_ad_sets; a++) {
        uint64_t alike = counting_alike(sc, a);
        if (__builtin_ctzll(alike) == a) add_row(t, s, a, alike);
    }
    bool fine =
        table_print(t, page.width, page.color ? "\033[1m" : "", page.color ? "\033[0m" : "", to);
    free(t);
    fputc('\n', to);
    return fine ? OK : fail_memory(err, "the funnel");
}
