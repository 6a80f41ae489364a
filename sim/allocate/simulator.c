/* simulator.c -- one world, many plans. */
#include "sim/allocate/simulator.h"

#include "models/base/maths.h"
#include "sim/engine/engine.h"
#include "sim/engine/parallel.h"
#include "sim/experiment/pilot.h"
#include "sim/experiment/run.h"
#include "sim/scenario/cells.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A plan that was simulated: searches come back to some. */
typedef struct {
    double spend[ALLOCATION_CELLS];
    measures_t measures;
    size_t pairs;
    int64_t counted[COUNTS * JACKKNIFE_GROUPS];
    double *value;
} flown_plan_t;

struct simulator {
    const scenario_t *base; /* borrowed */
    scenario_t *plan;       /* the base with another split */
    simulator_options_t options;
    world_t *world;
    pilot_t *pilot;
    plan_cells_t cells;
    double budget[ALLOCATION_CELLS], least[ALLOCATION_CELLS]; /* of a cell */
    double share[MAX_AD_SETS]; /* of an ad set in its cells' money, the same in every period */
    /* Of the plan's groups of people: what all plans before the last have counted, and the last in so many flights. */
    int64_t counted[COUNTS * JACKKNIFE_GROUPS], last[COUNTS * JACKKNIFE_GROUPS];
    size_t flights;
    flown_plan_t *flown;
    int n_flown, plans;
    const char *doing; /* since `begun` plans, for about `planned` of them */
    int begun, planned;
};

/* --- cells ---------------------------------------------------------------------------------------- */

/* What an ad set has today, and what it must have, in the cells of its periods. */
static void budget_part(simulator_t *s, int a)
{
    const plan_cells_t *c = &s->cells;
    const ad_set_t *set = &s->base->ad_set[a];
    for (int k = 0; k < c->n_periods; k++) {
        double part = c->n_periods > 1 ? ad_set_budget_on(s->base, a, c->period[k]) : set->budget;
        s->budget[c->of_ad_set[a] + k] += part;
        if (set->budget > 0) s->least[c->of_ad_set[a] + k] += set->min_spend * (part / set->budget);
    }
}

/* As today's shares within the cell are; equal ones where it gets nothing today. */
static double share_in_cell(const simulator_t *s, int a)
{
    int n = 0;
    double whole = 0;
    for (int b = 0; b < s->base->n_ad_sets; b++)
        if (s->cells.of_ad_set[b] == s->cells.of_ad_set[a]) {
            n++;
            whole += s->base->ad_set[b].budget;
        }
    return whole > 0 ? s->base->ad_set[a].budget / whole : 1.0 / n;
}

static status_t cells_find(simulator_t *s, error_t *err)
{
    const scenario_t *sc = s->base;
    plan_cells(sc, &s->cells);
    if (!sc->n_ad_sets)
        return fail(err, ERR_INVALID, "there are no ad sets to split money between");
    if (s->cells.torn >= 0)
        return fail(err, ERR_INVALID,
                    "campaign '%s' shares its budget among ad sets of several cells: the platform "
                    "moves that money; use cells: ad_set, which takes the campaign as one, or "
                    "budget_mode: ad_set",
                    sc->campaign[s->cells.torn].name);
    for (int a = 0; a < sc->n_ad_sets; a++) budget_part(s, a);
    for (int a = 0; a < sc->n_ad_sets; a++) s->share[a] = share_in_cell(s, a);
    return OK;
}

int simulator_cells(const simulator_t *s)
{
    return s->cells.n;
}

const char *simulator_cell_name(const simulator_t *s, int cell)
{
    return s->cells.name[cell];
}

double simulator_cell_budget(const simulator_t *s, int cell)
{
    return s->budget[cell];
}

int simulator_periods(const simulator_t *s)
{
    return s->cells.n_periods;
}

const char *simulator_cell_group(const simulator_t *s, int cell)
{
    return s->cells.group[cell / s->cells.n_periods];
}

double simulator_cell_least(const simulator_t *s, int cell)
{
    return s->least[cell];
}

bool simulator_cell_runs(const simulator_t *s, int cell)
{
    const plan_cells_t *c = &s->cells;
    days_t period = c->period[cell % c->n_periods];
    for (int a = 0; a < s->base->n_ad_sets; a++)
        if (c->of_ad_set[a] == cell - cell % c->n_periods && ad_set_days_in(s->base, a, period))
            return true;
    return c->n_periods == 1;
}

double simulator_ad_set_budget(const simulator_t *s, const double *spend, int a)
{
    double sum = 0;
    for (int k = 0; k < s->cells.n_periods; k++)
        sum += s->share[a] * spend[s->cells.of_ad_set[a] + k];
    return sum;
}

size_t simulator_people(const simulator_t *s)
{
    return world_people(s->world);
}

