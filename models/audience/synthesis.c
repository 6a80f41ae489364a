/* synthesis.c -- from tables of surveys to a specification. */
#include "models/audience/synthesis.h"

#include "models/audience/composition.h"
#include "models/audience/fit.h"
#include "models/base/maths.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TARGETS_MOST = 64, AGREE_ROUNDS = 200, TERMS = 96 };

/* No platform is wholly explained by the others (assumption; it keeps orthants smooth). */
#define LEAST_EIGENVALUE 0.01
#define CORRELATION_MOST 0.99

__attribute__((format(printf, 4, 5))) static void add_fault(synthesis_faults_t *f, int target,
                                                            int other, const char *format, ...)
{
    if (f->n == SYNTHESIS_FAULTS) return;
    synthesis_fault_t *fault = &f->fault[f->n++];
    *fault = (synthesis_fault_t){.target = target, .other = other};
    va_list args;
    va_start(args, format);
    vsnprintf(fault->text, sizeof fault->text, format, args);
    va_end(args);
}

static status_t faulty(const synthesis_faults_t *f, error_t *err)
{
    return f->n ? fail(err, ERR_INVALID, "%s", f->fault[0].text) : OK;
}

/* ---- Frames ------------------------------------------------------------------------------------ */

/* The table in which other tables are sums: one dimension for each root of the attributes that they go
 * by, as coarse as they allow. */
typedef struct {
    const population_spec_t *spec;
    by_t by; /* in the order of the attributes */
    size_t n;
} frame_t;

/* The coarsest of the used attributes of a root that all the others are functions of; the root itself
 * if there is none. */
static int dimension_for(const population_spec_t *spec, int root, const bool *used)
{
    uint8_t map[POP_LEVELS];
    for (int a = 0; a < spec->n_attributes; a++) {
        bool fits = used[a] && attribute_root(spec, a) == root;
        for (int b = 0; b < spec->n_attributes && fits; b++)
            if (used[b] && attribute_root(spec, b) == root) fits = attribute_map(spec, a, b, map);
        if (fits) return a;
    }
    return root;
}

/* False when there are more than POP_BY dimensions or SYNTHESIS_CELLS cells. */
static bool frame_init(frame_t *f, const population_spec_t *spec, const bool *used)
{
    bool dimension[POP_ATTRIBUTES] = {false};
    *f = (frame_t){.spec = spec, .n = 1};
    for (int a = 0; a < spec->n_attributes; a++)
        if (used[a]) dimension[dimension_for(spec, attribute_root(spec, a), used)] = true;
    for (int a = 0; a < spec->n_attributes; a++) {
        if (!dimension[a]) continue;
        if (f->by.n == POP_BY) return false;
        f->by.attribute[f->by.n++] = a;
        f->n *= (size_t)spec->attribute[a].n_levels;
        if (f->n > SYNTHESIS_CELLS) return false;
    }
    return true;
}

/* For each cell of the frame the row of a table by attributes that are functions of its dimensions. */
static uint32_t *frame_rows(const frame_t *f, const by_t *by)
{
    uint32_t add[POP_BY][POP_LEVELS] = {{0}}, stride = 1;
    uint32_t *row = malloc(f->n * sizeof *row);
    if (!row) return NULL;
    for (int k = by->n - 1; k >= 0; k--) {
        uint8_t map[POP_LEVELS];
        for (int d = 0; d < f->by.n; d++) {
            if (!attribute_map(f->spec, f->by.attribute[d], by->attribute[k], map)) continue;
            for (int l = 0; l < f->spec->attribute[f->by.attribute[d]].n_levels; l++)
                add[d][l] += map[l] * stride;
        }
        stride *= (uint32_t)f->spec->attribute[by->attribute[k]].n_levels;
    }
    for (size_t c = 0; c < f->n; c++) {
        size_t rest = c;
        row[c] = 0;
        for (int d = f->by.n - 1; d >= 0; d--) {
            size_t levels = (size_t)f->spec->attribute[f->by.attribute[d]].n_levels;
            row[c] += add[d][rest % levels];
            rest /= levels;
        }
    }
    return row;
}

/* ---- Margins in order -------------------------------------------------------------------------- */

