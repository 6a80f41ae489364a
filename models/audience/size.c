/* size.c -- sums the probability of an audience over everything a person can be. */
#include "models/audience/size.h"

#include "models/audience/program.h"
#include "models/base/maths.h"

#include <math.h>

enum { STEPS_MOST = 20 * 1000 * 1000, YEARS = 122 };

/* The normal factor on -8..8 in steps of 1/8: the trapezoid rule converges geometrically on smooth
 * functions that fall off like the normal density (Trefethen and Weideman 2014). */
#define FACTOR_END 8.0
#define FACTOR_STEP 0.125

typedef enum { UNKNOWN, NO, YES } answer_t;

/* A kind of person, and what is already known of her. */
typedef struct {
    const expression_t *e;
    const population_spec_t *spec;
    uint64_t traits_asked, uses_asked;
    bool age_asked;
    bool needed[POP_ATTRIBUTES];
    bool cut[YEARS]; /* an asked age range begins at this year */
    double threshold[POP_PLATFORMS];

    int level[POP_ATTRIBUTES];
    int years, class;
    double use[POP_PLATFORMS]; /* P(uses | factor) */
    uint64_t traits_yes, traits_no, uses_yes, uses_no;
    answer_t customer;
    long steps;
} summary_t;

/* ---- What the program asks ---------------------------------------------------------------------- */

static bool class_depends_on(const population_spec_t *spec, int attribute)
{
    for (int l = 0; l < spec->attribute[attribute].n_levels; l++)
        for (int g = 0; g < spec->n_classes; g++)
            if (spec->class_effect[attribute][l][g] != 1) return true;
    return false;
}

static void need(summary_t *s, int attribute)
{
    if (attribute >= 0) s->needed[attribute] = true;
}

static void note_questions(summary_t *s)
{
    for (int32_t i = 0; i < s->e->n; i++) {
        const instruction_t *q = &s->e->code[i];
        if (q->question == ASK_LEVEL) need(s, q->attribute);
        if (q->question == ASK_TRAITS) s->traits_asked |= q->mask;
        if (q->question == ASK_USES) s->uses_asked |= q->mask;
        if (q->question != ASK_AGE) continue;
        s->age_asked = true;
        need(s, s->spec->age);
        s->cut[q->low_years] = s->cut[q->high_years + 1] = true;
    }
}

/* Attributes that matter: asked for, or behind a class, a platform or another attribute that does. */
static void note_needs(summary_t *s)
{
    const population_spec_t *spec = s->spec;
    note_questions(s);
    for (int a = 0; a < spec->n_attributes; a++)
        if (s->traits_asked && spec->n_classes > 1 && class_depends_on(spec, a)) need(s, a);
    for (int p = 0; p < spec->n_platforms; p++)
        for (int k = 0; k < 2 && s->uses_asked >> p & 1; k++) need(s, spec->platform[p].by[k]);
    for (int a = spec->n_attributes - 1; a >= spec->n_joint; a--)
        for (int k = 0; k < 2 && s->needed[a]; k++) need(s, spec->attribute[a].by[k]);
}

static size_t row_by(const summary_t *s, const int by[2])
{
    size_t row = 0;
    for (int k = 0; k < 2; k++)
        if (by[k] >= 0)
            row = row * (size_t)s->spec->attribute[by[k]].n_levels + (size_t)s->level[by[k]];
    return row;
}

/* ---- Sums --------------------------------------------------------------------------------------- */

static double reach(summary_t *s, int32_t at);

/* Splits on one undecided bit: with chance p the bit joins `yes`, otherwise `no`. */
static double split(summary_t *s, int32_t at, double p, uint64_t bit, uint64_t *yes, uint64_t *no)
{
    double sum = 0;
    *yes |= bit;
    if (p > 0) sum += p * reach(s, at);
    *yes &= ~bit;
    *no |= bit;
    if (p < 1) sum += (1 - p) * reach(s, at);
    *no &= ~bit;
    return sum;
}

static double split_customer(summary_t *s, int32_t at)
{
    double p = s->spec->existing_customers;
    s->customer = YES;
    double sum = p * reach(s, at);
    s->customer = NO;
    sum += (1 - p) * reach(s, at);
    s->customer = UNKNOWN;
    return sum;
}

static int lowest_bit(uint64_t set)
{
    return __builtin_ctzll(set);
}

static answer_t any_of(uint64_t mask, uint64_t yes, uint64_t no)
{
    if (mask & yes) return YES;
    return mask & ~no ? UNKNOWN : NO;
}

static answer_t known(const summary_t *s, const instruction_t *q)
{
    bool yes = false;
    switch ((question_t)q->question) {
    case ASK_AGE: yes = s->years >= q->low_years && s->years <= q->high_years; break;
    case ASK_LEVEL: yes = q->mask >> s->level[q->attribute] & 1; break;
    case ASK_TRAITS: return any_of(q->mask, s->traits_yes, s->traits_no);
    case ASK_USES: return any_of(q->mask, s->uses_yes, s->uses_no);
    case ASK_CUSTOMER: return s->customer;
    }
    return yes ? YES : NO;
}

