/* choose.c -- the same data grouped with every k, and judged.
 *
 * A resample of a panel of people is a panel of other weights: how often each was drawn. So one fit answers
 * for everyone of the panel, those who were not drawn included, whatever the method. */
#include "models/segmentation/choose.h"

#include "models/base/maths.h"
#include "models/segmentation/agreement.h"
#include "models/segmentation/chunk.h"
#include "models/segmentation/criteria.h"
#include "models/segmentation/kmeans.h"

#include <stdlib.h>
#include <string.h>

const char *const criterion_names[CRITERIA] = {"bic", "silhouette", "gap", "stability"};

enum { RESAMPLES = 20, REFERENCES = 20, SAMPLE = 2000, RESTARTS_OF_A_SAMPLE = 5 };

/* --- one fit, whatever the method ------------------------------------------------------------- */

typedef struct {
    int *segment; /* n, owned */
    double fit;   /* inertia or ln L */
    double bic;   /* NAN for k-means */
} grouped_t;

static status_t group(grouped_t *g, const cluster_task_t *t, int k, const search_t *how,
                      error_t *err)
{
    kmeans_t kmeans = {0};
    mixture_t mixture = {0};
    latent_t latent = {0};
    status_t st = ERR_UNEXPECTED;
    *g = (grouped_t){.bic = MATHS_NAN};
    switch (t->method) {
    case CLUSTER_KMEANS:
        st = kmeans_init(&kmeans, &t->points, k, how, err);
        if (st == OK) *g = (grouped_t){kmeans.segment, kmeans.inertia, MATHS_NAN};
        if (st == OK) kmeans.segment = NULL;
        break;
    case CLUSTER_MIXTURE:
        st = mixture_init(&mixture, &t->points, k, t->shape, how, err);
        if (st == OK) *g = (grouped_t){mixture.segment, mixture.loglik, mixture.bic};
        if (st == OK) mixture.segment = NULL;
        break;
    case CLUSTER_LATENT:
        st = latent_init(&latent, &t->answers, k, t->prior, how, err);
        if (st == OK) *g = (grouped_t){latent.segment, latent.loglik, latent.bic};
        if (st == OK) latent.segment = NULL;
        break;
    }
    kmeans_free(&kmeans);
    mixture_free(&mixture);
    latent_free(&latent);
    return st;
}

/* --- some of the people ----------------------------------------------------------------------- */

typedef struct {
    size_t n, *person;
    cluster_task_t task;
    double *weight, *line; /* own weight, NULL = 1 each; its running sum */
    double *drawn;         /* how often drawn */
    size_t draws;
    double *x;
    uint64_t *yes, *known;
    uint8_t *level;
} panel_t;

static void panel_free(panel_t *p)
{
    free(p->person);
    free(p->weight);
    free(p->drawn);
    free(p->line);
    free(p->x);
    free(p->yes);
    free(p->known);
    free(p->level);
    *p = (panel_t){0};
}

static size_t people_of(const cluster_task_t *t)
{
    return t->method == CLUSTER_LATENT ? t->answers.n : t->points.n;
}

/* Rows of `size` bytes of the people; NULL for no table (never: out of memory is told by *fine). */
static void *rows(const void *from, size_t size, const panel_t *p, bool *fine)
{
    if (!from) return NULL;
    char *to = array_of(p->n, size);
    *fine = *fine && to;
    for (size_t i = 0; to && i < p->n; i++)
        memcpy(to + i * size, (const char *)from + p->person[i] * size, size);
    return to;
}

/* Weights as running sums, and how many people they are: at least the rows, at most `most` or so. */
static void panel_line(panel_t *p, size_t most)
{
    double sum = 0;
    for (size_t i = 0; i < p->n; i++) p->line[i] = sum += p->weight ? p->weight[i] : 1;
    double people = m_max((double)p->n, m_min(sum, (double)(most > p->n ? most : p->n)));
    p->draws = (size_t)(people + 0.5);
}