/* The margins so far, each with the target it came from (-1: the people who are there anyway). */
typedef struct {
    margin_t margin[TARGETS_MOST + 1];
    int of[TARGETS_MOST + 1];
    int n;
} margins_t;

static void margins_free(margins_t *m)
{
    for (int k = 0; k < m->n; k++) {
        free((void *)m->margin[k].entry);
        free(m->margin[k].target);
    }
}

/* The next margin, with its entries and room for its target; NULL when memory is out. */
static margin_t *new_margin(margins_t *m, const frame_t *f, const by_t *by, const char *name,
                            int of)
{
    margin_t *x = &m->margin[m->n];
    *x = (margin_t){.name = name, .n = by_rows(f->spec, by), .entry = frame_rows(f, by)};
    x->target = calloc(x->n, sizeof *x->target);
    m->of[m->n++] = of;
    return x->entry && x->target ? x : NULL;
}

static const char *name_of(const population_spec_t *spec, int target)
{
    return target < 0 ? "joint" : spec->target[target].name;
}

/* Shifts the last margin to those before it; a gap above the tolerance is a fault. */
static status_t agree(population_spec_t *spec, margins_t *m, const double *table,
                      const double *people, size_t n_cells, double tolerance,
                      synthesis_faults_t *faults, error_t *err)
{
    margin_t *last = &m->margin[m->n - 1];
    fit_target_t *target = &spec->target[m->of[m->n - 1]];
    for (int round = 0; round < AGREE_ROUNDS; round++) {
        double worst = 0;
        for (int k = 0; k + 1 < m->n; k++) {
            double gap = margin_agree(last, &m->margin[k], table, people, n_cells);
            if (isnan(gap)) return fail_memory(err, "the tables of a population");
            worst = fmax(worst, gap);
            if (round > 0 || gap < 1e-9) continue;
            if (gap > tolerance)
                add_fault(faults, m->of[m->n - 1], m->of[k],
                          "tables '%s' and '%s' disagree by %.2g%% in what they share, more than "
                          "the tolerance of %.2g%%",
                          target->name, name_of(spec, m->of[k]), 100 * gap, 100 * tolerance);
            if (gap <= target->gap) continue;
            target->gap = gap;
            target->gap_from = name_of(spec, m->of[k]);
        }
        if (worst < 1e-13) break;
    }
    return OK;
}

static status_t explain_contradiction(const population_spec_t *spec, const margins_t *m,
                                      const rake_report_t *report, synthesis_faults_t *faults,
                                      error_t *err)
{
    int a = m->of[report->pair[0]], b = report->pair[1] < 0 ? -1 : m->of[report->pair[1]];
    if (report->pair[1] < 0)
        add_fault(faults, a, -1, "table '%s' has people where the tables before it leave nobody",
                  name_of(spec, a));
    else
        add_fault(faults, a > b ? a : b, a > b ? b : a,
                  "tables '%s' and '%s' contradict each other: no population meets both",
                  name_of(spec, a), name_of(spec, b));
    return faulty(faults, err);
}

/* ---- People ------------------------------------------------------------------------------------ */

static bool is_raked(const population_spec_t *spec, int attribute)
{
    const attribute_t *x = &spec->attribute[attribute];
    return attribute >= spec->n_joint && !x->recorded && !x->grouping && !x->share;
}

static bool is_fitted(const fit_target_t *t, target_kind_t kind)
{
    return t->kind == kind && !t->held_out;
}

static int first_raked(const population_spec_t *spec)
{
    int a = 0;
    while (a < spec->n_attributes && !is_raked(spec, a)) a++;
    return a;
}

/* Attributes that the tables go by; those that are not raked must be known before the raked ones. */
static bool people_used(const population_spec_t *spec, bool *used, synthesis_faults_t *faults)
{
    int first = first_raked(spec);
    for (int t = 0; t < spec->n_targets; t++) {
        const fit_target_t *target = &spec->target[t];
        for (int k = 0; k < target->by.n && is_fitted(target, TARGET_PEOPLE); k++) {
            int a = target->by.attribute[k], root = attribute_root(spec, a);
            used[a] = true;
            if (is_raked(spec, root) || a < first) continue;
            add_fault(faults, t, -1,
                      "table '%s' goes by '%s', which stands below '%s'; write it above",
                      target->name, spec->attribute[a].name, spec->attribute[first].name);
        }
    }
    for (int a = 0; a < spec->n_attributes; a++)
        if (is_raked(spec, a)) used[a] = true;
    return faults->n == 0;
}

