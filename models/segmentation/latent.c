/* latent.c -- EM for latent classes.
 *
 * ln of share x P(answers | class) is a sum over the bits of a row. Sixteen sums stand ready for each four
 * bits, all classes side by side: a person of 64 items costs 16 look-ups, whatever she answered. The same
 * tables the other way round collect posteriors: what people with these four bits weigh in each class. */
#include "models/segmentation/latent.h"

#include "models/base/maths.h"
#include "models/segmentation/chunk.h"
#include "models/segmentation/coded.h"
#include "models/segmentation/em.h"

#include <stdlib.h>
#include <string.h>

enum {
    NIBBLE = 16, /* values of four bits */
    BLOCK = 8    /* rows whose logarithms are taken together */
};
static const double same_loglik = 1e-5;
static const double least_answer = 1e-12; /* P(level | class): its logarithm is a number */

void latent_free(latent_t *m)
{
    free(m->first);
    free(m->share);
    free(m->answer);
    free(m->segment);
    free(m->certainty);
    *m = (latent_t){0};
}

double latent_yes(const latent_t *m, int class, int item)
{
    return m->answer[class * m->first[m->items] + m->first[item] + 1];
}

/* --- one start -------------------------------------------------------------------------------- */

typedef struct {
    em_run_t run;     /* objective: with ln of the prior */
    const coded_t *c; /* borrowed */
    const workers_t *workers;
    int k, levels; /* of all items together */
    double prior;
    size_t width;   /* k rounded up to whole lanes */
    size_t nibbles; /* of a row */
    double *share;  /* k */
    double *answer; /* k x levels */
    double *base;   /* width: ln of what no bit changes; -inf past k */
    double *table;  /* nibbles x NIBBLE x width */
    double *sum;    /* a part: loglik in the first of LANES, width of weights, then as the table */
    double *total;  /* of all parts */
    double loglik;
} em_t;

static size_t sums_of(const em_t *e)
{
    return LANES + (1 + e->nibbles * NIBBLE) * e->width;
}

static void em_free(em_t *e)
{
    double *const all[] = {e->share, e->answer, e->base, e->table, e->sum, e->total};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    *e = (em_t){0};
}

static status_t em_init(em_t *e, const coded_t *c, int k, double prior, const workers_t *workers,
                        error_t *err)
{
    *e = (em_t){.c = c, .workers = workers, .k = k, .levels = c->first[c->items], .prior = prior};
    e->width = ((size_t)k + LANES - 1) / LANES * LANES;
    e->nibbles = ((size_t)c->columns + 3) / 4;
    e->share = array_of((size_t)k, sizeof(double));
    e->answer = array_of((size_t)(k * e->levels), sizeof(double));
    e->base = array_of(e->width, sizeof(double));
    e->table = array_of(e->nibbles * NIBBLE * e->width, sizeof(double));
    e->sum = array_of(parts_of(c->rows) * sums_of(e), sizeof(double));
    e->total = array_of(sums_of(e), sizeof(double));
    if (e->share && e->answer && e->base && e->table && e->sum && e->total) return OK;
    em_free(e);
    return fail_memory(err, "the latent classes");
}

/* --- E ---------------------------------------------------------------------------------------- */

/* What bit `column` adds to ln P in class g. */
static double bit_worth(const em_t *e, int g, int column)
{
    const double *answer = e->answer + g * e->levels;
    if (!e->c->compact) return m_log(answer[column]);
    return m_log(answer[2 * column + 1]) - m_log(answer[2 * column]);
}

static void tables(em_t *e)
{
    memset(e->table, 0, e->nibbles * NIBBLE * e->width * sizeof(double));
    for (size_t g = 0; g < e->width; g++) e->base[g] = -MATHS_INFINITY;
    for (int g = 0; g < e->k; g++) {
        e->base[g] = m_log(e->share[g]);
        for (int j = 0; e->c->compact && j < e->c->items; j++)
            e->base[g] += m_log(e->answer[g * e->levels + 2 * j]);
        for (int column = 0; column < e->c->columns; column++) {
            double worth = bit_worth(e, g, column);
            double *entry = e->table + (size_t)column / 4 * NIBBLE * e->width + (size_t)g;
            for (size_t value = 0; value < NIBBLE; value++)
                if (value >> column % 4 & 1) entry[value * e->width] += worth;
        }
    }
}

INLINED size_t entry_of(const em_t *e, const uint64_t *bits, size_t nibble)
{
    size_t value = bits[nibble / 16] >> 4 * (nibble % 16) & (NIBBLE - 1);
    return (nibble * NIBBLE + value) * e->width;
}

