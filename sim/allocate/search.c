/* search.c -- exchange of lots. What a lot more brings a cell, and what a lot less costs it, is looked at cell by
 * cell; only the most promising exchanges are tried as a whole. */
#include "sim/allocate/search.h"

#include "models/base/maths.h"

#include <math.h>
#include <string.h>

enum {
    TRIED = 4,  /* cells that give, and that take, in exchanges */
    GUESSED = 4 /* exchanges that are looked at where gains are guesses */
};

static double look(search_t *s, const double *spend)
{
    s->looks++;
    return s->value(s->context, spend);
}

/* A cell's spend after a lot more or less: a step that would leave its limits ends at them. */
static double stepped(const problem_t *p, int cell, double x, double lot)
{
    const cell_t *c = &p->cell[cell];
    double to = x + lot;
    if (c->optional && lot > 0 && x < c->low) return m_max(to, c->low);
    if (c->optional && lot < 0 && to < c->low) return 0;
    return m_min(m_max(to, c->low), c->high);
}

/* What a step of each cell changes, and which cells gain the most (or lose the least). */
typedef struct {
    double gain[ALLOCATION_CELLS];
    int order[ALLOCATION_CELLS], n;
} steps_t;

static void steps_look(search_t *s, const double *spend, double lot, double now, steps_t *out)
{
    double at[ALLOCATION_CELLS];
    out->n = 0;
    memcpy(at, spend, sizeof at);
    for (int i = 0; i < s->problem->n && s->looks < s->looks_most; i++) {
        at[i] = stepped(s->problem, i, spend[i], lot);
        if (m_abs(at[i] - spend[i]) > 1e-9 * m_abs(lot)) {
            out->gain[i] = s->guess ? s->guess(s->context, i, spend[i], at[i]) : look(s, at) - now;
            int k = out->n++;
            for (; k > 0 && out->gain[out->order[k - 1]] < out->gain[i]; k--)
                out->order[k] = out->order[k - 1];
            out->order[k] = i;
        }
        at[i] = spend[i];
    }
}

/* Takes a step if it is allowed and gains. */
static bool take(search_t *s, const double *at, double *spend, double *now)
{
    if (!problem_allows(s->problem, at) || s->looks >= s->looks_most) return false;
    double value = look(s, at);
    if (!(value > *now + 1e-12 * m_abs(*now))) return false;
    memcpy(spend, at, (size_t)s->problem->n * sizeof *spend);
    *now = value;
    return true;
}

static bool exchange(search_t *s, double lot, double *spend, double *now)
{
    steps_t up, down;
    double at[ALLOCATION_CELLS];
    steps_look(s, spend, lot, *now, &up);
    memcpy(at, spend, sizeof at);
    if (up.n && up.gain[up.order[0]] > 0) { /* money that is left */
        int i = up.order[0];
        at[i] = stepped(s->problem, i, spend[i], lot);
        if (take(s, at, spend, now)) return true;
        at[i] = spend[i];
    }
    steps_look(s, spend, -lot, *now, &down);
    int tried = 0;
    for (int a = 0; a < up.n && a < TRIED; a++)
        for (int b = 0; b < down.n && b < TRIED; b++) {
            int i = up.order[a], j = down.order[b];
            bool promising = s->guess ? tried < GUESSED : up.gain[i] + down.gain[j] > 0;
            if (i == j || !promising) continue;
            double taken = stepped(s->problem, i, spend[i], lot) - spend[i];
            double freed = spend[j] - stepped(s->problem, j, spend[j], -lot);
            at[i] = spend[i] + (s->problem->cell[i].optional ? taken : m_min(taken, freed));
            at[j] = spend[j] - (s->problem->cell[j].optional ? freed : m_min(taken, freed));
            tried++;
            if (take(s, at, spend, now)) return true;
            at[i] = spend[i];
            at[j] = spend[j];
        }
    return false;
}

double search_climb(search_t *s, double *spend)
{
    double now = look(s, spend);
    for (double lot = s->first; lot >= s->last * (1 - 1e-9) && s->looks < s->looks_most; lot /= 2)
        while (exchange(s, lot, spend, &now)) continue;
    return now;
}