typedef struct {
    population_spec_t *spec;
    frame_t frame;
    double *table; /* shares of everybody */
    margins_t margins;
    double tolerance;
    synthesis_faults_t *faults;
    error_t *err;
} people_t;

/* Dimensions that are not raked: how many people there are is known. */
static status_t start_table(people_t *p)
{
    by_t fixed = {0};
    for (int d = 0; d < p->frame.by.n; d++) {
        int a = p->frame.by.attribute[d];
        if (!is_raked(p->spec, attribute_root(p->spec, a))) fixed.attribute[fixed.n++] = a;
    }
    margin_t *m = new_margin(&p->margins, &p->frame, &fixed, "joint", -1);
    if (!m) return fail_memory(p->err, "the tables of a population");
    status_t st = composition(p->spec, &fixed, m->target, p->err);
    if (st != OK) return st;
    for (size_t e = 0; e < m->n; e++) m->target[e] /= p->spec->size;
    for (size_t c = 0; c < p->frame.n; c++) p->table[c] = m->target[m->entry[c]];
    return OK;
}

/* Spreads the known people over the rest of the table, evenly or as the seed says. */
static status_t apply_seed(people_t *p, const fit_target_t *seed)
{
    uint32_t *row = seed ? frame_rows(&p->frame, &seed->by) : NULL;
    if (seed && !row) return fail_memory(p->err, "the tables of a population");
    for (size_t c = 0; seed && c < p->frame.n; c++) p->table[c] *= seed->stated[row[c]];
    free(row);
    status_t st = rake(p->table, p->frame.n, p->margins.margin, 1, NULL, p->err);
    if (st != ERR_INVALID) return st;
    add_fault(p->faults, -1, -1, "the seed is 0 for people who are in the joint table");
    return faulty(p->faults, p->err);
}

/* Shares of everybody in each entry: as stated, or the stated share of the group's people so far. */
static void state_margin(const people_t *p, const fit_target_t *t, margin_t *m)
{
    size_t inner = m->n;
    for (int k = 0; k < t->n_given; k++)
        inner /= (size_t)p->spec->attribute[t->by.attribute[k]].n_levels;
    if (t->n_given)
        for (size_t c = 0; c < p->frame.n; c++)
            m->target[m->entry[c] / inner * inner] += p->table[c];
    for (size_t row = 0; row < m->n; row += inner) {
        double people = t->n_given ? m->target[row] : 1;
        for (size_t e = row; e < row + inner; e++) m->target[e] = people * t->stated[e];
    }
}

/* Does a table have people where those before it leave nobody? */
static status_t find_lack(const people_t *p, const margin_t *m, bool *lacks)
{
    double *people = calloc(m->n, sizeof *people);
    if (!people) return fail_memory(p->err, "the tables of a population");
    for (size_t c = 0; c < p->frame.n; c++) people[m->entry[c]] += p->table[c];
    for (size_t e = 0; e < m->n; e++) *lacks |= m->target[e] > 0 && !(people[e] > 0);
    free(people);
    return OK;
}

static status_t fit_margin(people_t *p, int target)
{
    const fit_target_t *t = &p->spec->target[target];
    margin_t *m = new_margin(&p->margins, &p->frame, &t->by, t->name, target);
    if (!m) return fail_memory(p->err, "the tables of a population");
    state_margin(p, t, m);
    bool lacks = false;
    status_t st = find_lack(p, m, &lacks);
    if (st != OK) return st;
    if (lacks) {
        rake_report_t nobody = {.pair = {p->margins.n - 1, -1}};
        return explain_contradiction(p->spec, &p->margins, &nobody, p->faults, p->err);
    }
    st = agree(p->spec, &p->margins, p->table, NULL, p->frame.n, p->tolerance, p->faults, p->err);
    if (st != OK) return st;
    rake_report_t report;
    st = rake(p->table, p->frame.n, p->margins.margin, p->margins.n, &report, p->err);
    return st == ERR_INVALID
               ? explain_contradiction(p->spec, &p->margins, &report, p->faults, p->err)
               : st;
}

