/* run.c -- the Monte Carlo loop. */
#include "sim/experiment/run.h"

#include "models/base/fixed.h"
#include "models/response/shapley.h"
#include "sim/engine/parallel.h"

#include <ctype.h>
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* People that an automatic run may ask for and that `engine: auto` holds in memory: half a gigabyte, at a
 * hundred bytes a person. A number of the program, not of the machine, or the same file would give other
 * numbers elsewhere. */
static const double PEOPLE_AT_MOST = 5e6;
/* Currency that int64 nanos hold. */
static const double REVENUE_AT_MOST = 9.2e9;
/* Counts kept of an automatic run, bytes. */
static const double COUNTS_AT_MOST = 512.0 * 1024 * 1024;
/* A larger sample should bring the people term to this share of the wanted half-width. */
static const double PEOPLE_SHARE_OF_PRECISION = 0.85;
enum {
    PEOPLE_RAISED_AT_MOST = 3,
    PILOT = 64,               /* replications that show whether there are people enough */
    TELLING_REPLICATIONS = 16 /* fewer say little about errors and ranges */
};

/* What removed variances are added in; at a mean order of 1e9 the sum still has 18 digits left above it. */
static const double REMOVED_UNIT = 1e-9;

/* One thread's scratch; of a study that streams, there is one for all threads. */
typedef struct study_worker {
    workspace_t *workspace; /* NULL where the study streams */
    streaming_t *streaming; /* NULL where it does not */
    totals_t totals;
    scenario_t *theta;
    wide_t *removed; /* [scope][REMOVED_COUNTS] of all its replications */
    status_t status;
    error_t err;
} worker_t;

typedef struct {
    study_t *study;
    size_t first, n; /* pairs of this batch */
    size_t planned;  /* replications, with those of later batches */
    size_t
        missing; /* mend: of the batch's pairs, those up to here that are not done; 0 = all, unless stopped */
    size_t dealt; /* pairs that are dealt as a whole; of the rest, the people are */
    bool sharing; /* the people of a pair, which all processes have begun */
    atomic_size_t done;
    atomic_bool failed;
} batch_t;

/* --- workers ---------------------------------------------------------------------------------- */

/* Threads run replications, or share the people of one. */
static int workers_of(const study_t *s)
{
    return s->streams ? 1 : s->options.threads;
}

static const tables_t *worker_tables(const worker_t *w)
{
    return w->streaming ? streaming_tables(w->streaming) : workspace_tables(w->workspace);
}

static void workers_free(study_t *s)
{
    worker_t *w = s->worker;
    for (int t = 0; w && t < workers_of(s); t++) {
        workspace_delete(w[t].workspace);
        streaming_delete(w[t].streaming);
        totals_free(&w[t].totals);
        free(w[t].theta);
        free(w[t].removed);
    }
    free(w);
    s->worker = NULL;
}

static size_t removed_cells(const study_t *s)
{
    return (size_t)scopes_rows(s->evidence.scopes) * REMOVED_COUNTS;
}

static size_t value_cells(const study_t *s)
{
    return (size_t)scopes_rows(s->evidence.scopes) * COUNTS;
}

static status_t worker_init(worker_t *w, const study_t *s, error_t *err)
{
    status_t st = s->streams ? streaming_new(s->world, s->options.threads, &w->streaming, err)
                             : workspace_new(s->world, &w->workspace, err);
    if (st == OK) st = totals_init(&w->totals, s->evidence.scopes, err);
    if (st != OK) return st;
    w->theta = malloc(sizeof *w->theta);
    w->removed = calloc(removed_cells(s), sizeof *w->removed);
    return w->theta && w->removed ? OK : fail_memory(err, "a thread's scratch space");
}

static status_t workers_new(study_t *s, error_t *err)
{
    workers_free(s);
    s->worker = calloc((size_t)workers_of(s), sizeof *s->worker);
    if (!s->worker) return fail_memory(err, "the threads' scratch space");
    for (int t = 0; t < workers_of(s); t++) {
        status_t st = worker_init(&s->worker[t], s, err);
        if (st != OK) return st;
    }
    return OK;
}

/* --- a batch of pairs ------------------------------------------------------------------------- */

static bool interrupted(const study_t *s)
{
    return s->options.interrupted && *s->options.interrupted;
}