static status_t panel_init(panel_t *p, const cluster_task_t *t, size_t most, rng_key_t key,
                           error_t *err)
{
    const answers_t *a = &t->answers;
    const double *weight = t->method == CLUSTER_LATENT ? a->weight : t->points.weight;
    *p = (panel_t){.task = *t};
    p->person = people_drawn(people_of(t), most, key, rng_path_hash("segments.panel"), &p->n);
    if (!p->person) return fail_memory(err, "a sample of people");
    bool fine = true, latent = t->method == CLUSTER_LATENT;
    p->weight = rows(weight, sizeof *weight, p, &fine);
    p->x = rows(latent ? NULL : t->points.x, (size_t)t->points.d * sizeof(double), p, &fine);
    p->yes = rows(latent ? a->yes : NULL, sizeof *a->yes, p, &fine);
    p->known = rows(latent ? a->known : NULL, sizeof *a->known, p, &fine);
    p->level = rows(latent ? a->level : NULL, (size_t)a->items, p, &fine);
    p->drawn = array_of(p->n, sizeof *p->drawn);
    p->line = array_of(p->n, sizeof *p->line);
    if (!fine || !p->drawn || !p->line) return fail_memory(err, "a sample of people");
    panel_line(p, most);
    p->task.points = (points_t){p->n, t->points.d, p->x, p->weight};
    p->task.answers.n = p->n;
    p->task.answers.yes = p->yes;
    p->task.answers.known = p->known;
    p->task.answers.level = p->level;
    p->task.answers.weight = p->weight;
    return OK;
}

