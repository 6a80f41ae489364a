/* scopes.c -- what a scope is called. */
#include "sim/report/report.h"

const char *scope_kind(scopes_t s, int scope)
{
    if (scope < s.n_ad_sets) return "ad_set";
    if (scope < s.n_ad_sets + s.n_campaigns) return "campaign";
    return scope < scope_plan(s) ? "platform" : "plan";
}

const char *scope_name(const scenario_t *sc, scopes_t s, int scope)
{
    if (scope < s.n_ad_sets) return sc->ad_set[scope].name;
    if (scope < s.n_ad_sets + s.n_campaigns) return sc->campaign[scope - s.n_ad_sets].name;
    if (scope < scope_plan(s)) return sc->platform[scope - s.n_ad_sets - s.n_campaigns].name;
    return sc->name;
}

size_t report_assumptions(const loaded_t *loaded)
{
    size_t n, assumed = 0;
    const resolved_t *value = loaded_values(loaded, &n);
    for (size_t i = 0; i < n; i++) assumed += value[i].origin == ORIGIN_ASSUMPTION;
    return assumed;
}