/* ln of share x P for every class, then e^ of it less the greatest; returns that one. */
INLINED double row_classes(const em_t *e, const uint64_t *bits, double *class)
{
    double most = -MATHS_INFINITY;
    for (size_t from = 0; from < e->width; from += LANES) {
        lanes_t sum, entry;
        memcpy(&sum, e->base + from, sizeof sum);
        for (size_t q = 0; q < e->nibbles; q++) {
            memcpy(&entry, e->table + entry_of(e, bits, q) + from, sizeof entry);
            sum += entry;
        }
        memcpy(class + from, &sum, sizeof sum);
    }
    for (size_t g = 0; g < e->width; g++) most = m_max(most, class[g]);
    for (size_t g = 0; g < e->width; g++) class[g] = m_exp(class[g] - most);
    return most;
}

INLINED void row_collect(const em_t *e, const uint64_t *bits, const double *class, double times,
                         double *sum)
{
    for (size_t from = 0; from < e->width; from += LANES) {
        lanes_t posterior, entry;
        memcpy(&posterior, class + from, sizeof posterior);
        posterior *= times;
        double *to = sum + LANES + from, *table = to + e->width;
        memcpy(&entry, to, sizeof entry);
        entry += posterior;
        memcpy(to, &entry, sizeof entry);
        for (size_t q = 0; q < e->nibbles; q++) {
            double *at = table + entry_of(e, bits, q);
            memcpy(&entry, at, sizeof entry);
            entry += posterior;
            memcpy(at, &entry, sizeof entry);
        }
    }
}

WIDE static void expect_task(void *context, size_t part)
{
    const em_t *e = context;
    const coded_t *c = e->c;
    size_t size = part_size(c->rows), from = part * size, to = from + size;
    double *sum = e->sum + part * sums_of(e), class[SEGMENTS_MOST];
    if (to > c->rows) to = c->rows;
    memset(sum, 0, sums_of(e) * sizeof *sum);
    for (size_t first = from; first < to; first += BLOCK) {
        double most[BLOCK] = {0}, all[BLOCK], w[BLOCK] = {0};
        for (size_t l = 0; l < BLOCK; l++) all[l] = 1;
        for (size_t l = 0; l < BLOCK && first + l < to; l++) {
            const uint64_t *bits = c->bits + (first + l) * (size_t)c->words;
            most[l] = row_classes(e, bits, class);
            w[l] = coded_weight(c, first + l);
            all[l] = 0;
            for (int g = 0; g < e->k; g++) all[l] += class[g];
            row_collect(e, bits, class, w[l] / all[l], sum);
        }
        for (size_t l = 0; l < BLOCK; l++) all[l] = m_log(all[l]);
        for (size_t l = 0; l < BLOCK; l++) sum[0] += w[l] * (most[l] + all[l]);
    }
}

static double log_prior(const em_t *e)
{
    double sum = 0;
    for (int g = 0; e->prior > 0 && g < e->k; g++)
        for (int s = 0; s < e->levels; s++)
            sum += e->prior * e->c->overall[s] * m_log(e->answer[g * e->levels + s]);
    return sum;
}

static void expect(em_run_t *run)
{
    em_t *e = (em_t *)run;
    size_t parts = parts_of(e->c->rows), sums = sums_of(e);
    tables(e);
    workers_run(e->workers, parts, expect_task, e);
    memset(e->total, 0, sums * sizeof(double));
    for (size_t part = 0; part < parts; part++)
        for (size_t s = 0; s < sums; s++) e->total[s] += e->sum[part * sums + s];
    e->loglik = e->total[0];
    run->objective = e->loglik + log_prior(e);
}

/* --- M ---------------------------------------------------------------------------------------- */

/* People of class g whose bit `column` is set. */
static double people_with(const em_t *e, int g, int column)
{
    const double *entry = e->total + LANES + e->width + (size_t)g;
    double sum = 0;
    entry += (size_t)column / 4 * NIBBLE * e->width;
    for (size_t value = 0; value < NIBBLE; value++)
        if (value >> column % 4 & 1) sum += entry[value * e->width];
    return sum;
}

/* Those who answered item j in class g, by level; their sum. */
static double people_by_level(const em_t *e, int g, int j, double *count)
{
    const coded_t *c = e->c;
    double all = 0;
    if (c->compact) {
        all = e->total[LANES + (size_t)g];
        count[1] = people_with(e, g, j);
        count[0] = m_max(all - count[1], 0);
        return all;
    }
    for (int l = 0; l < coded_levels(c, j); l++)
        all += count[l] = people_with(e, g, c->first[j] + l);
    return all;
}