/* P(accepted | what is known) from an instruction or a target on. */
static double reach(summary_t *s, int32_t at)
{
    const instruction_t *code = s->e->code;
    while (at >= 0) {
        if (++s->steps > STEPS_MOST) return 0;
        const instruction_t *q = &code[at];
        answer_t answer = known(s, q);
        if (answer == UNKNOWN && q->question == ASK_CUSTOMER) return split_customer(s, at);
        if (answer == UNKNOWN && q->question == ASK_TRAITS) {
            int t = lowest_bit(q->mask & ~s->traits_no);
            return split(s, at, s->spec->trait[t].share[s->class], (uint64_t)1 << t, &s->traits_yes,
                         &s->traits_no);
        }
        if (answer == UNKNOWN) {
            int p = lowest_bit(q->mask & ~s->uses_no);
            return split(s, at, s->use[p], (uint64_t)1 << p, &s->uses_yes, &s->uses_no);
        }
        at = answer == YES ? q->yes : q->no;
    }
    return at == TARGET_ACCEPT;
}

static double over_classes(summary_t *s)
{
    const population_spec_t *spec = s->spec;
    s->class = 0;
    if (!s->traits_asked || spec->n_classes < 2) return reach(s, s->e->entry);
    double sum = 0, weights = 0;
    for (int g = 0; g < spec->n_classes; g++) {
        double weight = spec->class_weight[g];
        for (int a = 0; a < spec->n_attributes; a++)
            if (s->needed[a]) weight *= spec->class_effect[a][s->level[a]][g];
        s->class = g;
        weights += weight;
        if (weight > 0) sum += weight * reach(s, s->e->entry);
    }
    return sum / weights;
}

static void set_uses(summary_t *s, double factor)
{
    for (int p = 0; p < s->spec->n_platforms; p++) {
        if (!(s->uses_asked >> p & 1)) continue;
        s->steps += 10; /* a normal_cdf costs as much */
        double loading = s->spec->platform[p].loading;
        double rest = sqrt(fmax(0, 1 - loading * loading)), threshold = s->threshold[p];
        if (isinf(threshold))
            s->use[p] = threshold > 0;
        else if (rest == 0)
            s->use[p] = loading * factor < threshold;
        else
            s->use[p] = normal_cdf((threshold - loading * factor) / rest);
    }
}

static double over_factor(summary_t *s)
{
    const population_spec_t *spec = s->spec;
    if (!s->uses_asked) return over_classes(s);
    for (int p = 0; p < spec->n_platforms; p++) {
        if (!(s->uses_asked >> p & 1)) continue;
        double share = spec->platform[p].share[row_by(s, spec->platform[p].by)];
        s->threshold[p] = share <= 0 ? -INFINITY : share >= 1 ? INFINITY : normal_quantile(share);
    }
    double sum = 0;
    for (double f = -FACTOR_END; f <= FACTOR_END; f += FACTOR_STEP) {
        set_uses(s, f);
        sum += normal_density(f) * FACTOR_STEP * over_classes(s);
    }
    return sum;
}

/* Years between two cuts answer every question alike. */
static double over_years(summary_t *s)
{
    if (!s->age_asked) return over_factor(s);
    const attribute_t *age = &s->spec->attribute[s->spec->age];
    int low = age->low_years[s->level[s->spec->age]],
        high = age->high_years[s->level[s->spec->age]];
    double sum = 0;
    for (int from = low, to; from <= high; from = to) {
        for (to = from + 1; to <= high && !s->cut[to]; to++)
            ;
        s->years = from;
        sum += (to - from) * over_factor(s);
    }
    return sum / (high - low + 1);
}

/* Attributes a, a + 1, ... that are drawn given others. */
static double over_attributes(summary_t *s, int a)
{
    const population_spec_t *spec = s->spec;
    if (s->steps > STEPS_MOST) return 0;
    while (a < spec->n_attributes && !s->needed[a]) a++;
    if (a == spec->n_attributes) return over_years(s);
    const attribute_t *x = &spec->attribute[a];
    const double *share = x->share + row_by(s, x->by) * (size_t)x->n_levels;
    double sum = 0;
    for (int l = 0; l < x->n_levels; l++) {
        s->level[a] = l;
        if (share[l] > 0) sum += share[l] * over_attributes(s, a + 1);
    }
    return sum;
}

static double over_cells(summary_t *s)
{
    const population_spec_t *spec = s->spec;
    double sum = 0;
    for (size_t c = 0; c < spec->n_cells && s->steps <= STEPS_MOST; c++) {
        size_t rest = c;
        for (int a = spec->n_joint - 1; a >= 0; a--) {
            s->level[a] = (int)(rest % (size_t)spec->attribute[a].n_levels);
            rest /= (size_t)spec->attribute[a].n_levels;
        }
        if (spec->cell_count[c] > 0) sum += spec->cell_count[c] * over_attributes(s, spec->n_joint);
    }
    return sum;
}

bool audience_size_exact(const expression_t *e, const population_spec_t *spec, double *people)
{
    summary_t s = {.e = e, .spec = spec};
    note_needs(&s);
    double sum = over_cells(&s);
    if (s.steps > STEPS_MOST) return false;
    *people = sum;
    return true;
}
