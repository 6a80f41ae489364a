/* summary.c -- summary.json. */
#include "sim/report/doubts.h"
#include "sim/report/estimates.h"
#include "sim/report/funnel.h"
#include "sim/report/json.h"
#include "sim/report/lift_test.h"
#include "sim/report/organic.h"
#include "sim/report/report.h"

#include <math.h>

/* Adds a column's estimate for every column to the object. Returns it, or NULL when memory is out. */
static json_t *with_metrics(json_t *object, const study_t *s, int scope)
{
    for (int c = 0; object && c < COLUMNS; c++)
        if (json_object_set_new(object, columns[c].name,
                                estimate_json(&s->estimate[scope * COLUMNS + c]))) {
            json_decref(object);
            return NULL;
        }
    return object;
}

static json_t *delivery_json(const delivery_t *d)
{
    return json_pack("{ss so so ss so so so so ss}", "limited_by", limit_word(d->limit),
                     "share_limited", json_number(d->share), "budget_spent", json_number(d->spent),
                     "lift", limit_lift(d->limit), "lift_impressions", json_number(d->lift),
                     "lift_cpm", json_number(d->lift_cpm), "window_frequency",
                     json_number(d->window_frequency), "results_per_week",
                     json_number(d->results_per_week), "learning", learning_word(d));
}

static json_t *ad_set_json(const study_t *s, int a)
{
    const scenario_t *sc = s->scenario;
    return with_metrics(json_pack("{ss ss ss ss so}", "name", sc->ad_set[a].name, "campaign",
                                  sc->campaign[sc->ad_set[a].campaign].name, "platform",
                                  sc->platform[sc->ad_set[a].platform].name, "result",
                                  result_word(sc, a), "delivery", delivery_json(&s->delivery[a])),
                        s, scope_ad_set(s->evidence.scopes, a));
}

static json_t *scopes_json(const study_t *s, int first, int n)
{
    json_t *list = json_array();
    for (int i = 0; i < n; i++) {
        const char *name = scope_name(s->scenario, s->evidence.scopes, first + i);
        bool of_ad_set = first + i < s->evidence.scopes.n_ad_sets;
        json_t *item = of_ad_set ? ad_set_json(s, i)
                                 : with_metrics(json_pack("{ss}", "name", name), s, first + i);
        if (json_array_append_new(list, item)) {
            json_decref(list);
            return NULL;
        }
    }
    return list;
}

static json_t *target_json(const study_t *s)
{
    const target_result_t *t = &s->target;
    if (!t->metric[0]) return json_null();
    double share = t->chance.share;
    return json_pack("{ss so so so so so}", "metric", t->metric, "at_least",
                     json_number(t->at_least), "probability", json_number(share), "probability_lo",
                     json_number(t->chance.low), "probability_hi", json_number(t->chance.high),
                     "dots", isnan(share) ? json_null() : json_integer(lround(50 * share)));
}

static json_t *notices_json(const study_t *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->notices.n; i++)
        if (json_array_append_new(list, json_string(s->notices.item[i].text))) {
            json_decref(list);
            return NULL;
        }
    return list;
}

/* How the number of replications was found. */
static json_t *stopping_json(const study_t *s)
{
    bool fixed = s->scenario->replications > 0;
    const char *rule = fixed
                           ? "as many replications as asked for"
                           : "doubling until the 95 % half-width of the plan's reach, incremental "
                             "conversions and iroas is at most `precision` of the mean";
    return json_pack("{ss si so so so so}", "rule", rule, "looks", s->looks, "precision",
                     json_number(s->scenario->precision), "half_width",
                     json_number(look_half_width(&s->look)), "met",
                     json_boolean(s->look.verdict == LOOK_ENOUGH), "interrupted",
                     json_boolean(s->interrupted));
}

static json_t *summary_json(const study_t *s)
{
    const scenario_t *sc = s->scenario;
    scopes_t scopes = s->evidence.scopes;
    json_t *all = json_pack(
        "{ss ss s{ss si} sI sI sI sI ss so so so so so so so}", "version", ADSIM_VERSION,
        "scenario", sc->name, "schedule", "start", sc->start, "days", sc->days, "seed",
        (json_int_t)sc->seed, "people", (json_int_t)world_people(s->world), "population",
        (json_int_t)sc->population->size, "replications", (json_int_t)study_replications(s),
        "currency", sc->currency, "stopping", stopping_json(s), "totals",
        with_metrics(json_object(), s, scope_plan(scopes)), "platforms",
        scopes_json(s, scopes.n_ad_sets + scopes.n_campaigns, scopes.n_platforms), "campaigns",
        scopes_json(s, scopes.n_ad_sets, scopes.n_campaigns), "ad_sets",
        scopes_json(s, 0, scopes.n_ad_sets), "target", target_json(s), "notices", notices_json(s));
    if (!all || !s->brand.places || !json_object_set_new(all, "organic", report_organic_json(s)))
        return all;
    json_decref(all);
    return NULL;
}

/* What the next money brings, beside the estimates of every scope. False when memory is out. */
static bool put_marginal(json_t *scope, const report_t *r, int at)
{
    double error, mean = responses_marginal(r->responses, r->study, at, &error);
    return !json_object_set_new(
        scope, "marginal_roas",
        json_pack("{so so}", "mean", json_number(mean), "mc_se", json_number(error)));
}

static bool put_marginals(json_t *summary, const report_t *r)
{
    static const char *const list[] = {"ad_sets", "campaigns", "platforms"};
    int at = 0;
    bool fine = true;
    for (int k = 0; k < 3; k++) {
        const json_t *scopes = json_object_get(summary, list[k]);
        for (size_t i = 0; i < json_array_size(scopes); i++)
            fine &= put_marginal(json_array_get(scopes, i), r, at++);
    }
    return put_marginal(json_object_get(summary, "totals"), r, at) && fine;
}

status_t report_summary_json(const report_t *r, FILE *to, error_t *err)
{
    json_t *summary = summary_json(r->study);
    if (r->study->doubts.unsure) json_put(&summary, "doubts", doubts_json(r->study));
    if (has_lift_test(r)) json_put(&summary, "experiment", lift_test_json(r->study));
    if (summary && r->responses && r->responses->model && !put_marginals(summary, r)) {
        json_decref(summary);
        summary = NULL;
    }
    return json_write(summary, to, "summary.json", err);
}