/* P(attribute | the dimensions before it), from the table. */
static status_t set_shares(people_t *p, int d)
{
    population_spec_t *spec = p->spec;
    attribute_t *x = &spec->attribute[p->frame.by.attribute[d]];
    size_t levels = (size_t)x->n_levels, rest = 1, rows;
    x->by = p->frame.by;
    x->by.n = d;
    rows = by_rows(spec, &x->by);
    for (int k = d + 1; k < p->frame.by.n; k++)
        rest *= (size_t)spec->attribute[p->frame.by.attribute[k]].n_levels;
    x->share = calloc(rows * levels, sizeof *x->share);
    if (!x->share) return fail_memory(p->err, "an attribute of the population");
    for (size_t c = 0; c < p->frame.n; c++) x->share[c / rest] += p->table[c];
    for (size_t r = 0; r < rows; r++) {
        double sum = 0;
        for (size_t l = 0; l < levels; l++) sum += x->share[r * levels + l];
        for (size_t l = 0; l < levels; l++)
            x->share[r * levels + l] = sum > 0 ? x->share[r * levels + l] / sum : 1.0 / x->n_levels;
    }
    return OK;
}

static status_t set_all_shares(people_t *p)
{
    status_t st = OK;
    bool raked[POP_BY];
    for (int d = 0; d < p->frame.by.n; d++) raked[d] = is_raked(p->spec, p->frame.by.attribute[d]);
    for (int d = 0; d < p->frame.by.n && st == OK; d++)
        if (raked[d]) st = set_shares(p, d);
    return st;
}

status_t synthesise_people(population_spec_t *spec, const fit_target_t *seed, double tolerance,
                           synthesis_faults_t *faults, error_t *err)
{
    people_t p = {.spec = spec, .tolerance = tolerance, .faults = faults, .err = err};
    bool used[POP_ATTRIBUTES] = {false};
    if (first_raked(spec) == spec->n_attributes) return OK;
    if (!people_used(spec, used, faults)) return faulty(faults, err);
    for (int k = 0; seed && k < seed->by.n; k++) used[seed->by.attribute[k]] = true;
    if (spec->n_targets > TARGETS_MOST || !frame_init(&p.frame, spec, used)) {
        add_fault(faults, 0, -1, "the margins together go by more than %d attributes or %d cells",
                  POP_BY, SYNTHESIS_CELLS);
        return faulty(faults, err);
    }
    p.table = malloc(p.frame.n * sizeof *p.table);
    status_t st = p.table ? start_table(&p) : fail_memory(err, "the tables of a population");
    if (st == OK) st = apply_seed(&p, seed);
    for (int t = 0; t < spec->n_targets && st == OK; t++)
        if (is_fitted(&spec->target[t], TARGET_PEOPLE)) st = fit_margin(&p, t);
    if (st == OK) st = faulty(faults, err);
    if (st == OK) st = set_all_shares(&p);
    margins_free(&p.margins);
    free(p.table);
    return st;
}

/* ---- Use --------------------------------------------------------------------------------------- */

/* The column of a platform in a table of use; -1 if it has none. */
static int column_of(const fit_target_t *t, int platform)
{
    for (int j = 0; j < t->n_platforms; j++)
        if (t->platform[j] == platform) return j;
    return -1;
}

static bool states_use(const fit_target_t *t, int platform)
{
    return is_fitted(t, TARGET_USE) && column_of(t, platform) >= 0;
}

/* The people of a frame, kept for the next platform, which often has the same tables. */
typedef struct {
    frame_t frame;
    double *people;
} crowd_t;

static status_t crowd_for(crowd_t *crowd, const population_spec_t *spec, int platform,
                          synthesis_faults_t *faults, error_t *err)
{
    bool used[POP_ATTRIBUTES] = {false};
    frame_t frame;
    int last = -1;
    for (int t = 0; t < spec->n_targets; t++) {
        if (!states_use(&spec->target[t], platform)) continue;
        last = t;
        for (int k = 0; k < spec->target[t].by.n; k++) used[spec->target[t].by.attribute[k]] = true;
    }
    if (!frame_init(&frame, spec, used)) {
        add_fault(faults, last, -1, "the tables of '%s' go by more than %d attributes or %d cells",
                  spec->platform[platform].name, POP_BY, SYNTHESIS_CELLS);
        return faulty(faults, err);
    }
    if (crowd->people && memcmp(&crowd->frame.by, &frame.by, sizeof frame.by) == 0) return OK;
    free(crowd->people);
    *crowd = (crowd_t){frame, malloc(frame.n * sizeof(double))};
    if (!crowd->people) return fail_memory(err, "the use of platforms");
    return composition(spec, &frame.by, crowd->people, err);
}

