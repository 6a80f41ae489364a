/* scopes.h -- what a scope is called: "ad_set" and "ig-young". */
#ifndef ADSIM_METRICS_SCOPES_H
#define ADSIM_METRICS_SCOPES_H

#include "sim/metrics/counters.h"
#include "sim/scenario/scenario.h"

const char *scope_kind(scopes_t scopes, int scope);
const char *scope_name(const scenario_t *sc, scopes_t scopes, int scope);

#endif
