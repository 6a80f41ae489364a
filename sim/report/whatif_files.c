/* whatif_files.c -- a run's answers to other budgets, as files: the curves as rows; the model, what the run came to and
 * what a page says beside it as JSON. */
#include "sim/report/whatif_files.h"

#include "sim/metrics/scopes.h"
#include "sim/report/csv.h"
#include "sim/report/json.h"

#include <math.h>
#include <nettle/base64.h>
#include <stdlib.h>
#include <string.h>

int has_responses(const report_t *r)
{
    return r->responses && r->responses->model;
}

/* --- response_curve.csv ----------------------------------------------------------------------------- */

static void curve_header(csv_t *c)
{
    static const char *const first[] = {"changed", "multiple", "budget", "scope", "name"};
    for (int i = 0; i < 5; i++) csv_text(c, first[i]);
    for (int k = 0; k < RESPONSES; k++) {
        char error[64];
        snprintf(error, sizeof error, "%s_se", response_names[k]);
        csv_text(c, response_names[k]);
        csv_text(c, error);
    }
    csv_text(c, "roas");
    csv_text(c, "iroas");
    csv_text(c, "marginal_roas");
    csv_text(c, "marginal_roas_se");
    csv_end(c);
}

static void curve_row(csv_t *c, const responder_t *p, int step, const char *scope, const char *name,
                      const response_values_t *v)
{
    double spend = v->value[RESPONSE_SPEND];
    bool now = response_step[step] == 1 && v == &p->own[step];
    csv_text(c, p->name);
    csv_real(c, response_step[step]);
    csv_real(c, response_step[step] * p->budget);
    csv_text(c, scope);
    csv_text(c, name);
    for (int k = 0; k < RESPONSES; k++) {
        csv_real(c, v->value[k]);
        csv_real(c, v->error[k]);
    }
    csv_real(c, spend > 0 ? v->value[RESPONSE_REVENUE] / spend : NAN);
    csv_real(c, spend > 0 ? v->value[RESPONSE_INCREMENTAL_REVENUE] / spend : NAN);
    csv_real(c, now ? p->marginal : NAN);
    csv_real(c, now ? p->marginal_error : NAN);
    csv_end(c);
}

/* Of everyone who has a budget: what comes of multiples of it there, then in the whole plan. */
status_t response_curve_csv(const report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const responses_t *x = r->responses;
    csv_t c = {.to = to};
    curve_header(&c);
    for (int k = 0; k < x->n; k++) {
        const responder_t *p = &x->responder[k];
        const char *scope = p->ad_set < 0 ? "campaign" : "ad_set";
        for (int step = 0; step < RESPONSE_STEPS; step++)
            curve_row(&c, p, step, scope, p->name, &p->own[step]);
        for (int step = 0; step < RESPONSE_STEPS; step++)
            curve_row(&c, p, step, "plan", r->study->scenario->name, &p->plan[step]);
    }
    return OK;
}

/* --- whatif.json ------------------------------------------------------------------------------------ */

static json_t *base64(const void *bytes, size_t n)
{
    size_t length = BASE64_ENCODE_RAW_LENGTH(n);
    char *text = malloc(length + 1);
    if (!text) return NULL;
    base64_encode_raw(text, n, bytes);
    json_t *out = json_stringn(text, length);
    free(text);
    return out;
}

static json_t *floats(const float *x, size_t n)
{
    return base64(x, n * sizeof *x);
}

static json_t *values_json(const response_values_t *v)
{
    json_t *out = json_object();
    for (int k = 0; k < RESPONSES; k++) json_put(&out, response_names[k], json_number(v->value[k]));
    return out;
}

static json_t *alike_json(uint64_t sets)
{
    json_t *list = json_array();
    for (; sets; sets &= sets - 1) json_add(&list, json_integer(__builtin_ctzll(sets)));
    return list;
}

static json_t *ad_sets_json(const report_t *r)
{
    const responses_t *x = r->responses;
    const scenario_t *sc = r->study->scenario;
    json_t *list = json_array();
    for (int a = 0; a < sc->n_ad_sets; a++) {
        int payer = 0;
        while (!(x->responder[payer].ad_sets >> a & 1)) payer++;
        json_add(&list, json_pack("{ss ss ss si so so so}", "name", sc->ad_set[a].name, "campaign",
                                  sc->campaign[sc->ad_set[a].campaign].name, "platform",
                                  sc->platform[sc->ad_set[a].platform].name, "budget", payer,
                                  "organic_share", json_number(x->organic[a]), "alike",
                                  alike_json(x->alike[a]), "ran", values_json(&x->ran[a])));
    }
    return list;
}

static bool is_said(const loaded_t *loaded, const char *path)
{
    size_t n;
    const resolved_t *value = loaded_values(loaded, &n);
    for (size_t i = 0; i < n; i++)
        if (!strcmp(value[i].path, path)) return true;
    return false;
}