static size_t person_at(const panel_t *p, double target)
{
    size_t low = 0, high = p->n - 1;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (target < p->line[middle])
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

/* People drawn with replacement, each by weight: how often is their new weight. */
static void panel_resample(panel_t *p, rng_key_t key, uint64_t sample)
{
    memset(p->drawn, 0, p->n * sizeof *p->drawn);
    for (size_t j = 0; j < p->draws; j++) {
        double u = rng_unit(rng_at(key, DRAW_RESAMPLE, 0, 0, sample, 0, (uint32_t)j), 0);
        p->drawn[person_at(p, u * p->line[p->n - 1])] += 1;
    }
    p->task.points.weight = p->task.answers.weight = p->drawn;
}

/* --- the whole, as it goes -------------------------------------------------------------------- */

typedef struct {
    choice_t *c;
    const cluster_task_t *task;
    const choose_options_t *options;
    const search_t *how;
    panel_t panel;
    search_t quick; /* of a sample: fewer starts, progress unseen */
} choosing_t;

static bool goes_on(const choosing_t *h, int k, double done)
{
    return search_goes_on(h->how, (k - h->c->k_from + done) / (h->c->k_to - h->c->k_from + 1));
}

/* Progress of the fit to everyone: half of what a k takes. */
typedef struct {
    const choosing_t *h;
    int k;
} telling_t;

static bool tell(void *context, double done)
{
    const telling_t *t = context;
    return goes_on(t->h, t->k, done / 2);
}

/* Mean and standard error of n values. */
static void estimate(const double *value, int n, double *mean, double *error)
{
    double sum = 0, square = 0;
    for (int b = 0; b < n; b++) sum += value[b];
    *mean = n > 0 ? sum / n : MATHS_NAN;
    for (int b = 0; b < n; b++) square += (value[b] - *mean) * (value[b] - *mean);
    *error = n > 1 ? m_sqrt(square / (n - 1) / n) : MATHS_NAN;
}

enum { SAMPLES_MOST = 1000 };

/* How alike the segments of resamples are to those of everyone, on the panel. */
static status_t judge_stability(choosing_t *h, int k, const int *segment, error_t *err)
{
    panel_t *p = &h->panel;
    int resamples = h->options->resamples > 0 ? h->options->resamples : RESAMPLES, fits = 0;
    double index[SAMPLES_MOST];
    int *own = array_of(p->n, sizeof *own);
    status_t st = own ? OK : fail_memory(err, "a sample of people");
    for (size_t i = 0; st == OK && i < p->n; i++) own[i] = segment[p->person[i]];
    for (int b = 0; st == OK && b < resamples && b < SAMPLES_MOST; b++) {
        grouped_t g;
        if (!goes_on(h, k, 0.5 + 0.25 * b / resamples)) {
            st = search_interrupted(err);
            break;
        }
        panel_resample(p, h->how->key, (uint64_t)b);
        st = group(&g, &p->task, k, &h->quick, err);
        if (st == OK) index[fits++] = adjusted_rand(g.segment, own, p->n);
        free(g.segment);
        if (st == ERR_INVALID) st = OK; /* too few of those drawn differ: no solution to compare */
    }
    free(own);
    estimate(index, fits, &h->c->value[CRITERION_STABILITY][k],
             &h->c->error[CRITERION_STABILITY][k]);
    return st;
}

/* As many people as in the panel, spread evenly over the box that it fills. */
static void reference_make(double *x, const points_t *p, rng_key_t key, uint64_t sample)
{
    for (int j = 0; j < p->d; j++) {
        double least = MATHS_INFINITY, most = -MATHS_INFINITY;
        for (size_t i = 0; i < p->n; i++) {
            least = m_min(least, p->x[i * (size_t)p->d + (size_t)j]);
            most = m_max(most, p->x[i * (size_t)p->d + (size_t)j]);
        }
        for (size_t i = 0; i < p->n; i++) {
            rng_block_t b = rng_at(key, DRAW_RESAMPLE, 1, (uint32_t)j, sample, 0, (uint32_t)i);
            x[i * (size_t)p->d + (size_t)j] = least + (most - least) * rng_unit(b, 0);
        }
    }
}

static status_t log_inertia(double *log, const points_t *p, int k, const search_t *how,
                            error_t *err)
{
    kmeans_t m;
    status_t st = kmeans_init(&m, p, k, how, err);
    *log = st == OK && m.inertia > 0 ? m_log(m.inertia) : MATHS_NAN;
    kmeans_free(&m);
    return st;
}

static status_t judge_gap(choosing_t *h, int k, error_t *err)
{
    panel_t *p = &h->panel;
    points_t own = {p->n, p->task.points.d, p->x, p->weight}, made = own;
    int references = h->options->references > 0 ? h->options->references : REFERENCES, n = 0;
    double log[SAMPLES_MOST], at = MATHS_NAN, mean, error;
    double *x = array_of(p->n * (size_t)own.d, sizeof *x);
    status_t st = x ? log_inertia(&at, &own, k, &h->quick, err) : fail_memory(err, "references");
    made.x = x;
    for (int b = 0; st == OK && b < references && b < SAMPLES_MOST; b++) {
        if (!goes_on(h, k, 0.75 + 0.25 * b / references)) {
            st = search_interrupted(err);
            break;
        }
        reference_make(x, &own, h->how->key, (uint64_t)b);
        st = log_inertia(&log[n++], &made, k, &h->quick, err);
    }
    free(x);
    if (st != OK) return st == ERR_INVALID ? OK : st; /* too few of the panel differ: NAN */
    estimate(log, n, &mean, &error);
    h->c->value[CRITERION_GAP][k] = mean - at;
    /* sd of the references, times sqrt(1 + 1/B) */
    double sd = error * m_sqrt(n) * m_sqrt((n - 1.) / n);
    h->c->error[CRITERION_GAP][k] = sd * m_sqrt(1 + 1. / n);
    return OK;
}

static bool asks(const choosing_t *h, criterion_t criterion)
{
    bool latent = h->task->method == CLUSTER_LATENT, kmeans = h->task->method == CLUSTER_KMEANS;
    const bool applies[CRITERIA] = {[CRITERION_BIC] = !kmeans,
                                    [CRITERION_SILHOUETTE] = !latent,
                                    [CRITERION_GAP] = kmeans,
                                    [CRITERION_STABILITY] = true};
    return h->options->ask[criterion] && applies[criterion];
}

static status_t judge(choosing_t *h, int k, const grouped_t *g, error_t *err)
{
    choice_t *c = h->c;
    status_t st = OK;
    c->fit[k] = g->fit;
    if (asks(h, CRITERION_BIC)) c->value[CRITERION_BIC][k] = g->bic;
    if (asks(h, CRITERION_SILHOUETTE) && k > 1)
        st = silhouette(&c->value[CRITERION_SILHOUETTE][k], NULL, &h->task->points, g->segment, k,
                        h->options->asked, h->how, err);
    if (st == OK && asks(h, CRITERION_STABILITY) && k > 1)
        st = judge_stability(h, k, g->segment, err);
    if (st == OK && asks(h, CRITERION_GAP)) st = judge_gap(h, k, err);
    return st;
}

/* --- what each criterion chooses -------------------------------------------------------------- */

static int best_at(const choice_t *c, criterion_t criterion, double sign)
{
    int best = 0;
    const double *value = c->value[criterion];
    for (int k = c->k_from; k <= c->k_to; k++)
        if (!m_is_nan(value[k]) && (best == 0 || sign * value[k] > sign * value[best])) best = k;
    return best;
}

static int first_wide_gap(const choice_t *c)
{
    const double *gap = c->value[CRITERION_GAP], *error = c->error[CRITERION_GAP];
    for (int k = c->k_from; k < c->k_to; k++)
        if (gap[k] >= gap[k + 1] - error[k + 1]) return k;
    return 0;
}

static void conclude(choice_t *c)
{
    static const criterion_t order[] = {CRITERION_BIC, CRITERION_SILHOUETTE, CRITERION_GAP,
                                        CRITERION_STABILITY};
    c->choice[CRITERION_BIC] = best_at(c, CRITERION_BIC, -1);
    c->choice[CRITERION_SILHOUETTE] = best_at(c, CRITERION_SILHOUETTE, 1);
    c->choice[CRITERION_GAP] = first_wide_gap(c);
    c->choice[CRITERION_STABILITY] = best_at(c, CRITERION_STABILITY, 1);
    c->best = 0;
    c->agree = true;
    for (size_t o = 0; o < sizeof order / sizeof *order; o++) {
        int k = c->choice[order[o]];
        if (k == 0) continue;
        if (c->best == 0) c->best = k;
        c->agree = c->agree && k == c->best;
    }
    if (c->best == 0) c->best = c->k_from;
}

static void forget(choice_t *c, int k)
{
    c->fit[k] = MATHS_NAN;
    for (int q = 0; q < CRITERIA; q++) c->value[q][k] = c->error[q][k] = MATHS_NAN;
}

status_t choose_segments(choice_t *c, const cluster_task_t *task, const choose_options_t *options,
                         const search_t *how, error_t *err)
{
    choosing_t h = {.c = c, .task = task, .options = options, .how = how, .quick = *how};
    *c = (choice_t){.k_from = options->k_from, .k_to = options->k_to};
    for (int k = 0; k <= SEGMENTS_MOST; k++) forget(c, k);
    if (c->k_from < 1 || c->k_to < c->k_from || c->k_to > SEGMENTS_MOST)
        return fail(err, ERR_INVALID, "%d to %d segments: 1 to %d are possible", c->k_from, c->k_to,
                    SEGMENTS_MOST);
    h.quick.restarts = RESTARTS_OF_A_SAMPLE;
    h.quick.go_on = NULL;
    status_t st =
        panel_init(&h.panel, task, options->sample ? options->sample : SAMPLE, how->key, err);
    for (int k = c->k_from; st == OK && k <= c->k_to; k++) {
        grouped_t g;
        telling_t telling = {&h, k};
        search_t whole = *how;
        whole.go_on = how->go_on ? tell : NULL;
        whole.context = &telling;
        st = group(&g, task, k, &whole, err);
        if (st == ERR_INVALID && k > c->k_from) {
            st = OK;
            break;
        }
        if (st != OK) break;
        st = judge(&h, k, &g, err);
        free(g.segment);
    }
    panel_free(&h.panel);
    if (st == OK) conclude(c);
    return st;
}
