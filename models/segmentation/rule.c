/* rule.c -- the search for a targeting rule, over bit sets.
 *
 * Every answer that a feature can give (a level, a year of age, yes) is a set of people, a bit each. The
 * counts of a branch by answer are population counts of intersections; from them the best age range and
 * the best set of levels follow without looking at anyone again: F = (1 + beta^2) tp / (beta^2 segment +
 * picked) is a ratio of sums, so that levels enter in the order of their precision. */
#include "models/segmentation/rule.h"

#include "models/base/maths.h"
#include "models/segmentation/text.h"

#include <stdlib.h>
#include <string.h>

enum { SLICES = 8, YEARS = FEATURE_YEARS_MOST + 1 };

/* ---- counting ---- */

/* Compiled once for every x86-64 and once for those that count bits in one instruction; sanitizers cannot
 * start such programs. */
#if defined __x86_64__ && defined __gnu_linux__ && !defined __clang__ &&                           \
    !defined __SANITIZE_ADDRESS__ && !defined __SANITIZE_THREAD__
#define COUNTS __attribute__((target_clones("popcnt", "default")))
#else
#define COUNTS
#endif

COUNTS static int64_t count_both(const uint64_t *a, const uint64_t *b, size_t words)
{
    int64_t n = 0;
    for (size_t k = 0; k < words; k++) n += __builtin_popcountll(a[k] & b[k]);
    return n;
}

COUNTS static int64_t count_all(const uint64_t *a, const uint64_t *b, const uint64_t *c,
                                size_t words)
{
    int64_t n = 0;
    for (size_t k = 0; k < words; k++) n += __builtin_popcountll(a[k] & b[k] & c[k]);
    return n;
}

/* ---- the half that is searched ---- */

typedef struct {
    int feature, code; /* of a flag: 1 */
    uint64_t *set;
} answer_t;

typedef struct {
    const people_t *p;
    rule_options_t o;
    size_t n, words;
    uint32_t *person;        /* of the half */
    int n_slices;            /* 0: everyone weighs the same */
    uint64_t *slice[SLICES]; /* bit b of the weights */
    uint64_t *member;        /* in the segment */
    answer_t *answer;        /* by feature, ascending by code */
    int n_answers;
    int *first;                 /* [feature + 1]: its answers */
    bool *unknown;              /* [feature]: is it unknown of anyone? */
    double segment;             /* weight of the members */
    double picked, true_picked; /* by the branches there are */
} finder_t;

static double weigh(const finder_t *s, const uint64_t *a, const uint64_t *b)
{
    if (!s->n_slices) return (double)count_both(a, b, s->words);
    int64_t sum = 0;
    for (int k = 0; k < s->n_slices; k++) sum += count_all(a, b, s->slice[k], s->words) << k;
    return (double)sum;
}

static bool searched(rng_key_t key, size_t i)
{
    enum { OF_RULES = 0 };
    return rng_at(key, DRAW_HALF, OF_RULES, 0, i, 0, 0).word[0] & 1;
}

static uint64_t *new_set(const finder_t *s)
{
    return calloc(s->words + 1, sizeof(uint64_t));
}

static void set_bit(uint64_t *set, size_t at)
{
    set[at / 64] |= 1ull << at % 64;
}

static bool is_usable(const feature_t *f)
{
    return !f->hidden && feature_is_writable(f);
}

static bool add_answers(finder_t *s, int feature)
{
    const feature_t *f = &s->p->feature[feature];
    int of_code[256];
    bool there[256] = {false};
    s->first[feature] = s->n_answers;
    if (!is_usable(f)) return true;
    for (size_t k = 0; k < s->n; k++) there[feature_code(f, s->person[k])] = true;
    for (size_t i = 0; i < s->p->n && !s->unknown[feature]; i++)
        s->unknown[feature] = feature_code(f, i) == FEATURE_UNKNOWN;
    for (int code = f->kind == FEATURE_FLAG; code < FEATURE_UNKNOWN; code++) {
        if (!there[code]) continue;
        of_code[code] = s->n_answers;
        s->answer[s->n_answers] = (answer_t){feature, code, new_set(s)};
        if (!s->answer[s->n_answers++].set) return false;
    }
    for (size_t k = 0; k < s->n; k++) {
        int code = feature_code(f, s->person[k]);
        if (code == FEATURE_UNKNOWN || (f->kind == FEATURE_FLAG && code == 0)) continue;
        set_bit(s->answer[of_code[code]].set, k);
    }
    return true;
}

