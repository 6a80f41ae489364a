/* Ranges hold what they promise: of 2,000 small studies, `lo`..`hi` at 80 and 95 % holds what a real
 * campaign does, mean +- 1.96 mc_se the long-run mean, and the stated range of P(metric >= t) the true
 * chance, within two points of nominal.
 *
 * Eight cells of 250 studies: one to one or 20 people each, parameters certain or not, budgets that bind
 * or not. What a real campaign does is drawn event by event (real.h), everyone one to one:
 *   - one to one: the town's own people with fresh luck and fresh parameters. Ten towns, each with 25
 *     studies that are stretches of one long row of replications and 400 real campaigns.
 *   - 20 people each: 20 other towns of the full size, 30 real campaigns each.
 * The coverage of a range is the share of real campaigns in it, so that its noise is mostly that of
 * 250 ranges. The long-run mean is that of all studies of a town (one to one) or of a cell, and its own
 * error, 1/25 or 1/250 of a study's variance, is taken off.
 *
 * Odds. Over 2,000 studies the binomial error is 0.5 points at 95 % and 0.9 at 80 %; with two points of
 * tolerance chance alone fails in fewer than 1 in 10^4 (95 %) and 1 in 30 (80 %) runs, seeds are fixed,
 * and a miscoverage of 3.2 (95 %) or 4.1 (80 %) points is found in 99 of 100. A single cell is let off
 * with ten points. The mean's range is a little wide where parameters are not certain, for what of a response is not
 * linear in them counts as luck (explained.h): 97 and, of impressions, 98 % are let pass. Two reasons more are known. Where people are sampled and budgets slack, ranges are too
 * wide: the people term takes people as independent, but activity is stratified. Where people are sampled
 * and budgets bind, 370 impressions an ad set are a sixth of what the lumpiness guard asks for (MODEL
 * 9.7), and the mean of impressions is 0.9 % low, half its mc_se or more. */
#include "sim/engine/parallel.h"
#include "sim/experiment/run.h"
#include "tests/experiment/real.h"
#include "tests/experiment/small_town.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

enum {
    PEOPLE = 250,
    PEOPLE_OF_WEIGHT = 400, /* more, for they must be enough for a controller to steer by */
    STUDIES = 250,          /* of a cell */
    TOWNS = 10,             /* one to one: towns of a cell, STUDIES / TOWNS studies each */
    STRETCHES = STUDIES / TOWNS,
    REAL_TOWNS = 20, /* where a person stands for WEIGHT */
    WEIGHT = 20,
    REAL = 400,      /* real campaigns of a town, one to one */
    REAL_LARGE = 30, /* ... of a large town */
    METRICS = 9,
    LEVELS = 2,
    CHANCES = 3
};

/* A metric and how it is made of what a real campaign does. */
static const struct {
    const char *name;
    size_t above, below; /* offsets in real_t */
    bool whole;          /* a number of people or events */
} metric[METRICS] = {
    {"reach", offsetof(real_t, reach), offsetof(real_t, one), true},
    {"impressions", offsetof(real_t, impressions), offsetof(real_t, one), true},
    {"incremental_conversions", offsetof(real_t, incremental_conversions), offsetof(real_t, one),
     true},
    {"incremental_revenue", offsetof(real_t, incremental_revenue), offsetof(real_t, one), false},
    {"revenue", offsetof(real_t, revenue), offsetof(real_t, one), false},
    {"roas", offsetof(real_t, revenue), offsetof(real_t, spend), false},
    {"iroas", offsetof(real_t, incremental_revenue), offsetof(real_t, spend), false},
    {"cpa", offsetof(real_t, spend), offsetof(real_t, conversions), false},
    {"ctr", offsetof(real_t, clicks), offsetof(real_t, impressions), false},
};
static const double level[LEVELS] = {0.8, 0.95};
static const double chance[CHANCES] = {0.2, 0.5, 0.8};

static double above(const real_t *r, int m)
{
    return *(const double *)((const char *)r + metric[m].above);
}

static double below(const real_t *r, int m)
{
    return *(const double *)((const char *)r + metric[m].below);
}

