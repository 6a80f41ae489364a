/* audience_json.c -- the object that `adsim audience --json` prints and summary.json holds. */
#include "sim/report/audience.h"
#include "sim/report/json.h"

#include <math.h>
#include <string.h>

static json_t *platform_json(const audience_study_t *s, const audience_size_t *x, int p)
{
    const reach_t *r = &x->on[p];
    return json_pack("{ss sb so so so so so so so}", "platform", s->scenario->platform[p].name,
                     "in_use", (int)(x->used_on >> p & 1), "people",
                     json_number(r->targeted.people), "people_se", json_number(r->targeted.error),
                     "people_exact", json_number(r->targeted.exact), "people_true",
                     json_number(r->truth.people), "people_true_exact", json_number(r->truth.exact),
                     "on_target", json_number(reach_on_target(r)), "missed",
                     json_number(reach_missed(r)));
}

static json_t *platforms_json(const audience_study_t *s, const audience_size_t *x)
{
    json_t *list = json_array();
    for (int p = 0; p < s->scenario->n_platforms; p++) json_add(&list, platform_json(s, x, p));
    return list;
}

static json_t *facet_json(const audience_study_t *s, int a, int f)
{
    profile_t x = audience_profile(s, a, f);
    return json_pack("{ss so so so so so so sb}", "level", s->facet[f].name, "people",
                     json_number(s->weight * (double)x.simulated), "share", json_number(x.share),
                     "population_share", json_number(x.everyone), "index", json_number(x.index),
                     "index_lo", json_number(x.lo), "index_hi", json_number(x.hi), "few", x.few);
}

/* Facets from *f on that are of its dimension; *f moves behind them. */
static json_t *dimension_json(const audience_study_t *s, int a, int *f)
{
    const char *dimension = s->facet[*f].dimension;
    json_t *levels = json_array();
    for (; *f < s->n_facets && !strcmp(s->facet[*f].dimension, dimension); ++*f)
        json_add(&levels, facet_json(s, a, *f));
    return levels;
}

/* {age: [{level, ...}, ...], interest: [...], ...} */
static json_t *composition_json(const audience_study_t *s, int a)
{
    json_t *all = json_object();
    for (int f = 0; f < s->n_facets;) {
        const char *dimension = s->facet[f].dimension;
        json_put(&all, dimension, dimension_json(s, a, &f));
    }
    return all;
}

static json_t *audience_json(const audience_study_t *s, int a)
{
    static const char *const kind[] = {[AUDIENCE_EXPRESSION] = "expression",
                                       [AUDIENCE_RETARGET] = "retarget",
                                       [AUDIENCE_LIST] = "list",
                                       [AUDIENCE_LOOKALIKE] = "lookalike"};
    const audience_size_t *x = &s->audience[a];
    bool list = x->audience->kind == AUDIENCE_LIST;
    json_t *o = json_pack("{ss ss so so so so sI so so}", "name", x->audience->name, "kind",
                          kind[x->audience->kind], "people", json_number(x->size.people),
                          "people_se", json_number(x->size.error), "share",
                          json_number(audience_share(s, x->size.people)), "people_exact",
                          json_number(x->size.exact), "simulated", (json_int_t)x->size.simulated,
                          "platforms", platforms_json(s, x), "composition", composition_json(s, a));
    if (isnan(x->size.exact)) json_put(&o, "not_exact", json_string(x->not_exact.text));
    if (list) {
        json_put(&o, "listed", json_number(x->listed.exact));
        json_put(&o, "found_lo", json_number(x->low));
        json_put(&o, "found_hi", json_number(x->high));
    }
    return o;
}

static json_t *pair_json(const audience_study_t *s, const audience_pair_t *p)
{
    double a = s->audience[p->a].size.people, b = s->audience[p->b].size.people;
    return json_pack("{ss ss so so so so so so}", "a", s->audience[p->a].audience->name, "b",
                     s->audience[p->b].audience->name, "people", json_number(p->both.people),
                     "share_of_a", json_number(a > 0 ? p->both.people / a : NAN), "share_of_b",
                     json_number(b > 0 ? p->both.people / b : NAN), "jaccard",
                     json_number(p->jaccard), "people_se", json_number(p->both.error),
                     "people_exact", json_number(p->both.exact));
}

static json_t *names_json(const audience_study_t *s, audience_set_t in)
{
    json_t *list = json_array();
    for (int a = 0; a < s->n_audiences; a++)
        if (audience_set_has(in, a)) json_add(&list, json_string(s->audience[a].audience->name));
    return list;
}

static json_t *patterns_json(const audience_study_t *s)
{
    json_t *list = json_array();
    for (size_t k = 0; k < s->n_patterns; k++)
        json_array_append_new(
            list,
            json_pack("{so so so}", "audiences", names_json(s, s->pattern[k].in), "people_exactly",
                      json_number(s->weight * (double)s->pattern[k].exactly), "people_at_least",
                      json_number(s->weight * (double)s->pattern[k].at_least)));
    return list;
}

static json_t *notices_json(const audience_study_t *s)
{
    json_t *list = json_array();
    for (size_t i = 0; i < s->notices.n; i++) json_add(&list, json_string(s->notices.item[i].text));
    return list;
}

status_t audience_report_json(const audience_report_t *r, FILE *to, error_t *err)
{
    const audience_study_t *s = r->study;
    json_t *audiences = json_array(), *overlaps = json_array();
    for (int a = 0; a < s->n_audiences; a++) json_add(&audiences, audience_json(s, a));
    for (size_t k = 0; k < s->n_pairs; k++) json_add(&overlaps, pair_json(s, &s->pair[k]));
    json_t *all = json_pack("{ss ss sI sI sI ss so so so so}", "version", ADSIM_VERSION, "scenario",
                            s->scenario->name, "seed", (json_int_t)s->scenario->seed, "population",
                            (json_int_t)s->scenario->population->size, "people",
                            (json_int_t)s->people, "population_name", s->scenario->population->name,
                            "audiences", audiences, "overlaps", overlaps, "overlap_patterns",
                            patterns_json(s), "notices", notices_json(s));
    return json_write(all, to, "summary.json", err);
}