/* Values are drawn for each pair, so each replication's sums become currency on their own. */
static void add_removed(worker_t *w, size_t cells)
{
    double value = value_unit(w->theta);
    for (size_t k = 0; k < cells; k++)
        w->removed[k] +=
            (wide_t)((double)w->totals.removed[k] *
                     removed_factor((removed_t)(k % REMOVED_COUNTS), value) / REMOVED_UNIT);
}

/* The largest number that a replication adds to a table or to a group: a day of a timeline holds at most
 * an ad set's total, a jackknife group well under an eighth of the plan's. */
static double largest_of_tables(const study_t *s, const int64_t *value)
{
    double largest = 1;
    for (size_t k = 0; k < value_cells(s); k++) {
        bool ad_set = k / COUNTS < (size_t)s->evidence.scopes.n_ad_sets;
        largest = fmax(largest, (double)value[k] / (ad_set ? 1 : 8));
    }
    return largest;
}

/* Revenue is summed in nanos: more than nine billion in a replication cannot be counted, nor tables that
 * all replications now wanted would fill. */
static status_t check_revenue(const study_t *s, worker_t *w)
{
    const int64_t *plan = w->totals.value + scope_plan(s->evidence.scopes) * COUNTS;
    double orders = fmax((double)plan[COUNT_AD_CONVERSIONS], (double)plan[COUNT_CONVERSIONS]);
    if (orders / EVENT_ONE * value_unit(w->theta) >= REVENUE_AT_MOST)
        return fail(
            &w->err, ERR_INVALID,
            "the revenue of one replication cannot be counted: write all money in thousands, "
            "or simulate fewer people");
    size_t wanted = 2 * s->pairs_room;
    if (largest_of_tables(s, w->totals.value) * (double)wanted > 0x1p62)
        return fail(&w->err, ERR_INVALID,
                    "the revenue of %zu replications cannot be counted: write all money in "
                    "thousands, or ask for fewer replications",
                    wanted);
    return OK;
}

static status_t run_replication(study_t *s, worker_t *w, size_t replication, bool keeps)
{
    uint32_t r = (uint32_t)replication;
    status_t st = w->streaming
                      ? streaming_run(w->streaming, w->theta, r, &w->totals, &w->err)
                      : replication_run(s->world, w->theta, r, w->workspace, &w->totals, &w->err);
    if (st == OK) st = check_revenue(s, w);
    if (st != OK || !keeps) return st;
    memcpy(s->value + replication * value_cells(s), w->totals.value,
           value_cells(s) * sizeof *s->value);
    add_removed(w, removed_cells(s));
    s->kept_candidates[replication / 2] += w->totals.candidates;
    return OK;
}

static void run_pair(void *context, size_t i, int worker)
{
    batch_t *b = context;
    study_t *s = b->study;
    worker_t *w = &s->worker[worker];
    size_t pair = b->first + i;
    bool keeps = !b->sharing || crew_leads(&s->crew);
    if (atomic_load(&b->failed)) return;
    if (b->missing ? i >= b->missing || s->done[pair] : !b->sharing && interrupted(s)) return;
    scenario_draw(s->scenario, (uint32_t)pair, w->theta);
    s->economics[pair] = economics_of(&w->theta->product);
    s->kept_candidates[pair] = 0;
    w->status = run_replication(s, w, 2 * pair, keeps);
    if (w->status == OK) w->status = run_replication(s, w, 2 * pair + 1, keeps);
    if (w->status != OK) {
        atomic_store(&b->failed, true);
        return;
    }
    s->done[pair] = true;
    size_t done = atomic_fetch_add(&b->done, 1) + 1;
    if (!b->sharing) done *= s->crew.ranks; /* by all, about */
    if (worker == 0 && s->options.progress)
        s->options.progress(
            s->options.context,
            &(progress_t){2 * (b->first + (done < b->n ? done : b->n)), b->planned});
}

static status_t make_room(study_t *s, size_t pairs, error_t *err)
{
    if (pairs <= s->pairs_room) return OK;
    int64_t *value = realloc(s->value, 2 * pairs * value_cells(s) * sizeof *value);
    if (value) s->value = value;
    int64_t *candidates = realloc(s->kept_candidates, pairs * sizeof *candidates);
    if (candidates) s->kept_candidates = candidates;
    economics_t *economics = realloc(s->economics, pairs * sizeof *economics);
    if (economics) s->economics = economics;
    bool *done = realloc(s->done, pairs * sizeof *done);
    if (done) s->done = done;
    if (!value || !candidates || !economics || !done)
        return fail_memory(err, "the counts of all replications");
    memset(done + s->pairs_room, 0, (pairs - s->pairs_room) * sizeof *done);
    s->pairs_room = pairs;
    return OK;
}

