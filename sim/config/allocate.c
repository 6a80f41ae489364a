/* allocate.c -- the block `allocate`: its goal, its limits (whose cells are curves, ad sets or platforms by
 * name), and curves of one's own, of which each form has its own numbers. */
#include "models/base/date.h"
#include "models/base/nearest.h"
#include "sim/config/characters.h"
#include "sim/config/key_rows.h"
#include "sim/config/reader.h"
#include "sim/scenario/cells.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool has_curves_only(const node_t *root)
{
    const node_t *block = node_get(root, "allocate");
    return block && block->kind == NODE_MAPPING && node_get(block, "curves") &&
           !node_get(root, "campaigns");
}

/* --- the goal ------------------------------------------------------------------------------------- */

/* A number, or {metric, at_least} or {at_most}. */
void goal_read(reader_t *r, const key_row_t *row, const node_t *node)
{
    allocation_t *a = &r->sc->allocation;
    const section_t *s = row->section;
    const key_row_t *least = section_find(s, "at_least"), *most = section_find(s, "at_most");
    if (!node) return;
    if (node->kind != NODE_MAPPING) {
        key_row_t number = *least;
        number.name = row->name;
        row_read(r, &number, node, (char *)a, node->place);
        return;
    }
    if (!keys_check(r, s, node)) return;
    const node_t *metric = row_node(&s->row[0], node), *at_least = row_node(least, node),
                 *at_most = row_node(most, node);
    size_t mark;
    path_push(r, row->name, &mark);
    line_open(r, row->name);
    if (metric) row_read(r, &s->row[0], metric, (char *)a, node->place);
    if (!at_least == !at_most)
        complain(r->d, SEVERITY_ERROR, node->place,
                 "at_most for a cost (target_cpa), at_least for everything else",
                 at_least ? "'at_least' and 'at_most' are both given"
                          : "'target' needs 'at_least' or 'at_most'");
    else
        row_read(r, at_least ? least : most, at_least ? at_least : at_most, (char *)a, node->place);
    line_close(r);
    path_pop(r, mark);
}

static const struct {
    aim_t aim;
    bool cost;
    const char *example;
    const char *metric[2]; /* that the goal may be set in; none = any */
} goals[] = {
    {AIM_MIN_SPEND, false, "target: {at_least: 500}, the response that is wanted", {NULL, NULL}},
    {AIM_TARGET_CPA, true, "target: {at_most: 25}", {"cpa", "icpa"}},
    {AIM_TARGET_ROAS, false, "target: {at_least: 2}", {"roas", "iroas"}},
    {AIM_TARGET_MROAS, false, "target: {at_least: 1}", {"marginal_roas", "marginal_roas"}},
    {AIM_TARGET_FREQUENCY, false, "target: {at_least: 3}", {"frequency", "frequency"}},
};

/* An objective with a measure of its own has no other. */
static void goal_metric_check(reader_t *r, const char *const metric[2], const node_t *target)
{
    const node_t *given = node_get(target, "metric");
    const char *text = r->sc->allocation.goal_metric;
    if (!metric[0] || !given || !text || !strcmp(text, metric[0]) || !strcmp(text, metric[1]))
        return;
    bool two = strcmp(metric[0], metric[1]) != 0;
    char help[160];
    snprintf(help, sizeof help, "leave 'metric' out, or write metric: %s%s%s", metric[0],
             two ? " or " : "", two ? metric[1] : "");
    complain(r->d, SEVERITY_ERROR, given->place, help, "this objective is not set in '%s'",
             shown(text).text);
}

static void goal_check(reader_t *r, const node_t *block)
{
    const allocation_t *a = &r->sc->allocation;
    const node_t *objective = node_get(block, "objective"), *target = node_get(block, "target");
    const char *needs = NULL;
    bool cost = false;
    for (size_t k = 0; k < COUNT(goals); k++)
        if ((int)goals[k].aim == a->aim) {
            needs = goals[k].example;
            cost = goals[k].cost;
            if (target) goal_metric_check(r, goals[k].metric, target);
        }
    if (needs && !target && objective)
        complain(r->d, SEVERITY_ERROR, objective->place, needs, "'objective: %s' needs 'target'",
                 shown(objective->text).text);
    if (!needs && target && a->aim != AIM_EVALUATE)
        return; /* a target beside the aim: how likely it is reached */
    if (!target || target->kind != NODE_MAPPING) return;
    const node_t *wrong = node_get(target, cost ? "at_least" : "at_most");
    if (needs && wrong)
        complain(r->d, SEVERITY_ERROR, wrong->place, needs,
                 "this objective is bounded the other way");
    if (isfinite(a->goal) && a->goal <= 0 && needs)
        complain(r->d, SEVERITY_ERROR, target->place, needs, "'target' must be above 0");
}