/* The key of a budget. An ad set's own is an amount of the campaign's, where the file gives that one. */
enum { KEY_LENGTH = 600 };
static bool campaign_key(const report_t *r, int campaign, char key[KEY_LENGTH])
{
    snprintf(key, KEY_LENGTH, "campaigns.%s.lifetime_budget",
             r->study->scenario->campaign[campaign].name);
    return is_said(r->loaded, key);
}

static void budget_key(const report_t *r, const responder_t *p, char key[KEY_LENGTH])
{
    char whole[KEY_LENGTH];
    if (p->ad_set < 0) {
        campaign_key(r, p->campaign, key);
        return;
    }
    snprintf(key, KEY_LENGTH, "campaigns.%s.ad_sets.%s.%s",
             r->study->scenario->campaign[p->campaign].name, p->name,
             campaign_key(r, p->campaign, whole) ? "budget" : "lifetime_budget");
}

static json_t *budgets_json(const report_t *r)
{
    const responses_t *x = r->responses;
    json_t *list = json_array();
    for (int k = 0; k < x->n; k++) {
        const responder_t *p = &x->responder[k];
        char key[KEY_LENGTH], whole[KEY_LENGTH];
        budget_key(r, p, key);
        bool of_campaign = p->ad_set >= 0 && campaign_key(r, p->campaign, whole);
        json_add(&list,
                 json_pack("{ss ss so ss ss? ss? so so}", "name", p->name, "scope",
                           p->ad_set < 0 ? "campaign" : "ad_set", "budget", json_number(p->budget),
                           "key", key, "campaign_key", of_campaign ? whole : NULL, "fixed",
                           p->fixed, "marginal_roas", json_number(p->marginal),
                           "marginal_roas_error", json_number(p->marginal_error)));
    }
    return list;
}

/* --- the chance of the target ------------------------------------------------------------------------ */

/* How a quantity answers budgets: like a measure of each ad set; like the people that the plan reaches; not. */
enum { ANSWERS_LIKE_REACH = WHATIF_MEASURES, ANSWERS_LIKE_CREDITED, ANSWERS_TO_NOTHING };
static int answer_of(quantity_t q)
{
    if (q >= QUANTITY_CREDITS && q < QUANTITY_ONE)
        return (q - QUANTITY_CREDITS) % CREDITED_COUNTS == CREDITED_ORGANIC ? (int)WHATIF_ORGANIC
                                                                            : ANSWERS_LIKE_CREDITED;
    switch (q) {
    case QUANTITY_SPEND: return WHATIF_SPEND;
    case QUANTITY_CLICKS:
    case QUANTITY_VISITS: return WHATIF_CLICKS;
    case QUANTITY_REACH:
    case QUANTITY_REACH_2:
    case QUANTITY_REACH_3:
    case QUANTITY_REACH_5:
    case QUANTITY_REACH_10: return ANSWERS_LIKE_REACH;
    case QUANTITY_AD_CONVERSIONS:
    case QUANTITY_DISPLACED:
    case QUANTITY_BRAND_CONVERSIONS:
    case QUANTITY_RUN_OFF:
    case QUANTITY_NEW_CUSTOMERS:
    case QUANTITY_DISCOUNTS:
    case QUANTITY_INCREMENTAL_CONVERSIONS:
    case QUANTITY_INCREMENTAL_REVENUE: return WHATIF_CAUSED;
    case QUANTITY_CONVERSIONS:
    case QUANTITY_REVENUE:
    case QUANTITY_PLATFORM_CONVERSIONS: return ANSWERS_LIKE_CREDITED;
    case QUANTITY_ORGANIC_CREDITED: return WHATIF_ORGANIC;
    case QUANTITY_IMPRESSIONS:
    case QUANTITY_VIEWS:
    case QUANTITY_EARNED_VIEWS:
    case QUANTITY_UNBILLED:
    case QUANTITY_FOLLOWERS_GAINED: return WHATIF_IMPRESSIONS;
    default: return ANSWERS_TO_NOTHING;
    }
}

enum { PAIRS_MOST = 256 };
typedef struct {
    const evidence_t *evidence;
    size_t pairs;
    float *value; /* [pairs] */
} parts_t;

static double of_pair(const evidence_t *v, size_t pair, int scope, quantity_t q)
{
    size_t rows = (size_t)scopes_rows(v->scopes);
    double sum = 0;
    for (size_t r = 2 * pair; r < 2 * pair + 2; r++)
        sum += quantity_value(q, &v->value[(r * rows + (size_t)scope) * COUNTS]);
    return sum / 2;
}

/* Fills value[pair]: what terms that answer like `answer` (-1: all) add up to at a scope. Any but 0? */
static bool fill_part(const parts_t *p, const form_t *form, int scope, int answer)
{
    const evidence_t *v = p->evidence;
    bool any = false;
    for (size_t j = 0; j < p->pairs; j++) {
        double sum = form->n ? 0 : 1;
        for (int t = 0; t < form->n; t++) {
            term_t term = form->term[t];
            if (answer >= 0 && answer_of(term.quantity) != answer) continue;
            double factor = factor_value(term.factor, &v->economics[j], true,
                                         v->scenario->population->size, NAN);
            sum += term.quantity == QUANTITY_ONE
                       ? factor
                       : factor * v->weight * of_pair(v, j, scope, term.quantity);
        }
        p->value[j] = (float)sum;
        any |= p->value[j] != 0;
    }
    return any;
}