int simulator_plans(const simulator_t *s)
{
    return s->plans;
}

/* --- progress ------------------------------------------------------------------------------------- */

void simulator_step(simulator_t *s, const char *doing, int plans)
{
    s->doing = doing;
    s->begun = s->plans;
    s->planned = plans;
}

static void step_tell(const simulator_t *s)
{
    int count = s->plans - s->begun;
    step_t step = {s->doing, count < s->planned ? (double)count / s->planned : NAN, "plans", count};
    if (s->options.progress && s->doing) s->options.progress(s->options.context, &step);
}

/* --- making --------------------------------------------------------------------------------------- */

status_t simulator_new(const scenario_t *sc, const simulator_options_t *o, simulator_t **out,
                       error_t *err)
{
    simulator_t *s = *out = calloc(1, sizeof *s);
    if (!s) return fail_memory(err, "the simulator");
    s->base = sc;
    s->options = *o;
    status_t st = cells_find(s, err);
    if (st != OK) return st;
    s->plan = malloc(sizeof *s->plan);
    if (!s->plan) return fail_memory(err, "the simulator");
    memcpy(s->plan, sc, sizeof *s->plan);
    size_t people = o->people ? o->people : study_people(sc);
    st = world_new(sc, people, o->threads, &s->world, err);
    return st == OK ? pilots_new(s->world, o->threads, &s->pilot, err) : st;
}

void simulator_delete(simulator_t *s)
{
    if (!s) return;
    pilots_delete(s->pilot, s->options.threads);
    for (int k = 0; k < s->n_flown; k++) free(s->flown[k].value);
    free(s->flown);
    world_delete(s->world);
    free(s->plan);
    free(s);
}

/* --- one plan ------------------------------------------------------------------------------------- */

typedef struct {
    simulator_t *simulator;
    const measures_t *measures;
    double *value;
} flight_job_t;

static double plan_value(const simulator_t *s, const pilot_t *p, int column, bool below)
{
    const int64_t *count =
        p->totals.value + (size_t)scope_plan(world_scopes(s->world)) * (size_t)COUNTS;
    economics_t economics = economics_of(&p->theta->product);
    const form_t *form = below ? &columns[column].denominator : &columns[column].numerator;
    return form_of_plan(form, count, world_weight(s->world), &economics, s->base->population->size);
}

static void fly_pair(void *context, size_t pair, int worker)
{
    flight_job_t *job = context;
    simulator_t *s = job->simulator;
    pilot_t *p = &s->pilot[worker];
    if (p->status != OK || (s->options.interrupted && *s->options.interrupted)) return;
    scenario_draw(s->plan, (uint32_t)pair, p->theta);
    for (size_t r = 2 * pair; p->status == OK && r < 2 * pair + 2; r++) {
        p->status =
            replication_run(s->world, p->theta, (uint32_t)r, p->workspace, &p->totals, &p->err);
        for (int k = 0; k < job->measures->n; k++)
            job->value[r * (size_t)job->measures->n + (size_t)k] =
                plan_value(s, p, job->measures->of[k].column, job->measures->of[k].below);
    }
}

/* The workspaces add up over all plans. */
static void groups_count(simulator_t *s, size_t flights)
{
    size_t first = (size_t)scope_plan(world_scopes(s->world)) * COUNTS * JACKKNIFE_GROUPS;
    s->flights = flights;
    for (size_t k = 0; k < COUNTS * JACKKNIFE_GROUPS; k++) {
        int64_t sum = 0;
        for (int t = 0; t < s->options.threads; t++)
            sum += workspace_tables(s->pilot[t].workspace)->group[first + k];
        s->last[k] = sum - s->counted[k];
        s->counted[k] = sum;
    }
}

void simulator_by_group(const simulator_t *s, int column, by_group_t *out)
{
    int64_t count[COUNTS];
    economics_t economics = economics_of(&s->base->product);
    double weight = world_weight(s->world) / (double)s->flights, all = s->base->population->size;
    const form_t *spend = &columns[column_find("spend")].numerator;
    for (int g = 0; g < JACKKNIFE_GROUPS; g++) {
        for (int c = 0; c < COUNTS; c++) count[c] = s->last[c * JACKKNIFE_GROUPS + g];
        out->response[g] = form_of_plan(&columns[column].numerator, count, weight, &economics, all);
        out->spend[g] = form_of_plan(spend, count, weight, &economics, all);
    }
}

double simulator_left_out(const simulator_t *s)
{
    return s->base->population->redraw ? 0 : 1 - 1 / m_max(world_weight(s->world), 1);
}

/* A purse of days gets the new money evenly. */
static void purse_fill(daily_budget_t *daily, double budget, int days)
{
    if (daily->given) daily->amount = days ? budget / days : 0;
}