static void maximise(em_run_t *run)
{
    em_t *e = (em_t *)run;
    const coded_t *c = e->c;
    for (int g = 0; g < e->k; g++) {
        double *answer = e->answer + g * e->levels, count[LATENT_LEVELS];
        e->share[g] = e->total[LANES + (size_t)g] / c->people;
        for (int j = 0; j < c->items; j++) {
            double all = people_by_level(e, g, j, count) + e->prior;
            for (int l = 0; all > 0 && l < coded_levels(c, j); l++) {
                int s = c->first[j] + l;
                double p = (count[l] + e->prior * c->overall[s]) / all;
                answer[s] = m_min(m_max(p, least_answer), 1);
            }
        }
    }
}

/* --- from a start to the end ------------------------------------------------------------------ */

/* The row at `target` when rows stand in line by weight. */
static size_t row_at(const coded_t *c, double target)
{
    size_t last = 0;
    for (size_t r = 0; r < c->rows; r++) {
        double w = coded_weight(c, r);
        if (!(w > 0)) continue;
        last = r;
        if (target < w) return r;
        target -= w;
    }
    return last;
}

static double start_unit(rng_key_t key, uint32_t start, uint32_t index)
{
    return rng_unit(rng_at(key, DRAW_START, 1, 0, start, 0, index), 0);
}

/* Even starts: any probabilities, uniform on the simplex. Odd ones: half what one person answered, half
 * what everyone does; where there are many items, that finds classes which the former miss. */
static bool begin(em_run_t *run, rng_key_t key, uint32_t start)
{
    em_t *e = (em_t *)run;
    const coded_t *c = e->c;
    for (int g = 0; g < e->k; g++) {
        double *answer = e->answer + g * e->levels;
        uint32_t address = (uint32_t)g * (LATENT_COLUMNS + 1);
        size_t person = row_at(c, start_unit(key, start, address) * c->people);
        e->share[g] = 1. / e->k;
        for (int j = 0; j < c->items; j++) {
            double sum = 0;
            for (int l = 0; l < coded_levels(c, j); l++) {
                int s = c->first[j] + l;
                answer[s] = start % 2 ? coded_has(c, person, j, l) + c->overall[s]
                                      : -m_log(start_unit(key, start, address + 1 + (uint32_t)s));
                sum += answer[s];
            }
            for (int s = c->first[j]; s < c->first[j + 1]; s++)
                answer[s] = m_max(answer[s] / sum, least_answer);
        }
    }
    return true;
}

static const em_model_t model = {begin, expect, maximise};

/* What a search finds, and what it is told. */
typedef struct {
    latent_t *m;
    const coded_t *c;
    double prior;
    const search_t *how;
    double objective; /* of the kept start */
} fit_t;

static void keep_better(void *context, const em_run_t *run)
{
    fit_t *f = context;
    const em_t *e = (const em_t *)run;
    latent_t *m = f->m;
    bool first = m->restarts++ == 0, same;
    same = !first && m_abs(run->objective - f->objective) <= same_loglik * m_abs(f->objective);
    if (!first && !(run->objective > f->objective)) {
        m->agreeing += same;
        if (!same) m->behind = m_min(m->behind, f->objective - run->objective);
        return;
    }
    m->agreeing = same ? m->agreeing + 1 : 1;
    if (!same) m->behind = first ? MATHS_INFINITY : run->objective - f->objective;
    f->objective = run->objective;
    m->rounds = run->rounds;
    memcpy(m->share, e->share, (size_t)m->k * sizeof(double));
    memcpy(m->answer, e->answer, (size_t)(m->k * e->levels) * sizeof(double));
}

static status_t try_starts(fit_t *f, const coded_t *c, error_t *err)
{
    em_t room[EM_AT_ONCE] = {0};
    em_run_t *slot[EM_AT_ONCE];
    int slots = em_slots(c->rows, f->how);
    status_t st = OK;
    for (int s = 0; s < slots && st == OK; s++) {
        slot[s] = &room[s].run;
        st = em_init(&room[s], c, f->m->k, f->prior, em_workers(slots, f->how), err);
    }
    if (st == OK) st = em_try_starts(&model, slot, slots, f->how, keep_better, f, err);
    for (int s = 0; s < slots; s++) em_free(&room[s]);
    return st;
}

