/* kmeans.c -- many starts, of which the best is kept. */
#include "models/segmentation/kmeans.h"

#include "models/base/maths.h"
#include "models/segmentation/chunk.h"
#include "models/segmentation/lloyd.h"

#include <stdlib.h>
#include <string.h>

enum { ROUNDS = 300, AT_ONCE = 16, TRIED_ON = 50000 };
static const double same_inertia = 1e-6;

void kmeans_free(kmeans_t *m)
{
    free(m->centre);
    free(m->weight);
    free(m->segment);
    *m = (kmeans_t){0};
}

static int rounds_of(const search_t *how)
{
    return how->rounds > 0 ? how->rounds : ROUNDS;
}

/* --- starts ----------------------------------------------------------------------------------- */

/* Starts that run at the same time, one worker each; or one alone, whose people are shared out. */
typedef struct {
    const search_t *how;
    lloyd_t slot[AT_ONCE];
    int found[AT_ONCE]; /* centres of the start; fewer than k: points do not differ enough */
    int slots, first;   /* start number of slot 0 */
} starts_t;

static void start_task(void *context, size_t s)
{
    starts_t *t = context;
    lloyd_t *l = &t->slot[s];
    t->found[s] = lloyd_start(l, t->how->key, (uint32_t)(t->first + (int)s));
    if (t->found[s] == l->k) lloyd_settle(l, rounds_of(t->how), NULL, 0);
}

static status_t too_few(int k, int found, error_t *err)
{
    return fail(err, ERR_INVALID, "%d segments, but only %d different rows", k, found);
}

static status_t starts_init(starts_t *t, const points_t *p, int k, const search_t *how,
                            error_t *err)
{
    bool alone = p->n < ALONE_BELOW;
    int restarts = search_restarts(how);
    *t = (starts_t){.how = how, .slots = alone ? AT_ONCE : 1};
    if (t->slots > restarts) t->slots = restarts;
    status_t st = OK;
    for (int s = 0; s < t->slots && st == OK; s++)
        st = lloyd_init(&t->slot[s], p, k, alone ? NULL : how->workers, err);
    return st;
}

static void starts_free(starts_t *t)
{
    for (int s = 0; s < t->slots; s++) lloyd_free(&t->slot[s]);
}

/* Compared in the order of the starts. */
static void keep_better(kmeans_t *m, const lloyd_t *l)
{
    bool first = m->restarts++ == 0, same;
    same = !first && m_abs(l->inertia - m->inertia) <= same_inertia * m->inertia;
    if (!first && l->inertia >= m->inertia) {
        m->agreeing += same;
        if (!same) m->behind = m_min(m->behind, l->inertia - m->inertia);
        return;
    }
    m->agreeing = same ? m->agreeing + 1 : 1;
    if (!same) m->behind = first ? MATHS_INFINITY : m->inertia - l->inertia;
    m->inertia = l->inertia;
    m->rounds = l->rounds;
    memcpy(m->centre, l->centre, (size_t)m->k * (size_t)m->d * sizeof(double));
}

static status_t try_starts(kmeans_t *m, const points_t *p, const search_t *how, error_t *err)
{
    starts_t t;
    int restarts = search_restarts(how);
    status_t st = starts_init(&t, p, m->k, how, err);
    for (t.first = 0; st == OK && t.first < restarts; t.first += t.slots) {
        int now = restarts - t.first < t.slots ? restarts - t.first : t.slots;
        if (!search_goes_on(how, 0.9 * t.first / restarts)) {
            st = search_interrupted(err);
            break;
        }
        workers_run(t.slots > 1 ? how->workers : NULL, (size_t)now, start_task, &t);
        for (int s = 0; s < now && st == OK; s++) {
            if (t.found[s] < m->k)
                st = too_few(m->k, t.found[s], err);
            else
                keep_better(m, &t.slot[s]);
        }
    }
    starts_free(&t);
    return st;
}