/* --- curves --------------------------------------------------------------------------------------- */

static bool point_read(reader_t *r, const node_t *pair, double *spend, double *response)
{
    value_rule_t rule = {.name = "points", .measure = MEASURE_MONEY, .high = 1e15, .certain = true};
    value_t x, y;
    if (pair->kind != NODE_SEQUENCE || pair->n != 2) {
        complain(r->d, SEVERITY_ERROR, pair->place, "write [[0, 0], [1000, 25], [2000, 40]]",
                 "a point is two numbers: spend and response");
        return false;
    }
    if (!value_read(pair->item[0], &rule, 1, r->d, &x)) return false;
    if (!value_read(pair->item[1], &rule, 1, r->d, &y)) return false;
    *spend = x.value;
    *response = y.value;
    return true;
}

void points_read(reader_t *r, const key_row_t *row, const node_t *node, own_curve_t *curve)
{
    if (!node) return;
    curve->form = CURVE_POINTS_JOINED;
    if (node->kind != NODE_SEQUENCE || node->n < 2 || node->n > CURVE_POINTS) {
        complain(r->d, SEVERITY_ERROR, node->place, "write [[0, 0], [1000, 25], [2000, 40]]",
                 "'points' must be a list of 2 to %d points", CURVE_POINTS);
        return;
    }
    curve_points_t *points = arena_take(r->arena, sizeof *points);
    if (!points) {
        out_of_memory(r);
        return;
    }
    for (size_t k = 0; k < node->n; k++) {
        double x, y;
        if (!point_read(r, node->item[k], &x, &y)) return;
        int n = points->n;
        if (n && x <= points->spend[n - 1])
            complain(r->d, SEVERITY_ERROR, node->item[k]->place, "sort the points by spend",
                     "spends must rise from point to point");
        else if (n && y < points->response[n - 1])
            complain(r->d, SEVERITY_ERROR, node->item[k]->place,
                     "a response curve never falls: leave the point out, or take its mean with the "
                     "one before",
                     "this response is below the one before");
        points->spend[n] = x;
        points->response[n] = y;
        points->n++;
    }
    curve->points = points;
    line_value(r, row, node, NULL, NULL);
}

/* The key of a parameter. */
static const key_row_t *parameter_row(const section_t *s, curve_parameter_t which)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->row[i].offset == offsetof(own_curve_t, parameter) + which * sizeof(double) &&
            s->row[i].kind == KEY_NUMBER)
            return &s->row[i];
    return NULL;
}

static void names_of_parameters(const section_t *s, unsigned set, char *out, size_t size)
{
    *out = 0;
    for (int k = 0; k < CURVE_PARAMETERS; k++) {
        size_t used = strlen(out);
        if (set >> k & 1)
            snprintf(out + used, size - used, "%s%s", used ? ", " : "",
                     parameter_row(s, (curve_parameter_t)k)->name);
    }
}

static void parameters_check(reader_t *r, const section_t *s, const own_curve_t *curve,
                             const node_t *node)
{
    unsigned has = curve_form_parameters[curve->form];
    const node_t *form = node_get(node, "form");
    char help[200], list[160];
    names_of_parameters(s, has, list, sizeof list);
    snprintf(help, sizeof help, *list ? "this form has %s" : "this form has points alone%s", list);
    for (int k = 0; k < CURVE_PARAMETERS; k++) {
        const key_row_t *row = parameter_row(s, (curve_parameter_t)k);
        const node_t *value = row_node(row, node);
        bool may_lack = curve->form == CURVE_LINEAR && k == PARAMETER_MAX_RESPONSE;
        if (value && !(has >> k & 1))
            complain(r->d, SEVERITY_ERROR, value->place, help, "'%s' is no number of form '%s'",
                     row->name, form && form->kind == NODE_SCALAR ? form->text : "points");
        if (!value && has >> k & 1 && !may_lack)
            complain(r->d, SEVERITY_ERROR, node->place, help, "'%s' is missing in %s", row->name,
                     s->name);
    }
}

