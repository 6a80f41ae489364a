/* compare.c -- the files of a comparison. */
#include "sim/report/compare.h"

#include "sim/report/assumptions.h"
#include "sim/report/estimates.h"
#include "sim/report/json.h"
#include "sim/report/provenance.h"
#include "sim/report/publish.h"
#include "sim/report/summary_csv.h"
#include "sim/report/text.h"

#include <math.h>
#include <string.h>

/* --- tables ----------------------------------------------------------------------------------- */

static void header(csv_t *c, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) csv_text(c, names[i]);
}

static void difference_row(csv_t *csv, const compare_t *c, int column, int a, int b)
{
    difference_t x = c->table[column].difference[a][b];
    csv_text(csv, columns[column].name);
    csv_text(csv, c->name[a]);
    csv_text(csv, c->name[b]);
    csv_real(csv, compare_estimate(c, a, column).mean);
    csv_real(csv, compare_estimate(c, b, column).mean);
    const double value[] = {x.mean, x.lo,   x.p50,    x.hi,   x.mc_se,
                            x.low,  x.high, x.better, x.loss, x.gain};
    for (size_t i = 0; i < sizeof value / sizeof *value; i++)
        csv_real(csv, isinf(value[i]) ? NAN : value[i]);
    csv_end(csv);
}

static status_t write_comparison(const compare_report_t *r, FILE *to, error_t *err)
{
    (void)err;
    static const char *const names[] = {"metric",
                                        "a",
                                        "b",
                                        "value_a",
                                        "value_b",
                                        "difference",
                                        "difference_lo",
                                        "difference_p50",
                                        "difference_hi",
                                        "difference_mc_se",
                                        "mean_low",
                                        "mean_high",
                                        "p_a_better",
                                        "expected_loss_a",
                                        "variance_reduction"};
    const compare_t *c = r->compare;
    csv_t csv = {.to = to};
    header(&csv, names, sizeof names / sizeof *names);
    csv_end(&csv);
    for (int k = 0; k < COLUMNS; k++) {
        for (int a = 0; a < c->plans; a++)
            for (int b = a + 1; b < c->plans; b++) difference_row(&csv, c, k, a, b);
    }
    return OK;
}

static status_t write_ranking(const compare_report_t *r, FILE *to, error_t *err)
{
    (void)err;
    static const char *const names[] = {"metric",   "plan",          "value",
                                        "value_lo", "value_hi",      "value_mc_se",
                                        "p_best",   "expected_loss", "sure"};
    const compare_t *c = r->compare;
    csv_t csv = {.to = to};
    header(&csv, names, sizeof names / sizeof *names);
    csv_end(&csv);
    for (int k = 0; k < COLUMNS; k++) {
        for (int p = 0; p < c->plans; p++) {
            estimate_t x = compare_estimate(c, p, k);
            standing_t s = c->table[k].standing[p];
            csv_text(&csv, columns[k].name);
            csv_text(&csv, c->name[p]);
            csv_estimate(&csv, &x);
            csv_real(&csv, isnan(x.mean) ? NAN : s.best);
            csv_real(&csv, isnan(x.mean) ? NAN : s.loss);
            csv_real(&csv, k == c->how.column ? c->sure[p] : NAN);
            csv_end(&csv);
        }
    }
    return OK;
}

static status_t write_plans(const compare_report_t *r, FILE *to, error_t *err)
{
    (void)err;
    const compare_t *c = r->compare;
    csv_t csv = {.to = to};
    csv_text(&csv, "plan");
    summary_header(&csv, NULL);
    for (int p = 0; p < c->plans; p++) summary_rows(&csv, &c->study[p], NULL, c->name[p]);
    return OK;
}

/* --- summary.json ----------------------------------------------------------------------------- */

const char *compared_word(compared_t verdict)
{
    static const char *const word[] = {
        [COMPARED_SEPARATED] = "separated",      [COMPARED_EQUAL] = "equal",
        [COMPARED_SPENT] = "replications_spent", [COMPARED_PEOPLE] = "too_few_people",
        [COMPARED_INTERRUPTED] = "interrupted",  [COMPARED_UNKNOWN] = "unknown"};
    return word[verdict];
}

static json_t *plan_json(const compare_t *c, int plan)
{
    const study_t *s = &c->study[plan];
    json_t *totals = json_object();
    for (int k = 0; k < COLUMNS; k++) {
        estimate_t x = compare_estimate(c, plan, k);
        json_put(&totals, columns[k].name, estimate_json(&x));
    }
    standing_t standing = c->table[c->how.column].standing[plan];
    return json_pack("{ss ss sI sI so so so so}", "name", c->name[plan], "scenario",
                     s->scenario->name, "people", (json_int_t)world_people(s->world), "population",
                     (json_int_t)s->scenario->population->size, "p_best",
                     json_number(standing.best), "expected_loss", json_number(standing.loss),
                     "sure", json_number(c->sure[plan]), "totals", totals);
}

