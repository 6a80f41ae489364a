/* mixture.c -- EM for Gaussian mixtures.
 *
 * E: ln of share x density of each component at a person, by the inverse Cholesky factor; eight people side
 * by side. M: sums of posterior, posterior x (x - old mean) and its products, in the same pass; what the
 * means moved is taken off afterwards (the old mean is so near that nothing is lost by the difference).
 *
 * Floor: a Cholesky pivot (the variance of a column given those before it) does not fall below FLOOR x the
 * column's variance; without one the likelihood has no maximum (a component on one point). Components that
 * rest on it are counted, and starts that end without any are preferred. */
#include "models/segmentation/mixture.h"

#include "models/base/maths.h"
#include "models/segmentation/chunk.h"
#include "models/segmentation/em.h"
#include "models/segmentation/lloyd.h"
#include "models/segmentation/scatter.h"

#include <stdlib.h>
#include <string.h>

enum { SETTLING = 20 };
static const double same_loglik = 1e-5, FLOOR = 1e-6;
static const double log_2pi = 1.83787706640934548356;

const mixture_name_t mixture_names[MIXTURE_SHAPES] = {
    {"EII", NULL, "round, all of one size"},
    {"VII", "spherical", "round, each of its size"},
    {"EEI", NULL, "along the columns, all alike"},
    {"VVI", "diagonal", "along the columns, each its own"},
    {"EEE", "tied", "any direction, all alike"},
    {"VEV", NULL, "one shape, each its size and direction"},
    {"VVV", "full", "any, each its own"},
};

int mixture_parameters(mixture_shape_t shape, int k, int d)
{
    int triangle = d * (d + 1) / 2;
    const int covariance[MIXTURE_SHAPES] = {
        [MIXTURE_EII] = 1,
        [MIXTURE_VII] = k,
        [MIXTURE_EEI] = d,
        [MIXTURE_VVI] = k * d,
        [MIXTURE_EEE] = triangle,
        [MIXTURE_VEV] = k + (d - 1) + k * d * (d - 1) / 2,
        [MIXTURE_VVV] = k * triangle,
    };
    return k - 1 + k * d + covariance[shape];
}

void mixture_free(mixture_t *m)
{
    free(m->share);
    free(m->mean);
    free(m->covariance);
    free(m->segment);
    free(m->certainty);
    *m = (mixture_t){0};
}

/* --- one start -------------------------------------------------------------------------------- */

typedef struct {
    em_run_t run;      /* objective: ln of the likelihood */
    const points_t *p; /* borrowed */
    const workers_t *workers;
    mixture_shape_t shape;
    int k, d;
    double weight;        /* of all people */
    const double *floor;  /* d: least pivots; borrowed */
    double *share, *mean; /* k; k x d */
    double *covariance;   /* k x d x d */
    double *inverse;      /* k x d x d: of the Cholesky factor, lower triangle */
    double *constant;     /* k: ln share - (d ln 2 pi + ln det) / 2 */
    double *sum;          /* a part: loglik, then k x (1 + d + d (d + 1) / 2) */
    double *total;        /* of all parts */
    double *scratch;      /* scatter_scratch(d) */
    int floored;
    lloyd_t lloyd; /* where it starts */
} em_t;

static size_t sums_of(const em_t *e) /* of one component */
{
    size_t d = (size_t)e->d;
    return 1 + d + d * (d + 1) / 2;
}

static void em_free(em_t *e)
{
    double *const all[] = {e->share,    e->mean, e->covariance, e->inverse,
                           e->constant, e->sum,  e->total,      e->scratch};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    lloyd_free(&e->lloyd);
    *e = (em_t){0};
}

static status_t em_init(em_t *e, const points_t *p, int k, mixture_shape_t shape,
                        const double *floor, const workers_t *workers, error_t *err)
{
    size_t d = (size_t)p->d, groups = (size_t)k;
    *e = (em_t){.p = p, .workers = workers, .shape = shape, .k = k, .d = p->d, .floor = floor};
    for (size_t i = 0; i < p->n; i++) e->weight += weight_of(p, i);
    size_t sums = 1 + groups * sums_of(e);
    e->share = array_of(groups, sizeof(double));
    e->mean = array_of(groups * d, sizeof(double));
    e->covariance = array_of(groups * d * d, sizeof(double));
    e->inverse = array_of(groups * d * d, sizeof(double));
    e->constant = array_of(groups, sizeof(double));
    e->sum = array_of(parts_of(p->n) * sums, sizeof(double));
    e->total = array_of(sums, sizeof(double));
    e->scratch = array_of(scatter_scratch(k, p->d), sizeof(double));
    status_t st = lloyd_init(&e->lloyd, p, k, workers, err);
    bool fine = e->share && e->mean && e->covariance && e->inverse && e->constant && e->sum &&
                e->total && e->scratch;
    if (st == OK && !fine) st = fail_memory(err, "the mixture");
    if (st != OK) em_free(e);
    return st;
}