/* A curve without a name is told elsewhere. */
static const char *curve_called(const own_curve_t *c)
{
    return c->name ? c->name : "?";
}

static void curve_limits_check(reader_t *r, const own_curve_t *c, const node_t *node)
{
    const node_t *min = node_get(node, "min"), *fixed = node_get(node, "fixed"),
                 *used = node_get(node, "min_if_used");
    if (min && isfinite(c->min) && isfinite(c->max) && c->min > c->max)
        complain(r->d, SEVERITY_ERROR, min->place, "lower min or raise max",
                 "'min' of '%s' is above its 'max'", shown(curve_called(c)).text);
    if (fixed && (min || node_get(node, "max") || used))
        complain(r->d, SEVERITY_ERROR, fixed->place, "keep one of them",
                 "'fixed' is given beside another limit of '%s'", shown(curve_called(c)).text);
    if (used && min)
        complain(r->d, SEVERITY_ERROR, used->place, "keep one of them",
                 "'min_if_used' is given beside 'min' of '%s'", shown(curve_called(c)).text);
    if (used && isfinite(c->max) && c->min_if_used > c->max)
        complain(r->d, SEVERITY_ERROR, used->place, "lower min_if_used or raise max",
                 "'min_if_used' of '%s' is above its 'max'", shown(curve_called(c)).text);
}

/* What a period without money brings would be counted in every period, and in all that follow. */
static void curve_periods_check(reader_t *r, const own_curve_t *c, const node_t *node)
{
    const allocation_t *a = &r->sc->allocation;
    const node_t *adstock = node_get(node, "adstock");
    bool begins = c->points && c->points->spend[0] == 0 && c->points->response[0] > 0;
    if (adstock && a->periods <= 1)
        complain(r->d, SEVERITY_ERROR, adstock->place, "add `periods: 13` to allocate",
                 "'adstock' needs 'periods'");
    if (a->periods > 1 && begins)
        complain(r->d, SEVERITY_ERROR, node->place,
                 "take what comes anyway off all its responses: [0, 0]",
                 "over periods nothing spent brings nothing: '%s' begins with a response",
                 shown(curve_called(c)).text);
    bool bends = c->points || (c->form == CURVE_HILL && c->parameter[PARAMETER_SLOPE] > 1);
    if (a->periods > 1 && bends && isnan(a->budget))
        complain(r->d, SEVERITY_ERROR, node->place,
                 "give allocate a `budget`, the most there may be",
                 "flights of an S-curve, here of '%s', are looked for up to a budget",
                 shown(curve_called(c)).text);
}

static void curves_check(reader_t *r, const node_t *block)
{
    const section_t *s = section_find(&allocate_section, "curves")->section;
    const node_t *list = node_get(block, "curves");
    allocation_t *a = &r->sc->allocation;
    for (size_t i = 0, k = 0; list && list->kind == NODE_SEQUENCE && i < list->n; i++) {
        if (list->item[i]->kind != NODE_MAPPING || (int)k >= a->n_curves) continue;
        own_curve_t *c = &a->curve[k++];
        const node_t *form = node_get(list->item[i], "form");
        if (form && node_get(list->item[i], "points") && !is_word(form, "points"))
            complain(r->d, SEVERITY_ERROR, form->place, "keep one of them",
                     "'form' is given besides 'points'");
        bool unknown = form && !c->form && !is_word(form, "linear"); /* told */
        if (unknown || (!form && !c->points)) continue;
        if (is_word(form, "points") && !node_get(list->item[i], "points"))
            complain(r->d, SEVERITY_ERROR, form->place, NULL, "'points' is missing in %s", s->name);
        parameters_check(r, s, c, list->item[i]);
        curve_limits_check(r, c, list->item[i]);
        curve_periods_check(r, c, list->item[i]);
    }
}

/* --- limits --------------------------------------------------------------------------------------- */

/* What the plan's money is moved between. NULL when memory is out. */
static const plan_cells_t *cells_of_plan(reader_t *r)
{
    if (r->cells) return r->cells;
    plan_cells_t *cells = arena_take(r->arena, sizeof *cells);
    if (cells)
        plan_cells(r->sc, cells);
    else
        out_of_memory(r);
    return r->cells = cells;
}