/* Weights in 255ths of the largest, none below one. */
static bool add_weights(finder_t *s)
{
    double most = 0, least = MATHS_INFINITY;
    for (size_t k = 0; k < s->n; k++) {
        most = m_max(most, people_weight(s->p, s->person[k]));
        least = m_min(least, people_weight(s->p, s->person[k]));
    }
    if (most == least) return true;
    for (s->n_slices = 0; s->n_slices < SLICES; s->n_slices++)
        if (!(s->slice[s->n_slices] = new_set(s))) return false;
    for (size_t k = 0; k < s->n; k++) {
        unsigned w = (unsigned)(255 * people_weight(s->p, s->person[k]) / most + 0.5);
        for (unsigned b = 0; b < SLICES; b++)
            if ((w ? w : 1) >> b & 1) set_bit(s->slice[b], k);
    }
    return true;
}

static status_t finder_init(finder_t *s, const int *segment, int which, rng_key_t key, error_t *err)
{
    const people_t *p = s->p;
    size_t features = (size_t)p->n_features + 1;
    s->person = malloc((p->n + 1) * sizeof *s->person);
    s->answer = calloc(features * 128, sizeof *s->answer);
    s->first = calloc(features, sizeof *s->first);
    s->unknown = calloc(features, sizeof *s->unknown);
    if (!s->person || !s->answer || !s->first || !s->unknown) return fail_memory(err, "a rule");
    for (size_t i = 0; i < p->n; i++)
        if (segment[i] >= 0 && searched(key, i)) s->person[s->n++] = (uint32_t)i;
    s->words = (s->n + 63) / 64;
    s->member = new_set(s);
    bool made = s->member && add_weights(s);
    for (int f = 0; made && f < p->n_features; f++) made = add_answers(s, f);
    if (!made) return fail_memory(err, "a rule");
    s->first[p->n_features] = s->n_answers;
    for (size_t k = 0; k < s->n; k++)
        if (segment[s->person[k]] == which) set_bit(s->member, k);
    s->segment = weigh(s, s->member, s->member);
    return OK;
}

static void finder_free(finder_t *s)
{
    for (int k = 0; s->answer && k < s->n_answers; k++) free(s->answer[k].set);
    for (int b = 0; b < SLICES; b++) free(s->slice[b]);
    free(s->person);
    free(s->answer);
    free(s->first);
    free(s->unknown);
    free(s->member);
}

/* ---- what a clause would do ---- */

/* F when a branch picks `picked`, of which `right` are members, beside the branches there are. */
static double f_with(const finder_t *s, double right, double picked)
{
    double square = s->o.beta * s->o.beta;
    return (1 + square) * (s->true_picked + right) / (square * s->segment + s->picked + picked);
}

/* A branch being built. */
typedef struct {
    branch_t branch;
    double right, picked, f;
    uint64_t *set; /* whom it picks, of those whom no earlier branch picks */
} partial_t;

/* The branch that a further clause would make; its set is not made yet. */
typedef struct {
    int from; /* partial */
    condition_t clause;
    double right, picked, f;
} candidate_t;

/* The best few so far, best first. */
typedef struct {
    candidate_t at[RULE_BEAM];
    int n, most;
} shortlist_t;

static bool same_people(const candidate_t *a, const candidate_t *b)
{
    return a->right == b->right && a->picked == b->picked;
}

/* Equal counts are nearly always the same people by another way: the first is kept. */
static void consider(shortlist_t *l, const candidate_t *c)
{
    if (!(c->picked > 0)) return;
    for (int k = 0; k < l->n; k++)
        if (same_people(&l->at[k], c)) return;
    if (l->n == l->most && l->at[l->n - 1].f >= c->f) return;
    int k = l->n < l->most ? l->n++ : l->n - 1;
    while (k > 0 && l->at[k - 1].f < c->f) {
        l->at[k] = l->at[k - 1];
        k--;
    }
    l->at[k] = *c;
}

typedef struct {
    double right, picked; /* of the branch's people with this answer */
    int code;
} tally_t;

static int most_precise_first(const void *a, const void *b)
{
    const tally_t *x = a, *y = b;
    if ((x->picked > 0) != (y->picked > 0)) return x->picked > 0 ? -1 : 1;
    double left = x->right * y->picked, right = y->right * x->picked;
    if (left != right) return left > right ? -1 : 1;
    return x->code - y->code;
}