/* --- E ---------------------------------------------------------------------------------------- */

enum { BLOCK = LANES };

/* People from..from+7 side by side; past the end the last one again, of weight 0. */
typedef struct {
    double x[MIXTURE_COLUMNS][BLOCK];
    double weight[BLOCK];
    double log[SEGMENTS_MOST][BLOCK]; /* ln share x density, then the posterior */
    double evidence[BLOCK];           /* ln density of the mixture */
} block_t;

INLINED void block_load(block_t *b, const points_t *p, size_t from, size_t to)
{
    for (size_t l = 0; l < BLOCK; l++) {
        size_t i = from + l < to ? from + l : to - 1;
        b->weight[l] = from + l < to ? weight_of(p, i) : 0;
        for (int j = 0; j < p->d; j++) b->x[j][l] = p->x[i * (size_t)p->d + (size_t)j];
    }
}

/* |L^-1 (x - mean)|^2 */
INLINED void block_density(block_t *b, const em_t *e, int g)
{
    const double *inverse = e->inverse + g * e->d * e->d, *mean = e->mean + g * e->d;
    double away[MIXTURE_COLUMNS][BLOCK], square[BLOCK] = {0};
    bool diagonal = e->shape <= MIXTURE_VVI;
    for (int i = 0; i < e->d; i++) {
        double sum[BLOCK] = {0};
        for (int l = 0; l < BLOCK; l++) away[i][l] = b->x[i][l] - mean[i];
        for (int j = diagonal ? i : 0; j <= i; j++)
            for (int l = 0; l < BLOCK; l++) sum[l] += inverse[i * e->d + j] * away[j][l];
        for (int l = 0; l < BLOCK; l++) square[l] += sum[l] * sum[l];
    }
    for (int l = 0; l < BLOCK; l++) b->log[g][l] = e->constant[g] - 0.5 * square[l];
}

INLINED void block_posterior(block_t *b, int k)
{
    double most[BLOCK], sum[BLOCK] = {0};
    for (int l = 0; l < BLOCK; l++) most[l] = b->log[0][l];
    for (int g = 1; g < k; g++)
        for (int l = 0; l < BLOCK; l++) most[l] = m_max(most[l], b->log[g][l]);
    for (int g = 0; g < k; g++)
        for (int l = 0; l < BLOCK; l++) {
            b->log[g][l] = m_exp(b->log[g][l] - most[l]);
            sum[l] += b->log[g][l];
        }
    for (int l = 0; l < BLOCK; l++) b->evidence[l] = most[l] + m_log(sum[l]);
    for (int g = 0; g < k; g++)
        for (int l = 0; l < BLOCK; l++) b->log[g][l] /= sum[l];
}

/* Sums over the lanes in their order. */
INLINED void block_sum(const block_t *b, const em_t *e, double *sum)
{
    for (int l = 0; l < BLOCK; l++) sum[0] += b->weight[l] * b->evidence[l];
    double *to = sum + 1;
    for (int g = 0; g < e->k; g++, to += sums_of(e)) {
        double away[MIXTURE_COLUMNS], *product;
        for (int l = 0; l < BLOCK; l++) {
            double r = b->weight[l] * b->log[g][l];
            if (!(r > 0)) continue;
            for (int j = 0; j < e->d; j++) away[j] = b->x[j][l] - e->mean[g * e->d + j];
            to[0] += r;
            for (int j = 0; j < e->d; j++) to[1 + j] += r * away[j];
            product = to + 1 + e->d;
            for (int i = 0; i < e->d; product += ++i)
                for (int j = 0; j <= i; j++) product[j] += r * away[i] * away[j];
        }
    }
}

