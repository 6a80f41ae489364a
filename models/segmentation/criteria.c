/* criteria.c -- silhouettes by all pairs (of a sample), and criteria of means and spreads. */
#include "models/segmentation/criteria.h"

#include "models/base/maths.h"
#include "models/segmentation/chunk.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_ASKED = 4000, ASKED_A_TASK = 32 };

/* --- silhouette ------------------------------------------------------------------------------- */

/* Those who are asked, each compared with all others of them. */
typedef struct {
    int d, k;
    size_t n, blocks;         /* of LANES people */
    size_t *person;           /* rows of the points */
    double *x;                /* blocks x d x LANES: a block's people side by side */
    double *weight, *s;       /* blocks x LANES, past the end 0; n */
    int *segment;             /* blocks x LANES */
    double in[SEGMENTS_MOST]; /* weight of each group among them */
} asked_t;

static void asked_free(asked_t *a)
{
    free(a->person);
    free(a->x);
    free(a->weight);
    free(a->s);
    free(a->segment);
}

static status_t asked_init(asked_t *a, const points_t *p, const int *segment, int k, size_t most,
                           const search_t *how, error_t *err)
{
    *a = (asked_t){.d = p->d, .k = k};
    a->person = people_drawn(p->n, most ? most : MOST_ASKED, how->key,
                             rng_path_hash("segments.silhouette"), &a->n);
    a->blocks = (a->n + LANES - 1) / LANES;
    size_t room = a->blocks * LANES, d = (size_t)p->d;
    a->x = array_of(room * d, sizeof(double));
    a->weight = array_of(room, sizeof(double));
    a->s = array_of(room, sizeof(double));
    a->segment = array_of(room, sizeof(int));
    if (!a->person || !a->x || !a->weight || !a->s || !a->segment)
        return fail_memory(err, "silhouettes");
    for (size_t i = 0; i < a->n; i++) {
        size_t row = a->person[i];
        for (size_t j = 0; j < d; j++)
            a->x[(i / LANES * d + j) * LANES + i % LANES] = p->x[row * d + j];
        a->weight[i] = weight_of(p, row);
        a->segment[i] = segment[row];
        a->in[segment[row]] += a->weight[i];
    }
    return OK;
}

/* Sum of weight x distance to the people of each group. */
INLINED void distances_by_group(const asked_t *a, size_t i, double *sum)
{
    size_t d = (size_t)a->d;
    const double *own = a->x + i / LANES * d * LANES + i % LANES;
    for (size_t b = 0; b < a->blocks; b++) {
        const double *x = a->x + b * d * LANES;
        double square[LANES];
        lanes_t squares = {0}, at;
        for (size_t j = 0; j < d; j++) {
            memcpy(&at, x + j * LANES, sizeof at);
            at = at - own[j * LANES];
            squares += at * at;
        }
        memcpy(square, &squares, sizeof square);
        for (size_t l = 0; l < LANES; l++) square[l] = m_sqrt(square[l]);
        for (size_t l = 0; l < LANES; l++)
            sum[a->segment[b * LANES + l]] += a->weight[b * LANES + l] * square[l];
    }
}

/* Of weight w counts as w people: she is one of her group, and w - 1 others are where she is. */
static double silhouette_of(const asked_t *a, size_t i, const double *sum)
{
    int own = a->segment[i];
    double nearest = MATHS_INFINITY;
    for (int g = 0; g < a->k; g++)
        if (g != own && a->in[g] > 0) nearest = m_min(nearest, sum[g] / a->in[g]);
    if (!(a->in[own] > 1)) return 0;
    double within = sum[own] / (a->in[own] - 1), most = m_max(within, nearest);
    return most > 0 ? (nearest - within) / most : 0;
}

WIDE static void silhouette_task(void *context, size_t task)
{
    asked_t *a = context;
    for (size_t i = task * ASKED_A_TASK; i < a->n && i < (task + 1) * ASKED_A_TASK; i++) {
        double sum[SEGMENTS_MOST] = {0};
        distances_by_group(a, i, sum);
        a->s[i] = silhouette_of(a, i, sum);
    }
}

static double mean_silhouette(const asked_t *a)
{
    double sum = 0, weight = 0;
    int groups = 0;
    for (int g = 0; g < a->k; g++) groups += a->in[g] > 0;
    for (size_t i = 0; i < a->n; i++) {
        sum += a->weight[i] * a->s[i];
        weight += a->weight[i];
    }
    return groups > 1 ? sum / weight : MATHS_NAN;
}