static void try_flag(const finder_t *s, candidate_t c, const partial_t *p, const tally_t *t, int n,
                     shortlist_t *l)
{
    if (!n) return;
    c.right = t[0].right;
    c.picked = t[0].picked;
    c.f = f_with(s, c.right, c.picked);
    consider(l, &c);
    c.clause.negated = true;
    c.right = p->right - t[0].right;
    c.picked = p->picked - t[0].picked;
    c.f = f_with(s, c.right, c.picked);
    consider(l, &c);
}

static void try_levels(const finder_t *s, candidate_t c, tally_t *t, int n, shortlist_t *l)
{
    qsort(t, (size_t)n, sizeof *t, most_precise_first);
    candidate_t best = c;
    best.f = -1;
    for (int k = 0; k < n && t[k].picked > 0; k++) {
        c.clause.levels |= 1ull << t[k].code;
        c.right += t[k].right;
        c.picked += t[k].picked;
        c.f = f_with(s, c.right, c.picked);
        if (c.f > best.f) best = c;
    }
    if (best.f >= 0) consider(l, &best);
}

static void try_years(const finder_t *s, candidate_t c, const tally_t *t, int n, shortlist_t *l)
{
    candidate_t best = c;
    best.f = -1;
    for (int low = 0; low < n; low++) {
        c.right = c.picked = 0;
        for (int high = low; high < n; high++) {
            c.right += t[high].right;
            c.picked += t[high].picked;
            c.f = f_with(s, c.right, c.picked);
            if (!(c.f > best.f)) continue;
            best = c;
            best.clause.low = low ? t[low].code : 0; /* nobody is younger */
            best.clause.high = high + 1 < n ? t[high].code : FEATURE_YEARS_MOST;
        }
    }
    if (best.f >= 0) consider(l, &best);
}

static bool asks(const branch_t *b, int feature)
{
    for (int k = 0; k < b->n; k++)
        if (b->clause[k].feature == feature) return true;
    return false;
}

static void try_feature(const finder_t *s, const partial_t *p, int from, int feature,
                        const uint64_t *members, shortlist_t *l)
{
    int first = s->first[feature], n = s->first[feature + 1] - first;
    tally_t t[YEARS];
    for (int k = 0; k < n; k++) {
        const answer_t *a = &s->answer[first + k];
        t[k] = (tally_t){weigh(s, members, a->set), weigh(s, p->set, a->set), a->code};
    }
    candidate_t c = {.from = from, .clause = {.feature = feature}};
    switch (s->p->feature[feature].kind) {
    case FEATURE_FLAG: try_flag(s, c, p, t, n, l); break;
    case FEATURE_LEVELS: try_levels(s, c, t, n, l); break;
    case FEATURE_YEARS: try_years(s, c, t, n, l); break;
    default: break;
    }
}

/* ---- branches ---- */

/* Narrows `set` to those who answer. A set of levels, a range of years or a yes is a union of answers. */
static void narrow(const finder_t *s, const condition_t *c, uint64_t *set)
{
    int first = s->first[c->feature], n = s->first[c->feature + 1] - first;
    feature_kind_t kind = s->p->feature[c->feature].kind;
    for (size_t w = 0; w < s->words; w++) {
        uint64_t yes = 0;
        for (int k = 0; k < n; k++) {
            const answer_t *a = &s->answer[first + k];
            bool in = kind == FEATURE_FLAG     ? true
                      : kind == FEATURE_LEVELS ? c->levels >> a->code & 1
                                               : a->code >= c->low && a->code <= c->high;
            if (in) yes |= a->set[w];
        }
        set[w] &= c->negated ? ~yes : yes;
    }
}

static double price(const finder_t *s, int clauses)
{
    return s->o.worthwhile * clauses;
}

/* The sets of a beam, and of the next one. */
typedef struct {
    partial_t now[RULE_BEAM], next[RULE_BEAM];
    uint64_t *members; /* scratch: of one branch */
    int n;
} beam_t;

static void beam_free(beam_t *b)
{
    for (int k = 0; k < RULE_BEAM; k++) {
        free(b->now[k].set);
        free(b->next[k].set);
    }
    free(b->members);
}

static status_t beam_init(beam_t *b, const finder_t *s, const uint64_t *left, error_t *err)
{
    *b = (beam_t){.n = 1, .members = new_set(s)};
    bool made = b->members;
    for (int k = 0; k < s->o.beam; k++) {
        b->now[k].set = new_set(s);
        b->next[k].set = new_set(s);
        made = made && b->now[k].set && b->next[k].set;
    }
    if (!made) return fail_memory(err, "a rule");
    memcpy(b->now[0].set, left, s->words * sizeof *left);
    b->now[0].right = weigh(s, left, s->member);
    b->now[0].picked = weigh(s, left, left);
    b->now[0].f = f_with(s, b->now[0].right, b->now[0].picked);
    return OK;
}

