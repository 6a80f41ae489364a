/* attribution.c -- models of attribution side by side, and beside the truth. */
#include "sim/report/attribution.h"
#include "models/response/shapley.h"
#include "sim/report/estimates.h"
#include "sim/report/table.h"
#include "sim/report/text.h"

#include <math.h>
#include <stdlib.h>

static const char *const model_word[CREDIT_MODELS] = {
    [CREDIT_LAST_TOUCH] = "last_touch", [CREDIT_FIRST_TOUCH] = "first_touch",
    [CREDIT_LINEAR] = "linear",         [CREDIT_TIME_DECAY] = "time_decay",
    [CREDIT_POSITION] = "position",     [CREDIT_MARKOV] = "markov",
    [CREDIT_SHAPLEY] = "shapley"};

/* --- attribution.csv ---------------------------------------------------------------------------- */

/* The scenario's own model is what the columns of summary.csv tell. */
static quantity_t credited_by(const scenario_t *sc, int model, credited_t what)
{
    static const quantity_t own[CREDITED_COUNTS] = {QUANTITY_CONVERSIONS, QUANTITY_REVENUE,
                                                    QUANTITY_ORGANIC_CREDITED};
    return (int)sc->attribution.model == model ? own[what]
                                               : quantity_credit((credit_model_t)model, what);
}

static void write_estimates(csv_t *c, const study_t *s, int model, int scope)
{
    const scenario_t *sc = s->scenario;
    quantity_t orders = credited_by(sc, model, CREDITED_ORDERS),
               revenue = credited_by(sc, model, CREDITED_REVENUE),
               organic = credited_by(sc, model, CREDITED_ORGANIC);
    int plan = scope_plan(s->evidence.scopes);
    const struct {
        quantity_t above, below;
        int scope;
    } column[] = {{orders, QUANTITY_ONE, scope},
                  {orders, orders, plan},
                  {revenue, QUANTITY_ONE, scope},
                  {organic, QUANTITY_ONE, scope},
                  {organic, orders, scope},
                  {QUANTITY_INCREMENTAL_CONVERSIONS, QUANTITY_ONE, scope},
                  {orders, QUANTITY_INCREMENTAL_CONVERSIONS, scope},
                  {QUANTITY_PLATFORM_CONVERSIONS, QUANTITY_ONE, scope}};
    for (size_t k = 0; k < sizeof column / sizeof *column; k++) {
        estimate_t x =
            estimator_ratio(s->estimator, scope, column[k].above, column[k].scope, column[k].below);
        csv_estimate(c, &x);
    }
}

status_t attribution_csv(const report_t *r, FILE *to, error_t *err)
{
    (void)err;
    static const char *const name[] = {"conversions",
                                       "share",
                                       "revenue",
                                       "organic_credited",
                                       "organic_share",
                                       "incremental_conversions",
                                       "credited_over_caused",
                                       "platform_conversions"};
    const study_t *s = r->study;
    const scenario_t *sc = s->scenario;
    scopes_t scopes = s->evidence.scopes;
    csv_t c = {.to = to};
    const char *const first[] = {"model", "scope", "name", "campaign", "platform"};
    for (size_t i = 0; i < sizeof first / sizeof *first; i++) csv_text(&c, first[i]);
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) estimate_header(&c, name[i]);
    csv_end(&c);
    for (int model = 0; model < CREDIT_MODELS; model++) {
        if (model == CREDIT_SHAPLEY && attribution_channels(sc) > SHAPLEY_CHANNELS_MOST) continue;
        for (int scope = 0; scope < scopes_count(scopes); scope++) {
            const ad_set_t *a = scope < scopes.n_ad_sets ? &sc->ad_set[scope] : NULL;
            csv_text(&c, model_word[model]);
            csv_text(&c, scope_kind(scopes, scope));
            csv_text(&c, scope_name(sc, scopes, scope));
            csv_text(&c, a ? sc->campaign[a->campaign].name : NULL);
            csv_text(&c, a ? sc->platform[a->platform].name : NULL);
            write_estimates(&c, s, model, scope);
            csv_end(&c);
        }
    }
    return OK;
}

/* --- on the terminal ---------------------------------------------------------------------------- */