/* Adds the cells that a name stands for: a curve; a cell of the plan; of cells by period also all periods of an ad
 * set, or all ad sets in a period. How many they are; the names that there are go to `known`. */
static int cells_named(reader_t *r, const char *text, int *cell, const char **known,
                       size_t *n_known)
{
    const allocation_t *a = &r->sc->allocation;
    int n = 0;
    *n_known = 0;
    for (int i = 0; i < a->n_curves; i++) {
        if (!a->curve[i].name) continue;
        known[(*n_known)++] = a->curve[i].name;
        if (!strcmp(a->curve[i].name, text)) cell[n++] = i;
    }
    const plan_cells_t *c = a->n_curves ? NULL : cells_of_plan(r);
    for (int i = 0; c && i < c->n; i++) {
        const char *group = c->group[i / c->n_periods];
        if (!c->name[i]) continue;
        known[(*n_known)++] = c->name[i];
        days_t period = c->period[i % c->n_periods];
        bool all = c->n_periods > 1 && (!strcmp(group, text) ||
                                        !strcmp(date_after(r->sc->start, period.first).text, text));
        if (all || !strcmp(c->name[i], text)) cell[n++] = i;
    }
    return n;
}

static void cell_add(reader_t *r, spend_limit_t *limit, const char *text, place_t at, double weight)
{
    const char *known[ALLOCATION_CELLS];
    int cell[ALLOCATION_CELLS];
    size_t n_known;
    int n = cells_named(r, text, cell, known, &n_known);
    char help[300] = "";
    const char *nearest = nearest_name(text, known, n_known);
    if (nearest) snprintf(help, sizeof help, "did you mean '%s'?", shown(nearest).text);
    if (!n) {
        complain(r->d, SEVERITY_ERROR, at, help, "no cell '%s'", shown(text).text);
        return;
    }
    for (int i = 0; i < n; i++)
        for (int k = 0; k < limit->n; k++)
            if (limit->cell[k] == cell[i]) {
                complain(r->d, SEVERITY_ERROR, at, "keep one of them", "'%s' is named twice",
                         shown(text).text);
                return;
            }
    for (int i = 0; i < n; i++) {
        limit->cell[limit->n] = cell[i];
        limit->weight[limit->n++] = weight;
    }
}

static void limit_cells_read(reader_t *r, const node_t *node, spend_limit_t *limit)
{
    const node_t *cell = node_get(node, "cell"), *cells = node_get(node, "cells"),
                 *weights = node_get(node, "weights");
    if (!!cell + !!cells + !!weights != 1) {
        complain(
            r->d, SEVERITY_ERROR, node->place,
            "{cell: a, max: 40%}, {cells: [a, b], max: 70%} or {weights: {a: 1, b: -2}, max: 0}",
            "a limit is of one 'cell', of several 'cells' or of 'weights'");
        return;
    }
    if (cell && text_read(r, "cell", cell)) cell_add(r, limit, cell->text, cell->place, 1);
    if (cells && cells->kind != NODE_SEQUENCE)
        complain(r->d, SEVERITY_ERROR, cells->place, "write [first, second]",
                 "'cells' must be a list of names");
    for (size_t i = 0; cells && cells->kind == NODE_SEQUENCE && i < cells->n; i++)
        if (text_read(r, "cells", cells->item[i]))
            cell_add(r, limit, cells->item[i]->text, cells->item[i]->place, 1);
    if (weights && weights->kind != NODE_MAPPING)
        complain(r->d, SEVERITY_ERROR, weights->place, "write {first: 1, second: -2}",
                 "'weights' must be a mapping of names to numbers");
    limit->weighted = weights != NULL;
    for (size_t i = 0; weights && weights->kind == NODE_MAPPING && i < weights->n; i++) {
        value_rule_t rule = {.name = "weights", .low = -1e9, .high = 1e9, .certain = true};
        value_t value;
        if (value_read(weights->item[i], &rule, 1, r->d, &value))
            cell_add(r, limit, weights->key[i]->text, weights->key[i]->place, value.value);
    }
}

