/* scopes.c -- kinds and names. */
#include "sim/metrics/scopes.h"

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
