/* effects.c -- replications with accounts of single persons. */
#include "sim/experiment/effects.h"

#include "models/base/fixed.h"
#include "sim/engine/parallel.h"

#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

/* One thread's scratch, and what it has added up. */
typedef struct {
    workspace_t *workspace;
    totals_t totals;
    scenario_t *theta;
    person_account_t *account;
    status_t status;
    error_t err;
} worker_t;

typedef struct {
    const scenario_t *scenario;
    const run_options_t *options;
    const world_t *world;
    worker_t *worker;
    size_t pairs;
    atomic_size_t done;
    atomic_bool stopped;
} job_t;

/* --- replications ------------------------------------------------------------------------------ */

static void workers_free(worker_t *w, int threads)
{
    for (int t = 0; w && t < threads; t++) {
        workspace_delete(w[t].workspace);
        totals_free(&w[t].totals);
        free(w[t].theta);
        free(w[t].account);
    }
    free(w);
}

static status_t worker_init(worker_t *w, const world_t *world, error_t *err)
{
    status_t st = workspace_new(world, &w->workspace, err);
    if (st == OK) st = totals_init(&w->totals, world_scopes(world), err);
    if (st != OK) return st;
    w->theta = malloc(sizeof *w->theta);
    w->account = calloc(world_people(world), sizeof *w->account);
    if (!w->theta || !w->account) return fail_memory(err, "the accounts of single persons");
    workspace_keep_accounts(w->workspace, w->account);
    return OK;
}

static bool interrupted(const job_t *j)
{
    return j->options->interrupted && *j->options->interrupted;
}

/* Both replications of a pair share its parameters. */
static void run_pair(void *context, size_t pair, int worker)
{
    job_t *j = context;
    worker_t *w = &j->worker[worker];
    if (atomic_load(&j->stopped)) return;
    if (interrupted(j)) {
        atomic_store(&j->stopped, true);
        return;
    }
    scenario_draw(j->scenario, (uint32_t)pair, w->theta);
    for (uint32_t r = 0; w->status == OK && r < 2; r++)
        w->status = replication_run(j->world, w->theta, (uint32_t)(2 * pair) + r, w->workspace,
                                    &w->totals, &w->err);
    if (w->status != OK) {
        atomic_store(&j->stopped, true);
        return;
    }
    size_t done = 2 * (atomic_fetch_add(&j->done, 1) + 1);
    if (worker == 0 && j->options->progress)
        j->options->progress(j->options->context, &(progress_t){done, 2 * j->pairs});
}

static status_t run_all(job_t *j, error_t *err)
{
    int threads = j->options->threads;
    status_t st = OK;
    j->worker = calloc((size_t)threads, sizeof *j->worker);
    if (!j->worker) return fail_memory(err, "the threads' scratch space");
    for (int t = 0; st == OK && t < threads; t++) st = worker_init(&j->worker[t], j->world, err);
    if (st != OK) return st;
    parallel_for(j->pairs, threads, run_pair, j);
    for (int t = 0; st == OK && t < threads; t++)
        if (j->worker[t].status != OK)
            st = fail(err, j->worker[t].status, "%s", j->worker[t].err.text);
    if (st == OK && interrupted(j)) st = fail(err, ERR_INTERRUPTED, "stopped");
    return st;
}

/* --- columns ----------------------------------------------------------------------------------- */

static status_t allocate(person_effects_t *e, error_t *err)
{
    e->treated = malloc(e->n + 1);
    e->outcome = malloc((e->n + 1) * sizeof *e->outcome);
    e->effect = malloc((e->n + 1) * sizeof *e->effect);
    e->organic = malloc((e->n + 1) * sizeof *e->organic);
    if (!e->treated || !e->outcome || !e->effect || !e->organic)
        return fail_memory(err, "the effects of ads by person");
    return OK;
}

static status_t trials_allocate(trials_t *t, size_t rows, error_t *err)
{
    t->person = malloc((rows + 1) * sizeof *t->person);
    t->treated = malloc(rows + 1);
    t->trials = malloc((rows + 1) * sizeof *t->trials);
    t->outcome = malloc((rows + 1) * sizeof *t->outcome);
    t->effect = malloc((rows + 1) * sizeof *t->effect);
    t->organic = malloc((rows + 1) * sizeof *t->organic);
    if (!t->person || !t->treated || !t->trials || !t->outcome || !t->effect || !t->organic)
        return fail_memory(err, "the trials of an experiment");
    return OK;
}