/* Cells by period are budgets with a schedule. */
static void schedule_fill(const simulator_t *s, const double *spend, int a, budget_schedule_t *out)
{
    const plan_cells_t *c = &s->cells;
    double sum = 0;
    if (c->n_periods == 1) return;
    for (int k = 0; k < c->n_periods; k++) sum += spend[c->of_ad_set[a] + k];
    *out = (budget_schedule_t){.n = c->n_periods};
    for (int k = 0; k < c->n_periods; k++)
        out->period[k] = (budget_period_t){c->period[k], sum > 0 ? spend[c->of_ad_set[a] + k] / sum
                                                                 : 1.0 / c->n_periods};
}

void simulator_plan(const simulator_t *s, const double *spend, scenario_t *out)
{
    memcpy(out, s->base, sizeof *out);
    for (int a = 0; a < out->n_ad_sets; a++) {
        ad_set_t *to = &out->ad_set[a];
        to->budget = simulator_ad_set_budget(s, spend, a);
        schedule_fill(s, spend, a, &to->budget_schedule);
        purse_fill(&to->daily, to->budget, ad_set_days(s->base, a));
    }
    for (int c = 0; c < out->n_campaigns; c++) {
        campaign_t *k = &out->campaign[c];
        k->lifetime_budget = 0;
        for (int a = k->first_ad_set; a < k->first_ad_set + k->n_ad_sets; a++)
            k->lifetime_budget += out->ad_set[a].budget;
        if (k->shares_budget) schedule_fill(s, spend, k->first_ad_set, &k->budget_schedule);
        purse_fill(&k->daily, k->lifetime_budget, campaign_days(s->base, c));
    }
}

/* --- again ---------------------------------------------------------------------------------------- */

static bool same_measures(const measures_t *a, const measures_t *b)
{
    bool same = a->n == b->n;
    for (int k = 0; same && k < a->n; k++)
        same = a->of[k].column == b->of[k].column && a->of[k].below == b->of[k].below;
    return same;
}

/* True, with what it brought, if this very plan was simulated before. */
static bool plan_recall(simulator_t *s, const double *spend, const measures_t *measures,
                        size_t pairs, double *value)
{
    for (int k = 0; k < s->n_flown; k++) {
        const flown_plan_t *f = &s->flown[k];
        if (f->pairs != pairs || !same_measures(&f->measures, measures) ||
            memcmp(f->spend, spend, (size_t)s->cells.n * sizeof *spend) != 0)
            continue;
        memcpy(value, f->value, 2 * pairs * (size_t)measures->n * sizeof *value);
        memcpy(s->last, f->counted, sizeof s->last);
        s->flights = 2 * pairs;
        return true;
    }
    return false;
}

static status_t plan_keep(simulator_t *s, const double *spend, const measures_t *measures,
                          size_t pairs, const double *value, error_t *err)
{
    size_t bytes = 2 * pairs * (size_t)measures->n * sizeof *value;
    flown_plan_t *more = realloc(s->flown, (size_t)(s->n_flown + 1) * sizeof *more);
    if (!more) return fail_memory(err, "a plan's replications");
    s->flown = more;
    flown_plan_t *f = &more[s->n_flown];
    f->value = malloc(bytes);
    if (!f->value) return fail_memory(err, "a plan's replications");
    s->n_flown++;
    memcpy(f->value, value, bytes);
    memcpy(f->spend, spend, (size_t)s->cells.n * sizeof *spend);
    memcpy(f->counted, s->last, sizeof f->counted);
    f->measures = *measures;
    f->pairs = pairs;
    return OK;
}

status_t simulator_run(simulator_t *s, const double *spend, const measures_t *measures,
                       size_t pairs, double *value, error_t *err)
{
    flight_job_t job = {s, measures, value};
    if (plan_recall(s, spend, measures, pairs, value)) return OK;
    simulator_plan(s, spend, s->plan);
    world_fund(s->world, s->plan);
    parallel_for(pairs, s->options.threads, fly_pair, &job);
    groups_count(s, 2 * pairs);
    s->plans++;
    step_tell(s);
    status_t st = pilots_status(s->pilot, s->options.threads, err);
    if (st != OK) return st;
    if (s->options.interrupted && *s->options.interrupted)
        return fail(err, ERR_INTERRUPTED, "stopped before the split was found");
    return plan_keep(s, spend, measures, pairs, value, err);
}

status_t simulator_response(simulator_t *s, const double *spend, int column, size_t pairs,
                            double *value, error_t *err)
{
    measures_t one = {1, {{column, false}}};
    double *both = malloc(2 * pairs * sizeof *both);
    if (!both) return fail_memory(err, "a plan's replications");
    status_t st = simulator_run(s, spend, &one, pairs, both, err);
    for (size_t j = 0; j < pairs; j++) value[j] = (both[2 * j] + both[2 * j + 1]) / 2;
    free(both);
    return st;
}
