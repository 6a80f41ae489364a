/* effects.c -- replications with accounts of single persons. */
#include "sim/experiment/effects.h"

#include "models/base/fixed.h"
#include "sim/engine/parallel.h"
#include "sim/experiment/pilot.h"

#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>

typedef struct {
    const scenario_t *scenario;
    const run_options_t *options;
    const world_t *world;
    pilot_t *pilot;
    person_account_t *account; /* [thread][person]: what each thread's flights add up to */
    size_t pairs;
    atomic_size_t done;
    atomic_bool stopped;
} job_t;

/* --- replications ------------------------------------------------------------------------------ */

static status_t accounts_new(job_t *j, error_t *err)
{
    size_t threads = (size_t)j->options->threads, people = world_people(j->world);
    j->account = calloc(threads * people + 1, sizeof *j->account);
    if (!j->account) return fail_memory(err, "the accounts of single persons");
    for (size_t t = 0; t < threads; t++)
        workspace_keep_accounts(j->pilot[t].workspace, j->account + t * people);
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
    pilot_t *p = &j->pilot[worker];
    if (atomic_load(&j->stopped)) return;
    if (interrupted(j)) {
        atomic_store(&j->stopped, true);
        return;
    }
    scenario_draw(j->scenario, (uint32_t)pair, p->theta);
    for (uint32_t r = 0; p->status == OK && r < 2; r++)
        p->status = replication_run(j->world, p->theta, (uint32_t)(2 * pair) + r, p->workspace,
                                    &p->totals, &p->err);
    if (p->status != OK) {
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
    status_t st = pilots_new(j->world, threads, &j->pilot, err);
    if (st == OK) st = accounts_new(j, err);
    if (st != OK) return st;
    parallel_for(j->pairs, threads, run_pair, j);
    st = pilots_status(j->pilot, threads, err);
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

static person_account_t account_of(const job_t *j, size_t i)
{
    person_account_t sum = {0};
    for (int t = 0; t < j->options->threads; t++) {
        const person_account_t *a = &j->account[(size_t)t * world_people(j->world) + i];
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

static void fill(person_effects_t *e, const job_t *j, rng_key_t key)
{
    double flights = (double)e->replications;
    for (size_t i = 0; i < e->n; i++) {
        person_account_t a = account_of(j, i);
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

static status_t fill_trials(trials_t *t, const job_t *j, size_t people, error_t *err)
{
    size_t rows = 0;
    for (size_t i = 0; i < people; i++) {
        person_account_t a = account_of(j, i);
        rows += (a.shown[0] > 0) + (a.shown[1] > 0);
    }
    status_t st = trials_allocate(t, rows, err);
    for (size_t i = 0; st == OK && i < people; i++) {
        person_account_t a = account_of(j, i);
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
    if (st == OK) fill(e, &j, rng_key(sc->seed));
    if (st == OK) st = fill_trials(&e->trials, &j, e->n, err);
    pilots_delete(j.pilot, options->threads);
    free(j.account);
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
