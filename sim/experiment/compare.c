/* compare.c -- runs plans side by side and stops when the best is known. */
#include "sim/experiment/compare.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* All looks together leave this much of the error. */
static const double ERROR_ALL_LOOKS = 0.05;
/* A larger sample should bring the people's part of an interval to this share of what it must be. */
static const double PEOPLE_SHARE = 0.85;
enum {
    PEOPLE_RAISED_AT_MOST = 3,
    PEOPLE_RAISED_BY = 16, /* times, at once */
    FIRST_LOOK =
        64 /* replications: plans that are far apart are told soon; pairs that share parameters
                       evenly count one by one as long as they are few, which only widens intervals */
};

/* --- opening and closing ---------------------------------------------------------------------- */

/* A progress line over all plans: this one's replications stand above those of the plans before it. */
typedef struct {
    const compare_t *compare;
    size_t before, step; /* replications of all plans done; of each plan, up to the look */
} shared_progress_t;

static void tell_progress(void *context, const progress_t *p)
{
    const shared_progress_t *all = context;
    const run_options_t *run = &all->compare->how.run;
    if (!run->progress) return;
    size_t plans = (size_t)all->compare->plans;
    run->progress(run->context, &(progress_t){all->before + p->done, plans * all->step});
}

static bool may_grow(const compare_t *c)
{
    for (int p = 0; p < c->plans; p++)
        if (c->study[p].scenario->people > 0) return false;
    return true;
}

static void close_studies(compare_t *c)
{
    comparison_delete(c->comparison);
    c->comparison = NULL;
    for (int p = 0; c->study && p < c->plans; p++) study_close(&c->study[p]);
}

void compare_close(compare_t *c)
{
    close_studies(c);
    free(c->study);
    free(c->table);
    *c = (compare_t){0};
}

static status_t open_studies(compare_t *c, const scenario_t *const *plan, error_t *err)
{
    run_options_t run = c->how.run;
    run.people = c->people;
    for (int p = 0; p < c->plans; p++) {
        double size = plan[p]->population->size;
        run.people = (size_t)fmin((double)c->people, size);
        status_t st = study_open(&c->study[p], plan[p], &run, err);
        if (st == OK) st = study_begin(&c->study[p], err);
        if (st != OK) return st;
    }
    return OK;
}

status_t compare_open(compare_t *c, const scenario_t *const *plan, const char *const *name,
                      int plans, const compare_how_t *how, error_t *err)
{
    *c = (compare_t){.how = *how, .plans = plans, .name = name, .leader = -1};
    for (int p = 1; p < plans; p++)
        if (plan[p]->seed != plan[0]->seed)
            return fail(err, ERR_INVALID,
                        "plans must meet the same luck: '%s' has seed %llu, '%s' seed %llu; give "
                        "--seed",
                        name[0], (unsigned long long)plan[0]->seed, name[p],
                        (unsigned long long)plan[p]->seed);
    c->study = calloc((size_t)plans, sizeof *c->study);
    if (!c->study) return fail_memory(err, "the plans");
    for (int p = 0; p < plans; p++) {
        size_t people = study_people(plan[p]);
        if (people > c->people) c->people = people;
    }
    return open_studies(c, plan, err);
}

/* The same plans with more people, from the beginning. */
static status_t reopen(compare_t *c, size_t people, error_t *err)
{
    const scenario_t *plan[PLANS_AT_MOST];
    for (int p = 0; p < c->plans; p++) plan[p] = c->study[p].scenario;
    close_studies(c);
    c->people = people;
    return open_studies(c, plan, err);
}

/* --- a look ----------------------------------------------------------------------------------- */

static status_t compare_again(compare_t *c, error_t *err)
{
    estimator_t *estimator[PLANS_AT_MOST];
    for (int p = 0; p < c->plans; p++) estimator[p] = c->study[p].estimator;
    comparison_delete(c->comparison);
    return comparison_new(estimator, c->plans, &c->comparison, err);
}

/* After an interruption the plans have come to different ends: they are cut to the shortest. */
static status_t cut(compare_t *c, error_t *err)
{
    size_t shortest = study_replications(&c->study[0]);
    for (int p = 1; p < c->plans; p++) {
        size_t n = study_replications(&c->study[p]);
        if (n < shortest) shortest = n;
    }
    status_t st = OK;
    if (!shortest) st = fail(err, ERR_INTERRUPTED, "stopped before a replication was complete");
    for (int p = 0; st == OK && p < c->plans; p++) st = study_cut(&c->study[p], shortest, err);
    return st;
}

static status_t advance(compare_t *c, size_t replications, bool *interrupted, error_t *err)
{
    shared_progress_t shared = {.compare = c, .step = replications};
    status_t st = OK;
    *interrupted = false;
    for (int p = 0; st == OK && p < c->plans && !*interrupted; p++) {
        study_t *s = &c->study[p];
        shared.before = (size_t)p * replications;
        s->options.progress = tell_progress;
        s->options.context = &shared;
        st = study_advance(s, replications, err);
        *interrupted = s->interrupted;
        s->options.progress = NULL;
    }
    if (st == OK && *interrupted) st = cut(c, err);
    return st == OK ? compare_again(c, err) : st;
}

