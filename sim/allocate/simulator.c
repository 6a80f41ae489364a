/* simulator.c -- one world, many plans. */
#include "sim/allocate/simulator.h"

#include "sim/engine/engine.h"
#include "sim/engine/parallel.h"
#include "sim/experiment/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    workspace_t *workspace;
    totals_t totals;
    scenario_t *theta;
    status_t status;
    error_t err;
} pilot_t; /* one thread's scratch */

struct simulator {
    const scenario_t *base; /* borrowed */
    scenario_t *plan;       /* the base with another split */
    simulator_options_t options;
    world_t *world;
    pilot_t *pilot;
    int cells, cell_of[MAX_AD_SETS], first[MAX_AD_SETS]; /* first: ad set of a cell */
    double budget[MAX_AD_SETS];                          /* of a cell */
    int plans;
};

/* --- cells ---------------------------------------------------------------------------------------- */

static void cells_find(simulator_t *s)
{
    const scenario_t *sc = s->base;
    for (int a = 0; a < sc->n_ad_sets; a++) {
        int cell = -1;
        for (int k = 0; k < s->cells && sc->allocation.cells == CELLS_PLATFORM; k++)
            if (sc->ad_set[s->first[k]].platform == sc->ad_set[a].platform) cell = k;
        if (cell < 0) {
            cell = s->cells++;
            s->first[cell] = a;
        }
        s->cell_of[a] = cell;
        s->budget[cell] += sc->ad_set[a].budget;
    }
}

static status_t budgets_check(const scenario_t *sc, error_t *err)
{
    for (int c = 0; c < sc->n_campaigns; c++)
        if (sc->campaign[c].shares_budget)
            return fail(err, ERR_INVALID,
                        "campaign '%s' shares its budget: the platform moves that money; write "
                        "budget_mode: ad_set to split it yourself",
                        sc->campaign[c].name);
    if (!sc->n_ad_sets)
        return fail(err, ERR_INVALID, "there are no ad sets to split money between");
    return OK;
}

int simulator_cells(const simulator_t *s)
{
    return s->cells;
}

const char *simulator_cell_name(const simulator_t *s, int cell)
{
    const ad_set_t *a = &s->base->ad_set[s->first[cell]];
    bool platforms = s->base->allocation.cells == CELLS_PLATFORM;
    return platforms ? s->base->platform[a->platform].name : a->name;
}

double simulator_cell_budget(const simulator_t *s, int cell)
{
    return s->budget[cell];
}

double simulator_ad_set_budget(const simulator_t *s, const double *spend, int a)
{
    int cell = s->cell_of[a], n = 0;
    for (int b = 0; b < s->base->n_ad_sets; b++) n += s->cell_of[b] == cell;
    double share = s->budget[cell] > 0 ? s->base->ad_set[a].budget / s->budget[cell] : 1.0 / n;
    return share * spend[cell];
}

int simulator_plans(const simulator_t *s)
{
    return s->plans;
}

/* --- making --------------------------------------------------------------------------------------- */

static status_t pilots_new(simulator_t *s, error_t *err)
{
    s->pilot = calloc((size_t)s->options.threads, sizeof *s->pilot);
    if (!s->pilot) return fail_memory(err, "the threads' scratch space");
    for (int t = 0; t < s->options.threads; t++) {
        pilot_t *p = &s->pilot[t];
        status_t st = workspace_new(s->world, &p->workspace, err);
        if (st == OK) st = totals_init(&p->totals, world_scopes(s->world), err);
        if (st != OK) return st;
        p->theta = malloc(sizeof *p->theta);
        if (!p->theta) return fail_memory(err, "a thread's scratch space");
    }
    return OK;
}