/* After an interruption the last pairs are missing. Pairs begin in order and are ended, so none is
 * missing between two others: in plans that are compared, pair j is pair j. */
static void keep_complete(study_t *s, size_t pairs)
{
    size_t kept = s->evidence.pairs;
    while (kept < pairs && s->done[kept]) kept++;
    s->evidence.pairs = kept;
}

static status_t workers_agree(const study_t *s, error_t *err)
{
    status_t st = OK;
    for (int t = 0; st == OK && t < workers_of(s); t++)
        if (s->worker[t].status != OK)
            st = fail(err, s->worker[t].status, "%s", s->worker[t].err.text);
    return crew_agree(&s->crew, st, err);
}

/* The pairs that are this process's to run. */
static status_t run_dealt(batch_t *b, error_t *err)
{
    study_t *s = b->study;
    crew_for(&s->crew, b->dealt, workers_of(s), run_pair, b);
    status_t st = workers_agree(s, err);
    if (st == OK) crew_join(&s->crew, s->done + b->first, b->dealt);
    return st;
}

static bool any_interrupted(const study_t *s)
{
    bool any = interrupted(s);
    crew_join(&s->crew, &any, 1);
    return any;
}

/* The pairs that are everybody's: all run each, on a part of its people. */
static status_t run_shared(batch_t *b, error_t *err)
{
    study_t *s = b->study;
    status_t st = OK;
    if (b->dealt == b->n) return OK;
    b->sharing = true;
    streaming_share(s->worker[0].streaming, &s->crew);
    for (size_t i = b->dealt; st == OK && i < b->n; i++) {
        s->interrupted = any_interrupted(s);
        if (s->interrupted) break;
        run_pair(b, i, 0);
        st = workers_agree(s, err);
    }
    streaming_share(s->worker[0].streaming, &crew_alone);
    return st;
}

/* Processes that were stopped had not come equally far: the pairs that are missing between others are run after
 * all, so that what is done is without gaps. */
static status_t mend(batch_t *b, error_t *err)
{
    const bool *done = b->study->done + b->first;
    for (size_t i = 0; i < b->dealt; i++)
        if (done[i]) b->missing = i;
    return b->missing ? run_dealt(b, err) : OK;
}

/* What the other processes have counted; their parameters are drawn here too. */
static void take_over(const batch_t *b)
{
    study_t *s = b->study;
    if (s->crew.ranks == 1) return;
    crew_sum(&s->crew, s->value + 2 * b->first * value_cells(s), 2 * b->n * value_cells(s));
    crew_sum(&s->crew, s->kept_candidates + b->first, b->n);
    scenario_t *theta = s->worker[0].theta;
    for (size_t pair = b->first; pair < b->first + b->n; pair++) {
        scenario_draw(s->scenario, (uint32_t)pair, theta);
        s->economics[pair] = economics_of(&theta->product);
    }
}

static void clear_batch(const batch_t *b)
{
    study_t *s = b->study;
    memset(s->value + 2 * b->first * value_cells(s), 0,
           2 * b->n * value_cells(s) * sizeof *s->value);
    memset(s->kept_candidates + b->first, 0, b->n * sizeof *s->kept_candidates);
}

/* Pairs that are run before the processes ask each other whether all is well: many, or they would wait for the
 * slowest too often. A process alone has nobody to ask. */
static size_t pairs_of_round(const study_t *s, size_t left)
{
    enum { EACH = 32 };
    size_t n = EACH * (size_t)s->options.threads * s->crew.ranks;
    return s->crew.ranks > 1 && n < left ? n : left;
}

/* Pairs of people who are streamed that would not keep all processes busy are made by all together. */
static size_t pairs_dealt(const study_t *s, size_t pairs)
{
    return s->streams ? pairs - pairs % s->crew.ranks : pairs;
}

static status_t run_round(batch_t *b, error_t *err)
{
    study_t *s = b->study;
    clear_batch(b);
    status_t st = run_dealt(b, err);
    if (st == OK) s->interrupted = any_interrupted(s);
    if (st == OK && s->interrupted) st = mend(b, err);
    if (st == OK && !s->interrupted) st = run_shared(b, err);
    if (st == OK) take_over(b);
    return st;
}

