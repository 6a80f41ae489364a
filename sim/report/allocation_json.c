/* allocation_json.c -- allocation.json. */
#include "sim/report/allocation.h"
#include "sim/report/json.h"

#include "sim/allocate/simulator.h"

#include <math.h>
#include <stdio.h>

const char *const aim_names[] = {
    [AIM_MAX_VALUE] = "max_value",
    [AIM_MAX_REACH] = "max_reach",
    [AIM_MAX_REACH_K] = "max_reach_k",
    [AIM_MAX_CONVERSIONS] = "max_conversions",
    [AIM_MAX_INCREMENTAL] = "max_incremental_conversions",
    [AIM_MAX_REVENUE] = "max_revenue",
    [AIM_MAX_PROFIT] = "max_profit",
    [AIM_MIN_SPEND] = "min_spend",
    [AIM_TARGET_CPA] = "target_cpa",
    [AIM_TARGET_ROAS] = "target_roas",
    [AIM_TARGET_MROAS] = "target_mroas",
    [AIM_TARGET_FREQUENCY] = "target_frequency",
    [AIM_EVALUATE] = "evaluate",
};

void held_write(const allocation_study_t *s, int cell, char out[HOLD_LENGTH])
{
    const solution_t *x = &s->outcome.best;
    if (x->held[cell] == HOLD_BY_SIDE && x->held_side[cell] >= 0)
        snprintf(out, HOLD_LENGTH, "group %s", s->problem.side[x->held_side[cell]].name);
    else
        snprintf(out, HOLD_LENGTH, "%s", held_names[x->held[cell]]);
}

static json_t *real_or_null(double x)
{
    return isfinite(x) ? json_real(x + 0.0) : json_null();
}

static json_t *spread_json(const spread_over_t *x)
{
    return json_pack("{so so so so}", "mean", real_or_null(x->mean), "lo", real_or_null(x->lo),
                     "p50", real_or_null(x->p50), "hi", real_or_null(x->hi));
}

static json_t *schedule_json(const allocation_study_t *s, int cell)
{
    json_t *list = json_array();
    for (int t = 0; t < s->problem.periods; t++)
        json_add(&list, real_or_null(s->plan[cell].spend[t]));
    return list;
}

static json_t *cell_json(const allocation_study_t *s, int i)
{
    const solution_t *x = &s->outcome.best;
    char held[HOLD_LENGTH];
    held_write(s, i, held);
    json_t *cell = json_pack("{ss so so so ss so}", "name", s->problem.cell[i].name, "spend",
                             real_or_null(x->spend[i]), "response", real_or_null(x->response[i]),
                             "marginal", real_or_null(x->marginal[i]), "limited_by", held,
                             "shadow_price", real_or_null(x->shadow[i]));
    json_put(&cell, "base_spend", real_or_null(s->base.spend[i]));
    json_put(&cell, "base_response", real_or_null(s->base.response[i]));
    if (s->uncertain) {
        json_put(&cell, "best_spend", spread_json(&s->spend[i]));
        json_put(&cell, "worth_knowing", real_or_null(s->worth[i]));
    }
    if (s->problem.periods > 1) json_put(&cell, "periods", schedule_json(s, i));
    return cell;
}

static json_t *cells_json(const allocation_study_t *s)
{
    json_t *list = json_array();
    for (int i = 0; i < s->problem.n; i++) json_add(&list, cell_json(s, i));
    return list;
}

static json_t *frontier_json(const allocation_study_t *s)
{
    json_t *list = json_array();
    for (int k = 0; k < s->n_frontier; k++) {
        const frontier_point_t *f = &s->frontier[k];
        json_t *point = json_pack("{so so so so}", "budget", real_or_null(f->budget), "spend",
                                  real_or_null(f->spend), "response", real_or_null(f->response),
                                  "marginal", real_or_null(f->marginal));
        if (s->uncertain) json_put(&point, "range", spread_json(&f->range));
        json_add(&list, point);
    }
    return list;
}