static void amount_read(reader_t *r, const char *name, const node_t *node, limit_amount_t *out)
{
    const key_row_t *row = section_find(&limit_section, name);
    const node_t *value = node_get(node, name);
    value_rule_t rule = row_rule(row);
    value_t read;
    if (!value || !value_read(value, &rule, 1, r->d, &read)) return;
    bool share = strchr(value->text, '%') != NULL;
    *out = (limit_amount_t){read.value, share ? AMOUNT_SHARE : AMOUNT_MONEY};
    if (share && read.value > 1)
        complain(r->d, SEVERITY_ERROR, value->place, "a share of the budget is at most 100%",
                 "'%s' lies in 0%%..100%%, not %s", name, shown(value->text).text);
    if (share && r->curves_only && isnan(r->sc->allocation.budget))
        complain(r->d, SEVERITY_ERROR, value->place, "write an amount, or give `budget`",
                 "'%s' is a share of the budget, and none is given", name);
}

static void limit_check(reader_t *r, const spend_limit_t *l, const node_t *node)
{
    bool any = l->min.kind || l->max.kind || l->fixed.kind || l->min_if_used.kind;
    if (!any)
        complain(r->d, SEVERITY_ERROR, node->place, "give min, max, fixed or min_if_used",
                 "this limit limits nothing");
    if (l->min_if_used.kind && (l->n > 1 || l->weighted))
        complain(r->d, SEVERITY_ERROR, node_get(node, "min_if_used")->place,
                 "give each cell a limit of its own", "'min_if_used' is for one cell");
    if (l->fixed.kind && (l->min.kind || l->max.kind || l->min_if_used.kind))
        complain(r->d, SEVERITY_ERROR, node_get(node, "fixed")->place, "keep one of them",
                 "'fixed' is given beside another limit");
    if (l->min.kind && l->min.kind == l->max.kind && l->min.value > l->max.value)
        complain(r->d, SEVERITY_ERROR, node_get(node, "min")->place, "lower min or raise max",
                 "'min' is above 'max'");
}

static void limits_read(reader_t *r, const node_t *block)
{
    const node_t *list = node_get(block, "limits");
    allocation_t *a = &r->sc->allocation;
    if (!list) return;
    if (list->kind != NODE_SEQUENCE || list->n > ALLOCATION_LIMITS) {
        complain(r->d, SEVERITY_ERROR, list->place, "write [{cell: a, max: 40%}]",
                 "'limits' must be a list of at most %d limits", ALLOCATION_LIMITS);
        return;
    }
    for (size_t i = 0; i < list->n; i++) {
        const node_t *node = list->item[i];
        spend_limit_t *l = &a->limit[a->n_limits];
        if (!keys_check(r, &limit_section, node)) continue;
        a->n_limits++;
        limit_cells_read(r, node, l);
        amount_read(r, "min", node, &l->min);
        amount_read(r, "max", node, &l->max);
        amount_read(r, "fixed", node, &l->fixed);
        amount_read(r, "min_if_used", node, &l->min_if_used);
        limit_check(r, l, node);
    }
}

/* --- the whole ------------------------------------------------------------------------------------ */

/* Money is moved between periods where budgets are of the whole flight, and no pacing moves it too. */
static void purses_check(reader_t *r, const node_t *cells)
{
    const scenario_t *sc = r->sc;
    for (int a = 0; a < sc->n_ad_sets; a++) {
        const ad_set_t *s = &sc->ad_set[a];
        const campaign_t *c = &sc->campaign[s->campaign];
        bool daily = c->shares_budget ? c->daily.given : s->daily.given || c->daily.given;
        pacing_t pacing = pacing_of(sc, a);
        if (!daily && (pacing == PACING_EVEN || pacing == PACING_ASAP)) continue;
        complain(r->d, SEVERITY_ERROR, cells->place,
                 daily ? "give it a lifetime_budget" : "use pacing: even or asap",
                 "money cannot be moved between periods: '%s' has %s",
                 shown(s->name ? s->name : "?").text,
                 daily ? "a daily budget" : "a pacing for the whole flight");
        return;
    }
}

