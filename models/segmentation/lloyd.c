/* lloyd.c -- one start of k-means: k-means++, then Lloyd's rounds with Hamerly's bounds.
 *
 * Hamerly (2010): a person whose distance to the own centre is provably below that to any other cannot
 * change, and no distance is computed. To be the same bytes as without bounds, the proof must hold for
 * distances as they are computed. A computed square has a relative error below (d + 2) 2^-53, less than
 * SLACK / 2 for COLUMNS_MOST columns; so upper bounds are raised by SLACK, lower ones cut by it, and their
 * comparison leaves as much again. */
#include "models/segmentation/lloyd.h"

#include "models/base/maths.h"
#include "models/segmentation/chunk.h"

#include <stdlib.h>
#include <string.h>

static const double SLACK = 2e-13, STEP = 4e-16;
enum { CHUNKS_A_TASK = 16 };

void lloyd_free(lloyd_t *l)
{
    void *const all[] = {l->centre, l->turned, l->earlier, l->moved, l->half,    l->upper,
                         l->lower,  l->sum,    l->total,   l->part,  l->segment, l->changed};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
    *l = (lloyd_t){0};
}

status_t lloyd_init(lloyd_t *l, const points_t *p, int k, const workers_t *workers, error_t *err)
{
    size_t n = p->n, d = (size_t)p->d, groups = (size_t)k, chunks = chunks_of(n);
    *l = (lloyd_t){.p = p, .workers = workers, .k = k, .width = (k + LANES - 1) / LANES * LANES};
    l->centre = array_of(groups * d, sizeof(double));
    l->earlier = array_of(groups * d, sizeof(double));
    l->turned = array_of(d * (size_t)l->width, sizeof(double));
    l->moved = array_of(groups, sizeof(double));
    l->half = array_of(groups, sizeof(double));
    l->upper = array_of(n, sizeof(double));
    l->lower = array_of(n, sizeof(double));
    l->sum = array_of(chunks * groups * (d + 1), sizeof(double));
    l->total = array_of(groups * (d + 1), sizeof(double));
    l->part = array_of(chunks, sizeof(double));
    l->segment = array_of(n, sizeof(int));
    l->changed = array_of(chunks, 1);
    bool fine = l->centre && l->earlier && l->turned && l->moved && l->half && l->upper &&
                l->lower && l->sum && l->total && l->part && l->segment && l->changed;
    if (fine) return OK;
    lloyd_free(l);
    return fail_memory(err, "the search for segments");
}

/* --- over all people -------------------------------------------------------------------------- */

typedef struct {
    lloyd_t *l;
    void (*chunk)(lloyd_t *l, size_t chunk, size_t from, size_t to);
    int centre; /* of a start: the last one */
} sweep_t;

static void sweep_task(void *context, size_t task)
{
    const sweep_t *s = context;
    size_t n = s->l->p->n, last = (task + 1) * CHUNKS_A_TASK;
    for (size_t chunk = task * CHUNKS_A_TASK; chunk < last && chunk * CHUNK < n; chunk++)
        s->chunk(s->l, chunk, chunk * CHUNK, chunk * CHUNK + CHUNK < n ? chunk * CHUNK + CHUNK : n);
}

static void sweep(lloyd_t *l, void (*chunk)(lloyd_t *, size_t, size_t, size_t))
{
    sweep_t s = {.l = l, .chunk = chunk};
    workers_run(l->workers, (chunks_of(l->p->n) + CHUNKS_A_TASK - 1) / CHUNKS_A_TASK, sweep_task,
                &s);
}

static double parts_sum(const lloyd_t *l)
{
    double sum = 0;
    for (size_t c = 0; c < chunks_of(l->p->n); c++) sum += l->part[c];
    return sum;
}

/* Columns in order, as distances_to_all does: the same bits. */
INLINED double square_distance(const double *a, const double *b, int d)
{
    double sum = 0;
    for (int j = 0; j < d; j++) sum += (a[j] - b[j]) * (a[j] - b[j]);
    return sum;
}

static double distance(const double *a, const double *b, int d)
{
    return m_sqrt(square_distance(a, b, d));
}

static const double *row(const lloyd_t *l, size_t i)
{
    return l->p->x + i * (size_t)l->p->d;
}

/* --- k-means++ -------------------------------------------------------------------------------- */

/* upper[i]: squared distance to the nearest centre so far, the last of which is l->mover. */
static void near_chunk(lloyd_t *l, size_t chunk, size_t from, size_t to)
{
    const double *last = l->centre + (size_t)l->mover * (size_t)l->p->d;
    double sum = 0;
    for (size_t i = from; i < to; i++) {
        l->upper[i] = m_min(l->upper[i], square_distance(row(l, i), last, l->p->d));
        sum += weight_of(l->p, i) * l->upper[i];
    }
    l->part[chunk] = sum;
}

