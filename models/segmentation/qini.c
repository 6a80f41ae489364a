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

/* What a person adds, in the order of the curve. */
typedef struct {
    double weight, converted;
    bool treated;
    bool last; /* the next row's score is another one */
    bool same; /* the same person as the row before */
} step_t;

/* Sums along the order; the second term counts nothing while nobody was held out. */
typedef struct {
    double weight[2], converted[2]; /* held out, treated */
} along_t;

static double along_q(const along_t *s)
{
    double held_out = s->weight[0] > 0 ? s->converted[0] * s->weight[1] / s->weight[0] : 0;
    return s->converted[1] - held_out;
}

static step_t *steps_new(const qini_data_t *d, const order_t *o)
{
    step_t *step = malloc((o->n + 1) * sizeof *step);
    for (size_t k = 0; step && k < o->n; k++) {
        uint32_t i = o->at[k].person;
        double w = d->weight ? d->weight[i] : 1;
        bool same = d->person && k && d->person[i] == d->person[o->at[k - 1].person];
        step[k] = (step_t){w, w * d->outcome[i], d->treated[i], ends_group(o, k), same};
    }
    return step;
}

/* How often a person counts in a bootstrap sample: Poisson of mean 1, by inversion of one word. */
enum { TIMES_MOST = 12 }; /* more: 1 in 1.6e10 */
typedef struct {
    uint32_t below[TIMES_MOST]; /* P(at most k) as a word */
} poisson_t;

static poisson_t poisson_of_one(void)
{
    poisson_t p;
    double term = m_exp(-1), sum = term;
    for (int k = 0; k < TIMES_MOST; k++) {
        p.below[k] = (uint32_t)(sum * 0x1p32 < 0xffffffff ? sum * 0x1p32 : 0xffffffff);
        term /= k + 1;
        sum += term;
    }
    return p;
}

static int times_of(const poisson_t *p, uint32_t word)
{
    int k = 0;
    while (k < TIMES_MOST && word >= p->below[k]) k++;
    return k;
}

typedef struct {
    double area, end, total; /* total = weight of all */
    size_t n_points;
} walk_t;

/* Walks along the people, everyone `times` (NULL = once); fills `point` (may be NULL). */
static walk_t walk(const step_t *step, size_t n, const uint8_t *times, qini_point_t *point)
{
    along_t s = {{0, 0}, {0, 0}};
    walk_t w = {.n_points = 1};
    double share = 0, q = 0;
    if (point) point[0] = (qini_point_t){0, 0};
    for (size_t k = 0; k < n; k++) {
        double count = times ? times[k] : 1;
        s.weight[step[k].treated] += count * step[k].weight;
        s.converted[step[k].treated] += count * step[k].converted;
        if (!step[k].last) continue;
        double now = along_q(&s), all = s.weight[0] + s.weight[1];
        w.area += (all - share) * (now + q) / 2;
        share = all;
        q = now;
        if (point) point[w.n_points] = (qini_point_t){share, q};
        w.n_points++;
    }
    w.total = share;
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

static void draw_times(const poisson_t *p, const step_t *step, rng_key_t key, uint32_t sample,
                       size_t n, uint8_t *times)
{
    rng_block_t b = {{0}};
    size_t drawn = 0;
    for (size_t k = 0; k < n; k++) {
        if (step[k].same) {
            times[k] = times[k - 1];
            continue;
        }
        if (drawn % 4 == 0) b = rng_at(key, DRAW_BOOTSTRAP, 0, 0, drawn / 4, sample, 0);
        times[k] = (uint8_t)times_of(p, b.word[drawn++ % 4]);
    }
}

static status_t find_interval(qini_t *q, const step_t *step, size_t n, int bootstraps,
                              rng_key_t key, error_t *err)
{
    double *coefficient = malloc((size_t)bootstraps * sizeof *coefficient);
    uint8_t *times = malloc(n + 1);
    poisson_t p = poisson_of_one();
    status_t st = coefficient && times ? OK : fail_memory(err, "bootstrap samples");
    for (int s = 0; st == OK && s < bootstraps; s++) {
        draw_times(&p, step, key, (uint32_t)s, n, times);
        walk_t w = walk(step, n, times, NULL);
        coefficient[s] = w.area - w.end / 2;
    }
    if (st == OK) {
        qsort(coefficient, (size_t)bootstraps, sizeof *coefficient, ascending);
        q->low = percentile(coefficient, bootstraps, 0.025);
        q->high = percentile(coefficient, bootstraps, 0.975);
    }
    free(coefficient);
    free(times);
    return st;
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
    step_t *step = NULL;
    status_t st = check(d, err);
    if (st == OK) st = order_init(&o, d->score, d->treated, d->n, err);
    if (st == OK) st = points_allocate(out, &o, err);
    if (st == OK && !(step = steps_new(d, &o))) st = fail_memory(err, "a Qini curve");
    if (st == OK) {
        walk_t w = walk(step, o.n, NULL, out->point);
        finish(out, &w);
        if (bootstraps > 0) st = find_interval(out, step, o.n, bootstraps, key, err);
    }
    free(step);
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
