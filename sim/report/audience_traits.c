/* audience_traits.c -- what is worth saying about the people of an audience. */
#include "sim/report/audience.h"

#include <math.h>
#include <stdlib.h>

/* An index is told when it is so far from 100, and surer than 99.9 %: 1.68 times the 95 % interval, for
 * many are looked at. */
static const double INDEX_APART = 5, SURE = 1.68;

/* Does the audience's rule decide this facet: all its people, or none of them where some would be? */
static bool is_decided(const profile_t *p, int64_t people)
{
    return p->simulated == people || (!p->simulated && !p->few);
}

static bool same_attribute(const facet_t *a, const facet_t *b)
{
    return a->kind == b->kind && a->index == b->index &&
           (a->kind == FACET_LEVEL || a->kind == FACET_CUSTOMER);
}

static bool rule_decides(const audience_study_t *s, int audience, int facet)
{
    for (int f = 0; f < s->n_facets; f++) {
        if (f != facet && !same_attribute(&s->facet[f], &s->facet[facet])) continue;
        profile_t p = audience_profile(s, audience, f);
        if (is_decided(&p, s->audience[audience].size.simulated)) return true;
    }
    return false;
}

typedef struct {
    double index;
    int facet;
} ranked_t;

static int by_index(const void *a, const void *b)
{
    const ranked_t *x = a, *y = b;
    if (x->index != y->index) return x->index < y->index ? 1 : -1;
    return x->facet - y->facet;
}

static bool stands_out(const profile_t *p, bool more)
{
    if (p->few || isnan(p->index)) return false;
    if (more) return p->index >= 100 + INDEX_APART && p->index - 100 > SURE * (p->index - p->lo);
    return p->index <= 100 - INDEX_APART && 100 - p->index > SURE * (p->hi - p->index);
}

/* Is it the same people under another name (not_working as a job and as a seniority)? */
static bool is_told(const audience_study_t *s, int audience, const int *facet, int n, int another)
{
    profile_t p = audience_profile(s, audience, another);
    for (int k = 0; k < n; k++) {
        profile_t q = audience_profile(s, audience, facet[k]);
        if (q.simulated == p.simulated && q.everyone == p.everyone) return true;
    }
    return false;
}

int audience_traits(const audience_study_t *s, int audience, bool more, int *facet)
{
    enum { FACETS_MOST = POP_ATTRIBUTES * POP_LEVELS + POP_TRAITS + POP_PLATFORMS + 2 };
    ranked_t ranked[FACETS_MOST];
    int n = 0;
    for (int f = 0; f < s->n_facets; f++) {
        profile_t p = audience_profile(s, audience, f);
        if (!stands_out(&p, more) || rule_decides(s, audience, f)) continue;
        ranked[n++] = (ranked_t){more ? p.index : -p.index, f};
    }
    qsort(ranked, (size_t)n, sizeof *ranked, by_index);
    int kept = 0;
    for (int k = 0; k < n; k++)
        if (!is_told(s, audience, facet, kept, ranked[k].facet)) facet[kept++] = ranked[k].facet;
    return kept;
}