/* The person at `target` when all stand in line, each as wide as weight x upper; n if there is no width.
 * Rounding may carry past the end of a chunk, or of the line: then it is the last who has any width. */
static size_t person_at(const lloyd_t *l, double target)
{
    size_t n = l->p->n, chunk = 0, found = n;
    while (chunk + 1 < chunks_of(n) && target >= l->part[chunk]) target -= l->part[chunk++];
    for (size_t i = chunk * CHUNK; i < n; i++) {
        double width = weight_of(l->p, i) * l->upper[i];
        if (!(width > 0)) continue;
        found = i;
        if (target < width) return i;
        target -= width;
    }
    for (size_t i = chunk * CHUNK; found == n && i-- > 0;)
        if (weight_of(l->p, i) * l->upper[i] > 0) found = i;
    return found;
}

static void weights_chunk(lloyd_t *l, size_t chunk, size_t from, size_t to)
{
    l->part[chunk] = 0;
    for (size_t i = from; i < to; i++) {
        l->upper[i] = 1;
        l->part[chunk] += weight_of(l->p, i);
    }
}

static void forget_chunk(lloyd_t *l, size_t chunk, size_t from, size_t to)
{
    (void)chunk;
    for (size_t i = from; i < to; i++) l->upper[i] = MATHS_INFINITY;
}

int lloyd_start(lloyd_t *l, rng_key_t key, uint32_t start)
{
    size_t d = (size_t)l->p->d;
    sweep(l, weights_chunk);
    for (int c = 0; c < l->k; c++) {
        double total = parts_sum(l);
        double u = rng_unit(rng_at(key, DRAW_START, 0, 0, start, 0, (uint32_t)c), 0);
        size_t person = total > 0 ? person_at(l, u * total) : l->p->n;
        if (person == l->p->n) return c;
        memcpy(l->centre + (size_t)c * d, row(l, person), d * sizeof(double));
        l->mover = c;
        if (c == 0) sweep(l, forget_chunk);
        sweep(l, near_chunk);
    }
    return l->k;
}

/* --- whose centre is nearest ------------------------------------------------------------------ */

/* Eight centres at a time, a column after the other. */
INLINED void distances_to_all(const lloyd_t *l, const double *x, double *square)
{
    for (int from = 0; from < l->width; from += LANES) {
        const double *centre = l->turned + from;
        lanes_t sum = {0};
        for (int j = 0; j < l->p->d; j++, centre += l->width) {
            lanes_t at;
            memcpy(&at, centre, sizeof at);
            lanes_t away = x[j] - at;
            sum += away * away;
        }
        memcpy(square + from, &sum, sizeof sum);
    }
}

/* The lowest number among the nearest; and the bounds. */
INLINED int nearest_centre(lloyd_t *l, size_t i)
{
    double square[SEGMENTS_MOST], best = MATHS_INFINITY, second = MATHS_INFINITY;
    int which = 0;
    distances_to_all(l, row(l, i), square);
    for (int c = 0; c < l->k; c++) {
        second = m_min(second, m_max(best, square[c]));
        which = square[c] < best ? c : which;
        best = m_min(best, square[c]);
    }
    l->upper[i] = m_sqrt(best) * (1 + SLACK);
    l->lower[i] = m_sqrt(second) * (1 - SLACK);
    return which;
}

INLINED bool is_proven(double upper, double limit)
{
    return upper * (1 + SLACK) < limit;
}

/* Bounds follow the centres: the own one went moved[own], any other at most the farthest. */
INLINED bool stays(lloyd_t *l, size_t i, int own)
{
    double others = own == l->mover ? l->next : l->farthest;
    double upper = (l->upper[i] + l->moved[own]) * (1 + STEP);
    double lower = l->lower[i] - others - STEP * (m_abs(l->lower[i]) + others);
    double limit = m_max(l->half[own], lower); /* alone: no limit, and `lower` is no number */
    l->upper[i] = upper;
    l->lower[i] = lower;
    if (is_proven(upper, limit)) return true;
    const double *centre = l->centre + (size_t)own * (size_t)l->p->d;
    l->upper[i] = distance(row(l, i), centre, l->p->d) * (1 + SLACK);
    return is_proven(l->upper[i], limit);
}

INLINED void sum_chunk(lloyd_t *l, size_t chunk, size_t from, size_t to)
{
    int d = l->p->d;
    size_t size = (size_t)l->k * (size_t)(d + 1);
    double *sum = l->sum + chunk * size;
    memset(sum, 0, size * sizeof *sum);
    for (size_t i = from; i < to; i++) {
        double w = weight_of(l->p, i), *own = sum + (size_t)l->segment[i] * (size_t)(d + 1);
        const double *x = row(l, i);
        own[0] += w;
        for (int j = 0; j < d; j++) own[1 + j] += w * x[j];
    }
}