/* Users in each entry of a table; returns their share of everybody. */
static double state_use(const crowd_t *crowd, const fit_target_t *t, int column, margin_t *m)
{
    double all = 0, users = 0;
    for (size_t c = 0; c < crowd->frame.n; c++) m->target[m->entry[c]] += crowd->people[c];
    for (size_t e = 0; e < m->n; e++) {
        all += m->target[e];
        m->target[e] *= t->stated[e * (size_t)t->n_platforms + (size_t)column];
        users += m->target[e];
    }
    return users / all;
}

static status_t fit_use(population_spec_t *spec, int platform, const crowd_t *crowd,
                        double tolerance, synthesis_faults_t *faults, error_t *err)
{
    platform_use_t *use = &spec->platform[platform];
    margins_t margins = {.n = 0};
    status_t st = OK;
    double start = 0;
    for (int t = 0; t < spec->n_targets && st == OK; t++) {
        const fit_target_t *target = &spec->target[t];
        if (!states_use(target, platform)) continue;
        margin_t *m = new_margin(&margins, &crowd->frame, &target->by, target->name, t);
        if (!m) st = fail_memory(err, "the use of platforms");
        if (st != OK) break;
        double users = state_use(crowd, target, column_of(target, platform), m);
        if (margins.n == 1) start = users;
        st = agree(spec, &margins, crowd->people, crowd->people, crowd->frame.n, tolerance, faults,
                   err);
    }
    use->by = crowd->frame.by;
    use->share = malloc(crowd->frame.n * sizeof *use->share);
    if (st == OK && !use->share) st = fail_memory(err, "the use of platforms");
    for (size_t c = 0; c < crowd->frame.n && st == OK; c++)
        use->share[c] = start > 0 && start < 1 ? start : 0.5;
    rake_report_t report;
    if (st == OK && faults->n == 0) {
        st = rake_shares(use->share, crowd->people, crowd->frame.n, margins.margin, margins.n,
                         &report, err);
        if (st == ERR_INVALID) st = explain_contradiction(spec, &margins, &report, faults, err);
    }
    margins_free(&margins);
    return st;
}

status_t synthesise_use(population_spec_t *spec, double tolerance, synthesis_faults_t *faults,
                        error_t *err)
{
    crowd_t crowd = {.people = NULL};
    status_t st = OK;
    for (int p = 0; p < spec->n_platforms && st == OK; p++) {
        if (spec->platform[p].share) continue;
        st = crowd_for(&crowd, spec, p, faults, err);
        if (st == OK) st = fit_use(spec, p, &crowd, tolerance, faults, err);
    }
    free(crowd.people);
    return st == OK ? faulty(faults, err) : st;
}

/* ---- Overlaps ---------------------------------------------------------------------------------- */

/* People and thresholds of all platforms in the cells of one frame. P(uses both) of a cell is the
 * bivariate normal law; its tetrachoric series in rho (Pearson 1900),
 *   Phi2(a, b; rho) = Phi(a) Phi(b) + phi(a) phi(b) sum_k rho^(k+1) / (k+1) h_k(a) h_k(b),
 * h_k = He_k / sqrt(k!), is linear in the cells, so that one sum over them serves every rho. */
typedef struct {
    const population_spec_t *spec;
    frame_t frame;
    double *people;
    double *share[POP_PLATFORMS];     /* of each cell */
    double *threshold[POP_PLATFORMS]; /* of z, of each cell */
    double (*term)[TERMS + 1]; /* of each pair: people who would use both were rho 0; then C_k */
} overlap_t;

static int pair_of(int p, int q) /* q < p */
{
    return p * (p - 1) / 2 + q;
}

static double threshold_of(double share)
{
    if (share <= 0) return -INFINITY;
    return share >= 1 ? INFINITY : normal_quantile(share);
}

static void overlap_free(overlap_t *o)
{
    for (int p = 0; p < POP_PLATFORMS; p++) {
        free(o->share[p]);
        free(o->threshold[p]);
    }
    free(o->people);
    free(o->term);
}