/* Half-width that the difference of the leader from `rival` may have: up to its own size if it is to be told
 * from 0, up to what the indifference leaves if it is to be called none. */
static double wanted_half_width(const compare_t *c, const difference_t *x, double mean)
{
    double small = c->how.indifference * fabs(mean) - fabs(x->mean);
    return fmax(fabs(x->mean), small);
}

typedef struct {
    bool separated, equal; /* of all rivals; equal: those that are not separated */
    double people; /* how many times the people's part of an interval is too wide by itself */
} look_at_rivals_t;

static look_at_rivals_t look_at_rivals(const compare_t *c)
{
    look_at_rivals_t look = {true, true, 0};
    double mean = study_mean(&c->study[c->leader], c->how.column);
    for (int p = 0; p < c->plans; p++) {
        if (p == c->leader) continue;
        difference_t x = comparison_difference(c->comparison, c->leader, p, c->confidence);
        if (isnan(x.mean)) continue; /* without a value it is not better */
        bool clear = x.low > 0 || x.high < 0, same = x.low == 0 && x.high == 0;
        double most = c->how.indifference * fabs(mean);
        look.separated &= clear;
        look.equal &= clear || same || (x.low >= -most && x.high <= most);
        if (clear || same || !(x.mc_se > 0)) continue;
        double wide = (x.high - x.mean) * x.people_se / x.mc_se;
        look.people = fmax(look.people, wide / wanted_half_width(c, &x, mean));
    }
    return look;
}

/* Fills the verdict; true = it is final. *people = how many would do if people are too few, else 0. */
static bool judge(compare_t *c, size_t replications, size_t *people)
{
    *people = 0;
    comparison_take(c->comparison, c->how.column);
    c->leader = comparison_leader(c->comparison);
    c->verdict = COMPARED_UNKNOWN;
    if (c->leader < 0) return true;
    look_at_rivals_t look = look_at_rivals(c);
    c->verdict = look.separated    ? COMPARED_SEPARATED
                 : look.equal      ? COMPARED_EQUAL
                 : look.people > 1 ? COMPARED_PEOPLE
                                   : COMPARED_SPENT;
    if (c->verdict == COMPARED_PEOPLE) {
        double more = look.people / PEOPLE_SHARE;
        *people = (size_t)((double)c->people * fmin(more * more, PEOPLE_RAISED_BY));
    }
    return c->verdict != COMPARED_SPENT || 2 * replications > c->how.most;
}

/* --- the loop --------------------------------------------------------------------------------- */

static size_t first_look(const compare_t *c)
{
    return c->how.most < FIRST_LOOK ? c->how.most : FIRST_LOOK;
}

static status_t to_the_end(compare_t *c, size_t *people, error_t *err)
{
    size_t asked = c->how.replications;
    c->looks = 0;
    for (size_t n = asked ? asked : first_look(c);; n *= 2) {
        bool interrupted;
        status_t st = advance(c, n, &interrupted, err);
        if (st != OK) return st;
        c->looks++;
        c->confidence = 1 - ERROR_ALL_LOOKS / (double)(asked ? 1ull : 1ull << c->looks);
        bool final = judge(c, n, people);
        if (interrupted) c->verdict = COMPARED_INTERRUPTED;
        if (interrupted) *people = 0;
        if (interrupted || asked || final) return OK;
    }
}

static size_t most_people(const compare_t *c)
{
    size_t most = 0;
    for (int p = 0; p < c->plans; p++) {
        size_t own = study_people_at_most(c->study[p].scenario);
        if (own > most) most = own;
    }
    return most;
}

estimate_t compare_estimate(const compare_t *c, int plan, int column)
{
    const study_t *s = &c->study[plan];
    return s->estimate[scope_plan(s->evidence.scopes) * COLUMNS + column];
}

static status_t finish(compare_t *c, error_t *err)
{
    for (int p = 0; p < c->plans; p++) {
        status_t st = study_finish(&c->study[p], err);
        if (st != OK) return st;
    }
    comparison_bootstrap(c->comparison, c->sure);
    return OK;
}

status_t compare_simulate(compare_t *c, error_t *err)
{
    for (int raised = 0;; raised++) {
        size_t people, most = most_people(c);
        status_t st = to_the_end(c, &people, err);
        if (st != OK) return st;
        if (people > most) people = most;
        bool grows = people > c->people && may_grow(c) && !c->how.replications &&
                     raised < PEOPLE_RAISED_AT_MOST;
        if (!grows) return finish(c, err);
        st = reopen(c, people, err);
        if (st != OK) return st;
    }
}

/* The metric that decides comes last, and stays taken up. */
status_t compare_tabulate(compare_t *c, error_t *err)
{
    c->table = calloc(COLUMNS, sizeof *c->table);
    if (!c->table) return fail_memory(err, "the differences of plans");
    for (int k = 1; k <= COLUMNS; k++) {
        int column = (c->how.column + k) % COLUMNS;
        compared_column_t *t = &c->table[column];
        comparison_take(c->comparison, column);
        for (int a = 0; a < c->plans; a++) {
            t->standing[a] = comparison_standing(c->comparison, a);
            for (int b = 0; b < c->plans; b++)
                if (b != a)
                    t->difference[a][b] = comparison_difference(c->comparison, a, b, c->confidence);
        }
    }
    return OK;
}