static status_t choose_start(fit_t *f, error_t *err)
{
    size_t most = f->how->start_on ? f->how->start_on : EM_TRIED_ON;
    if (f->c->rows <= most) return try_starts(f, f->c, err);
    coded_t sample = {0};
    status_t st = coded_sample(&sample, f->c, most, f->how->key, err);
    if (st == OK) st = try_starts(f, &sample, err);
    coded_free(&sample);
    return st;
}

/* --- the whole -------------------------------------------------------------------------------- */

typedef struct {
    const em_t *e;
    latent_t *m;
} belonging_t;

WIDE static void belong_task(void *context, size_t part)
{
    const belonging_t *to = context;
    const em_t *e = to->e;
    const coded_t *c = e->c;
    size_t size = part_size(c->n), last = (part + 1) * size;
    for (size_t i = part * size; i < c->n && i < last; i++) {
        double class[SEGMENTS_MOST], sum = 0;
        size_t row = c->row_of ? c->row_of[i] : i;
        int own = 0;
        row_classes(e, c->bits + row * (size_t)c->words, class);
        for (int g = 0; g < e->k; g++) {
            sum += class[g];
            if (class[g] > class[own]) own = g;
        }
        to->m->segment[i] = own;
        to->m->certainty[i] = class[own] / sum;
    }
}

static void take(fit_t *f, const em_t *e)
{
    latent_t *m = f->m;
    int rank[SEGMENTS_MOST];
    belonging_t to = {e, m};
    workers_run(f->how->workers, parts_of(f->c->n), belong_task, &to);
    segments_rank(e->share, m->segment, f->c->n, m->k, rank);
    for (size_t i = 0; i < f->c->n; i++) m->segment[i] = rank[m->segment[i]];
    for (int g = 0; g < m->k; g++) {
        m->share[rank[g]] = e->share[g];
        memcpy(m->answer + rank[g] * e->levels, e->answer + g * e->levels,
               (size_t)e->levels * sizeof(double));
    }
    m->loglik = e->loglik;
    m->rounds += e->run.rounds;
    m->settled = e->run.settled;
    m->parameters = m->k - 1 + m->k * (e->levels - m->items);
    m->bic = -2 * m->loglik + m->parameters * m_log(f->c->people);
    m->patterns = f->c->counted ? f->c->rows : 0;
}

static status_t finish(fit_t *f, error_t *err)
{
    em_t e;
    latent_t *m = f->m;
    status_t st = em_init(&e, f->c, m->k, f->prior, f->how->workers, err);
    if (st != OK) return st;
    memcpy(e.share, m->share, (size_t)m->k * sizeof(double));
    memcpy(e.answer, m->answer, (size_t)(m->k * e.levels) * sizeof(double));
    if (em_settle(&model, &e.run, f->how))
        take(f, &e);
    else
        st = search_interrupted(err);
    em_free(&e);
    return st;
}

static status_t prepare(latent_t *m, const coded_t *c, int k, double prior, error_t *err)
{
    if (k < 1 || k > SEGMENTS_MOST)
        return fail(err, ERR_INVALID, "%d segments: 1 to %d are possible", k, SEGMENTS_MOST);
    if ((size_t)k > c->rows)
        return fail(err, ERR_INVALID, "%d segments, but only %zu different rows", k, c->rows);
    if (!(prior >= 0 && prior <= 1e9))
        return fail(err, ERR_INVALID, "a prior of %g people: 0 to 1e9 are possible", prior);
    m->k = k;
    m->items = c->items;
    m->first = array_of((size_t)c->items + 1, sizeof(int));
    m->share = array_of((size_t)k, sizeof(double));
    m->answer = array_of((size_t)(k * c->first[c->items]), sizeof(double));
    m->segment = array_of(c->n, sizeof(int));
    m->certainty = array_of(c->n, sizeof(double));
    if (!m->first || !m->share || !m->answer || !m->segment || !m->certainty)
        return fail_memory(err, "the segments");
    memcpy(m->first, c->first, ((size_t)c->items + 1) * sizeof(int));
    return OK;
}

status_t latent_init(latent_t *m, const answers_t *a, int k, double prior, const search_t *how,
                     error_t *err)
{
    coded_t c;
    *m = (latent_t){0};
    status_t st = coded_init(&c, a, err);
    if (st == OK) st = prepare(m, &c, k, prior, err);
    fit_t f = {.m = m, .c = &c, .prior = prior, .how = how};
    if (st == OK) st = choose_start(&f, err);
    if (st == OK) st = finish(&f, err);
    coded_free(&c);
    return st;
}