/* Runs the pairs up to `pairs`. */
static status_t run_batch(study_t *s, size_t pairs, error_t *err)
{
    status_t st = crew_agree(&s->crew, make_room(s, pairs, err), err);
    s->interrupted = false;
    for (size_t first = s->evidence.pairs; st == OK && first < pairs && !s->interrupted;) {
        size_t n = pairs_of_round(s, pairs - first);
        batch_t b = {
            .study = s, .first = first, .n = n, .dealt = pairs_dealt(s, n), .planned = 2 * pairs};
        st = run_round(&b, err);
        first += b.n;
    }
    if (st != OK) return st;
    keep_complete(s, pairs);
    if (!s->evidence.pairs)
        return fail(err, ERR_INTERRUPTED, "stopped before a replication was complete");
    return OK;
}

/* --- what the replications add up to ---------------------------------------------------------- */

static void sum_removed(study_t *s)
{
    enum { AT_ONCE = 64 };
    for (size_t first = 0; first < removed_cells(s); first += AT_ONCE) {
        size_t n = removed_cells(s) - first;
        wide_t sum[AT_ONCE] = {0};
        if (n > AT_ONCE) n = AT_ONCE;
        for (int t = 0; t < workers_of(s); t++)
            for (size_t k = 0; k < n; k++) sum[k] += s->worker[t].removed[first + k];
        crew_sum_wide(&s->crew, sum, n);
        for (size_t k = 0; k < n; k++)
            s->removed[first + k] = (double)sum[k] * REMOVED_UNIT / (double)s->tables.replications;
    }
}

static status_t sum_up(study_t *s, error_t *err)
{
    const tables_t *first = worker_tables(&s->worker[0]);
    tables_free(&s->tables);
    status_t st = tables_init(&s->tables, first->scopes, first->days, first->run_off_days,
                              first->n_segments, err);
    st = crew_agree(&s->crew, st, err);
    if (st != OK) return st;
    for (int t = 0; t < workers_of(s); t++) tables_merge(&s->tables, worker_tables(&s->worker[t]));
    crew_sum_tables(&s->crew, &s->tables);
    sum_removed(s);
    s->candidates = 0;
    for (size_t j = 0; j < s->evidence.pairs; j++) s->candidates += s->kept_candidates[j];
    s->evidence.value = s->value;
    s->evidence.removed = s->removed;
    s->evidence.economics = s->economics;
    s->evidence.tables = &s->tables;
    estimator_delete(s->estimator);
    s->estimator = NULL;
    return crew_agree(&s->crew, estimator_new(&s->evidence, &s->estimator, err), err);
}

/* Replications until a table or a sum over groups could pass 2^63. */
static double replications_until_full(const study_t *s)
{
    double largest = 1;
    for (size_t r = 0; r < 2 * s->evidence.pairs; r++)
        largest = fmax(largest, largest_of_tables(s, s->value + r * value_cells(s)));
    return 0x1p62 / largest;
}

static size_t replications_at_most(const study_t *s)
{
    double kept = COUNTS_AT_MOST / (double)(value_cells(s) * sizeof(int64_t));
    size_t n = (size_t)fmin(fmin(kept, replications_until_full(s)), MOST_REPLICATIONS);
    size_t most = stopping_first_look(s->scenario);
    while (2 * most <= n && 2 * most <= MOST_REPLICATIONS) most *= 2;
    return most;
}

/* --- people ----------------------------------------------------------------------------------- */

static void choose_engine(study_t *s, size_t people)
{
    bool many = (double)people > PEOPLE_AT_MOST, can = scenario_can_stream(s->scenario);
    bool automatic = s->scenario->engine == ENGINE_AUTO;
    s->streams = automatic ? many && can : s->scenario->engine == ENGINE_STREAMING;
    s->engine_why = !automatic ? "the file asks for it"
                    : !many    ? "memory holds all simulated people"
                    : can      ? "more simulated people than memory should hold"
                               : "a lookalike is chosen among all people at once";
}