static status_t spread_shares(overlap_t *o, int p, error_t *err)
{
    const platform_use_t *use = &o->spec->platform[p];
    uint32_t *row = frame_rows(&o->frame, &use->by);
    o->share[p] = malloc(o->frame.n * sizeof(double));
    o->threshold[p] = malloc(o->frame.n * sizeof(double));
    bool have = row && o->share[p] && o->threshold[p];
    for (size_t c = 0; c < o->frame.n && have; c++) {
        o->share[p][c] = use->share[row[c]];
        o->threshold[p][c] = threshold_of(o->share[p][c]);
    }
    free(row);
    return have ? OK : fail_memory(err, "the overlaps of platforms");
}

static status_t overlap_init(overlap_t *o, const population_spec_t *spec, error_t *err)
{
    bool used[POP_ATTRIBUTES] = {false};
    *o = (overlap_t){.spec = spec};
    for (int p = 0; p < spec->n_platforms; p++)
        for (int k = 0; k < spec->platform[p].by.n; k++)
            used[spec->platform[p].by.attribute[k]] = true;
    if (!frame_init(&o->frame, spec, used))
        return fail(err, ERR_INVALID,
                    "the use of the platforms goes by more than %d attributes or %d cells", POP_BY,
                    SYNTHESIS_CELLS);
    o->people = malloc(o->frame.n * sizeof *o->people);
    if (!o->people) return fail_memory(err, "the overlaps of platforms");
    status_t st = composition(spec, &o->frame.by, o->people, err);
    for (int p = 0; p < spec->n_platforms && st == OK; p++) st = spread_shares(o, p, err);
    return st;
}

/* phi(t) h_k(t) for k < TERMS; 0 for an infinite threshold. */
static void hermite_terms(double t, double *g)
{
    if (isinf(t)) {
        memset(g, 0, TERMS * sizeof *g);
        return;
    }
    g[0] = normal_density(t);
    g[1] = t * g[0];
    for (int k = 1; k + 1 < TERMS; k++) g[k + 1] = (t * g[k] - sqrt(k) * g[k - 1]) / sqrt(k + 1);
}

static status_t sum_terms(overlap_t *o, error_t *err)
{
    int n = o->spec->n_platforms;
    double g[POP_PLATFORMS][TERMS];
    o->term = calloc((size_t)(n * n), sizeof *o->term);
    if (!o->term) return fail_memory(err, "the overlaps of platforms");
    for (size_t c = 0; c < o->frame.n; c++) {
        double people = o->people[c];
        if (!(people > 0)) continue;
        for (int p = 0; p < n; p++) hermite_terms(o->threshold[p][c], g[p]);
        for (int p = 0; p < n; p++)
            for (int q = 0; q < p; q++) {
                double *term = o->term[pair_of(p, q)];
                term[0] += people * o->share[p][c] * o->share[q][c];
                for (int k = 0; k < TERMS; k++) term[k + 1] += people * g[p][k] * g[q][k];
            }
    }
    return OK;
}

/* Users of both at this correlation: by the series where it converges, or cell by cell. */
static double both_by_series(const double *term, double rho)
{
    double sum = 0;
    for (int k = TERMS; k >= 1; k--) sum = rho * (term[k] / k + sum);
    return term[0] + sum;
}

static double both_by_cells(const overlap_t *o, int p, int q, double rho)
{
    double sum = 0;
    for (size_t c = 0; c < o->frame.n; c++) {
        double a = o->threshold[p][c], b = o->threshold[q][c];
        if (!(o->people[c] > 0) || a == -INFINITY || b == -INFINITY) continue;
        sum += o->people[c] * normal2_cdf(a, b, rho);
    }
    return sum;
}

static double both_at(const overlap_t *o, int p, int q, double rho)
{
    return fabs(rho) <= 0.8 ? both_by_series(o->term[pair_of(p, q)], rho)
                            : both_by_cells(o, p, q, rho);
}

typedef struct {
    const overlap_t *o;
    int p, q; /* q < p */
    double both;
} wanted_t;

static double excess(double rho, const void *context)
{
    const wanted_t *w = context;
    return both_at(w->o, w->p, w->q, rho) - w->both;
}