static json_t *difference_json(const compare_t *c, int column, int a, int b)
{
    difference_t x = c->table[column].difference[a][b];
    return json_pack("{ss ss so so so so so so so so so so}", "a", c->name[a], "b", c->name[b],
                     "difference", json_number(x.mean), "lo", json_number(x.lo), "p50",
                     json_number(x.p50), "hi", json_number(x.hi), "mc_se", json_number(x.mc_se),
                     "mean_low", json_number(x.low), "mean_high", json_number(x.high), "p_a_better",
                     json_number(x.better), "expected_loss_a", json_number(x.loss),
                     "variance_reduction", json_number(x.gain));
}

/* All pairs of one metric. */
static json_t *pairs_json(const compare_t *c, int column)
{
    json_t *pairs = json_array();
    for (int a = 0; a < c->plans; a++)
        for (int b = a + 1; b < c->plans; b++) json_add(&pairs, difference_json(c, column, a, b));
    return pairs;
}

static json_t *notices_json(const compare_t *c)
{
    json_t *list = json_array();
    for (int p = 0; p < c->plans; p++)
        for (size_t i = 0; i < c->study[p].notices.n; i++)
            json_add(&list, json_pack("{ss ss}", "plan", c->name[p], "text",
                                      c->study[p].notices.item[i].text));
    return list;
}

static json_t *summary_json(const compare_report_t *r)
{
    const compare_t *c = r->compare;
    const scenario_t *first = c->study[0].scenario;
    char verdict[VERDICT_LENGTH];
    json_t *plans = json_array(), *differences = json_object();
    compare_verdict(c, verdict);
    for (int p = 0; p < c->plans; p++) json_add(&plans, plan_json(c, p));
    for (int k = 0; k < COLUMNS; k++) {
        json_put(&differences, columns[k].name, pairs_json(c, k));
    }
    return json_pack(
        "{ss ss ss sI sI sI ss ss so ss ss? so si so so so so}", "version", ADSIM_VERSION, "kind",
        "comparison", "scenario", r->name, "seed", (json_int_t)first->seed, "people",
        (json_int_t)c->people, "replications", (json_int_t)study_replications(&c->study[0]),
        "currency", first->currency, "metric", columns[c->how.column].name, "indifference",
        json_number(c->how.indifference), "verdict", compared_word(c->verdict), "leader",
        c->leader < 0 ? NULL : c->name[c->leader], "finding", json_string(verdict), "looks",
        c->looks, "confidence", json_number(c->confidence), "plans", plans, "differences",
        differences, "notices", notices_json(c));
}

status_t compare_report_json(const compare_report_t *r, FILE *to, error_t *err)
{
    return json_write(summary_json(r), to, "summary.json", err);
}

/* --- the folder ------------------------------------------------------------------------------- */

static status_t write_one(const compare_report_t *r, folder_t *f, const char *name,
                          status_t (*write)(const compare_report_t *r, FILE *to, error_t *err),
                          error_t *err)
{
    FILE *to;
    status_t st = folder_open(f, name, &to, err);
    if (st == OK) st = write(r, to, err);
    return st == OK ? folder_close(f, err) : st;
}

static status_t write_resolved(const compare_report_t *r, folder_t *f, int plan, error_t *err)
{
    char stem[FIGURE_NAME], name[FOLDER_NAME];
    FILE *to;
    figure_name(stem, "plan", plan + 1, r->compare->name[plan]);
    snprintf(name, sizeof name, "%s.yaml", stem);
    status_t st = folder_open(f, name, &to, err);
    if (st == OK) st = loaded_write_resolved(plans_loaded(r->plans, plan), to, err);
    return st == OK ? folder_close(f, err) : st;
}

static status_t write_all(const compare_report_t *r, folder_t *f, error_t *err)
{
    FILE *to;
    status_t st = write_one(r, f, "comparison.csv", write_comparison, err);
    if (st == OK) st = write_one(r, f, "ranking.csv", write_ranking, err);
    if (st == OK) st = write_one(r, f, "plans.csv", write_plans, err);
    if (st == OK) st = write_one(r, f, "summary.json", compare_report_json, err);
    for (int p = 0; st == OK && p < r->compare->plans; p++) st = write_resolved(r, f, p, err);
    if (st == OK) st = values_write(f, plans_loaded(r->plans, 0), err);
    if (st == OK) st = publish_into(f, r->figures, err);
    if (st == OK) st = folder_open(f, "run.json", &to, err);
    if (st == OK)
        st = provenance_write(&r->provenance, plans_loaded(r->plans, 0), f, &r->compare->study[0],
                              to, err);
    return st == OK ? folder_close(f, err) : st;
}

status_t compare_report_write(const compare_report_t *r, const char *target, size_t *files,
                              error_t *err)
{
    folder_t f;
    status_t st = folder_begin(&f, target, err);
    if (st != OK) return st;
    return folder_end(&f, write_all(r, &f, err), files, err);
}
