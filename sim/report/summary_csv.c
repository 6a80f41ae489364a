/* summary_csv.c -- a row per ad set, campaign, platform and plan. */
#include "sim/report/summary_csv.h"

#include "sim/report/estimates.h"
#include "sim/report/report.h"

static const char MARGINAL[] = "marginal_roas", MARGINAL_ERROR[] = "marginal_roas_mc_se";

void summary_header(csv_t *c, const responses_t *responses)
{
    static const char *const first[] = {"scope", "name", "campaign", "platform"};
    for (int i = 0; i < 4; i++) csv_text(c, first[i]);
    for (int k = 0; k < COLUMNS; k++) estimate_header(c, columns[k].name);
    if (responses) {
        csv_text(c, MARGINAL);
        csv_text(c, MARGINAL_ERROR);
    }
    csv_end(c);
}

static void add_marginal(csv_t *c, const study_t *s, const responses_t *responses, int scope)
{
    double error, mean = responses_marginal(responses, s, scope, &error);
    csv_real(c, mean);
    csv_real(c, error);
}

void summary_rows(csv_t *c, const study_t *s, const responses_t *responses, const char *first)
{
    const scenario_t *sc = s->scenario;
    scopes_t scopes = s->evidence.scopes;
    for (int scope = 0; scope < scopes_count(scopes); scope++) {
        const ad_set_t *a = scope < scopes.n_ad_sets ? &sc->ad_set[scope] : NULL;
        if (first) csv_text(c, first);
        csv_text(c, scope_kind(scopes, scope));
        csv_text(c, scope_name(sc, scopes, scope));
        csv_text(c, a ? sc->campaign[a->campaign].name : NULL);
        csv_text(c, a ? sc->platform[a->platform].name : NULL);
        for (int k = 0; k < COLUMNS; k++) csv_estimate(c, &s->estimate[scope * COLUMNS + k]);
        if (responses) add_marginal(c, s, responses, scope);
        csv_end(c);
    }
}