static status_t make_world(study_t *s, size_t people, error_t *err)
{
    workers_free(s);
    choose_engine(s, people);
    world_delete(s->world);
    s->world = NULL;
    int threads = s->options.threads;
    status_t st = s->streams
                      ? world_new_streaming(s->scenario, people, threads, &s->crew, &s->world, err)
                      : world_new(s->scenario, people, threads, &s->world, err);
    st = crew_agree(&s->crew, st, err);
    if (st != OK) return st;
    evidence_t *v = &s->evidence;
    double weight = world_weight(s->world);
    *v = (evidence_t){.scenario = s->scenario,
                      .scopes = world_scopes(s->world),
                      .weight = weight,
                      .pairs_share = pairs_share_chance(s->scenario),
                      .people_sampled = weight > 1 && !s->scenario->population->redraw};
    for (int a = 0; a < s->scenario->n_ad_sets; a++)
        v->audience[a] = weight * (double)world_eligible(s->world, a);
    return OK;
}

/* The plans at the parameters' means; their elasticities of delivery are for the people term. */
static status_t find_plans(study_t *s, error_t *err)
{
    scenario_t *means = malloc(sizeof *means);
    if (!means) return fail_memory(err, "the plan at its means");
    scenario_at_means(s->scenario, means);
    world_plans(s->world, means, s->plan);
    for (int a = 0; a < s->scenario->n_ad_sets; a++)
        s->evidence.elasticity[a] = s->plan[a].spend_elasticity;
    free(means);
    return OK;
}

/* People whose sampling error would leave room for the rest; the error's square falls as 1/n - 1/N. */
static double people_wanted(const study_t *s)
{
    double size = s->scenario->population->size, n = (double)world_people(s->world);
    double shrink =
        PEOPLE_SHARE_OF_PRECISION * s->scenario->precision / look_people_half_width(&s->look);
    return ceil(1 / ((1 / n - 1 / size) * shrink * shrink + 1 / size));
}

size_t study_people(const scenario_t *sc)
{
    double people =
        sc->people > 0 ? sc->people : fmin(scenario_people_auto(sc, NULL), PEOPLE_AT_MOST);
    return (size_t)fmin(people, sc->population->size);
}

size_t study_people_at_most(const scenario_t *sc)
{
    return (size_t)fmin(PEOPLE_AT_MOST, sc->population->size);
}

status_t study_open(study_t *s, const scenario_t *sc, const run_options_t *options, error_t *err)
{
    *s = (study_t){
        .scenario = sc, .options = *options, .crew = options->crew ? *options->crew : crew_alone};
    s->people_auto = !(sc->people > 0);
    return make_world(s, options->people ? options->people : study_people(sc), err);
}

void study_close(study_t *s)
{
    workers_free(s);
    estimator_delete(s->estimator);
    free(s->estimate);
    tables_free(&s->tables);
    brand_study_free(&s->brand);
    run_doubts_free(&s->doubts);
    notices_free(&s->notices);
    free(s->value);
    free(s->kept_candidates);
    free(s->removed);
    free(s->economics);
    free(s->done);
    world_delete(s->world);
    *s = (study_t){0};
}

/* --- the loop --------------------------------------------------------------------------------- */

static void forget_replications(study_t *s)
{
    memset(s->done, 0, s->pairs_room * sizeof *s->done);
    s->evidence.pairs = 0;
    s->looks = 0;
}

/* Everything that replications need, once the people are there. */
status_t study_begin(study_t *s, error_t *err)
{
    free(s->removed);
    s->removed = calloc(removed_cells(s), sizeof *s->removed);
    status_t st = s->removed ? OK : fail_memory(err, "the removed variances");
    if (st == OK) st = find_plans(s, err);
    if (st == OK) st = workers_new(s, err);
    return crew_agree(&s->crew, st, err);
}

status_t study_advance(study_t *s, size_t replications, error_t *err)
{
    status_t st = run_batch(s, replications / 2, err);
    return st == OK ? sum_up(s, err) : st;
}

status_t study_cut(study_t *s, size_t replications, error_t *err)
{
    s->evidence.pairs = replications / 2;
    return sum_up(s, err);
}

static status_t look_at(study_t *s, size_t replications, error_t *err)
{
    status_t st = study_advance(s, replications, err);
    if (st == OK) s->look = stopping_look(s->estimator, &s->evidence, s->looks + 1);
    return st;
}

static bool people_are_too_few(const study_t *s)
{
    return look_people_half_width(&s->look) > s->scenario->precision;
}

