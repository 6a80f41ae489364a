/* uplift.c -- the uplift tree. */
#include "models/segmentation/uplift.h"

#include "models/base/maths.h"

#include <stdlib.h>
#include <string.h>

enum {
    CUTS = 63, /* of a number: 64 bins of equal size */
    CODES = 256
};

const char *const divergence_name[UPLIFT_DIVERGENCES] = {"euclidean", "kl", "chi-square"};

/* ---- divergences ---- */

static double kl_term(double p, double q)
{
    return p > 0 ? p * m_log(p / q) : 0;
}

double divergence(divergence_t d, double p, double q)
{
    double square = (p - q) * (p - q);
    switch (d) {
    case UPLIFT_KL: return kl_term(p, q) + kl_term(1 - p, 1 - q);
    case UPLIFT_CHI_SQUARE: return square > 0 ? square / q + square / (1 - q) : 0;
    default: return 2 * square;
    }
}

/* Entropy or Gini impurity of a share and its rest. */
static double impurity(divergence_t d, double share)
{
    if (d == UPLIFT_KL) return -kl_term(share, 1) - kl_term(1 - share, 1);
    return 2 * share * (1 - share);
}

/* ---- arms ---- */

/* n observations of mean `outcome` and mean square `square`, each of this weight. */
static void arm_add(arm_t *a, double n, double weight, double outcome, double square)
{
    double weight_2 = n * weight * weight;
    a->people += n;
    a->weight += n * weight;
    a->weight_2 += weight_2;
    if (outcome == 0) return; /* as most are */
    a->converted += n * weight * outcome;
    a->converted_2 += weight_2 * outcome;
    a->square_2 += weight_2 * square;
}

static arm_t arm_sum(const arm_t *a, const arm_t *b)
{
    return (arm_t){a->people + b->people,           a->weight + b->weight,
                   a->converted + b->converted,     a->weight_2 + b->weight_2,
                   a->converted_2 + b->converted_2, a->square_2 + b->square_2};
}

static arms_t arms_sum(const arms_t *a, const arms_t *b)
{
    return (arms_t){arm_sum(&a->treated, &b->treated), arm_sum(&a->held_out, &b->held_out)};
}

double arm_rate(const arm_t *a)
{
    return a->converted / a->weight;
}

double uplift_of(const arms_t *a)
{
    return arm_rate(&a->treated) - arm_rate(&a->held_out);
}

/* Squared error of a weighted mean, from the scatter about it. */
static double arm_variance(const arm_t *a)
{
    double mean = arm_rate(a);
    double scatter = a->square_2 - 2 * mean * a->converted_2 + mean * mean * a->weight_2;
    return m_max(scatter, 0) / (a->weight * a->weight);
}

double uplift_error(const arms_t *a)
{
    return m_sqrt(arm_variance(&a->treated) + arm_variance(&a->held_out));
}

/* The same in a part of `all`, were its observations as scattered as those of all: a part without any
 * conversions would seem to have no error. */
static double part_variance(const arm_t *part, const arm_t *all)
{
    double of_one = arm_variance(all) * all->weight * all->weight / all->weight_2;
    return of_one * part->weight_2 / (part->weight * part->weight);
}

static double parts_error(const arms_t *a, const arms_t *b)
{
    arms_t all = arms_sum(a, b);
    return m_sqrt(
        part_variance(&a->treated, &all.treated) + part_variance(&b->treated, &all.treated) +
        part_variance(&a->held_out, &all.held_out) + part_variance(&b->held_out, &all.held_out));
}

/* ---- gain ---- */

static double arms_weight(const arms_t *a)
{
    return a->treated.weight + a->held_out.weight;
}

static double arms_divergence(divergence_t d, const arms_t *a)
{
    return divergence(d, arm_rate(&a->treated), arm_rate(&a->held_out));
}

/* What a split costs that divides the arms unevenly, or into many parts. */
static double normaliser(divergence_t d, const arms_t *a, const arms_t *all)
{
    double treated = all->treated.weight / arms_weight(all);
    double of_treated = a->treated.weight / all->treated.weight;
    double of_held_out = a->held_out.weight / all->held_out.weight;
    return impurity(d, treated) * divergence(d, of_treated, of_held_out) +
           treated * impurity(d, of_treated) + (1 - treated) * impurity(d, of_held_out) + 0.5;
}