static double realised(const real_t *r, int m)
{
    return above(r, m) / below(r, m);
}

/* What a study states. */
typedef struct {
    double mean, mc_se, lo[LEVELS], hi[LEVELS];
    probability_t chance[CHANCES];
} stated_t;

typedef struct {
    const char *name;
    bool weighted, uncertain, binding;
    int towns, campaigns; /* real ones: of a town */
    real_t *real;         /* [towns x campaigns] */
    double threshold[METRICS][CHANCES];
    stated_t (*stated)[METRICS]; /* [STUDIES] */
} cell_t;

static void check(status_t st, const error_t *err)
{
    if (st == OK) return;
    fprintf(stderr, "%s\n", err->text);
    abort();
}

static void cell_town(const cell_t *c, town_t *town)
{
    small_town_init(town, c->weighted ? PEOPLE_OF_WEIGHT : PEOPLE, c->weighted ? WEIGHT : 1,
                    c->uncertain, c->binding);
}

/* ---- what real campaigns do ---- */

static void real_town(void *context, size_t k, int worker)
{
    (void)worker;
    cell_t *c = context;
    town_t town;
    error_t err = {""};
    world_t *world;
    workspace_t *ws;
    totals_t totals;
    scenario_t *theta = malloc(sizeof *theta);
    if (!theta) abort();
    cell_town(c, &town);
    town.sc.people = town.population->size;
    town.sc.seed = (c->weighted ? 5000 : 1000) + k;
    check(world_new(&town.sc, (size_t)town.population->size, 1, &world, &err), &err);
    check(workspace_new(world, &ws, &err), &err);
    check(totals_init(&totals, world_scopes(world), &err), &err);
    for (int r = 0; r < c->campaigns; r++) {
        uint32_t replication = (1u << 18) + (uint32_t)r; /* no study gets there */
        scenario_draw(&town.sc, replication / 2, theta);
        check(replication_run(world, theta, replication, ws, &totals, &err), &err);
        c->real[k * (size_t)c->campaigns + (size_t)r] =
            real_campaign(ws, &totals, (unsigned long)(1000 * town.sc.seed) + replication);
    }
    totals_free(&totals);
    workspace_delete(ws);
    world_delete(world);
    free(theta);
    town_free(&town);
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* What a share of 20, 50 and 80 % of real campaigns passes; between two whole numbers, for a predictive
 * draw of a count is not rounded. (At 30 orders, P(orders >= a whole number) comes out 0.02 too low.) */
static void find_thresholds(cell_t *c)
{
    size_t n = (size_t)(c->towns * c->campaigns);
    double *x = malloc(n * sizeof *x);
    if (!x) abort();
    for (int m = 0; m < METRICS; m++) {
        for (size_t r = 0; r < n; r++) x[r] = realised(&c->real[r], m);
        qsort(x, n, sizeof *x, ascending);
        for (int t = 0; t < CHANCES; t++)
            c->threshold[m][t] =
                x[(size_t)((1 - chance[t]) * (double)n)] - (metric[m].whole ? 0.5 : 0);
    }
    free(x);
}

/* ---- what studies state ---- */

static void state_all(const cell_t *c, const evidence_t *evidence, stated_t *out)
{
    scenario_t *sc = malloc(sizeof *sc);
    if (!sc) abort();
    *sc = *evidence->scenario;
    evidence_t own = *evidence;
    own.scenario = sc;
    estimator_t *e;
    error_t err = {""};
    check(estimator_new(&own, &e, &err), &err);
    int plan = scope_plan(own.scopes);
    for (int m = 0; m < METRICS; m++) {
        int column = column_find(metric[m].name);
        for (int l = 0; l < LEVELS; l++) {
            sc->interval = level[l];
            estimate_t x = estimator_column(e, plan, column);
            out[m].mean = x.mean;
            out[m].mc_se = x.mc_se;
            out[m].lo[l] = x.lo;
            out[m].hi[l] = x.hi;
        }
        for (int t = 0; t < CHANCES; t++)
            out[m].chance[t] = estimator_probability(e, plan, column, false, c->threshold[m][t]);
    }
    estimator_delete(e);
    free(sc);
}

static size_t replications_of(const cell_t *c)
{
    return c->uncertain ? 128 : 64;
}

/* One study; or one to one, all stretches of a town's long row of replications. */
static void study_town(void *context, size_t k, int worker)
{
    (void)worker;
    cell_t *c = context;
    size_t stretches = c->weighted ? 1 : STRETCHES, replications = replications_of(c);
    town_t town;
    study_t s;
    error_t err = {""};
    run_options_t options = {.threads = 1};
    cell_town(c, &town);
    town.sc.seed = (c->weighted ? 2000 : 1000) + k;
    town.sc.replications = (double)(stretches * replications);
    check(study_open(&s, &town.sc, &options, &err), &err);
    check(study_simulate(&s, &err), &err);
    evidence_t stretch = s.evidence;
    stretch.pairs = replications / 2;
    for (size_t i = 0; i < stretches; i++) {
        state_all(c, &stretch, c->stated[k * stretches + i]);
        stretch.value += replications * (size_t)scopes_rows(stretch.scopes) * COUNTS;
        stretch.economics += stretch.pairs;
        stretch.first_pair += stretch.pairs;
    }
    study_close(&s);
    town_free(&town);
}

/* ---- coverage ---- */

typedef struct {
    double range[LEVELS], mean, chance, chance_bias; /* shares covered; P stated - P true */
    double bias; /* of the mean, in mc_se, from that of real campaigns */
} coverage_t;

/* The real campaigns that study k is about. */
static const real_t *real_of(const cell_t *c, size_t k, size_t *n)
{
    size_t town = c->weighted ? 0 : k / STRETCHES;
    *n = (size_t)(c->weighted ? c->towns * c->campaigns : c->campaigns);
    return c->real + town * *n;
}

static double share_between(const real_t *real, size_t n, int m, double lo, double hi)
{
    size_t inside = 0;
    for (size_t r = 0; r < n; r++) {
        double x = realised(&real[r], m);
        inside += x >= lo && x <= hi;
    }
    return (double)inside / (double)n;
}

static void cover_chances(const cell_t *c, size_t k, int m, coverage_t *out)
{
    size_t n;
    const real_t *real = real_of(c, k, &n);
    for (int t = 0; t < CHANCES; t++) {
        const probability_t *p = &c->stated[k][m].chance[t];
        double truth = share_between(real, n, m, c->threshold[m][t], INFINITY);
        double own = 3.84 * truth * (1 - truth) / (double)n; /* the error of `truth` */
        double under = sqrt((p->share - p->low) * (p->share - p->low) + own);
        double over = sqrt((p->high - p->share) * (p->high - p->share) + own);
        out->chance += (truth >= p->share - under && truth <= p->share + over) / (double)CHANCES;
        out->chance_bias += (p->share - truth) / CHANCES;
    }
}

static coverage_t cover(const cell_t *c, int m)
{
    coverage_t sum = {0};
    size_t group = c->weighted ? STUDIES : STRETCHES;
    for (size_t k = 0; k < STUDIES; k++) {
        const stated_t *s = &c->stated[k][m];
        size_t n, first = k / group * group;
        const real_t *real = real_of(c, k, &n);
        for (int l = 0; l < LEVELS; l++)
            sum.range[l] += share_between(real, n, m, s->lo[l], s->hi[l]);
        double truth = 0, sum_above = 0, sum_below = 0;
        for (size_t i = first; i < first + group; i++)
            truth += c->stated[i][m].mean / (double)group;
        for (size_t r = 0; r < n; r++) {
            sum_above += above(&real[r], m);
            sum_below += below(&real[r], m);
        }
        sum.mean += fabs(s->mean - truth) <= 1.96 * s->mc_se * sqrt(1 - 1 / (double)group);
        sum.bias += (s->mean - sum_above / sum_below) / s->mc_se;
        cover_chances(c, k, m, &sum);
    }
    double *part = (double *)&sum;
    for (size_t i = 0; i < sizeof sum / sizeof *part; i++) part[i] /= STUDIES;
    return sum;
}

static coverage_t all[METRICS]; /* mean of the cells measured */
static int n_cells;

static void report(const char *name, const coverage_t *x)
{
    print_message(
        "#   %-24s 80: %5.1f  95: %5.1f  mc_se: %5.1f  P: %5.1f (off %+.3f)  bias %+.2f mc_se\n",
        name, 100 * x->range[0], 100 * x->range[1], 100 * x->mean, 100 * x->chance, x->chance_bias,
        x->bias);
}

static void assert_near(double share, double nominal, double under, double over)
{
    assert_true(share >= nominal - under && share <= nominal + over);
}

static void measure(cell_t *c)
{
    int threads = parallel_threads_available();
    c->towns = c->weighted ? REAL_TOWNS : TOWNS;
    c->campaigns = c->weighted ? REAL_LARGE : REAL;
    c->real = calloc((size_t)(c->towns * c->campaigns), sizeof *c->real);
    c->stated = calloc(STUDIES, sizeof *c->stated);
    if (!c->real || !c->stated) abort();
    parallel_for((size_t)c->towns, threads, real_town, c);
    find_thresholds(c);
    parallel_for(c->weighted ? STUDIES : TOWNS, threads, study_town, c);
}

static void a_cell_holds_what_it_states(void **state)
{
    cell_t *c = *state;
    int wrong = 0;
    measure(c);
    n_cells++;
    for (int m = 0; m < METRICS; m++) {
        coverage_t x = cover(c, m);
        report(metric[m].name, &x);
        for (size_t i = 0; i < sizeof x / sizeof(double); i++)
            ((double *)&all[m])[i] += ((double *)&x)[i];
        wrong += !(x.range[0] >= 0.70 && x.range[0] <= 0.90 && x.range[1] >= 0.88 &&
                   x.mean >= 0.89 && x.chance >= 0.85);
    }
    free(c->real);
    free(c->stated);
    assert_int_equal(wrong, 0);
}

static void over_all_cells_ranges_hold_within_two_points(void **state)
{
    (void)state;
    for (int m = 0; m < METRICS; m++) {
        double *part = (double *)&all[m];
        for (size_t i = 0; i < sizeof all[m] / sizeof *part; i++) part[i] /= n_cells;
        report(metric[m].name, &all[m]);
    }
    for (int m = 0; m < METRICS; m++) {
        assert_near(all[m].range[0], 0.80, 0.02, 0.02);
        assert_near(all[m].range[1], 0.95, 0.02, 0.02);
        assert_near(all[m].mean, 0.95, 0.02, 0.035);
        assert_near(all[m].chance, 0.95, 0.02, 0.04);
    }
}

/* stat_coverage [CELL]: of one cell alone. */
int main(int argc, char **argv)
{
    static cell_t cell[] = {
        {.name = "one to one, certain, slack"},
        {.name = "20 each, certain, slack", .weighted = true},
        {.name = "one to one, uncertain, slack", .uncertain = true},
        {.name = "20 each, uncertain, slack", .weighted = true, .uncertain = true},
        {.name = "one to one, certain, budgets bind", .binding = true},
        {.name = "20 each, certain, budgets bind", .weighted = true, .binding = true},
        {.name = "one to one, uncertain, budgets bind", .uncertain = true, .binding = true},
        {.name = "20 each, uncertain, budgets bind",
         .weighted = true,
         .uncertain = true,
         .binding = true}};
    enum { CELLS = sizeof cell / sizeof *cell };
    struct CMUnitTest tests[CELLS + 1];
    size_t n = 0;
    for (int k = 0; k < CELLS; k++)
        if (argc < 2 || atoi(argv[1]) == k)
            tests[n++] = (struct CMUnitTest){cell[k].name, a_cell_holds_what_it_states, NULL, NULL,
                                             &cell[k]};
    if (n == CELLS)
        tests[n++] =
            (struct CMUnitTest)cmocka_unit_test(over_all_cells_ranges_hold_within_two_points);
    return _cmocka_run_group_tests("coverage", tests, n, NULL, NULL);
}
