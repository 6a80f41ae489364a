/* segments_cluster.c -- k-means, Gaussian mixtures and latent classes over the columns of a frame. */
#include "sim/experiment/segments_methods.h"

#include "models/segmentation/kmeans.h"
#include "sim/engine/parallel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Pseudo-people of each class and item, so that no answer is certain in a class (assumption). */
static const double LATENT_PRIOR = 1;

/* The complete people as the methods want them. */
typedef struct {
    segments_t *s;
    size_t n;
    uint32_t *person; /* n: their places in the frame */
    double *weight;   /* NULL = 1 each */
    table_column_t *column;
    int n_columns;
    standardised_t standard;
    uint64_t *yes, *known;
    cluster_task_t task;
    const char *doing;
} cluster_t;

static void cluster_free(cluster_t *x)
{
    for (int c = 0; x->column && c < x->n_columns; c++) {
        free((void *)x->column[c].number);
        free((void *)x->column[c].level);
    }
    free(x->column);
    free(x->person);
    free(x->weight);
    free(x->yes);
    free(x->known);
    standardised_free(&x->standard);
}

/* --- data ------------------------------------------------------------------------------------- */

/* Latent classes pass over a missing answer; the others need every value. */
static status_t take_people(cluster_t *x, error_t *err)
{
    const people_t *p = &x->s->frame->people;
    bool all = x->s->options.method == METHOD_LCA;
    x->person = malloc((p->n ? p->n : 1) * sizeof *x->person);
    x->weight = p->weight ? malloc(p->n * sizeof *x->weight) : NULL;
    if (!x->person || (p->weight && !x->weight)) return fail_memory(err, "the people");
    for (size_t i = 0; i < p->n; i++) {
        if (!all && !segments_complete(x->s, i)) continue;
        if (x->weight) x->weight[x->n] = p->weight[i];
        x->person[x->n++] = (uint32_t)i;
    }
    x->s->n_left_out = p->n - x->n;
    if (!x->n) return fail(err, ERR_INVALID, "nobody has a value in every column that is used");
    if (x->n < (size_t)x->s->options.k_high)
        return fail(err, ERR_INVALID, "%zu people cannot make %d segments: try a smaller --k", x->n,
                    x->s->options.k_high);
    return OK;
}

/* A yes/no counts as the number 0 or 1. */
static bool take_column(cluster_t *x, const feature_t *f, table_column_t *out)
{
    double *number = f->kind == FEATURE_LEVELS ? NULL : malloc(x->n * sizeof *number);
    int *level = f->kind == FEATURE_LEVELS ? malloc(x->n * sizeof *level) : NULL;
    *out = (table_column_t){f->name, number, level, f->n_levels};
    if (!number && !level) return false;
    for (size_t i = 0; i < x->n; i++) {
        uint32_t person = x->person[i];
        if (level)
            level[i] = feature_code(f, person);
        else
            number[i] = f->kind == FEATURE_NUMBER ? f->number[person] : feature_code(f, person);
    }
    return true;
}

static status_t take_points(cluster_t *x, error_t *err)
{
    const people_t *p = &x->s->frame->people;
    x->column = calloc((size_t)x->s->n_used, sizeof *x->column);
    if (!x->column) return fail_memory(err, "the columns");
    for (int c = 0; c < p->n_features; c++)
        if (x->s->used[c] && !take_column(x, &p->feature[c], &x->column[x->n_columns++]))
            return fail_memory(err, "the columns");
    status_t st = standardised_init(&x->standard, x->column, x->n_columns, x->n, x->weight,
                                    x->s->options.standardise, err);
    x->task.points = x->standard.points;
    return st;
}

static status_t take_answers(cluster_t *x, error_t *err)
{
    const people_t *p = &x->s->frame->people;
    if (x->s->n_used > LATENT_ITEMS)
        return fail(err, ERR_INVALID,
                    "latent classes take at most %d yes/no columns, not %d: choose with --columns",
                    LATENT_ITEMS, x->s->n_used);
    x->yes = calloc(x->n, sizeof *x->yes);
    x->known = calloc(x->n, sizeof *x->known);
    if (!x->yes || !x->known) return fail_memory(err, "the answers");
    int item = 0;
    for (int c = 0; c < p->n_features; c++) {
        if (!x->s->used[c]) continue;
        for (size_t i = 0; i < x->n; i++) {
            uint8_t code = feature_code(&p->feature[c], x->person[i]);
            x->yes[i] |= (uint64_t)(code == 1) << item;
            x->known[i] |= (uint64_t)(code != FEATURE_UNKNOWN) << item;
        }
        item++;
    }
    x->task.answers = (answers_t){
        .n = x->n, .items = item, .yes = x->yes, .known = x->known, .weight = x->weight};
    return OK;
}

/* --- searching -------------------------------------------------------------------------------- */

typedef struct {
    void (*task)(void *context, size_t k);
    void *context;
} lent_t;

static void do_task(void *context, size_t k, int worker)
{
    (void)worker;
    const lent_t *l = context;
    l->task(l->context, k);
}

static void run_workers(void *self, size_t n, void (*task)(void *context, size_t k), void *context)
{
    const segments_t *s = self;
    lent_t l = {task, context};
    parallel_for(n, s->options.threads, do_task, &l);
}

static bool go_on(void *context, double done)
{
    const cluster_t *x = context;
    segments_tell(x->s, x->doing, done);
    return !segments_stopped(x->s);
}

/* Whom the method put where, by person of the frame. */
static void take_segments(cluster_t *x, const int *segment)
{
    for (size_t i = 0; i < x->n; i++) x->s->segment[x->person[i]] = segment[i];
}