status_t silhouette(double *mean, double *each, const points_t *p, const int *segment, int k,
                    size_t most, const search_t *how, error_t *err)
{
    asked_t a;
    status_t st = points_check(p, err);
    if (st != OK) return st;
    st = asked_init(&a, p, segment, k, most, how, err);
    if (st == OK) {
        workers_run(how->workers, (a.n + ASKED_A_TASK - 1) / ASKED_A_TASK, silhouette_task, &a);
        *mean = mean_silhouette(&a);
        for (size_t i = 0; each && i < p->n; i++) each[i] = MATHS_NAN;
        for (size_t i = 0; each && i < a.n; i++) each[a.person[i]] = a.s[i];
    }
    asked_free(&a);
    return st;
}

/* --- means and spreads ------------------------------------------------------------------------ */

typedef struct {
    double *mean;   /* k x d */
    double *middle; /* d: of all */
    double weight[SEGMENTS_MOST], spread[SEGMENTS_MOST], all;
} groups_t;

static double square_between(const double *a, const double *b, int d)
{
    double sum = 0;
    for (int j = 0; j < d; j++) sum += (a[j] - b[j]) * (a[j] - b[j]);
    return sum;
}

static void means(groups_t *g, const points_t *p, const int *segment, int k)
{
    size_t d = (size_t)p->d;
    for (size_t i = 0; i < p->n; i++) {
        double w = weight_of(p, i), *mean = g->mean + (size_t)segment[i] * d;
        g->weight[segment[i]] += w;
        for (size_t j = 0; j < d; j++) mean[j] += w * p->x[i * d + j];
    }
    for (int c = 0; c < k; c++) {
        g->all += g->weight[c];
        for (size_t j = 0; j < d; j++) g->middle[j] += g->mean[(size_t)c * d + j];
        for (size_t j = 0; g->weight[c] > 0 && j < d; j++)
            g->mean[(size_t)c * d + j] /= g->weight[c];
    }
    for (size_t j = 0; j < d; j++) g->middle[j] /= g->all;
}

static double davies_bouldin(const groups_t *g, int k, int d)
{
    double sum = 0, groups = 0;
    for (int a = 0; a < k; a++) {
        double worst = 0;
        if (!(g->weight[a] > 0)) continue;
        for (int b = 0; b < k; b++) {
            if (a == b || !(g->weight[b] > 0)) continue;
            double square = square_between(g->mean + a * d, g->mean + b * d, d);
            worst = m_max(worst, (g->spread[a] + g->spread[b]) / m_sqrt(square));
        }
        sum += worst;
        groups++;
    }
    return groups > 1 ? sum / groups : MATHS_NAN;
}

static void judge(separation_t *s, groups_t *g, const points_t *p, const int *segment, int k)
{
    size_t d = (size_t)p->d;
    double groups = 0;
    *s = (separation_t){0};
    means(g, p, segment, k);
    for (size_t i = 0; i < p->n; i++) {
        double w = weight_of(p, i);
        double square = square_between(p->x + i * d, g->mean + (size_t)segment[i] * d, p->d);
        s->within += w * square;
        g->spread[segment[i]] += w * m_sqrt(square);
    }
    for (int c = 0; c < k; c++) {
        if (!(g->weight[c] > 0)) continue;
        groups++;
        g->spread[c] /= g->weight[c];
        s->between += g->weight[c] * square_between(g->mean + (size_t)c * d, g->middle, p->d);
    }
    s->calinski_harabasz =
        groups > 1 ? s->between / (groups - 1) / (s->within / (g->all - groups)) : MATHS_NAN;
    s->davies_bouldin = davies_bouldin(g, k, p->d);
}

status_t separation(separation_t *s, const points_t *p, const int *segment, int k, error_t *err)
{
    groups_t g = {0};
    status_t st = points_check(p, err);
    if (st != OK) return st;
    g.mean = array_of((size_t)k * (size_t)p->d, sizeof(double));
    g.middle = array_of((size_t)p->d, sizeof(double));
    if (g.mean && g.middle)
        judge(s, &g, p, segment, k);
    else
        st = fail_memory(err, "criteria of segments");
    free(g.mean);
    free(g.middle);
    return st;
}