/* By how much more is credited than caused. */
static double over_credited(const study_t *s, int scope)
{
    double credited = study_estimate(s, scope, "conversions").mean,
           caused = study_estimate(s, scope, "incremental_conversions").mean;
    return caused > 0 ? credited / caused - 1 : NAN;
}

static void add_row(table_text_t *t, const study_t *s, int scope)
{
    int r = t->n_rows++;
    double credited = study_estimate(s, scope, "conversions").mean,
           organic = study_estimate(s, scope, "organic_credited").mean,
           over = over_credited(s, scope);
    t->name[r] = scope_name(s->scenario, s->evidence.scopes, scope);
    snprintf(t->cell[r][1], CELL_LENGTH, "%s", amount(credited).text);
    snprintf(t->cell[r][2], CELL_LENGTH, "%s",
             amount(study_estimate(s, scope, "platform_conversions").mean).text);
    snprintf(t->cell[r][3], CELL_LENGTH, "%s",
             amount(study_estimate(s, scope, "incremental_conversions").mean).text);
    if (!isnan(over)) snprintf(t->cell[r][4], CELL_LENGTH, "%+.0f %%", 100 * over);
    snprintf(t->cell[r][5], CELL_LENGTH, "%s", amount(organic).text);
    if (credited > 0)
        snprintf(t->cell[r][6], CELL_LENGTH, "%s", amount_percent(organic / credited).text);
}

/* The ad set that is credited most above, or below, what it causes; -1 = none is. */
static int furthest(const study_t *s, bool above)
{
    int found = -1;
    double most = 0;
    for (int a = 0; a < s->scenario->n_ad_sets; a++) {
        double over = over_credited(s, scope_ad_set(s->evidence.scopes, a));
        if (!above) over = -over;
        if (!(over > most)) continue;
        most = over;
        found = a;
    }
    return found;
}

static void write_extreme(const study_t *s, bool above, char *out, size_t size)
{
    int a = furthest(s, above);
    *out = 0;
    if (a < 0 || s->scenario->n_ad_sets < 2) return;
    snprintf(out, size, " Most %s-credited: %s (%+.0f %%).", above ? "over" : "under",
             s->scenario->ad_set[a].name,
             100 * over_credited(s, scope_ad_set(s->evidence.scopes, a)));
}

bool attribution_finding(const study_t *s, page_t page, FILE *to)
{
    int plan = scope_plan(s->evidence.scopes);
    double credited = study_estimate(s, plan, "conversions").mean,
           caused = study_estimate(s, plan, "incremental_conversions").mean,
           organic = study_estimate(s, plan, "organic_credited").mean;
    if (!(caused > 0) || !(credited > 0)) return true;
    char model[32], over[256], under[256];
    snprintf(model, sizeof model, "%s", model_word[s->scenario->attribution.model]);
    text_words(model);
    write_extreme(s, true, over, sizeof over);
    write_extreme(s, false, under, sizeof under);
    return text_wrap(
        to, page.width, "  ",
        "Attribution by %s credits %.2f times what the ads cause; of what it credits, %s "
        "came by itself.%s%s",
        model, credited / caused, amount_percent(organic / credited).text, over, under);
}

status_t attribution_page(const study_t *s, page_t page, FILE *to, error_t *err)
{
    table_text_t *t = calloc(1, sizeof *t);
    if (!t) return fail_memory(err, "what attribution credits");
    scopes_t scopes = s->evidence.scopes;
    *t = (table_text_t){.title = {"", "credited", "platforms claim", "caused", "over-credited",
                                  "organic caught", "of credited"},
                        .drop = {0, 0, 2, 0, 0, 1, 3},
                        .n_columns = 7};
    for (int a = 0; a < scopes.n_ad_sets; a++) add_row(t, s, scope_ad_set(scopes, a));
    if (scopes.n_ad_sets > 1) add_row(t, s, scope_plan(scopes));
    bool fine =
        table_print(t, page.width, page.color ? "\033[1m" : "", page.color ? "\033[0m" : "", to);
    free(t);
    fine = fine && attribution_finding(s, page, to);
    return fine ? OK : fail_memory(err, "what attribution credits");
}
