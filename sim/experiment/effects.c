/* effects.c -- replications with accounts of single persons. */
#include "sim/experiment/effects.h"

#include "models/base/fixed.h"
#include "sim/engine/parallel.h"

#include <math.h>
#include <stdatomic.h>
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
    size_t room = e->n + 1;
    e->treated = malloc(room);
    e->outcome = malloc(room * sizeof *e->outcome);
    e->effect = malloc(room * sizeof *e->effect);
    e->organic = malloc(room * sizeof *e->organic);
    if (!e->treated || !e->outcome || !e->effect || !e->organic)
        return fail_memory(err, "the effects of ads by person");
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
    }
    return sum;
}

static bool is_treated(rng_key_t key, size_t person)
{
    return rng_at(key, DRAW_TREATED, 0, 0, person, 0, 0).word[0] & 1;
}

static void fill(person_effects_t *e, const worker_t *w, int threads, rng_key_t key)
{
    double trials = (double)e->replications;
    for (size_t i = 0; i < e->n; i++) {
        person_account_t a = account_of(w, threads, i);
        bool treated = is_treated(key, i);
        double caused = treated ? a.caused_drawn : 0;
        e->treated[i] = a.replications ? treated : 2;
        e->outcome[i] = (caused + a.organic_drawn) / trials;
        e->effect[i] = (double)(a.caused - a.displaced) / EVENT_ONE / trials;
        e->organic[i] = (double)a.organic / EVENT_ONE / trials;
    }
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