WIDE static void expect_task(void *context, size_t part)
{
    const em_t *e = context;
    size_t size = part_size(e->p->n), from = part * size, to = from + size;
    size_t sums = 1 + (size_t)e->k * sums_of(e);
    double *sum = e->sum + part * sums;
    if (to > e->p->n) to = e->p->n;
    memset(sum, 0, sums * sizeof *sum);
    for (size_t i = from; i < to; i += BLOCK) {
        block_t b;
        block_load(&b, e->p, i, to);
        for (int g = 0; g < e->k; g++) block_density(&b, e, g);
        block_posterior(&b, e->k);
        block_sum(&b, e, sum);
    }
}

static void expect(em_run_t *run)
{
    em_t *e = (em_t *)run;
    size_t parts = parts_of(e->p->n), sums = 1 + (size_t)e->k * sums_of(e);
    workers_run(e->workers, parts, expect_task, e);
    memset(e->total, 0, sums * sizeof(double));
    for (size_t part = 0; part < parts; part++)
        for (size_t s = 0; s < sums; s++) e->total[s] += e->sum[part * sums + s];
    run->objective = e->total[0];
}

/* --- M ---------------------------------------------------------------------------------------- */

/* From sums about the old mean: share, mean and W = sum of r (x - mean)(x - mean)'. A component that
 * nobody belongs to stays where it is, with share 0. */
static void moments(em_t *e)
{
    for (int g = 0; g < e->k; g++) {
        const double *total = e->total + 1 + (size_t)g * sums_of(e), *product = total + 1 + e->d;
        double *scatter = e->covariance + g * e->d * e->d, *mean = e->mean + g * e->d;
        double r = total[0];
        e->share[g] = r / e->weight;
        for (int i = 0; i < e->d; product += ++i)
            for (int j = 0; j <= i; j++) {
                double moved = r > 0 ? total[1 + i] / r * total[1 + j] : 0;
                scatter[i * e->d + j] = scatter[j * e->d + i] = product[j] - moved;
            }
        for (int j = 0; r > 0 && j < e->d; j++) mean[j] += total[1 + j] / r;
    }
}

/* Inverse factors and constants of the covariances. */
static void factors(em_t *e)
{
    size_t square = (size_t)e->d * (size_t)e->d;
    e->floored = 0;
    for (int g = 0; g < e->k; g++) {
        double log_det;
        double *covariance = e->covariance + (size_t)g * square;
        e->floored +=
            scatter_factor(covariance, e->d, e->floor, e->inverse + (size_t)g * square, &log_det);
        e->constant[g] = m_log(e->share[g]) - 0.5 * (e->d * log_2pi + log_det);
    }
}

static void maximise(em_run_t *run)
{
    em_t *e = (em_t *)run;
    moments(e);
    scatter_to_covariance(e->shape, e->covariance, e->share, e->weight, e->k, e->d, e->scratch);
    factors(e);
}

/* --- from a start to the end ------------------------------------------------------------------ */

/* Sums of people who belong wholly to their nearest centre: the first M. */
static void sums_of_segments(em_t *e)
{
    const lloyd_t *l = &e->lloyd;
    memset(e->total, 0, (1 + (size_t)e->k * sums_of(e)) * sizeof(double));
    memcpy(e->mean, l->centre, (size_t)(e->k * e->d) * sizeof(double));
    for (size_t n = 0; n < e->p->n; n++) {
        int g = l->segment[n];
        double *to = e->total + 1 + (size_t)g * sums_of(e), *product = to + 1 + e->d;
        double r = weight_of(e->p, n), away[MIXTURE_COLUMNS];
        for (int j = 0; j < e->d; j++)
            away[j] = e->p->x[n * (size_t)e->d + (size_t)j] - e->mean[g * e->d + j];
        to[0] += r;
        for (int j = 0; j < e->d; j++) to[1 + j] += r * away[j];
        for (int i = 0; i < e->d; product += ++i)
            for (int j = 0; j <= i; j++) product[j] += r * away[i] * away[j];
    }
}

/* Even starts begin with k-means, odd ones with the nearest of k people drawn by k-means++. */
static bool begin(em_run_t *run, rng_key_t key, uint32_t start)
{
    em_t *e = (em_t *)run;
    if (lloyd_start(&e->lloyd, key, start) < e->k) return false;
    lloyd_settle(&e->lloyd, start % 2 ? 0 : SETTLING, NULL, 0);
    sums_of_segments(e);
    maximise(run);
    return true;
}