/* Solutions that near to the best are as good: other starts would part the people otherwise, not better. Of
 * models a BIC within 10 (Kass and Raftery 1995: beyond it the evidence is very strong); of k-means a
 * thousandth of the squared distances (assumption). */
static const double NEAR_LOGLIK = 5, NEAR_INERTIA = 1e-3;

static void note_search(segments_t *s, bool settled, int agreeing, int restarts, bool near)
{
    if (!settled) notices_add(&s->notices, "The search had not come to rest after its rounds.");
    if (agreeing < 2 && restarts > 1 && !near)
        notices_add(&s->notices,
                    "Only one of %d starts ended at the best solution, and no other near it: more "
                    "may find a better one (--restarts %d).",
                    restarts, 5 * restarts);
}

static status_t fit_kmeans(cluster_t *x, int k, const search_t *how, error_t *err)
{
    kmeans_t m = {0};
    status_t st = kmeans_init(&m, &x->task.points, k, how, err);
    if (st == OK) {
        take_segments(x, m.segment);
        note_search(x->s, m.settled, m.agreeing, m.restarts, m.behind <= NEAR_INERTIA * m.inertia);
    }
    kmeans_free(&m);
    return st;
}

static status_t fit_mixture(cluster_t *x, int k, const search_t *how, error_t *err)
{
    mixture_t m = {0};
    status_t st = mixture_init(&m, &x->task.points, k, x->task.shape, how, err);
    if (st == OK) {
        take_segments(x, m.segment);
        note_search(x->s, m.settled, m.agreeing, m.restarts, m.behind <= NEAR_LOGLIK);
        if (m.floored)
            notices_add(&x->s->notices,
                        "%d of the components have shrunk to almost a point: their likelihood is "
                        "not to be trusted. Try another --covariance or fewer segments.",
                        m.floored);
    }
    mixture_free(&m);
    return st;
}

static status_t fit_latent(cluster_t *x, int k, const search_t *how, error_t *err)
{
    latent_t m = {0};
    status_t st = latent_init(&m, &x->task.answers, k, x->task.prior, how, err);
    if (st == OK) {
        take_segments(x, m.segment);
        note_search(x->s, m.settled, m.agreeing, m.restarts, m.behind <= NEAR_LOGLIK);
    }
    latent_free(&m);
    return st;
}

/* --- how many --------------------------------------------------------------------------------- */

/* What each method is judged by. */
static const bool asked[METHODS][CRITERIA] = {
    [METHOD_KMEANS] = {[CRITERION_SILHOUETTE] = true, [CRITERION_STABILITY] = true},
    [METHOD_GMM] =
        {[CRITERION_BIC] = true, [CRITERION_SILHOUETTE] = true, [CRITERION_STABILITY] = true},
    [METHOD_LCA] = {[CRITERION_BIC] = true, [CRITERION_STABILITY] = true},
};

static void tell_choice(segments_t *s, int k)
{
    const segments_options_t *o = &s->options;
    bool model = o->method != METHOD_KMEANS;
    if (o->k_low == o->k_high)
        snprintf(s->how_chosen, sizeof s->how_chosen, "as asked");
    else
        snprintf(s->how_chosen, sizeof s->how_chosen, "%s of k = %d to %d",
                 model ? "the least BIC" : "the best silhouette", o->k_low, o->k_high);
    if (o->k_low < o->k_high && k == o->k_high)
        notices_add(&s->notices,
                    "The best k is the largest that was tried: more segments may be better still "
                    "(--k %d-%d).",
                    o->k_low, o->k_high + 4 < K_MOST ? o->k_high + 4 : K_MOST);
}

static status_t choose_k(cluster_t *x, const search_t *how, int *k, error_t *err)
{
    segments_t *s = x->s;
    const segments_options_t *o = &s->options;
    choose_options_t c = {.k_from = o->k_low, .k_to = o->k_high, .resamples = o->bootstraps};
    for (int i = 0; i < CRITERIA; i++) c.ask[i] = asked[o->method][i];
    if (!o->bootstraps) c.ask[CRITERION_STABILITY] = false;
    x->doing = "trying numbers of segments";
    status_t st = choose_segments(&s->choice, &x->task, &c, how, err);
    s->tried = st == OK;
    *k = o->k_low == o->k_high || !s->choice.best ? o->k_low : s->choice.best;
    if (st == OK) tell_choice(s, *k);
    return st;
}

status_t segments_cluster(segments_t *s, error_t *err)
{
    static status_t (*const fit[])(cluster_t *, int, const search_t *, error_t *) = {
        [METHOD_KMEANS] = fit_kmeans, [METHOD_GMM] = fit_mixture, [METHOD_LCA] = fit_latent};
    static const cluster_method_t method[] = {[METHOD_KMEANS] = CLUSTER_KMEANS,
                                              [METHOD_GMM] = CLUSTER_MIXTURE,
                                              [METHOD_LCA] = CLUSTER_LATENT};
    cluster_t x = {.s = s,
                   .task = {.method = method[s->options.method],
                            .shape = s->options.covariance,
                            .prior = LATENT_PRIOR}};
    workers_t workers = {run_workers, s};
    search_t how = {.key = rng_key(s->options.seed),
                    .restarts = s->options.restarts,
                    .workers = &workers,
                    .go_on = go_on,
                    .context = &x};
    int k = 0;
    status_t st = take_people(&x, err);
    if (st == OK)
        st = s->options.method == METHOD_LCA ? take_answers(&x, err) : take_points(&x, err);
    if (st == OK) st = choose_k(&x, &how, &k, err);
    x.doing = "finding segments";
    if (st == OK) st = fit[s->options.method](&x, k, &how, err);
    if (st == OK) segments_sort(s, k);
    cluster_free(&x);
    return st;
}