/* More replications cannot help: the people term is most of the error. */
static bool replications_are_in_vain(const study_t *s)
{
    return s->look.verdict == LOOK_PEOPLE &&
           look_half_width(&s->look) <= 1.5 * look_people_half_width(&s->look);
}

/* Looks, each at twice the replications, until one is satisfied or they are as many as asked for. */
static status_t replicate_to_the_end(study_t *s, error_t *err)
{
    size_t fixed = study_replications_asked(s->scenario);
    for (size_t target = fixed ? fixed : stopping_first_look(s->scenario);; target *= 2) {
        status_t st = look_at(s, target, err);
        if (st != OK) return st;
        s->looks++;
        if (s->interrupted || fixed || s->look.verdict == LOOK_ENOUGH ||
            replications_are_in_vain(s) || target >= replications_at_most(s))
            return OK;
    }
}

/* All replications with the people there are. With `pilot` the first of them are looked at, and
 * *too_few = there is no point in going on with so few people. */
static status_t replicate(study_t *s, bool pilot, bool *too_few, error_t *err)
{
    *too_few = false;
    status_t st = study_begin(s, err);
    if (st == OK && pilot) {
        size_t first = stopping_first_look(s->scenario);
        st = look_at(s, first < PILOT ? first : PILOT, err);
        *too_few = st == OK && people_are_too_few(s);
    }
    if (st == OK && !*too_few && !s->interrupted) st = replicate_to_the_end(s, err);
    return st;
}

static status_t simulate(study_t *s, error_t *err)
{
    double size = s->scenario->population->size, most = fmin(size, PEOPLE_AT_MOST);
    for (int raised = 0;; raised++) {
        bool may_grow = s->people_auto && !(s->scenario->replications > 0) &&
                        raised < PEOPLE_RAISED_AT_MOST && (double)world_people(s->world) < most;
        bool too_few;
        status_t st = replicate(s, may_grow, &too_few, err);
        if (st != OK || !too_few || s->interrupted) return st;
        double people = fmin(people_wanted(s), most);
        forget_replications(s);
        st = make_world(s, (size_t)people, err);
        if (st != OK) return st;
    }
}

static status_t estimate_all(study_t *s, error_t *err)
{
    int scopes = scopes_count(s->evidence.scopes);
    s->estimate = calloc((size_t)scopes * COLUMNS, sizeof *s->estimate);
    if (!s->estimate) return fail_memory(err, "the estimates");
    for (int scope = 0; scope < scopes; scope++)
        for (int c = 0; c < COLUMNS; c++)
            s->estimate[scope * COLUMNS + c] = estimator_column(s->estimator, scope, c);
    const target_t *t = &s->scenario->target;
    s->target = (target_result_t){.metric = t->metric ? t->metric : "", .at_least = t->at_least};
    int column = column_find(s->target.metric);
    if (column >= 0)
        s->target.chance = estimator_probability(s->estimator, scope_plan(s->evidence.scopes),
                                                 column, false, t->at_least);
    return OK;
}

/* --- notices ---------------------------------------------------------------------------------- */

static double mean_at(const study_t *s, int scope, const char *column)
{
    return study_estimate(s, scope, column).mean;
}

static void notice_claims(study_t *s)
{
    int plan = scope_plan(s->evidence.scopes);
    double claimed = mean_at(s, plan, "platform_conversions"),
           credited = mean_at(s, plan, "conversions");
    if (s->scenario->n_platforms > 1 && credited > 0 && claimed > 1.005 * credited)
        notices_add(
            &s->notices,
            "The platforms together would claim %.2f times the conversions that attribution "
            "credits: their counts overlap.",
            claimed / credited);
}

/* Sums over ad sets are then of things that differ. */
static void notice_kinds(study_t *s)
{
    unsigned kinds = ad_sets_kinds(s->scenario, ~0ull);
    char list[120] = "";
    if (!(kinds & (kinds - 1))) return;
    for (int k = 0; k < CONVERSION_KINDS; k++) {
        size_t used = strlen(list);
        if (kinds >> k & 1)
            snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "",
                     conversion_word((conversion_kind_t)k));
    }
    notices_add(
        &s->notices,
        "Conversions are of several kinds (%s): each ad set's are its own, and their sums add "
        "up what differs. funnel.csv tells them apart.",
        list);
}