static const em_model_t model = {begin, expect, maximise};

static void copy_parameters(double *share, double *mean, double *covariance, const double *share0,
                            const double *mean0, const double *covariance0, int k, int d)
{
    memcpy(share, share0, (size_t)k * sizeof *share);
    memcpy(mean, mean0, (size_t)(k * d) * sizeof *mean);
    memcpy(covariance, covariance0, (size_t)(k * d * d) * sizeof *covariance);
}

/* A start that rests on the floor is only better than others that do. */
static void keep_better(void *context, const em_run_t *run)
{
    mixture_t *m = context;
    const em_t *e = (const em_t *)run;
    bool first = m->restarts++ == 0, worse = false;
    bool alike = !first && (e->floored > 0) == (m->floored > 0);
    double gap = alike ? m_abs(run->objective - m->loglik) : MATHS_INFINITY;
    bool same = gap <= same_loglik * m_abs(m->loglik);
    if (!first)
        worse =
            (e->floored > 0) != (m->floored > 0) ? e->floored > 0 : !(run->objective > m->loglik);
    if (worse) {
        m->agreeing += same;
        if (!same) m->behind = m_min(m->behind, gap);
        return;
    }
    m->agreeing = same ? m->agreeing + 1 : 1;
    if (!same) m->behind = gap;
    m->loglik = run->objective;
    m->floored = e->floored;
    m->rounds = run->rounds;
    copy_parameters(m->share, m->mean, m->covariance, e->share, e->mean, e->covariance, m->k, m->d);
}

static status_t try_starts(mixture_t *m, const points_t *p, const double *floor,
                           const search_t *how, error_t *err)
{
    em_t room[EM_AT_ONCE] = {0};
    em_run_t *slot[EM_AT_ONCE];
    int slots = em_slots(p->n, how);
    status_t st = OK;
    for (int s = 0; s < slots && st == OK; s++) {
        slot[s] = &room[s].run;
        st = em_init(&room[s], p, m->k, m->shape, floor, em_workers(slots, how), err);
    }
    if (st == OK) st = em_try_starts(&model, slot, slots, how, keep_better, m, err);
    for (int s = 0; s < slots; s++) em_free(&room[s]);
    return st;
}

/* On all rows, or on a sample of the people where they are many. */
static status_t choose_start(mixture_t *m, const points_t *p, const points_t *rows,
                             const double *floor, const search_t *how, error_t *err)
{
    size_t most = how->start_on ? how->start_on : EM_TRIED_ON, drawn;
    if (rows->n <= most) return try_starts(m, rows, floor, how, err);
    points_t sample = {0};
    size_t *person = people_drawn(p->n, most, how->key, rng_path_hash("segments.start"), &drawn);
    status_t st = person ? points_of_people(&sample, p, person, drawn, err)
                         : fail_memory(err, "a sample of people");
    if (st == OK) st = points_check(&sample, err);
    if (st == OK) st = try_starts(m, &sample, floor, how, err);
    points_free(&sample);
    free(person);
    return st;
}

/* --- the whole -------------------------------------------------------------------------------- */

/* Posteriors of everyone, a part of the people at a time. */
typedef struct {
    const em_t *e;
    mixture_t *m;
} belonging_t;

WIDE static void belong_task(void *context, size_t part)
{
    const belonging_t *to = context;
    const em_t *e = to->e;
    size_t size = part_size(e->p->n), first = part * size, last = first + size;
    if (last > e->p->n) last = e->p->n;
    for (size_t i = first; i < last; i += BLOCK) {
        block_t b;
        block_load(&b, e->p, i, last);
        for (int g = 0; g < e->k; g++) block_density(&b, e, g);
        block_posterior(&b, e->k);
        for (size_t l = 0; l < BLOCK && i + l < last; l++) {
            int own = 0;
            for (int g = 1; g < e->k; g++)
                if (b.log[g][l] > b.log[own][l]) own = g;
            to->m->segment[i + l] = own;
            to->m->certainty[i + l] = b.log[own][l];
        }
    }
}