/* The same on a sample of the people, if they are many. */
static status_t choose_start(kmeans_t *m, const points_t *p, const search_t *how, error_t *err)
{
    size_t most = how->start_on ? how->start_on : TRIED_ON, drawn;
    if (p->n <= most) return try_starts(m, p, how, err);
    points_t sample = {0};
    size_t *person = people_drawn(p->n, most, how->key, rng_path_hash("segments.start"), &drawn);
    status_t st = person ? points_of_people(&sample, p, person, drawn, err)
                         : fail_memory(err, "a sample of people");
    if (st == OK) st = points_check(&sample, err); /* all weights of the sample may be 0 */
    if (st == OK) st = try_starts(m, &sample, how, err);
    points_free(&sample);
    free(person);
    return st;
}

/* --- the whole -------------------------------------------------------------------------------- */

static void take(kmeans_t *m, const lloyd_t *l)
{
    size_t d = (size_t)m->d;
    int rank[SEGMENTS_MOST];
    double size[SEGMENTS_MOST] = {0};
    for (size_t i = 0; i < l->p->n; i++) size[l->segment[i]] += weight_of(l->p, i);
    segments_rank(size, l->segment, l->p->n, m->k, rank);
    for (int c = 0; c < m->k; c++) {
        m->weight[rank[c]] = size[c];
        memcpy(m->centre + (size_t)rank[c] * d, l->centre + (size_t)c * d, d * sizeof(double));
    }
    for (size_t i = 0; i < l->p->n; i++) m->segment[i] = rank[l->segment[i]];
    m->inertia = l->inertia;
    m->rounds += l->rounds;
    m->settled = l->settled;
}

static status_t finish(kmeans_t *m, const points_t *p, const search_t *how, error_t *err)
{
    lloyd_t all;
    status_t st = lloyd_init(&all, p, m->k, how->workers, err);
    if (st != OK) return st;
    memcpy(all.centre, m->centre, (size_t)m->k * (size_t)m->d * sizeof(double));
    if (lloyd_settle(&all, rounds_of(how), how, 0.9))
        take(m, &all);
    else
        st = search_interrupted(err);
    lloyd_free(&all);
    return st;
}

static status_t prepare(kmeans_t *m, const points_t *p, int k, error_t *err)
{
    *m = (kmeans_t){.k = k, .d = p->d};
    status_t st = points_check(p, err);
    if (st != OK) return st;
    if (k < 1 || k > SEGMENTS_MOST)
        return fail(err, ERR_INVALID, "%d segments: 1 to %d are possible", k, SEGMENTS_MOST);
    m->centre = array_of((size_t)k * (size_t)p->d, sizeof(double));
    m->weight = array_of((size_t)k, sizeof(double));
    m->segment = array_of(p->n, sizeof(int));
    return m->centre && m->weight && m->segment ? OK : fail_memory(err, "the segments");
}

status_t kmeans_init(kmeans_t *m, const points_t *p, int k, const search_t *how, error_t *err)
{
    status_t st = prepare(m, p, k, err);
    if (st == OK) st = choose_start(m, p, how, err);
    if (st == OK) st = finish(m, p, how, err);
    return st;
}

status_t kmeans_from(kmeans_t *m, const points_t *p, int k, const double *centre,
                     const search_t *how, error_t *err)
{
    status_t st = prepare(m, p, k, err);
    if (st != OK) return st;
    m->restarts = m->agreeing = 1;
    m->behind = MATHS_INFINITY;
    memcpy(m->centre, centre, (size_t)k * (size_t)p->d * sizeof(double));
    return finish(m, p, how, err);
}

status_t kmeans_start(double *centre, const points_t *p, int k, rng_key_t key, uint32_t start,
                      error_t *err)
{
    lloyd_t l;
    status_t st = lloyd_init(&l, p, k, NULL, err);
    if (st != OK) return st;
    int found = lloyd_start(&l, key, start);
    if (found == k)
        memcpy(centre, l.centre, (size_t)k * (size_t)p->d * sizeof(double));
    else
        st = too_few(k, found, err);
    lloyd_free(&l);
    return st;
}

int kmeans_nearest(const kmeans_t *m, const double *x)
{
    int which = 0;
    double best = MATHS_INFINITY;
    for (int c = 0; c < m->k; c++) {
        double square = 0;
        for (int j = 0; j < m->d; j++) {
            double away = x[j] - m->centre[(size_t)c * (size_t)m->d + (size_t)j];
            square += away * away;
        }
        if (square < best) which = c;
        best = m_min(best, square);
    }
    return which;
}