double uplift_gain(divergence_t d, bool normalised, const arms_t *a, const arms_t *b)
{
    arms_t all = arms_sum(a, b);
    double gain =
        (arms_weight(a) * arms_divergence(d, a) + arms_weight(b) * arms_divergence(d, b)) /
            arms_weight(&all) -
        arms_divergence(d, &all);
    return normalised ? gain / normaliser(d, a, &all) : gain;
}

/* ---- rows ---- */

static size_t rows_of(const experiment_t *e)
{
    return e->person ? e->rows : e->people->n;
}

static size_t person_of(const experiment_t *e, size_t row)
{
    return e->person ? e->person[row] : row;
}

/* Of trials the squares are the outcomes: one or none. */
static void arms_add(arms_t *to, const experiment_t *e, size_t row)
{
    double y = e->outcome[row], n = e->trials ? e->trials[row] : 1;
    arm_add(e->treated[row] ? &to->treated : &to->held_out, n,
            people_weight(e->people, person_of(e, row)), y, e->trials ? y : y * y);
}

/* ---- codes: every feature as one byte a person ---- */

typedef struct {
    const experiment_t *e;
    uplift_options_t o;
    uint8_t **code; /* [feature] of numbers; NULL of the rest, which are bytes or bits already */
    double (*cut)[CUTS]; /* [feature] */
    bool *unknown;       /* [feature]: is it unknown of anyone? */
    uint32_t *row;       /* of the choosing half, grouped by node */
    uint32_t *aside;     /* those who answer no, while a node is split */
    size_t n;            /* in the choosing half */
    uplift_tree_t *tree;
} grower_t;