static void add_part(json_t **list, const parts_t *p, int ad_set, const char *measure)
{
    json_add(list, json_pack("{si ss so}", "ad_set", ad_set, "answers", measure, "value",
                             floats(p->value, p->pairs)));
}

static json_t *form_json(const parts_t *p, const form_t *form)
{
    static const char *const measure[] = {"spend",  "impressions", "reach",      "clicks",
                                          "caused", "organic",     "plan_reach", "credited"};
    scopes_t scopes = p->evidence->scopes;
    json_t *list = json_array();
    for (int answer = 0; form->n && answer < ANSWERS_TO_NOTHING; answer++)
        for (int scope = 0; scope <= scope_plan(scopes); scope++) {
            bool reach = answer == ANSWERS_LIKE_REACH;
            if (reach != (scope == scope_plan(scopes))) continue;
            if (!reach && scope >= scopes.n_ad_sets) continue;
            if (fill_part(p, form, scope, answer))
                add_part(&list, p, reach ? -1 : scope, measure[answer]);
        }
    fill_part(p, form, scope_plan(scopes), -1);
    return json_pack("{so so}", "whole", floats(p->value, p->pairs), "parts", list);
}

static bool has_results(const column_t *c)
{
    for (int t = 0; t < FORM_TERMS; t++)
        if ((t < c->numerator.n && c->numerator.term[t].quantity == QUANTITY_RESULTS) ||
            (t < c->denominator.n && c->denominator.term[t].quantity == QUANTITY_RESULTS))
            return true;
    return false;
}

/* The realised values on the run's predictive draws: of `pairs` draws in a row each has another draw of the
 * parameters, the first that of the first pair. */
static json_t *draws_json(const study_t *s, int column, size_t pairs)
{
    size_t n = estimator_draws(s->estimator), kept = 0;
    noise_t *noise = malloc((n + 1) * sizeof *noise);
    double *drawn = malloc((n + 1) * sizeof *drawn);
    float *value = malloc((n + 1) * sizeof *value);
    json_t *out = NULL;
    if (noise && drawn && value) {
        for (size_t d = 0; d < n; d++) noise[d] = noise_at(s->scenario->seed, d, 0);
        estimator_realise(s->estimator, scope_plan(s->evidence.scopes), column, noise, drawn);
        for (size_t d = 0; d < n; d++)
            if (d % s->evidence.pairs < pairs) value[kept++] = (float)drawn[d];
        out = floats(value, kept);
    }
    free(noise);
    free(drawn);
    free(value);
    return out;
}

static json_t *target_json(const report_t *r)
{
    const study_t *s = r->study;
    int column = s->target.metric[0] ? column_find(s->target.metric) : -1;
    if (column < 0 || has_results(&columns[column])) return json_null();
    size_t pairs = s->evidence.pairs < PAIRS_MOST ? s->evidence.pairs : PAIRS_MOST;
    float value[PAIRS_MOST];
    parts_t p = {&s->evidence, pairs, value};
    return json_pack("{ss ss so so si so so so}", "metric", s->target.metric, "label",
                     columns[column].label, "at_least", json_number(s->target.at_least),
                     "probability", json_number(s->target.chance.share), "pairs", (int)pairs,
                     "numerator", form_json(&p, &columns[column].numerator), "denominator",
                     form_json(&p, &columns[column].denominator), "draws",
                     draws_json(s, column, pairs));
}

static json_t *left_out_json(const responses_t *x)
{
    json_t *list = json_array();
    for (size_t i = 0; i < x->left_out.n; i++)
        json_add(&list, json_string(x->left_out.item[i].text));
    return list;
}

status_t whatif_json(const report_t *r, FILE *to, error_t *err)
{
    const responses_t *x = r->responses;
    const scenario_t *sc = r->study->scenario;
    json_t *root = json_object();
    json_put(&root, "scenario", json_string(sc->name));
    json_put(&root, "currency", json_string(sc->currency));
    json_put(&root, "model_share", json_number(response_model_share));
    json_put(&root, "alike_share", json_number(response_alike_share));
    json_put(&root, "alike_plan_share", json_number(response_alike_plan));
    json_put(&root, "spent", json_number(response_spent));
    json_put(&root, "left_out", left_out_json(x));
    json_put(&root, "budgets", budgets_json(r));
    json_put(&root, "ad_sets", ad_sets_json(r));
    json_put(&root, "plan", values_json(&x->plan));
    json_put(&root, "target", target_json(r));
    json_put(&root, "model", base64(x->model, (size_t)x->model->bytes));
    return json_write(root, to, "whatif.json", err);
}