static void notice_channels(study_t *s)
{
    int channels = attribution_channels(s->scenario);
    if (channels > SHAPLEY_CHANNELS_MOST)
        notices_add(
            &s->notices,
            "attribution.csv has no Shapley values: they compare at most %d channels, not %d; "
            "attribution.channels: campaign has fewer.",
            SHAPLEY_CHANNELS_MOST, channels);
}

static void notice_precision(study_t *s)
{
    double wanted = s->scenario->precision, widest = look_half_width(&s->look);
    bool asked = s->scenario->replications > 0 || !s->looks; /* or a comparison decided */
    if (asked || s->interrupted || s->look.verdict == LOOK_ENOUGH) return;
    if (s->look.verdict == LOOK_PEOPLE)
        notices_add(
            &s->notices,
            "The error of the means is %.2g %%, not %.2g %%: %zu simulated people are too few, "
            "more replications would not help%s.",
            100 * widest, 100 * wanted, world_people(s->world),
            s->people_auto ? "; memory bounds an automatic choice" : "");
    else
        notices_add(
            &s->notices,
            "The error of the means is %.2g %%, not %.2g %%, after %zu replications, the most "
            "an automatic run takes; --replications asks for more.",
            100 * widest, 100 * wanted, study_replications(s));
}

static void notice_audiences(study_t *s)
{
    enum { MOST = 12 };
    complaint_t *found = calloc(MOST, sizeof *found);
    audience_sizes_t *sizes = malloc(sizeof *sizes);
    if (found && sizes) {
        world_audience_sizes(s->world, sizes);
        size_t n = scenario_audience_warnings(s->scenario, sizes, found, MOST);
        for (size_t i = 0; i < n && i < MOST; i++) {
            found[i].text[0] = (char)toupper((unsigned char)found[i].text[0]);
            notices_add(&s->notices, "%s.", found[i].text);
        }
        if (n > MOST) notices_add(&s->notices, "%zu more notices about audiences.", n - MOST);
    } else {
        s->notices.lost = true;
    }
    free(found);
    free(sizes);
}

static void notice_engine(study_t *s)
{
    size_t people = world_people(s->world);
    if (s->streams)
        notices_add(&s->notices,
                    "%zu simulated people were streamed (%s), on bids that a pilot of %zu of them "
                    "found.",
                    people, s->engine_why, world_pilot(s->world));
    else if ((double)people > PEOPLE_AT_MOST)
        notices_add(&s->notices, "%zu simulated people were held in memory: %s.", people,
                    s->engine_why);
}

static void notice_all(study_t *s)
{
    notice_engine(s);
    if (s->interrupted)
        notices_add(&s->notices, "Stopped early: %zu complete replications are reported.",
                    study_replications(s));
    if (!s->interrupted && (double)study_replications(s) == s->scenario->replications + 1)
        notices_add(&s->notices, "Replications come in pairs: %zu were run.",
                    study_replications(s));
    if (study_replications(s) < TELLING_REPLICATIONS)
        notices_add(&s->notices, "%zu replications say little about errors and ranges.",
                    study_replications(s));
    notice_precision(s);
    delivery_notices(s);
    notice_claims(s);
    notice_kinds(s);
    notice_channels(s);
    notice_audiences(s);
}

status_t study_finish(study_t *s, error_t *err)
{
    workers_free(s);
    status_t st = estimate_all(s, err);
    if (st == OK) st = run_doubts_init(&s->doubts, s->estimator, err);
    if (st == OK) st = delivery_find(s, err);
    if (st == OK) st = brand_study_init(&s->brand, s->world, s->estimator, err);
    if (st != OK) return st;
    notice_all(s);
    return s->notices.lost ? fail_memory(err, "the notices") : OK;
}

status_t study_simulate(study_t *s, error_t *err)
{
    status_t st = simulate(s, err);
    return st == OK ? study_finish(s, err) : st;
}

size_t study_replications(const study_t *s)
{
    return 2 * s->evidence.pairs;
}

size_t study_replications_asked(const scenario_t *sc)
{
    return 2 * (size_t)ceil(sc->replications / 2);
}

estimate_t study_estimate(const study_t *s, int scope, const char *column)
{
    return s->estimate[scope * COLUMNS + column_find(column)];
}

double study_mean(const study_t *s, int column)
{
    return estimator_column(s->estimator, scope_plan(s->evidence.scopes), column).mean;
}