static uint8_t code_of(const grower_t *g, int feature, size_t i)
{
    return g->code[feature] ? g->code[feature][i]
                            : feature_code(&g->e->people->feature[feature], i);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Cuts at every 64th of the values known; equal cuts leave empty bins, which no split can use. */
static status_t code_number(grower_t *g, int feature, error_t *err)
{
    const people_t *p = g->e->people;
    const double *x = p->feature[feature].number;
    double *sorted = malloc((p->n + 1) * sizeof *sorted), *cut = g->cut[feature];
    uint8_t *code = g->code[feature] = malloc(p->n + 1);
    if (!sorted || !code) {
        free(sorted);
        return fail_memory(err, "the values of a number");
    }
    size_t n = 0;
    for (size_t i = 0; i < p->n; i++)
        if (!m_is_nan(x[i])) sorted[n++] = x[i];
    qsort(sorted, n, sizeof *sorted, ascending);
    for (size_t k = 0; k < CUTS; k++) cut[k] = n ? sorted[n * (k + 1) / (CUTS + 1)] : 0;
    for (size_t i = 0; i < p->n; i++) {
        int low = 0, high = CUTS; /* the number of cuts <= x */
        while (low < high) {
            int middle = (low + high) / 2;
            if (cut[middle] <= x[i])
                low = middle + 1;
            else
                high = middle;
        }
        code[i] = m_is_nan(x[i]) ? FEATURE_UNKNOWN : (uint8_t)low;
    }
    free(sorted);
    return OK;
}

/* ---- the best split of a node ---- */

typedef struct {
    double gain;
    int feature; /* -1: none */
    condition_t question;
} split_t;

/* Keeps the split of `yes` from `no` if it is allowed and better than the best so far. */
static bool improves(const grower_t *g, const arms_t *yes, const arms_t *no, split_t *best)
{
    const arm_t *arm[] = {&yes->treated, &yes->held_out, &no->treated, &no->held_out};
    for (int k = 0; k < 4; k++)
        if (arm[k]->people < g->o.least_people) return false;
    double gain = uplift_gain(g->o.divergence, g->o.normalised, yes, no);
    if (!m_is_finite(gain) || !(gain > best->gain)) return false;
    double error = parts_error(yes, no);
    if (!(m_abs(uplift_of(yes) - uplift_of(no)) >= g->o.least_z * error)) return false;
    best->gain = gain;
    return true;
}

typedef struct {
    int code;
    double uplift;
} ordered_code_t;

static int by_uplift(const void *a, const void *b)
{
    const ordered_code_t *x = a, *y = b;
    if (x->uplift != y->uplift) return x->uplift > y->uplift ? -1 : 1;
    return x->code - y->code;
}

/* Codes in the order in which prefixes of them answer yes: of levels the largest uplift first (a level
 * without both arms stands where its node does), of the rest ascending, flags the yes first. Returns how many. */
static int order_codes(const feature_t *f, const arms_t *by_code, double of_node, int *order)
{
    if (f->kind == FEATURE_FLAG) {
        order[0] = 1;
        order[1] = 0;
        return 2;
    }
    int n = f->kind == FEATURE_LEVELS  ? f->n_levels
            : f->kind == FEATURE_YEARS ? FEATURE_YEARS_MOST + 1
                                       : CUTS + 1;
    for (int k = 0; k < n; k++) order[k] = k;
    if (f->kind != FEATURE_LEVELS) return n;
    ordered_code_t sorted[FEATURE_LEVELS_MOST];
    for (int k = 0; k < n; k++) {
        double u = uplift_of(&by_code[k]);
        sorted[k] = (ordered_code_t){k, m_is_nan(u) ? of_node : u};
    }
    qsort(sorted, (size_t)n, sizeof *sorted, by_uplift);
    for (int k = 0; k < n; k++) order[k] = sorted[k].code;
    return n;
}

/* The question that the first `n` codes of an order answer with yes. */
static condition_t question_of(const grower_t *g, int feature, const int *order, int n)
{
    condition_t c = {.feature = feature, .least = -MATHS_INFINITY, .below = MATHS_INFINITY};
    switch (g->e->people->feature[feature].kind) {
    case FEATURE_YEARS: c.high = order[n - 1]; break;
    case FEATURE_LEVELS:
        for (int k = 0; k < n; k++) c.levels |= 1ull << order[k];
        break;
    case FEATURE_NUMBER: /* the last bin has no cut above it: all whose number is known */
        if (order[n - 1] < CUTS) c.below = g->cut[feature][order[n - 1]];
        break;
    default: break;
    }
    return c;
}

/* The condition of those who answer no. Where everyone is known it need not be a negation. */
static condition_t otherwise(const grower_t *g, const condition_t *yes)
{
    const feature_t *f = &g->e->people->feature[yes->feature];
    condition_t no = *yes;
    uint64_t others = ~yes->levels & (f->n_levels == 64 ? ~0ull : (1ull << f->n_levels) - 1);
    no.negated = true;
    if (g->unknown[yes->feature] || f->kind == FEATURE_FLAG) return no;
    if (f->kind == FEATURE_LEVELS &&
        __builtin_popcountll(others) > __builtin_popcountll(yes->levels))
        return no;
    return (condition_t){.feature = yes->feature,
                         .low = yes->high + 1,
                         .high = FEATURE_YEARS_MOST,
                         .levels = others,
                         .least = yes->below,
                         .below = MATHS_INFINITY};
}

static void try_feature(const grower_t *g, int feature, const uint32_t *row, size_t n,
                        const arms_t *all, split_t *best)
{
    const experiment_t *e = g->e;
    const feature_t *f = &e->people->feature[feature];
    arms_t by_code[CODES] = {0};
    int order[CODES];
    for (size_t k = 0; k < n; k++)
        arms_add(&by_code[code_of(g, feature, person_of(e, row[k]))], e, row[k]);
    int codes = order_codes(f, by_code, uplift_of(all), order);
    /* The rest is summed from the end, not subtracted: exact zeros stay zeros. */
    arms_t rest[CODES];
    rest[codes] = by_code[FEATURE_UNKNOWN];
    for (int k = codes; k-- > 0;) rest[k] = arms_sum(&rest[k + 1], &by_code[order[k]]);
    arms_t yes = {0};
    for (int k = 0; k + 1 <= codes; k++) {
        yes = arms_sum(&yes, &by_code[order[k]]);
        if (!improves(g, &yes, &rest[k + 1], best)) continue;
        best->feature = feature;
        best->question = question_of(g, feature, order, k + 1);
    }
}

/* ---- growing ---- */

static int new_node(uplift_tree_t *t, int parent)
{
    t->node[t->n_nodes] = (uplift_node_t){.parent = parent, .yes = -1, .no = -1, .leaf = -1};
    return t->n_nodes++;
}

/* Puts those who answer yes in front, both in their order; returns how many. */
static size_t divide(const grower_t *g, const condition_t *question, uint32_t *row, size_t n)
{
    size_t yes = 0, no = 0;
    for (size_t k = 0; k < n; k++)
        if (condition_holds(g->e->people, question, person_of(g->e, row[k])))
            row[yes++] = row[k];
        else
            g->aside[no++] = row[k];
    memcpy(row + yes, g->aside, no * sizeof *row);
    return yes;
}

static int grow(grower_t *g, int parent, uint32_t *row, size_t n, int depth)
{
    uplift_tree_t *t = g->tree;
    int at = new_node(t, parent);
    for (size_t k = 0; k < n; k++) arms_add(&t->node[at].chosen, g->e, row[k]);
    if (depth == g->o.depth) return at;
    split_t best = {.gain = 0, .feature = -1};
    for (int f = 0; f < g->e->people->n_features; f++)
        try_feature(g, f, row, n, &t->node[at].chosen, &best);
    if (best.feature < 0) return at;
    size_t yes = divide(g, &best.question, row, n);
    t->node[at].question = best.question;
    t->node[at].otherwise = otherwise(g, &best.question);
    t->node[at].gain = best.gain;
    t->node[at].yes = grow(g, at, row, yes, depth + 1);
    t->node[at].no = grow(g, at, row + yes, n - yes, depth + 1);
    return at;
}

/* ---- after growing ---- */

static bool chooses(rng_key_t key, size_t i)
{
    enum { OF_UPLIFT = 1 };
    return rng_at(key, DRAW_HALF, OF_UPLIFT, 0, i, 0, 0).word[0] & 1;
}

static int leaf_node(const uplift_tree_t *t, const people_t *p, size_t i)
{
    int at = 0;
    while (t->node[at].yes >= 0)
        at = condition_holds(p, &t->node[at].question, i) ? t->node[at].yes : t->node[at].no;
    return at;
}

static void estimate(uplift_tree_t *t, const experiment_t *e, rng_key_t key)
{
    for (size_t row = 0; row < rows_of(e); row++) {
        size_t i = person_of(e, row);
        if (e->treated[row] > 1 || chooses(key, i)) continue;
        for (int at = leaf_node(t, e->people, i); at >= 0; at = t->node[at].parent)
            arms_add(&t->node[at].estimate, e, row);
    }
}

static void number_leaves(uplift_tree_t *t)
{
    ordered_code_t sorted[UPLIFT_LEAVES_MOST];
    t->n_leaves = 0;
    for (int at = 0; at < t->n_nodes; at++)
        if (t->node[at].yes < 0)
            sorted[t->n_leaves++] = (ordered_code_t){at, uplift_of(&t->node[at].chosen)};
    qsort(sorted, (size_t)t->n_leaves, sizeof *sorted, by_uplift);
    for (int l = 0; l < t->n_leaves; l++) {
        t->leaf_node[l] = sorted[l].code;
        t->node[sorted[l].code].leaf = l;
    }
}

/* ---- the whole ---- */

uplift_options_t uplift_options(void)
{
    return (uplift_options_t){.divergence = UPLIFT_EUCLIDEAN,
                              .normalised = true,
                              .depth = 3,
                              .least_people = 200,
                              .least_z = 3};
}

static status_t check(const experiment_t *e, const uplift_options_t *o, error_t *err)
{
    if (o->depth < 1 || o->depth > UPLIFT_DEPTH_MOST)
        return fail(err, ERR_INVALID, "an uplift tree is 1 to %d questions deep, not %d",
                    UPLIFT_DEPTH_MOST, o->depth);
    if (!(o->least_people >= 1) || !(o->least_z >= 0))
        return fail(err, ERR_INVALID, "a leaf has at least one person of each arm");
    status_t st = people_check(e->people, err);
    arms_t all = {0};
    for (size_t row = 0; st == OK && row < rows_of(e); row++) {
        if (e->treated[row] > 1) continue;
        if (person_of(e, row) >= e->people->n)
            return fail(err, ERR_INVALID, "row %zu of the experiment is about nobody", row + 1);
        if (!(e->outcome[row] >= 0) || !m_is_finite(e->outcome[row]))
            return fail(err, ERR_INVALID, "the outcome of person %zu is not 0 or more",
                        person_of(e, row) + 1);
        if (e->trials && (!(e->trials[row] > 0) || !m_is_finite(e->trials[row])))
            return fail(err, ERR_INVALID, "the trials of person %zu are not above 0",
                        person_of(e, row) + 1);
        arms_add(&all, e, row);
    }
    if (st != OK) return st;
    if (!(all.treated.people > 0) || !(all.held_out.people > 0))
        return fail(err, ERR_INVALID,
                    "an experiment needs both people treated and people held out");
    if (arm_rate(&all.treated) > 1 || arm_rate(&all.held_out) > 1)
        return fail(err, ERR_INVALID,
                    "the outcome of an experiment is converted or not: 0 to 1 a trial");
    return OK;
}

static status_t grower_init(grower_t *g, rng_key_t key, error_t *err)
{
    const people_t *p = g->e->people;
    size_t features = (size_t)p->n_features + 1;
    g->code = calloc(features, sizeof *g->code);
    g->cut = malloc(features * sizeof *g->cut);
    g->unknown = calloc(features, sizeof *g->unknown);
    g->row = malloc((rows_of(g->e) + 1) * sizeof *g->row);
    g->aside = malloc((rows_of(g->e) + 1) * sizeof *g->aside);
    if (!g->code || !g->cut || !g->unknown || !g->row || !g->aside)
        return fail_memory(err, "an uplift tree");
    status_t st = OK;
    for (int f = 0; st == OK && f < p->n_features; f++)
        if (p->feature[f].kind == FEATURE_NUMBER) st = code_number(g, f, err);
    for (int f = 0; st == OK && f < p->n_features; f++)
        for (size_t i = 0; i < p->n && !g->unknown[f]; i++)
            g->unknown[f] = code_of(g, f, i) == FEATURE_UNKNOWN;
    for (size_t row = 0; row < rows_of(g->e); row++)
        if (g->e->treated[row] <= 1 && chooses(key, person_of(g->e, row)))
            g->row[g->n++] = (uint32_t)row;
    return st;
}

static void grower_free(grower_t *g)
{
    for (int f = 0; g->code && f < g->e->people->n_features; f++) free(g->code[f]);
    free(g->code);
    free(g->cut);
    free(g->unknown);
    free(g->row);
    free(g->aside);
}

status_t uplift_grow(const experiment_t *e, const uplift_options_t *o, rng_key_t key,
                     uplift_tree_t *out, error_t *err)
{
    out->n_nodes = out->n_leaves = 0;
    status_t st = check(e, o, err);
    if (st != OK) return st;
    grower_t g = {.e = e, .o = *o, .tree = out};
    st = grower_init(&g, key, err);
    if (st == OK) {
        grow(&g, -1, g.row, g.n, 0);
        number_leaves(out);
        estimate(out, e, key);
    }
    grower_free(&g);
    return st;
}

int uplift_leaf(const uplift_tree_t *t, const people_t *p, size_t i)
{
    return t->node[leaf_node(t, p, i)].leaf;
}

void uplift_assign(const uplift_tree_t *t, const people_t *p, rng_key_t key, int *leaf,
                   uint8_t *estimates)
{
    for (size_t i = 0; i < p->n; i++) {
        if (leaf) leaf[i] = uplift_leaf(t, p, i);
        if (estimates) estimates[i] = !chooses(key, i);
    }
}

/* Both conditions as one, if they ask the same feature; negated ones begin at the lowest value. */
static bool merge(condition_t *a, const condition_t *b)
{
    if (a->feature != b->feature) return false;
    const condition_t *yes = a->negated ? b : a, *no = a->negated ? a : b;
    condition_t both = *yes;
    if (a->negated && b->negated) {
        both.levels |= no->levels;
        both.high = a->high > b->high ? a->high : b->high;
        both.below = m_max(a->below, b->below);
    } else if (!a->negated && !b->negated) {
        both.levels &= no->levels;
        both.low = a->low > b->low ? a->low : b->low;
        both.high = a->high < b->high ? a->high : b->high;
        both.least = m_max(a->least, b->least);
        both.below = m_min(a->below, b->below);
    } else {
        both.levels &= ~no->levels;
        both.low = yes->low > no->high ? yes->low : no->high + 1;
        both.least = m_max(yes->least, no->below);
    }
    *a = both;
    return true;
}

int uplift_path(const uplift_tree_t *t, int leaf, condition_t *out)
{
    int up[UPLIFT_DEPTH_MOST + 1], depth = 0, n = 0;
    for (int at = t->leaf_node[leaf]; at >= 0; at = t->node[at].parent) up[depth++] = at;
    for (int k = depth - 1; k > 0; k--) { /* from the root */
        const uplift_node_t *node = &t->node[up[k]];
        const condition_t *c = node->yes == up[k - 1] ? &node->question : &node->otherwise;
        int same = 0;
        while (same < n && !merge(&out[same], c)) same++;
        if (same == n) out[n++] = *c;
    }
    return n;
}