WIDE static void assign_chunk(lloyd_t *l, size_t chunk, size_t from, size_t to)
{
    unsigned char changed = 0;
    for (size_t i = from; i < to; i++) {
        int own = l->segment[i];
        if (own >= 0 && stays(l, i, own)) continue;
        int now = nearest_centre(l, i);
        changed |= now != own;
        l->segment[i] = now;
    }
    l->changed[chunk] = changed;
    if (changed) sum_chunk(l, chunk, from, to); /* the sums of the others stand */
}

static bool assign(lloyd_t *l)
{
    size_t d = (size_t)l->p->d, width = (size_t)l->width;
    for (size_t j = 0; j < d; j++)
        for (size_t c = 0; c < width; c++)
            l->turned[j * width + c] = c < (size_t)l->k ? l->centre[c * d + j] : 1e200;
    sweep(l, assign_chunk);
    bool changed = false;
    for (size_t c = 0; c < chunks_of(l->p->n); c++) changed = changed || l->changed[c];
    return changed;
}

/* --- where the centres go --------------------------------------------------------------------- */

WIDE static void sums_join(lloyd_t *l)
{
    size_t size = (size_t)l->k * (size_t)(l->p->d + 1);
    memset(l->total, 0, size * sizeof(double));
    for (size_t chunk = 0; chunk < chunks_of(l->p->n); chunk++) {
        const double *sum = l->sum + chunk * size;
        for (size_t e = 0; e < size; e++) l->total[e] += sum[e];
    }
}

static bool is_centre(const lloyd_t *l, const double *x)
{
    for (int c = 0; c < l->k; c++)
        if (square_distance(x, l->centre + (size_t)c * (size_t)l->p->d, l->p->d) == 0) return true;
    return false;
}

/* A centre that lost everyone goes to the person farthest from her own: the sum cannot rise by it. */
static void centre_refill(lloyd_t *l, int empty)
{
    size_t d = (size_t)l->p->d, found = l->p->n;
    double most = 0;
    for (size_t i = 0; i < l->p->n; i++) {
        if (!(weight_of(l->p, i) > 0)) continue;
        double away = square_distance(row(l, i), l->centre + (size_t)l->segment[i] * d, l->p->d);
        if (away <= most || is_centre(l, row(l, i))) continue;
        most = away;
        found = i;
    }
    if (found < l->p->n) memcpy(l->centre + (size_t)empty * d, row(l, found), d * sizeof(double));
}

static void movements(lloyd_t *l)
{
    size_t d = (size_t)l->p->d;
    l->farthest = l->next = 0;
    l->mover = 0;
    for (int c = 0; c < l->k; c++) {
        const double *here = l->centre + (size_t)c * d;
        double moved = distance(here, l->earlier + (size_t)c * d, l->p->d) * (1 + SLACK);
        l->moved[c] = moved;
        if (moved > l->farthest) {
            l->next = l->farthest;
            l->farthest = moved;
            l->mover = c;
        } else
            l->next = m_max(l->next, moved);
        double nearest = MATHS_INFINITY;
        for (int o = 0; o < l->k; o++)
            if (o != c)
                nearest = m_min(nearest, distance(here, l->centre + (size_t)o * d, l->p->d));
        l->half[c] = nearest / 2 * (1 - SLACK);
    }
}

static void centres_update(lloyd_t *l)
{
    size_t d = (size_t)l->p->d;
    sums_join(l);
    memcpy(l->earlier, l->centre, (size_t)l->k * d * sizeof(double));
    for (int c = 0; c < l->k; c++) {
        const double *total = l->total + (size_t)c * (d + 1);
        for (size_t j = 0; total[0] > 0 && j < d; j++)
            l->centre[(size_t)c * d + j] = total[1 + j] / total[0];
    }
    for (int c = 0; c < l->k; c++)
        if (!(l->total[(size_t)c * (d + 1)] > 0)) centre_refill(l, c);
    movements(l);
}

static void inertia_chunk(lloyd_t *l, size_t chunk, size_t from, size_t to)
{
    double sum = 0;
    for (size_t i = from; i < to; i++) {
        const double *own = l->centre + (size_t)l->segment[i] * (size_t)l->p->d;
        sum += weight_of(l->p, i) * square_distance(row(l, i), own, l->p->d);
    }
    l->part[chunk] = sum;
}

static void nobody_chunk(lloyd_t *l, size_t chunk, size_t from, size_t to)
{
    (void)chunk;
    for (size_t i = from; i < to; i++) l->segment[i] = -1;
}

bool lloyd_settle(lloyd_t *l, int rounds, const search_t *told, double done)
{
    sweep(l, nobody_chunk);
    l->settled = false;
    for (l->rounds = 0; l->rounds < rounds; l->rounds++) {
        if (told && !search_goes_on(told, done)) return false;
        l->settled = !assign(l);
        if (l->settled) break;
        centres_update(l);
    }
    if (!l->settled) l->settled = !assign(l);
    sweep(l, inertia_chunk);
    l->inertia = parts_sum(l);
    return true;
}
