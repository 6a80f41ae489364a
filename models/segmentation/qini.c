/* qini.c -- the Qini curve and how sure its area is. */
#include "models/segmentation/qini.h"

#include "models/base/maths.h"

#include <stdbool.h>
#include <stdlib.h>

/* ---- people in order ---- */

typedef struct {
    double score;
    uint32_t person;
} ranked_t;

static int best_first(const void *a, const void *b)
{
    const ranked_t *x = a, *y = b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return (x->person > y->person) - (x->person < y->person);
}

static status_t check(const qini_data_t *d, error_t *err)
{
    double treated = 0, held_out = 0;
    for (size_t i = 0; i < d->n; i++) {
        double w = d->weight ? d->weight[i] : 1;
        if (!m_is_finite(d->score[i]) || !m_is_finite(d->outcome[i]) || !m_is_finite(w) || w < 0)
            return fail(err, ERR_INVALID,
                        "the score, outcome or weight of person %zu is not a number", i + 1);
        *(d->treated[i] ? &treated : &held_out) += w;
    }
    if (treated > 0 && held_out > 0) return OK;
    return fail(err, ERR_INVALID, "a Qini curve needs both people treated and people held out");
}

/* ---- the curve ---- */

/* Sums along the order; the second term counts nothing while nobody was held out. */
typedef struct {
    double all, treated, held_out, treated_converted, held_out_converted;
} along_t;

static void along_add(along_t *s, const qini_data_t *d, uint32_t i, double times)
{
    double w = times * (d->weight ? d->weight[i] : 1);
    s->all += w;
    *(d->treated[i] ? &s->treated : &s->held_out) += w;
    *(d->treated[i] ? &s->treated_converted : &s->held_out_converted) += w * d->outcome[i];
}

static double along_q(const along_t *s)
{
    double held_out = s->held_out > 0 ? s->held_out_converted * s->treated / s->held_out : 0;
    return s->treated_converted - held_out;
}

/* How often a person counts in a bootstrap sample: Poisson of mean 1 by inversion of one word. */
static int times_of(uint32_t word)
{
    double u = rng_unit_from_word(word), p = m_exp(-1), sum = p;
    int k = 0;
    while (u > sum && k < 20) {
        p /= ++k;
        sum += p;
    }
    return k;
}

enum { PLAIN = -1 }; /* instead of a sample: everyone once */

/* Walks along the people; fills `point` (may be NULL) and returns area and end. `total` is the weight of
 * all, which a first walk finds. */
typedef struct {
    double area, end, total;
    size_t n_points;
} walk_t;

static walk_t walk(const qini_data_t *d, const ranked_t *order, int sample, rng_key_t key,
                   qini_point_t *point)
{
    along_t s = {0};
    walk_t w = {.n_points = 1};
    double share = 0, q = 0;
    rng_block_t b = {{0}};
    if (point) point[0] = (qini_point_t){0, 0};
    for (size_t k = 0; k < d->n; k++) {
        if (sample >= 0 && k % 4 == 0)
            b = rng_at(key, DRAW_BOOTSTRAP, 0, 0, k / 4, (uint32_t)sample, 0);
        along_add(&s, d, order[k].person, sample < 0 ? 1 : times_of(b.word[k % 4]));
        if (k + 1 < d->n && order[k + 1].score == order[k].score) continue;
        double now = along_q(&s);
        w.area += (s.all - share) * (now + q) / 2;
        share = s.all;
        q = now;
        if (point) point[w.n_points] = (qini_point_t){share, q};
        w.n_points++;
    }
    w.total = s.all;
    w.end = q;
    w.area /= w.total;
    return w;
}

/* ---- how sure ---- */

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double percentile(const double *sorted, int n, double p)
{
    double at = p * (n - 1);
    int k = (int)at;
    return k + 1 < n ? sorted[k] + (at - k) * (sorted[k + 1] - sorted[k]) : sorted[n - 1];
}

static status_t find_interval(qini_t *q, const qini_data_t *d, const ranked_t *order,
                              int bootstraps, rng_key_t key, error_t *err)
{
    double *coefficient = malloc((size_t)bootstraps * sizeof *coefficient);
    if (!coefficient) return fail_memory(err, "bootstrap samples");
    for (int s = 0; s < bootstraps; s++) {
        walk_t w = walk(d, order, s, key, NULL);
        coefficient[s] = w.area - w.end / 2;
    }
    qsort(coefficient, (size_t)bootstraps, sizeof *coefficient, ascending);
    q->low = percentile(coefficient, bootstraps, 0.025);
    q->high = percentile(coefficient, bootstraps, 0.975);
    free(coefficient);
    return OK;
}

/* ---- the whole ---- */

static status_t draw_curve(qini_t *q, const qini_data_t *d, const ranked_t *order, error_t *err)
{
    size_t scores = 1;
    for (size_t k = 1; k < d->n; k++) scores += order[k].score != order[k - 1].score;
    q->point = malloc((scores + 1) * sizeof *q->point);
    if (!q->point) return fail_memory(err, "a Qini curve");
    walk_t w = walk(d, order, PLAIN, rng_key(0), q->point);
    q->n_points = w.n_points;
    for (size_t k = 0; k < q->n_points; k++) q->point[k].share /= w.total;
    q->area = w.area;
    q->random = w.end / 2;
    q->coefficient = q->area - q->random;
    return OK;
}

status_t qini_init(qini_t *out, const qini_data_t *d, int bootstraps, rng_key_t key, error_t *err)
{
    *out = (qini_t){.low = MATHS_NAN, .high = MATHS_NAN};
    status_t st = check(d, err);
    if (st != OK) return st;
    ranked_t *order = malloc(d->n * sizeof *order);
    if (!order) return fail_memory(err, "the order of people");
    for (size_t i = 0; i < d->n; i++) order[i] = (ranked_t){d->score[i], (uint32_t)i};
    qsort(order, d->n, sizeof *order, best_first);
    st = draw_curve(out, d, order, err);
    if (st == OK && bootstraps > 0) st = find_interval(out, d, order, bootstraps, key, err);
    free(order);
    return st;
}

void qini_free(qini_t *q)
{
    free(q->point);
    *q = (qini_t){0};
}

double qini_at(const qini_t *q, double share)
{
    size_t k = 1;
    while (k + 1 < q->n_points && q->point[k].share < share) k++;
    const qini_point_t *a = &q->point[k - 1], *b = &q->point[k];
    double width = b->share - a->share;
    if (!(width > 0)) return b->q;
    double part = m_min(m_max((share - a->share) / width, 0), 1);
    return a->q + part * (b->q - a->q);
}