static person_account_t account_of(const worker_t *w, int threads, size_t i)
{
    person_account_t sum = {0};
    for (int t = 0; t < threads; t++) {
        const person_account_t *a = &w[t].account[i];
        sum.caused += a->caused;
        sum.displaced += a->displaced;
        sum.organic += a->organic;
        sum.caused_drawn += a->caused_drawn;
        sum.organic_drawn += a->organic_drawn;
        sum.replications += a->replications;
        sum.organic_after += a->organic_after;
        for (int arm = 0; arm < 2; arm++) {
            sum.shown[arm] += a->shown[arm];
            sum.orders[arm] += a->orders[arm];
        }
    }
    return sum;
}

static uint8_t is_treated(rng_key_t key, size_t person)
{
    return rng_at(key, DRAW_TREATED, 0, 0, person, 0, 0).word[0] & 1;
}

static void fill(person_effects_t *e, const worker_t *w, int threads, rng_key_t key)
{
    double flights = (double)e->replications;
    for (size_t i = 0; i < e->n; i++) {
        person_account_t a = account_of(w, threads, i);
        uint8_t treated = is_treated(key, i);
        e->treated[i] = a.replications ? treated : 2;
        e->outcome[i] = ((treated ? a.caused_drawn : 0) + a.organic_drawn) / flights;
        e->effect[i] = (double)(a.caused - a.displaced) / EVENT_ONE / flights;
        e->organic[i] = (double)a.organic / EVENT_ONE / flights;
    }
}

static void add_row(trials_t *t, const person_account_t *a, size_t person, uint8_t arm)
{
    double shown = (double)a->shown[0] + a->shown[1];
    t->person[t->n] = (uint32_t)person;
    t->treated[t->n] = arm;
    t->trials[t->n] = a->shown[arm];
    t->outcome[t->n] = (double)a->orders[arm] / a->shown[arm];
    t->effect[t->n] = (double)(a->caused - a->displaced) / EVENT_ONE / shown;
    t->organic[t->n++] = (double)a->organic_after / EVENT_ONE / shown;
}

static status_t fill_trials(trials_t *t, const worker_t *w, int threads, size_t people,
                            error_t *err)
{
    size_t rows = 0;
    for (size_t i = 0; i < people; i++) {
        person_account_t a = account_of(w, threads, i);
        rows += (a.shown[0] > 0) + (a.shown[1] > 0);
    }
    status_t st = trials_allocate(t, rows, err);
    for (size_t i = 0; st == OK && i < people; i++) {
        person_account_t a = account_of(w, threads, i);
        for (uint8_t arm = 0; arm < 2; arm++)
            if (a.shown[arm]) add_row(t, &a, i, arm);
    }
    return st;
}

/* --- the whole --------------------------------------------------------------------------------- */

status_t person_effects_init(person_effects_t *e, const scenario_t *sc, size_t people,
                             size_t replications, const run_options_t *options, error_t *err)
{
    *e = (person_effects_t){.replications = 2 * ((replications + 1) / 2)};
    if (sc->population->redraw)
        return fail(err, ERR_INVALID,
                    "population.redraw makes new people in each replication: nobody has an effect "
                    "that could be averaged");
    if (e->replications == 0) return fail(err, ERR_INVALID, "an experiment needs replications");
    world_t *world = NULL;
    status_t st = world_new(sc, people, options->threads, &world, err);
    job_t j = {.scenario = sc, .options = options, .world = world, .pairs = e->replications / 2};
    if (st == OK) {
        e->n = world_people(world);
        e->weight = world_weight(world);
        st = run_all(&j, err);
    }
    if (st == OK) st = allocate(e, err);
    if (st == OK) fill(e, j.worker, options->threads, rng_key(sc->seed));
    if (st == OK) st = fill_trials(&e->trials, j.worker, options->threads, e->n, err);
    workers_free(j.worker, options->threads);
    world_delete(world);
    return st;
}

void person_effects_free(person_effects_t *e)
{
    free(e->treated);
    free(e->outcome);
    free(e->effect);
    free(e->organic);
    free(e->trials.person);
    free(e->trials.treated);
    free(e->trials.trials);
    free(e->trials.outcome);
    free(e->trials.effect);
    free(e->trials.organic);
    *e = (person_effects_t){0};
}

double person_effects_correlation(const person_effects_t *e, const double *score)
{
    double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i < e->n; i++) {
        if (e->treated[i] > 1) continue;
        n++;
        x += score[i];
        y += e->effect[i];
    }
    for (size_t i = 0; i < e->n; i++) {
        if (e->treated[i] > 1) continue;
        double dx = score[i] - x / n, dy = e->effect[i] - y / n;
        xx += dx * dx;
        yy += dy * dy;
        xy += dx * dy;
    }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : NAN;
}