static void take(mixture_t *m, const em_t *e)
{
    int rank[SEGMENTS_MOST];
    size_t d = (size_t)m->d;
    belonging_t to = {e, m};
    workers_run(e->workers, parts_of(e->p->n), belong_task, &to);
    segments_rank(e->share, m->segment, e->p->n, m->k, rank);
    for (size_t i = 0; i < e->p->n; i++) m->segment[i] = rank[m->segment[i]];
    for (int g = 0; g < m->k; g++) {
        size_t at = (size_t)rank[g];
        m->share[at] = e->share[g];
        memcpy(m->mean + at * d, e->mean + (size_t)g * d, d * sizeof(double));
        memcpy(m->covariance + at * d * d, e->covariance + (size_t)g * d * d,
               d * d * sizeof(double));
    }
    m->loglik = e->run.objective;
    m->floored = e->floored;
    m->rounds += e->run.rounds;
    m->settled = e->run.settled;
    m->parameters = mixture_parameters(m->shape, m->k, m->d);
    m->bic = -2 * m->loglik + m->parameters * m_log(e->weight);
}

static status_t finish(mixture_t *m, const points_t *p, const double *floor, const search_t *how,
                       error_t *err)
{
    em_t e;
    status_t st = em_init(&e, p, m->k, m->shape, floor, how->workers, err);
    if (st != OK) return st;
    copy_parameters(e.share, e.mean, e.covariance, m->share, m->mean, m->covariance, m->k, m->d);
    factors(&e);
    if (em_settle(&model, &e.run, how))
        take(m, &e);
    else
        st = search_interrupted(err);
    em_free(&e);
    return st;
}

static status_t prepare(mixture_t *m, const points_t *p, int k, mixture_shape_t shape, error_t *err)
{
    size_t d = (size_t)p->d, groups = (size_t)k;
    *m = (mixture_t){.shape = shape, .k = k, .d = p->d};
    status_t st = points_check(p, err);
    if (st != OK) return st;
    if (k < 1 || k > SEGMENTS_MOST)
        return fail(err, ERR_INVALID, "%d segments: 1 to %d are possible", k, SEGMENTS_MOST);
    if (p->d > MIXTURE_COLUMNS)
        return fail(err, ERR_INVALID, "%d columns: a mixture takes at most %d", p->d,
                    MIXTURE_COLUMNS);
    m->share = array_of(groups, sizeof(double));
    m->mean = array_of(groups * d, sizeof(double));
    m->covariance = array_of(groups * d * d, sizeof(double));
    m->segment = array_of(p->n, sizeof(int));
    m->certainty = array_of(p->n, sizeof(double));
    bool fine = m->share && m->mean && m->covariance && m->segment && m->certainty;
    return fine ? OK : fail_memory(err, "the segments");
}

/* The least pivots: FLOOR x each column's variance. */
static status_t floor_of(double *floor, const points_t *p, error_t *err)
{
    for (int j = 0; j < p->d; j++) {
        double weight = 0, mean = 0, square = 0;
        for (size_t i = 0; i < p->n; i++) { /* West 1979 */
            double w = weight_of(p, i), away = p->x[i * (size_t)p->d + (size_t)j] - mean;
            if (!(w > 0)) continue;
            weight += w;
            mean += away * (w / weight);
            square += w * away * (p->x[i * (size_t)p->d + (size_t)j] - mean);
        }
        floor[j] = FLOOR * square / weight;
        if (!(floor[j] > 1e-200 && floor[j] <= 1e200))
            return fail(err, ERR_INVALID,
                        floor[j] > 1 ? "column %d spreads too wide for a mixture: scale it"
                                     : "column %d hardly varies: a mixture has no density there",
                        j + 1);
    }
    return OK;
}

status_t mixture_init(mixture_t *m, const points_t *p, int k, mixture_shape_t shape,
                      const search_t *how, error_t *err)
{
    double floor[MIXTURE_COLUMNS];
    distinct_t q = {0};
    status_t st = prepare(m, p, k, shape, err);
    if (st == OK) st = distinct_init(&q, p, err);
    if (st == OK) st = floor_of(floor, &q.points, err);
    if (st == OK) st = choose_start(m, p, &q.points, floor, how, err);
    if (st == OK) st = finish(m, &q.points, floor, how, err);
    if (st == OK) distinct_segments(&q, p->n, m->segment);
    if (st == OK) distinct_numbers(&q, p->n, m->certainty);
    distinct_free(&q);
    return st;
}