/* One clause more for each branch of the beam; the best of them all make the next beam. */
static void beam_step(beam_t *b, const finder_t *s)
{
    shortlist_t l = {.n = 0, .most = s->o.beam};
    for (int k = 0; k < b->n; k++) {
        const partial_t *p = &b->now[k];
        for (size_t w = 0; w < s->words; w++) b->members[w] = p->set[w] & s->member[w];
        for (int f = 0; f < s->p->n_features; f++)
            if (!asks(&p->branch, f)) try_feature(s, p, k, f, b->members, &l);
    }
    for (int k = 0; k < l.n; k++) {
        const candidate_t *c = &l.at[k];
        uint64_t *set = b->next[k].set;
        memcpy(set, b->now[c->from].set, s->words * sizeof *set);
        narrow(s, &c->clause, set);
        b->next[k] = (partial_t){b->now[c->from].branch, c->right, c->picked, c->f, set};
        b->next[k].branch.clause[b->next[k].branch.n++] = c->clause;
    }
    for (int k = 0; k < RULE_BEAM; k++) {
        partial_t swap = b->now[k];
        b->now[k] = b->next[k];
        b->next[k] = swap;
    }
    b->n = l.n;
}

/* The best branch among the people of `left`, its people in `picked`; the branch of no clauses if none
 * is worth its price. */
static status_t find_branch(const finder_t *s, const uint64_t *left, partial_t *best, error_t *err)
{
    beam_t b;
    status_t st = beam_init(&b, s, left, err);
    uint64_t *set = best->set;
    if (st == OK) {
        memcpy(set, left, s->words * sizeof *set);
        *best = (partial_t){b.now[0].branch, b.now[0].right, b.now[0].picked, b.now[0].f, set};
    }
    for (int step = 0; st == OK && step < s->o.clauses && b.n > 0; step++) {
        beam_step(&b, s);
        if (!b.n) break;
        const partial_t *p = &b.now[0];
        if (!(p->f - price(s, p->branch.n) > best->f - price(s, best->branch.n))) continue;
        memcpy(set, p->set, s->words * sizeof *set);
        *best = *p;
        best->set = set;
    }
    beam_free(&b);
    return st;
}

/* "not region South" is shorter than all the others, where everyone's region is known. */
static void shorten(const finder_t *s, condition_t *c)
{
    const feature_t *f = &s->p->feature[c->feature];
    if (f->kind != FEATURE_LEVELS || s->unknown[c->feature]) return;
    uint64_t all = f->n_levels == 64 ? ~0ull : (1ull << f->n_levels) - 1, others = all & ~c->levels;
    if (!others || __builtin_popcountll(others) >= __builtin_popcountll(c->levels)) return;
    c->levels = others;
    c->negated = true;
}

static status_t find_rule(finder_t *s, rule_t *rule, error_t *err)
{
    uint64_t *left = new_set(s);
    partial_t best = {.set = new_set(s)};
    status_t st = left && best.set ? OK : fail_memory(err, "a rule");
    if (st == OK)
        for (size_t k = 0; k < s->n; k++) set_bit(left, k);
    double f = 0;
    while (st == OK && rule->n < s->o.branches) {
        st = find_branch(s, left, &best, err);
        bool worth = rule->n == 0 || best.f - price(s, best.branch.n) > f;
        if (st != OK || !worth || best.branch.n == 0) break;
        rule->branch[rule->n] = best.branch;
        for (int k = 0; k < best.branch.n; k++) shorten(s, &rule->branch[rule->n].clause[k]);
        rule->n++;
        f = best.f;
        s->true_picked += best.right;
        s->picked += best.picked;
        for (size_t w = 0; w < s->words; w++) left[w] &= ~best.set[w];
    }
    free(left);
    free(best.set);
    return st;
}

/* ---- scores ---- */

bool rule_matches(const people_t *p, const rule_t *r, size_t i)
{
    for (int b = 0; b < r->n; b++) {
        int k = 0;
        while (k < r->branch[b].n && condition_holds(p, &r->branch[b].clause[k], i)) k++;
        if (k == r->branch[b].n) return true;
    }
    return r->n == 0;
}

typedef struct {
    double right, picked, segment, people;
} sums_t;

