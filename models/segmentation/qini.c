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

/* Those who take part, best first. */
typedef struct {
    ranked_t *at;
    size_t n;
} order_t;

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
        if (d->treated[i] > 1) continue;
        if (!m_is_finite(d->score[i]) || !m_is_finite(d->outcome[i]) || !m_is_finite(w) || w < 0)
            return fail(err, ERR_INVALID,
                        "the score, outcome or weight of person %zu is not a number", i + 1);
        *(d->treated[i] ? &treated : &held_out) += w;
    }
    if (treated > 0 && held_out > 0) return OK;
    return fail(err, ERR_INVALID, "a Qini curve needs both people treated and people held out");
}

static status_t order_init(order_t *o, const double *score, const uint8_t *treated, size_t n,
                           error_t *err)
{
    *o = (order_t){.at = malloc((n + 1) * sizeof *o->at)};
    if (!o->at) return fail_memory(err, "the order of people");
    for (size_t i = 0; i < n; i++)
        if (!treated || treated[i] <= 1) o->at[o->n++] = (ranked_t){score[i], (uint32_t)i};
    qsort(o->at, o->n, sizeof *o->at, best_first);
    return OK;
}

/* Is the next person's score another one? */
static bool ends_group(const order_t *o, size_t k)
{
    return k + 1 == o->n || o->at[k + 1].score != o->at[k].score;
}

static status_t points_allocate(qini_t *q, const order_t *o, error_t *err)
{
    size_t groups = 0;
    for (size_t k = 0; k < o->n; k++) groups += ends_group(o, k);
    q->point = malloc((groups + 1) * sizeof *q->point);
    return q->point ? OK : fail_memory(err, "a Qini curve");
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

static walk_t walk(const qini_data_t *d, const order_t *o, int sample, rng_key_t key,
                   qini_point_t *point)
{
    along_t s = {0};
    walk_t w = {.n_points = 1};
    double share = 0, q = 0;
    rng_block_t b = {{0}};
    if (point) point[0] = (qini_point_t){0, 0};
    for (size_t k = 0; k < o->n; k++) {
        if (sample >= 0 && k % 4 == 0)
            b = rng_at(key, DRAW_BOOTSTRAP, 0, 0, k / 4, (uint32_t)sample, 0);
        along_add(&s, d, o->at[k].person, sample < 0 ? 1 : times_of(b.word[k % 4]));
        if (!ends_group(o, k)) continue;
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

static status_t find_interval(qini_t *q, const qini_data_t *d, const order_t *o, int bootstraps,
                              rng_key_t key, error_t *err)
{
    double *coefficient = malloc((size_t)bootstraps * sizeof *coefficient);
    if (!coefficient) return fail_memory(err, "bootstrap samples");
    for (int s = 0; s < bootstraps; s++) {
        walk_t w = walk(d, o, s, key, NULL);
        coefficient[s] = w.area - w.end / 2;
    }
    qsort(coefficient, (size_t)bootstraps, sizeof *coefficient, ascending);
    q->low = percentile(coefficient, bootstraps, 0.025);
    q->high = percentile(coefficient, bootstraps, 0.975);
    free(coefficient);
    return OK;
}

/* ---- the whole ---- */

static void finish(qini_t *q, const walk_t *w)
{
    q->n_points = w->n_points;
    for (size_t k = 0; k < q->n_points; k++) q->point[k].share /= w->total;
    q->area = w->area;
    q->random = w->end / 2;
    q->coefficient = q->area - q->random;
}

status_t qini_init(qini_t *out, const qini_data_t *d, int bootstraps, rng_key_t key, error_t *err)
{
    *out = (qini_t){.low = MATHS_NAN, .high = MATHS_NAN};
    order_t o = {NULL, 0};
    status_t st = check(d, err);
    if (st == OK) st = order_init(&o, d->score, d->treated, d->n, err);
    if (st == OK) st = points_allocate(out, &o, err);
    if (st == OK) {
        walk_t w = walk(d, &o, PLAIN, key, out->point);
        finish(out, &w);
    }
    if (st == OK && bootstraps > 0) st = find_interval(out, d, &o, bootstraps, key, err);
    free(o.at);
    return st;
}

status_t qini_of_effects(qini_t *out, const double *score, const double *effect,
                         const double *weight, size_t n, error_t *err)
{
    *out = (qini_t){.low = MATHS_NAN, .high = MATHS_NAN};
    order_t o = {NULL, 0};
    status_t st = order_init(&o, score, NULL, n, err);
    if (st == OK) st = points_allocate(out, &o, err);
    walk_t w = {.n_points = 1};
    double share = 0, q = 0;
    if (st == OK) out->point[0] = (qini_point_t){0, 0};
    for (size_t k = 0; st == OK && k < o.n; k++) {
        uint32_t i = o.at[k].person;
        w.total += weight ? weight[i] : 1;
        w.end += (weight ? weight[i] : 1) * effect[i];
        if (!ends_group(&o, k)) continue;
        w.area += (w.total - share) * (w.end + q) / 2;
        share = w.total;
        q = w.end;
        out->point[w.n_points++] = (qini_point_t){share, q};
    }
    if (st == OK && !(w.total > 0)) st = fail(err, ERR_INVALID, "a Qini curve needs people");
    w.area /= w.total;
    if (st == OK) finish(out, &w);
    free(o.at);
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