/* The correlation that gives the overlap; CORRELATION_MOST at most. False if not even that does. */
static bool solve_correlation(const wanted_t *w, double *rho)
{
    double low = -0.8, high = 0.8;
    if (excess(low, w) > 0) {
        high = low;
        low = -CORRELATION_MOST;
    } else if (excess(high, w) < 0) {
        low = high;
        high = CORRELATION_MOST;
    }
    if (excess(low, w) > 0 || excess(high, w) < 0) return false;
    *rho = root_between(excess, w, low, high);
    return true;
}

static double users_of(const overlap_t *o, int p)
{
    double sum = 0;
    for (size_t c = 0; c < o->frame.n; c++) sum += o->people[c] * o->share[p][c];
    return sum;
}

/* Users of both that a table states, the mean of its two directions; their distance goes into its gap. */
static double stated_both(const overlap_t *o, fit_target_t *t, int i, int j)
{
    int n = t->n_platforms;
    double by_row = t->stated[i * n + j] * users_of(o, t->platform[i]);
    double by_column = t->stated[j * n + i] * users_of(o, t->platform[j]);
    t->gap = fmax(t->gap, fabs(by_row - by_column) / o->spec->size);
    return (by_row + by_column) / 2;
}

static void solve_target(const overlap_t *o, population_spec_t *spec, int target,
                         synthesis_faults_t *faults)
{
    fit_target_t *t = &spec->target[target];
    for (int i = 0; i < t->n_platforms; i++)
        for (int j = 0; j < i; j++) {
            int a = t->platform[i], b = t->platform[j];
            wanted_t w = {o, a > b ? a : b, a > b ? b : a, stated_both(o, t, i, j)};
            double rho;
            if (solve_correlation(&w, &rho)) {
                spec->use_correlation[a][b] = spec->use_correlation[b][a] = rho;
                continue;
            }
            double least = both_at(o, w.p, w.q, -CORRELATION_MOST);
            double most = both_at(o, w.p, w.q, CORRELATION_MOST);
            add_fault(faults, target, -1,
                      "%.1f%% of the people use both %s and %s here, but with the use given by the "
                      "tables it can only be %.1f%% to %.1f%%",
                      100 * w.both / spec->size, spec->platform[a].name, spec->platform[b].name,
                      100 * least / spec->size, 100 * most / spec->size);
        }
}

static void repair_correlations(population_spec_t *spec)
{
    int n = spec->n_platforms;
    double r[POP_PLATFORMS * POP_PLATFORMS];
    for (int p = 0; p < n; p++)
        for (int q = 0; q < n; q++) r[p * n + q] = p == q ? 1 : spec->use_correlation[p][q];
    spec->use_correlation_moved = correlation_repair(r, n, LEAST_EIGENVALUE);
    for (int p = 0; p < n; p++)
        for (int q = 0; q < n; q++) spec->use_correlation[p][q] = r[p * n + q];
}

static bool states_overlaps(const population_spec_t *spec)
{
    for (int t = 0; t < spec->n_targets; t++)
        if (is_fitted(&spec->target[t], TARGET_OVERLAP)) return true;
    return false;
}

status_t synthesise_overlaps(population_spec_t *spec, synthesis_faults_t *faults, error_t *err)
{
    if (spec->n_platforms == 0) return OK;
    if (states_overlaps(spec)) {
        overlap_t o;
        status_t st = overlap_init(&o, spec, err);
        if (st == OK) st = sum_terms(&o, err);
        for (int t = 0; t < spec->n_targets && st == OK; t++)
            if (is_fitted(&spec->target[t], TARGET_OVERLAP)) solve_target(&o, spec, t, faults);
        overlap_free(&o);
        if (st == OK) st = faulty(faults, err);
        if (st != OK) return st;
    }
    repair_correlations(spec);
    return OK;
}

status_t people_who_use_both(const population_spec_t *spec, double *both, error_t *err)
{
    int n = spec->n_platforms;
    overlap_t o;
    status_t st = overlap_init(&o, spec, err);
    for (int p = 0; p < n && st == OK; p++) {
        both[p * n + p] = users_of(&o, p);
        for (int q = 0; q < p; q++)
            both[p * n + q] = both[q * n + p] =
                both_by_cells(&o, p, q, spec->use_correlation[p][q]);
    }
    overlap_free(&o);
    return st;
}