/* A person of segment `is`, when `which` is looked for. */
static void sums_add(sums_t *s, const people_t *p, const rule_t *r, int is, int which, size_t i)
{
    double w = people_weight(p, i);
    bool picked = rule_matches(p, r, i);
    s->people += picked ? w : 0;
    s->picked += picked && is >= 0 ? w : 0;
    s->segment += is == which ? w : 0;
    s->right += picked && is == which ? w : 0;
}

static rule_score_t score_of(const sums_t *s, double beta)
{
    double square = beta * beta;
    return (rule_score_t){.precision = s->right / s->picked,
                          .recall = s->right / s->segment,
                          .f = (1 + square) * s->right / (square * s->segment + s->picked),
                          .people = s->people,
                          .segment = s->segment};
}

rule_score_t rule_score(const people_t *p, const rule_t *r, const int *segment, int which,
                        double beta)
{
    sums_t s = {0};
    for (size_t i = 0; i < p->n; i++) sums_add(&s, p, r, segment[i], which, i);
    return score_of(&s, beta);
}

/* ---- the whole ---- */

rule_options_t rule_options(void)
{
    return (rule_options_t){.beta = 1, .branches = 2, .clauses = 4, .beam = 4, .worthwhile = 0.005};
}

static status_t check_options(const rule_options_t *o, error_t *err)
{
    if (!(o->beta > 0) || !m_is_finite(o->beta))
        return fail(err, ERR_INVALID, "the beta of a rule is above 0");
    if (o->branches < 1 || o->branches > RULE_BRANCHES)
        return fail(err, ERR_INVALID, "a rule has 1 to %d branches, not %d", RULE_BRANCHES,
                    o->branches);
    if (o->clauses < 1 || o->clauses > RULE_CLAUSES)
        return fail(err, ERR_INVALID, "a branch has 1 to %d clauses, not %d", RULE_CLAUSES,
                    o->clauses);
    if (o->beam < 1 || o->beam > RULE_BEAM)
        return fail(err, ERR_INVALID, "the beam is 1 to %d branches wide, not %d", RULE_BEAM,
                    o->beam);
    return o->worthwhile >= 0 ? OK : fail(err, ERR_INVALID, "a clause is worth 0 or more");
}

static status_t check_segment(const people_t *p, const int *segment, int which, rng_key_t key,
                              error_t *err)
{
    size_t n[2][2] = {{0}};
    for (size_t i = 0; i < p->n; i++)
        if (segment[i] >= 0) n[searched(key, i)][segment[i] == which]++;
    for (int half = 0; half < 2; half++)
        for (int member = 0; member < 2; member++)
            if (!n[half][member])
                return fail(err, ERR_INVALID,
                            "%s in one half of the %zu people, so none can be tried on the other",
                            member ? "nobody is in it" : "everybody is in it", p->n);
    return OK;
}

status_t rule_find(const people_t *p, const int *segment, int which, const rule_options_t *o,
                   rng_key_t key, found_rule_t *out, error_t *err)
{
    *out = (found_rule_t){.rule = {.n = 0}};
    status_t st = check_options(o, err);
    if (st == OK) st = check_segment(p, segment, which, key, err);
    if (st != OK) return st;
    finder_t s = {.p = p, .o = *o};
    st = finder_init(&s, segment, which, key, err);
    if (st == OK) st = find_rule(&s, &out->rule, err);
    finder_free(&s);
    sums_t half[2];
    memset(half, 0, sizeof half);
    for (size_t i = 0; st == OK && i < p->n; i++)
        sums_add(&half[searched(key, i)], p, &out->rule, segment[i], which, i);
    out->searched = score_of(&half[1], o->beta);
    out->held_out = score_of(&half[0], o->beta);
    return st;
}

/* ---- text ---- */

size_t rule_write(const people_t *p, const rule_t *r, char *to, size_t room)
{
    size_t used = 0;
    if (r->n == 0) return text_add(to, room, 0, "everyone");
    for (int b = 0; b < r->n; b++) {
        bool inside = r->n > 1 && r->branch[b].n > 1;
        used = text_add(to, room, used, b ? " or " : "");
        used = text_add(to, room, used, inside ? "(" : "");
        for (int k = 0; k < r->branch[b].n; k++) {
            used = text_add(to, room, used, k ? " and " : "");
            used = condition_add(p, &r->branch[b].clause[k], to, room, used);
        }
        used = text_add(to, room, used, inside ? ")" : "");
    }
    return used;
}