static void periods_check(reader_t *r, const node_t *block)
{
    const allocation_t *a = &r->sc->allocation;
    const node_t *cells = node_get(block, "cells"), *periods = node_get(block, "periods");
    if (a->n_curves || r->curves_only) return;
    if (a->cells != CELLS_PERIOD) {
        if (periods && a->periods > 1)
            complain(r->d, SEVERITY_ERROR, periods->place, "add `cells: period`",
                     "'periods' is for cells by period, or for curves of your own");
        return;
    }
    const plan_cells_t *c = cells_of_plan(r);
    if (c && c->too_many)
        complain(r->d, SEVERITY_ERROR, (periods ? periods : cells)->place,
                 "give fewer `periods`: 53 at most, one a day at most, 128 cells in all",
                 "%d periods are too many for %d ad sets and %d days", c->too_many, c->n_groups,
                 r->sc->days);
    purses_check(r, cells);
}

static void block_check(reader_t *r, const node_t *block)
{
    periods_check(r, block);
    const allocation_t *a = &r->sc->allocation;
    const node_t *objective = node_get(block, "objective"), *budget = node_get(block, "budget");
    const node_t *risk = node_get(block, "risk"), *change = node_get(block, "change_at_most");
    bool needs_budget = a->aim <= AIM_MAX_REVENUE;
    if (r->curves_only && needs_budget && !budget)
        complain(r->d, SEVERITY_ERROR, objective ? objective->place : block->place,
                 "add `budget: 10000`, or ask for max_profit, min_spend or a target",
                 "'budget' is missing in allocate");
    for (int k = 0; k < a->n_curves; k++)
        if (isnan(a->curve[k].current) && (change || (a->aim == AIM_EVALUATE && !budget)))
            complain(r->d, SEVERITY_ERROR, change ? change->place : objective->place,
                     "give every curve its `current`", "what '%s' spends today is not known",
                     shown(curve_called(&a->curve[k])).text);
    bool guaranteed = a->aim == AIM_MIN_SPEND;
    if (a->risk == RISK_CHANCE && guaranteed && !isnan(a->threshold))
        complain(r->d, SEVERITY_ERROR, risk->place,
                 "target: {at_least: 500} beside risk: {measure: chance, level: 80%}",
                 "'at_least' is given in risk, and the target says what must be reached");
    if (a->risk == RISK_CHANCE && !guaranteed && isnan(a->threshold))
        complain(r->d, SEVERITY_ERROR, risk->place, "risk: {measure: chance, at_least: 500}",
                 "'at_least' is missing in risk");
    if (a->risk != RISK_MEAN && a->aim > AIM_MAX_REVENUE && !guaranteed)
        complain(r->d, SEVERITY_ERROR, risk->place,
                 "use one of the max_... objectives, or min_spend",
                 "a measure of risk is for the most of something at a given budget, or the least "
                 "budget for it");
    if (a->aim == AIM_TARGET_FREQUENCY)
        for (int k = 0; k < a->n_curves; k++)
            if (a->curve[k].form != CURVE_NBD_REACH && a->curve[k].form != CURVE_GOERG)
                complain(r->d, SEVERITY_ERROR, objective->place,
                         "forms nbd_reach and goerg tell impressions from reach",
                         "curve '%s' has no frequency", shown(curve_called(&a->curve[k])).text);
}

void allocate_read(reader_t *r, const key_row_t *row, const node_t *node)
{
    allocation_t *a = &r->sc->allocation;
    if (!is_asked(r, row->name)) {
        if (node) block_told(r, row, node);
        return;
    }
    size_t mark;
    a->periods = 1;
    a->goal = NAN;
    path_push(r, row->name, &mark);
    line_open(r, row->name);
    section_read(r, row->section, node, (char *)a, node ? node->place : r->root->place);
    line_close(r);
    path_pop(r, mark);
    if (!a->n_curves && !row_node(section_find(row->section, "objective"), node))
        a->aim = AIM_MAX_INCREMENTAL;
    if (!node || node->kind != NODE_MAPPING) return;
    curves_check(r, node);
    limits_read(r, node);
    goal_check(r, node);
    block_check(r, node);
}

/* Of a file with curves of one's own these keys count. */
void curves_read(reader_t *r)
{
    static const char *const used[] = {"version",     "name",     "currency", "seed",
                                       "monte_carlo", "allocate", "extends",  "set"};
    if (!keys_check(r, &top_section, r->root)) return;
    for (size_t i = 0; i < COUNT(used) && r->status == OK; i++) {
        const key_row_t *row = section_find(&top_section, used[i]);
        row_read(r, row, row_node(row, r->root), (char *)r->sc, r->root->place);
    }
}