status_t simulator_new(const scenario_t *sc, const simulator_options_t *o, simulator_t **out,
                       error_t *err)
{
    status_t st = budgets_check(sc, err);
    *out = NULL;
    if (st != OK) return st;
    simulator_t *s = *out = calloc(1, sizeof *s);
    if (!s) return fail_memory(err, "the simulator");
    *s = (simulator_t){.base = sc, .options = *o};
    cells_find(s);
    s->plan = malloc(sizeof *s->plan);
    if (!s->plan) return fail_memory(err, "the simulator");
    memcpy(s->plan, sc, sizeof *s->plan);
    st = world_new(sc, study_people(sc), o->threads, &s->world, err);
    return st == OK ? pilots_new(s, err) : st;
}

void simulator_delete(simulator_t *s)
{
    if (!s) return;
    for (int t = 0; s->pilot && t < s->options.threads; t++) {
        workspace_delete(s->pilot[t].workspace);
        totals_free(&s->pilot[t].totals);
        free(s->pilot[t].theta);
    }
    free(s->pilot);
    world_delete(s->world);
    free(s->plan);
    free(s);
}

/* --- one plan ------------------------------------------------------------------------------------- */

typedef struct {
    simulator_t *simulator;
    int column;
    double *value;
} flight_job_t;

/* The column's numerator over the plan, real people. */
static double plan_value(const simulator_t *s, const pilot_t *p, int column)
{
    const form_t *form = &columns[column].numerator;
    const int64_t *count =
        p->totals.value + (size_t)scope_plan(world_scopes(s->world)) * (size_t)COUNTS;
    economics_t economics = economics_of(&p->theta->product);
    double sum = 0;
    for (int t = 0; t < form->n; t++) {
        term_t term = form->term[t];
        double weight = term.quantity == QUANTITY_ONE ? 1 : world_weight(s->world);
        sum += weight * quantity_value(term.quantity, count) *
               factor_value(term.factor, &economics, true, s->base->population->size, NAN);
    }
    return sum;
}

static void fly_pair(void *context, size_t pair, int worker)
{
    flight_job_t *job = context;
    simulator_t *s = job->simulator;
    pilot_t *p = &s->pilot[worker];
    if (p->status != OK || (s->options.interrupted && *s->options.interrupted)) return;
    scenario_draw(s->plan, (uint32_t)pair, p->theta);
    job->value[pair] = 0;
    for (uint32_t k = 0; p->status == OK && k < 2; k++) {
        p->status = replication_run(s->world, p->theta, 2 * (uint32_t)pair + k, p->workspace,
                                    &p->totals, &p->err);
        job->value[pair] += plan_value(s, p, job->column) / 2;
    }
}

void simulator_plan(const simulator_t *s, const double *spend, scenario_t *out)
{
    memcpy(out, s->base, sizeof *out);
    for (int a = 0; a < out->n_ad_sets; a++) {
        ad_set_t *to = &out->ad_set[a];
        to->budget = simulator_ad_set_budget(s, spend, a);
        if (to->daily.given) to->daily.amount = to->budget / ad_set_days(s->base, a);
    }
    for (int c = 0; c < out->n_campaigns; c++) {
        campaign_t *k = &out->campaign[c];
        k->lifetime_budget = 0;
        for (int a = k->first_ad_set; a < k->first_ad_set + k->n_ad_sets; a++)
            k->lifetime_budget += out->ad_set[a].budget;
    }
}

status_t simulator_run(simulator_t *s, const double *spend, int column, size_t pairs, double *value,
                       error_t *err)
{
    flight_job_t job = {s, column, value};
    simulator_plan(s, spend, s->plan);
    world_fund(s->world, s->plan);
    parallel_for(pairs, s->options.threads, fly_pair, &job);
    s->plans++;
    for (int t = 0; t < s->options.threads; t++)
        if (s->pilot[t].status != OK)
            return fail(err, s->pilot[t].status, "%s", s->pilot[t].err.text);
    if (s->options.interrupted && *s->options.interrupted)
        return fail(err, ERR_INTERRUPTED, "stopped before the split was found");
    return OK;
}