static json_t *groups_json(const allocation_study_t *s)
{
    json_t *list = json_array();
    for (int k = 0; k < s->problem.n_sides; k++) {
        const side_t *x = &s->problem.side[k];
        json_add(&list, json_pack("{ss so so so so}", "limit", x->name, "min", real_or_null(x->low),
                                  "max", real_or_null(x->high), "spend",
                                  real_or_null(side_sum(&s->problem, x, s->outcome.best.spend)),
                                  "shadow_price", real_or_null(s->outcome.best.side_price[k])));
    }
    return list;
}

static json_t *notices_json(const notices_t *n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n->n; i++) json_add(&list, json_string(n->item[i].text));
    return list;
}

static const char *proof_word(const allocation_study_t *s)
{
    static const char *const word[] = {[PROOF_CONCAVE] = "concave",
                                       [PROOF_LOTS] = "every split in lots",
                                       [PROOF_BRANCHES] = "branch and bound",
                                       [PROOF_GAP] = NULL};
    return s->risk.measure == RISK_MEAN ? word[s->outcome.best.proof] : NULL;
}

static json_t *certainty_json(const allocation_study_t *s)
{
    return json_pack("{so so so so so so so so so}", "response", spread_json(&s->response),
                     "base_response", spread_json(&s->base_response), "difference",
                     spread_json(&s->difference), "p_better", real_or_null(s->p_better),
                     "expected_loss", real_or_null(s->expected_loss), "worth_knowing_all",
                     real_or_null(s->regret), "p_target", real_or_null(s->p_goal), "sure_budget",
                     real_or_null(s->sure_budget), "sure_level", real_or_null(s->sure_level));
}

static json_t *simulation_json(const allocation_study_t *s)
{
    return json_pack("{ss so so so so so si sb}", "metric", columns[s->column].name, "spend",
                     real_or_null(s->spent), "base_spend", real_or_null(s->base_spent),
                     "difference_low", real_or_null(s->gain_low), "difference_high",
                     real_or_null(s->gain_high), "if_curves_were_added", real_or_null(s->additive),
                     "plans", simulator_plans(s->simulator), "search_moved", s->search_moved);
}

status_t allocation_json(const allocation_report_t *r, FILE *to, error_t *err)
{
    const allocation_study_t *s = r->study;
    const solution_t *x = &s->outcome.best;
    json_t *root =
        json_pack("{ss ss ss sf ss so}", "version", ADSIM_VERSION, "scenario", s->scenario->name,
                  "currency", s->scenario->currency, "level", s->scenario->interval, "objective",
                  aim_names[s->aiming.aim], "budget", real_or_null(s->problem.budget));
    json_put(&root, "cells", cells_json(s));
    json_put(&root, "spend", real_or_null(x->total_spend));
    json_put(&root, "response", real_or_null(x->total_response));
    json_put(&root, "lambda", real_or_null(x->price));
    json_put(&root, "gap", real_or_null(x->gap));
    json_put(&root, "bound", real_or_null(x->bound));
    json_put(&root, "proof", proof_word(s) ? json_string(proof_word(s)) : json_null());
    json_put(&root, "unallocated_budget", real_or_null(s->outcome.unspent));
    json_put(&root, "target", real_or_null(s->aiming.goal));
    json_put(&root, "reached", json_boolean(s->outcome.reached));
    json_put(&root, "achieved", real_or_null(s->outcome.achieved));
    json_put(&root, "attainable", real_or_null(s->outcome.attainable_high));
    json_put(&root, "base",
             json_pack("{ss sb so so}", "split", s->base_kind == BASE_CURRENT ? "current" : "even",
                       "within_limits", s->base_allowed, "spend", real_or_null(s->base.total_spend),
                       "response", real_or_null(s->base.total_response)));
    json_put(&root, "limits", groups_json(s));
    json_put(&root, "simulation", s->simulator ? simulation_json(s) : json_null());
    json_put(&root, "certainty", s->uncertain ? certainty_json(s) : json_null());
    if (s->risk.measure != RISK_MEAN && s->uncertain)
        json_put(&root, "risk",
                 json_pack("{so so}", "value", real_or_null(s->risk_value), "base",
                           real_or_null(s->risk_base)));
    json_put(&root, "frontier", frontier_json(s));
    json_put(&root, "errors", notices_json(&s->errors));
    json_put(&root, "notices", notices_json(&s->notices));
    return json_write(root, to, "allocation.json", err);
}
